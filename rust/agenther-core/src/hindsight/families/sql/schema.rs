//! What the run learnt about the tables before a query, and the words in their identifiers.

use std::collections::{BTreeMap, BTreeSet};

use crate::hindsight::families::english;
use crate::reading::StepReading;
use crate::signals::effect;
use crate::signals::tool_status::Status;

use super::rows::{self, Cell, Row};

/// One column as a schema listing describes it.
#[derive(Debug, Clone, Default)]
pub struct ColumnInfo {
    /// The name in the case of the schema.
    pub name: String,
    /// Whether values order and compare as numbers.
    pub numeric: bool,
    /// Whether values are dates or times.
    pub temporal: bool,
    /// Whether the column refuses nulls.
    pub not_null: bool,
    /// Whether it is the primary key, or part of it.
    pub primary: bool,
    /// Whether any key or index is on it.
    pub keyed: bool,
    /// The step that showed it.
    pub step: u32,
}

/// The tables a run has looked at, by lower-case name.
#[derive(Debug, Default)]
pub struct Schema {
    tables: BTreeMap<String, Vec<ColumnInfo>>,
    /// The steps that listed the tables.
    pub listings: Vec<u32>,
    names: BTreeSet<String>,
    vocabulary: BTreeSet<String>,
}

/// Words that identifiers of any schema glue to others (`petid`, `airportname`).
const GLUED: &[&str] = &[
    "id", "name", "code", "date", "type", "number", "year", "title", "first", "last", "city", "country",
    "count",
];

/// Abbreviations that identifiers of any schema use.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("id", "ID"),
    ("ids", "IDs"),
    ("fname", "first name"),
    ("firstname", "first name"),
    ("lname", "last name"),
    ("lastname", "last name"),
    ("desc", "description"),
    ("addr", "address"),
    ("dob", "date of birth"),
    ("qty", "quantity"),
    ("amt", "amount"),
    ("lang", "language"),
    ("dest", "destination"),
    ("src", "source"),
    ("num", "number"),
    ("no", "number"),
    ("dept", "department"),
    ("gnp", "GNP"),
    ("gdp", "GDP"),
    ("url", "URL"),
    ("tv", "TV"),
];

impl Schema {
    /// An empty schema that knows the words of the user.
    pub fn new(prompt: &str) -> Self {
        let mut schema = Schema::default();
        schema.learn_words(prompt);
        schema
    }

    /// Takes in what a step shows: the tables, or the columns of one.
    pub fn learn(&mut self, index: u32, statement: &str, step: &StepReading<'_>) {
        if step.status == Status::Ok
            && let Some(rows) = step.observation().and_then(rows::rows)
        {
            self.read(index, statement, &rows);
        }
    }

