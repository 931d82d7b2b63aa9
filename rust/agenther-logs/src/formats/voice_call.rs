//! Calls of phone agents: ElevenLabs, Retell and Vapi.
//!
//! Source: conversations of ElevenLabs (`{conversation_id, transcript: [{role, message, tool_calls, tool_results}]}`, in
//! post-call webhooks under `data`), calls of Retell (`{call_id, transcript_with_tool_calls}`, in webhooks under `call`)
//! and of Vapi (`{messages: [{role: bot | tool_calls | .., message, secondsFromStart}]}`, in end-of-call reports under
//! `message`, there in its `artifact`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user | `original_prompt`; later ones, and keys pressed, `user` |
//! | Vapi's `system` messages; the prompt that ElevenLabs was given for this call | `system` |
//! | `tool_calls`, `tool_call_invocation`, `toolCalls` | steps; words in the same turn are their thought |
//! | `tool_results`, `tool_call_result`, by the call's id, else by the tool | `observation`; `is_error`, `successful` as `error` |
//! | what the agent says | replies; the last is the `final_answer`, though the agent hangs up after it |
//! | `analysis.call_successful`, `call_analysis.call_successful`, `analysis.successEvaluation` | `success`; a percentage or a mark up to 10 is the `reward` |
//! | the error of the call, why a criterion was not met, a `disconnection_reason`, `endedReason`, `termination_reason` other than that a side hung up | `failure_reason` |
//! | Vapi's `assistant.model.tools` | `tools` |
//! | agent, kind of call, dynamic variables | `metadata` |
//!
//! Left out: words of those whom a call was transferred to, transitions of nodes, numbers of phones, costs.
//!
//! Leaks: what a model made of the call afterwards (`analysis`, `call_analysis`: summaries, criteria, collected data)
//! and feedback.

use super::openai_chat::schemas;
use super::{Format, Piece, Record, by_agent};
use crate::json::{ObjectWriter, Value};
use crate::labels::score_named;
use crate::messages::join;
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct VoiceCall;

/// Where the turns of a call are, and fields of which one is in a turn; calls and all before words alone.
const TURNS: &[(&[&str], &[&str])] = &[
    (&["transcript_with_tool_calls"], &["content", "tool_call_id", "transition_type"]),
    (&["transcript_object"], &["words"]),
    (&["transcript"], &["time_in_call_secs", "tool_results"]),
    (&["messages"], &["secondsFromStart"]),
    (&["artifact", "messages"], &["secondsFromStart"]),
];

/// Where webhooks have the call.
const ENVELOPES: &[&str] = &["data", "call", "message"];

/// The object that tells of a call, and its turns.
fn call_of<'t, 'a>(record: Value<'t, 'a>) -> Option<(Value<'t, 'a>, Value<'t, 'a>)> {
    let inside = ENVELOPES.iter().filter_map(|key| record.get(key));
    std::iter::once(record).chain(inside).find_map(|call| Some((call, turns_of(call)?)))
}

fn turns_of<'t, 'a>(call: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let is_turn = |turn: Value<'_, '_>, fields: &[&str]| {
        turn.get("role").is_some() && fields.iter().any(|field| turn.get(field).is_some())
    };
    let found = TURNS.iter().filter_map(|(path, fields)| Some((call.at_path(path)?, fields)));
    found
        .into_iter()
        .find(|(turns, fields)| turns.items().take(4).any(|turn| is_turn(turn, fields)))
        .map(|of| of.0)
}

/// A record of a call without turns: nobody took it, or its words are one text.
fn without_turns<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    const MARKS: &[&[&str]] = &[
        &["conversation_id", "transcript", "agent_id"],
        &["conversation_id", "transcript", "status"],
        &["call_id", "call_status"],
        &["orgId", "endedReason"],
    ];
    let no_turns = |turns: Value<'_, '_>| turns.is_array() && turns.items().next().is_none();
    let marked = |call: &Value<'_, '_>| {
        MARKS.iter().any(|marks| marks.iter().all(|key| call.get(key).is_some()))
            || call.get("conversation_id").is_some() && call.get("transcript").is_some_and(no_turns)
    };
    std::iter::once(record).chain(ENVELOPES.iter().filter_map(|key| record.get(key))).find(marked)
}

