//! Computed values: code of assignments and operators whose printed result is what it computes. The request says the
//! formula with its figures; the answer is the figure shown.
//!
//! A wrong solution of a word problem is still a right computation. It is said with its own names and numbers, so that
//! nothing of the problem is claimed: `Calculate the pages per day as total pages / days, where total pages = 39 and
//! days = 4.` Every statement is computed again here, and only what comes out the same as in the log is asked.

use std::collections::BTreeMap;

use super::{Candidate, Proposals, text_argument};
use crate::hindsight::Wording;
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;

/// Longer formulas nobody says in a sentence.
const MAX_DEFINITIONS: usize = 5;
/// Words of a goal that a person would still write.
const MAX_WORDS: usize = 48;
const MAX_FORMULA: usize = 80;
const MAX_CODE: usize = 2_000;
/// Calls that are read of one run.
const MAX_CALLS: usize = 64;

/// A value that a run gave a name.
#[derive(Debug, Clone)]
struct Definition {
    formula: String,
    value: f64,
    step: u32,
}

type Names = BTreeMap<String, Definition>;

/// Proposes the computations of a run.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut names = Names::new();
    for (index, step) in reading.steps.iter().enumerate().take(MAX_CALLS) {
        if step.step.action_name.is_none() || step.status.is_error() {
            continue;
        }
        let Some(code) = text_argument(step, &["code", "expression", "command", "input"]) else { continue };
        if code.len() > MAX_CODE {
            continue;
        }
        let Some(shown) = run(&code, index as u32, &mut names) else { continue };
        if step.status == Status::Ok
            && let Some(candidate) = asked(index as u32, step, &shown, &names)
        {
            out.push_derived(candidate);
        }
    }
}

/// Runs code of assignments; what its last line shows. `None` if any line is something else: what it changes is unknown.
fn run(code: &str, step: u32, names: &mut Names) -> Option<String> {
    let mut shown = None;
    for line in code.lines() {
        let line = line.split('#').next().unwrap_or(line).trim();
        if line.is_empty() {
            continue;
        }
        let assigned =
            line.split_once('=').filter(|(name, value)| is_name(name.trim()) && !value.starts_with('='));
        match assigned {
            Some((name, formula)) => {
                let (name, formula) = (name.trim(), unrounded(formula.trim(), names));
                let known = evaluate(&formula, names).filter(|_| formula.len() <= MAX_FORMULA);
                // A name that is given in terms of itself is no longer what it was called.
                let is_own = tokens(&formula).is_some_and(|parts| parts.contains(&Token::Name(name)));
                let before = if is_own { names.get(name).map(|known| known.formula.clone()) } else { None };
                let formula = match before {
                    Some(before) if formula == name => before,
                    Some(_) => {
                        names.remove(name);
                        return None;
                    }
                    None => formula,
                };
                match known {
                    Some(value) => {
                        names.insert(name.to_string(), Definition { formula, value, step });
                    }
                    None => {
                        names.remove(name);
                        return None;
                    }
                }
                shown = None;
            }
            None => {
                let inner = line
                    .strip_prefix("print(")
                    .and_then(|rest| rest.strip_suffix(')'))
                    .unwrap_or(line)
                    .trim();
                let formula = unrounded(inner, names);
                evaluate(&formula, names).filter(|_| formula.len() <= MAX_FORMULA)?;
                shown = Some(formula);
            }
        }
    }
    shown
}

/// A formula without an `int(…)` or `round(…)` around it that changes nothing.
fn unrounded(formula: &str, names: &Names) -> String {
    let inner = ["int(", "round(", "float("]
        .iter()
        .find_map(|call| formula.strip_prefix(call)?.strip_suffix(')'))
        .filter(|inner| evaluate(inner, names).is_some_and(|value| value.fract() == 0.0));
    inner.unwrap_or(formula).to_string()
}

/// Fewer quantities with names make no formula.
const MIN_NAMED: usize = 2;

