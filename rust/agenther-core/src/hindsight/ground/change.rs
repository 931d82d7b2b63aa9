//! Claims that something was done: a goal that asks for a change, an answer that says it was made.
//!
//! A lookup shows what there is, and nothing that it shows says that an order was cancelled. A change is borne out by a
//! call that may have made it and did not fail, or by an observation that states what came of it.

use std::sync::LazyLock;

use super::clause::{Clause, Token};
use super::evidence::{KeptStep, Leaf};
use super::record::is_of_another;
use super::step::is_reference;
use super::support::Side;
use super::{Claim, Ledger, MAX_INFERENCES, Verifier, claim};
use crate::reading::Reading;
use crate::signals::effect::{self, Effect};
use crate::text::document::Kind;
use crate::text::facts::Fact;
use crate::text::tables::{FastMap, FastSet};
use crate::text::words::{self, stem_hash};

/// Whether a call can have changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writes {
    /// It looked something up, or failed.
    Never,
    /// What its name says, or what no name says.
    Named,
    /// Whatever the arguments say: a shell, a click.
    Anything,
}

/// What the call of a step can have changed.
pub(super) fn writes(reading: &Reading<'_>, index: usize) -> Writes {
    /// Tools that do what they are told, under a name that does not say it.
    const ANY: &[&str] = &[
        "click", "type", "press", "fill", "use", "do", "act", "action", "perform", "execute", "exec", "run",
        "process", "step", "query", "sql", "db", "database", "browser", "api", "request", "http",
    ];
    let step = &reading.steps[index];
    let tool = step.step.action_name.unwrap_or("");
    let does_anything =
        || effect::words(tool).any(|word| ANY.iter().any(|known| word.eq_ignore_ascii_case(known)));
    let is_described = || reading.tool(index).is_some_and(|tool| tool.description.is_some());
    match step.effect {
        _ if step.status.is_error() => Writes::Never,
        Effect::Reply => Writes::Never,
        _ if !effect::is_purposeful(tool) || does_anything() => Writes::Anything,
        Effect::Read if effect::is_named_for_reading(tool) || is_described() => Writes::Never,
        Effect::Read | Effect::Write | Effect::Meta => Writes::Named,
    }
}

/// Changes that are told apart: the verbs of one kind may be said for one another.
#[rustfmt::skip]
const KINDS: &[&[&str]] = &[
    &["cancel", "cancelled", "delete", "remove", "revoke", "unsubscribe", "deactivate", "uninstall", "disable", "void"],
    &["refund", "reimburse"],
    &["book", "rebook", "reserve", "purchase", "buy", "order", "schedule"],
    &["send", "email", "notify", "forward", "invite"],
    &["pay", "charge"],
    &["ship", "dispatch"],
    &["update", "modify", "change", "reschedule", "upgrade", "downgrade", "exchange"],
    &["transfer", "transferred", "escalate"],
    &["approve"], &["reject"], &["archive"], &["restore"], &["restart", "reboot"], &["deploy", "redeploy"],
    &["assign", "reassign"], &["renew", "extend"], &["subscribe", "enroll", "register"], &["enable", "activate"],
    &["submit"],
];

/// The kind of the change that a word of this stem says.
fn kind(stem: u64) -> Option<u8> {
    static STEMS: LazyLock<FastMap<u64, u8>> = LazyLock::new(|| {
        let kinds = KINDS.iter().zip(0..);
        kinds.flat_map(|(verbs, kind)| verbs.iter().map(move |verb| (stem_hash(verb), kind))).collect()
    });
    STEMS.get(&stem).copied()
}

/// The kind of change that the name of a tool says, where it says one: in `cancel_order` the order is a noun.
pub(super) fn made_by(tool: &str) -> Option<u8> {
    effect::words(tool)
        .filter(|word| !word.eq_ignore_ascii_case("order"))
        .find_map(|word| kind(stem_hash(word)))
}

/// What stands behind a verb that is a noun there: `refund policy`, `order of events`, `update on A1`.
#[rustfmt::skip]
const BEHIND_NOUNS: &[&str] = &[
    "of", "by", "on", "in", "about", "for", "from", "at", "with", "is", "are", "was", "were", "rate", "rates", "status",
    "policy", "policies", "history", "list", "lists", "amount", "amounts", "date", "dates", "address", "addresses",
    "detail", "details", "info", "information", "number", "numbers", "id", "ids", "review", "reviews", "title", "titles",
    "price", "prices", "option", "options", "office", "time", "times", "fee", "fees", "deadline", "request", "requests",
    "confirmation", "log", "logs", "type", "types", "name", "names", "and", "or", "events", "count", "total", "author",
];

