//! TapeAgents tapes: steps of one agent or a team, thoughts, actions and observations.
//!
//! Source: `ServiceNow/TapeAgents`: `{metadata: {id, author, error, result}, context, steps: [{kind,
//! metadata: {agent, node}, …}]}`, one tape a file or an array of them. The fields of a step depend
//! on its `kind`; a step whose `metadata.agent` is empty comes from outside of the agent.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the first `user`, `question` or `task` step; a context that is text; the first `call` of a team | `original_prompt`; later words of the user are `user` |
//! | steps that end with `_thought` | `thought` |
//! | `tool_calls` of an `assistant` step; other steps of an agent: their kind without `_action`, their own fields | `action_name`, `action_input` |
//! | `assistant`, `respond` and kinds of a program's own with nothing but `content` | replies |
//! | steps from outside: their text, else their own fields | `observation` |
//! | `action_execution_failure`, an `error` or `last_action_error` that is not empty, an exit code | `error` |
//! | answer in a last step `…answer_action`, or the last reply | `final_answer` |
//! | `metadata.error` | `failure_reason` |
//! | labels in `metadata.result`, where it is an object | `success`, `reward` |
//! | `context.tools` | `tools` |
//! | author, task id, level | `metadata` |
//!
//! `set_next_node` and `broadcast` only steer the agents, and are left out.
//!
//! Leaks: `metadata.task` holds the reference answer and its annotator's steps; only its id and
//! level are kept. `success` of an answering step is the agent's own claim.

use std::borrow::Cow;

use super::openai_chat::schemas;
use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::messages::words;
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct TapeAgents;

/// Steps that begin a conversation or go on with it.
const OF_USER: &[&str] = &["user", "question", "task"];

impl Format for TapeAgents {
    fn name(&self) -> &'static str {
        "tapeagents"
    }

    fn shape(&self) -> &'static str {
        "`metadata` and `steps` of `kind` with `metadata.agent`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(first) = record.items_of("steps").next() else { return 0 };
        let of_agent =
            first.get("metadata").is_some_and(|of| of.any_of(&["agent", "prompt_id", "node"]).is_some());
        // Tapes that were saved without the metadata of their steps tell by the names of their kinds.
        let is_tape = || {
            let kinds = record.items_of("steps").take(8).filter_map(|step| step.text_of(&["kind"]));
            record.get("metadata").is_some() && kinds.into_iter().any(|kind| kind.ends_with("_action"))
        };
        95 * u8::from(first.get("kind").is_some() && (of_agent || is_tape()))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let tape = record.value;
        let mut timeline = Timeline::default();
        if let Some(context) = tape.get("context").and_then(|context| context.text()) {
            timeline.user(Some(context));
        }
        for step in tape.items_of("steps") {
            read_step(step, &mut timeline);
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("it has no `steps` of an agent".to_owned());
        }
        let about = tape.get("metadata");
        let logged_id = about.and_then(|about| about.get("id")?.scalar()).and_then(filled);
        let tools = tape.at_path(&["context", "tools"]).filter(|tools| tools.items().next().is_some());
        let mut run = Run {
            trajectory_id: logged_id.unwrap_or_else(|| record.task_run_id(record.stem)),
            original_prompt: timeline
                .prompt
                .or_else(|| about?.get("task")?.text_of(&["Question", "question"])),
            tools: tools.and_then(schemas),
            steps,
            metadata: about.and_then(metadata).map(Into::into),
            ..Run::default()
        };
        if let Some(result) = about.and_then(|about| about.get("result")).filter(|result| result.is_object())
        {
            read_labels(result, &mut run);
        }
        let error = about.and_then(|about| about.text_of(&["error"]));
        run.failure_reason = run.failure_reason.or(error);
        run.final_answer = answer_of(tape);
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// Whether a step was made by an agent and not by the world.
fn is_of_agent(step: Value<'_, '_>) -> bool {
    step.get("metadata").is_some_and(|of| of.text_of(&["agent"]).is_some())
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let Some(kind) = step.text_of(&["kind"]) else { return };
    match &*kind {
        "set_next_node" | "broadcast" | "final_step" => {}
        _ if OF_USER.contains(&&*kind) => timeline.user(words_in(step).or_else(|| step.text_of(&["task"]))),
        "assistant" => assistant(step, timeline),
        "tool" => {
            let id = step.get("tool_call_id").and_then(|id| id.scalar()).and_then(filled);
            timeline.observe(id.as_deref(), words_in(step).unwrap_or_default(), error_of(step));
        }
        "respond" => timeline.reply(words_in(step)),
        "call" if timeline.prompt.is_none() && words_in(step).is_some() => timeline.user(words_in(step)),
        _ if kind.ends_with("_thought") => timeline.think(words_in(step).or_else(|| own_fields(step))),
        // A kind of a program's own that only speaks.
        _ if is_of_agent(step) && has_only_content(step) => timeline.reply(words_in(step)),
        _ if is_of_agent(step) => {
            let name = kind.strip_suffix("_action").unwrap_or(&kind).to_owned();
            timeline.act(None, Cow::Owned(name), own_fields(step));
        }
        _ => {
            let seen = words_in(step).or_else(|| own_fields(step)).unwrap_or_default();
            timeline.observe(None, seen, error_of(step));
        }
    }
}

