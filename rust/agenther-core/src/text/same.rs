//! When two facts say the same in different words: `1,000` and `1000`, `$5` and `5 USD`, `May 20` and `2024-05-20`.

use std::borrow::Cow;

use super::date::Date;
use super::facts::{Fact, FactKind};
use super::unit;

/// What a fact denotes, freed of how it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// The kind.
    pub kind: FactKind,
    /// The value, in seconds for a duration.
    pub value: Option<f64>,
    /// The number as written, before its unit scaled it; none for a time without seconds.
    pub written: Option<f64>,
    /// One name for all spellings of the unit.
    pub unit: Option<Cow<'static, str>>,
    /// One name for all spellings of what the unit is counted per.
    pub per: Option<Cow<'static, str>>,
    /// The date, of a fact that is one.
    pub date: Option<Date>,
}

impl Meaning {
    /// What a fact denotes. Of names, identifiers and the like only the kind is kept.
    pub fn of(fact: &Fact<'_>) -> Self {
        let amount = is_amount(fact.kind);
        Meaning {
            kind: fact.kind,
            value: fact.value,
            written: match fact.kind {
                _ if amount => written(fact),
                // A time without seconds is that of a whole minute.
                FactKind::Time if fact.text.matches(':').count() < 2 => None,
                _ => fact.value,
            },
            unit: fact.unit.map(unit::canonical),
            per: fact.per.map(unit::canonical),
            date: (fact.kind == FactKind::Date).then(|| Date::parse(fact.text)).flatten(),
        }
    }

    /// A bare number.
    pub fn number(value: f64) -> Self {
        Meaning {
            kind: FactKind::Number,
            value: Some(value),
            written: Some(value),
            unit: None,
            per: None,
            date: None,
        }
    }

    /// Whether it is a number, an amount, a date or a time.
    pub fn is_measured(&self) -> bool {
        is_amount(self.kind) || matches!(self.kind, FactKind::Date | FactKind::Time)
    }

    /// Whether both denote the same. A number without a unit agrees with any unit: tables keep units in
    /// their headings. A percentage is not the fraction it stands for.
    pub fn agrees(&self, other: &Meaning) -> bool {
        match (self.kind, other.kind) {
            (FactKind::Date, FactKind::Date) => self.date.zip(other.date).is_some_and(|(a, b)| a.agrees(b)),
            (FactKind::Time, FactKind::Time) => {
                let minute = |meaning: &Meaning| meaning.value.map(|value| (value / 60.0).floor());
                let rough = self.written.is_none() || other.written.is_none();
                equal(self.value, other.value) || (rough && equal(minute(self), minute(other)))
            }
            (a, b) => is_amount(a) && is_amount(b) && self.amounts_agree(other),
        }
    }

    fn amounts_agree(&self, other: &Meaning) -> bool {
        let bare = self.kind == FactKind::Number || other.kind == FactKind::Number;
        let units = match (&self.unit, &other.unit) {
            (Some(x), Some(y)) => {
                x == y || (self.kind == FactKind::Duration && other.kind == FactKind::Duration)
            }
            _ => self.kind == other.kind || bare,
        };
        let per = self.per.as_ref().zip(other.per.as_ref()).is_none_or(|(x, y)| x == y);
        // A bare number under a heading counts in the unit of the heading, not in seconds or dollars.
        let as_written = self.unit.is_none() != other.unit.is_none() && equal(self.written, other.written);
        units && per && (equal(self.value, other.value) || as_written)
    }
}

fn is_amount(kind: FactKind) -> bool {
    use FactKind::{Duration, Money, Number, Percent, Quantity};
    matches!(kind, Number | Money | Percent | Quantity | Duration)
}

/// Whether two facts denote the same thing.
pub fn same(a: &Fact<'_>, b: &Fact<'_>) -> bool {
    let (x, y) = (Meaning::of(a), Meaning::of(b));
    match (a.kind, b.kind) {
        (FactKind::Url, FactKind::Url) => address(a.text) == address(b.text),
        (FactKind::Path, FactKind::Path) => a.text == b.text,
        (FactKind::Number, FactKind::Id) | (FactKind::Id, FactKind::Number) => same_letters(a.text, b.text),
        _ if x.is_measured() || y.is_measured() => x.agrees(&y),
        _ => same_letters(a.text, b.text),
    }
}

fn equal(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| close(a, b))
}

/// Whether two numbers are equal up to the last bits of a double.
pub fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// The number as written, before its unit scaled it.
fn written(fact: &Fact<'_>) -> Option<f64> {
    let start = fact.text.find(|c: char| c.is_ascii_digit())?;
    let number = super::number::scan(fact.text.as_bytes(), start, true)?.value;
    Some(if fact.value.is_some_and(|value| value < 0.0) { -number } else { number })
}

fn address(url: &str) -> &str {
    url.trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_start_matches("www.")
        .trim_end_matches('/')
}

/// The letters and digits of a name or identifier, in small letters: `World's Best` and `worlds best` are one.
pub fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Whether two texts have the same letters and digits, whatever their case. Nearly all are keys and names in ASCII,
/// which differ at once: comparing their bytes takes a fifth of what decoding and folding them takes.
pub fn same_letters(a: &str, b: &str) -> bool {
    if !a.is_ascii() || !b.is_ascii() {
        return folded(a).eq(folded(b));
    }
    let mut a = a.bytes().filter(u8::is_ascii_alphanumeric);
    let mut b = b.bytes().filter(u8::is_ascii_alphanumeric);
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn letters_are_the_same_where_they_fold_to_the_same(
            a in "[abAB1_ .éÉK]{0,4}",
            b in "[abAB1_ .éÉK]{0,4}",
        ) {
            proptest::prop_assert_eq!(same_letters(&a, &b), folded(&a).eq(folded(&b)));
            proptest::prop_assert!(same_letters(&a, &a.to_uppercase().to_lowercase()) || !a.is_ascii());
        }
    }
}
