//! ATIF, the trajectories that Harbor's agents write, with the result of their trial.
//!
//! Source: Harbor's Agent Trajectory Interchange Format, `ATIF-v1.0` to `1.8`: `{schema_version,
//! session_id, agent, steps: [{step_id, source, message, reasoning_content, tool_calls,
//! observation}]}` in `<trial>/agent/trajectory.json`; data sets hold it as a member `trajectory`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first step of the source `user`, of Terminus' prompt the task | `original_prompt`; what is around it joins `system` |
//! | steps of the source `system` before the agent's | `system`; later ones are observations without a call |
//! | `reasoning_content`, `message` | `thought` |
//! | `tool_calls` | steps, one a call |
//! | `observation.results` by `source_call_id`, else in order, else of the last call | `observation` |
//! | `is_error`, `tool_result_is_error`, an `exit_code` in `extra` of the result or the step | `error` |
//! | `agent.tool_definitions` | `tools` |
//! | `verifier_result.rewards.reward` of the trial's `result.json` (else `verifier/reward.txt`), beside the log or one folder up | `reward`, `success` at 1 |
//! | labels of the record around the trajectory, of `final_metrics.extra` or `extra` | the labels |
//! | `exception_info.exception_type` there | `failure_reason` of a failed run |
//! | agent, model, session, `final_metrics` | `metadata` |
//!
//! Left out: copied context (`is_copied_context`), side chains (`is_sidechain`), trajectories of
//! sub-agents, and the words `Executed <tool> <id>` that converters put where the agent said nothing.
//! Results and configurations of trials and jobs are understood, and no runs.
//!
//! Leaks: none in the trajectory; the verifier's output is not read.

use super::openai_chat::schemas;
use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::messages::{join, words};
use crate::run::{Run, Text};
use crate::swebench::set_task;
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};
use crate::verdicts::of_trial;

pub(super) struct Atif;

/// The trajectory in a record: it, or a member of it.
fn trajectory<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let is_atif = |value: &Value<'t, 'a>| {
        value.text_of(&["schema_version"]).is_some_and(|version| version.starts_with("ATIF"))
            && value.get("steps").is_some_and(|steps| steps.is_array())
    };
    [Some(record), record.get("trajectory")].into_iter().flatten().find(is_atif)
}

/// What Harbor writes beside trajectories: results and configurations of trials and jobs.
fn is_companion(record: Value<'_, '_>) -> bool {
    let named = record.any_of(&["trial_name", "job_name"]).is_some();
    let of_trial = ["verifier_result", "agent_result", "exception_info", "trials_dir", "jobs_dir"];
    let of_job = record.get("n_total_trials").is_some() && record.get("stats").is_some();
    of_job || named && of_trial.iter().any(|key| record.get(key).is_some())
}

impl Format for Atif {
    fn name(&self) -> &'static str {
        "atif"
    }

    fn shape(&self) -> &'static str {
        "`schema_version` ATIF, `agent`, and `steps` of `source`, `message` and `tool_calls`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if trajectory(record).is_some() {
            return 100;
        }
        90 * u8::from(is_companion(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        trajectory(record).is_none().then(Vec::new)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let found = trajectory(record.value).ok_or("it has no `steps`")?;
        let mut system = None;
        let mut timeline = Timeline::default();
        for step in found.items_of("steps").filter(|step| !is_left_out(*step)) {
            read_step(step, &mut system, &mut timeline);
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("its `steps` hold nothing of the agent".to_owned());
        }
        let mut run = Run {
            trajectory_id: Record { value: found, ..*record }.run_id(),
            original_prompt: timeline.prompt.or_else(|| copied_prompt(found)),
            system,
            tools: found.at_path(&["agent", "tool_definitions"]).and_then(schemas),
            steps,
            metadata: metadata(found).map(Into::into),
            ..Run::default()
        };
        set_task(&mut run);
        let noted = found.at_path(&["final_metrics", "extra"]).or_else(|| found.get("extra"));
        for place in [Some(record.value), noted].into_iter().flatten() {
            if run.success.is_none() && run.reward.is_none() {
                read_labels(place, &mut run);
            }
        }
        if run.success.is_none() && run.reward.is_none() {
            label(record, &mut run);
        }
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn flag(value: Value<'_, '_>, key: &str) -> bool {
    value.get(key).and_then(|flag| flag.as_bool()) == Some(true)
}

fn is_left_out(step: Value<'_, '_>) -> bool {
    flag(step, "is_copied_context") || step.get("extra").is_some_and(|extra| flag(extra, "is_sidechain"))
}

/// The goal of a trajectory that continues another, and has it in the copied context only.
fn copied_prompt<'a>(trajectory: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut steps = trajectory.items_of("steps");
    steps.find_map(|step| words(step.get("message").filter(|_| is_source(step, "user"))?))
}

fn is_source(step: Value<'_, '_>, source: &str) -> bool {
    step.text_of(&["source", "actor"]).as_deref() == Some(source)
}

fn read_step<'a>(step: Value<'_, 'a>, system: &mut Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    let words = step.get("message").and_then(words).and_then(filled);
    if is_source(step, "user") {
        timeline.user(words);
    } else if is_source(step, "system") {
        match words {
            words if timeline.steps.is_empty() => join(system, words),
            Some(words) => timeline.happen(words, None),
            None => {}
        }
    } else {
        read_turn(step, words, timeline);
    }
    read_results(step, timeline);
}

