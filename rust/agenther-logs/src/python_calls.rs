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

/// Name and arguments of an action with named arguments, and the code between fences that may follow it, as DA-Code's
/// agents write it: `Bash(code="ls -l")`, `Python(file_path="a.py"):` and a fence.
pub(crate) fn named_call(action: &str) -> Option<(String, String)> {
    memchr::memchr(b'=', action.as_bytes())?;
    let action = action.trim();
    let (call, code) = match action.split_once("):\n```") {
        Some((call, fenced)) => (call, fenced.split_once('\n').map(|(_language, code)| code)),
        None => (action.strip_suffix(')')?, None),
    };
    let (name, rest) = call.split_once('(').filter(|(name, _)| is_name(name))?;
    let arguments = named_arguments(rest);
    let mut input = ObjectWriter::default();
    for (key, value) in &arguments {
        match json_of(value) {
            Some(json) => input.json(key, &json),
            None => input.text(key, unquoted(value)),
        };
    }
    if let Some(code) = code {
        input.text("code", code.trim_end().trim_end_matches("```").trim_end());
    }
    let input = input.finish().filter(|_| !arguments.is_empty())?;
    Some((name.to_owned(), input))
}

/// `key="value", other=value)`, each value with the quotes around it; those inside of it may be as they are.
pub(crate) fn named_arguments(mut rest: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    while let Some((key, value)) = rest.split_once('=') {
        let key = key.trim_matches([',', ' ', '\n']);
        if !is_name(key) {
            break;
        }
        let end = end_of_value(value);
        found.push((key, value[..end].trim()));
        rest = &value[end..];
        if rest.starts_with(')') {
            break;
        }
    }
    found
}

/// Where a value ends: before the comma of the next argument or the bracket that closes the call, outside of quotes.
fn end_of_value(value: &str) -> usize {
    let quote = quote_of(value.trim_start());
    let opened = value.len() - value.trim_start().len() + quote.len();
    let is_closed = |at: usize| {
        let before = value[..at].trim_end();
        at > opened && before.ends_with(quote) && before.len() >= opened + quote.len()
    };
    let mut ends =
        value.char_indices().filter(|(at, c)| matches!(c, ',' | ')') && (quote.is_empty() || is_closed(*at)));
    // A comma in a value without quotes, or in one with quotes inside, begins no argument.
    let is_end = |at: usize| value[at..].starts_with(')') || begins_argument(&value[at + 1..]);
    ends.find(|(at, _)| is_end(*at)).map_or(value.len(), |(at, _)| at)
}

fn begins_argument(text: &str) -> bool {
    let name = text.trim_start();
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    end > 0 && name[end..].trim_start().starts_with('=')
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The quotes that a value begins with; empty where it has none.
fn quote_of(value: &str) -> &str {
    let of = |quote: &&str| value.starts_with(*quote);
    ["\"\"\"", "'''", "\"", "'"].into_iter().find(of).unwrap_or("")
}

/// A value without the quotes around it.
pub(crate) fn unquoted(value: &str) -> &str {
    let quote = quote_of(value);
    let inside = value.strip_prefix(quote).unwrap_or(value);
    inside.strip_suffix(quote).unwrap_or(inside)
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

    #[test]
    fn arguments_are_found_however_they_are_quoted() {
        for (text, wanted) in [
            (r#"code="ls -l")"#, vec![("code", "ls -l")]),
            (r#"code="""echo "a", b""")"#, vec![("code", r#"echo "a", b"#)]),
            (r#"code="f("a")")"#, vec![("code", r#"f("a"#)]),
            (
                "file_path=a.db,command=\"\nSELECT 1, 2\n\",output=b.csv)",
                vec![("file_path", "a.db"), ("command", "\nSELECT 1, 2\n"), ("output", "b.csv")],
            ),
            ("file_path=\"a.py\"):\n```python\nx = 1\n```", vec![("file_path", "a.py")]),
            ("code=\"\")", vec![("code", "")]),
            ("code=\"ls", vec![("code", "ls")]),
            ("a, b=1", vec![]),
            (")", vec![]),
        ] {
            let found: Vec<_> =
                named_arguments(text).into_iter().map(|(key, value)| (key, unquoted(value))).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn actions_with_named_arguments_are_calls() {
        for (text, name, input) in [
            (r#"Bash(code="ls -l")"#, "Bash", r#"{"code": "ls -l"}"#),
            (r#"Bash(code="echo "a"")"#, "Bash", r#"{"code": "echo \"a\""}"#),
            ("find(color='red', n=2)", "find", r#"{"color": "red", "n": 2}"#),
            ("find(color=dark red)", "find", r#"{"color": "dark red"}"#),
            (
                "Python(file_path=\"a.py\"):\n```python\nx = 1\n```",
                "Python",
                r#"{"file_path": "a.py", "code": "x = 1"}"#,
            ),
        ] {
            let found = named_call(text);
            let found = found.as_ref().map(|(name, input)| (&**name, &**input));
            assert_eq!(found, Some((name, input)), "{text}");
        }
        for text in ["find(a, b)", "find()", "2 (x=1)", "x = f(a=1) and", "find[a=1]", "f(a=1"] {
            assert_eq!(named_call(text), None, "{text}");
        }
    }
}
