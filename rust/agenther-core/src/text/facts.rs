//! Typed facts in text: numbers, money, dates, identifiers, names.
//!
//! One pass. The text is cut into chunks (what stands between blanks, brackets, quotes and commas);
//! a chunk is read once and the classes of its bytes decide which scanners may look at it. Most
//! chunks are lower-case words and are left at that. A scanner either moves the pass on or looks
//! ahead by a bounded number of bytes, so the time is linear whatever the text.

use super::{address, amount, date, document, identifier, name, number};
use crate::trajectory::Span;

/// A longer quotation is prose: its facts are reported one by one.
const MAX_QUOTATION: usize = 120;

/// What kind of thing a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// A plain number: `1,234.5`, `1.234,5`.
    Number,
    /// An amount of money: `$5.30/kg`, `12 EUR`.
    Money,
    /// A share: `10 %`.
    Percent,
    /// A number with a unit of measure: `10kg`, `3.5 GB`.
    Quantity,
    /// A calendar date, whole or in part: `2024-05-20`, `May 20, 2024`, `Monday`.
    Date,
    /// A time of day: `14:05`, `3 pm`.
    Time,
    /// A length of time: `30 seconds`, `2h`.
    Duration,
    /// A web address.
    Url,
    /// An e-mail address.
    Email,
    /// A file path or name.
    Path,
    /// An opaque identifier: `JG7FMM`, `user_1234`.
    Id,
    /// A quoted string; its span excludes the quotes.
    Quoted,
    /// A proper name: a run of capitalised words.
    Name,
}

impl FactKind {
    /// Every kind.
    pub const ALL: [FactKind; 13] = [
        FactKind::Number,
        FactKind::Money,
        FactKind::Percent,
        FactKind::Quantity,
        FactKind::Date,
        FactKind::Time,
        FactKind::Duration,
        FactKind::Url,
        FactKind::Email,
        FactKind::Path,
        FactKind::Id,
        FactKind::Quoted,
        FactKind::Name,
    ];

    /// The name used in frames.
    pub fn name(self) -> &'static str {
        match self {
            FactKind::Number => "number",
            FactKind::Money => "money",
            FactKind::Percent => "percent",
            FactKind::Quantity => "quantity",
            FactKind::Date => "date",
            FactKind::Time => "time",
            FactKind::Duration => "duration",
            FactKind::Url => "url",
            FactKind::Email => "email",
            FactKind::Path => "path",
            FactKind::Id => "id",
            FactKind::Quoted => "quoted",
            FactKind::Name => "name",
        }
    }
}

/// One fact in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fact<'a> {
    /// Its kind.
    pub kind: FactKind,
    /// Where it stands.
    pub span: Span,
    /// The text of the span.
    pub text: &'a str,
    /// Its value: the number; seconds for a duration; days since 1970-01-01 for a full date;
    /// seconds since midnight for a time.
    pub value: Option<f64>,
    /// Its unit as written (`kg`, `$`, `USD`), where it has one.
    pub unit: Option<&'a str>,
    /// What the unit is counted per: `kg` in `$5.30/kg`.
    pub per: Option<&'a str>,
}

impl<'a> Fact<'a> {
    /// The unit with what it is counted per: `$/kg`.
    pub fn unit_label(&self) -> Option<String> {
        match (self.unit, self.per) {
            (Some(unit), Some(per)) => Some(format!("{unit}/{per}")),
            (None, Some(per)) => Some(format!("/{per}")),
            (unit, None) => unit.map(str::to_owned),
        }
    }

    pub(super) fn new(text: &'a str, kind: FactKind, start: usize, end: usize) -> Self {
        Fact {
            kind,
            span: Span::new(start, end),
            text: &text[start..end],
            value: None,
            unit: None,
            per: None,
        }
    }

    pub(super) fn with_value(self, value: f64) -> Self {
        Fact { value: Some(value), ..self }
    }

