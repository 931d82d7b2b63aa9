//! Claude Code sessions: `~/.claude/projects/**/*.jsonl`, an event a line.
//!
//! Source: the session files of Claude Code 1 and 2; `{loglines: [..]}` of its web export; the lines
//! that `claude -p --output-format stream-json` prints (`session_id`, `parent_tool_use_id`, a last
//! line of type `result`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of a `user` line | `original_prompt`; a command with arguments as `/name arguments` |
//! | later words of `user` lines | `user` of the step that follows |
//! | `assistant` lines with the same `message.id` | one turn: `thinking` and `text` are the thought of its first `tool_use` |
//! | `tool_result` | `observation`, `error` from `is_error`, `toolUseResult.interrupted`, `.exitCode` |
//! | `tools` of the `init` line | `tools` |
//! | `result` of a line of type `result`, else the last words | `final_answer` |
//! | `subtype` of such a line (`error_max_turns`), an interruption or an API error at the end | `failure_reason` |
//! | the result of the trial of Harbor that the session lies in | `reward`, `success` at 1; `failure_reason` |
//! | `cwd`, `gitBranch`, `version`, `message.model` | `metadata` |
//!
//! Left out: side chains (sub-agents), unless a file holds nothing else; summaries of compacted
//! context; what commands and hooks put into the user's mouth; turns that the user took back by
//! going on from an earlier line (`parentUuid`).
//!
//! Leaks: none.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::messages::{Conversation, content_text, is_type, join, part_text, parts, results};
use crate::run::{Run, Text};
use crate::spans::words;
use crate::terminal::set_final_answer;

pub(super) struct ClaudeCode;

const SESSION: &[&str] = &["sessionId", "session_id"];

impl Format for ClaudeCode {
    fn name(&self) -> &'static str {
        "claude_code"
    }

    fn shape(&self) -> &'static str {
        "lines of `type`, `sessionId`, `uuid` and `message`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        match record.get("loglines") {
            Some(lines) => lines.items().next().map_or(0, |line| 90 * u8::from(score_line(line) > 0)),
            None => score_line(record),
        }
    }

    /// Kinds that are not known tell nothing of the conversation; alone, they are another program's.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        let is_of_session = record.get("type").is_some() && record.any_of(SESSION).is_some();
        is_of_session && record.get("message").is_none() && !is_act(record)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if record.get("loglines").is_some() {
            return None;
        }
        let of_run = is_type(record, &["user", "assistant", "result", "system", "attachment"]);
        let piece = || Piece { run: record.text_of(SESSION), value: record };
        Some(if of_run { vec![piece()] } else { Vec::new() })
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let lines = || record.value.get("loglines").unwrap_or(record.value).items();
        let only_side = !lines().any(|line| is_turn(line) && !is_side(line));
        let mut session = Session::default();
        lines().filter(|line| only_side || !is_side(*line)).for_each(|line| session.line(line));
        let mut run = session.finish()?;
        run.trajectory_id = match (record.key, lines().find_map(|line| line.text_of(&["agentId"]))) {
            (Some(key), Some(agent)) if only_side => format!("{key}-{agent}").into(),
            (Some(key), _) => key.to_owned().into(),
            (None, _) => lines().find_map(|line| line.text_of(SESSION)).unwrap_or_else(|| record.run_id()),
        };
        run.metadata = metadata(lines, only_side).map(Into::into);
        Ok(run)
    }
}

fn score_line(line: Value<'_, '_>) -> u8 {
    let Some(kind) = line.get("type").and_then(|kind| kind.text()) else { return 0 };
    let is_of_session = line.any_of(SESSION).is_some();
    let message = line.get("message");
    match &*kind {
        "user" | "assistant" => {
            let has_content = message.is_some_and(|message| message.get("content").is_some());
            let ids = is_of_session || line.get("parentUuid").is_some();
            if has_content { 65 + 30 * u8::from(ids) } else { 0 }
        }
        "summary" => 90 * u8::from(line.get("leafUuid").is_some()),
        "system" | "result" => 90 * u8::from(is_of_session && line.get("subtype").is_some()),
        "attachment" => {
            60 * u8::from(line.get("attachment").is_some_and(|attachment| attachment.is_object()))
        }
        "file-history-snapshot" => 90 * u8::from(line.get("snapshot").is_some()),
        // Others log events of a session in words of their own.
        kind => 40 * u8::from(is_of_session && message.is_none() && is_aside(kind) && !is_act(line)),
    }
}

/// Whether lines of a kind are the many small ones beside the conversation: titles, queues, modes.
fn is_aside(kind: &str) -> bool {
    const NAMED: &[&str] = &[
        "progress",
        "mode",
        "tag",
        "stream_event",
        "rate_limit_event",
        "control_request",
        "control_response",
    ];
    kind.contains('-') || NAMED.contains(&kind)
}

