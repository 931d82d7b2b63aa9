//! The steps of a mapped record.

use std::borrow::Cow;

use super::path::{Path, Places, Segment, decoded, elements, walk};
use crate::formats::within;
use crate::json::Value;
use crate::messages::{decoded_twice, words};
use crate::react::{parse_action, without_lines_from};
use crate::run::{RunStep, Text};

/// How name and argument of an action are written into one text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Syntax {
    /// `search[tea]`, `search(tea)`.
    Call,
    /// `search tea`.
    Words,
}

/// Where the fields of a step are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StepPaths {
    pub user: Places,
    pub thought: Places,
    pub calls: Option<Path>,
    pub tool: Places,
    pub tool_name: Option<String>,
    pub arguments: Places,
    pub action: Places,
    pub syntax: Syntax,
    pub thoughts: Vec<String>,
    pub observation: Places,
    pub leaks: Vec<String>,
    pub error: Places,
    pub error_words: Option<Vec<String>>,
}

impl StepPaths {
    /// The steps in the list at `path`, or what of them is missing.
    pub fn read<'a>(&self, path: &Path, record: Value<'_, 'a>) -> Result<Vec<RunStep<'a>>, String> {
        let mut items = Vec::new();
        elements_at(path.segments(), record, &|item, steps| self.item(item, steps), &mut items);
        let met = items.len();
        let mut events = Events::default();
        items.into_iter().for_each(|item| events.push(item));
        match (met, events.steps.is_empty()) {
            (0, _) => Err(format!("it has no steps at `{path}`")),
            (_, true) => {
                Err(format!("none of its {met} steps at `{path}` has anything at {}", self.places()))
            }
            (_, false) => Ok(events.steps),
        }
    }

    fn places(&self) -> String {
        let places =
            [&self.user, &self.thought, &self.tool, &self.arguments, &self.action, &self.observation];
        let mut places: Vec<String> =
            places.into_iter().filter(|places| !places.is_unknown()).map(Places::to_string).collect();
        places.extend(self.calls.as_ref().map(|path| format!("`{path}`")));
        places.join(", ")
    }

    /// One element of the list of steps: a step, or one for each of its calls.
    fn item<'a>(&self, item: Value<'_, 'a>, steps: &mut Vec<RunStep<'a>>) {
        let first = steps.len();
        if let Some(calls) = &self.calls {
            elements_at(calls.segments(), item, &|call, steps| steps.push(self.call(call)), steps);
        }
        if steps.len() == first {
            steps.push(self.call(item));
        } else if steps[first..].iter().all(|step| step.observation.is_none()) {
            // One result for all calls of the step stands beside them.
            let (observation, error) = self.outcome(item);
            if let Some(last) = steps.last_mut() {
                last.observation = observation;
                last.error = last.error.or(error);
            }
        }
        let mut thought = self.thought.text(item, words);
        join(&mut thought, steps[first].thought.take());
        steps[first].thought = thought;
        steps[first].user = self.user.text(item, words);
    }

    /// An action and what came of it.
    fn call<'a>(&self, call: Value<'_, 'a>) -> RunStep<'a> {
        let mut step = RunStep::default();
        let arguments = self.arguments.text(call, |value| value.text_or_json()).map(decoded_twice);
        let (name, input) = match (self.action.is_unknown(), &self.tool_name) {
            (false, _) => match self.action.text(call, |value| value.text()) {
                Some(action) => self.split(&action),
                None => (None, None),
            },
            (true, Some(name)) => (arguments.is_some().then(|| Cow::Owned(name.clone())), arguments),
            (true, None) => (self.tool.text(call, |value| value.scalar()), arguments),
        };
        match name {
            Some(name) if self.thoughts.iter().any(|thought| thought.eq_ignore_ascii_case(&name)) => {
                step.thought = input;
            }
            Some(name) => {
                step.action_name = Some(name);
                step.action_input = input;
            }
            None => {}
        }
        (step.observation, step.error) = self.outcome(call);
        step
    }

    /// What came back, and whether it is an error.
    fn outcome<'a>(&self, value: Value<'_, 'a>) -> (Option<Text<'a>>, Option<bool>) {
        let error = self.error.first(value, &|value| self.is_error(value));
        let observed = self.observation.text(value, words).or_else(|| self.error_text(value, error));
        // A call that gave nothing back did come back.
        let blank = || self.observation.first(value, &|value| value.text().map(|_| Cow::Borrowed("")));
        let observed = observed.or_else(blank);
        (observed.and_then(|observed| self.without_leaks(observed)), error)
    }

    fn split<'a>(&self, action: &Text<'a>) -> (Option<Text<'a>>, Option<Text<'a>>) {
        let (name, input) = match self.syntax {
            Syntax::Call => parse_action(action),
            Syntax::Words => match action.trim().split_once(char::is_whitespace) {
                Some((name, input)) => (name, Some(input.trim_start())),
                None => (action.trim(), None),
            },
        };
        let part = |part: &str| within(action, part);
        (Some(name).filter(|name| !name.is_empty()).map(part), input.map(part))
    }

    fn is_error(&self, value: Value<'_, '_>) -> Option<bool> {
        if let (Some(words), Some(text)) = (&self.error_words, value.scalar()) {
            return Some(words.iter().any(|word| word.trim().eq_ignore_ascii_case(text.trim())));
        }
        let number = value.as_f64().map(|code| code != 0.0);
        value.as_bool().or(number).or_else(|| match value.text() {
            Some(text) => Some(!matches!(text.trim(), "" | "false" | "False")),
            None => Some(elements(value).next().is_some()),
        })
    }

    /// What an error says stands in for an observation, unless it is a mere flag.
    fn error_text<'a>(&self, call: Value<'_, 'a>, error: Option<bool>) -> Option<Text<'a>> {
        if error != Some(true) || self.error_words.is_some() {
            return None;
        }
        self.error.text(call, |value| {
            let telling =
                value.is_object() || value.is_array() || value.is_string() && value.as_f64().is_none();
            if telling { value.text_or_json() } else { None }
        })
    }

    fn without_leaks<'a>(&self, observed: Text<'a>) -> Option<Text<'a>> {
        let is_leak = |line: &str| self.leaks.iter().any(|leak| line.trim_start().starts_with(&**leak));
        match without_lines_from(&observed, is_leak) {
            Some(kept) if kept.len() == observed.len() => Some(observed),
            kept => kept.map(|kept| Cow::Owned(kept.to_owned())),
        }
    }
}

