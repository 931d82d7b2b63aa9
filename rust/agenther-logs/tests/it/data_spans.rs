//! Real sessions and traces, where they are at hand: what they hold was counted without this reader.

use std::fs;
use std::path::{Path, PathBuf};

use agenther_logs::{Collected, LogReader, Options, Run};

/// Files below `folder` of the shared data whose names end with `suffix`; `None` (said aloud) where
/// it is absent.
fn files(folder: &str, suffix: &str) -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    if !root.is_dir() {
        eprintln!("skipped: {folder} of the shared data is not at hand");
        return None;
    }
    let (mut files, mut folders) = (Vec::new(), vec![root]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be listed").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if path.to_string_lossy().ends_with(suffix) => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    Some(files)
}

fn read(files: &[PathBuf], format: &str) -> Collected {
    let mut found = Collected::default();
    for path in files {
        let mut reader = LogReader::open(path, Options::default()).expect("the log opens");
        while reader.next_batch(&mut found, 1024, 1 << 20) {}
        assert_eq!(reader.detection().format, Some(format), "{}", path.display());
    }
    found
}

fn labelled(found: &Collected, label: bool) -> usize {
    found.runs.iter().filter(|run| run.success == Some(label)).count()
}

/// Calls, results and errors of all steps.
fn acts(runs: &[Run<'_>]) -> (usize, usize, usize) {
    let steps = || runs.iter().flat_map(|run| &run.steps);
    let calls = steps().filter(|step| step.action_name.is_some());
    let results = steps().filter(|step| step.observation.is_some());
    let errors = steps().filter(|step| step.error == Some(true));
    (calls.count(), results.count(), errors.count())
}

#[test]
fn claude_code() {
    let Some(files) = files("claude-code", ".jsonl") else { return };
    let found = read(&files, "claude_code");
    // Two sessions stand in one of the five files, beside six lines that are no events.
    assert_eq!((found.runs.len(), found.rejects.len()), (6, 6));
    assert_eq!(acts(&found.runs), (10, 8, 1));
}

#[test]
fn claude_code_export() {
    let Some(files) = files("claude-code", ".json") else { return };
    let found = read(&files, "claude_code");
    assert_eq!((found.runs.len(), found.rejects.len()), (1, 0));
}

#[test]
fn otel_of_a_multi_agent_simulation() {
    let Some(files) = files("massim-otel", ".otel.json") else { return };
    let found = read(&files, "otel");
    assert_eq!((found.runs.len(), found.rejects.len()), (15, 0));
    assert_eq!((labelled(&found, true), labelled(&found, false)), (9, 6));
    // Each run calls one tool, which fails in those that fail.
    assert_eq!(acts(&found.runs), (15, 15, 6));
    for run in &found.runs {
        assert_eq!(run.failure_reason.is_some(), run.success == Some(false), "{}", run.trajectory_id);
        let said = run.steps.iter().filter_map(|step| step.thought.as_deref());
        assert!(said.into_iter().all(|text| !text.contains("REJECTED") && !text.contains("APPROVED")));
    }
}

#[test]
fn langfuse() {
    let Some(files) = files("langfuse", ".trace.json") else { return };
    let found = read(&files, "langfuse");
    assert_eq!((found.runs.len(), found.rejects.len()), (20, 0));
    assert_eq!((labelled(&found, true), labelled(&found, false)), (1, 1));
    assert!(found.runs.iter().all(|run| run.original_prompt.is_some()));
}

#[test]
fn langfuse_as_chatml() {
    let Some(files) = files("langfuse", ".chatml.json") else { return };
    let found = read(&files, "langfuse");
    // In three files no message of the agent could be turned into ChatML.
    assert_eq!((found.runs.len(), found.rejects.len()), (17, 3));
}

#[test]
fn google_adk_sessions_and_cases() {
    let Some(sessions) = files("google-adk", ".session.json") else { return };
    let found = read(&sessions, "google_adk");
    // One of the three was saved before anybody spoke.
    assert_eq!((found.runs.len(), found.rejects.len()), (2, 1));
    assert_eq!(acts(&found.runs), (3, 3, 0));
    let Some(cases) = files("google-adk", ".test.json") else { return };
    let found = read(&cases, "google_adk");
    assert_eq!((found.runs.len(), found.rejects.len()), (11, 0));
    assert_eq!(acts(&found.runs), (18, 0, 0));
}

#[test]
fn a_trace_without_content_is_a_reject_that_says_what_to_do() {
    let span = |name: &str, attributes: &str| {
        format!(
            r#"{{"traceId": "aa", "spanId": "{name}", "name": "{name}", "startTimeUnixNano": "1", "attributes": [{attributes}]}}"#
        )
    };
    let chat = span("chat", r#"{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}"#);
    let log =
        format!(r#"{{"resourceSpans": [{{"scopeSpans": [{{"spans": [{}, {chat}]}}]}}]}}"#, span("run", ""));
    let (found, counts) = crate::read(log.as_bytes());
    assert_eq!((counts.runs, counts.rejects), (0, 1));
    let sentence = &found.rejects[0].sentence;
    assert!(sentence.contains("its 2 spans hold no content"), "{sentence}");
    assert!(sentence.contains("switch on the recording of inputs and outputs"), "{sentence}");
}

#[test]
fn a_circle_of_parents_is_read() {
    let span = |id: &str, parent: &str| {
        format!(
            r#"{{"trace_id": "t", "span_id": "{id}", "parent_span_id": "{parent}", "name": "execute_tool f", "attributes": {{"gen_ai.tool.call.arguments": "{{}}"}}}}"#
        )
    };
    let log = format!("{}\n{}\n", span("a", "b"), span("b", "a"));
    let (found, counts) = crate::read(log.as_bytes());
    assert_eq!((counts.runs, counts.rejects), (1, 0), "{:?}", found.rejects);
    assert_eq!(found.runs[0].steps.len(), 2);
}

#[test]
fn agentrx_trajectories_of_the_simulation() {
    for folder in ["massim-otel/trajectory_agentrx", "massim-otel/trajectory_telemetry"] {
        let Some(files) = files(folder, ".json") else { return };
        let found = read(&files, "agentrx");
        assert_eq!((found.runs.len(), found.rejects.len()), (15, 0), "{folder}");
        assert_eq!(acts(&found.runs), (15, 15, 6), "{folder}");
        let said = found.runs.iter().flat_map(|run| &run.steps).filter_map(|step| step.thought.as_deref());
        assert!(said.into_iter().all(|text| !text.contains("REJECTED") && !text.contains("APPROVED")));
    }
}
