//! Runs rebuilt from the spans of a trace, whoever traced it.
//!
//! The calls of the model hold the conversation: each repeats what was said before it, or says only
//! what is new. Calls with the same goal, and calls that go on where another ended, are one thread.
//! The thread of the agent nearest to the root is the run; threads of other goals (sub-agents,
//! guards, judges) are left out. Spans of tools give results and errors that the messages lack.
//! Where the messages do not tell what was done, the spans in order of time do.

mod attributes;
mod payload;
mod places;
mod rows;
mod threads;

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

pub(crate) use attributes::{Attributes, kind_named};
pub(crate) use payload::{Messages, Side, words};
use payload::{arguments, conversation, returned};
use places::{Place, places};
pub(crate) use rows::{content_in, name_tools, text_in, without_stack};
use threads::{Thread, Threads};

use crate::formats::filled;
use crate::messages::{Conversation, join};
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

/// What a span stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// A call of a model.
    Model,
    /// A call of a tool.
    Tool,
    /// The work of an agent: what is below belongs to it.
    Agent,
    /// A judgement of what others did.
    Judge,
    /// Anything else.
    #[default]
    Other,
}

/// A span, whichever tracer wrote it.
#[derive(Debug, Default)]
pub(crate) struct Span {
    pub id: String,
    pub parent: Option<String>,
    /// Name of the tool, of the agent, of the step.
    pub name: String,
    pub kind: Kind,
    /// When it began, as a text that sorts: see [`sortable`].
    pub start: String,
    /// JSON or plain text.
    pub input: Option<String>,
    pub output: Option<String>,
    /// System prompt and tool schemas, where they stand apart from the input.
    pub system: Option<String>,
    pub tools: Option<String>,
    /// Whether it failed, where the log says.
    pub failed: Option<bool>,
    /// What went wrong.
    pub problem: Option<String>,
}

impl Span {
    /// Whether it tells of what was done: frameworks write spans for a call's beginning and end, too.
    fn tells(&self) -> bool {
        [&self.input, &self.output, &self.problem].iter().any(|text| text.is_some())
    }
}

/// The spans of a run and what the log says of the whole.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub spans: Vec<Span>,
    pub input: Option<String>,
    pub output: Option<String>,
    pub failed: Option<bool>,
    pub problem: Option<String>,
}

/// A text that sorts as the times do: numbers are padded, the zone of a date is cut off.
pub(crate) fn sortable(time: &str) -> String {
    if !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{time:0>24}");
    }
    let date = time.trim_end_matches('Z');
    let end = date.rfind('+').filter(|end| *end > 10).unwrap_or(date.len());
    date[..end].replace(' ', "T")
}

/// Leaves out spans that are there twice, as in exports whose pages overlap.
fn drop_repeated(spans: &mut Vec<Span>) {
    let (hasher, mut seen) = (RandomState::new(), HashSet::new());
    spans.retain(|span| {
        let told = (&span.id, &span.start, &span.name, &span.input, &span.output);
        span.id.is_empty() || seen.insert(hasher.hash_one(told))
    });
}

/// The run that the spans of a trace tell of; `trajectory_id` and `metadata` are left to the format.
pub(crate) fn run_of(mut trace: Trace) -> Result<Run<'static>, String> {
    drop_repeated(&mut trace.spans);
    trace.spans.sort_by(|a, b| a.start.cmp(&b.start));
    let places = places(&trace.spans);
    let thread = main_thread(&trace.spans, &places);
    let mut said = steps_of(&trace, &places, &thread);
    if said.steps.is_empty() {
        return Err(nothing_told(&trace));
    }
    unframe(&mut said);
    // An agent's span may hold what the calls of its model do not repeat.
    let agents = || trace.spans.iter().filter(|span| span.kind == Kind::Agent);
    let stated = thread.system.or_else(|| agents().find_map(|span| span.system.clone()));
    let tools = thread.tools.or_else(|| agents().find_map(|span| span.tools.clone()));
    let mut system = stated.map(Text::from);
    if said.system != system {
        join(&mut system, said.system);
    }
    let mut run = Run {
        original_prompt: said.prompt,
        system,
        tools: tools.map(Into::into),
        steps: said.steps,
        ..Run::default()
    };
    set_outcome(&mut run, &trace);
    Ok(run)
}

