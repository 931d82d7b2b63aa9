//! Turns of the user as goals: which of them a conversation answered, and which must not become goals.

mod runs;

use agenther_core::hindsight::{Hindsight, RelabelOptions, Wording, relabel};
use agenther_core::reading::Reading;
use agenther_core::trajectory::{Step, Trajectory};
use runs::call;

fn asked<'a>(user: &'a str, step: Step<'a>) -> Step<'a> {
    Step { user: Some(user), ..step }
}

fn said(text: &str) -> Step<'_> {
    Step { thought: Some(text), ..Step::default() }
}

/// The goals in words of the user or the prompt.
fn goals(prompt: &str, steps: Vec<Step<'_>>, last_words: Option<&str>) -> Vec<Hindsight> {
    let run = Trajectory {
        trajectory_id: Some("t"),
        original_prompt: Some(prompt),
        steps,
        final_answer: last_words,
        ..Trajectory::default()
    };
    let options = RelabelOptions { goals: 20, min_confidence: 0.0, ..RelabelOptions::default() };
    let goals = relabel(&Reading::new(&run), &options).goals;
    goals.into_iter().filter(|goal| matches!(goal.wording, Wording::Reuse | Wording::Relax)).collect()
}

/// A conversation whose second turn is `turn`, followed by a call and a reply.
fn after_another<'a>(turn: &'a str, step: Step<'a>, reply: &'a str) -> Vec<Hindsight> {
    let first = call("find_harbour", r#"{"town": "Lerum"}"#, r#"{"harbour": "Lerum North", "berths": 41}"#);
    let thanks = asked("Thank you, goodbye.", said("You're welcome."));
    goals(
        "Which harbour does the town of Lerum have and may a stranger land there?",
        vec![first, said("Lerum has the harbour Lerum North."), asked(turn, step), said(reply), thanks],
        None,
    )
}

fn berths(name: &str) -> Step<'_> {
    call("get_keeper", r#"{"keeper": "Odile"}"#, name)
}

#[test]
fn a_later_turn_is_a_goal_with_the_agents_reply() {
    let found = after_another(
        "How many nets did Odile use?",
        berths(r#"{"name": "Odile", "used_nets": 12, "town": "Lerum"}"#),
        "Odile has used 12 nets.",
    );
    let goal = found.iter().find(|goal| goal.goal == "How many nets did Odile use?").expect("a goal");
    assert_eq!((goal.answer.as_str(), goal.kept_steps.as_slice()), ("Odile has used 12 nets.", &[2][..]));
    assert_eq!(goal.wording, Wording::Reuse);
}

#[test]
fn a_write_is_a_goal_where_its_values_are_meant() {
    let turn = "Please create an event for june 15th, 2026 at 5pm for 1 hour and invite ann@example.com to discuss sea charts";
    let reply = "I have created an event titled \"Discuss Sea Charts\" on June 15th, 2026, from 5:00 PM to 6:00 PM. I have also invited ann@example.com to the event.";
    let arguments = r#"{"title": "Discuss Sea Charts", "start_datetime": "2026-06-15T17:00:00", "end_datetime": "2026-06-15T18:00:00", "attendees": ["ann@example.com"]}"#;
    let done = "Your calendar event has been created successfully!";
    let found = after_another(turn, call("create_event", arguments, done), reply);
    assert!(
        found.iter().any(|goal| goal.goal.starts_with("Please create an event") && goal.answer == reply),
        "{found:#?}"
    );

    // Nothing says that it worked; an hour that is not the one asked for.
    assert!(after_another(turn, call("create_event", arguments, r#"{"queue": 3}"#), reply).is_empty());
    let other = r#"{"title": "Discuss Sea Charts", "start_datetime": "2026-06-15T16:00:00", "end_datetime": "2026-06-15T17:00:00", "attendees": ["ann@example.com"]}"#;
    assert!(after_another(turn, call("create_event", other, done), reply).is_empty());
}

#[test]
fn turns_that_need_another_are_no_goals() {
    let observation = r#"{"name": "Odile", "used_nets": 12, "town": "Lerum"}"#;
    for turn in [
        "How many nets did she use, this Odile?",
        "How many nets did Odile use instead?",
        "And Odile, how many nets?",
        "What about the nets of Odile?",
        "Odile.",
        "Yes, Odile please.",
        "You are a keeper called Odile who counts nets.",
        "Odile has nice nets, haha.",
        "How many nets did Odile use at the harbour?",
    ] {
        let found = after_another(turn, berths(observation), "Odile has used 12 nets.");
        assert!(found.is_empty(), "{turn}: {found:#?}");
    }
}

#[test]
fn a_turn_that_was_not_answered_is_no_goal() {
    let observation = r#"{"name": "Odile", "used_nets": 12, "town": "Lerum"}"#;
    for reply in [
        "Which Odile do you mean?",
        "Unfortunately I could not find how many nets Odile has used.",
        "Odile has used 12 nets, but the list is old.",
        "Odile has used 14 nets.",
        "I will look up how many nets Odile has used.",
    ] {
        let found = after_another("How many nets did Odile use?", berths(observation), reply);
        assert!(found.iter().all(|goal| goal.answer != reply), "{reply}: {found:#?}");
    }
}

#[test]
fn a_turn_whose_words_no_call_took_is_no_goal() {
    let observation = r#"{"name": "Odile", "used_nets": 12, "town": "Lerum"}"#;
    for turn in [
        "How many nets did Odile use in 2019?",
        "How many green nets did Odile use?",
        "How many nets did Odile and Bertil use?",
    ] {
        let found = after_another(turn, berths(observation), "Odile has used 12 nets.");
        assert!(found.is_empty(), "{turn}: {found:#?}");
    }
}

#[test]
fn a_turn_that_the_user_took_back_is_no_goal() {
    let shown = r#"{"name": "Odile", "used_nets": 12, "town": "Lerum"}"#;
    for next in ["No, that is wrong.", "I meant the nets of Bertil.", "How many nets did Odile use?"] {
        let found = goals(
            "Which harbour does the town of Lerum have and may a stranger land there?",
            vec![
                asked("How many nets did Odile use?", berths(shown)),
                said("Odile has used 12 nets."),
                asked(next, said("I see.")),
            ],
            None,
        );
        assert!(found.is_empty(), "{next}: {found:#?}");
    }
}

#[test]
fn one_of_several_things_is_picked_by_the_turn_or_not_at_all() {
    let listed = r#"[{"id": "bt-7731", "owner": "Odile"}, {"id": "bt-9042", "owner": "Bertil"}]"#;
    let scrap = || call("remove_boat", r#"{"boat_id": "bt-9042"}"#, "The boat was removed successfully.");
    let found = |turn| {
        goals(
            "Which harbour does the town of Lerum have and may a stranger land there?",
            vec![
                asked(turn, call("list_boats", "{}", listed)),
                scrap(),
                said("I have removed the boat of Bertil."),
            ],
            None,
        )
    };
    assert_eq!(found("Please remove the boat of Bertil.").len(), 1);
    assert!(found("Please remove my boat.").is_empty());
}

#[test]
fn the_first_turn_is_a_goal_only_where_the_run_went_on() {
    let shown = r#"{"name": "Odile", "used_nets": 12, "town": "Lerum"}"#;
    let prompt = "How many nets did Odile use?";
    let alone = goals(prompt, vec![berths(shown)], Some("Odile has used 12 nets."));
    assert!(alone.is_empty(), "{alone:#?}");
    let went_on = vec![
        berths(shown),
        said("Odile has used 12 nets."),
        asked("Please sell the boat bt-1.", call("sell_boat", r#"{"boat": "bt-1"}"#, "Error: no such boat")),
        said("I could not sell it."),
    ];
    let found = goals(prompt, went_on, None);
    assert_eq!(found.iter().map(|goal| goal.goal.as_str()).collect::<Vec<_>>(), [prompt]);
}

#[test]
fn of_several_requests_the_one_that_was_met_stays() {
    let prompt = "What is the melting point of ferrite K2, and can you order three crates for Odile?";
    let steps = || {
        vec![
            call("get_code", r#"{"name": "ferrite K2"}"#, r#"{"code": "8812"}"#),
            call(
                "get_property",
                r#"{"code": "8812", "property": "melting point"}"#,
                r#"{"melting_point": 1405}"#,
            ),
        ]
    };
    let found = goals(
        prompt,
        steps(),
        Some("The melting point of ferrite K2 is 1405. I have no way to order crates."),
    );
    let goal =
        found.iter().find(|goal| goal.goal == "What is the melting point of ferrite K2?").expect("a goal");
    assert_eq!(goal.answer, "The melting point of ferrite K2 is 1405.");
    assert_eq!((goal.wording, goal.kept_steps.as_slice()), (Wording::Relax, &[0, 1][..]));
    let wrong = goals(prompt, steps(), Some("The melting point of ferrite K2 is 1450."));
    assert!(wrong.iter().all(|goal| !goal.answer.contains("1450")), "{wrong:#?}");
}