/// Whether a line says what was done: a tool by its name, or what is thought, is an event of another log.
fn is_act(line: Value<'_, '_>) -> bool {
    const ACTS: &[&str] =
        &["payload", "tool", "tool_name", "toolName", "arguments", "thought", "action", "observation"];
    line.any_of(ACTS).is_some()
}

fn is_turn(line: Value<'_, '_>) -> bool {
    is_type(line, &["user", "assistant"])
}

fn is_side(line: Value<'_, '_>) -> bool {
    is_set(line, "isSidechain") || line.text_of(&["parent_tool_use_id"]).is_some()
}

fn is_set(line: Value<'_, '_>, key: &str) -> bool {
    line.get(key).and_then(|flag| flag.as_bool()) == Some(true)
}

/// A session as it is being read.
#[derive(Default)]
struct Session<'a> {
    conversation: Conversation<'a>,
    /// Id of the message that the last lines of the agent belong to.
    turn: Option<Text<'a>>,
    /// Lines met: sessions that are resumed hold copies of lines.
    seen: HashSet<Text<'a>>,
    /// How many steps there were when the user spoke after a line.
    spoken_after: HashMap<Text<'a>, usize>,
    tools: Option<Text<'a>>,
    answer: Option<Text<'a>>,
    failure: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    fn line(&mut self, line: Value<'_, 'a>) {
        if line.text_of(&["uuid"]).is_some_and(|uuid| !self.seen.insert(uuid)) {
            return;
        }
        match line.text_of(&["type"]).as_deref() {
            Some("user") => self.user(line),
            Some("assistant") => self.agent(line),
            Some("result") => self.result(line),
            Some("attachment") => self.queued(line),
            Some("system") => self.tools = self.tools.take().or_else(|| tools(line)),
            _ => {}
        }
    }

    fn user(&mut self, line: Value<'_, 'a>) {
        let Some(message) = line.get("message") else { return };
        for part in results(message) {
            let step = self.conversation.result(part);
            let step = &mut self.conversation.steps[step];
            let reported =
                step.observation.as_deref().is_some_and(|text| text.starts_with("<tool_use_error>"));
            if reported || line.get("toolUseResult").is_some_and(has_failed) {
                step.error = Some(true);
            }
        }
        let copied = ["isMeta", "isCompactSummary", "isVisibleInTranscriptOnly"];
        if copied.iter().any(|flag| is_set(line, flag)) {
            return;
        }
        let mut words = None;
        for text in texts(message) {
            if text.starts_with("[Request interrupted by user") {
                self.failure = Some(text);
            } else {
                join(&mut words, spoken(text));
            }
        }
        if words.is_some() {
            self.failure = None;
            self.take_back(line);
            self.conversation.user_words(words);
        }
    }

    /// Words that the user typed while the agent worked.
    fn queued(&mut self, line: Value<'_, 'a>) {
        let Some(queued) = line.get("attachment").filter(|queued| is_type(*queued, &["queued_command"]))
        else {
            return;
        };
        let by_user = queued.text_of(&["commandMode"]).is_none_or(|mode| mode == "prompt");
        if by_user && !is_set(queued, "isMeta") {
            let words = queued.get("prompt").and_then(words);
            self.conversation.user_words(words.and_then(spoken));
        }
    }

    /// Where the user spoke after this line's parent before, that branch was given up.
    fn take_back(&mut self, line: Value<'_, 'a>) {
        let Some(parent) = line.text_of(&["parentUuid"]) else { return };
        let steps = self.conversation.steps.len();
        match self.spoken_after.get(&parent) {
            Some(before) if *before <= steps => self.conversation.rewind(*before),
            _ => _ = self.spoken_after.insert(parent, steps),
        }
    }

    fn agent(&mut self, line: Value<'_, 'a>) {
        let Some(message) = line.get("message") else { return };
        if is_set(line, "isApiErrorMessage") {
            self.failure = content_text(message);
            return;
        }
        if message.text_of(&["model"]).is_some_and(|model| model == "<synthetic>") {
            return;
        }
        let id = message.text_of(&["id"]);
        let goes_on = id.is_some() && id == self.turn;
        self.turn = id;
        self.failure = None;
        self.conversation.agent_blocks(message, goes_on);
    }

    fn result(&mut self, line: Value<'_, 'a>) {
        self.answer = line.text_of(&["result"]);
        self.failure = line.text_of(&["subtype"]).filter(|how| how != "success").or_else(|| {
            let failed = is_set(line, "is_error");
            if failed { self.answer.take() } else { None }
        });
    }

    fn finish(mut self) -> Result<Run<'a>, String> {
        self.conversation.finish();
        let agent_acted =
            |step: &crate::run::RunStep<'_>| step.thought.is_some() || step.action_name.is_some();
        if !self.conversation.steps.iter().any(agent_acted) {
            return Err(match self.failure {
                Some(reason) => format!("the agent did nothing in it ({})", reason.trim()),
                None => "the agent says and does nothing in it".to_owned(),
            });
        }
        let mut run = Run {
            original_prompt: self.conversation.prompt,
            system: self.conversation.system,
            tools: self.tools,
            steps: self.conversation.steps,
            final_answer: self.answer,
            failure_reason: self.failure,
            ..Run::default()
        };
        if run.failure_reason.is_none() {
            set_final_answer(&mut run);
        }
        Ok(run)
    }
}

