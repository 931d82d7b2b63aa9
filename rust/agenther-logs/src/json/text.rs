//! JSON strings: decoding, and writing small objects.

use super::specials::{BLOCK, block_at, quotes_and_backslashes};
use super::tape::{JsonError, Problem};
use super::value::Value;

/// Bytes that [`decode`] may write behind what it decodes; no escape is shorter than its character.
pub(super) const SLACK: usize = BLOCK;

/// What was decoded: where the string's closing quote stands, and how many bytes of text it gave.
pub(super) struct Decoded {
    pub end: usize,
    pub length: usize,
}

/// Decodes a string from `at` on, which lies within it, to `out` from `length` on. A surrogate without
/// its partner becomes U+FFFD.
///
/// Blocks are copied whole and looked at as they are; what is copied from an escape on is overwritten.
pub(super) fn decode(
    bytes: &[u8],
    mut at: usize,
    out: &mut [u8],
    mut length: usize,
) -> Result<Decoded, JsonError> {
    while at < bytes.len() {
        let block: [u8; BLOCK] = block_at(bytes, at);
        out[length..length + BLOCK].copy_from_slice(&block);
        let specials = quotes_and_backslashes(&block);
        if specials == 0 {
            (at, length) = (at + BLOCK, length + BLOCK);
            continue;
        }
        let plain = specials.trailing_zeros() as usize;
        (at, length) = (at + plain, length + plain);
        if bytes[at] == b'"' {
            return Ok(Decoded { end: at, length });
        }
        match bytes.get(at + 1).map_or(0, |&byte| SHORT[usize::from(byte)]) {
            0 => {
                let (character, end) = long_escape(bytes, at)?;
                length += character.encode_utf8(&mut out[length..]).len();
                at = end;
            }
            short => {
                out[length] = short;
                (at, length) = (at + 2, length + 1);
            }
        }
    }
    Err(JsonError { at: bytes.len(), problem: Problem::Truncated })
}

/// Decodes the escapes of a string that [`Tape`](super::Tape) has checked, from between its quotes.
pub(super) fn unescape(text: &str) -> String {
    let mut quoted = Vec::with_capacity(text.len() + 1);
    quoted.extend_from_slice(text.as_bytes());
    quoted.push(b'"');
    let mut out = vec![0; text.len() + SLACK + 1];
    let decoded = decode(&quoted, 0, &mut out, 0);
    out.truncate(decoded.map_or(0, |decoded| decoded.length));
    // SAFETY: the bytes are those of `text`, with escapes (which are ASCII) replaced by characters.
    unsafe { String::from_utf8_unchecked(out) }
}

/// What a character stands for after a backslash; zero where that is no short escape.
pub(super) const SHORT: [u8; 256] = {
    let mut characters = [0; 256];
    let (escapes, mut at) = (b"\"\"\\\\//b\x08f\x0cn\nr\rt\t", 0);
    while at < escapes.len() {
        characters[escapes[at] as usize] = escapes[at + 1];
        at += 2;
    }
    characters
};

/// The character of the escape at `at` (a backslash) that is not a short one, and where it ends: that of
/// `\uXXXX`, or of a pair of them.
pub(super) fn long_escape(bytes: &[u8], at: usize) -> Result<(char, usize), JsonError> {
    let first = match bytes.get(at + 1) {
        Some(b'u') => code_unit(bytes, at)?,
        Some(_) => {
            return Err(JsonError { at, problem: Problem::Expected("a JSON escape after the backslash") });
        }
        None => return Err(JsonError { at: bytes.len(), problem: Problem::Truncated }),
    };
    if (0xD800..0xDC00).contains(&first)
        && bytes[at + 6..].starts_with(b"\\u")
        && let Ok(second @ 0xDC00..0xE000) = code_unit(bytes, at + 6)
    {
        let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return Ok((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), at + 12));
    }
    Ok((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), at + 6))
}

/// The number of the `\uXXXX` at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Result<u32, JsonError> {
    let Some(digits) = bytes.get(at + 2..at + 6) else {
        return Err(JsonError { at: bytes.len(), problem: Problem::Truncated });
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let digits = digits.iter().map(digit).try_fold(0, |code, digit| Some(code << 4 | digit?));
    digits.ok_or(JsonError { at, problem: Problem::Expected("four hex digits after `\\u`") })
}

/// Appends `text` as a JSON string with its quotes.
pub fn write_string(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut written = 0;
    let special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    while let Some(found) = text.as_bytes()[written..].iter().position(special) {
        let at = written + found;
        let byte = text.as_bytes()[at];
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

/// Bytes that an object of metadata has room for at first: most need no more.
const ROOM: usize = 256;

impl ObjectWriter {
    /// Begins a member of about so many bytes.
    fn begin(&mut self, size: usize) {
        self.out.reserve(if self.out.is_empty() { ROOM + size } else { size + 8 });
        self.out.push_str(if self.out.is_empty() { "{" } else { ", " });
    }

    fn key(&mut self, key: &str) -> &mut String {
        self.begin(key.len());
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

    /// Copies of these members of an object of the log, as [`ObjectWriter::copy`] makes them, in this order. The
    /// keys are written as they are: they must need no escapes.
    pub fn copy_members<const N: usize>(&mut self, object: Value<'_, '_>, keys: [&str; N]) -> &mut Self {
        for (key, value) in keys.into_iter().zip(object.members_called(keys)) {
            let Some(value) = value.filter(|value| !value.is_null()) else { continue };
            let json = value.json();
            self.begin(key.len() + json.len());
            debug_assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
            for part in ["\"", key, "\": ", &json] {
                self.out.push_str(part);
            }
        }
        self
    }

    /// The object, or `None` when it has no member.
    pub fn finish(self) -> Option<String> {
        (!self.out.is_empty()).then(|| self.out + "}")
    }
}
