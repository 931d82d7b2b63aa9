//! The agent thinks a lot.

use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The thoughts of the run come to 400 bytes; a hit more at 800 bytes.";

const LENGTHS: [usize; 2] = [400, 800];

/// One hit for each of [`LENGTHS`]: the thought with which the run reaches it. Doubt takes words; the
/// sign is the same on 11 of 13 sources.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let (mut bytes, mut hits) = (0, Vec::new());
    for (at, step) in signals.steps() {
        let before = bytes;
        bytes += step.step.thought.map_or(0, str::len);
        let reached = LENGTHS.iter().filter(|length| (before + 1..=bytes).contains(*length));
        hits.extend(reached.map(|_| Hit::step(at, Field::Thought)));
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reply, run, steps_of};

    #[test]
    fn thoughts_add_up() {
        let (short, long) = ("x".repeat(200), "x".repeat(1300));
        let steps = vec![reply(&short), reply(&short), reply(&long), reply(&long)];
        assert_eq!(steps_of("long_thought", &run("?", steps, None)), [1, 2]);
    }
}
