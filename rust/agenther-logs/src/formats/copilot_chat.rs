//! Copilot Chat in VS Code: sessions as `Chat: Export Chat...` and the workspace storage hold them.
//!
//! Source: `{responderUsername, requests: [{message: {text}, response: [part], result: {metadata: {toolCallRounds,
//! toolCallResults}, errorDetails}, isCanceled, modelId}]}`. The calls stand with their arguments in `toolCallRounds`;
//! the parts of the response are what the user saw of them, under other ids, in the same order.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `message.text` of the first request | `original_prompt`; of later ones `user` |
//! | `toolCallRounds[].toolCalls` | steps; `response` of the round is the thought |
//! | `toolCallResults`, by the id of the call | `observation` |
//! | `resultDetails.isError`, the exit code of the terminal in the part of the same place | `error` |
//! | where there are no rounds: parts `toolInvocationSerialized` and the text between them | steps; what the user was told of a call is its input |
//! | the words of a last round without a call, else the text behind the last part that is a call | a reply; the last one is the `final_answer` |
//! | `errorDetails.message` and `isCanceled` of the last request | `failure_reason` |
//! | responder, model, agent | `metadata` |
//!
//! Leaks: none.

use std::collections::HashMap;

use super::{Format, Record, filled};
use crate::json::{ObjectWriter, Value};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct CopilotChat;

impl Format for CopilotChat {
    fn name(&self) -> &'static str {
        "copilot_chat"
    }

    fn shape(&self) -> &'static str {
        "`responderUsername` and `requests` of `message`, `response` and `result`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let Some(requests) = record.get("requests").filter(|requests| requests.is_array()) else { return 0 };
        match requests.items().next() {
            Some(first) => 95 * u8::from(first.get("message").is_some() && first.get("response").is_some()),
            None => 80 * u8::from(record.get("responderUsername").is_some()),
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let requests = || record.value.items_of("requests");
        let mut timeline = Timeline::default();
        for request in requests() {
            read_request(request, &mut timeline);
        }
        let id = |request: Value<'_, 'a>| metadata_of(request)?.text_of(&["sessionId"]);
        let id = record.value.text_of(&["sessionId"]).or_else(|| requests().find_map(id));
        let mut run =
            timeline.run(id.unwrap_or_else(|| record.run_id()), requests().last().and_then(failure))?;
        let mut out = ObjectWriter::default();
        out.copy("responder", record.value.get("responderUsername"));
        out.copy("model", requests().find_map(|request| request.get("modelId")));
        out.copy("agent", requests().find_map(|request| request.at_path(&["agent", "id"])));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn metadata_of<'t, 'a>(request: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    request.at_path(&["result", "metadata"])
}

fn failure<'a>(request: Value<'_, 'a>) -> Option<Text<'a>> {
    let error = request.at_path(&["result", "errorDetails"]).and_then(|error| error.text_of(&["message"]));
    let canceled = request.get("isCanceled").and_then(|canceled| canceled.as_bool()) == Some(true);
    error.or_else(|| canceled.then(|| "canceled".into()))
}

fn read_request<'a>(request: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let message = request.get("message");
    timeline.user(message.and_then(|message| message.text().or_else(|| message.text_of(&["text"]))));
    let rounds = || metadata_of(request).into_iter().flat_map(|metadata| metadata.items_of("toolCallRounds"));
    let Some(last) = rounds().last() else { return shown(request, timeline) };
    let calls = rounds().map(|round| round.items_of("toolCalls").count()).sum();
    let mut outcomes = outcomes(request, calls).into_iter();
    let results = metadata_of(request).and_then(|metadata| metadata.get("toolCallResults"));
    let results: HashMap<Text<'a>, Value<'_, 'a>> =
        results.into_iter().flat_map(|results| results.members()).collect();
    for round in rounds() {
        timeline.say(round.text_of(&["response"]));
        for call in round.items_of("toolCalls") {
            let id = call.text_of(&["id"]);
            let arguments = call.get("arguments").and_then(|arguments| arguments.text_or_json());
            timeline.act(None, call_name(call.text_of(&["name"])), arguments);
            let error = outcomes.next().flatten();
            let result = id.as_ref().and_then(|id| results.get(id));
            if let Some(result) = result {
                timeline.settle(result_text(*result).into(), error);
            }
        }
        timeline.end_turn();
    }
    if last.items_of("toolCalls").next().is_some() || last.text_of(&["response"]).and_then(filled).is_none() {
        timeline.reply(closing_words(request));
    }
}

