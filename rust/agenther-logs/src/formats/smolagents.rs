//! smolagents: the steps in the memory of an agent.
//!
//! Source: `agent.memory.get_full_steps()` and the `steps` of a `RunResult`, of smolagents 1; the
//! `intermediate_steps` of its GAIA scripts (`examples/open_deep_research/run_gaia.py`), in which each step may be a text as
//! Python prints it (`ActionStep(step_number=1, ..)`), or which are the messages of the memory; `llm_output` and `observation` of the first versions.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `question`, … beside the steps, else `task` of the first step | `original_prompt`; later tasks are `user` |
//! | `system_prompt` | `system` |
//! | `model_output` before the code, `plan` | `thought` |
//! | `tool_calls` | steps, one a call |
//! | `observations`, which is one text for all calls of a step | `observation` of the last of them |
//! | `error` | `error`, and `observation` where there is no other |
//! | `action_output` of the step with `is_final_answer`, `output` | `final_answer` |
//! | `state` other than `success`, `agent_error` | `failure_reason` |
//! | the rest beside the steps | `metadata` |
//!
//! Left out: `model_input_messages`, which repeat the steps before.
//!
//! Leaks: `true_answer` of the GAIA scripts stays behind.

use super::{Format, Record, copy_rest, part_of};
use crate::json::{Limits, ObjectWriter, Tape, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::{Conversation, is_message, words};
use crate::python_literal::{elements, fields, string, to_json};
use crate::run::{Run, RunStep, Text};
use crate::terminal::{is_terminal, set_final_answer};
use crate::timeline::Timeline;

pub(super) struct Smolagents;

/// Where the steps are in a record that is no list of them.
const STEPS: &[&str] = &["steps", "intermediate_steps", "memory", "full_steps", "logs"];
const GOAL: &[&str] = &["question", "augmented_question", "task", "prompt", "query"];
const ANSWER: &[&str] = &["output", "prediction", "answer", "final_answer"];
const REFERENCE: &str = "true_answer";
/// What stands between the thought and the code in what the model wrote.
const CODE: &[&str] = &["<code>", "```py", "\nCode:\n", "\nCode:"];

fn steps_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let lists = std::iter::once(record).chain(STEPS.iter().filter_map(|key| record.get(key)));
    lists.into_iter().find(|list| list.items().take(4).any(is_step))
}

/// A step in which a model acted.
fn is_step(step: Value<'_, '_>) -> bool {
    let numbered = step.any_of(&["step_number", "step"]).is_some();
    let written = step.any_of(&["model_output", "llm_output", "model_output_message"]).is_some();
    numbered && (written || step.get("model_input_messages").is_some())
}

/// The steps that stand as texts, as Python prints them.
fn printed_in<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    const CLASSES: &[&str] = &["ActionStep(", "TaskStep(", "PlanningStep(", "SystemPromptStep("];
    let is_printed = |step: Value<'_, '_>| {
        step.raw().strip_prefix('"').is_some_and(|text| CLASSES.iter().any(|class| text.starts_with(class)))
    };
    let mut lists = STEPS.iter().filter_map(|key| record.get(key));
    lists.find(|list| list.items().take(4).any(is_printed))
}

/// The steps of GAIA scripts as the messages in which the agent remembers them.
fn messages_in<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    record.get("agent_name").and(record.get("prediction"))?;
    record.get("intermediate_steps").filter(|list| list.items().next().is_some_and(is_message))
}

/// A printed step as JSON.
fn json_of(step: &str) -> String {
    let mut out = ObjectWriter::default();
    for (name, value) in fields(step) {
        match name {
            "step_number" if value.bytes().all(|byte| byte.is_ascii_digit()) => _ = out.json(name, value),
            "is_final_answer" if value == "True" => _ = out.json(name, "true"),
            "tool_calls" if value != "None" => {
                let calls: Vec<String> = elements(value).into_iter().map(call_json).collect();
                out.json(name, &format!("[{}]", calls.join(", ")));
            }
            "error" if value != "None" => _ = out.text(name, &unquoted(value)),
            "model_output" | "observations" | "plan" | "task" | "system_prompt" | "action_output"
            | "output"
                if value != "None" =>
            {
                out.text(name, &unquoted(value));
            }
            // It is a step of an agent, though the model said nothing.
            "model_input_messages" => _ = out.json(name, "[]"),
            _ => {}
        }
    }
    out.finish().unwrap_or_else(|| "{}".to_owned())
}

