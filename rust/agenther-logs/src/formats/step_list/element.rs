//! One element of a list of steps: a step, several calls, or an event of one.

use super::RUN;
use super::call::Call;
use super::names::{self, Kind, Meaning, OBSERVATIONS, Part, SURE_THOUGHTS, kind_of, meaning};
use crate::formats::{filled, within};
use crate::json::{Keys, Value};
use crate::messages::words;
use crate::react::{Label, label_of, sections};
use crate::run::{RunStep, Text};

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
    "response",
    "user_content",
    "reasoning_content",
];
/// What environments write of each move.
static PLAYED: Keys = Keys::new(&["done", "terminated", "truncated", "player_id"]);
/// Members that one object deeper are still those of the step.
const DEPTH: usize = 2;

/// Whether a member by this name is one of a whole run: its goal, or its answer.
fn is_of_record(key: &str) -> bool {
    ["goal", "task", "question", "user_query", "user_input", "final_answer"].contains(&key)
}

/// A member whose name is known.
#[derive(Clone, Copy)]
pub(super) struct Member<'t, 'a> {
    part: Part,
    /// How telling its name is: the less, the more.
    rank: usize,
    pub value: Value<'t, 'a>,
    /// Whether it stands before what was done.
    is_before: bool,
}

/// The members of an element by what they hold; of several that hold the same, the most telling.
#[derive(Default)]
pub(super) struct Element<'t, 'a> {
    found: Vec<Member<'t, 'a>>,
    /// Members that give a part of the arguments each.
    pub arguments: Vec<(String, Value<'t, 'a>)>,
    pub kind: Option<Kind>,
    /// Whether it has members that only agents' logs have.
    pub is_of_agent: bool,
    /// Whether it is a step of a game, whose `success` is that of the run.
    is_scored: bool,
    /// Whether it is what a player did in a game: beside what was seen stands who moved, or whether that ended it.
    pub is_played: bool,
    /// Whether it says when it was.
    is_logged: bool,
    pub words: Option<Text<'a>>,
}

impl Member<'_, '_> {
    /// Whether it shows the world, as it was before or after: a `result` only comes after. `ACT` is a state of the agent.
    fn is_observation(&self) -> bool {
        let says =
            || self.value.is_object() || self.value.text().is_some_and(|text| text.trim().contains(' '));
        match self.part {
            Part::Observation => self.rank < OBSERVATIONS,
            Part::Before => says(),
            _ => false,
        }
    }
}

/// What the names of the members tell of where the element is from.
#[derive(Default)]
struct Signs {
    is_of_agent: bool,
    names_tool: bool,
    names_agent: bool,
    names_run: bool,
    has_arguments: bool,
    thinks: bool,
    is_logged: bool,
    is_plan: bool,
    /// Whether it is a step of a game, whose `success` is that of the run.
    is_scored: bool,
}

impl Signs {
    fn see(&mut self, key: &str, meaning: Meaning, value: Value<'_, '_>) {
        let is_there = !value.is_null();
        self.is_scored |= matches!(key, "reward" | "done" | "terminated" | "task_id") || is_of_record(key);
        self.is_logged |= meaning.is_of_logs && is_there;
        // Figures of a game are no words of an agent's log.
        self.is_of_agent |=
            meaning.is_of_agents && is_there && value.items().all(|item| item.as_f64().is_none());
        match key {
            "tool" | "tool_name" | "toolName" | "invoked_tool" => self.names_tool |= is_there,
            "agent" | "agent_id" | "agent_name" | "agent_role" => self.names_agent = true,
            "expected" | "expected_result" | "expected_output" => self.is_plan = true,
            _ if RUN.contains(&key) => self.names_run |= is_there,
            _ => {}
        }
        self.has_arguments |= matches!(meaning.part, Some((Part::Arguments, _))) && value.is_object();
        self.thinks |=
            matches!(meaning.part, Some((Part::Thought, rank)) if rank < SURE_THOUGHTS) && value.is_string();
        // An action may hold what only agents have: `{"tool": "move", "tool_args": {…}}`.
        if matches!(meaning.part, Some((Part::Tool, _))) {
            self.is_of_agent |= value.members().any(|(key, _)| names::meaning(&key).is_of_agents);
        }
    }

    /// A tool with its arguments where something says when it was, or what an agent of a run did, tells an agent's log: those
    /// of builds and audits name tools and actions too.
    fn are_of_agent(&self, acts: bool) -> bool {
        let is_told = self.names_tool && (self.has_arguments || self.thinks)
            || self.names_agent && self.names_run && acts;
        self.is_of_agent || is_told && self.is_logged && !self.is_plan
    }
}

