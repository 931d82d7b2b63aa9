//! A call that says nearly the same as one of the calls just before.

use super::tokens::{WordSet, near_duplicates};
use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The words of a call are nearly those of one of the twelve calls before it (Jaccard at least 0.8).";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let steps = &signals.calls().steps;
    if steps.len() < 2 {
        return Vec::new();
    }
    let sets: Vec<_> = steps
        .iter()
        .map(|&at| {
            let step = &signals.run().steps[at];
            WordSet::of_texts(&[step.action_name.unwrap_or(""), step.action_input.unwrap_or("")])
        })
        .collect();
    near_duplicates(&sets).map(|at| Hit::step(steps[at], Field::ActionInput)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn one_word_in_many_is_no_difference() {
        let run = run(
            "?",
            vec![
                call("search", "the best cheap red running shoes for men", ""),
                call("search", "the best cheap red running shoes men", ""),
                call("search", "laptops", ""),
            ],
            None,
        );
        assert_eq!(steps_of("near_duplicate_action", &run), [1]);
    }
}
