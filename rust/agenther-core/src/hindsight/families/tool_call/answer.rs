//! Answers rendered from a result: every row keeps its identifier, keys and dates are said in words,
//! nothing is raw JSON, and what the goal asks for is complete.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::envelope::{is_in, letters};
use super::fields::{field_label, is_identifier, is_noise};
use super::payload::Node;
use crate::hindsight::forms::date;
use crate::hindsight::wording::{capitalize, humanize, is_opaque, say_value};
use crate::signals::effect;
use crate::text::document::Kind;
use crate::text::same::same_letters;
use crate::text::tables::FastSet;

/// Words of a text: names and states have fewer.
const MIN_PROSE: usize = 4;

/// A longer list is not recited to a person.
const MAX_ROWS: usize = 40;

/// Fields of a record inside a record, beyond which its own records are left out.
const MAX_INNER: usize = 6;

/// The longest answer.
const MAX_ANSWER: usize = 6_000;

/// A record, its chosen fields said one after the other: `cabin: business; insurance: no`.
pub fn record(fields: &[(&str, &Node)]) -> Option<String> {
    let mut parts = Vec::new();
    let origin = fields.iter().find(|(key, _)| *key == "origin").and_then(|(_, value)| value.text());
    let destination =
        fields.iter().find(|(key, _)| *key == "destination").and_then(|(_, value)| value.text());
    // A state lasts since a moment; an account has a start date.
    let has_state = fields.iter().any(|(key, _)| matches!(*key, "state" | "status"));
    for (key, value) in fields {
        match (*key, origin, destination) {
            ("origin", Some(origin), Some(destination)) => {
                parts.push(format!("route: {origin} to {destination}"))
            }
            ("destination", Some(_), Some(_)) => {}
            ("since", ..) if has_state => parts.push(format!("since: {}", nested(value, 0)?)),
            _ => parts.push(format!(
                "{}: {}{}",
                say_key(key),
                as_written(key, value).map_or_else(|| nested(value, 0), Some)?,
                unit(key, value)
            )),
        }
    }
    bounded(parts.join("; "))
}

/// A code as it is: of `une_rt_m` the underscores are no blanks.
fn as_written(key: &str, value: &Node) -> Option<String> {
    const CODES: &[&str] =
        &["code", "id", "key", "slug", "symbol", "username", "handle", "path", "branch", "dataset"];
    let last = effect::words(key).last().unwrap_or("");
    let is_code = CODES.iter().any(|code| last.eq_ignore_ascii_case(code));
    value.text().filter(|text| is_code && text.contains('_')).map(str::to_string)
}

/// A list, one row a line, the rows introduced by what names them.
pub fn list(rows: &[Node], chosen: &[String]) -> Option<String> {
    if rows.len() > MAX_ROWS {
        return None;
    }
    let name = naming_key(rows);
    let mut chosen = chosen.to_vec();
    if let Some(key) = name.filter(|_| !chosen.is_empty()).and_then(|name| telling_key(rows, name)) {
        chosen.push(key.to_string());
    }
    let lines: Option<Vec<String>> = rows.iter().map(|row| self::row(row, &chosen, name)).collect();
    let lines = lines?;
    // Rows that differ and read alike lack what tells them apart.
    let mut seen = FastSet::default();
    let reads_alike =
        lines.iter().zip(rows).any(|(line, row)| matches!(row, Node::Record(_)) && !seen.insert(line));
    if reads_alike {
        return None;
    }
    // A list of bare figures does not say whose they are.
    let is_figure =
        |line: &String| line.split_once(": ").is_some_and(|(_, told)| told.trim().parse::<f64>().is_ok());
    if name.is_none() && rows.len() > 1 && lines.iter().all(is_figure) {
        return None;
    }
    let short = lines.iter().all(|line| line.len() < 40 && !line.contains(':'));
    bounded(if short {
        format!("{}.", lines.join(", ").trim_end_matches('.'))
    } else {
        lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
    })
}

/// Whether a field is what a page says of itself, or the text that was found.
fn says_itself(key: &str, value: &Node) -> bool {
    let is = |known: &[&str]| known.iter().any(|known| key.eq_ignore_ascii_case(known));
    is(&["snippet", "summary", "description", "excerpt", "abstract"])
        || is(&["content", "text", "body", "passage", "chunk", "page_content"])
            && value.text().is_some_and(is_prose)
}

