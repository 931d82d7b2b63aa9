//! Gemini: requests of its API with their responses, and sessions of the Gemini CLI.
//!
//! Source: `{contents, systemInstruction, tools}` with `candidates`, also under `request` and
//! `response` as in Vertex AI batches and tuning files; `~/.gemini/tmp/*/chats/session-*.json`
//! (`{sessionId, messages: [{type: user | gemini, content, toolCalls, thoughts}]}`), and the same with
//! a message a line below a line of `sessionId` and `projectHash`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user | `original_prompt`; later ones `user` |
//! | `systemInstruction` | `system` |
//! | `functionCall` parts, `toolCalls` | steps; text and thoughts beside them are the thought |
//! | `functionResponse` parts, `result` of a tool call | `observation` |
//! | `{"error": ..}` as a response, `status` error of a tool call | `error` |
//! | `tools[].functionDeclarations` | `tools` |
//! | last text of the model | `final_answer` |
//! | `finishReason` other than STOP, a last message of type error | `failure_reason` |
//! | `success`, `reward`, … beside them | the labels |
//!
//! Leaks: none.

use std::collections::HashMap;

use super::{Format, Piece, Record, copy_rest, tool_schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::{Conversation, Role, content_text, is_type, join};
use crate::run::{Run, RunStep, Text};
use crate::spans::words;
use crate::terminal::set_final_answer;

pub(super) struct Gemini;

const REQUEST: &[&[&str]] = &[&[], &["request"], &["body"], &["request", "body"], &["input"]];
const RESPONSE: &[&[&str]] = &[&[], &["response"], &["response", "body"], &["output"]];

fn request_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let has_parts =
        |contents: Value<'t, 'a>| contents.items().next().is_some_and(|first| first.get("parts").is_some());
    let places = REQUEST.iter().filter_map(|path| record.at_path(path));
    places.into_iter().find(|place| place.get("contents").is_some_and(has_parts))
}

fn candidate_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    RESPONSE.iter().find_map(|path| record.at_path(path)?.get("candidates")?.items().next())
}

/// Whether a message is one of the Gemini CLI.
fn is_cli_message(message: Value<'_, '_>) -> bool {
    is_type(message, &["user", "gemini", "model", "info", "warning", "error"])
        && message.get("content").is_some()
        && message.get("role").is_none()
}

/// Whether a record is a line of a session of the CLI: its head, a message, a change of the head.
fn is_cli_line(record: Value<'_, '_>) -> bool {
    let head = record.get("sessionId").is_some() && record.get("projectHash").is_some();
    let message = record.get("id").is_some() && record.get("timestamp").is_some() && is_cli_message(record);
    record.get("messages").is_none() && (head || message || record.get("$set").is_some())
}

