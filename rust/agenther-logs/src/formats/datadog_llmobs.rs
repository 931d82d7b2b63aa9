//! Spans of Datadog's LLM Observability.
//!
//! Source: what the SDKs and users of the API send: `{data: {type: "span", attributes: {ml_app, spans}}}`
//! of the intake, `{event_type: "span", spans}` of the agent's proxy, or spans one a line.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `meta.input.messages`, `meta.output.messages` of spans of kind `llm` | the conversation; see `spans` |
//! | `meta.input.value` of the root, where the model was given more around it | `original_prompt` |
//! | `meta.input.value`, `meta.output.value` of spans of kind `tool` | steps, or the results that steps of the messages lack |
//! | `status` error, `meta.error.message` | `error` of the step; of the root: `success` false and `failure_reason` |
//! | `meta.tool_definitions` | `tools` |
//! | name and `session_id` of the root, `meta.model_name` | `metadata` |
//!
//! Leaks: none; evaluations are sent apart.

use std::collections::HashSet;

use super::{Format, Piece, Record, schemas};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::run::{Run, Text};
use crate::spans::{Span, Trace, content_in, kind_named, run_of, sortable, text_in};

pub(super) struct DatadogLlmobs;

impl Format for DatadogLlmobs {
    fn name(&self) -> &'static str {
        "datadog_llmobs"
    }

    fn shape(&self) -> &'static str {
        "spans of `trace_id`, `span_id`, `start_ns`, `meta` (`kind`, `input`, `output`), or `data.attributes.spans` of them"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(is_span(record) || spans_in(record).next().is_some_and(is_span))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |span: Value<'t, 'a>| Piece { run: span.text_of(&["trace_id"]), value: span };
        if is_span(record) {
            return Some(vec![piece(record)]);
        }
        Some(spans_in(record).map(piece).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let rows: Vec<Value<'_, 'a>> = sent_once(record.value.items());
        let rows = || rows.iter().copied();
        let mut run = run_of(Trace { spans: rows().map(span_of).collect(), ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let mut out = ObjectWriter::default();
        if let Some(root) = rows().find(|row| parent_of(*row).is_none()) {
            out.copy("name", root.get("name")).copy("session_id", root.any_of(&["session_id"]));
        }
        out.copy("model", rows().find_map(|row| row.get("meta")?.any_of(&["model_name"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The spans without those that were sent again, in a request that was.
fn sent_once<'t, 'a>(rows: impl Iterator<Item = Value<'t, 'a>>) -> Vec<Value<'t, 'a>> {
    let mut seen = HashSet::new();
    rows.filter(|row| row.text_of(&["span_id"]).is_none_or(|id| seen.insert(id))).collect()
}

/// The spans that a request to the intake, or to the proxy of the agent, holds.
fn spans_in<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    record.at_path(&["data", "attributes"]).unwrap_or(record).items_of("spans")
}

fn kind_of<'a>(meta: Value<'_, 'a>) -> Option<Text<'a>> {
    meta.text_of(&["kind", "span.kind"]).or_else(|| meta.get("span")?.text_of(&["kind"]))
}

fn is_span(record: Value<'_, '_>) -> bool {
    let has_ids = record.get("trace_id").is_some() && record.get("span_id").is_some();
    has_ids && record.get("start_ns").is_some() && record.get("meta").and_then(kind_of).is_some()
}

/// The root has a parent that is not defined.
fn parent_of<'a>(span: Value<'_, 'a>) -> Option<Text<'a>> {
    span.text_of(&["parent_id"]).filter(|id| id != "undefined")
}

fn span_of(row: Value<'_, '_>) -> Span {
    let meta = row.get("meta").unwrap_or(row);
    let side = |key: &str, speaker| meta.get(key).and_then(|side| payload(side, speaker));
    let error = meta.any_of(&["error"]);
    let failed = match row.text_of(&["status"]).as_deref() {
        Some("error") => Some(true),
        Some("ok") => Some(false),
        _ => error.map(|_| true),
    };
    Span {
        id: text_in(row, &["span_id"]).unwrap_or_default(),
        parent: parent_of(row).map(Text::into_owned),
        name: text_in(row, &["name"]).unwrap_or_default(),
        kind: kind_of(meta).map(|kind| kind_named(&kind)).unwrap_or_default(),
        start: row
            .get("start_ns")
            .and_then(|start| start.scalar())
            .map(|start| sortable(&start))
            .unwrap_or_default(),
        input: side("input", "user"),
        output: side("output", "assistant"),
        tools: meta.any_of(&["tool_definitions"]).and_then(tools),
        failed,
        problem: error.and_then(|error| text_in(error, &["message", "type"])),
        ..Span::default()
    }
}

/// What a side of a span holds; `speaker` is who speaks where its messages do not say.
fn payload(side: Value<'_, '_>, speaker: &str) -> Option<String> {
    let messages: Vec<String> =
        side.items_of("messages").flat_map(|message| messages_of(message, speaker)).collect();
    if messages.is_empty() { content_in(side, &["value"]) } else { Some(format!("[{}]", messages.join(","))) }
}

/// A message in OpenAI's shape; one with results is as many as there are.
fn messages_of(message: Value<'_, '_>, speaker: &str) -> Vec<String> {
    let result = |result: Value<'_, '_>| {
        let mut out = ObjectWriter::default();
        out.text("role", "tool").copy("tool_call_id", result.any_of(&["tool_id"]));
        out.copy("content", result.get("result"));
        out.finish()
    };
    let results: Vec<String> = message.items_of("tool_results").filter_map(result).collect();
    if !results.is_empty() {
        return results;
    }
    let call = |call: Value<'_, '_>| {
        let mut out = ObjectWriter::default();
        out.copy("id", call.any_of(&["tool_id"])).copy_members(call, ["name", "arguments"]);
        out.finish()
    };
    let calls: Vec<String> = message.items_of("tool_calls").filter_map(call).collect();
    let mut out = ObjectWriter::default();
    out.text("role", &message.text_of(&["role"]).unwrap_or(speaker.into()));
    out.copy("tool_call_id", message.any_of(&["tool_id"])).copy("content", message.get("content"));
    if !calls.is_empty() {
        out.json("tool_calls", &format!("[{}]", calls.join(",")));
    }
    out.finish().into_iter().collect()
}

/// The schemas of tools, whose parameters are called `schema`.
fn tools(definitions: Value<'_, '_>) -> Option<String> {
    let tool = |tool: Value<'_, '_>| {
        let mut out = ObjectWriter::default();
        out.copy_members(tool, ["name", "description"])
            .copy("parameters", tool.any_of(&["schema", "parameters"]));
        out.finish()
    };
    let tools: Vec<String> = definitions.items().filter_map(tool).collect();
    read_inner(&format!("[{}]", tools.join(",")), |tools| schemas(tools).map(Text::into_owned))
}