fn id_of<'a>(call: Value<'_, 'a>) -> Option<Text<'a>> {
    call.text_of(&["conversation_id", "call_id", "id"]).or_else(|| call.get("call")?.text_of(&["id"]))
}

/// Whether a tool hangs up or hands the call over.
fn closes(tool: &str) -> bool {
    let tool = tool.to_ascii_lowercase();
    ["end", "hang", "transfer", "terminate"].iter().any(|word| tool.contains(word))
}

/// What a call without turns lacks.
fn lack_of(record: Value<'_, '_>) -> &'static str {
    match without_turns(record).and_then(|call| call.text_of(&["transcript"])) {
        Some(_) => "its words are one text without turns",
        None => "nobody says a word in it",
    }
}

impl Format for VoiceCall {
    fn name(&self) -> &'static str {
        "voice_call"
    }

    fn shape(&self) -> &'static str {
        "`transcript` of `role` and `message` with `tool_calls`, `transcript_with_tool_calls`, or `messages` with `secondsFromStart`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if call_of(record).is_some() { 95 } else { 40 * u8::from(without_turns(record).is_some()) }
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        // Webhooks tell of one call several times, each time with more.
        let (call, _) = call_of(record)?;
        Some(vec![Piece { run: Some(id_of(call)?), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let told = record.value.items().filter(|told| call_of(*told).is_some());
        let length = |told: &Value<'_, '_>| call_of(*told).map_or(0, |(_, turns)| turns.items().count());
        let value = told.max_by_key(length).unwrap_or(record.value);
        let (call, turns) = call_of(value).ok_or_else(|| lack_of(value))?;
        let mut heard = Heard { system: prompt_of(call), ..Heard::default() };
        turns.items().for_each(|turn| heard.turn(turn));
        let steps = heard.timeline.finish();
        by_agent(&steps)?;
        // After words that hang up or hand over nothing is said; a call that broke off has no answer.
        let last =
            steps.iter().rposition(|step| step.action_name.as_deref().is_some_and(|name| !closes(name)));
        let spoken = steps[last.map_or(0, |last| last + 1)..]
            .iter()
            .rev()
            .find(|step| step.action_name.is_none() && step.thought.is_some());
        let mut run = Run {
            trajectory_id: id_of(call).unwrap_or_else(|| record.run_id()),
            original_prompt: heard.timeline.prompt,
            system: heard.system,
            tools: call.at_path(&["assistant", "model", "tools"]).and_then(schemas),
            final_answer: spoken.and_then(|step| step.thought.clone()),
            failure_reason: ended(call),
            metadata: metadata(call).map(Into::into),
            steps,
            ..Run::default()
        };
        label(call, &mut run);
        Ok(run)
    }
}

/// A call as it is being listened to.
#[derive(Default)]
struct Heard<'a> {
    timeline: Timeline<'a>,
    system: Option<Text<'a>>,
}

impl<'a> Heard<'a> {
    fn turn(&mut self, turn: Value<'_, 'a>) {
        let words = turn.text_of(&["message", "content"]);
        match turn.text_of(&["role"]).as_deref() {
            Some("system") => join(&mut self.system, words),
            Some("user") => self.timeline.user(words),
            Some("dtmf") => self.timeline.user(turn.text_of(&["digit"])),
            Some("agent") if turn.items_of("tool_calls").next().is_some() => self.timeline.think(words),
            Some("tool_calls") => self.timeline.think(words),
            Some("agent" | "bot" | "assistant") => self.timeline.reply(words),
            Some("tool_call_invocation") => self.call(turn),
            Some("tool_call_result") => self.result(turn),
            _ => {}
        }
        turn.items_of("tool_calls").chain(turn.items_of("toolCalls")).for_each(|call| self.call(call));
        turn.items_of("tool_results").for_each(|result| self.result(result));
    }

    fn call(&mut self, call: Value<'_, 'a>) {
        let function = call.get("function").unwrap_or(call);
        let input = function.any_of(&["params_as_json", "arguments"]).and_then(|input| input.text_or_json());
        let name = call_name(function.text_of(&["tool_name", "name"]));
        self.timeline.act(call.text_of(&["request_id", "tool_call_id", "id"]), name, input);
    }

