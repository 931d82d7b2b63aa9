//! Statements that the client of a database runs from a shell: `psql shop -c "SELECT …"`, `sqlite3 shop.db 'SELECT …'`.

use crate::reading::StepReading;

use super::rows::{Cell, Table};

const CLIENTS: &[&str] =
    &["psql", "sqlite3", "mysql", "mariadb", "duckdb", "bq", "clickhouse-client", "sqlcmd"];

/// The only statement in quotes of a command that calls a client and nothing else.
pub fn statement(command: &str) -> Option<&str> {
    let command = command.trim();
    if !calls_client(command) {
        return None;
    }
    let quote = command.char_indices().find(|(_, c)| matches!(c, '"' | '\''));
    let (start, quote) = quote?;
    let end = command.rfind(quote).filter(|end| *end > start)?;
    let (before, inside, after) = (&command[..start], &command[start + 1..end], &command[end + 1..]);
    let plain = |text: &str| !text.contains(['|', ';', '&', '>', '<', '`', '$', '\\']);
    // What the shell puts into the text, the text does not show.
    let whole = !inside.contains(['\\', '`', '$']) && !inside.contains(quote);
    (plain(before) && plain(after) && whole).then_some(inside)
}

fn calls_client(command: &str) -> bool {
    let program = command.split_whitespace().next().unwrap_or("");
    CLIENTS.contains(&program.rsplit('/').next().unwrap_or(program))
}

/// Whether a client runs statements that the command does not show.
pub fn runs_file(command: &str) -> bool {
    let command = command.trim();
    calls_client(command) && [" -f ", " --file", " < ", ".read "].iter().any(|file| command.contains(file))
}

/// What `sqlite3` prints unless it is told otherwise: a row a line, bars between the values, no heading.
pub fn bare_rows(step: &StepReading<'_>) -> Option<Table> {
    const SHAPED: &[&str] =
        &["-header", "-csv", "-json", "-box", "-table", "-column", "-markdown", "-line", "-separator"];
    let command = command(step)?;
    let command = command.trim();
    let words: Vec<&str> =
        command.split_whitespace().take_while(|word| !word.contains(['"', '\''])).collect();
    let is_bare = words.first().is_some_and(|word| word.ends_with("sqlite3"))
        && !words.iter().any(|word| SHAPED.iter().any(|shaped| word.contains(shaped)));
    let text = step.step.observation.filter(|_| is_bare && statement(command).is_some())?;
    let cell = |cell: &str| (!cell.is_empty()).then(|| Cell { text: cell.to_string(), quoted: false });
    let rows: Vec<_> = text.lines().map(|line| line.split('|').map(cell).collect::<Vec<_>>()).collect();
    let width = rows.first()?.len();
    let alike = rows.iter().all(|row| row.len() == width);
    alike.then_some(Table { rows, complete: None, headed: false })
}

/// The command that a step gives a shell.
fn command<'a>(step: &StepReading<'a>) -> Option<std::borrow::Cow<'a, str>> {
    super::super::text_argument(step, &["command", "cmd", "script"])
}
