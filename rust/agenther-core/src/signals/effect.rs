//! Whether a call reads, writes, or only talks: from the verb of the tool's name and description.
//!
//! The verbs are those that decide on the labelled runs (see `docs/quality.md`): a first word or any
//! word of the tool's name, before the first word of its description.

use crate::text::table::{Table, Words};

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
#[rustfmt::skip]
static VERBS: Table<Effect, 191> = {
    use Effect::{Meta, Read, Reply, Write};
    Table::of([
        ("get", Read), ("list", Read), ("find", Read), ("search", Read), ("fetch", Read), ("retrieve", Read),
        ("retrieves", Read), ("lookup", Read), ("look", Read), ("show", Read), ("view", Read), ("check", Read),
        ("query", Read), ("describe", Read), ("count", Read), ("convert", Read), ("detect", Read),
        ("track", Read), ("validate", Read), ("verify", Read), ("compare", Read), ("read", Read),
        ("open", Read), ("browse", Read), ("goto", Read), ("navigate", Read), ("scroll", Read),
        ("return", Read), ("returns", Read), ("select", Read), ("grep", Read), ("cat", Read), ("ls", Read),
        ("calculate", Read), ("compute", Read), ("analyze", Read), ("inspect", Read), ("examine", Read),
        ("load", Read), ("download", Read), ("translate", Read), ("summarize", Read), ("test", Read),
        ("see", Read), ("watch", Read), ("monitor", Read), ("explore", Read), ("wikipedia", Read),
        ("extract", Read), ("resolve", Read), ("estimate", Read), ("preview", Read), ("parse", Read),
        ("identify", Read), ("evaluate", Read), ("sample", Read), ("peek", Read), ("filter", Read),
        ("sort", Read), ("summarise", Read), ("analyse", Read), ("observe", Read), ("status", Read),
        ("info", Read),
        ("add", Write), ("update", Write), ("delete", Write), ("cancel", Write), ("book", Write),
        ("send", Write), ("set", Write), ("modify", Write), ("submit", Write), ("pay", Write),
        ("order", Write), ("exchange", Write), ("schedule", Write), ("create", Write), ("remove", Write),
        ("edit", Write), ("write", Write), ("insert", Write), ("post", Write), ("put", Write),
        ("purchase", Write), ("buy", Write), ("move", Write), ("rename", Write), ("upload", Write),
        ("register", Write), ("reserve", Write), ("assign", Write), ("approve", Write), ("reject", Write),
        ("close", Write), ("enable", Write), ("disable", Write), ("toggle", Write), ("turn", Write),
        ("start", Write), ("stop", Write), ("install", Write), ("refund", Write), ("issue", Write),
        ("change", Write), ("replace", Write), ("take", Write), ("heat", Write), ("cool", Write),
        ("clean", Write), ("slice", Write), ("use", Write), ("type", Write), ("fill", Write), ("press", Write),
        ("click", Write), ("append", Write), ("save", Write), ("commit", Write), ("push", Write),
        ("drop", Write), ("alter", Write), ("mkdir", Write), ("rm", Write), ("deploy", Write),
        ("publish", Write), ("merge", Write), ("apply", Write), ("grant", Write), ("revoke", Write),
        ("invite", Write), ("archive", Write), ("restore", Write), ("reset", Write), ("charge", Write),
        ("withdraw", Write), ("deposit", Write), ("reschedule", Write), ("rebook", Write),
        ("unsubscribe", Write), ("subscribe", Write),
        ("renew", Write), ("restart", Write), ("reboot", Write), ("redeploy", Write), ("upgrade", Write),
        ("downgrade", Write), ("redeem", Write), ("unlock", Write), ("unblock", Write),
        ("resume", Write), ("pause", Write), ("escalate", Write), ("attach", Write), ("detach", Write),
        ("extend", Write), ("notify", Write), ("dismiss", Write), ("acknowledge", Write), ("resize", Write),
        ("scale", Write), ("rollback", Write), ("reopen", Write), ("reassign", Write), ("unassign", Write),
        ("activate", Write), ("deactivate", Write), ("suspend", Write), ("mute", Write), ("mark", Write), ("unmute", Write),
        ("think", Meta), ("plan", Meta), ("transfer", Meta), ("handoff", Meta), ("delegate", Meta),
        ("wait", Meta), ("reflect", Meta), ("note", Meta),
        ("finish", Reply), ("finished", Reply), ("answer", Reply), ("respond", Reply), ("reply", Reply),
        ("done", Reply), ("complete", Reply), ("final", Reply), ("exit", Reply), ("conclude", Reply),
        ("terminate", Reply), ("solution", Reply),
    ])
};

