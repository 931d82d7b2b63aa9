//! Events of LlamaIndex's agent workflows.
//!
//! Source: `llama_index.core.agent.workflow.workflow_events` (`AgentInput`, `AgentOutput`, `ToolCall`, `ToolCallResult`), an
//! event a line or in a list, as `event.model_dump()` gives them, or with their class as `JsonSerializer` of `workflows`
//! writes them: `{__is_pydantic, value, qualified_name}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | last message of the user in the first `AgentInput` | `original_prompt`; in later ones, where it is another, `user` |
//! | system messages of the first `AgentInput` | `system` |
//! | `response` of an `AgentOutput` | `thought` of the calls with it, else a reply; the last is the `final_answer` |
//! | `tool_calls` of an `AgentOutput`; a `ToolCall` that none has | steps |
//! | `tool_output` of a `ToolCallResult`, by `tool_id`, `tool_name` and `tool_kwargs` (some models give the tool's name for an id) | `observation`; `is_error` as `error` |
//! | name of the agent | `metadata` |
//!
//! Left out: deltas (`AgentStream`) and the last event, which repeat the rest.
//!
//! Leaks: none.

use std::collections::HashSet;

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::{Role, join, role_of, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct LlamaIndexEvents;

/// What an event holds.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Input,
    Output,
    Call,
    Result,
    /// What says nothing of its own.
    Other,
}

/// An event without what its class is written around it.
fn inside<'t, 'a>(event: Value<'t, 'a>) -> Value<'t, 'a> {
    let is_named = event.get("qualified_name").is_some();
    event.get("value").filter(|value| is_named && value.is_object()).unwrap_or(event)
}

fn kind_of(event: Value<'_, '_>) -> Option<Kind> {
    let value = inside(event);
    let has = |key| value.get(key).is_some();
    let by_agent = has("current_agent_name");
    if has("tool_kwargs") && has("tool_id") && has("tool_name") {
        return Some(if has("tool_output") { Kind::Result } else { Kind::Call });
    }
    if by_agent && has("delta") {
        return Some(Kind::Other);
    }
    if by_agent && has("response") && has("tool_calls") {
        return Some(Kind::Output);
    }
    if by_agent && value.get("input").is_some_and(|input| input.is_array()) {
        return Some(Kind::Input);
    }
    let name = event.text_of(&["qualified_name"])?;
    name.contains("workflow").then_some(Kind::Other)
}

impl Format for LlamaIndexEvents {
    fn name(&self) -> &'static str {
        "llamaindex_events"
    }

    fn shape(&self) -> &'static str {
        "events of `current_agent_name`, `input` or `response` and `tool_calls`; of `tool_name`, `tool_kwargs`, `tool_id`, `tool_output`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let kind = match record.is_array() {
            true => {
                record.items().take(8).find_map(|event| kind_of(event).filter(|kind| *kind != Kind::Other))
            }
            false => kind_of(record),
        };
        match kind {
            Some(Kind::Other) => 30,
            Some(_) => 92,
            None => 0,
        }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        record.is_object().then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut agent = Agent::default();
        record.value.items().for_each(|event| agent.event(event));
        let mut run = agent.timeline.run(record.run_id(), None)?;
        run.system = agent.system;
        let mut out = ObjectWriter::default();
        agent.name.into_iter().for_each(|name| _ = out.text("agent", &name));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

#[derive(Default)]
struct Agent<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    name: Option<Text<'a>>,
    /// What the user said last.
    asked: Option<Text<'a>>,
    /// Calls that wait for their results, and those that have one.
    open: HashSet<String>,
    answered: HashSet<String>,
}

/// What tells a call from others: models give the same id to several.
fn call_key(call: Value<'_, '_>) -> String {
    let input = call.get("tool_kwargs").map(|input| input.json()).unwrap_or_default();
    let [id, name] = ["tool_id", "tool_name"].map(|key| call.text_of(&[key]).unwrap_or_default());
    [&*id, &*name, &*input].join("\u{1f}")
}

impl<'a> Agent<'a> {
    fn event(&mut self, event: Value<'_, 'a>) {
        let value = inside(event);
        self.name = self.name.take().or_else(|| value.text_of(&["current_agent_name"]));
        match kind_of(event) {
            Some(Kind::Input) => self.input(value),
            Some(Kind::Output) => self.output(value),
            Some(Kind::Call) => self.call(value),
            Some(Kind::Result) => {
                self.call(value);
                let output = value.get("tool_output");
                let seen = output.and_then(|output| content(output).or_else(|| output.text()));
                let failed = output.and_then(|output| output.get("is_error")?.as_bool());
                let key = call_key(value);
                self.timeline.observe(Some(&key), seen.unwrap_or_default(), failed);
                self.open.remove(&key);
                self.answered.insert(key);
            }
            _ => {}
        }
    }

    fn input(&mut self, value: Value<'_, 'a>) {
        let messages = || value.items_of("input");
        if self.asked.is_none() {
            let system = messages().filter(|message| role_of(*message) == Some(Role::System));
            system.for_each(|message| join(&mut self.system, content(message)));
        }
        let asked =
            messages().filter(|message| role_of(*message) == Some(Role::User)).last().and_then(content);
        if asked.is_some() && asked != self.asked {
            self.timeline.user(asked.clone());
            self.asked = asked;
        }
    }

    fn output(&mut self, value: Value<'_, 'a>) {
        let response = value.get("response");
        self.timeline.end_turn();
        self.timeline.say(response.and_then(|response| content(response).or_else(|| response.text())));
        if value.items_of("tool_calls").next().is_none() {
            return self.timeline.end_turn();
        }
        // The last output tells all calls again; one that is made again has an event of its own.
        let is_new = |call: &Value<'_, '_>| !self.answered.contains(&call_key(*call));
        let calls: Vec<Value<'_, 'a>> = value.items_of("tool_calls").filter(is_new).collect();
        calls.into_iter().for_each(|call| self.call(call));
    }

    /// Takes a call that no event of this turn told before.
    fn call(&mut self, call: Value<'_, 'a>) {
        let key = call_key(call);
        if self.open.insert(key.clone()) {
            let input = call.get("tool_kwargs").and_then(|input| input.text_or_json());
            self.timeline.act(Some(key.into()), call_name(call.text_of(&["tool_name"])), input);
        }
    }
}

/// The words of a message or a result: its text blocks, else its content.
fn content<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut said = None;
    message.items_of("blocks").for_each(|block| join(&mut said, block.text_of(&["text"])));
    said.or_else(|| message.any_of(&["content"]).and_then(words))
}
