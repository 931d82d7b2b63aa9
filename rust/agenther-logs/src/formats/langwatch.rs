//! LangWatch traces.
//!
//! Source: what the SDKs send to the collector: `{trace_id, metadata, spans, expected_output, evaluations}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input.value`, `output.value` of spans of type `llm` | the conversation; see `spans` |
//! | the same of the root, where the model was given more around it | `original_prompt` |
//! | spans of type `tool` | steps, or the results that steps of the messages lack |
//! | `error` | `error` of the step; of the root: `success` false and `failure_reason` |
//! | `params.tools` | `tools` |
//! | `evaluations` named as a label (`correctness`, ..): `passed`, `score` | `success`, `reward` |
//! | name of the root, `metadata`, `model` | `metadata` |
//!
//! Leaks: `expected_output` (in `metadata` too) and `evaluations` stay behind; so do spans of evaluations and guardrails.

use super::{Format, METADATA_FIELD, Record, is_reference, tool_schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::score_named;
use crate::run::{Run, Text};
use crate::spans::{Span, Trace, content_in, kind_named, run_of, sortable, text_in};

pub(super) struct LangWatch;

impl Format for LangWatch {
    fn name(&self) -> &'static str {
        "langwatch"
    }

    fn shape(&self) -> &'static str {
        "`trace_id` and `spans` of `type`, `span_id`, `input`, `output`, `timestamps`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let first = record.items_of("spans").next();
        let by_langwatch =
            |span: Value<'_, '_>| ["span_id", "type", "timestamps"].iter().all(|key| span.get(key).is_some());
        95 * u8::from(record.get("trace_id").is_some() && first.is_some_and(by_langwatch))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let spans = || record.value.items_of("spans");
        let mut run = run_of(Trace { spans: spans().map(span_of).collect(), ..Trace::default() })?;
        run.trajectory_id = record.value.text_of(&["trace_id"]).unwrap_or_else(|| record.run_id());
        record.value.items_of("evaluations").for_each(|evaluation| set_label(&mut run, evaluation));
        let mut out = ObjectWriter::default();
        let root = spans().find(|span| span.any_of(&["parent_id"]).is_none());
        out.copy("name", root.and_then(|root| root.any_of(&["name"])));
        let stated = record.value.get("metadata").into_iter().flat_map(Value::members);
        let is_short = |value: Value<'_, '_>| !value.is_null() && value.json().len() <= METADATA_FIELD;
        for (key, value) in stated.filter(|(key, value)| !is_reference(key) && is_short(*value)) {
            out.copy(&key, Some(value));
        }
        out.copy("model", spans().find_map(|span| span.any_of(&["model"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn span_of(row: Value<'_, '_>) -> Span {
    let side = |key: &str| content_in(row.get(key)?, &["value"]);
    let began = row.at_path(&["timestamps", "started_at"]).and_then(|start| start.scalar());
    let error = row.any_of(&["error"]);
    Span {
        id: text_in(row, &["span_id"]).unwrap_or_default(),
        parent: text_in(row, &["parent_id"]),
        name: text_in(row, &["name"]).unwrap_or_default(),
        kind: kind_named(&text_in(row, &["type"]).unwrap_or_default()),
        start: began.map(|start| sortable(&start)).unwrap_or_default(),
        input: side("input"),
        output: side("output"),
        tools: row.get("params").and_then(tool_schemas).map(Text::into_owned),
        failed: error.map(|_| true),
        problem: error.and_then(|error| text_in(error, &["message"])),
        ..Span::default()
    }
}

fn set_label(run: &mut Run<'_>, evaluation: Value<'_, '_>) {
    let score = evaluation.get("score").and_then(|score| score.as_f64());
    let word = match evaluation.get("passed").and_then(|passed| passed.as_bool()) {
        Some(true) => Some("passed"),
        Some(false) => Some("failed"),
        None => None,
    };
    score_named(&evaluation.text_of(&["name"]).unwrap_or_default(), score, word).label(run);
}
