//! Arguments that have no name of their own, as tools of one argument get them from frameworks: `{"input": "Oslo"}`.

use super::given::Given;
use super::noun_kinds::is_weather;
use super::payload::Node;
use super::roles::Role;
use crate::hindsight::provenance::{Argument, Source};
use crate::signals::effect;

/// What frameworks call the one argument of a tool.
const PLACEHOLDERS: &[&str] = &["input", "__arg1", "arg1", "tool_input", "action_input"];

/// Words of a name at most.
const MAX_NAME: usize = 5;

/// Whether a call of a tool for details gave those of the thing that its only argument names: `{"query": "Dune"}` of
/// `get_film_details`.
pub fn is_name_of_one(tool: &str, given: &[Given], node: &Node) -> bool {
    const DETAILS: &[&str] = &["detail", "details", "info", "information", "profile"];
    let gives_details =
        || effect::words(tool).any(|word| DETAILS.iter().any(|known| word.eq_ignore_ascii_case(known)));
    let [only] = given else { return false };
    only.role == Role::For
        && matches!(&only.values[..], [name] if is_name(name))
        && matches!(only.source, Source::User { .. })
        && matches!(node, Node::Record(_))
        && gives_details()
}

fn is_name(value: &str) -> bool {
    value.starts_with(|first: char| first.is_uppercase())
        && value.split(' ').count() <= MAX_NAME
        && !value.ends_with(['?', '.', '!'])
}

/// The role of the only argument of a call that only a placeholder names: of a name that the user gave, the thing that the
/// tool is about, or the place of its weather.
pub fn role_of_only(argument: &Argument<'_>, others: usize, object: &str) -> Option<Role> {
    let is_user = matches!(argument.source, Source::User { .. });
    let is_unnamed = others == 0 && PLACEHOLDERS.contains(&argument.name);
    if !is_unnamed || !is_name(argument.value.trim()) || !is_user || object.is_empty() {
        return None;
    }
    Some(if is_weather(object) { Role::In } else { Role::Called })
}
