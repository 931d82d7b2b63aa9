//! Mobile-Agent-E: what the agents of a team on a phone do, an operation each.
//!
//! Source: `X-PLUG/MobileAgent`, Mobile-Agent-E, `steps.json`: a list of `{step, operation}`: `init` with the `instruction`,
//! `perception`, `planning`, `action`, `action_reflection`, `finish`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `instruction` of `init` | `original_prompt` |
//! | `thought` of `planning`, `action_thought` of `action` | `thought` |
//! | `action_object` | `action_name`, `action_input` |
//! | `error_description` of a reflection whose `outcome` is not `A`; the texts of the next `perception` | `observation`, `error` |
//! | `finish_flag` of `finish`, unless it is `success` | `failure_reason` |
//!
//! Passed over: prompts and raw responses, which hold the rest once more.
//!
//! Leaks: none; a flag that says `success` is the agents' own claim, and no label.

use super::{Format, Record, filled};
use crate::json::Value;
use crate::messages::join;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct MobileAgentE;

impl Format for MobileAgentE {
    fn name(&self) -> &'static str {
        "mobile_agent_e"
    }

    fn shape(&self) -> &'static str {
        "a list of `step` and `operation`: `init` with an `instruction`, `planning`, `action`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let begins = |first: Value<'_, '_>| {
            operation(first) == Some("init".into()) && first.text_of(&["instruction"]).is_some()
        };
        95 * u8::from(record.items().next().is_some_and(begins))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut course = Course::default();
        record.value.items().for_each(|event| course.take(event));
        course.close();
        let first = record.value.items().next();
        let id = first.and_then(|first| first.text_of(&["task_id", "run_name"]));
        let mut run = course.timeline.run(record.task_run_id(id.as_deref().unwrap_or(record.stem)), None)?;
        run.final_answer = None;
        run.failure_reason = course.ended.filter(|flag| flag != "success");
        Ok(run)
    }
}

fn operation<'a>(event: Value<'_, 'a>) -> Option<Text<'a>> {
    event.text_of(&["operation"])
}

/// A run as its operations come in.
#[derive(Default)]
struct Course<'a> {
    timeline: Timeline<'a>,
    /// What was seen since the last act, and whether that went wrong.
    seen: Option<Text<'a>>,
    error: Option<bool>,
    has_acted: bool,
    ended: Option<Text<'a>>,
}

impl<'a> Course<'a> {
    fn take(&mut self, event: Value<'_, 'a>) {
        match operation(event).as_deref() {
            Some("init") => self.timeline.user(event.text_of(&["instruction"])),
            Some("perception") => {
                let texts = event.items_of("perception_infos").filter_map(|info| info.text_of(&["text"]));
                let texts: Vec<Text<'a>> = texts.collect();
                join(&mut self.seen, filled(texts.join("\n").into()));
            }
            Some("planning") => {
                self.close();
                self.timeline.think(event.text_of(&["thought"]));
            }
            Some("action") => self.act(event),
            Some("action_reflection") => self.reflect(event),
            Some("finish") => self.ended = event.text_of(&["finish_flag"]),
            _ => {}
        }
    }

    fn act(&mut self, event: Value<'_, 'a>) {
        self.close();
        self.timeline.think(event.text_of(&["action_thought"]));
        let Some(call) = event.get("action_object").filter(|call| call.is_object()) else {
            return self.timeline.end_turn();
        };
        let input = call.any_of(&["arguments"]).and_then(|arguments| arguments.text_or_json());
        self.timeline.act(None, call.text_of(&["name"]).unwrap_or_default(), input);
        self.has_acted = true;
    }

    /// The agent that looks at what an act did: `A` is that it did what it should.
    fn reflect(&mut self, event: Value<'_, 'a>) {
        let Some(outcome) = event.text_of(&["outcome"]) else { return };
        let failed = !outcome.trim_start().starts_with('A');
        self.error = Some(failed);
        join(&mut self.seen, event.text_of(&["error_description"]).filter(|_| failed));
    }

    /// What was seen came of the last act; before the first it was there.
    fn close(&mut self) {
        let (seen, error) = (self.seen.take(), self.error.take());
        match (seen, std::mem::take(&mut self.has_acted)) {
            (Some(seen), true) => self.timeline.settle(seen, error),
            (Some(seen), false) => self.timeline.happen(seen, None),
            (None, _) => {}
        }
    }
}
