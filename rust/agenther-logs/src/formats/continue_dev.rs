//! Continue: sessions of the extension and of its command line.
//!
//! Source: `~/.continue/sessions/<id>.json`, `Session` of `core/index.d.ts`: `{sessionId, title, workspaceDirectory,
//! history: [{message: {role, content, toolCalls, toolCallId}, toolCallStates, promptLogs}]}`. A result stands in the
//! state of its call, and mostly in a message of the tool once more.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user | `original_prompt`; later ones `user` |
//! | messages of the role `system`, else what stands behind `<system>` in the first of `promptLogs` | `system` |
//! | `toolCalls` | steps; messages of the role `thinking`, `reasoning` and `content` are the thought |
//! | `toolCallStates[].output` (older: one `toolCallState`), else the message of the tool | `observation` |
//! | `toolCallStates[].status` | `error` |
//! | last message of the assistant | `final_answer` |
//! | title, workspace, mode, model | `metadata` |
//!
//! Leaks: none.

use std::collections::HashMap;

use super::{Format, Record, filled, within};
use crate::json::{ObjectWriter, Value};
use crate::messages::{content_text, join, words};
use crate::run::{Run, RunStep, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct Continue;

impl Format for Continue {
    fn name(&self) -> &'static str {
        "continue_dev"
    }

    fn shape(&self) -> &'static str {
        "`sessionId`, `workspaceDirectory` and `history` of `message` and `contextItems`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(history) = record.get("history").filter(|history| history.is_array()) else { return 0 };
        match history.items().next() {
            Some(first) => {
                let message = first.at_path(&["message", "role"]).is_some();
                95 * u8::from(
                    message && (first.get("contextItems").is_some() || record.get("sessionId").is_some()),
                )
            }
            None => 80 * u8::from(record.get("workspaceDirectory").is_some()),
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let history = || record.value.items_of("history");
        let mut session = Session::default();
        history().for_each(|item| session.item(item));
        let id = record.value.text_of(&["sessionId"]).unwrap_or_else(|| record.run_id());
        let mut run = session.timeline.run(id, None)?;
        let mut prompts = history().flat_map(|item| item.items_of("promptLogs"));
        run.system = session.system.or_else(|| system_in(prompts.next()?.text_of(&["prompt"])?));
        let mut out = ObjectWriter::default();
        for key in ["title", "workspaceDirectory", "mode", "chatModelTitle"] {
            out.copy(key, record.value.get(key));
        }
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// A session as its items come in.
#[derive(Default)]
struct Session<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    /// Steps by the id of their call.
    calls: HashMap<Text<'a>, usize>,
}

impl<'a> Session<'a> {
    fn item(&mut self, item: Value<'_, 'a>) {
        let Some(message) = item.get("message") else { return };
        match message.text_of(&["role"]).as_deref() {
            Some("system") => join(&mut self.system, content_text(message)),
            Some("user") => self.timeline.user(content_text(message)),
            Some("thinking") => self.timeline.think(content_text(message)),
            Some("assistant") => self.turn(item, message),
            Some("tool") => self.result(message),
            _ => {}
        }
    }

    fn turn(&mut self, item: Value<'_, 'a>, message: Value<'_, 'a>) {
        self.timeline.think(item.get("reasoning").and_then(|reasoning| reasoning.text_of(&["text"])));
        self.timeline.say(content_text(message));
        for call in message.items_of("toolCalls") {
            let function = call.get("function").unwrap_or(call);
            let arguments = function.get("arguments").and_then(|arguments| arguments.text_or_json());
            let id = call.text_of(&["id"]);
            self.timeline.act(id.clone(), call_name(function.text_of(&["name"])), arguments);
            self.calls.extend(id.map(|id| (id, self.timeline.steps.len() - 1)));
        }
        for state in item.items_of("toolCallStates").chain(item.get("toolCallState")) {
            if let Some(step) = self.step_of(state) {
                (step.observation, step.error) = (output(state), error_of(state));
            }
        }
        self.timeline.end_turn();
    }

    /// A message of the tool: nothing new where the state of the call tells the result.
    fn result(&mut self, message: Value<'_, 'a>) {
        let Some(seen) = content_text(message).and_then(filled) else { return };
        match self.step_of(message) {
            Some(step) => step.observation = step.observation.take().or(Some(seen)),
            None => self.timeline.observe(message.text_of(&["toolCallId"]).as_deref(), seen, None),
        }
    }

    fn step_of(&mut self, value: Value<'_, 'a>) -> Option<&mut RunStep<'a>> {
        let index = *self.calls.get(&value.text_of(&["toolCallId"])?)?;
        self.timeline.steps.get_mut(index)
    }
}

fn error_of(state: Value<'_, '_>) -> Option<bool> {
    match state.text_of(&["status"]).as_deref() {
        Some("errored" | "canceled") => Some(true),
        Some("done") => Some(false),
        _ => None,
    }
}

fn output<'a>(state: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut text = None;
    state.items_of("output").for_each(|item| join(&mut text, item.get("content").and_then(words)));
    text
}

/// The system prompt in what was sent to the model: `<system>`, its text, `<user>`.
fn system_in(prompt: Text<'_>) -> Option<Text<'_>> {
    let (system, _) = prompt.strip_prefix("<system>\n")?.split_once("\n<user>\n")?;
    filled(within(&prompt, system.trim()))
}
