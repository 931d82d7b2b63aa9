//! Sets of keys that records are searched for.

use super::tape::{bit_of, mark_of};

/// Keys that a set holds, at most.
const MOST: usize = 16;

/// Keys that mean the same to a reader, in the order in which they count. Most keys of a log are in no set that
/// they are looked for in, and most sets have no key in an object: marks tell both without a comparison of words.
#[derive(Debug)]
pub(crate) struct Keys {
    names: &'static [&'static str],
    marks: [u16; MOST],
    /// The bits of all marks.
    bits: u64,
}

impl Keys {
    pub const fn new(names: &'static [&'static str]) -> Self {
        let (mut marks, mut bits, mut at) = ([0; MOST], 0, 0);
        while at < names.len() {
            marks[at] = mark_of(names[at].as_bytes());
            bits |= bit_of(marks[at]);
            at += 1;
        }
        Keys { names, marks, bits }
    }

    /// The keys with their marks.
    #[inline]
    pub(super) fn marked(&self) -> impl Iterator<Item = (&'static str, u16)> {
        self.names.iter().copied().zip(self.marks)
    }

    /// Whether a key is one of them.
    #[inline]
    pub fn contains(&self, key: &str) -> bool {
        self.bits & bit_of(mark_of(key.as_bytes())) != 0 && self.names.contains(&key)
    }
}
