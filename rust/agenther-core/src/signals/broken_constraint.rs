//! A bound that the prompt states and the run breaks: in what it changed, bought or answered.

use super::constraints::{Constraint, comparable, constraints, may_state_one, subject};
use super::effect::{self, Effect};
use super::{Hit, Signals, is_call, tokens};
use crate::text::document::Value;
use crate::text::facts::FactKind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A bound stated in the prompt is broken by the arguments of a successful change, by what was on show when it was made, or by the answer.";

/// One hit for each broken constraint and place, at the value that breaks it.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    // A bound has a number: without one, the prompt need not be read for facts.
    let prompt =
        signals.run().original_prompt.filter(|prompt| prompt.bytes().any(|byte| byte.is_ascii_digit()));
    let Some(prompt) = prompt.filter(|prompt| may_state_one(prompt)) else { return Vec::new() };
    let stated = constraints(prompt, signals.reading().prompt_facts());
    let mut hits: Vec<Hit> = stated
        .iter()
        .flat_map(|constraint| {
            let mut hits = in_arguments(signals, prompt, constraint);
            hits.extend(on_show(signals, constraint));
            hits.extend(in_answer(signals, constraint));
            hits
        })
        .collect();
    hits.sort_by_key(|hit| (hit.step.unwrap_or(u32::MAX), hit.span));
    hits.dedup();
    hits
}

fn breaks(constraint: &Constraint<'_>, value: f64) -> bool {
    constraint.fact.value.is_some_and(|bound| !constraint.bound.allows(value, bound))
}

/// Arguments of changes, under a name that the constraint is about.
fn in_arguments(signals: &Signals<'_, '_>, prompt: &str, constraint: &Constraint<'_>) -> Vec<Hit> {
    let about = subject(prompt, constraint);
    let writes = signals
        .steps()
        .filter(|(_, step)| is_call(step) && step.effect == Effect::Write && !step.status.is_error());
    let mut hits = Vec::new();
    for (at, step) in writes {
        let Some(arguments) = step.arguments() else { continue };
        let broken = arguments.leaves().find(|leaf| {
            is_about(*leaf, constraint, &about)
                && leaf.number().is_some_and(|value| breaks(constraint, value))
        });
        hits.extend(broken.map(|leaf| Hit::step(at, Field::ActionInput).at(leaf.span())));
    }
    hits
}

/// Whether an argument is what the constraint is about: an amount for money, a shared word for others.
fn is_about(leaf: Value<'_, '_>, constraint: &Constraint<'_>, about: &[u64]) -> bool {
    const AMOUNTS: &[&str] = &["price", "cost", "amount", "budget", "total", "fee", "payment"];
    let mut name = effect::words(leaf.nearest_key().unwrap_or(""));
    match constraint.fact.kind {
        FactKind::Money => name.any(|word| AMOUNTS.iter().any(|amount| word.eq_ignore_ascii_case(amount))),
        FactKind::Number | FactKind::Quantity => name.any(|word| about.contains(&tokens::word_hash(word))),
        _ => false,
    }
}

/// The price on show when the run made its last change: the item page it bought from.
fn on_show(signals: &Signals<'_, '_>, constraint: &Constraint<'_>) -> Option<Hit> {
    if constraint.fact.kind != FactKind::Money {
        return None;
    }
    let (at, _) = signals.last_call().filter(|(_, step)| step.effect == Effect::Write)?;
    let (seen_at, seen) = signals.steps().rev().find(|(earlier, step)| *earlier < at && is_call(step))?;
    let mut prices = seen.facts().iter().filter(|fact| fact.kind == FactKind::Money);
    let (price, None) = (prices.next()?, prices.next()) else { return None };
    price
        .value
        .is_some_and(|value| breaks(constraint, value))
        .then(|| Hit::step(seen_at, Field::Observation).at(price.span))
}

/// The answer, where it quotes values of that measure and every one of them breaks the bound.
fn in_answer(signals: &Signals<'_, '_>, constraint: &Constraint<'_>) -> Option<Hit> {
    let facts = signals.reading().answer_facts().iter();
    let mut stated =
        facts.filter(|fact| fact.value.is_some() && comparable(fact, &constraint.fact)).peekable();
    let first = *stated.peek()?;
    stated
        .all(|fact| fact.value.is_some_and(|value| breaks(constraint, value)))
        .then(|| Hit::field(Field::FinalAnswer).at(first.span))
}
