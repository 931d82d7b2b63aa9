//! What an error message gives as its cause.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{ErrorCause, WINDOW};
use crate::text::cut;

/// Words that name a cause, in the order in which they decide. They are looked for only in what is
/// known to be an error message.
const CAUSES: &[(ErrorCause, &[&str])] = &[
    (ErrorCause::Timeout, &["timeout", "timed out", "time out", "deadline exceeded"]),
    (ErrorCause::RateLimit, &["rate limit", "too many requests", "429", "quota"]),
    (
        ErrorCause::Auth,
        &[
            "unauthori",
            "forbidden",
            "permission denied",
            "access denied",
            "accessdenied",
            "not authorized",
            "401",
            "403",
            "api key",
            "authenticat",
            "not subscribed",
            "credential",
        ],
    ),
    (
        ErrorCause::NotFound,
        &[
            "not found",
            "no such",
            "could not find",
            "cannot find",
            "does not exist",
            "doesn't exist",
            "404",
            "unknown column",
            "unknown table",
            "notfound",
        ],
    ),
    (
        ErrorCause::Validation,
        &[
            "invalid",
            "required",
            "missing",
            "validation",
            "must be",
            "must match",
            "should be",
            "expected",
            "syntax",
            "unexpected",
            "malformed",
            "not match",
            "400",
            "422",
        ],
    ),
];

/// The cause that an error message names.
pub fn cause(message: &str) -> ErrorCause {
    static WORDS: LazyLock<Option<(AhoCorasick, Vec<usize>)>> = LazyLock::new(|| {
        let words = || CAUSES.iter().flat_map(|(_, words)| *words);
        let causes =
            CAUSES.iter().enumerate().flat_map(|(cause, (_, words))| words.iter().map(move |_| cause));
        let kind = Some(AhoCorasickKind::DFA);
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(words()).ok()?;
        Some((automaton, causes.collect()))
    });
    let Some((words, causes)) = WORDS.as_ref() else { return ErrorCause::Other };
    let named = words.find_overlapping_iter(cut::head(message, WINDOW)).map(|found| causes[found.pattern()]);
    named.min().map_or(ErrorCause::Other, |cause| CAUSES[cause].0)
}
