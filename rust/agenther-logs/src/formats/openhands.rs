//! OpenHands events: sessions, evaluations, the issue resolver, and the SDK's conversations.
//!
//! Source: `All-Hands-AI/OpenHands`: events `{id, source, action, args}` and `{id, cause,
//! observation, content, extras}`, as a list (`{trajectory: […]}`) or one a line, in
//! `history` of an evaluation's `output.jsonl` (`{instance_id, instruction, history, test_result,
//! error}`) or the resolver's (`{issue, instruction, history, success}`), there also flat (`{action,
//! command, thought}`) or in pairs; `software-agent-sdk` events `{kind: ActionEvent, tool_name,
//! tool_call, thought}`, `{kind: ObservationEvent, observation, tool_call_id}`, `{kind: MessageEvent,
//! llm_message}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first message of the user, of it the issue; the resolver's `issue` | `original_prompt`; what is around it joins `system` |
//! | `system` event, `SystemPromptEvent` | `system`, `tools` |
//! | actions: function and arguments of `tool_call_metadata` or `tool_call`, else the action and its `args` | steps |
//! | `thought`, `reasoning_content`, actions `think` | `thought` |
//! | observations by `cause`, `action_id` or `tool_call_id` | `observation` |
//! | exit code, `success`, `is_error`, observations `error`, `ERROR:` of the editor | `error` |
//! | argument of a last `finish`, or the last reply | `final_answer` |
//! | `resolved` in the record or its `report`, `success`, `correct`, `test_result.score` | `success`, `reward` |
//! | `final_score` in `eval_<task>.json` beside a `traj_<task>.json` of TheAgentCompany | `reward`; `success` at its `total` |
//! | first line of `error`, the reason of the state `error` | `failure_reason` of a failed run |
//! | instance, agent, model, limit of iterations | `metadata` |
//!
//! Changes of state, recalled knowledge and condensations are the harness's, and left out.
//!
//! Leaks: `test_result`, `instance` (tests, gold patch) and `result_explanation` stay behind.

use super::openai_chat::{schemas, set_goal};
use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::labels::{grade, read_labels};
use crate::messages::{join, words};
use crate::run::{Run, Text};
use crate::swebench::set_task;
use crate::terminal::set_final_answer;
use crate::timeline::{Timeline, call_name};

pub(super) struct OpenHands;

const SOURCES: &[&str] = &["agent", "user", "environment", "hook"];

/// Whether a value is an event that can stand alone.
fn is_event(value: Value<'_, '_>) -> bool {
    if !value.text_of(&["source"]).is_some_and(|source| SOURCES.contains(&&*source)) {
        return false;
    }
    let is_text = |key| value.get(key).is_some_and(|member: Value<'_, '_>| member.is_string());
    is_text("action") && value.get("args").is_some()
        || is_text("observation") && value.get("content").is_some()
        || is_text("kind") && is_text("id") && (is_text("timestamp") || is_named_event(value))
}

/// Whether a member of a `history` is one, of any version.
/// Whether the SDK's name of its kind tells an event, where it has no time.
fn is_named_event(value: Value<'_, '_>) -> bool {
    value.text_of(&["kind"]).is_some_and(|kind| kind.ends_with("Event"))
}

fn is_past_event(value: Value<'_, '_>) -> bool {
    let value = value.items().next().unwrap_or(value);
    let named = |key| value.get(key).is_some_and(|member: Value<'_, '_>| member.is_string());
    if is_named_event(value) {
        return true;
    }
    let is_logged = value
        .any_of(&["args", "source", "message", "timestamp", "wait_for_response", "keep_prompt"])
        .is_some();
    // Other logs have both in one step, or say otherwise what was done.
    let observes = named("observation") && value.get("content").is_some();
    is_event(value)
        || value.get("role").is_none()
            && (named("action") && is_logged && !named("observation") || observes && !named("action"))
}

/// The list of events in a record: a member, or the record itself.
fn events_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    if record.is_array() {
        return Some(record).filter(|list| list.items().next().is_some_and(is_event));
    }
    let lists = ["history", "trajectory", "events"].iter().filter_map(|key| record.get(key));
    lists.into_iter().find(|list| list.items().next().is_some_and(is_past_event))
}

/// The store of a session has a file an event; one of them is no run.
const ALONE: &str = "it is a single event of a session; give the folder of the session, or put its events \
                     into one file, in order, an event a line";

/// What the store of a session has beside its events.
fn is_companion(value: Value<'_, '_>) -> bool {
    let has = |keys: &[&str]| keys.iter().all(|key| value.get(key).is_some());
    let state =
        has(&["agent", "max_iterations"]) && value.any_of(&["execution_status", "agent_status"]).is_some();
    state || has(&["conversation_id", "title", "created_at", "last_updated_at"])
}

