//! Tables of short words, looked up whatever the case: most words are in none, which a bit tells.

use super::bytes::{in_small_letters, load};
use super::filter::Filter;

/// The longest word that a table may have: its length is kept with it.
const LONGEST: usize = 15;

/// A table of words in small letters, each with what it stands for. Made by the compiler.
pub(crate) struct Table<T, const N: usize> {
    filter: Filter,
    /// The words as numbers, sorted: comparing numbers takes a fraction of what comparing strings takes.
    words: [u128; N],
    values: [T; N],
}

impl<T: Copy, const N: usize> Table<T, N> {
    /// The table of some words.
    pub const fn of(entries: [(&str, T); N]) -> Self {
        let mut table = Table { filter: Filter::empty(), words: [0; N], values: [entries[0].1; N] };
        let mut filled = 0;
        while filled < N {
            let (word, value) = entries[filled];
            let key = packed(word.as_bytes());
            let mut at = filled;
            while at > 0 && table.words[at - 1] > key {
                table.words[at] = table.words[at - 1];
                table.values[at] = table.values[at - 1];
                at -= 1;
            }
            (table.words[at], table.values[at]) = (key, value);
            table.filter.add(word);
            filled += 1;
        }
        table
    }

    /// What a word stands for, if the table has it.
    pub fn get(&self, word: &str) -> Option<T> {
        if !self.filter.passes(word) || word.len() > LONGEST {
            return None;
        }
        let bytes = word.as_bytes();
        let half = bytes.len().min(8);
        let low = in_small_letters(load(bytes, 0, half));
        let high = in_small_letters(load(bytes, half, bytes.len()));
        let key = u128::from(low) | u128::from(high) << 64 | (bytes.len() as u128) << 120;
        Some(self.values[self.words.binary_search(&key).ok()?])
    }
}

/// A table of words that stand for nothing but themselves.
pub(crate) struct Words<const N: usize>(Table<(), N>);

impl<const N: usize> Words<N> {
    /// The table of some words.
    pub const fn of(words: [&str; N]) -> Self {
        let mut entries = [("", ()); N];
        let mut at = 0;
        while at < N {
            entries[at].0 = words[at];
            at += 1;
        }
        Words(Table::of(entries))
    }

    /// Whether the table has a word.
    pub fn has(&self, word: &str) -> bool {
        self.0.get(word).is_some()
    }
}

/// The bytes of a word as a number, the first one lowest, and its length in the highest.
const fn packed(word: &[u8]) -> u128 {
    assert!(word.len() <= LONGEST);
    let mut packed = 0;
    let mut at = word.len();
    while at > 0 {
        at -= 1;
        packed = packed << 8 | word[at] as u128;
    }
    packed | (word.len() as u128) << 120
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case() {
        const TABLE: Table<u8, 5> =
            Table::of([("retrieve", 1), ("unsubscribe", 2), ("a", 3), ("está", 4), ("fifteen-bytes-x", 5)]);
        for (word, value) in [("Retrieve", 1), ("UNSUBSCRIBE", 2), ("A", 3), ("ESTá", 4), ("fifteen-bytes-x", 5)] {
            assert_eq!(TABLE.get(word), Some(value), "{word}");
        }
        for word in ["", "retrieved", "retriev", "unsubscribed", "b", "fifteen-bytes-xx", "estÁ", "está\0", "a\0"] {
            assert_eq!(TABLE.get(word), None, "{word}");
        }
    }

    #[test]
    fn a_set_has_its_words() {
        const SET: Words<2> = Words::of(["yes", "no"]);
        assert!(SET.has("Yes") && SET.has("no") && !SET.has("maybe"));
    }
}