    pub(super) fn end(&self) -> usize {
        self.span.end as usize
    }
}

/// The facts of a text, in the order of their spans, which do not overlap.
pub fn facts(text: &str) -> Vec<Fact<'_>> {
    let mut scanner = Scanner::new(text, text.len());
    scanner.run(0);
    scanner.out
}

/// The facts of a parsed text: those of its scalars, in order. Keys and punctuation give none.
pub fn in_document<'a>(document: &document::Document<'a>) -> Vec<Fact<'a>> {
    let mut scanner = Scanner::new(document.source(), 0);
    for leaf in document.leaves() {
        let known = scanner.out.len();
        match leaf.kind() {
            document::Kind::Number => match plain_number(scanner.text, leaf.span()) {
                Some(number) => scanner.out.push(number),
                None => scanner.scalar(leaf),
            },
            document::Kind::String => scanner.scalar(leaf),
            _ => continue,
        }
        if let [fact] = &mut scanner.out[known..]
            && fact.kind == FactKind::Number
            && fact.span == leaf.span()
            && let Some(key) = leaf.key()
        {
            *fact = amount::under_key(*fact, key);
        }
    }
    scanner.out
}

/// The number that a scalar is, where it is digits with at most a fraction: nothing else can be read in it.
fn plain_number(text: &str, span: Span) -> Option<Fact<'_>> {
    let written = span.of(text).as_bytes();
    let whole = written.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fraction = match &written[whole..] {
        [] if written[0] != b'0' || whole == 1 => &[][..],
        [b'.', fraction @ ..] if !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) => fraction,
        _ => return None,
    };
    let value = (whole > 0).then(|| number::decimal(&written[..whole], fraction))?;
    Some(Fact::new(text, FactKind::Number, span.start as usize, span.end as usize).with_value(value))
}

/// A bare number with the unit that its key names: `"price_usd": 5`, `"Weight (kg)": 3`.
pub fn under_key<'a>(fact: Fact<'a>, key: &'a str) -> Fact<'a> {
    amount::under_key(fact, key)
}

/// Classes of bytes; those of a chunk are or-ed.
pub(super) mod class {
    pub const LOWER: u16 = 1;
    pub const UPPER: u16 = 2;
    pub const DIGIT: u16 = 4;
    pub const HIGH: u16 = 8;
    pub const DOT: u16 = 16;
    pub const SLASH: u16 = 32;
    pub const AT: u16 = 64;
    pub const COLON: u16 = 128;
    /// `_`, which joins words to identifiers.
    pub const UNDERSCORE: u16 = 256;
    /// `- + = & ? ~ % ' * ^ !`: inside a chunk, of no meaning to it.
    pub const OTHER: u16 = 512;
    /// `$` and `#`, which begin money and identifiers.
    pub const MARK: u16 = 1024;
    pub const BACKSLASH: u16 = 2048;
    /// Ends a chunk and means nothing: blanks, brackets, `, ; | < >`.
    pub const BREAK: u16 = 4096;
    /// Ends a chunk and may open a quotation.
    pub const QUOTE: u16 = 8192;
    pub const ANY: u16 = u16::MAX;

    pub const TABLE: [u16; 256] = {
        let mut table = [OTHER; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = match byte as u8 {
                b'a'..=b'z' => LOWER,
                b'A'..=b'Z' => UPPER,
                b'0'..=b'9' => DIGIT,
                128..=255 => HIGH,
                b'.' => DOT,
                b'/' => SLASH,
                b'@' => AT,
                b':' => COLON,
                b'_' => UNDERSCORE,
                b'$' | b'#' => MARK,
                b'\\' => BACKSLASH,
                0..=32 | 127 | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b',' | b';' | b'|' => {
                    BREAK
                }
                b'"' | b'`' => QUOTE,
                _ => OTHER,
            };
            byte += 1;
        }
        table
    };

