//! UFO: an agent for Windows, a response of its models a line.
//!
//! Source: `microsoft/UFO`, `logs/<task>/response.log`: `{Request, Observation, Thought, Function, Args, ControlLabel,
//! ControlText, Status, Comment, Agent, Results, error}`; a file is a run. Lines of the `HostAgent`, which hands out subtasks,
//! have `CurrentSubtask` and call nothing.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `Request` | `original_prompt` |
//! | `Observation` (what the model saw before it acted), `Thought`, `CurrentSubtask` | `thought` |
//! | `Function`; `Args` and the control that it is for | `action_name`, `action_input` |
//! | `Results`, `error` | `observation`, `error` |
//! | `Results` of a last line with the status `FINISH`, else its `Comment` | `final_answer` |
//! | `complete` in `evaluation.log` beside the file: `yes` or `no` | `success` |
//!
//! Leaks: none in the log.

use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::messages::join;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct Ufo;

const THOUGHTS: &[&str] = &["Observation", "Thought", "CurrentSubtask"];

fn is_step(line: Value<'_, '_>) -> bool {
    let agent = line.any_of(&["Agent", "AgentName"]).is_some();
    agent
        && ["Request", "Thought", "Status"]
            .iter()
            .all(|key| line.get(key).is_some_and(|text| text.is_string()))
}

impl Format for Ufo {
    fn name(&self) -> &'static str {
        "ufo"
    }

    fn shape(&self) -> &'static str {
        "lines of `Request`, `Thought`, `Function`, `Status` and `Agent`"
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
        let lines = record.value;
        let mut timeline = Timeline::default();
        timeline.user(lines.items().find_map(|line| line.text_of(&["Request"])));
        lines.items().for_each(|line| read_line(line, &mut timeline));
        let mut run = timeline.run(record.task_run_id(record.stem), None)?;
        run.final_answer = lines.items().last().filter(is_end).and_then(answer_of);
        let judged = record.beside.text("evaluation.log").filter(|_| record.number == 0);
        run.success = judged.and_then(|text| {
            read_inner(&text, |judged| match &*judged.text_of(&["complete"])? {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            })
        });
        Ok(run)
    }
}

fn is_end(line: &Value<'_, '_>) -> bool {
    line.text_of(&["Status"]).is_some_and(|status| status == "FINISH")
}

fn answer_of<'a>(line: Value<'_, 'a>) -> Option<Text<'a>> {
    line.text_of(&["Results"]).or_else(|| line.text_of(&["Comment"]))
}

fn read_line<'a>(line: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut thought = None;
    THOUGHTS.iter().for_each(|key| join(&mut thought, line.text_of(&[key])));
    match line.text_of(&["Function"]) {
        Some(function) => {
            timeline.think(thought);
            timeline.act(None, function, input_of(line).map(Into::into));
        }
        None => timeline.reply(thought),
    }
    let error = line.text_of(&["error"]);
    let mut seen = line.get("Results").and_then(|results| results.text_or_json()).and_then(filled);
    let failed = error.is_some();
    join(&mut seen, error);
    if let Some(seen) = seen {
        timeline.settle(seen, failed.then_some(true));
    }
}

/// What a function is given, with the control that it is used on.
fn input_of(line: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["ControlLabel", "ControlText"] {
        if let Some(text) = line.text_of(&[key]) {
            out.text(key, &text);
        }
    }
    out.copy("Args", line.get("Args"));
    out.finish()
}
