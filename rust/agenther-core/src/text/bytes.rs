//! Looking at bytes eight at a time, by arithmetic on words.
//!
//! Keys, words and values are mostly shorter than a search by vectors takes to begin, and the engine is
//! built for machines without them too.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const LOW: u64 = ONES * 0x7F;
const HIGH: u64 = ONES << 7;

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

/// Eight bytes with the capitals of ASCII in small letters.
#[inline]
pub fn in_small_letters(word: u64) -> u64 {
    let reaches = |byte: u8| (word & LOW) + ONES * u64::from(0x80 - byte);
    let capitals = reaches(b'A') & !reaches(b'Z' + 1) & !word & HIGH;
    word | capitals >> 2
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

    proptest::proptest! {
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
