//! Conversations as the memories of frameworks for agents keep them, in entries that are no messages of a model's API.
//!
//! Source: chat memories of Spring AI (`{messageType, text, toolCalls}`, `{conversationId, messages}`), and rows of its table
//! (`{conversation_id, type, content}`); `ChatMessageSerializer` of LangChain4j (`{type: "AI", text,
//! toolExecutionRequests}`), also as JSON by the id of the memory; `conversation.history` of Mistral's Conversations API
//! (`entries` of type `message.input`, `function.call`); `chat_history` of Cohere's Chat API, version 1.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | entries of the user | `original_prompt`, later ones `user` |
//! | entries of the system, `preamble` | `system` |
//! | `toolCalls`, `toolExecutionRequests`, `tool_calls`, `function.call` | steps; the words before them are the thought |
//! | `responses`, `TOOL_EXECUTION_RESULT`, `tool_results`, `function.result`, by their ids or names | `observation`; `error` from `isError` |
//! | last words of the agent | `final_answer` |
//! | `conversationId`, `conversation_id`, `memoryId` | the id of the run |
//!
//! Leaks: none.

use super::{Format, Piece, Record, filled, tools_of};
use crate::json::{Value, read_inner};
use crate::labels::read_labels;
use crate::messages::{is_type, join, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct ChatMemory;

/// Entries looked at.
const SAMPLE: usize = 16;
const LISTS: &[&str] = &["messages", "entries", "chat_history"];
const ID: &[&str] = &["conversationId", "conversation_id", "memoryId", "memory_id"];

/// What an entry is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    System,
    User,
    Agent,
    Call,
    Result,
}

/// The kind of an entry, by what names it in each framework, and what it must have beside that.
fn kind_of(entry: Value<'_, '_>) -> Option<Kind> {
    let has = |keys: &[&str]| keys.iter().any(|key| entry.get(key).is_some());
    if let Some(kind) = entry.text_of(&["messageType"]).filter(|_| has(&["text", "responses"])) {
        return kind_named(&kind);
    }
    if let Some(role) = entry.text_of(&["role"]).filter(|_| has(&["message", "tool_results"])) {
        return kind_named(&role);
    }
    let kind = entry.text_of(&["type"])?;
    match &*kind {
        "message.input" => Some(Kind::User),
        "message.output" => Some(Kind::Agent),
        "function.call" => Some(Kind::Call),
        "function.result" => Some(Kind::Result),
        _ if has(&["contents", "text", "toolExecutionRequests"]) || is_row(entry) => kind_named(&kind),
        _ => None,
    }
}

fn kind_named(word: &str) -> Option<Kind> {
    match word {
        "SYSTEM" => Some(Kind::System),
        "USER" => Some(Kind::User),
        "ASSISTANT" | "AI" | "CHATBOT" => Some(Kind::Agent),
        "TOOL" | "TOOL_EXECUTION_RESULT" => Some(Kind::Result),
        _ => None,
    }
}

/// Whether an entry is a row of Spring AI's table.
fn is_row(entry: Value<'_, '_>) -> bool {
    entry.get("conversation_id").is_some() && entry.get("content").is_some_and(Value::is_string)
}

fn are_entries(list: Value<'_, '_>) -> bool {
    let kinds = || list.items().take(SAMPLE).map(kind_of);
    kinds().all(|kind| kind.is_some()) && kinds().any(|kind| kind == Some(Kind::Agent))
}

/// The entries of a record that is no list of them.
fn entries_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let lists = LISTS.iter().filter_map(|key| record.get(key));
    lists.into_iter().find(|list| are_entries(*list))
}

/// Whether a value is a list of entries, written as JSON.
fn is_written(value: Value<'_, '_>) -> bool {
    let text = value.text().filter(|text| text.starts_with("[{"));
    text.is_some_and(|text| read_inner(&text, |list| are_entries(list).then_some(())).is_some())
}

/// Whether a record keeps lists of entries, written as JSON, by the ids of their memories.
fn is_store(record: Value<'_, '_>) -> bool {
    let mut sample = record.members().take(SAMPLE).map(|(_, value)| value).peekable();
    sample.peek().is_some() && sample.all(is_written)
}

