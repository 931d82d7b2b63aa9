//! Tests of the reader from outside: bytes in, runs and rejects out.

mod archives;
mod at_rest;
mod cells;
mod confusion;
mod data_records;
mod data_spans;
mod data_text;
mod golden;
mod hostile;
mod house_logs;
mod mapping;
mod misshapen;
mod pages;
mod product_logs;
mod round_trip;
mod scan;
mod shared_data;
mod tau2;
mod trial_results;

use std::io::{Cursor, Read};

use agenther_logs::{Collected, Counts, LogReader, Options};

/// Reads a whole log held in memory.
fn read(bytes: &[u8]) -> (Collected, Counts) {
    read_from(Box::new(Cursor::new(bytes.to_vec())), Options::default())
}

fn read_from(input: Box<dyn Read + Send>, options: Options) -> (Collected, Counts) {
    let mut reader = LogReader::new(input, "log.jsonl", options).expect("the source opens");
    let mut found = Collected::default();
    while reader.next_batch(&mut found, 7, 1 << 20) {}
    (found, reader.counts())
}

fn ids(found: &Collected) -> Vec<&str> {
    found.runs.iter().map(|run| &*run.trajectory_id).collect()
}

/// A record in AgentHER's format.
fn record(id: &str) -> String {
    format!(
        r#"{{"trajectory_id": "{id}", "original_prompt": "p", "steps": [{{"thought": "t", "action_name": "a", "action_input": {{}}, "observation": "o"}}]}}"#
    )
}

/// A text as a string of JSON.
fn json_string(text: &str) -> String {
    let mut out = agenther_logs::json::ObjectWriter::default();
    out.text("k", text);
    let object = out.finish().expect("it has a member");
    object["{\"k\": ".len()..object.len() - 1].to_owned()
}
