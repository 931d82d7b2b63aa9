//! Logs of teams of agents that work on one task: ChatDev, MetaGPT, HyperAgent, and the team of supervisor and apps that MAST
//! ran in AppWorld.
//!
//! Source: `WareHouse/<project>/<project>.log` of `OpenBMB/ChatDev` (`[2024-22-12 12:50:50 INFO] Programmer: **Programmer<->Chief
//! Technology Officer on : Coding, turn 0**`); the others as `multi-agent-systems-failure-taxonomy/MAST` has them: `=== MetaGPT
//! Agent Communication Log`, `HyperAgent_.. - INFO - Planner's Response: ..`, `Response from Supervisor Agent`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `**task_prompt**:`; `FROM: Human`; `Task:` | `original_prompt` |
//! | what an agent says | a reply; the last is the `final_answer` |
//! | code of HyperAgent's interns, of the agents in AppWorld | `action_name` python, `action_input`; the words around it `thought` |
//! | `**[Test Reports]**:`; `Navigator->Planner:`; `Code Execution Output`, `Response from send_message API` | `observation` |
//!
//! Left out: prompts and parameters, conclusions that repeat what was said, counts of tokens.
//!
//! Leaks: none.

use std::ops::Range;

use super::autogen_chat::Code;
use super::{TextFormat, TextRecord, filled};
use crate::printed::{is_rule, plain};
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct TeamLog;

/// What an entry of a log is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Entry {
    Task,
    Words,
    /// Words that may have code in them which is run.
    Code,
    /// All of it is code.
    Program,
    Output,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Team {
    ChatDev,
    MetaGpt,
    HyperAgent,
    AppWorld,
}

const CHATDEV_TASK: &str = "**task_prompt**: ";

impl Team {
    fn of(text: &str) -> Option<Self> {
        let has_line = |is: fn(&str) -> bool| text.lines().any(is);
        if has_line(|line| chatdev(line).is_some_and(|(entry, _)| entry == Entry::Words)) {
            return Some(Team::ChatDev);
        }
        if has_line(|line| line.starts_with("=== MetaGPT Agent Communication Log")) {
            return Some(Team::MetaGpt);
        }
        if has_line(|line| line.starts_with("HyperAgent_") && line.contains(" - INFO - ")) {
            return Some(Team::HyperAgent);
        }
        let is_team = has_line(|line| {
            line.starts_with("Entering ") && line.trim_end().ends_with(" Agent message loop")
        });
        (is_team && has_line(|line| line.starts_with("Response from "))).then_some(Team::AppWorld)
    }

    /// The entry that begins at a line, and what of it stands there.
    fn entry(self, line: &str) -> Option<(Entry, &str)> {
        match self {
            Team::ChatDev => chatdev(line),
            Team::MetaGpt => metagpt(line),
            Team::HyperAgent => hyperagent(line),
            Team::AppWorld => appworld(line),
        }
    }
}

