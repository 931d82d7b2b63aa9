//! Chat messages in OpenAI's shape, however they are wrapped, with the dialects of other vendors.
//!
//! Source: the Chat Completions API and its batch files; fine-tuning files; what most frameworks
//! write. Content parts, `tool_use` and `tool_result` are Anthropic's; `from`/`value` ShareGPT's;
//! calls without `function` and results with `error` Inspect's and tau2's; `type` human, `data` and
//! `kwargs` LangChain's; `toolUse` and `toolResult` Bedrock's; `parts` Gemini's, OpenTelemetry's,
//! Mastra's and those of the Vercel SDK; `items` Semantic Kernel's, `blocks` LlamaIndex's, `contents`
//! Microsoft's Agent Framework's, in its threads too; `message_history` the state of Pydantic AI's runs; `dialogs`
//! and `origin_prompt` with `prediction` GTA's; `_role` and `tool_call_result` Haystack's; `UserMessage` and
//! `llm_context` AutoGen's saved states; `tool-call` and `tool-response` smolagents'; calls that are
//! strings those of verifiers, whose `completion` goes on with the `prompt`; `toolRequest` Genkit's, `tool_plan` Cohere's;
//! `inputBodyJson` Bedrock's invocation logs; `raw_conversation_history` MCP-Atlas's; `contents` of rounds R-Judge's;
//! `sequences_str` Search-R1's. An answer may be the events that it was streamed as. A string may hold the
//! messages: as JSON, in a chat template (`<|im_start|>`), or as the `USER:`, `ASSISTANT:` and
//! `FUNCTION RESPONSE:` of Glaive. `messages_list` is RAGEN's, `intermediate_steps` of smolagents' benchmark,
//! `supervisor_messages` of LangChain's researchers.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first user message | `original_prompt`; where a goal field (`query`, `goal`, …) stands inside it, that field, and what surrounds it joins `system` |
//! | the issue in the first message of a record with `instance_id` | `original_prompt`; what surrounds it joins `system` |
//! | later user messages | `user` of the step that follows |
//! | system, developer | `system` |
//! | assistant: `tool_calls`, `function_call`, `tool_use` | steps |
//! | tool, function, `tool_result` | `observation`, `error` from `is_error` or `error` |
//! | `tools`, `functions` | `tools` |
//! | `final_report` of a researcher, `answer` of smolagents' benchmark, the last reply, or the argument of a last call of finish, submit, … | `final_answer` |
//! | `success`, `reward`, … beside the messages | the labels |
//! | the rest | `metadata` |
//!
//! Leaks: none inside the messages of a plain log; `###STOP###` and its like are cut. `TRAJECTORY`, `GTFA_CLAIMS` and
//! `reward_model` hold what the answer should be, and stay behind.

use std::borrow::Cow;

use super::rollout::{Rollout, answers_messages};
use super::{Format, Record, copy_rest, filled, is_reference};
use crate::json::{Keys, Limits, ObjectWriter, Tape, Value, read_inner};
use crate::labels::{is_label, read_labels};
use crate::messages::{Conversation, Role, content_text, has_known_role, is_message, role_of};
use crate::python_literal::to_json;
use crate::run::{Run, Text};
use crate::spans::words;
use crate::sse::message_in;
use crate::swebench::{is_task_prompt, set_task};
use crate::terminal::set_final_answer;
use crate::transcript::{Chat, messages_in};

pub(super) struct OpenAiChat;

/// Where messages are found, from the record down.
const MESSAGES: &[&[&str]] = &[
    &[],
    // What the supervisor of LangChain's researchers did, beside what the user sees.
    &["supervisor_messages"],
    &["messages"],
    &["messages_list"],
    &["intermediate_steps"],
    &["traj"],
    &["trajectory"],
    &["conversations"],
    &["conversation"],
    &["dialogue"],
    &["chat"],
    &["body", "messages"],
    &["request", "messages"],
    &["request", "body", "messages"],
    &["input", "messages"],
    &["inputs", "messages"],
    &["output", "messages"],
    &["outputs", "messages"],
    &["values", "messages"],
    &["channel_values", "messages"],
    &["llm_context", "messages"],
    &["run_data", "messages"],
    &["state", "in_memory", "messages"],
    &["stateBag", "InMemoryChatHistoryProvider", "messages"],
    &["chat_message_store_state", "messages"],
    &["storeState", "messages"],
    &["message_history"],
    &["state", "message_history"],
    &["gen_convs"],
    &["chat_messages"],
    &["_state", "message_history"],
    &["dialogs"],
    &["origin_prompt"],
    &["checkpoint", "channel_values", "messages"],
    &["history"],
    &["chat_history"],
    &["output", "history"],
    &["input", "inputBodyJson", "messages"],
    &["function_kwargs", "messages"],
    &["raw_conversation_history"],
    &["input"],
    &["prompt"],
    &["text"],
    &["sequences_str"],
    &["user_input"],
];