/// The thread of the main agent; an empty one where no span holds messages.
fn main_thread(spans: &[Span], places: &[Place]) -> Thread {
    let mut threads = Threads::default();
    for (span, place) in spans.iter().zip(places) {
        if span.kind == Kind::Model && !place.below_tool && !place.below_judge {
            threads.add(span, *place);
        }
    }
    if threads.all.is_empty() {
        // No call of a model was traced: the outermost span that returned something tells the run.
        let whole = spans.iter().zip(places).filter(|(span, place)| {
            matches!(span.kind, Kind::Agent | Kind::Other) && span.output.is_some() && !place.below_judge
        });
        let outermost = whole.min_by_key(|(_, place)| (place.below_tool, place.above));
        outermost.into_iter().for_each(|(span, place)| threads.add(span, *place));
    }
    threads.main().unwrap_or_default()
}

/// The conversation, with its steps as the messages tell them, or else as the spans do.
fn steps_of(trace: &Trace, places: &[Place], thread: &Thread) -> Conversation<'static> {
    let agents = (!thread.messages.is_empty()).then_some(thread.agents);
    let tools = acting(&trace.spans, places, agents);
    let given = given_to(trace);
    let mut said = thread.conversation();
    // A call that was tried again has more spans than messages.
    if tools.is_empty() || thread.acts * 2 > tools.len() {
        set_goal(&mut said, given);
        add_results(&mut said.steps, &tools);
    } else {
        said.steps = by_time(trace, places, &tools);
        said.prompt = given.or(said.prompt);
    }
    said
}

/// The spans of tools that the main agent called; `agents` are above it, where it is known.
fn acting<'s>(spans: &'s [Span], places: &[Place], agents: Option<usize>) -> Vec<&'s Span> {
    let found = || {
        spans.iter().zip(places).filter(|(span, place)| {
            span.kind == Kind::Tool && span.tells() && !place.below_tool && !place.below_judge
        })
    };
    let nearest = found().map(|(_, place)| place.agents).min().unwrap_or(0);
    let depth = agents.map_or(nearest, |agents| agents.max(nearest));
    found().filter(|(_, place)| place.agents <= depth).map(|(span, _)| span).collect()
}

/// The words of the user that the trace as a whole was given.
fn given_to(trace: &Trace) -> Option<Text<'static>> {
    let root = trace.spans.iter().find(|span| span.parent.is_none() && span.input.is_some());
    let input = trace.input.as_deref().or_else(|| root?.input.as_deref())?;
    conversation(&Messages::of(input, Side::Input).json()).prompt
}

/// Shortest text that is looked for in what the model was asked.
const GOAL_BYTES: usize = 12;

/// What the trace was given is the goal, where the model was given more around it or before it.
fn set_goal(said: &mut Conversation<'static>, given: Option<Text<'static>>) {
    let first_user = said.steps.first().and_then(|step| step.user.clone());
    let Some(given) = given else { return };
    let Some(asked) = said.prompt.take() else { return said.prompt = Some(given) };
    let said_next = first_user.as_ref() == Some(&given);
    if said_next && let Some(first) = said.steps.first_mut() {
        // An output that is the whole history says it again.
        first.user = None;
    }
    let is_part = given.len() >= GOAL_BYTES && asked.contains(given.trim());
    if !is_part && said_next && asked != given {
        join(&mut said.system, Some(asked));
        said.prompt = Some(given);
    } else {
        said.prompt = Some(if is_part { given } else { asked });
    }
}

/// Takes a goal out of the frame that CrewAI puts around each task.
fn unframe(said: &mut Conversation<'static>) {
    let Some(prompt) = said.prompt.as_deref() else { return };
    let task = prompt.trim_start().strip_prefix("Current Task: ");
    let parts = task.and_then(|task| task.split_once("This is the expected criteria for your final answer:"));
    if let Some((task, criteria)) = parts {
        let (task, criteria) = (task.trim().to_owned(), criteria.trim().to_owned());
        join(&mut said.system, Some(format!("Expected of the final answer: {criteria}").into()));
        said.prompt = Some(task.into());
    }
}

fn nothing_told(trace: &Trace) -> String {
    let spans = trace.spans.len();
    let content = |span: &Span| span.input.is_some() || span.output.is_some();
    if trace.spans.iter().any(content) {
        format!(
            "none of its {spans} spans is a call of a model or of a tool with messages or arguments in it"
        )
    } else {
        format!(
            "its {spans} spans hold no content, only names and times; switch on the recording of inputs and \
             outputs in the tracer"
        )
    }
}

