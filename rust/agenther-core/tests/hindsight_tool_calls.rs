//! Goals for runs over tools that no benchmark has: what is asked, what is answered, and when nothing is said.

mod runs;

use agenther_core::hindsight::{Hindsight, Origin, Relabeled, Strategy, Wording};
use agenther_core::trajectory::{Step, Trajectory};
use runs::{call, relabeled, run};

/// The goal over exactly these steps.
fn over<'g>(result: &'g Relabeled, steps: &[u32]) -> &'g Hindsight {
    result.goals.iter().find(|goal| goal.kept_steps == steps).unwrap_or_else(|| panic!("{result:#?}"))
}

/// Asserts that the goal is one of the phrasings of a command.
fn asks(goal: &Hindsight, command: &str) {
    assert!(
        goal.goal.to_lowercase().contains(&command.to_lowercase()),
        "{:?} does not ask: {command}",
        goal.goal
    );
}

#[test]
fn a_list_is_asked_for_by_its_parameters_and_answered_row_by_row() {
    let tools = r#"[{"name": "rental_search", "description": "Search rental listings.", "parameters": {"properties": {
        "city": {"description": "City"}, "bedrooms": {}, "max_price": {}}}}]"#;
    let run = run(
        "I want a flat in Porto with 2 bedrooms under 1200 and a balcony.",
        Some(tools),
        vec![call(
            "rental_search",
            r#"{"city": "Porto", "bedrooms": 2, "max_price": 1200, "page": 1}"#,
            r#"{"listings": [{"listing_id": "L1", "street": "Rua A 5", "rent": 1150}, {"listing_id": "L2", "street": "Rua B 9", "rent": 990}], "total": 2}"#,
        )],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0]);
    let asked = goal.goal.to_lowercase();
    assert!(
        asked.contains("rental listings")
            && asked.contains("in porto priced at 1200 or less with 2 bedrooms"),
        "{asked}"
    );
    assert!(goal.answer.contains("Rua A 5 (L1): rent: 1150"), "{}", goal.answer);
    assert!(goal.answer.contains("Rua B 9 (L2): rent: 990"), "{}", goal.answer);
    assert_eq!(goal.strategy, Strategy::Final);
    assert!(goal.slots.iter().all(|slot| slot.origin == Origin::User));
}

#[test]
fn the_users_own_identifier_introduces_the_user() {
    let run = run(
        "I'm patient P-20931. Please move my cardiology appointment to Monday.",
        None,
        vec![call(
            "get_patient_appointments",
            r#"{"patient_id": "P-20931"}"#,
            r#"[{"appointment_id": "A551", "department": "Cardiology", "doctor": "Dr. Weiss", "date": "2025-05-12"}]"#,
        )],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0]);
    assert!(goal.goal.contains("P-20931"), "{}", goal.goal);
    asks(goal, "my appointments");
    assert!(goal.answer.starts_with("Your appointments"), "{}", goal.answer);
    assert!(goal.answer.contains("May 12, 2025"), "{}", goal.answer);
}

