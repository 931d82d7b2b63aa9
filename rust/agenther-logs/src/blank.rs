//! White space around texts, as `str` defines it. `str` decodes a character at a time; nearly all texts begin
//! and end in ASCII, and every text of a log is asked for its blanks.

/// A text without the white space around it, as [`str::trim`] gives it.
#[inline]
pub(crate) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    let Some(start) = bytes.iter().position(|byte| !is_blank_byte(*byte)) else { return &text[..0] };
    let end = bytes.iter().rposition(|byte| !is_blank_byte(*byte)).map_or(start, |last| last + 1);
    let inside = &text[start..end];
    if bytes[start].is_ascii() && bytes[end - 1].is_ascii() { inside } else { inside.trim() }
}

/// A text without the white space before it, as [`str::trim_start`] gives it.
#[inline]
pub(crate) fn trim_start(text: &str) -> &str {
    let bytes = text.as_bytes();
    let start = bytes.iter().position(|byte| !is_blank_byte(*byte)).unwrap_or(bytes.len());
    let rest = &text[start..];
    if bytes.get(start).is_none_or(u8::is_ascii) { rest } else { rest.trim_start() }
}

/// Whether a text holds nothing but white space.
#[inline]
pub(crate) fn is_blank(text: &str) -> bool {
    trim(text).is_empty()
}

#[inline]
fn is_blank_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_is_what_str_trims(text in "[ \\t\\n\\x0b\\x0c\\r\\x1c\\x1f\\u{85}\\u{a0}\\u{2003}\\u{3000}aé\u{1f600}]{0,9}") {
            proptest::prop_assert_eq!(trim(&text), text.trim());
            proptest::prop_assert_eq!(trim_start(&text), text.trim_start());
            proptest::prop_assert_eq!(is_blank(&text), text.trim().is_empty());
        }
    }
}
