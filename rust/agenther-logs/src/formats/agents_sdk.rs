//! Traces of the OpenAI Agents SDK.
//!
//! Source: what the SDK's trace processors export: `{"object": "trace"}` and `{"object":
//! "trace.span"}` records, one a line or in `{data: [..]}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `span_data.input`, `.output` of `generation` spans, `.input`, `.response` of `response` spans | the conversation; see `spans` |
//! | `span_data` of `function` spans | steps, or the results that steps of the messages lack |
//! | `error` of a span | `error` of the step; of the first agent: `success` false and `failure_reason` |
//! | `workflow_name`, `group_id`, `metadata` of the trace, model | `metadata` |
//!
//! `response` spans of the SDK's own exporter hold only an id: then the tools' spans are the steps,
//! and the goal is unknown. Agents that are called as tools are left out.
//!
//! Leaks: none; spans of guardrails are left out.

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::run::{Run, Text};
use crate::spans::{Span, Trace, kind_named, run_of, sortable};

pub(super) struct AgentsSdk;

impl Format for AgentsSdk {
    fn name(&self) -> &'static str {
        "agents_sdk"
    }

    fn shape(&self) -> &'static str {
        "`object` (trace, trace.span), `trace_id`, `span_data`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        match record.text_of(&["object"]).as_deref() {
            Some("trace.span") => 95 * u8::from(record.get("span_data").is_some()),
            Some("trace") => 90 * u8::from(record.any_of(&["id", "trace_id"]).is_some()),
            _ => 90 * u8::from(spans_of(record).next().is_some_and(|span| span.get("span_data").is_some())),
        }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |value: Value<'t, 'a>| {
            let run = value.text_of(&["trace_id"]).or_else(|| value.text_of(&["id"]));
            Piece { run, value }
        };
        // The record itself goes along: it names the workflow.
        Some(spans_of(record).map(piece).chain([piece(record)]).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let rows = || record.value.items();
        let spans: Vec<Span> = rows().filter_map(span_of).collect();
        if spans.is_empty() {
            return Err("it has no spans".to_owned());
        }
        let mut run = run_of(Trace { spans, ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let mut out = ObjectWriter::default();
        if let Some(trace) = rows().find(|row| row.get("workflow_name").is_some()) {
            for key in ["workflow_name", "group_id", "metadata"] {
                out.copy(key, trace.get(key));
            }
        }
        let model = |row: Value<'_, 'a>| row.at_path(&["span_data", "model"])?.text();
        rows().find_map(model).iter().for_each(|model| _ = out.text("model", model));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The spans inside a trace.
fn spans_of<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    record.get("spans").into_iter().flat_map(|spans| spans.items())
}

fn span_of(row: Value<'_, '_>) -> Option<Span> {
    let data = row.get("span_data")?;
    let text = |value: Value<'_, '_>, keys: &[&str]| value.text_of(keys).map(Text::into_owned);
    let content =
        |key: &str| data.any_of(&[key]).and_then(|value| value.text_or_json()).map(Text::into_owned);
    let error = row.any_of(&["error"]);
    Some(Span {
        id: text(row, &["id", "span_id"]).unwrap_or_default(),
        parent: text(row, &["parent_id"]),
        name: text(data, &["name"]).unwrap_or_default(),
        kind: kind_named(&text(data, &["type"]).unwrap_or_default()),
        start: sortable(&text(row, &["started_at"]).unwrap_or_default()),
        input: content("input"),
        output: content("output").or_else(|| content("response")),
        failed: error.map(|_| true),
        problem: error.and_then(|error| text(error, &["message"])),
        ..Span::default()
    })
}
