//! Lists of steps: logs of houses that write, step by step, which tool was called with what and what came back.
//!
//! Source: no one's; `{task, steps: [{thought, tool, args, observation}]}` in the names that loggers use, the call flat, in
//! an object of its own, in a list, or as typed events, the list beside the goal, one object further in, or alone.
//! Where a log names its fields in other ways, `agenther formats --suggest FILE` drafts a mapping.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task`, `goal`, `query`, `question`, `user_input`, …, or such a member of it | `original_prompt` |
//! | `system`, `system_prompt`, `policy` | `system` |
//! | `thought`, `reasoning`, `rationale`, …; what an event of type `message` or `final_response` says | `thought` |
//! | `tool`, `tool_name`, `function`, `action`, …, or their `name` | `action_name` |
//! | `args`, `arguments`, `action_input`, `input`, …, also inside of the call | `action_input` |
//! | `observation`, `result`, `output`, `tool_response`, … | `observation` |
//! | `error`, `is_error`, an exit code | `error` |
//! | `final_answer`, `answer`, `final_response`, … | `final_answer` |
//! | `success`, `reward`, … | the labels |
//! | all others | `metadata` |
//!
//! Leaks: reference answers by the names that data sets give them stay behind.

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
    "history",
    "actions",
    "trace",
    "interactions",
    "transitions",
    "rollout",
    "events",
    "tool_calls",
    "calls",
    "execution_trace",
    "log",
    "[*]",
];
const GOAL: &[&str] = &[
    "goal",
    "task",
    "query",
    "question",
    "instruction",
    "user_query",
    "user_request",
    "user_input",
    "user_prompt",
    "request",
    "objective",
    "prompt",
    "problem",
    "input",
    "description",
];
const SYSTEM: &[&str] = &["system", "system_prompt", "policy"];
const ANSWER: &[&str] =
    &["final_answer", "answer", "final_response", "final_output", "response", "output", "prediction"];
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
/// What steps have and lists of other things do not.
static STEP: Keys = Keys::new(&[
    "observation",
    "thought",
    "reasoning",
    "args",
    "arguments",
    "action_input",
    "tool_input",
    "action",
    "tool",
    "tool_name",
    "function",
    "function_name",
    "tool_call",
    "function_call",
    "tool_calls",
]);

const FIELDS: &str = r#"
name = "step_list"
goal = "goal"

[step]
user = ["user", "user_message", "user_input", "human", "[type=user].content"]
thought = ["thought", "thoughts", "reasoning", "rationale", "thinking", "intermediate_thought", "reflection", "[type=thought].content", "[type=reasoning].content", "[type=message].content", "[type=final_response].content", "[type=final_answer].content"]
calls = "tool_calls"
tool = ["tool", "tool_name", "function", "function_name", "action_name", "tool.name", "function.name", "action.name", "action.tool", "action.tool_name", "action.function", "action.type", "action_taken.tool", "action_taken.name", "tool_call.name", "tool_call.tool", "tool_call.function.name", "function_call.name", "action", "api_name", "[type=tool_call].name", "name"]
arguments = ["arguments", "args", "action_input", "tool_input", "tool_args", "parameters", "params", "kwargs", "function.arguments", "action.arguments", "action.args", "action.input", "action.parameters", "action.params", "action.tool_input", "action_taken.args", "action_taken.arguments", "tool_call.arguments", "tool_call.args", "tool_call.input", "tool_call.function.arguments", "function_call.arguments", "input", "[type=tool_call].input"]
observation = ["observation", "obs", "tool_response", "tool_output", "tool_result", "function_response", "result", "output", "response", "env_response", "[type=tool_result].content", "[type=observation].content"]
error = ["error", "is_error", "exit_code"]
"#;

/// The fields above for each name of the list.
static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    let mapping = |list: &&str| Mapping::parse(&format!("steps = {list:?}\n{FIELDS}"));
    LISTS.iter().map(|list| mapping(list).expect("the paths are well formed")).collect()
});

/// Whether elements name tools, and one says what came back: what else has a name and a result is a table.
fn are_steps(list: Value<'_, '_>) -> bool {
    let sample = || list.items().take(SAMPLE).filter(|item| item.is_object());
    let acts = |item: &Value<'_, '_>| item.among(&TOOL).any(|(_, tool)| names_a_tool(tool));
    let states = |value: Value<'_, '_>| value.among(&OBSERVATION).any(|(_, shown)| !shown.is_null());
    let shows = |item: Value<'_, '_>| states(item) || item.items_of("tool_calls").next().is_some_and(states);
    let is_step = |item: &Value<'_, '_>| item.among(&STEP).count() >= 2;
    let acting = sample().filter(|item| acts(item) && is_step(item)).count();
    acting > 0 && 2 * acting >= sample().count() && sample().any(shows)
}

fn names_a_tool(value: Value<'_, '_>) -> bool {
    let named = |value: Value<'_, '_>| value.text().is_some_and(|name| !name.trim().is_empty());
    let call = value.items().next().unwrap_or(value);
    named(value) || call.among(&NAME).any(|(_, name)| named(name))
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
    let at = |object: Value<'t, 'a>| {
        let mut lists = LISTS.iter().zip(&*MAPPINGS);
        let (member, mapping) = lists.find(|(list, _)| object.get(list).is_some_and(are_steps))?;
        Some(Found { object, mapping, member })
    };
    if record.is_array() {
        let mapping = MAPPINGS.last().filter(|_| are_steps(record) && is_numbered(record))?;
        return Some(Found { object: record, mapping, member: "" });
    }
    let within = |(member, object)| at(object).map(|found| Found { member, ..found });
    at(record).or_else(|| inside(record).find_map(within))
}

fn inside<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = (&'static str, Value<'t, 'a>)> {
    INSIDE.iter().filter_map(move |key| Some((*key, record.get(key).filter(|member| member.is_object())?)))
}

/// Whether the elements of a list count up, or think: runs, one an element, do neither.
fn is_numbered(list: Value<'_, '_>) -> bool {
    let number =
        |item: Value<'_, '_>| item.any_of(&["step", "step_number", "turn", "iteration", "step_id"])?.as_f64();
    let mut items = list.items();
    let (first, second) = (items.next(), items.next());
    let counts = || Some(number(first?)? < number(second?)?);
    counts() == Some(true) || first.is_some_and(|first| first.any_of(&["thought", "reasoning"]).is_some())
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
    let is_akin =
        |key: &str| key.split(['_', '-', '.']).any(|part| GOAL.contains(&part) || part == "message");
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
        run.trajectory_id = record.key.map_or_else(|| record.run_id(), |key| record.task_run_id(key));
        run.original_prompt = goal_of(record.value);
        run.system = record.value.text_of(SYSTEM);
        run.final_answer = record.value.text_of(ANSWER).or_else(|| object.text_of(ANSWER));
        read_labels(record.value, &mut run);
        set_final_answer(&mut run);
        let mut out = ObjectWriter::default();
        let taken = |key: &str| [GOAL, SYSTEM, ANSWER].iter().any(|keys| keys.contains(&key));
        copy_rest(&mut out, record, |key| key == member || taken(key) || is_label(key));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}
