//! The run has no last word of the agent.

use super::effect::Effect;
use super::tool_status::Status;
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The run has no final answer, no terminal action and no last words: it stops after another call, or before the first step.";

/// At most one hit: the last step, or the whole run where it has none. An answer that was given before and refused, so that the run went on,
/// is no last word. Where the environment ends runs this is so of successes too: `no_terminal_action`
/// asks whether the run could have ended itself.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.run().steps.is_empty() && signals.answer().is_none() {
        return vec![Hit::RUN];
    }
    let Some((at, _)) = signals.steps().next_back().filter(|(_, last)| is_call(last)) else {
        return Vec::new();
    };
    let went_on =
        || signals.steps().any(|(_, step)| step.status != Status::NoCall && step.effect == Effect::Reply);
    if signals.answer().is_some() && !went_on() {
        return Vec::new();
    }
    vec![Hit::step(at, Field::ActionName)]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, reply, run, steps_of};
    use super::*;

    #[test]
    fn a_reply_or_an_answer_is_a_last_word() {
        let go = call("go", "north", "You see a door");
        assert_eq!(steps_of("unanswered", &run("?", vec![go, go], None)), [1]);
        assert!(steps_of("unanswered", &run("?", vec![go, reply("Done")], None)).is_empty());
        assert!(steps_of("unanswered", &run("?", vec![go], Some("42"))).is_empty());
        assert_eq!(hits("unanswered", &run("?", vec![], None)), [Hit::RUN]);
        assert!(hits("unanswered", &run("?", vec![], Some("42"))).is_empty());
        let refused = vec![go, call("finish", "42", "Wrong."), go];
        assert_eq!(steps_of("unanswered", &run("?", refused, Some("42"))), [2]);
    }
}
