//! Sessions of OpenAI's Realtime API.
//!
//! Source: events of the server, one a line or in a list (`{type: session.created | conversation.item.done |
//! response.done | .., event_id, ..}`), of the API and of its beta; lists of the items of a conversation, in which what
//! was heard and said is a `transcript`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user; its `transcript` comes in an event of its own | `original_prompt`; later ones `user` |
//! | `session.instructions`, messages of the system | `system` |
//! | `session.tools` | `tools` |
//! | `function_call`; `function_call_output` by `call_id`; `mcp_call` with its `output` or `error` | steps with `observation`, `error`; the message just before is the thought |
//! | messages of the assistant | replies, the last is the `final_answer` |
//! | error of the last response, if that failed; else of the last `error` event | `failure_reason` |
//! | `session.model` | `metadata` |
//!
//! An item comes in several events: the last one tells it whole, the first one its place.
//!
//! Leaks: none.

use std::collections::HashMap;

use super::openai_chat::schemas;
use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, join};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct OpenAiRealtime;

/// Beginnings of the types of all events of the server.
const EVENTS: &[&str] = &[
    "session.",
    "conversation.",
    "response.",
    "input_audio_buffer.",
    "output_audio_buffer.",
    "rate_limits.",
    "error",
];

/// Events that tell an item.
const TELLS_ITEM: &[&str] = &[
    "conversation.item.created",
    "conversation.item.added",
    "conversation.item.done",
    "conversation.item.retrieved",
    "response.output_item.done",
];
const HEARD: &str = "conversation.item.input_audio_transcription.completed";

fn is_event(record: Value<'_, '_>) -> bool {
    let known = |kind: Text<'_>| EVENTS.iter().any(|event| kind.starts_with(event));
    record.get("event_id").is_some() && record.text_of(&["type"]).is_some_and(known)
}

/// Whether an event says anything of the run; most hold pieces of sound.
fn tells(event: Value<'_, '_>) -> bool {
    is_type(event, TELLS_ITEM)
        || is_type(event, &["session.created", "session.updated", "response.done", "error", HEARD])
}

/// Whether an item is one of this API and not of Responses: of an own class, or with sound.
fn is_item(item: Value<'_, '_>) -> bool {
    let own = item.text_of(&["object"]).is_some_and(|object| object == "realtime.item");
    let sounds = |part: Value<'_, '_>| part.get("transcript").is_some() && part.get("type").is_some();
    own || is_type(item, &["message"]) && item.items_of("content").any(sounds)
}

impl Format for OpenAiRealtime {
    fn name(&self) -> &'static str {
        "openai_realtime"
    }

    fn shape(&self) -> &'static str {
        "events of `type` (session.created, conversation.item.done, response.done) with `event_id`, or a list of items with `transcript`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        94 * u8::from(match record.is_array() {
            true => record.items().take(6).any(|item| is_event(item) || is_item(item)),
            false => is_event(record),
        })
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if record.is_array() {
            return None;
        }
        let run = record.get("session").and_then(|session| session.text_of(&["id"]));
        Some(if tells(record) { vec![Piece { run, value: record }] } else { Vec::new() })
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut session = Session::default();
        for value in record.value.items() {
            if is_event(value) { session.event(value) } else { session.tell(value) }
        }
        let mut conversation = Spoken::default();
        session.items.iter().for_each(|item| conversation.item(item));
        conversation.speak();
        let steps = conversation.timeline.finish();
        if !steps.iter().any(|step| step.thought.is_some() || step.action_name.is_some()) {
            return Err("none of its items is by the agent".to_owned());
        }
        let about = session.about;
        let mut metadata = ObjectWriter::default();
        metadata.copy("model", about.and_then(|about| about.get("model")));
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            original_prompt: conversation.timeline.prompt,
            system: about.and_then(|about| about.text_of(&["instructions"])).or(conversation.system),
            tools: about.and_then(|about| about.get("tools")).and_then(schemas),
            failure_reason: session.failure,
            metadata: metadata.finish().map(Into::into),
            steps,
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// An item as far as it was told.
struct Item<'t, 'a> {
    value: Value<'t, 'a>,
    transcript: Option<Text<'a>>,
}

