//! OpenTelemetry traces of agents, under any of the conventions for their content.
//!
//! Source: OTLP JSON (`resourceSpans` and `resourceLogs`, one export a line, camel or snake case),
//! Jaeger's JSON (`{data: [{traceID, spans}]}`), Patronus' (TRAIL's, of `span_name`, `span_attributes` and `child_spans`),
//! the console exporters of the SDKs (a span or a log record a document), `{spans: [..]}` of in-house recorders; the rows of
//! Zipkin (`id`, `tags`), Honeycomb (`trace.span_id`, an attribute a column), ClickHouse (`SpanAttributes`) and Application
//! Insights (`customDimensions`); traces of Genkit (`spans` by id) and Mastra's spans (`spanType`). The
//! GenAI conventions (attributes of 1.37 and later, events of before), OpenInference, OpenLLMetry
//! (`gen_ai.prompt.0.content`), the Vercel AI SDK (`ai.prompt.messages`), Google ADK, MLflow.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `gen_ai.input.messages`, `gen_ai.output.messages`, … of the model's spans | the conversation; see `spans` |
//! | what the root was given, where the model was given more around it | `original_prompt` |
//! | `gen_ai.system_instructions`, `gen_ai.tool.definitions` | `system`, `tools` |
//! | `gen_ai.tool.call.arguments`, `.result`, … of the tools' spans | steps, or what the steps of the messages lack |
//! | log records named `gen_ai.*`, or with the messages of both sides in `body`, by the id of their span; a call of a model where that is not there | the conversation |
//! | `status.code` 2 or ERROR, `error.type`, `exception` events | `error` of the tool's step; of the root: `success` false and `failure_reason` |
//! | `status` of a document around the spans | `success` |
//! | `gen_ai.evaluation.*` named as a label | the labels |
//! | name of the root, model, service | `metadata` |
//!
//! Leaks: evaluation events and scores, expected results and injected faults (attributes and events
//! outside of the conventions are not read); spans that judge the answer are left out.

mod events;

use super::{Format, Piece, Record, named_tools};
use crate::json::{ObjectWriter, Value};
use crate::labels::{Score, score_named};
use crate::run::{Run, Text};
use crate::spans::{Attributes, Kind, Span, Trace, content_in, kind_named, run_of, sortable, text_in};
use events::{EventsBySpan, Said, add_event, add_named, events_by_span, is_event};

pub(super) struct Otel;

const RESOURCES: &[&str] = &["resourceSpans", "resource_spans", "resourceLogs", "resource_logs", "batches"];
const SCOPES: &[&str] =
    &["scopeSpans", "scope_spans", "scopeLogs", "scope_logs", "instrumentationLibrarySpans"];
const TRACE_ID: &[&str] =
    &["traceId", "trace_id", "traceID", "trace.trace_id", "TraceId", "operation_Id", "OperationId"];
const NAME: &[&str] = &["name", "span_name", "operationName", "SpanName", "Name", "displayName"];
const SPAN_ID: &[&str] = &["spanId", "span_id", "spanID", "trace.span_id", "SpanId"];
/// Attributes, and what Jaeger, Patronus, ClickHouse and Application Insights call them.
const ATTRIBUTES: &[&str] =
    &["attributes", "tags", "span_attributes", "SpanAttributes", "customDimensions", "Properties"];
/// The id of a row that Zipkin or Application Insights wrote, and what says that it is a span's.
const ROW_ID: &[&str] = &["id", "Id"];
const OF_SPAN: &[&str] = &["localEndpoint", "operation_ParentId", "ParentId"];

