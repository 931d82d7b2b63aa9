//! The yardsticks of reading: how fast this machine parses JSON at all, and how fast with the least that a reader
//! must do beside.
//!
//! `agenther-bench-parse LOG` parses each line of a log, from memory, to the tree of sonic-rs, the fastest JSON
//! parser there is for Rust, and prints how many lines and seconds that were. It reads no file meanwhile, tells no
//! format, puts no run together and fills no column: what does more cannot be faster. The third number is the seconds
//! with the file read in pieces and all strings copied behind one another, as columns of text hold them.

use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::process::ExitCode;
use std::time::Instant;

use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value, ValueRef};

/// Bytes that are read at a time, as the reader's units are.
const PIECE: usize = 2 << 20;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("which log? agenther-bench-parse LOG");
        return ExitCode::FAILURE;
    };
    let measured = || {
        let log = std::fs::read(&path).map_err(|error| error.to_string())?;
        let (lines, seconds) = timed(|| parse(&log))?;
        drop(log);
        let (copied, with_columns) = timed(|| copy(&path))?;
        if copied != lines {
            return Err(format!("found {lines} lines in memory and {copied} in the file"));
        }
        Ok((lines, seconds, with_columns))
    };
    match measured() {
        Ok((lines, seconds, with_columns)) => {
            println!("{lines} {seconds} {with_columns}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn timed(work: impl FnOnce() -> Result<usize, String>) -> Result<(usize, f64), String> {
    let start = Instant::now();
    Ok((work()?, start.elapsed().as_secs_f64()))
}

/// How many lines hold a container that is not empty.
fn parse(log: &[u8]) -> Result<usize, String> {
    let mut lines = 0;
    for line in log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        lines += usize::from(is_filled(&tree(line)?));
    }
    Ok(lines)
}

/// The same, from the file, with the strings of each piece copied.
fn copy(path: &str) -> Result<usize, String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let (mut piece, mut kept, mut lines) = (vec![0; 2 * PIECE], 0, 0);
    loop {
        if kept == piece.len() {
            piece.resize(2 * kept, 0);
        }
        let read = file.read(&mut piece[kept..]).map_err(|error| error.to_string())?;
        let end = kept + read;
        let whole = match read {
            0 => end,
            _ => piece[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1),
        };
        let mut column = Vec::new();
        for line in piece[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let tree = tree(line)?;
            lines += usize::from(is_filled(&tree));
            append(&tree, &mut column);
        }
        black_box(column.len());
        piece.copy_within(whole..end, 0);
        kept = end - whole;
        if read == 0 {
            return Ok(lines);
        }
    }
}

fn tree(line: &[u8]) -> Result<Value, String> {
    sonic_rs::from_slice(line).map_err(|error| error.to_string())
}

fn is_filled(tree: &Value) -> bool {
    tree.as_object().is_some_and(|object| !object.is_empty()) || tree.is_array()
}

fn append(value: &Value, column: &mut Vec<u8>) {
    match value.as_ref() {
        ValueRef::String(text) => column.extend_from_slice(text.as_bytes()),
        ValueRef::Array(items) => items.iter().for_each(|item| append(item, column)),
        ValueRef::Object(members) => members.iter().for_each(|(_, member)| append(member, column)),
        _ => {}
    }
}
