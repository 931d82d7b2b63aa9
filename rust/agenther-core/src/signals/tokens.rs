//! Words as hashes: sets of them are compared to tell near-duplicates.

use std::cell::OnceCell;

use crate::text::bytes::{self, Words, in_small_letters, tail};

/// A 64-bit hash of a text, eight bytes at a time. Not keyed: a collision can at worst make two texts of
/// one run look alike.
pub fn hash_text(text: &str) -> u64 {
    let (words, _) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    finish(mix(hash, tail(text.as_bytes())))
}

/// The same of texts one after the other, freed of white space and case.
pub fn hash_folded(texts: &[&str]) -> u64 {
    let mut hash = Folded::default();
    for text in texts {
        let (eights, rest) = text.as_bytes().as_chunks::<8>();
        eights.iter().for_each(|eight| hash.add_all_but_blanks(u64::from_le_bytes(*eight), 8));
        hash.add_all_but_blanks(bytes::load(rest, 0, rest.len()), rest.len());
    }
    finish(mix(mix(hash.hash, hash.word), hash.filled as u64))
}

/// One hash of two, in their order.
pub fn join(first: u64, second: u64) -> u64 {
    finish(mix(mix(0, first), second))
}

/// A hash of bytes that come in pieces, however they are cut.
#[derive(Default)]
struct Folded {
    hash: u64,
    word: u64,
    /// Bytes of the word.
    filled: usize,
}

impl Folded {
    #[inline]
    fn add_all_but_blanks(&mut self, piece: u64, count: usize) {
        let mut rest = in_small_letters(piece);
        let mut blanks = bytes::blanks(rest);
        let mut done = 0;
        while blanks != 0 {
            let blank = blanks.trailing_zeros() as usize / 8;
            blanks &= blanks - 1;
            self.add(bytes::first(rest, blank - done), blank - done);
            // In two steps, since all eight bytes may go.
            rest = rest >> (8 * (blank - done)) >> 8;
            done = blank + 1;
        }
        self.add(rest, count - done);
    }

    /// Adds the `count` bytes of `piece`, at most eight.
    #[inline]
    fn add(&mut self, piece: u64, count: usize) {
        self.word |= piece << (8 * self.filled);
        if self.filled + count < 8 {
            self.filled += count;
            return;
        }
        self.hash = mix(self.hash, self.word);
        let taken = 8 - self.filled;
        self.word = if taken < 8 { piece >> (8 * taken) } else { 0 };
        self.filled = count - taken;
    }
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The upper bits of a product depend on all of its factors, the lower ones do not.
fn finish(hash: u64) -> u64 {
    hash ^ (hash >> 32)
}

/// The words of a text: runs of letters and digits. Characters beyond ASCII count as letters.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    // Words end where an ASCII byte stands, so both ends are character boundaries.
    Words::new(text).map(|(start, end)| &text[start..end])
}

/// The hash of a word, whatever its case: most words are one step of eight bytes.
pub fn word_hash(word: &str) -> u64 {
    hash_of(word.as_bytes(), 0, word.len())
}

/// The hash of the word that stands from `start` to `end`.
#[inline]
fn hash_of(bytes: &[u8], start: usize, end: usize) -> u64 {
    let mut hash = (end - start) as u64;
    if hash <= 8 {
        return finish(mix(hash, in_small_letters(bytes::load(bytes, start, end))));
    }
    let mut at = start;
    while at < end {
        let to = end.min(at + 8);
        hash = mix(hash, in_small_letters(bytes::load(bytes, at, to)));
        at = to;
    }
    finish(hash)
}

/// The most words of one text that count: bounds the cost of a comparison.
const MAX_WORDS: usize = 256;

/// Adds the hash of each word of a text, up to [`MAX_WORDS`] in all.
fn add_words(out: &mut Vec<u64>, text: &str) {
    for (start, end) in Words::new(text).take(MAX_WORDS - out.len()) {
        out.push(hash_of(text.as_bytes(), start, end));
    }
}

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
        texts.iter().for_each(|text| add_words(&mut words, text));
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
        let set = |text| WordSet::new(text).sorted().len();
        for text in
            ["a A b", "abcdefgh ABCDEFGH abcdefghi", "", "é É", "x0 x_0", "abcdefghijklmnop abcdefghijklmnoq"]
        {
            let distinct: std::collections::HashSet<_> = words(text).map(word_hash).collect();
            assert_eq!(set(text), distinct.len(), "{text}");
        }
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
