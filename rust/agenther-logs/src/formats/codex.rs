//! Codex sessions: `~/.codex/sessions/**/rollout-*.jsonl`, an event a line, and what `codex exec
//! --json` prints.
//!
//! Source: the rollout files of the Codex CLI (`{timestamp, type, payload}`; the items are those of
//! the Responses API); `thread.started`, `item.completed`, `turn.failed` of its JSON output.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `event_msg` `user_message` (where there is none: `message` items of the user, without what the harness wrote into them) | `original_prompt`, later ones `user` |
//! | `session_meta.base_instructions`, developer messages | `system` |
//! | `function_call`, `custom_tool_call`, `local_shell_call`, … | steps; `reasoning` and the message before a call are its thought |
//! | `*_output`, matched by `call_id`; the `output` of `{output, metadata}` | `observation` |
//! | `metadata.exit_code`, `success`, `Exit code: n` and `Process exited with code n` heads, `exec_command_end` and its like | `error` |
//! | last message of the agent | `final_answer` |
//! | `turn_aborted`, `error`, `turn.failed` at the end | `failure_reason` |
//! | the result of the trial of Harbor that the session lies in | `reward`, `success` at 1; `failure_reason` |
//! | `cwd`, `cli_version`, `model`, `git` | `metadata` |
//!
//! Left out: turns that were rolled back; copies of the history in `compacted`.
//!
//! Leaks: none.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Format, Piece, Record};
use crate::json::{Limits, ObjectWriter, Tape, Value};
use crate::messages::{Conversation, Role, content_text, join, role_of};
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct Codex;

