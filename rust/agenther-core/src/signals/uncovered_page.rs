//! The page on which the run ended its choice, with what was chosen there, lacks words of the prompt.
//!
//! On WebShop .76 of the runs with a hit fail (105 hits, base rate .64); no other labelled source has such pages. On pages and results of other kinds the share of words tells nothing (`docs/quality.md`).

use super::unchosen_option::chooses;
use super::{Hit, Signals, is_call};
use crate::hindsight::topics::{Topics, topic_words};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last page with buttons in brackets, with what was chosen on it, lacks half of the words of the prompt.";

/// At most one hit: the page.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    /// Fewer words say too little of what is wanted, more are a task of many parts.
    const WORDS: std::ops::RangeInclusive<usize> = 3..=40;
    if !chooses(signals) {
        return Vec::new();
    }
    let wanted = signals.reading().prompt_topics();
    if !WORDS.contains(&wanted.len()) {
        return Vec::new();
    }
    let page = signals.steps().rev().filter(|(_, step)| is_call(step)).find_map(|(at, step)| {
        step.step.observation.filter(|text| text.contains('\n') && has_buttons(text)).map(|text| (at, text))
    });
    let Some((at, page)) = page else { return Vec::new() };
    let chosen = signals.run().steps[at + 1..].iter().filter_map(|step| step.action_input);
    let mut seen = Topics::default();
    for text in chosen.chain([page]) {
        seen.extend(topic_words(text).map(|topic| topic.hash));
    }
    let covered = wanted.iter().filter(|word| seen.contains(word)).count();
    if 2 * covered < wanted.len() { vec![Hit::step(at, Field::Observation)] } else { Vec::new() }
}

/// Whether a page has lines that are one button: `[Buy]`.
fn has_buttons(page: &str) -> bool {
    page.lines().any(|line| {
        let button = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        button.is_some_and(|label| !label.is_empty() && !label.contains(['[', ']', ',']))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn the_page_and_what_is_chosen_must_have_the_words_of_the_prompt() {
        let count = |prompt, page, chosen| {
            let steps = vec![call("click", "B07", page), call("click", chosen, ""), call("click", "Buy", "")];
            steps_of("uncovered_page", &run(prompt, steps, None)).len()
        };
        let page = "[Back]\ncolour [blue][red]\nA warm woollen shirt with pockets\nPrice: $10\n[Buy]";
        assert_eq!(count("I need a warm woollen shirt in blue", page, "blue"), 0);
        assert_eq!(count("I need a warm woollen shirt for a tall child", page, "red"), 0);
        assert_eq!(count("I need a waterproof tent for four people", page, "red"), 1);
        assert_eq!(count("I need a waterproof tent for four people", "A warm shirt\nPrice: $10", "red"), 0);
    }
}
