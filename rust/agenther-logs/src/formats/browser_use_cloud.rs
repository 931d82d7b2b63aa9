//! browser-use Cloud: a task as the service tells it.
//!
//! Source: `GET /tasks/{id}` of browser-use's API: `{id, task, status, output, steps: [{number, memory,
//! evaluationPreviousGoal, nextGoal, url, actions}]}`, an action being JSON in a string, `{"click": {"index": 3}}`. Version 1
//! has `evaluation_previous_goal`, `next_goal` and no actions.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task` | `original_prompt` |
//! | `evaluationPreviousGoal`, `memory`, `nextGoal` | `thought` of the first action of a step |
//! | name and parameters in `actions` | steps |
//! | `url` of the next step, if it is another | `observation` of the last action of a step |
//! | `output` | `final_answer` |
//! | `judgeVerdict` | `success` |
//! | `status` of a task that did not finish | `failure_reason` |
//! | the rest | `metadata` |
//!
//! Leaks: `isSuccess` is the agent's own claim, as is `success` of `done`, and no label; what the judge says (`judgement`)
//! stays behind.

use super::{Format, Record, by_agent, copy_rest, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::join;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct BrowserUseCloud;

const THOUGHTS: &[&str] =
    &["evaluationPreviousGoal", "evaluation_previous_goal", "memory", "nextGoal", "next_goal"];
/// Members that are read, or say nothing of the run.
const TAKEN: &[&str] = &[
    "task",
    "steps",
    "output",
    "status",
    "isSuccess",
    "judgement",
    "judgeVerdict",
    "live_url",
    "public_share_url",
];
/// States of a task that came to its end.
const FINISHED: &[&str] = &["finished", "completed", "started", "running", "created"];

impl Format for BrowserUseCloud {
    fn name(&self) -> &'static str {
        "browser_use_cloud"
    }

    fn shape(&self) -> &'static str {
        "`task` and `steps` of `next_goal` (`nextGoal`), `url` and `actions` that are JSON in strings"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_step = |step: Value<'_, '_>| {
            step.any_of(&["nextGoal", "next_goal"]).is_some() && step.get("url").is_some()
        };
        let steps = record.items_of("steps").next().is_some_and(is_step);
        96 * u8::from(steps && record.text_of(&["task"]).is_some() && record.get("status").is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let steps = || value.items_of("steps");
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(&["task"]));
        for (step, after) in steps().zip(steps().skip(1).map(Some).chain([None])) {
            read_step(step, after, &mut timeline);
        }
        let prompt = timeline.prompt.take();
        let steps = timeline.finish();
        by_agent(&steps)?;
        let mut out = ObjectWriter::default();
        copy_rest(&mut out, record, |key| TAKEN.contains(&key));
        Ok(Run {
            trajectory_id: record.run_id(),
            original_prompt: prompt,
            steps,
            final_answer: value.get("output").and_then(|output| output.text_or_json()).and_then(filled),
            success: value.get("judgeVerdict").and_then(|verdict| verdict.as_bool()),
            failure_reason: value.text_of(&["status"]).filter(|status| !FINISHED.contains(&&**status)),
            metadata: out.finish().map(Into::into),
            ..Run::default()
        })
    }
}

fn read_step<'a>(step: Value<'_, 'a>, after: Option<Value<'_, 'a>>, timeline: &mut Timeline<'a>) {
    let mut thought = None;
    THOUGHTS.iter().for_each(|key| join(&mut thought, step.text_of(&[key])));
    let mut actions = step.items_of("actions").filter_map(action_of).peekable();
    if actions.peek().is_none() {
        return timeline.reply(thought);
    }
    timeline.think(thought);
    actions.for_each(|(name, input)| timeline.act(None, name.into(), Some(input.into())));
    let there = after
        .and_then(|after| after.text_of(&["url"]))
        .filter(|there| Some(there) != step.text_of(&["url"]).as_ref());
    if let Some(there) = there {
        timeline.settle(Text::Owned(format!("Page: {there}")), None);
    }
}

/// Name and parameters of an action.
fn action_of(action: Value<'_, '_>) -> Option<(String, String)> {
    let call = |action: Value<'_, '_>| {
        let (name, input) = action.members().find(|(_, input)| !input.is_null())?;
        Some((name.into_owned(), input.text_or_json()?.into_owned()))
    };
    match action.text() {
        Some(text) => read_inner(&text, call),
        None => call(action),
    }
}
