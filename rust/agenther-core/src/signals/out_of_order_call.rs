//! A call before another that must come first.
//!
//! No hit on a labelled run: unmeasured.

use super::constraints::{self, Constraint, constraints};
use super::{Hit, Signals};
use crate::reading::StepReading;
use crate::text::facts::facts;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "A call of a tool before any of the one that the prompt or the policy wants first; and where it says so.";

/// The first such call of each tool, then the sentence that gives the order.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (field, demand) in signals.demands() {
        let Some(needs) = demand.needs else { continue };
        let text = if *field == Field::System { signals.run().system } else { signals.run().original_prompt };
        let case = Case::new(demand.span.of(text.unwrap_or("")));
        let first = signals.calls_of(demand.tool).find(|at| case.covers(&signals.reading().steps[*at]));
        let Some(at) = first else { continue };
        if signals.calls_of(needs).next().is_none_or(|first| first > at) {
            hits.extend([Hit::step(at, Field::ActionName), Hit::field(*field).at(demand.span)]);
        }
    }
    hits.sort_by_key(|hit| hit.step.unwrap_or(u32::MAX));
    hits
}

/// The values for which a sentence demands an order: "refunds above $50 need request_approval before
/// issue_refund" says nothing of smaller ones.
struct Case<'t> {
    bounds: Vec<(Constraint<'t>, Vec<u64>)>,
}

impl<'t> Case<'t> {
    fn new(sentence: &'t str) -> Self {
        let stated = constraints(sentence, &facts(sentence)).into_iter();
        let with_subject = stated.map(|bound| (bound, constraints::subject(sentence, &bound)));
        Case { bounds: with_subject.collect() }
    }

    /// Whether every bound is met by an argument of a call.
    fn covers(&self, call: &StepReading<'_>) -> bool {
        let meets = |(bound, subject): &(Constraint<'_>, Vec<u64>)| {
            let arguments = call.arguments();
            let mut values = arguments.into_iter().flat_map(|arguments| arguments.leaves());
            values.any(|leaf| {
                constraints::meant(bound, leaf, subject)
                    .is_some_and(|value| !constraints::breaks(bound, &value))
            })
        };
        self.bounds.iter().all(meets)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn what_comes_first_must_have_come() {
        let (verify, update) = (call("verify_identity", "{}", "ok"), call("update_card", "{}", "ok"));
        let of = |steps| {
            let mut run = run("Change my card", steps, None);
            run.system = Some("Always call verify_identity before update_card.");
            steps_of("out_of_order_call", &run)
        };
        assert_eq!(of(vec![update]), [0]);
        assert_eq!(of(vec![update, verify]), [0]);
        assert!(of(vec![verify, update]).is_empty());
        assert!(of(vec![verify]).is_empty());
    }
    #[test]
    fn a_bound_says_in_which_case() {
        let policy =
            "Refunds above 50 USD need approval by a supervisor (request_approval) before issue_refund.";
        let of = |arguments| {
            let mut run = run("I want my money back", vec![call("issue_refund", arguments, "ok")], None);
            run.system = Some(policy);
            steps_of("out_of_order_call", &run)
        };
        assert_eq!(of(r#"{"order": "FB-1", "amount": 189.0}"#), [0]);
        assert!(of(r#"{"order": "FB-1", "amount": 9.0}"#).is_empty());
    }
}