/// Whether a text is of more words than a name or a state has.
pub fn is_prose(text: &str) -> bool {
    text.split_whitespace().take(MIN_PROSE).count() == MIN_PROSE
}

fn row(row: &Node, chosen: &[String], name: Option<&str>) -> Option<String> {
    let Node::Record(fields) = row else { return nested(row, 0) };
    let name =
        name.filter(|name| row.get(name).is_some_and(|name| !name.is_blank())).or_else(|| name_key(fields));
    let guest = name.and_then(opponent);
    let fields = &measured(fields);
    let kept: Vec<(&str, &Node)> = fields
        .iter()
        .filter(|(key, _)| Some(key.as_str()) != name && Some(key) != guest.as_ref())
        // What is asked of each row is told of each, though it be that there is none.
        .filter(|(key, value)| match chosen {
            [] => !value.is_blank(),
            chosen => chosen.contains(key),
        })
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    // What a page says of itself needs no label.
    let values = match kept[..] {
        [(key, text)] if says_itself(key, text) => nested(text, 0)?,
        _ => record(&kept)?,
    };
    let told = name.and_then(|name| row.get(name)?.text().map(str::to_string));
    // Nobody calls a message `80a8f2c3-61f0-5b0b-b1a1-0b6e41ef5b33`.
    let Some(mut told) = told.filter(|told| values.is_empty() || !is_long_key(told)) else {
        return Some(values);
    };
    // A series is told by its dates, as people write them.
    if date(&told).is_some() {
        told = say_value(&told);
    }
    let is_called = |name: &&str| PLACED.contains(name) || name.eq_ignore_ascii_case("number");
    if let Some(kind) = name.filter(is_called).filter(|_| !told.contains(char::is_alphabetic)) {
        told = format!("{kind} {told}");
    }
    if let Some(guest) = guest.as_ref().and_then(|guest| row.get(guest)?.text()) {
        told.push_str(&format!(" - {guest}"));
    }
    // An identifier that people can read stays with the row: `Rua A 5 (L1)`.
    let identifier = identified(fields).filter(|(key, _)| Some(key.as_str()) != name && is_identifier(key));
    let said = |(key, value): &(String, Node)| {
        let text = value.text()?;
        let is_readable = text.len() <= 16 && !is_of_system(text) && !is_count_of_rows(key, text);
        is_readable.then(|| text.to_string())
    };
    if let Some(text) = identifier.and_then(said) {
        told.push_str(&format!(" ({text})"));
    }
    let name = told;
    Some(match values.is_empty() {
        true => name,
        // A sentence has its own end; a title that was cut is none.
        false if name.ends_with('.') && !name.ends_with("..") && is_prose(&name) => {
            format!("{name} ({values})")
        }
        false => format!("{name}: {values}"),
    })
}

/// `away_team` of `home_team`: what is played has two names.
fn opponent(key: &str) -> Option<String> {
    [("home", "away"), ("Home", "Away")]
        .iter()
        .find(|(host, _)| key.contains(host))
        .map(|(host, guest)| key.replacen(host, guest, 1))
}

/// An identifier that only a system reads: `h_992`, `18c2f`.
fn is_of_system(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
    text.contains('_') || has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase)
}

