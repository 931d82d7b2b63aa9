//! OpenCode sessions, as it exports them and as its headless runs print them.
//!
//! Source: `opencode export <session>`: `{info: {id, title, directory, version}, messages: [{info: {id,
//! role, sessionID, modelID, error?}, parts: [{type, …}]}]}`, where a part of the type `tool` is `{callID,
//! tool, state: {status, input, output | error, metadata}}`; the list of messages alone, as its server
//! gives it; the lines of `opencode run --format json` (`{type: tool_use | text | reasoning | error,
//! sessionID, part}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first text of the user | `original_prompt`; later ones `user` |
//! | parts `tool`: `tool`, `state.input` | steps |
//! | `state.output`, `state.error` | `observation` |
//! | `state.status` error, `state.metadata.exit` | `error` |
//! | parts `text` and `reasoning` before a call | `thought` |
//! | last text of the agent | `final_answer` |
//! | `error` of the last message of the agent | `failure_reason` |
//! | `title`, `directory`, `version`, model | `metadata` |
//!
//! Left out: parts that the harness adds to the user's words (`synthetic`, `ignored`), summaries of
//! compacted context, snapshots and patches. The lines of a headless run do not hold what it was asked.
//!
//! Leaks: none.

use std::borrow::Cow;

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::is_type;
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct OpenCode;

/// Types of the lines of a headless run.
const LINES: &[&str] = &["step_start", "step_finish", "text", "reasoning", "tool_use", "error"];

impl Format for OpenCode {
    fn name(&self) -> &'static str {
        "opencode"
    }

    fn shape(&self) -> &'static str {
        "`info` and `messages` of `{info, parts}`, or lines with `type`, `sessionID` and `part`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_line(record) {
            return 92;
        }
        match messages_of(record).and_then(|messages| messages.items().next()) {
            Some(first) if is_message(first) => 97,
            None if record.at_path(&["info", "directory"]).is_some() && record.get("messages").is_some() => {
                80
            }
            _ => 0,
        }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let session = || record.text_of(&["sessionID"]);
        is_line(record).then(|| vec![Piece { run: session(), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut session = Session::default();
        if value.items().next().is_some_and(is_line) {
            value.items().for_each(|line| session.line(line));
            session.timeline.end_turn();
        } else {
            let messages = messages_of(value).ok_or("it has no `messages` of `info` and `parts`")?;
            messages.items().for_each(|message| session.message(message));
        }
        let steps = session.timeline.finish();
        if steps.is_empty() {
            return Err("the agent says and does nothing in it".to_owned());
        }
        let id = value.at_path(&["info", "id"]).and_then(|id| id.text()).or(session.id);
        let mut run = Run {
            trajectory_id: id
                .or_else(|| Some(record.key?.to_owned().into()))
                .unwrap_or_else(|| record.run_id()),
            original_prompt: session.timeline.prompt,
            steps,
            failure_reason: session.error,
            metadata: metadata(value, session.model).map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// Whether a record is a line of a headless run.
fn is_line(record: Value<'_, '_>) -> bool {
    let of_session = record.get("sessionID").is_some_and(|id| id.is_string());
    let told = record.any_of(&["part", "error"]).is_some_and(|told| told.is_object());
    of_session && told && is_type(record, LINES)
}

fn messages_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let messages = if record.is_array() { Some(record) } else { record.get("messages") };
    messages.filter(|messages| messages.items().next().is_some())
}

fn is_message(value: Value<'_, '_>) -> bool {
    value.at_path(&["info", "role"]).is_some_and(|role| role.is_string())
        && value.get("parts").is_some_and(|parts| parts.is_array())
}

/// A session as its messages come in.
#[derive(Default)]
struct Session<'a> {
    id: Option<Text<'a>>,
    model: Option<Text<'a>>,
    timeline: Timeline<'a>,
    error: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn message(&mut self, message: Value<'_, 'a>) {
        let Some(info) = message.get("info") else { return };
        self.id = self.id.take().or_else(|| info.text_of(&["sessionID"]));
        match info.text_of(&["role"]).as_deref() {
            Some("user") => message.items_of("parts").for_each(|part| self.user(part)),
            // A summary of what went before, for a context that was full.
            Some("assistant") if info.get("summary").and_then(|summary| summary.as_bool()) == Some(true) => {}
            Some("assistant") => {
                self.model = info.text_of(&["modelID"]).or(self.model.take());
                self.error = info.get("error").and_then(error_text);
                message.items_of("parts").for_each(|part| self.agent(part));
                self.timeline.end_turn();
            }
            _ => {}
        }
    }

    fn user(&mut self, part: Value<'_, 'a>) {
        let added = |key| part.get(key).and_then(|flag: Value<'_, '_>| flag.as_bool()) == Some(true);
        if is_type(part, &["text"]) && !added("synthetic") && !added("ignored") {
            self.timeline.user(part.text_of(&["text"]));
        }
    }

    fn line(&mut self, line: Value<'_, 'a>) {
        if let Some(error) = line.get("error") {
            self.error = error_text(error);
        }
        let Some(part) = line.get("part") else { return };
        self.agent(part);
        if is_type(line, &["step_finish"]) {
            self.timeline.end_turn();
        }
    }

    fn agent(&mut self, part: Value<'_, 'a>) {
        match part.text_of(&["type"]).as_deref() {
            Some("text") => self.timeline.say(part.text_of(&["text"])),
            Some("reasoning") => self.timeline.think(part.text_of(&["text"])),
            Some("tool") => self.tool(part),
            _ => {}
        }
    }

    fn tool(&mut self, part: Value<'_, 'a>) {
        let Some(state) = part.get("state") else { return };
        let id = part.text_of(&["callID"]);
        let input = state.get("input").and_then(|input| input.text_or_json());
        self.timeline.act(id.clone(), call_name(part.text_of(&["tool"])), input);
        let failed = state.text_of(&["status"]).map(|status| status == "error");
        let exit = state.at_path(&["metadata", "exit"]).and_then(|exit| exit.as_f64());
        let seen = state.any_of(&["output", "error"]).and_then(|seen| seen.text_or_json());
        if let Some(seen) = seen {
            let error = if failed == Some(true) { failed } else { exit.map(|exit| exit != 0.0).or(failed) };
            self.timeline.observe(id.as_deref(), seen, error);
        }
    }
}

/// The message of an error, else its name.
fn error_text<'a>(error: Value<'_, 'a>) -> Option<Text<'a>> {
    let message = error.at_path(&["data", "message"]).and_then(|message| message.text());
    message.or_else(|| error.text_of(&["message", "name"])).or_else(|| error.text())
}

fn metadata(record: Value<'_, '_>, model: Option<Text<'_>>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["title", "directory", "version"] {
        out.copy(key, record.at_path(&["info", key]));
    }
    if let Some(model) = model.filter(|model: &Cow<'_, str>| !model.is_empty()) {
        out.text("model", &model);
    }
    out.finish()
}
