//! Quoted names, as Python and JSON write them, and what a person sees of them.

use std::borrow::Cow;

/// The text between the quotes that `text` begins with, and what follows them.
pub fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let body = &text[1..];
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some((clean(&body[..at]), &body[at + 1..])),
            _ => {}
        }
    }
    None
}

/// A text without escapes, signs of icon fonts and marks that are not seen, with single blanks.
pub fn clean(text: &str) -> Cow<'_, str> {
    let is_plain =
        !text.contains(['\\', '\t', '\n', '\u{a0}']) && !text.contains("  ") && !text.contains(is_unseen);
    if is_plain {
        return Cow::Borrowed(text.trim());
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = if c == '\\' { unescape(&mut chars) } else { Some(c) };
        match c {
            Some(c) if is_unseen(c) => {}
            Some(c) if c.is_whitespace() || c.is_control() => {
                let opens = out.is_empty() || out.ends_with(' ');
                out.push_str(if opens { "" } else { " " });
            }
            Some(c) => out.push(c),
            None => {}
        }
    }
    out.truncate(out.trim_end().len());
    Cow::Owned(out)
}

fn unescape(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let c = chars.next()?;
    let digits = match c {
        'n' | 't' | 'r' => return Some(' '),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        other => return Some(other),
    };
    let code = chars.as_str().get(..digits).and_then(|code| u32::from_str_radix(code, 16).ok());
    match code {
        Some(code) => {
            chars.nth(digits - 1);
            char::from_u32(code)
        }
        None => Some(c),
    }
}

/// Signs of icon fonts, which lie in the private use areas, and marks of no width.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{e000}'..='\u{f8ff}'
            | '\u{f0000}'..='\u{10ffff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
            | '\u{ad}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_seen() {
        for (text, name, rest) in [
            ("'a' b", "a", " b"),
            ("\"it's\"", "it's", ""),
            ("'it\\'s \\ue604 SALES'", "it's SALES", ""),
            ("'a\\xa0\\n b\\u200e'x", "a b", "x"),
            ("'\\u12'", "u12", ""),
        ] {
            let (found, after) = quoted(text).unwrap();
            assert_eq!((&*found, after), (name, rest), "{text}");
        }
        assert_eq!(quoted("'open"), None);
        assert_eq!(quoted("x"), None);
    }
}
