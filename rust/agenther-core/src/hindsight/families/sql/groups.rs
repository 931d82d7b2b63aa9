//! Grouped queries said as requests: for each value of a column, or for each thing that rows refer to.

use sqlparser::ast::BinaryOperator;

use super::conditions::bound;
use super::phrase::{Speaker, TIE, plural_attribute};
use super::shape::{Column, Output};
use crate::hindsight::families::english::{self, enumerate, plural};

impl Speaker<'_> {
    pub(super) fn grouped(&self, seed: u64) -> Option<String> {
        let shape = self.shape;
        let [key] = shape.group.as_slice() else { return None };
        let keys: Vec<&Output> =
            shape.outputs.iter().filter(|output| matches!(output, Output::Column(_))).collect();
        let measures: Vec<Output> =
            shape.outputs.iter().filter(|output| !matches!(output, Output::Column(_))).cloned().collect();
        let own_key = keys.iter().all(|output| **output == Output::Column(key.clone()));
        if shape.distinct || (shape.having_fold.is_some() && !shape.tests.is_empty()) {
            return None;
        }
        if !own_key || keys.len() != 1 {
            return self.by_entity(key, &keys, &measures);
        }
        let key_words = self.attribute(key)?;
        if key.table == shape.base && key_words == "name" {
            return None; // groups of one
        }
        let mut rows = self.rows()?;
        let mut key_words = key_words;
        if let Some((measure, op, number)) = &shape.having_fold {
            let Output::Fold(_, column) = measure else { return None };
            if column.table != shape.base || self.opaque(column) || self.tells_time(column) {
                return None;
            }
            let bound = match op {
                BinaryOperator::Gt => "above",
                BinaryOperator::Lt => "below",
                BinaryOperator::GtEq => "at least",
                _ => "at most",
            };
            let wider = std::mem::replace(&mut rows, plural(&self.base()?));
            key_words = english::singular(&key_words);
            key_words.push_str(&format!(
                " in which the {} of the {wider} is {bound} {}",
                self.output(measure)?,
                number.text
            ));
        }
        if let Some((op, number)) = &shape.having {
            return self.having(&key_words, &rows, op, *number, &measures);
        }
        match (shape.limit, shape.order.as_slice()) {
            (Some(1), [(Output::Count, true)]) if shape.having_fold.is_none() => {
                let count = match measures.as_slice() {
                    [] => "",
                    [Output::Count] => ", and how many",
                    _ => return None,
                };
                Some(format!("Which {key_words} has the most {rows}{count}? {TIE}"))
            }
            (None, order) if !measures.is_empty() => {
                let mut goal =
                    self.per_group(&key_words, &rows, &measures, seed, shape.having_fold.is_some())?;
                if let [(output, descending)] = order {
                    let direction = match (output, descending) {
                        (Output::Column(_), _) => {
                            self.sorted()?.trim_start_matches(", sorted by ").to_string()
                        }
                        (measure, true) => format!("{} in descending order", self.output(measure)?),
                        (measure, false) => format!("{} in ascending order", self.output(measure)?),
                    };
                    goal.push_str(&format!(" Sort by {direction}."));
                } else if !order.is_empty() {
                    return None;
                }
                Some(goal)
            }
            _ => None,
        }
    }

    fn per_group(
        &self,
        key: &str,
        rows: &str,
        measures: &[Output],
        seed: u64,
        narrowed: bool,
    ) -> Option<String> {
        let singular = if narrowed { key.to_string() } else { english::singular(key) };
        let key = &singular;
        if narrowed && measures.iter().any(|output| !matches!(output, Output::Fold(..))) {
            return None;
        }
        Some(match measures {
            [Output::Count] if seed.is_multiple_of(2) && self.shape.tests.is_empty() => {
                format!("How many {rows} are there for each {}?", key)
            }
            [Output::Count] => {
                // What has no such row is in no group.
                let none = if self.shape.tests.is_empty() { "" } else { " Leave out those with none." };
                format!(
                    "For each {key}, how many {} are there{}?{none}",
                    plural(&self.base()?),
                    self.conditions()?
                )
            }
            folds if folds.iter().all(|output| matches!(output, Output::Fold(..))) => {
                let verb = if folds.len() == 1 { "is" } else { "are" };
                format!("For each {key}, what {verb} the {} of the {rows}?", self.fold_list(folds)?)
            }
            [Output::Count, folds @ ..] | [folds @ .., Output::Count]
                if folds.iter().all(|output| matches!(output, Output::Fold(..))) =>
            {
                format!("For each {key}, give the number of {rows} and their {}.", self.fold_list(folds)?)
            }
            _ => return None,
        })
    }

    fn having(
        &self,
        key: &str,
        rows: &str,
        op: &BinaryOperator,
        number: u64,
        measures: &[Output],
    ) -> Option<String> {
        if self.shape.limit.is_some() || !self.shape.order.is_empty() {
            return None;
        }
        let counts = match measures {
            [] => "",
            [Output::Count] => " Give the number for each.",
            _ => return None,
        };
        let bounded = self.bounded(rows, op, number)?;
        Some(format!("Which {} have {bounded}?{counts}", plural_attribute(key)))
    }

    /// `more than 2 flights`, `at least one but fewer than 5 flights`: what has none is in no group.
    fn bounded(&self, rows: &str, op: &BinaryOperator, number: u64) -> Option<String> {
        let upper = matches!(op, BinaryOperator::Lt | BinaryOperator::LtEq);
        if number == 0 || (upper && number == 1) {
            return None;
        }
        let some = if upper { "at least one but " } else { "" };
        let one = (number == 1).then(|| rows_singular(rows, &self.base()?)).flatten();
        Some(format!("{some}{} {number} {}", bound(op)?, one.as_deref().unwrap_or(rows)))
    }

    /// Groups by the key of a referred table, or by the reference to it, with columns of that table: each
    /// group is one of its things, `GROUP BY airlines.id` one airline.
    fn by_entity(&self, key: &Column, columns: &[&Output], measures: &[Output]) -> Option<String> {
        let shape = self.shape;
        if shape.having_fold.is_some() {
            return None;
        }
        let Output::Column(first) = columns.first()? else { return None };
        let table = first.table;
        let one_table =
            columns.iter().all(|output| matches!(output, Output::Column(column) if column.table == table));
        let mut primary = self.schema.columns(&shape.tables[table])?.iter().filter(|info| info.primary);
        let own_key = key.table == table
            && primary.next()?.name.eq_ignore_ascii_case(&key.name)
            && primary.next().is_none();
        let reference = shape.referrer[table].as_ref() == Some(key);
        if table == shape.base || !one_table || !(own_key || reference) {
            return None;
        }
        let full: Vec<String> = columns.iter().map(|output| self.output(output)).collect::<Option<_>>()?;
        let entity = self.thing(table)?;
        let start = format!("{entity} ");
        let mut details: Vec<&str> =
            full.iter().map(|words| words.strip_prefix(&start)).collect::<Option<_>>()?;
        let (rows, base) = (self.rows()?, self.base()?);
        let count = format!("number of {}", plural(&base));
        match measures {
            [] => {}
            [Output::Count] => details.push(&count),
            _ => return None,
        }
        let details = enumerate(&details, "and");
        match (&shape.having, shape.limit, shape.order.as_slice()) {
            (None, Some(1), [(Output::Count, true)]) => {
                Some(format!("Which {entity} has the most {rows}? Give the {details}. {TIE}"))
            }
            (Some((op, number)), None, []) => {
                let bounded = self.bounded(&rows, op, *number)?;
                Some(format!("Which {} have {bounded}? Give the {details} of each.", plural(&entity)))
            }
            (None, None, order) if !measures.is_empty() => {
                let sorted = match order {
                    [] => "",
                    [(Output::Count, true)] => ", in descending order of that number",
                    [(Output::Count, false)] => ", in ascending order of that number",
                    _ => return None,
                };
                let some = format!("with at least one {}", rows_singular(&rows, &base)?);
                Some(format!("Give the {details} of each {entity} {some}{sorted}."))
            }
            _ => None,
        }
    }
}

/// `students whose …` as `student whose …`, as it stands after "more than 1".
fn rows_singular(rows: &str, base: &str) -> Option<String> {
    let many = plural(base);
    rows.strip_prefix(&many).map(|rest| format!("{base}{rest}"))
}
