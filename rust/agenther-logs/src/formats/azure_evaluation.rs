//! Rows that the agent evaluators of Azure AI Foundry are given.
//!
//! Source: the output of `AIAgentConverter`: a thread of an agent up to the turn that is evaluated, and that turn.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `query`: messages of the thread, or the words of the user | `original_prompt`, `system`, steps |
//! | `response`: messages with `tool_call` and `tool_result` parts | steps, `final_answer` |
//! | `tool_definitions` | `tools` |
//!
//! Leaks: `ground_truth` and what evaluators add (`outputs.*`) stay behind.

use super::{Format, Record, schemas};
use crate::json::Value;
use crate::messages::{Role, content_text, is_message, is_type, join, role_of};
use crate::run::Run;
use crate::timeline::{Timeline, call_name};

pub(super) struct AzureEvaluation;

impl Format for AzureEvaluation {
    fn name(&self) -> &'static str {
        "azure_evaluation"
    }

    fn shape(&self) -> &'static str {
        "`query` and `response`: lists of messages, with `tool_definitions`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_list = |key: &str| record.items_of(key).next().is_some_and(is_message);
        let is_asked = is_list("query") || record.get("query").is_some_and(Value::is_string);
        92 * u8::from(is_asked && is_list("response"))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let (mut timeline, mut system) = (Timeline::default(), None);
        timeline.user(value.text_of(&["query"]));
        for message in value.items_of("query").chain(value.items_of("response")) {
            match role_of(message) {
                Some(Role::System) => join(&mut system, content_text(message)),
                Some(Role::User) => timeline.user(content_text(message)),
                Some(Role::Agent) => agent(&mut timeline, message),
                _ => result(&mut timeline, message),
            }
        }
        let mut run = timeline.run(record.run_id(), None)?;
        run.system = system;
        run.tools = value.get("tool_definitions").and_then(schemas);
        Ok(run)
    }
}

/// Words and the calls that they lead to are messages of their own.
fn agent<'a>(timeline: &mut Timeline<'a>, message: Value<'_, 'a>) {
    timeline.say(content_text(message));
    for part in message.items_of("content").filter(|part| is_type(*part, &["tool_call"])) {
        let call = part.get("tool_call").unwrap_or(part);
        let function = call.get("function").unwrap_or(call);
        let input = function.get("arguments").and_then(|input| input.text_or_json());
        let id = part.text_of(&["tool_call_id"]).or_else(|| call.text_of(&["id"]));
        timeline.act(id, call_name(function.text_of(&["name"])), input);
    }
}

fn result<'a>(timeline: &mut Timeline<'a>, message: Value<'_, 'a>) {
    let returned = message.items_of("content").find_map(|part| part.get("tool_result"));
    let returned = returned.and_then(|result| result.text_or_json()).or_else(|| content_text(message));
    let id = message.text_of(&["tool_call_id"]);
    timeline.observe(id.as_deref(), returned.unwrap_or_default(), None);
}
