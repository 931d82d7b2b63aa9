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
    let Some(answer) = short_answer(signals).map(Phrase::new) else { return Vec::new() };
    signals
        .steps()
        .find(|(_, step)| step.step.observation.is_some_and(|text| answer.is_in(text)))
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

/// Words that are looked for in texts as they follow one another, whatever the case and the punctuation between.
pub struct Phrase<'a> {
    words: Vec<&'a str>,
}

impl<'a> Phrase<'a> {
    /// The words of `text`.
    pub fn new(text: &'a str) -> Self {
        Phrase { words: tokens::words(text).collect() }
    }

    /// Whether `text` has the phrase as whole words.
    pub fn is_in(&self, text: &str) -> bool {
        let Some(first) = self.words.first().map(|word| word.as_bytes()) else { return false };
        let bytes = text.as_bytes();
        memchr::memchr2_iter(first[0].to_ascii_lowercase(), first[0].to_ascii_uppercase(), bytes).any(|at| {
            bytes[at..].get(..first.len()).is_some_and(|head| head.eq_ignore_ascii_case(first))
                && begins_word(text, at)
                && self.begins(&text[at..])
        })
    }

    fn begins(&self, text: &str) -> bool {
        let mut words = tokens::words(text);
        self.words.iter().all(|word| words.next().is_some_and(|found| found.eq_ignore_ascii_case(word)))
    }
}

fn begins_word(text: &str, at: usize) -> bool {
    match at.checked_sub(1).map(|before| text.as_bytes()[before]) {
        None => true,
        Some(before) if before.is_ascii() => !before.is_ascii_alphanumeric(),
        Some(_) => text.is_char_boundary(at) && !text[..at].ends_with(char::is_alphanumeric),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};
    use super::*;

    #[test]
    fn compares_words_not_bytes() {
        assert!(Phrase::new("eiffel tower").is_in("It is the Eiffel-Tower."));
        assert!(!Phrase::new("Paris").is_in("Parisian"));
        assert!(Phrase::new("Élan").is_in("née Élan"));
        assert!(!Phrase::new("x").is_in(""));
    }

    #[test]
    fn finds_the_first_observation_with_the_answer() {
        let steps = vec![call("search", "x", "nothing here"), call("search", "y", "born in Ulm, Germany")];
        assert_eq!(steps_of("answer_observed", &run("?", steps.clone(), Some("The Ulm"))), [1]);
        assert!(steps_of("answer_observed", &run("?", steps, Some("yes"))).is_empty());
    }
}
