//! Chats and flows of Flowise.
//!
//! Source: `GET /api/v1/chatmessage/{chatflowid}` (messages of `userMessage` and `apiMessage` with `usedTools` and
//! `agentReasoning`, also with these as strings of JSON, as the database has them), one list or one a line, a run for
//! each session; answers of AgentFlow V2 (`{question, text, agentFlowExecutedData: [{nodeLabel, data, status}]}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first `userMessage`, `question` | `original_prompt`; later ones `user` |
//! | `usedTools`: `tool`, `toolInput`, `toolOutput`; `error` | steps with `observation`, `error` |
//! | `instructions` of a supervisor in `agentReasoning` | `thought` of the call that follows |
//! | `messages` of an agent, output of a node, where they are not the answer | replies |
//! | `content` of an `apiMessage`, `text` | replies, the last is the `final_answer` |
//! | system message of the first agent of a flow | `system` |
//! | `availableTools` of the nodes | `tools` |
//! | `error` of a node that failed | `failure_reason` |
//!
//! In `agentReasoning` every agent has its tools; `usedTools` beside it repeats them, and may hold more. What a supervisor says
//! to itself as it finishes is left out.
//!
//! Leaks: `feedback`, which stays behind.

use std::collections::{HashMap, HashSet};

use super::{Format, Piece, Record, by_agent, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::words;
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct Flowise;

const NODES: &str = "agentFlowExecutedData";

fn is_message(value: Value<'_, '_>) -> bool {
    let role = value.text_of(&["role"]);
    role.is_some_and(|role| role == "userMessage" || role == "apiMessage") && value.get("content").is_some()
}

impl Format for Flowise {
    fn name(&self) -> &'static str {
        "flowise"
    }

    fn shape(&self) -> &'static str {
        "messages of `role` (userMessage, apiMessage), `content` and `usedTools`, or `agentFlowExecutedData`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let of_messages = match record.is_array() {
            true => record.items().take(2).any(is_message),
            false => is_message(record),
        };
        95 * u8::from(of_messages || record.items_of(NODES).next().is_some())
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |value: Value<'t, 'a>| Piece { run: value.text_of(&["sessionId", "chatId"]), value };
        match record.is_array() {
            true => Some(record.items().map(piece).collect()),
            false => record.get(NODES).is_none().then(|| vec![piece(record)]),
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut run = match record.value.get(NODES) {
            Some(nodes) => read_flow(record.value, nodes),
            None => read_chat(record.value),
        };
        by_agent(&run.steps)?;
        let id = record.value.text_of(&["executionId", "chatMessageId"]);
        let id = record.key.map(|key| key.to_owned().into()).or(id);
        run.trajectory_id = id.unwrap_or_else(|| record.run_id());
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// A session, in the order of time.
fn read_chat<'a>(messages: Value<'_, 'a>) -> Run<'a> {
    let mut messages: Vec<Value<'_, 'a>> = messages.items().collect();
    messages.sort_by_cached_key(|message| message.text_of(&["createdDate"]));
    let (mut run, mut user) = (Run::default(), None);
    for message in messages {
        let content = message.text_of(&["content"]);
        if message.text_of(&["role"]).is_some_and(|role| role == "userMessage") {
            if run.original_prompt.is_none() {
                run.original_prompt = content;
            } else {
                let asked = RunStep { user: std::mem::replace(&mut user, content), ..RunStep::default() };
                run.steps.extend(Some(asked).filter(|asked| asked.user.is_some()));
            }
            continue;
        }
        let first = run.steps.len();
        let mut steps = column(message.get("agentReasoning"), |agents| of_agents(agents, content.as_deref()));
        let mut used = column(message.get("usedTools"), of_tools);
        drop_told(&mut used, &steps);
        steps.splice(0..0, used);
        run.steps.append(&mut steps);
        run.steps.extend(content.map(reply));
        if let Some(step) = run.steps.get_mut(first) {
            step.user = user.take();
        }
    }
    run.steps.extend(user.map(|user| RunStep { user: Some(user), ..RunStep::default() }));
    run
}

/// The steps that a column tells, which may be a string of JSON.
fn column<'a>(
    value: Option<Value<'_, 'a>>,
    read: impl for<'t, 'b> Fn(Value<'t, 'b>) -> Vec<RunStep<'b>>,
) -> Vec<RunStep<'a>> {
    let Some(value) = value else { return Vec::new() };
    let Some(text) = value.text() else { return read(value) };
    let steps = read_inner(&text, |inner| Some(read(inner).into_iter().map(RunStep::into_owned).collect()));
    steps.unwrap_or_default()
}

