//! One element of a list of steps: a step, several calls, or an event of one.

use super::names::{Kind, Meaning, Part, SURE_THOUGHTS, kind_of, meaning};
use crate::formats::filled;
use crate::json::{ObjectWriter, Value};
use crate::messages::{decoded_twice, words};
use crate::react::{Label, is_call, label_of, parse_action, sections};
use crate::run::{RunStep, Text};

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
    "id",
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
    "status",
    "success",
    "ok",
    "duration_ms",
    "latency_ms",
    "confidence",
];
/// Where the words of an event stand.
const CONTENT: &[&str] = &[
    "content",
    "text",
    "message",
    "output",
    "result",
    "observation",
    "thought",
    "data",
    "value",
    "summary",
    "detail",
    "input",
    "query",
    "question",
    "task",
    "goal",
    "answer",
];
/// Members that one object deeper are still those of the step.
const DEPTH: usize = 2;

/// The members of an element by what they hold; of several that hold the same, the most telling.
#[derive(Default)]
pub(super) struct Element<'t, 'a> {
    found: Vec<(Part, usize, Value<'t, 'a>)>,
    /// Members that give a part of the arguments each.
    arguments: Vec<(String, Value<'t, 'a>)>,
    pub kind: Option<Kind>,
    /// Whether it has members that only agents' logs have.
    pub is_of_agent: bool,
    /// Whether what was observed stands before what was done.
    pub observes_first: bool,
    /// Whether it is a step of a game, whose `success` is that of the run.
    is_scored: bool,
    /// Whether it says when it was.
    is_logged: bool,
    words: Option<Text<'a>>,
}

/// What the names of the members tell of where the element is from.
#[derive(Default)]
struct Signs {
    is_of_agent: bool,
    names_tool: bool,
    names_agent: bool,
    is_logged: bool,
    is_plan: bool,
    /// Whether it is a step of a game, whose `success` is that of the run.
    is_scored: bool,
}

impl Signs {
    fn see(&mut self, key: &str, meaning: Meaning, value: Value<'_, '_>) {
        self.is_scored |= matches!(key, "reward" | "done" | "terminated");
        self.is_logged |= meaning.is_of_logs && !value.is_null();
        self.is_of_agent |= meaning.is_of_agents && !value.is_null();
        match key {
            "tool" | "tool_name" | "toolName" | "invoked_tool" => self.names_tool |= !value.is_null(),
            "agent" | "agent_id" | "agent_name" | "agent_role" => self.names_agent = true,
            "expected" | "expected_result" | "expected_output" => self.is_plan = true,
            _ => {}
        }
    }

    /// A tool, an agent's action or a result tell an agent's log where something says when it was.
    fn are_of_agent(&self, item: Value<'_, '_>, acts: bool) -> bool {
        let says = |name| item.get(name).is_some_and(Value::is_string);
        let is_told = self.names_tool || self.names_agent && acts || says("action") && says("result");
        self.is_of_agent || is_told && self.is_logged && !self.is_plan
    }
}

/// A call as an element has it.
struct Call<'a> {
    name: Text<'a>,
    input: Option<Text<'a>>,
    observation: Option<Text<'a>>,
    is_error: Option<bool>,
}

impl<'t, 'a> Element<'t, 'a> {
    pub fn of(item: Value<'t, 'a>) -> Self {
        let mut element = Element::default();
        element.take(item, DEPTH);
        let kinds = || {
            let kinds = element.found.iter().filter(|(part, ..)| *part == Part::Kind);
            kinds.filter_map(|(_, _, kind)| kind.text())
        };
        let kind = kinds().find_map(|kind| kind_of(&kind));
        // `{"type": "tool", "name": …}`
        let is_of_tool = kind.is_some() && kinds().any(|kind| kind.to_ascii_lowercase().contains("tool"));
        element.is_of_agent |= is_of_tool;
        element.kind = kind;
        let inner = |part| element.get(part).and_then(|inside: Value<'_, 'a>| inside.text_of(CONTENT));
        element.words =
            item.text_of(CONTENT).or_else(|| inner(Part::Inside)).or_else(|| inner(Part::Observation));
        element
    }

