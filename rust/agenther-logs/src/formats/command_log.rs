//! Transcripts of text games and shops in which a line `> command` is the agent's.
//!
//! Source: `ysymyth/ReAct`'s ALFWorld runs as they are printed, and `trial_<n>.log` of
//! `noahshinn/reflexion` (`alfworld_runs`, `webshop_runs`), which has a run in each `Environment #<k>:`
//! between two `#####`. What KnowAgent and ADaPT keep of such runs in a field is read by `react`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `Your task is to: …`, or `Instruction:` of a shop | `original_prompt` |
//! | `Your memory for the task below:` | `system` |
//! | what stands around the task before the first command | `observation` of a first step without action |
//! | `> think: …`, `> think[..]` | `thought` |
//! | any other `> command`, `Act 1: command` | `action_name` (its first word), `action_input` (the rest) |
//! | the lines up to the next command | `observation` |
//! | `STATUS: OK`, `STATUS: FAIL`; `r 1`, `r 0` | `success` |
//! | `Your score (min 0.0, max 1.0): …` | `reward` |
//! | number of the environment | `metadata` |
//!
//! Few-shot examples, which stand before `Here is the task:`, are left out. `Environment #3: Success`
//! says that an earlier trial solved it: there is no run in it.
//!
//! Leaks: `STATUS: …` and the line `1 r 1 rs …` are no part of an observation; `Your score (min 0.0, max 1.0): …` is cut.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::react_text::announced;
use super::{TextFormat, TextRecord, filled};
use crate::json::ObjectWriter;
use crate::react::{Label, StepBuilder};
use crate::run::{Run, RunStep, Text};

pub(super) struct CommandLog;

const HEADING: &str = "Environment #";
const TASK: &str = "Your task is to:";
const ROOM: &str = "You are in the middle of a room.";

impl TextFormat for CommandLog {
    fn name(&self) -> &'static str {
        "command_log"
    }

    fn shape(&self) -> &'static str {
        "text with `Your task is to: …` and commands in lines `> go to desk 1`, or `Environment #0:` and `STATUS: OK`"
    }

    fn score(&self, head: &str) -> u8 {
        let commands = head.lines().filter(|line| command_in(line).is_some()).take(2).count();
        let trials = head.lines().any(|line| line.starts_with(HEADING)) && head.contains("\n#####\n");
        match (commands, trials) {
            (1.., true) => 95,
            (0, true) => 40,
            (2.., false) if head.contains(TASK) => 65,
            _ => 0,
        }
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        let (mut at, mut open, mut acted) = (0, false, false);
        let of_trials = text.lines().any(|line| line.starts_with(HEADING));
        for line in text.split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            let begins = match of_trials {
                true => line.strip_prefix(HEADING).is_some_and(|rest| !rest.trim_end().ends_with("Success")),
                false => line.starts_with(ROOM) && (acted || !open) || !open && !line.trim().is_empty(),
            };
            if begins {
                runs.push(start..end);
                (open, acted) = (true, false);
            } else if of_trials && line.trim_end() == "#####" {
                open = false;
            } else if open && let Some(run) = runs.last_mut() {
                run.end = end;
                acted |= command_in(line).is_some();
            }
        }
        runs
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        match with_plain_commands(record.text) {
            Cow::Borrowed(text) => run_of(text, record),
            Cow::Owned(text) => Ok(run_of(&text, record)?.into_owned()),
        }
    }
}

fn run_of<'t>(text: &'t str, record: &TextRecord<'_, '_>) -> Result<Run<'t>, String> {
    let (number, text) = without_heading(text);
    let (text, success) = without_status(text);
    let (before, task) = text.rsplit_once("Here is the task:\n").unwrap_or(("", text));
    let start = task.find("\n> ").map_or(task.len(), |at| at + 1);
    let (start, course) = task.split_at(start);
    if course.is_empty() {
        return Err(format!("it has no line `> command`, only {:.60?}", task.trim()));
    }
    let (goal, around) = goal_of(start);
    let mut steps = steps(course);
    let resets = steps.first().and_then(|step| step.action_name.as_deref()) == Some("reset");
    if let Some(observation) = filled(around.into()).filter(|_| !resets) {
        steps.insert(0, RunStep { observation: Some(observation), ..RunStep::default() });
    }
    let (announced, reward) = announced(course);
    let mut metadata = ObjectWriter::default();
    if let Some(number) = number {
        metadata.json("environment", number);
    }
    Ok(Run {
        trajectory_id: format!("{}-{}", record.stem, record.number).into(),
        original_prompt: goal,
        system: memory_in(before),
        steps,
        success: success.or(announced),
        reward,
        metadata: metadata.finish().map(Into::into),
        ..Run::default()
    })
}

/// Whether a field of a record holds a run of commands.
pub(super) fn has_commands(text: &str) -> bool {
    usize::from(text.starts_with("> ")) + COMMAND.find_iter(text.as_bytes()).take(2).count() >= 2
}

static COMMAND: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\n> "));

