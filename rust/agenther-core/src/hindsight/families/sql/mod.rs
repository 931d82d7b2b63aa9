//! SQL queries as requests: a successful `SELECT` demonstrates the question that it answers.
//!
//! [`shape`] reduces a query to what can be said, [`phrase`] says it, [`schema`] knows the tables.
//! A query with anything else in it is no candidate.

mod answer;
mod client;
mod conditions;
mod dates;
mod ddl;
mod groups;
mod left_out;
mod members;
mod naming;
mod nested;
mod numbered;
mod outer;
mod phrase;
mod psql;
mod repeated;
mod rewrite;
mod rows;
mod schema;
mod shape;
mod share;
mod table;

use std::borrow::Cow;
use std::collections::BTreeSet;

use sqlparser::ast::BinaryOperator;

use super::{Candidate, Proposals};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::effect;
use crate::signals::tool_status::Status;
use crate::text::document::{Document, Kind};
use crate::text::needles::find;
use crate::trajectory::{Field, Span};
use rows::Table;
use schema::Schema;
use shape::{Column, Shape, Test};

/// Longer answers are listings that nobody asks for in a sentence.
const MAX_ROWS: usize = 30;
/// A run that goes on querying is not asked about every query.
const MAX_QUERIES: usize = 12;

/// A query that a run made, and what came back.
struct Asked {
    sink: usize,
    statement: String,
    shape: Shape,
    table: Table,
}

/// Proposes the questions that the queries of a run answer, the last query first.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    // What later queries return depends on a step that changes the tables, which their goals would drop.
    let end = reading.steps.iter().position(changes_state).unwrap_or(reading.steps.len());
    let steps = &reading.steps[..end];
    let statements: Vec<(usize, Cow<'_, str>)> =
        steps.iter().enumerate().filter_map(|(at, step)| Some((at, statement(step)?))).collect();
    if statements.is_empty() {
        return;
    }
    let mut schema = schema_of(reading, steps, &statements);
    let mut asked = Vec::new();
    for (sink, statement) in &statements {
        let step = &steps[*sink];
        if !is_query(statement) || !matches!(step.status, Status::Ok | Status::Empty) {
            continue;
        }
        // What has no rows need not be parsed.
        let Some(table) = table_of(step) else { continue };
        let Some(shape) = shape::shape(statement, &schema) else { continue };
        let Some(table) = without_heading(table, &shape) else { continue };
        for name in shape
            .tables
            .iter()
            .map(String::as_str)
            .chain(shape.columns().into_iter().flatten().map(|(_, name)| name))
        {
            schema.learn_words(name);
        }
        schema.learn_result(&shape.columns(), &table.rows);
        if table.rows.iter().flatten().flatten().any(|cell| cell.text != "0") {
            schema.learn_filled(&shape.tables);
        }
        asked.push(Asked { sink: *sink, statement: statement.to_string(), shape, table });
    }
    let largest = asked.iter().map(|query| query.table.rows.len()).max().unwrap_or(0);
    let mut goals = BTreeSet::new();
    for query in asked.into_iter().rev() {
        if goals.len() == MAX_QUERIES {
            break;
        }
        if let Some(candidate) = candidate(reading, &schema, query, largest)
            && goals.insert(candidate.goal.clone())
        {
            out.push_derived(candidate);
        }
    }
}

/// What a step does with a database, as a command.
pub fn phrase(step: &StepReading<'_>) -> Option<String> {
    let names_tables = effect::words(step.step.action_name?)
        .any(|word| ["schema", "table", "tables"].iter().any(|known| word.eq_ignore_ascii_case(known)));
    Some(match statement(step) {
        Some(statement) if is_query(&statement) => "query the database".to_string(),
        Some(_) => "look at the tables".to_string(),
        None if names_tables => "look at the tables".to_string(),
        None => return None,
    })
}

