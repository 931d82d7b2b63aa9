//! A JSON parser that writes a flat tape of nodes and copies nothing.
//!
//! Why not sonic-rs or serde: a log reader needs the raw text of any value (arguments stay as they
//! were logged), lone surrogates, `NaN` and raw control characters (all common in logs written by
//! Python), a depth limit without recursion, and the nodes of a value that is cut off (to tell the
//! shape of a file from its first megabyte). Strings are skipped a block at a time and decoded only
//! when someone asks for them; agent logs are nearly all string.

use std::fmt;

use std::ops::Range;

use super::specials::{BLOCK, block_at, quotes_and_backslashes};
use super::text::{Decoded, SHORT, SLACK, decode, long_escape, unescape};
use super::value::Parsed;

/// What a node is. Strings know whether they hold an escape, so that most are borrowed as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Number,
    Text,
    EscapedText,
    /// A string with escapes whose text was decoded as it was parsed.
    DecodedText,
    Array,
    /// Behind it stands its [`Node::filter`].
    Object,
}

/// One value: its bytes in the text (a string's lie between its quotes). The members of an object are
/// pairs of nodes: key, value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub start: u32,
    pub end: u32,
    /// Of a container: the node after it and all its children. Of decoded text: which one it is.
    pub link: u32,
    pub kind: Kind,
    /// Of a key: its [`mark_of`], which settles nearly every comparison.
    pub mark: u16,
}

impl Node {
    /// The node after this one, which stands at `at`, and all its children.
    #[inline(always)]
    pub fn after(&self, at: usize) -> usize {
        if matches!(self.kind, Kind::Array | Kind::Object) { self.link as usize } else { at + 1 }
    }

    /// How far behind a container its first child stands.
    #[inline(always)]
    pub fn head(&self) -> usize {
        if self.kind == Kind::Object { 2 } else { 1 }
    }

    /// Stands behind an object and is no value of it: the [`bit_of`] every key, since most look-ups are for a key
    /// that is not there, and end here.
    fn filter(keys: u64) -> Self {
        Node { start: keys as u32, end: (keys >> 32) as u32, link: 0, kind: Kind::Null, mark: 0 }
    }

    /// The bits of the keys of the object that this is the filter of.
    #[inline(always)]
    pub fn keys(&self) -> u64 {
        u64::from(self.start) | u64::from(self.end) << 32
    }
}

/// Tells keys apart by their length and ends.
#[inline(always)]
pub(crate) const fn mark_of(key: &[u8]) -> u16 {
    let ends = match key {
        [] => 0,
        [only] => 20 * *only as u16,
        [first, .., last] => 7 * *first as u16 + 13 * *last as u16,
    };
    ends.wrapping_add((key.len() as u16).wrapping_mul(771))
}

/// The bit of an object that says that a key with this mark may be there.
#[inline(always)]
pub(crate) const fn bit_of(mark: u16) -> u64 {
    1 << (mark % 64)
}

/// How much a record may hold before it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Containers inside containers.
    pub depth: usize,
    /// Values, keys included, an object as two: bounds the tape, 16 bytes a node.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 512, values: 1 << 24 }
    }
}

/// Why a text is not JSON, and at which byte of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonError {
    /// Byte of the text at which parsing stopped.
    pub at: usize,
    /// What was wrong there.
    pub problem: Problem,
}

/// The kinds of [`JsonError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The text ended inside a value.
    Truncated,
    /// A byte that cannot stand here; the text says what can.
    Expected(&'static str),
    /// More text after the value.
    Trailing,
    /// Deeper than [`Limits::depth`], which it states.
    TooDeep(usize),
    /// More values than [`Limits::values`], which it states.
    TooManyValues(usize),
}

impl fmt::Display for JsonError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            Problem::Truncated => {
                write!(out, "the JSON text ends inside a value, at byte {} of the record", self.at)
            }
            Problem::Expected(what) => write!(out, "expected {what} at byte {} of the record", self.at),
            Problem::Trailing => {
                write!(out, "more text after the JSON value, at byte {} of the record", self.at)
            }
            Problem::TooDeep(limit) => {
                write!(out, "containers are nested more than {limit} deep, at byte {} of the record", self.at)
            }
            Problem::TooManyValues(limit) => {
                write!(out, "the record holds more than {limit} values, at byte {} of it", self.at)
            }
        }
    }
}

