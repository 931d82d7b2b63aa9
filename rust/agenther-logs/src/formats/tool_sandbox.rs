//! ToolSandbox: what passed between the user, the agent and the place where its calls are run.
//!
//! Source: `apple/ToolSandbox`, `trajectories/<scenario>/execution_context.json`: rows of `_dbs.SANDBOX` (`{sender, recipient,
//! content, openai_tool_call_id, openai_function_name, tool_call_exception}`); a call is the Python that was run for it.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | from the user to the agent | `original_prompt`; later ones `user` |
//! | from the system to the agent | `system` |
//! | from the agent to the environment: `openai_function_name`, the dictionary of its parameters | steps |
//! | from the environment to the agent, by the id of the call; whether there is a `tool_call_exception` | `observation`, `error` |
//! | from the agent to the user | replies; the last is the `final_answer` |
//!
//! Leaks: what the system tells the user's simulator and what that calls stay behind, as the other databases do.

use std::borrow::Cow;

use super::{Format, Record};
use crate::json::Value;
use crate::messages::join;
use crate::python_literal;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct ToolSandbox;

const ROWS: &[&str] = &["_dbs", "SANDBOX"];

impl Format for ToolSandbox {
    fn name(&self) -> &'static str {
        "tool_sandbox"
    }

    fn shape(&self) -> &'static str {
        "`_dbs.SANDBOX` of `sender`, `recipient` and `content`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let first = record.at_path(ROWS).and_then(|rows| rows.items().next());
        97 * u8::from(first.is_some_and(|row| row.get("sender").is_some() && row.get("recipient").is_some()))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let (mut timeline, mut system) = (Timeline::default(), None);
        for row in record.value.at_path(ROWS).into_iter().flat_map(|rows| rows.items()) {
            read_row(row, &mut system, &mut timeline);
        }
        let mut run = timeline.run(record.task_run_id(record.stem), None)?;
        run.system = system;
        Ok(run)
    }
}

fn read_row<'a>(row: Value<'_, 'a>, system: &mut Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    let content = row.text_of(&["content"]);
    let id = row.text_of(&["openai_tool_call_id"]);
    let party = |key| row.text_of(&[key]);
    match (party("sender").as_deref(), party("recipient").as_deref()) {
        (Some("SYSTEM"), Some("AGENT")) => join(system, content),
        (Some("USER"), Some("AGENT")) => timeline.user(content),
        (Some("AGENT"), Some("USER")) => timeline.reply(content),
        (Some("AGENT"), Some("EXECUTION_ENVIRONMENT")) => {
            let name = row.text_of(&["openai_function_name"]).unwrap_or(Cow::Borrowed("python"));
            let input = content.as_deref().and_then(parameters).map(Cow::Owned);
            timeline.act(id, name, input.or(content));
        }
        (Some("EXECUTION_ENVIRONMENT"), Some("AGENT")) => {
            let failed = row.text_of(&["tool_call_exception"]).is_some();
            timeline.observe(id.as_deref(), content.unwrap_or_default(), Some(failed));
        }
        _ => {}
    }
}

/// The dictionary in `call_1_parameters = {'name': 'Ada'}`.
fn parameters(code: &str) -> Option<String> {
    let (name, rest) = code.split_once(" = ")?;
    if name.ends_with("_parameters") { python_literal::to_json(rest) } else { None }
}
