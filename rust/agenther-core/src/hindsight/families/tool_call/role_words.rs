//! The values of parameters in words, by their roles: `from JFK`, `on May 20, 2024`, `priced at up to 50`.

use std::borrow::Cow;

use super::roles::{Role, is_clock, is_count};
use crate::hindsight::families::english::article as article_for;
use crate::hindsight::wording::{is_plural_phrase, join, plural, say_value, singular};

/// The words for values in a role, without those of [`Role::Adjective`] and [`Role::Identity`], which stand with the noun.
pub fn say(role: &Role, values: &[Cow<'_, str>]) -> String {
    let said: Vec<String> = values.iter().map(|value| say_value(value)).collect();
    let plain = join(&said);
    let quoted = || {
        let quoted: Vec<String> = said.iter().map(|value| quote(value)).collect();
        join(&quoted)
    };
    match role {
        Role::From => format!("from {plain}"),
        Role::To => format!("to {plain}"),
        Role::In if is_street(&plain) => format!("on {plain}"),
        Role::Of(what) if values.len() > 1 && values.iter().all(|value| is_plain_word(value)) => {
            format!("of the {plain} {}", plural(what))
        }
        Role::Of(_) if plain.contains(' ') && plain.starts_with(|first: char| first.is_lowercase()) => {
            format!("for {plain}")
        }
        // Substances and foods are no members of a kind: the price of chickpeas.
        Role::Of(what) if matches!(what.as_str(), "ingredient" | "drug" | "medication" | "coin") => {
            format!("of {plain}")
        }
        Role::Of(what) if plain.starts_with(|first: char| first.is_lowercase()) => {
            format!("of the {plain} {what}")
        }
        Role::Of(_) => format!("of {plain}"),
        Role::In if ADVERBS.contains(&plain.as_str()) => plain,
        Role::In => format!("in {}{plain}", article(&plain)),
        Role::At => format!("at {}{plain}", article(&plain)),
        Role::On => format!("on {plain}"),
        Role::Since if values.iter().all(|value| is_clock(value)) => format!("after {plain}"),
        Role::Since => format!("since {plain}"),
        Role::Said(words) => format!("{words} {plain}"),
        Role::Before => format!("before {plain}"),
        Role::Over => format!("over the last {plain}"),
        Role::Last(unit) if plain == "1" => format!("from the last {}", singular(unit)),
        Role::Last(unit) => format!("from the last {plain} {unit}"),
        Role::Text => format!("of \"{plain}\""),
        Role::Until => format!("until {plain}"),
        Role::For => format!("for {}", quoted()),
        Role::About => format!("about {}", quoted()),
        Role::Called => format!("called {}", quoted()),
        Role::By => format!("by {plain}"),
        Role::Category => format!("in the category {}", quoted()),
        Role::AtLeast(what) if is_price(what) => format!("priced at {plain} or more"),
        Role::AtMost(what) if is_price(what) => format!("priced at {plain} or less"),
        Role::AtLeast(what) if is_rating(what) => format!("rated {plain} or higher"),
        Role::AtMost(what) if is_rating(what) => format!("rated {plain} or lower"),
        Role::AtLeast(what) if is_amount(what) => format!("of {plain} or more"),
        Role::AtMost(what) if is_amount(what) => format!("of {plain} or less"),
        Role::AtMost(what)
            if plain == "0" && matches!(what.as_str(), "stops" | "layovers" | "connections") =>
        {
            "that are nonstop".to_string()
        }
        Role::AtMost(what) if plain == "0" && is_plural_phrase(what) => format!("without {what}"),
        Role::AtMost(what) if plain == "1" && is_plural_phrase(what) => {
            format!("with at most 1 {}", singular(what))
        }
        Role::AtLeast(what) if plain == "1" && is_plural_phrase(what) => {
            format!("with at least 1 {}", singular(what))
        }
        Role::AtLeast(what) if is_year_built(what) => format!("built in {plain} or later"),
        Role::AtMost(what) if is_year_built(what) => format!("built in {plain} or earlier"),
        Role::AtLeast(what) if is_time_spent(what) => format!("that take at least {plain} {what}"),
        Role::AtMost(what) if is_time_spent(what) => format!("that take at most {plain} {what}"),
        Role::AtLeast(what) if is_plural_phrase(what) => format!("with at least {plain} {what}"),
        Role::AtMost(what) if is_plural_phrase(what) => format!("with at most {plain} {what}"),
        Role::AtLeast(what) => format!("with {} {what} of at least {plain}", article_for(what)),
        Role::AtMost(what) => format!("with {} {what} of at most {plain}", article_for(what)),
        Role::Count(what)
            if matches!(what.as_str(), "rooms" | "bedrooms" | "bathrooms" | "seats" | "doors") =>
        {
            format!("with {plain} {}", if plain == "1" { singular(what) } else { what.clone() })
        }
        Role::Count(what) => {
            let noun = if plain == "1" { singular(what) } else { what.clone() };
            format!("for {plain} {noun}")
        }
        Role::Within(what) if plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            format!("in {what} {plain}")
        }
        Role::Within(what) => format!("in the {plain} {what}"),
        Role::Year => format!("in {plain}"),
        Role::With(what)
            if is_plural_phrase(what) && values.len() == 1 && values[0].parse::<f64>().is_ok() =>
        {
            format!("with {plain} {}", if plain == "1" { singular(what) } else { what.clone() })
        }
        Role::With(what) => match values {
            [value] if is_count(value) && is_grade(what) => format!("with {what} {plain}"),
            [value] if value.parse::<f64>().is_ok() && is_measure(what) => {
                format!("with {} {what} of {plain}", article_for(what))
            }
            [_] if what == "user" => format!("of user {plain}"),
            // Cars have automatic transmission.
            [value] if !what.contains(' ') && is_plain_word(value) => format!("with {plain} {what}"),
            [value] if is_long_name(value) => format!("for the {} {plain}", singular(what)),
            // Accounts are kept for a cost center, slots are free for an exhibition.
            [_] => format!("for {} {}", singular(what), quoted()),
            values if values.iter().all(|value| value.parse::<f64>().is_ok()) => {
                format!("with {} {plain}", plural(what))
            }
            _ => format!("for {what} {}", quoted()),
        },
        Role::Identity { label, .. } => format!("with {label} {plain}"),
        Role::Adjective | Role::Manner => String::new(),
    }
}

