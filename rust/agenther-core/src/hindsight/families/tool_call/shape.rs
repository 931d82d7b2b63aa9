//! Results brought into the shapes that clauses speak of: lists of flat records, and flat records.

use super::fields::{is_identifier, is_noise};
use super::payload::Node;
use crate::hindsight::forms::date;

/// Fields of a record that is made flat: with more, nobody knows what belongs where.
const MAX_FLAT: usize = 40;

/// The same result with what interfaces wrap it in taken off.
pub fn simple(node: Node) -> Node {
    match node {
        Node::List(items) => {
            let rows = without_wrapper(items);
            Node::List(rows.into_iter().map(|item| simple_row(simple(item))).collect())
        }
        Node::Record(fields) => {
            let part = |(key, value): (String, Node)| {
                let value = whole_name(&key, called(simple(value)));
                (key, value)
            };
            simple_record(fields.into_iter().map(part).collect())
        }
        scalar => scalar,
    }
}

/// `{"name": "In Progress"}`: a thing that has nothing but its name is its name.
fn called(node: Node) -> Node {
    const NAMES: &[&str] = &["name", "summary", "displayName", "display_name", "login", "title", "label"];
    match node {
        Node::Record(mut fields)
            if fields.len() == 1 && NAMES.contains(&fields[0].0.as_str()) && fields[0].1.text().is_some() =>
        {
            fields.remove(0).1
        }
        node => node,
    }
}

/// `"name": {"fullName": "Ann Lee", "givenName": "Ann"}`: a name in its parts is the whole of it.
fn whole_name(key: &str, node: Node) -> Node {
    const WHOLE: &[&str] = &["fullName", "full_name", "displayName", "display_name", "formatted"];
    let Node::Record(fields) = &node else { return node };
    let whole = |(part, text): &&(String, Node)| {
        WHOLE.contains(&part.as_str()) && !text.is_blank() && text.text().is_some()
    };
    let found = fields.iter().find(whole).filter(|_| key == "name").map(|(_, text)| text.clone());
    found.unwrap_or(node)
}

/// `[{"resource": {…}}, {"resource": {…}}]`: rows that are wrapped alike; beside `node` and `resource` may stand where the
/// row is.
fn without_wrapper(rows: Vec<Node>) -> Vec<Node> {
    fn is_place(key: &str) -> bool {
        matches!(key, "cursor" | "fullUrl" | "search" | "link")
    }
    fn wrapper(row: &Node) -> Option<&str> {
        let Node::Record(fields) = row else { return None };
        let mut inner = fields.iter().filter(|(key, _)| !is_place(key));
        let (key, value) = inner.next().filter(|_| inner.next().is_none())?;
        let may_have_place = fields.len() == 1 || matches!(key.as_str(), "node" | "resource");
        (may_have_place && matches!(value, Node::Record(_))).then_some(key)
    }
    let first = rows.first().and_then(wrapper);
    if first.is_none() || !rows.iter().all(|row| wrapper(row) == first) {
        return rows;
    }
    let inner = |row| match row {
        Node::Record(fields) => fields.into_iter().find(|(key, _)| !is_place(key)).map(|(_, inner)| inner),
        _ => None,
    };
    rows.into_iter().filter_map(inner).collect()
}

/// A record whose values stand in a record of their own, as in `{"id": 7, "attributes": {…}}`, with them taken out.
fn with_attributes(fields: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let holds = |(key, value): &(String, Node)| {
        matches!(key.as_str(), "attributes" | "fields" | "properties" | "data")
            && matches!(value, Node::Record(_))
    };
    let Some(at) = fields.iter().position(holds).filter(|_| fields.len() > 1) else { return fields };
    let outer: Vec<String> = fields.iter().map(|(key, _)| key.clone()).collect();
    let mut out = Vec::new();
    for (place, (key, value)) in fields.into_iter().enumerate() {
        match value {
            Node::Record(inner) if place == at => {
                // Where the record stands in the system is nothing of the thing.
                let is_place = |key: &str| matches!(key, "type" | "url" | "href");
                let is_all_place = inner.iter().all(|(key, _)| is_place(key));
                out.extend(inner.into_iter().filter(|(key, _)| !is_all_place && !outer.contains(key)));
            }
            value => out.push((key, value)),
        }
    }
    out
}

