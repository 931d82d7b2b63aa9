//! Calls that no tags mark, of agents that are asked to write in a form of their harness: a reply that is JSON
//! (`{"thought": .., "action": .., "action_input": ..}`), a list of calls as Python writes them (ToolACE, BFCL), code after
//! `Code:` (smolagents) or between the tags of CodeAct, and an act of a world between `<action>` (verl-agent).
//!
//! Any of these may be an answer, and what the user says next would be taken for what came back: only an agent without
//! calls of its own is read so, and a form that answers have too is one where a prompt told the agent of it.

use std::sync::LazyLock;

use memchr::memmem::FinderRev;

use super::interleaved::Told;
use super::written::{WrittenCall, is_name};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::python_calls::calls_in;
use crate::react::{parse_action, reply_of};

/// The calls of a turn and the words around them; whether it thinks before them between tags of their own.
pub(super) fn calls_and_words(
    text: &str,
    told: &Told<'_>,
    thinks: bool,
) -> Option<(Vec<WrittenCall>, String)> {
    let text = text.trim();
    if let Some(call) = request(text) {
        return Some((vec![call], String::new()));
    }
    if let Some(act) = whole_turn(text, told) {
        return Some((vec![act], String::new()));
    }
    match text.as_bytes().last()? {
        b'}' | b'`' if text.starts_with(['{', '`']) => json_reply(text, told),
        b'}' => call_at(text),
        b']' if text.starts_with('[') => python_calls(text, told).map(|calls| (calls, String::new())),
        _ => code_at_end(text, told).or_else(|| act_at_end(text, told, thinks)),
    }
}

/// What a reply names its tool, its arguments and its thought.
const TOOLS: &[&str] =
    &["action", "tool", "tool_name", "function", "function_name", "command", "api_name", "name"];
const ARGUMENTS: &[&str] = &[
    "action_input",
    "arguments",
    "args",
    "tool_input",
    "parameters",
    "params",
    "tool_args",
    "action_args",
    "kwargs",
    "input",
];
const THOUGHTS: &[&str] =
    &["thought", "thoughts", "reasoning", "thinking", "rationale", "analysis", "reflection", "explanation"];

/// Arguments that make a call of what has a `name`: anything has a name, and much of it an `input`.
const OF_NAME: &[&str] =
    &["arguments", "args", "action_input", "tool_input", "parameters", "params", "kwargs"];

/// Whether an object whose tool is its `name` is a call: nothing but calls has such arguments and little else.
fn is_named_call(call: Value<'_, '_>) -> bool {
    let is_of_call = |key: &str| {
        OF_NAME.contains(&key) || THOUGHTS.contains(&key) || matches!(key, "name" | "id" | "type")
    };
    call.any_of(OF_NAME).is_some_and(|given| given.is_object())
        && call.members().all(|(key, _)| is_of_call(&key))
}

/// A reply that is one object with a tool, and arguments or a thought; of a thought alone the agent must be told.
fn json_reply(text: &str, told: &Told<'_>) -> Option<(Vec<WrittenCall>, String)> {
    let body = text.strip_prefix("```json").or_else(|| text.strip_prefix("```")).unwrap_or(text);
    let body = body.strip_suffix("```").unwrap_or(body).trim();
    if !body.starts_with('{') {
        return None;
    }
    read_inner(body, |reply| {
        let thought = reply.text_of(THOUGHTS).map(|thought| thought.into_owned());
        let stated =
            reply.any_of(&["action", "tool", "function", "command"]).filter(|stated| stated.is_object());
        let is_stated = reply.any_of(&["action", "tool"]).is_some();
        let call = stated.unwrap_or(reply);
        if !is_stated && TOOLS.iter().find(|key| call.get(key).is_some()).is_none_or(|key| *key == "name") {
            is_named_call(call).then_some(())?;
        }
        let name = call.text_of(TOOLS).or_else(|| stated?.text_of(&["type"]))?.into_owned();
        let arguments = [call, reply].iter().find_map(|place| place.any_of(ARGUMENTS));
        let is_told =
            || TOOLS.iter().any(|key| call.get(key).is_some() && told.is_told(&format!("\"{key}\"")));
        let is_call = arguments.is_some() || stated.is_some() || thought.is_some() && is_told();
        if !is_call || name.trim().is_empty() {
            return None;
        }
        let words = thought.unwrap_or_default();
        let call = match arguments {
            Some(arguments) => WrittenCall { name, input: given(arguments) },
            None if stated.is_some() => WrittenCall { name, input: others(call) },
            None => acted(&name),
        };
        match call.input.as_deref().and_then(|input| reply_of(&call.name, input)) {
            Some(said) => Some((Vec::new(), said)),
            None => Some((vec![call], words)),
        }
    })
}

