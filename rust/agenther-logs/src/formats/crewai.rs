//! CrewAI: what came of its tasks.
//!
//! Source: `CrewOutput` and `TaskOutput` of `crewAIInc/crewAI` as `model_dump()` gives them (`{raw, tasks_output:
//! [{description, expected_output, raw, agent}]}`), `output_log_file` with a name that ends in `.json` (a list of `{timestamp,
//! task_name, task, agent, status, output}`), and what `crewai log-tasks-outputs` lists of its database. Each task is a run.
//! A `TaskOutput` that has the agent's messages is read as those are.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `description`, `task` | `original_prompt` |
//! | `raw`, `output` | the reply, `final_answer` |
//! | name of the task, agent | `metadata` |
//!
//! Entries that only say that a task was started are understood, and hold nothing of a run.
//!
//! Leaks: `expected_output` stays behind.

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::run::Run;
use crate::timeline::Timeline;

pub(super) struct CrewAi;

/// An output of a task, or what holds one.
fn output_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let is_output = |value: &Value<'t, 'a>| {
        let has = |key| value.get(key).is_some();
        has("description") && has("raw") && has("agent") && (has("expected_output") || has("output_format"))
    };
    let row = record.get("output").filter(|_| record.get("task_index").is_some());
    [Some(record), row].into_iter().flatten().find(is_output)
}

fn is_entry(record: Value<'_, '_>) -> bool {
    let has = |key| record.get(key).is_some();
    has("timestamp") && has("task") && has("agent") && (has("task_name") || has("output")) && is_state(record)
}

fn is_state(record: Value<'_, '_>) -> bool {
    record.text_of(&["status"]).is_some_and(|status| matches!(&*status, "started" | "completed"))
}

impl Format for CrewAi {
    fn name(&self) -> &'static str {
        "crewai"
    }

    fn shape(&self) -> &'static str {
        "`description`, `raw`, `agent`, `expected_output` of a task, or `timestamp`, `task`, `agent`, `status`, `output`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let has_messages = |output: Value<'_, '_>| output.items_of("messages").next().is_some();
        let is_told = output_of(record).is_some_and(|output| !has_messages(output));
        85 * u8::from(is_told || is_entry(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let is_start = record.text_of(&["status"]).as_deref() == Some("started");
        (is_entry(record) && is_start && record.any_of(&["output"]).is_none()).then(Vec::new)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let output = output_of(record.value).unwrap_or(record.value);
        let mut timeline = Timeline::default();
        timeline.user(output.text_of(&["description", "task"]));
        timeline.reply(output.any_of(&["raw", "output"]).and_then(|raw| raw.text_or_json()));
        let mut run = timeline.run(record.run_id(), None)?;
        let mut out = ObjectWriter::default();
        out.copy("task", output.any_of(&["name", "task_name"])).copy("agent", output.get("agent"));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}
