//! A write that was refused.

use super::effect::Effect;
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call that changes something failed.";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    signals
        .steps()
        .filter(|(_, step)| is_call(step) && step.effect == Effect::Write && step.status.is_error())
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn reads_do_not_count() {
        let steps = vec![
            call("get_x", "1", "Error: no"),
            call("update_x", "1", "Error: no"),
            call("update_x", "1", "ok"),
        ];
        assert_eq!(steps_of("write_error", &run("?", steps, None)), [1]);
    }
}