/// A number of a table, which counts its rows: `12` under `id`, but not under `number`.
fn is_count_of_rows(key: &str, text: &str) -> bool {
    let is_id = effect::words(key).last().is_some_and(|last| last.eq_ignore_ascii_case("id"));
    is_id && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A record with its currency or unit beside its figures: `price: 41.2, currency: EUR` as `price: 41.2 EUR`.
pub fn measured(fields: &[(String, Node)]) -> Cow<'_, [(String, Node)]> {
    const PRICED: &[&str] = &[
        "price", "cost", "amount", "total", "balance", "fare", "fee", "rent", "salary", "value", "deposit",
        "tax", "subtotal", "premium", "spent", "night", "budget", "spend", "estimate",
    ];
    const VALUES: &[&str] = &["value", "reading", "result", "amount", "quantity"];
    let unit = |names: &[&str]| {
        let found = fields.iter().find(|(key, _)| names.contains(&key.as_str()))?.1.text()?;
        (found.len() <= 12 && !found.is_empty()).then_some(found)
    };
    let (currency, measure) =
        (unit(&["currency", "currency_code", "currencyCode"]), unit(&["unit", "units"]));
    if currency.is_none() && measure.is_none() {
        return Cow::Borrowed(fields);
    }
    let with_unit = |(key, value): &(String, Node)| {
        let last = effect::words(key).last().unwrap_or("").to_ascii_lowercase();
        let is_in = |list: &[&str]| list.contains(&last.as_str());
        let unit = currency.filter(|_| is_in(PRICED)).or(measure.filter(|_| is_in(VALUES)));
        let Node::Scalar(text, Kind::Number) = value else { return (key.clone(), value.clone()) };
        match unit {
            Some(unit) => (key.clone(), Node::Scalar(format!("{} {unit}", number(text)), Kind::String)),
            None => (key.clone(), value.clone()),
        }
    };
    let measured: Vec<(String, Node)> = fields.iter().map(with_unit).collect();
    let is_changed = measured.iter().zip(fields).any(|(new, old)| new.1 != old.1);
    let is_unit = |value: &Node| is_changed && [currency, measure].contains(&value.text());
    measured.into_iter().filter(|(_, value)| value.text().is_none() || !is_unit(value)).collect()
}

/// The key whose value names the row: a name or title, else the first words that tell it from others, else the
/// first identifier.
pub fn name_key(fields: &[(String, Node)]) -> Option<&str> {
    named(fields).or_else(|| told(fields).next()).or_else(|| identified(fields)).map(|(key, _)| key.as_str())
}

/// The key whose values name the rows of a list: where none of them is a name, one that no two rows have the same value
/// of, for what many have in common names none of them.
pub fn naming_key(rows: &[Node]) -> Option<&str> {
    let Some(Node::Record(fields)) = rows.first() else { return None };
    if rows.len() == 1 || named(fields).is_some() {
        return name_key(fields);
    }
    let all_differ = |(key, _): &&(String, Node)| {
        all_differ(rows.iter().map(|row| row.get(key).and_then(Node::text).filter(|text| !text.is_empty())))
    };
    let is_readable = |(_, value): &&(String, Node)| value.text().is_some_and(|text| !is_of_system(text));
    let is_day = |(_, value): &&(String, Node)| value.text().is_some_and(|text| date(text).is_some());
    let with_another = |(key, _): &&(String, Node)| telling_key(rows, key).is_some();
    // A text that was found is known by where it stands, and is no name.
    let has_text = fields.iter().any(|(key, value)| says_itself(key, value));
    let is_source = |(key, _): &&(String, Node)| {
        ["source", "file", "file_name", "filename", "document", "path"].contains(&key.as_str())
    };
    let source = fields.iter().filter(|_| has_text).filter(is_source).find(all_differ);
    source
        .or_else(|| told(fields).find(all_differ))
        .or_else(|| identifiers(fields).filter(is_readable).find(all_differ))
        .or_else(|| told(fields).next().filter(with_another))
        // A series is told by its dates.
        .or_else(|| fields.iter().take(2).filter(is_day).find(all_differ))
        .or_else(|| identified(fields).filter(all_differ))
        .map(|(key, _)| key.as_str())
        .or_else(|| name_key(fields))
}

/// The field that tells apart the rows that have the same name.
fn telling_key<'r>(rows: &'r [Node], name: &str) -> Option<&'r str> {
    let of = |row: &'r Node, key: &str| row.get(key).and_then(Node::text);
    if all_differ(rows.iter().map(|row| of(row, name))) {
        return None;
    }
    let Some(Node::Record(fields)) = rows.first() else { return None };
    let tells = |key: &str| {
        !is_identifier(key)
            && field_label(key).is_some()
            && all_differ(rows.iter().map(|row| Some((of(row, name)?, of(row, key)?))))
    };
    fields.iter().map(|(key, _)| key.as_str()).find(|key| tells(key))
}

fn all_differ<T: std::hash::Hash + Eq>(values: impl Iterator<Item = Option<T>>) -> bool {
    let mut seen = FastSet::default();
    values.into_iter().all(|value| value.is_some_and(|value| seen.insert(value)))
}

