//! The cheapest, the earliest or the largest was asked for, and the answer or a change takes another of the list.
//!
//! One labelled run of the public logs, which failed by a fault put in on purpose; what it is worth on written ones is in
//! `docs/quality.md`.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::chosen::{self, is_name};
use super::constraints::{constraints, may_bound};
use super::phrases::Phrases;
use super::{Hit, Signals, is_call};
use crate::text::document::{Document, Kind, Value};
use crate::text::{cut, words};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The prompt asks for an extreme (the cheapest, the earliest, the highest of a field), and the record that the answer names, or that a change chose, has a better one beside it.";

/// The most facts of an answer that are looked for among the prices.
const MAX_FACTS: usize = 32;

/// The most results that are looked through for a list.
const REACH: usize = 8;

/// The most records of a list that are compared.
const MAX_RECORDS: usize = 500;

/// At most one hit: the name or the value in the answer, or the record that a change chose.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    const PROMPT: usize = 2000;
    let prompt = signals.run().original_prompt.filter(|prompt| prompt.len() <= PROMPT);
    let Some(prompt) = prompt else { return Vec::new() };
    let Some(wanted) = Wanted::of(prompt) else { return Vec::new() };
    // What else is asked of the record may rule the better one out.
    if may_bound(prompt) && !constraints(prompt, signals.reading().prompt_facts()).is_empty() {
        return Vec::new();
    }
    let chosen = chosen::records(signals)
        .find(|chosen| chosen.list().is_some_and(|list| wanted.beaten(list, chosen.record, prompt)));
    if let Some(chosen) = chosen {
        return vec![Hit::step(chosen.seen, Field::Observation).at(chosen.record.span())];
    }
    let Some(answer) = signals.answer() else { return Vec::new() };
    let results = signals.steps().rev().filter(|(_, step)| is_call(step)).take(REACH);
    let lists = results.filter_map(|(_, step)| list_of(step.observation()?, &wanted));
    let Some(list) = lists.into_iter().next() else { return Vec::new() };
    let named = wanted.named_by_name(list, prompt, answer).map(|record| (record, None));
    let named = named.or_else(|| wanted.named_by_value(list, signals));
    match named {
        Some((record, span)) if wanted.beaten(list, record, prompt) => {
            let answer = Hit::field(Field::FinalAnswer);
            vec![span.map_or(answer, |span| answer.at(span))]
        }
        _ => Vec::new(),
    }
}

/// What is asked for: the lowest or the highest of a field.
struct Wanted {
    order: Ordering,
    /// Stems of the words that name the field.
    field: Vec<u64>,
}

const PRICES: &[&str] =
    &["price", "cost", "fare", "rate", "amount", "premium", "rent", "fee", "eur", "usd", "gbp", "monthly"];
const TIMES: &[&str] = &[
    "dep",
    "departs",
    "starts",
    "date",
    "time",
    "start",
    "departure",
    "arrival",
    "slot",
    "begin",
    "at",
    "on",
    "created",
    "published",
];
const LENGTHS: &[&str] = &["duration", "length", "minutes", "hours", "distance"];

