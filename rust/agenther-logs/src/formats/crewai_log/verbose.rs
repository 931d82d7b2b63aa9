//! What the agents of a crew print.

use std::ops::Range;

use crate::formats::{TextRecord, filled};
use crate::json::ObjectWriter;
use crate::messages::decoded_twice;
use crate::printed::plain;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Agent,
    Task,
    Thought,
    Tool,
    Input,
    Output,
    Answer,
}

const MARKS: &[(&str, Part)] = &[
    ("# Agent:", Part::Agent),
    ("## Task:", Part::Task),
    ("## Thought:", Part::Thought),
    ("## Using tool:", Part::Tool),
    ("## Tool Input:", Part::Input),
    ("## Tool Output:", Part::Output),
    ("## Final Answer:", Part::Answer),
];

fn mark(line: &str) -> Option<(Part, &str)> {
    MARKS.iter().find_map(|(mark, part)| Some((*part, line.strip_prefix(mark)?)))
}

/// Whether agents print that they do something: prompts have a heading for a task too.
pub(super) fn is_one(text: &str) -> bool {
    let has = |wanted: &[Part]| {
        text.lines().any(|line| mark(&plain(line)).is_some_and(|(part, _)| wanted.contains(&part)))
    };
    has(&[Part::Agent]) && has(&[Part::Tool, Part::Answer])
}

/// A run begins with the agent of a task.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let mut tasks: Vec<Range<usize>> = Vec::new();
    let (mut at, mut agent) = (0, 0);
    for line in text.split_inclusive('\n') {
        match mark(&plain(line)) {
            Some((Part::Agent, _)) => agent = at,
            Some((Part::Task, _)) => {
                tasks.last_mut().into_iter().for_each(|task| task.end = agent);
                tasks.push(agent..at);
            }
            _ if tasks.is_empty() => tasks.push(at..at),
            _ => {}
        }
        at += line.len();
        tasks.last_mut().into_iter().for_each(|task| task.end = at);
    }
    tasks.retain(|task| is_one(&text[task.clone()]));
    tasks
}

pub(super) fn read<'a>(record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
    let text = plain(record.text);
    let mut timeline = Timeline::default();
    let mut agent = None;
    for (part, body) in parts(&text) {
        let own = |text: &str| filled(text.to_owned().into());
        match part {
            Part::Agent => agent = agent.or(own(&body)),
            Part::Task => timeline.user(own(&body)),
            Part::Thought => timeline.think(own(body.trim_start_matches("Thought:").trim_start())),
            Part::Tool => timeline.act(None, body.into(), None),
            // It is printed after its tool.
            Part::Input => {
                let last = timeline.steps.last_mut().filter(|step| step.action_input.is_none());
                last.into_iter().for_each(|step| step.action_input = own(&body).map(decoded_twice));
            }
            Part::Output => {
                let error = body.starts_with("Error").then_some(true);
                timeline.observe(None, body.into(), error);
            }
            Part::Answer => timeline.reply(own(&body)),
        }
    }
    let mut run = timeline.run(format!("{}-{}", record.stem, record.number).into(), None)?;
    let mut out = ObjectWriter::default();
    agent.into_iter().for_each(|agent: Text<'_>| _ = out.text("agent", &agent));
    run.metadata = out.finish().map(Into::into);
    Ok(run)
}

fn parts(text: &str) -> Vec<(Part, String)> {
    let mut found: Vec<(Part, String)> = Vec::new();
    for line in text.lines() {
        match (mark(line), found.last_mut()) {
            (Some((part, rest)), _) => found.push((part, rest.to_owned())),
            (None, Some((_, body))) => body.extend(["\n", line]),
            (None, None) => {}
        }
    }
    found.iter_mut().for_each(|(_, body)| *body = body.trim().to_owned());
    found
}