/// gptme's `@shell(call-1): {..}` on the last line.
fn call_at(text: &str) -> Option<(Vec<WrittenCall>, String)> {
    let start = LAST_CALL.rfind(text).map(|at| at + 1).or_else(|| text.starts_with('@').then_some(0))?;
    let (name, rest) = text[start + 1..].split_once('(')?;
    let (_id, input) = rest.split_once("): ")?;
    let is_call = is_name(name) && read_inner(input, |input| Some(input.is_object())) == Some(true);
    let call = || WrittenCall { name: name.to_owned(), input: Some(input.to_owned()) };
    is_call.then(|| (vec![call()], text[..start].trim().to_owned()))
}

static LAST_CALL: LazyLock<FinderRev<'static>> = LazyLock::new(|| FinderRev::new("\n@"));

fn given(arguments: Value<'_, '_>) -> Option<String> {
    if arguments.is_null() { None } else { arguments.text_or_json().map(|input| input.into_owned()) }
}

/// The members of a call beside its name.
fn others(call: Value<'_, '_>) -> Option<String> {
    let mut input = ObjectWriter::default();
    let is_name = |key: &str| TOOLS.contains(&key) || THOUGHTS.contains(&key) || key == "type";
    call.members()
        .filter(|(key, _)| !is_name(key))
        .for_each(|(key, value)| _ = input.json(&key, &value.json()));
    input.finish()
}

/// An act as agents of worlds write it: `go to shelf 6`, `search[tea]`.
fn acted(action: &str) -> WrittenCall {
    let (name, input) = parse_action(action);
    WrittenCall { name: name.to_owned(), input: input.map(str::to_owned) }
}

/// The calls in a list as Python writes it: `[f(a=1), g(b='x')]`; `None` where anything in it is no call, or where no
/// prompt has the name of one: Python writes its objects so as well.
fn python_calls(text: &str, told: &Told<'_>) -> Option<Vec<WrittenCall>> {
    let calls = calls_in(text).into_iter().map(|(name, input)| WrittenCall { name, input: Some(input) });
    Some(calls.collect()).filter(|calls: &Vec<WrittenCall>| calls.iter().any(|call| told.is_told(&call.name)))
}

/// smolagents' tool for the code that its agents write.
pub(super) const INTERPRETER: &str = "python_interpreter";

/// What opens and closes code that is run, and the tool that runs it. Between fences code is run where `Code:` stands
/// before them; what is not closed goes to the end, as it was sampled up to there.
const CODE: &[(&str, &str, &str)] = &[
    ("\n<code>\n", "</code>", INTERPRETER),
    ("Code:\n```", "```", INTERPRETER),
    ("<execute_ipython>", "</execute_ipython>", "execute_ipython"),
    ("<execute_bash>", "</execute_bash>", "execute_bash"),
    ("<execute>", "</execute>", "execute"),
];

/// Whether a turn is written with code after `Code:`, which is no other form of ReAct.
pub(crate) fn runs_code(text: &str) -> bool {
    memchr::memchr(b'`', text.as_bytes()).is_some() && text.contains("Code:\n```") || ends_with_code(text)
}

