//! A result in view of what was asked for: the list under the tool's own noun, without the question that it repeats, by the
//! things that were named, and the one thing that was looked up.

use super::answer::{is_prose, naming_key};
use super::codes::language;
use super::fields::is_identifier;
use super::given::Given;
use super::payload::{Node, Payload};
use super::roles::Role;
use super::wanted::is_unit;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::singular;
use crate::signals::effect;
use crate::text::document::Kind;
use crate::text::needles::find;

/// A result that holds the tool's objects under their own name is the list of them: `{"hotels": […], "currency": "EUR"}`.
pub fn listed(payload: Payload, object: &str) -> Payload {
    let Node::Record(fields) = payload.node else { return payload };
    let payload = Payload { node: Node::List(Vec::new()), ..payload };
    let head = singular(object.rsplit(' ').next().unwrap_or(object));
    let at = fields.iter().position(|(key, value)| value.is_list() && singular(&key.to_lowercase()) == head);
    // Under its very name it is the result, whatever stands beside it.
    let is_named =
        at.is_some_and(|at| singular(&fields[at].0.to_lowercase()) == head && fields[at].1.is_list());
    let is_only_list =
        is_named || fields.iter().filter(|(_, value)| !matches!(value, Node::Scalar(..))).count() == 1;
    match at {
        Some(at) if is_only_list => Payload { node: with_units(fields, at), ..payload },
        _ => Payload { node: Node::Record(fields), ..payload },
    }
}

/// Whether everything that was found has a query for its name.
pub fn names_all(given: &Given, node: &Node, object: &str) -> bool {
    let [query] = &given.values[..] else { return false };
    // The sections of STAT 240 are not called so.
    if !query.starts_with(char::is_uppercase) || query.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let Some(key) = naming_key(node.rows()).filter(|_| node.is_list()) else { return false };
    // Symbols are found for a company, and are not called as it is.
    let is_other = |row: &Node| row.get(&singular(object.rsplit(' ').next().unwrap_or(object))).is_some();
    // Of several, `Zermatt GGB` is not called Zermatt; a `Desk Lamp` alone is not called Lamp.
    let is_only = node.rows().len() == 1;
    let is_name = |name: &str| {
        let begins = || find(name, query).is_some_and(|span| span.start == 0);
        name.eq_ignore_ascii_case(query) || is_only && begins()
    };
    let is_named = |row: &Node| row.get(key).and_then(Node::text).is_some_and(is_name) && !is_other(row);
    node.rows().iter().all(is_named)
}

/// Whether all rows of a list have a value that was asked for by name in their names; of anything else nothing says
/// otherwise.
pub fn is_called(given: &Given, node: &Node) -> bool {
    let Some(key) = naming_key(node.rows()).filter(|_| node.is_list()) else { return true };
    let names = |row: &Node| row.get(key).and_then(Node::text).map(str::to_lowercase);
    let values: Vec<String> = given.values.iter().map(|value| value.to_lowercase()).collect();
    node.rows().iter().filter_map(names).all(|name| values.iter().any(|value| find(&name, value).is_some()))
}

/// A list beside nothing but what was asked for by is the result: `{"hotel_id": "H7", "offers": […]}`.
pub fn without_echo(payload: Payload, given: &[Given]) -> Payload {
    let Node::Record(fields) = &payload.node else { return payload };
    // `{"location": {"name": "Lyon", "lat": 45.76}, "daily": […]}`: the place asked about, as the service knows it.
    const REQUEST: &[&str] = &["request", "query", "params", "parameters"];
    let is_echo = |(key, value): &(String, Node)| {
        let is_given = |text: &str| given.iter().any(|given| given.values.iter().any(|value| value == text));
        let is_place =
            matches!(key.as_str(), "location" | "city" | "place" | "station") && says_place_only(value);
        let is_request = REQUEST.contains(&key.as_str()) && matches!(value, Node::Record(_)) || is_place;
        is_identifier(key) || is_request || is_unit(key) || value.text().is_some_and(is_given)
    };
    let mut others = fields.iter().filter(|field| !is_echo(field));
    let (Some((_, Node::List(rows))), None, true) = (others.next(), others.next(), fields.len() > 1) else {
        return payload;
    };
    if !rows.iter().any(|row| matches!(row, Node::Record(_))) {
        return payload;
    }
    let Payload { node: Node::Record(fields), complete, is_part } = payload else { return payload };
    let list = fields.iter().position(|(_, value)| value.is_list()).unwrap_or(0);
    Payload { node: with_units(fields, list), complete, is_part }
}

/// The texts that a search found, without the figures by which it ranked them.
pub fn without_ranks(mut payload: Payload) -> Payload {
    const RANKS: &[&str] = &[
        "score",
        "similarity",
        "distance",
        "relevance",
        "relevance_score",
        "similarity_score",
        "rank",
        "confidence",
    ];
    let is_found_text = |row: &Node| match row {
        Node::Record(fields) => fields.iter().any(|(_, value)| value.text().is_some_and(is_prose)),
        _ => false,
    };
    if let Node::List(rows) = &mut payload.node
        && rows.iter().all(is_found_text)
    {
        for row in rows {
            let Node::Record(fields) = row else { continue };
            fields.retain(|(key, value)| {
                !RANKS.contains(&key.as_str()) || !matches!(value, Node::Scalar(_, Kind::Number))
            });
        }
    }
    payload
}

