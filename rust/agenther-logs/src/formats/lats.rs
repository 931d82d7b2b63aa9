//! LATS: the log of a tree search over ReAct steps.
//!
//! Source: `hotpot/` and `webshop/` of `lapisrocks/LanguageAgentTreeSearch`: lines of Python's
//! `logging`, where `PROMPT: …` ends with the branch that is extended and `NEW NODE: Node(…)` is a
//! step that was tried. A record is the search for one task.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | last `Question:` or `Instruction:` of a prompt | `original_prompt` |
//! | the branch of the best end (most reward, else the longest) | steps; the branches that were given up are left out |
//! | argument of its `Finish[..]` | `final_answer` |
//! | `Episode finished, reward = …`, `Your score (min 0.0, max 1.0): …` at its end | `reward`, `success` at 1 |
//! | `Unsuccessful trajectory found` | `success` false |
//! | number of nodes | `metadata` |
//!
//! Leaks: the announcements of the reward are cut from observations; the few-shot examples before
//! the task and the votes of the model (`VALUE PROMPT`, `VALUES`) stay behind.

use std::ops::Range;

use super::react_text::announced;
use super::{TextFormat, TextRecord, filled};
use crate::json::ObjectWriter;
use crate::react::{Label, StepBuilder, sections};
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct Lats;

impl TextFormat for Lats {
    fn name(&self) -> &'static str {
        "lats"
    }

    fn shape(&self) -> &'static str {
        "lines of `logging` with `PROMPT: …`, `SAMPLED ACTION: …` and `NEW NODE: Node(…)`"
    }

    fn score(&self, head: &str) -> u8 {
        let found = |start: &str| entries(head).any(|entry| entry.message.starts_with(start));
        98 * u8::from(found("PROMPT: ") && (found("NEW NODE: Node(") || found("SAMPLED ACTION: ")))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        let begins = |entry: &Entry<'_>| {
            let first = entry.message.trim_end();
            first == "Iteration 1..." || first == "DFS at node depth 0..."
        };
        let mut starts: Vec<usize> = entries(text).filter(begins).map(|entry| entry.start).collect();
        if starts.is_empty() {
            starts.push(0);
        }
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let search = Search::read(record.text);
        let branch = search.best.ok_or("it has no step: the search broke off before its first")?;
        let (success, reward) = branch.node.map_or((None, None), |node| announced(node.observation));
        let failed = search.failed.then_some(false);
        let mut metadata = ObjectWriter::default();
        metadata.json("nodes", &search.nodes.to_string());
        let mut run = Run {
            trajectory_id: format!("{}-{}", record.stem, record.number).into(),
            original_prompt: goal_of(branch.path),
            steps: branch.steps(),
            success: success.or(failed),
            reward,
            metadata: metadata.finish().map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// A message of the log and where its line starts.
struct Entry<'a> {
    start: usize,
    message: &'a str,
}

/// The messages of a log; each goes on until the next line with a time.
fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        Some((start, start + message_start(line)?))
    });
    let mut lines = lines.peekable();
    std::iter::from_fn(move || {
        let (start, message) = lines.next()?;
        let end = lines.peek().map_or(text.len(), |(next, _)| *next);
        Some(Entry { start, message: &text[message..end] })
    })
}

/// Where the message starts in a line `2024-03-21 20:13:37,532 - INFO - message`.
fn message_start(line: &str) -> Option<usize> {
    const TIME: &[u8] = b"0000-00-00 00:00:00,000 - ";
    let time = line.as_bytes().get(..TIME.len())?;
    let fits =
        |(byte, wanted): (&u8, &u8)| if *wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
    let level = line.get(TIME.len()..).filter(|_| time.iter().zip(TIME).all(fits))?;
    Some(TIME.len() + level.find(" - ")? + " - ".len())
}

/// A step that was tried.
#[derive(Clone, Copy)]
struct Node<'a> {
    thought: &'a str,
    action: &'a str,
    observation: &'a str,
}

