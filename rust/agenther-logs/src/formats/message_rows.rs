//! Rows of a table of messages, as databases of agents export them: a message in one of the columns, most often as the
//! JSON of it.
//!
//! Source: `agent_messages` of the OpenAI Agents SDK's `SQLiteSession` (`{session_id, message_data}`), `message_store` of
//! LangChain's chat histories and `n8n_chat_histories` of n8n (`{session_id, message}`), messages of AutoGen Studio
//! (`{run_id, session_id, config, message_meta}`), `messages` of Crush (`{session_id, role, parts}`, each part `{type,
//! data}`), `mastra_messages` of Mastra (`{thread_id, role, content}`, the content JSON of `{format, parts}`), and memory
//! records of CAMEL (`{message, role_at_backend, agent_id}`), and messages of Suna (`{thread_id, type, is_llm_message,
//! content}`, the content JSON of a message).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `run_id` beside `config`, else `session_id`, `thread_id`, …, `agent_id` | the run that the row belongs to |
//! | the messages, the oldest first by their ids | as in `openai_chat` |
//!
//! Leaks: none inside the messages.

use std::borrow::Cow;

use super::autogen_state::cut_end;
use super::openai_chat::schemas_in_prompt;
use super::{Format, Piece, Record, by_agent, has_own_steps};
use crate::json::{Limits, ObjectWriter, Tape, Value, read_inner};
use crate::labels::is_label;
use crate::messages::{Conversation, is_message, is_type, item_role};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct MessageRows;

/// What names the conversation of a row.
const CONVERSATION: &[&str] =
    &["session_id", "sessionId", "thread_id", "threadId", "conversation_id", "chat_id", "chatId", "agent_id"];

/// What a row is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The message stands in this column, as it is or as JSON in a string.
    Column(&'static str),
    Camel,
    Crush,
    Mastra,
    Suna,
}

fn kind_of(row: Value<'_, '_>) -> Option<Kind> {
    if row.get("role_at_backend").is_some() && row.get("message").is_some_and(|message| message.is_object()) {
        return Some(Kind::Camel);
    }
    row.any_of(CONVERSATION)?;
    // Such a record tells of a run by itself; its message is a part of that.
    if has_own_steps(row) || row.members().any(|(key, _)| is_label(&key)) {
        return None;
    }
    if row.get("is_llm_message").is_some() && row.get("type").is_some() && row.get("content").is_some() {
        return Some(Kind::Suna);
    }
    let is_of_mastra = |content: Text<'_>| content.starts_with("{\"format\"");
    if row.get("role").is_some() && row.text_of(&["content"]).is_some_and(is_of_mastra) {
        return Some(Kind::Mastra);
    }
    let holds = |key: &&'static str| row.get(key).is_some_and(holds_message);
    if row.get("message_meta").is_some() && holds(&"config") {
        return Some(Kind::Column("config"));
    }
    // Entries of sessions have a type, or an id of their own, beside their message.
    let is_typed = row.get("type").is_some() && !is_type(row, &["message"]);
    let is_entry = is_typed || row.get("uuid").is_some();
    if let Some(key) = ["message_data", "message"].into_iter().filter(|_| !is_entry).find(holds) {
        return Some(Kind::Column(key));
    }
    let parts = row.get("parts").filter(|_| row.get("role").is_some())?.text()?;
    let is_part = |part: Value<'_, '_>| part.get("type").is_some() && part.get("data").is_some();
    read_inner(&parts, |parts| parts.items().next().filter(|part| is_part(*part)).map(|_| Kind::Crush))
}

/// Whether a column holds a message or an item of the Responses API.
fn holds_message(column: Value<'_, '_>) -> bool {
    let is_one = |value: Value<'_, '_>| {
        let is_event = || {
            let kind = value.text_of(&["type"]).filter(|_| value.get("source").is_some());
            kind.is_some_and(|kind| kind.ends_with("Message") || kind.ends_with("Event"))
        };
        value.is_object() && (is_message(value) || item_role(value).is_some() || is_event())
    };
    match column.text() {
        Some(text) if text.starts_with('{') => {
            read_inner(&text, |inner| is_one(inner).then_some(())).is_some()
        }
        Some(_) => false,
        None => is_one(column),
    }
}

