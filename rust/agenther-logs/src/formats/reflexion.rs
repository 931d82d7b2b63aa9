//! Reflexion: programs that were written, tested and reflected upon.
//!
//! Source: `programming_runs/root/` of `noahshinn/reflexion` and of LATS, which uses its code: a
//! JSON line a task, `{task_id | name, prompt, solution, is_solved, reflections[], implementations[]?,
//! test_feedback[]?}`. `env_results_trial_<n>.json` of its other runs holds `{name, memory[],
//! is_success}`: the outcome of a run that stands in `trial_<n>.log`, so each of those is a reject.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `prompt` (signature and docstring) | `original_prompt` |
//! | `implementations` | steps with the action `execute`, the harness's word for running the tests |
//! | `test_feedback` | their `observation` |
//! | `reflections` | `thought` of the step after; where implementations are not logged, steps of their own |
//! | `solution` | `final_answer`, and a last step where implementations are not logged |
//! | `is_solved` | `success` |
//! | `task_id`, `name`, `language`, `entry_point` | `metadata` |
//!
//! Leaks: `test`, `canonical_solution` (spelled `cannonical_solution` at times) and all else stay
//! behind.

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::run::{Run, RunStep, Text};

pub(super) struct Reflexion;

fn is_result(record: Value<'_, '_>) -> bool {
    let known = |key: &str| matches!(key, "name" | "memory" | "is_success" | "skip");
    record.get("memory").is_some_and(|memory| memory.is_array())
        && record.get("is_success").is_some_and(|success| success.as_bool().is_some())
        && record.members().all(|(key, _)| known(&key))
}

impl Format for Reflexion {
    fn name(&self) -> &'static str {
        "reflexion"
    }

    fn shape(&self) -> &'static str {
        "`prompt`, `solution`, `is_solved` and `reflections`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_program = record.get("is_solved").is_some()
            && record.get("prompt").is_some_and(|prompt| prompt.is_string());
        if is_program && record.any_of(&["solution", "reflections", "implementations"]).is_some() {
            return 90;
        }
        60 * u8::from(is_result(record))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        if is_result(value) {
            return Err(NO_STEPS.to_owned());
        }
        let solution = value.get("solution").and_then(text_or_lines).and_then(filled);
        let mut steps = steps(value);
        if texts(value, "implementations").next().is_none() {
            steps.extend(solution.clone().map(|text| RunStep { thought: Some(text), ..RunStep::default() }));
        }
        if steps.is_empty() {
            return Err("it has neither `implementations` nor a `solution`".to_owned());
        }
        let task = value.any_of(&["task_id", "name", "entry_point"]).and_then(|task| task.scalar());
        Ok(Run {
            trajectory_id: task.map_or_else(|| record.run_id(), |task| record.task_run_id(&task)),
            original_prompt: value.text_of(&["prompt"]),
            steps,
            final_answer: solution,
            success: value.get("is_solved").and_then(|solved| solved.as_bool()),
            metadata: metadata(value).map(Into::into),
            ..Run::default()
        })
    }
}

const NO_STEPS: &str = "it holds only the outcome (`is_success`) and the reflections (`memory`) of a run; its steps \
are in the `trial_<n>.log` that was written with it";

fn texts<'t, 'a>(record: Value<'t, 'a>, key: &str) -> impl Iterator<Item = Text<'a>> + use<'t, 'a> {
    record.get(key).into_iter().flat_map(|list| list.items()).filter_map(|item| item.text_or_json())
}

/// A text, or the lines of a list: the test cases that are asked for in one of LATS's experiments.
fn text_or_lines<'a>(value: Value<'_, 'a>) -> Option<Text<'a>> {
    if !value.is_array() {
        return value.text_or_json();
    }
    let lines: Vec<Text<'a>> = value.items().filter_map(|line| line.text_or_json()).collect();
    Some(lines.join("\n").into())
}

fn steps<'a>(record: Value<'_, 'a>) -> Vec<RunStep<'a>> {
    let mut reflections = texts(record, "reflections").filter_map(filled);
    let mut feedback = texts(record, "test_feedback");
    let mut steps: Vec<RunStep<'a>> = Vec::new();
    for program in texts(record, "implementations") {
        steps.push(RunStep {
            thought: if steps.is_empty() { None } else { reflections.next() },
            action_name: Some("execute".into()),
            action_input: Some(program),
            observation: feedback.next(),
            ..RunStep::default()
        });
    }
    steps.extend(reflections.map(|reflection| RunStep { thought: Some(reflection), ..RunStep::default() }));
    steps
}

fn metadata(record: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["task_id", "name", "language", "entry_point"] {
        out.copy(key, record.get(key));
    }
    out.finish()
}
