//! Chats of web agents that are shown a page in each of the user's messages and write an action each.
//!
//! Source: the prompts of WebArena (`agent/prompts` of `web-arena-x/webarena`), of AgentLab's `GenericAgent`
//! (`ServiceNow/AgentLab`, pages of BrowserGym) and of browser-use before and after its tool calls, as logged turn by
//! turn.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `OBJECTIVE:`, the section `## Goal:`, `Your ultimate task is: """…"""`, `<user_request>` | `original_prompt` |
//! | system message | `system` |
//! | the page in the user's first message | `observation` of a first step without action |
//! | the page in a later one, `Action result: …` | `observation` of the action before |
//! | what the agent writes between three backquotes or in `<action>` | `action_name` and `action_input`, as in `click [12]`, `fill('a12', 'text')` |
//! | browser-use's `action` list, in its call or as JSON | a step each; the page that follows is the last one's |
//! | the rest of what it writes, `next_goal` | `thought` |
//! | a first line `Error from previous action`, `Action result: ❌` | `error` |
//! | the argument of stop, done, `send_msg_to_user` | `final_answer` |
//!
//! Leaks: none; rewards lie in other files.

use std::borrow::Cow;

use super::openai_chat::{messages, tools_of};
use super::{Format, Record, filled};
use crate::json::{Limits, ObjectWriter, Tape, Value};
use crate::labels::read_labels;
use crate::messages::{Role, content_text, join, role_of};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct WebAgentChat;

impl Format for WebAgentChat {
    fn name(&self) -> &'static str {
        "web_agent_chat"
    }

    fn shape(&self) -> &'static str {
        "messages of the user with a page (`OBSERVATION:` .. `OBJECTIVE:`, `## AXTree:`, `[Start of page]`) and an action in each reply"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let shows = |message: Value<'_, '_>| {
            role_of(message) == Some(Role::User)
                && content_text(message).is_some_and(|text| page_of(&text).is_some())
        };
        let acts = |message: Value<'_, '_>| {
            role_of(message) == Some(Role::Agent)
                && (!actions_in_calls(message).is_empty()
                    || content_text(message).is_some_and(|text| action_of(&text).is_some()))
        };
        let first = || messages(record).take(5);
        // browser-use keeps the page of the last message only; its calls are no one else's.
        let has_states =
            || first().any(|message| role_of(message) == Some(Role::Agent) && states_in_call(message));
        96 * u8::from(first().any(acts) && (first().any(shows) || has_states()))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        let mut system = None;
        let mut acted = false;
        for message in messages(record.value) {
            let text = content_text(message);
            match role_of(message) {
                Some(Role::System) => system = system.or(text),
                Some(Role::Agent) => {
                    acted |= read_reply(message, text.as_deref().unwrap_or(""), &mut timeline)
                }
                Some(Role::User) => read_page(text.as_deref().unwrap_or(""), acted, &mut timeline),
                _ => {}
            }
        }
        let steps = timeline.finish();
        if !steps.iter().any(|step| step.action_name.is_some()) {
            return Err("its agent did nothing".to_owned());
        }
        let mut run = Run {
            trajectory_id: record.task_run_id(record.stem),
            original_prompt: timeline.prompt,
            system,
            tools: tools_of(record.value),
            steps,
            ..Run::default()
        };
        read_labels(record.value, &mut run);
        run.final_answer = answer_of(&run).map(Cow::Owned).and_then(filled);
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn between<'t>(text: &'t str, from: &str, to: &[&str]) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    let end = to.iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
    Some(rest[..end].trim())
}

