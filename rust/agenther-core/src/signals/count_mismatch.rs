//! The answer states a count that the list it counts does not have.

use super::{Hit, Signals};
use crate::text::cut;
use crate::text::document::Kind;
use crate::text::facts::FactKind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The prompt asks how many, and the count in the answer is neither in the last result nor its length.";

/// At most one hit: the number in the answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let lists = |text: &str| text.trim_start().starts_with(['[', '(', '{']);
    let asks = || {
        signals.run().original_prompt.is_some_and(|prompt| {
            let head = cut::head(prompt, 400).to_lowercase();
            head.contains("how many") || head.contains("number of")
        })
    };
    let last = signals.last_call().filter(|(_, step)| step.step.observation.is_some_and(lists) && asks());
    let Some((_, last)) = last else { return Vec::new() };
    let Some(list) = last.observation().filter(|rows| rows.root().kind() == Kind::Array) else {
        return Vec::new();
    };
    let mut numbers = signals.reading().answer_facts().iter().filter(|fact| fact.kind == FactKind::Number);
    let (Some(number), None) = (numbers.next(), numbers.next()) else { return Vec::new() };
    let stated = number.value.unwrap_or(f64::NAN);
    let known = list.root().len() as f64 == stated || list.leaves().any(|leaf| leaf.number() == Some(stated));
    if known { Vec::new() } else { vec![Hit::field(Field::FinalAnswer).at(number.span)] }
}
