//! Chats that stand in one string, turned into messages: the chat templates of models, what is left of them where
//! special tokens were not decoded, and the `USER:` and `ASSISTANT:` of Glaive's function calls.

use std::borrow::Cow;

use crate::json::ObjectWriter;

/// A chat template: what stands before a role, between it and the words, and behind them.
struct Template {
    open: &'static str,
    role_end: &'static str,
    close: &'static str,
}

const TEMPLATES: &[Template] = &[
    // Phi-4, then ChatML: Qwen, Yi, Hermes, ..
    Template { open: "<|im_start|>", role_end: "<|im_sep|>", close: "<|im_end|>" },
    Template { open: "<|im_start|>", role_end: "\n", close: "<|im_end|>" },
    // Llama 3 and later.
    Template { open: "<|start_header_id|>", role_end: "<|end_header_id|>", close: "<|eot_id|>" },
    Template { open: "<|header_start|>", role_end: "<|header_end|>", close: "<|eot|>" },
    // Gemma.
    Template { open: "<start_of_turn>", role_end: "\n", close: "<end_of_turn>" },
];
/// Tokens that a text may begin with before its first turn.
const BEGIN: &[&str] = &["<|begin_of_text|>", "<bos>", "<s>"];
/// The lines that ChatML leaves of its turns where special tokens are not decoded.
const ROLE_LINES: &[&str] = &["system", "user", "assistant", "tool"];
/// What a line of Glaive's begins with, and the role that it stands for.
const SPEAKERS: &[(&str, &str)] =
    &[("USER: ", "user"), ("ASSISTANT: ", "assistant"), ("FUNCTION RESPONSE: ", "tool")];

/// The messages of a chat as a JSON array; `None` where the text is none.
pub(crate) fn messages_in(text: &str) -> Option<String> {
    let text = text.trim_start();
    let text = BEGIN.iter().find_map(|token| text.strip_prefix(token)).unwrap_or(text);
    let messages = if let Some((template, start)) = Template::of(text) {
        let before = message("system", &text[..start]).filter(|_| !text[..start].trim().is_empty());
        before.into_iter().chain(template.turns(&text[start..])).collect()
    } else if has_role_lines(text) {
        role_lines(text)
    } else if text.starts_with("USER: ") && text.contains("\nASSISTANT: ") {
        glaive(text)
    } else {
        return None;
    };
    Some(format!("[{}]", messages.join(", ")))
}

fn message(role: &str, content: &str) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.text("role", role).text("content", content.trim());
    out.finish()
}

impl Template {
    /// The template of a chat, and where its first turn opens: at the start or after words that stand on lines of their own.
    fn of(text: &str) -> Option<(&'static Template, usize)> {
        TEMPLATES.iter().find_map(|template| {
            let roles = ["system", "user", "assistant", "model", "developer"];
            let opens = |role: &&str| text.find(&format!("{}{role}{}", template.open, template.role_end));
            let start = roles.iter().filter_map(opens).min()?;
            (start == 0 || text[..start].ends_with('\n')).then_some((template, start))
        })
    }

    fn turns(&self, text: &str) -> Vec<String> {
        let turns = text.split(self.open).filter_map(|turn| turn.split_once(self.role_end));
        // What stands behind the end of a turn is its too, as people paste it.
        turns.filter_map(|(role, rest)| message(role.trim(), &rest.replacen(self.close, "", 1))).collect()
    }
}

/// The words that a model went on with where its own turn was open: other turns may follow in it.
pub(crate) fn turns_after(words: &str) -> Option<String> {
    let goes_on = |template: &&Template| {
        let roles = ["user", "assistant", "tool", "environment"];
        roles.iter().any(|role| words.contains(&format!("{}{role}{}", template.open, template.role_end)))
            || words.trim_end().ends_with(template.close)
    };
    let template = TEMPLATES.iter().find(goes_on);
    let messages = match template {
        Some(template) => template.turns(&format!("{}assistant{}{words}", template.open, template.role_end)),
        None if words.contains("\nuser\n<tool_response>") => role_lines(&format!("assistant\n{words}")),
        None => return None,
    };
    Some(format!("[{}]", messages.join(", ")))
}

/// A list of messages as JSON, to be put together with others.
pub(crate) struct Chat<'a>(&'a str);

impl<'a> Chat<'a> {
    /// What stands between the brackets of a list.
    pub(crate) fn of(json: &'a str) -> Self {
        let inner = json.trim();
        Chat(inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(inner).trim())
    }

    /// The list of one message.
    pub(crate) fn single(role: &str, content: &str) -> String {
        format!("[{}]", message(role, content).unwrap_or_default())
    }

    /// The list of these messages and those of another.
    pub(crate) fn and(&self, other: &str) -> String {
        format!("[{}, {}]", self.0, Chat::of(other).0)
    }
}

