//! Playwright MCP: the session of a browser that an agent drives, as text.
//!
//! Source: `microsoft/playwright-mcp` with `--save-session`, `session.md`: sections `### Tool call: <name>`, each with `- Args`,
//! `- Result`, `- Code` between fences and `- Snapshot: <file>`.
//!
//! | text of the log | field of the run |
//! |---|---|
//! | the name of a section | `action_name` |
//! | `- Args` | `action_input` |
//! | `- Result` or `- Error`, else `- Code`; `- Snapshot: …` | `observation`, `error` |
//!
//! It tells nothing of who called, what for, or what came of it.
//!
//! Leaks: none.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::identity::fingerprint;
use crate::messages::join;
use crate::run::{Run, RunStep, Text};

pub(super) struct PlaywrightMcp;

const CALL: &str = "### Tool call: ";

impl TextFormat for PlaywrightMcp {
    fn name(&self) -> &'static str {
        "playwright_mcp"
    }

    fn shape(&self) -> &'static str {
        "text with sections `### Tool call: …`, `- Args` and `- Result` or `- Code`"
    }

    fn score(&self, head: &str) -> u8 {
        let mut lines = head.lines().skip_while(|line| line.trim().is_empty());
        let opens = lines.next().is_some_and(|line| line.starts_with(CALL));
        97 * u8::from(opens && lines.next().is_some_and(|line| line.trim() == "- Args"))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let mut steps: Vec<RunStep<'a>> = Vec::new();
        for block in blocks(record.text) {
            match (block.label.strip_prefix(CALL), steps.last_mut()) {
                (Some(name), _) => {
                    let action_name = Some(name.trim().into());
                    steps.push(RunStep { action_name, ..RunStep::default() });
                }
                (None, Some(step)) => block.tell(step),
                (None, None) => {}
            }
        }
        if steps.is_empty() {
            return Err("it has no tool call".to_owned());
        }
        let trajectory_id = format!("{}-{}", record.stem, fingerprint(record.text)).into();
        Ok(Run { trajectory_id, steps, ..Run::default() })
    }
}

/// A line that labels something, and what stands between fences below it.
struct Block<'a> {
    label: &'a str,
    body: Option<&'a str>,
}

impl<'a> Block<'a> {
    fn tell(&self, step: &mut RunStep<'a>) {
        let body = self.body.map(Text::Borrowed).and_then(filled);
        match self.label {
            "- Args" => step.action_input = body,
            "- Result" => step.observation = body,
            "- Error" => (step.observation, step.error) = (body, Some(true)),
            "- Code" if step.observation.is_none() => step.observation = body,
            label if label.starts_with("- Snapshot: ") => {
                join(&mut step.observation, Some(label["- ".len()..].into()));
            }
            _ => {}
        }
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let (mut at, mut fence) = (0, None);
    for line in text.split_inclusive('\n') {
        let (start, label) = (at, line.trim_end());
        at += line.len();
        match (fence, label.starts_with("```")) {
            (None, true) => fence = Some(at),
            (Some(from), true) if label == "```" => {
                fence = None;
                if let Some(block) = blocks.last_mut() {
                    block.body = block.body.or(Some(text[from..start].trim_end()));
                }
            }
            (None, false) if label.starts_with(CALL) || label.starts_with("- ") => {
                blocks.push(Block { label, body: None });
            }
            _ => {}
        }
    }
    blocks
}
