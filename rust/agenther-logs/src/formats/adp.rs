//! ADP: trajectories of the Agent Data Protocol.
//!
//! Source: `neulab/agent-data-protocol`, schema 1.0 to 1.5: `{schema_version, id, content: [item],
//! details}`; an item is an `api_action` `{function, kwargs}`, a `code_action` `{language, content}`,
//! a `message_action` `{content}`, or a `text_`, `web_` or `image_observation`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first text with the source `user`, of a harness's prompt the task | `original_prompt`; later ones are `user` |
//! | `reasoning_content`, `description` | `thought` |
//! | `function` and `kwargs`; `language` and code | `action_name`, `action_input` |
//! | a message in `<finish>` | a call of `finish` |
//! | other observations, by `tool_call_id` where they have one; of a page its address and accessibility tree, else its HTML | `observation` |
//! | last `reward` of an item, or the labels in `details` | `reward`; `success` at 1 |
//! | `available_custom_tools`, `available_apis` | `tools` (names only) |
//! | `details` | `metadata` |
//!
//! Leaks: members of `details` that are named for an answer, a solution, a label, a patch or a test
//! stay behind.

use std::borrow::Cow;

use super::{Format, Record, filled, named_tools};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::messages::{join, words};
use crate::run::{Run, Text};
use crate::swebench::set_task;
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct Adp;

/// What an item is, in small letters and without underscores: `api_action`, `ApiAction`.
fn class_of(item: Value<'_, '_>) -> String {
    let class = item.text_of(&["class_", "type"]).unwrap_or_default();
    class.replace('_', "").to_ascii_lowercase()
}

impl Format for Adp {
    fn name(&self) -> &'static str {
        "adp"
    }

    fn shape(&self) -> &'static str {
        "`content` of items with `class_` api_action, code_action, message_action, text_observation"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let first = record.items_of("content").next();
        98 * u8::from(first.is_some_and(|item| item.get("class_").is_some()))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        let mut reward = None;
        for item in value.items_of("content") {
            reward = item.get("reward").and_then(|reward| reward.as_f64()).or(reward);
            read_item(item, &mut timeline);
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("its `content` holds nothing of the agent".to_owned());
        }
        let details = value.get("details");
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: timeline.prompt,
            system: details.and_then(|details| details.text_of(&["system", "system_prompt"])),
            tools: value
                .any_of(&["available_custom_tools", "available_apis"])
                .and_then(|names| named_tools(names.items())),
            steps,
            metadata: details.and_then(metadata).map(Into::into),
            ..Run::default()
        };
        if let Some(details) = details {
            read_labels(details, &mut run);
        }
        run.reward = run.reward.or(reward);
        set_task(&mut run);
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn read_item<'a>(item: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let id = item.get("tool_call_id").and_then(|id| id.scalar());
    let content = item.get("content").and_then(words);
    match &*class_of(item) {
        "apiaction" => {
            think(item, timeline);
            let arguments = item.get("kwargs").and_then(|arguments| arguments.text_or_json());
            timeline.act(id, call_name(item.text_of(&["function"])), arguments);
        }
        "codeaction" => {
            think(item, timeline);
            timeline.act(id, item.text_of(&["language"]).unwrap_or("code".into()), content);
        }
        "messageaction" => match content.as_deref().and_then(finished) {
            Some(answer) => {
                think(item, timeline);
                timeline.act(None, "finish".into(), Some(Cow::Owned(answer.to_owned())));
            }
            None => timeline.reply(content),
        },
        "textobservation" => match (item.text_of(&["source"]).as_deref(), &id) {
            (Some("user"), None) => timeline.user(content),
            (Some("agent"), None) => timeline.reply(content),
            _ => timeline.observe(id.as_deref(), content.unwrap_or_default(), None),
        },
        "webobservation" => timeline.observe(id.as_deref(), page(item), None),
        "imageobservation" => timeline.observe(id.as_deref(), "[image]".into(), None),
        // Observations of later versions.
        _ => {
            if let Some(content) = content {
                timeline.observe(id.as_deref(), content, None);
            }
        }
    }
}

fn think<'a>(item: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    timeline.think(item.text_of(&["reasoning_content"]));
    timeline.think(item.text_of(&["description"]));
}

/// The answer in `<finish> answer </finish>` or `<finish> <solution> answer </solution> </finish>`.
fn finished(message: &str) -> Option<&str> {
    let answer = inside(message, "<finish>", "</finish>")?;
    Some(inside(answer, "<solution>", "</solution>").unwrap_or(answer))
}

fn inside<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    Some(text.trim().strip_prefix(open)?.strip_suffix(close)?.trim())
}

fn page<'a>(item: Value<'_, 'a>) -> Text<'a> {
    let mut page = item.text_of(&["url"]);
    let seen = item.text_of(&["axtree"]).or_else(|| item.text_of(&["html"]));
    let picture = item.any_of(&["image_observation"]).map(|_| "[image]".into());
    join(&mut page, seen.or(picture));
    page.unwrap_or_default()
}

/// Words in the names of members that may hold the reference answer.
const GOLD: &[&str] =
    &["answer", "solution", "gold", "truth", "target", "label", "reference", "patch", "test", "expected"];

fn metadata(details: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    for (key, value) in details.members() {
        let name = key.to_ascii_lowercase();
        let kept = !is_label(&key) && !GOLD.iter().any(|word| name.contains(word));
        if kept && filled(value.json()).is_some_and(|json| json.len() < 1 << 12) {
            out.copy(&key, Some(value));
        }
    }
    out.finish()
}
