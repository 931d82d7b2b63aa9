//! The last words claim a change that no call made.
//!
//! What an agent says of its work is not what it did: the claim is held against the calls and their status.
//!
//! No hit on a labelled run of the public logs; what it is worth on written ones is in `docs/quality.md`.

use std::sync::LazyLock;

use super::effect::{self, Effect};
use super::phrases::Phrases;
use super::tool_status::Status;
use super::{Hit, Signals, is_call, shown};
use crate::reading::StepReading;
use crate::text::table::Table;
use crate::text::{records, words};
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str = "The last words claim that something was changed (booked, cancelled, sent, …), though the last call that should change anything failed, none was made, or those that worked do something else; and the refusal.";

/// The last words are read that far.
const HEAD: usize = 2000;

/// The claim and, where there is one, the call that failed.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((place, text)) = signals.last_words() else { return Vec::new() };
    let text = crate::text::cut::head(text, HEAD);
    // Most last words claim nothing, which one pass tells.
    if !CLAIMED.are_in(text) {
        return Vec::new();
    }
    let done = Done::of(signals);
    let found = records::sentences(text, 0, text.len())
        .find_map(|span| claims(text, span).into_iter().find(|claim| done.belies(signals, claim)));
    let Some(claim) = found else { return Vec::new() };
    let refusal = done.refused.map(|at| Hit::step(at, Field::Observation));
    refusal.into_iter().chain([place.at(claim.span)]).collect()
}

/// What the calls of a run changed.
struct Done<'r> {
    /// The last call that should change something, where it failed and no call of its tool worked.
    refused: Option<usize>,
    /// The names of the tools that changed something.
    tools: Vec<&'r str>,
    /// Whether each call has a name that says what it does: a shell changes things under any name.
    is_told: bool,
    has_calls: bool,
}

impl<'r> Done<'r> {
    fn of(signals: &Signals<'_, 'r>) -> Self {
        let is_write = |(_, step): &(usize, &StepReading<'_>)| is_call(step) && step.effect == Effect::Write;
        let tool = |step: &StepReading<'r>| step.step.action_name.unwrap_or("");
        let worked = signals.steps().filter(is_write).filter(|(_, step)| !step.status.is_error());
        let tools: Vec<&str> = worked.map(|(_, step)| tool(step)).collect();
        let last = signals.steps().rev().find(is_write).filter(|(_, step)| step.status.is_error());
        let mut called = signals.steps().filter(|(_, step)| step.status != Status::NoCall).peekable();
        Done {
            refused: last.filter(|(_, step)| !tools.contains(&tool(step))).map(|(at, _)| at),
            has_calls: called.peek().is_some(),
            is_told: called.all(|(_, step)| effect::is_purposeful(tool(step))),
            tools,
        }
    }

    /// Whether the calls show that the change was not made.
    fn belies(&self, signals: &Signals<'_, '_>, claim: &Claim) -> bool {
        if self.refused.is_some() {
            return self.tools.is_empty() || claim.change.is_some_and(|change| !self.may_have(change));
        }
        if !self.is_told || !(claim.is_own && self.tools.is_empty()) && claim.is_shown(signals) {
            return false;
        }
        match (self.tools.is_empty(), claim.is_own) {
            // What others did ("your order has been cancelled") needs a tool that could have done it here.
            (true, false) => signals.has_tool(Effect::Write),
            (true, true) => self.has_calls || signals.has_tool(Effect::Write),
            (false, true) => claim.change.is_some_and(|change| !self.may_have(change)),
            (false, false) => false,
        }
    }

    /// Whether one of the calls may have made a change of that kind.
    fn may_have(&self, change: Change) -> bool {
        self.tools.iter().flat_map(|tool| effect::words(tool)).any(|word| {
            let small = effect::in_small_letters(word, |word| change.is_made_by(word));
            small.unwrap_or(false)
        })
    }
}

/// Kinds of changes that are told apart by the name of the tool that makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Message,
    Refund,
    End,
    Booking,
}