/// The name or title of a record.
pub fn name_of(fields: &[(String, Node)]) -> Option<&Node> {
    named(fields).map(|(_, name)| name)
}

/// The field that is a name or a title.
fn named(fields: &[(String, Node)]) -> Option<&(String, Node)> {
    static NAMES: LazyLock<FastSet<String>> = LazyLock::new(|| {
        letters(&[
            "name",
            "title",
            "full_name",
            "label",
            "subject",
            "display_name",
            "friendly_name",
            "legal_name",
            "company_name",
            "product_name",
            "event_name",
            "item_name",
        ])
    });
    let named = fields.iter().find(|(key, value)| is_in(key, &NAMES) && is_short(value));
    // Of an issue or an event, its summary is the title.
    named.or_else(|| fields.iter().find(|(key, value)| same_letters("summary", key) && is_short(value)))
}

/// Fields in words that may name a row: a dish, a merchant, a headline.
pub fn told(fields: &[(String, Node)]) -> impl Iterator<Item = &(String, Node)> {
    fields.iter().take(6).filter(|(key, value)| {
        let is_words = matches!(value, Node::Scalar(text, Kind::String) if text.len() <= 80
            && text.contains(char::is_alphabetic) && !text.contains("://") && !is_hash(text) && !is_clock(text)
            && date(text).is_none());
        let is_placed = PLACED.contains(&key.as_str()) && value.text().is_some_and(|text| !text.contains(' '));
        is_words && !is_identifier(key) && !describes(key) && !is_placed
    })
}

/// `00d03:41:00`, `3h20`: a time or how long something takes.
fn is_clock(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | 'd' | 'h' | 'm' | 's' | ' ' | '.'))
}

/// Things that are called by a number: line 6, gate 12.
const PLACED: &[&str] = &["line", "route", "gate", "platform", "room", "seat", "table", "lane"];

/// The first identifier of a row.
pub fn identified(fields: &[(String, Node)]) -> Option<&(String, Node)> {
    identifiers(fields).next()
}

fn identifiers(fields: &[(String, Node)]) -> impl Iterator<Item = &(String, Node)> {
    // Beside an identifier of its own a row has those of others: the user who made it.
    let has_own = fields.iter().any(|(key, _)| key == "id");
    fields.iter().take(4).filter(move |(key, value)| {
        let key = key.to_ascii_lowercase();
        is_short(value)
            && !(has_own && key.ends_with("_id"))
            // Nobody knows a task by `6fwC2x8PqHv5Rj3m`.
            && !(key == "id" && value.text().is_some_and(is_random))
            && (["id", "number", "code", "symbol", "key", "version"].iter().any(|end| key.ends_with(end))
                || PLACED.contains(&key.as_str()))
    })
}

/// Letters of both kinds among digits, as only a machine makes them up.
fn is_random(text: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| text.bytes().filter(kind).count() >= 2;
    text.len() >= 12
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}

