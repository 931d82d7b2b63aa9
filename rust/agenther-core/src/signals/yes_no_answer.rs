//! The answer is yes or no: it can be right without standing in any observation.

use super::{Hit, Signals, tokens};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The final answer is yes or no.";

/// At most one hit.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    signals
        .answer()
        .filter(|answer| is_yes_no(answer))
        .map(|_| Hit::field(Field::FinalAnswer))
        .into_iter()
        .collect()
}

/// Whether an answer is yes or no and hardly more.
pub fn is_yes_no(answer: &str) -> bool {
    answer.len() <= 40
        && tokens::words(answer).next().is_some_and(|word| {
            ["yes", "no", "true", "false"].iter().any(|known| word.eq_ignore_ascii_case(known))
        })
        && tokens::words(answer).count() <= 2
}

#[cfg(test)]
mod tests {
    use super::super::testing::{hits, run};

    #[test]
    fn finds_yes_and_no() {
        for (answer, expected) in
            [("Yes", 1), ("no.", 1), ("No country for old men", 0), ("Paris", 0), ("", 0)]
        {
            assert_eq!(hits("yes_no_answer", &run("?", vec![], Some(answer))).len(), expected, "{answer}");
        }
    }
}
