//! Calls, results and thoughts that models without an interface of their own for them write into
//! the text of a message, between tags: Hermes, Qwen, Llama, GLM, Mistral, and OpenHands and
//! SWE-agent where they ask for calls in words; or after `Action:`, as tau-bench's ReAct agents do.

use std::sync::LazyLock;

use memchr::memmem::{Finder, FinderRev};

use super::interleaved;
use crate::formats::part_of;
use crate::json::{Limits, ObjectWriter, Tape, Value, read_inner};
use crate::python_literal::to_json;
use crate::react::{TAU_RESULT, json_action, reply_of};
use crate::run::Text;

/// What opens and closes a call. One that is not closed goes to the end of the message.
const CALLS: &[(&str, &str)] = &[
    ("<tool_call>", "</tool_call>"),
    ("<function_call>", "</function_call>"),
    ("<functioncall>", "<|endoftext|>"),
    (INVOKES, "</function_calls>"),
    ("<minimax:tool_call>", "</minimax:tool_call>"),
    ("<function=", "</function>"),
    ("<|python_tag|>", "<|eom_id|>"),
    ("[TOOL_CALLS]", "</s>"),
    ("<TOOLCALL>", "</TOOLCALL>"),
];
/// What opens calls as Anthropic's models wrote them before they had an interface for them, and Suna's agents do.
const INVOKES: &str = "<function_calls>";
const THOUGHTS: &[(&str, &str)] =
    &[("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>")];
const RESULT: (&str, &str) = ("<tool_response>", "</tool_response>");

/// A call that stands in the text of a message.
#[derive(Debug, PartialEq)]
pub(super) struct WrittenCall {
    pub name: String,
    pub input: Option<String>,
}

/// The thought that a message begins with, and the words after it. Templates that open the thought
/// themselves leave only its end in the message.
pub(super) fn thought_and_words(text: Text<'_>) -> (Option<Text<'_>>, Text<'_>) {
    if memchr::memchr(b'<', text.as_bytes()).is_none() {
        return (None, text);
    }
    for (open, close) in THOUGHTS {
        let start = text.trim_start().strip_prefix(open).map(|rest| text.len() - rest.len());
        let Some(end) = text.find(close).filter(|end| start.is_some() || !text[..*end].contains(open)) else {
            continue;
        };
        let thought = part_of(&text, |text| text[start.unwrap_or(0)..end].trim());
        return (Some(thought), part_of(&text, |text| text[end + close.len()..].trim()));
    }
    (None, text)
}