/// The request for what a step shows, if the log shows the same value.
fn asked(index: u32, step: &StepReading<'_>, shown: &str, names: &Names) -> Option<Candidate> {
    let observed = step.step.observation?.trim();
    let observed = match observed.strip_prefix("Out[").and_then(|rest| rest.split_once("]: ")) {
        Some((count, rest)) if count.bytes().all(|byte| byte.is_ascii_digit()) => rest.trim(),
        _ => observed,
    };
    let value = evaluate(shown, names)?;
    let printed: f64 = observed.parse().ok()?;
    if (value - printed).abs() > 1e-9 * value.abs().max(1.0) || !value.is_finite() {
        return None;
    }
    let definitions = closure(shown, names)?;
    let target = is_name(shown).then_some(shown);
    let formula = target.and_then(|target| Some(names.get(target)?.formula.as_str())).unwrap_or(shown);
    let is_computed =
        |formula: &str| formula.contains(['+', '*', '/', '-']) && formula.parse::<f64>().is_err();
    let given: Vec<String> = definitions
        .iter()
        .filter(|name| Some(name.as_str()) != target)
        .map(|name| format!("{} = {}", say(name), say(&names[name].formula)))
        .collect();
    if !is_computed(formula) && !definitions.iter().any(|name| is_computed(&names[name].formula)) {
        return None;
    }
    // `total lights = 24 * 4 - 20`: blind readers found a name for a sum of bare figures nothing that a person asks.
    if given.len() < MIN_NAMED && !(target.is_none() && given.is_empty()) {
        return None;
    }
    let what = match target {
        Some(target) => format!("Calculate the {} as {}", say(target), say(formula)),
        None => format!("Calculate {}", say(formula)),
    };
    let goal = match given.is_empty() {
        true => format!("What is {}?", say(formula)),
        false => format!("{what}, where {}.", listed(&given)),
    };
    if goal.split(' ').count() > MAX_WORDS {
        return None;
    }
    let mut steps: Vec<u32> = definitions.iter().map(|name| names[name].step).collect();
    steps.push(index);
    steps.sort_unstable();
    steps.dedup();
    let answer = match target {
        Some(target) => format!("{} = {observed}", say(target)),
        None => observed.to_string(),
    };
    let trivial = steps.len() == 1 && goal.split(' ').count() < 6;
    Some(Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        steps,
        slots: Vec::new(),
        evidence: Vec::new(),
        prior: 0.85,
        trivial,
    })
}

/// The names that a formula needs, those that need others first.
fn closure(formula: &str, names: &Names) -> Option<Vec<String>> {
    let mut needed: Vec<String> = Vec::new();
    let mut open: Vec<String> = named(formula);
    while let Some(name) = open.pop() {
        if needed.contains(&name) {
            continue;
        }
        open.extend(named(&names.get(&name)?.formula));
        needed.push(name);
        if needed.len() > MAX_DEFINITIONS {
            return None;
        }
    }
    Some(needed)
}

fn named(formula: &str) -> Vec<String> {
    let name = |token: &Token<'_>| match token {
        Token::Name(name) => Some(name.to_string()),
        _ => None,
    };
    tokens(formula).unwrap_or_default().iter().rev().filter_map(name).collect()
}

fn listed(given: &[String]) -> String {
    match given {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// A formula with its names in words.
fn say(formula: &str) -> String {
    formula.replace('_', " ")
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'a> {
    Number(f64),
    Name(&'a str),
    /// An operator or parenthesis; `**` is `^`, `//` is `\`.
    Mark(u8),
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b' ' => at += 1,
            b'0'..=b'9' | b'.' => {
                while bytes.get(at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.') {
                    at += 1;
                }
                out.push(Token::Number(text[start..at].parse().ok()?));
            }
            byte if byte.is_ascii_alphabetic() => {
                while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
                    at += 1;
                }
                out.push(Token::Name(&text[start..at]));
            }
            b'*' | b'/' if bytes.get(at + 1) == Some(&bytes[at]) => {
                out.push(Token::Mark(if bytes[at] == b'*' { b'^' } else { b'\\' }));
                at += 2;
            }
            mark @ (b'+' | b'-' | b'*' | b'/' | b'%' | b'(' | b')') => {
                out.push(Token::Mark(mark));
                at += 1;
            }
            _ => return None,
        }
    }
    Some(out)
}

