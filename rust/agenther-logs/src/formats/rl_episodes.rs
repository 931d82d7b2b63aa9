//! Groups of rollouts as trainers of agents save them: rLLM's episodes, ART's trajectories and Atropos' scored groups.
//!
//! Source: `Episode.to_dict()` and `Trajectory.to_dict()` of `rllm/agents/agent.py` (`{id, task, is_correct,
//! termination_reason, trajectories: [{uid, name, task, steps: [{chat_completions, reward}], reward}]}`), `art/utils/trajectory_logging.py`
//! of `OpenPipe/ART` (`{trajectories: [{messages_and_choices, reward, metrics, metadata, tools, logs}]}`), and the groups that
//! environments of `NousResearch/atropos` write with `data_path_to_save_groups` (`{tokens, masks, scores, messages: [[message]]}`,
//! each conversation a list or a text in a chat template). Each trajectory, each conversation of a group is a run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `chat_completions` of the last step, where it goes on from those before; else of all steps | the conversation; see `openai_chat` |
//! | conversation of a group; `messages_and_choices`, of a choice its message | the conversation |
//! | `question`, `problem`, … of `task`, where the first message has it | `original_prompt` |
//! | `reward` of the trajectory, its score in the group | `reward` |
//! | `is_correct` of an episode with one trajectory | `success` |
//! | `termination_reason` other than that the environment was done | `failure_reason` |
//! | `tools` | `tools` |
//! | name of the trajectory, ART's `metadata` | `metadata` |
//!
//! Left out: ART's `additional_histories`, conversations that the run also had.
//!
//! Leaks: `task` and `answer`, `solution`, … of `metadata` (they hold the answer), `info`, `metrics` and what the steps repeat stay behind.

use super::openai_chat::{schemas_in_prompt, set_goal, tools_of};
use super::{Format, METADATA_FIELD, Piece, Record, by_agent, is_reference};
use crate::identity::fingerprint;
use crate::json::{Limits, ObjectWriter, Tape, Value};
use crate::labels::is_label;
use crate::messages::{Conversation, is_message};
use crate::run::Run;
use crate::terminal::set_final_answer;
use crate::transcript::messages_in;

pub(super) struct RlEpisodes;

const GOAL: &[&str] = &["question", "problem", "instruction", "prompt", "query", "problem_statement"];
/// What a row of the data set says of the answer, beside the names of references.
const ANSWERS: &[&str] = &["answer", "answers", "solution", "expected", "ground_truth_answer", "label"];
/// Endings that are none of a failure.
const USUAL: &[&str] = &["env_done", "unknown"];

fn chat_of<'t, 'a>(step: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    step.get("chat_completions").filter(|chat| chat.items().next().is_some_and(is_message))
}

fn is_trajectory(value: Value<'_, '_>) -> bool {
    value.items_of("steps").take(4).any(|step| chat_of(step).is_some())
}

fn is_episode(value: Value<'_, '_>) -> bool {
    value.get("is_correct").is_some() && value.items_of("trajectories").take(4).any(is_trajectory)
}

/// ART's messages, and completions among them.
fn choices_of<'t, 'a>(value: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    value.get("messages_and_choices").filter(|list| list.items().next().is_some_and(is_message))
}

fn is_group(value: Value<'_, '_>) -> bool {
    let first = value.items_of("messages").next();
    let is_chat = |chat: Value<'_, '_>| chat.is_string() || chat.items().next().is_some_and(is_message);
    value.get("scores").is_some_and(|scores| scores.is_array())
        && (value.get("tokens").is_some() || value.get("masks").is_some())
        && first.is_some_and(is_chat)
}

