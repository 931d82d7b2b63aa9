//! Records to runs: parsing, choosing the format, putting together what is spread.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::block::{Block, Cut};
use crate::detect::{best_format, score_of};
use crate::formats::{FORMATS, Format, Record, TextFormat, TextRecord, shape_sentence};
use crate::growth::{Growing, Outline, Waiting};
use crate::json::{JsonError, Problem, Tape, Value};
use crate::labels::judge;
use crate::panics::caught;
use crate::pieces::{Assembled, Part, Pieces};
use crate::reader::{Chosen, Counts, Options, SNIFFED, Source};
use crate::run::{Reason, Reject, Run, Sink};
use crate::split::{FrameState, HEAD_KEPT, Layout};
use crate::table::Shape;
use crate::verdicts;

/// Reads the records of blocks. It keeps the runs that are spread over records, and what may be the beginning of another
/// record, until [`RecordReader::close`].
#[derive(Default)]
pub struct RecordReader {
    tape: Tape,
    /// What the strings of the record with escapes were decoded to.
    decoded: Vec<u8>,
    pieces: Pieces,
    closing: VecDeque<Assembled>,
    growing: Growing,
}

/// What is wrong with a record.
pub(crate) type Trouble = (Reason, String);

/// Where a run comes from, and what its record was.
struct Origin<'b> {
    number: u64,
    offset: u64,
    bytes: &'b [u8],
}

impl RecordReader {
    /// Reads a block.
    pub fn read(&mut self, source: &Source, block: &Block, sink: &mut dyn Sink) -> Counts {
        let mut tally = Tally { source, sink, counts: Counts::default() };
        for cut in block.records() {
            tally.counts.bytes += cut.size();
            self.record(&cut, &mut tally);
        }
        tally.counts
    }

    /// Reads one of the runs that were put together or waited; `None` once there are no more. To be called
    /// at the end of the file until then.
    pub fn close(&mut self, source: &Source, sink: &mut dyn Sink) -> Option<Counts> {
        if self.closing.is_empty() {
            self.closing.extend(self.pieces.close());
        }
        let mut tally = Tally { source, sink, counts: Counts::default() };
        match self.closing.pop_front() {
            Some(run) => self.assembled(&run, &mut tally),
            None => {
                let record = self.growing.next()?;
                self.waited(&record, &mut tally);
            }
        }
        Some(tally.counts)
    }

    fn record(&mut self, cut: &Cut<'_>, tally: &mut Tally<'_, '_>) {
        let origin = Origin { number: cut.number, offset: cut.offset, bytes: cut.bytes };
        let outcome = match cut.state {
            FrameState::TooLarge { size, .. } => Err(too_large(*size, &tally.source.options)),
            FrameState::Stray => Err((Reason::InvalidJson, STRAY.to_owned())),
            FrameState::Cut => Err((Reason::Truncated, CUT.to_owned())),
            FrameState::Without => Err((Reason::UnknownShape, WITHOUT.to_owned())),
            FrameState::Whole => self.whole(&origin, cut.key, tally),
        };
        let head = match cut.state {
            FrameState::TooLarge { head, .. } => head,
            _ => cut.bytes,
        };
        match (outcome, cut.broken) {
            (Ok(()), None) => {}
            (Err(trouble), None) => tally.reject(&Origin { bytes: head, ..origin }, trouble),
            // A record that failed where the stream did failed because of that.
            (Err(_), Some(why)) => tally.reject(&origin, (Reason::BrokenStream, why.to_owned())),
            (Ok(()), Some(why)) => {
                let after = Origin {
                    number: origin.number + 1,
                    offset: origin.offset + origin.bytes.len() as u64,
                    bytes: &[],
                };
                tally.reject(&after, (Reason::BrokenStream, why.to_owned()));
            }
        }
    }

