//! A call before another that must come first.

use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "A call of a tool before any of the one that the prompt or the policy wants first; and where it says so.";

/// The first such call of each tool, then the sentence that gives the order.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (field, demand) in signals.demands() {
        let Some(needs) = demand.needs else { continue };
        let Some(at) = signals.calls_of(demand.tool).next() else { continue };
        if signals.calls_of(needs).next().is_none_or(|first| first > at) {
            hits.extend([Hit::step(at, Field::ActionName), Hit::field(*field).at(demand.span)]);
        }
    }
    hits.sort_by_key(|hit| hit.step.unwrap_or(u32::MAX));
    hits
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
}
