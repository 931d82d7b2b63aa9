//! Threads of OpenAI's Assistants API.
//!
//! Source: objects of `openai.beta.threads`: `thread.message`, `thread.run.step` and `thread.run`, in the lists that the
//! API gives (`{object: "list", data}`, the newest first), bare, or in one record (`{run, steps, messages}`);
//! what a file holds of one `thread_id` is joined to one run. An object that was polled stands there several times, and
//! counts as it was last.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user | `original_prompt`; later ones `user` |
//! | `step_details.tool_calls`: functions, `code_interpreter`, `file_search` | steps |
//! | `function.output`, `outputs`, `results` in the call | `observation` |
//! | `required_action` of the last run: calls that no step tells | steps |
//! | `last_error` of a step without output | `observation`, `error` |
//! | messages of the assistant | replies, the last is the `final_answer` |
//! | `instructions` and `tools` of the last run | `system`, `tools` |
//! | `last_error`, `incomplete_details` of the last run, else a `status` in which it ended that is not `completed` | `failure_reason` |
//! | model, `assistant_id` | `metadata` |
//!
//! Leaks: none.

use std::collections::HashSet;

use super::openai_chat::schemas;
use super::{Format, Piece, Record, by_agent};
use crate::json::{ObjectWriter, Value};
use crate::messages::{content_text, join};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct OpenAiAssistants;

/// Keys by which records hold objects and lists of them.
const HOLDERS: &[&str] = &["data", "messages", "steps", "run_steps", "run", "runs"];
/// Containers around the objects, at most: a record, its member, the list in that.
const DEPTH: u8 = 3;

/// States of a run that goes on, or has done what it should.
const UNFAILED: &[&str] = &["completed", "queued", "in_progress", "requires_action", "cancelling"];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Message,
    Step,
    Run,
}

fn kind_of(value: Value<'_, '_>) -> Option<Kind> {
    Some(match &*value.get("object")?.text()? {
        // Other programs keep messages in this shape, without a run.
        "thread.message" if value.get("run_id").is_some() => Kind::Message,
        "thread.run.step" => Kind::Step,
        "thread.run" => Kind::Run,
        _ => return None,
    })
}

/// What is in a list, bare or of the API, or by the keys of a record.
fn inside<'t, 'a>(value: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    value.items().chain(HOLDERS.iter().filter_map(move |key| value.get(key)))
}

/// The objects in a record.
fn objects<'t, 'a>(value: Value<'t, 'a>, depth: u8, found: &mut Vec<Value<'t, 'a>>) {
    if kind_of(value).is_some() {
        found.push(value);
    } else if depth > 0 {
        inside(value).for_each(|inner| objects(inner, depth - 1, found));
    }
}

/// Whether an object stands near the beginning of a list in a record.
fn holds_object(value: Value<'_, '_>, depth: u8) -> bool {
    kind_of(value).is_some() || depth > 0 && inside(value).take(4).any(|inner| holds_object(inner, depth - 1))
}

