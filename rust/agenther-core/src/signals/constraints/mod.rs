//! Typed constraints that a prompt or a policy states, and whether values keep to them.
//!
//! Bounds and ranges on money, unit prices, quantities, shares, lengths of time, dates and times of day; counts of
//! things; the form of the answer; tools and values that are forbidden; the order of calls. What a text
//! says under a condition ("if it is over $500, …") binds nobody and is left out.

mod argument;
mod bound;
pub(super) mod clause;
mod compare;
mod count;
pub mod form;
pub mod language;
mod range;
#[cfg(test)]
mod tests;
pub mod tools;

pub use argument::{meant, quantity};
pub use bound::Bound;
pub use compare::{breaks, comparable, counted, subject, thing};

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::phrases::{self, Phrases};
use crate::text::bytes::find_digit;
use crate::text::facts::{self, Fact, FactKind};
use crate::trajectory::Span;

/// A bound on a typed value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constraint<'a> {
    /// The side that is allowed.
    pub bound: Bound,
    /// The value it is about, as the text has it.
    pub fact: Fact<'a>,
    /// The comparison and its value in the text; of a range, the whole of it.
    pub span: Span,
}

/// The constraints of a text whose facts are `facts`, in the order of the text.
pub fn constraints<'a>(text: &'a str, facts: &[Fact<'a>]) -> Vec<Constraint<'a>> {
    let mut found = range::ranges(text, facts);
    let ranges: Vec<Span> = found.iter().map(|range| range.span).collect();
    // Both come in the order of the text.
    let mut next = ranges.iter().peekable();
    for fact in facts.iter().filter(|fact| is_measure(fact)) {
        while next.next_if(|range| range.end <= fact.span.start).is_some() {}
        if next.peek().is_none_or(|range| fact.span.end <= range.start) {
            found.extend(bound::read(text, fact));
        }
    }
    found.extend(count::counts(text));
    found.retain(|constraint| !clause::is_conditional(text, constraint.span.start as usize));
    found.sort_by_key(|constraint| constraint.span);
    found
}

/// A constraint with the sentence that states it; the span of the constraint is in the sentence.
pub type Stated<'a> = (Constraint<'a>, Span);

/// The constraints of a policy that hold for all it names.
pub fn limits(policy: &str) -> Vec<Stated<'_>> {
    static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| phrases::automaton(LIMITS));
    let mut limits = stated(policy, &AUTOMATON);
    limits.retain(|(limit, sentence)| clause::is_absolute(sentence.of(policy), limit.span));
    limits
}

/// Those of one sentence of the policy.
pub fn limits_in(policy: &str, sentence: Span) -> Vec<Stated<'_>> {
    let mut limits = in_sentence(policy, sentence);
    limits.retain(|(limit, _)| clause::is_absolute(sentence.of(policy), limit.span));
    limits
}

/// The constraints of a long text, or of a turn in a conversation: those that the words of comparisons state.
pub fn compared(text: &str) -> Vec<Stated<'_>> {
    static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let words: Vec<&str> = LIMITS.iter().chain(COMPARISONS).copied().collect();
        phrases::automaton(&words)
    });
    stated(text, &AUTOMATON)
}

/// Words of limits.
#[rustfmt::skip]
const LIMITS: &[&str] = &[
    "at most", "at least", "more than", "no fewer than", "up to", "maximum", "minimum", "exceed", "limit",
    "exactly", "≤", "≥", "<=", ">=",
];

/// What other comparisons have in them.
#[rustfmt::skip]
const COMPARISONS: &[&str] = &[
    "under", "below", "over", "above", " than ", "before", "after", "within", "budget", "until", "since", " by ", "between", "from ",
    "or less", "or more", "or fewer", "or later", "or earlier", "or higher", "or lower", "max", "min.", "tops", "<", ">",
];

/// The constraints in the sentences around some words. Facts cost more than anything else here, and most
/// of a conversation and of a policy bounds nothing, so no other sentence is read for them.
fn stated<'a>(text: &'a str, words: &AhoCorasick) -> Vec<Stated<'a>> {
    let mut read = 0;
    let mut found = Vec::new();
    for word in words.find_iter(text).take(MAX_WORDS) {
        if word.start() < read {
            continue;
        }
        let sentence = clause::sentence(text, word.start(), word.end());
        read = sentence.end as usize;
        found.extend(in_sentence(text, sentence));
    }
    found
}

fn in_sentence(text: &str, sentence: Span) -> Vec<Stated<'_>> {
    let said = sentence.of(text);
    constraints(said, &facts::facts(said)).into_iter().map(|stated| (stated, sentence)).collect()
}

/// The most words of comparison in one text that are looked at.
const MAX_WORDS: usize = 64;

/// Whether a prompt may state a bound: it has a number in digits, or a comparison with one in words.
pub fn may_bound(prompt: &str) -> bool {
    const WORDS: &[&str] = &["at most", "at least", "than", "up to", "exactly", "maximum", "minimum"];
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(WORDS));
    find_digit(prompt.as_bytes(), 0).is_some() || PHRASES.are_in(prompt)
}

/// A date may leave its year to the reader; what else has no value bounds nothing.
fn is_measure(fact: &Fact<'_>) -> bool {
    use FactKind::{Date, Duration, Money, Number, Percent, Quantity, Time};
    fact.kind == Date
        || fact.value.is_some() && matches!(fact.kind, Number | Money | Percent | Quantity | Duration | Time)
}
