//! A [`Shape`] said as a request.

use sqlparser::ast::BinaryOperator;

use super::schema::{ColumnInfo, Schema};
use super::shape::{Column, Constant, Fold, Output, Shape, Test};
use crate::hindsight::families::english::{self, enumerate, plural};

/// Words that a table's name ends with and no person says: `cars_data`, `model_list`.
const TABLE_SUFFIXES: &[&str] =
    &["data", "list", "info", "information", "details", "table", "tbl", "records"];
/// Words that a table's name begins with and no person says: `ref_colours`, `tbl_orders`.
const TABLE_PREFIXES: &[&str] = &["ref", "tbl", "dim", "fact", "tab"];
/// Words that make a table's name a sentence, not a noun: `has_pet`, `singer_in_concert`.
const NOT_IN_NOUNS: &[&str] =
    &["has", "have", "is", "in", "of", "to", "by", "for", "on", "at", "with", "and", "from", "per"];

/// What asks to be told is any one of several.
const TIE: &str = "If there is a tie, any one of them will do.";

/// Says a shape as a request; `seed` chooses among equal phrasings.
pub fn request(shape: &Shape, schema: &Schema, seed: u64) -> Option<String> {
    let speaker = Speaker { shape, schema };
    speaker.check()?;
    if shape.group.is_empty() { speaker.ungrouped(seed) } else { speaker.grouped(seed) }
}

/// Names of what the columns of the result are.
pub fn headings(shape: &Shape, schema: &Schema) -> Option<Vec<String>> {
    let speaker = Speaker { shape, schema };
    shape.outputs.iter().map(|output| speaker.output(output)).collect()
}

