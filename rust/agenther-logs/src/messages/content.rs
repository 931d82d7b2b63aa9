//! What a message is made of: words, reasoning, calls and results, in text or in parts.

use std::borrow::Cow;

use super::{dialects, join};
use crate::blank::is_blank;
use crate::formats::part_of;
use crate::json::Value;
use crate::run::Text;

/// Types of the content parts that are results.
const RESULTS: &[&str] = &["tool_result", "tool-result"];

/// Whether the `type` of a part is one of `types`.
pub(crate) fn is_type(part: Value<'_, '_>, types: &[&str]) -> bool {
    part.get("type").and_then(|kind| kind.text()).is_some_and(|kind| types.contains(&&*kind))
}

pub(super) fn calls_of<'t, 'a>(message: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    message.any_of(&["tool_calls", "toolCalls"]).into_iter().flat_map(|calls| calls.items())
}

/// The parts of a message whose content is a list.
pub(crate) fn parts<'t, 'a>(message: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    message.get("content").into_iter().flat_map(|content| content.items())
}

/// The results among the parts of a message.
pub(crate) fn results<'t, 'a>(message: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    parts(message).filter_map(|part| if is_type(part, RESULTS) { Some(part) } else { part.get("toolResult") })
}

/// The calls among the parts of a message; Amazon Bedrock's and those of Azure's evaluations are one level down.
pub(super) fn calls_in_parts<'t, 'a>(
    message: Value<'t, 'a>,
) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    const CALLS: &[&str] = &["tool_use", "tool_call", "tool-call"];
    parts(message).filter_map(move |part| match is_type(part, CALLS) {
        true => part.get("tool_call").filter(|call| call.is_object()).or(Some(part)),
        false => part.get("toolUse").or_else(|| is_bare_call(part).then_some(part)),
    })
}

/// Whether a part is a call of AutoGen's, which has neither a type nor a wrapper.
pub(super) fn is_bare_call(part: Value<'_, '_>) -> bool {
    part.get("type").is_none()
        && ["id", "name", "arguments"].iter().all(|key| part.get(key).is_some_and(|value| value.is_string()))
}

/// The words of a message: its content, or the text parts of it.
pub(crate) fn content_text<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    words(message.any_of(&["content", "value"])?)
}

/// The words of a content: a text, the text parts of a list, or the JSON of anything else.
pub(crate) fn words<'a>(content: Value<'_, 'a>) -> Option<Text<'a>> {
    let is_part = |part: Value<'_, '_>| {
        part.is_string()
            || part.any_of(&["type", "text", "json", "toolUse", "toolResult", "reasoningContent"]).is_some()
            || is_bare_call(part)
            || dialects::is_media(part)
    };
    if !content.is_array() || !content.items().all(is_part) {
        return content.text_or_json();
    }
    let mut words: Option<Text<'a>> = None;
    for part in content.items() {
        let text = if part.is_string() { part.text() } else { part_text(part) };
        match (&mut words, text) {
            (Some(words), Some(text)) => {
                words.to_mut().push('\n');
                words.to_mut().push_str(&text);
            }
            (words, text) => *words = words.take().or(text),
        }
    }
    words
}

/// The words of a part; what it was for a picture, `None` for thoughts, calls and results.
pub(crate) fn part_text<'a>(part: Value<'_, 'a>) -> Option<Text<'a>> {
    const NO_WORDS: &[&str] = &[
        "thinking",
        "reasoning",
        "redacted_thinking",
        "tool_use",
        "tool_call",
        "tool-call",
        "tool_result",
        "tool-result",
    ];
    if is_type(part, NO_WORDS) {
        return None;
    }
    // A part of text without words is none, and no picture.
    if part.get("text").is_some_and(|text| text.text().is_some_and(|text| is_blank(&text))) {
        return None;
    }
    let text = part.text_of(&["text", "refusal"]).or_else(|| part.get("json")?.text_or_json());
    text.or_else(|| named_text(part)).or_else(|| {
        // A picture or a file: what it was, not its bytes.
        let kind = part.text_of(&["type", "kind"])?;
        if kind.contains("image") {
            return Some(Cow::Borrowed("[image]"));
        }
        let inside = [&["resource", "text"], &["document", "data"]];
        let inside = || inside.iter().find_map(|place| part.at_path(*place)?.text_or_json());
        let found = part.text_of(&["title", "url"]).or_else(inside);
        found.or_else(|| Some(format!("[{kind}]").into()))
    })
}

