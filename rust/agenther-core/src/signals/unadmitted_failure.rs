//! The last words go on as if nothing had happened, though the last call failed or no call brought anything.
//!
//! No hit on a labelled run of the public logs decided its weight alone; what it is worth on written ones is in
//! `docs/quality.md`.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::tool_status::{Status, is_silent};
use super::{Hit, Signals, is_call};
use crate::reading::StepReading;
use crate::text::document::{Kind, Value};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last call failed, or each call failed or found nothing, and the last words say nothing of it; and the call.";

/// The call, then the last words.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((at, last)) = signals.last_call() else { return Vec::new() };
    let failed = last.status.is_error();
    if !failed && !finds_nothing(signals) {
        return Vec::new();
    }
    // What the user said since may have led the talk to something else.
    if signals.steps().any(|(later, step)| later > at && step.step.user.is_some()) {
        return Vec::new();
    }
    let Some((place, text)) = signals.last_words() else { return Vec::new() };
    // A word or a number says nothing of how it came about, and code has words of its own.
    const SENTENCE: usize = 24;
    let is_code = last.step.action_name.is_some_and(super::effect::runs_code) && !failed;
    if text.len() < SENTENCE || is_code || admits(text) {
        return Vec::new();
    }
    vec![Hit::step(at, Field::Observation), place]
}

/// Whether each call failed or found nothing.
pub fn finds_nothing(signals: &Signals<'_, '_>) -> bool {
    let mut calls = signals.steps().filter(|(_, step)| is_call(step)).peekable();
    calls.peek().is_some() && calls.all(|(_, step)| brings_nothing(step))
}

fn brings_nothing(step: &StepReading<'_>) -> bool {
    match step.status {
        Status::Error(_) => true,
        Status::Empty => step.step.observation.is_some_and(|text| !is_silent(text)),
        Status::Ok => step.observation().is_some_and(|result| is_hollow(result.root())),
        Status::NoCall => false,
    }
}

/// Whether a result has lists, and all of them are empty: `{"results": [], "total": 0}`.
fn is_hollow(root: Value<'_, '_>) -> bool {
    let lists = |value: Value<'_, '_>| {
        let mut lists = value.children().filter(|child| child.kind() == Kind::Array).peekable();
        lists.peek().is_some().then(|| lists.all(|list| list.is_empty()))
    };
    let inner = || root.children().filter(|child| child.kind() == Kind::Object).find_map(lists);
    root.kind() == Kind::Object && lists(root).or_else(inner).unwrap_or(false)
}

/// Whether a text says that something was not done or found, in any words.
pub fn admits(text: &str) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&[
            "not ",
            "n't",
            "n’t",
            "cannot",
            "unable",
            "fail",
            "error",
            "sorry",
            "unfortunately",
            "denied",
            "unavailable",
            "timed out",
            "timeout",
            "reject",
            "refus",
            "no longer",
            "missing",
            "invalid",
            "without success",
            "nothing",
            "none",
            "no result",
            "no match",
            "there are no",
            "there is no",
            "found no",
            "has no",
            "have no",
            "no ",
            "offline",
            "down ",
            "empty",
            "zero",
            "0 ",
            "too many",
            "too large",
            "limit",
            "try again",
            "blocked",
            "could only",
            "didn",
            "unreachable",
            "stuck",
            "manually",
            "instead",
            "nicht",
            "kein",
            "leider",
            "fehl",
            "lamentable",
            "no se ",
            "no pud",
            "no hay",
            "ningún",
            "pas ",
            "aucun",
            "malheureusement",
            "impossible",
            "échou",
            "désolé",
            "lo siento",
            "unknown",
            "does not",
            "only ",
            "expired",
            "locked",
            "closed",
            "full",
        ])
    });
    WORDS.are_in(text)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn who_fails_should_say_so() {
        let of = |steps, said| steps_of("unadmitted_failure", &run("Block it", steps, Some(said)));
        let timeout = call("block_card", r#"{"card": "7781"}"#, r#"{"error": "timeout after 30s"}"#);
        let done = "Your card ending in 7781 was stopped, a replacement is on its way.";
        assert_eq!(of(vec![timeout], done), [0]);
        assert!(of(vec![timeout], "I could not reach the bank, so the card is active still.").is_empty());
        assert!(
            of(vec![timeout, call("block_card", r#"{"card": "7781"}"#, r#"{"status": "stopped"}"#)], done)
                .is_empty()
        );
        let empty = call("search_hotels", r#"{"city": "Olomouc"}"#, r#"{"results": [], "total": 0}"#);
        assert_eq!(of(vec![empty], "Here are two good options: Hotel Palác and Hana."), [0]);
        assert!(of(vec![empty], "No hotel of the kind is there.").is_empty());
        let found = call("search_hotels", "{}", r#"{"results": [{"name": "Hana"}]}"#);
        assert!(of(vec![empty, found], "Here is a good option: Hotel Hana.").is_empty());
    }
}
