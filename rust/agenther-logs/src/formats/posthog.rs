//! Events of PostHog's LLM analytics.
//!
//! Source: events as the SDKs send them, one a line: `$ai_generation`, `$ai_span`,
//! `$ai_trace`, `$ai_metric` of one `$ai_trace_id`, among whatever else an application sends.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `$ai_input`, `$ai_output_choices` of generations | the conversation; see `spans` |
//! | `$ai_input_state` of the trace, where the model was given more around it | `original_prompt` |
//! | spans named as a tool that the model calls | steps, or the results that steps of the messages lack |
//! | `$ai_is_error`, `$ai_error` | `error` of the step; of the trace: `success` false and `failure_reason` |
//! | `$ai_tools` | `tools` |
//! | `$ai_metric_value` of metrics named as a label (`correctness`, ..) | `success`, `reward` |
//! | `$ai_span_name` of the trace, `$ai_session_id`, `$ai_model` | `metadata` |
//!
//! An event is stamped at its end, which is the order that its spans are read in.
//!
//! Leaks: metrics and feedback set the labels and are left out otherwise.

use super::{Format, Piece, Record, schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::{reward_of, score_named};
use crate::messages::is_type;
use crate::run::{Run, Text};
use crate::spans::{Kind, Span, Trace, content_in, name_tools, run_of, sortable, text_in};

pub(super) struct PostHog;

impl Format for PostHog {
    fn name(&self) -> &'static str {
        "posthog"
    }

    fn shape(&self) -> &'static str {
        "events of `event` ($ai_generation, $ai_span, ..) and `properties` with `$ai_trace_id`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let properties = record.get("properties").filter(|properties| properties.is_object());
        let Some(event) = record.text_of(&["event"]).filter(|_| properties.is_some()) else { return 0 };
        if event.starts_with("$ai_") && trace_of(record).is_some() {
            return 95;
        }
        // Clicks and page views stand in the same file.
        30 * u8::from(record.get("distinct_id").is_some())
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |run| Piece { run: Some(run), value: record };
        Some(trace_of(record).map(piece).into_iter().collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let events = || record.value.items();
        let mut spans: Vec<Span> = events().filter_map(span_of).collect();
        name_tools(&mut spans);
        let mut run = run_of(Trace { spans, ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        events().for_each(|event| set_label(&mut run, event));
        let first = |key: &str| events().find_map(|event| event.get("properties")?.any_of(&[key]));
        let trace = events().find(|event| event.text_of(&["event"]).is_some_and(|name| name == "$ai_trace"));
        let mut out = ObjectWriter::default();
        out.copy("name", trace.and_then(|trace| trace.at_path(&["properties", "$ai_span_name"])));
        out.copy("session_id", first("$ai_session_id")).copy("model", first("$ai_model"));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn trace_of<'a>(event: Value<'_, 'a>) -> Option<Text<'a>> {
    event.get("properties")?.text_of(&["$ai_trace_id"])
}

fn span_of(event: Value<'_, '_>) -> Option<Span> {
    let properties = event.get("properties")?;
    let trace = text_in(properties, &["$ai_trace_id"]);
    let (kind, id, parent) = match &*event.text_of(&["event"])? {
        "$ai_generation" => (Kind::Model, "$ai_span_id", trace),
        "$ai_span" => (Kind::Other, "$ai_span_id", trace),
        "$ai_trace" => (Kind::Other, "$ai_trace_id", None),
        _ => return None,
    };
    let failed = properties.get("$ai_is_error").and_then(|flag| flag.as_bool());
    Some(Span {
        id: text_in(properties, &[id]).unwrap_or_default(),
        parent: text_in(properties, &["$ai_parent_id"]).or(parent),
        name: text_in(properties, &["$ai_span_name"]).unwrap_or_default(),
        kind,
        start: sortable(&text_in(event, &["timestamp"]).unwrap_or_default()),
        input: content_in(properties, &["$ai_input", "$ai_input_state"]),
        output: choices(properties)
            .or_else(|| content_in(properties, &["$ai_output_choices", "$ai_output_state"])),
        tools: properties.any_of(&["$ai_tools"]).and_then(schemas).map(Text::into_owned),
        failed,
        problem: content_in(properties, &["$ai_error"]).filter(|_| failed != Some(false)),
        ..Span::default()
    })
}

fn choices(properties: Value<'_, '_>) -> Option<String> {
    let messages: Vec<String> = properties.items_of("$ai_output_choices").filter_map(message_of).collect();
    (!messages.is_empty()).then(|| format!("[{}]", messages.join(",")))
}

/// A message of the model, its calls taken out of the parts of its content.
fn message_of(choice: Value<'_, '_>) -> Option<String> {
    let message = choice.any_of(&["message"]).unwrap_or(choice);
    let (calls, parts): (Vec<_>, Vec<_>) =
        message.items_of("content").partition(|part| is_type(*part, &["function"]));
    if calls.is_empty() {
        return message.text_or_json().map(Text::into_owned);
    }
    let list = |values: Vec<Value<'_, '_>>| {
        let texts: Vec<Text<'_>> = values.into_iter().map(Value::json).collect();
        format!("[{}]", texts.join(","))
    };
    let mut out = ObjectWriter::default();
    out.text("role", "assistant").json("content", &list(parts)).json("tool_calls", &list(calls));
    out.finish()
}

fn set_label(run: &mut Run<'_>, event: Value<'_, '_>) {
    let Some(properties) = event.get("properties") else { return };
    let Some(name) = properties.text_of(&["$ai_metric_name"]) else { return };
    let value = properties.get("$ai_metric_value");
    let word = value.and_then(|value| value.text());
    score_named(&name, value.and_then(reward_of), word.as_deref()).label(run);
}
