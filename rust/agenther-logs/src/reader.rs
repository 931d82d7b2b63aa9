//! The reader: a file in, runs and rejects out, a few records in memory at a time.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use crate::archive::{Archive, MAGIC};
use crate::beside::{Beside, Folder, Nothing};
use crate::block::{Block, Cutter};
use crate::detect::{Detection, detect};
use crate::encoding::{Encoding, decoded};
use crate::formats::{FORMATS, Format, TEXT_FORMATS, TextFormat, names};
use crate::json::Limits;
use crate::mapping::Mapping;
use crate::records::{RecordReader, Trouble};
use crate::run::{Reason, Reject, Sink};
use crate::split::{Layout, Splitter};
use crate::stream::{Window, decompressed};
use crate::table::{Rows, Shape};

/// Bytes looked at to tell the format. Enough for a record of most logs; a record that is longer is
/// judged by its start.
pub(crate) const SNIFFED: usize = 1 << 20;

/// Bytes of records that are cut at a time: they stay in the cache until they are read.
const BLOCK: usize = 1 << 20;

/// What a reader may be told.
#[derive(Debug, Clone)]
pub struct Options {
    /// A longer record is a reject.
    pub max_record_bytes: usize,
    /// A deeper record, or one of more values, is a reject.
    pub limits: Limits,
    /// Read every record as this format instead of detecting it.
    pub format: Option<String>,
    /// The reward from which on a run counts as a success where its log states none; by default the
    /// full mark of its format.
    pub success_at: Option<f64>,
    /// Read every record as this says.
    pub mapping: Option<Arc<Mapping>>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            max_record_bytes: 256 << 20,
            limits: Limits::default(),
            format: None,
            success_at: None,
            mapping: None,
        }
    }
}

/// What was read so far. `records` is always `runs + rejects`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records met. A run that is spread over the file, as a session is, counts as one.
    pub records: u64,
    /// Records read.
    pub runs: u64,
    /// Records not read.
    pub rejects: u64,
    /// Decompressed bytes of the records met.
    pub bytes: u64,
}

impl Counts {
    /// Adds what was read of another part.
    pub fn add(&mut self, other: Counts) {
        self.records += other.records;
        self.runs += other.runs;
        self.rejects += other.rejects;
        self.bytes += other.bytes;
    }

    /// What was read since the counts were `before`.
    pub(crate) fn since(self, before: Counts) -> Counts {
        Counts {
            records: self.records - before.records,
            runs: self.runs - before.runs,
            rejects: self.rejects - before.rejects,
            bytes: self.bytes - before.bytes,
        }
    }
}

