//! Words that say what a value is, weighed by how close they stand.

use crate::text::facts::{Fact, FactKind};
use crate::text::words;
use crate::trajectory::Span;

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

/// The weight of the word so many words before a value.
pub(super) fn before(distance: usize) -> f32 {
    BEFORE / (1 + distance) as f32
}

/// The weight of the word so many words behind a value.
pub(super) fn behind(distance: usize) -> f32 {
    BEHIND / (1 + distance) as f32
}

/// Adds the words around a fact, as far as the next fact of its kind. `stem` gives the stem of the word at a position.
pub(super) fn window(
    text: &str,
    tokens: &[Span],
    fact: &Fact<'_>,
    found: &[Fact<'_>],
    mut stem: impl FnMut(usize) -> u64,
    out: &mut Vec<Hint>,
) {
    let at = tokens.partition_point(|word| word.end <= fact.span.start);
    let after = tokens.partition_point(|word| word.start < fact.span.end);
    let index = found.partition_point(|other| other.span.end <= fact.span.start);
    let stop = found[..index].iter().rev().take(WINDOW_BEFORE).find(|other| {
        (other.kind == FactKind::Date) == (fact.kind == FactKind::Date) && other.value.is_some()
    });
    let stop = stop.map_or(0, |other| other.span.end);
    let counts = |word: &Span| words::number(word.of(text)).is_some_and(|value| value > 1.0);
    // What stands beyond a comma says less.
    let weigh = |word: &Span, weight: f32| {
        let (from, to) = (word.end.min(fact.span.end), word.start.max(fact.span.start));
        let across =
            text.as_bytes()[from as usize..to as usize].iter().any(|byte| matches!(byte, b',' | b';'));
        if across { weight * ACROSS } else { weight }
    };
    let close = (0..at).rev().take(WINDOW_BEFORE);
    for (distance, at) in close.take_while(|&at| tokens[at].start >= stop && !counts(&tokens[at])).enumerate()
    {
        out.push((stem(at), weigh(&tokens[at], before(distance))));
    }
    for (distance, at) in (after..tokens.len()).take(WINDOW_AFTER).enumerate() {
        out.push((stem(at), weigh(&tokens[at], behind(distance))));
    }
}
