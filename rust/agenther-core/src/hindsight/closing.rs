//! The run's own final message as the answer, where it says what the kept steps show and nothing else.

use std::sync::LazyLock;

use super::families::Candidate;
use crate::reading::Reading;
use crate::text::facts::{Fact, FactKind, facts};
use crate::text::needles::{Trie, find};
use crate::trajectory::Trajectory;

/// Shorter is a token, longer is a report on the whole run.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=1_500;

/// The share of the rendered answer's facts that the message must give.
const COMPLETE: f32 = 0.8;

/// An answer of no more facts than these is one value, and a message that names others too may answer another question.
const FEW: usize = 2;

/// Talk of failing, of other topics, or of what to do next.
const NOT_AN_ANSWER: &[&str] = &[
    "unfortunately",
    "unable",
    "sorry",
    "apologize",
    "apologies",
    "cannot",
    "can't",
    "couldn't",
    "could not",
    "not able",
    "however",
    "but",
    "if you",
    "would you",
    "let me know",
    "feel free",
    "transfer",
    "again",
    "failed",
    "error",
    "not found",
    "lack",
    "without",
    "only found",
    "not permitted",
    "insufficient",
    "because",
];

/// A final message that may be an answer: it speaks of no failure and asks nothing.
#[derive(Debug)]
pub struct Message<'a> {
    text: &'a str,
    facts: Vec<Fact<'a>>,
}

impl<'a> Message<'a> {
    /// That of a run, if it may be an answer.
    pub fn of(run: &Trajectory<'a>) -> Option<Self> {
        let text = run.final_answer?.trim();
        let is_answer = LENGTH.contains(&text.len()) && !text.contains('?') && !speaks_of_else(text);
        is_answer.then(|| Message { text, facts: facts(text) })
    }
}

/// Whether a text talks of failing, of other topics, or of what to do next.
pub fn speaks_of_else(text: &str) -> bool {
    static PHRASES: LazyLock<Trie> = LazyLock::new(|| Trie::of(NOT_AN_ANSWER));
    let mut found = false;
    PHRASES.scan(text, |_, _| found = true);
    found
}

/// The final message, if it can stand for the answer of the candidate.
pub fn own_answer(candidate: &Candidate, reading: &Reading<'_>, ends_run: bool) -> Option<String> {
    let message = reading.closing().filter(|_| ends_run)?;
    let shown = |text: &str| {
        find(&candidate.goal, text).is_some()
            || candidate.steps.iter().any(|&step| {
                reading.steps[step as usize]
                    .step
                    .observation
                    .is_some_and(|observation| find(observation, text).is_some())
            })
    };
    let opens = |fact: &Fact<'_>| fact.kind == FactKind::Name && fact.span.start == 0;
    if !message.facts.iter().all(|fact| opens(fact) || shown(fact.text)) {
        return None;
    }
    let wanted = facts(&candidate.answer);
    let given = wanted.iter().filter(|fact| find(message.text, fact.text).is_some()).count();
    let complete = !wanted.is_empty() && given as f32 >= COMPLETE * wanted.len() as f32;
    let names_others = || {
        let names = message.facts.iter().filter(|fact| fact.kind == FactKind::Name && !opens(fact));
        let asked =
            |text: &str| [&candidate.goal, &candidate.answer].iter().any(|said| find(said, text).is_some());
        names.into_iter().any(|fact| !asked(fact.text))
    };
    (complete && (wanted.len() > FEW || !names_others())).then(|| message.text.to_string())
}
