//! Of several things that the prompt names, some were never handled.
//!
//! No hit on a labelled run of the public logs; what it is worth on written ones is in `docs/quality.md`.

use super::{Hit, Signals, is_call};
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str = "The prompt names several things of one form (`a1.pdf`, `a2.pdf`), and one of them stands in no call, result or answer, though another does.";

/// The most names that are looked for.
const MAX_NAMES: usize = 24;

/// Each name that was left out.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    const PROMPT: usize = 1500;
    let Some(prompt) = signals.run().original_prompt.filter(|prompt| prompt.len() <= PROMPT) else {
        return Vec::new();
    };
    let names: Vec<(&str, usize)> = names(prompt).take(MAX_NAMES).collect();
    let has_kin = |name: &str| {
        names.iter().filter(|(other, _)| form(other).eq(form(name)) && *other != name).count() > 0
    };
    let calls = || signals.steps().filter(|(_, step)| is_call(step)).map(|(_, step)| step.step);
    let called = |name: &str| calls().any(|step| step.action_input.is_some_and(|input| input.contains(name)));
    let mentioned = |name: &str| {
        let shown = calls().any(|step| step.observation.is_some_and(|text| text.contains(name)));
        shown
            || signals.steps().any(|(_, step)| step.step.thought.is_some_and(|text| text.contains(name)))
            || signals.answer().is_some_and(|answer| answer.contains(name))
    };
    let left_out = names.iter().filter(|(name, _)| has_kin(name) && !called(name) && !mentioned(name));
    let left_out: Vec<_> = left_out.collect();
    let handled = |(name, _): &(&str, usize)| {
        left_out.iter().any(|(other, _)| form(other).eq(form(name))) && called(name)
    };
    if left_out.is_empty() || !names.iter().any(handled) {
        return Vec::new();
    }
    let prompt = Hit::field(Field::OriginalPrompt);
    left_out.iter().map(|(name, at)| prompt.at(Span::new(*at, at + name.len()))).collect()
}

/// The names in a text: words with a digit and a letter, or with a point or a dash between letters and digits.
fn names(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '"' | '\'' | '`'))
        .filter_map(move |word| {
            let name = word.trim_matches(|c: char| matches!(c, '.' | ':' | '!' | '?' | '*'));
            let letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
            let digits = name.bytes().any(|byte| byte.is_ascii_digit());
            let is_name = (3..=40).contains(&name.len())
                && name.is_ascii()
                && letters
                && digits
                && !name.contains("://");
            is_name.then(|| (name, name.as_ptr() as usize - text.as_ptr() as usize))
        })
}

/// The form of a name: its letters and digits as classes, runs of digits as one.
fn form(name: &str) -> impl Iterator<Item = u8> + use<'_> {
    let mut last = 0;
    name.bytes().filter_map(move |byte| {
        let class = match byte {
            b'0'..=b'9' => b'0',
            b'A'..=b'Z' => b'A',
            other => other,
        };
        let repeats = class == last && matches!(class, b'0' | b'A');
        last = class;
        (!repeats).then_some(class)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn each_of_the_things_named_must_be_handled() {
        let count = |prompt, inputs: &[&str], answer| {
            let steps = inputs.iter().map(|input| call("scan_host", input, "ok")).collect();
            hits("unhandled_item", &run(prompt, steps, Some(answer))).len()
        };
        let prompt = "Scan app1, app2 and app3 and list all critical findings.";
        assert_eq!(count(prompt, &[r#"{"host": "app1"}"#], "One on the first."), 2);
        assert_eq!(
            count(prompt, &[r#"{"host": "app1"}"#, r#"{"host": "app2"}"#, r#"{"host": "app3"}"#], "None."),
            0
        );
        assert_eq!(count(prompt, &[r#"{"host": "app1"}"#], "app2 and app3 are down."), 0);
        assert_eq!(count(prompt, &["{}"], "None."), 0);
        assert_eq!(count("Replace 2 rollers RL-4 and 1 belt BT-90.", &[r#"{"part": "RL-4"}"#], "Done."), 1);
        assert_eq!(count("Scan app1 for CVE-2024-1.", &[r#"{"host": "app1"}"#], "Done."), 0);
    }
}
