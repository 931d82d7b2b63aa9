//! Results of the Vercel AI SDK's `generateText` and `streamText`.
//!
//! Source: the result object as applications log it, one a line (version 4: `steps[].toolCalls`, `toolResults`; version 5
//! and later: `steps[].content` of typed parts), with what was asked beside it; the list of its steps alone.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `prompt`, else the first words of the user in `messages` | `original_prompt` |
//! | `system`, `instructions` | `system` |
//! | `text` and `reasoning` of a step, parts of these types | `thought` |
//! | `toolCalls[]`, `tool-call` parts: `toolName`, `args` or `input` | `action_name`, `action_input` |
//! | `toolResults[]`, `tool-result` parts, by `toolCallId` | `observation` |
//! | `tool-error` parts | `observation`, `error` |
//! | `text` of the last step | `final_answer` |
//! | `finishReason` of the last step where that is no end (`error`, `length`, `content-filter`) | `failure_reason` |
//! | `response.modelId` | `metadata` |
//!
//! Left out: `response.messages`, which repeat the steps.
//!
//! Leaks: none.

use super::{Format, Record, filled, tools_of};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::messages::{Conversation, is_type, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct AiSdk;

/// Steps looked at: the first ones may call nothing.
const SAMPLE: usize = 8;
const PARTS: &[&str] = &["tool-call", "tool-result", "tool-error"];

impl Format for AiSdk {
    fn name(&self) -> &'static str {
        "ai_sdk"
    }

    fn shape(&self) -> &'static str {
        "`steps` of `toolCalls` (`toolName`, `args`) and `toolResults`, or of `content` parts `tool-call` and `tool-result`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        90 * u8::from(steps_of(record).items().take(SAMPLE).any(is_step))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let before = Conversation::read(value.items_of("messages"));
        let mut timeline = Timeline::default();
        steps_of(value).items().for_each(|step| add_step(&mut timeline, step));
        let mut run = timeline.run(record.run_id(), failure(value))?;
        run.original_prompt = value.get("prompt").and_then(words).and_then(filled).or(before.prompt);
        run.system = value.text_of(&["system", "instructions"]).or(before.system);
        run.tools = tools_of(value);
        run.steps.splice(..0, before.steps);
        let failure = run.failure_reason.take();
        read_labels(value, &mut run);
        run.failure_reason = run.failure_reason.or(failure);
        let model = steps_of(value).items().find_map(|step| step.at_path(&["response", "modelId"]));
        let mut out = ObjectWriter::default();
        out.copy("model", model);
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn steps_of<'t, 'a>(record: Value<'t, 'a>) -> Value<'t, 'a> {
    record.get("steps").unwrap_or(record)
}

fn is_step(step: Value<'_, '_>) -> bool {
    let is_call = |call: Value<'_, '_>| call.get("toolName").is_some() && call.get("toolCallId").is_some();
    let mut called =
        step.items_of("toolCalls").chain(step.items_of("content").filter(|part| is_type(*part, PARTS)));
    step.get("role").is_none() && called.any(is_call)
}

fn add_step<'a>(timeline: &mut Timeline<'a>, step: Value<'_, 'a>) {
    let is_typed = step.items_of("content").next().is_some();
    if is_typed {
        step.items_of("content").for_each(|part| add_part(timeline, part));
    } else {
        timeline.think(step.text_of(&["reasoning", "reasoningText"]).and_then(filled));
        timeline.say(step.text_of(&["text"]).and_then(filled));
        step.items_of("toolCalls").for_each(|call| act(timeline, call));
        step.items_of("toolResults").for_each(|result| observe(timeline, result, None));
    }
    timeline.end_turn();
}

fn add_part<'a>(timeline: &mut Timeline<'a>, part: Value<'_, 'a>) {
    match part.text_of(&["type"]).as_deref() {
        Some("text") => timeline.say(part.text_of(&["text"]).and_then(filled)),
        Some("reasoning") => timeline.think(part.text_of(&["text"]).and_then(filled)),
        Some("tool-call") => act(timeline, part),
        Some("tool-result") => observe(timeline, part, None),
        Some("tool-error") => observe(timeline, part, Some(true)),
        _ => {}
    }
}

fn act<'a>(timeline: &mut Timeline<'a>, call: Value<'_, 'a>) {
    let input = call.any_of(&["args", "input"]).and_then(|input| input.text_or_json());
    timeline.act(call.text_of(&["toolCallId"]), call_name(call.text_of(&["toolName"])), input);
}

fn observe<'a>(timeline: &mut Timeline<'a>, result: Value<'_, 'a>, error: Option<bool>) {
    let error = error.or_else(|| result.get("isError")?.as_bool());
    let returned = result.any_of(&["result", "output", "error"]);
    let said = returned.filter(|_| error == Some(true)).and_then(|returned| returned.text_of(&["message"]));
    let observation = said.or_else(|| returned?.text_or_json()).unwrap_or_default();
    timeline.observe(result.text_of(&["toolCallId"]).as_deref(), observation, error);
}

/// Why the last step ended, where it was not done.
fn failure<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let reason = steps_of(record).items().last()?.text_of(&["finishReason"])?;
    matches!(&*reason, "error" | "length" | "content-filter").then_some(reason)
}
