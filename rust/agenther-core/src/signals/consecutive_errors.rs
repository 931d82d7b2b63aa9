//! Errors in a row.

use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call failed, and so did the call before it.";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut failed_before = false;
    signals
        .steps()
        .filter(|(_, step)| is_call(step))
        .filter(|(_, step)| {
            let failed = step.status.is_error();
            std::mem::replace(&mut failed_before, failed) && failed
        })
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn finds_errors_in_a_row() {
        let (bad, good) = (call("get", "1", "Error: no"), call("get", "2", "{\"a\": 1}"));
        assert_eq!(steps_of("consecutive_errors", &run("?", vec![bad, good, bad, bad], None)), [3]);
    }
}