/// Whether a thought ends with code between the tags of smolagents' later versions.
fn ends_with_code(text: &str) -> bool {
    text.starts_with("Thought:") && text.trim_end().ends_with("</code>")
}

/// The code that a turn ends with, of an agent that was told of it, or thinks before it as smolagents' do.
fn code_at_end(text: &str, told: &Told<'_>) -> Option<(Vec<WrittenCall>, String)> {
    // Every opening has one of these, and most turns have neither.
    memchr::memchr2(b'<', b'`', text.as_bytes())?;
    let of_smolagents = text.starts_with("Thought:") || text.ends_with("<end_code>");
    let text = text.strip_suffix("<end_code>").unwrap_or(text).trim_end();
    let (words, open, close, tool) = CODE.iter().find_map(|(open, close, tool)| {
        let (words, _) = text.rsplit_once(open)?;
        let is_named = open.starts_with("<execute_");
        let is_told = of_smolagents || is_named || told.is_told(open.trim_end_matches(['\n', '`']));
        let begins_line = is_named || open.starts_with('\n') || words.is_empty() || words.ends_with('\n');
        let is_run = is_told && begins_line && (!open.ends_with("<code>\n") || ends_with_code(text));
        is_run.then_some((words, *open, *close, *tool))
    })?;
    let inside = &text[words.len() + open.len()..];
    let code = inside.strip_suffix(close).unwrap_or(inside);
    // Code that is not at the end is shown.
    if code.contains(close) {
        return None;
    }
    let code = if open.ends_with('`') { code.split_once('\n')?.1 } else { code };
    let mut input = ObjectWriter::default();
    input.text("code", code.trim());
    let call = WrittenCall { name: tool.to_owned(), input: input.finish() };
    let words = words.trim();
    Some((vec![call], words.strip_prefix("Thought:").unwrap_or(words).trim().to_owned()))
}

/// The command between fences that a turn ends with, of agents whose fences are run: its language is the tool, of gptme's
/// with what follows it (`save hello.py`).
pub(super) fn fenced_call(text: &str) -> Option<(WrittenCall, String)> {
    let text = text.trim_end();
    let inside = text.strip_suffix("<end_code>").unwrap_or(text).strip_suffix("```")?;
    let at = inside.rfind("```").filter(|at| *at == 0 || inside[..*at].ends_with('\n'))?;
    let (opening, code) = inside[at + 3..].split_once('\n')?;
    let (tool, given) = opening.trim().split_once(' ').unwrap_or((opening.trim(), ""));
    // An odd number of fences before this one says that it closes another.
    if inside[..at].matches("```").count() % 2 == 1 {
        return None;
    }
    let mut input = ObjectWriter::default();
    if !given.is_empty() {
        input.text("arguments", given);
    }
    input.text("code", code.trim_end());
    let name = if tool.is_empty() { "bash" } else { tool };
    let words = inside[..at].trim();
    let words =
        ["DISCUSSION", "THOUGHT:"].iter().find_map(|label| words.strip_prefix(label)).unwrap_or(words);
    Some((WrittenCall { name: name.to_owned(), input: input.finish() }, words.trim().to_owned()))
}

/// The request that a turn is and nothing else, as MedAgentBench has its agents write it: `GET url`, `POST url` with the
/// body below, `FINISH([..])`.
fn request(text: &str) -> Option<WrittenCall> {
    if let Some(answer) = text.strip_prefix("FINISH(").and_then(|rest| rest.strip_suffix(')')) {
        return Some(WrittenCall { name: "FINISH".to_owned(), input: Some(answer.to_owned()) });
    }
    let method = ["GET", "POST"]
        .into_iter()
        .find(|method| text.strip_prefix(method).is_some_and(|rest| rest.starts_with(" http")))?;
    let (url, body) = text[method.len() + 1..].split_once('\n').unwrap_or((&text[method.len() + 1..], ""));
    if url.trim().contains(' ') || !body.is_empty() && !body.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut input = ObjectWriter::default();
    input.text("url", url.trim());
    if !body.is_empty() {
        input.text("body", body.trim());
    }
    Some(WrittenCall { name: method.to_owned(), input: input.finish() })
}

