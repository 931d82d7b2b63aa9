//! Messages that have no `role` beside `content`: LangChain's and AutoGen's, the items of OpenAI's Responses API, and
//! lists of parts: those of Gemini, OpenTelemetry, Pydantic AI, the Vercel SDK and Mastra (`parts`), of Semantic Kernel
//! (`items`), LlamaIndex (`blocks`), Microsoft's Agent Framework (`contents`), Haystack and Goose (`content`).

use std::borrow::Cow;

use super::content::calls_of;
use super::roles::named_role;
use super::{Conversation, Role, content_text, has_known_role, is_type, join, part_text, parts};
use crate::blank::is_blank;
use crate::formats::filled;
use crate::json::{Keys, Limits, ObjectWriter, Tape, Value};
use crate::run::{RunStep, Text};

/// Where messages have a list of parts, beside `content`.
static PART_LISTS: Keys = Keys::new(&["parts", "items", "Items", "blocks", "contents", "_content"]);
/// Parts that only such lists have where `content` holds them.
const OWN_PARTS: &[&str] =
    &["tool_call", "tool_call_result", "toolCall", "toolResult", "toolRequest", "toolResponse"];

/// The parts of a message that is a list of them. Beside a content other lists than `parts` are something else: the items
/// of an order, the blocks of a layout.
pub(super) fn part_list<'t, 'a>(message: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let has_some = |list: &Value<'t, 'a>| list.items().next().is_some();
    if let Some(parts) = message.get("parts").filter(has_some) {
        return Some(parts);
    }
    let content =
        message.any_of(&["content"]).filter(|content| !content.text().is_some_and(|text| is_blank(&text)));
    let Some(content) = content else {
        return message.among(&PART_LISTS).map(|(_, list)| list).find(has_some);
    };
    // Mastra keeps the parts of its interface inside the content.
    if content.get("format").is_some() {
        return content.get("parts").filter(has_some);
    }
    // Bedrock's results have that name too, with the id of the call inside.
    let own = |part: Value<'_, '_>| {
        let is_own = OWN_PARTS.iter().any(|key| part.get(key).is_some_and(|inner| inner.is_object()));
        is_own && !is_type(part, &["tool_call"]) && part.at_path(&["toolResult", "toolUseId"]).is_none()
    };
    content.items().any(own).then_some(content)
}

/// Whether a message has parts, though they may be none.
pub(super) fn has_part_list(message: Value<'_, '_>) -> bool {
    message.get("parts").is_some() || message.among(&PART_LISTS).next().is_some() && has_known_role(message)
}

/// The role that a message has by its type, its class or its kind.
pub(super) fn role_without_name(message: Value<'_, '_>) -> Option<Role> {
    // Semantic Kernel for .NET, and Haystack before 2.12.
    if let Some(role) = message.at_path(&["Role", "Label"]).or_else(|| message.get("_role")) {
        return named_role(&role.text()?.to_ascii_lowercase());
    }
    if message.get("parts").is_some() {
        return match &*message.text_of(&["kind"])? {
            "request" => Some(Role::User),
            "response" => Some(Role::Agent),
            _ => None,
        };
    }
    let class = || message.get("id")?.items().last()?.text();
    let kind = match message.get("kwargs") {
        Some(kwargs) if kwargs.is_object() => class()?,
        _ if message.any_of(&["content", "data"]).is_some() => message.get("type")?.text()?,
        _ => return None,
    };
    Some(match &*kind {
        "human" | "HumanMessage" | "HumanMessageChunk" | "ChatMessage" | "UserMessage" => Role::User,
        "ai" | "AIMessage" | "AIMessageChunk" | "AssistantMessage" => Role::Agent,
        "system" | "SystemMessage" | "SystemMessageChunk" => Role::System,
        "tool" | "ToolMessage" | "ToolMessageChunk" | "function" | "FunctionMessage" => Role::Tool,
        kind if ["TextMessage", "MultiModalMessage", "StopMessage", "HandoffMessage"].contains(&kind)
            || kind.starts_with("StructuredMessage") =>
        {
            let by_user = message.text_of(&["source"])?.starts_with("user");
            if by_user { Role::User } else { Role::Agent }
        }
        _ => return None,
    })
}

