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
    ("died", "death"),
    ("updated", "update"),
    ("modified", "modification"),
    ("shipped", "shipping"),
    ("delivered", "delivery"),
    ("paid", "payment"),
    ("purchased", "purchase"),
    ("sold", "sale"),
    ("completed", "completion"),
    ("finished", "completion"),
    ("started", "start"),
    ("ended", "end"),
    ("launched", "launch"),
    ("enrolled", "enrolment"),
    ("admitted", "admission"),
    ("discharged", "discharge"),
    ("submitted", "submission"),
    ("cancelled", "cancellation"),
    ("canceled", "cancellation"),
    ("issued", "issue"),
    ("expired", "expiry"),
    ("posted", "posting"),
    ("received", "receipt"),
];

/// The words of a column's name as a noun phrase where they are a participle: `director`, `year of founding`.
pub(super) fn nominal(words: Vec<String>) -> Vec<String> {
    let noun = |table: &[(&str, &str)], word: &str| {
        table.iter().find(|(participle, _)| *participle == word).map(|(_, noun)| noun.to_string())
    };
    let parts: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = match parts.as_slice() {
        [verb, "by"] => noun(AGENTS, verb).map(|agent| vec![agent]),
        [when @ ("year" | "date"), "of", verb]
        | [when @ ("year" | "date"), verb]
        | [verb, when @ ("year" | "date")] => {
            noun(HAPPENINGS, verb).map(|what| vec![when.to_string(), "of".to_string(), what])
        }
        // `created_at`
        [verb, "at" | "on" | "time" | "timestamp" | "ts" | "dt"] => {
            noun(HAPPENINGS, verb).map(|what| vec!["date".to_string(), "of".to_string(), what])
        }
        _ => None,
    };
    found.unwrap_or(words)
}

/// `number of products` of `number_products`.
fn counted(mut words: Vec<String>) -> Vec<String> {
    if words.len() == 2 && words[0] == "number" && english::is_plural(&words[1]) {
        words.insert(1, "of".to_string());
    }
    words
}

