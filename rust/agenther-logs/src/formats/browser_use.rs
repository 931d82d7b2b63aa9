//! browser-use: the history of an agent that drives a browser.
//!
//! Source: `AgentHistoryList.save_to_file` of `browser-use/browser-use`: `{history: [{model_output:
//! {current_state: {evaluation_previous_goal, memory, next_goal}, action: [{<name>: {…}}]}, result:
//! [{extracted_content, error, is_done, success}], state: {url, title, …}}]}`; later versions have
//! `thinking` and the members of `current_state` in `model_output` itself, and a `state_message`. Also
//! under `history` of a record with the task, and under `data.steps` of Hyperbrowser's jobs.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task`, `goal`, … beside the history, else `<user_request>` of the first `state_message` | `original_prompt` |
//! | `thinking`, `evaluation_previous_goal`, `memory`, `next_goal` | `thought` of the first action of a turn |
//! | name and parameters in `action` | steps |
//! | `extracted_content`, else `long_term_memory`, `error` of the result at the same place; for the last action of a turn also the page after it | `observation` |
//! | an `error` of the result | `error` |
//! | `text` of a last `done` | `final_answer` |
//! | `judgement.verdict` of the last result; the labels of the record around the history | the labels |
//! | other members around the history | `metadata` |
//!
//! Screenshots and the elements that were touched are passed over.
//!
//! Leaks: `success` of `done` is the agent's own claim and no label; `judgement`, which a model wrote who
//! may have seen the answer, sets the label and is left out otherwise.

use super::{Format, Record, copy_rest, filled};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::join;
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct BrowserUse;

const GOAL: &[&str] = &["task", "goal", "instruction", "query", "prompt", "confirmed_task"];
/// Where Hyperbrowser's jobs have the history.
const HYPERBROWSER: &[&str] = &["data", "steps"];
const THOUGHTS: &[&str] = &["thinking", "evaluation_previous_goal", "memory", "next_goal"];

impl Format for BrowserUse {
    fn name(&self) -> &'static str {
        "browser_use"
    }

    fn shape(&self) -> &'static str {
        "`history` of `{model_output, result, state}`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        97 * u8::from(turns_of(record).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let turns = turns_of(value).ok_or("it has no `history` of turns")?;
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(GOAL).or_else(|| request_in(turns)));
        let after = turns.items().skip(1).map(Some).chain([None]);
        let mut success = None;
        for (turn, after) in turns.items().zip(after) {
            success = judgement(turn).or(success);
            read_turn(turn, after, &mut timeline);
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("the agent does nothing in it".to_owned());
        }
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: timeline.prompt,
            steps,
            metadata: metadata(record).map(Into::into),
            ..Run::default()
        };
        read_labels(value, &mut run);
        run.success = run.success.or(success);
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn turns_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let is_turn = |turn: Value<'_, '_>| {
        turn.get("model_output").is_some()
            && turn.get("result").is_some_and(|result| result.is_array())
            && turn.at_path(&["state", "url"]).is_some()
    };
    let history = record.get("history").or_else(|| record.at_path(HYPERBROWSER))?;
    let turns = history.get("history").unwrap_or(history);
    turns.items().next().is_some_and(is_turn).then_some(turns)
}

/// The task in what the agent was shown first.
fn request_in<'a>(turns: Value<'_, 'a>) -> Option<Text<'a>> {
    let shown = turns.items().next()?.text_of(&["state_message"])?;
    let (_, request) = shown.split_once("<user_request>")?;
    filled(request.split("</user_request>").next().unwrap_or(request).trim().to_owned().into())
}

fn judgement(turn: Value<'_, '_>) -> Option<bool> {
    turn.items_of("result").last()?.at_path(&["judgement", "verdict"])?.as_bool()
}

fn read_turn<'a>(turn: Value<'_, 'a>, after: Option<Value<'_, 'a>>, timeline: &mut Timeline<'a>) {
    let output = turn.get("model_output").filter(|output| output.is_object());
    let mut results = turn.items_of("result");
    if let Some(output) = output {
        timeline.think(thought_in(output));
        let mut actions = output.items_of("action").peekable();
        while let Some(action) = actions.next() {
            let Some((name, input)) = action.members().find(|(_, input)| !input.is_null()) else { continue };
            // What `done` shows is the answer again, which nothing but the agent says.
            let is_answer = name == "done";
            timeline.act(None, name, input.text_or_json());
            let (seen, error) = results.next().map(seen_in).unwrap_or_default();
            let mut seen = seen.filter(|_| !is_answer || error == Some(true));
            if actions.peek().is_none() {
                join(&mut seen, after.and_then(|after| page_of(turn, after)));
            }
            if let Some(seen) = seen {
                timeline.observe(None, seen, error);
            }
        }
    }
    // The model could not be asked, or its answer not be read.
    for (seen, error) in results.map(seen_in).filter(|(_, error)| *error == Some(true)) {
        timeline.happen(seen.unwrap_or_default(), error);
    }
}

/// Takes what the model decided on, for logs that have it as a text.
pub(super) fn act(output: Value<'_, '_>, timeline: &mut Timeline<'_>) -> Option<()> {
    let owned = |text: Text<'_>| Text::Owned(text.into_owned());
    timeline.think(thought_in(output).map(owned));
    for action in output.items_of("action") {
        let (name, input) = action.members().find(|(_, input)| !input.is_null())?;
        timeline.act(None, owned(name), input.text_or_json().map(owned));
    }
    Some(())
}

fn thought_in<'a>(output: Value<'_, 'a>) -> Option<Text<'a>> {
    let state = output.get("current_state").filter(|state| state.is_object()).unwrap_or(output);
    let mut thought = None;
    for part in THOUGHTS.iter().filter_map(|key| state.text_of(&[key])) {
        join(&mut thought, filled(part));
    }
    thought
}

/// What a result shows, and whether it is an error.
fn seen_in<'a>(result: Value<'_, 'a>) -> (Option<Text<'a>>, Option<bool>) {
    match result.text_of(&["error"]).and_then(filled) {
        Some(error) => (Some(error), Some(true)),
        None => (result.text_of(&["extracted_content", "long_term_memory"]).and_then(filled), None),
    }
}

/// Title and address of the page that a turn led to, if it is another.
fn page_of<'a>(turn: Value<'_, 'a>, after: Value<'_, 'a>) -> Option<Text<'a>> {
    let address = |turn: Value<'_, 'a>| turn.at_path(&["state", "url"])?.text();
    let there = address(after).and_then(filled)?;
    if address(turn).as_ref() == Some(&there) {
        return None;
    }
    let title = after.at_path(&["state", "title"]).and_then(|title| title.text()).and_then(filled);
    Some(match title {
        Some(title) => format!("Page: {title} ({there})").into(),
        None => format!("Page: {there}").into(),
    })
}

fn metadata(record: &Record<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    let is_job = record.value.get("history").is_none();
    copy_rest(&mut out, record, |key| {
        key == "data" && is_job
            || GOAL.contains(&key)
            || is_label(key)
            || matches!(key, "history" | "_output_model_schema" | "judgement")
    });
    out.finish()
}
