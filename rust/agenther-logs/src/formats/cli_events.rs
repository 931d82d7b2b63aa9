//! Events that command-line agents print one a line when they run without a person.
//!
//! Source: `gemini --output-format stream-json` (`{type: init | message | tool_use | tool_result | error | result}`, the calls
//! by `tool_name` and `tool_id`); `cursor-agent --output-format stream-json` (lines as those of Claude Code without their
//! ids, the calls in events of their own: `{type: tool_call, subtype: started | completed, call_id, tool_call: {readToolCall:
//! {args, result}}}`); `droid exec --output-format stream-json` (`{type: message | reasoning | tool_call | tool_result |
//! completion}`, the words in `text`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user | `original_prompt`; later ones `user` |
//! | words of the assistant, joined where they come in pieces (`delta`, `timestamp_ms`) | `thought` of the call that follows, else replies |
//! | `thinking`, `reasoning` | `thought` |
//! | `tool_use`, `tool_call` | steps: `tool_name`, `toolName`, the name before `ToolCall`; `parameters`, `args` |
//! | `tool_result`, `completed`, by the id of the call: `output`, `value`, `error.message`; of `result.success` or `.failure` the text | `observation` |
//! | `status`, `isError`, a `result` other than `success`, `exitCode` | `error` |
//! | `finalText`, else the last words | `final_answer` |
//! | an event of the type `error`, a `result` that is one | `failure_reason` |
//! | `tools` of the first event | `tools` (names only) |
//! | `cwd`, `model` | `metadata` |
//!
//! Left out: Cursor's `result`, in which all words of the run stand in one text; words that it says once more after their
//! pieces.
//!
//! Leaks: none; that a `result` is a success says that the program ended.

use super::{Format, Piece, Record, named_tools};
use crate::json::{ObjectWriter, Value};
use crate::messages::is_type;
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct CliEvents;

