//! What browser-use and OpenManus print while they run.
//!
//! Source: `browser_use/agent/service.py` and `views.py` of `browser-use/browser-use` (`INFO     [Agent] 🚀 Task: …`, `📍 Step 1`,
//! `🎯 Next goal: …`, `▶️ navigate: url: …`, older `🛠️ Action 1/1: {…}`, `INFO     [tools] 🔗 Navigated to …`), and `app/agent/toolcall.py`
//! of `FoundationAgents/OpenManus` (`2025-03-09 13:08:19.523 | INFO     | app.agent.toolcall:think:53 - ✨ Manus's thoughts: …`,
//! `🔧 Tool arguments: …`, `🎯 Tool 'x' completed its mission! Result: …`), in `logs/*.log` and captured from a console, with or
//! without its colours.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `🚀 Task:`, `🚀 Starting task:`, `🎯 Task:` | `original_prompt` (OpenManus prints none) |
//! | `🧠 Memory:`, `🎯 Next goal:`, `💡 Thinking:`; `✨ …'s thoughts:` | `thought`; of OpenManus without a tool a reply |
//! | `🛠️ Action`, `🦾 [ACTION …]`, `▶️`; `🔧 Activating tool:` with `🔧 Tool arguments:` of the first | steps |
//! | lines of the controller or the tools; what follows `completed its mission! Result:` | `observation`; `error` where it is one |
//! | `📄 Result:`, `📄 Final Result:` | `final_answer` |
//! | `❌ Task completed without success`, `❌ Stopping due to`, `❌ Failed to complete`, that a limit was reached | `failure_reason` |
//!
//! A run begins with its task, or with step 1. What was asked of the page, and what the agent says of its last step
//! (`👍 Eval:`), are left out.
//!
//! Leaks: none; `✅ Task completed` is the agent's own claim.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::json::{Limits, Tape};
use crate::printed::plain;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct ConsoleLog;

const TASKS: &[&str] = &["🚀 Task:", "🚀 Starting task:", "🎯 Task:"];
const THOUGHTS: &[&str] = &["🧠 Memory:", "🎯 Next goal:", "💡 Thinking:"];
const FAILURES: &[&str] = &[
    "❌ Task completed without success",
    "❌ Stopping due to",
    "❌ Failed to complete",
    "🚨 Token limit error",
];
const MISSION: &str = "completed its mission! Result:";

/// Who printed a line.
#[derive(Clone, Copy, PartialEq)]
enum Speaker {
    Agent,
    /// What carries out the actions of browser-use.
    Tools,
    Manus,
    Other,
}

/// The text of a line after its level and name; `None` for one that goes on with the line before.
fn entry(line: &str) -> Option<(Speaker, &str)> {
    const LEVELS: &[&str] = &["INFO ", "WARNING ", "ERROR ", "DEBUG ", "RESULT "];
    if let Some((head, rest)) = line.split_once(" - ")
        && head.matches(" | ").count() == 2
        && head.starts_with(|first: char| first.is_ascii_digit())
    {
        let is_own = head.contains("| app.") || head.contains("| __main__");
        return Some((if is_own { Speaker::Manus } else { Speaker::Other }, rest));
    }
    let level =
        LEVELS.iter().find_map(|level| line.find(level).filter(|at| *at < 40).map(|at| at + level.len()))?;
    let (name, rest) = line[level..].trim_start().strip_prefix('[')?.split_once(']')?;
    let named =
        |names: &[&str]| names.iter().any(|own| name.eq_ignore_ascii_case(own) || name.ends_with(own));
    let speaker = match () {
        () if named(&["agent", "browser_use.agent.service"]) || name.starts_with("browser_use.Agent") => {
            Speaker::Agent
        }
        () if named(&["controller", "tools", "controller.service"]) => Speaker::Tools,
        () => Speaker::Other,
    };
    Some((speaker, rest.trim()))
}

/// Whether a run begins at a line.
fn begins(line: &str) -> bool {
    let line = plain(line);
    match entry(&line) {
        Some((Speaker::Agent, text)) => TASKS.iter().any(|task| text.starts_with(task)),
        Some((Speaker::Manus, text)) => text.starts_with("Executing step 1/"),
        _ => false,
    }
}

/// Whether an agent says or does something in a line.
fn acts(line: &str) -> bool {
    let line = plain(line);
    match entry(&line) {
        Some((Speaker::Agent, text)) => text.starts_with("📍 Step") || action_in(text).is_some(),
        Some((Speaker::Manus, text)) => text.contains(MISSION) || text.contains("'s thoughts:"),
        _ => false,
    }
}