/// A session as its events come in.
#[derive(Default)]
struct Session<'t, 'a> {
    items: Vec<Item<'t, 'a>>,
    /// Items by their ids.
    places: HashMap<Text<'a>, usize>,
    about: Option<Value<'t, 'a>>,
    failure: Option<Text<'a>>,
}

impl<'t, 'a> Session<'t, 'a> {
    fn event(&mut self, event: Value<'t, 'a>) {
        self.about = event.get("session").or(self.about);
        if is_type(event, TELLS_ITEM) {
            event.get("item").into_iter().for_each(|item| self.tell(item));
        } else if is_type(event, &[HEARD]) {
            let place = event.text_of(&["item_id"]).and_then(|id| self.places.get(&id).copied());
            if let Some(item) = place.and_then(|place| self.items.get_mut(place)) {
                item.transcript = event.text_of(&["transcript"]);
            }
        } else if let Some(response) = event.get("response") {
            self.failure = failure_of(response);
            response.items_of("output").for_each(|item| self.tell(item));
        } else if let Some(error) = event.get("error") {
            self.failure = error.text_of(&["message"]);
        }
    }

    fn tell(&mut self, value: Value<'t, 'a>) {
        let place = self.places.entry(value.text_of(&["id"]).unwrap_or_default()).or_insert(self.items.len());
        match self.items.get_mut(*place).filter(|_| value.text_of(&["id"]).is_some()) {
            Some(item) => item.value = value,
            None => self.items.push(Item { value, transcript: None }),
        }
    }
}

/// Why a response failed, where it did.
fn failure_of<'a>(response: Value<'_, 'a>) -> Option<Text<'a>> {
    let status =
        response.text_of(&["status"]).filter(|status| matches!(&**status, "failed" | "incomplete"))?;
    let details = response.get("status_details");
    let error = details.and_then(|details| details.get("error")?.text_of(&["message", "code"]));
    error.or_else(|| details?.text_of(&["reason"])).or(Some(status))
}

/// What was said and done.
#[derive(Default)]
struct Spoken<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    /// What the agent said, until it is known whether a call follows.
    words: Option<Text<'a>>,
}

impl<'a> Spoken<'a> {
    fn item(&mut self, item: &Item<'_, 'a>) {
        let value = item.value;
        let id = value.text_of(&["call_id", "id"]);
        match value.text_of(&["type"]).as_deref() {
            Some("message") => self.message(value, item.transcript.clone()),
            Some(kind @ ("function_call" | "mcp_call")) => {
                self.timeline.think(self.words.take());
                let arguments = value.get("arguments").and_then(|arguments| arguments.text_or_json());
                self.timeline.act(id.clone(), call_name(value.text_of(&["name"])), arguments);
                if kind == "mcp_call"
                    && let Some(seen) = value.any_of(&["error", "output"])
                {
                    let failed = value.any_of(&["error"]).is_some();
                    let said = seen.text_of(&["message"]).or_else(|| seen.text_or_json());
                    self.timeline.observe(id.as_deref(), said.unwrap_or_default(), failed.then_some(true));
                }
            }
            Some("function_call_output") => {
                self.speak();
                let output = value.get("output").and_then(|output| output.text_or_json());
                self.timeline.observe(id.as_deref(), output.unwrap_or_default(), None);
            }
            _ => {}
        }
    }

    fn message(&mut self, message: Value<'_, 'a>, transcript: Option<Text<'a>>) {
        let mut words = transcript;
        if words.is_none() {
            let said = |part: Value<'_, 'a>| part.text_of(&["transcript", "text"]);
            message.items_of("content").for_each(|part| join(&mut words, said(part)));
        }
        self.speak();
        match message.text_of(&["role"]).as_deref() {
            Some("system" | "developer") => join(&mut self.system, words),
            Some("user") => self.timeline.user(words),
            _ => self.words = words,
        }
    }

    /// Words that no call followed are a reply.
    fn speak(&mut self) {
        let words = self.words.take();
        self.timeline.reply(words);
    }
}
