//! Comet Opik traces.
//!
//! Source: `trace_<id>.json` of `opik export`: `{trace, spans, attachments, downloaded_at, project_name}`; spans as the API
//! lists them, alone or in their trace.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input`, `output` of spans of type `llm` | the conversation; see `spans` |
//! | `input` of the trace, where the model was given more around it | `original_prompt` |
//! | spans of type `tool` | steps, or the results that steps of the messages lack |
//! | `error_info` | `error` of the step; of the trace: `success` false and `failure_reason` |
//! | `feedback_scores` of the trace named as a label (`correctness`, ..) | `success`, `reward` |
//! | `name`, `thread_id`, `tags`, `project_name`, `model` | `metadata` |
//!
//! Leaks: scores, their reasons, comments and the experiment stay behind.

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::labels::score_named;
use crate::run::Run;
use crate::spans::{Span, Trace, content_in, kind_named, run_of, sortable, text_in};

pub(super) struct Opik;

impl Format for Opik {
    fn name(&self) -> &'static str {
        "opik"
    }

    fn shape(&self) -> &'static str {
        "`trace` and `spans` of `type`, `input`, `output`, `parent_span_id`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let has_rows = || record.items_of("spans").next().is_some_and(is_row);
        if is_row(record) || record.get("id").is_some() && has_rows() {
            return 95;
        }
        let (Some(trace), Some(spans)) = (record.get("trace"), record.get("spans")) else { return 0 };
        let by_opik = match spans.items().next() {
            Some(first) => first.get("trace_id").is_some() && first.get("type").is_some(),
            None => spans.is_array() && trace.get("feedback_scores").is_some(),
        };
        95 * u8::from(by_opik && trace.get("id").is_some() && trace.get("start_time").is_some())
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_row(record).then(|| vec![Piece { run: record.text_of(&["trace_id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let trace = record.value.get("trace").unwrap_or(record.value);
        let spans = || record.value.items_of("spans").chain(record.value.items());
        // A function that is traced alone has no spans: the trace is its call.
        let alone = spans().next().is_none().then_some(trace);
        let mut run = run_of(Trace {
            spans: spans().chain(alone).map(span_of).collect(),
            input: content_in(trace, &["input"]),
            output: content_in(trace, &["output"]),
            // The first of the spans may be one that failed, and the trace go on.
            failed: trace.is_object().then(|| trace.any_of(&["error_info"]).is_some()),
            problem: problem_of(trace),
        })?;
        let key = record.key.map(|key| key.to_owned().into());
        run.trajectory_id = key.or_else(|| trace.text_of(&["id"])).unwrap_or_else(|| record.run_id());
        for score in trace.items_of("feedback_scores") {
            let value = score.get("value").and_then(|value| value.as_f64());
            score_named(&score.text_of(&["name"]).unwrap_or_default(), value, None).label(&mut run);
        }
        let mut out = ObjectWriter::default();
        for key in ["name", "thread_id", "tags"] {
            out.copy(key, trace.any_of(&[key]));
        }
        out.copy("project_name", record.value.any_of(&["project_name"]));
        out.copy("model", spans().find_map(|span| span.any_of(&["model"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// Whether a value is a span as the API lists it.
fn is_row(value: Value<'_, '_>) -> bool {
    let keys = ["trace_id", "parent_span_id", "start_time", "type", "input"];
    keys.iter().all(|key| value.get(key).is_some()) && value.get("context").is_none()
}

fn problem_of(row: Value<'_, '_>) -> Option<String> {
    text_in(row.any_of(&["error_info"])?, &["message", "exception_type"])
}

fn span_of(row: Value<'_, '_>) -> Span {
    Span {
        id: text_in(row, &["id"]).unwrap_or_default(),
        parent: text_in(row, &["parent_span_id"]),
        name: text_in(row, &["name"]).unwrap_or_default(),
        kind: kind_named(&text_in(row, &["type"]).unwrap_or_default()),
        start: sortable(&text_in(row, &["start_time"]).unwrap_or_default()),
        input: content_in(row, &["input"]),
        output: content_in(row, &["output"]),
        failed: row.any_of(&["error_info"]).map(|_| true),
        problem: problem_of(row),
        ..Span::default()
    }
}
