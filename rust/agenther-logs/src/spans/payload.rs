//! What a span was given and what it returned: messages in whatever wrapping the tracer logged.

use std::borrow::Cow;

use crate::formats::tool_schemas;
use crate::json::{Limits, ObjectWriter, Parsed, Tape, Value};
use crate::messages::{Conversation, Role, is_message, is_type, item_role, join, role_of};
use crate::run::Text;

/// Wrappings within wrappings, at most: a message is never deeper.
const NESTING: usize = 8;

/// The side of a call that a payload stands on: it tells who speaks where a payload does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Input,
    Output,
}

impl Side {
    fn role(self) -> &'static str {
        match self {
            Side::Input => "user",
            Side::Output => "assistant",
        }
    }

    /// Members that hold the messages, or what holds them.
    fn wrappers(self) -> &'static [&'static str] {
        match self {
            Side::Input => &[
                "messages",
                "contents",
                "input_messages",
                "chat_history",
                "prompts",
                "new_message",
                "newMessage",
                "input",
                "inputs",
                "user_input",
                "question",
                "query",
                "prompt",
                "task",
                "goal",
                "topic",
                "args",
                "kwargs",
                "request",
                "body",
                "text",
                "content",
                "message",
                "value",
            ],
            Side::Output => &[
                "choices",
                "candidates",
                "generations",
                "messages",
                "output",
                "outputs",
                "output_messages",
                "message",
                "content",
                "response",
                "result",
                "answer",
                "final_answer",
                "completion",
                "text",
                "return_values",
                "return_value",
                "value",
                "raw",
                "data",
            ],
        }
    }
}

/// The messages of a payload, in their own dialects, with what it says beside them.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    /// JSON texts.
    pub list: Vec<String>,
    /// System prompt that stands beside them.
    pub system: Option<String>,
    /// Tool schemas, OpenAI shape.
    pub tools: Option<String>,
}

impl Messages {
    /// Reads a payload: JSON, JSON inside a JSON string, or plain text.
    pub fn of(payload: &str, side: Side) -> Self {
        let mut found = Messages::default();
        found.text(payload, side, NESTING);
        found
    }

    fn text(&mut self, text: &str, side: Side, depth: usize) {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed == "None" || trimmed == "null" || depth == 0 {
            return;
        }
        let mut tape = Tape::default();
        if trimmed.starts_with(['{', '[', '"'])
            && let Ok(parsed) = tape.parse(trimmed, Limits::default())
        {
            return self.collect(parsed.root(), side, depth);
        }
        match by_speakers(trimmed) {
            Some(messages) => self.list.extend(messages),
            None => self.list.push(message(side.role(), text)),
        }
    }

    fn collect(&mut self, value: Value<'_, '_>, side: Side, depth: usize) {
        if depth == 0 {
        } else if let Some(text) = value.text() {
            self.text(&text, side, depth - 1);
        } else if value.is_array() {
            self.list_of(value, side, depth);
        } else if (is_message(value) && value.get("content").is_none_or(|content| !content.is_object()))
            || item_role(value).is_some()
        {
            let known = calls_in_content(value).or_else(|| of_genkit(value));
            self.list.push(known.unwrap_or_else(|| value.json().into_owned()));
        } else if value.is_object() {
            self.object(value, side, depth);
        }
    }

    fn list_of(&mut self, list: Value<'_, '_>, side: Side, depth: usize) {
        let first = list.items().next();
        if let Some(pair) = pair(list) {
            self.list.push(pair);
        } else if first.is_some_and(is_part) {
            let mut out = ObjectWriter::default();
            out.text("role", side.role()).json("content", &list.json());
            self.list.extend(out.finish());
        } else if first.is_some_and(is_call) {
            let mut out = ObjectWriter::default();
            out.text("role", "assistant").json("tool_calls", &list.json());
            self.list.extend(out.finish());
        } else if first.is_some_and(|first| first.is_array()) && first.and_then(pair).is_none() {
            // A batch, of which there is one.
            first.into_iter().for_each(|first| self.collect(first, side, depth - 1));
        } else {
            // The reprs of Python objects are no messages.
            let readable = |item: &Value<'_, '_>| !item.text().is_some_and(|text| text.starts_with("role="));
            list.items().filter(readable).for_each(|item| self.collect(item, side, depth - 1));
        }
    }

