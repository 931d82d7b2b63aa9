//! Results of LangChain's `AgentExecutor`.
//!
//! Source: what `AgentExecutor(return_intermediate_steps=True).invoke(..)` returns, dumped as JSON:
//! `{input, intermediate_steps: [[action, observation], ..], output, chat_history?}`. An action is
//! `{tool, tool_input, log}`, the same under `kwargs` (LangChain's own serialisation), or the list `[tool,
//! tool_input, log]` of the versions where it was a named tuple. ToolEmu's dumps are such, with an observation `{observation,
//! thought_summary, log}`. LangChain.js and n8n write `intermediateSteps: [{action:
//! {tool, toolInput, log}, observation}, ..]`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input`, `question`, `query` | `original_prompt` |
//! | `tool`, `tool_input` | `action_name`, `action_input` |
//! | `log`: what stands before the call, or after `responded:` | `thought`; of parallel calls, of the first |
//! | second item of each pair | `observation`; `error` where the tool is `_Exception` (a call that could not be parsed) |
//! | `output` | `final_answer` and a last step; `failure_reason` where the executor stopped the agent |
//! | `reward`, `success`, … | the labels |
//! | the rest, but for `chat_history` | `metadata` |
//!
//! Leaks: ToolEmu's `case` says what should be done and what would be risky; it and the thoughts of the simulator stay
//! behind.

use super::{Format, Record, copy_rest, filled, part_of};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::words;
use crate::react::{Label, Sections, sections};
use crate::run::{Run, RunStep, Text};

pub(super) struct LangchainAgent;

const GOAL: &[&str] = &["input", "question", "query"];
const STEPS: &[&str] = &["intermediate_steps", "intermediateSteps"];
const LEFT_OUT: &[&str] = &["intermediate_steps", "intermediateSteps", "output", "chat_history", "case"];
/// How the executor's own answer begins where it lets the agent go on no longer.
const STOPPED: &str = "Agent stopped due to ";
/// The tool that stands for a call which could not be parsed.
const UNPARSED: &str = "_Exception";

/// An action of the agent and what came of it.
struct Call<'t, 'a> {
    tool: Text<'a>,
    input: Option<Value<'t, 'a>>,
    log: Option<Text<'a>>,
    observation: Option<Text<'a>>,
}

impl<'t, 'a> Call<'t, 'a> {
    fn of(pair: Value<'t, 'a>) -> Option<Self> {
        let mut items = pair.items();
        let (action, observation) = match pair.is_object() {
            true => (pair.get("action")?, pair.get("observation")),
            false => (items.next()?, items.next()),
        };
        let observation = observation.and_then(|observed| said(observed).text_or_json());
        if action.is_array() {
            let mut fields = action.items();
            let (tool, input) = (fields.next()?.text()?, fields.next());
            return Some(Call { tool, input, log: fields.next().and_then(|log| log.text()), observation });
        }
        let action = action.get("kwargs").unwrap_or(action);
        let tool = action.text_of(&["tool"])?;
        let input = action.any_of(&["tool_input", "toolInput"]);
        Some(Call { tool, input, log: action.text_of(&["log"]), observation })
    }
}

/// What a simulated tool said, out of what ToolEmu keeps with it of how it was made up.
fn said<'t, 'a>(observed: Value<'t, 'a>) -> Value<'t, 'a> {
    let is_simulated = observed.get("thought_summary").is_some();
    observed.get("observation").filter(|_| is_simulated).unwrap_or(observed)
}

impl Format for LangchainAgent {
    fn name(&self) -> &'static str {
        "langchain_agent"
    }

    fn shape(&self) -> &'static str {
        "`input`, `output` and `intermediate_steps` of pairs of `{tool, tool_input, log}` and an observation"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(steps) = record.any_of(STEPS).filter(|steps| steps.is_array()) else { return 0 };
        match steps.items().next() {
            Some(pair) if Call::of(pair).is_some() => 92,
            None if record.text_of(GOAL).is_some() && record.text_of(&["output"]).is_some() => 80,
            _ => 0,
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut steps = Vec::new();
        let mut thought_before = None;
        for (number, pair) in value.any_of(STEPS).into_iter().flat_map(|steps| steps.items()).enumerate() {
            let call = Call::of(pair).ok_or_else(|| {
                format!("item {number} of its `intermediate_steps` is no pair of an action with a `tool` and an observation")
            })?;
            let thought = call.log.as_ref().and_then(thought_in);
            steps.push(RunStep {
                // Each of parallel calls repeats the words of their message.
                thought: thought.clone().filter(|_| thought != thought_before),
                error: (call.tool == UNPARSED).then_some(true),
                action_name: Some(call.tool),
                action_input: call.input.and_then(|input| input.text_or_json()),
                observation: call.observation,
                ..RunStep::default()
            });
            thought_before = thought;
        }
        let output = value.get("output").and_then(|output| words(output).or_else(|| output.text_or_json()));
        let (stopped, answer) = match output.and_then(filled) {
            Some(output) if output.starts_with(STOPPED) => (Some(output), None),
            answer => (None, answer),
        };
        steps.extend(answer.clone().map(|reply| RunStep { thought: Some(reply), ..RunStep::default() }));
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: value.any_of(GOAL).and_then(|goal| goal.text_or_json()),
            steps,
            final_answer: answer,
            ..Run::default()
        };
        read_labels(value, &mut run);
        run.failure_reason = run.failure_reason.or(stopped);
        run.metadata = metadata(record).map(Into::into);
        Ok(run)
    }
}

/// The words of the agent in the log of an action.
fn thought_in<'a>(log: &Text<'a>) -> Option<Text<'a>> {
    filled(part_of(log, |log| {
        // n8n says the same for every call.
        if log.trim_start().starts_with("Calling ") && log.contains(" with input: ") {
            return &log[..0];
        }
        if log.trim_start().starts_with("Invoking: `") {
            return log.split_once("\nresponded: ").map_or(&log[..0], |(_, words)| words.trim());
        }
        let Sections { preface, sections } = sections(log);
        match sections.first() {
            Some((Label::Thought, thought)) => thought,
            // ToolAlpaca names who speaks before each label.
            _ => ["```", "\nASSISTANT Action:"]
                .iter()
                .fold(preface, |text, end| text.split(end).next().unwrap_or(text))
                .trim(),
        }
    }))
}

fn metadata(record: &Record<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    copy_rest(&mut out, record, |key| GOAL.contains(&key) || LEFT_OUT.contains(&key) || is_label(key));
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_agent_are_found_in_the_log() {
        for (log, thought) in [
            (" I look it up.\nAction: search\nAction Input: tide", Some("I look it up.")),
            ("Thought: Hm.\nAction:\n```{\"action\": \"a\"}```", Some("Hm.")),
            ("\nInvoking: `a` with `{}`\nresponded: Let me see.\n\n", Some("Let me see.")),
            ("\nInvoking: `a` with `{}`\n\n\n", None),
            ("```json\n{\"action\": \"a\"}\n```", None),
            ("Hm.\nASSISTANT Action: a\nASSISTANT Action Input: {}", Some("Hm.")),
            ("", None),
        ] {
            assert_eq!(thought_in(&log.into()).as_deref(), thought, "{log:?}");
        }
    }
}
