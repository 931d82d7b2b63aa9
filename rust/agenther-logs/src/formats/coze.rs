//! Coze: the messages of a conversation with a bot.
//!
//! Source: lists of its API (`v3/chat/message/list`, `v1/conversation/message/list`): `{data: [{role, type, content,
//! content_type, conversation_id, chat_id}]}`. Calls and results have the role of the assistant: their `type` decides.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `question`, else what the user says | `original_prompt`; later ones are `user` |
//! | `function_call`: JSON of `name` and `arguments` | a step |
//! | `tool_output`, `tool_response` | `observation` |
//! | `answer` | `thought`; the last is the `final_answer` |
//! | `verbose`, `follow_up` (what the user might ask next), `knowledge` | left out |
//!
//! Leaks: none.

use super::{Format, Record};
use crate::json::{Value, read_inner};
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct Coze;

const TYPES: &[&str] = &[
    "question",
    "answer",
    "function_call",
    "tool_output",
    "tool_response",
    "follow_up",
    "verbose",
    "knowledge",
];

fn is_message(message: Value<'_, '_>) -> bool {
    let is_typed = message.text_of(&["type"]).is_some_and(|kind| TYPES.contains(&&*kind));
    is_typed && ["role", "content_type", "conversation_id"].iter().all(|key| message.get(key).is_some())
}

impl Format for Coze {
    fn name(&self) -> &'static str {
        "coze"
    }

    fn shape(&self) -> &'static str {
        "a list of messages of `type` (question, function_call, answer), `content_type`, `conversation_id`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        96 * u8::from(record.items().next().is_some_and(is_message))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut messages: Vec<Value<'_, 'a>> = record.value.items().collect();
        let at = |message: Option<&Value<'_, '_>>| message?.get("created_at")?.as_f64();
        // The API lists the newest first unless it is asked otherwise.
        if at(messages.first()) > at(messages.last()) {
            messages.reverse();
        }
        let mut timeline = Timeline::default();
        messages.iter().for_each(|message| take(*message, &mut timeline));
        let id = messages.iter().find_map(|message| message.text_of(&["conversation_id"]));
        timeline.run(id.unwrap_or_else(|| record.run_id()), None)
    }
}

fn take<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let content = message.text_of(&["content"]);
    match message.text_of(&["type"]).as_deref() {
        Some("function_call") => content.into_iter().for_each(|call| act(call, timeline)),
        Some("tool_output" | "tool_response") => timeline.observe(None, content.unwrap_or_default(), None),
        Some("answer") => timeline.reply(content),
        _ if message.text_of(&["role"]).as_deref() == Some("user") => timeline.user(content),
        _ => {}
    }
}

fn act<'a>(call: Text<'a>, timeline: &mut Timeline<'a>) {
    let read = |call: Value<'_, '_>| {
        let input = call.get("arguments").and_then(|input| input.text_or_json()).map(Text::into_owned);
        Some((call.text_of(&["name"])?.into_owned(), input))
    };
    match read_inner(&call, read) {
        Some((name, input)) => timeline.act(None, name.into(), input.map(Into::into)),
        None => timeline.act(None, "".into(), Some(call)),
    }
}
