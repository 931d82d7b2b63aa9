//! The tool schemas of a row: those the agent saw, and minimal ones for calls that none describes.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::json::{last_of_each_key, write_items, write_key, write_string, write_value};
use super::turns::{Call, CallArguments, TEXT_ARGUMENT};
use crate::text::document::{Document, Kind, Value};

/// The schemas of a run, as a JSON array.
#[derive(Debug, Default)]
pub struct ToolSchemas {
    /// The log's text that `given` was made from.
    text: String,
    /// The schemas given by the log: a JSON array without its closing bracket.
    given: String,
    /// Their names.
    names: Vec<String>,
    /// The array of this run.
    json: String,
}

impl ToolSchemas {
    /// Takes the schemas of a run. All that the log gives are kept, used or not: the agent chose among
    /// them. A tool that was called but is not described gets what its calls show.
    pub fn read(&mut self, tools: Option<&str>, calls: &[Call<'_>]) {
        let tools = tools.unwrap_or_default();
        if self.given.is_empty() || self.text != tools {
            self.read_given(tools);
        }
        self.json.clear();
        self.json.push_str(&self.given);
        for tool in self.undescribed(calls) {
            if self.json.len() > 1 {
                self.json.push(',');
            }
            tool.write(&mut self.json);
        }
        self.json.push(']');
    }

    /// The JSON array.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Whether there is no schema.
    pub fn is_empty(&self) -> bool {
        self.json.len() == "[]".len()
    }

    fn read_given(&mut self, tools: &str) {
        self.text.clear();
        self.text.push_str(tools);
        self.names.clear();
        self.given.clear();
        self.given.push('[');
        let Some(document) = Document::parse(tools) else { return };
        if document.root().kind() != Kind::Array {
            return;
        }
        for schema in document.root().children() {
            let function = schema.get("function").unwrap_or(schema);
            let Some(name) = function.get("name") else { continue };
            if self.given.len() > 1 {
                self.given.push(',');
            }
            self.names.push(name.text().into_owned());
            self.given.push_str("{\"type\":\"function\",\"function\":");
            write_value(function, &mut self.given);
            self.given.push('}');
        }
    }

    fn undescribed<'c, 'a>(&self, calls: &'c [Call<'a>]) -> Vec<InferredTool<'c, 'a>> {
        let described: HashSet<&str> = self.names.iter().map(String::as_str).collect();
        let mut tools: Vec<InferredTool<'c, 'a>> = Vec::new();
        let mut places = HashMap::new();
        for call in calls.iter().filter(|call| !described.contains(call.name)) {
            let place = *places.entry(call.name).or_insert(tools.len());
            if place == tools.len() {
                tools.push(InferredTool { name: call.name, parameters: Vec::new(), places: HashMap::new() });
            }
            tools[place].see(&call.arguments);
        }
        tools
    }
}

/// What the calls of a tool show of it.
struct InferredTool<'c, 'a> {
    name: &'a str,
    parameters: Vec<Parameter<'a>>,
    places: HashMap<&'c str, usize>,
}

struct Parameter<'a> {
    name: &'a str,
    kind: Option<JsonType>,
}

/// The types of JSON Schema. Chat templates read one name, not a list of them, so what is of several
/// types is a string, or a number if both are numbers.
#[derive(Clone, Copy, PartialEq)]
enum JsonType {
    Boolean,
    Integer,
    Number,
    String,
    /// With the type of its items.
    Array(&'static str),
    Object,
}

impl JsonType {
    fn of(value: Value<'_, '_>) -> Option<JsonType> {
        Some(match value.kind() {
            Kind::Null => return None,
            Kind::Bool => JsonType::Boolean,
            Kind::Number if value.raw().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                JsonType::Integer
            }
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Array => {
                JsonType::Array(value.children().find_map(JsonType::of).map_or("string", JsonType::name))
            }
            Kind::Object => JsonType::Object,
        })
    }

    fn name(self) -> &'static str {
        match self {
            JsonType::Boolean => "boolean",
            JsonType::Integer => "integer",
            JsonType::Number => "number",
            JsonType::String => "string",
            JsonType::Array(_) => "array",
            JsonType::Object => "object",
        }
    }

    fn with(self, other: JsonType) -> JsonType {
        match (self, other) {
            _ if self == other => self,
            (JsonType::Array(_), JsonType::Array(_)) => JsonType::Array("string"),
            (JsonType::Integer, JsonType::Number) | (JsonType::Number, JsonType::Integer) => JsonType::Number,
            _ => JsonType::String,
        }
    }
}

impl<'c, 'a: 'c> InferredTool<'c, 'a> {
    fn see(&mut self, arguments: &'c CallArguments<'a>) {
        match arguments {
            CallArguments::None => {}
            CallArguments::Text(_) => self.see_parameter(TEXT_ARGUMENT, Some(JsonType::String)),
            CallArguments::Object(document) => {
                for member in last_of_each_key(document.root()) {
                    self.see_parameter(member.key().unwrap_or_default(), JsonType::of(member));
                }
            }
        }
    }

    fn see_parameter(&mut self, name: &'a str, kind: Option<JsonType>) {
        let place = *self.places.entry(name).or_insert(self.parameters.len());
        if place == self.parameters.len() {
            self.parameters.push(Parameter { name, kind });
            return;
        }
        let seen = &mut self.parameters[place].kind;
        *seen = match (*seen, kind) {
            (Some(before), Some(kind)) => Some(before.with(kind)),
            (before, kind) => before.or(kind),
        };
    }

    fn write(&self, out: &mut String) {
        out.push_str("{\"type\":\"function\",\"function\":{\"name\":");
        write_string(self.name, out);
        out.push_str(",\"description\":\"\",\"parameters\":{\"type\":\"object\",\"properties\":");
        write_items(&self.parameters, '{', '}', out, |parameter, out| {
            let kind = parameter.kind.unwrap_or(JsonType::String);
            write_key(parameter.name, out);
            let _ = write!(out, ":{{\"type\":\"{}\"", kind.name());
            if let JsonType::Array(items) = kind {
                let _ = write!(out, ",\"items\":{{\"type\":\"{items}\"}}");
            }
            out.push('}');
        });
        out.push_str("}}}");
    }
}