/// What may stand before the verb of a request.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "please", "kindly", "can", "could", "would", "will", "you", "i", "id", "we", "want", "wish", "need", "like", "to",
    "also", "then", "and", "help", "me", "us", "now", "next", "finally", "just", "go", "ahead", "hi", "hello", "hey",
];

/// What stands before the thing that a verb is done to.
#[rustfmt::skip]
const DETERMINERS: &[&str] =
    &["the", "my", "this", "that", "it", "them", "these", "those", "all", "a", "an", "his", "her", "our", "any", "every", "both"];

/// The verbs of a clause that claim a change, by their tokens.
fn claimed(clause: &Clause<'_, '_>, side: Side) -> Vec<usize> {
    let verbs = (0..clause.tokens.len()).filter(|&at| kind(clause.tokens[at].stem).is_some());
    match side {
        Side::Goal => verbs.filter(|&at| is_asked(clause, at)).collect(),
        Side::Answer if clause.text.trim_end().ends_with('?') => Vec::new(),
        Side::Answer => verbs.filter(|&at| is_done(&clause.tokens, at)).collect(),
    }
}

/// Whether the verb at a token is what the sentence asks to be done: `Please cancel order A1.`
fn is_asked(clause: &Clause<'_, '_>, at: usize) -> bool {
    let tokens = &clause.tokens;
    let verb = &tokens[at];
    let behind = tokens[at + 1..].iter().take_while(|token| token.part == verb.part);
    let before = tokens[..at].iter().rev().take_while(|token| token.part == verb.part);
    let is_whether = |pair: &[Token<'_>]| {
        matches!(pair[0].lower, "can" | "could" | "may" | "did" | "do") && matches!(pair[1].lower, "i" | "we")
    };
    let from = at - before.clone().count();
    let Some(next) = behind.clone().next() else { return false };
    // `the title, book and author`: what only a comma parts from the rest must have an object.
    let has_object = || {
        let mut objects = behind.clone().take(3);
        objects.any(|token| token.fact.is_some() || DETERMINERS.contains(&token.lower))
    };
    // `Order the names by age`, `Order A1`: it orders nothing.
    let orders =
        verb.lower != "order" || matches!(next.lower, "a" | "an" | "another" | "some" | "more" | "two");
    is_base_form(verb.lower)
        && orders
        && !BEHIND_NOUNS.contains(&next.lower)
        && before.clone().all(|token| LEADS.contains(&token.lower))
        && !tokens[from..at].windows(2).any(is_whether)
        && (begins_sentence(clause, from) || has_object())
}

/// Whether a sentence begins at a token.
fn begins_sentence(clause: &Clause<'_, '_>, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| {
        let gap = clause.tokens[before].span.end as usize..clause.tokens[at].span.start as usize;
        clause.text[gap].contains(['.', '!', '?', ':', ';', '\n'])
    })
}

/// `cancel`, not `cancelled`, `cancels` or `cancellation`.
fn is_base_form(word: &str) -> bool {
    KINDS.iter().any(|verbs| verbs.contains(&word)) && !is_participle(word)
}

fn is_participle(word: &str) -> bool {
    word.ends_with("ed") || matches!(word, "sent" | "paid" | "bought")
}

/// Whether the word at a token is said to be done: `order A1 was cancelled`, `I have cancelled it`.
fn is_done(tokens: &[Token<'_>], at: usize) -> bool {
    const DOUBTS: &[&str] = &[
        "not", "if", "when", "once", "until", "before", "cannot", "never", "unless", "to", "no", "wasnt",
        "isnt",
    ];
    const BETWEEN: &[&str] = &["now", "also", "just", "already", "successfully", "been", "fully", "then"];
    let before = tokens[..at].iter().rev();
    let mut lead = before.clone().skip_while(|token| BETWEEN.contains(&token.lower));
    let is_led = match lead.next().map(|token| token.lower) {
        Some("have") if lead.clone().next().is_some_and(|token| matches!(token.lower, "i" | "we")) => true,
        Some("have" | "has") => {
            tokens[..at].last().is_some_and(|token| token.lower != "have" && token.lower != "has")
        }
        Some(word) => matches!(word, "was" | "were" | "is" | "are" | "i" | "we" | "ive" | "weve"),
        None => false,
    };
    let mut clause = before.take_while(|token| token.part == tokens[at].part);
    // `The rows are ordered by age.`
    let is_of_rows = tokens[at].lower == "ordered"
        && tokens.get(at + 1).is_some_and(|token| matches!(token.lower, "by" | "in"));
    is_participle(tokens[at].lower)
        && is_led
        && !is_of_rows
        && !clause.any(|token| DOUBTS.contains(&token.lower))
}

/// A change is made to no more things at once.
const MAX_THINGS: usize = 8;

/// The identifiers of what the verb at a token is done to, folded: those of its part of the clause, or else of all.
fn things<'c>(clause: &'c Clause<'_, '_>, at: usize) -> Vec<&'c str> {
    let part = |fact: &Fact<'_>| clause.tokens.get(clause.tokens_of(fact).0).map(|token| token.part);
    let facts = clause.facts.iter().zip(&clause.names).filter(|(fact, _)| is_reference(fact.kind));
    let facts = facts.take(MAX_THINGS);
    let beside = facts.clone().filter(|(fact, _)| part(fact) == Some(clause.tokens[at].part));
    let beside: Vec<&str> = beside.map(|(_, name)| name.as_str()).collect();
    if beside.is_empty() { facts.map(|(_, name)| name.as_str()).collect() } else { beside }
}

