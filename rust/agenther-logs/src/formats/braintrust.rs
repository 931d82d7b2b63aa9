//! Braintrust logs and experiments.
//!
//! Source: the spans of a project or an experiment as exports write them, one row a line, and as the
//! API hands them out (`{events: [row], cursor}` of fetch, `{data: [row]}` of BTQL).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input`, `output` of rows of type `llm` | the conversation; see `spans` |
//! | `input` of the root, where the model was given more around it | `original_prompt` |
//! | rows of type `tool`, and of type `function` where the model calls a tool of their name | steps, or the results that steps of the messages lack |
//! | `error` | `error` of the step; of the root: `success` false and `failure_reason` |
//! | `metadata.tools` of the model's rows | `tools` |
//! | `scores` of the root named as a label (`correctness`, ..) | `success`, `reward` |
//! | name and `tags` of the root, model | `metadata` |
//!
//! Leaks: `expected`, `scores`, the metadata of the root (of an experiment it is the data set's) and the
//! rows of scorers stay behind.

use super::{Format, Piece, Record, tool_schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::score_named;
use crate::run::{Run, Text};
use crate::spans::{
    Kind, Span, Trace, content_in, kind_named, name_tools, run_of, sortable, text_in, without_stack,
};

pub(super) struct Braintrust;

/// Lists of rows in the answers of the API.
const ROWS: &[&str] = &["events", "data"];

impl Format for Braintrust {
    fn name(&self) -> &'static str {
        "braintrust"
    }

    fn shape(&self) -> &'static str {
        "rows of `span_id`, `root_span_id`, `span_attributes`, `input`, `output`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let inside = || record.any_of(ROWS).and_then(|rows| rows.items().next());
        95 * u8::from(is_row(record) || inside().is_some_and(is_row))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |row: Value<'t, 'a>| Piece { run: row.text_of(&["root_span_id"]), value: row };
        if is_row(record) {
            return Some(vec![piece(record)]);
        }
        Some(record.any_of(ROWS)?.items().map(piece).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let rows = || record.value.items();
        let mut spans: Vec<Span> = rows().map(span_of).collect();
        name_tools(&mut spans);
        let mut run = run_of(Trace { spans, ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let root = rows().find(|row| parent_of(*row).is_none());
        for (name, score) in root.and_then(|root| root.get("scores")).into_iter().flat_map(Value::members) {
            score_named(&name, score.as_f64(), None).label(&mut run);
        }
        let mut out = ObjectWriter::default();
        out.copy("name", root.and_then(|root| root.at_path(&["span_attributes", "name"])));
        out.copy("tags", root.and_then(|root| root.any_of(&["tags"])));
        out.copy("model", rows().find_map(|row| row.get("metadata")?.any_of(&["model"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn is_row(record: Value<'_, '_>) -> bool {
    ["span_id", "root_span_id", "span_attributes"].iter().all(|key| record.get(key).is_some())
}

fn parent_of<'a>(row: Value<'_, 'a>) -> Option<Text<'a>> {
    row.get("span_parents")?.items().next()?.text()
}

fn kind_of(row: Value<'_, '_>) -> Kind {
    let Some(attributes) = row.get("span_attributes") else { return Kind::Other };
    if attributes.text_of(&["purpose"]).is_some_and(|purpose| purpose == "scorer") {
        return Kind::Judge;
    }
    match attributes.text_of(&["type"]).as_deref() {
        Some("score") => Kind::Judge,
        // The type of whatever is traced and has no other.
        Some("function") | None => Kind::Other,
        Some(word) => kind_named(word),
    }
}

fn span_of(row: Value<'_, '_>) -> Span {
    let began = row.at_path(&["metrics", "start"]).and_then(|start| start.scalar());
    let error = content_in(row, &["error"]);
    Span {
        id: text_in(row, &["span_id"]).unwrap_or_default(),
        parent: parent_of(row).map(Text::into_owned),
        name: row
            .get("span_attributes")
            .and_then(|attributes| text_in(attributes, &["name"]))
            .unwrap_or_default(),
        kind: kind_of(row),
        start: began
            .map(Text::into_owned)
            .or_else(|| text_in(row, &["created"]))
            .map(|start| sortable(&start))
            .unwrap_or_default(),
        input: content_in(row, &["input"]),
        output: content_in(row, &["output"]),
        tools: row.get("metadata").and_then(tool_schemas).map(Text::into_owned),
        failed: error.as_ref().map(|_| true),
        problem: error.map(|error| without_stack(&error)),
        ..Span::default()
    }
}
