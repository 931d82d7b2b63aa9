//! The `sharegpt` formatting of LLaMA-Factory.
//!
//! Its converter takes the turns as strictly alternating {human, observation} and {function_call, gpt}
//! and silently empties a row that breaks this, so such a run is refused here, with its reason. Values
//! are strings only: it pins `datasets` to 4.0 and below, which pads objects with nulls.

use super::json::{write_items, write_string};
use super::messages::{write_arguments, write_weight};
use super::tools::ToolSchemas;
use super::turns::{Call, Conversation, Turn};
use super::{Options, Row, Skip};

const OPEN: &str = "<tool_call>";
const CLOSE: &str = "</tool_call>";

pub fn write(
    conversation: &Conversation<'_>,
    schemas: &ToolSchemas,
    options: &Options,
    weight: Option<f32>,
    out: &mut String,
) -> Result<(), Skip> {
    out.push_str("{\"conversations\":[");
    write_turns(conversation, out)?;
    if options.row == Row::Preference {
        out.push_str("],\"chosen\":");
        write_turn("gpt", &conversation.answer, out);
        out.push_str(",\"rejected\":");
        write_turn("gpt", conversation.rejected.unwrap_or_default(), out);
    } else {
        out.push(',');
        write_turn("gpt", &conversation.answer, out);
        out.push(']');
    }
    match options.row {
        Row::Desirable => out.push_str(",\"kto_tag\":true"),
        Row::Undesirable => out.push_str(",\"kto_tag\":false"),
        Row::Demonstration | Row::Preference => {}
    }
    out.push_str(",\"system\":");
    write_string(conversation.system.unwrap_or_default(), out);
    out.push_str(",\"tools\":");
    write_string(if schemas.is_empty() { "" } else { schemas.json() }, out);
    write_weight(weight, out);
    out.push('}');
    Ok(())
}

/// The turns before the answer: an odd number, human first.
fn write_turns(conversation: &Conversation<'_>, out: &mut String) -> Result<(), Skip> {
    let mut agent_is_next = false;
    for turn in &conversation.turns {
        if agent_is_next != matches!(turn, Turn::Agent { .. }) {
            return Err(Skip::NotAlternating);
        }
        if agent_is_next || out.ends_with('}') {
            out.push(',');
        }
        match turn {
            Turn::User(words) => write_turn("human", words, out),
            Turn::Agent { content, .. } if turn.is_reply() => {
                write_turn("gpt", content, out);
                agent_is_next = false;
                continue;
            }
            Turn::Agent { content, calls, .. } => {
                let calls = &conversation.calls[calls.clone()];
                write_turn("function_call", &call_text(content, calls), out);
                out.push(',');
                let observations: Vec<_> = calls.iter().map(|call| call.observation).collect();
                write_turn("observation", &observations.join("\n"), out);
            }
        }
        agent_is_next = true;
    }
    if agent_is_next { Ok(()) } else { Err(Skip::NotAlternating) }
}

fn write_turn(from: &str, value: &str, out: &mut String) {
    out.push_str("{\"from\":\"");
    out.push_str(from);
    out.push_str("\",\"value\":");
    write_string(value, out);
    out.push('}');
}

/// `thought<tool_call>{…}</tool_call>`, an array for several calls.
fn call_text(thought: &str, calls: &[Call<'_>]) -> String {
    // A tag in the log's own words would be read as a call.
    let mut text = thought.replace(OPEN, "").replace(CLOSE, "");
    text.push_str(OPEN);
    let arguments = text.len();
    match calls {
        [call] => write_call(call, &mut text),
        _ => write_items(calls, '[', ']', &mut text, write_call),
    }
    let json = text.split_off(arguments);
    text.push_str(&json.replace(OPEN, "\\u003ctool_call>").replace(CLOSE, "\\u003c/tool_call>"));
    text.push_str(CLOSE);
    text
}

fn write_call(call: &Call<'_>, out: &mut String) {
    out.push_str("{\"name\":");
    write_string(call.name, out);
    out.push_str(",\"arguments\":");
    write_arguments(&call.arguments, out);
    out.push('}');
}
