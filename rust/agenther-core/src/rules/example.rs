//! The runs that a rule carries: those it must fire on, those it must not.

use toml::de::DeTable;

use super::table::{Sink, Table};
use crate::trajectory::{Step, Trajectory};

/// A run in a rule file. Its keys are those of the trajectory frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Example {
    /// What it shows.
    pub note: Option<String>,
    prompt: Option<String>,
    system: Option<String>,
    tools: Option<String>,
    answer: Option<String>,
    steps: Vec<ExampleStep>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct ExampleStep {
    user: Option<String>,
    thought: Option<String>,
    action: Option<String>,
    input: Option<String>,
    observation: Option<String>,
    error: Option<bool>,
}

/// How a rule fared on one of its examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It fired where it must, or did not where it must not.
    Validated,
    /// It fired where it must not.
    Noisy,
    /// It did not fire where it must.
    Missing,
}

impl Outcome {
    /// `validated`, `noisy` or `missing`.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Validated => "validated",
            Outcome::Noisy => "noisy",
            Outcome::Missing => "missing",
        }
    }
}

/// The keys of an example.
pub const KEYS: &[&str] = &["note", "original_prompt", "system", "tools", "steps", "final_answer"];
/// The keys of a step of an example.
pub const STEP_KEYS: &[&str] = &["user", "thought", "action_name", "action_input", "observation", "error"];

impl Example {
    /// Reads an example; reports what is wrong with it.
    pub fn parse(table: &DeTable<'_>, span: std::ops::Range<usize>, sink: &mut Sink<'_>) -> Example {
        let table = Table::new(table, span, "an example", KEYS, sink);
        let steps = table.tables("steps", sink);
        Example {
            note: table.string("note", sink),
            prompt: table.string("original_prompt", sink),
            system: table.string("system", sink),
            tools: table.string("tools", sink),
            answer: table.string("final_answer", sink),
            steps: steps.into_iter().map(|(step, span)| ExampleStep::parse(step, span, sink)).collect(),
        }
    }

    /// The run.
    pub fn trajectory(&self) -> Trajectory<'_> {
        Trajectory {
            original_prompt: self.prompt.as_deref(),
            system: self.system.as_deref(),
            tools: self.tools.as_deref(),
            final_answer: self.answer.as_deref(),
            steps: self.steps.iter().map(ExampleStep::step).collect(),
            ..Trajectory::default()
        }
    }
}

impl ExampleStep {
    fn parse(table: &DeTable<'_>, span: std::ops::Range<usize>, sink: &mut Sink<'_>) -> ExampleStep {
        let table = Table::new(table, span, "a step", STEP_KEYS, sink);
        ExampleStep {
            user: table.string("user", sink),
            thought: table.string("thought", sink),
            action: table.string("action_name", sink),
            input: table.string("action_input", sink),
            observation: table.string("observation", sink),
            error: table.boolean("error", sink),
        }
    }

    fn step(&self) -> Step<'_> {
        Step {
            user: self.user.as_deref(),
            thought: self.thought.as_deref(),
            action_name: self.action.as_deref(),
            action_input: self.input.as_deref(),
            observation: self.observation.as_deref(),
            error: self.error,
        }
    }
}