/// `from` and `to` of a trip as its origin and its destination, of a period or a range as its start and its end, and of a
/// change as its old and its new value; those of a letter or of a conversion stay.
fn with_route(mut fields: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let has = |names: &[&str]| fields.iter().any(|(key, _)| names.contains(&key.as_str()));
    // Letters have a sender and a recipient, changes an old and a new value, and shops open from nine to five.
    let is_trip = has(&[
        "departure",
        "arrival",
        "departs",
        "arrives",
        "depart",
        "arrive",
        "departure_time",
        "arrival_time",
        "train",
        "flight",
        "flight_number",
        "bus",
        "line",
        "carrier",
        "airline",
        "vessel",
        "distance",
        "distance_km",
        "duration",
        "duration_minutes",
        "fare",
        "legs",
        "stops",
        "sections",
        "platform",
        "products",
    ]);
    // `9am`, `09:00`, 2019, 1200: a period or a range has ends, and no sender.
    let is_end = |text: &str| date(text).is_some() || text.starts_with(|first: char| first.is_ascii_digit());
    let dates = fields
        .iter()
        .filter(|(key, value)| matches!(key.as_str(), "from" | "to") && value.text().is_some_and(is_end));
    let (start, end) = match dates.count() {
        2 => ("start", "end"),
        _ if is_trip => ("origin", "destination"),
        _ if !has(&["from"]) || !has(&["to"]) => return fields,
        _ if has(&["author", "user", "actor", "changed_by", "field", "event"]) => ("old value", "new value"),
        _ => return fields,
    };
    for (key, _) in &mut fields {
        match key.as_str() {
            "from" => *key = start.to_string(),
            "to" => *key = end.to_string(),
            _ => {}
        }
    }
    fields
}

fn simple_record(fields: Vec<(String, Node)>) -> Node {
    let fields = with_route(with_attributes(fields));
    let is = |at: usize, name: &str| fields[at].0 == name;
    match &fields[..] {
        // `{"edges": [{"node": …}]}`, `{"node": …}` of GraphQL, and lists in a record of their own.
        [(key, Node::List(_))] if !key.is_empty() && !is(0, "items") => {
            fields.into_iter().next().map_or(Node::List(Vec::new()), |(_, list)| list)
        }
        [(_, Node::Record(_))] if is(0, "node") => {
            fields.into_iter().next().map_or(Node::List(Vec::new()), |(_, node)| node)
        }
        _ if is_labelled(&fields) => {
            fields.into_iter().find(|(key, _)| key == "text").map_or(Node::List(Vec::new()), |(_, text)| text)
        }
        _ => flat(fields),
    }
}

/// `{"text": "Sunny", "icon": "113.png", "code": 1000}`: words with marks for a display.
fn is_labelled(fields: &[(String, Node)]) -> bool {
    const MARKS: &[&str] = &["text", "icon", "code", "url", "href", "link", "image", "color"];
    fields.len() >= 2
        && fields.iter().any(|(key, value)| key == "text" && value.text().is_some())
        && fields
            .iter()
            .all(|(key, value)| MARKS.contains(&key.as_str()) && matches!(value, Node::Scalar(..)))
}

/// Records of a record without values of its own: `{"player": {…}, "statistics": {…}}`.
fn flat(fields: Vec<(String, Node)>) -> Node {
    let is_record = |value: &Node| matches!(value, Node::Record(_));
    let total: usize = fields
        .iter()
        .map(|(_, value)| match value {
            Node::Record(inner) => inner.len(),
            _ => 1,
        })
        .sum();
    if fields.len() < 2 || total > MAX_FLAT || !fields.iter().all(|(_, value)| is_record(value)) {
        return Node::Record(fields);
    }
    let mut keys: Vec<&str> = Vec::new();
    for (_, value) in &fields {
        let Node::Record(inner) = value else { continue };
        keys.extend(inner.iter().map(|(key, _)| key.as_str()));
    }
    keys.sort_unstable();
    // Records alike are a list of things, not the parts of one.
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return Node::Record(fields);
    }
    let inner = |(_, value): (String, Node)| match value {
        Node::Record(inner) => inner,
        _ => Vec::new(),
    };
    Node::Record(fields.into_iter().flat_map(inner).collect())
}

