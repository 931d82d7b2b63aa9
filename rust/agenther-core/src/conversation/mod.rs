//! Stage 4: a run under a goal, written as one line of JSON that a trainer loads.
//!
//! A run and its hindsight goal become [`turns::Conversation`], which knows no trainer; a [`Dialect`]
//! writes it. A new trainer whose rows hold the same turns under other names is one more dialect file
//! and one variant here. Observations are written whole: a row with a cut observation would teach an
//! agent to know what it cannot have read.

mod json;
mod messages;
mod sharegpt;
#[cfg(test)]
mod tests;
mod tools;
mod turns;
pub mod weight;

use crate::trajectory::Trajectory;
use tools::ToolSchemas;
use turns::Conversation;

/// A hindsight goal as a renderer needs it. Borrowed, so that goals made elsewhere (by an LLM, by
/// hand) render alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoalView<'a> {
    /// The hindsight goal ĝ.
    pub goal: &'a str,
    /// The answer that closes the demonstration.
    pub answer: &'a str,
    /// Indices of the steps that demonstrate the goal, ascending.
    pub kept_steps: &'a [u32],
    /// One per kept step; `None` drops the thought.
    pub thoughts: &'a [Option<&'a str>],
}

/// How turns are named and nested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OpenAI chat messages with `tool_calls`: TRL, Axolotl, NeMo-RL, Fireworks, OpenAI.
    Messages,
    /// LLaMA-Factory's `sharegpt`: human, gpt, `function_call`, observation. Strings only.
    ShareGpt,
}

/// What a row says of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Row {
    /// Imitate it (SFT).
    Demonstration,
    /// After the same kept steps, the grounded answer is preferred to the run's own ending (DPO).
    Preference,
    /// It is right under the hindsight goal (KTO, label true).
    Desirable,
    /// It is wrong under the original goal (KTO, label false).
    Undesirable,
}

/// How the arguments of a call are written in [`Dialect::Messages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arguments {
    /// A JSON object: what chat templates expect; a string is encoded twice by most of them.
    Object,
    /// A string of JSON: what the APIs of OpenAI and Fireworks expect.
    String,
}

/// How the tool schemas are written in [`Dialect::Messages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToolsForm {
    /// A string of JSON: `datasets` before 4.7 pads the differing keys of schemas with nulls.
    String,
    /// A JSON array: what the API of OpenAI expects. Left out where there is no tool.
    List,
}

/// The field of a message of the agent that says whether it is trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mask {
    /// `"train": false`: Axolotl, with `message_field_training: train`.
    Train,
    /// `"weight": 0`: the fine-tuning API of OpenAI.
    Weight,
}

/// How to write rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Options {
    /// How turns are named and nested.
    pub dialect: Dialect,
    /// What the row says of the demonstration.
    pub row: Row,
    /// How arguments are written.
    pub arguments: Arguments,
    /// How tool schemas are written.
    pub tools: ToolsForm,
    /// Whether the run's system prompt is written.
    pub system: bool,
    /// Whether neighbouring calls are joined into one message where the later ones have no thought.
    /// Off by default: the frame does not tell parallel calls from a silent agent's calls one after the
    /// other, and joining the latter would teach an agent to use results that it has not seen yet.
    pub join_silent_calls: bool,
    /// The field that masks the calls outside the slice, which then stand in the row with what they returned;
    /// `None` leaves them out. Rows that have no such field leave them out as well.
    pub mask: Option<Mask>,
}

impl Options {
    /// The mask, in rows that can have one: no trainer of preferences, of feedback or of `sharegpt` reads any.
    fn mask(&self) -> Option<Mask> {
        self.mask.filter(|_| self.dialect == Dialect::Messages && self.row == Row::Demonstration)
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            dialect: Dialect::Messages,
            row: Row::Demonstration,
            arguments: Arguments::Object,
            tools: ToolsForm::String,
            system: true,
            join_silent_calls: false,
            mask: None,
        }
    }
}

/// Why a run and its goal give no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Skip {
    /// The run has no original prompt, and the row needs one.
    NoPrompt,
    /// The goal has no words.
    NoGoal,
    /// There is no answer to close the demonstration.
    NoAnswer,
    /// No kept step is a call.
    NoCall,
    /// A kept step is not in the run, or the kept steps do not ascend.
    BadSteps,
    /// The run has no ending of its own to prefer the answer to.
    NoOwnEnding,
    /// The run's own ending already gives the answer.
    SameEnding,
    /// The hindsight goal is the original one, so the demonstration is not wrong under it.
    SameGoal,
    /// The turns do not alternate as the dialect demands.
    NotAlternating,
}