impl Format for MessageRows {
    fn name(&self) -> &'static str {
        "message_rows"
    }

    fn shape(&self) -> &'static str {
        "rows of `session_id` and `message_data`, `message` or `parts` that hold a message"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        match kind_of(record).filter(|_| record.is_object()) {
            // Other rows with a role and a content are messages as they are.
            Some(Kind::Mastra | Kind::Suna) => 85,
            Some(_) => 60,
            None => 0,
        }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let kind = kind_of(record)?;
        let run_id = record.get("run_id").filter(|_| kind == Kind::Column("config"));
        let id = run_id.into_iter().chain(record.any_of(CONVERSATION)).find_map(|id| id.scalar());
        Some(vec![Piece { run: id.filter(|id| !id.is_empty()), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut rows: Vec<Value<'_, 'a>> = record.value.items().collect();
        if rows.is_empty() {
            rows.push(record.value);
        }
        if is_newest_first(&rows) {
            rows.reverse();
        }
        let messages: Vec<Cow<'_, str>> = rows.iter().filter_map(|row| messages_in(*row)).collect();
        let list = format!("[{}]", messages.join(","));
        let mut tape = Tape::default();
        let parsed = tape.parse(&list, Limits::default());
        let parsed = parsed.map_err(|error| format!("a message of it is not readable JSON: {error}"))?;
        let mut conversation = Conversation::read(parsed.root().items()).into_owned();
        if rows.iter().any(|row| row.get("message_meta").is_some()) {
            cut_end(&mut conversation.steps);
        }
        by_agent(&conversation.steps)?;
        let id: Option<Text<'a>> = record.key.map(|key| key.to_owned().into());
        let mut run = Run {
            trajectory_id: id.unwrap_or_else(|| record.run_id()),
            original_prompt: conversation.prompt,
            tools: conversation.system.as_deref().and_then(schemas_in_prompt),
            system: conversation.system,
            steps: conversation.steps,
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// Whether the last row is older than the first: by their numbers, else by their times, written alike.
fn is_newest_first(rows: &[Value<'_, '_>]) -> bool {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return false };
    let ends = |read: &dyn Fn(Value<'_, '_>) -> Option<f64>| read(*first).zip(read(*last));
    if let Some((first, last)) = ends(&|row| row.get("id")?.as_f64()) {
        return first > last;
    }
    const TIMES: &[&str] = &["created_at", "createdAt", "timestamp"];
    let (Some(early), Some(late)) = (first.any_of(TIMES), last.any_of(TIMES)) else { return false };
    match (early.as_f64(), late.as_f64()) {
        (Some(early), Some(late)) => early > late,
        _ => early
            .text()
            .zip(late.text())
            .is_some_and(|(early, late)| early.len() == late.len() && early > late),
    }
}

/// The JSON of the message in a row, or of several with commas between them.
fn messages_in<'a>(row: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    match kind_of(row)? {
        Kind::Column(key) => row.get(key).and_then(|column| column.text().or_else(|| Some(column.json()))),
        Kind::Mastra => mastra(row).map(Into::into),
        Kind::Camel => camel(row).map(Into::into),
        Kind::Suna => suna(row).map(Into::into),
        Kind::Crush => read_inner(&row.get("parts")?.text()?, |parts| crush(row, parts)).map(Into::into),
    }
}

/// A call as OpenAI writes it, in a list.
fn calls(id: Option<Text<'_>>, name: Option<Text<'_>>, arguments: Option<Text<'_>>) -> String {
    let (mut call, mut function) = (ObjectWriter::default(), ObjectWriter::default());
    id.into_iter().for_each(|id| _ = call.text("id", &id));
    function.text("name", name.as_deref().unwrap_or(""));
    arguments.into_iter().for_each(|arguments| _ = function.text("arguments", &arguments));
    call.json("function", &function.finish().unwrap_or_default());
    call.finish().unwrap_or_default()
}

/// `{"format": 2, "parts": [..]}`, which may be JSON in a string.
fn mastra(row: Value<'_, '_>) -> Option<String> {
    let content = row.text_of(&["content"])?;
    Tape::default().parse(&content, Limits::default()).ok()?;
    let mut out = ObjectWriter::default();
    out.copy("role", row.get("role")).json("content", &content);
    out.finish()
}

/// A message as JSON in a string; that of a tool says what was executed. Rows for the page are none of the model's.
fn suna(row: Value<'_, '_>) -> Option<String> {
    if row.get("is_llm_message").and_then(|said| said.as_bool()) != Some(true) {
        return None;
    }
    let content = row.get("content")?;
    let encoded = content.text_or_json()?;
    if !is_type(row, &["tool"]) {
        return read_inner(&encoded, |message| Some(message.json().into_owned()));
    }
    let executed = |execution: Value<'_, '_>| {
        let execution = execution.get("tool_execution")?;
        let result = execution.get("result")?;
        let mut out = ObjectWriter::default();
        out.text("role", "tool").copy("name", execution.get("function_name"));
        out.copy("tool_call_id", execution.get("tool_call_id").filter(|id| !id.is_null()));
        let failed = result.get("success").and_then(|success| success.as_bool()) == Some(false);
        let seen = if failed { result.any_of(&["error", "output"]) } else { result.get("output") };
        out.text("content", &seen.and_then(|seen| seen.text_or_json()).unwrap_or_default());
        out.json("is_error", if failed { "true" } else { "false" });
        out.finish()
    };
    read_inner(&encoded, |message| {
        let content = message.get("content")?;
        let text = content.text_or_json()?;
        read_inner(&text, executed).or_else(|| Some(message.json().into_owned()))
    })
}

fn camel(row: Value<'_, '_>) -> Option<String> {
    let message = row.get("message")?;
    let role = row.text_of(&["role_at_backend"])?;
    let mut out = ObjectWriter::default();
    let result = message.any_of(&["result"]);
    let (id, name) = (message.text_of(&["tool_call_id"]), message.text_of(&["func_name"]));
    if name.is_some() && (result.is_some() || matches!(&*role, "function" | "tool")) {
        out.text("role", "tool");
        out.copy("tool_call_id", message.get("tool_call_id")).copy("name", message.get("func_name"));
        out.text("content", &result.and_then(|result| result.text_or_json()).unwrap_or_default());
        return out.finish();
    }
    out.text("role", &role).copy("content", message.get("content"));
    if name.is_some() {
        let arguments = message.any_of(&["args"]).and_then(|arguments| arguments.text_or_json());
        out.json("tool_calls", &format!("[{}]", calls(id, name, arguments)));
    }
    out.finish()
}

fn crush(row: Value<'_, '_>, parts: Value<'_, '_>) -> Option<String> {
    let (mut said, mut made, mut results) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts.items() {
        let (Some(kind), Some(data)) = (part.text_of(&["type"]), part.get("data")) else { continue };
        let mut out = ObjectWriter::default();
        match &*kind {
            "text" => {
                out.text("type", "text").copy("text", data.get("text"));
                said.extend(out.finish());
            }
            "reasoning" => {
                out.text("type", "thinking").copy("thinking", data.get("thinking"));
                said.extend(out.finish());
            }
            "tool_call" => made.push(calls(
                data.text_of(&["id"]),
                data.text_of(&["name"]),
                data.get("input").and_then(|input| input.text_or_json()),
            )),
            "tool_result" => {
                out.text("role", "tool").copy("tool_call_id", data.get("tool_call_id"));
                out.copy("name", data.get("name")).copy("content", data.get("content"));
                out.copy("is_error", data.get("is_error"));
                results.extend(out.finish());
            }
            _ => {}
        }
    }
    if !said.is_empty() || !made.is_empty() {
        let mut out = ObjectWriter::default();
        out.copy("role", row.get("role")).json("content", &format!("[{}]", said.join(",")));
        if !made.is_empty() {
            out.json("tool_calls", &format!("[{}]", made.join(",")));
        }
        results.insert(0, out.finish()?);
    }
    (!results.is_empty()).then(|| results.join(","))
}
