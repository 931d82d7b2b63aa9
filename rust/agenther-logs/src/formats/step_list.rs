//! Lists of steps: logs of houses that write, step by step, which tool was called with what and what came back.
//!
//! Source: no one's; `{task, steps: [{thought, tool, args, observation}]}` in the names that loggers use, the call flat, in
//! an object of its own or in a list, the list of steps beside the goal, one object further in, or alone.
//! Where a log names its fields in other ways, `agenther formats --suggest FILE` drafts a mapping.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task`, `goal`, `query`, `question`, `user_input`, … (`input_email`), or such a member of it | `original_prompt` |
//! | `system`, `system_prompt`, `policy` | `system` |
//! | `thought`, `reasoning`, `rationale`, …; what an event of type `message` or `final_response` says | `thought` |
//! | `tool`, `tool_name`, `function`, `action`, …, or their `name` | `action_name` |
//! | `args`, `arguments`, `action_input`, `input`, …, also inside of the call | `action_input` |
//! | `observation`, `result`, `output`, `tool_response`, … | `observation` |
//! | `error`, `is_error`, an exit code | `error` |
//! | `final_answer`, `final_response`, `response`, `prediction`, …, else an `answer` that stands beside no `question` | `final_answer` |
//! | `success`, `reward`, … of the record, else of what holds the list | the labels |
//! | others of the record | `metadata` |
//!
//! Without a goal the steps must think, and elements with goals or ids of their own are runs, not steps.
//!
//! Leaks: reference answers by the names that data sets give them stay behind, and so does the `answer` of a `question`.

use std::sync::LazyLock;

use super::{Format, Record, copy_rest};
use crate::json::{Keys, ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::mapping::Mapping;
use crate::messages::words;
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;

pub(super) struct StepList;

/// Where the steps are, most telling name first; of a record that is a list, the record itself.
const LISTS: &[&str] = &[
    "steps",
    "trajectory",
    "traj",
    "turns",
    "trace",
    "interactions",
    "transitions",
    "rollout",
    "events",
    "tool_calls",
    "execution_trace",
    "[*]",
];
const GOAL: &[&str] = &[
    "goal",
    "task",
    "query",
    "question",
    "instruction",
    "user_query",
    "user_message",
    "user_request",
    "user_input",
    "user_prompt",
    "request",
    "objective",
    "prompt",
];
const SYSTEM: &[&str] = &["system", "system_prompt", "policy"];
/// An `answer` beside a question, or beside one of these, is the reference of a data set.
const ANSWER: &[&str] =
    &["final_answer", "final_response", "final_output", "response", "output", "prediction"];
/// Members that may hold the list, and the goal: a member by another name may be a record among others.
const INSIDE: &[&str] =
    &["output", "result", "run", "data", "trace", "trajectory", "execution", "agent", "info", "meta"];
/// Elements looked at to tell steps from other lists.
const SAMPLE: usize = 8;

/// Names of a tool, of which one that is an object has it in a member.
static TOOL: Keys = Keys::new(&[
    "tool",
    "tool_name",
    "function",
    "function_name",
    "action_name",
    "action",
    "action_taken",
    "tool_call",
    "function_call",
    "tool_calls",
    "api_name",
]);
static NAME: Keys = Keys::new(&["name", "tool", "tool_name", "function", "function_name", "action", "type"]);
static OBSERVATION: Keys = Keys::new(&[
    "observation",
    "obs",
    "tool_response",
    "tool_output",
    "tool_result",
    "function_response",
    "result",
    "output",
    "response",
    "env_response",
]);
static ARGUMENTS: Keys = Keys::new(&[
    "args",
    "arguments",
    "action_input",
    "tool_input",
    "tool_args",
    "parameters",
    "params",
    "kwargs",
    "input",
]);
static THOUGHT: Keys = Keys::new(&["thought", "thoughts", "reasoning", "rationale", "intermediate_thought"]);

const FIELDS: &str = r#"
name = "step_list"
goal = "goal"

[step]
user = ["user", "user_message", "user_input", "human", "[type=user].content"]
thought = ["thought", "thoughts", "reasoning", "rationale", "thinking", "intermediate_thought", "reflection", "[type=thought].content", "[type=reasoning].content", "[type=message].content", "[type=final_response].content", "[type=final_answer].content"]
calls = "tool_calls"
tool = ["tool", "tool_name", "function", "function_name", "action_name", "tool.name", "function.name", "action.name", "action.tool", "action.tool_name", "action.function", "action.type", "action_taken.tool", "action_taken.name", "tool_call.name", "tool_call.tool", "tool_call.function.name", "function_call.name", "action", "api_name", "name"]
arguments = ["arguments", "args", "action_input", "tool_input", "tool_args", "parameters", "params", "kwargs", "function.arguments", "action.arguments", "action.args", "action.input", "action.parameters", "action.params", "action.tool_input", "action_taken.args", "action_taken.arguments", "tool_call.arguments", "tool_call.args", "tool_call.input", "tool_call.function.arguments", "function_call.arguments", "input"]
observation = ["observation", "obs", "tool_response", "tool_output", "tool_result", "function_response", "result", "output", "response", "env_response", "[type=tool_result].content", "[type=observation].content"]
error = ["error", "is_error", "exit_code"]
"#;

/// The fields above for each name of the list.
static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    let mapping = |list: &&str| Mapping::parse(&format!("steps = {list:?}\n{FIELDS}"));
    LISTS.iter().map(|list| mapping(list).expect("the paths are well formed")).collect()
});