    /// Reads a record that is all there.
    fn whole(
        &mut self,
        origin: &Origin<'_>,
        key: Option<&str>,
        tally: &mut Tally<'_, '_>,
    ) -> Result<(), Trouble> {
        let source = tally.source;
        if source.detection.layout == Layout::Opaque {
            return Err(match Shape::of(&origin.bytes[..origin.bytes.len().min(SNIFFED)]) {
                Some(table) => (Reason::UnknownShape, table.sentence()),
                None => (Reason::NotALog, not_a_log_sentence(origin.bytes)),
            });
        }
        let text = match simdutf8::basic::from_utf8(origin.bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(origin.bytes),
        };
        if let Some(Chosen::Text(format)) = source.chosen {
            return texts(format, &text, origin, tally);
        }
        let parsed = self.tape.parse_decoding(&text, &mut self.decoded, source.options.limits);
        let parsed = parsed.map_err(json_trouble)?;
        let value = parsed.root();
        if let Some(mapping) = &source.options.mapping {
            return one(&**mapping, value, key, &text, origin.number, tally);
        }
        let format = format_of(source, value).ok_or_else(|| (Reason::UnknownShape, shape_sentence(value)))?;
        let Some(pieces) = caught(|| format.pieces(value)).map_err(reader_panic)? else {
            let outline = || caught(|| Outline::of(value)).ok().flatten();
            let Some(outline) = source.detection.grows.then(outline).flatten() else {
                return one(format, value, key, &text, origin.number, tally);
            };
            let (key, text) = (key.map(str::to_owned), text.into_owned());
            let record = Waiting { outline, format, text, key, number: origin.number, offset: origin.offset };
            for complete in self.growing.add(record) {
                self.waited(&complete, tally);
            }
            return Ok(());
        };
        if pieces.is_empty() && is_foreign(source, format, value) {
            return Err((Reason::UnknownShape, foreign_sentence(format, value)));
        }
        let limit = source.options.max_record_bytes;
        let closed: Vec<Assembled> = pieces
            .iter()
            .filter_map(|piece| self.pieces.add(format, piece, (origin.number, origin.offset), limit))
            .collect();
        for run in &closed {
            self.assembled(run, tally);
        }
        Ok(())
    }

    /// Reads a record that is not the beginning of another.
    fn waited(&mut self, record: &Waiting, tally: &mut Tally<'_, '_>) {
        let Waiting { format, text, key, number, offset, .. } = record;
        let parsed = self.tape.parse_decoding(text, &mut self.decoded, tally.source.options.limits);
        let outcome = parsed
            .map_err(json_trouble)
            .and_then(|parsed| one(*format, parsed.root(), key.as_deref(), text, *number, tally));
        if let Err(trouble) = outcome {
            tally.reject(&Origin { number: *number, offset: *offset, bytes: text.as_bytes() }, trouble);
        }
    }

    /// Reads a run that was put together of pieces.
    fn assembled(&mut self, run: &Assembled, tally: &mut Tally<'_, '_>) {
        let options = &tally.source.options;
        let parsed = match run.size > options.max_record_bytes {
            true => Err(too_large(run.size as u64, options)),
            false => {
                let parsed = self.tape.parse_decoding(&run.text, &mut self.decoded, options.limits);
                parsed.map_err(json_trouble)
            }
        };
        let outcome = parsed.and_then(|parsed| {
            if caught(|| run.format.is_settled(parsed.root())).map_err(reader_panic)? {
                return Ok(());
            }
            if run.part == Part::Rest {
                return Err((Reason::TooLarge, REST.to_owned()));
            }
            let mut read =
                read(run.format, parsed.root(), run.id.as_deref(), &run.text, run.number, tally.source)?;
            if run.part == Part::Begin {
                mark_as_begin(&mut read);
            }
            tally.run(read, run.format.name(), run.number);
            Ok(())
        });
        if let Err(trouble) = outcome {
            let origin = Origin { number: run.number, offset: run.offset, bytes: run.text.as_bytes() };
            tally.reject(&origin, trouble);
        }
    }
}