impl Format for Otel {
    fn name(&self) -> &'static str {
        "otel"
    }

    fn shape(&self) -> &'static str {
        "`resourceSpans`, or spans with `name`, `trace_id`, `span_id`, `attributes`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let exported = |resources: Value<'_, '_>| {
            resources.is_array()
                && resources.items().next().is_none_or(|first| first.any_of(SCOPES).is_some())
        };
        if record.any_of(RESOURCES).is_some_and(exported) {
            return 95;
        }
        if record.is_array() {
            return 85 * u8::from(record.items().next().is_some_and(is_of_zipkin));
        }
        let first = record.get("spans").and_then(|spans| children(spans).next());
        if first.is_some_and(is_span) {
            return 85;
        }
        80 * u8::from(is_span(record)) + 85 * u8::from(events::is_record(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |value: Value<'t, 'a>| Piece { run: trace_id(value), value };
        if is_span(record) || events::is_record(record) {
            return Some(vec![piece(record)]);
        }
        if record.is_array() {
            return Some(record.items().map(piece).collect());
        }
        match record.get("spans") {
            // What stands around the spans of one trace tells of the run as a whole.
            Some(spans) if is_one_trace(spans) => None,
            Some(spans) => Some(children(spans).map(piece).collect()),
            None => Some(exported(record).map(piece).collect()),
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let whole = record.value;
        let values: Vec<Value<'_, 'a>> = children(whole.get("spans").unwrap_or(whole)).collect();
        let state = whole.text_of(&["status"]).map(|state| state.to_ascii_lowercase());
        let is_state = |words: &[&str]| state.as_deref().is_some_and(|state| words.contains(&state));
        let failed = is_state(&["failed", "failure", "error"]).then_some(true);
        let input = whole.text_of(&["task", "input", "user_request"]).map(Text::into_owned);
        let mut run = run_of_spans(record, &values, Trace { input, failed, ..Trace::default() })?;
        if record.key.is_none()
            && let Some(id) = whole.text_of(&["run_id"])
        {
            run.trajectory_id = id;
        }
        run.success = run.success.or(is_state(&["success", "succeeded"]).then_some(true));
        Ok(run)
    }
}

/// The run of spans with attributes, whatever stands around them.
pub(super) fn run_of_spans<'a>(
    record: &Record<'_, 'a>,
    values: &[Value<'_, 'a>],
    around: Trace,
) -> Result<Run<'a>, String> {
    let mut labels = Score::default();
    let events = events_by_span(values);
    let rows = with_children(values).into_iter().filter(|(value, _)| !is_event(*value));
    let mut spans: Vec<Span> = rows
        .map(|(value, parent)| {
            let mut span = span_of(value, &events, &mut labels);
            span.parent = span.parent.or(parent);
            span
        })
        .collect();
    spans.extend(events::spans_of(values, &spans, &events, &mut labels));
    let metadata = metadata(values, &spans);
    let mut run: Run<'a> = run_of(Trace { spans, ..around })?;
    run.trajectory_id = match record.key {
        Some(key) => key.to_owned().into(),
        None => values.first().and_then(|span| trace_id(*span)).unwrap_or_else(|| record.run_id()),
    };
    run.metadata = metadata.map(Into::into);
    labels.label(&mut run);
    Ok(run)
}

/// The spans and those inside of them, each before its own, with the id of the span around it.
fn with_children<'t, 'a>(values: &[Value<'t, 'a>]) -> Vec<(Value<'t, 'a>, Option<String>)> {
    let mut open: Vec<(Value<'t, 'a>, Option<String>)> =
        values.iter().rev().map(|value| (*value, None)).collect();
    let mut all = Vec::new();
    while let Some((value, parent)) = open.pop() {
        let children: Vec<Value<'t, 'a>> = value.items_of("child_spans").collect();
        let id = value.text_of(SPAN_ID).filter(|_| !children.is_empty()).map(Text::into_owned);
        open.extend(children.into_iter().rev().map(|child| (child, id.clone())));
        all.push((value, parent));
    }
    all
}

/// The spans of a list, or of an object that keeps them by their ids.
fn children<'t, 'a>(spans: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    spans.items().chain(spans.members().map(|(_, span)| span))
}

/// Whether no two spans are of different traces.
fn is_one_trace(spans: Value<'_, '_>) -> bool {
    let mut ids = children(spans).map(trace_id);
    ids.next().is_none_or(|first| ids.all(|id| id == first))
}

fn is_span(value: Value<'_, '_>) -> bool {
    let is_of_trace = value.any_of(TRACE_ID).is_some();
    let is_row = || value.any_of(ROW_ID).is_some() && value.any_of(OF_SPAN).is_some();
    let has_id = is_of_trace && (value.any_of(SPAN_ID).is_some() || is_row())
        || value.get("context").is_some_and(|context| context.any_of(SPAN_ID).is_some());
    has_id && value.any_of(NAME).is_some() && (value.any_of(ATTRIBUTES).is_some() || is_flat(value))
}

/// Whether each attribute is a column of the span's row.
fn is_flat(value: Value<'_, '_>) -> bool {
    value.any_of(&["trace.span_id"]).is_some()
}

