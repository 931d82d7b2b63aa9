//! What more rules cost: classifies and extracts trajectory frames in JSON Lines with the default pack
//! and so many altered copies of all its rules.
//!
//! `cargo build --release -p agenther-core --example rule_cost`, then for each number of copies
//! `valgrind --tool=callgrind --toggle-collect='*classify_and_extract*' target/release/examples/rule_cost
//! COPIES runs.jsonl`, whose count of instructions does not move with the load of the machine.

use agenther_core::outcome::extract;
use agenther_core::reading::Reading;
use agenther_core::rules::{PackSource, Rules, SourceFile};
use agenther_core::trajectory::{Step, Trajectory};
use agenther_core::verdict::classify;
use serde_json::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let copies: usize = arguments.next().ok_or("how many copies? rule_cost COPIES runs.jsonl")?.parse()?;
    let default = PackSource::default_pack();
    let sources: Vec<_> =
        std::iter::once(default.clone()).chain((1..=copies).map(|copy| altered(&default, copy))).collect();
    let rules = Rules::compile(&sources).map_err(|errors| format!("{errors:?}"))?;
    let texts: Vec<_> = arguments.map(std::fs::read_to_string).collect::<Result<_, _>>()?;
    let rows: Vec<Value> =
        texts.iter().flat_map(|text| text.lines()).map(serde_json::from_str).collect::<Result<_, _>>()?;
    let runs: Vec<_> = rows.iter().map(trajectory).collect();
    let (hits, facts) = classify_and_extract(&runs, &rules);
    println!("{} rules, {} runs: {hits} hits, {facts} facts", rules.rules().len(), runs.len());
    Ok(())
}

#[inline(never)]
fn classify_and_extract(runs: &[Trajectory<'_>], rules: &Rules) -> (usize, usize) {
    let (mut hits, mut facts) = (0, 0);
    for run in runs {
        let reading = Reading::new(run);
        hits += classify(&reading, rules).evidence.len();
        facts += extract(&reading).facts.len();
    }
    (hits, facts)
}

/// The rules of a pack under other identifiers, with other literals and patterns.
fn altered(pack: &PackSource, copy: usize) -> PackSource {
    let files = pack.files.iter().filter(|file| file.path != "pack.toml").map(|file| SourceFile {
        path: format!("copy-{copy}/{}", file.path),
        text: file.text.lines().map(|line| altered_line(line, copy)).collect(),
    });
    PackSource { name: format!("copy-{copy}"), files: files.collect() }
}

fn altered_line(line: &str, copy: usize) -> String {
    let line = line.replacen("id = \"", &format!("id = \"copy-{copy}/"), usize::from(line.starts_with("id")));
    let line = within(&line, "literals = [", "]", &|list| {
        list.replace("\",", &format!(" {copy}\",")) + &format!(", \"copy {copy}\"")
    });
    within(&line, "regex = '", "'", &|pattern| format!("(?:{pattern}) {copy}")) + "\n"
}

/// A line with what stands between two texts changed.
fn within(line: &str, open: &str, close: &str, change: &dyn Fn(&str) -> String) -> String {
    let Some((before, rest)) = line.split_once(open) else { return line.to_owned() };
    let Some((inner, after)) = rest.split_once(close) else { return line.to_owned() };
    format!("{before}{open}{}{close}{}", change(inner), within(after, open, close, change))
}

fn trajectory(row: &Value) -> Trajectory<'_> {
    let steps = row["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    Trajectory {
        trajectory_id: row["trajectory_id"].as_str(),
        original_prompt: row["original_prompt"].as_str(),
        system: row["system"].as_str(),
        tools: row["tools"].as_str(),
        final_answer: row["final_answer"].as_str(),
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
        ..Trajectory::default()
    }
}
