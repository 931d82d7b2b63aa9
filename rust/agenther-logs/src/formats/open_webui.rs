//! Open WebUI: chats as it exports them.
//!
//! Source: `[{id, title, chat: {models, params, history: {currentId, messages: {<id>: {parentId, role, content,
//! output}}}}}]`, or the `chat` alone. The calls stand in `output`, items of the Responses API; in older versions in
//! `content`, as `<details type="tool_calls" name arguments result>` blocks whose attributes are escaped for HTML.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user | `original_prompt`; later ones `user` |
//! | `params.system`, messages of the role `system` | `system` |
//! | `function_call` and `open_webui:code_interpreter` items, `tool_calls` and `code_interpreter` blocks | steps; reasoning and words before them are the thought |
//! | `function_call_output` items, `result` or `output` of the block or what stands in it, `output` of what ran code | `observation` |
//! | last words of the assistant | `final_answer` |
//! | `error` of the last message | `failure_reason` |
//! | title, models | `metadata` |
//!
//! Left out: other branches than that of `currentId`; `content` where there is `output`. Whether a call failed, only
//! its output says.
//!
//! Leaks: none.

use std::borrow::Cow;

use super::{Format, Record, filled};
use crate::branches::{Node, branch};
use crate::details::{Block, attribute, blocks, unescaped};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::{content_text, decoded_twice, join, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct OpenWebUi;

/// The name of a call that runs code.
const CODE: &str = "code_interpreter";

impl Format for OpenWebUi {
    fn name(&self) -> &'static str {
        "open_webui"
    }

    fn shape(&self) -> &'static str {
        "`chat` with `history` of `currentId` and `messages`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(history) = chat_of(record).get("history") else { return 0 };
        let keyed = history.get("messages").is_some_and(|messages| messages.is_object());
        95 * u8::from(keyed && history.get("currentId").is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let chat = chat_of(record.value);
        let (mut timeline, mut failure) = (Timeline::default(), None);
        let mut system = chat.get("params").and_then(|params| params.text_of(&["system"]));
        for message in thread(chat) {
            failure = message.get("error").and_then(error_text);
            match message.text_of(&["role"]).as_deref() {
                Some("system") => join(&mut system, content_text(message)),
                Some("user") => timeline.user(content_text(message)),
                Some("assistant") => answer(message, &mut timeline),
                _ => {}
            }
        }
        let mut run = timeline.run(record.run_id(), failure)?;
        run.system = system;
        let mut out = ObjectWriter::default();
        out.copy("title", chat.any_of(&["title"]).or_else(|| record.value.get("title")))
            .copy("models", chat.get("models"));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn chat_of<'t, 'a>(record: Value<'t, 'a>) -> Value<'t, 'a> {
    record.get("chat").filter(|chat| chat.is_object()).unwrap_or(record)
}

fn thread<'t, 'a>(chat: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    let messages = chat.at_path(&["history", "messages"]);
    let members = messages.into_iter().flat_map(|messages| messages.members());
    let nodes: Vec<_> =
        members.map(|(id, message)| Node { id: Some(id), ..Node::of(message, "id", "parentId") }).collect();
    branch(&nodes, chat.get("history").and_then(|history| history.text_of(&["currentId"])))
}

fn error_text<'a>(error: Value<'_, 'a>) -> Option<Text<'a>> {
    error.text_of(&["content", "message"]).or_else(|| error.text()).and_then(filled)
}

fn answer<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut items = message.items_of("output").peekable();
    match items.peek() {
        Some(_) => items.for_each(|item| read_item(item, timeline)),
        None => content_text(message).into_iter().for_each(|content| read_blocks(&content, timeline)),
    }
    timeline.end_turn();
}

fn read_item<'a>(item: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let id = item.text_of(&["call_id", "id"]);
    match item.text_of(&["type"]).as_deref() {
        Some("function_call") => {
            let arguments = item.get("arguments").and_then(|arguments| arguments.text_or_json());
            timeline.act(id, call_name(item.text_of(&["name"])), arguments.map(decoded_twice));
        }
        Some("function_call_output") => {
            let seen = item.get("output").and_then(words).unwrap_or_default();
            timeline.observe(id.as_deref(), seen, None);
        }
        Some("open_webui:code_interpreter") => {
            timeline.act(None, CODE.into(), item.text_of(&["code"]));
            let output = item.any_of(&["output"]).and_then(|output| output.text_or_json());
            output.into_iter().for_each(|output| timeline.settle(output, None));
        }
        Some("reasoning") => {
            let told = item.items_of("content").chain(item.items_of("summary"));
            told.for_each(|part| timeline.think(part.text_of(&["text"])));
        }
        Some("message") => timeline.say(content_text(item)),
        _ => {}
    }
}

fn read_blocks<'a>(text: &str, timeline: &mut Timeline<'a>) {
    for block in blocks(text) {
        match block {
            Block::Words(words) => timeline.say(filled(words.trim().to_owned().into())),
            Block::Details { tag, body } => {
                let body = body.split_once("</summary>").map_or(body, |(_, body)| body).trim();
                match attribute(tag, "type").as_deref() {
                    Some("tool_calls") => call_block(tag, body, timeline),
                    Some("code_interpreter") => code_block(tag, body, timeline),
                    Some("reasoning") => timeline.think(Some(unquoted(body).into())),
                    _ => timeline.say(Some(body.to_owned().into())),
                }
            }
        }
    }
}

fn call_block(tag: &str, body: &str, timeline: &mut Timeline<'_>) {
    let arguments = attribute(tag, "arguments").map(|arguments| decoded_twice(arguments.into()));
    timeline.act(None, call_name(attribute(tag, "name").map(Into::into)), arguments);
    let result =
        attribute(tag, "result").or_else(|| Some(unescaped(unfenced(body))).filter(|body| !body.is_empty()));
    result.into_iter().for_each(|result| timeline.settle(decoded(result), None));
}

/// Code that was run; it is not escaped, as its output is.
fn code_block(tag: &str, body: &str, timeline: &mut Timeline<'_>) {
    timeline.act(None, CODE.into(), filled(unfenced(body).to_owned().into()));
    attribute(tag, "output").into_iter().for_each(|output| timeline.settle(decoded(output), None));
}

/// A text that may be a string of JSON.
fn decoded(text: String) -> Text<'static> {
    read_inner(&text, |text| text.text().map(Cow::into_owned)).unwrap_or(text).into()
}

fn unfenced(body: &str) -> &str {
    let inside = body.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inside.and_then(|inside| Some(inside.split_once('\n')?.1.trim())).unwrap_or(body)
}

/// A quote of Markdown without its signs.
fn unquoted(body: &str) -> String {
    let lines = body.lines().map(|line| line.strip_prefix('>').map_or(line, str::trim_start));
    lines.collect::<Vec<_>>().join("\n")
}
