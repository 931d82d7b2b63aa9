//! The answer is pieced together: each of its words was observed, but nowhere one after the other.
//!
//! Nearly all of such runs fail on all three sources (.98 of 41 hits, base rates .57 to .74).

use std::collections::HashSet;

use super::answer_observed::short_answer;
use super::long_answer::wants_a_fact;
use super::tokens::{word_hash, words};
use super::{Hit, Signals, index_of};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The final answer to a question that a few words answer stands in no observation, but each of its words does.";

/// At most one hit: the answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let unobserved = || index_of("answer_unobserved").is_some_and(|index| !signals.hits(index).is_empty());
    let Some(answer) = short_answer(signals).filter(|_| wants_a_fact(signals) && unobserved()) else {
        return Vec::new();
    };
    let mut missing: HashSet<u64> = words(answer).map(word_hash).collect();
    for text in signals.run().steps.iter().filter_map(|step| step.observation) {
        words(text).for_each(|word| {
            missing.remove(&word_hash(word));
        });
    }
    if missing.is_empty() { vec![Hit::field(Field::FinalAnswer)] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn every_word_must_have_been_observed() {
        let pieced = |answer| {
            let steps = vec![
                call("search", "Ann Lee", "Ann Lee is a painter of the north."),
                call("search", "Ulm", "Ulm is a city of the south."),
                call("finish", answer, ""),
            ];
            hits("pieced_answer", &run("Where was she born?", steps, Some(answer))).len()
        };
        assert_eq!(pieced("north Ulm"), 1);
        assert_eq!(pieced("north Bonn"), 0);
        assert_eq!(pieced("Ulm"), 0);
    }
}
