//! Many files read by many threads, and handed on in order.
//!
//! The work is cut into units that do not depend on the number of threads: some records of a large
//! file, or some small files whole. Threads take turns at cutting, which is cheap (records are found
//! at several GB/s), and read the units side by side. A unit is handed on when its turn has come, and
//! no thread runs further ahead than a few units, so that memory is bounded.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::block::Block;
use crate::reader::{Counts, LogReader, Options, Source};
use crate::records::RecordReader;
use crate::run::{Reason, Reject, Run, Sink};

/// A file up to this size is read whole by one thread.
const SMALL: u64 = 1 << 20;
/// Small files that are read together: bytes of them, and how many.
const TOGETHER: (u64, usize) = (4 << 20, 256);

/// Takes what is found in a unit.
pub trait Batch: Send {
    /// A run of the file at `path`.
    fn run(&mut self, run: Run<'_>, path: &str);
    /// A record of the file at `path` that could not be read.
    fn reject(&mut self, reject: Reject, path: &str);
}

/// Hands what is found in one file to a batch.
struct Found<'s, B> {
    batch: &'s mut B,
    path: &'s str,
}

impl<B: Batch> Sink for Found<'_, B> {
    fn run(&mut self, run: Run<'_>) {
        self.batch.run(run, self.path);
    }

    fn reject(&mut self, reject: Reject) {
        self.batch.reject(reject, self.path);
    }
}

/// A file that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// Its path, as given.
    pub path: String,
    /// The format it was found to have; `None` also where it could not be opened.
    pub format: Option<&'static str>,
    /// What was read of it.
    pub counts: Counts,
}

/// What was read of a unit, and the files that ended in it.
pub struct Unit<B> {
    /// The runs and rejects.
    pub batch: B,
    /// The files that ended here.
    pub files: Vec<FileRead>,
}

/// How a scan goes about its work.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// How each file is read.
    pub reading: Options,
    /// Most records of a large file in a unit.
    pub unit_records: usize,
    /// About how many bytes of a large file are in a unit.
    pub unit_bytes: usize,
    /// Threads, the one that asks for units among them.
    pub threads: usize,
}

impl Default for ScanOptions {
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        ScanOptions { reading: Options::default(), unit_records: 8192, unit_bytes: 2 << 20, threads }
    }
}

/// Reads files in order, by several threads.
///
/// ```
/// use agenther_logs::{Batch, Reject, Run, Scan, ScanOptions};
/// #[derive(Default)]
/// struct Goals(Vec<String>);
/// impl Batch for Goals {
///     fn run(&mut self, run: Run<'_>, _: &str) {
///         self.0.extend(run.original_prompt.map(|goal| goal.into_owned()));
///     }
///     fn reject(&mut self, _: Reject, _: &str) {}
/// }
/// let path = std::env::temp_dir().join("agenther-scan.jsonl");
/// std::fs::write(&path, r#"{"messages": [{"role": "user", "content": "Hi"}]}"#).unwrap();
/// let files = vec![path.to_string_lossy().into_owned()];
/// let mut scan = Scan::new(files, ScanOptions::default(), Goals::default);
/// assert_eq!(scan.next().unwrap().batch.0, ["Hi"]);
/// assert!(scan.next().is_none());
/// ```
pub struct Scan<B> {
    shared: Arc<Shared<B>>,
    /// What was read of the large file that the next unit goes on with.
    counts: Counts,
    started: bool,
}

struct Shared<B> {
    options: ScanOptions,
    make: Box<dyn Fn() -> B + Send + Sync>,
    front: Mutex<Front>,
    results: Mutex<Results<B>>,
    changed: Condvar,
}

/// Where the cutting stands.
struct Front {
    ahead: VecDeque<String>,
    current: Option<(Arc<str>, LogReader)>,
    /// Number of the next unit.
    next: u64,
}

struct Results<B> {
    ready: BTreeMap<u64, thread::Result<Finished<B>>>,
    /// Number of the unit whose turn it is.
    wanted: u64,
    /// Units that were taken up.
    taken: u64,
    /// Number of the last unit, once it is known.
    end: Option<u64>,
    /// Nobody wants more.
    closed: bool,
}

/// What is to be done for a unit.
enum Work<B> {
    Small(Vec<String>),
    Block(Arc<str>, Arc<Source>, Block),
    Done(Finished<B>),
}

/// A unit, and how it adds to the counts of the large file that it is cut from.
struct Finished<B> {
    unit: Unit<B>,
    part: Option<Counts>,
}

