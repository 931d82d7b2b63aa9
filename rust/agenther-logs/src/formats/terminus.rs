//! Terminus: an agent that writes keystrokes as JSON, in the chats that Terminal-Bench and data sets keep of it.
//!
//! Source: `laude-institute/terminal-bench` 1, `<trial>/agent-logs/episode-N/debug.json`, what litellm logs of a call:
//! `{messages, original_response}`; rows of messages. A reply is `{analysis, plan, commands: [{keystrokes, duration}],
//! task_complete}`, of the first version `{state_analysis, explanation, commands, is_task_complete}`. What Harbor writes is
//! read as `atif`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | what follows `Task Description:` in the first message | `original_prompt`; what is around it joins `system` |
//! | `analysis`, `plan` | `thought` |
//! | `commands`; a completed task | steps: `bash_command` with its keystrokes, `mark_task_complete`, as Harbor names them |
//! | the user's messages | `observation` of the last command |
//! | the reply in `original_response` | the last step |
//! | where it completes the task, of the trial's `results.json`: `is_resolved`, `failure_mode` | `success`, `failure_reason` |
//! | labels beside the messages | the labels |
//!
//! Each episode repeats those before it, and is a run of its own: which one is the last is told by a completed task only.
//!
//! Leaks: none; `parser_results` are not read.

use std::borrow::Cow;

use super::openai_chat::{build, messages};
use super::{Format, Record, filled, part_of};
use crate::json::{Value, read_inner};
use crate::messages::{Conversation, Role, content_text, role_of};
use crate::run::{Run, Text};
use crate::swebench::set_task;
use crate::timeline::Timeline;

pub(super) struct Terminus;

/// What stands in its prompt: the shape of its replies, and the head of the task.
const PROMPT: &[&str] = &["\"keystrokes\"", "Task Description:\n"];
/// What stands before the output of a terminal.
const OUTPUT: &str = "New Terminal Output:\n\n";
const THOUGHTS: &[&[&str]] = &[&["analysis", "state_analysis"], &["plan", "explanation"]];
const COMPLETE: &[&str] = &["task_complete", "is_task_complete"];

impl Format for Terminus {
    fn name(&self) -> &'static str {
        "terminus"
    }

    fn shape(&self) -> &'static str {
        "messages with `Task Description:`, and replies of `commands` with `keystrokes`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let first = messages(record).take(2).find(|message| role_of(*message) == Some(Role::User));
        let is_own = |text: Text<'_>| PROMPT.iter().all(|part| text.contains(part));
        97 * u8::from(first.and_then(content_text).is_some_and(is_own))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut chat = Chat::default();
        messages(record.value).for_each(|message| chat.message(message));
        chat.response(record.value);
        let steps = chat.timeline.finish();
        super::by_agent(&steps)?;
        let mut conversation = Conversation::default();
        (conversation.prompt, conversation.system) = (chat.timeline.prompt.take(), chat.system.take());
        conversation.steps = steps;
        let mut run = build(record, conversation)?;
        set_task(&mut run);
        // All files have one name.
        if record.stem == "debug" {
            run.trajectory_id = record.task_run_id("episode");
        }
        if chat.is_complete && run.success.is_none() && run.reward.is_none() {
            label(record, &mut run);
        }
        Ok(run)
    }
}

/// A chat as its messages come in.
#[derive(Default)]
struct Chat<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    is_complete: bool,
}

impl<'a> Chat<'a> {
    fn message(&mut self, message: Value<'_, 'a>) {
        let Some(words) = content_text(message) else { return };
        match role_of(message) {
            Some(Role::System) => self.system = self.system.take().or(Some(words)),
            Some(Role::Agent) => self.reply(words),
            _ if self.timeline.prompt.is_none() => self.timeline.user(Some(words)),
            _ => {
                let seen = part_of(&words, |words| words.strip_prefix(OUTPUT).unwrap_or(words));
                self.timeline.settle(seen, None);
            }
        }
    }

    /// What the model answered to the messages.
    fn response(&mut self, record: Value<'_, 'a>) {
        let Some(response) = record.text_of(&["original_response"]) else { return };
        let reply = read_inner(&response, |response| {
            let message = response.items_of("choices").next()?.get("message")?;
            Some(content_text(message)?.into_owned())
        });
        reply.into_iter().for_each(|reply| self.reply(reply.into()));
    }

    fn reply(&mut self, words: Text<'a>) {
        let json = words.find('{').zip(words.rfind('}')).and_then(|(start, end)| words.get(start..=end));
        let read = json.and_then(|json| read_inner(json, |reply| self.act(reply)));
        if read.is_none() {
            self.timeline.reply(Some(words));
        }
    }

    /// Plays a reply; nothing where it is none.
    fn act(&mut self, reply: Value<'_, '_>) -> Option<()> {
        let commands = reply.get("commands").filter(|commands| commands.is_array())?;
        for names in THOUGHTS {
            self.timeline.think(reply.text_of(names).map(own));
        }
        for command in commands.items() {
            self.timeline.act(None, Cow::Borrowed("bash_command"), Some(own(command.json())));
        }
        self.is_complete = reply.any_of(COMPLETE).and_then(|flag| flag.as_bool()) == Some(true);
        if self.is_complete {
            self.timeline.act(None, Cow::Borrowed("mark_task_complete"), None);
        }
        self.timeline.end_turn();
        Some(())
    }
}

fn own(text: Text<'_>) -> Text<'static> {
    Cow::Owned(text.into_owned())
}

/// Takes the result of the trial, two folders above that of an episode.
fn label(record: &Record<'_, '_>, run: &mut Run<'_>) {
    let Some(text) = record.beside.text("../../results.json") else { return };
    let found = read_inner(&text, |result| {
        let mode = result.text_of(&["failure_mode"]).and_then(filled).map(|mode| mode.into_owned());
        Some((result.get("is_resolved")?.as_bool()?, mode))
    });
    let Some((resolved, mode)) = found else { return };
    run.success = Some(resolved);
    run.failure_reason = mode.filter(|mode| mode != "unset" && mode != "none").map(Into::into);
}
