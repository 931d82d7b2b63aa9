//! Traces of Amazon Bedrock Agents: what `InvokeAgent` streams where `enableTrace` is set.
//!
//! Source: `TracePart` of the agent runtime's API: events of `{sessionId, trace: {orchestrationTrace | failureTrace | …}}`,
//! as such or under `trace`, in a list or one a line; events of one `sessionId` are one run.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user in `modelInvocationInput.text` | `original_prompt`; those after an answer `user` |
//! | `system` of it | `system` |
//! | `rationale.text` | `thought` |
//! | `invocationInput`: `function` or `apiPath` with `parameters` and `requestBody`, a knowledge base with its query, a collaborator, code | steps |
//! | `observation`: output of the action group, the texts of the references, the collaborator's words, what code printed | `observation` |
//! | `repromptResponse`, `executionError` | `observation`, `error` |
//! | `finalResponse.text` | a last step, `final_answer` |
//! | `failureTrace.failureReason` | `failure_reason` |
//! | `agentId`, `agentVersion` | `metadata` |
//!
//! Left out: pre- and post-processing, guardrails, raw responses of the model, chunks of the answer.
//!
//! Leaks: none.

use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct BedrockAgents;

/// The kinds of traces of which an event is one.
const TRACES: &[&str] = &[
    "orchestrationTrace",
    "failureTrace",
    "preProcessingTrace",
    "postProcessingTrace",
    "routingClassifierTrace",
    "guardrailTrace",
];

/// Steps that an observation may belong to: results follow their calls closely, and a log of calls without results must
/// not be searched whole for each.
const WAITING: usize = 16;

/// The part of an event that names its agent and session, and its trace.
fn parts<'t, 'a>(event: Value<'t, 'a>) -> Option<(Value<'t, 'a>, Value<'t, 'a>)> {
    let is_trace = |value: &Value<'_, '_>| value.any_of(TRACES).is_some_and(|trace| trace.is_object());
    let part = event.get("trace").filter(|part| part.get("trace").is_some()).unwrap_or(event);
    let trace = part.get("trace").filter(is_trace).or_else(|| Some(part).filter(is_trace))?;
    Some((part, trace))
}

