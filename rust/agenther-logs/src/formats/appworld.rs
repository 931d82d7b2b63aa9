//! AppWorld: the code that an agent ran in the world of apps, and what it printed.
//!
//! Source: `StonyBrookNLP/appworld`, `experiments/outputs/<experiment>/tasks/<task>/logs/environment_io.md`:
//! for each turn a heading `### Environment Interaction <n>`, a rule, the code between fences of
//! `python` and its output between fences.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | what follows the last `Task:` in the first prompt of `lm_calls.jsonl`, beside the file | `original_prompt` |
//! | code | `action_name` python, `action_input` the code |
//! | output | `observation` |
//! | `Execution failed.` or `Execution successful.` at its start | `error` |
//! | `answer` of a last `complete_task(…)` | `final_answer` |
//! | number of failed tests in `../evaluation/report.md` | `success` |
//!
//! Leaks: none in the file; of the report only the numbers of tests are read.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::identity::fingerprint;
use crate::json::{Value, read_inner};
use crate::messages::{Role, content_text, role_of};
use crate::run::{Run, RunStep, Text};

pub(super) struct AppWorld;

const HEADING: &str = "### Environment Interaction ";
const CODE: &str = "```python\n";
/// What stands between the code and its output.
const BETWEEN: &str = "\n```\n\n```\n";

impl TextFormat for AppWorld {
    fn name(&self) -> &'static str {
        "appworld"
    }

    fn shape(&self) -> &'static str {
        "text with `### Environment Interaction 1`, code between fences of `python`, and its output between fences"
    }

    fn score(&self, head: &str) -> u8 {
        let begins = head.trim_start().strip_prefix(HEADING);
        97 * u8::from(begins.and_then(turn_in).is_some())
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        text.contains(HEADING).then_some(0..text.len()).into_iter().collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let turns = sections(record.text).filter_map(turn_in);
        let steps: Vec<RunStep<'a>> = turns.map(|(code, output)| step(code, output)).collect();
        let last = steps.last().ok_or("it has no code between fences below its headings")?;
        Ok(Run {
            trajectory_id: format!("appworld-{}", fingerprint(record.text)).into(),
            original_prompt: record.beside.text("lm_calls.jsonl").as_deref().and_then(task_in),
            final_answer: last.action_input.as_deref().and_then(answer_in),
            success: record.beside.text("../evaluation/report.md").as_deref().and_then(passed),
            steps,
            ..Run::default()
        })
    }
}

/// The texts below the headings; a heading begins a line.
fn sections(text: &str) -> impl Iterator<Item = &str> {
    let mut starts = memchr::memmem::find_iter(text.as_bytes(), HEADING.as_bytes())
        .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
        .peekable();
    std::iter::from_fn(move || {
        let start = starts.next()? + HEADING.len();
        Some(&text[start..starts.peek().copied().unwrap_or(text.len())])
    })
}

/// Code and output of a turn, from the number in its heading on.
fn turn_in(section: &str) -> Option<(&str, &str)> {
    let (heading, rest) = section.split_once('\n')?;
    let (rule, rest) = rest.split_once('\n')?;
    let is_turn =
        heading.trim().bytes().all(|byte| byte.is_ascii_digit()) && rule.trim_end().starts_with("---");
    let code = rest.strip_prefix(CODE).filter(|_| is_turn)?;
    let (code, output) = code.split_once(BETWEEN).unwrap_or((code, ""));
    let output = output.trim_end();
    Some((code, output.strip_suffix("```").unwrap_or(output).trim_end_matches('\n')))
}

fn step<'a>(code: &'a str, output: &'a str) -> RunStep<'a> {
    let failed = output.starts_with("Execution failed.");
    RunStep {
        action_name: Some("python".into()),
        action_input: Some(code.into()),
        observation: Some(output.into()),
        error: (failed || output.starts_with("Execution successful.")).then_some(failed),
        ..RunStep::default()
    }
}

/// The task in the first prompt that the model was given.
fn task_in(calls: &str) -> Option<Text<'static>> {
    let asked = |message: &Value<'_, '_>| role_of(*message) == Some(Role::User);
    let prompt = |call: Value<'_, '_>| {
        let last = call.at_path(&["input", "messages"])?.items().filter(asked).last()?;
        Some(content_text(last)?.into_owned())
    };
    let prompt = read_inner(calls.lines().next()?, prompt)?;
    let (_, task) = prompt.rsplit_once("Task:").or_else(|| prompt.rsplit_once("task:"))?;
    filled(task.trim().split("\n\n").next().unwrap_or_default().trim().to_owned().into())
}

/// The answer that the code hands in.
fn answer_in<'a>(code: &str) -> Option<Text<'a>> {
    let (_, arguments) = code.rsplit_once("complete_task(")?;
    let value = arguments.trim_start().strip_prefix("answer")?.trim_start().strip_prefix('=')?.trim_start();
    let answer = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split([',', ')', '\n']).next()?.trim(),
    };
    filled(answer.to_owned().into()).filter(|answer| answer != "None")
}

/// Whether no test of the report failed.
fn passed(report: &str) -> Option<bool> {
    let number = |name: &str| {
        let (_, after) = report.split_once(name)?;
        let after = after.trim_start_matches([' ', ':', '*']);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        after[..digits].parse::<u32>().ok()
    };
    let (passed, failed) = (number("Num Passed Tests")?, number("Num Failed Tests")?);
    (passed + failed > 0).then_some(failed == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_is_what_the_last_of_the_prompt_states() {
        let call = |prompt: &str| {
            format!(r#"{{"input": {{"messages": [{{"role": "user", "content": {prompt:?}}}]}}}}"#)
        };
        for (prompt, task) in [
            (
                "Task: an example.\n\nMy name is Ada.\nTask: Which album is my favourite?\n\nBegin.",
                Some("Which album is my favourite?"),
            ),
            ("Write code.", None),
            ("Task: ", None),
        ] {
            assert_eq!(task_in(&call(prompt)).as_deref(), task, "{prompt}");
        }
        assert_eq!(task_in("no json"), None);
    }

    #[test]
    fn the_answer_is_that_of_the_last_call_that_completes_the_task() {
        for (code, answer) in [
            ("x = 1\napis.supervisor.complete_task(answer=\"The Wall\")", Some("The Wall")),
            ("apis.supervisor.complete_task(answer=12.5, status='success')", Some("12.5")),
            ("apis.supervisor.complete_task(answer=None)", None),
            ("apis.supervisor.complete_task()", None),
            ("complete_task(answer='é", Some("é")),
            ("print(1)", None),
        ] {
            assert_eq!(answer_in(code).as_deref(), answer, "{code}");
        }
    }

    #[test]
    fn a_report_says_whether_a_test_failed() {
        let report = |passed: u8, failed: u8| {
            format!("Num Passed Tests : {passed}\nNum Failed Tests : {failed}\nNum Total  Tests : 6\n")
        };
        assert_eq!(passed(&report(6, 0)), Some(true));
        assert_eq!(passed(&report(5, 1)), Some(false));
        assert_eq!(passed(&report(0, 0)), None);
        assert_eq!(passed("no report"), None);
    }
}
