//! The cheapest, or the dearest, was asked for, and the answer names another of the list.
//!
//! One labelled run, which failed by a fault put in on purpose: unmeasured.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::{Hit, Signals};
use crate::text::document::{Kind, Value};
use crate::text::words;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The prompt asks for the cheapest or the dearest, and the price in the answer is that of a record beside which the list has a better one.";

/// The most facts of an answer that are looked for among the prices.
const MAX_FACTS: usize = 32;

/// At most one hit: the price in the answer, which has no other. Records that differ in a truth value
/// (`available`) are not compared: it may be what was asked for.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(cheaper) = signals.run().original_prompt.and_then(wants_cheaper) else { return Vec::new() };
    if signals.answer().is_none() {
        return Vec::new();
    }
    let Some((_, last)) = signals.last_call() else { return Vec::new() };
    let Some(list) = last.observation().and_then(|document| records(document.root(), 0)) else {
        return Vec::new();
    };
    let prices: Vec<(f64, Vec<bool>)> =
        list.children().filter_map(|record| Some((price(record)?, flags(record)))).collect();
    let named = signals.reading().answer_facts().iter().take(MAX_FACTS).filter_map(|fact| {
        let value = fact.value?;
        let mut same = prices.iter().filter(|(price, _)| *price == value);
        Some((fact, same.next()?))
    });
    let mut named = named.take(2);
    let (Some((fact, (stated, flags))), None) = (named.next(), named.next()) else { return Vec::new() };
    let beaten = prices
        .iter()
        .any(|(price, other)| other == flags && if cheaper { price < stated } else { price > stated });
    if beaten { vec![Hit::field(Field::FinalAnswer).at(fact.span)] } else { Vec::new() }
}

/// Whether the lowest price is wanted (true) or the highest (false), and no second or cheapest but one.
fn wants_cheaper(prompt: &str) -> Option<bool> {
    const CHEAP: &[&str] =
        &["cheapest", "lowest price", "lowest-priced", "least expensive", "lowest cost", "lowest fare"];
    const DEAR: &[&str] =
        &["most expensive", "highest price", "highest-priced", "priciest", "dearest", "most costly"];
    const OTHER: &[&str] = &["second", "third", "two cheapest", "three cheapest", "not the"];
    static EITHER: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[CHEAP, DEAR].concat()));
    let head = crate::text::cut::head(prompt, 1000);
    EITHER.find(head)?;
    let lower = head.to_ascii_lowercase();
    let any = |known: &[&str]| known.iter().any(|known| lower.contains(known));
    let (cheap, dear, other) = (any(CHEAP), any(DEAR), any(OTHER));
    (cheap != dear && !other).then_some(cheap)
}

/// The first list of objects, at the top or right under it.
fn records<'d, 'a>(value: Value<'d, 'a>, depth: usize) -> Option<Value<'d, 'a>> {
    let is_list = |value: Value<'_, '_>| {
        value.kind() == Kind::Array
            && value.children().filter(|child| child.kind() == Kind::Object).nth(1).is_some()
    };
    match value.kind() {
        _ if is_list(value) => Some(value),
        Kind::Object if depth == 0 => value.children().find(|child| is_list(*child)),
        _ => None,
    }
}

/// The price of a record: its one number under such a key.
fn price(record: Value<'_, '_>) -> Option<f64> {
    const PRICES: &[&str] = &["price", "cost", "fare", "rate", "amount"];
    let is_price = |value: &Value<'_, '_>| {
        let mut words = super::effect::words(value.key().unwrap_or(""));
        words.any(|word| PRICES.iter().any(|known| words::stem_hash(word) == words::stem_hash(known)))
    };
    let mut prices = record.children().filter(is_price).filter_map(Value::number);
    let price = prices.next()?;
    prices.next().is_none().then_some(price)
}

fn flags(record: Value<'_, '_>) -> Vec<bool> {
    let truths = record.children().filter(|value| value.kind() == Kind::Bool);
    truths.map(|value| value.raw().eq_ignore_ascii_case("true")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn a_better_record_of_the_same_kind_beats_the_answer() {
        let list = r#"{"items": [{"id": "A", "price": 7.5, "available": false}, {"id": "B", "price": 9.0, "available": true}, {"id": "C", "price": 12.0, "available": true}]}"#;
        let count = |prompt, answer| {
            hits("wrong_extreme", &run(prompt, vec![call("search", "{}", list)], Some(answer))).len()
        };
        assert_eq!(count("What is the cheapest lamp?", "It is C at $12.00."), 1);
        assert_eq!(count("What is the cheapest lamp?", "It is B at $9.00."), 0);
        assert_eq!(count("What is the most expensive lamp?", "It is C at $12.00."), 0);
        assert_eq!(count("What is the most expensive lamp?", "It is B at $9.00."), 1);
        assert_eq!(count("What does a lamp cost?", "C costs $12.00."), 0);
        assert_eq!(count("What is the second cheapest lamp?", "It is C at $12.00."), 0);
    }
}
