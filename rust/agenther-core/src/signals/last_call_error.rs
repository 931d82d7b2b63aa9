//! The run ended on an error.

use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last call, replies and terminal actions apart, failed.";

/// At most one hit: the last call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    signals
        .last_call()
        .filter(|(_, step)| step.status.is_error())
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};

    #[test]
    fn only_the_last_call_counts() {
        let error = call("get", "1", "Error: no");
        let fine = call("get", "2", "{\"a\": 1}");
        assert_eq!(steps_of("last_call_error", &run("?", vec![fine, error, reply("Sorry")], None)), [1]);
        assert!(steps_of("last_call_error", &run("?", vec![error, fine], None)).is_empty());
    }
}
