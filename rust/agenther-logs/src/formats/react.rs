//! ReAct: thoughts and actions written as text, in one string or in chat messages.
//!
//! Source: `ysymyth/ReAct`; FireAct's `trajs/` (`{reward, em, f1, gt, pred, prompt, traj}` keyed by
//! question, `traj` a string or messages) and its fine-tuning files (`{messages}`, `{instruction,
//! input, output}`); AgentInstruct's and AgentBench's chats (`Think:`, `Act: bash` with the code between
//! fences below, `Act: answer(..)`; `Action: Operation`; `ACTION:`); LangChain's spelling (`Action Input:`, `Final Answer:`); plain `{goal, steps:
//! [{action: "search[..]", observation}]}`; KnowAgent's and ADaPT's `traj` or `trace` of `> command` lines, and KnowAgent's
//! `prompt` in which the run stands behind examples.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the first user message (the second where the agent answered `OK` to the first), `Question:`, `### Instruction:`, or a goal field | `original_prompt` |
//! | what stands around `my problem is:` and a shop's `Instruction: [SEP]` | `system`; a demonstration before `Now, I will start a new problem` is left out |
//! | `Thought:`, `Think:` | `thought` |
//! | `Action: name[argument]`, `Act: name` | `action_name`, `action_input` (the plain text in the brackets, the code between fences); `think[..]` is a thought |
//! | `action_input` and the like beside an `action` that is a field | `action_input` |
//! | `user`, `error`, `is_error` of a step that is an object | `user`, `error` |
//! | `Observation:` (or the user's message after an action) | `observation` |
//! | an `Action:` in JSON: `name` and `arguments`, `action` and `action_input` | the same; tau-bench's `respond` is a reply |
//! | `> think: …`, `> command` and the lines below it, in a `traj` or `trace`; `problem`, `commands` beside it | see `command_log`; `original_prompt`, `system` |
//! | argument of `finish[..]`, `Final Answer:` | `final_answer` |
//! | `reward` (boolean or number), `success`, …; AgentBench's `output.result`, `output.status` | the labels |
//! | `em`, `f1` | `metadata` |
//!
//! An observation inside a message of the agent is invented: it stays in its thought.
//!
//! Leaks: from the line `Episode finished, reward = …`, `Answer is CORRECT | INCORRECT` or `Your score
//! (min …` on, observations are cut; `gt` (the gold answer) and `pred` (its normalised rival) stay
//! behind.

use std::sync::LazyLock;

use memchr::memmem::{Finder, FinderRev};

use super::command_log;
use super::openai_chat::{acknowledges, first_agent_text, holds_messages, messages_of, system_beside};
use super::{Format, Record, copy_rest, part_of, within};
use crate::blank::{is_blank, trim};
use crate::json::{Keys, ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::{Role, content_text, join, role_of, runs_code};
use crate::react::{Label, Sections, StepBuilder, TAU_RESULT, is_call, is_react, sections};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct React;

/// Fields that hold a whole run as text.
static TRANSCRIPT: Keys =
    Keys::new(&["traj", "trajectory", "output", "completion", "response", "transcript", "log", "text"]);
/// Fields that state the goal.
static GOAL: Keys =
    Keys::new(&["question", "goal", "query", "instruction", "original_prompt", "task", "input", "prompt"]);
/// Fields of a step that hold the arguments of an action which is only a name.
const ARGUMENTS: &[&str] = &["action_input", "arguments", "args", "input", "parameters", "params"];
/// Fields that give the gold answer away, or repeat what was read.
static LEFT_OUT: Keys = Keys::new(&[
    "gt",
    "pred",
    "traj_by_line",
    "traj",
    "steps",
    "messages",
    "prompt",
    "system",
    "system_prompt",
    "systemPrompt",
]);

/// Fields that are read beside a run of commands; the plans of ADaPT say how each part of them ended.
const OF_COMMANDS: &[&str] = &["trace", "problem", "commands", "result", "plans"];

fn goal_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.among(&GOAL).filter_map(|(_, value)| value.text()).find(|text| !is_blank(text))
}

