//! Records in plain text: the rows of tables and lists, blocks of `key: value` lines, lines, sentences.
//!
//! Tools print lists for people as often as JSON: `1) MetalWorks - $6.20/kg, MOQ 50kg`. Whoever asks
//! whether a price belongs to a supplier needs to know where one record ends and the next begins.

use crate::trajectory::Span;

/// How the records of a block are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Rows between `|`, or lines with the same number of commas or tabs, under a row of headings.
    Table,
    /// Items behind a bullet or a number.
    List,
    /// `key: value` lines; a blank line or a key that comes back begins the next record.
    KeyValue,
    /// Lines that are no sentences, as a directory listing has them.
    Lines,
    /// Prose: one record a sentence.
    Prose,
}

/// One part of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name, from a heading or before a colon.
    pub key: Option<&'a str>,
    /// Its text, trimmed.
    pub value: &'a str,
    /// Where the value stands in the text.
    pub span: Span,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Where it stands in the text.
    pub span: Span,
    /// Its parts, in order; together they cover what it says.
    pub fields: Vec<Field<'a>>,
}

/// Records that follow one another in one layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// The layout.
    pub layout: Layout,
    /// The records, in order.
    pub records: Vec<Record<'a>>,
}

/// The blocks of a text, in order. Every word of the text that is no mark, key or heading is in one record.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut reader = Reader { text, lines: lines(text), at: 0, out: Vec::new() };
    while reader.at < reader.lines.len() {
        reader.step();
    }
    reader.out
}

#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    indent: usize,
}

/// The lines that are not blank, without blanks around them; a blank line leaves a gap.
fn lines(text: &str) -> Vec<Option<Line>> {
    let mut at = 0;
    text.split('\n')
        .map(|line| {
            let from = at;
            at += line.len() + 1;
            let trimmed = line.trim_start();
            let indent = line.len() - trimmed.len();
            let trimmed = trimmed.trim_end();
            (!trimmed.is_empty()).then(|| Line {
                start: from + indent,
                end: from + indent + trimmed.len(),
                indent,
            })
        })
        .collect()
}

struct Reader<'a> {
    text: &'a str,
    lines: Vec<Option<Line>>,
    at: usize,
    out: Vec<Block<'a>>,
}

impl<'a> Reader<'a> {
    fn line(&self, at: usize) -> Option<Line> {
        self.lines.get(at).copied().flatten()
    }

