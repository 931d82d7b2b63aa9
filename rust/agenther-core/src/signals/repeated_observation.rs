//! A call that brought nothing new: its observation was seen before, word for word.

use std::collections::HashSet;

use super::{Hit, Signals, is_call, tokens};
use crate::text::hash::Seeded;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The observation of a call equals that of an earlier call.";

/// Shorter observations ("OK", "[]", "done") are the same for good reasons.
const MIN_BYTES: usize = 12;

/// One hit for each such observation.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut seen = HashSet::with_hasher(Seeded::default());
    signals
        .steps()
        .filter(|(_, step)| is_call(step))
        .filter_map(|(at, step)| Some((at, step.step.observation?.trim())))
        .filter(|(_, text)| text.len() >= MIN_BYTES && !seen.insert(tokens::hash_text(text)))
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn finds_what_was_seen_before() {
        let page = "a page that is long enough";
        let steps = vec![
            call("open", "1", page),
            call("open", "2", page),
            call("set", "3", "OK"),
            call("set", "4", "OK"),
        ];
        assert_eq!(steps_of("repeated_observation", &run("?", steps, None)), [1]);
    }
}
