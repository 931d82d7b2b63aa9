//! The agent says that it did not find what was asked, and hands in an answer all the same.
//!
//! More of such runs fail on all of six sources (.86 to 1.00 of 46 hits, base rates .41 to .72). What an agent says elsewhere
//! tells less: it is about a step that failed, and on tau-bench airline about a policy.

use std::sync::LazyLock;

use super::effect::Effect;
use super::phrases::Phrases;
use super::tool_status::Status;
use super::{Hit, Signals, is_call};
use crate::reading::StepReading;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The thought that leads to the answer says that something was not found, not stated or not known.";

const PHRASES: &[&str] = &[
    "not mention",
    "not explicitly",
    "not directly",
    "not clearly",
    "not specif",
    "not provide",
    "not state",
    "not found",
    "not find",
    "not given",
    "not known",
    "not available",
    "not clear",
    "not sure",
    "not enough",
    "n't mention",
    "n't explicitly",
    "n't directly",
    "n't specif",
    "n't provide",
    "n't state",
    "n't find",
    "n't know",
    "n't found",
    "no information",
    "no mention",
    "no specific",
    "no direct",
    "no result",
    "unable to",
    "couldn't",
    "could not",
    "cannot",
    "can't",
    "unknown",
    "uncertain",
    "unclear",
];

/// At most one hit: the phrase. Only where the answer is handed in by a call, after another that looked for it.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    static SOUGHT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PHRASES));
    let hands_in = |step: &StepReading<'_>| step.status != Status::NoCall && step.effect == Effect::Reply;
    let Some((answered, _)) = signals.steps().rev().find(|(_, step)| hands_in(step)) else {
        return Vec::new();
    };
    if !signals.steps().take(answered).any(|(_, step)| is_call(step)) {
        return Vec::new();
    }
    let mut until = signals.steps().rev().skip_while(|(at, _)| *at > answered);
    let thought = until.find_map(|(at, step)| Some((at, step.step.thought?)));
    let said =
        thought.and_then(|(at, thought)| Some(Hit::step(at, Field::Thought).at(SOUGHT.find(thought)?)));
    said.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};
    use crate::trajectory::Step;

    #[test]
    fn the_thought_before_the_answer_is_read() {
        let look = call("search", "Ann Lee", "A painter.");
        let answer = |thought| Step { thought: Some(thought), ..call("finish", "Ulm", "") };
        let gap = "The page does not mention where she was born, so I answer Ulm.";
        let found = |steps| steps_of("unfound_answer", &run("Where was Ann Lee born?", steps, None));
        assert_eq!(found(vec![look, answer(gap)]), [1]);
        assert_eq!(found(vec![look, reply(gap), call("finish", "Ulm", "")]), [1]);
        assert!(found(vec![look, answer("She was born in Ulm.")]).is_empty());
        let earlier = Step { thought: Some(gap), ..look };
        assert!(found(vec![earlier, look, answer("She was born in Ulm.")]).is_empty());
        assert!(found(vec![answer(gap)]).is_empty());
        assert!(found(vec![look, reply(gap)]).is_empty());
    }
}
