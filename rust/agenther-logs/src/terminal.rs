//! Calls that end a run, and the answer they carry.

use std::borrow::Cow;

use crate::json::{Limits, Tape, Value, read_inner};
use crate::python_literal::string;
use crate::run::{Run, Text};

/// Names that agents give to the call that hands in the answer, whatever the harness.
const TERMINAL: &[&str] = &[
    "finish",
    "finished",
    "submit",
    "answer",
    "final_answer",
    "finalanswer",
    "final_result",
    "stop",
    "done",
    "complete",
    "terminate",
    "exit",
];

/// Where such a call puts the answer, when its argument is an object.
const ANSWER: &[&str] = &[
    "answer",
    "final_answer",
    "response",
    "result",
    "solution",
    "output",
    "text",
    "message",
    "value",
    "content",
];

/// Whether a tool of this name ends the run.
pub(crate) fn is_terminal(name: &str) -> bool {
    TERMINAL.iter().any(|terminal| name.eq_ignore_ascii_case(terminal))
}

/// The answer in the argument of a terminal call.
fn answer_in<'a>(input: &Text<'a>) -> Option<Text<'a>> {
    let trimmed = input.trim();
    if !trimmed.starts_with(['{', '"']) {
        return keyword(trimmed).or_else(|| (!trimmed.is_empty()).then(|| input.clone()));
    }
    let mut tape = Tape::default();
    let Ok(parsed) = tape.parse(trimmed, Limits::default()) else {
        return Some(input.clone());
    };
    let value = parsed.root();
    let text = value.text().or_else(|| value.any_of(ANSWER)?.text_or_json()).or_else(|| only_text(value))?;
    (!text.trim().is_empty()).then(|| Cow::Owned(text.into_owned()))
}

/// The answer that code hands in as smolagents' does, `final_answer(3)`, where it is a value and no name.
fn answer_in_code<'a>(input: &Text<'_>) -> Option<Text<'a>> {
    const HANDS_IN: &str = "final_answer(";
    if !input.contains(HANDS_IN) {
        return None;
    }
    let code = read_inner(input, |input| Some(input.text_of(&["code"])?.into_owned()));
    let code = code.as_deref().unwrap_or(input);
    let inside = code.rsplit_once(HANDS_IN)?.1.trim_end().strip_suffix(')')?.trim();
    match string(inside) {
        Some((text, rest)) => rest.trim().is_empty().then(|| text.into()),
        None => inside.parse::<f64>().ok().map(|_| inside.to_owned().into()),
    }
}

/// The text of an argument that is written with its name: `content='Done'`.
fn keyword<'a>(input: &str) -> Option<Text<'a>> {
    let (name, value) = input.split_once('=')?;
    ANSWER.contains(&name.trim_end()).then_some(())?;
    let (text, rest) = string(value.trim_start())?;
    (rest.trim().is_empty() && !text.trim().is_empty()).then(|| text.into())
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
        (Some(_), Some(input)) if step.observation.is_none() => answer_in_code(input),
        (None, _) if step.observation.is_none() => step.thought.clone(),
        _ => None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::RunStep;

    #[test]
    fn the_last_call_or_reply_gives_the_answer() {
        let act = |name: &'static str, input: &'static str| RunStep {
            action_name: Some(name.into()),
            action_input: Some(input.into()),
            ..RunStep::default()
        };
        let reply = || RunStep { thought: Some("It is 4.".into()), ..RunStep::default() };
        let user = || RunStep { user: Some("Thanks!".into()), ..RunStep::default() };
        for (steps, answer) in [
            (vec![act("finish", "4")], Some("4")),
            (vec![act("submit", r#"{"answer": "4"}"#)], Some("4")),
            (vec![act("final_answer", r#"{"number": "4"}"#)], Some("4")),
            (vec![act("Finish", r#"{"answer": {"n": 4}}"#)], Some(r#"{"n": 4}"#)),
            (vec![act("finished", "content='It\\'s 4.'")], Some("It's 4.")),
            (vec![act("finish", "x = 4")], Some("x = 4")),
            (vec![act("submit", "{}")], None),
            (vec![act("search", "4")], None),
            (vec![act("python_interpreter", r#"{"code": "n = 4\nfinal_answer(n)"}"#)], None),
            (vec![act("python_interpreter", r#"{"code": "final_answer('It is 4.')"}"#)], Some("It is 4.")),
            (vec![act("python_interpreter", "final_answer(4)")], Some("4")),
            (vec![act("search", "4"), reply(), user()], Some("It is 4.")),
            (vec![reply(), act("search", "4")], None),
            (vec![], None),
        ] {
            let mut run = Run { steps, ..Run::default() };
            set_final_answer(&mut run);
            assert_eq!(run.final_answer.as_deref(), answer, "{:?}", run.steps);
        }
    }
}
