//! The calls of an element of a list of steps, however they are written.

use super::element::Element;
use super::names::{Kind, Part, meaning};
use crate::formats::{filled, within};
use crate::json::{ObjectWriter, Value};
use crate::messages::decoded_twice;
use crate::react::{Label, is_call, parse_action, sections};
use crate::run::Text;
use crate::terminal::is_terminal;

/// Where the name of a tool stands in a call.
const NAME: &[&str] = &[
    "name",
    "tool",
    "tool_name",
    "tool_called",
    "function",
    "function_name",
    "action_name",
    "action",
    "action_type",
    "api_name",
    "type",
];
/// Members of a call that are no arguments where nothing holds those.
const BESIDE: &[&str] = &[
    "call_id",
    "tool_call_id",
    "metadata",
    "timestamp",
    "ts",
    "reasoning",
    "thought",
    "rationale",
    "result",
    "output",
    "observation",
    "error",
    "success",
    "ok",
    "duration_ms",
    "latency_ms",
    "confidence",
];
/// A call as an element has it.
pub(super) struct Call<'a> {
    pub name: Text<'a>,
    pub input: Option<Text<'a>>,
    pub observation: Option<Text<'a>>,
    pub is_error: Option<bool>,
}

impl<'t, 'a> Element<'t, 'a> {
    /// The calls that it makes, in their order.
    pub fn calls(&self) -> Vec<Call<'a>> {
        if self.kind == Some(Kind::Observation) && self.get(Part::Arguments).is_none() {
            return Vec::new();
        }
        let listed = self.get(Part::Calls).or(self.get(Part::Tool).filter(|tool| tool.is_array()));
        let listed: Vec<Call<'a>> =
            listed.into_iter().flat_map(|calls| calls.items()).filter_map(call_of).collect();
        if !listed.is_empty() {
            return listed;
        }
        let call = self.ranked(Part::Tool).find_map(|member| self.call(member.value));
        call.or_else(|| self.named_call())
            .or_else(|| self.written_call())
            .or_else(|| self.keyed_call())
            .or_else(|| self.said_call())
            .into_iter()
            .collect()
    }

    /// The call that a member names.
    fn call(&self, tool: Value<'t, 'a>) -> Option<Call<'a>> {
        let given = self.get(Part::Arguments).or(self.get(Part::Inside).filter(|inside| inside.is_object()));
        let input = || {
            let answer =
                || self.text(Part::Answer).filter(|_| tool.text().is_some_and(|name| is_terminal(&name)));
            given.and_then(Value::text_or_json).map(decoded_twice).and_then(filled).or_else(answer)
        };
        if tool.is_object() {
            let call = call_of(tool)?;
            return Some(Call { input: call.input.or_else(input), ..call });
        }
        let action = tool.text().and_then(filled)?;
        let trimmed = action.trim();
        if matches!(trimmed, "none" | "None" | "null" | "NONE") {
            return None;
        }
        let call = |name: Text<'a>, input| Some(Call { name, input, observation: None, is_error: None });
        if trimmed.eq_ignore_ascii_case("final answer") {
            return call("final_answer".into(), input());
        }
        let part = |part: &str| within(&action, part);
        if let Some((_, taken)) = self.written_move() {
            return call(taken, None);
        }
        if !trimmed.contains(char::is_whitespace) && !is_call(trimmed) {
            return call(part(trimmed), input().or_else(|| self.gathered()));
        }
        if is_title(trimmed) && self.get(Part::Arguments).is_some() {
            return call(part(trimmed), input());
        }
        // `Creating the plan` says what was done, and calls nothing; what a game took was done.
        let is_command =
            is_call(trimmed) || trimmed.starts_with(|first: char| first.is_lowercase()) || self.is_played;
        let (name, given) = parse_action(trimmed);
        let given = given.map(part);
        (is_command && !name.is_empty()).then(|| call(part(name), given.or_else(input))).flatten()
    }

    /// The words of a move and the move in brackets that ends them: `I take the centre. [4]`.
    pub fn written_move(&self) -> Option<(Text<'a>, Text<'a>)> {
        let written = self.get(Part::Tool).filter(|_| self.is_played)?.text()?;
        let (words, taken) = written.trim().rsplit_once(" [").filter(|(_, taken)| taken.ends_with(']'))?;
        let is_sentence = words.contains(' ');
        is_sentence.then(|| (within(&written, words.trim()), format!("[{taken}").into()))
    }

    /// The call of what is called as its tool is: an event of a call, or what has arguments beside its name.
    fn named_call(&self) -> Option<Call<'a>> {
        let is_given =
            || self.get(Part::Arguments).is_some_and(|given| given.is_object() || given.is_string());
        let is_call = match self.kind {
            Some(Kind::Call) => true,
            Some(Kind::Observation) => is_given(),
            None => is_given() && !self.has_kind(),
            Some(_) => false,
        };
        let name = self.get(Part::Name).filter(|_| is_call)?;
        let is_word = name.text().is_some_and(|name| !name.trim().contains(char::is_whitespace));
        if is_word { self.call(name) } else { None }
    }

    /// The call that an event of one says in its words: `search[tea]`.
    fn said_call(&self) -> Option<Call<'a>> {
        let said = self.words.as_ref().filter(|_| self.kind == Some(Kind::Call))?;
        let (name, input) = parse_action(said.trim());
        let part = |part: &str| within(said, part);
        let is_said = is_call(said.trim()) || !said.trim().contains(char::is_whitespace);
        let call = Call { name: part(name), input: input.map(part), observation: None, is_error: None };
        (is_said && !name.is_empty()).then_some(call)
    }

    /// The call of an event that holds it by the tool's name: `{"get_weather": {"city": "Oslo"}}`.
    fn keyed_call(&self) -> Option<Call<'a>> {
        let inside = self.get(Part::Inside).filter(|_| self.kind == Some(Kind::Call))?;
        let mut members = inside.members();
        let ((name, input), None) = (members.next()?, members.next()) else { return None };
        // `{"file_path": "a.txt"}` is what a tool was given.
        const GIVEN: &[&str] =
            &["path", "name", "id", "url", "file", "model", "text", "message", "count", "title"];
        let is_given = name.rsplit('_').next().is_some_and(|last| GIVEN.contains(&last));
        let is_name =
            meaning(&name).part.is_none() && !name.contains(' ') && (input.is_object() || !is_given);
        is_name.then(|| Call { name, input: input.text_or_json(), observation: None, is_error: None })
    }

    /// The action in what the model wrote.
    fn written_call(&self) -> Option<Call<'a>> {
        let written = self.get(Part::Written)?.text()?;
        let cut = sections(&written);
        let action = cut.sections.iter().find(|(label, _)| *label == Label::Action)?.1;
        let (name, input) = parse_action(action);
        let beside =
            cut.sections.iter().find(|(label, _)| *label == Label::ActionInput).map(|(_, input)| *input);
        let part = |part: &str| within(&written, part);
        let call =
            Call { name: part(name), input: beside.or(input).map(part), observation: None, is_error: None };
        (!name.is_empty()).then_some(call)
    }

    /// The arguments that stand beside the tool, each by its name.
    fn gathered(&self) -> Option<Text<'a>> {
        let mut out = ObjectWriter::default();
        for (key, value) in &self.arguments {
            out.json(key, &value.json());
        }
        out.finish().map(Into::into)
    }
}

