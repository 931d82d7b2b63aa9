//! Real logs of benchmarks and agents whose record is a whole run: how many runs, successes and
//! failures each folder holds was counted without this reader.

use std::path::PathBuf;

use agenther_logs::{Collected, LogReader, Options};

use crate::shared_data::files;

/// What was read of some files.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    runs: usize,
    successes: usize,
    failures: usize,
    rejects: usize,
}

/// Reads files that must all be of `format`; every run must have a goal and steps.
fn read(files: &[PathBuf], format: &str) -> (Found, Collected) {
    let (found, collected) = read_any(files, format);
    for run in &collected.runs {
        assert!(run.original_prompt.is_some(), "{} has no goal", run.trajectory_id);
    }
    (found, collected)
}

/// The same for runs that may have no goal.
fn read_any(files: &[PathBuf], format: &str) -> (Found, Collected) {
    let mut found = Collected::default();
    for path in files {
        let mut reader = LogReader::open(path, Options::default()).expect("the log opens");
        while reader.next_batch(&mut found, 1024, 1 << 20) {}
        assert_eq!(reader.detection().format, Some(format), "{}", path.display());
    }
    for run in &found.runs {
        assert_eq!(run.format, format, "{}", run.trajectory_id);
        assert!(!run.steps.is_empty(), "{} has no steps", run.trajectory_id);
    }
    let labelled = |label| found.runs.iter().filter(|run| run.success == Some(label)).count();
    let (successes, failures) = (labelled(true), labelled(false));
    (Found { runs: found.runs.len(), successes, failures, rejects: found.rejects.len() }, found)
}

fn count(files: &[PathBuf], format: &str) -> (usize, usize, usize) {
    let (found, collected) = read(files, format);
    assert_eq!(collected.rejects, []);
    (found.runs, found.successes, found.failures)
}

#[test]
fn inspect_logs() {
    let Some(logs) = files("inspect_ai", "json") else { return };
    let (samples, no_samples): (Vec<PathBuf>, Vec<PathBuf>) =
        logs.into_iter().partition(|path| !path.to_string_lossy().contains("no-samples"));
    assert_eq!(count(&samples, "inspect"), (13, 8, 4));
    assert_eq!(count(&no_samples, "inspect"), (0, 0, 0));
    let Some(archives) = files("inspect_ai", "eval") else { return };
    assert_eq!(count(&archives, "inspect"), (30, 13, 7));
    let Some(docent) = files("docent/docent", "eval") else { return };
    assert_eq!(count(&docent, "inspect"), (15, 9, 6));
    let Some(docent) = files("docent/tests", "json") else { return };
    assert_eq!(count(&docent, "inspect"), (2, 1, 1));
}

#[test]
fn toolbench_answers() {
    let Some(trees) = files("toolbench/data_example", "json") else { return };
    assert_eq!(count(&trees, "toolbench"), (10, 6, 4));
    let Some(answers) = files("stabletoolbench/data_example/answer", "json") else { return };
    assert_eq!(count(&answers, "toolbench"), (6, 5, 1));
}

#[test]
fn tooleval_predictions_and_verdicts() {
    let Some(predictions) = files("toolbench/toolbench/tooleval/results", "json") else { return };
    assert_eq!(count(&predictions, "tooleval"), (200, 0, 105));
    let Some(converted) = files("stabletoolbench/data_example/model_predictions_converted", "json") else {
        return;
    };
    assert_eq!(count(&converted, "tooleval"), (6, 0, 1));
    let Some(judged) = files("stabletoolbench/data_example/pass_rate_results", "json") else { return };
    assert_eq!(count(&judged, "tooleval"), (6, 5, 1));
}

#[test]
fn swe_agent_trajectories() {
    let Some(trajectories) = files("swe-agent", "traj") else { return };
    let (found, collected) = read(&trajectories, "swe_agent");
    assert_eq!(found, Found { runs: 22, ..Found::default() });
    // As many as `trajectory` has, and the five turns of the file that has only a history.
    assert_eq!(collected.runs.iter().map(|run| run.steps.len()).sum::<usize>(), 232);
}

#[test]
fn openhands_events() {
    let Some(sessions) = files("openhands/tests/runtime", "json") else { return };
    assert_eq!(count(&sessions, "openhands"), (4, 0, 0));
    let Some(resolved) = files("openhands/tests/unit", "jsonl") else { return };
    assert_eq!(count(&resolved, "openhands"), (2, 2, 0));
    let Some(evaluated) = files("openhands/evaluation", "jsonl") else { return };
    let (found, collected) = read(&evaluated, "openhands");
    assert_eq!(found, Found { runs: 3, ..Found::default() });
    let stopped = collected.runs.iter().filter(|run| run.failure_reason.is_some()).count();
    let failed: usize =
        collected.runs.iter().flat_map(|run| &run.steps).filter(|step| step.error == Some(true)).count();
    assert_eq!((stopped, failed), (1, 45));
}

#[test]
fn tapes() {
    let Some(tapes) = files("tapeagents", "json") else { return };
    let (found, collected) = read_any(&tapes, "tapeagents");
    assert_eq!(found, Found { runs: 19, ..Found::default() });
    // A tape about another tape has no goal of its own.
    assert_eq!(collected.runs.iter().filter(|run| run.original_prompt.is_none()).count(), 1);
    let answered = collected.runs.iter().filter(|run| run.final_answer.is_some()).count();
    assert_eq!(answered, 17, "all but the improver's and the one that failed");
}

#[test]
fn web_voyager_messages() {
    let Some(runs) = files("webvoyager", "json") else { return };
    let (found, collected) = read(&runs, "web_voyager");
    assert_eq!(found, Found { runs: 15, ..Found::default() });
    assert!(collected.runs.iter().all(|run| run.final_answer.is_some()));
}

#[test]
fn preferences_of_tooleval_are_no_runs() {
    let Some(preferences) = files("stabletoolbench/data_example/preference_results", "json") else { return };
    assert_eq!(count(&preferences, "tooleval"), (0, 0, 0));
}

#[test]
fn sharegpt_conversations() {
    let Some(conversations) = files("fastchat", "json") else { return };
    assert_eq!(count(&conversations, "openai_chat"), (500, 0, 0));
}
