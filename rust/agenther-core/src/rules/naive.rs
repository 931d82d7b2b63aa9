//! A slow interpreter of the same rules: the oracle of the property tests and the fuzz target.
//!
//! It shares nothing with [`super::evaluate`] but the types of hits and conditions: literals are
//! compared at every byte, patterns are compiled anew, signals are computed anew, conditions are
//! walked as they were written.

use super::condition::{Condition, Position, Slice, regex};
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
        Condition::Literals { literals, ignore_case, slices, threshold } => {
            let mut hits = Vec::new();
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
            kept(hits, |count| threshold.holds(count))
        }
        Condition::Regex { pattern, slices, threshold } => {
            let pattern = regex(pattern).ok()?;
            let mut hits = Vec::new();
            for slice in slices {
                for (place, offset, text) in texts(run, *slice) {
                    hits.extend(
                        pattern
                            .find_iter(&text)
                            .map(|m| place.at(Span::new(offset + m.start(), offset + m.end()))),
                    );
                }
            }
            kept(hits, |count| threshold.holds(count))
        }
        Condition::Signal { signal, position, threshold } => {
            let reading = Reading::new(run);
            let signals = Signals::new(&reading);
            let mut hits = (SIGNALS[*signal].find)(&signals);
            let calls: Vec<u32> = signals.calls_at().collect();
            match position {
                Position::Any => {}
                Position::First => {
                    hits.retain(|hit| hit.step.is_some() && hit.step == calls.first().copied())
                }
                Position::Last => hits.retain(|hit| hit.step.is_some() && hit.step == calls.last().copied()),
            }
            kept(hits, |count| threshold.holds(count))
        }
    }
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
