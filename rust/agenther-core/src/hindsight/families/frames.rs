//! Data frames in Python cells: what a file holds, as a cell shows it that does nothing else.
//!
//! A variable stands for the file that it was read from, until it is changed. Of the expressions that a cell shows those
//! are known that people ask for in words: sizes, columns, missing values, counts and means.

use std::collections::BTreeMap;

use super::{Candidate, Proposals, shell, text_argument};
use crate::hindsight::{Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::effect::runs_code;
use crate::signals::tool_status::Status;
use crate::trajectory::{Field, Span};

/// Longer outputs are tables to read.
const MAX_LINES: usize = 30;

/// A run that looks at column after column is not asked about every one.
const MAX_ASKS: usize = 12;

/// The file that a variable was read from, and the step that did it.
#[derive(Debug, Clone)]
struct Source {
    file: String,
    step: u32,
}

/// Proposes questions about the files that the cells of a run read.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut sources: BTreeMap<String, Source> = BTreeMap::new();
    let mut asked = 0;
    for (index, step) in reading.steps.iter().enumerate() {
        let Some(code) = cell(step) else { continue };
        let at = index as u32;
        let lines: Vec<&str> = code.lines().map(str::trim_end).filter(|line| is_code(line)).collect();
        for line in &lines {
            take_in(line, at, &mut sources);
        }
        let output = step.step.observation.filter(|_| step.status == Status::Ok).and_then(shell::printed);
        for (expression, shown) in output.map(|output| shown(&lines, output)).unwrap_or_default() {
            let Some((question, answer, from)) = answered(expression, &shown, &sources) else { continue };
            if asked == MAX_ASKS {
                return;
            }
            asked += 1;
            let mut steps = vec![from, at];
            steps.dedup();
            out.push_derived(Candidate {
                goal: question,
                answer,
                wording: Wording::Phrase,
                evidence: evidence(reading, index),
                steps,
                slots: Vec::new(),
                prior: 0.86,
                trivial: false,
            });
        }
    }
}

/// The code that a step runs, if its tool runs Python.
fn cell(step: &StepReading<'_>) -> Option<String> {
    let name = step.step.action_name?.to_ascii_lowercase();
    let is_python =
        ["python", "jupyter", "cell", "code_interpreter", "notebook"].iter().any(|word| name.contains(word));
    let is_runner = is_python && (runs_code(&name) || name.contains("interpreter") || name.contains("cell"));
    let code = text_argument(step, &["code", "input", "source", "cell", "command"]).filter(|_| is_runner)?;
    Some(code.into_owned())
}

fn is_code(line: &str) -> bool {
    !line.trim().is_empty() && !line.trim_start().starts_with('#')
}

/// Follows what a line makes of the variables.
fn take_in(line: &str, step: u32, sources: &mut BTreeMap<String, Source>) {
    const READERS: &[&str] = &["read_csv(", "read_excel(", "read_json(", "read_parquet(", "read_table("];
    let Some((target, value)) = line.split_once('=').filter(|(_, value)| !value.starts_with('=')) else {
        // `df.dropna(inplace=True)` has a `=` as well: only plain expressions are left here.
        return;
    };
    let name = target.trim();
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_name(name) {
        // `df['a'] = 1`, `df.drop(…, inplace=True)`, `a, b = …`
        let is_set = target.trim_end().ends_with(']') || !target.contains('(');
        let is_change = !line.starts_with("print(") && (line.contains("inplace") || is_set);
        let owner = name.split(['[', '.', ',']).next().unwrap_or("").trim();
        if is_change {
            sources.remove(owner);
        }
        return;
    }
    sources.remove(name);
    let value = value.trim();
    let Some(reader) = READERS
        .iter()
        .find(|reader| value.strip_prefix("pd.").is_some_and(|rest| rest.starts_with(**reader)))
    else {
        return;
    };
    let file = value["pd.".len() + reader.len()..].strip_suffix(')').and_then(literal);
    if let Some(file) = file {
        sources.insert(name.to_string(), Source { file: file.to_string(), step });
    }
}

/// What stands between quotes, if that is all.
fn literal(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.is_empty() && !inner.contains(['"', '\'', '\\', '{'])).then_some(inner)
}

