//! When a rule fires: conditions over text fields and signals.

use toml::de::DeTable;

use super::diagnostic::nearest;
use super::limits;
use super::table::{Sink, Table};
use crate::signals::{SIGNALS, index_of};
use crate::trajectory::Field;

/// Which step's field is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// That of every step.
    Any,
    /// That of the first step that has it.
    First,
    /// That of the last step that has it.
    Last,
}

/// A part of a run's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slice {
    /// The field.
    pub field: Field,
    /// Of which step.
    pub position: Position,
    /// Only so many bytes at its head.
    pub head: Option<u32>,
    /// Only so many bytes at its tail.
    pub tail: Option<u32>,
}

/// How many hits a leaf needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// At least so many.
    pub at_least: u32,
    /// At most so many.
    pub at_most: u32,
}

impl Threshold {
    /// Whether so many hits are enough and not too many.
    pub fn holds(self, hits: usize) -> bool {
        (self.at_least as usize..=self.at_most as usize).contains(&hits)
    }
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every one holds.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// So many hold.
    Count(Vec<Condition>, Threshold),
    /// Literals, each occurrence a hit, overlapping ones too.
    Literals {
        /// The literals, none of them empty.
        literals: Vec<String>,
        /// Whether ASCII case counts not.
        ignore_case: bool,
        /// Where they are looked for.
        slices: Vec<Slice>,
        /// How many occurrences, all literals and slices together.
        threshold: Threshold,
    },
    /// A regular expression, each match a hit.
    Regex {
        /// The pattern.
        pattern: String,
        /// Where it is looked for.
        slices: Vec<Slice>,
        /// How many matches.
        threshold: Threshold,
    },
    /// A signal.
    Signal {
        /// Position in [`SIGNALS`].
        signal: usize,
        /// Of which call.
        position: Position,
        /// How many hits.
        threshold: Threshold,
    },
    /// One step, then another, or none.
    Sequence(Box<Sequence>),
}

/// A condition over the order of steps. Its conditions are asked of each step by itself: hits elsewhere
/// do not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// Holds at a step.
    pub first: Condition,
    /// What `second` is to what comes after that step.
    pub order: Order,
    /// Holds at a later step, or at none.
    pub second: Condition,
    /// How many steps after the first are looked at; `u32::MAX` is all of them.
    pub within: u32,
}

/// What comes after the first step of a [`Sequence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// A step at which the second condition holds.
    Then,
    /// No such step, be it because the run ends.
    Never,
}

/// The operators of the language.
pub const OPERATORS: &[&str] =
    &["all", "any", "not", "count", "sequence", "literal", "literals", "regex", "signal"];
/// The keys of `sequence`.
pub const SEQUENCE_KEYS: &[&str] = &["first", "then", "never", "within"];
const TEXT_KEYS: &[&str] = &["field", "position", "head_bytes", "tail_bytes", "at_least", "at_most"];

/// The names of the fields in the language.
pub const FIELDS: &[(&str, Field)] = &[
    ("prompt", Field::OriginalPrompt),
    ("system", Field::System),
    ("user", Field::User),
    ("thought", Field::Thought),
    ("action", Field::ActionName),
    ("arguments", Field::ActionInput),
    ("observation", Field::Observation),
    ("answer", Field::FinalAnswer),
];

/// The key of a sequence that says what comes after its first step.
pub const ORDERS: &[(&str, Order)] = &[("then", Order::Then), ("never", Order::Never)];

const POSITIONS: &[(&str, Position)] =
    &[("any", Position::Any), ("first", Position::First), ("last", Position::Last)];

/// The fields of the run as a whole.
const RUN_FIELDS: &[Field] = &[Field::OriginalPrompt, Field::System, Field::FinalAnswer];

/// The deepest nesting of conditions: deeper ones are a mistake, and reading and evaluation recurse.
const MAX_DEPTH: usize = 16;

/// Where a condition stands.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// Whether it is asked of a step of a sequence, not of the run.
    in_step: bool,
}

impl Place {
    fn deeper(self) -> Place {
        Place { depth: self.depth + 1, ..self }
    }
}

impl Condition {
    /// Reads a condition; reports what is wrong with it.
    pub fn parse(
        table: &DeTable<'_>,
        span: std::ops::Range<usize>,
        sink: &mut Sink<'_>,
    ) -> Option<Condition> {
        Self::nested(table, span, Place { depth: 0, in_step: false }, sink)
    }

