//! Steps in the words of whoever logs them: which tool was called with what, and what came back.
//!
//! Source: no one's; what people's own agents write, of which some hundred public logs were looked at: `{task, steps:
//! [{thought, tool, args, observation}]}` in the names that loggers use, the call flat, in an object of its own, in a list
//! or in what the model wrote; the list beside the goal, one object further in, or alone; a step or an event of one a line,
//! or in one list for several runs. Where a log names its fields in other ways, `agenther formats --suggest FILE` drafts a
//! mapping.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task`, `goal`, `query`, `question`, `user_input`, … (`input_email`), or such a member of it; else the first observation of a game | `original_prompt` |
//! | `system`, `system_prompt`, `policy` | `system` |
//! | `thought`, `reasoning`, `rationale`, `why`, …; what an event of a kind like `thought`, `message` or `final_answer` says; the thoughts in what the model wrote (`raw_output`, `model_response`) | `thought` |
//! | `tool`, `tool_name`, `function`, `action`, `tool_call`, …, or their `name`; `search[tea]`, `go to desk 1` | `action_name` |
//! | `args`, `arguments`, `action_input`, `input`, …, also inside of the call; else what else an action has | `action_input` |
//! | `observation`, `result`, `output`, `tool_response`, …; `next_observation` where `observation` is what was there before, the next step's where that stands before its action | `observation` |
//! | `error`, `is_error`, an exit code, `ok` or `success` of a step that has no reward, `status` | `error` |
//! | `final_answer`, `final_response`, `response`, `prediction`, …, else an `answer` that stands beside no `question` | `final_answer` |
//! | `success`, `reward`, … of the record, else of what holds the list, or of an event that is no step | the labels |
//! | `run_id`, `episode_id`, `session_id`, `trace_id`, … of a step that stands by itself; else the file | the run that it is of |
//! | others of the record | `metadata` |
//!
//! Without a goal the steps must think or have members that only logs of agents have (`observation`, `tool_args`, or a
//! `tool` beside a time or a number); elements with goals or ids of their own are runs, not steps.
//!
//! Leaks: reference answers by the names that data sets give them stay behind, and so does the `answer` of a `question`.

mod element;
mod names;

