//! Trajectories of DSPy's ReAct.
//!
//! Source: `Prediction.toDict()` of `dspy.ReAct` (`{trajectory: {thought_0, tool_name_0, tool_args_0, observation_0, ..},
//! reasoning, ..}` with the output fields of the signature), and the trajectory alone. One that grew too long has lost its
//! first steps.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | a goal field beside the trajectory (`question`, `query`, …) | `original_prompt` |
//! | `thought_N`, `tool_name_N`, `tool_args_N`, `observation_N` | steps |
//! | an observation that begins with `Execution error in` | `error` |
//! | `answer` and its like, else the first output field behind `reasoning` | `final_answer` |
//! | `success`, `score`, … | the labels |
//! | the rest | `metadata` |
//!
//! Left out: `reasoning`, with which the answer is drawn from the steps.
//!
//! Leaks: reference answers (`gold_answer`, …) stay behind.

use std::collections::BTreeMap;

use super::{Format, Record, copy_rest, is_reference};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::run::{Run, RunStep, Text};

pub(super) struct Dspy;

/// Fields that state the goal.
const GOAL: &[&str] =
    &["question", "query", "user_request", "user_query", "goal", "task", "request", "instruction"];
/// Members of an object that are looked at for those of a step.
const FIRST: usize = 16;
/// Usual names of the output.
const ANSWER: &[&str] = &["answer", "response", "final_answer", "output", "result", "process_result"];

fn trajectory_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let places = [record.get("trajectory"), Some(record)];
    places.into_iter().flatten().find(|place| has_call(*place))
}

/// Whether the members of a step are among the first ones of an object.
fn has_call(place: Value<'_, '_>) -> bool {
    let calls = |key: &str| key.strip_prefix("tool_name_").and_then(|number| number.parse::<u32>().ok());
    let number = place.members().take(FIRST).find_map(|(key, _)| calls(&key));
    number.is_some_and(|number| place.get(&format!("tool_args_{number}")).is_some())
}

impl Format for Dspy {
    fn name(&self) -> &'static str {
        "dspy"
    }

    fn shape(&self) -> &'static str {
        "`trajectory` of `thought_0`, `tool_name_0`, `tool_args_0` and `observation_0`, or such fields alone"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        96 * u8::from(trajectory_of(record).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let trajectory = trajectory_of(value).ok_or("it has no `tool_name_0` or later one")?;
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: value.text_of(GOAL),
            steps: steps_of(trajectory),
            ..Run::default()
        };
        read_labels(value, &mut run);
        let output = output_of(value);
        run.final_answer = output.as_ref().map(|(_, answer)| answer.clone());
        let mut out = ObjectWriter::default();
        let is_output = |key: &str| output.as_ref().is_some_and(|(name, _)| name == key);
        copy_rest(&mut out, record, |key| {
            let read = GOAL.contains(&key) || is_label(key) || is_output(key) || of_step(key).is_some();
            read || matches!(key, "trajectory" | "reasoning")
        });
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The name of a field of a step, and the number of that step.
fn of_step(key: &str) -> Option<(&str, u32)> {
    let name = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let known = ["thought_", "tool_name_", "tool_args_", "observation_"].contains(&name);
    key[name.len()..].parse().ok().filter(|_| known).map(|number| (name, number))
}

/// The steps in the order of their numbers.
fn steps_of<'a>(trajectory: Value<'_, 'a>) -> Vec<RunStep<'a>> {
    let mut steps: BTreeMap<u32, RunStep<'a>> = BTreeMap::new();
    for (key, value) in trajectory.members() {
        let Some((name, number)) = of_step(&key) else { continue };
        let (step, said) = (steps.entry(number).or_default(), value.text_or_json());
        match name {
            "thought_" => step.thought = said,
            "tool_name_" => step.action_name = said,
            "tool_args_" => step.action_input = said,
            _ => {
                let failed = said.as_deref().is_some_and(|seen| seen.starts_with("Execution error in "));
                (step.observation, step.error) = (said, failed.then_some(true));
            }
        }
    }
    steps.into_values().collect()
}

/// The output of the program and its field.
fn output_of<'a>(record: Value<'_, 'a>) -> Option<(Text<'a>, Text<'a>)> {
    let usual = ANSWER.iter().find_map(|key| Some(((*key).into(), record.get(key)?.text_or_json()?)));
    let is_output = |key: &str| !(is_label(key) || is_reference(key) || GOAL.contains(&key));
    let behind = || {
        let mut fields = record.members().skip_while(|(key, _)| key != "reasoning").skip(1);
        let (key, value) = fields.find(|(key, _)| is_output(key))?;
        Some((key, value.text_or_json()?))
    };
    usual.or_else(behind)
}
