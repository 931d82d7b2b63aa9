//! Logs of OpenAI Evals.
//!
//! Source: the files that `oaieval` records: a line of the `spec`, one of the `final_report`, and the events of all samples.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `sampling` events with the same `sample_id`: `data.prompt`, `data.sampled` | the conversation; see `spans` |
//! | `match` events: `data.correct` | `success` |
//! | `run_id` | `metadata` |
//!
//! Leaks: `expected` of the matches, metrics, and samplings of graders, which are of other goals.

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::is_type;
use crate::run::Run;
use crate::spans::{Kind, Span, Trace, content_in, run_of, sortable, text_in};

pub(super) struct OpenAiEvals;

impl Format for OpenAiEvals {
    fn name(&self) -> &'static str {
        "openai_evals"
    }

    fn shape(&self) -> &'static str {
        "lines of `run_id`, `event_id`, `sample_id`, `type` (`sampling`, `match`) and `data`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        90 * u8::from(is_event(record) || is_frame(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = || Piece { run: record.text_of(&["sample_id"]), value: record };
        Some(if is_frame(record) { Vec::new() } else { vec![piece()] })
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let events = || record.value.items();
        let spans = events().filter(|event| is_type(*event, &["sampling"])).filter_map(span_of).collect();
        let mut run: Run<'a> = run_of(Trace { spans, ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        let matches = events().filter(|event| is_type(*event, &["match"]));
        run.success = matches.filter_map(|event| event.at_path(&["data", "correct"])?.as_bool()).last();
        let mut out = ObjectWriter::default();
        out.copy("run_id", events().find_map(|event| event.get("run_id")));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn is_event(record: Value<'_, '_>) -> bool {
    ["event_id", "sample_id", "type"].iter().all(|key| record.get(key).is_some())
        && record.get("data").is_some_and(Value::is_object)
}

/// Whether a line tells of the whole evaluation.
fn is_frame(record: Value<'_, '_>) -> bool {
    record.get("spec").is_some_and(|spec| spec.get("eval_name").is_some())
        || record.get("final_report").is_some_and(Value::is_object)
}

fn span_of(event: Value<'_, '_>) -> Option<Span> {
    let data = event.get("data")?;
    let sampled = data.get("sampled")?;
    Some(Span {
        kind: Kind::Model,
        start: sortable(&event.get("event_id")?.scalar()?),
        input: content_in(data, &["prompt"]),
        output: sampled.items().next().unwrap_or(sampled).text().map(|text| text.into_owned()),
        problem: text_in(data, &["error"]),
        ..Span::default()
    })
}
