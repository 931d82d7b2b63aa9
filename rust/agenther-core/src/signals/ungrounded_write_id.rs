//! An identifier or address in a change that the run had not seen: who acts on one has made it up.
//!
//! One hit on a labelled run: unmeasured.

use super::effect::Effect;
use super::{Hit, Signals, is_call, shown};
use crate::text::document::Kind;
use crate::text::facts::{FactKind, facts};
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str = "A change is made with an identifier or e-mail address that stands in no observation, policy or user turn.";

/// The most identifiers that are looked up, and the longest text that is one.
const MAX_LOOKUPS: usize = 24;
const LONGEST: usize = 64;

/// One hit for each such value. Creating something names it anew, so only what refers to something is
/// looked at: values that are, as a whole, an identifier or address.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let writes = signals.steps().filter(|(_, step)| is_call(step) && step.effect == Effect::Write);
    writes
        .filter_map(|(at, step)| Some((at, step.arguments()?)))
        .flat_map(|(at, arguments)| {
            let leaves = arguments.leaves().filter(|leaf| leaf.kind() == Kind::String);
            leaves.filter(|leaf| is_reference(leaf.raw())).map(move |leaf| (at, leaf.raw(), leaf.span()))
        })
        .take(MAX_LOOKUPS)
        .filter(|(at, value, _)| !is_known(signals, *at, value) && !is_known(signals, *at, number_in(value)))
        .map(|(at, _, span): (usize, &str, Span)| Hit::step(at, Field::ActionInput).at(span))
        .collect()
}

/// Whether the run had seen a text before the call at a step, or had set it itself.
fn is_known(signals: &Signals<'_, '_>, at: usize, text: &str) -> bool {
    let run = signals.run();
    let before = run.steps[..at].iter().flat_map(|step| [step.user, step.observation, step.action_input]);
    let said = [run.original_prompt, run.system, run.steps[at].user];
    shown::has(signals, text) && said.into_iter().chain(before).flatten().any(|seen| seen.contains(text))
}

/// The longest number in an identifier: who says "the card ending in 7334" has said which one. One too
/// short to tell stands for the whole.
fn number_in(value: &str) -> &str {
    const TELLS: usize = 4;
    let numbers = value.split(|c: char| !c.is_ascii_digit());
    numbers.max_by_key(|number| number.len()).filter(|number| number.len() >= TELLS).unwrap_or(value)
}

fn is_reference(value: &str) -> bool {
    let may_be = value.len() <= LONGEST && value.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
    may_be
        && matches!(facts(value).as_slice(), [fact] if fact.text.len() == value.len() && matches!(fact.kind, FactKind::Id | FactKind::Email))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn references_must_have_been_seen() {
        let count = |arguments| {
            let steps = vec![
                call("get_order", "{}", r#"{"order": "JG7FMM"}"#),
                call("cancel_order", arguments, "ok"),
            ];
            hits("ungrounded_write_id", &run("Cancel it, please", steps, None)).len()
        };
        assert_eq!(count(r#"{"order": "JG7FMM"}"#), 0);
        assert_eq!(count(r#"{"order": "XX9ZZQ"}"#), 1);
        assert_eq!(count(r#"{"order": "XX9ZZQ", "card": "credit_card_7334"}"#), 2);
        assert_eq!(count(r#"{"reason": "too late"}"#), 0);
    }
}
