//! The rows of the last result have more columns than the prompt asks for.
//!
//! Of the runs of an SQL agent that stops by itself .96 fail with a hit (107 hits, base rate .41), and more than of
//! the others fail of one that is told when it is right (86 hits).

use super::{Hit, Signals, results, tokens};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The rows of the last result have more columns than the prompt names things to give.";

/// At most one hit: the last call. Records whose fields have names are whole, whatever was asked of them.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((at, rows)) = results::rows(signals) else { return Vec::new() };
    let Some(asked) = signals.run().original_prompt.and_then(asked) else { return Vec::new() };
    let wide = rows.children().next().is_some_and(|row| row.kind() == Kind::Array && row.len() > asked);
    if wide { vec![Hit::step(at, Field::Observation)] } else { Vec::new() }
}

/// How many things a prompt lists at most: one more than it has commas and "and"s. None where it asks for
/// whatever there is, or for a value of each of several things, which are told apart by another column.
fn asked(prompt: &str) -> Option<usize> {
    /// A longer prompt is a task, and its commas list no columns.
    const LONGEST: usize = 400;
    const OPEN: &[&str] =
        &["details", "information", "info", "everything", "records", "rows", "each", "every", "per"];
    if prompt.len() > LONGEST || results::has_word(prompt, OPEN) {
        return None;
    }
    let ands = tokens::words(prompt).filter(|word| word.eq_ignore_ascii_case("and")).count();
    let both = prompt.matches(", and ").count();
    Some(1 + prompt.matches(',').count() + ands - both)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn columns_are_held_against_what_the_prompt_lists() {
        let wide = |prompt, rows, answer| {
            steps_of("wide_result", &run(prompt, vec![call("sql", "SELECT 1", rows)], answer)).len()
        };
        let pairs = "[('Ann', 31), ('Bob', 28)]";
        assert_eq!(wide("What are the names of the singers?", pairs, None), 1);
        assert_eq!(wide("What are the names and ages of the singers?", pairs, None), 0);
        assert_eq!(wide("Show the name, age, and city.", "[('Ann', 31, 'Ulm')]", None), 0);
        assert_eq!(wide("How many songs does each singer have?", pairs, None), 0);
        assert_eq!(wide("What are the names of the singers?", pairs, Some("Ann and Bob")), 0);
        assert_eq!(wide("What are the names of the singers?", "[{'name': 'Ann', 'age': 31}]", None), 0);
        assert_eq!(wide("What are the names of the singers?", "[]", None), 0);
    }
}
