//! AgentRx trajectories: traces of multi-agent systems turned into steps of several agents' words.
//!
//! Source: Microsoft's AgentRx and what was made for it: `{trajectory_id, instruction, steps:
//! [{index, substeps: [{sub_index, role, content}]}]}`; `content` is plain text, a head of `Tool:`,
//! `Tool args:`, `Tool result:`, `Output:` lines, or the same as JSON.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `instruction`, else the first words of the user | `original_prompt` |
//! | `content` of an agent, or its `output` | `thought` of the call that follows at once, else a step of its own |
//! | `tool_name`, `tool_args` (`Tool:`, `Tool args:`) where there is a result | steps |
//! | `tool_result` (`Tool result:`), content of role tool | `observation` |
//! | `error`, `status` ERROR of a call | `error` |
//! | `success`, `reward`, … beside the steps | the labels |
//!
//! Leaks: sub-steps that validate the answer (`validation`, `Validation:`) are left out.

use std::borrow::Cow;

use super::{Format, Record, copy_rest};
use crate::json::{Limits, ObjectWriter, Tape, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::{Role, role_of};
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct AgentRx;

const GOAL: &[&str] = &["instruction", "task", "goal", "query"];

impl Format for AgentRx {
    fn name(&self) -> &'static str {
        "agentrx"
    }

    fn shape(&self) -> &'static str {
        "`instruction` and `steps` of `substeps` of `role` and `content`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let step = record.get("steps").and_then(|steps| steps.items().next());
        let substep = step.and_then(|step| step.get("substeps")?.items().next());
        95 * u8::from(substep.is_some_and(|substep| substep.get("content").is_some()))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut steps = Steps { asked: record.value.text_of(GOAL), ..Steps::default() };
        for step in record.value.get("steps").into_iter().flat_map(|steps| steps.items()) {
            let substeps = step.get("substeps").into_iter().flat_map(|substeps| substeps.items());
            substeps.for_each(|substep| steps.add(substep));
        }
        let (asked, steps) = steps.finish();
        if steps.is_empty() {
            return Err("no sub-step of it is by an agent".to_owned());
        }
        let mut run = Run { trajectory_id: record.run_id(), original_prompt: asked, steps, ..Run::default() };
        read_labels(record.value, &mut run);
        set_final_answer(&mut run);
        let mut out = ObjectWriter::default();
        copy_rest(&mut out, record, |key| key == "steps" || GOAL.contains(&key) || is_label(key));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The steps as they are being read.
#[derive(Default)]
struct Steps<'a> {
    asked: Option<Text<'a>>,
    user: Option<Text<'a>>,
    thought: Option<Text<'a>>,
    done: Vec<RunStep<'a>>,
}

impl<'a> Steps<'a> {
    fn add(&mut self, substep: Value<'_, 'a>) {
        let Some(content) = substep.get("content").and_then(|content| content.text_or_json()) else { return };
        let role = role_of(substep);
        let named = substep.text_of(&["role"]).unwrap_or_default().to_ascii_lowercase();
        if matches!(&*named, "user" | "human") {
            self.flush();
            if self.asked.as_ref() != Some(&content) {
                let words = if self.asked.is_none() { &mut self.asked } else { &mut self.user };
                *words = Some(content);
            }
            return;
        }
        let fields = Fields::of(&content);
        if fields.verdict {
            return;
        }
        if let (Some(tool), true) = (fields.tool, fields.result.is_some() || fields.failed) {
            return self.done.push(RunStep {
                user: self.user.take(),
                thought: self.thought.take(),
                action_name: Some(tool.into()),
                action_input: fields.arguments.map(Into::into),
                observation: fields.result.or(fields.error).map(Into::into),
                error: Some(fields.failed),
            });
        }
        if role == Some(Role::Tool) {
            self.flush();
            match self.done.last_mut().filter(|step| step.observation.is_none()) {
                Some(step) => step.observation = Some(content),
                None => self.done.push(RunStep { observation: Some(content), ..RunStep::default() }),
            }
            return;
        }
        self.flush_words();
        self.thought = Some(fields.output.map_or(content, Cow::Owned));
    }

