//! Cline, Roo Code and Kilo Code: tasks of agents that write their calls as XML.
//!
//! Source: `api_conversation_history.json` of a task (`<globalStorage>/saoudrizwan.claude-dev`,
//! `rooveterinaryinc.roo-cline` or `kilocode.kilo-code`, there `tasks/<id>/`), an array of Anthropic's
//! messages: the agent writes `<execute_command><command>…</command></execute_command>` into its text,
//! the next message of the user begins `[execute_command for '…'] Result:`. Versions of 2025 and later
//! have `tool_use` and `tool_result` blocks instead, with the same words around them. MiroFlow writes `<use_mcp_tool>` alike,
//! and the bare result as the next message of the user; so do its data (MiroVerse) and its logs of tasks
//! (`main_agent_message_history`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `<task>` of the first message | `original_prompt` |
//! | `<feedback>`, `<user_message>`, `<answer>`, other words of the user | `user` of the step that follows |
//! | `<tool><parameter>…</parameter></tool>`, `tool_use` | steps, the parameters as a JSON object; of `use_mcp_tool` the tool of the server with its arguments |
//! | words before a call, `<thinking>` | `thought` |
//! | what follows `[tool …] Result:`, `tool_result` | `observation` |
//! | an error that the result begins with, an exit code in its first lines, `is_error`, `[ERROR] …` | `error` |
//! | `input.task_description`, `judge_result`, `final_boxed_answer` of MiroFlow | `original_prompt`, `success`, `final_answer` |
//! | `attempt_completion`, `plan_mode_respond`, `ask_followup_question` | replies; a last one is the `final_answer` |
//!
//! Left out: `<environment_details>`, the harness's account of the editor. `ui_messages.json`,
//! `task_metadata.json` and `history_item.json` beside the history are understood, and no runs.
//!
//! Leaks: `ground_truth` of MiroFlow stays behind.

use super::openai_chat::{messages, set_goal};
use super::{Format, Piece, Record, filled, part_of};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::{Role, is_message, is_type, part_text, parts, role_of, words};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct Cline;

/// Where MiroFlow's log of a task has the messages of the main agent.
const MIROFLOW: &[&str] = &["main_agent_message_history", "message_history"];
/// Messages that are looked at to tell the format.
const HEAD: usize = 6;
const ENVIRONMENT: (&str, &str) = ("<environment_details>", "</environment_details>");
const TASK: (&str, &str) = ("<task>", "</task>");
/// Around words that the user adds to a result.
const WORDS_OF_USER: &[(&str, &str)] =
    &[("<feedback>", "</feedback>"), ("<user_message>", "</user_message>"), ("<answer>", "</answer>")];
/// Tools by which these agents are known, whatever others they have.
const KNOWN: &[&str] = &[
    "<execute_command>",
    "<read_file>",
    "<write_to_file>",
    "<replace_in_file>",
    "<apply_diff>",
    "<search_files>",
    "<list_files>",
    "<use_mcp_tool>",
    "<ask_followup_question>",
    "<attempt_completion>",
    "<plan_mode_respond>",
];
/// Calls by which the agent speaks to the user, and the parameter that holds what it says.
const SAYING: &[(&str, &str)] = &[
    ("attempt_completion", "result"),
    ("plan_mode_respond", "response"),
    ("ask_followup_question", "question"),
];
/// Parameters that hold text of any kind, tags among it: they go to the last tag that closes them.
const OPEN_ENDED: &[&str] = &["content", "diff", "args", "arguments", "result"];
/// Elements of one text that may turn out to be no calls before only the known tools are looked for: each
/// is followed to its end, and a page of markup must not be followed from every one of its tags.
const OTHER_ELEMENTS: usize = 256;
/// How MiroFlow says that its words are none.
const NO_RESULT: &str = "not the result of a tool call";
/// How a result begins that is an error.
const FAILED: &[&str] = &[
    "The tool execution failed",
    "<error>",
    "Error executing ",
    "Error:",
    "Command failed",
    "The user denied this operation",
];