/// Where the one message of a completion is found; it follows the messages of its request.
const COMPLETIONS: &[&[&str]] = &[
    &["response", "body", "choices"],
    &["response", "choices"],
    &["choices"],
    &["output", "choices"],
    &["completion", "choices"],
    &["completion"],
    &["request_response", "choices"],
    &["output", "messages"],
];

/// Where a response is the message itself, as Anthropic's are, or holds it, as Ollama's and those of Bedrock's logs do.
const ANSWERS: &[&[&str]] = &[
    &["response"],
    &["response", "body"],
    &["response", "message"],
    &["result", "message"],
    &["completion"],
    &["output", "outputBodyJson", "output", "message"],
    &["output", "outputBodyJson"],
    &["output"],
];

/// Fields that state the goal beside the messages.
const GOAL: &[&str] =
    &["original_prompt", "goal", "query", "prompt", "question", "task", "instruction", "intent"];

/// Where the messages of a record are as JSON.
pub(crate) fn messages_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let found = MESSAGES.iter().filter_map(|path| record.at_path(path));
    let found = found.into_iter().find(|messages| messages.items().next().is_some_and(is_message));
    found.or_else(|| whole_output(record)).or_else(|| repeated(record))
}

/// The messages of a record that has their key more than once, and none under the last.
fn repeated<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    record.get("messages")?;
    let mut lists = record.members().filter(|(key, _)| key == "messages").map(|(_, list)| list);
    lists.find(|list| list.items().next().is_some_and(is_message))
}

/// A conversation from its first words on that is the output of an agent; what begins with the agent goes on with
/// something that stands elsewhere.
fn whole_output<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let output = record.get("output").filter(|output| output.items().nth(1).is_some())?;
    let first = output.items().next().filter(|first| is_message(*first))?;
    let is_asked = |message| matches!(role_of(message), Some(Role::System | Role::User));
    (is_asked(first) && has_known_role(first)).then_some(output)
}

/// The messages that stand in a string, or each in one.
fn encoded_messages<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    MESSAGES[1..].iter().find_map(|path| {
        let found = record.at_path(path)?;
        found.text().map_or_else(|| each_in_text(found).map(Cow::Owned), messages_in_text)
    })
}

/// The JSON of the messages in a string: what it holds, which may have been encoded once more, or what its chat is turned
/// into.
fn messages_in_text(text: Text<'_>) -> Option<Text<'_>> {
    let start = text.trim_start();
    let begins_list =
        |first: char| start.strip_prefix('[').is_some_and(|list| list.trim_start().starts_with(first));
    if begins_list('{') {
        return Some(text);
    }
    let once_more = |inner: Value<'_, '_>| match inner.text() {
        Some(text) => messages_in_text(text).map(Cow::into_owned),
        None => each_in_text(inner),
    };
    let found =
        (begins_list('"') || start.starts_with("\"[")).then(|| read_inner(start, once_more)).flatten();
    found.or_else(|| messages_in(&text)).map(Into::into)
}

/// The JSON of messages that are strings which hold one each.
fn each_in_text(list: Value<'_, '_>) -> Option<String> {
    let first = list.items().next()?.text()?;
    read_inner(&first, |first| is_message(first).then_some(()))?;
    let messages: Option<Vec<_>> = list.items().map(|message| message.text()).collect();
    Some(format!("[{}]", messages?.join(",")))
}

/// What a model said to the prompt of an evaluation of OpenCompass, message by message.
fn predicted<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let list = record.get("prediction").filter(|_| record.get("origin_prompt").is_some())?;
    Some(list).filter(|list| list.items().next().is_some() && list.items().all(is_message))
}

