//! A run that is written in a format and read back is the same run. The writers are those of the
//! tests: each writes what the tool that the format is named after writes.

use proptest::prelude::*;
use serde_json::{Value, json};

use agenther_logs::Run;

use crate::read;

/// What the agent did in one message, and what came back.
#[derive(Debug, Clone)]
enum Turn {
    /// Calls, with the thought before them: name, arguments, result, whether it failed.
    Calls(Option<String>, Vec<(String, Value, String, bool)>),
    /// A reply, and what the user said to that.
    Reply(String, String),
}

#[derive(Debug, Clone)]
struct Sample {
    id: String,
    system: String,
    prompt: String,
    turns: Vec<Turn>,
    answer: String,
}

/// Words as they are in logs: any script, quotes, backslashes, line ends; no blanks at the ends, which
/// formats trim.
fn words() -> impl Strategy<Value = String> {
    "[a-zé漢][a-zA-Z0-9 é漢😀\"\\\\\n\t{}\\[\\]:,.\u{2028}]{0,40}[a-zé漢]"
}

fn arguments() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        words().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        prop::collection::vec(words(), 0..3).prop_map(Value::from),
    ];
    prop::collection::btree_map("[a-z_]{1,8}", value, 0..4).prop_map(|members| json!(members))
}

fn turn() -> impl Strategy<Value = Turn> {
    let call = ("[a-z]{2,6}_[a-z]{2,6}", arguments(), words(), any::<bool>());
    prop_oneof![
        4 => (prop::option::of(words()), prop::collection::vec(call, 1..4)).prop_map(|(thought, calls)| Turn::Calls(thought, calls)),
        1 => (words(), words()).prop_map(|(reply, user)| Turn::Reply(reply, user)),
    ]
}

fn sample() -> impl Strategy<Value = Sample> {
    let turns = prop::collection::vec(turn(), 0..6);
    ("[a-z]{4,12}-[0-9]{1,4}", words(), words(), turns, words())
        .prop_map(|(id, system, prompt, turns, answer)| Sample { id, system, prompt, turns, answer })
}

/// What a format keeps of a run; the rest is not compared.
struct Keeps {
    system: bool,
    errors: bool,
    thoughts: bool,
}

const ALL: Keeps = Keeps { system: true, errors: true, thoughts: true };

/// A step as it is compared.
#[derive(Debug, PartialEq, Default)]
struct Step {
    user: Option<String>,
    thought: Option<String>,
    action: Option<(String, Value)>,
    observation: Option<String>,
    failed: bool,
}

fn expected(sample: &Sample, keeps: &Keeps) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut user = None;
    for turn in &sample.turns {
        match turn {
            Turn::Calls(thought, calls) => {
                for (number, (name, arguments, result, failed)) in calls.iter().enumerate() {
                    steps.push(Step {
                        user: user.take(),
                        thought: thought.clone().filter(|_| number == 0 && keeps.thoughts),
                        action: Some((name.clone(), arguments.clone())),
                        observation: Some(result.clone()),
                        failed: *failed && keeps.errors,
                    });
                }
            }
            Turn::Reply(reply, words) => {
                steps.push(Step { user: user.take(), thought: Some(reply.clone()), ..Step::default() });
                user = Some(words.clone());
            }
        }
    }
    steps.push(Step { user, thought: Some(sample.answer.clone()), ..Step::default() });
    steps
}

fn found(run: &Run<'_>) -> Vec<Step> {
    let own = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
    let step = |step: &agenther_logs::RunStep<'_>| Step {
        user: own(&step.user),
        thought: own(&step.thought),
        action: step.action_name.as_deref().map(|name| {
            let input = step.action_input.as_deref().unwrap_or("null");
            (name.to_owned(), serde_json::from_str(input).expect("arguments are JSON"))
        }),
        observation: own(&step.observation),
        failed: step.error == Some(true),
    };
    run.steps.iter().map(step).collect()
}

