//! Which values a constraint is about, and whether they keep to it.

use super::{Constraint, clause};
use crate::text::date::Date;
use crate::text::facts::{Fact, FactKind};
use crate::text::same::Meaning;
use crate::text::words;

/// Whether a value of the same measure is outside the bound.
pub fn breaks(constraint: &Constraint<'_>, value: &Fact<'_>) -> bool {
    let values = match (constraint.fact.kind, value.kind) {
        (FactKind::Date, FactKind::Date) => days(&constraint.fact, value),
        _ => constraint.fact.value.zip(value.value),
    };
    values.is_some_and(|(bound, value)| !constraint.bound.allows(value, bound))
}

/// The days of a bound and of a whole date. A bound without its year is one of the date's year.
fn days(bound: &Fact<'_>, date: &Fact<'_>) -> Option<(f64, f64)> {
    let date = Date::parse(date.text)?;
    let bound = Date::parse(bound.text)?;
    let bound = Date { year: bound.year.or(date.year), ..bound };
    Some((bound.days()? as f64, date.days()? as f64))
}

/// Whether two facts measure the same: kind, unit, and what it is counted per.
pub fn comparable(a: &Fact<'_>, b: &Fact<'_>) -> bool {
    // Bare numbers count anything.
    if a.kind != b.kind || a.kind == FactKind::Number {
        return false;
    }
    let (kind, a, b) = (a.kind, Meaning::of(a), Meaning::of(b));
    match kind {
        FactKind::Date => true,
        FactKind::Duration => a.per == b.per,
        _ => a.unit == b.unit && a.per == b.per,
    }
}

/// The words that say what a constraint is about, as stems: those just before it and just after it.
pub fn subject(text: &str, constraint: &Constraint<'_>) -> Vec<u64> {
    const BEFORE: usize = 4;
    const AFTER: usize = 2;
    let before = clause::sentence_head(text, constraint.span.start as usize);
    let before = before.rsplit(|c: char| !c.is_alphanumeric());
    let before = before.filter(|word| word.len() > 2 && !words::is_stop(word)).take(BEFORE);
    before.chain(next_words(text, constraint).take(AFTER)).map(words::stem_hash).collect()
}

/// The words that say what a count counts, as stems: "at most one travel certificate".
pub fn counted(text: &str, constraint: &Constraint<'_>) -> Vec<u64> {
    next_words(text, constraint).take(2).map(words::stem_hash).collect()
}

/// The stem of the thing that a count counts: of the two words after it the one in the plural, else the first.
pub fn thing(text: &str, constraint: &Constraint<'_>) -> Option<u64> {
    if constraint.fact.kind != FactKind::Number
        || constraint.fact.value.is_none_or(|count| count.fract() != 0.0)
    {
        return None;
    }
    let mut next = next_words(text, constraint).take(2);
    let first = next.next()?;
    let plural = |word: &&str| word.len() > 3 && word.ends_with('s');
    let named = [Some(first), next.next()].into_iter().flatten().find(plural).unwrap_or(first);
    (!words::is_stop(named)).then(|| words::stem_hash(named))
}

fn next_words<'t>(text: &'t str, constraint: &Constraint<'_>) -> impl Iterator<Item = &'t str> {
    words::words(&text[constraint.span.end as usize..]).map(|word| word.text)
}