fn transcript<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.among(&TRANSCRIPT).filter_map(|(_, value)| value.text()).find(|text| is_react(text))
}

/// A run of commands in a field: KnowAgent's, ADaPT's.
fn commands<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.text_of(&["traj", "trace"]).filter(|text| command_log::has_commands(text))
}

/// The run behind examples and rules, where KnowAgent has it in the prompt that grew: what follows the question there.
fn grown_prompt<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let question = record.get("halted").and_then(|_| record.text_of(&["question"]))?;
    let prompt = record.text_of(&["prompt"])?;
    let at = FinderRev::new(question.trim()).rfind(prompt.as_bytes())? + question.trim().len();
    // The way up to here, which it has before each thought, says nothing new.
    let lines: Vec<&str> = prompt[at..].lines().filter(|line| !line.starts_with("ActionPath ")).collect();
    Some(lines.join("\n").into()).filter(|run: &Text<'_>| is_react(run))
}

/// Whether calls are messages of their own, as smolagents writes them behind thoughts: then the words are no calls.
fn has_call_messages(record: Value<'_, '_>) -> bool {
    let messages = messages_of(record).into_iter().flat_map(|messages| messages.items());
    messages.take(6).any(|message| role_of(message) == Some(Role::Call))
}

/// Steps that hold an action as text: `{"action": "search[..]", "observation": ".."}`.
fn has_action_steps(record: Value<'_, '_>) -> bool {
    actions(record).next().is_some()
}

fn actions<'a>(record: Value<'_, 'a>) -> impl Iterator<Item = Text<'a>> {
    let first = record.get("steps").into_iter().flat_map(|steps| steps.items()).take(4);
    first.filter_map(|step| step.get("action")?.text())
}

impl Format for React {
    fn name(&self) -> &'static str {
        "react"
    }

    fn shape(&self) -> &'static str {
        "text with `Thought:`, `Action: name[argument]`, `Observation:`, in messages or in one string"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let fireact =
            record.get("traj").is_some() && record.get("gt").is_some() && record.get("pred").is_some();
        if fireact {
            return 95;
        }
        let is_written = |text: Text<'_>| is_react(&text) && !runs_code(&text) && !runs_fence(&text);
        if first_agent_text(record).is_some_and(is_written) && !has_call_messages(record) {
            return 92;
        }
        if !record.is_object() {
            return 0;
        }
        if commands(record).is_some() || grown_prompt(record).is_some() {
            return 90;
        }
        let goal = goal_of(record).is_some();
        if transcript(record).is_some() && !has_action_steps(record) {
            return 70 + 15 * u8::from(goal);
        }
        // Steps in other words are read as a list of steps.
        let is_observed = || {
            let mut steps = record.get("steps").into_iter().flat_map(|steps| steps.items()).take(4);
            steps.all(|step| step.any_of(&["result", "output", "rationale", "reasoning"]).is_none())
        };
        let is_written = actions(record).any(|action| is_call(&action)) && is_observed();
        if has_action_steps(record) { 50 + 20 * u8::from(goal) + 5 * u8::from(is_written) } else { 0 }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let commands = commands(value);
        let mut run = if let Some(text) = &commands {
            command_log::run_in_field(text).into_owned()
        } else if let Some(text) = grown_prompt(value) {
            Run {
                original_prompt: value.text_of(&["question"]),
                final_answer: value.text_of(&["answer"]),
                ..read_transcript(text)
            }
        } else if let Some(messages) = messages_of(value) {
            read_messages(messages)
        } else if let Some(text) = transcript(value) {
            read_transcript(text)
        } else if has_action_steps(value) {
            read_action_steps(value)
        } else {
            return Err("it has neither messages nor a text with `Thought:` and `Action:`".to_owned());
        };
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| record.task_run_id(key));
        // Simulators state the task where they describe the room.
        let opening = || value.text_of(&["initial_observation"]);
        let problem = || value.text_of(&["problem"]).filter(|_| commands.is_some());
        run.original_prompt =
            run.original_prompt.or_else(|| goal_of(value)).or_else(problem).or_else(opening);
        run.system = run.system.or_else(|| system_beside(value));
        read_labels(value, &mut run);
        label_of_agentbench(value, &mut run);
        if commands.is_some() {
            // ADaPT's rules of the world, KnowAgent's label.
            run.system = run.system.or_else(|| value.text_of(&["commands"]));
            run.success = run.success.or_else(|| value.get("result")?.as_bool());
        }
        set_final_answer(&mut run);
        run.metadata = metadata(record, commands.is_some()).map(Into::into);
        Ok(run)
    }
}