impl<'a> Node<'a> {
    /// `Node(depth=1, value=0.00, visits=0, thought=…, action=…, observation=…)`; without a thought
    /// in WebShop.
    fn read(message: &'a str) -> Option<Self> {
        let text = message.strip_prefix("NEW NODE: Node(")?.trim_end().strip_suffix(')')?;
        let (before, observation) = text.split_once(", observation=")?;
        let (before, action) = before.split_once(", action=")?;
        let thought = before.split_once(", thought=").map_or("", |(_, thought)| thought);
        Some(Node { thought, action, observation })
    }
}

/// The steps to a node: those in the prompt that it was sampled from, and itself.
#[derive(Clone, Copy)]
struct Branch<'a> {
    path: &'a str,
    /// Steps in the path.
    taken: usize,
    node: Option<Node<'a>>,
}

impl<'a> Branch<'a> {
    /// The branch that a prompt extends.
    fn before(prompt: &'a str) -> Self {
        let path = branch_of(prompt);
        let taken = sections(path).sections.iter().filter(|(label, _)| *label == Label::Action).count();
        Branch { path, taken, node: None }
    }

    fn steps(&self) -> Vec<RunStep<'a>> {
        let mut builder = StepBuilder::default();
        for (label, text) in sections(self.path).sections {
            builder.section(label, text.into());
        }
        if let Some(node) = self.node {
            let parts = [
                (Label::Thought, node.thought),
                (Label::Action, node.action),
                (Label::Observation, node.observation),
            ];
            for (label, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
                builder.section(label, text.trim().into());
            }
        }
        builder.finish()
    }

    /// Better is what ended with more reward, else what went further.
    fn rank(&self) -> (f64, usize) {
        let reward = self.node.and_then(|node| announced(node.observation).1).unwrap_or(-1.0);
        (reward, self.taken + usize::from(self.node.is_some()))
    }
}

/// The search for one task.
#[derive(Default)]
struct Search<'a> {
    best: Option<Branch<'a>>,
    rank: (f64, usize),
    nodes: usize,
    failed: bool,
}

impl<'a> Search<'a> {
    fn read(text: &'a str) -> Self {
        let mut search = Search { rank: (-1.0, 0), ..Search::default() };
        let mut branch = Branch { path: "", taken: 0, node: None };
        for entry in entries(text) {
            if let Some(prompt) = entry.message.strip_prefix("PROMPT: ") {
                branch = Branch::before(prompt);
                search.consider(branch);
            } else if let Some(node) = Node::read(entry.message) {
                search.nodes += 1;
                search.consider(Branch { node: Some(node), ..branch });
            }
            search.failed |= entry.message.starts_with("Unsuccessful trajectory found");
        }
        search
    }

    fn consider(&mut self, branch: Branch<'a>) {
        let rank = branch.rank();
        // Of equals the one that the search went on with: it comes last, in a prompt.
        let pursued = branch.node.is_none() && rank == self.rank;
        if (rank > self.rank || pursued) && rank.1 > 0 {
            (self.best, self.rank) = (Some(branch), rank);
        }
    }
}

/// The branch at the end of a prompt, behind the examples and without the label that the model is
/// to go on from.
fn branch_of(prompt: &str) -> &str {
    let start =
        ["\nQuestion:", "\nInstruction:"].iter().filter_map(|task| prompt.rfind(task)).max().unwrap_or(0);
    let branch = prompt[start..].trim_end();
    let open = branch.strip_suffix("Action:").or_else(|| {
        let stub = branch.strip_suffix(':')?.trim_end_matches(|c: char| c.is_ascii_digit());
        stub.trim_end().strip_suffix("Thought")
    });
    open.unwrap_or(branch).trim_end()
}

/// What is asked at the start of a branch.
fn goal_of(branch: &str) -> Option<Text<'_>> {
    let (_, asked) = branch.split_once(':')?;
    let ends = ["\nThought", "\nAction", "\n[Search]"].iter().filter_map(|mark| asked.find(mark)).min();
    filled(asked[..ends.unwrap_or(asked.len())].trim().into())
}
