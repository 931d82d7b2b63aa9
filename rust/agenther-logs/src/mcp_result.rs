//! Results of the Model Context Protocol as frameworks log them: `str(result)` of the SDK's classes, in which what the tool
//! said stands as a literal of Python, or the JSON of its content (`{"type": "text", "text": "…", "annotations": null}` of
//! OpenAI's Agents SDK).
//!
//! Source: `mcp/types.py` of the Python SDK, `CallToolResult(content: list[TextContent | ImageContent | …], isError)`.
//! `[TextContent(type='text', text='…', annotations=None)]` and `meta=None content=[…] isError=False` become the text.

use std::borrow::Cow;

use crate::json::{Value, read_inner};
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
    let may_be =
        matches!(observation.as_bytes().first(), Some(b'[' | b'{' | b'T' | b'C' | b'm' | b'_' | b'c'));
    if may_be && is_json(&observation) {
        return match read_inner(&observation, text_of) {
            Some((text, is_error)) => (Cow::Owned(text), is_error.then_some(true)),
            None => (observation, None),
        };
    }
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

/// Whether a text begins as the JSON of a content, or of a result around one.
fn is_json(text: &str) -> bool {
    const KEYS: &[&str] = &["\"type\"", "\"content\"", "\"_meta\"", "\"meta\""];
    let inside = text.trim_start_matches(['[', '{', ' ', '\n']);
    text.starts_with(['[', '{']) && KEYS.iter().any(|key| inside.starts_with(key))
}

/// What a result says, or its content, block by block, and whether it says that it is an error; `None` for anything
/// else, which a tool may say in JSON of its own.
fn text_of(value: Value<'_, '_>) -> Option<(String, bool)> {
    const AROUND: &[&str] = &["content", "isError", "meta", "_meta", "structuredContent"];
    let has_only =
        |value: Value<'_, '_>, keys: &[&str]| value.members().all(|(key, _)| keys.contains(&&*key));
    let content = value.get("content").filter(|content| content.is_array());
    let is_error = value.get("isError").and_then(|flag| flag.as_bool()) == Some(true);
    let blocks: Vec<_> = match content.filter(|_| has_only(value, AROUND)) {
        Some(content) => content.items().collect(),
        None if value.is_array() => value.items().collect(),
        None => vec![value],
    };
    let text = |block: Value<'_, '_>| {
        let is_text = block.text_of(&["type"]).as_deref() == Some("text");
        let found = block.text_of(&["text", "content"]).filter(|_| is_text)?;
        has_only(block, &["type", "text", "content", "annotations", "meta", "_meta"])
            .then(|| found.into_owned())
    };
    let texts: Vec<String> = blocks.into_iter().map(text).collect::<Option<_>>()?;
    (!texts.is_empty()).then(|| (texts.join("\n\n"), is_error))
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
            (r#"{"type":"text","text":"a\nb","annotations":null,"meta":null}"#, "a\nb", None),
            (r#"[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]"#, "a\n\nb", None),
            (r#"{"content": [{"type": "text", "text": "gone"}], "isError": true}"#, "gone", Some(true)),
            (r#"{"type": "text", "id": 3}"#, r#"{"type": "text", "id": 3}"#, None),
            (
                r#"{"type": "text", "text": "x", "color": 2}"#,
                r#"{"type": "text", "text": "x", "color": 2}"#,
                None,
            ),
            ("TextContent is a class", "TextContent is a class", None),
            ("[1, 2]", "[1, 2]", None),
            ("meta=None content=[]", "meta=None content=[]", None),
        ] {
            assert_eq!(said(printed.into()), (text.into(), error), "{printed}");
        }
    }
}
