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

const READ: &[&str] = &[
    "get",
    "list",
    "find",
    "search",
    "fetch",
    "retrieve",
    "retrieves",
    "lookup",
    "look",
    "show",
    "view",
    "check",
    "query",
    "describe",
    "count",
    "convert",
    "detect",
    "track",
    "validate",
    "verify",
    "compare",
    "read",
    "open",
    "browse",
    "goto",
    "navigate",
    "scroll",
    "return",
    "returns",
    "select",
    "grep",
    "cat",
    "ls",
    "calculate",
    "compute",
    "analyze",
    "inspect",
    "examine",
    "load",
    "download",
    "translate",
    "summarize",
    "test",
    "see",
    "watch",
    "monitor",
    "explore",
    "wikipedia",
];
const WRITE: &[&str] = &[
    "add",
    "update",
    "delete",
    "cancel",
    "book",
    "send",
    "set",
    "modify",
    "submit",
    "pay",
    "order",
    "exchange",
    "schedule",
    "create",
    "remove",
    "edit",
    "write",
    "insert",
    "post",
    "put",
    "purchase",
    "buy",
    "return_items",
    "move",
    "rename",
    "upload",
    "register",
    "reserve",
    "assign",
    "approve",
    "reject",
    "close",
    "enable",
    "disable",
    "toggle",
    "turn",
    "start",
    "stop",
    "install",
    "transfer_money",
    "refund",
    "issue",
    "change",
    "replace",
    "take",
    "heat",
    "cool",
    "clean",
    "slice",
    "use",
    "type",
    "fill",
    "press",
    "click",
    "append",
    "save",
    "commit",
    "push",
];
const META: &[&str] = &["think", "plan", "transfer", "handoff", "delegate", "wait", "reflect", "note"];
const REPLY: &[&str] = &[
    "finish",
    "finished",
    "answer",
    "respond",
    "reply",
    "done",
    "complete",
    "final",
    "final_answer",
    "stop",
    "exit",
];

/// The effect of a call of `tool`, whose schema describes it as `description`.
pub fn effect(tool: &str, description: Option<&str>) -> Effect {
    by_name(tool).or_else(|| description.and_then(first_word).and_then(by_verb)).unwrap_or(Effect::Read)
}

fn by_name(tool: &str) -> Option<Effect> {
    if REPLY.iter().any(|word| tool.eq_ignore_ascii_case(word)) {
        return Some(Effect::Reply);
    }
    words(tool).find_map(by_verb)
}

fn by_verb(word: &str) -> Option<Effect> {
    let known = |verbs: &[&str]| verbs.iter().any(|verb| word.eq_ignore_ascii_case(verb));
    if known(READ) {
        Some(Effect::Read)
    } else if known(WRITE) {
        Some(Effect::Write)
    } else if known(META) {
        Some(Effect::Meta)
    } else if known(REPLY) {
        Some(Effect::Reply)
    } else {
        None
    }
}

fn first_word(description: &str) -> Option<&str> {
    description.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty())
}

/// The words of an identifier: `getUserDetails`, `get_user-details`, `HTTPGet`.
pub fn words(identifier: &str) -> impl Iterator<Item = &str> {
    identifier.split(|c: char| !c.is_alphanumeric()).flat_map(camel_words)
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
    }

    #[test]
    fn tells_read_from_write() {
        assert_eq!(effect("get_user_details", None), Effect::Read);
        assert_eq!(effect("update_reservation_flights", None), Effect::Write);
        assert_eq!(effect("think", None), Effect::Meta);
        assert_eq!(effect("finish", None), Effect::Reply);
        assert_eq!(effect("weather_v2", Some("Cancel the forecast")), Effect::Write);
        assert_eq!(effect("weather_v2", None), Effect::Read);
    }
}
