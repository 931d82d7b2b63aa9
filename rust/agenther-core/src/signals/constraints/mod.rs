//! Typed constraints that a prompt or a policy states, and whether values keep to them.
//!
//! Bounds and ranges on money, unit prices, quantities, shares, lengths of time and dates; counts of
//! things; the form of the answer; tools and values that are forbidden; the order of calls. What a text
//! says under a condition ("if it is over $500, …") binds nobody and is left out.

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

pub use bound::Bound;
pub use clause::is_absolute;
pub use compare::{breaks, comparable, counted, is_about, subject};

use crate::text::facts::{Fact, FactKind};
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
    let in_range = |found: &[Constraint<'_>], fact: &Fact<'_>| {
        found.iter().any(|range| range.span.start <= fact.span.start && fact.span.end <= range.span.end)
    };
    let single: Vec<_> = facts
        .iter()
        .filter(|fact| is_measure(fact) && !in_range(&found, fact))
        .filter_map(|fact| bound::read(text, fact))
        .collect();
    found.extend(single);
    found.extend(count::counts(text));
    found.retain(|constraint| !clause::is_conditional(text, constraint.span.start as usize));
    found.sort_by_key(|constraint| constraint.span);
    found
}

/// A date may leave its year to the reader; what else has no value bounds nothing.
fn is_measure(fact: &Fact<'_>) -> bool {
    use FactKind::{Date, Duration, Money, Number, Percent, Quantity};
    fact.kind == Date
        || fact.value.is_some() && matches!(fact.kind, Number | Money | Percent | Quantity | Duration)
}
