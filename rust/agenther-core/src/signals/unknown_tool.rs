//! A call of a tool that the agent does not have.

use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call names a tool that is not in the schemas of the run, which has some.";

/// One hit for each such call. A log whose schemas name none of the tools called is not believed: it
/// lists something else (the tools of another agent, a later version).
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.reading().tools().is_empty() {
        return Vec::new();
    }
    let is_known = |at: usize| signals.reading().tool(at).is_some();
    let calls = || signals.steps().filter(|(_, step)| is_call(step)).map(|(at, _)| at);
    if !calls().any(is_known) {
        return Vec::new();
    }
    calls().filter(|&at| !is_known(at)).map(|at| Hit::step(at, Field::ActionName)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn needs_schemas_that_are_believed() {
        let steps = vec![call("get_user", "{}", "x"), call("get_order", "{}", "y")];
        let mut run = run("?", steps, None);
        assert!(steps_of("unknown_tool", &run).is_empty());
        run.tools = Some(r#"[{"type": "function", "function": {"name": "get_user"}}]"#);
        assert_eq!(steps_of("unknown_tool", &run), [1]);
        run.tools = Some(r#"[{"name": "something_else"}]"#);
        assert!(steps_of("unknown_tool", &run).is_empty());
    }
}
