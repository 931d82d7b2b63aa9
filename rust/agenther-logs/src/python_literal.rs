//! Values as Python prints them: `{'name': 'search', 'arguments': '{"q": 1}', 'n': None}`.

use crate::json::write_string;

/// Keys and values of a printed dictionary: strings decoded, other values as they are printed. Of
/// one that was cut off, what is there.
pub(crate) fn members(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some(mut rest) = text.trim_start().strip_prefix('{') else { return found };
    while let Some((key, after)) = string(rest.trim_start()) {
        let Some(after) = after.trim_start().strip_prefix(':') else { break };
        let after = after.trim_start();
        let (value, after) = string(after).unwrap_or_else(|| {
            let end = end_of_value(after);
            (after[..end].trim_end().to_owned(), &after[end..])
        });
        found.push((key, value));
        let Some(next) = after.trim_start().strip_prefix(',') else { break };
        rest = next;
    }
    found
}

/// The value at the start of `text` as JSON; `None` where it is cut off or no list or dictionary.
pub(crate) fn to_json(text: &str) -> Option<String> {
    value(text).map(|(json, _)| json)
}

/// A text that is one value as JSON.
pub(crate) fn all_to_json(text: &str) -> Option<String> {
    value(text).filter(|(_, rest)| rest.is_empty()).map(|(json, _)| json)
}

/// The value at the start of `text` as JSON, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let (mut out, mut rest, mut open) = (String::new(), text, Vec::new());
    while let Some(next) = rest.chars().next() {
        match next {
            '\'' | '"' => {
                let (decoded, after) = string(rest)?;
                write_string(&mut out, &decoded);
                rest = after;
                continue;
            }
            '[' | '(' => {
                open.push(']');
                out.push('[');
            }
            '{' => {
                open.push('}');
                out.push('{');
            }
            ']' | ')' | '}' => {
                let close = open.pop()?;
                // Python lets a comma stand before a bracket.
                out.truncate(out.trim_end_matches([',', ' ']).len());
                out.push(close);
                if open.is_empty() {
                    return Some((out, &rest[1..]));
                }
            }
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.') => {
                let end =
                    rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_')));
                let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                out.push_str(match word {
                    "None" | "nan" | "inf" | "-inf" => "null",
                    "True" => "true",
                    "False" => "false",
                    other => other,
                });
                rest = after;
                continue;
            }
            other => out.push(other),
        }
        if open.is_empty() {
            return None;
        }
        rest = &rest[next.len_utf8()..];
    }
    None
}

/// Names and values of an object as data classes print it, `Step(number=1, output='done')`, each value as it is printed.
pub(crate) fn fields(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text.split_once('(').map_or("", |(_, inside)| inside);
    while let Some((name, after)) = rest.split_once('=') {
        let (value, next) = after.split_at(end_of_value(after));
        found.push((name.trim(), value.trim()));
        let Some(next) = next.strip_prefix(',') else { break };
        rest = next;
    }
    found
}

/// The elements of a list, each as it is printed.
pub(crate) fn elements(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim().strip_prefix('[').unwrap_or_default();
    loop {
        let (value, next) = rest.split_at(end_of_value(rest));
        found.extend(Some(value.trim()).filter(|value| !value.is_empty()));
        let Some(next) = next.strip_prefix(',') else { return found };
        rest = next;
    }
}

/// A string literal at the start of `text` and what follows it.
pub(crate) fn string(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (mut out, mut rest) = (String::new(), &text[1..]);
    while let Some(at) = rest.find([quote, '\\']) {
        out.push_str(&rest[..at]);
        if rest[at..].starts_with(quote) {
            return Some((out, &rest[at + 1..]));
        }
        rest = escape(&rest[at + 1..], &mut out);
    }
    out.push_str(rest);
    Some((out, ""))
}

/// Decodes what follows a backslash; gives what is left.
fn escape<'s>(text: &'s str, out: &mut String) -> &'s str {
    let Some(kind) = text.chars().next() else { return "" };
    let rest = &text[kind.len_utf8()..];
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let code = rest.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        out.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
        return rest.get(digits..).unwrap_or("");
    }
    match kind {
        'n' => out.push('\n'),
        't' => out.push('\t'),
        'r' => out.push('\r'),
        '\\' | '\'' | '"' => out.push(kind),
        other => out.extend(['\\', other]),
    }
    rest
}

/// Where the value that is no string ends: at the comma or bracket that is not inside it.
fn end_of_value(text: &str) -> usize {
    let (mut depth, mut quote, mut escaped) = (0usize, None, false);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'{' | b'[' | b'(') => depth += 1,
            (None, b',' | b'}' | b']' | b')') if depth == 0 => return at,
            (None, b'}' | b']' | b')') => depth -= 1,
            (None, _) => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_elements_stand_as_they_are_printed() {
        let step = "Step(number=1, calls=[Call(name='f', a={'x': (1, 2)}), Call(name=\"g\")], said='a, (b')";
        let found = fields(step);
        assert_eq!(found[0], ("number", "1"));
        assert_eq!(found[2], ("said", "'a, (b'"));
        let calls = elements(found[1].1);
        assert_eq!(calls, ["Call(name='f', a={'x': (1, 2)})", "Call(name=\"g\")"]);
        assert_eq!(fields(calls[0]), [("name", "'f'"), ("a", "{'x': (1, 2)}")]);
        assert!(fields("Step").is_empty() && elements("").is_empty());
        assert_eq!(fields("Step(a='cut"), [("a", "'cut")]);
    }

    #[test]
    fn lists_and_dictionaries_become_json() {
        for (text, json) in [
            (
                r#"[{'a': 'it\'s "x"', 'b': None}, {'c': (1, -2.5,), 'd': True}] and on"#,
                Some(r#"[{"a": "it's \"x\"", "b": null}, {"c": [1, -2.5], "d": true}]"#),
            ),
            ("{}", Some("{}")),
            ("[1, 2", None),
            ("'a'", None),
            ("]", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(to_json(text).as_deref(), json, "{text}");
        }
    }

    #[test]
    fn strings_are_decoded_other_values_kept_and_cuts_survived() {
        for (text, wanted) in [
            (r#"{'a': 'it\'s', "b": "say \"x\""}"#, vec![("a", "it's"), ("b", "say \"x\"")]),
            (r"{'a': 'x\ny\té\\ü', 'b': '\q'}", vec![("a", "x\ny\té\\ü"), ("b", r"\q")]),
            (r"{'a': {'b': [1, ')']}, 'c': None}", vec![("a", r"{'b': [1, ')']}"), ("c", "None")]),
            (r#"{'a': 'x', 'b': '{"q": "#, vec![("a", "x"), ("b", "{\"q\": ")]),
            ("{'a': 'x', 'b", vec![("a", "x")]),
            (r"{'a': '\", vec![("a", "")]),
            (r"{'a': '\u12", vec![("a", "\u{fffd}")]),
            ("{'a': [1, (", vec![("a", "[1, (")]),
            ("{}", vec![]),
            ("not one", vec![]),
        ] {
            let found = members(text);
            let found: Vec<(&str, &str)> =
                found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
