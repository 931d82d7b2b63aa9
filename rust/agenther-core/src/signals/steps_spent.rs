//! The steps that the run was allowed are used up.
//!
//! On MINT, which allows five, .60 to 1.00 of the runs with a hit fail on five of six parts (base rates .29 to .72; 112 hits),
//! and among failures it tells those that ran out of steps from those that ran out of answers.

use super::budget::{self, Unit};
use super::effect::Effect;
use super::tool_status::Status;
use super::{Hit, Signals};

/// What a hit is.
pub const SUMMARY: &str =
    "The run was told how many steps, turns, calls, tokens or how much time it has, and used all of it up.";

/// At most one hit: where the budget is stated, counted down or said to be used up. A run that handed in its
/// answer with the last step ended by itself, unless it was allowed another answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let said = budget::notice(signals, Unit::Step);
    let open = || !ends_with_an_answer(signals) || budget::allows_another_answer(signals);
    said.or_else(|| budget::used_up(signals, Unit::Step).filter(|_| open())).into_iter().collect()
}

fn ends_with_an_answer(signals: &Signals<'_, '_>) -> bool {
    let last = signals.steps().next_back();
    last.is_some_and(|(_, step)| match step.status {
        Status::NoCall => step.step.thought.is_some(),
        _ => step.effect == Effect::Reply,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, reply, run};
    use crate::trajectory::{Field, Step, Trajectory};

    fn after(observation: &str) -> usize {
        hits("steps_spent", &run("?", vec![call("search", "x", "y"), call("search", "z", observation)], None))
            .len()
    }

    #[test]
    fn what_is_left_is_read_in_whatever_words() {
        for (observation, expected) in [
            ("A city.\nYou have 0 steps left.", 1),
            ("You have 0 steps and 2 chances to propose a solution left.", 1),
            ("You have 1 steps left and 1 chances to propose solution left.", 0),
            ("You have 3 steps and 0 chances to propose a solution left.", 0),
            ("No more turns left", 1),
            ("0 questions left.", 1),
            ("Turn 10/10", 1),
            ("Turn 9/10", 0),
            ("Step 12 of 30", 0),
            ("iteration 5 out of 5", 1),
            (r#"{"result": "ok", "remaining_steps": 0}"#, 1),
            (r#"{"result": "ok", "remaining_steps": 3}"#, 0),
            ("Steps left: 0", 1),
            ("Remaining budget: $0.00", 1),
            ("Remaining budget: $0.03", 0),
            ("Time remaining: 0 seconds", 1),
            ("You have 0 tool calls remaining.", 1),
            ("max_iterations reached", 1),
            ("Maximum number of steps has been reached.", 1),
            ("The iteration limit was exceeded", 1),
            ("You have reached the maximum number of turns.", 1),
            ("You ran out of steps.", 1),
            ("Stopped due to iteration limit or time limit.", 1),
            ("Recursion limit of 25 reached", 1),
            ("Agent stopped due to max iterations.", 1),
            ("Sorry, need more steps to process this request.", 1),
            ("max_turns_exceeded", 1),
            ("I need more steps.", 0),
            ("The delay is due to the maximum speed of the train.", 0),
            ("You have 5 attempts left.", 0),
            ("0 attempts left", 0),
            // Of something else.
            ("0 messages left in the inbox", 0),
            ("Error: rate limit of requests exceeded", 0),
            ("The left turn is 2 steps away.", 0),
            ("There are no seats left.", 0),
            ("RecursionError: maximum recursion depth exceeded", 0),
            ("Time limit exceeded", 0),
            ("Page 3 of 3", 0),
        ] {
            assert_eq!(after(observation), expected, "{observation}");
        }
    }

    #[test]
    fn steps_after_the_last_count_are_taken_off() {
        let count = |left: &str, more: usize| {
            let shown = format!("You have {left} steps left.");
            let mut steps = vec![call("go", "north", &shown)];
            steps.extend(std::iter::repeat_n(call("go", "south", ""), more));
            hits("steps_spent", &run("?", steps, None)).len()
        };
        assert_eq!([count("2", 1), count("2", 2), count("two", 2), count("9", 3)], [0, 1, 1, 0]);
    }

    #[test]
    fn money_that_does_not_pay_for_another_step_is_spent() {
        let count = |first, second| {
            hits("steps_spent", &run("?", vec![call("a", "1", first), call("a", "2", second)], None)).len()
        };
        assert_eq!(count("Remaining budget: $0.27", "Remaining budget: $0.03"), 1);
        assert_eq!(count("Remaining budget: $2.27", "Remaining budget: $2.03"), 0);
        assert_eq!(count("1,200 tokens left", "100 tokens left"), 1);
    }

    #[test]
    fn a_stated_budget_is_held_against_the_steps() {
        let count = |prompt, system, steps: usize| {
            let steps = vec![call("search", "x", "y"); steps];
            hits("steps_spent", &Trajectory { system, ..run(prompt, steps, None) }).len()
        };
        for (system, expected) in [
            ("You have 5 chances to interact with the environment or propose a solution.", 1),
            ("Finish within 5 steps.", 1),
            ("You can use at most five tool calls", 1),
            ("Maximum of 5 turns.", 1),
            ("At most 6 steps are allowed.", 0),
            ("Make up to 5 calls per turn.", 0),
            ("The user has up to 5 attempts.", 0),
            ("Write a plan of at most 5 steps.", 0),
            ("You can only propose a solution 5 times.", 0),
            ("For example: You have 5 steps left.", 0),
        ] {
            assert_eq!(count("?", Some(system), 5), expected, "{system}");
        }
        assert_eq!(count("You have 5 steps. Open the door.", None, 5), 1);
        assert_eq!(count("Find a recipe with at most 5 steps.", None, 5), 0);
        assert_eq!(count("You have 5 steps. Open the door.", None, 4), 0);
        assert_eq!(count("You have 5 steps. Open the door.", None, 40), 0);
    }

    #[test]
    fn a_run_that_answered_with_its_last_step_ended_by_itself() {
        let system = Some("You have 2 steps.");
        let count =
            |system, steps| hits("steps_spent", &Trajectory { system, ..run("?", steps, None) }).len();
        let look = call("search", "x", "y");
        assert_eq!(count(system, vec![look, look]), 1);
        assert_eq!(count(system, vec![look, call("finish", "42", "")]), 0);
        assert_eq!(count(system, vec![look, reply("It is 42.")]), 0);
        let answers = Some("You have 2 steps. You can only propose a solution 2 times.");
        assert_eq!(count(answers, vec![look, call("finish", "42", "")]), 1);
    }

    #[test]
    fn the_hit_is_where_it_is_said() {
        let found =
            hits("steps_spent", &run("?", vec![call("a", "1", "Fine. You have 0 steps left.")], None));
        assert_eq!(found[0].field, Some(Field::Observation));
        assert_eq!(found[0].span.map(|span| (span.start, span.end)), Some((15, 22)));
        let told = Step { user: Some("You have 0 turns left."), ..Step::default() };
        assert_eq!(hits("steps_spent", &run("?", vec![call("a", "1", "x"), told], None))[0].step, Some(1));
        let said = Some("Agent stopped due to max iterations limit.");
        let found = hits("steps_spent", &run("?", vec![call("a", "1", "x")], said));
        assert_eq!(found[0].field, Some(Field::FinalAnswer));
    }
}