/// Whether a turn is a thought and a command between fences, without an action: mini-swe-agent's.
fn runs_fence(text: &str) -> bool {
    let acts = |(label, _): &(Label, &str)| matches!(label, Label::Action | Label::FinalAnswer);
    text.trim_end().ends_with("```") && !sections(text).sections.iter().any(acts)
}

/// AgentBench's clients write how a run ended and what it was worth beside its history.
pub(super) fn label_of_agentbench<'a>(record: Value<'_, 'a>, run: &mut Run<'a>) {
    let Some(output) = record.get("output").filter(|output| output.is_object()) else { return };
    let result = output.get("result").filter(|result| result.is_object());
    run.success = run.success.or_else(|| result?.get("result")?.as_bool());
    run.reward = run.reward.or_else(|| result?.get("reward")?.as_f64());
    let status = output.text_of(&["status"]).filter(|status| status != "completed");
    run.failure_reason = run.failure_reason.take().or(status);
}

fn metadata(record: &Record<'_, '_>, has_commands: bool) -> Option<String> {
    let mut out = ObjectWriter::default();
    copy_rest(&mut out, record, |key| {
        let read = [&LEFT_OUT, &TRANSCRIPT, &GOAL].iter().any(|keys| keys.contains(key));
        let is_of_commands = || has_commands && OF_COMMANDS.contains(&key);
        let is_answer = || key == "answer" && record.value.get("halted").is_some();
        read || is_label(key) || is_of_commands() || is_answer() || holds_messages(record.value, key)
    });
    out.finish()
}

fn read_messages<'a>(messages: Value<'_, 'a>) -> Run<'a> {
    let mut builder = StepBuilder::of_agent_only();
    let (mut system, mut prompt): (Option<Text<'a>>, Option<Text<'a>>) = (None, None);
    let mut task = None;
    for message in messages.items() {
        let Some(text) = content_text(message) else { continue };
        match role_of(message) {
            Some(Role::System) => system = system.or(Some(text)),
            // What came before was the instruction; the task follows.
            Some(Role::Agent) if builder.is_empty() && !is_react(&text) && acknowledges(message) => {
                join(&mut system, prompt.take());
            }
            Some(Role::Agent) => {
                let Sections { preface, sections } = sections(&text);
                if !preface.is_empty() {
                    builder.plain(within(&text, preface));
                }
                builder.sections(&text, &sections);
            }
            Some(_) if prompt.is_none() => {
                let (around, asked) = task_in(text);
                join(&mut system, around);
                task = TASKS.iter().copied().find(|mark| asked.contains(mark));
                prompt = Some(asked);
            }
            // What came before was the demonstration of another task.
            Some(_)
                if text.trim_start().starts_with(NEXT_PROBLEM)
                    || task.is_some_and(|task| text.contains(task)) =>
            {
                builder = StepBuilder::of_agent_only();
                prompt = Some(task_in(text).1);
            }
            Some(_) => {
                let words = text.trim_start();
                let observed = words.strip_prefix("Observation").and_then(|rest| rest.split_once(':'));
                match observed.filter(|(number, _)| number.bytes().all(|b| b == b' ' || b.is_ascii_digit())) {
                    Some((_, observation)) => builder.observe(within(&text, trim(observation))),
                    None if builder.awaits_observation() => {
                        let observation = words.strip_prefix(TAU_RESULT).unwrap_or(words);
                        builder.observe(within(&text, observation.trim_end()));
                    }
                    None => builder.user(text),
                }
            }
            None => {}
        }
    }
    Run { original_prompt: prompt, system, steps: builder.finish(), ..Run::default() }
}

