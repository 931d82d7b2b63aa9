//! Whether a call worked: from the log's own flag, else from the shape of the observation.
//!
//! A document that merely *mentions* errors is no error. Only three places are read: the top-level
//! keys of a JSON envelope, the first line, and the last line; each within a fixed number of bytes,
//! so that the cost does not grow with the observation.

use crate::text::cut;
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
    /// It returned nothing: no text, `[]`, `{}`, `null`, "no results".
    Empty,
    /// It failed.
    Error(ErrorCause),
    /// There was no call: a reply or a thought.
    NoCall,
}

impl Status {
    /// Whether the call failed.
    pub fn is_error(self) -> bool {
        matches!(self, Status::Error(_))
    }
}

/// The bytes at either end of an observation that may tell its status.
const WINDOW: usize = 512;

/// An observation up to this long is a message; a longer one is content, where only an unmistakable
/// opening counts.
const MESSAGE: usize = 400;

/// How deep error messages are looked for in wrapped text (`{"error": "", "response": "…"}`).
const MAX_WRAPPING: usize = 2;

/// The status of a step.
pub fn status(step: &Step<'_>) -> Status {
    if step.action_name.is_none() {
        return Status::NoCall;
    }
    let observation = step.observation.unwrap_or("").trim();
    if step.error == Some(true) {
        return Status::Error(cause(observation));
    }
    text_status(observation, 0)
}

fn text_status(text: &str, wrapping: usize) -> Status {
    if is_empty(text) {
        return Status::Empty;
    }
    match text.as_bytes()[0] {
        b'{' => object_status(text, wrapping),
        b'[' if text[1..].trim_start().starts_with('{') => list_status(text, wrapping),
        _ => message_status(text),
    }
}

/// Results that say nothing, compared as a whole.
const NOTHING: &[&str] = &[
    "[]",
    "{}",
    "()",
    "[[]]",
    "\"\"",
    "''",
    "null",
    "none",
    "undefined",
    "n/a",
    "nothing happens",
    "nothing found",
    "no result",
    "no results",
    "no results found",
    "no result found",
    "no data",
    "no data found",
    "no matches",
    "no matches found",
    "no records found",
    "no rows",
    "empty set",
    "0 results",
    "0 rows",
];

/// What tools print for commands that worked and said nothing.
const SILENCE: &[&str] =
    &["[executed successfully with no output]", "no output", "(no output)", "<no output>", "[no output]"];

fn is_empty(text: &str) -> bool {
    let trimmed = text.strip_suffix(['.', '!']).unwrap_or(text);
    let nothing = || NOTHING.iter().any(|known| trimmed.eq_ignore_ascii_case(known));
    is_silent(text) || trimmed.len() <= 40 && nothing()
}

/// Whether an observation says neither that something was found nor that nothing was: commands that
/// work are silent.
pub fn is_silent(observation: &str) -> bool {
    let text = observation.trim();
    text.is_empty() || text.len() <= 40 && SILENCE.iter().any(|known| text.eq_ignore_ascii_case(known))
}

/// What a top-level member of a JSON object says.
enum Member<'t> {
    String(&'t str),
    Number(f64),
    True,
    False,
    Null,
    /// An object or list, and whether it has anything in it.
    Container(bool),
}

fn object_status(text: &str, wrapping: usize) -> Status {
    let mut wrapped = None;
    let mut found = None;
    members(text, |key, member| {
        if found.is_none() && says_error(key, &member) {
            found = Some(match member {
                Member::String(message) => cause(message),
                _ => cause(text),
            });
        }
        if let Member::String(inner) = member
            && wrapped.is_none()
            && ["response", "result", "output", "content", "text", "message", "observation", "detail"]
                .iter()
                .any(|name| key.eq_ignore_ascii_case(name))
        {
            wrapped = Some(inner.trim());
        }
    });
    match (found, wrapped) {
        (Some(cause), _) => Status::Error(cause),
        (None, Some(inner)) if wrapping < MAX_WRAPPING && !inner.is_empty() => {
            match text_status(inner, wrapping + 1) {
                error @ Status::Error(_) => error,
                _ => Status::Ok,
            }
        }
        _ => Status::Ok,
    }
}

