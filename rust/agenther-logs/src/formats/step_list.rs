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
//! | `system`, `system_prompt`, `policy`; `task_instruction` beside a goal (xLAM) | `system` |
//! | `tools` with their `parameters` | `tools` |
//! | `thought`, `reasoning`, `rationale`, `why`, …; what an event of a kind like `thought`, `message` or `final_answer` says; the thoughts in what the model wrote (`raw_output`, `model_response`) | `thought` |
//! | `tool`, `tool_name`, `function`, `action`, `tool_call`, …, or their `name`; `search[tea]`, `go to desk 1` | `action_name` |
//! | `args`, `arguments`, `action_input`, `input`, …, also inside of the call; else what else an action has | `action_input` |
//! | `observation`, `result`, `output`, `tool_response`, …; `next_observation` where `observation` is what was there before, the next step's where that stands before its action | `observation` |
//! | `error`, `is_error`, an exit code, `ok` or `success` of a step that has no reward, `status` | `error` |
//! | `final_answer`, `final_response`, `response`, `prediction`, …, else an `answer` that stands beside no `question` | `final_answer` |
//! | `success`, `reward`, … of the record, else of what holds the list, or of an event that is no step; of moves of a game their rewards added up, `info.won` of the last | the labels |
//! | `run_id`, `episode_id`, `session_id`, `trace_id`, … of a step that stands by itself; else the file | the run that it is of |
//! | others of the record | `metadata` |
//!
//! Without a goal the steps must think or have members that only logs of agents have (`observation`, `tool_args`, or a
//! `tool` beside a time or a number); elements with goals or ids of their own are runs, not steps.
//!
//! Leaks: reference answers by the names that data sets give them stay behind, and so does the `answer` of a `question`.

mod call;
mod element;
mod game;
mod names;

use super::{Format, Piece, Record, copy_rest, filled, tool_schemas};
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
    "entries",
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
    "problem",
    "problem_statement",
    "scenario",
];
/// Where a world is described before the first step, with the task at its end.
const OPENING: &[&str] = &["initial_observation", "initial_obs", "init_obs", "initial_state"];
const SYSTEM: &[&str] = &["system", "system_prompt", "policy"];
/// What xLAM's unified rows call it, beside a goal by another name.
const RULES: &str = "task_instruction";
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
    "rollout_id",
    "episode_id",
    "session_id",
    "conversation_id",
    "thread_id",
    "threadId",
    "trace_id",
    "state_id",
    "request_id",
    "runId",
    "episodeId",
    "sessionId",
    "conversationId",
    "traceId",
    "session",
];
/// What tells the runs of one id apart, as a run of an evaluation has many tasks.
const WITHIN_RUN: &[&str] = &["task_id", "instance_id", "episode", "episode_id", "trial", "seed"];
/// Those of them that name a run where nothing else does.
const TASK: &[&str] = &["task_id", "instance_id", "episode"];
/// Elements looked at to tell steps from other lists.
const SAMPLE: usize = 16;

/// Another format is sure of a record from this score on.
const SURE: u8 = 80;

/// Calls made at once whose results may come in any order.
const MOST_PARALLEL: usize = 16;

/// Whether the elements of a list are records of another format, which tells more than that they are steps.
fn is_of_another(list: Value<'_, '_>) -> bool {
    let (sure, all) = list
        .items()
        .take(SAMPLE)
        .fold((0, 0), |(sure, all), item| (sure + usize::from(other_score(item) >= SURE), all + 1));
    4 * sure >= 3 * all
}

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
    let stated = |key: &&'static str| Some((*key, step.get(key)?.scalar().and_then(filled)?));
    let (named, id) = RUN.iter().chain(TASK).find_map(stated)?;
    let rest: Vec<Text<'a>> =
        WITHIN_RUN.iter().filter(|key| **key != named).filter_map(stated).map(|(_, id)| id).collect();
    match &rest[..] {
        [] => Some(id),
        rest => Some([&[id], rest].concat().join("/").into()),
    }
}

/// Whether the elements of a list are the steps of several runs, by ids of their own.
fn has_several_runs(list: Value<'_, '_>) -> bool {
    let mut ids = list.items().filter_map(run_of);
    let first = ids.next();
    first.is_some() && ids.any(|id| Some(id) != first)
}

