//! A rule as its file has it.

use super::condition::Condition;
use super::example::Example;
use crate::verdict::FailureType;

/// How sure the author of a rule is of it, apart from how bad what it finds is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Plausible.
    Low,
    /// Measured on one source.
    Medium,
    /// Measured on several sources.
    High,
}

/// Whether a rule may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleStatus {
    /// It may change or go.
    Experimental,
    /// It stays.
    Stable,
    /// It will go; it does not fire.
    Deprecated,
}

/// The words of the language for [`Confidence`].
pub const CONFIDENCES: &[(&str, Confidence)] =
    &[("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];

/// The words of the language for [`RuleStatus`].
pub const STATUSES: &[(&str, RuleStatus)] = &[
    ("experimental", RuleStatus::Experimental),
    ("stable", RuleStatus::Stable),
    ("deprecated", RuleStatus::Deprecated),
];

impl Confidence {
    /// The word of the language.
    pub fn name(self) -> &'static str {
        CONFIDENCES[self as usize].0
    }
}

impl RuleStatus {
    /// The word of the language.
    pub fn name(self) -> &'static str {
        STATUSES[self as usize].0
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Stable, never reused: the path of its file without `.toml`.
    pub id: String,
    /// What it is to switch the rule off: reads as "allow …".
    pub name: String,
    /// What it finds: begins with "Detects".
    pub summary: String,
    /// What it speaks for; of a rule of negative weight, what it speaks against: the name of a type of
    /// failure, or a label that a pack declares.
    pub label: String,
    /// The type of failure that the label is, or belongs to; none of a label that a pack declares
    /// without a type.
    pub failure_type: Option<FailureType>,
    /// How bad what it finds is, 0 to 1.
    pub severity: f32,
    /// How sure its author is.
    pub confidence: Confidence,
    /// Whether it may still change.
    pub status: RuleStatus,
    /// The version of the pack that brought it.
    pub since: String,
    /// Runs on which it fires and should not.
    pub false_positives: Vec<String>,
    /// Free words to select rules by.
    pub tags: Vec<String>,
    /// Where the idea comes from.
    pub references: Vec<String>,
    /// Identifiers of rules that look at something near.
    pub related: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The kindred rules that it shares its say with.
    pub group: String,
    /// Log-odds of failure that a hit adds; negative for a good sign.
    pub weight: f32,
    /// What a hit adds to the score of the label, given that the run failed.
    pub type_weight: f32,
    /// The training weight that a run with a hit gets at most.
    pub training_weight: f32,
    /// Whether a relabel or a retry can rescue a run with a hit.
    pub recoverable: bool,
    /// When it fires.
    pub condition: Condition,
    /// Runs on which it must not fire.
    pub valid: Vec<Example>,
    /// Runs on which it must fire.
    pub invalid: Vec<Example>,
    /// Whether no pack switches it off.
    pub enabled: bool,
    /// The packs that change it, in their order.
    pub changed_by: Vec<String>,
    /// The pack it comes from.
    pub pack: String,
    /// The file it comes from.
    pub file: String,
    /// Where it stands, for what is said of it once all packs are read.
    pub(super) origin: Origin,
}

/// Where a rule stands in the sources that it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// Of the sources.
    pub source: usize,
    /// Of the files of the source.
    pub file: usize,
    /// The byte at which its identifier begins.
    pub at: usize,
}

impl Rule {
    /// Whether it takes part in verdicts.
    pub fn is_active(&self) -> bool {
        self.enabled && self.status != RuleStatus::Deprecated
    }

    /// Its label, where that is one that a pack declares.
    pub fn own_label(&self) -> Option<&str> {
        let is_type = self.failure_type.is_some_and(|failure_type| failure_type.name() == self.label);
        (!is_type).then_some(self.label.as_str())
    }

    /// Whether it has a say: for a type, or for a label that a pack declares. A good sign has none.
    pub fn speaks(&self) -> bool {
        self.weight > 0.0 || self.type_weight > 0.0 || (self.weight == 0.0 && self.own_label().is_some())
    }
}