fn read_turn<'a>(step: Value<'_, 'a>, said: Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    let reasoning = step.get("reasoning_content").and_then(words).and_then(filled);
    let mut calls = step.items_of("tool_calls").peekable();
    if calls.peek().is_none() {
        return timeline.reply(said.or(reasoning));
    }
    timeline.think(reasoning);
    timeline.think(said.filter(|said| !said.starts_with("Executed ") || said.contains('\n')));
    for call in calls {
        let id = call.get("tool_call_id").and_then(|id| id.scalar());
        let arguments = call.get("arguments").and_then(|arguments| arguments.text_or_json());
        timeline.act(id, call_name(call.text_of(&["function_name", "name"])), arguments);
    }
}

fn read_results<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let nested = step.get("observation").map(|observation| observation.items_of("results"));
    let results = || nested.clone().into_iter().flatten().chain(step.items_of("observations"));
    let (calls, count) = (step.items_of("tool_calls").count(), results().count());
    // One result for several calls, keystrokes in a terminal, is what was seen after the last.
    let last = step.items_of("tool_calls").last().filter(|_| count < calls);
    let last = last.and_then(|call| call.get("tool_call_id")?.scalar());
    for result in results() {
        let Some(words) = result.get("content").and_then(words) else { continue };
        let id = result.get("source_call_id").and_then(|id| id.scalar()).or_else(|| last.clone());
        timeline.observe(id.as_deref(), words, error_of(result).or_else(|| error_of(step)));
    }
}

/// What the converter of the agent's own log kept of its error flags.
fn error_of(place: Value<'_, '_>) -> Option<bool> {
    let extra = place.get("extra")?;
    let stated = extra.any_of(&["is_error", "tool_result_is_error"]).and_then(|flag| flag.as_bool());
    let places = ["metadata", "tool_metadata", "tool_result_metadata"];
    let code =
        places.iter().find_map(|key| extra.get(key)?.get("exit_code")).or_else(|| extra.get("exit_code"));
    stated.or_else(|| Some(code?.as_f64()? != 0.0))
}

/// Labels the run with the result of its trial.
fn label<'a>(record: &Record<'_, 'a>, run: &mut Run<'a>) {
    // Other files hold many trajectories, and the result of none.
    if !record.stem.starts_with("trajectory") || record.number > 0 {
        return;
    }
    of_trial(record, &[".", ".."], run);
}

fn metadata(trajectory: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy("session_id", trajectory.get("session_id"));
    out.copy("agent", trajectory.at_path(&["agent", "name"]));
    out.copy("agent_version", trajectory.at_path(&["agent", "version"]));
    out.copy("model", trajectory.at_path(&["agent", "model_name"]));
    out.copy("notes", trajectory.get("notes"));
    for key in ["total_steps", "total_prompt_tokens", "total_completion_tokens", "total_cost_usd"] {
        out.copy(key, trajectory.at_path(&["final_metrics", key]));
    }
    out.finish()
}
