//! A borrowed view of one run: what every stage of the engine reads.
//!
//! The fields are those of the trajectory frame. Nothing is copied: the strings borrow from Arrow
//! buffers, from a log file, or from wherever the caller keeps them.

/// One run of an agent. Every field but the steps may be absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trajectory<'a> {
    /// Identifier from the log.
    pub trajectory_id: Option<&'a str>,
    /// What the user asked for: the original goal g.
    pub original_prompt: Option<&'a str>,
    /// System prompt or policy.
    pub system: Option<&'a str>,
    /// JSON array of tool schemas (OpenAI shape).
    pub tools: Option<&'a str>,
    /// The steps, in the order they happened.
    pub steps: Vec<Step<'a>>,
    /// What the agent answered at the end.
    pub final_answer: Option<&'a str>,
    /// The log's own label, never guessed.
    pub success: Option<bool>,
    /// The log's own reward.
    pub reward: Option<f64>,
}

/// One step: optionally words of the user, then a thought, an action, and what came back.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Step<'a> {
    /// What the user said just before this step, in multi-turn logs.
    pub user: Option<&'a str>,
    /// The agent's reasoning or, where there is no action, its reply.
    pub thought: Option<&'a str>,
    /// Name of the tool; `None` is a plain reply.
    pub action_name: Option<&'a str>,
    /// Arguments of the call as logged: JSON text, or plain text where the log has that.
    pub action_input: Option<&'a str>,
    /// What the tool returned.
    pub observation: Option<&'a str>,
    /// The log's own error flag (`is_error`, exit code, status).
    pub error: Option<bool>,
}

/// A text field of a run: where evidence points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// [`Trajectory::original_prompt`].
    OriginalPrompt,
    /// [`Trajectory::system`].
    System,
    /// [`Step::user`].
    User,
    /// [`Step::thought`].
    Thought,
    /// [`Step::action_name`].
    ActionName,
    /// [`Step::action_input`].
    ActionInput,
    /// [`Step::observation`].
    Observation,
    /// [`Trajectory::final_answer`].
    FinalAnswer,
}

impl Field {
    /// The name of the field as in the trajectory frame.
    pub fn name(self) -> &'static str {
        match self {
            Field::OriginalPrompt => "original_prompt",
            Field::System => "system",
            Field::User => "user",
            Field::Thought => "thought",
            Field::ActionName => "action_name",
            Field::ActionInput => "action_input",
            Field::Observation => "observation",
            Field::FinalAnswer => "final_answer",
        }
    }
}

/// A half-open range of bytes in a text field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of bytes `start..end`. Texts above 4 GiB are refused by the readers.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end as u32 }
    }

    /// The text of the span.
    pub fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span has no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}
