//! What a call returned, out of its envelope: the part that answers an ask.

use std::borrow::Cow;

use super::cut::{looks_parsed, mended};
use super::envelope::{
    Extent, has_failure_code, holds_empty_lists_only, is_failure_words, page_size, unwrap, without_call,
};
use super::moments::dated;
use super::reprs;
use super::shape::simple;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::is_opaque;
use crate::reading::StepReading;
use crate::signals::effect;
use crate::text::document::{Document, Kind, Value};

/// Larger results are not rendered into answers, so they are not read into a tree either.
const MAX_NODES: usize = 4_000;

/// A value of a result. Owned, because results nest JSON in strings of JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A string, number or flag.
    Scalar(String, Kind),
    /// A list.
    List(Vec<Node>),
    /// Named values, in the order of the result.
    Record(Vec<(String, Node)>),
}

/// A result without its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The result itself.
    pub node: Node,
    /// Whether the result is whole: no further page, no cut.
    pub complete: bool,
    /// Whether this is a part of what was returned: the first records of a result that was cut, or too long to tell.
    pub is_part: bool,
}

/// Records that stand for a result that was cut or is too long to tell.
const SAMPLE: usize = 3;

/// Records of a page that are all told, though the list goes on.
const MAX_SHORT: usize = 5;

/// Rows of a list, beyond which a person would want some and not all.
const MAX_ROWS: usize = 25;

/// The result of a step. No success where its envelope reports a failure or it is empty; unreadable where it is
/// too large, or nothing of it is whole. What a tool for secrets shows is nothing to ask for.
pub fn payload(reading: &StepReading<'_>) -> Result<Payload, Reason> {
    if reading.effect == effect::Effect::Read && reading.called_name().is_some_and(shows_secrets) {
        return Err(Reason::NoAsk);
    }
    let text = reading.step.observation.ok_or(Reason::NoSuccessfulStep)?.trim();
    let mut reader = Reader { budget: MAX_NODES, is_cut: false };
    let node = match (reader.printed(text), reading.observation()) {
        (Some(node), _) => node,
        (None, Some(document)) => reader.read(document.root()).ok_or(Reason::AnswerUnreadable)?,
        (None, None) => reader.text(text)?,
    };
    let node = without_call(node, reading.step.action_name.unwrap_or(""));
    let mut extent = Extent::default();
    let node = unwrap(node, &mut extent, 0).ok_or(Reason::NoSuccessfulStep)?;
    let mut node = list_of_map(simple(node));
    let has_more = extent.has_more(&node, page_size(reading));
    let complete = !is_cut(text) && !reader.is_cut && !has_more;
    let is_empty = node.is_blank() || holds_empty_lists_only(&node);
    if is_empty {
        return Err(if reader.is_cut { Reason::AnswerUnreadable } else { Reason::NoSuccessfulStep });
    }
    // Nobody knows where the sense of a text that was cut would end.
    if matches!(node, Node::Scalar(..)) && ends_in_cut(text) {
        return Err(Reason::AnswerUnreadable);
    }
    let is_part = match &mut node {
        // The first of a list that was cut is not the one that was found.
        Node::List(rows) if reader.is_cut && rows.len() == 1 => return Err(Reason::AnswerUnreadable),
        // Rows without the names of their fields are nothing that three of could be asked for.
        Node::List(rows) if (reader.is_cut || rows.len() > MAX_ROWS) && rows.iter().any(Node::is_list) => {
            return Err(Reason::AnswerUnreadable);
        }
        Node::List(rows) if reader.is_cut || rows.len() > MAX_ROWS || has_more => {
            if rows.len() > MAX_SHORT || !has_more {
                rows.truncate(SAMPLE);
            }
            true
        }
        // The list of a record is a page of it.
        Node::Record(_) => reader.is_cut || has_more,
        _ => reader.is_cut,
    };
    Ok(Payload { node, complete: complete && !is_part, is_part })
}

/// Reads a result into a tree.
struct Reader {
    budget: usize,
    /// Whether a part of it was cut.
    is_cut: bool,
}