/// `{"date": …, "day": {…}}`: a row whose one record has no name is a flat row.
fn simple_row(row: Node) -> Node {
    let Node::Record(fields) = row else { return row };
    let records: Vec<usize> =
        (0..fields.len()).filter(|&at| matches!(fields[at].1, Node::Record(_))).collect();
    let [at] = records[..] else { return Node::Record(fields) };
    let Node::Record(inner) = &fields[at].1 else { return Node::Record(fields) };
    let clashes = inner.iter().any(|(key, _)| fields.iter().any(|(known, _)| known == key));
    // A thing keeps its parts to itself, so that a row is named by what names it.
    let is_thing = |fields: &[(String, Node)]| {
        fields.iter().any(|(key, _)| is_identifier(key) || matches!(key.as_str(), "name" | "title"))
    };
    // `{"sha": …, "commit": {…}}`: beside its one record, a row has what only systems use.
    let is_of_system =
        |(key, value): &(String, Node)| is_identifier(key) || is_noise(key) || value.is_blank();
    // A ticket is not called what the one is called that it is assigned to.
    const PEOPLE: &[&str] = &[
        "owner",
        "assignee",
        "user",
        "author",
        "customer",
        "creator",
        "reporter",
        "manager",
        "sender",
        "contact",
        "member",
        "guest",
        "patient",
        "driver",
        "recipient",
        "client",
        "account",
        "company",
        "organization",
        "team",
    ];
    let is_wrapped = !PEOPLE.contains(&fields[at].0.as_str())
        && fields.len() > 1
        && (0..fields.len()).all(|other| other == at || is_of_system(&fields[other]));
    if clashes || !is_wrapped && (inner.len() < 3 || is_thing(inner) || is_thing(&fields)) {
        return Node::Record(fields);
    }
    Node::Record(
        fields
            .into_iter()
            .flat_map(|(key, value)| match value {
                Node::Record(inner) => inner,
                value => vec![(key, value)],
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::document::Kind;

    fn value(text: &str) -> Node {
        Node::Scalar(text.to_string(), Kind::String)
    }

    fn record(fields: &[(&str, Node)]) -> Node {
        Node::Record(fields.iter().map(|(key, value)| (key.to_string(), value.clone())).collect())
    }

    #[test]
    fn takes_off_the_wrapping() {
        let event = record(&[("place", value("Bern")), ("time", value("9"))]);
        let edges = record(&[("edges", Node::List(vec![record(&[("node", event.clone())])]))]);
        assert_eq!(simple(edges), Node::List(vec![event]));
        let parts = record(&[
            ("player", record(&[("position", value("wing"))])),
            ("stats", record(&[("goals", value("3"))])),
        ]);
        assert_eq!(simple(parts), record(&[("position", value("wing")), ("goals", value("3"))]));
        let alike = record(&[("a", record(&[("x", value("1"))])), ("b", record(&[("x", value("2"))]))]);
        assert_eq!(simple(alike.clone()), alike);
    }

    #[test]
    fn a_trip_has_ends_and_a_letter_a_sender() {
        let pair = |from, to, more: &[(&str, Node)]| {
            record(&[&[("from", value(from)), ("to", value(to))], more].concat())
        };
        let keys = |node| match simple(node) {
            Node::Record(fields) => fields.into_iter().map(|(key, _)| key).take(2).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(keys(pair("Bern", "Biel", &[("line", value("S3"))])), ["origin", "destination"]);
        assert_eq!(keys(pair("2025-01-02", "2025-01-09", &[("line", value("S3"))])), ["start", "end"]);
        assert_eq!(keys(pair("9am", "5pm", &[("day", value("Mon"))])), ["start", "end"]);
        assert_eq!(keys(pair("Open", "Done", &[("author", value("Ann"))])), ["old value", "new value"]);
        assert_eq!(keys(pair("a@example.com", "b@example.com", &[("sent", value("9"))])), ["from", "to"]);
        assert_eq!(keys(pair("CHF", "EUR", &[("rate", value("1.06"))])), ["from", "to"]);
    }

    #[test]
    fn a_day_of_a_forecast_is_a_flat_row() {
        let day = record(&[("high", value("9")), ("low", value("1")), ("wind", value("3"))]);
        let row = record(&[("date", value("2025-01-02")), ("day", day)]);
        let flat = record(&[
            ("date", value("2025-01-02")),
            ("high", value("9")),
            ("low", value("1")),
            ("wind", value("3")),
        ]);
        assert_eq!(simple(Node::List(vec![row])), Node::List(vec![flat]));
    }
}
