//! The yardstick of reading: how fast this machine parses JSON at all.
//!
//! `agenther-bench-parse LOG` parses each line of a log, from memory, to the tree of sonic-rs, the fastest JSON
//! parser there is for Rust, and prints how many lines and seconds that were. It reads no file meanwhile, tells no
//! format, puts no run together and fills no column: what does more cannot be faster.

use std::process::ExitCode;
use std::time::Instant;

use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("which log? agenther-bench-parse LOG");
        return ExitCode::FAILURE;
    };
    match std::fs::read(&path).map_err(|error| error.to_string()).and_then(|log| parse(&log)) {
        Ok((lines, seconds)) => {
            println!("{lines} {seconds}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How many lines hold a container that is not empty, and the seconds that it took to parse all.
fn parse(log: &[u8]) -> Result<(usize, f64), String> {
    let start = Instant::now();
    let mut lines = 0;
    for line in log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let tree: Value = sonic_rs::from_slice(line).map_err(|error| error.to_string())?;
        let filled = tree.as_object().is_some_and(|object| !object.is_empty());
        lines += usize::from(filled || tree.is_array());
    }
    Ok((lines, start.elapsed().as_secs_f64()))
}
