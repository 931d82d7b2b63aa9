//! Rollouts: a prompt and what a model went on with as one text, calls, results and all, as trainers by
//! reinforcement learning dump them.
//!
//! Source: veRL's `rollout_data_dir` and `validation_data_dir` (`{input, output, gts, score, step}`, special tokens
//! left out), `{prompt, response | completion, reward}` of TRL, OpenRLHF and their kin, the generations of Search-R1,
//! ReSearch, ReTool, ToRL, ARPO, Search-o1 and R1-Searcher (`{question, output, ..}`); `sequences_str` has the prompt and its
//! template too.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | the last user turn of the prompt (a chat template, what is left of one, messages, or plain text), or a goal field | `original_prompt`; of `Question: ..` behind the instructions the question, the rest joins `system` |
//! | the turns before it | `system`, `user` |
//! | `<search>`, `<code>`, `<tool_call>`, .. in the response | `action_name`, `action_input`; the words before them `thought` |
//! | `<information>`, `<interpreter>`, `<tool_response>`, .. right behind a call | `observation` |
//! | `Pred_Answer`, else the last words, of `<answer>..</answer>` the answer | `final_answer` |
//! | `score`, `reward`, `success`, …, `acc` or `em` also of `Metrics` | the labels |
//! | the rest | `metadata` |
//!
//! Leaks: the gold answer (`gts`, `ground_truth`, `golden_answers`, …) stays behind.

use super::openai_chat::{holds_messages, schemas_in_prompt, set_goal, tools_of};
use super::{Format, Record, copy_rest};
use crate::blank::is_blank;
use crate::json::{Keys, Limits, ObjectWriter, Tape, Value, read_inner};
use crate::labels::{is_label, read_labels, reward_of};
use crate::messages::{Conversation, Role, content_text, has_written_calls, is_message, role_of};
use crate::run::{Run, Text};
use crate::sse::message_in;
use crate::terminal::set_final_answer;
use crate::transcript::{Chat, is_open, messages_in, turns_after};

pub(super) struct Rollout;

/// Fields that hold what the model was given, the template's before the bare question.
static PROMPT: Keys = Keys::new(&[
    "prompt",
    "input",
    "input_prompt",
    "prompt_text",
    "input_text",
    "question",
    "Question",
    "query",
    "problem",
]);
/// Fields that hold what it went on with.
static RESPONSE: Keys = Keys::new(&[
    "response",
    "output",
    "completion",
    "response_text",
    "output_text",
    "generated_text",
    "generation",
    "solution_str",
    "model_output",
    "output_response",
    "gen_text_store",
    "Output",
    "sequences_str",
]);
/// Fields that state the goal.
const GOAL: &[&str] = &["question", "query", "goal", "task", "problem"];
/// Names of rewards beside those of all logs: exact match and accuracy.
const REWARD: &[&str] = &["acc", "em"];
/// Where Search-o1 and WebThinker have them, and the answer that they scored; `answer` beside it is the gold one.
const METRICS: &str = "Metrics";
const ANSWER: &str = "Pred_Answer";
/// Gold answers by names that only trainers use.
const GOLD: &[&str] = &["gts", "answers", "golden_answers", "reward_model"];

fn response<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.among(&RESPONSE).filter_map(|(_, value)| value.text()).find(|text| !is_blank(text))
}

/// What the model was given: a text, or messages that the response goes on with. A conversation that has its answer
/// needs none.
fn prompt<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    const CONVERSATIONS: &[&str] = &["messages", "conversations", "conversation"];
    let goes_on = |value: Value<'t, 'a>| {
        let last = value.items().last();
        value.text().is_some_and(|text| !is_blank(&text))
            || last.is_some_and(|last| is_message(last) && role_of(last) != Some(Role::Agent))
    };
    let is_chat = |value: &Value<'t, 'a>| value.items().next().is_some_and(is_message);
    match CONVERSATIONS.iter().find_map(|key| record.get(key).filter(is_chat)) {
        Some(messages) => Some(messages).filter(|messages| goes_on(*messages)),
        None => record.among(&PROMPT).map(|(_, value)| value).find(|value| goes_on(*value)),
    }
}

/// Whether a record says what its response was worth: messages that a text answers are else a request like any other.
fn is_scored(record: Value<'_, '_>) -> bool {
    record.members().any(|(key, _)| is_label(&key) || GOLD.contains(&&*key) || REWARD.contains(&&*key))
}

/// Whether a text answers the messages of a record.
pub(super) fn answers_messages(record: Value<'_, '_>) -> bool {
    response(record).is_some() && prompt(record).is_some_and(|prompt| !prompt.is_string())
}

