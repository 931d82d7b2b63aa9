//! Sessions and evaluation cases of Google's Agent Development Kit.
//!
//! Source: `*.session.json` and what its session services return (`{id, app_name, events}`), eval
//! sets (`{eval_set_id, eval_cases: [{eval_id, conversation}]}`), their older form (`[{query,
//! expected_tool_use, reference}]`), the bare list of events that its server's `/run` answers, or one of them a line, eval
//! results (`{eval_case_results: [..]}`); snake or camel case.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first event of the user, `user_content`, `query` | `original_prompt`; later ones `user` |
//! | `function_call` parts, `tool_uses`, `expected_tool_use` | steps; the text beside them is the thought |
//! | `function_response` parts, `tool_responses` | `observation`; `error` where the response is `{"error": ..}` |
//! | last text of an agent, `final_response`, `reference` | `final_answer` |
//! | `error_code`, `error_message` of the last event | `failure_reason` |
//! | `final_eval_status` (1 passed, 2 failed) | `success` |
//! | `app_name`, agents that spoke | `metadata`; `expected` for cases, which say what should be done |
//!
//! Left out: events that are parts of a stream (`partial`).
//!
//! Leaks: expected invocations and metric results of eval results.

use std::collections::BTreeSet;

use super::{Format, Piece, Record};
use crate::json::{ObjectWriter, Value};
use crate::messages::{Conversation, Role};
use crate::run::{Run, Text};
use crate::spans::words;
use crate::terminal::set_final_answer;

pub(super) struct GoogleAdk;

const CASES: &[&str] = &["eval_cases", "evalCases", "eval_case_results", "evalCaseResults"];
const CASE_ID: &[&str] = &["eval_id", "evalId"];
const APP: &[&str] = &["app_name", "appName"];
const SESSION_ID: &[&str] = &["session_id", "sessionId"];
const SESSION: &[&str] = &["session_details", "sessionDetails"];

impl Format for GoogleAdk {
    fn name(&self) -> &'static str {
        "google_adk"
    }

    fn shape(&self) -> &'static str {
        "`events` of `author`, `content`, `invocation_id`, or `eval_cases` with `conversation`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if record.is_array() {
            return 95 * u8::from(record.items().next().is_some_and(is_event));
        }
        if let Some(events) = record.get("events") {
            return match events.items().next() {
                Some(event) => 95 * u8::from(is_event(event)),
                None => 80 * u8::from(events.is_array() && record.any_of(APP).is_some()),
            };
        }
        if is_event(record) {
            return 80;
        }
        let cases = record.any_of(CASES).is_some_and(|cases| cases.is_array());
        let case = record.any_of(CASE_ID).is_some() && record.get("conversation").is_some();
        let old = record.get("query").is_some() && record.get("expected_tool_use").is_some();
        95 * u8::from(cases || case || old)
    }

    /// Events that name no session are those of whatever is around them.
    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        is_event(record) && record.any_of(SESSION_ID).is_none()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if let Some(cases) = record.any_of(CASES) {
            let piece = |case: Value<'t, 'a>| Piece { run: case.text_of(CASE_ID), value: case };
            return Some(cases.items().map(piece).collect());
        }
        if is_event(record) {
            return Some(vec![Piece { run: record.text_of(SESSION_ID), value: record }]);
        }
        // The turns of one conversation.
        record.get("expected_tool_use").map(|_| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut session = Session::default();
        match record.value.is_array() {
            true if record.value.items().next().is_some_and(is_event) => {
                record.value.items().for_each(|event| session.event(event))
            }
            true => record.value.items().for_each(|piece| session.piece(piece)),
            false => session.piece(record.value),
        }
        session.conversation.finish();
        if session.conversation.steps.is_empty() {
            return Err("no event of it is by an agent".to_owned());
        }
        let metadata = session.metadata();
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            original_prompt: session.conversation.prompt,
            steps: session.conversation.steps,
            success: session.success,
            failure_reason: session.failure,
            metadata: metadata.map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

fn is_event(event: Value<'_, '_>) -> bool {
    let content = event.get("content").is_some_and(|content| content.get("parts").is_some());
    event.get("author").is_some() && (content || event.any_of(&["invocation_id", "invocationId"]).is_some())
}

/// A session as it is being read.
#[derive(Default)]
struct Session<'a> {
    conversation: Conversation<'a>,
    success: Option<bool>,
    failure: Option<Text<'a>>,
    /// Whether it says what should be done, not what was.
    expected: bool,
    agents: BTreeSet<Text<'a>>,
    metadata: ObjectWriter,
}

