//! Whether a request can be understood without what was said before it.

use super::heard::{Heard, topic_words};
use crate::text::needles::find;
use crate::text::words::words;
use crate::trajectory::Span;

/// Words that stand for something of another turn.
const ELSEWHERE: &[&str] = &[
    "this",
    "these",
    "those",
    "that",
    "he",
    "she",
    "his",
    "her",
    "hers",
    "him",
    "same",
    "above",
    "previous",
    "earlier",
    "former",
    "latter",
    "one",
    "ones",
    "other",
    "others",
    "another",
    "else",
    "instead",
    "also",
    "again",
    "then",
    "too",
    "both",
    "either",
    "neither",
    "such",
    "yes",
    "no",
    "yeah",
    "ok",
    "okay",
    "later",
    "cheaper",
    "faster",
    "better",
    "next",
    "remaining",
    "rest",
    "back",
    "still",
    "now",
    "already",
    "anymore",
    "likewise",
    "similarly",
    "respectively",
    "mentioned",
];

/// Words that stand for something just named.
const NAMED: &[&str] = &["it", "its", "they", "them", "their", "theirs"];

/// Openings that leave out what the turn before asked for.
const ELLIPSES: &[&str] =
    &["what about", "how about", "and ", "or ", "but ", "what else", "any other", "same "];

/// After `the X`, words that say which one.
const WHICH: &[&str] =
    &["of", "with", "named", "called", "titled", "about", "between", "whose", "that", "which"];

/// Words after `the` that may be its noun.
const NOUN_WORDS: usize = 4;

/// Whether a request that says values at `spans` points at nothing of what was said `before` it.
pub fn stands_alone<'t>(request: &Heard<'_>, spans: &[Span], before: impl Iterator<Item = &'t str>) -> bool {
    let text = request.text;
    let lower = text.to_lowercase();
    if ELLIPSES.iter().any(|opening| lower.starts_with(opening)) {
        return false;
    }
    let first = spans.iter().map(|span| span.end).min().unwrap_or(u32::MAX);
    let is_fit = |word: &str, start: u32| {
        let is_one_of = |known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
        !is_one_of(ELSEWHERE) && (!is_one_of(NAMED) || start >= first)
    };
    let is_within = |start: u32| spans.iter().any(|span| (span.start..span.end).contains(&start));
    let all: Vec<(&str, u32)> = words(text).map(|word| (word.text, word.span.start)).collect();
    if !all.iter().all(|(word, start)| is_within(*start) || is_fit(word, *start)) {
        return false;
    }
    let pointed: Vec<&str> = (0..all.len()).filter_map(|at| pointed_at(&all, at, spans)).flatten().collect();
    pointed.is_empty() || before.into_iter().all(|said| pointed.iter().all(|noun| find(said, noun).is_none()))
}

/// The words of `the X` at a place, where nothing after it says which.
fn pointed_at<'w>(all: &[(&'w str, u32)], at: usize, spans: &[Span]) -> Option<Vec<&'w str>> {
    if !all[at].0.eq_ignore_ascii_case("the") {
        return None;
    }
    let after = &all[at + 1..all.len().min(at + 2 + NOUN_WORDS)];
    let is_said = |start: u32| spans.iter().any(|span| (span.start..span.end).contains(&start));
    let is_which = |word: &str| WHICH.iter().any(|known| word.eq_ignore_ascii_case(known));
    if after.iter().any(|(word, start)| is_said(*start) || is_which(word)) {
        return None;
    }
    let is_noun = |word: &&str| topic_words(word).next().is_some();
    Some(after.iter().map(|(word, _)| *word).take_while(is_noun).collect())
}