/// Whether the elements of a list are runs, each with a goal or an id that no other has, and not steps.
fn are_runs(list: Value<'_, '_>) -> bool {
    static OWN: Keys = Keys::new(&[
        "id",
        "task_id",
        "goal",
        "task",
        "query",
        "question",
        "instruction",
        "prompt",
        "user_query",
        "user_input",
    ]);
    let own: Vec<String> = list
        .items()
        .take(SAMPLE)
        .filter_map(|item| Some(item.among(&OWN).next()?.1.json().into_owned()))
        .collect();
    let differ = own.iter().enumerate().filter(|(at, value)| !own[..*at].contains(value)).count();
    let are_whole = list.items().take(SAMPLE).filter(|item| is_whole(*item)).count() > 1;
    differ > 1 && (are_whole || list.items().all(|item| run_of(item).is_none()))
}

/// Whether a record is a step by itself, as loggers write one a line.
fn is_step(record: Value<'_, '_>) -> bool {
    record.is_object()
        && !holds_list(record)
        && !is_notice(record)
        && Element::of(record).is_logged_by_agent()
}

/// Whether a record is what a server says of the tools that it has.
fn is_notice(record: Value<'_, '_>) -> bool {
    const SAYS: &[&str] = &["registered", "loaded", "discovered", "available"];
    let said = record.text_of(&["msg", "message"]).filter(|_| record.get("level").is_some());
    said.is_some_and(|said| SAYS.iter().any(|word| said.contains(word)))
}

/// Whether a record without a list is a run of one step: it has a goal, and its answer or its label, and is not counted.
fn is_whole(record: Value<'_, '_>) -> bool {
    static COUNTED: Keys = Keys::new(&[
        "step",
        "step_id",
        "step_number",
        "step_index",
        "turn",
        "turn_number",
        "iteration",
        "round",
        "done",
    ]);
    let has = |keys: &[&str]| keys.iter().any(|key| record.get(key).is_some_and(|value| !value.is_null()));
    let is_labelled = || record.members().any(|(key, value)| is_label(&key) && !value.is_null());
    record.is_object()
        && has(GOAL)
        && (has(&["final_answer", "final_response", "response", "answer"]) || is_labelled())
        && record.among(&COUNTED).next().is_none()
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
    let within = || std::iter::once(record).chain(inside(record).map(|(_, object)| object));
    let opening = || record.text_of(OPENING).filter(|text| text.trim().contains(' '));
    let said = || record.get("input")?.text_of(&["user", "user_message", "message", "text", "content"]);
    within().find_map(stated_goal).or_else(said).or_else(|| within().find_map(akin_to_goal)).or_else(opening)
}

/// A goal by one of its names; of an object the words in it, and never its reference.
fn stated_goal<'a>(object: Value<'_, 'a>) -> Option<Text<'a>> {
    const WORDS: &[&str] = &["description", "text", "content", "title"];
    GOAL.iter().filter_map(|key| object.get(key)).find_map(|goal| match goal.is_object() {
        true => goal.text_of(GOAL).or_else(|| goal.text_of(WORDS)),
        false => words(goal).and_then(filled),
    })
}

/// Words under a name that has one of those of goals in it: `input_email`, `customer_question`.
fn akin_to_goal<'a>(object: Value<'_, 'a>) -> Option<Text<'a>> {
    const AKIN: &[&str] = &["goal", "task", "query", "question", "request", "input"];
    const NOT: &[&str] = &[
        "id",
        "system",
        "template",
        "type",
        "error",
        "log",
        "final",
        "message",
        "result",
        "outcome",
        "feedback",
        "status",
        "completion",
        "gold",
        "expected",
        "reference",
        "output",
        "answer",
        "sql",
        "name",
    ];
    let is_akin = |key: &str| {
        let has = |names: &[&str]| key.split(['_', '-', '.']).any(|part| names.contains(&part));
        has(AKIN) && !has(NOT)
    };
    let mut akin = object.members().filter(|(key, _)| is_akin(key) && !is_label(key));
    akin.find_map(|(_, value)| value.text().filter(|text| text.trim().contains(' ')))
}

