//! Looking at bytes eight at a time, by arithmetic on words.
//!
//! Keys, words and values are mostly shorter than a search by vectors takes to begin, and the engine is
//! built for machines without them too.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const LOW: u64 = ONES * 0x7F;
const HIGH: u64 = ONES << 7;

/// How many bytes are looked at together for words.
const BLOCK: usize = 64;

/// The first of two bytes from `at` on. What is longer than a few words is left to a search by vectors.
#[inline]
pub fn find_either(bytes: &[u8], mut at: usize, first: u8, second: u8) -> Option<usize> {
    const WORDS: usize = 4;
    let (firsts, seconds) = (ONES * u64::from(first), ONES * u64::from(second));
    // The lowest bit that this leaves is that of the first byte that is zero.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    for _ in 0..WORDS {
        let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) else { break };
        let word = u64::from_le_bytes(*chunk);
        let found = zeros(word ^ firsts) | zeros(word ^ seconds);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + memchr::memchr2(first, second, bytes.get(at..)?)?)
}

/// The first digit from `at` on.
pub fn find_digit(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(chunk) = bytes.get(at..)?.first_chunk::<8>() {
        // A digit differs from `0` by less than ten, in the lower seven bits and in the highest.
        let from_zero = u64::from_le_bytes(*chunk) ^ (ONES * u64::from(b'0'));
        let digits = !(((from_zero & LOW) + ONES * (0x80 - 10)) | from_zero) & HIGH;
        if digits != 0 {
            return Some(at + digits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + bytes[at..].iter().position(u8::is_ascii_digit)?)
}

/// The bytes behind the last whole eight, as a number: with the length of the text, no two are alike. They
/// are read as two halves that overlap, since a copy of unknown length is a call.
#[inline]
pub fn tail(bytes: &[u8]) -> u64 {
    let rest = &bytes[bytes.len() / 8 * 8..];
    let byte = |at: usize| u64::from(rest[at]);
    match rest.len() {
        0 => 0,
        length @ 1..4 => byte(0) | byte(length / 2) << 8 | byte(length - 1) << 16,
        length => {
            let half = |at: usize| rest[at..].first_chunk().map_or(0, |half| u32::from_le_bytes(*half));
            u64::from(half(0)) | u64::from(half(length - 4)) << 32
        }
    }
}

/// Whether a text has these letters of ASCII, whatever their case.
pub fn has_letters(text: &str, letters: &str) -> bool {
    text.as_bytes().windows(letters.len()).any(|part| part.eq_ignore_ascii_case(letters.as_bytes()))
}

/// Eight bytes with the capitals of ASCII in small letters.
#[inline]
pub fn in_small_letters(word: u64) -> u64 {
    let reaches = |byte: u8| (word & LOW) + ONES * u64::from(0x80 - byte);
    let capitals = reaches(b'A') & !reaches(b'Z' + 1) & !word & HIGH;
    word | (capitals >> 2)
}

/// A text of at most sixteen bytes as a number, the first byte lowest. The halves of a word are read so that they
/// overlap, since a copy of unknown length is a call.
#[inline]
pub fn packed(text: &[u8]) -> Option<u128> {
    let last = |bytes: usize| 8 * (text.len() - bytes);
    Some(match (text.first_chunk(), text.last_chunk(), text.first_chunk(), text.last_chunk()) {
        _ if text.len() > 16 => return None,
        (Some(start), Some(end), ..) => {
            u128::from(u64::from_le_bytes(*start)) | u128::from(u64::from_le_bytes(*end)) << last(8)
        }
        (.., Some(start), Some(end)) => {
            u128::from(u64::from(u32::from_le_bytes(*start)) | u64::from(u32::from_le_bytes(*end)) << last(4))
        }
        _ => text.iter().rev().fold(0, |packed, byte| (packed << 8) | u128::from(*byte)),
    })
}

/// The bytes from `start` to `end`, at most eight, as a number with the first one lowest.
#[inline]
pub fn load(bytes: &[u8], start: usize, end: usize) -> u64 {
    match bytes.get(start..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => first(u64::from_le_bytes(*chunk), end - start),
        None => bytes[start..end].iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
    }
}

/// The first `count` bytes of eight.
#[inline]
pub fn first(word: u64, count: usize) -> u64 {
    if count < 8 { word & ((1 << (8 * count)) - 1) } else { word }
}

/// The highest bit of each of eight bytes that is white space.
#[inline]
pub fn blanks(word: u64) -> u64 {
    let reaches = |byte: u8| (word & LOW) + ONES * u64::from(0x80 - byte);
    let equals = |byte: u8| !reaches(byte + 1) & reaches(byte);
    let controls = reaches(b'\t') & !reaches(b'\r' + 1) & !equals(0x0B);
    (controls | equals(b' ')) & !word & HIGH
}

/// Where the words of a text begin and end: runs of letters and digits, bytes beyond ASCII among them.
#[derive(Debug, Clone)]
pub struct Words<'t> {
    bytes: &'t [u8],
    /// Whether digits are part of words.
    digits: bool,
    /// Where a block of bytes begins, a bit for each of which tells whether a word begins or ends there.
    block: usize,
    edges: u64,
    /// Where the next block begins, and whether a word goes on into it.
    next: usize,
    goes_on: bool,
}

impl<'t> Words<'t> {
    /// The words of a text.
    pub fn new(text: &'t str) -> Self {
        Words { bytes: text.as_bytes(), digits: true, block: 0, edges: 0, next: 0, goes_on: false }
    }

    /// The runs of letters of a text, bytes beyond ASCII among them.
    pub fn of_letters(text: &'t str) -> Self {
        Words { digits: false, ..Words::new(text) }
    }

    #[inline]
    fn edge(&mut self) -> Option<usize> {
        while self.edges == 0 {
            if self.next >= self.bytes.len() {
                return std::mem::take(&mut self.goes_on).then_some(self.bytes.len());
            }
            self.read_block();
        }
        let at = self.block + self.edges.trailing_zeros() as usize;
        self.edges &= self.edges - 1;
        Some(at)
    }

    fn read_block(&mut self) {
        let rest = &self.bytes[self.next..];
        let mask = match rest.first_chunk::<BLOCK>() {
            Some(block) => word_mask(block, self.digits),
            None => {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                word_mask(&block, self.digits)
            }
        };
        self.edges = mask ^ ((mask << 1) | u64::from(self.goes_on));
        self.goes_on = mask >> 63 != 0;
        (self.block, self.next) = (self.next, self.next + BLOCK);
    }
}

impl Iterator for Words<'_> {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<(usize, usize)> {
        Some((self.edge()?, self.edge()?))
    }
}

