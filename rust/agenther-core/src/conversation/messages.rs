//! OpenAI chat messages, as TRL, Axolotl, NeMo-RL, Fireworks and OpenAI read them.
//!
//! | row | keys |
//! |---|---|
//! | demonstration | `messages` |
//! | preference | `prompt` (through the last kept observation), `chosen`, `rejected` |
//! | desirable, undesirable | `prompt` (system and user), `completion`, `label` |
//!
//! and `tools`, `weight` beside them. Every message has a `content`: LLaMA-Factory and some chat
//! templates raise where a call comes without.

use std::fmt::Write;

use super::json::{escape, write_items, write_string, write_value};
use super::tools::ToolSchemas;
use super::turns::{Call, CallArguments, Conversation, TEXT_ARGUMENT, Turn};
use super::{Arguments, Mask, Options, Row, ToolsForm};

pub fn write(
    conversation: &Conversation<'_>,
    schemas: &ToolSchemas,
    options: &Options,
    weight: Option<f32>,
    out: &mut String,
) {
    let asked = 1; // the user's opening; what follows is the agent's
    match options.row {
        Row::Demonstration => {
            out.push_str("{\"messages\":[");
            write_opening(conversation, out);
            write_turns(conversation, asked.., options, out);
            write_reply(&conversation.answer, options.mask(), out);
        }
        Row::Preference => {
            out.push_str("{\"prompt\":[");
            write_opening(conversation, out);
            write_turns(conversation, asked.., options, out);
            out.pop();
            out.push_str("],\"chosen\":[");
            write_reply(&conversation.answer, options.mask(), out);
            out.push_str("],\"rejected\":[");
            write_reply(conversation.rejected.unwrap_or_default(), None, out);
        }
        Row::Desirable | Row::Undesirable => {
            out.push_str("{\"prompt\":[");
            write_opening(conversation, out);
            out.pop();
            out.push_str("],\"completion\":[");
            write_turns(conversation, asked.., options, out);
            write_reply(&conversation.answer, options.mask(), out);
        }
    }
    out.push(']');
    if matches!(options.row, Row::Desirable | Row::Undesirable) {
        let _ = write!(out, ",\"label\":{}", options.row == Row::Desirable);
    }
    write_tools(schemas, options.tools, out);
    write_weight(weight, out);
    out.push('}');
}

/// Closes a row with the weight: always with a decimal point, so that no reader takes the column for
/// integers.
pub fn write_weight(weight: Option<f32>, out: &mut String) {
    if let Some(weight) = weight.filter(|weight| weight.is_finite()) {
        let _ = write!(out, ",\"weight\":{weight:?}");
    }
}

fn write_tools(schemas: &ToolSchemas, form: ToolsForm, out: &mut String) {
    match form {
        ToolsForm::String => {
            out.push_str(",\"tools\":");
            write_string(schemas.json(), out);
        }
        ToolsForm::List if schemas.is_empty() => {}
        ToolsForm::List => {
            out.push_str(",\"tools\":");
            out.push_str(schemas.json());
        }
    }
}

/// System prompt and first user turn. Every message is followed by a comma but a reply that closes.
fn write_opening(conversation: &Conversation<'_>, out: &mut String) {
    if let Some(system) = conversation.system {
        write_message("system", system, out);
        out.push(',');
    }
    if let Some(Turn::User(words)) = conversation.turns.first() {
        write_message("user", words, out);
        out.push(',');
    }
}

fn write_turns(
    conversation: &Conversation<'_>,
    range: std::ops::RangeFrom<usize>,
    options: &Options,
    out: &mut String,
) {
    for turn in &conversation.turns[range] {
        match turn {
            Turn::User(words) => write_message("user", words, out),
            Turn::Agent { content, .. } if turn.is_reply() => write_reply(content, options.mask(), out),
            Turn::Agent { content, calls, masked } => {
                let mask = options.mask().map(|field| (field, *masked));
                write_agent(content, mask, out);
                write_calls(&conversation.calls[calls.clone()], calls.start, options.arguments, out);
            }
        }
        out.push(',');
    }
}

fn write_message(role: &str, content: &str, out: &mut String) {
    let _ = write!(out, "{{\"role\":\"{role}\",\"content\":");
    write_string(content, out);
    out.push('}');
}

fn write_reply(content: &str, mask: Option<Mask>, out: &mut String) {
    write_agent(content, mask.map(|field| (field, false)), out);
    out.push('}');
}

/// The start of a message of the agent. In a row with a mask each one has the field: `datasets` takes the fields of
/// a column from the start of a file, and raises at one that first comes later.
fn write_agent(content: &str, mask: Option<(Mask, bool)>, out: &mut String) {
    out.push_str("{\"role\":\"assistant\",\"content\":");
    write_string(content, out);
    match mask {
        None => {}
        Some((Mask::Train, masked)) => {
            let _ = write!(out, ",\"train\":{}", !masked);
        }
        Some((Mask::Weight, masked)) => {
            let _ = write!(out, ",\"weight\":{}", u8::from(!masked));
        }
    }
}

/// The calls of a message, and one tool message a call: a call without an answer is refused by OpenAI.
fn write_calls(calls: &[Call<'_>], first: usize, arguments: Arguments, out: &mut String) {
    out.push_str(",\"tool_calls\":");
    write_items(calls.iter().enumerate(), '[', ']', out, |(index, call), out| {
        out.push_str("{\"id\":");
        write_id(first + index, out);
        out.push_str(",\"type\":\"function\",\"function\":{\"name\":");
        write_string(call.name, out);
        out.push_str(",\"arguments\":");
        match arguments {
            Arguments::Object => write_arguments(&call.arguments, out),
            Arguments::String => {
                let mut json = String::new();
                write_arguments(&call.arguments, &mut json);
                write_string(&json, out);
            }
        }
        out.push_str("}}");
    });
    out.push('}');
    for (index, call) in calls.iter().enumerate() {
        out.push_str(",{\"role\":\"tool\",\"tool_call_id\":");
        write_id(first + index, out);
        out.push_str(",\"name\":");
        write_string(call.name, out);
        out.push_str(",\"content\":");
        write_string(call.observation, out);
        out.push('}');
    }
}

/// Nine letters and digits: what Mistral's chat templates insist on.
fn write_id(call: usize, out: &mut String) {
    let _ = write!(out, "\"c{:08}\"", call + 1);
}

/// The arguments of a call as a JSON object.
pub fn write_arguments(arguments: &CallArguments<'_>, out: &mut String) {
    match arguments {
        CallArguments::None => out.push_str("{}"),
        CallArguments::Object(document) => write_value(document.root(), out),
        CallArguments::Text(text) => {
            let _ = write!(out, "{{\"{TEXT_ARGUMENT}\":\"");
            escape(text, out);
            out.push_str("\"}");
        }
    }
}
