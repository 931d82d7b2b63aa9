//! Whether a call reads, writes, or only talks: from the verb of the tool's name and description.
//!
//! The verbs are those that decide on the labelled runs (see `docs/quality.md`): a first word or any
//! word of the tool's name, before the first word of its description.

/// What a step does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Looks something up and changes nothing.
    Read,
    /// Changes something outside the agent.
    Write,
    /// Speaks to the user, or ends the run with an answer.
    Reply,
    /// Thinks, plans, transfers: neither reads nor writes.
    Meta,
}

impl Effect {
    /// The name used in frames.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Read => "read",
            Effect::Write => "write",
            Effect::Reply => "reply",
            Effect::Meta => "meta",
        }
    }
}

/// The effect that a verb says; other words say none.
fn verb(word: &str) -> Option<Effect> {
    // A match compiles to comparisons of length first: cheap enough for every word of every call.
    Some(match word {
        "get" | "list" | "find" | "search" | "fetch" | "retrieve" | "retrieves" | "lookup" | "look"
        | "show" | "view" | "check" | "query" | "describe" | "count" | "convert" | "detect" | "track"
        | "validate" | "verify" | "compare" | "read" | "open" | "browse" | "goto" | "navigate" | "scroll"
        | "return" | "returns" | "select" | "grep" | "cat" | "ls" | "calculate" | "compute" | "analyze"
        | "inspect" | "examine" | "load" | "download" | "translate" | "summarize" | "test" | "see"
        | "watch" | "monitor" | "explore" | "wikipedia" | "extract" | "resolve" | "estimate" | "preview"
        | "parse" | "identify" | "evaluate" | "sample" | "peek" | "filter" | "sort" | "summarise"
        | "analyse" | "observe" | "status" | "info" => Effect::Read,
        "add" | "update" | "delete" | "cancel" | "book" | "send" | "set" | "modify" | "submit" | "pay"
        | "order" | "exchange" | "schedule" | "create" | "remove" | "edit" | "write" | "insert" | "post"
        | "put" | "purchase" | "buy" | "move" | "rename" | "upload" | "register" | "reserve" | "assign"
        | "approve" | "reject" | "close" | "enable" | "disable" | "toggle" | "turn" | "start" | "stop"
        | "install" | "refund" | "issue" | "change" | "replace" | "take" | "heat" | "cool" | "clean"
        | "slice" | "use" | "type" | "fill" | "press" | "click" | "append" | "save" | "commit" | "push"
        | "drop" | "alter" | "mkdir" | "rm" | "deploy" | "publish" | "merge" | "apply" | "grant"
        | "revoke" | "invite" | "archive" | "restore" | "reset" | "charge" | "withdraw" | "deposit"
        | "reschedule" | "rebook" | "unsubscribe" | "subscribe" => Effect::Write,
        "think" | "plan" | "transfer" | "handoff" | "delegate" | "wait" | "reflect" | "note" => Effect::Meta,
        "finish" | "finished" | "answer" | "respond" | "reply" | "done" | "complete" | "final" | "exit"
        | "conclude" | "terminate" | "solution" => Effect::Reply,
        _ => return None,
    })
}

/// The effect of a call of `tool`, whose schema describes it as `description`.
pub fn effect(tool: &str, description: Option<&str>) -> Effect {
    by_name(tool).or_else(|| description.and_then(first_word).and_then(by_verb)).unwrap_or(Effect::Read)
}

/// Whether a tool is named for a purpose: by a known verb, or by several words.
pub fn is_purposeful(tool: &str) -> bool {
    !runs_code(tool) && (words(tool).count() >= 2 || by_name(tool).is_some())
}

/// Whether a tool runs any code or command (`bash`, `execute_python`, `run`): it can read and write
/// anything under a name that does not say so.
pub fn runs_code(tool: &str) -> bool {
    let names_code = |word: &str| {
        matches!(
            word,
            "run"
                | "exec"
                | "execute"
                | "bash"
                | "sh"
                | "shell"
                | "zsh"
                | "powershell"
                | "python"
                | "ipython"
                | "jupyter"
                | "code"
                | "script"
                | "command"
                | "commands"
                | "cmd"
                | "cell"
                | "terminal"
                | "console"
                | "interpreter"
                | "sql"
                | "local"
                | "container"
        )
    };
    let mut words = words(tool).peekable();
    words.peek().is_some() && words.all(|word| in_small_letters(word, names_code).unwrap_or(false))
}

