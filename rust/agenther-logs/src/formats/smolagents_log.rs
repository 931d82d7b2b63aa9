//! What smolagents prints while an agent runs.
//!
//! Source: `src/smolagents/monitoring.py` and `agents.py` of `huggingface/smolagents`, with `rich`: a box `╭─ New run ─╮` with
//! the task, `━━━ Step 1 ━━━`, `─ Executing parsed code: ─` (or a box `Calling tool: 'x' with arguments: {..}`), `Execution
//! logs:` (or `Observations:`), `Out - Final answer: ..`, `[Step 1: Duration ..]`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | what stands in the box, without the breaks of its lines | `original_prompt` |
//! | `─ Output message of the LLM: ─`, up to its code | `thought` |
//! | the code; a tool and its arguments | `action_name` python, `action_input`; the tool and its arguments |
//! | what follows up to the end of the step | `observation`; `error` where the code failed |
//! | `Out - Final answer:`, `Final answer:` | `final_answer` |
//! | `Reached max steps.` | `failure_reason` |
//!
//! The run of an agent that another one called is a part of what that one observed.
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::printed::{is_rule, plain, title_in};
use crate::python_literal::to_json;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct SmolagentsLog;

const CALLING: &str = "Calling tool: '";
const FAILURE: &str = "Reached max steps.";
const ANSWERS: &[&str] = &["Out - Final answer:", "Final answer:"];
const FAILED: &[&str] = &["Code execution failed", "Error ", "Error:"];

/// The title in the top of a box.
fn box_title(line: &str) -> Option<&str> {
    title_in(line.trim().strip_prefix('╭')?.strip_suffix('╮')?, '─')
}

/// What stands in a line of a box.
fn boxed(line: &str) -> Option<&str> {
    line.trim().strip_prefix('│')?.strip_suffix('│')
}

fn begins(line: &str) -> bool {
    box_title(line).is_some_and(|title| title.starts_with("New run"))
}

fn runs_code(line: &str) -> bool {
    let title = title_in(line, '─').or_else(|| box_title(line));
    title.is_some_and(|title| title.starts_with("Executing ") && title.contains(" code"))
}

fn call_in(line: &str) -> Option<(&str, &str)> {
    let call = boxed(line).unwrap_or(line).trim().strip_prefix(CALLING)?;
    call.split_once("' with arguments: ")
}

fn is_end_of_step(line: &str) -> bool {
    line.starts_with("[Step ") && line.contains(": Duration ")
}

/// How deep in runs of agents that others called a line stands.
#[derive(Default)]
struct Depth {
    depth: usize,
    is_acting: bool,
    is_answered: bool,
}

impl Depth {
    /// Takes the next line; whether it is of the outermost run.
    fn line(&mut self, line: &str) -> bool {
        let was_inside = self.depth > 0;
        if begins(line) {
            self.depth += usize::from(self.is_acting);
            self.is_acting = false;
        } else if runs_code(line) || call_in(line).is_some() {
            self.is_acting = true;
        } else if answer_in(line).is_some() || line.starts_with(FAILURE) {
            self.is_answered = true;
        } else if is_end_of_step(line) {
            let is_over = std::mem::take(&mut self.is_answered) && self.depth > 0;
            self.depth -= usize::from(is_over);
            self.is_acting = is_over;
        }
        self.depth == 0 && !was_inside
    }
}

fn answer_in(line: &str) -> Option<&str> {
    ANSWERS.iter().find_map(|mark| line.strip_prefix(mark)).map(str::trim)
}

impl TextFormat for SmolagentsLog {
    fn name(&self) -> &'static str {
        "smolagents_log"
    }

    fn shape(&self) -> &'static str {
        "text with a box `New run`, lines `━━━ Step 1 ━━━` and `─ Executing parsed code: ─`"
    }

    fn score(&self, head: &str) -> u8 {
        let head = plain(head);
        let is_step = |line: &str| title_in(line, '━').is_some_and(|title| title.starts_with("Step "));
        let acts = head.lines().any(|line| runs_code(line) || call_in(line).is_some());
        96 * u8::from(acts && head.lines().any(is_step))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        let (mut runs, mut at, mut depth): (Vec<Range<usize>>, usize, Depth) =
            (Vec::new(), 0, Depth::default());
        let mut is_begun = false;
        for line in text.split_inclusive('\n') {
            let plain = plain(line);
            let is_outer = depth.line(&plain);
            // What is printed before the first run belongs to it.
            if runs.is_empty() || is_outer && begins(&plain) && is_begun {
                runs.push(at..at);
            }
            is_begun |= begins(&plain);
            at += line.len();
            runs.last_mut().into_iter().for_each(|run| run.end = at);
        }
        runs
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let (mut reader, mut depth) = (Reader::default(), Depth::default());
        for line in text.lines() {
            match depth.line(line) {
                true => reader.line(line),
                false => reader.text.extend([line, "\n"]),
            }
        }
        reader.end();
        let id = format!("{}-{}", record.stem, record.number);
        let mut run = reader.timeline.run(id.into(), reader.failure.map(Into::into))?;
        run.final_answer = reader.answer.or(run.final_answer);
        Ok(run)
    }
}

