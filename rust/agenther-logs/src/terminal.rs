//! Calls that end a run, and the answer they carry.

use std::borrow::Cow;

use crate::json::{Limits, Tape, Value};
use crate::run::{Run, Text};

/// Names that agents give to the call that hands in the answer, whatever the harness.
const TERMINAL: &[&str] = &[
    "finish",
    "submit",
    "answer",
    "final_answer",
    "finalanswer",
    "stop",
    "done",
    "complete",
    "terminate",
    "exit",
];

/// Where such a call puts the answer, when its argument is an object.
const ANSWER: &[&str] =
    &["answer", "final_answer", "response", "result", "solution", "output", "text", "message", "value"];

/// Whether a tool of this name ends the run.
pub(crate) fn is_terminal(name: &str) -> bool {
    TERMINAL.iter().any(|terminal| name.eq_ignore_ascii_case(terminal))
}

/// The answer in the argument of a terminal call.
fn answer_in<'a>(input: &Text<'a>) -> Option<Text<'a>> {
    let trimmed = input.trim();
    if !trimmed.starts_with(['{', '"']) {
        return (!trimmed.is_empty()).then(|| input.clone());
    }
    let mut tape = Tape::default();
    if tape.parse(trimmed, Limits::default()).is_err() {
        return Some(input.clone());
    }
    let value = Value::root(&tape, trimmed)?;
    let text = value.text().or_else(|| value.any_of(ANSWER)?.text_or_json()).or_else(|| only_text(value))?;
    (!text.trim().is_empty()).then(|| Cow::Owned(text.into_owned()))
}

fn only_text<'a>(value: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut members = value.members();
    let (_, only) = members.next()?;
    if members.next().is_some() { None } else { only.text() }
}

/// Sets the final answer of a run that does not state one: the argument of the terminal call, or
/// the reply, that the agent ended with.
pub(crate) fn set_final_answer(run: &mut Run<'_>) {
    if run.final_answer.is_some() {
        return;
    }
    let last = run.steps.iter().rev().find(|step| step.thought.is_some() || step.action_name.is_some());
    run.final_answer = last.and_then(|step| match (&step.action_name, &step.action_input) {
        (Some(name), Some(input)) if is_terminal(name) => answer_in(input),
        (None, _) if step.observation.is_none() => step.thought.clone(),
        _ => None,
    });
}
