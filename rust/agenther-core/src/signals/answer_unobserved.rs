//! A short answer that stands nowhere the agent looked.

use super::answer_observed::{Phrase, short_answer};
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The final answer, of at most eight words and neither yes nor no, stands in no observation and not in what the user said.";

/// At most one hit. A run without any observation is another signal (`no_evidence`).
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(answer) = short_answer(signals).map(Phrase::new) else { return Vec::new() };
    let observed =
        || signals.steps().filter(|(_, step)| is_call(step)).filter_map(|(_, step)| step.step.observation);
    let said = signals.steps().filter_map(|(_, step)| step.step.user).chain(signals.run().original_prompt);
    if observed().next().is_none() || observed().chain(said).any(|text| answer.is_in(text)) {
        return Vec::new();
    }
    vec![Hit::field(Field::FinalAnswer)]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn the_goal_and_the_observations_are_searched() {
        let steps = vec![call("search", "x", "He was born in Ulm.")];
        let count =
            |answer| hits("answer_unobserved", &run("Ulm or Bonn?", steps.clone(), Some(answer))).len();
        assert_eq!(count("Berlin"), 1);
        assert_eq!(count("Bonn"), 0);
        assert_eq!(count("born in Ulm"), 0);
        assert_eq!(count("no"), 0);
        assert_eq!(hits("answer_unobserved", &run("?", vec![], Some("Berlin"))).len(), 0);
    }
}
