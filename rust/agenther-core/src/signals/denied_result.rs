//! The answer says that there is nothing, and the last call returned something.
//!
//! One labelled run, which failed by a fault put in on purpose: unmeasured.

use super::tool_status::Status;
use super::{Hit, Signals};
use crate::text::document::{Kind, Value};
use crate::trajectory::Span;

/// What a hit is.
pub const SUMMARY: &str = "The answer begins by saying that there is none, though the last call returned a list with something in it.";

/// At most one hit: the words of the answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((place, text)) = signals.last_words() else { return Vec::new() };
    let Some(span) = denial(text) else { return Vec::new() };
    let Some((_, last)) = signals.last_call().filter(|(_, step)| step.status == Status::Ok) else {
        return Vec::new();
    };
    let listed = last.observation().is_some_and(|document| has_records(document.root(), 0));
    if listed { vec![place.at(span)] } else { Vec::new() }
}

/// "No items match …", "There are no …", "None of …": not a bare no, which answers a question.
fn denial(text: &str) -> Option<Span> {
    const LEADS: &[&str] =
        &["there are no ", "there is no ", "none of the ", "no matching ", "nothing was found"];
    const THINGS: &[&str] = &[
        "items", "results", "records", "products", "options", "matches", "entries", "flights", "rows", "data",
    ];
    let trimmed = text.trim_start();
    let start = text.len() - trimmed.len();
    let head = crate::text::cut::head(trimmed, 40).to_ascii_lowercase();
    let lead = LEADS.iter().find(|lead| head.starts_with(**lead)).map(|lead| lead.trim_end().len());
    let length = lead.or_else(|| {
        let thing = head.strip_prefix("no ")?;
        THINGS.iter().find(|known| thing.starts_with(**known)).map(|known| 3 + known.len())
    })?;
    Some(Span::new(start, start + length))
}

/// Whether a list of objects stands at the top or right under it.
fn has_records(value: Value<'_, '_>, depth: usize) -> bool {
    match value.kind() {
        Kind::Array => value.children().any(|child| child.kind() == Kind::Object),
        Kind::Object if depth == 0 => value.children().any(|child| has_records(child, 1)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn a_list_with_something_in_it_is_denied() {
        let count = |observation, answer| {
            let steps = vec![call("search", "{}", observation)];
            hits("denied_result", &run("Which lamps are there?", steps, Some(answer))).len()
        };
        let some = r#"{"count": 1, "items": [{"id": "L1"}]}"#;
        assert_eq!(count(some, "No items match that filter."), 1);
        assert_eq!(count(some, "There is one, L1."), 0);
        assert_eq!(count(r#"{"count": 0, "items": []}"#, "No items match that filter."), 0);
        assert_eq!(count(some, "No, it does not."), 0);
    }
}
