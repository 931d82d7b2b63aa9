//! The same tool called again with the same arguments, whatever lies between.

use std::collections::HashSet;

use super::{Hit, Signals};
use crate::text::hash::Seeded;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call repeats an earlier one: same tool, same arguments but for case, white space and the order of keys.";

/// One hit for each call that repeats an earlier one.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let calls = signals.calls();
    let mut seen = HashSet::with_capacity_and_hasher(calls.steps.len(), Seeded::default());
    std::iter::zip(&calls.steps, &calls.identity)
        .filter(|(_, identity)| !seen.insert(**identity))
        .map(|(step, _)| Hit::step(*step, Field::ActionInput))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn finds_each_repeat() {
        let again = call("get", r#"{"id": 1}"#, "x");
        let other = call("get", r#"{"id": 2}"#, "y");
        let run = run("?", vec![again, other, call("get", r#"{ "id":1 }"#, "x"), again], None);
        assert_eq!(steps_of("repeated_action", &run), [2, 3]);
    }

    #[test]
    fn replies_do_not_count() {
        let run = run("?", vec![call("finish", "a", ""), call("finish", "a", "")], None);
        assert!(steps_of("repeated_action", &run).is_empty());
    }
}