/// The nodes of one parsed text; kept between records so that parsing allocates nothing.
#[derive(Debug, Default)]
pub struct Tape {
    pub(crate) nodes: Vec<Node>,
    /// Where the decoded texts lie among the bytes that they were decoded to.
    pub(crate) decoded: Vec<Range<u32>>,
    open: Vec<Open>,
}

/// A container that is not at its end: where it stands, and the bits of the keys of an object.
#[derive(Debug)]
struct Open {
    at: u32,
    keys: u64,
}

/// Takes what strings with escapes stand for.
struct Decoding<'d> {
    bytes: &'d mut [u8],
    used: usize,
}

impl Tape {
    /// Parses one value that must fill `text` but for white space.
    pub fn parse<'t, 'a>(&'t mut self, text: &'a str, limits: Limits) -> Result<Parsed<'t, 'a>, JsonError> {
        let end = self.parse_first(text, limits)?;
        ends_at(text, end)?;
        Ok(Parsed::of(self, text, &[]))
    }

    /// What the tape holds of `text`, which it parsed last; `None` before any parse.
    pub fn parsed<'t, 'a>(&'t self, text: &'a str) -> Option<Parsed<'t, 'a>> {
        (!self.nodes.is_empty()).then(|| Parsed::of(self, text, &[]))
    }

    /// Parses one value that must fill `text`, and decodes its strings on the way: a tool result is JSON
    /// inside JSON, so that most of the text of a chat log has escapes, and nearly all of it is wanted.
    /// All strings of the value are borrowed, from `text` or from `room`, which this may make larger.
    pub(crate) fn parse_decoding<'t, 'a>(
        &'t mut self,
        text: &'a str,
        room: &'a mut Vec<u8>,
        limits: Limits,
    ) -> Result<Parsed<'t, 'a>, JsonError> {
        // No escape is shorter than what it stands for.
        if room.len() < text.len() + SLACK {
            room.resize(text.len() + SLACK, 0);
        }
        self.clear();
        let end = self.run(text.as_bytes(), limits, Some(&mut Decoding { bytes: room, used: 0 }))?;
        ends_at(text, end)?;
        Ok(Parsed::of(self, text, room))
    }

    /// Parses the value that `text` starts with; returns where it ends.
    pub fn parse_first(&mut self, text: &str, limits: Limits) -> Result<usize, JsonError> {
        self.clear();
        self.run(text.as_bytes(), limits, None)
    }

    fn clear(&mut self) {
        self.nodes.clear();
        self.decoded.clear();
        self.open.clear();
    }

