//! AutoGen's logs of events: each call of a model or a tool a line.
//!
//! Source: `autogen_core`'s event logger (`{type: LLMCall, messages, response, agent_id}`, `{type: ToolCall, tool_name,
//! arguments, result}`, `{type: Message, payload}`), and rows of the `chat_completions` that the runtime logging of AutoGen
//! 0.2 writes (`{invocation_id, session_id, source_name, request, response}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `session_id` of a row, else the file | the run that it is of |
//! | `messages`, `request`; `response` | the conversation; see `spans` |
//! | `tool_name`, `arguments`, `result` | steps, or the results that steps of the messages lack |
//! | `tools` | `tools` |
//! | other events | left out |
//!
//! Leaks: none.

use super::{Format, Piece, Record};
use crate::json::Value;
use crate::run::{Run, Text};
use crate::spans::{Kind, Span, Trace, content_in, run_of, text_in};

pub(super) struct AutogenEvents;

fn kind_of(record: Value<'_, '_>) -> Option<Kind> {
    let has = |keys: &[&str]| keys.iter().all(|key| record.get(key).is_some());
    match record.text_of(&["type"]).as_deref() {
        Some("LLMCall") if has(&["messages", "response"]) => Some(Kind::Model),
        Some("ToolCall") if has(&["tool_name", "arguments", "result"]) => Some(Kind::Tool),
        Some("Message") if has(&["payload", "kind", "delivery_stage"]) => Some(Kind::Other),
        _ if has(&["invocation_id", "session_id", "request", "response"]) => Some(Kind::Model),
        _ => None,
    }
}

impl Format for AutogenEvents {
    fn name(&self) -> &'static str {
        "autogen_events"
    }

    fn shape(&self) -> &'static str {
        "events of `type` (LLMCall, ToolCall), `agent_id`, or rows of `invocation_id`, `request`, `response`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        92 * u8::from(kind_of(record).is_some())
    }

    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        let kind = record.text_of(&["type"]);
        kind.is_some_and(|kind| kind.starts_with("LLMStream") || kind.starts_with("Message"))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = || Piece { run: record.text_of(&["session_id"]), value: record };
        let tells = kind_of(record).is_some_and(|kind| kind != Kind::Other);
        Some(if tells { vec![piece()] } else { Vec::new() })
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let spans = record.value.items().enumerate().map(span_of).collect();
        // No event is the root of the others: that one of them failed is no end of the run.
        let mut run = run_of(Trace { spans, failed: Some(false), ..Trace::default() })?;
        let id: Option<Text<'a>> = record.key.map(|key| key.to_owned().into());
        run.trajectory_id = id.unwrap_or_else(|| record.run_id());
        Ok(run)
    }
}

fn span_of((number, event): (usize, Value<'_, '_>)) -> Span {
    let kind = kind_of(event).unwrap_or_default();
    let number = format!("{number:012}");
    Span {
        id: number.clone(),
        start: number,
        kind,
        name: text_in(event, &["tool_name"]).unwrap_or_default(),
        input: content_in(event, &["messages", "request", "arguments"]),
        output: content_in(event, &["response", "result"]),
        tools: content_in(event, &["tools"]),
        ..Span::default()
    }
}
