//! The whole beginning of a result that a log has cut: what stands before the cut and is complete.
//!
//! Logs cut long observations (105 of 176 failed ToolBench runs show no other); the records before the cut are as true
//! as ever, only that there are no more of them is not known.

use crate::text::document::Document;

/// Strings of results nested in strings, beyond which nothing is read.
const MAX_DEPTH: usize = 4;

/// Whether a text begins as a result does: `{"`, `[{`, but not `[Back to search]`.
pub fn looks_parsed(text: &str) -> bool {
    let mut bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    match (bytes.next(), bytes.next()) {
        (Some(b'{'), Some(b'"' | b'\'' | b'{')) => true,
        (Some(b'['), Some(next)) => matches!(next, b'{' | b'[' | b'"' | b'\'') || next.is_ascii_digit(),
        _ => false,
    }
}

/// What is complete of a result without its end, closed so that it parses.
pub fn mended(text: &str) -> Option<String> {
    mend(text.trim(), 0)
}

fn mend(text: &str, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH || !looks_parsed(text) {
        return None;
    }
    let scan = Scan::of(text);
    // `{"error": "", "response": "{'results': [{…}, {…`: the result is the string.
    if let Some((_, start)) = scan.string {
        let inner = unescaped(&text[start..]);
        if let Some(mended) = mend(inner.trim(), depth + 1) {
            return Some(mended);
        }
    }
    let whole = &text[..scan.whole?];
    let closing: String = Scan::of(whole).closers.iter().rev().map(|closer| char::from(*closer)).collect();
    let mended = format!("{whole}{closing}");
    Document::parse(&mended).is_some().then_some(mended)
}

/// What is open at the end of a text, and what is complete before.
#[derive(Default)]
struct Scan {
    /// What would close the open records and lists.
    closers: Vec<u8>,
    /// Open lists among them.
    lists: usize,
    /// The mark and the start of the string that the text ends in.
    string: Option<(u8, usize)>,
    /// The last place up to which records, or items of their only list, are complete. Inside an item that was cut nothing
    /// counts: half a record is none.
    whole: Option<usize>,
}

impl Scan {
    fn of(text: &str) -> Self {
        let mut scan = Scan::default();
        let mut escaped = false;
        for (at, byte) in text.bytes().enumerate() {
            match (scan.string, byte) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), b'\\') => escaped = true,
                (Some((quote, _)), _) if byte == quote => scan.string = None,
                (Some(_), _) => {}
                (None, _) => scan.step(at, byte),
            }
        }
        scan
    }

    /// A byte outside strings.
    fn step(&mut self, at: usize, byte: u8) {
        match byte {
            b'"' | b'\'' => self.string = Some((byte, at + 1)),
            b'{' => self.closers.push(b'}'),
            b'[' => {
                self.closers.push(b']');
                self.lists += 1;
            }
            b'}' | b']' => self.lists -= usize::from(self.closers.pop() == Some(b']')),
            b',' => {}
            _ => return,
        }
        let is_outer = self.lists == 0 || self.lists == 1 && self.closers.last() == Some(&b']');
        if matches!(byte, b',' | b'}' | b']') && is_outer && !self.closers.is_empty() {
            self.whole = Some(if byte == b',' { at } else { at + 1 });
        }
    }
}

/// The text of a string literal without its end.
fn unescaped(literal: &str) -> String {
    let mut out = String::with_capacity(literal.len());
    let mut letters = literal.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                // A code point stays as it is written, for the parser of the string to read.
                Some('u') => out.push_str("\\u"),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_records_before_the_cut() {
        for (cut, whole) in [
            (
                r#"{"ok": 1, "rows": [{"a": 1, "b": [2]}, {"a": 3, "b"#,
                r#"{"ok": 1, "rows": [{"a": 1, "b": [2]}]}"#,
            ),
            (r#"[{"a": "x, y"}, {"a": "z"}, {"#, r#"[{"a": "x, y"}, {"a": "z"}]"#),
            (r#"{"name": "A", "tags": ["x", "y"], "about": "It is"#, r#"{"name": "A", "tags": ["x", "y"]}"#),
            (
                r#"{"error": "", "response": "{'meta': {}, 'rows': [{'a': 'b'}, {'a'..."#,
                "{'meta': {}, 'rows': [{'a': 'b'}]}",
            ),
            (r#"{"response": "[{\"a\":\"b\"},{\"a\":\"c"#, r#"[{"a":"b"}]"#),
        ] {
            assert_eq!(mended(cut).as_deref(), Some(whole));
        }
    }

    #[test]
    fn half_a_record_is_none() {
        for cut in [r#"[{"a": 1, "b": {"c": 2}, "d"#, "[Back to search] Page 1", r#"{"a": "b"#, "{", ""] {
            assert_eq!(mended(cut), None, "{cut}");
        }
    }
}
