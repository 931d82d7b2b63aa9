//! Records that stand in the cells of a column: one cell, one run.

use std::io;

use crate::beside::Nothing;
use crate::detect::best_format;
use crate::formats::{Format, Record, shape_sentence, tools_of};
use crate::json::{Tape, Value};
use crate::labels::{judge, set_reward};
use crate::pieces::{Assembled, Pieces};
use crate::reader::{Chosen, Options, format_named};
use crate::records::{Trouble, incomplete, json_trouble};
use crate::run::{Reason, Run};

/// What the ids of runs begin with whose record names none; a fingerprint of the record follows,
/// since a cell has neither a file nor, to those who read it, a number.
const UNNAMED: &str = "run";

const EMPTY: &str = "The record is empty; it must be a JSON value.";
const TEXT: &str = "The format's records are no JSON, which the cells of a column must be.";

/// Why a record was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// As a code.
    pub reason: Reason,
    /// As a sentence: what was found, what was expected, what to do.
    pub sentence: String,
}

impl From<Trouble> for Unreadable {
    fn from((reason, sentence): Trouble) -> Self {
        Unreadable { reason, sentence }
    }
}

/// Reads records one at a time, each by the format that it fits.
///
/// ```
/// use agenther_logs::{CellReader, Options};
/// let mut reader = CellReader::new(Options::default()).unwrap();
/// let run = reader.read(r#"[{"role": "user", "content": "Hi"}]"#).unwrap();
/// assert_eq!(run.original_prompt.as_deref(), Some("Hi"));
/// assert_eq!(reader.read("[1]").unwrap_err().reason.code(), "unknown_shape");
/// ```
pub struct CellReader {
    options: Options,
    forced: Option<&'static dyn Format>,
    tape: Tape,
}

impl CellReader {
    /// A reader; an error where the options name no format of JSON records.
    pub fn new(options: Options) -> io::Result<Self> {
        let forced = match options.format.as_deref().map(format_named).transpose()? {
            Some(Chosen::Json(format)) => Some(format),
            Some(Chosen::Text(_)) => return Err(io::Error::new(io::ErrorKind::InvalidInput, TEXT)),
            None => None,
        };
        Ok(CellReader { options, forced, tape: Tape::default() })
    }

    /// The run of a record.
    pub fn read<'a>(&mut self, text: &'a str) -> Result<Run<'a>, Unreadable> {
        self.tape.parse(text, self.options.limits).map_err(json_trouble)?;
        let value = Value::root(&self.tape, text).ok_or_else(|| (Reason::InvalidJson, EMPTY.to_owned()))?;
        if let Some(mapping) = &self.options.mapping {
            return Ok(self.judged(read(&**mapping, value, None, text)?));
        }
        let format = self.format_of(value).ok_or_else(|| (Reason::UnknownShape, shape_sentence(value)))?;
        let run = match pieces_of(format, value, self.options.max_record_bytes) {
            None => read(format, value, None, text)?,
            Some(runs) => self.assembled(format, runs)?,
        };
        Ok(self.judged(run))
    }

    fn judged<'a>(&self, mut run: Run<'a>) -> Run<'a> {
        judge(&mut run, self.options.success_at);
        run
    }

    /// The format of a record, or of the first part of it that has one: a session in one cell.
    fn format_of(&self, value: Value<'_, '_>) -> Option<&'static dyn Format> {
        let best = |value| best_format(value).map(|(format, _)| format);
        let of_part =
            || value.items().find_map(|part| best(part).filter(|format| format.pieces(part).is_some()));
        self.forced.or_else(|| best(value)).or_else(of_part)
    }

    fn assembled(
        &mut self,
        format: &'static dyn Format,
        runs: Vec<Assembled>,
    ) -> Result<Run<'static>, Trouble> {
        let [run] = &*runs else {
            let found = format!("it holds {} runs, and a cell must hold one", runs.len());
            return Err(incomplete(format.name(), &found));
        };
        self.tape.parse(&run.text, self.options.limits).map_err(json_trouble)?;
        let value =
            Value::root(&self.tape, &run.text).ok_or_else(|| (Reason::InvalidJson, EMPTY.to_owned()))?;
        read(format, value, run.id.as_deref(), &run.text).map(Run::into_owned)
    }

    /// Gives a run a reward that stands beside its record, and judges it by that as [`Options`] say.
    pub fn set_reward(&self, run: &mut Run<'_>, reward: f64) {
        set_reward(run, reward, self.options.success_at);
    }

    /// Tool schemas that stand beside a record, in OpenAI's shape; `None` if the text holds none.
    pub fn tools(&mut self, schemas: &str) -> Option<String> {
        let beside = format!(r#"{{"tools": {schemas}}}"#);
        self.tape.parse(&beside, self.options.limits).ok()?;
        tools_of(Value::root(&self.tape, &beside)?).map(Into::into)
    }
}

/// The runs whose pieces a record holds, or a list of records; `None` where the record is the run.
fn pieces_of(format: &'static dyn Format, value: Value<'_, '_>, limit: usize) -> Option<Vec<Assembled>> {
    let whole = format.pieces(value);
    let parts = || value.items().map(|part| format.pieces(part)).collect::<Option<Vec<_>>>();
    let pieces = whole.or_else(|| {
        parts().filter(|parts| !parts.is_empty()).map(|parts| parts.into_iter().flatten().collect())
    })?;
    let mut runs = Pieces::default();
    let closed: Vec<Assembled> =
        pieces.iter().filter_map(|piece| runs.add(format, piece, (0, 0), limit)).collect();
    Some(closed.into_iter().chain(runs.close()).collect())
}

fn read<'a>(
    format: &dyn Format,
    value: Value<'_, 'a>,
    key: Option<&str>,
    text: &'a str,
) -> Result<Run<'a>, Trouble> {
    let record = Record { value, key, number: 0, stem: UNNAMED, text, beside: &Nothing };
    let mut run = format.read(&record).map_err(|missing| incomplete(format.name(), &missing))?;
    if run.trajectory_id == format!("{UNNAMED}-0") {
        run.trajectory_id = record.task_run_id(UNNAMED);
    }
    run.format = format.name();
    Ok(run)
}
