//! What the members of a step are called, in the logs of houses that write their own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a member of a step holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What the user said.
    User,
    /// What the agent thought.
    Thought,
    /// What the model wrote, with thought and action in it.
    Written,
    /// The tool, by its name or as a call.
    Tool,
    /// A list of calls.
    Calls,
    /// What the tool was given.
    Arguments,
    /// A part of what it was given, where nothing holds all of it.
    Argument,
    /// What came back, or what was there before.
    Observation,
    /// What was there before.
    Before,
    /// What came back, beside what was there before.
    After,
    /// Whether it went wrong, or why.
    Error,
    /// Whether it went well.
    Done,
    /// What kind of event it is.
    Kind,
    /// What it is called: the tool, of a call.
    Name,
    /// The answer that the run ends with.
    Answer,
    /// An object that may hold the members of the step.
    Inside,
}

/// The parts by their names, the most telling name of each part first.
const NAMES: &[(Part, &[&str])] = &[
    (Part::User, &["user", "user_message", "user_input", "user_query", "human", "utterance", "user_said"]),
    (
        Part::Thought,
        &[
            "thought",
            "thoughts",
            "reasoning",
            "rationale",
            "thinking",
            "think",
            "intermediate_thought",
            "thought_process",
            "reflection",
            "reasoning_content",
            "chain_of_thought",
            "cot",
            "inner_monologue",
            "agent_thought",
            "why",
            "justification",
            "analysis",
            "explanation",
            "reason",
            "intent",
            "plan",
        ],
    ),
    (
        Part::Written,
        &[
            "model_output",
            "model_response",
            "raw_output",
            "llm_output",
            "llm_response",
            "raw_response",
            "completion",
            "agent_response",
            "raw_llm_output",
            "generated_text",
            "generation",
            "assistant",
            "assistant_message",
        ],
    ),
    (
        Part::Tool,
        &[
            "tool",
            "tool_name",
            "function",
            "function_name",
            "action_name",
            "tool_call",
            "function_call",
            "tool_used",
            "tool_called",
            "tool_or_action",
            "invoked_tool",
            "selected_tool",
            "chosen_action",
            "selected_action",
            "action",
            "action_taken",
            "executed_action",
            "parsed_action",
            "env_action",
            "action_type",
            "api_name",
            "api",
            "skill_name",
            "skill",
        ],
    ),
    (Part::Calls, &["tool_calls", "function_calls", "tool_invocations", "actions", "calls"]),
    (
        Part::Arguments,
        &[
            "arguments",
            "args",
            "action_input",
            "tool_input",
            "tool_args",
            "tool_arguments",
            "tool_inputs",
            "action_args",
            "action_arguments",
            "action_params",
            "action_parameters",
            "parameters",
            "params",
            "tool_params",
            "key_params",
            "input_args",
            "input_preview",
            "function_args",
            "kwargs",
            "inputs",
            "input",
        ],
    ),
    (
        Part::Argument,
        &[
            "arg",
            "argument",
            "target",
            "value",
            "query",
            "search_query",
            "command",
            "code",
            "sql",
            "selector",
            "element_id",
            "url",
            "path",
            "expression",
            "coords",
        ],
    ),
    (
        Part::Observation,
        &[
            "observation",
            "obs",
            "observations",
            "tool_response",
            "tool_output",
            "tool_result",
            "tool_results",
            "function_response",
            "function_result",
            "action_result",
            "execution_result",
            "exec_result",
            "env_response",
            "environment_response",
            "environment_feedback",
            "env_feedback",
            "result",
            "results",
            "output",
            "outputs",
            "response",
            "returned",
            "return_value",
            "stdout",
            "stderr",
            "feedback",
            "result_summary",
            "result_preview",
            "output_preview",
        ],
    ),
    (Part::Before, &["observation_before", "obs_before", "state", "current_state", "current_observation"]),
    (
        Part::After,
        &[
            "next_observation",
            "next_obs",
            "observation_after",
            "obs_after",
            "new_observation",
            "next_state",
            "new_state",
            "state_after",
        ],
    ),
    (
        Part::Error,
        &[
            "error",
            "is_error",
            "exit_code",
            "returncode",
            "return_code",
            "error_message",
            "has_error",
            "exception",
        ],
    ),
    (Part::Done, &["success", "ok", "succeeded", "is_success", "status"]),
    (
        Part::Kind,
        &[
            "type",
            "event",
            "event_type",
            "kind",
            "step_type",
            "record_type",
            "entry_type",
            "message_type",
            "stage",
            "phase",
            "node",
            "node_name",
            "actor",
            "role",
            "step",
        ],
    ),
    (Part::Name, &["name"]),
    (Part::Answer, &["final_answer", "final_response", "final_output", "finish"]),
    (
        Part::Inside,
        &["data", "payload", "details", "detail", "body", "attributes", "attrs", "content", "response"],
    ),
];

