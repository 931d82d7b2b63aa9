//! R2E-Gym's own trajectories of agents that repair software.
//!
//! Source: `R2E-Gym/R2E-Gym`, `Trajectory` of `trajectory.py`, one a line: `{problem_statement, trajectory_steps: [{thought,
//! action, observation}], exit_reason, output_patch, reward, ds, test_output}`; an action is
//! `<function=name><parameter=key>value</parameter></function>`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `problem_statement`, else that of `ds` | `original_prompt` |
//! | `thought`, `action`, `observation` | steps |
//! | `Exit code: n` at the start of an observation | `error` |
//! | `output_patch` | `final_answer` |
//! | `reward` | `reward`, `success` at 1 |
//! | `exit_reason` other than `agent` | `failure_reason` of a failed run |
//! | `instance_id`, `docker_image`, `exp_name`, `llm_name`, `max_steps` | `metadata` |
//!
//! Leaks: `ds` holds the patch that was looked for and the results of the tests; it and `test_output` stay behind.

use std::borrow::Cow;

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct R2eGym;

impl Format for R2eGym {
    fn name(&self) -> &'static str {
        "r2e_gym"
    }

    fn shape(&self) -> &'static str {
        "`trajectory_steps` of `thought`, `action` and `observation`, and `problem_statement`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let goal = goal(record).is_some();
        96 * u8::from(goal && record.get("trajectory_steps").is_some_and(|steps| steps.is_array()))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        timeline.user(goal(value));
        for step in value.items_of("trajectory_steps") {
            read_step(step, &mut timeline);
        }
        let task =
            value.text_of(&["instance_id", "docker_image"]).unwrap_or_else(|| record.stem.to_owned().into());
        let exit = value.text_of(&["exit_reason"]).filter(|reason| reason != "agent");
        let mut run = timeline.run(record.task_run_id(&task), None)?;
        read_labels(value, &mut run);
        run.failure_reason = exit;
        run.final_answer = value.text_of(&["output_patch"]).or(run.final_answer);
        let mut out = ObjectWriter::default();
        out.copy_members(value, ["instance_id", "docker_image", "exp_name", "llm_name", "max_steps"]);
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn goal<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    const GOAL: &[&str] = &["problem_statement"];
    record.text_of(GOAL).or_else(|| record.get("ds")?.text_of(GOAL))
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let thought = step.text_of(&["thought"]);
    match step.text_of(&["action"]).as_deref().and_then(call_in) {
        Some((name, input)) => {
            timeline.think(thought);
            timeline.act(None, Cow::Owned(name.to_owned()), input.map(Into::into));
        }
        None => timeline.reply(thought),
    }
    if let Some(seen) = step.get("observation").and_then(|seen| seen.text_or_json()).and_then(filled) {
        let error = exit_code(&seen).map(|code| code != "0");
        timeline.observe(None, seen, error);
    }
}

/// The name and the arguments of a call.
fn call_in(action: &str) -> Option<(&str, Option<String>)> {
    let (_, call) = action.split_once("<function=")?;
    let (name, body) = call.split_once('>')?;
    let mut input = ObjectWriter::default();
    for parameter in body.split("<parameter=").skip(1) {
        let Some((key, value)) = parameter.split_once('>') else { continue };
        let value = value.rsplit_once("</parameter>").map_or(value, |(value, _)| value);
        let value = value.strip_prefix('\n').unwrap_or(value);
        input.text(key, value.strip_suffix('\n').unwrap_or(value));
    }
    Some((name, input.finish()))
}

fn exit_code(seen: &str) -> Option<&str> {
    let code = seen.trim_start().strip_prefix("Exit code:")?.lines().next()?.trim();
    (!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')).then_some(code)
}