/// Zipkin lists the spans of a trace.
fn is_of_zipkin(value: Value<'_, '_>) -> bool {
    value.get("localEndpoint").is_some() && is_span(value)
}

/// The id of a span's trace.
pub(super) fn trace_id<'a>(span: Value<'_, 'a>) -> Option<Text<'a>> {
    span.text_of(TRACE_ID)
        .or_else(|| span.get("context")?.text_of(TRACE_ID))
        .or_else(|| span.text_of(&["context.trace_id"]))
}

/// The spans and log records of an export.
fn exported<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    const ITEMS: &[&str] = &["spans", "logRecords", "log_records"];
    let inside = |value: Value<'t, 'a>, keys: &'static [&'static str]| {
        keys.iter().filter_map(move |key| value.get(key)).flat_map(|list| list.items())
    };
    let resources = inside(record, RESOURCES);
    resources.flat_map(move |resource| inside(resource, SCOPES)).flat_map(move |scope| inside(scope, ITEMS))
}

/// The outcome that an evaluator attached.
fn evaluation(attributes: &Attributes) -> Score {
    let Some(name) = attributes.get(&["gen_ai.evaluation.name"]) else { return Score::default() };
    let score = attributes.get(&["gen_ai.evaluation.score.value", "gen_ai.evaluation.score"]);
    let label = attributes.get(&["gen_ai.evaluation.score.label", "gen_ai.evaluation.label"]);
    score_named(name, score.and_then(|score| score.parse().ok()), label)
}

fn span_of(value: Value<'_, '_>, logged: &EventsBySpan<'_, '_>, labels: &mut Score) -> Span {
    const PARENT: &[&str] = &[
        "parentSpanId",
        "parent_span_id",
        "parent_id",
        "parentId",
        "trace.parent_id",
        "ParentSpanId",
        "operation_ParentId",
        "ParentId",
    ];
    let text =
        |keys: &[&str]| value.any_of(keys).and_then(|text| text.scalar()).map(|text| text.into_owned());
    let in_context = || {
        let id = value.get("context").and_then(|context| context.text_of(SPAN_ID));
        id.or_else(|| value.text_of(&["context.span_id"])).map(Text::into_owned)
    };
    let referred = || {
        let mut references = value.get("references")?.items();
        let parent = references.find(|reference| is_type_of(*reference, "CHILD_OF"))?;
        parent.text_of(SPAN_ID).map(Text::into_owned)
    };
    let mut span = Span {
        id: text(SPAN_ID).or_else(in_context).or_else(|| text(ROW_ID)).unwrap_or_default(),
        parent: text(PARENT).or_else(referred).filter(|parent| {
            // That of the root is the trace itself in Application Insights.
            !parent.trim_matches('0').is_empty()
                && parent != "null"
                && text(TRACE_ID).as_ref() != Some(parent)
        }),
        name: text(NAME).unwrap_or_default(),
        start: start_of(value).unwrap_or_default(),
        ..Span::default()
    };
    set_status(&mut span, value);
    // In a table, each attribute is a column.
    let mut attributes = Attributes::of(value.any_of(ATTRIBUTES).unwrap_or(value));
    let mut said = Said::default();
    let events = value.any_of(&["events", "logs"]).into_iter().flat_map(|events| events.items());
    let logged = logged.get(&*span.id).into_iter().flatten().copied();
    let events: Vec<Value<'_, '_>> = events.chain(logged).collect();
    for event in events {
        add_event(event, &mut attributes, &mut said, &mut span, labels);
    }
    for (name, fields) in value.items_of("Events.Name").zip(value.items_of("Events.Attributes")) {
        let name = name.text().unwrap_or_default();
        add_named(&name, Attributes::of(fields), &mut attributes, &mut said, &mut span, labels);
    }
    *labels = labels.or(evaluation(&attributes));
    // Zipkin says what went wrong in the flag.
    let error = attributes
        .get(&["error"])
        .filter(|error| value.get("tags").is_some_and(Value::is_object) && *error != "false");
    if let Some(error) = error {
        span.failed = Some(true);
        span.problem =
            span.problem.take().or(Some(error).filter(|error| *error != "true").map(str::to_owned));
    }
    if attributes.get(&["otel.status_code"]) == Some("ERROR") || attributes.get(&["error"]) == Some("true") {
        span.failed = Some(true);
        span.problem = span.problem.or(attributes.get(&["otel.status_description"]).map(str::to_owned));
    }
    span.set_attributes(&attributes);
    if value.get("spanType").is_some() {
        set_columns(&mut span, value);
    }
    let stated = kind_named(&text(&["span_kind", "spanType"]).unwrap_or_default());
    if stated != Kind::Other {
        span.kind = stated;
    }
    said.complete(&mut span);
    span
}

