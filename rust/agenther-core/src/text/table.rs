//! Tables of short words, looked up whatever the case: most words are in none, which a bit tells.

use super::bytes::in_small_letters;
use super::filter::Filter;

/// The longest word that a table may have.
const LONGEST: usize = 15;

/// How many places a table has, several for each word.
const PLACES: usize = 512;

/// A table of at most 255 words in small letters, each with what it stands for. Made by the compiler.
pub(crate) struct Table<T, const N: usize> {
    filter: Filter,
    /// At the place of a word, or after it, the position of the word, counted from one.
    places: [u8; PLACES],
    words: [Key; N],
    values: [T; N],
}

impl<T: Copy, const N: usize> Table<T, N> {
    /// The table of some words.
    pub const fn of(entries: [(&str, T); N]) -> Self {
        assert!(N < PLACES / 2);
        let mut table = Table {
            filter: Filter::empty(),
            places: [0; PLACES],
            words: [Key(0, 0, 0); N],
            values: [entries[0].1; N],
        };
        let mut at = 0;
        while at < N {
            let (word, value) = entries[at];
            let key = Key::of_entry(word.as_bytes());
            let mut place = key.place();
            while table.places[place] != 0 {
                place = (place + 1) % PLACES;
            }
            table.places[place] = at as u8 + 1;
            (table.words[at], table.values[at]) = (key, value);
            table.filter.add(word);
            at += 1;
        }
        table
    }

    /// What a word stands for, if the table has it.
    pub fn get(&self, word: &str) -> Option<T> {
        if !self.filter.passes(word) || word.len() > LONGEST {
            return None;
        }
        let key = Key::of(word.as_bytes());
        let mut place = key.place();
        loop {
            let at = usize::from(self.places[place]).checked_sub(1)?;
            if self.words[at] == key {
                return Some(self.values[at]);
            }
            place = (place + 1) % PLACES;
        }
    }
}

/// The bytes of a word in two numbers, and its length, so that no two words have the same: comparing numbers takes a
/// fraction of what comparing strings takes. The numbers are read from the ends of the word, and overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key(u64, u64, u8);

impl Key {
    fn of(word: &[u8]) -> Key {
        let (first, last) = match (word.first_chunk::<8>(), word.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
                (Some(first), Some(last)) => {
                    (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
                }
                _ => (bytes_of_short(word), 0),
            },
        };
        Key(in_small_letters(first), in_small_letters(last), word.len() as u8)
    }

    /// The same of a word in small letters.
    const fn of_entry(word: &[u8]) -> Key {
        assert!(word.len() <= LONGEST);
        let size = if word.len() >= 8 {
            8
        } else if word.len() >= 4 {
            4
        } else {
            return Key(bytes_of_short(word), 0, word.len() as u8);
        };
        let (mut first, mut last, mut at) = (0, 0, size);
        while at > 0 {
            at -= 1;
            first = first << 8 | word[at] as u64;
            last = last << 8 | word[word.len() - size + at] as u64;
        }
        Key(first, last, word.len() as u8)
    }

    const fn place(self) -> usize {
        let mixed = (self.0 ^ self.1.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 40) as usize & (PLACES - 1)
    }
}

/// The bytes of a word of at most three.
const fn bytes_of_short(word: &[u8]) -> u64 {
    match word {
        [a] => *a as u64,
        [a, b] => *a as u64 | (*b as u64) << 8,
        [a, b, c] => *a as u64 | (*b as u64) << 8 | (*c as u64) << 16,
        _ => 0,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case() {
        const TABLE: Table<u8, 5> =
            Table::of([("retrieve", 1), ("unsubscribe", 2), ("a", 3), ("está", 4), ("fifteen-bytes-x", 5)]);
        for (word, value) in
            [("Retrieve", 1), ("UNSUBSCRIBE", 2), ("A", 3), ("ESTá", 4), ("fifteen-bytes-x", 5)]
        {
            assert_eq!(TABLE.get(word), Some(value), "{word}");
        }
        for word in [
            "",
            "aaaaaaaaa",
            "aaaaaaaaab",
            "retrieved",
            "retriev",
            "unsubscribed",
            "b",
            "fifteen-bytes-xx",
            "estÁ",
            "está\0",
            "a\0",
        ] {
            assert_eq!(TABLE.get(word), None, "{word}");
        }
    }

    #[test]
    fn a_set_has_its_words() {
        const SET: Words<2> = Words::of(["yes", "no"]);
        assert!(SET.has("Yes") && SET.has("no") && !SET.has("maybe"));
    }
}
