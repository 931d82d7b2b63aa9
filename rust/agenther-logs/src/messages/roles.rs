//! Who speaks, by the names that vendors give to the roles of chats.

use super::dialects;
use crate::json::Value;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Agent,
    Tool,
    /// A message that is a call by itself (ShareGPT's `function_call`).
    Call,
}

/// The role of a message; `None` if the value is no message.
pub(crate) fn role_of(message: Value<'_, '_>) -> Option<Role> {
    let Some(role) = message.get("role").or_else(|| message.get("from")) else {
        return match dialects::choice_message(message) {
            Some(message) => role_of(message),
            None => dialects::role_without_name(message),
        };
    };
    // Early versions of Microsoft's Agent Framework have a role's name in an object.
    named_role(&role.text().or_else(|| role.text_of(&["value"]))?)
}

/// Whether a message names a role that chats have; others may be anything that has a `role`.
pub(crate) fn has_known_role(message: Value<'_, '_>) -> bool {
    const SHAREGPT: &[&str] = &["human", "gpt", "system", "function_call", "observation", "tool"];
    const KNOWN: &[&str] = &[
        "system",
        "developer",
        "user",
        "human",
        "assistant",
        "ai",
        "model",
        "agent",
        "bot",
        "tool",
        "function",
    ];
    let named = |key, names: &[&str]| {
        let role = message.get(key).and_then(|role| role.text().or_else(|| role.text_of(&["value"])));
        role.is_some_and(|role| names.contains(&&*role))
    };
    named("role", KNOWN)
        || named("from", SHAREGPT)
        || message.get("role").is_none() && role_of(message).is_some() && message.get("from").is_none()
}

/// The role of that name.
pub(super) fn named_role(name: &str) -> Option<Role> {
    Some(match name {
        "user" => Role::User,
        "system" | "developer" => Role::System,
        "assistant" | "ai" | "gpt" | "model" | "agent" | "chatgpt" | "bot" | "chatbot" => Role::Agent,
        "tool" | "function" | "ipython" | "environment" | "observation" | "function_response"
        | "function_result" | "function_output" | "tool_response" | "tool_result" | "tool_output"
        | "computer" => Role::Tool,
        "function_call" | "tool_call" => Role::Call,
        // Toucan's descendants: what stands before a call, and the last words.
        "reasoning" | "answer" => Role::Agent,
        _ => return respelled_role(name),
    })
}

/// The role of a name in another spelling: `function-call`, `tool call`, `Assistant`.
fn respelled_role(name: &str) -> Option<Role> {
    let is_spelled = |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'-' | b' ');
    match name.bytes().any(is_spelled) {
        true => named_role(&name.to_ascii_lowercase().replace(['-', ' '], "_")),
        // A role of its own (critic, human, expert) speaks to the agent.
        false => Some(Role::User),
    }
}
