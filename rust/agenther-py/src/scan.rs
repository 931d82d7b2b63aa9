//! The log reader for Python: files in, Arrow batches out, in bounded memory and without the GIL.

use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use agenther_logs::formats::{FORMATS, TEXT_FORMATS};
use agenther_logs::{
    Batch, LogReader, Mapping, Named, Options, RECORD_SUFFIXES, Reject, Run, Scan, ScanOptions, TEXT_SUFFIXES,
};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyIterator};

use crate::frames::{Detections, Files, Rejects, Trajectories};
use crate::schema;

/// What is found in a unit of a scan.
struct Found {
    runs: Trajectories,
    rejects: Vec<(Reject, String)>,
}

impl Found {
    /// Nothing yet, of the wanted columns.
    fn of(wanted: Option<&[String]>) -> Self {
        Found { runs: Trajectories::of(wanted), rejects: Vec::new() }
    }
}

impl Batch for Found {
    fn run(&mut self, run: Run<'_>, path: &str) {
        self.runs.push(&run, path);
    }

    fn reject(&mut self, reject: Reject, path: &str) {
        self.rejects.push((reject, path.to_owned()));
    }
}

/// Names of the columns of the frame to build; `None` means all.
type Wanted = Option<Arc<[String]>>;

/// A scan, and what was found and not yet taken.
struct Scanning {
    scan: Scan<Found>,
    columns: Wanted,
    max_rows: usize,
    /// Runs of the last unit, of which small files may have given more than a batch holds.
    runs: Option<RecordBatch>,
    rejects: Rejects,
    files: Files,
}

impl Scanning {
    /// The next batch of runs, which may span files and is empty where a unit had rejects only;
    /// `None` after the last.
    fn next_batch(&mut self) -> Option<RecordBatch> {
        let runs = match self.runs.take() {
            Some(runs) => runs,
            None => self.next_unit()?,
        };
        let rows = runs.num_rows().min(self.max_rows);
        if rows < runs.num_rows() {
            self.runs = Some(runs.slice(rows, runs.num_rows() - rows));
        }
        Some(runs.slice(0, rows))
    }

    fn next_unit(&mut self) -> Option<RecordBatch> {
        let unit = self.scan.next()?;
        for (reject, path) in &unit.batch.rejects {
            self.rejects.push(reject, path);
        }
        for file in &unit.files {
            self.files.push(&file.path, file.format, file.counts);
        }
        Some(unit.batch.runs.finish())
    }
}

/// Bytes that Python makes: an iterator of `bytes`, read as one file.
struct Chunks {
    chunks: Py<PyIterator>,
    chunk: Vec<u8>,
    read: usize,
}

impl Chunks {
    fn new(chunks: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Chunks { chunks: chunks.try_iter()?.unbind(), chunk: Vec::new(), read: 0 })
    }

    fn next_chunk(&self) -> PyResult<Option<Vec<u8>>> {
        Python::attach(|py| {
            let next = self.chunks.bind(py).clone().next().transpose()?;
            next.map(|chunk| Ok(chunk.cast::<PyBytes>()?.as_bytes().to_vec())).transpose()
        })
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.chunk.len() {
            match self.next_chunk().map_err(|error| io::Error::other(error.to_string()))? {
                Some(chunk) => (self.chunk, self.read) = (chunk, 0),
                None => return Ok(0),
            }
        }
        let size = buffer.len().min(self.chunk.len() - self.read);
        buffer[..size].copy_from_slice(&self.chunk[self.read..self.read + size]);
        self.read += size;
        Ok(size)
    }
}

/// A scan as an iterator of batches, for consumers of Arrow streams.
struct Batches(Arc<Mutex<Scanning>>);

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        lock(&self.0).next_batch().map(Ok)
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(schema::trajectory_of(lock(&self.0).columns.as_deref())))
    }
}

/// A scan that panicked stays readable: it is at worst at a later record.
fn lock(scan: &Mutex<Scanning>) -> MutexGuard<'_, Scanning> {
    scan.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads log files by several threads, as batches of trajectories in the order of the files.
///
/// It is an Arrow stream itself (`__arrow_c_stream__`): whoever reads the stream moves the scan on.
#[pyclass(frozen, module = "agenther._native")]
pub struct LogScanner(Arc<Mutex<Scanning>>);

