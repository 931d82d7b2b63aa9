//! OSWorld: agents that work on a computer, a step a line.
//!
//! Source: `lib_run_single.py` of `xlang-ai/OSWorld`, `traj.jsonl`, and of `microsoft/WindowsAgentArena`: `{step_num,
//! action_timestamp, action, response, reward, done, info, screenshot_file}`; a file is a run. `action` is Python,
//! `DONE`, `FAIL` or `WAIT`, or an object: `{name, input}` of Anthropic's models, `{action_space, action}` of OpenAI's,
//! `{action_type, parameters}`. A run that broke ends with `{Error}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `instruction`, else what follows `Instruction:` in `runtime.log` beside the file | `original_prompt` |
//! | `action` | `action_name`: its name, else the word, else `python`; `action_input` |
//! | `raw_response` of the action, else `response`: its `Thought:`, its `messages`, its plan, without the code | `thought` |
//! | `response` beside a last `DONE` where it is nothing but words; the content of `finished(…)` | `final_answer` |
//! | `result.txt` beside the file | `reward`, `success` at 1 |
//! | `Error` | `failure_reason` |
//!
//! Left out: screenshots, which are files of their own, and what a second model says of the course (`reflection`).
//!
//! Leaks: `reward` and `info` of a step are no label of the run: nearly all environments give 0 at each step.

use super::{Format, Piece, Record, filled, within};
use crate::gui::{CODE, argument, without_code};
use crate::json::Value;
use crate::messages::join;
use crate::react::{Label, is_react, sections};
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct OsWorld;

/// Words for what is no act on the screen.
const WORDS: &[&str] = &["DONE", "FAIL", "WAIT"];

fn is_step(line: Value<'_, '_>) -> bool {
    ["step_num", "action", "screenshot_file"].iter().all(|key| line.get(key).is_some())
}

/// The last line of a run that broke.
fn error_of<'a>(line: Value<'_, 'a>) -> Option<Text<'a>> {
    if line.members().count() == 1 { line.text_of(&["Error"]) } else { None }
}

impl Format for OsWorld {
    fn name(&self) -> &'static str {
        "osworld"
    }

    fn shape(&self) -> &'static str {
        "lines of `step_num`, `action` and `screenshot_file`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(record.items().next().map_or_else(|| is_step(record), is_step))
    }

    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        record.is_object()
    }

    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        error_of(record).is_some()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        record.is_object().then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let lines = record.value;
        let mut timeline = Timeline::default();
        let goal = lines.items().find_map(|line| line.text_of(&["instruction"]));
        timeline.user(goal.or_else(|| logged_goal(&record.beside.text("runtime.log")?)));
        lines.items().filter(|line| is_step(*line)).for_each(|line| read_step(line, &mut timeline));
        let failure = lines.items().find_map(error_of);
        let mut run = timeline.run(record.task_run_id(record.stem), failure)?;
        run.final_answer = lines.items().last().and_then(answer_of);
        let result = record.beside.text("result.txt").filter(|_| record.number == 0);
        run.reward =
            result.and_then(|text| text.trim().parse().ok()).filter(|reward: &f64| reward.is_finite());
        Ok(run)
    }
}

/// The task in the log of a run: up to the next line that begins as those of loggers do.
fn logged_goal(log: &str) -> Option<Text<'static>> {
    let (_, rest) = log.split_once("Instruction: ").or_else(|| log.split_once("[Instruction]: "))?;
    let is_entry = |line: &&str| line.starts_with(['[', '\u{1b}']);
    let lines: Vec<&str> = rest
        .lines()
        .enumerate()
        .take_while(|(at, line)| *at == 0 || !is_entry(line))
        .map(|(_, line)| line)
        .collect();
    filled(lines.join("\n").trim().to_owned().into())
}

fn read_step<'a>(line: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let Some(action) = line.get("action") else { return };
    let spoken = action.text_of(&["raw_response"]).or_else(|| thought_in(line.get("response")?));
    let Some((name, input)) = call_in(action) else { return timeline.reply(spoken) };
    timeline.think(spoken.filter(|spoken| Some(spoken) != input.as_ref()));
    timeline.act(None, name, input);
}

/// Name and input of an action; of what the environment does before the first one there is none.
fn call_in<'a>(action: Value<'_, 'a>) -> Option<(Text<'a>, Option<Text<'a>>)> {
    if let Some(code) = action.text() {
        return match code.trim() {
            "" | "__init__" => None,
            word if WORDS.contains(&word) => Some((within(&code, word), None)),
            _ => Some((CODE.into(), Some(code))),
        };
    }
    if let Some(name) = action.text_of(&["name", "action_type"]) {
        let input = action.any_of(&["input", "parameters"]).and_then(|input| input.text_or_json());
        return Some((name, input));
    }
    // A call is no deeper than that.
    match action.get("action").filter(|inner| inner.is_string()) {
        Some(inner) => call_in(inner),
        None => Some((CODE.into(), action.text_or_json())),
    }
}

/// What the model thought, in what it wrote.
fn thought_in<'a>(response: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut thought = None;
    if let Some(text) = response.text() {
        if !is_react(&text) {
            return without_code(&text);
        }
        let cut = sections(&text);
        let thoughts =
            cut.sections.iter().filter(|(label, _)| *label == Label::Thought).map(|(_, words)| *words);
        [cut.preface]
            .into_iter()
            .chain(thoughts)
            .for_each(|words| join(&mut thought, filled(within(&text, words))));
        return thought;
    }
    response.items_of("messages").for_each(|words| join(&mut thought, words.text()));
    thought.or_else(|| {
        let plan = response.text_of(&["full_plan", "executor_plan", "plan", "thought", "content"])?;
        without_code(plan.trim_end().trim_end_matches("(Grounded Action)"))
            .map(|plan| plan.trim_end_matches("(Grounded Action)").trim_end().to_owned().into())
            .and_then(filled)
    })
}

/// The answer in the last words of the model.
fn answer_of<'a>(line: Value<'_, 'a>) -> Option<Text<'a>> {
    let response = line.get("response")?.text()?;
    if let Some(at) = response.rfind("finished(") {
        return argument(&response[at..], "content").map(Into::into);
    }
    let action = line.get("action")?;
    let is_done = [Some(action), action.get("action")]
        .into_iter()
        .flatten()
        .any(|action| action.text().is_some_and(|word| word == "DONE"));
    let is_words = !response.contains("```") && !is_react(&response) && response.trim() != "DONE";
    filled(response).filter(|_| is_done && is_words)
}
