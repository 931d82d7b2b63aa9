//! What language a text is in, as far as it matters to goals: English, another one in Latin letters, or another script.

use std::sync::LazyLock;

use super::wording::is_function_word;
use crate::signals::effect::in_small_letters;
use crate::text::tables::FastSet;

/// Letters and words that are looked at.
const LETTERS: usize = 2_000;
const WORDS: usize = 400;

/// Small words of the neighbours of English.
const SMALL: &[&str] = &[
    "de", "la", "el", "los", "las", "que", "por", "para", "con", "un", "una", "um", "uma", "os", "em", "meu",
    "minha", "quero", "quiero", "mi", "und", "der", "die", "das", "den", "ich", "nicht", "ein", "eine",
    "einen", "ist", "mit", "zu", "für", "mein", "meine", "mir", "am", "bitte", "nach", "von", "le", "les",
    "des", "du", "est", "une", "pour", "dans", "je", "mon", "avec", "il", "che", "di", "per", "non", "mio",
    "vorrei", "het", "een", "van", "ik", "mijn", "voor", "hola", "del", "me", "et", "ma", "bonjour",
    "voudrais", "sur", "sono", "mijne", "och", "jag", "ett", "jeg",
];

/// Whether a text is in another language than English: more letters of other scripts than Latin ones, or more of the
/// small words of its neighbours than English ones.
pub fn is_foreign(text: &str) -> bool {
    static SET: LazyLock<FastSet<&str>> = LazyLock::new(|| SMALL.iter().copied().collect());
    let (mut foreign, mut english) = (0, 0);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORDS) {
        let look = |word: &str| (SET.contains(word), is_function_word(word));
        let (is_foreign, is_english) = match word.is_ascii() {
            true => in_small_letters(word, look).unwrap_or_default(),
            false => look(&word.to_lowercase()),
        };
        foreign += usize::from(is_foreign);
        english += usize::from(is_english);
    }
    !is_latin(text) || foreign >= 2 && foreign > english
}

/// Whether a text is written in Latin letters.
pub fn is_latin(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).take(LETTERS);
    let (mut latin, mut other) = (0, 0);
    letters.for_each(|letter| if (letter as u32) < 0x250 { latin += 1 } else { other += 1 });
    other <= latin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_english_from_others() {
        for text in ["Find me a flight to La Paz, please", "Where is my order?", "", "JFK-SEA 7:30"] {
            assert!(!is_foreign(text), "{text}");
        }
        for text in
            ["Bitte buche mir einen Zug nach Hamburg", "Quiero devolver las zapatillas del pedido", "天气"]
        {
            assert!(is_foreign(text), "{text}");
        }
        assert!(is_latin("Bücher für mich") && !is_latin("книга"));
    }
}
