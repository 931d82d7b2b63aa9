//! NYU CTF: logs of agents that solve security challenges.
//!
//! Source: `NYU-LLM-CTF/llm_ctf_automation`, a file a challenge: `{args, messages: [[time, {role, content, tool_calls}], ..],
//! challenge, solved, rounds, finish_reason}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the second of each pair in `messages` | steps, as in `openai_chat` |
//! | `solved` | `success` |
//! | `finish_reason` | `failure_reason` of a failed run |
//! | `args.model`, `rounds` | `metadata` |
//!
//! Leaks: `challenge` holds the flag and stays behind, as does `debug_log`.

use super::{Format, Record};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::messages::{Conversation, is_message};
use crate::run::Run;
use crate::terminal::set_final_answer;

pub(super) struct NyuCtf;

impl Format for NyuCtf {
    fn name(&self) -> &'static str {
        "nyu_ctf"
    }

    fn shape(&self) -> &'static str {
        "`messages` of pairs of a time and a message, and `solved`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let mut first = record.items_of("messages").take(1).flat_map(|pair| pair.items());
        let is_pair = first.next().is_some_and(Value::is_string) && first.next().is_some_and(is_message);
        97 * u8::from(is_pair && record.any_of(&["solved", "challenge"]).is_some())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let messages = value.items_of("messages").filter_map(|pair| pair.items().nth(1));
        let conversation = Conversation::read(messages);
        super::by_agent(&conversation.steps)?;
        let mut out = ObjectWriter::default();
        out.copy("model", value.at_path(&["args", "model"])).copy("rounds", value.get("rounds"));
        let mut run = Run {
            trajectory_id: record.task_run_id(record.stem),
            original_prompt: conversation.prompt,
            system: conversation.system,
            steps: conversation.steps,
            metadata: out.finish().map(Into::into),
            ..Run::default()
        };
        read_labels(value, &mut run);
        run.failure_reason = value.text_of(&["finish_reason"]);
        set_final_answer(&mut run);
        Ok(run)
    }
}
