//! A call that leaves out an argument its tool requires.

use super::{Hit, Signals, is_call};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A call leaves out an argument that the schema of its tool requires.";

/// One hit for each such call whose arguments are an object.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.reading().tools().is_empty() {
        return Vec::new();
    }
    signals
        .steps()
        .filter(|(_, step)| is_call(step))
        .filter(|(at, step)| {
            let schema = signals.reading().tool(*at);
            let arguments = step.arguments().map(|document| document.root());
            schema.zip(arguments).is_some_and(|(schema, arguments)| {
                let mut required = schema.parameters.iter().filter(|parameter| parameter.required);
                arguments.kind() == Kind::Object
                    && required.any(|parameter| arguments.get(&parameter.name).is_none())
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
        run.tools =
            Some(r#"[{"name": "get_user", "parameters": {"properties": {"id": {}}, "required": ["id"]}}]"#);
        assert_eq!(steps_of("missing_argument", &run), [1]);
    }
}