impl TextFormat for ConsoleLog {
    fn name(&self) -> &'static str {
        "console_log"
    }

    fn shape(&self) -> &'static str {
        "text with lines `INFO [Agent] 🚀 Task: …`, `📍 Step 1`, or `… | INFO | app.agent… - ✨ Manus's thoughts: …`"
    }

    fn score(&self, head: &str) -> u8 {
        95 * u8::from(head.lines().any(acts))
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        // Each run, and whether the agent says or does something in it.
        let mut runs: Vec<(Range<usize>, bool)> = Vec::new();
        let (mut at, mut is_begun) = (0, false);
        for line in text.split_inclusive('\n') {
            // What is printed before the first run belongs to it.
            if begins(line) && std::mem::replace(&mut is_begun, true) || runs.is_empty() {
                runs.push((at..at, false));
            }
            at += line.len();
            if let Some((run, acted)) = runs.last_mut() {
                run.end = at;
                *acted |= acts(line);
            }
        }
        runs.into_iter().filter(|(_, acted)| *acted).map(|(run, _)| run).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let mut console = Console::default();
        let mut open: Option<(Speaker, String)> = None;
        for line in text.lines() {
            match (entry(line), &mut open) {
                (Some((speaker, text)), _) => {
                    open.take().into_iter().for_each(|(speaker, text)| console.say(speaker, &text));
                    open = Some((speaker, text.to_owned()));
                }
                (None, Some((_, text))) => text.extend(["\n", line]),
                (None, None) => {}
            }
        }
        open.into_iter().for_each(|(speaker, text)| console.say(speaker, &text));
        let id = format!("{}-{}", record.stem, record.number);
        let mut run = console.timeline.run(id.into(), console.failure.map(Into::into))?;
        run.final_answer = console.answer.map(Into::into).or(run.final_answer);
        Ok(run)
    }
}

#[derive(Default)]
struct Console<'a> {
    timeline: Timeline<'a>,
    /// Arguments that were printed before the tool.
    arguments: Option<Text<'a>>,
    /// The tool that was called and has no result yet.
    called: Option<String>,
    answer: Option<String>,
    failure: Option<String>,
}

impl<'a> Console<'a> {
    fn say(&mut self, speaker: Speaker, text: &str) {
        let text = text.trim();
        match speaker {
            Speaker::Agent => self.agent(text),
            Speaker::Tools => {
                self.timeline.observe(None, text.to_owned().into(), text.starts_with('❌').then_some(true))
            }
            Speaker::Manus => self.manus(text),
            Speaker::Other => {}
        }
    }

    fn agent(&mut self, text: &str) {
        if let Some(task) = after(text, TASKS) {
            self.timeline.user(own(task));
        } else if let Some(thought) = after(text, THOUGHTS) {
            self.timeline.think(own(thought));
        } else if let Some((name, input)) = action_in(text) {
            self.timeline.act(None, name.into_owned().into(), own(input));
        } else if let Some(answer) = after(text, &["📄 Result:", "📄  Final Result:", "📄 Final Result:"])
        {
            self.answer = Some(answer.to_owned()).filter(|answer| !answer.is_empty());
        } else if FAILURES.iter().any(|failure| text.starts_with(failure)) {
            self.failure = Some(text.trim_start_matches('❌').trim().to_owned());
        } else if text.starts_with("❌ Result failed") {
            self.timeline.observe(None, text.to_owned().into(), Some(true));
        }
    }

    fn manus(&mut self, text: &str) {
        if let Some((_, thought)) = text.split_once("'s thoughts:").filter(|_| text.starts_with('✨')) {
            self.timeline.say(own(thought.trim()));
        } else if text.contains(" selected 0 tools to use") {
            self.timeline.end_turn();
        } else if let Some(arguments) = after(text, &["🔧 Tool arguments:"]) {
            self.arguments = own(arguments);
        } else if let Some(tool) = after(text, &["🔧 Activating tool:"]) {
            let name = tool.trim_end_matches("...").trim_matches('\'');
            self.act(name);
        } else if let Some((tool, result)) = text.split_once(MISSION) {
            let name = tool.split('\'').nth(1).unwrap_or_default();
            if self.called.take().as_deref() != Some(name) {
                self.act(name);
                self.called = None;
            }
            let result = result.trim();
            self.timeline.settle(result.to_owned().into(), result.starts_with("Error").then_some(true));
        } else if FAILURES.iter().any(|failure| text.starts_with(failure))
            || text.contains("Reached max steps")
        {
            self.failure = Some(text.trim_start_matches('🚨').trim().to_owned());
        }
    }

    fn act(&mut self, name: &str) {
        self.timeline.act(None, name.to_owned().into(), self.arguments.take());
        self.called = Some(name.to_owned());
    }
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}

fn after<'t>(text: &'t str, starts: &[&str]) -> Option<&'t str> {
    starts.iter().find_map(|start| text.strip_prefix(start)).map(str::trim)
}

/// The name and the arguments of an action of browser-use: `Action 1/2: {"click": {..}}`, `[ACTION 1/2] click: index: 4`,
/// `click: index: 4`.
fn action_in(text: &str) -> Option<(Text<'_>, &str)> {
    if let Some(rest) = after(text, &["🛠️", "🛠"]).and_then(|rest| rest.strip_prefix("Action")) {
        return in_json(rest.split_once(": ")?.1.trim());
    }
    let rest = match after(text, &["🦾 [ACTION"]) {
        Some(rest) => rest.split_once(']')?.1,
        None => after(text, &["▶️", "▶"])?,
    };
    let (name, input) = rest.trim().split_once(':').unwrap_or((rest.trim(), ""));
    (!name.contains(' ')).then(|| (name.into(), input.trim()))
}

/// The one member of an object, its value as it stands.
fn in_json(json: &str) -> Option<(Text<'_>, &str)> {
    let mut tape = Tape::default();
    let parsed = tape.parse(json, Limits::default()).ok()?;
    let mut members = parsed.root().members();
    members.find(|(_, value)| !value.is_null()).map(|(name, value)| (name, value.raw()))
}
