//! The run's own final message as the answer, where it says what the kept steps show and nothing else.

use super::families::Candidate;
use super::needles::find;
use crate::reading::Reading;
use crate::text::facts::{FactKind, facts};

/// Shorter is a token, longer is a report on the whole run.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=1_500;

/// The share of the rendered answer's facts that the message must give.
const COMPLETE: f32 = 0.8;

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

/// The final message, if it can stand for the answer of the candidate.
pub fn own_answer(candidate: &Candidate, reading: &Reading<'_>, ends_run: bool) -> Option<String> {
    let message = reading.run.final_answer?.trim();
    if !ends_run || !LENGTH.contains(&message.len()) || message.contains('?') {
        return None;
    }
    if NOT_AN_ANSWER.iter().any(|words| find(message, words).is_some()) {
        return None;
    }
    let shown = |text: &str| {
        find(&candidate.goal, text).is_some()
            || candidate.steps.iter().any(|&step| {
                reading.steps[step as usize]
                    .step
                    .observation
                    .is_some_and(|observation| find(observation, text).is_some())
            })
    };
    let is_claim = |kind: FactKind| kind != FactKind::Name;
    let told = facts(message);
    if !told.iter().filter(|fact| is_claim(fact.kind)).all(|fact| shown(fact.text)) {
        return None;
    }
    if !told.iter().filter(|fact| !is_claim(fact.kind)).all(|fact| fact.span.start == 0 || shown(fact.text)) {
        return None;
    }
    let wanted = facts(&candidate.answer);
    let given = wanted.iter().filter(|fact| find(message, fact.text).is_some()).count();
    let complete = !wanted.is_empty() && given as f32 >= COMPLETE * wanted.len() as f32;
    complete.then(|| message.to_string())
}
