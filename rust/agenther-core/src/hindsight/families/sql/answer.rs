//! Whether the rows of a result answer the request, and the answer they give.

use sqlparser::ast::BinaryOperator;

use super::MAX_ROWS;
use super::phrase;
use super::rows::{Cell, Row};
use super::schema::Schema;
use super::shape::{Fold, Output, Shape, Test};
use crate::hindsight::families::english;

/// More whole records than this are a dump, not an answer.
const MAX_RECORDS: usize = 6;

/// A sorted list too long to repeat, or cut, still shows which row comes first, where the sort key tells it from the
/// second: the shape then asks for that one.
pub fn keep_the_first(shape: &mut Shape, rows: &mut Vec<Row>) -> Option<()> {
    let [(key, _)] = shape.order.as_slice() else { return None };
    let at = shape.outputs.iter().position(|output| output == key)?;
    let [first, second, ..] = rows.as_slice() else { return None };
    let (Some(best), Some(next)) = (first.get(at)?, second.get(at)?) else { return None };
    let number = |cell: &Cell| cell.text.parse::<f64>().ok().filter(|_| !cell.quoted);
    if best.text == next.text || (number(best).is_some() && number(best) == number(next)) {
        return None;
    }
    if shape.limit.is_some() || shape.distinct || shape.star {
        return None;
    }
    shape.limit = Some(1);
    rows.truncate(1);
    Some(())
}

/// Whether the rows can answer the request, and the answer they give.
pub fn answer(shape: &Shape, schema: &Schema, rows: &[Row]) -> Option<String> {
    if let Some(nothing) = nothing(shape, schema, rows) {
        return Some(nothing);
    }
    let complete = shape.limit.is_none_or(|limit| rows.len() as u64 == limit);
    let widths = rows.iter().all(|row| row.len() == shape.outputs.len());
    if rows.is_empty() || rows.len() > MAX_ROWS || !complete || !widths {
        return None;
    }
    if (0..shape.outputs.len()).any(|at| misread(shape, schema, at, rows)) {
        return None;
    }
    let cells: Vec<Vec<&str>> = rows.iter().map(|row| said(shape, row)).collect::<Option<_>>()?;
    let folded = shape.outputs.iter().all(|output| !matches!(output, Output::Column(_)));
    if folded
        && rows.len() == 1
        && cells[0].contains(&"0")
        && !(shape.outputs == [Output::Count] && none_is_sure(shape, schema))
    {
        return None;
    }
    let headings = phrase::headings(shape, schema)?;
    if shape.star {
        return records(&headings, &cells);
    }
    if let [row] = cells.as_slice() {
        let parts: Vec<String> =
            headings.iter().zip(row).map(|(heading, cell)| format!("the {heading} is {cell}")).collect();
        return Some(sentence(&english::enumerate(&parts, "and")));
    }
    let key_first = |row: &[&str]| {
        let (keys, measures): (Vec<usize>, Vec<usize>) =
            (0..row.len()).partition(|&at| matches!(shape.outputs[at], Output::Column(_)));
        keys.into_iter().chain(measures).map(|at| row[at]).collect::<Vec<_>>().join(", ")
    };
    let lines: Vec<String> = cells.iter().map(|row| format!("- {}", key_first(row))).collect();
    Some(lines.join("\n"))
}

/// The values of a row in words. A null is said where a column of a row that has others was asked for; a measure
/// that is null measured nothing.
fn said<'r>(shape: &Shape, row: &'r [Option<Cell>]) -> Option<Vec<&'r str>> {
    if row.iter().all(Option::is_none) {
        return None;
    }
    let value = |(at, cell): (usize, &'r Option<Cell>)| {
        let column = matches!(shape.outputs[at], Output::Column(_));
        let text = match cell {
            Some(cell) if cell.text.is_empty() && !shape.star => return None,
            Some(cell) if !cell.text.is_empty() => cell.text.as_str(),
            _ => "not recorded",
        };
        let sorted = shape.order.iter().any(|(key, _)| *key == shape.outputs[at]);
        (cell.is_some() || (column && !sorted)).then_some(text)
    };
    row.iter().enumerate().map(value).collect()
}

