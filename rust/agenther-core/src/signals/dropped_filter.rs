//! A call switches off what the user asked for: "the cheapest available lamp", `available_only: false`.
//!
//! It marks the three runs of massim-otel whose plan was made to drop a filter, and no other run: unmeasured.

use super::{Hit, Signals, effect, is_call};
use crate::text::document::Kind;
use crate::text::words;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "An argument that is switched off (false) is named by a word of the prompt, which does not ask for its opposite; and where the agent first wrote it.";

/// The first text of the agent that has the argument switched off, where it is in an earlier step, and the argument.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(prompt) = signals.run().original_prompt else { return Vec::new() };
    let mut wanted = None;
    let mut hits = Vec::new();
    for (at, step) in signals.steps().filter(|(_, step)| is_call(step)) {
        // Most calls have no such argument, which a look at the bytes tells.
        let input = step.step.action_input.unwrap_or("");
        if memchr::memmem::find(input.as_bytes(), b"alse").is_none() {
            continue;
        }
        let Some(arguments) = step.arguments() else { continue };
        let wanted = wanted.get_or_insert_with(|| Wanted::new(prompt));
        let off = arguments.leaves().find(|leaf| {
            leaf.kind() == Kind::Bool
                && leaf.raw().eq_ignore_ascii_case("false")
                && leaf.key().is_some_and(|key| wanted.names(key))
        });
        if let Some(leaf) = off {
            // Once a run: each look goes over all earlier thoughts.
            if hits.is_empty() {
                hits.extend(first_written(signals, leaf.key().unwrap_or(""), at));
            }
            hits.push(Hit::step(at, Field::ActionInput).at(leaf.span()));
        }
    }
    hits
}

/// A plan that names the argument and switches it off comes before the call that does so.
fn first_written(signals: &Signals<'_, '_>, key: &str, call: usize) -> Option<Hit> {
    let of = |text: &str| {
        let at = text.find(key)? + key.len();
        crate::text::cut::head(&text[at..], 12).to_ascii_lowercase().contains("false").then_some(())
    };
    let (at, _) = signals.steps().take(call).find(|(_, step)| step.step.thought.and_then(of).is_some())?;
    Some(Hit::step(at, Field::Thought))
}

/// The words of a prompt that no negation touches, as stems.
struct Wanted(Vec<u64>);

impl Wanted {
    fn new(prompt: &str) -> Self {
        const MAX_WORDS: usize = 256;
        const NEGATIONS: &[&str] =
            &["not", "no", "without", "un", "non", "excluding", "except", "regardless", "even", "t", "or"];
        let all: Vec<_> = words::words(prompt).take(MAX_WORDS).map(|word| word.text).collect();
        let is_negation = |word: &&str| NEGATIONS.iter().any(|known| word.eq_ignore_ascii_case(known));
        let wanted = all.iter().enumerate().filter(|(at, word)| {
            let before = &all[at.saturating_sub(3)..*at];
            word.len() > 3 && !words::is_stop(&word.to_lowercase()) && !before.iter().any(is_negation)
        });
        Wanted(wanted.map(|(_, word)| words::stem_hash(word)).collect())
    }

    /// Whether a key is named: by its only word that carries content.
    fn names(&self, key: &str) -> bool {
        let mut content = effect::words(key).filter(|word| {
            let word = word.to_ascii_lowercase();
            !words::is_stop(&word)
                && !matches!(word.as_str(), "only" | "include" | "require" | "is" | "has" | "filter")
        });
        let (Some(word), None) = (content.next(), content.next()) else { return false };
        self.0.contains(&words::stem_hash(word))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, reply, run, steps_of};

    #[test]
    fn what_the_user_named_is_not_switched_off() {
        let off = call("search", r#"{"available_only": false, "sort": "price"}"#, "[]");
        let of = |prompt, steps| steps_of("dropped_filter", &run(prompt, steps, None));
        assert_eq!(of("What is the cheapest available lamp?", vec![off]), [0]);
        assert_eq!(of("What is the cheapest lamp?", vec![off]), [0u32; 0]);
        assert_eq!(of("List lamps that are not available", vec![off]), [0u32; 0]);
        let plan = reply(r#"I will search all lamps ("available_only": false)."#);
        assert_eq!(of("What is the cheapest available lamp?", vec![plan, off]), [0, 1]);
        let on = call("search", r#"{"available_only": true}"#, "[]");
        assert_eq!(of("What is the cheapest available lamp?", vec![on]), [0u32; 0]);
    }
}