impl Format for Cline {
    fn name(&self) -> &'static str {
        "cline"
    }

    fn shape(&self) -> &'static str {
        "messages with calls in XML (`<execute_command>`) and results in the user's text (`[execute_command for …] Result:`)"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_companion(record) {
            return 85;
        }
        if record.at_path(MIROFLOW).is_some_and(|history| history.items().next().is_some_and(is_message)) {
            return 96;
        }
        let marked = messages(record).take(HEAD).any(|message| match role_of(message) {
            Some(Role::User) => {
                texts_of(message).any(|text| text.contains(ENVIRONMENT.0) || result_in(&text).is_some())
            }
            Some(Role::Agent) => texts_of(message).any(|text| KNOWN.iter().any(|tag| text.contains(tag))),
            _ => false,
        });
        96 * u8::from(marked)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_companion(record).then(Vec::new)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        // Every task has its history under the same name.
        let named = if record.stem == "api_conversation_history" { "cline" } else { record.stem };
        let mut run = Run { trajectory_id: record.task_run_id(named), ..run_of(history(record.value))? };
        if record.value.at_path(MIROFLOW).is_some() {
            set_around(record.value, &mut run);
        }
        Ok(run)
    }
}

/// The messages of the main agent.
fn history<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    let main = record.at_path(MIROFLOW);
    let is_alone = main.is_none();
    let others = messages(record).filter(move |_| is_alone);
    main.into_iter().flat_map(|history| history.items()).chain(others)
}

/// What a log of MiroFlow says beside the messages.
fn set_around<'a>(record: Value<'_, 'a>, run: &mut Run<'a>) {
    run.system = record.at_path(&[MIROFLOW[0], "system_prompt"]).and_then(words).or(run.system.take());
    set_goal(record.at_path(&["input", "task_description"]).and_then(|task| task.text()), run);
    run.final_answer = record.text_of(&["final_boxed_answer"]).and_then(filled).or(run.final_answer.take());
    run.success = match record.text_of(&["judge_result"]).as_deref() {
        Some("CORRECT") => Some(true),
        Some("INCORRECT" | "NOT_ATTEMPTED") => Some(false),
        _ => None,
    };
    run.failure_reason = record.text_of(&["error"]).and_then(filled);
}

/// The run that messages tell of; it has no id.
pub(super) fn run_of<'t, 'a: 't>(messages: impl Iterator<Item = Value<'t, 'a>>) -> Result<Run<'a>, String> {
    let mut task = Task::default();
    messages.for_each(|message| task.message(message));
    let steps = task.timeline.finish();
    if steps.is_empty() {
        return Err("the agent says and does nothing in it".to_owned());
    }
    let (original_prompt, system) = (task.timeline.prompt, task.system);
    let mut run = Run { original_prompt, system, steps, ..Run::default() };
    set_final_answer(&mut run);
    Ok(run)
}

/// Whether a record is what lies beside the history of a task.
fn is_companion(record: Value<'_, '_>) -> bool {
    let shown = |message: Value<'_, '_>| {
        message.get("ts").is_some_and(|at| at.as_f64().is_some()) && is_type(message, &["say", "ask"])
    };
    let has = |keys: &[&str]| keys.iter().all(|key| record.get(key).is_some());
    record.items().next().is_some_and(shown)
        || has(&["files_in_context", "model_usage"])
        || has(&["ts", "task", "tokensIn", "tokensOut"])
}

/// The texts of a message.
fn texts_of<'t, 'a>(message: Value<'t, 'a>) -> impl Iterator<Item = Text<'a>> + use<'t, 'a> {
    let whole = message.get("content").and_then(|content| content.text());
    let in_parts = parts(message).filter(|part| is_type(*part, &["text"])).filter_map(part_text);
    whole.into_iter().chain(in_parts)
}

/// Whether a text is said by the user or to the agent, and not what came of a call.
fn has_words_of_user(text: &str) -> bool {
    let has_tags = [TASK].iter().chain(WORDS_OF_USER).any(|(open, _)| text.contains(open));
    has_tags || text.trim_start().starts_with("[TASK RESUMPTION]") || text.contains(NO_RESULT)
}

/// What follows `[tool …] Result:` at the start of a text.
fn result_in(text: &str) -> Option<&str> {
    const LONGEST_HEAD: usize = 2000;
    let inside = text.trim_start().strip_prefix('[')?;
    let name = inside.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count();
    let end = inside.find("] Result:").filter(|end| *end < LONGEST_HEAD)?;
    let head = &inside[name..end];
    let is_head = name > 0 && (head.is_empty() || head.starts_with(' ')) && !head.contains("\n\n");
    is_head.then(|| inside[end + "] Result:".len()..].trim_start_matches('\n'))
}

