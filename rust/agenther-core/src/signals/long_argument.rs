//! A call with a long argument: an elaborate query, a long command, much text.

use super::{Hit, Signals};
use crate::reading::StepReading;
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "A call has an argument of 32 bytes, and no call before it had; a hit more at 64 and at 128 bytes.";

const LENGTHS: [usize; 3] = [32, 64, 128];

/// One hit for each of [`LENGTHS`]: the first call that reaches it. What takes an elaborate call is
/// harder: the sign is the same on 9 of 11 sources, self-stopped ones among them (SQL, question answering).
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let long = |length: usize| {
        let mut calls = signals.steps().filter(|(_, step)| step.step.action_name.is_some());
        calls.find(|(_, step)| longest(step) >= length)
    };
    let mut hits: Vec<_> = LENGTHS.iter().filter_map(|length| long(*length)).collect();
    hits.sort_by_key(|(at, _)| *at);
    hits.into_iter().map(|(at, _)| Hit::step(at, Field::ActionInput)).collect()
}

/// The length of the arguments, where they are one text; of the longest value, where they are JSON: their names are the
/// tool's, and many short ones make no call elaborate.
fn longest(step: &StepReading<'_>) -> usize {
    let whole = step.step.action_input.map_or(0, str::len);
    match step.arguments().filter(|arguments| whole >= LENGTHS[0] && arguments.root().kind() == Kind::Object)
    {
        Some(arguments) => arguments.leaves().map(|leaf| leaf.raw().len()).max().unwrap_or(0),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn the_first_call_of_each_length_hits() {
        let inputs = [32, 31, 300].map(|length| "x".repeat(length));
        let steps = inputs.iter().map(|input| call("sql", input, "ok")).collect();
        assert_eq!(steps_of("long_argument", &run("?", steps, None)), [0, 2, 2]);
        let short = r#"{"check_in": "2026-05-01", "check_out": "2026-05-03", "guests": 2}"#;
        assert!(steps_of("long_argument", &run("?", vec![call("book", short, "ok")], None)).is_empty());
    }
}
