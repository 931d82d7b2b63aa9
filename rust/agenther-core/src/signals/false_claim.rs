//! The last words claim a change that no call made.
//!
//! What an agent says of its work is not what it did: the claim is held against the status of the calls.
//!
//! No hit on a labelled run: unmeasured.

use std::sync::LazyLock;

use super::effect::Effect;
use super::phrases::Phrases;
use super::tool_status::Status;
use super::{Hit, Signals, is_call};
use crate::text::{records, words};
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str = "The last words claim that something was changed (booked, cancelled, sent, …), though the last call that should change anything failed, or none was made where tools could; and the refusal.";

/// The last words are read that far.
const HEAD: usize = 2000;

/// The claim and, where there is one, the call that failed.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut writes = signals.steps().rev().filter(|(_, step)| is_call(step) && step.effect == Effect::Write);
    let refused = match writes.next() {
        Some((at, step)) if step.status.is_error() => Some(at),
        Some(_) => return Vec::new(),
        None => None,
    };
    let Some((place, text)) = signals.last_words() else { return Vec::new() };
    let Some(span) = claim(crate::text::cut::head(text, HEAD)) else { return Vec::new() };
    if refused.is_none() && !could_write(signals) {
        return Vec::new();
    }
    let refusal = refused.map(|at| Hit::step(at, Field::Observation));
    refusal.into_iter().chain([place.at(span)]).collect()
}

/// Only a run whose tools say what they do can be held to it: a shell changes things under any name.
fn could_write(signals: &Signals<'_, '_>) -> bool {
    signals.has_tool(Effect::Write)
        && signals.steps().all(|(_, step)| {
            step.status == Status::NoCall || super::effect::is_purposeful(step.step.action_name.unwrap_or(""))
        })
}

/// Changes, as they are claimed.
#[rustfmt::skip]
const PAST: &[&str] = &[
    "booked",
    "cancelled",
    "canceled",
    "changed",
    "updated",
    "sent",
    "created",
    "added",
    "removed",
    "deleted",
    "ordered",
    "placed",
    "refunded",
    "issued",
    "modified",
    "scheduled",
    "rescheduled",
    "submitted",
    "upgraded",
    "exchanged",
    "returned",
    "paid",
    "transferred",
    "saved",
    "posted",
    "reserved",
    "purchased",
    "bought",
];

/// "I have cancelled", "has been booked", "was successfully updated", in a sentence that denies and doubts nothing.
fn claim(text: &str) -> Option<Span> {
    const LEADS: &[&str] = &["have", "has", "been", "was", "were", "successfully", "ve", "now", "is", "are"];
    const DOUBTS: &[&str] = &[
        "not",
        "t",
        "if",
        "unable",
        "cannot",
        "once",
        "will",
        "would",
        "can",
        "could",
        "before",
        "already",
        "previously",
        "when",
        "should",
        "to",
    ];
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PAST));
    // Most last words claim nothing, which one pass tells.
    PHRASES.find(text)?;
    records::sentences(text, 0, text.len()).find_map(|span| {
        let sentence = span.of(text);
        let is = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
        let mut previous = "";
        let mut found = None;
        for word in words::words(sentence) {
            if is(word.text, DOUBTS) || sentence.ends_with('?') {
                return None;
            }
            if found.is_none() && is(word.text, PAST) && is(previous, LEADS) {
                let start = (span.start + word.span.start) as usize;
                found = Some(Span::new(start, start + word.text.len()));
            }
            previous = word.text;
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};

    #[test]
    fn claims_are_held_against_the_calls() {
        let bad = call("cancel_order", "{}", "Error: the order is shipped");
        let good = call("cancel_order", "{}", "ok");
        let done = reply("Your order has been cancelled.");
        let of = |steps| steps_of("false_claim", &run("Cancel my order", steps, None));
        assert_eq!(of(vec![bad, done]), [0, 1]);
        assert!(of(vec![bad, good, done]).is_empty());
        assert!(of(vec![bad, reply("It has not been cancelled.")]).is_empty());
        assert!(of(vec![bad, reply("Shall it be cancelled?")]).is_empty());
        assert!(of(vec![done]).is_empty());
    }

    #[test]
    fn a_claim_without_a_call_needs_a_tool_that_was_there() {
        let steps = vec![call("get_order", "{}", "{\"id\": 1}"), reply("I have cancelled it.")];
        let mut run = run("Cancel my order", steps, None);
        run.tools = Some(r#"[{"name": "get_order"}, {"name": "cancel_order"}]"#);
        assert_eq!(steps_of("false_claim", &run), [1]);
        run.tools = Some(r#"[{"name": "get_order"}]"#);
        assert!(steps_of("false_claim", &run).is_empty());
    }
}
