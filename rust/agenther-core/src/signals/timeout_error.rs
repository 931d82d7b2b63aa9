//! A call that was not answered in time.
//!
//! At most three hits on any labelled source: unmeasured.

use super::tool_status::ErrorCause;
use super::{Hit, Signals, errors_of};

/// What a hit is.
pub const SUMMARY: &str = "A call failed because no answer came in time.";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    errors_of(signals, ErrorCause::Timeout)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn other_causes_do_not_count() {
        let steps = vec![
            call("get_x", "1", "Error: something else"),
            call("get_x", "1", "Error: request timed out"),
            call("get_x", "1", "ok"),
        ];
        assert_eq!(steps_of("timeout_error", &run("?", steps, None)), [1]);
    }
}