    fn read(&mut self, step: u32, statement: &str, rows: &[Row]) {
        let words: Vec<&str> = statement
            .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ';'))
            .filter(|w| !w.is_empty())
            .collect();
        let is = |at: usize, word: &str| words.get(at).is_some_and(|found| found.eq_ignore_ascii_case(word));
        if is(0, "show") && (is(1, "tables") || is(2, "tables")) {
            self.listings.push(step);
            for cell in rows.iter().filter_map(|row| row.first()).flatten() {
                self.learn_words(&cell.text);
                self.names.insert(english::singular(&cell.text.to_ascii_lowercase()));
            }
            return;
        }
        let table = if is(0, "desc") || is(0, "describe") || (is(0, "pragma") && is(1, "table_info")) {
            words.get(if is(0, "pragma") { 2 } else { 1 })
        } else if is(0, "show") && (is(1, "columns") || is(1, "fields")) && is(2, "from") {
            words.get(3)
        } else {
            None
        };
        let Some(table) = table.map(|name| bare(name)) else { return };
        let columns: Vec<ColumnInfo> =
            rows.iter().filter_map(|row| column(row, is(0, "pragma"), step)).collect();
        if columns.is_empty() {
            return;
        }
        self.learn_words(&table);
        self.names.insert(english::singular(&table.to_ascii_lowercase()));
        for column in &columns {
            self.learn_words(&column.name);
        }
        self.tables.insert(table.to_ascii_lowercase(), columns);
    }

    /// Takes the words of an identifier into the vocabulary by which glued identifiers are split.
    pub fn learn_words(&mut self, identifier: &str) {
        for word in effect::words(identifier) {
            if word.len() > 2 {
                let word = word.to_ascii_lowercase();
                self.vocabulary.insert(english::singular(&word));
                self.vocabulary.insert(word);
            }
        }
    }

    /// Whether a table is called so: then a column of that name refers to it.
    pub fn names_table(&self, word: &str) -> bool {
        self.names.contains(&english::singular(&word.to_ascii_lowercase()))
    }

    /// The columns of a table, where the run has seen them.
    pub fn columns(&self, table: &str) -> Option<&[ColumnInfo]> {
        self.tables.get(&table.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// A column of a table, where the run has seen it.
    pub fn column(&self, table: &str, column: &str) -> Option<&ColumnInfo> {
        self.columns(table)?.iter().find(|info| info.name.eq_ignore_ascii_case(column))
    }

    /// The words of an identifier, in lower case, abbreviations resolved.
    pub fn words(&self, identifier: &str) -> Vec<String> {
        let mut out = Vec::new();
        for word in effect::words(identifier) {
            let lower = word.to_ascii_lowercase();
            match self.split(&lower) {
                Some((first, second)) => {
                    out.push(expand(&first));
                    out.push(expand(&second));
                }
                None => out.push(expand(&lower)),
            }
        }
        out
    }

    /// Splits `petid` into `pet` and `id`, both known words; the longest first word wins.
    fn split(&self, word: &str) -> Option<(String, String)> {
        if word.len() < 5 || !word.is_ascii() || ABBREVIATIONS.iter().any(|(short, _)| *short == word) {
            return None;
        }
        let known = |part: &str| self.vocabulary.contains(part) || GLUED.contains(&part);
        (2..word.len() - 1)
            .rev()
            .map(|at| word.split_at(at))
            .find(|(first, second)| known(first) && known(second))
            .map(|(first, second)| (first.to_string(), second.to_string()))
    }
}

fn expand(word: &str) -> String {
    ABBREVIATIONS.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long).to_string()
}

fn bare(name: &str) -> String {
    let name = name.rsplit('.').next().unwrap_or(name);
    name.trim_matches(|c| matches!(c, '`' | '"' | '\'' | '[' | ']')).to_string()
}

/// A row of `DESC` (field, type, null, key, …) or of `PRAGMA table_info` (cid, name, type, not null, default, key).
fn column(row: &[Option<Cell>], pragma: bool, step: u32) -> Option<ColumnInfo> {
    let cell = |at: usize| row.get(at).and_then(|cell| cell.as_ref()).map_or("", |cell| cell.text.as_str());
    let (name, kind, not_null, primary, keyed) = if pragma {
        let primary = cell(5) != "0" && !cell(5).is_empty();
        (cell(1), cell(2), cell(3) == "1", primary, primary)
    } else {
        (cell(0), cell(1), cell(2) == "NO", cell(3) == "PRI", !cell(3).is_empty())
    };
    if name.is_empty() || kind.is_empty() {
        return None;
    }
    let kind = kind.to_ascii_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| kind.starts_with(word));
    Some(ColumnInfo {
        name: name.to_string(),
        numeric: starts(&[
            "int",
            "bigint",
            "smallint",
            "tinyint",
            "mediumint",
            "float",
            "double",
            "decimal",
            "numeric",
            "real",
            "number",
            "year",
        ]),
        temporal: starts(&["date", "time"]),
        not_null,
        primary,
        keyed,
        step,
    })
}
