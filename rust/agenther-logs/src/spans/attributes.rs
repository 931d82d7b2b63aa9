//! The attributes of a span in any container: OTLP's list of typed values, a flat object, nested
//! objects, the columns of a table. And what the conventions of tracers mean by them.

use std::collections::BTreeMap;

use super::{Kind, Span};
use crate::formats::schemas;
use crate::json::{Limits, ObjectWriter, Parsed, Tape, Value};

/// Objects in objects, at most; what is deeper stays JSON. Phoenix nests nine: `llm`, `input_messages`, `0`,
/// `message`, `tool_calls`, `0`, `tool_call`, `function`, `name`.
const NESTING: usize = 9;

/// Attributes by their dotted names: strings as they are, anything else as JSON.
#[derive(Debug, Default)]
pub(crate) struct Attributes(BTreeMap<String, String>);

impl Attributes {
    pub fn of(value: Value<'_, '_>) -> Self {
        let mut found = Attributes::default();
        match value.text() {
            // Tables keep them as JSON in a string.
            Some(text) => {
                let mut tape = Tape::default();
                tape.parse(&text, Limits::default()).iter().for_each(|parsed| found.add(parsed.root()));
            }
            None => found.add(value),
        }
        found
    }

    /// Adds the attributes of an object, or of OTLP's `[{key, value: {stringValue: ..}}]`.
    pub fn add(&mut self, value: Value<'_, '_>) {
        for pair in value.items() {
            if let (Some(key), Some(value)) = (pair.text_of(&["key"]), pair.get("value")) {
                self.0.insert(key.into_owned(), plain(value));
            }
        }
        for (key, value) in value.members() {
            let key = key.strip_prefix("attributes.").unwrap_or(&key);
            self.flatten(key, value, NESTING);
        }
    }

    fn flatten(&mut self, key: &str, value: Value<'_, '_>, depth: usize) {
        // Some logs keep OTLP's typed values in a plain object.
        if value.is_object() && value.any_of(SCALARS).is_some() {
            self.0.insert(key.to_owned(), plain(value));
            return;
        }
        let Some(text) = value.text_or_json() else { return };
        self.0.insert(key.to_owned(), text.into_owned());
        if depth == 0 {
            return;
        }
        for (name, member) in value.members() {
            self.flatten(&format!("{key}.{name}"), member, depth - 1);
        }
        for (place, item) in value.items().enumerate().filter(|(_, item)| item.is_object()) {
            self.flatten(&format!("{key}.{place}"), item, depth - 1);
        }
    }

    /// Adds the body of a log record: an object, or one of OTLP's typed values.
    pub fn add_body(&mut self, body: Value<'_, '_>) {
        let pairs = body.any_of(&["kvlistValue", "kvlist_value"]).and_then(|list| list.get("values"));
        match pairs {
            Some(pairs) => self.add(pairs),
            None if body.any_of(&["stringValue", "string_value"]).is_some() => {
                self.0.insert("content".to_owned(), plain(body));
            }
            None => self.add(body),
        }
    }

    /// Adds the object called `key` of a value that is an object or JSON in a string.
    pub fn add_json(&mut self, value: Value<'_, '_>, key: &str) {
        let Some(text) = value.text() else {
            return value.get(key).into_iter().for_each(|inner| self.add(inner));
        };
        let mut tape = Tape::default();
        if let Ok(parsed) = tape.parse(&text, Limits::default())
            && let Some(inner) = parsed.root().get(key)
        {
            self.add(inner);
        }
    }

    /// Takes over the attributes of another.
    pub fn merge(&mut self, other: Attributes) {
        self.0.extend(other.0);
    }