/// Names of observations that may be of what was there before.
pub(super) const OBSERVATIONS: usize = 3;

/// Names of thoughts that are never a word for something else.
pub(super) const SURE_THOUGHTS: usize = 14;

/// Members that only logs of agents have: without a goal they tell that a list is of steps.
const OF_AGENTS: &[&str] = &[
    "observation",
    "obs",
    "thought",
    "thinking",
    "reasoning",
    "intermediate_thought",
    "action_input",
    "tool_input",
    "tool_args",
    "tool_arguments",
    "tool_call",
    "tool_calls",
    "tool_response",
    "tool_result",
    "tool_output",
    "next_observation",
    "observation_before",
    "observation_after",
    "model_output",
    "model_response",
    "llm_output",
    "function_call",
    "tool_or_action",
];

/// Members that say that something was done, and when: what names a tool beside them is no plan.
const OF_LOGS: &[&str] = &[
    "timestamp",
    "ts",
    "time",
    "at",
    "started_at",
    "duration",
    "duration_ms",
    "duration_s",
    "duration_sec",
    "duration_seconds",
    "latency",
    "latency_ms",
    "elapsed",
    "elapsed_ms",
    "ms",
    "step",
    "step_number",
    "step_id",
    "step_index",
    "turn",
    "iteration",
    "round",
    "turn_number",
    "ok",
    "error",
    "success",
    "reward",
    "done",
    "timestamp_utc",
    "execution_time_ms",
];

/// What the name of a member tells.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Meaning {
    /// What the member is, and how telling the name is of that: the less, the more.
    pub part: Option<(Part, usize)>,
    /// Whether only logs of agents have it.
    pub is_of_agents: bool,
    /// Whether it says that something was done, and when.
    pub is_of_logs: bool,
}

static MEANINGS: LazyLock<HashMap<&str, Meaning>> = LazyLock::new(|| {
    let mut meanings: HashMap<&str, Meaning> = HashMap::new();
    for (part, names) in NAMES {
        for (rank, name) in names.iter().enumerate() {
            meanings.entry(name).or_default().part.get_or_insert((*part, rank));
        }
    }
    OF_AGENTS.iter().for_each(|name| meanings.entry(name).or_default().is_of_agents = true);
    OF_LOGS.iter().for_each(|name| meanings.entry(name).or_default().is_of_logs = true);
    meanings
});

/// What the name of a member tells, in whatever case it is written.
pub(super) fn meaning(key: &str) -> Meaning {
    MEANINGS.get(&*in_snake_case(key)).copied().unwrap_or_default()
}

/// `tool_name` for `toolName`.
fn in_snake_case(key: &str) -> Cow<'_, str> {
    if !key.bytes().any(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b' ')) {
        return key.into();
    }
    let mut out = String::with_capacity(key.len() + 2);
    let mut after_small = false;
    for letter in key.chars() {
        if letter.is_ascii_uppercase() && after_small {
            out.push('_');
        }
        after_small = letter.is_ascii_lowercase();
        out.push(if matches!(letter, '-' | ' ') { '_' } else { letter.to_ascii_lowercase() });
    }
    out.into()
}

