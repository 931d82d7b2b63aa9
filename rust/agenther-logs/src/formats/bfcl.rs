//! BFCL: results and scores of the Berkeley Function-Calling Leaderboard.
//!
//! Source: `ShishirPatil/gorilla`, `berkeley-function-call-leaderboard`, versions 1 to 4, a JSON line a
//! task: `result/<model>/…_result.json` `{id, result, inference_log, input_token_count, …}` and
//! `score/<model>/…_score.json` `{id, model_name, test_category, valid, error, prompt, model_result_raw,
//! possible_answer, inference_log}`, the latter only of tasks that failed, below a line of `{accuracy,
//! correct_count, total_count}`. `inference_log` has a turn an item: `{begin_of_turn_query: [message],
//! step_0: [{role, content}], …}`, in older files the messages themselves.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first user message of `inference_log`, else of `prompt.question` | `original_prompt`; later ones `user` |
//! | `[{<function>: "<arguments>"}]` of the assistant; where it writes calls as Python, `model_response_decoded` | steps; its words and `reasoning_content` their `thought` |
//! | messages of the tool | `observation`; `error` where it is `{"error": …}` |
//! | `result`, `model_result_raw` where nothing was executed (single-turn categories) | steps without an observation |
//! | words of the last turn without a call | `final_answer` |
//! | `valid` | `success` |
//! | `error_type`, `error.error_type`; that the model was forced to quit | `failure_reason` |
//! | `prompt.function` | `tools` |
//! | `test_category`, `model_name`, `id` | `metadata` |
//!
//! Result files of single-turn categories do not hold the question: their runs have no goal.
//!
//! Leaks: `possible_answer`, `error` and `model_result_decoded` stay behind, and `state_info`, the state of
//! the backend, which the agent did not see.

use super::openai_chat::schemas;
use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::words;
use crate::python_literal::to_json;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct Bfcl;

const RESULTS: &[&str] = &["result", "model_result_raw", "model_result"];

impl Format for Bfcl {
    fn name(&self) -> &'static str {
        "bfcl"
    }

    fn shape(&self) -> &'static str {
        "`id`, `result` and `inference_log`, or `test_category`, `valid`, `prompt` and `model_result_raw`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_total(record) {
            return 85;
        }
        let has = |key| record.get(key).is_some();
        if !record.get("id").is_some_and(|id| id.is_string()) || !RESULTS.iter().any(|key| has(key)) {
            return 0;
        }
        let scored = has("test_category") && has("valid") && has("prompt");
        let logged = record.get("inference_log").is_some_and(|log| log.is_array());
        let counted = has("input_token_count") && has("output_token_count") && has("latency");
        if scored || logged { 97 } else { 90 * u8::from(counted) }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_total(record).then(Vec::new)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let task = value.get("id").and_then(|id| id.scalar()).ok_or("it has no `id`")?;
        let mut session = Session::default();
        let log = value.items_of("inference_log");
        if log.clone().next().is_some() {
            log.for_each(|turn| session.turn(turn));
        } else {
            questions(value).for_each(|message| session.entry(message));
            let result = value.any_of(RESULTS).ok_or("it has neither an `inference_log` nor a `result`")?;
            for answer in answers(result) {
                session.answer(answer);
            }
        }
        session.end_turn();
        let steps = session.timeline.finish();
        let prompt = value.get("prompt");
        Ok(Run {
            trajectory_id: record.task_run_id(&task),
            original_prompt: session.timeline.prompt,
            system: session.system,
            tools: prompt.and_then(|prompt| prompt.get("function")).and_then(schemas),
            final_answer: steps
                .last()
                .filter(|step| step.action_name.is_none())
                .and_then(|step| step.thought.clone()),
            success: value.get("valid").and_then(|valid| valid.as_bool()),
            failure_reason: error_type(value).or(session.forced_to_quit.then(|| "force_quit".into())),
            metadata: metadata(value).map(Into::into),
            steps,
            ..Run::default()
        })
    }
}

/// What the model answered: once, or in each step of each turn.
fn answers<'t, 'a>(result: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    let is_of_turns = result.items().next().is_some_and(|turn| turn.is_array());
    if is_of_turns { result.items().flat_map(|turn| turn.items()).collect() } else { vec![result] }
}

/// The first line of a file of scores.
fn is_total(record: Value<'_, '_>) -> bool {
    ["accuracy", "correct_count", "total_count"].iter().all(|key| record.get(key).is_some())
        && record.members().count() == 3
}

/// The messages of the question of a task: a list of turns, each a list of messages.
fn questions<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    let prompt = record.get("prompt");
    let question = prompt.and_then(|prompt| prompt.get("question")).or(prompt);
    question.into_iter().flat_map(Value::items).take(1).flat_map(Value::items)
}

fn error_type<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.text_of(&["error_type"]).or_else(|| record.at_path(&["error", "error_type"])?.text())
}

/// A session as its log comes in.
#[derive(Default)]
struct Session<'a> {
    system: Option<Text<'a>>,
    timeline: Timeline<'a>,
    /// What the model said, until it is known whether calls are written in it.
    said: Option<Text<'a>>,
    forced_to_quit: bool,
}

impl<'a> Session<'a> {
    /// A turn of the log: the messages that began it and what each step brought, or one message.
    fn turn(&mut self, turn: Value<'_, 'a>) {
        if turn.get("role").is_some() {
            return self.entry(turn);
        }
        turn.items().for_each(|entry| self.entry(entry));
        for (_, entries) in turn.members() {
            entries.items().for_each(|entry| self.entry(entry));
        }
    }

