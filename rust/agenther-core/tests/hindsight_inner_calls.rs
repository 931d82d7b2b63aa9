//! What a call says beside what it asks for: the tool that it passes on to, why it is made, and the log-in before it.

mod runs;

use agenther_core::hindsight::Origin;
use agenther_core::reading::Reading;
use agenther_core::signals::effect::Effect;
use agenther_core::trajectory::Trajectory;
use runs::{call, relabeled, run};

/// The first goal and its answer, in small letters.
fn first(run: &Trajectory<'_>) -> (String, String) {
    let result = relabeled(run);
    let goal = result.goals.first().unwrap_or_else(|| panic!("{result:#?}"));
    (goal.goal.to_lowercase(), goal.answer.to_lowercase())
}

fn assert_holds(text: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(text.contains(part), "{text:?} lacks {part:?}"));
}

#[test]
fn a_call_that_passes_on_another_one_asks_what_the_other_asks() {
    for (router, arguments) in [
        (
            "execute-tool",
            r#"{"server_name": "ferries", "tool_name": "list_departures", "params": {"port": "Kirkwall", "date": "2025-06-02"}}"#,
        ),
        (
            "use_mcp_tool",
            r#"{"server_name": "ferries", "tool_name": "list_departures", "arguments": {"port": "Kirkwall", "date": "2025-06-02"}}"#,
        ),
        (
            "call_tool",
            r#"{"name": "list_departures", "arguments": {"port": "Kirkwall", "date": "2025-06-02"}, "reason": "To see the ferries of that day."}"#,
        ),
    ] {
        let run = run(
            "Which ferries leave port Kirkwall on 2 June 2025 with room for a van?",
            None,
            vec![call(
                router,
                arguments,
                r#"{"_meta": null, "content": [{"type": "text", "text": "[{\"vessel\": \"Hamnavoe\", \"time\": \"06:30\"}, {\"vessel\": \"Alfred\", \"time\": \"09:15\"}]", "annotations": null}], "isError": false}"#,
            )],
        );
        let (goal, answer) = first(&run);
        assert_holds(&goal, &["departures", "kirkwall", "june 2, 2025"]);
        assert_holds(&answer, &["hamnavoe", "09:15"]);
        assert!(!goal.contains("tool") && !goal.contains("ferries of that day"), "{goal}");
    }
}

#[test]
fn the_schema_of_the_inner_tool_is_read_where_the_run_has_it() {
    let tools = r#"[{"name": "call_tool", "description": "Runs a tool of a server."},
        {"name": "tide_table", "description": "Get the high tides at a beach.", "parameters": {"properties": {"beach": {}}}}]"#;
    let arguments = r#"{"tool": "tide_table", "args": {"beach": "Sandwood Bay"}}"#;
    let found = r#"[{"time": "03:12", "height": "4.1 m"}, {"time": "15:40", "height": "4.3 m"}]"#;
    let run = run(
        "When can I walk to the stack at Sandwood Bay beach?",
        Some(tools),
        vec![call("call_tool", arguments, found)],
    );
    let reading = Reading::new(&run);
    assert_eq!(reading.tool(0).map(|tool| tool.name.as_ref()), Some("call_tool"));
    assert_eq!(reading.called(0).map(|tool| tool.name.as_ref()), Some("tide_table"));
    assert_holds(&first(&run).0, &["high tides", "sandwood bay"]);
}