    fn result(&mut self, result: Value<'_, 'a>) {
        const SEEN: &[&str] = &["result_value", "content", "result", "raw_error_message"];
        let id = result.text_of(&["request_id", "tool_call_id", "toolCallId"]);
        let seen = result.text_of(SEEN).or_else(|| result.any_of(SEEN)?.text_or_json());
        let failed = result.get("is_error").and_then(|flag| flag.as_bool());
        let failed = failed.or_else(|| Some(!result.get("successful")?.as_bool()?));
        let tool = result.text_of(&["tool_name", "name"]);
        self.timeline.observe_of(id.as_deref(), tool.as_deref(), seen.unwrap_or_default(), failed);
    }
}

/// The prompt that ElevenLabs was given in place of the agent's own.
fn prompt_of<'a>(call: Value<'_, 'a>) -> Option<Text<'a>> {
    const OVERRIDE: &[&str] =
        &["conversation_initiation_client_data", "conversation_config_override", "agent"];
    call.at_path(OVERRIDE)?.get("prompt")?.text_of(&["prompt"])
}

/// Labels a call by what was made of it: a word, or a mark, by the scales that Vapi's rubrics have.
fn label(call: Value<'_, '_>, run: &mut Run<'_>) {
    const OUTCOMES: &[&[&str]] = &[
        &["analysis", "call_successful"],
        &["call_analysis", "call_successful"],
        &["analysis", "successEvaluation"],
    ];
    let Some(outcome) = OUTCOMES.iter().find_map(|path| call.at_path(path)) else { return };
    let word = outcome.text();
    run.success = outcome.as_bool().or_else(|| score_named("success", None, word.as_deref()).success);
    let percentage = || word.as_deref()?.trim().strip_suffix('%')?.trim().parse().ok();
    if let Some(percentage) = percentage().filter(|number: &f64| (0.0..=100.0).contains(number)) {
        run.reward = Some(percentage / 100.0);
    } else if let Some(mark) = outcome.as_f64().filter(|mark| (0.0..=10.0).contains(mark)) {
        (run.reward, run.full_mark) = (Some(mark), Some(10.0));
    }
}

/// Words by which the products say that a side hung up, or handed the call on.
const USUAL: &[&str] = &[
    "hangup",
    "ended-call",
    "end-call",
    "end_call",
    "call ended by",
    "client disconnected",
    "call_transfer",
    "transfer_bridged",
    "forwarded-call",
    "vonage-completed",
];

/// Whether a call ended in another way than calls do.
fn unusual(end: &Text<'_>) -> bool {
    let end = end.to_ascii_lowercase();
    !USUAL.iter().any(|words| end.contains(words))
}

/// Why a call failed, what says most first.
fn ended<'a>(call: Value<'_, 'a>) -> Option<Text<'a>> {
    let said = |path: &[&str]| call.at_path(path)?.text().filter(|text| !text.is_empty());
    let criteria = call.at_path(&["analysis", "evaluation_criteria_results"]);
    let unmet =
        |criterion: Value<'_, '_>| criterion.text_of(&["result"]).is_some_and(|result| result == "failure");
    let unmet =
        criteria.into_iter().flat_map(|criteria| criteria.members()).find(|(_, criterion)| unmet(*criterion));
    said(&["metadata", "error", "reason"])
        .or_else(|| unmet?.1.text_of(&["rationale"]))
        .or_else(|| call.text_of(&["disconnection_reason", "endedReason"]).filter(unusual))
        .or_else(|| said(&["metadata", "termination_reason"]).filter(unusual))
}

fn metadata(call: Value<'_, '_>) -> Option<String> {
    const KEPT: [&str; 7] = [
        "agent_id",
        "agent_name",
        "agent_version",
        "assistantId",
        "call_type",
        "direction",
        "retell_llm_dynamic_variables",
    ];
    let mut out = ObjectWriter::default();
    out.copy_members(call, KEPT);
    out.copy(
        "dynamic_variables",
        call.at_path(&["conversation_initiation_client_data", "dynamic_variables"]),
    );
    out.copy("variableValues", call.at_path(&["assistantOverrides", "variableValues"]));
    out.finish()
}
