//! `CREATE TABLE` statements in any text: prompts and schema tools show tables so.
//!
//! Dialects differ in all but the frame, so the lists are read word by word and what is not known is passed over.

use super::schema::{ColumnInfo, typed};

const SPELLINGS: [&str; 2] = ["CREATE TABLE", "create table"];
/// More columns of a table than these are not read.
const MAX_COLUMNS: usize = 300;
/// More tables than these are not read.
const MAX_TABLES: usize = 100;

/// The tables that a text defines, with their columns.
pub fn tables(text: &str) -> Vec<(String, Vec<ColumnInfo>)> {
    let mut found = Vec::new();
    for words in SPELLINGS {
        let mut rest = text;
        while found.len() < MAX_TABLES
            && let Some(at) = rest.find(words)
        {
            rest = &rest[at + words.len()..];
            let Some(open) = rest.find('(') else { break };
            let Some(body) = enclosed(&rest[open + 1..]) else { break };
            let name = rest[..open].split_whitespace().next_back().map(bare).unwrap_or_default();
            let columns = columns(body);
            if open < 200 && !name.is_empty() && !columns.is_empty() {
                found.push((name, columns));
            }
            rest = &rest[open + 1 + body.len()..];
        }
    }
    found
}

/// What stands before the bracket that closes the one just opened.
fn enclosed(text: &str) -> Option<&str> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(&text[..at]),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn columns(body: &str) -> Vec<ColumnInfo> {
    let mut columns: Vec<ColumnInfo> = Vec::new();
    let (mut primary, mut foreign) = (Vec::new(), Vec::new());
    let lines = body.lines().map(|line| line.split("--").next().unwrap_or(line));
    let body = lines.collect::<Vec<_>>().join("\n");
    for item in items(&body).into_iter().map(str::trim).take(MAX_COLUMNS) {
        let upper = item.to_ascii_uppercase();
        let listed = || {
            let (_, list) = item.split_once('(')?;
            Some(list.split(')').next()?.split(',').take(16).map(bare).collect::<Vec<_>>())
        };
        if upper.contains("PRIMARY KEY") && (upper.starts_with("PRIMARY") || upper.starts_with("CONSTRAINT"))
        {
            primary.extend(listed().unwrap_or_default());
        } else if upper.contains("FOREIGN KEY")
            && (upper.starts_with("FOREIGN") || upper.starts_with("CONSTRAINT"))
        {
            foreign.extend(listed().unwrap_or_default());
        } else if let Some(column) = column(item, &upper) {
            columns.push(column);
        }
    }
    for column in &mut columns {
        let is_in = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&column.name));
        column.primary |= is_in(&primary);
        column.foreign |= is_in(&foreign);
        column.keyed |= column.primary || column.foreign;
        column.not_null |= column.primary;
    }
    columns
}

/// `"name" varchar(40) NOT NULL`.
fn column(item: &str, upper: &str) -> Option<ColumnInfo> {
    const NO_COLUMN: &[&str] =
        &["CONSTRAINT", "UNIQUE", "CHECK", "KEY", "INDEX", "PRIMARY", "FOREIGN", "FULLTEXT"];
    let first = item.chars().next()?;
    let (name, kind) = match "`\"[".find(first) {
        Some(at) => item[1..].split_once(['`', '"', ']'].get(at).copied()?)?,
        None => item.split_once(char::is_whitespace)?,
    };
    let word = upper.split_whitespace().next()?;
    let named = !name.is_empty() && name.len() <= 80 && !(NO_COLUMN.contains(&word) && first.is_alphabetic());
    let primary = upper.contains("PRIMARY KEY");
    let kind = kind.trim();
    let known = kind.starts_with(|c: char| c.is_ascii_alphabetic());
    (named && known).then(|| ColumnInfo {
        name: name.to_string(),
        not_null: primary || upper.contains("NOT NULL"),
        primary,
        keyed: primary || upper.contains(" REFERENCES "),
        foreign: upper.contains(" REFERENCES "),
        ..typed(kind)
    })
}

/// The parts between the commas outside brackets.
fn items(body: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&body[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&body[start..]);
    parts
}

fn bare(name: &str) -> String {
    let name = name.trim().rsplit('.').next().unwrap_or(name);
    name.trim_matches(|c: char| matches!(c, '`' | '"' | '\'' | '[' | ']') || c.is_whitespace()).to_string()
}