impl Format for OpenHands {
    fn name(&self) -> &'static str {
        "openhands"
    }

    fn shape(&self) -> &'static str {
        "events with `source`, `action`, `observation`, in a list or in `history`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_event(record) {
            return 88;
        }
        if is_companion(record) {
            return 70;
        }
        let known = ["instruction", "instance_id", "issue"].iter().any(|key| record.get(key).is_some());
        match events_of(record) {
            Some(_) if known => 97,
            Some(events) if events.items().next().is_some_and(is_event) => 95,
            Some(_) => 70,
            None => 0,
        }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if is_companion(record) {
            return Some(Vec::new());
        }
        is_event(record).then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let events = events_of(value).ok_or("it has no events")?;
        if value.is_array() && events.items().count() == 1 {
            return Err(ALONE.to_owned());
        }
        let mut session = Session::default();
        for event in events.items() {
            if event.is_array() {
                event.items().for_each(|event| session.event(event));
            } else {
                session.event(event);
            }
        }
        let steps = session.timeline.finish();
        if steps.is_empty() {
            return Err("none of its events is an act of the agent".to_owned());
        }
        let mut run = Run {
            trajectory_id: record.task_run_id(&task_of(record)),
            original_prompt: session.timeline.prompt.or_else(|| value.text_of(&["instruction"])),
            system: session.system,
            tools: session.tools,
            steps,
            metadata: metadata(value).map(Into::into),
            ..Run::default()
        };
        set_prompt(value, &mut run);
        label(value, session.trouble, &mut run);
        label_of_company(record, &mut run);
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// TheAgentCompany lays the points that its checks gave beside the events: `eval_<task>.json` beside `traj_<task>.json`.
fn label_of_company(record: &Record<'_, '_>, run: &mut Run<'_>) {
    let Some(task) = record.stem.strip_prefix("traj_").filter(|_| record.number == 0) else { return };
    let points = record.beside.text(&format!("eval_{task}.json")).and_then(|text| {
        read_inner(&text, |checked| {
            let point = |key| checked.at_path(&["final_score", key])?.as_f64();
            Some((point("result")?, point("total")?))
        })
    });
    if let Some((result, total)) = points.filter(|(_, total)| *total > 0.0) {
        (run.reward, run.full_mark) = (Some(result), Some(total));
    }
}

fn task_of(record: &Record<'_, '_>) -> String {
    let value = record.value;
    let text = |value: Value<'_, '_>| value.scalar().map(|text| text.into_owned());
    let issue = value.get("issue").map(|issue| {
        let part = |key| issue.get(key).and_then(text).unwrap_or_default();
        format!("{}/{}#{}", part("owner"), part("repo"), part("number"))
    });
    issue.or_else(|| value.get("instance_id").and_then(text)).unwrap_or_else(|| record.stem.to_owned())
}

/// The resolver states the issue apart from the prompt; elsewhere it stands inside.
fn set_prompt<'a>(record: Value<'_, 'a>, run: &mut Run<'a>) {
    let Some(issue) = record.get("issue").filter(|issue| issue.is_object()) else {
        return set_task(run);
    };
    let (title, body) = (issue.text_of(&["title"]), issue.text_of(&["body"]));
    match body {
        Some(body) => {
            set_goal(Some(body.clone()), run);
            let goal = run.original_prompt.as_deref().unwrap_or_default();
            if goal.trim() == body.trim() {
                let mut whole = title;
                join(&mut whole, Some(body));
                run.original_prompt = whole;
            } else {
                set_task(run);
            }
        }
        None => set_task(run),
    }
}

