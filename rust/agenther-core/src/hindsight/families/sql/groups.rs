//! Grouped queries said as requests: for each value of a column, or for each thing that rows refer to.

use sqlparser::ast::BinaryOperator;

use super::conditions::bound;
use super::numbered::{Asked, also};
use super::phrase::{Speaker, TIE, plural_attribute, small};
use super::shape::{Column, Fold, Output};
use crate::hindsight::families::english::{self, enumerate, plural};

impl Speaker<'_> {
    pub(super) fn grouped(&self, seed: u64) -> Option<String> {
        let shape = self.shape;
        let [key, others @ ..] = shape.group.as_slice() else { return None };
        if shape.counted {
            return self.number_of_groups(key);
        }
        let keys: Vec<&Output> =
            shape.outputs.iter().filter(|output| matches!(output, Output::Column(_))).collect();
        let measures: Vec<Output> =
            shape.outputs.iter().filter(|output| !matches!(output, Output::Column(_))).cloned().collect();
        let own_key = keys.iter().all(|output| **output == Output::Column(key.clone()));
        if !others.is_empty() {
            return self.by_combination(&keys, &measures);
        }
        if shape.distinct || (shape.having_fold.is_some() && !shape.tests.is_empty()) {
            return None;
        }
        if !own_key || keys.len() != 1 {
            return self.by_entity(key, &keys, &measures);
        }
        let key_words = match self.is_number(key) {
            true => format!("{} ID", self.numbered(key)?),
            false => self.key_words(key)?,
        };
        if key.table == shape.base && key_words == "name" {
            return None; // groups of one
        }
        let measured = self.info(key).is_some_and(|info| info.numeric);
        if measured && shape.order.iter().any(|(measure, _)| matches!(measure, Output::Fold(..))) {
            return None; // which cost has the latest date
        }
        let mut rows = self.rows()?;
        let mut key_words = key_words;
        if let Some((measure, op, number)) = &shape.having_fold {
            let Output::Fold(_, column) = measure else { return None };
            let measured = column.table == shape.base && !self.opaque(column) && !self.tells_time(column);
            if !measured || self.is_number(key) {
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
        if let Some((Output::Count, op, number)) = &shape.having {
            return self.having(&key_words, &rows, op, *number, &measures);
        }
        if shape.examples.is_some() {
            return None;
        }
        if let Some((measure, op, number)) = &shape.having {
            return self.having_different(&key_words, measure, op, *number, &measures);
        }
        match (shape.limit, shape.order.as_slice()) {
            (Some(limit), [(measure, descending), ..]) if shape.having_fold.is_none() => {
                let superlative = self.superlative(measure, *descending, &rows)?;
                let count = match (measures.as_slice(), measure) {
                    ([], _) => String::new(),
                    ([Output::Count], Output::Count) => ", and how many".to_string(),
                    ([shown], Output::CountDistinct(_)) if shown == measure => ", and how many".to_string(),
                    ([shown], Output::Fold(Fold::Highest | Fold::Lowest, column)) if shown == measure => {
                        format!(", and what {} is that", self.attribute(column)?)
                    }
                    ([shown], Output::Fold(..)) if shown == measure => ", and what is it".to_string(),
                    ([shown], _) if shown == measure => ", and how much is that".to_string(),
                    _ => return None,
                };
                Some(match limit {
                    1 => {
                        let Asked { one, give, .. } = Asked::new(&key_words);
                        format!("Which {one} has {superlative}{count}?{give} {TIE}")
                    }
                    limit => {
                        let Asked { several, give_each, .. } = Asked::new(&key_words);
                        format!(
                            "Which {limit} {several} have {superlative}{count}?{give_each} Ties may be broken either way."
                        )
                    }
                })
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

    /// What keys tell apart that are the name and other attributes of one thing, and those attributes.
    fn named_together(&self, words: &[String]) -> Option<(String, String)> {
        let table = self.shape.group.first()?.table;
        let one = table != self.shape.base && self.shape.group.iter().all(|key| key.table == table);
        let thing = self.thing(table).filter(|_| one)?;
        let start = format!("{thing} ");
        let details: Vec<&str> =
            words.iter().map(|words| words.strip_prefix(&start)).collect::<Option<_>>()?;
        details.contains(&"name").then(|| (thing, enumerate(&details, "and")))
    }

    /// What a key is called; of what the rows refer to without the name of that, where it tells enough: `continent`.
    fn key_words(&self, key: &Column) -> Option<String> {
        const OF_ANYTHING: &[&str] =
            &["name", "title", "code", "ID", "type", "description", "status", "year", "date"];
        let whole = self.attribute(key)?;
        let thing = self.thing(key.table).filter(|_| key.table != self.shape.base);
        let bare = thing.filter(|thing| Some(thing) == self.entity(&self.shape.tables[key.table]).as_ref());
        let bare = bare.and_then(|thing| whole.strip_prefix(&thing)?.strip_prefix(' ').map(str::to_string));
        let tells = |words: &String| {
            let last = words.rsplit(' ').next().unwrap_or("");
            let base = &self.shape.tables[self.shape.base];
            !OF_ANYTHING.contains(&last) && self.schema.column(base, &key.name).is_none()
        };
        Some(bare.filter(tells).unwrap_or(whole))
    }

    /// How many values have so many rows.
    fn number_of_groups(&self, key: &Column) -> Option<String> {
        let Some((Output::Count, op, number)) = &self.shape.having else { return None };
        let key_words = self.attribute(key)?;
        if self.shape.having_fold.is_some() || key_words == "name" || key_words.ends_with("ID") {
            return None;
        }
        let bounded = self.bounded(&self.rows()?, op, *number)?;
        Some(format!("How many {} have {bounded}?", plural_attribute(&key_words)))
    }

    /// `GROUP BY city, year`.
    fn by_combination(&self, keys: &[&Output], measures: &[Output]) -> Option<String> {
        let shape = self.shape;
        let all = shape.group.iter().all(|key| keys.contains(&&Output::Column(key.clone())));
        let plain = shape.having.is_none() && shape.having_fold.is_none() && !shape.outer && !shape.distinct;
        let words: Vec<String> = keys.iter().map(|key| self.output(key)).collect::<Option<_>>()?;
        let numbers = words.iter().any(|words| words.ends_with("ID") || words == "name");
        if !all || keys.len() != shape.group.len() || keys.len() > 3 || !plain || numbers {
            return None;
        }
        let (rows, key) = (self.rows()?, format!("combination of {}", enumerate(&words, "and")));
        match (shape.limit, shape.order.as_slice()) {
            (Some(1), [(measure, descending), ..])
                if measures.is_empty() || measures == [measure.clone()] =>
            {
                if let Some((thing, details)) = self.named_together(&words) {
                    let most = self.superlative(measure, *descending, &rows)?;
                    return Some(format!("Which {thing} has {most}? Give its {details}. {TIE}"));
                }
                Some(format!("Which {key} has {}? {TIE}", self.superlative(measure, *descending, &rows)?))
            }
            (None, []) => {
                let parts = enumerate(&words, "and");
                match measures {
                    [Output::Count] if shape.tests.is_empty() => {
                        Some(format!("How many {rows} are there for each {key}?"))
                    }
                    [Output::Count] => Some(format!("Count the {rows} by {parts}.")),
                    [fold @ Output::Fold(..)] => {
                        Some(format!("What is the {} of the {rows}, by {parts}?", self.output(fold)?))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `the most sales`, `the highest total amount of sales`.
    fn superlative(&self, measure: &Output, descending: bool, rows: &str) -> Option<String> {
        let most = if descending { "the most" } else { "the fewest" };
        let some = if descending || self.shape.outer { "" } else { " (but at least one)" };
        Some(match measure {
            Output::Count => format!("{most} {rows}{some}"),
            Output::CountDistinct(column) => {
                let among =
                    if self.shape.tests.is_empty() { String::new() } else { format!(" among the {rows}") };
                format!("{most} different {}{some}{among}", plural_attribute(&self.attribute(column)?))
            }
            Output::Fold(fold, column) => {
                let extreme = match (fold, descending) {
                    (Fold::Average | Fold::Total, true) => {
                        format!("the highest {}", self.fold_word(*fold, column))
                    }
                    (Fold::Average | Fold::Total, false) => {
                        format!("the lowest {}", self.fold_word(*fold, column))
                    }
                    (fold, descending) => return self.with_the_most(*fold, column, descending),
                };
                format!("{extreme} {}", self.attribute_over(column, rows)?)
            }
            Output::Column(_) => return None,
        })
    }

    /// `the sale with the highest amount`: what has the extreme of all has the extreme of its own.
    fn with_the_most(&self, fold: Fold, column: &Column, descending: bool) -> Option<String> {
        // The lowest of nothing but nulls comes first.
        let sure = descending || self.info(column).is_some_and(|info| info.not_null);
        if descending != (fold == Fold::Highest) || !sure {
            return None;
        }
        let scope = match self.shape.tests.as_slice() {
            [] => String::new(),
            _ => format!(" among the {}", self.rows()?),
        };
        let (base, extreme) = (self.base()?, self.fold_word(fold, column));
        Some(format!("the {base} with the {extreme} {}{scope}", self.attribute(column)?))
    }

    /// `amount over all sales`; an attribute that names the rows already needs no more.
    fn attribute_over(&self, column: &Column, rows: &str) -> Option<String> {
        let (attribute, base) = (self.attribute(column)?, self.base()?);
        let named = self.shape.tests.is_empty() && attribute.split(' ').any(|word| word == base);
        Some(if named { attribute } else { format!("{attribute} over all {rows}") })
    }

    fn having_different(
        &self,
        key: &str,
        measure: &Output,
        op: &BinaryOperator,
        number: u64,
        measures: &[Output],
    ) -> Option<String> {
        let Output::CountDistinct(column) = measure else { return None };
        let shape = self.shape;
        let plain = shape.limit.is_none() && shape.order.is_empty() && shape.tests.is_empty() && number > 1;
        let shown = measures.is_empty() || measures == [measure.clone()];
        let counts = if measures.is_empty() { "" } else { " Give the number for each." };
        let upper = matches!(op, BinaryOperator::Lt | BinaryOperator::LtEq);
        let things = plural_attribute(&self.attribute(column)?);
        let bounded = format!("{} {number} different {things}", bound(op)?);
        let Asked { several, give_each, .. } = Asked::new(key);
        (plain && shown && !upper)
            .then(|| format!("Which {several} have {bounded}?{}", also(&give_each, counts)))
    }

    fn per_group(
        &self,
        key: &str,
        rows: &str,
        measures: &[Output],
        seed: u64,
        narrowed: bool,
    ) -> Option<String> {
        let whole = narrowed || key.starts_with("number of ");
        let singular = if whole { key.to_string() } else { english::singular(key) };
        let key = &singular;
        if narrowed && measures.iter().any(|output| !matches!(output, Output::Fold(..))) {
            return None;
        }
        let outer = self.shape.outer;
        Some(match measures {
            [Output::Count] if outer => {
                let (rows, conditions) = (plural(&self.base()?), self.conditions()?);
                format!("For each {key}, how many {rows} are there{conditions}? Include those with none.")
            }
            _ if outer => return None,
            [Output::CountDistinct(column)] => {
                let different = plural_attribute(&self.attribute(column)?);
                let among =
                    if self.shape.tests.is_empty() { String::new() } else { format!(" among the {rows}") };
                format!("For each {key}, how many different {different} are there{among}?")
            }
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
        // A country has languages, no country languages.
        let thing = key.strip_suffix(" name").unwrap_or(key);
        let bounded = self.bounded(rows, op, number)?.replace(&format!(" {thing} "), " ");
        let Asked { several, give_each, .. } = Asked::new(key);
        Some(match self.shape.examples {
            Some(_) if !give_each.is_empty() => return None,
            Some(examples) => {
                let things = key.strip_suffix(" name").map_or(several, plural);
                format!("Name {} {things} that have {bounded}.{counts}", small(examples)?)
            }
            None => format!("Which {several} have {bounded}?{}", also(&give_each, counts)),
        })
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
        let of_others = |output: &&Output| match output {
            Output::Column(column) if column.table != shape.base => Some(column.table),
            _ => None,
        };
        let table = columns.iter().find_map(of_others)?;
        let refers = |column: &Column| shape.referrer[table].as_ref() == Some(column);
        // The reference to a thing is its number as well.
        let one_table = columns.iter().all(
            |output| matches!(output, Output::Column(column) if column.table == table || refers(column)),
        );
        let reference = refers(key);
        let own_key = key.table == table && self.identifies(key);
        if !one_table || !(own_key || reference) {
            return None;
        }
        let full: Vec<String> = columns.iter().map(|output| self.output(output)).collect::<Option<_>>()?;
        let entity = self.thing(table)?;
        let start = format!("{entity} ");
        let mut details: Vec<String> =
            full.iter().map(|words| words.strip_prefix(&start).map(str::to_string)).collect::<Option<_>>()?;
        let (rows, base) = (self.rows()?, self.base()?);
        for measure in measures {
            details.push(match measure {
                Output::Fold(fold, column) => {
                    format!("{} {}", self.fold_word(*fold, column), self.attribute_over(column, &rows)?)
                }
                measure => self.output(measure)?,
            });
        }
        if shape.examples.is_some() {
            return None;
        }
        let details_plural = details.clone();
        let details = enumerate(&details, "and");
        match (&shape.having, &shape.having_fold, shape.limit, shape.order.as_slice()) {
            (None, None, Some(limit), [(measure, descending), ..]) => {
                let superlative = self.superlative(measure, *descending, &rows)?;
                Some(match limit {
                    1 => format!("Which {entity} has {superlative}? Give the {details}. {TIE}"),
                    limit => {
                        let things = plural(&entity);
                        format!(
                            "Which {limit} {things} have {superlative}? Give the {details} of each. \
                             Ties may be broken either way."
                        )
                    }
                })
            }
            (Some((Output::Count, op, number)), None, None, []) => {
                let bounded = self.bounded(&rows, op, *number)?;
                Some(format!("Which {} have {bounded}? Give the {details} of each.", plural(&entity)))
            }
            (None, Some((measure @ Output::Fold(_, column), op, number)), None, []) => {
                let side = match op {
                    BinaryOperator::Gt => "above",
                    BinaryOperator::Lt => "below",
                    BinaryOperator::GtEq => "at least",
                    _ => "at most",
                };
                let measured = column.table == shape.base && !self.opaque(column) && !self.tells_time(column);
                let (things, what) = (plural(&entity), self.output(measure)?);
                measured.then(|| {
                    format!(
                        "For which {things} is the {what} of the {rows} {side} {}? Give the {details} of each.",
                        number.text
                    )
                })
            }
            (None, None, None, []) if measures.is_empty() && !shape.outer => {
                let some = rows_singular(&rows, &base)?;
                let details: Vec<String> =
                    details_plural.iter().map(|words| plural_attribute(words)).collect();
                let (listed, things) = (enumerate(&details, "and"), plural(&entity));
                Some(format!("What are the {listed} of the {things} that have at least one {some}?"))
            }
            (
                Some((
                    Output::CountDistinct(column),
                    op @ (BinaryOperator::Gt | BinaryOperator::GtEq),
                    number,
                )),
                None,
                None,
                [],
            ) if *number > 1 && shape.tests.is_empty() => {
                let different = plural_attribute(&self.attribute(column)?);
                let bounded = format!("{} {number} different {different}", bound(op)?);
                Some(format!(
                    "Which {} have {rows} of {bounded}? Give the {details} of each.",
                    plural(&entity)
                ))
            }
            (None, None, None, order) if !measures.is_empty() => {
                let sorted = match order {
                    [] => "",
                    [(measure, true)] if measures == [measure.clone()] => {
                        ", in descending order of that number"
                    }
                    [(measure, false)] if measures == [measure.clone()] => {
                        ", in ascending order of that number"
                    }
                    _ => return None,
                };
                let some = match shape.outer {
                    true => format!(" (also of those with no {base})"),
                    false => format!(" with at least one {}", rows_singular(&rows, &base)?),
                };
                Some(match shape.outer {
                    false if measures.iter().any(|measure| matches!(measure, Output::Fold(..))) => {
                        format!("For each {entity}{some}, give the {details}{sorted}.")
                    }
                    _ => format!("Give the {details} of each {entity}{some}{sorted}."),
                })
            }
            _ => None,
        }
    }

    /// Whether a column alone identifies the rows of its table, by the schema or, where none was seen, by its name.
    pub(super) fn identifies(&self, column: &Column) -> bool {
        let table = &self.shape.tables[column.table];
        match self.schema.columns(table) {
            Some(columns) => {
                let mut primary = columns.iter().filter(|info| info.primary);
                primary.next().is_some_and(|info| info.name.eq_ignore_ascii_case(&column.name))
                    && primary.next().is_none()
            }
            None => {
                let name = self.schema.words(&column.name).concat().to_ascii_lowercase();
                let entity = english::singular(&self.schema.words(table).join(" ")).replace(' ', "");
                name == "id" || name == format!("{}id", entity.to_ascii_lowercase())
            }
        }
    }
}

/// `students whose …` as `student whose …`, as it stands after "more than 1".
fn rows_singular(rows: &str, base: &str) -> Option<String> {
    let many = plural(base);
    rows.strip_prefix(&many).map(|rest| format!("{base}{rest}"))
}
