//! Records in the cells of a column, and what is known of them besides.

use agenther_logs::{CellReader, Collected, LogReader, Options};

const CHAT: &str = r#"{"role": "user", "content": "Find the ferry"}"#;

fn reader(options: Options) -> CellReader {
    CellReader::new(options).unwrap()
}

#[test]
fn a_cell_is_read_as_a_line_of_a_file_is() {
    let record = format!(r#"{{"id": "one", "messages": [{CHAT}], "score": 0.5, "topic": "travel"}}"#);
    let mut log =
        LogReader::new(Box::new(std::io::Cursor::new(record.clone())), "x", Options::default()).unwrap();
    let mut found = Collected::default();
    while log.next_batch(&mut found, 10, 1 << 20) {}
    let mut reader = reader(Options::default());
    let mut run = reader.read(&record).unwrap();
    reader.judge(&mut run);
    assert_eq!(run, found.runs[0]);
}

#[test]
fn runs_without_an_id_are_told_apart_by_their_content() {
    let mut reader = reader(Options::default());
    let ids: Vec<String> = [CHAT, r#"{"role": "user", "content": "Find the bus"}"#, CHAT]
        .iter()
        .map(|message| reader.read(&format!("[{message}]")).unwrap().trajectory_id.into_owned())
        .collect();
    assert!(ids[0].starts_with("run-") && ids[0] != ids[1] && ids[0] == ids[2], "{ids:?}");
}

#[test]
fn what_cannot_be_read_says_why() {
    let mut reader = reader(Options::default());
    for (record, reason) in [
        ("", "truncated"),
        ("[{", "truncated"),
        ("{]", "invalid_json"),
        ("[1]", "unknown_shape"),
        (r#"{"messages": [{"role": "system", "content": "Be brief."}]}"#, "incomplete"),
    ] {
        let unreadable = reader.read(record).unwrap_err();
        assert_eq!(unreadable.reason.code(), reason, "{record}");
        assert!(unreadable.sentence.ends_with('.'), "{}", unreadable.sentence);
    }
    assert!(CellReader::new(Options { format: Some("nonsense".into()), ..Options::default() }).is_err());
}

#[test]
fn a_bar_for_rewards_judges_runs_whose_log_does_not() {
    let judged = |record: &str, success_at| {
        let mut reader = reader(Options { success_at, ..Options::default() });
        let record = record.replace("CHAT", CHAT);
        let mut run = reader.read(&record).unwrap();
        reader.judge(&mut run);
        (run.success, run.failure_reason.map(|reason| reason.into_owned()))
    };
    let derived = r#"{"messages": [CHAT], "reward": 0.6, "exit_status": "cost"}"#;
    assert_eq!(judged(derived, None), (Some(false), Some("cost".into())));
    assert_eq!(judged(derived, Some(0.5)), (Some(true), None));
    let stated = r#"{"messages": [CHAT], "reward": 0.6, "success": false}"#;
    assert_eq!(judged(stated, Some(0.5)).0, Some(false));
    let unknown_scale = r#"{"messages": [CHAT], "reward": 40}"#;
    assert_eq!(judged(unknown_scale, None).0, None);
    assert_eq!(judged(unknown_scale, Some(50.0)).0, Some(false));
    let tau = r#"{"task_id": 1, "trial": 0, "reward": 0.6, "info": {"task": {}}, "traj": [CHAT]}"#;
    assert_eq!(judged(tau, None).0, Some(false));
    assert_eq!(judged(tau, Some(0.6)).0, Some(true));
}

#[test]
fn a_reward_that_stands_beside_judges_as_one_inside() {
    let record = format!("[{CHAT}]");
    for (success_at, success) in [(None, Some(false)), (Some(0.5), Some(true))] {
        let mut reader = reader(Options { success_at, ..Options::default() });
        let mut run = reader.read(&record).unwrap();
        run.reward = Some(0.5);
        reader.judge(&mut run);
        assert_eq!((run.reward, run.success), (Some(0.5), success));
    }
}

#[test]
fn schemas_of_tools_take_the_shape_of_openai() {
    let mut reader = reader(Options::default());
    let wrapped = r#"[{"type": "function", "function": {"name": "go", "parameters": {"type": "object"}}}]"#;
    assert_eq!(
        reader.tools(r#"[{"name": "go", "input_schema": {"type": "object"}}]"#).as_deref(),
        Some(wrapped)
    );
    assert_eq!(reader.tools(wrapped).as_deref(), Some(wrapped));
    assert_eq!(reader.tools("no schemas"), None);
    assert_eq!(reader.tools("7"), None);
}
