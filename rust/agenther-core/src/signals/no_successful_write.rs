//! Something was to be changed, and nothing was.

use super::effect::{self, Effect, effect, is_purposeful};
use super::{Hit, Signals, is_call, tokens};
use crate::text::table::Words;

/// What a hit is.
pub const SUMMARY: &str = "No call that changes something succeeded, though one was tried, or the user asked for a change and a tool could make it.";

/// At most one hit: the whole run.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let writes = || signals.steps().filter(|(_, step)| is_call(step) && step.effect == Effect::Write);
    if writes().any(|(_, step)| !step.status.is_error()) {
        return Vec::new();
    }
    let asked = || would_show(signals) && asks_for_a_change(signals);
    if writes().next().is_some() || asked() { vec![Hit::RUN] } else { Vec::new() }
}

/// Whether the user asks for a change: a verb of change where an order or a wish puts its verb.
fn asks_for_a_change(signals: &Signals<'_, '_>) -> bool {
    static LEADS: Words<5> = Words::of(["to", "please", "you", "and", "then"]);
    let said = signals.run().original_prompt.into_iter();
    said.chain(signals.steps().filter_map(|(_, step)| step.step.user)).any(|turn| {
        let mut lead = true;
        let mut words = tokens::words(turn).peekable();
        while let Some(word) = words.next() {
            let leads = std::mem::replace(&mut lead, LEADS.has(word));
            // "…, and order A78": the thing of that name.
            let is_named = effect::is_noun(word) && words.peek().is_some_and(|next| is_identifier(next));
            if leads && !is_named && effect(word, None) == Effect::Write {
                return true;
            }
        }
        false
    })
}

/// Whether a word is a name of letters and digits, or a number that nobody counts to.
fn is_identifier(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && (digits < word.len() || digits >= 4)
}

/// Whether a change would show: tools that run any code or command can change anything under a name
/// that does not say so. An agent that called nothing could have if it serves a user under a policy.
fn would_show(signals: &Signals<'_, '_>) -> bool {
    let mut calls = signals.steps().filter(|(_, step)| is_call(step)).peekable();
    let serves =
        || signals.run().system.is_some() && signals.steps().any(|(_, step)| step.step.user.is_some());
    match calls.peek() {
        Some(_) => calls.all(|(_, step)| is_purposeful(step.step.action_name.unwrap_or(""))),
        None => signals.has_tool(Effect::Write) || serves(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, reply, run};

    #[test]
    fn asked_or_tried_but_not_done() {
        let get = call("get_order", "{}", "{\"id\": 1}");
        let tried = call("cancel_order", "{}", "Error: not allowed");
        let done = call("cancel_order", "{}", "{\"status\": \"cancelled\"}");
        let count = |prompt, steps| hits("no_successful_write", &run(prompt, steps, None)).len();
        assert_eq!(count("Please cancel my order", vec![get, reply("No.")]), 1);
        assert_eq!(count("Where is it?", vec![get, tried]), 1);
        assert_eq!(count("Please cancel my order", vec![get, tried, done]), 0);
        assert_eq!(count("Where is my order?", vec![get]), 0);
        assert_eq!(count("Check order A77, order A78 and order A79.", vec![get]), 0);
        assert_eq!(count("Check order 77123 and order 78123.", vec![get]), 0);
        assert_eq!(count("Look at lamps and order 2 of them.", vec![get]), 1);
        assert_eq!(count("I want to update all rows", vec![call("sql", "UPDATE t SET a = 1", "ok")]), 0);
    }
}