/// `a1b2c3d`: what a commit is called by machines.
fn is_hash(text: &str) -> bool {
    text.len() >= 7
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_short(value: &Node) -> bool {
    value.text().is_some_and(|text| !text.is_empty() && text.len() <= 120)
}

/// Whether a field sorts things into kinds or dates them, so that many rows share its value.
fn describes(key: &str) -> bool {
    const KINDS: &[&str] = &[
        "status",
        "state",
        "type",
        "kind",
        "currency",
        "unit",
        "units",
        "country",
        "priority",
        "severity",
        "level",
        "role",
        "gender",
        "language",
        "color",
        "colour",
        "size",
        "category",
        "source",
        "date",
        "time",
        "start",
        "end",
        "at",
        "on",
        "from",
        "to",
        "origin",
        "destination",
        "city",
        "mode",
        "class",
        "cabin",
        "condition",
        "method",
        "format",
        "zone",
        "timezone",
        "day",
        "month",
        "due",
        "created",
        "updated",
        "availability",
        "by",
        "environment",
        "user",
        "direction",
    ];
    let last = effect::words(key).last().unwrap_or("").to_ascii_lowercase();
    KINDS.contains(&last.as_str())
}

/// Whether there is no value. A `✓` is one, though it has no letter.
fn says_nothing(node: &Node) -> bool {
    match node {
        Node::Scalar(text, kind) => *kind == Kind::Null || text.trim().is_empty(),
        Node::List(items) => items.iter().all(says_nothing),
        Node::Record(fields) => fields.iter().all(|(_, value)| says_nothing(value)),
    }
}

/// `80a8f2c3-61f0-5b0b-b1a1-0b6e41ef5b33`: a name that nobody reads out.
fn is_long_key(text: &str) -> bool {
    text.len() >= 24
        && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// A value inside a line.
fn nested(node: &Node, depth: usize) -> Option<String> {
    if depth > 3 && !matches!(node, Node::Scalar(..)) {
        return None;
    }
    Some(match node {
        node if says_nothing(node) => "none".to_string(),
        Node::Scalar(text, Kind::Number) => number(text).to_string(),
        Node::Scalar(text, _) => say_value(&without_markup(text)),
        Node::List(items) if items.is_empty() => "none".to_string(),
        Node::List(items) => {
            if items.len() > MAX_ROWS {
                return None;
            }
            let is_long = |item: &Node| matches!(item, Node::Record(fields) if reference(fields).is_none());
            let has_records = items.iter().any(is_long);
            let said: Option<Vec<String>> = items.iter().map(|item| nested(item, depth + 1)).collect();
            said?.join(if has_records { "; " } else { ", " })
        }
        // `{"text": "37 km", "value": 37012}`: the same for people and for machines.
        Node::Record(fields)
            if fields.len() == 2
                && let (Some(text), Some(_)) = (node.get("text"), node.get("value")) =>
        {
            nested(text, depth + 1)?
        }
        // `{"value": "SCI", "desc": "Science Library"}`: the code, and what it means.
        Node::Record(fields)
            if fields.len() == 2
                && node.get("value").is_some()
                && let Some(meaning) = node.get("desc").or_else(|| node.get("description")) =>
        {
            nested(meaning, depth + 1)?
        }
        Node::Record(fields) if let Some(shown) = shown_as(fields) => nested(shown, depth + 1)?,
        // `{"dateTime": "…", "timeZone": "Europe/Oslo"}`
        Node::Record(fields)
            if fields.len() == 2
                && let Some((moment, zone)) = node.get("dateTime").zip(node.get("timeZone")) =>
        {
            format!("{} ({})", nested(moment, depth + 1)?, zone.text()?)
        }
        Node::Record(fields) if let Some(name) = reference(fields) => nested(name, depth + 1)?,
        Node::Record(fields) if is_map_of_records(fields) => {
            let said: Option<Vec<String>> = fields
                .iter()
                .map(|(key, value)| {
                    let inner = nested(value, depth + 1)?;
                    let is_key = |(_, value): &(String, Node)| value.text() == Some(key.as_str());
                    let repeats = value.get("id").is_some()
                        || matches!(value, Node::Record(fields) if fields.iter().any(is_key));
                    Some(if repeats { inner } else { format!("{inner}, ID {key}") })
                })
                .collect();
            said?.join("; ")
        }
        Node::Record(fields) => {
            let fields = &measured(fields);
            let mut parts = Vec::new();
            let text = |key: &str| node.get(key).and_then(Node::text);
            let route = text("origin").zip(text("destination"));
            let person = text("first_name").zip(text("last_name"));
            let shown: Vec<&(String, Node)> = fields.iter().filter(|(_, value)| !value.is_blank()).collect();
            // One field needs no name, unless it is a flag; of many, those that are no records themselves suffice.
            if let [(key, only)] = shown[..] {
                let said = nested(only, depth + 1)?;
                let is_flag = matches!(only, Node::Scalar(_, Kind::Bool));
                return Some(if is_flag { format!("{} {said}", say_key(key)) } else { said });
            }
            let has_words = shown.iter().any(|(key, value)| {
                !is_identifier(key)
                    && matches!(value, Node::Scalar(text, Kind::String) if text.contains(char::is_alphabetic))
            });
            let is_long = shown.len() > MAX_INNER;
            // Of a wide record inside a record its name suffices.
            if let Some((_, name)) = named(fields).filter(|_| is_long) {
                return nested(name, depth + 1);
            }
            // Beside what people know it by, an identifier of the system says nothing.
            let is_named = fields.iter().any(|(key, _)| matches!(key.as_str(), "name" | "title"));
            let is_system = |key: &str, value: &Node| {
                is_identifier(key)
                    && (is_named
                        || fields.len() > 2
                            && value.text().is_some_and(|text| text.contains('_') && is_opaque(text)))
            };
            let is_kept = |key: &str, value: &Node| {
                !(is_long && !matches!(value, Node::Scalar(..)) || is_system(key, value))
            };
            for (key, value) in shown.into_iter().filter(|(key, value)| is_kept(key, value)) {
                match (key.as_str(), route, person) {
                    ("origin", Some((origin, destination)), _) => {
                        parts.push(format!("{origin} to {destination}"))
                    }
                    ("first_name", _, Some((first, last))) => parts.push(format!("{first} {last}")),
                    ("destination", Some(_), _) | ("last_name", _, Some(_)) => {}
                    (
                        "name" | "title" | "type" | "source" | "kind" | "label" | "address1" | "address2"
                        | "line1" | "line2" | "street" | "city" | "zip" | "postal_code" | "state"
                        | "province" | "country",
                        ..,
                    ) => parts.push(nested(value, depth + 1)?),
                    // What only a system counts by says nothing beside the rest.
                    _ if is_identifier(key) && has_words => {}
                    _ if is_identifier(key) => {
                        parts.push(format!("{} {}", say_key(key), nested(value, depth + 1)?))
                    }
                    _ => {
                        let (label, unit) = (say_key(key), unit(key, value));
                        let is_said = !unit.is_empty() && label.ends_with(unit.trim_start());
                        let unit = if is_said { "" } else { &unit };
                        parts.push(format!("{label} {}{unit}", nested(value, depth + 1)?));
                    }
                }
            }
            parts.join(", ")
        }
    })
}

/// The value that a page would show for a record: a figure, or what a person is called among much that systems use.
fn shown_as(fields: &[(String, Node)]) -> Option<&Node> {
    let first = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| fields.iter().find(|(known, _)| known == key));
        found.map(|(_, value)| value).filter(|value| !value.is_blank())
    };
    let is_wide = fields.len() > 4 && first(&["id", "user_id", "avatar", "avatar_url"]).is_some();
    first(&["display_string", "display_value"])
        .or_else(|| first(&["global_name", "username", "login"]).filter(|_| is_wide))
}