    fn str(&self, line: Line) -> &'a str {
        &self.text[line.start..line.end]
    }

    fn step(&mut self) {
        let Some(line) = self.line(self.at) else {
            self.at += 1;
            return;
        };
        let text = self.str(line);
        if let Some(rows) = self.table() {
            self.push_table(rows, b'|');
        } else if let Some(rows) = self.delimited(b'\t').or_else(|| self.delimited(b',')) {
            let mark = if text.contains('\t') { b'\t' } else { b',' };
            self.push_table(rows, mark);
        } else if bullet(text).is_some() {
            self.list();
        } else if key(text).is_some() {
            self.key_values();
        } else {
            self.plain(line);
        }
    }

    /// How many lines of a table between bars begin here.
    fn table(&self) -> Option<usize> {
        let bars = |at: usize| {
            self.line(at).is_some_and(|line| {
                let text = self.str(line);
                text.starts_with('|') && text.len() > 2 || is_rule(text) || text.matches('|').count() > 1
            })
        };
        let count = (self.at..).take_while(|&at| bars(at)).count();
        (count > 1).then_some(count)
    }

    /// How many lines with the same number of `mark`s, and no sentence among them, begin here.
    fn delimited(&self, mark: u8) -> Option<usize> {
        let marks = |at: usize| {
            self.line(at).map_or(0, |line| {
                let text = self.str(line);
                if text.ends_with('.') { 0 } else { unquoted(text, mark) }
            })
        };
        let first = marks(self.at);
        if first == 0 {
            return None;
        }
        let count = (self.at..).take_while(|&at| marks(at) == first).count();
        (count > 1).then_some(count)
    }

    fn push_table(&mut self, count: usize, mark: u8) {
        let lines: Vec<Line> = (self.at..self.at + count).filter_map(|at| self.line(at)).collect();
        self.at += count;
        let ruled = lines.get(1).is_some_and(|&line| is_rule(self.str(line)));
        let rows = lines.iter().filter(|&&line| !is_rule(self.str(line)));
        let cells: Vec<Vec<Span>> = rows.map(|&row| cells(self.text, row, mark)).collect();
        let Some((first, rest)) = cells.split_first() else { return };
        // Headings name things: none is a number.
        let number = |cell: &Span| {
            cell.of(self.text).starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '$' | '€'))
        };
        let headed = !rest.is_empty() && (ruled || !first.iter().any(number));
        let body = if headed { rest } else { &cells[..] };
        let records = body
            .iter()
            .filter(|row| !row.is_empty())
            .map(|row| Record {
                span: Span { start: row[0].start, end: row[row.len() - 1].end },
                fields: row
                    .iter()
                    .enumerate()
                    .map(|(column, &span)| Field {
                        key: first.get(column).filter(|_| headed).map(|key| key.of(self.text)),
                        value: span.of(self.text),
                        span,
                    })
                    .collect(),
            })
            .collect();
        self.out.push(Block { layout: Layout::Table, records });
    }

    /// Items behind bullets; lines indented below an item, or `key: value` lines after it, are its own.
    fn list(&mut self) {
        let mut records = Vec::new();
        let mut indent = None;
        while let Some(line) = self.line(self.at).or_else(|| self.line(self.at + 1)) {
            let text = self.str(line);
            let mark = bullet(text);
            let outer = *indent.get_or_insert(line.indent);
            let blank = self.line(self.at).is_none();
            match mark {
                Some(length) if line.indent <= outer => {
                    let item = Line { start: line.start + length, ..line };
                    records.push(Record { span: Span::new(item.start, line.end), fields: self.parts(item) });
                }
                _ if line.indent > outer || (!blank && mark.is_none() && key(text).is_some()) => {
                    let item = Line { start: line.start + mark.unwrap_or(0), ..line };
                    let parts = self.parts(item);
                    if let Some(last) = records.last_mut() {
                        last.span.end = line.end as u32;
                        last.fields.extend(parts);
                    }
                }
                _ => break,
            }
            self.at += 1 + usize::from(blank);
        }
        self.out.push(Block { layout: Layout::List, records });
    }

    fn key_values(&mut self) {
        let mut records: Vec<Record<'a>> = Vec::new();
        let mut fresh = true;
        loop {
            let Some(line) = self.line(self.at) else {
                // A blank line ends a record; the block goes on if the next line has a key too.
                let more = self.line(self.at + 1).is_some_and(|line| key(self.str(line)).is_some());
                if !more {
                    break;
                }
                (fresh, self.at) = (true, self.at + 1);
                continue;
            };
            let Some((name, _)) = key(self.str(line)) else { break };
            let again = records
                .last()
                .is_some_and(|record| record.fields.first().is_some_and(|field| field.key == Some(name)));
            let parts = self.parts(line);
            if fresh || again {
                records.push(Record { span: Span::new(line.start, line.end), fields: parts });
            } else if let Some(last) = records.last_mut() {
                last.span.end = line.end as u32;
                last.fields.extend(parts);
            }
            fresh = false;
            self.at += 1;
        }
        self.out.push(Block { layout: Layout::KeyValue, records });
    }

    /// A line of no other layout: sentences, or one of a listing.
    fn plain(&mut self, line: Line) {
        self.at += 1;
        let text = self.str(line);
        let prose =
            text.ends_with(['.', '!', '?', ':', '"', ')', ']']) || text.contains(". ") || text.len() > 160;
        let layout = if prose { Layout::Prose } else { Layout::Lines };
        let records: Vec<Record<'a>> = if prose {
            sentences(self.text, line.start, line.end)
                .map(|span| Record {
                    span,
                    fields: vec![Field { key: None, value: span.of(self.text), span }],
                })
                .collect()
        } else {
            vec![Record { span: Span::new(line.start, line.end), fields: self.parts(line) }]
        };
        match self.out.last_mut() {
            Some(last) if last.layout == layout => last.records.extend(records),
            _ => self.out.push(Block { layout, records }),
        }
    }

    /// The parts of an item: `MetalWorks - $6.20/kg, MOQ: 50kg` has three, the last with a key.
    fn parts(&self, line: Line) -> Vec<Field<'a>> {
        let text = self.text;
        split(text, line.start, line.end)
            .into_iter()
            .map(|span| match key(span.of(text)) {
                Some((name, from)) => {
                    let start = span.start as usize + from;
                    let span = Span::new(start, span.end as usize);
                    Field { key: Some(name), value: span.of(text), span }
                }
                None => Field { key: None, value: span.of(text), span },
            })
            .collect()
    }
}

/// How many `mark`s stand outside quotes; none where commas are those of a sentence.
fn unquoted(text: &str, mark: u8) -> usize {
    let (mut count, mut quoted) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        quoted ^= byte == b'"' && mark == b',';
        if byte == mark && !quoted {
            if mark == b',' && text.as_bytes().get(at + 1) == Some(&b' ') {
                return 0;
            }
            count += 1;
        }
    }
    count
}

