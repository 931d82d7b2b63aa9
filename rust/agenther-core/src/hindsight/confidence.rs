//! How sure we are that a judge accepts a goal.
//!
//! confidence = prior × (0.75 + 0.25 × coverage) × (0.85 + 0.15 × grounded) × purity − 0.5 if trivial
//!
//! * *prior*: how often goals of this make were accepted (verb source, kind of subject, parse of the result;
//!   set by the family);
//! * *coverage*: the share of live steps in the segment that the slice keeps;
//! * *grounded*: the share of the verifier's claims that are supported;
//! * *purity*: 1 for values that the user said, 0.97 for values an observation showed, 0.9 for values that the agent chose,
//!   averaged over the slots.

use super::families::Candidate;
use super::{Origin, Slot};

/// The confidence in a candidate.
pub fn confidence(candidate: &Candidate, coverage: f32, grounded: f32) -> f32 {
    let trivial = if candidate.trivial { 0.5 } else { 0.0 };
    let sure =
        candidate.prior * (0.75 + 0.25 * coverage) * (0.85 + 0.15 * grounded) * purity(&candidate.slots);
    (sure - trivial).clamp(0.0, 1.0)
}

fn purity(slots: &[Slot]) -> f32 {
    if slots.is_empty() {
        return 0.97;
    }
    let total: f32 = slots
        .iter()
        .map(|slot| match slot.origin {
            Origin::User => 1.0,
            Origin::Observation | Origin::Constant => 0.97,
            Origin::Invented => 0.9,
        })
        .sum();
    total / slots.len() as f32
}
