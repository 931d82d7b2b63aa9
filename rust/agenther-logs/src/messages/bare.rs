//! Messages of the agent that are a thought and an action in a text, without a content (R-Judge): `Bank.send{"to": "Ann"}`
//! is a call, anything else what the agent said.

use super::{Conversation, content};
use crate::formats::part_of;
use crate::json::{Limits, Tape, Value};
use crate::run::{RunStep, Text};

/// The action of a message that has no content beside it.
pub(super) fn action<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    let has_thought = message.get("thought").is_some() && message.get("content").is_none();
    message.text_of(&["action"]).filter(|_| has_thought)
}

/// The name and the arguments of a call.
fn call_in<'a>(action: &Text<'a>) -> Option<(Text<'a>, Text<'a>)> {
    let (name, input) = action.split_at(action.find('{')?);
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let is_call = is_name && Tape::default().parse(input.trim(), Limits::default()).is_ok();
    is_call.then(|| {
        (part_of(action, |text| &text[..name.len()]), part_of(action, |text| text[name.len()..].trim()))
    })
}

impl<'a> Conversation<'a> {
    pub(super) fn bare_action(&mut self, message: Value<'_, 'a>, action: &Text<'a>) {
        let thought = content::reasoning(message);
        let Some((name, input)) = call_in(action) else {
            return self.end_turn(self.steps.len(), thought, Some(action.clone()));
        };
        self.wait_for(None);
        let user = self.pending_user.take();
        let (action_name, action_input) = (Some(name), Some(input));
        self.steps.push(RunStep { user, thought, action_name, action_input, ..RunStep::default() });
    }
}
