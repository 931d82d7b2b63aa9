//! What LangChain, LlamaIndex and the first versions of CrewAI print of their agents while they run.
//!
//! Source: `StdOutCallbackHandler` of `langchain` (`verbose=True`: `> Entering new AgentExecutor chain...`, then ReAct, or
//! ``Invoking: `search` with `{..}` `` and what came back in another colour, `> Finished chain.`); `ReActAgent` and
//! `FunctionCallingAgent` of `llama_index` (`> Running step ..  Step input: ..`, `=== Calling Function ===`); `crewai` before
//! 0.40 (`[INFO]: == Starting Task: ..` around LangChain's chains).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | what stands before a chain; `Step input:` that is not `None`, `Added user message to memory:`; `== Starting Task:` | `original_prompt` |
//! | `Thought:`, `Action:`, `Action Input:`, `Observation:`, `Final Answer:` | steps, as in `react`; the first thought of a chain has no label |
//! | ``Invoking: `name` with `arguments` ``, `Calling function: name with args: ..` | `action_name`, `action_input`; `responded:` is `thought` |
//! | what has another colour than the agent's, or stands below a call; `Got output:`, `=== Function Output ===` | `observation` |
//! | `Final Answer:`, `Answer:` of LlamaIndex, words after the last result | `final_answer` |
//!
//! Left out: chains inside another, what is printed after the last one.
//!
//! Leaks: none.

use std::borrow::Cow;
use std::ops::Range;

use super::react::read_transcript;
use super::{TextFormat, TextRecord, by_agent, filled};
use crate::printed::{coloured, is_rule, plain, title_in};
use crate::python_literal::to_json;
use crate::react::{Label, label_of};
use crate::run::Run;
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct ChainLog;

const ENTERING: &str = "> Entering new ";
const FINISHED: &str = "> Finished chain.";
const STEP: &str = "> Running step ";
const STEP_INPUT: &str = "Step input: ";
const MESSAGE: &str = "Added user message to memory: ";
const TASK: &str = "== Starting Task: ";
const INVOKING: &str = "Invoking: `";
const CALLING: &str = "Calling function: ";
/// The colour in which LangChain prints what the agent writes.
const GREEN: &str = "32";
/// Longest text before a chain that is taken for the question.
const QUESTION: usize = 4000;

/// Whether a chain is entered in a line.
fn enters(line: &str) -> bool {
    line.starts_with(ENTERING) && line.trim_end().ends_with("chain...")
}

/// What the user asked for, where a line of LlamaIndex or CrewAI says it.
fn asked(line: &str) -> Option<&str> {
    let step = || line.strip_prefix(STEP)?.split_once(STEP_INPUT).map(|(_, input)| input.trim());
    let message = || line.strip_prefix(MESSAGE).map(str::trim);
    let task = || {
        Some(line.split_once(TASK)?).filter(|(head, _)| head.trim() == "[INFO]:").map(|(_, task)| task.trim())
    };
    message().or_else(step).or_else(task).filter(|asked| *asked != "None")
}

impl TextFormat for ChainLog {
    fn name(&self) -> &'static str {
        "chain_log"
    }

    fn shape(&self) -> &'static str {
        "text with `> Entering new AgentExecutor chain...` or `> Running step … Step input: …`, and `Action:` or `Invoking: `"
    }

    fn score(&self, head: &str) -> u8 {
        let head = plain(head);
        let acts = |line: &str| {
            let label = label_of(line).map(|(label, _)| label);
            matches!(label, Some(Label::ActionInput | Label::FinalAnswer))
                || line.starts_with(INVOKING)
                || line.starts_with(CALLING)
        };
        let is_step = |line: &str| line.starts_with(STEP) && line.contains(STEP_INPUT);
        let begins = |line: &str| enters(line) || is_step(line) || line.starts_with(MESSAGE);
        96 * u8::from(head.lines().any(begins) && head.lines().any(acts))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        let mut cut = Cut::default();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            cut.line(&plain(line), at..at + line.len());
            at += line.len();
        }
        cut.ranges
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let has_calls = text.lines().any(|line| call_in(line).is_some());
        let mut run = match has_calls {
            true => Calls::of(record.text)?,
            false => read_transcript(as_react(&labelled(record.text)).into()).into_owned(),
        };
        by_agent(&run.steps)?;
        let asked = text.lines().find_map(asked).or_else(|| question(&text, record.number));
        run.original_prompt = asked.and_then(|asked| filled(asked.to_owned().into()));
        run.system = None;
        run.trajectory_id = format!("{}-{}", record.stem, record.number).into();
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// Cuts a text into runs: one begins where something else is asked, or after the last chain.
#[derive(Default)]
struct Cut {
    ranges: Vec<Range<usize>>,
    /// Chains that are open.
    depth: usize,
    /// Whether an agent acts in the run that is open.
    acted: bool,
    /// Where its chain ended.
    finished: Option<usize>,
}