/// A session as its events come in.
#[derive(Default)]
struct Session<'a> {
    system: Option<Text<'a>>,
    tools: Option<Text<'a>>,
    timeline: Timeline<'a>,
    /// Why it stopped with an error.
    trouble: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn event(&mut self, event: Value<'_, 'a>) {
        if let Some(kind) = event.text_of(&["kind"]) {
            return self.sdk_event(&kind, event);
        }
        if let Some(action) = event.text_of(&["action"]) {
            self.action(&action, event);
        } else if let Some(observation) = event.text_of(&["observation"]) {
            self.observation(&observation, event);
        }
    }

    fn action(&mut self, action: &str, event: Value<'_, 'a>) {
        // Old events are flat.
        let args = event.get("args").unwrap_or(event);
        let by_user = event.text_of(&["source"]).as_deref() == Some("user");
        match action {
            "system" => {
                self.system = args.text_of(&["content"]);
                self.tools = args.get("tools").filter(|tools| tools.is_array()).and_then(schemas);
            }
            "message" => {
                let words = args.text_of(&["content"]).or_else(|| event.text_of(&["message"]));
                let first = event.get("source").is_none() && self.timeline.prompt.is_none();
                if by_user || first { self.timeline.user(words) } else { self.timeline.reply(words) }
            }
            "think" => self.timeline.think(args.text_of(&["thought"])),
            "recall"
            | "change_agent_state"
            | "null"
            | "condensation"
            | "condensation_request"
            | "send_pr" => {}
            _ => self.act(action, args, event),
        }
    }

    fn act(&mut self, action: &str, args: Value<'_, 'a>, event: Value<'_, 'a>) {
        let call = event.get("tool_call_metadata");
        let reply =
            call.and_then(|call| call.get("model_response")?.items_of("choices").next()?.get("message"));
        let call_id = call.and_then(|call| call.get("tool_call_id")?.scalar());
        let asked = reply.into_iter().flat_map(|reply| reply.items_of("tool_calls"));
        let asked = asked.into_iter().find(|asked| asked.get("id").and_then(|id| id.scalar()) == call_id);
        let arguments = asked.and_then(|asked| asked.at_path(&["function", "arguments"])?.text_or_json());
        let name = call.and_then(|call| call.text_of(&["function_name"]));
        self.timeline.think(reply.and_then(|reply| reply.text_of(&["reasoning_content"])));
        let id = event.get("id").and_then(|id| id.scalar());
        let name = name.unwrap_or_else(|| action.to_owned().into());
        if action == "finish" {
            // What it says is the answer, whether the model passed it as an argument or said it.
            let outputs = || args.get("outputs")?.text_of(&["content"]);
            let said =
                args.text_of(&["final_thought"]).or_else(outputs).or_else(|| args.text_of(&["thought"]));
            return self.timeline.act(id, name, arguments.filter(|passed| passed.trim() != "{}").or(said));
        }
        self.timeline.think(args.text_of(&["thought"]));
        self.timeline.act(id, name, arguments.or_else(|| own_arguments(args)));
    }

    fn observation(&mut self, observation: &str, event: Value<'_, 'a>) {
        match observation {
            "null" | "recall" | "think" | "condense" => return,
            "agent_state_changed" => return self.state(event),
            _ => {}
        }
        let content = event.get("content").and_then(words).unwrap_or_default();
        let error = error_of(observation, &content, event);
        let cause = event.get("cause").and_then(|cause| cause.scalar());
        match (observation, cause) {
            // The model asked for what is no action.
            ("error", None) => self.timeline.happen(content, error),
            (_, cause) => self.timeline.observe(cause.as_deref(), content, error),
        }
    }

    fn state(&mut self, event: Value<'_, 'a>) {
        let Some(extras) = event.get("extras") else { return };
        if extras.text_of(&["agent_state"]).as_deref() == Some("error") {
            self.trouble = extras.text_of(&["reason"]).or(Some("error".into()));
        }
    }

    fn sdk_event(&mut self, kind: &str, event: Value<'_, 'a>) {
        let id = || event.any_of(&["tool_call_id", "action_id"]).and_then(|id| id.scalar());
        match kind {
            "SystemPromptEvent" => {
                self.system = event.get("system_prompt").and_then(|prompt| prompt.text_of(&["text"]));
                let named = |tool: Value<'_, '_>| tool.any_of(&["name", "function"]).is_some();
                let tools = event.get("tools").filter(|tools| tools.items().all(named));
                self.tools = tools.and_then(schemas);
            }
            "MessageEvent" => {
                let words = event.at_path(&["llm_message", "content"]).and_then(words);
                let role = event.at_path(&["llm_message", "role"]).and_then(|role| role.text());
                match event.text_of(&["source"]).or(role).as_deref() {
                    Some("user") => self.timeline.user(words),
                    _ => self.timeline.reply(words),
                }
            }
            "ActionEvent" => self.sdk_action(event),
            "ObservationEvent" => {
                let Some(seen) = event.get("observation") else { return };
                let words = seen.any_of(&["content", "output", "text"]).and_then(words).unwrap_or_default();
                self.timeline.observe(id().as_deref(), words, sdk_error(seen));
            }
            "AgentErrorEvent" => {
                let words = event.text_of(&["error"]).unwrap_or_default();
                self.timeline.observe(id().as_deref(), words, Some(true));
            }
            "UserRejectObservation" => {
                let words = event.text_of(&["rejection_reason"]).unwrap_or_default();
                self.timeline.observe(id().as_deref(), words, Some(true));
            }
            "ConversationErrorEvent" => self.trouble = event.text_of(&["detail", "code"]),
            _ => {}
        }
    }

    fn sdk_action(&mut self, event: Value<'_, 'a>) {
        let (call, action) = (event.get("tool_call"), event.get("action"));
        let name = event.text_of(&["tool_name"]).or_else(|| call?.text_of(&["name"]));
        let thought = event.get("thought").and_then(words);
        self.timeline.think(event.text_of(&["reasoning_content"]));
        self.timeline.think(thought);
        if name.as_deref() == Some("think") {
            let thought = action.and_then(|action| action.text_of(&["thought"]));
            return self.timeline.think(thought);
        }
        let arguments = call.and_then(|call| {
            call.get("arguments").or_else(|| call.at_path(&["function", "arguments"]))?.text_or_json()
        });
        let arguments = arguments.or_else(|| own_arguments(action?));
        let text = |id: Value<'_, 'a>| id.scalar();
        let id = event.get("tool_call_id").or_else(|| call?.get("id")).and_then(text);
        self.timeline.act(id, call_name(name), arguments);
        if let Some(id) = event.get("id").and_then(text) {
            self.timeline.also_called(id);
        }
    }
}

