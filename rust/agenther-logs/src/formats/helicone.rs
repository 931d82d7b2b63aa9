//! Requests that Helicone logged.
//!
//! Source: what its API hands out: `{data: [request], error}` or one request a line, with the
//! provider's own JSON in `request_body` and `response_body`. The requests of one session are a run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `request_body`, `response_body` of calls of a model | the conversation, `system`, `tools`; see `spans` |
//! | requests whose body is of `_type` tool | steps, or the results that steps of the messages lack |
//! | `response_status` of 400 and more, `response_body.error` | `error` of the step |
//! | `scores` named as a label (`correctness`, ..) | `success`, `reward` |
//! | `request_properties`, `request_model` | `metadata` |
//!
//! Leaks: `scores` set the labels and are left out otherwise; so is the users' `feedback_rating`.

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::labels::{reward_of, score_named};
use crate::run::{Run, Text};
use crate::spans::{Kind, Span, Trace, content_in, run_of, sortable, text_in};

pub(super) struct Helicone;

impl Format for Helicone {
    fn name(&self) -> &'static str {
        "helicone"
    }

    fn shape(&self) -> &'static str {
        "requests of `request_id`, `request_body`, `response_body`, `request_properties`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_request =
            ["request_id", "request_body", "response_body"].iter().all(|key| record.get(key).is_some());
        95 * u8::from(is_request && record.any_of(&["request_created_at", "request_properties"]).is_some())
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let session = record.get("request_properties").and_then(|properties| properties.text_of(SESSION));
        Some(vec![Piece { run: session.or_else(|| record.text_of(&["request_id"])), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let rows = || record.value.items();
        let spans = rows().map(span_of).collect();
        // No request is the root of the others: that one of them failed is no end of the session.
        let mut run = run_of(Trace { spans, failed: Some(false), ..Trace::default() })?;
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into());
        for (name, score) in rows().filter_map(|row| row.get("scores")).flat_map(Value::members) {
            let score = reward_of(score).or_else(|| score.get("value").and_then(reward_of));
            score_named(&name, score, None).label(&mut run);
        }
        let mut out = ObjectWriter::default();
        let is_filled = |properties: &Value<'_, '_>| properties.members().next().is_some();
        out.copy("properties", rows().find_map(|row| row.get("request_properties").filter(is_filled)));
        out.copy("model", rows().find_map(|row| row.any_of(&["request_model", "response_model"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The property that holds the id of a session.
const SESSION: &[&str] = &["Helicone-Session-Id", "helicone-session-id"];

fn span_of(row: Value<'_, '_>) -> Span {
    let request = row.get("request_body").unwrap_or(row);
    let embeds = row.text_of(&["request_path"]).is_some_and(|path| path.contains("/embeddings"));
    let (kind, input) = match request.text_of(&["_type"]).as_deref() {
        Some("tool") => (Kind::Tool, content_in(request, &["input"])),
        Some(_) => (Kind::Other, content_in(request, &["input"])),
        None if embeds => (Kind::Other, None),
        None => (Kind::Model, content_in(row, &["request_body"])),
    };
    let failed = row.get("response_status").and_then(|status| status.as_f64()).map(|status| status >= 400.0);
    let answer = row.any_of(&["response_body"]).filter(|_| failed != Some(true));
    let error = row.get("response_body").and_then(|body| body.any_of(&["error"]));
    Span {
        id: text_in(row, &["request_id"]).unwrap_or_default(),
        name: text_in(request, &["toolName"]).unwrap_or_default(),
        kind,
        start: sortable(&text_in(row, &["request_created_at"]).unwrap_or_default()),
        input,
        output: answer.and_then(|answer| answer.text_or_json()).map(Text::into_owned),
        failed,
        problem: error.and_then(|error| {
            text_in(error, &["message"]).or_else(|| Some(error.text_or_json()?.into_owned()))
        }),
        ..Span::default()
    }
}
