//! Families of asks: each looks for one way in which a run demonstrates something, and says it as a
//! request. A family is one file; adding one touches that file and [`FAMILIES`].

pub mod english;
pub mod household;
pub mod search;
pub mod shell;
pub mod sql;

use super::{Slot, Support, Wording};
use crate::reading::Reading;

/// A goal that a family proposes. Slices, guards and the verifier decide whether it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The request, as a person would make it.
    pub goal: String,
    /// The answer, built from the observations of `steps`.
    pub answer: String,
    /// Where the words of the goal come from.
    pub wording: Wording,
    /// The steps that demonstrate it, ascending; the last one is the sink.
    pub steps: Vec<u32>,
    /// Values that the goal fixes.
    pub slots: Vec<Slot>,
    /// What supports goal and answer.
    pub evidence: Vec<Support>,
    /// How often goals of this pattern are accepted, 0 to 1, as judged on labelled runs.
    pub prior: f32,
    /// Whether a reader would call the request trivial (listing columns, looking around).
    pub trivial: bool,
}

/// Proposes candidates for a run.
pub type Family = fn(&Reading<'_>, &mut Vec<Candidate>);

/// Every family, by name.
pub const FAMILIES: &[(&str, Family)] = &[
    ("household", household::candidates),
    ("search", search::candidates),
    ("shell", shell::candidates),
    ("sql", sql::candidates),
];