struct Speaker<'s> {
    shape: &'s Shape,
    schema: &'s Schema,
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
            Some(info) => info.numeric || (info.temporal && matches!(fold, Fold::Highest | Fold::Lowest)),
            None => matches!(fold, Fold::Average | Fold::Total),
        };
        let no_fan_out =
            shape.outputs.iter().chain(shape.order.iter().map(|(key, _)| key)).all(|output| match output {
                Output::Fold(fold, column) => {
                    column.table == shape.base && !self.opaque(column) && foldable(*fold, column)
                }
                Output::CountDistinct(column) => column.table == shape.base && !self.nameless(column),
                Output::Column(column) => !self.nameless(column),
                Output::Count => true,
            });
        let limit_ordered = shape.limit.is_none() || !shape.order.is_empty();
        let tests_said = shape.tests.iter().all(|test| self.sound(test));
        (all_mentioned && no_fan_out && limit_ordered && tests_said).then_some(())
    }

    /// Whether another mentioned table is reached through this one.
    fn leads_on(&self, table: usize) -> bool {
        self.shape.referrer.contains(&Some(table))
    }

    /// Whether a condition means what its words say, given the types of the columns.
    fn sound(&self, test: &Test) -> bool {
        let ordered = |column: &Column, constant: &Constant| match self.info(column) {
            Some(info) => (info.numeric && constant.number) || (info.temporal && !constant.number),
            None => constant.number,
        };
        match test {
            Test::Compare(column, BinaryOperator::Eq | BinaryOperator::NotEq, constant) => {
                let typed = self.info(column).is_none_or(|info| !info.numeric || constant.number);
                typed && (!self.opaque(column) || !constant.number) && !constant.text.trim().is_empty()
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
            Test::Null(..) | Test::Has(..) => true,
        }
    }

    fn info(&self, column: &Column) -> Option<&ColumnInfo> {
        self.schema.column(&self.shape.tables[column.table], &column.name)
    }

    /// Whether the values of a column are keys, which mean nothing to a person.
    fn opaque(&self, column: &Column) -> bool {
        let primary_number = self.info(column).is_some_and(|info| info.primary && info.numeric);
        primary_number
            || self.nameless(column)
            || self.words_of(column).last().is_some_and(|word| word == "ID")
    }

    /// Whether a column holds keys but is called like the thing itself: `airline` with numbers in it.
    fn nameless(&self, column: &Column) -> bool {
        let words = self.words_of(column);
        let called_key = words.last().is_some_and(|word| matches!(word.as_str(), "ID" | "code" | "number"));
        let refers =
            self.schema.names_table(&column.name) || self.info(column).is_some_and(|info| info.keyed);
        refers && !called_key && self.info(column).is_none_or(|info| info.numeric)
    }

    fn words_of(&self, column: &Column) -> Vec<String> {
        let name = self.info(column).map_or(column.name.as_str(), |info| info.name.as_str());
        self.schema.words(name)
    }

    /// What a row of a table is called.
    fn entity(&self, table: &str) -> Option<String> {
        let mut words = self.schema.words(table);
        if words.len() > 1 && TABLE_PREFIXES.contains(&words[0].as_str()) {
            words.remove(0);
        }
        if words.len() > 1 && words.last().is_some_and(|last| TABLE_SUFFIXES.contains(&last.as_str())) {
            words.pop();
        }
        let noun = words.iter().all(|word| !NOT_IN_NOUNS.contains(&word.as_str()) && word.len() > 1);
        let plain = words.iter().all(|word| word.chars().all(char::is_alphabetic));
        (noun && plain && !words.is_empty() && words.len() <= 3).then(|| english::singular(&words.join(" ")))
    }

    /// What a column is called: `name` of a student, `stadium name` of a concert.
    fn attribute(&self, column: &Column) -> Option<String> {
        let table = &self.shape.tables[column.table];
        let entity = self.entity(table)?;
        let mut words = self.words_of(column);
        let identifier = self.info(column).map_or(column.name.as_str(), |info| info.name.as_str());
        if identifier.len() <= 4 && identifier.len() > 1 && identifier.chars().all(|c| c.is_ascii_uppercase())
        {
            words = vec![identifier.to_string()];
        }
        for prefix in [entity.split(' ').count(), 1] {
            let own = words.len() > prefix && {
                let start = english::singular(&words[..prefix].join(" "));
                start == entity || entity.rsplit(' ').next() == Some(&start)
            };
            if own {
                words.drain(..prefix);
                break;
            }
        }
        let words_alone = english::singular(&words.join(" "));
        let mut phrase = if words_alone == entity { "name".to_string() } else { words.join(" ") };
        if !sayable(&phrase) {
            return None;
        }
        if column.table != self.shape.base {
            phrase = format!("{entity} {phrase}");
        }
        Some(phrase)
    }

    fn output(&self, output: &Output) -> Option<String> {
        Some(match output {
            Output::Column(column) => self.attribute(column)?,
            Output::Count => format!("number of {}", plural(&self.base()?)),
            Output::CountDistinct(column) => {
                format!("number of different {}", plural_attribute(&self.attribute(column)?))
            }
            Output::Fold(fold, column) => format!("{} {}", fold_word(*fold), self.attribute(column)?),
        })
    }

    fn base(&self) -> Option<String> {
        self.entity(&self.shape.tables[self.shape.base])
    }

    /// `students`, `students whose age is greater than 20 and whose major is 600`.
    fn rows(&self) -> Option<String> {
        Some(format!("{}{}", plural(&self.base()?), self.conditions()?))
    }

    /// ` whose age is greater than 20 and whose major is 600`, or nothing.
    fn conditions(&self) -> Option<String> {
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
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        let attribute = self.attribute(tested(test));
        Some(match test {
            Test::Compare(_, op, constant) => {
                let relation = match op {
                    Eq => "is",
                    NotEq => "is not",
                    Gt => "is greater than",
                    Lt => "is less than",
                    GtEq => "is at least",
                    LtEq => "is at most",
                    _ => return None,
                };
                let relation = match (self.temporal(tested(test)), op) {
                    (true, Gt) => "is after",
                    (true, Lt) => "is before",
                    (true, GtEq | LtEq) => return None,
                    _ => relation,
                };
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
            Test::Null(_, false) => format!("without a recorded {}", attribute?),
            Test::Null(_, true) => format!("with a recorded {}", attribute?),
            Test::Extreme(_, fold) => format!("with the {} {}", fold_word(*fold), attribute?),
            Test::Average(_, Gt) => format!("whose {} is above the average", attribute?),
            Test::Average(..) => format!("whose {} is below the average", attribute?),
            Test::Has(column, child, negated) => {
                if column.table != self.shape.base {
                    return None;
                }
                let child = self.entity(child)?;
                match negated {
                    true => format!("that have no {child}"),
                    false => format!("that have at least one {child}"),
                }
            }
        })
    }

    fn temporal(&self, column: &Column) -> bool {
        self.info(column).is_some_and(|info| info.temporal)
    }

    fn ungrouped(&self, seed: u64) -> Option<String> {
        let shape = self.shape;
        if shape.having.is_some() {
            return None;
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
    fn fold_list(&self, outputs: &[Output]) -> Option<String> {
        let parts: Vec<(Fold, String)> = outputs
            .iter()
            .map(|output| match output {
                Output::Fold(fold, column) => Some((*fold, self.attribute(column)?)),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let one_attribute = parts.iter().all(|(_, attribute)| *attribute == parts[0].1);
        if one_attribute {
            let folds: Vec<&str> = parts.iter().map(|(fold, _)| fold_word(*fold)).collect();
            return Some(format!("{} {}", enumerate(&folds, "and"), parts[0].1));
        }
        let parts: Vec<String> =
            parts.iter().map(|(fold, attribute)| format!("{} {attribute}", fold_word(*fold))).collect();
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
        let direction = if *descending { "from highest to lowest" } else { "from lowest to highest" };
        Some(format!(
            "What are the {} of the {limit} {} with the {extreme} {key}{scope}, {direction}? Ties may be broken either way.",
            enumerate(&listed, "and"),
            plural(&base),
        ))
    }

    fn sorted(&self) -> Option<String> {
        let mut keys = Vec::new();
        for (key, descending) in &self.shape.order {
            let Output::Column(column) = key else { return None };
            let info = self.info(column)?;
            let attribute = self.attribute(column)?;
            let direction = match (info.numeric, info.temporal, descending) {
                (true, _, false) => "from lowest to highest",
                (true, _, true) => "from highest to lowest",
                (_, true, false) => "from earliest to latest",
                (_, true, true) => "from latest to earliest",
                _ if !self.shape.outputs.contains(key) => return None,
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

    fn grouped(&self, seed: u64) -> Option<String> {
        let shape = self.shape;
        let [key] = shape.group.as_slice() else { return None };
        let keys: Vec<&Output> =
            shape.outputs.iter().filter(|output| matches!(output, Output::Column(_))).collect();
        let measures: Vec<Output> =
            shape.outputs.iter().filter(|output| !matches!(output, Output::Column(_))).cloned().collect();
        let own_key = keys.iter().all(|output| **output == Output::Column(key.clone()));
        if !own_key || keys.len() != 1 || shape.distinct {
            return None;
        }
        let key_words = self.attribute(key)?;
        let rows = self.rows()?;
        if let Some((op, number)) = &shape.having {
            return self.having(&key_words, &rows, op, *number, &measures);
        }
        match (shape.limit, shape.order.as_slice()) {
            (Some(1), [(Output::Count, true)]) => {
                let count = match measures.as_slice() {
                    [] => "",
                    [Output::Count] => ", and how many",
                    _ => return None,
                };
                Some(format!("Which {key_words} has the most {rows}{count}? {TIE}"))
            }
            (None, order) if !measures.is_empty() => {
                let mut goal = self.per_group(&key_words, &rows, &measures, seed)?;
                if let [(output, descending)] = order {
                    let direction = match (output, descending) {
                        (Output::Column(_), _) => {
                            self.sorted()?.trim_start_matches(", sorted by ").to_string()
                        }
                        (measure, true) => format!("{} from highest to lowest", self.output(measure)?),
                        (measure, false) => format!("{} from lowest to highest", self.output(measure)?),
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

    fn per_group(&self, key: &str, rows: &str, measures: &[Output], seed: u64) -> Option<String> {
        Some(match measures {
            [Output::Count] if seed.is_multiple_of(2) && self.shape.tests.is_empty() => {
                format!("How many {rows} are there for each {key}?")
            }
            [Output::Count] => {
                format!("For each {key}, how many {} are there{}?", plural(&self.base()?), self.conditions()?)
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
        let bound = match op {
            BinaryOperator::Gt => format!("more than {number}"),
            BinaryOperator::GtEq => format!("at least {number}"),
            BinaryOperator::Lt => format!("fewer than {number}"),
            BinaryOperator::LtEq => format!("at most {number}"),
            BinaryOperator::Eq => format!("exactly {number}"),
            _ => return None,
        };
        let one = matches!(number, 1).then(|| rows_singular(rows, &self.base()?)).flatten();
        let counts = match measures {
            [] => "",
            [Output::Count] => " Give the number for each.",
            _ => return None,
        };
        let rows = one.unwrap_or_else(|| rows.to_string());
        Some(format!("Which {} have {bound} {rows}?{counts}", plural_attribute(key)))
    }
}

/// `students whose …` as `student whose …`, as it stands after "more than 1".
fn rows_singular(rows: &str, base: &str) -> Option<String> {
    let many = plural(base);
    rows.strip_prefix(&many).map(|rest| format!("{base}{rest}"))
}

fn tested(test: &Test) -> &Column {
    match test {
        Test::Compare(column, ..)
        | Test::Between(column, ..)
        | Test::OneOf(column, ..)
        | Test::Like(column, ..)
        | Test::Null(column, _)
        | Test::Extreme(column, _)
        | Test::Average(column, _)
        | Test::Has(column, ..) => column,
    }
}

fn fold_word(fold: Fold) -> &'static str {
    match fold {
        Fold::Average => "average",
        Fold::Total => "total",
        Fold::Highest => "highest",
        Fold::Lowest => "lowest",
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

/// Whether a phrase made of an identifier reads as a noun phrase.
fn sayable(phrase: &str) -> bool {
    let words: Vec<&str> = phrase.split(' ').collect();
    let letters = words.iter().all(|word| word.len() > 1 && word.chars().all(char::is_alphabetic));
    let first_is_verb = matches!(words[0], "is" | "has" | "have" | "was" | "can" | "do" | "did");
    let last = words[words.len() - 1];
    let last_dangles =
        words.len() > 1 && (last.ends_with("ed") || NOT_IN_NOUNS.contains(&last) || last == "made");
    letters && !first_is_verb && !last_dangles && words.len() <= 4
}

/// The plural of an attribute: `years of birth`, `names`.
fn plural_attribute(attribute: &str) -> String {
    match attribute.split_once(" of ") {
        Some((head, of)) => format!("{} of {of}", plural(head)),
        None if attribute.ends_with("ID") => format!("{attribute}s"),
        None => plural(attribute),
    }
}

fn has_duplicates(items: &[String]) -> bool {
    items.iter().enumerate().any(|(at, item)| items[..at].contains(item))
}
