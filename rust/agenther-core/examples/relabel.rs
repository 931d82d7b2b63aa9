//! Reads trajectory-frame JSON lines on standard input and prints the hindsight goals of every failed run.
//!
//! ```sh
//! cargo run -p agenther-core --example relabel -- [--all] < runs.jsonl
//! ```
//!
//! The lines are read with the engine's own [`Document`]; no JSON library is needed.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use agenther_core::hindsight::{RelabelOptions, relabel};
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

fn main() -> std::io::Result<()> {
    let all = std::env::args().any(|argument| argument == "--all");
    let quiet = std::env::args().any(|argument| argument == "--summary");
    let mut out = std::io::stdout().lock();
    let (mut runs, mut relabeled) = (0, 0);
    let mut abstained: BTreeMap<&str, usize> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some(run) = read(&line) else {
            eprintln!("line {}: expected one JSON object with `steps`, found something else", runs + 1);
            continue;
        };
        if run.success == Some(true) && !all {
            continue;
        }
        runs += 1;
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
        let trajectory = Trajectory {
            trajectory_id: field("trajectory_id"),
            original_prompt: field("original_prompt"),
            system: field("system"),
            tools: field("tools"),
            steps: steps.collect(),
            final_answer: field("final_answer"),
            success: None, // a goal never depends on the label
            reward: None,
        };
        let result = relabel(&Reading::new(&trajectory), &RelabelOptions::default());
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