impl Format for Codex {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn shape(&self) -> &'static str {
        "lines of `timestamp`, `type` (`session_meta`, `response_item`, ..) and `payload`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(kind) = record.get("type").and_then(|kind| kind.text()) else { return 0 };
        let payload = record.get("payload").is_some_and(|payload| payload.is_object());
        match &*kind {
            "session_meta" | "turn_context" | "response_item" | "event_msg" | "compacted" => {
                95 * u8::from(payload)
            }
            "item.started" | "item.updated" | "item.completed" => {
                90 * u8::from(record.get("item").is_some_and(|item| item.is_object()))
            }
            "thread.started" => 90 * u8::from(record.get("thread_id").is_some()),
            "turn.started" | "turn.completed" | "turn.failed" => 80,
            "error" => 30 * u8::from(record.text_of(&["message"]).is_some()),
            _ => 0,
        }
    }

    /// Kinds that are not known tell nothing of the conversation; alone, they are another program's.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        record.get("timestamp").is_some() && record.get("payload").is_some_and(|payload| payload.is_object())
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let run = record.text_of(&["thread_id"]).or_else(|| session_id(record));
        Some(vec![Piece { run, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let lines = || record.value.items();
        let mut session = Session { says_user: lines().any(is_user_event), ..Session::default() };
        lines().for_each(|line| session.line(line));
        let mut run = session.finish()?;
        let id = lines().find_map(session_id);
        run.trajectory_id = match (record.key, id) {
            (Some(key), _) => key.to_owned().into(),
            (None, Some(id)) => id,
            (None, None) => record.run_id(),
        };
        run.metadata = metadata(lines).map(Into::into);
        Ok(run)
    }
}

fn is(line: Value<'_, '_>, kind: &str) -> bool {
    line.get("type").and_then(|found| found.text()).is_some_and(|found| found == kind)
}

/// The id of a session, on the line that begins it.
fn session_id<'a>(line: Value<'_, 'a>) -> Option<Text<'a>> {
    let meta = line.get("payload").filter(|_| is(line, "session_meta"))?;
    meta.text_of(&["id", "session_id"])
}

fn is_user_event(line: Value<'_, '_>) -> bool {
    is(line, "event_msg") && line.get("payload").is_some_and(|payload| is(payload, "user_message"))
}

/// A session as it is being read.
#[derive(Default)]
struct Session<'a> {
    conversation: Conversation<'a>,
    /// Whether events tell what the user said; then user messages among the items repeat it.
    says_user: bool,
    /// How many steps there were whenever the user spoke.
    spoken_at: Vec<usize>,
    /// Calls whose end an event reported, and whether they failed.
    ended: HashMap<Text<'a>, bool>,
    instructions: Option<Text<'a>>,
    thought: Option<Text<'a>>,
    failure: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn line(&mut self, line: Value<'_, 'a>) {
        let payload = line.get("payload").unwrap_or(line);
        match line.get("type").and_then(|kind| kind.text()).as_deref() {
            Some("session_meta") if self.instructions.is_none() => {
                let instructions = payload.any_of(&["base_instructions", "instructions"]);
                self.instructions =
                    instructions.and_then(|text| text.text().or_else(|| text.text_of(&["text"])));
            }
            Some("response_item") => self.item(payload),
            Some("event_msg") => self.event(payload),
            Some("item.completed") => line.get("item").into_iter().for_each(|item| self.exec_item(item)),
            Some("turn.failed" | "error") => self.failure = message_of(line),
            _ => {}
        }
    }

    fn item(&mut self, item: Value<'_, 'a>) {
        let is_output = item.text_of(&["type"]).is_some_and(|kind| kind.ends_with("_output"));
        if is_output {
            let step = self.conversation.result(item);
            let ended = item.text_of(&["call_id"]).and_then(|id| self.ended.get(&id).copied());
            let step = &mut self.conversation.steps[step];
            set_outcome(step, item);
            step.error = ended.or(step.error);
        } else if role_of(item) == Some(Role::User) {
            if !self.says_user {
                self.user(content_text(item));
            }
        } else if role_of(item) == Some(Role::Agent) {
            self.failure = None;
            self.conversation.agent_blocks(item, false);
        } else {
            self.conversation.push(item);
        }
    }

    fn user(&mut self, words: Option<Text<'a>>) {
        let Some(words) = words.and_then(spoken) else { return };
        self.failure = None;
        self.spoken_at.push(self.conversation.steps.len());
        self.conversation.user_words(Some(words));
    }

    fn event(&mut self, event: Value<'_, 'a>) {
        match event.text_of(&["type"]).as_deref() {
            Some("user_message") => self.user(event.text_of(&["message"])),
            Some("turn_aborted") => {
                let reason = event.text_of(&["reason"]).unwrap_or_default();
                self.failure = Some(format!("turn aborted: {reason}").into());
            }
            Some("error" | "stream_error") => self.failure = message_of(event),
            Some("thread_rolled_back") => {
                let turns = event.get("num_turns").and_then(|turns| turns.as_f64()).unwrap_or(0.0) as usize;
                let kept = self.spoken_at.len().saturating_sub(turns);
                if let Some(step) = self.spoken_at.get(kept) {
                    self.conversation.rewind(*step);
                    self.spoken_at.truncate(kept);
                }
            }
            Some("exec_command_end" | "patch_apply_end" | "mcp_tool_call_end") => {
                let failed = code_of(event).map(|code| code != 0.0).or_else(|| {
                    let success = event.get("success").and_then(|flag| flag.as_bool());
                    success.map(|yes| !yes).or_else(|| event.at_path(&["result", "Err"]).map(|_| true))
                });
                if let (Some(id), Some(failed)) = (event.text_of(&["call_id"]), failed) {
                    self.ended.insert(id, failed);
                }
            }
            _ => {}
        }
    }

    /// An item of `codex exec --json`: call and result in one.
    fn exec_item(&mut self, item: Value<'_, 'a>) {
        const INPUT: &[&str] = &["command", "changes", "query", "items"];
        let kind = item.text_of(&["type", "item_type"]).unwrap_or_default();
        match &*kind {
            "reasoning" => return join(&mut self.thought, item.text_of(&["text"])),
            "agent_message" | "assistant_message" => {
                self.failure = None;
                let thought = item.text_of(&["text"]);
                return self.conversation.steps.push(RunStep { thought, ..RunStep::default() });
            }
            "error" => return self.failure = message_of(item),
            _ => {}
        }
        let mut input = ObjectWriter::default();
        INPUT.iter().for_each(|key| _ = input.copy(key, item.get(key)));
        let arguments = item.any_of(&["arguments"]).and_then(|arguments| arguments.text_or_json());
        let status = item.text_of(&["status"]);
        let failed = code_of(item).map(|code| code != 0.0);
        let result = item.any_of(&["aggregated_output", "result", "error"]);
        self.conversation.steps.push(RunStep {
            thought: self.thought.take(),
            action_name: item.text_of(&["tool"]).or(Some(kind)),
            action_input: arguments.or_else(|| input.finish().map(Cow::Owned)),
            observation: result.and_then(|result| content_text(result).or_else(|| result.text_or_json())),
            error: failed.or_else(|| status.map(|status| status == "failed" || status == "declined")),
            ..RunStep::default()
        });
    }

    fn finish(mut self) -> Result<Run<'a>, String> {
        self.conversation.finish();
        let agent_acted = |step: &RunStep<'_>| step.thought.is_some() || step.action_name.is_some();
        if !self.conversation.steps.iter().any(agent_acted) {
            return Err(match self.failure {
                Some(reason) => format!("the agent did nothing in it ({reason})"),
                None => "the agent says and does nothing in it".to_owned(),
            });
        }
        let mut system = self.instructions;
        join(&mut system, self.conversation.system);
        let mut run = Run {
            original_prompt: self.conversation.prompt,
            system,
            steps: self.conversation.steps,
            failure_reason: self.failure,
            ..Run::default()
        };
        if run.failure_reason.is_none() {
            set_final_answer(&mut run);
        }
        Ok(run)
    }
}

