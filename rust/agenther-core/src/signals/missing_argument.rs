//! A call that leaves out an argument its tool requires.

use super::{Hit, Signals, is_call};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call leaves out an argument that the schema of its tool requires.";

/// One hit for each such call whose arguments are an object.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.schemas().is_empty() {
        return Vec::new();
    }
    signals
        .steps()
        .filter(|(_, step)| is_call(step))
        .filter(|(_, step)| {
            let required =
                signals.schemas().required(step.step.action_name.unwrap_or("")).unwrap_or_default();
            let arguments = step.arguments().map(|document| document.root());
            arguments.is_some_and(|arguments| {
                arguments.kind() == Kind::Object && required.iter().any(|name| arguments.get(name).is_none())
            })
        })
        .map(|(at, _)| Hit::step(at, Field::ActionInput))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn finds_what_is_left_out() {
        let steps = vec![call("get_user", r#"{"id": 1}"#, "x"), call("get_user", r#"{"name": "A"}"#, "x")];
        let mut run = run("?", steps, None);
        run.tools = Some(r#"[{"name": "get_user", "parameters": {"required": ["id"]}}]"#);
        assert_eq!(steps_of("missing_argument", &run), [1]);
    }
}