fn system_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let inside = || record.get("input")?.text_of(SYSTEM);
    let rules = || record.text_of(&[RULES]).filter(|_| stated_goal(record).is_some());
    record.text_of(SYSTEM).or_else(inside).or_else(rules)
}

/// The tools that the agent had, where they are described: a list of mere names tells what was called.
fn tools_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let are_described = |tools: &Value<'_, '_>| {
        let is_described = |tool: Value<'_, '_>| {
            let tool = tool.get("function").unwrap_or(tool);
            tool.get("name").is_some() && tool.get("parameters").is_some()
        };
        tools.items().next().is_some() && tools.items().all(is_described)
    };
    record.get("tools").filter(are_described).and_then(|_| tool_schemas(record))
}

/// How sure another format is of a record.
fn other_score(record: Value<'_, '_>) -> u8 {
    let others = super::FORMATS.iter().filter(|format| format.name() != "step_list");
    others.map(|format| crate::detect::score_of(*format, record)).max().unwrap_or(0)
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
            Some(found) if is_of_another(found.list) => 0,
            Some(_) => 52 + 20 * u8::from(goal_of(record).is_some()),
            None => 35 * u8::from(is_step(record) || is_whole(record) && Element::of(record).acts()),
        }
    }

    /// Runs begin and end with events that are no steps.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        let is_event = || run_of(record).is_some() || Element::of(record).has_kind();
        record.is_object() && is_event() && other_score(record) < SURE
    }

    /// A step that names no run is one of whatever is around it.
    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        self.pieces(record).is_some_and(|pieces| pieces.iter().any(|piece| piece.run.is_none()))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |value| Piece { run: run_of(value), value };
        if record.is_array() {
            return has_several_runs(record).then(|| record.items().map(piece).collect());
        }
        let is_part = !holds_list(record) && !is_whole(record) && steps_of(record).is_none();
        is_part.then(|| vec![piece(record)])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let is_alone = value.is_array() || is_whole(value) && steps_of(value).is_none();
        let alone = is_alone.then_some(Found { object: value, list: value, member: "" });
        let Found { object, list, member } =
            alone.or_else(|| steps_of(value)).ok_or("it has no list of steps")?;
        let mut run = Run { steps: course(list)?, ..Run::default() };
        run.trajectory_id = match record.key {
            Some(key) if value.is_array() => key.to_owned().into(),
            Some(key) => record.task_run_id(key),
            None => record.run_id(),
        };
        run.original_prompt = goal_of(value).or_else(|| goal_in(list));
        game::begin(list, &mut run);
        run.system = system_of(value);
        run.tools = tools_of(value);
        run.final_answer = answer_of(value, ANSWER).or_else(|| answer_of(object, ANSWER));
        if run.final_answer.is_none() && value.get("question").is_none() {
            run.final_answer = answer_of(value, &["answer"]).or_else(|| answer_of(object, &["answer"]));
        }
        read_labels(value, &mut run);
        if run.success.is_none() && run.reward.is_none() && object.is_object() {
            read_labels(object, &mut run);
        }
        game::read_labels_of_steps(list, &mut run);
        if value.is_array() {
            read_events(value, &mut run);
        } else if run.final_answer.is_none() {
            run.final_answer = list.items().filter_map(|item| Element::of(item).answer()).last();
        }
        set_final_answer(&mut run);
        if let Some(first) = run.steps.first_mut() {
            run.original_prompt = run.original_prompt.take().or_else(|| first.user.clone());
            first.user = first.user.take().filter(|said| Some(said) != run.original_prompt.as_ref());
        }
        let has_tools = run.tools.is_some();
        let is_one_step = value.is_object() && list.is_object();
        let mut out = ObjectWriter::default();
        let taken = |key: &str| {
            key == "answer"
                || [GOAL, SYSTEM, ANSWER, OPENING].iter().any(|keys| keys.contains(&key))
                || key == RULES && stated_goal(value).is_some()
                || key == "tools" && has_tools
                || is_one_step && names::meaning(key).part.is_some()
        };
        copy_rest(&mut out, record, |key| key == member || taken(key) || is_label(key));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// The answer, which may be a figure or a list.
fn answer_of<'a>(object: Value<'_, 'a>, keys: &[&str]) -> Option<Text<'a>> {
    keys.iter().filter_map(|key| object.get(key)).find_map(|answer| words(answer).and_then(filled))
}

