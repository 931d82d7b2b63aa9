//! The run stops without an end: no final answer, no terminal call, no last words.

use super::effect::{Effect, is_purposeful};
use super::tool_status::Status;
use super::{Hit, Signals, is_call};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The run could have ended with an answer or a terminal action, but stops after another call.";

/// At most one hit: the last step. Where the environment ends the run at success, stopping after a
/// call is no sign of failure, so the run must show that it *could* have ended itself.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((at, last)) = signals.steps().next_back() else { return Vec::new() };
    // Where calls change a world, the one that reaches the goal may end the run before it returns: of 61
    // household runs that stop so, 56 succeeded.
    let ended = last.step.observation.is_none_or(str::is_empty) && signals.has_tool(Effect::Write);
    if signals.answer().is_some() || !is_call(last) || ended || !could_end(signals) {
        return Vec::new();
    }
    vec![Hit::step(at, Field::ActionName)]
}

/// A terminal tool in the schemas; or function calling, where a loop ends with a plain reply; or an
/// agent that only looks things up, by tools made for that, and says why each time, so that it has words for an answer.
fn could_end(signals: &Signals<'_, '_>) -> bool {
    let calls = || signals.steps().filter(|(_, step)| step.status != Status::NoCall);
    let function_calling =
        calls().all(|(_, step)| step.arguments().is_some_and(|input| input.root().kind() == Kind::Object));
    let narrated_reading = calls().all(|(_, step)| {
        step.step.thought.is_some()
            && step.effect == Effect::Read
            && is_purposeful(step.step.action_name.unwrap_or(""))
    });
    signals.has_tool(Effect::Reply) || function_calling || narrated_reading
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};
    use crate::trajectory::Trajectory;

    #[test]
    fn a_run_that_stops_after_a_call_has_no_end() {
        let get = call("get_user", r#"{"id": 1}"#, "x");
        assert_eq!(steps_of("no_terminal_action", &run("?", vec![get, get], None)), [1]);
        assert!(steps_of("no_terminal_action", &run("?", vec![get, reply("Done")], None)).is_empty());
        assert!(steps_of("no_terminal_action", &run("?", vec![get], Some("42"))).is_empty());
    }

    #[test]
    fn a_run_that_the_environment_ends_may_stop_after_a_call() {
        let steps = vec![call("go", "north", "You see a door"), call("open", "door", "You win")];
        assert!(steps_of("no_terminal_action", &run("?", steps, None)).is_empty());
        let put = |observation| call("put", r#"{"object": "mug"}"#, observation);
        let tools = Some(r#"[{"name": "put", "description": "Put an object on a desk."}]"#);
        let with_tools = |steps| Trajectory { tools, ..run("?", steps, None) };
        assert!(steps_of("no_terminal_action", &with_tools(vec![put("Done"), put("")])).is_empty());
        assert_eq!(steps_of("no_terminal_action", &with_tools(vec![put("Done"), put("Done")])), [1]);
    }
}
