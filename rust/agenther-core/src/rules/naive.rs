//! A slow interpreter of the same rules: the oracle of the property tests and the fuzz target.
//!
//! It shares nothing with [`super::evaluate`] but the types of hits and conditions: literals are
//! compared at every byte, patterns are compiled anew, signals are computed anew, conditions are
//! walked as they were written.

use super::condition::{Condition, Order, Position, Sequence, Slice, regex};
use super::evaluate::MAX_HITS;
use super::{Rule, Rules};
use crate::reading::Reading;
use crate::signals::{Hit, SIGNALS, Signals};
use crate::trajectory::{Field, Span, Trajectory};

/// The identifiers of the active rules that fire on a run, each with its hits.
pub fn evaluate<'r>(rules: &'r Rules, run: &Trajectory<'_>) -> Vec<(&'r Rule, Vec<Hit>)> {
    let active = rules.rules().iter().filter(|rule| rule.is_active());
    active.filter_map(|rule| Some((rule, holds(&rule.condition, run)?))).collect()
}

fn holds(condition: &Condition, run: &Trajectory<'_>) -> Option<Vec<Hit>> {
    match condition {
        Condition::All(conditions) => {
            let results: Vec<_> = conditions.iter().map(|condition| holds(condition, run)).collect();
            results.iter().all(Option::is_some).then(|| results.into_iter().flatten().flatten().collect())
        }
        Condition::Any(conditions) => {
            let results: Vec<_> = conditions.iter().map(|condition| holds(condition, run)).collect();
            results.iter().any(Option::is_some).then(|| results.into_iter().flatten().flatten().collect())
        }
        Condition::Not(condition) => match holds(condition, run) {
            Some(_) => None,
            None => Some(Vec::new()),
        },
        Condition::Count(conditions, threshold) => {
            let results: Vec<_> = conditions.iter().map(|condition| holds(condition, run)).collect();
            let holding = results.iter().filter(|result| result.is_some()).count();
            threshold.holds(holding).then(|| results.into_iter().flatten().flatten().collect())
        }
        Condition::Sequence(sequence) => in_order(sequence, run),
        Condition::Literals { threshold, .. }
        | Condition::Regex { threshold, .. }
        | Condition::Signal { threshold, .. } => kept(hits(condition, run), |count| threshold.holds(count)),
    }
}

/// Whether a condition holds at a step: as in a run of which only the hits at that step are known.
fn holds_at(condition: &Condition, run: &Trajectory<'_>, step: usize) -> Option<Vec<Hit>> {
    let all = |conditions: &[Condition]| -> Vec<_> {
        conditions.iter().map(|condition| holds_at(condition, run, step)).collect()
    };
    let (enough, results) = match condition {
        Condition::All(conditions) => {
            let results = all(conditions);
            (results.iter().all(Option::is_some), results)
        }
        Condition::Any(conditions) => {
            let results = all(conditions);
            (results.iter().any(Option::is_some), results)
        }
        Condition::Count(conditions, threshold) => {
            let results = all(conditions);
            (threshold.holds(results.iter().flatten().count()), results)
        }
        Condition::Not(condition) => (holds_at(condition, run, step).is_none(), Vec::new()),
        // The reader refuses a sequence in a step.
        Condition::Sequence(_) => (false, Vec::new()),
        Condition::Literals { threshold, .. }
        | Condition::Regex { threshold, .. }
        | Condition::Signal { threshold, .. } => {
            let mut hits = hits(condition, run);
            hits.retain(|hit| hit.step == Some(step as u32));
            return kept(hits, |count| threshold.holds(count));
        }
    };
    enough.then(|| results.into_iter().flatten().flatten().collect())
}

/// Every pair of steps is looked at.
fn in_order(sequence: &Sequence, run: &Trajectory<'_>) -> Option<Vec<Hit>> {
    let steps = 0..run.steps.len();
    let first: Vec<_> = steps.clone().map(|at| holds_at(&sequence.first, run, at)).collect();
    let second: Vec<_> = steps.clone().map(|at| holds_at(&sequence.second, run, at)).collect();
    let mut shown = Vec::new();
    for at in steps.clone().filter(|at| first[*at].is_some()) {
        let near = steps
            .clone()
            .find(|next| *next > at && next - at <= sequence.within as usize && second[*next].is_some());
        match sequence.order {
            Order::Then => shown.extend(near.into_iter().flat_map(|next| [(at, &first), (next, &second)])),
            Order::Never if near.is_none() => shown.push((at, &first)),
            Order::Never => {}
        }
    }
    let mut evidence: Vec<Hit> = Vec::new();
    for (at, of) in &shown {
        let mut hits = of[*at].clone().unwrap_or_default();
        if hits.is_empty() {
            hits.push(Hit { step: Some(*at as u32), field: None, span: None });
        }
        for hit in hits {
            if !evidence.contains(&hit) {
                evidence.push(hit);
            }
        }
    }
    evidence.truncate(MAX_HITS);
    (!shown.is_empty()).then_some(evidence)
}

