//! Whether a clause can tell what its words promise: who asks for an order wants what was ordered, whoever tracks a parcel
//! wants to know where it is, and of rows without the names of their columns nobody knows what they say.

use super::fields::{field_label, is_identifier, is_noise};
use super::payload::Node;
use super::wanted::{Wanted, is_of_call, is_unit};
use crate::signals::effect;
use crate::text::document::{Kind, Value};

/// Whether an answer about a thing as a whole tells most of the fields that its record has.
pub fn tells_most(node: &Node, wanted: &Wanted, is_stated: impl Fn(&Node) -> bool) -> bool {
    let Node::Record(fields) = node else { return true };
    if !wanted.asked.is_empty() || wanted.is_object {
        return true;
    }
    let is_informative = |(key, value): &&(String, Node)| {
        let is_flag = matches!(value, Node::Scalar(_, Kind::Bool));
        !(value.is_blank()
            || is_flag
            || is_identifier(key)
            || is_noise(key)
            || is_unit(key)
            || is_of_call(key)
            || is_stated(value))
    };
    let is_told = |key: &String| match &wanted.keys[..] {
        [] => field_label(key).is_some(),
        keys => keys.contains(key),
    };
    let informative: Vec<&String> = fields.iter().filter(is_informative).map(|(key, _)| key).collect();
    let told = informative.iter().filter(|key| is_told(key)).count();
    5 * told >= 3 * informative.len()
}

/// Whether a status within a result says that nothing was found: `substatus: notfound002`.
pub fn is_not_found(node: &Node) -> bool {
    fn says(node: &Node, depth: usize) -> bool {
        let Node::Record(fields) = node else { return false };
        fields.iter().any(|(key, value)| {
            let last = effect::words(key).last().unwrap_or("").to_ascii_lowercase();
            let is_state = || last.ends_with("status") || last.ends_with("state");
            let is_absent = |text: &str| {
                let letters = text.chars().filter(|c| c.is_alphabetic()).take(8).flat_map(char::to_lowercase);
                letters.eq("notfound".chars())
            };
            value.text().is_some_and(is_absent) && is_state() || depth < MAX_DEPTH && says(value, depth + 1)
        })
    }
    says(node, 0)
}

/// How deep a status may stand in a result.
const MAX_DEPTH: usize = 3;

/// Whether rows are values of several kinds without their names, `(1, 'Ann', 'Oslo', 3)`: what each is, only their table
/// knows.
pub fn has_bare_rows(node: &Node) -> bool {
    const FEWEST: usize = 3;
    let is_of = |kind: Kind| move |value: &Node| matches!(value, Node::Scalar(_, known) if *known == kind);
    let is_bare = |row: &Node| match row {
        Node::List(values) => {
            values.len() >= FEWEST
                && values.iter().any(is_of(Kind::Number))
                && values.iter().any(is_of(Kind::String))
        }
        _ => false,
    };
    matches!(node, Node::List(rows) if rows.iter().any(is_bare)) || is_bare(node)
}

/// Whether arguments have lists within lists, `files: [{path, ranges: [{start, end}]}]`: in one sentence nobody says which
/// value goes with which.
pub fn is_deep(arguments: Value<'_, '_>) -> bool {
    let lists = |leaf: Value<'_, '_>| {
        let mut lists = 0;
        let mut at = leaf.parent();
        while let Some(value) = at {
            lists += usize::from(value.kind() == Kind::Array);
            at = value.parent();
        }
        lists
    };
    arguments.leaves().any(|leaf| lists(leaf) > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::document::Document;

    fn text(text: &str) -> Node {
        Node::Scalar(text.to_string(), Kind::String)
    }

    fn record(fields: &[(&str, Node)]) -> Node {
        Node::Record(fields.iter().map(|(key, value)| (key.to_string(), value.clone())).collect())
    }

    #[test]
    fn a_thing_as_a_whole_is_most_of_its_fields() {
        let order = record(&[
            ("order_id", text("A-1")),
            ("status", text("delivered")),
            ("seller", record(&[("name", text("Ann"))])),
            ("items", Node::List(vec![text("planter")])),
            ("platform", text("Veld")),
            ("note", text("")),
        ]);
        let keys = |keys: &[&str]| keys.iter().map(|key| key.to_string()).collect::<Vec<_>>();
        let whole = |told: &[&str]| Wanted { keys: keys(told), ..Wanted::default() };
        assert!(tells_most(&order, &whole(&["status", "seller", "items"]), |_| false));
        assert!(!tells_most(&order, &whole(&["status", "platform"]), |_| false));
        assert!(tells_most(&order, &Wanted::exactly(&keys(&["status"])), |_| false));
    }

    #[test]
    fn what_was_not_found_is_no_state() {
        for (state, is_missing) in [("notfound002", true), ("Not found", true), ("delivered", false)] {
            let result = record(&[("origin", record(&[("substatus", text(state))])), ("day", text("0"))]);
            assert_eq!(is_not_found(&result), is_missing, "{state}");
        }
        assert!(!is_not_found(&record(&[("message", text("not found"))])));
    }

    #[test]
    fn rows_without_names_are_bare() {
        let number = |value: &str| Node::Scalar(value.to_string(), Kind::Number);
        let row = Node::List(vec![number("1"), text("Ann"), text("Oslo")]);
        assert!(has_bare_rows(&Node::List(vec![row.clone()])) && has_bare_rows(&row));
        assert!(!has_bare_rows(&Node::List(vec![text("Ann"), text("Bo"), text("Oslo")])));
        assert!(!has_bare_rows(&Node::List(vec![Node::List(vec![text("May"), number("3")])])));
    }

    #[test]
    fn lists_within_lists_are_deep() {
        for (arguments, deep) in [
            (r#"{"files": [{"path": "a", "ranges": [{"start": 1}]}]}"#, true),
            (r#"{"files": [{"path": "a"}], "to": "b"}"#, false),
            (r#"{"q": "a"}"#, false),
        ] {
            assert_eq!(is_deep(Document::parse(arguments).unwrap().root()), deep, "{arguments}");
        }
    }
}
