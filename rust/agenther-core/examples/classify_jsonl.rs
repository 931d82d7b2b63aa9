//! Classifies trajectory frames in JSON Lines (one row a line) and prints a verdict a line.
//!
//! `cargo run --release --example classify_jsonl -- runs.jsonl > verdicts.jsonl`, with `--time` for
//! the throughput of the engine alone, `--profile` for that of its parts, `--fired` for the rules that fire, `--signals` for the hits of every signal. It is how the rules are measured; users have `agenther classify`.

use std::time::Instant;

use agenther_core::reading::Reading;
use agenther_core::rules::Rules;
use agenther_core::trajectory::{Field, Step, Trajectory};
use agenther_core::verdict::classify;
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let (flags, paths): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let rules = Rules::default_pack();
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let rows: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        if flags.iter().any(|flag| flag == "--profile") {
            profile(&rows, rules);
            continue;
        }
        if flags.iter().any(|flag| flag == "--time") {
            time(&path, &rows, rules);
            continue;
        }
        for row in &rows {
            let run = trajectory(row);
            if flags.iter().any(|flag| flag == "--fired") {
                let reading = Reading::new(&run);
                let fired = rules.evaluate(&agenther_core::signals::Signals::new(&reading));
                let ids: Vec<_> = fired.iter().map(|fired| fired.rule.id.as_str()).collect();
                println!("{}", json!({ "id": run.trajectory_id, "fired": ids }));
                continue;
            }
            if flags.iter().any(|flag| flag == "--signals") {
                let reading = Reading::new(&run);
                let signals = agenther_core::signals::Signals::new(&reading);
                let found = agenther_core::signals::SIGNALS.iter().enumerate().flat_map(|(at, signal)| {
                    signals.hits(at).iter().map(|hit| {
                        let (start, end) = hit.span.map(|span| (span.start, span.end)).unzip();
                        json!([signal.name, hit.step, hit.field.map(Field::name), start, end])
                    })
                });
                let found: Vec<_> = found.collect();
                println!("{}", json!({ "id": run.trajectory_id, "hits": found }));
                continue;
            }
            let verdict = classify(&Reading::new(&run), rules);
            let rules: Vec<_> = verdict.evidence.iter().map(|e| json!([e.rule, e.step])).collect();
            let out = json!({
                "id": run.trajectory_id, "p": verdict.failure_probability,
                "type": verdict.failure_type.map(|t| t.name()), "step": verdict.failed_step,
                "scores": verdict.scores, "weight": verdict.weight, "evidence": rules, "steps": run.steps.len(),
            });
            println!("{out}");
        }
    }
    Ok(())
}

fn time(path: &str, rows: &[Value], rules: &Rules) {
    let runs: Vec<_> = rows.iter().map(trajectory).collect();
    let bytes: usize = runs.iter().map(size).sum();
    let rounds = (50_000_000 / bytes.max(1)).clamp(1, 200);
    let start = Instant::now();
    let mut failures = 0;
    for _ in 0..rounds {
        failures += runs.iter().filter(|run| classify(&Reading::new(run), rules).is_failure).count();
    }
    let seconds = start.elapsed().as_secs_f64();
    let rate = (bytes * rounds) as f64 / seconds / 1e9;
    println!("{path}: {bytes} bytes, {} runs, {rate:.3} GB/s, {failures} failures", runs.len());
}

/// Time a run of each part: the reading, each signal (with what it is the first to ask for), the rest.
fn profile(rows: &[Value], rules: &Rules) {
    use agenther_core::signals::{SIGNALS, Signals};
    let runs: Vec<_> = rows.iter().map(trajectory).collect();
    let mut spent = vec![0.0; SIGNALS.len() + 2];
    for _ in 0..20 {
        for run in &runs {
            let mut clock = Instant::now();
            let mut lap = |part: usize| {
                spent[part] += clock.elapsed().as_secs_f64();
                clock = Instant::now();
            };
            let reading = Reading::new(run);
            lap(SIGNALS.len());
            let signals = Signals::new(&reading);
            for part in 0..SIGNALS.len() {
                signals.hits(part);
                lap(part);
            }
            let fired = rules.evaluate(&signals).len();
            lap(SIGNALS.len() + 1);
            assert!(fired <= rules.rules().len());
        }
    }
    let names = SIGNALS.iter().map(|signal| signal.name).chain(["(reading)", "(rules)"]);
    let mut parts: Vec<_> = names.zip(spent).collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (name, seconds) in parts.iter().take(14) {
        println!("{name:28} {:8.2} us a run", seconds / 20.0 / runs.len() as f64 * 1e6);
    }
}

fn size(run: &Trajectory<'_>) -> usize {
    let of = |text: Option<&str>| text.map_or(0, str::len);
    let steps = run.steps.iter().map(|step| {
        of(step.user) + of(step.thought) + of(step.action_name) + of(step.action_input) + of(step.observation)
    });
    of(run.original_prompt) + of(run.system) + of(run.tools) + of(run.final_answer) + steps.sum::<usize>()
}

fn trajectory(row: &Value) -> Trajectory<'_> {
    let steps = row["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    Trajectory {
        trajectory_id: row["trajectory_id"].as_str(),
        original_prompt: row["original_prompt"].as_str(),
        system: row["system"].as_str(),
        tools: row["tools"].as_str(),
        final_answer: row["final_answer"].as_str(),
        success: row["success"].as_bool(),
        reward: None,
        steps: steps
            .iter()
            .map(|step| Step {
                user: step["user"].as_str(),
                thought: step["thought"].as_str(),
                action_name: step["action_name"].as_str(),
                action_input: step["action_input"].as_str(),
                observation: step["observation"].as_str(),
                error: step["error"].as_bool(),
            })
            .collect(),
    }
}