/// What the model went on with: a list of messages beside the prompt, as trainers keep it, or one message. Of several
/// samples of one answer the first counts; a conversation that has its answer needs none.
fn continuation<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    let has_others = |list: &Value<'t, 'a>| list.items().any(|message| role_of(message) != Some(Role::Agent));
    let list = record.get("completion").filter(|list| list.items().all(is_message) && has_others(list));
    let is_answered = || {
        let last = record.get("messages").and_then(|messages| messages.items().last());
        record.get("completion").is_some() && last.is_some_and(|last| role_of(last) == Some(Role::Agent))
    };
    let answer = completion_of(record).filter(|_| list.is_none() && !is_answered());
    list.or_else(|| predicted(record)).into_iter().flat_map(|list| list.items()).chain(answer)
}

/// The message that answered a request: `choices[0].message`, or messages given as a list.
pub(crate) fn completion_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let answer = ANSWERS.iter().find_map(|path| record.at_path(path).filter(|answer| is_message(*answer)));
    if answer.is_some() {
        return answer;
    }
    let found = COMPLETIONS.iter().find_map(|path| {
        let first = record.at_path(path)?.items().next()?;
        // Messages that came out may be the whole conversation, which no request stands before.
        Some(first).filter(|first| path[0] != "output" || role_of(*first) != Some(Role::User))
    })?;
    if is_message(found) { Some(found) } else { found.get("message").filter(|message| is_message(*message)) }
}

/// The messages of a request with the answer that was logged as it was streamed.
fn streamed(record: Value<'_, '_>) -> Option<String> {
    const STREAMS: &[&[&str]] =
        &[&["response", "body_raw"], &["response", "body"], &["response"], &["response_body"]];
    let answer = STREAMS.iter().find_map(|path| message_in(&record.at_path(path)?.text()?))?;
    Some(Chat::of(&messages_of(record)?.json()).and(&answer))
}

/// The messages of a conversation that is a list of rounds (R-Judge).
fn rounds<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    let begins = |round: Value<'t, 'a>| round.items().next().is_some_and(is_message);
    let list = record.get("contents").filter(|rounds| rounds.items().next().is_some_and(begins));
    list.into_iter().flat_map(|rounds| rounds.items()).flat_map(|round| round.items())
}

/// What a record is that has messages and is no run: a judge's verdict on one (AgentRewardBench), a pair for trainers of
/// preferences (ETO), or a prompt that a harness logs apart from what the model said to it (UFO).
fn no_run(record: Value<'_, '_>) -> Option<&'static str> {
    if record.get("judge").is_some() && record.get("judge_model_name").is_some() {
        return Some("it is what a judge said of a run");
    }
    if record.get("chosen").is_some() && record.get("rejected").is_some() && record.get("messages").is_none()
    {
        return Some("it is a prompt with two ways to go on, of which one is preferred, and no run");
    }
    if record.get("origin_prompt").is_some()
        && record.get("prediction").is_none()
        && record.get("ground_truth").is_some()
    {
        return Some("it is a task with its reference answer, and nobody worked on it");
    }
    if messages_of(record).is_none() && asks_in_turns(record) {
        return Some("it asks the questions of a task, and nobody answered");
    }
    let mut keys = record.members().map(|(key, _)| key);
    let is_prompt = record.get("step").is_some() && keys.all(|key| matches!(&*key, "step" | "prompt"));
    is_prompt.then_some("it is the prompt of one step, without what the agent said to it")
}

/// Why a request of a batch has no answer.
fn failed_request<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    record.get("custom_id")?;
    let places: [&[&str]; 3] = [&["error"], &["response", "body", "error"], &["result", "error"]];
    let error = places.iter().find_map(|place| record.at_path(place).filter(|error| error.is_object()))?;
    let stated = [error, error.get("error").unwrap_or(error)];
    stated
        .into_iter()
        .find_map(|error| error.text_of(&["message", "code"]))
        .or(Some("it says no more".into()))
}