fn call_json(call: &str) -> String {
    let mut out = ObjectWriter::default();
    for (name, value) in fields(call) {
        match name {
            "name" | "id" => _ = out.text(name, &unquoted(value)),
            "arguments" => match to_json(value) {
                Some(json) => _ = out.json(name, &json),
                None => _ = out.text(name, &unquoted(value)),
            },
            _ => {}
        }
    }
    out.finish().unwrap_or_else(|| "{}".to_owned())
}

/// The text of a string literal, anything else as it is printed.
fn unquoted(value: &str) -> String {
    string(value).map_or_else(|| value.to_owned(), |(text, _)| text)
}

impl Format for Smolagents {
    fn name(&self) -> &'static str {
        "smolagents"
    }

    fn shape(&self) -> &'static str {
        "`steps` of `step_number`, `model_output`, `tool_calls` and `observations`, or a bare list of them"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let has_steps = [steps_of, printed_in, messages_in].iter().any(|list| list(record).is_some());
        93 * u8::from(has_steps)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut run = course(record, steps_of(value).into_iter().flat_map(|steps| steps.items()));
        if run.steps.is_empty() {
            run = printed_in(value).map_or(run, |steps| printed_course(record, steps));
        }
        if run.steps.is_empty() {
            run = messages_in(value).map_or(run, |messages| told_course(record, messages));
        }
        if run.steps.is_empty() {
            return Err("it has no steps".to_owned());
        }
        run.final_answer = value.any_of(ANSWER).and_then(|answer| answer.text_or_json()).or(run.final_answer);
        read_labels(value, &mut run);
        let state = value.text_of(&["state"]).filter(|state| state != "success");
        run.failure_reason = run.failure_reason.or(state).or_else(|| value.text_of(&["agent_error"]));
        set_final_answer(&mut run);
        let mut out = ObjectWriter::default();
        copy_rest(&mut out, record, |key| {
            let read = [STEPS, GOAL, ANSWER, &["state", "messages", "agent_error", REFERENCE]];
            is_label(key) || read.iter().any(|keys| keys.contains(&key))
        });
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// What a run did by its steps.
fn course<'t, 'c, 'a: 'c>(record: &Record<'_, 'a>, steps: impl Iterator<Item = Value<'t, 'c>>) -> Run<'c>
where
    'c: 't,
{
    let mut run = Run { trajectory_id: record.run_id(), ..Run::default() };
    let mut timeline = Timeline::default();
    timeline.user(record.value.text_of(GOAL));
    steps.for_each(|step| read_step(step, &mut timeline, &mut run));
    run.original_prompt = timeline.prompt.clone();
    run.steps = timeline.finish();
    run
}

fn printed_course<'a>(record: &Record<'_, 'a>, steps: Value<'_, 'a>) -> Run<'a> {
    let printed =
        |step: Value<'_, '_>| step.text().map_or_else(|| step.json().into_owned(), |text| json_of(&text));
    let list = format!("[{}]", steps.items().map(printed).collect::<Vec<_>>().join(", "));
    let mut tape = Tape::default();
    match tape.parse(&list, Limits::default()) {
        Ok(parsed) => course(record, parsed.root().items()).into_owned(),
        Err(_) => Run { trajectory_id: record.run_id(), ..Run::default() },
    }
}

