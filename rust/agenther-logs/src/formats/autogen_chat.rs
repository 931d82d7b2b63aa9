//! AutoGen 0.2: chats between an assistant and a proxy of the user that runs the code it writes.
//!
//! Source: `chat_messages` and `ChatResult.chat_history` of `autogen`/AG2 0.2, lists of `{content, role,
//! name?}`; group chats of its experts, as in Who&When. Roles are as one side sees them, often the
//! proxy's, whose own messages are `assistant` then: who speaks is told by the name, and by who
//! answers with `exitcode:`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `question` where the first message is code that was run, else the first message that is no system message | `original_prompt` |
//! | `system_prompt` of each expert of a group | `system` |
//! | later messages of the proxy | `user` of the step that follows |
//! | the code blocks of a message that was run | `action_name` (language of the first), `action_input`; the words around them `thought` |
//! | `exitcode: 0 (execution succeeded)` and what follows, what `mathproxyagent` says to code | `observation`; `error` where the code is not 0 |
//! | `tool_calls` and their results | as in `openai_chat` |
//! | the last reply | `final_answer`; `TERMINATE` is cut |
//! | what stands beside the messages | as in `openai_chat` |
//!
//! Leaks: none inside the messages; beside those of Who&When, whom a judge blamed stays behind.

use super::openai_chat::{build, messages};
use super::{Format, Record, filled, part_of};
use crate::json::Value;
use crate::messages::{Conversation, Role, content_text, join, role_of};
use crate::run::{Run, RunStep, Text};

pub(super) struct AutogenChat;

const EXIT_CODE: &str = "exitcode: ";
/// Messages that are looked at to tell the format: task, plan, code and its output are among them.
const HEAD: usize = 24;
/// Steps back to the code that an output is of: in group chats others may speak in between.
const REACH: usize = 4;

/// The exit code that a message begins with, where it is the output of code.
pub(super) fn exit_code(text: &str) -> Option<i64> {
    let (code, rest) = text.trim_start().strip_prefix(EXIT_CODE)?.split_once(' ')?;
    if rest.starts_with("(execution ") { code.parse().ok() } else { None }
}

/// Whether a message is the output of code; what does not begin as one is not decoded.
fn is_output(message: Value<'_, '_>) -> bool {
    let content = message.get("content").filter(|content| content.json().starts_with("\"exitcode: "));
    let text = content.filter(|_| role_of(message) != Some(Role::Tool)).and_then(|content| content.text());
    text.is_some_and(|text| exit_code(&text).is_some())
}

/// Whether a message is by the proxy of AutoGen's chats about mathematics, which runs code and says no more than what it
/// printed.
fn is_by_math_proxy(message: Value<'_, '_>) -> bool {
    message.text_of(&["name"]).is_some_and(|name| name == "mathproxyagent")
}

impl Format for AutogenChat {
    fn name(&self) -> &'static str {
        "autogen_chat"
    }

    fn shape(&self) -> &'static str {
        "messages of `role`, `content` and `name`, some of which are `exitcode: 0 (execution succeeded)` and an output"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        94 * u8::from(
            messages(record).take(HEAD).any(|message| is_output(message) || is_by_math_proxy(message)),
        )
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let proxy = Proxy::of(record.value);
        let mut conversation = Conversation::default();
        let begins = begins_at_work(record.value);
        for message in messages(record.value) {
            take(message, &proxy, begins, &mut conversation);
        }
        conversation.finish();
        let mut run = build(record, conversation)?;
        run.system = run.system.or_else(|| systems_of(record.value));
        Ok(run)
    }
}

/// Whether the first message is code that was run, what was asked for standing beside the messages: the first of a group
/// of experts.
fn begins_at_work(record: Value<'_, '_>) -> bool {
    let mut first = messages(record).take(2);
    let has_code = first.next().and_then(content_text).is_some_and(|text| Code::in_text(&text).is_some());
    has_code && first.next().is_some_and(is_output) && record.text_of(&["question"]).is_some()
}

/// The system prompts of the experts of a group, by their names.
fn systems_of<'a>(record: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut system = None;
    let experts = record.get("system_prompt").into_iter().flat_map(|prompts| prompts.members());
    experts.for_each(|(_, prompt)| join(&mut system, prompt.text()));
    system
}

/// The side that asks, and runs the code.
struct Proxy<'a> {
    name: Option<Text<'a>>,
    role: Option<Text<'a>>,
}

impl<'a> Proxy<'a> {
    fn of(record: Value<'_, 'a>) -> Self {
        let output = messages(record).take(HEAD).find(|message| is_output(*message));
        let field = |key: &str| output.and_then(|output| output.text_of(&[key]));
        Proxy { name: field("name"), role: field("role") }
    }

