//! Where one record ends and the next begins, without parsing and without holding the file.

use crate::json::{BLOCK, Tape, block_at, quotes_and_backslashes};
use crate::stream::Window;

/// How the records of a file lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// One JSON value a line. A bad line spoils only itself.
    Lines,
    /// JSON values one after another, each over as many lines as it likes; a single document too.
    Values,
    /// The elements of an array, or the members of an object keyed by id, found by following
    /// these keys from the top of the document.
    Inside(Vec<String>),
    /// As `Inside`, of each element of an array or member of an object: the pages of an answer in one document.
    Pages(Vec<String>),
    /// The value by a key of each element of the container found by following other keys: the rows, hits or nodes that a
    /// service puts around its records.
    Each {
        /// The keys of the container.
        path: Vec<String>,
        /// The key of the record in each element.
        key: String,
    },
    /// The value found by following these keys: a record in an envelope, whose other members tell of the answer.
    At(Vec<String>),
    /// The elements of what an object holds by a key: runs by tool, by task, by split.
    Groups {
        /// The keys of that object.
        path: Vec<String>,
        /// Whether each element of an array or member of an object has such an object.
        paged: bool,
        /// The keys of arrays that hold no records.
        others: Vec<String>,
        /// The keys of objects that hold records by their ids.
        keyed: Vec<String>,
    },
    /// Text that is not JSON, whole: its format cuts it.
    Text,
    /// Not records at all.
    Opaque,
}

/// One record: the first `length` bytes of the window.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Where it starts in the decompressed stream.
    pub offset: u64,
    pub length: usize,
    /// Its key, in an object keyed by id.
    pub key: Option<String>,
    pub state: FrameState,
}

/// Whether a frame holds its record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FrameState {
    Whole,
    /// The stream ended inside it.
    Cut,
    /// Something between the records that belongs to none.
    Stray,
    /// A document that has nothing where the first of the file has its records.
    Without,
    /// Over the size limit: its size and its head. The window is past it already.
    TooLarge {
        size: u64,
        head: Vec<u8>,
    },
}

/// Bytes kept of what is not read, or could not be.
pub(crate) const HEAD_KEPT: usize = 1 << 16;

/// Finds where a record ends, in as many pieces as it comes.
enum End {
    Newline,
    Stream,
    Value(ValueEnd),
}

impl End {
    fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        match self {
            End::Newline => memchr::memchr(b'\n', bytes),
            End::Stream => None,
            End::Value(value) => value.advance(bytes),
        }
    }

    fn may_be_end_of_stream(&self) -> bool {
        match self {
            End::Newline | End::Stream => true,
            End::Value(value) => value.in_scalar,
        }
    }
}

/// Finds the end of one JSON value. Knows strings and brackets only: what is wrong inside is the
/// parser's to say.
#[derive(Debug, Default)]
struct ValueEnd {
    depth: usize,
    in_string: bool,
    escaped: bool,
    in_scalar: bool,
}

impl ValueEnd {
    /// Reads on; the end of the value, if it lies in these bytes. Takes at least one byte.
    fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                at = self.skip_string(bytes, at);
                if !self.in_string && self.depth == 0 {
                    return Some(at);
                }
                continue;
            }
            match bytes[at] {
                b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t' if self.in_scalar => return Some(at),
                b'"' if !self.in_scalar => self.in_string = true,
                b'{' | b'[' if !self.in_scalar => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => self.in_scalar |= self.depth == 0,
            }
            at += 1;
        }
        None
    }

    fn skip_string(&mut self, bytes: &[u8], mut at: usize) -> usize {
        if std::mem::take(&mut self.escaped) {
            at += 1;
        }
        'blocks: while at < bytes.len() {
            let mut specials = quotes_and_backslashes(&block_at(bytes, at));
            while specials != 0 {
                let found = at + specials.trailing_zeros() as usize;
                if bytes[found] == b'"' {
                    self.in_string = false;
                    return found + 1;
                }
                if found + 1 == bytes.len() {
                    self.escaped = true;
                    return bytes.len();
                }
                if found + 2 >= at + BLOCK {
                    at = found + 2;
                    continue 'blocks;
                }
                specials &= !0 << (found + 2 - at);
            }
            at += BLOCK;
        }
        bytes.len()
    }
}

/// Cuts a stream into frames by its [`Layout`].
pub(crate) struct Splitter {
    layout: Layout,
    /// Whether a document ends with its line, whatever is wrong with it.
    by_line: bool,
    limit: usize,
    /// The brackets that close the containers entered; empty before a document.
    closers: Vec<u8>,
    /// The bracket that closes what stands around pages, once that was entered.
    around: Option<u8>,
    /// Whether the document that was entered gave a record.
    gave: bool,
    done: bool,
}

