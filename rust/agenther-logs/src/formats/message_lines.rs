//! One message a line: a conversation that a logger writes down as it goes.
//!
//! Source: sessions of Goose (`~/.local/share/goose/sessions/*.jsonl`, a line about the session first), and what people
//! write with one `json.dumps(message)` a turn. Messages may be in every dialect that `openai_chat` reads.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `session_id`, `conversation_id`, `thread_id`, … of a line; else the file | the run that the line belongs to |
//! | the messages | as in `openai_chat` |
//! | `tools` of any line; labels of the last line that has some | `tools`; the labels |
//! | `working_dir`, `description` of Goose's first line | `metadata` |
//!
//! Leaks: none inside the messages.

use super::openai_chat::{build, tools_of};
use super::{Format, Piece, Record, by_agent};
use crate::json::Value;
use crate::labels::{is_label, read_labels};
use crate::messages::{Conversation, has_known_role, is_message};
use crate::run::Run;

pub(super) struct MessageLines;

/// What names the conversation of a line.
const CONVERSATION: &[&str] = &[
    "session_id",
    "sessionId",
    "conversation_id",
    "conversationId",
    "thread_id",
    "threadId",
    "chat_id",
    "dialogue_id",
    "dialog_id",
    "trace_id",
    "run_id",
    "trajectory_id",
    "traj_id",
    "episode_id",
    "interaction_id",
    "session",
    "sessionID",
    "conv_id",
    "conversation",
    "chatId",
];
/// Lists that make a record more than a message.
const LISTS: &[&str] = &["messages", "steps", "trajectory", "history", "conversations", "events"];

/// Whether a line is about the session that follows.
fn is_heading(line: Value<'_, '_>) -> bool {
    line.get("working_dir").is_some() && line.get("message_count").is_some()
}

/// Whether a line is what Kimi notes between messages: how far it came, what it used.
fn is_note(line: Value<'_, '_>) -> bool {
    line.text_of(&["role"]).is_some_and(|role| role.starts_with('_'))
}

fn is_line(line: Value<'_, '_>) -> bool {
    // Pydantic AI's messages have a kind, and parts of kinds.
    let is_of_parts =
        || line.get("kind").is_some() && line.items_of("parts").any(|part| part.get("part_kind").is_some());
    (line.any_of(&["role", "from"]).is_some() || is_of_parts())
        && has_known_role(line)
        && is_message(line)
        && LISTS.iter().all(|key| !line.get(key).is_some_and(|list| list.is_array()))
}

impl Format for MessageLines {
    fn name(&self) -> &'static str {
        "message_lines"
    }

    fn shape(&self) -> &'static str {
        "lines that are a message each: `role` and `content`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        55 * u8::from(is_line(record) || is_heading(record) || is_note(record))
    }

    fn only_on_lines(&self, _: Value<'_, '_>) -> bool {
        true
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if is_note(record) {
            return Some(Vec::new());
        }
        let fits = is_line(record) || is_heading(record);
        let run = || record.any_of(CONVERSATION).and_then(|id| id.scalar());
        fits.then(|| vec![Piece { run: run(), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let lines = record.value;
        let alone = Some(lines).filter(|line| is_line(*line));
        let conversation = Conversation::read(lines.items().chain(alone));
        by_agent(&conversation.steps)?;
        let mut run = build(record, conversation)?;
        run.trajectory_id = record.key.map_or(run.trajectory_id, |key| key.to_owned().into());
        let labelled = lines.items().filter(|line| line.members().any(|(key, _)| is_label(&key)));
        labelled.last().into_iter().for_each(|line| read_labels(line, &mut run));
        run.tools = run.tools.or_else(|| lines.items().find_map(tools_of));
        run.metadata = lines.items().find(|line| is_heading(*line)).map(|line| line.json());
        Ok(run)
    }
}
