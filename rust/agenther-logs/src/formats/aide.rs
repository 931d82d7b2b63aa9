//! AIDE: journals of an agent that writes whole scripts, and mends or improves one of those before.
//!
//! Source: `WecoAI/aideml`, also as MLE-bench runs it, `journal.json`: `{nodes: [{step, plan, code, _term_out, exc_type, ..}],
//! node2parent}`; the list of the nodes alone (`term_out`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `plan`, `code` | `thought`; `action_name` is `python`, `action_input` the script |
//! | `_term_out` | `observation` |
//! | whether there is an `exc_type` | `error` |
//!
//! The nodes are the steps in the order in which they were written, whichever they came from. The journal does not hold what
//! was asked.
//!
//! Leaks: `analysis`, `is_buggy` and `metric` are what a judge made of the output, and stay behind.

use std::borrow::Cow;

use super::{Format, Record};
use crate::json::Value;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct Aide;

fn nodes<'t, 'a>(record: Value<'t, 'a>) -> Value<'t, 'a> {
    record.get("nodes").unwrap_or(record)
}

fn is_node(node: Value<'_, '_>) -> bool {
    let has = |key| node.get(key).is_some();
    has("code") && has("plan") && has("is_buggy") && (has("_term_out") || has("term_out"))
}

impl Format for Aide {
    fn name(&self) -> &'static str {
        "aide"
    }

    fn shape(&self) -> &'static str {
        "`nodes` of `plan`, `code` and `_term_out`, and `node2parent`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        96 * u8::from(nodes(record).items().next().is_some_and(is_node))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        for node in nodes(record.value).items() {
            timeline.think(node.text_of(&["plan"]));
            timeline.act(None, Cow::Borrowed("python"), node.text_of(&["code"]));
            if let Some(seen) = node.any_of(&["_term_out", "term_out"]).and_then(printed) {
                let error = node.get("exc_type").map(|exception| !exception.is_null());
                timeline.settle(seen, error);
            }
        }
        timeline.run(record.task_run_id(record.stem), None)
    }
}

/// A text, or the lines of one with their ends.
fn printed<'a>(output: Value<'_, 'a>) -> Option<Text<'a>> {
    let lines = || output.items().filter_map(Value::text).collect::<Vec<_>>().concat();
    output.text().or_else(|| output.is_array().then(|| lines().into()))
}