/// A thought without the tags that it stands between.
pub(super) fn without_thought_tags(text: Text<'_>) -> Text<'_> {
    match thought_and_words(text) {
        (Some(thought), words) if words.is_empty() => thought,
        (_, words) => words,
    }
}

/// The calls in a text and the words around them; `None` where it holds none. After `Action:` they stand only where the
/// agent has no calls of its own.
pub(super) fn calls_and_words(text: &str, may_be_labelled: bool) -> Option<(Vec<WrittenCall>, String)> {
    may_be_labelled.then(|| labelled_call(text)).flatten().or_else(|| tagged_calls(text))
}

static LAST_ACTION: LazyLock<FinderRev<'static>> = LazyLock::new(|| FinderRev::new("\nAction:"));

/// The call after the last `Action:` of a text that ends with it; of a reply (`respond`) the words.
fn labelled_call(text: &str) -> Option<(Vec<WrittenCall>, String)> {
    if !text.trim_end().ends_with(['}', '`']) {
        return None;
    }
    let at = LAST_ACTION.rfind(text).map(|at| at + 1).or_else(|| text.starts_with("Action:").then_some(0))?;
    let (name, input) = json_action(&text[at + "Action:".len()..])?;
    let before = text[..at].trim();
    let thought = before.strip_prefix("Thought:").unwrap_or(before).trim();
    match reply_of(&name, &input) {
        Some(said) => Some((Vec::new(), said)),
        None if name == "Final Answer" => {
            Some((vec![WrittenCall { name: "finish".to_owned(), input: Some(input) }], thought.to_owned()))
        }
        None => Some((vec![WrittenCall { name, input: Some(input) }], thought.to_owned())),
    }
}

pub(super) fn tagged_calls(text: &str) -> Option<(Vec<WrittenCall>, String)> {
    let (mut calls, mut words, mut rest) = (Vec::new(), String::new(), text);
    while let Some((before, open, close)) = next_call(rest) {
        let from_tag = &rest[before..];
        let inside = &from_tag[open.len()..];
        let end = inside.find(close);
        let after = end.map_or("", |end| &inside[end + close.len()..]);
        // A tag that is only talked about may stand before the one that opens the call.
        let body = &inside[..end.unwrap_or(inside.len())];
        let (talk, body) = body.rsplit_once(open).unwrap_or(("", body));
        let found = calls_in(open, body);
        if found.is_empty() {
            words.push_str(&rest[..rest.len() - after.len()]);
        } else {
            words.push_str(&rest[..before]);
            words.push_str(talk);
            calls.extend(found);
        }
        rest = after;
    }
    words.push_str(rest);
    (!calls.is_empty()).then(|| (calls, words.trim().to_owned()))
}

/// Where the next call opens, and its tags.
fn next_call(text: &str) -> Option<(usize, &'static str, &'static str)> {
    memchr::memchr2_iter(b'<', b'[', text.as_bytes()).find_map(|at| {
        let (open, close) = CALLS.iter().find(|(open, _)| text[at..].starts_with(open))?;
        Some((at, *open, *close))
    })
}

/// The calls in what stands between two tags.
fn calls_in(open: &str, body: &str) -> Vec<WrittenCall> {
    if open == "<function=" {
        return function_block(body).into_iter().collect();
    }
    if body.contains(INVOKE) {
        return body.split(INVOKE).skip(1).filter_map(invoked).collect();
    }
    let body = body.trim();
    if let Some((_, block)) = body.split_once("<function=") {
        return function_block(block).into_iter().collect();
    }
    if let Some((call, code)) = split_code(body)
        && let Some(calls) = calls_of_json(call)
    {
        let with_code = |call: WrittenCall| {
            let mut input = ObjectWriter::default();
            input.text("code", code);
            WrittenCall { input: input.finish(), ..call }
        };
        return calls.into_iter().map(with_code).collect();
    }
    if let Some(calls) = calls_of_json(body).or_else(|| Some(vec![keyed_call(body)?])) {
        return calls;
    }
    broken_call(body).into_iter().collect()
}

/// The JSON of a call and the code behind it, where Tongyi's agents put it.
fn split_code(body: &str) -> Option<(&str, &str)> {
    let end = Tape::default().parse_prefix(body, Limits::default()).ok()??;
    let code = body[end..].trim_start().strip_prefix("<code>")?;
    Some((&body[..end], code.split("</code>").next().unwrap_or(code).trim()))
}

/// A call whose JSON cannot be read, by the name that it begins with: its arguments are kept as they stand.
fn broken_call(body: &str) -> Option<WrittenCall> {
    let named =
        body.strip_prefix('{')?.trim_start().strip_prefix("\"name\"")?.trim_start().strip_prefix(':')?;
    let (name, rest) = named.trim_start().strip_prefix('"')?.split_once('"')?;
    let given = rest.trim_start().strip_prefix(',')?.trim_start();
    let key =
        ["\"arguments\"", "\"parameters\"", "\"args\""].iter().find_map(|key| given.strip_prefix(key))?;
    let input = key.trim_start().strip_prefix(':')?.trim();
    is_name(name).then(|| WrittenCall { name: name.to_owned(), input: Some(input.to_owned()) })
}

/// The calls that a text of JSON, or of Python, states: one, or a list of them.
pub(super) fn calls_of_json(text: &str) -> Option<Vec<WrittenCall>> {
    let read = |value: Value<'_, '_>| {
        if value.is_array() {
            value.items().map(stated_call).collect()
        } else {
            Some(vec![stated_call(value)?])
        }
    };
    read_inner(text, read).or_else(|| read_inner(&to_json(text)?, read))
}

fn stated_call(value: Value<'_, '_>) -> Option<WrittenCall> {
    let call = value.get("function").filter(|function| function.is_object()).unwrap_or(value);
    let name = call.text_of(&["name"])?.into_owned();
    let input = call.any_of(&["arguments", "args", "parameters"]).and_then(|input| input.text_or_json());
    Some(WrittenCall { name, input: input.map(|input| super::decoded_twice(input).into_owned()) })
}

/// `name>{..}` or `name><parameter=key>value</parameter>`: what follows `<function=`.
fn function_block(block: &str) -> Option<WrittenCall> {
    let (name, rest) = block.split_once('>')?;
    let body = rest.split("</function>").next().unwrap_or(rest).trim();
    if body.starts_with('{') {
        return is_name(name).then(|| WrittenCall { name: name.to_owned(), input: Some(body.to_owned()) });
    }
    let mut input = ObjectWriter::default();
    for parameter in body.split("<parameter=").skip(1) {
        let (key, value) = parameter.split_once('>')?;
        let value = value.split("</parameter>").next().unwrap_or(value);
        let value = value.strip_prefix('\n').unwrap_or(value);
        input.text(key, value.strip_suffix('\n').unwrap_or(value));
    }
    let input = input.finish().or_else(|| Some("{}".to_owned()));
    is_name(name).then(|| WrittenCall { name: name.to_owned(), input })
}

const INVOKE: &str = "<invoke name=\"";

/// `name"><parameter name="key">value</parameter>`: what follows `<invoke name="`.
fn invoked(block: &str) -> Option<WrittenCall> {
    let (name, rest) = block.split_once("\">")?;
    let body = rest.split("</invoke>").next().unwrap_or(rest);
    let mut input = ObjectWriter::default();
    for parameter in body.split("<parameter name=\"").skip(1) {
        let (key, value) = parameter.split_once("\">")?;
        input.text(key, value.split("</parameter>").next().unwrap_or(value).trim());
    }
    let input = input.finish().or_else(|| Some("{}".to_owned()));
    is_name(name).then(|| WrittenCall { name: name.to_owned(), input })
}

/// GLM's `name<arg_key>key</arg_key><arg_value>value</arg_value>`.
fn keyed_call(body: &str) -> Option<WrittenCall> {
    let mut parts = body.split("<arg_key>");
    let name = parts.next()?.trim();
    let mut input = ObjectWriter::default();
    for part in parts {
        let (key, rest) = part.split_once("</arg_key>")?;
        let (_, value) = rest.split_once("<arg_value>")?;
        input.text(key.trim(), value.split("</arg_value>").next().unwrap_or(value));
    }
    let input = input.finish()?;
    is_name(name).then(|| WrittenCall { name: name.to_owned(), input: Some(input) })
}

pub(super) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'/');
    !text.is_empty() && text.bytes().all(plain)
}

