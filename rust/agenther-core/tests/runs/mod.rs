//! Runs of tool calls as the tests write them, and what is made of them.

#![allow(dead_code, reason = "a file of tests takes what it needs")]

use agenther_core::hindsight::{RelabelOptions, Relabeled, relabel};
use agenther_core::reading::Reading;
use agenther_core::trajectory::{Step, Trajectory};

pub fn call<'a>(tool: &'a str, arguments: &'a str, observation: &'a str) -> Step<'a> {
    Step {
        action_name: Some(tool),
        action_input: Some(arguments),
        observation: Some(observation),
        ..Step::default()
    }
}

pub fn run<'a>(prompt: &'a str, tools: Option<&'a str>, steps: Vec<Step<'a>>) -> Trajectory<'a> {
    Trajectory {
        trajectory_id: Some("t"),
        original_prompt: Some(prompt),
        tools,
        steps,
        ..Trajectory::default()
    }
}

/// Relabels with every goal, however unsure.
pub fn relabeled(run: &Trajectory<'_>) -> Relabeled {
    relabel(
        &Reading::new(run),
        &RelabelOptions { goals: 20, min_confidence: 0.0, ..RelabelOptions::default() },
    )
}
