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
//! An entry that says that a task was started holds nothing of a run where another says what came of it.
//!
//! Leaks: `expected_output` stays behind.

use super::{Format, Piece, Record};
use crate::identity::fingerprint;
use crate::json::{ObjectWriter, Value};
use crate::labels::is_label;
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
    // Logs of jobs and of agents of one house have all but the name, or more than that.
    let is_own = || !has("steps") && !has("messages") && !record.members().any(|(key, _)| is_label(&key));
    has("timestamp") && has("task") && has("agent") && has("task_name") && is_state(record) && is_own()
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
        if !is_entry(record) {
            return None;
        }
        let status = record.get("status")?;
        let is_start = status.text().as_deref() == Some("started") && record.any_of(&["output"]).is_none();
        let task = record.get("task").map_or(String::new(), |task| fingerprint(task.raw()));
        let of_task = |value| Piece { run: Some(format!("task-{task}").into()), value };
        if is_start {
            return Some(vec![of_task(record)]);
        }
        let run = Some(fingerprint(record.raw()).into());
        Some(vec![of_task(status), Piece { run, value: record }])
    }

    fn is_settled(&self, pieces: Value<'_, '_>) -> bool {
        pieces.items().any(|piece| piece.is_string())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let entry = record.value.items().next();
        if entry.is_some_and(|entry| entry.any_of(&["output"]).is_none()) {
            return Err("its task was started, and nothing says what came of it".to_owned());
        }
        let output = output_of(record.value).or(entry).unwrap_or(record.value);
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