/// Drops the calls that steps tell already, each as often as they do.
fn drop_told<'a>(used: &mut Vec<RunStep<'a>>, steps: &[RunStep<'a>]) {
    let call = |step: &RunStep<'a>| (step.action_name.clone(), step.action_input.clone());
    let mut told: HashMap<_, usize> = HashMap::new();
    steps.iter().for_each(|step| *told.entry(call(step)).or_default() += 1);
    used.retain(|step| match told.get_mut(&call(step)) {
        Some(times) if *times > 0 => {
            *times -= 1;
            false
        }
        _ => true,
    });
}

fn of_tools<'a>(used: Value<'_, 'a>) -> Vec<RunStep<'a>> {
    used.items().filter_map(of_tool).collect()
}

fn of_tool<'a>(used: Value<'_, 'a>) -> Option<RunStep<'a>> {
    let failure = used.any_of(&["error"]).and_then(|error| error.text_or_json()).and_then(filled);
    let output = used.get("toolOutput").and_then(|output| output.text_or_json());
    Some(RunStep {
        action_name: Some(used.text_of(&["tool"])?),
        action_input: used.get("toolInput").and_then(|input| input.text_or_json()),
        error: failure.is_some().then_some(true),
        observation: output.filter(|output| failure.is_none() || !output.trim().is_empty()).or(failure),
        ..RunStep::default()
    })
}

fn reply(words: Text<'_>) -> RunStep<'_> {
    RunStep { thought: Some(words), ..RunStep::default() }
}

/// The steps of agents that worked on one answer.
fn of_agents<'a>(agents: Value<'_, 'a>, answer: Option<&str>) -> Vec<RunStep<'a>> {
    let mut steps = Vec::new();
    let mut thought = None;
    for agent in agents.items() {
        let finishes = agent.text_of(&["next"]).is_some_and(|next| next == "FINISH");
        if let Some(instructions) = agent.text_of(&["instructions"]).filter(|_| !finishes) {
            steps.extend(thought.replace(instructions).map(reply));
        }
        for mut step in agent.items_of("usedTools").filter_map(of_tool) {
            step.thought = thought.take();
            steps.push(step);
        }
        let said = agent.items_of("messages").filter_map(|message| filled(message.text()?));
        steps.extend(said.filter(|said| Some(&**said) != answer).map(reply));
    }
    steps.extend(thought.map(reply));
    steps
}

/// A flow, node by node as they ran.
fn read_flow<'a>(record: Value<'_, 'a>, nodes: Value<'_, 'a>) -> Run<'a> {
    let answer = record.text_of(&["text"]);
    let mut run = Run { original_prompt: record.text_of(&["question"]), ..Run::default() };
    let (mut tools, mut seen) = (Vec::new(), HashSet::new());
    for node in nodes.items() {
        let Some(data) = node.get("data") else { continue };
        run.system = run.system.take().or_else(|| prompt_of(data));
        if node.text_of(&["status"]).is_some_and(|status| status == "ERROR") {
            let error = data.get("error").or_else(|| data.at_path(&["output", "error"]));
            run.failure_reason = error.and_then(|error| error.text_or_json());
        }
        let Some(output) = data.get("output") else { continue };
        // A node in a loop lists its tools each time.
        if seen.insert(node.text_of(&["nodeId"])) {
            tools.extend(output.items_of("availableTools").filter_map(tool));
        }
        run.steps.extend(output.items_of("usedTools").filter_map(of_tool));
        let said = output.text_of(&["content"]).filter(|said| Some(said) != answer.as_ref());
        run.steps.extend(said.map(reply));
    }
    run.steps.extend(answer.map(reply));
    run.tools = (!tools.is_empty()).then(|| format!("[{}]", tools.join(", ")).into());
    run
}

/// The system message of an agent, which also comes as one of the assistant before all others.
fn prompt_of<'a>(data: Value<'_, 'a>) -> Option<Text<'a>> {
    let first = data.at_path(&["input", "messages"])?.items().next()?;
    let role = first.text_of(&["role"])?;
    let leads = matches!(&*role, "system" | "developer" | "assistant") && first.get("tool_calls").is_none();
    first.get("content").filter(|_| leads).and_then(words)
}

/// A tool in OpenAI's shape.
fn tool(tool: Value<'_, '_>) -> Option<String> {
    let mut function = ObjectWriter::default();
    function.copy("name", tool.get("name")).copy("description", tool.get("description"));
    function.copy("parameters", tool.get("schema"));
    let mut out = ObjectWriter::default();
    out.text("type", "function").json("function", &function.finish()?);
    out.finish()
}
