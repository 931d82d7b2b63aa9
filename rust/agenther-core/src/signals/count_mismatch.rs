//! The answer states a count that the lists it counts do not have.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::{Hit, Signals, is_call};
use crate::text::cut;
use crate::text::document::{Document, Kind};
use crate::text::facts::FactKind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The prompt asks how many, and the count in the answer is neither in the last result, a list, nor its length; or is more than all lists of the run hold.";

/// At most one hit: the number in the answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if !signals.run().original_prompt.is_some_and(asks_how_many) {
        return Vec::new();
    }
    let mut numbers = signals.reading().answer_facts().iter().filter(|fact| fact.kind == FactKind::Number);
    let (Some(number), None) = (numbers.next(), numbers.next()) else { return Vec::new() };
    let stated = number.value.unwrap_or(f64::NAN);
    let Some((_, last)) = signals.last_call() else { return Vec::new() };
    let Some(result) = last.observation() else { return Vec::new() };
    let has = |result: &Document<'_>| result.leaves().any(|leaf| leaf.number() == Some(stated));
    let is_wrong = if result.root().kind() == Kind::Array {
        result.root().len() as f64 != stated && !has(result)
    } else {
        let results =
            || signals.steps().filter(|(_, step)| is_call(step)).map(|(_, step)| step.observation());
        let lengths = || results().flatten().filter_map(longest_list);
        // What is in no JSON may be counted too.
        let told = results().all(|result| result.is_some()) && lengths().next().is_some();
        told && stated > lengths().sum::<usize>() as f64 && !results().flatten().any(has)
    };
    if is_wrong { vec![Hit::field(Field::FinalAnswer).at(number.span)] } else { Vec::new() }
}

fn asks_how_many(prompt: &str) -> bool {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&["how many", "number of", "wie viele", "cuántos", "cuántas", "combien de"])
    });
    PHRASES.are_in(cut::head(prompt, 400))
}

/// The length of the longest list of things in an object.
fn longest_list(result: &Document<'_>) -> Option<usize> {
    let root = result.root();
    let inner =
        root.children().filter(|child| child.kind() == Kind::Object).flat_map(|child| child.children());
    let lists = root.children().chain(inner).filter(|child| child.kind() == Kind::Array);
    lists.map(|list| list.len()).max()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn a_count_is_held_against_the_lists() {
        let count = |observation, answer| {
            let steps = vec![call("list_issues", r#"{"label": "bug"}"#, observation)];
            hits("count_mismatch", &run("How many issues are labelled bug?", steps, Some(answer))).len()
        };
        let issues = r#"{"issues": [{"id": 4}, {"id": 9}, {"id": 12}]}"#;
        assert_eq!(count(issues, "There are 5."), 1);
        assert_eq!(count(issues, "There are 3."), 0);
        assert_eq!(count(issues, "There are 2 that are open."), 0);
        assert_eq!(count(r#"{"total": 5, "issues": [{"id": 4}]}"#, "There are 5."), 0);
        assert_eq!(count("[[7]]", "There are 7."), 0);
        assert_eq!(count("[[7]]", "There are 8."), 1);
        assert_eq!(count("3 issues", "There are 8."), 0);
    }
}
