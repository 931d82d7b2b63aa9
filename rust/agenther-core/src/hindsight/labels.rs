//! Words of a rendered goal that what was returned has in another form: shorter, or as the key of a program.

use memchr::memmem::find_iter;

/// Letters from which on the beginning of a word stands for it.
const MIN_SHORT: usize = 3;

/// Longer words in capitals are shouted.
const MAX_INITIALS: usize = 6;

/// Whether every word of a text begins with a word of the answer: the maximum temperature of `Max Temp`.
pub fn is_told_in_short(text: &str, answer: &str) -> bool {
    let answer = answer.to_lowercase();
    let shorts: Vec<&str> =
        answer.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= MIN_SHORT).collect();
    let is_told = |word: &str| shorts.iter().any(|short| word.starts_with(short));
    !text.is_empty() && text.split_whitespace().all(is_told)
}

/// Whether letters in capitals begin a key of these observations: the IATA code of `iataCode`.
pub fn begins_key<'o>(initials: &str, mut observations: impl Iterator<Item = &'o str>) -> bool {
    let is_initials = (2..=MAX_INITIALS).contains(&initials.len())
        && initials.bytes().all(|byte| byte.is_ascii_uppercase());
    let folded = initials.to_ascii_lowercase();
    let begins = |text: &str, at: usize| {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let after = bytes.get(at + folded.len());
        !before.is_some_and(|byte| byte.is_ascii_alphanumeric())
            && after.is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'_')
    };
    is_initials
        && observations.any(|text| find_iter(text.as_bytes(), folded.as_bytes()).any(|at| begins(text, at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_labels_tell_what_they_stand_for() {
        let answer = "The weather in Bern: Max Temp: 21 °C; Rain: 2 mm.";
        assert!(is_told_in_short("maximum temperature rainfall", answer));
        assert!(!is_told_in_short("maximum humidity", answer));
        assert!(!is_told_in_short("", answer));
    }

    #[test]
    fn initials_begin_keys() {
        let begins = |initials, text: &str| begins_key(initials, std::iter::once(text));
        assert!(begins("IATA", r#"content='{\n "iataCode": "BRN"}'"#) && begins("VAT", "vat_number: 7"));
        assert!(!begins("IATA", "the iata says so") && !begins("VAT", "private_key: 7"));
        assert!(!begins("iata", "iataCode") && !begins("", "_"));
    }
}
