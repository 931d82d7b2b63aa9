//! Typed constraints that a prompt or a policy states, and whether values keep to them.
//!
//! Bounds and ranges on money, unit prices, quantities, shares, lengths of time, dates and times of day; counts of
//! things; the form of the answer; tools and values that are forbidden; the order of calls. What a text
//! says under a condition ("if it is over $500, …") binds nobody and is left out.

mod argument;
mod bound;
mod clause;
mod compare;
mod count;
pub mod form;
pub mod language;
mod range;
#[cfg(test)]
mod tests;
pub mod tools;

pub use argument::meant;
pub use bound::Bound;
pub use compare::{breaks, comparable, counted, subject};

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::phrases;
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

/// The constraints of a policy that hold for all it names. A policy is long and says much else, so only
/// the sentences around the words of limits are read.
pub fn limits(policy: &str) -> Vec<(Constraint<'_>, Span)> {
    const WORDS: &[&str] = &[
        "at most",
        "at least",
        "no more than",
        "not more than",
        "no fewer than",
        "up to",
        "maximum",
        "minimum",
        "exceed",
        "limit",
        "exactly",
        "≤",
        "≥",
        "<=",
        ">=",
    ];
    static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| phrases::automaton(WORDS));
    let mut read = 0;
    let mut found = Vec::new();
    for word in AUTOMATON.find_iter(policy).take(MAX_LIMITS) {
        if word.start() < read {
            continue;
        }
        let sentence = clause::sentence(policy, word.start(), word.end());
        read = sentence.end as usize;
        let text = sentence.of(policy);
        let stated = constraints(text, &facts::facts(text));
        let absolute = stated.into_iter().filter(|found| clause::is_absolute(text, found.span));
        found.extend(absolute.map(|found| (found, sentence)));
    }
    found
}

/// Whether a text may state a bound: it has a number in digits, or a comparison with one in words. Most
/// texts state none, which is told without reading their facts.
pub fn may_bound(text: &str) -> bool {
    const WORDS: &[&str] = &["at most", "at least", "than", "up to", "exactly", "maximum", "minimum"];
    static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| phrases::automaton(WORDS));
    text.bytes().any(|byte| byte.is_ascii_digit()) || AUTOMATON.is_match(text)
}

/// The most limits of a policy that are read.
const MAX_LIMITS: usize = 64;

/// A date may leave its year to the reader; what else has no value bounds nothing.
fn is_measure(fact: &Fact<'_>) -> bool {
    use FactKind::{Date, Duration, Money, Number, Percent, Quantity, Time};
    fact.kind == Date
        || fact.value.is_some() && matches!(fact.kind, Number | Money | Percent | Quantity | Duration | Time)
}