/// `|---|:--|`, `+----+`, `=====`.
fn is_rule(text: &str) -> bool {
    text.len() > 2 && text.bytes().all(|byte| matches!(byte, b'|' | b'-' | b'+' | b':' | b'=' | b' '))
}

/// The cells of a row, trimmed; the bars at both ends open and close it.
fn cells(text: &str, line: Line, mark: u8) -> Vec<Span> {
    let (mut start, mut end) = (line.start, line.end);
    if mark == b'|' {
        start += usize::from(text.as_bytes()[start] == b'|');
        end -= usize::from(end > start && text.as_bytes()[end - 1] == b'|');
    }
    let mut out = Vec::new();
    let mut from = start;
    let mut quoted = false;
    for at in start..=end {
        let byte = if at < end { text.as_bytes()[at] } else { mark };
        quoted ^= byte == b'"' && mark == b',';
        if at == end || (byte == mark && !quoted) {
            out.push(trimmed(text, from, at));
            from = at + 1;
        }
    }
    out
}

fn trimmed(text: &str, start: usize, end: usize) -> Span {
    let part = &text[start..end];
    let left = part.len() - part.trim_start().len();
    Span::new(start + left, start + left + part.trim().len())
}

/// The bytes of the bullet or number that an item begins with: `- `, `* `, `• `, `1. `, `1) `, `(a) `, `[1] `.
fn bullet(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let spaced = |length: usize| (bytes.get(length) == Some(&b' ')).then_some(length + 1);
    for mark in ["-", "*", "•", "–", "+", "·", "▪"] {
        if text.starts_with(mark) {
            return spaced(mark.len());
        }
    }
    let open = usize::from(matches!(bytes.first(), Some(b'(' | b'[' | b'#')));
    let digits = bytes[open..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let letter = usize::from(digits == 0 && open == 1 && bytes.get(open).is_some_and(u8::is_ascii_lowercase));
    let length = open + digits + letter;
    if !(1..=4).contains(&(digits + letter)) || !matches!(bytes.get(length), Some(b'.' | b')' | b']' | b':'))
    {
        return None;
    }
    spaced(length + 1)
}

/// The key that a text begins with, and where its value begins: a few words and a colon.
fn key(text: &str) -> Option<(&str, usize)> {
    const LONGEST: usize = 40;
    let reach = text.len().min(LONGEST + 1);
    let colon = memchr::memchr(b':', &text.as_bytes()[..reach])?;
    let name = text[..colon].trim_matches(['*', '"', '\'', ' ', '_', '`']);
    let rest = &text[colon + 1..];
    let spaced = rest.starts_with([' ', '\t']) || rest.starts_with("**");
    let words = name.split_whitespace().count();
    let plain = name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '/' | '(' | ')' | '.' | '#' | '%' | '\'')
        });
    if !spaced || words > 5 || !plain {
        return None;
    }
    let value = rest.trim_start_matches(['*', ' ', '\t']);
    (!value.is_empty()).then(|| (name, text.len() - value.len()))
}

/// Cuts an item at `, `, `; `, ` - `, ` | ` outside brackets and quotes.
fn split(text: &str, start: usize, end: usize) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let (mut from, mut at, mut depth) = (start, start, 0usize);
    while at < end {
        let rest = &text.as_bytes()[at..end];
        match rest[0] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let gap =
            [", ", "; ", " - ", " – ", " — ", " | "].iter().find(|gap| rest.starts_with(gap.as_bytes()));
        if let Some(gap) = gap.filter(|_| depth == 0) {
            // `May 20, 2024`: the comma of a date.
            let date = *gap == ", "
                && bytes[at - usize::from(at > start)].is_ascii_digit()
                && rest.get(2..6).is_some_and(|year| year.iter().all(u8::is_ascii_digit));
            if !date {
                out.push(trimmed(text, from, at));
                from = at + gap.len();
                at = from;
                continue;
            }
        }
        at += 1;
    }
    out.push(trimmed(text, from, end));
    out.retain(|span| !span.is_empty());
    out
}

/// The sentences of `start..end`: a full stop ends one before a blank and a capital, but not after an initial.
pub fn sentences(text: &str, start: usize, end: usize) -> impl Iterator<Item = Span> + '_ {
    let mut from = start;
    std::iter::from_fn(move || {
        while from < end && text.as_bytes()[from].is_ascii_whitespace() {
            from += 1;
        }
        if from >= end {
            return None;
        }
        let to = sentence_end(text.as_bytes(), from, end);
        let span = trimmed(text, from, to);
        from = to;
        Some(span)
    })
}

