//! Aider: the history of chats that it keeps in each project.
//!
//! Source: `.aider.chat.history.md`; `aider/io.py` of `Aider-AI/aider`: `# aider chat started at ..` before each session, `####`
//! before each line of the user, `>` before each line of Aider itself, each of these lines with two spaces at its end, and
//! the model's words as they are.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user, those of `/ask`, `/code`, `/architect` too | `original_prompt`; later ones `user` |
//! | what the model writes with changes of files in it, or before `Applied edit to` | an `edit`: the words before the first block are its `thought`, the rest `action_input` |
//! | other words of the model | replies; the last is the `final_answer` |
//! | what Aider says after an edit | `observation`; `error` where an edit did not apply |
//! | when the session began, `Main model` | `metadata` |
//!
//! The file's name begins with a dot, and scans of a folder pass over such files: give its own path.
//!
//! Left out: commands of the user (`/add`, `/run`) and what they print, what Aider says of tokens and costs; sessions
//! in which no model says anything.
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord};
use crate::json::ObjectWriter;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct Aider;

const SESSION: &str = "# aider chat started at ";
const USER: &str = "#### ";
const OWN: &str = ">";
/// Two spaces, with which Markdown breaks a line.
const BREAK: &str = "  ";
/// Commands that put words to the model.
const ASKS: &[&str] = &["/ask", "/code", "/architect", "/context"];
/// What tells a change of a file in the words of the model, in the formats in which it may write them.
const CHANGES: &[&str] = &["<<<<<<< SEARCH", "\n+++ ", "*** Begin Patch"];
const APPLIED: &str = "Applied edit to ";
/// What Aider says of edits that it cannot apply.
const FAILED: &[&str] = &[
    "The LLM did not conform to the edit format",
    "SearchReplaceNoExactMatch",
    "UnifiedDiffNoMatch",
    "Malformed response",
    "failed to match",
    "Skipping edits to",
];

/// What a line is.
#[derive(Clone, Copy, PartialEq)]
enum Line<'t> {
    User(&'t str),
    Own(&'t str),
    Model(&'t str),
}

/// Tells lines apart as they come in.
#[derive(Default)]
struct Lines {
    /// Whether lines of the user and of Aider end with a break, as it writes them; editors take it off.
    marked: bool,
    in_code: bool,
    /// Whether the model is speaking.
    spoken: bool,
    /// Whether Aider says something of several lines, of which the last only ends with a break.
    goes_on: bool,
}

impl Lines {
    fn of(session: &str) -> Self {
        let is_marked = |line: &str| line.starts_with("> ") && line.ends_with(BREAK);
        Lines { marked: session.lines().any(is_marked), ..Lines::default() }
    }

    fn next<'t>(&mut self, line: &'t str) -> Line<'t> {
        let bare = line.trim_end_matches(['\n', '\r']);
        let ends = bare.ends_with(BREAK);
        // In code, only what Aider wrote with a break at its end is its own.
        let may_be = ends || !self.in_code;
        if let Some(words) = bare.strip_prefix(USER).filter(|_| ends || !self.marked && may_be) {
            (self.in_code, self.spoken, self.goes_on) = (false, false, false);
            return Line::User(words.trim_end());
        }
        if self.goes_on {
            self.goes_on = !ends;
            return Line::Own(bare.trim());
        }
        let own = bare.strip_prefix(OWN).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        // The model quotes.
        let is_quoted = self.marked && self.spoken && !ends;
        if let Some(words) = own.filter(|_| may_be && !is_quoted) {
            (self.in_code, self.spoken, self.goes_on) = (false, false, self.marked && !ends);
            return Line::Own(words.trim());
        }
        self.in_code ^= bare.starts_with("```");
        self.spoken |= !bare.trim().is_empty();
        Line::Model(line)
    }
}

impl TextFormat for Aider {
    fn name(&self) -> &'static str {
        "aider"
    }

    fn shape(&self) -> &'static str {
        "Markdown with `# aider chat started at …`, lines of the user after `####` and of Aider after `>`"
    }

    fn score(&self, head: &str) -> u8 {
        let mut lines = head.lines().skip_while(|line| !line.starts_with(SESSION)).skip(1);
        // Texts about Aider quote how its chats begin.
        let is_told = |line: &str| line.starts_with(USER) || line.starts_with(OWN) && line.ends_with(BREAK);
        95 * u8::from(lines.any(is_told))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        let (mut sessions, mut at): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
        for line in text.split_inclusive('\n') {
            if line.starts_with(SESSION) || sessions.is_empty() {
                sessions.push(at..at);
            }
            at += line.len();
            sessions.last_mut().into_iter().for_each(|session| session.end = at);
        }
        sessions.retain(|session| is_spoken(&text[session.clone()]));
        sessions
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let mut chat = Chat::default();
        let mut lines = Lines::of(record.text);
        for line in record.text.split_inclusive('\n').filter(|line| !line.starts_with(SESSION)) {
            chat.line(lines.next(line));
        }
        chat.end();
        let id = format!("{}-{}", record.stem, record.number);
        let mut run = chat.timeline.run(id.into(), None)?;
        run.metadata = about(record.text).map(Into::into);
        Ok(run)
    }
}

