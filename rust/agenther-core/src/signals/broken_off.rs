//! An observation breaks off in dots: what the agent needed may stand behind them.
//!
//! On two agents that read snippets .68 and .78 of the runs with one fail, .83 and .84 of those with two (base
//! rates .57 and .74; 434 hits). Both logs have one form.

use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "An observation of prose breaks off in dots.";

/// Shorter texts trail off: "Loading...".
const SHORTEST: usize = 40;

/// One hit for each such call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let breaks_off = |text: &str| {
        let text = text.trim_end();
        text.len() >= SHORTEST && (text.ends_with("...") || text.ends_with('…'))
    };
    signals
        .steps()
        .filter(|(_, step)| is_call(step) && step.step.observation.is_some_and(breaks_off))
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn long_texts_only() {
        let snippet = "The town lies on a river and was founded by the heirs of the ...";
        let steps = vec![
            call("search", "a", snippet),
            call("search", "b", "Loading..."),
            call("search", "c", "Ulm."),
        ];
        assert_eq!(steps_of("broken_off", &run("?", steps, None)), [0]);
    }
}
