//! Hashes of short keys, for sets and maps that are asked and never iterated.
//!
//! The default hasher of the library takes some 80 instructions a key, which is most of what a look-up
//! costs. This one multiplies and folds; it is seeded by the process, so that no log can be written to
//! make keys collide.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

use super::bytes::tail;

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(MULTIPLIER) | 1);

/// Builds [`Folding`] hashers, all with the seed of the process.
#[derive(Debug, Clone, Copy)]
pub struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Seeded(*SEED)
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding { state: self.0, seed: self.0 }
    }
}

/// A hasher that multiplies each word into its state and folds the halves of the product.
#[derive(Debug)]
pub struct Folding {
    state: u64,
    seed: u64,
}

impl Folding {
    fn add(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.seed ^ MULTIPLIER);
        self.state = (product as u64) ^ (product >> 64) as u64;
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let (words, _) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        self.add(tail(bytes) ^ (bytes.len() as u64).rotate_right(8));
    }

    fn write_u8(&mut self, value: u8) {
        self.add(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    fn write_i64(&mut self, value: i64) {
        self.add(value as u64);
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.add(value as u64);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_the_length_count() {
        let of = |bytes: &[u8]| Seeded::default().hash_one(bytes);
        let texts: Vec<Vec<u8>> = (0..20).map(|length| (1..=length).collect()).collect();
        for text in &texts {
            assert_eq!(of(text), of(&text.clone()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 0x40;
                assert_ne!(of(text), of(&other), "{text:?} at {at}");
            }
        }
        assert!(texts.windows(2).all(|pair| of(&pair[0]) != of(&pair[1])));
        assert_ne!(of(b"\0\0"), of(b"\0\0\0"));
    }
}
