//! CrewAI: the text that `output_log_file` leaves, which tells of each task that began and what came of it, and what its
//! agents print with `verbose=True`.
//!
//! Source: `src/crewai/utilities/file_handler.py` of `crewAIInc/crewAI`: `2026-01-01 10:00:00: task_name="..", task="..",
//! agent="..", status="started"`, and `status="completed", output=".."`, in which quotes stand as they are; in 2024
//! `agent=..2024-07-11 13:08:16: task=..2024-07-11 13:08:16: status=started`, where `task` of the one that completed is the
//! output. `agents/crew_agent_executor.py` prints `# Agent: ..`, `## Task: ..`, `## Thought: ..`, `## Using tool: ..`,
//! `## Tool Input: ..`, `## Tool Output: ..`, `## Final Answer: ..`, in colours. Each task that was completed, or printed, is a
//! run; files in JSON are read as `crewai`, what versions before 0.40 print as `chain_log`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task`, `## Task:` | `original_prompt` |
//! | `## Thought:` | `thought` |
//! | `## Using tool:`, `## Tool Input:` | `action_name`, `action_input` |
//! | `## Tool Output:` | `observation` |
//! | `output`, `## Final Answer:` | the reply, `final_answer` |
//! | `task_name`, `agent`, the time | `metadata` |
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord};
use crate::json::ObjectWriter;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

mod old;
mod verbose;

pub(super) struct CrewAiLog;

/// The end of the time that an entry begins with.
const TIME: usize = "2026-01-01 10:00:00".len();

fn is_time(time: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    time.bytes().map(shape).eq("0000-00-00 00:00:00".bytes())
}

/// Whether an entry begins at this line.
fn begins(line: &str) -> bool {
    let rest = line.get(TIME..).and_then(|rest| rest.strip_prefix(": "));
    line.get(..TIME).is_some_and(is_time)
        && rest.is_some_and(|rest| rest.starts_with("task_name=\"") || rest.starts_with("task=\""))
}

/// The value of a field, up to the field that follows.
fn field<'t>(entry: &'t str, name: &str, next: &str) -> Option<&'t str> {
    let start = entry.find(name)? + name.len();
    let end = entry[start..].find(next)?;
    Some(&entry[start..start + end])
}

impl TextFormat for CrewAiLog {
    fn name(&self) -> &'static str {
        "crewai_log"
    }

    fn shape(&self) -> &'static str {
        "text with lines `2026-01-01 10:00:00: task_name=\"…\", task=\"…\", agent=\"…\", status=\"completed\", output=\"…\"`"
    }

    fn score(&self, head: &str) -> u8 {
        let of_tasks = head.lines().any(begins) && head.contains("agent=\"") && head.contains("status=\"");
        95 * u8::from(of_tasks || old::is_one(head) || verbose::is_one(head))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        if verbose::is_one(text) {
            return verbose::split(text);
        }
        if old::is_one(text) {
            return old::split(text);
        }
        let (mut entries, mut at): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
        for line in text.split_inclusive('\n') {
            if begins(line) {
                entries.push(at..at);
            }
            at += line.len();
            entries.last_mut().into_iter().for_each(|entry| entry.end = at);
        }
        entries.retain(|entry| !text[entry.clone()].trim_end().ends_with("status=\"started\""));
        entries
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        if verbose::is_one(record.text) {
            return verbose::read(record);
        }
        if old::is_one(record.text) {
            return old::read(record);
        }
        let entry = record.text.trim_end();
        let (about, output) = entry
            .split_once("\", status=\"completed\", output=\"")
            .ok_or("it is no task that was completed")?;
        let about = format!("{about}\"");
        let own = |text: &str| -> Option<Text<'a>> { Some(text.to_owned().into()) };
        let task = field(&about, "task=\"", "\", agent=\"");
        let agent = about.rsplit_once("agent=\"").map(|(_, agent)| agent.trim_end_matches('"'));
        let mut timeline = Timeline::default();
        timeline.user(task.and_then(own));
        timeline.reply(own(output.strip_suffix('"').unwrap_or(output)));
        let mut run = timeline.run(format!("{}-{}", record.stem, record.number).into(), None)?;
        let mut out = ObjectWriter::default();
        let name = field(&about, "task_name=\"", "\", task=\"").filter(|name| !matches!(*name, "" | "None"));
        name.into_iter().for_each(|name| _ = out.text("task", name));
        agent.into_iter().for_each(|agent| _ = out.text("agent", agent));
        out.text("time", entry.get(..TIME).unwrap_or_default());
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}