impl Format for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn shape(&self) -> &'static str {
        "`contents` of `role` and `parts`, or `sessionId` and `messages` of `type` user and gemini"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if request_of(record).is_some() {
            return 92;
        }
        let first = record.get("messages").and_then(|messages| messages.items().next());
        if record.get("sessionId").is_some() && first.is_some_and(is_cli_message) {
            return 93;
        }
        60 * u8::from(is_cli_line(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = || vec![Piece { run: record.text_of(&["sessionId"]), value: record }];
        is_cli_line(record).then(piece)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut run = match request_of(record.value) {
            Some(request) => read_request(record, request),
            None => read_session(record),
        };
        if !run.steps.iter().any(|step| step.thought.is_some() || step.action_name.is_some()) {
            return Err("the model says and does nothing in it".to_owned());
        }
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn read_request<'a>(record: &Record<'_, 'a>, request: Value<'_, 'a>) -> Run<'a> {
    let mut conversation = Conversation::default();
    for content in request.get("contents").into_iter().flat_map(|contents| contents.items()) {
        let by_model = content.text_of(&["role"]).is_some_and(|role| role == "model");
        conversation.parts_message(if by_model { Role::Agent } else { Role::User }, content);
    }
    let candidate = candidate_of(record.value);
    if let Some(content) = candidate.and_then(|candidate| candidate.get("content")) {
        conversation.parts_message(Role::Agent, content);
    }
    conversation.finish();
    let config = request.any_of(&["config", "generationConfig"]);
    let places = || [Some(request), config].into_iter().flatten();
    let system = places().find_map(|place| place.any_of(&["systemInstruction", "system_instruction"]));
    let mut run = Run {
        trajectory_id: record.run_id(),
        original_prompt: conversation.prompt,
        system: system.and_then(words),
        tools: places().find_map(tool_schemas),
        steps: conversation.steps,
        ..Run::default()
    };
    read_labels(record.value, &mut run);
    let finish = candidate.and_then(|candidate| candidate.text_of(&["finishReason", "finish_reason"]));
    run.failure_reason = run.failure_reason.or(finish.filter(|reason| reason != "STOP"));
    let mut out = ObjectWriter::default();
    out.copy("model", record.value.any_of(&["model", "modelVersion"]).or_else(|| request.get("model")));
    const TAKEN: &[&str] =
        &["contents", "candidates", "request", "response", "tools", "model", "modelVersion"];
    const SETTINGS: &[&str] =
        &["systemInstruction", "system_instruction", "generationConfig", "config", "body", "input", "output"];
    copy_rest(&mut out, record, |key| is_label(key) || TAKEN.contains(&key) || SETTINGS.contains(&key));
    run.metadata = out.finish().map(Into::into);
    run
}

fn read_session<'a>(record: &Record<'_, 'a>) -> Run<'a> {
    let mut conversation = Conversation::default();
    let (mut failure, mut model) = (None, None);
    for message in latest(record.value.get("messages").unwrap_or(record.value)) {
        match message.text_of(&["type"]).as_deref() {
            Some("user") => {
                failure = None;
                conversation.user_words(cli_text(message));
            }
            Some("gemini" | "model") => {
                failure = None;
                model = model.or_else(|| message.get("model"));
                cli_turn(&mut conversation, message);
            }
            Some("error") => failure = cli_text(message),
            _ => {}
        }
    }
    conversation.finish();
    let mut out = ObjectWriter::default();
    let head = record.value.items().find(|line| line.get("projectHash").is_some()).unwrap_or(record.value);
    out.copy("projectHash", head.get("projectHash")).copy("model", model);
    Run {
        trajectory_id: match record.key {
            Some(key) => key.to_owned().into(),
            None => record.value.text_of(&["sessionId"]).unwrap_or_else(|| record.run_id()),
        },
        original_prompt: conversation.prompt,
        steps: conversation.steps,
        failure_reason: failure,
        metadata: out.finish().map(Into::into),
        ..Run::default()
    }
}

/// The messages in order: one that is written again, with the results of its calls, counts as it is
/// at last, where it was at first.
fn latest<'t, 'a>(messages: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    let mut found: Vec<Value<'t, 'a>> = Vec::new();
    let mut index: HashMap<Text<'a>, usize> = HashMap::new();
    for message in messages.items() {
        match message.text_of(&["id"]).map(|id| index.entry(id).or_insert(found.len())) {
            Some(at) if *at < found.len() => found[*at] = message,
            _ => found.push(message),
        }
    }
    found
}

/// A message's content: a text, or parts.
fn cli_text<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    content_text(message).or_else(|| message.get("content").and_then(words))
}

fn cli_turn<'a>(conversation: &mut Conversation<'a>, message: Value<'_, 'a>) {
    let first = conversation.steps.len();
    let calls = || message.get("toolCalls").into_iter().flat_map(|calls| calls.items());
    conversation.calls(calls(), cli_text(message));
    let mut thought = None;
    for part in message.get("thoughts").into_iter().flat_map(|thoughts| thoughts.items()) {
        join(&mut thought, part.text_of(&["description", "subject"]));
    }
    for (step, call) in conversation.steps.iter_mut().skip(first).zip(calls()) {
        set_result(step, call);
        if thought.is_some() {
            let words = step.thought.take();
            step.thought = thought.take();
            join(&mut step.thought, words);
        }
    }
}

fn set_result<'a>(step: &mut RunStep<'a>, call: Value<'_, 'a>) {
    let response = call.get("result").and_then(|result| {
        let part = result.items().next().unwrap_or(result);
        part.get("functionResponse")?.get("response")
    });
    let text = response.and_then(|response| response.text_of(&["output", "error"]));
    step.observation = text.or_else(|| response?.text_or_json()).or_else(|| call.text_of(&["resultDisplay"]));
    step.error = match call.text_of(&["status"]).as_deref() {
        Some("success") => Some(false),
        Some("error" | "cancelled") => Some(true),
        _ => None,
    };
}
