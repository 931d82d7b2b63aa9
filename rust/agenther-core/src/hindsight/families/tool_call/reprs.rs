//! Objects as Python prints them: `Document(page_content='…', metadata={…})`, `content='…' name='…'`. Written as records they
//! are read like any other result.

use super::payload::Node;

/// What is open at a place of the text.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    /// A call with named arguments, which becomes a record.
    Object,
    /// A list, tuple, dict, or a call that stays as it is.
    Other,
}

/// A text of printed objects with records in their place; `None` where it is no such text.
pub fn as_records(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let begins = text.trim_start_matches(['[', '(']);
    let is_fields = named_value(bytes, 0).is_some_and(|at| matches!(bytes.get(at), Some(b'\'' | b'"')));
    let is_whole = begins.len() + 1 >= text.len() && is_object(begins.as_bytes(), 0);
    if !is_fields && !is_whole {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 32);
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    if is_fields {
        out.push('{');
        open.push(Open::Object);
    }
    while at < bytes.len() {
        let byte = bytes[at];
        let rest = match byte {
            b'\'' | b'"' => literal_end(bytes, at)?,
            b'[' | b'{' => {
                open.push(Open::Other);
                at + 1
            }
            b']' | b'}' => {
                open.pop()?;
                at + 1
            }
            b'(' => {
                open.push(Open::Other);
                at + 1
            }
            b')' if open.pop()? == Open::Object => {
                out.push('}');
                at += 1;
                continue;
            }
            b')' => at + 1,
            _ if !is_name_byte(byte) => at + text[at..].chars().next()?.len_utf8(),
            _ if open.last() == Some(&Open::Object) && named_value(bytes, at).is_some() => {
                let value = named_value(bytes, at)?;
                if !out.trim_end().ends_with(['{', ',']) {
                    out.push(',');
                }
                out.push_str(&format!("'{}': ", text[at..value].trim_end_matches('=')));
                at = value;
                continue;
            }
            _ if is_object(bytes, at) => {
                at = name_end(bytes, at) + 1;
                out.push('{');
                open.push(Open::Object);
                continue;
            }
            _ => name_end(bytes, at),
        };
        out.push_str(text.get(at..rest)?);
        at = rest;
    }
    if is_fields {
        open.pop();
        out.push('}');
    }
    open.is_empty().then_some(out)
}

/// The list that NumPy prints: `array(['a', 'b'], dtype=object)`.
pub fn of_array(text: &str) -> Option<&str> {
    let inside = text.trim().trim_matches('"').strip_prefix("array(")?.strip_suffix(')')?;
    let end = inside.rfind(']')? + 1;
    let rest = inside[end..].trim();
    (inside.starts_with('[') && (rest.is_empty() || rest.starts_with(", dtype="))).then(|| &inside[..end])
}

/// What a message of an agent's framework holds, without what goes with it: its name, its call.
pub fn content(node: Node) -> Node {
    match node {
        Node::Record(mut fields) if is_message(&fields) => {
            let at = fields.iter().position(|(key, _)| key == "content").unwrap_or(0);
            fields.swap_remove(at).1
        }
        node => node,
    }
}

/// Whether all that stands beside a content is of the message.
fn is_message(fields: &[(String, Node)]) -> bool {
    const OF_MESSAGE: &[&str] = &[
        "name",
        "id",
        "tool_call_id",
        "call_id",
        "type",
        "role",
        "source",
        "status",
        "artifact",
        "is_error",
        "isError",
        "meta",
        "additional_kwargs",
        "response_metadata",
        "tool_calls",
        "usage_metadata",
        "example",
        "annotations",
        "structuredContent",
    ];
    fields.iter().any(|(key, _)| key == "content")
        && fields.iter().all(|(key, _)| key == "content" || OF_MESSAGE.contains(&key.as_str()))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

/// Where a name ends that begins at a place.
fn name_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| is_name_byte(**byte)).count()
}

/// Where the value begins of `name=value`.
fn named_value(bytes: &[u8], at: usize) -> Option<usize> {
    let end = name_end(bytes, at);
    let is_word = end > at && !bytes[at].is_ascii_digit();
    (is_word && bytes.get(end) == Some(&b'=') && bytes.get(end + 1) != Some(&b'=')).then_some(end + 1)
}

/// Whether a call with a named argument begins at a place.
fn is_object(bytes: &[u8], at: usize) -> bool {
    let end = name_end(bytes, at);
    end > at
        && bytes[at].is_ascii_alphabetic()
        && bytes.get(end) == Some(&b'(')
        && named_value(bytes, end + 1).is_some()
}

/// Behind the closing quote of a literal.
fn literal_end(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    let mut end = at + 1;
    loop {
        match *bytes.get(end)? {
            b'\\' => end += 2,
            byte if byte == quote => return Some(end + 1),
            _ => end += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_records() {
        for (printed, record) in [
            (
                r#"[Note(text='Rain (heavy), a=b', tags={'day': 'Mon'}), Note(text="It's dry", tags=None)]"#,
                r#"[{'text': 'Rain (heavy), a=b', 'tags': {'day': 'Mon'}}, {'text': "It's dry", 'tags': None}]"#,
            ),
            (
                "content='{\\n \"code\": \"BRN\"\\n}' name='near'",
                "{'content': '{\\n \"code\": \"BRN\"\\n}' ,'name': 'near'}",
            ),
            (
                "Result(rows=[Row(id=1, cost=Decimal('2.50'))], more=False)",
                "{'rows': [{'id': 1, 'cost': Decimal('2.50')}], 'more': False}",
            ),
        ] {
            assert_eq!(as_records(printed).as_deref(), Some(record));
        }
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "f(x) = 2",
            "[1, 2]",
            "{'a': f(b=1)}",
            "name=",
            "Note(text='cut",
            "a == b",
            "see f(a=1) there",
        ] {
            assert_eq!(as_records(text), None, "{text}");
        }
    }
}
