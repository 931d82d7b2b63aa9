//! Microsoft Agent Framework: what durable agents keep of their conversations.
//!
//! Source: `schemas/durable-agent-entity-state.json` of `microsoft/agent-framework`: `{schemaVersion, data: {conversationHistory:
//! [{$type: request | response, correlationId, messages: [{role, contents}]}]}}`. Threads and sessions of the framework, which
//! have their messages in one list, are read as `openai_chat`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the messages of all requests and responses, one after the other | the conversation; see `openai_chat` |
//! | an `error` in the last response | `failure_reason` |
//!
//! Leaks: none.

use super::{Format, Record, by_agent};
use crate::json::Value;
use crate::messages::Conversation;
use crate::run::Run;
use crate::terminal::set_final_answer;

pub(super) struct AgentFramework;

fn history_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let history =
        record.at_path(&["data", "conversationHistory"]).or_else(|| record.get("conversationHistory"))?;
    let is_entry = |entry: Value<'_, '_>| {
        entry.get("messages").is_some() && entry.any_of(&["$type", "correlationId"]).is_some()
    };
    history.items().take(4).any(is_entry).then_some(history)
}

impl Format for AgentFramework {
    fn name(&self) -> &'static str {
        "agent_framework"
    }

    fn shape(&self) -> &'static str {
        "`data.conversationHistory` of `messages`, `correlationId`, `$type` (request, response)"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        94 * u8::from(history_of(record).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let history = history_of(record.value).ok_or("it has no history")?;
        let conversation = Conversation::read(history.items().flat_map(|entry| entry.items_of("messages")));
        by_agent(&conversation.steps)?;
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: conversation.prompt,
            system: conversation.system,
            steps: conversation.steps,
            ..Run::default()
        };
        let last = history.items().last();
        let contents = last
            .into_iter()
            .flat_map(|entry| entry.items_of("messages"))
            .flat_map(|said| said.items_of("contents"));
        let error =
            contents.filter(|part| part.text_of(&["$type"]).is_some_and(|kind| kind == "error")).last();
        run.failure_reason = error.and_then(|error| error.text_of(&["message", "errorCode"]));
        if run.failure_reason.is_none() {
            set_final_answer(&mut run);
        }
        Ok(run)
    }
}
