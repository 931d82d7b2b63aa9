//! What the agent was shown: the prompt, the policy, the user's turns and the observations.

use memchr::memmem::Finder;

use super::Signals;

/// The texts of a run that its agent did not write.
pub fn texts<'a>(signals: &Signals<'_, 'a>) -> impl Iterator<Item = &'a str> {
    let run = signals.run();
    let steps = run.steps.iter().flat_map(|step| [step.user, step.observation]);
    [run.original_prompt, run.system].into_iter().chain(steps).flatten()
}

/// Whether one of them has `needle`, byte for byte.
pub fn has(signals: &Signals<'_, '_>, needle: &str) -> bool {
    let finder = Finder::new(needle);
    texts(signals).any(|text| finder.find(text.as_bytes()).is_some())
}

/// Whether one of them has a word as it is, in small letters or in capitals.
pub fn has_word(signals: &Signals<'_, '_>, word: &str) -> bool {
    has(signals, word) || has(signals, &word.to_lowercase()) || has(signals, &word.to_uppercase())
}
