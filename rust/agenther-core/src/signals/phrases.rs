//! Looking for any of several phrases in one pass, whatever their case.

use std::cell::RefCell;

use aho_corasick::{AhoCorasick, MatchKind, packed};

use crate::trajectory::Span;

/// The automaton of phrases; made once a process, in a `LazyLock`. Of phrases that begin at one byte the
/// longest is found.
pub fn automaton(phrases: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(phrases)
        .expect("a short list of short phrases fits an automaton")
}

/// The first phrase in a text.
pub fn find(automaton: &AhoCorasick, text: &str) -> Option<Span> {
    automaton.find(text).map(|found| Span::new(found.start(), found.end()))
}

/// Phrases that few texts have. Vectors tell that of a text in small letters in a fraction of the time that the automaton
/// takes.
pub struct Phrases {
    automaton: AhoCorasick,
    /// None where there are too many phrases for it, or the machine has no vectors.
    vectors: Option<packed::Searcher>,
}

thread_local! {
    /// The text that is looked at, in small letters.
    static SMALL: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Phrases {
    /// The phrases, in small letters.
    pub fn of(phrases: &[&str]) -> Self {
        let vectors = packed::Config::new().builder().extend(phrases).build();
        Phrases { automaton: automaton(phrases), vectors }
    }

    /// The first phrase in a text.
    pub fn find(&self, text: &str) -> Option<Span> {
        if self.may_be_in(text) { find(&self.automaton, text) } else { None }
    }

    /// Whether a text has one of the phrases.
    pub fn are_in(&self, text: &str) -> bool {
        self.may_be_in(text) && self.automaton.is_match(text)
    }

    fn may_be_in(&self, text: &str) -> bool {
        /// Of a shorter text the copy costs more than the walk.
        const SHORT: usize = 32;
        /// A longer one is not copied: its buffer is kept.
        const LONG: usize = 1 << 16;
        let Some(vectors) = self.vectors.as_ref().filter(|_| (SHORT..LONG).contains(&text.len())) else {
            return true;
        };
        SMALL.with_borrow_mut(|small| {
            small.clear();
            small.extend_from_slice(text.as_bytes());
            small.make_ascii_lowercase();
            vectors.find(&*small).is_some()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_and_the_walk_find_the_same() {
        let phrases = ["could not find", "unable to", "could not", "no information"];
        let (fast, slow) = (Phrases::of(&phrases), automaton(&phrases));
        let around = "a text of some length, so that vectors are asked; ";
        for middle in
            ["Could Not Find", "UNABLE TO", "could nöt", "unable  to", "", "no informatio", "no information"]
        {
            let text = format!("{around}{middle}{around}");
            assert_eq!(fast.find(&text), find(&slow, &text), "{middle}");
            assert_eq!(fast.are_in(&text), slow.is_match(&text), "{middle}");
            assert_eq!(fast.find(middle), find(&slow, middle), "{middle}");
        }
    }
}
