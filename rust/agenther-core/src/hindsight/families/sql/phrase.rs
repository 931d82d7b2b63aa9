//! A [`Shape`] said as a request.

use sqlparser::ast::BinaryOperator;

use super::conditions::{flag, tested};
use super::schema::Schema;
use super::shape::{Column, Fold, Output, Shape, Test};
use crate::hindsight::families::english::{enumerate, plural};

/// What asks to be told is any one of several.
pub(super) const TIE: &str = "If there is a tie, any one of them will do.";

/// Says a shape as a request; `seed` chooses among equal phrasings.
pub fn request(shape: &Shape, schema: &Schema, seed: u64) -> Option<String> {
    let speaker = Speaker { shape, schema };
    speaker.check()?;
    if shape.group.is_empty() { speaker.ungrouped(seed) } else { speaker.grouped(seed) }
}

/// Whether a condition is said as a property (`that are official`), without its constant.
pub fn says_flag(shape: &Shape, schema: &Schema, test: &Test) -> bool {
    let Test::Compare(column, BinaryOperator::Eq | BinaryOperator::NotEq, constant) = test else {
        return false;
    };
    flag(constant).is_some() && (Speaker { shape, schema }).flagged(column).is_some()
}

/// What the rows are: `shops whose staff count is greater than 9`.
pub fn things(shape: &Shape, schema: &Schema) -> Option<String> {
    Speaker { shape, schema }.rows()
}

/// What a column is called.
pub fn attribute(shape: &Shape, schema: &Schema, column: &Column) -> Option<String> {
    Speaker { shape, schema }.attribute(column)
}

/// Names of what the columns of the result are.
pub fn headings(shape: &Shape, schema: &Schema) -> Option<Vec<String>> {
    let speaker = Speaker { shape, schema };
    shape
        .outputs
        .iter()
        .map(|output| match output {
            Output::Column(column) if shape.star => Some(schema.words(&column.name).join(" ")),
            output => speaker.output(output),
        })
        .collect()
}

/// A shape and the words for it.
pub(super) struct Speaker<'s> {
    pub(super) shape: &'s Shape,
    pub(super) schema: &'s Schema,
}

