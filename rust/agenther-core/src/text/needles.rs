//! Values looked for in text: a trie of folded words, against which each text is read once.

use crate::text::bytes;
use crate::text::tables::FastMap;
use crate::trajectory::Span;

/// Longer values are compared by their first words only: so many in a row do not agree by chance.
const MAX_WORDS: usize = 32;

/// Where the words of `needle` stand in a row in `text`, case and punctuation aside.
pub fn find(text: &str, needle: &str) -> Option<Span> {
    let mut rest = spans(needle.as_bytes());
    let first = rest.next()?.of(needle).as_bytes();
    let bytes = text.as_bytes();
    let (lower, upper) = (first[0].to_ascii_lowercase(), first[0].to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, bytes).filter(|&at| starts_word(bytes, at)).find_map(|start| {
        let mut end = end_of_word(bytes, start, first)?;
        for word in rest.clone() {
            while let Some((Class::Mark, len)) = class(bytes, end) {
                end += len;
            }
            end = end_of_word(bytes, end, word.of(needle).as_bytes())?;
        }
        Some(Span::new(start, end))
    })
}

/// Whether a span cuts a number in two: the `1` of `8.1` and of `1,234` is none.
pub(crate) fn cuts_number(text: &str, span: Span) -> bool {
    let (bytes, start, end) = (text.as_bytes(), span.start as usize, span.end as usize);
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    // What stands before and behind the mark at a position: `8.1`, `1,234`, but neither `1, 2` nor `1,2`.
    let joins = |mark: usize| {
        let groups = || (mark + 1..mark + 4).all(is_digit) && !is_digit(mark + 4);
        let is_joined = mark > 0 && is_digit(mark - 1) && is_digit(mark + 1);
        is_joined && (bytes[mark] == b'.' || bytes[mark] == b',' && groups())
    };
    let before = start.checked_sub(1).is_some_and(|mark| is_digit(start) && joins(mark));
    before || end < bytes.len() && end > 0 && is_digit(end - 1) && joins(end)
}

/// Whether a word begins at a character that is no mark.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    if matches!(class(bytes, at), Some((Class::Whole, _))) {
        return true;
    }
    let before = (0..at).rev().find(|&before| bytes[before] & 0xC0 != 0x80);
    !before.is_some_and(|before| matches!(class(bytes, before), Some((Class::Letter, _))))
}

/// Where the word that begins at `at` ends, if it is `word`.
fn end_of_word(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    let end = at + word.len();
    if !bytes.get(at..end)?.eq_ignore_ascii_case(word) {
        return None;
    }
    let is_whole = matches!(class(bytes, at), Some((Class::Whole, _)));
    (is_whole || !matches!(class(bytes, end), Some((Class::Letter, _)))).then_some(end)
}

/// The values of a run as sequences of folded words, and a quick test for the first of them.
#[derive(Default)]
pub(crate) struct Trie {
    edges: FastMap<(u32, u64), u32>,
    ends: Vec<Option<u32>>,
    pub(crate) needles: u32,
    firsts: Vec<u64>,
}

/// Bits of the first-word filter.
const FILTER: u64 = 1 << 12;

impl Trie {
    /// The texts, ready to be looked for.
    pub(crate) fn of(texts: &[&str]) -> Self {
        let mut trie = Trie::default();
        texts.iter().for_each(|text| {
            trie.insert_text(text);
        });
        trie.finish();
        trie
    }

