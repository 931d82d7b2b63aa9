//! What the run learnt about the tables before a query, and the words in their identifiers.

use std::collections::{BTreeMap, BTreeSet};

use crate::hindsight::families::english;
use crate::reading::StepReading;
use crate::signals::effect;
use crate::text::document::{Kind, Value};

use super::ddl;
use super::psql;
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
    /// Whether the definition of the table says that it refers to another.
    pub foreign: bool,
    /// Whether values are true or false.
    pub boolean: bool,
    /// Whether this is what results show of the column, no listing of columns having been seen.
    pub guessed: bool,
    /// The step that showed it; none where a prompt did.
    pub step: Option<u32>,
}

/// The tables a run has looked at, by lower-case name.
#[derive(Debug, Default)]
pub struct Schema {
    tables: BTreeMap<String, Vec<ColumnInfo>>,
    /// The steps that listed the tables.
    pub listings: Vec<u32>,
    names: BTreeSet<String>,
    vocabulary: BTreeSet<String>,
    /// What results show of columns, by lower-case names of table and column.
    seen: BTreeMap<(String, String), ColumnInfo>,
    /// The tables, by lower-case name, that results show to hold something.
    filled: BTreeSet<String>,
    /// Whether the user speaks of identifiers.
    pub asks_for_ids: bool,
    /// The numbers that the user says.
    said: BTreeSet<String>,
}

/// Words that identifiers of any schema glue to others (`petid`, `airportname`).
const GLUED: &[&str] = &[
    "id",
    "name",
    "code",
    "date",
    "type",
    "number",
    "year",
    "title",
    "first",
    "last",
    "city",
    "country",
    "count",
    "language",
    "government",
    "form",
    "school",
    "high",
    "status",
    "price",
    "amount",
    "address",
    "email",
    "phone",
    "order",
    "item",
    "product",
    "customer",
    "user",
    "description",
    "state",
    "region",
    "airport",
    "birth",
    "team",
    "player",
    "game",
    "song",
    "album",
    "course",
    "student",
    "teacher",
    "employee",
    "category",
    "size",
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
    ("indep", "independence"),
    ("govt", "government"),
    ("pop", "population"),
    ("mgr", "manager"),
    ("emp", "employee"),
    ("cust", "customer"),
    ("tel", "telephone"),
    ("zip", "ZIP"),
];

impl Schema {
    /// An empty schema that knows the words of the user.
    pub fn new(prompt: &str) -> Self {
        let mut schema = Schema::default();
        schema.learn_words(prompt);
        let is_id = |word: &str| ["id", "ids", "identifier", "identifiers"].contains(&word);
        let digits = prompt.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
        schema.said = digits.map(str::to_string).collect();
        schema.asks_for_ids = effect::words(prompt).any(|word| is_id(&word.to_ascii_lowercase()));
        schema
    }

    /// Whether the user says a number: who knows `order 1042` may speak of it.
    pub fn is_said(&self, number: &str) -> bool {
        self.said.contains(number)
    }

    /// Takes in the tables that `CREATE TABLE` statements in a text define.
    pub fn learn_definitions(&mut self, step: Option<u32>, text: &str) {
        for (table, mut columns) in ddl::tables(text).into_iter().chain(psql::table(text)) {
            columns.iter_mut().for_each(|column| column.step = step);
            self.add(&table, columns);
        }
    }

    /// Takes in what a result shows of the types of its columns.
    pub fn learn_result(&mut self, columns: &[Option<(&str, &str)>], rows: &[Row]) {
        for (at, column) in columns.iter().enumerate() {
            let Some((table, name)) = column else { continue };
            let cells = || rows.iter().filter_map(|row| row.get(at)?.as_ref());
            let all = |kind: fn(&Cell) -> bool| cells().next().is_some() && cells().all(kind);
            let info = ColumnInfo {
                name: name.to_string(),
                numeric: all(|cell| !cell.quoted && cell.text.parse::<f64>().is_ok()),
                temporal: all(|cell| rows::is_moment(&cell.text)),
                guessed: true,
                ..ColumnInfo::default()
            };
            if cells().next().is_some() {
                self.seen.entry((table.to_ascii_lowercase(), name.to_ascii_lowercase())).or_insert(info);
            }
        }
    }

