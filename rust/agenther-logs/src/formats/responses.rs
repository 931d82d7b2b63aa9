//! Logs of OpenAI's Responses API: items of input and output.
//!
//! Source: a response with the request it answered (`{input, output, instructions, tools}`, also
//! under `request` and `response`, as in batch files); bare lists of items; items one a line, as
//! early versions of the Codex CLI wrote their sessions; `{kwargs: {messages}, new_items}`, as `trycua/cua` keeps its runs.
//! The answers to each of its turns (`{response: {output, usage}, created_at}`), which that repeats, are no runs.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user, or `input` where it is a text | `original_prompt`; later ones `user` |
//! | `instructions`, system and developer messages | `system` |
//! | `function_call`, `custom_tool_call`, `web_search_call`, `mcp_call`, … | steps; `reasoning` and the message before a call are its thought |
//! | `function_call_output` and its like, matched by `call_id` | `observation` |
//! | last message of the agent | `final_answer` |
//! | `kwargs.messages` before `new_items`, as Cua's `metadata.json` keeps a run | the same |
//! | `error.message`, `incomplete_details.reason` | `failure_reason` |
//! | `success`, `reward`, … beside them | the labels |
//! | the rest | `metadata` |
//!
//! Leaks: none.

use super::codex::{set_outcome, spoken};
use super::{Format, Piece, Record, copy_rest, tool_schemas};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::{Conversation, Role, content_text, is_message, item_role, role_of};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct Responses;

/// Members that are read, or say nothing of the run.
const TAKEN: &[&str] = &[
    "input",
    "output",
    "new_items",
    "instructions",
    "tools",
    "request",
    "response",
    "body",
    "model",
    "object",
    "text",
    "usage",
    "status",
    "error",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "temperature",
    "top_p",
    "truncation",
    "created_at",
    "store",
    "metadata",
    "kwargs",
    "result",
    "incomplete_details",
    "billing",
    "background",
];

/// What holds the items of a response.
const ITEMS: &[&str] = &["output", "new_items"];
const RESPONSE: &[&[&str]] = &[&[], &["response"], &["response", "body"], &["body"], &["result"]];
const REQUEST: &[&[&str]] =
    &[&["responses_create_params"], &[], &["request"], &["body"], &["request", "body"], &["kwargs"]];

fn at<'t, 'a>(record: Value<'t, 'a>, path: &[&str]) -> Option<Value<'t, 'a>> {
    record.at_path(path).filter(|value| value.is_object())
}

/// The part of a record that has `output` items.
fn response_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let has_items = |value: &Value<'t, 'a>| {
        items_of(*value).is_some_and(|items| items.items().next().is_some_and(is_output_item))
    };
    RESPONSE.iter().filter_map(|path| at(record, path)).find(has_items)
}

fn items_of<'t, 'a>(response: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    ITEMS.iter().find_map(|key| response.get(key))
}

fn request_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    REQUEST.iter().filter_map(|path| at(record, path)).find(|value| input_of(*value).is_some())
}

/// What a request asks; chats that a framework turns into items call it `messages`.
fn input_of<'t, 'a>(request: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    request.get("input").or_else(|| request.get("messages"))
}

/// Whether a record is the answer to one turn that a framework passed on: without what was asked, and with nothing that a
/// response of the API has.
fn is_turn(record: Value<'_, '_>) -> bool {
    let mut keys = record.members().map(|(key, _)| key);
    let is_bare =
        |response: Value<'_, '_>| response.members().all(|(key, _)| matches!(&*key, "output" | "usage"));
    keys.all(|key| matches!(&*key, "response" | "created_at")) && record.get("response").is_some_and(is_bare)
}

fn is_output_item(item: Value<'_, '_>) -> bool {
    item_role(item).is_some() || is_item_message(item)
}

/// A message in the shape of an item: typed, its parts typed `input_text` or `output_text`.
fn is_item_message(item: Value<'_, '_>) -> bool {
    let typed = item.text_of(&["type"]).is_some_and(|kind| kind == "message");
    typed && is_message(item)
}

/// The first line of an early Codex session.
fn is_session_head(record: Value<'_, '_>) -> bool {
    record.get("instructions").is_some() && record.get("timestamp").is_some() && record.get("id").is_some()
}

