//! Agno: sessions of agents and teams, and the runs in them.
//!
//! Source: `agno_sessions` and the tables of older versions, as rows or as the JSON storage keeps them (`{session_id,
//! session_type, runs: [run]}`, `runs` at times as a text, `memory: {runs: [{response}]}` in version 1), and
//! `RunOutput.to_dict()` of `libs/agno/agno/run/agent.py`: `{run_id, agent_id, content, messages, tools, input, status}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `messages` of the runs of a session, one after the other, without those `from_history` | the conversation; see `openai_chat` |
//! | of a run without messages `input.input_content`, `tools`, `content` | the conversation |
//! | `input` of a run that has no `input_content`, as workflows have it | the conversation |
//! | the `content` of a last run whose `status` is `ERROR`, else its status where it is `CANCELLED` | `failure_reason` |
//! | labels beside what Agno writes | `success`, `reward`, `failure_reason` |
//! | agent, team, model, `session_state`; what stands beside what Agno writes | `metadata` |
//!
//! Left out: runs of the members of a team (`parent_run_id`, `member_responses`), which its leader sees as results. One
//! that stands alone is a run.
//!
//! Leaks: none.

use std::collections::HashSet;

use super::{Format, Record, by_agent, copy_rest, has_own_steps, is_of_house};
use crate::json::{Limits, ObjectWriter, Tape, Value, read_inner};
use crate::labels::{is_label, read_labels};
use crate::messages::Conversation;
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct Agno;

const OWNER: &[&str] = &["agent_id", "team_id", "workflow_id"];

/// `RunStatus`.
const STATUS: &[&str] = &["PENDING", "RUNNING", "COMPLETED", "PAUSED", "CANCELLED", "ERROR"];

fn is_run(value: Value<'_, '_>) -> bool {
    let has = |key| value.get(key).is_some();
    has("run_id")
        && OWNER.iter().any(|key| has(key))
        && (has("content") || has("status"))
        && (has("messages") || has("tools") || has("input"))
        && is_marked(value)
        && !is_of_house(value)
}

/// Whether a run has what Agno writes and others do not.
fn is_marked(run: Value<'_, '_>) -> bool {
    let status = run.text_of(&["status"]);
    // Others have the schemas of tools there.
    let is_used = |tool: Value<'_, '_>| tool.get("tool_name").is_some();
    run.get("content_type").is_some()
        || run.at_path(&["input", "input_content"]).is_some()
        || run.items_of("tools").next().is_some_and(is_used)
        || status.is_some_and(|status| STATUS.contains(&&*status))
            && run.items_of("tools").all(is_used)
            && !run.members().any(|(key, _)| is_label(&key))
}

/// The runs of a session, where they are no text.
fn runs_in<'t, 'a>(session: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    let runs = session.get("runs").or_else(|| session.at_path(&["memory", "runs"]));
    runs.into_iter().flat_map(|runs| runs.items()).map(|run| run.get("response").unwrap_or(run))
}

fn is_session(value: Value<'_, '_>) -> bool {
    let of_agent = ["session_type", "agent_data", "team_data", "session_data"]
        .iter()
        .any(|key| value.get(key).is_some());
    if value.get("session_id").is_none() || !of_agent {
        return false;
    }
    let is_text = || {
        let text = value.get("runs").and_then(|runs| runs.text());
        text.is_some_and(|text| text.starts_with('[') && text.contains("\"run_id\""))
    };
    let is_own = |run: Value<'_, '_>| {
        (run.get("run_id").is_some() || run.get("messages").is_some()) && !has_own_steps(run)
    };
    runs_in(value).next().is_some_and(is_own) || is_text()
}

impl Format for Agno {
    fn name(&self) -> &'static str {
        "agno"
    }

    fn shape(&self) -> &'static str {
        "`session_id` and `runs` of `run_id`, `agent_id`, `messages`, `content`, or such a run"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        93 * u8::from(is_session(record) || is_run(record))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut told = Told::default();
        let is_one = is_run(value);
        if is_one {
            told.run(value);
        } else if let Some(text) = value.get("runs").and_then(|runs| runs.text()) {
            read_inner(&text, |runs| {
                told.runs(&runs.items().collect::<Vec<_>>());
                Some(())
            })
            .ok_or("its runs are a text that is not JSON")?;
        } else {
            told.runs(&runs_in(value).collect::<Vec<_>>());
        }
        let list = format!("[{}]", told.messages.join(","));
        let mut tape = Tape::default();
        let parsed = tape.parse(&list, Limits::default());
        let parsed = parsed.map_err(|error| format!("its messages are not readable JSON: {error}"))?;
        let conversation = Conversation::read(parsed.root().items()).into_owned();
        by_agent(&conversation.steps)?;
        let id = value.text_of(if is_one { &["run_id"] } else { &["session_id"] });
        let mut run = Run {
            trajectory_id: id.unwrap_or_else(|| record.run_id()),
            original_prompt: conversation.prompt,
            system: conversation.system,
            steps: conversation.steps,
            metadata: metadata(record).map(Into::into),
            ..Run::default()
        };
        read_labels(value, &mut run);
        run.failure_reason = told.failure.map(Into::into).or(run.failure_reason);
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// What the runs of a session say, as the JSON of messages.
#[derive(Default)]
struct Told {
    messages: Vec<String>,
    has_system: bool,
    /// How the last of them failed.
    failure: Option<String>,
}