/// Places that are said without `in`.
const ADVERBS: &[&str] =
    &["upstairs", "downstairs", "outside", "inside", "outdoors", "indoors", "online", "nearby", "abroad"];

/// `the ` before a common noun: `in the nursery`, but `in Oslo`, `in acme/widgets`.
fn article(value: &str) -> &'static str {
    let is_common = value.len() > 2 && value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ');
    if is_common { "the " } else { "" }
}

pub fn is_amount(what: &str) -> bool {
    matches!(what, "amount" | "total" | "value" | "balance" | "quantity")
}

fn is_year_built(what: &str) -> bool {
    matches!(what, "year built" | "built year" | "build year" | "construction year")
}

fn is_time_spent(what: &str) -> bool {
    matches!(what, "minutes" | "hours")
}

fn is_rating(what: &str) -> bool {
    matches!(what.rsplit(' ').next(), Some("score" | "rating"))
}

/// What things have so much of, and are not for.
fn is_measure(what: &str) -> bool {
    const MEASURES: &[&str] = &[
        "distance",
        "size",
        "width",
        "height",
        "weight",
        "length",
        "radius",
        "diameter",
        "breadth",
        "depth",
        "age",
        "budget",
        "temperature",
        "amount",
        "quantity",
        "threshold",
        "speed",
        "capacity",
        "volume",
        "area",
        "power",
        "brightness",
        "percentage",
        "duration",
        "salary",
        "price",
        "confidence",
    ];
    what.rsplit(' ').next().is_some_and(|last| MEASURES.contains(&last))
}

/// What things have of a scale.
fn is_grade(what: &str) -> bool {
    ["priority", "severity", "level", "rank", "grade", "class", "tier"].contains(&what)
}

/// `Vermeer Revisited`: several words with capitals and without digits.
fn is_long_name(value: &str) -> bool {
    value.contains(' ') && is_name(value)
}

/// Whether a value is written as a name is: a capital first, and no digits.
pub fn is_name(value: &str) -> bool {
    value.starts_with(char::is_uppercase)
        && value.contains(char::is_lowercase)
        && !value.contains(|letter: char| letter.is_ascii_digit())
}

