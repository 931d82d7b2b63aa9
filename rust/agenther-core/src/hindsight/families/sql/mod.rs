//! SQL queries as requests: a successful `SELECT` demonstrates the question that it answers.
//!
//! [`shape`] reduces a query to what can be said, [`phrase`] says it, [`schema`] knows the tables.
//! A query with anything else in it is no candidate.

mod phrase;
mod rows;
mod schema;
mod shape;

use super::{Candidate, Proposals};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;
use crate::text::document::Kind;
use crate::trajectory::{Field, Span};
use schema::Schema;
use shape::{Output, Shape};

/// Longer answers are listings that nobody asks for in a sentence.
const MAX_ROWS: usize = 30;
/// A run that goes on querying is not asked about every query.
const MAX_QUERIES: usize = 12;

/// Proposes the questions that the queries of a run answer.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut proposed: Vec<String> = Vec::new();
    for sink in (0..reading.steps.len()).rev() {
        if proposed.len() == MAX_QUERIES {
            break;
        }
        let step = &reading.steps[sink];
        let Some(statement) = statement(step) else { continue };
        if step.status != Status::Ok || !starts_with_word(statement, "select") || changed_state(reading, sink)
        {
            continue;
        }
        if let Some(candidate) = candidate(reading, sink, statement)
            && !proposed.contains(&candidate.goal)
        {
            proposed.push(candidate.goal.clone());
            out.push(candidate);
        }
    }
}

/// The SQL that a step runs: its plain input, or the only argument of it that is a statement.
fn statement<'a>(step: &StepReading<'a>) -> Option<&'a str> {
    let input = step.step.action_input?;
    step.step.action_name?;
    if let Some(arguments) = step.arguments() {
        let mut found =
            arguments.leaves().filter(|leaf| leaf.kind() == Kind::String && is_statement(leaf.raw()));
        let only = found.next()?;
        return found.next().is_none().then(|| only.raw());
    }
    is_statement(input).then_some(input)
}

fn is_statement(text: &str) -> bool {
    ["select", "show", "desc", "describe", "pragma"].iter().any(|word| starts_with_word(text, word))
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let text = text.trim_start();
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && text[word.len()..].starts_with(|c: char| c.is_whitespace() || c == '(')
}

/// Whether an earlier step may have changed the tables: then the answer depends on dropped steps.
fn changed_state(reading: &Reading<'_>, sink: usize) -> bool {
    const CHANGES: &[&str] =
        &["insert", "update", "delete", "create", "drop", "alter", "truncate", "replace", "use", "set"];
    reading.steps[..sink].iter().any(|step| {
        let input = step.step.action_input.unwrap_or("");
        CHANGES.iter().any(|word| starts_with_word(input, word))
    })
}

fn candidate(reading: &Reading<'_>, sink: usize, statement: &str) -> Option<Candidate> {
    let mut schema = Schema::before(reading, sink);
    let shape = shape::shape(statement, &schema)?;
    for table in &shape.tables {
        schema.learn_words(table);
    }
    let rows = reading.steps[sink].observation().and_then(rows::rows)?;
    let answer = answer(&shape, &schema, &rows)?;
    let seed = statement.bytes().fold(0u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let goal = phrase::request(&shape, &schema, seed)?;
    let steps = kept(&shape, &schema, sink);
    let clauses = shape.tests.len() + shape.group.len() + shape.order.len() + shape.tables.len();
    Some(Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        slots: slots(reading, &shape, sink),
        evidence: evidence(reading, sink),
        trivial: false,
        prior: if clauses > 1 { 0.85 } else { 0.75 },
        steps,
    })
}

/// The steps that showed the tables of the query, and the query itself.
fn kept(shape: &Shape, schema: &Schema, sink: usize) -> Vec<u32> {
    let described =
        shape.tables.iter().filter_map(|table| schema.columns(table)?.first().map(|info| info.step));
    let listing = schema.listings.last().copied();
    let mut steps: Vec<u32> = described.chain(listing).chain([sink as u32]).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// Whether the rows can answer the request, and the answer they give.
fn answer(shape: &Shape, schema: &Schema, rows: &[Vec<Option<String>>]) -> Option<String> {
    let complete = match shape.limit {
        Some(limit) => rows.len() as u64 == limit,
        None => rows.len() == 1 || !rows::may_be_capped(rows.len()),
    };
    let widths = rows.iter().all(|row| row.len() == shape.outputs.len());
    if rows.is_empty() || rows.len() > MAX_ROWS || !complete || !widths {
        return None;
    }
    let cells: Vec<Vec<&str>> =
        rows.iter().map(|row| row.iter().map(|cell| cell.as_deref()).collect()).collect::<Option<_>>()?;
    if (0..shape.outputs.len()).any(|at| misread(shape, schema, at, &cells)) {
        return None;
    }
    let plain = cells.iter().flatten().all(|cell| !cell.is_empty() && !cell.contains("datetime."));
    let folded = shape.outputs.iter().all(|output| !matches!(output, Output::Column(_)));
    if !plain || (folded && rows.len() == 1 && cells[0].contains(&"0")) {
        return None;
    }
    let headings = phrase::headings(shape, schema)?;
    if let [row] = cells.as_slice() {
        let parts: Vec<String> =
            headings.iter().zip(row).map(|(heading, cell)| format!("the {heading} is {cell}")).collect();
        return Some(sentence(&super::english::enumerate(&parts, "and")));
    }
    let key_first = |row: &[&str]| {
        let (keys, measures): (Vec<usize>, Vec<usize>) =
            (0..row.len()).partition(|&at| matches!(shape.outputs[at], Output::Column(_)));
        keys.into_iter().chain(measures).map(|at| row[at]).collect::<Vec<_>>().join(", ")
    };
    let lines: Vec<String> = cells.iter().map(|row| format!("- {}", key_first(row))).collect();
    Some(lines.join("\n"))
}

/// Whether the values of a column are not what its words promise: numbers sorted as text, or the
/// keys of another table in a text column.
fn misread(shape: &Shape, schema: &Schema, at: usize, cells: &[Vec<&str>]) -> bool {
    let Output::Column(column) = &shape.outputs[at] else { return false };
    let Some(info) = schema.column(&shape.tables[column.table], &column.name) else { return false };
    let all_numbers = cells.iter().all(|row| row[at].parse::<f64>().is_ok());
    let sorted = shape.order.iter().any(|(key, _)| *key == shape.outputs[at]);
    let refers = info.keyed || schema.names_table(&column.name);
    all_numbers && !info.numeric && (sorted || refers)
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}

/// The constants of the query, which the goal names.
fn slots(reading: &Reading<'_>, shape: &Shape, sink: usize) -> Vec<Slot> {
    let mut slots = Vec::new();
    for test in &shape.tests {
        let (column, constants) = match test {
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
