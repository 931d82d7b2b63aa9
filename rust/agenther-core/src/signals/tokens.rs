//! Words as hashes: sets of them are compared to tell near-duplicates.

use std::cell::OnceCell;

use crate::text::bytes::{in_small_letters, tail};

/// A 64-bit hash of a text, eight bytes at a time. Not keyed: a collision can at worst make two texts of
/// one run look alike.
pub fn hash_text(text: &str) -> u64 {
    let (words, _) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    finish(mix(hash, tail(text.as_bytes())))
}

/// The same of texts one after the other, freed of white space and case.
pub fn hash_folded(texts: &[&str]) -> u64 {
    let (mut hash, mut word, mut filled) = (0, 0u64, 0);
    for byte in texts.iter().flat_map(|text| text.as_bytes()) {
        let folded = FOLDED[usize::from(*byte)];
        if folded == BLANK {
            continue;
        }
        word |= u64::from(folded) << filled;
        filled += 8;
        if filled == 64 {
            (hash, word, filled) = (mix(hash, word), 0, 0);
        }
    }
    finish(mix(mix(hash, word), filled))
}

/// Stands for white space.
const BLANK: u8 = b' ';

/// Each byte in small letters, white space as [`BLANK`].
const FOLDED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = byte as u8;
        table[byte] = if value.is_ascii_whitespace() { BLANK } else { value.to_ascii_lowercase() };
        byte += 1;
    }
    table
};

fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The upper bits of a product depend on all of its factors, the lower ones do not.
fn finish(hash: u64) -> u64 {
    hash ^ (hash >> 32)
}

/// The words of a text: runs of letters and digits. Characters beyond ASCII count as letters.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        at += bytes[at..].iter().take_while(|byte| !IN_WORD[usize::from(**byte)]).count();
        let start = at;
        at += bytes[at..].iter().take_while(|byte| IN_WORD[usize::from(**byte)]).count();
        // Words end where an ASCII byte stands, so both ends are character boundaries.
        (start < at).then(|| &text[start..at])
    })
}

/// The hash of a word, whatever its case: most words are one step of eight bytes.
pub fn word_hash(word: &str) -> u64 {
    let (words, _) = word.as_bytes().as_chunks::<8>();
    let fold = |hash, word| mix(hash, in_small_letters(word));
    let hash = words.iter().fold(word.len() as u64, |hash, word| fold(hash, u64::from_le_bytes(*word)));
    finish(fold(hash, tail(word.as_bytes())))
}

/// For each byte, whether it is part of a word. Bytes beyond ASCII count as letters: decoding them costs
/// more than it tells.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte >= 0x80;
        byte += 1;
    }
    table
};

/// The most words of one text that count: bounds the cost of a comparison.
const MAX_WORDS: usize = 256;

/// The set of words of a text.
#[derive(Debug, Clone)]
pub struct WordSet {
    /// The words, repeats included.
    words: Vec<u64>,
    /// A bit for some words each: sets that differ much here differ much.
    bits: [u64; 4],
    sorted: OnceCell<Vec<u64>>,
}

impl WordSet {
    /// The words of a text.
    pub fn new(text: &str) -> Self {
        Self::of_texts(&[text])
    }

    /// The words of texts, one after the other.
    pub fn of_texts(texts: &[&str]) -> Self {
        const BYTES_A_WORD: usize = 5;
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let mut words = Vec::with_capacity((bytes / BYTES_A_WORD + 1).min(MAX_WORDS));
        words.extend(texts.iter().flat_map(|text| self::words(text)).take(MAX_WORDS).map(word_hash));
        let mut bits = [0; 4];
        words.iter().for_each(|word| bits[(word >> 62) as usize] |= 1 << (word >> 56 & 63));
        WordSet { words, bits, sorted: OnceCell::new() }
    }

    /// How many words the text has, repeats included.
    pub fn count(&self) -> usize {
        self.words.len()
    }

    fn sorted(&self) -> &[u64] {
        self.sorted.get_or_init(|| {
            let mut words = self.words.clone();
            words.sort_unstable();
            words.dedup();
            words
        })
    }

