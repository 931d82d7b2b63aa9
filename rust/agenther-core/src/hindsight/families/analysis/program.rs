//! Programs of a session, as far as they read tables from files and print numbers computed of them.

use std::collections::HashMap;

use super::statistic::{Statistic, called, column, is_name, outside_quotes, quoted, split_top};

/// A longer program hides what it is for.
const MAX_STATEMENTS: usize = 120;

/// Each statement is held against each of them.
const MAX_VALUES: usize = 50;

/// Arguments of a reader that change no value of what is read.
const READER_OPTIONS: &[&str] =
    &["sep", "delimiter", "encoding", "low_memory", "engine", "parse_dates", "lines", "index_col"];

/// A table that was read from a file and is as it was read, but for some columns.
#[derive(Debug)]
struct Table<'a> {
    /// The path, as the program says it.
    file: &'a str,
    /// The step that read it.
    step: u32,
    /// The columns that were set since, and the steps that did.
    changed: Vec<(&'a str, u32)>,
}

/// What a variable holds.
#[derive(Debug)]
struct Value<'a> {
    statistic: Statistic<'a>,
    step: u32,
}

/// What the variables of an interpreter hold.
#[derive(Debug, Default)]
pub struct Session<'a> {
    tables: HashMap<&'a str, Table<'a>>,
    values: HashMap<&'a str, Value<'a>>,
}

/// A printed number: what it is of, in which file, and what stands around it.
#[derive(Debug, Clone)]
pub struct Printed<'a> {
    pub statistic: Statistic<'a>,
    pub file: &'a str,
    /// What is printed before and after it on its line.
    pub before: &'a str,
    pub after: &'a str,
    /// Whether nothing else is printed.
    pub is_alone: bool,
}