/// Whether the elements of a list say which tool was called with what and what came back. What else has a name and a
/// result is a table, a test plan or a workflow.
fn are_steps(list: Value<'_, '_>, has_goal: bool) -> bool {
    let sample = || list.items().take(SAMPLE).filter(|item| item.is_object());
    let has = |item: Value<'_, '_>, keys: &'static Keys| item.among(keys).any(|(_, value)| !value.is_null());
    let acting = sample().filter(|item| calls(*item)).count();
    let shows = |item: Value<'_, '_>| {
        has(item, &OBSERVATION)
            || item.items_of("tool_calls").next().is_some_and(|call| has(call, &OBSERVATION))
    };
    let thinks = || sample().any(|item| has(item, &THOUGHT));
    acting > 0 && 2 * acting >= sample().count() && sample().any(shows) && (has_goal || thinks())
}

/// Whether a step names a tool and gives it arguments, itself or in a call of its own.
fn calls(item: Value<'_, '_>) -> bool {
    let given = |value: Value<'_, '_>| {
        value.among(&ARGUMENTS).any(|(_, arguments)| arguments.is_object() || arguments.is_string())
    };
    item.among(&TOOL).any(|(_, tool)| {
        let call = tool.items().next().unwrap_or(tool);
        // A list of bare names does not say which arguments are whose.
        let named = !tool.is_array() && is_name(call) || call.among(&NAME).any(|(_, name)| is_name(name));
        named && (given(item) || given(call))
    })
}

/// `get_weather`, but not `Call back`.
fn is_name(value: Value<'_, '_>) -> bool {
    value.text().is_some_and(|name| !name.trim().is_empty() && !name.trim().contains(' '))
}

/// Where the steps of a record are, and how they are read.
struct Found<'t, 'a> {
    /// The object with the list, or the list where it stands alone.
    object: Value<'t, 'a>,
    mapping: &'static Mapping,
    /// The member of the record that holds them.
    member: &'static str,
}

fn steps_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Found<'t, 'a>> {
    let has_goal = goal_of(record).is_some();
    let at = |object: Value<'t, 'a>| {
        let mut lists = LISTS.iter().zip(&*MAPPINGS);
        let (member, mapping) =
            lists.find(|(list, _)| object.get(list).is_some_and(|list| are_steps(list, has_goal)))?;
        Some(Found { object, mapping, member })
    };
    if record.is_array() {
        let mapping = MAPPINGS.last().filter(|_| are_steps(record, false) && is_one_run(record))?;
        return Some(Found { object: record, mapping, member: "" });
    }
    let within = |(member, object)| at(object).map(|found| Found { member, ..found });
    at(record).or_else(|| inside(record).find_map(within))
}

fn inside<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = (&'static str, Value<'t, 'a>)> {
    INSIDE.iter().filter_map(move |key| Some((*key, record.get(key).filter(|member| member.is_object())?)))
}

/// Whether the elements of a list are the steps of one run, and not runs: no two have goals or ids of their own.
fn is_one_run(list: Value<'_, '_>) -> bool {
    static OWN: Keys =
        Keys::new(&["id", "task_id", "run_id", "goal", "task", "query", "question", "instruction", "prompt"]);
    let own = list.items().take(SAMPLE).filter(|item| item.among(&OWN).next().is_some()).count();
    own < 2
}

