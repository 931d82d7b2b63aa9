//! MINT's tag chat: thoughts, code and solutions between tags.
//!
//! Source: `xingyaoww/mint-bench` `results.jsonl`: `{state: {history, success, terminate_reason,
//! agent_action_count, …}, task: {task_name, task_id, prompt, reference}}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task.prompt` | `original_prompt` |
//! | `history[0]` before the task (instruction, tools, a worked example) | `system`; its tool list also `tools`, in OpenAI's shape with `python` and `finish`, which the tags stand for |
//! | `<thought>` and text outside tags | `thought` |
//! | `<execute>code</execute>` | `action_name` python, `action_input` the code |
//! | `<solution>x</solution>` | `action_name` finish, `action_input` and `final_answer` x |
//! | user `Observation:` | `observation`; `error` where the harness did not understand the agent |
//! | `Expert feedback:` (words of a simulated user) | `user` of the next step |
//! | `state.success` | `success` |
//! | `state.terminate_reason` | `failure_reason` of a failed run |
//! | limits on steps and solutions, `task_name`, `task_id`, `agent_action_count`, `error` | `metadata` |
//!
//! Leaks: `task.reference` stays behind; the line `Your answer is wrong.` is cut, and feedback by an
//! expert who knew the answer (`feedback_type` with `with_gt`). `You have 4 steps left and 2 chances
//! to propose solution left.` is the harness's and cut too.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::LazyLock;

use memchr::memmem::{Finder, FinderRev};

use super::{Format, Record, filled, part_of, within};
use crate::json::{ObjectWriter, Value};
use crate::messages::{Role, content_text, role_of};
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct Mint;

const TASK: &str = "---\n\nTask:\n";

impl Format for Mint {
    fn name(&self) -> &'static str {
        "mint"
    }

    fn shape(&self) -> &'static str {
        "`state.history` of messages with `<execute>` and `<solution>`, and `task.prompt`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let history = record.at_path(&["state", "history"]).is_some_and(|history| history.is_array());
        let prompt = record.at_path(&["task", "prompt"]).is_some();
        if history { 50 + 45 * u8::from(prompt) } else { 0 }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let (state, task) = (record.value.get("state"), record.value.get("task"));
        let (state, task) = state.zip(task).ok_or("it has no `state` or no `task`")?;
        let mut history = state.get("history").ok_or("it has no `state.history`")?.items();
        let instruction = history.next().and_then(content_text).ok_or("its `state.history` is empty")?;
        let prompt = task.text_of(&["prompt"]);
        let system = system_of(&instruction, prompt.as_deref());
        let with_gold = state.at_path(&["latest_output", "feedback_type"]).and_then(|kind| kind.text());
        let success = state.get("success").and_then(|success| success.as_bool());
        let mut run = Run {
            trajectory_id: run_id(record, task),
            tools: tools_in(&system).map(Cow::Owned),
            metadata: metadata(&system, state, task).map(Cow::Owned),
            system: filled(system),
            steps: steps_of(history, with_gold.is_some_and(|kind| kind.contains("with_gt"))),
            original_prompt: prompt,
            success,
            failure_reason: state.text_of(&["terminate_reason"]),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn run_id<'a>(record: &Record<'_, 'a>, task: Value<'_, 'a>) -> Text<'a> {
    let part = |key| task.get(key).and_then(|value: Value<'_, 'a>| value.scalar());
    match (part("task_name"), part("task_id")) {
        (Some(name), Some(id)) => record.task_run_id(&format!("{name}-{id}")),
        _ => record.run_id(),
    }
}

/// The instruction without the task at its end, which is the goal.
fn system_of<'a>(instruction: &Text<'a>, prompt: Option<&str>) -> Text<'a> {
    part_of(instruction, |text| {
        let kept = prompt.and_then(|prompt| text.trim_end().strip_suffix(prompt.trim_end()));
        kept.map_or(text, |kept| kept.strip_suffix(TASK).unwrap_or(kept).trim_end())
    })
}

fn metadata(system: &str, state: Value<'_, '_>, task: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy("task_name", task.get("task_name")).copy("task_id", task.get("task_id"));
    out.copy("terminate_reason", state.get("terminate_reason"));
    for (key, before) in [("steps_limit", &STEPS_LIMIT), ("solutions_limit", &SOLUTIONS_LIMIT)] {
        if let Some(limit) = number_after(system, before) {
            out.json(key, limit);
        }
    }
    out.copy("agent_action_count", state.get("agent_action_count")).copy("error", state.get("error"));
    out.finish()
}