/// Where the records of a document are.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The keys of their container.
    path: &'p [String],
    /// The only member that is a record: of the container, or of each of its elements.
    only: Option<&'p str>,
    of_each: bool,
    /// Whether documents are elements of an array.
    paged: bool,
}

impl<'p> Place<'p> {
    fn inside(path: &'p [String]) -> Self {
        Place { path, only: None, of_each: false, paged: false }
    }
}

impl Splitter {
    pub fn new(layout: Layout, by_line: bool, limit: usize) -> Self {
        Splitter { layout, by_line, limit, closers: Vec::new(), around: None, gave: false, done: false }
    }

    /// The next frame, `None` at the end of the stream. The caller consumes the frame.
    pub fn next(&mut self, window: &mut Window) -> Option<Frame> {
        loop {
            if self.by_line
                && (self.done || !window.is_capped() && self.closers.is_empty() && self.around.is_none())
                && let Some(too_large) = self.next_line(window)
            {
                return Some(too_large);
            }
            let frame = self.next_of_layout(window);
            if !window.is_capped() {
                return frame;
            }
            if let Some(frame) = frame {
                let is_broken = matches!(frame.state, FrameState::Stray | FrameState::Cut);
                self.done |= is_broken;
                // The parser says what is wrong with the line; the file goes on.
                return Some(if is_broken { Frame { state: FrameState::Whole, ..frame } } else { frame });
            }
            self.done = true;
        }
    }

    /// Stands before the next line, past what is left of the one before, and looks no further than its end; a frame
    /// where it is too long for that.
    fn next_line(&mut self, window: &mut Window) -> Option<Frame> {
        self.done &= !window.is_capped();
        window.pass_cap();
        self.closers.clear();
        self.around = None;
        peek(window);
        let mut scanned = 0;
        while scanned <= self.limit {
            match memchr::memchr(b'\n', &window.bytes()[scanned..]) {
                Some(found) => {
                    window.cap_at(scanned + found);
                    return None;
                }
                None => scanned = window.bytes().len(),
            }
            if !window.fill() {
                return None;
            }
        }
        Some(self.cut(window, End::Newline, None))
    }

    fn next_of_layout(&mut self, window: &mut Window) -> Option<Frame> {
        if self.done {
            return None;
        }
        let layout = std::mem::replace(&mut self.layout, Layout::Opaque);
        let frame = match &layout {
            Layout::Lines => peek(window).map(|_| self.cut(window, End::Newline, None)),
            Layout::Values => peek(window).map(|first| match first {
                b'{' | b'[' => self.cut_value(window, None),
                // What a program prints between the objects that it logs.
                _ => self.cut(window, End::Newline, None),
            }),
            Layout::Inside(path) => self.next_inside(window, Place::inside(path)),
            Layout::Pages(path) => self.next_inside(window, Place { paged: true, ..Place::inside(path) }),
            Layout::Each { path, key } => {
                self.next_inside(window, Place { only: Some(key), of_each: true, ..Place::inside(path) })
            }
            Layout::At(path) => path.split_last().and_then(|(key, path)| {
                self.next_inside(window, Place { only: Some(key), ..Place::inside(path) })
            }),
            Layout::Groups { path, paged, others, keyed } => {
                let place = Place { paged: *paged, ..Place::inside(path) };
                self.next_in_groups(window, place, (others, keyed))
            }
            Layout::Text => peek(window).map(|_| self.cut(window, End::Stream, None)),
            Layout::Opaque => self.everything(window),
        };
        self.layout = layout;
        self.done |= frame.as_ref().is_some_and(|frame| frame.state == FrameState::Cut);
        frame
    }

    fn everything(&mut self, window: &mut Window) -> Option<Frame> {
        self.done = true;
        window.fill_to(HEAD_KEPT);
        let length = window.bytes().len().min(HEAD_KEPT);
        let offset = window.offset();
        (length > 0).then_some(Frame { offset, length, key: None, state: FrameState::Whole })
    }

    fn cut_value(&self, window: &mut Window, key: Option<String>) -> Frame {
        self.cut(window, End::Value(ValueEnd::default()), key)
    }

    fn cut(&self, window: &mut Window, mut end: End, key: Option<String>) -> Frame {
        let offset = window.offset();
        let mut scanned = 0;
        loop {
            let found = end.advance(&window.bytes()[scanned..]);
            scanned = found.map_or(window.bytes().len(), |found| scanned + found);
            if scanned > self.limit {
                let state = discard(window, scanned, found.is_some(), end);
                return Frame { offset, length: 0, key, state };
            }
            if found.is_some() {
                return Frame { offset, length: scanned, key, state: FrameState::Whole };
            }
            if !window.fill() {
                let state = if end.may_be_end_of_stream() { FrameState::Whole } else { FrameState::Cut };
                return Frame { offset, length: scanned, key, state };
            }
        }
    }

