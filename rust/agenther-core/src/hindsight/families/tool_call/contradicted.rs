//! Whether a result is of something else than what was asked for: rows of another artist, days outside the period, prices
//! above the bound. Searches by likeness find something whatever they are asked, and such rows answer nothing.

use super::fields::unit_of;
use super::given::Given;
use super::payload::Node;
use super::roles::Role;
use crate::hindsight::forms::date;
use crate::hindsight::wording::{humanize, singular_word};
use crate::signals::effect;
use crate::text::same::folded;

/// Rows that are compared: the first of a list stand for it.
const MAX_ROWS: usize = 60;

/// Whether rows have a field of the kind of what was given, and say there that they are none of it.
pub fn is_contradicted(given: &[Given], node: &Node) -> bool {
    let rows = &node.rows()[..node.rows().len().min(MAX_ROWS)];
    let contradicts = |given: &Given| match &given.role {
        Role::AtLeast(what) => rows.iter().any(|row| is_beyond(row, what, given, |held, bound| held < bound)),
        Role::AtMost(what) => rows.iter().any(|row| is_beyond(row, what, given, |held, bound| held > bound)),
        // The airports of a city may lie in its neighbour; where none lies there, the city was not found.
        Role::In | Role::At | Role::From | Role::To => {
            let says = |row: &Node| says_otherwise(row, given);
            rows.iter().any(|row| says(row) == Some(true)) && rows.iter().all(|row| says(row) != Some(false))
        }
        Role::By => {
            rows.iter().any(|row| says_otherwise(row, given) == Some(true)) || is_by_another(rows, given)
        }
        // The rows of a thing have identifiers of their own.
        Role::Identity { .. } if node.is_list() => {
            rows.iter().any(|row| has_kind(row, given) && says_otherwise(row, given) == Some(true))
        }
        Role::Identity { .. }
        | Role::Category
        | Role::Adjective
        | Role::Of(_)
        | Role::Within(_)
        | Role::Year
        | Role::Said("labeled" | "tagged")
        | Role::With(_) => rows.iter().any(|row| says_otherwise(row, given) == Some(true)),
        _ => false,
    };
    given.iter().any(contradicts) || is_out_of_period(rows, given)
}

/// Whether a forecast for so many days is one record, of which nobody knows for which of them it is.
pub fn is_of_several_days(given: &Given, object: &str, node: &Node) -> bool {
    let Node::Record(fields) = node else { return false };
    let is_many =
        matches!(&given.role, Role::Count(unit) if matches!(unit.as_str(), "days" | "hours" | "weeks"));
    is_many
        && given.values != ["1"]
        && object.split(' ').any(|word| matches!(word, "weather" | "forecast"))
        && fields.iter().all(|(_, value)| matches!(value, Node::Scalar(..)))
}

/// Whether a result states another number for what it was looked up by: the account of another phone.
pub fn is_of_another_one(given: &Given, node: &Node) -> bool {
    /// Shorter numbers are counts and sizes.
    const MIN_DIGITS: usize = 5;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let ([value], Some(Node::Scalar(held, _))) = (&given.values[..], node.get(&given.name)) else {
        return false;
    };
    let (asked, held) = (digits(value), digits(held));
    asked.len() >= MIN_DIGITS
        && held.len() >= MIN_DIGITS
        && matches!(given.role, Role::Identity { .. })
        && !asked.ends_with(&held)
        && !held.ends_with(&asked)
}

/// Whether the one thing that was looked up by a name has another one: Icelandic National Day is no holiday called Iceland.
pub fn has_another_name(given: &Given, node: &Node) -> bool {
    let ([asked], Node::Record(_)) = (&given.values[..], node) else { return false };
    let Some(held) = name(node).filter(|_| matches!(given.role, Role::Identity { .. })) else { return false };
    // As a person writes a name: keys and handles are none.
    let is_name = |text: &str| {
        text.starts_with(char::is_uppercase)
            && text.contains(char::is_lowercase)
            && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '.'))
    };
    let has =
        |word: &str| held.split(|c: char| !c.is_alphanumeric()).any(|known| folded(known).eq(folded(word)));
    is_name(asked) && !asked.split(' ').any(has)
}

