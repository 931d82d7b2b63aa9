//! A value on a [`Tape`](super::Tape): a cheap handle that knows its text and its children.

use std::borrow::Cow;

use std::ops::Range;

use crate::blank::is_blank;

use super::keys::Keys;
use super::tape::{Kind, Node, Tape, bit_of, mark_of};
use super::text::{unescape, write_string};

/// One JSON value. `'t` is the tape's life, `'a` that of the text, which strings borrow from.
#[derive(Clone, Copy)]
pub struct Value<'t, 'a> {
    parsed: &'t Parsed<'t, 'a>,
    at: usize,
}

/// A text and what a [`Tape`] found in it. Its values share it, and are small for it: they are handed on at every
/// turn.
#[derive(Debug)]
pub struct Parsed<'t, 'a> {
    text: &'a str,
    nodes: &'t [Node],
    decoded: &'t [Range<u32>],
    /// What the ranges of `decoded` are of.
    room: &'a [u8],
}

impl<'t, 'a> Parsed<'t, 'a> {
    /// What `tape`, which is not empty, found in `text`; it decoded the strings to `room`, or none of them.
    pub(super) fn of(tape: &'t Tape, text: &'a str, room: &'a [u8]) -> Self {
        Parsed { text, nodes: &tape.nodes, decoded: &tape.decoded, room }
    }

    /// The value that fills the text.
    pub fn root(&self) -> Value<'_, 'a> {
        Value { parsed: self, at: 0 }
    }
}

impl<'t, 'a> Value<'t, 'a> {
    fn node(self) -> Node {
        self.parsed.nodes[self.at]
    }

