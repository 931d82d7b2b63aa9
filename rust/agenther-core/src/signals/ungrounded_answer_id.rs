//! An identifier in the answer that the run had never seen.

use super::{Hit, Signals, is_call, shown};
use crate::text::facts::{Fact, FactKind};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "An identifier, web address, e-mail address or path in the final answer stands in no observation, policy or user turn.";

/// The most identifiers that are looked up; each lookup is one search over the text of the run.
const MAX_LOOKUPS: usize = 16;

/// One hit for each such identifier. A run without calls can quote nothing, and one with a cut
/// observation may have seen anything.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    // Without any of these bytes an answer has no identifier, and need not be read for facts.
    let may_have = |answer: &str| answer.bytes().any(|byte| byte.is_ascii_digit() || b"@/".contains(&byte));
    if !signals.answer().is_some_and(may_have)
        || !signals.steps().any(|(_, step)| is_call(step))
        || signals.is_cut()
    {
        return Vec::new();
    }
    signals
        .reading()
        .answer_facts()
        .iter()
        .filter(|fact| is_identifier(fact))
        .take(MAX_LOOKUPS)
        .filter(|fact| !shown::has(signals, fact.text.trim_end_matches(['/', '.'])))
        .map(|fact| Hit::field(Field::FinalAnswer).at(fact.span))
        .collect()
}

/// Plain digits are an identifier where no amount is written so: many of them, or a leading zero.
fn is_identifier(fact: &Fact<'_>) -> bool {
    let digits = fact.text.bytes().all(|byte| byte.is_ascii_digit());
    match fact.kind {
        FactKind::Id | FactKind::Url | FactKind::Email | FactKind::Path => true,
        FactKind::Number => {
            digits && (fact.text.len() >= 7 || fact.text.len() >= 4 && fact.text.starts_with('0'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn identifiers_must_have_been_seen() {
        let steps = vec![call("get_order", "{}", r#"{"order": "JG7FMM", "mail": "a@b.org"}"#)];
        let count = |answer| hits("ungrounded_answer_id", &run("?", steps.clone(), Some(answer))).len();
        assert_eq!(count("Your order JG7FMM went to a@b.org."), 0);
        assert_eq!(count("Your order XX9ZZQ is on its way."), 1);
        assert_eq!(count("The record is 0000000000, price 1200."), 1);
    }
}