impl Format for OpenAiAssistants {
    fn name(&self) -> &'static str {
        "openai_assistants"
    }

    fn shape(&self) -> &'static str {
        "`data` of `object` (thread.message, thread.run.step, thread.run), or `run`, `steps` and `messages` of them"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(holds_object(record, DEPTH))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let mut found = Vec::new();
        objects(record, DEPTH, &mut found);
        Some(found.into_iter().map(|value| Piece { run: value.text_of(&["thread_id"]), value }).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut found = Vec::new();
        objects(record.value, DEPTH, &mut found);
        let found = last_told(found);
        let of = |kind: Kind| {
            in_order(found.iter().copied().filter(|value| kind_of(*value) == Some(kind)).collect())
        };
        let (messages, steps, runs) = (of(Kind::Message), of(Kind::Step), of(Kind::Run));
        if messages.is_empty() && steps.is_empty() {
            return Err("it has neither messages nor steps".to_owned());
        }
        let mut timeline = Timeline::default();
        let mut all: Vec<Value<'_, 'a>> = messages.into_iter().chain(steps).collect();
        all.sort_by(|one, other| {
            place(*one).0.total_cmp(&place(*other).0).then(place(*one).1.cmp(&place(*other).1))
        });
        all.into_iter().for_each(|value| match kind_of(value) {
            Some(Kind::Message) => message(value, &mut timeline),
            _ => step(value, &mut timeline),
        });
        let last = runs.last();
        last.into_iter().for_each(|run| required(*run, &found, &mut timeline));
        let mut metadata = ObjectWriter::default();
        last.into_iter().for_each(|run| _ = metadata.copy_members(*run, ["model", "assistant_id"]));
        let steps = timeline.finish();
        by_agent(&steps)?;
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            steps,
            original_prompt: timeline.prompt,
            system: last.and_then(|run| run.text_of(&["instructions"])),
            tools: last.and_then(|run| schemas(run.get("tools")?)),
            failure_reason: last.and_then(|run| failure_of(*run)),
            metadata: metadata.finish().map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// The objects without those that come again later.
fn last_told<'t, 'a>(mut found: Vec<Value<'t, 'a>>) -> Vec<Value<'t, 'a>> {
    let mut seen = HashSet::new();
    let is_last = |value: &Value<'t, 'a>| {
        value.text_of(&["id"]).is_none_or(|id| seen.insert((kind_of(*value).map(|kind| kind as u8), id)))
    };
    found.reverse();
    found.retain(is_last);
    found.reverse();
    found
}

fn time(value: Value<'_, '_>) -> f64 {
    value.get("created_at").and_then(|time| time.as_f64()).unwrap_or(0.0)
}

/// Objects of one kind, the oldest first; those of the same second too.
fn in_order<'t, 'a>(mut values: Vec<Value<'t, 'a>>) -> Vec<Value<'t, 'a>> {
    if values.first().map(|value| time(*value)) > values.last().map(|value| time(*value)) {
        values.reverse();
    }
    values
}

/// When something happened, and what comes first in the same second: words of the user, calls, words of the agent.
fn place(value: Value<'_, '_>) -> (f64, u8) {
    let by_user = value.text_of(&["role"]).is_some_and(|role| role == "user");
    let rank = match kind_of(value) {
        Some(Kind::Message) if by_user => 0,
        Some(Kind::Message) => 2,
        _ => 1,
    };
    (time(value), rank)
}

fn message<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    match message.text_of(&["role"]).as_deref() {
        Some("user") => timeline.user(content_text(message)),
        _ => timeline.reply(content_text(message)),
    }
}

fn calls_of<'t, 'a>(step: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    step.at_path(&["step_details", "tool_calls"]).into_iter().flat_map(|calls| calls.items())
}

/// The calls that a run waits for, where no step tells them.
fn required<'a>(run: Value<'_, 'a>, found: &[Value<'_, 'a>], timeline: &mut Timeline<'a>) {
    let Some(calls) = run.at_path(&["required_action", "submit_tool_outputs", "tool_calls"]) else { return };
    let told: HashSet<Text<'a>> =
        found.iter().flat_map(|step| calls_of(*step)).filter_map(|call| call.text_of(&["id"])).collect();
    for call in calls.items() {
        let (id, function) = (call.text_of(&["id"]), call.get("function").unwrap_or(call));
        if id.as_ref().is_none_or(|id| !told.contains(id)) {
            let arguments = function.get("arguments").and_then(|arguments| arguments.text_or_json());
            timeline.act(id, call_name(function.text_of(&["name"])), arguments);
        }
    }
}

/// The calls of a step, which hold their results.
fn step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    for call in calls_of(step) {
        let Some(kind) = call.text_of(&["type"]) else { continue };
        let inside = call.get(&kind).unwrap_or(call);
        let arguments = inside.any_of(&["arguments", "input"]).and_then(|arguments| arguments.text_or_json());
        let id = call.text_of(&["id"]);
        timeline.act(id.clone(), inside.text_of(&["name"]).unwrap_or(kind), arguments);
        let output = inside.any_of(&["output", "outputs", "results"]).and_then(said);
        let error = step.get("last_error").and_then(|error| error.text_of(&["message", "code"]));
        if let Some(seen) = output.clone().or(error) {
            timeline.observe(id.as_deref(), seen, output.is_none().then_some(true));
        }
    }
}

/// What a tool gave: a text, what a program printed, or the JSON of what was found.
fn said<'a>(output: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut printed = None;
    output.items().for_each(|part| join(&mut printed, part.text_of(&["logs"])));
    printed.or_else(|| output.text_or_json())
}

fn failure_of<'a>(run: Value<'_, 'a>) -> Option<Text<'a>> {
    let error = run.get("last_error").and_then(|error| error.text_of(&["message", "code"]));
    let incomplete = || run.get("incomplete_details")?.text_of(&["reason"]);
    let failed = |status: &Text<'_>| !UNFAILED.contains(&&**status);
    error.or_else(incomplete).or_else(|| run.text_of(&["status"]).filter(failed))
}
