//! What was looked for is not there.

use super::tool_status::{ErrorCause, Status, is_silent};
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "A call reports that what it looked for does not exist, or returns an explicitly empty result.";

/// One hit for each such call. A silent observation says nothing: commands that work are silent.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    signals
        .steps()
        .filter(|(_, step)| is_call(step))
        .filter(|(_, step)| match step.status {
            Status::Error(cause) => cause == ErrorCause::NotFound,
            Status::Empty => step.step.observation.is_some_and(|text| !is_silent(text)),
            Status::Ok | Status::NoCall => false,
        })
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn silence_is_not_absence() {
        let steps = vec![
            call("search", "x", "No results found."),
            call("bash", "touch a", "[Executed Successfully with No Output]"),
            call("get", "1", "Error: user not found"),
            call("get", "1", "Error: timed out"),
        ];
        assert_eq!(steps_of("not_found", &run("?", steps, None)), [0, 2]);
    }
}
