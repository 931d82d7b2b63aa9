//! Real logs, where they are at hand: how many runs and successes each folder holds was counted
//! without this reader.

use std::fs;
use std::path::{Path, PathBuf};

use agenther_logs::{Collected, LogReader, Options};

/// Files below `folder` of the shared data, or `None` (said aloud) where it is absent.
pub(crate) fn files(folder: &str, extension: &str) -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    if !root.is_dir() {
        eprintln!("skipped: {folder} of the shared data is not at hand");
        return None;
    }
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be listed").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    Some(files)
}

/// Runs, successes and failures of files that must all be of `format` and without rejects.
fn count(files: &[PathBuf], format: &str) -> (usize, usize, usize) {
    let mut found = Collected::default();
    for path in files {
        let mut reader = LogReader::open(path, Options::default()).expect("the log opens");
        while reader.next_batch(&mut found, 1024, 1 << 20) {}
        let counts = reader.counts();
        assert_eq!(counts.records, counts.runs + counts.rejects);
        assert_eq!(reader.detection().format, Some(format), "{}", path.display());
    }
    assert_eq!(found.rejects, []);
    for run in &found.runs {
        assert!(run.original_prompt.is_some(), "{} has no goal", run.trajectory_id);
        assert!(!run.steps.is_empty(), "{} has no steps", run.trajectory_id);
        for text in run.steps.iter().filter_map(|step| step.observation.as_deref()) {
            for leak in
                ["Episode finished, reward", "Your answer is wrong.", "submitted flag is", " left and "]
            {
                let line = text.lines().any(|line| line.contains(leak) && line.len() < 80);
                assert!(!line || leak == " left and ", "{} leaks {leak:?}", run.trajectory_id);
            }
        }
    }
    let labelled = |label| found.runs.iter().filter(|run| run.success == Some(label)).count();
    (found.runs.len(), labelled(true), labelled(false))
}

#[test]
fn tau_bench_airline() {
    let Some(files) = files("tau-bench-airline", "json") else { return };
    assert_eq!(count(&files, "tau_bench"), (100, 49, 51));
}

#[test]
fn mint_bench() {
    let Some(files) = files("mint-bench", "jsonl") else { return };
    assert_eq!(count(&files, "mint"), (361, 154, 207));
}

#[test]
fn intercode() {
    let Some(files) = files("intercode", "json") else { return };
    assert_eq!(count(&files, "intercode"), (2647, 1564, 1083));
}

#[test]
fn fireact() {
    let Some(files) = files("fireact/trajs", "json") else { return };
    assert_eq!(count(&files, "react"), (965, 331, 634));
}

#[test]
fn fireact_fine_tuning_files() {
    for extension in ["json", "jsonl"] {
        let Some(files) = files("fireact/data/finetune", extension) else { return };
        assert_eq!(count(&files, "react"), (500, 0, 0));
    }
}

#[test]
fn agenther_example() {
    let Some(files) = files("agenther", "json") else { return };
    assert_eq!(count(&files, "agenther"), (3, 0, 0));
}

#[test]
fn nothing_at_hand_makes_the_reader_panic_or_lose_a_record() {
    for extension in ["json", "jsonl", "traj", "txt", "log", "eval", "html", "csv"] {
        let Some(files) = files("", extension) else { return };
        for path in files {
            let mut reader = LogReader::open(&path, Options::default()).expect("the log opens");
            let mut found = Collected::default();
            while reader.next_batch(&mut found, 64, 1 << 20) {}
            let counts = reader.counts();
            assert_eq!(counts.runs, found.runs.len() as u64, "{}", path.display());
            assert_eq!(counts.rejects, found.rejects.len() as u64, "{}", path.display());
            assert_eq!(counts.records, counts.runs + counts.rejects, "{}", path.display());
            let empty = fs::metadata(&path).expect("the log is there").len() == 0;
            // A harness's report is understood, and there is nothing of a run in it.
            let understood = reader.detection().format.is_some();
            assert!(empty || understood || counts.records > 0, "{} left no trace", path.display());
        }
    }
}
