//! What AutoGen prints while its agents chat.
//!
//! Source: `ConversableAgent._print_received_message` of `autogen` and AG2 0.2 (`user_proxy (to assistant):`, the words, 80
//! dashes); `Console` of `autogen_agentchat` 0.4 (`---------- TextMessage (user) ----------`, `---------- user ----------`
//! before), and the `console_log.txt` of AutoGenBench, in which Magentic-One prints the same, or
//! `[2024-11-05T10:00:00], Orchestrator (thought):` between rules of dashes in its first version.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message | `original_prompt`; later ones of users and their proxies `user` |
//! | `***** Suggested tool call (id): name *****`, `[FunctionCall(id=.., arguments=.., name=..)]` | `action_name`, `action_input`; the words before it, thoughts | `thought` |
//! | `***** Response from calling tool (id) *****`, `[FunctionExecutionResult(..)]` | `observation`; `error` where it is one |
//! | the code of a message that an executor answers, by its name or with `exitcode: 0` | `action_name` (its language), `action_input`; what it answers `observation` |
//! | other messages | replies; the last is the `final_answer`, of which `FINAL ANSWER:` is what follows |
//! | `TERMINATE` behind words | is cut |
//! | `ALL TESTS PASSED !#!#`, `SOME TESTS FAILED !#!#` | `success` |
//! | `Finish reason: Maximum ..`, `SCENARIO.PY EXITED WITH CODE: 1 !#!#` | `failure_reason` |
//!
//! Left out: what is printed between messages, counts of tokens, summaries of results that were observed.
//!
//! Leaks: the lines of AutoGenBench that end with `!#!#` are in no step, nor is what follows the end of a scenario.

use std::ops::Range;

use super::autogen_chat::{Code, exit_code};
use super::autogen_state::cut_end;
use super::{TextFormat, TextRecord, filled};
use crate::printed::{is_rule, plain};
use crate::python_literal::{elements, fields, string};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct AutogenConsole;

/// Dashes of the rule that ends a message of 0.2, and of the one before a message of Magentic-One.
const RULE: usize = 75;
/// What stands around the names of speakers in 0.4.
const DASHES: &str = "----------";
/// The end of each line that AutoGenBench prints itself.
const BENCH: &str = "!#!#";
const ANSWER: &str = "FINAL ANSWER:";
/// Agents that run code.
const EXECUTORS: &[&str] = &["ComputerTerminal", "CodeExecutor", "code_executor", "Executor", "executor"];
/// Messages of 0.4 that say nothing that others do not say.
const ASIDE: &[&str] = &[
    "SelectSpeakerEvent",
    "SelectorEvent",
    "UserInputRequestedEvent",
    "MemoryQueryEvent",
    "ModelClientStreamingChunkEvent",
    "termination condition",
];

/// Who speaks, and what kind of message it is where that is told.
#[derive(Debug, Clone, PartialEq)]
struct Header {
    speaker: String,
    kind: String,
}

/// How the messages of a text are told apart.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Dialect {
    /// `user_proxy (to assistant):`
    Addressed,
    /// `---------- TextMessage (user) ----------`
    Titled,
    /// `[2024-11-05T10:00:00], Orchestrator (thought):`
    Dated,
}

impl Dialect {
    fn of(text: &str) -> Option<Self> {
        let has = |dialect: &Dialect| {
            let mut headers = text.lines().filter_map(|line| dialect.header(line)).take(SAMPLE).peekable();
            headers.peek().is_some() && dialect.is_told(text, &headers.collect::<Vec<_>>())
        };
        [Dialect::Addressed, Dialect::Titled, Dialect::Dated].into_iter().find(has)
    }

    /// Whether headers are AutoGen's, and not those that any text may have.
    fn is_told(self, text: &str, headers: &[Header]) -> bool {
        let of_autogen = |header: &Header| {
            let is_class = header.kind.ends_with("Message") || header.kind.ends_with("Event");
            is_class || header.speaker == "user" || header.speaker.starts_with("MagenticOne")
        };
        match self {
            Dialect::Addressed => text.lines().any(|line| is_rule(line, '-', 80)),
            Dialect::Titled => headers.len() > 1 && headers.iter().any(of_autogen),
            Dialect::Dated => text.lines().any(|line| is_rule(line, '-', RULE)),
        }
    }

