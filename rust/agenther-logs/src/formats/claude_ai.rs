//! Claude.ai: conversations as Anthropic exports them, from the web and the desktop app.
//!
//! Source: `conversations.json` of the export: `[{uuid, name, chat_messages: [{uuid, sender, text, content: [block],
//! attachments, parent_message_uuid}]}]`; calls and results are blocks of the same message.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the `human` with the text of what is attached | `original_prompt`; later ones `user` |
//! | blocks `tool_use` | steps; `thinking` and `text` before them the thought |
//! | blocks `tool_result`, by `tool_use_id`, else by `name` | `observation`, `error` from `is_error` |
//! | the last text | `final_answer` |
//! | `name` | `metadata` |
//!
//! Left out: other branches than that of the last message; `text` where there is `content`.
//!
//! Leaks: none.

use super::{Format, Record, filled};
use crate::branches::{Node, branch};
use crate::json::{ObjectWriter, Value};
use crate::messages::{content_text, is_type, join, part_text, parts};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct ClaudeAi;

impl Format for ClaudeAi {
    fn name(&self) -> &'static str {
        "claude_ai"
    }

    fn shape(&self) -> &'static str {
        "`uuid` and `chat_messages` of `sender`, `text` and `content`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(messages) = record.get("chat_messages").filter(|messages| messages.is_array()) else {
            return 0;
        };
        match messages.items().next() {
            Some(first) => 95 * u8::from(first.get("sender").is_some()),
            None => 80 * u8::from(record.get("uuid").is_some()),
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let messages = record.value.items_of("chat_messages");
        let nodes: Vec<_> =
            messages.map(|message| Node::of(message, "uuid", "parent_message_uuid")).collect();
        let mut timeline = Timeline::default();
        for message in branch(&nodes, record.value.text_of(&["current_leaf_message_uuid"])) {
            match message.text_of(&["sender"]).as_deref() {
                Some("human") => timeline.user(asked(message)),
                Some("assistant") => answer(message, &mut timeline),
                _ => {}
            }
        }
        let mut run = timeline.run(record.run_id(), None)?;
        let mut out = ObjectWriter::default();
        out.copy("name", record.value.get("name").filter(|name| name.text().and_then(filled).is_some()));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn has_blocks(message: Value<'_, '_>) -> bool {
    parts(message).next().is_some()
}

/// What the user wrote and pasted.
fn asked<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut words = if has_blocks(message) { content_text(message) } else { message.text_of(&["text"]) };
    for attachment in message.items_of("attachments") {
        join(&mut words, attachment.text_of(&["extracted_content"]));
    }
    words
}

fn answer<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    if !has_blocks(message) {
        return timeline.reply(message.text_of(&["text"]));
    }
    for block in parts(message) {
        if is_type(block, &["tool_use"]) {
            let input = block.get("input").and_then(|input| input.text_or_json());
            timeline.act(block.text_of(&["id"]), call_name(block.text_of(&["name"])), input);
        } else if is_type(block, &["tool_result"]) {
            let error = block.get("is_error").and_then(|flag| flag.as_bool());
            let seen = content_text(block).or_else(|| block.text_of(&["message"]));
            let (id, tool) = (block.text_of(&["tool_use_id"]), block.text_of(&["name"]));
            timeline.observe_of(id.as_deref(), tool.as_deref(), seen.unwrap_or_default(), error);
        } else if is_type(block, &["thinking"]) {
            timeline.think(block.text_of(&["thinking"]));
        } else {
            timeline.say(part_text(block));
        }
    }
    timeline.end_turn();
}
