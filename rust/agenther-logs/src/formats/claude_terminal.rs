//! Claude Code as it shows a session in a terminal.
//!
//! Source: what `/export` of Claude Code writes, and what people copy from their terminals: `> prompt`, `⏺ words`,
//! `⏺ Tool(arguments)`, `  ⎿  result`, `✻ Thinking…`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first prompt | `original_prompt`; later ones `user` |
//! | `⏺ Tool(arguments)`, or any words before a `⎿` | `action_name`, `action_input` |
//! | `✻ Thinking…` and what stands below it; `⏺ words` before a tool | `thought` |
//! | `⎿` and the lines below it | `observation`; `error` where it begins with one |
//! | last words | `final_answer` |
//!
//! Results are those that the terminal showed: long ones are cut. Lines that it broke stay broken. Left out: commands of the
//! user (`/model`) and what they print, the banner, what the agent is doing (`✻ Baked for 1m`).
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::printed::plain;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct ClaudeTerminal;

const BULLETS: &[char] = &['⏺', '●'];
const PROMPTS: &[&str] = &["> ", "❯ "];
const RESULT: char = '⎿';
const THINKING: &[&str] = &["✻ Thinking", "∴ Thinking", "✽ Thinking"];

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Nothing,
    User,
    Words,
    Result,
    Thought,
}

/// The part that begins at a line, and what of it stands there.
fn begins(line: &str) -> Option<(Part, &str)> {
    if let Some(words) = PROMPTS.iter().find_map(|prompt| line.strip_prefix(prompt)) {
        return Some((Part::User, words));
    }
    if let Some(words) = line.strip_prefix(BULLETS).and_then(|rest| rest.strip_prefix(' ')) {
        return Some((Part::Words, words));
    }
    if line.starts_with(' ')
        && let Some(result) = line.trim_start().strip_prefix(RESULT)
    {
        return Some((Part::Result, result.trim_start()));
    }
    if THINKING.iter().any(|thinking| line.starts_with(thinking)) {
        return Some((Part::Thought, ""));
    }
    let is_status = line.starts_with(['✻', '✽', '✶', '✢', '·', '╭', '╰', '│', '▐', '▝', '▘', '─']);
    is_status.then_some((Part::Nothing, ""))
}

/// Name and arguments of a tool as it is called: `Bash(ls)`, `server - tool (MCP)(x: 1)`.
fn call_in(words: &str) -> Option<(&str, &str)> {
    let (words, mcp) = match words.split_once(" (MCP)") {
        Some((name, rest)) if !name.contains('\n') => (name, Some(rest)),
        _ => (words, None),
    };
    if let Some(rest) = mcp {
        return Some((words.trim(), rest.trim().strip_prefix('(')?.strip_suffix(')')?));
    }
    let (name, input) = words.strip_suffix(')')?.split_once('(')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.len() < 40
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    is_name.then_some((name, input))
}

impl TextFormat for ClaudeTerminal {
    fn name(&self) -> &'static str {
        "claude_terminal"
    }

    fn shape(&self) -> &'static str {
        "text with lines `> prompt`, `⏺ Tool(arguments)`, `  ⎿  result`"
    }

    fn score(&self, head: &str) -> u8 {
        let head = plain(head);
        let has =
            |wanted: Part| head.lines().any(|line| begins(line).is_some_and(|(part, _)| part == wanted));
        96 * u8::from(has(Part::Words) && has(Part::Result))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let mut reader =
            Reader { timeline: Timeline::default(), part: Part::Nothing, text: String::new(), called: false };
        for line in text.lines() {
            match begins(line) {
                Some((part, words)) => reader.begin(part, words),
                None => reader.text.extend(["\n", line.strip_prefix("  ").unwrap_or(line)]),
            }
        }
        reader.begin(Part::Nothing, "");
        reader.timeline.run(format!("{}-{}", record.stem, record.number).into(), None)
    }
}

struct Reader<'a> {
    timeline: Timeline<'a>,
    part: Part,
    text: String,
    /// Whether what comes back is for the last call.
    called: bool,
}

impl Reader<'_> {
    fn begin(&mut self, part: Part, line: &str) {
        let text = std::mem::replace(&mut self.text, line.to_owned());
        let text = text.trim();
        let before = std::mem::replace(&mut self.part, part);
        match before {
            Part::Nothing => {}
            Part::User if is_command(text) => self.called = false,
            Part::User => self.timeline.user(own(text)),
            Part::Thought => self.timeline.think(own(text)),
            Part::Words => self.words(text, part == Part::Result),
            Part::Result => self.result(text),
        }
    }

    fn words(&mut self, text: &str, has_result: bool) {
        let call = call_in(text);
        self.called = call.is_some() || has_result;
        match call {
            Some((name, input)) => self.timeline.act(None, name.to_owned().into(), own(&on_one_line(input))),
            None if has_result => self.timeline.act(None, text.to_owned().into(), None),
            None => self.timeline.say(own(text)),
        }
    }

    fn result(&mut self, text: &str) {
        if self.called {
            let failed = text.starts_with("Error").then_some(true);
            self.timeline.settle(text.to_owned().into(), failed);
        }
    }
}

/// Whether words of the user are for Claude Code and not for the model; a path is none.
fn is_command(words: &str) -> bool {
    let command = words.strip_prefix('/').and_then(|rest| rest.split_whitespace().next());
    command.is_some_and(|command| !command.contains('/'))
}

/// Arguments without the breaks of the terminal.
fn on_one_line(input: &str) -> String {
    input.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}
