//! Conditions said as clauses: which of them mean what their words say, and those words.

use sqlparser::ast::BinaryOperator;

use super::phrase::{Speaker, plural_attribute};
use super::shape::{Column, Constant, Fold, Number, Shape, Test};
use crate::hindsight::families::english::{self, enumerate, is_plural, plural};

impl Speaker<'_> {
    /// Whether a condition means what its words say, given the types of the columns.
    pub(super) fn sound(&self, test: &Test) -> bool {
        let ordered = |column: &Column, constant: &Constant| match self.info(column) {
            Some(info) if constant.number => info.numeric || self.is_year(column),
            Some(info) => info.temporal,
            None => constant.number || self.temporal(column) && is_date(constant),
        };
        match test {
            Test::Compare(column, BinaryOperator::Eq | BinaryOperator::NotEq, constant) => {
                let typed = self.info(column).is_none_or(|info| !info.numeric || constant.number);
                let word = matches!(constant.text.to_lowercase().as_str(), "yes" | "no");
                let said = flag(constant).is_none()
                    || word
                    || self.flagged(column).is_some()
                    || self.info(column).is_some_and(|info| !info.boolean) && !self.is_property(column);
                // `charter = 1` is a yes or no that no word says.
                let counted = !constant.number
                    || flag(constant).is_none()
                    || self.flagged(column).is_some()
                    || self.measures(column);
                typed
                    && said
                    && counted
                    && (!self.opaque(column) || !constant.number || self.is_known_number(column, constant))
                    && !constant.text.trim().is_empty()
            }
            Test::Compare(column, _, constant) => !self.opaque(column) && ordered(column, constant),
            Test::Between(column, low, high) => {
                !self.opaque(column) && ordered(column, low) && ordered(column, high)
            }
            Test::OneOf(column, constants, _) => !self.opaque(column) && (1..=5).contains(&constants.len()),
            Test::Extreme(column, _) => {
                !self.opaque(column) && self.info(column).is_some_and(|info| info.numeric || info.temporal)
            }
            // Only numbers have an average.
            Test::Average(column, _) => {
                !self.opaque(column) && self.info(column).is_none_or(|info| info.numeric || info.temporal)
            }
            Test::Like(_, pattern, _) => like(pattern).is_some(),
            Test::Against(column, _, _, other) => {
                let inner = Speaker { shape: other, schema: self.schema };
                !self.opaque(column)
                    && self.info(column).is_none_or(|info| info.numeric || info.temporal)
                    && other.tests.iter().all(|test| inner.sound(test))
            }
            Test::Has(_, _, child, _) | Test::Of(_, child) => {
                let inner = Speaker { shape: child, schema: self.schema };
                child.tests.iter().all(|test| inner.sound(test))
            }
            Test::Null(column, _) | Test::Shared(column, ..) => !self.opaque(column),
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
        let apart = matches!(
            (one, other),
            (BinaryOperator::Lt, BinaryOperator::Gt) | (BinaryOperator::Gt, BinaryOperator::Lt)
        );
        if self.shape.any && low == high && apart {
            return Some(format!(" whose {} is not {}", self.attribute(first)?, quoted(low)));
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
            .filter(|test| !self.says_nothing(test))
            .map(|test| self.test(test))
            .collect::<Option<_>>()?;
        let link = if self.shape.any { " or " } else { " and " };
        Some(if tests.is_empty() { String::new() } else { format!(" {}", tests.join(link)) })
    }

    /// `car makers with a recorded maker`: what something is called is taken to be recorded.
    fn says_nothing(&self, test: &Test) -> bool {
        let Test::Null(column, true) = test else { return false };
        let (attribute, base) = (self.attribute(column), self.base());
        let own = attribute.zip(base).is_some_and(|(attribute, base)| {
            attribute == "name" || base.rsplit(' ').next() == Some(&attribute)
        });
        own && column.table == self.shape.base && !self.shape.any
    }

    /// `language = 'English' OR language = 'Dutch'` as one condition.
    pub(super) fn merged_alternatives(&self) -> Option<Vec<Test>> {
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
        // `that have no sale`, `whose customer country is …`: the tested column is a key, and not in the words.
        let attribute = self.attribute(tested(test));
        Some(match test {
            Test::Compare(column, op @ (BinaryOperator::Eq | BinaryOperator::NotEq), constant)
                if let (Some(set), Some(adjective)) = (flag(constant), self.flagged(column)) =>
            {
                let not = if set == (*op == BinaryOperator::Eq) { "" } else { "not " };
                format!("that are {not}{adjective}")
            }
            // `order_date` in 2023
            Test::Compare(column, BinaryOperator::Eq, constant)
                if attribute.as_deref() == Some("year")
                    && self.info(column).is_none()
                    && !column.name.eq_ignore_ascii_case("year") =>
            {
                format!("whose date is in {}", constant.text)
            }
            Test::Compare(column, BinaryOperator::Eq, constant)
                if constant.number
                    && attribute.as_deref() == Some("ID")
                    && column.table == self.shape.base =>
            {
                format!("with the ID {}", constant.text)
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
                format!("with the {} {}{}", self.fold_word(*fold, column), attribute?, self.of_all(column)?)
            }
            Test::Against(column, op, fold, other) => {
                let inner = Speaker { shape: other, schema: self.schema };
                let every = (*op == Gt) == (*fold == Fold::Highest);
                let (quantity, entity) = (if every { "every" } else { "at least one" }, inner.base()?);
                let relation = self.relation(column, op)?;
                format!("whose {} {relation} that of {quantity} {entity}{}", attribute?, inner.conditions()?)
            }
            Test::Average(column, op) => {
                let side = if *op == Gt { "above" } else { "below" };
                let of = self.of_all(column)?;
                format!("whose {} is {side} the average{of}", attribute?)
            }
            Test::Shared(_, op, number) => {
                let rows = if *number == 1 { self.base()? } else { plural(&self.base()?) };
                format!("whose {} is shared by {} {number} {rows}", attribute?, bound(op)?)
            }
            Test::Of(reference, parent) => {
                let thing = self.referred(reference, &parent.tables[parent.base])?;
                let inner = Speaker { shape: parent, schema: self.schema };
                let said: Vec<String> =
                    parent.tests.iter().map(|test| inner.test(test)).collect::<Option<_>>()?;
                let of_thing =
                    |text: &String| Some(format!("whose {thing} {}", text.strip_prefix("whose ")?));
                said.iter().map(of_thing).collect::<Option<Vec<_>>>()?.join(" and ")
            }
            Test::Has(column, reference, child, number) => {
                if column.table != self.shape.base {
                    return None;
                }
                let inner = Speaker { shape: child, schema: self.schema };
                if let Some(link) = self.has_named(column, reference, child, number) {
                    return Some(link);
                }
                let one = inner.counted_for(reference)?;
                // `no pet whose pet type is cat`
                let conditions = inner.conditions()?.replace(&format!(" whose {one} "), " whose ");
                let have = inner.as_what(reference, column, &self.base()?)?;
                let many = plural(&one);
                let several = match number {
                    Number::Bound(_, number) => *number != 1,
                    Number::Different(..) => true,
                    Number::Some | Number::None => false,
                };
                let conditions = if several { conditions } else { of_one(&conditions) };
                match number {
                    Number::Different(op, number, column) if conditions.is_empty() => {
                        let different = plural_attribute(&inner.attribute(column)?);
                        let bounded = format!("{} {number} different {different}", bound(op)?);
                        format!("{have} {many} of {bounded}")
                    }
                    Number::Different(..) => return None,
                    Number::None => format!("{have} no {one}{conditions}"),
                    Number::Some => format!("{have} at least one {one}{conditions}"),
                    Number::Bound(op, number) => {
                        let noun = if *number == 1 { one } else { many };
                        format!("{have} {} {number} {noun}{conditions}", bound(op)?)
                    }
                }
            }
        })
    }

    /// `that have the language "Dutch"`, `that do not have the official language "Dutch"`, where the conditions on the
    /// child say which one is meant.
    pub(super) fn has_named(
        &self,
        key: &Column,
        reference: &Column,
        child: &Shape,
        number: &Number,
    ) -> Option<String> {
        let inner = Speaker { shape: child, schema: self.schema };
        let (base, entity) = (inner.entity(&child.tables[child.base])?, self.base()?);
        let noun = base.strip_prefix(&entity)?.strip_prefix(' ')?;
        let own = inner.as_what(reference, key, &entity)? == "that have";
        let link = inner.named(noun).filter(|_| own)?;
        match number {
            Number::Some => Some(link),
            Number::None if ![" other than ", ", but not as "].iter().any(|not| link.contains(not)) => {
                Some(link.replacen("that have", "that do not have", 1))
            }
            _ => None,
        }
    }

    /// Which rows an average or an extreme was taken over, where the words before do not tell.
    fn of_all(&self, column: &Column) -> Option<String> {
        if self.shape.tables.len() == 1 {
            return Some(String::new());
        }
        Some(format!(" of all {}", plural(&self.entity(&self.shape.tables[column.table])?)))
    }

    /// `that have`, or `that are the source airport of` where a reference says as what a thing is referred to.
    fn as_what(&self, reference: &Column, key: &Column, entity: &str) -> Option<String> {
        if reference.name.eq_ignore_ascii_case(&key.name) {
            return Some("that have".to_string());
        }
        let words = self.noun_of(reference);
        let own = english::singular(entity.rsplit(' ').next()?);
        let (shared, role): (Vec<String>, Vec<String>) =
            words.into_iter().partition(|word| entity.split(' ').any(|part| english::singular(word) == part));
        if role.is_empty() {
            return Some("that have".to_string());
        }
        let plain = role.len() == 1 && !role[0].ends_with("ed") && shared.contains(&own);
        plain.then(|| format!("that are the {} {entity} of", role[0]))
    }

    /// Whether a column is called as a property, not as something that has values: `is_open`, `active`, `paid_yn`.
    fn is_property(&self, column: &Column) -> bool {
        const WORDS: &[&str] = &["paid", "sold", "hidden", "open", "public", "free", "done", "late"];
        const ENDS: &[&str] = &["ed", "ive", "able", "ible", "al", "yn", "flag", "indicator"];
        let words = self.schema.words(&column.name);
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return true };
        matches!(first.as_str(), "is" | "are" | "has" | "have" | "was" | "can" | "allows" | "allow")
            || WORDS.contains(&last.as_str())
            || ENDS.iter().any(|end| last.ends_with(end))
    }

    /// Whether a condition is on the number of a thing that the user says.
    fn is_known_number(&self, column: &Column, constant: &Constant) -> bool {
        self.schema.is_said(&constant.text)
            && self.schema.words(&column.name).last().is_some_and(|word| word == "ID")
    }

    /// Whether a column holds years, which compare as numbers even where they are texts.
    fn is_year(&self, column: &Column) -> bool {
        self.schema.words(&column.name).last().is_some_and(|word| word == "year")
    }

    /// Whether a column is called after what numbers are given of, or after what is counted.
    fn measures(&self, column: &Column) -> bool {
        self.schema
            .words(&column.name)
            .last()
            .is_some_and(|word| super::answer::MEASURED.contains(&word.as_str()) || is_plural(word))
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
            (GtEq, true) => "is on or after",
            (LtEq, true) => "is on or before",
            _ => return None,
        })
    }

    /// What a column `is_official` says of a row of the base: `official`.
    pub(super) fn flagged(&self, column: &Column) -> Option<String> {
        let words = self.schema.words(&column.name);
        let adjective = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["is" | "are", adjective] => adjective.to_string(),
            [property, "yn" | "flag"] => property.to_string(),
            // `isofficial` is two words in one.
            [only]
                if self.info(column).map_or(!only.starts_with("is"), |info| info.boolean)
                    && self.is_property(column) =>
            {
                only.to_string()
            }
            ["in" | "on", thing] => format!("{} {thing}", words[0]),
            _ => return None,
        };
        let plain = adjective.len() > 2 && adjective.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
        (column.table == self.shape.base && plain).then_some(adjective)
    }

    pub(super) fn fold_word(&self, fold: Fold, column: &Column) -> &'static str {
        match (fold, self.temporal(column)) {
            (Fold::Total, _) if self.schema.words(&column.name).iter().any(|word| word == "total") => {
                "combined"
            }
            (Fold::Average, _) => "average",
            (Fold::Total, _) => "total",
            (Fold::Highest, true) => "latest",
            (Fold::Lowest, true) => "earliest",
            (Fold::Highest, false) => "highest",
            (Fold::Lowest, false) => "lowest",
        }
    }

    /// Whether a column holds dates or times: by its type, else by its name.
    pub(super) fn temporal(&self, column: &Column) -> bool {
        const ENDS: &[&str] = &["date", "time", "at", "day", "timestamp", "datetime"];
        match self.info(column) {
            Some(info) => info.temporal,
            None => self.schema.words(&column.name).last().is_some_and(|last| ENDS.contains(&last.as_str())),
        }
    }
}

/// Conditions of several as they are said of one.
pub(super) fn of_one(conditions: &str) -> String {
    conditions.replace(" that are ", " that is ").replace(" that have ", " that has ")
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
        | Test::Shared(column, ..)
        | Test::Against(column, ..)
        | Test::Of(column, _)
        | Test::Has(column, ..) => column,
    }
}

pub(super) fn tested_mut(test: &mut Test) -> &mut Column {
    match test {
        Test::Compare(column, ..)
        | Test::Between(column, ..)
        | Test::OneOf(column, ..)
        | Test::Like(column, ..)
        | Test::Null(column, _)
        | Test::Extreme(column, _)
        | Test::Average(column, _)
        | Test::Shared(column, ..)
        | Test::Against(column, ..)
        | Test::Of(column, _)
        | Test::Has(column, ..) => column,
    }
}

fn quoted(constant: &Constant) -> String {
    if constant.number || is_date(constant) {
        constant.text.clone()
    } else {
        format!("\"{}\"", constant.text)
    }
}

/// `2026-04-01`, with or without a time.
fn is_date(constant: &Constant) -> bool {
    let date = constant.text.get(..10).unwrap_or("");
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    !constant.number && shape == "0000-00-00"
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
