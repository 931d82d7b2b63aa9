//! docs/verdicts.md says what the engine says: every code, kind and figure, in the order of the code.

use agenther_core::hindsight::ground::CLAIM_KINDS;
use agenther_core::hindsight::reason::Reason;
use agenther_core::text::facts::FactKind;
use agenther_core::verdict::{FailureType, TYPE_PRIOR, TYPE_SEVERITY};

const PAGE: &str = include_str!("../../../docs/verdicts.md");

/// The rows of the table whose first column has this head, each as its cells.
fn table(head: &str) -> Vec<Vec<&'static str>> {
    let cells =
        |line: &'static str| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`'));
    PAGE.lines()
        .skip_while(|line| !line.starts_with(&format!("| {head} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| cells(line).collect())
        .collect()
}

fn first_column(head: &str) -> Vec<&'static str> {
    table(head).iter().map(|row| row[0]).collect()
}

#[test]
fn every_reason_to_abstain_is_explained() {
    let mut codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    // What the frame adds: runs that the engine does not get to see, or does not survive.
    codes.extend(["null_steps", "engine_panic"]);
    assert_eq!(first_column("code"), codes);
}

#[test]
fn every_kind_of_claim_is_explained() {
    let kinds: Vec<&str> = FactKind::ALL.iter().map(|kind| kind.name()).chain(CLAIM_KINDS).collect();
    assert_eq!(first_column("kind"), kinds);
}

#[test]
fn the_figures_of_each_type_are_those_of_the_verdict() {
    let rows: Vec<[String; 3]> =
        table("type").iter().map(|row| [row[0], row[2], row[3]].map(String::from)).collect();
    let expected = FailureType::ALL.map(|failure_type| {
        let (prior, severity) = (TYPE_PRIOR[failure_type as usize], TYPE_SEVERITY[failure_type as usize]);
        [failure_type.name().to_owned(), prior.to_string(), severity.to_string()]
    });
    assert_eq!(rows, expected);
}
