//! Which numbers a run had seen when: what a claim must rest on.

use std::collections::HashMap;

use super::{Hit, Signals};
use crate::reading::Reading;
use crate::text::facts::{Fact, FactKind, facts};
use crate::trajectory::Field;

/// The moment at which something became known: user turns before the step's own call, observations
/// after it.
type Moment = u32;

/// When the user's words before `step` are known.
fn before(step: usize) -> Moment {
    2 * step as u32 + 1
}

/// When the observation of `step` is known.
fn after(step: usize) -> Moment {
    2 * step as u32 + 2
}

/// Numbers by the moment they were first known.
#[derive(Debug, Default)]
pub struct Grounded {
    known: HashMap<i64, Moment>,
    /// The values of observations that have few: what simple arithmetic may combine.
    small: Vec<(Moment, Vec<f64>)>,
}

/// An observation with more numbers is a table: of its numbers some combination always fits.
const FEW: usize = 12;

/// How many of the latest small observations take part in arithmetic.
const RECENT: usize = 12;

impl Grounded {
    /// The numbers of prompt, policy, user turns and observations.
    pub fn new(reading: &Reading<'_>) -> Self {
        let mut grounded = Grounded::default();
        grounded.learn(reading.prompt_facts(), 0);
        grounded.learn(&reading.run.system.map(facts).unwrap_or_default(), 0);
        for (at, step) in reading.steps.iter().enumerate() {
            grounded.learn(&step.step.user.map(facts).unwrap_or_default(), before(at));
            grounded.learn(step.facts(), after(at));
            let values: Vec<f64> = step.facts().iter().filter_map(amount).take(FEW + 1).collect();
            if (1..=FEW).contains(&values.len()) {
                grounded.small.push((after(at), values));
            }
        }
        grounded
    }

    fn learn(&mut self, facts: &[Fact<'_>], moment: Moment) {
        for value in facts.iter().filter_map(|fact| fact.value) {
            self.known.entry(key(value)).or_insert(moment);
        }
    }

    /// Whether simple arithmetic on the numbers of one earlier observation gives the value.
    fn computes(&self, value: f64, moment: Moment) -> bool {
        let earlier = self.small.iter().rev().filter(|(known, _)| *known <= moment);
        earlier.take(RECENT).any(|(_, values)| follows(value, values))
    }

    fn knows(&self, value: f64, moment: Moment) -> bool {
        self.known.get(&key(value)).is_some_and(|known| *known <= moment)
    }
}

/// Equal amounts have equal keys, whatever their writing: 5.30 is 5.3.
fn key(value: f64) -> i64 {
    (value * 1e4).round() as i64
}

/// The most claims of one text that are checked, and that take part in its arithmetic.
const MAX_CLAIMS: usize = 48;

/// Smaller whole numbers count, list and rank; they are seldom claims.
const TRIVIAL: f64 = 12.0;

/// The numbers in `text`, written at `step` (`None`: at the end), that rest on nothing: neither known
/// by then, nor what one operation makes of two known numbers of the same text, nor their sum.
pub fn ungrounded(signals: &Signals<'_, '_>, text: &str, step: Option<usize>, place: Hit) -> Vec<Hit> {
    let claims: Vec<Fact<'_>> = facts(text).into_iter().filter(is_claim).take(MAX_CLAIMS).collect();
    if claims.is_empty() {
        return Vec::new();
    }
    let moment = step.map_or(Moment::MAX, before);
    let value = |fact: &Fact<'_>| fact.value.unwrap_or_default();
    let grounded = signals.grounded();
    let (known, unknown): (Vec<_>, Vec<_>) = claims
        .iter()
        .partition(|fact| grounded.knows(value(fact), moment) || is_written(signals, fact.text, step));
    let known: Vec<f64> = known.into_iter().map(value).collect();
    unknown.into_iter().filter(|fact| !follows(value(fact), &known)).map(|fact| place.at(fact.span)).collect()
}

/// The value of a fact that is an amount.
fn amount(fact: &Fact<'_>) -> Option<f64> {
    let is_amount =
        matches!(fact.kind, FactKind::Number | FactKind::Money | FactKind::Quantity | FactKind::Percent);
    fact.value.filter(|_| is_amount)
}

fn is_claim(fact: &Fact<'_>) -> bool {
    let Some(value) = amount(fact).map(f64::abs) else { return false };
    value > TRIVIAL || value.fract() != 0.0 || fact.kind == FactKind::Money && value != 0.0
}

/// Whether the digits stand in an earlier text as part of something else: a code, a time, a range.
fn is_written(signals: &Signals<'_, '_>, text: &str, step: Option<usize>) -> bool {
    let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
    let end = step.unwrap_or(signals.run().steps.len());
    let said = signals.run().steps[..end].iter().flat_map(|step| [step.user, step.observation]);
    let at_hand = step.and_then(|at| signals.run().steps[at].user);
    said.chain([at_hand, signals.run().original_prompt, signals.run().system])
        .flatten()
        .any(|text| memchr::memmem::find(text.as_bytes(), digits.as_bytes()).is_some())
}

/// Whether simple arithmetic on known numbers of the same text gives the value.
fn follows(value: f64, known: &[f64]) -> bool {
    let is = |result: f64| key(result) == key(value) || (result - value).abs() < 0.006;
    is(known.iter().sum())
        || known.iter().enumerate().any(|(at, a)| {
            known[at..].iter().any(|b| is(a + b) || is(a - b) || is(b - a) || is(a * b))
                || (2..=9).any(|times| is(a * f64::from(times)))
        })
}

/// The hits in the final answer.
pub fn ungrounded_answer(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(answer) = signals.run().final_answer else { return Vec::new() };
    ungrounded(signals, answer, None, Hit::field(Field::FinalAnswer))
}