    /// The message that an event is, its fields being attributes: `content`, `tool_calls`, `id`; or
    /// `message` with these.
    pub fn message(&self, role: &str) -> Option<String> {
        let whole = self.get(&["message", "gen_ai.event.content"]);
        let mut tape = Tape::default();
        let parsed = whole.and_then(|text| tape.parse(text, Limits::default()).ok());
        if let Some(value) = parsed.as_ref().map(Parsed::root).filter(|value| value.is_object()) {
            let inner = value.get("message").filter(|inner| inner.is_object()).unwrap_or(value);
            let mut fields = Attributes::of(inner);
            fields.0.remove("message");
            fields.0.remove("gen_ai.event.content");
            return fields.message(role);
        }
        let content = self.get(&["content", "message"]);
        let calls =
            self.get(&["tool_calls"]).filter(|calls| Tape::default().parse(calls, Limits::default()).is_ok());
        content.or(calls)?;
        let mut out = ObjectWriter::default();
        out.text("role", self.get(&["role"]).unwrap_or(role));
        let is_list = content.is_some_and(|content| content.starts_with("[{\"toolResult\""));
        self.get(&["id"])
            .filter(|_| role == "tool" && !is_list)
            .iter()
            .for_each(|id| _ = out.text("tool_call_id", id));
        match content {
            Some(content) => write_content(&mut out, content),
            None => _ = out.json("content", "null"),
        }
        calls.iter().for_each(|calls| _ = out.json("tool_calls", calls));
        out.finish()
    }

    /// The first of the `keys` that is not blank.
    pub fn get(&self, keys: &[&str]) -> Option<&str> {
        keys.iter()
            .find_map(|key| self.0.get(*key))
            .map(String::as_str)
            .filter(|text| !text.trim().is_empty())
    }

    fn take(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.get(&[key])).map(str::to_owned)
    }

    /// The messages that stand under `prefix` one attribute a field: `prefix.0.message.role`,
    /// `prefix.0.tool_calls.0.name`.
    fn flattened(&self, prefix: &str) -> Option<String> {
        let start = format!("{prefix}.");
        let fields = self.0.range(start.clone()..).take_while(|(key, _)| key.starts_with(&start));
        let mut messages: BTreeMap<usize, Message> = BTreeMap::new();
        for (key, text) in fields {
            let mut path = key[start.len()..].split('.').filter(|part| !LAYERS.contains(part));
            if let Some(place) = path.next().and_then(|place| place.parse().ok()) {
                messages.entry(place).or_default().set(&path.collect::<Vec<_>>(), text);
            }
        }
        // A list that does not begin at its beginning is what is left of a stream.
        messages.get(&0)?;
        let texts: Vec<String> = messages.into_values().filter_map(Message::json).collect();
        (!texts.is_empty()).then(|| format!("[{}]", texts.join(",")))
    }
}

/// Parts of attribute names that only wrap what follows them.
const LAYERS: &[&str] = &["message", "tool_call", "function", "message_content", "tool"];

#[derive(Default)]
struct Message<'s> {
    fields: BTreeMap<&'s str, &'s str>,
    calls: BTreeMap<usize, BTreeMap<&'s str, &'s str>>,
    contents: BTreeMap<usize, BTreeMap<&'s str, &'s str>>,
}