impl LogScanner {
    fn of(scan: Scan<Found>, columns: Wanted, max_rows: usize) -> Self {
        let (runs, rejects, files) = (None, Rejects::default(), Files::default());
        LogScanner(Arc::new(Mutex::new(Scanning { scan, columns, max_rows, runs, rejects, files })))
    }
}

/// How to read, from what Python says.
fn reading(
    format: Option<String>,
    success_at: Option<f64>,
    mapping: Option<&str>,
    max_record_bytes: Option<usize>,
) -> PyResult<Options> {
    if let Some(name) = &format {
        known_format(name)?;
    }
    let mapping = mapping.map(parsed).transpose()?;
    let default = Options::default();
    let max_record_bytes = max_record_bytes.unwrap_or(default.max_record_bytes);
    Ok(Options { format, success_at, mapping, max_record_bytes, ..default })
}

fn wanted(columns: Option<Vec<String>>) -> PyResult<Wanted> {
    columns.iter().flatten().try_for_each(|name| known_column(name))?;
    Ok(columns.map(Arc::from))
}

fn scan_options(reading: Options, batch_rows: usize, batch_bytes: usize) -> ScanOptions {
    let (unit_records, unit_bytes) = (batch_rows.max(1), batch_bytes.max(1));
    ScanOptions { reading, unit_records, unit_bytes, ..ScanOptions::default() }
}

#[pymethods]
impl LogScanner {
    #[new]
    #[pyo3(signature = (
        paths, *, format=None, success_at=None, mapping=None, max_record_bytes=None, columns=None,
        batch_rows=8192, batch_bytes=1 << 21, threads=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments in Python")]
    fn new(
        paths: Vec<String>,
        format: Option<String>,
        success_at: Option<f64>,
        mapping: Option<&str>,
        max_record_bytes: Option<usize>,
        columns: Option<Vec<String>>,
        batch_rows: usize,
        batch_bytes: usize,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let reading = reading(format, success_at, mapping, max_record_bytes)?;
        let mut options = scan_options(reading, batch_rows, batch_bytes);
        options.threads = threads.unwrap_or(options.threads);
        let (columns, rows) = (wanted(columns)?, options.unit_records);
        let of = columns.clone();
        Ok(Self::of(Scan::new(paths, options, move || Found::of(of.as_deref())), columns, rows))
    }

    /// Reads the records of an iterator of `bytes` as if they stood in the file of that name. The
    /// thread that asks for a batch reads it: Python's objects are not for threads of ours.
    #[staticmethod]
    #[pyo3(signature = (
        name, chunks, *, format=None, success_at=None, mapping=None, max_record_bytes=None, columns=None,
        batch_rows=8192, batch_bytes=1 << 21
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments in Python")]
    fn from_chunks(
        name: String,
        chunks: Bound<'_, PyAny>,
        format: Option<String>,
        success_at: Option<f64>,
        mapping: Option<&str>,
        max_record_bytes: Option<usize>,
        columns: Option<Vec<String>>,
        batch_rows: usize,
        batch_bytes: usize,
    ) -> PyResult<Self> {
        let reading = reading(format, success_at, mapping, max_record_bytes)?;
        let mut options = scan_options(reading, batch_rows, batch_bytes);
        options.threads = 1;
        let (columns, rows) = (wanted(columns)?, options.unit_records);
        let reader = LogReader::new(Box::new(Chunks::new(&chunks)?), &name, options.reading.clone())?;
        let of = columns.clone();
        let scan = Scan::of_reader(&name, reader, options, move || Found::of(of.as_deref()));
        Ok(Self::of(scan, columns, rows))
    }

    /// The next batch, or `None` after the last. Other Python threads run meanwhile.
    fn read_batch(&self, py: Python<'_>) -> Option<ArrowBatch> {
        py.detach(|| lock(&self.0).next_batch()).map(ArrowBatch)
    }

    /// The rejects met since the last call.
    fn take_rejects(&self, py: Python<'_>) -> ArrowBatch {
        // The scan may wait for the GIL while it is locked, so nobody waits for it with the GIL.
        ArrowBatch(py.detach(|| std::mem::take(&mut lock(&self.0).rejects).finish()))
    }

    /// The counts of the files that were read to their end since the last call.
    fn take_files(&self, py: Python<'_>) -> ArrowBatch {
        ArrowBatch(py.detach(|| std::mem::take(&mut lock(&self.0).files).finish()))
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface allows a producer to ignore the request.
        let _ = requested_schema;
        capsule(py, Box::new(Batches(self.0.clone())))
    }
}