/// Fills what the messages lack from the spans of the tools: results, and whether they failed.
fn add_results(steps: &mut [RunStep<'static>], tools: &[&Span]) {
    let mut exact: HashMap<(String, String), VecDeque<usize>> = HashMap::new();
    let mut named: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        if let Some(key) = key_of(step) {
            named.entry(key.0.clone()).or_default().push_back(at);
            exact.entry(key).or_default().push_back(at);
        }
    }
    let mut taken = vec![false; steps.len()];
    for span in tools {
        let input = squeezed(&arguments(span.input.as_deref().unwrap_or("")));
        let mut next = |queue: Option<&mut VecDeque<usize>>| {
            queue.and_then(|queue| {
                while let Some(at) = queue.pop_front() {
                    if !std::mem::replace(&mut taken[at], true) {
                        return Some(at);
                    }
                }
                None
            })
        };
        let name = tool_name(&span.name).to_owned();
        let key = (name, input);
        let found = next(exact.get_mut(&key)).or_else(|| next(named.get_mut(&key.0)));
        if let Some(at) = found {
            set_result(&mut steps[at], span);
        }
    }
}

fn set_result(step: &mut RunStep<'static>, span: &Span) {
    if step.observation.is_none() {
        step.observation = observed(span);
    }
    if span.failed == Some(true) || step.error.is_none() {
        step.error = span.failed.or(step.error);
    }
}

fn observed(span: &Span) -> Option<Text<'static>> {
    span.output.as_deref().map(returned).or_else(|| span.problem.clone()).map(Into::into)
}

/// What the trace as a whole put out.
fn output_of(trace: &Trace) -> Option<&str> {
    let root = trace.spans.iter().find(|span| span.parent.is_none());
    trace.output.as_deref().or_else(|| root?.output.as_deref())
}

/// The last words of an output that is messages; one that is none is an answer as it is.
fn answer_in(output: &str) -> Option<Text<'static>> {
    let messages = Messages::of(output, Side::Output);
    if messages.list.is_empty() {
        return filled(returned(output).into());
    }
    let mut end = Run { steps: conversation(&messages.json()).steps, ..Run::default() };
    set_final_answer(&mut end);
    end.final_answer
}

/// What tells a call from others: its name, and its arguments however they are spaced.
fn key_of(step: &RunStep<'_>) -> Option<(String, String)> {
    let name = step.action_name.as_deref()?;
    Some((name.to_owned(), squeezed(step.action_input.as_deref().unwrap_or(""))))
}

/// JSON without the white space between its tokens.
fn squeezed(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut inside, mut escaped) = (false, false);
    for c in json.chars() {
        if inside || !c.is_ascii_whitespace() {
            out.push(c);
        }
        if c == '"' && !escaped {
            inside = !inside;
        }
        escaped = inside && c == '\\' && !escaped;
    }
    out
}

/// The name of the tool in the name of its span.
fn tool_name(name: &str) -> &str {
    const BEFORE: &[&str] =
        &["execute_tool ", "running tool: ", "running tool ", "tool.", "Tool: ", "ai.toolCall "];
    BEFORE.iter().find_map(|before| name.strip_prefix(before)).unwrap_or(name)
}

/// The steps that the spans themselves tell of, in order of time: what models said is the thought
/// of the tool that was called next. What the whole put out was said last, though a span of all calls may begin first.
fn by_time(trace: &Trace, places: &[Place], tools: &[&Span]) -> Vec<RunStep<'static>> {
    let (mut steps, mut thought, mut last) = (Vec::<RunStep<'static>>::new(), None, None);
    let spans = &trace.spans;
    let answer = output_of(trace).and_then(answer_in);
    let mut tools = tools.iter().peekable();
    let agents = spans.iter().zip(places).filter(|(span, _)| span.kind == Kind::Tool);
    let depth = agents.map(|(_, place)| place.agents).min().unwrap_or(0);
    for (span, place) in spans.iter().zip(places) {
        if tools.next_if(|tool| std::ptr::eq(**tool, span)).is_some() {
            steps.push(RunStep {
                thought: thought.take(),
                action_name: Some(tool_name(&span.name).to_owned().into()),
                action_input: span.input.as_deref().map(arguments).map(Into::into),
                observation: observed(span),
                error: span.failed,
                ..RunStep::default()
            });
        } else if span.kind == Kind::Model
            && place.agents <= depth
            && !(place.below_model || place.below_tool || place.below_judge)
        {
            let said = span.output.as_deref().map(|output| Messages::of(output, Side::Output));
            let said = said.map(|said| conversation(&said.json())).unwrap_or_default();
            for words in said.steps.into_iter().filter_map(|step| step.thought) {
                let is_last = answer.as_ref().is_some_and(|answer| answer.trim() == words.trim());
                join(if is_last { &mut last } else { &mut thought }, Some(words));
            }
        }
    }
    join(&mut thought, last);
    if thought.is_some() {
        steps.push(RunStep { thought, ..RunStep::default() });
    }
    steps
}