    /// Takes in that tables hold something.
    pub fn learn_filled(&mut self, tables: &[String]) {
        self.filled.extend(tables.iter().map(|table| table.to_ascii_lowercase()));
    }

    /// Whether a result shows that a table holds something.
    pub fn is_filled(&self, table: &str) -> bool {
        self.filled.contains(&table.to_ascii_lowercase())
    }

    fn add(&mut self, table: &str, columns: Vec<ColumnInfo>) {
        if columns.is_empty() {
            return;
        }
        self.learn_words(table);
        self.names.insert(english::singular(&table.to_ascii_lowercase()));
        for column in &columns {
            self.learn_words(&column.name);
        }
        self.tables.entry(table.to_ascii_lowercase()).or_insert(columns);
    }

    /// Takes in what a step shows: the tables, or the columns of one.
    pub fn learn(&mut self, index: u32, statement: &str, rows: &[Row]) {
        let words: Vec<&str> = statement
            .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ';'))
            .filter(|w| !w.is_empty())
            .collect();
        let is = |at: usize, word: &str| words.get(at).is_some_and(|found| found.eq_ignore_ascii_case(word));
        if is(0, "show") && (is(1, "tables") || is(2, "tables")) {
            self.learn_tables(index, rows);
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
            rows.iter().filter_map(|row| column(row, is(0, "pragma"), Some(index))).collect();
        self.add(&table, columns);
    }

    fn learn_tables(&mut self, index: u32, rows: &[Row]) {
        self.listings.push(index);
        for cell in rows.iter().filter_map(|row| row.first()).flatten() {
            self.learn_words(&cell.text);
            self.names.insert(english::singular(&cell.text.to_ascii_lowercase()));
        }
    }

    /// Takes in what a tool that describes tables returns: lists of objects with the name and type of each column.
    pub fn learn_description(&mut self, index: u32, step: &StepReading<'_>) {
        let Some(document) = step.observation() else { return };
        let asked = super::super::text_argument(step, &["table", "table_name", "tableName", "name"]);
        let asked = asked.map(|name| bare(&name)).filter(|name| !name.contains(char::is_whitespace));
        let mut learn = |table: Option<String>, list: Value<'_, '_>| {
            let columns: Vec<ColumnInfo> =
                list.children().filter_map(|entry| described(entry, index)).collect();
            if let Some(table) = table.filter(|_| columns.len() == list.len()) {
                self.add(&table, columns);
            }
        };
        let root = document.root();
        let listed = |value: Value<'_, '_>| value.kind() == Kind::Array && !value.is_empty();
        if listed(root) {
            learn(asked, root);
            return;
        }
        for child in root.children().filter(|child| listed(*child)) {
            let named =
                ["table", "table_name", "tableName", "name"].iter().filter_map(|key| root.get(key)).next();
            let own = matches!(child.key(), Some("columns" | "fields" | "schema"));
            let table = match own {
                true => named.map(|name| name.text().into_owned()).or_else(|| asked.clone()),
                false => child.key().map(str::to_string),
            };
            learn(table, child);
        }
    }

    /// Takes in what a query of the database's own tables shows.
    pub fn learn_catalogue(&mut self, index: u32, statement: &str, rows: &[Row]) {
        let lower = statement.to_ascii_lowercase();
        let Some((items, rest)) = lower.split_once(" from ") else { return };
        let asked: Vec<&str> = items
            .trim_start()
            .trim_start_matches("select")
            .split(',')
            .map(|item| item.split_whitespace().next().unwrap_or(""))
            .map(|item| item.rsplit('.').next().unwrap_or(item))
            .collect();
        let at = |name: &str| asked.iter().position(|item| *item == name);
        let only = rest.split("table_name").nth(1).and_then(|after| after.split(['\'', '"']).nth(1));
        match (at("column_name"), at("table_name").or(at("name"))) {
            (Some(name), table) if only.is_some() || table.is_some() => {
                let mut tables: BTreeMap<String, Vec<ColumnInfo>> = BTreeMap::new();
                let several = rest.matches('\'').count() > 4;
                for row in rows {
                    let cell = |at: Option<usize>| {
                        at.and_then(|at| row.get(at)?.as_ref()).map(|cell| cell.text.as_str())
                    };
                    let Some(table) = cell(table).or(only.filter(|_| !several)) else { continue };
                    let Some(name) = cell(Some(name)) else { continue };
                    let kind = cell(at("data_type").or(at("column_type"))).unwrap_or("");
                    let mut info = ColumnInfo { name: name.to_string(), step: Some(index), ..typed(kind) };
                    info.primary = cell(at("column_key")) == Some("PRI");
                    info.keyed = cell(at("column_key")).is_some_and(|key| !key.is_empty());
                    tables.entry(table.to_string()).or_default().push(info);
                }
                for (table, columns) in tables {
                    // Names alone tell no types, which results may still show.
                    if columns.iter().any(|column| column.numeric || column.temporal || column.keyed) {
                        self.add(&table, columns);
                    } else {
                        columns.iter().for_each(|column| self.learn_words(&column.name));
                        self.names.insert(english::singular(&table.to_ascii_lowercase()));
                    }
                }
            }
            (None, Some(0)) => self.learn_tables(index, rows),
            _ => {}
        }
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
        match self.columns(table) {
            Some(columns) => columns.iter().find(|info| info.name.eq_ignore_ascii_case(column)),
            None => self.seen.get(&(table.to_ascii_lowercase(), column.to_ascii_lowercase())),
        }
    }

    /// The words of an identifier, in lower case, abbreviations resolved.
    pub fn words(&self, identifier: &str) -> Vec<String> {
        let mut out = Vec::new();
        // `LName`
        if ABBREVIATIONS.iter().any(|(short, _)| short.eq_ignore_ascii_case(identifier)) {
            return vec![expand(&identifier.to_ascii_lowercase())];
        }
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

/// `{"name": "id", "type": "integer", "nullable": false}`.
fn described(entry: Value<'_, '_>, step: u32) -> Option<ColumnInfo> {
    let text = |names: &[&str]| {
        let found = names.iter().filter_map(|name| entry.get(name)).next()?;
        found.is_leaf().then(|| found.text().into_owned())
    };
    let name = text(&["name", "column_name", "columnName", "column", "field", "Field"])?;
    let kind = text(&["type", "data_type", "dataType", "column_type", "Type"])?;
    let is = |names: &[&str], values: &[&str]| {
        text(names).is_some_and(|found| values.iter().any(|value| found.eq_ignore_ascii_case(value)))
    };
    let primary = is(&["primary_key", "primaryKey", "pk", "is_primary"], &["true", "1"])
        || is(&["key", "Key", "column_key"], &["PRI", "PK", "primary"]);
    let not_null = primary
        || is(&["nullable", "is_nullable", "null", "Null"], &["false", "no"])
        || is(&["notnull", "not_null"], &["true", "1"]);
    let keyed = primary
        || is(&["key", "Key"], &["MUL", "FK", "foreign"])
        || text(&["references", "foreign_key"]).is_some();
    Some(ColumnInfo { name, primary, not_null, keyed, step: Some(step), ..typed(&kind) })
}

/// A row of `DESC` (field, type, null, key, …) or of `PRAGMA table_info` (cid, name, type, not null, default, key).
fn column(row: &[Option<Cell>], pragma: bool, step: Option<u32>) -> Option<ColumnInfo> {
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
    Some(ColumnInfo { name: name.to_string(), not_null, primary, keyed, step, ..typed(kind) })
}

/// What the name of a type says of its values.
pub(super) fn typed(kind: &str) -> ColumnInfo {
    const NUMERIC: &[&str] = &[
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
        "serial",
        "bigserial",
        "bignumeric",
        "hugeint",
        "ubigint",
        "uinteger",
        "money",
    ];
    let kind = kind.to_ascii_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| kind.starts_with(word));
    let boolean = starts(&["bool", "tinyint(1)", "bit"]);
    ColumnInfo {
        numeric: starts(NUMERIC) && !boolean,
        temporal: starts(&["date", "time"]),
        boolean,
        ..ColumnInfo::default()
    }
}