fn texts<'a>(message: Value<'_, 'a>) -> Vec<Text<'a>> {
    match message.get("content").and_then(|content| content.text()) {
        Some(text) => vec![text],
        None => parts(message).filter_map(part_text).collect(),
    }
}

/// What the harness says of a result beside what the model saw.
fn has_failed(result: Value<'_, '_>) -> bool {
    let code = result.any_of(&["exitCode", "exit_code", "returnCode"]).and_then(|code| code.as_f64());
    is_set(result, "interrupted") || code.is_some_and(|code| code != 0.0)
}

/// Starts of texts that stand in `user` lines but were not written by the user.
const NOT_SPOKEN: &[&str] = &[
    "<local-command-",
    "<bash-input>",
    "<bash-stdout>",
    "<bash-stderr>",
    "<task-notification>",
    "<user-memory-input>",
    "Caveat: The messages below were generated",
    "This session is being continued from a previous conversation",
];

/// Blocks that the harness puts beside the user's words.
const INSERTED: &[&str] = &["system-reminder", "ide_opened_file", "ide_selection", "ide_diagnostics"];

/// The user's own words in a text of a `user` line.
fn spoken(text: Text<'_>) -> Option<Text<'_>> {
    let start = text.trim_start();
    if NOT_SPOKEN.iter().any(|known| start.starts_with(known)) {
        return None;
    }
    if start.starts_with("<command-") {
        return command(start).map(Cow::Owned);
    }
    filled(INSERTED.iter().fold(text, |text, tag| without_blocks(text, tag)))
}

/// Commands of the program itself; the rest are prompts that the user wrote as a file.
const BUILT_IN: &[&str] = &[
    "add-dir",
    "agents",
    "bug",
    "clear",
    "compact",
    "config",
    "context",
    "cost",
    "doctor",
    "effort",
    "exit",
    "export",
    "fast",
    "feedback",
    "help",
    "hooks",
    "ide",
    "login",
    "logout",
    "mcp",
    "memory",
    "model",
    "output-style",
    "permissions",
    "plugin",
    "quit",
    "release-notes",
    "rename",
    "resume",
    "rewind",
    "stats",
    "status",
    "statusline",
    "tasks",
    "terminal-setup",
    "theme",
    "todos",
    "upgrade",
    "usage",
    "vim",
];

/// `/name arguments` of a command that is a prompt.
fn command(text: &str) -> Option<String> {
    let name = block(text, "command-name")?.trim().trim_start_matches('/');
    if name.is_empty() || BUILT_IN.contains(&name) {
        return None;
    }
    let arguments = block(text, "command-args").unwrap_or("").trim();
    Some(format!("/{name} {arguments}").trim_end().to_owned())
}

fn block<'s>(text: &'s str, tag: &str) -> Option<&'s str> {
    let (_, rest) = text.split_once(&format!("<{tag}>"))?;
    Some(rest.split_once(&format!("</{tag}>"))?.0)
}

fn without_blocks<'a>(text: Text<'a>, tag: &str) -> Text<'a> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    if !text.contains(&open) {
        return text;
    }
    let mut kept = String::new();
    let mut rest = &*text;
    while let Some((before, inside)) = rest.split_once(&open) {
        kept.push_str(before);
        rest = inside.split_once(&close).map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    Cow::Owned(kept.trim().to_owned())
}

/// The names of the tools, which is all that the log tells of them.
fn tools<'a>(line: Value<'_, 'a>) -> Option<Text<'a>> {
    let tool = |name: Value<'_, 'a>| {
        let mut function = ObjectWriter::default();
        function.text("name", &name.text()?);
        Some(format!(r#"{{"type": "function", "function": {}}}"#, function.finish()?))
    };
    let tools: Vec<String> = line.get("tools")?.items().filter_map(tool).collect();
    (!tools.is_empty()).then(|| format!("[{}]", tools.join(", ")).into())
}

fn metadata<'t, 'a: 't, L: Iterator<Item = Value<'t, 'a>>>(
    lines: impl Fn() -> L,
    only_side: bool,
) -> Option<String> {
    let mut out = ObjectWriter::default();
    for key in ["cwd", "gitBranch", "version", "agentId"] {
        let mut read = lines().filter(|line| only_side || !is_side(*line));
        out.copy(key, read.find_map(|line| line.get(key)));
    }
    let model = lines().filter(|line| is_type(*line, &["assistant"]));
    out.copy("model", model.filter_map(|line| line.at_path(&["message", "model"])).next());
    if only_side {
        out.json("sidechain", "true");
    }
    out.finish()
}