impl Format for Responses {
    fn name(&self) -> &'static str {
        "responses"
    }

    fn shape(&self) -> &'static str {
        "`input` and `output` items (message, reasoning, function_call), or such items one a line"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if record.is_array() {
            let items = record.items().take(6).any(|item| item_role(item).is_some());
            let readable = |item| item_role(item).is_some() || is_message(item);
            return 91 * u8::from(items && record.items().next().is_some_and(readable));
        }
        if item_role(record).is_some() || is_item_message(record) {
            return 85;
        }
        if response_of(record).is_some() {
            return 92;
        }
        40 * u8::from(is_session_head(record) || record.get("record_type").is_some())
    }

    /// What the user says may come as a message without a type.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        record.is_object() && record.get("role").is_some() && is_message(record)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if record.is_array() || response_of(record).is_some() {
            return None;
        }
        let run = record.text_of(&["id"]).filter(|_| is_session_head(record));
        let of_run = record.get("record_type").is_none();
        Some(if of_run { vec![Piece { run, value: record }] } else { Vec::new() })
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        if is_turn(record.value) {
            return Err("it is the answer to one turn of a run, without what was asked".to_owned());
        }
        let mut run = match response_of(record.value) {
            Some(response) => read_response(record, response)?,
            None => read_items(record)?,
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn read_response<'a>(record: &Record<'_, 'a>, response: Value<'_, 'a>) -> Result<Run<'a>, String> {
    let mut conversation = Conversation::default();
    let request = request_of(record.value);
    let input = request.and_then(input_of);
    match input.and_then(|input| input.text()) {
        Some(text) => conversation.user_words(Some(text)),
        None => input.into_iter().flat_map(|input| input.items()).for_each(|item| conversation.push(item)),
    }
    let output = items_of(response).into_iter().flat_map(|items| items.items());
    output.for_each(|item| conversation.push(item));
    conversation.finish();
    let mut run = run_of(record, conversation)?;
    let places = || [Some(response), request].into_iter().flatten();
    let instructions = places().find_map(|place| place.text_of(&["instructions"]));
    run.system = instructions.or(run.system);
    run.tools = places().find_map(tool_schemas);
    read_labels(record.value, &mut run);
    let incomplete = || response.get("incomplete_details")?.text_of(&["reason"]);
    let error = response.get("error").and_then(|error| error.text_of(&["message"]));
    run.failure_reason = run.failure_reason.or(error).or_else(incomplete);
    let mut out = ObjectWriter::default();
    out.copy("model", places().find_map(|place| place.get("model")));
    copy_rest(&mut out, record, |key| is_label(key) || TAKEN.contains(&key));
    run.metadata = out.finish().map(Into::into);
    Ok(run)
}

/// Items, alone or with the head of a session before them.
fn read_items<'a>(record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
    let mut conversation = Conversation::default();
    for item in record.value.items() {
        match role_of(item) {
            Some(Role::User) if conversation.prompt.is_none() => {
                conversation.user_words(content_text(item).and_then(spoken));
            }
            Some(Role::Agent) => conversation.agent_blocks(item, false),
            None if item_role(item) == Some(Role::Tool) => {
                let step = conversation.result(item);
                set_outcome(&mut conversation.steps[step], item);
            }
            _ => conversation.push(item),
        }
    }
    conversation.finish();
    let mut run = run_of(record, conversation)?;
    run.system = record.value.items().find_map(|item| item.text_of(&["instructions"])).or(run.system);
    Ok(run)
}

fn run_of<'a>(record: &Record<'_, 'a>, conversation: Conversation<'a>) -> Result<Run<'a>, String> {
    let spoke = |step: &crate::run::RunStep<'_>| step.thought.is_some() || step.action_name.is_some();
    if !conversation.steps.iter().any(spoke) {
        return Err("none of its items is by the agent".to_owned());
    }
    Ok(Run {
        trajectory_id: match record.key {
            Some(key) => Text::Owned(key.to_owned()),
            None => record.run_id(),
        },
        original_prompt: conversation.prompt,
        system: conversation.system,
        steps: conversation.steps,
        ..Run::default()
    })
}
