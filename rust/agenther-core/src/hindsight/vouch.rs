//! What the engine knows of its own goals beyond what the observations say.
//!
//! The verifier reads a goal and an answer as anyone's. Of a goal that the engine proposes it is known besides that the
//! family rendered the answer from a parsed result, or counted before it spoke. The goals of a run are judged by both,
//! and so is whatever is to be verified and turns out to be one of them.

use std::sync::Arc;

use super::families::{Candidate, Made, Proposals};
use super::ground::{self, Claim, Grounding};
use super::slice::Live;
use super::{RelabelOptions, Slot, Strategy, Wording, closing, guards, labels};
use crate::reading::Reading;
use crate::text::needles;

/// A run that makes one call over and over shows one goal at each, and the verifier is the dear part.
const MAX_JUDGED: usize = 8;

/// Checks a goal and an answer against the run, or against `kept_steps` of it where given. What the run does not bear
/// out word by word stands all the same where the engine proposes this very goal with this answer.
pub fn verify(
    goal: &str,
    answer: Option<&str>,
    reading: &Reading<'_>,
    kept_steps: Option<&[u32]>,
) -> Grounding {
    let grounding = ground::verify(goal, answer, reading, kept_steps);
    if grounding.grounded {
        return grounding;
    }
    answer.and_then(|answer| verify_own(goal, answer, reading, kept_steps)).unwrap_or(grounding)
}

/// The grounding of a goal that the engine proposes and accepts, in its own words; `None` for any other.
fn verify_own(
    goal: &str,
    answer: &str,
    reading: &Reading<'_>,
    kept_steps: Option<&[u32]>,
) -> Option<Grounding> {
    let proposals = Proposals::of(reading, RelabelOptions::default().seed, &Arc::default());
    let live = Live::of(reading);
    let is_asked = |candidate: &Candidate| {
        candidate.goal == goal && kept_steps.is_none_or(|kept| candidate.steps == kept)
    };
    let settled = |(at, candidate): (usize, &Candidate)| {
        let mut candidate = candidate.clone();
        guards::check(&candidate, reading).ok()?;
        let made = settle_answer(&mut candidate, proposals.made(at), reading, &live);
        (candidate.answer == answer).then_some((candidate, made))
    };
    let proposed = proposals.candidates.iter().enumerate().filter(|(_, candidate)| is_asked(candidate));
    proposed.filter_map(settled).take(MAX_JUDGED).find_map(|(candidate, made)| {
        let mut grounding = ground::verify(goal, Some(answer), reading, Some(&candidate.steps));
        for claim in &mut grounding.claims {
            claim.supported |= vouches(claim, &candidate, reading, made);
        }
        grounding.grounded = grounding.claims.iter().all(|claim| claim.supported);
        grounding.grounded.then_some(grounding)
    })
}

/// Puts the run's own last words in the place of the answer, where they can stand there: those words render nothing.
pub(super) fn settle_answer(
    candidate: &mut Candidate,
    made: Made,
    reading: &Reading<'_>,
    live: &Live,
) -> Made {
    let ends_run = live.strategy(&candidate.steps) == Strategy::Final;
    match closing::own_answer(candidate, reading, ends_run).filter(|_| !made.is_held) {
        Some(answer) => {
            candidate.answer = answer;
            Made { is_rendered: false, ..made }
        }
        None => made,
    }
}

/// Whether the engine stands for a claim of its own goal: in the goal for what a slot states; in a rendered answer for
/// the rendering, which repeats the result under its own keys; and for what a composed goal says of order and extent
/// (`all the`, `the first two`), since the family counts before it speaks. A goal that says a parsed statement claims
/// nothing but that, and of a goal in the user's own words the family held each claim to the run.
pub(super) fn vouches(claim: &Claim, candidate: &Candidate, reading: &Reading<'_>, made: Made) -> bool {
    let Made { is_rendered, is_derived, is_held } = made;
    // Of `parcel PK-3300`, which the goal fixes, the verifier reads `Parcel PK` and `3300`.
    let is_part = |text: &str, slot: &Slot| is_rendered && needles::find(&slot.value, text).is_some();
    let stated = |text: &str| {
        candidate.slots.iter().any(|slot| guards::is_said(text, &slot.value) || is_part(text, slot))
    };
    let repeated = |text: &str| {
        is_rendered && candidate.answer.contains(text) && needles::find(&candidate.goal, text).is_none()
    };
    // A rendering says keys in words: `temp_max` as the maximum temperature.
    let shown = || {
        let steps = candidate.steps.iter().map(|&step| &reading.steps[step as usize].step);
        steps.filter_map(|step| step.observation)
    };
    let labelled = |kind: &str, text: &str| {
        let is_told = |word: &str| needles::find(&candidate.answer, word).is_some();
        is_rendered
            && match kind {
                "wording" => text.split_whitespace().all(is_told),
                "topic" => labels::is_told_in_short(text, &candidate.answer),
                "name" => is_told(text) && labels::begins_key(text, shown()),
                _ => false,
            }
    };
    let counted = |kind: &str| {
        is_rendered
            && match candidate.wording {
                Wording::Phrase => matches!(kind, "superlative" | "count" | "comparison" | "completeness"),
                // The bound was moved to hold of what is answered.
                Wording::Relax => kind == "comparison",
                Wording::Reuse | Wording::Mined => false,
            }
    };
    let derived = |kind: &str, text: &str| {
        is_derived && (matches!(kind, "topic" | "negation") || candidate.goal.contains(text))
    };
    is_held
        || counted(claim.kind)
        || derived(claim.kind, &claim.text)
        || stated(&claim.text)
        || repeated(&claim.text)
        || labelled(claim.kind, &claim.text)
}