/// Reads a record that is a run.
fn one(
    format: &dyn Format,
    value: Value<'_, '_>,
    key: Option<&str>,
    text: &str,
    number: u64,
    tally: &mut Tally<'_, '_>,
) -> Result<(), Trouble> {
    let run = read(format, value, key, text, number, tally.source)?;
    tally.run(run, format.name(), number);
    Ok(())
}

/// Takes runs and rejects, and counts them.
struct Tally<'s, 'k> {
    source: &'s Source,
    sink: &'k mut dyn Sink,
    counts: Counts,
}

impl Tally<'_, '_> {
    fn run(&mut self, mut run: Run<'_>, format: &'static str, number: u64) {
        run.format = format;
        run.record = number;
        judge(&mut run, self.source.options.success_at);
        self.counts.records += 1;
        self.counts.runs += 1;
        self.sink.run(run);
    }

    fn reject(&mut self, origin: &Origin<'_>, (reason, sentence): Trouble) {
        self.counts.records += 1;
        self.counts.rejects += 1;
        self.sink.reject(Reject {
            record: origin.number,
            offset: origin.offset,
            format: self.source.format(),
            reason,
            sentence,
            // Rejects are kept for longer than records are, and a log may be nothing else.
            raw: origin.bytes[..origin.bytes.len().min(HEAD_KEPT)].to_vec(),
        });
    }
}

/// The run of a record, with the labels that lie beside its log.
fn read<'a>(
    format: &dyn Format,
    value: Value<'_, 'a>,
    key: Option<&str>,
    text: &'a str,
    number: u64,
    source: &Source,
) -> Result<Run<'a>, Trouble> {
    let record = Record { value, key, number, stem: &source.stem, text, beside: &*source.beside };
    let mut run = read_by(format, &record)?;
    // A format that asks for little finds an empty run in anything that it was forced on.
    if source.chosen.is_some() && run.steps.is_empty() && run.original_prompt.is_none() {
        return Err((Reason::UnknownShape, foreign_sentence(format, value)));
    }
    verdicts::label(format.name(), &record, &mut run);
    Ok(run)
}

/// Says in the metadata of a run that there may be more of it.
fn mark_as_begin(run: &mut Run<'_>) {
    let rest = run.metadata.as_deref().and_then(|metadata| metadata.strip_prefix('{'));
    let rest = rest.map_or_else(|| "}".to_owned(), |rest| format!(", {rest}"));
    run.metadata = Some(format!("{{\"closed_early\": true{rest}").into());
}

/// The run of a record.
pub(crate) fn read_by<'a>(format: &dyn Format, record: &Record<'_, 'a>) -> Result<Run<'a>, Trouble> {
    let read = caught(|| format.read(record)).map_err(reader_panic)?;
    read.map_err(|missing| incomplete(format.name(), &missing))
}

/// Reads the records of a text that is not JSON.
fn texts(
    format: &'static dyn TextFormat,
    text: &str,
    origin: &Origin<'_>,
    tally: &mut Tally<'_, '_>,
) -> Result<(), Trouble> {
    let source = tally.source;
    let ranges = caught(|| format.split(text)).map_err(reader_panic)?;
    if ranges.is_empty() {
        return Err(incomplete(format.name(), "no run was found in it"));
    }
    for (range, number) in ranges.into_iter().zip(origin.number..) {
        let offset = origin.offset + range.start as u64;
        let text = &text[range];
        let record = TextRecord { text, number, stem: &source.stem, beside: &*source.beside };
        let read = caught(|| format.read(&record)).map_err(reader_panic);
        match read.and_then(|read| read.map_err(|missing| incomplete(format.name(), &missing))) {
            Ok(run) => tally.run(run, format.name(), number),
            Err(trouble) => tally.reject(&Origin { number, offset, bytes: text.as_bytes() }, trouble),
        }
    }
    Ok(())
}

/// The file's format where the record has its shape, else the format that it fits best: files of
/// mixed records exist.
impl Source {
    /// The name of the format that its records are read as: the one that was asked for, else that of the file.
    pub fn format(&self) -> Option<&'static str> {
        match self.chosen {
            Some(Chosen::Json(format)) => Some(format.name()),
            Some(Chosen::Text(format)) => Some(format.name()),
            None => self.detection.format,
        }
    }
}

