//! What people and models tell of a run: which of it a reader would accept.

use agenther_core::hindsight::verify;
use agenther_core::reading::Reading;
use agenther_core::trajectory::{Step, Trajectory};

/// A call and what it returned.
pub type Call = (&'static str, &'static str, &'static str);

/// Checks goals and answers that the calls bear out, and such that they do not.
pub fn check(calls: &[Call], supported: &[(&str, &str)], unsupported: &[(&str, &str)]) {
    let step = |&(tool, input, observation): &Call| Step {
        action_name: Some(tool),
        action_input: Some(input),
        observation: Some(observation),
        ..Step::default()
    };
    let run = Trajectory { steps: calls.iter().map(step).collect(), ..Trajectory::default() };
    let reading = Reading::new(&run);
    let mut wrong = Vec::new();
    let all = supported.iter().map(|told| (told, true)).chain(unsupported.iter().map(|told| (told, false)));
    for ((goal, answer), should) in all {
        let grounding = verify(goal, Some(answer), &reading, None);
        if grounding.grounded != should {
            let claims: Vec<_> = grounding.claims.iter().filter(|claim| !claim.supported).collect();
            wrong.push(format!("{goal:?} {answer:?} is {}: {claims:?}", grounding.grounded));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const ORDER: Call = (
    "get_order",
    r#"{"order_id": "A1"}"#,
    r#"{"order_id": "A1", "status": "pending", "total": 5, "customer": "Ann Lee"}"#,
);

#[test]
fn a_lookup_changes_nothing() {
    let changed = [
        ("Cancel order A1.", "Order A1 was cancelled."),
        ("Cancel order A1.", "Done, order A1 is cancelled."),
        ("Cancel order A1.", "Done. Order A1: status: pending."),
        ("Can you cancel order A1?", "Order A1 is pending."),
        ("What became of order A1?", "Order A1 has been cancelled."),
        ("Look up order A1, then refund it.", "Order A1 is pending."),
        ("Refund order A1.", "The $5 of order A1 were refunded."),
        ("Book order A1 for Ann Lee.", "Order A1 was booked for Ann Lee."),
        ("Delete order A1.", "I deleted order A1."),
        ("Ship order A1 to Ann Lee.", "Order A1 was shipped to Ann Lee."),
        ("Send Ann Lee an email about order A1.", "I sent Ann Lee an email about order A1."),
        ("Pay order A1.", "Order A1 has been paid."),
    ];
    let asked = [
        ("What is the status of order A1?", "It is pending."),
        ("What is the order status of A1?", "Pending."),
        ("What is the total of order A1?", "Order A1 was not cancelled; its total is 5."),
    ];
    check(&[ORDER], &asked[..2], &changed);
    let refused = ("cancel_order", r#"{"order_id": "A1"}"#, r#"{"error": "not allowed"}"#);
    check(&[ORDER, refused], &asked[..1], &changed);
}

#[test]
fn a_change_is_borne_out_by_a_write_or_by_what_came_of_it() {
    let cancelled = ("cancel_order", r#"{"order_id": "A1"}"#, r#"{"order_id": "A1", "status": "cancelled"}"#);
    let told = ("Cancel order A1.", "Order A1 was cancelled.");
    check(&[cancelled], &[told], &[("Pay order B2.", "Order B2 has been paid.")]);
    // Another verb for the same order.
    let set =
        ("set_status", r#"{"order_id": "A1", "status": "cancelled"}"#, r#"{"order_id": "A1", "ok": true}"#);
    check(&[ORDER, set], &[("Cancel order A1.", "I have cancelled order A1.")], &[]);
    // A shell may do anything, and says it in its arguments.
    let removed = ("bash", r#"{"command": "rm /tmp/a.txt; ls /tmp"}"#, "b.txt");
    check(&[removed], &[("Delete /tmp/a.txt and list /tmp.", "b.txt")], &[]);
    let state = (
        "get_order",
        r#"{"order_id": "A1"}"#,
        r#"{"order_id": "A1", "paid": true, "refunded": false, "status": "shipped"}"#,
    );
    check(
        &[state],
        &[
            ("What became of order A1?", "Order A1 was paid."),
            ("What became of order A1?", "Order A1 was shipped."),
        ],
        &[("What became of order A1?", "Order A1 was refunded.")],
    );
}

#[test]
fn values_told_together_share_a_record() {
    let users = (
        "list_users",
        r#"{"team": "core"}"#,
        r#"{"users": [{"name": "Ann Lee", "role": "admin", "age": 31, "born": "1993-04-02"}, {"name": "Bob Ray", "role": "user", "age": 44, "born": "1980-12-10"}, {"name": "Cid Fox", "role": "user", "age": 29, "born": "1995-07-30"}]}"#,
    );
    let roles = "List the users of team core with the role of each.";
    check(
        &[users],
        &[
            ("How old is Ann Lee of team core?", "31"),
            ("When was Bob Ray born?", "10 December 1980"),
            ("What is the role of Bob Ray?", "user"),
            (roles, "Ann Lee: role: admin\nBob Ray: role: user\nCid Fox: role: user"),
            ("What are the names of the users of team core?", "Ann Lee, Bob Ray and Cid Fox"),
            (
                "Give the name, role and age of the users of team core.",
                "- Ann Lee, admin, 31\n- Bob Ray, user, 44\n- Cid Fox, user, 29",
            ),
            ("Who is the oldest user of team core?", "Bob Ray"),
            ("Who is the youngest user of team core?", "The youngest is Cid Fox."),
        ],
        &[
            ("How old is Ann Lee?", "44"),
            ("How old is Ann Lee of team core?", "44"),
            ("When was Ann Lee born?", "10 December 1980"),
            ("What is the role of Ann Lee?", "user"),
            (roles, "Ann Lee: role: user\nBob Ray: role: admin\nCid Fox: role: user"),
            ("Who is the oldest user of team core?", "Ann Lee"),
            ("Who is the youngest user of team core?", "The youngest is Bob Ray."),
            ("Who are the users of team support?", "Ann Lee, Bob Ray and Cid Fox"),
        ],
    );
    let orders = [
        ORDER,
        ("get_order", r#"{"order_id": "B2"}"#, r#"{"order_id": "B2", "status": "shipped", "total": 12}"#),
    ];
    check(
        &orders,
        &[("What is the status of orders A1 and B2?", "A1: status pending\nB2: status shipped")],
        &[("What is the status of orders A1 and B2?", "A1: status shipped\nB2: status pending")],
    );
}

#[test]
fn records_that_name_one_another_are_told_together() {
    let people = (
        "list_people",
        "{}",
        r#"[{"name": "Ann Lee", "age": 31, "manager": "Bob Ray"}, {"name": "Bob Ray", "age": 44, "manager": null}]"#,
    );
    check(&[people], &[("How old is the manager of Ann Lee?", "44")], &[]);
}

#[test]
fn a_way_has_a_direction() {
    let flights = (
        "search_flights",
        r#"{"origin": "JFK", "destination": "SEA"}"#,
        r#"[{"no": "HAT069", "price": 120}, {"no": "HAT083", "price": 310}]"#,
    );
    check(
        &[flights],
        &[("Which flights go from JFK to SEA?", "HAT069 and HAT083.")],
        &[("Which flights go from SEA to JFK?", "HAT069 and HAT083.")],
    );
}

#[test]
fn versions_are_told_as_written() {
    let page = (
        "fetch",
        r#"{"url": "u"}"#,
        "The museum app is out. Version 2.10 is newer than 2.9. Tickets cost 3.50.",
    );
    check(
        &[page],
        &[("Which version is newer?", "2.10"), ("What do tickets cost?", "3.5")],
        &[("Which version is newer?", "2.1")],
    );
}

#[test]
fn nothing_is_told_of_results_without_any() {
    for nothing in [
        "[]",
        r#"{"hotels": []}"#,
        r#"{"results": [], "count": 0}"#,
        r#"{"count": 0}"#,
        r#"{"hotels": [], "total": 0}"#,
    ] {
        let search = ("search_hotels", r#"{"city": "Oslo"}"#, nothing);
        check(
            &[search],
            &[
                ("Find hotels in Oslo.", "No hotels were found in Oslo."),
                ("Are there any hotels in Oslo?", "There are no hotels in Oslo."),
            ],
            &[
                ("Are there hotels in Bergen?", "There are no hotels in Bergen."),
                ("Are there hotels in Oslo?", "Yes, there are hotels in Oslo."),
            ],
        );
    }
    let found =
        ("search_hotels", r#"{"city": "Oslo"}"#, r#"{"hotels": [{"name": "Hotel Nero"}], "tags": []}"#);
    check(&[found], &[], &[("Find hotels in Oslo.", "No hotels were found in Oslo.")]);
}
