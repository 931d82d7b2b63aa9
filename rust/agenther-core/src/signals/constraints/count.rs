//! Counts in words: "at most three gift cards", "up to five passengers", "exactly one bag".

use super::{Constraint, bound};
use crate::text::facts::{Fact, FactKind};
use crate::text::words;
use crate::trajectory::Span;

/// The last words of comparisons that bound counts: only after one of them a number word is looked for.
const LAST_WORDS: &[&str] =
    &["most", "least", "than", "to", "of", "exactly", "maximum", "minimum", "exceed", "exceeding"];

/// A constraint for each number in words that a comparison bounds.
pub fn counts(text: &str) -> impl Iterator<Item = Constraint<'_>> {
    LAST_WORDS.iter().flat_map(move |word| {
        memchr::memmem::find_iter(text.as_bytes(), *word).filter_map(move |at| after(text, at + word.len()))
    })
}

fn after(text: &str, end: usize) -> Option<Constraint<'_>> {
    let number = words::words(&text[end..]).next()?;
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
