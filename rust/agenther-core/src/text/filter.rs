//! A first look at a word: most are in no table, and their first letters and length tell.

/// The lengths of the words of a table, by their first two letters.
pub(super) struct Filter([u32; 27 * 27]);

impl Filter {
    /// A filter that no word passes.
    pub const fn empty() -> Self {
        Filter([0; 27 * 27])
    }

    /// The filter with one more word, in small letters.
    pub const fn with(mut self, word: &str) -> Self {
        self.add(word);
        self
    }

    /// Lets one more word pass, in small letters.
    pub const fn add(&mut self, word: &str) {
        let bytes = word.as_bytes();
        self.0[index(bytes)] |= 1 << (bytes.len() % 32);
    }

    /// The filter of a table of words.
    pub const fn of(words: &[&str]) -> Self {
        let mut filter = Filter::empty();
        let mut at = 0;
        while at < words.len() {
            filter = filter.with(words[at]);
            at += 1;
        }
        filter
    }

    /// Whether the table may have a word, whatever its case.
    pub fn passes(&self, word: &str) -> bool {
        self.0[index(word.as_bytes())] & (1 << (word.len() % 32)) != 0
    }
}

const fn index(word: &[u8]) -> usize {
    let first = if word.is_empty() { 0 } else { letter(word[0]) };
    let second = if word.len() < 2 { 0 } else { letter(word[1]) };
    first * 27 + second
}

const fn letter(byte: u8) -> usize {
    match byte | 0x20 {
        lower @ b'a'..=b'z' => (lower - b'a') as usize + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_table_pass() {
        const FILTER: Filter = Filter::of(&["km", "µg", "minute", "s", ""]);
        for word in ["km", "KM", "µg", "minute", "s", ""] {
            assert!(FILTER.passes(word), "{word}");
        }
        for word in ["kms", "minutes", "paris", "x"] {
            assert!(!FILTER.passes(word), "{word}");
        }
    }
}
