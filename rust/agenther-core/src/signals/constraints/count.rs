//! Counts in words: "at most three gift cards", "up to five passengers", "exactly one bag".

use std::sync::LazyLock;

use super::super::phrases::Phrases;
use super::{Constraint, bound};
use crate::text::facts::{Fact, FactKind};
use crate::text::{cut, words};
use crate::trajectory::Span;

/// The ends of comparisons that bound counts: only after one of them a number word is looked for.
const ENDS: &[&str] = &[
    "at most ",
    "at least ",
    "than ",
    "up to ",
    "exactly ",
    "imum of ",
    "imum ",
    "limit of ",
    "limited to ",
    "exceed ",
];

/// The longest comparison and number word together: bounds the time of a look ahead.
const AHEAD: usize = 24;

/// A constraint for each number in words that a comparison bounds.
pub fn counts(text: &str) -> impl Iterator<Item = Constraint<'_>> {
    // Most texts have none, which one pass tells.
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(ENDS));
    let ends: &[&str] = if PHRASES.are_in(text) { ENDS } else { &[] };
    ends.iter().flat_map(move |end| {
        memchr::memmem::find_iter(text.as_bytes(), *end).filter_map(move |at| after(text, at + end.len() - 1))
    })
}

/// The number word after byte `end`, where a comparison ends.
fn after(text: &str, end: usize) -> Option<Constraint<'_>> {
    let number = words::words(cut::head(&text[end..], AHEAD)).next()?;
    let value = number_word(number.text)?;
    let start = end + number.span.start as usize;
    let gap = &text[end..start];
    if !gap.bytes().all(|byte| byte == b' ') || gap.is_empty() {
        return None;
    }
    let (bound, from) = bound::ending(&text[..end])?;
    let span = Span::new(start, start + number.text.len());
    let fact =
        Fact { kind: FactKind::Number, span, text: span.of(text), value: Some(value), unit: None, per: None };
    Some(Constraint { bound, fact, span: Span::new(from, start + number.text.len()) })
}

fn number_word(word: &str) -> Option<f64> {
    if word.eq_ignore_ascii_case("one") { Some(1.0) } else { words::number(word) }
}