    fn header(self, line: &str) -> Option<Header> {
        let line = line.trim_end();
        match self {
            Dialect::Addressed => {
                let (speaker, recipient) = line.strip_suffix("):")?.split_once(" (to ")?;
                let is_name = |name: &str| !name.is_empty() && name.len() < 100;
                (is_name(speaker) && is_name(recipient) && !speaker.starts_with(' '))
                    .then(|| Header { speaker: speaker.to_owned(), kind: String::new() })
            }
            Dialect::Titled => {
                let name = line.strip_prefix(DASHES)?.strip_suffix(DASHES)?;
                let name = name.strip_prefix(' ')?.strip_suffix(' ')?;
                if name.is_empty() || name.starts_with('-') {
                    return None;
                }
                let typed = name.strip_suffix(')').and_then(|name| name.split_once(" ("));
                let (kind, speaker) = typed.unwrap_or(("", name));
                Some(Header { speaker: speaker.to_owned(), kind: kind.to_owned() })
            }
            Dialect::Dated => {
                let (time, name) = line.strip_prefix('[')?.split_once("], ")?;
                let name = name.strip_suffix(':').filter(|_| is_time(time))?;
                let (speaker, kind) = name.split_once(" (").unwrap_or((name, ""));
                Some(Header { speaker: speaker.to_owned(), kind: kind.trim_end_matches(')').to_owned() })
            }
        }
    }
}

/// Headers that tell a format.
const SAMPLE: usize = 64;

fn is_time(text: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    text.get(.."0000-00-00T00:00:00".len())
        .is_some_and(|time| time.bytes().map(shape).eq("0000-00-00T00:00:00".bytes()))
}

impl TextFormat for AutogenConsole {
    fn name(&self) -> &'static str {
        "autogen_console"
    }

    fn shape(&self) -> &'static str {
        "text with `user_proxy (to assistant):` and rules of dashes, or `---------- TextMessage (user) ----------`"
    }

    fn score(&self, head: &str) -> u8 {
        96 * u8::from(Dialect::of(&plain(head)).is_some())
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let (text, bench) = Bench::off(&text);
        let dialect = Dialect::of(&text).ok_or("it has no line that says who speaks")?;
        let mut chat = Chat::default();
        messages(&text, dialect).into_iter().for_each(|(header, body)| chat.message(&header, body.trim()));
        chat.flush();
        let mut run = Run {
            trajectory_id: format!("{}-{}", record.stem, record.number).into(),
            steps: chat.timeline.finish(),
            original_prompt: chat.timeline.prompt,
            ..Run::default()
        };
        cut_end(&mut run.steps);
        super::by_agent(&run.steps)?;
        run.final_answer = chat.answer.and_then(|answer| filled(answer.into()));
        set_final_answer(&mut run);
        (run.success, run.failure_reason) = (bench.success, chat.failure.or(bench.failure).map(Into::into));
        Ok(run)
    }
}

/// What AutoGenBench prints of a run.
#[derive(Default)]
struct Bench {
    success: Option<bool>,
    failure: Option<String>,
}

impl Bench {
    /// The text without its lines and those that follow the end of the scenario, and what they say.
    fn off(text: &str) -> (String, Self) {
        let (mut out, mut bench, mut is_over) = (String::with_capacity(text.len()), Bench::default(), false);
        for line in text.split_inclusive('\n') {
            let Some(said) = line.trim().strip_suffix(BENCH) else {
                out.push_str(if is_over { "" } else { line });
                continue;
            };
            match said.trim() {
                "ALL TESTS PASSED" => bench.success = Some(true),
                said if said.starts_with("SOME TESTS FAILED") => bench.success = Some(false),
                said if said.starts_with("SCENARIO.PY EXITED WITH CODE: ") && !said.ends_with(" 0") => {
                    bench.failure = Some(said.to_owned());
                }
                _ => {}
            }
            is_over |= ["SCENARIO.PY COMPLETE", "SCENARIO.PY EXITED", "ALL TESTS", "SOME TESTS"]
                .iter()
                .any(|end| said.starts_with(end));
        }
        (out, bench)
    }
}

