//! Records that stand in the cells of a column: one cell, one run.

use std::io;

use crate::beside::Nothing;
use crate::detect::{best_format, score_of};
use crate::formats::{Format, Record, shape_sentence, tools_of};
use crate::json::{Tape, Value};
use crate::labels::judge;
use crate::panics::caught;
use crate::pieces::{Assembled, Pieces};
use crate::reader::{Chosen, Options, format_named};
use crate::records::{Trouble, incomplete, json_trouble, read_by, reader_panic};
use crate::run::{Reason, Run};

/// What the ids of runs begin with whose record names none; a fingerprint of the record follows,
/// since a cell has neither a file nor, to those who read it, a number.
const UNNAMED: &str = "run";

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

    /// The run of a record, to be [judged](CellReader::judge) once all labels are known.
    pub fn read<'a>(&mut self, text: &'a str) -> Result<Run<'a>, Unreadable> {
        let parsed = self.tape.parse(text, self.options.limits).map_err(json_trouble)?;
        let value = parsed.root();
        if let Some(mapping) = &self.options.mapping {
            return Ok(read(&**mapping, value, None, text)?);
        }
        let format = self.forced.or_else(|| format_of(value));
        let format = format.ok_or_else(|| (Reason::UnknownShape, shape_sentence(value)))?;
        let pieces = caught(|| pieces_of(format, value, self.options.max_record_bytes));
        Ok(match pieces.map_err(reader_panic)? {
            None => read(format, value, None, text)?,
            Some(runs) => self.assembled(format, runs)?,
        })
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
        let parsed = self.tape.parse(&run.text, self.options.limits).map_err(json_trouble)?;
        read(format, parsed.root(), run.id.as_deref(), &run.text).map(Run::into_owned)
    }

    /// Judges a run by its reward where no success is stated, once what stands beside its record is
    /// known.
    pub fn judge(&self, run: &mut Run<'_>) {
        judge(run, self.options.success_at);
    }

    /// Tool schemas that stand beside a record, in OpenAI's shape; `None` if the text holds none.
    pub fn tools(&mut self, schemas: &str) -> Option<String> {
        let beside = format!(r#"{{"tools": {schemas}}}"#);
        let parsed = self.tape.parse(&beside, self.options.limits).ok()?;
        tools_of(parsed.root()).map(Into::into)
    }
}

/// The format of a record, or of the first part of it that has one: a session in one cell.
fn format_of(value: Value<'_, '_>) -> Option<&'static dyn Format> {
    let best = |value| best_format(value).map(|(format, _)| format);
    let of_part = || value.items().find_map(|part| best(part).filter(|format| is_spread(*format, part)));
    best(value).or_else(of_part)
}

fn is_spread(format: &dyn Format, part: Value<'_, '_>) -> bool {
    caught(|| format.pieces(part).is_some()).unwrap_or(false)
}

/// The runs whose pieces a record holds, or the records in a list; `None` where the record is the run.
fn pieces_of(format: &'static dyn Format, value: Value<'_, '_>, limit: usize) -> Option<Vec<Assembled>> {
    let listed = value.is_array() && score_of(format, value) == 0;
    let records = if listed { value.items().collect() } else { vec![value] };
    let pieces: Vec<_> = records.into_iter().map(|record| format.pieces(record)).collect::<Option<_>>()?;
    let mut runs = Pieces::default();
    let mut assembled: Vec<Assembled> =
        pieces.iter().flatten().filter_map(|piece| runs.add(format, piece, (0, 0), limit)).collect();
    assembled.extend(runs.close());
    Some(assembled)
}

fn read<'a>(
    format: &dyn Format,
    value: Value<'_, 'a>,
    key: Option<&str>,
    text: &'a str,
) -> Result<Run<'a>, Trouble> {
    let record = Record { value, key, number: 0, stem: UNNAMED, text, beside: &Nothing };
    let mut run = read_by(format, &record)?;
    if run.trajectory_id == format!("{UNNAMED}-0") {
        run.trajectory_id = record.task_run_id(UNNAMED);
    }
    run.format = format.name();
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Piece;
    use crate::run::RunStep;

    /// A format with a bug.
    struct Buggy;

    impl Format for Buggy {
        fn name(&self) -> &'static str {
            "buggy"
        }

        fn shape(&self) -> &'static str {
            "anything"
        }

        fn score(&self, _: Value<'_, '_>) -> u8 {
            panic!("no score")
        }

        fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
            panic!("nothing at {}", record.number)
        }
    }

    #[test]
    fn a_panic_of_a_format_is_a_reason_that_asks_to_report_it() {
        let mut reader = CellReader::new(Options::default()).unwrap();
        reader.forced = Some(&Buggy);
        for _ in 0..2 {
            let unreadable = reader.read("{}").unwrap_err();
            assert_eq!(unreadable.reason, Reason::ReaderPanic);
            let sentence = &unreadable.sentence;
            assert!(sentence.contains("(nothing at 0, at ") && sentence.contains("report"), "{sentence}");
        }
    }

    /// A format of one run over several records, each with the id of the run.
    struct Events;

    impl Format for Events {
        fn name(&self) -> &'static str {
            "events"
        }

        fn shape(&self) -> &'static str {
            "events"
        }

        fn score(&self, record: Value<'_, '_>) -> u8 {
            100 * u8::from(record.get("run").is_some())
        }

        fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
            let run = record.get("run").and_then(|run| run.scalar());
            Some(run.map(|run| Piece { run: Some(run), value: record }).into_iter().collect())
        }

        fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
            let steps = record.value.items().map(|_| RunStep::default()).collect();
            Ok(Run {
                trajectory_id: record.key.unwrap_or_default().to_owned().into(),
                steps,
                ..Run::default()
            })
        }
    }

    #[test]
    fn a_cell_may_hold_all_records_of_one_run() {
        let mut reader = CellReader::new(Options::default()).unwrap();
        reader.forced = Some(&Events);
        let run = reader.read(r#"[{"run": "a", "n": 1}, {}, {"run": "a", "n": 2}]"#).unwrap();
        assert_eq!((&*run.trajectory_id, run.steps.len(), run.format), ("a", 2, "events"));
        assert_eq!(reader.read(r#"{"run": "b"}"#).unwrap().steps.len(), 1);
        for (cell, found) in
            [(r#"[{"run": "a"}, {"run": "b"}]"#, "2 runs"), ("[{}]", "0 runs"), ("{}", "0 runs")]
        {
            let unreadable = reader.read(cell).unwrap_err();
            assert!(unreadable.sentence.contains(found), "{}", unreadable.sentence);
        }
    }
}
