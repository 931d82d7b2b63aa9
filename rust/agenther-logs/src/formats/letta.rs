//! Messages of Letta's agents.
//!
//! Source: the answer to `POST /v1/agents/{id}/messages` (`{messages, stop_reason, usage}`) and the list of
//! `GET /v1/agents/{id}/messages`, in either order, or a message a line; a message is told by its `message_type`. In
//! an agent file (`.af`: `{agents: [{agent_type, messages}]}`) by its `role`, in the words of OpenAI's API.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first `user_message` | `original_prompt`; later ones `user`; of JSON that Letta packs words in the words |
//! | first `system_message` | `system` |
//! | `reasoning_message` (`internal_monologue`) before a call | `thought`; before words of the user and at the end a step of its own |
//! | calls of a `tool_call_message`, an `approval_request_message` (`function_call`) | steps |
//! | `tool_return_message` (`function_return`) by `tool_call_id` | `observation`; `status` as `error` |
//! | `assistant_message`, calls of `send_message` | replies, the last is the `final_answer` |
//! | a `stop_reason` other than `end_turn`, `tool_rule` and `requires_approval` | `failure_reason` |
//!
//! Left out: events of the system (`heartbeat`, `login`), which come as messages of the user.
//!
//! Leaks: none.

use std::borrow::Cow;

use super::{Format, Piece, Record, by_agent};
use crate::json::{Value, read_inner};
use crate::messages::{is_message, join, words};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct Letta;

/// Types of messages whose names do not end as those of all others.
const TYPES: &[&str] = &["internal_monologue", "function_call", "function_return", "usage_statistics"];

/// The call by which older agents speak.
const SPEAKS: &str = "send_message";

fn messages_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let messages = if record.is_array() { record } else { record.get("messages")? };
    let is_file = record.get("agent_type").is_some() && messages.items().next().is_some_and(is_message);
    (is_file || messages.items().take(4).any(is_typed)).then_some(messages)
}

fn is_typed(message: Value<'_, '_>) -> bool {
    let known = |kind: Text<'_>| kind.ends_with("_message") || TYPES.contains(&&*kind);
    message.text_of(&["message_type"]).is_some_and(known)
}

/// Whether a line is a message by itself.
fn is_line(line: Value<'_, '_>) -> bool {
    is_typed(line) && line.get("id").is_some() && line.get("date").is_some()
}

