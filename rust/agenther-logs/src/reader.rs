//! The reader: a stream in, runs and rejects out, one record in memory at a time.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::detect::{Detection, best_format, detect};
use crate::formats::{FORMATS, Format, Record, shape_sentence};
use crate::json::{JsonError, Limits, Problem, Tape, Value};
use crate::run::{Reason, Reject, Sink};
use crate::split::{Frame, FrameState, Layout, Splitter};
use crate::stream::{Window, decompressed};

/// Bytes looked at to tell the format. Enough for a record of most logs; a record that is longer is
/// judged by its start.
const SNIFFED: usize = 1 << 20;

/// What a reader may be told.
#[derive(Debug, Clone)]
pub struct Options {
    /// A longer record is a reject.
    pub max_record_bytes: usize,
    /// A deeper record, or one of more values, is a reject.
    pub limits: Limits,
    /// Read every record as this format instead of detecting it.
    pub format: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options { max_record_bytes: 256 << 20, limits: Limits::default(), format: None }
    }
}

/// What was read so far. `records` is always `runs + rejects`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records met.
    pub records: u64,
    /// Records read.
    pub runs: u64,
    /// Records not read.
    pub rejects: u64,
    /// Decompressed bytes of the records met.
    pub bytes: u64,
}

/// Reads one log file, whatever its format.
///
/// ```
/// use agenther_logs::{Collected, LogReader, Options};
/// let log = br#"{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}"#;
/// let mut reader = LogReader::new(Box::new(&log[..]), "demo.jsonl", Options::default()).unwrap();
/// let mut found = Collected::default();
/// while reader.next_batch(&mut found, 1024, 1 << 24) {}
/// assert_eq!(found.runs[0].original_prompt.as_deref(), Some("Hi"));
/// ```
pub struct LogReader {
    window: Window,
    stem: String,
    options: Options,
    forced: Option<&'static dyn Format>,
    detection: Detection,
    splitter: Splitter,
    tape: Tape,
    counts: Counts,
}

impl LogReader {
    /// Opens a file.
    pub fn open(path: &Path, options: Options) -> io::Result<Self> {
        LogReader::new(Box::new(File::open(path)?), &path.to_string_lossy(), options)
    }

    /// Reads from anything; `name` is its path or what stands for one, used for run ids only.
    pub fn new(input: Box<dyn Read + Send>, name: &str, options: Options) -> io::Result<Self> {
        let forced = options.format.as_deref().map(format_named).transpose()?;
        let mut window = Window::new(decompressed(input)?);
        window.fill_to(SNIFFED);
        let sniffed = window.bytes().len().min(SNIFFED);
        let complete = window.is_ended() && sniffed == window.bytes().len();
        let detection = detect(&window.bytes()[..sniffed], complete);
        if window.bytes().starts_with(b"\xef\xbb\xbf") {
            window.consume(3);
        }
        let splitter = Splitter::new(detection.layout.clone(), options.max_record_bytes);
        let (tape, counts) = (Tape::default(), Counts::default());
        Ok(LogReader { window, stem: stem_of(name), options, forced, detection, splitter, tape, counts })
    }

    /// What the file was found to be.
    pub fn detection(&self) -> &Detection {
        &self.detection
    }

    /// What was read so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Reads on until `max_records` records or about `max_bytes` bytes of them are in the sink.
    /// `false` once the file is read to its end.
    pub fn next_batch(&mut self, sink: &mut dyn Sink, max_records: usize, max_bytes: usize) -> bool {
        let until = (self.counts.records + max_records as u64, self.counts.bytes + max_bytes as u64);
        while self.counts.records < until.0 && self.counts.bytes < until.1 {
            let Some(frame) = self.splitter.next(&mut self.window) else {
                self.end_of_stream(sink);
                return false;
            };
            self.record(frame, sink);
        }
        true
    }

    fn end_of_stream(&mut self, sink: &mut dyn Sink) {
        if let Some(error) = self.window.take_error() {
            let frame = Frame { offset: self.window.offset(), length: 0, key: None, state: FrameState::Cut };
            let reject = self.reject(&frame, Reason::BrokenStream, broken_sentence(&error));
            self.count(0, false);
            sink.reject(reject);
        }
    }

    fn count(&mut self, bytes: u64, read: bool) {
        self.counts.records += 1;
        self.counts.bytes += bytes;
        self.counts.runs += u64::from(read);
        self.counts.rejects += u64::from(!read);
    }