    /// What another agent said before is a step of its own.
    fn flush_words(&mut self) {
        if self.thought.is_some() {
            self.flush();
        }
    }

    /// What was said and not followed by a call is a step of its own.
    fn flush(&mut self) {
        if self.thought.is_some() || self.user.is_some() {
            let (user, thought) = (self.user.take(), self.thought.take());
            self.done.push(RunStep { user, thought, ..RunStep::default() });
        }
    }

    fn finish(mut self) -> (Option<Text<'a>>, Vec<RunStep<'a>>) {
        self.flush();
        (self.asked, self.done)
    }
}

/// What the content of a sub-step says.
#[derive(Debug, Default, PartialEq)]
struct Fields {
    tool: Option<String>,
    arguments: Option<String>,
    result: Option<String>,
    error: Option<String>,
    output: Option<String>,
    failed: bool,
    verdict: bool,
}

impl Fields {
    fn of(content: &str) -> Self {
        if content.starts_with('{') {
            let mut tape = Tape::default();
            let parsed = tape.parse(content, Limits::default());
            return parsed.map(|parsed| Fields::of_json(parsed.root())).unwrap_or_default();
        }
        if content.starts_with("Agent: ") { Fields::of_lines(content) } else { Fields::default() }
    }

    fn of_json(value: Value<'_, '_>) -> Self {
        let text =
            |keys: &[&str]| value.any_of(keys).and_then(|text| text.text_or_json()).map(Text::into_owned);
        let error = value.any_of(&["error"]);
        let status = value.text_of(&["status"]);
        Fields {
            tool: text(&["tool_name", "tool"]),
            arguments: text(&["tool_args", "tool_input"]),
            result: text(&["tool_result", "tool_output"]),
            error: error
                .and_then(|error| error.text_of(&["message"]).or_else(|| error.text_or_json()))
                .map(Text::into_owned),
            output: text(&["output"]),
            failed: error.is_some() || status.is_some_and(|status| status == "ERROR"),
            verdict: value.any_of(&["validation"]).is_some(),
        }
    }

    /// `Key: value` lines; a value goes on until the next key.
    fn of_lines(content: &str) -> Self {
        let mut fields = Fields::default();
        let mut ignored = None;
        let mut place = &mut ignored;
        for line in content.lines() {
            let (key, value) = line.split_once(": ").unwrap_or(("", line));
            place = match key {
                "Tool" => &mut fields.tool,
                "Tool args" => &mut fields.arguments,
                "Tool result" => &mut fields.result,
                "Error" => &mut fields.error,
                "Output" => &mut fields.output,
                "Status" => {
                    fields.failed = value == "ERROR";
                    continue;
                }
                "Validation" => {
                    fields.verdict = true;
                    continue;
                }
                "Agent" | "Operation" | "Role" | "Plan" | "Plan query" | "Tool parameters" | "Input"
                | "Constraints" => &mut ignored,
                _ => {
                    if let Some(text) = place {
                        text.push('\n');
                        text.push_str(line);
                    }
                    continue;
                }
            };
            *place = Some(value.to_owned());
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn values_of_several_lines_go_on_until_the_next_key() {
        let fields = Fields::of(
            "Agent: Wizard\nStatus: ERROR\nTool: cast\nTool args: {}\nTool result: fog\nNote: thick\nOutput: It\nfailed.",
        );
        assert_eq!(fields.result.as_deref(), Some("fog\nNote: thick"));
        assert_eq!(fields.output.as_deref(), Some("It\nfailed."));
        assert!(fields.failed && !fields.verdict);
        assert_eq!(Fields::of("Output: no head"), Fields::default());
    }
}