fn goal_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let stated = |object: Value<'_, 'a>| {
        let named = GOAL.iter().filter_map(|key| object.get(key));
        named
            .into_iter()
            .find_map(|goal| words(goal).or_else(|| goal.text_of(GOAL)))
            .or_else(|| akin_to_goal(object))
    };
    stated(record).or_else(|| inside(record).find_map(|(_, object)| stated(object)))
}

/// Words under a name that has one of those of goals in it: `input_email`, `customer_question`.
fn akin_to_goal<'a>(object: Value<'_, 'a>) -> Option<Text<'a>> {
    const AKIN: &[&str] = &["goal", "task", "query", "question", "request", "input", "message"];
    const NOT: &[&str] = &["id", "system", "template", "type", "error", "log", "final"];
    let is_akin = |key: &str| {
        let has = |names: &[&str]| key.split(['_', '-', '.']).any(|part| names.contains(&part));
        has(AKIN) && !has(NOT)
    };
    let mut akin = object.members().filter(|(key, _)| is_akin(key) && !is_label(key));
    akin.find_map(|(_, value)| value.text().filter(|text| text.trim().contains(' ')))
}

impl Format for StepList {
    fn name(&self) -> &'static str {
        "step_list"
    }

    fn shape(&self) -> &'static str {
        "`steps`, `trajectory` or the like: objects that name a tool, its arguments and what came back"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        match steps_of(record) {
            Some(_) => 40 + 20 * u8::from(goal_of(record).is_some()),
            None => 0,
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let Found { object, mapping, member } = steps_of(record.value).ok_or("it has no list of steps")?;
        let mut run = mapping.course(object)?;
        // Who speaks has a name too.
        for step in
            run.steps.iter_mut().filter(|step| step.action_input.is_none() && step.observation.is_none())
        {
            step.action_name = None;
        }
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| record.task_run_id(key));
        run.original_prompt = goal_of(record.value);
        run.system = record.value.text_of(SYSTEM);
        run.final_answer = record.value.text_of(ANSWER).or_else(|| object.text_of(ANSWER));
        if run.final_answer.is_none() && record.value.get("question").is_none() {
            run.final_answer = record.value.text_of(&["answer"]).or_else(|| object.text_of(&["answer"]));
        }
        read_labels(record.value, &mut run);
        if run.success.is_none() && run.reward.is_none() && object.is_object() {
            read_labels(object, &mut run);
        }
        set_final_answer(&mut run);
        let mut out = ObjectWriter::default();
        let taken =
            |key: &str| key == "answer" || [GOAL, SYSTEM, ANSWER].iter().any(|keys| keys.contains(&key));
        copy_rest(&mut out, record, |key| key == member || taken(key) || is_label(key));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

#[cfg(test)]
mod tests {
    use super::StepList;
    use crate::formats::Format;
    use crate::json::read_inner;

    #[test]
    fn steps_have_arguments_and_a_goal_or_a_thought() {
        for (record, is_run) in [
            (r#"{"task": "Find x", "steps": [{"tool": "s", "input": "Ulm", "output": "o"}]}"#, true),
            (r#"{"trace": [{"thought": "t", "tool": "s", "args": {}, "result": 1}]}"#, true),
            (r#"[{"thought": "t", "tool": "s", "args": {"a": 1}, "result": 1}, {"thought": "u"}]"#, true),
            (
                r#"{"description": "math", "actions": [{"function": "add", "arguments": {"a": "int"}, "output": "int"}]}"#,
                false,
            ),
            (
                r#"{"description": "A workflow", "steps": [{"tool": "http", "args": {}, "output": "response"}]}"#,
                false,
            ),
            (r#"{"program": "a.out", "trace": [{"function": "main", "args": [1], "result": 0}]}"#, false),
            (
                r#"{"task": "Call", "steps": [{"function": "Sales desk", "action": "Call back", "response": "ok"}]}"#,
                false,
            ),
            (
                r#"[{"task": "a", "thought": "t", "tool": "s", "args": {}, "result": 1}, {"task": "b", "thought": "t", "tool": "s", "args": {}, "result": 1}]"#,
                false,
            ),
            (
                r#"{"query": "x", "steps": [{"node": "n", "input": "x", "tool_calls": ["a", "b"], "output": "o"}]}"#,
                false,
            ),
        ] {
            let score = read_inner(record, |record| Some(StepList.score(record)));
            assert_eq!(score.is_some_and(|score| score > 0), is_run, "{record}");
        }
    }
}
