//! The agent goes round in circles: a cycle of one to three calls, gone through twice in a row.

use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "A cycle of one to three calls has just been gone through for the second time in a row.";

/// One hit for each call that completes a second round.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let calls = signals.calls();
    let ids = &calls.identity;
    (0..ids.len())
        .filter(|&end| {
            (1..=3).any(|period| {
                end + 1 >= 2 * period && (0..period).all(|back| ids[end - back] == ids[end - back - period])
            })
        })
        .map(|end| Hit::step(calls.steps[end], Field::ActionInput))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn finds_cycles_of_one_and_two() {
        let (a, b, c) = (call("go", "a", "1"), call("go", "b", "2"), call("go", "c", "3"));
        assert_eq!(steps_of("action_cycle", &run("?", vec![a, a], None)), [1]);
        assert_eq!(steps_of("action_cycle", &run("?", vec![c, a, b, a, b], None)), [4]);
        assert!(steps_of("action_cycle", &run("?", vec![a, b, c, a], None)).is_empty());
    }
}
