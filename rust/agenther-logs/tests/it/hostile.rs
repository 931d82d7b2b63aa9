//! Logs that want to break the reader.

use std::io::{Cursor, Read};

use agenther_logs::json::Limits;
use agenther_logs::{Collected, Options, Reason};
use proptest::prelude::*;

use crate::{ids, read, read_from, record};

/// Hands out at most `size` bytes at a time.
struct Chunks {
    inner: Cursor<Vec<u8>>,
    size: usize,
}

impl Read for Chunks {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let size = out.len().min(self.size);
        self.inner.read(&mut out[..size])
    }
}

fn in_chunks(bytes: &[u8], size: usize) -> Collected {
    read_from(Box::new(Chunks { inner: Cursor::new(bytes.to_vec()), size }), Options::default()).0
}

const FIXTURES: &[&[u8]] = &[
    include_bytes!("../fixtures/agenther.json"),
    include_bytes!("../fixtures/openai_chat.jsonl"),
    include_bytes!("../fixtures/tau_bench.json"),
    include_bytes!("../fixtures/tau2_bench.json"),
    include_bytes!("../fixtures/mint.jsonl"),
    include_bytes!("../fixtures/intercode.json"),
    include_bytes!("../fixtures/intercode_plan.json"),
    include_bytes!("../fixtures/fireact.json"),
    include_bytes!("../fixtures/react.jsonl"),
];

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    for bytes in FIXTURES {
        let whole = in_chunks(bytes, usize::MAX);
        for size in [1, 2, 3, 7, 64] {
            let found = in_chunks(bytes, size);
            assert_eq!(found.runs, whole.runs);
            assert_eq!(found.rejects, whole.rejects);
        }
    }
}

#[test]
fn a_record_over_the_limit_is_a_reject_and_the_next_is_read() {
    let options = Options { max_record_bytes: 1000, ..Options::default() };
    let long = record(&"x".repeat(300_000));
    let expected = long.len();
    for text in [
        format!("{}\n{long}\n{}\n", record("a"), record("b")),
        format!("[{},{long},{}]", record("a"), record("b")),
    ] {
        for size in [5, usize::MAX] {
            let input = Chunks { inner: Cursor::new(text.clone().into_bytes()), size };
            let (found, counts) = read_from(Box::new(input), options.clone());
            assert_eq!(ids(&found), ["a", "b"]);
            assert_eq!(counts.records, 3);
            assert_eq!(found.rejects[0].reason, Reason::TooLarge);
            assert!(
                found.rejects[0].sentence.contains(&expected.to_string()),
                "{}",
                found.rejects[0].sentence
            );
            assert!(found.rejects[0].raw.len() <= 1 << 16);
        }
    }
}

