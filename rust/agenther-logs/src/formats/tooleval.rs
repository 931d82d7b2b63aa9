//! ToolBench answers as its evaluator takes and judges them.
//!
//! Source: `OpenBMB/ToolBench` `toolbench/tooleval`: predictions `{query, available_tools, answer:
//! {method, total_steps, final_answer, answer_details: [{role, message, next}]}}` keyed by query id
//! (`model_predictions_converted/`, `results/`), where the message of a tool is `{name, arguments,
//! response}`, or that dictionary as Python prints it, cut after 100 characters; verdicts
//! `{query, tool_names, answer_steps, final_step, is_solved}` keyed likewise (`pass_rate_results/`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `query` | `original_prompt` |
//! | `available_tools`, `tool_names` | `tools` |
//! | messages on the way to the answer, else on the last way tried; lines of `answer_steps` | steps |
//! | an `error` in the `response` | `error` |
//! | `answer.final_answer` | `final_answer` |
//! | `is_solved`: what most of the judge's rounds say | `success` |
//! | no final answer, or one that gives up | `success` false |
//! | `return_type` of a last `Finish` that gives up | `failure_reason` |
//! | query id, `method`, `total_steps` | `metadata` |
//!
//! Preferences between methods (`preference_results/`) are understood, and no runs.
//!
//! Leaks: none in the messages; `is_solved` is the label and stays behind.

use std::borrow::Cow;

use super::openai_chat::schemas;
use super::toolbench::{answer_in, error_stated, gave_up, way_to_answer};
use super::{Format, Piece, Record, filled, named_tools};
use crate::json::{ObjectWriter, Value};
use crate::messages::join;
use crate::python_literal;
use crate::run::{Run, RunStep, Text};

pub(super) struct ToolEval;

impl Format for ToolEval {
    fn name(&self) -> &'static str {
        "tooleval"
    }

    fn shape(&self) -> &'static str {
        "`query`, `available_tools`, `answer.answer_details`, or `answer_steps` with `is_solved`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_preference(record) {
            return 60;
        }
        if record.get("query").is_none() {
            return 0;
        }
        let predicted = record.at_path(&["answer", "answer_details"]).is_some();
        let judged = record.get("answer_steps").is_some() && record.get("is_solved").is_some();
        97 * u8::from(predicted || judged)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_preference(record).then(Vec::new)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let (steps, answer) = match value.get("answer") {
            Some(answer) => {
                (predicted_steps(answer), answer.get("final_answer").and_then(|text| text.text()))
            }
            None => (judged_steps(value), None),
        };
        if steps.is_empty() {
            return Err("it has no steps".to_owned());
        }
        let gave_up = gave_up(steps.last());
        let unanswered =
            gave_up.is_some() || answer.as_deref().is_some_and(|answer| answer.trim().is_empty());
        let success = value.get("is_solved").and_then(verdict).or(unanswered.then_some(false));
        let handed_in = steps.last().filter(|_| gave_up.is_none()).and_then(handed_in);
        Ok(Run {
            trajectory_id: record.task_run_id(record.key.unwrap_or(record.stem)),
            original_prompt: value.text_of(&["query"]),
            tools: tools_of(value),
            steps,
            final_answer: answer.filter(|_| gave_up.is_none()).and_then(answer_in).or(handed_in),
            success,
            failure_reason: gave_up,
            metadata: metadata(record),
            ..Run::default()
        })
    }
}

/// Which of two methods a judge liked better: `{cot: 1, dfs: 2, round_0: "complete", …}`.
fn is_preference(record: Value<'_, '_>) -> bool {
    record.text_of(&["round_0"]).as_deref() == Some("complete") && record.get("query").is_none()
}

fn tools_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.get("available_tools").and_then(schemas).or_else(|| named_tools(record.items_of("tool_names")))
}

/// The answer in the argument of a last `Finish`, or the words that the agent ended with.
fn handed_in<'a>(last: &RunStep<'a>) -> Option<Text<'a>> {
    match last.action_name.as_deref() {
        Some("Finish") => last.action_input.clone().and_then(answer_in),
        Some(_) => None,
        None => last.thought.clone(),
    }
}

