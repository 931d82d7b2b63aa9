//! Hashing for tables of words and numbers: fast on short keys, and seeded by the process, so that no log can
//! be written whose keys all collide. No output may depend on the order of such a table.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

use super::bytes;

/// Makes hashers that begin with the seed of the process.
#[derive(Debug, Clone, Copy)]
pub struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
        Seeded(*SEED)
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding(self.0)
    }
}

/// Folds the 128 bits of a product into 64, eight bytes at a time.
#[derive(Debug, Clone, Copy)]
pub struct Folding(u64);

impl Folding {
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(0x9E37_79B9_7F4A_7C15_u64);
        self.0 = (product as u64) ^ ((product >> 64) as u64) ^ word.rotate_left(32);
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.fold(u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
        }
        self.fold(bytes::tail(bytes));
        self.fold(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.fold(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.fold(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.fold(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.fold(value as u64);
    }

    fn finish(&self) -> u64 {
        let product = u128::from(self.0) * u128::from(0xD6E8_FEB8_6659_FD93_u64);
        (product as u64) ^ ((product >> 64) as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn equal_keys_have_equal_hashes_and_near_ones_others() {
        let hashing = Seeded::default();
        assert_eq!(hashing.hash_one("flight"), hashing.hash_one(String::from("flight")));
        let distinct: HashSet<u64> = (0..10_000u64).map(|key| hashing.hash_one(key)).collect();
        assert_eq!(distinct.len(), 10_000);
        assert_ne!(hashing.hash_one("a"), hashing.hash_one("a\0"));
    }
}