/// One batch, for whoever takes Arrow: `polars.DataFrame(batch)`, `pyarrow.table(batch)`.
#[pyclass(frozen, module = "agenther._native")]
pub struct ArrowBatch(RecordBatch);

#[pymethods]
impl ArrowBatch {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches = [Ok(self.0.clone())];
        capsule(py, Box::new(RecordBatchIterator::new(batches, self.0.schema())))
    }
}

fn capsule<'py>(
    py: Python<'py>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'py, PyCapsule>> {
    // Dropping the stream releases it unless the consumer moved it out, as the interface asks.
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), c"arrow_array_stream")
}

/// What each file is found to be, by its first megabyte.
#[pyfunction]
#[pyo3(signature = (paths, mapping=None))]
pub fn detect(py: Python<'_>, paths: Vec<String>, mapping: Option<&str>) -> PyResult<ArrowBatch> {
    let options = Options { mapping: mapping.map(parsed).transpose()?, ..Options::default() };
    py.detach(|| {
        let mut detections = Detections::default();
        for path in &paths {
            let reader = LogReader::open(Path::new(path), options.clone());
            let reader = reader.map_err(|error| PyOSError::new_err(format!("{path}: {error}")))?;
            detections.push(path, reader.detection());
        }
        Ok(ArrowBatch(detections.finish()))
    })
}

/// What the records of an iterator of `bytes` are found to be.
#[pyfunction]
#[pyo3(signature = (name, chunks, mapping=None))]
pub fn detect_chunks(name: &str, chunks: &Bound<'_, PyAny>, mapping: Option<&str>) -> PyResult<ArrowBatch> {
    let options = Options { mapping: mapping.map(parsed).transpose()?, ..Options::default() };
    let reader = LogReader::new(Box::new(Chunks::new(chunks)?), name, options)?;
    let mut detections = Detections::default();
    detections.push(name, reader.detection());
    Ok(ArrowBatch(detections.finish()))
}

/// The name of the format that a mapping reads; an error says what is wrong with the mapping, and where.
#[pyfunction]
pub fn check_mapping(text: &str) -> PyResult<&'static str> {
    parsed(text).map(|mapping| mapping.name())
}

/// A draft of a mapping for a log that starts so.
#[pyfunction]
pub fn suggest_mapping(sample: &[u8]) -> PyResult<String> {
    agenther_logs::suggest(sample).map_err(PyValueError::new_err)
}

fn parsed(mapping: &str) -> PyResult<Arc<Mapping>> {
    Mapping::parse(mapping).map(Arc::new).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// The names of the formats that are read.
#[pyfunction]
pub fn formats() -> Vec<&'static str> {
    agenther_logs::formats::names().collect()
}

/// The formats that are read, each with the fields that make its shape.
#[pyfunction]
pub fn shapes() -> Vec<(&'static str, &'static str)> {
    let json = FORMATS.iter().map(|format| (format.name(), format.shape()));
    json.chain(TEXT_FORMATS.iter().map(|format| (format.name(), format.shape()))).collect()
}

/// Whether the name of a file says that it is a log: yes, no, or only if a format is recognised in it (`None`).
#[pyfunction]
pub fn is_log_name(path: &str) -> Option<bool> {
    match Named::of(path) {
        Named::Log => Some(true),
        Named::Perhaps => None,
        Named::Other => Some(false),
    }
}

/// What the names of logs end with, and what the names of files that may be logs do.
#[pyfunction]
pub fn log_suffixes() -> (Vec<&'static str>, Vec<&'static str>) {
    (RECORD_SUFFIXES.to_vec(), TEXT_SUFFIXES.to_vec())
}

fn known_column(name: &str) -> PyResult<()> {
    let known = schema::trajectory();
    match known.find(name) {
        Some(_) => Ok(()),
        None => {
            let names: Vec<_> = known.iter().map(|field| field.name().as_str()).collect();
            let sentence = format!("columns: found {name:?}, needed some of {}", names.join(", "));
            Err(PyValueError::new_err(sentence))
        }
    }
}

fn known_format(name: &str) -> PyResult<()> {
    let known = formats();
    match known.contains(&name) {
        true => Ok(()),
        false => {
            Err(PyValueError::new_err(format!("format: found {name:?}, needed one of {}", known.join(", "))))
        }
    }
}
