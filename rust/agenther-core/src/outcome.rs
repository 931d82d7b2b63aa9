//! What `extract` finds that a run did achieve.

use crate::reading::Reading;
use crate::signals::effect::Effect;
use crate::signals::tool_status::ErrorCause;
use crate::text::facts::Fact;

/// A step that worked.
#[derive(Debug, Clone, PartialEq)]
pub struct Achievement<'a> {
    /// Index of the step.
    pub step: u32,
    /// Name of the tool; `None` for a reply.
    pub tool: Option<&'a str>,
    /// What it did to the world.
    pub effect: Effect,
    /// What was achieved, in words.
    pub text: String,
}

/// A fact in the observation of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedFact<'a> {
    /// Index of the step.
    pub step: u32,
    /// The fact; its span is in the observation.
    pub fact: Fact<'a>,
}

/// A step that did not work.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedAttempt<'a> {
    /// Index of the step.
    pub step: u32,
    /// Name of the tool.
    pub tool: Option<&'a str>,
    /// Why.
    pub cause: ErrorCause,
}

/// What one run achieved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome<'a> {
    /// Steps that worked, in order.
    pub achievements: Vec<Achievement<'a>>,
    /// Typed facts of the observations of steps that worked, in order.
    pub facts: Vec<ObservedFact<'a>>,
    /// Steps that did not work, in order.
    pub failed_attempts: Vec<FailedAttempt<'a>>,
}

/// Stage 2: extracts what a run did achieve.
pub fn extract<'a>(reading: &Reading<'a>) -> Outcome<'a> {
    let _ = reading;
    Outcome::default()
}
