//! Typed facts in text: numbers, money, dates, identifiers, names.

use crate::trajectory::Span;

/// What kind of thing a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// A plain number: `1,234.5`, `1.234,5`.
    Number,
    /// An amount of money: `$5.30/kg`, `12 EUR`.
    Money,
    /// A share: `10 %`.
    Percent,
    /// A number with a unit of measure: `10kg`, `3.5 GB`.
    Quantity,
    /// A calendar date: `2024-05-20`, `May 20, 2024`.
    Date,
    /// A time of day: `14:05`, `3 pm`.
    Time,
    /// A length of time: `30 seconds`, `2h`.
    Duration,
    /// A web address.
    Url,
    /// An e-mail address.
    Email,
    /// A file path.
    Path,
    /// An opaque identifier: `JG7FMM`, `user_1234`.
    Id,
    /// A quoted string.
    Quoted,
    /// A proper name: a run of capitalised words.
    Name,
}

impl FactKind {
    /// The name used in frames.
    pub fn name(self) -> &'static str {
        match self {
            FactKind::Number => "number",
            FactKind::Money => "money",
            FactKind::Percent => "percent",
            FactKind::Quantity => "quantity",
            FactKind::Date => "date",
            FactKind::Time => "time",
            FactKind::Duration => "duration",
            FactKind::Url => "url",
            FactKind::Email => "email",
            FactKind::Path => "path",
            FactKind::Id => "id",
            FactKind::Quoted => "quoted",
            FactKind::Name => "name",
        }
    }
}

/// One fact in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fact<'a> {
    /// Its kind.
    pub kind: FactKind,
    /// Where it stands.
    pub span: Span,
    /// The text of the span.
    pub text: &'a str,
    /// Its value: the number; seconds for a duration; days since 1970-01-01 for a full date;
    /// seconds since midnight for a time.
    pub value: Option<f64>,
    /// Its unit as written (`kg`, `$`, `USD`, `$/kg`), where it has one.
    pub unit: Option<&'a str>,
}

/// The facts of a text, in the order of their spans, which do not overlap.
pub fn facts(text: &str) -> Vec<Fact<'_>> {
    let _ = text;
    Vec::new()
}