/// The steps in a list, or the one step of a record.
fn course<'a>(list: Value<'_, 'a>) -> Result<Vec<RunStep<'a>>, String> {
    let items = list.items().chain(Some(list).filter(|list| list.is_object()));
    let elements: Vec<Element<'_, 'a>> = items.filter(|item| item.is_object()).map(Element::of).collect();
    let acting = || elements.iter().filter(|element| element.acts());
    let is_before = 2 * acting().filter(|element| element.observes_first()).count() > acting().count()
        && elements.len() > 1;
    let calls_follow = acting().any(|element| element.kind == Some(Kind::Call));
    let nothing = Element::default();
    let mut events = Events::default();
    for (at, element) in elements.iter().enumerate() {
        let after = is_before.then(|| elements.get(at + 1).unwrap_or(&nothing));
        let mut steps = element.steps(after, calls_follow);
        if element.is_answered() {
            let user = steps.first_mut().and_then(|step| step.user.take());
            steps.push(RunStep { user, ..RunStep::default() });
        }
        for step in steps {
            match waiting(element, &step, &mut events.steps) {
                Some(call) => (call.observation, call.error) = (step.observation, step.error),
                None => events.push(step),
            }
        }
    }
    if events.steps.iter().all(|step| step.action_name.is_none()) {
        return Err("no step of it names a tool with what it was given or what came back".to_owned());
    }
    Ok(events.steps)
}

/// The call before that an event of a result answers, where the event names its tool once more.
fn waiting<'s, 'a>(
    element: &Element<'_, 'a>,
    step: &RunStep<'a>,
    steps: &'s mut [RunStep<'a>],
) -> Option<&'s mut RunStep<'a>> {
    let is_result = element.kind == Some(Kind::Observation) && step.observation.is_some();
    let named = || element.text(Part::Tool).or_else(|| element.text(Part::Name));
    let tool = step.action_name.clone().or_else(named).filter(|_| is_result)?;
    // What is further back was never answered.
    let recent = steps.len().saturating_sub(MOST_PARALLEL);
    steps[recent..]
        .iter_mut()
        .find(|call| call.observation.is_none() && call.action_name.as_ref() == Some(&tool))
}

/// The goal that all steps repeat. What a call is given as `query` is none, nor is what each step is for.
fn shared_goal<'a>(list: Value<'_, 'a>) -> Option<Text<'a>> {
    const REPEATED: &[&str] =
        &["goal", "task", "instruction", "question", "user_query", "user_input", "objective"];
    REPEATED.iter().find_map(|key| {
        let mut goals =
            list.items().take(SAMPLE).filter_map(|item| item.get(key).and_then(words).and_then(filled));
        let first = goals.next()?;
        goals.all(|goal| goal == first).then_some(first)
    })
}

/// The goal in the elements of a list: what the user said first, else what an event states that is no step, else what all
/// steps repeat.
fn goal_in<'a>(list: Value<'_, 'a>) -> Option<Text<'a>> {
    let said = |item: Value<'_, 'a>| {
        let element = Element::of(item);
        element.words.filter(|_| element.kind == Some(Kind::User))
    };
    let stated = |item: Value<'_, 'a>| {
        let element = Element::of(item);
        let given =
            || element.get(Part::Arguments).or(element.get(Part::Inside)).filter(|given| given.is_object());
        // What a model was prompted with is no goal.
        const TASKS: &[&str] = &["goal", "task", "question", "instruction", "user_query", "query"];
        let of = |object: Value<'_, 'a>| match element.kind {
            Some(Kind::Said) => object.text_of(TASKS),
            _ => stated_goal(object),
        };
        let goal = if element.acts() { None } else { of(item).or_else(|| of(given()?)) };
        goal.filter(|goal| goal.trim().contains(' ') || !goal.is_ascii())
    };
    let sample = || list.items().take(SAMPLE);
    sample().find_map(said).or_else(|| sample().find_map(stated)).or_else(|| shared_goal(list))
}

/// Answer and labels in the elements of a list that stands alone: what the last says that is no step.
fn read_events<'a>(list: Value<'_, 'a>, run: &mut Run<'a>) {
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
