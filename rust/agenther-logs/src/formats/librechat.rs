//! LibreChat: conversations as its menu exports them to JSON.
//!
//! Source: `danny-avila/LibreChat`, `useExportConversation.ts`: `{conversationId, endpoint, title, options, messages:
//! [{messageId, parentMessageId, isCreatedByUser, text, content: [part], error}]}`, or `messagesTree` of messages with
//! `children`. A part `tool_call` holds the call and its result.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user | `original_prompt`; later ones `user` |
//! | `options.promptPrefix` | `system` |
//! | parts `tool_call`: `name`, `args` | steps; parts `think` and `text` before them are the thought |
//! | `output` of them | `observation` |
//! | the last text | `final_answer` |
//! | text of a last message with `error`, a last part `error` | `failure_reason` |
//! | title, endpoint, model | `metadata` |
//!
//! Left out: other branches than that of the last message. Whether a call failed, only its output says.
//!
//! Leaks: none.

use super::{Format, Record};
use crate::branches::{Node, branch};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, part_text, parts};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct LibreChat;

impl Format for LibreChat {
    fn name(&self) -> &'static str {
        "librechat"
    }

    fn shape(&self) -> &'static str {
        "`conversationId` and `messages` (or `messagesTree`) of `isCreatedByUser`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let list = record.any_of(&["messages", "messagesTree"]);
        let first = list.and_then(|list| list.items().next());
        let is_message = first.is_some_and(|first| first.get("isCreatedByUser").is_some());
        95 * u8::from(is_message && record.get("conversationId").is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let (mut timeline, mut failure) = (Timeline::default(), None);
        for message in thread(value) {
            let is_set = |key| message.get(key).and_then(|flag: Value<'_, 'a>| flag.as_bool()) == Some(true);
            failure = if is_set("error") { message.text_of(&["text"]) } else { None };
            if is_set("isCreatedByUser") {
                timeline.user(asked(message));
            } else if !is_set("error") {
                failure = answer(message, &mut timeline);
            }
        }
        let id = value.text_of(&["conversationId"]).unwrap_or_else(|| record.run_id());
        let mut run = timeline.run(id, failure)?;
        run.system = value.get("options").and_then(|options| options.text_of(&["promptPrefix"]));
        let mut out = ObjectWriter::default();
        out.copy("title", value.get("title")).copy("endpoint", value.get("endpoint"));
        out.copy("model", value.at_path(&["options", "model"]));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The messages of the branch that ends with the last one.
fn thread<'t, 'a>(record: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    if let Some(tree) = record.get("messagesTree") {
        let deeper = |message: &Value<'t, 'a>| message.items_of("children").last();
        return std::iter::successors(tree.items().last(), deeper).collect();
    }
    let messages = record.items_of("messages");
    let nodes: Vec<_> = messages.map(|message| Node::of(message, "messageId", "parentMessageId")).collect();
    branch(&nodes, None)
}

fn asked<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    message.text_of(&["text"]).or_else(|| parts(message).find_map(part_text))
}

/// Takes an answer; what it says went wrong at its end.
fn answer<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) -> Option<Text<'a>> {
    if parts(message).next().is_none() {
        timeline.reply(message.text_of(&["text"]));
        return None;
    }
    let mut failure = None;
    for part in parts(message) {
        failure = None;
        match part.text_of(&["type"]).as_deref() {
            Some("tool_call") => part.get("tool_call").into_iter().for_each(|call| use_tool(call, timeline)),
            Some("think") => timeline.think(part.get("think").and_then(text_in)),
            Some("error") => failure = part.any_of(&["error", "text"]).and_then(text_in),
            Some("text") => timeline.say(part.get("text").and_then(text_in)),
            _ if is_type(part, &["agent_update"]) => {}
            _ => timeline.say(part_text(part)),
        }
    }
    timeline.end_turn();
    failure
}

fn text_in<'a>(text: Value<'_, 'a>) -> Option<Text<'a>> {
    text.text().or_else(|| text.text_of(&["value", "message"]))
}

/// A call with its result; those of OpenAI's assistants stand under the name of their type.
fn use_tool<'a>(call: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let kind = call.text_of(&["type"]).filter(|kind| kind != "tool_call");
    let inner = kind.as_deref().and_then(|kind| call.get(kind)).unwrap_or(call);
    let name = inner.text_of(&["name"]).or(kind);
    let arguments =
        inner.any_of(&["args", "arguments", "input"]).and_then(|arguments| arguments.text_or_json());
    timeline.act(None, call_name(name), arguments);
    let output = inner.any_of(&["output", "outputs"]).and_then(|output| output.text_or_json());
    if let Some(seen) = output {
        timeline.settle(seen, None);
    }
}
