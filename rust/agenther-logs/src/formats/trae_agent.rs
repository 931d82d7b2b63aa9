//! Trae Agent: trajectories of ByteDance's command-line agent.
//!
//! Source: `bytedance/trae-agent`, `trajectory_recorder.py`: `{task, llm_interactions: [{input_messages, response,
//! tools_available}], agent_steps: [{llm_response, tool_results, error}], success, final_result}`; the messages of an
//! interaction are those that are new in it.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task` | `original_prompt`; what stands around it in the first message of the user joins `system` |
//! | messages of the role `system` | `system` |
//! | later messages of the user | `user` |
//! | `response.content`, `response.tool_calls` | `thought`, steps |
//! | `tool_result` of the messages that follow; of the last turn `tool_results` of its step | `observation`, `error` |
//! | `tools_available` | `tools` (names only) |
//! | `final_result` of a run that succeeded | `final_answer` |
//! | `error` of the last step, `final_result` of a run that failed | `failure_reason` |
//! | `success` where it is false and the run has ended | `success` |
//! | provider, model, `max_steps` | `metadata` |
//!
//! Left out: `reflection`, which says once more that a call failed.
//!
//! Leaks: a `success` that is true is the agent's own claim (it called `task_done`, or said that it was done), and no
//! label.

use std::collections::HashSet;

use super::{Format, Record, filled, named_tools};
use crate::json::{ObjectWriter, Value};
use crate::messages::{join, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct TraeAgent;

impl Format for TraeAgent {
    fn name(&self) -> &'static str {
        "trae_agent"
    }

    fn shape(&self) -> &'static str {
        "`task`, `llm_interactions` and `agent_steps`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let lists = ["llm_interactions", "agent_steps"];
        95 * u8::from(lists.iter().all(|key| record.get(key).is_some_and(|list| list.is_array())))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut recording = Recording { task: value.text_of(&["task"]), ..Recording::default() };
        recording.timeline.user(recording.task.clone());
        recording.turns(value);
        let success = value.get("success").and_then(|success| success.as_bool());
        let ended = value.text_of(&["end_time"]).is_some();
        let result = value.text_of(&["final_result"]);
        let (answer, failure) =
            if success == Some(true) { (result, None) } else { (None, error_of(value).or(result)) };
        let mut run = recording.timeline.run(record.run_id(), failure)?;
        run.final_answer = answer.or(run.final_answer);
        run.success = success.filter(|success| !success && ended);
        run.system = recording.system;
        run.tools =
            value.items_of("llm_interactions").find_map(|turn| named_tools(turn.items_of("tools_available")));
        let mut out = ObjectWriter::default();
        out.copy_members(value, ["provider", "model", "max_steps"]);
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// A run as its turns come in.
#[derive(Default)]
struct Recording<'a> {
    task: Option<Text<'a>>,
    system: Option<Text<'a>>,
    timeline: Timeline<'a>,
    /// Whether the first message of the user was met.
    asked: bool,
}

impl<'a> Recording<'a> {
    fn turns(&mut self, record: Value<'_, 'a>) {
        let steps = || record.items_of("agent_steps");
        let mut last = None;
        for turn in record.items_of("llm_interactions") {
            turn.items_of("input_messages").for_each(|message| self.message(message));
            last = turn.get("response");
            last.into_iter().for_each(|response| self.response(response));
        }
        if last.is_none() {
            for step in steps() {
                step.get("llm_response").into_iter().for_each(|response| self.response(response));
                step.items_of("tool_results").for_each(|result| self.result(result));
            }
            return;
        }
        // What the calls of the last turn gave was not sent to the model any more.
        let calls = last.into_iter().flat_map(|last| last.items_of("tool_calls"));
        let called: HashSet<Text<'a>> = calls.filter_map(call_id).collect();
        let results = steps().last().into_iter().flat_map(|step| step.items_of("tool_results"));
        for result in results.filter(|result| call_id(*result).is_some_and(|id| called.contains(&id))) {
            self.result(result);
        }
    }

    fn message(&mut self, message: Value<'_, 'a>) {
        if let Some(result) = message.get("tool_result").filter(|result| result.is_object()) {
            return self.result(result);
        }
        let words = message.get("content").and_then(words);
        match message.text_of(&["role"]).as_deref() {
            Some("system") => join(&mut self.system, words),
            Some("user") if std::mem::replace(&mut self.asked, true) => self.timeline.user(words),
            Some("user") => self.first_words(words),
            _ => {}
        }
    }

    /// The harness puts the task into a text of its own.
    fn first_words(&mut self, words: Option<Text<'a>>) {
        match (words, &self.task) {
            (Some(words), Some(task)) => {
                let around: Vec<&str> =
                    words.splitn(2, &**task).map(str::trim).filter(|part| !part.is_empty()).collect();
                join(&mut self.system, filled(around.join("\n\n").into()));
            }
            (words, _) => self.timeline.user(words),
        }
    }

    fn response(&mut self, response: Value<'_, 'a>) {
        self.timeline.say(response.get("content").and_then(words));
        for call in response.items_of("tool_calls") {
            let arguments = call.get("arguments").and_then(|arguments| arguments.text_or_json());
            self.timeline.act(call_id(call), call_name(call.text_of(&["name"])), arguments);
        }
        self.timeline.end_turn();
    }

    fn result(&mut self, result: Value<'_, 'a>) {
        let mut seen = None;
        for key in ["result", "error"] {
            join(
                &mut seen,
                result.get(key).filter(|text| !text.is_null()).and_then(|text| text.text_or_json()),
            );
        }
        let error = result.get("success").and_then(|success| success.as_bool()).map(|success| !success);
        self.timeline.observe(call_id(result).as_deref(), seen.unwrap_or_default(), error);
    }
}

fn call_id<'a>(value: Value<'_, 'a>) -> Option<Text<'a>> {
    value.get("call_id").and_then(|id| id.scalar()).and_then(filled)
}

/// What ended the last step.
fn error_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.items_of("agent_steps").last().and_then(|step| step.text_of(&["error"]))
}