impl Format for CliEvents {
    fn name(&self) -> &'static str {
        "cli_events"
    }

    fn shape(&self) -> &'static str {
        "lines of `type` (`init`, `message`, `tool_use`, `tool_call`, `tool_result`, ..) and `session_id`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(kind) = record.text_of(&["type"]) else { return 0 };
        let has = |key| record.get(key).is_some();
        let of_session = has("session_id");
        // The lines of Claude Code that these are like have ids, and tell of its servers.
        let is_bare = of_session && !["uuid", "parent_tool_use_id", "mcp_servers"].into_iter().any(has);
        match &*kind {
            "init" => 95 * u8::from(of_session && has("model")),
            "message" => score_message(record),
            "tool_use" => 95 * u8::from(has("tool_name") && has("tool_id")),
            "tool_result" => 95 * u8::from(has("tool_id") || of_session && has("toolId")),
            "tool_call" => 95 * u8::from(of_session && (has("tool_call") || has("toolName"))),
            "reasoning" => 95 * u8::from(of_session && has("text")),
            "thinking" => 95 * u8::from(of_session && has("subtype")),
            "completion" => 95 * u8::from(of_session && has("finalText")),
            "user" | "assistant" => {
                let id = record.at_path(&["message", "id"]);
                97 * u8::from(is_bare && id.is_none() && record.at_path(&["message", "content"]).is_some())
            }
            "system" => 92 * u8::from(is_bare && has("cwd") && record.text_of(&["subtype"]).is_some()),
            "result" => 92 * u8::from(is_bare && has("request_id") || has("status") && has("stats")),
            "error" => 60 * u8::from(has("severity") || of_session),
            _ => 0,
        }
    }

    fn only_on_lines(&self, _: Value<'_, '_>) -> bool {
        true
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: record.text_of(&["session_id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut session = Session::default();
        record.value.items().for_each(|event| session.event(event));
        session.end_words();
        let id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let mut run = session.timeline.run(id, session.failure)?;
        run.final_answer = session.answer.or(run.final_answer);
        let beginning = || record.value.items().filter(|event| is_type(*event, &["init", "system"]));
        run.tools = beginning().find_map(|event| named_tools(event.items_of("tools")));
        let mut out = ObjectWriter::default();
        for key in ["cwd", "model"] {
            out.copy(key, beginning().find_map(|event| event.get(key)));
        }
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// Gemini's have a time and their words in `content`, those of droid are of a session and have them in `text`.
fn score_message(message: Value<'_, '_>) -> u8 {
    if message.text_of(&["role"]).is_none_or(|role| role != "user" && role != "assistant") {
        return 0;
    }
    let says = |key| message.get(key).is_some_and(Value::is_string);
    match message.get("delta") {
        Some(_) if says("content") => 95,
        _ if message.get("session_id").is_some() && says("text") => 95,
        // An item of the Responses API may look so.
        _ => 88 * u8::from(message.get("timestamp").is_some() && says("content")),
    }
}

/// A run as its events come in.
#[derive(Default)]
struct Session<'a> {
    timeline: Timeline<'a>,
    /// Pieces of what is being said and thought.
    words: String,
    thought: String,
    /// Whether the words came in pieces.
    in_pieces: bool,
    answer: Option<Text<'a>>,
    failure: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn event(&mut self, event: Value<'_, 'a>) {
        let text = event.get("message").unwrap_or(event).any_of(&["text", "content"]).and_then(said);
        match event.text_of(&["type"]).as_deref() {
            Some("message") if event.text_of(&["role"]).as_deref() == Some("user") => self.user(text),
            Some("user") => self.user(text),
            Some("message" | "assistant") => self.say(text.unwrap_or_default(), is_piece(event)),
            Some("thinking" | "reasoning") => self.think(text.as_deref().unwrap_or_default()),
            Some("tool_use" | "tool_call") => self.call(event),
            Some("tool_result") => self.result(event),
            Some("completion") => self.answer = event.text_of(&["finalText"]),
            Some("error") if event.text_of(&["severity"]).is_none_or(|severity| severity == "error") => {
                self.failure = event.text_of(&["message"]);
            }
            Some("result") => self.failure = failure(event).or(self.failure.take()),
            _ => {}
        }
    }

    fn user(&mut self, words: Option<Text<'a>>) {
        self.end_words();
        self.timeline.user(words);
    }

    fn say(&mut self, words: Text<'a>, is_piece: bool) {
        if is_piece {
            self.words.push_str(&words);
            self.in_pieces = true;
            return;
        }
        // What came in pieces is said once more, whole.
        let is_repeated = self.in_pieces && words.trim() == self.words.trim();
        self.end_words();
        if !is_repeated {
            self.timeline.say(Some(words));
        }
    }

    fn think(&mut self, words: &str) {
        if !self.words.is_empty() {
            self.end_words();
        }
        self.thought.push_str(words);
    }

    /// Pieces that came are all of what was thought or said.
    fn end_words(&mut self) {
        self.in_pieces = false;
        for (pieces, is_thought) in [(&mut self.thought, true), (&mut self.words, false)] {
            if pieces.trim().is_empty() {
                continue;
            }
            let words = Some(std::mem::take(pieces).into());
            if is_thought { self.timeline.think(words) } else { self.timeline.say(words) }
        }
    }

    fn call(&mut self, event: Value<'_, 'a>) {
        self.end_words();
        let Some((name, call)) = event.get("tool_call").and_then(cursor_call) else {
            let input = event.get("parameters").and_then(|input| input.text_or_json());
            let id = event.text_of(&["tool_id", "id"]);
            return self.timeline.act(id, call_name(event.text_of(&["tool_name", "toolName"])), input);
        };
        let id = event.text_of(&["call_id"]);
        match call.get("result").filter(|_| event.text_of(&["subtype"]).as_deref() == Some("completed")) {
            Some(result) => {
                let (seen, error) = outcome(result);
                self.timeline.observe(id.as_deref(), seen, error);
            }
            None => {
                let input = call.any_of(&["args", "arguments"]).and_then(|input| input.text_or_json());
                self.timeline.act(id, name, input);
            }
        }
    }

    fn result(&mut self, event: Value<'_, 'a>) {
        self.end_words();
        let status = event.text_of(&["status"]).map(|status| status != "success");
        let error = status.or_else(|| event.get("isError")?.as_bool());
        let seen = || event.any_of(&["output", "value"]).and_then(|seen| seen.text_or_json());
        let seen = if error == Some(true) { message(event).or_else(seen) } else { seen() };
        let id = event.text_of(&["tool_id", "id"]);
        self.timeline.observe(id.as_deref(), seen.unwrap_or_default(), error);
    }
}

/// Words as they are: a blank between two pieces is one of them.
fn said<'a>(content: Value<'_, 'a>) -> Option<Text<'a>> {
    let part = |part: Value<'_, 'a>| part.get("text")?.text();
    content.text().or_else(|| Some(content.items().filter_map(part).collect::<Vec<_>>().concat().into()))
}

/// Whether an event has a part of what is said. Cursor gives parts a time, and what it repeats before a call the call's id
/// as well.
fn is_piece(event: Value<'_, '_>) -> bool {
    let flag = event.get("delta").and_then(|delta| delta.as_bool());
    flag.unwrap_or(event.get("timestamp_ms").is_some() && event.get("model_call_id").is_none())
}

/// The name of a call and what is told of it: `{readToolCall: {args}}`, `{function: {name, arguments}}`.
fn cursor_call<'t, 'a>(event: Value<'t, 'a>) -> Option<(Text<'a>, Value<'t, 'a>)> {
    if let Some(function) = event.get("function") {
        return Some((call_name(function.text_of(&["name"])), function));
    }
    let (name, call) = event.members().find(|(_, call)| call.is_object())?;
    let name = name.strip_suffix("ToolCall").unwrap_or(&name).to_owned();
    Some((name.into(), call))
}

/// What Cursor says that came of a call: `{success: {..}}`, or what else became of it.
fn outcome<'a>(result: Value<'_, 'a>) -> (Text<'a>, Option<bool>) {
    let Some((how, told)) = result.members().next() else { return (result.json(), None) };
    let code = told.get("exitCode").and_then(|code| code.as_f64());
    let error = how != "success" || code.is_some_and(|code| code != 0.0);
    let printed: Vec<Text<'a>> = ["stdout", "stderr"].iter().filter_map(|key| told.text_of(&[key])).collect();
    let words = told.text_of(&["content", "output", "errorMessage", "error", "reason"]);
    let seen = match words {
        Some(words) => words,
        None if printed.is_empty() => told.text_or_json().unwrap_or_default(),
        None => printed.join("\n").into(),
    };
    (seen, Some(error))
}

/// What the last event says went wrong.
fn failure<'a>(event: Value<'_, 'a>) -> Option<Text<'a>> {
    let status = event.text_of(&["status", "subtype"]).filter(|status| status != "success");
    let is_error = event.get("is_error").and_then(|flag| flag.as_bool()) == Some(true);
    let words = || if is_error { event.text_of(&["result"]) } else { None };
    if status.is_none() && !is_error { None } else { message(event).or_else(words).or(status) }
}

/// What the error of an event says.
fn message<'a>(event: Value<'_, 'a>) -> Option<Text<'a>> {
    event.get("error").and_then(|error| error.text().or_else(|| error.text_of(&["message"])))
}