/// Whether a model says something in a session.
fn is_spoken(session: &str) -> bool {
    let mut lines = Lines::of(session);
    let mut rest = session.lines().filter(|line| !line.starts_with(SESSION));
    rest.any(|line| matches!(lines.next(line), Line::Model(text) if !text.trim().is_empty()))
}

fn about(session: &str) -> Option<String> {
    let mut out = ObjectWriter::default();
    let value_of =
        |start: &str| session.lines().take(40).find_map(|line| Some(line.strip_prefix(start)?.trim()));
    value_of(SESSION).into_iter().for_each(|time| _ = out.text("started_at", time));
    let model = value_of("> Main model: ").or_else(|| value_of("> Model: "));
    let name = model.and_then(|model| model.split(" with ").next());
    name.into_iter().for_each(|name| _ = out.text("model", name));
    out.finish()
}

/// A session as its lines come in: who spoke last, and what.
#[derive(Default)]
struct Chat<'a> {
    timeline: Timeline<'a>,
    user: String,
    model: String,
    own: String,
}

impl Chat<'_> {
    fn line(&mut self, line: Line<'_>) {
        match line {
            Line::User(words) => {
                self.end_turn();
                self.user.extend([words, "\n"]);
            }
            Line::Own(words) => {
                self.end_user();
                self.own.extend([words, "\n"]);
            }
            Line::Model(words) if words.trim().is_empty() => {
                if !self.model.is_empty() && self.own.is_empty() {
                    self.model.push_str(words);
                }
            }
            Line::Model(words) => {
                self.end_user();
                if !self.own.is_empty() {
                    self.end_turn();
                }
                self.model.push_str(words);
            }
        }
    }

    fn end(&mut self) {
        self.end_user();
        self.end_turn();
    }

    fn end_user(&mut self) {
        let words = std::mem::take(&mut self.user);
        self.timeline.user(put_to_model(words.trim()).map(|words| words.to_owned().into()));
    }

    /// Takes what the model said, and what Aider said to that.
    fn end_turn(&mut self) {
        let (words, own) = (std::mem::take(&mut self.model), std::mem::take(&mut self.own));
        let words = words.trim();
        if words.is_empty() {
            return;
        }
        let failed = FAILED.iter().any(|mark| own.contains(mark));
        let first = CHANGES.iter().filter_map(|mark| words.find(mark)).min();
        let is_edit = first.is_some() || failed || own.lines().any(|line| line.starts_with(APPLIED));
        if !is_edit {
            return self.timeline.reply(Some(words.to_owned().into()));
        }
        let (thought, edit) = words.split_at(start_of_block(words, first.unwrap_or(words.len())));
        let text = |text: &str| -> Option<Text<'static>> {
            (!text.trim().is_empty()).then(|| text.trim().to_owned().into())
        };
        self.timeline.think(text(thought).filter(|_| !edit.is_empty()));
        self.timeline.act(None, "edit".into(), text(edit).or_else(|| text(words)));
        let seen: Vec<&str> = own.lines().filter(|line| !line.is_empty() && !is_count(line)).collect();
        if !seen.is_empty() {
            self.timeline.settle(seen.join("\n").into(), failed.then_some(true));
        }
    }
}

/// Where the block begins that has the first change at `at`: the name of the file and the fence stand before it.
fn start_of_block(words: &str, at: usize) -> usize {
    words[..at].trim_end().rfind("\n\n").map_or(0, |start| start + 2)
}

fn is_count(line: &str) -> bool {
    line.starts_with("Tokens: ") || line.starts_with("Cost: ")
}

/// The words of the user that the model gets; none of those of a command.
fn put_to_model(words: &str) -> Option<&str> {
    let Some(command) = words.strip_prefix('/').and_then(|_| words.split_whitespace().next()) else {
        return Some(words).filter(|words| !matches!(*words, "" | "<blank>"));
    };
    let is_path = command[1..].contains('/');
    let rest = words[command.len()..].trim();
    if is_path {
        Some(words)
    } else {
        Some(once(rest)).filter(|rest| ASKS.contains(&command) && !rest.is_empty())
    }
}

/// The words of a command, which Aider writes again below it when it puts them to the model.
fn once(words: &str) -> &str {
    let half = words.get(..words.len() / 2);
    half.filter(|half| words[half.len()..].strip_prefix('\n') == Some(*half)).unwrap_or(words)
}
