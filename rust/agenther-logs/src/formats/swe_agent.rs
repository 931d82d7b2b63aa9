//! SWE-agent trajectories.
//!
//! Source: `SWE-agent/SWE-agent` `.traj` files, 0.x and 1.x: `{environment, trajectory: [{action,
//! observation, response, thought, state}], history: [{role, content, thought, action, agent,
//! tool_calls, is_demo}], info: {exit_status, submission, model_stats}}`; demonstrations have the
//! `history` only; rows `{instance_id, trajectory: [{role: ai, text}], target, exit_status}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | issue in the first user message that is no demonstration | `original_prompt`; what is around it joins `system` |
//! | system message | `system` |
//! | `thought`, `action`, `observation` of a step, else the messages of the history | steps |
//! | name and arguments of the call in the history that the step came from | `action_name`, `action_input`; without one, the command's own name, or `bash` |
//! | `info.submission`, else the argument of `submit` | `final_answer` |
//! | `resolved` (`target`), or the SWE-bench report beside the log | `success` |
//! | `info.exit_status` other than `submitted` | `failure_reason` of a failed run |
//! | `environment`, `model_stats`, instance | `metadata` |
//!
//! Demonstrations inside the prompt are no part of the run. Reports and files of patches are
//! understood, and no runs.
//!
//! Leaks: `eval_logs`, `edited_files…`, `generated_text` stay behind.

use std::borrow::Cow;

use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::messages::{Role, role_of, words};
use crate::run::{Run, Text};
use crate::swebench::{ended_early, instance_in, is_report, last_command, resolved, set_task};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct SweAgent;

/// Commands of the agent's own interface; any other is the shell's.
const COMMANDS: &[&str] = &[
    "open",
    "goto",
    "scroll_up",
    "scroll_down",
    "create",
    "edit",
    "insert",
    "append",
    "undo_edit",
    "search_dir",
    "search_file",
    "find_file",
    "str_replace_editor",
    "edit_anthropic",
    "view_image",
    "filemap",
    "submit",
    "exit_forfeit",
];

/// The steps, where the file has more than the history.
fn steps<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    record.items_of("trajectory").filter(|step| step.get("action").is_some())
}

/// The messages of the run: the history without demonstrations, or the rows of a data set.
fn history<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    let rows = record.items_of("trajectory").filter(|row| row.get("role").is_some());
    let messages = record.items_of("history").chain(rows);
    messages.filter(|message| message.get("is_demo").and_then(|demo| demo.as_bool()) != Some(true))
}

impl Format for SweAgent {
    fn name(&self) -> &'static str {
        "swe_agent"
    }

    fn shape(&self) -> &'static str {
        "`trajectory` of `action`, `observation`, `thought`, or `history`, and `info.exit_status`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_report(record) {
            return 80;
        }
        let first = record.items_of("trajectory").next();
        let has = |key| first.is_some_and(|step| step.get(key).is_some());
        // Its actions are commands, whole in one text, and its task stands in the history.
        let is_command = first.is_some_and(|step| step.get("action").is_some_and(Value::is_string))
            && !has("action_input")
            && !has("args")
            && !has("arguments");
        let states_goal = record.any_of(&["goal", "task", "question", "query"]).is_some();
        if is_command && has("observation") && (has("thought") || has("response")) && !states_goal {
            return 90 + 6 * u8::from(record.any_of(&["info", "history", "environment"]).is_some());
        }
        if has("role") && (has("text") || has("system_prompt")) {
            return 90;
        }
        let spoken = record.items_of("history").take(4).any(|message| message.get("agent").is_some());
        92 * u8::from(spoken)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_report(record).then(Vec::new)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        let mut system = None;
        if steps(value).next().is_some() {
            read_prompts(value, &mut system, &mut timeline);
            read_steps(value, &mut timeline);
        } else {
            read_history(value, &mut system, &mut timeline);
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("its agent did nothing".to_owned());
        }
        let instance = instance_of(record);
        let info = |key: &str| value.at_path(&["info", key]).or_else(|| value.get(key));
        let mut run = Run {
            trajectory_id: record.task_run_id(&instance),
            original_prompt: timeline.prompt,
            system,
            steps,
            final_answer: info("submission").and_then(|answer| answer.text()).and_then(filled),
            metadata: metadata(value, &instance).map(Into::into),
            ..Run::default()
        };
        set_task(&mut run);
        let stated = value.get("target").and_then(|target| target.as_bool());
        read_labels(value.get("info").unwrap_or(value), &mut run);
        run.success = run.success.or(stated).or_else(|| resolved(record, &instance));
        let exit = info("exit_status").and_then(|status| status.text());
        run.failure_reason = ended_early(exit);
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// The name of the instance, which is that of the file.
fn instance_of(record: &Record<'_, '_>) -> String {
    let logged = record.value.text_of(&["instance_id"]);
    logged.map_or_else(|| instance_in(record.stem).to_owned(), Cow::into_owned)
}

