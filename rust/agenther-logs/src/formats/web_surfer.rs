//! Fara: an event of a browser agent a line.
//!
//! Source: `microsoft/fara`, `web_surfer.log`: `{timestamp, source, message, url, action, arguments: {thoughts, …}, type:
//! WebSurferEvent}`; a file is a run. Beside it lie `task_data.json` and `<id>_final_answer.json`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task_proposal` in `task_data.json` | `original_prompt` |
//! | `arguments.thoughts` | `thought` |
//! | `action`, the other `arguments` | `action_name`, `action_input` |
//! | `url` of the next event, if it is another | `observation` |
//! | `final_answer` in `<id>_final_answer.json` | `final_answer` |
//!
//! Passed over: `message`, which says thought and action once more.
//!
//! Leaks: none; the status of `terminate` is the agent's own claim, and no label.

use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct WebSurfer;

fn is_event(line: Value<'_, '_>) -> bool {
    line.text_of(&["type"]).is_some_and(|kind| kind == "WebSurferEvent")
}

/// The surfer of a team (Magentic-One) is told by others what to do: its events alone are no run.
fn thinks(line: Value<'_, '_>) -> bool {
    is_event(line) && line.at_path(&["arguments", "thoughts"]).is_some()
}

impl Format for WebSurfer {
    fn name(&self) -> &'static str {
        "web_surfer"
    }

    fn shape(&self) -> &'static str {
        "lines of `url`, `action`, `arguments` with `thoughts` and the `type` `WebSurferEvent`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(record.items().next().map_or_else(|| thinks(record), thinks))
    }

    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        is_event(record)
    }

    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        record.is_object()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        record.is_object().then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let events = || record.value.items();
        let mut timeline = Timeline::default();
        let stated =
            |text: &str, key: &str| read_inner(text, |data| Some(data.text_of(&[key])?.into_owned()));
        let task = record.beside.text("task_data.json");
        timeline.user(task.and_then(|text| stated(&text, "task_proposal")).map(Into::into));
        for (event, after) in events().zip(events().skip(1).map(Some).chain([None])) {
            read_event(event, after, &mut timeline);
        }
        let mut run = timeline.run(record.task_run_id(record.stem), None)?;
        let answers = record.beside.texts(".", "_final_answer.json");
        run.final_answer = match &answers[..] {
            [(_, answer)] => {
                stated(answer, "final_answer").filter(|answer| answer != "<no_answer>").map(Into::into)
            }
            _ => None,
        };
        Ok(run)
    }
}

fn read_event<'a>(event: Value<'_, 'a>, after: Option<Value<'_, 'a>>, timeline: &mut Timeline<'a>) {
    let arguments = event.get("arguments").filter(|arguments| arguments.is_object());
    let Some(action) = event.text_of(&["action"]) else { return };
    timeline.think(arguments.and_then(|arguments| arguments.text_of(&["thoughts"])).and_then(filled));
    let mut input = ObjectWriter::default();
    for (key, value) in arguments.into_iter().flat_map(|arguments| arguments.members()) {
        if !matches!(&*key, "thoughts" | "action") {
            input.copy(&key, Some(value));
        }
    }
    timeline.act(None, action, input.finish().map(Into::into));
    let there = after.and_then(|after| after.text_of(&["url"]));
    if let Some(there) = there.filter(|there| Some(there) != event.text_of(&["url"]).as_ref()) {
        timeline.settle(Text::Owned(format!("Page: {there}")), None);
    }
}
