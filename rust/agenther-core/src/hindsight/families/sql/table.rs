//! Tables printed for people: in boxes, with bars, as Markdown, with tabs or commas.

use super::rows::{Cell, Row, Table};

/// Longer tables are no answers.
const MAX_LINES: usize = 300;

/// A table in a text that may have a sentence before it and a count after it.
pub fn read(text: &str) -> Option<Table> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
    if lines.len() > MAX_LINES {
        return None;
    }
    ruled(&lines)
        .or_else(|| columns(&lines))
        .or_else(|| frame(&lines))
        .or_else(|| separated(&lines))
        .or_else(|| single(&lines))
}

/// Columns under a heading and a rule that shows how wide each is: `-------  ---------`, as SQLite and SQL Server print.
fn columns(lines: &[&str]) -> Option<Table> {
    let [heading, rule, rest @ ..] = lines else { return None };
    if !rule.contains("  ") && !rule.contains("- -") || !rule.chars().all(|c| matches!(c, '-' | ' ')) {
        return None;
    }
    let mut starts: Vec<usize> = Vec::new();
    for (at, c) in rule.char_indices() {
        if c == '-' && (at == 0 || rule.as_bytes()[at - 1] == b' ') {
            starts.push(at);
        }
    }
    let cut = |line: &str| -> Option<Vec<String>> {
        let letters: Vec<char> = line.chars().collect();
        let cell = |(at, &start): (usize, &usize)| {
            let end = starts.get(at + 1).copied().unwrap_or(letters.len()).min(letters.len());
            // A value that is wider than its column shifts all that follow.
            let gap = rule[..start].trim_end().len()..start;
            let is_shifted = letters
                .get(gap.start..gap.end.min(letters.len()))
                .is_some_and(|gap| gap.iter().any(|c| !c.is_whitespace()));
            (!is_shifted).then(|| letters.get(start..end).unwrap_or(&[]).iter().collect::<String>())
        };
        starts.iter().enumerate().map(cell).map(|cell| Some(cell?.trim().to_string())).collect()
    };
    cut(heading)?;
    let mut found = Table { rows: Vec::new(), complete: None, headed: false };
    for line in rest {
        if let Some(count) = row_count(line) {
            found.complete = Some(count == found.rows.len());
            break;
        }
        found.rows.push(cut(line)?.iter().map(|cell| value(cell)).collect());
    }
    Some(found)
}

/// A frame as pandas prints it: numbered rows, each column aligned to the end of its name.
fn frame(lines: &[&str]) -> Option<Table> {
    let (heading, rest) = lines.split_first().filter(|(heading, _)| heading.starts_with("  "))?;
    let letters: Vec<char> = heading.chars().collect();
    let ends: Vec<usize> = (0..letters.len())
        .filter(|&at| {
            let is_blank = |at: usize| letters.get(at).is_none_or(|c| *c == ' ');
            !is_blank(at) && is_blank(at + 1)
        })
        .map(|at| at + 1)
        .collect();
    let cells = |line: &str| -> Option<Row> {
        let letters: Vec<char> = line.chars().collect();
        let index = letters.iter().position(|c| *c == ' ')?;
        let mut start = index;
        let mut row = Row::new();
        for (at, &end) in ends.iter().enumerate() {
            let end = if at + 1 == ends.len() { letters.len() } else { end };
            let cell: String = letters.get(start..end)?.iter().collect();
            // A value over the edge, or one that was cut.
            let is_whole = cell.starts_with(' ') && !cell.trim_end().ends_with("...");
            row.push(is_whole.then(|| pandas_value(cell.trim()))?);
            start = end;
        }
        Some(row)
    };
    let mut found = Table { rows: Vec::new(), complete: Some(true), headed: false };
    for line in rest {
        if let Some(count) = row_count(line) {
            found.complete = Some(count == found.rows.len());
            break;
        }
        let number = line.split(' ').next()?;
        if number.parse() != Ok(found.rows.len()) {
            return None;
        }
        found.rows.push(cells(line)?);
    }
    (!found.rows.is_empty()).then_some(found)
}

/// What is missing in a frame has a name of its own.
fn pandas_value(cell: &str) -> Option<Cell> {
    if matches!(cell, "NaN" | "NaT" | "<NA>") { None } else { value(cell) }
}

/// A number alone: the result of a query for one.
fn single(lines: &[&str]) -> Option<Table> {
    let [only] = lines else { return None };
    let text = only.trim();
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite)
        && text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    is_number.then(|| Table { rows: vec![vec![value(text)]], complete: Some(true), headed: false })
}