/// Whole records, a line each: `- id: 3; name: Nord; closed: not recorded`.
fn records(headings: &[String], cells: &[Vec<&str>]) -> Option<String> {
    let line = |row: &Vec<&str>| {
        let values: Vec<String> =
            headings.iter().zip(row).map(|(heading, cell)| format!("{heading}: {cell}")).collect();
        format!("- {}", values.join("; "))
    };
    (cells.len() <= MAX_RECORDS && headings.len() >= 2)
        .then(|| cells.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// What an empty result says: that there are none, or that no value is recorded.
fn nothing(shape: &Shape, schema: &Schema, rows: &[Row]) -> Option<String> {
    // "Which … has the most?" takes for granted that there are some.
    // That a whole table is empty says more of the table that was picked than of the world.
    let whole = shape.tests.is_empty();
    let presumes = whole || shape.limit.is_some() || shape.having.is_some() || shape.having_fold.is_some();
    if presumes || !none_is_sure(shape, schema) {
        return None;
    }
    if rows.is_empty() {
        return Some(format!("There are no {}.", phrase::things(shape, schema)?));
    }
    let [row] = rows else { return None };
    let folded: Vec<String> = shape
        .outputs
        .iter()
        .map(|output| match output {
            Output::Fold(_, column) => phrase::attribute(shape, schema, column),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let null = row.len() == folded.len() && row.iter().all(Option::is_none) && shape.group.is_empty();
    let mut recorded = folded;
    recorded.dedup();
    null.then(|| format!("No {} is recorded.", english::enumerate(&recorded, "or")))
}

/// Whether an absence is a fact about the data, not the sign of a value written otherwise than the data has it.
fn none_is_sure(shape: &Shape, schema: &Schema) -> bool {
    shape.tables.len() == 1
        && shape.tests.iter().all(|test| match test {
            Test::Compare(column, op, constant) => {
                let ordered = !matches!(op, BinaryOperator::Eq | BinaryOperator::NotEq);
                let info = schema.column(&shape.tables[column.table], &column.name);
                ordered && constant.number && info.is_some_and(|info| info.numeric)
            }
            Test::Null(..) => true,
            _ => false,
        })
}

/// Words for what numbers are given of; a column called anything else and full of numbers holds keys.
pub(super) const MEASURED: &[&str] = &[
    "ID",
    "number",
    "code",
    "year",
    "month",
    "day",
    "age",
    "grade",
    "rank",
    "ranking",
    "size",
    "price",
    "cost",
    "amount",
    "quantity",
    "population",
    "area",
    "weight",
    "height",
    "length",
    "width",
    "capacity",
    "score",
    "rating",
    "salary",
    "level",
    "count",
    "total",
    "percentage",
    "share",
    "attendance",
    "tables",
    "earnings",
    "budget",
    "bonus",
    "distance",
    "duration",
    "horsepower",
    "version",
    "hours",
    "points",
];

/// Whether the values of a column are not what its words promise: the extreme of numbers that sort as texts, numbers
/// out of order, or the keys of another table.
fn misread(shape: &Shape, schema: &Schema, at: usize, rows: &[Row]) -> bool {
    if shape.star {
        return false;
    }
    let cells: Vec<&Cell> = rows.iter().filter_map(|row| row[at].as_ref()).collect();
    let number = |cell: &&Cell| cell.text.parse::<f64>().ok();
    let all_numbers = !cells.is_empty() && cells.iter().all(|cell| number(cell).is_some());
    let column = match &shape.outputs[at] {
        Output::Fold(Fold::Highest | Fold::Lowest, _) => {
            return all_numbers && cells.iter().any(|cell| cell.quoted);
        }
        Output::Column(column) => column,
        _ => return false,
    };
    let Some(info) = schema.column(&shape.tables[column.table], &column.name) else {
        return all_numbers
            && !schema.words(&column.name).last().is_some_and(|word| MEASURED.contains(&word.as_str()));
    };
    let refers = info.keyed || schema.names_table(&column.name);
    let disordered = match shape.order.as_slice() {
        [(key, descending)] if *key == shape.outputs[at] => {
            shape.limit.is_some() || !ordered(&cells, *descending)
        }
        order => order.iter().any(|(key, _)| *key == shape.outputs[at]),
    };
    all_numbers && !info.numeric && (disordered || refers)
}

fn ordered(cells: &[&Cell], descending: bool) -> bool {
    cells.windows(2).all(|pair| match (pair[0].text.parse::<f64>(), pair[1].text.parse::<f64>()) {
        (Ok(one), Ok(other)) => one == other || (one > other) == descending,
        _ => false,
    })
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}