/// The digits that follow `before`.
fn number_after<'s>(text: &'s str, before: &Finder<'_>) -> Option<&'s str> {
    before.find_iter(text.as_bytes()).find_map(|at| {
        let rest = &text[at + before.needle().len()..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        (digits > 0).then(|| &rest[..digits])
    })
}

fn steps_of<'a, 't>(history: impl Iterator<Item = Value<'t, 'a>>, with_gold: bool) -> Vec<RunStep<'a>>
where
    'a: 't,
{
    let mut steps: Vec<RunStep<'a>> = Vec::new();
    let mut feedback: Option<Text<'a>> = None;
    for message in history {
        let Some(text) = content_text(message) else { continue };
        if role_of(message) == Some(Role::Agent) {
            let first = steps.len();
            agent_steps(&text, &mut steps);
            steps[first].user = feedback.take();
            continue;
        }
        let (observed, words) = split_feedback(&text);
        if let Some(step) = steps.last_mut() {
            step.error = observed.starts_with(NOT_UNDERSTOOD).then_some(true);
            step.observation = (!observed.is_empty()).then(|| within(&text, observed));
        }
        feedback = words.filter(|_| !with_gold).map(|words| within(&text, words));
    }
    // An empty message that nothing answered.
    steps.retain(|step| *step != RunStep::default());
    if let Some(words) = feedback {
        steps.push(RunStep { user: Some(words), ..RunStep::default() });
    }
    steps
}

const NOT_UNDERSTOOD: &str = "I don't understand your input.";

/// The environment's words without the harness's, which end them, and those of the expert after.
fn split_feedback(message: &str) -> (&str, Option<&str>) {
    let message = message.trim_start();
    let message = message.strip_prefix("Observation:").unwrap_or(message);
    let (observed, feedback) = match split_once(message, &FEEDBACK) {
        Some((observed, feedback)) => (observed, Some(feedback.trim())),
        None => (message, None),
    };
    let mut kept = observed.trim();
    while let line = kept.rsplit('\n').next().unwrap_or_default()
        && is_of_harness(line.trim())
    {
        kept = kept[..kept.len() - line.len()].trim_end();
    }
    (kept, feedback.filter(|feedback| !feedback.is_empty()))
}

fn is_of_harness(line: &str) -> bool {
    let budget = line.starts_with("You have ") && line.contains(" left and ") && line.ends_with(" left.");
    budget
        || line == "You should take the last step to propose a solution."
        || line == "Your answer is wrong."
}

/// Opening tag, closing tag, and the tool it stands for.
const TAGS: &[(&str, &str, &str)] =
    &[("<execute>", "</execute>", "python"), ("<solution>", "</solution>", "finish")];

/// The first tag of an action. One pass: looking for each tag in turn would read the rest of the
/// message again for every block of code.
fn next_tag(text: &str) -> Option<(usize, &'static (&'static str, &'static str, &'static str))> {
    let brackets = memchr::memchr_iter(b'<', text.as_bytes());
    brackets.into_iter().find_map(|at| Some((at, TAGS.iter().find(|tag| text[at..].starts_with(tag.0))?)))
}

/// The steps of one message: one for each block of code and each solution, else a reply.
fn agent_steps<'a>(message: &Text<'a>, steps: &mut Vec<RunStep<'a>>) {
    let words = message.trim_start();
    let mut rest = words.strip_prefix("Assistant:").unwrap_or(words);
    let first = steps.len();
    while let Some((at, (open, close, name))) = next_tag(rest) {
        let inside = &rest[at + open.len()..];
        let (inside, after) = split_once(inside, &Finder::new(close)).unwrap_or((inside, ""));
        steps.push(RunStep {
            thought: thought_of(&within(message, &rest[..at]), *name == "finish"),
            action_name: Some(Cow::Borrowed(name)),
            action_input: Some(within(message, inside.trim())),
            ..RunStep::default()
        });
        rest = after;
    }
    if steps.len() == first {
        steps.push(RunStep { thought: thought_of(&within(message, rest), false), ..RunStep::default() });
    }
}

