//! The agent never called a tool.

use super::tool_status::Status;
use super::{Hit, Signals};

/// What a hit is.
pub const SUMMARY: &str = "The run has tools, or serves a user under a policy, and the agent called nothing.";

/// At most one hit: the whole run. Of nine customers who were only talked to, eight were not helped.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let run = signals.run();
    let serves = || run.system.is_some() && run.steps.iter().any(|step| step.user.is_some());
    let spoke = !run.steps.is_empty();
    let called = signals.steps().any(|(_, step)| step.status != Status::NoCall);
    let could = || !signals.reading().tools().is_empty() || serves();
    if spoke && !called && could() { vec![Hit::RUN] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, reply, run};
    use crate::trajectory::{Step, Trajectory};

    #[test]
    fn an_agent_that_could_have_called_a_tool() {
        let count = |run: &Trajectory<'_>| hits("no_call", run).len();
        let tools = Some(r#"[{"name": "get_order"}]"#);
        let talk = run("Where is it?", vec![reply("I cannot tell.")], None);
        assert_eq!(count(&Trajectory { tools, ..talk.clone() }), 1);
        assert_eq!(count(&talk), 0);
        let turn = Step { user: Some("And now?"), ..reply("Sorry.") };
        assert_eq!(count(&Trajectory { system: Some("Be kind."), ..run("?", vec![turn], None) }), 1);
        let looked = run("Where is it?", vec![call("get_order", "{}", "shipped")], None);
        assert_eq!(count(&Trajectory { tools, ..looked }), 0);
        assert_eq!(count(&Trajectory { tools, ..Trajectory::default() }), 0);
    }
}
