//! Zed: threads of the agent panel.
//!
//! Source: `zed-industries/zed`, `crates/agent/src/db.rs`: the JSON (compressed with zstd) of a row of `threads.db`,
//! `{title, messages: [{User: {content}} | {Agent: {content, tool_results}} | "Resume"], version: "0.3.0"}`; of shared
//! threads; and of versions 0.1 and 0.2, `{summary, messages: [{role, segments, tool_uses, tool_results}]}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user, with the addresses and texts of what is mentioned | `original_prompt`; later ones `user` |
//! | `ToolUse` in the content, `tool_uses` | steps; `Thinking` and `Text` before them are the thought |
//! | `tool_results` by the id of the call | `observation`, `error` from `is_error`, and where a command of `terminal` `failed with exit code` |
//! | last `Text` of the agent | `final_answer` |
//! | title, model, profile | `metadata` |
//!
//! Left out: summaries of compacted context.
//!
//! Leaks: none.

use super::{Format, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::{is_type, join};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct Zed;

impl Format for Zed {
    fn name(&self) -> &'static str {
        "zed"
    }

    fn shape(&self) -> &'static str {
        "`version` and `messages` of `{User}` and `{Agent}`, or of `role` and `segments`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_message = |message: Value<'_, '_>| {
            let content = message.any_of(&["User", "Agent"]).and_then(|inner| inner.get("content"));
            content.is_some() || message.get("role").is_some() && message.get("segments").is_some()
        };
        let mut first = record.items_of("messages").filter(|message| !message.is_string()).take(3);
        95 * u8::from(record.get("version").is_some() && first.any(is_message))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        for message in record.value.items_of("messages") {
            if let Some(user) = message.get("User") {
                timeline.user(asked(user));
            } else if let Some(agent) = message.get("Agent") {
                turn(agent, &mut timeline);
            } else {
                old_message(message, &mut timeline);
            }
        }
        let mut run = timeline.run(record.run_id(), None)?;
        let mut out = ObjectWriter::default();
        out.copy("title", record.value.any_of(&["title", "summary"]));
        out.copy("model", record.value.get("model")).copy("profile", record.value.get("profile"));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// What the user wrote: its text with what it mentions in place, then the texts of that.
fn asked<'a>(message: Value<'_, 'a>) -> Option<Text<'a>> {
    let (mut written, mut mentioned) = (String::new(), None);
    for item in message.items_of("content") {
        if let Some(text) = item.text_of(&["Text"]) {
            written.push_str(&text);
        } else if let Some(mention) = item.get("Mention") {
            if !written.is_empty() && !written.ends_with(char::is_whitespace) {
                written.push(' ');
            }
            written.extend(mention.text_of(&["uri"]));
            join(&mut mentioned, mention.text_of(&["content"]));
        } else if item.get("Image").is_some() {
            written.push_str("[image]");
        }
    }
    let mut words = Some(written.into());
    join(&mut words, mentioned);
    words
}

fn turn<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    for item in message.items_of("content") {
        if let Some(call) = item.get("ToolUse") {
            use_tool(call, timeline);
        } else if let Some(thought) = item.get("Thinking") {
            timeline.think(thought.text_of(&["text"]));
        } else {
            timeline.say(item.text_of(&["Text"]));
        }
    }
    let results = message.get("tool_results").into_iter().flat_map(|results| results.members());
    results.for_each(|(id, result)| observe(&id, result, timeline));
    timeline.end_turn();
}

/// A message of the versions 0.1 and 0.2.
fn old_message<'a>(message: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let by_user = message.text_of(&["role"]).is_some_and(|role| role == "user");
    let mut words = None;
    for segment in message.items_of("segments") {
        match is_type(segment, &["thinking"]) {
            true => timeline.think(segment.text_of(&["text"])),
            false => join(&mut words, segment.text_of(&["text"])),
        }
    }
    if by_user {
        timeline.user(words)
    } else {
        timeline.say(words)
    }
    message.items_of("tool_uses").for_each(|call| use_tool(call, timeline));
    for result in message.items_of("tool_results") {
        if let Some(id) = result.text_of(&["tool_use_id"]) {
            observe(&id, result, timeline);
        }
    }
    timeline.end_turn();
}

fn use_tool<'a>(call: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let input = call.get("input").filter(|input| !input.is_null());
    // Later versions tell input that is JSON from input that is text.
    let inner = input.filter(|input| is_type(*input, &["json", "text"])).and_then(|input| input.get("value"));
    let input = inner.or(input).and_then(|input| input.text_or_json());
    timeline.act(
        call.text_of(&["id"]),
        call_name(call.text_of(&["name"])),
        input.or_else(|| call.text_of(&["raw_input"])),
    );
}

fn observe<'a>(id: &str, result: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let content = result.get("content");
    let mut seen = content.and_then(said);
    content.into_iter().flat_map(|content| content.items()).for_each(|item| join(&mut seen, said(item)));
    let seen = seen.unwrap_or_default();
    let flag = result.get("is_error").and_then(|flag| flag.as_bool());
    let exit = seen.starts_with("Command \"")
        && seen.lines().next().is_some_and(|line| line.contains("failed with exit code"));
    timeline.observe(Some(id), seen, if exit { Some(true) } else { flag });
}

fn said<'a>(content: Value<'_, 'a>) -> Option<Text<'a>> {
    content
        .text()
        .or_else(|| content.text_of(&["Text"]))
        .or_else(|| content.get("Image").map(|_| "[image]".into()))
}
