//! Parsed JSON or Python literals, with the span of every value.
//!
//! Arguments and observations are mostly JSON; many agents print Python values instead
//! (`[('people',), ('poker_player',)]`, `{'output': ''}`). Both are read by one parser into a flat
//! arena, because evidence needs the bytes a value stands in, which no JSON library reports.

use std::borrow::Cow;

use super::bytes;
use crate::trajectory::Span;

/// Deeper nesting is not parsed: such text is adversarial, and the parser recurses.
const MAX_DEPTH: usize = 128;

/// What a value takes of a text, roughly, and how many are made room for before it is known: together they
/// spare most documents the growth of the arena.
const BYTES_A_NODE: usize = 12;
const MAX_RESERVED: usize = 4096;

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
        if matches!(parser.peek()?, b'{' | b'[' | b'(') {
            parser.nodes.reserve((text.len() / BYTES_A_NODE).clamp(4, MAX_RESERVED));
        }
        parser.value(Place { key: None, parent: 0, index: 0 }, 0)?;
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

/// Where a value stands in the tree.
#[derive(Clone, Copy)]
struct Place {
    key: Option<Span>,
    parent: u32,
    index: u32,
}

impl Parser<'_> {
    #[inline]
    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn value(&mut self, place: Place, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' | b'\'' => self.string(place),
            b'{' => self.container(place, b'}', depth),
            b'[' => self.container(place, b']', depth),
            b'(' => self.container(place, b')', depth),
            b'b' | b'r' | b'u' if matches!(self.text.get(self.at + 1), Some(b'"' | b'\'')) => {
                self.at += 1;
                self.string(place)
            }
            b'-' | b'+' | b'.' | b'0'..=b'9' => self.number(place),
            _ => self.word(place),
        }
    }

    #[inline]
    fn leaf(&mut self, place: Place, kind: Kind, escaped: bool, span: Span) {
        let Place { key, parent, index } = place;
        let end = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { kind, escaped, key, span, parent, end, index, children: 0 });
    }

    /// A list, tuple, set, object or dict, the opening bracket not yet read.
    fn container(&mut self, place: Place, close: u8, depth: usize) -> Option<()> {
        if depth == MAX_DEPTH {
            return None;
        }
        let (start, node) = (self.at, self.nodes.len());
        self.leaf(place, Kind::Null, false, Span::new(start, start));
        self.at += 1;
        let mut place = Place { key: None, parent: node as u32, index: 0 };
        let mut kind = if close == b'}' { Kind::Object } else { Kind::Array };
        loop {
            self.space();
            if self.peek()? == close {
                self.at += 1;
                break;
            }
            if close == b'}' {
                self.member(place, depth, &mut kind)?;
            } else {
                self.value(place, depth + 1)?;
            }
            self.space();
            place.index += 1;
            match self.peek()? {
                b',' => self.at += 1,
                byte if byte == close => {}
                _ => return None,
            }
        }
        let end = self.nodes.len() as u32;
        let node = &mut self.nodes[node];
        (node.kind, node.children, node.end) = (kind, place.index, end);
        node.span = Span::new(start, self.at);
        Some(())
    }

    /// A key and its value, or the element of a Python set.
    fn member(&mut self, place: Place, depth: usize, kind: &mut Kind) -> Option<()> {
        let key = if matches!(self.peek()?, b'"' | b'\'') {
            let start = self.at + 1;
            let (end, escaped) = string_end(self.text, start, self.text[self.at])?;
            self.at = end + 1;
            self.space();
            if self.peek()? != b':' {
                self.leaf(place, Kind::String, escaped, Span::new(start, end));
                *kind = Kind::Array;
                return Some(());
            }
            Span::new(start, end)
        } else {
            let child = self.nodes.len();
            self.value(place, depth + 1)?;
            self.space();
            if self.peek()? != b':' {
                *kind = Kind::Array;
                return Some(());
            }
            // What was read is the key: it makes way for the value. Keys are scalars.
            if self.nodes.len() != child + 1 {
                return None;
            }
            self.nodes.pop()?.span
        };
        self.at += 1;
        self.space();
        self.value(Place { key: Some(key), ..place }, depth + 1)
    }

    #[inline]
    fn string(&mut self, place: Place) -> Option<()> {
        let start = self.at + 1;
        let (end, escaped) = string_end(self.text, start, self.text[self.at])?;
        self.leaf(place, Kind::String, escaped, Span::new(start, end));
        self.at = end + 1;
        Some(())
    }

    fn number(&mut self, place: Place) -> Option<()> {
        let start = self.at;
        let length = number_length(&self.text[start..])?;
        self.at += length;
        self.leaf(place, Kind::Number, false, Span::new(start, self.at));
        Some(())
    }

    /// `null`, `None`, `true`, … and the calls that `repr` prints: `Decimal('1.5')`, `datetime.date(2024, 5, 20)`.
    fn word(&mut self, place: Place) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
            self.at += 1;
        }
        let kind = match &self.text[start..self.at] {
            b"null" | b"None" | b"undefined" | b"NaN" | b"nan" => Kind::Null,
            b"true" | b"True" | b"false" | b"False" => Kind::Bool,
            b"Decimal" => return self.wrapped_number(place),
            word if !word.is_empty() && self.peek() == Some(b'(') => {
                self.at += 1 + memchr::memchr(b')', &self.text[self.at..])?;
                Kind::String
            }
            _ => return None,
        };
        self.leaf(place, kind, false, Span::new(start, self.at));
        Some(())
    }

    /// The rest of `Decimal('1.5')`: a number whose span is the digits.
    fn wrapped_number(&mut self, place: Place) -> Option<()> {
        let close = self.at + memchr::memchr(b')', &self.text[self.at..])?;
        let inside = self.text.get(self.at + 1..close)?;
        let quotes = usize::from(matches!(inside.first(), Some(b'\'' | b'"')));
        let span = Span::new(self.at + 1 + quotes, close - quotes);
        std::str::from_utf8(self.text.get(span.start as usize..span.end as usize)?)
            .ok()?
            .parse::<f64>()
            .ok()?;
        self.leaf(place, Kind::Number, false, span);
        self.at = close + 1;
        Some(())
    }
}

/// Where the string ends whose text begins at `at`, and whether it has escapes.
#[inline]
fn string_end(text: &[u8], mut at: usize, quote: u8) -> Option<(usize, bool)> {
    let mut escaped = false;
    loop {
        at = bytes::find_either(text, at, quote, b'\\')?;
        if text[at] == quote {
            return Some((at, escaped));
        }
        (escaped, at) = (true, at + 2);
    }
}

/// The length of the number that `text` begins with, in the writing of JSON and Python: `-1.5e3`, `.5`, `5.`.
/// None where it goes on as no number does.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let signed = |at: usize| usize::from(matches!(text.get(at), Some(b'-' | b'+')));
    let mut at = signed(0);
    let mut mantissa = digits(at);
    at += mantissa;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        (mantissa, at) = (mantissa + fraction, at + 1 + fraction);
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + signed(at + 1);
        let exponent = digits(at);
        (mantissa, at) = (mantissa * exponent, at + exponent);
    }
    let goes_on = matches!(text.get(at), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E' | b'_'));
    (mantissa > 0 && !goes_on).then_some(at)
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
        for text in [
            "",
            "San Francisco",
            "[1, 2",
            "{\"a\": }",
            "3 results",
            "{\"a\":1} trailing",
            "[Decimal)]",
            "[Decimal(')]",
            "[Decimal",
        ] {
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
