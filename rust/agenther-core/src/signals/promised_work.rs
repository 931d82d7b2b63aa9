//! The last words announce work that was never done.
//!
//! No hit on a labelled run of the public logs; what it is worth on written ones is in `docs/quality.md`.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::{Hit, Signals};
use crate::text::{cut, records};

/// What a hit is.
pub const SUMMARY: &str = "The last sentence of the run says what the agent will do next.";

/// At most one hit: the sentence.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    const TAIL: usize = 400;
    const WORDS: &[&str] = &[
        "i will now",
        "i'll now",
        "now i will",
        "now i'll",
        "i will continue",
        "i'll continue",
        "i will proceed",
        "i'll proceed",
        "i will next",
        "next, i",
        "next i",
        "let me now",
        "let me ",
        "i'm going to",
        "i am going to",
        "i will go on",
        "proceeding to",
        "i'll ",
        "i will ",
        "il me reste à",
        "ich werde jetzt",
        "als nächstes",
        "ahora voy a",
        "je vais maintenant",
    ];
    /// What waits for the user, or is offered.
    const WAITS: &[&str] = &[
        "you",
        "transfer",
        "keep",
        "remain",
        "be glad",
        "be happy",
        "remember",
        "stay",
        "hold",
        "if ",
        "once ",
        "let me know",
        "when ",
        "unless",
        "ihnen",
        "sie ",
        "vous",
        "usted",
    ];
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(WORDS));
    let Some((place, text)) = signals.last_words() else { return Vec::new() };
    let text = text.trim_end();
    let from = text.len() - cut::tail(text, TAIL).len();
    let Some(last) = records::sentences(text, from, text.len()).last() else { return Vec::new() };
    let said = last.of(text);
    let small = said.to_lowercase();
    let small = small.replace("for you.", "").replace("for you ", "");
    let waits = said.ends_with('?') || WAITS.iter().any(|word| small.contains(word));
    let announces = PHRASES.find(said).filter(|found| found.start < 24 && !waits);
    announces.map(|_| place.at(last)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, reply, run};

    #[test]
    fn what_is_announced_was_not_done() {
        let get = call("list_customers", "{}", r#"{"customers": [{"id": 1}]}"#);
        let count = |said| hits("promised_work", &run("Rename all", vec![get, reply(said)], None)).len();
        assert_eq!(count("I renamed one customer. I will continue with the next page."), 1);
        assert_eq!(count("Let me look at the second file."), 1);
        assert_eq!(count("All are renamed. Let me know if anything is missing."), 0);
        assert_eq!(count("I'll now wait for your confirmation."), 0);
        assert_eq!(count("I will continue, then I stopped. All done."), 0);
    }
}