/// A format that is forced on a file, or that its text was found to have.
#[derive(Clone, Copy)]
pub(crate) enum Chosen {
    Json(&'static dyn Format),
    Text(&'static dyn TextFormat),
}

/// What is known of a file, or of a member of an archive, by those who read its records.
#[derive(Clone)]
pub struct Source {
    pub(crate) stem: String,
    pub(crate) options: Options,
    pub(crate) detection: Detection,
    pub(crate) chosen: Option<Chosen>,
    pub(crate) beside: Arc<dyn Beside>,
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
    source: Arc<Source>,
    cutter: Cutter,
    archive: Option<Archive>,
    records: RecordReader,
    /// The memory of the block that was read last.
    spare: Vec<u8>,
    /// Members of the archive that could not be opened.
    unopened: VecDeque<Reject>,
    counts: Counts,
}

impl LogReader {
    /// Opens a file.
    pub fn open(path: &Path, options: Options) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let name = path.to_string_lossy();
        let mut head = Vec::new();
        (&mut file).take(4).read_to_end(&mut head)?;
        // A pipe cannot be read twice.
        if file.rewind().is_err() {
            return LogReader::new(Box::new(io::Cursor::new(head).chain(file)), &name, options);
        }
        if MAGIC.contains(&&*head) {
            return LogReader::of_archive(Archive::open(file)?, &name, options);
        }
        let beside = Arc::new(Folder::of(path));
        let (source, cutter) = open_stream(Box::new(file), stem_of(&name), options, beside, 0)?;
        Ok(LogReader::starting(source, cutter, None))
    }

    /// Reads from anything; `name` is its path or what stands for one, used for run ids only.
    pub fn new(input: Box<dyn Read + Send>, name: &str, options: Options) -> io::Result<Self> {
        let (source, cutter) = open_stream(input, stem_of(name), options, Arc::new(Nothing), 0)?;
        Ok(LogReader::starting(source, cutter, None))
    }

    fn of_archive(archive: Archive, name: &str, options: Options) -> io::Result<Self> {
        let before = Box::new(io::empty());
        let (source, cutter) = open_stream(before, stem_of(name), options, Arc::new(Nothing), 0)?;
        let hides = archive.hides;
        let mut reader = LogReader::starting(source, cutter, Some(archive));
        if hides {
            reader.unopened.push_back(reject_of_member((Reason::NotALog, HIDDEN.to_owned())));
        }
        if !reader.next_member() && reader.unopened.is_empty() {
            reader.unopened.push_back(reject_of_member((Reason::NotALog, NO_MEMBER.to_owned())));
        }
        Ok(reader)
    }

    fn starting(source: Source, cutter: Cutter, archive: Option<Archive>) -> Self {
        LogReader {
            source: Arc::new(source),
            cutter,
            archive,
            records: RecordReader::default(),
            spare: Vec::new(),
            unopened: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    /// What the file was found to be; of an archive, the member that is being read.
    pub fn detection(&self) -> &Detection {
        &self.source.detection
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
            let (records, bytes) = (until.0 - self.counts.records, until.1 - self.counts.bytes);
            if !self.advance(sink, records as usize, bytes as usize) {
                return false;
            }
        }
        true
    }

    /// One step of the reading: some records, or one run that was put together, or the next member.
    fn advance(&mut self, sink: &mut dyn Sink, max_records: usize, max_bytes: usize) -> bool {
        if let Some(mut reject) = self.unopened.pop_front() {
            reject.record = self.counts.records;
            self.counts.add(Counts { records: 1, rejects: 1, ..Counts::default() });
            sink.reject(reject);
        } else if let Some(block) = self.next_block(max_records, max_bytes.min(BLOCK)) {
            self.counts.add(self.records.read(&self.source, &block, sink));
            self.give_back(block);
        } else if let Some(counts) = self.records.close(&self.source, sink) {
            self.counts.add(counts);
        } else {
            return self.next_member() || !self.unopened.is_empty();
        }
        true
    }

    /// Whether the file's records can be read by several threads: they are runs of their own.
    pub fn is_divisible(&self) -> bool {
        let found = &self.source.detection;
        let as_found = self.source.options.format.as_deref().is_none_or(|name| found.format == Some(name));
        let records = !matches!(found.layout, Layout::Text | Layout::Opaque);
        // Of what the start does not tell, records may be parts of runs.
        self.archive.is_none() && records && as_found && found.format.is_some() && !found.spread
    }

    /// Cuts the next records for [`RecordReader::read`], in place of [`LogReader::next_batch`].
    pub fn next_block(&mut self, max_records: usize, max_bytes: usize) -> Option<Block> {
        self.cutter.next_block(max_records, max_bytes, std::mem::take(&mut self.spare))
    }

    /// Takes the memory of a block that was read, for one of the next: fresh memory costs more than
    /// cutting the records.
    pub fn give_back(&mut self, block: Block) {
        self.spare = block.into_spare();
    }

    /// What the readers of blocks must know.
    pub fn source(&self) -> Arc<Source> {
        self.source.clone()
    }

    /// Opens the next member of an archive that can be opened; what is wrong with others is kept.
    fn next_member(&mut self) -> bool {
        let Some(archive) = &mut self.archive else { return false };
        while let Some(member) = archive.next_member() {
            // The source is the archive, or the member before, whose stem begins with that of the archive.
            let archive_stem = self.source.stem.split('/').next().unwrap_or_default();
            let stem = format!("{archive_stem}/{}", stem_of(&member.name));
            let options = self.source.options.clone();
            let opened = archive.stream(&member).and_then(|stream| {
                open_stream(stream, stem, options, Arc::new(Nothing), self.counts.records)
            });
            let name = member.name.escape_debug();
            let trouble = match opened {
                Ok((source, cutter)) => match frame_in(cutter.head()) {
                    Some(frame) => (Reason::NotALog, format!("The member `{name}` is {frame}, {UNPACK}")),
                    None if source.detection.format.is_none() && member.may_be_no_log() => continue,
                    None => {
                        (self.source, self.cutter) = (Arc::new(source), cutter);
                        return true;
                    }
                },
                Err(error) => (Reason::BrokenStream, format!("The member `{name}` cannot be read: {error}.")),
            };
            self.unopened.push_back(reject_of_member(trouble));
        }
        false
    }
}

const NO_MEMBER: &str = "The archive has no member whose name ends as that of a log (.json, .jsonl, …).";
const HIDDEN: &str = "The archive has several members of one name, of which one is read; unpack it with a program that \
keeps them all, or pack it again.";
const UNPACK: &str = "which is not read inside an archive; unpack it, and read the file itself.";

/// What a file of a frame is, by its first bytes. Such files are read from their end, which a stream has not yet.
fn frame_in(head: &[u8]) -> Option<&'static str> {
    match head {
        [b'P', b'A', b'R', b'1', ..] => Some("a Parquet file"),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Some("an Arrow file"),
        [0xff, 0xff, 0xff, 0xff, ..] => Some("an Arrow stream"),
        _ => None,
    }
}

fn reject_of_member((reason, sentence): Trouble) -> Reject {
    Reject { record: 0, offset: 0, format: None, reason, sentence, raw: Vec::new() }
}

/// Decompresses a stream and tells what it holds by its start.
fn open_stream(
    input: Box<dyn Read + Send>,
    stem: String,
    options: Options,
    beside: Arc<dyn Beside>,
    first: u64,
) -> io::Result<(Source, Cutter)> {
    let forced = options.format.as_deref().map(format_named).transpose()?;
    if forced.is_some() && options.mapping.is_some() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, BOTH));
    }
    let mut window = Window::new(decompressed(input)?);
    window.fill_to(SNIFFED);
    if let Some(encoding) = Encoding::of(window.bytes()) {
        window = Window::new(decoded(window.into_stream(), encoding));
        window.fill_to(SNIFFED);
    }
    let sniffed = window.bytes().len().min(SNIFFED);
    let complete = window.is_ended() && sniffed == window.bytes().len();
    let mut detection = detect(&window.bytes()[..sniffed], complete, options.mapping.as_deref());
    if window.bytes().starts_with(b"\xef\xbb\xbf") {
        window.consume(3);
    }
    let wants_records = options.mapping.is_some() || matches!(forced, Some(Chosen::Json(_)));
    if matches!(detection.layout, Layout::Text | Layout::Opaque)
        && let head = &window.bytes()[..window.bytes().len().min(SNIFFED)]
        && let Some(shape) = Shape::of(head)
    {
        let rows = detect(&shape.records_in(head), false, options.mapping.as_deref());
        if rows.format.is_some() || wants_records {
            detection = rows;
            window = Window::new(Box::new(Rows::new(window.into_stream(), &shape, options.max_record_bytes)));
        }
    }
    if matches!(forced, Some(Chosen::Text(_))) {
        detection.layout = Layout::Text;
    }
    let found_text = || TEXT_FORMATS.iter().find(|format| detection.format == Some(format.name()));
    let chosen = forced.or_else(|| found_text().map(|format| Chosen::Text(*format)));
    let splitter = Splitter::new(detection.layout.clone(), detection.by_line, options.max_record_bytes);
    let cutter = Cutter::new(window, splitter, first);
    Ok((Source { stem, options, detection, chosen, beside }, cutter))
}

const BOTH: &str =
    "Both a format and a mapping are given; a mapping is a format of its own, so give one of them.";

pub(crate) fn format_named(name: &str) -> io::Result<Chosen> {
    let json = FORMATS.iter().find(|format| format.name() == name).map(|format| Chosen::Json(*format));
    let text =
        || TEXT_FORMATS.iter().find(|format| format.name() == name).map(|format| Chosen::Text(*format));
    json.or_else(text).ok_or_else(|| {
        let known: Vec<&str> = names().collect();
        let sentence = format!("No format is called {name:?}; the formats are {}.", known.join(", "));
        io::Error::new(io::ErrorKind::InvalidInput, sentence)
    })
}

/// The name of a file without folders, compression suffix and extension.
fn stem_of(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let file = file.trim_end_matches(".gz").trim_end_matches(".zst").trim_end_matches(".zstd");
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if stem.is_empty() { file.to_owned() } else { stem.to_owned() }
}
