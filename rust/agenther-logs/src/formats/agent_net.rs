//! AgentNet: people's work on computers, with the thoughts of an agent written to it.
//!
//! Source: `xlangai/AgentNet` (OpenCUA): `{task_id, instruction, task_completed, traj: [{index, image, value: {observation,
//! thought, action, code}}]}`; `observation` describes the screen before the act.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `instruction` | `original_prompt` |
//! | `thought`, `action` (the act in words) | `thought` |
//! | `code` | a call of `python`; `computer.terminate(…)` one of `terminate` |
//! | `observation` of the next step; that of the first stands before all acts | `observation` |
//! | `task_completed` | `success` |
//! | the rest | `metadata` |
//!
//! Leaks: a model that knew the end of the run judged it and each step of it: `alignment_score`, `efficiency_score`,
//! `reason`, `actual_task`, `reflection`, `last_step_correct`, `last_step_redundant` stay behind.

use super::{Format, Record, copy_rest, filled};
use crate::gui::CODE;
use crate::json::{ObjectWriter, Value};
use crate::messages::join;
use crate::run::Run;
use crate::timeline::Timeline;

pub(super) struct AgentNet;

/// Members that are read, or are the judge's.
const TAKEN: &[&str] = &[
    "instruction",
    "traj",
    "task_completed",
    "alignment_score",
    "efficiency_score",
    "reason",
    "actual_task",
];
/// How the call begins that ends a run.
const END: &str = "computer.terminate(";

impl Format for AgentNet {
    fn name(&self) -> &'static str {
        "agent_net"
    }

    fn shape(&self) -> &'static str {
        "`instruction` and `traj` of `value` with `code`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let acts =
            record.items_of("traj").next().is_some_and(|step| step.at_path(&["value", "code"]).is_some());
        95 * u8::from(acts && record.text_of(&["instruction"]).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let steps = || value.items_of("traj").filter_map(|step| step.get("value"));
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(&["instruction"]));
        let seen = |step: Value<'_, 'a>| step.text_of(&["observation"]).and_then(filled);
        steps().next().and_then(seen).into_iter().for_each(|screen| timeline.happen(screen, None));
        for (step, after) in steps().zip(steps().skip(1).map(Some).chain([None])) {
            read_step(step, &mut timeline);
            after.and_then(seen).into_iter().for_each(|screen| timeline.settle(screen, None));
        }
        let mut run = timeline.run(record.run_id(), None)?;
        if let Some(task) = value.get("task_id").and_then(|id| id.scalar()) {
            run.trajectory_id = record.task_run_id(&task);
        }
        // How the agent ended is no answer.
        run.final_answer = None;
        run.success = value.get("task_completed").and_then(|completed| completed.as_bool());
        let mut out = ObjectWriter::default();
        copy_rest(&mut out, record, |key| TAKEN.contains(&key));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut thought = step.text_of(&["thought"]);
    join(&mut thought, step.text_of(&["action"]));
    timeline.think(thought);
    match step.text_of(&["code"]) {
        Some(code) if code.trim_start().starts_with(END) => {
            timeline.act(None, "terminate".into(), Some(code))
        }
        Some(code) => timeline.act(None, CODE.into(), Some(code)),
        None => timeline.end_turn(),
    }
}
