use super::*;
use crate::hindsight::ground::verify;
use crate::hindsight::{RelabelOptions, relabel};
use crate::trajectory::{Step, Trajectory};

/// The arguments and observations of look-ups of so many items.
fn lookups(count: usize) -> Vec<(String, String)> {
    let lookup = |at: usize| {
        let (input, price) = (format!(r#"{{"item_id": "IT-{at}"}}"#), 100 + at);
        (input, format!(r#"{{"item_id": "IT-{at}", "name": "lamp", "price": {price}}}"#))
    };
    (0..count).map(lookup).collect()
}

fn run(lookups: &[(String, String)]) -> Trajectory<'_> {
    let step = |lookup| {
        let (input, observation): &(String, String) = lookup;
        Step {
            action_name: Some("get_item"),
            action_input: Some(input),
            observation: Some(observation),
            ..Step::default()
        }
    };
    Trajectory {
        original_prompt: Some("Refund the broken lamp IT-7 to my card, please."),
        steps: lookups.iter().map(step).collect(),
        ..Trajectory::default()
    }
}

fn steps_read(reading: &Reading<'_>) -> usize {
    reading.evidence().steps.iter().filter(|step| step.get().is_some()).count()
}

#[test]
fn goals_read_the_steps_they_keep_and_no_others() {
    let lookups = lookups(50);
    let run = run(&lookups);
    let reading = Reading::new(&run);
    for answer in ["The price is 107.", "It costs 108.", "The lamp costs 107."] {
        let grounding = verify("What is the price of item IT-7?", Some(answer), &reading, Some(&[7]));
        assert_eq!(grounding.grounded, answer.contains("107"), "{answer} {grounding:?}");
    }
    assert_eq!(steps_read(&reading), 1);
    verify("What is the price of item IT-7?", Some("The price is 107."), &reading, None);
    assert_eq!(steps_read(&reading), 50);
}

#[test]
fn the_work_for_a_goal_does_not_grow_with_the_run() {
    let read = |count: usize| {
        let lookups = lookups(count);
        let run = run(&lookups);
        let reading = Reading::new(&run);
        let goals = relabel(&reading, &RelabelOptions::default()).goals;
        assert!(!goals.is_empty(), "{count} steps");
        steps_read(&reading)
    };
    assert_eq!(read(200), read(2_000));
}