    /// The share of words that two sets have in common.
    fn jaccard(&self, other: &WordSet) -> f64 {
        let (a, b) = (self.sorted(), other.sorted());
        let (mut i, mut j, mut common) = (0, 0, 0);
        while i < a.len() && j < b.len() {
            let order = a[i].cmp(&b[j]);
            common += usize::from(order.is_eq());
            i += usize::from(order.is_le());
            j += usize::from(order.is_ge());
        }
        let union = a.len() + b.len() - common;
        if union == 0 { 0.0 } else { common as f64 / union as f64 }
    }

    fn is_near(&self, other: &WordSet) -> bool {
        // Of n words at most n (1 − J) / (1 + J) can be in one set only, n / 9 at J = 0.8, and each
        // differing bit is the mark of one such word. Most pairs end here, before anything is sorted.
        let differing: u32 = std::iter::zip(self.bits, other.bits).map(|(a, b)| (a ^ b).count_ones()).sum();
        9 * differing as usize <= self.count() + other.count() && self.jaccard(other) >= NEAR
    }
}

/// How similar two texts must be to be near-duplicates (measured: `docs/quality.md`).
const NEAR: f64 = 0.8;

/// How many earlier texts each is compared with. It keeps the cost linear.
const WINDOW: usize = 12;

/// The positions of sets that are near-duplicates of one of the [`WINDOW`] sets before them.
pub fn near_duplicates(sets: &[WordSet]) -> impl Iterator<Item = usize> {
    (1..sets.len()).filter(move |&at| {
        sets[at.saturating_sub(WINDOW)..at].iter().any(|earlier| earlier.is_near(&sets[at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_sets_of_words() {
        let jaccard = |a, b| WordSet::new(a).jaccard(&WordSet::new(b));
        assert_eq!(jaccard("a b c a", "C, b; a"), 1.0);
        assert_eq!(jaccard("a b", "b c"), 1.0 / 3.0);
        assert_eq!(jaccard("", ""), 0.0);
    }

    #[test]
    fn finds_near_duplicates_in_the_window_only() {
        let mut sets = vec![WordSet::new("one two three four five")];
        sets.extend((0..WINDOW).map(|at| WordSet::new(&format!("x{at} y{at}"))));
        sets.push(WordSet::new("one two three four five"));
        assert_eq!(near_duplicates(&sets).count(), 0);
        sets.push(WordSet::new("five four three two one"));
        assert_eq!(near_duplicates(&sets).collect::<Vec<_>>(), [sets.len() - 1]);
    }

    proptest::proptest! {
        #[test]
        fn the_bits_rule_out_no_near_pair(a in "([a-e]{1,2} ){0,24}", b in "([a-e]{1,2} ){0,24}") {
            let (a, b) = (WordSet::new(&a), WordSet::new(&b));
            proptest::prop_assert_eq!(a.is_near(&b), a.jaccard(&b) >= NEAR);
        }
    }

    #[test]
    fn words_hash_alike_whatever_the_way() {
        let hashes = |text| words(text).map(word_hash).collect::<Vec<_>>();
        assert_eq!(
            hashes("The quick-brown, FOX_42 née incomprehensibly!"),
            hashes("THE Quick Brown fox 42 née INCOMPREHENSIBLY")
        );
        assert_ne!(hashes("abcdefghij"), hashes("abcdefghik"));
        assert_ne!(hashes("aa"), hashes("aaa"));
        assert_ne!(hashes("中"), hashes("丳"));
        assert!(hashes(" .,").is_empty());
    }

    #[test]
    fn hashes_every_byte_of_a_text() {
        assert_ne!(hash_text("12345678a"), hash_text("12345678b"));
        assert_ne!(hash_text(""), hash_text("\0"));
        assert_eq!(hash_folded(&["get", r#"{"Id": 1234567}"#]), hash_folded(&["GET{", r#"  "id":1234567}"#]));
        assert_ne!(hash_folded(&["a"]), hash_folded(&["a\0"]));
    }
}