impl<'a> Session<'a> {
    /// A session, a case, or a turn of the older cases.
    fn piece(&mut self, piece: Value<'_, 'a>) {
        if piece.get("expected_tool_use").is_some() {
            return self.old_turn(piece);
        }
        let status =
            piece.any_of(&["final_eval_status", "finalEvalStatus"]).and_then(|status| status.scalar());
        self.success = match status.as_deref() {
            Some("1" | "PASSED") => Some(true),
            Some("2" | "FAILED") => Some(false),
            _ => None,
        };
        let session =
            piece.any_of(SESSION).filter(|session| session.get("events").is_some()).unwrap_or(piece);
        self.metadata.copy("app_name", session.any_of(APP));
        for event in session.get("events").into_iter().flat_map(|events| events.items()) {
            self.event(event);
        }
        if let Some(invocations) = piece.get("conversation") {
            self.expected = true;
            invocations.items().for_each(|invocation| self.invocation(invocation));
        }
        if session.get("events").is_none() {
            let measured =
                piece.any_of(&["eval_metric_result_per_invocation", "evalMetricResultPerInvocation"]);
            for result in measured.into_iter().flat_map(|results| results.items()) {
                let actual = result.any_of(&["actual_invocation", "actualInvocation"]);
                actual.into_iter().for_each(|invocation| self.invocation(invocation));
            }
        }
    }

    fn event(&mut self, event: Value<'_, 'a>) {
        if event.get("partial").and_then(|flag| flag.as_bool()) == Some(true) {
            return;
        }
        let author = event.text_of(&["author"]);
        let role = if author.as_deref() == Some("user") { Role::User } else { Role::Agent };
        self.agents.extend(author.filter(|_| role == Role::Agent));
        self.failure = event
            .text_of(&["error_message", "errorMessage"])
            .or_else(|| event.text_of(&["error_code", "errorCode"]));
        if let Some(content) = event.get("content") {
            self.conversation.parts_message(role, content);
        }
    }

    fn metadata(&mut self) -> Option<String> {
        let mut out = std::mem::take(&mut self.metadata);
        if self.expected {
            out.json("expected", "true");
        }
        if self.agents.len() > 1 {
            let agents: Vec<&str> = self.agents.iter().map(|agent| &**agent).collect();
            out.text("agents", &agents.join(", "));
        }
        out.finish()
    }

    fn invocation(&mut self, invocation: Value<'_, 'a>) {
        if let Some(content) = invocation.any_of(&["user_content", "userContent"]) {
            self.conversation.parts_message(Role::User, content);
        }
        if let Some(between) = invocation.any_of(&["intermediate_data", "intermediateData"]) {
            let list = |keys: &[&str]| between.any_of(keys).into_iter().flat_map(|list| list.items());
            list(&["invocation_events", "invocationEvents"]).for_each(|event| self.event(event));
            self.conversation.calls(list(&["tool_uses", "toolUses"]), None);
            for response in list(&["tool_responses", "toolResponses"]) {
                self.conversation.result(response);
            }
        }
        if let Some(content) = invocation.any_of(&["final_response", "finalResponse"]) {
            self.conversation.parts_message(Role::Agent, content);
        }
    }

    fn old_turn(&mut self, turn: Value<'_, 'a>) {
        self.conversation.user_words(turn.get("query").and_then(words));
        let uses = turn.get("expected_tool_use").into_iter().flat_map(|uses| uses.items());
        self.conversation.calls(uses, None);
        self.conversation.calls(std::iter::empty(), turn.text_of(&["reference"]));
        self.expected = true;
    }
}