fn told_course<'a>(record: &Record<'_, 'a>, messages: Value<'_, 'a>) -> Run<'a> {
    let mut told = Conversation::read(messages.items());
    told.steps.iter_mut().for_each(unpack);
    let original_prompt = record.value.text_of(GOAL).or(told.prompt);
    Run {
        trajectory_id: record.run_id(),
        original_prompt,
        system: told.system,
        steps: told.steps,
        ..Run::default()
    }
}

/// Cuts the code that is the action from the thought, and what the memory puts before a result: `Call id: ..`, and whether
/// it is an error.
fn unpack(step: &mut RunStep<'_>) {
    if step.action_name.is_some() {
        step.thought = step.thought.take().map(|wrote| part_of(&wrote, thought_in));
    }
    let Some(packed) = step.observation.take() else { return };
    let body =
        |text: &str| text.strip_prefix("Call id: ").and_then(|rest| Some(rest.split_once('\n')?.1.len()));
    let body = part_of(&packed, |text| &text[text.len() - body(text).unwrap_or(text.len())..]);
    if body.starts_with("Error:\n") {
        step.error = Some(true);
    }
    let heads = ["Observation:\n", "Error:\n"];
    step.observation =
        Some(part_of(&body, |text| heads.iter().find_map(|head| text.strip_prefix(head)).unwrap_or(text)));
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>, run: &mut Run<'a>) {
    run.system = run.system.take().or_else(|| step.text_of(&["system_prompt"]));
    if let Some(task) = step.text_of(&["task"]) {
        // Beside the steps the same task stands once more, with or without the words that the script puts around it.
        let is_first = timeline.steps.is_empty() && timeline.prompt.is_some();
        return timeline.user(Some(task).filter(|task| !is_first && timeline.prompt.as_ref() != Some(task)));
    }
    if let Some(plan) = step.text_of(&["plan"]) {
        return timeline.reply(Some(plan));
    }
    let calls = || step.get("tool_calls").into_iter().flat_map(|calls| calls.items());
    let wrote = step.any_of(&["model_output", "llm_output"]).and_then(words);
    let error = step.get("error").filter(|error| !error.is_null());
    let acted = calls().next().is_some();
    if acted {
        timeline.think(wrote.map(|wrote| part_of(&wrote, thought_in)));
    } else {
        timeline.reply(wrote);
    }
    calls().for_each(|call| read_call(call, timeline));
    let message = error.and_then(|error| error.text_of(&["message"]).or_else(|| error.text_or_json()));
    let observed = step.text_of(&["observations", "observation"]).or_else(|| message.clone());
    // A call of `final_answer` returns what it was given.
    let ends = calls().last().is_some_and(|call| name_of(call).is_some_and(|name| is_terminal(&name)));
    if let Some(observed) = observed.filter(|_| !ends || error.is_some()) {
        let last = calls().last().and_then(|call| call.text_of(&["id"]));
        timeline.observe(last.as_deref(), observed, error.map(|_| true));
    }
    let is_final = step.get("is_final_answer").and_then(|flag| flag.as_bool()) == Some(true);
    let output = step.any_of(if is_final { &["action_output", "output"] } else { &["final_answer"] });
    // A step that is only `output` ends the memory.
    let output = output.or_else(|| step.get("output").filter(|_| !acted && !is_step(step)));
    run.final_answer = output.and_then(|output| output.text_or_json()).or(run.final_answer.take());
}

fn name_of<'a>(call: Value<'_, 'a>) -> Option<Text<'a>> {
    call.get("function").unwrap_or(call).text_of(&["name"])
}

fn read_call<'a>(call: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let input = call.get("function").unwrap_or(call).get("arguments").and_then(|input| input.text_or_json());
    timeline.act(call.text_of(&["id"]), name_of(call).unwrap_or_default(), input);
}

/// What the model thought before its code.
fn thought_in(wrote: &str) -> &str {
    let end = CODE.iter().filter_map(|mark| wrote.find(mark)).min().unwrap_or(wrote.len());
    let thought = wrote[..end].trim();
    thought.strip_prefix("Thought:").unwrap_or(thought).trim_start()
}