impl Cut {
    fn line(&mut self, line: &str, place: Range<usize>) {
        let finished = self.finished.filter(|_| self.depth == 0 && enters(line));
        if self.ranges.is_empty() || self.acted && asked(line).is_some() {
            self.begin(place.start);
        } else if let Some(finished) = finished {
            self.ranges.last_mut().into_iter().for_each(|range| range.end = finished);
            self.begin(finished);
        }
        self.ranges.last_mut().into_iter().for_each(|range| range.end = place.end);
        self.acted |= label_of(line).is_some() || call_in(line).is_some();
        if enters(line) {
            self.depth += 1;
        } else if line.starts_with(FINISHED) {
            self.depth = self.depth.saturating_sub(1);
            self.finished = Some(place.end).filter(|_| self.depth == 0);
        }
    }

    fn begin(&mut self, at: usize) {
        self.ranges.push(at..at);
        (self.acted, self.finished) = (false, None);
    }
}

/// What stands before the first chain; before later ones the last paragraph, since the answer to the question before
/// may be printed there too.
fn question(text: &str, number: u64) -> Option<&str> {
    let start = text.find(ENTERING).filter(|at| *at == 0 || text[..*at].ends_with('\n'))?;
    let before = text[..start].trim();
    let words = if number == 0 { before } else { before.rsplit_once("\n\n")?.1.trim() };
    (words.len() < QUESTION && !words.contains(TASK)).then_some(words)
}

/// A text without its colours, in which what tools gave has a label: agents made by `create_react_agent` have no words
/// before it, only another colour.
fn labelled(text: &str) -> Cow<'_, str> {
    // CrewAI's colours mean other things.
    if !text.contains("\u{1b}[") || text.contains("CrewAgentExecutor") {
        return plain(text);
    }
    let (mut out, mut is_behind_result) = (String::with_capacity(text.len()), false);
    for (colour, part) in coloured(text) {
        let is_result = !matches!(colour, "" | GREEN) && !out.trim_end().ends_with("Observation:");
        if is_result {
            out.push_str("\nObservation: ");
        } else if is_behind_result && colour == GREEN {
            let has_label = part.lines().next().is_some_and(|line| label_of(line).is_some());
            out.push_str(if has_label { "\n" } else { "\nThought: " });
        }
        out.push_str(part);
        is_behind_result = is_result;
    }
    out.into()
}

/// The text of a chain with a label before each of its parts.
fn as_react(text: &str) -> String {
    let (mut out, mut depth, mut label, mut after_blank) = (String::new(), 0usize, None, false);
    let has_chains = text.lines().any(enters);
    // CrewAI prints what a tool gave as it is.
    let is_crew = text.contains("CrewAgentExecutor");
    for line in text.lines() {
        if enters(line) {
            depth += 1;
        } else if line.starts_with(FINISHED) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
        } else if depth == usize::from(has_chains) && asked(line).is_none() && !line.starts_with(STEP) {
            let is_blank = line.trim().is_empty();
            let own = label_of(line).map(|(label, _)| label);
            let begins = own.is_none() && !is_blank;
            let lead = match label {
                None if begins && has_chains => "Thought: ",
                Some(Label::ActionInput) if begins && is_crew && after_blank => "Observation: ",
                Some(Label::Thought) if line.starts_with("Answer:") => "Final ",
                _ => "",
            };
            // A thought that says nothing stands before its action in one line.
            let line = match label_of(line) {
                Some((Label::Thought, rest)) if label_of(rest).is_some() => rest,
                _ => line,
            };
            out.extend([lead, line, "\n"]);
            label = label_of(line).map(|(label, _)| label).or(match lead {
                "Thought: " => Some(Label::Thought),
                "Observation: " => Some(Label::Observation),
                _ => label,
            });
            after_blank = is_blank;
        }
    }
    out
}

