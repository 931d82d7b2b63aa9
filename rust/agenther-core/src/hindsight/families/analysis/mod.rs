//! Agents that analyse a table with a program: the numbers that it prints, asked for of the file they come from.
//!
//! [`program`] follows which variables hold a table as it was read from a file, and finds what is printed of it;
//! [`statistic`] reads the expressions. A table or a column that was changed since is not asked about: what its numbers
//! say, only the program knows.

mod program;
mod statistic;

use std::collections::BTreeSet;

use super::{Candidate, Proposals, english, text_argument};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::effect::{runs_code, words};
use crate::text::same::folded;
use crate::text::tables::FastSet;
use crate::trajectory::{Field, Span};
use program::{Printed, Session};
use statistic::{Condition, Measure};

/// A run that prints number after number is not asked for every one.
const MAX_ASKED: usize = 4;

/// So many printed numbers are looked for in what was printed.
const MAX_TRIED: usize = 60;

/// What is asked of a longer session would have too much before it.
const MAX_PROGRAMS: usize = 60;

/// Longer outputs are looked through for a line no more.
const MAX_OUTPUT: usize = 20_000;

/// More groups than these are a table.
const MAX_GROUPS: usize = 15;

/// A longer group is a text.
const MAX_NAME: usize = 60;

/// Proposes questions that printed statistics of a file answer.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    if !reading.steps.iter().any(|step| step.step.action_input.is_some_and(reads_table)) {
        return;
    }
    let programs: Vec<(usize, String)> = (0..reading.steps.len())
        .filter_map(|index| Some((index, program_of(&reading.steps[index])?)))
        .take(MAX_PROGRAMS)
        .collect();
    let mut session = Session::default();
    let (mut written, mut tried, mut asked) = (String::new(), 0, BTreeSet::new());
    for (at, (index, program)) in programs.iter().enumerate() {
        let printed = session.run(program, *index as u32);
        program.lines().filter(|line| writes(line)).for_each(|line| written.push_str(line));
        if reading.steps[*index].status.is_error() {
            session.fail(*index as u32);
            continue;
        }
        for one in printed.iter().take(MAX_TRIED - tried) {
            tried += 1;
            let kept = || needed(reading, &programs[..=at]);
            let Some(candidate) = candidate(reading, *index, one, kept) else { continue };
            // The numbers of a file that the session made are its own.
            let is_own = written.contains(one.file);
            if asked.len() < MAX_ASKED && !is_own && asked.insert(candidate.goal.clone()) {
                out.push_derived(candidate);
            }
        }
    }
}

fn reads_table(input: &str) -> bool {
    input.contains("pd.read_") || input.contains("pandas.read_")
}

