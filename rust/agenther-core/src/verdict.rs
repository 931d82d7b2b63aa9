//! What `classify` says of a run.

use crate::reading::Reading;
use crate::rules::{Fired, Rule, Rules};
use crate::signals::tool_status::Status;
use crate::signals::{Hit, Signals};
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
    /// The type that the rule speaks for; none where it speaks for a label of no type.
    pub failure_type: Option<FailureType>,
    /// The label that the rule speaks for, where a pack declares it.
    pub label: Option<&'r str>,
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
    /// The labels that packs declare and a rule that fired speaks for, each once, in the order of rules.
    pub labels: Vec<&'r str>,
    /// Every hit, in the order of steps; what the prompt or the policy says of a value comes right behind the value.
    pub evidence: Vec<Evidence<'r>>,
}

/// Scores of the types before any rule speaks, in the order of [`FailureType::ALL`]: most failures
/// that leave no trace are wrong results, and runs off the topic are rare.
pub const TYPE_PRIOR: [f32; 6] = [0.0, 0.0, 1.0, 0.0, 0.0, -1.0];

/// Severity of a type where no rule of its label fired.
pub const TYPE_SEVERITY: [f32; 6] = [0.4, 0.7, 0.5, 0.5, 0.8, 0.9];

/// What each kindred rule beyond the loudest adds to the score of a type: they mostly say the same thing again.
const KINDRED_SHARE: f32 = 0.25;

/// Stage 1: classifies a run (docs/verdicts.md says the same to users). Deterministic; reads no label but `success` and `reward`, and those
/// decide `is_failure` and what follows from it (`failure_type`, `severity`, `failed_step`) alone.
///
/// * `failure_probability` = σ(prior + scale · Σ over groups of say(weights of the rules that fired)), where
///   say(w) = max(w⁺) + k (Σ w⁺ − max(w⁺)) + min(w⁻) + k (Σ w⁻ − min(w⁻)), over positive and negative
///   weights apart. Prior, scale and the kindred share k, by default ¼, are those of the pack. The scale, below 1, takes back what groups that
///   are not independent say twice. The prior is the share of failures of the sources it was fitted on, and
///   of yours it may be another.
/// * `is_failure` = not `success`; without it `reward` < 1; without both `failure_probability` ≥
///   the pack's threshold.
/// * `scores` = softmax over types of ([`TYPE_PRIOR`] + Σ over groups of say(type weights of the rules
///   of that label that fired)); `failure_type` is the highest, the earlier one of equals.
/// * `severity` = the highest of the rules that fired and speak for that type (type weight > 0), else [`TYPE_SEVERITY`].
/// * `weight` = min(training weights of the rules that fired) · (½ + ½ · usable share of the calls).
///   A call is usable if it worked and repeats no earlier one.
/// * `recoverable` = some call is usable and no rule fired that rules it out.
/// * `failed_step` = the first hit of the loudest of those rules. Where its hits are in the answer or
///   in the run as a whole: the first thought or arguments in which a rule marks made-up or forbidden
///   content, which the answer then only repeats; else the last step.
pub fn classify<'r>(reading: &Reading<'_>, rules: &'r Rules) -> Verdict<'r> {
    let signals = Signals::new(reading);
    let fired = rules.evaluate(&signals);
    let said = say_of_groups(fired.iter().map(|fired| (fired.rule, fired.rule.weight)), rules.kindred_share);
    let log_odds = rules.prior + rules.scale * said;
    let failure_probability = 1.0 / (1.0 + (-log_odds).exp());
    let scores = scores(&fired);
    let is_failure = match (reading.run.success, reading.run.reward) {
        (Some(success), _) => !success,
        (None, Some(reward)) => reward < 1.0,
        (None, None) => failure_probability >= rules.threshold,
    };
    let failure_type = is_failure.then(|| likeliest(&scores));
    let speaking = || {
        fired.iter().filter(|fired| fired.rule.failure_type == failure_type && fired.rule.type_weight > 0.0)
    };
    let usable = usable_share(&signals);
    let cap = fired.iter().map(|fired| fired.rule.training_weight).fold(1.0, f32::min);
    Verdict {
        is_failure,
        failure_type,
        failure_probability,
        scores,
        severity: failure_type.map_or(0.0, |failure_type| {
            speaking()
                .map(|fired| fired.rule.severity)
                .reduce(f32::max)
                .unwrap_or(TYPE_SEVERITY[failure_type as usize])
        }),
        weight: cap * (0.5 + 0.5 * usable),
        recoverable: usable > 0.0 && fired.iter().all(|fired| fired.rule.recoverable),
        failed_step: failure_type.and_then(|_| failed_step(speaking(), &fired, reading.steps.len())),
        labels: labels(&fired),
        evidence: evidence(&fired),
    }
}

