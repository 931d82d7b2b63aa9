//! Online-Mind2Web and SeeAct: the acts of a web agent as texts.
//!
//! Source: `OSU-NLP-Group/Online-Mind2Web`, the `result.json` that runs are handed in as: `{task_id, task, action_history,
//! thoughts, final_result_response, input_image_paths}`, an act being `<a> Help -> CLICK` or `<input> -> TYPE: text`; and
//! `OSU-NLP-Group/SeeAct`, `result.json`: `{confirmed_task, website, action_history, exit_by}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task`, `confirmed_task` | `original_prompt` |
//! | an element of `action_history`, else of `actions` | `action_name`; `action_input` has `element` and `value`, or what the act is given |
//! | `thoughts` at the same place | `thought` |
//! | an act that says `Failed to …` | `observation`, `error` |
//! | `final_result_response` | `final_answer` |
//! | `success`, `reward`, … ; `success_or_not` where it is filled in | the labels |
//! | `exit_by` of a run that its agent did not end | `failure_reason` |
//! | the rest | `metadata` |
//!
//! Leaks: what the judge adds to the record stays behind: its prompt, its words, its label, and the key points that it drew
//! up.

use super::{Format, Record, copy_rest, filled, within};
use crate::blank::is_blank;
use crate::json::{ObjectWriter, Value};
use crate::labels::{grade, is_label, read_labels};
use crate::messages::words;
use crate::react::{is_call, parse_action};
use crate::run::Run;
use crate::timeline::Timeline;

pub(super) struct OnlineMind2Web;

const GOAL: &[&str] = &["task", "confirmed_task"];
const ACTS: &[&str] = &["action_history", "actions"];
/// Members that are read, say nothing of the run, or are the judge's.
const TAKEN: &[&str] = &[
    "thoughts",
    "final_result_response",
    "input_image_paths",
    "screenshots",
    "success_or_not",
    "exit_by",
    "predicted_label",
    "evaluation_details",
    "image_judge_record",
    "key_points",
    "input_text",
    "system_msg",
];

fn acts_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let is_text = |list: &Value<'t, 'a>| list.items().next().is_some_and(|act| act.is_string());
    let beside = ["final_result_response", "thoughts", "exit_by", "urls", "screenshots", "input_image_paths"];
    record.text_of(GOAL)?;
    beside.iter().find_map(|key| record.get(key))?;
    ACTS.iter().filter_map(|key| record.get(key)).find(is_text)
}

impl Format for OnlineMind2Web {
    fn name(&self) -> &'static str {
        "online_mind2web"
    }

    fn shape(&self) -> &'static str {
        "`task`, `action_history` of texts such as `<a> Help -> CLICK`, `thoughts` and `final_result_response`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        93 * u8::from(acts_of(record).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let acts = acts_of(value).ok_or("it has no list of acts")?;
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(GOAL));
        let mut thoughts = value.items_of("thoughts");
        for act in acts.items() {
            timeline.think(thoughts.next().and_then(words).and_then(filled));
            read_act(act, &mut timeline);
        }
        timeline.reply(thoughts.last().and_then(words));
        let ended = value.text_of(&["exit_by"]).filter(|by| !by.contains("Agent decides"));
        let id =
            value.get("task_id").and_then(|id| id.scalar()).unwrap_or_else(|| record.stem.to_owned().into());
        let mut run = timeline.run(record.task_run_id(&id), None)?;
        run.final_answer = value.text_of(&["final_result_response"]).or(run.final_answer);
        read_labels(value, &mut run);
        run.success = run.success.or_else(|| Some(value.get("success_or_not").and_then(grade)? >= 1.0));
        run.failure_reason = run.failure_reason.or(ended);
        let mut out = ObjectWriter::default();
        copy_rest(&mut out, record, |key| {
            [GOAL, ACTS, TAKEN].iter().any(|keys| keys.contains(&key)) || is_label(key)
        });
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn read_act<'a>(act: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let Some(text) = act.text() else {
        let name = act.text_of(&["action", "action_type", "name"]).unwrap_or_default();
        return timeline.act(None, name, act.text_or_json());
    };
    if let Some(failed) = text.strip_prefix("Failed to ") {
        let name = failed.split_whitespace().find(|word| is_name(word)).unwrap_or_default();
        timeline.act(None, within(&text, name), None);
        return timeline.settle(text, Some(true));
    }
    if let Some((element, name, value)) = parts_of(&text) {
        let mut input = ObjectWriter::default();
        input.text("element", element);
        if let Some(value) = value {
            input.text("value", value);
        }
        return timeline.act(None, within(&text, name), input.finish().map(Into::into));
    }
    let (name, input) = if is_call(&text) { parse_action(&text) } else { (&*text, None) };
    timeline.act(None, within(&text, name), input.and_then(|input| filled(within(&text, input))));
}

/// Element, name and value of `<input> search -> TYPE: text`. The text of an element may have an arrow too.
fn parts_of(act: &str) -> Option<(&str, &str, Option<&str>)> {
    const ARROW: &str = "-> ";
    let arrows = act.match_indices(ARROW).map(|(at, _)| (at, &act[at + ARROW.len()..]));
    arrows.into_iter().find_map(|(at, done)| {
        let end = done.find([':', ' ']).unwrap_or(done.len());
        let (name, rest) = done.split_at(end);
        if !is_name(name) || !(rest.starts_with(':') || is_blank(rest)) {
            return None;
        }
        let value = rest.strip_prefix(':').map(str::trim).filter(|value| !value.is_empty());
        Some((act[..at].trim(), name, value))
    })
}

fn is_name(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}