/// The program of a step that runs one.
fn program_of(step: &StepReading<'_>) -> Option<String> {
    const KEYS: &[&str] = &["code", "script", "source", "program", "python", "input", "query", "cell"];
    // LangChain's `python_repl_ast`, `add_and_execute_jupyter_code_cell`.
    const INTERPRETERS: &[&str] = &["python", "ipython", "jupyter", "pandas", "repl"];
    let is_interpreter = |tool: &&str| {
        runs_code(tool)
            || words(tool).any(|word| INTERPRETERS.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    step.step.action_name.filter(is_interpreter)?;
    let text = text_argument(step, KEYS)?;
    let text = text.trim().trim_start_matches("```python").trim_start_matches("```").trim_end_matches("```");
    Some(text.trim().replace("\r\n", "\n"))
}

/// Whether a line of a program writes a file.
fn writes(line: &str) -> bool {
    [".to_", "'w'", "\"w\"", "dump("].iter().any(|write| line.contains(write))
}

/// The steps whose programs the last one rests on: those that define what it uses, and so on back.
fn needed(reading: &Reading<'_>, programs: &[(usize, String)]) -> Vec<u32> {
    let Some(((last, program), earlier)) = programs.split_last() else { return Vec::new() };
    let mut used: FastSet<&str> = program::words(program).collect();
    let mut steps = vec![*last as u32];
    for (index, program) in earlier.iter().rev() {
        if !reading.steps[*index].status.is_error()
            && program::defined(program).any(|name| used.contains(name))
        {
            used.extend(program::words(program));
            steps.push(*index as u32);
        }
    }
    steps.reverse();
    steps
}

fn candidate(
    reading: &Reading<'_>,
    index: usize,
    printed: &Printed<'_>,
    kept: impl Fn() -> Vec<u32>,
) -> Option<Candidate> {
    let output = reading.steps[index].step.observation.filter(|output| output.len() <= MAX_OUTPUT)?;
    let value = match printed.statistic.measure {
        Measure::Each { by, of } => series(output, by, of.map_or("count", |(_, column)| column))?,
        _ => value(output, printed)?,
    };
    let file = printed.file.rsplit(['/', '\\']).next().filter(|file| file.contains('.'))?;
    let (goal, answer) = said(printed, file, value)?;
    let start = value.as_ptr() as usize - output.as_ptr() as usize;
    Some(Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        steps: kept(),
        slots: vec![Slot {
            name: "file".to_string(),
            value: file.to_string(),
            origin: Origin::User,
            step: index as u32,
        }],
        evidence: vec![Support {
            text: value.to_string(),
            step: Some(index as u32),
            field: Field::Observation,
            span: Span::new(start, start + value.len()),
        }],
        prior: 0.85,
        trivial: matches!(printed.statistic.measure, Measure::Rows)
            && printed.statistic.conditions.is_empty(),
    })
}

/// The number in an output: on the one line that begins and ends as it was printed, or the whole of it.
fn value<'o>(output: &'o str, printed: &Printed<'_>) -> Option<&'o str> {
    let (before, after) = (printed.before.trim(), printed.after.trim());
    if before.is_empty() && !printed.is_alone {
        return None;
    }
    let mut lines = output.lines().map(str::trim).filter(|line| {
        line.starts_with(before) && line.ends_with(after) && line.len() > before.len() + after.len()
    });
    let line = lines.next().filter(|_| lines.next().is_none())?;
    if before.is_empty() && line != output.trim() {
        return None;
    }
    let inner = line[before.len()..line.len() - after.len()].trim();
    let inner = statistic::called(inner, "np.float64")
        .or_else(|| statistic::called(inner, "np.int64"))
        .unwrap_or(inner);
    if matches!(printed.statistic.measure, Measure::Extreme { .. }) {
        let inner = statistic::quoted(inner).unwrap_or(inner);
        let is_name = inner.len() <= MAX_NAME
            && inner.contains(char::is_alphanumeric)
            && !inner.contains(['[', '{', '<']);
        return is_name.then_some(inner);
    }
    let digits = inner.replace(',', "");
    digits.parse::<f64>().is_ok_and(f64::is_finite).then_some(with_unit(line, inner))
}

/// A number with the sign of money before it or the one of percent after it.
fn with_unit<'o>(line: &'o str, number: &'o str) -> &'o str {
    let start = number.as_ptr() as usize - line.as_ptr() as usize;
    let end = start + number.len();
    let sign = line[..start].chars().next_back().filter(|sign| matches!(sign, '$' | '€' | '£'));
    let percent = usize::from(line[end..].starts_with('%'));
    &line[start - sign.map_or(0, char::len_utf8)..end + percent]
}

/// The rows of a printed series, between the name of its index and its own name.
fn series<'o>(output: &'o str, by: &str, name: &str) -> Option<&'o str> {
    let place = |line: &str| line.as_ptr() as usize - output.as_ptr() as usize;
    let mut heads = output.lines().filter(|line| line.trim_end() == by);
    let head = heads.next().filter(|_| heads.next().is_none())?;
    let below = &output[place(head) + head.len()..];
    let ending = format!("Name: {name}, dtype: ");
    let end = below.lines().find(|line| line.starts_with(&ending))?;
    let rows = below[..place(end) - place(below)].trim();
    let is_whole = rows.lines().all(|row| cell(row).is_some());
    // `p3` and `P3` are one group, which the program told apart.
    let groups: BTreeSet<String> =
        rows.lines().filter_map(cell).map(|(group, _)| folded(group).collect()).collect();
    let is_whole = is_whole && groups.len() == rows.lines().count();
    (is_whole && (2..=MAX_GROUPS).contains(&rows.lines().count())).then_some(rows)
}

/// The group and the number of a row.
fn cell(row: &str) -> Option<(&str, &str)> {
    let (group, number) = row.trim().rsplit_once(char::is_whitespace)?;
    let is_number = number.parse::<f64>().is_ok_and(f64::is_finite);
    (is_number && !group.trim().is_empty()).then_some((group.trim(), number))
}