impl Format for RlEpisodes {
    fn name(&self) -> &'static str {
        "rl_episodes"
    }

    fn shape(&self) -> &'static str {
        "`trajectories` of `steps` with `chat_completions`, beside `is_correct`, or `messages`, `scores`, `tokens` of a group"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        95 * u8::from(
            is_episode(record) || is_trajectory(record) || is_group(record) || choices_of(record).is_some(),
        )
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        // The same task is rolled out again and again.
        let print = fingerprint(record.raw());
        let id = record.text_of(&["id", "group_id"]).map_or(print.clone(), |id| format!("{id}-{print}"));
        let named = |place: usize, value| Piece { run: Some(format!("{id}-{place}").into()), value };
        if is_group(record) {
            let mut scores = record.items_of("scores");
            let mut pieces = Vec::new();
            for (place, chat) in record.items_of("messages").enumerate() {
                pieces.extend(
                    [Some(chat), scores.next()].into_iter().flatten().map(|value| named(place, value)),
                );
            }
            return Some(pieces);
        }
        if !is_episode(record) {
            return None;
        }
        let is_one = record.items_of("trajectories").count() == 1;
        let labels = || {
            let correct = record.get("is_correct").filter(|_| is_one);
            [correct, record.any_of(&["termination_reason"])].into_iter().flatten()
        };
        let mut pieces = Vec::new();
        for (place, trajectory) in record.items_of("trajectories").enumerate() {
            pieces.extend([trajectory].into_iter().chain(labels()).map(|value| named(place, value)));
        }
        Some(pieces)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let held = record.value.items().next().filter(|_| record.key.is_some()).unwrap_or(record.value);
        let beside = || record.value.items().skip(1).filter(|_| record.key.is_some());
        let id = record.key.map(|key| key.to_owned().into());
        let mut run = match (held.is_object(), choices_of(held)) {
            (_, Some(choices)) => with_choices(held, choices),
            (true, None) => trajectory(held)?,
            (false, None) => conversation(held)?,
        };
        by_agent(&run.steps)?;
        run.trajectory_id = id.or_else(|| held.text_of(&["uid"])).unwrap_or_else(|| record.run_id());
        run.success = beside().find_map(|value| value.as_bool());
        run.reward = run
            .reward
            .or_else(|| beside().filter(|value| !value.is_string()).find_map(|value| value.as_f64()));
        let ending = beside().find_map(|value| value.text());
        run.failure_reason = ending.filter(|ending| !USUAL.contains(&&**ending));
        run.tools = run.tools.or_else(|| run.system.as_deref().and_then(schemas_in_prompt));
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// A conversation of a group.
fn conversation<'a>(chat: Value<'_, 'a>) -> Result<Run<'a>, String> {
    let Some(text) = chat.text() else {
        return Ok(run_of(Conversation::read_turns(chat.items(), true)));
    };
    let list = messages_in(&text).ok_or("its text has no chat template")?;
    let mut tape = Tape::default();
    let parsed =
        tape.parse(&list, Limits::default()).map_err(|error| format!("it makes no chat: {error}"))?;
    Ok(run_of(Conversation::read_turns(parsed.root().items(), true).into_owned()))
}

/// A trajectory of ART's.
fn with_choices<'a>(value: Value<'_, 'a>, choices: Value<'_, 'a>) -> Run<'a> {
    let mut run = run_of(Conversation::read_turns(choices.items(), true));
    run.tools = tools_of(value);
    run.reward = value.get("reward").and_then(|reward| reward.as_f64());
    let kept = value.get("metadata").filter(|kept| kept.json().len() <= METADATA_FIELD);
    let mut out = ObjectWriter::default();
    let members = kept.into_iter().flat_map(|kept| kept.members());
    let is_answer = |key: &str| ANSWERS.contains(&key) || is_reference(key);
    for (key, member) in members.filter(|(key, _)| !is_answer(key) && !is_label(key)) {
        out.copy(&key, Some(member));
    }
    run.metadata = out.finish().map(Into::into);
    run
}

fn run_of(conversation: Conversation<'_>) -> Run<'_> {
    Run {
        original_prompt: conversation.prompt,
        system: conversation.system,
        steps: conversation.steps,
        ..Run::default()
    }
}

fn trajectory<'a>(value: Value<'_, 'a>) -> Result<Run<'a>, String> {
    let chats: Vec<Value<'_, 'a>> = value.items_of("steps").filter_map(chat_of).collect();
    let last = chats.last().ok_or("its steps have no `chat_completions`")?;
    let mut run = match is_cumulative(&chats) {
        true => run_of(Conversation::read_turns(last.items(), true)),
        false => run_of(Conversation::read_turns(chats.iter().flat_map(|chat| chat.items()), true)),
    };
    if let Some(task) = value.get("task").filter(|task| task.is_object()) {
        set_goal(task.text_of(GOAL), &mut run);
    }
    run.reward = value.get("reward").and_then(|reward| reward.as_f64());
    let mut out = ObjectWriter::default();
    out.copy("name", value.get("name"));
    run.metadata = out.finish().map(Into::into);
    Ok(run)
}

/// Whether the chat of each step goes on from the one before.
fn is_cumulative(chats: &[Value<'_, '_>]) -> bool {
    let goes_on = |before: &Value<'_, '_>, after: &Value<'_, '_>| {
        let said = before.items().last();
        let again = after.items().nth(before.items().count().saturating_sub(1));
        let same = |key| {
            said.and_then(|said| said.get(key)?.text()) == again.and_then(|again| again.get(key)?.text())
        };
        again.is_some() && same("role") && same("content")
    };
    chats.windows(2).all(|pair| goes_on(&pair[0], &pair[1]))
}