impl Format for BedrockAgents {
    fn name(&self) -> &'static str {
        "bedrock_agents"
    }

    fn shape(&self) -> &'static str {
        "events of `trace.orchestrationTrace` with a `sessionId`, in a list or one a line"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_event = |event: Value<'_, '_>| parts(event).is_some();
        95 * u8::from(match record.is_array() {
            true => record.items().take(4).any(is_event),
            false => is_event(record),
        })
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let (part, _) = Some(record).filter(|record| !record.is_array()).and_then(parts)?;
        Some(vec![Piece { run: part.text_of(&["sessionId"]), value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut session = Session::default();
        match record.value.is_array() {
            true => record.value.items().for_each(|event| session.event(event)),
            false => session.event(record.value),
        }
        if session.steps.is_empty() {
            return Err("no event of it invokes anything or answers".to_owned());
        }
        let mut run = Run {
            trajectory_id: record.key.map_or_else(|| record.run_id(), |key| key.to_owned().into()),
            original_prompt: session.prompt,
            system: session.system,
            steps: session.steps,
            failure_reason: session.failure,
            metadata: session.metadata.finish().map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// A session as it is being read.
#[derive(Default)]
struct Session<'a> {
    prompt: Option<Text<'a>>,
    system: Option<Text<'a>>,
    steps: Vec<RunStep<'a>>,
    thought: Option<Text<'a>>,
    user: Option<Text<'a>>,
    /// Whether the agent answered, so that what the user says next is new.
    answered: bool,
    failure: Option<Text<'a>>,
    metadata: ObjectWriter,
    described: bool,
}

impl<'a> Session<'a> {
    fn event(&mut self, event: Value<'_, 'a>) {
        let Some((part, trace)) = parts(event) else { return };
        if !std::mem::replace(&mut self.described, true) {
            self.metadata.copy("agentId", part.get("agentId")).copy("agentVersion", part.get("agentVersion"));
        }
        if let Some(failure) = trace.get("failureTrace") {
            self.failure = failure.text_of(&["failureReason"]);
        }
        let Some(trace) = trace.get("orchestrationTrace") else { return };
        if let Some(text) = trace.at_path(&["modelInvocationInput", "text"]).and_then(|text| text.text()) {
            self.input(&text);
        }
        if let Some(thought) = trace.at_path(&["rationale", "text"]).and_then(|text| text.text()) {
            self.thought = filled(thought);
        }
        if let Some((name, input)) = trace.get("invocationInput").and_then(call) {
            self.steps.push(RunStep {
                user: self.user.take(),
                thought: self.thought.take(),
                action_name: Some(name),
                action_input: Some(input),
                ..RunStep::default()
            });
        }
        if let Some(observation) = trace.get("observation") {
            self.observation(observation);
        }
    }

    /// What the model was given: the first turn holds the request, one after an answer the next.
    fn input(&mut self, text: &str) {
        if self.prompt.is_some() && !self.answered {
            return;
        }
        let said = read_inner(text, |input| {
            let words = input.items_of("messages").filter_map(said_by_user).last();
            Some((input.text_of(&["system"]).map(Text::into_owned), words))
        });
        let Some((system, words)) = said else { return };
        self.answered = false;
        self.system = self.system.take().or(system.map(Into::into));
        let slot = if self.prompt.is_none() { &mut self.prompt } else { &mut self.user };
        *slot = words.map(Into::into);
    }

    fn observation(&mut self, observation: Value<'_, 'a>) {
        if let Some(answer) = observation.at_path(&["finalResponse", "text"]).and_then(|text| text.text()) {
            let (user, _) = (self.user.take(), self.thought.take());
            self.answered = true;
            return self.steps.push(RunStep { user, thought: filled(answer), ..RunStep::default() });
        }
        let text = |path: &[&str]| observation.at_path(path).and_then(|text| text.text());
        let error = text(&["repromptResponse", "text"])
            .or_else(|| text(&["codeInterpreterInvocationOutput", "executionError"]));
        let failed = error.is_some();
        let seen = error
            .or_else(|| text(&["actionGroupInvocationOutput", "text"]))
            .or_else(|| text(&["agentCollaboratorInvocationOutput", "output", "text"]))
            .or_else(|| text(&["codeInterpreterInvocationOutput", "executionOutput"]))
            .or_else(|| references(observation.get("knowledgeBaseLookupOutput")?));
        let start = self.steps.len().saturating_sub(WAITING);
        let mut recent = self.steps[start..].iter_mut();
        let open = recent.find(|step| step.action_name.is_some() && step.observation.is_none());
        if let (Some(step), Some(seen)) = (open, seen) {
            (step.observation, step.error) = (Some(seen), failed.then_some(true));
        }
    }
}

/// The words of a message of the user. Its content is a text, or the parts of it as Java prints them: `[{text=…, type=text}]`;
/// results of tools are none.
fn said_by_user(message: Value<'_, '_>) -> Option<String> {
    message.text_of(&["role"]).filter(|role| role == "user")?;
    let content = message.get("content")?.text()?;
    let text = match content.strip_prefix("[{text=") {
        Some(rest) => rest.strip_suffix(", type=text}]").unwrap_or(rest),
        None if content.starts_with("[{") => return None,
        None => &content,
    };
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Name and arguments of what is invoked.
fn call<'a>(input: Value<'_, 'a>) -> Option<(Text<'a>, Text<'a>)> {
    let with = |name: Text<'a>, key: &str, value: Option<Value<'_, 'a>>| {
        let mut arguments = ObjectWriter::default();
        arguments.copy(key, value);
        (name, arguments.finish().unwrap_or_else(|| "{}".to_owned()).into())
    };
    if let Some(action) = input.get("actionGroupInvocationInput") {
        let name = action.text_of(&["function"]).or_else(|| {
            let path = action.text_of(&["apiPath"])?;
            let said: Vec<&str> =
                path.split('/').filter(|part| !part.is_empty() && !part.starts_with('{')).collect();
            Some(said.join("_").into()).filter(|name: &Text<'a>| !name.is_empty())
        })?;
        let mut arguments = ObjectWriter::default();
        let body = action.at_path(&["requestBody", "content"]);
        let bodies = body.into_iter().flat_map(|body| body.members()).flat_map(|(_, fields)| fields.items());
        for field in action.items_of("parameters").chain(bodies) {
            if let Some(name) = field.text_of(&["name"]) {
                arguments.copy(&name, field.get("value"));
            }
        }
        return Some((name, arguments.finish().unwrap_or_else(|| "{}".to_owned()).into()));
    }
    if let Some(lookup) = input.get("knowledgeBaseLookupInput") {
        return Some(with("search_knowledge_base".into(), "query", lookup.get("text")));
    }
    if let Some(code) = input.get("codeInterpreterInvocationInput") {
        return Some(with("code_interpreter".into(), "code", code.get("code")));
    }
    let collaborator = input.get("agentCollaboratorInvocationInput")?;
    let name = collaborator.text_of(&["agentCollaboratorName"])?;
    Some(with(name, "text", collaborator.at_path(&["input", "text"])))
}

/// The texts that a knowledge base found.
fn references<'a>(output: Value<'_, 'a>) -> Option<Text<'a>> {
    let texts: Vec<Text<'a>> = output
        .items_of("retrievedReferences")
        .filter_map(|reference| reference.at_path(&["content", "text"])?.text())
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n\n").into())
}
