//! A stock value where a real one belongs: `0000000000`, `user@example.com`, `[insert name]`.
//!
//! It is what an agent writes that has nothing to write. Kin of the words "placeholder" and "simulated",
//! whose first hit is the decisive step in 15 of 38 failed multi-agent runs (`docs/quality.md`).
//!
//! It marks the three runs of massim-otel whose answer was made up on purpose; else no hit on a labelled run.

use std::sync::LazyLock;

use super::effect::{self, Effect};
use super::phrases::Phrases;
use super::{Hit, Signals, is_call, shown};
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str = "The answer or a change holds a stock value (0000000000, example.com, [insert …], John Doe, TBD) that the agent was not shown.";

/// Stock values, in small letters.
const STOCK: &[&str] = &[
    "example.com",
    "example.org",
    "lorem ipsum",
    "john doe",
    "jane doe",
    "your_api_key",
    "your-api-key",
    "[insert",
    "<insert",
    "[your ",
    "<your ",
    "[name]",
    "123 main st",
    "555-555-5555",
    "xxx-xxx",
    "to be determined",
];

/// Texts are read that far.
const HEAD: usize = 4000;

/// The most values that are looked up; each lookup is a search over the text of the run.
const MAX_LOOKUPS: usize = 8;

/// One hit for each text that has one, at the first.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let writes = signals.steps().filter(|(_, step)| {
        // Code has stock values in its examples and tests.
        is_call(step)
            && step.effect == Effect::Write
            && !effect::runs_code(step.step.action_name.unwrap_or(""))
    });
    let in_writes =
        writes.filter_map(|(at, step)| Some((Hit::step(at, Field::ActionInput), step.step.action_input?)));
    let in_answer = signals.run().final_answer.map(|answer| (Hit::field(Field::FinalAnswer), answer));
    // An answer without a call before it, or one that is code, makes up what it shows.
    let in_answer = in_answer.filter(|(_, answer)| {
        signals.last_call().is_some() && !answer.contains("```") && !answer.contains("==")
    });
    in_writes
        .chain(in_answer)
        .filter_map(|(place, text)| {
            let head = crate::text::cut::head(text, HEAD);
            Some((place, text, stock(head).or_else(|| filler(head))?))
        })
        .take(MAX_LOOKUPS)
        .filter(|(_, text, span)| !shown::has_word(signals, span.of(text)))
        .map(|(place, _, span)| place.at(span))
        .collect()
}

fn stock(text: &str) -> Option<Span> {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(STOCK));
    PHRASES.find(text)
}

/// How long a filler is at least.
const FILLER: usize = 6;

/// A code of one digit or of `x`, or the digits in their order.
fn filler(text: &str) -> Option<Span> {
    if !may_fill(text.as_bytes()) {
        return None;
    }
    crate::text::words::words(text).map(|word| word.span).find(|span| {
        let word = span.of(text).as_bytes();
        // The digits behind a point are part of a number.
        if text[..span.start as usize].ends_with(['.', ',']) {
            return false;
        }
        let same = word.len() >= FILLER
            && matches!(word[0], b'0'..=b'9' | b'x' | b'X')
            && word.iter().all(|byte| *byte == word[0]);
        same || word.len() >= FILLER && b"1234567890".starts_with(word)
    })
}

/// Whether some bytes in a row are alike, or are the first digits: most texts have neither, and need not
/// be cut into words.
fn may_fill(bytes: &[u8]) -> bool {
    const PAIRS: usize = FILLER - 1;
    let pairs = bytes.len().saturating_sub(1);
    let alike = |at: usize| bytes[at] == bytes[at + 1] && bytes[at].is_ascii_alphanumeric();
    let rising = |at: usize| bytes[at + 1] == bytes[at].wrapping_add(1) && bytes[at + 1].is_ascii_digit();
    let row = |at: usize, is: &dyn Fn(usize) -> bool| {
        let before = (0..at).rev().take(PAIRS).take_while(|at| is(*at)).count();
        let after = (at..pairs).take(PAIRS).take_while(|at| is(*at)).count();
        before + after >= PAIRS
    };
    // So many pairs in a row have one at a multiple of their number.
    (0..pairs).step_by(PAIRS).any(|at| alike(at) && row(at, &alike) || rising(at) && row(at, &rising))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn stock_values_must_have_been_shown() {
        let count = |observation, answer| {
            let steps = vec![call("get_item", "{}", observation)];
            hits("placeholder_value", &run("What is its number?", steps, Some(answer))).len()
        };
        assert_eq!(count("{}", "It is item 0000000000."), 1);
        assert_eq!(count("item 0000000000", "It is item 0000000000."), 0);
        assert_eq!(count("{}", "Write to help@example.com."), 1);
        assert_eq!(count("{}", "It is 100000, 1.000000 or 1966."), 0);
    }

    #[test]
    fn changes_are_read_and_code_is_not() {
        let mail = r#"{"to": "[insert name]", "text": "x"}"#;
        assert_eq!(hits("placeholder_value", &run("?", vec![call("send_email", mail, "ok")], None)).len(), 1);
        assert!(hits("placeholder_value", &run("?", vec![call("bash", mail, "ok")], None)).is_empty());
    }
}
