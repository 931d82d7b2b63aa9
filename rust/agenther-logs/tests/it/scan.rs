//! Many files, several threads: the same as one file after the other.

use std::fs;
use std::path::PathBuf;

use agenther_logs::{
    Batch, Collected, Counts, FileRead, LogReader, Options, Reason, Reject, Run, Scan, ScanOptions, Sink,
};

use crate::record;

/// Runs and rejects with the file that they are from.
#[derive(Default)]
struct Everything {
    found: Collected,
    paths: Vec<String>,
}

impl Batch for Everything {
    fn run(&mut self, run: Run<'_>, path: &str) {
        self.found.run(run);
        self.paths.push(path.to_owned());
    }

    fn reject(&mut self, reject: Reject, path: &str) {
        self.found.reject(reject);
        self.paths.push(path.to_owned());
    }
}

/// A folder that is deleted at the end of its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("agenther-scan-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn options(threads: usize, unit_bytes: usize) -> ScanOptions {
    ScanOptions { threads, unit_bytes, unit_records: 100, ..ScanOptions::default() }
}

fn all(paths: &[String], options: ScanOptions) -> (Everything, Vec<FileRead>) {
    let mut scan = Scan::new(paths.to_vec(), options, Everything::default);
    let (mut all, mut files) = (Everything::default(), Vec::new());
    while let Some(unit) = scan.next() {
        all.found.runs.extend(unit.batch.found.runs);
        all.found.rejects.extend(unit.batch.found.rejects);
        all.paths.extend(unit.batch.paths);
        files.extend(unit.files);
    }
    (all, files)
}

fn logs(folder: &Folder) -> Vec<String> {
    let lines = |from: usize, to: usize| {
        (from..to).map(|n| record(&format!("r{n} {}", "x".repeat(n % 997)))).collect::<Vec<_>>()
    };
    let mut large = lines(0, 4000);
    large[1234] = "{\"bad\": ".to_owned();
    vec![
        folder.file("a.jsonl", &lines(0, 3).join("\n")),
        folder.file("large.jsonl", &large.join("\n")),
        folder.file("b.json", &format!("[{}]", lines(0, 5).join(","))),
        folder.0.join("absent.jsonl").to_string_lossy().into_owned(),
        folder.file("large.json", &format!("{{\"runs\": [{}]}}", lines(0, 4000).join(","))),
        folder.file("empty.jsonl", ""),
        folder.file("c.jsonl", "not a log"),
    ]
}

#[test]
fn threads_and_the_size_of_units_change_nothing() {
    let folder = Folder::new("threads");
    let paths = logs(&folder);
    let mut one_by_one = Collected::default();
    let mut counts = Vec::new();
    for path in &paths {
        let mut count = Counts { records: 1, rejects: 1, ..Counts::default() };
        if let Ok(mut reader) = LogReader::open(path.as_ref(), Options::default()) {
            while reader.next_batch(&mut one_by_one, 1000, 1 << 20) {}
            count = reader.counts();
        }
        counts.push(count);
    }
    for (threads, bytes) in [(1, 1 << 20), (2, 1 << 16), (3, 1 << 20), (8, 1 << 14), (2, 1)] {
        let (all, files) = all(&paths, options(threads, bytes));
        assert_eq!(all.found.runs, one_by_one.runs, "{threads} threads, {bytes} bytes");
        assert_eq!(all.found.rejects.len(), one_by_one.rejects.len() + 1);
        assert_eq!(files.iter().map(|file| file.path.clone()).collect::<Vec<_>>(), paths);
        assert_eq!(files.iter().map(|file| file.counts).collect::<Vec<_>>(), counts);
        assert!(all.paths.iter().all(|path| paths.contains(path)));
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_a_reject() {
    let (all, files) = all(&["/nowhere/at/all.jsonl".to_owned()], options(2, 1000));
    assert_eq!(all.found.rejects[0].reason, Reason::BrokenStream);
    assert_eq!((files[0].format, files[0].counts.rejects), (None, 1));
}

#[test]
fn a_scan_may_be_given_up() {
    let folder = Folder::new("given-up");
    let mut scan = Scan::new(logs(&folder), options(2, 1 << 12), Everything::default);
    assert!(scan.next().is_some());
}

#[test]
fn a_panic_of_a_thread_reaches_the_caller() {
    struct Fragile;
    impl Batch for Fragile {
        fn run(&mut self, run: Run<'_>, _: &str) {
            assert!(!run.trajectory_id.starts_with("r2 "), "no r2, please");
        }
        fn reject(&mut self, _: Reject, _: &str) {}
    }
    let folder = Folder::new("panic");
    let path = folder.file("a.jsonl", &(0..4).map(|n| record(&format!("r{n} x")) + "\n").collect::<String>());
    for threads in [1, 2] {
        let mut scan = Scan::new(vec![path.clone()], options(threads, 1000), || Fragile);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scan.next().is_some()));
        assert!(caught.is_err());
    }
}