/// A task as its messages come in.
#[derive(Default)]
struct Task<'a> {
    system: Option<Text<'a>>,
    timeline: Timeline<'a>,
    /// The result that is being put together: a header and its text may be parts of their own.
    result: Option<String>,
    /// Whether the last call is one of a tool of a server, whose bare result may be all that comes back.
    is_bare: bool,
}

impl<'a> Task<'a> {
    fn message(&mut self, message: Value<'_, 'a>) {
        match role_of(message) {
            Some(Role::System) => self.system = message.get("content").and_then(words),
            Some(Role::User) => self.user(message),
            Some(Role::Agent) => self.agent(message),
            _ => {}
        }
    }

    fn user(&mut self, message: Value<'_, 'a>) {
        if let Some(text) = message.get("content").and_then(|content| content.text()) {
            self.words_or_result(text);
        }
        for part in parts(message) {
            if is_type(part, &["tool_result"]) {
                self.close_result();
                self.native_result(part);
            } else if let Some(text) = part_text(part) {
                self.words_or_result(text);
            }
        }
        self.close_result();
    }

    fn native_result(&mut self, part: Value<'_, 'a>) {
        let id = part.text_of(&["tool_use_id"]);
        let text = part.get("content").and_then(words).unwrap_or_default();
        let flag = part.get("is_error").and_then(|flag| flag.as_bool()).filter(|failed| *failed);
        let error = flag.or_else(|| error_of(&text));
        self.timeline.observe(id.as_deref(), without(&text, ENVIRONMENT), error);
    }

    /// Takes a text in a message of the user: what the harness reports, or what the user says.
    fn words_or_result(&mut self, text: Text<'a>) {
        let text = without(&text, ENVIRONMENT);
        let is_bare = std::mem::take(&mut self.is_bare);
        if let Some(result) = result_in(&text) {
            self.close_result();
            self.result = Some(String::new());
            let result = result.to_owned();
            return self.continue_result(&result);
        }
        if self.result.is_some() {
            return self.continue_result(&text);
        }
        let is_error = text.trim_start().starts_with("[ERROR]");
        if is_bare && !has_words_of_user(&text) {
            return self.timeline.observe(None, text, is_error.then_some(true));
        }
        if is_error {
            return self.timeline.happen(text, Some(true));
        }
        let said = [TASK].iter().chain(WORDS_OF_USER).find_map(|tags| within_tags(&text, *tags));
        match said {
            Some(said) => self.timeline.user(Some(said.to_owned().into())),
            // What a task that was interrupted goes on with is the harness's.
            None if text.trim_start().starts_with("[TASK RESUMPTION]") => {}
            None => self.timeline.user(filled(text)),
        }
    }

    /// Adds to the result what is one, and hears what the user says beside it.
    fn continue_result(&mut self, text: &str) {
        let said = WORDS_OF_USER.iter().find_map(|tags| within_tags(text, *tags));
        let Some(result) = &mut self.result else { return };
        if !text.trim().is_empty() {
            result.push_str(if result.is_empty() { "" } else { "\n" });
            result.push_str(text.trim_end());
        }
        if let Some(said) = said {
            let said = said.to_owned();
            self.close_result();
            self.timeline.user(Some(said.into()));
        }
    }

    fn close_result(&mut self) {
        let Some(result) = self.result.take() else { return };
        // What comes back for words to the user are the user's words.
        if self.timeline.steps.last().is_some_and(|step| step.action_name.is_some()) {
            let error = error_of(&result);
            self.timeline.observe(None, result.into(), error);
        }
    }

    fn agent(&mut self, message: Value<'_, 'a>) {
        if let Some(text) = message.get("content").and_then(|content| content.text()) {
            self.written(&text);
        }
        for part in parts(message) {
            if is_type(part, &["thinking", "reasoning"]) {
                self.timeline.think(part.text_of(&["thinking", "text"]));
            } else if is_type(part, &["tool_use"]) {
                self.native_call(part);
            } else if let Some(text) = part_text(part) {
                self.written(&text);
            }
        }
    }

    fn native_call(&mut self, part: Value<'_, 'a>) {
        let name = call_name(part.text_of(&["name"]));
        let input = part.get("input");
        if let Some((_, parameter)) = SAYING.iter().find(|(saying, _)| *saying == name) {
            return self.say(input.and_then(|input| input.text_of(&[parameter])));
        }
        self.timeline.act(part.text_of(&["id"]), name, input.and_then(|input| input.text_or_json()));
    }