    fn entry(&mut self, entry: Value<'_, 'a>) {
        let content = entry.get("content");
        match entry.text_of(&["role"]).as_deref() {
            Some("system") => self.system = content.and_then(words),
            Some("user") => {
                self.end_turn();
                self.timeline.user(content.and_then(words));
            }
            Some("assistant") => {
                self.end_turn();
                self.timeline.think(entry.text_of(&["reasoning_content"]).and_then(filled));
                self.assistant(content);
            }
            Some("tool") => {
                let seen = content.and_then(words).unwrap_or_default();
                let failed = read_inner(&seen, |result| Some(result.get("error").is_some()));
                self.timeline.observe(None, seen, failed.filter(|failed| *failed));
            }
            Some("handler_log") => self.handler_log(entry),
            _ => {}
        }
    }

    fn assistant(&mut self, content: Option<Value<'_, 'a>>) {
        let Some(content) = content else { return };
        match is_calls(content) {
            true => self.calls(content),
            false => self.said = words(content).and_then(filled),
        }
    }

    fn calls(&mut self, calls: Value<'_, 'a>) {
        for (name, input) in calls.items().flat_map(|call| call.members()) {
            self.timeline.act(None, name, input.text_or_json());
        }
    }

    /// What the harness made of the words of the model.
    fn handler_log(&mut self, entry: Value<'_, 'a>) {
        let note = entry.text_of(&["content"]).unwrap_or_default();
        self.forced_to_quit |= note.contains("forced to quit");
        let decoded = entry.get("model_response_decoded");
        let calls = decoded.into_iter().flat_map(Value::items).filter_map(|call| call.text());
        let calls: Vec<_> = calls.filter_map(|call| written_call(&call)).collect();
        if self.said.is_none() || calls.is_empty() {
            return;
        }
        // The words are the calls, and what stands around them is a thought.
        let around = self.said.take().filter(|said| !said.trim_start().starts_with('['));
        self.timeline.think(around);
        for (name, input) in calls {
            self.timeline.act(None, name.into(), Some(input.into()));
        }
    }

    /// What the model answered where nothing was executed.
    fn answer(&mut self, result: Value<'_, 'a>) {
        if is_calls(result) {
            return self.calls(result);
        }
        match result.text() {
            Some(said) => {
                let calls = calls_in(&said);
                if calls.is_empty() {
                    self.said = filled(said);
                }
                for (name, input) in calls {
                    self.timeline.act(None, name.into(), Some(input.into()));
                }
            }
            None => result.items().for_each(|part| self.answer(part)),
        }
    }

    /// Words in which no call was found are a reply.
    fn end_turn(&mut self) {
        let said = self.said.take();
        self.timeline.reply(said);
    }
}

/// Whether a content is a list of calls, each an object with the function as its only key.
fn is_calls(content: Value<'_, '_>) -> bool {
    let mut calls = content.items();
    let is_call = |call: Value<'_, '_>| call.is_object() && call.members().count() == 1;
    calls.clone().next().is_some() && calls.all(is_call)
}

/// The calls in a list as Python writes it: `[f(a=1), g(b='x')]`.
fn calls_in(text: &str) -> Vec<(String, String)> {
    let inside = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let calls = inside.map(|inside| split(inside).map(written_call).collect::<Option<Vec<_>>>());
    calls.flatten().unwrap_or_default()
}

/// Name and arguments of a call as Python writes it, the arguments as JSON.
fn written_call(call: &str) -> Option<(String, String)> {
    let (name, arguments) = call.trim().split_once('(')?;
    let arguments = arguments.strip_suffix(')')?.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    if name.is_empty() || !name.bytes().all(plain) {
        return None;
    }
    let mut input = ObjectWriter::default();
    for argument in split(arguments) {
        let (key, value) = argument.split_once('=').filter(|(key, _)| key.trim().bytes().all(plain))?;
        match json_of(value) {
            Some(json) => input.json(key.trim(), &json),
            None => input.text(key.trim(), value.trim()),
        };
    }
    Some((name.to_owned(), input.finish().unwrap_or_else(|| "{}".to_owned())))
}

/// A value of Python as JSON; `None` where it is no literal.
fn json_of(value: &str) -> Option<String> {
    let list = to_json(&format!("[{value}]"))?;
    read_inner(&list, |list| Some(list.items().next()?.json().into_owned()))
}

/// Cuts a text of Python at the commas that stand in no brackets and no quotes.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text).filter(|text| !text.trim().is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let end = first_comma(text);
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

fn first_comma(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0i64, None, false);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth -= 1,
            (None, b',') if depth <= 0 => return Some(at),
            _ => {}
        }
    }
    None
}

fn metadata(record: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["id", "test_category", "model_name"] {
        out.copy(key, record.get(key));
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_as_python_writes_them() {
        for (text, calls) in [
            ("[f(a=1, b='x, y')]", &[("f", r#"{"a": 1, "b": "x, y"}"#)][..]),
            ("[a.f(x=[1, 2]), g()]", &[("a.f", r#"{"x": [1, 2]}"#), ("g", "{}")]),
            ("[f(a=True, b=None)]", &[("f", r#"{"a": true, "b": null}"#)]),
            ("[f(1)]", &[]),
            ("I cannot do that.", &[]),
            ("[]", &[]),
            ("[f(a=1)", &[]),
            ("[f(a='é\\'),x')]", &[("f", r#"{"a": "é'),x"}"#)]),
        ] {
            let found = calls_in(text);
            let found: Vec<_> = found.iter().map(|(name, input)| (&**name, &**input)).collect();
            assert_eq!(found, calls, "{text}");
        }
    }
}