impl<'s> Message<'s> {
    fn set(&mut self, path: &[&'s str], text: &'s str) {
        let place = |place: &str| place.parse().unwrap_or(0);
        match path {
            [field] => _ = self.fields.insert(field, text),
            ["tool_calls", at, field] => _ = self.calls.entry(place(at)).or_default().insert(field, text),
            ["contents" | "content", at, field] => {
                _ = self.contents.entry(place(at)).or_default().insert(field, text);
            }
            _ => {}
        }
    }

    fn json(self) -> Option<String> {
        let mut out = ObjectWriter::default();
        for key in ["role", "name", "tool_call_id"] {
            if let Some(text) = self.fields.get(key) {
                out.text(key, text);
            }
        }
        let part = |fields: &BTreeMap<&str, &str>| {
            let mut out = ObjectWriter::default();
            match fields.get("text") {
                Some(text) => out.text("type", "text").text("text", text),
                None => out.text("type", fields.get("type").unwrap_or(&"image")),
            };
            out.finish()
        };
        if !self.contents.is_empty() {
            let parts: Vec<String> = self.contents.values().filter_map(part).collect();
            out.json("content", &format!("[{}]", parts.join(",")));
        } else if let Some(content) = self.fields.get("content") {
            write_content(&mut out, content);
        } else {
            out.json("content", "null");
        }
        let mut calls: Vec<String> = self.calls.values().filter_map(|call| call_json(call)).collect();
        if let Some(name) = self.fields.get("function_call_name") {
            let arguments = self.fields.get("function_call_arguments_json").unwrap_or(&"{}");
            calls.extend(call_json(&BTreeMap::from([("name", *name), ("arguments", *arguments)])));
        }
        if !calls.is_empty() {
            out.json("tool_calls", &format!("[{}]", calls.join(",")));
        }
        self.fields.get("role").or((!calls.is_empty()).then_some(&""))?;
        out.finish()
    }
}

fn call_json(fields: &BTreeMap<&str, &str>) -> Option<String> {
    let mut out = ObjectWriter::default();
    fields.get("id").into_iter().for_each(|id| _ = out.text("id", id));
    out.text("name", fields.get("name")?).text("arguments", fields.get("arguments").unwrap_or(&"{}"));
    out.finish()
}

/// Content that is a list of parts, written as a string, is a list again.
fn write_content(out: &mut ObjectWriter, content: &str) {
    const BEDROCK: &[&str] = &["[{\"text\"", "[{\"toolUse\"", "[{\"toolResult\"", "[{\"reasoningContent\""];
    let typed = content.starts_with("[{") && content.contains("\"type\"");
    let is_parts = (typed || BEDROCK.iter().any(|start| content.starts_with(start)))
        && Tape::default().parse(content, Limits::default()).is_ok();
    if is_parts {
        out.json("content", content)
    } else {
        out.text("content", content)
    };
}

/// Members of OTLP's typed values, in either spelling.
const SCALARS: &[&str] = &[
    "stringValue",
    "string_value",
    "intValue",
    "int_value",
    "doubleValue",
    "double_value",
    "boolValue",
    "bool_value",
];

/// The text of one of OTLP's typed values, in either spelling.
fn plain(value: Value<'_, '_>) -> String {
    match value.any_of(SCALARS) {
        Some(scalar) => scalar.text_or_json().map(|text| text.into_owned()).unwrap_or_default(),
        None if value.is_object() => typed_json(value),
        None => value.text_or_json().map(|text| text.into_owned()).unwrap_or_default(),
    }
}

/// JSON of one of OTLP's typed values. Depth is bounded by the parser's.
fn typed_json(value: Value<'_, '_>) -> String {
    if let Some(text) = value.any_of(&["stringValue", "string_value"]) {
        return text.json().into_owned();
    }
    if let Some(list) = value.any_of(&["arrayValue", "array_value"]) {
        let items = list.get("values").into_iter().flat_map(|values| values.items());
        return format!("[{}]", items.map(typed_json).collect::<Vec<_>>().join(","));
    }
    if let Some(pairs) = value.any_of(&["kvlistValue", "kvlist_value"]) {
        let mut out = ObjectWriter::default();
        for pair in pairs.get("values").into_iter().flat_map(|values| values.items()) {
            if let (Some(key), Some(value)) = (pair.text_of(&["key"]), pair.get("value")) {
                out.json(&key, &typed_json(value));
            }
        }
        return out.finish().unwrap_or_else(|| "{}".to_owned());
    }
    let scalar = ["intValue", "int_value", "doubleValue", "double_value", "boolValue", "bool_value"];
    match value.any_of(&scalar) {
        Some(scalar) => scalar.scalar().map_or_else(|| scalar.json().into_owned(), |text| text.into_owned()),
        None => "null".to_owned(),
    }
}

/// The kind that any convention's attributes, or else the name, give a span.
fn kind_of(attributes: &Attributes, name: &str) -> Kind {
    const STATED: &[&str] = &[
        "openinference.span.kind",
        "gen_ai.operation.name",
        "mlflow.spanType",
        "langfuse.observation.type",
        "traceloop.span.kind",
        "langsmith.span.kind",
        "ai.operationId",
        "llm.request.type",
        "experiment.operation_type",
        "lmnr.span.type",
        "genkit:metadata:subtype",
    ];
    let stated = STATED.iter().filter_map(|key| attributes.get(&[key])).map(kind_named);
    if let Some(kind) = stated.into_iter().find(|kind| *kind != Kind::Other) {
        return kind;
    }
    let is_tool = attributes.get(&["gen_ai.tool.name", "gen_ai.tool.call.id", "ai.toolCall.name"]).is_some()
        || attributes.get(&["tool.name"]).is_some() && attributes.get(TOOL_OUTPUT).is_some();
    let asks_model = attributes.get(MODEL_INPUT).is_some()
        || ["gen_ai.prompt", "llm.input_messages", "gen_ai.completion"]
            .iter()
            .any(|key| attributes.flattened(key).is_some());
    if is_tool || name.starts_with("execute_tool") || name.starts_with("running tool: ") {
        Kind::Tool
    } else if asks_model
        && attributes.get(&["gen_ai.request.model", "llm.model_name", "ai.model.id"]).is_some()
    {
        Kind::Model
    } else {
        Kind::Other
    }
}

/// The kind that a tracer's word means.
pub(crate) fn kind_named(word: &str) -> Kind {
    let word = word.trim_matches('"').to_ascii_lowercase();
    match &*word {
        "llm"
        | "model"
        | "llm_generation"
        | "model_generation"
        | "chat_model"
        | "chat"
        | "generation"
        | "text_completion"
        | "completion"
        | "generate_content"
        | "response"
        | "responses"
        | "agent_llm"
        | "ai.generatetext.dogenerate"
        | "ai.streamtext.dostream"
        | "ai.generateobject.dogenerate"
        | "ai.streamobject.dostream" => Kind::Model,
        "tool" | "execute_tool" | "function" | "ai.toolcall" | "tool_call" | "mcp_tool_call"
        | "mcp_tools/call" => Kind::Tool,
        "agent" | "agent_run" | "invoke_agent" | "create_agent" => Kind::Agent,
        "evaluator" | "guardrail" | "validate_answer" | "evaluation" => Kind::Judge,
        _ => Kind::Other,
    }
}

const MODEL_INPUT: &[&str] = &[
    "gen_ai.input.messages",
    "ai.prompt.messages",
    "gcp.vertex.agent.llm_request",
    "langfuse.observation.input",
    "mlflow.spanInputs",
    "gen_ai.prompt",
    "events",
    "agent.input_message",
    "input.value",
    "traceloop.entity.input",
    "ai.prompt",
    "llm.prompts",
    "pydantic_ai.all_messages",
    "all_messages_events",
    "task.input",
    "lmnr.span.input",
    "genkit:input",
];
const MODEL_OUTPUT: &[&str] = &[
    "gen_ai.output.messages",
    "gcp.vertex.agent.llm_response",
    "langfuse.observation.output",
    "mlflow.spanOutputs",
    "gen_ai.completion",
    "agent.output_message",
    "output.value",
    "traceloop.entity.output",
    "ai.response.text",
    "ai.response.object",
    "final_result",
    "lmnr.span.output",
    "genkit:output",
];
const TOOL_INPUT: &[&str] = &[
    "gen_ai.tool.call.arguments",
    "gcp.vertex.agent.tool_call_args",
    "ai.toolCall.args",
    "tool.args_json",
    "tool_arguments",
    "langfuse.observation.input",
    "mlflow.spanInputs",
    "input.value",
    "traceloop.entity.input",
    "gen_ai.tool.arguments",
    "tool.parameters",
    "lmnr.span.input",
    "genkit:input",
];
const TOOL_OUTPUT: &[&str] = &[
    "gen_ai.tool.call.result",
    "gcp.vertex.agent.tool_response",
    "ai.toolCall.result",
    "tool.result_json",
    "tool_response",
    "langfuse.observation.output",
    "mlflow.spanOutputs",
    "output.value",
    "traceloop.entity.output",
    "gen_ai.tool.message",
    "lmnr.span.output",
    "genkit:output",
];

impl Span {
    /// Takes kind, content and problem from the attributes.
    pub fn set_attributes(&mut self, attributes: &Attributes) {
        self.kind = kind_of(attributes, &self.name);
        let name = match self.kind {
            Kind::Tool => attributes.take(&[
                "gen_ai.tool.name",
                "tool.name",
                "ai.toolCall.name",
                "traceloop.entity.name",
            ]),
            Kind::Agent => attributes.take(&["gen_ai.agent.name", "agent.name"]),
            _ => None,
        };
        self.name = name.unwrap_or_else(|| std::mem::take(&mut self.name));
        if self.kind == Kind::Tool {
            self.input = attributes.take(TOOL_INPUT);
            self.output = attributes.take(TOOL_OUTPUT);
        } else {
            let flat = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| attributes.flattened(prefix));
            self.input =
                flat(&["llm.input_messages", "gen_ai.prompt"]).or_else(|| attributes.take(MODEL_INPUT));
            self.output = flat(&["llm.output_messages", "gen_ai.completion"])
                .or_else(|| vercel_output(attributes))
                .or_else(|| attributes.take(MODEL_OUTPUT));
        }
        self.system = attributes.get(&["gen_ai.system_instructions"]).map(system_words);
        self.tools = tools(attributes);
        let problem =
            attributes.take(&["error.message", "exception.message", "error.type", "exception.type"]);
        if self.problem.is_none() && problem.is_some() {
            self.problem = problem;
            self.failed = Some(true);
        }
    }
}