fn labels<'r>(fired: &[Fired<'r>]) -> Vec<&'r str> {
    let mut labels = Vec::new();
    for label in fired.iter().filter(|fired| fired.rule.speaks()).filter_map(|fired| fired.rule.own_label()) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// What the rules say together, each with its weight: kindred rules share their say.
fn say_of_groups<'r>(weighted: impl Iterator<Item = (&'r Rule, f32)>, kindred_share: f32) -> f32 {
    let mut groups: Vec<(&str, Say)> = Vec::new();
    for (rule, weight) in weighted {
        match groups.iter_mut().find(|(group, _)| *group == rule.group) {
            Some((_, say)) => say.add(weight),
            None => {
                let mut say = Say::default();
                say.add(weight);
                groups.push((&rule.group, say));
            }
        }
    }
    groups.iter().map(|(_, say)| say.total(kindred_share)).sum()
}

/// The weights of one group.
#[derive(Debug, Default)]
struct Say {
    highest: f32,
    positive: f32,
    lowest: f32,
    negative: f32,
}

impl Say {
    fn add(&mut self, weight: f32) {
        self.highest = self.highest.max(weight);
        self.positive += weight.max(0.0);
        self.lowest = self.lowest.min(weight);
        self.negative += weight.min(0.0);
    }

    fn total(&self, kindred_share: f32) -> f32 {
        let share = |loudest: f32, all: f32| loudest + kindred_share * (all - loudest);
        share(self.highest, self.positive) + share(self.lowest, self.negative)
    }
}

