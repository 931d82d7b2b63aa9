//! Tables as text (CSV, TSV): each row is read as a record, an object of its columns, on a line of its own. A cell that
//! holds a list or an object is that, an empty one is left out, any other is a text: `1e5` may be the name of a commit.

use std::io::{self, Cursor, Read};

use memchr::{memchr, memchr2};

use crate::json::{Limits, Tape, write_string};
use crate::python_literal::all_to_json;
use crate::stream::CHUNK;

/// What stands between cells, most common first.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];
/// Rows looked at to tell a table from other text.
const SAMPLE: usize = 16;
/// Bytes that the name of a column has at most.
const LONGEST_NAME: usize = 100;
/// Columns named in a sentence.
const SHOWN: usize = 8;

/// What a table looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    delimiter: u8,
    columns: Vec<String>,
}

impl Shape {
    /// The shape of the table that starts so: a line of names, and rows with a cell for each.
    pub fn of(head: &[u8]) -> Option<Self> {
        let first = &head[..memchr(b'\n', head).unwrap_or(head.len())];
        DELIMITERS.into_iter().filter(|delimiter| first.contains(delimiter)).find_map(|delimiter| {
            let mut rows = Splitter::new(delimiter, head.len());
            let (mut columns, mut found, mut rest) = (Vec::new(), 0, head);
            while found <= SAMPLE
                && let Some(end) = rows.advance(rest)
            {
                rest = &rest[end..];
                match found {
                    0 => columns = names(&rows.row)?,
                    _ if rows.row.is_blank() => {}
                    _ if rows.row.ends.len() != columns.len() => return None,
                    _ => {}
                }
                rows.row.clear();
                found += 1;
            }
            (columns.len() > 1).then_some(Shape { delimiter, columns })
        })
    }

    /// The records of the rows in a part of a file from its start on.
    pub fn records_in(&self, head: &[u8]) -> Vec<u8> {
        let mut records = Vec::new();
        let rows = Rows::new(Box::new(Cursor::new(head.to_vec())), self, head.len());
        // Reading what is in memory cannot fail.
        let _ = rows.take(4 * head.len() as u64).read_to_end(&mut records);
        records
    }

    /// What to tell a person whose table no format takes.
    pub fn sentence(&self) -> String {
        let names: Vec<String> =
            self.columns.iter().take(SHOWN).map(|name| format!("`{}`", name.escape_debug())).collect();
        format!(
            "The file is a table with the columns {}; no format has rows of this shape. Its rows are read as objects \
             of the columns, and those that are JSON as that, so a mapping can read them.",
            names.join(", ")
        )
    }
}

/// The names in the first row of a table. Text that happens to hold a comma has none.
fn names(row: &Row) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for (at, cell) in row.cells().enumerate() {
        let name = String::from_utf8(cell.to_vec()).ok()?;
        let name = name.trim_start_matches('\u{feff}');
        // Pandas writes its index under no name.
        let is_index = at == 0 && name.is_empty();
        let begins = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
        let goes_on = name.chars().all(|c| c.is_alphanumeric() || " _-./()#".contains(c));
        if name.len() > LONGEST_NAME || !(is_index || begins && goes_on) || names.iter().any(|n| n == name) {
            return None;
        }
        names.push(name.to_owned());
    }
    Some(names)
}

/// The cells of a row, one after another.
#[derive(Default)]
struct Row {
    bytes: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
}

impl Row {
    fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end])
    }

    fn is_blank(&self) -> bool {
        self.ends.len() < 2 && self.bytes.is_empty()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

/// Where in a cell a splitter is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a quote that ends the cell, or is the first of two that stand for one.
    Quote,
}

/// Cuts bytes into rows, in as many pieces as they come. Only a quote at the start of a cell quotes it.
struct Splitter {
    delimiter: u8,
    /// Bytes of a row that are kept.
    limit: usize,
    place: Place,
    row: Row,
}

impl Splitter {
    fn new(delimiter: u8, limit: usize) -> Self {
        Splitter { delimiter, limit, place: Place::Start, row: Row::default() }
    }