/// Plurals that measure, and count nothing: `hours`.
const AMOUNTS: &[&str] = &[
    "earnings",
    "sales",
    "savings",
    "winnings",
    "dollars",
    "millions",
    "thousands",
    "proceeds",
    "revenues",
    "percentages",
    "grams",
    "pounds",
    "inches",
    "meters",
    "metres",
    "miles",
    "kms",
    "hours",
    "minutes",
    "seconds",
    "days",
    "months",
    "years",
    "shares",
    "rates",
    "odds",
    "gross",
    "expenses",
    "costs",
    "lbs",
];

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

    /// Whether a column holds how many of what it is called: `rooms`.
    fn counts(&self, column: &Column) -> bool {
        let words = self.words_of(column);
        let Some(last) = words.last() else { return false };
        self.info(column).is_some_and(|info| info.numeric)
            && english::is_plural(last)
            && last != "IDs"
            && words[0] != "number"
            && !AMOUNTS.contains(&last.as_str())
    }

    /// Whether a column holds how many of something had something done to them: `votes_received`.
    fn counts_done(&self, column: &Column, words: &[String]) -> bool {
        const DONE: &[&str] = &["made", "won", "lost", "sold", "held", "bought", "sent", "given", "taken"];
        let [.., noun, done] = words else { return false };
        let is_done = done.ends_with("ed") || DONE.contains(&done.as_str());
        self.info(column).is_some_and(|info| info.numeric)
            && is_done
            && english::is_plural(noun)
            && !AMOUNTS.contains(&noun.as_str())
    }

    /// Whether a column holds keys but is called like the thing itself: `airline` with numbers in it.
    pub(super) fn nameless(&self, column: &Column) -> bool {
        let words = self.words_of(column);
        let called_key = words.last().is_some_and(|word| matches!(word.as_str(), "ID" | "code" | "number"));
        let refers =
            self.schema.names_table(&column.name) || self.info(column).is_some_and(|info| info.keyed);
        refers && !called_key && self.info(column).is_none_or(|info| info.numeric)
    }

    /// Whether a column is called after what amounts are given of, as against numbers that stand for something.
    pub(super) fn is_amount(&self, column: &Column) -> bool {
        const STAND_FOR: &[&str] =
            &["ID", "number", "code", "year", "month", "day", "version", "level", "grade", "rank", "ranking"];
        self.words_of(column).last().is_some_and(|word| {
            super::answer::MEASURED.contains(&word.as_str()) && !STAND_FOR.contains(&word.as_str())
        })
    }

    /// Whether the values are points in time, which have no average.
    pub(super) fn tells_time(&self, column: &Column) -> bool {
        let named = ["date", "time", "year", "month", "day"];
        self.info(column).is_some_and(|info| info.temporal)
            || self.words_of(column).iter().any(|word| named.contains(&word.as_str()))
    }

    pub(super) fn words_of(&self, column: &Column) -> Vec<String> {
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
        match &self.shape.referrer[table] {
            Some(reference) => self.referred(reference, &self.shape.tables[table]),
            None => self.entity(&self.shape.tables[table]),
        }
    }

    /// What a row of a table is called by one that refers to it: `source airport` of a flight, `winner` of a match.
    pub(super) fn referred(&self, reference: &Column, table: &str) -> Option<String> {
        let entity = self.entity(table)?;
        let words = self.noun_of(reference);
        let own: Vec<&str> = entity.split(' ').collect();
        let last = own[own.len() - 1];
        let is_noun = |words: &[String]| {
            words.iter().all(|word| !NOT_IN_NOUNS.contains(&word.as_str()) && !word.ends_with("ed"))
        };
        if words.iter().any(|word| english::singular(word) == english::singular(last)) {
            let mut role = words;
            role.retain(|word| {
                !own.contains(&english::singular(word).as_str()) && english::singular(word) != last
            });
            let before: String = role.iter().map(|word| format!("{word} ")).collect();
            if is_noun(&role) && role.len() <= 1 {
                return Some(format!("{before}{entity}"));
            }
            // `lost_in_battle` is the battle of a ship, if it has no other.
            let child = &self.shape.tables[reference.table];
            let mut alike = self.schema.columns(child)?.iter().filter(|info| {
                self.schema
                    .words(&info.name)
                    .iter()
                    .any(|word| english::singular(word) == english::singular(last))
            });
            let only = alike.next().is_some() && alike.next().is_none();
            return only.then_some(entity);
        }
        let same_name = self.schema.columns(table).is_some_and(|columns| {
            columns.iter().any(|info| info.primary && info.name.eq_ignore_ascii_case(&reference.name))
        });
        if same_name {
            return Some(entity);
        }
        // A reference that shares no word with what it refers to may be no reference at all, just equal numbers.
        let declared = self.info(reference).is_some_and(|info| info.keyed);
        let plain = words.iter().all(|word| {
            word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase()) && is_pronounceable(word)
        });
        let other = self.schema.names_table(&words.join("_")) || self.schema.names_table(&words.concat());
        (declared && !other && plain && is_noun(&words) && (1..=2).contains(&words.len()))
            .then(|| words.join(" "))
    }

    /// The words of a reference for what it refers to: `manager` of `manager_id`.
    pub(super) fn noun_of(&self, reference: &Column) -> Vec<String> {
        let mut words = self.words_of(reference);
        while words
            .last()
            .is_some_and(|last| matches!(last.as_str(), "ID" | "code" | "number" | "name" | "abbreviation"))
        {
            words.pop();
        }
        words
    }

    /// Whether a table holds nothing but references, two of them, with or without a key of its own.
    pub(super) fn pairs(&self, table: &str) -> Option<Vec<&ColumnInfo>> {
        let columns = self.schema.columns(table)?;
        let references: Vec<&ColumnInfo> = columns
            .iter()
            .filter(|info| {
                info.keyed && !(info.primary && columns.len() == 3 && columns[0].name == info.name)
            })
            .collect();
        (references.len() == 2 && columns.len() <= 3 && columns.len() <= references.len() + 1)
            .then_some(references)
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
        // `disposition of ship` of a ship
        let of_own = self.shape.group.is_empty()
            && words.len() > 2
            && words[words.len() - 2] == "of"
            && english::singular(&words[words.len() - 1]) == entity;
        if of_own {
            words.truncate(words.len() - 2);
        }
        words = counted(nominal(words));
        if let [verb] = words.as_slice()
            && let Some((_, what)) = HAPPENINGS.iter().find(|(participle, _)| participle == verb)
        {
            // `joined` on a date; what else it holds, its name does not tell.
            if !self.temporal(column) {
                return None;
            }
            words = vec!["date".to_string(), "of".to_string(), what.to_string()];
        }
        if self.counts(column) || self.counts_done(column, &words) {
            words.splice(0..0, ["number".to_string(), "of".to_string()]);
        }
        let words_alone = english::singular(&words.join(" "));
        // The maker of a car maker is its name; the language of a country's language is one.
        let is_last = entity.rsplit(' ').next() == Some(&words_alone)
            && self.info(column).is_some_and(|info| !info.numeric && !info.keyed)
            && self.kept_by(table).is_none();
        let is_name = words_alone == entity || is_last;
        let mut phrase = if is_name { "name".to_string() } else { words.join(" ") };
        if !sayable(&phrase) {
            // `text` alone says nothing, `paragraph text` does.
            phrase = self.words_of(column).join(" ");
            let named = phrase.split(' ').count() == 2
                && phrase.split(' ').nth(1).is_some_and(|word| VAGUE.contains(&word));
            if !named || !sayable(&phrase) {
                return None;
            }
        }
        if column.table != self.shape.base {
            phrase = format!("{} {phrase}", self.thing(column.table)?);
        }
        Some(phrase)
    }

    /// What a row is called; one of a table of pairs by its other half, where they are grouped by the one: `pet` of
    /// `has_pet` for each student.
    pub(super) fn base(&self) -> Option<String> {
        match self.shape.group.as_slice() {
            [key] => self.counted_for(key),
            _ => self.entity(&self.shape.tables[self.shape.base]),
        }
    }

    /// What a row is to that which a column refers to.
    pub(super) fn counted_for(&self, key: &Column) -> Option<String> {
        let table = &self.shape.tables[self.shape.base];
        match (self.pairs(table), self.kept_by(table)) {
            (Some(pair), _) => self.other_half(&pair, key),
            (None, Some((keeper, kept))) => self.of_keeper(key, keeper, kept),
            (None, None) => self.entity(table),
        }
    }

    /// Where the rows of a table are what another table's things have (`CountryLanguage`): what those things are called,
    /// and what they have.
    pub(super) fn kept_by(&self, table: &str) -> Option<(String, String)> {
        let entity = self.entity(table)?;
        let (keeper, kept) = entity.rsplit_once(' ')?;
        let named = |name: &str| self.schema.words(name).join(" ") == kept;
        let refers = |name: &str| {
            let words = self.schema.words(name);
            matches!(words.as_slice(), [keepers @ .., key] if keepers.join(" ") == keeper && matches!(key.as_str(), "ID" | "code"))
        };
        let is_so = match self.schema.columns(table) {
            Some(columns) => {
                columns.iter().any(|info| named(&info.name)) && columns.iter().any(|info| refers(&info.name))
            }
            None => self.shape.group.iter().any(|key| named(&key.name)),
        };
        is_so.then(|| (keeper.to_string(), kept.to_string()))
    }

    /// What is counted for each value of a key among the rows of such a table: the countries of a language, the languages
    /// of a country; of a continent neither.
    fn of_keeper(&self, key: &Column, keeper: String, kept: String) -> Option<String> {
        let words = self.words_of(key).join(" ");
        if key.table == self.shape.base && words == kept {
            return Some(keeper);
        }
        let of_one = key.table != self.shape.base
            && (words == "name" || words == "code" || words == format!("{keeper} code"));
        let refers = key.table == self.shape.base
            && words.strip_prefix(&keeper).is_some_and(|key| matches!(key, " ID" | " code"));
        let is_primary = self.info(key).is_some_and(|info| info.primary);
        (refers || of_one || is_primary).then_some(kept)
    }

    fn other_half(&self, pair: &[&ColumnInfo], key: &Column) -> Option<String> {
        let base = self.shape.base;
        let reference = if key.table == base { key } else { self.shape.referrer[key.table].as_ref()? };
        let mut others = pair.iter().filter(|info| !info.name.eq_ignore_ascii_case(&reference.name));
        let other =
            Column { table: base, name: others.next().filter(|_| others.next().is_none())?.name.clone() };
        let words = self.noun_of(&other);
        let noun =
            self.schema.names_table(&words.join(" ")) || words.iter().all(|word| !word.ends_with("ed"));
        (noun
            && (1..=2).contains(&words.len())
            && words.iter().all(|word| !NOT_IN_NOUNS.contains(&word.as_str())))
        .then(|| english::singular(&words.join(" ")))
    }
}

