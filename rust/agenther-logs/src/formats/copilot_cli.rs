//! GitHub Copilot CLI: the events of a session, one a line.
//!
//! Source: `~/.copilot/session-state/<id>/events.jsonl`, types as in `session-events.ts` of `github/copilot-sdk`:
//! `{type, data, id, timestamp, parentId}`; what VS Code writes to `GitHub.copilot-chat/transcripts` is the same.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first `user.message` | `original_prompt`; later ones `user` |
//! | `system.message` | `system` |
//! | `toolRequests` of an `assistant.message`, `tool.execution_start` that none asked for | steps; `assistant.reasoning`, `reasoningText` and `content` are the thought |
//! | `tool.execution_complete`, by `toolCallId` | `observation`, `error` from `success` |
//! | `summary` of a last `session.task_complete`, else the last words | `final_answer` |
//! | `session.error`, `abort`, `errorReason` of `session.shutdown` at the end | `failure_reason` |
//! | `session.start`: working folder, branch, version, model | `metadata` |
//!
//! Left out: events of sub-agents, tools that the user ran, messages that skills put in, deltas.
//!
//! Leaks: `session.task_complete` is the agent's own claim, and no label.

use std::collections::HashSet;

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::{content_text, join};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct CopilotCli;

/// What the types of events begin with.
const KINDS: &[&str] = &[
    "session.",
    "user.",
    "assistant.",
    "tool.",
    "system.",
    "subagent.",
    "skill.",
    "hook.",
    "permission.",
    "user_input.",
    "elicitation.",
    "command.",
    "external_tool.",
    "exit_plan_mode.",
    "mcp.",
    "abort",
];

impl Format for CopilotCli {
    fn name(&self) -> &'static str {
        "copilot_cli"
    }

    fn shape(&self) -> &'static str {
        "lines of `type` (`session.start`, `assistant.message`, ..), `data`, `id`, `timestamp` and `parentId`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(kind) = record.text_of(&["type"]) else { return 0 };
        // The last line of what `--output-format json` prints.
        if kind == "result" && record.get("sessionId").is_some() && record.get("exitCode").is_some() {
            return 60;
        }
        let data = record.get("data").is_some_and(|data| data.is_object());
        let chained = record.get("parentId").is_some() && record.get("timestamp").is_some();
        95 * u8::from(data && chained && KINDS.iter().any(|known| kind.starts_with(known)))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let run = record.get("data").and_then(|data| data.text_of(&["sessionId"]));
        let begins = record.text_of(&["type"]).is_some_and(|kind| kind == "session.start");
        Some(vec![Piece { run: run.filter(|_| begins), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut session = Session::default();
        record.value.items().for_each(|event| session.event(event));
        let id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let mut run = session.timeline.run(id, session.failure)?;
        run.system = session.system;
        run.final_answer = session.summary.or(run.final_answer);
        run.metadata = metadata(record.value).map(Into::into);
        Ok(run)
    }
}

/// A session as its events come in.
#[derive(Default)]
struct Session<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    called: HashSet<Text<'a>>,
    /// Calls that the user made.
    by_user: HashSet<Text<'a>>,
    /// Whether messages tell the calls.
    requests: bool,
    summary: Option<Text<'a>>,
    failure: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn event(&mut self, event: Value<'_, 'a>) {
        let Some(data) = event.get("data") else { return };
        if event.text_of(&["agentId"]).is_some() || data.text_of(&["parentToolCallId"]).is_some() {
            return;
        }
        match event.text_of(&["type"]).as_deref() {
            Some("system.message") => join(&mut self.system, content_text(data)),
            Some("user.message") => self.user(data),
            Some("assistant.reasoning") => self.timeline.think(data.text_of(&["content"])),
            Some("assistant.message") => self.message(data),
            Some("assistant.turn_end") => self.timeline.end_turn(),
            Some("tool.user_requested") => self.by_user.extend(call_id(data)),
            Some("tool.execution_start") => self.start(data),
            Some("tool.execution_complete") => self.complete(data),
            Some("session.task_complete") => self.summary = data.text_of(&["summary"]),
            Some("session.error") => self.failure = data.text_of(&["message"]),
            Some("abort") => self.failure = data.text_of(&["reason"]),
            Some("session.shutdown") => self.failure = data.text_of(&["errorReason"]).or(self.failure.take()),
            _ => {}
        }
    }

    fn user(&mut self, data: Value<'_, 'a>) {
        if data.text_of(&["source"]).is_some_and(|source| source.starts_with("skill")) {
            return;
        }
        (self.summary, self.failure) = (None, None);
        self.timeline.user(content_text(data));
    }

    fn message(&mut self, data: Value<'_, 'a>) {
        self.failure = None;
        self.timeline.think(data.text_of(&["reasoningText"]));
        self.timeline.say(content_text(data));
        for request in data.items_of("toolRequests") {
            self.requests = true;
            self.call(call_id(request), request, "name");
        }
    }

    /// A call that begins: most were asked for by a message before.
    fn start(&mut self, data: Value<'_, 'a>) {
        let id = call_id(data);
        let known = match &id {
            Some(id) => self.called.contains(id) || self.by_user.contains(id),
            None => self.requests,
        };
        if !known {
            self.call(id, data, "toolName");
        }
    }

    fn call(&mut self, id: Option<Text<'a>>, call: Value<'_, 'a>, name: &str) {
        self.called.extend(id.clone());
        let arguments = call.get("arguments").and_then(|arguments| arguments.text_or_json());
        self.timeline.act(id, call_name(call.text_of(&[name])), arguments);
    }

    fn complete(&mut self, data: Value<'_, 'a>) {
        let id = call_id(data);
        if id.as_ref().is_some_and(|id| !self.called.remove(id)) {
            return;
        }
        let result = data.get("result").and_then(|result| content_text(result).or_else(|| result.text()));
        let error = data.get("error").and_then(|error| error.text_of(&["message"]).or_else(|| error.text()));
        let failed = data.get("success").and_then(|success| success.as_bool()).map(|success| !success);
        self.timeline.observe(id.as_deref(), result.or(error).unwrap_or_default(), failed);
    }
}

fn call_id<'a>(data: Value<'_, 'a>) -> Option<Text<'a>> {
    data.text_of(&["toolCallId"])
}

fn metadata(events: Value<'_, '_>) -> Option<String> {
    let data = |key: &str| events.items().find_map(|event| event.get("data")?.any_of(&[key]));
    let context = data("context");
    let mut out = ObjectWriter::default();
    for key in ["cwd", "branch"] {
        out.copy(key, context.and_then(|context| context.get(key)));
    }
    out.copy("copilotVersion", data("copilotVersion"))
        .copy("model", data("selectedModel").or_else(|| data("model")));
    out.finish()
}