#[derive(Clone, Copy, PartialEq, Default)]
enum Part {
    #[default]
    Nothing,
    Task,
    Words,
    Code,
    /// The arguments of a tool in a box.
    Call,
    Output,
    Answer,
}

#[derive(Default)]
struct Reader<'a> {
    timeline: Timeline<'a>,
    part: Part,
    text: String,
    answer: Option<Text<'a>>,
    failure: Option<String>,
}

impl Reader<'_> {
    fn line(&mut self, line: &str) {
        let title = title_in(line, '─').or_else(|| box_title(line));
        if begins(line) {
            self.begin(Part::Task, "");
        } else if runs_code(line) {
            self.begin(Part::Code, "");
        } else if title.is_some_and(|title| title.starts_with("Output message of the LLM")) {
            self.begin(Part::Words, "");
        } else if call_in(line).is_some() {
            self.begin(Part::Call, "");
            self.boxed(line);
        } else if title_in(line, '━').is_some() || is_end_of_step(line) {
            self.end();
        } else if line.trim_start().starts_with(['╭', '╰']) || is_rule(line, '─', 20) {
            self.end_of_box(line);
        } else if let Some(answer) = answer_in(line) {
            self.begin(Part::Answer, answer);
        } else if line.starts_with(FAILURE) {
            self.end();
            self.failure = Some(FAILURE.trim_end_matches('.').to_owned());
        } else if matches!(self.part, Part::Task | Part::Call | Part::Code) {
            self.boxed(line);
        } else if self.part != Part::Nothing {
            self.text.extend([line, "\n"]);
        }
    }

    /// Takes a line of a box, or of the code in one.
    fn boxed(&mut self, line: &str) {
        self.text.extend([boxed(line).unwrap_or(line), "\n"]);
    }

    fn end_of_box(&mut self, line: &str) {
        let part = self.part;
        if part != Part::Task || line.trim_start().starts_with('╰') {
            self.end();
        }
        if matches!(part, Part::Code | Part::Call) {
            self.part = Part::Output;
        }
    }

    fn begin(&mut self, part: Part, line: &str) {
        self.end();
        self.part = part;
        self.text.extend([line, "\n"]);
    }

    fn end(&mut self) {
        let (text, part) = (std::mem::take(&mut self.text), std::mem::take(&mut self.part));
        match part {
            Part::Nothing => {}
            Part::Task => self.timeline.user(own(&unwrapped(&text))),
            Part::Words => self.timeline.think(own(before_code(&text))),
            Part::Code => self.timeline.act(None, "python".into(), own(&without_indent(&text))),
            Part::Call => self.call(&text),
            Part::Output => self.output(text.trim()),
            Part::Answer => self.answer = own(text.trim()),
        }
    }

    fn call(&mut self, text: &str) {
        let call = text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
        let Some((name, input)) = call_in(call.trim()) else { return };
        let input = to_json(input).or_else(|| Some(input.trim().to_owned()));
        self.timeline.act(None, name.to_owned().into(), input.map(Into::into));
    }

    fn output(&mut self, text: &str) {
        let text = ["Execution logs:", "Observations:"]
            .iter()
            .find_map(|mark| text.strip_prefix(mark))
            .map_or(text, str::trim);
        // A step whose code only gave nothing says so.
        let text = text.strip_suffix("Out: None").unwrap_or(text).trim_end();
        if text.is_empty() {
            return;
        }
        let failed = FAILED.iter().any(|mark| text.starts_with(mark));
        self.timeline.observe(None, text.to_owned().into(), failed.then_some(true));
    }
}

/// The text of a box without the breaks that its width makes: the next word had not fit in the line.
fn unwrapped(text: &str) -> String {
    let mut out = String::new();
    let mut room = 0;
    for line in text.lines() {
        let words = line.trim();
        let next = words.split(' ').next().unwrap_or_default().chars().count();
        let is_wrapped = !words.is_empty() && !out.is_empty() && next + 1 > room;
        out.extend([if is_wrapped { " " } else { "\n" }, words]);
        // A blank stands on each side.
        room = (line.chars().count().saturating_sub(2)).saturating_sub(words.chars().count());
    }
    out.trim().to_owned()
}

/// The words of a model before its code.
fn before_code(words: &str) -> &str {
    let marks = ["\nCode:", "```", "<code>", "<end_code>"];
    let end = marks.iter().filter_map(|mark| words.find(mark)).min().unwrap_or(words.len());
    words[..end].trim().trim_start_matches("Thought:").trim()
}

/// Code without the two blanks that stand before each of its lines.
fn without_indent(text: &str) -> String {
    let lines: Vec<&str> =
        text.lines().map(|line| line.strip_prefix("  ").unwrap_or(line).trim_end()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}
