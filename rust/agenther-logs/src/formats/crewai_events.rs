//! Events of CrewAI's event bus, one a line.
//!
//! Source: listeners that write `event.to_json()` or `event.model_dump()` of each event.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task_started`: `task.description` | `original_prompt` |
//! | `llm_call_completed`: the thought in `response` | `thought` |
//! | `tool_usage_started`: `tool_name`, `tool_args` | `action_name`, `action_input` |
//! | `tool_usage_finished`: `output`; `tool_usage_error`: `error` | `observation`, `error` |
//! | `output` of the task, of the crew | `final_answer` |
//! | `task_failed`, `crew_kickoff_failed`: `error` | `failure_reason` |
//!
//! A task is a run; events that name none are of the task before them.
//!
//! Leaks: none; `expected_output` says what the answer should look like, and stays behind.

use super::{Format, Piece, Record, filled, part_of};
use crate::json::Value;
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct CrewAiEvents;

const KINDS: &[&str] = &["crew_kickoff_", "task_", "agent_execution_", "llm_call_", "tool_usage_"];
/// What every event has a place for.
const OF_EVENT: &[&str] = &["source_fingerprint", "fingerprint_metadata", "source_type"];

impl Format for CrewAiEvents {
    fn name(&self) -> &'static str {
        "crewai_events"
    }

    fn shape(&self) -> &'static str {
        "lines of `type` (`task_started`, `tool_usage_finished`, ..), `source_type`, `fingerprint_metadata`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_event = OF_EVENT.iter().any(|key| record.get(key).is_some());
        let kind = record.text_of(&["type"]).filter(|_| is_event);
        90 * u8::from(kind.is_some_and(|kind| KINDS.iter().any(|start| kind.starts_with(start))))
    }

    /// Events of flows, memories and the like stand between.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        record.get("type").is_some() && OF_EVENT.iter().any(|key| record.get(key).is_some())
    }

    fn only_on_lines(&self, _: Value<'_, '_>) -> bool {
        true
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: record.text_of(&["task_id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut crew = Crew::default();
        record.value.items().for_each(|event| crew.event(event));
        let id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let mut run = crew.timeline.run(id, crew.failure)?;
        if run.failure_reason.is_none() {
            run.final_answer = crew.answer.or(run.final_answer);
        }
        Ok(run)
    }
}

/// A run as its events come in.
#[derive(Default)]
struct Crew<'a> {
    timeline: Timeline<'a>,
    /// Calls that began and did not end.
    open: usize,
    answer: Option<Text<'a>>,
    failure: Option<Text<'a>>,
}

impl<'a> Crew<'a> {
    fn event(&mut self, event: Value<'_, 'a>) {
        match event.text_of(&["type"]).as_deref() {
            Some("task_started") => {
                let task = event.get("task").unwrap_or(event);
                self.timeline.user(task.text_of(&["description", "task_description"]));
            }
            Some("llm_call_completed") => self.said(event.text_of(&["response"])),
            Some("tool_usage_started") => self.act(event),
            Some("tool_usage_finished") => self.observe(event, "output", None),
            Some("tool_usage_error") => self.observe(event, "error", Some(true)),
            Some("task_completed" | "crew_kickoff_completed") => {
                let output = event.get("output");
                let text = output.and_then(|output| output.text().or_else(|| output.text_of(&["raw"])));
                self.answer = text.and_then(filled).or(self.answer.take());
            }
            Some("task_failed" | "crew_kickoff_failed") => {
                self.failure = event.get("error").and_then(|error| error.text_or_json());
            }
            _ => {}
        }
    }

    /// What a model wrote: a thought before an action that is an event of its own, or the answer.
    fn said(&mut self, response: Option<Text<'a>>) {
        let Some(response) = response else { return };
        let thought = part_of(&response, |text| {
            let before = text.split("\nAction:").next().unwrap_or(text);
            let before = before.split("Final Answer:").next().unwrap_or(before).trim();
            before.strip_prefix("Thought:").unwrap_or(before).trim()
        });
        self.timeline.think(filled(thought));
        if response.contains("Final Answer:") {
            let answer = part_of(&response, |text| {
                text.split_once("Final Answer:").map_or("", |(_, rest)| rest.trim())
            });
            self.timeline.say(filled(answer));
            self.timeline.end_turn();
        }
    }

    fn act(&mut self, event: Value<'_, 'a>) {
        self.open += 1;
        let input = event.get("tool_args").and_then(|input| input.text_or_json());
        self.timeline.act(None, call_name(event.text_of(&["tool_name"])), input);
    }

    fn observe(&mut self, event: Value<'_, 'a>, key: &str, error: Option<bool>) {
        if self.open == 0 {
            self.act(event);
        }
        self.open -= 1;
        let output = event.get(key).and_then(|output| output.text_or_json());
        self.timeline.observe_of(
            None,
            event.text_of(&["tool_name"]).as_deref(),
            output.unwrap_or_default(),
            error,
        );
    }
}
