//! Sessions of the pi coding agent and of what is built on it, OpenClaw among others.
//!
//! Source: `~/.pi/agent/sessions/**/*.jsonl`, `~/.openclaw/agents/*/sessions/*.jsonl`; `docs/session.md` of
//! `packages/coding-agent` in `badlogic/pi-mono`: `{type: session, id, cwd}` first, then a line for each `{type: message, id,
//! parentId, message: {role, content}}`, and what was changed in between.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the lines from the first to the last that stands in the log, by `parentId` | the run |
//! | first message of the user | `original_prompt`; later ones `user` |
//! | `thinking` and `text` before a `toolCall` | its `thought`; words without one are a reply |
//! | `toolCall` | steps |
//! | `toolResult` by its `toolCallId` | `observation`; `isError` as `error` |
//! | `stopReason` of the last turn, where it is `error` or `aborted` | `failure_reason`, else the last reply is the `final_answer` |
//! | `cwd`, model, provider | `metadata` |
//!
//! Left out: commands that the user ran (`bashExecution`), summaries of what was compacted, entries of extensions.
//!
//! Leaks: none.

use super::{Format, Piece, Record};
use crate::branches::{Node, branch};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct Pi;

/// Roles of the messages of a session.
const ROLES: &[&str] = &["user", "assistant", "toolResult", "bashExecution", "custom", "hookMessage"];
/// Entries that say what was changed.
const CHANGES: &[&str] = &[
    "model_change",
    "thinking_level_change",
    "compaction",
    "branch_summary",
    "custom_message",
    "session_info",
    "context_transform",
    "ephemeral",
    "custom",
    "label",
];

fn is_head(entry: Value<'_, '_>) -> bool {
    is_type(entry, &["session"]) && entry.get("id").is_some() && entry.get("cwd").is_some()
}

fn message_of<'t, 'a>(entry: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    // Lines of the first version have no ids, and nothing that names their session.
    let is_own =
        entry.get("id").is_some() || ["sessionId", "session_id"].iter().all(|key| entry.get(key).is_none());
    let message = entry.get("message").filter(|_| is_own && is_type(entry, &["message"]))?;
    let role = message.text_of(&["role"])?;
    Some(message).filter(|_| ROLES.contains(&&*role) && entry.get("timestamp").is_some())
}

impl Format for Pi {
    fn name(&self) -> &'static str {
        "pi"
    }

    fn shape(&self) -> &'static str {
        "lines of `type` session, message (`message` of `role` and `content`), model_change, compaction"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_head(record) || message_of(record).is_some() {
            return 94;
        }
        30 * u8::from(
            is_type(record, CHANGES) && record.get("timestamp").is_some() && record.get("id").is_some(),
        )
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        // What others write in this shape names its session in each line.
        let session = || record.text_of(&["sessionId", "session_id"]);
        let run = if is_head(record) { record.text_of(&["id"]) } else { session() };
        record.is_object().then(|| vec![Piece { run, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let head = record.value.items().find(|entry| is_head(*entry));
        let entries = || record.value.items().filter(|entry| !is_head(*entry));
        let nodes: Vec<Node<'_, 'a>> = entries().map(|entry| Node::of(entry, "id", "parentId")).collect();
        let mut session = Session::default();
        branch(&nodes, None).into_iter().filter_map(message_of).for_each(|message| session.message(message));
        let id = record.key.map(|key| key.to_owned().into());
        let id = head.and_then(|head| head.text_of(&["id"])).or(id).unwrap_or_else(|| record.run_id());
        let mut run = session.timeline.run(id, session.failure)?;
        run.metadata = metadata(head, session.model).map(Into::into);
        Ok(run)
    }
}

#[derive(Default)]
struct Session<'t, 'a> {
    timeline: Timeline<'a>,
    failure: Option<Text<'a>>,
    /// The last message that names the model.
    model: Option<Value<'t, 'a>>,
}

impl<'t, 'a> Session<'t, 'a> {
    fn message(&mut self, message: Value<'t, 'a>) {
        let content = message.get("content");
        match message.text_of(&["role"]).as_deref() {
            Some("user") => self.timeline.user(content.and_then(words)),
            Some("assistant") => self.turn(message),
            Some("toolResult") => self.timeline.observe_of(
                message.text_of(&["toolCallId"]).as_deref(),
                message.text_of(&["toolName"]).as_deref(),
                content.and_then(words).unwrap_or_default(),
                message.get("isError").and_then(|flag| flag.as_bool()),
            ),
            _ => {}
        }
    }

    fn turn(&mut self, message: Value<'t, 'a>) {
        self.model = message.get("model").map(|_| message).or(self.model);
        let stop = message.text_of(&["stopReason"]).filter(|stop| matches!(&**stop, "error" | "aborted"));
        self.failure = stop.map(|stop| message.text_of(&["errorMessage"]).unwrap_or(stop));
        if let Some(text) = message.get("content").and_then(|content| content.text()) {
            return self.timeline.reply(Some(text));
        }
        for part in message.items_of("content") {
            match part.text_of(&["type"]).as_deref() {
                Some("thinking") => self.timeline.think(part.text_of(&["thinking"])),
                Some("text") => self.timeline.say(part.text_of(&["text"])),
                Some("toolCall") => {
                    let input = part.get("arguments").and_then(|arguments| arguments.text_or_json());
                    self.timeline.act(part.text_of(&["id"]), call_name(part.text_of(&["name"])), input);
                }
                _ => {}
            }
        }
        self.timeline.end_turn();
    }
}

fn metadata(head: Option<Value<'_, '_>>, model: Option<Value<'_, '_>>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy("cwd", head.and_then(|head| head.get("cwd")));
    let of_model = |key| model.and_then(|message| message.get(key));
    out.copy("model", of_model("model")).copy("provider", of_model("provider"));
    out.finish()
}
