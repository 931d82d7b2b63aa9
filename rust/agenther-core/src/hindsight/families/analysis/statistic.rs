//! Expressions over a data frame that come to one number: `df[df["city"] == "Oslo"]["price"].mean()`.

/// What an expression computes of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistic<'a> {
    /// The variable that holds the table.
    pub table: &'a str,
    pub measure: Measure<'a>,
    /// Which rows it is computed over: all of these hold.
    pub conditions: Vec<Condition<'a>>,
}

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure<'a> {
    Rows,
    DuplicateRows,
    /// The method, and the column that it is called on: `mean`, `price`.
    Of(&'static str, &'a str),
    /// Values of the column that are missing.
    Missing(&'a str),
    Correlation(&'a str, &'a str),
    /// An aggregate of a column, or the number of rows, for each value of `by`.
    Each {
        by: &'a str,
        of: Option<(&'static str, &'a str)>,
    },
    /// The value of `by` with the most, or least, of an aggregate of a column, or of rows.
    Extreme {
        by: &'a str,
        of: Option<(&'static str, &'a str)>,
        most: bool,
    },
}

/// A comparison of a column: `df["age"] > 30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition<'a> {
    pub column: &'a str,
    pub operator: &'static str,
    pub value: &'a str,
}

/// A longer expression says nothing that a question could; and one call in another, they must end.
const MAX_EXPRESSION: usize = 300;

/// Methods that make a number of a column.
const METHODS: &[&str] = &["mean", "sum", "max", "min", "median", "std", "nunique"];

/// Two characters first: `>` is in `>=`.
const OPERATORS: &[&str] = &["==", "!=", ">=", "<=", ">", "<"];

impl<'a> Statistic<'a> {
    /// Reads an expression; nothing of one that computes anything else.
    pub fn read(expression: &'a str) -> Option<Self> {
        if expression.len() > MAX_EXPRESSION {
            return None;
        }
        let text = rounded(expression.trim());
        if let Some(inner) = called(text, "len") {
            if let Some((column, "unique()")) = method(inner) {
                return of_column(column, |column| Measure::Of("nunique", column));
            }
            return rows(inner);
        }
        if let Some(inner) = text.strip_suffix(".shape[0]") {
            return rows(inner);
        }
        let (receiver, call) = method(text)?;
        if let Some(other) = called(call, "corr") {
            let (table, second) = column(other)?;
            return of_column(receiver, |first| Measure::Correlation(first, second))
                .filter(|one| one.table == table && one.conditions.is_empty());
        }
        if let Some((table, by, of, conditions)) = grouped(text) {
            return Some(Statistic { table, measure: Measure::Each { by, of }, conditions });
        }
        let name = call.strip_suffix("()")?;
        if matches!(name, "idxmax" | "idxmin") {
            let most = name == "idxmax";
            let (table, by, of, conditions) = grouped(receiver)?;
            return Some(Statistic { table, measure: Measure::Extreme { by, of, most }, conditions });
        }
        if name == "sum"
            && let Some((tested, test)) = method(receiver)
        {
            match test {
                "isnull()" | "isna()" => return of_column(tested, Measure::Missing),
                "duplicated()" => {
                    return rows(tested).map(|one| Statistic { measure: Measure::DuplicateRows, ..one });
                }
                _ => {}
            }
        }
        if name == "sum"
            && let Some(test) = called(receiver, "")
        {
            let (table, condition) = condition(test)?;
            return Some(Statistic { table, measure: Measure::Rows, conditions: vec![condition] });
        }
        let name = METHODS.iter().find(|method| **method == name)?;
        of_column(receiver, |column| Measure::Of(name, column))
    }

    /// The columns that it reads.
    pub fn columns(&self) -> impl Iterator<Item = &'a str> + '_ {
        let (first, second) = match self.measure {
            Measure::Of(_, column) | Measure::Missing(column) => (Some(column), None),
            Measure::Correlation(first, second) => (Some(first), Some(second)),
            Measure::Each { by, of } | Measure::Extreme { by, of, .. } => {
                (Some(by), of.map(|(_, column)| column))
            }
            Measure::Rows | Measure::DuplicateRows => (None, None),
        };
        first.into_iter().chain(second).chain(self.conditions.iter().map(|one| one.column))
    }
}

