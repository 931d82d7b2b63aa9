//! An argument that its tool does not have.
//!
//! No hit on a labelled run: unmeasured.

use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "A call gives an argument that the schema of its tool, which lists some, does not have.";

/// The most arguments of a call that are looked up in its schema.
const MAX_ARGUMENTS: usize = 64;

/// One hit for each such call, at its first such argument.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.reading().tools().is_empty() {
        return Vec::new();
    }
    let calls = signals.steps().filter(|(_, step)| is_call(step));
    calls
        .filter_map(|(at, step)| {
            let schema = signals.reading().tool(at).filter(|schema| !schema.parameters.is_empty())?;
            let arguments = step.arguments()?.root();
            let mut named = arguments.children().take(MAX_ARGUMENTS).filter(|value| value.key().is_some());
            let unknown =
                named.find(|value| value.key().is_some_and(|key| schema.parameter(key).is_none()))?;
            Some(Hit::step(at, Field::ActionInput).at(unknown.span()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn only_schemas_that_list_arguments_are_held_against_calls() {
        let steps = vec![call("get_user", r#"{"id": 1}"#, "x"), call("get_user", r#"{"uid": "A"}"#, "x")];
        let mut run = run("?", steps, None);
        run.tools = Some(r#"[{"name": "get_user", "parameters": {"properties": {"id": {}}}}]"#);
        assert_eq!(steps_of("unknown_argument", &run), [1]);
        run.tools = Some(r#"[{"name": "get_user"}]"#);
        assert!(steps_of("unknown_argument", &run).is_empty());
    }
}
