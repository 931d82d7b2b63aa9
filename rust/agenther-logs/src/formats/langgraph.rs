//! Updates that LangGraph streams: what each node of the graph adds, one a line.
//!
//! Source: `graph.stream(…, stream_mode="updates")`, each dumped as JSON: `{node: {messages: [message]}}`, messages as
//! LangChain writes them. The states of `stream_mode="values"` and of `get_state_history` are chats, read by
//! `openai_chat`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `messages` of all nodes | as in `openai_chat` |
//! | a message of a human with a `name`, by which nodes hand on what their agent said | `thought` |
//! | what else nodes add, `__interrupt__` | left out |
//!
//! Leaks: none.

use super::openai_chat::messages_of;
use super::{Format, Piece, Record, by_agent};
use crate::json::Value;
use crate::messages::{Conversation, Role, content_text, is_message, role_of};
use crate::run::Run;
use crate::terminal::set_final_answer;

pub(super) struct LangGraph;

/// Nodes whose updates may come in one.
const NODES: usize = 8;

/// What a node adds to the messages: a list, or one.
fn added<'t, 'a>(update: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    let messages = update.get("messages");
    messages
        .into_iter()
        .flat_map(|messages| messages.items().chain(Some(messages).filter(|one| one.is_object())))
}

/// Whether a message is one that LangChain wrote of an agent or a tool: a chat by some id begins with its user.
fn is_of_node(message: Value<'_, '_>) -> bool {
    let is_typed = message.any_of(&["type", "lc"]).is_some() && message.get("role").is_none();
    is_typed && is_message(message) && matches!(role_of(message), Some(Role::Agent | Role::Tool))
}

impl Format for LangGraph {
    fn name(&self) -> &'static str {
        "langgraph"
    }

    fn shape(&self) -> &'static str {
        "updates of a node each: its name with `messages` of `type` ai or tool"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let mut nodes = record.members();
        let (Some((_, update)), None) = (nodes.next(), nodes.next()) else { return 0 };
        let mut messages = added(update).peekable();
        let adds = messages.peek().is_some() && messages.all(is_of_node);
        85 * u8::from(adds && messages_of(record).is_none())
    }

    fn only_on_lines(&self, _: Value<'_, '_>) -> bool {
        true
    }

    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        let mut nodes = record.members().take(NODES + 1).map(|(_, update)| update).peekable();
        let is_update = |update: Value<'_, '_>| update.is_object() || update.is_array() || update.is_null();
        nodes.peek().is_some() && nodes.all(is_update) && record.members().count() <= NODES
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut conversation = Conversation::default();
        let updates = record.value.items().flat_map(|record| record.members());
        for message in updates.flat_map(|(_, update)| added(update)) {
            let is_handed_on = message.text_of(&["name"]).is_some();
            match role_of(message) {
                Some(Role::User) if is_handed_on => {
                    conversation.calls(std::iter::empty(), content_text(message));
                }
                _ => conversation.push(message),
            }
        }
        conversation.finish();
        by_agent(&conversation.steps)?;
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: conversation.prompt,
            system: conversation.system,
            steps: conversation.steps,
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}
