//! Sessions of LiveKit's agents.
//!
//! Source: `SessionReport.to_dict()` (`{room, chat_history: {items}, events, ..}`, `session_report.json`) and
//! `ChatContext.to_dict()` (`{items}`) of the SDK for Python. An item is a `message` of texts, a `function_call`, a
//! `function_call_output`, an `agent_config_update` or an `agent_handoff`; events hold the same items again.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user | `original_prompt`; later ones `user` |
//! | messages of the system, else `instructions` of the first `agent_config_update` | `system` |
//! | `tools_added` of all updates | `tools` (names only) |
//! | `function_call`; `function_call_output` by `call_id`, `is_error` | steps with `observation`, `error` |
//! | messages of the assistant | replies; the last is the `final_answer` |
//! | a `close_reason` other than that all was done or somebody left | `failure_reason` |
//! | agent, room, tags, duration, version | `metadata` |
//!
//! Left out: `events`, which repeat the items, handoffs, metrics.
//!
//! Leaks: none.

use super::{Format, Record, by_agent, named_tools};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, join, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct LiveKit;

/// Types of items, of which the last two are LiveKit's alone.
const ITEMS: &[&str] =
    &["message", "function_call", "function_call_output", "agent_config_update", "agent_handoff"];

fn items_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let items = record.at_path(&["chat_history", "items"]).or_else(|| record.get("items"))?;
    items.items().next().filter(|first| is_type(*first, ITEMS))?;
    items.items().take(8).any(is_own).then_some(items)
}

/// Whether an item is one that no other API has: of an own type, or a message of bare texts.
fn is_own(item: Value<'_, '_>) -> bool {
    let of_texts = || item.items_of("content").next().is_some_and(|part| part.is_string());
    is_type(item, &ITEMS[3..]) || is_type(item, &["message"]) && of_texts()
}

impl Format for LiveKit {
    fn name(&self) -> &'static str {
        "livekit"
    }

    fn shape(&self) -> &'static str {
        "`chat_history.items` or `items` of `type` (message, function_call, agent_config_update)"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        94 * u8::from(items_of(record).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let items = items_of(record.value).ok_or("it has no items")?;
        let mut session = Session::default();
        items.items().for_each(|item| session.item(item));
        let steps = session.timeline.finish();
        by_agent(&steps)?;
        let spoken = steps.iter().rev().find(|step| step.action_name.is_none() && step.thought.is_some());
        let id = record.value.text_of(&["job_id", "room_id"]);
        let mut about = ObjectWriter::default();
        about.copy_members(record.value, ["agent_name", "room", "tags", "duration_ms", "sdk_version"]);
        Ok(Run {
            trajectory_id: id.unwrap_or_else(|| record.run_id()),
            original_prompt: session.timeline.prompt,
            system: session.system.or_else(|| items.items().find_map(|item| item.text_of(&["instructions"]))),
            tools: named_tools(items.items().flat_map(|item| item.items_of("tools_added"))),
            final_answer: spoken.and_then(|step| step.thought.clone()),
            failure_reason: record.value.text_of(&["close_reason"]).filter(|reason| !is_usual(reason)),
            metadata: about.finish().map(Into::into),
            steps,
            ..Run::default()
        })
    }
}

/// Whether a session closed as sessions do, by one of the words that the SDK has for it.
fn is_usual(reason: &str) -> bool {
    const USUAL: &[&str] = &[
        "participant_disconnected",
        "user_initiated",
        "task_completed",
        "completed",
        "job_shutdown",
        "unknown",
    ];
    let reason = reason.to_ascii_lowercase();
    USUAL.contains(&reason.strip_prefix("cr_").unwrap_or(&reason))
}

/// A session as its items come in.
#[derive(Default)]
struct Session<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn item(&mut self, item: Value<'_, 'a>) {
        let said = || item.get("content").and_then(words);
        match item.text_of(&["type"]).as_deref() {
            Some("message") => match item.text_of(&["role"]).as_deref() {
                Some("system" | "developer") => join(&mut self.system, said()),
                Some("user") => self.timeline.user(said()),
                _ => self.timeline.reply(said()),
            },
            Some("function_call") => {
                let arguments = item.get("arguments").and_then(|arguments| arguments.text_or_json());
                self.timeline.act(item.text_of(&["call_id"]), call_name(item.text_of(&["name"])), arguments);
            }
            Some("function_call_output") => {
                let output = item.get("output").and_then(|output| output.text_or_json()).unwrap_or_default();
                let failed = item.get("is_error").and_then(|flag| flag.as_bool());
                self.timeline.observe(item.text_of(&["call_id"]).as_deref(), output, failed);
            }
            _ => {}
        }
    }
}
