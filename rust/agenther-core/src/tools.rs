//! Tool schemas: what the run's tools say about themselves.
//!
//! The engine reads the OpenAI shape (`{"type": "function", "function": {"name", "description",
//! "parameters": {"properties", "required"}}}`), the same without the envelope, and `input_schema` for
//! `parameters`. Anything else in the list is passed over: a schema only ever adds wording.

use std::borrow::Cow;
use std::cell::RefCell;
use std::hash::BuildHasher;
use std::sync::Arc;

use crate::signals::effect::{self, Effect};
use crate::text::document::{Document, Kind, Value};
use crate::text::hash::Seeded;

/// One parameter of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// What the schema says it means.
    pub description: Option<Cow<'a, str>>,
    /// Whether a call must give it.
    pub required: bool,
    /// The types it may have, in the words of JSON Schema; none where the schema says none.
    pub types: Vec<Cow<'a, str>>,
    /// The values it may take, where the schema lists them.
    pub choices: Vec<Cow<'a, str>>,
    /// The least and the greatest number that it may be.
    pub range: [Option<f64>; 2],
    /// The value it has when a call leaves it out.
    pub default: Option<Cow<'a, str>>,
}

/// The schema of one tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// What the schema says it does.
    pub description: Option<Cow<'a, str>>,
    /// What a call of it does, by its name and description.
    pub effect: Effect,
    /// Its parameters, in the schema's order.
    pub parameters: Vec<Parameter<'a>>,
}

impl<'a> Tool<'a> {
    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The same, whatever becomes of the text it was read from.
    fn into_owned(self) -> Tool<'static> {
        Tool {
            name: owned(self.name),
            description: self.description.map(owned),
            effect: self.effect,
            parameters: self.parameters.into_iter().map(Parameter::into_owned).collect(),
        }
    }
}