fn by_name(tool: &str) -> Option<Effect> {
    // Alone, `submit` ends the run with what there is; with an object it submits that.
    let terminal = ["submit", "final_answer", "return_answer"];
    if terminal.iter().any(|name| tool.eq_ignore_ascii_case(name)) {
        return Some(Effect::Reply);
    }
    // A terminal word speaks only as the whole name: `complete_order` is a write of some kind.
    words(tool)
        .find_map(|word| by_verb(word).filter(|effect| *effect != Effect::Reply || word.len() == tool.len()))
}

fn by_verb(word: &str) -> Option<Effect> {
    in_small_letters(word, verb)?
}

/// What `of` says of a word in small letters; longer words are in none of the tables.
pub(crate) fn in_small_letters<T>(word: &str, of: impl Fn(&str) -> T) -> Option<T> {
    let mut lower = [0; 16];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    Some(of(std::str::from_utf8(lower).ok()?))
}

fn first_word(description: &str) -> Option<&str> {
    description.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty())
}

/// The words of an identifier: `getUserDetails`, `get_user-details`, `HTTPGet`.
pub fn words(identifier: &str) -> impl Iterator<Item = &str> {
    // Nearly all identifiers are ASCII, which is split several times as fast by its bytes.
    let (ascii, other) = if identifier.is_ascii() { (identifier, "") } else { ("", identifier) };
    ascii_words(ascii).chain(other.split(|c: char| !c.is_alphanumeric()).flat_map(camel_words))
}

fn ascii_words(identifier: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let bytes = identifier.as_bytes();
        at += bytes[at..].iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
            let hump = bytes[at].is_ascii_uppercase()
                && at > start
                && (bytes[at - 1].is_ascii_lowercase()
                    || bytes[at - 1].is_ascii_uppercase()
                        && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
            if hump {
                break;
            }
            at += 1;
        }
        (start < at).then(|| &identifier[start..at])
    })
}

fn camel_words(part: &str) -> impl Iterator<Item = &str> {
    let mut rest = part;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut chars = rest.char_indices().skip(1).peekable();
        let mut previous = rest.chars().next()?;
        let mut cut = rest.len();
        while let Some((at, c)) = chars.next() {
            let next_is_lower = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
            if c.is_uppercase() && (previous.is_lowercase() || (previous.is_uppercase() && next_is_lower)) {
                cut = at;
                break;
            }
            previous = c;
        }
        let (word, tail) = rest.split_at(cut);
        rest = tail;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_identifiers() {
        let split = |text| words(text).collect::<Vec<_>>();
        assert_eq!(split("getUserDetails"), ["get", "User", "Details"]);
        assert_eq!(split("HTTPGet_user-id"), ["HTTP", "Get", "user", "id"]);
        assert_eq!(split(""), Vec::<&str>::new());
        assert_eq!(split("réserverVol_b"), ["réserver", "Vol", "b"]);
    }

    proptest::proptest! {
        #[test]
        fn ascii_is_split_as_any_text(identifier in "[a-cA-C0-1_. -]{0,12}") {
            let any: Vec<_> = identifier.split(|c: char| !c.is_alphanumeric()).flat_map(camel_words).collect();
            proptest::prop_assert_eq!(ascii_words(&identifier).collect::<Vec<_>>(), any);
        }
    }

    #[test]
    fn tools_that_run_anything_have_no_purpose() {
        assert!(["search", "get_user", "WeatherForecast"].into_iter().all(is_purposeful));
        assert!(!["bash", "python", "execute", "sql"].into_iter().any(is_purposeful));
        let code = ["bash", "execute_bash", "executePython", "run", "python_interpreter", "local_shell"];
        assert!(code.into_iter().all(|tool| runs_code(tool) && !is_purposeful(tool)));
        assert!(!["run_query", "search", "execute_order", ""].into_iter().any(runs_code));
    }

    #[test]
    fn tells_read_from_write() {
        assert_eq!(effect("get_user_details", None), Effect::Read);
        assert_eq!(effect("update_reservation_flights", None), Effect::Write);
        assert_eq!(effect("think", None), Effect::Meta);
        assert_eq!(effect("finish", None), Effect::Reply);
        assert_eq!(effect("submit", None), Effect::Reply);
        assert_eq!(effect("submit_form", None), Effect::Write);
        assert_eq!(effect("weather_v2", Some("Cancel the forecast")), Effect::Write);
        assert_eq!(effect("weather_v2", None), Effect::Read);
    }
}
