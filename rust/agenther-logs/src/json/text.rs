//! JSON strings: decoding, and writing small objects.

use super::tape::backslash;
use super::value::Value;

/// Decodes the escapes of a string that [`Tape`](super::Tape) has checked. A surrogate without its
/// partner becomes U+FFFD.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = backslash(text.as_bytes(), at) {
        out.push_str(&text[at..found]);
        let escape = &text[found..];
        let (character, length) = match escape.as_bytes()[1] {
            b'n' => ('\n', 2),
            b't' => ('\t', 2),
            b'r' => ('\r', 2),
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'u' => unicode(escape),
            other => (char::from(other), 2),
        };
        out.push(character);
        at = found + length;
    }
    out.push_str(&text[at..]);
    out
}

/// The character of `\uXXXX`, or of a pair of them, and how many bytes it took.
fn unicode(escape: &str) -> (char, usize) {
    let first = hex(escape);
    if !(0xD800..0xDC00).contains(&first) {
        return (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6);
    }
    let second = if escape[6..].starts_with("\\u") { hex(&escape[6..]) } else { 0 };
    if (0xDC00..0xE000).contains(&second) {
        let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::REPLACEMENT_CHARACTER, 6)
}

fn hex(escape: &str) -> u32 {
    escape.get(2..6).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

/// Appends `text` as a JSON string with its quotes.
pub fn write_string(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[written..at]);
        written = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => out.push_str(&format!("\\u{control:04x}")),
        }
    }
    out.push_str(&text[written..]);
    out.push('"');
}

/// Writes a JSON object member by member: a run's metadata, a tool's schema.
#[derive(Debug, Default)]
pub struct ObjectWriter {
    out: String,
}

impl ObjectWriter {
    fn key(&mut self, key: &str) -> &mut String {
        self.out.push_str(if self.out.is_empty() { "{" } else { ", " });
        write_string(&mut self.out, key);
        self.out.push_str(": ");
        &mut self.out
    }

    /// A string member.
    pub fn text(&mut self, key: &str, text: &str) -> &mut Self {
        write_string(self.key(key), text);
        self
    }

    /// A member whose value is JSON text already.
    pub fn json(&mut self, key: &str, json: &str) -> &mut Self {
        self.key(key).push_str(json);
        self
    }

    /// A copy of a member of the log; nothing where it is absent or `null`.
    pub fn copy(&mut self, key: &str, value: Option<Value<'_, '_>>) -> &mut Self {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            self.json(key, &value.json());
        }
        self
    }

    /// The object, or `None` when it has no member.
    pub fn finish(self) -> Option<String> {
        (!self.out.is_empty()).then(|| self.out + "}")
    }
}