impl Parameter<'_> {
    fn into_owned(self) -> Parameter<'static> {
        Parameter {
            name: owned(self.name),
            description: self.description.map(owned),
            required: self.required,
            types: self.types.into_iter().map(owned).collect(),
            choices: self.choices.into_iter().map(owned).collect(),
            range: self.range,
            default: self.default.map(owned),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

/// The tools of a run: read for it alone, or shared with the runs that have the same schemas.
#[derive(Debug, Clone)]
pub enum ToolList<'a> {
    /// Read for this run.
    Own(Vec<Tool<'a>>),
    /// Read once for several runs.
    Shared(Arc<[Tool<'static>]>),
}

impl<'a> std::ops::Deref for ToolList<'a> {
    type Target = [Tool<'a>];

    fn deref(&self) -> &[Tool<'a>] {
        match self {
            ToolList::Own(tools) => tools,
            ToolList::Shared(tools) => tools,
        }
    }
}

/// A list of schemas that a thread has read: its tools from the second time on.
struct Seen {
    hash: u64,
    kept: Option<(Box<str>, Arc<[Tool<'static>]>)>,
}

/// How many lists of schemas a thread remembers, and up to which length: the runs of a log mostly have the
/// same few, which are often longer than all that is said in a run.
const REMEMBERED: usize = 16;
const LONGEST: usize = 1 << 18;

thread_local! {
    /// The lists that this thread has read, the latest first.
    static SEEN: RefCell<Vec<Seen>> = const { RefCell::new(Vec::new()) };
}

/// What [`tools`] reads, read once where a thread has read the same schemas before.
pub fn shared_tools(schemas: &str) -> ToolList<'_> {
    if schemas.len() > LONGEST {
        return ToolList::Own(tools(schemas));
    }
    let hash = Seeded::default().hash_one(schemas);
    SEEN.with_borrow_mut(|seen| {
        let Some(at) = seen.iter().position(|seen| seen.hash == hash) else {
            seen.truncate(REMEMBERED - 1);
            seen.insert(0, Seen { hash, kept: None });
            return ToolList::Own(tools(schemas));
        };
        seen[..=at].rotate_right(1);
        match &seen[0].kept {
            Some((text, tools)) if **text == *schemas => ToolList::Shared(Arc::clone(tools)),
            _ => {
                let owned: Arc<[_]> = tools(schemas).into_iter().map(Tool::into_owned).collect();
                seen[0].kept = Some((schemas.into(), Arc::clone(&owned)));
                ToolList::Shared(owned)
            }
        }
    })
}

/// The tools of a run, in the order of the schema list.
pub fn tools(schemas: &str) -> Vec<Tool<'_>> {
    let Some(document) = Document::parse(schemas) else { return Vec::new() };
    let root = document.root();
    match root.kind() {
        Kind::Array => root.children().filter_map(tool).collect(),
        Kind::Object => tool(root).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn tool<'a>(schema: Value<'_, 'a>) -> Option<Tool<'a>> {
    let function =
        schema.get("function").filter(|function| function.kind() == Kind::Object).unwrap_or(schema);
    let name = function.get("name").filter(|name| name.kind() == Kind::String)?.text();
    let parameters = function.get("parameters").or_else(|| function.get("input_schema"));
    let required: Vec<_> = parameters
        .and_then(|parameters| parameters.get("required"))
        .map(|required| required.children().map(Value::text).collect())
        .unwrap_or_default();
    let properties = parameters.and_then(|parameters| parameters.get("properties"));
    let description = string(function, "description");
    Some(Tool {
        effect: effect::effect(&name, description.as_deref()),
        name,
        description,
        parameters: properties
            .map(|properties| {
                properties.children().filter_map(|schema| parameter(schema, &required)).collect()
            })
            .unwrap_or_default(),
    })
}

fn parameter<'a>(schema: Value<'_, 'a>, required: &[Cow<'a, str>]) -> Option<Parameter<'a>> {
    let name = schema.key()?;
    Some(Parameter {
        name: Cow::Borrowed(name),
        description: string(schema, "description"),
        required: required.iter().any(|required| required == name),
        types: schema.get("type").map(|types| types.leaves().map(Value::text).collect()).unwrap_or_default(),
        choices: schema
            .get("enum")
            .map(|choices| choices.leaves().map(Value::text).collect())
            .unwrap_or_default(),
        range: ["minimum", "maximum"].map(|end| schema.get(end)?.number()),
        default: schema.get("default").filter(|default| default.is_leaf()).map(Value::text),
    })
}

fn string<'a>(object: Value<'_, 'a>, key: &str) -> Option<Cow<'a, str>> {
    object.get(key).filter(|value| value.kind() == Kind::String).map(Value::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_openai_shape_and_the_bare_one() {
        let nested = r#"[{"type": "function", "function": {"name": "get_forecast", "description": "Get the forecast",
            "parameters": {"type": "object", "required": ["city"], "properties": {
                "city": {"type": "string", "description": "City name"},
                "units": {"type": "string", "enum": ["metric", "imperial"], "default": "metric"}}}}}]"#;
        let bare = r#"[{"name": "get_forecast", "description": "Get the forecast", "input_schema": {"required": ["city"],
            "properties": {"city": {"description": "City name"}, "units": {"enum": ["metric", "imperial"], "default": "metric"}}}}]"#;
        for schemas in [nested, bare] {
            let tools = tools(schemas);
            assert_eq!(tools[0].name, "get_forecast");
            assert_eq!(tools[0].description.as_deref(), Some("Get the forecast"));
            let city = tools[0].parameter("city").unwrap();
            assert!(city.required);
            assert_eq!(city.description.as_deref(), Some("City name"));
            let units = tools[0].parameter("units").unwrap();
            assert_eq!(units.choices, ["metric", "imperial"]);
            assert_eq!(units.default.as_deref(), Some("metric"));
        }
    }

    #[test]
    fn tools_are_those_of_the_schemas_whatever_was_read_before() {
        let schemas = |at: usize| {
            format!(r#"[{{"name": "tool_{at}", "parameters": {{"properties": {{"a": {{}}}}}}}}]"#)
        };
        for at in (0..3 * REMEMBERED).chain((0..3 * REMEMBERED).rev()).chain([5, 5, 6, 5, 5]) {
            assert_eq!(shared_tools(&schemas(at))[..], tools(&schemas(at))[..]);
        }
        assert!(SEEN.with_borrow(Vec::len) <= REMEMBERED);
        assert!(matches!(shared_tools(&schemas(5)), ToolList::Shared(_)));
    }

    #[test]
    fn what_is_no_schema_is_passed_over() {
        for text in ["", "not json", "[1, {\"name\": 3}]", "{\"function\": {}}"] {
            assert!(tools(text).is_empty(), "{text}");
        }
    }
}