impl Speaker<'_> {
    /// What cannot be said without misleading is not said.
    fn check(&self) -> Option<()> {
        let shape = self.shape;
        let mentioned = |table: usize| {
            let in_output = |output: &Output| match output {
                Output::Column(column) | Output::CountDistinct(column) | Output::Fold(_, column) => {
                    column.table == table
                }
                Output::Count => false,
            };
            shape.outputs.iter().any(in_output)
                || shape.tests.iter().any(|test| tested(test).table == table)
                || shape.group.iter().any(|column| column.table == table)
        };
        // A join restricts: rows without a partner vanish. So every table must be in the words.
        let all_mentioned = (0..shape.tables.len())
            .all(|table| table == shape.base || mentioned(table) || self.leads_on(table));
        // The rows of a referred table repeat once per referrer, so only the base may be folded.
        let foldable = |fold: Fold, column: &Column| match self.info(column) {
            _ if matches!(fold, Fold::Average | Fold::Total) && self.tells_time(column) => false,
            Some(info) => info.numeric || (info.temporal && matches!(fold, Fold::Highest | Fold::Lowest)),
            // The rows tell whether the extremes are those of numbers.
            None => true,
        };
        let no_fan_out =
            shape.outputs.iter().chain(shape.order.iter().map(|(key, _)| key)).all(|output| match output {
                Output::Fold(fold, column) => {
                    column.table == shape.base && !self.opaque(column) && foldable(*fold, column)
                }
                Output::CountDistinct(column) => column.table == shape.base && !self.nameless(column),
                Output::Column(column) => shape.star || !self.nameless(column),
                Output::Count => true,
            });
        let asks_what_it_fixes = shape.outputs.iter().all(|output| {
            shape.tests.iter().any(|test| {
                matches!((output, test), (Output::Column(column), Test::Compare(fixed, BinaryOperator::Eq, _)) if column == fixed)
            })
        });
        // "… that have a section whose name is h and whose …": what follows an inner condition would read as one more.
        let nested = |test: &Test| match test {
            Test::Has(_, child, _) | Test::Against(_, _, _, child) => child.tests.len(),
            _ => 0,
        };
        let (last, before) = match shape.tests.split_last() {
            Some((last, before)) => (nested(last), before),
            None => (0, shape.tests.as_slice()),
        };
        if last > 1 || before.iter().any(|test| nested(test) > 0) {
            return None;
        }
        let limit_ordered = shape.limit.is_none() || !shape.order.is_empty();
        let tests_said = shape.tests.iter().all(|test| self.sound(test));
        (all_mentioned && no_fan_out && limit_ordered && tests_said && !asks_what_it_fixes).then_some(())
    }

    /// Whether another mentioned table is reached through this one.
    fn leads_on(&self, table: usize) -> bool {
        self.shape.referrer.iter().flatten().any(|column| column.table == table)
    }

    pub(super) fn output(&self, output: &Output) -> Option<String> {
        Some(match output {
            Output::Column(column) => self.attribute(column)?,
            Output::Count => format!("number of {}", plural(&self.base()?)),
            Output::CountDistinct(column) => {
                format!("number of different {}", plural_attribute(&self.attribute(column)?))
            }
            Output::Fold(fold, column) => {
                format!("{} {}", self.fold_word(*fold, column), self.attribute(column)?)
            }
        })
    }

    /// `students`, `students whose age is greater than 20 and whose major is 600`.
    pub(super) fn rows(&self) -> Option<String> {
        Some(format!("{}{}", plural(&self.base()?), self.conditions()?))
    }

    fn ungrouped(&self, seed: u64) -> Option<String> {
        let shape = self.shape;
        if shape.having.is_some() {
            return None;
        }
        if shape.star {
            let plain = !shape.distinct && shape.order.is_empty() && shape.limit.is_none();
            let rows = self.rows()?;
            return (plain && !shape.tests.is_empty()).then(|| match seed % 2 {
                0 => format!("Show me everything that is recorded about the {rows}."),
                _ => format!("Give me the full records of the {rows}."),
            });
        }
        let folds = shape.outputs.iter().filter(|output| !matches!(output, Output::Column(_))).count();
        if folds > 0 {
            let plain = folds == shape.outputs.len() && shape.order.is_empty() && shape.limit.is_none();
            return if plain { self.folded() } else { None };
        }
        let mut attributes: Vec<String> =
            shape.outputs.iter().map(|output| self.output(output)).collect::<Option<_>>()?;
        if attributes.len() > 5 || has_duplicates(&attributes) {
            return None;
        }
        if let Some(limit) = shape.limit {
            return self.top(limit, &attributes);
        }
        let rows = self.rows()?;
        let order = self.sorted()?;
        if shape.distinct {
            let [one] = attributes.as_slice() else { return None };
            let different = plural_attribute(one);
            return Some(match seed % 2 {
                0 => format!("List the different {different} of the {rows}{order}."),
                _ => format!("What are the different {different} of the {rows}{}?", order),
            });
        }
        let every = shape.tests.is_empty() && shape.order.is_empty();
        if every && seed.is_multiple_of(3) {
            return Some(format!("List the {} of every {}.", enumerate(&attributes, "and"), self.base()?));
        }
        for attribute in &mut attributes {
            *attribute = plural_attribute(attribute);
        }
        let listed = enumerate(&attributes, "and");
        let all = if shape.tests.is_empty() { "all " } else { "the " };
        Some(match seed % 2 {
            0 => format!("List the {listed} of {all}{rows}{order}."),
            _ => format!("What are the {listed} of {all}{rows}{}?", order),
        })
    }

    /// Counts and folds over all rows.
    fn folded(&self) -> Option<String> {
        let rows = self.rows()?;
        match self.shape.outputs.as_slice() {
            [Output::Count] => {
                Some(format!("How many {} are there{}?", plural(&self.base()?), self.conditions()?))
            }
            [Output::CountDistinct(column)] => {
                let different = plural_attribute(&self.attribute(column)?);
                Some(format!("How many different {different} are there among the {rows}?"))
            }
            outputs if outputs.iter().all(|output| matches!(output, Output::Fold(..))) => {
                let all = if self.shape.tests.is_empty() { "all " } else { "the " };
                let verb = if outputs.len() == 1 { "is" } else { "are" };
                Some(format!("What {verb} the {} of {all}{rows}?", self.fold_list(outputs)?))
            }
            outputs if outputs.iter().all(|output| matches!(output, Output::Fold(..) | Output::Count)) => {
                let folds: Vec<Output> =
                    outputs.iter().filter(|output| **output != Output::Count).cloned().collect();
                let verb = if folds.len() == 1 { "is" } else { "are" };
                let pronoun = self.fold_list(&folds)?;
                Some(format!("How many {rows} are there, and what {verb} their {pronoun}?"))
            }
            _ => None,
        }
    }

    /// `average age`, `lowest and highest age`, `average age and the highest weight`.
    pub(super) fn fold_list(&self, outputs: &[Output]) -> Option<String> {
        let parts: Vec<(&str, String)> = outputs
            .iter()
            .map(|output| match output {
                Output::Fold(fold, column) => Some((self.fold_word(*fold, column), self.attribute(column)?)),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let one_attribute = parts.iter().all(|(_, attribute)| *attribute == parts[0].1);
        if one_attribute {
            let folds: Vec<&str> = parts.iter().map(|(fold, _)| *fold).collect();
            return Some(format!("{} {}", enumerate(&folds, "and"), parts[0].1));
        }
        let parts: Vec<String> =
            parts.iter().map(|(fold, attribute)| format!("{fold} {attribute}")).collect();
        Some(enumerate(&parts, "and the"))
    }

    /// `ORDER BY measure LIMIT n` without groups.
    fn top(&self, limit: u64, attributes: &[String]) -> Option<String> {
        let [(Output::Column(key), descending)] = self.shape.order.as_slice() else { return None };
        let info = self.info(key);
        // The lowest of a nullable column is a null, unless the query excludes nulls.
        let excluded =
            self.shape.tests.iter().any(|test| matches!(test, Test::Null(column, true) if column == key));
        let null_safe = *descending || excluded || info.is_some_and(|info| info.not_null);
        let measurable = info.is_some_and(|info| info.numeric || info.temporal) && !self.opaque(key);
        if !null_safe || !measurable || self.shape.distinct {
            return None;
        }
        let extreme = match (self.temporal(key), descending) {
            (true, true) => "latest",
            (true, false) => "earliest",
            (false, true) => "highest",
            (false, false) => "lowest",
        };
        let key = self.attribute(key)?;
        let mut scope = String::new();
        if !self.shape.tests.is_empty() {
            scope = format!(" among the {}", self.rows()?);
        }
        let base = self.base()?;
        if limit == 1 {
            let listed = enumerate(attributes, "and the");
            let verb = if attributes.len() == 1 { "is" } else { "are" };
            return Some(format!(
                "What {verb} the {listed} of the {base} with the {extreme} {key}{scope}? {TIE}"
            ));
        }
        let listed: Vec<String> = attributes.iter().map(|attribute| plural_attribute(attribute)).collect();
        let direction = if *descending { "in descending order" } else { "in ascending order" };
        Some(format!(
            "What are the {} of the {limit} {} with the {extreme} {key}{scope}, {direction}? Ties may be broken either way.",
            enumerate(&listed, "and"),
            plural(&base),
        ))
    }

    pub(super) fn sorted(&self) -> Option<String> {
        let mut keys = Vec::new();
        for (key, descending) in &self.shape.order {
            let Output::Column(column) = key else { return None };
            let info = self.info(column)?;
            let attribute = self.attribute(column)?;
            let as_text = !info.numeric && !info.temporal;
            if as_text && (!self.shape.outputs.contains(key) || self.tells_time(column)) {
                return None;
            }
            let measured = |word: &str| super::answer::MEASURED.contains(&word);
            let numeric = info.numeric || attribute.rsplit(' ').next().is_some_and(measured);
            let direction = match (numeric, info.temporal, descending) {
                (true, _, false) => "in ascending order",
                (true, _, true) => "in descending order",
                (_, true, false) => "in chronological order",
                (_, true, true) => "in reverse chronological order",
                (_, _, false) => "alphabetically",
                (_, _, true) => "in reverse alphabetical order",
            };
            keys.push(format!("by {attribute} {direction}"));
        }
        Some(match keys.as_slice() {
            [] => String::new(),
            keys => format!(", sorted {}", keys.join(" and then ")),
        })
    }
}

/// The plural of an attribute: `years of birth`, `names`.
pub(super) fn plural_attribute(attribute: &str) -> String {
    match attribute.split_once(" of ") {
        Some((head, of)) => format!("{} of {of}", plural(head)),
        None if attribute.ends_with("ID") => format!("{attribute}s"),
        None => plural(attribute),
    }
}

fn has_duplicates(items: &[String]) -> bool {
    items.iter().enumerate().any(|(at, item)| items[..at].contains(item))
}
