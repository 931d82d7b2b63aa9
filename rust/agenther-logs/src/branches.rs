//! Conversations that are trees: every message names the one that it follows, and where an answer was asked for again,
//! or a question put otherwise, several follow the same one.

use std::collections::HashMap;

use crate::json::Value;
use crate::run::Text;

/// A message of a tree.
pub(crate) struct Node<'t, 'a> {
    pub id: Option<Text<'a>>,
    /// The message that it follows.
    pub parent: Option<Text<'a>>,
    pub message: Value<'t, 'a>,
}

impl<'t, 'a> Node<'t, 'a> {
    /// A message that has its id and that of its parent by these keys.
    pub fn of(message: Value<'t, 'a>, id: &str, parent: &str) -> Self {
        Node { id: message.text_of(&[id]), parent: message.text_of(&[parent]), message }
    }
}

/// The messages from the first to `leaf`, or to the last that stands in the log. Where one on the way is missing, all
/// as they stand: what is there is worth more than which branch it is of.
pub(crate) fn branch<'t, 'a>(nodes: &[Node<'t, 'a>], leaf: Option<Text<'a>>) -> Vec<Value<'t, 'a>> {
    branch_through(nodes, leaf, |_| false)
}

/// Such a branch of a log in which a message that follows none may go on with what stands before it.
pub(crate) fn branch_through<'t, 'a>(
    nodes: &[Node<'t, 'a>],
    leaf: Option<Text<'a>>,
    goes_on: impl Fn(Value<'t, 'a>) -> bool,
) -> Vec<Value<'t, 'a>> {
    let places: HashMap<&str, usize> =
        nodes.iter().enumerate().filter_map(|(at, node)| Some((node.id.as_deref()?, at))).collect();
    let mut next = leaf.and_then(|leaf| places.get(&*leaf).copied()).or(nodes.len().checked_sub(1));
    let (mut met, mut path) = (vec![false; nodes.len()], Vec::new());
    while let Some(at) = next.filter(|at| !met[*at]) {
        met[at] = true;
        path.push(nodes[at].message);
        next = match nodes[at].parent.as_deref().filter(|parent| !is_root(parent)) {
            None => at.checked_sub(1).filter(|_| goes_on(nodes[at].message)),
            Some(parent) => match places.get(parent) {
                Some(at) => Some(*at),
                None => return nodes.iter().map(|node| node.message).collect(),
            },
        };
    }
    // Messages without ids are no tree.
    if path.len() == 1 && nodes.iter().all(|node| node.parent.is_none()) {
        return nodes.iter().map(|node| node.message).collect();
    }
    path.reverse();
    path
}

/// Whether an id is that of no message: UUIDs of zeros stand for what comes before the first.
fn is_root(id: &str) -> bool {
    id.starts_with("00000000-0000-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read_inner;

    #[test]
    fn a_branch_leads_from_the_root_to_the_leaf() {
        let read = |nodes: &str, leaf: Option<&'static str>| {
            read_inner(nodes, |nodes| {
                let nodes: Vec<Node<'_, '_>> =
                    nodes.items().map(|message| Node::of(message, "id", "of")).collect();
                let found = branch(&nodes, leaf.map(Into::into));
                Some(found.iter().filter_map(|found| found.text_of(&["id"])).collect::<String>())
            })
            .unwrap()
        };
        let tree = r#"[{"id": "a", "of": "00000000-0000-4000-8000-000000000000"}, {"id": "b", "of": "a"},
            {"id": "c", "of": "b"}, {"id": "d", "of": "a"}, {"id": "e", "of": "d"}]"#;
        assert_eq!(read(tree, Some("c")), "abc");
        assert_eq!(read(tree, None), "ade");
        assert_eq!(read(tree, Some("gone")), "ade");
        assert_eq!(read(r#"[{"id": "a"}, {"id": "b"}]"#, None), "ab");
        assert_eq!(read(r#"[{"id": "b", "of": "gone"}, {"id": "c", "of": "b"}]"#, None), "bc");
        assert_eq!(read(r#"[{"id": "a", "of": "b"}, {"id": "b", "of": "a"}]"#, None), "ab");
        assert_eq!(read("[]", None), "");
    }

    #[test]
    fn a_second_root_goes_on_with_what_stands_before_it_or_takes_its_place() {
        let read = |goes_on: bool| {
            let lines = r#"[{"id": "a"}, {"id": "b", "of": "a"}, {"id": "x", "of": "a"}, {"id": "c"},
                {"id": "d", "of": "c"}]"#;
            read_inner(lines, |lines| {
                let nodes: Vec<_> = lines.items().map(|line| Node::of(line, "id", "of")).collect();
                let found = branch_through(&nodes, None, |_| goes_on);
                Some(found.iter().filter_map(|found| found.text_of(&["id"])).collect::<String>())
            })
            .unwrap()
        };
        assert_eq!([read(true), read(false)], ["axcd", "cd"]);
    }
}