/// A call that is an object of its own, or its name.
fn call_of<'a>(call: Value<'_, 'a>) -> Option<Call<'a>> {
    let inner =
        call.any_of(&["function", "function_call", "tool_call", "call"]).filter(|inner| inner.is_object());
    let (outer, call) = (call, inner.unwrap_or(call));
    let mut named = NAME.iter().filter_map(|key| Some((*key, call.get(key)?.text().and_then(filled)?)));
    let element = Element::of_call(call);
    let is_given = element.get(Part::Arguments).is_some_and(|given| given.is_object());
    let is_name = |name: &str| !name.contains(char::is_whitespace) || is_given && is_title(name);
    let (key, name) = named.find(|(_, name)| is_name(name.trim()))?;
    let input = element.get(Part::Arguments).and_then(Value::text_or_json).map(decoded_twice);
    let rest = || {
        let mut out = ObjectWriter::default();
        for (member, value) in call.members().filter(|(member, value)| *member != key && !value.is_null()) {
            let is_beside = BESIDE.contains(&&*member) || &*member == "id" && is_call_id(value);
            if !is_beside && !NAME.contains(&&*member) {
                out.json(&member, &value.json());
            }
        }
        out.finish().map(Into::into)
    };
    let (observation, is_error) = Element::of_call(outer).outcome(None);
    let name = if name.eq_ignore_ascii_case("final answer") { "final_answer".into() } else { name };
    Some(Call { name, input: input.or_else(rest), observation, is_error })
}

/// Whether a text is a name of some words, as `List Files` is, and no sentence.
fn is_title(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (2..=4).contains(&text.split(' ').count()) && text.split(' ').all(is_word)
}

/// `call_44149`, `9bfaf6c5-ca2a-40ee-85fa-f0f494435c32`: what a call is known by, and no argument of it.
fn is_call_id(id: Value<'_, '_>) -> bool {
    id.text().is_some_and(|id| id.starts_with("call") || id.starts_with("tool") || id.len() >= 16)
}