#[test]
fn what_a_call_does_is_what_the_inner_one_does() {
    let effect = |tool, arguments| {
        let run = run("", None, vec![call(tool, arguments, "ok")]);
        let reading = Reading::new(&run);
        (reading.steps[0].effect, reading.steps[0].called_name().map(str::to_string))
    };
    let inner = |effect, name: &str| (effect, Some(name.to_string()));
    assert_eq!(
        effect("use_mcp_tool", r#"{"tool_name": "get_order", "arguments": {"id": 7}}"#),
        inner(Effect::Read, "get_order")
    );
    assert_eq!(
        effect("execute-tool", r#"{"tool_name": "cancel_order", "params": {"id": 7}}"#),
        inner(Effect::Write, "cancel_order")
    );
    assert_eq!(effect("call_tool", r#"{"name": "list_orders"}"#), inner(Effect::Read, "list_orders"));
    // What else is chosen would be lost, and a title is no tool.
    for arguments in [
        r#"{"name": "list_orders", "arguments": {"id": 7}, "timeout": 9}"#,
        r#"{"name": "Ann Lee", "arguments": {}}"#,
        r#"{"arguments": {"id": 7}}"#,
        r#"["list_orders"]"#,
        "list_orders",
    ] {
        assert_eq!(effect("call_tool", arguments).1.as_deref(), Some("call_tool"), "{arguments}");
    }
    assert_eq!(
        effect("create_person", r#"{"name": "list_orders", "data": {}}"#).1.as_deref(),
        Some("create_person")
    );
}

#[test]
fn why_a_read_is_made_is_no_part_of_it() {
    let run = run(
        "My order A-5521 has not arrived. What should I do?",
        None,
        vec![call(
            "get_order",
            r#"{"order_id": "A-5521", "reason": "To check whether the parcel was handed to the courier in time."}"#,
            r#"{"order_id": "A-5521", "status": "delayed", "carrier": "Fjord Post", "delivery_date": "2025-04-09"}"#,
        )],
    );
    let (goal, answer) = first(&run);
    assert_holds(&goal, &["order a-5521"]);
    assert!(!goal.contains("reason") && !goal.contains("courier"), "{goal}");
    assert_holds(&answer, &["delayed"]);
}

#[test]
fn a_reason_that_chooses_or_is_written_stays() {
    let chosen = run(
        "Which returns came in as damaged?",
        None,
        vec![call(
            "list_returns",
            r#"{"reason": "damaged"}"#,
            r#"[{"return_id": "R1", "article": "Lamp", "price": 30}, {"return_id": "R2", "article": "Vase", "price": 12}]"#,
        )],
    );
    assert_holds(&first(&chosen).0, &["damaged"]);
    let arguments = r#"{"order_id": "A-5521", "reason": "The customer no longer needs the two lamps."}"#;
    let written = run(
        "Cancel order A-5521: the customer no longer needs the two lamps.",
        None,
        vec![call("cancel_order", arguments, r#"{"order_id": "A-5521", "status": "cancelled"}"#)],
    );
    let reading = Reading::new(&written);
    assert_eq!(reading.provenance().arguments(0).len(), 2);
}

#[test]
fn a_schema_may_say_that_a_parameter_explains_the_call() {
    let tools = r#"[{"name": "get_meter", "description": "Get a water meter.", "parameters": {"properties": {
        "meter_id": {}, "note": {"description": "One sentence on why you need this."}}}}]"#;
    let arguments = r#"{"meter_id": "W-88120", "note": "The tenant says that the bill is far too high."}"#;
    let run = run(
        "Is the bill for meter W-88120 right?",
        Some(tools),
        vec![call(
            "get_meter",
            arguments,
            r#"{"meter_id": "W-88120", "reading": 1204, "last_read": "2025-03-31", "status": "ok"}"#,
        )],
    );
    let names: Vec<&str> =
        Reading::new(&run).provenance().arguments(0).iter().map(|argument| argument.name).collect();
    assert_eq!(names, ["meter_id"]);
}

#[test]
fn what_a_command_is_said_to_do_is_no_part_of_it() {
    let read = |tool: &str, arguments: &str| {
        let run =
            run("How noisy is the light curve?", None, vec![call(tool, arguments, "16673 /srv/curve.txt")]);
        Reading::new(&run).provenance().arguments(0).len()
    };
    let described = r#"{"command": "wc -l /srv/curve.txt", "description": "Count lines in the light curve"}"#;
    assert_eq!(read("Bash", described), 1);
    assert_eq!(read("create_event", described), 2);
    assert_eq!(read("Bash", r#"{"description": "Count lines in the light curve"}"#), 1);
}

#[test]
fn what_is_read_after_a_log_in_is_ones_own() {
    let run = run(
        "Please check my account. My username is fennwick and the password is harbour-owl-9.",
        None,
        vec![
            call(
                "UserLogin",
                r#"{"username": "fennwick", "password": "harbour-owl-9"}"#,
                r#"{"session_token": "77ab-e210-4c19"}"#,
            ),
            call(
                "GetAccountInformation",
                r#"{"session_token": "77ab-e210-4c19"}"#,
                r#"{"user": {"username": "fennwick", "email": "fenn@example.com", "phone": "555-0142"}}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    let goal = result.goals.iter().find(|goal| goal.kept_steps == [0, 1]);
    let goal = goal.unwrap_or_else(|| panic!("{result:#?}"));
    assert_holds(&goal.goal.to_lowercase(), &["my username is fennwick", "email and phone on my account"]);
    assert!(!goal.goal.contains("harbour"), "{}", goal.goal);
    assert!(goal.answer.starts_with("Your account: email: fenn@example.com"), "{}", goal.answer);
    assert!(goal.slots.iter().any(|slot| slot.value == "fennwick" && slot.origin == Origin::User));
}

#[test]
fn what_no_argument_chose_is_ones_own_where_the_user_says_so() {
    let booking = r#"{"booking_id": "HX-2207", "status": "confirmed", "airline": "Skua Air", "bags": 1}"#;
    let of = |prompt| {
        let run = run(
            prompt,
            None,
            vec![call(
                "get_booking_details",
                r#"{"reason": "To see which flight is meant by that."}"#,
                booking,
            )],
        );
        relabeled(&run).goals.first().map(|goal| goal.goal.to_lowercase())
    };
    let own = of("I need a wheelchair for my flight to Oban tomorrow.").unwrap_or_default();
    assert_holds(&own, &["status", "my booking"]);
    assert!(of("A wheelchair is needed for the flight to Oban.").is_none_or(|goal| !goal.contains("my ")));
}

#[test]
fn a_rate_of_exchange_exchanges_nothing() {
    let run = run(
        "How many zlotys do I get for 300 NOK? I mean from NOK to PLN.",
        None,
        vec![call(
            "exchange_rate",
            r#"{"baseCurrency": "NOK", "targetCurrency": "PLN"}"#,
            r#"{"baseCurrency": "NOK", "targetCurrency": "PLN", "rate": 0.36}"#,
        )],
    );
    assert_holds(&first(&run).0, &["exchange rate from nok to pln"]);
}

#[test]
fn a_day_and_its_time_are_one_moment_and_adjectives_stand_before_the_noun() {
    let run = run(
        "I want a van in Thurso from 4 May 2025 at 9:00 to 6 May, a large one.",
        None,
        vec![call(
            "get_vans_available",
            r#"{"city": "Thurso", "pickup_date": "2025-05-04", "pickup_time": "9:00", "dropoff_date": "2025-05-06", "size": "large"}"#,
            r#"[{"model": "Crafter", "price": 80}, {"model": "Master", "price": 72}]"#,
        )],
    );
    assert_holds(&first(&run).0, &["large available vans in thurso", "may 4, 2025 at 09:00"]);
}

#[test]
fn an_operation_with_a_verb_and_a_noun_names_the_call() {
    let run = run(
        "What are the open tickets of the lighthouse project?",
        None,
        vec![call(
            "tracker",
            r#"{"operation": "list_tickets", "project": "lighthouse", "status": "open"}"#,
            r#"[{"key": "LH-4", "title": "Lens flickers", "owner": "Moa"}, {"key": "LH-9", "title": "Door sticks", "owner": "Ivo"}]"#,
        )],
    );
    let (goal, answer) = first(&run);
    assert_holds(&goal, &["open tickets", "lighthouse"]);
    assert!(!goal.contains("operation") && !goal.contains("tracker"), "{goal}");
    assert_holds(&answer, &["lens flickers", "door sticks"]);
}

#[test]
fn who_asks_for_a_phase_is_told_it() {
    let run = run(
        "Is repair 88 late?",
        None,
        vec![call(
            "get_current_repair_phase",
            r#"{"repair_id": "88"}"#,
            r#"{"current_phase": "second inspection", "status": "active", "summary": "All parts are here.", "temperature": "21 °C", "humidity": "40 %", "note": "none"}"#,
        )],
    );
    let goals = relabeled(&run).goals;
    let goal = goals.iter().find(|goal| goal.goal.contains("phase")).unwrap_or_else(|| panic!("{goals:#?}"));
    assert_holds(&goal.answer, &["second inspection"]);
}

#[test]
fn a_filter_says_how_it_compares() {
    let query = r#"{"object_type": "grants", "filter": {"amount": {"$gt": 20000}}}"#;
    let found = r#"{"records": [{"record_id": "a1", "name": "Seaweed farm", "amount": 25000}, {"record_id": "a2", "name": "Harbour crane", "amount": 90000}]}"#;
    let of = |filter: &str| {
        let arguments = query.replace(r#"{"$gt": 20000}"#, filter);
        let prompt = "Which grants are worth more than 20000, and who got them?";
        let run = run(prompt, None, vec![call("crm_query_records", &arguments, found)]);
        relabeled(&run).goals.first().map(|goal| goal.goal.to_lowercase()).unwrap_or_default()
    };
    assert_holds(&of(r#"{"$gt": 20000}"#), &["grants", "over 20000"]);
    assert_holds(&of(r#"{"gte": 20000}"#), &["grants", "of 20000 or more"]);
    assert!(!of(r#"{"$ne": 20000}"#).contains("20000"));
}
