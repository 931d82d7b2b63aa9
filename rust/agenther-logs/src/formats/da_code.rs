//! DA-Code and Spider 2's agent: data science in a sandbox, actions in the text of a call.
//!
//! Source: `yiyihum/da-code` and `xlang-ai/Spider2` (`spider-agent`), `result.json`: `{Task, system_message, trajectory:
//! [{observation, thought, action, code, response}], finished, steps, result}`; a step's `observation` is what was seen
//! before its action.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `Task` | `original_prompt` |
//! | `system_message` | `system` |
//! | `thought` | `thought` |
//! | `action`: `Bash(code="ls")`, `Python(file_path="a.py")` | `action_name`; `action_input` is its arguments and the `code` |
//! | `observation` of the next step; of the first, before all actions | `observation` |
//! | `result` | `final_answer` |
//! | `finished`, `steps` | `metadata` |
//!
//! Leaks: none; whether the answer is right stands in other files.

use std::borrow::Cow;

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::python_calls::{named_arguments, unquoted};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct DaCode;

impl Format for DaCode {
    fn name(&self) -> &'static str {
        "da_code"
    }

    fn shape(&self) -> &'static str {
        "`Task`, `system_message` and `trajectory` of `observation`, `thought` and `action`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let has = |key| record.get(key).is_some();
        let steps = record.get("trajectory").is_some_and(|steps| steps.is_array());
        98 * u8::from(steps && has("Task") && (has("system_message") || has("result_files")))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(&["Task"]));
        for step in value.items_of("trajectory") {
            read_step(step, &mut timeline);
        }
        let mut run = timeline.run(record.task_run_id(record.stem), None)?;
        run.system = value.text_of(&["system_message"]);
        run.final_answer = value.text_of(&["result"]).or(run.final_answer);
        set_final_answer(&mut run);
        let mut out = ObjectWriter::default();
        out.copy_members(value, ["finished", "steps"]);
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let seen = step.get("observation").and_then(|seen| seen.text_or_json()).and_then(filled);
    match seen {
        Some(seen) if timeline.steps.is_empty() => timeline.happen(seen, None),
        Some(seen) => timeline.settle(seen, None),
        None => {}
    }
    let thought = step.text_of(&["thought"]);
    match step.text_of(&["action"]).as_deref().and_then(|action| call_in(action, step)) {
        Some((name, input)) => {
            timeline.think(thought);
            timeline.act(None, name, input);
        }
        None => timeline.reply(thought.or_else(|| step.text_of(&["response"]))),
    }
}

/// The name of an action and its arguments, with the code that was found behind them.
fn call_in<'a>(action: &str, step: Value<'_, '_>) -> Option<(Text<'a>, Option<Text<'a>>)> {
    let (name, rest) = action.split_once('(')?;
    let name = name.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let mut input = ObjectWriter::default();
    let arguments: Vec<(&str, &str)> =
        named_arguments(rest).into_iter().map(|(key, value)| (key, unquoted(value))).collect();
    let code = step.text_of(&["code"]);
    for (key, value) in &arguments {
        // Quotes inside of it are not told from those around it, but the harness found it.
        input.text(key, code.as_deref().filter(|_| *key == "code").unwrap_or(value));
    }
    let is_told =
        |code: &str| arguments.iter().any(|(key, value)| *key == "code" || value.trim() == code.trim());
    if let Some(code) = code.filter(|code| !is_told(code)) {
        input.text("code", &code);
    }
    Some((Cow::Owned(name.to_owned()), input.finish().map(Into::into)))
}
