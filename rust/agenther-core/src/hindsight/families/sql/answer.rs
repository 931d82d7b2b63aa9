//! Whether the rows of a result answer the request, and the answer they give.

use sqlparser::ast::BinaryOperator;

use super::MAX_ROWS;
use super::conditions::tested;
use super::numbered;
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

/// So many of a list are examples.
const EXAMPLES: usize = 5;

/// Of a list too long to repeat, or cut, the first are still examples of what was looked for.
pub fn keep_examples(shape: &mut Shape, rows: &mut Vec<Row>) -> Option<()> {
    let columns = shape.outputs.iter().all(|output| matches!(output, Output::Column(_)));
    let narrowed = match shape.group.as_slice() {
        [] => columns && !shape.tests.is_empty(),
        _ => shape.having.is_some() && !shape.outer,
    };
    if !narrowed || shape.star || shape.counted {
        return None;
    }
    let mut kept: Vec<Row> = Vec::new();
    for row in rows.drain(..) {
        if kept.len() < EXAMPLES && !kept.contains(&row) && row.iter().all(Option::is_some) {
            kept.push(row);
        }
    }
    (shape.limit, shape.distinct) = (None, false);
    shape.order.clear();
    shape.examples = Some(kept.len() as u64);
    *rows = kept;
    (rows.len() >= 2).then_some(())
}

/// `WHERE size = (SELECT MAX(size) …) LIMIT 1` asks for one of the largest, as `ORDER BY size DESC LIMIT 1` does.
pub fn one_of_extreme(shape: &mut Shape) {
    let plain = shape.limit == Some(1) && shape.order.is_empty() && shape.group.is_empty();
    if let ([Test::Extreme(column, fold)], true) = (shape.tests.as_slice(), plain) {
        shape.order = vec![(Output::Column(column.clone()), *fold == Fold::Highest)];
        shape.tests.clear();
    }
}

/// Rows that are alike may be one thing or several, which a list does not tell; the different ones are asked for then.
pub fn once_each(shape: &mut Shape, rows: &mut Vec<Row>) {
    if !may_be_once_each(shape) || !repeats(rows) || rows.iter().flatten().any(Option::is_none) {
        return;
    }
    let mut kept: Vec<Row> = Vec::new();
    rows.drain(..).for_each(|row| {
        if !kept.contains(&row) {
            kept.push(row);
        }
    });
    *rows = kept;
    shape.distinct = true;
    // Whichever of them is sorted by another column stands at several places.
    if shape.order.iter().any(|(key, _)| !shape.outputs.contains(key)) {
        shape.order.clear();
    }
}

/// Whether a list is short enough to repeat where each row is said once.
pub fn fits_once_each(shape: &Shape, rows: &[Row]) -> bool {
    const MAX_REPEATED: usize = 300;
    if !may_be_once_each(shape) || rows.len() > MAX_REPEATED {
        return false;
    }
    let mut kept: Vec<&Row> = Vec::new();
    for row in rows {
        if !kept.contains(&row) {
            kept.push(row);
        }
    }
    kept.len() <= MAX_ROWS
}

fn may_be_once_each(shape: &Shape) -> bool {
    let columns = shape.outputs.iter().all(|output| matches!(output, Output::Column(_)));
    columns && shape.group.is_empty() && shape.limit.is_none() && shape.examples.is_none() && !shape.star
}

fn repeats(rows: &[Row]) -> bool {
    (1..rows.len()).any(|at| rows[..at].contains(&rows[at]))
}