#[test]
fn an_identifier_that_only_a_result_shows_is_reached_through_that_result() {
    let run = run(
        "Upgrade Northwind to Gold.",
        None,
        vec![
            call(
                "search_companies",
                r#"{"name": "Northwind"}"#,
                r#"{"results": [{"company_id": "c-7719", "name": "Northwind Traders"}]}"#,
            ),
            call(
                "get_company",
                r#"{"company_id": "c-7719"}"#,
                r#"{"company_id": "c-7719", "plan": "Silver", "seats": 140}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0, 1]);
    asks(goal, "the plan and number of seats of the company called Northwind");
    assert!(!goal.goal.contains("c-7719"));
    assert_eq!(goal.difficulty, "hard");
    assert!(result.goals.iter().all(|goal| !goal.goal.contains("7719")), "{result:#?}");
}

#[test]
fn calls_that_cover_a_list_become_all_of_it_and_a_prefix_the_first_few() {
    let profile = r#"{"name": "Ana", "shipments": ["SH101", "SH102", "SH103"]}"#;
    let shipments = [
        ("{\"shipment_id\": \"SH101\"}", r#"{"shipment_id": "SH101", "state": "sent", "weight": 12}"#),
        ("{\"shipment_id\": \"SH102\"}", r#"{"shipment_id": "SH102", "state": "lost", "weight": 30}"#),
        ("{\"shipment_id\": \"SH103\"}", r#"{"shipment_id": "SH103", "state": "sent", "weight": 45}"#),
    ];
    for (count, which) in
        [(3, "all the shipments on my account"), (2, "the first two shipments on my account")]
    {
        let mut steps = vec![call("get_customer", r#"{"customer_id": "CU-88"}"#, profile)];
        steps.extend(
            shipments[..count].iter().map(|(arguments, result)| call("get_shipment", arguments, result)),
        );
        let run = run("My customer ID is CU-88. Reroute everything to Lyon.", None, steps);
        let result = relabeled(&run);
        let kept: Vec<u32> = (0..=count as u32).collect();
        let goal = over(&result, &kept);
        asks(goal, which);
        assert!(goal.goal.starts_with("My customer ID is CU-88."), "{}", goal.goal);
        assert!(goal.answer.contains("Shipment SH102: state: lost; weight: 30"), "{}", goal.answer);
    }
}

#[test]
fn what_is_mine_in_the_goal_is_yours_in_the_answer() {
    let profile = r#"{"name": "Ana", "shipments": ["SH101", "SH102", "SH103"]}"#;
    let shipment = r#"{"shipment_id": "SH101", "state": "sent", "weight": 12}"#;
    let steps = vec![
        call("get_customer", r#"{"customer_id": "CU-88"}"#, profile),
        call("get_shipment", r#"{"shipment_id": "SH101"}"#, shipment),
    ];
    let run = run("My customer ID is CU-88. Reroute everything to Lyon.", None, steps);
    let result = relabeled(&run);
    let goal = over(&result, &[0, 1]);
    asks(goal, "the first shipment on my account");
    assert!(goal.answer.starts_with("The first shipment on your account"), "{}", goal.answer);
}

#[test]
fn calls_of_one_tool_are_joined_where_they_differ() {
    let forecast = r#"{"temperature": 7.5, "conditions": "light rain"}"#;
    let run = run(
        "Plan a hike for me.",
        None,
        vec![
            call("get_weather", r#"{"city": "Bergen", "date": "2025-05-12"}"#, forecast),
            call(
                "get_weather",
                r#"{"city": "Oslo", "date": "2025-05-12"}"#,
                r#"{"temperature": 11, "conditions": "dry"}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0, 1]);
    asks(goal, "the temperature and conditions in Bergen and Oslo on May 12, 2025");
    assert!(
        goal.answer
            .contains("The weather in Bergen on May 12, 2025: temperature: 7.5; conditions: light rain.")
    );
    assert!(goal.answer.contains("The weather in Oslo on May 12, 2025: temperature: 11; conditions: dry."));
}

#[test]
fn the_users_own_words_serve_where_the_calls_satisfy_them() {
    let run = run(
        "Find the account manager for Northwind and upgrade them to the Gold plan.",
        None,
        vec![call(
            "get_company",
            r#"{"company_name": "Northwind"}"#,
            r#"{"plan": "Silver", "account_manager": "Jo Lindt"}"#,
        )],
    );
    let result = relabeled(&run);
    let goal = result
        .goals
        .iter()
        .find(|goal| goal.wording == Wording::Relax)
        .expect("the reached part of the goal");
    assert_eq!(goal.goal, "Find the account manager for Northwind.");
    assert!(goal.answer.contains("account manager: Jo Lindt"), "{}", goal.answer);
}

#[test]
fn listed_things_are_compared_by_what_is_said_of_all_of_them() {
    let run = run(
        "Find green tea importers with prices under $3 per kilogram and minimum order quantities below 20kg.",
        None,
        vec![
            call(
                "web_search",
                r#"{"query": "green tea importers wholesale"}"#,
                "Found 2 results: 1) Nord Tea - loose leaf at $4.20/kg, MOQ 5kg. 2) Leaf Co - $3.90/kg, MOQ 50kg.",
            ),
            call(
                "web_search",
                r#"{"query": "green tea small order under $3"}"#,
                "More results: 3) Tiny Tea - $3.40/kg, MOQ 2kg. 4) Chado - $6.00/kg, MOQ 1kg.",
            ),
        ],
    );
    let result = relabeled(&run);
    let goal = &result.goals[0];
    assert!(goal.goal.to_lowercase().contains("green tea importers"), "{}", goal.goal);
    assert!(goal.goal.contains("minimum order quant"), "{}", goal.goal);
    assert!(!goal.goal.contains('3'), "the old bound is gone: {}", goal.goal);
    assert!(goal.answer.contains("Tiny Tea: price $3.40/kg, minimum order quantity 2kg"), "{}", goal.answer);
}

#[test]
fn failures_empties_and_inventions_demonstrate_nothing() {
    for (steps, reason) in [
        (vec![], "no_steps"),
        (vec![call("get_order", r#"{"order_id": "A1"}"#, "Error: no such order")], "no_successful_step"),
        (
            vec![call("get_order", r#"{"order_id": "A1"}"#, r#"{"error": "no such order"}"#)],
            "no_successful_step",
        ),
        (vec![call("find_orders", r#"{"city": "Oslo"}"#, "[]")], "no_successful_step"),
        (vec![call("get_order", r#"{"order_id": "ORD-99812"}"#, r#"{"total": 3}"#)], "arguments_invented"),
        (vec![call("cancel_orders", r#"{"city": "Oslo"}"#, r#"{"queued": 3}"#)], "write_unverified"),
    ] {
        let run = run("Do something about my orders in Oslo.", None, steps);
        let result = relabeled(&run);
        assert!(result.goals.is_empty(), "{result:#?}");
        assert_eq!(result.abstained, Some(reason));
    }
}

#[test]
fn a_write_that_worked_is_an_achievement_and_hides_later_reads_of_the_same_thing() {
    let order = r#"{"order_id": "A77-1", "state": "cancelled", "total": 30}"#;
    let run = run(
        "Cancel order A77-1 and refund me the full price to my card.",
        None,
        vec![
            call("cancel_order", r#"{"order_id": "A77-1"}"#, order),
            call("get_order", r#"{"order_id": "A77-1"}"#, order),
        ],
    );
    let result = relabeled(&run);
    asks(over(&result, &[0]), "cancel order A77-1");
    assert!(result.goals[0].answer.starts_with("Done."), "{}", result.goals[0].answer);
    assert!(result.goals.iter().all(|goal| goal.kept_steps != [1]), "{result:#?}");
}

#[test]
fn under_a_policy_a_write_needs_the_users_yes_and_a_goal_that_can_keep_it() {
    let result = r#"{"event_id": "ev-81", "start": "2025-03-06T14:00:00", "status": "updated"}"#;
    let careful = "You are a calendar agent. Change only what the user wants changed.";
    let strict = "List the details and obtain the user's confirmation before any change.";
    for (policy, turn, stands) in
        [(careful, "Yes, please.", true), (careful, "Not yet, wait.", false), (strict, "Yes, please.", false)]
    {
        let mut write =
            call("update_event", r#"{"event_id": "ev-81", "start": "2025-03-06T14:00:00"}"#, result);
        write.user = Some(turn);
        let mut run =
            run("Move event ev-81 to 2025-03-06T14:00:00 and invite Priya from sales.", None, vec![write]);
        run.system = Some(policy);
        let result = relabeled(&run);
        assert_eq!(result.goals.is_empty(), !stands, "{result:#?}");
        if stands {
            asks(&result.goals[0], "change the start of event ev-81 to March 6, 2025 at 14:00");
        } else {
            assert_eq!(result.abstained, Some("write_unverified"));
        }
    }
}

#[test]
fn the_original_goal_is_no_hindsight_goal() {
    let run = run(
        "Tell me the plan and number of seats of company Northwind.",
        None,
        vec![call("get_company", r#"{"company_name": "Northwind"}"#, r#"{"plan": "Silver", "seats": 140}"#)],
    );
    assert_eq!(relabeled(&run).abstained, Some("same_as_original"));
}

#[test]
fn every_value_of_a_goal_is_a_slot_and_nothing_changes_from_run_to_run() {
    let run = run(
        "Which trains leave Graz for Wien on 3 June, and can I take a bike?",
        None,
        vec![call(
            "list_trains",
            r#"{"origin": "Graz", "destination": "Wien", "date": "2025-06-03"}"#,
            r#"[{"train_number": "RJ 71", "departs": "08:26"}, {"train_number": "RJ 73", "departs": "10:26"}]"#,
        )],
    );
    let first = relabeled(&run);
    assert_eq!(first, relabeled(&run));
    let goal = over(&first, &[0]);
    asks(goal, "trains");
    asks(goal, "from Graz to Wien on June 3, 2025");
    assert_eq!(goal.slots.len(), 3);
}

#[test]
fn ten_thousand_steps_are_as_linear_as_ten() {
    let inputs: Vec<String> = (0..10_000).map(|at| format!("{{\"order_id\": \"ORD-{at:05}\"}}")).collect();
    let outputs: Vec<String> = (0..10_000)
        .map(|at| {
            format!("{{\"order_id\": \"ORD-{at:05}\", \"next\": \"ORD-{:05}\", \"total\": {at}}}", at + 1)
        })
        .collect();
    let steps = inputs.iter().zip(&outputs).map(|(input, output)| call("get_order", input, output)).collect();
    let run = run("Follow the orders from ORD-00000 to the end.", None, steps);
    let result = relabeled(&run);
    asks(over(&result, &[0]), "order ORD-00000");
}

mod hostile {
    use super::{Step, relabeled, run};
    use proptest::prelude::*;

    /// Text of a log: words, JSON, marks and scripts in any mixture.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{0,40}",
            "[a-z_]{1,12}",
            r#"\{"[a-z_]{1,10}": ?("[A-Z0-9a-zé東 -]{0,12}"|[0-9]{1,6}|true|\[\{"id": "[A-Z0-9]{2,6}", "name": "[a-z ]{1,9}"\}(, \{"id": "x9"\})?\])\}"#,
            r#"(find|get|search|tell me) [a-zé東]{1,8} (and|for|in|by) "?[A-Z][a-z]{1,6}"? [0-9]{1,3}\. "#,
            "([1-9]\\) [A-Z][a-zé]{1,5} - \\$[0-9].[0-9]0/kg, MOQ [0-9]{1,3}kg\\. ){0,3}",
            "<[a-z]{1,3}>?\\PC{0,9}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_run_makes_it_panic(
            prompt in text(),
            tools in text(),
            parts in prop::collection::vec((text(), text(), text(), text(), any::<bool>()), 0..6),
        ) {
            let steps: Vec<Step<'_>> = parts
                .iter()
                .map(|(tool, input, observation, words, has_user)| Step {
                    user: has_user.then_some(words.as_str()),
                    thought: Some(words),
                    action_name: Some(tool),
                    action_input: Some(input),
                    observation: Some(observation),
                    error: None,
                })
                .collect();
            let mut run = run(&prompt, Some(&tools), steps);
            run.final_answer = Some(&prompt);
            let result = relabeled(&run);
            prop_assert_eq!(result.goals.is_empty(), result.abstained.is_some());
            for goal in &result.goals {
                prop_assert!(goal.kept_steps.is_sorted() && goal.thoughts.len() == goal.kept_steps.len());
                prop_assert!((0.0..=1.0).contains(&goal.confidence));
            }
        }
    }
}

#[test]
fn the_broken_bound_moves_to_what_was_found_and_the_unreached_clause_goes() {
    let hotels = r#"{"hotels": [{"hotel_id": "h1", "name": "Hotel Golem", "price_per_night": 112, "currency": "EUR"},
        {"hotel_id": "h2", "name": "Vltava Inn", "price_per_night": 95, "currency": "EUR"},
        {"hotel_id": "h3", "name": "U Mostu", "price_per_night": 149, "currency": "EUR"}]}"#;
    let asked =
        "Find me a hotel in Prague from 2025-05-01 to 2025-05-04 for two people under 90 euros with a pool.";
    let arguments =
        r#"{"city": "Prague", "checkin_date": "2025-05-01", "checkout_date": "2025-05-04", "guests": 2}"#;
    let moved = run(asked, None, vec![call("hotels_search", arguments, hotels)]);
    let result = relabeled(&moved);
    let goal = over(&result, &[0]);
    assert_eq!(
        goal.goal,
        "Find me a hotel in Prague from 2025-05-01 to 2025-05-04 for two people under 100 euros."
    );
    assert_eq!(goal.wording, Wording::Relax);
    assert_eq!(goal.answer, "Vltava Inn: price per night 95 EUR.");

    // Where something keeps to the bound, the request was not too strict.
    let kept = vec![call("hotels_search", arguments, hotels)];
    let met = asked.replace("90", "99");
    let met = Trajectory { original_prompt: Some(&met), steps: kept, ..Trajectory::default() };
    assert!(relabeled(&met).goals.iter().all(|goal| goal.wording != Wording::Relax));
}

#[test]
fn a_write_to_a_thing_that_a_list_found_calls_it_by_its_name() {
    let tools = r#"[{"name": "find_member", "description": "Find a library member by name"},
        {"name": "list_loans", "description": "List the loans of a member"},
        {"name": "renew_loan", "description": "Renew a loan"}]"#;
    let run = run(
        "Renew all of Sam Ortega's books until July 1.",
        Some(tools),
        vec![
            call(
                "find_member",
                r#"{"name": "Sam Ortega"}"#,
                r#"{"member_id": "M-3301", "name": "Sam Ortega"}"#,
            ),
            call(
                "list_loans",
                r#"{"member_id": "M-3301"}"#,
                r#"[{"loan_id": "LN-1", "title": "Piranesi", "renewals": 2}, {"loan_id": "LN-2", "title": "The Overstory", "renewals": 0}]"#,
            ),
            call(
                "renew_loan",
                r#"{"loan_id": "LN-2", "until": "2025-07-01"}"#,
                r#"{"status": "renewed", "loan_id": "LN-2", "due_date": "2025-07-01"}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0, 1, 2]);
    asks(goal, "renew the loan \"The Overstory\" of the member Sam Ortega until July 1, 2025");
    assert!(goal.answer.contains("status: renewed"), "{}", goal.answer);
}

#[test]
fn what_is_set_is_set_to_its_value_though_it_is_called_by_its_unit() {
    let tools = r#"[{"name": "set_temperature", "description": "Set the thermostat"}]"#;
    let run = run(
        "Turn the bedroom to 19 degrees and switch off the lights.",
        Some(tools),
        vec![call(
            "set_temperature",
            r#"{"area": "bedroom", "celsius": 19}"#,
            r#"{"ok": true, "area": "bedroom", "target_c": 19}"#,
        )],
    );
    asks(over(&relabeled(&run), &[0]), "set the thermostat in the bedroom to 19");
}

#[test]
fn lines_of_a_result_stay_lines_and_names_of_files_stay_as_they_are() {
    let tools = r#"[{"name": "list_directory", "description": "List files of a directory"}]"#;
    let run = run(
        "Summarise the reports in /data/reports.",
        Some(tools),
        vec![call("list_directory", r#"{"path": "/data/reports"}"#, "q1_2024.pdf  1.2 MB\nnotes.txt  4 KB")],
    );
    let result = relabeled(&run);
    assert_eq!(over(&result, &[0]).answer, "q1_2024.pdf 1.2 MB\nnotes.txt 4 KB");
}

#[test]
fn figures_come_with_their_units_and_several_things_in_the_plural() {
    let tools = r#"[{"name": "drug_lookup", "description": "Look up a drug"},
        {"name": "get_metrics", "description": "Get CPU and memory usage of a deployment"}]"#;
    let run = run(
        "Which of lisinopril and losartan may be taken with potassium, and is checkout above 80% CPU in the last 1h?",
        Some(tools),
        vec![
            call(
                "drug_lookup",
                r#"{"name": "lisinopril"}"#,
                r#"{"name": "lisinopril", "half_life_hours": 12}"#,
            ),
            call("drug_lookup", r#"{"name": "losartan"}"#, r#"{"name": "losartan", "half_life_hours": 2}"#),
            call(
                "get_metrics",
                r#"{"deployment": "checkout", "window": "1h"}"#,
                r#"{"cpu_percent": 63.5, "memory_mb": 812}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    let drugs = over(&result, &[0, 1]);
    asks(drugs, "the drugs called lisinopril and losartan");
    assert!(drugs.answer.contains("2 hours"), "{}", drugs.answer);
    let usage = over(&result, &[2]);
    asks(usage, "the CPU percentage and memory of the checkout deployment over the last 1h");
    assert!(usage.answer.contains("CPU percentage: 63.5%; memory: 812 MB"), "{}", usage.answer);
}

#[test]
fn an_event_that_a_window_of_time_showed_is_moved_by_its_name() {
    let tools = r#"[{"name": "calendar.list_events", "description": "List calendar events"},
        {"name": "calendar.update_event", "description": "Update a calendar event"}]"#;
    let run = run(
        "Move my 1:1 with Tomas to Thursday 3pm and tell him.",
        Some(tools),
        vec![
            call(
                "calendar.list_events",
                r#"{"start": "2025-05-19", "end": "2025-05-23"}"#,
                r#"{"events": [{"event_id": "ev_1", "title": "Budget review"}, {"event_id": "ev_7", "title": "Sync with Tomas"}]}"#,
            ),
            call(
                "calendar.update_event",
                r#"{"event_id": "ev_7", "start": "2025-05-22T15:00:00", "end": "2025-05-22T15:30:00"}"#,
                r#"{"event_id": "ev_7", "start": "2025-05-22T15:00:00", "end": "2025-05-22T15:30:00", "updated": true}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0, 1]);
    asks(
        goal,
        "reschedule the calendar event \"Sync with Tomas\" to May 22, 2025 at 15:00 until May 22, 2025 at 15:30",
    );
    assert!(!goal.answer.contains("update"), "{}", goal.answer);
}

#[test]
fn the_two_ends_of_a_thing_are_said_together_and_an_empty_list_beside_a_figure_is_a_result() {
    let run = run(
        "Drive me from Rivermist to Stonebrook.",
        Some(
            r#"[{"name": "estimate_distance", "description": "Estimates the distance between two cities"}]"#,
        ),
        vec![call(
            "estimate_distance",
            r#"{"cityA": "Rivermist", "cityB": "Stonebrook"}"#,
            r#"{"distance": 750.0, "intermediaryCities": []}"#,
        )],
    );
    asks(over(&relabeled(&run), &[0]), "estimate the distance between Rivermist and Stonebrook");
}

#[test]
fn a_noun_that_could_be_a_verb_writes_nothing() {
    let run = run(
        "What is the rate from CHF to BRL, and how did it change?",
        Some(
            r#"[{"name": "exchange_rate", "description": "Returns the exchange rate between two currencies"}]"#,
        ),
        vec![call(
            "exchange_rate",
            r#"{"base": "CHF", "target": "BRL"}"#,
            r#"{"base": "CHF", "target": "BRL", "rate": 6.84}"#,
        )],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0]);
    asks(goal, "the exchange rate from CHF to BRL");
    assert_eq!(goal.answer, "The exchange rate from CHF to BRL is 6.84.");
}

#[test]
fn a_thing_is_extended_until_a_day_and_what_is_of_a_game_is_said_of_it() {
    let tools = r#"[{"name": "extend_booking", "description": "Extend a booking"},
        {"name": "get_crossplay", "description": "Get cross-play support of a game"}]"#;
    let run = run(
        "Extend booking AV-2291 until June 15 and find a co-op game like Overgrown.",
        Some(tools),
        vec![
            call(
                "extend_booking",
                r#"{"booking_ref": "AV-2291", "new_checkout": "2025-06-15"}"#,
                r#"{"booking_ref": "AV-2291", "check_out": "2025-06-15", "status": "extended"}"#,
            ),
            call(
                "get_crossplay",
                r#"{"title": "Overgrown"}"#,
                r#"{"title": "Overgrown", "platforms": ["Switch", "PC"]}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    asks(over(&result, &[0]), "extend booking AV-2291 until June 15, 2025");
    asks(over(&result, &[1]), "the platforms of the cross-play support of Overgrown");
}

#[test]
fn what_a_period_or_a_list_says_is_not_asked_and_ways_of_travel_tell_directions_apart() {
    let tools = r#"[{"name": "list_tickets", "description": "List tickets of a queue"},
        {"name": "update_ticket", "description": "Update a ticket"},
        {"name": "get_spend", "description": "Get cloud spend for a provider and quarter"},
        {"name": "directions", "description": "Get directions between two places"}]"#;
    let run = run(
        "Set all P1 tickets of the billing queue to resolved, compare AWS to GCP in Q1, and drive me from A-Platz to B-Dorf.",
        Some(tools),
        vec![
            call(
                "list_tickets",
                r#"{"queue": "billing", "priority": "P1"}"#,
                r#"[{"ticket_id": "T-88", "subject": "Double charge in May"}, {"ticket_id": "T-91", "subject": "VAT missing"}]"#,
            ),
            call(
                "update_ticket",
                r#"{"ticket_id": "T-88", "status": "resolved"}"#,
                r#"{"ticket_id": "T-88", "status": "resolved"}"#,
            ),
            call(
                "get_spend",
                r#"{"provider": "AWS", "quarter": "Q1", "year": 2025}"#,
                r#"{"provider": "AWS", "quarter": "Q1", "year": 2025, "amount": 1823.5, "currency": "USD"}"#,
            ),
            call(
                "directions",
                r#"{"origin": "A-Platz", "destination": "B-Dorf", "mode": "driving"}"#,
                r#"{"routes": [{"summary": "A115", "distance": {"text": "37 km", "value": 37012}}]}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    asks(
        over(&result, &[0, 1, 2]),
        "change the status of the P1-priority ticket \"Double charge in May\" in the billing queue to resolved",
    );
    asks(over(&result, &[2]), "the amount of the cloud spend with AWS for Q1 2025");
    let directions = over(&result, &[3]);
    asks(directions, "driving directions");
    assert!(directions.answer.contains("distance: 37 km"), "{}", directions.answer);
}

#[test]
fn the_site_that_a_tool_is_for_is_said() {
    let run = run(
        "Compare the channels of annlee.",
        None,
        vec![call(
            "get_channel_details_for_clips_com_api",
            r#"{"channel_name": "annlee"}"#,
            r#"{"name": "annlee", "status": "live", "category": "Chess"}"#,
        )],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0]);
    asks(goal, "the annlee channel on clips.com");
}

#[test]
fn what_a_list_found_is_called_by_its_name_and_pages_speak_without_labels() {
    let tools = r#"[{"name": "search_deals", "description": "Search deals by company"},
        {"name": "get_deal", "description": "Get a deal"}, {"name": "web_search", "description": "Search the web"},
        {"name": "find_patient", "description": "Find a patient by name and birth date"}]"#;
    let run = run(
        "Move the Northwind deal of Leo Brandt, born 1988-04-02, to won, and find its press release.",
        Some(tools),
        vec![
            call(
                "search_deals",
                r#"{"company": "Northwind"}"#,
                r#"{"deals": [{"deal_id": "D-7", "name": "Northwind renewal"}, {"deal_id": "D-9", "name": "Northwind add-on"}]}"#,
            ),
            call(
                "get_deal",
                r#"{"deal_id": "D-7"}"#,
                r#"{"deal_id": "D-7", "name": "Northwind renewal", "close_date": "2025-06-30", "owner": "Hugo Lind"}"#,
            ),
            call(
                "web_search",
                r#"{"query": "Northwind press release"}"#,
                r#"[{"title": "Northwind News", "snippet": "Northwind opens a plant in Ghent."}, {"title": "Trade", "snippet": "Seats sell."}]"#,
            ),
            call(
                "find_patient",
                r#"{"name": "Leo Brandt", "birth_date": "1988-04-02"}"#,
                r#"{"patient_id": "PT-118", "name": "Leo Brandt", "insurance": "Helvia"}"#,
            ),
        ],
    );
    let result = relabeled(&run);
    let deal = over(&result, &[0, 1]);
    asks(deal, "tell me the close date and owner of the deal \"Northwind renewal\"");
    assert!(over(&result, &[2]).answer.contains("- Northwind News: Northwind opens a plant in Ghent."));
    asks(over(&result, &[3]), "the patient called Leo Brandt born on April 2, 1988");
}

/// The goals over one call of a tool, in small letters.
fn goals_over(prompt: &str, tools: Option<&str>, step: Step<'_>) -> Vec<String> {
    relabeled(&run(prompt, tools, vec![step]))
        .goals
        .into_iter()
        .map(|goal| goal.goal.to_lowercase())
        .collect()
}

#[test]
fn a_third_person_is_not_the_user() {
    let record = r#"{"customer_name": "Ines Duarte", "plan": "Pro", "status": "active"}"#;
    let step = || call("get_customer", r#"{"customer_name": "Ines Duarte"}"#, record);
    for (prompt, is_own) in [
        ("Ines Duarte is no longer with us. Can you delete them?", false),
        ("Please block the customer Ines Duarte.", false),
        ("My name is Ines Duarte. Please close my contract.", true),
    ] {
        let goals = goals_over(prompt, None, step());
        assert!(
            !goals.is_empty() && goals.iter().all(|goal| goal.starts_with("my ") == is_own),
            "{prompt}: {goals:?}"
        );
    }
}

#[test]
fn bare_values_are_said_with_their_parameters() {
    let tools = r#"[{"name": "calculate_area", "description": "Calculate the area of a given shape", "parameters": {"properties": {
        "shape": {"description": "The shape for which to calculate the area"},
        "dimensions": {"description": "The dimensions required to calculate the area"}}}}]"#;
    let area = |arguments| call("calculate_area", arguments, r#"{"area": 12}"#);
    let goals = goals_over(
        "How large is a rectangle of 4 by 3?",
        Some(tools),
        area(r#"{"shape": "rectangle", "dimensions": [4, 3]}"#),
    );
    assert!(
        goals.iter().any(|goal| goal.contains("the area of a rectangle with dimensions 4 and 3")),
        "{goals:?}"
    );
    let goals = goals_over(
        "How large is a square of side 4?",
        Some(tools),
        area(r#"{"shape": "square", "dimensions": [4]}"#),
    );
    assert!(goals.is_empty(), "{goals:?}");
}

#[test]
fn the_time_is_that_of_a_place() {
    let now = r#"{"timezone": "America/New_York", "datetime": "2025-08-03T19:30:17-04:00"}"#;
    let goals = goals_over(
        "Is the office in New York open?",
        None,
        call("get_current_time", r#"{"timezone": "America/New_York"}"#, now),
    );
    assert!(goals.iter().any(|goal| goal.contains("current time in new york")), "{goals:?}");
}

#[test]
fn a_booking_is_said_once_and_by_its_hours() {
    let arguments = r#"{"room_id": 101, "start_time": "18:00", "end_time": "20:00"}"#;
    let run = run(
        "Reserve room 101 from 18:00 to 20:00, successfully.",
        None,
        vec![call("ReserveMeeting.reserve", arguments, r#"{"state": "Reserved successfully for you."}"#)],
    );
    let result = relabeled(&run);
    let goal = over(&result, &[0]);
    asks(goal, "reserve a meeting from 18:00 to 20:00 in room 101");
    assert_eq!(goal.answer, "Done. Reserved successfully for you.");
}

#[test]
fn places_have_the_capitals_of_the_run() {
    let hotels = r#"[{"name": "Palm", "city": "Green Harbour Bay", "stars": 4}, {"name": "Reef", "city": "Green Harbour Bay", "stars": 3}]"#;
    let step = call("get_hotels", r#"{"city": "green harbour bay"}"#, hotels);
    let result = relabeled(&run("somewhere warm in green harbour bay please", None, vec![step]));
    let has_capitals = |goal: &Hindsight| goal.goal.contains("in Green Harbour Bay");
    assert!(!result.goals.is_empty() && result.goals.iter().all(has_capitals), "{result:#?}");
}