/// The thought before an action. The words that lead over to a solution (`The answer is`) go.
fn thought_of<'a>(text: &Text<'a>, before_solution: bool) -> Option<Text<'a>> {
    let text = part_of(text, |text| match END_OF_THOUGHT.rfind(text.as_bytes()) {
        Some(end) if before_solution => &text[..end],
        _ => text,
    });
    let bare = part_of(&text, |text| {
        let text = text.trim();
        let text = text.strip_prefix("<thought>").unwrap_or(text);
        text.strip_suffix("</thought>").unwrap_or(text).trim()
    });
    let still_tagged = TAG_OF_THOUGHT.find(bare.as_bytes()).is_some();
    filled(match still_tagged {
        true => bare.replace("<thought>", "").replace("</thought>", "").trim().to_owned().into(),
        false => bare,
    })
}

/// As `str::split_once`, which prepares its search at greater length than it searches such texts.
fn split_once<'s>(text: &'s str, separator: &Finder<'_>) -> Option<(&'s str, &'s str)> {
    let at = separator.find(text.as_bytes())?;
    Some((&text[..at], &text[at + separator.needle().len()..]))
}

/// What is looked for in every message.
static FEEDBACK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\nExpert feedback:"));
static TAG_OF_THOUGHT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("thought>"));
static END_OF_THOUGHT: LazyLock<FinderRev<'static>> = LazyLock::new(|| FinderRev::new("</thought>"));
static TOOLS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Tool function available"));
static STEPS_LIMIT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("You have "));
static SOLUTIONS_LIMIT: LazyLock<Finder<'static>> =
    LazyLock::new(|| Finder::new("You can only propose a solution "));
static RULE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\n---"));

thread_local! {
    /// The list that was read last, and its tools: it is the same for all runs of a task.
    static LAST: RefCell<(String, Option<String>)> = const { RefCell::new((String::new(), None)) };
}

/// The tools in an instruction. Lists that follow one another are read once: reading each took a
/// fifth of the time.
fn tools_in(system: &str) -> Option<String> {
    let (_, list) = split_once(system, &TOOLS)?;
    let list = split_once(list, &RULE).map_or(list, |(list, _)| list);
    LAST.with_borrow_mut(|(last, tools)| {
        if last != list {
            (*last, *tools) = (list.to_owned(), tools_of(list));
        }
        tools.clone()
    })
}

/// The functions of the list `[1] name(argument: type) -> type` with the lines that describe them.
fn tools_of(list: &str) -> Option<String> {
    let mut tools = vec![
        schema("python", "Run Python code. The functions of the other tools can be called in it.", None)?,
        schema("finish", "Propose a solution.", None)?,
    ];
    let mut lines = list.lines().skip(1).peekable();
    while let Some(line) = lines.next() {
        let Some(signature) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) else { continue };
        let mut description = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with('[')) {
            description.push(line);
        }
        let Some((name, rest)) = signature.1.split_once('(') else { continue };
        let parameters = rest.rsplit_once(')').map_or(rest, |(parameters, _)| parameters);
        tools.push(schema(name.trim(), description.join("\n").trim(), Some(parameters))?);
    }
    (tools.len() > 2).then(|| format!("[{}]", tools.join(", ")))
}

fn schema(name: &str, description: &str, parameters: Option<&str>) -> Option<String> {
    let mut function = ObjectWriter::default();
    function.text("name", name).text("description", description);
    if let Some(parameters) = parameters {
        function.json("parameters", &parameter_schema(parameters)?);
    }
    let mut out = ObjectWriter::default();
    out.text("type", "function").json("function", &function.finish()?);
    out.finish()
}

/// JSON Schema of `a: str, b: int = 3`.
fn parameter_schema(parameters: &str) -> Option<String> {
    let (mut properties, mut required) = (ObjectWriter::default(), Vec::new());
    for parameter in parameters.split(',').filter(|parameter| parameter.contains(':')) {
        let (name, kind) = parameter.split_once(':')?;
        let (kind, default) =
            kind.split_once('=').map_or((kind, None), |(kind, default)| (kind, Some(default)));
        let mut property = ObjectWriter::default();
        property.text("type", json_type(kind.trim()));
        properties.json(name.trim(), &property.finish()?);
        if default.is_none() {
            required.push(format!("\"{}\"", name.trim().escape_default()));
        }
    }
    let mut out = ObjectWriter::default();
    out.text("type", "object").json("properties", &properties.finish().unwrap_or_else(|| "{}".to_owned()));
    out.json("required", &format!("[{}]", required.join(", ")));
    out.finish()
}

fn json_type(python: &str) -> &'static str {
    match python {
        "int" => "integer",
        "float" => "number",
        "bool" => "boolean",
        list if list.starts_with("list") || list.starts_with("List") => "array",
        dict if dict.starts_with("dict") || dict.starts_with("Dict") => "object",
        _ => "string",
    }
}
