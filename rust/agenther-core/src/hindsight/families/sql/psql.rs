//! Tables as `psql` describes them (`\d film`).

use super::schema::{ColumnInfo, typed};

/// A table that `\d` describes, with its columns.
pub fn table(text: &str) -> Option<(String, Vec<ColumnInfo>)> {
    let mut lines = text.lines();
    let title = lines.find_map(|line| line.trim().strip_prefix("Table \""))?;
    let name = title.split('"').next()?.rsplit('.').next()?.to_string();
    let heading: Vec<&str> = lines.next()?.split('|').map(str::trim).collect();
    let at = |wanted: &str| heading.iter().position(|heading| *heading == wanted);
    let (column, kind) = (at("Column")?, at("Type")?);
    let (nullable, modifiers) = (at("Nullable"), at("Modifiers"));
    let mut columns = Vec::new();
    let mut rest = lines.skip(1);
    for line in rest.by_ref() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if cells.len() < heading.len() - 1 {
            columns = with_keys(columns, line);
            break;
        }
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied().unwrap_or("");
        let not_null =
            cell(nullable).eq_ignore_ascii_case("not null") || cell(modifiers).contains("not null");
        let name = cell(Some(column)).to_string();
        columns.push(ColumnInfo { name, not_null, ..typed(cell(Some(kind))) });
    }
    let columns = rest.fold(columns, with_keys);
    (!columns.is_empty() && columns.iter().all(|column| !column.name.is_empty())).then_some((name, columns))
}

/// The columns with what a line below them says: `"film_pkey" PRIMARY KEY, btree (film_id)`.
fn with_keys(mut columns: Vec<ColumnInfo>, line: &str) -> Vec<ColumnInfo> {
    let primary = line.contains(" PRIMARY KEY");
    let foreign = line.contains("FOREIGN KEY");
    let listed = line.split_once('(').and_then(|(_, list)| list.split(')').next()).unwrap_or("");
    for name in listed.split(',').map(|name| name.trim().trim_matches('"')) {
        for column in columns.iter_mut().filter(|column| column.name == name) {
            column.primary |= primary;
            column.foreign |= foreign;
            column.keyed |= primary || foreign;
        }
    }
    columns
}
