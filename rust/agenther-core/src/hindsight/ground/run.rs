//! The evidence of a run, read as far as its goals need it.

use std::cell::OnceCell;

use super::step::StepEvidence;
use crate::reading::Reading;
use crate::text::words::{stem_hash, words};

/// What the steps of a run show, each read when a goal first keeps it.
#[derive(Debug)]
pub(crate) struct RunEvidence {
    pub(super) steps: Vec<OnceCell<Box<StepEvidence>>>,
    /// Stems of the descriptions of the tools.
    tools: Vec<OnceCell<Vec<u64>>>,
}

impl RunEvidence {
    /// Nothing read yet of a run of so many steps and tools.
    pub(crate) fn new(steps: usize, tools: usize) -> Self {
        RunEvidence {
            steps: std::iter::repeat_with(OnceCell::new).take(steps).collect(),
            tools: std::iter::repeat_with(OnceCell::new).take(tools).collect(),
        }
    }

    pub(super) fn step<'e>(&'e self, reading: &Reading<'_>, index: u32) -> &'e StepEvidence {
        self.steps[index as usize].get_or_init(|| Box::new(StepEvidence::new(reading, index)))
    }

    /// Stems of the description of a tool and its parameters, sorted: the words a request for it is made of.
    pub(super) fn tool<'e>(&'e self, reading: &Reading<'_>, tool: usize) -> &'e [u64] {
        self.tools[tool].get_or_init(|| {
            let tool = &reading.tools()[tool];
            let parameters = tool.parameters.iter().filter_map(|parameter| parameter.description.as_deref());
            let texts = tool.description.as_deref().into_iter().chain(parameters);
            let mut stems: Vec<u64> = texts.flat_map(words).map(|word| stem_hash(word.text)).collect();
            stems.sort_unstable();
            stems.dedup();
            stems
        })
    }
}
