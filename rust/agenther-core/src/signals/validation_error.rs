//! A call whose arguments were refused: invalid, missing, malformed.
//!
//! P(failure | hit) is weak: WebShop .72 of 57 (base rate .64), InterCode SQL .60 of 10 and .70 of 23 (base
//! rates .41 and .26).

use super::tool_status::ErrorCause;
use super::{Hit, Signals, errors_of};

/// What a hit is.
pub const SUMMARY: &str = "A call failed because its arguments were refused.";

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    errors_of(signals, ErrorCause::Validation)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn other_causes_do_not_count() {
        let steps = vec![
            call("get_x", "1", "Error: something else"),
            call("get_x", "1", "Error: invalid date"),
            call("get_x", "1", "ok"),
        ];
        assert_eq!(steps_of("validation_error", &run("?", steps, None)), [1]);
    }
}