/// Where AgentBench's prompts go over to the task, after `My` or `my`.
static PROBLEM: LazyLock<FinderRev<'static>> = LazyLock::new(|| FinderRev::new("y problem is:\n"));
/// What stands before the task on the page of a WebShop.
static SHOP: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("[SEP] Instruction: [SEP] "));
/// What stands before the instruction in a prompt as Alpaca has it.
static INSTRUCTION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("### Instruction:"));
/// How they go over to the next task after a demonstration.
const NEXT_PROBLEM: &str = "Now, I will start a new problem";

/// What worlds say before a task, and say once a run: where it is said again, what came before was an example.
const TASKS: &[&str] = &["Your task is to:", "Task Description:"];

/// The task in the first message, and what stands around it: the rules of AgentBench's operating
/// system before it, the page of a WebShop on which it stands.
fn task_in(text: Text<'_>) -> (Option<Text<'_>>, Text<'_>) {
    let problem = PROBLEM.rfind(text.as_bytes()).map(|at| at + PROBLEM.needle().len());
    if let Some(at) = problem.filter(|at| !text[*at..].trim().is_empty()) {
        return (Some(part_of(&text, |text| text[..at].trim())), part_of(&text, |text| text[at..].trim()));
    }
    let shop = SHOP.find(text.as_bytes()).map(|at| &text[at + SHOP.needle().len()..]);
    let goal = shop.and_then(|rest| rest.split_once(" [SEP]"));
    match goal.map(|(goal, _)| goal.trim().to_owned()) {
        Some(goal) => (Some(text), goal.into()),
        None => (None, text),
    }
}

/// A transcript; what stands before its first label may hold the goal (`### Instruction:`).
pub(super) fn read_transcript(text: Text<'_>) -> Run<'_> {
    let Sections { preface, sections } = sections(&text);
    let mut builder = StepBuilder::default();
    let question = sections.iter().find(|(label, _)| *label == Label::Question).map(|(_, text)| *text);
    let (system, goal) = instruction_in(preface);
    builder.sections(&text, &sections);
    let part = |part: &str| within(&text, part);
    Run {
        original_prompt: question.or(goal).map(part),
        system: Some(system).filter(|system| !system.is_empty()).map(part),
        steps: builder.finish(),
        ..Run::default()
    }
}

/// Alpaca's prompt: what surrounds `### Instruction:`, and the instruction.
fn instruction_in(preface: &str) -> (&str, Option<&str>) {
    let Some(at) = INSTRUCTION.find(preface.as_bytes()) else { return (preface, None) };
    let (system, rest) = (&preface[..at], &preface[at + INSTRUCTION.needle().len()..]);
    let goal = rest.split("\n###").next().unwrap_or(rest);
    (system.trim(), Some(goal.trim()))
}

fn read_action_steps<'a>(record: Value<'_, 'a>) -> Run<'a> {
    let mut builder = StepBuilder::default();
    for step in record.get("steps").into_iter().flat_map(|steps| steps.items()) {
        if let Some(words) = step.text_of(&["user"]) {
            builder.user(words);
        }
        if let Some(thought) = step.text_of(&["thought", "reasoning"]) {
            builder.section(Label::Thought, thought);
        }
        let arguments = step.any_of(ARGUMENTS).and_then(|arguments| arguments.text_or_json());
        match (step.text_of(&["action"]), arguments) {
            (Some(action), Some(arguments)) => builder.call(part_of(&action, str::trim), arguments),
            (Some(action), None) => builder.section(Label::Action, action),
            (None, _) => {}
        }
        builder.error(error_of(step));
        if let Some(observation) = step.get("observation").and_then(|observation| observation.text_or_json())
        {
            builder.observe(observation);
        }
    }
    Run { original_prompt: goal_of(record), steps: builder.finish(), ..Run::default() }
}

fn error_of(step: Value<'_, '_>) -> Option<bool> {
    let error = step.any_of(&["is_error", "error"])?;
    error.as_bool().or_else(|| Some(!error.text()?.trim().is_empty()))
}