fn sentence_end(bytes: &[u8], from: usize, end: usize) -> usize {
    let mut at = from;
    while at < end {
        let byte = bytes[at];
        at += 1;
        if byte == b'\n' {
            return at;
        }
        if matches!(byte, b'.' | b'!' | b'?') {
            while at < end && matches!(bytes[at], b'"' | b')' | b'\'' | b'.') {
                at += 1;
            }
            let stops = at >= end || bytes[at].is_ascii_whitespace();
            if stops && !(byte == b'.' && abbreviates(bytes, from, at - 1, end)) {
                return at;
            }
        }
    }
    end
}

/// Whether the full stop at `at` shortens a word: `J. K.`, `Mr. X`, `e.g. this`.
fn abbreviates(bytes: &[u8], from: usize, at: usize, end: usize) -> bool {
    let word =
        bytes[from..at].iter().rev().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'.').count();
    let word = &bytes[at - word..at];
    let next = bytes[at + 1..end].iter().find(|byte| !byte.is_ascii_whitespace());
    let known: [&[u8]; 9] = [b"Mr", b"Mrs", b"Ms", b"Dr", b"St", b"No", b"vs", b"Jr", b"approx"];
    (word.len() == 1 && word[0].is_ascii_uppercase())
        || known.contains(&word)
        || (word.contains(&b'.') && next.is_some_and(u8::is_ascii_lowercase))
        || next.is_some_and(|byte| byte.is_ascii_lowercase() && word.len() < 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(Layout, Vec<String>)> {
        let field = |field: &Field<'_>| match field.key {
            Some(key) => format!("{key}={}", field.value),
            None => field.value.to_owned(),
        };
        blocks(text)
            .iter()
            .map(|block| {
                let record =
                    |record: &Record<'_>| record.fields.iter().map(field).collect::<Vec<_>>().join(" & ");
                (block.layout, block.records.iter().map(record).collect())
            })
            .collect()
    }

    fn block(layout: Layout, records: &[&str]) -> (Layout, Vec<String>) {
        (layout, records.iter().map(|record| (*record).to_owned()).collect())
    }

    #[test]
    fn lists() {
        assert_eq!(
            shown("Results:\n1) MetalWorks - $6.20/kg, MOQ: 50kg\n2) CopperCo - $5.30/kg, MOQ: 100kg\n"),
            [
                block(Layout::Prose, &["Results:"]),
                block(Layout::List, &["MetalWorks & $6.20/kg & MOQ=50kg", "CopperCo & $5.30/kg & MOQ=100kg"]),
            ]
        );
        assert_eq!(
            shown("- One (a, b)\n  Price: 5\n- Two"),
            [block(Layout::List, &["One (a, b) & Price=5", "Two"])]
        );
    }

    #[test]
    fn tables() {
        assert_eq!(
            shown("| name | price |\n|---|---|\n| A | 5 |\n| B | 6 |"),
            [block(Layout::Table, &["name=A & price=5", "name=B & price=6"])]
        );
        assert_eq!(
            shown("id,city\n1,\"Rome, Italy\"\n2,Oslo"),
            [block(Layout::Table, &["id=1 & city=\"Rome, Italy\"", "id=2 & city=Oslo"])]
        );
    }

    #[test]
    fn keys_and_values() {
        assert_eq!(
            shown("Name: A\nPrice: $5\n\nName: B\nPrice: $6"),
            [block(Layout::KeyValue, &["Name=A & Price=$5", "Name=B & Price=$6"])]
        );
    }

    #[test]
    fn lines_and_sentences() {
        assert_eq!(shown("bin\nboot\nusr"), [block(Layout::Lines, &["bin", "boot", "usr"])]);
        assert_eq!(
            shown(
                "J. K. Rowling wrote it. It sold 5.5 million copies in May 20, 2024, e.g. in the U.K. and so on."
            ),
            [block(
                Layout::Prose,
                &[
                    "J. K. Rowling wrote it.",
                    "It sold 5.5 million copies in May 20, 2024, e.g. in the U.K. and so on."
                ]
            )]
        );
        assert_eq!(shown(" \n\n"), []);
    }

    proptest::proptest! {
        #[test]
        fn spans_hold(text in "([a-zA-Z0-9é,;:|. \t\n\"()*-]|\n- |\n1\\. |Key: |\n\\| a \\| b \\|){0,40}") {
            let mut before = 0;
            for block in blocks(&text) {
                for record in &block.records {
                    assert!(record.span.start >= before && record.span.end as usize <= text.len());
                    before = record.span.end;
                    for field in &record.fields {
                        assert!(field.span.start >= record.span.start && field.span.end <= record.span.end, "{text:?} {record:?}");
                        assert_eq!(field.span.of(&text), field.value);
                    }
                }
            }
        }
    }
}
