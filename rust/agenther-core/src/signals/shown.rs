//! What the agent was shown: the prompt, the policy, the user's turns and the observations.

use memchr::memmem;

use super::effect::{Effect, is_purposeful};
use super::{Signals, cut_observation, is_call};

/// The texts of a run that its agent did not write.
pub fn texts<'a>(signals: &Signals<'_, 'a>) -> impl Iterator<Item = &'a str> {
    let run = signals.run();
    let steps = run.steps.iter().flat_map(|step| [step.user, step.observation]);
    [run.original_prompt, run.system].into_iter().chain(steps).flatten()
}

/// All of them one after the other: one search over all costs less than one over each, which are mostly short.
pub fn join(signals: &Signals<'_, '_>) -> Vec<u8> {
    /// No character has this byte, so that nothing is found over the end of a text.
    const BETWEEN: u8 = 0xFF;
    let mut joined = Vec::with_capacity(texts(signals).map(|text| text.len() + 1).sum());
    for text in texts(signals) {
        joined.extend_from_slice(text.as_bytes());
        joined.push(BETWEEN);
    }
    joined
}

/// Whether one of them has `needle`, byte for byte.
pub fn has(signals: &Signals<'_, '_>, needle: &str) -> bool {
    let shown = signals.shown();
    !shown.is_empty() && memmem::find(shown, needle.as_bytes()).is_some()
}

/// Whether one of them has a word as it is, in small letters or in capitals.
pub fn has_word(signals: &Signals<'_, '_>, word: &str) -> bool {
    has(signals, word) || has(signals, &word.to_lowercase()) || has(signals, &word.to_uppercase())
}

/// Whether a text has a word of ASCII letters, given in small ones, in any case.
pub fn says(text: &str, small: &str) -> bool {
    let Some(first) = small.bytes().next() else { return true };
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), text.as_bytes()).any(|at| {
        text.as_bytes()[at..]
            .get(..small.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(small.as_bytes()))
    })
}

/// Whether an observation was cut, or is not in the log: what no text of the log has may then have been shown.
pub fn is_cut(signals: &Signals<'_, '_>) -> bool {
    let mut calls = signals.steps().filter(|(_, step)| is_call(step));
    calls.any(|(_, step)| {
        let text = step.step.observation.unwrap_or("").trim();
        let looked_up = || step.effect == Effect::Read && is_purposeful(step.step.action_name.unwrap_or(""));
        // JSON that does not close.
        let open = text.starts_with(['{', '[']) && !text.ends_with(['}', ']']);
        if text.is_empty() { looked_up() } else { open || cut_observation::mark(text).is_some() }
    })
}
