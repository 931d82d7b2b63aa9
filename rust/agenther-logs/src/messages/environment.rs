//! What came back to agents that write their calls into their words: their environment answers as the user, as the
//! system, or with one list for several calls.

use super::roles::named_role;
use super::written;
use super::{Conversation, Role, content_text, role_of, unmarked};
use crate::formats::{filled, part_of, within};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::react::parse_action;
use crate::run::{RunStep, Text};
use crate::terminal::is_terminal;

/// Bytes of a system prompt that are searched at each of the system's messages.
const BEGINNING: usize = 1 << 14;

/// Whether a call of this name speaks to the user, who then answers as one.
fn asks_user(name: &str) -> bool {
    const ASKS: &[&str] =
        &["respond", "reply", "ask", "ask_user", "message_user", "send_message_to_user", "clarify"];
    ASKS.iter().any(|ask| name.eq_ignore_ascii_case(ask))
}

fn ends_with_fence(words: &str) -> bool {
    let words = words.trim_end();
    words.ends_with("```") || words.ends_with("```<end_code>")
}

impl<'a> Conversation<'a> {
    /// Whether a message is what a command of the agent gave that stands between fences at the end of its words: gptme's
    /// tools speak as the system, whose prompt told of them; SWE-agent's say `OBSERVATION:`, or end with the prompt of its terminal.
    pub(super) fn is_output(&self, message: Value<'_, 'a>) -> bool {
        let free = self.pending_user.is_none() && !self.has_calls;
        let Some(last) = self.steps.last().filter(|step| free && step.observation.is_none()) else {
            return false;
        };
        // Any other system message is an instruction, whatever the agent showed before.
        let by_system = role_of(message) == Some(Role::System) && self.runs_tools();
        if last.action_name.is_some() {
            return by_system && self.runs_fences;
        }
        let words = last.thought.as_deref().filter(|words| ends_with_fence(words));
        let is_labelled = || {
            content_text(message)
                .is_some_and(|text| written::is_labelled_output(&text) || written::ends_with_prompt(&text))
        };
        words.is_some_and(|words| (by_system || is_labelled()) && unmarked::fenced_call(words).is_some())
    }

    /// Whether the system prompt tells of tools.
    fn runs_tools(&self) -> bool {
        let prompt = self.told().prompts[0];
        let prompt = prompt[..prompt.floor_char_boundary(BEGINNING)].to_ascii_lowercase();
        ["tool", "execut", "command"].iter().any(|word| prompt.contains(word))
    }

    pub(super) fn output(&mut self, message: Value<'_, 'a>) {
        self.run_fence();
        let Some(step) = self.steps.last_mut() else { return };
        self.runs_fences = true;
        self.waiting.clear();
        let text = content_text(message).unwrap_or_default();
        step.observation = Some(part_of(&text, written::without_label));
    }

    /// Takes what a command gave that was all of a turn, as InterCode has its agents write them: the answer says `Output:`,
    /// and the prompt told of a shell.
    pub(super) fn answer_to_command(&mut self, message: Value<'_, 'a>) -> bool {
        if self.pending_user.is_some() || self.has_calls {
            return false;
        }
        let labelled = |text: &Text<'_>| text.trim_start().starts_with(written::OUTPUT);
        let Some(text) = content_text(message).filter(labelled).filter(|_| self.runs_shell()) else {
            return false;
        };
        if !self.run_turn() {
            return false;
        }
        self.runs_turns = true;
        if let Some(step) = self.steps.last_mut() {
            step.observation = filled(part_of(&text, written::without_label));
        }
        true
    }

    fn runs_shell(&self) -> bool {
        let prompt = self.told().prompts[0];
        let prompt = prompt[..prompt.floor_char_boundary(BEGINNING)].to_ascii_lowercase();
        ["bash", "shell", "terminal"].iter().any(|word| prompt.contains(word))
    }

    /// Makes a call of the last turn, which is a command and nothing else.
    fn run_turn(&mut self) -> bool {
        let is_said = |step: &RunStep<'_>| step.action_name.is_none() && step.observation.is_none();
        let Some(step) = self.steps.last_mut().filter(|step| is_said(step)) else { return false };
        let Some(words) = step.thought.take() else { return false };
        let (name, given) = words.split_once(' ').unwrap_or((&words, ""));
        (step.action_name, step.action_input) = match is_terminal(name) {
            true => (Some(name.to_owned().into()), filled(given.to_owned().into())),
            false => {
                let mut input = ObjectWriter::default();
                input.text("code", &words);
                (Some("bash".into()), input.finish().map(Into::into))
            }
        };
        true
    }

    /// Makes a call of the command between fences with which the last words end.
    fn run_fence(&mut self) {
        if let Some(step) = self.steps.last_mut().filter(|step| step.action_name.is_none())
            && let Some((call, words)) = step.thought.as_deref().and_then(unmarked::fenced_call)
        {
            (step.action_name, step.action_input) = (Some(call.name.into()), call.input.map(Into::into));
            step.thought = filled(words.into());
        }
    }