    fn next_inside(&mut self, window: &mut Window, place: Place<'_>) -> Option<Frame> {
        loop {
            // Documents may follow one another, as when files were concatenated.
            if self.closers.is_empty()
                && let Some(trouble) = self.open_document(window, place)?
            {
                return Some(trouble);
            }
            let Some(byte) = peek(window) else {
                return Some(self.last(window, FrameState::Cut));
            };
            let container = place.path.len() + 1;
            let innermost = self.closers.len() == container + usize::from(place.of_each);
            match byte {
                b'{' if place.of_each
                    && self.closers.len() == container
                    && self.closers.last() == Some(&b']') =>
                {
                    window.consume(1);
                    self.closers.push(b'}');
                    self.gave = false;
                }
                b',' => window.consume(1),
                b']' | b'}' if self.closers.last() == Some(&byte) => {
                    window.consume(1);
                    self.closers.pop();
                    if innermost && place.only.is_some() && !self.gave {
                        return Some(without(window));
                    }
                }
                b']' | b'}' => return Some(self.last(window, FrameState::Stray)),
                // What is no object has nothing around it.
                _ if self.closers.len() == container && self.closers.last() == Some(&b']') => {
                    return Some(self.cut_value(window, None));
                }
                _ => match self.member_key(window) {
                    Ok(key) if innermost && place.only.is_none_or(|only| only == key) => {
                        self.gave = true;
                        let key = Some(key).filter(|_| place.only.is_none());
                        return Some(self.cut_value(window, key));
                    }
                    // A member beside the records, before or after them.
                    Ok(_) => self.skip_value(window),
                    Err(state) => return Some(self.last(window, state)),
                },
            }
        }
    }

    /// Goes to where the records of the next document stand; `None` where there is none, a frame where that fails.
    fn open_document(&mut self, window: &mut Window, place: Place<'_>) -> Option<Option<Frame>> {
        self.gave = false;
        let between = self.stand_before_document(window, place.paged)?;
        Some(between.or_else(|| self.enter(window, place.path)))
    }

    /// Goes to the next document, past what stands around pages; `None` where there is none, a frame where that fails.
    fn stand_before_document(&mut self, window: &mut Window, paged: bool) -> Option<Option<Frame>> {
        loop {
            let Some(byte) = peek(window) else {
                return self.around.map(|_| Some(self.last(window, FrameState::Cut)));
            };
            match (byte, self.around) {
                (b'[', None) if paged => self.around = Some(b']'),
                (b'{', None) if paged => self.around = Some(b'}'),
                (b']', Some(b']')) | (b'}', Some(b'}')) => self.around = None,
                (b',', Some(_)) => {}
                (b'"', Some(b'}')) => {
                    if let Err(state) = self.member_key(window) {
                        return Some(Some(self.last(window, state)));
                    }
                    if let Some(b'{' | b'[') = peek(window) {
                        return Some(None);
                    }
                    // A member beside the pages.
                    self.skip_value(window);
                    continue;
                }
                _ => return Some(None),
            }
            window.consume(1);
        }
    }

    fn next_in_groups(
        &mut self,
        window: &mut Window,
        place: Place<'_>,
        (others, keyed): (&[String], &[String]),
    ) -> Option<Frame> {
        let level = place.path.len() + 1;
        loop {
            if self.closers.is_empty()
                && let Some(trouble) = self.open_document(window, place)?
            {
                return Some(trouble);
            }
            let Some(byte) = peek(window) else {
                return Some(self.last(window, FrameState::Cut));
            };
            let in_array = self.closers.last() == Some(&b']');
            match byte {
                b',' => window.consume(1),
                b']' | b'}' if self.closers.last() == Some(&byte) => {
                    window.consume(1);
                    self.closers.pop();
                    if self.closers.len() == level - 1 && !std::mem::replace(&mut self.gave, true) {
                        return Some(without(window));
                    }
                }
                b']' | b'}' => return Some(self.last(window, FrameState::Stray)),
                _ if in_array => {
                    self.gave = true;
                    return Some(self.cut_value(window, None));
                }
                _ => match self.member_key(window) {
                    Ok(key) if self.closers.len() > level => return Some(self.cut_value(window, Some(key))),
                    Ok(key) if self.closers.len() == level => match peek(window) {
                        Some(b'[') if !others.contains(&key) => self.enter_group(window, b']'),
                        Some(b'{') if keyed.contains(&key) => self.enter_group(window, b'}'),
                        // A member beside the groups.
                        _ => self.skip_value(window),
                    },
                    Ok(_) => self.skip_value(window),
                    Err(state) => return Some(self.last(window, state)),
                },
            }
        }
    }

