//! Hindsight goals: what a failed run demonstrates, said as a request, with its answer and its proof.

pub mod closing;
mod compounds;
pub mod confidence;
pub mod evidence;
pub mod families;
pub mod forms;
pub mod ground;
pub mod guards;
mod labels;
mod language;
pub mod moulds;
pub mod provenance;
pub mod reason;
pub mod slice;
pub mod style;
pub mod thoughts;
pub mod topics;
mod vouch;
pub mod wording;

use std::sync::Arc;

use crate::reading::Reading;
use crate::signals::effect::Effect;
use crate::trajectory::{Field, Span};
use families::{Candidate, Made, Proposals};
use moulds::Moulds;
use reason::Reason;
use slice::Live;
use thoughts::Thoughts;
pub use vouch::verify;

/// The smallest share of a segment's live steps that a goal may keep.
const MIN_COVERAGE: f32 = 0.25;

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
    /// One per kept step: the thought to train on, as [`RelabelOptions::thoughts`] says; `None` drops it.
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
    /// What becomes of the thoughts of kept steps.
    pub thoughts: Thoughts,
}

impl Default for RelabelOptions {
    fn default() -> Self {
        RelabelOptions { goals: 3, min_confidence: 0.5, seed: 0, thoughts: Thoughts::default() }
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

/// Stage 3: finds the goals that a run satisfies, whatever its label.
pub fn relabel(reading: &Reading<'_>, options: &RelabelOptions) -> Relabeled {
    relabel_in_words(reading, options, &Arc::default())
}

/// The same, with moulds learned from the log beside the engine's own phrasings.
pub fn relabel_in_words(reading: &Reading<'_>, options: &RelabelOptions, moulds: &Arc<Moulds>) -> Relabeled {
    if reading.steps.is_empty() {
        return abstain(Reason::NoSteps);
    }
    let live = Live::of(reading);
    if !live.returned() && !reading.steps.iter().any(families::tells_by_silence) {
        return abstain(Reason::NoSuccessfulStep);
    }
    let proposals = Proposals::of(reading, options.seed, moulds);
    let mut furthest = proposals.passed_over.iter().copied().max();
    let mut goals: Vec<Hindsight> = Vec::new();
    // The best are judged first, and no more of them than are wanted: the verifier is the dear part.
    for ranked in rank(proposals, &live) {
        if goals.len() == options.goals {
            break;
        }
        if repeats(&goals, &ranked.candidate, reading) {
            continue;
        }
        match judge(ranked, reading, &live, options) {
            Ok(goal) => goals.push(goal),
            Err(reason) => furthest = furthest.max(Some(reason)),
        }
    }
    for goal in &mut goals {
        if goal.evidence.is_empty() {
            goal.evidence = evidence::evidence(goal, reading);
        }
    }
    let abstained = goals.is_empty().then(|| furthest.unwrap_or(Reason::NoAsk).code());
    Relabeled { goals, abstained }
}

/// A candidate with what orders it.
struct Ranked {
    candidate: Candidate,
    made: Made,
    coverage: f32,
    rank: f32,
}

/// The candidates, best first: by confidence were all claims supported. A goal over several steps teaches more than
/// one over one, which is worth a tenth, and each further step a hundredth.
fn rank(proposals: Proposals, live: &Live) -> Vec<Ranked> {
    let made: Vec<Made> = (0..proposals.candidates.len()).map(|at| proposals.made(at)).collect();
    let ranked = |(candidate, made): (Candidate, Made)| {
        let coverage = live.coverage(&candidate.steps);
        let steps = candidate.steps.len();
        let worth = steps.clamp(1, 10) as f32 * 0.01 + if steps > 1 { 0.09 } else { 0.0 };
        let rank = confidence::confidence(&candidate, coverage, 1.0) + worth;
        Ranked { candidate, made, coverage, rank }
    };
    let mut ranked: Vec<Ranked> = proposals.candidates.into_iter().zip(made).map(ranked).collect();
    // Stable: equals stay in the order proposed.
    ranked.sort_by(|a, b| {
        b.rank.total_cmp(&a.rank).then_with(|| b.candidate.steps.last().cmp(&a.candidate.steps.last()))
    });
    ranked
}

/// Goals over more of the same steps than this are one goal said twice.
const MAX_OVERLAP: f32 = 0.6;

fn repeats(goals: &[Hindsight], candidate: &Candidate, reading: &Reading<'_>) -> bool {
    let is_write = |step: &&u32| reading.steps[**step as usize].effect == Effect::Write;
    // Who asks for a thing to be done asks for more than what was looked up for it.
    let does_other = |known: &Hindsight| {
        let done = known.kept_steps.iter().filter(is_write);
        !done.eq(candidate.steps.iter().filter(is_write))
    };
    goals.iter().any(|known| {
        known.goal == candidate.goal
            || overlap(&known.kept_steps, &candidate.steps) > MAX_OVERLAP && !does_other(known)
    })
}

fn abstain(reason: Reason) -> Relabeled {
    Relabeled { goals: Vec::new(), abstained: Some(reason.code()) }
}

/// Guards, verifier and confidence; what passes becomes a goal.
fn judge(
    ranked: Ranked,
    reading: &Reading<'_>,
    live: &Live,
    options: &RelabelOptions,
) -> Result<Hindsight, Reason> {
    let Ranked { mut candidate, made, coverage, .. } = ranked;
    let (Some(&first), Some(&last)) = (candidate.steps.first(), candidate.steps.last()) else {
        return Err(Reason::NoAsk);
    };
    guards::check(&candidate, reading)?;
    let strategy = live.strategy(&candidate.steps);
    let made = vouch::settle_answer(&mut candidate, made, reading, live);
    if coverage < MIN_COVERAGE {
        return Err(Reason::SliceTooThin);
    }
    let grounding = ground::verify(&candidate.goal, Some(&candidate.answer), reading, Some(&candidate.steps));
    let grounded = grounded_share(&grounding);
    let stands = |claim: &ground::Claim| claim.supported || vouch::vouches(claim, &candidate, reading, made);
    if !grounding.claims.iter().all(stands) {
        return Err(Reason::Ungrounded);
    }
    let confidence = confidence::confidence(&candidate, coverage, grounded);
    if confidence < options.min_confidence {
        return Err(if candidate.trivial { Reason::TooTrivial } else { Reason::LowConfidence });
    }
    Ok(Hindsight {
        strategy,
        first_step: first,
        last_step: last,
        thoughts: options.thoughts.of(reading, &candidate.steps, &candidate.goal, options.seed),
        confidence,
        difficulty: difficulty(reading, &candidate.steps),
        goal: candidate.goal,
        answer: candidate.answer,
        wording: candidate.wording,
        kept_steps: candidate.steps,
        slots: candidate.slots,
        evidence: candidate.evidence,
    })
}

fn grounded_share(grounding: &ground::Grounding) -> f32 {
    if grounding.claims.is_empty() {
        return 1.0;
    }
    let supported = grounding.claims.iter().filter(|claim| claim.supported).count();
    supported as f32 / grounding.claims.len() as f32
}

fn difficulty(reading: &Reading<'_>, steps: &[u32]) -> &'static str {
    match steps {
        [_] => "easy",
        steps if slice::is_chain(reading, steps) => "hard",
        _ => "medium",
    }
}

/// The shared share of two sets of steps.
fn overlap(a: &[u32], b: &[u32]) -> f32 {
    let shared = a.iter().filter(|step| b.contains(step)).count();
    shared as f32 / (a.len() + b.len() - shared) as f32
}
