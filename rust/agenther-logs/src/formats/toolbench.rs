//! ToolBench and StableToolBench answers: an agent with web APIs, as one chain or a searched tree.
//!
//! Source: `OpenBMB/ToolBench` `data/answer/*/<query id>_<method>.json`: `{win, tree: {tree: node},
//! answer_generation}` of a tree search (DFSDT), `{win, trys: [{chain: [node]}], answer_generation}`
//! of chains (CoT@n); `zhichengg/StableToolBench` writes the same. A node is `{node_type: Thought |
//! Action | Action Input, description, observation, observation_code, children}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `answer_generation.query` | `original_prompt` |
//! | `answer_generation.function` | `tools` |
//! | first message of `answer_generation.train_messages` | `system` |
//! | nodes on the way to the answer, else on the last way tried | steps: `Thought`, `Action`, then `Action Input` with its `observation` |
//! | `observation_code` other than 0, 3, 4 (fine, answer given, gave up), or an `error` in the observation | `error` |
//! | `answer_generation.final_answer`, the `final_answer` in it | `final_answer` |
//! | `win` | `success`: that the agent handed in an answer; whether it is right is judged later, by `tooleval` |
//! | `return_type` of a last `Finish` that gives up, `finish_type` | `failure_reason` of a failed run |
//! | `query_count`, `total_tokens`, `valid_data`, the limits of the search, how many ways it tried | `metadata` |
//!
//! The ways that were given up are no part of the run: the agent did not go on from them.
//!
//! Leaks: none; observations are those of the APIs.

use std::borrow::Cow;

use super::openai_chat::schemas;
use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::{content_text, join};
use crate::run::{Run, RunStep, Text};

pub(super) struct ToolBench;

impl Format for ToolBench {
    fn name(&self) -> &'static str {
        "toolbench"
    }

    fn shape(&self) -> &'static str {
        "`win`, `answer_generation`, and a `tree` or `trys` of nodes with `node_type`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let root = record.at_path(&["tree", "tree"]);
        let chain = record.get("trys").and_then(|trys| trys.items().next()?.get("chain"));
        let nodes = root.is_some_and(|root| root.get("node_type").is_some()) || chain.is_some();
        let told = record.at_path(&["answer_generation", "query"]).is_some();
        match (nodes, told) {
            (true, true) => 100,
            (true, false) => 90,
            (false, true) => 70,
            (false, false) => 0,
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let told = value.get("answer_generation");
        let field = |key| told.and_then(|told: Value<'_, 'a>| told.get(key));
        let tried = match value.at_path(&["tree", "tree"]) {
            Some(root) => way_to_answer(std::iter::once(root), "children", gives_answer),
            None => chain_of(value),
        };
        let steps = steps_of(&tried.way);
        if steps.is_empty() {
            return Err("its tree holds no thought and no action".to_owned());
        }
        let success = value.get("win").and_then(|win| win.as_bool());
        let gave_up = gave_up(steps.last())
            .or_else(|| told?.text_of(&["finish_type"]).filter(|reason| reason.contains("give_up")));
        Ok(Run {
            trajectory_id: record.task_run_id(record.stem),
            original_prompt: told.and_then(|told| told.text_of(&["query"])),
            system: field("train_messages").and_then(system_of),
            tools: field("function").and_then(schemas),
            steps,
            final_answer: field("final_answer").and_then(|answer| answer.text()).and_then(answer_in),
            success,
            failure_reason: gave_up,
            metadata: metadata(value, tried.count).map(Into::into),
            ..Run::default()
        })
    }
}

/// One way through a tree of tries, and how many there are.
pub(super) struct Tried<'t, 'a> {
    pub way: Vec<Value<'t, 'a>>,
    pub count: usize,
}

/// The nodes down to the first leaf that `answers`, else down to the last leaf: searches go depth
/// first and add children in the order of time.
pub(super) fn way_to_answer<'t, 'a>(
    roots: impl Iterator<Item = Value<'t, 'a>>,
    children: &str,
    answers: impl Fn(Value<'t, 'a>) -> bool,
) -> Tried<'t, 'a> {
    let mut open: Vec<(Value<'t, 'a>, usize)> = roots.map(|root| (root, 0)).collect();
    open.reverse();
    let (mut path, mut answered, mut count) = (Vec::new(), None, 0);
    while let Some((node, depth)) = open.pop() {
        path.truncate(depth);
        path.push(node);
        let before = open.len();
        open.extend(node.items_of(children).map(|node| (node, depth + 1)));
        if open.len() > before {
            open[before..].reverse();
            continue;
        }
        count += 1;
        if answered.is_none() && answers(node) {
            answered = Some(path.clone());
        }
    }
    Tried { way: answered.unwrap_or(path), count }
}

