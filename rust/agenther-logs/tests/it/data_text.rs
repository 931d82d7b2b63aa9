//! Benchmarks that write HTML, text and lists of actions: real files where they are at hand, counted
//! without this reader, and what lies beside them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agenther_logs::{Collected, LogReader, Mapping, Options, Run, suggest};
use proptest::prelude::*;

/// A file of the shared data, or `None` (said aloud) where it is absent.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("skipped: {} of the shared data is not at hand", path.display());
    None
}

fn read_file(path: &Path, options: Options) -> (Collected, Option<&'static str>) {
    let mut reader = LogReader::open(path, options).expect("the log opens");
    let mut found = Collected::default();
    while reader.next_batch(&mut found, 64, 1 << 20) {}
    (found, reader.detection().format)
}

/// Runs, successes, failures, steps, and rejects by their reason.
fn tally(found: &Collected) -> (usize, usize, usize, usize, usize) {
    let labelled = |label| found.runs.iter().filter(|run| run.success == Some(label)).count();
    let steps = found.runs.iter().map(|run| run.steps.len()).sum();
    (found.runs.len(), labelled(true), labelled(false), steps, found.rejects.len())
}

#[test]
fn webarena() {
    let Some(path) = shared("webarena/render_0.html") else { return };
    let (found, format) = read_file(&path, Options::default());
    assert_eq!(format, Some("webarena"));
    assert_eq!(tally(&found), (1, 0, 0, 3, 0));
    let run = &found.runs[0];
    assert_eq!(run.original_prompt.as_deref(), Some("What is the top-1 best-selling product in 2022"));
    assert!(run.steps[0].action_name.is_none());
    assert!(
        run.steps[..2]
            .iter()
            .all(|step| step.observation.as_deref().is_some_and(|text| text.starts_with("URL: ")))
    );
    assert_eq!(run.steps[1].action_input.as_deref(), Some("[1090]"));
    assert_eq!(
        run.final_answer,
        run.steps[2].action_input.as_deref().map(|text| text.trim_matches(['[', ']']).to_owned().into())
    );
    assert!(!format!("{run:?}").contains("base64"));
}

/// Lays out files in a folder of their own and reads the first of them.
fn read_among(name: &str, files: &[(&str, &str)]) -> Run<'static> {
    let folder = std::env::temp_dir().join(format!("agenther-logs-{}-{name}", std::process::id()));
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }
    let (mut found, _) = read_file(&folder.join(files[0].0), Options::default());
    fs::remove_dir_all(&folder).expect("the folder can be removed");
    assert_eq!(found.rejects, []);
    found.runs.remove(0)
}

#[test]
fn the_label_of_webarena_stands_in_the_logs_beside_it() {
    let html = include_str!("../fixtures/render_7.html");
    let log = |lines: &str| {
        lines.lines().map(|line| format!("2023-11-01 10:00:00,1 - INFO - {line}\n")).collect::<String>()
    };
    let passed = log(
        "[Config file]: /tmp/x/7.json\n[Result] (PASS) /tmp/x/7.json\n[Result] (FAIL) config_files/17.json",
    );
    let failed = log("[Config file]: config_files/7.json\n[Result] (FAIL) config_files/7.json");
    let broken = log(
        "[Config file]: config_files/7.json\n[Unhandled Error] TimeoutError('slow')]\n[Config file]: config_files/8.json\n[Unhandled Error] no",
    );
    let other_site = log(
        "[Result] (PASS) config_files/wa/test_webarena/7.json\n[Result] (FAIL) config_files/vwa/test_reddit/7.json\n[Result] (NO_JUDGE) /tmp/7.json",
    );
    let label = |name, files: &[(&str, &str)]| {
        let run = read_among(name, files);
        (run.success, run.failure_reason.map(|reason| reason.into_owned()))
    };
    assert_eq!(label("merged", &[("render_7.html", html), ("merged_log.txt", &passed)]), (Some(true), None));
    assert_eq!(label("merge", &[("render_7.html", html), ("merge_log.txt", &failed)]), (Some(false), None));
    assert_eq!(
        label("again", &[("render_7.html", html), ("log_1.log", &failed), ("log_2.log", &passed)]),
        (Some(true), None)
    );
    assert_eq!(
        label("site", &[("render_7.html", html), ("merged_log.txt", &other_site)]),
        (Some(true), None)
    );
    assert_eq!(
        label("error", &[("render_7.html", html), ("error.txt", &broken)]),
        (None, Some("TimeoutError('slow')]".to_owned()))
    );
    let listed = [
        ("out/render_7.html", html),
        ("out/log_files.txt", "log_files/log_b.log\n"),
        ("log_files/log_a.log", &*failed),
        ("log_files/log_b.log", &*passed),
        ("log_files/log_c.log", &*failed),
    ];
    assert_eq!(label("listed", &listed), (Some(true), None));
    assert_eq!(label("others", &[listed[0], listed[2]]), (None, None));
}

