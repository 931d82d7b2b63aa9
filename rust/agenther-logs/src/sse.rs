//! Answers that were logged as they were streamed: server-sent events, as recorders between a program and its model keep
//! them.
//!
//! Source: `content_block_start`, `content_block_delta` of Anthropic's Messages API; `chat.completion.chunk` of OpenAI's.

use crate::json::{Limits, ObjectWriter, Tape, Value};

/// What came in so far.
#[derive(Default)]
struct Streamed {
    words: String,
    reasoning: String,
    calls: Vec<Call>,
}

#[derive(Default)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

/// Calls of one answer, at most: an index of a chunk beyond is none.
const CALLS: usize = 128;

/// Whether a text is a stream of events.
pub(crate) fn is_stream(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("data: {") || text.starts_with("event: ") && text.contains("\ndata: {")
}

/// The message that a stream of events makes, as JSON.
pub(crate) fn message_in(text: &str) -> Option<String> {
    if !is_stream(text) {
        return None;
    }
    let (mut streamed, mut tape) = (Streamed::default(), Tape::default());
    for data in text.lines().filter_map(|line| line.strip_prefix("data:")) {
        if let Ok(event) = tape.parse(data.trim(), Limits::default()) {
            streamed.take(event.root());
        }
    }
    streamed.message()
}

impl Streamed {
    fn take(&mut self, event: Value<'_, '_>) {
        if let Some(block) = event.get("content_block").filter(|block| block.get("name").is_some()) {
            let text = |key| block.get(key).and_then(|value| value.text()).unwrap_or_default().into_owned();
            self.calls.push(Call { id: text("id"), name: text("name"), arguments: String::new() });
        }
        let choice = event.items_of("choices").next();
        let Some(delta) = event.get("delta").or_else(|| choice?.get("delta")) else { return };
        let add = |to: &mut String, from: Value<'_, '_>, keys: &[&str]| {
            let found = keys.iter().filter_map(|key| from.get(key)?.text());
            found.for_each(|text| to.push_str(&text));
        };
        add(&mut self.words, delta, &["text", "content"]);
        add(&mut self.reasoning, delta, &["thinking", "reasoning_content"]);
        self.calls.last_mut().into_iter().for_each(|call| add(&mut call.arguments, delta, &["partial_json"]));
        for part in delta.items_of("tool_calls") {
            let index = part.get("index").and_then(|index| index.as_f64()).unwrap_or(0.0) as usize;
            if index <= self.calls.len() && index < CALLS {
                self.calls.resize_with(self.calls.len().max(index + 1), Call::default);
                let call = &mut self.calls[index];
                add(&mut call.id, part, &["id"]);
                if let Some(function) = part.get("function") {
                    add(&mut call.name, function, &["name"]);
                    add(&mut call.arguments, function, &["arguments"]);
                }
            }
        }
    }

    fn message(self) -> Option<String> {
        if self.words.is_empty() && self.calls.is_empty() {
            return None;
        }
        let call = |call: &Call| {
            let mut function = ObjectWriter::default();
            function.text("name", &call.name);
            function.text("arguments", if call.arguments.is_empty() { "{}" } else { &call.arguments });
            let mut out = ObjectWriter::default();
            out.text("id", &call.id).text("type", "function").json("function", &function.finish()?);
            out.finish()
        };
        let calls: Vec<String> = self.calls.iter().filter_map(call).collect();
        let mut out = ObjectWriter::default();
        out.text("role", "assistant").text("content", &self.words);
        if !self.reasoning.is_empty() {
            out.text("reasoning_content", &self.reasoning);
        }
        if !calls.is_empty() {
            out.json("tool_calls", &format!("[{}]", calls.join(", ")));
        }
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_make_a_message() {
        let anthropic = r#"event: message_start
data: {"type": "message_start", "message": {"role": "assistant", "content": []}}

event: content_block_start
data: {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "I l"}}
data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ook."}}
data: {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}}}
data: {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"a\""}}
data: {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": ": 1}"}}
data: {"type": "message_delta", "delta": {"stop_reason": "tool_use"}}
"#;
        let openai = r#"data: {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "I l"}}]}
data: {"choices": [{"index": 0, "delta": {"content": "ook."}}]}
data: {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "t", "function": {"name": "f", "arguments": ""}}]}}]}
data: {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{\"a\": 1}"}}]}}]}
data: {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 7000000, "function": {"arguments": "x"}}]}}]}
data: [DONE]
"#;
        let wanted = r#"{"role": "assistant", "content": "I look.", "tool_calls": [{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}}]}"#;
        for stream in [anthropic, openai] {
            assert_eq!(message_in(stream).as_deref(), Some(wanted));
        }
        for text in ["data: on tides", "", "event: a fair", "data: {"] {
            assert_eq!(message_in(text), None, "{text}");
        }
    }
}
