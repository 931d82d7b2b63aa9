//! An answer that rests on nothing: no call brought anything back.

use super::tool_status::{Status, is_silent};
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The run gives a final answer though it called tools, and each of them failed or found nothing.";

/// At most one hit.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut calls = signals.steps().filter(|(_, step)| is_call(step)).peekable();
    let fruitless = calls.peek().is_some()
        && calls.all(|(_, step)| match step.status {
            Status::Error(_) => true,
            Status::Empty => step.step.observation.is_some_and(|text| !is_silent(text)),
            Status::Ok | Status::NoCall => false,
        });
    if !fruitless || signals.answer().is_none() {
        return Vec::new();
    }
    vec![Hit::field(Field::FinalAnswer)]
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
