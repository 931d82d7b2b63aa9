//! The run ends on a long message.

use super::{Hit, Signals, tokens};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The final answer has 64 words or more.";

const WORDS: usize = 64;

/// At most one hit. Agents that did what was asked say so in a line; those that could not explain
/// themselves or list what is left.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let long = signals.answer().is_some_and(|answer| tokens::words(answer).take(WORDS).count() == WORDS);
    long.then(|| Hit::field(Field::FinalAnswer)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{hits, run};

    #[test]
    fn counts_words() {
        let count =
            |words: usize| hits("long_last_words", &run("?", vec![], Some(&"word ".repeat(words)))).len();
        assert_eq!((count(63), count(64)), (0, 1));
    }
}
