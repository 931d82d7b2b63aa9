//! AgentHER's own records.
//!
//! Source: the one format of the reference implementation (`alphadl/AgentHER`), and the trajectory
//! frame of this project written as JSON, which is a superset of it.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `trajectory_id`, `original_prompt`, `system`, `final_answer`, `success`, `reward`, `failure_reason` | the same |
//! | `tools`, `metadata` | the same; a string that holds JSON stays as it is, else its JSON text |
//! | `steps[]`: `user`, `thought`, `action_name`, `action_input`, `observation`, `error` | the same; an `action_input` that is no string becomes its JSON text |
//! | `source` | dropped: the file being read is the source |
//! | anything else | `metadata` |
//!
//! Leaks: `failure_reason` and the labels; none inside texts.

use super::{Format, Record, copy_rest, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::run::{Run, RunStep};
use crate::terminal::set_final_answer;

pub(super) struct AgentHer;

const FIELDS: &[&str] =
    &["trajectory_id", "original_prompt", "system", "tools", "steps", "final_answer", "metadata", "source"];

impl Format for AgentHer {
    fn name(&self) -> &'static str {
        "agenther"
    }

    fn shape(&self) -> &'static str {
        "`original_prompt` and `steps` of `thought`, `action_name`, `action_input`, `observation`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let prompt = record.get("original_prompt").is_some();
        let Some(steps) = record.get("steps").filter(|steps| steps.is_array() || steps.is_null()) else {
            return 0;
        };
        // A plain reply has no action, and an export may leave nulls out.
        let is_step = |step: Value<'_, '_>| step.get("action_name").or_else(|| step.get("thought")).is_some();
        match (prompt, steps.items().next()) {
            (true, Some(step)) if is_step(step) => 100,
            (true, None) => 90,
            (true, Some(step)) if step.is_object() => 40,
            (false, Some(step)) if step.get("action_name").is_some() => 60,
            _ => 0,
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let steps = value.get("steps").ok_or("it has no `steps`")?;
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: value.get("original_prompt").and_then(|prompt| prompt.text_or_json()),
            system: value.get("system").and_then(|system| system.text_or_json()),
            tools: value.get("tools").and_then(|tools| tools.text_or_json()),
            steps: steps.items().enumerate().map(read_step).collect::<Result<_, _>>()?,
            final_answer: value.get("final_answer").and_then(|answer| answer.text_or_json()),
            metadata: metadata(record).map(Into::into),
            ..Run::default()
        };
        read_labels(value, &mut run);
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn read_step<'a>((index, step): (usize, Value<'_, 'a>)) -> Result<RunStep<'a>, String> {
    if !step.is_object() {
        return Err(format!("step {index} is {}, not an object", step.kind_name()));
    }
    let text = |key| step.get(key).and_then(|value: Value<'_, 'a>| value.text_or_json());
    Ok(RunStep {
        user: text("user"),
        thought: text("thought").and_then(filled),
        action_name: text("action_name").and_then(filled),
        action_input: text("action_input"),
        observation: text("observation"),
        error: step.get("error").and_then(|error| error.as_bool()),
    })
}

/// The log's metadata, with the members of the record that have no field of their own.
fn metadata(record: &Record<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    let logged = record.value.get("metadata").filter(|metadata| !metadata.is_null());
    match logged {
        Some(logged) if logged.is_object() => logged.members().for_each(|(key, value)| {
            out.copy(&key, Some(value));
        }),
        // A string is the frame's own column: JSON already.
        Some(logged) if logged.is_string() => return logged.text().map(|text| text.into_owned()),
        other => {
            out.copy("metadata", other);
        }
    }
    copy_rest(&mut out, record, |key| FIELDS.contains(&key) || is_label(key));
    out.finish()
}
