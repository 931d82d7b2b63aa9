//! Where the decoded strings of a record lie while it is read.
//!
//! A tool result is JSON inside JSON, so that most of the text of a chat log has escapes. In an arena
//! its strings are borrowed like all others: no allocation for each, and parts of them are slices.

use std::cell::{Cell, OnceCell, UnsafeCell};

use super::text::{SLACK, unescape_into};

/// Bytes of it; strings that find no room are owned.
const CAPACITY: usize = 1 << 20;

/// Decoded strings, until the next record.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    /// Made when the first string needs it: many a reader of a small file needs none.
    bytes: OnceCell<Box<[UnsafeCell<u8>]>>,
    used: Cell<usize>,
}

impl Arena {
    /// Forgets all strings.
    pub fn clear(&mut self) {
        self.used.set(0);
    }

    /// Decodes the escapes of a string that [`Tape`](super::Tape) has checked; `None` where it finds
    /// no room.
    pub fn unescape(&self, text: &str) -> Option<&str> {
        let (start, length) = (self.used.get(), text.len() + SLACK);
        let free = self.bytes.get_or_init(zeros).get(start..start + length)?;
        // SAFETY: the bytes from `used` on were lent to nobody, and those that are lent now lie before
        // the new `used`, so that no later call writes to them until `clear`, which takes `&mut self`.
        let out = unsafe { std::slice::from_raw_parts_mut(UnsafeCell::raw_get(free.as_ptr()), length) };
        let end = unescape_into(text, out);
        self.used.set(start + end);
        // SAFETY: the bytes are those of `text`, with escapes (which are ASCII) replaced by characters.
        Some(unsafe { std::str::from_utf8_unchecked(&out[..end]) })
    }
}

/// Zeros straight from the allocator, which takes them from the system page by page as they are used.
fn zeros() -> Box<[UnsafeCell<u8>]> {
    let bytes = vec![0u8; CAPACITY].into_boxed_slice();
    // SAFETY: an `UnsafeCell<u8>` has the layout of a `u8`, and the box is handed over whole.
    unsafe { Box::from_raw(Box::into_raw(bytes) as *mut [UnsafeCell<u8>]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stay_until_the_arena_is_cleared() {
        let mut arena = Arena::default();
        let text = r"a\tb\u00e9".repeat(20);
        let texts: Vec<&str> = (0..50).map(|_| arena.unescape(&text).unwrap()).collect();
        assert!(texts.iter().all(|decoded| **decoded == "a\tbé".repeat(20)));
        arena.clear();
        assert_eq!(arena.unescape(r"\n"), Some("\n"));
    }

    #[test]
    fn a_full_arena_has_no_room() {
        let arena = Arena::default();
        let text = "x".repeat(CAPACITY / 2);
        assert_eq!(arena.unescape(&text), Some(&*text));
        assert_eq!(arena.unescape(&text), None);
        assert_eq!(arena.unescape(r"\\"), Some("\\"));
    }
}