    fn speaks(&self, message: Value<'_, '_>) -> bool {
        let Some(name) = message.text_of(&["name"]) else {
            return message.text_of(&["role"]) == self.role;
        };
        let lower = name.to_ascii_lowercase();
        let is_user = lower.starts_with("user")
            || matches!(&*lower, "human" | "admin" | "human_proxy" | "mathproxyagent");
        is_user || Some(&name) == self.name.as_ref()
    }
}

fn take<'a>(message: Value<'_, 'a>, proxy: &Proxy<'a>, begins: bool, conversation: &mut Conversation<'a>) {
    let calls = message.any_of(&["tool_calls", "function_call", "tool_responses"]).is_some();
    if calls || matches!(role_of(message), Some(Role::System | Role::Tool) | None) {
        return conversation.push(message);
    }
    let Some(text) = content_text(message) else { return };
    let code = exit_code(&text);
    if (code.is_some() || is_by_math_proxy(message))
        && let Some(step) = step_with_code(&mut conversation.steps)
    {
        (step.observation, step.error) = (Some(text), code.map(|code| code != 0));
        return;
    }
    let words = part_of(&text, |text| text.trim().trim_end_matches("TERMINATE").trim_end());
    if conversation.prompt.is_none() && !begins || proxy.speaks(message) {
        conversation.user_words(filled(words));
    } else if let Some(words) = filled(words) {
        conversation.calls(std::iter::empty(), Some(words));
    }
}

/// The last step whose words hold code that was not run yet, its code made its action.
pub(super) fn step_with_code<'s, 'a>(steps: &'s mut [RunStep<'a>]) -> Option<&'s mut RunStep<'a>> {
    for step in steps.iter_mut().rev().take(REACH) {
        if step.action_name.is_some() {
            return None;
        }
        let Some(code) = step.thought.as_deref().and_then(Code::in_text) else { continue };
        step.thought = filled(code.around.into());
        (step.action_name, step.action_input) = (Some(code.language.into()), Some(code.text.into()));
        return Some(step);
    }
    None
}

/// The code blocks of a message, which are run together.
pub(super) struct Code {
    pub language: String,
    pub text: String,
    pub around: String,
}

impl Code {
    pub fn in_text(text: &str) -> Option<Self> {
        let mut code = Code { language: String::new(), text: String::new(), around: String::new() };
        let (mut inside, mut blocks) = (false, 0);
        for line in text.split_inclusive('\n') {
            let fence = line.trim().strip_prefix("```");
            match fence {
                Some(language) if !inside => {
                    if blocks == 0 {
                        code.language = language.trim().to_ascii_lowercase();
                    }
                    (inside, blocks) = (true, blocks + 1);
                }
                Some("") => inside = false,
                _ if inside => code.text.push_str(line),
                _ => code.around.push_str(line),
            }
        }
        code.text.truncate(code.text.trim_end().len());
        code.around = code.around.trim().to_owned();
        if code.language.is_empty() {
            code.language = inferred_language(&code.text).to_owned();
        }
        (blocks > 0 && !code.text.is_empty()).then_some(code)
    }
}

/// The language that AutoGen takes a block without one for.
fn inferred_language(code: &str) -> &'static str {
    if ["python ", "python3 ", "pip "].iter().any(|command| code.starts_with(command)) {
        "sh"
    } else {
        "python"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_taken_out_of_the_words_around_it() {
        for (text, language, code, around) in [
            ("Run:\n```python\nprint(1)\n```\nThen wait.", "python", "print(1)", "Run:\nThen wait."),
            ("```\npip install a\n```", "sh", "pip install a", ""),
            ("```\nx = 1\n```", "python", "x = 1", ""),
            ("```sh\nls\n```\nand\n```sh\npwd\n```", "sh", "ls\npwd", "and"),
            ("```sh\nnever closed", "sh", "never closed", ""),
        ] {
            let found = Code::in_text(text).unwrap();
            assert_eq!((&*found.language, &*found.text, &*found.around), (language, code, around), "{text}");
        }
        assert!(Code::in_text("No `code` here.").is_none());
        assert!(Code::in_text("```python\n```").is_none());
    }

    #[test]
    fn outputs_are_told_by_their_exit_code() {
        assert_eq!(exit_code("exitcode: 0 (execution succeeded)\nCode output: 1"), Some(0));
        assert_eq!(exit_code("exitcode: 124 (execution failed)\nCode output: "), Some(124));
        assert_eq!(exit_code("exitcode: 0 is what I want"), None);
    }
}