/// A result that stands in the text of a message.
#[derive(Debug, PartialEq)]
pub(super) struct WrittenResult {
    pub name: Option<String>,
    pub text: String,
}

/// Whether the JSON of a content may be such results: tells it without decoding all of the text.
pub(super) fn may_be_results(json: &str) -> bool {
    const HEAD: usize = 256;
    // `<` may be escaped.
    const MARKS: [&str; 6] = [
        "tool_response>",
        "tool_response\\u003e",
        "EXECUTION RESULT of [",
        "OBSERVATION:\\n",
        "Observation:\\n",
        TAU_RESULT,
    ];
    static FINDERS: LazyLock<[Finder<'static>; 6]> = LazyLock::new(|| MARKS.map(Finder::new));
    let head = &json.as_bytes()[..json.len().min(HEAD)];
    let mut opens = head.strip_prefix(b"\"").unwrap_or(head);
    while let Some(rest) = opens.strip_prefix(b"\\n").or_else(|| opens.strip_prefix(b" ")) {
        opens = rest;
    }
    if opens.starts_with(b"<") || opens.starts_with(b"```output") {
        return true;
    }
    FINDERS.iter().any(|finder| finder.find(head).is_some())
}

/// The results in a message that is made of them; `None` for any other message. Between the tags of rollouts only a call
/// that waits for one has a result.
pub(super) fn results_in(text: &str, waits: bool) -> Option<Vec<WrittenResult>> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("EXECUTION RESULT of [") {
        let (name, output) = rest.split_once("]:")?;
        return Some(vec![WrittenResult { name: Some(name.to_owned()), text: output.trim().to_owned() }]);
    }
    const LABELS: [&str; 3] = ["OBSERVATION:\n", "Observation:\n", TAU_RESULT];
    if let Some(output) = LABELS.iter().find_map(|label| text.strip_prefix(label)) {
        return Some(vec![WrittenResult { name: None, text: output.to_owned() }]);
    }
    let (open, close) = RESULT;
    let Some(results) = text.strip_prefix(open) else {
        let text = interleaved::result_in(text).filter(|_| waits)?.to_owned();
        return Some(vec![WrittenResult { name: None, text }]);
    };
    let bodies = results.split(open);
    Some(bodies.map(|body| body_of_result(body.split(close).next().unwrap_or(body).trim())).collect())
}

