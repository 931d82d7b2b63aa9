//! The file of 2024: a task that started, then the same with its output in the place of the task.

use std::ops::Range;

use super::{TIME, is_time};
use crate::formats::{TextRecord, filled};
use crate::json::ObjectWriter;
use crate::run::Run;
use crate::timeline::Timeline;

const AGENT: &str = "agent=";

/// The parts of an entry: its agent, its task or output, its status.
struct Entry<'t> {
    agent: &'t str,
    task: &'t str,
    is_completed: bool,
    time: &'t str,
}

/// The text before a time that stands before `field`, the time, and what follows the field.
fn cut<'t>(text: &'t str, field: &str) -> Option<(&'t str, &'t str, &'t str)> {
    let (before, after) = text.split_once(field)?;
    let at = before.len().checked_sub(TIME).filter(|at| before.is_char_boundary(*at))?;
    let (before, time) = before.split_at(at);
    is_time(time).then_some((before, time, after))
}

impl<'t> Entry<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let (agent, _, rest) = cut(text.trim_end().strip_prefix(AGENT)?, ": task=")?;
        let (rest, status) = rest.rsplit_once(": status=")?;
        let at = rest.len().checked_sub(TIME).filter(|at| rest.is_char_boundary(*at))?;
        let (task, time) = rest.split_at(at);
        let is_completed = status == "completed";
        (is_time(time) && (is_completed || status == "started")).then_some(Entry {
            agent,
            task: task.trim(),
            is_completed,
            time,
        })
    }
}

fn begins(line: &str) -> bool {
    line.strip_prefix(AGENT).is_some_and(|line| cut(line, ": task=").is_some())
}

pub(super) fn is_one(text: &str) -> bool {
    text.lines().any(begins) && text.contains(": status=started")
}

/// Each task that started, with its output where it completed.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let mut tasks: Vec<Range<usize>> = Vec::new();
    let (mut at, mut entries) = (0, Vec::<Range<usize>>::new());
    for line in text.split_inclusive('\n') {
        if begins(line) {
            entries.push(at..at);
        }
        at += line.len();
        entries.last_mut().into_iter().for_each(|entry| entry.end = at);
    }
    for entry in entries {
        match (Entry::of(&text[entry.clone()]).map(|entry| entry.is_completed), tasks.last_mut()) {
            (Some(true), Some(task)) => task.end = entry.end,
            (Some(false), _) => tasks.push(entry),
            _ => {}
        }
    }
    // One that did not complete has no output.
    tasks.retain(|task| text[task.clone()].trim_end().ends_with(": status=completed"));
    tasks
}

pub(super) fn read<'a>(record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
    let end = record.text.find(": status=started\n").map(|at| at + ": status=started\n".len());
    let (started, completed) = record.text.split_at(end.ok_or("no task starts in it")?);
    let (started, completed) =
        Entry::of(started).zip(Entry::of(completed)).ok_or("no task starts and completes in it")?;
    let mut timeline = Timeline::default();
    timeline.user(filled(started.task.to_owned().into()));
    timeline.reply(filled(completed.task.to_owned().into()));
    let mut run = timeline.run(format!("{}-{}", record.stem, record.number).into(), None)?;
    let mut out = ObjectWriter::default();
    out.text("agent", started.agent).text("time", completed.time);
    run.metadata = out.finish().map(Into::into);
    Ok(run)
}