impl Wanted {
    /// The extreme that a prompt asks for, with nothing else that could rule records out.
    fn of(prompt: &str) -> Option<Wanted> {
        const HEAD: usize = 600;
        #[rustfmt::skip]
        const KNOWN: &[(&str, Ordering, &[&str])] = &[
            ("cheapest", Ordering::Less, PRICES), ("least expensive", Ordering::Less, PRICES),
            ("most expensive", Ordering::Greater, PRICES), ("priciest", Ordering::Greater, PRICES),
            ("dearest", Ordering::Greater, PRICES), ("most costly", Ordering::Greater, PRICES),
            ("billigste", Ordering::Less, PRICES), ("günstigste", Ordering::Less, PRICES),
            ("teuerste", Ordering::Greater, PRICES), ("más barat", Ordering::Less, PRICES),
            ("moins cher", Ordering::Less, PRICES), ("earliest", Ordering::Less, TIMES),
            ("soonest", Ordering::Less, TIMES), ("früheste", Ordering::Less, TIMES),
            ("newest", Ordering::Greater, TIMES), ("most recent", Ordering::Greater, TIMES),
            ("oldest", Ordering::Less, TIMES),
            ("shortest", Ordering::Less, LENGTHS), ("longest", Ordering::Greater, LENGTHS),
            ("fastest", Ordering::Less, &["duration", "time", "minutes", "latency"]),
            ("quickest", Ordering::Less, &["duration", "time", "minutes"]),
            ("closest", Ordering::Less, &["distance", "km", "miles", "meters"]),
            ("nearest", Ordering::Less, &["distance", "km", "miles", "meters"]),
            ("best rated", Ordering::Greater, &["rating", "stars", "score"]),
            ("best-rated", Ordering::Greater, &["rating", "stars", "score"]),
            ("highest rated", Ordering::Greater, &["rating", "stars", "score"]),
            ("highest-rated", Ordering::Greater, &["rating", "stars", "score"]),
            ("warmest", Ordering::Greater, &["max", "high", "temp", "temperature"]),
            ("coldest", Ordering::Less, &["min", "low", "temp", "temperature"]),
            ("heaviest", Ordering::Greater, &["weight", "kg"]), ("lightest", Ordering::Less, &["weight", "kg"]),
        ];
        /// The field is in the words that follow.
        const OPEN: &[(&str, Ordering)] = &[
            ("highest", Ordering::Greater),
            ("largest", Ordering::Greater),
            ("biggest", Ordering::Greater),
            ("greatest", Ordering::Greater),
            ("lowest", Ordering::Less),
            ("smallest", Ordering::Less),
            ("fewest", Ordering::Less),
            ("lowest-priced", Ordering::Less),
        ];
        const OTHER: &[&str] = &[
            "second",
            "third",
            "two ",
            "three ",
            "not the",
            "with ",
            "that ",
            "without",
            "direct",
            "nonstop",
            "non-stop",
            "available",
            "in stock",
            "except",
            "besides",
            "but ",
            "still",
            "open ",
            "free ",
        ];
        static ANY: LazyLock<Phrases> = LazyLock::new(|| {
            let known = KNOWN.iter().map(|(word, ..)| *word);
            Phrases::of(&known.chain(OPEN.iter().map(|(word, _)| *word)).collect::<Vec<_>>())
        });
        let head = cut::head(prompt, HEAD);
        ANY.find(head)?;
        let small = head.to_lowercase();
        let known = KNOWN
            .iter()
            .filter_map(|(word, order, field)| Some((small.find(word)?, word.len(), *order, *field)));
        let open =
            OPEN.iter().filter_map(|(word, order)| Some((small.find(word)?, word.len(), *order, &[][..])));
        let mut found: Vec<_> = known.collect();
        if found.is_empty() {
            found.extend(open);
        }
        // Two extremes are two wishes, unless the words lie in each other ("lowest", "lowest-priced").
        found.sort_by_key(|(at, length, ..)| (*at, std::cmp::Reverse(*length)));
        found.dedup_by_key(|(at, ..)| *at);
        let [(at, length, order, field)] = found.as_slice() else { return None };
        let sentence = small[..*at].rfind(['.', '?', '!', '\n']).map_or(0, |end| end + 1);
        let rest = &small[*at..];
        let end = at + rest.find(['.', '?', '!', '\n']).unwrap_or(rest.len());
        if OTHER.iter().any(|other| small[sentence..end].contains(other)) {
            return None;
        }
        let field: Vec<u64> = if field.is_empty() {
            let after = words::words(&small[at + length..end]).map(|word| word.text);
            after.filter(|word| !words::is_stop(word)).take(2).map(words::stem_hash).collect()
        } else {
            field.iter().map(|word| words::stem_hash(word)).collect()
        };
        (!field.is_empty()).then_some(Wanted { order: *order, field })
    }

    /// The value of a record that is compared: its one number or moment under such a key.
    fn measure<'a>(&self, record: Value<'_, 'a>) -> Option<Measure<'a>> {
        let is_of_field = |value: &Value<'_, '_>| {
            let mut words = super::effect::words(value.key().unwrap_or(""));
            words.any(|word| self.field.contains(&words::stem_hash(word)))
        };
        let mut values = record.children().filter(is_of_field).filter_map(Measure::of);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// The one record whose name the answer has.
    fn named_by_name<'d, 'a>(
        &self,
        list: Value<'d, 'a>,
        prompt: &str,
        answer: &str,
    ) -> Option<Value<'d, 'a>> {
        let said = |record: &Value<'_, '_>| {
            let mut names = record
                .children()
                .filter(|field| field.kind() == Kind::String && field.key().is_some_and(is_name));
            names.any(|name| {
                name.raw().len() >= 3 && has_whole(answer, name.raw()) && !prompt.contains(name.raw())
            })
        };
        let mut named =
            list.children().take(MAX_RECORDS).filter(|record| self.measure(*record).is_some()).filter(said);
        let record = named.next()?;
        named.next().is_none().then_some(record)
    }

    /// The record whose value the answer has, where it has no other.
    fn named_by_value<'d, 'a>(
        &self,
        list: Value<'d, 'a>,
        signals: &Signals<'_, '_>,
    ) -> Option<(Value<'d, 'a>, Option<crate::trajectory::Span>)> {
        let facts = signals.reading().answer_facts().iter().take(MAX_FACTS);
        let mut named = facts.filter_map(|fact| {
            let value = fact.value?;
            let mut records = list.children().take(MAX_RECORDS);
            let record = records.find(|record| self.measure(*record) == Some(Measure::Number(value)))?;
            Some((record, Some(fact.span)))
        });
        let found = named.next()?;
        named.next().is_none().then_some(found)
    }

    /// Whether another record of the same kind has a better value. Records that differ in a truth value (`available`), or
    /// in a word that the prompt has, are not compared: it may be what was asked for.
    fn beaten(&self, list: Value<'_, '_>, record: Value<'_, '_>, prompt: &str) -> bool {
        let Some(stated) = self.measure(record) else { return false };
        list.children().take(MAX_RECORDS).any(|other| {
            let better = self.measure(other).and_then(|value| value.compare(&stated)) == Some(self.order);
            better && are_alike(record, other, prompt)
        })
    }
}

fn has_whole(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = &text[at + name.len()..];
        !text[..at].ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })
}

