//! Rows of a query's result, from the shapes drivers and tools print.

use super::table;
use crate::reading::StepReading;
use crate::text::document::{Document, Kind, Value};

/// Results of exactly so many rows are cut by a silent cap often enough that they prove nothing.
const USUAL_CAPS: &[usize] = &[10, 20, 25, 30, 50, 100, 200, 500, 1000];

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The value as people write it.
    pub text: String,
    /// Whether it was printed as a text: a quoted number sorts and folds as a text.
    pub quoted: bool,
}

/// A row; `None` is a null.
pub type Row = Vec<Option<Cell>>;

/// What a call returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether the tool says how many there are, or that they were cut: `Some(true)` where all are there.
    pub complete: Option<bool>,
    /// Whether the first row may be the names of the columns.
    pub headed: bool,
}

/// The result of a step, from the shapes that drivers and tools print.
pub fn of(step: &StepReading<'_>) -> Option<Table> {
    let text = step.step.observation?;
    if let Some(found) = tuples(text) {
        return Some(found);
    }
    match step.observation() {
        Some(document) if document.root().kind() != Kind::Number => in_document(document.root(), 0),
        _ => table::read(text).or_else(|| labelled(text)),
    }
}

/// `name: Ann, age: 3`, the same names on each line, as ToolQA prints rows; the names are the first row.
fn labelled(text: &str) -> Option<Table> {
    let text = Some(text.trim()).filter(|text| text.len() <= MAX_TUPLES)?;
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_()*".contains(&byte))
    };
    let cells = |line| -> Option<Vec<(&str, &str)>> {
        let mut cells: Vec<(&str, &str)> = Vec::new();
        for part in str::split(line, ", ") {
            let (name, value) = part.split_once(": ")?;
            is_name(name).then(|| cells.push((name, value.trim())))?;
        }
        Some(cells)
    };
    let lines: Vec<_> = text.lines().map(cells).collect::<Option<_>>()?;
    let names: Vec<&str> = lines.first()?.iter().map(|(name, _)| *name).collect();
    let is_alike = lines.iter().all(|line| line.iter().map(|(name, _)| *name).eq(names.iter().copied()));
    let cell = |text: &str| (text != "None").then(|| Cell { text: text.to_string(), quoted: false });
    let heading = names.iter().map(|name| cell(name)).collect();
    let rows = lines.iter().map(|line| line.iter().map(|(_, value)| cell(value)).collect());
    is_alike.then(|| Table {
        rows: std::iter::once(heading).chain(rows).collect(),
        complete: None,
        headed: true,
    })
}

/// Longer results are no answers.
const MAX_TUPLES: usize = 100_000;

/// `('Ann', 3)('Bea', 4)`: rows one after the other, each on its line or not, as a loop prints them.
fn tuples(text: &str) -> Option<Table> {
    let text = text.trim();
    if !text.starts_with('(') || !text.ends_with(')') || text.len() > MAX_TUPLES {
        return None;
    }
    let (mut depth, mut quote, mut escaped) = (0usize, None, false);
    let mut joined = String::from("[");
    for c in text.chars() {
        match quote {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None if c == '(' => {
                if depth == 0 && joined.len() > 1 {
                    joined.push(',');
                }
                depth += 1;
            }
            None if c == ')' => depth = depth.checked_sub(1)?,
            None if depth == 0 && !c.is_whitespace() => return None,
            None => {}
        }
        joined.push(c);
    }
    joined.push(']');
    in_document(Document::parse(&joined)?.root(), 0)
}

/// Lists of lists, tuples or objects, bare or in an object beside counts and headings.
fn in_document(root: Value<'_, '_>, depth: usize) -> Option<Table> {
    const ROWS: &[&str] =
        &["rows", "data", "results", "result", "records", "output", "response", "content", "values"];
    match root.kind() {
        Kind::Array => Some(Table {
            rows: root.children().map(row).collect::<Option<_>>()?,
            complete: None,
            headed: false,
        }),
        Kind::Object if depth < 3 => {
            let lists = root.children().filter(|child| child.kind() == Kind::Array);
            let mut named = ROWS.iter().filter_map(|name| root.get(name));
            let inner = match lists.collect::<Vec<_>>().as_slice() {
                [only] => *only,
                _ => named.next()?,
            };
            let mut found = match inner.kind() {
                Kind::String => {
                    let text = inner.text();
                    match Document::parse(&text) {
                        Some(document) => in_document(document.root(), depth + 1),
                        None => table::read(&text),
                    }
                }
                _ => in_document(inner, depth + 1),
            }?;
            found.complete = said_complete(root, found.rows.len()).or(found.complete);
            Some(found)
        }
        _ => None,
    }
}

/// What the fields beside the rows say of their number.
fn said_complete(root: Value<'_, '_>, rows: usize) -> Option<bool> {
    let holds = |names: &[&str]| {
        let mut found = root.children().filter(|child| child.key().is_some_and(|key| names.contains(&key)));
        found.any(|child| matches!(child.raw(), "true" | "True"))
    };
    if holds(&["truncated", "is_truncated", "has_more", "hasMore", "more", "incomplete", "limited"]) {
        return Some(false);
    }
    let counts =
        ["row_count", "rowCount", "total_rows", "totalRows", "count", "total", "num_rows", "rowcount"];
    let count = counts.iter().filter_map(|name| root.get(name)?.number()).next()?;
    Some(count as usize == rows)
}

fn row(value: Value<'_, '_>) -> Option<Row> {
    if value.is_leaf() {
        return None;
    }
    value.children().map(cell).collect()
}

fn cell(value: Value<'_, '_>) -> Option<Option<Cell>> {
    match value.kind() {
        Kind::Null => Some(None),
        Kind::Array | Kind::Object => None,
        kind => {
            let text = value.text();
            let text = text.trim();
            Some(Some(Cell {
                text: moment(text).unwrap_or_else(|| text.to_string()),
                quoted: kind == Kind::String,
            }))
        }
    }
}

/// `datetime.datetime(2018, 3, 19, 4, 39)` as `2018-03-19 04:39`, `datetime.date(2018, 3, 19)` as `2018-03-19`.
fn moment(text: &str) -> Option<String> {
    let (class, inside) = text.strip_prefix("datetime.")?.strip_suffix(')')?.split_once('(')?;
    let parts: Vec<u32> = inside.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    match (class, parts.as_slice()) {
        ("date", [year, month, day]) => Some(format!("{year:04}-{month:02}-{day:02}")),
        ("datetime", [year, month, day, hour, minute, rest @ ..]) => {
            let seconds = rest.first().map_or(String::new(), |second| format!(":{second:02}"));
            Some(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}{seconds}"))
        }
        _ => None,
    }
}

/// Whether a text is a date, perhaps with a time, that sorts as it reads: `2018-03-19`, `2018-03-19T04:39`.
pub fn is_moment(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()))
    };
    text.len() >= 10
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && text.as_bytes()[4] == b'-'
        && text.as_bytes()[7] == b'-'
        && text.as_bytes().get(10).is_none_or(|byte| matches!(byte, b' ' | b'T'))
}

/// Whether a result of so many rows may have been cut without a mark. A larger result of the same run shows that no
/// cap lies at this one.
pub fn may_be_capped(rows: usize, largest: usize) -> bool {
    USUAL_CAPS.contains(&rows) && rows >= largest
}