/// What Mastra keeps in columns of their own.
fn set_columns(span: &mut Span, row: Value<'_, '_>) {
    span.input = content_in(row, &["input"]);
    span.output = content_in(row, &["output"]);
    if let Some(error) = row.any_of(&["error", "errorInfo"]) {
        span.failed = Some(true);
        span.problem = text_in(error, &["message"]);
    }
    if let Some(attributes) = row.get("attributes") {
        let name = text_in(attributes, &["toolId", "toolName", "agentId"]);
        span.name = name.unwrap_or_else(|| std::mem::take(&mut span.name));
        span.system = text_in(attributes, &["instructions"]);
        span.tools = named_tools(attributes.items_of("availableTools")).map(Text::into_owned);
    }
}

/// When a span began, as a text that sorts.
fn start_of(value: Value<'_, '_>) -> Option<String> {
    const START: &[&str] = &[
        "startTimeUnixNano",
        "start_time_unix_nano",
        "start_time_unix_ns",
        "start_time",
        "startTime",
        "start",
        "start_timestamp",
        "timestamp",
        "Timestamp",
        "TimeGenerated",
        "startedAt",
        "timeUnixNano",
        "time_unix_nano",
        "observedTimeUnixNano",
        "observed_timestamp",
    ];
    let start = value.any_of(START)?;
    Some(match start.items().next() {
        // JavaScript's console exporter: seconds and nanoseconds.
        Some(_) => {
            start.items().filter_map(|part| part.scalar()).map(|part| format!("{part:0>12}")).collect()
        }
        None => sortable(&start.scalar().unwrap_or_default()),
    })
}

/// Whether one of Jaeger's references is of a kind.
fn is_type_of(reference: Value<'_, '_>, kind: &str) -> bool {
    reference.text_of(&["refType"]).is_some_and(|found| found == kind)
}

fn set_status(span: &mut Span, value: Value<'_, '_>) {
    let status = value.get("status");
    let code = status.and_then(|status| status.any_of(&["code", "status_code", "statusCode"]));
    let code = code
        .or_else(|| value.any_of(&["status_code", "statusCode", "otel_status_code", "StatusCode"]))
        .and_then(|code| code.scalar());
    let code = code.map(|code| code.to_ascii_uppercase());
    span.failed = match code.as_deref() {
        Some("2" | "ERROR" | "STATUS_CODE_ERROR" | "STATUSCODE.ERROR") => Some(true),
        Some("1" | "OK" | "STATUS_CODE_OK" | "STATUSCODE.OK") => Some(false),
        _ => value.any_of(&["success", "Success"]).and_then(has_failed),
    };
    if span.failed == Some(true) {
        let message = status.and_then(|status| status.text_of(&["message", "description"]));
        span.problem = message
            .or_else(|| value.text_of(&["status_message", "otel_status_message", "StatusMessage"]))
            .map(|text| text.into_owned());
    }
}

/// Whether a request failed: Application Insights says so in words.
fn has_failed(success: Value<'_, '_>) -> Option<bool> {
    match &*success.scalar()? {
        "False" | "false" => Some(true),
        "True" | "true" => Some(false),
        _ => None,
    }
}

fn metadata(values: &[Value<'_, '_>], spans: &[Span]) -> Option<String> {
    let mut out = ObjectWriter::default();
    if let Some(root) = spans.iter().find(|span| span.parent.is_none() && !span.name.is_empty()) {
        out.text("trace_name", &root.name);
    }
    let attributes = values.iter().filter_map(|value| value.any_of(ATTRIBUTES));
    let model = attributes.map(Attributes::of).find_map(|attributes| {
        attributes.get(&["gen_ai.request.model", "llm.model_name", "ai.model.id"]).map(str::to_owned)
    });
    model.iter().for_each(|model| _ = out.text("model", model));
    out.finish()
}
