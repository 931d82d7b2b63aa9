//! Whether an observation says that nothing was found, and no more.

use super::cue::is_negation;
use crate::reading::StepReading;
use crate::signals::effect;
use crate::signals::tool_status::Status;
use crate::text::document::{Kind, Value};
use crate::text::needles;
use crate::text::words;

/// `{"data": {"hotels": []}}`: what is wrapped deeper says something.
const MAX_DEPTH: usize = 4;

/// Keys under which a number counts what was found.
const COUNTERS: &[&str] =
    &["count", "total", "found", "hits", "matches", "results", "size", "length", "number", "num"];

/// Keys under which stands what became of the call, and how that is said to have worked.
const STATES: &[&str] = &["status", "success", "ok", "code", "error", "page"];
const WORKED: &[&str] = &["ok", "success", "successful", "succeeded", "complete", "completed", "done"];

/// Whether a call that worked returned nothing: `[]`, `No results found.`, `{"hotels": [], "count": 0}`. No text at all
/// is no result: logs leave results out.
pub(super) fn is_nothing(step: &StepReading<'_>) -> bool {
    let Some(text) = step.step.observation.map(str::trim).filter(|text| !text.is_empty()) else {
        return false;
    };
    if step.status == Status::Empty {
        return true;
    }
    // Most results are long, and none that says so little is.
    const LONGEST: usize = 1024;
    if step.status != Status::Ok || text.len() > LONGEST || !text.starts_with('{') {
        return false;
    }
    let Some(document) = step.observation() else { return false };
    let asked = step.step.action_input.unwrap_or("");
    let mut says_so = false;
    all_of_nothing(document.root(), asked, MAX_DEPTH, &mut says_so) && says_so
}

/// Whether no value in a container says that something was found. `says_so`: one says that nothing was.
fn all_of_nothing(container: Value<'_, '_>, asked: &str, depth: usize, says_so: &mut bool) -> bool {
    container.children().all(|value| match value.is_leaf() {
        true => is_of_nothing(value, asked, says_so),
        false if value.is_empty() => {
            *says_so |= value.kind() == Kind::Array;
            true
        }
        false => {
            depth > 0 && value.kind() == Kind::Object && all_of_nothing(value, asked, depth - 1, says_so)
        }
    })
}

fn is_of_nothing(leaf: Value<'_, '_>, asked: &str, says_so: &mut bool) -> bool {
    let is_key = |keys: &[&str]| {
        let mut words = leaf.key().into_iter().flat_map(effect::words);
        words.any(|word| keys.iter().any(|key| word.eq_ignore_ascii_case(key)))
    };
    let text = leaf.text();
    let denies = || words::words(&text.to_lowercase()).any(|word| is_negation(word.text));
    match leaf.kind() {
        Kind::Null => true,
        Kind::Number if leaf.number() == Some(0.0) && is_key(COUNTERS) => {
            *says_so = true;
            true
        }
        Kind::String if text.trim().is_empty() => true,
        Kind::Bool | Kind::Number if is_key(STATES) => true,
        Kind::String if is_key(STATES) && WORKED.iter().any(|word| text.eq_ignore_ascii_case(word)) => true,
        // `{"query": "Oslo", "results": []}` repeats the call.
        _ if needles::find(asked, &text).is_some() => true,
        Kind::String => denies(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Reading;
    use crate::trajectory::{Step, Trajectory};

    fn says_nothing(observation: &str) -> bool {
        let input = r#"{"city": "Oslo"}"#;
        let step = Step {
            action_name: Some("search_hotels"),
            action_input: Some(input),
            observation: Some(observation),
            ..Step::default()
        };
        let run = Trajectory { steps: vec![step], ..Trajectory::default() };
        is_nothing(&Reading::new(&run).steps[0])
    }

    #[test]
    fn tells_results_of_nothing() {
        for text in [
            "[]",
            "No results found.",
            r#"{"hotels": []}"#,
            r#"{"results": [], "count": 0}"#,
            r#"{"count": 0}"#,
            r#"{"status": "ok", "data": {"hotels": [], "next": null}}"#,
            r#"{"city": "Oslo", "hotels": []}"#,
            r#"{"hotels": [], "note": "No hotels in this city"}"#,
        ] {
            assert!(says_nothing(text), "{text}");
        }
    }

    #[test]
    fn something_is_not_nothing() {
        for text in [
            "",
            " ",
            "Error: no such city",
            r#"{"error": "no such city", "hotels": []}"#,
            r#"{"hotels": [{"name": "Inn"}], "cars": []}"#,
            r#"{"hotels": [], "city": "Bergen"}"#,
            r#"{"count": 2, "hotels": []}"#,
            r#"{"price": 0}"#,
            r#"{"status": "shipped", "items": []}"#,
            r#"{"name": "Inn", "tags": []}"#,
            r#"{"next": null}"#,
        ] {
            assert!(!says_nothing(text), "{text}");
        }
    }
}
