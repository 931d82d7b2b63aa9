//! ReAct transcripts in text files: one run or many.
//!
//! Source: the printed runs of `ysymyth/ReAct` and its descendants, and the files of trials of
//! `noahshinn/reflexion` (`hotpotqa_runs`), where runs stand under `BEGIN CORRECT AGENTS` and the
//! like, each ended by `Correct answer: …`, and all runs are listed again in each trial.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `Question:` or `Claim:`, with what `Context:` says before it; WebShop's `Instruction:` | `original_prompt` |
//! | other words before the first label, and the reflections | `system`; few-shot examples and the trial before, which the prompt repeats, are cut |
//! | `Thought:`, `Action:`, `Observation:` | steps, as in `react` |
//! | argument of the last `Finish[..]` | `final_answer` |
//! | `Answer is CORRECT`, `Answer is INCORRECT` | `success` |
//! | `Episode finished, reward = …`, `Your score (min 0.0, max 1.0): …` | `reward`, `success` at 1 |
//! | neither, in a file of trials: the agent was halted | `success` false, `failure_reason` `halted` |
//!
//! Leaks: `Correct answer: …` is the reference; observations are cut from the announcement of the
//! outcome on.

use std::borrow::Cow;
use std::ops::Range;

use super::react::read_transcript;
use super::{TextFormat, TextRecord, filled};
use crate::react::{Label, label_of, opens_call};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct ReactText;

/// Where runs that are not this one begin and end.
const QUOTATIONS: &[(&str, &str)] = &[
    ("Here are some examples:", "(END OF EXAMPLES)"),
    ("Below is the last trial you attempted", "(END PREVIOUS TRIAL)"),
];
const REFERENCE: &str = "Correct answer:";
/// What the headings of a file of trials have.
const TRIALS: &str = " AGENTS ---";

impl TextFormat for ReactText {
    fn name(&self) -> &'static str {
        "react_text"
    }

    fn shape(&self) -> &'static str {
        "text with lines `Question:`, `Thought 1:`, `Action 1: name[argument]`, `Observation 1:`"
    }

    fn score(&self, head: &str) -> u8 {
        let (mut actions, mut inputs, mut observations) = (0, 0, 0);
        for (label, rest) in head.lines().filter_map(label_of) {
            match label {
                Label::Action if opens_call(rest) => actions += 1,
                Label::ActionInput => inputs += 1,
                Label::Observation => observations += 1,
                _ => {}
            }
        }
        match (actions + inputs > 0 && observations > 0, head.contains(TRIALS)) {
            (true, true) => 95,
            (true, false) => 70,
            (false, _) => 0,
        }
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        let mut runs = Runs { text, ranges: Vec::new(), start: None };
        let (mut at, mut acted, mut quoted_until) = (0, false, None);
        let of_trials = text.contains(TRIALS);
        // One that never ends would swallow the file.
        let quotations: Vec<(&str, &str)> =
            QUOTATIONS.iter().copied().filter(|(_, end)| text.contains(end)).collect();
        for line in text.split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            if let Some(end) = quoted_until {
                quoted_until = Some(end).filter(|end: &&str| !line.contains(*end));
                continue;
            }
            quoted_until = quotations.iter().find(|(start, _)| line.contains(start)).map(|(_, end)| *end);
            let (label, rest) = label_of(line).map_or((None, ""), |(label, rest)| (Some(label), rest));
            let resets = label == Some(Label::Action) && rest.trim() == "reset";
            let opens = label == Some(Label::Question) || numbered_task(line).is_some() || resets;
            if of_trials && is_banner(line) {
                runs.end(start);
                acted = false;
            } else if of_trials && line.starts_with(REFERENCE) {
                runs.begin(start);
                runs.end(end);
                acted = false;
            } else if opens && acted && !of_trials {
                runs.end(start);
                runs.begin(start);
                acted = label == Some(Label::Action);
            } else if !line.trim().is_empty() {
                runs.begin(start);
                acted |= matches!(label, Some(Label::Action | Label::FinalAnswer));
            }
        }
        runs.end(text.len());
        runs.ranges
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        if ["{agent_scratchpad}", "{tool_names}"].iter().any(|place| record.text.contains(place)) {
            return Err("it is the template of a prompt".to_owned());
        }
        let (text, reference) = without_reference(record.text);
        let text = with_plain_tasks(without_quotations(text));
        let mut run = read_transcript(Cow::Borrowed(&*text)).into_owned();
        if run.steps.is_empty() {
            return Err("it has no line `Thought:` or `Action:`".to_owned());
        }
        // Rulers and numbers between runs are no words.
        run.system = run.system.filter(|system| system.contains(char::is_alphabetic));
        run.original_prompt = run.original_prompt.or_else(|| instruction_in(&text));
        run.trajectory_id = format!("{}-{}", record.stem, record.number).into();
        add_context(&mut run);
        split_off_reflections(&mut run);
        set_final_answer(&mut run);
        (run.success, run.reward) = announced(&text);
        if run.success.is_none() && reference {
            run.success = Some(false);
            run.failure_reason = Some(Cow::Borrowed("halted"));
        }
        Ok(run)
    }
}