    /// Takes a text of the agent with the calls in it.
    fn written(&mut self, text: &str) {
        let (mut rest, mut others) = (text, 0);
        while let Some(element) = next_call(rest, &mut others) {
            self.think(&rest[..element.start]);
            self.written_call(element.name, element.body);
            rest = &rest[element.end..];
        }
        self.think(rest);
    }

    fn think(&mut self, text: &str) {
        if let Some((thought, said)) =
            text.trim_start().strip_prefix("<think>").and_then(|rest| rest.split_once("</think>"))
        {
            self.timeline.think(filled(thought.trim().to_owned().into()));
            return self.timeline.say(filled(said.trim().to_owned().into()));
        }
        for words in text.split("<thinking>").flat_map(|words| words.split("</thinking>")) {
            self.timeline.think(filled(words.trim().to_owned().into()));
        }
    }

    fn written_call(&mut self, name: &str, body: &str) {
        let parameters = parameters(body);
        let of = |wanted: &str| parameters.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        if let Some((_, parameter)) = SAYING.iter().find(|(saying, _)| *saying == name) {
            return self.say(of(parameter).map(|said| said.trim().to_owned().into()));
        }
        if let (Some(tool), Some(arguments)) = (of("tool_name"), of("arguments")) {
            let arguments = arguments.trim().to_owned();
            self.is_bare = true;
            return self.timeline.act(None, tool.trim().to_owned().into(), Some(arguments.into()));
        }
        let mut input = ObjectWriter::default();
        for (name, value) in &parameters {
            input.text(name, value);
        }
        let input = input.finish().unwrap_or_else(|| "{}".to_owned());
        self.timeline.act(None, name.to_owned().into(), Some(input.into()));
    }

    /// Takes what the agent says to the user, with the words before it.
    fn say(&mut self, said: Option<Text<'a>>) {
        self.timeline.reply(said);
    }
}

/// An element in a text: where it stands, its name, and what is in it.
struct Element<'s> {
    start: usize,
    end: usize,
    name: &'s str,
    body: &'s str,
}

/// The next call in a text: an element that holds elements only, or one of the known tools. Counts the
/// `others` that it met.
fn next_call<'s>(text: &'s str, others: &mut usize) -> Option<Element<'s>> {
    memchr::memchr_iter(b'<', text.as_bytes()).find_map(|start| {
        let name = tag_at(&text[start..])?;
        let inside = start + name.len() + 2;
        let known = KNOWN.iter().any(|tag| tag[1..tag.len() - 1] == *name);
        if !known && (*others >= OTHER_ELEMENTS || !text[inside..].trim_start().starts_with('<')) {
            return None;
        }
        let close = format!("</{name}>");
        // A call that was cut off goes to the end of the message.
        let (body, end) = match text[inside..].find(&close) {
            Some(length) => (&text[inside..inside + length], inside + length + close.len()),
            None => (&text[inside..], text.len()),
        };
        let closed = inside + body.len() < end;
        let start_of_body = body.trim_start();
        let may_be = closed && start_of_body.is_empty() || start_of_body.starts_with('<');
        if known && may_be || closed && name != "thinking" && !parameters(body).is_empty() {
            return Some(Element { start, end, name, body });
        }
        *others += 1;
        None
    })
}

/// The name of the tag that a text begins with, if it is one of a tool or a parameter.
fn tag_at(text: &str) -> Option<&str> {
    const LONGEST_NAME: usize = 64;
    let inside = text.strip_prefix('<')?;
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    let length = inside.as_bytes().iter().take(LONGEST_NAME).take_while(|byte| plain(byte)).count();
    let name = &inside[..length];
    (length > 0 && inside[length..].starts_with('>')).then_some(name)
}

/// The parameters of a call; none where anything but elements stands in its body.
fn parameters(body: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = body.trim_start();
    while let Some(name) = tag_at(rest) {
        let inside = &rest[name.len() + 2..];
        let close = format!("</{name}>");
        let end = if OPEN_ENDED.contains(&name) { inside.rfind(&close) } else { inside.find(&close) };
        let value = &inside[..end.unwrap_or(inside.len())];
        let value = value.strip_prefix('\n').unwrap_or(value);
        found.push((name, value.strip_suffix('\n').unwrap_or(value)));
        rest = end.map_or("", |end| inside[end + close.len()..].trim_start());
    }
    if rest.is_empty() { found } else { Vec::new() }
}

/// What stands between two tags, trimmed.
fn within_tags<'s>(text: &'s str, (open, close): (&str, &str)) -> Option<&'s str> {
    let (_, inside) = text.split_once(open)?;
    Some(inside.split(close).next().unwrap_or(inside).trim())
}

