//! Test cases of DeepEval.
//!
//! Source: test runs (`.deepeval/.latest_run_full.json`, `test_run_<time>.json`): `testCases` and
//! `conversationalTestCases`; data sets of test cases, in camel or snake case.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input` | `original_prompt` |
//! | `toolsCalled`: `name`, `inputParameters`, `output`, `reasoning` | a step each: `action_name`, `action_input`, `observation`, `thought` |
//! | `actualOutput` | the last step, `final_answer` |
//! | `turns` of `role`, `content`, `toolsCalled` | the same, turn by turn; the user's words `user` |
//! | `success`, `metricsData` | `success`; the reason of the first metric that failed `failure_reason` |
//! | `name`, `scenario`, `userDescription`, `tags`, `retrievalContext` | `metadata` |
//!
//! Leaks: `expectedOutput`, `expectedOutcome`, `expectedTools`, `metricsData`, `comments` stay behind; so does
//! `context`, which is what an ideal retriever would have found.

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct DeepEval;

const ANSWER: &[&str] = &["actualOutput", "actual_output"];
const CALLS: &[&str] = &["toolsCalled", "tools_called"];
const METRICS: &[&str] = &["metricsData", "metrics_data"];

impl Format for DeepEval {
    fn name(&self) -> &'static str {
        "deepeval"
    }

    fn shape(&self) -> &'static str {
        "`input`, `actualOutput`, `toolsCalled`, `metricsData`, or `turns` of `role`, `content`, `toolsCalled`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let tested = [CALLS, METRICS].iter().any(|keys| record.any_of(keys).is_some());
        if record.any_of(ANSWER).is_some() && record.get("input").is_some_and(|input| input.is_string()) {
            return 70 + 25 * u8::from(tested);
        }
        let first = record.items_of("turns").next();
        let is_turn = first.is_some_and(|turn| turn.get("role").is_some() && turn.get("content").is_some());
        95 * u8::from(is_turn && (tested || record.any_of(&["scenario", "metricsData"]).is_some()))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let case = record.value;
        let mut told = Timeline::default();
        case.items_of("turns").for_each(|turn| add_turn(&mut told, turn));
        told.user(case.text_of(&["input"]));
        add_turn_of_agent(&mut told, case, case.any_of(ANSWER).and_then(|answer| answer.text_or_json()));
        let mut run = Run {
            trajectory_id: record.run_id(),
            steps: told.finish(),
            original_prompt: told.prompt.take(),
            ..Run::default()
        };
        if run.steps.is_empty() {
            return Err("it has neither an answer nor calls of tools".to_owned());
        }
        read_labels(case, &mut run);
        run.failure_reason = run.failure_reason.or_else(|| failed_metric(case));
        set_final_answer(&mut run);
        run.metadata = metadata(case).map(Into::into);
        Ok(run)
    }
}

fn add_turn<'a>(told: &mut Timeline<'a>, turn: Value<'_, 'a>) {
    match turn.text_of(&["role"]).as_deref() {
        Some("user") => told.user(turn.text_of(&["content"])),
        _ => add_turn_of_agent(told, turn, turn.text_of(&["content"])),
    }
}

/// The calls of a turn, then what the agent said once they had answered.
fn add_turn_of_agent<'a>(told: &mut Timeline<'a>, turn: Value<'_, 'a>, words: Option<Text<'a>>) {
    for call in turn.any_of(CALLS).into_iter().flat_map(Value::items) {
        told.think(call.text_of(&["reasoning"]));
        let input =
            call.any_of(&["inputParameters", "input_parameters"]).and_then(|input| input.text_or_json());
        told.act(None, call_name(call.text_of(&["name"])), input);
        if let Some(output) = call.any_of(&["output"]).and_then(|output| output.text_or_json()) {
            told.settle(output, None);
        }
    }
    told.reply(words);
}

/// Why the first of the metrics that were not met was not.
fn failed_metric<'a>(case: Value<'_, 'a>) -> Option<Text<'a>> {
    let metrics = case.any_of(METRICS)?.items();
    let failed = |metric: &Value<'_, 'a>| metric.get("success").and_then(|met| met.as_bool()) == Some(false);
    metrics.filter(failed).find_map(|metric| metric.text_of(&["reason", "error", "name"])).and_then(filled)
}

fn metadata(case: Value<'_, '_>) -> Option<String> {
    const KEPT: &[&[&str]] = &[
        &["name"],
        &["scenario"],
        &["userDescription", "user_description"],
        &["tags"],
        &["retrievalContext", "retrieval_context"],
    ];
    let mut out = ObjectWriter::default();
    for keys in KEPT {
        out.copy(keys[0], case.any_of(keys));
    }
    out.finish()
}
