//! Fixtures in which one value is another than it should be: the reader reads on or rejects, and
//! never panics or loses a record.

use std::fs;
use std::ops::Range;
use std::path::Path;

use agenther_logs::json::{Limits, Tape, Value};

use crate::read;

const OTHERS: &[&str] =
    &["null", "7", "\"x\"", "[]", "{}", "[[1], {\"a\": \"b\"}]", "true", "\"\"", "-1e400"];

/// Where the values inside of `value` lie in `text`.
fn places(value: Value<'_, '_>, text: &str, found: &mut Vec<Range<usize>>) {
    let members = value.members().map(|(_, member)| member);
    for inner in value.items().chain(members) {
        if let std::borrow::Cow::Borrowed(json) = inner.json() {
            let start = json.as_ptr() as usize - text.as_ptr() as usize;
            found.push(start..start + json.len());
        }
        places(inner, text, found);
    }
}

/// The documents of a fixture: all of it, or its lines.
fn documents(text: &str) -> Vec<&str> {
    let whole = Tape::default().parse(text, Limits::default()).is_ok();
    if whole { vec![text] } else { text.lines().collect() }
}

#[test]
fn one_wrong_value_anywhere_never_panics_and_every_record_is_counted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut turn = 0;
    for entry in fs::read_dir(folder).expect("the fixtures are there") {
        let path = entry.expect("a fixture").path();
        if !path.extension().is_some_and(|extension| extension == "json" || extension == "jsonl") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a fixture is text");
        for document in documents(&text) {
            let mut tape = Tape::default();
            let parsed = tape.parse(document, Limits::default()).expect("a fixture is JSON");
            let mut found = Vec::new();
            places(parsed.root(), document, &mut found);
            for place in found {
                turn += 1;
                let wrong = OTHERS[turn % OTHERS.len()];
                let misshapen = [&document[..place.start], wrong, &document[place.end..]].concat();
                let (found, counts) = read(misshapen.as_bytes());
                assert_eq!(counts.records, counts.runs + counts.rejects, "{}: {misshapen}", path.display());
                assert_eq!(counts.runs, found.runs.len() as u64, "{}: {misshapen}", path.display());
            }
        }
    }
}
