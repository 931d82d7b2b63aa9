//! The same error message once more: the agent learned nothing from it.

use std::collections::HashSet;

use super::{Hit, Signals, is_call, tokens};
use crate::text::hash::Seeded;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call failed with the message of an earlier failure.";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut seen = HashSet::with_hasher(Seeded::default());
    signals
        .steps()
        .filter(|(_, step)| is_call(step) && step.status.is_error())
        .filter(|(_, step)| !seen.insert(tokens::hash_text(step.step.observation.unwrap_or("").trim())))
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn finds_the_same_message() {
        let steps =
            vec![call("a", "1", "Error: no"), call("b", "2", "Error: other"), call("c", "3", "Error: no")];
        assert_eq!(steps_of("same_error_twice", &run("?", steps, None)), [2]);
    }
}
