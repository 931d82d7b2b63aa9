//! A call refused because there were too many: rate limits and quotas.
//!
//! No hit on a labelled run: unmeasured.

use super::tool_status::ErrorCause;
use super::{Hit, Signals, errors_of};

/// What a hit is.
pub const SUMMARY: &str = "A call failed because there had been too many.";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    errors_of(signals, ErrorCause::RateLimit)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn other_causes_do_not_count() {
        let steps = vec![
            call("get_x", "1", "Error: something else"),
            call("get_x", "1", "Error: rate limit exceeded"),
            call("get_x", "1", "ok"),
        ];
        assert_eq!(steps_of("rate_limit_error", &run("?", steps, None)), [1]);
    }
}