#[test]
fn react_webshop_by_the_format_and_by_mappings() {
    let Some(path) = shared("react-webshop/episodes.jsonl") else { return };
    let sample = fs::read(&path).expect("the log is there");
    let draft = suggest(&sample).expect("a mapping is drafted");
    let by_hand = "name = \"webshop\"\ngoal = \"goal\"\nsuccess = \"success\"\nreward = \"score\"\nsteps = \"steps\"\n\
                   [step]\naction = \"action\"\nsyntax = \"call\"\nthoughts = [\"think\"]\nobservation = \"observation\"\nleaks = [\"Your score\"]\n";
    let mapping = |text: &str| Some(Arc::new(Mapping::parse(text).expect("it is a mapping")));
    let (built_in, format) = read_file(&path, Options::default());
    assert_eq!(format, Some("react"));
    for mapping in [None, mapping(&draft), mapping(by_hand)] {
        let (found, _) = read_file(&path, Options { mapping, ..Options::default() });
        let (runs, successes, failures, _, rejects) = tally(&found);
        assert_eq!((runs, successes, failures, rejects), (250, 90, 160, 0));
        for (run, built_in) in found.runs.iter().zip(&built_in.runs) {
            assert_eq!(run.steps, built_in.steps, "{}", run.trajectory_id);
            assert_eq!(run.original_prompt, built_in.original_prompt);
        }
        let observations =
            found.runs.iter().flat_map(|run| &run.steps).filter_map(|step| step.observation.as_deref());
        assert!(observations.into_iter().all(|text| !text.contains("Your score")));
    }
}

#[test]
fn reflexion_hotpotqa() {
    for (path, expected) in [
        // 282 incorrect and 60 under the halted, of which 12 had finished with a wrong answer.
        ("reflexion/hotpotqa_runs/root/ReAct/base/100_questions_5_trials.txt", (512, 170, 342, 1867, 0)),
        (
            "reflexion/hotpotqa_runs/root/CoT/no_context/base/100_questions_5_trials.txt",
            (500, 164, 336, 500, 0),
        ),
    ] {
        let Some(path) = shared(path) else { return };
        let (found, format) = read_file(&path, Options::default());
        assert_eq!(format, Some("react_text"));
        assert_eq!(tally(&found), expected);
        let halted = found.runs.iter().filter(|run| run.failure_reason.is_some());
        assert_eq!(halted.count(), if expected.0 == 512 { 48 } else { 0 });
        for run in &found.runs {
            assert!(run.original_prompt.is_some(), "{}", run.trajectory_id);
            let told = format!("{:?}", run.steps);
            assert!(
                !told.contains("Answer is ") && !told.contains("Correct answer:"),
                "{}",
                run.trajectory_id
            );
        }
    }
}

#[test]
fn lats() {
    // Searches by their first line, successes by `Terminal node with reward 1`; a search without a
    // node has no step.
    for (path, expected) in
        [("lats/hotpot/tot_10it.log", (1, 0, 0, 5, 0)), ("lats/webshop/logs/example.log", (2, 2, 0, 10, 2))]
    {
        let Some(path) = shared(path) else { return };
        let (found, format) = read_file(&path, Options::default());
        assert_eq!(format, Some("lats"));
        assert_eq!(tally(&found), expected);
        assert!(found.rejects.iter().all(|reject| reject.sentence.contains("it has no step")));
        assert!(!format!("{:?}", found.runs).contains("Your score"));
    }
}