impl Format for OpenAiChat {
    fn name(&self) -> &'static str {
        "openai_chat"
    }

    fn shape(&self) -> &'static str {
        "`messages` of `role` and `content`, or a bare list of them"
    }

    fn narrower(&self) -> Option<&'static dyn Format> {
        Some(&super::react::React)
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(messages) = messages_of(record) else {
            return match completion_of(record) {
                Some(_) => 60,
                None if rounds(record).next().is_some() => 75,
                None if encoded_messages(record).is_some() => 50,
                None if asks_in_turns(record) => 40,
                None if failed_request(record).is_some() => 40,
                None => 0,
            };
        };
        let goes_on = predicted(record);
        let first =
            || messages.items().take(6).chain(goes_on.into_iter().flat_map(|list| list.items()).take(6));
        let agent = first().any(|message| role_of(message) == Some(Role::Agent));
        let calls = first().any(|message| {
            role_of(message) == Some(Role::Tool) || message.any_of(&["tool_calls", "function_call"]).is_some()
        });
        if first().all(is_sent) {
            return 0;
        }
        60 + 15 * u8::from(agent) + 15 * u8::from(calls)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        no_run(record.value).map_or(Ok(()), |what| Err(what.to_owned()))?;
        // Search-R1 keeps the prompt as messages beside the whole of what was said.
        let is_in_text = record.value.get("sequences_str").is_some_and(|text| text.is_string());
        if (is_in_text || messages_of(record.value).is_none())
            && let Some(text) = encoded_messages(record.value)
        {
            let mut tape = Tape::default();
            let parsed = tape
                .parse(&text, Limits::default())
                .map_err(|error| format!("its messages are a string that is not JSON: {error}"))?;
            let conversation = Conversation::read_beside(told_beside(record.value), parsed.root().items());
            return build(record, conversation).map(Run::into_owned);
        }
        if answers_messages(record.value) {
            return Rollout.read(record);
        }
        if let Some(chat) = streamed(record.value) {
            let mut tape = Tape::default();
            let parsed = tape
                .parse(&chat, Limits::default())
                .map_err(|error| format!("what was streamed makes no message: {error}"))?;
            return build(record, Conversation::read(parsed.root().items())).map(Run::into_owned);
        }
        if rounds(record.value).next().is_some() {
            return build(record, Conversation::read(rounds(record.value)));
        }
        let messages = messages(record.value);
        if let Some(error) = failed_request(record.value).filter(|_| completion_of(record.value).is_none()) {
            return Err(format!("its request failed ({error}) and no model answered"));
        }
        if is_told_by_initiator(record.value) {
            return build(record, Conversation::read_by_initiator(messages));
        }
        let conversation =
            Conversation::read_beside(told_beside(record.value), messages.chain(continuation(record.value)));
        if has_no_turn(&conversation) && is_task(record.value) {
            return Err("it is a task with its reference answer, and nobody worked on it".to_owned());
        }
        if has_no_turn(&conversation) && is_request(record.value) {
            return Err("it is a request, and no model answered".to_owned());
        }
        build(record, conversation)
    }
}

/// Whether AutoGen's user tells: the first words have the agent's role, and results come in a list of their own.
fn is_told_by_initiator(record: Value<'_, '_>) -> bool {
    let first = messages(record).find(|message| role_of(*message) != Some(Role::System));
    let begins = |message: Value<'_, '_>| {
        role_of(message) == Some(Role::Agent) && message.any_of(&["tool_calls", "function_call"]).is_none()
    };
    first.is_some_and(begins)
        && messages(record).any(|message| message.items_of("tool_responses").next().is_some())
}

/// Whether no agent said or did anything.
fn has_no_turn(conversation: &Conversation<'_>) -> bool {
    conversation.steps.iter().all(|step| step.thought.is_none() && step.action_name.is_none())
}

/// What stands beside the prompt of a task that agents are trained or tested on, beside the names of reference answers:
/// verl's, LangSmith's, OpenAI's, AgentIF's and BFCL's.
static OF_TASK: Keys = Keys::new(&[
    "reward_model",
    "dataset_id",
    "ideal",
    "answer",
    "answers",
    "solution",
    "label",
    "constraints",
    "initial_config",
    "involved_classes",
]);

/// Whether a record is a row of a data set that agents are trained or tested on.
fn is_task(record: Value<'_, '_>) -> bool {
    record.members().any(|(key, _)| OF_TASK.contains(&key) || is_reference(&key))
}