/// A list of content parts (`[{"type": "text", "text": "Error: …"}]`): its first object decides.
fn list_status(text: &str, wrapping: usize) -> Status {
    if wrapping >= MAX_WRAPPING {
        return Status::Ok;
    }
    let first = text[1..].trim_start();
    let mut is_part = false;
    members(first, |key, _| is_part |= key == "type");
    match object_status(first, wrapping + 1) {
        error @ Status::Error(_) if is_part => error,
        _ => Status::Ok,
    }
}

fn says_error(key: &str, member: &Member<'_>) -> bool {
    let is = |names: &[&str]| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    match member {
        Member::String(value) if is(&["error", "errors", "exception", "error_message", "traceback"]) => {
            !value.is_empty() && !is_empty(value) && !value.eq_ignore_ascii_case("false")
        }
        Member::String(value) if is(&["status", "state", "result", "type"]) => {
            ["error", "failed", "failure", "fail", "errored"]
                .iter()
                .any(|name| value.eq_ignore_ascii_case(name))
        }
        Member::String(value) if is(&["status_code", "statuscode", "code"]) => {
            value.parse().is_ok_and(is_http_error)
        }
        Member::Number(value) if is(&["status", "status_code", "statuscode", "code", "http_code"]) => {
            is_http_error(*value)
        }
        Member::Number(value)
            if is(&["exit_code", "exitcode", "returncode", "return_code", "exit_status"]) =>
        {
            *value != 0.0
        }
        Member::True => is(&["error", "is_error", "iserror", "failed", "timed_out", "timedout"]),
        Member::False => is(&["ok", "success", "succeeded", "successful"]),
        Member::Container(filled) => *filled && is(&["error", "errors", "exception"]),
        _ => false,
    }
}

fn is_http_error(code: f64) -> bool {
    (400.0..600.0).contains(&code)
}

/// Calls `visit` for the top-level members of an object that begin in the first bytes of it. JSON and
/// Python literals alike; stops at the first thing it does not understand.
fn members<'t>(text: &'t str, mut visit: impl FnMut(&'t str, Member<'t>)) {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len().min(4 * WINDOW) {
        at = skip(bytes, at, |byte| byte.is_ascii_whitespace() || byte == b',');
        let Some((key, after)) = quoted(text, at) else { return };
        at = skip(bytes, after, |byte| byte.is_ascii_whitespace() || byte == b':');
        let Some(&first) = bytes.get(at) else { return };
        let member = match first {
            b'"' | b'\'' => {
                let Some((value, after)) = quoted(text, at) else { return };
                at = after;
                Member::String(value)
            }
            b'{' | b'[' => {
                let inside = skip(bytes, at + 1, |byte| byte.is_ascii_whitespace());
                let filled = !matches!(bytes.get(inside), Some(b'}' | b']') | None);
                visit(key, Member::Container(filled));
                let Some(after) = closed(bytes, at) else { return };
                at = after;
                continue;
            }
            _ => {
                let end = skip(bytes, at, |byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte));
                let word = &text[at..end];
                at = end.max(at + 1);
                match word {
                    "true" | "True" => Member::True,
                    "false" | "False" => Member::False,
                    "null" | "None" => Member::Null,
                    _ => match word.parse() {
                        Ok(number) => Member::Number(number),
                        Err(_) => return,
                    },
                }
            }
        };
        visit(key, member);
    }
}

fn skip(bytes: &[u8], from: usize, while_: impl Fn(u8) -> bool) -> usize {
    from + bytes.get(from..).unwrap_or_default().iter().take_while(|byte| while_(**byte)).count()
}

/// The quoted string that begins at `at`, and where it ends.
fn quoted(text: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let quote = *bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut end = at + 1;
    loop {
        end += memchr::memchr2(quote, b'\\', bytes.get(end..)?)?;
        if bytes[end] == quote {
            return Some((&text[at + 1..end], end + 1));
        }
        end += 2;
    }
}

/// Where the container that opens at `at` closes, if it does within reach.
fn closed(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut next = at;
    let reach = bytes.len().min(at + 8 * WINDOW);
    while next < reach {
        match bytes[next] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(next + 1);
                }
            }
            b'"' => {
                next += 1;
                while next < reach && bytes[next] != b'"' {
                    next += 1 + usize::from(bytes[next] == b'\\');
                }
            }
            _ => {}
        }
        next += 1;
    }
    None
}

