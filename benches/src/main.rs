//! The engine in memory against one stock Aho-Corasick pass over the same bytes, in one run.
//!
//! `agenther-bench LOG` reads a log, then times both over its runs in turns and prints one JSON object.
//! Every answer is checked: each pass must give what the first gave, the scan must find what a search by
//! hand finds, and the verdicts must agree with the labels of the log.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use agenther_core::hindsight::{RelabelOptions, relabel};
use agenther_core::outcome::extract;
use agenther_core::reading::Reading;
use agenther_core::rules::Rules;
use agenther_core::trajectory::{Step, Trajectory};
use agenther_core::verdict::classify;
use agenther_logs::{Collected, LogReader, Options, Run, RunStep};
use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Passes of each kind; the median counts.
const PASSES: usize = 5;
/// Runs on which the stock scan is compared with a search by hand.
const CHECKED_BY_HAND: usize = 50;

/// What a keyword classifier looks for: errors, absences, refusals, hedges, endings.
const LITERALS: &[&str] = &[
    "error",
    "exception",
    "traceback",
    "failed",
    "failure",
    "timeout",
    "timed out",
    "not found",
    "no such file",
    "permission denied",
    "unauthorized",
    "forbidden",
    "invalid",
    "unknown column",
    "syntax error",
    "rate limit",
    "too many requests",
    "unavailable",
    "bad request",
    "connection refused",
    "could not",
    "cannot",
    "can't",
    "unable to",
    "no results",
    "no more results",
    "empty",
    "nothing happens",
    "missing",
    "denied",
    "rejected",
    "declined",
    "expired",
    "unsupported",
    "not supported",
    "not allowed",
    "must be",
    "required",
    "at most",
    "at least",
    "less than",
    "more than",
    "under",
    "below",
    "before",
    "after",
    "exactly",
    "only",
    "sorry",
    "apologize",
    "unfortunately",
    "however",
    "instead",
    "assume",
    "probably",
    "simulated",
    "placeholder",
    "example.com",
    "sample data",
    "maximum",
    "minimum",
    "step limit",
    "give up",
    "transfer",
];

/// What one pass of the engine found, to compare passes by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Answer {
    failures: usize,
    evidence: usize,
    facts: usize,
    goals: usize,
}

fn main() -> ExitCode {
    match std::env::args()
        .nth(1)
        .ok_or_else(|| "which log? agenther-bench LOG".to_owned())
        .and_then(|path| measure(&path))
    {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn measure(path: &str) -> Result<String, String> {
    let runs = read(path)?;
    let views: Vec<Trajectory<'_>> = runs.iter().map(view).collect();
    let texts: Vec<&str> = views.iter().flat_map(texts_of).collect();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let scan = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(LITERALS)
        .map_err(|error| error.to_string())?;
    check_by_hand(&scan, &texts)?;

    let (mut analyze_s, mut stages_s, mut scan_s) = (Vec::new(), Vec::new(), Vec::new());
    let first = analyze(&views);
    let hits = count(&scan, &texts);
    check_labels(&views, first)?;
    for _ in 0..PASSES {
        let (seconds, answer) = timed(|| analyze(&views));
        analyze_s.push(seconds);
        same("analyze", answer, first)?;
        let (seconds, answer) = timed(|| classify_and_extract(&views));
        stages_s.push(seconds);
        same("classify and extract", answer, Answer { goals: 0, ..first })?;
        let (seconds, answer) = timed(|| count(&scan, &texts));
        scan_s.push(seconds);
        same("scan", answer, hits)?;
    }
    let (analyze_s, stages_s, scan_s) = (median(analyze_s), median(stages_s), median(scan_s));
    let mut report = String::new();
    let _ = write!(
        report,
        r#"{{"runs":{},"text_bytes":{bytes},"failures":{},"goals":{},"scan_hits":{hits},"analyze_s":{analyze_s:.4},"classify_extract_s":{stages_s:.4},"aho_corasick_s":{scan_s:.4},"analyze_ratio":{:.3},"classify_extract_ratio":{:.3}}}"#,
        views.len(),
        first.failures,
        first.goals,
        scan_s / analyze_s,
        scan_s / stages_s,
    );
    Ok(report)
}

fn read(path: &str) -> Result<Vec<Run<'static>>, String> {
    let mut reader =
        LogReader::open(Path::new(path), Options::default()).map_err(|error| format!("{path}: {error}"))?;
    let mut found = Collected::default();
    while reader.next_batch(&mut found, 4096, 1 << 26) {}
    match found.rejects.first() {
        None if !found.runs.is_empty() => Ok(found.runs),
        None => Err(format!("{path}: found no run, needed at least one")),
        Some(reject) => Err(format!("{path}: record {}: {}", reject.record, reject.sentence)),
    }
}

fn view<'a>(run: &'a Run<'static>) -> Trajectory<'a> {
    Trajectory {
        trajectory_id: Some(&run.trajectory_id),
        original_prompt: run.original_prompt.as_deref(),
        system: run.system.as_deref(),
        tools: run.tools.as_deref(),
        steps: run.steps.iter().map(view_step).collect(),
        final_answer: run.final_answer.as_deref(),
        success: run.success,
        reward: run.reward,
    }
}

fn view_step<'a>(step: &'a RunStep<'static>) -> Step<'a> {
    Step {
        user: step.user.as_deref(),
        thought: step.thought.as_deref(),
        action_name: step.action_name.as_deref(),
        action_input: step.action_input.as_deref(),
        observation: step.observation.as_deref(),
        error: step.error,
    }
}

/// The texts of a run that the engine is handed.
fn texts_of<'a>(run: &Trajectory<'a>) -> Vec<&'a str> {
    let of_run = [run.original_prompt, run.system, run.tools, run.final_answer];
    let of_steps = run
        .steps
        .iter()
        .flat_map(|step| [step.user, step.thought, step.action_name, step.action_input, step.observation]);
    of_run.into_iter().chain(of_steps).flatten().collect()
}