fn format_of(source: &Source, value: Value<'_, '_>) -> Option<&'static dyn Format> {
    if let Some(Chosen::Json(format)) = source.chosen {
        return Some(format);
    }
    let of_file =
        source.detection.format.and_then(|name| FORMATS.iter().copied().find(|format| format.name() == name));
    let score = of_file.map_or(0, |format| score_of(format, value));
    match of_file.filter(|_| score > 0) {
        Some(format) => {
            Some(format.narrower().filter(|narrower| score_of(*narrower, value) > score).unwrap_or(format))
        }
        None => {
            of_file.filter(|format| caught(|| format.goes_on_with(value)).unwrap_or(false)).or_else(|| {
                best_format(value).map(|(format, _)| format).filter(|format| !format.only_on_lines(value))
            })
        }
    }
}

/// Whether a record holds nothing of the format that the caller asked for: a format that is told by the file passes over
/// what belongs to no run, but what was forced on a record may be none of it.
fn is_foreign(source: &Source, format: &dyn Format, value: Value<'_, '_>) -> bool {
    source.chosen.is_some()
        && score_of(format, value) == 0
        && !caught(|| format.goes_on_with(value)).unwrap_or(false)
}

fn foreign_sentence(format: &dyn Format, value: Value<'_, '_>) -> String {
    format!(
        "It is no record of the format `{}`, which was asked for. {}",
        format.name(),
        shape_sentence(value)
    )
}

const STRAY: &str = "Between or after the records stands text that is not part of the JSON document; \
the file cannot be followed from here on. Repair it, or write one record a line.";
const WITHOUT: &str = "The document that ends here has no records where the first of the file has them; read it as a \
file of its own.";
const CUT: &str = "The file ends inside this record; it was cut off while it was written or copied.";

const REST: &str = "The run goes on here after it was closed with what there was of it: more than 64 MiB of runs were \
open at a time, and it was the one that waited longest. Sort the records by run, or give each run a file of its own.";

pub(crate) fn incomplete(format: &str, missing: &str) -> Trouble {
    (Reason::Incomplete, format!("The record looks like {format}, but {missing}."))
}

pub(crate) fn reader_panic(panic: String) -> Trouble {
    let sentence = format!(
        "The reader panicked at this record ({panic}), which is a bug of AgentHER and no fault of the log; \
         please report it with the record."
    );
    (Reason::ReaderPanic, sentence)
}

fn too_large(size: u64, options: &Options) -> Trouble {
    let limit = options.max_record_bytes;
    let sentence = format!(
        "The record has {size} bytes, more than the limit of {limit}; raise `max_record_bytes` to read it."
    );
    (Reason::TooLarge, sentence)
}

pub(crate) fn json_trouble(error: JsonError) -> Trouble {
    let reason = match error.problem {
        Problem::Truncated => Reason::Truncated,
        Problem::TooDeep(_) | Problem::TooManyValues(_) => Reason::TooComplex,
        Problem::Expected(_) | Problem::Trailing => Reason::InvalidJson,
    };
    (reason, format!("The record is not readable JSON: {error}."))
}

fn not_a_log_sentence(bytes: &[u8]) -> String {
    let kind = match bytes {
        [b'P', b'K', 3 | 5, ..] => "a zip archive inside a stream or an archive; unpack it first",
        [b'P', b'A', b'R', b'1', ..] => "a Parquet file; read it as a frame",
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => "an Arrow file; read it as a frame",
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => "an SQLite database; export its rows as JSON lines",
        [b'<', ..] => "markup (HTML or XML)",
        _ if std::str::from_utf8(bytes).is_ok() => "plain text",
        _ => "binary data",
    };
    format!(
        "The file holds no JSON: it looks like {kind}. Records must be JSON: an array, an object keyed by id, or one a line."
    )
}
