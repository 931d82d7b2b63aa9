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
use crate::python_calls::{calls_in, written_call};
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

fn metadata(record: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["id", "test_category", "model_name"] {
        out.copy(key, record.get(key));
    }
    out.finish()
}
