//! Which amounts say the same: keys to find them by, and the test itself.

use crate::text::facts::FactKind;
use crate::text::same::Meaning;

/// The most keys of one amount.
const MAX_KEYS: usize = 5;

/// Keys under which an amount is found; an amount and a claim that agree share one. The first is the most specific.
pub(super) fn value_keys(meaning: &Meaning) -> impl Iterator<Item = i64> {
    let mut keys = [0; MAX_KEYS];
    let mut count = 0;
    let mut add = |key: i64| {
        keys[count] = key;
        count += 1;
    };
    let scaled = |value: f64| (value * 1e4).round() as i64;
    if let Some(date) = meaning.date {
        let part = |tag: i64, value: i64| i64::MIN / 2 + tag * 1_000_000 + value;
        if let (Some(month), Some(day)) = (date.month, date.day) {
            add(part(1, i64::from(month) * 40 + i64::from(day)));
            if date.ambiguous {
                add(part(1, i64::from(day) * 40 + i64::from(month)));
            }
        }
        date.month.into_iter().for_each(|month| add(part(2, i64::from(month))));
        date.weekday.into_iter().for_each(|day| add(part(3, i64::from(day))));
        // A bare year is written as a number.
        date.year.into_iter().for_each(|year| add(scaled(f64::from(year))));
    } else if meaning.kind == FactKind::Time {
        meaning.value.into_iter().for_each(|value| add(scaled((value / 60.0).floor() + 0.5)));
    } else {
        let (value, written) = (meaning.value.map(scaled), meaning.written.map(scaled));
        value.into_iter().chain(written.filter(|written| Some(*written) != value)).for_each(add);
    }
    keys.into_iter().take(count)
}

/// Whether an amount of the evidence bears out a claimed one; a bare year is borne out by a date.
pub(super) fn bears_out(evidence: &Meaning, claim: &Meaning) -> bool {
    let year = |date: &Meaning, number: &Meaning| {
        let year = date.date.and_then(|date| date.year).map(f64::from);
        number.kind == FactKind::Number && year.is_some() && year == number.value
    };
    evidence.agrees(claim)
        || year(evidence, claim)
        || (year(claim, evidence) && claim.date.is_some_and(|date| date.month.is_none()))
}
