//! Why a run has no goal. The codes are stable: summaries count them and people filter on them.

/// A reason to abstain. A run reports the reason of the candidate that came furthest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The run has no steps.
    NoSteps,
    /// No call of a tool returned anything without an error.
    NoSuccessfulStep,
    /// Calls succeeded, but no family of asks knows what they demonstrate.
    NoAsk,
    /// The arguments of every successful call came from nowhere: no user could have meant them.
    ArgumentsInvented,
    /// The calls need an identifier that the user never gave and that no kept step returns.
    OpaqueIdentifier,
    /// The observation is too long, cut, or not parsed, so that no complete answer can be given.
    AnswerUnreadable,
    /// The only achievement is a write that was not confirmed by the user or not shown to have worked.
    WriteUnverified,
    /// A read came after a successful write that the goal would leave out.
    StateChanged,
    /// The arguments pursue the original goal in words that the hindsight goal does not have.
    OldGoalInArguments,
    /// The goal is the original goal again.
    SameAsOriginal,
    /// The goal would give the answer away.
    AnswerLeaked,
    /// The slots could not be read back from the goal.
    NoRoundTrip,
    /// The kept steps are a minor part of the segment they come from.
    SliceTooThin,
    /// A claim of the goal or the answer is not supported by the kept steps.
    Ungrounded,
    /// The goal asks for next to nothing.
    TooTrivial,
    /// The confidence is below the threshold.
    LowConfidence,
}

impl Reason {
    /// Every reason, in the order in which a candidate meets them.
    pub const ALL: [Reason; 16] = [
        Reason::NoSteps,
        Reason::NoSuccessfulStep,
        Reason::NoAsk,
        Reason::ArgumentsInvented,
        Reason::OpaqueIdentifier,
        Reason::AnswerUnreadable,
        Reason::WriteUnverified,
        Reason::StateChanged,
        Reason::OldGoalInArguments,
        Reason::SameAsOriginal,
        Reason::AnswerLeaked,
        Reason::NoRoundTrip,
        Reason::SliceTooThin,
        Reason::Ungrounded,
        Reason::TooTrivial,
        Reason::LowConfidence,
    ];

    /// The code used in frames and summaries.
    pub fn code(self) -> &'static str {
        match self {
            Reason::NoSteps => "no_steps",
            Reason::NoSuccessfulStep => "no_successful_step",
            Reason::NoAsk => "no_ask",
            Reason::ArgumentsInvented => "arguments_invented",
            Reason::OpaqueIdentifier => "opaque_identifier",
            Reason::AnswerUnreadable => "answer_unreadable",
            Reason::WriteUnverified => "write_unverified",
            Reason::StateChanged => "state_changed",
            Reason::OldGoalInArguments => "old_goal_in_arguments",
            Reason::SameAsOriginal => "same_as_original",
            Reason::AnswerLeaked => "answer_leaked",
            Reason::NoRoundTrip => "no_round_trip",
            Reason::SliceTooThin => "slice_too_thin",
            Reason::Ungrounded => "ungrounded",
            Reason::TooTrivial => "too_trivial",
            Reason::LowConfidence => "low_confidence",
        }
    }
}