impl Change {
    /// Whether a tool with this word in its name may make the change.
    #[rustfmt::skip]
    fn is_made_by(self, word: &str) -> bool {
        // They may do anything.
        const ANY: &[&str] = &["process", "execute", "perform", "submit", "handle", "apply", "manage", "run", "call", "do", "complete", "action"];
        let own: &[&str] = match self {
            Change::Message => &["send", "email", "mail", "sms", "notify", "notification", "message", "post", "reply", "share", "invite", "forward", "chat", "slack", "comment", "alert", "publish", "escalate", "reminder", "contact"],
            Change::Refund => &["refund", "credit", "return", "reimburse", "cancel", "payment", "compensation", "transfer", "certificate"],
            Change::End => &["cancel", "delete", "remove", "close", "revoke", "unsubscribe", "deactivate", "terminate", "end", "drop", "void", "update", "modify", "change", "edit", "set", "status", "stop", "disable"],
            Change::Booking => &["book", "reserve", "reservation", "booking", "schedule", "create", "add", "order", "place", "make", "register", "purchase", "buy", "appointment", "rebook", "confirm", "update", "modify", "change", "exchange", "checkout", "insert", "event", "new"],
        };
        ANY.contains(&word) || own.contains(&word)
    }
}

/// Participles of changes as they are claimed, and how to tell from the tools that they were made.
#[rustfmt::skip]
static PAST: Table<Option<Change>, 101> = {
    use Change::{Booking, End, Message, Refund};
    Table::of([
        ("booked", Some(Booking)), ("reserved", Some(Booking)), ("scheduled", Some(Booking)),
        ("rebooked", Some(Booking)), ("ordered", Some(Booking)), ("purchased", Some(Booking)),
        ("cancelled", Some(End)), ("canceled", Some(End)), ("deleted", Some(End)), ("removed", Some(End)),
        ("unsubscribed", Some(End)), ("revoked", Some(End)), ("deactivated", Some(End)),
        ("sent", Some(Message)), ("emailed", Some(Message)), ("notified", Some(Message)),
        ("messaged", Some(Message)), ("forwarded", Some(Message)),
        ("refunded", Some(Refund)), ("reimbursed", Some(Refund)),
        ("changed", None), ("updated", None), ("created", None), ("added", None), ("placed", None),
        ("issued", None), ("modified", None), ("rescheduled", None), ("submitted", None), ("upgraded", None),
        ("exchanged", None), ("returned", None), ("paid", None), ("transferred", None), ("saved", None),
        ("posted", None), ("bought", None), ("deployed", None), ("redeployed", None), ("published", None),
        ("merged", None), ("restarted", None), ("rebooted", None), ("renamed", None), ("moved", None),
        ("assigned", None), ("reassigned", None), ("closed", None), ("reopened", None), ("archived", None),
        ("restored", None), ("enabled", None), ("disabled", None), ("activated", None), ("approved", None),
        ("rejected", None), ("granted", None), ("invited", None), ("escalated", None), ("registered", None),
        ("subscribed", None), ("renewed", None), ("extended", None), ("downgraded", None), ("applied", None),
        ("attached", None), ("uploaded", None), ("replaced", None), ("unlocked", None), ("blocked", None),
        ("unblocked", None), ("paused", None), ("resumed", None), ("charged", None), ("credited", None),
        ("filed", None), ("installed", None), ("committed", None), ("pushed", None), ("rotated", None),
        ("scaled", None), ("edited", None), ("corrected", None), ("waived", None), ("redeemed", None),
        ("withdrawn", None), ("deposited", None), ("enrolled", None), ("logged", None), ("marked", None),
        // German, Spanish and French.
        ("storniert", Some(End)), ("gebucht", Some(Booking)), ("gesendet", Some(Message)),
        ("verschickt", Some(Message)), ("geändert", None), ("angelegt", None), ("cancelado", Some(End)),
        ("reservado", Some(Booking)), ("enviado", Some(Message)), ("annulé", Some(End)), ("envoyé", Some(Message)),
    ])
};

/// Beginnings and wholes of the participles, to look for in one pass.
static CLAIMED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "ed",
        "sent",
        "paid",
        "bought",
        "withdrawn",
        "storniert",
        "gebucht",
        "gesendet",
        "verschickt",
        "geändert",
        "angelegt",
        "cancelado",
        "reservado",
        "enviado",
        "annulé",
        "envoyé",
    ])
});

/// A change that is claimed.
#[derive(Debug, Clone, Copy)]
struct Claim<'t> {
    span: Span,
    word: &'t str,
    change: Option<Change>,
    /// "I have cancelled", not "it was cancelled".
    is_own: bool,
}

impl Claim<'_> {
    /// Whether the agent was shown the word of the change, which may then be what it read.
    fn is_shown(&self, signals: &Signals<'_, '_>) -> bool {
        let mut observed = signals.run().steps.iter().filter_map(|step| step.observation);
        let small = self.word.to_lowercase();
        // `cancel` of "cancelled", `book` of "booked": what a result may have instead ("cancellation").
        let stem = small.get(..small.len().min(6)).unwrap_or(&small);
        observed.any(|text| shown::says(text, stem))
    }
}