/// Text and calls that the Vercel SDK keeps in two attributes.
fn vercel_output(attributes: &Attributes) -> Option<String> {
    let calls = attributes.get(&["ai.response.toolCalls"])?;
    Tape::default().parse(calls, Limits::default()).ok()?;
    let mut out = ObjectWriter::default();
    out.text("role", "assistant").text("content", attributes.get(&["ai.response.text"]).unwrap_or(""));
    out.json("tool_calls", calls);
    out.finish()
}

fn system_words(text: &str) -> String {
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).ok();
    let words = parsed.as_ref().and_then(|parsed| super::words(parsed.root()));
    words.map_or_else(|| text.to_owned(), |words| words.into_owned())
}

/// Tool schemas: a JSON list, a list of JSON texts, or one attribute a tool.
fn tools(attributes: &Attributes) -> Option<String> {
    const LISTS: &[&str] = &["gen_ai.tool.definitions", "mlflow.chat.tools", "ai.prompt.tools"];
    if let Some(list) = attributes.get(LISTS) {
        let mut tape = Tape::default();
        let parsed = tape.parse(list, Limits::default()).ok()?;
        let list = parsed.root();
        let texts: Vec<String> = list.items().filter_map(|tool| Some(tool.text()?.into_owned())).collect();
        return if texts.is_empty() {
            schemas(list).map(|tools| tools.into_owned())
        } else {
            schemas_of(&texts)
        };
    }
    if let Some(tools) = attributes.get(&["model_request_parameters"]).and_then(pydantic_tools) {
        return Some(tools);
    }
    let is_schema = |key: &str| key.starts_with("llm.tools.") && key.ends_with(".json_schema");
    let fields = attributes.0.iter().filter(|(key, _)| is_schema(key));
    let texts: Vec<String> = fields.map(|(_, text)| text.clone()).collect();
    schemas_of(&texts).or_else(|| traceloop_tools(attributes))
}

