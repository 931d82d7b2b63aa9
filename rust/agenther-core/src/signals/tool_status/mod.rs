//! Whether a call worked: from the log's own flag, else from the shape of the observation.
//!
//! A document that merely *mentions* errors is no error. Only three places are read: the top-level
//! keys of a JSON envelope, the first line, and the last line; each within a fixed number of bytes,
//! so that the cost does not grow with the observation.

use super::effect::{self, Effect};
use crate::trajectory::Step;

mod cause;
mod envelope;
mod message;

pub use cause::cause;

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
    match text_status(observation, 0, Shown::Call) {
        Status::Error(_) if step.action_name.is_some_and(looks_up) => {
            text_status(observation, 0, Shown::Thing)
        }
        status => status,
    }
}

/// Whether a tool is named for looking something up, whose state is then not that of the call.
fn looks_up(tool: &str) -> bool {
    effect::is_purposeful(tool) && effect::effect(tool, None) == Effect::Read
}

/// What the state in a result may be the state of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// The call itself, whatever it returned.
    Call,
    /// A thing that was looked up: a job that failed was found.
    Thing,
}

fn text_status(text: &str, wrapping: usize, shown: Shown) -> Status {
    if is_empty(text) {
        return Status::Empty;
    }
    match text.as_bytes()[0] {
        b'{' => envelope::of_object(text, wrapping, shown),
        b'[' if text[1..].trim_start().starts_with('{') => envelope::of_list(text, wrapping, shown),
        _ => message::status(text),
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

/// Longer results say something.
const LONGEST_NOTHING: usize = 16;

/// What tools print for commands that worked and said nothing.
const SILENCE: &[&str] =
    &["[executed successfully with no output]", "no output", "(no output)", "<no output>", "[no output]"];

fn is_empty(text: &str) -> bool {
    let trimmed = text.strip_suffix(['.', '!']).unwrap_or(text);
    let nothing = || NOTHING.iter().any(|known| trimmed.eq_ignore_ascii_case(known));
    is_silent(text) || trimmed.len() <= LONGEST_NOTHING && nothing()
}

/// Whether an observation says neither that something was found nor that nothing was: commands that
/// work are silent.
pub fn is_silent(observation: &str) -> bool {
    let text = observation.trim();
    text.is_empty() || text.len() <= 40 && SILENCE.iter().any(|known| text.eq_ignore_ascii_case(known))
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
            ("java.lang.NullPointerException: x\n\tat a.b(C.java:3)", Other),
            ("Exception in thread \"main\" java.lang.IllegalStateException\n\tat a.B.main(B.java:7)", Other),
            ("panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:", Other),
            ("thread 'main' panicked at src/main.rs:2:5:\nboom\nnote: no backtrace", Other),
            (
                "   Compiling x\nthread 'main' panicked\nnote: run with `RUST_BACKTRACE=1` environment variable",
                Other,
            ),
            ("Uncaught TypeError: Cannot read properties of undefined", Other),
            (
                "TypeError: x is not a function\n    at run (/app/a.js:3:1)\n    at main (/app/a.js:9:1)",
                Other,
            ),
            ("Segmentation fault (core dumped)", Other),
            ("./run.sh: line 2:  4711 Aborted                 (core dumped) ./a.out", Other),
            ("npm ERR! code E404\nnpm ERR! 404 Not Found", NotFound),
            ("psql: FATAL: password authentication failed for user \"x\"", Auth),
            ("gcc: fatal error: no input files", Other),
            ("curl: (6) Could not resolve host: example.com", Other),
            ("Tool call failed: the agent has no such right", NotFound),
            ("<returncode>1</returncode>\n<output>\n</output>", Other),
            ("<soap:Envelope><soap:Body><soap:Fault><faultstring>Bad</faultstring>", Other),
            (r#"{"errno": -2, "errmsg": "ENOENT"}"#, Other),
            (r#"{"error_code": 17, "error_msg": "Open api daily request limit reached"}"#, Other),
            (r#"{"detail": "Not authenticated"}"#, Auth),
            (
                r#"{"detail":[{"loc":["body","x"],"msg":"field required","type":"value_error.missing"}]}"#,
                Validation,
            ),
            (r#"{"fault": {"faultstring": "Invalid key", "detail": {"errorcode": "a.b"}}}"#, Validation),
            (r#"{"Message": "User x may not", "__type": "AccessDeniedException"}"#, Auth),
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
            "<returncode>0</returncode>\n<output>\n1 failed\n</output>",
            "Panicked investors sold. Panic: the crash of 1907 is a book.\nIt has 300 pages.",
            "NullPointerException\nis thrown where null is used as an object, says the Java manual.",
            "thread 'main' of the novel",
            r#"{"errcode": 0, "errmsg": "ok"}"#,
            r#"{"detail": "A red lamp of glass"}"#,
            r#"{"detail": "No password is required here", "id": 4}"#,
            r#"{"detail": [{"sku": "a", "msg": "gift"}]}"#,
            r#"{"__type": "Location", "fault": {}}"#,
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

    #[test]
    fn a_thing_that_failed_was_found() {
        let job = r#"{"job_id": "j-8", "state": "failed", "exit_code": 2, "branch": "main", "runs_on": "linux", "minutes": 4}"#;
        let refused = r#"{"id": "r-1", "status": "failed", "message": "no such job", "code": 3, "a": 1}"#;
        let wrapped = format!("[{{\"type\": \"text\", \"text\": {job:?}}}]");
        for (tool, text, status) in [
            ("get_job", job, Status::Ok),
            ("ci.getJob", &wrapped, Status::Ok),
            ("start_job", job, Status::Error(ErrorCause::Other)),
            ("run_command", job, Status::Error(ErrorCause::Other)),
            ("get_job", refused, Status::Error(ErrorCause::Other)),
            ("get_job", r#"{"job_id": "j-8", "status": "failed"}"#, Status::Error(ErrorCause::Other)),
        ] {
            let step = Step { action_name: Some(tool), observation: Some(text), ..Step::default() };
            assert_eq!(super::status(&step), status, "{tool} {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[{}\\[\\]'\":, a-zEé0-9\\\\\n]{0,80}") {
            of(&text);
        }
    }
}
