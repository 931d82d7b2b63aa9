//! Files as they lie on disk: layouts, compression, damage.

use std::io::{self, Cursor, Read, Write};

use agenther_logs::{Layout, LogReader, Options, Reason};

use crate::{ids, read, read_from, record};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 1).unwrap()
}

fn chat(id: &str) -> String {
    format!(
        r#"{{"id": "{id}", "messages": [{{"role": "user", "content": "Hi"}}, {{"role": "assistant", "content": "Hello"}}]}}"#
    )
}

fn layout(bytes: &[u8]) -> Layout {
    let input = Box::new(Cursor::new(bytes.to_vec()));
    LogReader::new(input, "log", Options::default()).unwrap().detection().layout.clone()
}

#[test]
fn the_same_records_in_every_layout() {
    let (a, b) = (record("a"), record("b"));
    let inside = |path: &[&str]| Layout::Inside(path.iter().map(|key| (*key).to_owned()).collect());
    let pages = |path: &[&str]| Layout::Pages(path.iter().map(|key| (*key).to_owned()).collect());
    let each = |path: &[&str], key: &str| Layout::Each {
        path: path.iter().map(|key| (*key).to_owned()).collect(),
        key: key.to_owned(),
    };
    let groups = |path: &[&str], others: &[&str]| Layout::Groups {
        path: path.iter().map(|key| (*key).to_owned()).collect(),
        paged: false,
        others: others.iter().map(|key| (*key).to_owned()).collect(),
        keyed: Vec::new(),
    };
    let at = |path: &[&str]| Layout::At(path.iter().map(|key| (*key).to_owned()).collect());
    for (text, expected) in [
        (format!("{a}\n{b}\n"), Layout::Lines),
        (format!("{a}\r\n\r\n{b}"), Layout::Lines),
        (format!("\u{feff}{a}\n{b}\n"), Layout::Lines),
        (format!("\u{1e}{a}\n\u{1e}{b}\n"), Layout::Lines),
        (format!("[{a},{b}]"), inside(&[])),
        (format!("[\n  {a},\n  {b}\n]\n"), inside(&[])),
        (format!("[{a}]\n[{b}]\n"), inside(&[])),
        (format!("{{\"x\": {a}, \"y\": {b}}}"), inside(&[])),
        (
            format!("{{\"meta\": {{\"n\": [1, 2]}}, \"logs\": {{\"x\": {a}, \"y\": {b}}}, \"end\": 1}}"),
            inside(&["logs"]),
        ),
        (format!("{{\"version\": 1,\n \"runs\": [{a}, {b}]}}"), inside(&["runs"])),
        (
            format!(
                "{{\"n\": 2, \"easy\": [{a}],\n \"stats\": {{\"x\": [1]}}, \"hard\": [{b}], \"costs\": [1, 2]}}"
            ),
            groups(&[], &["costs"]),
        ),
        (
            format!("{{\"easy\": [{a}], \"hard\": {{\"x\": {b}}}}}"),
            Layout::Groups {
                path: Vec::new(),
                paged: false,
                others: Vec::new(),
                keyed: vec!["hard".to_owned()],
            },
        ),
        (
            format!("{{\"easy\": {{\"x\": {a}}}, \"n\": 2, \"hard\": {{\"y\": {b}}}}}"),
            Layout::Groups {
                path: Vec::new(),
                paged: false,
                others: Vec::new(),
                keyed: vec!["easy".to_owned(), "hard".to_owned()],
            },
        ),
        (format!("{{\"easy\": [{a}], \"hard\": []}}\n{{\"hard\": [], \"easy\": [{b}]}}"), inside(&["easy"])),
        (format!("{}\n{}", a.replace(", ", ",\n "), b.replace(", ", ",\n ")), Layout::Values),
        // Answers of services: pages in one list, lists in envelopes, one record each.
        (
            format!("[{{\"data\": [{a}], \"next\": 2}},\n {{\"data\": null}}, {{\"data\": [{b}]}}]"),
            pages(&["data"]),
        ),
        (format!("[{{\"data\": {{\"items\": [{a}, {b}]}}}}]\n"), pages(&["data", "items"])),
        (
            format!(
                "{{\"page 1\": {{\"data\": [{a}], \"n\": 1}},\n \"page 2\": {{\"n\": 1, \"data\": [{b}]}}}}\n"
            ),
            pages(&["data"]),
        ),
        (format!("{{\"data\": [{a}]}}\n{{\"data\": null}}\n{{\"data\": [{b}]}}"), inside(&["data"])),
        (
            format!("{{\"ok\": true, \"result\": {{\"data\": {{\"runs\": [{a}, {b}]}}}}}}"),
            inside(&["result", "data", "runs"]),
        ),
        (
            format!(
                "{{\"rows\": [{{\"row_idx\": 0, \"row\": {a}}},\n {{\"row\": {b}, \"row_idx\": 1}}], \"total\": 2}}"
            ),
            each(&["rows"], "row"),
        ),
        (
            format!(
                "{{\"took\": 1, \"hits\": {{\"total\": 2, \"hits\": [{{\"_source\": {a}}}, {{\"_source\": {b}}}]}}}}"
            ),
            each(&["hits", "hits"], "_source"),
        ),
        (
            format!("{{\"data\": {{\"runs\": {{\"edges\": [{{\"node\": {a}}}, {{\"node\": {b}}}]}}}}}}"),
            each(&["data", "runs", "edges"], "node"),
        ),
        (format!("[{{\"json\": {a}}}, {{\"json\": {b}}}]"), each(&[], "json")),
        (
            format!("[{{\"n\": 1, \"data\": {}}}, {{\"n\": 2, \"data\": {}}}]", chat("a"), chat("b")),
            each(&[], "data"),
        ),
        (format!("{{\"_id\": 1, \"_source\": {a}}}\n{{\"_id\": 2, \"_source\": {b}}}\n"), at(&["_source"])),
        (
            format!("{{\"code\": 0, \"data\": {}}}\n{{\"data\": {}, \"code\": 0}}\n", chat("a"), chat("b")),
            at(&["data"]),
        ),
    ] {
        let (found, counts) = read(text.as_bytes());
        assert_eq!(ids(&found), ["a", "b"], "{text}");
        assert_eq!((counts.records, counts.rejects), (2, 0));
        assert_eq!(layout(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn documents_without_records_are_told_of() {
    let (a, b) = (record("a"), record("b"));
    for text in [
        format!("{{\"data\": [{a}]}}\n{{\"error\": \"busy\"}}\n{{\"data\": [{b}]}}"),
        format!("{{\"rows\": [{{\"row\": {a}}}, {{\"r\": 1}}, {{\"row\": {b}}}]}}"),
        format!("[{{\"data\": [{a}]}}, {{\"data\": [{b}]}}]\n[{{\"data\": \"busy\"}}]"),
        format!(
            "{{\"code\": 0, \"data\": {}}}\n{{\"code\": 1}}\n{{\"code\": 0, \"data\": {}}}",
            chat("a"),
            chat("b")
        ),
    ] {
        let (found, counts) = read(text.as_bytes());
        assert_eq!(ids(&found), ["a", "b"], "{text}");
        assert_eq!((counts.records, counts.rejects), (3, 1));
        assert!(found.rejects[0].sentence.contains("has no records where the first"), "{:?}", found.rejects);
    }
    // Pages that end before their list does.
    let (found, _) = read(format!("[{{\"data\": [{a}]}}, {{\"data\": [{b}]}}").as_bytes());
    assert_eq!((ids(&found), found.rejects[0].reason), (vec!["a", "b"], Reason::Truncated));
    // A line that holds a list of runs among lines that are runs.
    let (found, _) = read(format!("{{\"data\": [{a}], \"n\": 1}}\n{b}\n").as_bytes());
    assert_eq!(ids(&found), ["b"]);
    assert_eq!(found.rejects.len(), 1);
}

#[test]
fn a_million_empty_pages_are_no_trouble() {
    let empty = "{\"data\": []}\n".repeat(1 << 20);
    let (found, counts) = read(format!("{{\"data\": [{}]}}\n{empty}", record("a")).as_bytes());
    assert_eq!((ids(&found), counts.records), (vec!["a"], 1));
}

#[test]
fn what_stands_beside_an_envelope_may_be_the_goal() {
    let run = chat("a");
    let (found, _) = read(format!("{{\"question\": \"Why?\", \"result\": {run}, \"n\": 1}}").as_bytes());
    assert!(found.runs.is_empty(), "{:?}", found.runs);
}

#[test]
fn compression_is_told_by_magic_and_frames_may_follow_one_another() {
    let (a, b) = (format!("{}\n", record("a")), format!("{}\n", record("b")));
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstd(a.as_bytes())].concat();
    for bytes in [
        gzip((a.clone() + &b).as_bytes()),
        zstd((a.clone() + &b).as_bytes()),
        [gzip(a.as_bytes()), gzip(b.as_bytes())].concat(),
        [zstd(a.as_bytes()), zstd(b.as_bytes())].concat(),
        [skippable, zstd(b.as_bytes())].concat(),
    ] {
        assert_eq!(ids(&read(&bytes).0), ["a", "b"]);
    }
}

#[test]
fn a_damaged_archive_keeps_what_came_before_the_damage() {
    let lines: String = (0..2000).map(|index| record(&format!("{index}-{}", index * 7919)) + "\n").collect();
    for whole in [gzip(lines.as_bytes()), zstd(lines.as_bytes())] {
        let (found, counts) = read(&whole[..whole.len() / 2]);
        assert!(found.runs.len() > 10);
        assert_eq!(found.rejects.len(), 1);
        assert_eq!(found.rejects[0].reason, Reason::BrokenStream);
        assert_eq!(counts.records, counts.runs + 1);
        let (found, _) = read(&[&whole[..], b"rubbish"].concat());
        assert_eq!(found.runs.len(), 2000);
        assert_eq!(
            found.rejects.iter().map(|reject| reject.reason).collect::<Vec<_>>(),
            [Reason::BrokenStream]
        );
    }
}

#[test]
fn one_bad_line_spoils_only_itself() {
    let bad = r#"{"trajectory_id": "b", "steps": [}"#;
    for lines in [[bad.to_owned(), record("a"), record("c")], [record("a"), bad.to_owned(), record("c")]] {
        let (found, counts) = read(lines.join("\n").as_bytes());
        assert_eq!(ids(&found), ["a", "c"]);
        assert_eq!((counts.records, counts.runs, counts.rejects), (3, 2, 1));
        let reject = &found.rejects[0];
        assert_eq!(reject.reason, Reason::InvalidJson);
        assert_eq!(reject.raw, bad.as_bytes());
        let index = lines.iter().position(|line| line == bad).unwrap();
        assert_eq!(reject.record, index as u64);
        assert_eq!(reject.offset, lines[..index].iter().map(|line| line.len() as u64 + 1).sum::<u64>());
    }
}

#[test]
fn one_bad_element_spoils_only_itself() {
    let text = format!("[{}, {{\"steps\": tru}}, 17, {}]", record("a"), record("b"));
    let (found, counts) = read(text.as_bytes());
    assert_eq!(ids(&found), ["a", "b"]);
    assert_eq!(counts.records, 4);
    let reasons: Vec<Reason> = found.rejects.iter().map(|reject| reject.reason).collect();
    assert_eq!(reasons, [Reason::InvalidJson, Reason::UnknownShape]);
    assert_eq!(found.rejects[1].raw, b"17");
}

#[test]
fn a_file_that_is_cut_keeps_what_is_whole() {
    let whole = format!("[{}, {}, {}]", record("a"), record("b"), record("c"));
    let second_ends = whole.rfind("\"c\"").unwrap();
    for end in [second_ends, second_ends + 20, whole.len() - 2] {
        let (found, counts) = read(&whole.as_bytes()[..end]);
        assert_eq!(ids(&found), ["a", "b"], "cut at {end}");
        assert_eq!(found.rejects.len(), 1);
        assert_eq!(found.rejects[0].reason, Reason::Truncated);
        assert_eq!(counts.records, 3);
    }
    // Only the bracket is missing: nothing is lost, but the file may have been longer.
    let (found, _) = read(&whole.as_bytes()[..whole.len() - 1]);
    assert_eq!(ids(&found), ["a", "b", "c"]);
    assert_eq!(found.rejects[0].reason, Reason::Truncated);
}

#[test]
fn text_after_the_document_is_a_reject() {
    let (found, _) = read(format!("[{}]\n-- end of log --", record("a")).as_bytes());
    assert_eq!(ids(&found), ["a"]);
    assert_eq!(found.rejects[0].reason, Reason::InvalidJson);
    assert_eq!(found.rejects[0].raw, b"-- end of log --");
}

#[test]
fn documents_may_follow_one_another() {
    let (a, b) = (record("a"), record("b"));
    let (found, _) = read(format!("[\n{a}\n]\n[\n{b}\n]").as_bytes());
    assert_eq!(ids(&found), ["a", "b"]);
}

#[test]
fn an_unknown_shape_is_named_and_told_how_to_go_on() {
    let (found, _) = read(br#"{"weather": "fine", "wind": 3}"#);
    let reject = &found.rejects[0];
    assert_eq!((reject.reason, reject.format), (Reason::UnknownShape, None));
    assert!(reject.sentence.contains("`weather`, `wind`"), "{}", reject.sentence);
    assert!(reject.sentence.contains("`agenther formats --suggest FILE`"), "{}", reject.sentence);

    let (found, _) = read(br#"{"trajectory_id": "a", "original_prompt": "Go."}"#);
    let sentence = &found.rejects[0].sentence;
    assert!(sentence.contains("The closest is agenther, for which it lacks `steps`"), "{sentence}");
}

#[test]
fn what_is_no_log_is_one_reject_that_says_what_it_looks_like() {
    for (bytes, word) in [
        (&b"PK\x03\x04rest"[..], "zip"),
        (b"PAR1rest", "Parquet"),
        (b"Dear diary,\nrain.", "plain text"),
        (b"<html>", "markup"),
    ] {
        let (found, counts) = read(bytes);
        assert_eq!((counts.records, counts.rejects), (1, 1));
        assert_eq!(found.rejects[0].reason, Reason::NotALog);
        assert!(found.rejects[0].sentence.contains(word), "{}", found.rejects[0].sentence);
    }
    for empty in [&b""[..], b"\n \n", b"[]", b"[ ]\n", b"\xef\xbb\xbf"] {
        assert_eq!(read(empty).1.records, 0, "{empty:?}");
    }
}

#[test]
fn records_of_other_formats_in_one_file_are_read_as_what_they_are() {
    let chat = r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]"#;
    let (found, _) = read(format!("{}\n{chat}\n{}\n", record("a"), record("b")).as_bytes());
    let formats: Vec<&str> = found.runs.iter().map(|run| run.format).collect();
    assert_eq!(formats, ["agenther", "openai_chat", "agenther"]);
}

#[test]
fn a_format_can_be_named_and_an_unknown_name_lists_the_known() {
    let chat = r#"{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Thought: x\nAction: y[z]"}]}"#;
    let named = |name: &str| Options { format: Some(name.to_owned()), ..Options::default() };
    let (found, _) = read_from(Box::new(Cursor::new(chat)), named("openai_chat"));
    assert_eq!(found.runs[0].steps[0].action_name, None);
    assert_eq!(read(chat.as_bytes()).0.runs[0].steps[0].action_name.as_deref(), Some("y"));
    let error = LogReader::new(Box::new(io::empty()), "x", named("openai")).err().unwrap();
    assert!(error.to_string().contains("openai_chat"), "{error}");
}

#[test]
fn no_record_is_lost_to_a_format_that_was_asked_for() {
    for name in agenther_logs::formats::names() {
        let options = Options { format: Some(name.to_owned()), ..Options::default() };
        let (found, counts) = read_from(Box::new(Cursor::new("{\"a\": 1}\n{\"b\": 2}\n")), options);
        // A form of text may take any text for what was said.
        assert!(counts.records > 0 && counts.records == counts.runs + counts.rejects, "{name}: {counts:?}");
        assert!(found.rejects.iter().all(|reject| reject.format == Some(name)), "{name}");
    }
}

#[test]
fn results_find_their_calls_by_id_however_many_wait() {
    let call = |at: usize| {
        format!(r#"{{"id": "c{at}", "function": {{"name": "f", "arguments": "{{\"n\": {at}}}"}}}}"#)
    };
    let result = |at: usize| format!(r#"{{"role": "tool", "tool_call_id": "c{at}", "content": "got {at}"}}"#);
    let calls: Vec<String> = (0..200).map(call).collect();
    for order in [(0..200).collect::<Vec<_>>(), (0..200).rev().collect()] {
        let results: Vec<String> = order.into_iter().map(result).collect();
        let log = format!(
            r#"{{"messages": [{{"role": "user", "content": "Go"}}, {{"role": "assistant", "tool_calls": [{}]}}, {}]}}"#,
            calls.join(", "),
            results.join(", ")
        );
        let (found, _) = read(log.as_bytes());
        let steps = &found.runs[0].steps;
        assert_eq!(steps.len(), 200);
        for (at, step) in steps.iter().enumerate() {
            assert_eq!(step.observation.as_deref(), Some(&*format!("got {at}")));
        }
    }
}

#[test]
fn a_task_that_crashed_before_it_began_says_so() {
    let log = r#"[{"task_id": 1, "reward": 0.0, "info": {"error": "boom", "traceback": "tb"}, "traj": [], "trial": 0}]"#;
    let (found, _) = read(log.as_bytes());
    assert!(
        found.rejects[0].sentence.contains("before anybody spoke: boom"),
        "{}",
        found.rejects[0].sentence
    );
    assert_eq!(found.rejects[0].format, Some("tau_bench"));
}

#[test]
fn a_source_that_fails_is_a_reject_after_what_it_gave() {
    struct Failing(Cursor<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(io::Error::other("the disk is gone")),
                read => Ok(read),
            }
        }
    }
    let text = format!("{}\n{{\"traj", record("a"));
    let (found, counts) = read_from(Box::new(Failing(Cursor::new(text.into_bytes()))), Options::default());
    assert_eq!(ids(&found), ["a"]);
    assert_eq!(counts.records, 2);
    assert_eq!((found.rejects[0].reason, &*found.rejects[0].raw), (Reason::BrokenStream, &b"{\"traj"[..]));
    assert!(found.rejects[0].sentence.contains("the disk is gone"));
}

#[test]
fn groups_beyond_what_tells_the_layout_are_read() {
    let many: Vec<String> = (0..20_000).map(|index| record(&format!("{index}-{}", "x".repeat(80)))).collect();
    let text = format!("{{\"train\": [{}], \"test\": [{}]}}", many.join(","), record("last"));
    let (found, counts) = read(text.as_bytes());
    assert_eq!((counts.runs, counts.rejects), (20_001, 0));
    assert_eq!(ids(&found).last().map(|id| &**id), Some("last"));
}

#[test]
fn text_of_a_log_may_show_lines_of_json() {
    let text =
        format!("\n# aider chat started at 2026-02-03\n\n#### Show it.  \n\n```\n{}\n```\n", chat("a"));
    let (found, counts) = read(text.as_bytes());
    assert_eq!((found.runs[0].format, counts.records), ("aider", 1));
}

#[test]
fn text_between_documents_of_many_lines_costs_a_reject_a_line() {
    let pretty = |id: &str| record(id).replace(", ", ",\n  ").replacen('{', "{\n  ", 1);
    let log = format!("INFO it begins [1]\n{}\nINFO, it goes on\n{}\n", pretty("a"), pretty("b"));
    assert_eq!(layout(log.as_bytes()), Layout::Values);
    let (found, counts) = read(log.as_bytes());
    assert_eq!(ids(&found), ["a", "b"]);
    assert_eq!((counts.runs, counts.rejects), (2, 2));
}

/// A table with the columns `id` and `messages`.
fn table(rows: &[(&str, &str)]) -> String {
    let row = |(id, cell): &(&str, &str)| format!("{id},\"{}\"\n", cell.replace('"', "\"\""));
    std::iter::once("id,messages\n".to_owned()).chain(rows.iter().map(row)).collect()
}

/// A source that hands out its bytes one by one.
struct Slow(Cursor<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(&mut buffer[..1])
    }
}

#[test]
fn the_rows_of_a_table_are_records() {
    let messages =
        r#"[{"role": "user", "content": "Hi,\n\"you\""}, {"role": "assistant", "content": "Hello"}]"#;
    let text = table(&[("a", messages), ("b", messages)]);
    for bytes in [text.clone().into_bytes(), format!("\u{feff}{text}").into_bytes(), gzip(text.as_bytes())] {
        let (found, counts) = read(&bytes);
        assert_eq!((ids(&found), counts.rejects), (vec!["a", "b"], 0));
        assert_eq!(found.runs[0].original_prompt.as_deref(), Some("Hi,\n\"you\""));
    }
    let (found, _) = read_from(Box::new(Slow(Cursor::new(text.into_bytes()))), Options::default());
    assert_eq!(ids(&found), ["a", "b"]);
}

#[test]
fn a_row_that_is_cut_off_or_too_long_is_a_reject() {
    let messages = r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]"#;
    let long = messages.replace("Hi", &"Hi".repeat(2000));
    let text = format!("{}c,\"[{{", table(&[("a", messages), ("b", &long)]));
    let options = Options { max_record_bytes: 1000, ..Options::default() };
    let (found, counts) = read_from(Box::new(Cursor::new(text.into_bytes())), options);
    assert_eq!((ids(&found), counts.records), (vec!["a"], 3));
    let reasons: Vec<Reason> = found.rejects.iter().map(|reject| reject.reason).collect();
    assert_eq!(reasons, [Reason::TooLarge, Reason::Truncated]);
}

#[test]
fn a_table_of_something_else_is_one_reject_that_names_its_columns() {
    let (found, counts) = read(b"item,price\neggs,2\nbread,3\n");
    assert_eq!((counts.records, found.rejects[0].reason), (1, Reason::UnknownShape));
    assert!(found.rejects[0].sentence.contains("`item`, `price`"), "{}", found.rejects[0].sentence);
}