    pub fn of(byte: u8) -> u16 {
        TABLE[byte as usize]
    }

    pub fn is_word(byte: u8) -> bool {
        of(byte) & (LOWER | UPPER | DIGIT | HIGH | UNDERSCORE) != 0
    }
}

struct Scanner<'a> {
    text: &'a str,
    /// Where the pass stops: the text beyond is not looked at.
    end: usize,
    /// The chunk in hand ends here.
    chunk_end: usize,
    /// Classes of its bytes, or of more.
    flags: u16,
    /// Whether quotations are looked for: they do not nest.
    quoting: bool,
    /// Whether a capital may be that of a sentence.
    prose: bool,
    out: Vec<Fact<'a>>,
}

impl<'a> Scanner<'a> {
    /// How many bytes of prose there are to a fact, roughly, and how many facts are made room for at once.
    const BYTES_A_FACT: usize = 40;
    const MAX_RESERVED: usize = 64;

    fn new(text: &'a str, end: usize) -> Self {
        let room = (text.len() / Self::BYTES_A_FACT).min(Self::MAX_RESERVED);
        let out = Vec::with_capacity(room);
        Scanner { text, end, chunk_end: 0, flags: class::ANY, quoting: true, prose: true, out }
    }

    /// Scans a scalar of a document.
    fn scalar(&mut self, leaf: document::Value<'_, 'a>) {
        let raw = leaf.raw().as_bytes();
        self.end = leaf.span().end as usize;
        self.chunk_end = 0;
        self.prose = raw.len() > MAX_QUOTATION || raw.windows(2).any(|pair| pair == b". ");
        self.run(leaf.span().start as usize);
    }

    fn run(&mut self, start: usize) {
        use class::*;
        let bytes = &self.text.as_bytes()[..self.end];
        let mut at = start;
        while at < self.end {
            let class = of(bytes[at]);
            if class == BREAK {
                at += 1;
                continue;
            }
            if class == QUOTE {
                at = self.quotation(at, at + 1, bytes[at]);
                continue;
            }
            if at >= self.chunk_end {
                let flags = self.read_chunk(at);
                // A lower-case word, perhaps with a full stop or a hyphen.
                if flags & !(LOWER | DOT | OTHER | COLON) == 0
                    && !(flags & DOT != 0 && self.has_inner_dot(at))
                {
                    at = self.lower(at);
                    continue;
                }
                if flags & (DOT | SLASH | AT | BACKSLASH) != 0
                    && let Some(fact) = address::scan(self.text, self.end, at, self.chunk_end, flags)
                {
                    let (from, to) = (fact.span.start as usize, fact.end());
                    self.inner(at, from);
                    self.out.push(fact);
                    self.chunk_end = self.chunk_end.max(to);
                    at = to;
                    continue;
                }
            }
            at = match class {
                DIGIT => self.digit(at),
                UPPER | LOWER | UNDERSCORE => self.word(at),
                HIGH => self.high(at),
                MARK => self.mark(at),
                OTHER => self.other(at, bytes[at]),
                _ => at + 1,
            };
        }
    }

    /// Scans `from..to` as a text of its own: what precedes an address in its chunk, or a quotation.
    fn inner(&mut self, from: usize, to: usize) {
        if from < to {
            let (end, chunk_end, flags) = (self.end, self.chunk_end, self.flags);
            (self.end, self.chunk_end, self.flags) = (to, to, class::ANY);
            self.run(from);
            (self.end, self.chunk_end, self.flags) = (end, chunk_end, flags);
        }
    }

    /// Finds the end of the chunk at `at` and what bytes it has.
    fn read_chunk(&mut self, at: usize) -> u16 {
        let mut flags = 0;
        let mut end = at;
        for &byte in &self.text.as_bytes()[at..self.end] {
            let class = class::of(byte);
            if class & (class::BREAK | class::QUOTE) != 0 {
                break;
            }
            flags |= class;
            end += 1;
        }
        (self.chunk_end, self.flags) = (end, flags);
        flags
    }

