//! MLflow traces.
//!
//! Source: `{info, data: {spans}}` as `Trace.to_json` writes it in MLflow 2 and 3 (also
//! `traces.json` artifacts, `{spans: [..]}`), and the rows of `search_traces`; values of attributes
//! are JSON inside strings.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `mlflow.spanInputs`, `mlflow.spanOutputs` of spans of type CHAT_MODEL, LLM | the conversation; see `spans` |
//! | request of the trace, where the model was given more around it | `original_prompt` |
//! | the same of spans of type TOOL | steps, or what the steps of the messages lack |
//! | `mlflow.chat.tools` | `tools` |
//! | status of a span | `error` of the step |
//! | `state`, `status` of the trace | ERROR: `success` false, `failure_reason` |
//! | `assessments` named as a label | `success`, `reward` |
//! | tags, model | `metadata` |
//!
//! Leaks: assessments (feedback and expectations) set the labels and are left out otherwise.

use super::otel::run_of_spans;
use super::{Format, Record};
use crate::json::Value;
use crate::labels::{reward_of, score_named};
use crate::run::{Run, Text};
use crate::spans::Trace;

pub(super) struct Mlflow;

const ID: &[&str] = &["trace_id", "request_id"];
const STATE: &[&str] = &["state", "status"];

fn spans_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    record.at_path(&["data", "spans"]).or_else(|| record.get("spans"))
}

impl Format for Mlflow {
    fn name(&self) -> &'static str {
        "mlflow"
    }

    fn shape(&self) -> &'static str {
        "`info` and `data.spans` with attributes `mlflow.spanInputs`, `mlflow.spanOutputs`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(spans) = spans_of(record) else { return 0 };
        let of_mlflow = |span: Value<'_, '_>| {
            let attributes = span.get("attributes").into_iter().flat_map(|attributes| attributes.members());
            attributes.into_iter().any(|(key, _)| key.starts_with("mlflow."))
        };
        if spans.items().next().is_some_and(of_mlflow) {
            return 95;
        }
        let info =
            record.get("info").is_some_and(|info| info.any_of(ID).is_some() && info.any_of(STATE).is_some());
        90 * u8::from(info && record.at_path(&["data", "spans"]).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let whole = record.value;
        let info = whole.get("info").unwrap_or(whole);
        let data = whole.get("data").unwrap_or(whole);
        let text =
            |value: Option<Value<'_, 'a>>| value.and_then(|value| value.text_or_json()).map(Text::into_owned);
        let logged =
            |key| ["trace_metadata", "request_metadata"].iter().find_map(|place| info.get(place)?.get(key));
        let failed = info.text_of(STATE).and_then(|state| match &*state {
            "ERROR" | "TRACE_STATUS_ERROR" => Some(true),
            _ => None,
        });
        let around = Trace {
            input: text(data.get("request").or_else(|| logged("mlflow.traceInputs"))),
            output: text(data.get("response").or_else(|| logged("mlflow.traceOutputs"))),
            failed,
            ..Trace::default()
        };
        let spans: Vec<Value<'_, 'a>> = spans_of(whole).into_iter().flat_map(|spans| spans.items()).collect();
        if spans.is_empty() {
            return Err("it has no spans".to_owned());
        }
        let mut run = run_of_spans(record, &spans, around)?;
        if let Some(id) = info.text_of(ID) {
            run.trajectory_id = id;
        }
        let assessments = info.get("assessments").into_iter().flat_map(|assessments| assessments.items());
        for assessment in assessments {
            set_label(&mut run, assessment);
        }
        Ok(run)
    }
}

fn set_label(run: &mut Run<'_>, assessment: Value<'_, '_>) {
    let Some(name) = assessment.text_of(&["assessment_name", "name"]) else { return };
    let value = assessment.at_path(&["feedback", "value"]).or_else(|| assessment.get("value"));
    let word = value.and_then(|value| value.text());
    score_named(&name, value.and_then(reward_of), word.as_deref()).label(run);
}
