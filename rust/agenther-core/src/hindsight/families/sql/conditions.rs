//! Conditions said as clauses: which of them mean what their words say, and those words.

use sqlparser::ast::BinaryOperator;

use super::phrase::Speaker;
use super::shape::{Column, Constant, Fold, Number, Test};
use crate::hindsight::families::english::{enumerate, is_plural, plural};

impl Speaker<'_> {
    /// Whether a condition means what its words say, given the types of the columns.
    pub(super) fn sound(&self, test: &Test) -> bool {
        let ordered = |column: &Column, constant: &Constant| match self.info(column) {
            Some(info) => (info.numeric && constant.number) || (info.temporal && !constant.number),
            None => constant.number,
        };
        match test {
            Test::Compare(column, BinaryOperator::Eq | BinaryOperator::NotEq, constant) => {
                let typed = self.info(column).is_none_or(|info| !info.numeric || constant.number);
                let word = matches!(constant.text.to_lowercase().as_str(), "yes" | "no");
                let said = flag(constant).is_none() || word || self.flagged(column).is_some();
                typed
                    && said
                    && (!self.opaque(column) || !constant.number)
                    && !constant.text.trim().is_empty()
            }
            Test::Compare(column, _, constant) => !self.opaque(column) && ordered(column, constant),
            Test::Between(column, low, high) => {
                !self.opaque(column) && ordered(column, low) && ordered(column, high)
            }
            Test::OneOf(column, constants, _) => !self.opaque(column) && (1..=5).contains(&constants.len()),
            Test::Extreme(column, _) | Test::Average(column, _) => {
                !self.opaque(column) && self.info(column).is_some_and(|info| info.numeric || info.temporal)
            }
            Test::Like(_, pattern, _) => like(pattern).is_some(),
            Test::Against(column, _, _, other) => {
                let inner = Speaker { shape: other, schema: self.schema };
                !self.opaque(column)
                    && self.info(column).is_none_or(|info| info.numeric || info.temporal)
                    && other.tests.iter().all(|test| inner.sound(test))
            }
            Test::Has(_, child, _) => {
                let inner = Speaker { shape: child, schema: self.schema };
                child.tests.iter().all(|test| inner.sound(test))
            }
            Test::Null(..) => true,
        }
    }

    /// `whose age is less than 20 or greater than 60`: two comparisons of one column.
    fn one_column(&self) -> Option<String> {
        let [Test::Compare(first, one, low), Test::Compare(second, other, high)] =
            self.shape.tests.as_slice()
        else {
            return None;
        };
        if first != second || *one == BinaryOperator::Eq || *other == BinaryOperator::Eq {
            return None;
        }
        let link = if self.shape.any { "or" } else { "and" };
        let relation = |op: &BinaryOperator| self.relation(first, op);
        let (one, other) = (relation(one)?, relation(other)?.trim_start_matches("is "));
        Some(format!(
            " whose {} {one} {} {link} {other} {}",
            self.attribute(first)?,
            quoted(low),
            quoted(high)
        ))
    }

    /// ` whose age is greater than 20 and whose major is 600`, or nothing.
    pub(super) fn conditions(&self) -> Option<String> {
        if let Some(merged) = self.one_column() {
            return Some(merged);
        }
        let merged = self.merged_alternatives();
        let tests: Vec<String> = merged
            .as_ref()
            .unwrap_or(&self.shape.tests)
            .iter()
            .map(|test| self.test(test))
            .collect::<Option<_>>()?;
        let link = if self.shape.any { " or " } else { " and " };
        Some(if tests.is_empty() { String::new() } else { format!(" {}", tests.join(link)) })
    }

    /// `language = 'English' OR language = 'Dutch'` as one condition.
    fn merged_alternatives(&self) -> Option<Vec<Test>> {
        let [Test::Compare(column, ..), _, ..] = self.shape.tests.as_slice() else { return None };
        let constant = |test: &Test| match test {
            Test::Compare(other, BinaryOperator::Eq, constant) if other == column => Some(constant.clone()),
            _ => None,
        };
        let constants: Vec<Constant> = self.shape.tests.iter().map(constant).collect::<Option<_>>()?;
        self.shape.any.then(|| vec![Test::OneOf(column.clone(), constants, false)])
    }

    fn test(&self, test: &Test) -> Option<String> {
        use BinaryOperator::Gt;
        let attribute = self.attribute(tested(test));
        Some(match test {
            Test::Compare(column, op @ (BinaryOperator::Eq | BinaryOperator::NotEq), constant)
                if let (Some(set), Some(adjective)) = (flag(constant), self.flagged(column)) =>
            {
                let not = if set == (*op == BinaryOperator::Eq) { "" } else { "not " };
                format!("that are {not}{adjective}")
            }
            Test::Compare(column, op, constant) => {
                let relation = self.relation(column, op)?;
                format!("whose {} {relation} {}", attribute?, quoted(constant))
            }
            Test::Between(_, low, high) => {
                format!("whose {} is between {} and {}", attribute?, quoted(low), quoted(high))
            }
            Test::OneOf(_, constants, negated) => {
                let values: Vec<String> = constants.iter().map(quoted).collect();
                match negated {
                    false => format!("whose {} is {}", attribute?, enumerate(&values, "or")),
                    true => format!("whose {} is neither {}", attribute?, enumerate(&values, "nor")),
                }
            }
            Test::Like(_, pattern, negated) => {
                let (relation, negation, part) = like(pattern)?;
                let relation = if *negated { format!("does not {negation}") } else { relation.to_string() };
                format!("whose {} {relation} \"{part}\"", attribute?)
            }
            Test::Null(_, recorded) => {
                let (with, attribute) = (if *recorded { "with" } else { "without" }, attribute?);
                let a = if is_plural(&attribute) { "" } else { "a " };
                format!("{with} {a}recorded {attribute}")
            }
            Test::Extreme(column, fold) => {
                format!("with the {} {}", self.fold_word(*fold, column), attribute?)
            }
            Test::Against(column, op, fold, other) => {
                let inner = Speaker { shape: other, schema: self.schema };
                let every = (*op == Gt) == (*fold == Fold::Highest);
                let (quantity, entity) = (if every { "every" } else { "at least one" }, inner.base()?);
                let relation = self.relation(column, op)?;
                format!("whose {} {relation} that of {quantity} {entity}{}", attribute?, inner.conditions()?)
            }
            Test::Average(_, Gt) => format!("whose {} is above the average", attribute?),
            Test::Average(..) => format!("whose {} is below the average", attribute?),
            Test::Has(column, child, number) => {
                if column.table != self.shape.base {
                    return None;
                }
                let inner = Speaker { shape: child, schema: self.schema };
                let (one, conditions) = (inner.base()?, inner.conditions()?);
                let many = plural(&one);
                match number {
                    Number::None => format!("that have no {one}{conditions}"),
                    Number::Some => format!("that have at least one {one}{conditions}"),
                    Number::Bound(op, number) => {
                        let noun = if *number == 1 { one } else { many };
                        format!("that have {} {number} {noun}{conditions}", bound(op)?)
                    }
                }
            }
        })
    }

    fn relation(&self, column: &Column, op: &BinaryOperator) -> Option<&'static str> {
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        Some(match (op, self.temporal(column)) {
            (Eq, _) => "is",
            (NotEq, _) => "is not",
            (Gt, false) => "is greater than",
            (Lt, false) => "is less than",
            (GtEq, false) => "is at least",
            (LtEq, false) => "is at most",
            (Gt, true) => "is after",
            (Lt, true) => "is before",
            _ => return None,
        })
    }

    /// What a column `is_official` says of a row of the base: `official`.
    pub(super) fn flagged(&self, column: &Column) -> Option<String> {
        let words = self.schema.words(&column.name);
        let [is, adjective] = words.as_slice() else { return None };
        let plain = adjective.len() > 2 && adjective.chars().all(|c| c.is_ascii_lowercase());
        (column.table == self.shape.base && matches!(is.as_str(), "is" | "are") && plain)
            .then(|| adjective.clone())
    }

    pub(super) fn fold_word(&self, fold: Fold, column: &Column) -> &'static str {
        match (fold, self.temporal(column)) {
            (Fold::Average, _) => "average",
            (Fold::Total, _) => "total",
            (Fold::Highest, true) => "latest",
            (Fold::Lowest, true) => "earliest",
            (Fold::Highest, false) => "highest",
            (Fold::Lowest, false) => "lowest",
        }
    }

    pub(super) fn temporal(&self, column: &Column) -> bool {
        self.info(column).is_some_and(|info| info.temporal)
    }
}

