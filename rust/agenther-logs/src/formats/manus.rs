//! Manus: sessions as its shared pages load them.
//!
//! Source: `{code, data: {sessionId, title, events: [{type: chat | toolUsed | explanation | planUpdate, ..}]}}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `chat` by the user | `original_prompt`; later ones are `user` |
//! | `chat` by the assistant, `explanation` | `thought`; the last reply is the `final_answer` |
//! | `tool`, `message` of `toolUsed` | `action_name`, `action_input` |
//! | `detail` of `toolUsed`, `status` error | `observation`, `error` |
//! | `title` | `metadata` |
//! | other events | left out |
//!
//! Leaks: none.

use super::{Format, Record};
use crate::json::{ObjectWriter, Value};
use crate::run::Run;
use crate::timeline::{Timeline, call_name};

pub(super) struct Manus;

/// Events looked at to tell the format.
const HEAD: usize = 64;

impl Format for Manus {
    fn name(&self) -> &'static str {
        "manus"
    }

    fn shape(&self) -> &'static str {
        "`events` of `type` (chat, toolUsed) with `sender`, `tool`, `detail`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_call = |event: Value<'_, '_>| {
            event.text_of(&["type"]).as_deref() == Some("toolUsed") && event.get("tool").is_some()
        };
        94 * u8::from(record.items_of("events").take(HEAD).any(is_call))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        record.value.items_of("events").for_each(|event| take(event, &mut timeline));
        let id = record.value.text_of(&["sessionId"]);
        let mut run = timeline.run(id.unwrap_or_else(|| record.run_id()), None)?;
        let mut out = ObjectWriter::default();
        out.copy_members(record.value, ["title"]);
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn take<'a>(event: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let content = event.text_of(&["content"]);
    match event.text_of(&["type"]).as_deref() {
        Some("chat") if event.text_of(&["sender"]).as_deref() == Some("user") => timeline.user(content),
        Some("chat") => timeline.reply(content),
        Some("explanation") => timeline.think(content),
        Some("toolUsed") => {
            let input = event.get("message").and_then(|input| input.text_or_json());
            timeline.act(event.text_of(&["actionId"]), call_name(event.text_of(&["tool"])), input);
            let detail = event.get("detail").filter(|detail| !detail.is_null());
            let failed =
                event.text_of(&["status"]).map(|status| matches!(&*status, "error" | "fail" | "failed"));
            if let Some(detail) = detail.and_then(|detail| detail.text_or_json()) {
                timeline.settle(detail, failed);
            }
        }
        _ => {}
    }
}