fn are_alike(record: Value<'_, '_>, other: Value<'_, '_>, prompt: &str) -> bool {
    const MAX_FIELDS: usize = 64;
    record.children().take(MAX_FIELDS).all(|field| {
        let Some(key) = field.key() else { return true };
        let same = other.get(key).is_some_and(|twin| twin.raw().eq_ignore_ascii_case(field.raw()));
        let asked = || {
            let word = field.raw();
            (2..=40).contains(&word.len())
                && !is_name(key)
                && prompt.to_lowercase().contains(&word.to_lowercase())
        };
        match field.kind() {
            Kind::Bool | Kind::Null => same,
            Kind::String => same || !asked(),
            _ => true,
        }
    })
}

/// A number, or a moment as ISO 8601 writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Measure<'a> {
    Number(f64),
    Moment(&'a str),
}

impl<'a> Measure<'a> {
    fn of(value: Value<'_, 'a>) -> Option<Self> {
        let raw = value.raw();
        let is_moment = || {
            let bytes = raw.as_bytes();
            bytes.len() >= 5
                && bytes[0].is_ascii_digit()
                && matches!((bytes.get(2), bytes.get(4)), (Some(b':'), _) | (_, Some(b'-')))
        };
        match value.kind() {
            Kind::Number => value.number().map(Measure::Number),
            Kind::String if is_moment() => Some(Measure::Moment(raw)),
            _ => None,
        }
    }

    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Measure::Number(a), Measure::Number(b)) => a.partial_cmp(b),
            (Measure::Moment(a), Measure::Moment(b)) if a.len() == b.len() => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// The first list of objects with such a field, at the top or right under it.
fn list_of<'d, 'a>(document: &'d Document<'a>, wanted: &Wanted) -> Option<Value<'d, 'a>> {
    let is_list = |value: &Value<'_, '_>| {
        value.kind() == Kind::Array
            && value
                .children()
                .take(MAX_RECORDS)
                .filter(|child| wanted.measure(*child).is_some())
                .nth(1)
                .is_some()
    };
    let root = document.root();
    let inner = || {
        root.children().filter(|child| child.kind() == Kind::Object).flat_map(Value::children).find(is_list)
    };
    [root].into_iter().find(is_list).or_else(|| root.children().find(is_list)).or_else(inner)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run, steps_of};

    const LAMPS: &str = r#"{"items": [{"id": "L-A", "price": 7.5, "available": false}, {"id": "L-B", "price": 9.0, "available": true}, {"id": "L-C", "price": 12.0, "available": true}]}"#;

    #[test]
    fn a_better_record_of_the_same_kind_beats_the_answer() {
        let count = |prompt, answer| {
            hits("wrong_extreme", &run(prompt, vec![call("search", "{}", LAMPS)], Some(answer))).len()
        };
        assert_eq!(count("What is the cheapest lamp?", "It is at $12.00."), 1);
        assert_eq!(count("What is the cheapest lamp?", "It is L-C."), 1);
        assert_eq!(count("What is the cheapest lamp?", "It is L-B at $9.00."), 0);
        assert_eq!(count("What is the most expensive lamp?", "It is L-C at $12.00."), 0);
        assert_eq!(count("What is the most expensive lamp?", "It is L-B at $9.00."), 1);
        assert_eq!(count("What does a lamp cost?", "L-C costs $12.00."), 0);
        assert_eq!(count("What is the second cheapest lamp?", "It is L-C at $12.00."), 0);
        assert_eq!(count("What is the cheapest lamp under $10?", "It is L-C at $12.00."), 0);
    }

    #[test]
    fn any_field_may_be_asked_for() {
        let accounts = r#"{"accounts": [{"name": "Flex", "interest_rate": 1.2}, {"name": "Plus", "interest_rate": 2.4}]}"#;
        let slots =
            r#"[{"id": "s1", "start": "2026-05-04T15:00"}, {"id": "s2", "start": "2026-05-04T09:30"}]"#;
        let count = |prompt, list, answer| {
            hits("wrong_extreme", &run(prompt, vec![call("list", "{}", list)], Some(answer))).len()
        };
        let highest = "Which of my accounts has the highest interest rate?";
        assert_eq!(count(highest, accounts, "Your Flex account has the highest rate."), 1);
        assert_eq!(count(highest, accounts, "Your Plus account has the highest rate."), 0);
        assert_eq!(count(highest, accounts, "Plus beats Flex."), 0);
        let book = |id| {
            let steps = vec![call("list_slots", "{}", slots), call("book_slot", id, "ok")];
            steps_of("wrong_extreme", &run("Book me the earliest slot.", steps, Some("Done.")))
        };
        assert_eq!(book(r#"{"slot_id": "s1"}"#), [0]);
        assert!(book(r#"{"slot_id": "s2"}"#).is_empty());
    }
}
