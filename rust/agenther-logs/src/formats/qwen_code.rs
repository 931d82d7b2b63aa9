//! Qwen Code: sessions of Alibaba's command-line agent, one record a line.
//!
//! Source: `~/.qwen/projects/<folder>/chats/<id>.jsonl`, `ChatRecord` of `chatRecordingService.ts`: `{uuid, parentUuid,
//! sessionId, type: user | assistant | tool_result | system, message: {role, parts}, toolCallResult}`; parts are those
//! of Gemini's API.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user | `original_prompt`; later ones `user` |
//! | `functionCall` parts | steps; text and thoughts beside them are the thought |
//! | `functionResponse` parts: `output`, `error` | `observation` |
//! | an `error` there, `toolCallResult.status` | `error` |
//! | last text of the model | `final_answer` |
//! | `cwd`, `gitBranch`, `version`, `model` | `metadata` |
//!
//! Left out: records of the type `system`, side chains, branches that were given up (`parentUuid`).
//!
//! Leaks: none.

use super::{Format, Piece, Record};
use crate::branches::{Node, branch_through};
use crate::json::{ObjectWriter, Value};
use crate::messages::{Conversation, Role, is_type};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct QwenCode;

impl Format for QwenCode {
    fn name(&self) -> &'static str {
        "qwen_code"
    }

    fn shape(&self) -> &'static str {
        "lines of `uuid`, `sessionId`, `type` and `message` of `parts`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if record.get("uuid").is_none() || record.get("sessionId").is_none() {
            return 0;
        }
        let has_parts = record.at_path(&["message", "parts"]).is_some_and(|parts| parts.is_array());
        match record.text_of(&["type"]).as_deref() {
            Some("user" | "assistant" | "tool_result") => 95 * u8::from(has_parts),
            Some("system") => 93 * u8::from(record.get("systemPayload").is_some()),
            _ => 0,
        }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: record.text_of(&["sessionId"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let main = record.value.items().filter(|line| !is_side(*line));
        let nodes: Vec<_> = main.map(|line| Node::of(line, "uuid", "parentUuid")).collect();
        // A chain that begins anew is one that broke, unless the user went back to before the first words.
        let lines =
            branch_through(&nodes, None, |root| root.text_of(&["subtype"]).is_none_or(|of| of != "rewind"));
        let mut conversation = Conversation::default();
        lines.iter().for_each(|line| read_line(*line, &mut conversation));
        conversation.finish();
        if !conversation.steps.iter().any(|step| step.thought.is_some() || step.action_name.is_some()) {
            return Err("the model says and does nothing in it".to_owned());
        }
        let mut out = ObjectWriter::default();
        for key in ["cwd", "gitBranch", "version", "model"] {
            out.copy(key, lines.iter().find_map(|line| line.get(key)));
        }
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            original_prompt: conversation.prompt,
            steps: conversation.steps,
            metadata: out.finish().map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn is_side(line: Value<'_, '_>) -> bool {
    line.get("isSidechain").and_then(|flag| flag.as_bool()) == Some(true)
        || line.text_of(&["agentId"]).is_some()
}

fn read_line<'a>(line: Value<'_, 'a>, conversation: &mut Conversation<'a>) {
    let Some(message) = line.get("message") else { return };
    if is_type(line, &["user"]) {
        conversation.parts_message(Role::User, message);
    } else if is_type(line, &["assistant"]) {
        conversation.parts_message(Role::Agent, message);
    } else if is_type(line, &["tool_result"]) {
        for response in message.items_of("parts").filter_map(|part| part.get("functionResponse")) {
            read_result(response, line, conversation);
        }
    }
}

fn read_result<'a>(response: Value<'_, 'a>, line: Value<'_, 'a>, conversation: &mut Conversation<'a>) {
    let index = conversation.result(response);
    let step = &mut conversation.steps[index];
    let said = response.get("response").and_then(|response| response.text_of(&["output", "error"]));
    step.observation = said.or(step.observation.take());
    let status: Option<Text<'a>> = line.get("toolCallResult").and_then(|result| result.text_of(&["status"]));
    step.error = match status.as_deref() {
        Some("success") => Some(false),
        Some("error" | "cancelled") => Some(true),
        _ => step.error,
    };
}
