//! OWL: rounds of two agents of CAMEL, of which one instructs and the other works.
//!
//! Source: results of its GAIA benchmark (`{task_id, question, model_answer, score, history: [{user, assistant, tool_calls:
//! [{tool_name, args, result, tool_call_id}]}]}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `question` | `original_prompt` |
//! | `user` of a round: what the instructing agent wants | `user` |
//! | `tool_calls` | steps |
//! | `assistant`, said after the calls | `thought` of a step of its own |
//! | `model_answer` | `final_answer` |
//! | `score` | `reward`, and `success` |
//! | the rest | `metadata` |
//!
//! Leaks: `ground_truth` stays behind.

use super::{Format, Record, copy_rest};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::run::Run;
use crate::timeline::{Timeline, call_name};

pub(super) struct Owl;

impl Format for Owl {
    fn name(&self) -> &'static str {
        "owl"
    }

    fn shape(&self) -> &'static str {
        "`question` and `history` of rounds of `user`, `assistant`, `tool_calls`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_round = |round: Value<'_, '_>| {
            let said =
                ["user", "assistant"].iter().all(|key| round.get(key).is_some_and(|said| said.is_string()));
            said && round.get("tool_calls").is_some_and(|calls| calls.is_array())
        };
        94 * u8::from(record.items_of("history").next().is_some_and(is_round))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(&["question"]));
        value.items_of("history").for_each(|round| read_round(round, &mut timeline));
        let mut run = timeline.run(record.run_id(), None)?;
        run.final_answer = value.text_of(&["model_answer"]).or(run.final_answer);
        read_labels(value, &mut run);
        let mut out = ObjectWriter::default();
        copy_rest(&mut out, record, |key| {
            is_label(key) || matches!(key, "question" | "model_answer" | "history")
        });
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn read_round<'a>(round: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    timeline.user(round.text_of(&["user"]));
    for call in round.items_of("tool_calls") {
        let input = call.get("args").and_then(|input| input.text_or_json());
        timeline.act(call.text_of(&["tool_call_id"]), call_name(call.text_of(&["tool_name"])), input);
        let result = call.get("result").filter(|result| !result.is_null());
        if let Some(result) = result.and_then(|result| result.text_or_json()) {
            timeline.settle(result, None);
        }
    }
    timeline.reply(round.text_of(&["assistant"]));
}
