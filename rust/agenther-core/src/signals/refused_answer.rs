//! The run went on after it had handed in an answer: the answer was not taken.
//!
//! More of such runs fail on all six sources with five hits (102 hits, .75 to 1.00, base rates .37 to .72).

use super::effect::Effect;
use super::tool_status::Status;
use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The agent handed in an answer, and the run went on with another call.";

/// One hit for each such answer. A tool by which agent and user talk (`respond`) hands nothing in, nor does a call without
/// arguments (a `submit` of what was edited, which some harnesses ask to be made twice), and where the user speaks next, it
/// is a dialogue.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    const TALK: &[&str] = &["respond", "reply"];
    let mut hits = Vec::new();
    let mut next: Option<(bool, bool)> = None;
    for (at, step) in signals.steps().rev() {
        let is_call = step.status != Status::NoCall;
        let (called, spoke) = next.unwrap_or_default();
        let tool = step.step.action_name.unwrap_or("");
        let says = !matches!(step.step.action_input.unwrap_or("").trim(), "" | "{}");
        let talks = TALK.iter().any(|talk| tool.eq_ignore_ascii_case(talk));
        let hands_in = is_call && step.effect == Effect::Reply && says && !talks;
        if hands_in && called && !spoke {
            hits.push(Hit::step(at, Field::ActionName));
        }
        next = Some((called || is_call, step.step.user.is_some()));
    }
    hits.reverse();
    hits
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};
    use crate::trajectory::Step;

    #[test]
    fn an_answer_after_which_the_run_goes_on_was_not_taken() {
        let (look, answer) = (call("search", "x", "y"), call("finish", "42", ""));
        let refused = |steps| steps_of("refused_answer", &run("?", steps, None));
        assert!(refused(vec![look, answer]).is_empty());
        assert_eq!(refused(vec![look, answer, look]), [1]);
        assert_eq!(refused(vec![answer, reply("Let me think again."), answer]), [0]);
        assert!(refused(vec![answer, reply("It is 42.")]).is_empty());
        assert!(refused(vec![look, call("submit", "", "Look over it first."), look]).is_empty());
    }

    #[test]
    fn talk_with_a_user_hands_nothing_in() {
        let refused = |steps| steps_of("refused_answer", &run("?", steps, None));
        let say = call("respond", "Which city?", "");
        assert!(refused(vec![say, call("search", "x", "y"), say]).is_empty());
        let next = Step { user: Some("And in Rome?"), ..call("search", "x", "y") };
        assert!(refused(vec![call("finish", "42", ""), next]).is_empty());
    }
}