/// The hits of a leaf, wherever they are.
fn hits(leaf: &Condition, run: &Trajectory<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    match leaf {
        Condition::Literals { literals, ignore_case, slices, .. } => {
            for slice in slices {
                for (place, offset, text) in texts(run, *slice) {
                    let mut here = occurrences(&text, literals, *ignore_case);
                    // The order in which an automaton meets them: by end, longer ones first.
                    here.sort_by_key(|&(start, end)| (end, start));
                    hits.extend(
                        here.into_iter()
                            .map(|(start, end)| place.at(Span::new(offset + start, offset + end))),
                    );
                }
            }
        }
        Condition::Regex { pattern, slices, .. } => {
            let Ok(pattern) = regex(pattern) else { return hits };
            for slice in slices {
                for (place, offset, text) in texts(run, *slice) {
                    hits.extend(
                        pattern
                            .find_iter(&text)
                            .map(|m| place.at(Span::new(offset + m.start(), offset + m.end()))),
                    );
                }
            }
        }
        Condition::Signal { signal, position, .. } => {
            let reading = Reading::new(run);
            let signals = Signals::new(&reading);
            hits = (SIGNALS[*signal].find)(&signals);
            let calls: Vec<u32> = signals.calls_at().collect();
            match position {
                Position::Any => {}
                Position::First => {
                    hits.retain(|hit| hit.step.is_some() && hit.step == calls.first().copied())
                }
                Position::Last => hits.retain(|hit| hit.step.is_some() && hit.step == calls.last().copied()),
            }
        }
        _ => {}
    }
    hits
}

fn kept(mut hits: Vec<Hit>, holds: impl Fn(usize) -> bool) -> Option<Vec<Hit>> {
    let holds = holds(hits.len());
    hits.truncate(MAX_HITS);
    holds.then_some(hits)
}

fn occurrences(text: &str, literals: &[String], ignore_case: bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for literal in literals {
        for start in 0..text.len() {
            let Some(window) = text.as_bytes().get(start..start + literal.len()) else { continue };
            let same = if ignore_case {
                window.eq_ignore_ascii_case(literal.as_bytes())
            } else {
                window == literal.as_bytes()
            };
            if same {
                found.push((start, start + literal.len()));
            }
        }
    }
    found
}

fn texts(run: &Trajectory<'_>, slice: Slice) -> Vec<(Hit, usize, String)> {
    let mut texts = Vec::new();
    match slice.field {
        Field::OriginalPrompt => {
            texts.extend(run.original_prompt.map(|text| (Hit::field(slice.field), text)))
        }
        Field::System => texts.extend(run.system.map(|text| (Hit::field(slice.field), text))),
        Field::FinalAnswer => texts.extend(run.final_answer.map(|text| (Hit::field(slice.field), text))),
        _ => {
            for (at, step) in run.steps.iter().enumerate() {
                let text = match slice.field {
                    Field::User => step.user,
                    Field::Thought => step.thought,
                    Field::ActionName => step.action_name,
                    Field::ActionInput => step.action_input,
                    _ => step.observation,
                };
                texts.extend(text.map(|text| (Hit::step(at, slice.field), text)));
            }
            match slice.position {
                Position::Any => {}
                Position::First => texts.truncate(1),
                Position::Last => texts = texts.pop().into_iter().collect(),
            }
        }
    }
    texts
        .into_iter()
        .map(|(hit, text)| {
            let mut end = text.len().min(slice.head.map_or(usize::MAX, |bytes| bytes as usize));
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let mut start = slice.tail.map_or(0, |bytes| end.saturating_sub(bytes as usize));
            while !text.is_char_boundary(start) {
                start += 1;
            }
            (hit, start, text[start..end].to_owned())
        })
        .collect()
}
