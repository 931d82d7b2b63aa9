//! The last calls came back with nothing.

use super::tool_status::Status;
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last two calls failed, found nothing or returned nothing.";

/// No hit, or the last two calls.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut last: Vec<_> = signals.steps().rev().filter(|(_, step)| is_call(step)).take(2).collect();
    last.reverse();
    if last.len() < 2 || last.iter().any(|(_, step)| step.status == Status::Ok) {
        return Vec::new();
    }
    last.into_iter().map(|(at, _)| Hit::step(at, Field::Observation)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn both_must_be_fruitless() {
        let (bad, good) = (call("get", "1", "Error: no"), call("get", "2", "{\"a\": 1}"));
        assert_eq!(
            steps_of("fruitless_tail", &run("?", vec![good, bad, call("get", "3", "[]")], None)),
            [1, 2]
        );
        assert!(steps_of("fruitless_tail", &run("?", vec![bad, good], None)).is_empty());
        assert!(steps_of("fruitless_tail", &run("?", vec![bad], None)).is_empty());
    }
}