/// The words of the user before the agent acts. Early logs do not mark demonstrations.
fn prompt<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    content(message)
        .filter(|words| !words.trim_start().starts_with("Here is a demonstration of how to correctly"))
}

fn content<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    message.any_of(&["content", "text", "system_prompt"]).and_then(words)
}

fn read_prompts<'a>(record: Value<'_, 'a>, system: &mut Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    for message in history(record).take_while(|message| role_of(*message) != Some(Role::Agent)) {
        match role_of(message) {
            Some(Role::System) => *system = system.take().or_else(|| content(message)),
            _ => timeline.user(prompt(message)),
        }
    }
}

/// Replies of the history that may stand between those of two steps: the agent was asked again
/// where its answer could not be read.
const ASKED_AGAIN: usize = 8;

fn read_steps<'a>(record: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let replies: Vec<_> = history(record).filter(|message| role_of(*message) == Some(Role::Agent)).collect();
    let mut replies = &replies[..];
    for step in steps(record) {
        let action = step.get("action").and_then(|action| action.text()).unwrap_or_default();
        let same = |reply: &Value<'_, 'a>| {
            reply.get("action").and_then(|said| said.text()).is_some_and(|said| said.trim() == action.trim())
        };
        let of_step = replies.iter().take(ASKED_AGAIN).position(same);
        let call = of_step.and_then(|at| replies[at].items_of("tool_calls").next());
        replies = &replies[of_step.map_or(0, |at| at + 1)..];
        let thought = step.text_of(&["thought"]).or_else(|| step.text_of(&["response"]));
        match call {
            Some(call) => {
                timeline.think(thought);
                call_tool(call, timeline);
            }
            None => run_command(thought, action, timeline),
        }
        if let Some(observation) = step.get("observation").and_then(|observation| observation.text_or_json())
        {
            timeline.observe(None, observation, None);
        }
    }
}

fn call_tool<'a>(call: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let function = call.get("function").unwrap_or(call);
    let arguments = function.get("arguments").and_then(|arguments| arguments.text_or_json());
    let id = call.get("id").and_then(|id| id.scalar());
    timeline.act(id, call_name(function.text_of(&["name"])), arguments);
}

/// A command as the agent wrote it. One of the interface has its own name; without a command, what
/// the agent wrote could not be run.
fn run_command<'a>(thought: Option<Text<'a>>, command: Text<'a>, timeline: &mut Timeline<'a>) {
    let trimmed = command.trim();
    if trimmed.is_empty() {
        return timeline.reply(thought);
    }
    timeline.think(thought);
    let (name, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
    match COMMANDS.iter().find(|known| **known == name) {
        Some(name) => timeline.act(None, Cow::Borrowed(name), Some(Cow::Owned(rest.to_owned()))),
        None => timeline.act(None, Cow::Borrowed("bash"), Some(command)),
    }
}

fn read_history<'a>(record: Value<'_, 'a>, system: &mut Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    for message in history(record) {
        match role_of(message) {
            Some(Role::System) => *system = system.take().or_else(|| content(message)),
            Some(Role::Agent) => read_reply(message, timeline),
            Some(_) if timeline.steps.is_empty() => timeline.user(prompt(message)),
            Some(_) => {
                let id = message.items_of("tool_call_ids").next().and_then(|id| id.scalar());
                timeline.observe(id.as_deref(), content(message).unwrap_or_default(), None);
            }
            None => {}
        }
    }
}

fn read_reply<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let words = content(message);
    let thought = message.text_of(&["thought"]);
    let mut calls = message.items_of("tool_calls").peekable();
    if calls.peek().is_some() {
        timeline.think(thought.or(words));
        return calls.for_each(|call| call_tool(call, timeline));
    }
    if let Some(action) = message.get("action").and_then(|action| action.text()) {
        return run_command(thought.or(words), action, timeline);
    }
    match words.as_deref().and_then(last_command) {
        Some((thought, command)) => {
            let command = Cow::Owned(command.to_owned());
            run_command(filled(thought.into()), command, timeline);
        }
        None => timeline.reply(words),
    }
}

fn metadata(record: Value<'_, '_>, instance: &str) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.text("instance_id", instance);
    out.copy("environment", record.get("environment"));
    out.copy("model", record.get("model_name"));
    out.copy("exit_status", record.at_path(&["info", "exit_status"]).or_else(|| record.get("exit_status")));
    out.copy("model_stats", record.at_path(&["info", "model_stats"]));
    out.finish()
}
