//! The record of an earlier result that a change is about: the hotel whose id `book_hotel` was given.

use super::effect::{self, Effect};
use super::{Signals, is_call};
use crate::text::document::{Kind, Value};
use crate::text::table::Words;

/// A record that a change names.
#[derive(Clone, Copy)]
pub struct Chosen<'r, 'a> {
    /// The step of the result that has the record.
    pub seen: usize,
    /// The record: an object.
    pub record: Value<'r, 'a>,
}

impl<'r, 'a> Chosen<'r, 'a> {
    /// The list that the record is one of.
    pub fn list(&self) -> Option<Value<'r, 'a>> {
        self.record.parent().filter(|list| list.kind() == Kind::Array)
    }
}

/// The most earlier calls that are looked through: keeps the time linear in the number of steps.
const REACH: usize = 8;

/// The most changes of a run, and the most values of a result, that are looked at.
const MAX_CHANGES: usize = 64;
const MAX_VALUES: usize = 4096;

/// The most arguments of a call that are looked for.
const MAX_ARGUMENTS: usize = 8;

/// For each argument of each successful change that names a record of an earlier result, the latest such record.
pub fn records<'r, 'a>(signals: &Signals<'r, 'a>) -> impl Iterator<Item = Chosen<'r, 'a>> {
    let changes = signals
        .steps()
        .filter(|(_, step)| is_call(step) && step.effect == Effect::Write && !step.status.is_error());
    changes.take(MAX_CHANGES).flat_map(move |(at, step)| {
        let arguments = step.arguments().into_iter().flat_map(|arguments| arguments.leaves());
        arguments
            .filter(names_a_thing)
            .take(MAX_ARGUMENTS)
            .filter_map(move |name| latest(signals, at, name.raw()))
    })
}

/// Whether a value may name a record: a text or a number that is no single digit.
fn names_a_thing(value: &Value<'_, '_>) -> bool {
    const LONGEST: usize = 80;
    matches!(value.kind(), Kind::String | Kind::Number) && (2..=LONGEST).contains(&value.raw().len())
}

fn latest<'r, 'a>(signals: &Signals<'r, 'a>, before: usize, name: &str) -> Option<Chosen<'r, 'a>> {
    let results = signals.steps().rev().filter(|(at, step)| *at < before && is_call(step));
    results.take(REACH).find_map(|(seen, step)| {
        let mut leaves = step.observation()?.leaves().take(MAX_VALUES);
        let record = leaves.find_map(|leaf| {
            let names = leaf.raw() == name && leaf.key().is_some_and(is_name);
            leaf.parent().filter(|parent| names && parent.kind() == Kind::Object)
        })?;
        Some(Chosen { seen, record })
    })
}

/// Whether a field tells one record from others.
pub fn is_name(key: &str) -> bool {
    #[rustfmt::skip]
    static NAMES: Words<16> = Words::of([
        "id", "ids", "name", "title", "code", "number", "sku", "ref", "reference", "key", "slug", "uuid", "no", "asin",
        "product", "label",
    ]);
    effect::words(key).last().is_some_and(|word| NAMES.has(word))
}