impl<B: Batch + 'static> Scan<B> {
    /// A scan of files, which are opened when their turn comes. One that cannot be opened is a
    /// reject.
    pub fn new(
        paths: Vec<String>,
        options: ScanOptions,
        make: impl Fn() -> B + Send + Sync + 'static,
    ) -> Self {
        Scan::starting(paths.into(), None, options, Box::new(make))
    }

    /// A scan of one log that is open.
    pub fn of_reader(
        name: &str,
        reader: LogReader,
        options: ScanOptions,
        make: impl Fn() -> B + Send + Sync + 'static,
    ) -> Self {
        Scan::starting(VecDeque::new(), Some((name.into(), reader)), options, Box::new(make))
    }

    fn starting(
        ahead: VecDeque<String>,
        current: Option<(Arc<str>, LogReader)>,
        options: ScanOptions,
        make: Box<dyn Fn() -> B + Send + Sync>,
    ) -> Self {
        let results = Results { ready: BTreeMap::new(), wanted: 0, taken: 0, end: None, closed: false };
        let shared = Shared {
            options,
            make,
            front: Mutex::new(Front { ahead, current, next: 0 }),
            results: Mutex::new(results),
            changed: Condvar::new(),
        };
        Scan { shared: Arc::new(shared), counts: Counts::default(), started: false }
    }

    /// Reads the next unit; `None` after the last. A unit may hold rejects only, or nothing.
    #[expect(clippy::should_implement_trait, reason = "a panic of a reading thread goes on here")]
    pub fn next(&mut self) -> Option<Unit<B>> {
        self.start();
        let finished = self.shared.wanted()?.unwrap_or_else(|panic| resume_unwind(panic));
        Some(self.counted(finished))
    }

    /// The caller is one of the threads: another would take turns with it on the same core.
    fn start(&mut self) {
        if !std::mem::replace(&mut self.started, true) {
            for _ in 1..self.shared.options.threads {
                let shared = self.shared.clone();
                thread::spawn(move || shared.work());
            }
        }
    }

    /// Adds up the parts of a large file, whose last unit says that it ended.
    fn counted(&mut self, Finished { mut unit, part }: Finished<B>) -> Unit<B> {
        if let Some(part) = part {
            self.counts.add(part);
            if let Some(file) = unit.files.first_mut() {
                file.counts = std::mem::take(&mut self.counts);
            }
        }
        unit
    }
}

