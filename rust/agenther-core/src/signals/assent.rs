//! Whether a user agreed to what was proposed.

use super::tokens::words;
use crate::text::table::Words;

/// Words by which people agree, wherever in the turn they stand.
static YES: Words<17> = Words::of([
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "ok",
    "okay",
    "confirm",
    "confirmed",
    "proceed",
    "correct",
    "agreed",
    "absolutely",
    "definitely",
    "approve",
    "approved",
    "perfect",
]);

/// Pairs of words by which people agree.
const YES_PAIRS: &[(&str, &str)] = &[
    ("go", "ahead"),
    ("do", "it"),
    ("sounds", "good"),
    ("looks", "good"),
    ("that", "works"),
    ("please", "do"),
];

/// Whether a turn of the user says yes.
pub fn agrees(turn: &str) -> bool {
    let mut previous = "";
    words(turn).any(|word| {
        let is = |text: &str, known: &str| text.eq_ignore_ascii_case(known);
        let yes =
            YES.has(word) || YES_PAIRS.iter().any(|(first, second)| is(previous, first) && is(word, second));
        previous = word;
        yes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hears_a_yes() {
        assert!(agrees("Yes, please."));
        assert!(agrees("That is right, go ahead!"));
        assert!(!agrees("What would it cost? I have no idea yet."));
    }
}
