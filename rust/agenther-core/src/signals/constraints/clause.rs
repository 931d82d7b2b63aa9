//! The clause that a constraint stands in.

use crate::text::table::Words;
use crate::text::{cut, records};
use crate::trajectory::Span;

/// The text of the clause before byte `at`.
fn head(text: &str, at: usize) -> &str {
    let before = &text[..at];
    let ends = |(at, byte): (usize, u8)| match byte {
        b';' | b'!' | b'?' | b'\n' | b':' => true,
        // Not the point or comma of a number.
        b'.' | b',' => before.as_bytes().get(at + 1).is_none_or(u8::is_ascii_whitespace),
        _ => false,
    };
    after_last(before, ends)
}

/// The text of the sentence before byte `at`.
pub fn sentence_head(text: &str, at: usize) -> &str {
    let before = &text[..at];
    let ends = |(at, byte): (usize, u8)| match byte {
        b'!' | b'?' | b'\n' => true,
        b'.' => before.as_bytes().get(at + 1).is_none_or(u8::is_ascii_whitespace),
        _ => false,
    };
    after_last(before, ends)
}

/// The sentence around `start..end`, or what of it is near.
pub fn sentence(text: &str, start: usize, end: usize) -> Span {
    const REACH: usize = 200;
    let from = cut::ceil(text, start.saturating_sub(REACH));
    let to = cut::floor(text, end + REACH);
    records::sentences(text, from, to)
        .find(|span| span.start as usize <= start && end <= span.end as usize)
        .unwrap_or(Span::new(start, end))
}

fn after_last(before: &str, ends: impl Fn((usize, u8)) -> bool) -> &str {
    let start = before.bytes().enumerate().rev().take(LONGEST).find(|found| ends(*found));
    let start = start.map_or(before.len().saturating_sub(LONGEST), |(at, _)| at + 1);
    &before[cut::ceil(before, start)..]
}

/// No clause is longer: bounds the time of a look back.
const LONGEST: usize = 200;

/// Whether the clause before `at` says under which condition something holds.
pub fn is_conditional(text: &str, at: usize) -> bool {
    words(head(text, at)).any(is_condition)
}

fn is_condition(word: &str) -> bool {
    static CONDITIONS: Words<8> =
        Words::of(["if", "unless", "whether", "when", "whenever", "once", "otherwise", "suppose"]);
    CONDITIONS.has(word)
}

/// Whether a sentence, as a whole, holds only under a condition.
pub fn has_condition(sentence: &str) -> bool {
    words(sentence).any(is_condition)
}

/// Whether one of the last four words of the clause before `at` turns what follows into its opposite:
/// "do not go over", "nothing above", "I don't want to leave before".
pub fn is_negated(text: &str, at: usize) -> bool {
    const REACH: usize = 4;
    words(head(text, at)).rev().take(REACH).any(is_negation)
}

/// Whether a word of the clause before `at` forbids.
pub fn forbids(text: &str, at: usize) -> bool {
    words(head(text, at)).any(is_negation)
}

/// Whether the words of a bound, or its clause, say that it holds for all there is. In a policy "refunds
/// over $100" only says which ones are spoken of.
pub fn is_absolute(text: &str, bound: Span) -> bool {
    const LIMITS: &[&str] =
        &["at", "no", "not", "up", "max", "maximum", "min", "minimum", "limit", "limited", "exactly"];
    const DUTIES: &[&str] = &["must", "shall", "should", "may", "can", "cannot", "never", "only"];
    let any = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    words(bound.of(text)).next().is_some_and(|word| any(word, LIMITS))
        || words(head(text, bound.start as usize)).any(|word| any(word, DUTIES))
}

fn is_negation(word: &str) -> bool {
    #[rustfmt::skip]
    static NEGATIONS: Words<12> = Words::of([
        "not", "no", "never", "nothing", "none", "nobody", "without", "avoid", "cannot", "dont", "forbidden",
        "prohibited",
    ]);
    NEGATIONS.has(word) || word.len() > 3 && (word.ends_with("n't") || word.ends_with("n’t"))
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}