    fn take(&mut self, item: Value<'t, 'a>, depth: usize) {
        let (mut acted, mut observed, mut is_sorted) = (None, None, true);
        let mut signs = Signs::default();
        let mut last: Option<Text<'a>> = None;
        for (at, (key, value)) in item.members().enumerate() {
            is_sorted &= last.is_none_or(|last| last < key);
            last = Some(key.clone());
            let meaning = meaning(&key);
            signs.see(&key, meaning, value);
            let Some((part, rank)) = meaning.part.filter(|_| !value.is_null()) else { continue };
            match part {
                Part::Tool | Part::Thought | Part::Written | Part::Calls => acted = acted.or(Some(at)),
                Part::Observation => observed = observed.or(Some(at)),
                // `ACT` is a state of the agent.
                Part::Before if value.is_object() || value.text().is_some_and(|text| text.contains(' ')) => {
                    observed = observed.or(Some(at));
                }
                Part::Argument => self.arguments.push((key.into_owned(), value)),
                _ => {}
            }
            self.found.push((part, rank, value));
        }
        self.is_of_agent |= signs.are_of_agent(item, acted.is_some());
        self.is_scored |= signs.is_scored;
        self.is_logged |= signs.is_logged;
        // Keys in the order of the alphabet tell nothing of what came first.
        self.observes_first |=
            !is_sorted && acted.zip(observed).is_some_and(|(acted, observed)| observed < acted);
        if depth > 0
            && !self.tells()
            && let Some(inside) = self.get(Part::Inside).filter(|inside| inside.is_object())
        {
            self.take(inside, depth - 1);
        }
    }

    /// Whether its members say what was done.
    fn tells(&self) -> bool {
        self.get(Part::Tool).or(self.get(Part::Calls)).or(self.get(Part::Thought)).is_some()
    }

    pub fn get(&self, part: Part) -> Option<Value<'t, 'a>> {
        let of_part = self.found.iter().filter(|(found, ..)| *found == part);
        of_part.min_by_key(|(_, rank, _)| *rank).map(|(.., value)| *value)
    }