/// Openings that are an error in any text: programs print them, people do not begin prose with them.
const OPENINGS: &[&str] = &[
    "error:",
    "error executing",
    "error calling",
    "error running",
    "error while",
    "error during",
    "error in query",
    "error occurred",
    "error code",
    "[error]",
    "errno ",
    "exception:",
    "exception occurred",
    "an error occurred",
    "fatal:",
    "fatal error",
    "runtime error",
    "tool error",
    "execution failed",
    "execution error",
    "invalid action",
    "invalid tool",
    "invalid function",
    "unknown tool",
    "unknown function",
    "unknown command",
    "could not find",
    "could not parse",
    "command failed",
    "request failed",
    "failed to ",
    "permission denied",
    "access denied",
    "<error>",
    "http error",
    "traceback (most recent call last)",
];

/// Openings that are an error where the whole observation is a short message.
const MESSAGE_OPENINGS: &[&str] = &[
    "error",
    "failed",
    "failure",
    "invalid ",
    "cannot ",
    "can't ",
    "could not ",
    "unable to ",
    "unauthorized",
    "forbidden",
    "timeout",
    "timed out",
    "request timed out",
    "rate limit",
    "too many requests",
    "not found",
    "no such ",
    "bad request",
    "internal server error",
    "service unavailable",
    "missing required",
    "unrecognized ",
    "unsupported ",
];

/// Endings of a line by which shells and programs report an error.
const LINE_ENDINGS: &[&str] = &[
    ": command not found",
    ": not found",
    ": no such file or directory",
    ": permission denied",
    ": is a directory",
    ": not a directory",
    ": invalid argument",
    ": operation not permitted",
    ": file exists",
    ": connection refused",
];

fn message_status(text: &str) -> Status {
    let first = first_line(text);
    let last = last_line(text);
    let is_message = text.len() <= MESSAGE;
    let error = OPENINGS.iter().any(|opening| starts_with(first, opening))
        || is_message && MESSAGE_OPENINGS.iter().any(|opening| starts_with_word(first, opening))
        || is_exception(last)
        || is_http_line(first)
        || is_exit_line(last)
        || is_message && (is_shell_error(first) || is_shell_error(last));
    if !error {
        return Status::Ok;
    }
    // The message of a traceback is its last line.
    match cause(if is_exception(last) { last } else { first }) {
        ErrorCause::Other => Status::Error(cause(last)),
        cause => Status::Error(cause),
    }
}

fn first_line(text: &str) -> &str {
    let head = cut::head(text, WINDOW);
    head.lines().next().unwrap_or("").trim()
}

fn last_line(text: &str) -> &str {
    let tail = cut::tail(text, WINDOW);
    tail.lines().next_back().unwrap_or("").trim()
}

fn starts_with(text: &str, opening: &str) -> bool {
    text.len() >= opening.len() && text.as_bytes()[..opening.len()].eq_ignore_ascii_case(opening.as_bytes())
}

fn starts_with_word(text: &str, opening: &str) -> bool {
    let after = text.as_bytes().get(opening.len());
    starts_with(text, opening) && (opening.ends_with(' ') || !after.is_some_and(u8::is_ascii_alphanumeric))
}

fn ends_with(text: &str, ending: &str) -> bool {
    text.len() >= ending.len()
        && text.as_bytes()[text.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
}

/// `ValueError: …`, `java.lang.NullPointerException`, `KeyError('x')`: the last line of a traceback.
fn is_exception(line: &str) -> bool {
    let end = skip(line.as_bytes(), 0, |byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
    let (name, rest) = line.split_at(end);
    let named = ["Error", "Exception", "KeyboardInterrupt", "Warning"].iter().any(|suffix| {
        name.ends_with(suffix) && (name.len() > suffix.len() || *suffix == "KeyboardInterrupt")
    });
    named
        && !name.ends_with("Warning")
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && (rest.is_empty() || rest.starts_with(':') || rest.starts_with('('))
}

/// `HTTP/1.1 404 Not Found`, `404 Not Found`, `status code: 500`, `HTTP 503`.
fn is_http_line(line: &str) -> bool {
    let lower = cut::head(line, 80).to_ascii_lowercase();
    let rest = ["http/1.1 ", "http/2 ", "http/1.0 ", "http ", "status code: ", "status: ", "status code "]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix));
    let code = |text: &str| {
        let digits = skip(text.as_bytes(), 0, |byte| byte.is_ascii_digit());
        (digits == 3).then(|| text[..3].parse().ok()).flatten().is_some_and(is_http_error)
    };
    match rest {
        Some(rest) => code(rest),
        None => {
            code(&lower)
                && [
                    "not found",
                    "bad request",
                    "unauthorized",
                    "forbidden",
                    "internal server",
                    "client error",
                    "server error",
                ]
                .iter()
                .any(|phrase| lower[3..].trim_start_matches([':', ' ']).starts_with(phrase))
        }
    }
}

