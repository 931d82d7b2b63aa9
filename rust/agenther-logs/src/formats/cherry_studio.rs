//! Cherry Studio: the topics in a backup of its data.
//!
//! Source: `data.json` of a backup (version 5, `CherryHQ/cherry-studio`, `BackupService.ts`): `{time, version,
//! localStorage, indexedDB: {topics: [{id, messages: [{id, role, askId, blocks: [<id>]}]}], message_blocks: [{id,
//! messageId, type, status, content}]}}`. A topic is a run; a block `tool` holds the call and its result.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user | `original_prompt`; later ones `user` |
//! | blocks `tool`: `toolName`, `arguments` | steps; blocks `thinking`, `main_text` and `code` before them are the thought |
//! | `content` of them | `observation` |
//! | its `isError`, a status `error` | `error` |
//! | the last `main_text` | `final_answer` |
//! | a last block `error` | `failure_reason` |
//! | model | `metadata` |
//!
//! Left out: the answers of further models to the same message (`askId`), translations and citations.
//!
//! Leaks: none.

use std::collections::{HashMap, HashSet};

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::{content_text, is_type, join, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct CherryStudio;

impl Format for CherryStudio {
    fn name(&self) -> &'static str {
        "cherry_studio"
    }

    fn shape(&self) -> &'static str {
        "`indexedDB` with `topics` and `message_blocks`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        // The topics may stand behind what is looked at of a long file.
        let stored = record.at_path(&["localStorage", "persist:cherry-studio"]).is_some();
        let topics = record.at_path(&["indexedDB", "topics"]).is_some_and(|topics| topics.is_array());
        95 * u8::from(topics && record.at_path(&["indexedDB", "message_blocks"]).is_some() || stored)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let stored = record.get("indexedDB")?;
        let mut topic_of = HashMap::new();
        let mut pieces = Vec::new();
        for topic in stored.items_of("topics") {
            let id = topic.text_of(&["id"]);
            let messages = topic.items_of("messages").filter_map(|message| message.text_of(&["id"]));
            topic_of.extend(messages.map(|message| (message, id.clone())));
            pieces.push(Piece { run: id, value: topic });
        }
        for block in stored.items_of("message_blocks") {
            let topic = block.text_of(&["messageId"]).and_then(|message| topic_of.get(&message).cloned());
            pieces.extend(topic.map(|run| Piece { run, value: block }));
        }
        Some(pieces)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let messages = || record.value.items().flat_map(|piece| piece.items_of("messages"));
        let blocks = record.value.items().filter(|piece| piece.get("messageId").is_some());
        let mut topic = Topic {
            blocks: blocks.filter_map(|block| Some((block.text_of(&["id"])?, block))).collect(),
            asked: HashSet::new(),
            timeline: Timeline::default(),
            failure: None,
        };
        messages().for_each(|message| topic.message(message));
        let id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let mut run = topic.timeline.run(id, topic.failure)?;
        let mut out = ObjectWriter::default();
        out.copy("model", messages().find_map(|message| message.any_of(&["modelId"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// A topic as its messages come in.
struct Topic<'t, 'a> {
    blocks: HashMap<Text<'a>, Value<'t, 'a>>,
    /// Messages that were answered.
    asked: HashSet<Text<'a>>,
    timeline: Timeline<'a>,
    failure: Option<Text<'a>>,
}

impl<'a> Topic<'_, 'a> {
    fn message(&mut self, message: Value<'_, 'a>) {
        let ids = message.items_of("blocks").filter_map(|id| id.text());
        let blocks: Vec<Value<'_, 'a>> = ids.filter_map(|id| self.blocks.get(&id).copied()).collect();
        match message.text_of(&["role"]).as_deref() {
            Some("user") => {
                let mut words = None;
                blocks.into_iter().for_each(|block| join(&mut words, said(block)));
                self.timeline.user(words);
            }
            Some("assistant") if message.text_of(&["askId"]).is_none_or(|asked| self.asked.insert(asked)) => {
                self.failure = None;
                blocks.into_iter().for_each(|block| self.block(block));
                self.timeline.end_turn();
            }
            _ => {}
        }
    }

    fn block(&mut self, block: Value<'_, 'a>) {
        match block.text_of(&["type"]).as_deref() {
            Some("thinking") => self.timeline.think(block.text_of(&["content"])),
            Some("tool") => self.call(block),
            Some("error") => {
                self.failure = block
                    .get("error")
                    .and_then(|error| error.text_of(&["message"]))
                    .or_else(|| content_text(block))
            }
            _ => self.timeline.say(said(block)),
        }
    }

    fn call(&mut self, block: Value<'_, 'a>) {
        let raw = block.at_path(&["metadata", "rawMcpToolResponse"]);
        let name = block.text_of(&["toolName"]).or_else(|| raw?.get("tool")?.text_of(&["name"]));
        let arguments = block.any_of(&["arguments"]).or_else(|| raw?.any_of(&["arguments"]));
        self.timeline.act(None, call_name(name), arguments.and_then(|arguments| arguments.text_or_json()));
        let result = block.any_of(&["content"]).or_else(|| raw?.any_of(&["response"]));
        let flag = result.and_then(|result| result.get("isError")).and_then(|flag| flag.as_bool());
        let seen = result.and_then(|result| content_text(result).or_else(|| words(result)));
        let error = match block.text_of(&["status"]).as_deref() {
            Some("error") => Some(true),
            Some("success") => flag.or(Some(false)),
            _ => flag,
        };
        if seen.is_some() || error.is_some() {
            self.timeline.settle(seen.unwrap_or_default(), error);
        }
    }
}

/// The words of a block; what it was for a picture or a file.
fn said<'a>(block: Value<'_, 'a>) -> Option<Text<'a>> {
    if is_type(block, &["main_text", "code"]) {
        return block.text_of(&["content"]);
    }
    let kind = block.text_of(&["type"]).filter(|kind| matches!(&**kind, "image" | "file" | "video"))?;
    Some(format!("[{kind}]").into())
}