/// What a parameter or a field is for: `artist` of `artist`, `ArtistName` and `artist_name`.
fn kind(name: &str) -> Vec<String> {
    let words = effect::words(name).map(str::to_ascii_lowercase);
    let words: Vec<String> = words.filter(|word| !matches!(word.as_str(), "filter" | "by")).collect();
    let kept = words.iter().filter(|word| words.len() == 1 || !matches!(word.as_str(), "name" | "title"));
    kept.map(|word| singular_word(word).into_owned()).collect()
}

/// Whether a row has a field of the kind of a parameter.
fn has_kind(row: &Node, given: &Given) -> bool {
    let wanted = kind(&given.name);
    matches!(row, Node::Record(fields) if fields.iter().any(|(key, _)| kind(key) == wanted))
}

/// Whether a row says another value in the field of a parameter's kind; `None` where it says nothing that can be compared.
fn says_otherwise(row: &Node, given: &Given) -> Option<bool> {
    let Node::Record(fields) = row else { return None };
    let wanted = kind(&given.name);
    // A name is that of anything, and an address is written in many ways.
    if matches!(&wanted[..], [only] if matches!(only.as_str(), "name" | "title" | "location" | "place" | "address" | "id"))
    {
        return None;
    }
    let Some((_, held)) = fields.iter().find(|(key, _)| kind(key) == wanted) else {
        return is_other_id(fields, given).then_some(true);
    };
    let is_number = matches!(given.role, Role::Identity { .. } | Role::Year);
    let compared: Vec<bool> = held_texts(held)
        .into_iter()
        .flat_map(|held| given.values.iter().filter_map(move |asked| differs(asked, held, is_number)))
        .collect();
    (!compared.is_empty()).then(|| compared.iter().all(|differs| *differs))
}

/// Whether a thing that was looked up by its identifier has another one of the same form: order `A-78` for `A-77`.
fn is_other_id(fields: &[(String, Node)], given: &Given) -> bool {
    let last = effect::words(&given.name).last().unwrap_or("");
    let form = |text: &str| -> String {
        text.chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    '0'
                } else if c.is_alphabetic() {
                    'a'
                } else {
                    c
                }
            })
            .collect()
    };
    let is_key =
        |key: &str| key.eq_ignore_ascii_case(last) && matches!(last, "id" | "number" | "code" | "key");
    let held = fields.iter().find(|(key, _)| is_key(key)).and_then(|(_, value)| value.text());
    let is_other =
        |held: &str, asked: &String| form(held) == form(asked) && !held.eq_ignore_ascii_case(asked);
    matches!(given.role, Role::Identity { .. })
        && matches!((held, &given.values[..]), (Some(held), [asked]) if is_other(held, asked))
}

/// The value of a field, the name of the record in it, or those of its list.
fn held_texts(held: &Node) -> Vec<&str> {
    let text = |node: &Node| match node {
        Node::Record(_) => None,
        _ => Some(()),
    };
    match held {
        Node::List(items) => {
            items.iter().flat_map(|item| text(item).and(item.text()).or_else(|| name(item))).collect()
        }
        held => held.text().or_else(|| name(held)).into_iter().collect(),
    }
}

fn name(node: &Node) -> Option<&str> {
    ["name", "title"].iter().find_map(|key| node.get(key)?.text())
}

/// Whether two values are of different things; `None` where their forms do not tell: `NYC` may be New York.
fn differs(asked: &str, held: &str, compares_numbers: bool) -> Option<bool> {
    let (a, b): (String, String) = (folded(asked).collect(), folded(held).collect());
    if a.is_empty() || b.is_empty() {
        return None;
    }
    if a.contains(&b) || b.contains(&a) || has_words_of(asked, held) || has_words_of(held, asked) {
        return Some(false);
    }
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok();
    match (is_number(asked), is_number(held)) {
        (true, true) => {
            return compares_numbers.then(|| asked.trim().parse::<f64>() != held.trim().parse::<f64>());
        }
        (false, false) => {}
        _ => return None,
    }
    // Codes and names, and names in two scripts, are no other things for being written otherwise.
    let is_code = |text: &str, other: &str| {
        let stands_for = || text.len() == 3 && a.chars().next() == b.chars().next();
        text.len() <= 2 || !text.contains(|c: char| c.is_lowercase()) || other.len() > 3 && stands_for()
    };
    let is_readable = |text: &str| text.is_ascii() && !text.contains('@') && date(text).is_none();
    (is_code(asked, held) == is_code(held, asked) && is_readable(asked) && is_readable(held)).then_some(true)
}

