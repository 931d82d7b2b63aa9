//! Every fixture and what it must be read as. `UPDATE_GOLDEN=1 cargo test` writes the files anew:
//! read the difference before committing it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use agenther_logs::formats::FORMATS;
use agenther_logs::{Collected, LogReader, Options, Run};

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(folder).expect("the fixtures are there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a fixture").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension != "expected"));
    paths.sort();
    paths
}

fn show(run: &Run<'_>, out: &mut String) {
    writeln!(out, "run {} {} {}", run.record, run.format, run.trajectory_id).unwrap();
    let texts = [
        ("original_prompt", &run.original_prompt),
        ("system", &run.system),
        ("tools", &run.tools),
        ("final_answer", &run.final_answer),
        ("failure_reason", &run.failure_reason),
        ("metadata", &run.metadata),
    ];
    for (name, text) in texts {
        text.iter().for_each(|text| writeln!(out, "  {name}: {text:?}").unwrap());
    }
    writeln!(out, "  success: {:?} reward: {:?}", run.success, run.reward).unwrap();
    for (index, step) in run.steps.iter().enumerate() {
        writeln!(out, "  step {index}").unwrap();
        let texts = [
            ("user", &step.user),
            ("thought", &step.thought),
            ("action_name", &step.action_name),
            ("action_input", &step.action_input),
            ("observation", &step.observation),
        ];
        for (name, text) in texts {
            text.iter().for_each(|text| writeln!(out, "    {name}: {text:?}").unwrap());
        }
        step.error.iter().for_each(|error| writeln!(out, "    error: {error}").unwrap());
    }
}

#[test]
fn fixtures_are_read_as_expected() {
    let mut read_as = Vec::new();
    for path in fixtures() {
        let mut reader = LogReader::open(&path, Options::default()).expect("the fixture opens");
        let mut found = Collected::default();
        while reader.next_batch(&mut found, 1024, 1 << 20) {}
        assert!(found.rejects.is_empty(), "{}: {:?}", path.display(), found.rejects);
        let detection = reader.detection();
        let mut shown = format!(
            "{:?} {:.2} {:?}\n",
            detection.format.unwrap_or("unknown"),
            detection.confidence,
            detection.layout
        );
        found.runs.iter().for_each(|run| show(run, &mut shown));
        read_as.extend(found.runs.iter().map(|run| run.format));

        let expected = path.with_extension("expected");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &shown).expect("the golden file can be written");
        }
        let wanted = fs::read_to_string(&expected).expect("every fixture has an .expected file");
        assert_eq!(shown, wanted, "{}", path.display());
    }
    for format in FORMATS {
        assert!(read_as.contains(&format.name()), "{} has no fixture", format.name());
    }
}

#[test]
fn every_format_says_its_shape_and_has_a_name_of_its_own() {
    for (index, format) in FORMATS.iter().enumerate() {
        assert!(!format.shape().is_empty());
        assert!(
            format
                .name()
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        );
        assert!(FORMATS[..index].iter().all(|other| other.name() != format.name()));
    }
}

#[test]
fn every_format_names_its_source_and_its_leaks() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/formats");
    for entry in fs::read_dir(folder).expect("the formats are there") {
        let path = entry.expect("a format").path();
        // Parts of a format stand in a folder by its name.
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a format is text");
        for heading in ["//! Source: ", "//! Leaks: "] {
            assert!(
                path.ends_with("mod.rs") || text.contains(heading),
                "{} has no {heading:?}",
                path.display()
            );
        }
    }
}
