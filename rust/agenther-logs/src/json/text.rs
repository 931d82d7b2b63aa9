//! JSON strings: decoding, and writing small objects.

use super::specials::{BLOCK, backslashes, block_at};
use super::value::Value;

/// Bytes copied together: JSON inside JSON has an escape every few bytes.
const PIECE: usize = 16;

/// Decodes the escapes of a string that [`Tape`](super::Tape) has checked. A surrogate without its
/// partner becomes U+FFFD.
///
/// The escapes of a block are found together and the stretches between them copied in whole pieces:
/// what is copied too much is overwritten by what follows.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = vec![0; text.len() + SLACK];
    let end = unescape_into(text, &mut out);
    out.truncate(end);
    // SAFETY: the bytes are those of `text`, with escapes (which are ASCII) replaced by characters.
    unsafe { String::from_utf8_unchecked(out) }
}

/// Bytes that [`unescape_into`] may write behind the text; no escape is shorter than its character.
pub(crate) const SLACK: usize = BLOCK + PIECE;

/// Decodes to the start of `out`, which must have room for the text and [`SLACK`]; where it ends.
pub(super) fn unescape_into(text: &str, out: &mut [u8]) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut end) = (0, 0);
    while at < bytes.len() {
        let block: [u8; BLOCK + PIECE] = block_at(bytes, at);
        let mut escapes = backslashes::<BLOCK>(block.first_chunk().unwrap_or(&[0; BLOCK]));
        let mut from = 0;
        while escapes != 0 {
            let escape = escapes.trailing_zeros() as usize;
            end = copy(&block, from, escape, out, end);
            let short = block[escape + 1];
            if short == b'u' {
                let (character, length) = unicode(&text[at + escape..]);
                end += character.encode_utf8(&mut out[end..]).len();
                from = escape + length;
                escapes &= u64::MAX.checked_shl(from as u32).unwrap_or(0);
            } else {
                out[end] = SHORT[usize::from(short)];
                end += 1;
                from = escape + 2;
                escapes &= !(3 << escape);
            }
        }
        end = copy(&block, from, BLOCK.min(bytes.len() - at), out, end);
        at += from.max(BLOCK);
    }
    end
}

/// Copies the bytes of a block from `from` up to `to` to `out` at `end`; where the copy ends.
#[inline(always)]
fn copy(block: &[u8; BLOCK + PIECE], from: usize, to: usize, out: &mut [u8], end: usize) -> usize {
    let mut copied = 0;
    while from + copied < to {
        let piece = &block[from + copied..from + copied + PIECE];
        out[end + copied..end + copied + PIECE].copy_from_slice(piece);
        copied += PIECE;
    }
    end + to.saturating_sub(from)
}

/// What stands for itself after a backslash, and what does not.
const SHORT: [u8; 256] = {
    let mut characters = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        characters[byte] = byte as u8;
        byte += 1;
    }
    characters[b'n' as usize] = b'\n';
    characters[b't' as usize] = b'\t';
    characters[b'r' as usize] = b'\r';
    characters[b'b' as usize] = 8;
    characters[b'f' as usize] = 12;
    characters
};

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