/// The nodes of the try that won, else of the last.
fn chain_of<'t, 'a>(record: Value<'t, 'a>) -> Tried<'t, 'a> {
    let tries = || record.items_of("trys");
    let won = tries().find(|attempt| attempt.get("win").and_then(|win| win.as_bool()) == Some(true));
    let chain = won.or_else(|| tries().last()).and_then(|attempt| attempt.get("chain"));
    Tried { way: chain.into_iter().flat_map(Value::items).collect(), count: tries().count() }
}

/// What the harness says of a call, in `observation_code`.
const FINE: f64 = 0.0;
const ANSWER_GIVEN: f64 = 3.0;
const GAVE_UP: f64 = 4.0;

fn gives_answer(node: Value<'_, '_>) -> bool {
    node.get("observation_code").and_then(|code| code.as_f64()) == Some(ANSWER_GIVEN)
}

fn steps_of<'a>(nodes: &[Value<'_, 'a>]) -> Vec<RunStep<'a>> {
    let mut steps: Vec<RunStep<'a>> = Vec::new();
    let mut thought: Option<Text<'a>> = None;
    for node in nodes {
        let description = node.get("description").and_then(|text| text.text_or_json());
        match node.text_of(&["node_type"]).as_deref() {
            Some("Thought") => join(&mut thought, description),
            Some("Action") => {
                let thought = thought.take();
                steps.push(RunStep { thought, action_name: description, ..RunStep::default() });
            }
            // The root of a tree is one too, without an action before it.
            Some("Action Input") => {
                let Some(step) = steps.last_mut() else { continue };
                step.action_input = description;
                step.observation = node.get("observation").and_then(|text| text.text_or_json());
                step.error = error_of(*node, step.observation.as_deref());
            }
            _ => {}
        }
    }
    if thought.is_some() {
        steps.push(RunStep { thought, ..RunStep::default() });
    }
    steps
}

fn error_of(node: Value<'_, '_>, observation: Option<&str>) -> Option<bool> {
    let code = node.get("observation_code").and_then(|code| code.as_f64());
    let failed = code.map(|code| ![FINE, ANSWER_GIVEN, GAVE_UP].contains(&code));
    if failed == Some(true) { failed } else { observation.and_then(error_stated).or(failed) }
}

/// Whether the answer of an API, `{"error": "", "response": …}`, says that there was an error.
/// Answers may be cut off, so they are not parsed.
pub(super) fn error_stated(observation: &str) -> Option<bool> {
    let inside = observation.trim_start().strip_prefix('{')?.trim_start();
    let error = ["\"error\":", "'error':"].iter().find_map(|key| inside.strip_prefix(key))?.trim_start();
    let none = ["\"\"", "''", "null", "None", "false", "False"];
    (error.len() > 1).then(|| !none.iter().any(|none| error.starts_with(none)))
}

/// The `return_type` of a call that gives up.
pub(super) fn gave_up<'a>(last: Option<&RunStep<'a>>) -> Option<Text<'a>> {
    let step = last.filter(|step| step.action_name.as_deref() == Some("Finish"))?;
    let input = step.action_input.as_deref().filter(|input| !input.contains("give_answer"))?;
    ["give_up_and_restart", "give_up"].into_iter().find(|word| input.contains(word)).map(Cow::Borrowed)
}

/// The words in `{"return_type": "give_answer", "final_answer": words}`; a text that is no such
/// object is the answer itself.
pub(super) fn answer_in(answer: Text<'_>) -> Option<Text<'_>> {
    let trimmed = answer.trim();
    if !trimmed.starts_with('{') {
        return filled(answer);
    }
    let words = |call: Value<'_, '_>| Some(call.get("final_answer")?.text_or_json()?.into_owned());
    match read_inner(trimmed, |call| call.get("return_type").map(|_| words(call))) {
        Some(words) => words.map(Cow::Owned).and_then(filled),
        None => Some(answer),
    }
}

fn system_of<'a>(messages: Value<'_, 'a>) -> Option<Text<'a>> {
    let first = messages.items().next()?.items().next()?;
    let is_system = first.get("role").and_then(|role| role.text()).as_deref() == Some("system");
    if is_system { content_text(first).and_then(filled) } else { None }
}

fn metadata(record: Value<'_, '_>, tried: usize) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["query_count", "total_tokens", "valid_data"] {
        out.copy(key, record.at_path(&["answer_generation", key]));
    }
    for key in ["single_chain_max_step", "max_query_count", "tree_beam_size", "pass_at"] {
        out.copy(key, record.at_path(&["forward_args", key]));
    }
    out.json("ways_tried", &tried.to_string());
    out.finish()
}
