//! LangSmith runs: the spans of LangChain and LangGraph applications.
//!
//! Source: runs as the SDK and the bulk export write them, one a line (`trace_id`, `dotted_order`,
//! `run_type`), and runs with their `child_runs` inside.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `inputs.messages`, `outputs.generations` of runs of type `llm`, as LangChain or OpenAI write messages | the conversation; see `spans` |
//! | `inputs` of the root, where the model was given more around it | `original_prompt` |
//! | runs of type `tool` | steps, or the results that steps of the messages lack |
//! | `error`, `status` | `error` of the step; of the root: `success` false and `failure_reason` |
//! | `extra.invocation_params.tools` | `tools` |
//! | `feedback_stats` named as a label (`correctness`, ..) | `success`, `reward` |
//! | `name`, `session_name`, `tags`, model | `metadata` |
//!
//! Leaks: `feedback_stats`, `reference_example_id` and the outputs of examples stay behind.

use std::collections::HashMap;

use super::{Format, Piece, Record, tool_schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::score_named;
use crate::run::{Run, Text};
use crate::spans::{Span, Trace, kind_named, run_of, sortable, without_stack};

pub(super) struct LangSmith;

impl Format for LangSmith {
    fn name(&self) -> &'static str {
        "langsmith"
    }

    fn shape(&self) -> &'static str {
        "runs of `run_type`, `trace_id`, `inputs`, `outputs`, `dotted_order`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let order = record.text_of(&["dotted_order"]);
        // The SDK sends a run twice, the second time with little more than its outputs.
        let update = order.is_some() && record.any_of(&["outputs", "error", "end_time"]).is_some();
        if update && record.get("id").is_some() {
            return 90;
        }
        if record.get("run_type").is_none() || record.get("inputs").is_none() {
            return 0;
        }
        let unmistakable =
            record.any_of(&["dotted_order", "trace_id", "child_runs", "parent_run_id"]).is_some();
        60 + 35 * u8::from(unmistakable)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let run = trace_id(record).or_else(|| record.text_of(&["id"]));
        Some(vec![Piece { run, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut rows = Vec::new();
        record.value.items().for_each(|row| with_children(row, &mut rows));
        let root =
            rows.iter().copied().find(|row| parent_of(*row).is_none()).or_else(|| rows.first().copied());
        let mut run = run_of(Trace { spans: spans_of(&rows), ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        for row in &rows {
            set_labels(&mut run, *row);
        }
        run.metadata = root.and_then(|root| metadata(root, &rows)).map(Into::into);
        Ok(run)
    }
}

/// The id of the trace: stated, or the first part of `dotted_order`, which ends with the root's id.
fn trace_id<'a>(row: Value<'_, 'a>) -> Option<Text<'a>> {
    row.text_of(&["trace_id"]).or_else(|| {
        let order = row.text_of(&["dotted_order"])?;
        let root = order.split('.').next()?.split_once('Z')?.1;
        (!root.is_empty()).then(|| root.to_owned().into())
    })
}

fn parent_of<'a>(row: Value<'_, 'a>) -> Option<Text<'a>> {
    row.text_of(&["parent_run_id"]).or_else(|| row.get("parent_run_ids")?.items().last()?.text())
}

/// A run and those below it. Depth is bounded by the parser's.
fn with_children<'t, 'a>(row: Value<'t, 'a>, rows: &mut Vec<Value<'t, 'a>>) {
    rows.push(row);
    let children = row.get("child_runs").into_iter().flat_map(|children| children.items());
    children.filter(|child| child.is_object()).for_each(|child| with_children(child, rows));
}

fn owned(value: Option<Value<'_, '_>>) -> Option<String> {
    let value =
        value.filter(|value| value.members().next().is_some() || value.is_string() || value.is_array());
    value.and_then(|value| value.text_or_json()).map(Text::into_owned)
}

/// One span a run: what the SDK sent at its end joins what it sent at its start.
fn spans_of(rows: &[Value<'_, '_>]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let span = span_of(*row);
        match index.get(&span.id) {
            Some(at) => complete(&mut spans[*at], span),
            None => {
                index.insert(span.id.clone(), spans.len());
                spans.push(span);
            }
        }
    }
    spans
}

fn complete(span: &mut Span, update: Span) {
    span.input = span.input.take().or(update.input);
    span.output = update.output.or(span.output.take());
    span.failed = update.failed.or(span.failed);
    span.problem = update.problem.or(span.problem.take());
    span.tools = span.tools.take().or(update.tools);
    if span.name.is_empty() {
        (span.name, span.kind) = (update.name, update.kind);
    }
}

fn span_of(row: Value<'_, '_>) -> Span {
    let text = |key| row.text_of(&[key]).map(Text::into_owned);
    let order = text("dotted_order").or_else(|| text("start_time").map(|start| sortable(&start)));
    let error = text("error");
    let failed = match text("status").as_deref() {
        Some("error") => Some(true),
        Some("success") => Some(false),
        _ => error.as_ref().map(|_| true),
    };
    let extra = row.get("extra");
    let invocation = extra.and_then(|extra| extra.get("invocation_params"));
    Span {
        id: text("id").unwrap_or_default(),
        parent: parent_of(row).map(Text::into_owned),
        name: text("name").unwrap_or_default(),
        kind: kind_named(&text("run_type").unwrap_or_default()),
        start: order.unwrap_or_default(),
        input: owned(row.get("inputs")),
        output: owned(row.get("outputs")),
        tools: invocation.and_then(tool_schemas).map(Text::into_owned),
        failed,
        problem: error.map(|error| without_stack(&error)),
        ..Span::default()
    }
}

/// Labels in `feedback_stats`: `{"correctness": {"n": 1, "avg": 1.0}}`.
fn set_labels(run: &mut Run<'_>, row: Value<'_, '_>) {
    for (name, stats) in row.get("feedback_stats").into_iter().flat_map(|stats| stats.members()) {
        let score = stats.any_of(&["avg", "mean", "score"]).and_then(|score| score.as_f64());
        score_named(&name, score, None).label(run);
    }
}

fn metadata(root: Value<'_, '_>, rows: &[Value<'_, '_>]) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["name", "session_name", "session_id"] {
        out.copy(key, root.get(key));
    }
    out.copy("tags", root.get("tags").filter(|tags| tags.items().next().is_some()));
    let model = rows.iter().find_map(|row| {
        row.at_path(&["extra", "metadata", "ls_model_name"])
            .or_else(|| row.at_path(&["extra", "invocation_params"])?.any_of(&["model", "model_name"]))
    });
    out.copy("model", model);
    out.finish()
}
