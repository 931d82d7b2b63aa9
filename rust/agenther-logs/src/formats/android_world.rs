//! AndroidWorld: episodes of agents on a phone.
//!
//! Source: `google-research/android_world`, the checkpoints of its suite: `{goal, task_template, instance_id, is_successful,
//! exception_info, episode_data}`, where `episode_data` has a list for each field of a step, all of one length.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `goal` | `original_prompt` |
//! | `action_reason` | `thought` |
//! | `action_output_json`, its `action_type` and the rest; else what follows `Action:` in `action_output` | `action_name`, `action_input` |
//! | `summary`, the agent's words for what it saw then | `observation` |
//! | `text` of a last `answer` | `final_answer` |
//! | `is_successful` | `reward`, `success` at 1 |
//! | `exception_info` | `failure_reason` |
//! | agent, task, seed | `metadata` |
//!
//! Passed over: prompts, which hold the steps before once more, and screenshots.
//!
//! Leaks: none but the label.

use super::{Format, Record, filled, within};
use crate::json::{ObjectWriter, Value};
use crate::labels::reward_of;
use crate::react::{Label, json_action, parse_action, sections};
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct AndroidWorld;

/// Lists of which there is one in each agent's data.
const LISTS: &[&str] = &["action_output_json", "action_output"];

impl Format for AndroidWorld {
    fn name(&self) -> &'static str {
        "android_world"
    }

    fn shape(&self) -> &'static str {
        "`goal`, `is_successful` and `episode_data` of lists such as `action_output`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let data = record.get("episode_data");
        let acts = data.is_some_and(|data| LISTS.iter().any(|key| data.items_of(key).next().is_some()));
        95 * u8::from(acts && record.text_of(&["goal"]).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let data = value.get("episode_data").ok_or("it has no `episode_data`")?;
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(&["goal"]));
        let [mut acts, mut written, mut reasons, mut summaries] =
            ["action_output_json", "action_output", "action_reason", "summary"].map(|key| data.items_of(key));
        loop {
            let step = [acts.next(), written.next(), reasons.next(), summaries.next()];
            if step[..2].iter().all(Option::is_none) {
                break;
            }
            read_step(step, &mut timeline);
        }
        let task = value.text_of(&["task_template"]).unwrap_or_else(|| record.stem.to_owned().into());
        let mut run = timeline.run(record.task_run_id(&task), None)?;
        run.final_answer = data.items_of("action_output_json").last().and_then(answer_of);
        run.reward = value.get("is_successful").and_then(reward_of);
        run.failure_reason = value.text_of(&["exception_info"]).and_then(filled);
        let mut out = ObjectWriter::default();
        out.copy_members(
            value,
            ["task_template", "instance_id", "agent_name", "seed", "episode_length", "run_time"],
        );
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn read_step<'a>(step: [Option<Value<'_, 'a>>; 4], timeline: &mut Timeline<'a>) {
    let [act, written, reason, summary] = step;
    let text = |value: Option<Value<'_, 'a>>| value.and_then(|value| value.text()).and_then(filled);
    timeline.think(text(reason));
    match act.filter(|act| act.is_object()) {
        Some(act) => {
            let mut input = ObjectWriter::default();
            let rest = act.members().filter(|(key, value)| key != "action_type" && !value.is_null());
            rest.for_each(|(key, value)| _ = input.copy(&key, Some(value)));
            let name = act.text_of(&["action_type"]).unwrap_or_default();
            timeline.act(None, name, input.finish().map(Into::into));
        }
        None => read_written(text(written), timeline),
    }
    text(summary).into_iter().for_each(|summary| timeline.settle(summary, None));
}

/// An action that is only there as the model wrote it.
fn read_written<'a>(written: Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    let Some(written) = written else { return timeline.end_turn() };
    let cut = sections(&written);
    let Some((_, action)) = cut.sections.iter().find(|(label, _)| *label == Label::Action) else {
        return timeline.reply(Some(written));
    };
    match json_action(action) {
        Some((name, input)) => timeline.act(None, name.into(), Some(input.into())),
        None => {
            let (name, input) = parse_action(action);
            timeline.act(
                None,
                within(&written, name),
                input.and_then(|input| filled(within(&written, input))),
            );
        }
    }
}

fn answer_of<'a>(act: Value<'_, 'a>) -> Option<Text<'a>> {
    act.text_of(&["action_type"]).filter(|kind| kind == "answer")?;
    act.text_of(&["text"])
}
