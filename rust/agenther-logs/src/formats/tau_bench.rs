//! tau-bench and tau2-bench results: a customer, an agent with tools, a policy.
//!
//! Source: `sierra-research/tau-bench` (`{task_id, reward, info, traj, trial}` in an array) and
//! `tau2-bench` (`simulations[]` of `{id, task_id, termination_reason, reward_info, messages}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first user message of `traj` or `messages` | `original_prompt`: what the agent was told |
//! | `traj[0]` (system), `policy`, else `environment_info.policy` of the `info` around the simulations | `system` |
//! | `environment_info.tool_defs` | `tools` |
//! | the other messages | steps, as in `openai_chat`; tau2's `error` is the error flag; the user's own calls are left out |
//! | of agents without calls: the JSON after `Action:`, `API output: ` of the user | calls and their results; `respond` is a reply, its thought is dropped |
//! | `reward`, `reward_info.reward` | `reward`; `success` at 1 |
//! | `termination_reason` other than `user_stop`, `agent_stop` | `failure_reason` of a failed run |
//! | `task_id`, `trial`, `info.task.instruction`, `info.task.user_id` | `metadata` |
//!
//! Simulations of speech (`ticks`) hold no words: they are rejects that say so. A `results.json` beside
//! simulations in files of their own holds no run.
//!
//! Leaks: `info.task.actions` and `outputs`, `info.reward_info` (gold actions, checks) stay behind;
//! `info.task.instruction` was never said to the agent, so it is metadata; `###STOP###` and its like
//! are cut from the customer's words.

use std::collections::HashSet;

use super::openai_chat::schemas;
use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::labels::reward_of;
use crate::messages::{Conversation, is_message};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct TauBench;

fn messages_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let messages = record.get("traj").or_else(|| record.get("messages"))?;
    messages.items().next().is_some_and(is_message).then_some(messages)
}

/// A simulation of tau2's voice mode: it is cut into ticks of sound.
fn is_speech(record: Value<'_, '_>) -> bool {
    record.get("ticks").is_some_and(|ticks| ticks.is_array())
        && record.get("termination_reason").is_some()
        && messages_of(record).is_none()
}

/// What ended a task of tau-bench before anybody spoke.
fn crash<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let is_empty = record.get("traj").is_some_and(|turns| turns.is_array() && turns.items().next().is_none());
    record.at_path(&["info", "error"]).filter(|_| is_empty)?.text()
}

/// tau2's `results.json` where the simulations are in files of their own beside it.
fn is_companion(record: Value<'_, '_>) -> bool {
    record.get("tasks").is_some_and(|tasks| tasks.is_array())
        && record.get("info").is_some_and(|info| info.is_object())
        && record.get("timestamp").is_some()
        && record.get("simulations").is_none_or(|simulations| simulations.items().next().is_none())
}

/// What tau2's `results.json` says of the world of all its simulations.
fn environment<'t, 'a>(info: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    info.get("environment_info").filter(|world| world.any_of(&["policy", "tool_defs"]).is_some())
}

/// tau2's `results.json`, where it tells what its simulations do not repeat.
fn is_results(record: Value<'_, '_>) -> bool {
    let holds = |key| record.get(key).is_some_and(|list: Value<'_, '_>| list.is_array());
    holds("tasks") && holds("simulations") && record.get("info").and_then(environment).is_some()
}

/// Each simulation behind what is told of all.
fn simulations<'t, 'a>(results: Value<'t, 'a>) -> Vec<Piece<'t, 'a>> {
    let mut met = HashSet::new();
    let mut pieces = Vec::new();
    for (number, simulation) in results.items_of("simulations").enumerate() {
        let id = simulation.text_of(&["id"]).filter(|id| met.insert(id.clone()));
        let run = Some(id.unwrap_or_else(|| {
            format!("{}-{number}", task_and_trial(simulation).unwrap_or_default()).into()
        }));
        let info = results.get("info").map(|value| Piece { run: run.clone(), value });
        pieces.extend(info);
        pieces.push(Piece { run, value: simulation });
    }
    pieces
}

impl Format for TauBench {
    fn name(&self) -> &'static str {
        "tau_bench"
    }

    fn shape(&self) -> &'static str {
        "`task_id`, `reward`, `info.task` and `traj` of messages"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_speech(record) || is_companion(record) {
            return 80;
        }
        if is_results(record) {
            return 98;
        }
        if record.get("task_id").is_some() && crash(record).is_some() {
            return 90;
        }
        if record.get("task_id").is_none() || messages_of(record).is_none() {
            return 0;
        }
        let tau = record.get("traj").is_some() && record.at_path(&["info", "task"]).is_some();
        let tau2 = record.get("termination_reason").is_some() && record.get("reward_info").is_some();
        // An error during the run leaves `info` without its task.
        let failed =
            record.get("traj").is_some() && record.get("reward").is_some() && record.get("trial").is_some();
        if tau || tau2 { 100 } else { 90 * u8::from(failed) }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if is_results(record) {
            return Some(simulations(record));
        }
        is_companion(record).then(Vec::new)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let info = record.value.items().next();
        let value = record.value.items().nth(1).unwrap_or(record.value);
        let record = &Record { value, ..*record };
        if is_speech(value) {
            return Err(
                "it is of speech, whose `ticks` do not hold what was said; transcribe it into `messages`"
                    .to_owned(),
            );
        }
        if let Some(error) = crash(value) {
            return Err(format!("the task ended with an error before anybody spoke: {error}"));
        }
        let messages = messages_of(value).ok_or("it has no messages in `traj` or `messages`")?;
        let conversation = Conversation::read(messages.items());
        let reward =
            value.get("reward").or_else(|| value.at_path(&["reward_info", "reward"])).and_then(reward_of);
        let world = info.and_then(environment);
        let policy = || value.text_of(&["policy"]).or_else(|| world?.text_of(&["policy"]));
        let mut run = Run {
            trajectory_id: match record.key.filter(|_| info.is_some()) {
                Some(key) => key.to_owned().into(),
                None => run_id(record),
            },
            original_prompt: conversation.prompt,
            system: conversation.system.or_else(policy),
            tools: world.and_then(|world| schemas(world.get("tool_defs")?)),
            steps: conversation.steps,
            reward,
            failure_reason: termination(value),
            metadata: metadata(value).map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// tau2 names its simulations; tau-bench runs are told apart by task and trial.
fn run_id<'a>(record: &Record<'_, 'a>) -> Text<'a> {
    match record.value.get("id") {
        None => task_and_trial(record.value).map_or_else(|| record.run_id(), Into::into),
        Some(_) => record.run_id(),
    }
}

fn task_and_trial(simulation: Value<'_, '_>) -> Option<String> {
    let part = |key| simulation.get(key).and_then(|value| value.scalar());
    Some(format!("{}-{}", part("task_id")?, part("trial")?))
}

/// Why a run of tau2 ended, unless a speaker ended it as they should.
fn termination<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.text_of(&["termination_reason"]).filter(|reason| !matches!(&**reason, "user_stop" | "agent_stop"))
}

fn metadata(record: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["task_id", "trial", "termination_reason", "seed"] {
        out.copy(key, record.get(key));
    }
    for key in ["user_id", "instruction"] {
        out.copy(key, record.at_path(&["info", "task", key]));
    }
    out.finish()
}