/// Cuts a text into runs.
struct Runs<'t> {
    text: &'t str,
    ranges: Vec<Range<usize>>,
    start: Option<usize>,
}

impl Runs<'_> {
    fn begin(&mut self, at: usize) {
        self.start.get_or_insert(at);
    }

    fn end(&mut self, at: usize) {
        let range = self.start.take().map(|start| start..at);
        self.ranges.extend(range.filter(|range| !self.text[range.clone()].trim().is_empty()));
    }
}

/// Lines between the runs of a file of trials: `BEGIN TRIAL 1`, `--- BEGIN HALTED AGENTS ---`.
fn is_banner(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 20 && line.bytes().all(|byte| byte == b'#')
        || line.starts_with("BEGIN TRIAL ")
        || line.starts_with("Trial summary: ")
        || line.starts_with("---") && line.contains(TRIALS)
}

/// The run without the reference answer that ends it, and whether it had one.
fn without_reference(text: &str) -> (&str, bool) {
    let trimmed = text.trim_end();
    let (before, last) = trimmed.rsplit_once('\n').unwrap_or(("", trimmed));
    if last.starts_with(REFERENCE) { (before, true) } else { (text, false) }
}

/// The text without the examples of the prompt and the trial before, which Reflexion puts there.
fn without_quotations(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for (start, end) in QUOTATIONS {
        let cut = text.find(start).and_then(|at| Some((at, at + text[at..].find(end)? + end.len())));
        if let Some((from, to)) = cut {
            text = format!("{}\n{}", &text[..from], &text[to..]).into();
        }
    }
    text
}

/// What is asked in a line `3687 Question: …` or `Claim: …`, as ReAct's notebooks print it.
fn numbered_task(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.trim_start()
        .strip_prefix("Claim:")
        .or_else(|| rest.strip_prefix(" Question:").filter(|_| rest.len() < line.len()))
}

fn with_plain_tasks(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.lines().any(|line| numbered_task(line).is_some()) {
        return text;
    }
    let plain =
        |line| numbered_task(line).map_or(Cow::Borrowed(line), |task| format!("Question:{task}").into());
    text.split_inclusive('\n').map(plain).collect::<String>().into()
}

/// The task that WebShop shows on its first page.
fn instruction_in(text: &str) -> Option<Text<'static>> {
    let (_, task) = text.split_once("\nInstruction:")?;
    let (task, _) = task.split_once("[Search]")?;
    filled(task.trim().to_owned().into())
}

/// Reflexion writes what it learnt right behind the question.
fn split_off_reflections(run: &mut Run<'_>) {
    const START: &str = "You have attempted to answer";
    let Some(question) = &run.original_prompt else { return };
    let Some((question, reflections)) = question.split_once(START) else { return };
    let reflections = format!("{START}{reflections}");
    let system =
        run.system.as_deref().map_or(reflections.clone(), |system| format!("{system}\n\n{reflections}"));
    run.original_prompt = Some(question.trim().to_owned().into());
    run.system = Some(system.into());
}

/// What a question is asked about is said by the user too.
fn add_context(run: &mut Run<'_>) {
    let context = run.system.as_deref().and_then(|system| system.strip_prefix("Context:")).map(str::trim);
    let Some(context) = context else { return };
    if !context.is_empty()
        && let Some(question) = &run.original_prompt
    {
        run.original_prompt = Some(format!("{question}\n\nContext: {context}").into());
    }
    run.system = None;
}

/// The outcome that the environment announces in the last observation.
pub(super) fn announced(text: &str) -> (Option<bool>, Option<f64>) {
    for line in text.lines().rev() {
        let line = label_of(line).map_or(line, |(_, rest)| rest).trim();
        let reward = line
            .strip_prefix("Episode finished, reward = ")
            .or_else(|| line.strip_prefix("Your score (min 0.0, max 1.0): "));
        let reward = reward.and_then(|reward| match reward.trim_end_matches('.').trim() {
            "True" => Some(1.0),
            "False" => Some(0.0),
            number => number.parse().ok().filter(|number: &f64| number.is_finite()),
        });
        if let Some(reward) = reward {
            return (None, Some(reward));
        }
        if line.starts_with("Answer is CORRECT") {
            return (Some(true), None);
        }
        if line.starts_with("Answer is INCORRECT") {
            return (Some(false), None);
        }
    }
    (None, None)
}