impl Format for Rollout {
    fn name(&self) -> &'static str {
        "rollout"
    }

    fn shape(&self) -> &'static str {
        "`prompt` and `response`, `input` and `output` or the like, with `<search>`, `<tool_call>`, `<code>` and their results in the text"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(response) = response(record) else { return 0 };
        let Some(prompt) = prompt(record) else { return 0 };
        match prompt.text() {
            // Messages that a text answers.
            None => 91,
            // Data for instructions: what they ask for stands in another field.
            Some(_) if record.get("instruction").is_some() => 0,
            Some(text) if has_written_calls(&response, &text) || turns_after(&response).is_some() => 84,
            Some(text) => 55 * u8::from(messages_in(&text).is_some()),
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let (Some(prompt), Some(response)) = (prompt(value), response(value)) else {
            return Err("it has no prompt with the response of a model".to_owned());
        };
        let chat = chat_of(prompt, &response);
        let mut tape = Tape::default();
        let parsed = tape
            .parse(&chat, Limits::default())
            .map_err(|error| format!("its prompt and response make no chat: {error}"))?;
        let in_rollout = prompt.is_string() || is_scored(value);
        let conversation = Conversation::read_turns(parsed.root().items(), in_rollout).into_owned();
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: conversation.prompt,
            tools: tools_of(value).or_else(|| schemas_in_prompt(conversation.system.as_deref()?)),
            system: conversation.system,
            steps: conversation.steps,
            ..Run::default()
        };
        split_question(&mut run);
        set_goal(value.text_of(GOAL), &mut run);
        read_labels(value, &mut run);
        let scores = [Some(value), value.get(METRICS)];
        let score = scores.into_iter().flatten().find_map(|scores| scores.any_of(REWARD));
        run.reward = run.reward.or_else(|| score.and_then(reward_of));
        run.final_answer = value.text_of(&[ANSWER]);
        set_final_answer(&mut run);
        run.metadata = metadata(record).map(Into::into);
        Ok(run)
    }
}

/// The JSON of the messages that a prompt and the response to it are.
fn chat_of(prompt: Value<'_, '_>, response: &str) -> String {
    if let Some(chat) = whole_chat(response) {
        return chat;
    }
    let Some(text) = prompt.text() else {
        let messages = prompt.json();
        let is_said = |message: Value<'_, '_>| {
            role_of(message) == Some(Role::Agent)
                && content_text(message).is_some_and(|said| said.trim() == response.trim())
        };
        // Loggers give the last reply once more, though the user went on.
        return match prompt.items().any(is_said) {
            true => messages.into_owned(),
            false => Chat::of(&messages).and(&answer(response)),
        };
    };
    if is_open(&text)
        && let Some(chat) = messages_in(&format!("{text}{response}"))
    {
        return chat;
    }
    let own = without_prompt(response, text.trim());
    let asked = messages_in(&text).unwrap_or_else(|| Chat::single("user", &text));
    Chat::of(&asked).and(&answer(own))
}

/// The chat that a response is by itself, as veRL's `sequences_str` has the prompt and its template too.
fn whole_chat(response: &str) -> Option<String> {
    const BEGIN: &[&str] = &["<|", "<bos>", "<start_of_turn>"];
    let begins = BEGIN.iter().any(|token| response.trim_start().starts_with(token));
    const FIRST: &[&str] = &["[{\"role\": \"system\"", "[{\"role\": \"user\""];
    let chat = if begins { messages_in(response) } else { None };
    chat.filter(|chat| FIRST.iter().any(|first| chat.starts_with(first)))
}

/// A response without the prompt, which Search-R1 writes before it once more, behind words that explain the tags where
/// the prompt at hand is the bare question.
fn without_prompt<'r>(response: &'r str, prompt: &str) -> &'r str {
    let explains = |before: &str| !before.trim_start().starts_with('<') && before.contains('<');
    match response.split_once(prompt) {
        Some((before, own)) if before.trim().is_empty() || prompt.contains(' ') && explains(before) => own,
        _ => response,
    }
}

fn answer(response: &str) -> String {
    // Gateways keep the answer as the provider's JSON.
    let reply = |value: Value<'_, '_>| {
        let message =
            value.get("choices").and_then(|choices| choices.items().next()?.get("message")).unwrap_or(value);
        (is_message(message) && role_of(message) == Some(Role::Agent))
            .then(|| format!("[{}]", message.json()))
    };
    if let Some(message) = message_in(response) {
        return format!("[{message}]");
    }
    if response.trim_start().starts_with('{')
        && let Some(message) = read_inner(response, reply)
    {
        return message;
    }
    turns_after(response).unwrap_or_else(|| Chat::single("assistant", response))
}

/// Cuts the question out of a prompt that explains the tags first: `.. inside <think> .. Question: Who ..`.
fn split_question(run: &mut Run<'_>) {
    let Some((before, rest)) =
        run.original_prompt.as_deref().and_then(|prompt| prompt.rsplit_once("Question:"))
    else {
        return;
    };
    let (question, after) = rest.trim().split_once("\n\n").unwrap_or((rest.trim(), ""));
    if !before.contains('<') || question.is_empty() {
        return;
    }
    let around = [run.system.as_deref().unwrap_or(""), before.trim(), after.trim()];
    let around: Vec<&str> = around.into_iter().filter(|text| !text.is_empty()).collect();
    let (system, question) = (around.join("\n\n"), question.to_owned());
    (run.system, run.original_prompt) = (Some(system.into()), Some(question.into()));
}

fn metadata(record: &Record<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    copy_rest(&mut out, record, |key| {
        let read =
            PROMPT.contains(key) || RESPONSE.contains(key) || REWARD.contains(&key) || GOAL.contains(&key);
        let is_scored = |key: &str| matches!(key, METRICS | ANSWER) || key == "answer";
        let read = read || record.value.get(METRICS).is_some() && is_scored(key);
        let is_used = read || GOLD.contains(&key) || matches!(key, "tools" | "functions" | "messages");
        is_used || is_label(key) || holds_messages(record.value, key)
    });
    out.finish()
}
