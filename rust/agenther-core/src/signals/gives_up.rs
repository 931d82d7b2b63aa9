//! The last words say that it was not done.
//!
//! A sign of failure where nothing but the answer tells; on tau-bench airline, whose policy often demands
//! a refusal, it is none (`docs/quality.md`): keyword lists score below the majority class there.
//!
//! Right in 27 of 27 hits on MINT (base rate .57) and 5 of 5 on FireAct.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::{Hit, Signals};
use crate::text::cut;

/// What a hit is.
pub const SUMMARY: &str =
    "The final answer, or the last reply, says that the agent could not do or find what was asked.";

const PHRASES: &[&str] = &[
    "could not be completed",
    "could not complete",
    "couldn't complete",
    "unable to",
    "was not able to",
    "were not able to",
    "am not able to",
    "i could not",
    "i couldn't",
    "i cannot",
    "i can't",
    "cannot be determined",
    "could not be determined",
    "cannot determine",
    "could not find",
    "couldn't find",
    "cannot find",
    "could not be found",
    "no information",
    "not enough information",
    "insufficient information",
    "failed to",
    "give up",
    "gave up",
];

/// Longer answers say much else: of them only the beginning is read.
const HEAD: usize = 600;

/// At most one hit: the phrase.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((place, text)) = signals.last_words() else { return Vec::new() };
    static SOUGHT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(PHRASES));
    SOUGHT.find(cut::head(text, HEAD)).map(|span| place.at(span)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, reply, run};
    use super::*;
    use crate::trajectory::{Field, Span};

    #[test]
    fn the_answer_or_the_last_reply_is_read() {
        let get = call("get_x", "1", "ok");
        let found = hits("gives_up", &run("?", vec![get], Some("Sorry, I could not find it.")));
        assert_eq!(found, [Hit::field(Field::FinalAnswer).at(Span::new(7, 18))]);
        assert_eq!(hits("gives_up", &run("?", vec![get, reply("I am unable to help.")], None)).len(), 1);
        assert!(hits("gives_up", &run("?", vec![get], Some("It is 42."))).is_empty());
        assert!(hits("gives_up", &run("?", vec![reply("I cannot say yet."), get], None)).is_empty());
    }
}