/// The final answer, and whether the trace says that it failed.
fn set_outcome(run: &mut Run<'static>, trace: &Trace) {
    let root = trace.spans.iter().find(|span| span.parent.is_none());
    let failed = trace.failed.or_else(|| root?.failed);
    set_final_answer(run);
    if failed == Some(true) {
        run.success = Some(false);
        let last = || {
            trace
                .spans
                .iter()
                .rev()
                .find_map(|span| span.problem.clone().filter(|_| span.failed == Some(true)))
        };
        let problem = trace.problem.clone().or_else(|| root?.problem.clone()).or_else(last);
        run.failure_reason = problem.map(Into::into);
        return;
    }
    if let Some(output) = output_of(trace).filter(|_| run.final_answer.is_none()) {
        run.final_answer = answer_in(output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_however_they_are_written() {
        for (earlier, later) in [
            ("999", "1000"),
            ("1783394822228485565", "1783394822228485566"),
            ("2026-01-01T10:00:01Z", "2026-01-01T10:00:01.5Z"),
            ("2026-01-01 10:00:01+00:00", "2026-01-01T10:00:01.250+00:00"),
        ] {
            assert!(sortable(earlier) < sortable(later), "{earlier} {later}");
        }
    }

    #[test]
    fn white_space_between_tokens_is_no_difference() {
        assert_eq!(squeezed("{ \"a b\" : \"\\\" c\",\n \"d\": [1, 2] }"), "{\"a b\":\"\\\" c\",\"d\":[1,2]}");
    }

    fn chat(input: &str, output: &str) -> Span {
        Span {
            kind: Kind::Model,
            input: Some(input.to_owned()),
            output: Some(output.to_owned()),
            ..Span::default()
        }
    }

    fn words(run: &Run<'_>) -> Vec<String> {
        run.steps.iter().filter_map(|step| step.thought.clone()).map(Text::into_owned).collect()
    }

    #[test]
    fn calls_that_say_only_what_is_new_go_on_with_the_thread() {
        let call = r#"{"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]}"#;
        let spans = vec![
            chat(r#"[{"role": "user", "content": "Go"}]"#, call),
            chat(r#"[{"role": "tool", "tool_call_id": "1", "content": "went"}]"#, "Done"),
        ];
        let run = run_of(Trace { spans, ..Trace::default() }).unwrap();
        assert_eq!(run.steps[0].observation.as_deref(), Some("went"));
        assert_eq!(words(&run), ["Done"]);
        assert_eq!(run.final_answer.as_deref(), Some("Done"));
    }

    #[test]
    fn a_second_try_replaces_the_first_and_other_goals_are_left_out() {
        let question = r#"[{"role": "user", "content": "Go"}]"#;
        let spans = vec![chat(question, "Um"), chat("Name this chat", "Going"), chat(question, "Gone")];
        let run = run_of(Trace { spans, ..Trace::default() }).unwrap();
        assert_eq!(run.original_prompt.as_deref(), Some("Go"));
        assert_eq!(words(&run), ["Gone"]);
    }
    #[test]
    fn parents_that_go_round_in_a_circle_leave_the_calls_of_tools() {
        let tool = |id: &str, parent: &str| Span {
            id: id.to_owned(),
            parent: Some(parent.to_owned()),
            kind: Kind::Tool,
            name: "look".to_owned(),
            output: Some(id.to_owned()),
            ..Span::default()
        };
        let spans = vec![tool("a", "b"), tool("b", "a"), tool("c", "c")];
        let run = run_of(Trace { spans, ..Trace::default() }).unwrap();
        let seen: Vec<_> = run.steps.iter().filter_map(|step| step.observation.as_deref()).collect();
        assert_eq!(seen, ["a", "b", "c"]);
    }
}
