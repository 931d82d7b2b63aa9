//! Chats of coding agents that their users exported to Markdown: Cursor's, and those of Roo Code and Cline.
//!
//! Source: "Export Transcript" of Cursor: `# title`, `_Exported on 19/10/2025 at 12:29:42 GMT+8 from Cursor (1.7.38)_`, then
//! `**User**` and `**Cursor**` between lines of `---`; `src/integrations/misc/export-markdown.ts` of `RooCodeInc/Roo-Code` and
//! `cline/cline`: `**User:**` and `**Assistant:**` between such lines, the words as `cline` has them, calls and results that
//! were no text as `[Tool Use: name]` with an argument a line and `[Tool]`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | messages of Cursor | first of the user `original_prompt`, later ones `user`; the agent's are replies (its tools are not exported) |
//! | messages of Roo Code and Cline | as in `cline` |
//! | the last reply | `final_answer` |
//! | title | `metadata` |
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord, cline, filled};
use crate::json::{ObjectWriter, read_inner};
use crate::run::Run;
use crate::timeline::Timeline;

pub(super) struct ChatExport;

const EXPORTED: &str = "_Exported on ";
const RULE: &str = "---";
const CALL: &str = "[Tool Use: ";
const RESULTS: &[&str] = &["[Tool]\n", "[Tool (Error)]\n"];

#[derive(Clone, Copy, PartialEq)]
enum Role {
    User,
    Agent,
}

#[derive(Clone, Copy, PartialEq)]
enum Product {
    Cursor,
    Cline,
}

impl Product {
    fn of(text: &str) -> Option<Self> {
        let is_cursor = |line: &str| line.starts_with(EXPORTED) && line.contains(" Cursor (");
        if text.lines().take(10).any(is_cursor) {
            return Some(Product::Cursor);
        }
        // Any chat may be exported so: only these agents have tasks and tools in it.
        let is_chat =
            text.trim_start().starts_with("**User:**\n") && text.contains("\n---\n\n**Assistant:**\n");
        let marks = ["<task>", "<user_message>", "<environment_details>", CALL, "</attempt_completion>"];
        (is_chat && marks.iter().any(|mark| text.contains(mark))).then_some(Product::Cline)
    }

    fn role(self, line: &str) -> Option<Role> {
        match (self, line.trim_end()) {
            (Product::Cursor, "**User**") | (Product::Cline, "**User:**") => Some(Role::User),
            (Product::Cursor, "**Cursor**") | (Product::Cline, "**Assistant:**") => Some(Role::Agent),
            _ => None,
        }
    }
}

impl TextFormat for ChatExport {
    fn name(&self) -> &'static str {
        "chat_export"
    }

    fn shape(&self) -> &'static str {
        "Markdown with `_Exported on … from Cursor (…)_` and `**User**`, or with `**User:**`, `<task>` and `**Assistant:**`"
    }

    fn score(&self, head: &str) -> u8 {
        let has_turn = |product: Product| head.lines().any(|line| product.role(line) == Some(Role::Agent));
        96 * u8::from(Product::of(head).is_some_and(has_turn))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let product = Product::of(record.text).ok_or("it does not say which product it is of")?;
        let turns = turns(record.text, product);
        let mut run = match product {
            Product::Cursor => cursor(turns)?,
            Product::Cline => {
                let messages: Vec<String> =
                    turns.iter().filter_map(|(role, body)| message(*role, body)).collect();
                let json = format!("[{}]", messages.join(","));
                let run =
                    read_inner(&json, |messages| Some(cline::run_of(messages.items()).map(Run::into_owned)));
                run.ok_or("its messages have too many parts")??
            }
        };
        run.trajectory_id = format!("{}-{}", record.stem, record.number).into();
        let title = record.text.lines().take(10).find_map(|line| line.strip_prefix("# "));
        let mut out = ObjectWriter::default();
        title
            .filter(|_| product == Product::Cursor)
            .into_iter()
            .for_each(|title| _ = out.text("title", title));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// Who said what. A turn begins below a rule; what looks like one elsewhere is a quotation.
fn turns(text: &str, product: Product) -> Vec<(Role, String)> {
    let mut turns: Vec<(Role, String)> = Vec::new();
    let mut after_rule = true;
    for line in text.lines() {
        match (product.role(line).filter(|_| after_rule), turns.last_mut()) {
            (Some(role), _) => turns.push((role, String::new())),
            (None, Some((_, body))) => body.extend([line, "\n"]),
            (None, None) => {}
        }
        after_rule = line == RULE || after_rule && (line.trim().is_empty() || turns.is_empty());
    }
    for (_, body) in &mut turns {
        let kept = body.trim().strip_suffix(RULE).unwrap_or(body).trim().to_owned();
        *body = kept;
    }
    turns
}

fn cursor(turns: Vec<(Role, String)>) -> Result<Run<'static>, String> {
    let mut timeline = Timeline::default();
    for (role, body) in turns {
        match role {
            Role::User => timeline.user(filled(body.into())),
            Role::Agent => timeline.reply(filled(body.into())),
        }
    }
    timeline.run("".into(), None)
}

/// A turn as the message that it was, in JSON.
fn message(role: Role, body: &str) -> Option<String> {
    let (mut blocks, mut words) = (Vec::new(), String::new());
    let mut parts = body.split_inclusive('\n').peekable();
    let begins =
        |line: &str| line.starts_with(CALL) || RESULTS.iter().any(|mark| line.trim_end() == mark.trim_end());
    while let Some(line) = parts.next() {
        if !begins(line) {
            words.push_str(line);
            continue;
        }
        blocks.extend(text_block(&std::mem::take(&mut words)));
        let mut inside = String::new();
        while let Some(line) = parts.next_if(|line| !begins(line)) {
            inside.push_str(line);
        }
        blocks.extend(match line.strip_prefix(CALL) {
            Some(name) => call_block(name.trim_end().trim_end_matches(']'), &inside),
            None => result_block(inside.trim(), line.contains("(Error)")),
        });
    }
    blocks.extend(text_block(&words));
    let mut out = ObjectWriter::default();
    out.text("role", if role == Role::User { "user" } else { "assistant" });
    out.json("content", &format!("[{}]", blocks.join(",")));
    out.finish()
}

fn text_block(words: &str) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.text("type", "text").text("text", words.trim());
    out.finish().filter(|_| !words.trim().is_empty())
}

fn result_block(content: &str, failed: bool) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.text("type", "tool_result")
        .text("content", content)
        .json("is_error", if failed { "true" } else { "false" });
    out.finish()
}

/// A call; the names of its arguments were given a capital.
fn call_block(name: &str, arguments: &str) -> Option<String> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in arguments.trim().lines() {
        let named = line.split_once(": ").filter(|(name, _)| {
            name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        match (named, found.last_mut()) {
            (Some((name, value)), _) => {
                let name = name[..1].to_ascii_lowercase() + &name[1..];
                found.push((name, value.to_owned()));
            }
            (None, Some((_, value))) => value.extend(["\n", line]),
            (None, None) => {}
        }
    }
    let mut input = ObjectWriter::default();
    found.iter().for_each(|(name, value)| _ = input.text(name, value.trim_end()));
    let mut out = ObjectWriter::default();
    out.text("type", "tool_use").text("name", name);
    out.json("input", &input.finish().unwrap_or_else(|| "{}".to_owned()));
    out.finish()
}
