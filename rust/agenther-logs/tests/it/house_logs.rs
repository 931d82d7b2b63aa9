//! Logs of one house whose fields look like those of a product.

use agenther_logs::Run;

use crate::{json_string, read};

/// Format, id, label and number of steps of each run, and `reject` for each record that is none.
fn told(log: &[&str]) -> Vec<String> {
    let (found, counts) = read(log.join("\n").as_bytes());
    let run =
        |run: &Run<'_>| format!("{} {} {:?} {}", run.format, run.trajectory_id, run.success, run.steps.len());
    assert_eq!(counts.records, (found.runs.len() + found.rejects.len()) as u64);
    found.runs.iter().map(run).chain(found.rejects.iter().map(|_| "reject".to_owned())).collect()
}

fn expect(log: &[&str], wanted: &[&str]) {
    assert_eq!(told(log), wanted, "{log:#?}");
}

const CHAT: &str = r#"[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]"#;

#[test]
fn records_with_the_ids_of_agno_keep_their_labels() {
    let record = |beside: &str| {
        format!(
            r#"{{"run_id": "r", "agent_id": "x", "task": "t", "status": "failed", "messages": {CHAT}{beside}}}"#
        )
    };
    expect(
        &[&record(r#", "success": false, "reward": 0.0, "error": "timeout""#)],
        &["openai_chat r Some(false) 1"],
    );
    let step = r#"{"action": "f", "action_input": {"x": 1}, "observation": "o"}"#;
    let steps = format!(
        r#"{{"run_id": "r", "agent_id": "x", "goal": "t", "status": "COMPLETED", "input": "t", "steps": [{step}], "success": true}}"#
    );
    let lines = told(&[&steps]);
    assert!(
        lines[0].starts_with("step_list r Some(true)") || lines[0].starts_with("react r Some(true)"),
        "{lines:?}"
    );
    let session = format!(
        r#"{{"session_id": "s", "session_type": "agent", "runs": [{{"run_id": "r", "agent_id": "x", "messages": {CHAT}}}], "success": false, "team": "blue"}}"#
    );
    expect(&[&session], &["agno s Some(false) 1"]);
    let (found, _) = read(session.as_bytes());
    assert!(found.runs[0].metadata.as_deref().is_some_and(|metadata| metadata.contains("blue")));
    let session = format!(
        r#"{{"session_id": "s", "session_type": "eval", "runs": [{{"run_id": "a", "task": "t", "steps": [{step}]}}, {{"run_id": "b", "task": "t", "steps": [{step}]}}]}}"#
    );
    let lines = told(&[&session]);
    assert!(lines.len() == 2 && lines.iter().all(|line| line.ends_with(" 1")), "{lines:?}");
    // Schemas of tools are those of a chat.
    let chat = format!(
        r#"{{"run_id": "r", "agent_id": "x", "status": "COMPLETED", "messages": {CHAT}, "tools": [{{"name": "f", "parameters": {{}}}}]}}"#
    );
    expect(&[&chat], &["openai_chat r None 1"]);
}

#[test]
fn runs_of_agno_without_messages_are_read_by_their_input_and_tools() {
    let run = |input: &str, tools: &str| {
        format!(
            r#"{{"run_id": "r", "workflow_id": "w", "status": "COMPLETED", "content": "a", "content_type": "str", "input": {input}, "tools": {tools}}}"#
        )
    };
    for (input, prompt) in [(r#""q""#, "q"), (r#"{"topic": "q"}"#, r#"{"topic": "q"}"#)] {
        let (found, _) = read(run(input, "null").as_bytes());
        assert_eq!(found.runs[0].original_prompt.as_deref(), Some(prompt));
    }
    expect(&[&run(r#""q""#, r#"[{"name": "f"}, {}]"#)], &["agno r None 1"]);
}

#[test]
fn a_run_of_a_member_stands_alone_where_its_leader_is_elsewhere() {
    let run = |id: &str, parent: &str| {
        format!(
            r#"{{"run_id": "{id}", "parent_run_id": {parent}, "agent_id": "x", "content": "a", "content_type": "str", "status": "COMPLETED", "messages": {CHAT}}}"#
        )
    };
    expect(&[&run("m", r#""l""#)], &["agno m None 1"]);
    let session = |runs: &[String]| {
        format!(r#"{{"session_id": "s", "session_type": "team", "runs": [{}]}}"#, runs.join(","))
    };
    expect(&[&session(&[run("l", "null"), run("m", r#""l""#)])], &["agno s None 1"]);
    expect(&[&session(&[run("m", r#""l""#)])], &["agno s None 1"]);
}

#[test]
fn logs_of_tasks_and_jobs_are_none_of_crewai() {
    let step = r#"{"thought": "t", "action": "f", "action_input": {"x": 1}, "observation": "o"}"#;
    let task = format!(
        r#"{{"timestamp": "2026-01-01", "task": "t", "agent": "x", "status": "completed", "output": "7", "steps": [{step}], "success": false}}"#
    );
    let lines = told(&[&task]);
    assert!(!lines[0].starts_with("crewai") && lines[0].contains("Some(false) 1"), "{lines:?}");
    let job = |status: &str| {
        format!(
            r#"{{"timestamp": "2026-01-01", "task": "backup", "agent": "host", "status": "{status}", "output": "ok"}}"#
        )
    };
    expect(&[&job("started"), &job("completed")], &["reject", "reject"]);
    let entry = |task: &str, end: &str| {
        format!(r#"{{"timestamp": "1", "task_name": "n", "task": "{task}", "agent": "x", "status": {end}}}"#)
    };
    let (begun, ended) = (r#""started""#, r#""completed", "output": "7""#);
    expect(&[&entry("a", begun), &entry("a", ended)], &["crewai log-1 None 1"]);
    expect(&[&entry("a", begun), &entry("a", ended), &entry("b", begun)], &["crewai log-1 None 1", "reject"]);
}

#[test]
fn a_message_beside_steps_or_a_label_is_no_row() {
    let step = r#"{"thought": "t", "action": "f", "action_input": {"x": 1}, "observation": "o"}"#;
    let message = r#"{"role": "user", "content": "q"}"#;
    let record =
        |id: u8, beside: &str| format!(r#"{{"session_id": "s{id}", "message": {message}, {beside}}}"#);
    let steps = format!(r#""steps": [{step}], "success": true"#);
    let lines = told(&[&record(1, &steps), &record(2, &steps)]);
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.contains("Some(true)")), "{lines:?}");
    expect(&[&record(1, r#""success": false"#)], &["reject"]);
}

#[test]
fn rows_stand_in_the_order_of_their_times() {
    for time in ["created_at", "timestamp"] {
        let row = |role: &str, at: &str| {
            format!(
                r#"{{"id": "{role}", "session_id": "s", "{time}": {at}, "message": {{"role": "{role}", "content": "{role}"}}}}"#
            )
        };
        for (early, late) in [("1", "2"), (r#""2026-01-01T00:00:01Z""#, r#""2026-01-01T00:00:02Z""#)] {
            let (found, _) = read([row("assistant", late), row("user", early)].join("\n").as_bytes());
            assert_eq!(found.runs[0].original_prompt.as_deref(), Some("user"));
        }
    }
}

#[test]
fn lines_of_several_sessions_are_several_runs() {
    for id in ["", r#""id": "1", "#] {
        lines_are_told_by_their_session(id);
    }
}

fn lines_are_told_by_their_session(id: &str) {
    let line = |session: &str, role: &str| {
        format!(
            r#"{{{id}"type": "message", "sessionId": "{session}", "timestamp": 1, "message": {{"role": "{role}", "content": "{session}"}}}}"#
        )
    };
    let log = [line("a", "user"), line("a", "assistant"), line("b", "user"), line("b", "assistant")];
    let (found, _) = read(log.join("\n").as_bytes());
    let prompts: Vec<_> = found.runs.iter().map(|run| run.original_prompt.as_deref()).collect();
    assert_eq!(prompts, [Some("a"), Some("b")]);
    assert!(found.rejects.is_empty());
}

fn chat(number: u8) -> String {
    format!(
        r#"{{"messages": [{{"role": "user", "content": "q{number}"}}, {{"role": "assistant", "content": "a{number}"}}]}}"#
    )
}

/// The prompts of the runs in a file, and how many rejects there are.
fn prompts(log: &str) -> (Vec<String>, usize) {
    let (found, counts) = read(log.as_bytes());
    assert_eq!(counts.records, (found.runs.len() + found.rejects.len()) as u64);
    let prompts = found.runs.iter().filter_map(|run| run.original_prompt.as_deref().map(str::to_owned));
    (prompts.collect(), found.rejects.len())
}

fn asked(numbers: &[u8]) -> Vec<String> {
    numbers.iter().map(|number| format!("q{number}")).collect()
}

#[test]
fn a_broken_line_of_envelopes_spoils_only_itself() {
    for around in [("", ""), ("[", "]"), (r#"{"page": "#, "}")] {
        let lines: Vec<String> = (0..6)
            .map(|number| {
                let record = match around.0 {
                    "" => chat(number),
                    _ => format!("{}{}{}", around.0, chat(number), around.1),
                };
                format!(r#"{{"timestamp": {number}, "data": {record}}}"#)
            })
            .collect();
        for cut in [5, 20, 40, lines[2].len() - 1] {
            for place in [0, 2, 5] {
                let mut lines = lines.clone();
                lines[place].truncate(cut);
                for end in ["", "\n"] {
                    let (prompts, rejects) = prompts(&(lines.join("\n") + end));
                    let mut wanted = vec![0, 1, 2, 3, 4, 5];
                    wanted.remove(place);
                    // Of a line that lacks its last bracket the run is there.
                    assert!(
                        prompts == asked(&wanted) || cut > 40 && prompts.len() == 6,
                        "{lines:#?} {prompts:?}"
                    );
                    assert_eq!(rejects, 1, "{lines:#?}");
                }
            }
        }
    }
}

#[test]
fn every_list_of_runs_in_a_document_is_read() {
    let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(chat);
    for log in [
        format!(r#"{{"status": "ok", "data": {{"train": [{a}, {b}], "test": [{c}, {d}, {e}]}}}}"#),
        format!(
            r#"{{"version": "1.0", "train": {{"data": [{a}, {b}, {c}]}}, "test": {{"data": [{d}, {e}]}}}}"#
        ),
        format!(
            r#"[{{"task": "t1", "passed": [{a}], "failed": [{b}, {c}]}}, {{"task": "t2", "passed": [{d}], "failed": [{e}]}}]"#
        ),
        format!(
            r#"[{{"task": "t1", "passed": [{a}], "failed": [{b}, {c}]}}, {{"task": "t2", "passed": [], "failed": [{d}, {e}]}}]"#
        ),
    ] {
        assert_eq!(prompts(&log), (asked(&[0, 1, 2, 3, 4]), 0), "{log}");
    }
}

#[test]
fn runs_at_several_depths_of_a_document_are_not_read_in_part() {
    let [a, b] = [0, 1].map(chat);
    assert_eq!(prompts(&format!(r#"{{"train": {{"data": [{a}]}}, "test": [{b}]}}"#)), (Vec::new(), 1));
    assert_eq!(
        prompts(&format!(r#"{{"train": {{"data": [{a}]}}, "stats": [{{"n": 1}}]}}"#)),
        (asked(&[0]), 0)
    );
}

#[test]
fn no_run_is_read_without_the_label_beside_it() {
    let [a, b] = [0, 1].map(chat);
    for log in [
        format!(r#"[{{"id": 7, "data": {a}, "success": false}}, {{"id": 8, "data": {b}, "success": true}}]"#),
        format!(r#"[{{"id": 7, "payload": {a}, "reward": 1}}, {{"id": 8, "payload": {b}, "reward": 0}}]"#),
        format!(r#"[{{"score": 1, "runs": [{a}]}}, {{"score": 0, "runs": [{b}]}}]"#),
        format!("{{\"success\": true, \"data\": {a}}}\n{{\"success\": false, \"data\": {b}}}\n"),
    ] {
        assert_eq!(prompts(&log), (Vec::new(), 2), "{log}");
    }
    assert_eq!(prompts(&format!(r#"{{"success": false, "data": {a}}}"#)), (Vec::new(), 1));
    let good = [&a, &b].map(|run| format!(r#"{{"success": true, "data": {run}}}"#));
    assert_eq!(prompts(&good[0]), (asked(&[0]), 0));
    assert_eq!(prompts(&good.join("\n")), (asked(&[0, 1]), 0));
}

#[test]
fn odd_pages_and_second_documents_are_told_of() {
    let [a, b, c] = [0, 1, 2].map(chat);
    for odd in ["3", "\"busy\"", "null", "[1, 2]"] {
        let log = format!(r#"[{{"data": [{a}]}}, {{"data": [{b}]}}, {odd}, {{"data": [{c}]}}]"#);
        assert_eq!(prompts(&log), (asked(&[0, 1, 2]), 1), "{log}");
    }
    for (first, second) in [
        (format!(r#"{{"train": [{a}], "test": [{b}]}}"#), r#"{"error": "busy"}"#.to_owned()),
        (format!(r#"{{"data": [{a}, {b}]}}"#), format!("[{c}]")),
        (format!(r#"{{"train": [{a}], "test": [{b}]}}"#), "[1]".to_owned()),
    ] {
        assert_eq!(prompts(&format!("{first}\n{second}")), (asked(&[0, 1]), 1), "{first} {second}");
        let log = format!("{}\n{second}", first.replacen('{', "{\n", 1));
        assert_eq!(prompts(&log), (asked(&[0, 1]), 1), "{log}");
    }
}

fn event(kind: &str, id: &str, kwargs: &str, beside: &str) -> String {
    match kind {
        "output" => format!(
            r#"{{"response": {{"role": "assistant", "blocks": [{{"block_type": "text", "text": "{beside}"}}]}}, "tool_calls": [{{"tool_id": "{id}", "tool_name": "f", "tool_kwargs": {kwargs}}}], "current_agent_name": "x"}}"#
        ),
        "call" => format!(r#"{{"tool_name": "f", "tool_kwargs": {kwargs}, "tool_id": "{id}"}}"#),
        _ => format!(
            r#"{{"tool_name": "f", "tool_kwargs": {kwargs}, "tool_id": "{id}", "tool_output": {{"content": "{beside}", "is_error": false}}}}"#
        ),
    }
}

/// Input of the tool, thought and observation of each step.
fn steps(run: &Run<'_>) -> Vec<String> {
    let part = |text: &Option<agenther_logs::Text<'_>>| text.as_deref().unwrap_or("-").to_owned();
    let step = |step: &agenther_logs::RunStep<'_>| {
        [&step.thought, &step.action_input, &step.observation].map(part).join(" ")
    };
    run.steps.iter().map(step).collect()
}

#[test]
fn calls_of_llamaindex_with_one_id_are_told_by_their_arguments() {
    let (one, two) = (r#"{"n": 1}"#, r#"{"n": 2}"#);
    let mut log = Vec::new();
    for (kwargs, seen) in [(one, "A"), (two, "B"), (one, "C")] {
        log.push(event("output", "f", kwargs, &format!("t{seen}")));
        log.push(event("call", "f", kwargs, ""));
        log.push(event("result", "f", kwargs, seen));
    }
    log.push(event("output", "f", one, "done"));
    let (found, _) = read(log.join("\n").as_bytes());
    assert_eq!(
        steps(&found.runs[0]),
        [r#"tA {"n": 1} A"#, r#"tB {"n": 2} B"#, r#"tC {"n": 1} C"#, "done - -"]
    );
    // Calls of one turn, whose results come in another order.
    let log = [
        event("call", "f", one, ""),
        event("call", "f", two, ""),
        event("result", "f", two, "B"),
        event("result", "f", one, "A"),
    ];
    let (found, _) = read(log.join("\n").as_bytes());
    assert_eq!(steps(&found.runs[0]), [r#"- {"n": 1} A"#, r#"- {"n": 2} B"#]);
}

#[test]
fn lists_of_events_in_several_records_are_not_one_run() {
    let events = |seen: &str| [event("call", "f", "{}", ""), event("result", "f", "{}", seen)].join(",");
    let turns = |city: &str| {
        format!(
            r#"{{"role": "User", "text": "{city}"}}, {{"role": "API", "api_name": "f", "param_dict": {{}}, "result": {{"output": 1}}}}"#
        )
    };
    for [a, b] in [[events("A"), events("B")], [turns("A"), turns("B")]] {
        for log in [
            format!(r#"[{{"id": 1, "log": [{a}]}}, {{"id": 2, "log": [{b}]}}]"#),
            format!(r#"{{"one": {{"log": [{a}]}}, "two": {{"log": [{b}]}}}}"#),
            format!(r#"{{"one": [{a}], "two": [{b}]}}"#),
        ] {
            let (found, counts) = read(log.as_bytes());
            assert!(counts.rejects > 0 || found.runs.len() == 2, "{log} {:?}", found.runs);
        }
    }
}

#[test]
fn answers_in_the_metadata_of_a_trajectory_stay_behind() {
    let log = format!(
        r#"{{"messages_and_choices": {CHAT}, "reward": 1, "metadata": {{"city": "Oslo", "answer": "SECRET", "solution": "SECRET", "expected": "SECRET", "ground_truth_answer": "SECRET"}}}}"#
    );
    let (found, _) = read(log.as_bytes());
    let metadata = found.runs[0].metadata.as_deref().unwrap_or_default();
    assert!(metadata.contains("Oslo") && !metadata.contains("SECRET"), "{metadata}");
}

#[test]
fn json_and_markdown_that_show_a_log_are_none() {
    let lines = [r#"{"level": 1, "text": "INFO [Agent] 📍 Step 1"}"#, r#"{"x": "INFO [Agent] 📍 Step 2"}"#];
    let (found, counts) = read(lines.join("\n").as_bytes());
    assert_eq!((found.runs.len(), counts.rejects), (0, 2));
    let document = "{\n\"log\": [\n\"INFO     [Agent] 📍 Step 1\"\n]}";
    assert_eq!(prompts(document), (Vec::new(), 1));
    let page =
        "# Notes\n\nA chat begins so:\n\n# aider chat started at 2026-01-01\n\n> quoted\n\nand so on.\n";
    assert_eq!(prompts(page).1, 1);
    assert!(read(page.as_bytes()).0.runs.is_empty());
}

#[test]
fn messages_are_read_that_were_encoded_once_more_or_one_by_one() {
    let messages = r#"[ {"role": "user", "content": "Say \"hi\"."}, {"role": "assistant", "content": "hi"}]"#;
    let once = json_string(messages);
    let each =
        r#"["{\"role\": \"user\", \"content\": \"Go.\"}", "{\"role\": \"assistant\", \"content\": \"hi\"}"]"#;
    for encoded in [messages, &once, &json_string(&once), each, &json_string(each)] {
        let (found, _) = read(format!("{{\"messages\": {encoded}, \"split\": \"a\"}}").as_bytes());
        assert_eq!(found.runs.len(), 1, "{encoded}: {:?}", found.rejects);
        assert_eq!(found.runs[0].final_answer.as_deref(), Some("hi"));
        assert_eq!(found.runs[0].metadata.as_deref(), Some("{\"split\": \"a\"}"));
    }
    for other in [r#"["[]"]"#, r#"["{}"]"#, r#""[\"a\"]""#] {
        assert!(read(format!("{{\"messages\": {other}}}").as_bytes()).0.runs.is_empty(), "{other}");
    }
}

#[test]
fn labels_that_say_nothing_to_the_reader_are_kept_beside_the_run() {
    let chat = r#"[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]"#;
    let labels =
        r#""success": "partly", "score": {"tests": 2}, "exit_status": [1], "solved": null, "correct": "B""#;
    let (found, _) = read(format!("{{\"messages\": {chat}, {labels}, \"reward\": 0.5}}").as_bytes());
    let kept = r#"{"success": "partly", "score": {"tests": 2}, "exit_status": [1]}"#;
    assert_eq!(found.runs[0].metadata.as_deref(), Some(kept));
    assert_eq!((found.runs[0].success, found.runs[0].reward), (Some(false), Some(0.5)));
}

#[test]
fn a_record_that_has_its_messages_twice_is_one_run() {
    for second in [CHAT, "[]", "null", "\"x\""] {
        let record = format!(r#"{{"messages": {CHAT}, "messages": {second}}}"#);
        expect(&[&record], &["openai_chat log-0 None 1"]);
        expect(&[&record, &record], &["openai_chat log-0 None 1", "openai_chat log-1 None 1"]);
    }
}
