//! Comparisons with one value: "under $20", "$20 or less", "MOQ < 100 kg".

use super::{Constraint, clause};
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

    /// What is left where everything that this allows is ruled out.
    fn negated(self) -> Option<Bound> {
        Some(match self {
            Bound::Below => Bound::AtLeast,
            Bound::AtMost => Bound::Above,
            Bound::Above => Bound::AtMost,
            Bound::AtLeast => Bound::Below,
            Bound::Exactly => return None,
        })
    }
}

/// What a comparison can be about.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    /// Any measure.
    Any,
    /// Dates and times of day alone: "before 5" says nothing that is checked.
    Moments,
    /// Money alone: "within 5 km", "a budget of 3 pages".
    Money,
}

/// Comparisons that stand before their value. Longer ones come first where one ends with another.
const BEFORE: &[(&str, Bound, Of)] = &[
    ("no more than", Bound::AtMost, Of::Any),
    ("not more than", Bound::AtMost, Of::Any),
    ("no less than", Bound::AtLeast, Of::Any),
    ("not less than", Bound::AtLeast, Of::Any),
    ("no fewer than", Bound::AtLeast, Of::Any),
    ("no higher than", Bound::AtMost, Of::Any),
    ("no greater than", Bound::AtMost, Of::Any),
    ("no lower than", Bound::AtLeast, Of::Any),
    ("no longer than", Bound::AtMost, Of::Any),
    ("no later than", Bound::AtMost, Of::Any),
    ("no earlier than", Bound::AtLeast, Of::Any),
    ("not exceeding", Bound::AtMost, Of::Any),
    ("not exceed", Bound::AtMost, Of::Any),
    ("less than", Bound::Below, Of::Any),
    ("lower than", Bound::Below, Of::Any),
    ("cheaper than", Bound::Below, Of::Any),
    ("fewer than", Bound::Below, Of::Any),
    ("smaller than", Bound::Below, Of::Any),
    ("shorter than", Bound::Below, Of::Any),
    ("lighter than", Bound::Below, Of::Any),
    ("younger than", Bound::Below, Of::Any),
    ("more than", Bound::Above, Of::Any),
    ("greater than", Bound::Above, Of::Any),
    ("higher than", Bound::Above, Of::Any),
    ("larger than", Bound::Above, Of::Any),
    ("bigger than", Bound::Above, Of::Any),
    ("longer than", Bound::Above, Of::Any),
    ("heavier than", Bound::Above, Of::Any),
    ("older than", Bound::Above, Of::Any),
    ("later than", Bound::Above, Of::Moments),
    ("earlier than", Bound::Below, Of::Moments),
    ("on or before", Bound::AtMost, Of::Moments),
    ("on or after", Bound::AtLeast, Of::Moments),
    ("at most", Bound::AtMost, Of::Any),
    ("at least", Bound::AtLeast, Of::Any),
    ("up to", Bound::AtMost, Of::Any),
    ("maximum of", Bound::AtMost, Of::Any),
    ("minimum of", Bound::AtLeast, Of::Any),
    ("limit of", Bound::AtMost, Of::Any),
    ("limited to", Bound::AtMost, Of::Any),
    ("budget of", Bound::AtMost, Of::Money),
    ("budget is", Bound::AtMost, Of::Money),
    ("budget:", Bound::AtMost, Of::Money),
    ("within", Bound::AtMost, Of::Money),
    ("under", Bound::Below, Of::Any),
    ("below", Bound::Below, Of::Any),
    ("over", Bound::Above, Of::Any),
    ("above", Bound::Above, Of::Any),
    ("exceeding", Bound::Above, Of::Any),
    ("exceeds", Bound::Above, Of::Any),
    ("exceed", Bound::Above, Of::Any),
    ("maximum", Bound::AtMost, Of::Any),
    ("minimum", Bound::AtLeast, Of::Any),
    ("max.", Bound::AtMost, Of::Any),
    ("max", Bound::AtMost, Of::Any),
    ("min.", Bound::AtLeast, Of::Any),
    ("before", Bound::Below, Of::Moments),
    ("until", Bound::AtMost, Of::Moments),
    ("since", Bound::AtLeast, Of::Moments),
    ("by", Bound::AtMost, Of::Moments),
    ("after", Bound::Above, Of::Moments),
    ("exactly", Bound::Exactly, Of::Any),
    ("<=", Bound::AtMost, Of::Any),
    ("=<", Bound::AtMost, Of::Any),
    ("≤", Bound::AtMost, Of::Any),
    (">=", Bound::AtLeast, Of::Any),
    ("≥", Bound::AtLeast, Of::Any),
    ("<", Bound::Below, Of::Any),
    (">", Bound::Above, Of::Any),
];