/// `exit code: 1`, `[exit status 2]`, `Process exited with code 127`.
fn is_exit_line(line: &str) -> bool {
    if line.len() > 120 {
        return false;
    }
    let lower = line.to_ascii_lowercase();
    ["exit code", "exit status", "exited with code", "returned non-zero exit status", "return code"]
        .iter()
        .any(|phrase| {
            lower.find(phrase).is_some_and(|at| {
                let rest = lower[at + phrase.len()..].trim_start_matches([':', ' ', '=']);
                let digits = skip(rest.as_bytes(), 0, |byte| byte.is_ascii_digit());
                rest[..digits].bytes().any(|byte| byte != b'0')
            })
        })
}

fn is_shell_error(line: &str) -> bool {
    LINE_ENDINGS.iter().any(|ending| ends_with(line, ending))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(observation: &str) -> Status {
        status(&Step { action_name: Some("tool"), observation: Some(observation), ..Step::default() })
    }

    #[test]
    fn tells_errors_and_their_cause() {
        use ErrorCause::*;
        for (text, cause) in [
            ("Error: user not found", NotFound),
            ("Error executing query: Table 'a.b' doesn't exist", NotFound),
            ("Error executing query: You have an error in your SQL syntax", Validation),
            (r#"{"error": {"message": "timed out after 30000ms"}, "ok": false}"#, Timeout),
            (r#"{"error":"Unauthorized","data":[]}"#, Auth),
            (r#"{"status": "failed"}"#, Other),
            (r#"{"status": 429, "body": ""}"#, RateLimit),
            ("{'output': '', 'error': \"name 'x' is not defined\"}", Other),
            (r#"{"error": "", "response": "{'message': 'error', 'status_code': 404}"}"#, NotFound),
            ("/bin/bash: line 3: foo: command not found", NotFound),
            ("cat: /tmp/x: No such file or directory", NotFound),
            ("Traceback (most recent call last):\n  File \"x\", line 1\nValueError: bad", Other),
            ("Invalid action!", Validation),
            ("Could not find [\"Wallace\"]. Similar: ['Wallace and Gromit']", NotFound),
            ("HTTP/1.1 503 Service Unavailable", Other),
            ("make: failed\nexit code: 2", Other),
            (r#"[{"type": "text", "text": "Error: no such table"}]"#, NotFound),
            (r#"{"returncode": 1, "stdout": ""}"#, Other),
        ] {
            assert_eq!(of(text), Status::Error(cause), "{text}");
        }
    }

    #[test]
    fn a_document_that_mentions_errors_is_none() {
        for text in [
            "The error function is an odd function that occurs in probability.",
            "Errors and exceptions in Python: a tutorial. ",
            r#"{"title": "Error handling", "error": null}"#,
            r#"{"output": "42", "error": ""}"#,
            r#"{"errors": [], "status": "ok", "code": 200}"#,
            r#"[{"id": 1, "error": "none left"}, {"id": 2}]"#,
            "Process finished with exit code 0",
            "404 rooms are free",
            "ok\nexit code: 0",
        ] {
            assert_eq!(of(text), Status::Ok, "{text}");
        }
        let long = format!("Failed states of the world, {}", "a long essay ".repeat(60));
        assert_eq!(of(&long), Status::Ok);
    }

    #[test]
    fn tells_empty_results() {
        for text in ["", "  ", "[]", "{}", "None", "Nothing happens.", "No results found", "[[]]"] {
            assert_eq!(of(text), Status::Empty, "{text}");
        }
    }

    #[test]
    fn the_flag_of_the_log_decides() {
        let step =
            Step { action_name: Some("x"), observation: Some("fine"), error: Some(true), ..Step::default() };
        assert_eq!(status(&step), Status::Error(ErrorCause::Other));
        assert_eq!(status(&Step { action_name: None, ..step }), Status::NoCall);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[{}\\[\\]'\":, a-zEé0-9\\\\\n]{0,80}") {
            of(&text);
        }
    }
}