/// A text without all that stands between two tags.
fn without<'a>(text: &Text<'a>, (open, close): (&str, &str)) -> Text<'a> {
    let Some(first) = text.find(open) else { return text.clone() };
    if !text[first..].contains(close)
        || text[first..].trim_end().ends_with(close) && text.matches(open).count() == 1
    {
        return part_of(text, |text| text[..first].trim_end());
    }
    let mut kept = String::new();
    let mut rest = &**text;
    while let Some((before, inside)) = rest.split_once(open) {
        kept.push_str(before);
        rest = inside.split_once(close).map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.trim_end().to_owned().into()
}

/// Whether a result says that the call failed; `None` where it says neither.
fn error_of(result: &str) -> Option<bool> {
    const LINES: usize = 3;
    let head = result.trim_start();
    if FAILED.iter().any(|words| head.starts_with(words)) {
        return Some(true);
    }
    if head.starts_with('{')
        && let Some(failed) = read_inner(head, |result| Some(result.text_of(&["status"])? == "error"))
    {
        return failed.then_some(true);
    }
    let code = head.lines().take(LINES).find_map(|line| {
        let (_, after) = line.split_once("xit code: ").or_else(|| line.split_once("xit code "))?;
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        after[..digits].parse::<u32>().ok()
    });
    code.map(|code| code != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_an_element_of_elements() {
        for (text, name, parameters_of) in [
            (
                "a <execute_command>\n<command>ls</command>\n</execute_command> b",
                "execute_command",
                &[("command", "ls")][..],
            ),
            ("<x_y><a>1</a> <b>2</b></x_y>", "x_y", &[("a", "1"), ("b", "2")]),
            ("<p>a</p> <read_file><path>b", "read_file", &[("path", "b")]),
            (
                "<write_to_file><path>p</path><content>\n<content>x</content>\n</content></write_to_file>",
                "write_to_file",
                &[("path", "p"), ("content", "<content>x</content>")],
            ),
        ] {
            let element = next_call(text, &mut 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((element.name, &*parameters(element.body)), (name, parameters_of), "{text}");
        }
        for text in [
            "",
            "<div>text</div>",
            "if a < b",
            "<thinking><p>a</p></thinking>",
            "<a>b<c>d</c></a>",
            "<Vec<T>>",
        ] {
            assert!(next_call(text, &mut 0).is_none(), "{text}");
        }
    }

    #[test]
    fn markup_takes_time_that_is_linear_in_it() {
        for markup in ["<a>", "<a><b></b>", "<read_file>", "<a><b>x</b></a>x"] {
            let mut task = Task::default();
            task.written(&markup.repeat(20_000));
            assert!(task.timeline.finish().len() <= 20_001);
        }
    }

    #[test]
    fn a_result_begins_with_the_name_of_its_tool() {
        for (text, result) in [
            ("[execute_command for 'ls'] Result:\nCommand executed.", Some("Command executed.")),
            ("[attempt_completion] Result:", Some("")),
            ("[read_file for 'é'] Result:\n\nx", Some("x")),
            ("[A link](b) Result:", None),
            ("see [x] Result: y", None),
            ("[", None),
        ] {
            assert_eq!(result_in(text), result, "{text}");
        }
    }

    #[test]
    fn a_result_states_its_error() {
        for (result, error) in [
            ("Command executed.\nOutput:\na", None),
            ("Command executed in terminal. Exit code: 0\nOutput:", Some(false)),
            ("Command executed in terminal. Exit code: 127\nOutput:", Some(true)),
            ("The tool execution failed with the following error:\n<error>x</error>", Some(true)),
            ("{\"status\": \"error\", \"message\": \"no\"}", Some(true)),
            ("{\"a\": 1}", None),
        ] {
            assert_eq!(error_of(result), error, "{result}");
        }
    }

    #[test]
    fn details_of_the_environment_are_cut_wherever_they_stand() {
        for (text, kept) in [
            ("a\n<environment_details>x</environment_details>", "a"),
            ("<environment_details>x</environment_details>\nb", "\nb"),
            ("a<environment_details>x", "a"),
            (
                "a<environment_details>x</environment_details>b<environment_details>y</environment_details>",
                "ab",
            ),
            ("plain", "plain"),
        ] {
            assert_eq!(without(&text.into(), ENVIRONMENT), kept, "{text}");
        }
    }
}
