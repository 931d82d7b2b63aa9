//! Labels that stand in a file beside the log.

use std::fs;
use std::path::PathBuf;

use agenther_logs::{Collected, LogReader, Options, Run};

/// A folder on disk that is deleted at the end of its test.
struct Trial(PathBuf);

impl Trial {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("agenther-{}-{name}", std::process::id()));
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Trial(folder)
    }

    fn read(&self, log: &str) -> Collected {
        let mut reader = LogReader::open(&self.0.join(log), Options::default()).unwrap();
        let mut found = Collected::default();
        while reader.next_batch(&mut found, 7, 1 << 20) {}
        found
    }

    fn run(&self, log: &str) -> Run<'static> {
        let mut found = self.read(log);
        assert_eq!(found.rejects, []);
        found.runs.remove(0)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const ATIF: &str = r#"{"schema_version": "ATIF-v1.6", "session_id": "s", "agent": {"name": "a", "version": "1"},
    "steps": [{"step_id": 1, "source": "user", "message": "Sort the file."}, {"step_id": 2, "source": "agent", "message": "Sorted."}]}"#;

#[test]
fn an_atif_run_has_the_reward_of_its_trial() {
    let passed =
        r#"{"trial_name": "t", "verifier_result": {"rewards": {"reward": 1.0}}, "exception_info": null}"#;
    let failed = r#"{"trial_name": "t", "verifier_result": {"rewards": {"score": 0.25}},
        "exception_info": {"exception_type": "AgentTimeoutError", "exception_message": "m"}}"#;
    let halted = r#"{"trial_name": "t", "verifier_result": null, "exception_info": {"exception_type": "VerifierError"}}"#;
    let job = r#"{"id": "j", "n_total_trials": 2, "stats": {"n_trials": 2}}"#;
    for (name, files, success, reward, reason) in [
        ("passed", vec![("result.json", passed)], Some(true), Some(1.0), None),
        ("failed", vec![("result.json", failed)], Some(false), Some(0.25), Some("AgentTimeoutError")),
        ("halted", vec![("result.json", halted)], None, None, Some("VerifierError")),
        ("same", vec![("agent/result.json", passed), ("result.json", failed)], Some(true), Some(1.0), None),
        ("text", vec![("verifier/reward.txt", "0\n"), ("result.json", job)], Some(false), Some(0.0), None),
        ("none", vec![("result.json", "not JSON")], None, None, None),
    ] {
        let mut files = files;
        files.push(("agent/trajectory.json", ATIF));
        let run = Trial::new(&format!("atif-{name}"), &files).run("agent/trajectory.json");
        assert_eq!(
            (run.success, run.reward, run.failure_reason.as_deref()),
            (success, reward, reason),
            "{name}"
        );
    }
}

#[test]
fn the_result_of_a_trial_is_no_label_of_other_files() {
    let passed = r#"{"verifier_result": {"rewards": {"reward": 1.0}}}"#;
    let trial = Trial::new("atif-others", &[("runs.json", ATIF), ("result.json", passed)]);
    assert_eq!(trial.run("runs.json").reward, None);
}

