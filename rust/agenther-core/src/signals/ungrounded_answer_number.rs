//! A number in the answer that the run had never seen.

use super::effect::is_purposeful;
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A number in the final answer stands in no observation, policy or user turn, nor follows from those that do.";

/// One hit for each such number. What runs code computes may be no simple sum of what was seen.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut calls = signals.steps().filter(|(_, step)| is_call(step)).peekable();
    let told =
        calls.peek().is_some() && calls.all(|(_, step)| is_purposeful(step.step.action_name.unwrap_or("")));
    if !told || signals.is_cut() {
        return Vec::new();
    }
    signals.grounded().ungrounded(Field::FinalAnswer)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn sums_and_rewritings_are_grounded() {
        let steps = vec![call("get_price", "{}", r#"{"a": 1200.50, "b": 300}"#)];
        let count = |answer| hits("ungrounded_answer_number", &run("?", steps.clone(), Some(answer))).len();
        assert_eq!(count("A costs $1,200.50 and B $300, $1500.50 in all."), 0);
        assert_eq!(count("A costs $999."), 1);
        assert_eq!(count("There are 2 of them."), 0);
    }
}
