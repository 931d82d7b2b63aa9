//! InterCode: shell, SQL and Python sessions with a reward.
//!
//! Source: `princeton-nlp/intercode` result files: an object keyed by task id, or `{meta, logs}` with
//! one; each `{environment, dataset, query, turn_history: {actions, observations, rewards,
//! valid_action?, thoughts?, steps?}, summary: {max_reward, …}}`; human sessions instead
//! `{environment, query, gold, reward, trajectory: [{action, observation}]}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `query` | `original_prompt` |
//! | `environment` (`ic_sql`, `ic_bash`, `ic_python`, `ic_ctf`, …) | `action_name` sql, bash or python |
//! | `actions[]`, out of their `execute[…]`, `cmd …` | `action_input`, the command as plain text |
//! | `submit`, `submit <answer>` | `action_name` submit, its argument `final_answer` |
//! | `thoughts[]`; `steps[]`, the plan that the action carries out | `thought` |
//! | `observations[]` | `observation` |
//! | `valid_action[]` (whether the environment could execute it) | `error` |
//! | `summary.max_reward`, `reward` | `reward`; `success` at 1 |
//! | the rest of `summary`, `environment`, `dataset`, `hardness`, the task's id | `metadata` |
//!
//! Leaks: `rewards`, `gold`, `info` (holds the gold result) stay behind; the observation `The
//! submitted flag is correct.` (or incorrect) is cut.

use std::borrow::Cow;

use super::{Format, Record, filled, part_of};
use crate::json::{ObjectWriter, Value};
use crate::labels::reward_of;
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct InterCode;

impl Format for InterCode {
    fn name(&self) -> &'static str {
        "intercode"
    }

    fn shape(&self) -> &'static str {
        "`query`, `environment` and `turn_history` of `actions` and `observations`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if record.get("query").is_none() {
            return 0;
        }
        let turns = record.at_path(&["turn_history", "actions"]).is_some_and(|actions| actions.is_array());
        let first = record.get("trajectory").and_then(|trajectory| trajectory.items().next());
        let human =
            first.is_some_and(|step| step.get("action").is_some() && step.get("observation").is_some());
        let environment = record.get("environment").is_some();
        if turns || human { 60 + 40 * u8::from(environment) } else { 0 }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let [environment, query, turns, trajectory, summary, reward] =
            value.members_called(["environment", "query", "turn_history", "trajectory", "summary", "reward"]);
        let environment = environment.and_then(Value::text).and_then(filled).unwrap_or_default();
        let tool = tool_of(&environment);
        let steps = match (turns, trajectory) {
            (Some(turns), _) => read_turns(turns, tool)?,
            (None, Some(trajectory)) => trajectory.items().map(|step| read_step(step, tool)).collect(),
            (None, None) => return Err("it has neither `turn_history` nor `trajectory`".to_owned()),
        };
        let reward = summary.and_then(|summary| summary.get("max_reward")).or(reward).and_then(reward_of);
        let mut run = Run {
            trajectory_id: run_id(record, &environment),
            original_prompt: query.and_then(Value::text).and_then(filled),
            steps,
            reward,
            metadata: metadata(value, summary).map(Cow::Owned),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn run_id<'a>(record: &Record<'_, 'a>, environment: &str) -> Text<'a> {
    let task = record.value.any_of(&["task_id", "query_idx"]).and_then(|id| id.scalar());
    match task.or_else(|| record.key.map(|key| Cow::Owned(key.to_owned()))) {
        Some(task) => record.task_run_id(&[environment, "-", &task].concat()),
        None => record.run_id(),
    }
}

/// What the environment executes: `ic_sql` SQL, `ic_python` Python, all others a shell.
fn tool_of(environment: &str) -> &'static str {
    match environment.trim_start_matches("ic_") {
        "sql" => "sql",
        "python" => "python",
        _ => "bash",
    }
}

fn read_turns<'a>(turns: Value<'_, 'a>, tool: &'static str) -> Result<Vec<RunStep<'a>>, String> {
    let [actions, observations, thoughts, plan, valid] =
        turns.members_called(["actions", "observations", "thoughts", "steps", "valid_action"]);
    let actions = actions.ok_or("its `turn_history` has no `actions`")?;
    let mut observations = observations.into_iter().flat_map(Value::items);
    let mut thoughts =
        thoughts.filter(|thoughts| !thoughts.is_null()).or(plan).into_iter().flat_map(Value::items);
    let mut valid = valid.into_iter().flat_map(Value::items);
    let step = |action: Value<'_, 'a>| {
        let mut step = act(action.text_or_json().unwrap_or_default(), tool);
        step.thought = thoughts.next().and_then(|thought| thought.text()).and_then(filled);
        step.observation = observations.next().and_then(|text| text.text_or_json()).and_then(without_leak);
        step.error = valid.next().and_then(|valid| valid.as_bool()).map(|valid| !valid);
        step
    };
    let mut steps = Vec::with_capacity(actions.items().count());
    steps.extend(actions.items().map(step));
    Ok(steps)
}

fn read_step<'a>(step: Value<'_, 'a>, tool: &'static str) -> RunStep<'a> {
    let action = step.get("action").and_then(|action| action.text_or_json()).unwrap_or_default();
    let observation = step.get("observation").and_then(|observation| observation.text_or_json());
    RunStep { observation: observation.and_then(without_leak), ..act(action, tool) }
}

fn act<'a>(action: Text<'a>, tool: &'static str) -> RunStep<'a> {
    let trimmed = action.trim().trim_end_matches(';');
    let submitted =
        trimmed.strip_prefix("submit").filter(|rest| rest.is_empty() || rest.starts_with([' ', '[']));
    let (name, input) = match submitted {
        Some(_) => ("submit", filled(part_of(&action, |text| bare_answer(text.trim())))),
        None => (tool, Some(part_of(&action, |text| bare_command(text)))),
    };
    RunStep { action_name: Some(Cow::Borrowed(name)), action_input: input, ..RunStep::default() }
}

fn bare_answer(action: &str) -> &str {
    let answer = action.strip_prefix("submit").unwrap_or(action).trim_end_matches(';').trim();
    answer.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')).unwrap_or(answer)
}

/// A command out of the wrapper that the harness takes off before it runs it.
fn bare_command(action: &str) -> &str {
    let trimmed = action.trim();
    if let Some(inside) = trimmed.strip_prefix("execute[") {
        // What the model wrote on after the bracket was not run; a bracket may be missing.
        let closed =
            inside.rfind("]\n").or_else(|| inside.len().checked_sub(1).filter(|_| inside.ends_with(']')));
        return closed.map_or(inside, |end| &inside[..end]);
    }
    trimmed.strip_prefix("cmd ").unwrap_or(action)
}

fn without_leak(observation: Text<'_>) -> Option<Text<'_>> {
    (!observation.trim_start().starts_with("The submitted flag is ")).then_some(observation)
}

fn metadata(record: Value<'_, '_>, summary: Option<Value<'_, '_>>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy_members(record, ["environment", "dataset", "task_id", "query_idx", "hardness"]);
    if let Some(summary) = summary {
        out.copy_members(summary, ["turns_taken", "turns_max", "num_submissions"]);
    }
    out.finish()
}