    /// Parses as [`Tape::parse_first`], but a text that is cut off keeps the nodes seen so far.
    /// Returns where the value ends, or `None` where it was cut.
    pub fn parse_prefix(&mut self, text: &str, limits: Limits) -> Result<Option<usize>, JsonError> {
        match self.parse_first(text, limits) {
            Ok(end) => Ok(Some(end)),
            Err(JsonError { problem: Problem::Truncated, .. }) if !self.open.is_empty() => {
                self.close_cut(text.len());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Ends every open container at the cut; a key whose value is missing goes.
    fn close_cut(&mut self, end: usize) {
        while let Some(open) = self.open.last() {
            let container = open.at as usize;
            let children = self.children_of(container);
            if self.nodes[container].kind == Kind::Object && children % 2 == 1 {
                self.nodes.pop();
            }
            self.close(end);
        }
    }

    fn children_of(&self, container: usize) -> usize {
        let mut at = container + self.nodes[container].head();
        let mut count = 0;
        while at < self.nodes.len() {
            at = self.nodes[at].after(at);
            count += 1;
        }
        count
    }

    fn run(
        &mut self,
        bytes: &[u8],
        limits: Limits,
        mut decoding: Option<&mut Decoding<'_>>,
    ) -> Result<usize, JsonError> {
        let mut at = skip_space(bytes, 0);
        let mut in_object = false;
        loop {
            if self.nodes.len() >= limits.values {
                return Err(JsonError { at, problem: Problem::TooManyValues(limits.values) });
            }
            match bytes.get(at) {
                Some(b'"') => at = self.string(bytes, at, decoding.as_deref_mut())?,
                Some(&open @ (b'{' | b'[')) => {
                    in_object = open == b'{';
                    self.open(at, in_object, limits)?;
                    at = skip_space(bytes, at + 1);
                    // The end of an empty container is found below.
                    if bytes.get(at) != Some(&closer(in_object)) {
                        if in_object {
                            at = self.key(bytes, at, decoding.as_deref_mut())?;
                        }
                        continue;
                    }
                }
                Some(_) => at = self.scalar(bytes, at)?,
                None => return Err(JsonError { at, problem: Problem::Truncated }),
            }
            // What follows a value: the ends of containers, then a comma or the end of all.
            loop {
                if self.open.is_empty() {
                    return Ok(at);
                }
                at = skip_space(bytes, at);
                match bytes.get(at) {
                    Some(b',') => {
                        at = skip_space(bytes, at + 1);
                        if in_object {
                            at = self.key(bytes, at, decoding.as_deref_mut())?;
                        }
                        break;
                    }
                    Some(&byte) if byte == closer(in_object) => {
                        at += 1;
                        self.close(at);
                        in_object = self.in_object();
                    }
                    Some(_) => {
                        let what = if in_object { "`,` or `}`" } else { "`,` or `]`" };
                        return Err(JsonError { at, problem: Problem::Expected(what) });
                    }
                    None => return Err(JsonError { at, problem: Problem::Truncated }),
                }
            }
        }
    }

    /// Opens the container at `at`.
    fn open(&mut self, at: usize, is_object: bool, limits: Limits) -> Result<(), JsonError> {
        if self.open.len() >= limits.depth {
            return Err(JsonError { at, problem: Problem::TooDeep(limits.depth) });
        }
        self.open.push(Open { at: self.nodes.len() as u32, keys: 0 });
        self.push(if is_object { Kind::Object } else { Kind::Array }, at, 0);
        if is_object {
            self.nodes.push(Node::filter(0));
        }
        Ok(())
    }

    /// Parses the key at `at` and its colon; returns where the value is.
    #[inline(always)]
    fn key(
        &mut self,
        bytes: &[u8],
        at: usize,
        decoding: Option<&mut Decoding<'_>>,
    ) -> Result<usize, JsonError> {
        match bytes.get(at) {
            Some(b'"') => {}
            Some(_) => return Err(JsonError { at, problem: Problem::Expected("a key in quotes") }),
            None => return Err(JsonError { at, problem: Problem::Truncated }),
        }
        let at = self.string(bytes, at, decoding)?;
        self.mark_key(bytes);
        let at = skip_space(bytes, at);
        match bytes.get(at) {
            Some(b':') => Ok(skip_space(bytes, at + 1)),
            Some(_) => Err(JsonError { at, problem: Problem::Expected("`:`") }),
            None => Err(JsonError { at, problem: Problem::Truncated }),
        }
    }

    fn in_object(&self) -> bool {
        self.open.last().is_some_and(|open| self.nodes[open.at as usize].kind == Kind::Object)
    }

    /// Marks the key that was just parsed in its object.
    #[inline(always)]
    fn mark_key(&mut self, bytes: &[u8]) {
        if let (Some(key), Some(object)) = (self.nodes.last_mut(), self.open.last_mut()) {
            let raw = &bytes[key.start as usize..key.end as usize];
            key.mark = match key.kind {
                Kind::Text => mark_of(raw),
                _ => mark_of(unescape(&String::from_utf8_lossy(raw)).as_bytes()),
            };
            object.keys |= bit_of(key.mark);
        }
    }

    fn close(&mut self, end: usize) {
        let next = self.nodes.len() as u32;
        if let Some(Open { at, keys }) = self.open.pop() {
            let node = &mut self.nodes[at as usize];
            node.end = end as u32;
            node.link = next;
            if node.kind == Kind::Object {
                self.nodes[at as usize + 1] = Node::filter(keys);
            }
        }
    }

    #[inline(always)]
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.push_linked(kind, start, end, 0);
    }

    #[inline(always)]
    fn push_linked(&mut self, kind: Kind, start: usize, end: usize, link: usize) {
        self.nodes.push(Node { start: start as u32, end: end as u32, link: link as u32, kind, mark: 0 });
    }

    /// Parses the value at `at` that is neither a string nor a container.
    fn scalar(&mut self, bytes: &[u8], at: usize) -> Result<usize, JsonError> {
        let (word, kind) = match bytes[at] {
            b't' => ("true", Kind::True),
            b'f' => ("false", Kind::False),
            b'n' => ("null", Kind::Null),
            // Python's json module writes these three; they stand for themselves as numbers.
            b'N' => ("NaN", Kind::Number),
            b'I' => ("Infinity", Kind::Number),
            b'-' if bytes.get(at + 1) == Some(&b'I') => ("-Infinity", Kind::Number),
            _ => return self.number(bytes, at),
        };
        let rest = &bytes[at..];
        if rest.starts_with(word.as_bytes()) {
            self.push(kind, at, at + word.len());
            return Ok(at + word.len());
        }
        let problem =
            if word.as_bytes().starts_with(rest) { Problem::Truncated } else { Problem::Expected("a value") };
        Err(JsonError { at, problem })
    }

    fn number(&mut self, bytes: &[u8], start: usize) -> Result<usize, JsonError> {
        let mut at = start + usize::from(bytes[start] == b'-');
        // No zero leads another digit.
        at = if bytes.get(at) == Some(&b'0') { at + 1 } else { digits(bytes, at, "a value")? };
        if bytes.get(at) == Some(&b'.') {
            at = digits(bytes, at + 1, "a digit")?;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1;
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            at = digits(bytes, at, "a digit")?;
        }
        self.push(Kind::Number, start, at);
        Ok(at)
    }

    #[inline(always)]
    fn string(
        &mut self,
        bytes: &[u8],
        quote: usize,
        decoding: Option<&mut Decoding<'_>>,
    ) -> Result<usize, JsonError> {
        let start = quote + 1;
        let mut at = start;
        while at < bytes.len() {
            let specials = quotes_and_backslashes(&block_at(bytes, at));
            if specials == 0 {
                at += BLOCK;
                continue;
            }
            let found = at + specials.trailing_zeros() as usize;
            if bytes[found] == b'"' {
                self.push(Kind::Text, start, found);
                return Ok(found + 1);
            }
            return match decoding {
                Some(decoding) => self.decoded_string(bytes, start, found, decoding),
                None => self.escaped_string(bytes, start, found),
            };
        }
        Err(JsonError { at: bytes.len(), problem: Problem::Truncated })
    }

    /// The rest of a string from its first backslash on, which is decoded.
    fn decoded_string(
        &mut self,
        bytes: &[u8],
        start: usize,
        escape: usize,
        decoding: &mut Decoding<'_>,
    ) -> Result<usize, JsonError> {
        let from = decoding.used;
        let out = &mut decoding.bytes[from..];
        out[..escape - start].copy_from_slice(&bytes[start..escape]);
        let Decoded { end, length } = decode(bytes, escape, out, escape - start)?;
        decoding.used += length;
        self.push_linked(Kind::DecodedText, start, end, self.decoded.len());
        self.decoded.push(from as u32..decoding.used as u32);
        Ok(end + 1)
    }

    /// The rest of a string from its first backslash on, to be decoded when someone asks for it.
    fn escaped_string(&mut self, bytes: &[u8], start: usize, mut at: usize) -> Result<usize, JsonError> {
        'blocks: while at < bytes.len() {
            let mut specials = quotes_and_backslashes(&block_at(bytes, at));
            while specials != 0 {
                let found = at + specials.trailing_zeros() as usize;
                if bytes[found] == b'"' {
                    self.push(Kind::EscapedText, start, found);
                    return Ok(found + 1);
                }
                let end = escape_end(bytes, found)?;
                if end >= at + BLOCK {
                    at = end;
                    continue 'blocks;
                }
                specials &= !0 << (end - at);
            }
            at += BLOCK;
        }
        Err(JsonError { at: bytes.len(), problem: Problem::Truncated })
    }
}

/// Whether a value that ends at `end` fills the text but for white space.
fn ends_at(text: &str, end: usize) -> Result<(), JsonError> {
    match skip_space(text.as_bytes(), end) {
        at if at == text.len() => Ok(()),
        at => Err(JsonError { at, problem: Problem::Trailing }),
    }
}

/// Checks the escape at `at` (a backslash); returns where it ends.
#[inline]
fn escape_end(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    match bytes.get(at + 1) {
        Some(&byte) if SHORT[usize::from(byte)] != 0 => Ok(at + 2),
        _ => long_escape(bytes, at).map(|_| at + 6),
    }
}

fn digits(bytes: &[u8], start: usize, what: &'static str) -> Result<usize, JsonError> {
    let mut at = start;
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    match bytes.get(at) {
        _ if at > start => Ok(at),
        None => Err(JsonError { at, problem: Problem::Truncated }),
        Some(_) => Err(JsonError { at, problem: Problem::Expected(what) }),
    }
}

/// What ends a container.
fn closer(in_object: bool) -> u8 {
    if in_object { b'}' } else { b']' }
}

/// Where white space that stands at `at` ends; mostly there is one blank or none.
#[inline(always)]
fn skip_space(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b' ') => skip_more_space(bytes, at + 1),
        Some(b'\n' | b'\r' | b'\t') => skip_more_space(bytes, at),
        _ => at,
    }
}

#[inline]
fn skip_more_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}
