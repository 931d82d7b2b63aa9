//! Remembers what a function made of texts that come again and again: keys of results, names of tools. A log has few
//! of them and very many runs, and saying one takes hundreds of times what finding it takes.

use std::cell::{Cell, RefCell};

use super::bytes;
use super::tables::FastMap;

/// Longer texts are not remembered.
const LONGEST: usize = 1024;

/// So many texts are remembered, and then it begins anew: keys without end take no memory without end.
const REMEMBERED: usize = 1024;

/// The results of one function. Each thread has its own, and the function gives the same for the same text, so that
/// nothing tells whether it was asked.
#[derive(Debug)]
pub struct Memo<V>(RefCell<FastMap<Box<str>, V>>);

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Memo(RefCell::default())
    }
}

impl<V: Clone> Memo<V> {
    /// What `make` makes of a text.
    pub fn of(&self, text: &str, make: impl FnOnce(&str) -> V) -> V {
        if let Some(known) = self.0.borrow().get(text) {
            return known.clone();
        }
        let made = make(text);
        if text.len() <= LONGEST {
            let mut known = self.0.borrow_mut();
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(text.into(), made.clone());
        }
        made
    }
}

/// How many words a [`WordMemo`] has room for: 64 kB of them with 16 bytes each to say.
const SLOTS: usize = 2048;

/// What a function made of the latest words. A word has one place in the table, where the next word that belongs there
/// takes over: nothing grows, and a look is a dozen instructions where a stem takes two hundred.
pub struct WordMemo<V>(Box<[Cell<(u128, V)>]>);

impl<V: Copy + Default> Default for WordMemo<V> {
    fn default() -> Self {
        WordMemo((0..SLOTS).map(|_| Cell::default()).collect())
    }
}

impl<V: Copy> WordMemo<V> {
    /// What `make` makes of a word. Longer words are made each time.
    pub fn of(&self, word: &str, make: impl FnOnce(&str) -> V) -> V {
        let Some(packed) = bytes::packed(word.as_bytes()).filter(|_| (1..16).contains(&word.len())) else {
            return make(word);
        };
        let key = packed | (word.len() as u128) << 120;
        let mixed = (key as u64 ^ ((key >> 64) as u64).rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let slot = &self.0[(mixed >> 53) as usize % SLOTS];
        let (known, value) = slot.get();
        if known == key {
            return value;
        }
        let value = make(word);
        slot.set((key, value));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_each_once_and_remembers_no_more_than_so_many() {
        let (memo, lengths) = (Memo::default(), Memo::default());
        let mut made = 0;
        for text in ["a", "b", "a", "b", "a"] {
            let upper = memo.of(text, |text| {
                made += 1;
                text.to_uppercase()
            });
            assert_eq!(upper, text.to_uppercase());
        }
        assert_eq!(made, 2);
        for text in (0..3 * REMEMBERED).map(|at| at.to_string()) {
            assert_eq!(lengths.of(&text, str::len), text.len());
            assert!(lengths.0.borrow().len() <= REMEMBERED);
        }
    }

    #[test]
    fn a_word_is_told_from_every_other() {
        let memo: WordMemo<u64> = WordMemo::default();
        let words =
            || (0..3 * SLOTS).map(|at| format!("w{at}")).chain(["a", "a\0", "", "\0"].map(String::from));
        for word in words().chain(words()).chain([String::from("longer than has a place")]) {
            let mix = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(u64::from(byte));
            let told = |word: &str| word.bytes().fold(word.len() as u64, mix);
            assert_eq!(memo.of(&word, told), told(&word), "{word:?}");
        }
    }

    #[test]
    fn long_texts_are_not_kept() {
        let memo = Memo::default();
        assert_eq!(memo.of(&"x".repeat(LONGEST + 1), str::len), LONGEST + 1);
        assert!(memo.0.borrow().is_empty());
    }
}
