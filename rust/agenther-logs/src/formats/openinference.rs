//! OpenInference spans as Arize Phoenix hands them out.
//!
//! Source: Phoenix's exports and REST API (`{name, context: {trace_id, span_id}, span_kind,
//! parent_id, attributes}`, attributes flat or nested) and the rows of its span tables
//! (`context.span_id`, `attributes.llm.input_messages`). The same attributes in OTLP are read by
//! `otel`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `llm.input_messages`, `llm.output_messages` of spans of kind LLM | the conversation; see `spans` |
//! | `input.value` of the root, where the model was given more around it | `original_prompt` |
//! | `input.value`, `tool.parameters`, `output.value` of spans of kind TOOL | steps, or what the steps of the messages lack |
//! | `llm.tools.*.tool.json_schema` | `tools` |
//! | `status_code` ERROR, `status_message`, exception events | `error` of the step; of the root: `success` false and `failure_reason` |
//! | columns `eval.<label>.score`, `.label` | `success`, `reward` |
//! | name of the root, `llm.model_name` | `metadata` |
//!
//! Leaks: evaluations and annotations set the labels and are left out otherwise; so are spans of kind
//! EVALUATOR and GUARDRAIL.

use super::otel::{run_of_spans, trace_id};
use super::{Format, Piece, Record};
use crate::json::Value;
use crate::labels::score_named;
use crate::run::Run;
use crate::spans::Trace;

pub(super) struct OpenInference;

const KINDS: &[&str] = &[
    "LLM",
    "TOOL",
    "AGENT",
    "CHAIN",
    "RETRIEVER",
    "EMBEDDING",
    "RERANKER",
    "GUARDRAIL",
    "EVALUATOR",
    "PROMPT",
    "UNKNOWN",
];

impl Format for OpenInference {
    fn name(&self) -> &'static str {
        "openinference"
    }

    fn shape(&self) -> &'static str {
        "spans with `span_kind` (LLM, TOOL, ..), `context.trace_id`, `attributes`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let kind = record.text_of(&["span_kind"]).is_some_and(|kind| KINDS.contains(&&*kind));
        let in_table = record.get("context.span_id").is_some();
        90 * u8::from(kind && (in_table || record.get("context").is_some()))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: trace_id(record), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let rows: Vec<Value<'_, 'a>> = record.value.items().collect();
        let mut run = run_of_spans(record, &rows, Trace::default())?;
        for row in &rows {
            set_labels(&mut run, *row);
        }
        Ok(run)
    }
}

/// Labels in the columns that evaluations add: `eval.Correctness.score`, `eval.Correctness.label`.
fn set_labels(run: &mut Run<'_>, row: Value<'_, '_>) {
    for (key, value) in row.members() {
        let Some((name, field)) = key.strip_prefix("eval.").and_then(|rest| rest.rsplit_once('.')) else {
            continue;
        };
        let (score, word) = match field {
            "score" => (value.as_f64(), None),
            "label" => (None, value.text()),
            _ => continue,
        };
        score_named(name, score, word.as_deref()).label(run);
    }
}