fn analyze(views: &[Trajectory<'_>]) -> Answer {
    let (rules, options) = (Rules::default_pack(), RelabelOptions::default());
    let mut answer = Answer::default();
    for run in views {
        let reading = Reading::new(run);
        add_stages(&mut answer, &reading, rules);
        answer.goals += relabel(&reading, &options).goals.len();
    }
    answer
}

fn classify_and_extract(views: &[Trajectory<'_>]) -> Answer {
    let rules = Rules::default_pack();
    let mut answer = Answer::default();
    for run in views {
        add_stages(&mut answer, &Reading::new(run), rules);
    }
    answer
}

fn add_stages(answer: &mut Answer, reading: &Reading<'_>, rules: &Rules) {
    let verdict = classify(reading, rules);
    answer.failures += usize::from(verdict.is_failure);
    answer.evidence += verdict.evidence.len();
    answer.facts += extract(reading).facts.len();
}

fn count(scan: &AhoCorasick, texts: &[&str]) -> usize {
    texts.iter().map(|text| scan.find_overlapping_iter(text).count()).sum()
}

fn check_by_hand(scan: &AhoCorasick, texts: &[&str]) -> Result<(), String> {
    for text in texts.iter().take(CHECKED_BY_HAND) {
        let lower = text.to_ascii_lowercase();
        let starts = |literal: &&str| lower.match_indices(*literal).count();
        same(
            "a search by hand",
            LITERALS.iter().map(starts).sum(),
            scan.find_overlapping_iter(text).count(),
        )?;
    }
    Ok(())
}

/// A label decides; runs without one can only add failures.
fn check_labels(views: &[Trajectory<'_>], answer: Answer) -> Result<(), String> {
    let labelled = views.iter().filter(|run| run.success == Some(false)).count();
    let unlabelled = views.iter().filter(|run| run.success.is_none()).count();
    if (labelled..=labelled + unlabelled).contains(&answer.failures) {
        return Ok(());
    }
    Err(format!(
        "{} failures, needed {labelled} labelled ones and at most {unlabelled} more",
        answer.failures
    ))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, needed: T) -> Result<(), String> {
    if found == needed { Ok(()) } else { Err(format!("{what}: found {found:?}, needed {needed:?}")) }
}

fn timed<T>(pass: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let answer = pass();
    (start.elapsed().as_secs_f64(), answer)
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