impl<'a> Session<'a> {
    /// Runs a program: what it prints, and what is true after it.
    pub fn run(&mut self, program: &'a str, step: u32) -> Vec<Printed<'a>> {
        let Some(statements) = statements(program) else {
            self.forget();
            return Vec::new();
        };
        let mut printed = Vec::new();
        let mut outputs = 0;
        for (at, statement) in statements.iter().enumerate() {
            if let Some(inner) = called(statement, "print") {
                outputs += 1;
                if changes(inner) {
                    self.touch(inner);
                }
                printed.extend(self.printed(inner));
            } else if at + 1 == statements.len()
                && (Statistic::read(statement).is_some() || self.values.contains_key(statement.trim()))
            {
                outputs += 1;
                printed.extend(self.number(statement, "", ""));
            } else {
                self.execute(statement, step);
            }
        }
        printed.iter_mut().for_each(|one| one.is_alone = outputs == 1);
        printed
    }

    /// The program of a step failed: what it set, it may not have set.
    pub fn fail(&mut self, step: u32) {
        self.tables.retain(|_, table| {
            table.step != step && table.changed.iter().all(|(_, changed)| *changed != step)
        });
        self.values.retain(|_, value| value.step != step);
    }

    /// Nothing is known of any variable any more.
    fn forget(&mut self) {
        self.tables.clear();
        self.values.clear();
    }

    fn execute(&mut self, statement: &'a str, step: u32) {
        if is_block(statement) {
            return self.touch(statement);
        }
        let parts = split_top(statement, "=");
        let Some((target, value)) = assigned(statement, &parts) else {
            // `df.dropna(inplace=True)`, and all that a function may do.
            if !self.only_shows(statement) {
                self.touch(statement);
            }
            return;
        };
        if may_change(value) || is_chain(&parts) {
            self.touch(value);
        }
        if let Some((table, column)) = column(target).filter(|_| target.ends_with(']'))
            && let Some(changed) = self.tables.get_mut(table)
        {
            changed.changed.push((column, step));
            return self.values.retain(|_, value| value.statistic.table != table);
        }
        if !is_name(target) {
            self.touch(value);
            return self.touch(target);
        }
        self.values.retain(|name, value| *name != target && value.statistic.table != target);
        self.tables.remove(target);
        if let Some(file) = read_file(value) {
            self.tables.insert(target, Table { file, step, changed: Vec::new() });
        } else if let Some(statistic) =
            Statistic::read(value).filter(|one| self.holds(one) && self.values.len() < MAX_VALUES)
        {
            self.values.insert(target, Value { statistic, step });
        }
    }

    /// `df.head()`, `plt.bar(df["city"], df["sales"])`: methods of tables change them only where they say so.
    fn only_shows(&self, statement: &str) -> bool {
        const DRAWS: &[&str] = &["plt", "sns", "px", "ax", "fig"];
        let root = statement.split(['.', '[', '(']).next().unwrap_or("");
        let is_call = DRAWS.contains(&root) || self.tables.contains_key(root);
        let assigns = split_top(statement, "=").len() > 1;
        is_import(statement) || is_call && !assigns && !changes(statement)
    }

    /// A statement may have changed each table that it names.
    fn touch(&mut self, statement: &str) {
        let words: Vec<&str> = words(statement).collect();
        self.tables.retain(|name, _| !words.contains(name));
        self.values.retain(|name, value| !words.contains(name) && !words.contains(&value.statistic.table));
    }

    fn holds(&self, statistic: &Statistic<'_>) -> bool {
        self.tables.get(statistic.table).is_some_and(|table| {
            statistic.columns().all(|column| table.changed.iter().all(|(changed, _)| *changed != column))
        })
    }

    /// The number in the arguments of a print: alone, after a label, or in one placeholder of a text.
    fn printed(&self, inner: &'a str) -> Option<Printed<'a>> {
        let parts = split_top(inner, ",");
        match parts[..] {
            [one] => {
                let text = one.trim();
                match text.strip_prefix('f').and_then(quoted_template) {
                    Some((before, expression, after)) => self.number(expression, before, after),
                    None => self.number(text, "", ""),
                }
            }
            [label, value] => self.number(value, quoted(label)?, ""),
            [label, value, unit] => self.number(value, quoted(label)?, quoted(unit)?),
            _ => None,
        }
    }

    fn number(&self, expression: &'a str, before: &'a str, after: &'a str) -> Option<Printed<'a>> {
        let expression = expression.trim();
        let statistic = match self.values.get(expression) {
            Some(value) => value.statistic.clone(),
            None => Statistic::read(expression).filter(|one| self.holds(one))?,
        };
        let file = self.tables.get(statistic.table)?.file;
        Some(Printed { statistic, file, before, after, is_alone: false })
    }
}

/// The names that a program uses, those in texts and comments among them.
pub fn words(program: &str) -> impl Iterator<Item = &str> {
    program.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The names that a program gives something new: what it imports, defines, assigns, or sets a part of.
pub fn defined(program: &str) -> impl Iterator<Item = &str> {
    program.lines().map(str::trim).flat_map(|line| {
        let named = ["def ", "class "].iter().find_map(|keyword| line.strip_prefix(keyword));
        let parts = split_top(line, "=");
        let names = match (named, assigned(line, &parts)) {
            _ if is_import(line) => line,
            (Some(rest), _) => rest.split('(').next().unwrap_or(""),
            (None, Some((target, _))) => target,
            (None, None) => "",
        };
        names.split(',').flat_map(move |name| {
            let whole = if is_import(line) { name } else { name.split(['[', '.']).next().unwrap_or("") };
            words(whole)
        })
    })
}

/// Whether a method that changes its table is called.
fn changes(statement: &str) -> bool {
    const CHANGES: &[&str] = &["inplace", ".pop(", ".insert(", ".update(", ".eval(", ".apply(", ".setflags("];
    CHANGES.iter().any(|change| statement.contains(change))
}

/// Whether what a value is made of may change later or be changed by it: a second name of a table, or a function of
/// the program's own.
fn may_change(value: &str) -> bool {
    const PURE: &[&str] = &[
        "len", "round", "float", "int", "str", "list", "sorted", "set", "sum", "min", "max", "abs", "dict",
        "zip", "range",
    ];
    let name = value.split('(').next().unwrap_or("");
    is_name(value) || changes(value) || is_name(name) && !PURE.contains(&name)
}

/// The two sides of a statement that assigns.
fn assigned<'a>(statement: &'a str, parts: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let target = *parts.first().filter(|_| parts.len() > 1)?;
    let value = &statement[target.len() + 1..];
    let is_comparison = value.starts_with('=') || target.ends_with(['<', '>', '!', '+', '-', '*', '/']);
    (!is_comparison && !target.starts_with(char::is_whitespace)).then_some((target.trim(), value.trim()))
}

/// Whether more than one name is given a value: `b = df` of `a = b = df`, and not `a == 3` of `mask = a == 3`.
fn is_chain(parts: &[&str]) -> bool {
    parts
        .windows(2)
        .skip(1)
        .any(|around| !around[0].is_empty() && !around[1].is_empty() && !around[0].ends_with(['<', '>', '!']))
}

/// The file that a call reads whole.
fn read_file(value: &str) -> Option<&str> {
    const READERS: &[&str] = &["read_csv", "read_excel", "read_parquet", "read_json", "read_table"];
    let arguments = READERS.iter().find_map(|reader| {
        called(value.strip_prefix("pd.").or_else(|| value.strip_prefix("pandas."))?, reader)
    })?;
    let mut parts = split_top(arguments, ",").into_iter();
    let file = quoted(parts.next()?)?;
    let is_harmless = |part: &str| {
        let name = part.split('=').next().unwrap_or("").trim();
        READER_OPTIONS.contains(&name)
    };
    parts.all(is_harmless).then_some(file)
}

/// `Average price: `, `avg` and ` EUR` of `"Average price: {avg:.2f} EUR"`.
fn quoted_template(text: &str) -> Option<(&str, &str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.get(1..)?.strip_suffix(quote)?;
    let (before, rest) = inner.split_once('{')?;
    let (expression, after) = rest.split_once('}')?;
    let is_one = !after.contains(['{', '}']) && !before.contains(['\\', '}']) && !after.contains('\\');
    let expression = split_top(expression, ":")[0];
    is_one.then_some((before, expression, after))
}

fn is_import(statement: &str) -> bool {
    statement.starts_with("import ") || statement.starts_with("from ")
}

/// The statements of a program, comments left out, each block with what is in it; nothing where a text over several
/// lines hides where they end.
fn statements(program: &str) -> Option<Vec<&str>> {
    let (mut found, mut start, mut depth) = (Vec::<&str>::new(), 0_usize, 0_i32);
    if program.contains("\"\"\"") || program.contains("'''") || program.contains("\\\n") {
        return None;
    }
    let place = |part: &str| part.as_ptr() as usize - program.as_ptr() as usize;
    for line in program.split_inclusive('\n') {
        let code = without_comment(line);
        for (_, letter) in outside_quotes(code) {
            depth += match letter {
                '(' | '[' | '{' => 1,
                ')' | ']' | '}' => -1,
                _ => 0,
            };
        }
        if depth > 0 {
            // A comment within brackets would be read as a part of them.
            if code.len() < line.trim_end().len() {
                return None;
            }
            continue;
        }
        let statement = &program[start..place(code) + code.len()];
        start = place(line) + line.len();
        if statement.trim().is_empty() {
            continue;
        }
        let is_within = statement.starts_with(char::is_whitespace);
        match found.last_mut() {
            Some(block) if is_within => *block = &program[place(block)..place(statement) + statement.len()],
            _ if is_within => return None,
            _ => found.extend(split_top(statement.trim(), ";").into_iter().map(str::trim)),
        }
    }
    found.retain(|statement| !statement.is_empty());
    (depth == 0 && found.len() <= MAX_STATEMENTS).then_some(found)
}

/// Whether a statement holds others, which it may repeat, leave out or keep for later.
fn is_block(statement: &str) -> bool {
    const OPENS: &[&str] =
        &["for", "while", "if", "elif", "else", "def", "class", "with", "try", "except", "finally", "@"];
    let word = statement.split(|c: char| !c.is_alphanumeric() && c != '@').next().unwrap_or("");
    OPENS.contains(&word) || statement.starts_with(['@', '%', '!'])
}

fn without_comment(line: &str) -> &str {
    let end = outside_quotes(line).find(|(_, letter)| *letter == '#').map_or(line.len(), |(at, _)| at);
    line[..end].trim_end()
}
