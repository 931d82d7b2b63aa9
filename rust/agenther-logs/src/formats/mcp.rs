//! Messages of the Model Context Protocol, as proxies and inspectors log them: the calls of a session and nothing else.
//!
//! Source: JSON-RPC of `modelcontextprotocol.io`, one message a line or in an array: requests `{jsonrpc, id, method:
//! "tools/call", params: {name, arguments}}`, answers `{jsonrpc, id, result: {content, structuredContent, isError}}` or
//! `{jsonrpc, id, error: {code, message}}`. A file is one run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `tools/call` | steps |
//! | the answer with the same `id`: `content`, else `structuredContent`, else `error.message` | `observation` |
//! | `isError`; an `error` | `error` |
//! | `tools` in the answer to `tools/list` | `tools` |
//! | `instructions` in the answer to `initialize` | `system` |
//! | names of client and server | `metadata` |
//!
//! Either side numbers its requests from where it likes, and each connection does so anew: an answer is that of the last
//! request with its `id`.
//!
//! What the user asked for and what the model said is not in such a log.
//!
//! Leaks: none.

use std::collections::HashMap;

use super::{Format, Piece, Record, filled, schemas};
use crate::json::{ObjectWriter, Value};
use crate::messages::content_text;
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct Mcp;

impl Format for Mcp {
    fn name(&self) -> &'static str {
        "mcp"
    }

    fn shape(&self) -> &'static str {
        "JSON-RPC messages with `jsonrpc`, `id`, `method` and `params` of tools/call, and their answers"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if record.is_array() {
            return record.items().take(6).map(score_message).max().unwrap_or(0);
        }
        score_message(record)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        (!record.is_array()).then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let messages = || record.value.items();
        let (mut timeline, mut open) = (Timeline::default(), HashMap::new());
        for message in messages() {
            read_message(message, &mut timeline, &mut open);
        }
        let mut run =
            timeline.run(record.run_id(), None).map_err(|_| "it has no calls of tools".to_owned())?;
        let mut listed = messages().filter_map(|message| message.at_path(&["result", "tools"]));
        run.tools = listed.find(|tools| tools.items().next().is_some()).and_then(schemas);
        let result = |message: Value<'_, 'a>| message.get("result")?.text_of(&["instructions"]);
        run.system = messages().find_map(result);
        let mut out = ObjectWriter::default();
        out.copy("client", messages().find_map(|message| message.at_path(&["params", "clientInfo"])));
        out.copy("server", messages().find_map(|message| message.at_path(&["result", "serverInfo"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// What the methods beside those of tools begin with.
const METHODS: &[&str] =
    &["ping", "resources/", "prompts/", "roots/", "logging/", "completion/", "sampling/", "elicitation/"];

/// Other protocols speak JSON-RPC too: only what is of tools tells this one surely.
fn score_message(message: Value<'_, '_>) -> u8 {
    if message.text_of(&["jsonrpc"]).is_none() {
        return 0;
    }
    let has =
        |key, inner: &[&str]| message.get(key).is_some_and(|of: Value<'_, '_>| of.any_of(inner).is_some());
    let is_empty = |result: Value<'_, '_>| result.is_object() && result.members().next().is_none();
    match message.text_of(&["method"]).as_deref() {
        Some("tools/call" | "tools/list") => 95,
        Some(method) if method.starts_with("notifications/") => 60,
        Some("initialize") => 90 * u8::from(has("params", &["protocolVersion"])),
        Some(method) => 5 * u8::from(METHODS.iter().any(|known| method.starts_with(known))),
        None if has("result", &["content", "structuredContent", "tools", "protocolVersion"]) => 85,
        None => {
            let other = has("result", &["resources", "resourceTemplates", "prompts", "roots", "completion"]);
            5 * u8::from(other || has("error", &["code"]) || message.get("result").is_some_and(is_empty))
        }
    }
}

/// Reads a message; `open` has the calls that wait for an answer, by id, and how many other requests with that id were
/// made since.
fn read_message<'a>(
    message: Value<'_, 'a>,
    timeline: &mut Timeline<'a>,
    open: &mut HashMap<Text<'a>, usize>,
) {
    // The JSON of an id: 1 and "1" are not the same.
    let id = message.get("id").filter(|id| !id.is_null()).map(|id| id.json());
    match (message.text_of(&["method"]).as_deref(), id, message.get("params")) {
        (Some("tools/call"), id, Some(params)) => {
            let arguments = params.get("arguments").and_then(|arguments| arguments.text_or_json());
            timeline.act(id.clone(), call_name(params.text_of(&["name"])), arguments);
            open.extend(id.map(|id| (id, 0)));
        }
        (Some("initialize"), ..) => open.clear(),
        (Some(_), Some(id), _) => open.get_mut(&id).into_iter().for_each(|others| *others += 1),
        (None, Some(id), _) => match open.get_mut(&id) {
            Some(0) => {
                open.remove(&id);
                let (seen, error) = answer(message);
                timeline.observe(Some(&id), seen.unwrap_or_default(), Some(error));
            }
            Some(others) => *others -= 1,
            None => {}
        },
        _ => {}
    }
}

/// What an answer says, and whether that is an error.
fn answer<'a>(message: Value<'_, 'a>) -> (Option<Text<'a>>, bool) {
    if let Some(error) = message.get("error").filter(|error| !error.is_null()) {
        return (error.text_of(&["message"]).or_else(|| error.text_or_json()), true);
    }
    let result = message.get("result");
    let text = result.and_then(content_text).and_then(filled).filter(|text| text != "[]");
    let structured = || result?.any_of(&["structuredContent"])?.text_or_json();
    let flag = result.and_then(|result| result.get("isError")).and_then(|flag| flag.as_bool());
    (text.or_else(structured), flag == Some(true))
}
