//! One clause of a request: a call, or several calls of one tool, said as a person would ask for them.

use std::cell::RefCell;

use super::answer;
use super::call::Call;
use super::fields::{field_label, is_identifier, is_noise};
use super::given::{Given, is_secret};
use super::measures::{Conversion, conversion};
use super::merge::{Merged, merge};
use super::noun_kinds::is_set_up;
use super::own::in_status;
use super::payload::Node;
use super::roles::Role;
use super::said::{Said, head};
use super::subject::{Subject, mine, subject};
use super::substance::tells_most;
use super::usage::Usage;
use super::wanted::{Wanted, is_echoed_place, is_of_call, is_stated, tells_something, wanted};
use crate::hindsight::provenance::Source;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{capitalize, humanize, is_opaque, is_plural_phrase, say_value, singular};
use crate::hindsight::{Origin, Slot};
use crate::reading::Reading;
use crate::text::tables::FastMap;

/// A clause with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The tool that answers it.
    pub tool: String,
    /// The steps that demonstrate it, ascending.
    pub steps: Vec<u32>,
    /// Who the user is: `My user ID is mia_li_3668.`
    pub preamble: Option<String>,
    /// `find the direct flights from JFK to SEA on May 20, 2024`
    pub imperative: String,
    /// What it is about: `employee 10432`, `the companies called Northwind`, `my profile`.
    pub about: String,
    /// `Which direct flights are there from JFK to SEA on May 20, 2024?`
    pub question: Option<String>,
    /// What the calls returned, said.
    pub answer: String,
    /// The values the clause states.
    pub slots: Vec<Slot>,
    /// How far such clauses are accepted.
    pub prior: f32,
    /// Whether it names nothing in particular, and tells no more than how things are set up.
    pub is_trivial: bool,
}

/// What a clause is built from.
pub struct Material<'m, 'a> {
    /// The run.
    pub reading: &'m Reading<'a>,
    /// Which fields the run used.
    pub usage: &'m Usage,
    /// The clauses of calls alone, by their steps.
    alone: RefCell<FastMap<u32, Result<Clause, Reason>>>,
}

impl<'m, 'a> Material<'m, 'a> {
    /// A run and the fields it used.
    pub fn new(reading: &'m Reading<'a>, usage: &'m Usage) -> Self {
        Material { reading, usage, alone: RefCell::default() }
    }

