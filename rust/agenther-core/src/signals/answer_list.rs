//! The answer to a question for a fact names several things.
//!
//! More of such runs fail on four of five sources (263 hits; on one .98 of 43, base rate .74): what was found is
//! not told apart from what lies beside it.

use super::long_answer::wants_a_fact;
use super::{Hit, Signals, tokens};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The final answer to a question that a few words answer lists several things, with commas or \"and\".";

/// At most one hit: the answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let lists = signals.answer().is_some_and(lists) && wants_a_fact(signals);
    if lists { vec![Hit::field(Field::FinalAnswer)] } else { Vec::new() }
}

/// Whether a text has "and", or a comma that is not within a number or a date.
fn lists(text: &str) -> bool {
    let commas = || {
        text.match_indices(',').any(|(at, _)| text[at + 1..].trim_start().starts_with(char::is_alphabetic))
    };
    commas() || tokens::words(text).any(|word| word.eq_ignore_ascii_case("and"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn numbers_and_dates_have_commas_of_their_own() {
        let count = |answer| {
            hits("answer_list", &run("Who wrote it?", vec![call("finish", answer, "")], Some(answer))).len()
        };
        assert_eq!(count("Ann and Bob"), 1);
        assert_eq!(count("Ann, Bob"), 1);
        assert_eq!(count("1,200"), 0);
        assert_eq!(count("May 3, 1961"), 0);
        assert_eq!(count("Andy"), 0);
    }
}
