//! Results to their calls: by id, by name, else to the first call that still waits.

use super::content::{error_flag, error_text};
use super::{Conversation, dialects, results, words, written};
use crate::formats::filled;
use crate::gui::without_pictures;
use crate::json::Value;
use crate::mcp_result;
use crate::run::{RunStep, Text};

/// Where results name their call.
const RESULT_ID: &[&str] = &[
    "tool_call_id",
    "tool_use_id",
    "call_id",
    "toolCallId",
    "toolUseId",
    "callId",
    "CallId",
    "toolUseID",
    "id",
];

impl<'a> Conversation<'a> {
    pub(super) fn tool(&mut self, message: Value<'_, 'a>) {
        if dialects::is_progress(message) {
            return;
        }
        let mut parts = results(message).chain(message.items_of("tool_responses")).peekable();
        if parts.peek().is_none() && !self.written_results(message) && !self.listed_results(message) {
            self.result(message);
        }
        let id = message.any_of(RESULT_ID).and_then(|id| id.scalar());
        for part in parts {
            self.result_of(part, id.as_ref());
        }
    }

    /// Takes the results that a message is made of where they stand in its text; whether it is.
    pub(super) fn written_results(&mut self, message: Value<'_, 'a>) -> bool {
        let answers = self.steps.last().is_some_and(|step| step.action_name.is_some());
        let content = message.any_of(&["content", "value"]).filter(|_| answers);
        let text = content.filter(|content| written::may_be_results(content.raw())).and_then(words);
        let waits = !self.has_calls && self.steps.last().is_some_and(|step| step.observation.is_none());
        let Some(found) = text.and_then(|text| written::results_in(&text, waits)) else { return false };
        let id = message.any_of(RESULT_ID).and_then(|id| id.scalar());
        for result in found {
            let name = result.name.map(Text::from).or_else(|| message.text_of(&["name"]));
            self.observe(id.as_ref(), name.as_ref(), result.text.into(), error_flag(message));
        }
        true
    }

    /// Puts a result where it belongs; the step that is.
    pub fn result(&mut self, result: Value<'_, 'a>) -> usize {
        self.result_of(result, None)
    }

    /// Puts a result where it belongs, by the id of its message if it has none of its own.
    pub(super) fn result_of(&mut self, result: Value<'_, 'a>, message_id: Option<&Text<'a>>) -> usize {
        let id = result.any_of(RESULT_ID).and_then(|id| id.scalar()).or_else(|| message_id.cloned());
        let name = result.text_of(&["name", "toolName", "tool_name"]);
        let content = dialects::result_text(result);
        let observation = content.clone().and_then(filled).or_else(|| error_text(result)).or(content);
        self.observe(id.as_ref(), name.as_ref(), observation.unwrap_or_default(), error_flag(result))
    }

    pub(super) fn observe(
        &mut self,
        id: Option<&Text<'a>>,
        name: Option<&Text<'a>>,
        observation: Text<'a>,
        error: Option<bool>,
    ) -> usize {
        let (observation, marked) = mcp_result::said(without_pictures(observation));
        let error = error.or(marked);
        let by_id = id.and_then(|id| self.waiting.iter().position(|call| call.id.as_ref() == Some(id)));
        let by_name = || {
            name?;
            self.waiting.iter().position(|call| self.steps[call.step].action_name.as_ref() == name)
        };
        let long_ago = id.filter(|_| by_id.is_none()).and_then(|id| self.waiting_long.remove(id));
        let anonymous = || self.waiting.iter().position(|call| call.id.is_none() || id.is_none());
        let found = by_id.or_else(by_name).or_else(anonymous).filter(|_| long_ago.is_none());
        let waited = found.map(|index| self.waiting.remove(index).step);
        let index = long_ago.or(waited).or_else(|| self.orphan_step());
        let index = index.unwrap_or_else(|| {
            self.steps.push(RunStep { user: self.pending_user.take(), ..RunStep::default() });
            self.steps.len() - 1
        });
        (self.steps[index].observation, self.steps[index].error) = (Some(observation), error);
        index
    }

    /// Where a result without a call goes: to the last step, if that has none yet.
    fn orphan_step(&self) -> Option<usize> {
        let last = self.steps.len().checked_sub(1)?;
        (self.pending_user.is_none() && self.steps[last].observation.is_none()).then_some(last)
    }
}
