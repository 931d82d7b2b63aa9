//! When two facts say the same in different words: `1,000` and `1000`, `$5` and `5 USD`, `May 20` and `2024-05-20`.

use super::date::Date;
use super::facts::{Fact, FactKind};
use super::unit;

/// Whether two facts denote the same thing. A number without a unit agrees with any unit: tables keep
/// units in their headings. A percentage is not the fraction it stands for.
pub fn same(a: &Fact<'_>, b: &Fact<'_>) -> bool {
    use FactKind::*;
    match (a.kind, b.kind) {
        (Date, Date) => dates(a, b),
        (Time, Time) => equal(a, b),
        (Number | Money | Percent | Quantity | Duration, Number | Money | Percent | Quantity | Duration) => {
            amounts(a, b)
        }
        (Number, Id) | (Id, Number) => folded(a.text).eq(folded(b.text)),
        (Date | Time | Number | Money | Percent | Quantity | Duration, _)
        | (_, Date | Time | Number | Money | Percent | Quantity | Duration) => false,
        (Url, Url) => address(a.text) == address(b.text),
        (Path, Path) => a.text == b.text,
        _ => folded(a.text).eq(folded(b.text)),
    }
}

fn dates(a: &Fact<'_>, b: &Fact<'_>) -> bool {
    match (Date::parse(a.text), Date::parse(b.text)) {
        (Some(a), Some(b)) => a.agrees(b),
        _ => false,
    }
}

/// Equal up to the last bits of a double.
fn equal(a: &Fact<'_>, b: &Fact<'_>) -> bool {
    match (a.value, b.value) {
        (Some(a), Some(b)) => close(a, b),
        _ => false,
    }
}

/// Whether two numbers are equal up to the last bits of a double.
pub fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn amounts(a: &Fact<'_>, b: &Fact<'_>) -> bool {
    if a.kind == FactKind::Duration && b.kind == FactKind::Duration {
        return equal(a, b);
    }
    let units = match (a.unit, b.unit) {
        (Some(x), Some(y)) => a.kind == b.kind && unit::canonical(x) == unit::canonical(y),
        _ => a.kind == b.kind || a.kind == FactKind::Number || b.kind == FactKind::Number,
    };
    let per = a.per.zip(b.per).is_none_or(|(x, y)| unit::canonical(x) == unit::canonical(y));
    if units && per && equal(a, b) {
        return true;
    }
    // A bare number under a heading counts in the unit of the heading, not in seconds or dollars.
    units
        && per
        && written(a)
            .zip(written(b))
            .is_some_and(|(x, y)| (a.unit.is_none() != b.unit.is_none()) && close(x, y))
}

/// The number as written, before its unit scaled it.
fn written(fact: &Fact<'_>) -> Option<f64> {
    let start = fact.text.find(|c: char| c.is_ascii_digit())?;
    let number = super::number::scan(fact.text.as_bytes(), start, true)?;
    (number.end > start).then_some(number.value)
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