impl Format for ChatMemory {
    fn name(&self) -> &'static str {
        "chat_memory"
    }

    fn shape(&self) -> &'static str {
        "`messages`, `entries` or `chat_history` of `messageType` and `text`, of `type` (`AI`, `function.call`, ..), or of `role` (`CHATBOT`, ..) and `message`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if record.is_array() {
            return 88 * u8::from(are_entries(record));
        }
        let is_row = || is_row(record) && kind_of(record).is_some();
        88 * u8::from(entries_of(record).is_some() || is_row() || is_store(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if record.is_array() || entries_of(record).is_some() {
            return None;
        }
        if is_row(record) {
            return Some(vec![Piece { run: record.text_of(ID), value: record }]);
        }
        Some(record.members().map(|(id, value)| Piece { run: Some(id), value }).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let id = record.key.map(|key| key.to_owned().into()).or_else(|| value.text_of(ID));
        let id = id.unwrap_or_else(|| record.run_id());
        let written = value.items().next().and_then(|first| first.text());
        match written {
            Some(text) => read_inner(&text, |list| Some(run_of(list, list, id.clone()).map(Run::into_owned)))
                .unwrap_or_else(|| Err("its entries are not readable JSON".to_owned())),
            None => run_of(value, entries_of(value).unwrap_or(value), id),
        }
    }
}

fn run_of<'a>(record: Value<'_, 'a>, entries: Value<'_, 'a>, id: Text<'a>) -> Result<Run<'a>, String> {
    let (mut timeline, mut system) = (Timeline::default(), record.text_of(&["preamble"]));
    for entry in entries.items() {
        match kind_of(entry) {
            Some(Kind::System) => join(&mut system, said(entry)),
            Some(Kind::User) => timeline.user(said(entry)),
            Some(Kind::Agent) => {
                timeline.say(said(entry));
                let calls = ["toolCalls", "toolExecutionRequests", "tool_calls"];
                calls.iter().for_each(|key| entry.items_of(key).for_each(|call| act(&mut timeline, call)));
                // Mistral's calls are entries of their own.
                if !is_type(entry, &["message.output"]) {
                    timeline.end_turn();
                }
            }
            Some(Kind::Call) => act(&mut timeline, entry),
            Some(Kind::Result) => results(&mut timeline, entry),
            None => {}
        }
    }
    // What Cohere was asked with the history.
    timeline.user(record.text_of(&["message"]));
    let mut run = timeline.run(id, None)?;
    run.system = system;
    run.tools = tools_of(record);
    read_labels(record, &mut run);
    Ok(run)
}

fn said<'a>(entry: Value<'_, 'a>) -> Option<Text<'a>> {
    let text = entry.text_of(&["text", "message"]);
    text.or_else(|| entry.any_of(&["contents", "content"]).and_then(words)).and_then(filled)
}

fn act<'a>(timeline: &mut Timeline<'a>, call: Value<'_, 'a>) {
    let input = call.any_of(&["arguments", "parameters"]).and_then(|input| input.text_or_json());
    timeline.act(call.text_of(&["tool_call_id", "id"]), call_name(call.text_of(&["name"])), input);
}

/// The results in an entry: of several calls, or of the one that it is about.
fn results<'a>(timeline: &mut Timeline<'a>, entry: Value<'_, 'a>) {
    let mut several = entry.items_of("responses").chain(entry.items_of("tool_results")).peekable();
    if several.peek().is_none() {
        return observe(timeline, entry);
    }
    several.for_each(|result| observe(timeline, result));
}

fn observe<'a>(timeline: &mut Timeline<'a>, result: Value<'_, 'a>) {
    let of = result.get("call").unwrap_or(result);
    let id = of.text_of(&["tool_call_id", "id"]);
    let tool = of.text_of(&["name", "toolName"]);
    let returned = result.any_of(&["responseData", "text", "result", "outputs"]).and_then(sole);
    let error = result.get("isError").and_then(|flag| flag.as_bool());
    timeline.observe_of(id.as_deref(), tool.as_deref(), returned.unwrap_or_default(), error);
}

/// What was returned; of a list of one, that.
fn sole<'a>(returned: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut items = returned.items();
    let only = items.next().filter(|_| items.next().is_none());
    only.unwrap_or(returned).text_or_json()
}