impl<'t, 'a> Element<'t, 'a> {
    pub fn of(item: Value<'t, 'a>) -> Self {
        let mut element = Element::default();
        element.take(item, DEPTH);
        let kinds = || {
            let kinds = element.found.iter().filter(|member| member.part == Part::Kind);
            kinds.filter_map(|member| member.value.text())
        };
        // A message is the user's where its role says so.
        let is_user = |kind: &Kind| *kind == Kind::User;
        let known = || kinds().filter_map(|kind| kind_of(&kind));
        // Loggers of lines have the name of an event where others have words: pino's `msg`, `message` of Python's.
        let logged =
            || item.text_of(&["msg", "message"]).filter(|name| is_name(name)).and_then(|name| kind_of(&name));
        let kind = known().find(is_user).or_else(|| known().next()).or_else(logged);
        // `{"type": "tool", "name": …}`
        let is_of_tool = kind.is_some() && kinds().any(|kind| kind.to_ascii_lowercase().contains("tool"));
        element.is_of_agent |= is_of_tool;
        element.is_played =
            item.among(&PLAYED).next().is_some() && element.found.iter().any(Member::is_observation);
        element.kind = kind;
        let inner = |part| element.get(part).and_then(|inside: Value<'_, 'a>| inside.text_of(CONTENT));
        let words = item.text_of(CONTENT).filter(|words| logged().is_none() || !is_name(words));
        element.words = words.or_else(|| inner(Part::Inside)).or_else(|| inner(Part::Observation));
        if kind == Some(Kind::End) {
            element.words = answer_at_end(item);
        }
        element
    }

    /// The members of a call alone.
    pub fn of_call(call: Value<'t, 'a>) -> Self {
        let mut element = Element::default();
        element.take(call, 0);
        element
    }

    fn take(&mut self, item: Value<'t, 'a>, depth: usize) {
        let (mut has_acted, mut is_sorted) = (false, true);
        let mut signs = Signs::default();
        let mut last: Option<Text<'a>> = None;
        let first = self.found.len();
        for (key, value) in item.members() {
            is_sorted &= last.is_none_or(|last| last < key);
            last = Some(key.clone());
            let meaning = meaning(&key);
            signs.see(&key, meaning, value);
            let Some((part, rank)) = meaning.part.filter(|_| !value.is_null()) else { continue };
            has_acted |= matches!(part, Part::Tool | Part::Thought | Part::Written | Part::Calls);
            if part == Part::Argument {
                self.arguments.push((key.into_owned(), value));
            }
            self.found.push(Member { part, rank, value, is_before: !has_acted });
        }
        self.is_of_agent |= signs.are_of_agent(has_acted);
        self.is_scored |= signs.is_scored;
        self.is_logged |= signs.is_logged;
        // Keys in the order of the alphabet tell nothing of what came first, nor do those where nothing was done.
        if is_sorted || !has_acted {
            self.found[first..].iter_mut().for_each(|member| member.is_before = false);
        }
        if depth > 0
            && !self.tells()
            && let Some(inside) = self.get(Part::Inside).filter(|inside| inside.is_object())
        {
            self.take(inside, depth - 1);
        }
    }

    /// Whether what it shows was there before: nothing that came back stands behind what was done.
    pub fn observes_first(&self) -> bool {
        let came_back = |member: &Member<'_, '_>| match member.part {
            Part::After => true,
            Part::Observation => !member.is_before || !member.is_observation(),
            _ => false,
        };
        self.found.iter().any(|member| member.is_before && member.is_observation())
            && !self.found.iter().any(came_back)
    }

    /// Whether its members say what was done.
    fn tells(&self) -> bool {
        self.get(Part::Tool).or(self.get(Part::Calls)).or(self.get(Part::Thought)).is_some()
    }

    pub fn get(&self, part: Part) -> Option<Value<'t, 'a>> {
        self.ranked(part).map(|member| member.value).next()
    }

    /// The members of a part, those behind what was done first, then the most telling.
    pub fn ranked(&self, part: Part) -> impl Iterator<Item = Member<'t, 'a>> {
        let mut ranked: Vec<Member<'t, 'a>> =
            self.found.iter().filter(|member| member.part == part).copied().collect();
        ranked.sort_by_key(|member| (member.is_before && part == Part::Observation, member.rank));
        ranked.into_iter()
    }