/// Words that alone do not tell what they are of.
const VAGUE: &[&str] = &["average", "max", "min", "count", "highest", "lowest", "value", "other", "details"];

/// Whether a word can be a word: `scr` and `tst` are short for something. What is written in capitals is spelt.
fn is_pronounceable(word: &str) -> bool {
    !word.is_ascii()
        || word.bytes().any(|byte| byte.is_ascii_uppercase())
        || word.bytes().any(|byte| b"aeiouy".contains(&byte))
}

/// Whether a phrase made of an identifier reads as a noun phrase.
fn sayable(phrase: &str) -> bool {
    let words: Vec<&str> = phrase.split(' ').collect();
    let letters = words.iter().enumerate().all(|(at, word)| {
        // `line 1` of an address
        let numbered =
            at > 0 && at + 1 == words.len() && word.len() == 1 && word.bytes().all(|b| b.is_ascii_digit());
        numbered || word.len() > 1 && word.chars().all(char::is_alphabetic) && is_pronounceable(word)
    });
    let unit = matches!(words[words.len() - 1], "millions" | "thousands" | "billions" | "yn" | "flag");
    let first_is_verb = matches!(words[0], "is" | "has" | "have" | "was" | "can" | "do" | "did");
    let last = words[words.len() - 1];
    let counts = phrase.starts_with("number of ");
    let last_dangles = words.len() > 1
        && !counts
        && (last.ends_with("ed") || NOT_IN_NOUNS.contains(&last) || last == "made");
    letters && !unit && !VAGUE.contains(&phrase) && !first_is_verb && !last_dangles && words.len() <= 4
}
