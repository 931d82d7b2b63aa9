//! Messages of LangChain and LangGraph as `pretty_print` prints them.
//!
//! Source: `BaseMessage.pretty_repr` of `langchain_core`: a title between `=` to 80 characters (`Human Message`, `Ai Message`,
//! `Tool Message`, ..), `Name: ..`, the words, and `Tool Calls:` with `name (id)`, `Call ID: id`, `Args:` and an argument a line.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `System Message` | `system` |
//! | first `Human Message` | `original_prompt`; later ones `user` |
//! | words of an `Ai Message` | `thought` of the first of its calls, else a reply; the last is the `final_answer` |
//! | `name (id)`, the lines below `Args:` | `action_name`, `action_input` (a JSON object) |
//! | `Tool Message` | `observation` of the first call of its name that waits |
//!
//! A run that was streamed prints the same message at each step: it is read once.
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::json::ObjectWriter;
use crate::messages::join;
use crate::printed::{is_rule, plain, title_in};
use crate::python_literal::to_json;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct LangGraphText;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    System,
    Human,
    Ai,
    Tool,
    Other,
}

/// The kind of the message that begins at a line; titles are filled up to 80 characters.
fn kind_of(line: &str) -> Option<Kind> {
    let name = title_in(line, '=').filter(|_| line.starts_with("=====") && line.len() >= 78)?;
    Some(match name.strip_suffix(" Message")? {
        "System" => Kind::System,
        "Human" => Kind::Human,
        "Ai" | "AIMessageChunk" => Kind::Ai,
        "Tool" | "Function" => Kind::Tool,
        _ => Kind::Other,
    })
}

impl TextFormat for LangGraphText {
    fn name(&self) -> &'static str {
        "langgraph_text"
    }

    fn shape(&self) -> &'static str {
        "text with titles `===== Human Message =====`, `===== Ai Message =====`, `===== Tool Message =====`"
    }

    fn score(&self, head: &str) -> u8 {
        96 * u8::from(head.lines().any(|line| kind_of(&plain(line)) == Some(Kind::Ai)))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let mut timeline = Timeline::default();
        let mut system = None;
        for (kind, body) in messages(&text) {
            let (name, words) = without_name(&body);
            match kind {
                Kind::System => join(&mut system, own(words)),
                Kind::Human => timeline.user(own(words)),
                Kind::Ai => ai(words, &mut timeline),
                Kind::Tool => {
                    let error = words.starts_with("Error").then_some(true);
                    timeline.observe_of(None, name, words.to_owned().into(), error);
                }
                Kind::Other => {}
            }
        }
        let mut run = timeline.run(format!("{}-{}", record.stem, record.number).into(), None)?;
        run.system = system;
        Ok(run)
    }
}

/// The messages in a text; one that is printed again goes.
fn messages(text: &str) -> Vec<(Kind, String)> {
    let mut found: Vec<(Kind, String)> = Vec::new();
    for line in text.lines() {
        match (kind_of(line), found.last_mut()) {
            (Some(kind), _) => found.push((kind, String::new())),
            (None, Some((_, body))) if !is_rule(line, '=', 78) => body.extend([line, "\n"]),
            _ => {}
        }
    }
    found.iter_mut().for_each(|(_, body)| body.truncate(body.trim_end().len()));
    found.dedup();
    found
}

/// What follows the name of the speaker, which has a line of its own before a blank one.
fn without_name(body: &str) -> (Option<&str>, &str) {
    let named = body.strip_prefix("Name: ").and_then(|rest| rest.split_once('\n'));
    match named {
        Some((name, rest)) => (Some(name.trim()), rest.trim()),
        None => (None, body.trim()),
    }
}

fn ai<'a>(words: &str, timeline: &mut Timeline<'a>) {
    let (words, calls) = match words.strip_prefix("Tool Calls:\n") {
        Some(calls) => ("", calls),
        None => words.split_once("\nTool Calls:\n").unwrap_or((words, "")),
    };
    let calls = calls_in(calls);
    if calls.is_empty() {
        return timeline.reply(own(words.trim()));
    }
    timeline.think(own(words.trim()));
    for call in calls {
        let input = call.input().map(Into::into);
        timeline.act(Some(call.id.to_owned().into()), call.name.to_owned().into(), input);
    }
}

struct Call<'t> {
    name: &'t str,
    id: &'t str,
    /// The lines below `Args:`.
    arguments: Vec<&'t str>,
}

fn calls_in(text: &str) -> Vec<Call<'_>> {
    let mut calls: Vec<Call<'_>> = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let named = line.trim().strip_suffix(')').and_then(|line| line.split_once(" ("));
        match (named, calls.last_mut()) {
            (Some((name, id)), _) if indent == 2 && !name.contains(' ') => {
                calls.push(Call { name, id, arguments: Vec::new() });
            }
            (_, Some(_)) if line.starts_with(" Call ID: ") || line == "  Args:" => {}
            (_, Some(call)) => call.arguments.push(line),
            (_, None) => {}
        }
    }
    calls
}

impl Call<'_> {
    /// Its arguments; a line that names none goes on with the one before.
    fn input(&self) -> Option<String> {
        let mut arguments: Vec<(&str, String)> = Vec::new();
        for line in &self.arguments {
            let named = line.strip_prefix("    ").and_then(|line| line.split_once(": "));
            let is_name =
                |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            match (named.filter(|(name, _)| is_name(name)), arguments.last_mut()) {
                (Some((name, value)), _) => arguments.push((name, value.to_owned())),
                (None, Some((_, value))) => value.extend(["\n", line]),
                (None, None) => {}
            }
        }
        if arguments.is_empty() {
            let plain = self.arguments.join("\n").trim().to_owned();
            return Some(plain).filter(|plain| !plain.is_empty());
        }
        let mut out = ObjectWriter::default();
        for (name, value) in &arguments {
            match to_json(value) {
                Some(json) if value.starts_with(['[', '{']) => out.json(name, &json),
                _ => out.text(name, value.trim_end()),
            };
        }
        out.finish()
    }
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}