    /// Reads on; behind the end of the row, if it lies in these bytes.
    fn advance(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match (self.place, rest[0]) {
                (Place::Start, b'"') => (self.place, at) = (Place::Quoted, at + 1),
                (Place::Quote, b'"') => {
                    self.keep(b"\"");
                    (self.place, at) = (Place::Quoted, at + 1);
                }
                (Place::Quoted, _) => {
                    let end = memchr(b'"', rest).unwrap_or(rest.len());
                    self.keep(&rest[..end]);
                    if end < rest.len() {
                        self.place = Place::Quote;
                    }
                    at += (end + 1).min(rest.len());
                }
                (_, b'\n') => {
                    self.end_row();
                    return Some(at + 1);
                }
                (_, byte) if byte == self.delimiter => {
                    self.row.ends.push(self.row.bytes.len());
                    (self.place, at) = (Place::Start, at + 1);
                }
                // A line break of Windows behind a quoted cell.
                (Place::Quote, b'\r') => at += 1,
                _ => {
                    let end = memchr2(self.delimiter, b'\n', rest).unwrap_or(rest.len());
                    self.keep(&rest[..end]);
                    (self.place, at) = (Place::Plain, at + end);
                }
            }
        }
        None
    }

    fn keep(&mut self, bytes: &[u8]) {
        // One byte over the limit tells that the row is.
        let room = (self.limit + 1).saturating_sub(self.row.bytes.len());
        self.row.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_row(&mut self) {
        let start = self.row.ends.last().copied().unwrap_or(0);
        if self.place == Place::Plain && self.row.bytes.len() > start && self.row.bytes.ends_with(b"\r") {
            self.row.bytes.pop();
        }
        self.row.ends.push(self.row.bytes.len());
        self.place = Place::Start;
    }
}

/// The rows of a table as JSON lines.
pub(crate) struct Rows {
    input: Box<dyn Read + Send>,
    splitter: Splitter,
    columns: Vec<String>,
    is_past_header: bool,
    is_ended: bool,
    buffer: Vec<u8>,
    /// Bytes `at..end` of the buffer are read and not split.
    at: usize,
    end: usize,
    lines: Vec<u8>,
    /// How much of the lines was handed out.
    given: usize,
    tape: Tape,
}

impl Rows {
    /// The rows of a table of this shape; of longer ones than the limit, a little more than that is handed on.
    pub fn new(input: Box<dyn Read + Send>, shape: &Shape, limit: usize) -> Self {
        Rows {
            input,
            splitter: Splitter::new(shape.delimiter, limit),
            columns: shape.columns.clone(),
            is_past_header: false,
            is_ended: false,
            buffer: vec![0; CHUNK],
            at: 0,
            end: 0,
            lines: Vec::new(),
            given: 0,
            tape: Tape::default(),
        }
    }

    /// Splits what is in memory, or reads more.
    fn advance(&mut self) -> io::Result<()> {
        if self.at == self.end {
            (self.at, self.end) = (0, self.input.read(&mut self.buffer)?);
            if self.end == 0 {
                self.is_ended = true;
                self.close();
            }
            return Ok(());
        }
        match self.splitter.advance(&self.buffer[self.at..self.end]) {
            Some(taken) => {
                self.at += taken;
                self.end_row(true);
            }
            None => self.at = self.end,
        }
        Ok(())
    }

    /// The last row may have no line break; a quote that nothing closes cuts it off.
    fn close(&mut self) {
        let is_whole = self.splitter.place != Place::Quoted;
        self.splitter.end_row();
        self.end_row(is_whole);
    }

    fn end_row(&mut self, is_whole: bool) {
        let row = std::mem::take(&mut self.splitter.row);
        if std::mem::replace(&mut self.is_past_header, true) && !row.is_blank() {
            let mut line = String::with_capacity(row.bytes.len() + row.bytes.len() / 8);
            let is_index = |at| self.columns.get(at).is_some_and(String::is_empty);
            for (at, cell) in row.cells().enumerate().filter(|(at, cell)| !cell.is_empty() && !is_index(*at))
            {
                line.push_str(if line.is_empty() { "{" } else { ", " });
                match self.columns.get(at) {
                    Some(name) => write_string(&mut line, name),
                    None => write_string(&mut line, &format!("column_{at}")),
                }
                line.push_str(": ");
                write_cell(&mut line, &String::from_utf8_lossy(cell), &mut self.tape);
            }
            let line = if line.is_empty() { "{" } else { &line };
            self.lines.extend_from_slice(line.as_bytes());
            self.lines.extend_from_slice(if is_whole { b"}\n" } else { b"\n" });
        }
        self.splitter.row = row;
        self.splitter.row.clear();
    }
}