#[test]
fn results_of_trials_and_jobs_are_understood_and_no_runs() {
    let trial = Trial::new(
        "atif-companions",
        &[
            ("result.json", r#"{"trial_name": "t", "verifier_result": {"rewards": {"reward": 1.0}}}"#),
            ("job.json", r#"{"id": "j", "n_total_trials": 2, "stats": {"n_trials": 2}}"#),
            ("config.json", r#"{"job_name": "j", "jobs_dir": "jobs", "agents": []}"#),
        ],
    );
    for log in ["result.json", "job.json", "config.json"] {
        let found = trial.read(log);
        assert_eq!((found.runs.len(), found.rejects.len()), (0, 0), "{log}");
    }
}

const CLAUDE_CODE: &str = r#"{"type": "user", "sessionId": "s", "uuid": "u1", "message": {"role": "user", "content": "Sort it."}}
{"type": "assistant", "sessionId": "s", "uuid": "u2", "message": {"id": "m", "role": "assistant", "content": [{"type": "text", "text": "Sorted."}]}}"#;

#[test]
fn a_session_has_the_reward_of_the_trial_that_it_lies_in() {
    let failed =
        r#"{"trial_name": "t", "verifier_result": {"rewards": {"reward": 0.0}}, "exception_info": null}"#;
    let job = r#"{"id": "j", "n_total_trials": 2, "stats": {"n_trials": 2}}"#;
    for (number, (log, reward)) in [
        ("job/t/agent/claude-code.txt", Some(0.0)),
        ("job/t/agent/sessions/projects/-app/s.jsonl", Some(0.0)),
        ("job/t/agent/sessions/projects/-app/agent-1.jsonl", None),
        ("job/other/agent/claude-code.txt", None),
    ]
    .into_iter()
    .enumerate()
    {
        let files = [("job/t/result.json", failed), ("job/result.json", job), (log, CLAUDE_CODE)];
        let run = Trial::new(&format!("session-{number}"), &files).run(log);
        assert_eq!((run.reward, run.success), (reward, reward.map(|_| false)), "{log}");
    }
}

const CHAT: &str =
    r#"[{"role": "user", "content": "Sort it."}, {"role": "assistant", "content": "Sorted."}]"#;

#[test]
fn a_chat_has_the_verdict_of_its_harness() {
    let meta = r#"{"task_name": "sort_files", "mcp": "filesystem", "execution_result": {"success": false, "error_message": "Verification failed"}}"#;
    for (log, file, text, success, reason) in [
        ("messages.json", "meta.json", meta, Some(false), Some("Verification failed")),
        ("traj_log.json", "eval_res.json", r#"{"pass": true, "details": null}"#, Some(true), None),
        ("chat.json", "eval_res.json", r#"{"pass": true}"#, None, None),
        (
            "trajs/clock__clock-1.json",
            "results/results.json",
            r#"{"no_logs": [], "resolved": ["clock__clock-1"]}"#,
            Some(true),
            None,
        ),
    ] {
        let run =
            Trial::new(&format!("chat-{}", log.replace('/', "-")), &[(log, CHAT), (file, text)]).run(log);
        assert_eq!((run.success, run.failure_reason.as_deref()), (success, reason), "{log}");
        assert_eq!(
            run.trajectory_id.starts_with("sort_files-"),
            log == "messages.json",
            "{}",
            run.trajectory_id
        );
    }
}

#[test]
fn the_last_episode_of_terminus_has_the_result_of_its_trial() {
    let episode = |complete: bool| {
        format!(
            r#"{{"messages": [{{"role": "user", "content": "{{\"keystrokes\": \"..\"}}\nTask Description:\nSort it.\n\nCurrent terminal state:\n$"}},
            {{"role": "assistant", "content": "{{\"analysis\": \"a\", \"commands\": [], \"task_complete\": {complete}}}"}}]}}"#
        )
    };
    let result = r#"{"trial_name": "t", "is_resolved": false, "failure_mode": "test_timeout"}"#;
    let (first, last) = ("t/agent-logs/episode-0/debug.json", "t/agent-logs/episode-1/debug.json");
    let files = [(first, &*episode(false)), (last, &*episode(true)), ("t/results.json", result)];
    let trial = Trial::new("terminus", &files);
    let labels = |log| {
        let run = trial.run(log);
        (run.format, run.success, run.failure_reason.map(|reason| reason.into_owned()))
    };
    assert_eq!(labels(first), ("terminus", None, None));
    assert_eq!(labels(last), ("terminus", Some(false), Some("test_timeout".to_owned())));
}

const SWE_AGENT: &str = r#"{"environment": "main", "trajectory": [{"action": "submit", "observation": "", "response": "r", "thought": "t"}],
    "history": [{"role": "user", "content": "Mend it.", "agent": "main"}], "info": {"exit_status": "submitted"}}"#;

#[test]
fn a_repair_has_the_verdict_of_the_report_beside_it() {
    for (name, path, report, success) in [
        (
            "listed",
            "results.json",
            r#"{"resolved": ["clock-1"], "generated": ["clock-1", "clock-2"]}"#,
            Some(true),
        ),
        (
            "other",
            "../results.json",
            r#"{"resolved_ids": ["clock-2"], "submitted_ids": ["clock-1", "clock-2"]}"#,
            Some(false),
        ),
        (
            "own",
            "report.json",
            r#"{"clock-1": {"patch_successfully_applied": true, "resolved": true}}"#,
            Some(true),
        ),
        (
            "all",
            "../../results/results.json",
            r#"{"no_generation": [], "resolved": ["clock-1"]}"#,
            Some(true),
        ),
        (
            "logs",
            "../../logs/clock-1/report.json",
            r#"{"clock-1": {"patch_successfully_applied": true, "resolved": false}}"#,
            Some(false),
        ),
        ("unknown", "results.json", r#"{"resolved_ids": ["clock-2"], "submitted_ids": ["clock-2"]}"#, None),
    ] {
        let report_path = format!("runs/clock-1/{path}");
        let trial = Trial::new(
            &format!("swe-{name}"),
            &[("runs/clock-1/clock-1.traj", SWE_AGENT), (&report_path, report)],
        );
        assert_eq!(trial.run("runs/clock-1/clock-1.traj").success, success, "{name}");
        let found = trial.read(&report_path);
        assert_eq!((found.runs.len(), found.rejects.len()), (0, 0), "{name}");
    }
}

#[test]
fn the_other_members_of_an_inspect_archive_are_understood_and_no_runs() {
    let eval = r#""eval": {"task": "t", "model": "m"}, "plan": {"steps": []}"#;
    let members = [
        format!(r#"{{"version": 2, {eval}}}"#),
        format!(r#"{{"version": 2, "status": "success", {eval}, "results": {{"scores": []}}, "stats": {{}}, "samples": []}}"#),
        r#"[{"id": 1, "epoch": 1, "input": "Add.", "target": "3", "scores": {"match": {"value": "C"}}, "completed": true}]"#.to_owned(),
        r#"[{"scorer": "match", "samples": [{"value": 1, "sample_id": 1}]}]"#.to_owned(),
    ];
    for member in members {
        let (found, counts) = crate::read(member.as_bytes());
        assert_eq!((found.runs.len(), found.rejects.len(), counts.records), (0, 0, 0), "{member}");
    }
}

const OSWORLD: &str = r#"{"step_num": 1, "action_timestamp": "t", "action": "DONE", "response": "It is set.", "reward": 0, "done": true, "info": {}, "screenshot_file": "1.png"}"#;

#[test]
fn a_run_of_osworld_has_the_result_and_the_task_beside_it() {
    let log = "[2025 INFO run/1] Instruction: Set the clock\nto noon.\n[2025 INFO run/2] Step 1: DONE\n";
    for (name, result, success, reward) in [
        ("passed", "1.0\n", Some(true), Some(1.0)),
        ("half", "0.5", Some(false), Some(0.5)),
        ("none", "NaN", None, None),
    ] {
        let trial = Trial::new(
            &format!("osworld-{name}"),
            &[("os/a/traj.jsonl", OSWORLD), ("os/a/result.txt", result), ("os/a/runtime.log", log)],
        );
        let run = trial.run("os/a/traj.jsonl");
        assert_eq!((run.success, run.reward), (success, reward), "{name}");
        assert_eq!(run.original_prompt.as_deref(), Some("Set the clock\nto noon."));
        assert_eq!(run.final_answer.as_deref(), Some("It is set."));
    }
}

#[test]
fn traces_of_phones_and_browsers_have_the_results_beside_them() {
    let trace = r#"{"trace_id": "7", "index": 0, "target": "Count.", "response": "exit(message=\"3\")", "parsed_action": null}"#;
    let results = "{\"task_id\": \"8\", \"result\": {\"complete\": true}}\n{\"task_id\": \"7\", \"result\": {\"complete\": false}}\n";
    let trial = Trial::new(
        "android-lab",
        &[
            ("web/traces/7.jsonl", trace),
            ("web/actions/7.json", r#"{"task_id": 7, "score": 1.0, "actions": []}"#),
            ("phone/clock_7/traces/trace.jsonl", trace),
            ("phone/results.jsonl", results),
        ],
    );
    let web = trial.run("web/traces/7.jsonl");
    assert_eq!((web.success, web.reward), (Some(true), Some(1.0)));
    let phone = trial.run("phone/clock_7/traces/trace.jsonl");
    assert_eq!((phone.success, phone.reward), (Some(false), None));
}

#[test]
fn a_run_of_ufo_has_the_evaluation_beside_it() {
    let log = r#"{"Request": "Save it.", "Thought": "Done.", "Status": "FINISH", "Agent": "AppAgent", "Function": "", "Results": ""}"#;
    for (name, complete, success) in
        [("yes", "yes", Some(true)), ("no", "no", Some(false)), ("open", "unsure", None)]
    {
        let evaluation = format!(r#"{{"reason": "r", "complete": "{complete}", "request": "Save it."}}"#);
        let trial =
            Trial::new(&format!("ufo-{name}"), &[("response.log", log), ("evaluation.log", &evaluation)]);
        assert_eq!(trial.run("response.log").success, success, "{name}");
    }
}

#[test]
fn a_run_of_the_agent_company_has_its_points_beside_it() {
    let events = r#"[{"id": 0, "timestamp": "t", "source": "user", "message": "Go.", "action": "message", "args": {"content": "Go."}},
        {"id": 1, "timestamp": "t", "source": "agent", "message": "", "action": "run", "args": {"command": "ls"}}]"#;
    for (result, success) in [(1, Some(false)), (2, Some(true))] {
        let points = format!(r#"{{"checkpoints": [], "final_score": {{"total": 2, "result": {result}}}}}"#);
        let trial = Trial::new(
            &format!("company-{result}"),
            &[("traj_pm-plan.json", events), ("eval_pm-plan.json", &points)],
        );
        let run = trial.run("traj_pm-plan.json");
        assert_eq!((run.success, run.reward), (success, Some(f64::from(result))));
    }
}

#[test]
fn tasks_and_answers_of_browser_agents_lie_beside_them() {
    let event = r#"{"type": "WebSurferEvent", "url": "u", "action": "terminate", "arguments": {"thoughts": "t", "status": "success"}}"#;
    let steps = r#"[{"task_id": "k", "step_id": "s", "output": {"actions_and_results": [[{"action_type": "complete"}, []]]}}]"#;
    let task = r#"{"status": "failed", "request": {"navigation_goal": "Ask."}, "extracted_information": {"n": 1}, "failure_reason": "Gave up."}"#;
    let trial = Trial::new(
        "browser-agents",
        &[
            ("w/web_surfer.log", event),
            ("w/task_data.json", r#"{"task_proposal": "Ask."}"#),
            ("w/a_final_answer.json", r#"{"final_answer": "Yes."}"#),
            ("s/steps.json", steps),
            ("s/task.json", task),
        ],
    );
    let run = trial.run("w/web_surfer.log");
    assert_eq!((run.original_prompt.as_deref(), run.final_answer.as_deref()), (Some("Ask."), Some("Yes.")));
    assert_eq!(run.success, None);
    let run = trial.run("s/steps.json");
    assert_eq!(
        (run.original_prompt.as_deref(), run.final_answer.as_deref()),
        (Some("Ask."), Some(r#"{"n": 1}"#))
    );
    assert_eq!(run.failure_reason.as_deref(), Some("Gave up."));
}