    fn object(&mut self, object: Value<'_, '_>, side: Side, depth: usize) {
        self.beside(object);
        let before = self.list.len();
        if object.get("parts").is_some_and(|parts| parts.is_array()) {
            let mut out = ObjectWriter::default();
            out.text("role", side.role()).copy("parts", object.get("parts"));
            return self.list.extend(out.finish());
        }
        let calls =
            object.any_of(&["tool_calls", "toolCalls"]).filter(|calls| calls.items().next().is_some());
        if let Some(calls) = calls.filter(|_| side == Side::Output) {
            let mut out = ObjectWriter::default();
            out.text("role", "assistant").copy("content", object.any_of(&["content", "text"]));
            out.copy("tool_calls", Some(calls));
            return self.list.extend(out.finish());
        }
        for wrapper in side.wrappers().iter().filter_map(|key| object.any_of(&[key])) {
            if wrapper.items().next().is_some_and(is_part) {
                self.list_of(wrapper, side, depth - 1);
            } else {
                self.collect(wrapper, side, depth - 1);
            }
            if self.list.len() > before {
                return;
            }
        }
    }

    /// The system prompt and the tools that requests hold beside the messages.
    fn beside(&mut self, object: Value<'_, '_>) {
        const SYSTEM: &[&str] =
            &["system", "system_instruction", "systemInstruction", "system_prompt", "instructions"];
        for place in
            [Some(object), object.get("config"), object.get("invocation_params")].into_iter().flatten()
        {
            if self.system.is_none()
                && let Some(system) = place.any_of(SYSTEM)
            {
                self.system = words(system).map(Cow::into_owned);
            }
            if self.tools.is_none() {
                self.tools = tool_schemas(place).map(Cow::into_owned);
            }
        }
    }

    /// The list as a JSON array.
    pub fn json(&self) -> String {
        format!("[{}]", self.list.join(","))
    }
}

/// The words of a text, of a message, or of parts.
pub(crate) fn words<'a>(value: Value<'_, 'a>) -> Option<Text<'a>> {
    if value.is_string() {
        return value.text();
    }
    let parts = value.any_of(&["parts", "content"]).unwrap_or(value);
    let mut words = None;
    for part in parts.items() {
        join(&mut words, part.text().or_else(|| part.text_of(&["text", "content"])));
    }
    words.or_else(|| parts.text())
}

fn message(role: &str, text: &str) -> String {
    let mut out = ObjectWriter::default();
    out.text("role", role).text("content", text);
    out.finish().unwrap_or_default()
}

/// A message written as `["human", "text"]`.
fn pair(list: Value<'_, '_>) -> Option<String> {
    let mut items = list.items();
    let (role, text) = (items.next()?.text()?, items.next()?.text()?);
    let is_role = matches!(&*role, "human" | "user" | "ai" | "assistant" | "system");
    let role = if role == "human" { "user".into() } else { role };
    (is_role && items.next().is_none()).then(|| message(&role, &text))
}

/// A message whose content is the JSON of its calls, as some tracers write it.
fn calls_in_content(message: Value<'_, '_>) -> Option<String> {
    let content = message.get("content")?.text().filter(|content| content.starts_with("[{\"function\""))?;
    let mut tape = Tape::default();
    let parsed = tape.parse(&content, Limits::default()).ok()?;
    let calls = parsed.root();
    calls.items().all(is_call).then(|| {
        let mut out = ObjectWriter::default();
        out.text("role", "assistant").json("tool_calls", &calls.json());
        out.finish()
    })?
}

/// A message of Genkit, whose parts are Gemini's under other names.
fn of_genkit(message: Value<'_, '_>) -> Option<String> {
    const CALL: &[&str] = &["toolRequest", "toolResponse"];
    message.items_of("content").find(|part| part.any_of(CALL).is_some())?;
    let part = |part: Value<'_, '_>| {
        let (call, result) = (part.get("toolRequest"), part.get("toolResponse"));
        let Some(inner) = call.or(result) else { return Some(part.json().into_owned()) };
        let (name, content, key) = match call {
            Some(_) => ("functionCall", "args", "input"),
            None => ("functionResponse", "response", "output"),
        };
        let (mut fields, mut out) = (ObjectWriter::default(), ObjectWriter::default());
        fields.copy("id", inner.get("ref")).copy("name", inner.get("name")).copy(content, inner.get(key));
        out.json(name, &fields.finish()?);
        out.finish()
    };
    let parts: Vec<String> = message.items_of("content").filter_map(part).collect();
    let mut out = ObjectWriter::default();
    out.copy("role", message.get("role")).json("parts", &format!("[{}]", parts.join(",")));
    out.finish()
}

