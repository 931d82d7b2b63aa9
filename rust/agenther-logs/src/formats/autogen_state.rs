//! AutoGen 0.4 and later: saved states of teams and agents, and runs of AutoGen Studio.
//!
//! Source: `save_state()` of `autogen_agentchat` (`state/_states.py`): `{type: TeamState, agent_states: {name: {agent_state:
//! {llm_context: {messages}}} | {message_thread}}}`, and each of these states by itself; runs of AutoGen Studio, as its
//! database and `GET /api/sessions/{id}/runs` have them: `{task, team_result: {task_result: {messages, stop_reason}},
//! messages: [{config}]}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the longest `message_thread`, which is what all agents said and did; without one the longest `llm_context` | the conversation; see `openai_chat` |
//! | `team_result.task_result.messages`, of a run that has no result the `config` of its `messages` | the conversation |
//! | `TERMINATE` behind words | is cut |
//! | `error_message`; a `stop_reason` that names a limit | `failure_reason` |
//! | type, team, status, any other `stop_reason` | `metadata` |
//!
//! Leaks: none.

use super::{Format, Record, by_agent, filled, part_of};
use crate::json::{ObjectWriter, Value};
use crate::messages::Conversation;
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct AutogenState;

/// The word by which agents end a chat.
const END: &str = "TERMINATE";

fn team_messages<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    record.at_path(&["team_result", "task_result", "messages"]).filter(|list| list.items().next().is_some())
}

/// What all agents of a state said, or what one of them was told.
fn thread_in<'t, 'a>(state: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let states = || {
        let inner = state.get("agent_states").into_iter().flat_map(|states| states.members());
        inner.map(|(_, state)| state).chain([state])
    };
    let longest = |lists: &mut dyn Iterator<Item = Value<'t, 'a>>| {
        lists.filter(|list| list.items().next().is_some()).max_by_key(|list| list.items().count())
    };
    let context = |state: Value<'t, 'a>| state.at_path(&["agent_state", "llm_context", "messages"]);
    longest(&mut states().filter_map(|state| state.get("message_thread")))
        .or_else(|| longest(&mut states().filter_map(context)))
}

fn is_studio_run(record: Value<'_, '_>) -> bool {
    let has = |key| record.get(key).is_some();
    has("task") && has("team_result") && (has("status") || has("session_id"))
}

fn messages_of<'t, 'a>(record: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    if let Some(list) = team_messages(record).or_else(|| thread_in(record)) {
        return list.items().collect();
    }
    let rows = record.items_of("messages").filter_map(|row| row.get("config"));
    rows.filter(|_| is_studio_run(record)).collect()
}

impl Format for AutogenState {
    fn name(&self) -> &'static str {
        "autogen_state"
    }

    fn shape(&self) -> &'static str {
        "`agent_states` of `message_thread`, `agent_state`, or a Studio run with `task` and `team_result`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_state = |state: Value<'_, '_>| {
            state.get("message_thread").is_some() && state.get("current_turn").is_some()
                || state.at_path(&["agent_state", "llm_context"]).is_some()
        };
        let mut states = record.get("agent_states").into_iter().flat_map(|states| states.members());
        95 * u8::from(is_state(record) || is_studio_run(record) || states.any(|(_, state)| is_state(state)))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let conversation = Conversation::read(messages_of(value).into_iter());
        let mut run = Run {
            trajectory_id: value.text_of(&["team_id"]).unwrap_or_else(|| record.run_id()),
            original_prompt: conversation.prompt.or_else(|| value.get("task")?.text_of(&["content"])),
            system: conversation.system,
            steps: conversation.steps,
            ..Run::default()
        };
        by_agent(&run.steps)?;
        cut_end(&mut run.steps);
        set_final_answer(&mut run);
        let stop = value
            .at_path(&["team_result", "task_result"])
            .and_then(|result| result.text_of(&["stop_reason"]));
        let (limit, stop): (Option<Text<'a>>, _) = match stop {
            Some(stop) if stop.starts_with("Maximum number of") || stop.starts_with("Timeout") => {
                (Some(stop), None)
            }
            stop => (None, stop),
        };
        run.failure_reason = value.text_of(&["error_message"]).or(limit);
        run.metadata = metadata(value, stop.as_deref()).map(Into::into);
        Ok(run)
    }
}

/// Cuts the word that ends a chat off the replies; one that says no more goes.
pub(super) fn cut_end<'a>(steps: &mut Vec<RunStep<'a>>) {
    let without_end =
        |words: Text<'a>| part_of(&words, |words| words.trim_end().trim_end_matches(END).trim_end());
    for step in steps.iter_mut().filter(|step| step.action_name.is_none()) {
        step.thought = step.thought.take().map(without_end).and_then(filled);
    }
    steps.retain(|step| *step != RunStep::default());
}

fn metadata(record: Value<'_, '_>, stop: Option<&str>) -> Option<String> {
    let mut out = ObjectWriter::default();
    ["type", "team_id", "session_id", "status"].iter().for_each(|key| _ = out.copy(key, record.get(key)));
    stop.into_iter().for_each(|stop| _ = out.text("stop_reason", stop));
    out.finish()
}