#[test]
fn nesting_is_limited() {
    let deep = format!("{{\"messages\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let (found, counts) = read(format!("{}\n{deep}\n{}\n", record("a"), record("b")).as_bytes());
    assert_eq!(ids(&found), ["a", "b"]);
    assert_eq!(found.rejects[0].reason, Reason::TooComplex);
    assert_eq!(counts.records, 3);
    assert_eq!(read(deep.as_bytes()).1.rejects, 1);
}

#[test]
fn the_number_of_values_is_limited() {
    let limits = Limits { values: 50, ..Limits::default() };
    let many = format!("[{}]", "0,".repeat(100) + "0");
    let text = format!("{}\n{many}\n", record("a"));
    let (found, _) = read_from(Box::new(Cursor::new(text)), Options { limits, ..Options::default() });
    assert_eq!(ids(&found), ["a"]);
    assert_eq!(found.rejects[0].reason, Reason::TooComplex);
}

#[test]
fn a_bomb_is_read_in_bounded_memory() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    std::io::copy(&mut std::io::repeat(b'[').take(16 << 20), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    let options = Options { max_record_bytes: 1 << 20, ..Options::default() };
    let (found, counts) = read_from(Box::new(Cursor::new(bomb)), options);
    assert_eq!((counts.runs, found.rejects[0].reason), (0, Reason::TooLarge));
    assert!(found.rejects.iter().all(|reject| reject.raw.len() <= 1 << 16));
}

#[test]
fn rejects_keep_the_head_of_a_long_record() {
    for (end, reason) in [("!", Reason::InvalidJson), ("", Reason::Truncated), ("}", Reason::UnknownShape)] {
        let long = format!("{{\"surprise\": \"{}\"{end}", "x".repeat(300_000));
        let (found, counts) = read(format!("{}\n{long}", record("a")).as_bytes());
        assert_eq!((ids(&found), found.rejects[0].reason), (vec!["a"], reason));
        assert_eq!(found.rejects[0].raw, long.as_bytes()[..1 << 16]);
        assert!(counts.bytes >= long.len() as u64);
    }
}

#[test]
fn odd_characters_come_through() {
    let text = "{\"trajectory_id\": \"\\ud800\", \"original_prompt\": \"a\u{2028}b\u{85}\\u0000\0\", \"steps\": [{\"action_name\": \"x\", \"observation\": \"caf\\u00e9 \\ud83d\\ude00\"}]}\n";
    let (found, _) = read(text.as_bytes());
    assert_eq!(found.runs[0].trajectory_id, "\u{fffd}");
    assert_eq!(found.runs[0].original_prompt.as_deref(), Some("a\u{2028}b\u{85}\0\0"));
    assert_eq!(found.runs[0].steps[0].observation.as_deref(), Some("café \u{1f600}"));
}

#[test]
fn bytes_that_are_not_utf8_are_replaced() {
    let mut bytes = record("a_b").into_bytes();
    let at = bytes.windows(3).position(|window| window == b"a_b").unwrap();
    bytes[at + 1] = 0xff;
    assert_eq!(ids(&read(&bytes).0), ["a\u{fffd}b"]);
}

#[test]
fn text_in_other_encodings_is_read_where_it_has_their_mark() {
    let text = format!("\u{feff}{}\r\n{}\r\n", record("ä"), record("😀"));
    let little = text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let wide = text.chars().flat_map(|char| u32::from(char).to_le_bytes()).collect::<Vec<u8>>();
    for bytes in [little, big, wide] {
        let (found, _) = read(&bytes);
        assert_eq!(ids(&found), ["ä", "😀"]);
        assert!(found.rejects.is_empty());
    }
}

#[test]
fn a_million_calls_without_results_are_read_in_linear_time() {
    let call = r#"{"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "other", "content": "r"}"#;
    let calls = vec![call; 100_000].join(", ");
    let (found, _) =
        read(format!("{{\"messages\": [{{\"role\": \"user\", \"content\": \"go\"}}, {calls}]}}").as_bytes());
    assert_eq!(found.runs[0].steps.len(), 100_000);
}

#[test]
fn messages_of_many_small_parts_are_read_in_linear_time() {
    let message = |part: &str| {
        format!("{{\"role\": \"assistant\", \"content\": \"Action: a\\n{}\"}}", part.repeat(100_000))
    };
    let user = r#"{"role": "user", "content": "go"}"#;
    for part in [
        "Observation: x\\n",
        "### x",
        "Thought: x\\nAction: y[z]\\n",
        "<tool_call>",
        "<tool_call>x</tool_call>",
        "<tool_call>{",
        "<function=a>",
        "<think>",
        "</think>",
        "[TOOL_CALLS]",
        "<execute>",
    ] {
        let (_, counts) = read(format!("[{user}, {}]", message(part)).as_bytes());
        assert_eq!(counts.runs, 1, "{part}");
        let mint = format!(
            r#"{{"state": {{"history": [{user}, {}, {}]}}, "task": {{"prompt": "go"}}}}"#,
            message(part),
            message("<execute>x</execute>")
        );
        assert_eq!(read(mint.as_bytes()).1.runs, 1, "{part}");
    }
}

fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 0..6);
    (0..FIXTURES.len(), damage).prop_map(|(fixture, damage)| {
        let mut bytes = FIXTURES[fixture].to_vec();
        for (at, byte, kind) in damage {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.truncate(at),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn damaged_logs_never_panic_and_every_record_is_counted(bytes in damaged(), size in 1..200usize) {
        let (found, counts) = read(&bytes);
        prop_assert_eq!(counts.runs, found.runs.len() as u64);
        prop_assert_eq!(counts.rejects, found.rejects.len() as u64);
        prop_assert_eq!(counts.records, counts.runs + counts.rejects);
        let mut numbers: Vec<u64> = found.runs.iter().map(|run| run.record).collect();
        prop_assert!(numbers.is_sorted());
        numbers.extend(found.rejects.iter().map(|reject| reject.record));
        numbers.sort_unstable();
        // Not each from 0: damage may make records into steps of one run, which has the number of its first.
        prop_assert!(numbers.is_sorted_by(|one, next| one < next), "{:?}", numbers);
        let again = in_chunks(&bytes, size);
        prop_assert_eq!(again.runs, found.runs);
        prop_assert_eq!(again.rejects, found.rejects);
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (_, counts) = read(&bytes);
        prop_assert_eq!(counts.records, counts.runs + counts.rejects);
    }

    #[test]
    fn json_like_noise_never_panics(text in "[\\[\\]{}\",:a-z0-9 \\\\n\n]{0,200}") {
        let (_, counts) = read(text.as_bytes());
        prop_assert_eq!(counts.records, counts.runs + counts.rejects);
    }
}

#[test]
fn many_turns_after_long_prompts_are_read_in_linear_time() {
    let system = r#"{"role": "system", "content": "Be terse, and be terse again."}"#;
    for answer in
        ["```\\nls\\n```", "[f(a=1)]", "<action>go</action>", r#"{\"thought\": \"a\", \"action\": \"b\"}"#]
    {
        let turn = format!(r#"{system}, {{"role": "assistant", "content": "{answer}"}}"#);
        let log = format!("[{}]", vec![turn; 10_000].join(", "));
        // Where each turn read all turns before it, this would take hours.
        let (found, _) = crate::read(log.as_bytes());
        assert_eq!(found.runs.len(), 1, "{answer}");
    }
}

#[test]
fn a_run_that_is_closed_for_want_of_room_says_so_and_its_rest_is_a_reject() {
    let line = |session: &str, role: &str, words: &str| {
        format!("{{\"session_id\": \"{session}\", \"role\": \"{role}\", \"content\": \"{words}\"}}\n")
    };
    let log = [
        line("quiet", "user", "Go."),
        line("quiet", "assistant", "One."),
        line("busy", "user", "Go."),
        line("busy", "assistant", &"x".repeat(65 << 20)),
        line("quiet", "assistant", "Two."),
    ];
    let (found, counts) = read(log.concat().as_bytes());
    let told: Vec<_> = found
        .runs
        .iter()
        .map(|run| (&*run.trajectory_id, run.metadata.as_deref(), run.steps.len()))
        .collect();
    // The other had to go in its turn, and nothing came of it.
    let mark = Some("{\"closed_early\": true}");
    assert_eq!(told, [("quiet", mark, 1), ("busy", mark, 1)]);
    assert_eq!((counts.rejects, found.rejects[0].reason), (1, Reason::TooLarge));
    assert!(found.rejects[0].sentence.contains("The run goes on here"), "{}", found.rejects[0].sentence);
    assert!(found.rejects[0].raw.ends_with(b"\"content\": \"Two.\"}]"));
}