/// Whether one text has all the words of another, which may end otherwise: `Electronics` and `Consumer electronic`.
fn has_words_of(text: &str, other: &str) -> bool {
    let words = |text: &str| effect::words(text).map(str::to_ascii_lowercase).collect::<Vec<_>>();
    let begins_alike = |a: &str, b: &str| {
        let shared = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
        shared >= 4 && shared + 3 >= a.len().max(b.len()) || a == b
    };
    let known = words(text);
    let asked = words(other);
    !asked.is_empty() && asked.iter().all(|word| known.iter().any(|known| begins_alike(known, word)))
}

/// Whether all rows of a list, which differ in their titles, have one name that is not the one asked for: `{"Title": …,
/// "Name": "Green Day"}` of the albums by someone else.
fn is_by_another(rows: &[Node], given: &Given) -> bool {
    let Some(Node::Record(first)) = rows.first().filter(|_| rows.len() > 1) else { return false };
    let all_same = |key: &str, value: &Node| rows.iter().all(|row| row.get(key) == Some(value));
    let is_name = |key: &str| key.eq_ignore_ascii_case("name");
    let Some((_, name)) = first.iter().find(|(key, value)| is_name(key) && all_same(key, value)) else {
        return false;
    };
    let has_title =
        first.iter().any(|(key, value)| !is_name(key) && value.text().is_some() && !all_same(key, value));
    let differs = |asked: &String| name.text().and_then(|held| differs(asked, held, false)) == Some(true);
    has_title && given.values.iter().all(differs)
}

/// Whether a row has more, or less, of something than the bound that was given.
fn is_beyond(row: &Node, what: &str, given: &Given, is_beyond: fn(f64, f64) -> bool) -> bool {
    let Node::Record(fields) = row else { return false };
    let is_what = |key: &str| {
        let key = effect::words(key).map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_");
        humanize(unit_of(&key).0) == what
    };
    let [bound] = &given.values[..] else { return false };
    let held = fields.iter().find(|(key, _)| is_what(key)).and_then(|(_, value)| figure(value.text()?));
    held.zip(figure(bound)).is_some_and(|(held, bound)| is_beyond(held, bound))
}

/// `1200` of `$1,200.00`.
fn figure(text: &str) -> Option<f64> {
    let bare = text.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '-');
    let end =
        bare.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-'))).unwrap_or(bare.len());
    bare[..end].replace(',', "").parse().ok()
}

/// Whether a row is dated, and by none of its dates in the period that was asked for.
fn is_out_of_period(rows: &[Node], given: &[Given]) -> bool {
    let day = |role: &Role| {
        let mut found = given.iter().filter(|given| given.role == *role);
        let (Some(found), None) = (found.next(), found.next()) else { return None };
        let [value] = &found.values[..] else { return None };
        date(value)
    };
    let on = day(&Role::On);
    let (first, last) = (on.or_else(|| day(&Role::Since)), on.or_else(|| day(&Role::Until)));
    if first.is_none() && last.is_none() {
        return false;
    }
    let is_in = |day: (u32, u32, u32)| {
        // What begins on the eve or ends on the next day may do so in another time zone.
        first.is_none_or(|first| ordinal(day) + 1 >= ordinal(first))
            && last.is_none_or(|last| ordinal(day) <= ordinal(last) + 1)
    };
    let dates = |row: &Node| -> Vec<(u32, u32, u32)> {
        let Node::Record(fields) = row else { return Vec::new() };
        fields.iter().filter(|(key, _)| says_when(key)).filter_map(|(_, value)| date(value.text()?)).collect()
    };
    rows.iter().map(dates).any(|dates| !dates.is_empty() && !dates.into_iter().any(is_in))
}

/// Days in their order; months count as 31 days, so that the last of one is next to the first of another or three off.
fn ordinal((year, month, day): (u32, u32, u32)) -> u32 {
    (year * 12 + month) * 31 + day
}

