//! Galileo traces.
//!
//! Source: the traces of a log stream or an experiment as the SDK models them: `{type: "trace", input,
//! output, spans}` with `spans` inside spans.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input`, `output` of spans of type `llm` | the conversation; see `spans` |
//! | `input` of the trace, where the model was given more around it | `original_prompt` |
//! | spans of type `tool` | steps, or the results that steps of the messages lack |
//! | `status_code` of 400 and more | `error` of the step; of the trace: `success` false |
//! | `tools` of the model's spans | `tools` |
//! | `metrics` of the trace named as a label (`correctness`, ..) | `success`, `reward` |
//! | `name`, `session_id`, `tags`, `user_metadata`, `model` | `metadata` |
//!
//! Leaks: `dataset_output`, `dataset_metadata` and `metrics` stay behind.

use super::{Format, Record, tool_schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::score_named;
use crate::run::{Run, Text};
use crate::spans::{Span, Trace, content_in, kind_named, run_of, sortable, text_in};

pub(super) struct Galileo;

impl Format for Galileo {
    fn name(&self) -> &'static str {
        "galileo"
    }

    fn shape(&self) -> &'static str {
        "`type` trace, `input`, `output`, `user_metadata`, and `spans` of `type` (agent, llm, tool, ..) with `spans` inside"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_trace = record.text_of(&["type"]).is_some_and(|kind| kind == "trace");
        let spans = record.get("spans").is_some_and(|spans| spans.is_array());
        95 * u8::from(is_trace && spans && record.any_of(&["user_metadata", "created_at"]).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut rows = Vec::new();
        with_inner((record.value, None), &mut rows);
        let spans = rows.iter().enumerate().map(|(place, row)| span_of(place, *row)).collect();
        let mut run = run_of(Trace { spans, ..Trace::default() })?;
        run.trajectory_id = record.run_id();
        for (name, value) in record.value.get("metrics").into_iter().flat_map(Value::members) {
            score_named(&name, value.as_f64(), None).label(&mut run);
        }
        let is_filled =
            |value: &Value<'_, '_>| value.members().next().is_some() || value.items().next().is_some();
        let mut out = ObjectWriter::default();
        out.copy("name", record.value.any_of(&["name"]))
            .copy("session_id", record.value.any_of(&["session_id"]));
        for key in ["tags", "user_metadata"] {
            out.copy(key, record.value.get(key).filter(is_filled));
        }
        out.copy("model", rows.iter().find_map(|(row, _)| row.any_of(&["model"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// A span, with the place of the one that it stands in.
type Row<'t, 'a> = (Value<'t, 'a>, Option<usize>);

/// A span and those inside it. Depth is bounded by the parser's.
fn with_inner<'t, 'a>(row: Row<'t, 'a>, rows: &mut Vec<Row<'t, 'a>>) {
    let place = rows.len();
    rows.push(row);
    let inner = row.0.items_of("spans").filter(|inner| inner.is_object());
    inner.for_each(|inner| with_inner((inner, Some(place)), rows));
}

fn span_of(place: usize, (row, parent): Row<'_, '_>) -> Span {
    let status = row.get("status_code").and_then(|status| status.as_f64());
    Span {
        id: place.to_string(),
        parent: parent.map(|parent| parent.to_string()),
        name: text_in(row, &["name"]).unwrap_or_default(),
        kind: kind_named(&text_in(row, &["type"]).unwrap_or_default()),
        start: sortable(&text_in(row, &["created_at"]).unwrap_or_default()),
        input: content_in(row, &["input"]),
        output: content_in(row, &["output"]),
        tools: tool_schemas(row).map(Text::into_owned),
        failed: status.map(|status| status >= 400.0),
        ..Span::default()
    }
}
