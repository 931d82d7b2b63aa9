//! Failed runs as logs of many houses have them (customer service, API benchmarks, homes, calendars, finance, servers of
//! the Model Context Protocol, results in Markdown, tables or running text): each gives a goal that a person would ask.
//!
//! One run a line in `fixtures/tool_calls.jsonl`; `asks` stands in a goal and `answers` in an answer of the run, `never` in no
//! goal, and a run without `asks` must give none.

use std::collections::BTreeMap;

use agenther_core::hindsight::{RelabelOptions, relabel};
use agenther_core::reading::Reading;
use agenther_core::trajectory::{Step, Trajectory};
use serde_json::Value;

const RUNS: &str = include_str!("fixtures/tool_calls.jsonl");

/// What no request of a person holds.
const TOOL_ESE: &[&str] = &["token", "_id", " id h_", "payload", "{", "null", "undefined"];

fn strings(value: &Value) -> BTreeMap<&str, &str> {
    let object = value.as_object().expect("an object");
    object.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect()
}

#[test]
fn runs_of_unseen_sources_give_goals_that_people_ask() {
    for line in RUNS.lines() {
        let run: Value = serde_json::from_str(line).expect("one run a line");
        let fields = strings(&run);
        let field = |name: &str| fields.get(name).copied();
        let steps: Vec<BTreeMap<&str, &str>> =
            run["steps"].as_array().expect("steps").iter().map(strings).collect();
        let trajectory = Trajectory {
            trajectory_id: field("trajectory_id"),
            original_prompt: field("original_prompt"),
            system: field("system"),
            tools: field("tools"),
            steps: steps
                .iter()
                .map(|step| Step {
                    user: step.get("user").copied(),
                    thought: step.get("thought").copied(),
                    action_name: step.get("action_name").copied(),
                    action_input: step.get("action_input").copied(),
                    observation: step.get("observation").copied(),
                    error: step.get("error").map(|_| true),
                })
                .collect(),
            final_answer: field("final_answer"),
            ..Trajectory::default()
        };
        let id = trajectory.trajectory_id.unwrap_or("?");
        let goals = relabel(&Reading::new(&trajectory), &RelabelOptions::default()).goals;
        let (Some(asks), Some(answers)) = (field("asks"), field("answers")) else {
            let is_never =
                |goal: &str| field("never").is_none_or(|never| goal.to_lowercase().contains(never));
            assert!(!goals.iter().any(|goal| is_never(&goal.goal)), "{id}: {goals:#?}");
            continue;
        };
        let asked = goals.iter().any(|goal| goal.goal.to_lowercase().contains(asks));
        let answered = goals.iter().any(|goal| goal.answer.contains(answers));
        assert!(asked && answered, "{id}: {asks:?}, {answers:?} in {goals:#?}");
        for goal in &goals {
            let said = goal.goal.to_lowercase();
            assert!(field("never").is_none_or(|never| !said.contains(never)), "{id}: {said}");
            assert!(!TOOL_ESE.iter().any(|word| said.contains(word)), "{id}: {}", goal.goal);
        }
    }
}
