//! The run has nothing to do with what was asked.

use super::{Hit, Signals, tokens};
use crate::text::cut;

/// What a hit is.
pub const SUMMARY: &str = "Of the content words of the prompt, none stands in any call, reply or answer.";

/// Prompts with fewer content words ("Continue.") say too little to tell.
const MIN_GOAL_WORDS: usize = 3;

/// A run without a call has done nothing, on the topic or off it.
const MIN_CALLS: usize = 1;

/// At most one hit: the whole run.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    if signals.calls().steps.len() < MIN_CALLS {
        return Vec::new();
    }
    let mut goal: Vec<u64> = content_words(signals.run().original_prompt.unwrap_or("")).collect();
    goal.sort_unstable();
    goal.dedup();
    if goal.len() < MIN_GOAL_WORDS {
        return Vec::new();
    }
    let said = signals.steps().flat_map(|(_, step)| {
        let step = step.step;
        [step.action_name, step.action_input, step.thought].into_iter().flatten()
    });
    let mut words = said.chain(signals.answer()).flat_map(content_words);
    if words.any(|word| goal.binary_search(&word).is_ok()) { Vec::new() } else { vec![Hit::RUN] }
}

/// Words long enough to carry content, cut to their first letters so that endings do not count.
fn content_words(text: &str) -> impl Iterator<Item = u64> {
    const STEM: usize = 5;
    tokens::words(text).filter(|word| word.len() >= STEM).map(|word| tokens::word_hash(cut::head(word, STEM)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn one_word_in_common_is_enough() {
        let prompt = "Compare the interest rates of three savings accounts";
        let off =
            vec![call("search", "banana bread", "a recipe"), call("search", "sourdough", "another recipe")];
        let on = vec![call("search", "banana bread", "a recipe"), call("search", "savings plan", "x")];
        assert_eq!(hits("goal_unmentioned", &run(prompt, off.clone(), None)).len(), 1);
        assert!(hits("goal_unmentioned", &run(prompt, on, None)).is_empty());
        assert!(hits("goal_unmentioned", &run("Go on", off, None)).is_empty());
    }
}
