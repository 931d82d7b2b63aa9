//! A call refused for want of a right: unauthorised, forbidden, no key.
//!
//! Unmeasured where it could tell: its 34 hits on InterCode bash are on a source that always fails.

use super::tool_status::ErrorCause;
use super::{Hit, Signals, errors_of};

/// What a hit is.
pub const SUMMARY: &str = "A call failed because the agent may not do what it asked for.";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    errors_of(signals, ErrorCause::Auth)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn other_causes_do_not_count() {
        let steps = vec![
            call("get_x", "1", "Error: something else"),
            call("get_x", "1", "Error: 401 Unauthorized"),
            call("get_x", "1", "ok"),
        ];
        assert_eq!(steps_of("auth_error", &run("?", steps, None)), [1]);
    }
}