/// "I have cancelled", "has been booked", "was successfully updated", as far as the sentence denies and doubts nothing.
fn claims(text: &str, span: Span) -> Vec<Claim<'_>> {
    #[rustfmt::skip]
    const LEADS: &[&str] = &[
        "have", "has", "been", "was", "were", "successfully", "ve", "now", "is", "are", "also", "just", "i",
        "habe", "wurde", "wurden", "erfolgreich", "he", "ha", "sido", "hemos", "ai", "été", "a",
    ];
    #[rustfmt::skip]
    const DOUBTS: &[&str] = &[
        "not", "t", "if", "unable", "cannot", "once", "will", "would", "can", "could", "before", "already",
        "previously", "when", "should", "to", "until", "after", "unless", "cannot", "may", "might", "must", "failed",
        "no", "nicht", "kein", "keine", "wenn", "falls", "si", "pas", "please", "never",
    ];
    let sentence = span.of(text);
    if sentence.ends_with('?') {
        return Vec::new();
    }
    let is = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    // German puts the participle last.
    let german = ["habe ", "wurde ", "wurden "].iter().any(|lead| sentence.contains(lead));
    let (mut found, mut previous, mut speaks) = (Vec::new(), "", false);
    for word in words::words(sentence) {
        if is(word.text, DOUBTS) {
            break;
        }
        // "I have closed the ticket and emailed Ann."
        let goes_on = !found.is_empty() && previous.eq_ignore_ascii_case("and");
        let change = PAST.get(word.text).filter(|_| is(previous, LEADS) || german || goes_on);
        if let Some(change) = change {
            let start = (span.start + word.span.start) as usize;
            let span = Span::new(start, start + word.text.len());
            found.push(Claim { span, word: word.text, change, is_own: speaks });
        }
        speaks |=
            is(word.text, &["i", "ich", "hemos", "ai"]) || is(word.text, &["he"]) && previous.is_empty();
        // "I have checked it: the order was cancelled" says whose it is once.
        speaks &= !is(word.text, &["was", "were", "been", "wurde", "été", "sido", "is", "are", "has"]);
        previous = word.text;
    }
    found
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
        assert!(of(vec![good, bad, done]).is_empty());
        assert!(of(vec![bad, reply("It has not been cancelled.")]).is_empty());
        assert!(of(vec![bad, reply("Shall it be cancelled?")]).is_empty());
        assert!(of(vec![done]).is_empty());
        let deploy = call("deploy", r#"{"build": 7}"#, r#"{"error": "build 7 not found"}"#);
        assert_eq!(of(vec![deploy, reply("Build 7 has been deployed to staging.")]), [0, 1]);
    }

    #[test]
    fn a_claim_without_a_call_needs_a_tool_that_was_there_or_an_agent_that_says_i() {
        let of = |said, observation, tools| {
            let steps = vec![call("get_order", "{}", observation), reply(said)];
            let mut run = run("Cancel my order", steps, None);
            run.tools = tools;
            steps_of("false_claim", &run)
        };
        let (get, both) = (
            Some(r#"[{"name": "get_order"}]"#),
            Some(r#"[{"name": "get_order"}, {"name": "cancel_order"}]"#),
        );
        let order = "{\"id\": 1}";
        assert_eq!(of("I have cancelled it.", order, both), [1]);
        assert_eq!(of("I have cancelled it.", order, get), [1]);
        assert_eq!(of("I've now cancelled it.", order, None), [1]);
        assert_eq!(of("Ich habe die Bestellung 1 storniert.", order, None), [1]);
        assert_eq!(of("It has been cancelled.", order, both), [1]);
        for (said, observation, tools) in [
            ("It has been cancelled.", order, get),
            ("It has been cancelled.", r#"{"id": 1, "status": "canceled"}"#, both),
            ("I have checked it: it was cancelled.", order, get),
            ("Ich habe die Bestellung 1 nicht storniert.", order, None),
            ("I have found it.", order, None),
        ] {
            assert!(of(said, observation, tools).is_empty(), "{said}");
        }
    }

    #[test]
    fn what_was_done_must_be_of_the_kind() {
        let of = |said| {
            let steps = vec![call("update_ticket", r#"{"id": 4}"#, r#"{"ok": true}"#), reply(said)];
            steps_of("false_claim", &run("Close it and tell Ann", steps, None))
        };
        assert_eq!(of("I have closed the ticket and emailed Ann."), [1]);
        assert!(of("I have updated the ticket.").is_empty());
        assert!(of("The ticket was closed.").is_empty());
    }
}
