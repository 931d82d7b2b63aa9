//! Cutting text at a byte without cutting a character.

/// The last character boundary at or before byte `at`.
pub fn floor(text: &str, at: usize) -> usize {
    // A character has at most four bytes, so a boundary is never further than three away.
    if at >= text.len() {
        return text.len();
    }
    (at.saturating_sub(3)..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The first character boundary at or after byte `at`.
pub fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// The text up to byte `at`.
pub fn head(text: &str, at: usize) -> &str {
    &text[..floor(text, at)]
}

/// The last `bytes` bytes of the text.
pub fn tail(text: &str, bytes: usize) -> &str {
    &text[ceil(text, text.len().saturating_sub(bytes))..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stay_whole() {
        assert_eq!((floor("aé", 2), ceil("aé", 2)), (1, 3));
        assert_eq!((head("aé", 9), head("aé", 2), head("", 2)), ("aé", "a", ""));
        assert_eq!((tail("éa", 2), tail("éa", 3), tail("é", 0)), ("a", "éa", ""));
    }
}
