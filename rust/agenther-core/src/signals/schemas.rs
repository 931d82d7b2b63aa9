//! The tools that a run could call: their names and required arguments.

use std::borrow::Cow;
use std::collections::HashMap;

use super::effect::{self, Effect};
use crate::text::document::{Document, Kind, Value};

/// The schemas of a run by the name of the tool; empty where the log has none.
#[derive(Debug, Default)]
pub struct Schemas<'a> {
    required: HashMap<Cow<'a, str>, Vec<Cow<'a, str>>>,
}

impl<'a> Schemas<'a> {
    /// Reads the OpenAI shape, with or without its envelope.
    pub fn new(tools: Option<&'a str>) -> Self {
        let document = tools.and_then(Document::parse);
        let required = document
            .iter()
            .filter(|document| document.root().kind() == Kind::Array)
            .flat_map(|document| document.root().children().filter_map(tool).collect::<Vec<_>>())
            .collect();
        Schemas { required }
    }

    /// Whether the log says nothing of its tools.
    pub fn is_empty(&self) -> bool {
        self.required.is_empty()
    }

    /// The required arguments of a tool; `None` where there is no such tool.
    pub fn required(&self, tool: &str) -> Option<&[Cow<'a, str>]> {
        self.required.get(tool).map(Vec::as_slice)
    }

    /// Whether a tool has that effect.
    pub fn any(&self, wanted: Effect) -> bool {
        self.required.keys().any(|name| effect::effect(name, None) == wanted)
    }
}

fn tool<'a>(schema: Value<'_, 'a>) -> Option<(Cow<'a, str>, Vec<Cow<'a, str>>)> {
    let function = schema.get("function").filter(|inner| inner.kind() == Kind::Object).unwrap_or(schema);
    let name = function.get("name").filter(|name| name.kind() == Kind::String)?.text();
    let parameters = function.get("parameters").or_else(|| function.get("input_schema"));
    let required = parameters
        .and_then(|parameters| parameters.get("required"))
        .map(|required| required.leaves().map(Value::text).collect())
        .unwrap_or_default();
    Some((name, required))
}