    fn content(self) -> &'a str {
        let node = self.node();
        &self.parsed.text[node.start as usize..node.end as usize]
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.node().kind == Kind::Object
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.node().kind == Kind::Array
    }

    /// Whether it is a string.
    pub fn is_string(self) -> bool {
        matches!(self.node().kind, Kind::Text | Kind::EscapedText | Kind::DecodedText)
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.node().kind == Kind::Null
    }

    /// What a sentence calls it.
    pub fn kind_name(self) -> &'static str {
        match self.node().kind {
            Kind::Null => "null",
            Kind::True | Kind::False => "a boolean",
            Kind::Number => "a number",
            Kind::Text | Kind::EscapedText | Kind::DecodedText => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }

    /// The decoded text of a string; borrowed unless it holds an escape that was not decoded yet.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self.node().kind {
            Kind::Text => Some(Cow::Borrowed(self.content())),
            Kind::DecodedText => Some(self.decoded_text()),
            Kind::EscapedText => Some(Cow::Owned(unescape(self.content()))),
            _ => None,
        }
    }

    fn decoded_text(self) -> Cow<'a, str> {
        match self.parsed.decoded.get(self.node().link as usize) {
            // SAFETY: where there are ranges, the tape made them as it decoded to `room`, which has not
            // changed since (it is borrowed): each is that of the text of one string.
            Some(range) => Cow::Borrowed(unsafe {
                std::str::from_utf8_unchecked(&self.parsed.room[range.start as usize..range.end as usize])
            }),
            None => Cow::Owned(unescape(self.content())),
        }
    }

    /// The value of `true` or `false`.
    pub fn as_bool(self) -> Option<bool> {
        match self.node().kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// A finite number, or a string that spells one.
    pub fn as_f64(self) -> Option<f64> {
        match self.node().kind {
            Kind::Number | Kind::Text => {
                self.content().trim().parse().ok().filter(|number: &f64| number.is_finite())
            }
            _ => None,
        }
    }

    /// A string's text, or a number as it is written: what identifiers are.
    pub fn scalar(self) -> Option<Cow<'a, str>> {
        match self.node().kind {
            Kind::Number => Some(Cow::Borrowed(self.content())),
            _ => self.text(),
        }
    }

    /// A string's text, or the JSON text of anything else but `null`.
    pub fn text_or_json(self) -> Option<Cow<'a, str>> {
        if self.is_null() { None } else { self.text().or_else(|| Some(self.json())) }
    }

    /// The JSON text just as it was logged.
    pub(crate) fn raw(self) -> &'a str {
        let node = self.node();
        let quotes = usize::from(self.is_string());
        &self.parsed.text[node.start as usize - quotes..node.end as usize + quotes]
    }

    /// The JSON text as logged, on one line. What is not strictly JSON (`NaN`, raw control
    /// characters) is written so that the text parses anywhere.
    pub fn json(self) -> Cow<'a, str> {
        let raw = self.raw();
        if matches!(self.node().kind, Kind::True | Kind::False | Kind::Null) {
            return Cow::Borrowed(raw);
        }
        if !has_control(raw) && self.has_strict_numbers() {
            return Cow::Borrowed(raw);
        }
        let mut out = String::new();
        self.write(&mut out);
        Cow::Owned(out)
    }

    /// Whether no number is `NaN` or infinite.
    fn has_strict_numbers(self) -> bool {
        let (bytes, last) = (self.parsed.text.as_bytes(), self.node().after(self.at));
        self.parsed.nodes[self.at..last]
            .iter()
            .all(|node| node.kind != Kind::Number || bytes[node.end as usize - 1].is_ascii_digit())
    }

    /// Depth is bounded by [`Limits::depth`](super::Limits), so this recursion is too.
    fn write(self, out: &mut String) {
        match self.node().kind {
            Kind::Object => {
                out.push('{');
                for (index, (key, value)) in self.members().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    write_string(out, &key);
                    out.push_str(": ");
                    value.write(out);
                }
                out.push('}');
            }
            Kind::Array => {
                out.push('[');
                for (index, value) in self.items().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    value.write(out);
                }
                out.push(']');
            }
            Kind::Text | Kind::EscapedText | Kind::DecodedText
                if self.content().bytes().all(|byte| byte >= 0x20) =>
            {
                // Escapes stay as they were written.
                out.extend(["\"", self.content(), "\""]);
            }
            Kind::Text | Kind::EscapedText | Kind::DecodedText => {
                write_string(out, &self.text().unwrap_or_default())
            }
            Kind::Number if self.as_f64().is_none() => out.push_str("null"),
            Kind::Null | Kind::True | Kind::False | Kind::Number => out.push_str(self.content()),
        }
    }

    /// The elements of an array; none for anything else.
    pub fn items(self) -> Items<'t, 'a> {
        let end = if self.is_array() { self.node().after(self.at) } else { 0 };
        Items { parsed: self.parsed, at: self.at + 1, end }
    }

    /// The elements of the array that is the member called `key`; none where there is no such array.
    pub fn items_of(self, key: &str) -> Items<'t, 'a> {
        let none = Items { parsed: self.parsed, at: 0, end: 0 };
        self.get(key).map_or(none, Value::items)
    }

    /// The members of an object in order; none for anything else.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'t, 'a>)> + use<'t, 'a> {
        self.pairs().map(|(key, value)| (key.text().unwrap_or_default(), value))
    }

    fn pairs(self) -> impl Iterator<Item = (Value<'t, 'a>, Value<'t, 'a>)> + use<'t, 'a> {
        let end = if self.is_object() { self.node().after(self.at) } else { 0 };
        let mut nodes = Items { parsed: self.parsed, at: self.at + 2, end };
        std::iter::from_fn(move || Some((nodes.next()?, nodes.next()?)))
    }

    /// The member called `key`; the last one where a key is repeated, as in Python.
    #[inline]
    pub fn get(self, key: &str) -> Option<Value<'t, 'a>> {
        // Formats ask for many keys, most of which are not there: with the mark of a literal, which the
        // compiler knows, that is one comparison.
        let mark = mark_of(key.as_bytes());
        if self.keys() & bit_of(mark) != 0 { self.find(key, mark) } else { None }
    }

    fn find(self, key: &str, mark: u16) -> Option<Value<'t, 'a>> {
        let nodes = self.parsed.nodes;
        let (mut at, end) = (self.at + 2, nodes[self.at].link as usize);
        let mut found = None;
        while at < end {
            if nodes[at].mark == mark && self.is_called(&nodes[at], key) {
                found = Some(at + 1);
            }
            at = nodes[at + 1].after(at + 1);
        }
        found.map(|at| Value { at, ..self })
    }

    #[inline(always)]
    fn is_called(self, name: &Node, key: &str) -> bool {
        let raw = &self.parsed.text.as_bytes()[name.start as usize..name.end as usize];
        match name.kind {
            Kind::Text => is_same(raw, key.as_bytes()),
            _ => unescape(&String::from_utf8_lossy(raw)) == key,
        }
    }

    /// The bits of the keys that it has; none for anything but an object.
    #[inline(always)]
    fn keys(self) -> u64 {
        let nodes = &self.parsed.nodes[self.at..];
        match nodes {
            [object, filter, ..] if object.kind == Kind::Object => filter.keys(),
            _ => 0,
        }
    }

    /// The members called by each of these keys, as [`Value::get`] gives them, found in one pass.
    #[inline]
    pub fn members_called<const N: usize>(self, keys: [&str; N]) -> [Option<Value<'t, 'a>>; N] {
        let marks = keys.map(|key| mark_of(key.as_bytes()));
        self.places_of(&keys, &marks).map(|at| at.map(|at| Value { at, ..self }))
    }

    fn places_of<const N: usize>(self, keys: &[&str; N], marks: &[u16; N]) -> [Option<usize>; N] {
        let (nodes, mut places) = (self.parsed.nodes, [None; N]);
        let (mut at, end) = if self.is_object() { (self.at + 2, self.node().link as usize) } else { (0, 0) };
        while at < end {
            let mark = nodes[at].mark;
            for (place, key) in (0..N).filter(|place| marks[*place] == mark).map(|place| (place, keys[place]))
            {
                if self.is_called(&nodes[at], key) {
                    places[place] = Some(at + 1);
                }
            }
            at = nodes[at + 1].after(at + 1);
        }
        places
    }

    /// The member at the end of a path of keys.
    #[inline]
    pub fn at_path(self, path: &[&str]) -> Option<Value<'t, 'a>> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The members called by one of these keys, in the order of the keys, each as [`Value::get`] gives it.
    #[inline]
    pub(crate) fn among(self, keys: &'static Keys) -> impl Iterator<Item = (&'static str, Value<'t, 'a>)> {
        let bits = self.keys();
        let may_be = move |mark: u16| bits & bit_of(mark) != 0;
        keys.marked()
            .filter(move |(_, mark)| may_be(*mark))
            .filter_map(move |(name, mark)| Some((name, self.find(name, mark)?)))
    }

    /// The first of the `keys` that is there and not `null`.
    #[inline]
    pub fn any_of(self, keys: &[&str]) -> Option<Value<'t, 'a>> {
        keys.iter().find_map(|key| self.get(key).filter(|value| !value.is_null()))
    }

    /// The text of the first of the `keys` that holds a string which is not blank.
    #[inline]
    pub fn text_of(self, keys: &[&str]) -> Option<Cow<'a, str>> {
        let texts = keys.iter().filter_map(|key| self.get(key)?.text());
        texts.into_iter().find(|text| !is_blank(text))
    }
}