use super::{Format, Piece, Record, copy_rest, filled};
use crate::json::{Keys, ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::mapping::Events;
use crate::messages::words;
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;
use element::Element;
use names::{Kind, Part};

pub(super) struct StepList;

/// Where the steps are, most telling name first.
const LISTS: &[&str] = &[
    "steps",
    "trajectory",
    "trajectories",
    "traj",
    "turns",
    "rounds",
    "trace",
    "interactions",
    "transitions",
    "rollout",
    "events",
    "history",
    "tool_calls",
    "actions",
    "calls",
    "log",
    "logs",
    "agent_trace",
    "tool_trace",
    "execution_trace",
    "execution_log",
    "action_history",
    "iterations",
    "episode",
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
    "prompt_text",
    "intent",
];
/// Where a world is described before the first step, with the task at its end.
const OPENING: &[&str] = &["initial_observation", "initial_obs", "init_obs", "initial_state"];
const SYSTEM: &[&str] = &["system", "system_prompt", "policy"];
/// An `answer` beside a question, or beside one of these, is the reference of a data set.
const ANSWER: &[&str] =
    &["final_answer", "final_response", "final_output", "final_text", "response", "output", "prediction"];
/// Members that may hold the list, and the goal: a member by another name may be a record among others.
const INSIDE: &[&str] = &[
    "output",
    "result",
    "run",
    "data",
    "trace",
    "trajectory",
    "execution",
    "agent",
    "info",
    "meta",
    "context",
    "input",
    "metadata",
    "case",
];
/// What names the run of a step that stands by itself, most telling name first.
const RUN: &[&str] = &[
    "run_id",
    "trajectory_id",
    "episode_id",
    "trace_id",
    "session_id",
    "conversation_id",
    "thread_id",
    "rollout_id",
    "task_run_id",
    "state_id",
    "request_id",
    "runId",
    "episodeId",
    "traceId",
    "sessionId",
    "conversationId",
    "episode",
    "session",
    "task_id",
    "instance_id",
];
/// Elements looked at to tell steps from other lists.
const SAMPLE: usize = 16;

/// Whether the elements of a list say which tool was called with what, or what came back. What else has a name and a
/// result is a table, a test plan or a workflow.
fn are_steps(list: Value<'_, '_>, has_goal: bool) -> bool {
    let sample: Vec<Element<'_, '_>> =
        list.items().take(SAMPLE).filter(|item| item.is_object()).map(Element::of).collect();
    let acting = sample.iter().filter(|element| element.acts()).count();
    // Events of a kind that is not known stand between steps.
    let parts = sample.iter().filter(|element| element.acts() || element.has_kind()).count();
    let shows = sample.iter().any(Element::shows);
    let thinks = sample.iter().any(|element| element.thinks());
    let is_of_agent = sample.iter().any(|element| element.is_of_agent);
    // `{"function": …, "args": …, "result": …}` is what a program did.
    let is_told = has_goal || thinks || is_of_agent && shows;
    acting > 0 && 2 * parts >= sample.len() && (shows || has_goal && (thinks || is_of_agent)) && is_told
}

/// Where the steps of a record are.
struct Found<'t, 'a> {
    /// The object with the list, or the list where it stands alone.
    object: Value<'t, 'a>,
    list: Value<'t, 'a>,
    /// The member of the record that holds them.
    member: &'static str,
}

fn steps_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Found<'t, 'a>> {
    if record.is_array() {
        return are_steps(record, false).then_some(Found { object: record, list: record, member: "" });
    }
    let has_goal = goal_of(record).is_some();
    let at = |object: Value<'t, 'a>| {
        let lists = LISTS.iter().filter_map(|member| Some((*member, object.get(member)?)));
        let (member, list) = lists.into_iter().find(|(_, list)| are_steps(*list, has_goal))?;
        Some(Found { object, list, member })
    };
    let within = |(member, object)| at(object).map(|found| Found { member, ..found });
    at(record).or_else(|| inside(record).find_map(within))
}

fn inside<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = (&'static str, Value<'t, 'a>)> {
    INSIDE.iter().filter_map(move |key| Some((*key, record.get(key).filter(|member| member.is_object())?)))
}

/// The run that a step which stands by itself is one of.
fn run_of<'a>(step: Value<'_, 'a>) -> Option<Text<'a>> {
    RUN.iter().find_map(|key| step.get(key)?.scalar().and_then(filled))
}

/// Whether the elements of a list are the steps of several runs, by ids of their own.
fn has_several_runs(list: Value<'_, '_>) -> bool {
    let first = list.items().next().and_then(run_of);
    first.is_some() && list.items().skip(1).any(|item| run_of(item) != first)
}

/// Whether the elements of a list are runs, each with a goal or an id that no other has, and not steps.
fn are_runs(list: Value<'_, '_>) -> bool {
    static OWN: Keys =
        Keys::new(&["id", "task_id", "goal", "task", "query", "question", "instruction", "prompt"]);
    let own: Vec<String> = list
        .items()
        .take(SAMPLE)
        .filter_map(|item| Some(item.among(&OWN).next()?.1.json().into_owned()))
        .collect();
    let differ = own.iter().enumerate().filter(|(at, value)| !own[..*at].contains(value)).count();
    differ > 1 && list.items().all(|item| run_of(item).is_none())
}

/// Whether a record is a step by itself, as loggers write one a line.
fn is_step(record: Value<'_, '_>) -> bool {
    record.is_object() && !holds_list(record) && Element::of(record).is_logged_by_agent()
}

/// Whether a record holds what may be a list of steps, whose calls are no steps of its own.
fn holds_list(record: Value<'_, '_>) -> bool {
    let is_list = |list: Value<'_, '_>| list.items().any(|item| item.is_object());
    let holds = |object: Value<'_, '_>| {
        let lists = LISTS.iter().filter(|member| **member != "tool_calls");
        lists.filter_map(|member| object.get(member)).any(is_list)
    };
    holds(record) || inside(record).any(|(_, object)| holds(object))
}

fn goal_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let stated = |object: Value<'_, 'a>| {
        let named = GOAL.iter().filter_map(|key| object.get(key));
        named
            .into_iter()
            .find_map(|goal| words(goal).or_else(|| goal.text_of(GOAL)))
            .or_else(|| akin_to_goal(object))
    };
    let opening = || record.text_of(OPENING).filter(|text| text.trim().contains(' '));
    stated(record).or_else(|| inside(record).find_map(|(_, object)| stated(object))).or_else(opening)
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
        "`steps`, `trajectory` or the like: objects that name a tool, its arguments and what came back; or one such object a line"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if record.is_array() && are_runs(record) {
            return 0;
        }
        match steps_of(record) {
            Some(_) => 52 + 20 * u8::from(goal_of(record).is_some()),
            None => 35 * u8::from(is_step(record)),
        }
    }

    /// Runs begin and end with events that are no steps.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        let holds_list = || record.members().any(|(_, member)| member.items().any(|item| item.is_object()));
        let is_event = || run_of(record).is_some() || Element::of(record).is_event();
        record.is_object() && is_event() && !holds_list()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |value| Piece { run: run_of(value), value };
        if record.is_array() {
            return has_several_runs(record).then(|| record.items().map(piece).collect());
        }
        (!holds_list(record) && steps_of(record).is_none()).then(|| vec![piece(record)])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let alone = value.is_array().then_some(Found { object: value, list: value, member: "" });
        let Found { object, list, member } =
            alone.or_else(|| steps_of(value)).ok_or("it has no list of steps")?;
        let mut run = Run { steps: course(list)?, ..Run::default() };
        run.trajectory_id = match record.key {
            Some(key) if value.is_array() => key.to_owned().into(),
            Some(key) => record.task_run_id(key),
            None => record.run_id(),
        };
        run.original_prompt = goal_of(value);
        run.system = value.text_of(SYSTEM);
        run.final_answer = value.text_of(ANSWER).or_else(|| object.text_of(ANSWER));
        if run.final_answer.is_none() && value.get("question").is_none() {
            run.final_answer = value.text_of(&["answer"]).or_else(|| object.text_of(&["answer"]));
        }
        read_labels(value, &mut run);
        if run.success.is_none() && run.reward.is_none() && object.is_object() {
            read_labels(object, &mut run);
        }
        if value.is_array() {
            read_events(value, &mut run);
        } else if run.final_answer.is_none() {
            run.final_answer = list.items().filter_map(|item| Element::of(item).answer()).last();
        }
        set_final_answer(&mut run);
        let mut out = ObjectWriter::default();
        let taken = |key: &str| {
            key == "answer" || [GOAL, SYSTEM, ANSWER, OPENING].iter().any(|keys| keys.contains(&key))
        };
        copy_rest(&mut out, record, |key| key == member || taken(key) || is_label(key));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The steps in a list.