/// Whether what would say how to answer says which rows were wanted: the tours in French.
pub fn chooses(given: &Given, node: &Node) -> bool {
    let has = |row: &Node| {
        let held = row.get(&given.name).and_then(Node::text);
        let said = held.map(|held| language(&given.name, held));
        said.is_some_and(|said| given.values.iter().any(|value| value.eq_ignore_ascii_case(said)))
    };
    given.role == Role::Manner
        && !is_unit(&given.name)
        && !node.rows().is_empty()
        && node.rows().iter().all(has)
}

/// What stands under the values of an argument is what was asked for: `{"Ria": "Rating: 4.2"}` of the hotel Ria. Where
/// some of them are missing, the answer is not whole.
pub fn by_argument(payload: Payload, given: &[Given], object: &str) -> Result<Payload, Reason> {
    let Node::Record(fields) = &payload.node else { return Ok(payload) };
    let is_key = |value: &String| fields.iter().any(|(key, _)| key.eq_ignore_ascii_case(value));
    let is_keyed = |given: &&Given| {
        let is_value =
            |(key, _): &(String, Node)| given.values.iter().any(|value| value.eq_ignore_ascii_case(key));
        names_things(given) && !fields.is_empty() && fields.iter().all(is_value)
    };
    let Some(keyed) = given.iter().find(is_keyed) else { return Ok(payload) };
    if !keyed.values.iter().all(is_key) || fields.iter().any(|(_, value)| value.is_blank()) {
        return Err(Reason::AnswerUnreadable);
    }
    let Payload { node: Node::Record(mut fields), complete, is_part } = payload else { return Ok(payload) };
    let node = match fields.len() {
        1 => fields.remove(0).1,
        _ => Node::List(fields.into_iter().map(|(key, value)| row_named(key, value, object)).collect()),
    };
    Ok(Payload { node, complete, is_part })
}

/// Whether the values of a parameter are the fields that every row of a result has.
pub fn selects_fields(given: &Given, node: &Node) -> bool {
    let has_all = |row: &Node| given.values.iter().all(|value| row.get(value).is_some());
    names_fields(given) && node.rows().iter().all(has_all)
}

/// Whether the values of a parameter are things, and not fields of one or its state.
fn names_things(given: &Given) -> bool {
    !names_fields(given)
        && !matches!(given.role, Role::Adjective | Role::Manner | Role::With(_) | Role::Category)
}

/// Whether a parameter says which fields are wanted.
fn names_fields(given: &Given) -> bool {
    #[rustfmt::skip]
    const FIELDS: &[&str] = &[
        "fields", "field", "metrics", "metric", "columns", "column", "attributes", "attribute", "properties", "property",
        "select", "include", "includes", "keys", "key", "measures", "values", "indicators", "statistics", "stats",
    ];
    let last = effect::words(&given.name).last().unwrap_or("");
    FIELDS.iter().any(|field| last.eq_ignore_ascii_case(field))
}

/// A row of a table that has its name for a key; a value alone is that of the tool's object.
fn row_named(key: String, value: Node, object: &str) -> Node {
    let name = ("name".to_string(), Node::Scalar(key, Kind::String));
    let rest = match value {
        Node::Record(fields) => fields,
        value => vec![(singular(object.rsplit(' ').next().unwrap_or(object)), value)],
    };
    Node::Record(std::iter::once(name).chain(rest).collect())
}

/// The list at a place of a record, with what the figures of its rows are measured in.
fn with_units(mut fields: Vec<(String, Node)>, at: usize) -> Node {
    let (_, list) = fields.swap_remove(at);
    let units: Vec<_> = fields.into_iter().filter(|(key, _)| is_unit(key)).collect();
    let Node::List(rows) = list else { return list };
    let with = |row: Node| match row {
        Node::Record(mut row) => {
            let is_new = |unit: &&(String, Node)| row.iter().all(|(known, _)| *known != unit.0);
            let new: Vec<_> = units.iter().filter(is_new).cloned().collect();
            row.extend(new);
            Node::Record(row)
        }
        row => row,
    };
    Node::List(rows.into_iter().map(with).collect())
}

/// Whether a record says where a place lies and what it is called, and nothing of how it is there.
fn says_place_only(value: &Node) -> bool {
    const PLACE: &[&str] = &[
        "name",
        "country",
        "country_code",
        "region",
        "state",
        "city",
        "admin1",
        "lat",
        "lon",
        "lng",
        "latitude",
        "longitude",
        "id",
        "code",
        "timezone",
        "tz_id",
        "q",
        "query",
        "elevation",
        "type",
        "language",
        "unit",
        "units",
        "tz",
        "coord",
        "coordinates",
        "population",
        "postal_code",
        "zip",
        "localtime",
        "display_name",
        "formatted_address",
    ];
    matches!(value, Node::Record(fields) if fields.iter().all(|(key, _)| PLACE.contains(&key.as_str())))
}

/// A list of nothing but the thing that was asked for by its identifier is the thing.
pub fn the_one(payload: Payload, given: &[Given]) -> Payload {
    let is_asked = |text: &str| {
        given
            .iter()
            .any(|given| matches!(given.role, Role::Identity { .. }) && given.values == [text.to_string()])
    };
    let Node::List(rows) = &payload.node else { return payload };
    match &rows[..] {
        [Node::Record(fields)]
            if payload.complete && fields.iter().any(|(_, value)| value.text().is_some_and(is_asked)) =>
        {
            let node = Node::Record(fields.clone());
            Payload { node, ..payload }
        }
        _ => payload,
    }
}
