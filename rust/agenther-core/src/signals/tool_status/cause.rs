//! What an error message gives as its cause.

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
    let head = cut::head(message, WINDOW).to_ascii_lowercase();
    CAUSES
        .iter()
        .find(|(_, words)| words.iter().any(|word| head.contains(word)))
        .map_or(ErrorCause::Other, |(cause, _)| *cause)
}
