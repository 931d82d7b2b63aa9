//! What tables and columns are called, and which names would mislead.

use super::phrase::Speaker;
use super::schema::ColumnInfo;
use super::shape::Column;
use crate::hindsight::families::english;

/// Words that a table's name ends with and no person says: `cars_data`, `model_list`.
const TABLE_SUFFIXES: &[&str] =
    &["data", "list", "info", "information", "details", "table", "tbl", "records"];
/// Words that a table's name begins with and no person says: `ref_colours`, `tbl_orders`.
const TABLE_PREFIXES: &[&str] = &["ref", "tbl", "dim", "fact", "tab"];
/// Words that make a table's name a sentence, not a noun: `has_pet`, `singer_in_concert`.
const NOT_IN_NOUNS: &[&str] =
    &["has", "have", "is", "in", "of", "to", "by", "for", "on", "at", "with", "and", "from", "per"];

/// What people call the one by whom something was done: `directed_by`.
const AGENTS: &[(&str, &str)] = &[
    ("directed", "director"),
    ("written", "writer"),
    ("authored", "author"),
    ("created", "creator"),
    ("produced", "producer"),
    ("published", "publisher"),
    ("owned", "owner"),
    ("founded", "founder"),
    ("composed", "composer"),
    ("designed", "designer"),
    ("managed", "manager"),
    ("coached", "coach"),
    ("taught", "teacher"),
    ("built", "builder"),
];
/// What happened in a year or on a date that a column holds: `year_founded`, `date_of_published`.
const HAPPENINGS: &[(&str, &str)] = &[
    ("founded", "founding"),
    ("established", "establishment"),
    ("opened", "opening"),
    ("closed", "closing"),
    ("built", "construction"),
    ("created", "creation"),
    ("published", "publication"),
    ("released", "release"),
    ("registered", "registration"),
    ("joined", "joining"),
    ("hired", "hiring"),
    ("born", "birth"),
];

/// The words of a column's name as a noun phrase where they are a participle: `director`, `year of founding`.
fn nominal(words: Vec<String>) -> Vec<String> {
    let noun = |table: &[(&str, &str)], word: &str| {
        table.iter().find(|(participle, _)| *participle == word).map(|(_, noun)| noun.to_string())
    };
    let parts: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = match parts.as_slice() {
        [verb, "by"] => noun(AGENTS, verb).map(|agent| vec![agent]),
        [when @ ("year" | "date"), "of", verb] | [when @ ("year" | "date"), verb] => {
            noun(HAPPENINGS, verb).map(|what| vec![when.to_string(), "of".to_string(), what])
        }
        _ => None,
    };
    found.unwrap_or(words)
}

impl Speaker<'_> {
    pub(super) fn info(&self, column: &Column) -> Option<&ColumnInfo> {
        self.schema.column(&self.shape.tables[column.table], &column.name)
    }

    /// Whether the values of a column are keys, which mean nothing to a person.
    pub(super) fn opaque(&self, column: &Column) -> bool {
        let primary_number = self.info(column).is_some_and(|info| info.primary && info.numeric);
        primary_number
            || self.nameless(column)
            || self.words_of(column).last().is_some_and(|word| word == "ID")
    }

    /// Whether a column holds keys but is called like the thing itself: `airline` with numbers in it.
    pub(super) fn nameless(&self, column: &Column) -> bool {
        let words = self.words_of(column);
        let called_key = words.last().is_some_and(|word| matches!(word.as_str(), "ID" | "code" | "number"));
        let refers =
            self.schema.names_table(&column.name) || self.info(column).is_some_and(|info| info.keyed);
        refers && !called_key && self.info(column).is_none_or(|info| info.numeric)
    }

    /// Whether the values are points in time, which have no average.
    pub(super) fn tells_time(&self, column: &Column) -> bool {
        let named = ["date", "time", "year", "month", "day"];
        self.info(column).is_some_and(|info| info.temporal)
            || self.words_of(column).iter().any(|word| named.contains(&word.as_str()))
    }

    fn words_of(&self, column: &Column) -> Vec<String> {
        let name = self.info(column).map_or(column.name.as_str(), |info| info.name.as_str());
        self.schema.words(name)
    }

    /// What a row of a table is called.
    pub(super) fn entity(&self, table: &str) -> Option<String> {
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

    /// What a row of a table is called among those of its referrer: `source airport`.
    pub(super) fn thing(&self, table: usize) -> Option<String> {
        let entity = self.entity(&self.shape.tables[table])?;
        Some(format!("{}{entity}", self.role(table, &entity)?))
    }

    /// What a table is to its referrer beyond its name: `source ` for airports joined on `SourceAirport`.
    fn role(&self, table: usize, entity: &str) -> Option<String> {
        let Some(reference) = &self.shape.referrer[table] else { return Some(String::new()) };
        let mut words = self.words_of(reference);
        while words
            .last()
            .is_some_and(|last| matches!(last.as_str(), "ID" | "code" | "number" | "name" | "abbreviation"))
        {
            words.pop();
        }
        // A reference that shares no word with what it refers to may be no reference at all, just equal numbers.
        let own = english::singular(entity.rsplit(' ').next()?);
        let before = words.len();
        words.retain(|word| english::singular(word) != own);
        let same_name = self.schema.columns(&self.shape.tables[table]).is_some_and(|columns| {
            columns.iter().any(|info| info.primary && info.name.eq_ignore_ascii_case(&reference.name))
        });
        if words.len() == before {
            return same_name.then(String::new);
        }
        let own: Vec<&str> = entity.split(' ').collect();
        words.retain(|word| !own.contains(&english::singular(word).as_str()));
        let sayable =
            words.iter().all(|word| !NOT_IN_NOUNS.contains(&word.as_str()) && !word.ends_with("ed"));
        (sayable && words.len() <= 1).then(|| words.iter().map(|word| format!("{word} ")).collect())
    }

    /// What a column is called: `name` of a student, `stadium name` of a concert.
    pub(super) fn attribute(&self, column: &Column) -> Option<String> {
        let table = &self.shape.tables[column.table];
        let entity = self.entity(table)?;
        let mut words = self.words_of(column);
        let identifier = self.info(column).map_or(column.name.as_str(), |info| info.name.as_str());
        if identifier.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))) {
            return None; // "ratings_(millions)": what the brackets say would be lost
        }
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
        words = nominal(words);
        let words_alone = english::singular(&words.join(" "));
        let mut phrase = if words_alone == entity { "name".to_string() } else { words.join(" ") };
        if !sayable(&phrase) {
            return None;
        }
        if column.table != self.shape.base {
            phrase = format!("{} {phrase}", self.thing(column.table)?);
        }
        Some(phrase)
    }

    pub(super) fn base(&self) -> Option<String> {
        self.entity(&self.shape.tables[self.shape.base])
    }
}

/// Whether a phrase made of an identifier reads as a noun phrase.
fn sayable(phrase: &str) -> bool {
    let words: Vec<&str> = phrase.split(' ').collect();
    const VAGUE: &[&str] =
        &["average", "total", "max", "min", "count", "highest", "lowest", "value", "other", "text"];
    let letters = words.iter().all(|word| word.len() > 1 && word.chars().all(char::is_alphabetic));
    let first_is_verb = matches!(words[0], "is" | "has" | "have" | "was" | "can" | "do" | "did");
    let last = words[words.len() - 1];
    let last_dangles =
        words.len() > 1 && (last.ends_with("ed") || NOT_IN_NOUNS.contains(&last) || last == "made");
    letters && !VAGUE.contains(&phrase) && !first_is_verb && !last_dangles && words.len() <= 4
}
