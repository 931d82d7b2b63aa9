//! What programs print on consoles, as the text that it is.

use std::borrow::Cow;

/// Text without the sequences that colour it.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("\u{1b}[") {
        return text.into();
    }
    let mut pieces = text.split("\u{1b}[");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    pieces.for_each(|piece| out.push_str(after_code(piece).1));
    out.into()
}

/// The text of a piece that follows the start of a sequence, and the sequence.
fn after_code(piece: &str) -> (&str, &str) {
    let end = piece.find(|c: char| c.is_ascii_alphabetic()).map_or(piece.len(), |end| end + 1);
    piece.split_at(end)
}

/// The pieces of a text between the sequences that colour it, each with the colour that holds there (the number of the
/// foreground, with what else stands before the first semicolon).
pub(crate) fn coloured(text: &str) -> Vec<(&str, &str)> {
    let mut pieces = text.split("\u{1b}[");
    let (mut colour, mut found) = ("", vec![("", pieces.next().unwrap_or_default())]);
    for piece in pieces {
        let (code, text) = after_code(piece);
        let first = code.trim_end_matches('m').split(';').next().unwrap_or_default();
        match first {
            "0" | "" | "00" => colour = "",
            // Bold and italics come with the colour.
            "1" | "3" => {}
            first => colour = first,
        }
        found.push((colour, text));
    }
    found.retain(|(_, text)| !text.is_empty());
    found
}

/// The title in a line that is a rule with a title in it: `─ Executing parsed code: ───`, `==== Ai Message ====`.
pub(crate) fn title_in(line: &str, rule: char) -> Option<&str> {
    let inside = line.trim().strip_prefix(rule)?.strip_suffix(rule)?;
    let title = inside.trim_matches(rule).trim();
    (!title.is_empty() && !title.contains(rule)).then_some(title)
}

/// Whether a line is at least so many of a character and nothing else.
pub(crate) fn is_rule(line: &str, rule: char, least: usize) -> bool {
    let line = line.trim();
    line.chars().all(|c| c == rule) && line.chars().take(least).count() == least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_tell_who_speaks() {
        let text = "a\u{1b}[1m> b\u{1b}[0m\u{1b}[32;1m\u{1b}[1;3mc\nd\u{1b}[0m\u{1b}[36;1me";
        assert_eq!(plain(text), "a> bc\nde");
        assert_eq!(coloured(text), [("", "a"), ("", "> b"), ("32", "c\nd"), ("36", "e")]);
        assert_eq!((plain("a"), plain("\u{1b}[")), ("a".into(), "".into()));
    }

    #[test]
    fn rules_may_have_titles() {
        assert_eq!(title_in("─ Executing: ───", '─'), Some("Executing:"));
        assert_eq!(title_in("== Ai Message ==", '='), Some("Ai Message"));
        for line in ["=====", "", "=", "= a = b =", "a"] {
            assert_eq!(title_in(line, '='), None, "{line}");
        }
        assert!(is_rule(" ----- ", '-', 5) && !is_rule("----", '-', 5) && !is_rule("--x--", '-', 3));
    }
}
