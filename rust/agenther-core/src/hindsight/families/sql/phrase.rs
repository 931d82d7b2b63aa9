//! A [`Shape`] said as a request.

use sqlparser::ast::BinaryOperator;

use super::conditions::{flag, of_one, tested, tested_mut};
use super::schema::Schema;
use super::shape::{Column, Fold, Output, Shape, Test};
use crate::hindsight::families::english::{self, article, enumerate, plural};

/// What asks to be told is any one of several.
pub(super) const TIE: &str = "If there is a tie, any one of them will do.";

/// Says a shape as a request; `seed` chooses among equal phrasings.
pub fn request(shape: &Shape, schema: &Schema, seed: u64) -> Option<String> {
    let speaker = Speaker { shape, schema };
    speaker.check()?;
    let goal = if shape.group.is_empty() { speaker.ungrouped(seed) } else { speaker.grouped(seed) }?;
    Some(match shape.decimals {
        None => goal,
        Some(0) => format!("{goal} Round to the nearest whole number."),
        Some(1) => format!("{goal} Round to one decimal place."),
        Some(places) => format!("{goal} Round to {} decimal places.", small(places.into())?),
    })
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

/// Whether a column holds the numbers by which a database knows things.
pub fn is_number_of_thing(shape: &Shape, schema: &Schema, output: &Output) -> bool {
    let Output::Column(column) = output else { return false };
    let speaker = Speaker { shape, schema };
    speaker.opaque(column) && speaker.info(column).is_none_or(|info| info.numeric || info.guessed)
}

/// Whether the words ask for each value once.
pub fn says_set(shape: &Shape, schema: &Schema) -> bool {
    Speaker { shape, schema }.as_pair().is_some()
}

/// Leaves out an order that no words tell: who asks for a list takes it in any order, as long as it is whole.
pub fn leave_out_order(shape: &mut Shape, schema: &Schema) {
    let told = match (shape.group.as_slice(), shape.order.as_slice()) {
        ([], _) => Speaker { shape, schema }.sorted().is_some(),
        (_, [(key, _)]) => {
            shape.having.is_none() && shape.having_fold.is_none() && shape.outputs.contains(key)
        }
        _ => shape.order.is_empty(),
    };
    if !told && shape.limit.is_none() {
        shape.order.clear();
    }
}

/// Names of what the columns of the result are.
pub fn headings(shape: &Shape, schema: &Schema) -> Option<Vec<String>> {
    let speaker = Speaker { shape, schema };
    if shape.share.is_some() {
        return Some(vec!["percentage".to_string()]);
    }
    shape
        .outputs
        .iter()
        .map(|output| match output {
            Output::Column(column) if shape.star => Some(schema.words(&column.name).join(" ")),
            output => speaker.output(output),
        })
        .collect()
}

/// Which columns of the result words can tell.
pub fn said_outputs(shape: &Shape, schema: &Schema) -> Vec<bool> {
    let speaker = Speaker { shape, schema };
    let said = |output: &Output| speaker.measures_what_it_says(output) && speaker.output(output).is_some();
    shape.outputs.iter().map(said).collect()
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
        let no_fan_out = shape
            .outputs
            .iter()
            .chain(shape.order.iter().map(|(key, _)| key))
            .all(|output| self.measures_what_it_says(output));
        let asks_what_it_fixes = !shape.outputs.is_empty() && shape.outputs.iter().all(|output| {
            shape.tests.iter().any(|test| {
                matches!((output, test), (Output::Column(column), Test::Compare(fixed, BinaryOperator::Eq, _)) if column == fixed)
            })
        });
        // "… that have a section whose name is h and whose …": what follows an inner condition would read as one more.
        let nested = |test: &Test| match test {
            Test::Has(key, reference, child, number)
                if self.has_named(key, reference, child, number).is_some() =>
            {
                0
            }
            Test::Has(_, _, child, _) | Test::Against(_, _, _, child) => child.tests.len(),
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
        let asks_what_groups = shape.tests.iter().any(|test| {
            matches!(test, Test::Shared(column, ..) if shape.outputs.iter().any(|output| {
                matches!(output, Output::Column(asked) | Output::CountDistinct(asked) if asked == column)
            }))
        });
        let asks_too_little = asks_what_it_fixes || asks_what_groups;
        (all_mentioned && no_fan_out && limit_ordered && tests_said && !asks_too_little).then_some(())
    }

    /// Whether a column of the result holds what its words promise. The rows of a referred table repeat once per
    /// referrer, so only the base may be folded.
    fn measures_what_it_says(&self, output: &Output) -> bool {
        let shape = self.shape;
        match output {
            Output::Fold(fold, column) => {
                let of_rows = column.table == shape.base || self.is_repeated(column);
                of_rows && !self.opaque(column) && self.folds(*fold, column)
            }
            Output::CountDistinct(column) => column.table == shape.base && !self.nameless(column),
            Output::Column(column) => {
                shape.star || !self.nameless(column) || shape.group.as_slice() == [column.clone()]
            }
            Output::Count => true,
        }
    }

    /// Whether the values of a column have such a fold.
    fn folds(&self, fold: Fold, column: &Column) -> bool {
        let sums = matches!(fold, Fold::Average | Fold::Total);
        match self.info(column) {
            _ if sums && self.tells_time(column) => false,
            // Texts add up as the numbers that they hold.
            _ if sums && self.is_amount(column) => true,
            Some(info) => info.numeric || (info.temporal && !sums),
            // The rows tell whether the extremes are those of numbers.
            None => true,
        }
    }

    /// Whether another mentioned table is reached through this one.
    fn leads_on(&self, table: usize) -> bool {
        self.shape.referrer.iter().flatten().any(|column| column.table == table)
    }

    pub(super) fn output(&self, output: &Output) -> Option<String> {
        Some(match output {
            Output::Column(column) if self.shape.group.as_slice() == [column.clone()] => {
                let thing = self.numbered(column).filter(|_| self.is_number(column));
                thing.map(|thing| format!("{thing} ID")).or_else(|| self.attribute(column))?
            }
            Output::Column(column) => self.attribute(column)?,
            Output::Count => match self.holders() {
                Some((things, _)) => format!("number of {things}"),
                None if self.listed_times().is_some() => "number of times".to_string(),
                None => format!("number of {}", plural(&self.base()?)),
            },
            Output::CountDistinct(column) => match self.different_holders(column) {
                Some((things, _)) => format!("number of {things}"),
                None => format!("number of different {}", plural_attribute(&self.attribute(column)?)),
            },
            Output::Fold(fold, column) => {
                format!("{} {}", self.fold_word(*fold, column), self.attribute(column)?)
            }
        })
    }

    /// `students`, `students whose age is greater than 20 and whose major is 600`.
    pub(super) fn rows(&self) -> Option<String> {
        let base = self.base()?;
        let keeper = self.kept_by(&self.shape.tables[self.shape.base]).map(|(keeper, _)| keeper);
        let conditions = match keeper.filter(|keeper| *keeper == base) {
            Some(keeper) => self.conditions_of(&keeper)?,
            None => self.conditions()?,
        };
        Some(format!("{}{conditions}", plural(&base)))
    }

    fn ungrouped(&self, seed: u64) -> Option<String> {
        let shape = self.shape;
        if shape.having.is_some() {
            return None;
        }
        if let Some(test) = &shape.share {
            return self.shared(test);
        }
        if let Some(pair) = self.as_pair() {
            return Some(pair);
        }
        if shape.star {
            let plain = !shape.distinct && shape.order.is_empty() && shape.limit.is_none();
            if let Some(one) = self.one_by_number().filter(|_| plain) {
                return Some(format!("Give me the full record of the {one}."));
            }
            let rows = self.rows()?;
            return (plain && !shape.tests.is_empty()).then(|| match seed % 2 {
                0 => format!("Give me the records of the {rows}."),
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
        if let Some(one) = self.one_by_number() {
            let (is, listed) =
                (if attributes.len() == 1 { "is" } else { "are" }, enumerate(&attributes, "and"));
            return (shape.limit.is_none_or(|limit| limit == 1) && shape.examples.is_none())
                .then(|| format!("What {is} the {listed} of the {one}?"));
        }
        if let Some(limit) = shape.limit {
            return self.top(limit, &attributes);
        }
        let rows = self.rows()?;
        let order = self.sorted()?;
        if let Some(number) = shape.examples {
            return self.few_referred(number).or_else(|| self.few(number, &attributes, &rows));
        }
        if shape.distinct && attributes.len() == 1 {
            let different = plural_attribute(&attributes[0]);
            if let Some((things, conditions)) = self.of_keepers() {
                return Some(format!(
                    "What are the different {different} of the {things}{conditions}{order}?"
                ));
            }
            let mut bare = attributes.clone();
            let (different, rows) = match self.only_parent(&mut bare) {
                Some(things) => (plural_attribute(&bare[0]), format!("{things} of the {rows}")),
                None => (different, rows),
            };
            return Some(match seed % 2 {
                0 => format!("List the different {different} of the {rows}{order}."),
                _ => format!("What are the different {different} of the {rows}{}?", order),
            });
        }
        if let ([attribute], Some((things, conditions))) = (attributes.as_slice(), self.of_keepers()) {
            let listed = plural_attribute(attribute);
            return Some(format!("What are the {listed} of the {things}{conditions}{order}?"));
        }
        let once = if shape.distinct { " List each only once." } else { "" };
        let every = shape.tests.is_empty() && shape.order.is_empty() && !shape.distinct;
        let parent = self.only_parent(&mut attributes);
        let joined = parent.is_some();
        let rows = match parent {
            Some(things) if shape.tests.is_empty() => format!("{things} of all {rows}"),
            Some(things) => format!("{things} of the {rows}"),
            None => rows,
        };
        if every && !joined && seed.is_multiple_of(3) {
            return Some(format!("List the {} of every {}.", enumerate(&attributes, "and"), self.base()?));
        }
        for attribute in &mut attributes {
            *attribute = plural_attribute(attribute);
        }
        let listed = enumerate(&attributes, "and");
        let all = if shape.tests.is_empty() && !joined { "all " } else { "the " };
        Some(match seed % 2 {
            0 => format!("List the {listed} of {all}{rows}{order}.{once}"),
            _ => format!("What are the {listed} of {all}{rows}{order}?{once}"),
        })
    }

    /// Where what is asked for is what the things of another table have, and all that is said of it is said of those
    /// things: `countries`, ` whose code is "CHE"`.
    fn of_keepers(&self) -> Option<(String, String)> {
        let (keeper, kept) = self.kept_by(&self.shape.tables[self.shape.base])?;
        let [Output::Column(column) | Output::CountDistinct(column)] = self.shape.outputs.as_slice() else {
            return None;
        };
        if self.attribute(column)? != kept || self.shape.tests.is_empty() {
            return None;
        }
        let conditions = self.conditions_of(&keeper)?;
        let is_one = |test: &Test| {
            let said = self.attribute(tested(test)).unwrap_or_default();
            let key = said.rsplit(' ').next().unwrap_or("");
            matches!(test, Test::Compare(_, BinaryOperator::Eq, _)) && matches!(key, "code" | "name" | "ID")
        };
        let things = match self.shape.tests.as_slice() {
            [test] if is_one(test) => keeper,
            _ => plural(&keeper),
        };
        Some((things, conditions))
    }

    /// How often something stands among what the things of another table have: `How many times is "Dutch" or "English"
    /// listed as a language of a country?`
    fn listed_times(&self) -> Option<String> {
        let (keeper, kept) = self.kept_by(&self.shape.tables[self.shape.base])?;
        let merged = self.merged_alternatives();
        let [test] = merged.as_ref().unwrap_or(&self.shape.tests).as_slice() else { return None };
        let constants = match test {
            Test::Compare(_, BinaryOperator::Eq, constant) => std::slice::from_ref(constant),
            Test::OneOf(_, constants, false) => constants.as_slice(),
            _ => return None,
        };
        let plain = self.shape.group.is_empty() && self.shape.outputs.as_slice() == [Output::Count];
        if !plain || self.attribute(tested(test))? != kept || constants.iter().any(|constant| constant.number)
        {
            return None;
        }
        let texts: Vec<String> = constants.iter().map(|constant| format!("\"{}\"", constant.text)).collect();
        Some(format!(
            "How many times is {} listed as {} {kept} of {} {keeper}?",
            enumerate(&texts, "or"),
            article(&kept),
            article(&keeper)
        ))
    }

    /// The conditions, where all of them are of the things that keep what the rows are.
    fn conditions_of(&self, keeper: &str) -> Option<String> {
        let of_keeper = |test: &Test| {
            let plain =
                matches!(test, Test::Compare(..) | Test::Between(..) | Test::OneOf(..) | Test::Like(..));
            plain
                && self.attribute(tested(test)).is_some_and(|words| words.starts_with(&format!("{keeper} ")))
        };
        let conditions = self.conditions()?;
        let all = self.shape.tests.iter().all(of_keeper);
        all.then(|| conditions.replace(&format!("whose {keeper} "), "whose "))
    }

    /// Where all that is asked for is of one table that the rows refer to, what its rows are called; the attributes
    /// lose that name: `the names and cities of the shops` of the sales.
    fn only_parent(&self, attributes: &mut [String]) -> Option<String> {
        let tables: Vec<usize> = self
            .shape
            .outputs
            .iter()
            .map(|output| match output {
                Output::Column(column) => column.table,
                _ => self.shape.base,
            })
            .collect();
        let table = *tables.first()?;
        if table == self.shape.base || tables.iter().any(|other| *other != table) {
            return None;
        }
        let thing = self.thing(table)?;
        let start = format!("{thing} ");
        let bare: Vec<String> = attributes
            .iter()
            .map(|words| words.strip_prefix(&start).map(str::to_string))
            .collect::<Option<_>>()?;
        attributes.clone_from_slice(&bare);
        Some(plural(&thing))
    }

    /// So many of the rows, whichever.
    fn few(&self, number: u64, attributes: &[String], rows: &str) -> Option<String> {
        let number = small(number)?;
        let mut attributes = attributes.to_vec();
        let rows = match self.only_parent(&mut attributes) {
            Some(_) => return None, // several rows may be of one such thing
            None => rows,
        };
        // `country codes of five country languages`
        let entity = self.base()?;
        let compound = |attribute: &String| {
            let first = attribute.split(' ').next().unwrap_or("");
            entity.contains(' ') && entity.split(' ').any(|word| word == first)
        };
        if attributes.iter().any(compound) {
            return None;
        }
        let listed: Vec<String> = attributes.iter().map(|attribute| plural_attribute(attribute)).collect();
        Some(match listed.as_slice() {
            [one] if one == "names" => format!("Name {number} {rows}."),
            [name, others @ ..] if name == "names" => {
                format!("Name {number} {rows}, and give their {}.", enumerate(others, "and"))
            }
            listed => format!("Give me the {} of {number} {rows}.", enumerate(listed, "and")),
        })
    }

    /// `that have the genre "Drama"`, `that have the official language "Dutch"`, where the conditions say which one is
    /// meant.
    pub(super) fn named(&self, noun: &str) -> Option<String> {
        let (mut properties, mut names) = (Vec::new(), None);
        let (mut other, mut lacking) = ("", None);
        for test in &self.shape.tests {
            match test {
                Test::Compare(column, BinaryOperator::Eq, constant) if flag(constant) == Some(true) => {
                    properties.push(self.flagged(column)?);
                }
                Test::Compare(column, BinaryOperator::Eq, constant)
                    if flag(constant) == Some(false) && lacking.is_none() =>
                {
                    lacking = Some(self.flagged(column)?);
                }
                Test::Compare(column, BinaryOperator::Eq, constant) if names.is_none() => {
                    names = Some((column, std::slice::from_ref(constant)));
                }
                Test::Compare(column, BinaryOperator::NotEq, constant)
                    if names.is_none() && flag(constant).is_none() =>
                {
                    other = "other than ";
                    names = Some((column, std::slice::from_ref(constant)));
                }
                Test::OneOf(column, constants, false) if names.is_none() => {
                    names = Some((column, constants.as_slice()));
                }
                _ => return None,
            }
        }
        let (column, constants) = names.filter(|_| !self.shape.any || self.shape.tests.len() == 1)?;
        let attribute = self.attribute(column)?;
        let one = match attribute.as_str() {
            "name" => noun,
            same if noun.rsplit(' ').next() == Some(same) => same,
            _ => return None,
        };
        let texts: Vec<String> = constants
            .iter()
            .map(|constant| (!constant.number).then(|| format!("\"{}\"", constant.text)))
            .collect::<Option<_>>()?;
        let before: String = properties.iter().map(|property| format!("{property} ")).collect();
        let not_as = match lacking {
            Some(property) if properties.is_empty() && other.is_empty() => {
                format!(", but not as {} {property} {one}", article(&property))
            }
            Some(_) => return None,
            None => String::new(),
        };
        let one = format!("{before}{one}");
        let the = if other.is_empty() { "the" } else { article(&one) };
        Some(format!("that have {the} {one} {other}{}{not_as}", enumerate(&texts, "or")))
    }

    /// Where a row says that a thing has something and nothing more, the things that have it: `countries`, `have the
    /// language "Dutch"` of a table `country_language` that holds each language of a country once.
    fn holders(&self) -> Option<(String, String)> {
        let shape = self.shape;
        if shape.tables.len() != 1 || !shape.group.is_empty() || shape.outputs.as_slice() != [Output::Count] {
            return None;
        }
        let base = self.base()?;
        let (thing, noun) = base.rsplit_once(' ')?;
        let named = shape.tests.iter().find_map(|test| match test {
            Test::Compare(column, BinaryOperator::Eq, constant) if flag(constant).is_none() => Some(column),
            _ => None,
        })?;
        let columns = self.schema.columns(&shape.tables[0])?;
        let keys: Vec<&str> =
            columns.iter().filter(|info| info.primary).map(|info| info.name.as_str()).collect();
        let pair = keys.len() == 2 && keys.iter().any(|key| key.eq_ignore_ascii_case(&named.name));
        let link = self
            .named(noun)
            .filter(|link| pair && !link.contains(" other than ") && self.schema.names_table(thing))?;
        Some((plural(thing), link.trim_start_matches("that ").to_string()))
    }

    /// The same where the different things are counted that the rows refer to.
    fn different_holders(&self, reference: &Column) -> Option<(String, String)> {
        let shape = self.shape;
        if shape.tables.len() != 1 || !shape.group.is_empty() || shape.outputs.len() != 1 {
            return None;
        }
        let (thing, base) = (self.noun_of(reference).join(" "), self.base()?);
        let noun = base.strip_prefix(&thing)?.strip_prefix(' ')?;
        let link = self.named(noun).filter(|_| self.schema.names_table(&thing.replace(' ', "_")))?;
        Some((plural(&thing), link.trim_start_matches("that ").to_string()))
    }

    /// How rows are linked to others: `that have a pet that is official`; a country has a language, no country language.
    fn linked_to(&self, entity: &str, noun: &str) -> Option<String> {
        let noun = noun.strip_prefix(entity).and_then(|rest| rest.strip_prefix(' ')).unwrap_or(noun);
        match self.named(noun) {
            Some(named) => Some(named),
            None => Some(format!("that have {} {noun}{}", article(noun), of_one(&self.conditions()?))),
        }
    }

    /// Examples of what rows refer to: `the codes of five countries that have the language "Dutch"`.
    fn few_referred(&self, number: u64) -> Option<String> {
        let shape = self.shape;
        let [Output::Column(reference)] = shape.outputs.as_slice() else { return None };
        let number = small(number)?;
        let noun = self.noun_of(reference).join(" ");
        let whole = self.schema.words(&reference.name).join(" ");
        let attribute = whole.strip_prefix(&noun)?.trim();
        let own = shape.tests.iter().all(|test| tested(test).table == shape.base);
        let named = self.schema.names_table(&noun.replace(' ', "_")) && matches!(attribute, "code" | "name");
        if reference.table != shape.base || shape.tables.len() != 1 || !own || !named {
            return None;
        }
        let link = self.linked_to(&noun, &self.base()?)?;
        Some(format!("Give me the {} of {number} {} {link}.", plural(attribute), plural(&noun)))
    }

    /// What is asked of things that a table of pairs links to others: `the students that have a pet whose type is cat`.
    /// A thing comes once for each of its others, so each value is asked for once.
    pub(super) fn as_pair(&self) -> Option<String> {
        let shape = self.shape;
        let Some(Output::Column(first)) = shape.outputs.first() else { return None };
        let (one, base) = (first.table, shape.base);
        let others: Vec<usize> =
            (0..shape.tables.len()).filter(|&table| table != one && table != base).collect();
        let is_asked = |output: &Output| matches!(output, Output::Column(column) if column.table == one);
        let plain = shape.group.is_empty() && shape.order.is_empty() && shape.limit.is_none() && !shape.star;
        let direct = |table: usize| shape.referrer[table].as_ref().is_some_and(|column| column.table == base);
        let table = &shape.tables[base];
        let pair = self.pairs(table);
        let is_pair = pair.is_some() || (self.entity(table).is_none() && others.len() == 1);
        // Of a table whose rows have a name the same is said where each value is asked for once anyway.
        let parts = |words: Option<String>| {
            words.zip(self.thing(one)).is_some_and(|(base, one)| base.starts_with(&format!("{one} ")))
        };
        let of_base = !is_pair
            && others.is_empty()
            && (shape.distinct || shape.examples.is_some() || parts(self.entity(table)));
        let is_pair = is_pair || of_base;
        let tables =
            one != base && direct(one) && others.iter().all(|&table| direct(table)) && others.len() <= 1;
        if !plain || !is_pair || !tables || shape.outer || !shape.outputs.iter().all(is_asked) {
            return None;
        }
        let reference = shape.referrer[one].as_ref()?;
        // `lost_in_battle` says more of a ship and a battle than that the one has the other.
        let entity = self.entity(&shape.tables[one])?;
        let says_more = |word: &String| !entity.split(' ').any(|own| own == english::singular(word));
        if of_base && self.noun_of(reference).iter().any(says_more) {
            return None;
        }
        let half = |table: usize| {
            let moved = |test: &Test| {
                let mut test = test.clone();
                tested_mut(&mut test).table = 0;
                test
            };
            let tests = shape.tests.iter().filter(|test| tested(test).table == table).map(moved).collect();
            Shape { tests, any: shape.any, examples: shape.examples, ..Shape::of_rows(&shape.tables[table]) }
        };
        let linked = if of_base { Some(base) } else { others.first().copied() };
        let (mut asked, other) = (half(one), linked.map(half));
        let kept = asked.tests.len() + other.as_ref().map_or(0, |other| other.tests.len());
        let mixed = shape.any && !asked.tests.is_empty() && kept > asked.tests.len();
        if kept != shape.tests.len() || mixed || self.thing(one)? != self.entity(&shape.tables[one])? {
            return None;
        }
        let (noun, link) = match &other {
            Some(other) => {
                let speaker = Speaker { shape: other, schema: self.schema };
                other.tests.iter().all(|test| speaker.sound(test)).then_some(())?;
                let noun = speaker.base()?;
                let link = speaker.linked_to(&entity, &noun)?;
                (noun, link)
            }
            None => {
                let noun = self.counted_for(reference)?;
                let link = format!("that have {} {noun}", article(&noun));
                (noun, link)
            }
        };
        if noun == entity {
            return None; // which of the two is meant, the words would not tell
        }
        asked.outputs = shape
            .outputs
            .iter()
            .map(|output| match output {
                Output::Column(column) => Output::Column(Column { table: 0, name: column.name.clone() }),
                other => other.clone(),
            })
            .collect();
        let speaker = Speaker { shape: &asked, schema: self.schema };
        speaker.check()?;
        let attributes: Vec<String> =
            asked.outputs.iter().map(|output| speaker.output(output)).collect::<Option<_>>()?;
        if attributes.len() > 5 || has_duplicates(&attributes) {
            return None;
        }
        // `students that have a dog and that have no cat`: what nests stands last.
        let nests = asked.tests.iter().any(|test| matches!(test, Test::Has(..)));
        let rows = match nests {
            true => format!("{} {link} and{}", plural(&entity), speaker.conditions()?),
            false => format!("{} {link}", speaker.rows()?),
        };
        if let Some(number) = shape.examples {
            return speaker.few(number, &attributes, &rows);
        }
        let listed: Vec<String> = attributes.iter().map(|attribute| plural_attribute(attribute)).collect();
        Some(format!("What are the different {} of the {rows}?", enumerate(&listed, "and")))
    }

    /// Counts and folds over all rows.
    fn folded(&self) -> Option<String> {
        let rows = self.rows()?;
        match self.shape.outputs.as_slice() {
            [Output::Count] => match self.holders() {
                Some((things, link)) => Some(format!("How many {things} {link}?")),
                None if self.kept_by(&self.shape.tables[self.shape.base]).is_some() => self.listed_times(),
                None => Some(format!("How many {} are there{}?", plural(&self.base()?), self.conditions()?)),
            },
            [Output::CountDistinct(column)] => {
                if let Some((things, link)) = self.different_holders(column) {
                    return Some(format!("How many {things} {link}?"));
                }
                let different = plural_attribute(&self.attribute(column)?);
                let rows = match self.of_keepers() {
                    Some((things, conditions)) => format!("{things}{conditions}"),
                    None => rows,
                };
                Some(format!("How many different {different} are there among the {rows}?"))
            }
            [Output::Fold(_, column)] if column.table != self.shape.base => self.repeated(column),
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
        let [(Output::Column(key), descending), ..] = self.shape.order.as_slice() else { return None };
        let info = self.info(key);
        // The lowest of a nullable column is a null, unless the query excludes nulls.
        let excluded = self.shape.tests.iter().any(|test| match test {
            Test::Null(column, recorded) => column == key && *recorded,
            Test::Compare(column, ..) | Test::Between(column, ..) => column == key && !self.shape.any,
            _ => false,
        });
        // Where it is shown, the answer tells that it is none.
        let shown = self.shape.outputs.contains(&Output::Column(key.clone()));
        let null_safe = *descending || excluded || shown || info.is_some_and(|info| info.not_null);
        let ordered = match info {
            Some(info) => info.numeric || info.temporal,
            // What a table of two words holds, only its columns tell.
            None => self.is_amount(key) && !self.base()?.contains(' '),
        };
        let measurable = ordered && !self.opaque(key);
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
            if self.info(column).is_none() && column.name.ends_with("year") {
                let direction = if *descending { "descending" } else { "ascending" };
                keys.push(format!("by {} in {direction} order", self.attribute(column)?));
                continue;
            }
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

/// A small number in words.
pub(super) fn small(number: u64) -> Option<&'static str> {
    ["two", "three", "four", "five"].get(usize::try_from(number).ok()?.checked_sub(2)?).copied()
}

/// The plural of an attribute: `years of birth`, `names`.
pub(super) fn plural_attribute(attribute: &str) -> String {
    match attribute.split_once(" of ") {
        Some((head, of)) => format!("{} of {of}", plural(head)),
        None if attribute.ends_with(" due") => format!("{} due", plural(attribute.trim_end_matches(" due"))),
        None if attribute.ends_with("ID") => format!("{attribute}s"),
        None => plural(attribute),
    }
}

fn has_duplicates(items: &[String]) -> bool {
    items.iter().enumerate().any(|(at, item)| items[..at].contains(item))
}
