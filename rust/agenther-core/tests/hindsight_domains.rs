//! Goals over tools of many domains and naming styles (snake and camel case, namespaces, the verb first, last or
//! missing): each is said as a person would, and asks for what a person would want.

use agenther_core::hindsight::{Hindsight, RelabelOptions, relabel};
use agenther_core::reading::Reading;
use agenther_core::trajectory::{Step, Trajectory};

type Call = (&'static str, &'static str, &'static str);

fn goals(prompt: &str, calls: &[Call]) -> Vec<Hindsight> {
    let step = |&(tool, arguments, observation): &Call| Step {
        action_name: Some(tool),
        action_input: Some(arguments),
        observation: Some(observation),
        ..Step::default()
    };
    let run = Trajectory {
        trajectory_id: Some("t"),
        original_prompt: Some(prompt),
        steps: calls.iter().map(step).collect(),
        ..Trajectory::default()
    };
    let options = RelabelOptions { goals: 20, min_confidence: 0.0, ..RelabelOptions::default() };
    relabel(&Reading::new(&run), &options).goals
}

/// Asserts that a goal asks so (in any of the phrasings of a command), and that its answer says so.
fn asks(prompt: &str, calls: &[Call], command: &str, answer: &str) {
    let goals = goals(prompt, calls);
    let found = goals.iter().find(|goal| goal.goal.to_lowercase().contains(&command.to_lowercase()));
    let goal = found.unwrap_or_else(|| {
        panic!("no goal asks: {command}\n{:#?}", goals.iter().map(|goal| &goal.goal).collect::<Vec<_>>())
    });
    assert!(goal.answer.contains(answer), "{command}: {:?} does not say: {answer}", goal.answer);
}

#[test]
fn names_of_every_style_are_read_as_what_they_say() {
    for (prompt, call, command, answer) in [
        (
            "Move 500 from my checking account DE8937 to savings.",
            (
                "accounts.balance.get",
                r#"{"accountId": "DE8937"}"#,
                r#"{"balance": 1240.55, "currency": "EUR"}"#,
            ),
            "my balance",
            "1240.55 EUR",
        ),
        (
            "Merge the pull request about caching in acme/widgets.",
            (
                "github.pulls.list",
                r#"{"owner": "acme", "repo": "widgets", "state": "open"}"#,
                r#"[{"number": 41, "title": "Add caching"}, {"number": 44, "title": "Fix typo"}]"#,
            ),
            "the open pull requests in acme/widgets",
            "Add caching",
        ),
        (
            "Escalate ticket 4521 to tier 2.",
            (
                "zendesk_ticket_comments_list",
                r#"{"ticket_id": 4521}"#,
                r#"{"comments": [{"author": "Mara", "body": "Where is it?"}, {"author": "Ben", "body": "On its way"}]}"#,
            ),
            "the comments of ticket 4521",
            "Mara: text: Where is it?",
        ),
        (
            "The payments service is down in production, roll it back.",
            (
                "deploymentHistoryGet",
                r#"{"service": "payments", "environment": "production"}"#,
                r#"{"revisions": [{"revision": 41, "image": "pay:1.9.2"}, {"revision": 40, "image": "pay:1.9.1"}]}"#,
            ),
            "the deployment history of the payments service in the production environment",
            "pay:1.9.1",
        ),
        (
            "Order a pizza from an open place on Elm Street.",
            (
                "restaurant_finder",
                r#"{"cuisine": "pizza", "location": "Elm Street", "open_now": true}"#,
                r#"{"restaurants": [{"name": "Slice House", "rating": 4.5}, {"name": "Napoli", "rating": 4.1}]}"#,
            ),
            "open pizza restaurants",
            "Napoli: rating: 4.1",
        ),
        (
            "Find the largest log in /var/log/app and delete it.",
            ("list_directory", r#"{"path": "/var/log/app"}"#, r#"["app.log", "error.log"]"#),
            "files",
            "app.log, error.log",
        ),
        (
            "Make a playlist of the songs by Adele from 2015.",
            (
                "spotify__search_tracks",
                r#"{"artist": "Adele", "year": 2015, "limit": 20}"#,
                r#"{"tracks": [{"name": "Hello", "album": "25"}, {"name": "Skyfall", "album": "S"}]}"#,
            ),
            "tracks",
            "Skyfall",
        ),
        (
            "Apply me to every remote Rust job above 120k in Berlin.",
            (
                "search_jobs",
                r#"{"keywords": "Rust", "location": "Berlin", "remote": true, "min_salary": 120000}"#,
                r#"{"jobs": [{"title": "Engineer", "salary": 130000}, {"title": "Lead", "salary": 150000}]}"#,
            ),
            "remote jobs",
            "Lead: salary: 150000",
        ),
        (
            "Which flights are there from JFK with one stop on 2024-05-20? Book the first.",
            (
                "search_onestop_flight",
                r#"{"origin": "JFK", "date": "2024-05-20"}"#,
                r#"[{"flight_number": "HAT1", "price": 120}, {"flight_number": "HAT2", "price": 90}]"#,
            ),
            "one-stop flights",
            "HAT2: price: 90",
        ),
        (
            "Is there any chance to go sailing in Kiel?",
            (
                "weatherForecast",
                r#"{"location": "Kiel", "days": 2, "units": "metric"}"#,
                r#"{"forecast": [{"date": "2025-07-04", "temp_max": 21}, {"date": "2025-07-05", "temp_max": 19}]}"#,
            ),
            "the weather forecast in Kiel for 2 days",
            "maximum temperature: 19",
        ),
    ] {
        asks(prompt, &[call], command, answer);
    }
}

#[test]
fn at_most_three_fields_are_asked_for_those_the_user_spoke_of_first() {
    let order = r#"{"order_id": "A7-1", "status": "sent", "total": 72.5, "currency": "EUR", "carrier": "DHL",
        "warehouse": "Lyon", "gift_wrap": false, "created_at": "2025-01-30", "channel": "web"}"#;
    let goals = goals(
        "What does the carrier of order A7-1 say? Refund me.",
        &[("get_order", r#"{"order_id": "A7-1"}"#, order)],
    );
    assert!(goals[0].goal.contains("carrier"), "{}", goals[0].goal);
    assert!(!goals[0].goal.contains("warehouse") && !goals[0].answer.contains("Lyon"), "{}", goals[0].goal);

    let silent = self::goals("Refund order A7-1.", &[("get_order", r#"{"order_id": "A7-1"}"#, order)]);
    assert!(silent[0].goal.contains("status, total and creation date"), "{}", silent[0].goal);
}

#[test]
fn a_trip_is_told_by_its_ends_and_not_by_its_place_in_a_list() {
    let profile = r#"{"name": "Ana", "reservations": ["R1A2B3", "R4C5D6", "R7E8F9"]}"#;
    let calls = [
        ("get_user", r#"{"user_id": "ana_1"}"#, profile),
        (
            "get_reservation",
            r#"{"reservation_id": "R4C5D6"}"#,
            r#"{"origin": "BGO", "destination": "LIS", "cabin": "business"}"#,
        ),
    ];
    let goals = goals("My user ID is ana_1. Upgrade my Lisbon trip.", &calls);
    let told = goals.iter().find(|goal| goal.goal.contains("the reservation from BGO to LIS on my profile"));
    let told = told.unwrap_or_else(|| panic!("{goals:#?}"));
    assert!(told.answer.contains("business") && !told.goal.contains("R4C5D6"), "{}", told.goal);
}

#[test]
fn what_no_person_would_say_is_not_said() {
    for (prompt, call) in [
        // The words of a query language.
        (
            "Archive the mail.",
            (
                "mail_search",
                r#"{"query": "from:northwind is:unread"}"#,
                r#"[{"subject": "A"}, {"subject": "B"}]"#,
            ),
        ),
        // Text about the interface, not a result.
        (
            "Who are Lionel Messi's managers?",
            (
                "get_artist_overview",
                r#"{"artist": "Messi"}"#,
                "The input provided does not match the expected format for this API.",
            ),
        ),
        // A read that is named like an act.
        ("Lock the doors.", ("home_locks_info", "{}", r#"[{"door": "front", "locked": true}]"#)),
        // A user who writes in another script.
        (
            "帮我查一下北京明天的天气",
            ("get_weather", r#"{"city": "北京"}"#, r#"{"condition": "小雨", "high": 9}"#),
        ),
    ] {
        let goals = goals(prompt, &[call]);
        assert!(goals.iter().all(|goal| !goal.goal.to_lowercase().contains("lock the")), "{goals:#?}");
        assert!(goals.is_empty() || call.0 == "home_locks_info", "{prompt}: {goals:#?}");
    }
}

#[test]
fn a_household_whose_actions_are_sentences_is_demonstrated() {
    let room = "You are in the middle of a room. Looking quickly around you, you see a cabinet 2, a cabinet 1, a \
                countertop 1, a fridge 1, and a sinkbasin 1.\nYour task is to: put a clean plate in fridge.";
    let calls = [
        ("act", "go to cabinet 1", "You arrive at cabinet 1. The cabinet 1 is closed."),
        ("act", "open cabinet 1", "You open the cabinet 1. The cabinet 1 is open. In it, you see nothing."),
        (
            "act",
            "go to countertop 1",
            "You arrive at countertop 1. On the countertop 1, you see a plate 1, and a mug 2.",
        ),
        ("act", "take plate 1 from countertop 1", "You pick up the plate 1 from the countertop 1."),
        ("act", "go to sinkbasin 1", "You arrive at sinkbasin 1. On the sinkbasin 1, you see nothing."),
        ("act", "clean plate 1 with sinkbasin 1", "You clean the plate 1 using the sinkbasin 1."),
        ("act", "put plate 1 in fridge 1", "Nothing happens."),
    ];
    asks(room, &calls, "clean a plate", "I took the plate from countertop 1 and cleaned it with sinkbasin 1");
    let cleaned = goals(room, &calls).into_iter().find(|goal| goal.answer.contains("cleaned"));
    assert_eq!(cleaned.expect("the cleaning").kept_steps, [2, 3, 4, 5]);
}