    pub fn text(&self, part: Part) -> Option<Text<'a>> {
        self.ranked(part).find_map(|member| words(member.value).and_then(filled))
    }

    /// What the agent thought, in its words: `why: true` is none, nor is `intent: "aggregate"`.
    fn said_thought(&self) -> Option<Text<'a>> {
        let is_said = |value: Value<'_, '_>| {
            value.is_string() || value.is_array() && value.items().all(Value::is_string)
        };
        self.ranked(Part::Thought).filter(|member| is_said(member.value)).find_map(|member| {
            let text = words(member.value).and_then(filled)?;
            let text = match label_of(&text) {
                Some((Label::Thought, rest)) => within(&text, rest.trim_start()),
                _ => text,
            };
            let is_sure = member.rank < SURE_THOUGHTS || !self.has_kind() && text.trim().contains(' ');
            is_sure.then_some(text)
        })
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

    /// Whether it tells what came back from what was there before.
    pub fn has_after(&self) -> bool {
        self.get(Part::After).is_some()
    }

    /// Whether what the user said in it answers what the agent said: what came next stands beside it, and nothing was called.
    pub fn is_answered(&self) -> bool {
        let has_next = self.found.iter().any(|member| member.part == Part::After);
        has_next
            && self.text(Part::User).is_some()
            && self.said_thought().is_some()
            && self.calls().is_empty()
    }

    /// Whether it says what the agent thought.
    pub fn thinks(&self) -> bool {
        self.said_thought().is_some() || self.get(Part::Written).is_some_and(Value::is_string)
    }

    /// What came back, and whether that is an error; `after` where it stands in the element that follows.
    pub fn outcome(&self, after: Option<&Element<'t, 'a>>) -> (Option<Text<'a>>, Option<bool>) {
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

    /// What was there before.
    pub fn seen_before(&self) -> Option<Text<'a>> {
        let seen = self.ranked(Part::Observation).filter(|member| member.rank < OBSERVATIONS);
        let before = || self.ranked(Part::Before);
        seen.chain(before()).find_map(|member| words(member.value).and_then(filled))
    }

    /// Whether what it calls the observation was there before, as what came after is told apart.
    pub fn observed_before(&self) -> bool {
        let mut shown = self.ranked(Part::Observation);
        self.has_after() && shown.next().is_some_and(|member| member.rank < OBSERVATIONS)
    }

    /// The steps that it stands for, in the order of their calls; what came back stands in `after` where that is given, and
    /// calls are events of their own where they follow.
    pub fn steps(&self, after: Option<&Element<'t, 'a>>, calls_follow: bool) -> Vec<RunStep<'a>> {
        // What judged the run, or ended it, is no step of it.
        if matches!(self.kind, Some(Kind::Verdict | Kind::End)) {
            return Vec::new();
        }
        let user = match self.kind {
            Some(Kind::User) => self.words.clone(),
            _ => self.text(Part::User),
        };
        let mut calls = self.calls();
        // What a model decided on is called by an event of its own.
        if calls_follow && self.kind == Some(Kind::Said) {
            calls.retain(|call| call.input.is_some() || call.observation.is_some());
        }
        let thought = self.thought(calls.is_empty());
        let speaks = matches!(self.kind, Some(Kind::Thought | Kind::Said | Kind::Answer | Kind::User));
        // What an agent's node puts out is the call, which the node of its tools answers.
        let (mut observation, error) = match speaks && self.get(Part::Thought).is_none() {
            true if after.is_none() => (None, None),
            _ => self.outcome(after),
        };
        if calls.is_empty() {
            let is_result = self.kind == Some(Kind::Observation) || !self.has_kind() && self.shows_back();
            let observation =
                observation.filter(|_| is_result && !speaks && (thought.is_none() || after.is_some()));
            return vec![RunStep { user, thought, observation, error, ..RunStep::default() }];
        }
        let last = calls.len() - 1;
        // Results in a list are those of the calls, one by one.
        let listed: Vec<Option<Text<'a>>> = match self.get(Part::Observation) {
            Some(results) if last > 0 && results.items().count() == calls.len() => {
                observation = None;
                results.items().map(|result| words(result).and_then(filled)).collect()
            }
            _ => Vec::new(),
        };
        let step = |(at, call): (usize, Call<'a>)| {
            let own = call.observation.or_else(|| listed.get(at).cloned().flatten());
            let shared = if at == last { observation.take() } else { None };
            RunStep {
                user: user.clone().filter(|_| at == 0),
                thought: thought.clone().filter(|_| at == 0),
                action_name: Some(call.name),
                action_input: call.input,
                observation: own.or(shared),
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
        // Words beside calls are those of the agent.
        if !is_bare
            && self.get(Part::Calls).is_some()
            && let Some(said) = self.get(Part::Inside).filter(|said| said.is_string())
        {
            return words(said).and_then(filled);
        }
        if is_bare && matches!(self.kind, Some(Kind::Thought | Kind::Said | Kind::Answer)) {
            return self.words.clone();
        }
        if let Some((words, _)) = self.written_move() {
            return Some(words);
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
        self.text(Part::Answer)
            .or_else(|| self.words.clone().filter(|_| matches!(self.kind, Some(Kind::Answer | Kind::End))))
    }
}

/// What the agent answered, in the event that ends its run; beside a question or a prediction it is the gold answer.
fn answer_at_end<'a>(item: Value<'_, 'a>) -> Option<Text<'a>> {
    let is_graded =
        item.any_of(&["question", "prediction", "predicted", "expected", "ground_truth"]).is_some();
    item.text_of(&["answer"]).filter(|_| !is_graded)
}

/// Whether a text is the name of an event, which has two words at least: `tool_call`.
fn is_name(text: &str) -> bool {
    text.contains(['_', '.'])
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'))
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