/// Whether the rows can answer the request, and the answer they give.
pub fn answer(shape: &Shape, schema: &Schema, rows: &[Row]) -> Option<String> {
    if !shape.counted
        && let Some(nothing) = nothing(shape, schema, rows)
    {
        return Some(nothing);
    }
    let complete = shape.limit.is_none_or(|limit| rows.len() as u64 == limit);
    if shape.counted {
        return number_of_groups(shape, schema, rows);
    }
    let widths = rows.iter().all(|row| row.len() == shape.outputs.len());
    if rows.is_empty() || rows.len() > MAX_ROWS || !complete || !widths {
        return None;
    }
    if (0..shape.outputs.len()).any(|at| misread(shape, schema, at, rows)) {
        return None;
    }
    let cells: Vec<Vec<&str>> = rows.iter().map(|row| said(shape, row)).collect::<Option<_>>()?;
    let is_share = |cell: &&str| {
        cell.trim_end_matches('%').parse::<f64>().is_ok_and(|share| share > 0.0 && share <= 100.0)
    };
    if shape.share.is_some() && !cells.iter().flatten().all(is_share) {
        return None;
    }
    let recorded = shape.tests.iter().any(|test| matches!(test, Test::Null(_, true)));
    let counts_none = |row: &Vec<&str>| {
        row.iter().zip(&shape.outputs).any(|(cell, output)| *output == Output::Count && *cell == "0")
    };
    if recorded && cells.iter().any(counts_none) {
        return None;
    }
    if shape.outer && counts_nothing(shape, &cells) {
        return None;
    }
    let folded = shape.outputs.iter().all(|output| !matches!(output, Output::Column(_)));
    if folded
        && rows.len() == 1
        && cells[0].contains(&"0")
        && !(shape.outputs == [Output::Count] && none_is_sure(shape, schema))
    {
        return None;
    }
    let all_numbers = shape.outputs.iter().all(|output| {
        !matches!(output, Output::Column(_)) || phrase::is_number_of_thing(shape, schema, output)
    });
    let has_columns = shape.outputs.iter().any(|output| matches!(output, Output::Column(_)));
    if has_columns && all_numbers && !schema.asks_for_ids && !numbered::are_asked_for(shape, schema) {
        return None; // a person wants the name
    }
    if numbered::refers_to_nothing(shape, schema, rows) {
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
    let mut lines: Vec<String> = cells.iter().map(|row| format!("- {}", key_first(row))).collect();
    let rows = lines.len();
    let mut seen = std::collections::BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    // Of rows that are alike nobody knows whether they are one thing or several.
    if lines.len() < rows && !phrase::says_set(shape, schema) {
        return None;
    }
    Some(lines.join("\n"))
}

/// Whether nothing at all has what is counted: then the tables were joined by what does not join them.
fn counts_nothing(shape: &Shape, cells: &[Vec<&str>]) -> bool {
    let counts = |at: &usize| shape.outputs[*at] == Output::Count;
    let counted: Vec<usize> = (0..shape.outputs.len()).filter(counts).collect();
    !counted.is_empty() && cells.iter().all(|row| counted.iter().all(|&at| row[at] == "0"))
}

fn number_of_groups(shape: &Shape, schema: &Schema, rows: &[Row]) -> Option<String> {
    let ([row], [key]) = (rows, shape.group.as_slice()) else { return None };
    let [Some(number)] = row.as_slice() else { return None };
    let words = phrase::attribute(shape, schema, key)?;
    (number.text != "0")
        .then(|| format!("The number of such {} is {}.", phrase::plural_attribute(&words), number.text))
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
    // Of what has no value at all nothing was asked.
    let of_folded = |test: &Test| {
        shape.outputs.iter().any(|output| matches!(output, Output::Fold(_, column) if column == tested(test)))
    };
    if shape.tests.iter().all(of_folded) {
        return None;
    }
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
        && (schema.is_filled(&shape.tables[0])
            || shape.tests.iter().all(|test| matches!(test, Test::Like(..))))
        && !shape.tests.is_empty()
        && !excludes_itself(shape)
        && shape.tests.iter().all(|test| match test {
            Test::Compare(column, op, constant) => {
                let ordered = !matches!(op, BinaryOperator::Eq | BinaryOperator::NotEq);
                let info = schema.column(&shape.tables[column.table], &column.name);
                ordered && constant.number && info.is_some_and(|info| info.numeric)
            }
            Test::Null(..) => true,
            // What a text holds nowhere, it holds nowhere; a code may stand for it.
            Test::Like(column, pattern, false) => {
                let free = ["name", "title", "text", "description", "comment", "notes", "content", "subject"];
                let of_text =
                    schema.words(&column.name).last().is_some_and(|word| free.contains(&word.as_str()));
                of_text && pattern.starts_with('%') && pattern.ends_with('%')
            }
            _ => false,
        })
}

/// Whether two bounds leave nothing between them: `age > 40 AND age < 30`.
fn excludes_itself(shape: &Shape) -> bool {
    let bound = |test: &'_ Test| match test {
        Test::Compare(column, op, constant) => {
            let number: f64 = constant.text.parse().ok()?;
            let is_low = match op {
                BinaryOperator::Gt | BinaryOperator::GtEq => true,
                BinaryOperator::Lt | BinaryOperator::LtEq => false,
                _ => return None,
            };
            Some((column.clone(), is_low, number))
        }
        _ => None,
    };
    let bounds: Vec<_> = shape.tests.iter().filter_map(bound).collect();
    let crosses = |(column, is_low, number): &(_, bool, f64)| {
        *is_low && bounds.iter().any(|(other, low, high)| other == column && !low && high <= number)
    };
    !shape.any && bounds.iter().any(crosses)
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
    let measured = || schema.words(&column.name).last().is_some_and(|word| MEASURED.contains(&word.as_str()));
    let info = match schema.column(&shape.tables[column.table], &column.name) {
        Some(info) if !info.guessed => info,
        // Keys are whole numbers.
        _ => return all_numbers && !measured() && !cells.iter().any(|cell| cell.text.contains('.')),
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
