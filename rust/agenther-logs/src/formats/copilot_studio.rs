//! Conversation transcripts of Microsoft Copilot Studio.
//!
//! Source: the `content` of the rows of Dataverse's `conversationtranscript` table, as it is (`{activities}`) or as JSON in
//! the row.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `message` activities with `from.role` 1 | `original_prompt`, later ones `user` |
//! | `DynamicPlanStepTriggered`: `taskDialogId`, `thought` | `action_name`, `thought` |
//! | `DynamicPlanStepBindUpdate`: `arguments` | `action_input` |
//! | `DynamicPlanStepFinished`: `observation`, by `stepId`; `state`, `isError` | `observation`, `error` |
//! | other `message` activities, the last of them | replies, `final_answer` |
//! | `DynamicPlanReceived`: `toolDefinitions` | `tools` |
//! | `outcome` of the last `SessionInfo`: `Resolved`, or `Escalated`, `Abandoned` | `success`, `failure_reason` |
//!
//! Leaks: `lastSessionOutcome`, `outcomeReason` and satisfaction surveys, which are not read.

use std::collections::HashSet;

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::words;
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct CopilotStudio;

const ID: &[&str] = &["conversationtranscriptid", "conversationId"];

impl Format for CopilotStudio {
    fn name(&self) -> &'static str {
        "copilot_studio"
    }

    fn shape(&self) -> &'static str {
        "`activities` of `type` (`message`, `event`), `from.role`, `valueType`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_activity = |activity: Value<'_, '_>| {
            activity.get("type").is_some()
                && activity.get("from").is_some_and(|from| from.get("role").is_some())
        };
        let is_transcript = record.items_of("activities").next().is_some_and(is_activity);
        let is_row = || {
            let content = record.get("content").and_then(|content| content.text());
            let is_written = |content: Text<'_>| content.trim_start().starts_with("{\"activities\"");
            record.get("conversationtranscriptid").is_some() && content.is_some_and(is_written)
        };
        92 * u8::from(is_transcript || is_row())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let id = value.text_of(ID).unwrap_or_else(|| record.run_id());
        match value.text_of(&["content"]).filter(|_| value.get("activities").is_none()) {
            Some(text) => read_inner(&text, |inner| Some(run_of(inner, id.clone()).map(Run::into_owned)))
                .unwrap_or_else(|| Err("its content is not readable JSON".to_owned())),
            None => run_of(value, id),
        }
    }
}

fn run_of<'a>(transcript: Value<'_, 'a>, id: Text<'a>) -> Result<Run<'a>, String> {
    let mut session = Session::default();
    transcript.items_of("activities").for_each(|activity| session.activity(activity));
    let mut run = session.timeline.run(id, None)?;
    run.tools = session.tools;
    let outcome = session.outcome.as_deref();
    run.success = match outcome {
        Some("Resolved") => Some(true),
        Some("Escalated" | "Abandoned") => Some(false),
        _ => None,
    };
    run.failure_reason = session.outcome.filter(|_| run.success == Some(false));
    Ok(run)
}

/// A transcript as it is being read.
#[derive(Default)]
struct Session<'a> {
    timeline: Timeline<'a>,
    /// Steps of the plan that were told already.
    begun: HashSet<Text<'a>>,
    tools: Option<Text<'a>>,
    outcome: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn activity(&mut self, activity: Value<'_, 'a>) {
        if activity.text_of(&["type"]).is_some_and(|kind| kind == "message") {
            return self.message(activity);
        }
        let Some(value) = activity.get("value") else { return };
        match activity.text_of(&["valueType", "name"]).as_deref() {
            Some("DynamicPlanReceived") => self.tools = self.tools.take().or_else(|| tools(value)),
            Some("DynamicPlanStepTriggered") => {
                self.timeline.think(value.text_of(&["thought"]).and_then(filled))
            }
            Some("DynamicPlanStepBindUpdate") => self.act(value),
            Some("DynamicPlanStepFinished") => self.finish(value),
            Some("SessionInfo") => self.outcome = value.text_of(&["outcome"]).or(self.outcome.take()),
            _ => {}
        }
    }

    fn message(&mut self, message: Value<'_, 'a>) {
        let text = message.text_of(&["text"]).and_then(filled);
        let role = message.at_path(&["from", "role"]).and_then(|role| role.scalar());
        match role.as_deref() {
            Some("1" | "user") => self.timeline.user(text),
            _ => self.timeline.reply(text),
        }
    }

    fn act(&mut self, step: Value<'_, 'a>) {
        let id = step.text_of(&["stepId"]);
        if id.as_ref().is_none_or(|id| self.begun.insert(id.clone())) {
            let input = step.get("arguments").and_then(|input| input.text_or_json());
            self.timeline.act(id, call_name(step.text_of(&["taskDialogId"])), input);
        }
    }

    fn finish(&mut self, step: Value<'_, 'a>) {
        self.act(step);
        let id = step.text_of(&["stepId"]);
        let seen = step.get("observation");
        let text = seen.and_then(|seen| seen.get("content").and_then(words).or_else(|| seen.text_or_json()));
        let failed = seen.and_then(|seen| seen.get("isError")?.as_bool());
        let state = step.text_of(&["state"]);
        let error = state.filter(|state| state == "failed").map(|_| true).or(failed);
        self.timeline.observe(id.as_deref(), text.unwrap_or_default(), error);
    }
}

fn tools(plan: Value<'_, '_>) -> Option<Text<'static>> {
    let tool = |tool: Value<'_, '_>| {
        let mut function = ObjectWriter::default();
        function.copy("name", tool.get("schemaName")).copy("description", tool.get("description"));
        let mut out = ObjectWriter::default();
        out.text("type", "function").json("function", &function.finish()?);
        out.finish()
    };
    let tools: Vec<String> = plan.items_of("toolDefinitions").filter_map(tool).collect();
    (!tools.is_empty()).then(|| format!("[{}]", tools.join(", ")).into())
}