/// Iterator over sibling nodes.
#[derive(Clone)]
pub struct Items<'t, 'a> {
    parsed: &'t Parsed<'t, 'a>,
    at: usize,
    end: usize,
}

impl<'t, 'a> Iterator for Items<'t, 'a> {
    type Item = Value<'t, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let value = Value { parsed: self.parsed, at: self.at };
        self.at = self.parsed.nodes[self.at].after(self.at);
        Some(value)
    }
}

/// Whether two keys are the same, by words that overlap where they are short: a call to compare them takes longer.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let ends =
        |key: &[u8]| Some((u64::from_le_bytes(*key.first_chunk()?), u64::from_le_bytes(*key.last_chunk()?)));
    let short =
        |key: &[u8]| Some((u32::from_le_bytes(*key.first_chunk()?), u32::from_le_bytes(*key.last_chunk()?)));
    match one.len() {
        8..=16 => ends(one) == ends(other),
        4..8 => short(one) == short(other),
        _ => one == other,
    }
}

/// Whether a text holds control characters. In pieces, which the compiler turns into vectors.
fn has_control(text: &str) -> bool {
    let any = |piece: &[u8]| piece.iter().fold(false, |found, &byte| found | (byte < 0x20));
    text.as_bytes().chunks(64).any(any)
}