    fn record(&mut self, frame: Frame, sink: &mut dyn Sink) {
        let outcome = match &frame.state {
            FrameState::TooLarge { size, .. } => {
                Err((Reason::TooLarge, too_large_sentence(*size, &self.options)))
            }
            FrameState::Stray => Err((Reason::InvalidJson, STRAY.to_owned())),
            FrameState::Cut => Err((Reason::Truncated, CUT.to_owned())),
            FrameState::Whole => self.read(&frame, sink),
        };
        let outcome = outcome.map_err(|trouble| self.cause_of(&frame, trouble));
        let size = match &frame.state {
            FrameState::TooLarge { size, .. } => *size,
            _ => frame.length as u64,
        };
        self.count(size, outcome.is_ok());
        if let Err((reason, sentence)) = outcome {
            let reject = self.reject(&frame, reason, sentence);
            sink.reject(Reject { record: self.counts.records - 1, ..reject });
        }
        self.window.consume(frame.length);
    }

    /// A record that failed where the stream did failed because of that.
    fn cause_of(&mut self, frame: &Frame, trouble: (Reason, String)) -> (Reason, String) {
        if !self.window.is_ended() || frame.length < self.window.bytes().len() {
            return trouble;
        }
        self.window.take_error().map_or(trouble, |error| (Reason::BrokenStream, broken_sentence(&error)))
    }

    fn reject(&self, frame: &Frame, reason: Reason, sentence: String) -> Reject {
        let raw = match &frame.state {
            FrameState::TooLarge { head, .. } => head.clone(),
            _ => self.window.bytes()[..frame.length].to_vec(),
        };
        let format = self.detection.format;
        Reject { record: self.counts.records, offset: frame.offset, format, reason, sentence, raw }
    }

    /// Parses a whole frame and hands its run to the sink.
    fn read(&mut self, frame: &Frame, sink: &mut dyn Sink) -> Result<(), (Reason, String)> {
        let bytes = &self.window.bytes()[..frame.length];
        if self.detection.layout == Layout::Opaque {
            return Err((Reason::NotALog, not_a_log_sentence(bytes)));
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(bytes),
        };
        if let Err(error) = self.tape.parse(&text, self.options.limits) {
            return Err(json_trouble(error));
        }
        let Some(value) = Value::root(&self.tape, &text) else {
            return Err((Reason::InvalidJson, CUT.to_owned()));
        };
        let number = self.counts.records;
        let record = Record { value, key: frame.key.as_deref(), number, stem: &self.stem, text: &text };
        let Some(format) = self.forced.or_else(|| self.format_of(value)) else {
            return Err((Reason::UnknownShape, shape_sentence(value)));
        };
        match format.read(&record) {
            Ok(mut run) => {
                run.format = format.name();
                run.record = number;
                sink.run(run);
                Ok(())
            }
            Err(missing) => {
                let name = format.name();
                Err((Reason::Incomplete, format!("The record looks like {name}, but {missing}.")))
            }
        }
    }

    /// The file's format where the record has its shape, else the format that it fits best: files
    /// of mixed records exist.
    fn format_of(&self, value: Value<'_, '_>) -> Option<&'static dyn Format> {
        let of_file =
            self.detection.format.and_then(|name| FORMATS.iter().find(|format| format.name() == name));
        match of_file.filter(|format| format.score(value) > 0) {
            Some(format) => Some(*format),
            None => best_format(value).map(|(format, _)| format),
        }
    }
}

const STRAY: &str = "Between or after the records stands text that is not part of the JSON document; \
the file cannot be followed from here on. Repair it, or write one record a line.";
const CUT: &str = "The file ends inside this record; it was cut off while it was written or copied.";

fn broken_sentence(error: &io::Error) -> String {
    format!("Reading stopped here ({error}); what came before is kept. The file is damaged or was cut off.")
}

fn too_large_sentence(size: u64, options: &Options) -> String {
    let limit = options.max_record_bytes;
    format!(
        "The record has {size} bytes, more than the limit of {limit}; raise `max_record_bytes` to read it."
    )
}

fn json_trouble(error: JsonError) -> (Reason, String) {
    let reason = match error.problem {
        Problem::Truncated => Reason::Truncated,
        Problem::TooDeep | Problem::TooManyValues => Reason::TooComplex,
        Problem::Expected(_) | Problem::Trailing => Reason::InvalidJson,
    };
    (reason, format!("The record is not readable JSON: {error}."))
}

fn not_a_log_sentence(bytes: &[u8]) -> String {
    let kind = match bytes {
        [b'P', b'K', 3 | 5, ..] => "a zip archive; unpack it first",
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

fn format_named(name: &str) -> io::Result<&'static dyn Format> {
    FORMATS.iter().find(|format| format.name() == name).copied().ok_or_else(|| {
        let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
        let sentence = format!("No format is called {name:?}; the formats are {}.", known.join(", "));
        io::Error::new(io::ErrorKind::InvalidInput, sentence)
    })
}

/// The name of a file without folders, compression suffix and extension.
fn stem_of(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let file = file.trim_end_matches(".gz").trim_end_matches(".zst");
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if stem.is_empty() { file.to_owned() } else { stem.to_owned() }
}
