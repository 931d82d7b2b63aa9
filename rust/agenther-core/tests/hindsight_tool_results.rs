//! Goals over results in the shapes that interfaces give them: what is taken for the result, what names its rows, how far
//! it goes, and how the values of programs are said.

use agenther_core::hindsight::{Hindsight, RelabelOptions, relabel};
use agenther_core::reading::Reading;
use agenther_core::trajectory::{Step, Trajectory};

/// A call of a tool with its arguments and its result.
type Call<'c> = (&'c str, &'c str, &'c str);

fn goals(prompt: &str, calls: &[Call<'_>]) -> Vec<Hindsight> {
    let step = |&(tool, arguments, observation)| Step {
        action_name: Some(tool),
        action_input: Some(arguments),
        observation: Some(observation),
        ..Step::default()
    };
    let steps = calls.iter().map(step).collect();
    let run = Trajectory {
        trajectory_id: Some("t"),
        original_prompt: Some(prompt),
        steps,
        ..Trajectory::default()
    };
    relabel(
        &Reading::new(&run),
        &RelabelOptions { goals: 20, min_confidence: 0.0, ..RelabelOptions::default() },
    )
    .goals
}

/// Asserts that a goal of the run asks so, and is answered so.
fn asks_and_answers(prompt: &str, calls: &[Call<'_>], asks: &str, answers: &str) {
    let goals = goals(prompt, calls);
    let fits = |goal: &Hindsight| {
        goal.goal.to_lowercase().contains(&asks.to_lowercase()) && goal.answer.contains(answers)
    };
    let said: Vec<_> = goals.iter().map(|goal| (&goal.goal, &goal.answer)).collect();
    assert!(goals.iter().any(fits), "{asks:?} answered by {answers:?} is none of {said:#?}");
}

#[test]
fn the_result_is_what_the_envelope_holds() {
    for (observation, answers) in [
        (
            r#"{"ok": true, "members": [{"id": "U1", "name": "ann", "time_zone": "Oslo"}, {"id": "U2", "name": "bo", "time_zone": "Bern"}], "response_metadata": {"next_cursor": ""}}"#,
            "- ann (U1): time zone: Oslo",
        ),
        (
            r#"{"success": true, "errors": [], "result": [{"name": "ann", "plan": "Pro"}], "result_info": {"page": 1, "total_count": 1}}"#,
            "- ann: plan: Pro",
        ),
        (
            r#"{"object": "list", "results": [{"name": "ann", "city": "Oslo"}], "has_more": false}"#,
            "- ann: city: Oslo",
        ),
        (
            r#"{"resourceType": "Bundle", "total": 2, "entry": [{"resource": {"name": "ann", "ward": "B"}}, {"resource": {"name": "bo", "ward": "C"}}]}"#,
            "- ann: ward: B\n- bo: ward: C",
        ),
        (
            r#"{"data": [{"id": "7", "attributes": {"name": "ann", "city": "Oslo"}}, {"id": "8", "attributes": {"name": "bo", "city": "Bern"}}]}"#,
            "- ann: city: Oslo",
        ),
        ("name|city\nann|Oslo\nbo|Bern", "- ann: city: Oslo"),
        (
            r#"[{"status": true, "message": "Success", "data": [{"name": "ann", "city": "Oslo"}, {"name": "bo", "city": "Bern"}]}]"#,
            "- ann: city: Oslo",
        ),
        (
            r#"{"type": "text", "text": "[{\"name\": \"ann\", \"city\": \"Oslo\"}]", "annotations": null, "_meta": null}"#,
            "ann: city: Oslo",
        ),
    ] {
        let calls = [("list_members", r#"{"team": "blue"}"#, observation)];
        asks_and_answers("Add Cy to the blue team.", &calls, "the members", answers);
    }
}

#[test]
fn what_stands_for_a_file_and_sentences_that_break_off_are_no_answers() {
    for observation in ["[document]", "[image]"] {
        let found =
            goals("Mend the profile of Ann Lee.", &[("get_profile", r#"{"name": "Ann Lee"}"#, observation)]);
        assert!(found.is_empty(), "{found:?}");
    }
    let search = |pages: &str| {
        let call = ("search", r#"{"query": "lamp of the old lighthouse"}"#, pages);
        let found = goals("Which lamp is oldest?", &[call]);
        found.into_iter().map(|goal| goal.answer).collect::<Vec<_>>()
    };
    assert!(search(r#"[{"docid": "1", "score": 13.2, "snippet": "The lamp is ..."}]"#).is_empty());
    let cut = search(
        r#"[{"docid": "1", "score": 13.2, "snippet": "It burns oil. The lamp is ..."}, {"docid": "2", "score": 1.2, "snippet": "It is 31 m tall."}]"#,
    );
    assert!(cut.iter().all(|answer| answer.contains("It burns oil.") && !answer.contains("The lamp")));
    assert!(!cut.is_empty());
}

#[test]
fn a_mark_is_a_value_and_a_count_of_guests_no_envelope() {
    let plans = r#"[{"name": "Free", "sso": "add-on"}, {"name": "Pro", "sso": "✓"}]"#;
    asks_and_answers("Buy the right plan.", &[("list_plans", "{}", plans)], "plans", "- Pro: sso: ✓");
    let booking = r#"{"reservation_id": "R1", "date": "2025-05-01", "table": "Window", "party_size": 2, "guests": [{"name": "Ann"}, {"name": "Bo"}]}"#;
    let calls = [("get_reservation", r#"{"name": "Lee"}"#, booking)];
    asks_and_answers("Move the reservation of Lee.", &calls, "reservation", "Window");
}

#[test]
fn a_status_that_shows_things_is_asked_for_them() {
    let lifts = r#"{"sector": "Vallon", "updated": "2025-02-18", "lifts": [{"name": "Pisaillas", "open": false, "waiting": 4}, {"name": "Marmottes", "open": true, "waiting": 12}]}"#;
    asks_and_answers(
        "Plan a day in the Vallon sector.",
        &[("lift_status", r#"{"sector": "Vallon"}"#, lifts)],
        "the lifts in the Vallon sector",
        "- Pisaillas: open: no; waiting: 4",
    );
}

#[test]
fn rows_are_named_by_what_tells_them_apart() {
    for (tool, observation, answers) in [
        (
            "list_orders",
            r#"[{"order_number": "4500", "requester": "ann", "total": 8}, {"order_number": "4501", "requester": "ann", "total": 9}]"#,
            "- 4500: ",
        ),
        (
            "list_pipelines",
            r#"[{"id": 99, "status": "failed", "ref": "main"}, {"id": 98, "status": "passed", "ref": "main"}]"#,
            "- 99: status: failed",
        ),
        (
            "list_books",
            r#"[{"title": "Salt", "author": "Winn", "format": "book", "year": 2018}, {"title": "Salt", "author": "Winn", "format": "audio", "year": 2019}]"#,
            "format: audio",
        ),
    ] {
        let calls = [(tool, r#"{"city": "Oslo"}"#, observation)];
        asks_and_answers("Sort out what we have in Oslo.", &calls, "in Oslo", answers);
    }
}

#[test]
fn a_page_is_no_whole() {
    for (arguments, observation, asks) in [
        (
            r#"{"city": "Oslo", "per_page": 2}"#,
            r#"[{"name": "A", "stars": 3}, {"name": "B", "stars": 4}]"#,
            "two hotels in Oslo",
        ),
        (
            r#"{"city": "Oslo"}"#,
            r#"{"hotels": [{"name": "A", "stars": 3}, {"name": "B", "stars": 4}], "has_more": true}"#,
            "two hotels in Oslo",
        ),
        (
            r#"{"city": "Oslo"}"#,
            r#"{"hotels": [{"name": "A", "stars": 3}, {"name": "B", "stars": 4}], "total_count": 9}"#,
            "two hotels in Oslo",
        ),
        (
            r#"{"city": "Oslo"}"#,
            r#"{"count": 9, "next": "/api/hotels?page=2", "previous": null, "results": [{"name": "A", "stars": 3}, {"name": "B", "stars": 4}]}"#,
            "two hotels in Oslo",
        ),
        (
            r#"{"city": "Oslo", "limit": 2}"#,
            r#"{"hotels": [{"name": "A", "stars": 3}, {"name": "B", "stars": 4}], "total_count": 2}"#,
            "the hotels in Oslo",
        ),
    ] {
        asks_and_answers(
            "Book something in Oslo.",
            &[("search_hotels", arguments, observation)],
            asks,
            "- A: stars: 3",
        );
    }
}

#[test]
fn what_is_asked_of_each_is_told_of_each() {
    let issues = r#"[{"title": "Crash", "assignees": ["lee"], "comments": 4}, {"title": "Typo", "assignees": [], "comments": 1}]"#;
    asks_and_answers(
        "Which assignees have the bug with the most comments in acme/web?",
        &[("list_issues", r#"{"repo": "acme/web"}"#, issues)],
        "the assignees and number of comments of each",
        "- Typo: assignees: none; comments: 1",
    );
}

#[test]
fn moments_and_figures_of_programs_are_said_as_people_say_them() {
    let calls = [(
        "search_reminders",
        r#"{"content": "dentist", "created_after": 1741600000}"#,
        r#"[{"title": "Dentist", "reminder_timestamp": 1742302800.0, "num_guests": 2}, {"title": "Dentist bill", "reminder_timestamp": 1743498000.0, "num_guests": 3}]"#,
    )];
    asks_and_answers(
        "Text my brother when the dentist is.",
        &calls,
        "reminders about dentist",
        "reminder time: March 18, 2025 at 13:00",
    );
    let calls = [(
        "get_budget",
        r#"{"cost_center": "CC-4120"}"#,
        r#"{"cost_center": "CC-4120", "budget": 120000.0, "currency": "EUR"}"#,
    )];
    asks_and_answers(
        "Approve what fits CC-4120.",
        &calls,
        "the budget for cost center CC-4120",
        "is 120000 EUR.",
    );
}

#[test]
fn a_job_that_failed_was_looked_up() {
    asks_and_answers(
        "Retry job 610342 until it passes.",
        &[(
            "get_job",
            r#"{"job_id": 610342}"#,
            r#"{"id": 610342, "name": "unit", "status": "failed", "stage": "test", "duration": 188.9, "exit_code": 1}"#,
        )],
        "of job 610342",
        "failed",
    );
}

#[test]
fn who_asks_for_a_list_and_one_of_it_is_told_both() {
    let hotels = r#"{"results": [{"hotel_id": "H-771", "name": "Golem", "rating": 9.1}, {"hotel_id": "H-772", "name": "Vltava", "rating": 8.6}]}"#;
    let rooms = r#"{"hotel_id": "H-771", "offers": [{"room": "Twin", "price": 118}, {"room": "Suite", "price": 231}]}"#;
    let calls = [
        ("search_hotels", r#"{"city": "Prague", "guests": 2, "min_rating": 8.5}"#, hotels),
        ("get_rooms", r#"{"hotel_id": "H-771"}"#, rooms),
    ];
    let prompt = "Book the best hotel in Prague for 2 guests, rating at least 8.5, with a pool.";
    asks_and_answers(
        prompt,
        &calls,
        "the hotels in Prague rated 8.5 or higher for 2 guests",
        "- Vltava (H-772): rating: 8.6\n\nThe rooms of the highest rated one:\n- Twin: price: 118",
    );
}

#[test]
fn what_a_thing_has_is_none_of_the_things_listed() {
    let meters = r#"{"meters": [{"meter_id": "E-112", "fuel": "electricity", "tariff_code": "STD-24"}, {"meter_id": "G-441", "fuel": "gas", "tariff_code": "GAS-10"}]}"#;
    let tariff = r#"{"tariff_code": "STD-24", "name": "Standard", "exit_fee": 20, "price": 0.28}"#;
    asks_and_answers(
        "My account number is 80-55213. Switch me to the cheapest tariff.",
        &[
            ("get_meters", r#"{"account_number": "80-55213"}"#, meters),
            ("get_tariff", r#"{"tariff_code": "STD-24"}"#, tariff),
        ],
        "of the tariff of the meter \"electricity\" on my account",
        "0.28",
    );
}

#[test]
fn what_says_nothing_new_or_is_worded_for_programs_is_not_asked() {
    for call in [
        ("query_alarm", r#"{"time": "2023-08-10 09:45:00"}"#, r#"{"id": 11, "time": "2023-08-10 09:45:00"}"#),
        ("lock_doors", r#"{"door": "driver"}"#, r#"{"lock_status": "unlocked", "remaining": 2}"#),
    ] {
        let goals =
            goals("Lock the driver door in the attic at 2023-08-10 09:45:00, retry in /srv.", &[call]);
        assert!(goals.is_empty(), "{call:?}: {goals:#?}");
    }
}

#[test]
fn what_is_looked_up_is_said_to_be_for_what_it_was_looked_up_by() {
    let docket = r#"{"case_number": "24-CV-0187", "entries": [{"text": "Hearing set", "date": "2025-02-03"}, {"text": "Motion", "date": "2025-02-20"}]}"#;
    for (tool, arguments, observation, asks, answers) in [
        (
            "get_docket",
            r#"{"case_number": "24-CV-0187"}"#,
            docket,
            "the docket of case 24-CV-0187",
            "- Hearing set: date: February 3, 2025",
        ),
        (
            "get_ticket_prices",
            r#"{"exhibition": "Vermeer Revisited"}"#,
            r#"{"adult": 25.0, "student": 12.5, "senior": 20.0, "child": 0.0}"#,
            "the ticket prices for the exhibition Vermeer Revisited",
            "adult: 25; student: 12.5; senior: 20; child: 0",
        ),
        (
            "get_tariff",
            r#"{"zone": "4410"}"#,
            r#"{"zone": "4410", "operator": "CityPark", "price_per_hour": 1.7, "hours": "Mon-Sat"}"#,
            "the tariff in zone 4410",
            "operator: CityPark; price per hour: 1.7; hours: Mon-Sat",
        ),
        (
            "get_seat_map",
            r#"{"coach": 9, "date": "2025-05-02"}"#,
            r#"{"coach": 9, "free": ["41", "46"], "class": "2"}"#,
            "the seat map for coach 9 on May 2, 2025",
            "free: 41, 46; class: 2",
        ),
        (
            "search_companies",
            r#"{"query": "Halden Marine"}"#,
            r#"{"results": [{"name": "Halden Marine AS", "city": "Bergen"}]}"#,
            "the companies called Halden Marine",
            "- Halden Marine AS: city: Bergen",
        ),
        (
            "search_cars",
            r#"{"pickup_date": "2025-06-03", "dropoff_date": "2025-06-10", "transmission": "automatic"}"#,
            r#"{"cars": [{"model": "VW Polo", "seats": 5, "total_price": 214.0}, {"model": "Fiat 500", "seats": 4, "total_price": 189.5}]}"#,
            "the cars with automatic transmission from June 3, 2025 to June 10, 2025",
            "- Fiat 500: seats: 4; total price: 189.5",
        ),
        (
            "list_issues",
            r#"{"assignee": "me", "priority": 1}"#,
            r#"[{"title": "Retries", "state": {"name": "Todo"}}, {"title": "Keys", "state": {"name": "Done"}}]"#,
            "the issues assigned to me with priority 1",
            "- Retries: state: Todo",
        ),
        (
            "translate_text",
            r#"{"text": "good morning", "target_lang": "ja"}"#,
            r#"{"translated_text": "おはようございます。"}"#,
            "translate \"good morning\" to Japanese",
            "おはようございます。",
        ),
    ] {
        let prompt = "Sort out 24-CV-0187, Vermeer Revisited in zone 4410, coach 9 on 2025-05-02, Halden Marine, an automatic \
                      from 2025-06-03 to 2025-06-10, my priority 1 work and \"good morning\".";
        asks_and_answers(prompt, &[(tool, arguments, observation)], asks, answers);
    }
}

#[test]
fn a_name_that_another_owner_may_have_too_is_said_with_its_owner() {
    let pets = r#"{"owner_number": "5521", "pets": [{"pet_id": "pt_81", "name": "Biscuit", "species": "dog"}, {"pet_id": "pt_82", "name": "Miso", "species": "cat"}]}"#;
    let shots = r#"{"pet_id": "pt_81", "vaccinations": [{"vaccine": "DHPP", "due_on": "2025-03-02"}, {"vaccine": "Rabies", "due_on": "2026-06-11"}]}"#;
    asks_and_answers(
        "My dog Biscuit (owner number 5521) needs his booster.",
        &[
            ("find_pets", r#"{"owner_number": "5521"}"#, pets),
            ("get_vaccinations", r#"{"pet_id": "pt_81"}"#, shots),
        ],
        "the vaccinations of the pet \"Biscuit\" for owner number 5521",
        "- Rabies: due date: June 11, 2026",
    );
}

#[test]
fn one_of_several_is_the_extreme_one_or_has_a_name() {
    let pipelines = r#"[{"id": 99412, "status": "failed", "created_at": "2025-01-23T15:41:07Z"}, {"id": 99388, "status": "failed", "created_at": "2025-01-23T13:02:55Z"}]"#;
    let jobs = r#"[{"id": 610341, "name": "lint", "stage": "check"}, {"id": 610342, "name": "unit", "stage": "test"}]"#;
    asks_and_answers(
        "Retry the job that broke main in project 318.",
        &[
            ("list_pipelines", r#"{"project_id": 318, "ref": "main"}"#, pipelines),
            ("list_jobs", r#"{"project_id": 318, "pipeline_id": 99412}"#, jobs),
        ],
        "list the pipelines of project 318 on branch main, then list the jobs of the latest one",
        "The jobs of the latest one:\n- lint: stage: check",
    );
    let policies = r#"{"matches": [{"policy_number": "HO-338-90217", "product": "Homeowner Plus"}, {"policy_number": "AU-771-00418", "product": "Auto Standard"}]}"#;
    let claims = r#"[{"claim_id": "CLM-250114", "peril": "WATER", "reserve": 18000}, {"claim_id": "CLM-240902", "peril": "HAIL", "reserve": 0}]"#;
    asks_and_answers(
        "Pay out the burst pipe of Rosalind Achebe.",
        &[
            ("find_policies", r#"{"holder_name": "Rosalind Achebe"}"#, policies),
            ("list_claims", r#"{"policy_number": "HO-338-90217"}"#, claims),
        ],
        "the claims of the policy \"Homeowner Plus\" of the holder Rosalind Achebe",
        "- WATER (CLM-250114): reserve: 18000",
    );
}

#[test]
fn answers_say_what_the_goal_does_not() {
    for (tool, arguments, observation, asks, answers) in [
        // What was asked for by is not told again.
        (
            "get_hall",
            r#"{"hall": "2"}"#,
            r#"{"hall": "2", "name": "Elm Hall", "capacity": 150, "hourly_rate": 85.0}"#,
            "hall 2",
            "Hall 2: name: Elm Hall; capacity: 150; hourly rate: 85.",
        ),
        // A mark of some rows names none of them.
        (
            "get_lab_results",
            r#"{"mrn": "448120"}"#,
            r#"[{"test": "Potassium", "flag": "H", "value": 5.6}, {"test": "Potassium", "flag": "", "value": 4.4}]"#,
            "the lab results for MRN 448120",
            "- Potassium: flag: H; value: 5.6",
        ),
        // A figure is no sentence.
        (
            "route_distance",
            r#"{"origin": "Lund", "destination": "Ystad"}"#,
            "19.4 km",
            "the route distance from Lund to Ystad",
            "The route distance from Lund to Ystad is 19.4 km.",
        ),
        // A period has two ends.
        (
            "list_leave_requests",
            r#"{"employee_id": "20417"}"#,
            "id,from,to,days\n88,2025-04-14,2025-04-17,4\n91,2025-05-30,2025-05-31,2\n",
            "leave requests",
            "start: April 14, 2025; end: April 17, 2025; days: 4",
        ),
        (
            "search_flights",
            r#"{"origin": "Lund", "destination": "Ystad", "after": "18:00"}"#,
            r#"[{"flight": "LX1616", "seats": 3, "fare": 189.0}, {"flight": "LX1620", "seats": 9, "fare": 142.0}]"#,
            "flights from Lund to Ystad after 18:00",
            "- LX1620: seats: 9; fare: 142",
        ),
    ] {
        let prompt =
            "Hall 2, MRN 448120, employee 20417: sort it out, and get me from Lund to Ystad after 18:00.";
        asks_and_answers(prompt, &[(tool, arguments, observation)], asks, answers);
    }
}

#[test]
fn what_was_found_instead_is_no_answer() {
    for (tool, arguments, observation) in [
        (
            "get_songs_by_artist",
            r#"{"artist": "Nora Vale"}"#,
            r#"[{"SongName": "Rain", "ArtistName": "Old Harbour"}, {"SongName": "Hail", "ArtistName": "Old Harbour"}]"#,
        ),
        (
            "search_hotels",
            r#"{"city": "Porto", "max_price": 100}"#,
            r#"[{"name": "Ribeira Inn", "price": 90}, {"name": "Douro Palace", "price": 160}]"#,
        ),
        (
            "search_talks",
            r#"{"date": "2025-06-07"}"#,
            r#"[{"title": "Rust in space", "speaker": "Ana Li", "date": "2025-06-14"}]"#,
        ),
        ("get_order", r#"{"order_id": "A-77"}"#, r#"{"id": "A-78", "status": "shipped", "total": 55}"#),
    ] {
        let found =
            goals("Sort out A-77 for Nora Vale in Porto on June 7.", &[(tool, arguments, observation)]);
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn frames_of_calls_and_printed_objects_are_no_part_of_the_result() {
    for observation in [
        r#"[{"name": "get_contact", "results": {"contact": {"email": "ines@duarte.pt", "status": "lead", "city": "Faro"}}}]"#,
        r#"content='{"email": "ines@duarte.pt", "status": "lead", "city": "Faro"}' name='get_contact' tool_call_id='c1'"#,
        "Contact(email='ines@duarte.pt', status='lead', city='Faro')",
        "```json\n{\"email\": \"ines@duarte.pt\", \"status\": \"lead\", \"city\": \"Faro\"}\n```",
        r#"{"status": "OK", "attributions": [], "result": {"email": "ines@duarte.pt", "status": "lead", "city": "Faro"}}"#,
    ] {
        let calls = [("get_contact", r#"{"contact_name": "Ines Duarte"}"#, observation)];
        asks_and_answers(
            "Ines Duarte moved. Please update her record.",
            &calls,
            "of the contact Ines Duarte",
            "status: lead",
        );
    }
}

#[test]
fn figures_in_laid_out_text_keep_their_units_and_lose_their_commas() {
    let weather = "Weather in Bern is:\noverall: Sunny,\ntemperature: 21.5(C), 70.7(F),\nhumidity: 40,\n";
    asks_and_answers(
        "Should I hike near Bern?",
        &[("get_weather", r#"{"city": "Bern"}"#, weather)],
        "temperature",
        "temperature: 21.5 °C, 70.7 °F",
    );
}