/// `fewer than`, `at least`: a comparison of a number of things.
pub(super) fn bound(op: &BinaryOperator) -> Option<&'static str> {
    Some(match op {
        BinaryOperator::Gt => "more than",
        BinaryOperator::GtEq => "at least",
        BinaryOperator::Lt => "fewer than",
        BinaryOperator::LtEq => "at most",
        BinaryOperator::Eq => "exactly",
        _ => return None,
    })
}

/// Whether a constant sets a flag, where it is one that does.
pub(super) fn flag(constant: &Constant) -> Option<bool> {
    match constant.text.to_lowercase().as_str() {
        "t" | "y" | "1" | "true" | "yes" => Some(true),
        "f" | "n" | "0" | "false" | "no" => Some(false),
        _ => None,
    }
}

pub(super) fn tested(test: &Test) -> &Column {
    match test {
        Test::Compare(column, ..)
        | Test::Between(column, ..)
        | Test::OneOf(column, ..)
        | Test::Like(column, ..)
        | Test::Null(column, _)
        | Test::Extreme(column, _)
        | Test::Average(column, _)
        | Test::Against(column, ..)
        | Test::Has(column, ..) => column,
    }
}

fn quoted(constant: &Constant) -> String {
    if constant.number { constant.text.clone() } else { format!("\"{}\"", constant.text) }
}

/// The relation that a pattern states, its infinitive, and the text it is about.
fn like(pattern: &str) -> Option<(&'static str, &'static str, &str)> {
    let part = pattern.trim_matches('%');
    if part.is_empty() || part.contains(['%', '_', '\\']) {
        return None;
    }
    match (pattern.starts_with('%'), pattern.ends_with('%')) {
        (true, true) => Some(("contains", "contain", part)),
        (false, true) => Some(("starts with", "start with", part)),
        (true, false) => Some(("ends with", "end with", part)),
        (false, false) => None,
    }
}