/// `| a | b |`, `a │ b`, ` a | b`, under a heading and a rule.
fn ruled(lines: &[&str]) -> Option<Table> {
    let is_bar = |c: char| matches!(c, '|' | '│' | '┃' | '║');
    let rule = lines.iter().enumerate().position(|(at, line)| {
        at > 0
            && is_rule(line)
            && (lines[at - 1].contains(is_bar) || is_psql_rule(line))
            && !is_rule(lines[at - 1])
    })?;
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim();
        let line = line.strip_prefix(is_bar).unwrap_or(line);
        let line = line.strip_suffix(is_bar).unwrap_or(line);
        line.split(is_bar).map(|cell| cell.trim().to_string()).collect()
    };
    let width = cells(lines[rule - 1]).len();
    let mut rows = Vec::new();
    let mut complete = None;
    for line in &lines[rule + 1..] {
        if is_rule(line) || (rows.is_empty() && cells(line).iter().all(|cell| is_type(cell))) {
            continue;
        }
        if let Some(count) = row_count(line) {
            complete = Some(count == rows.len());
            break;
        }
        let row = cells(line);
        if row.len() != width || (width == 1 && !line.contains(is_bar) && !is_psql_rule(lines[rule])) {
            // Words after the table; a mark of something left out is one.
            complete = is_more(line).then_some(false);
            break;
        }
        if row.iter().all(|cell| matches!(cell.as_str(), "..." | "…" | "·")) {
            complete = Some(false);
            break;
        }
        rows.push(row.iter().map(|cell| value(cell)).collect());
    }
    // The line above DuckDB's rule may be of types; then the names stand higher.
    Some(Table { rows, complete, headed: false })
}

/// Lines with the same number of tabs, bars or commas, the first of which may be a heading.
fn separated(lines: &[&str]) -> Option<Table> {
    let mut lines = lines;
    let mut complete = None;
    if let [before @ .., last] = lines
        && let Some(count) = row_count(last)
    {
        complete = Some(count);
        lines = before;
    }
    let (first, rest) = lines.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let same = |mark: &&char| {
        let count = first.matches(**mark).count();
        rest.iter().all(|line| line.matches(**mark).count() == count) && !first.contains(['"', '.', ':'])
    };
    let mark = ['\t', '|', ','].iter().find(|mark| first.contains(**mark) && same(mark)).copied();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '(' | ')' | '*');
    if mark.is_none() && !first.chars().all(is_name) {
        return None;
    }
    let cut = |line: &str| -> Row {
        match mark {
            Some(mark) => line.split(mark).map(|cell| value(cell.trim())).collect(),
            None => vec![value(line.trim())],
        }
    };
    let rows: Vec<Row> = lines.iter().map(|line| cut(line)).collect();
    let complete = complete.map(|count| count + 1 == rows.len());
    Some(Table { rows, complete, headed: true })
}

fn value(cell: &str) -> Option<Cell> {
    let null = matches!(cell, "NULL" | "null" | "None" | "<null>" | "(null)");
    (!null).then(|| Cell { text: cell.to_string(), quoted: false })
}

/// A line of dashes, pluses, colons and bars.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let mark =
        |c: char| matches!(c, '-' | '+' | '|' | ':' | '=' | ' ') || ('\u{2500}'..='\u{257f}').contains(&c);
    line.chars().all(mark) && line.chars().filter(|c| matches!(c, '-' | '=' | '─' | '═' | '━')).count() >= 2
}

fn is_psql_rule(line: &str) -> bool {
    line.trim().bytes().all(|byte| matches!(byte, b'-' | b'+')) && line.contains("--")
}

/// `(3 rows)`, `3 rows in set (0.00 sec)`, `[3 rows x 2 columns]`.
fn row_count(line: &str) -> Option<usize> {
    let line = line.trim().trim_start_matches(['(', '[']);
    let (number, rest) = line.split_once(' ')?;
    let rest = rest.trim_start();
    (rest.starts_with("row") && !rest.contains("more")).then(|| number.parse().ok()).flatten()
}

fn is_more(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["...", "…", "more row", "truncated", "omitted", "first", "showing", "limited"]
        .iter()
        .any(|mark| lower.contains(mark))
}

/// The names of types that DuckDB prints under those of columns.
fn is_type(cell: &str) -> bool {
    matches!(
        cell.split('(').next().unwrap_or(cell),
        "varchar"
            | "int64"
            | "int32"
            | "int128"
            | "double"
            | "float"
            | "boolean"
            | "date"
            | "timestamp"
            | "decimal"
            | "bigint"
            | "integer"
            | "hugeint"
            | "uint64"
            | "time"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<String> {
        let said = |cell: &Option<Cell>| cell.as_ref().map_or("-".to_string(), |cell| cell.text.clone());
        let found = read(text).unwrap_or(Table { rows: Vec::new(), complete: None, headed: false });
        found.rows.iter().map(|row| row.iter().map(said).collect::<Vec<_>>().join("|")).collect()
    }

    #[test]
    fn reads_columns_under_a_rule() {
        let text = "sku       name               stock\n--------  -----------------  -----\nKIT-0101  Cast Iron Skillet      0\nKIT-0103  Grün\n\n2 row(s) returned";
        assert_eq!(rows(text), ["KIT-0101|Cast Iron Skillet|0", "KIT-0103|Grün|"]);
        assert_eq!(rows("a         b\n--------  ---\nfar too wide for it  1"), [""; 0]);
    }

    #[test]
    fn reads_frames_of_pandas() {
        let text = "     quality    n\n0     actual  161\n1  estimated  NaN";
        assert_eq!(rows(text), ["actual|161", "estimated|-"]);
        assert_eq!(rows("     name  n\n0  A...  1"), [""; 0]);
        assert_eq!(rows("     name  n\n0     Ann  1\n..    ...  ."), [""; 0]);
    }
}
