//! Groups of which only the number is known: `GROUP BY airline` where the flights hold airlines by their numbers. The
//! request says that it is the number that it wants.

use sqlparser::ast::BinaryOperator;

use super::answer::MEASURED;
use super::phrase::{self, Speaker, plural_attribute};
use super::rows::{Cell, Row};
use super::schema::Schema;
use super::shape::{Column, Output, Shape, Test};
use crate::hindsight::families::english::plural;

/// More words than these name no thing.
const MAX_WORDS: usize = 3;

/// How a request speaks of what a query is grouped by.
pub struct Asked {
    /// `airline`, `city`
    pub one: String,
    /// `airlines`, `cities`
    pub several: String,
    /// What of the one is wanted, where that is its number: ` Give the airline ID.`
    pub give: String,
    /// The same of several.
    pub give_each: String,
}

impl Asked {
    /// A thing, where the words say that its number is meant, or the words themselves.
    pub fn new(key_words: &str) -> Self {
        match key_words.strip_suffix(" ID") {
            Some(thing) => Asked {
                one: thing.to_string(),
                several: plural(thing),
                give: format!(" Give the {thing} ID."),
                give_each: format!(" Give the {thing} IDs."),
            },
            None => Asked {
                one: key_words.to_string(),
                several: plural_attribute(key_words),
                give: String::new(),
                give_each: String::new(),
            },
        }
    }
}

/// Two requests for more as one: ` Give the airline IDs and the number for each.`
pub fn also(give: &str, count: &str) -> String {
    match (give.strip_suffix('.'), count.strip_prefix(" Give")) {
        (Some(give), Some(count)) => format!("{give} and{count}"),
        _ => format!("{give}{count}"),
    }
}

/// Whether a query is grouped by the numbers of things.
pub fn is_grouped(shape: &Shape, schema: &Schema) -> bool {
    let [key] = shape.group.as_slice() else { return false };
    Speaker { shape, schema }.is_number(key)
}

/// Whether all columns of the result are numbers of things that the request asks for.
pub fn are_asked_for(shape: &Shape, schema: &Schema) -> bool {
    let is_key = |output: &Output| match output {
        Output::Column(column) => shape.group.as_slice() == [column.clone()],
        _ => true,
    };
    is_grouped(shape, schema) && shape.outputs.iter().all(is_key)
}

/// Whether a group is of rows that refer to nothing, which is what the number 0 and none at all stand for.
pub fn refers_to_nothing(shape: &Shape, schema: &Schema, rows: &[Row]) -> bool {
    let is_number = |output: &Output| phrase::is_number_of_thing(shape, schema, output);
    let refers = |(output, cell): (&Output, &Option<Cell>)| {
        !is_number(output) || cell.as_ref().is_some_and(|cell| cell.text != "0")
    };
    is_grouped(shape, schema) && !rows.iter().all(|row| shape.outputs.iter().zip(row).all(refers))
}

impl Speaker<'_> {
    /// Whether a column holds the numbers of things.
    pub(super) fn is_number(&self, key: &Column) -> bool {
        self.nameless(key) || self.schema.words(&key.name).last().is_some_and(|word| word == "ID")
    }

    /// Whether the numbers in a column that is called like a thing are those of things, not a year or a size that has an
    /// index.
    fn refers(&self, key: &Column) -> bool {
        let measures = self.words_of(key).last().is_some_and(|word| MEASURED.contains(&word.as_str()));
        let is_index = self.info(key).is_some_and(|info| info.primary);
        self.schema.names_table(&key.name) || !(measures || is_index || self.tells_time(key))
    }

    /// `order with the ID 1042`, where that is all that is said of the rows.
    pub(super) fn one_by_number(&self) -> Option<String> {
        let [Test::Compare(column, BinaryOperator::Eq, constant)] = self.shape.tests.as_slice() else {
            return None;
        };
        let is_key = column.table == self.shape.base && self.identifies(column) && constant.number;
        (is_key && self.shape.group.is_empty() && self.attribute(column)? == "ID")
            .then(|| Some(format!("{} with the ID {}", self.base()?, constant.text)))?
    }

    /// The thing whose number the rows are grouped by: `airline`.
    pub(super) fn numbered(&self, key: &Column) -> Option<String> {
        match (key.table == self.shape.base, self.identifies(key)) {
            (true, true) => return None, // groups of one
            (true, false) => {}
            (false, true) => return self.thing(key.table),
            (false, false) => return None, // of its table, but not its number
        }
        let words = self.attribute(key)?;
        let thing = words.strip_suffix(" ID").unwrap_or(&words);
        // `stu ID` is short for something.
        let is_known = thing.len() > 3 || self.schema.names_table(thing);
        let is_noun = thing.split(' ').all(|word| word.len() > 1 && word != "ID" && !word.ends_with("ed"));
        let is_called = self.nameless(key) && self.refers(key) || thing.len() < words.len();
        (is_called && is_known && is_noun && thing.split(' ').count() <= MAX_WORDS).then(|| thing.to_string())
    }
}