/// The expressions that a cell shows, each with its part of the output: one expression, or one line each.
fn shown<'c>(lines: &[&'c str], output: &str) -> Vec<(&'c str, String)> {
    let output = output.trim_end();
    let printed = |line: &'c str| line.strip_prefix("print(").and_then(|rest| rest.strip_suffix(')'));
    let prints: Vec<&str> = lines.iter().filter_map(|line| printed(line)).collect();
    let is_flat = lines.iter().all(|line| !line.starts_with([' ', '\t']));
    let last = lines.last().filter(|line| printed(line).is_none() && is_expression(line));
    match (prints.as_slice(), last) {
        _ if !is_flat => Vec::new(),
        ([one], None) => vec![(*one, output.to_string())],
        ([], Some(last)) => {
            let said = output
                .strip_prefix("Out[")
                .and_then(|rest| rest.split_once("]: "))
                .map_or(output, |(_, rest)| rest);
            vec![(*last, said.to_string())]
        }
        (several, None) if several.len() == output.lines().count() => {
            several.iter().copied().zip(output.lines().map(str::to_string)).collect()
        }
        _ => Vec::new(),
    }
}

fn is_expression(line: &str) -> bool {
    !line.starts_with(['@', ' ', '\t'])
        && !["import ", "from ", "def ", "for ", "if ", "with ", "class ", "%", "!"]
            .iter()
            .any(|start| line.starts_with(start))
        && !line.replace("ascending=False", "").contains('=')
}

/// The question that an expression answers, the answer, and the step that read the file.
fn answered(
    expression: &str,
    output: &str,
    sources: &BTreeMap<String, Source>,
) -> Option<(String, String, u32)> {
    let expression = expression.trim();
    let end = expression.find(['.', '[']).unwrap_or(expression.len());
    let (name, rest) = match expression.strip_prefix("len(").and_then(|rest| rest.strip_suffix(')')) {
        Some(name) => (name, "len"),
        None => match expression.strip_prefix("list(").and_then(|rest| rest.strip_suffix(".columns)")) {
            Some(name) => (name, ".columns.tolist()"),
            None => expression.split_at(end),
        },
    };
    let source = sources.get(name)?;
    let file = &source.file;
    let (question, answer) = match rest {
        ".shape" => {
            let (rows, columns) = output.trim().strip_prefix('(')?.strip_suffix(')')?.split_once(", ")?;
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            (is_number(rows) && is_number(columns)).then_some(())?;
            (
                format!("How many rows and columns does {file} have?"),
                format!("It has {rows} rows and {columns} columns."),
            )
        }
        "len" => (format!("How many rows does {file} have?"), format!("It has {} rows.", one(output)?)),
        ".columns.tolist()" => {
            let names = output.trim().strip_prefix('[')?.strip_suffix(']')?.replace('\'', "");
            (format!("Which columns does {file} have?"), format!("{names}."))
        }
        ".dtypes" => (format!("Which data type does each column of {file} have?"), series(output, "")?),
        ".isnull().sum()" | ".isna().sum()" => {
            (format!("How many values are missing in each column of {file}?"), series(output, "")?)
        }
        ".duplicated().sum()" => {
            (format!("How many duplicate rows does {file} have?"), format!("It has {}.", one(output)?))
        }
        rest => match rest.strip_prefix(".groupby(") {
            Some(rest) => grouped(rest, output, file)?,
            None => of_column(rest, output, file)?,
        },
    };
    Some((question, answer, source.step))
}

/// `['price'].mean()`
fn of_column(rest: &str, output: &str, file: &str) -> Option<(String, String)> {
    let (column, method) = rest.strip_prefix('[')?.split_once(']')?;
    let column = literal(column)?;
    let of = format!("the column \"{column}\" of {file}");
    Some(match method {
        ".value_counts()" => (format!("How often does each value of {of} occur?"), series(output, column)?),
        ".nunique()" => {
            (format!("How many different values does {of} have?"), format!("It has {}.", one(output)?))
        }
        ".unique().tolist()" => {
            let values = output.trim().strip_prefix('[')?.strip_suffix(']')?.replace('\'', "");
            (format!("Which different values does {of} have?"), format!("{values}."))
        }
        method => {
            let said = statistic(method.strip_prefix('.')?.strip_suffix("()")?)?;
            (format!("What is the {said} of {of}?"), format!("It is {}.", one(output)?))
        }
    })
}

/// `groupby('a')['b'].sum().sort_values(ascending=False)`
fn grouped(rest: &str, output: &str, file: &str) -> Option<(String, String)> {
    let (key, rest) = rest.split_once(")[")?;
    let (column, methods) = rest.split_once("].")?;
    let (key, column) = (literal(key)?, literal(column)?);
    let (method, order) = methods.split_once("()")?;
    let order = match order {
        "" => "",
        ".sort_values(ascending=False)" => ", highest first",
        ".sort_values()" => ", lowest first",
        _ => return None,
    };
    let question =
        format!("What is the {} of \"{column}\" for each \"{key}\" in {file}{order}?", statistic(method)?);
    Some((question, series(output, key)?))
}

