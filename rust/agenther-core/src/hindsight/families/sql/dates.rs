//! Parts of dates: `YEAR(order_date)`, in whatever dialect, is a column of its own, the order year.

use sqlparser::ast::{DataType, DateTimeField, Expr, Function, Value, ValueWithSpan};

use super::naming;
use super::rewrite::{arguments_of, name_of};
use super::shape::{Column, Constant, Scope};

/// What of a date is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    /// All of it without the time.
    Day,
}

impl Scope<'_> {
    /// A part of a date as the column that people speak of.
    pub(super) fn date_part(&self, expr: &Expr) -> Option<Column> {
        let (part, of) = part(expr)?;
        let column = match of {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.column(of)?,
            _ => return None,
        };
        let noun = match part {
            Part::Year => "year",
            Part::Month => "month",
            Part::Day => return Some(column),
        };
        let words = naming::nominal(self.schema.words(&column.name)).join(" ");
        let name = match words.as_str() {
            "date" | "day" | "time" | "timestamp" => noun.to_string(),
            words => match words.strip_prefix("date of ") {
                Some(what) => format!("{noun} of {what}"),
                None => {
                    let what = [" date", " time", " day", " timestamp"]
                        .iter()
                        .find_map(|end| words.strip_suffix(end));
                    format!("{} {noun}", what?)
                }
            },
        };
        Some(Column { name, ..column })
    }
}

/// A constant as it compares with a part of a date: `'2023'` with a year.
pub(super) fn constant_of_part(expr: &Expr, constant: Constant) -> Constant {
    let is_number = matches!(part(expr), Some((Part::Year | Part::Month, _)))
        && !constant.number
        && constant.text.bytes().all(|byte| byte.is_ascii_digit());
    match is_number {
        true => Constant { text: constant.text.trim_start_matches('0').to_string(), number: true },
        false => constant,
    }
}

fn part(expr: &Expr) -> Option<(Part, &Expr)> {
    match expr {
        Expr::Nested(inner) => part(inner),
        Expr::Extract { field, expr, .. } => Some((field_part(field)?, expr)),
        Expr::Cast { expr, data_type: DataType::Date, .. } => Some((Part::Day, expr)),
        Expr::Cast { expr, data_type, .. } if is_integer(data_type) => {
            part(expr).filter(|(part, _)| *part != Part::Day)
        }
        Expr::Function(function) => of_function(function),
        _ => None,
    }
}

/// Whether a type is one of whole numbers.
pub fn is_integer(kind: &DataType) -> bool {
    let kind = kind.to_string().to_ascii_lowercase();
    kind.contains("int") || matches!(kind.as_str(), "signed" | "unsigned")
}

fn field_part(field: &DateTimeField) -> Option<Part> {
    match field {
        DateTimeField::Year | DateTimeField::Years => Some(Part::Year),
        DateTimeField::Month | DateTimeField::Months => Some(Part::Month),
        _ => None,
    }
}

fn of_function(function: &Function) -> Option<(Part, &Expr)> {
    let name = name_of(function);
    let arguments = arguments_of(function)?;
    match (name.as_str(), arguments.as_slice()) {
        ("year", [date]) => Some((Part::Year, date)),
        ("month", [date]) => Some((Part::Month, date)),
        ("date", [date]) => Some((Part::Day, date)),
        ("strftime" | "format_date" | "date_part" | "datepart", [pattern, date]) => {
            Some((of_pattern(pattern)?, date))
        }
        ("date_format" | "to_char", [date, pattern]) => Some((of_pattern(pattern)?, date)),
        ("substr" | "substring", [date, start, length])
            if start.to_string() == "1" && length.to_string() == "4" =>
        {
            Some((Part::Year, date))
        }
        ("left", [date, length]) if length.to_string() == "4" => Some((Part::Year, date)),
        _ => None,
    }
}

fn of_pattern(expr: &Expr) -> Option<Part> {
    let text = match expr {
        Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(text), .. })
        | Expr::Value(ValueWithSpan { value: Value::DoubleQuotedString(text), .. }) => text.as_str(),
        Expr::Identifier(ident) => ident.value.as_str(),
        _ => return None,
    };
    match text {
        "%Y" | "YYYY" | "year" | "YEAR" => Some(Part::Year),
        "%Y-%m" | "YYYY-MM" | "%m" | "MM" | "month" | "MONTH" => Some(Part::Month),
        "%Y-%m-%d" | "YYYY-MM-DD" => Some(Part::Day),
        _ => None,
    }
}
