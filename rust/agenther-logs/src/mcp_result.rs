//! Results of the Model Context Protocol as Python prints them: frameworks log `str(result)` of the SDK's classes, and
//! what the tool said stands in it as a literal of Python.
//!
//! Source: `mcp/types.py` of the Python SDK, `CallToolResult(content: list[TextContent | ImageContent | …], isError)`.
//! `[TextContent(type='text', text='…', annotations=None)]` and `meta=None content=[…] isError=False` become the text.

use std::borrow::Cow;

use crate::python_literal;
use crate::run::Text;

/// How a printed result begins.
const OPENINGS: &[&str] =
    &["[TextContent(", "TextContent(", "CallToolResult(", "meta=None ", "_meta=None ", "content=["];

/// One block of text.
const BLOCK: &str = "TextContent(type='text', text=";

/// What a tool said, out of a printed result; any other observation as it is. The flag says whether the result is marked as
/// an error.
pub(crate) fn said(observation: Text<'_>) -> (Text<'_>, Option<bool>) {
    // A result begins with one of these letters, most observations do not.
    let may_be = matches!(observation.as_bytes().first(), Some(b'[' | b'T' | b'C' | b'm' | b'_' | b'c'));
    if !may_be || !OPENINGS.iter().any(|opening| observation.starts_with(opening)) {
        return (observation, None);
    }
    match blocks(&observation) {
        Some(text) => {
            let is_error = observation.trim_end().trim_end_matches(')').ends_with("isError=True");
            (Cow::Owned(text), is_error.then_some(true))
        }
        None => (observation, None),
    }
}

/// The texts of all blocks, with a blank line between them.
fn blocks(printed: &str) -> Option<String> {
    let mut texts = Vec::new();
    let mut rest = printed;
    while let Some(at) = rest.find(BLOCK) {
        let (text, after) = python_literal::string(&rest[at + BLOCK.len()..])?;
        texts.push(text);
        rest = after;
    }
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_results_are_what_the_tool_said() {
        for (printed, text, error) in [
            (
                r#"[TextContent(type='text', text='{"greeting": "Hi, Ann\'s"}', annotations=None, meta=None)]"#,
                r#"{"greeting": "Hi, Ann's"}"#,
                None,
            ),
            (
                r#"meta=None content=[TextContent(type='text', text='a\nb', annotations=None), TextContent(type='text', text="c")] isError=False"#,
                "a\nb\n\nc",
                None,
            ),
            (
                r"CallToolResult(meta=None, content=[TextContent(type='text', text='no such file')], isError=True)",
                "no such file",
                Some(true),
            ),
            ("TextContent is a class", "TextContent is a class", None),
            ("[1, 2]", "[1, 2]", None),
            ("meta=None content=[]", "meta=None content=[]", None),
        ] {
            assert_eq!(said(printed.into()), (text.into(), error), "{printed}");
        }
    }
}