/// The page that a message shows.
fn page_of(text: &str) -> Option<&str> {
    if let Some(seen) = between(text, "OBSERVATION:", &["\nOBJECTIVE:", "\nPREVIOUS ACTION:"]) {
        return text.contains("OBJECTIVE:").then_some(seen);
    }
    if text.contains("## AXTree:") {
        let from = ["# Observation of current step:", "# Current page", "## AXTree:"];
        let start = from.iter().find_map(|mark| text.find(mark))?;
        return between(
            &text[start..],
            "",
            &["\n# History", "\n# Action space", "\n# Next action", "\n# Abstract Example", "\n# Memory"],
        );
    }
    let is_markup = text.contains("[Start of page]") || text.contains("Interactive elements");
    if !is_markup {
        return None;
    }
    let from = ["[Current state starts here]", "<browser_state>", "Current url:", "Current URL:"];
    let start = from.iter().find_map(|mark| text.find(mark))?;
    between(&text[start..], "", &["</browser_state>", "<browser_vision>"])
}

/// What the user asked for, where a message says so.
fn goal_of(text: &str) -> Option<&str> {
    between(text, "OBJECTIVE:", &["\nPREVIOUS ACTION:", "\nURL:", "\nOBSERVATION:"])
        .or_else(|| between(text, "## Goal:", &["\n# ", "\n## "]))
        .or_else(|| between(text, "Your ultimate task is: \"\"\"", &["\"\"\""]))
        .or_else(|| between(text, "<user_request>", &["</user_request>"]))
        .filter(|goal| !goal.is_empty())
}

fn read_page(text: &str, acted: bool, timeline: &mut Timeline<'_>) {
    let page = page_of(text);
    if timeline.prompt.is_none() {
        let goal = goal_of(text).or(page.is_none().then_some(text));
        timeline.user(goal.map(|goal| Cow::Owned(goal.to_owned())));
    }
    if page.is_none() && acted {
        return read_result(text, timeline);
    }
    let Some(page) = page.filter(|page| !page.is_empty()) else { return };
    let is_error =
        ["Error from previous action", "Action error:", "❌"].iter().any(|mark| text.contains(mark));
    let page = Cow::Owned(page.to_owned());
    if !acted {
        return timeline.happen(page, None);
    }
    // Of several actions in one turn the page is what came of the last.
    let last = timeline.steps.len().checked_sub(1);
    let result = last.and_then(|last| timeline.steps[last].observation.take());
    let page = match result {
        Some(result) => format!("{result}\n{page}").into(),
        None => page,
    };
    timeline.observe(last.map(call_id).as_deref(), page, is_error.then_some(true));
}

/// What came of one action of browser-use, which says so of each of them before it shows the page.
fn read_result(text: &str, timeline: &mut Timeline<'_>) {
    let Some(result) = ["Action result:", "Action error:"].iter().find_map(|mark| text.strip_prefix(mark))
    else {
        return;
    };
    let Some(last) = timeline.steps.last_mut().filter(|step| step.action_name.is_some()) else { return };
    let is_error = text.starts_with("Action error:") || result.contains('❌');
    last.error = last.error.or(is_error.then_some(true));
    join(&mut last.observation, filled(Cow::Owned(result.trim().to_owned())));
}

/// The action that a reply ends with, and what stands before it.
fn action_of(text: &str) -> Option<(&str, &str)> {
    if let Some((before, rest)) = text.rsplit_once("<action>") {
        return Some((before, rest.split("</action>").next().unwrap_or(rest).trim()));
    }
    let close = text.rfind("```")?;
    let open = text[..close].rfind("```")?;
    let action = text[open + 3..close].trim();
    let name = name_of(action);
    let is_action = !name.is_empty()
        && action[name.len()..].trim_start().starts_with(['[', '('])
        && action.lines().count() <= 2
        || matches!(action, "go_back" | "go_forward" | "new_tab" | "close_tab");
    is_action.then_some((&text[..open], action))
}

/// What the call of a step is known by while its page is awaited.
fn call_id(step: usize) -> String {
    step.to_string()
}

/// The answer that the last action gives, without the marks around it.
fn answer_of(run: &Run<'_>) -> Option<String> {
    let last = run.steps.iter().rev().find(|step| step.action_name.is_some())?;
    let input = last.action_input.as_deref()?.trim();
    let bare = match last.action_name.as_deref()? {
        "stop" => input.strip_prefix('[').and_then(|input| input.strip_suffix(']')).unwrap_or(input),
        "send_msg_to_user" => input.trim_matches(['\'', '"']),
        _ => return None,
    };
    Some(bare.trim().to_owned())
}