/// Whether a prompt ends in a turn of the model, which its response goes on with.
pub(crate) fn is_open(prompt: &str) -> bool {
    if has_role_lines(prompt.trim_start()) {
        let last = prompt.lines().rev().find(|line| ROLE_LINES.contains(&line.trim_end()));
        return last.is_some_and(|line| line.trim_end() == "assistant");
    }
    TEMPLATES.iter().any(|template| {
        let last = prompt.rsplit_once(template.open).map(|(_, turn)| turn);
        last.is_some_and(|turn| {
            let of_model = ["assistant", "model"].iter().any(|role| turn.starts_with(role));
            of_model && !turn.contains(template.close)
        })
    })
}

fn has_role_lines(text: &str) -> bool {
    let opens = ["system\n", "user\n"].iter().any(|role| text.starts_with(role));
    opens && (text.contains("\nassistant\n") || text.trim_end().ends_with("\nassistant"))
}

fn role_lines(text: &str) -> Vec<String> {
    let (mut messages, mut role, mut words) = (Vec::new(), "", String::new());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_role = |line: &str| ROLE_LINES.contains(&line.trim_end_matches(['\r', '\n']));
    let mut in_result = false;
    for (at, line) in lines.iter().enumerate() {
        // Roles that are listed one after the other, or stand in a result, are words; the last one opens the turn of the model.
        let is_listed =
            lines.get(at + 1).is_some_and(|next| is_role(next)) || at > 0 && is_role(lines[at - 1]);
        in_result = match (line.rfind("<tool_response>"), line.rfind("</tool_response>")) {
            (None, None) => in_result,
            (open, close) => open > close,
        };
        if is_listed && !messages.is_empty() || in_result {
            words.push_str(line);
            continue;
        }
        if is_role(line) {
            messages.extend(message(role, &words).filter(|_| !words.trim().is_empty()));
            (role, words) = (line.trim_end(), String::new());
        } else {
            words.push_str(line);
        }
    }
    messages.extend(message(role, &words).filter(|_| !words.trim().is_empty()));
    messages
}

fn glaive(text: &str) -> Vec<String> {
    let (mut messages, mut role, mut words) = (Vec::new(), "", String::new());
    for line in text.split_inclusive('\n') {
        let speaker = SPEAKERS.iter().find(|(mark, _)| line.starts_with(mark));
        if let Some((_, next)) = speaker {
            messages.extend(message(role, &without_end(&words)).filter(|_| !words.trim().is_empty()));
            (role, words) = (*next, String::new());
        }
        words.push_str(&line[speaker.map_or(0, |(mark, _)| mark.len())..]);
    }
    messages.extend(message(role, &without_end(&words)).filter(|_| !words.trim().is_empty()));
    messages
}

/// The words of a turn without the token that ends it, and a call's arguments, which Glaive puts
/// between single quotes, as the JSON that they are.
fn without_end(words: &str) -> Cow<'_, str> {
    let words = words.trim().trim_end_matches("<|endoftext|>").trim_end();
    if !words.contains("<functioncall>") || !words.contains("\"arguments\": '") {
        return Cow::Borrowed(words);
    }
    let opened = words.replacen("\"arguments\": '", "\"arguments\": ", 1);
    Cow::Owned(match opened.rfind("'}") {
        Some(at) => format!("{}{}", &opened[..at], &opened[at + 1..]),
        None => words.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_in_a_string_become_messages() {
        let chatml = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi\nyou<|im_end|>\n<|im_start|>assistant\nYes";
        assert_eq!(
            messages_in(chatml).unwrap(),
            r#"[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi\nyou"}, {"role": "assistant", "content": "Yes"}]"#
        );
        let glaive = "USER: Hi\n\n\nASSISTANT: <functioncall> {\"name\": \"f\", \"arguments\": '{\"a\": \"it's\"}'} <|endoftext|>\n\n\nFUNCTION RESPONSE: {\"b\": 1}\n";
        assert_eq!(
            messages_in(glaive).unwrap(),
            r#"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "<functioncall> {\"name\": \"f\", \"arguments\": {\"a\": \"it's\"}}"}, {"role": "tool", "content": "{\"b\": 1}"}]"#
        );
        assert_eq!(messages_in("USER: only asks"), None);
        let turns = r#"[{"role": "system", "content": "S"}, {"role": "user", "content": "U"}, {"role": "assistant", "content": "A"}]"#;
        for text in [
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA",
            "<bos><start_of_turn>system\nS<end_of_turn>\n<start_of_turn>user\nU<end_of_turn>\n<start_of_turn>assistant\nA<end_of_turn>",
            "system\nS\nuser\nU\nassistant\nA",
        ] {
            assert_eq!(messages_in(text).unwrap(), turns, "{text}");
        }
        assert_eq!(messages_in("I like <|im_start|>"), None);
        let results = "user\nU\nassistant\nA\nuser\n<tool_response>1</tool_response>\nassistant\nB\nuser\n<tool_response>\nuser\n</tool_response>\nassistant\nC";
        let found = messages_in(results).unwrap();
        for part in
            ["<tool_response>1</tool_response>\"}", "\"B\"}", "<tool_response>\\nuser\\n</tool_response>\"}"]
        {
            assert!(found.contains(part), "{part} in {found}");
        }
        assert_eq!(messages_in("user\nsays nothing of an assistant"), None);
    }
}
