//! Calls as Python writes them, `[f(a=1), g(b='x')]`: how models call tools that are asked to in words (BFCL, ToolACE, Llama).

use crate::json::{ObjectWriter, read_inner};
use crate::python_literal::to_json;

/// The calls in a list as Python writes it: `[f(a=1), g(b='x')]`.
pub(crate) fn calls_in(text: &str) -> Vec<(String, String)> {
    let inside = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let calls = inside.map(|inside| split(inside).map(written_call).collect::<Option<Vec<_>>>());
    calls.flatten().unwrap_or_default()
}

/// Name and arguments of a call as Python writes it, the arguments as JSON.
pub(crate) fn written_call(call: &str) -> Option<(String, String)> {
    let (name, arguments) = call.trim().split_once('(')?;
    let arguments = arguments.strip_suffix(')')?.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    // ToolACE's tools have names of several words.
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !name.ends_with(' ');
    if !is_name || !name.bytes().all(|byte| plain(byte) || matches!(byte, b' ' | b'-' | b'/')) {
        return None;
    }
    let mut input = ObjectWriter::default();
    for argument in split(arguments) {
        let (key, value) = argument.split_once('=').filter(|(key, _)| key.trim().bytes().all(plain))?;
        match json_of(value) {
            Some(json) => input.json(key.trim(), &json),
            None => input.text(key.trim(), value.trim()),
        };
    }
    Some((name.to_owned(), input.finish().unwrap_or_else(|| "{}".to_owned())))
}

/// A value of Python as JSON; `None` where it is no literal.
fn json_of(value: &str) -> Option<String> {
    let list = to_json(&format!("[{value}]"))?;
    read_inner(&list, |list| Some(list.items().next()?.json().into_owned()))
}

/// Cuts a text of Python at the commas that stand in no brackets and no quotes.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text).filter(|text| !text.trim().is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let end = first_comma(text);
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

fn first_comma(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0i64, None, false);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth -= 1,
            (None, b',') if depth <= 0 => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_as_python_writes_them() {
        for (text, calls) in [
            ("[f(a=1, b='x, y')]", &[("f", r#"{"a": 1, "b": "x, y"}"#)][..]),
            ("[a.f(x=[1, 2]), g()]", &[("a.f", r#"{"x": [1, 2]}"#), ("g", "{}")]),
            ("[f(a=True, b=None)]", &[("f", r#"{"a": true, "b": null}"#)]),
            ("[f(1)]", &[]),
            ("I cannot do that.", &[]),
            ("[]", &[]),
            ("[f(a=1)", &[]),
            ("[f(a='é\\'),x')]", &[("f", r#"{"a": "é'),x"}"#)]),
        ] {
            let found = calls_in(text);
            let found: Vec<_> = found.iter().map(|(name, input)| (&**name, &**input)).collect();
            assert_eq!(found, calls, "{text}");
        }
    }
}