fn name_of(action: &str) -> &str {
    let end = action.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(action.len());
    &action[..end]
}

/// Takes what the agent did and said; whether it did something.
fn read_reply(message: Value<'_, '_>, text: &str, timeline: &mut Timeline<'_>) -> bool {
    let mut calls = actions_in_calls(message);
    if calls.is_empty() {
        calls = actions_in(text.trim());
    }
    if !calls.is_empty() {
        for (thought, name, input) in calls {
            timeline.think(thought.map(Cow::Owned).and_then(filled));
            let id = call_id(timeline.steps.len());
            timeline.act(Some(id.into()), Cow::Owned(name), Some(Cow::Owned(input)));
        }
        return true;
    }
    let Some((before, action)) = action_of(text) else {
        timeline.reply(Some(Cow::Owned(text.to_owned())));
        return false;
    };
    timeline.think(filled(Cow::Owned(thought_of(before).to_owned())));
    let name = name_of(action);
    let input = action[name.len()..].trim();
    // Of a call only the arguments.
    let input = input.strip_prefix('(').and_then(|input| input.strip_suffix(')')).unwrap_or(input);
    let id = call_id(timeline.steps.len());
    timeline.act(Some(id.into()), Cow::Owned(name.to_owned()), filled(Cow::Owned(input.to_owned())));
    true
}

/// What was thought before an action, without tags and the phrase that announces it.
fn thought_of(before: &str) -> &str {
    let thought = between(before, "<think>", &["</think>"]).unwrap_or(before).trim();
    let thought =
        thought.split("In summary, the next action I will perform is").next().unwrap_or(thought).trim();
    thought.strip_prefix("Let's think step-by-step.").unwrap_or(thought).trim()
}

type Action = (Option<String>, String, String);

/// The actions in the call of browser-use's agent.
fn actions_in_calls(message: Value<'_, '_>) -> Vec<Action> {
    let calls = message.get("tool_calls").into_iter().flat_map(|calls| calls.items());
    let arguments = calls.filter_map(|call| call.get("function")?.get("arguments")?.text_or_json());
    arguments.flat_map(|arguments| actions_in(&arguments)).collect()
}

/// Whether a message has a call that tells the state of the agent beside its actions.
fn states_in_call(message: Value<'_, '_>) -> bool {
    !actions_in_calls(message).is_empty()
        && message.items_of("tool_calls").any(|call| {
            let arguments =
                call.get("function").and_then(|function| function.get("arguments")?.text_or_json());
            arguments.is_some_and(|text| text.contains("\"next_goal\""))
        })
}

/// `{"current_state": {"next_goal": …}, "action": [{"click_element": {"index": 3}}, …]}`.
fn actions_in(text: &str) -> Vec<Action> {
    let text = text.strip_prefix("```json").unwrap_or(text).trim_end_matches("```").trim();
    let mut tape = Tape::default();
    if !text.starts_with('{') || !text.contains("\"action\"") {
        return Vec::new();
    }
    let Ok(parsed) = tape.parse(text, Limits::default()) else { return Vec::new() };
    let root = parsed.root();
    let Some(list) = root.get("action").filter(|list| list.is_array()) else { return Vec::new() };
    let mut thought = root
        .get("current_state")
        .and_then(|state| state.get("next_goal"))
        .or_else(|| root.get("next_goal"))
        .and_then(|goal| goal.text())
        .map(Text::into_owned);
    let action = |item: Value<'_, '_>| {
        let (name, input) = item.members().find(|(_, input)| input.is_object())?;
        let input = if name == "done" {
            let mut out = ObjectWriter::default();
            out.copy("text", input.get("text"));
            out.finish().unwrap_or_default()
        } else {
            input.json().into_owned()
        };
        Some((name.into_owned(), input))
    };
    list.items().filter_map(action).map(|(name, input)| (thought.take(), name, input)).collect()
}
