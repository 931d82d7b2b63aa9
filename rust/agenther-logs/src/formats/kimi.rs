//! Kimi's command-line agents: the wire that their sessions keep, an event a line.
//!
//! Source: `~/.kimi/sessions/**/wire.jsonl` of `MoonshotAI/kimi-cli` (`{timestamp, message: {type: TurnBegin | ContentPart |
//! ToolCall | ToolCallPart | ToolResult, payload}}`), and that of Kimi Code (`{type: profile.bind | turn.prompt |
//! context.append_loop_event | llm.tools_snapshot, time}`, events `content.part`, `tool.call`, `tool.result`). What the
//! former keeps as `context.jsonl` is read as `message_lines`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `user_input`, `input` of `turn.prompt` | `original_prompt`; later ones `user` |
//! | `systemPrompt` | `system` |
//! | parts `think` and `text` | `thought` of the call that follows, else replies |
//! | `ToolCall` with its `arguments_part`s, `tool.call` | steps |
//! | `return_value`, `result` by the id of the call: `output`, `note`, else `message` | `observation` |
//! | `is_error`, `isError` | `error` |
//! | last words | `final_answer` |
//! | `tools` | `tools` |
//! | `model` | `metadata` |
//!
//! Left out: events of sub-agents; `context.append_message`, which says the user's words once more.
//!
//! Leaks: none.

use super::openai_chat::schemas;
use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, join, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct Kimi;

/// How the types of Kimi Code's lines begin.
const KINDS: &[&str] =
    &["profile.", "turn.", "context.", "llm.", "usage.", "session.", "permission.", "step."];

/// The message of a line of the older wire.
fn message<'t, 'a>(line: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let message = line.get("message").filter(|_| line.get("timestamp").is_some())?;
    let is_wire =
        message.get("type").is_some() && message.get("payload").is_some_and(|payload| payload.is_object());
    is_wire.then_some(message)
}

impl Format for Kimi {
    fn name(&self) -> &'static str {
        "kimi"
    }

    fn shape(&self) -> &'static str {
        "lines of `type` (`turn.prompt`, `context.append_loop_event`) and `time`, or of `timestamp` and `message` of `type` and `payload`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(kind) = record.text_of(&["type"]) else { return 95 * u8::from(message(record).is_some()) };
        let is_wire = record.get("time").is_some() && KINDS.iter().any(|begin| kind.starts_with(begin));
        95 * u8::from(is_wire || kind == "metadata" && record.get("protocol_version").is_some())
    }

    fn only_on_lines(&self, _: Value<'_, '_>) -> bool {
        true
    }

    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        record.get("type").is_some() && record.get("time").is_some()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut session = Session::default();
        record.value.items().for_each(|line| session.line(line));
        session.end_call();
        let mut run = session.timeline.run(record.task_run_id(record.stem), None)?;
        (run.system, run.tools) = (session.system, session.tools);
        let mut out = ObjectWriter::default();
        out.copy("model", record.value.items().find_map(|line| line.get("model")));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// A session as its lines come in.
#[derive(Default)]
struct Session<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    tools: Option<Text<'a>>,
    /// A call whose arguments come in pieces.
    call: Option<(Option<Text<'a>>, Text<'a>, String)>,
}

impl<'a> Session<'a> {
    fn line(&mut self, line: Value<'_, 'a>) {
        if let Some(message) = message(line) {
            return self.message(message);
        }
        match line.text_of(&["type"]).as_deref() {
            Some("profile.bind") => self.system = line.text_of(&["systemPrompt"]).or(self.system.take()),
            Some("turn.prompt") => self.timeline.user(line.get("input").and_then(words)),
            Some("llm.tools_snapshot") => self.tools = line.get("tools").and_then(schemas),
            Some("context.append_loop_event") => {
                line.get("event").into_iter().for_each(|event| self.event(event))
            }
            _ => {}
        }
    }

    fn event(&mut self, event: Value<'_, 'a>) {
        let id = || event.text_of(&["toolCallId"]);
        match event.text_of(&["type"]).as_deref() {
            Some("content.part") => event.get("part").into_iter().for_each(|part| self.part(part)),
            Some("tool.call") => {
                let input = event.get("args").and_then(|input| input.text_or_json());
                self.timeline.act(id(), call_name(event.text_of(&["name"])), input);
            }
            Some("tool.result") => self.result(id(), event.get("result")),
            Some("step.end") => self.timeline.end_turn(),
            _ => {}
        }
    }

    fn message(&mut self, message: Value<'_, 'a>) {
        let Some(payload) = message.get("payload") else { return };
        if is_type(message, &["ToolCallPart"]) {
            let more = payload.text_of(&["arguments_part"]);
            return self
                .call
                .as_mut()
                .zip(more)
                .into_iter()
                .for_each(|((_, _, input), more)| input.push_str(&more));
        }
        if !is_type(message, &["StatusUpdate"]) {
            self.end_call();
        }
        match message.text_of(&["type"]).as_deref() {
            Some("TurnBegin") => self.timeline.user(payload.get("user_input").and_then(words)),
            Some("ContentPart") => self.part(payload),
            Some("ToolCall") => self.begin_call(payload),
            Some("ToolResult") => {
                self.result(payload.text_of(&["tool_call_id"]), payload.get("return_value"))
            }
            Some("StepBegin" | "TurnEnd") => self.timeline.end_turn(),
            _ => {}
        }
    }

    fn part(&mut self, part: Value<'_, 'a>) {
        if is_type(part, &["think"]) {
            self.timeline.think(part.text_of(&["think"]));
        } else if is_type(part, &["text"]) {
            self.timeline.say(part.text_of(&["text"]));
        }
    }

    fn begin_call(&mut self, call: Value<'_, 'a>) {
        let Some(function) = call.get("function") else { return };
        let input = function.text_of(&["arguments"]).unwrap_or_default().into_owned();
        self.call = Some((call.text_of(&["id"]), call_name(function.text_of(&["name"])), input));
    }

    fn end_call(&mut self) {
        if let Some((id, name, input)) = self.call.take() {
            self.timeline.act(id, name, filled(input.into()));
        }
    }

    fn result(&mut self, id: Option<Text<'a>>, result: Option<Value<'_, 'a>>) {
        let Some(result) = result else { return };
        let mut seen = result.get("output").filter(|seen| !seen.is_null()).and_then(words).and_then(filled);
        join(&mut seen, result.text_of(&["note"]));
        let seen = seen.or_else(|| result.text_of(&["message"])).unwrap_or_default();
        let error = result.any_of(&["is_error", "isError"]).and_then(|flag| flag.as_bool());
        self.timeline.observe(id.as_deref(), seen, error);
    }
}