/// The messages in a text, each with its header.
fn messages(text: &str, dialect: Dialect) -> Vec<(Header, String)> {
    let mut found: Vec<(Header, String)> = Vec::new();
    let (mut is_open, mut after_rule) = (false, false);
    for line in text.split_inclusive('\n') {
        let ends = dialect != Dialect::Titled && is_rule(line, '-', RULE);
        // A message may quote another.
        let may_begin = |_: &Header| {
            let is_empty = || found.last().is_none_or(|(_, body)| body.trim().is_empty());
            dialect != Dialect::Addressed || !is_open || is_empty()
        };
        if let Some(header) = dialect.header(line).filter(may_begin) {
            found.push((header, String::new()));
            is_open = true;
        } else if ends {
            is_open = false;
        } else if let Some((_, body)) = found.last_mut() {
            // The rule was part of the words, where they go on right below it.
            if after_rule && !line.trim().is_empty() && !is_between(line) {
                is_open = true;
                body.extend(["-".repeat(80).as_str(), "\n"]);
            }
            body.push_str(if is_open { line } else { "" });
        }
        after_rule = ends;
    }
    found
}

/// Whether a line is printed between messages.
fn is_between(line: &str) -> bool {
    [">>>>>>>>", "Next speaker: ", "[autogen", "Replying as ", "Starting a new chat"]
        .iter()
        .any(|start| line.starts_with(start))
        || is_rule(line, '*', 5)
}

/// A chat as its messages come in.
#[derive(Default)]
struct Chat<'a> {
    timeline: Timeline<'a>,
    /// What was said last: a reply, unless its code is run.
    said: Option<String>,
    answer: Option<String>,
    failure: Option<String>,
}