/// The message of a choice of a completion, which ART keeps among messages as it is.
pub(super) fn choice_message<'t, 'a>(value: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    value.get("finish_reason")?;
    value.get("message").filter(|message| message.get("role").is_some())
}

/// The fields of a message that stand one level down: those of LangChain's serialisations, of a choice.
pub(super) fn unwrapped<'t, 'a>(message: Value<'t, 'a>) -> Value<'t, 'a> {
    if message.get("role").is_some() {
        return message;
    }
    if let Some(message) = choice_message(message) {
        return message;
    }
    ["kwargs", "data"]
        .iter()
        .find_map(|key| message.get(key).filter(|inner| inner.is_object()))
        .unwrap_or(message)
}

/// Whether a message of Open Interpreter only says which line runs.
pub(super) fn is_progress(message: Value<'_, '_>) -> bool {
    message.text_of(&["format"]).as_deref() == Some("active_line")
}

/// Whether a message is the code that Open Interpreter runs.
pub(super) fn is_code(message: Value<'_, '_>) -> bool {
    is_type(message, &["code"]) && message.get("format").is_some() && message.get("content").is_some()
}

/// The role of an item of the Responses API that is no message; `None` for anything else.
pub(crate) fn item_role(value: Value<'_, '_>) -> Option<Role> {
    if value.get("role").is_some() {
        return None;
    }
    Some(match ItemKind::of(&value.get("type")?.text()?)? {
        ItemKind::Output => Role::Tool,
        ItemKind::Reasoning | ItemKind::Call | ItemKind::Hosted => Role::Agent,
    })
}

enum ItemKind {
    Reasoning,
    Call,
    Output,
    /// A tool that the provider runs: call and result in one.
    Hosted,
}

impl ItemKind {
    fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "reasoning" => ItemKind::Reasoning,
            "function_call" | "custom_tool_call" | "local_shell_call" | "shell_call" | "computer_call"
            | "apply_patch_call" => ItemKind::Call,
            "function_call_output"
            | "function_call_result"
            | "custom_tool_call_output"
            | "local_shell_call_output"
            | "shell_call_output"
            | "computer_call_output"
            | "apply_patch_call_output" => ItemKind::Output,
            "web_search_call"
            | "file_search_call"
            | "code_interpreter_call"
            | "image_generation_call"
            | "mcp_call" => ItemKind::Hosted,
            _ => return None,
        })
    }
}

/// Types of the blocks that call a tool of the provider's, whose results follow in the same message.
const SERVER_CALLS: &[&str] = &["server_tool_use", "mcp_tool_use"];

/// Whether the provider called a tool of its own in a message.
pub(super) fn has_server_calls(message: Value<'_, '_>) -> bool {
    parts(message).any(|block| is_type(block, SERVER_CALLS))
}

impl<'a> Conversation<'a> {
    /// Takes the code that Open Interpreter runs; what its computer prints follows.
    pub(super) fn code(&mut self, message: Value<'_, 'a>) {
        let before = self.open_reply();
        let mut input = ObjectWriter::default();
        input.copy("code", message.get("content"));
        self.wait_for(None);
        self.steps.push(RunStep {
            action_name: message.text_of(&["format"]),
            action_input: input.finish().map(Into::into),
            ..RunStep::default()
        });
        self.settle(before, "");
    }

    /// Takes an item of the Responses API; values that are none are skipped.
    pub(super) fn item(&mut self, item: Value<'_, 'a>) {
        let Some(kind) = item.get("type").and_then(|kind| kind.text()) else { return };
        match &*kind {
            // AutoGen's: the summary that follows repeats the results.
            "ThoughtEvent" => return join(&mut self.pending_thought, content_text(item)),
            "ToolCallRequestEvent" => {
                let thought = self.pending_thought.take();
                return self.calls(parts(item), thought);
            }
            "ToolCallExecutionEvent" | "FunctionExecutionResultMessage" => {
                return parts(item).for_each(|result| _ = self.result(result));
            }
            _ => {}
        }
        match ItemKind::of(&kind) {
            Some(ItemKind::Reasoning) => join(&mut self.pending_thought, reasoning_of(item)),
            Some(ItemKind::Output) => _ = self.result(item),
            Some(ItemKind::Call) => {
                let before = self.open_reply();
                self.call(item);
                self.settle(before, &kind);
            }
            Some(ItemKind::Hosted) => {
                let before = self.open_reply();
                self.hosted(item);
                self.settle(before, &kind);
            }
            None => {}
        }
    }

