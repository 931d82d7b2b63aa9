//! Code that checks itself: a function whose own assertions passed demonstrates the request to write it.

use std::collections::BTreeSet;

use super::{Candidate, Proposals, english};
use crate::hindsight::{Support, Wording};
use crate::reading::Reading;
use crate::signals::tool_status::Status;
use crate::trajectory::{Field, Span};

/// More checks than this make a list, not a request.
const MAX_CHECKS: usize = 3;
/// A longer check is data, which nobody dictates.
const MAX_CHECK: usize = 160;

/// Proposes to write the functions that passed their checks.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut asked = BTreeSet::new();
    for (index, step) in reading.steps.iter().enumerate() {
        let (Some(code), Some(_)) = (step.step.action_input, step.step.action_name) else { continue };
        let observation = step.step.observation.unwrap_or("");
        let quiet = match step.status {
            Status::Empty => true,
            Status::Ok => says_no_output(observation),
            _ => false,
        };
        let Some(function) = quiet.then(|| checked_function(code)).flatten() else { continue };
        let candidate = candidate(index as u32, code, &function);
        if asked.insert(candidate.goal.clone()) {
            out.push(candidate);
        }
    }
}

/// Whether an observation only says that the code ran: a check that fails prints a traceback.
fn says_no_output(observation: &str) -> bool {
    let lower = observation.to_lowercase();
    observation.len() <= 80
        && lower.contains("success")
        && !lower.contains("error")
        && !lower.contains("unsuccess")
}

/// The only function of a piece of code, and what its assertions say of it.
struct Checked<'a> {
    signature: &'a str,
    checks: Vec<Check<'a>>,
}

struct Check<'a> {
    call: &'a str,
    value: &'a str,
}

fn checked_function(code: &str) -> Option<Checked<'_>> {
    let mut definitions = code.lines().filter_map(|line| line.strip_prefix("def "));
    let signature = definitions.next()?;
    let single = definitions.next().is_none();
    let name = signature.split('(').next()?;
    let lines = code
        .lines()
        .filter(|line| !line.starts_with([' ', '\t', '#', ')', ']', '}']) && !line.trim().is_empty());
    let mut checks = Vec::new();
    for line in lines {
        let known = ["def ", "import ", "from ", "@"].iter().any(|start| line.starts_with(start));
        match line.strip_prefix("assert ") {
            Some(assertion) => checks.push(check(name, assertion)?),
            None if known => {}
            None => return None, // a statement at the top that may print, catch or change what is checked
        }
    }
    let asked =
        (1..=MAX_CHECKS).contains(&checks.len()) && !code.contains("try:") && !code.contains("__eq__");
    (single && asked).then_some(Checked { signature, checks })
}

/// `f(1, 2) == 3, "message"`
fn check<'a>(name: &str, assertion: &'a str) -> Option<Check<'a>> {
    let (call, rest) = assertion.split_once(" == ")?;
    let value = &rest[..literal_end(rest)?];
    let message = rest[value.len()..].trim_start();
    let whole = message.is_empty() || message.starts_with(',') || message.starts_with('#');
    let calls = call.strip_prefix(name).is_some_and(|rest| rest.starts_with('(') && rest.ends_with(')'));
    (whole && calls && call.len() <= MAX_CHECK && value.len() <= MAX_CHECK && !value.is_empty())
        .then_some(Check { call, value })
}

/// Where the expression that a text begins with ends: at a comma or comment outside brackets and quotes.
fn literal_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.checked_sub(1)?,
            (None, ',' | '#') if depth == 0 => return Some(text[..at].trim_end().len()),
            (None, _) => {}
        }
    }
    (depth == 0 && quote.is_none()).then(|| text.trim_end().len())
}

fn candidate(step: u32, code: &str, function: &Checked<'_>) -> Candidate {
    let parameters: Vec<&str> =
        function.signature.split(['(', ')']).nth(1).unwrap_or("").split(',').collect();
    let names: Vec<&str> = parameters
        .iter()
        .map(|one| one.split([':', '=']).next().unwrap_or(one).trim())
        .filter(|n| !n.is_empty())
        .collect();
    let plain = names.iter().all(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '*'));
    let name = function.signature.split('(').next().unwrap_or("");
    let header = if plain { format!("{name}({})", names.join(", ")) } else { name.to_string() };
    let checks: Vec<String> =
        function.checks.iter().map(|check| format!("{} is {}", check.call, check.value)).collect();
    let evidence = function
        .checks
        .iter()
        .map(|check| {
            let start = check.call.as_ptr() as usize - code.as_ptr() as usize;
            let span = Span::new(start, start + check.call.len());
            Support { text: check.call.to_string(), step: Some(step), field: Field::ActionInput, span }
        })
        .collect();
    let passes = if checks.len() == 1 { "the check passes" } else { "the checks pass" };
    Candidate {
        goal: format!(
            "Write a Python function {header} and check that {}.",
            english::enumerate(&checks, "and")
        ),
        answer: format!("The function {name} is defined above; {passes}."),
        wording: Wording::Phrase,
        steps: vec![step],
        slots: Vec::new(),
        evidence,
        prior: 0.8,
        trivial: false,
    }
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goal(code: &str, output: &str) -> Option<String> {
        proposals(super::propose, "", &[("python", code, output)]).pop().map(|(goal, _, _)| goal)
    }

    const CODE: &str = "from math import floor\n\ndef half(n: int, up=False) -> int:\n    return floor(n / 2)\n\n\
                        assert half(4) == 2, \"even\"\nassert half(5) == 2\n";

    #[test]
    fn a_function_that_passed_its_checks_is_asked_for() {
        assert_eq!(
            goal(CODE, "[Executed Successfully with No Output]").as_deref(),
            Some("Write a Python function half(n, up) and check that half(4) is 2 and half(5) is 2.")
        );
    }

    #[test]
    fn checks_that_failed_or_may_not_have_run_prove_nothing() {
        assert_eq!(goal(CODE, "AssertionError: even"), None);
        assert_eq!(goal(&CODE.replace("assert half(5)", "if False: assert half(5)"), "success"), None);
        assert_eq!(goal("def half(n):\n    return n\n", "success"), None);
        assert_eq!(goal(&CODE.replace("half(5) == 2", "half(5) in (2, 3)"), "success"), None);
    }
}
