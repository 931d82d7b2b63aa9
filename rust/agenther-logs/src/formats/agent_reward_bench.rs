//! AgentRewardBench: web agents of BrowserGym, cleaned.
//!
//! Source: `McGill-NLP/agent-reward-bench`, `trajectories/cleaned/…/<task>.json`: `{benchmark, agent, goal, summary_info:
//! {cum_reward, err_msg}, steps: [{action, reasoning, url, axtree, axtree_pruned, last_action_error, chat_messages}]}`.
//! Its judgments (`{judge, judge_model_name, response}`) are no runs.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `goal` | `original_prompt` |
//! | the first message of the role `system` | `system` |
//! | `reasoning`, `action` (`click('12')`) | `thought`, steps |
//! | `url` and `axtree_pruned`, else `axtree`, of the next step; those of the first stand before all actions | `observation` |
//! | `last_action_error` of the next step | `observation`, `error` |
//! | what the last `send_msg_to_user('…')` says | `final_answer` |
//! | `summary_info.cum_reward` | `reward`, `success` at 1 |
//! | `summary_info.err_msg` | `failure_reason` |
//! | benchmark, agent, model, task, seed | `metadata` |
//!
//! Leaks: none but the label.

use super::{Format, Record, filled, within};
use crate::gui::only_argument;
use crate::json::{ObjectWriter, Value};
use crate::labels::reward_of;
use crate::messages::join;
use crate::react::parse_action;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct AgentRewardBench;

const ANSWER: &str = "send_msg_to_user";

impl Format for AgentRewardBench {
    fn name(&self) -> &'static str {
        "agent_reward_bench"
    }

    fn shape(&self) -> &'static str {
        "`benchmark`, `goal`, `summary_info` and `steps` of `action`, `reasoning` and `last_action_error`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_step = |step: Value<'_, '_>| {
            ["action", "reasoning", "last_action_error"].iter().all(|key| step.get(key).is_some())
        };
        let is_run = record.get("benchmark").is_some() && record.get("summary_info").is_some();
        96 * u8::from(is_run && record.items_of("steps").next().is_some_and(is_step))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let steps = || value.items_of("steps");
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(&["goal"]));
        steps().next().and_then(page_of).into_iter().for_each(|page| timeline.happen(page, None));
        for (step, after) in steps().zip(steps().skip(1).map(Some).chain([None])) {
            let acts = read_step(step, &mut timeline);
            after.filter(|_| acts).into_iter().for_each(|after| read_result(after, &mut timeline));
        }
        let id = value.text_of(&["task_id"]).unwrap_or_else(|| record.stem.to_owned().into());
        let mut run = timeline.run(record.task_run_id(&id), None)?;
        run.system = steps().next().and_then(system_of);
        run.final_answer = answer_of(value);
        run.reward = value.at_path(&["summary_info", "cum_reward"]).and_then(reward_of);
        run.failure_reason =
            value.at_path(&["summary_info", "err_msg"]).and_then(|error| error.text()).and_then(filled);
        let mut out = ObjectWriter::default();
        out.copy_members(value, ["benchmark", "agent", "model", "task_id", "seed"]);
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// Address and content of the page that a step begins with.
fn page_of<'a>(step: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut page = step.text_of(&["url"]).map(|url| format!("URL: {url}").into());
    join(&mut page, step.text_of(&["axtree_pruned", "axtree"]));
    page
}

fn system_of<'a>(step: Value<'_, 'a>) -> Option<Text<'a>> {
    let first = step.items_of("chat_messages").next()?;
    first.text_of(&["role"]).filter(|role| role == "system")?;
    first.text_of(&["message", "content"])
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) -> bool {
    timeline.think(step.text_of(&["reasoning"]));
    let Some(action) = step.text_of(&["action"]) else {
        timeline.end_turn();
        return false;
    };
    let (name, input) = parse_action(&action);
    timeline.act(None, within(&action, name), input.and_then(|input| filled(within(&action, input))));
    true
}

fn read_result<'a>(after: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut seen = after.text_of(&["last_action_error"]);
    let failed = seen.is_some();
    join(&mut seen, page_of(after));
    if let Some(seen) = seen {
        timeline.settle(seen, failed.then_some(true));
    }
}

fn answer_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let actions = record.items_of("steps").filter_map(|step| step.text_of(&["action"]));
    actions.filter_map(|action| only_argument(&action, ANSWER)).last().map(Into::into)
}