    /// Takes a message of the agent that is logged block by block, and may be one of several with
    /// the same id (`goes_on`), with results of its first calls between them.
    pub fn agent_blocks(&mut self, message: Value<'_, 'a>, goes_on: bool) {
        let mut goes_on = goes_on;
        if let Some(text) = message.get("content").and_then(|content| content.text()) {
            self.reply(text, goes_on);
        }
        for block in parts(message) {
            if is_type(block, &["tool_use"]) || is_type(block, SERVER_CALLS) {
                let before = self.open_reply();
                self.call(block);
                self.settle(before, "");
            } else if is_type(block, &["thinking", "redacted_thinking"]) {
                join(&mut self.pending_thought, block.text_of(&["thinking"]));
            } else if block.get("tool_use_id").is_some() {
                self.result(block);
            } else if let Some(text) = part_text(block) {
                self.reply(text, goes_on);
            }
            goes_on = true;
        }
    }

    /// Takes words of the agent that a call may follow.
    fn reply(&mut self, words: Text<'a>, goes_on: bool) {
        let Some(words) = filled(words) else { return };
        match self.steps.last_mut().filter(|step| goes_on && is_reply(step)) {
            Some(step) => join(&mut step.thought, Some(words)),
            None => {
                let user = self.pending_user.take();
                self.steps.push(RunStep { user, thought: Some(words), ..RunStep::default() });
            }
        }
    }

    /// Takes back the reply that the agent made just before: beside a call it is a thought.
    pub(super) fn open_reply(&mut self) -> RunStep<'a> {
        let reply = self.steps.pop_if(|step| self.pending_user.is_none() && is_reply(step));
        let mut before = reply.unwrap_or_default();
        let mut thought = self.pending_thought.take();
        join(&mut thought, before.thought.take());
        RunStep { thought, user: before.user.or_else(|| self.pending_user.take()), ..before }
    }

    /// Gives the call just made the words before it, and a name where it has none but its type.
    fn settle(&mut self, before: RunStep<'a>, kind: &str) {
        let Some(step) = self.steps.last_mut() else { return };
        (step.thought, step.user) = (before.thought, before.user);
        if step.action_name.as_deref() == Some("") {
            step.action_name = Some(kind.trim_end_matches("_call").to_owned().into());
        }
    }

    /// A tool of the provider's, whose result stands in the call.
    fn hosted(&mut self, item: Value<'_, 'a>) {
        self.call(item);
        let result = item.any_of(&["output", "outputs", "results", "result"]);
        let observation = result.and_then(|result| result.text_or_json());
        let failed = item.text_of(&["status"]).is_some_and(|status| status == "failed")
            || item.any_of(&["error"]).is_some();
        let Some(step) = self.steps.last_mut() else { return };
        step.observation = observation.or_else(|| item.any_of(&["error"])?.text_or_json());
        step.error = failed.then_some(true);
    }

    fn invocation(&mut self, invocation: Value<'_, 'a>, part: Value<'_, 'a>) {
        self.call(invocation);
        if invocation.any_of(&["output", "result"]).is_some() {
            self.result(invocation);
        }
        let Some(step) = self.steps.last_mut() else { return };
        if step.action_name.as_deref() == Some("") {
            let kind = part.text_of(&["type"]).unwrap_or_default();
            step.action_name = Some(kind.trim_start_matches("tool-").to_owned().into());
        }
        if let Some(error) = invocation.text_of(&["errorText"]) {
            (step.observation, step.error) = (Some(error), Some(true));
        }
    }

    /// Takes a message of the Vercel SDK 3 and 4, whose calls stand beside its words with their results. Of
    /// the words those after the last result are the answer, so they are a turn of their own.
    pub(super) fn invocations(&mut self, message: Value<'_, 'a>) {
        let first = self.steps.len();
        message.items_of("toolInvocations").for_each(|invocation| self.invocation(invocation, invocation));
        let answered = self.steps[first..].iter().any(|step| step.observation.is_some());
        let words = content_text(message);
        let (before, after) = if answered { (None, words) } else { (words, None) };
        self.end_turn(first, super::content::reasoning(message), before);
        self.end_turn(self.steps.len(), None, after);
    }

    /// Takes a message whose content is a list of `parts`, Gemini's or OpenTelemetry's.
    pub fn parts_message(&mut self, role: Role, message: Value<'_, 'a>) {
        match message.get("parts") {
            Some(parts) => self.message_of_parts(role, message, parts),
            None if role == Role::Agent => self.end_turn(self.steps.len(), None, None),
            None => {}
        }
    }

    /// Takes a message that is a list of parts, under whatever name.
    pub(super) fn message_of_parts(&mut self, role: Role, message: Value<'_, 'a>, parts: Value<'_, 'a>) {
        let (mut first, mut answered) = (self.steps.len(), false);
        let (mut thought, mut words, mut has_results) = (None, None, false);
        for part in parts.items() {
            let part_is = Part::of(part);
            has_results |= matches!(part_is, Part::Result(..));
            let has_result = matches!(part_is, Part::Result(..) | Part::Invocation(_));
            // What the agent says after a result is a turn of its own.
            if role == Role::Agent && answered && !has_result {
                self.end_turn(first, thought.take(), words.take());
                first = self.steps.len();
            }
            answered = has_result;
            match part_is {
                Part::Call(call, id) => {
                    self.call_with_id(call, id);
                    let step = self.steps.last_mut().filter(|_| call.get("code").is_some());
                    step.into_iter().for_each(|step| step.action_name = Some("code_execution".into()));
                }
                Part::Result(result, id) => _ = self.result_of(result, id.as_ref()),
                Part::Invocation(invocation) => self.invocation(invocation, part),
                Part::Thought(text) => join(&mut thought, text),
                Part::Words(text) => join(&mut words, text),
                Part::System(text) => join(&mut self.system, text),
            }
        }
        match role {
            Role::Agent => {
                // LlamaIndex has calls beside its blocks where a provider gave none in them.
                let beside = [Some(message), message.get("additional_kwargs")];
                let has_calls = self.steps.len() > first;
                let calls = beside.into_iter().flatten().filter(|_| !has_calls).flat_map(calls_of);
                calls.for_each(|call| self.call(call));
                self.end_turn(first, thought, words);
            }
            Role::System => join(&mut self.system, words),
            // LlamaIndex says what a tool gave in parts of text; Semantic Kernel says it beside the result once more.
            Role::Tool if has_results => {}
            Role::Tool => {
                let id = message.at_path(&["additional_kwargs", "tool_call_id"]).and_then(|id| id.scalar());
                words.into_iter().for_each(|words| _ = self.observe(id.as_ref(), None, words, None));
            }
            _ => self.user_words(words),
        }
    }
}

