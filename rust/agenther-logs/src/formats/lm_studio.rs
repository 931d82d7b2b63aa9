//! LM Studio: chats of its interface.
//!
//! Source: `~/.lmstudio/conversations/**/*.conversation.json`: `{name, systemPrompt, messages: [{versions: [{type: singleStep, role,
//! content} | {type: multiStep, role, steps: [{type: contentBlock, content, style, roleOverride}]}], currentlySelected}]}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `systemPrompt` | `system` |
//! | of each message the version that is selected | the run |
//! | first message of the user | `original_prompt`; later ones `user` |
//! | text, and blocks whose style is `thinking`, before a `toolCallRequest` | its `thought`; words without one are a reply |
//! | `toolCallRequest` | steps |
//! | `toolCallResult` by `toolCallRequestId`, `toolCallId` or `callId` | `observation` |
//! | last reply | `final_answer` |
//! | name, model | `metadata` |
//!
//! Left out: versions that were given up, blocks of debugging and of the state of tools.
//!
//! Leaks: none.

use super::{Format, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, words};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct LmStudio;

/// The version of a message that is shown.
fn selected<'t, 'a>(message: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let place = message.get("currentlySelected").and_then(|place| place.as_f64()).unwrap_or_default();
    message.items_of("versions").nth(place.max(0.0) as usize).or_else(|| message.items_of("versions").next())
}

fn is_own(message: Value<'_, '_>) -> bool {
    let kinds = &["singleStep", "multiStep"];
    message
        .items_of("versions")
        .next()
        .is_some_and(|version| is_type(version, kinds) && version.get("role").is_some())
}

impl Format for LmStudio {
    fn name(&self) -> &'static str {
        "lm_studio"
    }

    fn shape(&self) -> &'static str {
        "`messages` of `versions` (`type` singleStep, multiStep) and `currentlySelected`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        96 * u8::from(record.items_of("messages").next().is_some_and(is_own))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut chat = Chat::default();
        value.items_of("messages").filter_map(selected).for_each(|version| chat.version(version));
        let mut run = chat.timeline.run(record.run_id(), None)?;
        run.system = value.text_of(&["systemPrompt"]);
        let mut out = ObjectWriter::default();
        out.copy("name", value.get("name"));
        out.copy("model", value.at_path(&["lastUsedModel", "identifier"]));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

#[derive(Default)]
struct Chat<'a> {
    timeline: Timeline<'a>,
}

impl<'a> Chat<'a> {
    fn version(&mut self, version: Value<'_, 'a>) {
        let said = || version.get("content").and_then(words);
        match version.text_of(&["role"]).as_deref() {
            Some("user") => self.timeline.user(said()),
            Some("assistant") if version.get("steps").is_none() => self.timeline.reply(said()),
            _ => {
                version.items_of("steps").for_each(|step| self.step(step));
                self.timeline.end_turn();
            }
        }
    }

    fn step(&mut self, step: Value<'_, 'a>) {
        if !is_type(step, &["contentBlock"]) {
            return;
        }
        let thinks =
            step.at_path(&["style", "type"]).and_then(|style| style.text()).as_deref() == Some("thinking");
        for part in step.items_of("content") {
            match part.text_of(&["type"]).as_deref() {
                Some("text") if thinks => self.timeline.think(part.text_of(&["text"])),
                Some("text") => self.timeline.say(part.text_of(&["text"])),
                Some("toolCallRequest") => {
                    let input =
                        part.any_of(&["parameters", "arguments"]).and_then(|input| input.text_or_json());
                    self.timeline.act(id_of(part), call_name(part.text_of(&["name"])), input);
                }
                Some("toolCallResult") => {
                    let seen = part.get("content").and_then(words).unwrap_or_default();
                    self.timeline.observe(id_of(part).as_deref(), seen, None);
                }
                _ => {}
            }
        }
    }
}

fn id_of<'a>(part: Value<'_, 'a>) -> Option<Text<'a>> {
    part.any_of(&["toolCallRequestId", "toolCallId", "callId"]).and_then(|id| id.scalar())
}
