//! Rows of agent traces as Hugging Face's `datasets` makes them of session files.
//!
//! Source: `huggingface/datasets` 5.x, `AGENT_TRACES_FEATURES`: `{harness, session_id, prompt,
//! messages, tools, metadata, trace}` or `{…, traces, file_path}`, a session a row; nested columns
//! are lists of objects, of JSON strings, or one JSON string.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `trace`, `traces`: the lines of the session, read as the format that `harness` names | all of the run |
//! | `messages`, where there is no such format or no trace | all of the run; they have no error flags |
//! | `prompt` | `original_prompt`, where that gave none |
//! | `tools` | `tools`, where that gave none |
//! | `session_id` | `trajectory_id` |
//! | labels in the row or in its `metadata` | `success`, `reward` |
//! | `harness`, `sent_at`, `metadata` | `metadata` |
//!
//! Leaks: as in the format of the harness.

use std::borrow::Cow;

use super::openai_chat::schemas;
use super::{FORMATS, Format, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::labels::read_labels;
use crate::messages::{Conversation, is_message};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct HfAgentTrace;

impl Format for HfAgentTrace {
    fn name(&self) -> &'static str {
        "hf_agent_trace"
    }

    fn shape(&self) -> &'static str {
        "`harness`, `session_id`, `messages` and `trace`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let named = record.text_of(&["harness"]).is_some() && record.get("session_id").is_some();
        let held = ["messages", "trace", "traces"].iter().any(|key| record.get(key).is_some());
        96 * u8::from(named && held)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let row = record.value;
        let traced = session(record).filter(|run| !run.steps.is_empty());
        let mut run = traced
            .or_else(|| conversation(row))
            .ok_or("it has neither a trace nor messages that can be read")?;
        run.trajectory_id = row
            .get("session_id")
            .and_then(|id| id.scalar())
            .and_then(filled)
            .unwrap_or_else(|| record.run_id());
        run.original_prompt = run.original_prompt.or_else(|| row.text_of(&["prompt"]));
        run.tools = run.tools.or_else(|| tools(row));
        label(row, &mut run);
        set_final_answer(&mut run);
        run.metadata = metadata(row).map(Into::into);
        Ok(run)
    }
}

/// A row may be labelled, or its metadata; sessions are not.
fn label<'a>(row: Value<'_, 'a>, run: &mut Run<'a>) {
    let ended = run.failure_reason.take();
    for place in [Some(row), row.get("metadata")].into_iter().flatten() {
        if run.success.is_none() && run.reward.is_none() {
            read_labels(place, run);
        }
    }
    run.failure_reason = run.failure_reason.take().or(ended);
}

/// The run of the session's own lines.
fn session<'a>(record: &Record<'_, 'a>) -> Option<Run<'a>> {
    let harness = record.value.text_of(&["harness"])?;
    let format = FORMATS.iter().find(|format| format.name() == harness)?;
    if harness == HfAgentTrace.name() {
        return None;
    }
    let trace = record.value.any_of(&["trace", "traces"])?;
    if trace.items().next().is_some_and(|line| line.is_object()) {
        return format.read(&Record { value: trace, ..*record }).ok();
    }
    let lines: Vec<Text<'_>> = trace.items().filter_map(|line| line.text()).collect();
    let text = if trace.is_string() { as_array(trace.text()?) } else { as_array(lines.join("\n").into()) };
    read_inner(&text, |lines| {
        let record = Record { value: lines, text: &text, ..*record };
        format.read(&record).ok().map(Run::into_owned)
    })
}

/// JSON lines as one array; an array as it is.
fn as_array(text: Text<'_>) -> Text<'_> {
    if text.trim_start().starts_with('[') {
        return text;
    }
    let lines: Vec<&str> = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
    Cow::Owned(format!("[{}]", lines.join(",")))
}

fn conversation<'a>(row: Value<'_, 'a>) -> Option<Run<'a>> {
    let messages = row.get("messages")?;
    if let Some(run) = run_of(messages) {
        return Some(run);
    }
    let lines: Vec<Text<'_>> = messages.items().filter_map(|line| line.text()).collect();
    let text =
        if messages.is_string() { as_array(messages.text()?) } else { as_array(lines.join("\n").into()) };
    read_inner(&text, |messages| run_of(messages).map(Run::into_owned))
}

fn run_of<'a>(messages: Value<'_, 'a>) -> Option<Run<'a>> {
    messages.items().next().filter(|first| is_message(*first))?;
    let Conversation { prompt, system, steps, .. } = Conversation::read(messages.items());
    Some(Run { original_prompt: prompt, system, steps, ..Run::default() })
}

fn tools<'a>(row: Value<'_, 'a>) -> Option<Text<'a>> {
    row.any_of(&["tools"]).and_then(schemas)
}

fn metadata(row: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["harness", "sent_at", "model", "file_path"] {
        out.copy(key, row.get(key));
    }
    out.copy("metadata", row.get("metadata").filter(|about| about.json().len() < 1 << 14));
    out.finish()
}