    fn text(&self, part: Part) -> Option<Text<'a>> {
        self.get(part).and_then(words).and_then(filled)
    }

    /// What the agent thought, in its words: `why: true` is none, nor is `intent: "aggregate"`.
    fn said_thought(&self) -> Option<Text<'a>> {
        let thoughts = self.found.iter().filter(|(part, _, value)| {
            *part == Part::Thought
                && (value.is_string() || value.items().all(Value::is_string) && value.is_array())
        });
        let mut thoughts: Vec<_> = thoughts.collect();
        thoughts.sort_by_key(|(_, rank, _)| *rank);
        let text = |(_, rank, value): &&(Part, usize, Value<'t, 'a>)| {
            let text = words(*value).and_then(filled)?;
            let text = match label_of(&text) {
                Some((Label::Thought, rest)) => crate::formats::within(&text, rest.trim_start()),
                _ => text,
            };
            (*rank < SURE_THOUGHTS || text.trim().contains(' ')).then_some(text)
        };
        thoughts.iter().find_map(text)
    }

    /// Whether it says which tool was called, and with what, what came back or why.
    pub fn acts(&self) -> bool {
        let given = self.get(Part::Arguments).is_some_and(|input| input.is_object() || input.is_string())
            || !self.arguments.is_empty()
            || self.shows_back()
            || self.thinks();
        self.calls().iter().any(|call| call.input.is_some() || given || call.observation.is_some())
    }

    fn shows_back(&self) -> bool {
        self.get(Part::Observation).or(self.get(Part::After)).is_some()
    }

    /// Whether it shows what came back.
    pub fn shows(&self) -> bool {
        self.shows_back()
            || self.kind == Some(Kind::Observation) && self.words.is_some()
            || self.calls().iter().any(|call| call.observation.is_some())
    }

    /// Whether it is a step of an agent, or what an agent's log has of one on a line of its own.
    pub fn is_logged_by_agent(&self) -> bool {
        match self.kind {
            Some(Kind::Thought) => self.is_logged && (self.words.is_some() || self.thinks()),
            Some(Kind::Call) => self.is_of_agent && self.acts(),
            Some(Kind::Observation) => self.is_of_agent && self.shows(),
            _ => self.is_of_agent && self.acts() && (self.shows() || self.thinks() || self.is_logged),
        }
    }

    /// Whether it says what kind of event it is, known or not.
    pub fn has_kind(&self) -> bool {
        self.get(Part::Kind).is_some_and(Value::is_string)
    }

    /// Whether it is a part of a step by its kind.
    pub fn is_event(&self) -> bool {
        self.kind.is_some() && self.words.is_some()
    }

    /// Whether it tells what came back from what was there before.
    pub fn has_after(&self) -> bool {
        self.get(Part::After).is_some()
    }

    /// Whether it says what the agent thought.
    pub fn thinks(&self) -> bool {
        self.said_thought().is_some() || self.get(Part::Written).is_some_and(Value::is_string)
    }

    fn calls(&self) -> Vec<Call<'a>> {
        if self.kind == Some(Kind::Observation) && self.get(Part::Arguments).is_none() {
            return Vec::new();
        }
        let listed = self.get(Part::Calls).or(self.get(Part::Tool).filter(|tool| tool.is_array()));
        let listed: Vec<Call<'a>> =
            listed.into_iter().flat_map(|calls| calls.items()).filter_map(call_of).collect();
        if !listed.is_empty() {
            return listed;
        }
        let mut tools: Vec<_> = self.found.iter().filter(|(part, ..)| *part == Part::Tool).collect();
        tools.sort_by_key(|(_, rank, _)| *rank);
        tools
            .into_iter()
            .find_map(|(_, _, tool)| self.call(*tool))
            .or_else(|| self.named_call())
            .or_else(|| self.written_call())
            .or_else(|| self.keyed_call())
            .into_iter()
            .collect()
    }

    /// The call that a member names.
    fn call(&self, tool: Value<'t, 'a>) -> Option<Call<'a>> {
        let given = self.get(Part::Arguments).or(self.get(Part::Inside).filter(|inside| inside.is_object()));
        let input = || given.and_then(Value::text_or_json).map(decoded_twice).and_then(filled);
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
        let part = |part: &str| crate::formats::within(&action, part);
        if !trimmed.contains(char::is_whitespace) && !is_call(trimmed) {
            return call(part(trimmed), input().or_else(|| self.gathered()));
        }
        // `Creating the plan` says what was done, and calls nothing.
        let is_command = is_call(trimmed) || trimmed.starts_with(|first: char| first.is_lowercase());
        let (name, given) = parse_action(trimmed);
        let given = given.map(part);
        (is_command && !name.is_empty()).then(|| call(part(name), given.or_else(input))).flatten()
    }

    /// The call of an event that is called as its tool is.
    fn named_call(&self) -> Option<Call<'a>> {
        let is_call = match self.kind? {
            Kind::Call => true,
            Kind::Observation => self.get(Part::Arguments).is_some(),
            _ => false,
        };
        self.call(self.get(Part::Name).filter(|name| is_call && name.is_string())?)
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
        let part = |part: &str| crate::formats::within(&written, part);
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

    /// What came back, and whether that is an error; `after` where it stands in the element that follows.
    fn outcome(&self, after: Option<&Element<'t, 'a>>) -> (Option<Text<'a>>, Option<bool>) {
        let is_said = self.kind == Some(Kind::Observation);
        let seen = match after {
            Some(next) => next.text(Part::Observation).or_else(|| next.text(Part::Before)),
            None if self.observed_before() => self.text(Part::After),
            None => self.text(Part::Observation).or_else(|| self.text(Part::After)),
        };
        let own = || self.get(Part::Observation).filter(|seen| after.is_none() && seen.is_string());
        let blank = || own().map(|_| "".into());
        let seen = seen.or_else(|| self.words.clone().filter(|_| is_said));
        let error = self.get(Part::Error).map(|error| (is_raised(error), error));
        let done = self.get(Part::Done).filter(|_| !self.is_scored).and_then(went_well).map(|well| !well);
        let told = error.and_then(|(raised, error)| telling(error).filter(|_| raised));
        let raised = error.map(|(raised, _)| raised);
        let is_error = if done == Some(true) { done } else { raised.or(done) };
        (seen.or(told).or_else(blank), is_error)
    }

    /// Whether what it calls the observation was there before, as what came after is told apart. A `result` never is.
    fn observed_before(&self) -> bool {
        const OBSERVATION: usize = 3;
        let names = self.found.iter().filter(|(part, ..)| *part == Part::Observation);
        let is_named = names.map(|(_, rank, _)| *rank).min().is_some_and(|rank| rank < OBSERVATION);
        self.has_after() && is_named
    }

    /// The steps that it stands for, in the order of their calls.
    pub fn steps(&self, after: Option<&Element<'t, 'a>>) -> Vec<RunStep<'a>> {
        let user = match self.kind {
            Some(Kind::User) => self.words.clone(),
            _ => self.text(Part::User),
        };
        let calls = self.calls();
        let thought = self.thought(calls.is_empty());
        let speaks = matches!(self.kind, Some(Kind::Thought | Kind::Said | Kind::Answer | Kind::User));
        // What an agent's node puts out is the call, which the node of its tools answers.
        let (mut observation, error) = match speaks && self.get(Part::Thought).is_none() {
            true if after.is_none() => (None, None),
            _ => self.outcome(after),
        };
        if calls.is_empty() {
            let observation = observation.filter(|_| !speaks && (thought.is_none() || after.is_some()));
            return vec![RunStep { user, thought, observation, error, ..RunStep::default() }];
        }
        let last = calls.len() - 1;
        // Results in a list are those of the calls, one by one.
        let listed: Vec<Text<'a>> = match self.get(Part::Observation) {
            Some(results) if last > 0 && results.items().count() == calls.len() => {
                results.items().filter_map(words).collect()
            }
            _ => Vec::new(),
        };
        let step = |(at, call): (usize, Call<'a>)| {
            let own = call.observation.or_else(|| listed.get(at).cloned());
            RunStep {
                user: user.clone().filter(|_| at == 0),
                thought: thought.clone().filter(|_| at == 0),
                action_name: Some(call.name),
                action_input: call.input,
                observation: own.or_else(|| observation.take().filter(|_| at == last)),
                error: call.is_error.or(error.filter(|_| at == last)),
            }
        };
        calls.into_iter().enumerate().map(step).collect()
    }

    /// What the agent thought, or said where it called nothing.
    fn thought(&self, is_bare: bool) -> Option<Text<'a>> {
        let thought = self.said_thought();
        if thought.is_some() || self.kind == Some(Kind::Observation) {
            return thought;
        }
        if is_bare && matches!(self.kind, Some(Kind::Thought | Kind::Said | Kind::Answer)) {
            return self.words.clone();
        }
        let written = self.get(Part::Written)?.text()?;
        let cut = sections(&written);
        let thoughts: Vec<&str> = cut
            .sections
            .iter()
            .filter(|(label, _)| *label == Label::Thought)
            .map(|(_, text)| *text)
            .collect();
        let said = if thoughts.is_empty() { cut.preface.to_owned() } else { thoughts.join("\n") };
        filled(said.into())
    }

    /// The answer that it ends the run with.
    pub fn answer(&self) -> Option<Text<'a>> {
        self.text(Part::Answer).or_else(|| self.words.clone().filter(|_| self.kind == Some(Kind::Answer)))
    }
}

