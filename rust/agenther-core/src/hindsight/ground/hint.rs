//! Words that say what a value is, weighed by how close they stand.

use crate::text::facts::{Fact, FactKind};
use crate::text::words::{self, stem_hash};

/// How many words around an amount in prose say what it is.
const WINDOW_BEFORE: usize = 8;
const WINDOW_AFTER: usize = 4;

/// The stem of a word that says what a value is, and its weight: the closer the heavier.
pub(super) type Hint = (u64, f32);

/// The weight of a word somewhere in the same sentence.
pub(super) const FAR: f32 = 0.2;

/// The weight of a key, of a key further up, and of the words before and behind at no distance.
pub(super) const KEY: f32 = 1.0;
pub(super) const KEY_ABOVE: f32 = 0.4;
const BEFORE: f32 = 1.0;
const BEHIND: f32 = 0.7;

/// What is left of a weight across a comma.
const ACROSS: f32 = 0.3;

/// How likely words at these distances say what stands between them.
pub(super) fn hints<'t>(
    before: impl Iterator<Item = &'t str>,
    behind: impl Iterator<Item = &'t str>,
) -> Vec<Hint> {
    let weigh = |weight: f32| {
        move |(distance, word): (usize, &str)| (stem_hash(word), weight / (1 + distance) as f32)
    };
    before.enumerate().map(weigh(BEFORE)).chain(behind.enumerate().map(weigh(BEHIND))).collect()
}

/// The words around a fact, as far as the next fact of its kind.
pub(super) fn window(
    text: &str,
    tokens: &[words::Word<'_>],
    fact: &Fact<'_>,
    found: &[Fact<'_>],
) -> Vec<Hint> {
    let at = tokens.partition_point(|word| word.span.end <= fact.span.start);
    let after = tokens.partition_point(|word| word.span.start < fact.span.end);
    let index = found.partition_point(|other| other.span.end <= fact.span.start);
    let stop = found[..index].iter().rev().take(WINDOW_BEFORE).find(|other| {
        (other.kind == FactKind::Date) == (fact.kind == FactKind::Date) && other.value.is_some()
    });
    let stop = stop.map_or(0, |other| other.span.end);
    let counts = |word: &words::Word<'_>| words::number(word.text).is_some_and(|value| value > 1.0);
    let before = tokens[..at].iter().rev().take(WINDOW_BEFORE);
    let before = before.take_while(|word| word.span.start >= stop && !counts(word));
    let behind = tokens[after.min(tokens.len())..].iter().take(WINDOW_AFTER);
    let (before, behind): (Vec<_>, Vec<_>) = (before.collect(), behind.collect());
    let mut out = hints(before.iter().map(|word| word.text), behind.iter().map(|word| word.text));
    // What stands beyond a comma says less.
    for ((_, weight), word) in out.iter_mut().zip(before.iter().chain(&behind)) {
        let (from, to) = (word.span.end.min(fact.span.end), word.span.start.max(fact.span.start));
        if text[from as usize..to as usize].contains([',', ';']) {
            *weight *= ACROSS;
        }
    }
    out
}