/// What a record stands for that has a name and beside it only what systems use: `{"id": 7, "type": "user", "name":
/// "Ann"}`.
pub fn reference(fields: &[(String, Node)]) -> Option<&Node> {
    const ASIDE: &[&str] = &["type", "kind", "object", "color", "colour", "slug", "scheme", "default"];
    let is_person = |(key, value): &&(String, Node)| {
        matches!(key.as_str(), "global_name" | "username" | "login") && !value.is_blank()
    };
    let (name, value) = named(fields).or_else(|| fields.iter().find(is_person))?;
    // `{"code": "open", "name": "Open"}`, `{"code": "PT", "name": "Portugal"}`
    let repeats = |code: &str| code.len() <= 3 || same_letters(code, value.text().unwrap_or(""));
    // What has neither an identifier nor an address of its own is described, not referred to.
    let refers = |(key, value): &(String, Node)| {
        (is_identifier(key) || is_noise(key)) && !value.is_blank()
            || key == "code" && value.text().is_some_and(repeats)
    };
    let is_aside = |(key, value): &(String, Node)| {
        let last = effect::words(key).last().unwrap_or("").to_ascii_lowercase();
        key == name
            || value.is_blank()
            || is_identifier(key)
            || is_noise(key)
            || ASIDE.contains(&last.as_str())
            || last == "code" && value.text().is_some_and(repeats)
            || matches!(value, Node::Scalar(_, Kind::Bool))
            || matches!(value, Node::Record(inner) if reference(inner).is_some())
    };
    (fields.iter().any(refers) && fields.iter().all(is_aside)).then_some(value)
}

/// A number as people write it: `120000` for `120000.0`.
fn number(text: &str) -> &str {
    text.strip_suffix(".0").unwrap_or(text)
}

