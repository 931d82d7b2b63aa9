//! Events of spans, and log records, which hold what the attributes of the spans lack.

use std::collections::{HashMap, HashSet};

use super::{ATTRIBUTES, SPAN_ID, TRACE_ID, evaluation, start_of};
use crate::json::Value;
use crate::labels::Score;
use crate::run::Text;
use crate::spans::{Attributes, Kind, Span};

/// Log records by the id of the span that they belong to.
pub(super) type EventsBySpan<'t, 'a> = HashMap<Text<'a>, Vec<Value<'t, 'a>>>;

pub(super) fn events_by_span<'t, 'a>(values: &[Value<'t, 'a>]) -> EventsBySpan<'t, 'a> {
    let mut events: EventsBySpan<'t, 'a> = HashMap::new();
    for value in values.iter().filter(|value| is_event(**value)) {
        events.entry(value.text_of(SPAN_ID).unwrap_or_default()).or_default().push(*value);
    }
    events
}

pub(super) fn is_event(record: Value<'_, '_>) -> bool {
    record.any_of(&["body", "eventName", "event_name"]).is_some()
}

/// Whether a record is a log record about a call of a model, exported without its span.
pub(super) fn is_record(record: Value<'_, '_>) -> bool {
    let named = |value: Value<'_, '_>| {
        let name = value.text_of(&["eventName", "event_name", "event.name"]);
        name.is_some_and(|name| name.starts_with("gen_ai."))
    };
    let is_of_span = record.any_of(SPAN_ID).is_some() && record.any_of(TRACE_ID).is_some();
    is_of_span
        && record.get("body").is_some_and(|body| {
            is_exchange(body) || named(record) || record.any_of(ATTRIBUTES).is_some_and(named)
        })
}

/// Calls of models of which the log has the events alone.
pub(super) fn spans_of(
    values: &[Value<'_, '_>],
    spans: &[Span],
    events: &EventsBySpan<'_, '_>,
    labels: &mut Score,
) -> Vec<Span> {
    let mut known: HashSet<String> = spans.iter().map(|span| span.id.clone()).collect();
    let ids = values.iter().filter(|value| is_event(**value)).filter_map(|value| value.text_of(SPAN_ID));
    let alone: Vec<Text<'_>> = ids.filter(|id| known.insert(id.to_string())).collect();
    alone.iter().map(|id| span_of(id, events.get(id).into_iter().flatten().copied(), labels)).collect()
}

fn span_of<'t, 'a: 't>(id: &str, events: impl Iterator<Item = Value<'t, 'a>>, labels: &mut Score) -> Span {
    let mut span = Span { id: id.to_owned(), ..Span::default() };
    let (mut attributes, mut said) = (Attributes::default(), Said::default());
    for event in events {
        if span.start.is_empty() {
            span.start = start_of(event).unwrap_or_default();
        }
        add_event(event, &mut attributes, &mut said, &mut span, labels);
    }
    span.set_attributes(&attributes);
    said.complete(&mut span);
    span
}

/// Whether the body of a log record has both sides of a call.
fn is_exchange(body: Value<'_, '_>) -> bool {
    body.at_path(&["output", "messages"]).is_some_and(|messages| messages.is_array())
}

/// `{role, content: {content: ".."}}`, or `message` in the place of the inner `content`.
fn exchanged(message: Value<'_, '_>) -> Option<String> {
    let content = message.get("content")?;
    let role = message.text_of(&["role"])?;
    match content.is_object() {
        true => Attributes::of(content).message(&role),
        false => Some(message.json().into_owned()),
    }
}

/// Messages that events tell of.
#[derive(Default)]
pub(super) struct Said {
    before: Vec<String>,
    after: Vec<String>,
}

impl Said {
    /// Takes both sides of a call, as AgentCore logs them: `{input: {messages}, output: {messages}}`.
    fn exchange(&mut self, body: Value<'_, '_>) {
        let messages = |side: &str| body.get(side).into_iter().flat_map(|side| side.items_of("messages"));
        self.before.extend(messages("input").filter_map(exchanged));
        self.after.extend(messages("output").filter_map(exchanged));
    }

    pub fn complete(self, span: &mut Span) {
        let list =
            |messages: Vec<String>| (!messages.is_empty()).then(|| format!("[{}]", messages.join(",")));
        if self.before.is_empty() && self.after.is_empty() {
            return;
        }
        if span.kind == Kind::Other {
            span.kind = Kind::Model;
        }
        span.input = list(self.before).or(span.input.take());
        span.output = list(self.after).or(span.output.take());
    }
}

/// Takes an event of a span, or a log record.
pub(super) fn add_event(
    event: Value<'_, '_>,
    attributes: &mut Attributes,
    said: &mut Said,
    span: &mut Span,
    labels: &mut Score,
) {
    if let Some(body) = event.get("body").filter(|body| is_exchange(*body)) {
        return said.exchange(body);
    }
    let mut fields = event.any_of(&["attributes", "fields"]).map(Attributes::of).unwrap_or_default();
    let name = event.text_of(&["name", "eventName", "event_name"]).map(|name| name.into_owned());
    let name = name.or_else(|| fields.get(&["event.name", "event"]).map(str::to_owned)).unwrap_or_default();
    if let Some(body) = event.get("body") {
        fields.add_body(body);
    }
    add_named(&name, fields, attributes, said, span, labels);
}

/// Takes an event by its name.
pub(super) fn add_named(
    name: &str,
    fields: Attributes,
    attributes: &mut Attributes,
    said: &mut Said,
    span: &mut Span,
    labels: &mut Score,
) {
    match name {
        "exception" => {
            let message = fields.get(&["exception.message", "exception.type"]).map(str::to_owned);
            span.problem = span.problem.take().or(message);
            span.failed = Some(true);
        }
        "gen_ai.evaluation.result" => *labels = labels.or(evaluation(&fields)),
        "gen_ai.choice" => said.after.extend(fields.message("assistant")),
        "gen_ai.content.prompt"
        | "gen_ai.content.completion"
        | "gen_ai.client.inference.operation.details" => {
            attributes.merge(fields);
        }
        _ => {
            let role = name.strip_prefix("gen_ai.").and_then(|rest| rest.strip_suffix(".message"));
            said.before.extend(role.and_then(|role| fields.message(role)));
        }
    }
}
