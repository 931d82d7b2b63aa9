//! A thought that says nearly the same as one of the thoughts just before.

use super::tokens::{WordSet, near_duplicates};
use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The words of a thought are nearly those of one of the twelve thoughts before it (Jaccard at least 0.8).";

/// Shorter thoughts ("OK, next.") repeat without meaning anything.
const MIN_WORDS: usize = 5;

/// One hit for each such thought.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.steps().filter(|(_, step)| step.step.thought.is_some()).take(2).count() < 2 {
        return Vec::new();
    }
    let (steps, sets): (Vec<_>, Vec<_>) = signals
        .steps()
        .filter_map(|(at, step)| Some((at, WordSet::new(step.step.thought?))))
        .filter(|(_, set)| set.count() >= MIN_WORDS)
        .unzip();
    near_duplicates(&sets).map(|at| Hit::step(steps[at], Field::Thought)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reply, run, steps_of};

    #[test]
    fn short_thoughts_do_not_count() {
        let long = reply("I should look for the drawer next to the bed");
        let run = run("?", vec![reply("OK."), reply("OK."), long, long], None);
        assert_eq!(steps_of("near_duplicate_thought", &run), [3]);
    }
}