impl Format for Letta {
    fn name(&self) -> &'static str {
        "letta"
    }

    fn shape(&self) -> &'static str {
        "`messages` of `message_type` (reasoning_message, tool_call_message), or a list of them"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(messages_of(record).is_some() || is_line(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_line(record).then(|| vec![Piece { run: record.text_of(&["agent_id"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let messages = messages_of(record.value).ok_or("it has no messages")?;
        let mut agent = Agent::default();
        in_order(messages.items().collect()).into_iter().for_each(|message| agent.message(message));
        let unsaid = agent.thought.is_some();
        agent.pause();
        let mut run = Run {
            steps: agent.timeline.finish(),
            original_prompt: agent.timeline.prompt,
            system: agent.system,
            ..Run::default()
        };
        by_agent(&run.steps)?;
        let last = messages.items().last().and_then(|message| message.text_of(&["run_id"]));
        run.trajectory_id = last.unwrap_or_else(|| record.run_id());
        let stop = record.value.at_path(&["stop_reason", "stop_reason"]).and_then(|stop| stop.text());
        run.failure_reason =
            stop.filter(|stop| !matches!(&**stop, "end_turn" | "tool_rule" | "requires_approval"));
        if !unsaid {
            set_final_answer(&mut run);
        }
        Ok(run)
    }
}

/// The messages, the oldest first. Of a step the thought comes first, whichever way the others go.
fn in_order<'t, 'a>(mut messages: Vec<Value<'t, 'a>>) -> Vec<Value<'t, 'a>> {
    let date = |message: Option<&Value<'t, 'a>>| message.and_then(|message| message.text_of(&["date"]));
    if date(messages.first()) > date(messages.last()) {
        messages.reverse();
        let id = |message: &Value<'_, 'a>| message.text_of(&["id"]);
        let thinks = |message: &Value<'_, '_>| message.get("reasoning").is_some();
        messages
            .chunk_by_mut(|one, other| id(one) == id(other))
            .for_each(|step| step.sort_by_key(|message| !thinks(message)));
    }
    messages
}

/// An agent as its messages come in.
#[derive(Default)]
struct Agent<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
    thought: Option<Text<'a>>,
    /// The call by which it spoke last, whose result says nothing.
    spoke: Option<Text<'a>>,
}

impl<'a> Agent<'a> {
    fn message(&mut self, message: Value<'_, 'a>) {
        let said = || message.get("content").or_else(|| message.get("message")).and_then(words);
        match message.text_of(&["message_type", "role"]).as_deref() {
            Some("system") => self.system = self.system.take().or_else(said),
            Some("user") => self.user(said().and_then(spoken)),
            Some("assistant") if message.items_of("tool_calls").next().is_none() => self.reply(said()),
            Some("assistant") => {
                join(&mut self.thought, said());
                self.calls(message);
            }
            Some("tool") => self.returns(message),
            Some("system_message") => self.system = self.system.take().or_else(said),
            Some("user_message") => self.user(said().and_then(spoken)),
            Some("assistant_message") => self.reply(said()),
            Some("reasoning_message" | "internal_monologue") => {
                join(&mut self.thought, message.text_of(&["reasoning", "internal_monologue"]));
            }
            Some("tool_call_message" | "approval_request_message" | "function_call") => self.calls(message),
            Some("tool_return_message" | "function_return") => self.returns(message),
            _ => {}
        }
    }

    /// What the agent thought last led to nothing that it said or did.
    fn pause(&mut self) {
        self.timeline.think(self.thought.take());
    }

    fn user(&mut self, words: Option<Text<'a>>) {
        if words.is_some() {
            self.pause();
            self.timeline.user(words);
        }
    }

    fn calls(&mut self, message: Value<'_, 'a>) {
        let one = message.any_of(&["tool_call", "function_call"]);
        let several = message.items_of("tool_calls");
        let calls = one.filter(|_| several.clone().next().is_none()).into_iter().chain(several);
        for call in calls {
            let id = call.text_of(&["tool_call_id", "function_call_id", "id"]);
            let function = call.get("function").unwrap_or(call);
            let input = function.get("arguments").and_then(|arguments| arguments.text_or_json());
            let name = call_name(function.text_of(&["name"]));
            match input.as_deref().filter(|_| name == SPEAKS).and_then(sent) {
                Some(words) => {
                    self.spoke = id;
                    self.reply(Some(words.into()));
                }
                None => {
                    self.timeline.think(self.thought.take());
                    self.timeline.act(id, name, input);
                }
            }
        }
    }

    /// What the agent thought before it spoke says no more than its words.
    fn reply(&mut self, words: Option<Text<'a>>) {
        self.thought = None;
        self.timeline.reply(words);
    }

    fn returns(&mut self, message: Value<'_, 'a>) {
        let several = message.items_of("tool_returns");
        let one = Some(message).filter(|_| several.clone().next().is_none());
        for result in one.into_iter().chain(several) {
            let id = [result, message]
                .into_iter()
                .find_map(|one| one.text_of(&["tool_call_id", "function_call_id"]));
            if id.is_some() && id == self.spoke {
                continue;
            }
            let seen = result.any_of(&["tool_return", "function_return"]).or_else(|| message.get("content"));
            let seen = seen.and_then(words);
            let failed = result.text_of(&["status"]).map(|status| status == "error");
            self.timeline.observe(id.as_deref(), seen.unwrap_or_default(), failed);
        }
    }
}

/// What `send_message` says.
fn sent(arguments: &str) -> Option<String> {
    read_inner(arguments, |arguments| Some(arguments.text_of(&["message"])?.into_owned()))
}

/// What the user said, out of the JSON in which Letta packs it; `None` for what the system says as the user.
fn spoken(words: Text<'_>) -> Option<Text<'_>> {
    if !words.starts_with('{') {
        return Some(words);
    }
    let packed = read_inner(&words, |inner| {
        let kind = inner.text_of(&["type"])?.into_owned();
        Some((kind, inner.text_of(&["message"]).map(Cow::into_owned)))
    });
    match packed {
        Some((kind, message)) if kind == "user_message" => message.map(Into::into),
        Some((kind, _)) if matches!(&*kind, "heartbeat" | "login" | "system_alert") => None,
        _ => Some(words),
    }
}
