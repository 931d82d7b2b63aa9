//! Calls traced by W&B Weave.
//!
//! Source: the calls of a project as the service and the SDK hand them out (`calls/stream_query`,
//! exports), one a line. A call states no kind: it is told by its op and by what it was given.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `inputs`, `output` of calls that ask a model (messages, or a `model` and an input) | the conversation; see `spans` |
//! | `inputs` of the root, where the model was given more around it | `original_prompt` |
//! | calls of ops named as a tool that the model calls | steps, or the results that steps of the messages lack |
//! | `exception`, `summary.weave.status` | `error` of the step; of the root: `success` false and `failure_reason` |
//! | `inputs.tools` | `tools` |
//! | op of the root, `display_name`, `project_id`, model | `metadata` |
//!
//! Leaks: calls of scorers, and `summary`.

use std::collections::HashSet;

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::is_message;
use crate::run::Run;
use crate::spans::{Kind, Span, Trace, content_in, name_tools, run_of, sortable, text_in, without_stack};

pub(super) struct Weave;

impl Format for Weave {
    fn name(&self) -> &'static str {
        "weave"
    }

    fn shape(&self) -> &'static str {
        "calls of `op_name`, `trace_id`, `started_at`, `inputs`, `output`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_call =
            ["op_name", "trace_id", "started_at", "inputs"].iter().all(|key| record.get(key).is_some());
        95 * u8::from(is_call)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: record.text_of(&["trace_id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let rows = || record.value.items();
        let mut spans: Vec<Span> = rows().map(span_of).collect();
        leave_innermost(&mut spans);
        name_tools(&mut spans);
        let mut run = run_of(Trace { spans, ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let mut out = ObjectWriter::default();
        if let Some(root) = rows().find(|row| row.any_of(&["parent_id"]).is_none()) {
            out.text("name", op_of(&root.text_of(&["op_name"]).unwrap_or_default()));
            out.copy("display_name", root.any_of(&["display_name"]))
                .copy("project_id", root.get("project_id"));
        }
        out.copy("model", rows().find_map(|row| row.get("inputs")?.any_of(&["model"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The name of an op: `weave:///entity/project/op/name:digest`.
fn op_of(op: &str) -> &str {
    let name = op.rsplit_once("/op/").map_or(op, |(_, name)| name);
    name.rsplit_once(':').map_or(name, |(name, _)| name)
}

fn kind_of(op: &str, inputs: Value<'_, '_>) -> Kind {
    let speaks = inputs.items_of("messages").next().is_some_and(is_message);
    let asks =
        inputs.any_of(&["model"]).is_some() && inputs.any_of(&["contents", "input", "prompt"]).is_some();
    let op = op.to_ascii_lowercase();
    if op.ends_with(".score") || op.contains("scorer") {
        Kind::Judge
    } else if (speaks || asks || op.contains("generate_content")) && !op.contains("embed") {
        Kind::Model
    } else {
        Kind::Other
    }
}

/// A call that asks a model by way of another is a part of the program around it.
fn leave_innermost(spans: &mut [Span]) {
    let asking = spans.iter().filter(|span| span.kind == Kind::Model);
    let parents: HashSet<String> = asking.filter_map(|span| span.parent.clone()).collect();
    for span in spans.iter_mut().filter(|span| span.kind == Kind::Model && parents.contains(&span.id)) {
        span.kind = Kind::Other;
    }
}

fn span_of(row: Value<'_, '_>) -> Span {
    let op = text_in(row, &["op_name"]).unwrap_or_default();
    let exception = text_in(row, &["exception"]);
    let status = row.at_path(&["summary", "weave", "status"]).and_then(|status| status.text());
    let failed = match status.as_deref() {
        _ if exception.is_some() => Some(true),
        Some("error") => Some(true),
        Some("success") => Some(false),
        _ => None,
    };
    Span {
        id: text_in(row, &["id"]).unwrap_or_default(),
        parent: text_in(row, &["parent_id"]),
        name: op_of(&op).to_owned(),
        kind: row.get("inputs").map_or(Kind::Other, |inputs| kind_of(op_of(&op), inputs)),
        start: sortable(&text_in(row, &["started_at"]).unwrap_or_default()),
        input: content_in(row, &["inputs"]),
        output: content_in(row, &["output"]),
        failed,
        problem: exception.map(|exception| without_stack(&exception)),
        ..Span::default()
    }
}
