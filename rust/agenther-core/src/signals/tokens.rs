//! Words as hashes: sets of them are compared to tell near-duplicates.

/// A 64-bit hash of bytes after `map`, in one pass (FNV-1a). Not keyed: a collision can at worst make
/// two texts of one run look alike.
pub fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(BASIS, step)
}

const BASIS: u64 = 0xCBF2_9CE4_8422_2325;

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
}

/// A 64-bit hash of a long text, eight bytes at a time.
pub fn hash_text(text: &str) -> u64 {
    const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(SEED);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)));
    hash ^ (hash >> 32)
}

/// The words of a text: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The hash of a word, whatever its case.
pub fn word_hash(word: &str) -> u64 {
    hash(word.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// For each byte, what it is in a word: 0 for no part of one, else the byte in lower case.
const IN_WORD: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = byte as u8;
        // Bytes beyond ASCII count as letters: decoding them costs more than it tells.
        if value.is_ascii_alphanumeric() || !value.is_ascii() {
            table[byte] = value.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// The hash of each word and its length in bytes, whatever the case, in one pass over the bytes.
pub fn word_hashes(text: &str) -> impl Iterator<Item = (u64, usize)> {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        let skipped = rest.iter().take_while(|byte| IN_WORD[usize::from(**byte)] == 0).count();
        rest = &rest[skipped..];
        if rest.is_empty() {
            return None;
        }
        let (mut hash, mut length) = (BASIS, 0);
        while let Some(byte) =
            rest.get(length).map(|byte| IN_WORD[usize::from(*byte)]).filter(|byte| *byte != 0)
        {
            hash = step(hash, byte);
            length += 1;
        }
        rest = &rest[length..];
        Some((hash, length))
    })
}

/// The most words of one text that count: bounds the cost of a comparison.
const MAX_WORDS: usize = 256;

/// The set of words of a text, sorted.
pub fn word_set(text: &str) -> Vec<u64> {
    let mut set: Vec<u64> = word_hashes(text).take(MAX_WORDS).map(|(hash, _)| hash).collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// The share of words that two sorted sets have in common.
pub fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let union = a.len() + b.len() - common;
    if union == 0 { 0.0 } else { common as f64 / union as f64 }
}

/// How similar two texts must be to be near-duplicates (measured: `docs/quality.md`).
const NEAR: f64 = 0.8;

/// How many earlier texts each is compared with. It keeps the cost linear.
const WINDOW: usize = 12;

/// The positions of sets that are near-duplicates of one of the [`WINDOW`] sets before them.
pub fn near_duplicates(sets: &[Vec<u64>]) -> impl Iterator<Item = usize> {
    (1..sets.len()).filter(move |&at| {
        sets[at.saturating_sub(WINDOW)..at].iter().any(|earlier| {
            // Sets whose sizes differ more than this cannot reach the threshold.
            let (small, large) = (earlier.len().min(sets[at].len()), earlier.len().max(sets[at].len()));
            small as f64 >= NEAR * large as f64 && jaccard(earlier, &sets[at]) >= NEAR
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_sets_of_words() {
        assert_eq!(jaccard(&word_set("a b c"), &word_set("C, b; a")), 1.0);
        assert_eq!(jaccard(&word_set("a b"), &word_set("b c")), 1.0 / 3.0);
        assert_eq!(jaccard(&[], &[]), 0.0);
    }

    #[test]
    fn finds_near_duplicates_in_the_window_only() {
        let mut sets = vec![word_set("one two three four five")];
        sets.extend((0..WINDOW).map(|at| word_set(&format!("x{at} y{at}"))));
        sets.push(word_set("one two three four five"));
        assert_eq!(near_duplicates(&sets).count(), 0);
        sets.push(word_set("five four three two one"));
        assert_eq!(near_duplicates(&sets).collect::<Vec<_>>(), [sets.len() - 1]);
    }

    #[test]
    fn words_hash_alike_whatever_the_way() {
        let text = "The quick-brown, FOX_42 née!";
        let hashes: Vec<_> = words(text).map(|word| (word_hash(word), word.len())).collect();
        assert_eq!(word_hashes(text).collect::<Vec<_>>(), hashes);
        assert_eq!(word_hashes(" .,").count(), 0);
    }

    #[test]
    fn hashes_every_byte_of_a_text() {
        assert_ne!(hash_text("12345678a"), hash_text("12345678b"));
        assert_ne!(hash_text(""), hash_text("\0"));
    }
}
