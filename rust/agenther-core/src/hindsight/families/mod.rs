//! Families of asks: each looks for one way in which a run demonstrates something, and says it as a
//! request. A family is one file; adding one touches that file and [`FAMILIES`].

mod analysis;
mod arithmetic;
mod browser;
mod code;
mod english;
mod household;
mod search;
mod shell;
mod shop;
mod sql;
#[cfg(test)]
mod testing;
mod tool_call;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

pub(crate) use shell::read_line as command_line;

use super::moulds::{Mould, Moulds};
use super::reason::Reason;
use super::{Slot, Support, Wording, style};
use crate::reading::{Reading, StepReading};
use crate::text::document::Kind;

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

/// What is known of a candidate from how it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Whether its answer was rendered from a parsed result.
    pub is_rendered: bool,
    /// Whether its goal says a parsed statement.
    pub is_derived: bool,
    /// Whether the family held each of its claims to the run.
    pub is_held: bool,
}

/// What the families propose for a run, and why they passed over what they saw.
#[derive(Debug, Default)]
pub struct Proposals {
    /// The candidates, in the order proposed.
    pub candidates: Vec<Candidate>,
    /// Those whose answer was rendered value by value from a parsed result, by position.
    rendered: HashSet<usize>,
    /// How the people in the log ask for what tools do.
    pub moulds: Arc<Moulds>,
    /// Those whose every word says a part of a parsed statement, by position.
    derived: HashSet<usize>,
    /// Those of which the family held each claim to the run itself, by position.
    held: HashSet<usize>,
    /// Why steps or asks were passed over: one entry each time.
    pub passed_over: Vec<Reason>,
    seed: u64,
    trajectory_id: Option<String>,
}

impl Proposals {
    /// No proposals yet, for the run of that id.
    pub fn new(seed: u64, trajectory_id: Option<&str>) -> Self {
        Proposals { seed, trajectory_id: trajectory_id.map(str::to_string), ..Proposals::default() }
    }

    /// What all families propose for a run.
    pub fn of(reading: &Reading<'_>, seed: u64, moulds: &Arc<Moulds>) -> Self {
        let mut proposals = Proposals::new(seed, reading.run.trajectory_id);
        proposals.moulds = Arc::clone(moulds);
        for (_, family) in FAMILIES {
            family(reading, &mut proposals);
        }
        proposals
    }

    /// Proposes a candidate.
    pub fn push(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
    }

    /// Proposes a candidate whose answer repeats a parsed result, value by value: it needs no second reading.
    pub fn push_rendered(&mut self, candidate: Candidate) {
        self.rendered.insert(self.candidates.len());
        self.candidates.push(candidate);
    }

    /// Proposes a candidate whose goal says a parsed statement part by part, and whose answer repeats its result: what
    /// the words claim is what the statement selects.
    pub fn push_derived(&mut self, candidate: Candidate) {
        self.derived.insert(self.candidates.len());
        self.push_rendered(candidate);
    }

    /// Proposes a candidate of which the family held each claim to the calls and their results: its words are the user's
    /// and the agent's.
    pub fn push_held(&mut self, candidate: Candidate) {
        self.held.insert(self.candidates.len());
        self.candidates.push(candidate);
    }

    /// How the candidate at `position` was made.
    pub fn made(&self, position: usize) -> Made {
        Made {
            is_rendered: self.rendered.contains(&position),
            is_derived: self.derived.contains(&position),
            is_held: self.held.contains(&position),
        }
    }

    /// Notes why something was not proposed.
    pub fn pass_over(&mut self, reason: Reason) {
        self.passed_over.push(reason);
    }

    /// A stable number that picks among equivalent phrasings of the next candidate.
    pub fn variant(&self) -> u64 {
        style::variant(self.seed, self.trajectory_id.as_deref(), self.candidates.len())
    }
}

/// Proposes candidates for a run.
pub type Family = fn(&Reading<'_>, &mut Proposals);

/// Every family, by name.
pub const FAMILIES: &[(&str, Family)] = &[
    ("browser", browser::propose),
    ("code", code::propose),
    ("household", household::propose),
    ("search", search::propose),
    ("shell", shell::propose),
    ("shop", shop::propose),
    ("sql", sql::propose),
    ("tool_call", tool_call::propose),
    // Last: goals are worded by how many came before, and these should change no others.
    ("analysis", analysis::propose),
    ("arithmetic", arithmetic::propose),
];

/// The moulds that a run shows, for [`super::moulds`].
pub(super) fn learn(reading: &Reading<'_>) -> Vec<Mould> {
    tool_call::learn(reading)
}

/// Whether a step is a call that cannot have changed anything, though its tool may.
pub fn only_reads(step: &StepReading<'_>) -> bool {
    shell::only_reads(step) || shop::only_shows(step) || browser::acts(step)
}

/// Whether a step without an output, or with an error, tells something all the same.
pub fn tells_by_silence(step: &StepReading<'_>) -> bool {
    shell::tells_by_silence(step)
}

/// The text that a call takes: its plain input, its only text argument, or the one under the first of `keys` it has.
fn text_argument<'a>(step: &StepReading<'a>, keys: &[&str]) -> Option<Cow<'a, str>> {
    let input = step.step.action_input?;
    let Some(arguments) = step.arguments() else { return Some(Cow::Borrowed(input.trim())) };
    let mut texts = arguments.leaves().filter(|leaf| leaf.kind() == Kind::String);
    let first = texts.next()?;
    let text = match texts.next() {
        None => first.text(),
        Some(_) => keys
            .iter()
            .filter_map(|key| arguments.root().get(key))
            .find(|value| value.kind() == Kind::String)?
            .text(),
    };
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_string()),
    })
}

/// What the call of a step does, as a command: `look up the order`.
pub fn tool_phrase(reading: &Reading<'_>, step: usize) -> Option<String> {
    browser::phrase(reading, step)
        .or_else(|| sql::phrase(&reading.steps[step]))
        .or_else(|| tool_call::phrase(reading, step))
}