    /// Takes the last fence for a command that ends the run (`submit`), to which nothing comes back.
    pub(super) fn hand_in(&mut self) {
        let is_command = |step: &RunStep<'_>| {
            step.thought.as_deref().and_then(|words| words.split(' ').next()).is_some_and(is_terminal)
        };
        if self.runs_turns && self.pending_user.is_none() && self.steps.last().is_some_and(is_command) {
            self.run_turn();
            return;
        }
        let last = self.steps.last().filter(|_| self.runs_fences && self.pending_user.is_none());
        let call = last.and_then(|step| unmarked::fenced_call(step.thought.as_deref()?));
        let code = call.and_then(|(call, _)| {
            read_inner(call.input.as_deref()?, |input| Some(input.text_of(&["code"])?.into_owned()))
        });
        if code.is_some_and(|code| is_terminal(code.trim())) {
            self.run_fence();
        }
    }

    /// What came back for a call that stands in the agent's words: who has no calls of its own is answered as a user.
    pub(super) fn answer_to_written_call(&self, message: Value<'_, 'a>) -> Option<Text<'a>> {
        let last = self.steps.last().filter(|step| step.observation.is_none() && !self.has_calls)?;
        let name = last.action_name.as_deref().filter(|name| !is_terminal(name) && !asks_user(name))?;
        let is_user = message.any_of(&["role", "from"])?.text().and_then(|role| named_role(&role));
        let waits = is_user == Some(Role::User) && self.pending_user.is_none() && !name.is_empty();
        let text = content_text(message).filter(|_| waits)?;
        Some(part_of(&text, written::without_label))
    }

    /// Takes a message that says what the last answer was worth: to the worlds of RAGEN it was a move, and what the message
    /// shows came of it. The reward itself would tell the label.
    pub(super) fn answer_to_move(&mut self, message: Value<'_, 'a>) -> bool {
        if self.pending_user.is_some() || self.has_calls {
            return false;
        }
        let Some(text) = content_text(message) else { return false };
        let Some(rest) = text.strip_prefix("Reward:\n") else { return false };
        let (reward, shown) = rest.split_once('\n').unwrap_or((rest, &rest[rest.len()..]));
        if reward.trim().parse::<f64>().is_err() || !self.make_move() {
            return false;
        }
        self.makes_moves = true;
        if let Some(step) = self.steps.last_mut() {
            step.observation = filled(within(&text, shown.trim()));
        }
        true
    }

    /// Makes a move, or the several of `Left || Down`, of the words that the agent said last.
    pub(super) fn make_move(&mut self) -> bool {
        // Bars alone are no move: the words stay, and what came back is not put to the step before.
        let moves = |step: &RunStep<'_>| {
            step.thought.as_deref().is_some_and(|words| words.contains(|c| !matches!(c, '|' | ' ' | '\n')))
        };
        let is_said =
            |step: &mut RunStep<'_>| step.action_name.is_none() && step.observation.is_none() && moves(step);
        let Some(said) = self.steps.pop_if(is_said) else { return false };
        let words = said.thought.unwrap_or_default();
        let (mut user, mut thought) = (said.user, self.unsaid.take());
        for taken in words.split("||").map(str::trim).filter(|taken| !taken.is_empty()) {
            let (name, input) = parse_action(taken);
            let (name, input) = (name.to_owned().into(), input.map(|input| input.to_owned().into()));
            let (user, thought) = (user.take(), thought.take());
            self.steps.push(RunStep {
                user,
                thought,
                action_name: Some(name),
                action_input: input,
                ..RunStep::default()
            });
        }
        true
    }

    /// Takes the results of several calls without ids that stand in one list: by name (ToolACE), or as many as there are
    /// calls (ComplexFuncBench); whether there are some.
    pub(super) fn listed_results(&mut self, message: Value<'_, 'a>) -> bool {
        let calls = self.waiting.len();
        let Some(content) = message.any_of(&["content", "value"]).filter(|_| calls > 0) else { return false };
        if self.waiting.iter().any(|call| call.id.is_some())
            || !content.raw().trim_start().starts_with(['[', '"'])
        {
            return false;
        }
        let found = match content.text() {
            Some(text) if text.trim_start().starts_with('[') => {
                read_inner(&text, |list| written::results_of_list(list, calls))
            }
            Some(_) => None,
            None => written::results_of_list(content, calls),
        };
        let Some(found) = found else { return false };
        for result in found {
            self.observe(None, result.name.map(Text::from).as_ref(), result.text.into(), None);
        }
        true
    }

    /// Takes back a call of code that was read from the words before it: smolagents logs it once more as a call.
    pub(super) fn take_back_code(&mut self) {
        let is_code = |step: &RunStep<'_>| {
            step.observation.is_none() && step.action_name.as_deref() == Some(unmarked::INTERPRETER)
        };
        let Some(step) = self.steps.last_mut().filter(|step| is_code(step)) else { return };
        (step.action_name, step.action_input) = (None, None);
        self.waiting.pop();
    }
}