/// Whether a message is from someone who has no role in a chat: letters and edges go from one to another, too.
fn is_sent(message: Value<'_, '_>) -> bool {
    let is_user = |name: Text<'_>| ["user", "human"].iter().any(|user| name.eq_ignore_ascii_case(user));
    let from = message.get("from").filter(|_| role_of(message) == Some(Role::User));
    from.is_some_and(|from| !from.text().is_some_and(is_user))
}

/// Whether a record asks the questions of a task turn by turn, as BFCL's do.
fn asks_in_turns(record: Value<'_, '_>) -> bool {
    let first = record.get("question").and_then(|turns| turns.items().next()?.items().next());
    first.is_some_and(is_message)
}

/// Whether a record is a request of a batch, which is sent and answered elsewhere.
fn is_request(record: Value<'_, '_>) -> bool {
    record.get("custom_id").is_some() && record.get("method").is_some() && record.get("response").is_none()
}

/// A run of a conversation and what stands beside it.
pub(super) fn build<'c, 'a: 'c>(
    record: &Record<'_, 'a>,
    conversation: Conversation<'c>,
) -> Result<Run<'c>, String> {
    if conversation.steps.is_empty() && conversation.prompt.is_none() {
        return Err("none of its messages is by a user or an agent".to_owned());
    }
    let value = record.value;
    let mut run: Run<'c> = Run {
        trajectory_id: record.run_id(),
        original_prompt: conversation.prompt,
        system: conversation.system.or_else(|| system_beside(value)),
        steps: conversation.steps,
        ..Run::default()
    };
    run.tools = tools_of(value).or_else(|| schemas_in_prompt(run.system.as_deref()?));
    toolathlon(value, &mut run);
    set_goal(value.text_of(GOAL), &mut run);
    if value.get("instance_id").is_some() || run.original_prompt.as_deref().is_some_and(is_task_prompt) {
        set_task(&mut run);
    }
    read_labels(value, &mut run);
    super::react::label_of_agentbench(value, &mut run);
    run.final_answer = answer_beside(value);
    set_final_answer(&mut run);
    run.metadata = metadata(record, run.original_prompt.as_deref()).map(Into::into);
    Ok(run)
}

/// The answer that stands beside the messages of an agent's inside: LangChain's report, and what smolagents' benchmark scores.
fn answer_beside<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let beside = |messages: &str, answer: &str| record.get(messages).and_then(|_| record.text_of(&[answer]));
    let answer =
        beside("supervisor_messages", "final_report").or_else(|| beside("intermediate_steps", "answer"));
    answer.and_then(filled)
}

/// The system prompt that stands beside the messages: a text, or Anthropic's list of parts.
pub(super) fn system_beside<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let request = record.get("request");
    let inner = request.and_then(|request| request.get("body"));
    let logged = record.at_path(&["input", "inputBodyJson"]);
    let places = [Some(record), request, record.get("body"), inner, logged];
    let system =
        |place: Value<'_, 'a>| place.any_of(&["system", "system_prompt", "systemPrompt"]).and_then(words);
    places.into_iter().flatten().find_map(system).and_then(filled)
}

/// What tells the agent of its calls where no message does.
fn told_beside<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    system_beside(record).or_else(|| Some(record.any_of(&["tools", "functions"])?.raw().into()))
}

/// Words that a goal field must have to be cut out of a message; fewer are a label (`task: flights`).
const GOAL_WORDS: usize = 4;

/// The goal that a field states wins over the first message only where the message contains it: then
/// the rest of the message is what the harness put around it.
pub(super) fn set_goal<'a>(goal: Option<Text<'a>>, run: &mut Run<'a>) {
    let Some(goal) = goal else { return };
    let Some(message) = &run.original_prompt else {
        run.original_prompt = Some(goal);
        return;
    };
    if goal.trim().len() < message.trim().len()
        && goal.split_whitespace().count() >= GOAL_WORDS
        && let Some((before, after)) = message.split_once(goal.trim())
    {
        let around = [run.system.as_deref().unwrap_or(""), before, after];
        let around: Vec<&str> =
            around.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        run.system = Some(Cow::Owned(around.join("\n\n")));
        run.original_prompt = Some(goal);
    }
}