impl Skip {
    /// Every reason.
    pub const ALL: [Skip; 9] = [
        Skip::NoPrompt,
        Skip::NoGoal,
        Skip::NoAnswer,
        Skip::NoCall,
        Skip::BadSteps,
        Skip::NoOwnEnding,
        Skip::SameEnding,
        Skip::SameGoal,
        Skip::NotAlternating,
    ];

    /// The stable code used in reports.
    pub fn code(self) -> &'static str {
        match self {
            Skip::NoPrompt => "no_prompt",
            Skip::NoGoal => "no_goal",
            Skip::NoAnswer => "no_answer",
            Skip::NoCall => "no_call",
            Skip::BadSteps => "bad_steps",
            Skip::NoOwnEnding => "no_own_ending",
            Skip::SameEnding => "same_ending",
            Skip::SameGoal => "same_goal",
            Skip::NotAlternating => "not_alternating",
        }
    }
}

/// Writes rows. It keeps the tool schemas of the run before, because the runs of one log mostly share
/// theirs and they are often longer than the run.
#[derive(Debug)]
pub struct Renderer {
    options: Options,
    schemas: ToolSchemas,
}

impl Renderer {
    /// A renderer of rows of one kind.
    pub fn new(options: Options) -> Self {
        Renderer { options, schemas: ToolSchemas::default() }
    }

    /// Appends one row to `out`: one JSON object, without a line break in or after it. Without a goal,
    /// the run is written under its original goal, as it happened. Where there is no row, `out` is as
    /// it was.
    pub fn render(
        &mut self,
        run: &Trajectory<'_>,
        goal: Option<&GoalView<'_>>,
        weight: Option<f32>,
        out: &mut String,
    ) -> Result<(), Skip> {
        let start = out.len();
        let result = self.write(run, goal, weight, out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    fn write(
        &mut self,
        run: &Trajectory<'_>,
        goal: Option<&GoalView<'_>>,
        weight: Option<f32>,
        out: &mut String,
    ) -> Result<(), Skip> {
        let conversation = self.conversation(run, goal)?;
        self.schemas.read(run.tools, &conversation.calls);
        match self.options.dialect {
            Dialect::Messages => messages::write(&conversation, &self.schemas, &self.options, weight, out),
            Dialect::ShareGpt => sharegpt::write(&conversation, &self.schemas, &self.options, weight, out)?,
        }
        Ok(())
    }

    fn conversation<'a>(
        &self,
        run: &Trajectory<'a>,
        goal: Option<&GoalView<'a>>,
    ) -> Result<Conversation<'a>, Skip> {
        let Some(goal) = goal else {
            if self.options.row == Row::Preference {
                return Err(Skip::NoGoal);
            }
            return Conversation::of_run(run, &self.options);
        };
        let mut conversation = Conversation::of_goal(run, goal, &self.options)?;
        match self.options.row {
            Row::Demonstration | Row::Desirable => {}
            Row::Preference => conversation.prefer_to_ending_of(run)?,
            Row::Undesirable => conversation.ask_as_in(run)?,
        }
        Ok(conversation)
    }
}

/// Appends one row to `out`: [`Renderer::render`] for a single run.
///
/// ```
/// use agenther_core::conversation::{GoalView, Options, render};
/// use agenther_core::trajectory::{Step, Trajectory};
///
/// let run = Trajectory {
///     original_prompt: Some("Find copper wire under $5/kg."),
///     steps: vec![Step {
///         action_name: Some("search"),
///         action_input: Some(r#"{"q": "copper wire"}"#),
///         observation: Some("MicroMetals: $5.30/kg"),
///         ..Step::default()
///     }],
///     ..Trajectory::default()
/// };
/// let goal = GoalView {
///     goal: "What does copper wire cost at MicroMetals?",
///     answer: "$5.30/kg.",
///     kept_steps: &[0],
///     thoughts: &[None],
/// };
/// let mut row = String::new();
/// render(&run, Some(&goal), Options::default(), None, &mut row).unwrap();
/// assert!(row.starts_with(r#"{"messages":[{"role":"user","content":"What does copper wire cost"#));
/// ```
pub fn render(
    run: &Trajectory<'_>,
    goal: Option<&GoalView<'_>>,
    options: Options,
    weight: Option<f32>,
    out: &mut String,
) -> Result<(), Skip> {
    Renderer::new(options).render(run, goal, weight, out)
}