/// Whether a message begins as what a harness puts before the output of a command.
pub(super) fn is_labelled_output(text: &str) -> bool {
    const LABELS: &[&str] =
        &["OBSERVATION:", "Observation:", "<returncode>", OUTPUT, MYSQL_OUTPUT, "Execution logs:"];
    LABELS.iter().any(|label| text.trim_start().starts_with(label))
}

/// InterCode's label of what a command gave, where the command is all of a turn.
pub(super) const OUTPUT: &str = "Output:";
/// The same of its database.
const MYSQL_OUTPUT: &str = "MySQL Database Output:";

/// Whether a message ends with the prompt of a terminal: `bash-$`, `root@box:/srv#`.
pub(super) fn ends_with_prompt(text: &str) -> bool {
    const LONGEST: usize = 120;
    let line = text.trim_end().rsplit('\n').next().unwrap_or("");
    let is_of_host = || line.contains('@') && line.contains(':') && !line.contains(' ');
    line.len() <= LONGEST && line.ends_with(['$', '#']) && (line.ends_with("bash-$") || is_of_host())
}

/// What came back without the label that a harness puts before it.
pub(super) fn without_label(text: &str) -> &str {
    const LABELS: &[&str] = &[
        "Observation:",
        "OBSERVATION:",
        "[Observation]",
        OUTPUT,
        MYSQL_OUTPUT,
        "Execution output of [",
        "Execution logs:",
        "Salesforce instance output:",
    ];
    let text = text.trim();
    let Some(label) = LABELS.iter().find(|label| text.starts_with(**label)) else { return text };
    let rest = &text[label.len()..];
    match *label {
        label if label.ends_with('[') => {
            rest.split_once("]:").map_or(text, |(_, output)| output.trim_start())
        }
        // What InterCode says it was worth would tell the label, and asks again.
        OUTPUT | MYSQL_OUTPUT => rest.split("\nReward: ").next().unwrap_or(rest).trim(),
        _ => rest.trim_start(),
    }
}

/// The results in a list: each with the name of its call, or as many as there are calls.
pub(super) fn results_of_list(list: Value<'_, '_>, calls: usize) -> Option<Vec<WrittenResult>> {
    const RESULT: &[&str] = &["results", "result", "content", "output", "response"];
    let named = |item: Value<'_, '_>| {
        let name = item.text_of(&["name", "tool_name", "function"])?.into_owned();
        let text = item.any_of(RESULT).filter(|_| item.members().count() <= 3)?.text_or_json()?.into_owned();
        Some(WrittenResult { name: Some(name), text })
    };
    let found: Option<Vec<_>> = list.items().map(named).collect();
    let plain =
        |item: Value<'_, '_>| Some(WrittenResult { name: None, text: item.text_or_json()?.into_owned() });
    let is_each = calls > 1 && list.items().count() == calls;
    found
        .filter(|found| !found.is_empty())
        .or_else(|| list.items().map(plain).collect::<Option<Vec<_>>>().filter(|_| is_each))
}

