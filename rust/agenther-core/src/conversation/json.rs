//! Writing JSON text: strings, and parsed documents as the log had them.

use std::collections::HashMap;

use crate::text::document::{Document, Kind, Value};

/// Objects with more keys than this look duplicates up in a map instead of among the later siblings.
const FEW_KEYS: usize = 16;

/// Appends `text` as a JSON string, quotes included.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// Appends `text` as the inside of a JSON string.
pub fn escape(text: &str, out: &mut String) {
    const CHUNK: usize = 32;
    let bytes = text.as_bytes();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        // Whole chunks without anything to escape are the rule; this loop is vectorised.
        if let Some(chunk) = bytes.get(at..at + CHUNK)
            && !chunk.iter().fold(false, |any, &byte| any | must_escape(byte))
        {
            at += CHUNK;
            continue;
        }
        let end = bytes.len().min(at + CHUNK);
        for (index, &byte) in bytes.iter().enumerate().take(end).skip(at) {
            if must_escape(byte) {
                out.push_str(&text[copied..index]);
                push_escaped(byte, out);
                copied = index + 1;
            }
        }
        at = end;
    }
    out.push_str(&text[copied..]);
}

fn must_escape(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

fn push_escaped(byte: u8, out: &mut String) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.push_str("\\u00");
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
}

/// Appends a parsed value as strict, compact JSON. Numbers stay as logged; of a repeated key the last
/// value counts, as in every reader of Python; what is no JSON (`Decimal`, a date's repr) is a string.
pub fn write_value(value: Value<'_, '_>, out: &mut String) {
    match value.kind() {
        Kind::Null => out.push_str("null"),
        Kind::Bool => out.push_str(if matches!(value.raw(), "true" | "True") { "true" } else { "false" }),
        Kind::Number if is_json_number(value.raw()) => out.push_str(value.raw()),
        Kind::Number => write_string(value.raw(), out),
        Kind::String => write_string(&value.text(), out),
        Kind::Array => write_items(value.children(), '[', ']', out, write_value),
        Kind::Object => write_items(last_of_each_key(value), '{', '}', out, |child, out| {
            write_key(child.key().unwrap_or_default(), out);
            out.push(':');
            write_value(child, out);
        }),
    }
}

/// Appends items with commas between and brackets around them.
pub fn write_items<T>(
    items: impl IntoIterator<Item = T>,
    open: char,
    close: char,
    out: &mut String,
    mut write: impl FnMut(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

/// The members of an object, without those that a later one of the same key replaces.
pub fn last_of_each_key<'d, 'a>(object: Value<'d, 'a>) -> Vec<Value<'d, 'a>> {
    let mut members: Vec<_> = object.children().collect();
    if members.len() <= FEW_KEYS {
        for index in (0..members.len()).rev() {
            if members[index + 1..].iter().any(|later| later.key() == members[index].key()) {
                members.remove(index);
            }
        }
        return members;
    }
    let last: HashMap<_, _> = members.iter().map(|member| (member.key(), member.index())).collect();
    members.retain(|member| last[&member.key()] == member.index());
    members
}

/// A key stands in the document with its escapes, and between quotes of either kind.
pub fn write_key(raw: &str, out: &mut String) {
    if raw.contains('\\')
        && let quoted = format!("\"{raw}\"")
        && let Some(document) = Document::parse(&quoted)
    {
        return write_string(&document.root().text(), out);
    }
    write_string(raw, out);
}

/// Whether a text is a number by the grammar of JSON: Python and JavaScript also write `007` or `1.`.
fn is_json_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compact(text: &str) -> String {
        let mut out = String::new();
        write_value(Document::parse(text).expect(text).root(), &mut out);
        out
    }

    #[test]
    fn escapes_what_would_break_a_line() {
        let mut out = String::new();
        write_string("a\"b\\c\nd\re\tf\u{0}g\u{1f}h\u{2028}é", &mut out);
        assert_eq!(out, "\"a\\\"b\\\\c\\nd\\re\\tf\\u0000g\\u001fh\u{2028}é\"");
    }

    #[test]
    fn keeps_json_as_logged() {
        for text in [r#"{"a":1.50,"b":[1e5,-0,true,null,"x\ny"],"c":{}}"#, "12345678901234567890", "[]"] {
            assert_eq!(compact(text), text);
        }
    }

    #[test]
    fn takes_spaces_and_python_out() {
        assert_eq!(compact("{ 'a' : True,\n 'it\"s': None, 'd': datetime.date(2024, 5, 20), }"), {
            r#"{"a":true,"it\"s":null,"d":"datetime.date(2024, 5, 20)"}"#
        });
        assert_eq!(compact("[007, .5, Decimal('1.50')]"), r#"["007",".5",1.50]"#);
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(compact(r#"{"a":1,"b":2,"a":3}"#), r#"{"b":2,"a":3}"#);
        let many: Vec<_> = (0..40).map(|n| format!("\"k{}\":{n}", n % 20)).collect();
        let last: Vec<_> = (20..40).map(|n| format!("\"k{}\":{n}", n % 20)).collect();
        assert_eq!(compact(&format!("{{{}}}", many.join(","))), format!("{{{}}}", last.join(",")));
    }

    #[test]
    fn lone_surrogates_and_escaped_keys_become_text() {
        assert_eq!(compact(r#"{"caf\u00e9":"\ud800"}"#), "{\"café\":\"\u{FFFD}\"}");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(text in "[\\PC\\x00-\\x1f\"\\\\]{0,80}") {
            let mut out = String::new();
            write_string(&text, &mut out);
            proptest::prop_assert!(!out.contains('\n'));
            let document = Document::parse(&out).unwrap();
            proptest::prop_assert_eq!(document.root().text(), text);
        }
    }
}