fn is_plain_word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn is_street(place: &str) -> bool {
    const STREETS: &[&str] = &["street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "lane"];
    let last = place.rsplit(' ').next().unwrap_or(place).trim_end_matches('.').to_lowercase();
    place.contains(' ') && STREETS.contains(&last.as_str())
}

pub fn is_price(what: &str) -> bool {
    ["price", "cost", "budget", "rate", "fare"].iter().any(|word| what.contains(word))
}

/// Quotation marks around several words that are no name.
fn quote(value: &str) -> String {
    let is_plain = !value.contains(' ')
        || value
            .split(' ')
            .all(|word| word.starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit()));
    if is_plain { value.to_string() } else { format!("\"{value}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::families::tool_call::roles::role;

    #[test]
    fn names_give_prepositions() {
        for (name, value, said) in [
            ("origin", "JFK", "from JFK"),
            ("destination_city", "Oslo", "to Oslo"),
            ("city", "Oslo", "in Oslo"),
            ("date", "2024-05-20", "on May 20, 2024"),
            ("start_date", "2024-05-20", "since May 20, 2024"),
            ("room", "nursery", "in the nursery"),
            ("assignee", "lee", "assigned to lee"),
            ("time", "20:00", "at 20:00"),
            ("before", "10:00", "before 10:00"),
            ("birth_date", "1988-04-02", "born on April 2, 1988"),
            ("date_of_birth", "1988-04-02", "born on April 2, 1988"),
            ("weekday", "Tuesday", "on Tuesday"),
            ("queue", "billing", "in the billing queue"),
            ("channel", "launch", "in the launch channel"),
            ("channel", "#general", "in #general"),
            ("until", "2024-05-20", "until May 20, 2024"),
            ("query", "birthday ideas", "for \"birthday ideas\""),
            ("author", "Ursula K. Le Guin", "by Ursula K. Le Guin"),
            ("max_price", "50", "priced at 50 or less"),
            ("minBedrooms", "2", "with at least 2 bedrooms"),
            ("guests", "3", "for 3 guests"),
            ("publication", "Acme", "for publication Acme"),
            ("exhibition", "Vermeer Revisited", "for the exhibition Vermeer Revisited"),
            ("coach", "9", "for coach 9"),
            ("priority", "1", "with priority 1"),
            ("width", "5", "with a width of 5"),
            ("transmission", "automatic", "with automatic transmission"),
            ("pickup_date", "2025-06-03", "since June 3, 2025"),
            ("window", "24h", "over the last 24h"),
            ("time_window", "30 days", "over the last 30 days"),
            ("area", "downstairs", "downstairs"),
            ("deployment", "checkout", "of the checkout deployment"),
            ("cost_center", "CC-4120", "for cost center CC-4120"),
            ("table", "refunds", "of the refunds table"),
            ("zone", "harbor", "in the harbor zone"),
            ("zone", "4410", "in zone 4410"),
            ("ref", "main", "on branch main"),
            ("branch", "main", "on branch main"),
            ("branch", "Kirkgate", "at Kirkgate"),
            ("unit", "12B", "for unit 12B"),
            ("after", "18:00", "after 18:00"),
            ("city_filter", "Oslo", "in Oslo"),
            ("searchString", "blue whales", "for \"blue whales\""),
            ("date_string", "2024-05-20", "on May 20, 2024"),
            ("AvailableBefore", "2024-05-20", "available by May 20, 2024"),
            ("created_after", "2024-05-20", "created after May 20, 2024"),
            ("filter_by_author", "Le Guin", "by Le Guin"),
            ("pay_date_gte", "2024-05-20", "since May 20, 2024"),
            ("pay_date.lt", "2024-05-20", "until May 20, 2024"),
            ("price_lte", "50", "priced at 50 or less"),
            ("full_name", "Ada Byron", "called Ada Byron"),
            ("excludeIngredients", "egg", "without egg"),
            ("exclude_city", "Oslo", "excluding Oslo"),
            ("posted_within_days", "7", "from the last 7 days"),
            ("past_hours", "1", "from the last hour"),
            ("max_days_old", "7", "from the last 7 days"),
            ("what", "data analyst", "for \"data analyst\""),
            ("where", "Leeds", "in Leeds"),
            ("state", "Ohio", "in Ohio"),
            ("state", "TEXAS", "in TEXAS"),
            ("inactive_days", "90", "with 90 inactive days"),
        ] {
            assert_eq!(say(&role(name, None, value), &[Cow::Borrowed(value)]), said);
        }
    }
}
