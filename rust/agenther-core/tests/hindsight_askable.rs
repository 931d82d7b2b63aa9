//! Goals over results that are easily passed over: what a call without arguments gives of whoever asks, texts of labelled
//! lines, values that stand beside the agent's own words, and writes that the result or the user confirms.

mod runs;

use agenther_core::hindsight::Hindsight;
use agenther_core::trajectory::{Step, Trajectory};
use runs::{call, relabeled, run};

fn goals(run: &Trajectory<'_>) -> Vec<Hindsight> {
    relabeled(run).goals
}

/// Asserts that a goal of these calls asks so, and is answered so.
fn asks(prompt: &str, tools: Option<&str>, steps: Vec<Step<'_>>, asks: &str, answers: &str) {
    let goals = goals(&run(prompt, tools, steps));
    let fits = |goal: &Hindsight| goal.goal.contains(asks) && goal.answer.contains(answers);
    let said: Vec<_> = goals.iter().map(|goal| (&goal.goal, &goal.answer)).collect();
    assert!(goals.iter().any(fits), "{asks:?} answered by {answers:?} is none of {said:#?}");
}

#[test]
fn what_a_call_without_arguments_gives_is_of_who_asks() {
    let prompt = "Send Ida what I owe her for the boat.";
    asks(prompt, None, vec![call("get_balance", "{}", "412.5")], "my balance", "Your balance is 412.5.");
    let plants = r#"[{"name": "Fern", "watered": "2025-03-01"}, {"name": "Moss", "watered": "2025-03-04"}]"#;
    let steps = || vec![call("list_plants", r#"{"access_token": "a1"}"#, plants)];
    asks("Water my plants and log it.", None, steps(), "my plants", "- Fern");
    // Whose plants these are, nobody says.
    let others = goals(&run("Water the plants in the hall.", None, steps()));
    assert!(others.iter().all(|goal| !goal.goal.contains("my ")), "{others:#?}");
}

#[test]
fn a_status_is_asked_for_and_told_as_a_whole() {
    let status = "carrier: Nordpost\ncustoms: cleared\nlast_scan_place: Bergen\nstage: in_transit\n";
    let steps = |tool| vec![call(tool, "{}", status)];
    let prompt = "I wonder where the lamp is that I ordered.";
    asks(prompt, None, steps("get_shipment_status"), "the status of my shipment", "stage: in transit");
    asks(prompt, None, steps("get_shipment_status"), "the status of my shipment", "last scan place: Bergen");
    // What only the system calls so.
    let named = goals(&run(prompt, None, steps("get_outbound_carton_status")));
    assert!(named.iter().all(|goal| !goal.goal.contains("my ")), "{named:#?}");
}

#[test]
fn labels_are_known_in_short_and_as_keys() {
    let report = "Weather in Bergen on 2025-03-02:\n- Max Temp: 7.0 °C\n- Min Temp: 1.5 °C\n- Rain: 3.0 mm";
    let arguments = r#"{"city": "Bergen", "date": "2025-03-02"}"#;
    let steps = vec![call("get_weather_history", arguments, report)];
    asks("Was it cold in Bergen on 2025-03-02?", None, steps, "Bergen", "Max Temp: 7.0 °C");
    let nearest = vec![call(
        "nearest_airport",
        r#"{"location": "Bergen, Norway"}"#,
        "content='{\\n    \"iataCode\": \"BGO\"\\n}'",
    )];
    let prompt = "When does the last flight from Bergen, Norway to Oslo leave?";
    asks(prompt, None, nearest, "the IATA code of the nearest airport to Bergen, Norway", "BGO");
}

#[test]
fn how_a_result_is_written_is_not_said() {
    let shown = r#"{"items": [{"name": "tide-api", "status": "1/1 ready"}, {"name": "wind-api", "status": "0/1 ready"}]}"#;
    let arguments =
        r#"{"resourceType": "deployments", "namespace": "harbour", "name": "", "output": "json"}"#;
    let steps = vec![call("kubectl_get", arguments, shown)];
    asks("Restart what hangs in harbour.", None, steps, "deployments", "- wind-api: status: 0/1 ready");
}

#[test]
fn blocks_of_labelled_lines_are_records() {
    let papers = "Published: 2024-03-01\nTitle: Tides of\nsmall harbours\nAuthors: Ida Lund\nSummary: We ask why\nboats drift.\n\n\
                  Published: 2023-01-05\nTitle: Winds\nAuthors: Bo Strand\nSummary: They blow: mostly\nwest.\n";
    let steps = vec![call("get_papers", r#"{"query": "harbour tides"}"#, papers)];
    asks("Summarize what is known of harbour tides.", None, steps, "papers", "- Tides of small harbours");
}

#[test]
fn the_only_argument_of_a_framework_names_the_thing() {
    let film = "The id is: 77\nThe price is: 12.50 EUR\nThe runtime of the film is: 96 minutes\nThe languages are: Irish, Welsh";
    let steps = vec![call("Get Films Details", r#"{"input": "Skerryvore"}"#, film)];
    asks("Is Skerryvore worth buying?", None, steps, "the film called Skerryvore", "12.50 EUR");
}

#[test]
fn what_was_made_is_told_by_its_identifier() {
    let arguments =
        r#"{"boardName": "Regatta", "description": "Regatta board", "lists": ["Boats", "Crews"]}"#;
    let made = r#"{"boardId": 88, "boardURL": "https://boards.example/88"}"#;
    let prompt = "Set up a board called Regatta with the lists Boats and Crews, then share it with Ida.";
    let steps = vec![call("createBoard", arguments, made)];
    asks(prompt, None, steps, "board called Regatta with the lists Boats and Crews", "Done.");
    // An identifier that was given is none of a new thing.
    let steps = vec![call("create_alarm", r#"{"time": "07:30"}"#, r#"{"zone_id": "5"}"#)];
    assert!(goals(&run("Wake me at 07:30 and start the kettle.", None, steps)).is_empty());
}

#[test]
fn who_books_a_restaurant_books_a_table() {
    let booked = r#"{"restaurant_name": "Lupo", "city": "Bern", "date": "2025-05-02", "time": "19:00", "party_size": "2", "phone_number": "031 555 01 01"}"#;
    let arguments = r#"{"restaurant_name": "Lupo", "city": "Bern", "date": "2025-05-02", "time": "19:00", "party_size": 2}"#;
    let prompt = "Plan an evening with dinner at Lupo and a film after it.";
    let steps = vec![call("reserve_restaurant", arguments, booked)];
    let goal = "eserve a table at Lupo in Bern on May 2, 2025 at 19:00 for 2 people";
    asks(prompt, None, steps, goal, "031 555 01 01");
}

#[test]
fn a_write_with_what_the_user_gave_for_it_needs_no_further_yes() {
    let step = || Step {
        user: Some("It is 4471."),
        ..call("refund_trip", r#"{"trip_id": "4471"}"#, "Trip 4471 refunded")
    };
    let with =
        |system| Trajectory { system: Some(system), ..run("I want my money back.", None, vec![step()]) };
    let asks = |system| goals(&with(system)).iter().any(|goal| goal.goal.contains("efund trip 4471"));
    assert!(asks("You help travellers. You must write to the user before you hand off."));
    assert!(!asks("You help travellers. You must follow the policy."));
    assert!(!asks("You must ask the user to confirm."));
}

#[test]
fn a_goal_that_repeats_the_users_asks_for_another_field() {
    let shown = r#"{"order_id": "B7", "status": "packed", "internal_ref": "x_9", "product": "Lantern"}"#;
    let steps = vec![call("get_order", r#"{"order_id": "B7"}"#, shown)];
    let goals = goals(&run("What is the status of order B7?", None, steps));
    assert!(
        goals.iter().any(|goal| goal.goal.contains("product of order B7") && goal.answer.contains("Lantern"))
    );
    assert!(goals.iter().all(|goal| !goal.goal.contains("internal")), "{goals:#?}");
}
