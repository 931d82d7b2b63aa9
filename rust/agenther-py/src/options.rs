//! The options of a call.
//!
//! They travel as a literal input column, the last one, with one JSON object. The other way, keyword
//! arguments, arrives pickled: that needs a pickle reader, is parsed again on every morsel just the
//! same, and hides the options from `LazyFrame.explain`. Both behave alike in `with_columns`, `filter`,
//! `group_by().agg` and streaming, where a literal arrives with length 1.

use std::sync::Arc;

use agenther_core::hindsight::RelabelOptions;
use agenther_core::hindsight::moulds::{Mould, Moulds};
use agenther_core::hindsight::thoughts::Thoughts;
use agenther_core::rules::Rules;
use arrow_array::Array;
use serde::Deserialize;

use crate::columns::{Input, Texts};
use crate::error::Error;
use crate::from_messages::ReadOptions;
use crate::render::RenderOptions;
use crate::rules::RulesOption;

/// What a call may be told. An unknown key is an error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The most goals a run may give.
    pub goals: usize,
    /// Goals below this confidence are dropped.
    pub min_confidence: f32,
    /// Seeds the choice among equivalent phrasings.
    pub seed: u64,
    /// What becomes of the thoughts of kept steps.
    pub thoughts: ThoughtsName,
    /// Sentences of the log's users that goals may be worded with.
    pub moulds: Vec<MouldOption>,
    /// Rules other than the default pack.
    pub rules: Option<RulesOption>,
    /// How to write rows.
    pub render: RenderOptions,
    /// How to read records.
    pub read: ReadOptions,
    /// The id of a run to panic at, so that tests see what comes of a panic. Nothing in the Python
    /// package sets it.
    panic_at: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        let RelabelOptions { goals, min_confidence, seed, .. } = RelabelOptions::default();
        Options {
            goals,
            min_confidence,
            seed,
            thoughts: ThoughtsName::default(),
            moulds: Vec::new(),
            rules: None,
            render: RenderOptions::default(),
            read: ReadOptions::default(),
            panic_at: None,
        }
    }
}

impl Options {
    /// Reads the options off their input. Where Polars broadcast it down to no row, there is no run
    /// to apply options to either.
    pub fn read(input: &Input) -> Result<Self, Error> {
        let Some(chunk) = input.chunks.iter().find(|chunk| !chunk.is_empty()) else {
            return Ok(Options::default());
        };
        let json =
            Texts::new(chunk).get(0).ok_or_else(|| Error("options: found null, needed JSON".into()))?;
        serde_json::from_str(json).map_err(|error| Error(format!("options: {error} in `{}`", start(json))))
    }

    /// The compiled rules; `None` is the default pack.
    pub fn rules(&self) -> Result<Option<Arc<Rules>>, Error> {
        self.rules.as_ref().map(RulesOption::rules).transpose()
    }

    /// The moulds, sorted by tool.
    pub fn moulds(&self) -> Arc<Moulds> {
        let mould = |option: &MouldOption| Mould {
            tool: option.tool.clone(),
            text: option.text.clone(),
            parameters: option.parameters.clone(),
            fields: option.fields.clone(),
        };
        Arc::new(Moulds::new(self.moulds.iter().map(mould)))
    }

    /// Panics where a test asks for it.
    pub fn panic_if_told(&self, run: Option<&str>) {
        assert!(self.panic_at.is_none() || self.panic_at.as_deref() != run, "a test asked for this panic");
    }

    /// The options of stage 3.
    pub fn relabel(&self) -> RelabelOptions {
        RelabelOptions {
            goals: self.goals,
            min_confidence: self.min_confidence,
            seed: self.seed,
            thoughts: self.thoughts.into(),
        }
    }
}

/// The names of [`Thoughts`] in Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThoughtsName {
    /// `"keep"`.
    Keep,
    /// `"filter"`.
    Filter,
    /// `"template"`.
    #[default]
    Template,
    /// `"drop"`.
    Drop,
}

impl From<ThoughtsName> for Thoughts {
    fn from(name: ThoughtsName) -> Self {
        match name {
            ThoughtsName::Keep => Thoughts::Keep,
            ThoughtsName::Filter => Thoughts::Filter,
            ThoughtsName::Template => Thoughts::Template,
            ThoughtsName::Drop => Thoughts::Drop,
        }
    }
}

/// A mould as `agenther.moulds` gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MouldOption {
    tool: String,
    text: String,
    parameters: Vec<String>,
    fields: Vec<String>,
}

/// Rule packs make options long; the sentence has their start.
fn start(json: &str) -> String {
    json.chars().take(200).collect()
}
