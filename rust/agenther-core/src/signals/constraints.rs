//! Typed constraints that a prompt states: bounds on money, quantities, counts and dates.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::tokens;
use crate::text::facts::{Fact, FactKind};
use crate::trajectory::Span;

/// On which side of its value a constraint allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Less than the value.
    Below,
    /// The value or less.
    AtMost,
    /// More than the value.
    Above,
    /// The value or more.
    AtLeast,
    /// The value itself.
    Exactly,
}

impl Bound {
    /// Whether `value` keeps within the bound.
    pub fn allows(self, value: f64, bound: f64) -> bool {
        match self {
            Bound::Below => value < bound,
            Bound::AtMost => value <= bound,
            Bound::Above => value > bound,
            Bound::AtLeast => value >= bound,
            Bound::Exactly => value == bound,
        }
    }
}

/// A bound on a typed value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constraint<'a> {
    /// The side that is allowed.
    pub bound: Bound,
    /// The value it is about, as the prompt has it.
    pub fact: Fact<'a>,
    /// The comparison and its value in the prompt.
    pub span: Span,
}

/// Comparisons that stand before their value. Longer ones come first where one ends with another.
const BEFORE: &[(&str, Bound)] = &[
    ("no more than", Bound::AtMost),
    ("not more than", Bound::AtMost),
    ("no less than", Bound::AtLeast),
    ("not less than", Bound::AtLeast),
    ("no later than", Bound::AtMost),
    ("no earlier than", Bound::AtLeast),
    ("not exceeding", Bound::AtMost),
    ("not exceed", Bound::AtMost),
    ("less than", Bound::Below),
    ("lower than", Bound::Below),
    ("cheaper than", Bound::Below),
    ("fewer than", Bound::Below),
    ("smaller than", Bound::Below),
    ("more than", Bound::Above),
    ("greater than", Bound::Above),
    ("higher than", Bound::Above),
    ("larger than", Bound::Above),
    ("at most", Bound::AtMost),
    ("at least", Bound::AtLeast),
    ("up to", Bound::AtMost),
    ("maximum of", Bound::AtMost),
    ("minimum of", Bound::AtLeast),
    ("under", Bound::Below),
    ("below", Bound::Below),
    ("over", Bound::Above),
    ("above", Bound::Above),
    ("exceeding", Bound::Above),
    ("before", Bound::Below),
    ("after", Bound::Above),
    ("exactly", Bound::Exactly),
    ("<=", Bound::AtMost),
    ("≤", Bound::AtMost),
    (">=", Bound::AtLeast),
    ("≥", Bound::AtLeast),
    ("<", Bound::Below),
    (">", Bound::Above),
];

/// Comparisons that stand after their value.
const AFTER: &[(&str, Bound)] = &[
    ("or less", Bound::AtMost),
    ("or fewer", Bound::AtMost),
    ("or cheaper", Bound::AtMost),
    ("or below", Bound::AtMost),
    ("or under", Bound::AtMost),
    ("or more", Bound::AtLeast),
    ("or higher", Bound::AtLeast),
    ("or above", Bound::AtLeast),
    ("or over", Bound::AtLeast),
    ("at most", Bound::AtMost),
    ("at least", Bound::AtLeast),
    ("maximum", Bound::AtMost),
    ("max", Bound::AtMost),
    ("minimum", Bound::AtLeast),
    ("tops", Bound::AtMost),
];

/// Whether a prompt has the words or signs of a comparison at all. Most have none, and need not be read for facts.
pub fn may_state_one(prompt: &str) -> bool {
    static COMPARISONS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let words = BEFORE.iter().chain(AFTER).map(|(words, _)| words);
        AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
    });
    COMPARISONS.as_ref().is_none_or(|comparisons| comparisons.is_match(prompt))
}

