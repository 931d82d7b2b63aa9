//! Traces of PrimeIntellect's verifiers, version 1.
//!
//! Source: `traces.jsonl`, one episode a line: `{id, env, task, traces: [{task, agent, nodes, rewards, ..}]}`. Each
//! trace is a run. Its messages are nodes of a graph; the run is the way from a root to the last of the leaves,
//! which is the branch that verifiers itself takes for the trace's messages. Branches that a compaction or a
//! sub-agent left behind are left out.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `nodes[].message` of that branch | the conversation |
//! | `tools`, or those of its root | `tools` |
//! | `root_reply`, else the last reply | `final_answer` |
//! | the sum of `rewards` (`score` times `weight`) | `reward` |
//! | `errors`, else `stop_condition` | `failure_reason` |
//! | `env`, `task` (`type`, `idx`, `name`), model | `metadata` |
//!
//! Leaks: `metrics`, `info`, and the data of the task (it may hold the answer) stay behind.

use super::{Format, Piece, Record, tool_schemas};
use crate::identity::fingerprint;
use crate::json::{ObjectWriter, Value};
use crate::messages::Conversation;
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct Verifiers;

impl Format for Verifiers {
    fn name(&self) -> &'static str {
        "verifiers"
    }

    fn shape(&self) -> &'static str {
        "`traces` of `nodes` (`parent`, `message`), `rewards`, `stop_condition`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(is_trace(record) || record.items_of("traces").take(4).any(is_trace))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if is_trace(record) {
            return None;
        }
        let env = record.get("env");
        // What the episode was played in goes along with each trace.
        let pieces = |trace: Value<'t, 'a>| {
            // Traces may have no id, or that of another one.
            let run = Some(fingerprint(&trace.json()).into());
            [Some(trace), env].into_iter().flatten().map(move |value| Piece { run: run.clone(), value })
        };
        Some(record.items_of("traces").flat_map(pieces).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut pieces = record.value.items();
        let (trace, env) = (pieces.next().unwrap_or(record.value), pieces.next());
        let branch = last_branch(trace);
        let said = Conversation::read(branch.iter().filter_map(|node| node.get("message")));
        if said.steps.is_empty() {
            return Err("none of its nodes is a message of the model".to_owned());
        }
        let key = || record.key.map(|key| key.to_owned().into());
        let mut run = Run {
            trajectory_id: trace.text_of(&["id"]).or_else(key).unwrap_or_else(|| record.run_id()),
            original_prompt: said.prompt,
            system: said.system,
            tools: tool_schemas(trace).or_else(|| tool_schemas(*branch.first()?)),
            steps: said.steps,
            final_answer: trace.text_of(&["root_reply"]),
            reward: reward_of(trace),
            failure_reason: end_of(trace),
            ..Run::default()
        };
        set_final_answer(&mut run);
        run.metadata = metadata(trace, env).map(Into::into);
        Ok(run)
    }
}

fn is_trace(record: Value<'_, '_>) -> bool {
    let first = record.items_of("nodes").next();
    first.is_some_and(|node| node.get("message").is_some()) && record.get("rewards").is_some()
}

/// The nodes from a root to the last of the leaves.
fn last_branch<'t, 'a>(trace: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    let nodes: Vec<Value<'t, 'a>> = trace.items_of("nodes").collect();
    let mut branch = Vec::new();
    // The last node is no node's parent: parents stand before their children.
    let mut next = nodes.len().checked_sub(1);
    while let Some(at) = next {
        branch.push(nodes[at]);
        let parent = nodes[at].get("parent").and_then(|parent| parent.as_f64());
        next = parent
            .filter(|parent| *parent >= 0.0)
            .map(|parent| parent as usize)
            .filter(|parent| *parent < at);
    }
    branch.reverse();
    branch
}

/// The sum of the rewards, as verifiers adds them up; `None` where nothing was scored.
fn reward_of(trace: Value<'_, '_>) -> Option<f64> {
    let number = |reward: Value<'_, '_>, key: &str| reward.get(key).and_then(|number| number.as_f64());
    let rewards = trace.get("rewards")?.members();
    let scored = rewards
        .filter_map(|(_, reward)| Some(number(reward, "score")? * number(reward, "weight").unwrap_or(1.0)));
    scored.reduce(|sum, reward| sum + reward)
}

/// Conditions on which an agent stops that has done its work.
const COMPLETED: &[&str] = &["agent_completed", "no_tools_called", "has_final_env_response"];

/// What ended a trace before its agent did.
fn end_of<'a>(trace: Value<'_, 'a>) -> Option<Text<'a>> {
    let error = trace.items_of("errors").last().and_then(|error| error.text_of(&["message", "type"]));
    error.or_else(|| trace.text_of(&["stop_condition"]).filter(|end| !COMPLETED.contains(&&**end)))
}

fn metadata(trace: Value<'_, '_>, env: Option<Value<'_, '_>>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy("env", env.and_then(|env| env.any_of(&["name", "id"])));
    out.copy("task", trace.at_path(&["task", "type"]));
    for key in ["idx", "name"] {
        out.copy(key, trace.at_path(&["task", "data", key]));
    }
    out.copy("model", trace.at_path(&["agent", "config", "model"]));
    out.finish()
}
