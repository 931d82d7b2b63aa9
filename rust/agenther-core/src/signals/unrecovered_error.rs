//! A tool that failed and never worked again.

use std::collections::HashMap;

use super::{Hit, Signals, is_call};
use crate::text::hash::Seeded;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call failed, and the same tool never worked later in the run.";

/// One hit a tool: the first failure of the streak it ended on.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut streaks: HashMap<&str, usize, Seeded> = HashMap::default();
    for (at, step) in signals.steps().filter(|(_, step)| is_call(step)) {
        let tool = step.step.action_name.unwrap_or("");
        if step.status.is_error() {
            streaks.entry(tool).or_insert(at);
        } else {
            streaks.remove(tool);
        }
    }
    let mut steps: Vec<_> = streaks.into_values().collect();
    steps.sort_unstable();
    steps.into_iter().map(|at| Hit::step(at, Field::Observation)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn a_later_success_of_the_same_tool_recovers() {
        let steps = vec![
            call("get", "1", "Error: no"),
            call("list", "", "Error: no"),
            call("get", "2", "{\"a\": 1}"),
            call("list", "", "Error: no"),
        ];
        assert_eq!(steps_of("unrecovered_error", &run("?", steps, None)), [1]);
    }
}
