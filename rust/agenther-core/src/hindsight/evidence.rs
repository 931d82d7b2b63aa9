//! What supports a goal: where its slots were said, and where the facts of its answer stand.

use super::provenance::Source;
use super::{Hindsight, Support};
use crate::reading::Reading;
use crate::text::facts::facts;
use crate::text::needles::{Trie, cuts_number};
use crate::trajectory::{Field, Span};

/// Facts of an answer that evidence points at: enough to check it by, and few enough to read.
const MAX_FACTS: usize = 32;

/// The evidence for the slots and the answer of a goal.
pub fn evidence(goal: &Hindsight, reading: &Reading<'_>) -> Vec<Support> {
    let mut out: Vec<Support> =
        goal.slots.iter().filter_map(|slot| said(slot.step, &slot.value, reading)).collect();
    out.extend(shown(&goal.answer, &goal.kept_steps, reading));
    out
}

fn said(step: u32, value: &str, reading: &Reading<'_>) -> Option<Support> {
    let arguments = reading.provenance().arguments(step as usize);
    let argument = arguments.iter().find(|argument| argument.value.trim() == value)?;
    let (step, field, span) = match argument.source {
        Source::User { step: None, span } => (None, Field::OriginalPrompt, span),
        Source::User { step: Some(step), span } => (Some(step), Field::User, span),
        Source::Observation { step, span, .. } => (Some(step), Field::Observation, span),
        Source::Constant | Source::Invented => (Some(step), Field::ActionInput, argument.span),
    };
    Some(Support { text: value.to_string(), step, field, span })
}

/// The first place of each fact of the answer in the kept observations; all facts are looked for at once.
fn shown(answer: &str, kept: &[u32], reading: &Reading<'_>) -> Vec<Support> {
    let mut trie = Trie::default();
    let mut texts: Vec<&str> = Vec::new();
    for fact in facts(answer).into_iter().take(MAX_FACTS) {
        if let Some(needle) = trie.insert_text(fact.text)
            && needle as usize == texts.len()
        {
            texts.push(fact.text);
        }
    }
    trie.finish();
    let mut places: Vec<Option<(u32, Span)>> = vec![None; texts.len()];
    for &step in kept {
        if let Some(observation) = reading.steps[step as usize].step.observation {
            trie.scan(observation, |needle, span| {
                let place = &mut places[needle as usize];
                if place.is_none() && !cuts_number(observation, span) {
                    *place = Some((step, span));
                }
            });
        }
    }
    let support = |(text, place): (&str, Option<(u32, Span)>)| {
        let (step, span) = place?;
        Some(Support { text: text.to_string(), step: Some(step), field: Field::Observation, span })
    };
    texts.into_iter().zip(places).filter_map(support).collect()
}
