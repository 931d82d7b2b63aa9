//! The answer, or the last result, is one number, which is hard to get wrong in its form.
//!
//! A good sign on all of ten sources with ten hits that were measured, SQL, bash and question answering among
//! them: of two SQL agents .85 and .95 of such runs succeed (base rates .59 and .74).

use super::tool_status::Status;
use super::{Hit, Signals, results};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last call returned one number and nothing else, or the final answer is one.";

/// At most one hit: the answer, or the last call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.answer().is_some_and(results::is_one_number) {
        return vec![Hit::field(Field::FinalAnswer)];
    }
    signals
        .last_call()
        .filter(|(_, step)| step.status == Status::Ok)
        .filter(|(_, step)| step.step.observation.is_some_and(results::is_one_number))
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run, steps_of};

    #[test]
    fn only_the_last_call_counts() {
        let (one, several) = (call("sql", "a", "[(3,)]"), call("sql", "b", "[(3,), (4,)]"));
        assert_eq!(steps_of("single_number", &run("?", vec![several, one], None)), [1]);
        assert!(steps_of("single_number", &run("?", vec![one, several], None)).is_empty());
        assert_eq!(hits("single_number", &run("?", vec![several], Some("1901"))).len(), 1);
        assert!(hits("single_number", &run("?", vec![several], Some("in 1901"))).is_empty());
    }
}
