//! AppAgent: an agent on a phone, a step a line.
//!
//! Source: `TencentQQGYLab/AppAgent`, `log_<task>.txt`: `{step, prompt, image, response}`; a file is a run. The prompt says
//! `The task you need to complete is to …`, the response has `Observation:`, `Thought:`, `Action: tap(5)` and `Summary:`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | what follows `The task you need to complete is to` in the first prompt | `original_prompt` |
//! | what stands before that | `system` |
//! | `Observation:` (what the agent sees before it acts) and `Thought:` | `thought` |
//! | `Action:` | `action_name`, `action_input` |
//!
//! Left out: `Summary:`, which says the action once more, and the screenshots, which are files of their own.
//!
//! Leaks: none.

use super::{Format, Piece, Record, filled, within};
use crate::json::Value;
use crate::messages::join;
use crate::react::{Label, parse_action, sections};
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct AppAgent;

const TASK: &str = "The task you need to complete is to ";
const PAST: &str = "Your past actions to proceed";

fn is_step(line: Value<'_, '_>) -> bool {
    line.get("step").is_some()
        && line.text_of(&["response"]).is_some()
        && line.text_of(&["prompt"]).is_some_and(|prompt| prompt.contains(TASK))
}

impl Format for AppAgent {
    fn name(&self) -> &'static str {
        "app_agent"
    }

    fn shape(&self) -> &'static str {
        "lines of `step`, `response` and a `prompt` with `The task you need to complete is to`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(record.items().next().map_or_else(|| is_step(record), is_step))
    }

    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        record.is_object()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        record.is_object().then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        let prompt = record.value.items().find_map(|line| line.text_of(&["prompt"]));
        let (system, goal) = prompt.as_ref().map(task_in).unwrap_or_default();
        timeline.user(goal);
        let responses = record.value.items().filter_map(|line| line.text_of(&["response"]));
        responses.for_each(|response| read_response(&response, &mut timeline));
        let mut run = timeline.run(record.task_run_id(record.stem), None)?;
        run.system = system;
        Ok(run)
    }
}

/// What stands before the task in a prompt, and the task.
fn task_in<'a>(prompt: &Text<'a>) -> (Option<Text<'a>>, Option<Text<'a>>) {
    let Some((system, rest)) = prompt.split_once(TASK) else { return (None, None) };
    let goal = rest.split(PAST).next().unwrap_or(rest).trim().trim_end_matches('.');
    (filled(within(prompt, system.trim())), filled(within(prompt, goal)))
}

fn read_response<'a>(response: &Text<'a>, timeline: &mut Timeline<'a>) {
    let cut = sections(response);
    let mut thought = None;
    let said = |label: Label| cut.sections.iter().find(|(found, _)| *found == label).map(|(_, words)| *words);
    for words in [said(Label::Observation), said(Label::Thought)].into_iter().flatten() {
        join(&mut thought, filled(within(response, words)));
    }
    let Some(action) = said(Label::Action) else {
        return timeline.reply(thought.or_else(|| Some(response.clone())));
    };
    let action = action.split("\nSummary:").next().unwrap_or(action).trim();
    let (name, input) = parse_action(action);
    timeline.think(thought);
    timeline.act(None, within(response, name), input.and_then(|input| filled(within(response, input))));
}
