//! An answer in another language than was asked for, or than the user wrote in.
//!
//! No hit on a labelled run: unmeasured.

use super::constraints::language::{self, Language};
use super::{Hit, Signals};
use crate::text::words;

/// What a hit is.
pub const SUMMARY: &str = "The last words are in another language than the prompt asks for; where it names none, than the prompt itself is in.";

/// At most one hit: the last words.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let (Some(prompt), Some((place, words))) = (signals.run().original_prompt, signals.last_words()) else {
        return Vec::new();
    };
    let Some(of_answer) = language::of(words) else { return Vec::new() };
    let wanted = match asked(prompt) {
        Asked::For(wanted) => Some(wanted),
        Asked::Nothing => language::of(prompt),
        // "Translate it from German", "is it in French?": it may be about languages.
        Asked::Something => None,
    };
    if wanted.is_some_and(|wanted| wanted != of_answer) { vec![place] } else { Vec::new() }
}

enum Asked {
    For(Language),
    Something,
    Nothing,
}

/// What a prompt says of languages: "reply in French", "auf Deutsch" is left to its own language.
fn asked(prompt: &str) -> Asked {
    const VERBS: &[&str] = &["answer", "respond", "reply", "write", "translate"];
    let is_verb = |word: &str| VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb));
    let prompt = crate::text::cut::tail(prompt, 4000);
    if !language::may_name(prompt) {
        return Asked::Nothing;
    }
    let mut said = Asked::Nothing;
    let (mut verb, mut previous) = (false, "");
    for word in words::words(prompt) {
        verb |= is_verb(word.text);
        let capital = word.text.starts_with(|c: char| c.is_ascii_uppercase());
        if let Some(language) = capital.then(|| language::named(word.text)).flatten() {
            let into = ["in", "into", "to"].contains(&previous);
            match said {
                Asked::Nothing if into && verb => said = Asked::For(language),
                _ => return Asked::Something,
            }
        } else if word.text.eq_ignore_ascii_case("translate") || word.text.eq_ignore_ascii_case("language") {
            verb = true;
        }
        previous = word.text;
    }
    said
}

#[cfg(test)]
mod tests {
    use super::super::testing::{hits, run};

    #[test]
    fn the_language_asked_for_comes_first() {
        let english = "The flight is booked and you will have your ticket from the airline.";
        let french = "Le vol est réservé et vous avez les billets dans votre boîte.";
        let count = |prompt, answer| hits("wrong_language", &run(prompt, vec![], Some(answer))).len();
        assert_eq!(count("Book the flight. Please reply in French.", english), 1);
        assert_eq!(count("Book the flight. Please reply in French.", french), 0);
        assert_eq!(count("Please book the flight that I have on hold with your airline.", french), 1);
        assert_eq!(count("What does the French word mean that is on the sign and the map?", french), 0);
        assert_eq!(count("Please book the flight that I have on hold with your airline.", "42"), 0);
    }
}
