//! Messages of Dify's agents.
//!
//! Source: `GET /v1/messages` of an agent's app: `{data: [{conversation_id, query, answer, agent_thoughts: [{position,
//! thought, tool, tool_input, observation}], feedback}]}`, in either order, and the messages alone. A conversation is a
//! run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `query` of the first message | `original_prompt`; of later ones `user` |
//! | `thought` of an entry with a tool | `thought` |
//! | `tool` (several joined by `;`), its part of `tool_input` | `action_name`, `action_input` |
//! | its part of `observation`, else all of it | `observation`; words in which Dify says that the call failed: `error` |
//! | `thought` of an entry without a tool, else `answer` | a reply, the last is the `final_answer` |
//! | the last `feedback.rating` of a conversation | `success` |
//! | `error` of the last message | `failure_reason` |
//! | `inputs` of the first message | `metadata` |
//!
//! Leaks: `feedback`; reference answers among the `inputs` stay behind.

use super::{Format, Piece, Record, by_agent, filled, is_reference};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct Dify;

/// How an observation begins where the call failed: words of Dify's own engine.
const FAILURES: &[&str] = &[
    "tool invoke error:",
    "tool parameters validation error:",
    "there is not a tool named",
    "unknown error:",
    "Please check your tool provider credentials",
];

/// Tools of one entry, at most: each is looked up in its input and its observation.
const TOOLS: usize = 64;

impl Format for Dify {
    fn name(&self) -> &'static str {
        "dify"
    }

    fn shape(&self) -> &'static str {
        "messages of `conversation_id`, `query`, `answer` and `agent_thoughts`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let thoughts = record.get("agent_thoughts").is_some_and(|thoughts| thoughts.is_array());
        95 * u8::from(thoughts && record.get("query").is_some() && record.get("answer").is_some())
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: record.text_of(&["conversation_id", "id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut messages: Vec<Value<'_, 'a>> = match record.value.is_array() {
            true => record.value.items().collect(),
            false => vec![record.value],
        };
        let time =
            |message: &Value<'_, '_>| message.get("created_at").and_then(|time| time.as_f64()).unwrap_or(0.0);
        // Those of one second stand as the list goes.
        if messages.first().map(time) > messages.last().map(time) {
            messages.reverse();
        }
        messages.sort_by(|one, other| time(one).total_cmp(&time(other)));
        let mut timeline = Timeline::default();
        messages.iter().for_each(|message| read_message(*message, &mut timeline));
        let rating =
            messages.iter().rev().find_map(|message| message.at_path(&["feedback", "rating"])?.text());
        let mut metadata = ObjectWriter::default();
        let inputs = messages.first().and_then(|message| inputs_of(*message));
        inputs.into_iter().for_each(|inputs| _ = metadata.json("inputs", &inputs));
        let steps = timeline.finish();
        by_agent(&steps)?;
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            steps,
            original_prompt: timeline.prompt,
            success: rating.map(|rating| rating == "like"),
            failure_reason: messages.last().and_then(|message| message.text_of(&["error"])),
            metadata: metadata.finish().map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// What the form of the app was filled with.
fn inputs_of(message: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    let inputs = message.get("inputs")?.members().filter(|(key, _)| !is_reference(key));
    inputs.for_each(|(key, value)| _ = out.copy(&key, Some(value)));
    out.finish()
}

fn read_message<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    timeline.user(message.text_of(&["query"]));
    let mut thoughts: Vec<Value<'_, 'a>> = message.items_of("agent_thoughts").collect();
    let place =
        |thought: &Value<'_, '_>| thought.get("position").and_then(|place| place.as_f64()).unwrap_or(0.0);
    thoughts.sort_by(|one, other| place(one).total_cmp(&place(other)));
    let mut answered = false;
    for thought in thoughts {
        let words = thought.text_of(&["thought"]);
        match thought.text_of(&["tool"]) {
            Some(tools) => {
                answered = false;
                timeline.think(words);
                call(&tools, thought, timeline);
            }
            None => {
                answered |= words.is_some();
                timeline.reply(words);
            }
        }
    }
    if !answered {
        timeline.reply(message.text_of(&["answer"]));
    }
}

/// Takes the calls of an entry, all made before their results were seen.
fn call<'a>(tools: &str, thought: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let names = || tools.split(';').map(str::trim).filter(|name| !name.is_empty()).take(TOOLS);
    let input = thought.get("tool_input").and_then(|input| input.text_or_json()).and_then(filled);
    let seen = thought.get("observation").and_then(|seen| seen.text_or_json()).and_then(filled);
    for name in names() {
        let input = input.as_ref().map(|input| part_for(name, input).unwrap_or_else(|| input.clone()));
        timeline.act(None, name.to_owned().into(), input);
    }
    let Some(seen) = seen else { return };
    let first = timeline.steps.len() - names().count();
    let mut parts: Vec<_> = names().map(|name| part_for(name, &seen)).collect();
    if parts.iter().all(Option::is_none) {
        // A text that does not tell the tools apart came when the last of them was done.
        parts.pop();
        parts.push(Some(seen));
    }
    for (at, part) in parts.into_iter().enumerate() {
        let Some(part) = part else { continue };
        let failed = FAILURES.iter().any(|words| part.starts_with(words));
        timeline.settle_at(Some(first + at), part, failed.then_some(true));
    }
}

/// What a text says of one tool where it is JSON by the names of tools.
fn part_for<'a>(name: &str, text: &str) -> Option<Text<'a>> {
    read_inner(text, |by_name| Some(by_name.get(name)?.text_or_json()?.into_owned())).map(Into::into)
}
