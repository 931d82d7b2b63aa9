//! Calls of a tool that runs another one: `call_tool {"server": "bank", "name": "get_balance", "arguments": {…}}`.
//!
//! The call that counts is the inner one. Hosts of MCP servers, catalogues of actions and planners route all calls through
//! one such tool, whose own name says nothing of what is done. The log readers leave it as it is, since it is what the agent
//! wrote and what its tools allow; only what is read off the call is read off the inner one.

use super::explanation::explains;
use crate::signals::effect;
use crate::text::document::{Document, Kind, Value};
use crate::text::same::same_letters;

/// Names of the parameter that names the inner tool.
const NAMES: &[&str] = &[
    "tool",
    "toolname",
    "toolslug",
    "toolid",
    "function",
    "functionname",
    "action",
    "actionname",
    "api",
    "apiname",
    "name",
    "operation",
    "slug",
];

/// Names of the parameter that holds what the inner tool is given.
const ARGUMENTS: &[&str] = &[
    "arguments",
    "args",
    "params",
    "parameters",
    "input",
    "inputs",
    "kwargs",
    "toolinput",
    "toolargs",
    "toolarguments",
    "toolparams",
    "functionargs",
    "functionarguments",
    "actioninput",
    "actionparams",
    "payload",
    "body",
    "data",
];

/// Names of parameters that say where the inner tool is.
const PLACES: &[&str] = &[
    "server",
    "servername",
    "serverid",
    "mcpserver",
    "mcpservername",
    "app",
    "appname",
    "toolkit",
    "namespace",
    "provider",
    "connector",
    "integration",
    "service",
    "plugin",
];

/// The call that a call passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispatched<'a> {
    /// The tool that is run.
    pub tool: &'a str,
    /// The position of its arguments among those of the call; `None` where it takes none.
    arguments: Option<usize>,
}

impl<'a> Dispatched<'a> {
    /// The call that a call of `tool` with these arguments passes on.
    pub fn of(arguments: &Document<'a>) -> Option<Self> {
        let root = arguments.root();
        let is_in = |value: &Value<'_, '_>, names: &[&str]| {
            value.key().is_some_and(|key| names.iter().any(|name| same_letters(key, name)))
        };
        let mut inner = Dispatched { tool: "", arguments: None };
        for (at, value) in root.children().enumerate() {
            match value.kind() {
                Kind::Object if inner.arguments.is_none() && is_in(&value, ARGUMENTS) => {
                    inner.arguments = Some(at);
                }
                Kind::String if inner.tool.is_empty() && is_in(&value, NAMES) && is_name(value.raw()) => {
                    inner.tool = value.raw();
                }
                Kind::String
                    if is_in(&value, PLACES) || value.key().is_some_and(|key| explains(key, value.raw())) => {
                }
                Kind::Bool | Kind::Null => {}
                // Whatever else was chosen, the inner call does not say.
                _ => return None,
            }
        }
        (!inner.tool.is_empty()).then_some(inner)
    }

    /// What the tool is given, among the arguments of the call.
    pub fn arguments<'d>(&self, call: &'d Document<'a>) -> Option<Value<'d, 'a>> {
        call.root().children().nth(self.arguments?)
    }
}

/// Whether a tool runs tools by what it is called: `execute-tool`, `use_mcp_tool`, `callFunction`.
pub fn is_router(tool: &str) -> bool {
    const RUNS: &[&str] = &["call", "execute", "run", "use", "invoke", "dispatch", "perform", "trigger"];
    const RUNNABLE: &[&str] = &["tool", "function", "action", "api", "mcp", "skill"];
    let has = |known: &[&str]| {
        effect::words(tool).any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    has(RUNNABLE) && has(RUNS)
}

/// Whether a text is the name of a tool.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./:".contains(c))
}