impl Chat<'_> {
    fn message(&mut self, header: &Header, body: &str) {
        let body = without_counts(body);
        if ASIDE.contains(&&*header.kind) {
        } else if header.speaker == "Summary" && header.kind.is_empty() {
            let reason = body.lines().find_map(|line| line.strip_prefix("Finish reason: "));
            self.failure = reason.filter(|reason| reason.starts_with("Maximum")).map(str::to_owned);
        } else if header.kind == "ThoughtEvent" || header.kind == "thought" {
            self.flush();
            self.timeline.think(own(body));
        } else if body.starts_with("[FunctionCall(") {
            self.flush();
            elements(body).into_iter().for_each(|call| self.printed_call(call));
        } else if body.starts_with("[FunctionExecutionResult(") {
            elements(body).into_iter().for_each(|result| self.printed_result(result));
        } else if exit_code(body).is_some() {
            self.output(body, exit_code(body) != Some(0));
        } else if EXECUTORS.contains(&&*header.speaker) || header.kind == "CodeExecutionEvent" {
            self.output(body, has_failed(body));
        } else if body.contains("***** Suggested ") || body.contains("***** Response from calling ") {
            self.starred(body);
        } else if !(header.kind == "ToolCallSummaryMessage" && self.was_observed(body)) {
            self.words(&header.speaker, body);
        }
        if header.kind == "final answer" {
            self.answer = Some(body.to_owned());
        }
    }

    fn words(&mut self, speaker: &str, words: &str) {
        self.flush();
        let answer = words.find(ANSWER).filter(|at| *at == 0 || words[..*at].ends_with('\n'));
        if let Some(at) = answer.filter(|_| self.timeline.prompt.is_some()) {
            self.answer = Some(words[at + ANSWER.len()..].trim().to_owned());
        }
        if self.timeline.prompt.is_none() || is_user(speaker) {
            self.timeline.user(own(words.trim_end_matches("TERMINATE").trim_end()));
        } else {
            self.said = Some(words.to_owned());
        }
    }

    /// What was said last is a reply.
    fn flush(&mut self) {
        let said = self.said.take();
        self.timeline.reply(said.and_then(|said| own(&said)));
    }

    /// What came of the code in what was said last.
    fn output(&mut self, output: &str, failed: bool) {
        let Some(code) = self.said.as_deref().and_then(Code::in_text) else {
            self.flush();
            return self.timeline.happen(output.to_owned().into(), failed.then_some(true));
        };
        self.said = None;
        self.timeline.think(own(&code.around));
        self.timeline.act(None, code.language.into(), own(&code.text));
        self.timeline.settle(output.to_owned().into(), Some(failed));
    }

    fn printed_call(&mut self, call: &str) {
        let fields = fields(call);
        let of = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| decoded(value));
        let name = of("name").unwrap_or_default();
        self.timeline.act(of("id").map(Into::into), name.into(), of("arguments").map(Into::into));
    }

    fn printed_result(&mut self, result: &str) {
        let fields = fields(result);
        let of = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| decoded(value));
        let error = of("is_error").map(|error| error == "True");
        let content = of("content").unwrap_or_default();
        self.timeline.observe_of(of("call_id").as_deref(), of("name").as_deref(), content.into(), error);
    }

    /// Whether a summary of results is what was observed.
    fn was_observed(&self, summary: &str) -> bool {
        let last = self.timeline.steps.last().and_then(|step| step.observation.as_deref());
        last.is_some_and(|last| !last.trim().is_empty() && summary.contains(last.trim()))
    }

    /// Takes a message with calls or results, each between lines of stars.
    fn starred(&mut self, body: &str) {
        self.flush();
        let (mut open, mut inside, mut words): (Option<&str>, String, String) =
            (None, String::new(), String::new());
        for line in body.split_inclusive('\n') {
            let title = line.trim().strip_prefix("***** ").and_then(|title| title.strip_suffix(" *****"));
            match (title, open) {
                (Some(title), _)
                    if title.starts_with("Suggested ") || title.starts_with("Response from ") =>
                {
                    open = Some(title);
                    self.timeline.think(own(std::mem::take(&mut words).trim()));
                }
                (_, Some(title)) if is_rule(line, '*', 5) => {
                    self.between_stars(title, std::mem::take(&mut inside).trim());
                    open = None;
                }
                (_, Some(_)) => inside.push_str(line),
                (_, None) => words.push_str(line),
            }
        }
        if let Some(title) = open {
            self.between_stars(title, inside.trim());
        }
    }

    fn between_stars(&mut self, title: &str, body: &str) {
        let (head, name) = title.rsplit_once(": ").unwrap_or((title, ""));
        let id = head.split_once(['(', '"']).map(|(_, id)| id.trim_end_matches([')', '"']).to_owned());
        if title.starts_with("Suggested ") {
            let input = body.strip_prefix("Arguments:").unwrap_or(body);
            self.timeline.act(id.map(Into::into), name.to_owned().into(), own(input.trim()));
        } else {
            let is_named = title.contains("calling function");
            let (id, name) = if is_named { (None, id) } else { (id, None) };
            let error = body.starts_with("Error").then_some(true);
            self.timeline.observe_of(id.as_deref(), name.as_deref(), body.to_owned().into(), error);
        }
    }
}

/// Whether a speaker asks, or runs code for those who do.
fn is_user(speaker: &str) -> bool {
    let speaker = speaker.to_ascii_lowercase();
    speaker.starts_with("user") || speaker.contains("proxy") || matches!(&*speaker, "human" | "admin")
}

/// Whether an output says that its code ended with another code than 0.
fn has_failed(output: &str) -> bool {
    let first = output.lines().next().unwrap_or_default();
    let code = first.split_once("exit code: ").map(|(_, code)| code.trim());
    code.is_some_and(|code| !code.starts_with('0'))
}

/// A message without the line that counts its tokens.
fn without_counts(body: &str) -> &str {
    let (before, last) = body.rsplit_once('\n').unwrap_or(("", body));
    if last.starts_with("[Prompt tokens: ") { before.trim_end() } else { body }
}

fn decoded(value: &str) -> String {
    string(value).map_or_else(|| value.to_owned(), |(text, _)| text)
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}