fn check(sample: &Sample, text: &str, format: &str, keeps: &Keeps) -> Result<(), TestCaseError> {
    let (all, counts) = read(text.as_bytes());
    prop_assert_eq!(&all.rejects, &[], "{}", text);
    prop_assert_eq!(counts.runs, 1, "{}", text);
    let run = &all.runs[0];
    prop_assert_eq!(run.format, format);
    prop_assert_eq!(run.original_prompt.as_deref(), Some(&*sample.prompt));
    if keeps.system {
        prop_assert_eq!(run.system.as_deref(), Some(&*sample.system));
    }
    prop_assert_eq!(found(run), expected(sample, keeps), "{}", text);
    prop_assert_eq!(run.final_answer.as_deref(), Some(&*sample.answer));
    Ok(())
}

/// Numbers the calls of a run.
fn call_ids() -> impl FnMut() -> String {
    let mut last = 0;
    move || {
        last += 1;
        format!("call_{last}")
    }
}

/// Messages, with a turn's calls and their results as `calls` writes them.
fn messages(
    sample: &Sample,
    mut calls: impl FnMut(&Option<String>, &[(String, Value, String, bool)]) -> Vec<Value>,
) -> Vec<Value> {
    let mut messages = vec![json!({"role": "user", "content": sample.prompt})];
    for turn in &sample.turns {
        match turn {
            Turn::Calls(thought, of_turn) => messages.extend(calls(thought, of_turn)),
            Turn::Reply(reply, user) => {
                messages.push(json!({"role": "assistant", "content": reply}));
                messages.push(json!({"role": "user", "content": user}));
            }
        }
    }
    messages.push(json!({"role": "assistant", "content": sample.answer}));
    messages
}

/// OpenAI's messages; the results of one message come in the opposite order.
fn openai_messages(sample: &Sample) -> Vec<Value> {
    let mut id = call_ids();
    let mut all = vec![json!({"role": "system", "content": sample.system})];
    all.extend(messages(sample, |thought, calls| {
        let ids: Vec<String> = calls.iter().map(|_| id()).collect();
        let written: Vec<Value> = calls
            .iter()
            .zip(&ids)
            .map(|((name, arguments, ..), id)| {
                json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments.to_string()}})
            })
            .collect();
        let mut messages = vec![json!({"role": "assistant", "content": thought, "tool_calls": written})];
        messages.extend(calls.iter().zip(&ids).rev().map(|((_, _, result, _), id)| {
            json!({"role": "tool", "tool_call_id": id, "content": result})
        }));
        messages
    }));
    all
}

fn anthropic_messages(sample: &Sample) -> Vec<Value> {
    let mut id = call_ids();
    messages(sample, |thought, calls| {
        let ids: Vec<String> = calls.iter().map(|_| id()).collect();
        let mut parts: Vec<Value> =
            thought.iter().map(|text| json!({"type": "text", "text": text})).collect();
        parts.extend(calls.iter().zip(&ids).map(|((name, arguments, ..), id)| {
            json!({"type": "tool_use", "id": id, "name": name, "input": arguments})
        }));
        let results: Vec<Value> = calls
            .iter()
            .zip(&ids)
            .rev()
            .map(|((_, _, result, failed), id)| {
                let content = json!([{"type": "text", "text": result}]);
                json!({"type": "tool_result", "tool_use_id": id, "content": content, "is_error": failed})
            })
            .collect();
        vec![json!({"role": "assistant", "content": parts}), json!({"role": "user", "content": results})]
    })
}