/// The words of a text part that has them elsewhere: `content` in AgentDojo's logs, `text.value` in threads of OpenAI's
/// Assistants.
fn named_text<'a>(part: Value<'_, 'a>) -> Option<Text<'a>> {
    part.text_of(&["type"]).filter(|kind| kind.contains("text"))?;
    part.text_of(&["content", "value"]).or_else(|| part.get("text")?.text_of(&["value"]))
}

/// Reasoning that is kept apart from the words.
pub(super) fn reasoning<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut thought =
        message.text_of(&["reasoning_content", "reasoning", "thinking", "thought", "tool_plan"]);
    for part in parts(message).filter(|part| is_type(*part, &["thinking", "reasoning"])) {
        join(&mut thought, part.any_of(&["thinking", "reasoning", "text"]).and_then(words));
    }
    for part in parts(message).filter_map(|part| part.at_path(&["reasoningContent", "reasoningText"])) {
        join(&mut thought, part.text_of(&["text"]));
    }
    thought
}

pub(super) fn error_flag(result: Value<'_, '_>) -> Option<bool> {
    let Some(flag) = result.any_of(&["is_error", "error"]) else { return stated_failure(result) };
    // `error: {type, message}` is there only when there was one.
    flag.as_bool().or(Some(flag.is_object() || flag.is_string()))
}

/// What LangChain's `status` and other dialects say.
fn stated_failure(result: Value<'_, '_>) -> Option<bool> {
    match result.text_of(&["status"]).as_deref() {
        Some("error") => Some(true),
        Some("success") => Some(false),
        _ => dialects::failed(result),
    }
}

pub(super) fn error_text<'a>(result: Value<'_, 'a>) -> Option<Text<'a>> {
    let error = result.get("error").or_else(|| result.at_path(&["run", "error"]));
    let error = error.filter(|error| error.is_object() || error.is_string())?;
    error.text_of(&["message"]).or_else(|| error.text_or_json())
}

/// The word with which AutoGen's agents end a conversation.
const TERMINATE: &str = "TERMINATE";

/// A marker with which simulated users, harnesses and agents end a conversation: `###STOP###`, `TERMINATE`.
pub(super) fn strip_stop_markers(text: Text<'_>) -> Text<'_> {
    if text.trim_end().ends_with(TERMINATE) {
        let kept =
            |text: &str| text.trim_end().strip_suffix(TERMINATE).map_or(0, |kept| kept.trim_end().len());
        let length = kept(&text);
        return strip_stop_markers(part_of(&text, |text| &text[..length]));
    }
    // A `#` is rare, and looking for one needs no preparation.
    if memchr::memchr(b'#', text.as_bytes()).is_none() {
        return text;
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(start) = rest.find("###") {
        let inside = &rest[start + 3..];
        let name = inside.find("###").map(|end| &inside[..end]).filter(|name| {
            !name.is_empty()
                && name.len() < 32
                && name.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'))
        });
        let length = name.map_or(3, |name| name.len() + 6);
        kept.push_str(&rest[..start + if name.is_some() { 0 } else { 3 }]);
        rest = &rest[start + length..];
    }
    kept.push_str(rest);
    if kept.len() == text.len() { text } else { Cow::Owned(kept.trim_end().to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_markers_go_and_headings_stay() {
        for (text, kept) in [
            ("Bye. ###STOP###", "Bye."),
            ("###TRANSFER###", ""),
            ("It is 4. TERMINATE\n", "It is 4."),
            ("TERMINATE", ""),
            ("Type TERMINATE to end.", "Type TERMINATE to end."),
            ("### Heading\ntext ###", "### Heading\ntext ###"),
            ("a ###b### c", "a ###b### c"),
        ] {
            assert_eq!(strip_stop_markers(text.into()), kept, "{text:?}");
        }
    }
}
