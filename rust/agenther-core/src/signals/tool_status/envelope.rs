//! Errors in JSON envelopes and their Python prints: what the top-level members say.

use super::{ErrorCause, MAX_WRAPPING, Shown, Status, WINDOW, cause, is_empty, text_status};
use crate::signals::effect::{self, in_small_letters};
use crate::text::bytes::find_either;
use crate::text::table::Words;

/// What a top-level member of a JSON object says.
enum Member<'t> {
    String(&'t str),
    Number(f64),
    True,
    False,
    Null,
    /// An object or list, from its bracket on.
    Container(&'t str),
}

pub(super) fn of_object(text: &str, wrapping: usize, shown: Shown) -> Status {
    let mut wrapped = None;
    let mut found = None;
    let is_thing = shown == Shown::Thing && is_thing(text);
    members(text, |key, member| {
        if found.is_none() && says_error(key, &member) && !(is_thing && is_of_thing(key)) {
            found = Some(match member {
                Member::String(message) => cause(message),
                _ => cause(text),
            });
        }
        if let Member::String(inner) = member
            && wrapped.is_none()
            && wraps(key)
        {
            wrapped = Some(inner.trim());
        }
    });
    match (found.or_else(|| refusal(text)), wrapped) {
        (Some(cause), _) => Status::Error(cause),
        (None, Some(inner)) if wrapping < MAX_WRAPPING && !inner.is_empty() => {
            match text_status(inner, wrapping + 1, shown) {
                error @ Status::Error(_) => error,
                _ => Status::Ok,
            }
        }
        _ => Status::Ok,
    }
}

/// A list of content parts (`[{"type": "text", "text": "Error: …"}]`): its first object decides.
pub(super) fn of_list(text: &str, wrapping: usize, shown: Shown) -> Status {
    if wrapping >= MAX_WRAPPING {
        return Status::Ok;
    }
    let first = text[1..].trim_start();
    let mut is_part = false;
    members(first, |key, _| is_part |= key == "type");
    match of_object(first, wrapping + 1, shown) {
        error @ Status::Error(_) if is_part => error,
        _ => Status::Ok,
    }
}

/// Values of a thing beside its name and its state: with fewer it may be the envelope of a call.
const MIN_VALUES: usize = 3;

/// Whether an object is a thing with a name and values of its own, and no word of the call that returned it.
fn is_thing(text: &str) -> bool {
    let (mut is_named, mut of_call, mut values) = (false, false, 0);
    members(text, |key, member| {
        let last = effect::words(key).last().unwrap_or("");
        let is_last = |names: &[&str]| names.iter().any(|name| last.eq_ignore_ascii_case(name));
        let is_filled = match member {
            Member::String(value) => !value.trim().is_empty(),
            Member::Container(inside) => is_filled(inside),
            Member::Null => false,
            Member::Number(_) | Member::True | Member::False => true,
        };
        if !is_filled {
            return;
        }
        of_call |= is_last(&["message", "msg", "detail", "details", "error", "errors", "stdout", "stderr"]);
        if is_last(&["id", "name", "number", "key", "iid"]) && !is_named {
            is_named = true;
        } else if !is_of_thing(key) {
            values += 1;
        }
    });
    is_named && !of_call && values >= MIN_VALUES
}

/// Whether a key may hold the state of a thing that was looked up.
fn is_of_thing(key: &str) -> bool {
    ["status", "state", "result", "exit_code", "exitCode", "exit_status"].contains(&key)
}

/// The keys that may say that a call failed.
#[rustfmt::skip]
static TELLING: Words<40> = Words::of([
    "error", "errors", "exception", "error_message", "errormessage", "error_msg", "errno", "errcode", "err_code",
    "error_code", "errorcode", "fault", "faultstring", "faultcode", "__type", "detail", "traceback", "status", "state", "result", "type", "status_code",
    "statuscode", "code", "http_code", "exit_code", "exitcode", "returncode", "return_code", "exit_status", "is_error",
    "iserror", "failed", "timed_out", "timedout", "ok", "success", "succeeded", "successful", "cod",
]);

fn says_error(key: &str, member: &Member<'_>) -> bool {
    // Most keys say nothing.
    if !TELLING.has(key) {
        return false;
    }
    in_small_letters(key, |key| match member {
        Member::String(value) => match key {
            "error" | "errors" | "exception" | "error_message" | "errormessage" | "error_msg"
            | "traceback" | "faultstring" | "faultcode" => {
                !value.is_empty() && !is_empty(value) && !value.eq_ignore_ascii_case("false")
            }
            "status" | "state" | "result" | "type" => ["error", "failed", "failure", "fail", "errored"]
                .iter()
                .any(|name| value.eq_ignore_ascii_case(name)),
            "status_code" | "statuscode" | "code" => value.parse().is_ok_and(is_http_error),
            "cod" => value.parse().is_ok_and(is_refusal),
            // The errors of AWS: `com.amazon.coral.service#AccessDeniedException`.
            "__type" => value.ends_with("Exception") || value.ends_with("Error"),
            _ => false,
        },
        Member::Number(value) => match key {
            "status" | "status_code" | "statuscode" | "code" | "http_code" => is_http_error(*value),
            "cod" => is_refusal(*value),
            "exit_code" | "exitcode" | "returncode" | "return_code" | "exit_status" | "errno" | "errcode"
            | "err_code" | "error_code" | "errorcode" => *value != 0.0,
            _ => false,
        },
        Member::True => {
            matches!(key, "error" | "is_error" | "iserror" | "failed" | "timed_out" | "timedout")
        }
        Member::False => matches!(key, "ok" | "success" | "succeeded" | "successful"),
        Member::Container(inside) => match key {
            "error" | "errors" | "exception" | "fault" => is_filled(inside),
            "detail" => is_refused_input(inside),
            _ => false,
        },
        Member::Null => false,
    })
    .unwrap_or(false)
}

fn is_filled(container: &str) -> bool {
    !matches!(container[1..].trim_ascii_start().as_bytes().first(), Some(b'}' | b']') | None)
}

/// What FastAPI answers to arguments that it refuses: `[{"loc": ["body", "x"], "msg": "field required", …}]`.
fn is_refused_input(list: &str) -> bool {
    let first = list.strip_prefix('[').map(str::trim_ascii_start).filter(|first| first.starts_with('{'));
    let (mut has_place, mut has_message) = (false, false);
    members(first.unwrap_or("{}"), |key, _| {
        has_place |= key == "loc";
        has_message |= key == "msg";
    });
    has_place && has_message
}

/// What web frameworks answer in place of a result, a `detail` alone that names a cause: `{"detail": "Not found"}`.
fn refusal(text: &str) -> Option<ErrorCause> {
    const LONGEST: usize = 160;
    if text.len() > LONGEST {
        return None;
    }
    let (mut count, mut said) = (0, None);
    members(text, |key, member| {
        count += 1;
        said = match member {
            Member::String(detail) if key == "detail" => Some(cause(detail)),
            _ => None,
        };
    });
    said.filter(|cause| count == 1 && *cause != ErrorCause::Other)
}

/// Whether a member holds what another program returned.
fn wraps(key: &str) -> bool {
    static WRAPPERS: Words<8> =
        Words::of(["response", "result", "output", "content", "text", "message", "observation", "detail"]);
    WRAPPERS.has(key)
}

pub(super) fn is_http_error(code: f64) -> bool {
    (400.0..600.0).contains(&code)
}

/// What OpenWeather answers under `cod`, where others have a fish or a sum to be paid.
fn is_refusal(code: f64) -> bool {
    [400.0, 401.0, 403.0, 404.0, 429.0, 500.0].contains(&code)
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
                visit(key, Member::Container(&text[at..]));
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

pub(super) fn skip(bytes: &[u8], from: usize, while_: impl Fn(u8) -> bool) -> usize {
    from + bytes.get(from..).unwrap_or_default().iter().take_while(|byte| while_(**byte)).count()
}

/// The quoted string that begins at `at`, and where it ends.
fn quoted(text: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let quote = *bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut end = at + 1;
    loop {
        end = find_either(bytes, end, quote, b'\\')?;
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