/// The tools that Pydantic AI lists among what it asks a model with.
fn pydantic_tools(parameters: &str) -> Option<String> {
    let mut tape = Tape::default();
    let parsed = tape.parse(parameters, Limits::default()).ok()?;
    let tool = |tool: Value<'_, '_>| {
        let mut out = ObjectWriter::default();
        out.copy("name", tool.get("name")).copy("description", tool.get("description"));
        out.copy("parameters", tool.get("parameters_json_schema"));
        out.finish()
    };
    let texts: Vec<String> = parsed.root().items_of("function_tools").filter_map(tool).collect();
    schemas_of(&texts)
}

/// `llm.request.functions.0.name`, `.description`, `.parameters`.
fn traceloop_tools(attributes: &Attributes) -> Option<String> {
    let mut found: BTreeMap<usize, ObjectWriter> = BTreeMap::new();
    let start = "llm.request.functions.";
    for (key, text) in attributes.0.range(start.to_owned()..).take_while(|(key, _)| key.starts_with(start)) {
        let Some((place, field)) = key[start.len()..].split_once('.') else { continue };
        let Ok(place) = place.parse() else { continue };
        let out = found.entry(place).or_default();
        let is_json = field == "parameters" && Tape::default().parse(text, Limits::default()).is_ok();
        if is_json {
            out.json(field, text)
        } else {
            out.text(field, text)
        };
    }
    let texts: Vec<String> = found.into_values().filter_map(ObjectWriter::finish).collect();
    schemas_of(&texts)
}

fn schemas_of(texts: &[String]) -> Option<String> {
    let readable = |text: &&String| Tape::default().parse(text, Limits::default()).is_ok();
    let texts: Vec<&str> = texts.iter().filter(readable).map(String::as_str).collect();
    let list = format!("[{}]", texts.join(","));
    let mut tape = Tape::default();
    let parsed = tape.parse(&list, Limits::default()).ok().filter(|_| !texts.is_empty())?;
    schemas(parsed.root()).map(|tools| tools.into_owned())
}