/// The value of a formula over known names.
fn evaluate(formula: &str, names: &Names) -> Option<f64> {
    let tokens = tokens(formula).filter(|tokens| tokens.len() <= 64)?;
    let mut at = 0;
    let value = sum(&tokens, &mut at, names)?;
    (at == tokens.len()).then_some(value)
}

fn mark(tokens: &[Token<'_>], at: usize, marks: &[u8]) -> Option<u8> {
    match tokens.get(at) {
        Some(Token::Mark(mark)) if marks.contains(mark) => Some(*mark),
        _ => None,
    }
}

fn sum(tokens: &[Token<'_>], at: &mut usize, names: &Names) -> Option<f64> {
    let mut value = product(tokens, at, names)?;
    while let Some(mark) = mark(tokens, *at, b"+-") {
        *at += 1;
        let next = product(tokens, at, names)?;
        value = if mark == b'+' { value + next } else { value - next };
    }
    Some(value)
}

fn product(tokens: &[Token<'_>], at: &mut usize, names: &Names) -> Option<f64> {
    let mut value = power(tokens, at, names)?;
    while let Some(mark) = mark(tokens, *at, b"*/%\\") {
        *at += 1;
        let next = power(tokens, at, names)?;
        value = match mark {
            b'*' => value * next,
            b'/' => value / next,
            b'%' => value.rem_euclid(next),
            _ => (value / next).floor(),
        };
    }
    Some(value)
}

fn power(tokens: &[Token<'_>], at: &mut usize, names: &Names) -> Option<f64> {
    let negative = mark(tokens, *at, b"-").is_some();
    *at += usize::from(negative);
    let mut value = match tokens.get(*at)? {
        Token::Number(number) => *number,
        Token::Name(name) => names.get(*name)?.value,
        Token::Mark(b'(') => {
            *at += 1;
            let inner = sum(tokens, at, names)?;
            mark(tokens, *at, b")")?;
            inner
        }
        Token::Mark(_) => return None,
    };
    *at += 1;
    if mark(tokens, *at, b"^").is_some() {
        *at += 1;
        value = value.powf(power(tokens, at, names)?);
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::super::testing::proposals;

    fn asks(calls: &[(&str, &str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        proposals(super::propose, "How long will it take?", calls)
    }

    #[test]
    fn a_formula_is_asked_for_with_its_figures() {
        let found = asks(&[(
            "python",
            "total_pages = 4 + 20\ndays = 3\npages_per_day = total_pages / days\nprint(pages_per_day)",
            "8.0",
        )]);
        let goal =
            "Calculate the pages per day as total pages / days, where total pages = 4 + 20 and days = 3.";
        assert_eq!(found, [(goal.to_string(), "pages per day = 8.0".to_string(), vec![0])]);
    }

    #[test]
    fn names_are_kept_over_the_calls_of_a_run() {
        let found = asks(&[
            ("run_code", "width = 6 * 7\ndepth = 2", "[no output]"),
            ("run_code", "width + depth", "Out[2]: 44"),
        ]);
        assert_eq!(
            found,
            [(
                "Calculate width + depth, where width = 6 * 7 and depth = 2.".to_string(),
                "44".to_string(),
                vec![0, 1]
            )]
        );
    }

    #[test]
    fn expressions_of_a_calculator_are_asked_as_they_stand() {
        let found = asks(&[("calculator", r#"{"expression": "(12 + 0.5) * 8 - 2 ** 3"}"#, "92.0")]);
        assert_eq!(found, [("What is (12 + 0.5) * 8 - 2 ** 3?".to_string(), "92.0".to_string(), vec![0])]);
    }

    #[test]
    fn what_is_not_computed_or_comes_out_otherwise_is_not_asked() {
        for (code, shown) in [
            ("2 + 3", "6"),
            ("a = 2", ""),
            ("x = input()\nx + 1", "3"),
            ("rate = 2\nrate", "2"),
            ("import os\n1 + 1", "2"),
            ("total = 1\ntotal = total + 1\ntotal", "2"),
            ("1 / 0", "inf"),
            ("((((", "1"),
        ] {
            assert!(asks(&[("python", code, shown)]).is_empty(), "{code}");
        }
    }
}
