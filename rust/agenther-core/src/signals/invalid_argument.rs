//! An argument that the JSON Schema of its tool does not allow: another type, a value beside the
//! list or out of range, a date in another form.
//!
//! No hit on a labelled run: unmeasured.

use super::{Hit, Signals, is_call};
use crate::text::document::{Kind, Value};
use crate::tools::Parameter;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "An argument is not of the type, not one of the values or not in the range that the schema of its tool allows.";

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
            let schema = signals.reading().tool(at)?;
            let arguments = step.arguments()?.root();
            let wrong = arguments.children().take(MAX_ARGUMENTS).find(|value| {
                let parameter = value.key().and_then(|key| schema.parameter(key));
                parameter.is_some_and(|parameter| !allows(parameter, *value))
            })?;
            Some(Hit::step(at, Field::ActionInput).at(wrong.span()))
        })
        .collect()
}

/// A null leaves the argument out. Numbers in quotes are what many servers take: the type alone is
/// told where one is a container, or a truth value, and the other is not.
fn allows(parameter: &Parameter<'_>, value: Value<'_, '_>) -> bool {
    let of_type = |name: &str| match value.kind() {
        Kind::Object => name == "object",
        Kind::Array => name == "array",
        Kind::Bool => name == "boolean",
        Kind::Null => true,
        Kind::Number => {
            name == "number"
                || name == "integer" && value.number().is_some_and(|number| number.fract() == 0.0)
                || name == "string"
        }
        Kind::String => match name {
            "string" => true,
            "number" | "integer" => value.raw().trim().parse::<f64>().is_ok(),
            "boolean" => {
                value.raw().eq_ignore_ascii_case("true") || value.raw().eq_ignore_ascii_case("false")
            }
            // Containers are handed over as JSON in a string by some clients.
            "array" => value.raw().trim_start().starts_with('['),
            "object" => value.raw().trim_start().starts_with('{'),
            _ => true,
        },
    };
    const KNOWN: &[&str] = &["object", "array", "boolean", "number", "integer", "string", "null"];
    // A list of values of a list is that of its elements.
    let listed = parameter.choices.is_empty()
        || !value.is_leaf()
        || value.kind() == Kind::Null
        || parameter.choices.iter().any(|choice| *choice == value.text());
    let typed = parameter.types.is_empty()
        || parameter.types.iter().any(|name| !KNOWN.contains(&&**name) || of_type(name));
    listed && typed && ranged(parameter, value) && dated(parameter, value)
}

/// A number between the least and the greatest that are allowed.
fn ranged(parameter: &Parameter<'_>, value: Value<'_, '_>) -> bool {
    let [least, most] = parameter.range;
    let number = value.number().or_else(|| value.raw().trim().parse().ok()).filter(|_| value.is_leaf());
    number.is_none_or(|number| {
        least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
    })
}

/// A date in the order of digits that the description gives.
fn dated(parameter: &Parameter<'_>, value: Value<'_, '_>) -> bool {
    const FORMAT: &str = "YYYY-MM-DD";
    let asked = parameter.description.as_deref().is_some_and(|text| text.contains(FORMAT));
    let fits = |text: &str| {
        std::iter::zip(text.bytes(), FORMAT.bytes()).all(|(byte, form)| match form {
            b'-' => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    };
    let text = value.raw();
    !asked || value.kind() != Kind::String || text.is_empty() || text.len() >= FORMAT.len() && fits(text)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn types_and_lists_of_values_are_checked() {
        let tools = r#"[{"name": "book", "parameters": {"properties": {
            "cabin": {"type": "string", "enum": ["economy", "business"]}, "bags": {"type": "integer", "minimum": 0, "maximum": 5},
            "flights": {"type": "array", "items": {}}, "note": {"type": ["string", "null"]},
            "date": {"type": "string", "description": "Day, as YYYY-MM-DD"}}}}]"#;
        for (arguments, wrong) in [
            (r#"{"cabin": "economy", "bags": 2, "flights": [], "note": null}"#, None),
            (r#"{"cabin": "first"}"#, Some("first")),
            (r#"{"bags": "two"}"#, Some("two")),
            (r#"{"bags": 1.5}"#, Some("1.5")),
            (r#"{"bags": 9}"#, Some("9")),
            (r#"{"bags": "-1"}"#, Some("-1")),
            (r#"{"bags": 5}"#, None),
            (r#"{"bags": "2", "unknown": [1]}"#, None),
            (r#"{"flights": {"a": 1}}"#, Some(r#"{"a": 1}"#)),
            (r#"{"note": [1]}"#, Some("[1]")),
            (r#"{"date": "2024-05-20"}"#, None),
            (r#"{"date": "May 20"}"#, Some("May 20")),
        ] {
            let mut run = run("?", vec![call("book", arguments, "ok")], None);
            run.tools = Some(tools);
            let found = hits("invalid_argument", &run);
            assert_eq!(found.first().map(|hit| hit.span.unwrap().of(arguments)), wrong, "{arguments}");
        }
    }
}
