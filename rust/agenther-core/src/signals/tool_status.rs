//! Whether a call worked: from the log's own flag, else from the shape of the observation.

use crate::trajectory::Step;

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCause {
    /// The arguments were refused.
    Validation,
    /// Not authorised.
    Auth,
    /// Too many requests.
    RateLimit,
    /// No answer in time.
    Timeout,
    /// The thing asked for does not exist.
    NotFound,
    /// Any other error.
    Other,
}

impl ErrorCause {
    /// The name used in frames.
    pub fn name(self) -> &'static str {
        match self {
            ErrorCause::Validation => "validation",
            ErrorCause::Auth => "auth",
            ErrorCause::RateLimit => "rate_limit",
            ErrorCause::Timeout => "timeout",
            ErrorCause::NotFound => "not_found",
            ErrorCause::Other => "error",
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It returned something.
    Ok,
    /// It returned nothing: no text, `[]`, `{}`, `null`.
    Empty,
    /// It failed.
    Error(ErrorCause),
    /// There was no call: a reply or a thought.
    NoCall,
}

/// The status of a step.
pub fn status(step: &Step<'_>) -> Status {
    if step.action_name.is_none() {
        return Status::NoCall;
    }
    let observation = step.observation.unwrap_or("").trim();
    if step.error == Some(true) || observation.starts_with("Error") {
        return Status::Error(ErrorCause::Other);
    }
    if matches!(observation, "" | "[]" | "{}" | "null" | "None") { Status::Empty } else { Status::Ok }
}