fn scores(fired: &[Fired<'_>]) -> [f32; 6] {
    let mut scores = TYPE_PRIOR;
    for failure_type in FailureType::ALL {
        let of_label = fired.iter().filter(|fired| fired.rule.failure_type == Some(failure_type));
        scores[failure_type as usize] +=
            say_of_groups(of_label.map(|fired| (fired.rule, fired.rule.type_weight)), KINDRED_SHARE);
    }
    let exponentials = scores.map(f32::exp);
    let sum: f32 = exponentials.iter().sum();
    exponentials.map(|exponential| exponential / sum)
}

fn likeliest(scores: &[f32; 6]) -> FailureType {
    FailureType::ALL.into_iter().fold(FailureType::ALL[0], |best, candidate| {
        if scores[candidate as usize] > scores[best as usize] { candidate } else { best }
    })
}

/// The share of calls that worked and repeat no earlier one.
fn usable_share(signals: &Signals<'_, '_>) -> f32 {
    let mut repeated = signals.repeated_steps().peekable();
    let (mut calls, mut usable) = (0u32, 0u32);
    for (at, step) in
        signals.reading().steps.iter().enumerate().filter(|(_, step)| step.status != Status::NoCall)
    {
        calls += 1;
        let repeats = repeated.next_if_eq(&(at as u32)).is_some();
        usable += u32::from(step.status == Status::Ok && !repeats);
    }
    if calls == 0 { 0.0 } else { usable as f32 / calls as f32 }
}

/// The first hit of the loudest rule of the type. Where its hits are in the answer or in the run as a
/// whole, the answer may only repeat what went wrong before: then the first thing the agent wrote that a
/// rule on its content marks (a made-up value, a broken constraint), else the last step.
fn failed_step<'f>(
    speaking: impl Iterator<Item = &'f Fired<'f>>,
    fired: &[Fired<'_>],
    steps: usize,
) -> Option<u32> {
    let last = u32::try_from(steps.checked_sub(1)?).ok()?;
    let loudest = speaking.reduce(|best, fired| {
        let loudness = |fired: &Fired<'_>| (fired.rule.type_weight, fired.rule.weight);
        if loudness(fired) > loudness(best) { fired } else { best }
    });
    let named = loudest.and_then(|fired| fired.hits.iter().find_map(|hit| hit.step));
    Some(named.or_else(|| first_written(fired)).unwrap_or(last))
}

/// The first step in whose thought or arguments a rule marks made-up or forbidden content.
fn first_written(fired: &[Fired<'_>]) -> Option<u32> {
    let of_content = fired.iter().filter(|fired| {
        fired.rule.speaks()
            && matches!(
                fired.rule.failure_type,
                Some(FailureType::Hallucination | FailureType::ConstraintViolation)
            )
    });
    let written = |hit: &&Hit| matches!(hit.field, Some(Field::Thought | Field::ActionInput));
    of_content.flat_map(|fired| fired.hits.iter().filter(written)).filter_map(|hit| hit.step).min()
}

fn evidence<'r>(fired: &[Fired<'r>]) -> Vec<Evidence<'r>> {
    let mut evidence: Vec<(u32, Evidence<'r>)> = fired
        .iter()
        .filter(|fired| fired.rule.speaks())
        .flat_map(|fired| {
            // A rule that fires on an absence points at the run as a whole.
            let hits = if fired.hits.is_empty() { &[Hit::RUN] } else { fired.hits.as_slice() };
            // A signal of degree hits one place as often as its degree: the place is evidence once.
            let places = hits.iter().enumerate().filter(|(at, hit)| *at == 0 || hits[at - 1] != **hit);
            let mut last = u32::MAX;
            places.map(move |(_, hit)| {
                // What the prompt or the policy says of a value, such as the bound that it breaks, stays behind it.
                let is_stated = matches!(hit.field, Some(Field::OriginalPrompt | Field::System));
                last = hit.step.unwrap_or(if is_stated { last } else { u32::MAX });
                let evidence = Evidence {
                    rule: &fired.rule.id,
                    failure_type: fired.rule.failure_type,
                    label: fired.rule.own_label(),
                    step: hit.step,
                    field: hit.field,
                    span: hit.span,
                };
                (last, evidence)
            })
        })
        .collect();
    // Stable: hits of one step stay in the order of the rules. The run as a whole comes last.
    evidence.sort_by_key(|(step, _)| *step);
    evidence.into_iter().map(|(_, evidence)| evidence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::{Step, Trajectory};

    fn verdict(run: &Trajectory<'_>) -> Verdict<'static> {
        classify(&Reading::new(run), Rules::default_pack())
    }

    fn stuck() -> Trajectory<'static> {
        let step = Step {
            thought: Some("I look it up"),
            action_name: Some("search"),
            action_input: Some("copper wire prices"),
            observation: Some("Could not find copper wire prices."),
            ..Step::default()
        };
        Trajectory {
            original_prompt: Some("What does copper wire cost?"),
            steps: vec![step; 5],
            ..Trajectory::default()
        }
    }

    #[test]
    fn kindred_rules_share_their_say() {
        let mut say = Say::default();
        [2.0, 1.0, 1.0, -1.0, -1.0].into_iter().for_each(|weight| say.add(weight));
        assert_eq!(say.total(KINDRED_SHARE), 2.5 - 1.25);
        assert_eq!(say.total(1.0), 4.0 - 2.0);
    }

    #[test]
    fn the_label_changes_nothing_but_what_follows_from_it() {
        let unlabelled = verdict(&stuck());
        for (success, reward) in
            [(Some(true), None), (Some(false), None), (None, Some(1.0)), (None, Some(0.5))]
        {
            let labelled = verdict(&Trajectory { success, reward, ..stuck() });
            assert_eq!(labelled.is_failure, success.map_or(reward < Some(1.0), |success| !success));
            assert_eq!(labelled.failure_probability, unlabelled.failure_probability);
            assert_eq!(labelled.scores, unlabelled.scores);
            assert_eq!(labelled.weight, unlabelled.weight);
            assert_eq!(labelled.evidence, unlabelled.evidence);
            assert_eq!(labelled.failure_type.is_some(), labelled.is_failure);
        }
    }

    #[test]
    fn a_loop_without_an_answer_is_incomplete_and_begins_with_its_first_repeat() {
        let verdict = verdict(&stuck());
        assert!(verdict.is_failure && verdict.failure_probability > 0.8);
        assert_eq!(verdict.failure_type, Some(FailureType::Incomplete));
        assert!(verdict.evidence.iter().any(|evidence| evidence.step == Some(1)));
        assert!(!verdict.recoverable);
    }

    #[test]
    fn an_answer_that_repeats_what_was_made_up_is_not_where_the_run_failed() {
        let fired = |id: &str, hit| {
            let rule = Rules::default_pack().rules().iter().find(|rule| rule.id == id).unwrap();
            Fired { rule, hits: vec![hit] }
        };
        let answer = fired("wrong_result/answer-not-observed", Hit::field(Field::FinalAnswer));
        let made_up = fired("hallucination/placeholder-content", Hit::step(1, Field::Thought));
        let refused = fired("tool_error/timed-out", Hit::step(2, Field::Observation));
        let step = |all: &[Fired<'static>]| failed_step(all[..1].iter(), all, 5);
        assert_eq!(step(&[answer.clone(), made_up]), Some(1));
        assert_eq!(step(&[answer.clone(), refused]), Some(4));
        assert_eq!(step(&[answer]), Some(4));
    }

    #[test]
    fn a_broken_bound_stands_behind_the_value_that_breaks_it() {
        let call = |tool, input| Step {
            action_name: Some(tool),
            action_input: Some(input),
            observation: Some("ok"),
            ..Step::default()
        };
        let run = Trajectory {
            original_prompt: Some("Book a hotel for at most $100 and a car for at most $30."),
            steps: vec![
                call("book_hotel", r#"{"price": 150}"#),
                call("book_car", r#"{"price": 20}"#),
                call("book_car", r#"{"price": 40}"#),
            ],
            ..Trajectory::default()
        };
        let verdict = verdict(&run);
        let of_bound =
            verdict.evidence.iter().filter(|found| found.rule == "constraint_violation/broken-bound");
        let fields: Vec<_> = of_bound.map(|found| found.field).collect();
        assert!(fields.len() >= 4 && fields.len() % 2 == 0);
        assert!(fields.chunks(2).all(|pair| pair == [Some(Field::ActionInput), Some(Field::OriginalPrompt)]));
    }

    #[test]
    fn a_run_that_never_began_and_one_that_refused_are_incomplete() {
        let failed =
            Trajectory { success: Some(false), original_prompt: Some("Cancel it."), ..Trajectory::default() };
        assert_eq!(verdict(&failed).failure_type, Some(FailureType::Incomplete));
        let refused = Trajectory { final_answer: Some("I cannot assist with this request."), ..failed };
        assert_eq!(verdict(&refused).failure_type, Some(FailureType::Incomplete));
    }

    #[test]
    fn an_empty_run_has_a_verdict() {
        let verdict = verdict(&Trajectory::default());
        assert_eq!(verdict.failed_step, None);
        assert!((verdict.scores.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
