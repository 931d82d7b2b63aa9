//! FastGPT: the items of its chats.
//!
//! Source: `chatitems` of its database, and exports of them: `{chatId, obj: Human | AI, value: [{type: text, text: {content}}
//! | {type: tool, tools: [{id, functionName, params, response}]}]}`. The items of one chat are a run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | text of `Human` | `original_prompt`; later ones are `user` |
//! | text of `System` | `system` |
//! | `tools` of `AI` | steps with their `observation` |
//! | `reasoning`, text of `AI` | `thought`; the last text is the `final_answer` |
//!
//! Left out: `responseData`, which tells once more what was done.
//!
//! Leaks: `userGoodFeedback` and its like stay behind.

use super::{Format, Piece, Record};
use crate::json::Value;
use crate::messages::{decoded_twice, join};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct FastGpt;

impl Format for FastGpt {
    fn name(&self) -> &'static str {
        "fastgpt"
    }

    fn shape(&self) -> &'static str {
        "items of `obj` (Human, AI) and `value`, a list of `text` and `tools`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let speaker = record.text_of(&["obj"]);
        let is_known = speaker.is_some_and(|speaker| matches!(&*speaker, "Human" | "AI" | "System"));
        92 * u8::from(is_known && record.get("value").is_some_and(|value| value.is_array()))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        Some(vec![Piece { run: record.text_of(&["chatId"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        let mut system = None;
        for item in record.value.items() {
            match item.text_of(&["obj"]).as_deref() {
                Some("System") => join(&mut system, said(item)),
                Some("Human") => timeline.user(said(item)),
                _ => item.items_of("value").for_each(|part| read_part(part, &mut timeline)),
            }
        }
        let id: Option<Text<'a>> = record.key.map(|key| key.to_owned().into());
        let mut run = timeline.run(id.unwrap_or_else(|| record.run_id()), None)?;
        run.system = system;
        Ok(run)
    }
}

/// The texts of an item.
fn said<'a>(item: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut text = None;
    item.items_of("value").for_each(|part| join(&mut text, content(part, "text")));
    text
}

fn content<'a>(part: Value<'_, 'a>, key: &str) -> Option<Text<'a>> {
    part.get(key)?.text_of(&["content"])
}

fn read_part<'a>(part: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    timeline.think(content(part, "reasoning"));
    for call in part.items_of("tools") {
        let name = call_name(call.text_of(&["functionName", "toolName"]));
        let input = call.get("params").and_then(|input| input.text_or_json()).map(decoded_twice);
        timeline.act(call.text_of(&["id"]), name, input);
        if let Some(response) = call.get("response").and_then(|response| response.text_or_json()) {
            timeline.settle(response, None);
        }
    }
    timeline.say(content(part, "text"));
}
