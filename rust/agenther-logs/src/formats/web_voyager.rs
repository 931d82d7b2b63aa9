//! WebVoyager messages: a browser agent that looks at screenshots.
//!
//! Source: `MinorJerry/WebVoyager`, `interact_messages.json`: a list of messages; the agent writes
//! `Thought: …` and `Action: Click [2]`, the user's messages are observations.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | what follows `Now given a task:` | `original_prompt` |
//! | system message | `system` |
//! | `Thought:`, `Action:` | `thought`; `action_name` is the action's first word, `action_input` the rest |
//! | the user's messages, without the words that introduce a screenshot | `observation`; that of the first message stands before all actions |
//! | a message that says that an action or its format was wrong | `error` |
//! | `Action: ANSWER; …` | `final_answer` |
//! | `Please interact with <address>` | `metadata` |
//!
//! Leaks: none; its evaluation lies in other files.

use std::borrow::Cow;

use super::openai_chat::messages;
use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::messages::{Role, content_text, role_of};
use crate::run::Run;
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct WebVoyager;

const TASK: &str = "Now given a task:";
/// Between the task and the first observation.
const INTERACT: &str = "Please interact with ";
const GET_ANSWER: &str = "and get the answer.";
/// The end of what introduces a screenshot.
const INTRODUCED: &str = "refer to the textual information.\n";
/// How messages begin that find fault with the agent's.
const FAULTS: &[&str] = &["The action you have chosen cannot be exe", "Format ERROR"];

impl Format for WebVoyager {
    fn name(&self) -> &'static str {
        "web_voyager"
    }

    fn shape(&self) -> &'static str {
        "messages with `Now given a task:`, `Thought:` and `Action: Click [2]`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let first = messages(record).take(2).find(|message| role_of(*message) == Some(Role::User));
        let task = first.and_then(content_text).is_some_and(|text| text.trim_start().starts_with(TASK));
        97 * u8::from(task)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        let (mut system, mut address) = (None, None);
        for message in messages(record.value) {
            let Some(text) = content_text(message) else { continue };
            match role_of(message) {
                Some(Role::System) => system = system.or(Some(text)),
                Some(Role::Agent) => read_reply(&text, &mut timeline),
                Some(_) if timeline.prompt.is_none() => address = read_task(&text, &mut timeline),
                _ => read_observation(&text, &mut timeline),
            }
        }
        let steps = timeline.finish();
        if steps.is_empty() {
            return Err("its agent said nothing".to_owned());
        }
        let mut metadata = ObjectWriter::default();
        if let Some(address) = address {
            metadata.text("start_url", &address);
        }
        let mut run = Run {
            trajectory_id: record.task_run_id(record.stem),
            original_prompt: timeline.prompt,
            system,
            steps,
            metadata: metadata.finish().map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// Reads the first message; gives the address at which the task starts.
fn read_task(text: &str, timeline: &mut Timeline<'_>) -> Option<String> {
    let task = text.trim_start().strip_prefix(TASK).unwrap_or(text);
    let (task, rest) = task.split_once(INTERACT).unwrap_or((task, ""));
    timeline.user(filled(Cow::Owned(task.trim().to_owned())));
    let (address, seen) = rest.split_once(GET_ANSWER)?;
    let seen = observed(seen);
    if !seen.is_empty() && !seen.contains("(Omitted in context.)") {
        timeline.happen(Cow::Owned(seen.to_owned()), None);
    }
    Some(address.trim().to_owned())
}

fn read_observation(text: &str, timeline: &mut Timeline<'_>) {
    let seen = observed(text);
    let fault = FAULTS.iter().any(|fault| seen.starts_with(fault));
    timeline.observe(None, Cow::Owned(seen.to_owned()), fault.then_some(true));
}

/// An observation without the words that introduce it.
fn observed(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix("Observation:").unwrap_or(text).trim_start();
    text.split_once(INTRODUCED).map_or(text, |(_, seen)| seen)
}

fn read_reply(text: &str, timeline: &mut Timeline<'_>) {
    let Some((thought, action)) = text.rsplit_once("Action:") else {
        return timeline.reply(Some(Cow::Owned(text.to_owned())));
    };
    let thought = thought.trim();
    let thought = thought.strip_prefix("Thought:").unwrap_or(thought).trim();
    timeline.think(filled(Cow::Owned(thought.to_owned())));
    let action = action.trim();
    let end = action.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(action.len());
    let (name, input) = action.split_at(end);
    let input = input.trim_start();
    let input = input.strip_prefix(';').unwrap_or(input).trim_start();
    timeline.act(None, Cow::Owned(name.to_owned()), filled(Cow::Owned(input.to_owned())));
}
