//! Rows of a query's result, from the shapes drivers and tools print.

use crate::text::document::{Document, Kind, Value};

/// Results of exactly so many rows are cut by a silent cap often enough that they prove nothing.
const USUAL_CAPS: &[usize] = &[10, 20, 25, 30, 50, 100, 200, 500, 1000];

/// The rows of a result: a list of lists, tuples or objects, bare or as the only list of an object.
/// `None` in a cell is a null.
pub fn rows(document: &Document<'_>) -> Option<Vec<Vec<Option<String>>>> {
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

fn row(value: Value<'_, '_>) -> Option<Vec<Option<String>>> {
    if value.is_leaf() {
        return None;
    }
    value.children().map(cell).collect()
}

fn cell(value: Value<'_, '_>) -> Option<Option<String>> {
    match value.kind() {
        Kind::Null => Some(None),
        Kind::Array | Kind::Object => None,
        _ => Some(Some(value.text().trim().to_string())),
    }
}

/// Whether a result of so many rows may have been cut without a mark.
pub fn may_be_capped(rows: usize) -> bool {
    USUAL_CAPS.contains(&rows)
}
