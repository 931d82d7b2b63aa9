//! The mapping: a small TOML file that says where the fields of a run are in records of a format
//! that only one house writes.
//!
//! ```
//! use std::sync::Arc;
//! use agenther_logs::{Collected, LogReader, Mapping, Options};
//!
//! let mapping = Mapping::parse(r#"
//!     name = "harbour_bot"
//!     goal = "task.request"
//!     steps = "turns"
//!
//!     [step]
//!     action = "did"
//!     observation = "saw"
//! "#).unwrap();
//! let log = br#"{"task": {"request": "Book a berth."}, "turns": [{"did": "book[berth 4]", "saw": "Booked."}]}"#;
//! let options = Options { mapping: Some(Arc::new(mapping)), ..Options::default() };
//! let mut reader = LogReader::new(Box::new(&log[..]), "harbour.jsonl", options).unwrap();
//! let mut found = Collected::default();
//! while reader.next_batch(&mut found, 1024, 1 << 24) {}
//! assert_eq!(found.runs[0].steps[0].action_name.as_deref(), Some("book"));
//! ```
//!
//! The keys are in [`schema`], the manual is `docs/mapping.md`, and [`suggest`] drafts one.

mod keys;
mod parse;
mod path;
mod steps;
mod suggest;
mod survey;
mod vocabulary;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::formats::openai_chat::schemas;
use crate::formats::{Format, METADATA_FIELD, Record};
use crate::json::{ObjectWriter, Value};
use crate::labels::reward_of;
use crate::messages::{Conversation, is_message, words};
use crate::run::Run;
use crate::terminal::set_final_answer;

pub use keys::schema;
pub use parse::MappingError;
use path::{Path, Places, Segment, decoded, elements, walk};
pub(crate) use steps::Events;
use steps::StepPaths;
pub use suggest::suggest;

/// Where the fields of a run are in the records of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    name: &'static str,
    records: Option<Vec<String>>,
    id: Places,
    goal: Places,
    system: Places,
    tools: Places,
    source: Source,
    answer: Places,
    success: Places,
    success_words: Option<Vec<String>>,
    reward: Places,
    full_mark: Option<f64>,
    failure_reason: Places,
    metadata: Vec<Path>,
}

/// What holds the course of a run.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    Messages(Path),
    Steps(Path, Box<StepPaths>),
}

/// Names of formats live as long as the process, since runs carry them; each is kept once, however
/// often its mapping is parsed.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(name);
    name
}

impl Mapping {
    /// Parses a mapping; the error is the first thing that is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Mapping, MappingError> {
        parse::parse(text)
    }

    /// Reads and parses a mapping file.
    pub fn open(path: &std::path::Path) -> Result<Mapping, MappingError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let sentence = format!("The mapping file {} cannot be read: {error}.", path.display());
            MappingError { sentence, line: 0, column: 0 }
        })?;
        Mapping::parse(&text)
    }

    /// What it calls the format.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The keys that lead to the records of a file, where the mapping states them.
    pub(crate) fn records(&self) -> Option<&[String]> {
        self.records.as_deref()
    }

    /// Prompt, system and steps.
    pub(crate) fn course<'a>(&self, record: Value<'_, 'a>) -> Result<Run<'a>, String> {
        match &self.source {
            Source::Messages(path) => {
                let run = messages_at(path.segments(), record).unwrap_or_default();
                let nothing = run.steps.is_empty() && run.original_prompt.is_none();
                if nothing { Err(format!("it has no messages at `{path}`")) } else { Ok(run) }
            }
            Source::Steps(path, step) => {
                let steps = step.read(path, record)?;
                Ok(Run { steps, ..Run::default() })
            }
        }
    }

    /// The log's own label.
    fn success(&self, record: Value<'_, '_>) -> Result<Option<bool>, String> {
        let blank = |value: Value<'_, '_>| value.text().is_some_and(|text| text.trim().is_empty());
        let stated = |value: Value<'_, '_>| (!blank(value)).then(|| self.stated(value));
        if let Some(stated) = self.success.first(record, &stated) {
            return stated.map(Some).map_err(|found| {
                format!(
                    "at {} (its `success`) stands {found}, not true or false; list the texts that mean success in \
                     `success_words`",
                    self.success
                )
            });
        }
        Ok(None)
    }

    fn stated(&self, value: Value<'_, '_>) -> Result<bool, String> {
        let text = value.scalar().unwrap_or_default();
        let text = text.trim();
        let same = |word: &str| text.eq_ignore_ascii_case(word);
        match (value.as_bool(), &self.success_words) {
            (Some(flag), _) => Ok(flag),
            (None, Some(words)) => Ok(words.iter().any(|word| same(word.trim()))),
            _ if same("true") || value.as_f64() == Some(1.0) => Ok(true),
            _ if same("false") || value.as_f64() == Some(0.0) => Ok(false),
            _ => Err(format!("{} ({:.60})", value.kind_name(), value.json())),
        }
    }

    fn metadata(&self, record: Value<'_, '_>) -> Option<String> {
        let mut out = ObjectWriter::default();
        for path in &self.metadata {
            if let Some(json) = path.first(record, &|value| Some(value.json().into_owned()))
                && json.len() <= METADATA_FIELD
            {
                out.json(&path.to_string(), &json);
            }
        }
        out.finish()
    }
}

impl Format for Mapping {
    fn name(&self) -> &'static str {
        self.name
    }

    fn shape(&self) -> &'static str {
        "what the mapping names"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let (Source::Messages(path) | Source::Steps(path, _)) = &self.source;
        let elements = |value: Value<'_, '_>| {
            let listed = elements(value).next().is_some();
            (listed || value.is_string() || Path::leads_to_elements(path.segments())).then_some(())
        };
        100 * u8::from(path.first(record, &elements).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut run = self.course(value)?;
        let unnamed = || record.key.map_or_else(|| record.run_id(), |key| record.task_run_id(key));
        run.trajectory_id = self.id.text(value, |value| value.scalar()).unwrap_or_else(unnamed);
        run.original_prompt = self.goal.text(value, words).or(run.original_prompt);
        if run.original_prompt.is_none() && !self.goal.is_unknown() {
            return Err(format!("it has nothing at {} (its `goal`)", self.goal));
        }
        run.system = self.system.text(value, words).or(run.system);
        run.tools = self.tools.text(value, schemas);
        run.final_answer = self.answer.text(value, words);
        run.reward = self.reward.first(value, &reward_of);
        (run.success, run.full_mark) = (self.success(value)?, self.full_mark);
        run.failure_reason = self.failure_reason.text(value, words);
        run.metadata = self.metadata(value).map(Into::into);
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// The conversation that the segments lead to; `None` where that is no list of messages.
fn messages_at<'a>(segments: &[Segment], value: Value<'_, 'a>) -> Option<Run<'a>> {
    let mut messages = Vec::new();
    let mut inside: Option<Run<'a>> = None;
    walk(segments, value, &mut |value, rest| {
        if value.is_string() {
            let text = value.text().unwrap_or_default();
            let inner = decoded(&text, |inner| messages_at(rest, inner).map(Run::into_owned)).flatten();
            inside = inside.take().or(inner);
        } else if is_message(value) {
            messages.push(value);
        } else {
            messages.extend(elements(value).filter(|value| is_message(*value)));
        }
    });
    if messages.is_empty() {
        return inside;
    }
    let Conversation { prompt, system, steps, .. } = Conversation::read(messages.into_iter());
    Some(Run { original_prompt: prompt, system, steps, ..Run::default() })
}