/// `[2024-22-12 12:50:50 INFO] Programmer: **Programmer<->..`, with day and month in the order of the house.
fn chatdev(line: &str) -> Option<(Entry, &str)> {
    let (head, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let is_head = head.starts_with(|c: char| c.is_ascii_digit()) && head.rsplit(' ').next()?.len() >= 4;
    let rest = rest.trim_end();
    let is_turn = rest.contains("<->") && rest.contains(" on : ") && rest.ends_with("**");
    is_head.then_some(match () {
        () if is_turn => (Entry::Words, ""),
        () if rest.starts_with("**[Test Reports]**") => (Entry::Output, ""),
        () => (Entry::Other, ""),
    })
}

fn metagpt(line: &str) -> Option<(Entry, &str)> {
    if is_rule(line, '-', 40) {
        return Some((Entry::Other, ""));
    }
    let (time, rest) = line.strip_prefix('[')?.split_once("] ")?;
    if !time.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim_end();
    match () {
        () if rest.starts_with("FROM: Human") => Some((Entry::Task, "")),
        () if rest.starts_with("FROM: ") || rest == "NEW MESSAGES:" => Some((Entry::Words, "")),
        () => None,
    }
}

fn hyperagent(line: &str) -> Option<(Entry, &str)> {
    let (_, said) = line.strip_prefix("HyperAgent_")?.split_once(" - INFO - ")?;
    let (speaker, words) = said.split_once(": ").unwrap_or((said, ""));
    Some(match () {
        () if speaker.ends_with("'s Response") => (Entry::Code, words),
        () if speaker.contains("->") => (Entry::Output, words),
        () => (Entry::Other, ""),
    })
}

fn appworld(line: &str) -> Option<(Entry, &str)> {
    let line = line.trim_end();
    if let Some(task) = line.strip_prefix("Task: ") {
        return Some((Entry::Task, task));
    }
    match line {
        "Response from send_message API" | "Code Execution Output" => Some((Entry::Output, "")),
        line if line.starts_with("Response from ") && line.ends_with(" Agent") => Some((Entry::Program, "")),
        line if line.starts_with("Reply from ") && line.ends_with(" Agent") => Some((Entry::Words, "")),
        line if line.starts_with("Message to ") || line.ends_with(" Agent message loop") => {
            Some((Entry::Other, ""))
        }
        _ => None,
    }
}

impl TextFormat for TeamLog {
    fn name(&self) -> &'static str {
        "team_log"
    }

    fn shape(&self) -> &'static str {
        "text with lines `[2024-22-12 12:50:50 INFO] Programmer: **Programmer<->Tester on : Coding, turn 0**`, or of MetaGPT, HyperAgent"
    }

    fn score(&self, head: &str) -> u8 {
        96 * u8::from(Team::of(&plain(head)).is_some())
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let team = Team::of(&text).ok_or("it does not say whose log it is")?;
        let mut timeline = Timeline::default();
        let stated = text.lines().find_map(|line| line.strip_prefix(CHATDEV_TASK));
        timeline.user(stated.filter(|_| team == Team::ChatDev).and_then(own));
        // An agent that asks another waits until that one's own programs have run.
        let mut open = Vec::new();
        for (entry, body) in entries(&text, team) {
            take(entry, body.trim(), team, &mut timeline, &mut open);
        }
        timeline.run(format!("{}-{}", record.stem, record.number).into(), None)
    }
}

fn entries(text: &str, team: Team) -> Vec<(Entry, String)> {
    let mut found: Vec<(Entry, String)> = Vec::new();
    for line in text.lines() {
        match (team.entry(line), found.last_mut()) {
            (Some((entry, rest)), _) => found.push((entry, rest.to_owned())),
            (None, Some((_, body))) => body.extend(["\n", line]),
            (None, None) => {}
        }
    }
    found
}

fn take(entry: Entry, body: &str, team: Team, timeline: &mut Timeline<'_>, open: &mut Vec<usize>) {
    let body = match team {
        Team::ChatDev => without_prompt(body),
        Team::MetaGpt => without_head(body),
        _ => body,
    };
    match entry {
        Entry::Task => timeline.user(own(body)),
        Entry::Words => timeline.reply(own(body)),
        Entry::Program => {
            timeline.act(None, "python".into(), own(body));
            open.extend(timeline.steps.len().checked_sub(1));
        }
        Entry::Output => {
            let failed = body.starts_with("Execution failed").then_some(true);
            match team {
                Team::AppWorld => timeline.settle_at(open.pop(), body.to_owned().into(), failed),
                _ => timeline.observe(None, body.to_owned().into(), failed),
            }
        }
        Entry::Code => match Code::in_text(&body.replace("```<end_action>", "```")) {
            Some(code) => {
                let around = code.around.trim().trim_start_matches("Thought:").trim_end_matches("Action:");
                timeline.think(own(around.trim()));
                timeline.act(None, code.language.into(), own(&code.text));
            }
            None => timeline.reply(own(body.trim_start_matches("Thought:").trim_start())),
        },
        Entry::Other => {}
    }
}

/// What an agent of ChatDev says, without the prompt before it.
fn without_prompt(body: &str) -> &str {
    let prompt = body.strip_prefix('[').and_then(|rest| rest.split_once("]\n\n"));
    prompt.map_or(body, |(_, words)| words.trim())
}

/// What an agent of MetaGPT says, without the action and the name before it.
fn without_head(body: &str) -> &str {
    let content = body.strip_prefix("ACTION: ").and_then(|rest| rest.split_once("\nCONTENT:\n"));
    if let Some((_, content)) = content {
        return content.trim();
    }
    let named = body.split_once(": \n").or_else(|| body.split_once(":\n"));
    named.filter(|(name, _)| !name.contains(char::is_whitespace)).map_or(body, |(_, words)| words.trim())
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}