fn course<'a>(list: Value<'_, 'a>) -> Result<Vec<RunStep<'a>>, String> {
    let elements: Vec<Element<'_, 'a>> =
        list.items().filter(|item| item.is_object()).map(Element::of).collect();
    let acting = || elements.iter().filter(|element| element.acts());
    let is_before = 2 * acting().filter(|element| element.observes_first).count() > acting().count()
        && !elements.iter().any(Element::has_after);
    let nothing = Element::default();
    let mut events = Events::default();
    for (at, element) in elements.iter().enumerate() {
        let after = is_before.then(|| elements.get(at + 1).unwrap_or(&nothing));
        for step in element.steps(after) {
            events.push(answering(element, step, events.steps.last()));
        }
    }
    if events.steps.iter().all(|step| step.action_name.is_none()) {
        return Err("no step of it names a tool with what it was given or what came back".to_owned());
    }
    Ok(events.steps)
}

/// A step; only what came back where the event of it names the call before it once more.
fn answering<'a>(element: &Element<'_, 'a>, step: RunStep<'a>, last: Option<&RunStep<'a>>) -> RunStep<'a> {
    let is_result = element.kind == Some(Kind::Observation)
        && last.is_some_and(|last| last.observation.is_none() && last.action_name == step.action_name);
    match is_result {
        true => RunStep { action_name: None, action_input: None, thought: None, ..step },
        false => step,
    }
}

/// Goal, answer and labels in the elements of a list that stands alone: the goal is that of the first that has one, the
/// rest what the last says that is no step.
fn read_events<'a>(list: Value<'_, 'a>, run: &mut Run<'a>) {
    let goal = |item: Value<'_, 'a>| {
        let element = Element::of(item);
        // What a call is given as `query` is no goal.
        let stated = |key: &&&str| !element.acts() || !["query", "prompt", "request"].contains(*key);
        let goal = |item: Value<'_, 'a>| {
            GOAL.iter().filter(stated).find_map(|key| item.get(key).and_then(words).and_then(filled))
        };
        let given = || element.get(Part::Arguments).or(element.get(Part::Inside)).filter(|_| !element.acts());
        goal(item).or_else(|| goal(given().filter(|given| given.is_object())?))
    };
    run.original_prompt = list.items().take(SAMPLE).find_map(goal);
    if run.original_prompt.is_none()
        && let Some(first) = run.steps.first_mut()
    {
        run.original_prompt = first.user.take();
    }
    let first = run.steps.first();
    if first.is_some_and(|step| step.user.is_some() && step.user == run.original_prompt) {
        run.steps[0].user = None;
    }
    for item in list.items() {
        let element = Element::of(item);
        run.final_answer = element.answer().or(run.final_answer.take());
        if !element.acts() {
            let mut labels = Run::default();
            read_labels(item, &mut labels);
            run.success = labels.success.or(run.success);
            run.reward = labels.reward.or(run.reward);
            run.failure_reason = labels.failure_reason.or(run.failure_reason.take());
        }
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
