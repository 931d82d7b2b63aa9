//! Another field of a thing, where the goal over a call asks again for what the user asked for.

use super::ask::{Clause, Material, clause_about};
use super::call::Call;
use super::fields::{field_label, is_identifier, is_noise};
use super::nouns::is_everyday_word;
use super::payload::Node;
use super::wanted::is_of_call;
use crate::hindsight::guards::repeats_original;
use crate::text::document::Kind;
use crate::text::needles::find;

/// Longer values are texts.
const MAX_VALUE: usize = 40;

/// The clause of the same call that asks for one other field of its record: the first short one of a noun that people say.
pub fn clause(clause: &Clause, calls: &[Call<'_>], material: &Material<'_, '_>) -> Option<Clause> {
    let asks_again = |said: &str| repeats_original(said, material.reading);
    let says = [Some(clause.imperative.as_str()), clause.question.as_deref()];
    if !says.into_iter().flatten().any(asks_again) {
        return None;
    }
    let [step] = clause.steps[..] else { return None };
    let call = calls.iter().find(|call| call.step == step && !call.is_write)?;
    let Node::Record(fields) = &call.payload.node else { return None };
    let prompt = material.reading.run.original_prompt.unwrap_or("");
    let (key, _) = fields.iter().find(|(key, value)| is_askable(key, value, prompt))?;
    clause_about(&[call], None, Some(std::slice::from_ref(key)), material).ok()
}

/// Whether a person would ask for a field by its name, who has not done so yet.
fn is_askable(key: &str, value: &Node, prompt: &str) -> bool {
    let Node::Scalar(text, kind) = value else { return false };
    let is_value = !value.is_blank()
        && text.len() <= MAX_VALUE
        && *kind != Kind::Bool
        && text.contains(char::is_alphanumeric)
        && !text.contains(['_', '/', '{', '['])
        && find(prompt, text).is_none();
    let is_noun = |label: &str| {
        let mut words = label.split(' ');
        words.clone().count() <= 2
            && words.all(is_everyday_word)
            && !["at", "by", "in", "on", "to", "of", "for"]
                .iter()
                .any(|end| label.ends_with(&format!(" {end}")))
    };
    is_value
        && !is_identifier(key)
        && !is_noise(key)
        && !is_of_call(key)
        && field_label(key).is_some_and(|label| is_noun(&label) && find(prompt, &label).is_none())
}