/// Whether a step is words of the agent and nothing else.
fn is_reply(step: &RunStep<'_>) -> bool {
    step.thought.is_some() && step.action_name.is_none() && step.observation.is_none()
}

/// Whether a part is one of Pydantic AI's pictures and files.
pub(super) fn is_media(part: Value<'_, '_>) -> bool {
    const KINDS: &[&str] = &["image-url", "audio-url", "video-url", "document-url", "binary"];
    part.text_of(&["kind"]).is_some_and(|kind| KINDS.contains(&&*kind))
}

fn is_part_kind(part: Value<'_, '_>, kind: &str) -> bool {
    part.text_of(&["part_kind"]).is_some_and(|known| known == kind)
}

enum Part<'t, 'a> {
    /// A call, and its id where that stands around it.
    Call(Value<'t, 'a>, Option<Text<'a>>),
    /// Call and result in one, as the Vercel SDK keeps them for its interface.
    Invocation(Value<'t, 'a>),
    /// A result, and the id of its call where that stands around it.
    Result(Value<'t, 'a>, Option<Text<'a>>),
    Thought(Option<Text<'a>>),
    Words(Option<Text<'a>>),
    System(Option<Text<'a>>),
}

impl<'t, 'a> Part<'t, 'a> {
    fn of(part: Value<'t, 'a>) -> Self {
        if part.is_string() {
            return Part::Words(part.text());
        }
        match part.text_of(&["part_kind"]).as_deref() {
            Some("tool-call" | "builtin-tool-call") => return Part::Call(part, None),
            Some("tool-return" | "builtin-tool-return") => return Part::Result(part, None),
            Some("retry-prompt") if part.text_of(&["tool_name"]).is_some() => {
                return Part::Result(part, None);
            }
            Some("system-prompt") => return Part::System(content_text(part)),
            Some("thinking") => return Part::Thought(content_text(part)),
            Some(_) => return Part::Words(content_text(part)),
            None => {}
        }
        if let Some(part) = Part::of_kind(part).or_else(|| Part::wrapped(part)) {
            return part;
        }
        if let Some(invocation) = part.get("toolInvocation") {
            return Part::Invocation(invocation);
        }
        if part.get("toolCallId").is_some() {
            return Part::Invocation(part);
        }
        if let Some(call) =
            part.any_of(&["functionCall", "function_call", "executableCode", "executable_code"])
        {
            return Part::Call(call, None);
        }
        if let Some(result) = part.any_of(&[
            "functionResponse",
            "function_response",
            "codeExecutionResult",
            "code_execution_result",
        ]) {
            return Part::Result(result, None);
        }
        let words = part.text_of(&["text", "content", "Text"]);
        let is_thought = part.get("thought").and_then(|thought| thought.as_bool()) == Some(true);
        if is_thought || is_type(part, &["reasoning", "thinking"]) {
            return Part::Thought(words.or_else(|| part.text_of(&["thinking"])));
        }
        Part::Words(words.or_else(|| media(part)))
    }

    /// What a part is by the name of its kind.
    fn of_kind(part: Value<'t, 'a>) -> Option<Self> {
        const KIND: &[&str] = &["type", "content_type", "$type", "block_type"];
        Some(match &*part.text_of(KIND)? {
            "tool_call" | "function_call" | "functionCall" | "FunctionCallContent" => Part::Call(part, None),
            "tool_call_response" | "function_result" | "functionResult" | "FunctionResultContent" => {
                Part::Result(part, None)
            }
            "text_reasoning" | "reasoningContent" | "ReasoningContent" => {
                Part::Thought(part.text_of(&["text", "Text"]))
            }
            _ => return None,
        })
    }

    /// A call or a result of Haystack's or Goose's, which stand one level down.
    fn wrapped(part: Value<'t, 'a>) -> Option<Self> {
        let id = |place: Value<'_, 'a>| place.get("id").and_then(|id| id.scalar());
        let object = |key| part.get(key).filter(|inner| inner.is_object());
        if let Some(call) = object("tool_call") {
            return Some(Part::Call(call, None));
        }
        if let Some(result) = object("tool_call_result") {
            return Some(Part::Result(result, result.get("origin").and_then(id)));
        }
        if let Some(call) = object("toolCall") {
            return Some(Part::Call(call.get("value").unwrap_or(call), id(part)));
        }
        // Genkit's.
        let reference = |place: Value<'_, 'a>| place.get("ref").and_then(|id| id.scalar());
        if let Some(call) = object("toolRequest") {
            return Some(Part::Call(call, reference(call)));
        }
        if let Some(result) = object("toolResponse") {
            return Some(Part::Result(result, reference(result)));
        }
        let result = object("toolResult")?;
        let value = result.get("value").filter(|value| value.get("content").is_some());
        Some(Part::Result(value.unwrap_or(result), id(part)))
    }
}

/// What a part without words was: `[image]`. Parts of kinds that are not media say nothing.
fn media<'a>(part: Value<'_, 'a>) -> Option<Text<'a>> {
    const DATA: &[&str] = &["inlineData", "inline_data", "fileData", "file_data"];
    const MEDIA: &[&str] = &["image", "audio", "video", "file", "blob", "uri", "document"];
    let kind = match part.any_of(DATA) {
        Some(data) => data.text_of(&["mimeType", "mime_type"])?,
        None => part
            .text_of(&["modality", "mime_type", "type"])
            .filter(|kind| MEDIA.iter().any(|known| kind.starts_with(known)))?,
    };
    Some(format!("[{}]", kind.split('/').next().unwrap_or(&kind)).into())
}

/// What a reasoning item shows: its text, else the summary of it.
fn reasoning_of<'a>(item: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut thought = None;
    for part in parts(item) {
        join(&mut thought, part_text(part).or_else(|| part.text_of(&["text"])));
    }
    let summary = item.get("summary").into_iter().flat_map(|summary| summary.items());
    if thought.is_none() {
        summary.for_each(|part| join(&mut thought, part.text().or_else(|| part.text_of(&["text"]))));
    }
    thought.or_else(|| item.text_of(&["text", "summary", "content"]))
}

/// Types of what a computer shows after a call.
const PICTURES: &[&str] = &["input_image", "computer_screenshot", "image_url", "image"];

/// That a result is a picture, and of which page: its bytes are no words.
fn picture<'a>(found: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut seen = Some(Cow::Borrowed("[image]"));
    join(&mut seen, found.text_of(&["current_url"]));
    seen
}

/// The text of a result, wherever its dialect puts it.
pub(super) fn result_text<'a>(result: Value<'_, 'a>) -> Option<Text<'a>> {
    if let Some(text) = content_text(result) {
        return Some(text);
    }
    let found = result
        .any_of(&["output", "response", "result", "outputs", "tool_result", "Result"])
        .or_else(|| result.at_path(&["run", "result"]))?;
    if let Some(text) = found.text() {
        return Some(function_result(&text).map_or(text, Cow::Owned));
    }
    if found.is_array() {
        return content_of(found).or_else(|| found.text_or_json());
    }
    // `{"result": "text"}` is how functions that return a text are wrapped, `{"type": "text",
    // "value": ..}` how the Vercel SDK tells kinds of results apart.
    let mut members = found.members();
    match (members.next(), members.next()) {
        (Some((key, only)), None) if matches!(&*key, "result" | "output" | "content") => {
            only.text().or_else(|| content_of(only)).or_else(|| found.text_or_json())
        }
        _ if found.get("type").is_some() && found.get("value").is_some() => {
            found.get("value")?.text_or_json()
        }
        _ if is_type(found, PICTURES) => picture(found),
        // One content part, as the Agents SDK for JavaScript keeps results.
        _ if is_type(found, &["text", "output_text"]) && found.get("text").is_some() => part_text(found),
        _ if found.get("content").is_some_and(|content| content.is_array()) => {
            content_text(found).or_else(|| found.text_or_json())
        }
        _ => found.text_or_json(),
    }
}

/// The result inside the JSON that Microsoft's frameworks write as the text of a result.
fn function_result(text: &str) -> Option<String> {
    if !text.starts_with("{\"type\": \"function_result\"") {
        return None;
    }
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).ok()?;
    Some(parsed.root().any_of(&["result"])?.text_or_json()?.into_owned())
}

/// The words in a list of content parts; `None` where it holds anything else.
fn content_of<'a>(list: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut words = None;
    for part in list.items() {
        let text = part.get("type").and_then(|_| part_text(part))?;
        join(&mut words, filled(text));
    }
    words
}

/// Whether a result says that the call failed, in the words of its dialect.
pub(super) fn failed(result: Value<'_, '_>) -> Option<bool> {
    if is_part_kind(result, "retry-prompt") {
        return Some(true);
    }
    if let Some(flag) = result.any_of(&["isError", "tool_call_error"]).and_then(|flag| flag.as_bool()) {
        return Some(flag);
    }
    // Microsoft's Agent Framework names the exception.
    if result.text_of(&["exception"]).is_some() {
        return Some(true);
    }
    if let Some(outcome) = result.text_of(&["outcome"]).filter(|outcome| outcome.starts_with("OUTCOME_")) {
        return Some(outcome != "OUTCOME_OK");
    }
    if result.at_path(&["run", "error"]).is_some_and(|error| error.is_object()) {
        return Some(true);
    }
    let response = result.any_of(&["response", "output", "result"])?;
    if response.text_of(&["type"]).is_some_and(|kind| kind.starts_with("error-")) {
        return Some(true);
    }
    let flag = response.any_of(&["isError", "is_error"]).and_then(|flag| flag.as_bool());
    flag.or_else(|| response.any_of(&["error"]).filter(|error| error.as_bool() != Some(false)).map(|_| true))
}

/// The arguments of calls that have them under a name of their own.
pub(super) fn own_arguments<'a>(call: Value<'_, 'a>) -> Option<Text<'a>> {
    const FIELDS: &[&str] = &["action", "queries", "code", "operation", "command", "commands"];
    let mut out = ObjectWriter::default();
    for key in FIELDS {
        out.copy(key, call.get(key).filter(|value| !value.is_null()));
    }
    out.finish().map(Cow::Owned)
}
