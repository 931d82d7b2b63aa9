//! Goals in the words of the log's own users: what is learned from them, and what is not.

use std::sync::Arc;

use agenther_core::hindsight::moulds::{MIN_TASKS, Mould, Moulds, moulds, supported};
use agenther_core::hindsight::{Hindsight, RelabelOptions, Wording, relabel_in_words};
use agenther_core::reading::Reading;
use agenther_core::trajectory::{Step, Trajectory};

fn run<'a>(prompt: &'a str, calls: &[(&'a str, &'a str, &'a str)]) -> Trajectory<'a> {
    let step = |&(tool, arguments, observation)| Step {
        action_name: Some(tool),
        action_input: Some(arguments),
        observation: Some(observation),
        ..Step::default()
    };
    Trajectory {
        trajectory_id: Some("t"),
        original_prompt: Some(prompt),
        steps: calls.iter().map(step).collect(),
        ..Trajectory::default()
    }
}

fn learned(prompt: &str, tool: &str, arguments: &str, observation: &str) -> Vec<String> {
    let run = run(prompt, &[(tool, arguments, observation)]);
    moulds(&Reading::new(&run)).into_iter().map(|mould| mould.text).collect()
}

const FORECAST: &str = r#"{"city": "Bergen", "date": "2025-05-12", "rain": "4 mm", "wind": "strong"}"#;

#[test]
fn a_sentence_whose_literals_are_the_arguments_becomes_a_mould() {
    for (prompt, expected) in [
        (
            "Hi! What will the weather be in Bergen on May 12, 2025? I want to paint.",
            "What will the weather be in {city} on {date}?",
        ),
        (
            "could you look up the weather on 12 May in Bergen",
            "Could you look up the weather on {date} in {city}?",
        ),
        (
            "Is my ferry late? Also, tell me the wind in Bergen on 2025-05-12.",
            "Tell me the wind in {city} on {date}.",
        ),
    ] {
        let learned = learned(prompt, "get_weather", r#"{"city": "Bergen", "date": "2025-05-12"}"#, FORECAST);
        assert_eq!(learned, [expected], "{prompt}");
    }
}

#[test]
fn a_sentence_that_asks_for_more_than_the_call_does_teaches_nothing() {
    for prompt in [
        // A literal that is no argument.
        "What will the weather be in Bergen on May 12, 2025 at 9 am?",
        "What will the weather be in Bergen and Oslo on May 12, 2025?",
        // An argument that the sentence does not have.
        "What will the weather be in Bergen?",
        // An act, a choice, a count, a condition, something that stands elsewhere.
        "Please book the driest weather in Bergen on May 12, 2025.",
        "Which is the best weather in Bergen on May 12, 2025?",
        "How many weather warnings are there in Bergen on May 12, 2025?",
        "Show me the weather in Bergen on May 12, 2025 if it rains.",
        "Will it rain in Bergen on May 12, 2025?",
        // Words that neither the tool nor its result knows.
        "What does the harbour master say in Bergen on May 12, 2025?",
        // No request.
        "I was in Bergen on May 12, 2025.",
    ] {
        let learned = learned(prompt, "get_weather", r#"{"city": "Bergen", "date": "2025-05-12"}"#, FORECAST);
        assert!(learned.is_empty(), "{prompt}: {learned:?}");
    }
}

#[test]
fn a_call_that_failed_teaches_nothing() {
    let learned =
        learned("What's the weather in Bergen?", "get_weather", r#"{"city": "Bergen"}"#, "Error: timeout");
    assert!(learned.is_empty(), "{learned:?}");
}

fn goals(run: &Trajectory<'_>, moulds: Vec<Mould>) -> Vec<Hindsight> {
    let options = RelabelOptions { goals: 20, min_confidence: 0.0, ..RelabelOptions::default() };
    relabel_in_words(&Reading::new(run), &options, &Arc::new(Moulds::new(moulds))).goals
}

#[test]
fn what_several_users_wrote_words_the_goal_of_another_run() {
    let tracked =
        |status: &'static str| format!(r#"{{"status": "{status}", "city": "Lyon", "weight_kg": 3}}"#);
    let (first, second) = (tracked("in transit"), tracked("delivered"));
    let tasks = [
        ("Hello! Can you tell me the status of parcel PK-1042?", r#"{"parcel_id": "PK-1042"}"#, &first),
        (
            "can you tell me the status of parcel PK-7711? My neighbour waits.",
            r#"{"parcel_id": "PK-7711"}"#,
            &second,
        ),
    ];
    let shown = tasks.iter().flat_map(|(prompt, arguments, result)| {
        let run = run(prompt, &[("trackParcel", arguments, result)]);
        moulds(&Reading::new(&run)).into_iter().map(|mould| (*prompt, mould)).collect::<Vec<_>>()
    });
    let moulds = supported(shown.collect::<Vec<_>>(), MIN_TASKS);
    assert_eq!(
        moulds.iter().map(|mould| mould.text.as_str()).collect::<Vec<_>>(),
        ["Can you tell me the status of parcel {parcel_id}?"]
    );
    assert_eq!(moulds[0].fields, ["status"]);

    let failed = run(
        "Parcel PK-3300 must be at my door by noon, redirect it to Main Street 5.",
        &[("trackParcel", r#"{"parcel_id": "PK-3300"}"#, &first)],
    );
    let goals = goals(&failed, moulds.clone());
    assert_eq!(goals[0].wording, Wording::Mined);
    assert_eq!(goals[0].goal, "Can you tell me the status of parcel PK-3300?");
    assert!(
        goals[0].answer.contains("in transit") && !goals[0].answer.contains("Lyon"),
        "{}",
        goals[0].answer
    );

    // The result must have what the words ask for, and the call the parameters that they give.
    for (arguments, result) in [
        (r#"{"parcel_id": "PK-3300"}"#, r#"{"city": "Lyon", "weight_kg": 3}"#),
        (r#"{"parcel_id": "PK-3300", "carrier": "DHL"}"#, first.as_str()),
    ] {
        let failed = run("Parcel PK-3300 with DHL, now!", &[("trackParcel", arguments, result)]);
        assert!(self::goals(&failed, moulds.clone()).iter().all(|goal| goal.wording != Wording::Mined));
    }
}

#[test]
fn an_identifier_that_the_result_does_not_repeat_is_the_goals_own() {
    let mould = Mould {
        tool: "trackParcel".to_string(),
        text: "Tell me the weight of {parcel_id}.".to_string(),
        parameters: vec!["parcel_id".to_string()],
        fields: vec!["weight_kg".to_string()],
    };
    let failed = run(
        "Redirect parcel PK-3300 to Main Street 5 by noon.",
        &[("trackParcel", r#"{"parcel_id": "PK-3300"}"#, r#"{"status": "in transit", "weight_kg": 3}"#)],
    );
    let goals = goals(&failed, vec![mould]);
    assert_eq!(goals[0].goal, "Tell me the weight of PK-3300.");
    assert_eq!(goals[0].answer, "Parcel PK-3300: weight: 3 kg.");
}
