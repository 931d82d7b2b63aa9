//! Results of promptfoo.
//!
//! Source: `promptfoo eval -o results.json` (`{evalId, results: {version, results: [..]}, config}`), results one a line
//! (`-o results.jsonl`), and the flat list of older versions. Each result is a run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `prompt.raw`: a text, or messages as JSON | `system`, `original_prompt`, `user`, steps |
//! | `response.output`: a text, calls, a message, or any JSON | the last steps, `final_answer` |
//! | `success`, `score` | `success`, `reward` |
//! | `gradingResult.reason`, `error` of a result that failed | `failure_reason` |
//! | `provider`, `testCase.description`, `prompt.label` | `metadata` |
//!
//! Of red teams `success` says that the attack was resisted.
//!
//! Leaks: `vars`, `testCase` (`assert`), `gradingResult`, `namedScores` stay behind.

use super::{Format, Piece, Record, filled};
use crate::identity::fingerprint;
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::run::{Run, Text};
use crate::spans::{Kind, Span, Trace, content_in, run_of};

pub(super) struct Promptfoo;

impl Format for Promptfoo {
    fn name(&self) -> &'static str {
        "promptfoo"
    }

    fn shape(&self) -> &'static str {
        "`results.results` of `prompt`, `response`, `success`, `vars`, `provider`, or such a result"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(is_result(record) || results_in(record).next().is_some_and(is_result))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if is_result(record) {
            return None;
        }
        let eval = record.text_of(&["evalId"]).unwrap_or("eval".into());
        // Ids and places come again in the next document.
        let piece = |(place, result): (usize, Value<'t, 'a>)| Piece {
            run: Some(format!("{eval}-{place}-{}", fingerprint(&result.json())).into()),
            value: result,
        };
        Some(results_in(record).enumerate().map(piece).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let result = record.value.items().next().unwrap_or(record.value);
        let response = result.any_of(&["response"]);
        let output = response.and_then(|response| response.any_of(&["output"])).and_then(said);
        if output.is_none() {
            let error = response.and_then(|response| response.text_of(&["error"]));
            let error = error.or_else(|| result.text_of(&["error"]));
            return Err(format!("no model answered: {}", error.as_deref().unwrap_or("it has no output")));
        }
        let asked = result.any_of(&["prompt"]).filter(|prompt| prompt.is_object());
        let input =
            asked.map_or_else(|| content_in(result, &["prompt"]), |prompt| content_in(prompt, &["raw"]));
        let call = Span { kind: Kind::Model, input, output, ..Span::default() };
        let mut run: Run<'a> = run_of(Trace { spans: vec![call], ..Trace::default() })?;
        let key = || record.key.map(|key| key.to_owned().into());
        run.trajectory_id = result.text_of(&["id"]).or_else(key).unwrap_or_else(|| record.run_id());
        read_labels(result, &mut run);
        run.failure_reason = result
            .at_path(&["gradingResult", "reason"])
            .and_then(|reason| reason.text())
            .or_else(|| result.text_of(&["error"]))
            .filter(|_| run.success == Some(false));
        run.metadata = metadata(result).map(Into::into);
        Ok(run)
    }
}

fn is_result(record: Value<'_, '_>) -> bool {
    let judged = record.get("success").is_some() && record.any_of(&["gradingResult", "score"]).is_some();
    judged && ["prompt", "vars", "provider"].iter().all(|key| record.get(key).is_some())
}

fn results_in<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    record.get("results").into_iter().flat_map(|results| results.items_of("results"))
}

/// What a model said, as messages: promptfoo leaves of an answer its words or its calls.
fn said(output: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.text("role", "assistant");
    if let Some(text) = output.text() {
        out.text("content", &filled(text)?);
    } else if is_call(output) {
        out.json("tool_calls", &format!("[{}]", output.json()));
    } else if output.items().next().is_some_and(is_call) {
        out.copy("tool_calls", Some(output));
    } else if output.any_of(&["role", "tool_calls", "content"]).is_some() {
        return output.text_or_json().map(Text::into_owned);
    } else {
        out.text("content", &output.text_or_json()?);
    }
    out.finish()
}

fn is_call(value: Value<'_, '_>) -> bool {
    let has = |call: Value<'_, '_>| {
        call.get("name").is_some() && call.any_of(&["arguments", "input", "args"]).is_some()
    };
    has(value) || value.get("function").is_some_and(has)
}

fn metadata(result: Value<'_, '_>) -> Option<String> {
    let provider = result.get("provider");
    let mut out = ObjectWriter::default();
    out.copy("provider", provider.and_then(|provider| provider.any_of(&["id"])).or(provider));
    out.copy("description", result.at_path(&["testCase", "description"]));
    out.copy("prompt", result.at_path(&["prompt", "label"]));
    out.finish()
}
