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
//! | the `content` of a last run whose `status` is `ERROR`, else its status where it is `CANCELLED` | `failure_reason` |
//! | agent, team, model, `session_state` | `metadata` |
//!
//! Left out: runs of the members of a team (`parent_run_id`, `member_responses`), which its leader sees as results.
//!
//! Leaks: none.

use super::{Format, Record, by_agent};
use crate::json::{Limits, ObjectWriter, Tape, Value, read_inner};
use crate::messages::Conversation;
use crate::run::Run;
use crate::terminal::set_final_answer;

pub(super) struct Agno;

const OWNER: &[&str] = &["agent_id", "team_id", "workflow_id"];

fn is_run(value: Value<'_, '_>) -> bool {
    let has = |key| value.get(key).is_some();
    has("run_id")
        && OWNER.iter().any(|key| has(key))
        && (has("content") || has("status"))
        && (has("messages") || has("tools") || has("input"))
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
    runs_in(value).next().is_some_and(|run| run.get("run_id").is_some() || run.get("messages").is_some())
        || is_text()
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
        if is_run(value) {
            told.run(value);
        } else if let Some(text) = value.get("runs").and_then(|runs| runs.text()) {
            read_inner(&text, |runs| {
                runs.items().for_each(|run| told.run(run));
                Some(())
            })
            .ok_or("its runs are a text that is not JSON")?;
        } else {
            runs_in(value).for_each(|run| told.run(run));
        }
        let list = format!("[{}]", told.messages.join(","));
        let mut tape = Tape::default();
        let parsed = tape.parse(&list, Limits::default());
        let parsed = parsed.map_err(|error| format!("its messages are not readable JSON: {error}"))?;
        let conversation = Conversation::read(parsed.root().items()).into_owned();
        by_agent(&conversation.steps)?;
        let id = value.text_of(if is_run(value) { &["run_id"] } else { &["session_id"] });
        let mut run = Run {
            trajectory_id: id.unwrap_or_else(|| record.run_id()),
            original_prompt: conversation.prompt,
            system: conversation.system,
            steps: conversation.steps,
            failure_reason: told.failure.map(Into::into),
            metadata: metadata(value).map(Into::into),
            ..Run::default()
        };
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
    fn run(&mut self, run: Value<'_, '_>) {
        if run.any_of(&["parent_run_id"]).is_some() {
            return;
        }
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
        let asked = run.at_path(&["input", "input_content"]).and_then(|input| input.text_or_json());
        asked.into_iter().for_each(|asked| self.message("user", |out| _ = out.text("content", &asked)));
        for tool in run.items_of("tools") {
            let (mut call, mut function) = (ObjectWriter::default(), ObjectWriter::default());
            function.copy("name", tool.get("tool_name")).copy("arguments", tool.get("tool_args"));
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

fn metadata(record: Value<'_, '_>) -> Option<String> {
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
    let mut out = ObjectWriter::default();
    KEPT.iter().for_each(|key| _ = out.copy(key, record.get(key)));
    let state =
        record.at_path(&["session_data", "session_state"]).filter(|state| state.members().next().is_some());
    out.copy("session_state", state.filter(|state| state.json().len() <= super::METADATA_FIELD));
    out.finish()
}
