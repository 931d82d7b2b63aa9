//! TravelPlanner's two-stage plans: the searches that led to a plan.
//!
//! Source: `OSU-NLP-Group/TravelPlanner`, `generated_plan_N.json`: a list in which each run has its results, its logs as text
//! and `<model>_two-stage_action_logs: [{step, thought, action: "FlightSearch[..]", observation, state}]`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `thought` | `thought` |
//! | `action`: name, and what stands in brackets | `action_name`, `action_input` |
//! | `observation` | `observation` |
//! | a `state` other than `Successful` | `error` |
//! | `<model>_two-stage_results` | `final_answer` |
//!
//! What was asked stands in the data set only.
//!
//! Leaks: none; plans are judged elsewhere.

use std::borrow::Cow;

use super::{Format, Record, filled};
use crate::json::Value;
use crate::run::Run;
use crate::timeline::Timeline;

pub(super) struct TravelPlanner;

const LOGS: &str = "_action_logs";

/// The name of the plan and its steps.
fn plan<'t, 'a>(record: Value<'t, 'a>) -> Option<(String, Value<'t, 'a>)> {
    let is_step = |step: Value<'_, '_>| step.get("action").is_some() && step.get("state").is_some();
    record.members().find_map(|(key, steps)| {
        let name = key.strip_suffix(LOGS)?;
        steps.items().next().is_some_and(is_step).then(|| (name.to_owned(), steps))
    })
}

impl Format for TravelPlanner {
    fn name(&self) -> &'static str {
        "travel_planner"
    }

    fn shape(&self) -> &'static str {
        "`.._action_logs` of `thought`, `action`, `observation` and `state`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        97 * u8::from(plan(record).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let (name, steps) = plan(record.value).ok_or("it has no list of actions")?;
        let mut timeline = Timeline::default();
        for step in steps.items() {
            read_step(step, &mut timeline);
        }
        let mut run = timeline.run(record.run_id(), None)?;
        run.final_answer = record.value.text_of(&[&format!("{name}_results")]).or(run.final_answer);
        Ok(run)
    }
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let thought = step.text_of(&["thought"]);
    let Some(action) = step.text_of(&["action"]) else { return timeline.reply(thought) };
    let (name, input) = action.split_once('[').unwrap_or((&action, ""));
    let input = input.strip_suffix(']').unwrap_or(input);
    timeline.think(thought);
    timeline.act(None, Cow::Owned(name.trim().to_owned()), filled(Cow::Owned(input.to_owned())));
    if let Some(seen) = step.get("observation").and_then(|seen| seen.text_or_json()) {
        let error = step.text_of(&["state"]).map(|state| state != "Successful");
        timeline.settle(seen, error);
    }
}