/// A call that is an object of its own, or its name.
fn call_of<'a>(call: Value<'_, 'a>) -> Option<Call<'a>> {
    let inner =
        call.any_of(&["function", "function_call", "tool_call", "call"]).filter(|inner| inner.is_object());
    let (outer, call) = (call, inner.unwrap_or(call));
    let mut named = NAME.iter().filter_map(|key| Some((*key, call.get(key)?.text().and_then(filled)?)));
    let (key, name) = named.find(|(_, name)| !name.trim().contains(char::is_whitespace))?;
    let element = Element::default().with(call);
    let input = element.get(Part::Arguments).and_then(Value::text_or_json).map(decoded_twice);
    let rest = || {
        let mut out = ObjectWriter::default();
        for (member, value) in call.members().filter(|(member, value)| *member != key && !value.is_null()) {
            if !BESIDE.contains(&&*member) && !NAME.contains(&&*member) {
                out.json(&member, &value.json());
            }
        }
        out.finish().map(Into::into)
    };
    let (observation, is_error) = Element::default().with(outer).outcome(None);
    Some(Call { name, input: input.or_else(rest), observation, is_error })
}

impl<'t, 'a> Element<'t, 'a> {
    fn with(mut self, item: Value<'t, 'a>) -> Self {
        self.take(item, 0);
        self
    }
}

/// Whether an error is one: neither `false`, nor 0, nor a blank text.
fn is_raised(error: Value<'_, '_>) -> bool {
    let number = error.as_f64().filter(|_| !error.is_string()).map(|code| code != 0.0);
    error.as_bool().or(number).unwrap_or_else(|| match error.text() {
        Some(text) => !matches!(text.trim(), "" | "false" | "False" | "None" | "none"),
        None => error.items().next().is_some() || error.members().next().is_some(),
    })
}

/// What an error says, unless it is a mere flag.
fn telling<'a>(error: Value<'_, 'a>) -> Option<Text<'a>> {
    let says = error.is_object() || error.is_array() || error.is_string() && error.as_f64().is_none();
    if says { error.text_or_json() } else { None }
}

/// Whether a step went well, where it says so. Other words of a status are those of the tool.
fn went_well(done: Value<'_, '_>) -> Option<bool> {
    done.as_bool().or_else(|| match &*done.text()?.to_ascii_lowercase() {
        "error" | "failed" | "failure" | "fail" => Some(false),
        _ => None,
    })
}