impl Told {
    /// Takes the runs of a session, without those of members whose leader is among them.
    fn runs(&mut self, runs: &[Value<'_, '_>]) {
        let ids: HashSet<Text<'_>> = runs.iter().filter_map(|run| run.text_of(&["run_id"])).collect();
        let is_of_member =
            |run: &Value<'_, '_>| run.text_of(&["parent_run_id"]).is_some_and(|parent| ids.contains(&parent));
        runs.iter().filter(|run| !is_of_member(run)).for_each(|run| self.run(*run));
    }

    fn run(&mut self, run: Value<'_, '_>) {
        self.failure = match run.text_of(&["status"]).as_deref() {
            Some("ERROR") => {
                Some(run.text_of(&["content"]).map_or("error".to_owned(), |text| text.into_owned()))
            }
            Some(status @ "CANCELLED") => Some(status.to_lowercase()),
            _ => None,
        };
        let from_history = |message: Value<'_, '_>| {
            message.get("from_history").and_then(|flag| flag.as_bool()) == Some(true)
        };
        let own = || run.items_of("messages").filter(|message| !from_history(*message));
        if own().next().is_none() {
            return self.without_messages(run);
        }
        for message in own() {
            // Each run is told the same once more.
            let is_system =
                message.text_of(&["role"]).is_some_and(|role| matches!(&*role, "system" | "developer"));
            if !is_system || !std::mem::replace(&mut self.has_system, true) {
                self.messages.push(message.json().into_owned());
            }
        }
    }

    fn without_messages(&mut self, run: Value<'_, '_>) {
        let input = run.any_of(&["input"]);
        let asked = input.and_then(|input| input.get("input_content").unwrap_or(input).text_or_json());
        asked.into_iter().for_each(|asked| self.message("user", |out| _ = out.text("content", &asked)));
        for tool in run.items_of("tools") {
            // What is offered to the agent may stand there too.
            let Some(name) = tool.text_of(&["tool_name"]) else { continue };
            let (mut call, mut function) = (ObjectWriter::default(), ObjectWriter::default());
            function.text("name", &name).copy("arguments", tool.get("tool_args"));
            call.copy("id", tool.get("tool_call_id"))
                .json("function", &function.finish().unwrap_or_default());
            let calls = format!("[{}]", call.finish().unwrap_or_default());
            self.message("assistant", |out| _ = out.json("tool_calls", &calls));
            self.message("tool", |out| {
                out.copy("tool_call_id", tool.get("tool_call_id")).copy("content", tool.get("result"));
                out.copy("tool_call_error", tool.get("tool_call_error"));
            });
        }
        let said = run
            .any_of(&["content"])
            .filter(|_| self.failure.is_none())
            .and_then(|content| content.text_or_json());
        said.into_iter().for_each(|said| self.message("assistant", |out| _ = out.text("content", &said)));
    }

    fn message(&mut self, role: &str, fill: impl FnOnce(&mut ObjectWriter)) {
        let mut out = ObjectWriter::default();
        out.text("role", role);
        fill(&mut out);
        self.messages.extend(out.finish());
    }
}

fn metadata(record: &Record<'_, '_>) -> Option<String> {
    const KEPT: &[&str] = &[
        "session_type",
        "agent_id",
        "agent_name",
        "team_id",
        "team_name",
        "workflow_id",
        "user_id",
        "model",
        "model_provider",
    ];
    /// What else Agno writes.
    const OWN: &[&str] = &[
        "run_id",
        "parent_run_id",
        "session_id",
        "messages",
        "tools",
        "input",
        "content",
        "content_type",
        "status",
        "runs",
        "memory",
        "session_data",
        "agent_data",
        "team_data",
        "workflow_data",
        "member_responses",
        "step_results",
        "step_executor_runs",
        "events",
        "event",
        "summary",
        "metrics",
        "model_provider_data",
        "additional_input",
        "reasoning_content",
        "reasoning_steps",
        "reasoning_messages",
        "references",
        "citations",
        "extra_data",
        "images",
        "videos",
        "audio",
        "files",
        "response_audio",
        "created_at",
        "updated_at",
    ];
    let value = record.value;
    let mut out = ObjectWriter::default();
    KEPT.iter().for_each(|key| _ = out.copy(key, value.get(key)));
    let state =
        value.at_path(&["session_data", "session_state"]).filter(|state| state.members().next().is_some());
    out.copy("session_state", state.filter(|state| state.json().len() <= super::METADATA_FIELD));
    copy_rest(&mut out, record, |key| KEPT.contains(&key) || OWN.contains(&key) || is_label(key));
    out.finish()
}
