//! The language of a text, by its script and its commonest words.

use std::sync::LazyLock;

use super::super::phrases::Phrases;
use crate::text::bytes::Words;
use crate::text::table::Table;

/// Languages that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(&'static str);

/// The commonest words of languages in Latin script, those left out that two of them share.
#[rustfmt::skip]
const WORDS: &[(&str, &[&str])] = &[
    ("english", &["the", "and", "of", "is", "are", "was", "with", "for", "that", "this", "you", "your", "have", "it", "from", "not"]),
    ("spanish", &["el", "los", "las", "una", "y", "es", "con", "por", "para", "está", "su", "como", "del", "usted", "más"]),
    ("french", &["le", "les", "des", "et", "est", "une", "dans", "pour", "pas", "vous", "sur", "avec", "du", "qui", "au", "il"]),
    ("german", &["der", "die", "das", "und", "ist", "nicht", "ein", "eine", "mit", "für", "auf", "von", "zu", "sie", "ich", "den"]),
    ("italian", &["il", "che", "è", "di", "della", "sono", "una", "gli", "nel", "alla", "più", "questo", "anche", "ha"]),
    ("portuguese", &["o", "os", "uma", "não", "é", "do", "da", "em", "você", "são", "dos", "mais", "ao", "pelo", "seu"]),
    ("dutch", &["het", "een", "en", "niet", "zijn", "voor", "met", "op", "aan", "dat", "ik", "je", "wordt", "naar"]),
];

/// Scripts that one language, or a few that are told by it alone, use.
const SCRIPTS: &[(&str, std::ops::RangeInclusive<char>)] = &[
    ("japanese", '\u{3040}'..='\u{30FF}'),
    ("korean", '\u{AC00}'..='\u{D7AF}'),
    ("chinese", '\u{4E00}'..='\u{9FFF}'),
    ("russian", '\u{0400}'..='\u{04FF}'),
    ("arabic", '\u{0600}'..='\u{06FF}'),
    ("hindi", '\u{0900}'..='\u{097F}'),
    ("greek", '\u{0370}'..='\u{03FF}'),
    ("hebrew", '\u{0590}'..='\u{05FF}'),
    ("thai", '\u{0E00}'..='\u{0E7F}'),
];

/// A text is read that far: some sixty words tell.
const HEAD: usize = 400;

/// Whether a text may name a language.
pub fn may_name(text: &str) -> bool {
    static NAMES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&names().collect::<Vec<_>>()));
    NAMES.are_in(text)
}

fn names() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(name, _)| *name).chain(SCRIPTS.iter().map(|(name, _)| *name))
}

/// The language that a word names.
pub fn named(word: &str) -> Option<Language> {
    names().find(|name| word.eq_ignore_ascii_case(name)).map(Language)
}

/// The language of a text that is long enough to tell, where one stands out.
pub fn of(text: &str) -> Option<Language> {
    let text = crate::text::cut::head(text, HEAD);
    by_script(text).or_else(|| by_words(text))
}

fn by_script(text: &str) -> Option<Language> {
    if text.is_ascii() {
        return None;
    }
    let (mut letters, mut in_script) = (0, [0usize; SCRIPTS.len()]);
    for c in text.chars() {
        letters += usize::from(c.is_alphabetic());
        if !c.is_ascii()
            && let Some(at) = SCRIPTS.iter().position(|(_, range)| range.contains(&c))
        {
            in_script[at] += 1;
        }
    }
    // Japanese is told by its syllables, which stand between Chinese characters.
    std::iter::zip(SCRIPTS, in_script)
        .find(|((name, _), count)| {
            let share = if *name == "japanese" { 5 } else { 2 };
            letters >= 8 && count * share > letters
        })
        .map(|((name, _), _)| Language(name))
}

/// At least three of its commonest words, a tenth of all, and twice as many as of any other language.
fn by_words(text: &str) -> Option<Language> {
    let mut counts = [0usize; WORDS.len()];
    let mut all = 0;
    let mut count = |word: &str| {
        all += 1;
        let mut languages = COMMON.get(word).unwrap_or(0);
        while languages != 0 {
            counts[languages.trailing_zeros() as usize] += 1;
            languages &= languages - 1;
        }
    };
    if text.is_ascii() {
        Words::of_letters(text).for_each(|(start, end)| count(&text[start..end]));
    } else {
        text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).for_each(&mut count);
    }
    let best = (0..WORDS.len()).max_by_key(|at| counts[*at])?;
    let second = (0..WORDS.len()).filter(|at| *at != best).map(|at| counts[at]).max()?;
    let stands_out = counts[best] >= 3 && counts[best] * 10 >= all && counts[best] >= 2 * second;
    (all >= 8 && stands_out).then_some(Language(WORDS[best].0))
}

/// How many words [`WORDS`] has.
const COUNT: usize = {
    let (mut count, mut at) = (0, 0);
    while at < WORDS.len() {
        count += WORDS[at].1.len();
        at += 1;
    }
    count
};

/// The languages that have a word among their commonest: a bit for each position in [`WORDS`].
static COMMON: Table<u8, COUNT> = {
    let mut entries = [("", 0); COUNT];
    let (mut filled, mut language) = (0, 0);
    while language < WORDS.len() {
        let words = WORDS[language].1;
        let mut at = 0;
        while at < words.len() {
            entries[filled] = (words[at], languages_of(words[at]));
            (filled, at) = (filled + 1, at + 1);
        }
        language += 1;
    }
    Table::of(entries)
};

const fn languages_of(word: &str) -> u8 {
    let (mut languages, mut language) = (0, 0);
    while language < WORDS.len() {
        let words = WORDS[language].1;
        let mut at = 0;
        while at < words.len() {
            languages |= (equal(words[at].as_bytes(), word.as_bytes()) as u8) << language;
            at += 1;
        }
        language += 1;
    }
    languages
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_languages_apart() {
        for (text, language) in [
            ("The flight is booked and you will have your ticket from the airline.", "english"),
            ("El vuelo está reservado y los billetes son para usted por correo.", "spanish"),
            ("Le vol est réservé et vous avez les billets dans votre boîte.", "french"),
            ("Der Flug ist gebucht und die Karte liegt nicht auf dem Tisch.", "german"),
            ("Рейс забронирован, билеты отправлены.", "russian"),
            ("フライトを予約しました。", "japanese"),
            ("航班已经预订，机票已经发送给您。", "chinese"),
        ] {
            assert_eq!(of(text), named(language), "{text}");
        }
        for text in
            ["42", "Paris", "print(x) # run 1 2 3", "", "SELECT a, b FROM t WHERE c = 1 AND d = 2 ORDER BY e"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
