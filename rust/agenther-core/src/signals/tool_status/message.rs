//! Errors in plain text: how messages of programs begin and end.

use super::envelope::{is_http_error, skip};
use super::{ErrorCause, MESSAGE, Status, WINDOW, cause};
use crate::text::cut;

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
    "accessdenied",
    "<error>",
    "http error",
    "traceback (most recent call last)",
    "exception in thread ",
    "panic: runtime error",
    "uncaught exception",
    "unhandled exception",
    "npm err!",
    "npm error",
    "curl: (",
    "tool call failed",
    "tool execution failed",
    "function call failed",
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
    "panic:",
    "connection refused",
    "connection failed",
    "authentication failed",
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

/// The bytes that openings begin with: most texts are told from them all by their first.
const FIRST: [bool; 256] = {
    let mut table = [false; 256];
    let lists = [OPENINGS, MESSAGE_OPENINGS];
    let mut list = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            table[lists[list][at].as_bytes()[0] as usize] = true;
            at += 1;
        }
        list += 1;
    }
    table
};

/// The status that a text which is no document reports.
pub(super) fn status(text: &str) -> Status {
    let first = first_line(text);
    let last = last_line(text);
    let is_message = text.len() <= MESSAGE;
    let opens = first.bytes().next().is_some_and(|byte| FIRST[usize::from(byte.to_ascii_lowercase())]);
    let error = opens && OPENINGS.iter().any(|opening| starts_with(first, opening))
        || opens && is_message && MESSAGE_OPENINGS.iter().any(|opening| starts_with_word(first, opening))
        || is_exception(last)
        || is_thrown(text, first)
        || is_http_line(first)
        || is_exit_line(last)
        || is_return_code(first)
        || is_panic(first, last)
        || is_fault(text)
        || is_message
            && (is_shell_error(first) || is_shell_error(last) || is_program_error(first) || is_crash(last))
        || is_message && ["error: ", "fatal: "].iter().any(|opening| starts_with(last, opening));
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
    // The first byte is looked at by itself: a comparison of texts is a call.
    text.len() >= opening.len()
        && text.as_bytes()[0].to_ascii_lowercase() == opening.as_bytes()[0]
        && text.as_bytes()[..opening.len()].eq_ignore_ascii_case(opening.as_bytes())
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

/// `java.lang.NullPointerException: x`, `Uncaught TypeError: x`, where the calls that led to it come after it.
fn is_thrown(text: &str, first: &str) -> bool {
    let thrown =
        first.strip_prefix("Uncaught ").or_else(|| first.strip_prefix("Unhandled ")).unwrap_or(first);
    let followed = || text.lines().nth(1).is_some_and(|next| next.trim_start().starts_with("at "));
    is_exception(thrown) && (thrown.len() < first.len() || followed())
}

/// `thread 'main' panicked at src/main.rs:2:5`, and what the runtime of Rust says after it.
fn is_panic(first: &str, last: &str) -> bool {
    first.starts_with("thread '") && first.contains("' panicked at ")
        || last.starts_with("note: run with `RUST_BACKTRACE=1`")
}

/// `Segmentation fault`, `./run.sh: line 2: 4711 Aborted (core dumped) ./a.out`.
fn is_crash(line: &str) -> bool {
    starts_with(line, "segmentation fault") || line.contains("(core dumped)")
}

/// `<returncode>1</returncode>`: the head of what some harnesses show of a command.
fn is_return_code(line: &str) -> bool {
    ["<returncode>", "<exit_code>"].iter().any(|tag| {
        let code = line.strip_prefix(tag).and_then(|rest| rest.split('<').next());
        code.and_then(|code| code.trim().parse::<i32>().ok()).is_some_and(|code| code != 0)
    })
}

/// `<soap:Fault>` with its `<faultstring>`, near the head of a document.
fn is_fault(text: &str) -> bool {
    text.starts_with('<') && cut::head(text, WINDOW).contains("<faultstring")
}

/// `psql: FATAL: …`, `gcc: fatal error: …`: a program, and that it failed.
fn is_program_error(line: &str) -> bool {
    let end = skip(line.as_bytes(), 0, |byte| byte.is_ascii_alphanumeric() || b"-_+.".contains(&byte));
    let said = line[end..].strip_prefix(": ").filter(|_| end > 0);
    said.is_some_and(|said| {
        ["error: ", "fatal: ", "fatal error: "].iter().any(|word| starts_with(said, word))
    })
}

/// `HTTP/1.1 404 Not Found`, `404 Not Found`, `status code: 500`, `HTTP 503`.
fn is_http_line(line: &str) -> bool {
    if !matches!(line.bytes().next(), Some(b'h' | b'H' | b's' | b'S' | b'0'..=b'9')) {
        return false;
    }
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
                    "too many requests",
                    "service unavailable",
                    "conflict",
                    "gateway timeout",
                ]
                .iter()
                .any(|phrase| lower[3..].trim_start_matches([':', ' ']).starts_with(phrase))
        }
    }
}

/// `exit code: 1`, `[exit status 2]`, `Process exited with code 127`.
fn is_exit_line(line: &str) -> bool {
    if line.len() > 120 || !line.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
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
    // The last letters of those endings.
    matches!(line.as_bytes().last().map(u8::to_ascii_lowercase), Some(b'd' | b'y' | b't' | b's'))
        && LINE_ENDINGS.iter().any(|ending| ends_with(line, ending))
}
