//! Every option that was chosen on a page is one that the prompt names, in part at least.
//!
//! A good sign: on WebShop .48 of the runs with a hit succeed (base rate .36; 109 hits); no other labelled source has such
//! pages.

use std::collections::HashSet;

use super::unchosen_option::{chooses, folded, groups, page};
use super::{Hit, Signals};
use crate::hindsight::topics::topics;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "Options were chosen on the last page that offers some in brackets, and each shares a word with the prompt.";

/// At most one hit: the page.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let page = if chooses(signals) { page(signals) } else { None };
    let Some((at, page)) = page else { return Vec::new() };
    let offered: HashSet<u64> = groups(page).flatten().map(|option| folded(option.trim())).collect();
    let wanted = signals.reading().prompt_topics();
    let inputs = signals.run().steps[at + 1..].iter().filter_map(|step| step.action_input).map(str::trim);
    let mut chosen = inputs.filter(|input| offered.contains(&folded(input))).peekable();
    let some = chosen.peek().is_some();
    let asked = some && chosen.all(|option| topics(option).iter().any(|word| wanted.contains(word)));
    if asked { vec![Hit::step(at, Field::Observation)] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn each_choice_must_be_asked_for() {
        let page = "[Back]\ncolour [dark blue][light green][red]\nsize [small][large]\nA fine shirt\n[Buy]";
        let asked = |choices: &[&'static str]| {
            let mut steps = vec![call("click", "B07", page)];
            steps.extend(choices.iter().map(|choice| call("click", choice, "You clicked.")));
            steps_of("asked_option", &run("I want a large shirt in green", steps, None)).len()
        };
        assert_eq!(asked(&["light green", "large", "Buy"]), 1);
        assert_eq!(asked(&["light green", "small", "Buy"]), 0);
        assert_eq!(asked(&["Buy"]), 0);
    }
}
