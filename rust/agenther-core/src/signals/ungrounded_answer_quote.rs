//! A quotation in the answer that nobody said.
//!
//! No hit on a labelled run: unmeasured.

use super::answer_observed::Phrase;
use super::{Hit, Signals, is_call, shown};
use crate::text::facts::FactKind;
use crate::text::words;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "A quotation of four words or more in the final answer stands in no observation, policy or user turn.";

/// The most quotations that are looked up.
const MAX_LOOKUPS: usize = 8;

/// Shorter ones are titles, terms, irony.
const MIN_WORDS: usize = 4;

/// One hit for each such quotation. A run without calls can quote nothing, and one with a cut
/// observation may have seen anything.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let quoted = signals.answer().is_some_and(|answer| answer.contains(['"', '“', '«', '\'', '‘']));
    if !quoted || !signals.steps().any(|(_, step)| is_call(step)) || signals.is_cut() {
        return Vec::new();
    }
    let quotations = signals.reading().answer_facts().iter().filter(|fact| fact.kind == FactKind::Quoted);
    quotations
        .filter(|fact| words::words(fact.text).nth(MIN_WORDS - 1).is_some())
        .take(MAX_LOOKUPS)
        .filter(|fact| {
            let text = fact.text.trim_end_matches(|c: char| !c.is_alphanumeric());
            let quotation = Phrase::new(text);
            !shown::texts(signals).any(|shown| quotation.is_in(shown))
        })
        .map(|fact| Hit::field(Field::FinalAnswer).at(fact.span))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn quotations_must_have_been_seen() {
        let count = |answer| {
            let steps = vec![call("open", "x", "He said: all models are wrong, but some are useful.")];
            hits("ungrounded_answer_quote", &run("What did he say?", steps, Some(answer))).len()
        };
        assert_eq!(count(r#"He said "All models are wrong"."#), 0);
        assert_eq!(count(r#"He said "no models are ever right"."#), 1);
        assert_eq!(count(r#"It is the "big lie"."#), 0);
    }
}
