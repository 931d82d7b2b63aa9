//! Values looked for in text: a trie of folded words, against which each text is read once.

use std::collections::HashMap;

use crate::trajectory::Span;

/// Longer values are compared by their first words only: so many in a row do not agree by chance.
const MAX_WORDS: usize = 32;

/// Where the words of `needle` stand in a row in `text`, case and punctuation aside.
pub fn find(text: &str, needle: &str) -> Option<Span> {
    let needle: Vec<u64> = words(needle).map(|(_, hash)| hash).collect();
    let (&first, rest) = needle.split_first()?;
    let mut from = words(text);
    while let Some((span, hash)) = from.next() {
        if hash != first {
            continue;
        }
        let mut ahead = from.clone();
        let mut end = span.end;
        let agrees = rest.iter().all(|&wanted| {
            ahead.next().is_some_and(|(span, hash)| {
                end = span.end;
                hash == wanted
            })
        });
        if agrees {
            return Some(Span { start: span.start, end });
        }
    }
    None
}

/// The values of a run as sequences of folded words, and a quick test for the first of them.
#[derive(Default)]
pub(crate) struct Trie {
    edges: HashMap<(u32, u64), u32>,
    ends: Vec<Option<u32>>,
    pub(crate) needles: u32,
    firsts: Vec<u64>,
}

/// Bits of the first-word filter.
const FILTER: u64 = 1 << 12;

impl Trie {
    /// Adds a text; `None` where it has no words.
    pub(crate) fn insert_text(&mut self, text: &str) -> Option<u32> {
        let words: Vec<u64> = words(text).take(MAX_WORDS).map(|(_, hash)| hash).collect();
        (!words.is_empty()).then(|| self.insert(&words))
    }

    fn insert(&mut self, words: &[u64]) -> u32 {
        if self.ends.is_empty() {
            self.ends.push(None);
        }
        let mut node = 0;
        for &word in words {
            let next = self.ends.len() as u32;
            node = *self.edges.entry((node, word)).or_insert(next);
            if node == next {
                self.ends.push(None);
            }
        }
        *self.ends[node as usize].get_or_insert_with(|| {
            self.needles += 1;
            self.needles - 1
        })
    }

    /// Makes the first-word filter: after the last insertion, before the first scan.
    pub(crate) fn finish(&mut self) {
        self.firsts = vec![0; (FILTER / 64) as usize];
        for &(node, word) in self.edges.keys() {
            if node == 0 {
                self.firsts[(word % FILTER / 64) as usize] |= 1 << (word % 64);
            }
        }
    }

    fn may_begin(&self, word: u64) -> bool {
        self.firsts[(word % FILTER / 64) as usize] >> (word % 64) & 1 == 1
    }

    /// Reports every value that stands in `text`, with its span.
    pub(crate) fn scan(&self, text: &str, mut report: impl FnMut(u32, Span)) {
        if self.needles == 0 {
            return;
        }
        let mut from = words(text);
        while let Some((first, hash)) = from.next() {
            if !self.may_begin(hash) {
                continue;
            }
            let mut node = self.edges.get(&(0, hash)).copied();
            let mut end = first.end;
            let mut ahead = from.clone();
            while let Some(at) = node {
                if let Some(needle) = self.ends[at as usize] {
                    report(needle, Span { start: first.start, end });
                }
                let Some((span, hash)) = ahead.next() else { break };
                node = self.edges.get(&(at, hash)).copied();
                end = span.end;
            }
        }
    }
}

/// The words of a text with the hash of their lower case. Letters and digits form words; a character of a
/// script without spaces is a word of its own.
pub(super) fn words(text: &str) -> impl Iterator<Item = (Span, u64)> + Clone {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            match class(bytes, at)? {
                (Class::Mark, len) => at += len,
                (Class::Whole, len) => {
                    let span = Span::new(at, at + len);
                    at += len;
                    return Some((span, hash(span.of(text).as_bytes())));
                }
                (Class::Letter, len) => {
                    let start = at;
                    at += len;
                    while let Some((Class::Letter, len)) = class(bytes, at) {
                        at += len;
                    }
                    let span = Span::new(start, at);
                    return Some((span, hash(&bytes[start..at])));
                }
            }
        }
    })
}

enum Class {
    Letter,
    Mark,
    Whole,
}

/// The class of the character at `at`, and its length in bytes.
#[inline]
fn class(bytes: &[u8], at: usize) -> Option<(Class, usize)> {
    let byte = *bytes.get(at)?;
    Some(match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => (Class::Letter, 1),
        0..0x80 => (Class::Mark, 1),
        // U+00A0-U+00BF: spaces and marks of Latin-1.
        0xC2 => (Class::Mark, 2),
        // U+2000-U+2FFF: dashes, quotation marks, arrows, symbols; U+3000-U+303F: ideographic marks.
        0xE2 => (Class::Mark, 3),
        0xE3 if bytes.get(at + 1) == Some(&0x80) => (Class::Mark, 3),
        0xE3..=0xED => (Class::Whole, 3),
        0xC3..=0xDF => (Class::Letter, 2),
        0xE0..=0xEF => (Class::Letter, 3),
        _ => (Class::Letter, 4),
    })
}

/// FNV-1a of the lower case, then mixed, since the filter takes the low bits.
fn hash(word: &[u8]) -> u64 {
    let hash = word.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn finds_what_is_there_and_never_panics(before in "\\PC{0,12}", value in "[a-z0-9é東_-]{1,8}", after in "\\PC{0,12}") {
            let text = format!("{before} {value} {after}");
            if words(&value).next().is_some() {
                let span = find(&text, &value).expect("stands between spaces");
                proptest::prop_assert_eq!(words(span.of(&text)).map(|word| word.1).collect::<Vec<_>>(), words(&value).map(|word| word.1).collect::<Vec<_>>());
            }
        }
    }
}