/// Writes a cell: as it is where it is JSON, as JSON where it is a list or dictionary as Python prints them, which is
/// what Pandas writes of one; else as a text.
fn write_cell(line: &mut String, cell: &str, tape: &mut Tape) {
    let bare = cell.trim();
    let mut write_json = |text: &str| {
        let parsed = tape.parse(text, Limits::default());
        parsed.map(|parsed| line.push_str(&parsed.root().json())).is_ok()
    };
    let is_list = bare.starts_with(['{', '[']) && bare.ends_with(['}', ']']);
    let is_written = (is_list || bare.starts_with('"') && bare.ends_with('"')) && write_json(bare)
        || is_list && all_to_json(bare).is_some_and(|json| write_json(&json));
    if !is_written {
        write_string(line, cell);
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.lines.len() {
            if self.is_ended {
                return Ok(0);
            }
            self.lines.clear();
            self.given = 0;
            self.advance()?;
        }
        let read = (&self.lines[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str, limit: usize) -> Option<String> {
        let shape = Shape::of(table.as_bytes())?;
        let mut lines = String::new();
        let bytes = Box::new(Cursor::new(table.as_bytes().to_vec()));
        Rows::new(bytes, &shape, limit).read_to_string(&mut lines).ok()?;
        Some(lines)
    }

    #[test]
    fn rows_are_objects_of_their_columns() {
        for (table, wanted) in [
            ("a,b\n1,x y\n", r#"{"a": "1", "b": "x y"}"#),
            ("a,b\r\n1,\r\n\r\n,2", "{\"a\": \"1\"}\n{\"b\": \"2\"}"),
            ("a,b\n\"say \"\"hi\"\",\nthen\",\"\"\n", r#"{"a": "say \"hi\",\nthen"}"#),
            ("a\tb\n{\"x\": [1]}\t[2\n", r#"{"a": {"x": [1]}, "b": "[2"}"#),
            (";b\n0;\"[{\"\"c\"\": null}]\"\n", r#"{"b": [{"c": null}]}"#),
            ("a,b\n\"['x', True]\",{} y\n", r#"{"a": ["x", true], "b": "{} y"}"#),
            ("a,b\n5\" pipe,\"6\"\n", r#"{"a": "5\" pipe", "b": "6"}"#),
        ] {
            let lines = read(table, 1000).unwrap_or_default();
            assert_eq!(lines.trim_end(), wanted, "{table:?}");
        }
    }

    #[test]
    fn text_with_commas_is_no_table() {
        for text in [
            "",
            "a,b",
            "Well, this is\nno table\n",
            "a,b\n1,2\n3\n",
            "1,2\n3,4\n",
            "a,a\n1,2\n",
            "[a],b\n1,2\n",
        ] {
            let rows = Shape::of(text.as_bytes()).filter(|_| text.contains('\n'));
            assert_eq!(rows, None, "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_nothing_closes_cuts_the_last_row_off() {
        assert_eq!(
            read("a,b\n1,2\n3,\"4\n5,6\n", 1000).as_deref(),
            Some("{\"a\": \"1\", \"b\": \"2\"}\n{\"a\": \"3\", \"b\": \"4\\n5,6\\n\"\n")
        );
    }

    #[test]
    fn of_a_row_that_is_too_long_little_more_than_the_limit_is_kept() {
        let table = format!("a,b\n1,{}\n3,4\n", "x".repeat(1000));
        let lines = read(&table, 50).unwrap();
        let mut lines = lines.lines();
        assert!(lines.next().is_some_and(|line| (51..100).contains(&line.len())));
        assert_eq!(lines.next(), Some(r#"{"a": "3", "b": "4"}"#));
    }
}