    fn enter_group(&mut self, window: &mut Window, closer: u8) {
        window.consume(1);
        self.closers.push(closer);
        self.gave = true;
    }

    /// Goes down `path`; a frame only where that fails.
    fn enter(&mut self, window: &mut Window, path: &[String]) -> Option<Frame> {
        let mut path = path.iter();
        let mut wanted = path.next();
        loop {
            match peek(window) {
                Some(b'{') => self.closers.push(b'}'),
                Some(b'[') if wanted.is_none() => self.closers.push(b']'),
                Some(first) if !self.closers.is_empty() => {
                    self.skip_value(window);
                    // A page that is empty may have `null` there.
                    self.gave |= first == b'n';
                    return (first != b'n').then(|| without(window));
                }
                Some(first) if first == b'[' || self.around.is_some() => return Some(self.odd(window)),
                Some(_) => return Some(self.last(window, FrameState::Stray)),
                None => return Some(self.last(window, FrameState::Cut)),
            }
            window.consume(1);
            let key = wanted?;
            loop {
                match peek(window) {
                    Some(b',') => window.consume(1),
                    Some(b'}' | b']') => {
                        self.gave = true;
                        return Some(without(window));
                    }
                    _ => match self.member_key(window) {
                        Ok(found) if found == *key => break,
                        Ok(_) => self.skip_value(window),
                        Err(state) => return Some(self.last(window, state)),
                    },
                }
            }
            wanted = path.next();
        }
    }

    /// A document that has no place for records.
    fn odd(&self, window: &mut Window) -> Frame {
        let frame = self.cut_value(window, None);
        match frame.state {
            FrameState::Whole => Frame { state: FrameState::Without, ..frame },
            _ => frame,
        }
    }

    /// Reads `"key":` and stands before the value.
    fn member_key(&self, window: &mut Window) -> Result<String, FrameState> {
        match peek(window) {
            Some(b'"') => {}
            Some(_) => return Err(FrameState::Stray),
            None => return Err(FrameState::Cut),
        }
        let frame = self.cut_value(window, None);
        let key = match frame.state {
            FrameState::Whole => decode_key(&window.bytes()[..frame.length]).ok_or(FrameState::Stray)?,
            state => return Err(state),
        };
        let after =
            frame.length + window.bytes()[frame.length..].iter().take_while(|byte| is_space(**byte)).count();
        window.fill_to(after + 1);
        match window.bytes().get(after) {
            Some(b':') => window.consume(after + 1),
            Some(_) => return Err(FrameState::Stray),
            None => return Err(FrameState::Cut),
        }
        peek(window).map(|_| key).ok_or(FrameState::Cut)
    }

    fn skip_value(&self, window: &mut Window) {
        let mut end = End::Value(ValueEnd::default());
        loop {
            let found = end.advance(window.bytes());
            window.consume(found.unwrap_or(window.bytes().len()));
            if found.is_some() || !window.fill() {
                return;
            }
        }
    }

    /// What is left where the document cannot be followed any further.
    fn last(&mut self, window: &mut Window, state: FrameState) -> Frame {
        self.done = true;
        window.fill_to(HEAD_KEPT);
        Frame { offset: window.offset(), length: window.bytes().len().min(HEAD_KEPT), key: None, state }
    }
}

/// The frame of a document that has no record where it should, which ends here.
fn without(window: &Window) -> Frame {
    Frame { offset: window.offset(), length: 0, key: None, state: FrameState::Without }
}

/// Reads on to the end of a record that is over the limit, keeping only its head.
fn discard(window: &mut Window, scanned: usize, mut found: bool, mut end: End) -> FrameState {
    let head = window.bytes()[..scanned.min(HEAD_KEPT)].to_vec();
    let mut size = scanned as u64;
    window.consume(scanned);
    while !found && window.fill() {
        let length = end.advance(window.bytes());
        found = length.is_some();
        let length = length.unwrap_or(window.bytes().len());
        window.consume(length);
        size += length as u64;
    }
    FrameState::TooLarge { size, head }
}

fn is_space(byte: u8) -> bool {
    // The record separator of JSON text sequences (RFC 7464) stands where white space may.
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0x1e)
}

/// The next byte that is not white space, standing before it.
fn peek(window: &mut Window) -> Option<u8> {
    loop {
        let blank = window.bytes().iter().take_while(|byte| is_space(**byte)).count();
        window.consume(blank);
        if let Some(&byte) = window.bytes().first() {
            return Some(byte);
        }
        if !window.fill() {
            return None;
        }
    }
}

fn decode_key(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut tape = Tape::default();
    let parsed = tape.parse(&text, crate::json::Limits::default()).ok()?;
    parsed.root().text().map(|key| key.into_owned())
}