/// The effect of a call of `tool`, whose schema describes it as `description`.
pub fn effect(tool: &str, description: Option<&str>) -> Effect {
    let described = || description.and_then(first_word).and_then(by_verb);
    match by_name(tool) {
        // `exchange_rate`, `order_status`: what the description begins with, or how the name ends, says what it is.
        Some(Effect::Write) if begins_with_noun(tool) => match described() {
            Some(Effect::Read) => Effect::Read,
            None if ends_as_a_side(tool) => Effect::Read,
            _ => Effect::Write,
        },
        Some(effect) => effect,
        None => described().unwrap_or(Effect::Read),
    }
}

/// Whether a name that begins with a verb is that of a side of a thing all the same: `exchange_rate`, `order_status`.
pub fn names_a_side(tool: &str) -> bool {
    begins_with_noun(tool) && ends_as_a_side(tool)
}

/// Whether a word is a verb of change that is as often a noun.
pub fn is_noun(word: &str) -> bool {
    #[rustfmt::skip]
    static NOUNS: Words<16> = Words::of([
        "exchange", "order", "book", "schedule", "issue", "post", "deposit", "charge", "type", "press", "commit",
        "merge", "grant", "archive", "refund", "purchase",
    ]);
    NOUNS.has(word)
}

/// Whether the first word of several is a verb that is as often a noun.
fn begins_with_noun(tool: &str) -> bool {
    let mut words = words(tool);
    words.next().is_some_and(is_noun) && words.next().is_some()
}

/// Whether the last word names a side of a thing: `order_history`.
fn ends_as_a_side(tool: &str) -> bool {
    #[rustfmt::skip]
    static SIDES: Words<16> = Words::of([
        "rate", "rates", "status", "details", "history", "info", "information", "lookup", "search", "list", "summary",
        "price", "prices", "balance", "stats", "count",
    ]);
    words(tool).last().is_some_and(|last| SIDES.has(last))
}

/// Whether a tool is named for a purpose: by a known verb, or by several words.
pub fn is_purposeful(tool: &str) -> bool {
    !runs_code(tool) && (words(tool).count() >= 2 || by_name(tool).is_some())
}

/// Whether a tool runs any code or command (`bash`, `execute_python`, `run`): it can read and write
/// anything under a name that does not say so.
pub fn runs_code(tool: &str) -> bool {
    #[rustfmt::skip]
    static CODE: Words<23> = Words::of([
        "run", "exec", "execute", "bash", "sh", "shell", "zsh", "powershell", "python", "ipython", "jupyter",
        "code", "script", "command", "commands", "cmd", "cell", "terminal", "console", "interpreter", "sql",
        "local", "container",
    ]);
    let mut words = words(tool).peekable();
    words.peek().is_some() && words.all(|word| CODE.has(word))
}

/// Whether the name of a tool says that it looks something up.
pub(crate) fn is_named_for_reading(tool: &str) -> bool {
    by_name(tool) == Some(Effect::Read)
}

fn by_name(tool: &str) -> Option<Effect> {
    // Alone, `submit` ends the run with what there is; with an object it submits that.
    let terminal = ["submit", "final_answer", "return_answer"];
    if terminal.iter().any(|name| tool.eq_ignore_ascii_case(name)) {
        return Some(Effect::Reply);
    }
    // A terminal word speaks only as the whole name: `complete_order` is a write of some kind.
    let by_word =
        |word: &str| by_verb(word).filter(|effect| *effect != Effect::Reply || word.len() == tool.len());
    // `get_or_create_label` writes where there is none to get.
    let mut rest = words(tool).skip_while(|word| !word.eq_ignore_ascii_case("or")).skip(1);
    let alternative = rest.next().and_then(by_verb).filter(|effect| *effect == Effect::Write);
    alternative.or_else(|| words(tool).find_map(by_word))
}

fn by_verb(word: &str) -> Option<Effect> {
    VERBS.get(word)
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
        assert_eq!(effect("get_or_create_label", None), Effect::Write);
        assert_eq!(effect("get_car_or_train", None), Effect::Read);
        assert_eq!(effect("finish", None), Effect::Reply);
        assert_eq!(effect("submit", None), Effect::Reply);
        assert_eq!(effect("submit_form", None), Effect::Write);
        assert_eq!(effect("exchange_rate", None), Effect::Read);
        assert_eq!(effect("order_tracker", Some("Get the state of an order")), Effect::Read);
        assert_eq!(effect("order_tracker", None), Effect::Write);
        assert_eq!(effect("book_flight", Some("Book a flight")), Effect::Write);
        assert_eq!(effect("weather_v2", Some("Cancel the forecast")), Effect::Write);
        assert_eq!(effect("weather_v2", None), Effect::Read);
    }
}
