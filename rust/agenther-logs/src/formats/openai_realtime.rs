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
use super::{Format, Piece, Record, by_agent};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, join};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct OpenAiRealtime;

/// What is in the events whose types others have too, by the beginnings of those.
const INSIDE: &[(&str, &str)] = &[
    ("error", "error"),
    ("session.", "session"),
    ("transcription_session.", "session"),
    ("response.created", "response"),
    ("response.done", "response"),
];

/// Beginnings and ends of the types of all events, of the server and of the client.
const EVENTS: &[(&str, &str)] = &[
    ("error", ""),
    ("session.", "created updated update"),
    ("transcription_session.", "created updated update"),
    ("rate_limits.", "updated"),
    ("conversation.", "created"),
    ("response.", "created done create cancel"),
    ("conversation.item.", "create created added done retrieve retrieved truncate truncated delete deleted"),
    ("conversation.item.input_audio_transcription.", "delta segment completed failed"),
    (
        "input_audio_buffer.",
        "append commit committed clear cleared speech_started speech_stopped timeout_triggered dtmf_event_received",
    ),
    ("output_audio_buffer.", "started stopped clear cleared"),
    ("response.output_item.", "added done"),
    ("response.content_part.", "added done"),
    ("response.output_text.", "delta done"),
    ("response.text.", "delta done"),
    ("response.output_audio.", "delta done"),
    ("response.audio.", "delta done"),
    ("response.output_audio_transcript.", "delta done"),
    ("response.audio_transcript.", "delta done"),
    ("response.function_call_arguments.", "delta done"),
    ("response.mcp_call_arguments.", "delta done"),
    ("response.mcp_call.", "in_progress completed failed"),
    ("mcp_list_tools.", "in_progress completed failed"),
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
    if record.get("event_id").is_none() {
        return false;
    }
    let Some(kind) = record.text_of(&["type"]) else { return false };
    let has = |key| record.get(key).is_some_and(|inside: Value<'_, '_>| inside.is_object());
    let is = |(begin, ends): &(&str, &str)| {
        kind.strip_prefix(begin).is_some_and(|end| ends.split(' ').any(|known| known == end))
    };
    EVENTS.iter().any(is) && INSIDE.iter().all(|(begin, key)| !kind.starts_with(begin) || has(key))
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
            return sessions_in(record);
        }
        Some(if tells(record) { vec![Piece { run: session_of(record), value: record }] } else { Vec::new() })
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut session = Session::default();
        for value in record.value.items() {
            match is_event(value) {
                true if tells(value) => session.event(value),
                true => {}
                false => session.tell(value),
            }
        }
        let mut conversation = Spoken::default();
        for item in &session.items {
            let heard = item.text_of(&["id"]).and_then(|id| session.heard.remove(&id));
            conversation.item(*item, heard);
        }
        conversation.speak();
        let steps = conversation.timeline.finish();
        by_agent(&steps)?;
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

fn session_of<'a>(event: Value<'_, 'a>) -> Option<Text<'a>> {
    event.get("session").and_then(|session| session.text_of(&["id"]))
}

/// The events in a list by their sessions; `None` where it names none.
fn sessions_in<'t, 'a>(list: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
    let mut run = list.items().find_map(session_of)?;
    let piece = |event: Value<'t, 'a>| {
        run = session_of(event).unwrap_or_else(|| run.clone());
        Piece { run: Some(run.clone()), value: event }
    };
    Some(list.items().filter(|event| tells(*event)).map(piece).collect())
}

/// A session as its events come in.
#[derive(Default)]
struct Session<'t, 'a> {
    items: Vec<Value<'t, 'a>>,
    /// Items by their ids.
    places: HashMap<Text<'a>, usize>,
    /// What was heard, by the ids of items, which may be told later.
    heard: HashMap<Text<'a>, Text<'a>>,
    about: Option<Value<'t, 'a>>,
    failure: Option<Text<'a>>,
}

impl<'t, 'a> Session<'t, 'a> {
    fn event(&mut self, event: Value<'t, 'a>) {
        self.about = event.get("session").or(self.about);
        if is_type(event, TELLS_ITEM) {
            event.get("item").into_iter().for_each(|item| self.tell(item));
        } else if is_type(event, &[HEARD]) {
            self.heard.extend(event.text_of(&["item_id"]).zip(event.text_of(&["transcript"])));
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
            Some(item) => *item = value,
            None => self.items.push(value),
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
    fn item(&mut self, value: Value<'_, 'a>, heard: Option<Text<'a>>) {
        let id = value.text_of(&["call_id", "id"]);
        match value.text_of(&["type"]).as_deref() {
            Some("message") => self.message(value, heard),
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

    fn message(&mut self, message: Value<'_, 'a>, heard: Option<Text<'a>>) {
        let mut words = heard;
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
