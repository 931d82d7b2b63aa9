//! Trials of Reflexion and LATS at programming: code, what its tests said, a reflection, code again.
//!
//! Source: `noahshinn/reflexion` `programming_runs/` and LATS `programming/`: a row a task, `{task_id
//! or name, prompt, entry_point, test, solution, is_solved, reflections, implementations,
//! test_feedback}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `prompt` | `original_prompt` |
//! | `implementations` | steps: `action_name` implement, `action_input` the code |
//! | `test_feedback` of the same number | `observation` |
//! | `reflections` of the number before | `thought` |
//! | `solution`, where it is a text | `final_answer` |
//! | `is_solved` | `success` |
//! | task, language, `acc` | `metadata` |
//!
//! Rows without the attempts and their feedback, which many published files are, are no runs: they
//! say how a task ended and not what was done.
//!
//! Leaks: `canonical_solution` and `test`, the hidden tests, stay behind.

use std::borrow::Cow;

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::run::{Run, RunStep};

pub(super) struct CodeTrials;

impl Format for CodeTrials {
    fn name(&self) -> &'static str {
        "code_trials"
    }

    fn shape(&self) -> &'static str {
        "`prompt`, `entry_point`, `is_solved`, `implementations` and `test_feedback`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let has = |key| record.get(key).is_some();
        let judged = has("is_solved") && has("prompt") && (has("entry_point") || has("test"));
        90 * u8::from(judged && (has("solution") || has("implementations")))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let text = |value: Value<'_, 'a>| value.text().and_then(filled);
        let mut feedback = value.items_of("test_feedback").map(text);
        let mut reflections = value.items_of("reflections").map(text);
        let mut steps = Vec::new();
        for code in value.items_of("implementations") {
            let thought = if steps.is_empty() { None } else { reflections.next().flatten() };
            steps.push(RunStep {
                thought,
                action_name: Some(Cow::Borrowed("implement")),
                action_input: code.text_or_json(),
                observation: feedback.next().flatten(),
                ..RunStep::default()
            });
        }
        if steps.is_empty() {
            return Err("it has a verdict but neither the attempts in `implementations` nor what the tests \
                        said in `test_feedback`"
                .to_owned());
        }
        let task = value.any_of(&["task_id", "name"]).and_then(|task| task.scalar()).unwrap_or_default();
        let mut metadata = ObjectWriter::default();
        for key in ["task_id", "name", "language", "entry_point", "acc"] {
            metadata.copy(key, value.get(key));
        }
        Ok(Run {
            trajectory_id: record.task_run_id(&task),
            original_prompt: value.text_of(&["prompt"]),
            steps,
            final_answer: value.text_of(&["solution"]),
            success: value.get("is_solved").and_then(|solved| solved.as_bool()),
            metadata: metadata.finish().map(Into::into),
            ..Run::default()
        })
    }
}