/// Comparisons that stand after their value.
const AFTER: &[(&str, Bound)] = &[
    ("or less", Bound::AtMost),
    ("or fewer", Bound::AtMost),
    ("or cheaper", Bound::AtMost),
    ("or below", Bound::AtMost),
    ("or under", Bound::AtMost),
    ("or lower", Bound::AtMost),
    ("or earlier", Bound::AtMost),
    ("or more", Bound::AtLeast),
    ("or higher", Bound::AtLeast),
    ("or greater", Bound::AtLeast),
    ("or above", Bound::AtLeast),
    ("or over", Bound::AtLeast),
    ("or later", Bound::AtLeast),
    ("and above", Bound::AtLeast),
    ("and up", Bound::AtLeast),
    ("at most", Bound::AtMost),
    ("at least", Bound::AtLeast),
    ("maximum", Bound::AtMost),
    ("max", Bound::AtMost),
    ("minimum", Bound::AtLeast),
    ("tops", Bound::AtMost),
];

/// The constraint on the value of `fact`, if the words around it state one.
pub fn read<'a>(text: &'a str, fact: &Fact<'a>) -> Option<Constraint<'a>> {
    let (bound, span) = before(text, fact).or_else(|| after(text, fact))?;
    let said = span.of(text);
    // "No more than" has its negation within.
    let within = said
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case("no ") || head.eq_ignore_ascii_case("not"));
    let bound =
        if !within && clause::is_negated(text, span.start as usize) { bound.negated()? } else { bound };
    Some(Constraint { bound, fact: *fact, span })
}

fn before(text: &str, fact: &Fact<'_>) -> Option<(Bound, Span)> {
    let head = text[..fact.span.start as usize].trim_end();
    let head = ["the", "about", "a", "of"].iter().fold(head, |head, filler| cut_word(head, filler));
    let (words, bound, of) = BEFORE.iter().find(|(words, ..)| ends_with_words(head, words))?;
    let fits = match of {
        Of::Any => true,
        Of::Moments => matches!(fact.kind, FactKind::Date | FactKind::Time),
        Of::Money => fact.kind == FactKind::Money,
    };
    fits.then(|| (*bound, Span::new(head.len() - words.len(), fact.span.end as usize)))
}

fn after(text: &str, fact: &Fact<'_>) -> Option<(Bound, Span)> {
    let end = fact.span.end as usize;
    let tail = text[end..].trim_start_matches([' ', ',', '(']);
    let skipped = text.len() - end - tail.len();
    let (words, bound) = AFTER.iter().find(|(words, _)| {
        tail.get(..words.len()).is_some_and(|head| head.eq_ignore_ascii_case(words))
            && !tail[words.len()..].starts_with(char::is_alphanumeric)
    })?;
    Some((*bound, Span::new(fact.span.start as usize, end + skipped + words.len())))
}

/// The comparison that ends `head`, before a number in words.
pub fn ending(head: &str) -> Option<(Bound, usize)> {
    let counting = BEFORE.iter().filter(|(.., of)| *of == Of::Any);
    let (words, bound, _) = counting.into_iter().find(|(words, ..)| ends_with_words(head, words))?;
    Some((*bound, head.len() - words.len()))
}

fn cut_word<'t>(text: &'t str, word: &str) -> &'t str {
    if ends_with_words(text, word) { text[..text.len() - word.len()].trim_end() } else { text }
}

fn ends_with_words(text: &str, words: &str) -> bool {
    // Most texts are told from most words by their last byte.
    let ends = |text: &str| text.as_bytes().last().map(u8::to_ascii_lowercase);
    let Some(start) = text.len().checked_sub(words.len()).filter(|_| ends(text) == ends(words)) else {
        return false;
    };
    let is_symbol = !words.as_bytes()[0].is_ascii_alphabetic();
    text.is_char_boundary(start)
        && text[start..].eq_ignore_ascii_case(words)
        && (is_symbol || !text[..start].ends_with(char::is_alphanumeric))
}
