//! AutoGPT: the log of what it thinks, and of the commands that it runs.
//!
//! Source: `logs/activity.log` of `Significant-Gravitas/AutoGPT` 0.2 to 0.4, `autogpt/logs.py`: `2023-04-14 12:44:24,746 INFO
//! NAME THOUGHTS: ..`, `REASONING:`, `PLAN:`, `CRITICISM:`, `NEXT ACTION:  COMMAND = x  ARGUMENTS = {..}`, `SYSTEM:  Command x
//! returned: ..`; the same without times from a console.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `THOUGHTS:`, `REASONING:`, `PLAN:`, `CRITICISM:` | `thought` |
//! | `COMMAND`, `ARGUMENTS` | `action_name`, `action_input` as JSON |
//! | `SYSTEM:  Command x returned: ..` | `observation`; `error` where it begins with `Error` or the command threw one |
//! | `reason` of a last `task_complete` | `final_answer` |
//!
//! The goals that the user entered are not in the log.
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::json::read_inner;
use crate::printed::plain;
use crate::python_literal::to_json;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct AutoGptLog;

const COMMAND: &str = "COMMAND = ";
const ARGUMENTS: &str = "ARGUMENTS = ";
const SYSTEM: &str = "SYSTEM:";

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Thought,
    Output,
    Other,
}

/// The text of a line after its time and level; `None` for one that has none.
fn entry(line: &str) -> Option<&str> {
    let (time, rest) = line.split_once(' ')?;
    let (clock, rest) = rest.split_once(' ')?;
    let shape =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b','));
    let (level, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_level = matches!(level, "INFO" | "WARNING" | "ERROR" | "DEBUG");
    (time.len() == 10 && clock.len() >= 8 && shape(time) && shape(clock) && is_level).then_some(text)
}

/// Name and arguments of a command.
fn command_in(text: &str) -> Option<(&str, &str)> {
    let (_, command) = text.split_once("NEXT ACTION:")?.1.split_once(COMMAND)?;
    let (name, input) = command.split_once(ARGUMENTS)?;
    Some((name.trim(), input.trim()))
}

/// The part that begins with a text, and what follows its label.
fn begins(text: &str) -> Option<(Part, &str)> {
    if let Some((name, thought)) = text.split_once("THOUGHTS:")
        && name.len() < 80
        && !name.contains(char::is_lowercase)
    {
        return Some((Part::Thought, thought));
    }
    for label in ["REASONING:", "PLAN:", "CRITICISM:"] {
        if let Some(rest) = text.strip_prefix(label) {
            return Some((Part::Thought, rest));
        }
    }
    text.strip_prefix(SYSTEM).map(|rest| (Part::Output, rest.trim_start()))
}

impl TextFormat for AutoGptLog {
    fn name(&self) -> &'static str {
        "autogpt_log"
    }

    fn shape(&self) -> &'static str {
        "text with lines `… THOUGHTS: …`, `… NEXT ACTION:  COMMAND = x  ARGUMENTS = {…}`"
    }

    fn score(&self, head: &str) -> u8 {
        let head = plain(head);
        let acts = |line: &str| command_in(line).is_some();
        96 * u8::from(head.lines().any(acts) && head.contains("THOUGHTS:"))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let mut reader = Reader { timeline: Timeline::default(), part: Part::Other, text: String::new() };
        let is_dated = text.lines().any(|line| entry(line).is_some());
        for line in text.lines() {
            reader.line(entry(line), line, is_dated);
        }
        reader.end(Part::Other, "");
        let mut run = reader.timeline.run(format!("{}-{}", record.stem, record.number).into(), None)?;
        let last = run.steps.iter().rev().find(|step| step.action_name.is_some());
        let input = last.filter(|step| step.action_name.as_deref() == Some("task_complete"));
        let input = input.and_then(|step| step.action_input.as_deref());
        let reason = input
            .and_then(|input| read_inner(input, |input| Some(input.get("reason")?.text()?.into_owned())));
        run.final_answer = run.final_answer.or(reason.map(Into::into));
        Ok(run)
    }
}

struct Reader<'a> {
    timeline: Timeline<'a>,
    part: Part,
    text: String,
}

impl Reader<'_> {
    fn line(&mut self, entry: Option<&str>, line: &str, is_dated: bool) {
        let text = entry.unwrap_or(line);
        if entry.is_none() && is_dated {
            return self.text.extend(["\n", line]);
        }
        if let Some((name, input)) = command_in(text) {
            self.end(Part::Other, "");
            let input = to_json(input).unwrap_or_else(|| input.to_owned());
            self.timeline.act(None, name.to_owned().into(), filled(input.into()));
        } else if let Some((part, rest)) = begins(text) {
            self.end(part, rest);
        } else if !is_dated || self.part == Part::Thought && text.trim_start().starts_with("- ") {
            self.text.extend(["\n", text]);
        } else {
            self.end(Part::Other, "");
        }
    }

    fn end(&mut self, part: Part, text: &str) {
        let before = std::mem::replace(&mut self.text, text.to_owned());
        let before = before.trim();
        match std::mem::replace(&mut self.part, part) {
            Part::Thought => self.timeline.think(own(before)),
            Part::Output => {
                let (head, output) = before.split_once(" returned: ").unwrap_or(("", before));
                let output = if head.starts_with("Command ") { output } else { before };
                let failed = output.starts_with("Error") || output.contains(" threw the following error");
                self.timeline.observe(None, output.to_owned().into(), failed.then_some(true));
            }
            Part::Other => {}
        }
    }
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}
