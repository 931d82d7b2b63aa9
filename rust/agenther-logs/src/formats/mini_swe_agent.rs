//! mini-swe-agent trajectories.
//!
//! Source: `SWE-agent/mini-swe-agent` `.traj.json`, `mini-swe-agent-1` (a command in a fenced block,
//! its result in a user message) and `1.1` (calls of `bash`, results as tool messages): `{info:
//! {exit_status, submission, model_stats, config}, messages, trajectory_format, instance_id}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | issue in the first user message | `original_prompt`; what is around it joins `system` |
//! | system message | `system` |
//! | calls, also of the Responses API; `extra.actions`; the only fenced block of a message | steps, `action_name` bash |
//! | tool and user messages after | `observation` |
//! | `extra.returncode`, `<returncode>`; an `exception_info`; a message that could not be run | `error` |
//! | `info.submission` | `final_answer` |
//! | `resolved`, or the SWE-bench report beside the log | `success` |
//! | `info.exit_status` other than `Submitted` | `failure_reason` of a failed run |
//! | instance, model, cost, version | `metadata` |
//!
//! Leaks: none in the messages.

use std::borrow::Cow;

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::messages::{Role, content_text, role_of, words};
use crate::run::Run;
use crate::swebench::{ended_early, instance_in, last_command, resolved, set_task};
use crate::timeline::{Timeline, call_name};

pub(super) struct MiniSweAgent;

impl Format for MiniSweAgent {
    fn name(&self) -> &'static str {
        "mini_swe_agent"
    }

    fn shape(&self) -> &'static str {
        "`trajectory_format` mini-swe-agent, `info` and `messages`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let named =
            record.text_of(&["trajectory_format"]).is_some_and(|name| name.starts_with("mini-swe-agent"));
        let versioned = record.at_path(&["info", "mini_version"]).is_some();
        // The name comes last, so a cut record may lack it.
        if record.get("messages").is_none() {
            return 0;
        }
        if named { 99 } else { 95 * u8::from(versioned) }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        let mut system = None;
        for message in value.items_of("messages") {
            match role_of(message) {
                _ if message.text_of(&["role"]).as_deref() == Some("exit") => {}
                Some(Role::System) => system = system.or_else(|| content_text(message)),
                Some(Role::Agent) => read_reply(message, &mut timeline),
                Some(_) if timeline.steps.is_empty() => timeline.user(content_text(message)),
                Some(_) => read_result(message, &mut timeline),
                None => read_response(message, &mut timeline),
            }
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("its agent did nothing".to_owned());
        }
        let info = |key| value.at_path(&["info", key]).and_then(|text: Value<'_, 'a>| text.text());
        let logged = value.text_of(&["instance_id"]);
        let instance = logged.unwrap_or(Cow::Borrowed(instance_in(record.stem))).into_owned();
        let mut run = Run {
            trajectory_id: record.task_run_id(&instance),
            original_prompt: timeline.prompt,
            system,
            steps,
            final_answer: info("submission").and_then(filled),
            metadata: metadata(value, &instance).map(Into::into),
            ..Run::default()
        };
        set_task(&mut run);
        read_labels(value.get("info").unwrap_or(value), &mut run);
        run.success = run.success.or_else(|| resolved(record, &instance));
        run.failure_reason = ended_early(info("exit_status"));
        Ok(run)
    }
}

fn read_reply<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let words = content_text(message);
    let mut calls = message.items_of("tool_calls").peekable();
    if calls.peek().is_some() {
        timeline.think(message.text_of(&["reasoning_content"]));
        timeline.think(words);
        for call in calls {
            let function = call.get("function").unwrap_or(call);
            let arguments = function.get("arguments").and_then(|arguments| arguments.text_or_json());
            let id = call.get("id").and_then(|id| id.scalar());
            timeline.act(id, call_name(function.text_of(&["name"])), arguments);
        }
        return;
    }
    let block = words.as_deref().filter(|words| words.matches("```").count() == 2).and_then(last_command);
    if let Some((thought, command)) = block {
        timeline.think(Some(Cow::Owned(without_label(&thought))));
        return timeline.act(None, Cow::Borrowed("bash"), Some(Cow::Owned(command.to_owned())));
    }
    let mut actions = message.get("extra").into_iter().flat_map(|extra| extra.items_of("actions")).peekable();
    if actions.peek().is_none() {
        return timeline.reply(words);
    }
    let thought = words.as_deref().and_then(|words| words.split("```").next()).map(without_label);
    timeline.think(thought.map(Cow::Owned));
    for action in actions {
        timeline.act(None, Cow::Borrowed("bash"), action.text_of(&["command", "action"]));
    }
}

fn without_label(thought: &str) -> String {
    let thought = thought.trim();
    thought.strip_prefix("THOUGHT:").unwrap_or(thought).trim().to_owned()
}

/// What a model behind the Responses API said, and the results that it was given.
fn read_response<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    if message.get("call_id").is_some() && message.get("output").is_some() {
        return read_result(message, timeline);
    }
    for item in message.items_of("output") {
        match item.text_of(&["type"]).as_deref() {
            Some("message") => timeline.think(content_text(item)),
            Some("function_call") => {
                let id = item.get("call_id").and_then(|id| id.scalar());
                let arguments = item.get("arguments").and_then(|arguments| arguments.text_or_json());
                timeline.act(id, call_name(item.text_of(&["name"])), arguments);
            }
            _ => {}
        }
    }
}

fn read_result<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let id = message.any_of(&["tool_call_id", "call_id"]).and_then(|id| id.scalar());
    let said = message.any_of(&["content", "output"]).and_then(words);
    let words = said.unwrap_or_default();
    let code =
        message.at_path(&["extra", "returncode"]).and_then(|code| code.as_f64()).or_else(|| code_in(&words));
    let exception = message.get("extra").is_some_and(|extra| extra.text_of(&["exception_info"]).is_some());
    let acted = timeline.steps.last().is_some_and(|step| step.action_name.is_some());
    let error = if exception || !acted { Some(true) } else { code.map(|code| code != 0.0) };
    // The harness answers the last command, which hands the work in, with nothing or with the patch.
    if !words.trim().is_empty() {
        timeline.observe(id.as_deref(), words, error);
    }
}

/// The number in `<returncode>1</returncode>` at the start of a result.
fn code_in(words: &str) -> Option<f64> {
    let (code, _) = words.trim_start().strip_prefix("<returncode>")?.split_once("</returncode>")?;
    code.trim().parse().ok()
}

fn metadata(record: Value<'_, '_>, instance: &str) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.text("instance_id", instance);
    out.copy("exit_status", record.at_path(&["info", "exit_status"]));
    out.copy("model", record.at_path(&["info", "config", "model", "model_name"]));
    out.copy("model_stats", record.at_path(&["info", "model_stats"]));
    out.copy("mini_version", record.at_path(&["info", "mini_version"]));
    out.finish()
}
