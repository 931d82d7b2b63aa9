//! What `classify` says of a run.

use crate::reading::Reading;
use crate::rules::Rules;
use crate::trajectory::{Field, Span};

/// The six ways in which a run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureType {
    /// The run stopped before the task was done.
    Incomplete,
    /// A stated constraint was broken.
    ConstraintViolation,
    /// The task was carried out with a wrong outcome.
    WrongResult,
    /// A tool failed and the run did not recover.
    ToolError,
    /// The agent asserted what no observation says.
    Hallucination,
    /// The run pursued something else.
    OffTopic,
}

impl FailureType {
    /// All types, in the order of the `scores` struct.
    pub const ALL: [FailureType; 6] = [
        FailureType::Incomplete,
        FailureType::ConstraintViolation,
        FailureType::WrongResult,
        FailureType::ToolError,
        FailureType::Hallucination,
        FailureType::OffTopic,
    ];

    /// The name used in frames, packs and files.
    pub fn name(self) -> &'static str {
        match self {
            FailureType::Incomplete => "incomplete",
            FailureType::ConstraintViolation => "constraint_violation",
            FailureType::WrongResult => "wrong_result",
            FailureType::ToolError => "tool_error",
            FailureType::Hallucination => "hallucination",
            FailureType::OffTopic => "off_topic",
        }
    }
}

/// Why a run was classified as it was: one hit of one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence<'r> {
    /// Identifier of the rule.
    pub rule: &'r str,
    /// The type that the rule speaks for.
    pub failure_type: FailureType,
    /// Index of the step, where the hit is in a step.
    pub step: Option<u32>,
    /// The field the hit is in.
    pub field: Option<Field>,
    /// The bytes of the hit in that field.
    pub span: Option<Span>,
}

/// The verdict on one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict<'r> {
    /// From the log's label where there is one, else from the rules.
    pub is_failure: bool,
    /// The most likely type; `None` for a success.
    pub failure_type: Option<FailureType>,
    /// Probability of failure by the rules alone, whatever the label.
    pub failure_probability: f32,
    /// One score for each of [`FailureType::ALL`].
    pub scores: [f32; 6],
    /// 0 to 1, where 1 is the worst.
    pub severity: f32,
    /// Training weight w, 0 to 1; below 0.3 the paper discards the run.
    pub weight: f32,
    /// Whether a relabel or a retry can rescue the run.
    pub recoverable: bool,
    /// The decisive step.
    pub failed_step: Option<u32>,
    /// Every hit, in the order of steps.
    pub evidence: Vec<Evidence<'r>>,
}

/// Stage 1: classifies a run. Deterministic; reads no label but `success` and `reward`.
pub fn classify<'r>(reading: &Reading<'_>, rules: &'r Rules) -> Verdict<'r> {
    let _ = rules;
    Verdict {
        is_failure: reading.run.success == Some(false),
        failure_type: None,
        failure_probability: 0.0,
        scores: [0.0; 6],
        severity: 0.0,
        weight: 1.0,
        recoverable: true,
        failed_step: None,
        evidence: Vec::new(),
    }
}
