//! How well `verify` tells true goals from false ones: mechanical alterations of true ones.
//!
//! The bars are those of `docs/quality.md`: of every class of false alterations 99% rejected, of
//! alterations of the writing alone 95% kept.

#[path = "grounding/alter.rs"]
mod alter;
#[path = "grounding/attacks.rs"]
mod attacks;
#[path = "grounding/case.rs"]
mod case;
#[path = "grounding/fixtures.rs"]
mod fixtures;
#[path = "grounding/told.rs"]
mod told;

use agenther_core::hindsight::{RelabelOptions, relabel, verify};
use agenther_core::reading::Reading;
use agenther_core::trajectory::Trajectory;
use alter::Altered;
use case::Case;

/// The least share of false alterations that must be rejected.
const REJECTED: f64 = 0.99;

/// The least share of harmless alterations that must be kept.
const KEPT: f64 = 0.95;

/// The fixtures, and the judged goals that verify as they stand.
fn cases() -> Vec<Case> {
    let mut cases = fixtures::cases();
    match case::judged() {
        Some(judged) => cases.extend(judged.into_iter().filter(Case::is_grounded)),
        None => eprintln!("shared/judged/prototypes.jsonl is not at hand: only the fixtures are altered"),
    }
    cases
}

/// The share of alterations that are grounded, with the ones that are not as they should be.
fn grounded(alterations: &[Altered], should: bool) -> (f64, Vec<String>) {
    let mut wrong = Vec::new();
    let mut grounded = 0;
    for altered in alterations {
        let is = altered.case.is_grounded();
        grounded += usize::from(is);
        if is != should {
            let unsupported: Vec<_> =
                altered.case.verify().claims.into_iter().filter(|claim| !claim.supported).collect();
            wrong.push(format!("{}: {} {unsupported:?}", altered.case.name, altered.what));
        }
    }
    (grounded as f64 / alterations.len().max(1) as f64, wrong)
}

fn assert_rejected(class: &str, alterations: &[Altered]) {
    assert!(alterations.len() >= 20, "{class}: only {} alterations", alterations.len());
    let (share, wrong) = grounded(alterations, false);
    println!("{class}: {:.1}% of {} rejected", 100.0 * (1.0 - share), alterations.len());
    assert!(
        1.0 - share >= REJECTED,
        "{class}: {:.1}% of {} rejected\n{}",
        100.0 * (1.0 - share),
        alterations.len(),
        wrong.join("\n")
    );
}

fn each(alter: fn(&Case) -> Vec<Altered>) -> Vec<Altered> {
    cases().iter().flat_map(alter).collect()
}

#[test]
fn fixtures_are_grounded() {
    let wrong: Vec<String> = fixtures::cases()
        .iter()
        .filter(|case| !case.is_grounded())
        .map(|case| {
            let unsupported: Vec<_> =
                case.verify().claims.into_iter().filter(|claim| !claim.supported).collect();
            format!("{}: {unsupported:?}", case.name)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn goals_of_the_engine_are_grounded() {
    let mut goals = 0;
    for case in cases() {
        let run = Trajectory { steps: case.read_steps(), ..Trajectory::default() };
        let reading = Reading::new(&run);
        for goal in relabel(&reading, &RelabelOptions::default()).goals {
            let kept = [Some(&goal.kept_steps[..]), None];
            for kept in kept {
                let grounding = verify(&goal.goal, Some(&goal.answer), &reading, kept);
                assert!(grounding.grounded, "{} {goal:?} {grounding:?}", case.name);
            }
            // What is altered is read as anyone's.
            let denied = verify(&goal.goal, Some("There are none."), &reading, None);
            assert!(!denied.grounded || goal.answer.starts_with("No"), "{} {goal:?}", case.name);
            goals += 1;
        }
    }
    assert!(goals >= 20, "only {goals} goals");
}

#[test]
fn swapped_numbers_are_rejected() {
    assert_rejected("swap a number", &each(alter::swap_number));
}

#[test]
fn swapped_dates_are_rejected() {
    assert_rejected("swap a date", &each(alter::swap_date));
}

#[test]
fn swapped_ids_are_rejected() {
    assert_rejected("swap an id", &each(alter::swap_id));
}

#[test]
fn moved_goals_are_rejected() {
    let cases = cases();
    let alone = |case: &Case, other: &Case| {
        case.steps.iter().all(|a| other.steps.iter().all(|b| (&a.tool, &a.input) != (&b.tool, &b.input)))
    };
    let mut alterations = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let others = cases
            .iter()
            .enumerate()
            .filter(|(other, _)| (at * 31 + other * 17) % 5 == 0)
            .map(|(_, other)| other);
        for other in others.filter(|other| alone(case, other)) {
            alterations.extend(alter::move_goal(case, other));
        }
    }
    assert_rejected("move a goal", &alterations);
}

#[test]
fn goals_without_evidence_are_rejected() {
    assert_rejected("delete the evidence", &each(alter::delete_evidence));
}

#[test]
fn appended_superlatives_are_rejected() {
    assert_rejected("append a superlative", &each(alter::append_superlative));
}

#[test]
fn flipped_empty_results_are_rejected() {
    assert_rejected("flip an empty result", &each(alter::flip_empty));
}

#[test]
fn restored_constraints_are_rejected() {
    assert_rejected("restore a constraint", &each(alter::restore_constraint));
}

#[test]
fn reformatting_is_kept() {
    let alterations = each(alter::reformat);
    let (share, wrong) = grounded(&alterations, true);
    println!("reformat: {:.1}% of {} kept", 100.0 * share, alterations.len());
    assert!(share >= KEPT, "{:.1}% of {} kept\n{}", 100.0 * share, alterations.len(), wrong.join("\n"));
}
