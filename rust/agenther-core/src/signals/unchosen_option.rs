//! A page offered options in groups, and the run ended without the one that the prompt names.
//!
//! On WebShop .79 of the runs with a hit fail (base rate .64; 43 hits); no other labelled source has such pages.

use std::collections::HashSet;

use memchr::memmem::Finder;

use super::tokens::{hash_text, words};
use super::{Hit, Signals, is_call};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last page that offers options in brackets has one that is nearer to the prompt than what was chosen.";

/// Pages offer a few groups of a few options each.
const MAX_GROUPS: usize = 32;
const MAX_OPTIONS: usize = 64;

/// At most one hit: the page. Only where the run chooses by the text in the brackets.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(prompt) = signals.run().original_prompt.filter(|_| chooses(signals)) else { return Vec::new() };
    let Some((at, page)) = page(signals) else { return Vec::new() };
    let chosen: HashSet<u64> = signals
        .steps()
        .filter_map(|(_, step)| step.step.action_input)
        .map(|input| folded(input.trim()))
        .collect();
    let known: HashSet<u64> = words(prompt).map(folded).collect();
    let near = |option: &str| words(option).filter(|word| known.contains(&folded(word))).count();
    let missed = groups(page).any(|options| {
        let best = options.iter().map(|option| near(option)).max().unwrap_or(0);
        let taken = options.iter().filter(|option| chosen.contains(&folded(option.trim())));
        taken.map(|option| near(option)).max().unwrap_or(0) < best
    });
    if missed { vec![Hit::step(at, Field::Observation)] } else { Vec::new() }
}

/// The last page that offers options, and its step.
pub fn page<'a>(signals: &Signals<'_, 'a>) -> Option<(usize, &'a str)> {
    let adjacent = Finder::new("][");
    signals.steps().rev().filter(|(_, step)| is_call(step)).find_map(|(at, step)| {
        // Data has such brackets too.
        let text = step.step.observation.filter(|text| text.contains('\n'))?;
        adjacent.find(text.as_bytes()).map(|_| (at, text))
    })
}

/// Whether the last call gives a few words, as one does that chooses, and no data.
pub fn chooses(signals: &Signals<'_, '_>) -> bool {
    /// Longer than the name of an option.
    const LONGEST: usize = 100;
    let input = signals.last_call().and_then(|(_, step)| step.step.action_input);
    input.is_some_and(|input| input.len() <= LONGEST && !input.starts_with(['{', '[']))
}

/// A text as it is compared, whatever its case.
pub fn folded(text: &str) -> u64 {
    hash_text(&text.to_lowercase())
}

/// The options of each line that has several in brackets, one right after the other.
pub fn groups(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = page.lines().filter(|line| line.contains("][")).take(MAX_GROUPS);
    lines.map(|line| {
        let inner = line.split_once('[').map_or("", |(_, rest)| rest).trim_end().trim_end_matches(']');
        inner.split("][").take(MAX_OPTIONS).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn the_option_that_the_prompt_names_must_be_chosen() {
        let page = "[Back]\ncolour [dark blue][light green][red]\nsize [small][large]\nA fine shirt\n[Buy]";
        let missed = |choices: &[&str]| {
            let mut steps = vec![call("click", "shirt 7", page)];
            steps.extend(choices.iter().map(|choice| call("click", choice, "You clicked.")));
            steps_of("unchosen_option", &run("I want a large shirt in light green", steps, None))
        };
        assert!(missed(&["light green", "large", "Buy"]).is_empty());
        assert_eq!(missed(&["dark blue", "large", "Buy"]), [0]);
        assert_eq!(missed(&["light green", "Buy"]), [0]);
    }
}