    fn nested(
        table: &DeTable<'_>,
        span: std::ops::Range<usize>,
        place: Place,
        sink: &mut Sink<'_>,
    ) -> Option<Condition> {
        if place.depth > MAX_DEPTH {
            sink.error("too-deep", span, format!("Conditions nest deeper than {MAX_DEPTH}."), None);
            return None;
        }
        let present: Vec<_> = OPERATORS.iter().filter(|operator| table.contains_key(**operator)).collect();
        let &[operator] = present.as_slice() else {
            let found = if present.is_empty() { "none" } else { "several" };
            let near = table.keys().find_map(|key| nearest(key.get_ref(), OPERATORS.iter().copied()));
            let help = near.filter(|_| present.is_empty()).map(|near| format!("Did you mean `{near}`?"));
            let title = format!("A condition has exactly one of {}; this has {found}.", OPERATORS.join(", "));
            sink.error("bad-condition", span, title, help);
            return None;
        };
        let read = |known: &[&str], sink: &mut Sink<'_>| {
            let known = [&[*operator], known].concat();
            Table::new(table, span.clone(), "a condition", &known, sink)
        };
        match *operator {
            "all" | "any" => {
                let conditions = Self::list(&read(&[], sink), operator, place, sink)?;
                Some(if *operator == "all" { Condition::All(conditions) } else { Condition::Any(conditions) })
            }
            "not" => {
                let (inner, span) = read(&[], sink).table("not", sink)?;
                Some(Condition::Not(Box::new(Self::nested(inner, span, place.deeper(), sink)?)))
            }
            "count" => {
                let (inner, span) = read(&[], sink).table("count", sink)?;
                let inner = Table::new(inner, span, "`count`", &["of", "at_least", "at_most"], sink);
                if inner.get("at_least").is_none() && inner.get("at_most").is_none() {
                    inner.missing("at_least", sink);
                }
                let threshold = threshold(&inner, sink);
                Some(Condition::Count(Self::list(&inner, "of", place, sink)?, threshold))
            }
            "sequence" => Self::sequence(&read(&[], sink), place, sink),
            "literal" | "literals" => {
                let table = read(&[TEXT_KEYS, &["ignore_case"]].concat(), sink);
                let literals = table.strings(operator, sink);
                if literals.is_empty() || literals.iter().any(String::is_empty) {
                    sink.error("empty-value", table.span_of(operator), "A literal is empty.".into(), None);
                    return None;
                }
                Some(Condition::Literals {
                    literals,
                    ignore_case: table.boolean("ignore_case", sink).unwrap_or(false),
                    slices: slices(&table, place, sink)?,
                    threshold: threshold(&table, sink),
                })
            }
            "regex" => {
                let table = read(TEXT_KEYS, sink);
                let pattern = table.string("regex", sink)?;
                if pattern.is_empty() {
                    sink.error("empty-value", table.span_of("regex"), "A pattern is empty.".into(), None);
                    return None;
                }
                if let Err((title, help)) = regex(&pattern) {
                    sink.error("bad-regex", table.span_of("regex"), title, help.map(str::to_owned));
                    return None;
                }
                Some(Condition::Regex {
                    pattern,
                    slices: slices(&table, place, sink)?,
                    threshold: threshold(&table, sink),
                })
            }
            _ => {
                let table = read(&["position", "at_least", "at_most"], sink);
                let name = table.string("signal", sink)?;
                let Some(signal) = index_of(&name) else {
                    let near = nearest(&name, SIGNALS.iter().map(|signal| signal.name));
                    let help = near.map(|near| format!("Did you mean `{near}`?"));
                    let title = format!("There is no signal `{name}`.");
                    sink.error("unknown-signal", table.span_of("signal"), title, help);
                    return None;
                };
                Some(Condition::Signal {
                    signal,
                    position: table.word("position", POSITIONS, sink).unwrap_or(Position::Any),
                    threshold: threshold(&table, sink),
                })
            }
        }
    }

    /// Shows every literal, regex and signal of a condition.
    pub fn each_leaf<'c>(&'c self, visit: &mut impl FnMut(&'c Condition)) {
        match self {
            Condition::All(conditions) | Condition::Any(conditions) | Condition::Count(conditions, _) => {
                conditions.iter().for_each(|condition| condition.each_leaf(visit));
            }
            Condition::Not(condition) => condition.each_leaf(visit),
            Condition::Sequence(sequence) => {
                sequence.first.each_leaf(visit);
                sequence.second.each_leaf(visit);
            }
            Condition::Literals { .. } | Condition::Regex { .. } | Condition::Signal { .. } => visit(self),
        }
    }

    fn sequence(table: &Table<'_, '_>, place: Place, sink: &mut Sink<'_>) -> Option<Condition> {
        let (inner, span) = table.table("sequence", sink)?;
        if place.in_step {
            let title = "A sequence stands in a step of another; a step has no order.".to_owned();
            let help = "Join two sequences with `all`.".to_owned();
            sink.error("bad-condition", span, title, Some(help));
            return None;
        }
        let table = Table::new(inner, span, "`sequence`", SEQUENCE_KEYS, sink);
        let orders: Vec<_> = ORDERS.iter().filter(|(key, _)| table.get(key).is_some()).collect();
        if table.get("first").is_none() {
            table.missing("first", sink);
        }
        let first = Self::step("first", &table, place, sink);
        let &[&(key, order)] = orders.as_slice() else {
            let found = if orders.is_empty() { "neither" } else { "both" };
            let title = format!("A sequence has either `then` or `never`; this has {found}.");
            sink.error("bad-condition", table.span(), title, None);
            return None;
        };
        let second = Self::step(key, &table, place, sink);
        let within = table.count("within", sink).unwrap_or(u32::MAX);
        Some(Condition::Sequence(Box::new(Sequence { first: first?, order, second: second?, within })))
    }

    fn step(key: &str, table: &Table<'_, '_>, place: Place, sink: &mut Sink<'_>) -> Option<Condition> {
        let (inner, span) = table.table(key, sink)?;
        Self::nested(inner, span, Place { in_step: true, ..place.deeper() }, sink)
    }

    fn list(table: &Table<'_, '_>, key: &str, place: Place, sink: &mut Sink<'_>) -> Option<Vec<Condition>> {
        let tables = table.tables(key, sink);
        if tables.is_empty() {
            sink.error("bad-condition", table.span_of(key), format!("`{key}` lists no condition."), None);
            return None;
        }
        // Each is read even after a bad one, so that all mistakes are reported at once.
        let read: Vec<_> =
            tables.into_iter().map(|(inner, span)| Self::nested(inner, span, place.deeper(), sink)).collect();
        read.into_iter().collect()
    }
}

