//! Reads trajectory-frame JSON lines on standard input and prints the hindsight goals of every failed run.
//!
//! ```sh
//! cargo run -p agenther-core --example relabel -- [--all] [--summary] [--mined] < runs.jsonl
//! ```
//!
//! With `--mined` goals are worded as the users of these runs word theirs, and the moulds are printed first.
//!
//! The lines are read with the engine's own [`Document`]; no JSON library is needed.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::sync::Arc;

use agenther_core::hindsight::moulds::{MIN_TASKS, Mould, Moulds, moulds, supported};
use agenther_core::hindsight::{RelabelOptions, relabel_in_words};
use agenther_core::reading::Reading;
use agenther_core::text::document::{Document, Kind, Value};
use agenther_core::trajectory::{Step, Trajectory};

/// The strings of one run, with escapes resolved: what a [`Trajectory`] borrows from.
struct Run {
    fields: BTreeMap<String, String>,
    steps: Vec<BTreeMap<String, String>>,
    success: Option<bool>,
}

fn strings(object: Value<'_, '_>) -> BTreeMap<String, String> {
    let scalar = |value: Value<'_, '_>| (value.kind() != Kind::Null).then(|| value.text().into_owned());
    object.children().filter_map(|child| Some((child.key()?.to_string(), scalar(child)?))).collect()
}

fn read(line: &str) -> Option<Run> {
    let document = Document::parse(line)?;
    let fields = strings(document.root());
    let steps = document.root().get("steps")?.children().map(strings).collect();
    let success = fields.get("success").and_then(|text| text.parse().ok());
    Some(Run { fields, steps, success })
}

fn trajectory(run: &Run) -> Trajectory<'_> {
    let field = |name: &str| run.fields.get(name).map(String::as_str);
    let steps = run.steps.iter().map(|step| {
        let get = |name: &str| step.get(name).map(String::as_str);
        Step {
            user: get("user"),
            thought: get("thought"),
            action_name: get("action_name"),
            action_input: get("action_input"),
            observation: get("observation"),
            error: get("error").and_then(|text| text.parse().ok()),
        }
    });
    Trajectory {
        trajectory_id: field("trajectory_id"),
        original_prompt: field("original_prompt"),
        system: field("system"),
        tools: field("tools"),
        steps: steps.collect(),
        final_answer: field("final_answer"),
        success: None, // a goal never depends on the label
        reward: None,
    }
}

/// The moulds of the runs; a task is its prompt.
fn learn(runs: &[Run]) -> Vec<Mould> {
    let shown = runs.iter().flat_map(|run| {
        let trajectory = trajectory(run);
        let task = run.fields.get("original_prompt").map_or("", String::as_str);
        moulds(&Reading::new(&trajectory)).into_iter().map(move |mould| (task, mould))
    });
    supported(shown.collect::<Vec<_>>(), MIN_TASKS)
}

fn main() -> std::io::Result<()> {
    let all = std::env::args().any(|argument| argument == "--all");
    let quiet = std::env::args().any(|argument| argument == "--summary");
    let mined = std::env::args().any(|argument| argument == "--mined");
    let mut out = std::io::stdout().lock();
    let (mut runs, mut relabeled) = (0, 0);
    let mut abstained: BTreeMap<&str, usize> = BTreeMap::new();
    let mut read_runs = Vec::new();
    for (at, line) in std::io::stdin().lock().lines().enumerate() {
        match read(&line?) {
            Some(run) => read_runs.push(run),
            None => eprintln!("line {}: expected one JSON object with `steps`, found something else", at + 1),
        }
    }
    let moulds = if mined { learn(&read_runs) } else { Vec::new() };
    for mould in &moulds {
        writeln!(out, "mould of {} {:?} {:?}: {}", mould.tool, mould.parameters, mould.fields, mould.text)?;
    }
    let moulds = Arc::new(Moulds::new(moulds));
    for run in &read_runs {
        if run.success == Some(true) && !all {
            continue;
        }
        runs += 1;
        let trajectory = trajectory(run);
        let result = relabel_in_words(&Reading::new(&trajectory), &RelabelOptions::default(), &moulds);
        relabeled += usize::from(!result.goals.is_empty());
        if let Some(reason) = result.abstained {
            *abstained.entry(reason).or_default() += 1;
        }
        if quiet {
            continue;
        }
        let id = trajectory.trajectory_id.unwrap_or("?");
        writeln!(out, "## {id} {}", result.abstained.unwrap_or(""))?;
        writeln!(out, "   was: {}", trajectory.original_prompt.unwrap_or("").lines().next().unwrap_or(""))?;
        for goal in result.goals {
            writeln!(out, "-> {}", goal.goal)?;
            writeln!(
                out,
                "   {:.2} {} {} {} steps {:?}",
                goal.confidence,
                goal.strategy.name(),
                goal.wording.name(),
                goal.difficulty,
                goal.kept_steps
            )?;
            writeln!(out, "   {}", goal.answer.replace('\n', "\n   "))?;
            for thought in goal.thoughts.iter().flatten() {
                writeln!(out, "   thought: {thought}")?;
            }
        }
    }
    writeln!(out, "{relabeled} of {runs} runs relabelled; abstained: {abstained:?}")?;
    Ok(())
}
