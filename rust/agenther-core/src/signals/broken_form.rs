//! An answer that has not the form that was asked for: JSON, one word, a number, so many sentences.
//!
//! No hit on a labelled run: unmeasured.

use super::constraints::form;
use super::{Hit, Signals};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The final answer has not the form that the prompt asks for (JSON, one word, a number, yes or no, so many words); and where it is asked for.";

/// The answer and the words that ask, for each form that it has not.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let (Some(prompt), Some(answer)) = (signals.run().original_prompt, signals.answer()) else {
        return Vec::new();
    };
    let broken = form::forms(prompt).into_iter().filter(|(form, _)| !form.fits(answer));
    broken
        .flat_map(|(_, span)| [Hit::field(Field::FinalAnswer), Hit::field(Field::OriginalPrompt).at(span)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{hits, run};
    use crate::trajectory::Field;

    #[test]
    fn the_answer_and_the_words_that_ask_are_shown() {
        let prompt = "Who wrote it? Answer in one word.";
        let found = hits("broken_form", &run(prompt, vec![], Some("It was Tolstoy.")));
        assert_eq!(found[0].field, Some(Field::FinalAnswer));
        assert_eq!(found[1].span.unwrap().of(prompt), "in one word");
        assert!(hits("broken_form", &run(prompt, vec![], Some("Tolstoy"))).is_empty());
    }
}
