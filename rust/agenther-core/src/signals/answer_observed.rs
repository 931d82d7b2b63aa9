//! The answer stands in an observation.

use super::yes_no_answer::is_yes_no;
use super::{Hit, Signals, tokens};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The final answer, of at most eight words and neither yes nor no, stands in an observation.";

/// Longer answers are prose, which no observation holds word for word.
const MAX_WORDS: usize = 8;

/// At most one hit: the first observation that has the answer.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(answer) = short_answer(signals) else { return Vec::new() };
    signals
        .steps()
        .find(|(_, step)| step.step.observation.is_some_and(|text| holds(text, answer)))
        .map(|(at, _)| Hit::step(at, Field::Observation))
        .into_iter()
        .collect()
}

/// The answer without its article and closing punctuation, where it is short and not yes or no.
pub fn short_answer<'a>(signals: &Signals<'_, 'a>) -> Option<&'a str> {
    let answer = signals.answer()?.trim_matches(|c: char| c.is_whitespace() || ".\"'`".contains(c));
    let answer = ["the ", "The ", "a ", "A ", "an ", "An "]
        .iter()
        .find_map(|article| answer.strip_prefix(article))
        .unwrap_or(answer);
    let is_data = answer.starts_with(['{', '[', '('])
        && crate::text::document::Document::parse(answer)
            .is_some_and(|document| matches!(document.root().kind(), Kind::Object | Kind::Array));
    let words = tokens::words(answer).take(MAX_WORDS + 1).count();
    ((1..=MAX_WORDS).contains(&words) && !is_yes_no(answer) && !is_data).then_some(answer)
}

/// Whether `text` has `phrase` as whole words, whatever the case and the punctuation between words.
pub fn holds(text: &str, phrase: &str) -> bool {
    let wanted: Vec<&str> = tokens::words(phrase).collect();
    let Some(first) = wanted.first() else { return false };
    let bytes = text.as_bytes();
    let (lower, upper) = (first.as_bytes()[0].to_ascii_lowercase(), first.as_bytes()[0].to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, bytes).any(|at| {
        let begins = at == 0 || text.is_char_boundary(at) && !text[..at].ends_with(char::is_alphanumeric);
        begins
            && bytes[at..].get(..first.len()).is_some_and(|head| head.eq_ignore_ascii_case(first.as_bytes()))
            && begins_with_words(&text[at..], &wanted)
    })
}

fn begins_with_words(text: &str, wanted: &[&str]) -> bool {
    let mut words = tokens::words(text);
    wanted.iter().all(|word| words.next().is_some_and(|found| found.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};
    use super::*;

    #[test]
    fn compares_words_not_bytes() {
        assert!(holds("It is the Eiffel-Tower.", "eiffel tower"));
        assert!(!holds("Parisian", "Paris"));
        assert!(holds("née Élan", "Élan"));
        assert!(!holds("", "x"));
    }

    #[test]
    fn finds_the_first_observation_with_the_answer() {
        let steps = vec![call("search", "x", "nothing here"), call("search", "y", "born in Ulm, Germany")];
        assert_eq!(steps_of("answer_observed", &run("?", steps.clone(), Some("The Ulm"))), [1]);
        assert!(steps_of("answer_observed", &run("?", steps, Some("yes"))).is_empty());
    }
}
