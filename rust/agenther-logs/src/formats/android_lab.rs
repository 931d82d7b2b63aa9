//! AndroidLab and VisualAgentBench's WebArena-Lite: agents on a phone and in a browser, a step a line.
//!
//! Source: `THUDM/Android-Lab`, `traces/trace.jsonl`: `{trace_id, index, target, image, xml, parsed_action: {operation,
//! action, kwargs}, current_response}`; `THUDM/VisualAgentBench`, `traces/<id>.jsonl`: `{trace_id, index, target, html,
//! response, parsed_action}`. The agent writes `do(action="Tap", element=…)` and ends with `finish(message=…)` or
//! `exit(message=…)`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `target` | `original_prompt` |
//! | `action` (of the operation `do`), else `operation`, and `kwargs` of `parsed_action`; else the call in what the agent wrote | `action_name`, `action_input` |
//! | what the agent wrote before the call | `thought` |
//! | `html` of the next line; that of the first stands before all actions | `observation` |
//! | `message` of the last call | `final_answer` |
//! | `result.complete` of the task in `results.jsonl` above the folder, `score` in `../actions/<id>.json` | `success`, `reward` |
//!
//! Passed over: `prompt`, which is the task or a word for the page.
//!
//! Leaks: none in the trace.

use super::{Format, Piece, Record, filled, within};
use crate::gui::argument;
use crate::json::{Value, read_inner};
use crate::labels::reward_of;
use crate::react::parse_action;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct AndroidLab;

const WRITTEN: &[&str] = &["current_response", "response"];
/// How calls begin.
const CALLS: &[&str] = &["do(", "finish(", "exit(", "go_backward(", "scroll_page(", "quote(", "open_app("];

fn is_step(line: Value<'_, '_>) -> bool {
    line.get("trace_id").is_some()
        && line.get("index").is_some()
        && line.get("parsed_action").is_some()
        && line.text_of(&["target"]).is_some()
}

impl Format for AndroidLab {
    fn name(&self) -> &'static str {
        "android_lab"
    }

    fn shape(&self) -> &'static str {
        "lines of `trace_id`, `index`, `target` and `parsed_action`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(record.items().next().map_or_else(|| is_step(record), is_step))
    }

    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        record.is_object()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        record.is_object().then(|| vec![Piece { run: id_of(record), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let steps = record.value;
        let first = steps.items().next().ok_or("it has no steps")?;
        let id = id_of(first).unwrap_or_else(|| record.stem.to_owned().into());
        let mut timeline = Timeline::default();
        timeline.user(first.text_of(&["target"]));
        first.text_of(&["html"]).into_iter().for_each(|page| timeline.happen(page, None));
        let after = steps.items().skip(1).map(Some).chain([None]);
        for (step, after) in steps.items().zip(after) {
            read_step(step, &mut timeline);
            let page = after.and_then(|after| after.text_of(&["html"]));
            page.into_iter().for_each(|page| timeline.settle(page, None));
        }
        let mut run = timeline.run(record.task_run_id(&id), None)?;
        run.final_answer = steps.items().last().and_then(answer_of);
        label(record, &id, &mut run);
        Ok(run)
    }
}

fn id_of<'a>(line: Value<'_, 'a>) -> Option<Text<'a>> {
    line.get("trace_id")?.scalar()
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let written = step.text_of(WRITTEN);
    let (words, call) = written.as_ref().map(|written| words_and_call(written)).unwrap_or_default();
    if let Some(written) = &written {
        let words = words.trim().trim_start_matches('#').trim();
        timeline.think(filled(within(written, words)));
    }
    let parsed = step.get("parsed_action").filter(|action| action.is_object());
    if let Some(parsed) = parsed
        && let Some(operation) = parsed.text_of(&["operation"])
    {
        let name = parsed.text_of(&["action"]).filter(|_| operation == "do").unwrap_or(operation);
        return timeline.act(None, name, parsed.any_of(&["kwargs"]).and_then(|input| input.text_or_json()));
    }
    match &written {
        Some(written) if !call.is_empty() => {
            let (name, input) = parse_action(call);
            let stated = argument(call, "action").filter(|_| name == "do");
            let name = stated.map_or_else(|| within(written, name), Into::into);
            timeline.act(None, name, input.and_then(|input| filled(within(written, input))));
        }
        _ => timeline.end_turn(),
    }
}

/// What an agent wrote before its call, and the call.
fn words_and_call(written: &str) -> (&str, &str) {
    let mut at = 0;
    for line in written.split_inclusive('\n') {
        if CALLS.iter().any(|call| line.trim_start().starts_with(call)) {
            return written.split_at(at);
        }
        at += line.len();
    }
    (written, "")
}

fn answer_of<'a>(last: Value<'_, 'a>) -> Option<Text<'a>> {
    let stated = last.at_path(&["parsed_action", "kwargs"]).and_then(|given| given.text_of(&["message"]));
    stated.or_else(|| {
        let written = last.text_of(WRITTEN)?;
        let (_, call) = words_and_call(&written);
        let is_end = ["finish(", "exit("].iter().any(|end| call.trim_start().starts_with(end));
        argument(call, "message").filter(|_| is_end).map(Into::into)
    })
}

/// Labels a run with what the harness found, where that lies beside it.
fn label(record: &Record<'_, '_>, id: &str, run: &mut Run<'_>) {
    let is_number = record.stem.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && let Some(scored) = record.beside.text(&format!("../actions/{}.json", record.stem)) {
        run.reward = read_inner(&scored, |scored| scored.get("score").and_then(reward_of));
        return;
    }
    let complete = |line: &str| {
        read_inner(line, |line| {
            let is_of_task = line.get("task_id")?.scalar()? == id;
            line.at_path(&["result", "complete"])?.as_bool().filter(|_| is_of_task)
        })
    };
    let results = ["results.jsonl", "../results.jsonl", "../../results.jsonl"];
    run.success = results
        .iter()
        .filter_map(|name| record.beside.text(name))
        .find_map(|text| text.lines().find_map(complete));
}