/// What an event is, where its kind says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Thought,
    /// Words of the agent that may be a thought or a reply.
    Said,
    Call,
    Observation,
    Answer,
    /// What others made of the run.
    Verdict,
    /// That the run, or a part of it, began or ended.
    End,
}

/// `tool_call`, `agent.tool.result`, `FinalAnswer`.
pub(super) fn kind_of(kind: &str) -> Option<Kind> {
    let snake = in_snake_case(kind).to_lowercase();
    let words: Vec<&str> = snake.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    // `llm_call`, `model.response`: what the agent said.
    if has(&["llm", "model", "completion"]) {
        return Some(Kind::Said);
    }
    if has(&[
        "eval",
        "evaluation",
        "evaluator",
        "judge",
        "score",
        "grade",
        "verdict",
        "reward",
        "metric",
        "metrics",
    ]) {
        return Some(Kind::Verdict);
    }
    let is_of_tool = has(&["tool", "function", "action"]);
    let is_back = has(&[
        "result",
        "results",
        "output",
        "end",
        "ended",
        "completed",
        "finished",
        "return",
        "returned",
        "response",
        "error",
        "failed",
    ]);
    if has(&["run", "session", "episode", "task"])
        && (is_back || has(&["start", "started", "begin"]))
        && !is_of_tool
        || matches!(words[..], ["agent", "finished" | "completed" | "done"])
    {
        return Some(Kind::End);
    }
    if has(&["observation", "observe", "environment", "env"]) || is_of_tool && is_back || words == ["error"] {
        return Some(Kind::Observation);
    }
    let is_called = has(&["call", "calls", "called", "action", "act", "invocation", "invoke", "execute"]);
    if is_called || has(&["tool"]) && has(&["use", "start", "started"]) {
        return Some(Kind::Call);
    }
    if has(&["thought", "think", "thinking", "reasoning", "reflection"]) {
        return Some(Kind::Thought);
    }
    if has(&["answer", "final", "finish"]) {
        return Some(Kind::Answer);
    }
    match &words[..] {
        ["user"] | ["human"] | ["user", "message" | "input" | "query"] => Some(Kind::User),
        ["assistant"]
        | ["agent"]
        | ["reply"]
        | ["message"]
        | ["assistant" | "agent", "message" | "reply"] => Some(Kind::Said),
        ["tool"] | ["tools"] => Some(Kind::Observation),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_known_in_any_case() {
        for (key, part) in [
            ("toolName", Some(Part::Tool)),
            ("action-input", Some(Part::Arguments)),
            ("nextObservation", Some(Part::After)),
            ("ToolCalls", Some(Part::Calls)),
            ("latency_ms", None),
            ("", None),
        ] {
            assert_eq!(meaning(key).part.map(|(part, _)| part), part, "{key}");
        }
    }

    #[test]
    fn events_say_what_they_are() {
        for (kind, wanted) in [
            ("tool_call", Some(Kind::Call)),
            ("agent.tool_call.start", Some(Kind::Call)),
            ("tool_call_result", Some(Kind::Observation)),
            ("ToolResult", Some(Kind::Observation)),
            ("tool.end", Some(Kind::Observation)),
            ("observation", Some(Kind::Observation)),
            ("THOUGHT", Some(Kind::Thought)),
            ("final_answer", Some(Kind::Answer)),
            ("user", Some(Kind::User)),
            ("user_deleted", None),
            ("run_start", Some(Kind::End)),
            ("evaluation", Some(Kind::Verdict)),
            ("tool_failed", Some(Kind::Observation)),
            ("llm_call", Some(Kind::Said)),
            ("tool.called", Some(Kind::Call)),
            ("error", Some(Kind::Observation)),
            ("chain_start", None),
        ] {
            assert_eq!(kind_of(kind), wanted, "{kind}");
        }
    }
}