    fn has_inner_dot(&self, at: usize) -> bool {
        let chunk = &self.text.as_bytes()[at..self.chunk_end];
        memchr::memchr(b'.', chunk).is_some_and(|dot| chunk.get(dot + 1).is_some_and(u8::is_ascii_lowercase))
    }

    /// A chunk of lower-case letters: only a month (`may 20`) or an opening apostrophe make it a fact.
    fn lower(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        match bytes[at] {
            b'\'' => self.other(at, b'\''),
            b'.' | b':' => at + 1,
            _ if class::of(bytes[at]) == class::OTHER => at + 1,
            _ => match self.month(at) {
                Some(end) => end,
                None => self.chunk_end,
            },
        }
    }

    #[inline]
    fn month(&mut self, at: usize) -> Option<usize> {
        if !date::may_begin(self.text.as_bytes(), at) {
            return None;
        }
        let fact = date::from_month(self.text, self.end, at)?;
        self.out.push(fact);
        Some(fact.end())
    }

    fn digit(&mut self, at: usize) -> usize {
        let (dated, timed) = date::follow(&self.text.as_bytes()[at..self.end]);
        let date = if dated { date::from_digits(self.text, self.end, at) } else { None };
        let fact = date
            .or_else(|| if timed { date::time(self.text, self.end, at) } else { None })
            .or_else(|| amount::scan(self.text, self.end, at, at))
            .or_else(|| identifier::scan(self.text, self.end, at));
        match fact {
            // The time of `2024-05-20T14:05` is a fact of its own.
            Some(fact) if fact.kind == FactKind::Date => {
                let end = self.take(fact);
                end + usize::from(self.text.as_bytes()[..self.end].get(end) == Some(&b'T'))
            }
            Some(fact) => self.take(fact),
            None => self.after_word(at),
        }
    }

    /// `-5`, `+3.5`, `-$5`: a sign counts where nothing it could join stands before it.
    fn other(&mut self, at: usize, byte: u8) -> usize {
        let bytes = &self.text.as_bytes()[..self.end];
        let before = at.checked_sub(1).map(|before| bytes[before]);
        match byte {
            b'-' | b'+'
                if before.is_none_or(|before| !class::is_word(before) && !matches!(before, b'-' | b')')) =>
            {
                amount::scan(self.text, self.end, at, at + 1).map_or(at + 1, |fact| self.take(fact))
            }
            b'\'' if before.is_none_or(|before| !class::is_word(before)) => self.quotation(at, at + 1, b'\''),
            b'~' if bytes.get(at + 1) == Some(&b'/') => at + 1,
            _ => at + 1,
        }
    }

    /// `$5`, `#W123`.
    fn mark(&mut self, at: usize) -> usize {
        let fact = if self.text.as_bytes()[at] == b'$' {
            amount::scan(self.text, self.end, at, at)
        } else {
            identifier::scan(self.text, self.end, at)
        };
        fact.map_or(at + 1, |fact| self.take(fact))
    }

    fn word(&mut self, at: usize) -> usize {
        let bytes = &self.text.as_bytes()[..self.end];
        let capital = bytes[at].is_ascii_uppercase() || !bytes[at].is_ascii();
        let dated = date::may_begin(bytes, at);
        // Each is asked only where a byte or two leave it possible.
        let mut fact = if dated { date::from_month(self.text, self.end, at) } else { None };
        if fact.is_none() && capital && amount::may_be_currency(bytes, at) {
            fact = amount::scan(self.text, self.end, at, at);
        }
        if fact.is_none() && self.flags & class::DIGIT != 0 {
            fact = identifier::scan(self.text, self.end, at);
        }
        if fact.is_none() && capital {
            fact = name::scan(self.text, self.end, at, self.prose);
        }
        match fact {
            Some(fact) => self.take(fact),
            None => self.after_word(at),
        }
    }