/// A content part outside of a message.
fn is_part(value: Value<'_, '_>) -> bool {
    const PARTS: &[&str] =
        &["text", "thinking", "tool_use", "tool_result", "output_text", "input_text", "image"];
    value.get("role").is_none() && value.get("data").is_none() && is_type(value, PARTS)
}

/// A call outside of a message.
fn is_call(value: Value<'_, '_>) -> bool {
    value.get("toolName").is_some()
        || value.get("function").is_some_and(|function| function.get("name").is_some())
}

/// Roles that begin a line of a conversation written as text.
const SPEAKERS: &[(&str, &str)] = &[
    ("system: ", "system"),
    ("developer: ", "system"),
    ("user: ", "user"),
    ("assistant: ", "assistant"),
    ("tool: ", "tool"),
];

/// The messages of a conversation written as `user: ..` lines, as some tracers flatten it.
fn by_speakers(text: &str) -> Option<Vec<String>> {
    let speaker = |line: &str| SPEAKERS.iter().find(|(start, _)| line.starts_with(start));
    speaker(text)?;
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (speaker(line), found.last_mut()) {
            (Some((start, role)), _) => found.push((role, line[start.len()..].to_owned())),
            (None, Some((_, words))) => words.push_str(line),
            (None, None) => {}
        }
    }
    Some(found.iter().map(|(role, words)| message(role, words.trim())).collect())
}

/// Reads JSON texts of messages as one conversation.
pub(crate) fn conversation(messages: &str) -> Conversation<'static> {
    let mut tape = Tape::default();
    let parsed = tape.parse(messages, Limits::default());
    parsed
        .map_or_else(|_| Conversation::default(), |list| Conversation::read(list.root().items()).into_owned())
}

/// Who speaks first in a list of messages, system prompts apart; `None` for an empty list.
pub(crate) fn opening(messages: &[String]) -> Option<Role> {
    messages.iter().find_map(|message| {
        let mut tape = Tape::default();
        let parsed = tape.parse(message, Limits::default()).ok()?;
        let value = parsed.root();
        let role = item_role(value).or_else(|| role_of(value))?;
        (role != Role::System).then_some(role)
    })
}

/// The text that a tool returned: out of the message, the parts or the string that it is wrapped in.
pub(crate) fn returned(payload: &str) -> String {
    let trimmed = payload.trim();
    let mut tape = Tape::default();
    let is_json = trimmed.starts_with(['{', '[', '"']);
    let parsed = is_json.then(|| tape.parse(trimmed, Limits::default()).ok()).flatten();
    let Some(value) = parsed.as_ref().map(Parsed::root) else { return payload.to_owned() };
    if let Some(text) = value.text() {
        return text.into_owned();
    }
    let inner =
        ["kwargs", "data", "output"].iter().find_map(|key| value.get(key).filter(|inner| inner.is_object()));
    let message = inner.filter(|inner| inner.get("content").is_some()).unwrap_or(value);
    let is_wrapped = message.get("content").is_some_and(|content| {
        content.items().next().is_some_and(is_part) || message.any_of(&["tool_call_id", "role"]).is_some()
    });
    let text = if is_wrapped { message.get("content").and_then(words) } else { single(value) };
    text.map_or_else(|| payload.to_owned(), Cow::into_owned)
}

/// The text in `{"output": "text"}` and the like.
fn single<'a>(value: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut members = value.members();
    let (key, only) = members.next()?;
    let is_wrapper = matches!(&*key, "output" | "result" | "return_value" | "response");
    if is_wrapper && members.next().is_none() { only.text() } else { None }
}

/// The arguments that a tool was given, out of what they are wrapped in.
pub(crate) fn arguments(payload: &str) -> String {
    let trimmed = payload.trim();
    let mut tape = Tape::default();
    let is_object = trimmed.starts_with('{');
    let parsed = is_object.then(|| tape.parse(trimmed, Limits::default()).ok()).flatten();
    let Some(value) = parsed.as_ref().map(Parsed::root) else { return payload.to_owned() };
    let mut members = value.members();
    match (members.next(), members.next()) {
        (Some((key, only)), None) if matches!(&*key, "input" | "kwargs" | "args" | "arguments") => {
            match only.text() {
                Some(text) if text.trim_start().starts_with('{') => text.into_owned(),
                None if only.is_object() => only.json().into_owned(),
                _ => payload.to_owned(),
            }
        }
        _ => payload.to_owned(),
    }
}