/// A bit for each byte that is part of a word.
fn word_mask(block: &[u8; BLOCK], digits: bool) -> u64 {
    let (eights, _) = block.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| {
        // Gathers the highest bits of eight bytes in one.
        let word = u64::from_le_bytes(*eight);
        let bits = (letters(word) | if digits { self::digits(word) } else { 0 }) >> 7;
        (mask << 8) | (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56)
    })
}

/// The highest bit of each of eight bytes that is a letter, or beyond ASCII.
#[inline]
fn letters(word: u64) -> u64 {
    let small = word | (ONES * 0x20);
    let reaches = |byte: u8| (small & LOW) + ONES * u64::from(0x80 - byte);
    ((reaches(b'a') & !reaches(b'z' + 1)) | word) & HIGH
}

/// The highest bit of each of eight bytes of ASCII that is a digit. Of others it says nothing.
#[inline]
fn digits(word: u64) -> u64 {
    let reaches = |byte: u8| (word & LOW) + ONES * u64::from(0x80 - byte);
    reaches(b'0') & !reaches(b'9' + 1) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_are_those_of_ascii() {
        for byte in 0..=u8::MAX {
            let bytes = [byte, b'A', byte, 0xFF, byte, b'[', 0, byte];
            let expected = bytes.map(|byte| byte.to_ascii_lowercase());
            assert_eq!(in_small_letters(u64::from_le_bytes(bytes)).to_le_bytes(), expected);
        }
    }

    #[test]
    fn words_are_told_from_what_is_between_them() {
        for byte in 0..=u8::MAX {
            let word = load(&[byte; 3], 0, 3);
            let expected = byte.is_ascii_alphanumeric() || !byte.is_ascii();
            assert_eq!(letters(word) | digits(word), if expected { 0x80_8080 } else { 0 }, "{byte}");
            assert_eq!(blanks(word), if byte.is_ascii_whitespace() { 0x80_8080 } else { 0 }, "{byte}");
        }
    }

    proptest::proptest! {
        #[test]
        fn short_texts_are_packed(text in "[a-z\\x00é]{0,18}") {
            let mut bytes = [0; 16];
            let expected = bytes.get_mut(..text.len()).map(|start| start.copy_from_slice(text.as_bytes()));
            proptest::prop_assert_eq!(packed(text.as_bytes()), expected.map(|()| u128::from_le_bytes(bytes)));
        }

        #[test]
        fn words_are_found_wherever_they_stand(text in "([a-zA-Z0-9_ .,éß-]{1,9}|[a-c]{40,140}){0,12}") {
            let in_word = |c: &char| c.is_ascii_alphanumeric() || !c.is_ascii();
            let expected: Vec<&str> = text.split(|c| !in_word(&c)).filter(|word| !word.is_empty()).collect();
            let found: Vec<&str> = Words::new(&text).map(|(start, end)| &text[start..end]).collect();
            proptest::prop_assert_eq!(found, expected);
        }

        #[test]
        fn bytes_are_found_wherever_they_stand(text in "[a-z\"\\\\/:;0-9\\u{b0}-\\u{b9}é]{0,60}", at in 0usize..60) {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            let first = |wanted: fn(&u8) -> bool| bytes[at..].iter().position(wanted).map(|ahead| at + ahead);
            proptest::prop_assert_eq!(find_digit(bytes, at), first(u8::is_ascii_digit));
            proptest::prop_assert_eq!(find_either(bytes, at, b'"', b'\\'), first(|byte| matches!(byte, b'"' | b'\\')));
        }
    }
}
