//! The question offers two answers, and the agent gives one of them: even a guess is right half of the time.
//!
//! More of such runs succeed on all of four sources (175 hits; on one .83 of 29, base rate .33).

use super::answer_observed::{Phrase, short_answer};
use super::{Hit, Signals, results};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The prompt offers one thing or another, and the final answer is one that it names.";

/// A longer prompt is a task, in which "or" offers nothing.
const LONGEST: usize = 400;

/// At most one hit: the answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let offered = || {
        let prompt = signals.run().original_prompt.filter(|prompt| prompt.len() <= LONGEST)?;
        let answer = results::has_word(prompt, &["or"]).then(|| short_answer(signals))??;
        Phrase::new(answer).is_in(prompt).then(|| Hit::field(Field::FinalAnswer))
    };
    offered().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{hits, run};

    #[test]
    fn the_answer_is_one_of_those_offered() {
        let count = |prompt, answer| hits("offered_answer", &run(prompt, vec![], Some(answer))).len();
        assert_eq!(count("Who is older, Ann or Bob?", "Bob"), 1);
        assert_eq!(count("Who is older, Ann or Bob?", "Cid"), 0);
        assert_eq!(count("Who is Bob?", "Bob"), 0);
    }
}