/// `{"card_4421": {…}, "gift_77": {…}}`: the keys are identifiers, not names of fields.
pub fn is_map_of_records(fields: &[(String, Node)]) -> bool {
    !fields.is_empty() && fields.iter().all(|(key, value)| matches!(value, Node::Record(_)) && is_opaque(key))
}

/// ` km` after the number under `distance_km`.
fn unit(key: &str, value: &Node) -> String {
    let key = effect::words(key).map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_");
    match (super::fields::unit_of(&key), value) {
        ((_, Some("%")), Node::Scalar(_, Kind::Number)) => "%".to_string(),
        ((_, Some(unit)), Node::Scalar(_, Kind::Number)) => format!(" {unit}"),
        // Below one, a percentage may be a share.
        (_, Node::Scalar(text, Kind::Number))
            if is_percentage(&key) && text.parse().is_ok_and(|share: f64| share.abs() > 1.0) =>
        {
            "%".to_string()
        }
        _ => String::new(),
    }
}

fn is_percentage(key: &str) -> bool {
    matches!(key.rsplit('_').next(), Some("percentage" | "percent" | "pct"))
}

/// The value of a field with its unit: `63.5%`.
pub fn value(key: &str, value: &Node) -> Option<String> {
    Some(format!("{}{}", nested(value, 0)?, unit(key, value)))
}

fn say_key(key: &str) -> String {
    // A heading of several words was written for people, and so was `MA(5)`.
    if key.contains(' ') && key.contains(char::is_lowercase) || key.contains('(') {
        return key.trim().to_string();
    }
    field_label(key).unwrap_or_else(|| humanize(key))
}

fn bounded(answer: String) -> Option<String> {
    (answer.len() <= MAX_ANSWER).then_some(answer)
}

/// Running text as an answer, without markup. What stands on lines of its own stays there: the files of a folder.
pub fn prose(text: &str) -> Option<String> {
    let bare = without_tags(text);
    // What is indented is code or a file, which stays as it is.
    let is_indented = |line: &str| line.starts_with("  ") || line.starts_with('\t');
    let is_item = |line: &str| line.trim_start().starts_with(['-', '*', '•']);
    let is_code = bare.len() == text.len() && !text.contains("```");
    if is_code && bare.lines().any(|line| is_indented(line) && !is_item(line)) {
        return (text.len() <= 1_500).then(|| format!("```\n{}\n```", text.trim_end()));
    }
    let lines: Vec<String> = bare.lines().map(single_spaced).filter(|line| !line.is_empty()).collect();
    let text = lines.join("\n");
    (text.len() <= 1_500).then(|| capitalize(&text))
}

/// Whether a text has neither tags nor blanks to make one: most values are a word or two.
fn is_plain(text: &str) -> bool {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let bytes = text.as_bytes();
    text.is_ascii()
        && bytes.iter().all(|byte| !matches!(byte, b'<' | 0..b' ' | 0x7F))
        && !bytes.first().is_some_and(is_blank)
        && !bytes.last().is_some_and(is_blank)
        && !bytes.windows(2).any(|pair| pair == b"  ")
}

/// Tags taken out, runs of blanks made one.
pub fn without_markup(text: &str) -> String {
    if is_plain(text) {
        return text.to_string();
    }
    single_spaced(&without_tags(text))
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether what follows `<` is a tag of a page: `<LkTooltip>` and `<https://…|here>` are words.
fn is_markup(tag: &str) -> bool {
    const TAGS: &[&str] = &[
        "a",
        "abbr",
        "article",
        "b",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "img",
        "label",
        "li",
        "link",
        "main",
        "mark",
        "meta",
        "nav",
        "ol",
        "p",
        "pre",
        "s",
        "section",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "title",
        "tr",
        "u",
        "ul",
        "wbr",
        "jats",
    ];
    let name = tag.trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let ends = name[end..].starts_with(['>', ' ', '/', ':', '\n']);
    ends && TAGS.iter().any(|known| known.eq_ignore_ascii_case(&name[..end]))
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at..];
        let is_tag = is_markup(&tag[1..]);
        match tag.find('>').filter(|&end| is_tag && end <= 200) {
            Some(end) => {
                out.push_str(&rest[..at]);
                rest = &tag[end + 1..];
            }
            None => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}
