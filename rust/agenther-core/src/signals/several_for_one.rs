//! One thing was asked for, and the last result lists several.

use super::{Hit, Signals, tokens};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The prompt asks for one thing, and the last call returned a list of several.";

/// At most one hit: the last call. Not where the agent then chose one and said so.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((at, step)) = signals.last_call() else { return Vec::new() };
    let listed = step.step.observation.is_some_and(|text| text.trim_start().starts_with(['[', '(']));
    if !listed || signals.answer().is_some() || !signals.run().original_prompt.is_some_and(asks_for_one) {
        return Vec::new();
    }
    let several =
        step.observation().is_some_and(|rows| rows.root().kind() == Kind::Array && rows.root().len() >= 2);
    if several { vec![Hit::step(at, Field::Observation)] } else { Vec::new() }
}

/// Whether a prompt asks for exactly one thing: "What is the …", "Which city has the most …".
fn asks_for_one(prompt: &str) -> bool {
    let any = |known: &[&str]| {
        tokens::words(prompt).any(|word| known.iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    let mut words = tokens::words(prompt);
    let first = words.next().unwrap_or("");
    let second = words.next().unwrap_or("");
    let is = |word: &str, known: &[&str]| known.iter().any(|one| word.eq_ignore_ascii_case(one));
    let superlative = any(&[
        "most", "least", "highest", "lowest", "largest", "smallest", "oldest", "youngest", "maximum",
        "minimum", "longest", "shortest", "earliest", "latest",
    ]);
    let plural = any(&["are", "were", "all", "each", "every", "list", "names", "both", "their"]);
    let how_many = is(first, &["how"]) && is(second, &["many"]) || is(first, &["count"]);
    (how_many || superlative || is(first, &["what", "who"]) && is(second, &["is", "was"])) && !plural
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn only_where_one_is_asked_for() {
        let rows = vec![call("sql", "SELECT name FROM t", "[('a',), ('b',)]")];
        assert_eq!(steps_of("several_for_one", &run("Who is the oldest player?", rows.clone(), None)), [0]);
        assert!(
            steps_of("several_for_one", &run("What are the names of the players?", rows, None)).is_empty()
        );
    }
}