#[test]
fn reflexion_programs_and_results() {
    let root = "reflexion/programming_runs/root";
    for (path, expected) in [
        (format!("{root}/reflexion_leetcode_python3_gpt4/leetcode-hard-py-40-uncontaminated._reflexion_5_gpt-4_pass_at_k_1_py.jsonl"), (40, 2, 38)),
        (format!("{root}/reflexion_mbpp_py/mbpp-py._reflexion_5_gpt-4_pass_at_k_1_py.jsonl"), (397, 306, 91)),
        ("lats/programming/root/testacc_humaneval_py/humaneval-py..gz_test-acc_1_gpt-4_pass_at_k_1_py.jsonl".to_owned(), (164, 96, 68)),
    ] {
        let Some(path) = shared(&path) else { return };
        let (found, format) = read_file(&path, Options::default());
        assert_eq!(format, Some("reflexion"));
        let (runs, successes, failures, _, rejects) = tally(&found);
        assert_eq!(((runs, successes, failures), rejects), (expected, 0));
        assert!(found.runs.iter().all(|run| run.original_prompt.is_some() && run.final_answer.is_some()));
    }
    for (path, records) in [
        ("reflexion/alfworld_runs/root/base_run_logs/env_results_trial_0.json", 134),
        ("reflexion/alfworld_runs/root/base_run_logs/env_results_trial_6.json", 134),
        ("reflexion/webshop_runs/reflexion_run_logs_1/env_results_trial_0.json", 100),
        ("reflexion/webshop_runs/reflexion_run_logs_1/env_results_trial_3.json", 100),
    ] {
        let Some(path) = shared(path) else { return };
        let (found, format) = read_file(&path, Options::default());
        assert_eq!((format, found.runs.len(), found.rejects.len()), (Some("reflexion"), 0, records));
        assert!(
            found
                .rejects
                .iter()
                .all(|reject| reject.sentence.contains("its steps are in the `trial_<n>.log`"))
        );
    }
}

#[test]
fn forks_of_webarena_render_less_or_other_marks() {
    let head = "<pre>task_id: 3\nintent: Find tea\n</pre>\n<h2>New Page</h2>\n<h3 class=\"url\"><a href=u>URL: u</a></h3>\n";
    let state = "<div class=\"state_obv\"><pre>[1] link 'Tea'</pre></div>\n";
    for (action, name, input) in [
        (
            "<div class='predict_action'><div class='parsed_action' style='x'><pre>click [1]</pre></div></div>",
            "click",
            "[1]",
        ),
        (
            "<div class='predict_action'><pre>do(action=\"Click\", element=\"1\")</pre></div>",
            "do",
            "(action=\"Click\", element=\"1\")",
        ),
        (
            "<div class='predict_action'>page.get_by_text(\"Tea\").click()</div>",
            "playwright",
            "page.get_by_text(\"Tea\").click()",
        ),
        (
            "<div class=\"predict_action\"><div class='raw_parsed_prediction'><pre>I go. ```go_back```</pre></div><div class='parsed_action'><pre>go_back</pre></div></div>",
            "go_back",
            "-",
        ),
    ] {
        let found = read_as("webarena", format!("{head}{state}{action}\n</body></html>"));
        let step = &found.runs[0].steps[1];
        assert_eq!(found.runs[0].steps[0].observation.as_deref(), Some("URL: u\n\n[1] link 'Tea'"));
        assert_eq!(
            (step.action_name.as_deref(), step.action_input.as_deref().unwrap_or("-")),
            (Some(name), input)
        );
        assert_eq!(step.thought.as_deref(), (name == "go_back").then_some("I go."));
    }
}

const TEXTS: &[(&str, &str)] = &[
    ("webarena", include_str!("../fixtures/render_7.html")),
    ("lats", include_str!("../fixtures/lats.log")),
    ("react_text", include_str!("../fixtures/reflexion_trials.txt")),
    ("react_text", include_str!("../fixtures/react_transcript.txt")),
    ("command_log", include_str!("../fixtures/trial_0.log")),
    ("command_log", include_str!("../fixtures/alfworld.txt")),
];

fn read_as(format: &str, text: String) -> Collected {
    let options = Options { format: Some(format.to_owned()), ..Options::default() };
    crate::read_from(Box::new(std::io::Cursor::new(text.into_bytes())), options).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_texts_never_panic(which in 0..TEXTS.len(), cut in 0usize..6000, at in 0usize..6000, noise in ".{0,12}|\n> |\nAction: x\\[|\nQuestion:|</pre>|<h2>New Page</h2>|```") {
        let (format, text) = TEXTS[which];
        let mut text = text.to_owned();
        let floor = |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(floor(&text, at), &noise);
        text.truncate(floor(&text, cut.max(1)));
        let blank = text.trim().is_empty();
        let found = read_as(format, text);
        prop_assert_eq!(found.runs.len() + found.rejects.len() == 0, blank);
        for run in &found.runs {
            prop_assert!(!run.steps.is_empty());
        }
    }
}