/// The run in a field of a record, as KnowAgent (`traj`) and ADaPT (`trace`, which begins with a command) keep it.
pub(super) fn run_in_field(text: &str) -> Run<'_> {
    let start = match text.starts_with([' ', '>']) {
        true => 0,
        false => text.find("\n> ").map_or(text.len(), |at| at + 1),
    };
    let (start, course) = text.split_at(start);
    let (goal, around) = goal_of(start);
    let opening = filled(around.into()).map(|seen| RunStep { observation: Some(seen), ..RunStep::default() });
    // A part of a plan begins anew behind an empty command.
    let course = course.trim_start_matches(['>', ' ']).replace("\n>\n\n ", "\n> ");
    // The way up to here, which KnowAgent has before each thought, says nothing new.
    let lines = course.trim_end().trim_end_matches("\n>").lines();
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with("> ActionPath:")).collect();
    let course = format!("> {}", lines.join("\n"));
    let steps = steps(&course).into_iter().map(RunStep::into_owned);
    Run { original_prompt: goal, steps: opening.into_iter().chain(steps).collect(), ..Run::default() }
}

/// The command in a line: `> look`, `Act 3: look`.
fn command_in(line: &str) -> Option<&str> {
    line.strip_prefix("> ").or_else(|| numbered(line, "Act "))
}

/// What follows `Act 3: `, `Obs 3: `.
fn numbered<'t>(line: &'t str, label: &str) -> Option<&'t str> {
    let (number, rest) = line.strip_prefix(label)?.split_once(": ")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
}

/// The reward in a line `2 r 0 rs [1, 0] cnts [2, 0] ..`, which ends a run.
fn reward_in(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(" r ")?;
    let (reward, _) = rest.split_once(" rs [")?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(reward)
}

/// A run whose acts and observations are numbered, as one of commands. What stands before the room and behind the reward is
/// no part of it.
fn with_plain_commands(text: &str) -> Cow<'_, str> {
    if !text.lines().any(|line| numbered(line, "Act ").is_some()) {
        return text.into();
    }
    let mut out = String::new();
    let lines = text.lines().skip_while(|line| !line.starts_with(ROOM) && !line.starts_with(TASK));
    for line in lines {
        if let Some(reward) = reward_in(line) {
            out.push_str(if reward == "1" { "STATUS: OK\n" } else { "STATUS: FAIL\n" });
            break;
        }
        match numbered(line, "Act ") {
            Some(command) => out.extend(["> ", command]),
            None => out.push_str(numbered(line, "Obs ").unwrap_or(line)),
        }
        out.push('\n');
    }
    out.into()
}

/// The number in `Environment #7:`, and what follows that line.
fn without_heading(text: &str) -> (Option<&str>, &str) {
    let headed = text.strip_prefix(HEADING).and_then(|rest| rest.split_once('\n'));
    let Some((heading, rest)) = headed else { return (None, text) };
    let number = heading.trim_end().trim_end_matches(':');
    let is_number =
        number == "0" || number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    (Some(number).filter(|number| is_number && !number.is_empty()), rest)
}

/// The run without the status that ends it, and what that says.
fn without_status(text: &str) -> (&str, Option<bool>) {
    let Some((before, status)) = text.rsplit_once("\nSTATUS: ") else { return (text, None) };
    match status.trim() {
        "OK" => (before, Some(true)),
        "FAIL" => (before, Some(false)),
        _ => (text, None),
    }
}

/// The task, and what else stands before the first command.
fn goal_of(start: &str) -> (Option<Text<'_>>, String) {
    if let Some((before, task)) = start.split_once(TASK) {
        let (goal, after) = task.split_once('\n').unwrap_or((task, ""));
        let around = format!("{}\n{}", before.trim(), after.trim()).trim().to_owned();
        return (filled(goal.trim().into()), around);
    }
    if let Some((_, task)) = start.split_once("Instruction:") {
        let goal = task.split("[Search]").next().unwrap_or(task);
        return (filled(goal.trim().into()), start.trim().to_owned());
    }
    (filled(start.trim().into()), String::new())
}

fn memory_in(before: &str) -> Option<Text<'_>> {
    let (_, memory) = before.rsplit_once("Your memory for the task below:")?;
    filled(memory.trim().into())
}

fn steps(course: &str) -> Vec<RunStep<'_>> {
    let mut builder = StepBuilder::default();
    let first = course.strip_prefix("> ");
    // What stands before the first command is no part of the course.
    for part in first.unwrap_or(course).split("\n> ").skip(usize::from(first.is_none())) {
        let (command, observed) = part.split_once('\n').unwrap_or((part, ""));
        let command = command.trim();
        let thought = ["think:", "Think:"].iter().find_map(|label| command.strip_prefix(label));
        match thought {
            Some(thought) => builder.section(Label::Thought, thought.trim().into()),
            None => builder.section(Label::Action, command.into()),
        }
        match observed.trim() {
            "" => builder.flush(),
            observed => builder.observe(observed.into()),
        }
    }
    builder.finish()
}