/// Hermes wraps a result once more: `{"name": .., "content": ..}`.
fn body_of_result(body: &str) -> WrittenResult {
    let wrapped = |value: Value<'_, '_>| {
        let known = value.members().all(|(key, _)| matches!(&*key, "name" | "content" | "tool_call_id"));
        let text = value.get("content").filter(|_| known)?.text_or_json()?.into_owned();
        Some(WrittenResult { name: value.text_of(&["name"]).map(Text::into_owned), text })
    };
    // Search-R1's environments put their own tags inside the template's.
    let plain = || {
        let text = interleaved::result_in(body).unwrap_or(body);
        WrittenResult { name: None, text: text.to_owned() }
    };
    let found = body.starts_with('{').then(|| read_inner(body, wrapped)).flatten();
    found.unwrap_or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_in_every_spelling_and_the_words_around_them_stay() {
        let long =
            "<tool_call>\n<function=run>\n<parameter=command>\nls\n</parameter>\n</function>\n</tool_call>";
        for (text, words, wanted) in [
            (
                "Both.\n<tool_call>\n{\"name\": \"a\", \"arguments\": {\"n\": 1.50}}\n</tool_call>\n<tool_call>{'name': 'b', 'arguments': {'s': 'it\\'s'}}</tool_call>",
                "Both.",
                vec![("a", r#"{"n": 1.50}"#), ("b", r#"{"s": "it's"}"#)],
            ),
            (
                "<function=run>\n<parameter=command>ls > a</parameter>\n</function>",
                "",
                vec![("run", r#"{"command": "ls > a"}"#)],
            ),
            ("<function=run>{\"n\": 1}</function>", "", vec![("run", r#"{"n": 1}"#)]),
            ("<function=finish>\n</function>", "", vec![("finish", "{}")]),
            (long, "", vec![("run", r#"{"command": "ls"}"#)]),
            (
                "<tool_call>look\n<arg_key>at</arg_key>\n<arg_value>sea</arg_value>\n</tool_call>",
                "",
                vec![("look", r#"{"at": "sea"}"#)],
            ),
            ("<|python_tag|>{\"name\": \"f\", \"parameters\": {}}<|eom_id|>", "", vec![("f", "{}")]),
            (
                "<tool_call>{\"name\": \"write\", \"arguments\": {\"html\": \"<code>ls</code>\"}}</tool_call>",
                "",
                vec![("write", r#"{"html": "<code>ls</code>"}"#)],
            ),
            (
                "<tool_call>{\"name\": \"py\", \"arguments\": {}}\n<code>\n1 + 1\n</code></tool_call>",
                "",
                vec![("py", r#"{"code": "1 + 1"}"#)],
            ),
            (
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": }</tool_call>",
                "",
                vec![("f", r#"{"a": }"#)],
            ),
            ("[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {}}]", "", vec![("f", "{}")]),
            (
                "Thought: Look it up.\n\nAction:\n{\"name\": \"f\", \"arguments\": {\"n\": 1.50}}",
                "Look it up.",
                vec![("f", r#"{"n": 1.50}"#)],
            ),
            ("Action:\n```json\n{\"action\": \"f\", \"action_input\": \"x\"}\n```", "", vec![("f", "x")]),
            (
                "Thought: Ask.\nAction:\n{\"name\": \"respond\", \"arguments\": {\"content\": \"Which one?\"}}",
                "Which one?",
                vec![],
            ),
            (
                "I use <tool_call> for that: <tool_call>{\"name\": \"f\", \"arguments\": \"{}\"}</tool_call> ok?",
                "I use  for that:  ok?",
                vec![("f", "{}")],
            ),
        ] {
            let (calls, around) = calls_and_words(text, true).unwrap();
            let found: Vec<_> =
                calls.iter().map(|call| (&*call.name, call.input.as_deref().unwrap())).collect();
            assert_eq!((found, &*around), (wanted, words), "{text}");
        }
    }

    #[test]
    fn tags_that_hold_no_call_are_words() {
        for text in [
            "Write <tool_call> first.",
            "<tool_call>\nnone\n</tool_call>",
            "a [b] < c",
            "Action: {\"name\": \"f\"}",
            "<function=",
            "<function=a b>",
            "Like <tool_call>{\"name\": \"your_function\", ...}</tool_call> in the text.",
        ] {
            assert_eq!(calls_and_words(text, true), None, "{text}");
        }
    }

    #[test]
    fn thoughts_stand_before_the_words() {
        for (text, thought, words) in [
            ("<think>\nhm\n</think>\n\nYes.", Some("hm"), "Yes."),
            ("hm</think>Yes.", Some("hm"), "Yes."),
            ("<thinking>a</thinking>", Some("a"), ""),
            ("Say <think>a</think>", None, "Say <think>a</think>"),
            ("<think>cut off", None, "<think>cut off"),
        ] {
            let (found, rest) = thought_and_words(text.into());
            assert_eq!((found.as_deref(), &*rest), (thought, words), "{text}");
        }
    }

    #[test]
    fn results_are_taken_out_of_their_tags() {
        let two = "<tool_response>\n{\"name\": \"f\", \"content\": {\"n\": 1}}\n</tool_response>\n<tool_response>{\"n\": 2}</tool_response>";
        let result = |name: Option<&str>, text: &str| WrittenResult {
            name: name.map(str::to_owned),
            text: text.to_owned(),
        };
        assert_eq!(
            results_in(two, false),
            Some(vec![result(Some("f"), r#"{"n": 1}"#), result(None, r#"{"n": 2}"#)])
        );
        assert_eq!(
            results_in("EXECUTION RESULT of [run]:\nok", false),
            Some(vec![result(Some("run"), "ok")])
        );
        assert_eq!(results_in("OBSERVATION:\nok", false), Some(vec![result(None, "ok")]));
        assert_eq!(results_in("API output: ok", false), Some(vec![result(None, "ok")]));
        assert_eq!(results_in("What is <tool_response>?", true), None);
    }
}
