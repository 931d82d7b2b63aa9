//! The rows of the last result have fewer columns than the prompt lists things to give.
//!
//! Of two SQL agents .89 and .80 of the runs with a hit fail (9 and 5 hits, base rates .41 and .26).

use super::{Hit, Signals, results, tokens};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The rows of the last result have fewer columns than the prompt lists things to give.";

/// At most one hit: the last call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((at, rows)) = results::rows(signals) else { return Vec::new() };
    let Some(asked) = signals.run().original_prompt.and_then(listed) else { return Vec::new() };
    let narrow = rows.children().next().is_some_and(|row| row.kind() == Kind::Array && row.len() < asked);
    if narrow { vec![Hit::step(at, Field::Observation)] } else { Vec::new() }
}

/// How many things a prompt lists right at its beginning: "Show the name, age and city of …" lists three.
fn listed(prompt: &str) -> Option<usize> {
    /// The words that ask.
    const OPENINGS: &[&str] = &["what", "show", "list", "find", "give", "return", "display", "report"];
    /// What comes after one of these is no longer what is to be given.
    const ENDS: &[&str] = &[
        "of", "for", "from", "whose", "who", "that", "which", "where", "with", "in", "on", "by", "as", "when",
    ];
    /// A longer list is prose.
    const LONGEST: usize = 200;
    let is = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let mut words = tokens::words(prompt);
    let first = words.next().filter(|word| is(word, OPENINGS))?;
    if first.eq_ignore_ascii_case("what")
        && !words.next().is_some_and(|word| is(word, &["is", "are", "was", "were"]))
    {
        return None;
    }
    let end = words
        .find(|word| is(word, ENDS))
        .map_or(prompt.len(), |word| word.as_ptr() as usize - prompt.as_ptr() as usize);
    let list = prompt.get(..end.min(LONGEST))?;
    let ands = tokens::words(list).filter(|word| word.eq_ignore_ascii_case("and")).count();
    Some(1 + list.matches(',').count() + ands - list.matches(", and ").count())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn columns_are_held_against_what_is_listed() {
        let narrow = |prompt, rows| {
            steps_of("narrow_result", &run(prompt, vec![call("sql", "SELECT 1", rows)], None)).len()
        };
        let names = "[('Ann',), ('Bob',)]";
        assert_eq!(narrow("What are the names and ages of the singers?", names), 1);
        assert_eq!(narrow("Show the name, age, and city.", "[('Ann', 31)]"), 1);
        assert_eq!(narrow("Show the name, age, and city.", "[('Ann', 31, 'Ulm')]"), 0);
        assert_eq!(narrow("What are the names of singers from Ulm and Bonn?", names), 0);
        assert_eq!(narrow("Which names and ages are there?", names), 0);
        assert_eq!(narrow("What names and ages are there?", names), 0);
    }
}
