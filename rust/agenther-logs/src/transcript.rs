//! Chats that stand in one string, turned into messages: ChatML, and the `USER:` and `ASSISTANT:` of
//! Glaive's function calls.

use std::borrow::Cow;

use crate::json::ObjectWriter;

const OPEN: &str = "<|im_start|>";
const CLOSE: &str = "<|im_end|>";
/// What a line of Glaive's begins with, and the role that it stands for.
const SPEAKERS: &[(&str, &str)] =
    &[("USER: ", "user"), ("ASSISTANT: ", "assistant"), ("FUNCTION RESPONSE: ", "tool")];

/// The messages of a chat as a JSON array; `None` where the text is none.
pub(crate) fn messages_in(text: &str) -> Option<String> {
    let text = text.trim_start();
    let messages = if text.starts_with(OPEN) {
        chatml(text)
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

fn chatml(text: &str) -> Vec<String> {
    let turns = text.split(OPEN).filter_map(|turn| turn.split_once('\n'));
    turns.filter_map(|(role, rest)| message(role.trim(), rest.split(CLOSE).next().unwrap_or(rest))).collect()
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
        assert_eq!(messages_in("I like <|im_start|>"), None);
    }
}