/// What only worlds of text say to their player, whose turn is then a line after `> `, and no quotation.
const WORLDS: &[&str] = &["\n> ", "Your task is to", "-= "];

fn is_in_world(told: &Told<'_>) -> bool {
    WORLDS.iter().any(|mark| told.is_told(mark))
}

/// The act that is the whole of a turn: `[Action] look around`, or `> look` to a world of text.
fn whole_turn(text: &str, told: &Told<'_>) -> Option<WrittenCall> {
    let of_world = || {
        let line = text.strip_prefix("> ").filter(|line| !line.contains('\n'));
        line.filter(|_| is_in_world(told))
    };
    let act = text.strip_prefix("[Action]").or_else(of_world)?.trim();
    // A thought is a move to these worlds, which they answer with `OK.`.
    let call = match act.strip_prefix("think:") {
        Some(thought) => WrittenCall { name: "think".to_owned(), input: Some(thought.trim().to_owned()) },
        None => acted(act),
    };
    Some(call).filter(|call| !call.name.is_empty())
}

/// The act between `<action>` that a turn ends with: XML may be what the user asked for.
fn act_at_end(text: &str, told: &Told<'_>, thinks: bool) -> Option<(Vec<WrittenCall>, String)> {
    let (words, action) = text.strip_suffix("</action>")?.rsplit_once("<action>")?;
    let plays = words.is_empty() && is_in_world(told);
    (thinks || plays || told.is_told("<action>")).then_some(())?;
    let call = acted(action.trim());
    if call.name.is_empty() { None } else { Some((vec![call], words.trim().to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: Told<'_> = Told {
        in_rollout: false,
        prompts: ["Reply with {\"thought\", \"action\"}, quote(symbol), <execute> or <action>.", ""],
    };

    #[test]
    fn calls_are_read_where_a_harness_asks_for_them() {
        for (text, words, calls) in [
            (
                r#"{"thought": "Look.", "action": "search", "action_input": {"q": "tea"}}"#,
                "Look.",
                vec![("search", Some(r#"{"q": "tea"}"#))],
            ),
            (
                "```json\n{\"reasoning\": \"Go.\", \"action\": {\"name\": \"move\", \"args\": {\"to\": 1.50}}}\n```",
                "Go.",
                vec![("move", Some(r#"{"to": 1.50}"#))],
            ),
            (r#"{"action": {"type": "click", "x": 3}}"#, "", vec![("click", Some(r#"{"x": 3}"#))]),
            (r#"{"thought": "Up.", "action": "go to shelf 6"}"#, "Up.", vec![("go", Some("to shelf 6"))]),
            (
                r#"{"thought": "Ask.", "action": "respond", "action_input": {"content": "Which?"}}"#,
                "Which?",
                vec![],
            ),
            (
                r#"[quote(symbol="A", n=2), Market Trends API(of='b')]"#,
                "",
                vec![
                    ("quote", Some(r#"{"symbol": "A", "n": 2}"#)),
                    ("Market Trends API", Some(r#"{"of": "b"}"#)),
                ],
            ),
            ("[Action] look around", "", vec![("look", Some("around"))]),
            (
                "Thought: Count.\nCode:\n```py\nprint(1)\n```<end_code>",
                "Count.",
                vec![("python_interpreter", Some(r#"{"code": "print(1)"}"#))],
            ),
            (
                "Count.\n<execute>\nprint(1)\n</execute>",
                "Count.",
                vec![("execute", Some(r#"{"code": "print(1)"}"#))],
            ),
            (
                "Thought: Count.\n<code>\nprint(1)\n</code>",
                "Count.",
                vec![("python_interpreter", Some(r#"{"code": "print(1)"}"#))],
            ),
            (
                "Run.\n@shell(call-1): {\"command\": \"ls\"}",
                "Run.",
                vec![("shell", Some(r#"{"command": "ls"}"#))],
            ),
            ("Up.\n<action>go to shelf 6</action>", "Up.", vec![("go", Some("to shelf 6"))]),
        ] {
            let (found, rest) = calls_and_words(text, &TOLD, false).unwrap_or_else(|| panic!("{text}"));
            let found: Vec<_> = found.iter().map(|call| (&*call.name, call.input.as_deref())).collect();
            assert_eq!((found, &*rest), (calls, words), "{text}");
        }
    }

    #[test]
    fn forms_that_no_prompt_tells_of_are_answers() {
        let told = Told { in_rollout: false, prompts: ["", "Answer."] };
        for text in [
            r#"{"reasoning": "The text is mild.", "action": "approve"}"#,
            "[quote(symbol='A')]",
            "<action>jump</action>",
            "<execute>\nprint(1)\n</execute>",
        ] {
            assert_eq!(calls_and_words(text, &told, false), None, "{text}");
        }
    }

    #[test]
    fn turns_are_moves_in_worlds_of_text() {
        let told = |prompt| Told { in_rollout: false, prompts: ["", prompt] };
        for (text, name, input) in [
            ("> go to desk 1", "go", Some("to desk 1")),
            ("> think: Where is the cup?", "think", Some("Where is the cup?")),
            ("<action>open drawer 2</action>", "open", Some("drawer 2")),
        ] {
            let (calls, _) = calls_and_words(text, &told("Your task is to: heat a cup."), false).unwrap();
            assert_eq!((&*calls[0].name, calls[0].input.as_deref()), (name, input));
            assert_eq!(calls_and_words(text, &told("Quote the task."), false), None);
        }
    }

    #[test]
    fn fences_at_the_end_are_calls_of_their_language() {
        for (text, found) in [
            ("DISCUSSION\nLook.\n\n```\nls -a\n```", Some(("bash", r#"{"code": "ls -a"}"#, "Look."))),
            ("```save a.py\nx = 1\n```", Some(("save", r#"{"arguments": "a.py", "code": "x = 1"}"#, ""))),
            ("```py\nx\n```\nand\n```sh\nls\n```", Some(("sh", r#"{"code": "ls"}"#, "```py\nx\n```\nand"))),
            ("```py\nx\n```\nThat is it.", None),
            ("no ```", None),
        ] {
            let call = fenced_call(text);
            let shown = call
                .as_ref()
                .map(|(call, words)| (&*call.name, call.input.as_deref().unwrap_or(""), &**words));
            assert_eq!(shown, found, "{text}");
        }
    }

    #[test]
    fn answers_are_no_calls() {
        for text in [
            r#"{"name": "Ada", "age": 36}"#,
            r#"{"answer": "36"}"#,
            "[1, 2, 3]",
            "[see (a=1)]",
            "[Point(x=1), Point(x=2)]",
            r#"{"name": "Ada", "explanation": "She is named first."}"#,
            r#"{"name": "limit", "in": "query", "parameters": {"type": "integer"}}"#,
            "```json\n{\"name\": \"demo\", \"version\": \"1.0.0\", \"input\": \"a.js\"}\n```",
            r#"{"command": {"type": "shell", "value": "make"}}"#,
            r#"{"function": {"name": "handler", "runtime": "python3"}}"#,
            r#"{"tool": "hammer", "reasoning": "Nails."}"#,
            "Here is\nCode:\n```python\nprint(1)\n```",
            "One writes <execute>\nprint(1)\n</execute>",
            "[\"f(a=1)\"]",
            "Use this:\n```py\nprint(1)\n```",
            "Code:\n```py\nprint(1)\n```\nand\n```py\nprint(2)\n```",
            "The <action> tag.",
            "In HTML:\n<code>\nprint(1)\n</code>",
            "```",
            "",
        ] {
            assert_eq!(calls_and_words(text, &TOLD, false), None, "{text}");
        }
    }
}