/// The question and the answer.
fn said(printed: &Printed<'_>, file: &str, value: &str) -> Option<(String, String)> {
    let statistic = &printed.statistic;
    let over = statistic.conditions.iter().map(condition).collect::<Option<Vec<_>>>()?.join(" and ");
    let among = if over.is_empty() { String::new() } else { format!(" where {over}") };
    let of = |noun: String| {
        (
            format!("What is {noun} in {file}{among}?"),
            format!("{}{} in {file}{among} is {value}.", noun[..1].to_uppercase(), &noun[1..]),
        )
    };
    Some(match statistic.measure {
        Measure::Rows if over.is_empty() => {
            (format!("How many rows does {file} have?"), format!("{file} has {value} rows."))
        }
        Measure::Rows => (
            format!("How many rows are there in {file}{among}?"),
            format!("There are {value} rows in {file}{among}."),
        ),
        Measure::DuplicateRows => (
            format!("How many duplicate rows does {file} have?"),
            format!("{file} has {value} duplicate rows."),
        ),
        Measure::Missing(column) => {
            let column = named(column)?;
            (
                format!("How many values of {column} are missing in {file}{among}?"),
                format!("In {file}, {value} values of {column} are missing{among}."),
            )
        }
        Measure::Each { by, of } => {
            let by = named(by)?;
            let rows: Vec<String> = value
                .lines()
                .filter_map(cell)
                .map(|(group, number)| format!("- {group}: {number}"))
                .collect();
            let rows = rows.join("\n");
            match of {
                Some(("nunique", _)) => return None,
                Some((method, column)) => {
                    let of = aggregate(method, column)?;
                    (
                        format!("What is the {of} by {by} in {file}{among}?"),
                        format!("The {of} by {by} in {file}{among}:\n{rows}"),
                    )
                }
                None => (
                    format!("How often does each value of {by} occur in {file}{among}?"),
                    format!("How often each value of {by} occurs in {file}{among}:\n{rows}"),
                ),
            }
        }
        Measure::Extreme { by, of, most } => {
            let (by, which) = (named(by)?, if most { "highest" } else { "lowest" });
            let of = match of {
                Some((method, column)) => format!("the {which} {}", aggregate(method, column)?),
                None => format!("the {} rows", if most { "most" } else { "fewest" }),
            };
            (
                format!("Which {by} has {of} in {file}{among}?"),
                format!("The {by} with {of} in {file}{among} is {value}."),
            )
        }
        Measure::Correlation(first, second) => {
            of(format!("the correlation between {} and {}", named(first)?, named(second)?))
        }
        Measure::Of("nunique", column) => {
            let column = named(column)?;
            (
                format!("How many different values of {column} are there in {file}{among}?"),
                format!("There are {value} different values of {column} in {file}{among}."),
            )
        }
        Measure::Of(method, column) => of(format!("the {}", aggregate(method, column)?)),
    })
}

/// `average price`.
fn aggregate(method: &str, column: &str) -> Option<String> {
    let name = named(column)?;
    let adjective = match method {
        "mean" => "average",
        "sum" => "total",
        "max" => "highest",
        "min" => "lowest",
        "median" => "median",
        "std" => "standard deviation of",
        _ => return None,
    };
    Some(match method {
        _ if name.starts_with(adjective) => name,
        "mean" | "sum" if english::is_plural(&name) => format!("{adjective} of {name}"),
        "max" | "min" | "median" if english::is_plural(&name) => format!("{adjective} value of {name}"),
        _ => format!("{adjective} {name}"),
    })
}

/// `the age is over 30`.
fn condition(one: &Condition<'_>) -> Option<String> {
    let column = named(one.column)?;
    let is = if english::is_plural(&column) { "are" } else { "is" };
    let compares = match one.operator {
        "==" => "",
        "!=" => "not ",
        ">" => "over ",
        ">=" => "at least ",
        "<" => "under ",
        _ => "at most ",
    };
    Some(format!("the {column} {is} {compares}{}", one.value))
}