/// Whether the calls failed, where the parts of the response show as many as there were.
fn outcomes(request: Value<'_, '_>, calls: usize) -> Vec<Option<bool>> {
    let outcomes: Vec<_> = request.items_of("response").filter(|part| is_call(*part)).map(outcome).collect();
    if outcomes.len() == calls { outcomes } else { Vec::new() }
}

fn is_call(part: Value<'_, '_>) -> bool {
    part.text_of(&["kind"]).is_some_and(|kind| kind == "toolInvocationSerialized")
}

fn outcome(part: Value<'_, '_>) -> Option<bool> {
    let code = part
        .at_path(&["toolSpecificData", "terminalCommandState", "exitCode"])
        .and_then(|code| code.as_f64());
    let flag = part.at_path(&["resultDetails", "isError"]).and_then(|flag| flag.as_bool());
    flag.or_else(|| code.map(|code| code != 0.0))
}

/// A request of which only what the user saw is known.
fn shown<'a>(request: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut words = String::new();
    for part in request.items_of("response") {
        if !is_call(part) {
            words.extend(markdown(part));
            continue;
        }
        timeline.say(Some(std::mem::take(&mut words).into()));
        let told = |path: &[&str]| part.at_path(path).and_then(text_in);
        let command = told(&["toolSpecificData", "commandLine", "original"]);
        let input = command.or_else(|| told(&["pastTenseMessage"])).or_else(|| told(&["invocationMessage"]));
        timeline.act(None, call_name(part.text_of(&["toolId"])), input);
        let error = outcome(part);
        let output = told(&["toolSpecificData", "terminalCommandOutput", "text"]);
        if error.is_some() || output.is_some() {
            timeline.settle(output.unwrap_or_default(), error);
        }
    }
    timeline.say(Some(words.into()));
    timeline.end_turn();
}

/// The text behind the last call.
fn closing_words<'a>(request: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut words = String::new();
    for part in request.items_of("response") {
        match is_call(part) {
            true => words.clear(),
            false => words.extend(markdown(part)),
        }
    }
    Some(words.into())
}

/// The text of a part that is Markdown, or the name of the file that stands within it.
fn markdown<'a>(part: Value<'_, 'a>) -> Option<Text<'a>> {
    match part.text_of(&["kind"]).as_deref() {
        None => part.text_of(&["value"]),
        Some("markdownContent") => part.get("content").and_then(text_in),
        Some("inlineReference") => {
            let reference = part.get("inlineReference")?;
            let path = reference.text_of(&["name", "path"])?;
            Some(path.rsplit('/').next().unwrap_or_default().to_owned().into())
        }
        Some(_) => None,
    }
}

fn text_in<'a>(text: Value<'_, 'a>) -> Option<Text<'a>> {
    text.text().or_else(|| text.text_of(&["value"]))
}

/// The texts of a result: as such, or in the tree of what was rendered for the prompt.
fn result_text(result: Value<'_, '_>) -> String {
    let mut text = String::new();
    let mut open: Vec<Value<'_, '_>> = result.items_of("content").collect();
    open.reverse();
    while let Some(node) = open.pop() {
        if node.get("lineBreakBefore").and_then(|flag| flag.as_bool()) == Some(true) && !text.is_empty() {
            text.push('\n');
        }
        text.extend(node.text().or_else(|| node.get("text")?.text()));
        let inside = node.any_of(&["value", "node"]);
        let first = open.len();
        open.extend(inside.into_iter().chain(node.items_of("children")));
        open[first..].reverse();
    }
    text
}
