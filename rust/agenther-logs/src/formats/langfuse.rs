//! Langfuse traces and observations.
//!
//! Source: `{trace, observations}` (the export of a trace), the trace of the public API with its
//! `observations` inside, observations one a line (`traceId`), and the `{<id>: {input, output}}` of
//! observations turned into ChatML.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input`, `output` of the generations, JSON or JSON in strings | the conversation; see `spans` |
//! | `input` of the trace, where the model was given more around it | `original_prompt` |
//! | observations of tools | steps, or the results that steps of the messages lack |
//! | `level` ERROR, `statusMessage` | `error` of the step; of the root: `success` false and `failure_reason` |
//! | `toolDefinitions`, tools in the request | `tools` |
//! | `scores` named as a label (`correctness`, `success`, ..) | `success`, `reward` |
//! | `name`, `sessionId`, `tags`, `model` | `metadata` |
//!
//! Leaks: scores and what evaluators say; they set the labels and are left out otherwise.

use super::{Format, Piece, Record, schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::score_named;
use crate::run::{Run, Text};
use crate::spans::{Attributes, Kind, Span, Trace, kind_named, name_tools, run_of, sortable};

pub(super) struct Langfuse;

impl Format for Langfuse {
    fn name(&self) -> &'static str {
        "langfuse"
    }

    fn shape(&self) -> &'static str {
        "`trace` and `observations`, or observations with `traceId`, `type`, `startTime`, `input`, `output`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if let Some(observations) = record.get("observations") {
            return if record.get("trace").is_some_and(|trace| trace.is_object()) {
                95
            } else {
                90 * u8::from(observations.is_array() && record.get("scores").is_some())
            };
        }
        let is_chatml = record.members().take(4).all(|(_, entry)| is_chatml(entry));
        if is_chatml && record.members().next().is_some() {
            return 90;
        }
        90 * u8::from(is_observation(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_observation(record)
            .then(|| vec![Piece { run: record.text_of(&["traceId", "trace_id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let whole = record.value;
        let trace = whole.get("trace").filter(|trace| trace.is_object()).unwrap_or(whole);
        let mut run = match whole.get("observations") {
            None if whole.is_object() => fullest_chatml(whole)?,
            observations => run_of(Trace {
                spans: spans_of(trace, observations.unwrap_or(whole)),
                input: owned(trace.get("input")),
                output: owned(trace.get("output")),
                ..Trace::default()
            })?,
        };
        run.trajectory_id = match record.key {
            Some(key) => key.to_owned().into(),
            None => trace.text_of(&["id"]).unwrap_or_else(|| record.run_id()),
        };
        for score in trace.get("scores").into_iter().flat_map(|scores| scores.items()) {
            set_label(&mut run, score);
        }
        run.metadata = metadata(trace, whole).map(Into::into);
        Ok(run)
    }
}

const TYPES: &[&str] = &[
    "SPAN",
    "EVENT",
    "GENERATION",
    "AGENT",
    "TOOL",
    "CHAIN",
    "RETRIEVER",
    "EVALUATOR",
    "EMBEDDING",
    "GUARDRAIL",
];

fn is_observation(record: Value<'_, '_>) -> bool {
    let kind = record.get("type").and_then(|kind| kind.text());
    kind.is_some_and(|kind| TYPES.contains(&&*kind.to_ascii_uppercase()))
        && record.any_of(&["traceId", "trace_id"]).is_some()
        && record.any_of(&["startTime", "start_time"]).is_some()
}

/// An observation as ChatML: `{"input": {"success": true, "data": [..]}, "output": ..}`.
fn is_chatml(entry: Value<'_, '_>) -> bool {
    let side = |key| entry.get(key).is_some_and(|side| side.get("success").is_some());
    side("input") || side("output")
}

fn owned(value: Option<Value<'_, '_>>) -> Option<String> {
    value.and_then(|value| value.text_or_json()).map(Text::into_owned)
}

/// A trace whose observations are not there is one call: what went in, what came out.
fn spans_of(trace: Value<'_, '_>, observations: Value<'_, '_>) -> Vec<Span> {
    let mut spans: Vec<Span> = observations.items().filter(|item| item.is_object()).map(span_of).collect();
    name_tools(&mut spans);
    let sole = || Span {
        kind: Kind::Model,
        input: owned(trace.get("input")),
        output: owned(trace.get("output")),
        ..Span::default()
    };
    if spans.is_empty() { vec![sole()] } else { spans }
}

fn span_of(observation: Value<'_, '_>) -> Span {
    let text = |keys: &[&str]| observation.text_of(keys).map(Text::into_owned);
    let mut span = Span {
        id: text(&["id"]).unwrap_or_default(),
        parent: text(&["parentObservationId", "parent_observation_id"]),
        name: text(&["name"]).unwrap_or_default(),
        start: sortable(&text(&["startTime", "start_time"]).unwrap_or_default()),
        ..Span::default()
    };
    // What was sent as OpenTelemetry keeps its attributes; the metadata may be JSON in a string.
    if let Some(metadata) = observation.get("metadata") {
        let mut attributes = Attributes::default();
        attributes.add_json(metadata, "attributes");
        span.set_attributes(&attributes);
    }
    let stated = kind_named(&text(&["type"]).unwrap_or_default());
    if stated != Kind::Other {
        span.kind = stated;
    }
    span.input = owned(observation.get("input")).or(span.input);
    span.output = owned(observation.get("output")).or(span.output);
    let tools = observation.any_of(&["toolDefinitions", "tool_definitions"]);
    span.tools = tools.and_then(schemas).map(Text::into_owned).or(span.tools);
    if text(&["level"]).is_some_and(|level| level == "ERROR") {
        span.failed = Some(true);
        span.problem = text(&["statusMessage", "status_message"]).or(span.problem);
    }
    span
}

/// The observations of ChatML stand in no order: the one that tells most is the run.
fn fullest_chatml(whole: Value<'_, '_>) -> Result<Run<'static>, String> {
    let read = |span| run_of(Trace { spans: vec![span], ..Trace::default() });
    let runs = whole.members().filter_map(|(id, entry)| chatml_span(&id, entry)).map(read);
    let calls = |run: &Run<'_>| run.steps.iter().filter(|step| step.action_name.is_some()).count();
    let told = |run: &Result<Run<'_>, String>| match run {
        Ok(run) => (1 + usize::from(run.original_prompt.is_some()), calls(run), run.steps.len()),
        Err(_) => (0, 0, 0),
    };
    runs.max_by_key(told).unwrap_or_else(|| Err("it has no observations".to_owned()))
}

fn chatml_span(id: &str, entry: Value<'_, '_>) -> Option<Span> {
    let side = |key| {
        let side =
            entry.get(key).filter(|side| side.get("success").and_then(|flag| flag.as_bool()) == Some(true));
        owned(side.and_then(|side| side.get("data")))
    };
    is_chatml(entry).then(|| Span {
        id: id.to_owned(),
        kind: Kind::Model,
        input: side("input"),
        output: side("output"),
        ..Span::default()
    })
}

fn set_label(run: &mut Run<'_>, score: Value<'_, '_>) {
    let Some(name) = score.text_of(&["name"]) else { return };
    let number = score.get("value").and_then(|value| value.as_f64());
    let word = score.text_of(&["stringValue", "string_value"]);
    score_named(&name, number, word.as_deref()).label(run);
}

fn metadata(trace: Value<'_, '_>, whole: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["name", "sessionId", "tags", "release", "version", "environment"] {
        out.copy(key, trace.get(key).filter(|value| !value.is_array() || value.items().next().is_some()));
    }
    let observations = whole.get("observations").unwrap_or(whole);
    out.copy("model", observations.items().find_map(|item| item.any_of(&["model", "providedModelName"])));
    out.finish()
}
