//! Tools that do several things, each named by an argument.

use std::borrow::Cow;

use super::words::tool_words;
use crate::hindsight::provenance::Argument;
use crate::reading::Reading;

/// What a tool that does several things is told to do, where that has a verb and a noun as the name of a tool has:
/// `{"operation": "list_issues"}`.
pub fn operation<'a>(reading: &Reading<'a>, step: usize) -> Option<&'a str> {
    let is_operation = |argument: &&Argument<'a>| {
        matches!(argument.name, "operation" | "action" | "method" | "command" | "subcommand")
    };
    let argument = reading.provenance().arguments(step).iter().find(is_operation)?;
    let Cow::Borrowed(value) = argument.value else { return None };
    let words = tool_words(value, None).filter(|_| is_path_of_words(value))?;
    (!words.verb.is_empty() && !words.object.is_empty()).then_some(value)
}

/// Whether a text is one identifier: `list_issues`.
fn is_path_of_words(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
