//! Amounts that the agent told the user and had never seen.

use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A number in a reply stands in no earlier observation, policy or user turn, nor follows from those that do.";

/// One hit for each such number.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    signals.grounded().ungrounded(Field::Thought)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};

    #[test]
    fn what_is_seen_later_does_not_count() {
        let steps = vec![reply("That is $450."), call("get_price", "{}", "450"), reply("That is $450.")];
        assert_eq!(steps_of("ungrounded_amount", &run("?", steps, None)), [0]);
    }
}
