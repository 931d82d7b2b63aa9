//! What logs of agents that work on a screen have in common: calls that are Python, and pictures.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::formats::filled;
use crate::python_literal;
use crate::run::Text;

/// The tool of a call that is a piece of code.
pub(crate) const CODE: &str = "python";

/// The text that a written call gives for a parameter: `Done` of `finished(content='Done')`.
pub(crate) fn argument(call: &str, parameter: &str) -> Option<String> {
    let (before, value) = call.split_once(parameter)?;
    before.trim_end().ends_with(['(', ',']).then_some(())?;
    let (text, _) = python_literal::string(value.trim_start().strip_prefix('=')?.trim_start())?;
    Some(text).filter(|text| !text.trim().is_empty())
}

/// The text of the one argument of a call: `Hello` of `send_msg_to_user('Hello')`.
pub(crate) fn only_argument(call: &str, name: &str) -> Option<String> {
    let rest = call.trim().strip_prefix(name)?.trim_start().strip_prefix('(')?;
    let (text, _) = python_literal::string(rest.trim_start())?;
    Some(text).filter(|text| !text.trim().is_empty())
}

/// What a model says around the code that it writes between fences.
pub(crate) fn without_code(text: &str) -> Option<Text<'static>> {
    let words: Vec<&str> =
        text.split("```").step_by(2).map(str::trim).filter(|part| !part.is_empty()).collect();
    filled(words.join("\n\n").into())
}

/// How a picture begins that is written into a text.
const PICTURE: &str = "data:image/";
static PICTURES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(PICTURE));
/// Shorter ones are the icons of a page's code.
const LEAST_PICTURE: usize = 256;

/// A text with `[image]` in the place of each picture: its bytes are no words, and are most of the log.
pub(crate) fn without_pictures(text: Text<'_>) -> Text<'_> {
    if text.len() < LEAST_PICTURE || PICTURES.find(text.as_bytes()).is_none() {
        return text;
    }
    let (mut kept, mut from) = (String::new(), 0);
    for at in PICTURES.find_iter(text.as_bytes()) {
        if let Some(end) = end_of_picture(&text[at..]).filter(|_| at >= from) {
            kept.extend([&text[from..at], "[image]"]);
            from = at + end;
        }
    }
    if from == 0 { text } else { (kept + &text[from..]).into() }
}

/// Where the picture ends that a text begins with.
fn end_of_picture(text: &str) -> Option<usize> {
    let is_of_kind = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let kind = text[PICTURE.len()..].bytes().take_while(|byte| is_of_kind(*byte)).count();
    let start = PICTURE.len() + kind;
    let data = text[start..].strip_prefix(";base64,")?;
    let is_data = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_');
    let length = data.bytes().take_while(|byte| is_data(*byte)).count();
    (length >= LEAST_PICTURE).then_some(text.len() - data.len() + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_out_of_written_calls() {
        assert_eq!(argument("finished(content='It\\'s on')", "content").as_deref(), Some("It's on"));
        assert_eq!(argument("do(action=\"Tap\", element=\"5\")", "element").as_deref(), Some("5"));
        assert_eq!(argument("do(content)", "content"), None);
        assert_eq!(argument("the content='x'", "content"), None);
        assert_eq!(only_argument("send_msg_to_user(\"Hi\")", "send_msg_to_user").as_deref(), Some("Hi"));
        assert_eq!(only_argument("click('5')", "send_msg_to_user"), None);
    }

    #[test]
    fn pictures_are_no_words() {
        let picture = format!("data:image/png;base64,{}=", "iVBO".repeat(80));
        let shown = format!("{{\"a\": \"{picture}\", \"b\": \"{picture}\"}} é");
        assert_eq!(without_pictures(shown.into()), "{\"a\": \"[image]\", \"b\": \"[image]\"} é");
        let icon = format!(
            "{} data:image/gif;base64,R0lGOD data:image/ data:image/svg+xml;utf8,<svg>",
            "x".repeat(300)
        );
        assert_eq!(without_pictures(icon.clone().into()), icon);
    }

    #[test]
    fn code_is_no_words() {
        assert_eq!(without_code("I look.\n```python\nx()\n```").as_deref(), Some("I look."));
        assert_eq!(without_code("```\nDONE\n```"), None);
    }
}
