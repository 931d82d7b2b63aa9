//! Chat messages to steps: the roles, calls, results and content parts of every vendor's dialect.
//!
//! A message of the agent with calls becomes one step a call, its words the thought of the first;
//! without calls it is a reply. A result goes to the call with its id, else to the first call that
//! still waits (by name where results have one). Reasoning that is kept apart stands before the
//! words of a message with calls; beside a plain reply it is dropped, since the reply is the step. An agent
//! without calls of its own writes them into its words, and what its user says next came back.

mod bare;
mod content;
mod dialects;
mod environment;
mod interleaved;
mod matching;
mod roles;
mod unmarked;
mod written;

use std::borrow::Cow;
use std::collections::HashMap;

pub(crate) use content::{content_text, is_type, part_text, parts, results, words};
pub(crate) use dialects::item_role;
pub(crate) use roles::{Role, has_known_role, role_of};
pub(crate) use unmarked::runs_code;

use crate::formats::{filled, part_of};
use crate::json::{Limits, Tape, Value};
use crate::run::{RunStep, Text};
use content::{calls_in_parts, calls_of, error_flag, reasoning, strip_stop_markers};
use interleaved::{Piece, Told};
use written::WrittenCall;

/// Whether a value is a chat message.
pub(crate) fn is_message(value: Value<'_, '_>) -> bool {
    const BODY: &[&str] = &["content", "value", "tool_calls", "function_call", "kwargs", "data"];
    let value = dialects::choice_message(value).unwrap_or(value);
    role_of(value).is_some()
        && (BODY.iter().any(|key| value.get(key).is_some()) || dialects::has_part_list(value))
}

/// Whether a model that has no calls of its own wrote some into a text.
pub(crate) fn has_written_calls(text: &str, prompt: &str) -> bool {
    let told = Told { in_rollout: true, prompts: [prompt, ""] };
    interleaved::pieces(text, &told).is_some() || written::calls_and_words(text, false).is_some()
}

/// Calls waiting for a result by their order or name, at most: results follow their calls closely, and a log of a million
/// calls without results must not be searched a million times. Those before them are found by their id alone.
const WAITING: usize = 64;

/// Bytes of a prompt in which an agent is told of the form of its calls, at most.
const TOLD: usize = 1 << 17;

fn told_in<'p>(prompt: &'p Option<Text<'_>>) -> &'p str {
    let prompt = prompt.as_deref().unwrap_or("");
    &prompt[..prompt.floor_char_boundary(TOLD)]
}

/// A conversation as it is being read.
#[derive(Debug, Default)]
pub(crate) struct Conversation<'a> {
    /// System and developer messages, joined.
    pub system: Option<Text<'a>>,
    /// The first words of the user.
    pub prompt: Option<Text<'a>>,
    /// What happened.
    pub steps: Vec<RunStep<'a>>,
    /// What stands beside the messages: the system prompt, else the tools.
    beside: Option<Text<'a>>,
    pending_user: Option<Text<'a>>,
    /// Whether the agent made calls that are no text.
    has_calls: bool,
    /// Whether the agent's turns are rollouts, in whose text calls and results stand.
    in_rollout: bool,
    /// Whether what the agent writes between fences is run, as its environment has shown.
    runs_fences: bool,
    /// Whether turns of the agent are commands, as its environment has shown.
    runs_turns: bool,
    /// Whether it is told by whom the agent works for, whose own words then have the agent's role (AutoGen).
    by_initiator: bool,
    /// What the agent thought before it answered, which is no step where the answer is one.
    unsaid: Option<Text<'a>>,
    /// Whether its answers are moves, as the world has shown.
    makes_moves: bool,
    /// Reasoning that was logged on its own.
    pending_thought: Option<Text<'a>>,
    waiting: Vec<Waiting<'a>>,
    /// The steps of calls that have waited for long, by their id.
    waiting_long: HashMap<Text<'a>, usize>,
}

/// Where calls have their id.
const CALL_ID: &[&str] = &["call_id", "id", "tool_call_id", "toolCallId", "toolUseId", "callId", "Id"];

#[derive(Debug)]
struct Waiting<'a> {
    id: Option<Text<'a>>,
    step: usize,
}