/// A table, what its rows are grouped by, what is aggregated of each group, and over which rows.
type Grouped<'a> = (&'a str, &'a str, Option<(&'static str, &'a str)>, Vec<Condition<'a>>);

/// `df.groupby("region")["sales"].sum()` or `df["region"].value_counts()`.
fn grouped(text: &str) -> Option<Grouped<'_>> {
    let (receiver, call) = method(text)?;
    if call == "value_counts()" {
        let (base, by) = column(receiver)?;
        let (table, conditions) = source(base)?;
        return Some((table, by, None, conditions));
    }
    let name = METHODS.iter().find(|method| called(call, method) == Some(""))?;
    let (groups, aggregated) =
        column(receiver).or_else(|| receiver.rsplit_once('.').filter(|(_, column)| is_name(column)))?;
    let (base, grouping) = method(groups)?;
    let by = quoted(called(grouping, "groupby")?)?;
    let (table, conditions) = source(base)?;
    Some((table, by, Some((name, aggregated)), conditions))
}

/// An expression without what rounds or converts its value.
fn rounded(text: &str) -> &str {
    if let Some(inner) = called(text, "round") {
        return rounded(split_top(inner, ",").first().map_or(inner, |part| part.trim()));
    }
    if let Some(inner) = called(text, "float").or_else(|| called(text, "int")) {
        return rounded(inner);
    }
    match method(text) {
        Some((receiver, call))
            if ["round", "sort_values"].iter().any(|name| called(call, name).is_some()) =>
        {
            rounded(receiver)
        }
        _ => text,
    }
}

/// A table, or its rows that fulfil a condition.
fn rows(text: &str) -> Option<Statistic<'_>> {
    let (table, conditions) = source(text)?;
    Some(Statistic { table, measure: Measure::Rows, conditions })
}

fn of_column<'a>(text: &'a str, measure: impl Fn(&'a str) -> Measure<'a>) -> Option<Statistic<'a>> {
    if let Some((base, inner)) = bracketed(text)
        && let Some(table) = base.strip_suffix(".loc").filter(|table| is_name(table))
    {
        let parts = split_top(inner, ",");
        let [test, column] = parts[..] else { return None };
        let conditions = conditions(test, table)?;
        return Some(Statistic { table, measure: measure(quoted(column)?), conditions });
    }
    let (base, column) = column(text)?;
    let (table, conditions) = source(base)?;
    Some(Statistic { table, measure: measure(column), conditions })
}

/// `df`, or `df[df["age"] > 30]`.
fn source(text: &str) -> Option<(&str, Vec<Condition<'_>>)> {
    let text = text.trim();
    if is_name(text) {
        return Some((text, Vec::new()));
    }
    let (table, test) = bracketed(text)?;
    let table = table.strip_suffix(".loc").unwrap_or(table);
    is_name(table).then_some(())?;
    Some((table, conditions(test, table)?))
}

/// What a column is of, and its name: `df["price"]`, `df.price`.
pub fn column(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    if let Some((base, inner)) = bracketed(text) {
        return Some((base, quoted(inner)?));
    }
    text.rsplit_once('.').filter(|(base, column)| is_name(base) && is_name(column))
}

fn conditions<'a>(text: &'a str, table: &str) -> Option<Vec<Condition<'a>>> {
    let parts = split_top(text, "&");
    let read = |part: &'a str| {
        let part = part.trim();
        condition(called(part, "").unwrap_or(part)).filter(|(of, _)| *of == table).map(|(_, one)| one)
    };
    (parts.len() <= 2).then(|| parts.into_iter().map(read).collect())?
}

fn condition(text: &str) -> Option<(&str, Condition<'_>)> {
    OPERATORS.iter().find_map(|operator| {
        let parts = split_top(text, operator);
        let [left, right] = parts[..] else { return None };
        let (table, column) = column(left)?;
        let right = right.trim();
        let value = quoted(right).or_else(|| right.parse::<f64>().is_ok().then_some(right))?;
        is_name(table).then_some((table, Condition { column, operator, value }))
    })
}

/// What a text in quotes says.
pub fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.get(1..)?.strip_suffix(quote)?;
    (!inner.is_empty() && !inner.contains([quote, '\\', '\n', '{', '`'])).then_some(inner)
}

pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The arguments of a text that is one call of `name`.
pub fn called<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let inner = text.strip_prefix(name)?.strip_prefix('(')?;
    let inner = inner.strip_suffix(')')?;
    (opening(text)? == name.len()).then_some(inner)
}

/// `df["price"]` of `df["price"].mean()`, and `mean()`.
fn method(text: &str) -> Option<(&str, &str)> {
    let open = opening(text).filter(|_| text.ends_with(')'))?;
    let dot = text[..open].rfind('.')?;
    is_name(&text[dot + 1..open]).then_some((&text[..dot], &text[dot + 1..]))
}

/// What stands before the brackets at the end, and in them.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let open = opening(text).filter(|_| text.ends_with(']'))?;
    Some((&text[..open], &text[open + 1..text.len() - 1]))
}

/// Where the bracket is opened that the last character closes.
fn opening(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut last = None;
    for (at, letter) in outside_quotes(text) {
        match letter {
            '(' | '[' | '{' => open.push(at),
            ')' | ']' | '}' => last = open.pop().filter(|_| at + 1 == text.len()),
            _ => {}
        }
    }
    last.filter(|_| open.is_empty())
}

/// Parts of a text between separators that stand in no brackets and no quotes.
pub fn split_top<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, letter) in outside_quotes(text) {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ if depth == 0 && at >= start && text[at..].starts_with(separator) => {
                parts.push(&text[start..at]);
                start = at + separator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The characters of a program that are in no string.
pub fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut quote = None;
    let mut is_escaped = false;
    text.char_indices().filter(move |(_, letter)| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        match quote {
            Some(open) => {
                is_escaped = *letter == '\\';
                if *letter == open {
                    quote = None;
                }
                false
            }
            None if matches!(letter, '"' | '\'') => {
                quote = Some(*letter);
                false
            }
            None => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_over_one_table_are_read() {
        let over = |column, operator, value| Condition { column, operator, value };
        for (text, measure, conditions) in [
            ("df['price'].mean()", Measure::Of("mean", "price"), vec![]),
            ("round(df.price.sum(), 2)", Measure::Of("sum", "price"), vec![]),
            ("df['price'].median().round(1)", Measure::Of("median", "price"), vec![]),
            ("len(df)", Measure::Rows, vec![]),
            ("df.shape[0]", Measure::Rows, vec![]),
            ("len(df[df['age'] >= 30])", Measure::Rows, vec![over("age", ">=", "30")]),
            ("(df['city'] == 'Oslo').sum()", Measure::Rows, vec![over("city", "==", "Oslo")]),
            (
                "df[(df['city'] == 'Oslo') & (df['age'] < 9)]['price'].max()",
                Measure::Of("max", "price"),
                vec![over("city", "==", "Oslo"), over("age", "<", "9")],
            ),
            (
                "df.loc[df['city'] == 'A (b', 'price'].min()",
                Measure::Of("min", "price"),
                vec![over("city", "==", "A (b")],
            ),
            ("df['a'].isna().sum()", Measure::Missing("a"), vec![]),
            ("df.duplicated().sum()", Measure::DuplicateRows, vec![]),
            ("df['a'].corr(df['b'])", Measure::Correlation("a", "b"), vec![]),
            (
                "df.groupby('a')['b'].sum().idxmax()",
                Measure::Extreme { by: "a", of: Some(("sum", "b")), most: true },
                vec![],
            ),
            ("df['a'].value_counts().idxmin()", Measure::Extreme { by: "a", of: None, most: false }, vec![]),
            ("len(df['a'].unique())", Measure::Of("nunique", "a"), vec![]),
        ] {
            assert_eq!(Statistic::read(text), Some(Statistic { table: "df", measure, conditions }), "{text}");
        }
    }

    #[test]
    fn other_expressions_are_left() {
        for text in [
            "df['a'].mean() / df['b'].mean()",
            "df['a'].mean(skipna=False)",
            "df.groupby(['a', 'c'])['b'].mean()",
            "df[df['a'] > other]['b'].mean()",
            "df[other['a'] > 3]['b'].mean()",
            "df['a'].apply(f).sum()",
            "df['a'",
            "(",
            "",
        ] {
            assert_eq!(Statistic::read(text), None, "{text}");
        }
    }
}