impl<B> Drop for Scan<B> {
    /// The threads are not waited for: they may be waiting for their turn, or for the caller's lock.
    fn drop(&mut self) {
        lock(&self.shared.results).closed = true;
        self.shared.changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<B: Batch> Shared<B> {
    /// What a thread does until there is nothing left.
    fn work(&self) {
        let mut results = lock(&self.results);
        while !results.closed && results.end.is_none() {
            results = self.read_on(results);
        }
    }

    /// The unit whose turn it is. While others read it, the caller reads later ones.
    fn wanted(&self) -> Option<thread::Result<Finished<B>>> {
        let mut results = lock(&self.results);
        loop {
            let wanted = results.wanted;
            if let Some(finished) = results.ready.remove(&wanted) {
                results.wanted += 1;
                self.changed.notify_all();
                return Some(finished);
            }
            if results.end.is_some_and(|end| wanted >= end) {
                return None;
            }
            results = self.read_on(results);
        }
    }

    /// Reads a unit, or waits where there is none that may be taken up.
    fn read_on<'s>(&'s self, mut results: MutexGuard<'s, Results<B>>) -> MutexGuard<'s, Results<B>> {
        let ahead = self.options.threads as u64 + 2;
        if results.end.is_some() || results.taken >= results.wanted + ahead {
            return self.changed.wait(results).unwrap_or_else(PoisonError::into_inner);
        }
        results.taken += 1;
        drop(results);
        self.read_unit();
        lock(&self.results)
    }

    fn read_unit(&self) {
        let taken = catch_unwind(AssertUnwindSafe(|| lock(&self.front).take(self)));
        let (number, finished) = match taken {
            Ok(Some((number, work))) => (number, catch_unwind(AssertUnwindSafe(|| self.finish(work)))),
            Ok(None) => {
                let number = lock(&self.front).next;
                lock(&self.results).end = Some(number);
                self.changed.notify_all();
                return;
            }
            Err(panic) => (lock(&self.front).skip_current(), Err(panic)),
        };
        lock(&self.results).ready.insert(number, finished);
        self.changed.notify_all();
    }

    fn finish(&self, work: Work<B>) -> Finished<B> {
        match work {
            Work::Done(finished) => finished,
            Work::Small(paths) => self.small(paths),
            Work::Block(path, source, block) => {
                let mut batch = (self.make)();
                let mut sink = Found { batch: &mut batch, path: &path };
                let mut records = RecordReader::default();
                let mut part = records.read(&source, &block, &mut sink);
                // A file whose runs are records may hold pieces of others here and there.
                while let Some(counts) = records.close(&source, &mut sink) {
                    part.add(counts);
                }
                lock(&self.front).give_back(block);
                Finished { unit: Unit { batch, files: Vec::new() }, part: Some(part) }
            }
        }
    }

    fn small(&self, paths: Vec<String>) -> Finished<B> {
        let mut batch = (self.make)();
        let mut files = Vec::new();
        for path in paths {
            match LogReader::open(Path::new(&path), self.options.reading.clone()) {
                Ok(mut reader) => {
                    let mut sink = Found { batch: &mut batch, path: &path };
                    while reader.next_batch(&mut sink, usize::MAX >> 1, usize::MAX >> 1) {}
                    files.push(FileRead { format: reader.source().format(), counts: reader.counts(), path });
                }
                Err(error) => files.push(unopened(path, &error, &mut batch)),
            }
        }
        Finished { unit: Unit { batch, files }, part: None }
    }
}

impl Front {
    /// Takes up the next unit.
    fn take<B: Batch>(&mut self, shared: &Shared<B>) -> Option<(u64, Work<B>)> {
        let work = match self.current.take() {
            Some((path, reader)) => self.go_on(path, reader, shared),
            None => self.open_next(shared)?,
        };
        self.next += 1;
        Some((self.next - 1, work))
    }

    /// Takes the memory of a block that was read, for one of the next of the same file.
    fn give_back(&mut self, block: Block) {
        if let Some((_, reader)) = &mut self.current {
            reader.give_back(block);
        }
    }

    /// The next unit of a large file. One that cannot be cut up is read here and now.
    fn go_on<B: Batch>(&mut self, path: Arc<str>, mut reader: LogReader, shared: &Shared<B>) -> Work<B> {
        let options = &shared.options;
        let format = reader.source().format();
        let mut unit = Unit { batch: (shared.make)(), files: Vec::new() };
        let mut part = Counts::default();
        let goes_on = if reader.is_divisible() {
            if let Some(block) = reader.next_block(options.unit_records, options.unit_bytes) {
                let work = Work::Block(path.clone(), reader.source(), block);
                self.current = Some((path, reader));
                return work;
            }
            false
        } else {
            let before = reader.counts();
            let mut sink = Found { batch: &mut unit.batch, path: &path };
            let goes_on = reader.next_batch(&mut sink, options.unit_records, options.unit_bytes);
            part = reader.counts().since(before);
            goes_on
        };
        match goes_on {
            true => self.current = Some((path, reader)),
            false => {
                unit.files.push(FileRead { path: path.to_string(), format, counts: Counts::default() });
            }
        }
        Work::Done(Finished { unit, part: Some(part) })
    }

    fn open_next<B: Batch>(&mut self, shared: &Shared<B>) -> Option<Work<B>> {
        let small = self.small_files();
        if !small.is_empty() {
            return Some(Work::Small(small));
        }
        let path = self.ahead.pop_front()?;
        Some(match LogReader::open(Path::new(&path), shared.options.reading.clone()) {
            Ok(reader) => self.go_on(path.into(), reader, shared),
            Err(error) => {
                let mut batch = (shared.make)();
                let files = vec![unopened(path, &error, &mut batch)];
                Work::Done(Finished { unit: Unit { batch, files }, part: None })
            }
        })
    }

    /// Takes the small files that come next.
    fn small_files(&mut self) -> Vec<String> {
        let mut taken = Vec::new();
        let mut bytes = 0;
        while taken.len() < TOGETHER.1
            && let Some(path) = self.ahead.front()
            && let Ok(kind) = fs::metadata(path)
            && kind.is_file()
            && kind.len() <= SMALL
            && bytes + kind.len() <= TOGETHER.0
        {
            bytes += kind.len();
            taken.extend(self.ahead.pop_front());
        }
        taken
    }

    /// Gives up the file that made a thread panic, and the number of the unit that it was to be.
    fn skip_current(&mut self) -> u64 {
        self.current = None;
        self.next += 1;
        self.next - 1
    }
}

fn unopened<B: Batch>(path: String, error: &io::Error, batch: &mut B) -> FileRead {
    let reject = Reject {
        record: 0,
        offset: 0,
        format: None,
        reason: Reason::BrokenStream,
        sentence: format!("The file could not be opened: {error}."),
        raw: Vec::new(),
    };
    batch.reject(reject, &path);
    FileRead { path, format: None, counts: Counts { records: 1, rejects: 1, ..Counts::default() } }
}
