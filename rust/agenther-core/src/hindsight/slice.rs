//! Slices: which part of a run a set of steps is, and whether it stands on its own.

use std::collections::HashSet;

use super::Strategy;
use super::provenance::Source;
use super::wording::is_opaque;
use crate::reading::Reading;
use crate::signals::effect::Effect;
use crate::signals::tool_status::Status;

/// The steps of a run that did something: calls that worked, each distinct one once.
#[derive(Debug, Default)]
pub struct Live {
    steps: Vec<u32>,
    returned: bool,
}

impl Live {
    /// Collects them in one pass.
    pub fn of(reading: &Reading<'_>) -> Self {
        let mut seen = HashSet::new();
        let mut returned = false;
        let steps = reading
            .steps
            .iter()
            .enumerate()
            .filter(|(_, read)| {
                matches!(read.status, Status::Ok | Status::Empty)
                    && matches!(read.effect, Effect::Read | Effect::Write)
                    && seen.insert((read.step.action_name, read.step.action_input))
            })
            .map(|(step, read)| {
                returned |= read.status == Status::Ok;
                step as u32
            })
            .collect();
        Live { steps, returned }
    }

    /// Whether one of them returned something.
    pub fn returned(&self) -> bool {
        self.returned
    }

    /// What part of the run ascending `steps` are.
    pub fn strategy(&self, steps: &[u32]) -> Strategy {
        if self.steps.last() <= steps.last() {
            Strategy::Final
        } else if self.steps.first() >= steps.first() {
            Strategy::Future
        } else {
            Strategy::Episode
        }
    }

    /// The share of the live steps between the first and the last of `steps` that `steps` keep.
    pub fn coverage(&self, steps: &[u32]) -> f32 {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return 0.0 };
        let from = self.steps.partition_point(|step| step < first);
        let to = self.steps.partition_point(|step| step <= last);
        let kept = steps.iter().filter(|step| self.steps.binary_search(step).is_ok()).count();
        if to == from { 1.0 } else { (kept as f32 / (to - from) as f32).min(1.0) }
    }
}

/// Whether every identifier that `steps` take from an observation comes from one of them, or is stated.
pub fn is_closed(reading: &Reading<'_>, steps: &[u32], stated: &[&str]) -> bool {
    steps.iter().all(|&step| {
        reading.provenance().arguments(step as usize).iter().all(|argument| match argument.source {
            Source::Observation { step: parent, .. } if is_opaque(&argument.value) => {
                steps.binary_search(&parent).is_ok() || stated.contains(&argument.value.trim())
            }
            _ => true,
        })
    })
}

/// The steps whose observations `sink` depends on, itself included, ascending.
pub fn backward(reading: &Reading<'_>, sink: u32) -> Vec<u32> {
    let mut slice = HashSet::from([sink]);
    let mut open = vec![sink];
    while let Some(step) = open.pop() {
        open.extend(
            reading.provenance().parents(step as usize).into_iter().filter(|&parent| slice.insert(parent)),
        );
    }
    let mut slice: Vec<u32> = slice.into_iter().collect();
    slice.sort_unstable();
    slice
}

/// Whether ascending `steps` depend on each other: the last needs what the others returned.
pub fn is_chain(reading: &Reading<'_>, steps: &[u32]) -> bool {
    let Some(&sink) = steps.last() else { return false };
    backward(reading, sink).iter().any(|step| *step != sink && steps.contains(step))
}