/// A column in words: `unit price` of `Unit_Price`; one that is no word is named as it is.
fn named(column: &str) -> Option<String> {
    let column = column.trim();
    let words = column.replace('_', " ");
    // `avg_len_min`, `churned`: nobody says so.
    const SHORT: &[&str] =
        &["avg", "len", "min", "max", "num", "qty", "pct", "amt", "cnt", "std", "val", "idx"];
    let is_word = |word: &str| {
        word.len() > 2
            && word.chars().all(char::is_alphabetic)
            && !SHORT.contains(&word.to_lowercase().as_str())
            && !word.ends_with("ed")
    };
    let is_plain = words.split(' ').all(|word| is_word(word) || matches!(word, "of" | "in" | "by" | "to"));
    let small = |word: &str| {
        let is_capital = word.chars().skip(1).all(char::is_lowercase);
        if is_capital { word.to_lowercase() } else { word.to_string() }
    };
    if column.is_empty() || column.len() > 40 {
        return None;
    }
    Some(if is_plain {
        words.split(' ').map(small).collect::<Vec<_>>().join(" ")
    } else {
        format!("`{column}`")
    })
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const LOAD: &str = "import pandas as pd\ndf = pd.read_csv('/mnt/data/sales.csv')\n";

    /// What the programs of one session ask, the first of which loads the table without a word.
    fn asked(programs: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let first = [("python", LOAD, "[Executed Successfully with No Output]")];
        let rest = programs.iter().map(|(program, output)| ("python", *program, *output));
        let calls: Vec<_> = first.into_iter().chain(rest).collect();
        proposals(super::propose, "Why did sales fall?", &calls)
    }

    #[test]
    fn printed_numbers_are_asked_for() {
        for (program, output, goal, answer) in [
            (
                "print(df['unit_price'].mean())",
                "np.float64(12.5)",
                "What is the average unit price in sales.csv?",
                "The average unit price in sales.csv is 12.5.",
            ),
            (
                "avg = df['unit_price'].mean()\nprint('Rows:', len(df))\nprint(f\"Average: {avg:.2f} EUR\")",
                "Rows: 40\nAverage: 12.50 EUR",
                "What is the average unit price in sales.csv?",
                "The average unit price in sales.csv is 12.50.",
            ),
            (
                "df.head()\nprint(f'Total units sold: ${df[\"units\"].sum():,.2f}')",
                "Total units sold: $1,234.50",
                "What is the total of units in sales.csv?",
                "The total of units in sales.csv is $1,234.50.",
            ),
            (
                "len(df[df['region'] == 'North'])",
                "7",
                "How many rows are there in sales.csv where the region is North?",
                "There are 7 rows in sales.csv where the region is North.",
            ),
            (
                "print(df.groupby('region')['units'].sum().idxmax()) # best",
                "North",
                "Which region has the highest total of units in sales.csv?",
                "The region with the highest total of units in sales.csv is North.",
            ),
            (
                "df.info()\nprint(df.groupby('region')['price'].mean().round(1)); print(len(df), 'rows')",
                "<class 'pandas.DataFrame'>\nregion\nNorth        1.5\nSouth East   2.0\nName: price, dtype: float64\n40 rows",
                "What is the average price by region in sales.csv?",
                "The average price by region in sales.csv:\n- North: 1.5\n- South East: 2.0",
            ),
            (
                "print(df.shop.value_counts())\nprint(df.region.value_counts())",
                "shop\nA    9\nB    1\nName: count, dtype: int64\nregion\nNorth    7\nEast     3\nName: count, dtype: int64",
                "How often does each value of region occur in sales.csv?",
                "How often each value of region occurs in sales.csv:\n- North: 7\n- East: 3",
            ),
            (
                "mask = df['units'] == 3\ndf['region'].value_counts().idxmax()",
                "'North'",
                "Which region has the most rows in sales.csv?",
                "The region with the most rows in sales.csv is North.",
            ),
            (
                "df['SKU2'].nunique()",
                "31",
                "How many different values of `SKU2` are there in sales.csv?",
                "There are 31 different values of `SKU2` in sales.csv.",
            ),
        ] {
            let found = asked(&[(program, output)]);
            let expected = (goal.to_string(), answer.to_string(), vec![0, 1]);
            assert!(found.contains(&expected), "{expected:?} is none of {found:#?}");
        }
    }

    #[test]
    fn cells_show_what_they_end_with_whatever_runs_them() {
        for tool in ["python_repl_ast", "add_and_execute_jupyter_code_cell", "execute_python"] {
            let argument = |code: &str| format!("{{\"query\": {code:?}}}");
            let read = argument("import pandas as pd\ndf = pd.read_csv('rides.csv')");
            let counted = argument("counts = df['state'].value_counts()\ncounts");
            let output = "state\nfailed    12\ndone       7\nName: count, dtype: int64";
            let found = proposals(super::propose, "", &[(tool, &read, ""), (tool, &counted, output)]);
            let (goal, answer, steps) = found.first().expect(tool);
            assert_eq!(goal, "How often does each value of state occur in rides.csv?");
            assert!(answer.contains("- failed: 12\n- done: 7"), "{answer}");
            assert_eq!(*steps, [0, 1]);
        }
    }

    #[test]
    fn what_a_step_that_failed_did_is_not_built_on() {
        let failed = "Traceback (most recent call last):\nKeyError: 'b'";
        let found = asked(&[
            ("df['band'] = df['a'] / df['b']", failed),
            ("print('Mean age:', df['age'].mean())", "Mean age: 41.5"),
        ]);
        assert_eq!(found, []);
    }

    #[test]
    fn steps_that_a_program_rests_on_are_kept() {
        let found = asked(&[
            ("bands = 3", ""),
            ("df.head()", "   age  price\n0   41    9.5"),
            ("df['band'] = pd.cut(df['age'], bands)", ""),
            ("other = 5", ""),
            (
                "print('Mean age:', df['age'].mean())\nprint(df.groupby('band')['price'].mean())",
                "Mean age: 41.5\n...",
            ),
        ]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].2, [0, 1, 3, 5]);
    }

    proptest::proptest! {
        #[test]
        fn no_program_makes_it_panic(
            program in r#"(df|df\.a\.value_counts\(\)|pd\.read_csv|print|round|len|loc|=|==|\[|\]|\(|\)|'a'|"é"|f"\{|\}|\.|,|&|>| |\n|#|\\){0,40}"#,
            output in "(a|b|Name: count, dtype: int64|[0-9.é :]{0,6}|\n){0,20}",
        ) {
            asked(&[(&program, &output)]);
        }
    }

    #[test]
    fn numbers_of_a_changed_table_are_not_asked_for() {
        for program in [
            "df = df[df['units'] > 0]\nprint(df['units'].mean())",
            "df['units'] = df['units'].fillna(0)\nprint(df['units'].mean())",
            "df.dropna(inplace=True)\nprint(df['units'].mean())",
            "for c in df:\n    df[c] = 1\nprint(df['units'].mean())",
            "mean = df['units'].mean()\nmean = mean * 2\nprint(mean)",
            "df['units'] *= 2\nprint(df['units'].mean())",
            "other = df\nother['units'] = 0\nprint(df['units'].mean())",
            "n = clean(df)\nprint(df['units'].mean())",
            "a = other = df\nother['units'] = 0\nprint(df['units'].mean())",
            "df['old'] = df.pop('units')\nprint(df['units'].mean())",
            "df.loc['total'] = df.sum()\nprint(df['units'].mean())",
            "df['a']['b'] = 3\nprint(df['units'].mean())",
            "x = df.pop('units')\nprint(df['units'].mean())",
            "df.loc[0, 'units'] = 3\nprint(df['units'].mean())",
            "clean(df)\nprint(df['units'].mean())",
            "df.to_csv('/mnt/data/sales.csv')\ndf = pd.read_csv('/mnt/data/sales.csv')\nprint(df['units'].mean())",
            "df = pd.read_csv('/mnt/data/sales.csv', nrows=5)\nprint(df['units'].mean())",
        ] {
            assert_eq!(asked(&[(program, "3.5")]), [], "{program}");
        }
    }

    #[test]
    fn a_number_that_cannot_be_told_apart_is_not_asked_for() {
        for (program, output) in [
            ("print(df['units'].mean())\nprint(df['units'].max())", "3.5\n9"),
            ("print('Value:', df['units'].mean())\nprint('Value:', 3)", "Value: 3.5\nValue: 3"),
            ("df.a.value_counts()", "a\np3    2\nP3    1\nName: count, dtype: int64"),
            ("df.a.value_counts()", "a\n1    2\n..\n3    1\nName: count, Length: 70, dtype: int64"),
            ("print(df['units'].mean())", "nan"),
            ("print(df['units'].mean())", "warning: x\n3.5"),
            ("print(df['units'].mean())", "Traceback (most recent call last):\nKeyError: 'units'"),
        ] {
            assert_eq!(asked(&[(program, output)]), [], "{program}");
        }
    }
}