/// What the prompts and the steps of a run show of the tables.
fn schema_of(
    reading: &Reading<'_>,
    steps: &[StepReading<'_>],
    statements: &[(usize, Cow<'_, str>)],
) -> Schema {
    let prompt = reading.run.original_prompt.unwrap_or("");
    let mut schema = Schema::new(prompt);
    for text in [reading.run.system.unwrap_or(""), prompt] {
        schema.learn_definitions(None, text);
    }
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.status == Status::Ok) {
        schema.learn_definitions(None, step.step.user.unwrap_or(""));
        schema.learn_definitions(Some(at as u32), step.step.observation.unwrap_or(""));
        schema.learn_description(at as u32, step);
    }
    for (at, statement) in statements {
        let step = &steps[*at];
        let catalogue = ["information_schema", "sqlite_master", "pg_catalog"];
        let asks_catalogue = || catalogue.iter().any(|name| statement.to_ascii_lowercase().contains(name));
        let select = starts_with_word(statement, "select");
        if step.status != Status::Ok || (select && !asks_catalogue()) {
            continue;
        }
        let Some(table) = table_of(step) else { continue };
        match select {
            true => schema.learn_catalogue(*at as u32, statement, &table.rows),
            false => schema.learn(*at as u32, statement, &table.rows),
        }
    }
    schema
}

/// The rows that a step returned.
fn table_of(step: &StepReading<'_>) -> Option<Table> {
    client::bare_rows(step).or_else(|| rows::of(step))
}

/// Whether a heading is that of a column: PostgreSQL calls `COUNT(*)` `count`, DuckDB `count_star()`.
fn heads(heading: &str, label: &str) -> bool {
    let function = label.split_once('(').map_or(label, |(function, _)| function);
    let of_duckdb = heading.eq_ignore_ascii_case("count_star()") && label.eq_ignore_ascii_case("count(*)");
    heading.eq_ignore_ascii_case(label) || heading.eq_ignore_ascii_case(function) || of_duckdb
}

/// A table without the row that only names its columns.
fn without_heading(mut table: Table, shape: &Shape) -> Option<Table> {
    if table.headed {
        let named = |(cell, label): (&Option<rows::Cell>, &String)| {
            cell.as_ref().is_some_and(|cell| heads(&cell.text, label))
        };
        let heading = table.rows.first()?;
        let names = heading.len() == shape.labels.len() && heading.iter().zip(&shape.labels).all(named);
        if !names {
            return None;
        }
        table.rows.remove(0);
    }
    Some(table)
}

/// The SQL that a step runs: its plain input, or the only argument of it that is a statement.
fn statement<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    let input = step.step.action_input?;
    step.step.action_name?;
    if let Some(arguments) = step.arguments() {
        let texts = arguments.leaves().filter(|leaf| leaf.kind() == Kind::String).map(|leaf| leaf.text());
        let mut found = texts.filter_map(read_statement);
        let only = found.next()?;
        return found.next().is_none().then_some(only);
    }
    read_statement(Cow::Borrowed(input))
}

/// The statement that a text is, or that the client of a database is given in it.
fn read_statement(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let inside = match &text {
        Cow::Borrowed(text) => client::statement(text).map(Cow::Borrowed),
        Cow::Owned(text) => client::statement(text).map(|inside| Cow::Owned(inside.to_string())),
    };
    Some(bare_statement(inside.unwrap_or(text))).filter(|text| is_statement(text))
}

/// A statement without the fence and the comments before it.
fn bare_statement(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix("--").or_else(|| rest.strip_prefix("```")) {
        rest = after.split_once('\n').map_or("", |(_, lines)| lines).trim_start();
    }
    match rest.len() == text.len() {
        true => text,
        false => Cow::Owned(rest.trim_end().trim_end_matches('`').to_string()),
    }
}

/// Whether a text is a statement of SQL that shows something.
pub fn is_statement(text: &str) -> bool {
    is_query(text) || ["show", "desc", "describe", "pragma"].iter().any(|word| starts_with_word(text, word))
}

fn is_query(text: &str) -> bool {
    ["select", "with"].iter().any(|word| starts_with_word(text, word)) && find(text, "select").is_some()
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let text = text.trim_start();
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && text[word.len()..].starts_with(|c: char| c.is_whitespace() || c == '(')
}

/// Whether a step may change the tables, or which of them are meant.
fn changes_state(step: &StepReading<'_>) -> bool {
    const CHANGES: &[&str] =
        &["insert", "update", "delete", "create", "drop", "alter", "truncate", "replace", "use", "set"];
    let input = step.step.action_input.unwrap_or("");
    let changes = |text: &str| {
        let statement = client::statement(text).unwrap_or(text);
        CHANGES.iter().any(|word| starts_with_word(statement, word)) || client::runs_file(text)
    };
    let in_argument = |arguments: &Document<'_>| {
        arguments
            .leaves()
            .any(|leaf| leaf.kind() == Kind::String && leaf.raw().contains(' ') && changes(&leaf.text()))
    };
    changes(input) || step.arguments().is_some_and(in_argument)
}

/// Whether a condition leaves out a value that no result shows: `citizenship <> 'French'` leaves out nobody where the table
/// says `France`.
fn excludes_what_nobody_saw(test: &Test, reading: &Reading<'_>) -> bool {
    let Test::Compare(_, BinaryOperator::NotEq, constant) = test else { return false };
    let mut shown = reading.steps.iter().filter_map(|step| step.step.observation);
    !constant.number && !shown.any(|shown| find(shown, &constant.text).is_some())
}

/// Whether rows are matched by keys of two kinds: the code of a type with the ID of a template.
fn pairs_other_keys(test: &Test) -> bool {
    let Test::Has(key, reference, ..) = test else { return false };
    let kind = |column: &Column| {
        let last = effect::words(&column.name).last()?.to_ascii_lowercase();
        ["id", "code", "number", "no", "name"].contains(&last.as_str()).then_some(last)
    };
    kind(key).zip(kind(reference)).is_some_and(|(key, reference)| key != reference)
}