    /// A byte of a character beyond ASCII: a currency sign, a quotation mark, a letter.
    fn high(&mut self, at: usize) -> usize {
        let Some(first) = self.text[at..self.end].chars().next() else { return self.end };
        let next = at + first.len_utf8();
        match first {
            '“' => self.quotation(at, next, b'"'),
            '‘' => self.quotation(at, next, b'\''),
            '«' => self.quotation(at, next, 0),
            '−' => amount::scan(self.text, self.end, at, next).map_or(next, |fact| self.take(fact)),
            _ if first.is_alphabetic() => self.word(at),
            _ => amount::scan(self.text, self.end, at, at).map_or(next, |fact| self.take(fact)),
        }
    }

    fn take(&mut self, fact: Fact<'a>) -> usize {
        self.out.push(fact);
        fact.end()
    }

    /// Past the letters and digits at `at`.
    fn after_word(&self, at: usize) -> usize {
        let bytes = &self.text.as_bytes()[..self.end];
        let mut next = at + 1;
        while next < self.end && class::is_word(bytes[next]) && !starts_mark(self.text, next) {
            next += 1;
        }
        next
    }

    /// A quotation whose mark stands at `open` and whose text begins at `from`. One that holds facts
    /// other than names is not one fact but those; one before a colon is a key.
    fn quotation(&mut self, open: usize, from: usize, mark: u8) -> usize {
        if !self.quoting {
            return from;
        }
        let Some((to, after)) = close(self.text, self.end, open, from, mark) else { return from };
        let rest = self.text[after..self.end].trim_start_matches(' ');
        if rest.starts_with(':') && mark != 0 {
            return after;
        }
        let known = self.out.len();
        (self.quoting, self.prose) = (false, false);
        self.inner(from, to);
        (self.quoting, self.prose) = (true, true);
        if self.out[known..].iter().all(|fact| fact.kind == FactKind::Name) {
            self.out.truncate(known);
            self.out.push(Fact::new(self.text, FactKind::Quoted, from, to));
        }
        self.chunk_end = self.chunk_end.min(after);
        after
    }
}

/// Whether a mark of punctuation beyond ASCII begins at `at`.
fn starts_mark(text: &str, at: usize) -> bool {
    text.as_bytes()[at] >= 0xC0
        && text[at..].chars().next().is_some_and(|first| !first.is_alphanumeric() && first != '’')
}

/// Where the quotation whose text begins at `from` ends, and where the text after it begins.
fn close(text: &str, end: usize, open: usize, from: usize, mark: u8) -> Option<(usize, usize)> {
    let limit = (from + MAX_QUOTATION).min(end);
    let bytes = &text.as_bytes()[..end];
    let first = *bytes.get(from)?;
    if first.is_ascii_whitespace() {
        return None;
    }
    let curly = match &text[open..from] {
        "“" => Some("”"),
        "‘" => Some("’"),
        "«" => Some("»"),
        _ => None,
    };
    let mut at = from;
    while at < limit {
        let ahead = match curly {
            Some(closing) => memchr::memchr3(closing.as_bytes()[0], b'\n', b'\\', &bytes[at..limit])?,
            None => memchr::memchr3(mark, b'\n', b'\\', &bytes[at..limit])?,
        };
        at += ahead;
        let found = curly.map_or(bytes[at] == mark, |closing| bytes[at..].starts_with(closing.as_bytes()));
        if found {
            let after = at + curly.map_or(1, str::len);
            let joined = bytes.get(after).is_some_and(|&byte| class::is_word(byte));
            if at == from || !(mark == b'\'' && joined) {
                return (at > from && !bytes[at - 1].is_ascii_whitespace()).then_some((at, after));
            }
        } else if curly.is_none() || matches!(bytes[at], b'\n' | b'\\') {
            return None;
        }
        at += 1;
    }
    None
}
