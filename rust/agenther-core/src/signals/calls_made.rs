//! How many calls the run made: long runs fail more often.

use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call, replies and terminal actions apart.";

/// One hit for each call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    signals.calls().steps.iter().map(|step| Hit::step(*step, Field::ActionName)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};

    #[test]
    fn replies_do_not_count() {
        let steps = vec![call("get", "1", "x"), reply("well"), call("get", "2", "y")];
        assert_eq!(steps_of("calls_made", &run("?", steps, None)), [0, 2]);
    }
}