fn predicted_steps<'a>(answer: Value<'_, 'a>) -> Vec<RunStep<'a>> {
    let tried = way_to_answer(answer.items_of("answer_details"), "next", |node| {
        call_of(node).is_some_and(|call| gives_answer(&call))
    });
    let mut steps: Vec<RunStep<'a>> = Vec::new();
    let mut thought: Option<Text<'a>> = None;
    for node in tried.way {
        match node.text_of(&["role"]).as_deref() {
            Some("assistant") => {
                join(&mut thought, node.get("message").and_then(|words| words.text_or_json()))
            }
            Some("tool") => {
                let step = call_of(node).unwrap_or_default();
                steps.push(RunStep { thought: thought.take(), ..step });
            }
            _ => {}
        }
    }
    if thought.is_some() {
        steps.push(RunStep { thought, ..RunStep::default() });
    }
    steps
}

fn gives_answer(call: &RunStep<'_>) -> bool {
    call.action_name.as_deref() == Some("Finish")
        && call.action_input.as_deref().is_some_and(|input| input.contains("give_answer"))
}

/// The call and result in the message of a tool.
fn call_of<'a>(node: Value<'_, 'a>) -> Option<RunStep<'a>> {
    let message = node.get("message").filter(|_| node.text_of(&["role"]).as_deref() == Some("tool"))?;
    if let Some(printed) = message.text() {
        return Some(printed_call(&printed));
    }
    let field = |key| message.get(key).and_then(|value: Value<'_, 'a>| value.text_or_json());
    Some(step(field("name"), field("arguments"), field("response")))
}

fn printed_call(printed: &str) -> RunStep<'static> {
    let mut members = python_literal::members(printed);
    let mut take = |key: &str| {
        let at = members.iter().position(|(name, _)| name == key)?;
        Some(Cow::Owned(members.swap_remove(at).1))
    };
    step(take("name"), take("arguments"), take("response"))
}

fn step<'a>(name: Option<Text<'a>>, input: Option<Text<'a>>, response: Option<Text<'a>>) -> RunStep<'a> {
    let observation = response.and_then(filled);
    let error = observation.as_deref().and_then(error_stated);
    let action_name = name.or(Some(Cow::Borrowed("")));
    RunStep { action_name, action_input: input, observation, error, ..RunStep::default() }
}

/// Steps of `Step 1: {'name': …}`, a line or an element each; the last stands in `final_step` again.
fn judged_steps(record: Value<'_, '_>) -> Vec<RunStep<'static>> {
    let mut printed: Vec<Text<'_>> = Vec::new();
    if let Some(steps) = record.get("answer_steps") {
        printed.extend(steps.text());
        printed.extend(steps.items().filter_map(|step| step.text()));
    }
    let lines = || printed.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty());
    let last = record.text_of(&["final_step"]).unwrap_or_default();
    let repeated = lines().next_back().is_some_and(|line| bare(line) == bare(&last));
    let last = Some(&*last).filter(|last| !last.trim().is_empty() && !repeated);
    lines().chain(last).map(judged_step).collect()
}

fn judged_step(line: &str) -> RunStep<'static> {
    let content = bare(line);
    if content.starts_with("{'name'") || content.starts_with("{\"name\"") {
        return printed_call(content);
    }
    RunStep { thought: Some(Cow::Owned(content.to_owned())), ..RunStep::default() }
}

/// A step without `Step 3: ` or `Final step: ` before it.
fn bare(line: &str) -> &str {
    let numbered = line.trim().split_once(": ").filter(|(label, _)| {
        *label == "Final step"
            || label
                .strip_prefix("Step ")
                .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    numbered.map_or(line, |(_, content)| content).trim()
}

/// What more than half of the rounds say: `{"0": "AnswerStatus.Solved", …}`, or one round's word.
fn verdict(is_solved: Value<'_, '_>) -> Option<bool> {
    let single = (!is_solved.is_object()).then_some(is_solved);
    let rounds: Vec<Option<bool>> =
        is_solved.members().map(|(_, word)| word).chain(single).map(solved).collect();
    let most = |verdict| rounds.iter().filter(|round| **round == Some(verdict)).count() * 2 > rounds.len();
    [true, false].into_iter().find(|verdict| most(*verdict))
}

/// The verdict of one round; `None` where the judge was unsure.
fn solved(round: Value<'_, '_>) -> Option<bool> {
    match round.text().as_deref().map(|word| word.trim_start_matches("AnswerStatus.")) {
        Some("Solved") => Some(true),
        Some("Unsolved") => Some(false),
        _ => round.as_bool(),
    }
}

fn metadata<'a>(record: &Record<'_, '_>) -> Option<Text<'a>> {
    let mut out = ObjectWriter::default();
    if let Some(query) = record.key {
        out.text("query_id", query);
    }
    out.copy("method", record.value.at_path(&["answer", "method"]));
    out.copy("total_steps", record.value.at_path(&["answer", "total_steps"]));
    out.finish().map(Into::into)
}