impl Reader {
    fn read(&mut self, value: Value<'_, '_>) -> Option<Node> {
        self.budget = self.budget.checked_sub(1)?;
        Some(match value.kind() {
            Kind::Array => {
                let is_block = |child: Value<'_, '_>| {
                    child.get("type").is_some_and(|kind| kind.raw() == "text") && child.get("text").is_some()
                };
                let is_message = !value.is_empty() && value.children().all(is_block);
                let items: Vec<Node> =
                    value.children().map(|child| self.read(child)).collect::<Option<_>>()?;
                if is_message { joined(items) } else { Node::List(items) }
            }
            Kind::Object => {
                let mut fields = Vec::with_capacity(value.len());
                for child in value.children() {
                    let key = unnumbered(child.key()?);
                    if child.kind() != Kind::String || !is_secret(key) {
                        fields.push((key.to_string(), moment(key, self.read(child)?)));
                    }
                }
                typed_text(fields)
            }
            Kind::String => {
                let text = value.text();
                let text = match reprs::of_array(&text) {
                    Some(list) => list.to_string().into(),
                    None => text,
                };
                if looks_parsed(&text) { self.nested(text.trim())? } else { string(text.into_owned()) }
            }
            kind => Node::Scalar(value.raw().to_string(), kind),
        })
    }

    /// A result in a string, or the beginning of one that was cut.
    fn nested(&mut self, text: &str) -> Option<Node> {
        if let Some(document) = Document::parse(text) {
            return self.read(document.root());
        }
        self.is_cut = true;
        let mended = mended(text)?;
        let document = Document::parse(&mended)?;
        self.read(document.root())
    }

    /// A result that Python printed as objects. Their parser takes them for words.
    fn printed(&mut self, text: &str) -> Option<Node> {
        let records = reprs::as_records(text)?;
        let document = Document::parse(&records)?;
        self.read(document.root()).map(reprs::content)
    }

    /// A result that is no document: one that was cut, one with words before it, or text.
    fn text(&mut self, text: &str) -> Result<Node, Reason> {
        let text = reprs::of_array(text).unwrap_or(text);
        let bare = text.trim_start_matches(['"', '\'', ' ']);
        if looks_parsed(bare) {
            return self.nested(bare).ok_or(Reason::AnswerUnreadable);
        }
        if is_markup(bare) {
            return Err(Reason::AnswerUnreadable);
        }
        let Some((lead, rest)) = led(text) else { return Ok(string(text.to_string())) };
        if is_failure_words(&lead.to_ascii_lowercase()) || has_failure_code(lead) {
            return Err(Reason::NoSuccessfulStep);
        }
        self.nested(rest).ok_or(Reason::AnswerUnreadable)
    }
}

/// Whether a text is XML, whose attributes and nesting are lost where its tags are taken out. Pages are HTML, and read well.
fn is_markup(text: &str) -> bool {
    const PAGES: &[&str] = &[
        "html", "head", "body", "p", "div", "span", "h1", "h2", "h3", "ul", "ol", "b", "i", "a", "br",
        "strong",
    ];
    let Some(tag) = text.strip_prefix('<') else { return false };
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    (tag.starts_with('?') || !name.is_empty())
        && text.trim_end().ends_with('>')
        && !PAGES.iter().any(|page| name.eq_ignore_ascii_case(page))
}

/// `symbol` of `1. symbol`.
fn unnumbered(key: &str) -> &str {
    let rest = key.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.strip_prefix(". ").filter(|_| rest.len() < key.len()).unwrap_or(key)
}

/// A value with the moments that only programs read as dates.
fn moment(key: &str, node: Node) -> Node {
    let Node::Scalar(text, kind) = &node else { return node };
    let date = match dated(key, text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(date) if *kind == Kind::Number || text.bytes().all(|byte| byte != b'.') => Some(date),
        // An identifier in the form of a moment: `1741872011.551019`.
        Cow::Owned(_) => None,
    };
    date.map_or(node, string)
}

/// Whether a tool is named for secrets: `show_account_passwords`.
fn shows_secrets(tool: &str) -> bool {
    const SECRETS: &[&str] =
        &["password", "passwords", "secret", "secrets", "credential", "credentials", "passcode"];
    effect::words(tool).any(|word| SECRETS.iter().any(|secret| word.eq_ignore_ascii_case(secret)))
}