/// Has `read` make steps of the elements of every list that the segments lead to.
fn elements_at<'a>(
    segments: &[Segment],
    value: Value<'_, 'a>,
    read: &dyn for<'x> Fn(Value<'_, 'x>, &mut Vec<RunStep<'x>>),
    steps: &mut Vec<RunStep<'a>>,
) {
    let leads_to_elements = Path::leads_to_elements(segments);
    walk(segments, value, &mut |value, rest| {
        if leads_to_elements && rest.is_empty() {
            read(value, steps);
        } else if let Some(text) = value.text() {
            let inside = decoded(&text, |value| {
                let mut found = Vec::new();
                elements_at(rest, value, read, &mut found);
                found.into_iter().map(RunStep::into_owned).collect::<Vec<_>>()
            });
            steps.extend(inside.into_iter().flatten());
        } else {
            elements(value).for_each(|element| read(element, steps));
        }
    });
}

fn join<'a>(thought: &mut Option<Text<'a>>, more: Option<Text<'a>>) {
    match (thought.as_mut(), more) {
        (Some(thought), Some(more)) => thought.to_mut().extend(["\n", &*more]),
        (_, more) => *thought = thought.take().or(more),
    }
}

/// Steps as they come. Where a log has an element for each event, a thought joins the action that
/// follows it, and a result the first action that still waits for one.
#[derive(Default)]
pub(crate) struct Events<'a> {
    /// The steps so far.
    pub steps: Vec<RunStep<'a>>,
    /// From here on all steps wait for a result.
    waiting: usize,
}

impl<'a> Events<'a> {
    /// Takes the next.
    pub fn push(&mut self, mut step: RunStep<'a>) {
        let acts = step.action_name.is_some();
        let speaks = acts || step.thought.is_some() || step.user.is_some();
        if !speaks && step.observation.is_none() {
            return;
        }
        if !speaks && let Some(waiting) = self.steps.get_mut(self.waiting) {
            waiting.observation = step.observation;
            waiting.error = step.error;
            self.waiting += 1;
            return;
        }
        if let Some(said) = self.steps.pop_if(|last| opens(last, &step)) {
            step.user = said.user;
            step.thought = step.thought.or(said.thought);
            self.waiting = self.steps.len();
        }
        let waits = acts && step.observation.is_none();
        self.steps.push(step);
        if !waits {
            self.waiting = self.steps.len();
        }
    }
}

/// Whether `last` is only what was said before `step`.
fn opens(last: &RunStep<'_>, step: &RunStep<'_>) -> bool {
    let only_words = last.action_name.is_none() && last.observation.is_none();
    let of_the_agent = step.action_name.is_some() && step.thought.is_none();
    only_words && step.user.is_none() && (last.thought.is_none() || of_the_agent)
}
