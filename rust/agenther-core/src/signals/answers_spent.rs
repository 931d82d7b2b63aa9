//! The answers, or attempts at one, that the run was allowed are used up.
//!
//! On MINT, which allows two, .50 to 1.00 of the runs with a hit fail (106 hits on six parts, base rates .29 to .72): a run
//! whose first answer is right gives no second.

use super::budget::{self, Unit};
use super::{Hit, Signals};

/// What a hit is.
pub const SUMMARY: &str = "The run was told how many answers or attempts it has, and used all of them up.";

/// At most one hit: where the budget is stated, counted down or said to be used up.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let said = budget::notice(signals, Unit::Answer);
    said.or_else(|| budget::used_up(signals, Unit::Answer)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};
    use crate::trajectory::Trajectory;

    #[test]
    fn what_is_left_is_read_in_whatever_words() {
        for (observation, expected) in [
            ("Wrong. You have 0 attempts remaining", 1),
            ("Wrong. You have 2 attempts remaining", 0),
            ("No more guesses left.", 1),
            ("attempt 3/5", 0),
            ("Attempt 5 of 5 failed", 1),
            (r#"{"correct": false, "attempts_left": 0}"#, 1),
            ("You have 3 steps and 0 chances to propose a solution left.", 1),
            ("You have 0 steps and 1 chances to propose a solution left.", 0),
            ("Maximum number of attempts reached", 1),
            ("0 steps left", 0),
        ] {
            let steps = vec![call("check", "41", "Wrong."), call("check", "42", observation)];
            assert_eq!(hits("answers_spent", &run("?", steps, None)).len(), expected, "{observation}");
        }
    }

    #[test]
    fn answers_are_counted_against_what_is_stated() {
        let count = |system, answers: usize| {
            let steps = vec![call("finish", "42", ""); answers];
            hits("answers_spent", &Trajectory { system: Some(system), ..run("?", steps, None) }).len()
        };
        for system in [
            "You can only propose a solution 2 times.",
            "You have two attempts.",
            "Submit at most 2 answers.",
        ] {
            assert_eq!([count(system, 1), count(system, 2)], [0, 1], "{system}");
        }
        assert_eq!(count("Answer 2 questions.", 2), 0);
    }

    #[test]
    fn the_same_call_after_the_last_count_is_another_attempt() {
        let wrong = call("check", "41", "Wrong. You have 1 attempts remaining");
        let last = call("check", "42", "");
        assert_eq!(hits("answers_spent", &run("?", vec![wrong, last], None)).len(), 1);
        assert_eq!(hits("answers_spent", &run("?", vec![wrong, call("look", "1", "x")], None)).len(), 0);
    }
}