/// The constraints of a prompt whose facts are `facts`.
pub fn constraints<'a>(prompt: &'a str, facts: &[Fact<'a>]) -> Vec<Constraint<'a>> {
    facts
        .iter()
        .filter(|fact| fact.value.is_some() && is_measure(fact.kind))
        .filter_map(|fact| {
            let (bound, span) = before(prompt, fact).or_else(|| after(prompt, fact))?;
            // "before 5" and "after 5" are about time; of plain numbers they say nothing that is checked.
            let about_time = matches!(fact.kind, FactKind::Date);
            let temporal =
                ["before", "after"].iter().any(|word| span.of(prompt).to_ascii_lowercase().starts_with(word));
            (about_time || !temporal).then_some(Constraint { bound, fact: *fact, span })
        })
        .collect()
}

fn is_measure(kind: FactKind) -> bool {
    matches!(
        kind,
        FactKind::Number
            | FactKind::Money
            | FactKind::Percent
            | FactKind::Quantity
            | FactKind::Date
            | FactKind::Duration
    )
}

fn before(prompt: &str, fact: &Fact<'_>) -> Option<(Bound, Span)> {
    let head = prompt[..fact.span.start as usize].trim_end();
    let head = ["the", "about", "a", "of"].iter().fold(head, |head, filler| cut_word(head, filler));
    let (words, bound) = BEFORE.iter().find(|(words, _)| ends_with_words(head, words))?;
    Some((*bound, Span::new(head.len() - words.len(), fact.span.end as usize)))
}

fn after(prompt: &str, fact: &Fact<'_>) -> Option<(Bound, Span)> {
    let end = fact.span.end as usize;
    let tail = prompt[end..].trim_start_matches([' ', ',', '(']);
    let skipped = prompt.len() - end - tail.len();
    let (words, bound) = AFTER.iter().find(|(words, _)| {
        tail.get(..words.len()).is_some_and(|head| head.eq_ignore_ascii_case(words))
            && !tail[words.len()..].starts_with(char::is_alphanumeric)
    })?;
    Some((*bound, Span::new(fact.span.start as usize, end + skipped + words.len())))
}

fn cut_word<'t>(text: &'t str, word: &str) -> &'t str {
    if ends_with_words(text, word) { text[..text.len() - word.len()].trim_end() } else { text }
}

fn ends_with_words(text: &str, words: &str) -> bool {
    let Some(start) = text.len().checked_sub(words.len()) else { return false };
    let is_symbol = !words.as_bytes()[0].is_ascii_alphabetic();
    text.is_char_boundary(start)
        && text[start..].eq_ignore_ascii_case(words)
        && (is_symbol || !text[..start].ends_with(char::is_alphanumeric))
}

/// Whether two facts measure the same: kind and unit, where both say one.
pub fn comparable(a: &Fact<'_>, b: &Fact<'_>) -> bool {
    let unit = |fact: &Fact<'_>| fact.unit.map(|unit| unit.trim_matches('.').to_ascii_lowercase());
    a.kind == b.kind
        && match (unit(a), unit(b)) {
            (Some(a), Some(b)) => a == b || currency(&a).is_some() && currency(&a) == currency(&b),
            _ => a.kind == FactKind::Date,
        }
}

/// The currency of a unit; `$` is taken for dollars of any kind. Money per unit is another measure.
fn currency(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "$" | "usd" | "dollar" | "dollars" | "us$" => "$",
        "€" | "eur" | "euro" | "euros" => "€",
        "£" | "gbp" | "pound" | "pounds" => "£",
        _ => return None,
    })
}

/// The words that say what a constraint is about: those just before it and just after it.
pub fn subject(prompt: &str, constraint: &Constraint<'_>) -> Vec<u64> {
    const WORDS: usize = 4;
    let before = &prompt[..constraint.span.start as usize];
    let after = &prompt[constraint.span.end as usize..];
    let mut words: Vec<_> = tokens::words(after).take(1).map(tokens::word_hash).collect();
    words.extend(last_words(before, WORDS).map(tokens::word_hash));
    words
}

fn last_words(text: &str, count: usize) -> impl Iterator<Item = &str> {
    text.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(prompt: &str, text: &'static str, kind: FactKind, value: f64) -> Fact<'static> {
        let at = prompt.find(text).unwrap();
        Fact {
            kind,
            span: Span::new(at, at + text.len()),
            text,
            value: Some(value),
            unit: Some("$"),
            per: None,
        }
    }

    #[test]
    fn reads_comparisons_on_both_sides() {
        for (prompt, bound, span) in [
            ("a lamp under $20, please", Bound::Below, "under $20"),
            ("a lamp for no more than $20", Bound::AtMost, "no more than $20"),
            ("a lamp for $20 or less", Bound::AtMost, "$20 or less"),
            ("a lamp, price ≥ $20", Bound::AtLeast, "≥ $20"),
        ] {
            let facts = [fact(prompt, "$20", FactKind::Money, 20.0)];
            let found = constraints(prompt, &facts);
            assert_eq!((found[0].bound, found[0].span.of(prompt)), (bound, span));
        }
        assert!(
            constraints("a lamp for $20", &[fact("a lamp for $20", "$20", FactKind::Money, 20.0)]).is_empty()
        );
        let prompt = "the thunder $20";
        assert!(constraints(prompt, &[fact(prompt, "$20", FactKind::Money, 20.0)]).is_empty());
    }
}
