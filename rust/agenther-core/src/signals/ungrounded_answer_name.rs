//! A proper name in the answer that the run had not seen.
//!
//! P(failure | hit) is .87 of 15 on FireAct with Llama (base rate .74) and .75 of 40 on Reflexion (.56).

use super::{Hit, Signals, is_call, shown};
use crate::text::facts::{Fact, FactKind};
use crate::text::words;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A proper name of several words in the final answer has a word that stands in no observation, policy or user turn.";

/// The most names that are looked up.
const MAX_LOOKUPS: usize = 8;

/// One hit for each such name. A run without calls can quote nothing, and one with a cut
/// observation may have seen anything. A single capitalised word may
/// be any word that a sentence begins with.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let capital = signals.answer().is_some_and(|answer| answer.bytes().any(|byte| byte.is_ascii_uppercase()));
    if !capital || !signals.steps().any(|(_, step)| is_call(step)) || signals.is_cut() {
        return Vec::new();
    }
    let names = signals.reading().answer_facts().iter().filter(|fact| fact.kind == FactKind::Name);
    names
        .filter(|fact| content(fact.text).count() >= 2 && !is_heading(signals, fact))
        .take(MAX_LOOKUPS)
        .filter(|fact| !content(fact.text).all(|word| shown::has_word(signals, word)))
        .map(|fact| Hit::field(Field::FinalAnswer).at(fact.span))
        .collect()
}

/// Whether a name heads what comes after it, or is the text of a link: the agent's own words for it.
fn is_heading(signals: &Signals<'_, '_>, fact: &Fact<'_>) -> bool {
    let after = &signals.run().final_answer.unwrap_or("")[fact.span.end as usize..];
    after.trim_start_matches(['*', ' ']).starts_with([':', ']'])
}

/// The words of a name that tell: not articles, titles, initials.
fn content(name: &str) -> impl Iterator<Item = &str> {
    // JSON may have other letters in escapes.
    let tells = |word: &&str| word.len() >= 3 && word.is_ascii() && !words::is_stop(&word.to_lowercase());
    words::words(name).map(|word| word.text).filter(tells)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn every_word_of_a_name_must_have_been_seen() {
        let count = |answer| {
            let steps = vec![call("search", "x", "The film was directed by JOHN Ford in 1940.")];
            hits("ungrounded_answer_name", &run("Who directed it?", steps, Some(answer))).len()
        };
        assert_eq!(count("It was John Ford."), 0);
        assert_eq!(count("It was William Wyler."), 1);
        assert_eq!(count("Film Director: John Ford"), 0);
        assert_eq!(count("Nobody knows."), 0);
    }
}