impl<'a> Conversation<'a> {
    /// Reads messages; values that are none are skipped.
    pub fn read<'t>(messages: impl Iterator<Item = Value<'t, 'a>>) -> Self
    where
        'a: 't,
    {
        Conversation::read_turns(messages, false)
    }

    /// Reads messages beside which stands what the agent was told.
    pub fn read_beside<'t>(beside: Option<Text<'a>>, messages: impl Iterator<Item = Value<'t, 'a>>) -> Self
    where
        'a: 't,
    {
        let mut conversation = Conversation { beside, ..Conversation::default() };
        messages.for_each(|message| conversation.push(message));
        conversation.finish();
        conversation
    }

    /// Reads messages as the user's side of AutoGen keeps them: its own are the assistant's, the agent's the user's; calls
    /// are the agent's all the same.
    pub fn read_by_initiator<'t>(messages: impl Iterator<Item = Value<'t, 'a>>) -> Self
    where
        'a: 't,
    {
        let mut conversation = Conversation { by_initiator: true, ..Conversation::default() };
        messages.for_each(|message| conversation.push(message));
        conversation.finish();
        conversation
    }

    /// Reads messages whose turns of the agent may be rollouts.
    pub fn read_turns<'t>(messages: impl Iterator<Item = Value<'t, 'a>>, in_rollout: bool) -> Self
    where
        'a: 't,
    {
        let mut conversation = Conversation { in_rollout, ..Conversation::default() };
        messages.for_each(|message| conversation.push(message));
        conversation.finish();
        conversation
    }

    /// Which tags in the agent's text are calls.
    fn told(&self) -> Told<'_> {
        // Every turn asks, so that of a long prompt the beginning must do.
        let system = if self.system.is_some() { &self.system } else { &self.beside };
        Told { in_rollout: self.in_rollout, prompts: [told_in(system), told_in(&self.prompt)] }
    }

    /// The same conversation with texts of its own.
    pub fn into_owned(self) -> Conversation<'static> {
        let own = |text: Text<'a>| -> Text<'static> { Cow::Owned(text.into_owned()) };
        Conversation {
            system: self.system.map(own),
            prompt: self.prompt.map(own),
            steps: self.steps.into_iter().map(RunStep::into_owned).collect(),
            ..Conversation::default()
        }
    }

    /// Ends the conversation: words of the user that nothing answered are a step of their own.
    pub fn finish(&mut self) {
        self.hand_in();
        if self.makes_moves && self.pending_user.is_none() {
            self.make_move();
        }
        if let Some(words) = self.pending_user.take() {
            self.steps.push(RunStep { user: Some(words), ..RunStep::default() });
        }
    }

    /// Takes the next message.
    pub fn push(&mut self, message: Value<'_, 'a>) {
        // The user's own tool calls (tau2) and their results are no acts of the agent.
        let requestor = message.get("requestor").and_then(|requestor| requestor.text());
        if requestor.as_deref() == Some("user") {
            return;
        }
        let role = role_of(message).map(|role| self.speaker(role, message));
        let message = dialects::unwrapped(message);
        if let Some(role) = role
            && let Some(parts) = dialects::part_list(message)
        {
            return self.message_of_parts(role, message, parts);
        }
        match role {
            Some(Role::System) if self.is_output(message) => self.output(message),
            Some(Role::System) => join(&mut self.system, content_text(message)),
            Some(Role::User) if self.is_output(message) => self.output(message),
            Some(Role::User) => self.user(message),
            Some(Role::Agent) => self.agent(message),
            Some(Role::Tool) => self.tool(message),
            Some(Role::Call) => self.call_message(message),
            None => self.item(message),
        }
    }

    fn speaker(&self, role: Role, message: Value<'_, '_>) -> Role {
        match role {
            Role::Agent if self.by_initiator && message.get("tool_calls").is_none() => Role::User,
            Role::User if self.by_initiator => Role::Agent,
            role => role,
        }
    }

    fn user(&mut self, message: Value<'_, 'a>) {
        if self.is_role_of_tool(message) {
            self.result(message);
            return;
        }
        if self.written_results(message) || self.answer_to_move(message) || self.answer_to_command(message) {
            return;
        }
        if let Some(text) = self.answer_to_written_call(message) {
            self.observe(None, None, text, error_flag(message));
            return;
        }
        for part in results(message) {
            self.result(part);
        }
        self.user_words(content_text(message));
    }

    /// Whether a message speaks as the tool that was called just before: some loggers put the name
    /// of the tool where the role stands.
    fn is_role_of_tool(&self, message: Value<'_, 'a>) -> bool {
        let role = message.get("role").and_then(|role| role.text());
        let waits = |role: &Text<'_>| {
            let mut names = self.waiting.iter().map(|call| self.steps[call.step].action_name.as_deref());
            role != "user" && names.any(|name| name == Some(&**role))
        };
        role.is_some_and(|role| waits(&role))
    }

    /// Takes what the user said.
    pub fn user_words(&mut self, words: Option<Text<'a>>) {
        let Some(words) = words.map(strip_stop_markers).and_then(filled) else { return };
        self.pending_thought = None;
        if self.prompt.is_none() && is_set_up(&words) {
            join(&mut self.system, Some(words));
        } else if self.prompt.is_none() {
            // smolagents' words.
            self.prompt = Some(part_of(&words, |words| words.strip_prefix("New task:\n").unwrap_or(words)));
        } else {
            join(&mut self.pending_user, Some(words));
        }
    }

    fn agent(&mut self, message: Value<'_, 'a>) {
        if message.text_of(&["role"]).as_deref() == Some("reasoning") {
            return join(&mut self.pending_thought, content_text(message).map(written::without_thought_tags));
        }
        if let Some(action) = bare::action(message) {
            return self.bare_action(message, &action);
        }
        if dialects::is_code(message) {
            return self.code(message);
        }
        if dialects::has_server_calls(message) {
            return self.agent_blocks(message, false);
        }
        if message.items_of("toolInvocations").next().is_some() {
            return self.invocations(message);
        }
        let first = self.steps.len();
        calls_of(message).for_each(|call| self.call(call));
        if let Some(call) = message.get("function_call") {
            // ComplexFuncBench's is a list.
            call.items().chain(Some(call).filter(|call| call.is_object())).for_each(|call| self.call(call));
        }
        if let Some(encoded) = message.get("tool_calls").and_then(|calls| calls.text()) {
            self.encoded_calls(&encoded);
        }
        // The same calls again, as the provider sent them: beside those of the logger's own shape.
        if let Some(again) = message.get("additional_kwargs").filter(|_| self.steps.len() == first) {
            calls_of(again).for_each(|call| self.call(call));
        }
        if self.steps.len() == first {
            calls_in_parts(message).for_each(|part| self.call(part));
        }
        let has_only_calls = parts(message).next().is_some() && parts(message).all(content::is_bare_call);
        let words = content_text(message).filter(|_| !has_only_calls);
        self.end_turn(first, reasoning(message), words);
    }

    /// Puts the words of a turn where they belong: to the first of its calls, or to a step of their own.
    fn end_turn(&mut self, first: usize, reasoning: Option<Text<'a>>, words: Option<Text<'a>>) {
        let is_confirmed = self.prompt.is_none() && self.steps.is_empty() && self.system.is_some();
        let words = words.map(strip_stop_markers).and_then(filled);
        let words = words.filter(|words| !(is_confirmed && words == SET_UP_ANSWER));
        let is_free = self.steps.len() == first && !self.has_calls;
        let pieces = words.as_deref().filter(|_| is_free);
        if let Some(pieces) = pieces.and_then(|words| interleaved::pieces(words, &self.told())) {
            return self.pieces(pieces, reasoning);
        }
        let (written, words) = words.map(written::thought_and_words).unzip();
        let thinks = written.as_ref().is_some_and(Option::is_some);
        let mut thought = self.pending_thought.take();
        // SWE-smith says the same twice.
        join(&mut thought, reasoning.filter(|reasoning| words.as_ref() != Some(reasoning)));
        join(&mut thought, written.flatten());
        let reasoning = thought;
        let words = words.and_then(filled).and_then(|words| self.written_calls(first, thinks, words));
        if self.steps.len() == first {
            let is_answer = words.as_deref().is_some_and(|words| words.starts_with("<answer>"));
            self.unsaid = reasoning.as_ref().filter(|_| is_answer).cloned();
            let is_told = || self.told().prompts.iter().any(|prompt| prompt.contains("<answer>"));
            let answer = |reply: Text<'a>| match interleaved::answer_in(&reply) {
                // XML may be what the user asked for.
                Some(answer) if self.in_rollout || !answer.contains('<') || is_told() => {
                    answer.to_owned().into()
                }
                _ => reply,
            };
            let Some(reply) = words.map(answer).or(reasoning) else { return };
            self.steps.push(RunStep { thought: Some(reply), ..RunStep::default() });
        } else {
            let mut thought = reasoning;
            join(&mut thought, words);
            self.steps[first].thought = thought;
        }
        self.steps[first].user = self.pending_user.take();
    }

    /// Takes a turn in whose text calls and results stand.
    fn pieces(&mut self, pieces: Vec<Piece>, reasoning: Option<Text<'a>>) {
        let mut thought = reasoning;
        for piece in pieces {
            match piece {
                Piece::Words(text) => join(&mut thought, Some(text.into())),
                Piece::Call(call) => {
                    self.written_call(call);
                    let user = self.pending_user.take();
                    let step = self.steps.last_mut().expect("the call was just made a step");
                    (step.thought, step.user) = (thought.take(), user);
                }
                Piece::Result(text) => _ = self.observe(None, None, text.into(), None),
            }
        }
        if thought.is_some() {
            self.end_turn(self.steps.len(), None, thought);
        }
    }

    /// Takes the calls that stand in the words of a turn which has no others; gives what is left.
    fn written_calls(&mut self, first: usize, thinks: bool, words: Text<'a>) -> Option<Text<'a>> {
        let is_free = !self.has_calls;
        let unmarked = || is_free.then(|| unmarked::calls_and_words(&words, &self.told(), thinks)).flatten();
        let found = (self.steps.len() == first)
            .then(|| written::calls_and_words(&words, is_free).or_else(unmarked))
            .flatten();
        let Some((calls, words)) = found else { return Some(words) };
        calls.into_iter().for_each(|call| self.written_call(call));
        filled(words.into())
    }

    fn written_call(&mut self, call: WrittenCall) {
        self.wait_for(None);
        self.steps.push(RunStep {
            action_name: Some(call.name.into()),
            action_input: call.input.map(Into::into),
            ..RunStep::default()
        });
    }

    /// Lets the call that is about to become a step wait for its result.
    fn wait_for(&mut self, id: Option<Text<'a>>) {
        self.waiting.push(Waiting { id, step: self.steps.len() });
        if self.waiting.len() > WAITING {
            let first = self.waiting.remove(0);
            self.waiting_long.extend(first.id.map(|id| (id, first.step)));
        }
    }

    /// Takes a turn of the agent: calls, and the words that stand apart from them.
    pub fn calls<'t>(&mut self, calls: impl Iterator<Item = Value<'t, 'a>>, words: Option<Text<'a>>)
    where
        'a: 't,
    {
        let first = self.steps.len();
        calls.for_each(|call| self.call(call));
        self.end_turn(first, None, words);
    }

    /// A call in any dialect: `{id, function: {name, arguments}}`, `{id, name, arguments | args |
    /// input}`, `{id, function: name, arguments}`.
    fn call(&mut self, call: Value<'_, 'a>) {
        self.call_with_id(call, None);
    }

    /// A call whose id stands around it.
    fn call_with_id(&mut self, call: Value<'_, 'a>, id: Option<Text<'a>>) {
        if call.is_string() {
            return call.text().into_iter().for_each(|text| self.call_in_text(text));
        }
        self.has_calls = true;
        let function = call.get("function").filter(|function| function.is_object()).unwrap_or(call);
        let name =
            function.text_of(&["name", "function", "tool_name", "function_name", "toolName", "FunctionName"]);
        let arguments = function.any_of(&[
            "arguments",
            "args",
            "input",
            "parameters",
            "tool_input",
            "tool_kwargs",
            "Arguments",
        ]);
        let id = id.or_else(|| call.any_of(CALL_ID).and_then(|id| id.scalar()));
        self.wait_for(id);
        self.steps.push(RunStep {
            action_name: name.or(Some(Cow::Borrowed(""))),
            action_input: arguments
                .and_then(|arguments| arguments.text_or_json())
                .map(decoded_twice)
                .or_else(|| dialects::own_arguments(call)),
            ..RunStep::default()
        });
    }

    /// A call that is a string: its JSON, else what it says.
    fn call_in_text(&mut self, text: Text<'a>) {
        let before = self.steps.len();
        self.encoded_calls(&text);
        if self.steps.len() == before {
            self.wait_for(None);
            let (name, input) = (Some(Cow::Borrowed("")), Some(text));
            self.steps.push(RunStep { action_name: name, action_input: input, ..RunStep::default() });
        }
    }

    /// Calls that stand as JSON in a string, as tables without nested columns have them.
    fn encoded_calls(&mut self, text: &str) {
        let mut tape = Tape::default();
        let Ok(calls) = tape.parse(text, Limits::default()) else { return };
        let one = Some(calls.root()).filter(|call| call.is_object());
        for call in calls.root().items().chain(one) {
            let mut inner = Conversation::default();
            inner.call(call);
            let id = inner.waiting.pop().and_then(|call| call.id);
            self.wait_for(id.map(|id| id.into_owned().into()));
            self.steps.extend(inner.steps.pop().map(RunStep::into_owned));
        }
    }

    fn call_message(&mut self, message: Value<'_, 'a>) {
        let Some(text) = content_text(message) else { return };
        self.take_back_code();
        let before = self.open_reply();
        let first = self.steps.len();
        // smolagents says what it does first.
        let tagged = || written::tagged_calls(&text).map(|(calls, _)| calls);
        match written::calls_of_json(text.strip_prefix("Calling tools:\n").unwrap_or(&text)).or_else(tagged) {
            Some(calls) => calls.into_iter().for_each(|call| self.written_call(call)),
            None => self.steps.push(RunStep { thought: Some(text), ..RunStep::default() }),
        }
        if let Some(step) = self.steps.get_mut(first) {
            step.user = before.user;
            let mut thought = before.thought;
            join(&mut thought, step.thought.take());
            step.thought = thought;
        }
    }

    /// Forgets all steps from `step` on, and what the user said before it: it was taken back.
    pub fn rewind(&mut self, step: usize) {
        self.steps.truncate(step);
        self.waiting.retain(|call| call.step < step);
        self.waiting_long.retain(|_, call| *call < step);
        (self.pending_user, self.pending_thought) = (None, None);
        if step == 0 {
            self.prompt = None;
        }
    }
}