    /// Adds a text; `None` where it has no words.
    pub(crate) fn insert_text(&mut self, text: &str) -> Option<u32> {
        if self.ends.is_empty() {
            self.ends.push(None);
        }
        let mut node = 0;
        for (_, word) in words(text).take(MAX_WORDS) {
            let next = self.ends.len() as u32;
            node = *self.edges.entry((node, word)).or_insert(next);
            if node == next {
                self.ends.push(None);
            }
        }
        let needles = &mut self.needles;
        (node != 0).then(|| {
            *self.ends[node as usize].get_or_insert_with(|| {
                *needles += 1;
                *needles - 1
            })
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
    pub(crate) fn scan(&self, text: &str, report: impl FnMut(u32, Span)) {
        if self.needles > 0 {
            self.scan_words(words(text), report);
        }
    }

    /// The same of a text whose [`words`] are known.
    pub(crate) fn scan_words(
        &self,
        mut from: impl Iterator<Item = (Span, u64)> + Clone,
        mut report: impl FnMut(u32, Span),
    ) {
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
pub(crate) fn words(text: &str) -> impl Iterator<Item = (Span, u64)> + Clone {
    spans(text.as_bytes()).map(|span| (span, hash(span.of(text).as_bytes())))
}

fn spans(bytes: &[u8]) -> impl Iterator<Item = Span> + Clone {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            match class(bytes, at)? {
                (Class::Mark, len) => at += len,
                (Class::Whole, len) => {
                    at += len;
                    return Some(Span::new(at - len, at));
                }
                (Class::Letter, len) => {
                    let start = at;
                    at += len;
                    while let Some((Class::Letter, len)) = class(bytes, at) {
                        at += len;
                    }
                    return Some(Span::new(start, at));
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
    static LETTERS: [bool; 0x80] = {
        let mut letters = [false; 0x80];
        let mut byte: u8 = 0;
        while byte < 0x80 {
            letters[byte as usize] = byte.is_ascii_alphanumeric();
            byte += 1;
        }
        letters
    };
    let byte = *bytes.get(at)?;
    if let Some(&is_letter) = LETTERS.get(byte as usize) {
        return Some((if is_letter { Class::Letter } else { Class::Mark }, 1));
    }
    Some(match byte {
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

/// A hash of the lower case, eight bytes at a time, mixed at the end, since the filter takes the low bits.
fn hash(word: &[u8]) -> u64 {
    // The length apart from the letters: the last of them may be read twice.
    let mut hash = (0x9E37_79B9_7F4A_7C15 ^ word.len() as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mut fold = |chunk: [u8; 8]| {
        let bytes = u64::from_le_bytes(chunk);
        // Words are letters, digits and bytes beyond ASCII: the bit tells `a` from `A`, and digits have it anyway.
        let lower = bytes | (!bytes & 0x8080_8080_8080_8080) >> 2;
        hash = (hash ^ lower).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        hash ^= hash >> 32;
    };
    let mut chunks = word.chunks_exact(8);
    for chunk in &mut chunks {
        fold(chunk.try_into().unwrap_or_default());
    }
    if !chunks.remainder().is_empty() {
        fold(bytes::tail(word).to_le_bytes());
    }
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the words one after another.
    fn naive_find(text: &str, needle: &str) -> Option<Span> {
        let folded = |text: &str| -> Vec<(Span, String)> {
            words(text).map(|(span, _)| (span, span.of(text).to_ascii_lowercase())).collect()
        };
        let (text, needle) = (folded(text), folded(needle));
        let agrees = |at: &&[(Span, String)]| at.iter().zip(&needle).all(|(a, b)| a.1 == b.1);
        let row = text.windows(needle.len().max(1)).find(agrees).filter(|_| !needle.is_empty())?;
        Some(Span { start: row[0].0.start, end: row[row.len() - 1].0.end })
    }

    #[test]
    fn numbers_are_not_cut() {
        let is_cut = |text: &str, needle: &str| cuts_number(text, find(text, needle).expect("stands there"));
        for (text, needle) in
            [("rating 8.1", "8"), ("rating 8.1", "1"), ("1,234 rooms", "1"), ("1,234", "234")]
        {
            assert!(is_cut(text, needle), "{needle} in {text}");
        }
        for (text, needle) in [
            ("rating 8.1", "8.1"),
            ("8.", "8"),
            ("1, 234", "234"),
            ("5,6", "6"),
            ("v2.txt", "txt"),
            ("1,2345", "2345"),
            ("10:30", "30"),
            ("1.234.5", "1.234.5"),
            ("", ""),
            ("a", "a"),
        ]
        .into_iter()
        .filter(|(text, needle)| find(text, needle).is_some())
        {
            assert!(!is_cut(text, needle), "{needle} in {text}");
        }
    }

    #[test]
    fn words_that_are_alike_have_other_hashes() {
        let numbers = (0..100_000).map(|number| number.to_string());
        let repeated = (1..40).flat_map(|length| ["a", "5"].map(|letter| letter.repeat(length)));
        let words: std::collections::HashSet<String> = numbers.chain(repeated).collect();
        let hashes: std::collections::HashSet<u64> = words.iter().map(|word| hash(word.as_bytes())).collect();
        assert_eq!(hashes.len(), words.len());
    }

    proptest::proptest! {
        #[test]
        fn finds_what_a_naive_search_finds(text in "([abAB1é東京_ .’-]|ab ){0,24}", needle in "[abAB1é東_ .-]{0,5}") {
            proptest::prop_assert_eq!(find(&text, &needle), naive_find(&text, &needle));
        }

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