/// Compiles a pattern within the limits of the language; the error is a sentence and what to do.
/// Matching is linear in the text.
pub fn regex(pattern: &str) -> Result<regex::Regex, (String, Option<&'static str>)> {
    if pattern.len() > limits::REGEX_BYTES {
        let (found, most) = (pattern.len(), limits::REGEX_BYTES);
        let title = format!("The regular expression has {found} bytes; at most {most} are read.");
        return Err((title, Some("Split it, or write its words as `literals`.")));
    }
    let compiled = regex::RegexBuilder::new(pattern)
        .size_limit(limits::REGEX_COMPILED_BYTES)
        .dfa_size_limit(limits::REGEX_COMPILED_BYTES)
        .nest_limit(limits::REGEX_DEPTH)
        .build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(most) => (
            format!("The regular expression is larger than {most} bytes once it is compiled."),
            Some("Repeat less, or smaller classes: `[0-9A-Za-z_]` is a hundredth of `\\w`."),
        ),
        error => {
            // The message of the regex crate draws the pattern over several lines; its last says why.
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            (format!("The regular expression does not compile: {why}."), None)
        }
    })
}

fn threshold(table: &Table<'_, '_>, sink: &mut Sink<'_>) -> Threshold {
    let at_most = table.count("at_most", sink);
    // `at_most = 0` alone means "none"; without either, one hit is enough.
    let at_least = table.count("at_least", sink).unwrap_or(u32::from(at_most.is_none()));
    let at_most = at_most.unwrap_or(u32::MAX);
    if at_least > at_most {
        let title = format!("`at_least` ({at_least}) is more than `at_most` ({at_most}).");
        sink.error("bad-condition", table.span_of("at_least"), title, None);
    }
    Threshold { at_least, at_most }
}

fn slices(table: &Table<'_, '_>, place: Place, sink: &mut Sink<'_>) -> Option<Vec<Slice>> {
    let mut names = table.strings("field", sink);
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    if names.is_empty() {
        table.missing("field", sink);
        return None;
    }
    let position = table.word("position", POSITIONS, sink).unwrap_or(Position::Any);
    let (head, tail) = (table.count("head_bytes", sink), table.count("tail_bytes", sink));
    let fields: Vec<_> = names
        .iter()
        .filter_map(|name| {
            let field = FIELDS.iter().find(|(known, _)| known == name).map(|(_, field)| *field);
            if field.is_none() {
                let known: Vec<_> = FIELDS.iter().map(|(known, _)| *known).collect();
                let title = format!("There is no field `{name}`; fields are {}.", known.join(", "));
                let help = nearest(name, known).map(|near| format!("Did you mean `{near}`?"));
                sink.error("unknown-field", table.span_of("field"), title, help);
            }
            field
        })
        .collect();
    let of_run = fields.iter().position(|field| place.in_step && RUN_FIELDS.contains(field));
    if let Some(at) = of_run.filter(|_| fields.len() == names.len()) {
        let title = format!("The field `{}` is of the run, and a sequence looks at steps.", names[at]);
        let help = "Ask for it beside the sequence, under `all`.".to_owned();
        sink.error("not-of-a-step", table.span_of("field"), title, Some(help));
        return None;
    }
    (fields.len() == names.len())
        .then(|| fields.into_iter().map(|field| Slice { field, position, head, tail }).collect())
}
