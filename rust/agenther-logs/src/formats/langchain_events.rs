//! Events that LangChain and LangGraph stream of all parts of a run.
//!
//! Source: `astream_events` (v1 and v2), each dumped as JSON: `{event: on_chat_model_end, name, run_id, parent_ids,
//! metadata, data: {input, output, chunk, error}}`. The events of one root are a run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `data.input` of the first `on_chain_start`: its messages, or its text | `original_prompt`, `system`, earlier turns |
//! | `data.output` of `on_chat_model_end` | as a message in `openai_chat` |
//! | `data.output` of `on_tool_end`, `data.error` of `on_tool_error` | `observation`, `error` |
//! | `on_tool_start` of a tool that no model called | a step |
//! | other events | left out |
//!
//! Leaks: none.

use std::collections::HashMap;

use super::{Format, Piece, Record, by_agent};
use crate::json::{Limits, ObjectWriter, Tape, Value};
use crate::messages::{Conversation, is_message};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct LangChainEvents;

const INPUT: &[&str] = &["input", "question", "query", "task", "prompt"];

fn event_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let event = record.text_of(&["event"]).filter(|event| event.starts_with("on_"))?;
    let is_one = record.get("run_id").is_some() && record.get("data").is_some_and(|data| data.is_object());
    is_one.then_some(event)
}

impl Format for LangChainEvents {
    fn name(&self) -> &'static str {
        "langchain_events"
    }

    fn shape(&self) -> &'static str {
        "events of `event` (on_chat_model_end, on_tool_end, ..), `run_id`, `data`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(event_of(record).is_some())
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let event = event_of(record)?;
        if event.ends_with("_stream") {
            return Some(Vec::new());
        }
        // Version 1 does not tell the parents: events are of the chain that was begun before them.
        let root = record.items_of("parent_ids").next().and_then(|id| id.text());
        let has_parents = record.get("parent_ids").is_some();
        let begins = || record.text_of(&["run_id"]).filter(|_| has_parents && event == "on_chain_start");
        Some(vec![Piece { run: root.or_else(begins), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut events = Events::default();
        record.value.items().for_each(|event| events.take(event));
        let list = format!("[{}]", events.messages.join(","));
        let mut tape = Tape::default();
        let parsed = tape.parse(&list, Limits::default());
        let parsed = parsed.map_err(|error| format!("a message of it is not readable JSON: {error}"))?;
        let conversation = Conversation::read(parsed.root().items()).into_owned();
        by_agent(&conversation.steps)?;
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            original_prompt: conversation.prompt,
            system: conversation.system,
            steps: conversation.steps,
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// The messages that events amount to, as JSON.
#[derive(Default)]
struct Events<'a> {
    messages: Vec<Text<'a>>,
    has_input: bool,
    /// Calls that a model made and no tool took up, by name.
    called: HashMap<Text<'a>, usize>,
}

impl<'a> Events<'a> {
    fn take(&mut self, record: Value<'_, 'a>) {
        let Some((event, data)) = event_of(record).zip(record.get("data")) else { return };
        let output = data.get("output").filter(|output| !output.is_null());
        match &*event {
            "on_chain_start" if !std::mem::replace(&mut self.has_input, true) => {
                data.get("input").into_iter().for_each(|input| self.input(input));
            }
            "on_chat_model_end" => output.into_iter().for_each(|output| self.said(output)),
            "on_tool_start" => self.tool(record, data),
            "on_tool_end" => self.result(record, output, false),
            "on_tool_error" => self.result(record, data.get("error"), true),
            _ => {}
        }
    }

    fn input(&mut self, input: Value<'_, 'a>) {
        let messages = input.get("messages").unwrap_or(input);
        let pair = |pair: Value<'_, 'a>| {
            let mut both = pair.items().filter_map(|part| part.text());
            Some(message(&both.next()?, &both.next()?))
        };
        for one in messages.items() {
            self.messages.extend(if is_message(one) { Some(one.json()) } else { pair(one) });
        }
        let text = messages.text().or_else(|| input.text_of(INPUT));
        self.messages.extend(text.map(|text| message("user", &text)));
    }

    /// What a model said; version 1 lists it as generations.
    fn said(&mut self, output: Value<'_, 'a>) {
        let generated = output.items_of("generations").next().and_then(|list| list.items().next());
        let said = generated.and_then(|generation| generation.get("message")).unwrap_or(output);
        let calls = said.get("kwargs").unwrap_or(said).items_of("tool_calls");
        for name in calls.filter_map(|call| call.text_of(&["name"])) {
            *self.called.entry(name).or_default() += 1;
        }
        self.messages.push(said.json());
    }

    fn tool(&mut self, record: Value<'_, 'a>, data: Value<'_, 'a>) {
        let Some(name) = record.text_of(&["name"]) else { return };
        if let Some(count) = self.called.get_mut(&name).filter(|count| **count > 0) {
            *count -= 1;
            return;
        }
        let mut call = ObjectWriter::default();
        call.text("name", &name).copy("args", data.get("input")).copy("id", record.get("run_id"));
        let mut out = ObjectWriter::default();
        let calls = format!("[{}]", call.finish().unwrap_or_default());
        out.text("role", "assistant").json("tool_calls", &calls);
        self.messages.extend(out.finish().map(Text::from));
    }

    fn result(&mut self, record: Value<'_, 'a>, output: Option<Value<'_, 'a>>, failed: bool) {
        let Some(output) = output else { return };
        if is_message(output) {
            return self.messages.push(output.json());
        }
        let text = output.text_of(&["content"]).or_else(|| output.text_or_json());
        let mut out = ObjectWriter::default();
        out.text("role", "tool").copy("name", record.get("name")).text("content", &text.unwrap_or_default());
        if failed {
            out.json("is_error", "true");
        }
        self.messages.extend(out.finish().map(Text::from));
    }
}

fn message(role: &str, words: &str) -> Text<'static> {
    let mut out = ObjectWriter::default();
    out.text("role", role).text("content", words);
    out.finish().unwrap_or_default().into()
}
