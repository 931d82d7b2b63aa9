//! browser-use's steps as a tracer saw them: a call of the model a line, with what the agent was shown and what it decided on.
//!
//! Source: spans of `browser-use` agents as Laminar exports them (`{trace_id, start_time, messages, structured_output}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `trace_id` | the run that the call belongs to; the calls in the order of `start_time` |
//! | `<user_request>` in what the user's message shows | `original_prompt` |
//! | system message of the first call | `system` |
//! | `thinking`, `memory`, `next_goal`, … of `structured_output` | `thought` |
//! | each of its `action` | `action_name`, `action_input` |
//! | what the next call is shown: the results of the last step, `<browser_state>` | `observation` |
//! | text of `done` | `final_answer` |
//!
//! Leaks: `success` of `done` is the agent's own claim and no label.

use super::browser_use::act;
use super::{Format, Piece, Record, by_agent, filled};
use crate::json::{Value, read_inner};
use crate::messages::{Role, content_text, role_of};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct BrowserUseTraces;

/// What opens the task in what the agent is shown.
const OPEN: &str = "<user_request>";

fn is_call(record: Value<'_, '_>) -> bool {
    record.get("trace_id").is_some()
        && record.text_of(&["structured_output"]).is_some_and(|output| output.contains("\"action\""))
        && shown(record).is_some_and(|shown| shown.contains(OPEN))
}

/// What the user's message of a call shows.
fn shown<'a>(call: Value<'_, 'a>) -> Option<Text<'a>> {
    said_by(call, Role::User)
}

fn said_by<'a>(call: Value<'_, 'a>, role: Role) -> Option<Text<'a>> {
    let last = call.items_of("messages").filter(|message| role_of(*message) == Some(role)).last();
    content_text(last?).and_then(filled)
}

/// What stands between the first tags of this name.
fn between<'s>(shown: &'s str, tag: &str) -> Option<&'s str> {
    let (_, rest) = shown.split_once(&format!("<{tag}>"))?;
    Some(rest.split(&format!("</{tag}>")).next().unwrap_or(rest).trim()).filter(|part| !part.is_empty())
}

/// What the last step led to: its results in the history, and the page.
fn outcome(shown: &str) -> Option<String> {
    let history = between(shown, "agent_history").and_then(|history| history.rsplit_once("<step_"));
    let step = history.and_then(|(_, step)| step.split("</step_").next());
    let results = step.and_then(|step| step.split_once("Action Results:")).map(|(_, results)| results.trim());
    let parts: Vec<&str> = results.into_iter().chain(between(shown, "browser_state")).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

impl Format for BrowserUseTraces {
    fn name(&self) -> &'static str {
        "browser_use_traces"
    }

    fn shape(&self) -> &'static str {
        "calls of a model with `trace_id`, `messages` that show a `<user_request>`, and `structured_output`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        97 * u8::from(is_call(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let id = record.get("trace_id")?.scalar().and_then(filled);
        Some(vec![Piece { run: id, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut calls: Vec<Value<'_, 'a>> = record.value.items().filter(|call| is_call(*call)).collect();
        calls.sort_by_key(|call| call.text_of(&["start_time"]));
        let first = *calls.first().ok_or("it has no call of the model")?;
        let goal = shown(first).and_then(|shown| between(&shown, "user_request").map(str::to_owned));
        let mut timeline = Timeline::default();
        timeline.user(goal.map(Into::into));
        for (at, call) in calls.iter().enumerate() {
            if let Some(seen) = shown(*call).filter(|_| at > 0).and_then(|shown| outcome(&shown)) {
                timeline.settle(seen.into(), None);
            }
            let output = call.text_of(&["structured_output"]).unwrap_or_default();
            read_inner(&output, |output| act(output, &mut timeline));
        }
        let steps = timeline.finish();
        by_agent(&steps)?;
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            original_prompt: timeline.prompt,
            system: said_by(first, Role::System),
            steps,
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}
