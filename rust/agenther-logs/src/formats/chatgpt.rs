//! ChatGPT: conversations as OpenAI exports them.
//!
//! Source: `conversations.json` of the export: `[{title, mapping: {<id>: {message: {author: {role, name}, content,
//! recipient, metadata}, parent, children}}, current_node, conversation_id}]`; the conversation is the branch that
//! ends at `current_node`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user | `original_prompt`; later ones `user` |
//! | `user_editable_context` (the custom instructions), words of the system that are not hidden | `system` |
//! | words of the assistant to another recipient than `all` | steps: the recipient and what it was sent |
//! | `thoughts`, words to `all` before a call | `thought` |
//! | messages of a tool, which follow the call | `observation`; several of them are one |
//! | `metadata.aggregate_result.status` other than `success`, a `system_error` | `error` |
//! | last words of the assistant | `final_answer` |
//! | title, model, `gizmo_id` | `metadata` |
//!
//! Left out: other branches, messages that are hidden from the user, the contexts that ChatGPT writes by itself.
//!
//! Leaks: none.

use super::{Format, Record, filled};
use crate::branches::{Node, branch};
use crate::json::{ObjectWriter, Value};
use crate::messages::join;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct ChatGpt;

impl Format for ChatGpt {
    fn name(&self) -> &'static str {
        "chatgpt"
    }

    fn shape(&self) -> &'static str {
        "`mapping` of `{message, parent, children}` and `current_node`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let of_export = record.any_of(&["current_node", "conversation_id"]).is_some();
        match record.get("mapping").map(|mapping| mapping.members().next()) {
            Some(Some((_, node))) if node.get("children").is_some() && node.get("parent").is_some() => 95,
            Some(None) if of_export => 80,
            _ => 0,
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mapping = value.get("mapping").into_iter().flat_map(|mapping| mapping.members());
        let nodes: Vec<_> =
            mapping.map(|(id, node)| Node { id: Some(id), ..Node::of(node, "id", "parent") }).collect();
        let mut chat = Chat::default();
        for node in branch(&nodes, value.text_of(&["current_node"])) {
            node.get("message").into_iter().for_each(|message| chat.message(message));
        }
        chat.settle();
        let id = value.text_of(&["conversation_id"]).unwrap_or_else(|| record.run_id());
        let mut run = chat.timeline.run(id, None)?;
        run.system = chat.system;
        let mut out = ObjectWriter::default();
        out.copy("title", value.get("title"))
            .copy("model", value.get("default_model_slug"))
            .copy("gizmo_id", value.get("gizmo_id"));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// A conversation as it is being read.
#[derive(Default)]
struct Chat<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    /// Steps of the calls since something was said or came back last.
    open: Vec<usize>,
    /// Whether something was said since the last call, so that another one is made instead of it.
    spoke: bool,
    /// What the tools said since then.
    results: Vec<(Option<Text<'a>>, Option<bool>)>,
}

impl<'a> Chat<'a> {
    fn message(&mut self, message: Value<'_, 'a>) {
        let Some(content) = message.get("content") else { return };
        let role = message.at_path(&["author", "role"]).and_then(|role| role.text());
        let hidden = message.at_path(&["metadata", "is_visually_hidden_from_conversation"]);
        let hidden = hidden.and_then(|hidden| hidden.as_bool()) == Some(true);
        match (role.as_deref(), kind_of(content).as_deref()) {
            (_, Some("model_editable_context" | "reasoning_recap")) => {}
            (_, Some("user_editable_context")) => self.instructions(content),
            (Some("tool"), _) => self.result(message, content),
            (Some("assistant"), _) => self.assistant(message, content, hidden),
            (Some("user"), _) if !hidden => {
                self.settle();
                self.open.clear();
                self.timeline.user(said(content));
            }
            (Some("system"), _) if !hidden => join(&mut self.system, said(content)),
            _ => {}
        }
    }

    fn instructions(&mut self, content: Value<'_, 'a>) {
        for key in ["user_profile", "user_instructions"] {
            join(&mut self.system, content.text_of(&[key]));
        }
    }

    fn assistant(&mut self, message: Value<'_, 'a>, content: Value<'_, 'a>, hidden: bool) {
        self.settle();
        let recipient = message.text_of(&["recipient"]).filter(|recipient| recipient != "all");
        match recipient {
            Some(tool) => {
                if std::mem::take(&mut self.spoke) {
                    self.open.clear();
                }
                self.timeline.act(None, tool, said(content));
                self.open.push(self.timeline.steps.len() - 1);
            }
            None if hidden => {}
            None if kind_of(content).as_deref() == Some("thoughts") => {
                for thought in content.items_of("thoughts") {
                    self.timeline.think(thought.text_of(&["content", "summary"]));
                }
            }
            None => {
                let words = said(content);
                self.spoke |= words.is_some();
                self.timeline.say(words);
            }
        }
    }

    fn result(&mut self, message: Value<'_, 'a>, content: Value<'_, 'a>) {
        let status =
            message.at_path(&["metadata", "aggregate_result", "status"]).and_then(|status| status.text());
        let failed = status.map(|status| status != "success");
        let failed = if kind_of(content).as_deref() == Some("system_error") { Some(true) } else { failed };
        self.results.push((said(content), failed));
    }

    /// Gives what came back to the calls made last, one each, and what is left over to the last of them: a call for
    /// which there is nothing then was broken off.
    fn settle(&mut self) {
        let results = std::mem::take(&mut self.results);
        if results.is_empty() {
            return;
        }
        let open = std::mem::take(&mut self.open);
        let mut calls = open[open.len().saturating_sub(results.len())..].iter().copied();
        let mut answers: Vec<(Option<usize>, Option<Text<'a>>, Option<bool>)> = Vec::new();
        for (seen, failed) in results {
            match (calls.next(), answers.last_mut()) {
                (None, Some((_, words, error))) => {
                    join(words, seen);
                    *error = failed.or(*error);
                }
                (call, _) => answers.push((call, seen, failed)),
            }
        }
        for (call, seen, failed) in answers {
            self.timeline.settle_at(call, seen.unwrap_or_default(), failed);
        }
    }
}

fn kind_of<'a>(content: Value<'_, 'a>) -> Option<Text<'a>> {
    content.text_of(&["content_type"])
}

/// The words of a content, of whatever type it is.
fn said<'a>(content: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut words = content.text_of(&["text", "result"]);
    for part in content.items_of("parts") {
        join(&mut words, part.text().or_else(|| part.text_of(&["text"])).or_else(|| asset(part)));
    }
    words.and_then(filled)
}

/// What a part without words was: `[image]`.
fn asset(part: Value<'_, '_>) -> Option<Text<'static>> {
    let kind = kind_of(part)?;
    Some(format!("[{}]", kind.split('_').next().unwrap_or(&kind)).into())
}
