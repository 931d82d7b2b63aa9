//! Rows of a query's result, from the shapes drivers and tools print.

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

/// The rows of a result: a list of lists, tuples or objects, bare or as the only list of an object.
pub fn rows(document: &Document<'_>) -> Option<Vec<Row>> {
    let root = document.root();
    let list = match root.kind() {
        Kind::Array => root,
        Kind::Object => {
            let mut lists = root.children().filter(|child| child.kind() == Kind::Array);
            let list = lists.next()?;
            if lists.next().is_some() {
                return None;
            }
            list
        }
        _ => return None,
    };
    list.children().map(row).collect()
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

/// Whether a result of so many rows may have been cut without a mark. A larger result of the same run shows that no
/// cap lies at this one.
pub fn may_be_capped(rows: usize, largest: usize) -> bool {
    USUAL_CAPS.contains(&rows) && rows >= largest
}