/// Whether a field says when a thing is, and not when it was last touched.
fn says_when(key: &str) -> bool {
    const WHEN: &[&str] = &[
        "date",
        "day",
        "datetime",
        "time",
        "start",
        "starts",
        "begin",
        "begins",
        "at",
        "when",
        "posted",
        "published",
        "created",
        "departure",
        "departs",
    ];
    const ASIDE: &[&str] = &[
        "last",
        "updated",
        "modified",
        "changed",
        "fetched",
        "generated",
        "retrieved",
        "expiry",
        "expires",
        "expiration",
        "birth",
        "checked",
        "closed",
        "resolved",
        "completed",
        "renewed",
        "due",
        "signup",
        "joined",
        "registered",
        "built",
        "opened",
        "founded",
        "end",
        "ends",
        "arrival",
        "next",
    ];
    let mut words = effect::words(key).map(str::to_ascii_lowercase).collect::<Vec<_>>();
    let is_aside = words.iter().any(|word| ASIDE.contains(&word.as_str()));
    !is_aside && words.pop().is_some_and(|last| WHEN.contains(&last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::families::tool_call::roles::role;
    use crate::hindsight::provenance::Source;
    use crate::text::document::Kind;

    fn row(fields: &[(&str, &str)]) -> Node {
        let scalar = |text: &str| Node::Scalar(text.to_string(), Kind::String);
        Node::Record(fields.iter().map(|(key, value)| (key.to_string(), scalar(value))).collect())
    }

    fn given(name: &str, value: &str) -> Given {
        Given::new(name, role(name, None, value), value.to_string(), Source::Constant)
    }

    #[test]
    fn rows_of_another_kind_are_no_answer() {
        for (name, asked, fields, is_other) in [
            ("artist", "Nora Vale", &[("SongName", "Rain"), ("ArtistName", "Old Harbour")][..], true),
            ("artist", "Nora Vale", &[("SongName", "Rain"), ("ArtistName", "Nora Vale & Band")], false),
            ("city", "NYC", &[("hotel", "Roxy"), ("city", "New York")], false),
            ("city", "Porto", &[("hotel", "Roxy"), ("city", "Lisbon")], true),
            ("category", "Electronics", &[("name", "Radio"), ("category", "Consumer Electronic")], false),
            ("category", "garden", &[("name", "Radio"), ("category", "Electronics")], true),
            ("order_id", "O2", &[("order_id", "O7"), ("total", "4")], true),
            ("max_price", "50", &[("name", "Lamp"), ("price", "$61.50")], true),
            ("max_price", "50", &[("name", "Lamp"), ("price", "$41.50")], false),
            ("min_rating", "4", &[("name", "Lamp"), ("rating", "3.9")], true),
            ("labels", "bug", &[("title", "Crash"), ("labels", "docs page")], true),
            ("date", "2025-03-02", &[("name", "Talk"), ("date", "2025-03-09")], true),
            ("date", "2025-03-02", &[("name", "Talk"), ("date", "2025-03-02")], false),
            ("start_date", "2025-03-02", &[("name", "Talk"), ("last_updated", "2024-03-09")], false),
        ] {
            let rows = Node::List(vec![row(fields)]);
            assert_eq!(is_contradicted(&[given(name, asked)], &rows), is_other, "{name} {asked} {fields:?}");
        }
    }

    #[test]
    fn another_order_is_not_the_one_asked_for() {
        let order = |id| row(&[("id", id), ("status", "sent")]);
        assert!(is_contradicted(&[given("order_id", "A-77")], &order("A-78")));
        assert!(!is_contradicted(&[given("order_id", "A-77")], &order("A-77")));
        assert!(!is_contradicted(&[given("order_id", "A-77")], &order("9912345")));
        assert!(!is_contradicted(&[given("customer_id", "A-77")], &Node::List(vec![order("B-12")])));
    }

    #[test]
    fn one_name_of_all_titles_is_who_made_them() {
        let rows = Node::List(vec![
            row(&[("Title", "Rain"), ("Name", "Old Harbour")]),
            row(&[("Title", "Hail"), ("Name", "Old Harbour")]),
        ]);
        assert!(is_contradicted(&[given("artist", "Nora Vale")], &rows));
        assert!(!is_contradicted(&[given("artist", "Old Harbour")], &rows));
    }
}
