//! ToolLLaMA conversations: ToolBench answers as its models are trained on them.
//!
//! Source: `OpenBMB/ToolBench` `toolllama_G123_dfs_train.json` and `…_eval.json`: `{id,
//! conversations: [{from: system | user | assistant | function, value}]}`, the assistant in the form
//! `Thought: … Action: name Action Input: {…}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | user's words without `Begin!` | `original_prompt` |
//! | system | `system`; the list of APIs in it, which Python printed, `tools` |
//! | `Thought:`, `Action:`, `Action Input:` | `thought`, `action_name`, `action_input` |
//! | function | `observation`; `error` where it states one |
//! | `final_answer` of a `Finish` | `final_answer` |
//! | a last `Finish` that gives up | `success` false, `failure_reason` |
//!
//! Leaks: none.

use std::borrow::Cow;

use super::openai_chat::schemas;
use super::toolbench::{answer_in, error_stated, gave_up};
use super::{Format, Record, filled};
use crate::json::{Value, read_inner};
use crate::messages::{Role, content_text, role_of};
use crate::python_literal;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct ToolLlama;

const SYSTEM: &str = "You are AutoGPT";
const BEGIN: &str = "Begin!";
const APIS: &str = "access to the following APIs:";

impl Format for ToolLlama {
    fn name(&self) -> &'static str {
        "toolllama"
    }

    fn shape(&self) -> &'static str {
        "`conversations` with `You are AutoGPT`, `Begin!` and `Action Input:`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let mut turns = record.items_of("conversations");
        let mut value = || turns.next().and_then(content_text).unwrap_or_default();
        let told = value().trim_start().starts_with(SYSTEM);
        96 * u8::from(told && value().trim_end().ends_with(BEGIN))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        let mut system: Option<Text<'a>> = None;
        for turn in record.value.items_of("conversations") {
            let Some(text) = content_text(turn) else { continue };
            match role_of(turn) {
                Some(Role::System) => system = system.or(Some(text)),
                Some(Role::Agent) => read_turn(&text, &mut timeline),
                Some(Role::Tool) => {
                    let error = error_stated(&text);
                    timeline.observe(None, text, error);
                }
                _ => timeline.user(filled(Cow::Owned(goal_in(&text).to_owned()))),
            }
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("its agent said nothing".to_owned());
        }
        let gave_up = gave_up(steps.last());
        let answer = steps.last().filter(|step| step.action_name.as_deref() == Some("Finish"));
        let answer = answer.filter(|_| gave_up.is_none()).and_then(|step| step.action_input.clone());
        Ok(Run {
            trajectory_id: record.run_id(),
            original_prompt: timeline.prompt,
            tools: system.as_deref().and_then(tools_in).map(Cow::Owned),
            system,
            final_answer: answer.and_then(answer_in),
            success: gave_up.is_some().then_some(false),
            failure_reason: gave_up,
            steps,
            ..Run::default()
        })
    }
}

fn goal_in(words: &str) -> &str {
    let words = words.trim();
    words.strip_suffix(BEGIN).unwrap_or(words).trim_end()
}

fn read_turn(text: &str, timeline: &mut Timeline<'_>) {
    let own = |text: &str| filled(Cow::Owned(text.trim().to_owned()));
    let (thought, call) = text.split_once("Action:").unwrap_or((text, ""));
    let thought = thought.trim().strip_prefix("Thought:").unwrap_or(thought);
    let (name, input) = call.split_once("Action Input:").unwrap_or((call, ""));
    match own(name) {
        Some(name) => {
            timeline.think(own(thought));
            timeline.act(None, name, own(input));
        }
        None => timeline.reply(own(thought)),
    }
}

fn tools_in(system: &str) -> Option<String> {
    let (_, list) = system.split_once(APIS)?;
    let list = python_literal::to_json(list.trim())?;
    read_inner(&list, |tools| schemas(tools).map(Cow::into_owned))
}
