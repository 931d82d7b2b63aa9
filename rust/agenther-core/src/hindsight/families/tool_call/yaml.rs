//! Results written in YAML, as AgentDojo's tools and many servers give records: `- name: Ria`, values over several lines.
//!
//! Format: YAML 1.2. Read is what stands in blocks; anchors, tags and documents after the first make it no result.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::payload::Node;
use crate::text::document::Kind;

/// Longer texts are documents.
const MAX_BYTES: usize = 64 * 1024;

/// Deeper records are told by nobody.
const MAX_DEPTH: usize = 12;

/// Fields from which on lines of `key: value` are a record and no sentence with a colon.
const MIN_FIELDS: usize = 3;

/// The records of a text in YAML: a list of them, or one of several fields.
pub fn yaml(text: &str) -> Option<Node> {
    if !may_be(text) {
        return None;
    }
    let mut events = Parser::new_from_str(text).map_while(Result::ok).map(|(event, _)| event);
    if !matches!(events.next(), Some(Event::StreamStart))
        || !matches!(events.next(), Some(Event::DocumentStart(_)))
    {
        return None;
    }
    let first = events.next()?;
    let node = node(first, &mut events, 0)?;
    if !matches!(events.next(), Some(Event::DocumentEnd)) || !matches!(events.next(), Some(Event::StreamEnd))
    {
        return None;
    }
    let is_record = |row: &Node| matches!(row, Node::Record(_));
    match &node {
        Node::List(rows) => !rows.is_empty() && rows.iter().all(is_record),
        Node::Record(fields) => fields.len() >= MIN_FIELDS,
        Node::Scalar(..) => false,
    }
    .then_some(node)
}

/// Whether every line at the margin is an entry of a block: tells running text without parsing it.
fn may_be(text: &str) -> bool {
    let is_entry = |line: &str| {
        line.starts_with("- ")
            || line.split_once(':').is_some_and(|(key, value)| {
                (value.is_empty() || value.starts_with(' '))
                    && key.split(' ').count() <= 4
                    && key.starts_with(|first: char| first.is_alphabetic())
            })
    };
    // People who write `Chart: #3` or `Title: {name}` mean no comment and no record.
    let is_plain = |line: &str| !line.contains(" #") && !line.contains(": {");
    text.len() <= MAX_BYTES
        && text.lines().all(is_plain)
        && text.trim_end().contains('\n')
        && text.lines().filter(|line| !line.starts_with([' ', '\t']) && !line.is_empty()).all(is_entry)
}

fn node<'t>(event: Event<'t>, events: &mut impl Iterator<Item = Event<'t>>, depth: usize) -> Option<Node> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match event {
        Event::Scalar(text, style, 0, None) => Node::Scalar(text.to_string(), kind(&text, style)),
        Event::SequenceStart(0, None) => {
            let mut items = Vec::new();
            loop {
                match events.next()? {
                    Event::SequenceEnd => break Node::List(items),
                    event => items.push(node(event, events, depth + 1)?),
                }
            }
        }
        Event::MappingStart(0, None) => {
            let mut fields: Vec<(String, Node)> = Vec::new();
            loop {
                let key = match events.next()? {
                    Event::MappingEnd => break Node::Record(fields),
                    Event::Scalar(key, _, 0, None) => key.to_string(),
                    _ => return None,
                };
                if fields.iter().any(|(known, _)| *known == key) {
                    return None;
                }
                let event = events.next()?;
                fields.push((key, node(event, events, depth + 1)?));
            }
        }
        _ => return None,
    })
}

fn kind(text: &str, style: ScalarStyle) -> Kind {
    match text {
        _ if style != ScalarStyle::Plain => Kind::String,
        "" | "~" | "null" | "Null" | "NULL" | "None" => Kind::Null,
        "true" | "false" | "True" | "False" => Kind::Bool,
        _ if text.parse::<f64>().is_ok() => Kind::Number,
        _ => Kind::String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(node: Option<&Node>) -> &str {
        node.and_then(Node::text).unwrap_or("-")
    }

    #[test]
    fn reads_records_in_blocks() {
        let list = "- date: 2022-01-01\n  sender: Ana\n  subject: 'Rent:\n\n    January'\n- date: 2022-02-01\n  sender: Ben\n  subject: Tea\n";
        let Some(Node::List(rows)) = yaml(list) else { panic!("{:?}", yaml(list)) };
        assert_eq!((rows.len(), text(rows[0].get("subject"))), (2, "Rent:\nJanuary"));
        let record = "id_: '2'\nall_day: false\nparticipants:\n- ana@a.example\ntitle: City Hub\n";
        let Some(node @ Node::Record(_)) = yaml(record) else { panic!("{:?}", yaml(record)) };
        assert_eq!(node.get("id_"), Some(&Node::Scalar("2".to_string(), Kind::String)));
        assert_eq!(node.get("all_day"), Some(&Node::Scalar("false".to_string(), Kind::Bool)));
        assert_eq!(node.get("participants").map(|list| list.rows().len()), Some(1));
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "Note: it rains.\nBring a coat.",
            "Rating: 4.2\nReviews: good",
            "- one\n- two",
            "a: &x 1\nb: *x\nc: 2",
            "a: !!binary x\nb: 1\nc: 2",
            "Artist: Mira\nRank: #1\nYear: 2011",
            "Title: Crash of bug #12\nState: open\nOwner: Ana",
            "Title: {name}\nState: open\nOwner: Ana",
            "a: 1\na: 2\nb: 3",
            "a: 1\nb: 2\nc: 3\n---\nd: 4",
            "a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\nb: 1\nc: 2",
            "",
        ] {
            assert_eq!(yaml(text), None, "{text}");
        }
    }
}
