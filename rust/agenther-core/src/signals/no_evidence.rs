//! An answer that rests on nothing: no call brought anything back.

use super::unadmitted_failure::{admits, finds_nothing};
use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The run gives a final answer, which admits no failure, though it called tools and each call failed or found nothing.";

/// At most one hit.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let answers = signals.answer().is_some_and(|answer| !admits(answer));
    if answers && finds_nothing(signals) { vec![Hit::field(Field::FinalAnswer)] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn one_result_is_evidence() {
        let (bad, good) = (call("get", "1", "Error: no"), call("get", "2", "Ulm"));
        assert_eq!(hits("no_evidence", &run("?", vec![bad], Some("Ulm"))).len(), 1);
        assert!(hits("no_evidence", &run("?", vec![bad, good], Some("Ulm"))).is_empty());
        assert!(hits("no_evidence", &run("?", vec![], Some("Ulm"))).is_empty());
    }
}
