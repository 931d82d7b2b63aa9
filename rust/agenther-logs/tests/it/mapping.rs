//! Logs of formats that only one house writes.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agenther_logs::json::{Limits, Tape};
use agenther_logs::{Collected, Mapping, Options, Reason, mapping_schema, suggest};
use proptest::prelude::*;

use crate::{json_string, read_from};

fn mapped(mapping: &str, log: &str) -> Collected {
    let mapping = Mapping::parse(mapping).unwrap_or_else(|error| panic!("{error}\n{mapping}"));
    let options = Options { mapping: Some(Arc::new(mapping)), ..Options::default() };
    read_from(Box::new(Cursor::new(log.as_bytes().to_vec())), options).0
}

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

#[test]
fn the_example_of_the_manual_is_read() {
    let manual = fs::read_to_string(docs("mapping.md")).expect("the manual is there");
    let block = |language: &str| {
        let start = manual.split_once(&format!("```{language}\n")).expect("the block is there").1;
        start.split_once("```").expect("the block ends").0
    };
    let found = mapped(block("toml"), block("json"));
    assert_eq!(found.rejects, []);
    let run = &found.runs[0];
    assert_eq!((run.format, &*run.trajectory_id), ("ferry_bot", "7"));
    assert_eq!(run.original_prompt.as_deref(), Some("Book the ferry to Olhão."));
    assert_eq!((run.success, run.reward), (Some(false), Some(3.0)));
    assert_eq!(run.metadata.as_deref(), Some(r#"{"task.lang": "en"}"#));
    assert_eq!(run.final_answer.as_deref(), Some("There is no seat left."));
    let steps: Vec<_> =
        run.steps.iter().map(|step| (step.thought.as_deref(), step.action_name.as_deref())).collect();
    assert_eq!(
        steps,
        [
            (Some("First the timetable."), Some("timetable")),
            (Some("The later one is full."), Some("book")),
            (Some("There is no seat left."), None),
        ]
    );
    assert_eq!(run.steps[0].action_input.as_deref(), Some(r#"{"to": "Olhão"}"#));
    assert_eq!((run.steps[1].observation.as_deref(), run.steps[1].error), (Some("No seats."), Some(true)));
}

#[test]
fn the_manual_and_the_schema_name_every_key() {
    let schema = format!("{}\n", mapping_schema());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(docs("mapping.schema.json"), &schema).expect("the schema can be written");
    }
    let published = fs::read_to_string(docs("mapping.schema.json")).expect("the schema is published");
    assert_eq!(published, schema);
    let manual = fs::read_to_string(docs("mapping.md")).expect("the manual is there");
    let mut tape = Tape::default();
    let parsed = tape.parse(&schema, Limits::default()).expect("the schema is JSON");
    let root = parsed.root();
    for path in [&["properties"][..], &["properties", "step", "properties"]] {
        for (key, property) in root.at_path(path).expect("it has properties").members() {
            let row = format!(
                "| `{key}` | {} |\n",
                property.text_of(&["description"]).expect("it says what it is")
            );
            assert!(manual.contains(&row), "docs/mapping.md lacks the row\n{row}");
        }
    }
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let head = "name = \"x\"\ngoal = \"g\"\nsteps = \"s\"\n";
    for (text, line, column, sentence) in [
        ("nme = \"x\"", 1, 1, "Unknown key `nme` in the mapping. Did you mean `name`?"),
        ("name = \"x\"\ngoal = 3", 2, 8, "`goal` is the number 3; it must be a text or a list of texts."),
        (
            "name = \"x\"\n",
            1,
            1,
            "The mapping has neither `steps` nor `messages`; one of them says where the run is.",
        ),
        ("goal = \"g\"", 1, 1, "There is no `name` in the mapping; add it."),
        ("name = \" \"", 1, 8, "`name` must be a name of 1 to 64 bytes on one line."),
        ("name = \"é\"\nmessages = \"a..b\"", 2, 12, "The path \"a..b\" of `messages` has an empty key."),
        (
            "name = \"x\"\nmessages = \"m\"\nfull_mark = 2",
            3,
            13,
            "`full_mark` says how to read `reward`, which is not there; add it.",
        ),
        (
            "name = \"x\"\nmessages = \"m\"\nrecords = \"a[0]\"",
            3,
            11,
            "`records` is `a[0]`; it may have keys only, as in `data.runs`.",
        ),
        (head, 1, 1, "There is no `step` in the mapping; add it."),
        (&format!("{head}[step]\ntol = \"t\""), 5, 1, "Unknown key `tol` in `[step]`. Did you mean `tool`?"),
        (
            &format!("{head}[step]\ntool = \"t\"\naction = \"a\""),
            6,
            10,
            "Both `tool` and `action` name the tool; keep one.",
        ),
        (
            &format!("{head}[step]\naction = \"a\"\nsyntax = \"yaml\""),
            6,
            10,
            "`syntax` is \"yaml\"; it must be one of call, words.",
        ),
        (
            &format!("{head}[step]\nobservation = \"o\""),
            4,
            1,
            "`[step]` says neither where the thought is nor where the action is (`tool` or `action`).",
        ),
        (&format!("{head}messages = \"m\""), 4, 12, "Either `messages` or `steps` holds the run, not both."),
    ] {
        let error = Mapping::parse(text).expect_err(text);
        assert_eq!((error.line, error.column, &*error.sentence), (line, column, sentence), "{text}");
    }
    let syntax = Mapping::parse("name = [").expect_err("it is no TOML");
    assert!(syntax.sentence.starts_with("This is not valid TOML: "), "{syntax}");
    let absent = Mapping::open(Path::new("no/such.toml")).expect_err("it is not there");
    assert!(absent.to_string().starts_with("The mapping file no/such.toml cannot be read: "), "{absent}");
}

const BOT: &str = "name = \"bot\"\ngoal = \"g\"\nsteps = \"s\"\nsuccess = \"ok\"\n[step]\ntool = \"t\"\nobservation = \"o\"\nerror = \"e\"\n";

#[test]
fn a_record_that_does_not_fit_is_rejected_with_the_path() {
    let log = r#"{"g": "go", "s": [{"t": "look"}]}
{"g": "go", "s": []}
{"s": [{"t": "look"}]}
{"g": "go", "s": [{"u": 1}, {"u": 2}]}
{"g": "go", "s": [{"t": "look"}], "ok": "maybe"}
{"messages": [{"role": "user", "content": "Hi"}]}
"#;
    let found = mapped(BOT, log);
    assert_eq!(found.runs.len(), 1);
    let sentences: Vec<&str> = found.rejects.iter().map(|reject| &*reject.sentence).collect();
    assert_eq!(
        sentences,
        [
            "The record looks like bot, but it has no steps at `s`.",
            "The record looks like bot, but it has nothing at `g` (its `goal`).",
            "The record looks like bot, but none of its 2 steps at `s` has anything at `t`, `o`.",
            "The record looks like bot, but at `ok` (its `success`) stands a string (\"maybe\"), not true or false; list \
             the texts that mean success in `success_words`.",
            "The record looks like bot, but it has no steps at `s`.",
        ]
    );
    assert!(
        found
            .rejects
            .iter()
            .all(|reject| reject.reason == Reason::Incomplete && reject.format == Some("bot"))
    );
}

#[test]
fn errors_are_flags_codes_and_texts() {
    let log = r#"{"g": "go", "s": [
        {"t": "a", "o": "x", "e": true}, {"t": "a", "o": "x", "e": 0}, {"t": "a", "o": "x", "e": "2"},
        {"t": "a", "o": "x", "e": ""}, {"t": "a", "o": null, "e": "no route"}, {"t": "a", "e": {"message": "late"}},
        {"t": "a", "o": "x", "e": null}, {"t": "a", "o": [{"type": "text", "text": "one"}, "two"]}, {"t": "a", "o": [{"n": 1}]}]}"#;
    let found = mapped(BOT, log);
    let steps: Vec<_> =
        found.runs[0].steps.iter().map(|step| (step.error, step.observation.as_deref())).collect();
    assert_eq!(
        steps,
        [
            (Some(true), Some("x")),
            (Some(false), Some("x")),
            (Some(true), Some("x")),
            (Some(false), Some("x")),
            (Some(true), Some("no route")),
            (Some(true), Some(r#"{"message": "late"}"#)),
            (None, Some("x")),
            (None, Some("one\ntwo")),
            (None, Some(r#"[{"n": 1}]"#)),
        ]
    );
}

#[test]
fn calls_of_a_step_are_steps_and_json_in_texts_is_read() {
    let mapping = "name = \"n\"\ngoal = \"g\"\nsteps = \"body.steps\"\n[step]\nthought = \"why\"\ncalls = \"calls[*]\"\ntool = \"f\"\narguments = \"a\"\nobservation = \"o\"\n";
    let steps = r#"[{"why": "both", "calls": [{"f": "x", "a": "{\"q\": 1}", "o": "1"}, {"f": "y", "o": "2"}]}, {"why": "one", "calls": [{"f": "z"}], "o": "3"}, {"why": "done"}]"#;
    let body = format!("{{\"steps\": {steps}}}");
    let encoded = json_string(&body);
    let twice = format!("{{\"steps\": {}}}", json_string(steps));
    for body in [body, encoded, twice] {
        let found = mapped(mapping, &format!("{{\"g\": \"go\", \"body\": {body}}}"));
        assert_eq!(found.rejects, []);
        let steps = &found.runs[0].steps;
        let seen: Vec<_> = steps
            .iter()
            .map(|step| (step.thought.as_deref(), step.action_name.as_deref(), step.observation.as_deref()))
            .collect();
        assert_eq!(
            seen,
            [
                (Some("both"), Some("x"), Some("1")),
                (None, Some("y"), Some("2")),
                (Some("one"), Some("z"), Some("3")),
                (Some("done"), None, None),
            ]
        );
        assert_eq!(steps[0].action_input.as_deref(), Some(r#"{"q": 1}"#));
    }
}

#[test]
fn events_are_put_together() {
    let mapping = "name = \"n\"\ngoal = \"g\"\nsteps = \"log\"\n[step]\nuser = \"asked\"\nthought = \"idea\"\naction = \"did\"\nsyntax = \"words\"\nthoughts = [\"ponder\"]\nobservation = \"saw\"\n";
    let log = r#"{"g": "go", "log": [{"idea": "look"}, {"did": "look around"}, {"did": "listen"}, {"saw": "a door"}, {"saw": "steps"},
        {"did": "ponder the door"}, {"asked": "And?"}, {"idea": "open it"}, {"did": "open door [2]"}, {"saw": "dark"}, {"saw": "cold"}, {}]}"#;
    let found = mapped(mapping, log);
    let steps: Vec<_> = found.runs[0]
        .steps
        .iter()
        .map(|step| {
            let texts = [&step.user, &step.thought, &step.action_name, &step.action_input, &step.observation];
            texts.map(|text| text.as_deref().unwrap_or("-")).join("|")
        })
        .collect();
    assert_eq!(
        steps,
        [
            "-|look|look|around|a door",
            "-|-|listen|-|steps",
            "-|the door|-|-|-",
            "And?|open it|open|door [2]|dark",
            "-|-|-|-|cold",
        ]
    );
}

#[test]
fn records_are_found_in_whatever_holds_them() {
    let record = r#"{"g": "go", "s": [{"t": "look"}]}"#;
    let deep = format!(r#"{{"a": {{"b": {{"c": [{record}, {record}]}}}}}}"#);
    for log in [
        format!("{record}\n{record}\n"),
        format!("[{record},\n {record}]"),
        format!("{{\n\"one\": {record},\n\"two\": {record}}}"),
        format!("{{\"meta\": 1, \"runs\": [{record}, {record}]}}"),
    ] {
        assert_eq!(mapped(BOT, &log).runs.len(), 2, "{log}");
    }
    assert_eq!(mapped(&format!("records = \"a.b.c\"\n{BOT}"), &deep).runs.len(), 2);
}

#[test]
fn messages_are_read_as_conversations() {
    let log = r#"{"data": {"chat": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}, "out": {"points": 7}}"#;
    let mapping = "name = \"m\"\nmessages = \"data.chat\"\nreward = \"out.points\"\nfull_mark = 7";
    let found = mapped(mapping, log);
    let run = &found.runs[0];
    assert_eq!((run.original_prompt.as_deref(), run.final_answer.as_deref()), (Some("Hi"), Some("Hello")));
    assert_eq!((run.reward, run.success), (Some(7.0), Some(true)));
}

#[test]
fn either_a_format_or_a_mapping_is_given() {
    let mapping = Some(Arc::new(Mapping::parse(BOT).expect("it is right")));
    let options = Options { mapping, format: Some("react".to_owned()), ..Options::default() };
    let opened = agenther_logs::LogReader::new(Box::new(std::io::empty()), "x", options);
    assert!(opened.err().expect("both cannot be").to_string().starts_with("Both a format and a mapping"));
}

/// Logs of houses that do not exist, and how many steps each has.
const HOUSES: &[(&str, usize)] = &[
    (
        r#"{"data": {"runs": [{"runId": "r1", "task": {"request": "Book a berth for the ferry"}, "turns": [
            {"reasoning": "berths first", "call": {"name": "list_berths", "args": {"port": "Sines"}}, "result": {"output": "4 is free", "exitCode": 0}},
            {"reasoning": "book it", "call": {"name": "book", "args": {"berth": 4}}, "result": {"output": "timeout", "exitCode": 1}}],
            "outcome": {"status": "failed", "score": 0.2}}]}}"#,
        2,
    ),
    (
        r#"{"question": "Where is the old lighthouse?", "log": [{"kind": "idea", "thought": "look it up"}, {"kind": "call", "tool": "map", "args": "{\"q\": \"old\"}"}, {"kind": "result", "output": "At the cape."}, {"kind": "say", "message": "It is at the cape."}], "ok": true}
{"question": "Where is the new lighthouse?", "log": [{"kind": "say", "message": "I do not know."}], "ok": false}"#,
        3,
    ),
    (
        r#"{"instruction": "count the files in the folder", "history": [{"command": "ls | wc -l", "stdout": "12", "returncode": 0}], "final_answer": "12", "passed": 1}"#,
        1,
    ),
    (
        r#"{"payload": "{\"chat\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Hello\"}]}", "grade": 7}"#,
        1,
    ),
    (
        r#"{"ep-1": {"goal_text": "put a tomato in the microwave", "transitions": [{"act": "go to fridge 1", "obs": "It is closed."}, {"act": "open fridge 1", "obs": "A tomato."}], "won": false},
            "ep-2": {"goal_text": "put a book on the desk", "transitions": [{"act": "take book", "obs": "You have it."}], "won": true}}"#,
        3,
    ),
    (
        r#"[{"prompt": "Compare the prices of two boats", "steps": [{"thought": "both", "tool_calls": [{"tool": "price", "arguments": {"b": 1}, "result": "10"}, {"tool": "price", "arguments": {"b": 2}, "result": "20"}]}], "verdict": "pass"}]"#,
        2,
    ),
    (
        r#"{"user_request": "Where is the old lighthouse?", "events": [{"type": "thought", "content": "look it up"}, {"type": "tool_call", "name": "map", "arguments": {"q": "old"}}, {"type": "tool_result", "name": "map", "content": "At the cape."}, {"type": "message", "content": "It is at the cape."}], "outcome": "success"}"#,
        2,
    ),
    (
        r#"{"runs": [{"ask": "Where is the old lighthouse?", "log": [{"kind": "action", "text": "search[lighthouse]"}, {"kind": "observation", "text": "At the cape."}, {"kind": "action", "text": "finish[cape]"}], "score": 0.5},
            {"ask": "Where is the new lighthouse?", "log": [{"kind": "action", "text": "finish[unknown]"}], "score": 0}]}"#,
        3,
    ),
    (
        r#"{"aim": "find the tallest mast of all", "path.taken": [{"action": "search[mast]", "observation": "Found.\nReward: 1"}, {"action": "finish[12 m]"}]}"#,
        2,
    ),
];

