//! Reads agent logs: bytes to runs.
//!
//! [`LogReader`] takes a file (or any stream, compressed or not), tells its format from its content,
//! cuts it into records and hands each to a [`Sink`]: as a [`Run`] that borrows from the record, or
//! as a [`Reject`] that says what is wrong and holds the record. Memory is bounded by one record,
//! whatever the size of the file. Every record ends up in exactly one of the two.
//!
//! Formats are in [`formats`], one file each; a [`Mapping`] reads those that only one house writes.

mod archive;
mod beside;
mod blank;
mod block;
mod branches;
mod cell;
mod details;
mod detect;
mod encoding;
pub mod formats;
mod growth;
mod gui;
mod identity;
pub mod json;
mod labels;
mod mapping;
mod mcp_result;
mod messages;
mod names;
mod panics;
mod pieces;
mod printed;
mod python_calls;
mod python_literal;
mod react;
mod reader;
mod records;
mod run;
mod scan;
mod spans;
mod split;
mod sse;
mod stream;
mod swebench;
mod table;
mod terminal;
mod timeline;
mod transcript;
mod verdicts;

pub use beside::Beside;
pub use block::Block;
pub use cell::{CellReader, Unreadable};
pub use detect::Detection;
pub use mapping::{Mapping, MappingError, schema as mapping_schema, suggest};
pub use names::{Named, RECORD_SUFFIXES, TEXT_SUFFIXES};
pub use panics::caught;
pub use reader::{Counts, LogReader, Options, Source};
pub use records::RecordReader;
pub use run::{Collected, Reason, Reject, Run, RunStep, Sink, Text};
pub use scan::{Batch, FileRead, Scan, ScanOptions, Unit};
pub use split::Layout;
