//! The keys of a mapping: what the parser takes and the published schema says.

use crate::json::ObjectWriter;

/// What the value of a key must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Text,
    /// One path.
    Path,
    /// A path, or several of which the first that leads to something counts.
    Places,
    Texts,
    Number,
    Syntax,
    Step,
}

pub(super) struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub about: &'static str,
}

const fn key(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, about }
}

/// The ways in which agents write name and argument of an action into one text.
pub(super) const SYNTAXES: &[&str] = &["call", "words"];

pub(super) const MAPPING: &[Key] = &[
    key("name", Kind::Text, "What the format is called in `source.format`."),
    key("records", Kind::Path, "Where the records lie in the file, keys only; mostly found without it."),
    key("id", Kind::Places, "Id of the run; without it file and number of the record."),
    key("goal", Kind::Places, "What the user asked for."),
    key("system", Kind::Places, "System prompt or policy."),
    key("tools", Kind::Places, "List of tool schemas."),
    key(
        "messages",
        Kind::Path,
        "List of chat messages (`role`, `content`, `tool_calls`), instead of `steps`.",
    ),
    key("steps", Kind::Path, "List of steps."),
    key("step", Kind::Step, "Where the fields of a step are; paths start at the step."),
    key(
        "answer",
        Kind::Places,
        "What the agent answered at the end; without it the argument of its last `finish`, or its last reply.",
    ),
    key("success", Kind::Places, "Whether the run succeeded: true or false, 1 or 0, or a text."),
    key(
        "success_words",
        Kind::Texts,
        "The texts at `success` that mean yes, in any case; all others mean no.",
    ),
    key("reward", Kind::Places, "How well the run did, a number."),
    key(
        "full_mark",
        Kind::Number,
        "The reward from which on a run is a success; 1 on a scale of 0 to 1 without it.",
    ),
    key("failure_reason", Kind::Places, "How the run failed, in the log's words."),
    key(
        "metadata",
        Kind::Places,
        "What else to keep. Not the reference answer: nothing may give the label away.",
    ),
];

pub(super) const STEP: &[Key] = &[
    key("user", Kind::Places, "What the user said before the step."),
    key("thought", Kind::Places, "Reasoning; the reply where there is no action."),
    key(
        "calls",
        Kind::Path,
        "List of the step's calls where it may have several: `tool`, `arguments`, `action`, `observation` and `error` then start at the call.",
    ),
    key("tool", Kind::Places, "Name of the tool."),
    key("tool_name", Kind::Text, "Name of the only tool, where the log does not name it."),
    key("arguments", Kind::Places, "Arguments of the tool."),
    key(
        "action",
        Kind::Places,
        "Name and argument of the action in one text, instead of `tool` and `arguments`.",
    ),
    key(
        "syntax",
        Kind::Syntax,
        "How they are written: \"call\" (`search[tea]`, `search(tea)`) or \"words\" (`search tea`).",
    ),
    key("thoughts", Kind::Texts, "Names of actions that are thoughts: `think`."),
    key("observation", Kind::Places, "What came back."),
    key("leaks", Kind::Texts, "Starts of lines that announce the outcome: observations are cut there."),
    key(
        "error",
        Kind::Places,
        "The step's error flag: true or false, an exit code, or a text or object that is there only after an error.",
    ),
    key("error_words", Kind::Texts, "The texts at `error` that mean one, in any case; all others mean none."),
];

/// The JSON Schema of a mapping.
pub fn schema() -> String {
    let mut root = ObjectWriter::default();
    root.text("$schema", "https://json-schema.org/draft/2020-12/schema")
        .text("title", "AgentHER mapping of a log format")
        .text("type", "object")
        .json("additionalProperties", "false")
        .json("properties", &properties(MAPPING))
        .json("required", r#"["name"]"#)
        .json("oneOf", r#"[{"required": ["goal", "steps", "step"]}, {"required": ["messages"]}]"#);
    root.finish().unwrap_or_default()
}

fn properties(keys: &[Key]) -> String {
    let mut out = ObjectWriter::default();
    for key in keys {
        let mut property = ObjectWriter::default();
        property.text("description", key.about);
        match key.kind {
            Kind::Text | Kind::Path => property.text("type", "string").json("minLength", "1"),
            Kind::Places | Kind::Texts => {
                property.json("type", r#"["string", "array"]"#).json("items", r#"{"type": "string"}"#)
            }
            Kind::Number => property.text("type", "number"),
            Kind::Syntax => {
                let words: Vec<String> = SYNTAXES.iter().map(|word| format!("{word:?}")).collect();
                property.json("enum", &format!("[{}]", words.join(", ")))
            }
            Kind::Step => property
                .text("type", "object")
                .json("additionalProperties", "false")
                .json("properties", &properties(STEP)),
        };
        out.json(key.name, &property.finish().unwrap_or_default());
    }
    out.finish().unwrap_or_default()
}