#[test]
fn a_suggested_mapping_reads_its_sample() {
    for (log, steps) in HOUSES {
        let draft = suggest(log.as_bytes()).unwrap_or_else(|sentence| panic!("{sentence}\n{log}"));
        let found = mapped(&draft, log);
        assert_eq!(found.rejects, [], "{draft}");
        assert_eq!(
            found.runs.iter().map(|run| run.steps.len()).sum::<usize>(),
            *steps,
            "{draft}\n{:?}",
            found.runs
        );
        assert!(found.runs.iter().all(|run| run.original_prompt.is_some()), "{draft}");
    }
}

#[test]
fn a_suggestion_says_what_it_was_guessed_from() {
    let draft = suggest(HOUSES[0].0.as_bytes()).expect("it is drafted");
    for line in [
        "records = \"data.runs\"",
        "goal = \"task.request\" # by its name; e.g. Book a berth for the ferry",
        "error = \"result.exitCode\" # by its name; e.g. 0",
    ] {
        assert!(draft.contains(line), "{line}\n{draft}");
    }
    let leaking = suggest(HOUSES[8].0.as_bytes()).expect("it is drafted");
    assert!(leaking.contains("leaks = [\"Reward:\"]"), "{leaking}");
    for (sample, start) in [
        ("no JSON here", "The sample holds no JSON"),
        ("{\"a\": 1, \"b\": [{\"name\": \"x\"}]}", "No list in the sample looks like the steps"),
        (
            "{\"steps\": [{\"thought\": \"t\", \"tool\": \"f\"}]}",
            "No text beside the steps could be the goal",
        ),
    ] {
        let sentence = suggest(sample.as_bytes()).expect_err(sample);
        assert!(sentence.starts_with(start), "{sentence}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_sample_and_no_mapping_makes_it_panic(cut in 0usize..2000, house in 0..HOUSES.len(), noise in ".{0,40}", at in 0usize..2000) {
        let mut log = HOUSES[house].0.to_owned();
        let floor = |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let place = floor(&log, at);
        log.insert_str(place, &noise);
        log.truncate(floor(&log, cut.max(100)));
        if let Ok(draft) = suggest(log.as_bytes()) {
            mapped(&draft, &log);
        }
        let _ = Mapping::parse(&noise);
    }
}

#[test]
fn a_draft_takes_no_reference_answer_for_the_goal_and_no_schemas_for_steps() {
    let record = r#"{"trial": 1, "true_answer": "the longest of the texts by far", "asked": "Find it now.",
        "tools": [{"name": "look", "description": "Looks.", "parameters": {"at": "here"}}],
        "record": [{"tool": "look", "args": {"at": 1}, "observations": "nothing"}]}"#;
    let draft = suggest(record.replace('\n', " ").as_bytes()).expect("a draft");
    for line in ["goal = \"asked\"", "steps = \"record\"", "observation = \"observations\""] {
        assert!(draft.contains(line), "{line}: {draft}");
    }
    assert!(!draft.contains("true_answer"), "{draft}");
}
