//! The answer to a question for a fact is a phrase of common words: neither a name nor a number.
//!
//! Such a phrase can be worded in many ways, and an agent that found no name describes what it saw. More of these runs fail
//! on all four sources with ten hits (118 hits, .73 to 1.00, base rates .57 to .74).

use super::answer_observed::{Phrase, short_answer};
use super::long_answer::wants_a_fact;
use super::{Hit, Signals, results};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The final answer to a question that a few words answer has neither a capital nor a digit, and stands not in the question.";

/// At most one hit: the answer. Numbers are written out too, so that a question for one is left alone.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let (Some(answer), Some(prompt)) = (short_answer(signals), signals.run().original_prompt) else {
        return Vec::new();
    };
    let is_common = || {
        answer.chars().any(char::is_lowercase) && !answer.chars().any(|c| c.is_uppercase() || c.is_numeric())
    };
    let asked = || results::has_word(prompt, &["how"]) || Phrase::new(answer).is_in(prompt);
    if is_common() && wants_a_fact(signals) && !asked() {
        vec![Hit::field(Field::FinalAnswer)]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn names_and_numbers_are_no_common_words() {
        let count = |prompt, answer| {
            hits("small_letter_answer", &run(prompt, vec![call("finish", answer, "")], Some(answer))).len()
        };
        assert_eq!(count("What is Ann Lee known for?", "her paintings of the sea"), 1);
        assert_eq!(count("What is Ann Lee known for?", "The paintings"), 1);
        assert_eq!(count("Who painted it?", "Ann Lee"), 0);
        assert_eq!(count("When was it painted?", "1901"), 0);
        assert_eq!(count("Is it red or dark blue?", "dark blue"), 0);
        assert_eq!(count("How many are there?", "three"), 0);
        assert_eq!(count("Is it red?", "yes"), 0);
        assert_eq!(count("Paint it.", "it is painted"), 0);
        assert_eq!(count("谁画的？", "安娜"), 0);
    }
}
