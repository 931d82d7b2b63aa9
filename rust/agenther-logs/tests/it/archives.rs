//! Zip archives: members are read like files, and nothing in them is trusted.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use agenther_logs::{Collected, LogReader, Options, Reason};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{ids, record};

/// An archive on disk that is deleted at the end of its test.
struct OnDisk(PathBuf);

impl OnDisk {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("agenther-{}-{name}", std::process::id()));
        fs::write(&path, bytes).unwrap();
        OnDisk(path)
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn zipped(members: &[(&str, String)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read(file: &OnDisk, batch: usize) -> Collected {
    let mut reader = LogReader::open(&file.0, Options::default()).unwrap();
    let mut found = Collected::default();
    while reader.next_batch(&mut found, batch, 1 << 24) {}
    let counts = reader.counts();
    assert_eq!(counts.records, counts.runs + counts.rejects);
    assert_eq!((counts.runs, counts.rejects), (found.runs.len() as u64, found.rejects.len() as u64));
    found
}

#[test]
fn members_are_read_one_after_the_other_whatever_their_compression() {
    let members = [
        ("logs/a.json", format!("[{}, {}]", record("a"), record("b"))),
        ("../../etc/c.jsonl", record("c") + "\n"),
        ("picture.png", "not a log".to_owned()),
        ("notes.txt", "not a log either".to_owned()),
        ("empty.json", String::new()),
        ("bad.json", "{\"messages\": [".to_owned()),
    ];
    for method in [CompressionMethod::STORE, CompressionMethod::DEFLATE, CompressionMethod::ZSTD] {
        let file = OnDisk::new(&format!("{method:?}.zip"), &zipped(&members, method));
        for batch in [1, 1000] {
            let found = read(&file, batch);
            assert_eq!(ids(&found), ["a", "b", "c"]);
            assert_eq!(found.runs.iter().map(|run| run.record).collect::<Vec<_>>(), [0, 1, 2]);
            assert_eq!(found.rejects.len(), 1);
            assert_eq!((found.rejects[0].reason, found.rejects[0].record), (Reason::Truncated, 3));
        }
    }
}

#[test]
fn a_damaged_member_is_a_reject_and_the_others_are_read() {
    let members = [("a.jsonl", record("a") + "\n"), ("b.jsonl", record("b") + "\n")];
    let mut bytes = zipped(&members, CompressionMethod::STORE);
    let at = bytes.windows(3).position(|window| window == b"\"a\"").unwrap();
    bytes[at + 1] = b'z';
    let found = read(&OnDisk::new("damaged.zip", &bytes), 1000);
    assert_eq!(ids(&found), ["z", "b"]);
    assert_eq!(found.rejects.len(), 1);
    assert!(found.rejects[0].sentence.contains("checksum"), "{}", found.rejects[0].sentence);
}

#[test]
fn an_archive_without_logs_and_an_archive_in_an_archive_are_rejects() {
    let empty = read(&OnDisk::new("empty.zip", &zipped(&[], CompressionMethod::STORE)), 10);
    assert_eq!(empty.rejects[0].reason, Reason::NotALog);
    let inner = zipped(&[("a.json", record("a"))], CompressionMethod::STORE);
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("inner.zip", SimpleFileOptions::default()).unwrap();
    writer.write_all(&inner).unwrap();
    let outer = writer.finish().unwrap().into_inner();
    let found = read(&OnDisk::new("nested.zip", &outer), 10);
    assert_eq!((found.runs.len(), found.rejects[0].reason), (0, Reason::NotALog));
}

#[test]
fn what_may_be_a_log_by_its_name_is_read_and_no_more() {
    let members = [
        ("a.jsonl", record("a")),
        ("b.jsonl.1", record("b")),
        ("c.JSON", record("c")),
        ("d", record("d")),
        ("LICENSE", "Do what you like.".to_owned()),
        ("e.log.2", record("e")),
        ("f.jsonlines", record("f")),
        ("picture.png", "not a log".to_owned()),
        ("logs\\g.json", record("g")),
    ];
    let found = read(&OnDisk::new("names.zip", &zipped(&members, CompressionMethod::STORE)), 10);
    assert_eq!(ids(&found), ["a", "b", "c", "d", "e", "f", "g"]);
    assert!(found.rejects.is_empty(), "{:?}", found.rejects);
}

#[test]
fn a_member_that_is_a_frame_is_a_reject_that_says_what_to_do() {
    let members = [
        ("a.jsonl", record("a")),
        ("p.parquet", "PAR1 and so on".to_owned()),
        ("no_suffix", "ARROW1\0\0".to_owned()),
        ("b.jsonl", record("b")),
    ];
    let found = read(&OnDisk::new("frames.zip", &zipped(&members, CompressionMethod::DEFLATE)), 10);
    assert_eq!(ids(&found), ["a", "b"]);
    let sentences: Vec<&str> = found.rejects.iter().map(|reject| &*reject.sentence).collect();
    assert_eq!(sentences.len(), 2);
    assert!(sentences[0].starts_with("The member `p.parquet` is a Parquet file"), "{}", sentences[0]);
    assert!(sentences[1].starts_with("The member `no_suffix` is an Arrow file"), "{}", sentences[1]);
}

#[test]
fn runs_without_an_id_are_named_by_archive_and_member() {
    let chat = r#"{"messages": [{"role": "user", "content": "Go."}]}"#.to_owned();
    let members = [("a.jsonl", chat.clone()), ("logs/b.jsonl", chat.clone()), ("c.jsonl", chat)];
    let file = OnDisk::new("ids.zip", &zipped(&members, CompressionMethod::STORE));
    let archive = file.0.file_stem().unwrap().to_str().unwrap();
    let expected = ["a-0", "b-1", "c-2"].map(|id| format!("{archive}/{id}"));
    assert_eq!(ids(&read(&file, 10)), expected);
}

#[test]
fn members_of_one_name_are_not_lost_without_a_word() {
    let members = [("a.jsonl", record("a")), ("b.jsonl", record("b"))];
    let mut bytes = zipped(&members, CompressionMethod::STORE);
    while let Some(at) = bytes.windows(7).position(|window| window == b"b.jsonl") {
        bytes[at] = b'a';
    }
    let found = read(&OnDisk::new("twice.zip", &bytes), 10);
    assert_eq!((found.runs.len(), found.rejects.len()), (1, 1));
    assert!(found.rejects[0].sentence.contains("several members of one name"));
}