/// Whether a field lets its reader in somewhere, which no answer should tell. Tokens of pages let nobody in.
pub fn is_secret(key: &str) -> bool {
    const SECRETS: &[&str] = &[
        "password",
        "passwd",
        "pwd",
        "secret",
        "token",
        "otp",
        "cvv",
        "cvc",
        "pin",
        "passcode",
        "credentials",
    ];
    const PAGES: &[&str] = &["page", "next", "continuation", "sync"];
    let has = |known: &[&str]| {
        effect::words(key).any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let last = effect::words(key).last().unwrap_or("");
    let ends = SECRETS.iter().any(|secret| last.eq_ignore_ascii_case(secret));
    (ends && !has(PAGES))
        || ["api_key", "access_key", "private_key"].iter().any(|end| key.to_ascii_lowercase().ends_with(end))
}

fn string(text: String) -> Node {
    Node::Scalar(text, Kind::String)
}

/// `{"type": "text", "text": "…"}`: a block of text, as servers of the Model Context Protocol return it.
fn typed_text(fields: Vec<(String, Node)>) -> Node {
    let is_block = fields.iter().any(|(key, value)| key == "type" && value.text() == Some("text"));
    let text = fields.iter().position(|(key, _)| key == "text");
    // `annotations` and `_meta` are mostly null.
    let said = fields.iter().filter(|(_, value)| !value.is_blank()).count();
    match text {
        Some(at) if is_block && said <= 3 => {
            fields.into_iter().nth(at).map_or_else(|| string(String::new()), |(_, text)| text)
        }
        _ => Node::Record(fields),
    }
}

/// The blocks of a message: the one, the list of them, or their text.
fn joined(mut blocks: Vec<Node>) -> Node {
    let texts: Option<Vec<&str>> = blocks.iter().map(Node::text).collect();
    match texts {
        Some(texts) => string(texts.join("\n\n")),
        None if blocks.len() == 1 => blocks.remove(0),
        None => Node::List(blocks),
    }
}

/// Words that introduce a result, and the result: `Status code: 200. Response: [{…}]`.
fn led(text: &str) -> Option<(&str, &str)> {
    let at = text.find(['{', '['])?;
    let (lead, rest) = text.split_at(at);
    let lead = lead.trim_end().trim_end_matches("```json").trim_end_matches("```").trim_end();
    let rest = rest.trim_end().trim_end_matches("```").trim_end();
    (lead.len() <= MAX_LEAD && (lead.is_empty() || lead.ends_with([':', '=', '>'])) && looks_parsed(rest))
        .then_some((lead, rest))
}

/// Longer words before a result are prose that holds one.
const MAX_LEAD: usize = 120;

/// `{"JFK": "New York", "SEA": "Seattle"}`, `{"card_44": {…}, …}`: keyed by identifiers, it is a list.
fn list_of_map(node: Node) -> Node {
    let Node::Record(fields) = node else { return node };
    let is_code = |key: &str| {
        is_opaque(key)
            || key.len() <= 8 && key.chars().all(|letter| letter.is_ascii_uppercase() || letter == '-')
    };
    if fields.len() < 2 || !fields.iter().all(|(key, _)| is_code(key)) {
        return Node::Record(fields);
    }
    let item = |(key, value): (String, Node)| match value {
        Node::Scalar(text, _) => Node::Scalar(format!("{text} ({key})"), Kind::String),
        Node::Record(inner) if inner.iter().any(|(_, value)| value.text() == Some(key.as_str())) => {
            Node::Record(inner)
        }
        Node::Record(mut inner) => {
            inner.insert(0, ("id".to_string(), Node::Scalar(key, Kind::String)));
            Node::Record(inner)
        }
        list => Node::Record(vec![
            ("id".to_string(), Node::Scalar(key, Kind::String)),
            ("items".to_string(), list),
        ]),
    };
    Node::List(fields.into_iter().map(item).collect())
}

/// `[image]`, `[document]`: what stands for a part that is no text.
fn is_placeholder(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inside.is_some_and(|kind| !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
}

/// Marks that harnesses leave where they cut an observation.
fn is_cut(text: &str) -> bool {
    ends_in_cut(text) || text.contains("truncated")
}

pub(super) fn ends_in_cut(text: &str) -> bool {
    let end = text.trim_end_matches(['"', '\'', ']', '}', ')', ' ', '\n']);
    end.ends_with("...") || end.ends_with('…') || end.ends_with("truncated")
}

impl Node {
    /// Whether it says nothing: empty, null, or containers of such.
    pub fn is_blank(&self) -> bool {
        match self {
            Node::Scalar(text, kind) => {
                *kind == Kind::Null || !text.contains(char::is_alphanumeric) || is_placeholder(text)
            }
            Node::List(items) => items.iter().all(Node::is_blank),
            Node::Record(fields) => fields.iter().all(|(_, value)| value.is_blank()),
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Node::Record(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Scalar(text, kind) if *kind != Kind::Null => Some(text.trim()),
            _ => None,
        }
    }

    /// Every scalar in it, up to `most`, in order.
    pub fn scalars<'n>(&'n self, most: usize, out: &mut Vec<&'n str>) {
        if out.len() >= most {
            return;
        }
        match self {
            Node::Scalar(text, kind) if *kind != Kind::Null && *kind != Kind::Bool => out.push(text.trim()),
            Node::Scalar(..) => {}
            Node::List(items) => items.iter().for_each(|item| item.scalars(most, out)),
            Node::Record(fields) => fields.iter().for_each(|(_, value)| value.scalars(most, out)),
        }
    }

    /// The records it lists: its items, or itself as the only one.
    pub fn rows(&self) -> &[Node] {
        match self {
            Node::List(items) => items,
            other => std::slice::from_ref(other),
        }
    }

    /// Whether it is a list of records or scalars.
    pub fn is_list(&self) -> bool {
        matches!(self, Node::List(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Reading;
    use crate::trajectory::{Step, Trajectory};

    fn payload_of(observation: &str) -> Result<Payload, Reason> {
        let run = Trajectory {
            steps: vec![Step { action_name: Some("get"), observation: Some(observation), ..Step::default() }],
            ..Trajectory::default()
        };
        payload(&Reading::new(&run).steps[0])
    }

    #[test]
    fn takes_the_result_out_of_its_envelopes() {
        let payload =
            payload_of(r#"{"error": "", "response": "{'meta': {'code': 200}, 'data': [{'name': 'Yun'}]}"}"#)
                .unwrap();
        assert_eq!(payload.node.rows()[0].get("name").unwrap().text(), Some("Yun"));
        assert!(payload.complete);
    }

    #[test]
    fn secrets_are_no_part_of_a_result() {
        let observation = r#"{"site": "mail", "user": "ann", "password": "hunter2", "accessToken": "ab12", "next_page_token": "p2"}"#;
        let payload = payload_of(observation).unwrap();
        let has = |key| payload.node.get(key).is_some();
        assert!(has("site") && has("user") && !has("password") && !has("accessToken"));
        assert!(shows_secrets("show_account_passwords") && !shows_secrets("get_token_price"));
    }

    #[test]
    fn a_failure_in_the_envelope_is_no_result() {
        for observation in [
            r#"{"error": "Timeout", "response": ""}"#,
            r#"{"error": "", "response": "{'success': False, 'message': 'Tracking information not found'}"}"#,
            r#"{"error": "", "response": "{'title': 'Bad Request', 'status': 400}"}"#,
            r#"{"results": [], "ads": []}"#,
            "Error: no such user",
            "Order not found",
        ] {
            assert_eq!(payload_of(observation), Err(Reason::NoSuccessfulStep), "{observation}");
        }
    }

    #[test]
    fn json_that_was_cut_is_no_result() {
        for observation in [r#"{"items": [{"name": "A", "na"#, r#"'{"error": "", "resp"#] {
            assert_eq!(payload_of(observation), Err(Reason::AnswerUnreadable), "{observation}");
        }
    }

    #[test]
    fn what_stands_before_a_cut_is_a_part() {
        let payload = payload_of(r#"{"response": "[{'name': 'A'}, {'name': 'B'}, {'na..."}"#).unwrap();
        assert!(payload.is_part && !payload.complete);
        assert_eq!(payload.node.rows().len(), 2);
    }

    #[test]
    fn words_around_a_result_are_none_of_it() {
        for observation in [
            "Status code: 200. Response: [{\"name\": \"A\"}]",
            "Result:\n```json\n[{\"name\": \"A\"}]\n```",
            r#"[{"type": "text", "text": "[{\"name\": \"A\"}]"}]"#,
            r#"{"content": [{"type": "text", "text": "[{\"name\": \"A\"}]"}], "isError": false}"#,
        ] {
            let payload = payload_of(observation).unwrap();
            assert_eq!(payload.node.rows()[0].get("name").and_then(Node::text), Some("A"), "{observation}");
        }
        assert_eq!(payload_of("Status code: 404. Response: {\"a\": 1}"), Err(Reason::NoSuccessfulStep));
    }

    #[test]
    fn a_page_of_many_is_not_complete() {
        assert!(!payload_of(r#"{"items": [1, 2], "has_more": true}"#).unwrap().complete);
        assert!(payload_of(r#"{"items": [1, 2], "has_more": false}"#).unwrap().complete);
        assert!(!payload_of(r#"{"items": [1, 2], "page": 1, "totalPages": 4}"#).unwrap().complete);
        assert!(payload_of(r#"{"items": [1, 2], "page": 4, "totalPages": 4}"#).unwrap().complete);
        assert_eq!(payload_of("one, two, thr..."), Err(Reason::AnswerUnreadable));
    }
}
