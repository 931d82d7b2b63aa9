//! Skyvern: the steps of a task in a browser.
//!
//! Source: `Skyvern-AI/skyvern`, the steps of a task as its API and its artifacts have them: a list of `{task_id, step_id,
//! order, output: {actions_and_results: [[action, [result]]]}}`; `task.json` with the request beside them.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `request.navigation_goal`, else `request.data_extraction_goal`, of `task.json` beside the file | `original_prompt` |
//! | `reasoning` of an action | `thought` |
//! | `action_type`; the other members that say what is done | `action_name`, `action_input` |
//! | `exception_message`, `data` of its last result; that its `success` is false | `observation`, `error` |
//! | `extracted_information` of `task.json` | `final_answer` |
//! | `failure_reason` of `task.json` | `failure_reason` |
//!
//! Leaks: none; `status` of a task that is `completed` is the agent's own claim, and no label.

use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::join;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct Skyvern;

/// Members of an action that do not say what is done.
const ABOUT: &[&str] = &[
    "action_type",
    "status",
    "reasoning",
    "intention",
    "confidence_float",
    "action_id",
    "step_id",
    "task_id",
    "workflow_run_id",
    "organization_id",
    "step_order",
    "action_order",
    "skyvern_element_hash",
    "skyvern_element_data",
    "created_at",
    "modified_at",
];

fn is_step(step: Value<'_, '_>) -> bool {
    let pairs = step.at_path(&["output", "actions_and_results"]);
    step.get("step_id").is_some() && pairs.is_some_and(|pairs| pairs.is_array())
}

impl Format for Skyvern {
    fn name(&self) -> &'static str {
        "skyvern"
    }

    fn shape(&self) -> &'static str {
        "a list of `step_id` and `output` with `actions_and_results`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(record.items().next().map_or_else(|| is_step(record), is_step))
    }

    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        record.is_object()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        record.is_object().then(|| vec![Piece { run: record.text_of(&["task_id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let steps = record.value;
        let task = record.beside.text("task.json").filter(|_| record.number == 0);
        let stated = |path: &[&str]| -> Option<Text<'static>> {
            let found = |task: Value<'_, '_>| Some(task.at_path(path)?.text_or_json()?.into_owned());
            filled(read_inner(task.as_deref()?, found)?.into())
        };
        let mut timeline = Timeline::default();
        timeline.user(
            stated(&["request", "navigation_goal"]).or_else(|| stated(&["request", "data_extraction_goal"])),
        );
        let pairs = steps.items().filter_map(|step| step.at_path(&["output", "actions_and_results"]));
        pairs.flat_map(|pairs| pairs.items()).for_each(|pair| read_pair(pair, &mut timeline));
        let id = steps.items().find_map(|step| step.text_of(&["task_id"]));
        let mut run = timeline.run(record.task_run_id(id.as_deref().unwrap_or(record.stem)), None)?;
        run.final_answer = stated(&["extracted_information"]);
        run.failure_reason = stated(&["failure_reason"]);
        Ok(run)
    }
}

fn read_pair<'a>(pair: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut parts = pair.items();
    let (Some(action), results) = (parts.next(), parts.next()) else { return };
    timeline.think(action.text_of(&["reasoning"]));
    let mut input = ObjectWriter::default();
    let said = action.members().filter(|(key, value)| !ABOUT.contains(&&**key) && !value.is_null());
    said.for_each(|(key, value)| _ = input.copy(&key, Some(value)));
    timeline.act(None, action.text_of(&["action_type"]).unwrap_or_default(), input.finish().map(Into::into));
    let Some(result) = results.and_then(|results| results.items().last()) else { return };
    let failed = result.get("success").and_then(|success| success.as_bool()).map(|success| !success);
    let mut seen = result.text_of(&["exception_message"]);
    join(&mut seen, result.any_of(&["data"]).and_then(|data| data.text_or_json()));
    if seen.is_some() || failed == Some(true) {
        timeline.settle(seen.unwrap_or_default(), failed);
    }
}