/// Name and arguments of a call that has a line of its own.
fn call_in(line: &str) -> Option<(&str, &str)> {
    let langchain = || {
        let (name, input) = line.strip_prefix(INVOKING)?.split_once("` with `")?;
        Some((name, input.trim_end().trim_end_matches('`')))
    };
    let llama_index = || line.strip_prefix(CALLING)?.split_once(" with args: ");
    langchain().or_else(llama_index)
}

/// What the lines are that come in.
#[derive(Clone, Copy, PartialEq, Default)]
enum Part {
    #[default]
    Nothing,
    /// Words beside a call.
    Responded,
    Output,
    Words,
}

/// A run of an agent whose calls are no text, as its lines come in.
#[derive(Default)]
struct Calls<'a> {
    timeline: Timeline<'a>,
    part: Part,
    text: String,
    /// The call that was read and may have words beside it.
    call: Option<(String, String)>,
    /// Whether colours tell results from words.
    has_colours: bool,
}

impl Calls<'_> {
    fn of(text: &str) -> Result<Run<'static>, String> {
        let mut calls = Calls { has_colours: text.contains("\u{1b}["), ..Calls::default() };
        let start = text.find(ENTERING).unwrap_or(0);
        for (colour, part) in coloured(&text[start..]) {
            match colour {
                "" | GREEN => part.lines().for_each(|line| calls.line(line, colour)),
                _ => {
                    calls.begin(Part::Output, part);
                    calls.end();
                }
            }
        }
        calls.end();
        Ok(calls.timeline.run("".into(), None)?.into_owned())
    }

    fn line(&mut self, line: &str, colour: &str) {
        let title = title_in(line, '=');
        if let Some((name, input)) = call_in(line) {
            self.end();
            self.call = Some((name.to_owned(), to_json(input).unwrap_or_else(|| input.trim().to_owned())));
        } else if let Some(words) = line.strip_prefix("responded: ") {
            self.begin(Part::Responded, words);
        } else if let Some(output) = line.strip_prefix("Got output: ") {
            self.begin(Part::Output, output);
        } else if title == Some("Function Output") {
            self.begin(Part::Output, "");
        } else if title == Some("LLM Response") {
            self.begin(Part::Words, "");
        } else if is_frame(line) || line.trim().is_empty() && self.part == Part::Responded {
            self.end();
        } else if !line.trim().is_empty() && self.part == Part::Nothing {
            self.unlabelled(line, colour);
        } else if self.part != Part::Nothing {
            self.text.extend([line, "\n"]);
        }
    }

    /// Takes a line that nothing says what it is.
    fn unlabelled(&mut self, line: &str, colour: &str) {
        if colour == GREEN {
            self.begin(Part::Words, line);
        } else if !self.has_colours && (self.call.is_some() || !self.timeline.steps.is_empty()) {
            self.begin(Part::Output, line);
        }
    }

    /// Begins a part; only words beside a call do not end what was before.
    fn begin(&mut self, part: Part, line: &str) {
        if part != Part::Responded {
            self.end();
        }
        self.part = part;
        self.text.extend([line, "\n"]);
    }

    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        let (text, part) = (filled(text.trim().to_owned().into()), std::mem::take(&mut self.part));
        if part == Part::Responded {
            self.timeline.think(text.clone());
        }
        if let Some((name, input)) = self.call.take() {
            self.timeline.act(None, name.into(), filled(input.into()));
        }
        match (part, text) {
            (Part::Output, Some(text)) => self.timeline.observe(None, text, None),
            (Part::Words, text) => self.timeline.reply(text),
            _ => {}
        }
    }
}

/// Whether a line is printed around what agents do.
fn is_frame(line: &str) -> bool {
    let is_title = title_in(line, '=') == Some("Calling Function") || is_rule(line, '=', 8);
    is_title
        || enters(line)
        || line.starts_with(FINISHED)
        || line.starts_with(STEP)
        || line.starts_with(MESSAGE)
}
