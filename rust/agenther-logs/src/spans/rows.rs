//! What the rows of most tracers need before they are spans.

use std::collections::HashSet;

use super::{Kind, Messages, Side, Span, conversation, tool_name};
use crate::json::Value;
use crate::run::Text;

/// The text of the first of the `keys` that has one.
pub(crate) fn text_in(row: Value<'_, '_>, keys: &[&str]) -> Option<String> {
    row.text_of(keys).map(Text::into_owned)
}

/// What stands under the first of the `keys` that is there: a string as it is, anything else as JSON.
pub(crate) fn content_in(row: Value<'_, '_>, keys: &[&str]) -> Option<String> {
    row.any_of(keys).and_then(|value| value.text_or_json()).map(Text::into_owned)
}

/// What an exception says, without its stack before or behind that.
pub(crate) fn without_stack(error: &str) -> String {
    const PYTHON: &str = "Traceback (most recent call last)";
    const JAVASCRIPT: &str = "\n    at ";
    let error = error.split(JAVASCRIPT).next().unwrap_or(error);
    let said = match error.split_once(PYTHON) {
        Some((before, _)) if !before.trim().is_empty() => before,
        // The frames are indented; what was raised follows the last of them.
        Some((_, stack)) => {
            let frames = stack.rfind("\n ").map(|at| &stack[at + 1..]);
            frames.and_then(|frames| frames.split_once('\n')).map_or(error, |(_, said)| said)
        }
        None => error,
    };
    said.trim().to_owned()
}

/// Takes spans that state no kind for tools where a model called a tool of their name, or of the
/// last part of it: a traced function is written like any other, whoever called it.
pub(crate) fn name_tools(spans: &mut [Span]) {
    let outputs =
        spans.iter().filter(|span| span.kind == Kind::Model).filter_map(|span| span.output.as_deref());
    let said = outputs.flat_map(|output| conversation(&Messages::of(output, Side::Output).json()).steps);
    let called: HashSet<String> = said.filter_map(|step| step.action_name).map(Text::into_owned).collect();
    for span in spans.iter_mut().filter(|span| span.kind == Kind::Other) {
        let name = tool_name(&span.name);
        let last = name.rsplit('.').next().unwrap_or(name);
        if let Some(name) = called.get(name).or_else(|| called.get(last)) {
            (span.kind, span.name) = (Kind::Tool, name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_lose_their_stack_and_keep_their_words() {
        for (error, said) in [
            ("no route", "no route"),
            ("ValueError('x')Traceback (most recent call last):\n  File x", "ValueError('x')"),
            (
                "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    f()\nOSError: gone\nfor good",
                "OSError: gone\nfor good",
            ),
            ("Error: gone\n    at f (a.js:1)\n    at g (b.js:2)", "Error: gone"),
            ("Traceback (most recent call last)", "Traceback (most recent call last)"),
        ] {
            assert_eq!(without_stack(error), said);
        }
    }
}
