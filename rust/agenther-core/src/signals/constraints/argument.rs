//! Arguments of calls as values that a constraint can be about.

use super::super::effect;
use super::{Constraint, comparable};
use crate::text::document::{Kind, Value};
use crate::text::facts::{Fact, FactKind, facts, under_key};
use crate::text::words;
use crate::trajectory::Span;

/// The value of an argument, where a constraint about `subject` bounds it: a number under a name that the
/// constraint is about, or a value of the same measure.
pub fn meant<'a>(constraint: &Constraint<'_>, leaf: Value<'_, 'a>, subject: &[u64]) -> Option<Fact<'a>> {
    let key = leaf.nearest_key().unwrap_or("");
    let value = typed(leaf, key)?;
    if let Some(length) = of_unit(constraint, &value, key) {
        return Some(length);
    }
    let named = value.kind == FactKind::Number && is_about(key, constraint, subject);
    (named || comparable(&constraint.fact, &value) && !is_birth(key)).then_some(value)
}

/// A quantity beside the name of the thing that a count counts: `{"item": "lamp", "quantity": 2}` under "exactly 3 lamps".
pub fn quantity<'a>(leaf: Value<'_, 'a>, thing: u64) -> Option<Fact<'a>> {
    const QUANTITIES: &[&str] = &["quantity", "qty", "count", "units", "pieces"];
    const LONGEST: usize = 80;
    /// The most members beside it that are looked at: keeps the time linear.
    const BESIDE: usize = 32;
    let key = leaf.key()?;
    let is_quantity = |word: &str| QUANTITIES.iter().any(|known| word.eq_ignore_ascii_case(known));
    let names = |beside: Value<'_, '_>| {
        let text = beside.raw();
        beside.kind() == Kind::String
            && text.len() <= LONGEST
            && words::words(text).any(|word| words::stem_hash(word.text) == thing)
    };
    let named = || leaf.parent().is_some_and(|object| object.children().take(BESIDE).any(names));
    let counts = effect::words(key).last().is_some_and(is_quantity) && named();
    typed(leaf, key).filter(|value| counts && value.kind == FactKind::Number)
}

/// A bare number under the unit of a bound on a length of time: `"nights": 2` under "at least 3 nights".
fn of_unit<'a>(constraint: &Constraint<'_>, value: &Fact<'a>, key: &str) -> Option<Fact<'a>> {
    let bound = &constraint.fact;
    if bound.kind != FactKind::Duration || value.kind != FactKind::Number {
        return None;
    }
    let (count, unit) = bound.text.split_once([' ', '-'])?;
    let (count, unit) =
        (count.parse::<f64>().ok().filter(|count| *count > 0.0)?, words::stem_hash(unit.trim()));
    let is_unit = effect::words(key).last().is_some_and(|word| words::stem_hash(word) == unit);
    let seconds = value.value? * (bound.value? / count);
    is_unit.then_some(Fact { kind: FactKind::Duration, value: Some(seconds), ..*value })
}

/// Whether an argument under `key` is what a constraint about `subject` bounds: an amount for money, a
/// shared word for others.
fn is_about(key: &str, constraint: &Constraint<'_>, subject: &[u64]) -> bool {
    const AMOUNTS: &[&str] = &["price", "cost", "amount", "budget", "total", "fee", "fare", "payment"];
    let mut name = effect::words(key);
    match constraint.fact.kind {
        // A total says nothing of a unit price.
        FactKind::Money if constraint.fact.per.is_some() => name.any(|word| {
            ["price", "unit", "per", "rate", "nightly", "daily"]
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known))
        }),
        FactKind::Money => name.any(|word| AMOUNTS.iter().any(|amount| word.eq_ignore_ascii_case(amount))),
        _ => name.any(|word| subject.contains(&words::stem_hash(word))),
    }
}

/// A date of birth is no date of the change.
fn is_birth(key: &str) -> bool {
    effect::words(key)
        .any(|word| ["birth", "dob", "born", "birthday"].iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// A scalar as a fact with its place: a number with the unit that its key names, a text that is one amount or date.
fn typed<'a>(leaf: Value<'_, 'a>, key: &'a str) -> Option<Fact<'a>> {
    const LONGEST: usize = 40;
    let raw = leaf.raw();
    match leaf.kind() {
        Kind::Number => {
            let fact = Fact {
                kind: FactKind::Number,
                span: leaf.span(),
                text: raw,
                value: leaf.number(),
                unit: None,
                per: None,
            };
            Some(under_key(fact, key))
        }
        Kind::String if raw.len() <= LONGEST => {
            let found = facts(raw);
            let [fact] = found.as_slice() else { return None };
            let start = leaf.span().start + fact.span.start;
            Some(Fact { span: Span { start, end: start + fact.span.len() as u32 }, ..*fact })
        }
        _ => None,
    }
}
