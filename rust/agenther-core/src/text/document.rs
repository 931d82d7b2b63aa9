//! Parsed JSON or Python literals, with the span of every value.
//!
//! Arguments and observations are mostly JSON; many agents print Python values instead
//! (`[('people',), ('poker_player',)]`, `{'output': ''}`). Both are read by one parser into a flat
//! arena, because evidence needs the bytes a value stands in, which no JSON library reports.

use std::borrow::Cow;

use crate::trajectory::Span;

/// Deeper nesting is not parsed: such text is adversarial, and the parser recurses.
const MAX_DEPTH: usize = 128;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`, `None`.
    Null,
    /// `true`, `True`, `false`, `False`.
    Bool,
    /// A number.
    Number,
    /// A string; its span excludes the quotes.
    String,
    /// A list, tuple or set.
    Array,
    /// An object or dict.
    Object,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    escaped: bool,
    key: Option<Span>,
    span: Span,
    parent: u32,
    /// One past the last descendant: the nodes of a subtree are contiguous.
    end: u32,
    /// Position among the siblings.
    index: u32,
    children: u32,
}

/// A parsed text.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

/// A value in a document.
#[derive(Debug, Clone, Copy)]
pub struct Value<'d, 'a> {
    document: &'d Document<'a>,
    node: u32,
}

impl<'a> Document<'a> {
    /// Parses a text that is, as a whole, one JSON value or Python literal. Plain words are not.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parser = Parser { text: text.as_bytes(), at: 0, nodes: Vec::new() };
        parser.space();
        parser.value(None, 0, 0, 0)?;
        parser.space();
        (parser.at == text.len()).then_some(Document { text, nodes: parser.nodes })
    }

    /// The text that was parsed.
    pub fn source(&self) -> &'a str {
        self.text
    }

    /// The outermost value.
    pub fn root(&self) -> Value<'_, 'a> {
        Value { document: self, node: 0 }
    }

    /// Every scalar, in the order of the text.
    pub fn leaves(&self) -> impl Iterator<Item = Value<'_, 'a>> {
        self.root().leaves()
    }
}

impl<'d, 'a> Value<'d, 'a> {
    fn get_node(self) -> &'d Node {
        &self.document.nodes[self.node as usize]
    }

    /// The type.
    pub fn kind(self) -> Kind {
        self.get_node().kind
    }

    /// Where the value stands; for a string without its quotes.
    pub fn span(self) -> Span {
        self.get_node().span
    }

    /// The text as written; a string may hold escapes.
    pub fn raw(self) -> &'a str {
        self.span().of(self.document.text)
    }

    /// The text with escapes resolved.
    pub fn text(self) -> Cow<'a, str> {
        let raw = self.raw();
        if self.get_node().escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
    }

    /// The number, if it is one.
    pub fn number(self) -> Option<f64> {
        (self.kind() == Kind::Number).then(|| self.raw().parse().ok()).flatten()
    }

    /// The key it stands under, in an object.
    pub fn key(self) -> Option<&'a str> {
        self.get_node().key.map(|span| span.of(self.document.text))
    }

    /// Its position among its siblings.
    pub fn index(self) -> usize {
        self.get_node().index as usize
    }

    /// The number of children.
    pub fn len(self) -> usize {
        self.get_node().children as usize
    }

    /// Whether it has no children.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether it is a scalar.
    pub fn is_leaf(self) -> bool {
        !matches!(self.kind(), Kind::Array | Kind::Object)
    }

    /// The container it stands in.
    pub fn parent(self) -> Option<Value<'d, 'a>> {
        (self.node != 0).then(|| Value { document: self.document, node: self.get_node().parent })
    }

    /// Its children, in order.
    pub fn children(self) -> impl Iterator<Item = Value<'d, 'a>> {
        let end = self.get_node().end;
        let mut next = self.node + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = Value { document: self.document, node: next };
                next = child.get_node().end;
                child
            })
        })
    }

    /// The child under a key.
    pub fn get(self, key: &str) -> Option<Value<'d, 'a>> {
        self.children().find(|child| child.key() == Some(key))
    }

    /// Every scalar in it, itself included, in the order of the text.
    pub fn leaves(self) -> impl Iterator<Item = Value<'d, 'a>> {
        (self.node..self.get_node().end)
            .map(move |node| Value { document: self.document, node })
            .filter(|value| value.is_leaf())
    }

    /// The nearest key at or above it: the name of what it is.
    pub fn nearest_key(self) -> Option<&'a str> {
        self.key().or_else(|| self.parent()?.nearest_key())
    }

    /// The keys and positions from the root: `flights[0].date`.
    pub fn path(self) -> String {
        let Some(parent) = self.parent() else { return String::new() };
        let mut path = parent.path();
        match self.key() {
            Some(key) if path.is_empty() => path.push_str(key),
            Some(key) => {
                path.push('.');
                path.push_str(key);
            }
            None => path.push_str(&format!("[{}]", self.index())),
        }
        path
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Parser<'_> {
    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn value(&mut self, key: Option<Span>, parent: u32, index: u32, depth: usize) -> Option<()> {
        let node = self.nodes.len();
        let start = self.at;
        self.nodes.push(Node {
            kind: Kind::Null,
            escaped: false,
            key,
            span: Span::new(start, start),
            parent,
            end: 0,
            index,
            children: 0,
        });
        match self.peek()? {
            b'{' => self.container(node, b'}', depth)?,
            b'[' => self.container(node, b']', depth)?,
            b'(' => self.container(node, b')', depth)?,
            b'"' | b'\'' => self.string(node)?,
            b'b' | b'r' | b'u' if matches!(self.text.get(self.at + 1), Some(b'"' | b'\'')) => {
                self.at += 1;
                self.string(node)?;
            }
            b'-' | b'+' | b'.' | b'0'..=b'9' => self.number(node)?,
            _ => self.word(node)?,
        }
        self.nodes[node].end = self.nodes.len() as u32;
        Some(())
    }

    /// A list, tuple, set, object or dict, the opening bracket not yet read.
    fn container(&mut self, node: usize, close: u8, depth: usize) -> Option<()> {
        if depth == MAX_DEPTH {
            return None;
        }
        let start = self.at;
        self.at += 1;
        let mut children = 0;
        let mut kind = if close == b'}' { Kind::Object } else { Kind::Array };
        loop {
            self.space();
            if self.peek()? == close {
                self.at += 1;
                break;
            }
            let child = self.nodes.len();
            self.value(None, node as u32, children, depth + 1)?;
            self.space();
            if close == b'}' && self.peek()? == b':' {
                // What was read is the key: it makes way for the value. Keys are scalars.
                if self.nodes.len() != child + 1 {
                    return None;
                }
                let key = self.nodes.pop()?.span;
                self.at += 1;
                self.space();
                self.value(Some(key), node as u32, children, depth + 1)?;
                self.space();
            } else if close == b'}' {
                kind = Kind::Array; // a Python set
            }
            children += 1;
            match self.peek()? {
                b',' => self.at += 1,
                byte if byte == close => {}
                _ => return None,
            }
        }
        self.nodes[node].kind = kind;
        self.nodes[node].children = children;
        self.nodes[node].span = Span::new(start, self.at);
        Some(())
    }

    fn string(&mut self, node: usize) -> Option<()> {
        let quote = self.peek()?;
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            let ahead = memchr::memchr2(quote, b'\\', &self.text[self.at..])?;
            self.at += ahead;
            if self.text[self.at] == quote {
                break;
            }
            escaped = true;
            self.at += 2;
            if self.at > self.text.len() {
                return None;
            }
        }
        self.nodes[node].kind = Kind::String;
        self.nodes[node].escaped = escaped;
        self.nodes[node].span = Span::new(start, self.at);
        self.at += 1;
        Some(())
    }

    fn number(&mut self, node: usize) -> Option<()> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E' | b'_'))
        {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.text[start..self.at]).ok()?;
        text.parse::<f64>().ok()?;
        self.nodes[node].kind = Kind::Number;
        self.nodes[node].span = Span::new(start, self.at);
        Some(())
    }

    /// `null`, `None`, `true`, … and the calls that `repr` prints: `Decimal('1.5')`, `datetime.date(2024, 5, 20)`.
    fn word(&mut self, node: usize) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
            self.at += 1;
        }
        let kind = match &self.text[start..self.at] {
            b"null" | b"None" | b"undefined" | b"NaN" | b"nan" => Kind::Null,
            b"true" | b"True" | b"false" | b"False" => Kind::Bool,
            b"Decimal" => return self.wrapped_number(node),
            word if !word.is_empty() && self.peek() == Some(b'(') => {
                self.at += 1 + memchr::memchr(b')', &self.text[self.at..])?;
                Kind::String
            }
            _ => return None,
        };
        self.nodes[node].kind = kind;
        self.nodes[node].span = Span::new(start, self.at);
        Some(())
    }

    /// The rest of `Decimal('1.5')`: a number whose span is the digits.
    fn wrapped_number(&mut self, node: usize) -> Option<()> {
        let close = self.at + memchr::memchr(b')', &self.text[self.at..])?;
        let inside = &self.text[self.at + 1..close];
        let quotes = usize::from(matches!(inside.first(), Some(b'\'' | b'"')));
        let span = Span::new(self.at + 1 + quotes, close - quotes);
        std::str::from_utf8(self.text.get(span.start as usize..span.end as usize)?)
            .ok()?
            .parse::<f64>()
            .ok()?;
        self.nodes[node].kind = Kind::Number;
        self.nodes[node].span = span;
        self.at = close + 1;
        Some(())
    }
}

/// Resolves the escapes of JSON and Python strings; an unknown one stands as written.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else { break };
        rest = &rest[escape.len_utf8()..];
        match escape {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            '\\' | '\'' | '"' | '/' => out.push(escape),
            'u' => rest = unescape_unicode(rest, &mut out),
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out.push_str(rest);
    out
}

/// `XXXX` or the surrogate pair `XXXX\uXXXX`; a lone surrogate becomes U+FFFD.
fn unescape_unicode<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let unit = |text: &str| text.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let Some(high) = unit(rest) else {
        out.push_str("\\u");
        return rest;
    };
    let after = &rest[4..];
    if (0xD800..0xDC00).contains(&high)
        && let Some(low) = after.strip_prefix("\\u").and_then(unit)
        && (0xDC00..0xE000).contains(&low)
    {
        let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        out.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
        return &after[6..];
    }
    out.push(char::from_u32(high).unwrap_or('\u{FFFD}'));
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str) -> Vec<(String, String)> {
        let document = Document::parse(text).expect(text);
        document.leaves().map(|leaf| (leaf.path(), leaf.text().into_owned())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect()
    }

    #[test]
    fn reads_json() {
        assert_eq!(
            leaves(r#"{"a": [1, {"b": "x\n\u00e9"}], "c": null}"#),
            pairs(&[("a[0]", "1"), ("a[1].b", "x\né"), ("c", "null")])
        );
    }

    #[test]
    fn reads_python_literals() {
        assert_eq!(
            leaves(
                "[('it''s', b'int', None, Decimal('1.50')), {\"k\": datetime.date(2024, 5, 20)}]"
                    .replace("''", "\\'")
                    .as_str()
            ),
            pairs(&[
                ("[0][0]", "it's"),
                ("[0][1]", "int"),
                ("[0][2]", "None"),
                ("[0][3]", "1.50"),
                ("[1].k", "datetime.date(2024, 5, 20)"),
            ])
        );
    }

    #[test]
    fn spans_point_at_the_value() {
        let text = r#" {"price": 5.30, "name": "Micro"} "#;
        let document = Document::parse(text).unwrap();
        assert_eq!(document.root().get("price").unwrap().span().of(text), "5.30");
        assert_eq!(document.root().get("name").unwrap().span().of(text), "Micro");
    }

    #[test]
    fn plain_text_is_no_document() {
        for text in ["", "San Francisco", "[1, 2", "{\"a\": }", "3 results", "{\"a\":1} trailing"] {
            assert!(Document::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(Document::parse(&text).is_none());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[\\[\\](){}'\"\\\\,:a-z0-9. uDé-]{0,60}") {
            if let Some(document) = Document::parse(&text) {
                for leaf in document.leaves() {
                    let _ = (leaf.text(), leaf.path());
                }
            }
        }
    }
}