#[test]
fn long_texts_are_read_in_linear_time() {
    let many = |start: &str, part: &str, end: &str| {
        format!("{start}{}{end}", part.repeat(1 << 20 >> part.len().ilog2()))
    };
    let page = "<h2>New Page</h2><div class='state_obv'><pre>x</pre>";
    for (format, text) in [
        ("webarena", many("<pre>task_id: 1\nintent: go\n</pre>", page, "")),
        (
            "webarena",
            many(
                "<pre>task_id: 1\n</pre><h2>New Page</h2><div class='raw_parsed_prediction'><pre>",
                "```",
                "</pre></div>",
            ),
        ),
        (
            "lats",
            many(
                "",
                "2024-01-02 10:00:00,001 - INFO - NEW NODE: Node(depth=1, thought=, action=a, observation=o)\n",
                "",
            ),
        ),
        (
            "lats",
            many(
                &format!(
                    "2024-01-02 10:00:00,001 - INFO - PROMPT: \nQuestion: q\n{}\n",
                    "Action: a[b]\n".repeat(100_000)
                ),
                "2024-01-02 10:00:00,001 - INFO - NEW NODE: Node(depth=1, thought=, action=a, observation=o)\n",
                "",
            ),
        ),
        ("react_text", many("Question: q\n", "Action: a[b]\nObservation: c\n", "")),
        ("react_text", many("--- BEGIN X AGENTS ---\n", "Correct answer: a\n", "")),
        ("command_log", many("Your task is to: go\n", "> a\nb\n", "")),
        ("command_log", many("", "Environment #1:\n", "")),
        ("autogen_console", many("user (to a):\n\nGo.\n\n", "a (to user):\n\nx\n\n--------\n", "")),
        (
            "chain_log",
            many(
                "> Entering new AgentExecutor chain...\n",
                "Action: a\nAction Input: b\nObservation: c\n",
                "",
            ),
        ),
        (
            "crewai_log",
            many(
                "# Agent: a\n## Task: go\n",
                "## Using tool: t\n## Tool Input:\n{}\n## Tool Output:\nx\n",
                "",
            ),
        ),
        (
            "langgraph_text",
            many(
                "=== Human Message ===\n\ngo\n",
                "=== Ai Message ===\nTool Calls:\n  t (1)\n  Args:\n    a: b\n",
                "",
            ),
        ),
        (
            "smolagents_log",
            many(
                "╭─ New run ─╮\n",
                "━━━ Step 1 ━━━\n─ Executing parsed code: ─\nx\nExecution logs:\ny\n",
                "",
            ),
        ),
        ("claude_terminal", many("> go\n\n", "⏺ Bash(ls)\n  ⎿  a\n", "")),
        (
            "chat_export",
            many(
                "# T\n_Exported on x from Cursor (1)_\n\n",
                "---\n\n**User**\n\na\n\n---\n\n**Cursor**\n\nb\n\n",
                "",
            ),
        ),
        (
            "autogpt_log",
            many(
                "",
                "THOUGHTS: a\nNEXT ACTION:  COMMAND = x  ARGUMENTS = {'a': 'b'}\nSYSTEM:  Command x returned: y\n",
                "",
            ),
        ),
    ] {
        // A reader whose work grows with the square of the length would take hours.
        let found = read_as(format, text);
        assert!(found.runs.len() + found.rejects.len() > 0, "{format}");
    }
}

#[test]
fn the_labels_of_steps_in_a_world_stand_beside_them() {
    let table = include_str!("../fixtures/world_table.csv");
    let stats = r#"{"task": "goto", "mission": "go to the door", "episode_return": 0.9, "progression": 1.0, "done": true}"#;
    let run = read_among("balrog", &[("goto_run_00.csv", table), ("goto_run_00.json", stats)]);
    assert_eq!((run.original_prompt.as_deref(), run.success), (Some("go to the door"), Some(true)));
    assert_eq!((run.reward, run.metadata.as_deref()), (Some(1.0), Some(r#"{"task": "goto"}"#)));

    let steps = include_str!("../fixtures/world_embodied.json");
    let result = r#"{"reward": 0.5, "task_success": 1.0}"#;
    let files = [("episode_7_step_3.json", steps), ("results/episode_7_final_res.json", result)];
    assert_eq!(read_among("embodied", &files).success, Some(true));
    let files = [("episode_7_step_3.json", steps), ("results/episode_8_final_res.json", result)];
    assert_eq!(read_among("embodied_other", &files).success, Some(false));
}
