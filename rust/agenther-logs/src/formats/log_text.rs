//! Records that hold the text of a log: what a data set keeps of runs that were printed.
//!
//! Source: MAST (`mcemri/MAD`: `{mas_name, llm_name, benchmark_name, trace_id, trace: {key, index, trajectory}, mast_annotation}`,
//! in the part that people annotated `trace` itself), whose `trajectory` is the log of ChatDev, MetaGPT, Magentic-One, AG2,
//! HyperAgent or AppWorld; the traces beside it (`{instance_id, problem_statement, other_data, trajectory, note}`, texts as lists
//! of lines); `log`, `console_log` and the like of other collections.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the text | as in the text format that surely recognises it; text that is JSON as in the format of that |
//! | `trace.key` and `trace_id`, else the id of the record | the id |
//! | `problem_statement` | `original_prompt` |
//! | `correct`, `resolved` of `other_data` | `success` |
//! | modes of failure that `mast_annotation` marks | `failure_reason` |
//! | other fields | `metadata` |
//!
//! Leaks: `mast_annotation`, `annotations` and `note` say how the run failed, `other_data` has the gold answer: they are in no
//! other field.

use super::autogen_chat::AutogenChat;
use super::{Format, Record, TEXT_FORMATS, TextFormat, TextRecord, copy_rest, filled, is_reference};
use crate::json::{Limits, ObjectWriter, Tape, Value};
use crate::labels::{is_label, read_labels};
use crate::panics::caught;
use crate::run::{Run, Text};

pub(super) struct LogText;

/// Where the text stands.
const PLACES: &[&[&str]] = &[
    &["trace", "trajectory"],
    &["trace"],
    &["trajectory"],
    &["log"],
    &["logs"],
    &["console_log"],
    &["log_text"],
    &["raw_log"],
];
/// Score from which on a text surely is a log.
const SURE: u8 = 95;
/// Bytes of a text that are looked at.
const HEAD: usize = 1 << 16;
/// What annotators say of a run.
const ANNOTATIONS: &[&str] = &["mast_annotation", "annotations", "note", "other_data"];

/// The text of a record; one that is short is none.
fn text_in<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let texts = PLACES.iter().filter_map(|place| record.at_path(place)).filter(|text| text.is_string());
    texts.filter(|text| text.raw().len() > 100).find_map(Value::text)
}

/// A text, or the lines of one.
fn lines_of<'a>(value: Value<'_, 'a>) -> Option<Text<'a>> {
    if value.items().next().is_some_and(|line| line.is_string()) {
        return Some(value.items().filter_map(Value::text).collect::<Vec<_>>().join("\n").into());
    }
    value.text()
}

/// Whether a record is a trace with what annotators were to know beside it.
fn is_annotated_trace(record: Value<'_, '_>) -> bool {
    ["problem_statement", "other_data", "trajectory", "note"].iter().all(|key| record.get(key).is_some())
}

/// The format that a text surely is of.
fn format_of(text: &str) -> Option<&'static dyn TextFormat> {
    let head = &text[..text.floor_char_boundary(HEAD)];
    let is_sure = |format: &&&dyn TextFormat| caught(|| format.score(head)).unwrap_or(0) >= SURE;
    TEXT_FORMATS.iter().find(is_sure).copied()
}

impl Format for LogText {
    fn name(&self) -> &'static str {
        "log_text"
    }

    fn shape(&self) -> &'static str {
        "`trace.trajectory`, `trace`, `trajectory` or `log`, the text of a log that is read as text"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_annotated_trace(record) {
            return 95;
        }
        let Some(text) = text_in(record) else { return 0 };
        let is_json = || text.trim_start().starts_with('{') && record.get("mas_name").is_some();
        84 * u8::from(format_of(&text).is_some() || is_json())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut run = match is_annotated_trace(record.value) {
            true => trace(record.value, record)?,
            false => of_text(record)?,
        };
        run.trajectory_id = id_of(record);
        run.failure_reason = run.failure_reason.or_else(|| modes_of(record.value));
        run.metadata = metadata(record).map(Into::into);
        Ok(run)
    }
}

fn of_text(record: &Record<'_, '_>) -> Result<Run<'static>, String> {
    let text = text_in(record.value).ok_or("it has no text of a log")?;
    if let Some(run) = read_text(&text, record) {
        return run;
    }
    let mut tape = Tape::default();
    let parsed =
        tape.parse(&text, Limits::default()).map_err(|error| format!("its text is no log: {error}"))?;
    match is_annotated_trace(parsed.root()) {
        true => trace(parsed.root(), record),
        false => Err("its text is JSON of no known shape".to_owned()),
    }
}

/// The run in a text; `None` where no format surely recognises it.
fn read_text(text: &str, record: &Record<'_, '_>) -> Option<Result<Run<'static>, String>> {
    let inner = TextRecord { text, number: record.number, stem: record.stem, beside: record.beside };
    format_of(text).map(|format| Ok(format.read(&inner)?.into_owned()))
}

/// The run of a trace: the lines of a log, or the messages of AG2.
fn trace(value: Value<'_, '_>, record: &Record<'_, '_>) -> Result<Run<'static>, String> {
    let trajectory = value.get("trajectory").ok_or("it has no trajectory")?;
    let text = trajectory.json();
    let mut run = match lines_of(trajectory) {
        Some(lines) => read_text(&lines, record).ok_or("its lines are no log of a known shape")??,
        None => {
            let Record { number, stem, beside, .. } = *record;
            let inner = Record { value: trajectory, key: None, number, stem, text: &text, beside };
            AutogenChat.read(&inner)?.into_owned()
        }
    };
    let goal = value.get("problem_statement").and_then(lines_of).and_then(filled);
    run.original_prompt = goal.map(|goal| goal.into_owned().into()).or(run.original_prompt);
    let mut labels = Run::default();
    value.get("other_data").into_iter().for_each(|data| read_labels(data, &mut labels));
    run.success = labels.success.or(run.success);
    Ok(run)
}

fn id_of<'a>(record: &Record<'_, 'a>) -> Text<'a> {
    let key = record.value.at_path(&["trace", "key"]).and_then(Value::scalar);
    let number = record.value.get("trace_id").and_then(Value::scalar);
    match (key, number) {
        (Some(key), Some(number)) => format!("{key}-{number}").into(),
        _ => record.task_run_id(&record.run_id()),
    }
}

/// The modes in which a run failed, as annotators marked them.
fn modes_of(record: Value<'_, '_>) -> Option<Text<'static>> {
    let marked = record.get("mast_annotation")?.members().filter(|(_, mark)| mark.as_f64() == Some(1.0));
    let modes: Vec<String> = marked.map(|(mode, _)| mode.into_owned()).collect();
    (!modes.is_empty()).then(|| modes.join(", ").into())
}

fn metadata(record: &Record<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    copy_rest(&mut out, record, |key| {
        let holds_text = PLACES.iter().any(|place| place[0] == key);
        holds_text
            || key == "problem_statement"
            || ANNOTATIONS.contains(&key)
            || is_label(key)
            || is_reference(key)
    });
    out.finish()
}
