//! Looking for any of several phrases in one pass, whatever their case.

use aho_corasick::{AhoCorasick, MatchKind};

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