fn assistant<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut calls = step.items_of("tool_calls").peekable();
    if calls.peek().is_none() {
        return timeline.reply(words_in(step));
    }
    timeline.think(words_in(step));
    for call in calls {
        let function = call.get("function").unwrap_or(call);
        let arguments = function.get("arguments").and_then(|arguments| arguments.text_or_json());
        let id = call.get("id").and_then(|id| id.scalar()).and_then(filled);
        timeline.act(id, call_name(function.text_of(&["name"])), arguments);
    }
}

/// The text of a step, whatever its field is called.
fn words_in<'a>(step: Value<'_, 'a>) -> Option<Text<'a>> {
    let content = step.any_of(&["content", "text", "reasoning", "thought", "output", "error"]);
    let content = content.or_else(|| step.at_path(&["result", "output"]));
    content.and_then(words).and_then(filled)
}

/// The fields of a step that its kind brings.
fn own_fields(step: Value<'_, '_>) -> Option<Text<'static>> {
    let mut out = ObjectWriter::default();
    for (key, value) in step.members().filter(|(key, _)| !matches!(&**key, "kind" | "metadata")) {
        out.copy(&key, Some(value));
    }
    out.finish().map(Into::into)
}

fn has_only_content(step: Value<'_, '_>) -> bool {
    step.members().all(|(key, _)| matches!(&*key, "kind" | "metadata" | "content"))
}

fn error_of(step: Value<'_, '_>) -> Option<bool> {
    if step.text_of(&["kind"]).is_some_and(|kind| kind.ends_with("_failure")) {
        return Some(true);
    }
    let said = step.get("error").or_else(|| step.get("last_action_error"));
    let code = step.at_path(&["result", "exit_code"]).and_then(|code| code.as_f64());
    let said = said.map(|error| error.text().is_some_and(|error| !error.trim().is_empty()));
    code.map(|code| code != 0.0).or(said)
}

/// The answer of a last step that is made for it.
fn answer_of<'a>(tape: Value<'_, 'a>) -> Option<Text<'a>> {
    let last = tape.items_of("steps").filter(|step| is_of_agent(*step)).last()?;
    let answers = last.text_of(&["kind"]).is_some_and(|kind| kind.ends_with("answer_action"));
    last.any_of(&["answer", "text", "long_answer", "content"])
        .filter(|_| answers)?
        .text_or_json()
        .and_then(filled)
}

fn metadata(about: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy("author", about.get("author")).copy("n_added_steps", about.get("n_added_steps"));
    out.copy("task_id", about.at_path(&["task", "task_id"])).copy("level", about.get("level"));
    out.copy("error", about.get("error"));
    out.finish()
}