/// Whether rows are grouped by a flag, of which a person would not ask `for each wheelchair`.
fn groups_by_flag(shape: &Shape, rows: &[rows::Row]) -> bool {
    let is_flag = |cell: &rows::Cell| {
        matches!(cell.text.as_str(), "0" | "1" | "t" | "f" | "true" | "false" | "True" | "False")
    };
    let says_flag = |at: usize| rows.iter().filter_map(|row| row.get(at)?.as_ref()).all(is_flag);
    let is_key = |at: &usize| matches!(shape.outputs[*at], shape::Output::Column(_));
    !shape.group.is_empty() && rows.len() > 1 && (0..shape.outputs.len()).filter(is_key).any(says_flag)
}

fn candidate(reading: &Reading<'_>, schema: &Schema, query: Asked, largest: usize) -> Option<Candidate> {
    let Asked { sink, statement, mut shape, table } = query;
    if shape.tests.iter().any(|test| excludes_what_nobody_saw(test, reading) || pairs_other_keys(test)) {
        return None;
    }
    let mut rows = table.rows;
    if groups_by_flag(&shape, &rows) {
        return None;
    }
    answer::one_of_extreme(&mut shape);
    left_out::leave_out_keys(&mut shape, schema, &mut rows);
    left_out::leave_out_unsaid(&mut shape, schema, &mut rows);
    phrase::leave_out_order(&mut shape, schema);
    let capped = match table.complete {
        Some(complete) => !complete,
        None => shape.limit.is_none() && rows::may_be_capped(rows.len(), largest),
    };
    let unordered = shape.limit.is_some_and(|limit| limit > 1) && shape.order.is_empty();
    let is_long = rows.len() > MAX_ROWS && !answer::fits_once_each(&shape, &rows);
    if is_long || capped || unordered {
        answer::keep_the_first(&mut shape, &mut rows)
            .or_else(|| answer::keep_examples(&mut shape, &mut rows))?;
    }
    answer::once_each(&mut shape, &mut rows);
    let seed = statement.bytes().fold(0u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let goal = phrase::request(&shape, schema, seed)?;
    let answer = answer::answer(&shape, schema, &rows)?;
    let steps = kept(&shape, schema, sink);
    let clauses = shape.tests.len() + shape.group.len() + shape.order.len() + shape.tables.len();
    Some(Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        slots: slots(reading, &shape, schema, sink),
        evidence: evidence(reading, sink),
        trivial: false,
        // Who asks for a number asks for it after the names.
        prior: if clauses > 1 && !rows.is_empty() && !numbered::is_grouped(&shape, schema) {
            0.85
        } else {
            0.75
        },
        steps,
    })
}

/// The steps before the query that showed its tables, and the query itself.
fn kept(shape: &Shape, schema: &Schema, sink: usize) -> Vec<u32> {
    let sink = sink as u32;
    let tables = shape.every_table();
    let described = tables.iter().filter_map(|table| schema.columns(table)?.first()?.step);
    let listing = schema.listings.iter().copied().filter(|step| *step < sink).max();
    let mut steps: Vec<u32> = described.chain(listing).filter(|step| *step < sink).collect();
    steps.push(sink);
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// The constants of the query, which the goal names.
fn slots(reading: &Reading<'_>, shape: &Shape, schema: &Schema, sink: usize) -> Vec<Slot> {
    let mut slots = Vec::new();
    for test in &shape.tests {
        let (column, constants) = match test {
            shape::Test::Has(_, _, child, _)
            | shape::Test::Against(_, _, _, child)
            | shape::Test::Of(_, child) => {
                slots.extend(self::slots(reading, child, schema, sink));
                continue;
            }
            test if phrase::says_flag(shape, schema, test) => continue,
            shape::Test::Compare(column, _, constant) => (column, vec![constant.text.as_str()]),
            shape::Test::Between(column, low, high) => (column, vec![low.text.as_str(), high.text.as_str()]),
            shape::Test::OneOf(column, constants, _) => {
                (column, constants.iter().map(|c| c.text.as_str()).collect())
            }
            shape::Test::Like(column, pattern, _) => (column, vec![pattern.trim_matches('%')]),
            _ => continue,
        };
        for value in constants {
            slots.push(Slot {
                name: column.name.clone(),
                value: value.to_string(),
                origin: origin(reading, value, sink),
                step: sink as u32,
            });
        }
    }
    slots
}

fn origin(reading: &Reading<'_>, value: &str, sink: usize) -> Origin {
    let value = value.to_lowercase();
    let holds = |text: Option<&str>| text.is_some_and(|text| text.to_lowercase().contains(&value));
    if holds(reading.run.original_prompt) || reading.steps[..=sink].iter().any(|step| holds(step.step.user)) {
        Origin::User
    } else if reading.steps[..sink].iter().any(|step| holds(step.step.observation)) {
        Origin::Observation
    } else {
        Origin::Invented
    }
}

fn evidence(reading: &Reading<'_>, sink: usize) -> Vec<Support> {
    let step = reading.steps[sink].step;
    let whole = |field, text: Option<&str>| {
        text.map(|text| Support {
            text: text.to_string(),
            step: Some(sink as u32),
            field,
            span: Span::new(0, text.len()),
        })
    };
    [whole(Field::ActionInput, step.action_input), whole(Field::Observation, step.observation)]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests;