/// The tool schemas in OpenAI's shape; those of other shapes are wrapped.
pub(crate) fn tools_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    const PATHS: &[&[&str]] = &[
        &["tools"],
        &["functions"],
        &["body", "tools"],
        &["request", "tools"],
        &["request", "body", "tools"],
        &["available_tools"],
        &["toolConfig", "tools"],
        &["input", "inputBodyJson", "tools"],
        &["input", "inputBodyJson", "toolConfig", "tools"],
        &["input", "tools"],
        &["kwargs", "tools"],
        &["function_kwargs", "tools"],
        &["ENABLED_TOOLS"],
    ];
    let tools = PATHS
        .iter()
        .find_map(|path| record.at_path(path).filter(|tools| tools.is_array() || tools.is_string()))?;
    schemas(tools)
}

/// The schemas and the system prompt that Toolathlon keeps in fields which may be JSON in a string.
fn toolathlon<'a>(record: Value<'_, 'a>, run: &mut Run<'a>) {
    let owned = |value: Value<'_, '_>| Some(value.text_or_json()?.into_owned());
    let found = |key, path: &[&str]| {
        let field = record.get(key)?;
        match field.text() {
            Some(text) => read_inner(&text, |inner| owned(inner.at_path(path)?)),
            None => owned(field.at_path(path)?),
        }
    };
    if run.tools.is_none() {
        run.tools = found("tool_calls", &["tools"])
            .and_then(|tools| read_inner(&tools, |tools| Some(schemas(tools)?.into_owned())))
            .map(Cow::Owned);
    }
    if run.system.is_none() {
        run.system = found("config", &["system_prompts", "agent"]).map(Cow::Owned);
    }
}

/// What stands before the schemas in system prompts: the tags of Hermes and Qwen's template and of Nemotron, the words of
/// Glaive, ToolACE and BFCL, and of tau-bench's ReAct agents.
const BEFORE_SCHEMAS: &[&str] = &[
    "<tools>",
    "<AVAILABLE_TOOLS>",
    "Use them if required -",
    "functions in JSON format that you can invoke:",
    "functions in JSON format that you can invoke.",
    "#Available tools",
];

/// The schemas in a system prompt, as JSON or as Python prints them: a list, or one after the other.
pub(crate) fn schemas_in_prompt(system: &str) -> Option<Text<'static>> {
    memchr::memchr(b'{', system.as_bytes())?;
    BEFORE_SCHEMAS.iter().find_map(|before| {
        let mut places = memchr::memmem::find_iter(system.as_bytes(), before);
        places.find_map(|at| schemas_at(system[at + before.len()..].trim_start()))
    })
}

/// The schemas that a text begins with.
fn schemas_at(text: &str) -> Option<Text<'static>> {
    let named = |tool: Value<'_, '_>| tool.get("function").unwrap_or(tool).get("name").is_some();
    let read = |tools: Value<'_, '_>| {
        let are_schemas = tools.items().next().is_some() && tools.items().all(named);
        if are_schemas { schemas(tools).map(Cow::into_owned) } else { None }
    };
    match text.as_bytes().first()? {
        b'[' => {
            let end = Tape::default().parse_prefix(text, Limits::default()).ok().flatten();
            let list = end.map(|end| text[..end].to_owned()).or_else(|| to_json(text))?;
            read_inner(&list, read).map(Cow::Owned)
        }
        b'{' => read_inner(&format!("[{}]", values_of(text).join(", ")), read).map(Cow::Owned),
        _ => None,
    }
}