fn claude_code(sample: &Sample) -> String {
    let lines = anthropic_messages(sample).into_iter().enumerate().flat_map(|(number, mut message)| {
        let role = message["role"].clone();
        // A message of several parts is written a line a part, with the same id.
        let parts = match message["content"].as_array() {
            Some(parts) if role == "assistant" => parts.iter().map(|part| json!([part])).collect(),
            _ => vec![message["content"].clone()],
        };
        let line = move |(part, content): (usize, Value)| {
            message["content"] = content;
            message["id"] = json!(format!("msg_{number}"));
            let uuid = format!("{number}-{part}");
            json!({"type": role, "uuid": uuid, "sessionId": "s-1", "isSidechain": false, "message": message})
                .to_string()
        };
        parts.into_iter().enumerate().map(line).collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn codex(sample: &Sample) -> String {
    let mut id = call_ids();
    let item = |payload: Value| json!({"timestamp": "2026-01-01T00:00:00Z", "type": "response_item", "payload": payload});
    let event = |payload: Value| json!({"timestamp": "2026-01-01T00:00:00Z", "type": "event_msg", "payload": payload});
    let said = |role: &str, kind: &str, text: &str| {
        item(json!({"type": "message", "role": role, "content": [{"type": kind, "text": text}]}))
    };
    let user = |text: &str| {
        vec![said("user", "input_text", text), event(json!({"type": "user_message", "message": text}))]
    };
    let mut lines = vec![
        json!({"timestamp": "2026-01-01T00:00:00Z", "type": "session_meta", "payload": {"id": sample.id, "cwd": "/w"}}),
    ];
    lines.extend(user(&sample.prompt));
    for turn in &sample.turns {
        match turn {
            Turn::Reply(reply, words) => {
                lines.push(said("assistant", "output_text", reply));
                lines.extend(user(words));
            }
            Turn::Calls(thought, calls) => {
                lines.extend(thought.iter().map(|text| {
                    item(json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": text}], "content": null}))
                }));
                let ids: Vec<String> = calls.iter().map(|_| id()).collect();
                for ((name, arguments, ..), id) in calls.iter().zip(&ids) {
                    lines.push(item(json!({"type": "function_call", "name": name, "arguments": arguments.to_string(), "call_id": id})));
                }
                for ((_, _, result, failed), id) in calls.iter().zip(&ids) {
                    let output =
                        json!({"output": result, "metadata": {"exit_code": i32::from(*failed)}}).to_string();
                    lines
                        .push(item(json!({"type": "function_call_output", "call_id": id, "output": output})));
                }
            }
        }
    }
    lines.push(said("assistant", "output_text", &sample.answer));
    lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn atif(sample: &Sample) -> String {
    let mut id = call_ids();
    let mut steps = vec![
        json!({"step_id": 1, "source": "system", "message": sample.system}),
        json!({"step_id": 2, "source": "user", "message": sample.prompt}),
    ];
    for turn in &sample.turns {
        let number = steps.len() + 1;
        match turn {
            Turn::Reply(reply, user) => {
                steps.push(json!({"step_id": number, "source": "agent", "message": reply}));
                steps.push(json!({"step_id": number + 1, "source": "user", "message": user}));
            }
            Turn::Calls(thought, calls) => {
                let ids: Vec<String> = calls.iter().map(|_| id()).collect();
                let written: Vec<Value> = calls
                    .iter()
                    .zip(&ids)
                    .map(|((name, arguments, ..), id)| json!({"tool_call_id": id, "function_name": name, "arguments": arguments}))
                    .collect();
                let results: Vec<Value> = calls
                    .iter()
                    .zip(&ids)
                    .rev()
                    .map(|((_, _, result, _), id)| json!({"source_call_id": id, "content": result}))
                    .collect();
                steps.push(json!({
                    "step_id": number, "source": "agent", "message": thought.clone().unwrap_or_default(),
                    "tool_calls": written, "observation": {"results": results},
                }));
            }
        }
    }
    steps.push(json!({"step_id": steps.len() + 1, "source": "agent", "message": sample.answer}));
    let agent = json!({"name": "a", "version": "1", "model_name": "m"});
    json!({"schema_version": "ATIF-v1.6", "session_id": sample.id, "agent": agent, "steps": steps})
        .to_string()
}

fn adp(sample: &Sample) -> String {
    let mut id = call_ids();
    let observed =
        |source: &str, text: &str| json!({"class_": "text_observation", "content": text, "source": source});
    let mut content = vec![observed("user", &sample.prompt)];
    for turn in &sample.turns {
        match turn {
            Turn::Reply(reply, user) => {
                content.push(json!({"class_": "message_action", "content": reply}));
                content.push(observed("user", user));
            }
            Turn::Calls(thought, calls) => {
                for (number, (name, arguments, result, _)) in calls.iter().enumerate() {
                    let (thought, id) = (thought.as_ref().filter(|_| number == 0), id());
                    content.push(json!({"class_": "api_action", "function": name, "kwargs": arguments, "description": thought, "tool_call_id": id}));
                    let mut result = observed("environment", result);
                    result["tool_call_id"] = json!(id);
                    content.push(result);
                }
            }
        }
    }
    content.push(json!({"class_": "message_action", "content": sample.answer}));
    json!({"schema_version": "1.2.0", "id": sample.id, "content": content, "details": {}}).to_string()
}

/// Inspect's messages: calls name their function, results have an error of their own.
fn inspect(sample: &Sample) -> String {
    let mut id = call_ids();
    let mut all = vec![json!({"role": "system", "content": sample.system})];
    all.extend(messages(sample, |thought, calls| {
        let ids: Vec<String> = calls.iter().map(|_| id()).collect();
        let written: Vec<Value> = calls
            .iter()
            .zip(&ids)
            .map(|((name, arguments, ..), id)| json!({"id": id, "function": name, "arguments": arguments, "type": "function"}))
            .collect();
        let mut messages = vec![json!({"role": "assistant", "content": thought.clone().unwrap_or_default(), "tool_calls": written})];
        messages.extend(calls.iter().zip(&ids).map(|((name, _, result, failed), id)| {
            let error = failed.then(|| json!({"type": "unknown", "message": result}));
            json!({"role": "tool", "tool_call_id": id, "function": name, "content": result, "error": error})
        }));
        messages
    }));
    let sample = json!({"id": sample.id, "epoch": 1, "input": sample.prompt, "target": "", "messages": all, "scores": {}});
    json!({"version": 2, "status": "success", "eval": {"task": "t"}, "samples": [sample]}).to_string()
}

/// The spans of one trace: the last chat holds the conversation, tools have spans of their own.
fn otel(sample: &Sample) -> String {
    let mut id = call_ids();
    let part = |text: &str| json!([{"type": "text", "content": text}]);
    let mut tools = Vec::new();
    let mut input = vec![json!({"role": "user", "parts": part(&sample.prompt)})];
    for turn in &sample.turns {
        match turn {
            Turn::Reply(reply, user) => {
                input.push(json!({"role": "assistant", "parts": part(reply)}));
                input.push(json!({"role": "user", "parts": part(user)}));
            }
            Turn::Calls(thought, calls) => {
                let mut parts: Vec<Value> =
                    thought.iter().map(|text| json!({"type": "text", "content": text})).collect();
                let mut results = Vec::new();
                for (name, arguments, result, failed) in calls {
                    let id = id();
                    parts.push(json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments}));
                    results.push(json!({"role": "tool", "parts": [{"type": "tool_call_response", "id": id, "response": result}]}));
                    tools.push((name, id, arguments, result, *failed));
                }
                input.push(json!({"role": "assistant", "parts": parts}));
                input.extend(results);
            }
        }
    }
    let attribute = |(key, value): &(&str, String)| json!({"key": key, "value": {"stringValue": value}});
    let mut number = 1;
    let mut span = |name: &str, status: Value, attributes: &[(&str, String)]| {
        number += 1;
        let attributes: Vec<Value> = attributes.iter().map(attribute).collect();
        json!({
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": format!("{number:016x}"),
            "parentSpanId": "0000000000000001", "name": name, "startTimeUnixNano": (number * 10).to_string(),
            "endTimeUnixNano": (number * 10 + 5).to_string(), "attributes": attributes, "status": status,
        })
    };
    let mut spans: Vec<Value> = tools
        .iter()
        .map(|(name, id, arguments, result, failed)| {
            let attributes = [
                ("gen_ai.operation.name", "execute_tool".to_owned()),
                ("gen_ai.tool.name", (*name).clone()),
                ("gen_ai.tool.call.id", id.clone()),
                ("gen_ai.tool.call.arguments", arguments.to_string()),
                ("gen_ai.tool.call.result", (*result).clone()),
            ];
            span("execute_tool", json!({"code": if *failed { 2 } else { 0 }}), &attributes)
        })
        .collect();
    let output = json!([{"role": "assistant", "parts": part(&sample.answer), "finish_reason": "stop"}]);
    let chat = [
        ("gen_ai.operation.name", "chat".to_owned()),
        ("gen_ai.system_instructions", part(&sample.system).to_string()),
        ("gen_ai.input.messages", Value::from(input).to_string()),
        ("gen_ai.output.messages", output.to_string()),
    ];
    spans.push(span("chat", json!({}), &chat));
    let lines = spans
        .into_iter()
        .map(|span| json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).to_string());
    lines.collect::<Vec<_>>().join("\n")
}

/// AgentHER has no turns of the user: a run is one request.
fn agenther(sample: &Sample) -> String {
    let mut steps = Vec::new();
    for turn in &sample.turns {
        let Turn::Calls(thought, calls) = turn else { continue };
        for (number, (name, arguments, result, _)) in calls.iter().enumerate() {
            let thought = thought.as_ref().filter(|_| number == 0);
            steps.push(json!({"thought": thought, "action_name": name, "action_input": arguments, "observation": result}));
        }
    }
    json!([{"trajectory_id": sample.id, "original_prompt": sample.prompt, "steps": steps, "final_answer": sample.answer}]).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn openai_chat_keeps_a_run(sample in sample()) {
        let keeps = Keeps { errors: false, ..ALL };
        let text = json!({"id": sample.id, "messages": openai_messages(&sample)}).to_string();
        check(&sample, &text, "openai_chat", &keeps)?;
        let tau = json!([{"task_id": 1, "reward": 1.0, "trial": 0, "info": {"task": {}}, "traj": openai_messages(&sample)}]);
        check(&sample, &tau.to_string(), "tau_bench", &keeps)?;
    }

    #[test]
    fn anthropic_messages_keep_a_run(sample in sample()) {
        let text = json!({"id": sample.id, "system": sample.system, "messages": anthropic_messages(&sample)}).to_string();
        check(&sample, &text, "openai_chat", &ALL)?;
    }

    #[test]
    fn claude_code_keeps_a_run(sample in sample()) {
        check(&sample, &claude_code(&sample), "claude_code", &Keeps { system: false, ..ALL })?;
    }

    #[test]
    fn codex_keeps_a_run(sample in sample()) {
        check(&sample, &codex(&sample), "codex", &Keeps { system: false, ..ALL })?;
    }

    #[test]
    fn atif_keeps_a_run(sample in sample()) {
        check(&sample, &atif(&sample), "atif", &Keeps { errors: false, ..ALL })?;
    }

    #[test]
    fn adp_keeps_a_run(sample in sample()) {
        check(&sample, &adp(&sample), "adp", &Keeps { system: false, errors: false, ..ALL })?;
    }

    #[test]
    fn inspect_keeps_a_run(sample in sample()) {
        check(&sample, &inspect(&sample), "inspect", &ALL)?;
    }

    #[test]
    fn otel_keeps_a_run(sample in sample()) {
        check(&sample, &otel(&sample), "otel", &ALL)?;
    }

    #[test]
    fn agenther_keeps_a_run(mut sample in sample()) {
        sample.turns.retain(|turn| matches!(turn, Turn::Calls(..)));
        let (all, _) = read(agenther(&sample).as_bytes());
        let mut steps = expected(&sample, &Keeps { errors: false, ..ALL });
        // The answer is a field of its own.
        steps.pop();
        prop_assert_eq!(found(&all.runs[0]), steps);
        prop_assert_eq!(all.runs[0].final_answer.as_deref(), Some(&*sample.answer));
    }
}