impl Verifier<'_, '_> {
    /// The claims of a clause that something was done.
    pub(super) fn changes(
        &self,
        clause: &Clause<'_, '_>,
        side: Side,
        claims: &mut Vec<Claim>,
        ledger: &mut Ledger<'_>,
    ) {
        for at in claimed(clause, side) {
            ledger.inferences += 1;
            let end = clause.tokens.len().min(at + 3) - 1;
            let span = clause.tokens[at].span.start as usize..clause.tokens[end].span.end as usize;
            let support = if ledger.inferences > MAX_INFERENCES { None } else { self.made(clause, at, side) };
            claims.push(claim(&clause.text[span], "change", support));
        }
    }

    /// Whether a call may have made a change, or else the step that shows that it was made.
    fn made(&self, clause: &Clause<'_, '_>, at: usize, side: Side) -> Option<Option<u32>> {
        let verb = kind(clause.tokens[at].stem)?;
        let tokens = self.goal.iter().chain([clause]).flat_map(|clause| &clause.tokens);
        let shared: FastSet<u64> = tokens.filter(|token| !token.stop).map(|token| token.stem).collect();
        let has_made = |step: &&KeptStep<'_>| match step.writes {
            Writes::Never => false,
            Writes::Anything => true,
            Writes::Named => {
                let stems = || words::words(step.asked).map(|word| stem_hash(word.text));
                // `cancel_order` is not how an order is paid, `set_status` may be.
                let says_other = step.made.is_some_and(|made| made != verb);
                stems().any(|stem| kind(stem) == Some(verb) || !says_other && shared.contains(&stem))
            }
        };
        // A goal says more of a thing than its identifier: `the P1 ticket` is T-88 in the call.
        let things = if side == Side::Goal { Vec::new() } else { things(clause, at) };
        let is_of = |step: &KeptStep<'_>| {
            let has = |name: &&str| step.asked.contains(*name) || step.seen.contains(*name);
            step.writes == Writes::Anything || things.is_empty() || things.iter().any(has)
        };
        // A call is no observation.
        if self.evidence.steps.iter().any(|step| has_made(&step) && is_of(step)) {
            return Some(None);
        }
        let homes = self.homes(clause);
        let of = self.told_of(clause, at, &homes);
        let is_shown = |leaf: &Leaf<'_>| {
            !self.evidence.node(leaf.node).argument
                && states(leaf, verb)
                && self.evidence.step_of(leaf.node).is_some_and(&is_of)
                && !of.iter().any(|home| is_of_another(self.evidence, leaf.node, home))
        };
        let leaf = self.evidence.all_leaves().find(is_shown)?;
        Some(Some(self.evidence.node(leaf.node).step))
    }
}

/// Whether a value states what came of a change: `"status": "cancelled"`, `"paid": true`, a sentence that says so.
fn states(leaf: &Leaf<'_>, verb: u8) -> bool {
    let is_said =
        |word: words::Word<'_>| is_participle(word.text) && kind(stem_hash(word.text)) == Some(verb);
    if words::words(leaf.folded).any(is_said) {
        return true;
    }
    let holds = match leaf.kind {
        Some(Kind::Bool) => leaf.folded.trim() == "true",
        Some(Kind::Number) => leaf.folded.bytes().any(|byte| matches!(byte, b'1'..=b'9')),
        // A date, a sum.
        Some(Kind::String) | None => leaf.folded.trim_start().starts_with(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    // `"order_id": "204"` orders nothing.
    let names = |stem: &u64| ["id", "number", "no", "code"].iter().any(|word| stem_hash(word) == *stem);
    holds && leaf.key.iter().any(|&stem| kind(stem) == Some(verb)) && !leaf.key.iter().any(names)
}