/// The JSON values that stand one after the other in a text.
fn values_of(text: &str) -> Vec<&str> {
    let (mut values, mut rest, mut tape) = (Vec::new(), text.trim_start(), Tape::default());
    while rest.starts_with('{')
        && let Ok(Some(end)) = tape.parse_prefix(rest, Limits::default())
    {
        values.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    values
}

/// The schemas in a list of tools, of any vendor.
pub(crate) fn schemas<'a>(tools: Value<'_, 'a>) -> Option<Text<'a>> {
    if tools.is_string() {
        let text = tools.text().filter(|text| text.trim_start().starts_with('['))?;
        return read_inner(&text, |tools| Some(schemas(tools)?.into_owned())).map(Cow::Owned);
    }
    // When2Call's are texts.
    if tools.items().next().is_some_and(|tool| tool.is_string()) {
        let texts: Vec<_> = tools.items().filter_map(|tool| tool.text()).collect();
        let are_objects = texts.iter().all(|text| text.trim_start().starts_with('{'));
        let read = |tools: Value<'_, '_>| Some(schemas(tools)?.into_owned());
        return if are_objects {
            read_inner(&format!("[{}]", texts.join(", ")), read).map(Cow::Owned)
        } else {
            None
        };
    }
    if tools.items().all(|tool| tool.get("function").is_some_and(|function| function.is_object())) {
        return tools.items().next().map(|_| tools.json());
    }
    // Gemini lists the functions of a tool inside it.
    let functions = |tool: Value<'_, 'a>| {
        let inside = tool.any_of(&["functionDeclarations", "function_declarations"]);
        match inside {
            Some(inside) => inside.items().map(wrapped_tool).collect(),
            None => vec![wrapped_tool(tool)],
        }
    };
    let wrapped: Vec<String> = tools.items().flat_map(functions).collect();
    Some(format!("[{}]", wrapped.join(", ")).into())
}

fn wrapped_tool(tool: Value<'_, '_>) -> String {
    // Bedrock's stand one level down.
    let tool = tool.get("toolSpec").unwrap_or(tool);
    if tool.get("function").is_some_and(|function| function.is_object()) || tool.get("name").is_none() {
        return tool.json().into_owned();
    }
    let mut function = ObjectWriter::default();
    function.copy("name", tool.get("name")).copy("description", tool.get("description"));
    const SCHEMA: &[&str] =
        &["parameters", "input_schema", "inputSchema", "json_schema", "parametersJsonSchema", "arguments"];
    let schema = tool.any_of(SCHEMA);
    function.copy("parameters", schema.and_then(|schema| schema.get("json")).or(schema));
    let mut out = ObjectWriter::default();
    out.text("type", "function").json("function", &function.finish().unwrap_or_default());
    out.finish().unwrap_or_default()
}

fn metadata(record: &Record<'_, '_>, goal: Option<&str>) -> Option<String> {
    const TAKEN: &[&str] = &[
        "tools",
        "functions",
        "available_tools",
        "system",
        "system_prompt",
        "response",
        "result",
        "choices",
        "body",
        "request",
        "request_response",
        "function_kwargs",
        "ENABLED_TOOLS",
        // What the agent should have done, and said (MCP-Atlas).
        "TRAJECTORY",
        "GTFA_CLAIMS",
        "reward_model",
    ];
    let mut out = ObjectWriter::default();
    let has_completion = continuation(record.value).next().is_some();
    copy_rest(&mut out, record, |key| {
        let is_read =
            has_completion && key == "completion" || key == "prediction" && predicted(record.value).is_some();
        let is_read = is_read || key == "contents" && rounds(record.value).next().is_some();
        let text = || record.value.get(key).and_then(|value| value.text());
        let is_goal = GOAL.contains(&key) && text().as_deref() == goal;
        is_read || TAKEN.contains(&key) || is_label(key) || holds_messages(record.value, key) || is_goal
    });
    out.finish()
}

/// Whether the messages may stand under a key of a record: as JSON, or as a string that holds it.
pub(super) fn holds_messages(record: Value<'_, '_>, key: &str) -> bool {
    let text = || record.get(key).and_then(|value| value.text());
    MESSAGES.iter().any(|path| path.first() == Some(&key))
        && text().is_none_or(|text| messages_in_text(text).is_some())
}

/// Whether the agent only says that it understood its instructions, as AgentInstruct and those after
/// it let it do before the task is told.
pub(super) fn acknowledges(message: Value<'_, '_>) -> bool {
    const WORDS: &[&str] = &["OK", "Ok", "I've understood your instruction"];
    content_text(message).is_some_and(|text| {
        text.len() < 200 && WORDS.iter().any(|words| text.trim_start().starts_with(words))
    })
}

/// The words of the agent's first message that is no acknowledgement, for formats that are told by how the agent writes.
pub(super) fn first_agent_text<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut first = messages_of(record)?.items().take(6);
    let agent = first.find(|message| role_of(*message) == Some(Role::Agent) && !acknowledges(*message))?;
    if agent.any_of(&["tool_calls", "function_call"]).is_some() { None } else { content_text(agent) }
}

/// The messages of a record, for formats that read them in their own way.
pub(super) fn messages<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    messages_of(record).into_iter().flat_map(|messages| messages.items())
}