fn statistic(method: &str) -> Option<&'static str> {
    Some(match method {
        "mean" => "mean",
        "median" => "median",
        "sum" => "sum",
        "max" => "maximum",
        "min" => "minimum",
        "std" => "standard deviation",
        _ => return None,
    })
}

/// The one number that a cell shows.
fn one(output: &str) -> Option<&str> {
    let text = output.trim();
    let text = text
        .split_once('(')
        .filter(|(name, _)| name.starts_with("np."))
        .map_or(text, |(_, rest)| rest.trim_end_matches(')'));
    text.parse::<f64>().is_ok().then_some(text)
}

/// The rows of a series, without its title and its type.
fn series(output: &str, title: &str) -> Option<String> {
    let is_row = |line: &&str| !line.contains("dtype: ") && !line.trim().is_empty() && line.trim() != title;
    let rows: Vec<&str> = output.lines().map(str::trim_end).filter(is_row).collect();
    let is_whole = (1..=MAX_LINES).contains(&rows.len())
        && rows.iter().all(|row| !row.starts_with("..") && row.split_whitespace().count() >= 2);
    let said: Vec<String> = rows
        .iter()
        .filter_map(|row| row.rsplit_once(char::is_whitespace))
        .map(|(name, value)| format!("- {}: {value}", name.trim()))
        .collect();
    is_whole.then(|| said.join("\n"))
}

/// The code and the output of a step.
fn evidence(reading: &Reading<'_>, index: usize) -> Vec<Support> {
    let step = reading.steps[index].step;
    [(Field::ActionInput, step.action_input), (Field::Observation, step.observation)]
        .into_iter()
        .filter_map(|(field, text)| {
            let text = text.filter(|text| !text.is_empty())?;
            Some(Support {
                text: text.to_string(),
                step: Some(index as u32),
                field,
                span: Span::new(0, text.len()),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const READ: (&str, &str, &str) = ("python", "import pandas as pd\ndf = pd.read_csv('rents.csv')", "");

    #[test]
    fn what_cells_show_of_a_file_is_asked_for() {
        for (code, output, goal, answer) in [
            (
                "df.shape",
                "(120, 4)",
                "How many rows and columns does rents.csv have?",
                "It has 120 rows and 4 columns.",
            ),
            ("print(len(df))", "120\n", "How many rows does rents.csv have?", "It has 120 rows."),
            (
                "print(df.columns.tolist())",
                "['city', 'rent']\n",
                "Which columns does rents.csv have?",
                "city, rent.",
            ),
            (
                "df['city'].value_counts()",
                "city\nOslo      7\nNew York  5\nName: count, dtype: int64",
                "How often does each value of the column \"city\" of rents.csv occur?",
                "- Oslo: 7\n- New York: 5",
            ),
            (
                "df['rent'].mean()",
                "812.5",
                "What is the mean of the column \"rent\" of rents.csv?",
                "It is 812.5.",
            ),
            (
                "df['rent'].max()",
                "np.float64(990.0)",
                "What is the maximum of the column \"rent\" of rents.csv?",
                "It is 990.0.",
            ),
            (
                "df.groupby('city')['rent'].mean().sort_values(ascending=False)",
                "city\nOslo    900.5\nRome    700.0\nName: rent, dtype: float64",
                "What is the mean of \"rent\" for each \"city\" in rents.csv, highest first?",
                "- Oslo: 900.5\n- Rome: 700.0",
            ),
            (
                "df.isnull().sum()",
                "city    0\nrent    3\ndtype: int64",
                "How many values are missing in each column of rents.csv?",
                "- city: 0\n- rent: 3",
            ),
        ] {
            let found = proposals(super::propose, "", &[READ, ("python", code, output)]);
            assert_eq!(found, [(goal.to_string(), answer.to_string(), vec![0, 1])], "{code}");
        }
    }

    #[test]
    fn a_frame_that_was_changed_is_not_its_file() {
        for change in ["df = df.dropna()", "df['rent'] = 1", "df.dropna(inplace=True)"] {
            let found = proposals(
                super::propose,
                "",
                &[READ, ("python", change, ""), ("python", "df.shape", "(99, 4)")],
            );
            assert!(found.is_empty(), "{change}: {found:?}");
        }
        let filtered = ("python", "df[df['rent'] > 900].shape", "(9, 4)");
        assert!(proposals(super::propose, "", &[READ, filtered]).is_empty());
    }
}
