//! Opaque identifiers: `JG7FMM`, `HAT028`, `user_1234`, `#W123`, UUIDs, hashes, telephone numbers.

use super::facts::{Fact, FactKind};

fn part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Reads the identifier at `at`: letters, digits, `_` and `-`, with a digit and not a plain number.
pub(super) fn scan<'a>(text: &'a str, end: usize, at: usize) -> Option<Fact<'a>> {
    let bytes = &text.as_bytes()[..end];
    let mark = usize::from(bytes[at] == b'#');
    let from = at + mark;
    let (mut digit, mut letter) = (0usize, 0usize);
    let mut to = from;
    while to < end {
        match bytes[to] {
            b'0'..=b'9' => digit += 1,
            b'a'..=b'z' | b'A'..=b'Z' => letter += 1,
            b'_' | b'-' => {}
            // A version: `1.2.3`, `v2.1`.
            b'.' if bytes.get(to + 1).is_some_and(u8::is_ascii_digit) && bytes[to - 1].is_ascii_digit() => {}
            _ => break,
        }
        to += 1;
    }
    while to > from && matches!(bytes[to - 1], b'-' | b'_') {
        to -= 1;
    }
    // Joined to a letter beyond ASCII it is a word of some language.
    let foreign = bytes.get(to).is_some_and(|&byte| byte >= 0x80)
        && text[to..end].chars().next().is_some_and(char::is_alphabetic);
    if digit == 0 || foreign || to - from < 2 - mark {
        return None;
    }
    let token = &bytes[from..to];
    let joined = token.iter().any(|byte| matches!(byte, b'-' | b'.'));
    let known =
        mark == 1 || letter > 0 || (joined && digit > 2) || digit >= 12 || token[0] == b'0' && digit > 1;
    (known && !is_word_with_number(token)).then(|| Fact::new(text, FactKind::Id, at, to))
}

/// `20-year-old`, `5-star`: a number and words, which no one would call an identifier.
fn is_word_with_number(token: &[u8]) -> bool {
    let mut parts = token.split(|&byte| byte == b'-');
    let first = parts.next().unwrap_or_default();
    let mut words = 0;
    first.iter().all(u8::is_ascii_digit)
        && parts.all(|part| {
            words += 1;
            part.len() > 2 && part.iter().all(u8::is_ascii_lowercase)
        })
        && words > 0
}

/// Whether digits at `at` go on as `555-123-4567`: more than one hyphen, digits only.
pub(super) fn is_hyphenated(bytes: &[u8], at: usize) -> bool {
    let token: &[u8] = &bytes[at..bytes.len().min(at + 64)];
    let length = token.iter().take_while(|&&byte| part(byte)).count();
    let token = &token[..length];
    let hyphens = token.windows(2).filter(|pair| pair[0] == b'-' && pair[1].is_ascii_digit()).count();
    let letters = token.iter().any(u8::is_ascii_uppercase);
    hyphens > 1 || (hyphens == 1 && letters)
}
