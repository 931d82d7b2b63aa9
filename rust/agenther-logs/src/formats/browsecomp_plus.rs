//! BrowseComp-Plus: runs of search agents over a fixed corpus.
//!
//! Source: `runs/<retriever>/<model>/run_*.json` of `texttron/BrowseComp-Plus`: `{metadata, query_id, tool_call_counts,
//! status, retrieved_docids, result: [{type: reasoning | tool_call | output_text, tool_name, arguments, output}]}`, with
//! or without the `raw_messages` of the model.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first messages of `raw_messages` | `system`, `original_prompt`; without them the query is known by its id only |
//! | `reasoning` | `thought` |
//! | `tool_name`, `arguments`, `output` of a `tool_call` | a step; `error` where the output says `Error:` |
//! | the last `output_text` | `final_answer` |
//! | `metadata`, `query_id`, `status`, `tool_call_counts` | `metadata` |
//!
//! Leaks: none; verdicts are in files of their own.

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::messages::{Conversation, join};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct BrowseCompPlus;

impl Format for BrowseCompPlus {
    fn name(&self) -> &'static str {
        "browsecomp_plus"
    }

    fn shape(&self) -> &'static str {
        "`query_id`, `tool_call_counts` and `result` of `type` (reasoning, tool_call, output_text)"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_named = record.get("query_id").is_some() && record.get("tool_call_counts").is_some();
        95 * u8::from(is_named && record.items_of("result").any(|item| kind_of(item) == Some("tool_call")))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let asked = Conversation::read(value.items_of("raw_messages").take(2));
        let mut timeline = Timeline::default();
        let mut answer = None;
        for item in value.items_of("result") {
            let output = item.get("output").and_then(said);
            match kind_of(item) {
                Some("reasoning") => timeline.think(output),
                Some("tool_call") => act(item, output, &mut timeline),
                Some("output_text") => {
                    answer = output.clone().and_then(filled);
                    timeline.reply(output);
                }
                _ => {}
            }
        }
        let query = value.get("query_id").and_then(|id| id.scalar()).unwrap_or_default();
        let mut run = timeline.run(record.task_run_id(&query), None)?;
        (run.original_prompt, run.system) = (asked.prompt, asked.system);
        run.final_answer = answer;
        let mut out = ObjectWriter::default();
        out.copy_members(value, ["metadata", "query_id", "status", "tool_call_counts"]);
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn kind_of(item: Value<'_, '_>) -> Option<&'static str> {
    let kind = item.text_of(&["type"])?;
    ["reasoning", "tool_call", "output_text"].into_iter().find(|known| *known == kind)
}

/// A text, or the paragraphs of a summary.
fn said<'a>(output: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut text = output.text();
    output.items().for_each(|part| join(&mut text, part.text()));
    text
}

fn act<'a>(item: Value<'_, 'a>, output: Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    let input = item.get("arguments").and_then(|arguments| arguments.text_or_json());
    timeline.act(None, call_name(item.text_of(&["tool_name"])), input);
    let output = output.or_else(|| item.get("output").filter(|output| !output.is_null())?.text_or_json());
    if let Some(output) = output {
        let failed = output.starts_with("Error:").then_some(true);
        timeline.settle(output, failed);
    }
}