/// What Gemini CLI and those after it tell the model first, in the user's name, and what the model is made to say to it.
fn is_set_up(words: &str) -> bool {
    let first = words.lines().next().unwrap_or_default();
    first.starts_with("This is ") && first.ends_with(" We are setting up the context for our chat.")
}
const SET_UP_ANSWER: &str = "Got it. Thanks for the context!";

/// Adds a paragraph.
pub(crate) fn join<'a>(text: &mut Option<Text<'a>>, more: Option<Text<'a>>) {
    match (text.as_mut(), more.and_then(filled)) {
        (Some(text), Some(more)) => {
            let text = text.to_mut();
            text.push_str("\n\n");
            text.push_str(&more);
        }
        (None, more) => *text = more,
        (Some(_), None) => {}
    }
}

/// Arguments that were encoded twice: a JSON string that holds a JSON object.
pub(crate) fn decoded_twice(arguments: Text<'_>) -> Text<'_> {
    let trimmed = arguments.trim();
    if !(trimmed.starts_with("\"{") || trimmed.starts_with("\"[")) {
        return arguments;
    }
    let mut tape = Tape::default();
    let inner = tape.parse(trimmed, Limits::default()).ok().and_then(|parsed| parsed.root().text());
    match inner.map(Cow::into_owned) {
        Some(inner) if Tape::default().parse(&inner, Limits::default()).is_ok() => Cow::Owned(inner),
        _ => arguments,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(text: &str) -> Conversation<'static> {
        let text: &'static str = text.to_owned().leak();
        let mut tape = Tape::default();
        let parsed = tape.parse(text, Limits::default()).unwrap();
        Conversation::read(parsed.root().items())
    }

    #[test]
    fn results_find_their_calls_by_id_then_by_name_then_in_order() {
        let call = |id: &str, name: &str| {
            format!(r#"{{"id": {id}, "function": {{"name": "{name}", "arguments": "{{}}"}}}}"#)
        };
        let calls =
            |calls: &[String]| format!(r#"{{"role": "assistant", "tool_calls": [{}]}}"#, calls.join(", "));
        let read = |calls: String, results: &str| {
            let found = conversation(&format!("[{calls}, {results}]"));
            found.steps.into_iter().map(|step| step.observation.map(Cow::into_owned)).collect::<Vec<_>>()
        };
        let some = |text: &str| Some(text.to_owned());
        let by_id = read(
            calls(&[call("\"1\"", "f"), call("\"2\"", "f")]),
            r#"{"role": "tool", "tool_call_id": "2", "content": "b"}, {"role": "tool", "tool_call_id": "1", "content": "a"}"#,
        );
        assert_eq!(by_id, [some("a"), some("b")]);
        let by_name = read(
            calls(&[call("null", "f"), call("null", "g")]),
            r#"{"role": "tool", "name": "g", "content": "b"}, {"role": "tool", "name": "f", "content": "a"}"#,
        );
        assert_eq!(by_name, [some("a"), some("b")]);
        // The same id twice, as loggers that number each message's calls anew have it.
        let again = read(
            calls(&[call("\"1\"", "f"), call("\"1\"", "f")]),
            r#"{"role": "tool", "tool_call_id": "1", "content": "a"}, {"role": "tool", "tool_call_id": "1", "content": "b"}"#,
        );
        assert_eq!(again, [some("a"), some("b")]);
        let unasked = read(
            calls(&[call("\"1\"", "f")]),
            r#"{"role": "tool", "tool_call_id": "1", "content": "a"}, {"role": "tool", "tool_call_id": "1", "content": "b"}"#,
        );
        assert_eq!(unasked, [some("a"), some("b")]);
    }

    #[test]
    fn bars_alone_are_no_move() {
        let agent = |words: &str| format!(r#"{{"role": "assistant", "content": "{words}"}}"#);
        let world = r#"{"role": "user", "content": "Reward:\n0.5\nB"}"#;
        let (left, bars) = (agent("Left"), agent("||"));
        let found = conversation(&format!(
            r#"[{{"role": "user", "content": "A"}}, {left}, {world}, {bars}, {world}]"#
        ));
        let seen: Vec<_> = found.steps.iter().map(|step| step.observation.as_deref()).collect();
        assert_eq!((found.steps[0].action_name.as_deref(), seen[0]), (Some("Left"), Some("B")));
        assert_eq!(found.steps[1].thought.as_deref(), Some("||"));
    }

    #[test]
    fn calls_that_stand_in_a_string_are_calls() {
        let calls =
            r#"[{"id": "1", "function": {"name": "f", "arguments": {"a": 1.50}}}, {"id": "2", "name": "g"}]"#;
        let mut message = crate::json::ObjectWriter::default();
        message.text("role", "assistant").text("content", "Both.").text("tool_calls", calls);
        let message = message.finish().unwrap();
        let found = conversation(&format!(
            r#"[{message}, {{"role": "tool", "tool_call_id": "2", "content": "b"}}, {{"role": "tool", "tool_call_id": "1", "content": "a"}}, {{"role": "assistant", "tool_calls": "none", "content": "Done."}}]"#
        ));
        let seen: Vec<_> = found
            .steps
            .iter()
            .map(|step| (step.action_name.as_deref(), step.observation.as_deref()))
            .collect();
        assert_eq!(seen, [(Some("f"), Some("a")), (Some("g"), Some("b")), (None, None)]);
        assert_eq!(found.steps[0].action_input.as_deref(), Some(r#"{"a": 1.50}"#));
        assert_eq!(found.steps[0].thought.as_deref(), Some("Both."));
    }

    #[test]
    fn arguments_that_were_encoded_twice_are_decoded_and_others_stay() {
        for (arguments, kept) in [
            (r#""{\"a\": 1.50}""#, r#"{"a": 1.50}"#),
            (r#"{"a": "{\"b\": 1}"}"#, r#"{"a": "{\"b\": 1}"}"#),
            (r#""{not json""#, r#""{not json""#),
            ("free text", "free text"),
        ] {
            assert_eq!(decoded_twice(arguments.into()), kept);
        }
    }
}