/// What the harness adds to the arguments of an action.
const NO_ARGUMENTS: &[&str] = &[
    "thought",
    "action",
    "is_confirmed",
    "confirmation_state",
    "security_risk",
    "action_risk",
    "keep_prompt",
    "kernel_init_code",
    "hidden",
    "blocking",
    "is_static",
    "include_extra",
    "cwd",
    "impl_source",
    "kind",
];

fn own_arguments(args: Value<'_, '_>) -> Option<Text<'static>> {
    let mut out = ObjectWriter::default();
    for (key, value) in args.members().filter(|(key, _)| !NO_ARGUMENTS.contains(&&**key)) {
        out.copy(&key, Some(value));
    }
    out.finish().map(Into::into)
}

fn error_of(observation: &str, content: &str, event: Value<'_, '_>) -> Option<bool> {
    match observation {
        "error" | "user_rejected" => return Some(true),
        "edit" | "read" => return content.starts_with("ERROR:").then_some(true),
        _ => {}
    }
    let places = [&["extras", "metadata", "exit_code"][..], &["extras", "exit_code"], &["exit_code"]];
    // A command that still runs has the code -1.
    let code = places.iter().find_map(|path| event.at_path(path)?.as_f64()).filter(|code| *code >= 0.0);
    let failed = event.get("success").and_then(|success| success.as_bool()).map(|success| !success);
    code.map(|code| code != 0.0).or(failed.filter(|failed| *failed))
}

fn sdk_error(observation: Value<'_, '_>) -> Option<bool> {
    let flag = observation.any_of(&["is_error", "error"]);
    let stated = flag.map(|flag| flag.as_bool().unwrap_or(flag.is_string()));
    let code = observation.get("exit_code").or_else(|| observation.at_path(&["metadata", "exit_code"]));
    let code = code.and_then(|code| code.as_f64()).filter(|code| *code >= 0.0).map(|code| code != 0.0);
    stated.filter(|error| *error).or(code).or(stated)
}

/// Where evaluations put their verdict.
const VERDICTS: &[&[&str]] = &[
    &["report", "resolved"],
    &["test_result", "report", "resolved"],
    &["test_result", "resolved"],
    &["test_result", "score"],
    &["test_result", "result"],
];

fn label<'a>(record: Value<'_, 'a>, trouble: Option<Text<'a>>, run: &mut Run<'a>) {
    read_labels(record, run);
    if run.success.is_none() {
        let verdict =
            VERDICTS.iter().filter_map(|path| record.at_path(path)).find(|place| grade(*place).is_some());
        run.success = verdict.and_then(|verdict| verdict.as_bool());
        run.reward = run.reward.or_else(|| verdict.filter(|_| run.success.is_none()).and_then(grade));
    }
    let error = record.text_of(&["error"]).map(|error| match error.split_once('\n') {
        Some((first, _)) => first.to_owned().into(),
        None => error,
    });
    run.failure_reason = error.or(trouble).and_then(filled);
}

fn metadata(record: Value<'_, '_>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy("instance_id", record.get("instance_id"));
    for key in ["agent_class", "max_iterations", "dataset"] {
        out.copy(key, record.at_path(&["metadata", key]));
    }
    out.copy("model", record.at_path(&["metadata", "llm_config", "model"]));
    out.copy("issue_type", record.get("issue_type"));
    out.copy("cost", record.at_path(&["metrics", "accumulated_cost"]));
    out.finish()
}