    /// What a call returned, as it was returned.
    pub fn observation(&self, call: &Call<'_>) -> &'m str {
        self.reading.steps[call.step as usize].step.observation.unwrap_or("")
    }

    /// The clause of one call of the run. It is built once, though others refer to it.
    pub fn alone(&self, call: &Call<'_>) -> Result<Clause, Reason> {
        if let Some(known) = self.alone.borrow().get(&call.step) {
            return known.clone();
        }
        let built = clause(&[call], None, self);
        self.alone.borrow_mut().insert(call.step, built.clone());
        built
    }
}

/// Builds the clause of calls of one tool. `reference` says the subject where an identifier cannot be named.
pub fn clause(
    calls: &[&Call<'_>],
    reference: Option<&str>,
    material: &Material<'_, '_>,
) -> Result<Clause, Reason> {
    clause_about(calls, reference, None, material)
}

/// The same over these fields of the result, where the goal is known to ask for them.
pub fn clause_about(
    calls: &[&Call<'_>],
    reference: Option<&str>,
    about: Option<&[String]>,
    material: &Material<'_, '_>,
) -> Result<Clause, Reason> {
    let first = calls.first().ok_or(Reason::NoAsk)?;
    if reference.is_none() && calls.iter().any(|call| call.hop().is_some()) {
        return Err(Reason::OpaqueIdentifier);
    }
    // What is a part of several results is a part of what?
    if calls.len() > 1 && calls.iter().any(|call| call.payload.is_part && call.payload.node.is_list()) {
        return Err(Reason::AnswerUnreadable);
    }
    if !tells_something(calls) {
        return Err(Reason::NoAsk);
    }
    let merged = merge(calls, reference.is_some())?;
    let identity = first.identity();
    let subject = match (identity, reference) {
        (None, None) if calls.len() == 1 => mine(first, material).unwrap_or(Subject::None),
        (_, Some(_)) | (None, _) => Subject::None,
        (Some(identity), None) => subject(identity, &merged.identity, first, material),
    };
    if matches!(subject, Subject::Own { .. } | Subject::With { .. }) && calls.len() > 1 {
        return Err(Reason::NoAsk);
    }
    let wanted = match about {
        Some(fields) => Wanted::exactly(fields),
        None if in_status(&subject).is_some() => Wanted::exactly(&[]),
        None => wanted(calls, &subject, material.usage),
    };
    // A page of a list is not the list, where it is told as one field among others.
    let is_page = |call: &&Call<'_>| {
        let lists = |key: &String| call.payload.node.get(key).is_some_and(Node::is_list);
        call.payload.is_part && !call.payload.node.is_list() && wanted.keys.iter().any(lists)
    };
    if calls.iter().any(is_page) {
        return Err(Reason::AnswerUnreadable);
    }
    if !tells_most(&first.payload.node, &wanted, |value| is_stated(calls, value)) {
        return Err(Reason::AnswerUnreadable);
    }
    let said = Said {
        subject: &subject,
        reference,
        merged: &merged,
        keys: &wanted.asked,
        call: first,
        is_object: wanted.is_object,
    };
    let (imperative, question) = said.request()?;
    let about = said.about();
    let answer = answer_of(calls, &subject, reference, &wanted, &merged)?;
    // What was asked by is no answer: the brands called Ridgeline are Ridgeline.
    let told = answer.rsplit(": ").next().unwrap_or(&answer).trim_end_matches('.');
    let repeats = |given: &Given| given.values.iter().any(|value| value.eq_ignore_ascii_case(told));
    if first.payload.node.rows().len() == 1
        && answer.matches(": ").count() == 1
        && first.given.iter().any(repeats)
    {
        return Err(Reason::NoAsk);
    }
    if names_tool(&answer, material.reading) {
        return Err(Reason::AnswerUnreadable);
    }
    let login = match &subject {
        Subject::Mine { login, .. } => login.clone(),
        _ => None,
    };
    let slots = login.into_iter().chain(calls.iter().flat_map(|call| slots(call))).collect();
    Ok(Clause {
        tool: first.tool.to_string(),
        steps: steps(calls),
        preamble: match &subject {
            Subject::Own { label, value, .. } => {
                let told = identity.and_then(|identity| identity.told.as_ref()?.introduction.clone());
                Some(told.unwrap_or_else(|| format!("My {label} is {value}.")))
            }
            Subject::Mine { login: Some(login), .. } => {
                Some(format!("My {} is {}.", humanize(&login.name), login.value))
            }
            _ => None,
        },
        imperative,
        about,
        question,
        answer,
        slots,
        prior: prior(calls, &subject, &wanted.keys, &merged),
        is_trivial: !matches!(subject, Subject::Mine { .. }) && is_trivial(first, material.reading),
    })
}

/// Whether a call without a value gives a part of something, or what is there to work on: `list_tables`. The transactions of
/// whoever asks are worth asking for, where nothing chose among them.
fn is_trivial(call: &Call<'_>, reading: &Reading<'_>) -> bool {
    const LEAST: usize = 2;
    let payload = &call.payload;
    let tells = match &payload.node {
        Node::List(rows) => rows.len() >= LEAST && rows.iter().all(|row| matches!(row, Node::Record(_))),
        Node::Record(fields) => {
            let is_told =
                |(key, value): &&(String, Node)| !value.is_blank() && !is_identifier(key) && !is_noise(key);
            fields.iter().all(|(_, value)| matches!(value, Node::Scalar(..)) || value.is_blank())
                && fields.iter().filter(is_told).count() > LEAST
        }
        Node::Scalar(..) => false,
    };
    let chooses =
        reading.provenance().arguments(call.step as usize).iter().any(|argument| !is_secret(argument.name));
    // `the registries`: of what, nothing says.
    let is_bare = !call.words.object.contains(' ');
    call.given.is_empty()
        && (is_bare || chooses || payload.is_part || !tells || is_set_up(&call.words.object))
}

/// Whether an answer speaks of a tool: `Use get_hotels_prices next`.
pub fn names_tool(answer: &str, reading: &Reading<'_>) -> bool {
    let is_name = |word: &str| {
        reading.tools().iter().any(|tool| tool.name == word)
            || reading.steps.iter().any(|step| step.called_name() == Some(word))
    };
    answer.contains('_')
        && answer
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word.contains('_') && is_name(word))
}

/// The steps of calls, with those that they do not work without.
fn steps(calls: &[&Call<'_>]) -> Vec<u32> {
    let mut steps: Vec<u32> = calls.iter().flat_map(|call| call.steps()).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

fn answer_of(
    calls: &[&Call<'_>],
    subject: &Subject,
    reference: Option<&str>,
    wanted: &Wanted,
    together: &Merged,
) -> Result<String, Reason> {
    let parts: Result<Vec<String>, Reason> = calls
        .iter()
        .enumerate()
        .map(|(at, call)| {
            let subject = if calls.len() == 1 { subject.clone() } else { subject.nth(at) };
            let own: Merged;
            let merged = if calls.len() == 1 {
                together
            } else {
                own = merge(&[call], reference.is_some())?;
                &own
            };
            let said =
                Said { subject: &subject, reference, merged, keys: &[], call, is_object: wanted.is_object };
            said_payload(call, wanted, &said.heading(), calls.len() > 1).ok_or(Reason::AnswerUnreadable)
        })
        .collect();
    Ok(parts?.join("\n"))
}

/// The verb after a heading: that of its first noun phrase.
fn is_or_are(heading: &str) -> &'static str {
    if is_plural_phrase(head(heading)) { "are" } else { "is" }
}

/// `19.4 km`, `USD 165`: a number with its unit.
fn is_figure(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() == 2 && words.iter().any(|word| word.parse::<f64>().is_ok())
}

/// Whether most lines of a text are rows that were not read.
fn is_bare_table(text: &str) -> bool {
    let commas: Vec<usize> = text.lines().map(|line| line.matches(',').count()).collect();
    let most = commas.iter().copied().max().unwrap_or(0);
    most >= 3
        && commas.len() >= 3
        && commas.iter().filter(|&&count| count == most).count() + 2 >= commas.len()
}

/// Whether a text is a row of values without their names.
fn is_bare_row(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
    text.matches(',').count() >= 2
        && !text.contains([' ', '\n'])
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
}

/// A sentence with the mark at its end.
fn ended(sentence: String) -> String {
    if sentence.ends_with(['.', '?', '!', '。', '？', '！']) { sentence } else { format!("{sentence}.") }
}

/// A result under its heading.
fn said_payload(call: &Call<'_>, wanted: &Wanted, heading: &str, is_one_of_several: bool) -> Option<String> {
    let keys = &wanted.keys;
    if let Some(Conversion { amount, to, value }) = conversion(call) {
        return Some(format!("{} are {value} {to}.", capitalize(&amount)));
    }
    match &call.payload.node {
        Node::Record(known) if wanted.is_object => {
            let known = Node::Record(answer::measured(known).into_owned());
            let values: Option<Vec<String>> =
                keys.iter().map(|key| answer::value(key, known.get(key)?)).collect();
            Some(ended(format!("{heading} {} {}", is_or_are(heading), values?.join(" "))))
        }
        Node::Record(known) => {
            let known = answer::measured(known);
            let chosen: Vec<(&str, &Node)> = known
                .iter()
                .map(|(key, value)| (key.as_str(), value))
                .filter(|(key, value)| {
                    if keys.is_empty() {
                        let is_said = value.text().is_some_and(|text| {
                            matches!(*key, "name" | "title") && heading.contains(text)
                                || call
                                    .given
                                    .iter()
                                    .any(|given| given.values.iter().any(|value| value == text))
                        });
                        let is_file =
                            value.text().is_some_and(|text| !text.contains(' ') && text.contains('/'))
                                && key.to_ascii_lowercase().ends_with("path");
                        let is_aside =
                            is_file || is_identifier(key) || is_of_call(key) || is_echoed_place(key, value);
                        !value.is_blank() && field_label(key).is_some() && !is_aside && !is_said
                    } else {
                        keys.iter().any(|chosen| chosen == key)
                    }
                })
                .collect();
            // What is described in records alone is no answer to a question about one thing.
            let is_nested = |(_, value): &(&str, &Node)| matches!(value, Node::Record(inner) if answer::reference(inner).is_none());
            if keys.is_empty() && chosen.len() > 1 && chosen.iter().all(is_nested) {
                return None;
            }
            let said = answer::record(&chosen)?;
            (!said.is_empty()).then(|| format!("{heading}: {}.", said.trim_end_matches('.')))
        }
        // Posts are no figures, though a system counts them by such.
        Node::List(rows) if !is_numeric(&call.words.object) && rows.iter().all(is_whole_number) => None,
        Node::List(rows) => {
            let said = answer::list(rows, keys).filter(|said| said.contains(char::is_alphanumeric))?;
            let gap = if said.starts_with("- ") { "\n" } else { " " };
            Some(format!("{heading}:{gap}{said}"))
        }
        // Found was the key that a program goes on with: `item_00000`.
        Node::Scalar(text, _) if text.contains('_') && is_opaque(text) && !asks_for_a_key(heading) => None,
        // An offset in hours is no time zone that anybody would name.
        Node::Scalar(text, _) if text.parse::<f64>().is_ok() && is_zone(&call.words.object) => None,
        // What tells the agent that it acted is no answer to who asked for it: `You open the cabinet.`
        Node::Scalar(text, _) if narrates(text, &call.words.verb) => None,
        Node::Scalar(text, _)
            if text.len() <= 60 && !is_bare_row(text) && (!text.trim().contains(' ') || is_figure(text)) =>
        {
            let said = spaced(say_value(&answer::without_markup(text)));
            Some(ended(format!("{heading} {} {said}", is_or_are(heading))))
        }
        // A row of a table without its header: `order,BS-20931,total,86.40`.
        Node::Scalar(text, _) if is_bare_row(text) || is_bare_table(text) => None,
        Node::Scalar(text, _) if addresses_agent(text) || holds_data(text) => None,
        // One of several texts says whose it is.
        Node::Scalar(text, _) if is_one_of_several && text.len() <= 60 && !text.contains('\n') => {
            Some(ended(format!("{heading}: {}", answer::without_markup(text).trim())))
        }
        Node::Scalar(text, _) if is_one_of_several => {
            answer::prose(text).map(|prose| format!("{heading}:\n{prose}"))
        }
        Node::Scalar(text, _) => answer::prose(text).filter(|prose| {
            prose.contains(char::is_alphanumeric)
                && (!prose.starts_with("```") || holds_text(&call.words.object))
        }),
    }
}

/// Words that only commas part, with blanks: `red,green,blue`.
fn spaced(text: String) -> String {
    let is_words = text.contains(',') && text.chars().all(|c| c.is_alphabetic() || c == ',');
    if is_words { text.replace(',', ", ") } else { text }
}

/// Whether a thing is a time zone.
fn is_zone(object: &str) -> bool {
    object.ends_with("timezone") || object.ends_with("time zone")
}

/// Whether a text tells who acts what they do, as games of text do.
fn narrates(text: &str, verb: &str) -> bool {
    let rest = text.trim_start().strip_prefix("You ");
    !verb.is_empty()
        && rest.and_then(|rest| rest.strip_prefix(verb)).is_some_and(|rest| rest.starts_with(' '))
}

fn is_whole_number(row: &Node) -> bool {
    row.text().is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether things are figures by their name.
fn is_numeric(object: &str) -> bool {
    const FIGURES: &[&str] = &[
        "number",
        "id",
        "identifier",
        "code",
        "year",
        "score",
        "price",
        "rate",
        "amount",
        "count",
        "value",
        "total",
        "digit",
        "prime",
        "factor",
        "figure",
        "temperature",
        "statistic",
        "result",
        "salary",
        "age",
        "size",
        "rating",
        "grade",
        "mark",
        "point",
        "series",
        "sequence",
        "data",
        "day",
        "hour",
        "odds",
        "level",
        "reading",
        "measurement",
        "time",
        "sum",
        "balance",
        "cost",
        "fee",
        "population",
        "distance",
        "room",
        "page",
        "port",
        "line",
        "version",
        "zip",
    ];
    let last = singular(object.rsplit(' ').next().unwrap_or(object));
    FIGURES.contains(&last.as_str())
}

/// Whether a text is data under a head that was not read: the reply of a server with its headers.
fn holds_data(text: &str) -> bool {
    text.contains("{\"") || text.starts_with("HTTP/")
}

/// Whether a tool tells the agent what to do with its result: `share this link with the user`.
fn addresses_agent(text: &str) -> bool {
    ["to the user", "with the user", "tell the user", "IMPORTANT**"].iter().any(|words| text.contains(words))
}

/// Whether a thing is text as it stands: a file, a log, a manifest.
fn holds_text(object: &str) -> bool {
    const TEXTS: &[&str] = &[
        "content",
        "file",
        "code",
        "log",
        "config",
        "configuration",
        "manifest",
        "script",
        "diff",
        "readme",
        "source",
        "output",
        "yaml",
        "report",
        "table",
        "schedule",
        "timetable",
        "template",
        "snippet",
        "patch",
        "document",
        "definition",
    ];
    let last = singular(object.rsplit(' ').next().unwrap_or(object));
    TEXTS.contains(&last.as_str())
}

/// Whether a heading is of something that people know as a key: `The user ID of Ann Lee`.
fn asks_for_a_key(heading: &str) -> bool {
    const KEYS: &[&str] =
        &["id", "identifier", "number", "code", "key", "reference", "username", "handle", "name"];
    heading
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| KEYS.iter().any(|key| word.eq_ignore_ascii_case(key)))
}

/// The values that a call is given.
pub fn slots(call: &Call<'_>) -> Vec<Slot> {
    call.given
        .iter()
        .filter(|given| given.role != Role::Manner && !is_none(given))
        .flat_map(|given| match &given.told {
            Some(told) => told.slots.clone(),
            None => given
                .values
                .iter()
                .map(|value| Slot {
                    name: given.name.clone(),
                    value: value.clone(),
                    origin: origin(&given.source),
                    step: call.step,
                })
                .collect(),
        })
        .collect()
}

/// At most none: said without the number.
fn is_none(given: &Given) -> bool {
    matches!(&given.role, Role::AtMost(what) if is_plural_phrase(what)) && given.values == ["0"]
}

fn origin(source: &Source) -> Origin {
    match source {
        Source::User { .. } => Origin::User,
        Source::Observation { .. } => Origin::Observation,
        Source::Constant => Origin::Constant,
        Source::Invented => Origin::Invented,
    }
}

/// A longer text is more than a sentence.
const MAX_SENTENCE: usize = 120;

/// How often goals of this make were accepted on the judged prototypes, less for what raters marked down.
fn prior(calls: &[&Call<'_>], subject: &Subject, keys: &[String], merged: &Merged) -> f32 {
    let call = calls[0];
    let mut prior = 0.95_f32;
    if !call.words.from_description && call.words.verb.is_empty() {
        prior -= 0.05;
    }
    if keys.is_empty() && matches!(call.payload.node, Node::Record(_)) {
        prior -= 0.08;
    }
    match &call.payload.node {
        Node::Scalar(text, _) if is_figure(text) => {}
        // One sentence is an answer; more may be about more than was asked.
        Node::Scalar(text, _) if text.len() <= MAX_SENTENCE && !text.contains('\n') => prior -= 0.05,
        Node::Scalar(..) => prior -= 0.1,
        _ => {}
    }
    if call.payload.is_part {
        prior -= 0.05;
    }
    if matches!(subject, Subject::With { .. }) {
        prior -= 0.02;
    }
    prior - 0.1 * merged.poorly_named as f32 - 0.05 * merged.invented as f32
}
