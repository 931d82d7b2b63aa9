//! What a reader hands on: runs, rejects, and the sink that takes them.

use std::borrow::Cow;

/// A text that borrows from the record it was read from, unless it had to be decoded.
pub type Text<'a> = Cow<'a, str>;

/// One run of an agent: a row of the trajectory frame, before it is a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run<'a> {
    /// From the log; else made of what identifies the run (see the format's page).
    pub trajectory_id: Text<'a>,
    /// What the user asked for.
    pub original_prompt: Option<Text<'a>>,
    /// System prompt or policy.
    pub system: Option<Text<'a>>,
    /// JSON array of tool schemas, OpenAI shape.
    pub tools: Option<Text<'a>>,
    /// The steps in order.
    pub steps: Vec<RunStep<'a>>,
    /// What the agent answered at the end.
    pub final_answer: Option<Text<'a>>,
    /// The log's own label, never guessed.
    pub success: Option<bool>,
    /// The log's own reward.
    pub reward: Option<f64>,
    /// The reward from which on a run is a success, where that is not 1 of 0 to 1.
    pub full_mark: Option<f64>,
    /// The log's own word for how it failed.
    pub failure_reason: Option<Text<'a>>,
    /// JSON object: everything else worth keeping.
    pub metadata: Option<Text<'a>>,
    /// Name of the format it was read as.
    pub format: &'static str,
    /// Number of the record in its file, from 0.
    pub record: u64,
}

/// One step of a [`Run`]; the fields are those of the frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunStep<'a> {
    /// What the user said just before.
    pub user: Option<Text<'a>>,
    /// Reasoning; the reply itself where there is no action.
    pub thought: Option<Text<'a>>,
    /// Name of the tool.
    pub action_name: Option<Text<'a>>,
    /// JSON text as logged, or plain text where the log has that.
    pub action_input: Option<Text<'a>>,
    /// What came back.
    pub observation: Option<Text<'a>>,
    /// The log's own error flag.
    pub error: Option<bool>,
}

impl Run<'_> {
    /// The same run with texts of its own.
    pub fn into_owned(self) -> Run<'static> {
        Run {
            trajectory_id: own(self.trajectory_id),
            original_prompt: self.original_prompt.map(own),
            system: self.system.map(own),
            tools: self.tools.map(own),
            steps: self.steps.into_iter().map(RunStep::into_owned).collect(),
            final_answer: self.final_answer.map(own),
            failure_reason: self.failure_reason.map(own),
            metadata: self.metadata.map(own),
            success: self.success,
            full_mark: self.full_mark,
            reward: self.reward,
            format: self.format,
            record: self.record,
        }
    }
}

impl RunStep<'_> {
    /// The same step with texts of its own.
    pub fn into_owned(self) -> RunStep<'static> {
        RunStep {
            user: self.user.map(own),
            thought: self.thought.map(own),
            action_name: self.action_name.map(own),
            action_input: self.action_input.map(own),
            observation: self.observation.map(own),
            error: self.error,
        }
    }
}

fn own(text: Text<'_>) -> Text<'static> {
    Cow::Owned(text.into_owned())
}

/// Why a record was not read; the code of a [`Reject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The bytes are not JSON.
    InvalidJson,
    /// The file ends inside the record.
    Truncated,
    /// Decompression or reading failed here; what came before is kept.
    BrokenStream,
    /// Longer than the limit.
    TooLarge,
    /// Nested deeper, or with more values, than the limit.
    TooComplex,
    /// Valid, but no format has this shape.
    UnknownShape,
    /// The format is known but something it needs is missing.
    Incomplete,
    /// The file holds no text of records at all.
    NotALog,
    /// The reader panicked at it: a bug of ours.
    ReaderPanic,
}

impl Reason {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Reason::InvalidJson => "invalid_json",
            Reason::Truncated => "truncated",
            Reason::BrokenStream => "broken_stream",
            Reason::TooLarge => "too_large",
            Reason::TooComplex => "too_complex",
            Reason::UnknownShape => "unknown_shape",
            Reason::Incomplete => "incomplete",
            Reason::NotALog => "not_a_log",
            Reason::ReaderPanic => "reader_panic",
        }
    }
}

/// A record that could not be read, with all that is needed to find and repair it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Number of the record in its file, from 0.
    pub record: u64,
    /// Where the record starts in the decompressed stream.
    pub offset: u64,
    /// The format it was read as, where one was recognised.
    pub format: Option<&'static str>,
    /// Why, as a code.
    pub reason: Reason,
    /// Why, as a sentence: what was found, what was expected, what to do.
    pub sentence: String,
    /// The bytes of the record: whole up to 64 KiB, of a longer one the head.
    pub raw: Vec<u8>,
}

/// Takes what a reader finds, in the order of the file.
pub trait Sink {
    /// A run. It borrows from the reader's buffer.
    fn run(&mut self, run: Run<'_>);
    /// A record that could not be read.
    fn reject(&mut self, reject: Reject);
}

/// Keeps everything: for tests and small logs.
#[derive(Debug, Default)]
pub struct Collected {
    /// The runs.
    pub runs: Vec<Run<'static>>,
    /// The rejects.
    pub rejects: Vec<Reject>,
}

impl Sink for Collected {
    fn run(&mut self, run: Run<'_>) {
        self.runs.push(run.into_owned());
    }

    fn reject(&mut self, reject: Reject) {
        self.rejects.push(reject);
    }
}