fn message_of<'a>(event: Value<'_, 'a>) -> Option<Text<'a>> {
    event.text_of(&["message"]).or_else(|| event.get("error")?.text_of(&["message"])).or(Some("error".into()))
}

/// The exit code that a value states.
fn code_of(value: Value<'_, '_>) -> Option<f64> {
    value.any_of(&["exit_code"]).and_then(|code| code.as_f64())
}

/// Starts of user messages that the harness wrote.
const NOT_SPOKEN: &[&str] = &[
    "<environment_context>",
    "<user_instructions>",
    "<permissions instructions>",
    "<turn_aborted>",
    "<user_action>",
    "<skill>",
    "<subagent_notification>",
    "<INSTRUCTIONS>",
    "# AGENTS.md instructions",
];

/// The user's own words; an editor puts what is open in it before them.
pub(super) fn spoken(words: Text<'_>) -> Option<Text<'_>> {
    if NOT_SPOKEN.iter().any(|known| words.trim_start().starts_with(known)) {
        return None;
    }
    match words.split_once("## My request for Codex:") {
        Some((_, request)) => Some(request.trim().to_owned().into()),
        None => Some(words),
    }
}

/// Takes the output out of what it is wrapped in, and the error flag from what stands beside it.
pub(super) fn set_outcome<'a>(step: &mut RunStep<'a>, item: Value<'_, 'a>) {
    if let Some(output) = item.get("output").filter(|output| output.is_object()) {
        step.observation = output.text_of(&["content", "output"]).or_else(|| step.observation.take());
        step.error = output.get("success").and_then(|flag| flag.as_bool()).map(|yes| !yes);
        return;
    }
    let Some(observation) = step.observation.as_deref() else { return };
    match wrapped_output(observation) {
        Some((text, code)) => {
            step.observation = Some(text.into());
            step.error = code.map(|code| code != 0.0);
        }
        None => step.error = exit_code(observation).map(|code| code != 0),
    }
}

/// Output and exit code of `{"output": "..", "metadata": {"exit_code": 0}}`.
fn wrapped_output(text: &str) -> Option<(String, Option<f64>)> {
    if !text.starts_with('{') {
        return None;
    }
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).ok()?;
    let value = parsed.root();
    let metadata = value.get("metadata").filter(|metadata| metadata.is_object())?;
    Some((value.get("output")?.text()?.into_owned(), code_of(metadata)))
}

/// The exit code in the head that the shell tool writes above an output.
fn exit_code(text: &str) -> Option<i64> {
    let head = text.lines().take(6).take_while(|line| !line.starts_with("Output:"));
    let stated = head.filter_map(|line| {
        line.strip_prefix("Exit code: ").or_else(|| line.strip_prefix("Process exited with code "))
    });
    stated.into_iter().find_map(|code| code.trim().parse().ok())
}

fn metadata<'t, 'a: 't, L: Iterator<Item = Value<'t, 'a>>>(lines: impl Fn() -> L) -> Option<String> {
    let mut out = ObjectWriter::default();
    let meta = lines().find(|line| is(*line, "session_meta"));
    for key in ["cwd", "cli_version", "originator", "source", "git"] {
        out.copy(key, meta.and_then(|meta| meta.at_path(&["payload", key])).filter(|value| !value.is_null()));
    }
    let context = lines().find(|line| is(*line, "turn_context"));
    out.copy("model", context.and_then(|context| context.at_path(&["payload", "model"])));
    out.finish()
}
