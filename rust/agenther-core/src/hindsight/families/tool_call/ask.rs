//! One clause of a request: a call, or several calls of one tool, said as a person would ask for them.

use std::borrow::Cow;

use super::answer;
use super::call::{Call, Given};
use super::field_label;
use super::payload::Node;
use super::roles::{Role, say};
use super::usage::{Usage, fields};
use super::words::{Manner, attribute};
use crate::hindsight::provenance::Source;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{capitalize, is_plural_phrase, join, plural, say_value, singular};
use crate::hindsight::{Origin, Slot};
use crate::reading::Reading;

/// Fields that one clause asks for at most.
const MAX_FIELDS: usize = 5;

/// Parameters that one clause states at most: more read like a form.
const MAX_SLOTS: usize = 5;

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
    /// `Which direct flights are there from JFK to SEA on May 20, 2024?`
    pub question: Option<String>,
    /// What the calls returned, said.
    pub answer: String,
    /// The values the clause states.
    pub slots: Vec<Slot>,
    /// How far such clauses are accepted.
    pub prior: f32,
}

/// Who or what a clause is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The user's own profile or account.
    Own {
        /// `user ID`
        label: String,
        /// The identifier.
        value: String,
        /// `profile` or `account`
        place: &'static str,
    },
    /// `reservation M05KNL`, `reservations A and B`
    Named {
        /// `reservation`
        entity: String,
        /// The identifiers.
        values: Vec<String>,
    },
    /// The thing `of AAPL`.
    Of(String),
    /// The thing `with tracking number GHI789`.
    With {
        /// `tracking number`
        label: String,
        /// The identifier.
        value: String,
    },
    /// A thing that its slots describe.
    None,
}

/// What a clause is built from.
pub struct Material<'m, 'a> {
    /// The run.
    pub reading: &'m Reading<'a>,
    /// Which fields the run used.
    pub usage: &'m Usage,
    /// Everything the user wrote.
    pub user_text: &'m str,
}

/// Builds the clause of calls of one tool. `reference` says the subject where an identifier cannot be named.
pub fn clause(
    calls: &[&Call<'_>],
    reference: Option<&str>,
    material: &Material<'_, '_>,
) -> Result<Clause, Reason> {
    let first = calls.first().ok_or(Reason::NoAsk)?;
    if reference.is_none() && calls.iter().any(|call| call.hop().is_some()) {
        return Err(Reason::OpaqueIdentifier);
    }
    let merged = merge(calls, reference.is_some())?;
    let identity = first.identity();
    let subject = match (identity, reference) {
        (_, Some(_)) | (None, _) => Subject::None,
        (Some(identity), None) => subject(identity, &merged.identity, first, material),
    };
    if matches!(subject, Subject::Own { .. } | Subject::Of(_) | Subject::With { .. }) && calls.len() > 1 {
        return Err(Reason::NoAsk);
    }
    let keys = asked_fields(calls, &subject, material);
    let said = Said { subject: &subject, reference, merged: &merged, keys: &keys, call: first };
    let (imperative, question) = said.request()?;
    let answer = answer_of(calls, &subject, reference, &keys, &merged)?;
    let slots = calls.iter().flat_map(|call| slots(call, material)).collect();
    Ok(Clause {
        tool: first.tool.to_string(),
        steps: calls.iter().map(|call| call.step).collect(),
        preamble: match &subject {
            Subject::Own { label, value, .. } => Some(format!("My {label} is {value}.")),
            _ => None,
        },
        imperative,
        question,
        answer,
        slots,
        prior: prior(calls, &subject, &keys, &merged),
    })
}

/// Slots in words: those before the noun, the identifiers, and the rest after it.
#[derive(Debug, Default)]
struct Merged {
    adjectives: String,
    identity: Vec<String>,
    tail: String,
    /// The tail of each call alone, for the headings of the answer.
    tails: Vec<String>,
    slots: usize,
    poorly_named: usize,
    invented: usize,
}

/// Joins the slots of calls of one tool: one phrase where they differ in one parameter, else a phrase each.
fn merge(calls: &[&Call<'_>], by_reference: bool) -> Result<Merged, Reason> {
    let first = calls[0];
    let same_names = |call: &&Call<'_>| {
        call.given.len() == first.given.len()
            && call.given.iter().zip(&first.given).all(|(a, b)| a.name == b.name)
    };
    if !calls.iter().all(same_names) {
        return Err(Reason::NoAsk);
    }
    let mut merged = Merged::default();
    let is_identity = |given: &Given| matches!(given.role, Role::Identity { .. });
    let identity = first.given.iter().position(is_identity);
    if let Some(at) = identity {
        merged.identity = calls.iter().flat_map(|call| call.given[at].values.clone()).collect();
    }
    let rest: Vec<usize> = (0..first.given.len())
        .filter(|&at| Some(at) != identity && first.given[at].role != Role::Manner)
        .filter(|&at| !(by_reference && first.given[at].opaque))
        .collect();
    merged.slots = rest.len() + usize::from(identity.is_some());
    if merged.slots > MAX_SLOTS {
        return Err(Reason::NoAsk);
    }
    merged.poorly_named = rest.iter().filter(|&&at| matches!(first.given[at].role, Role::With(_))).count();
    merged.invented =
        rest.iter().filter(|&&at| calls.iter().any(|call| call.given[at].source == Source::Invented)).count();
    merged.tails = calls.iter().map(|call| tail(&rest, call, &mut String::new())).collect();
    let differing: Vec<usize> = rest
        .iter()
        .copied()
        .filter(|&at| calls.iter().any(|call| call.given[at].values != first.given[at].values))
        .collect();
    if differing.len() <= 1 {
        let mut joined = (*first).clone();
        for &at in &differing {
            joined.given[at].values = calls.iter().flat_map(|call| call.given[at].values.clone()).collect();
        }
        merged.tail = tail(&rest, &joined, &mut merged.adjectives);
    } else if identity.is_none() && calls.len() <= 3 {
        let shared: Vec<usize> = rest.iter().copied().filter(|at| !differing.contains(at)).collect();
        let own: Vec<String> = calls.iter().map(|call| tail(&differing, call, &mut String::new())).collect();
        let shared = tail(&shared, first, &mut merged.adjectives);
        merged.tail =
            [join(&own), shared].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        if first
            .given
            .iter()
            .enumerate()
            .any(|(at, given)| differing.contains(&at) && given.role == Role::Adjective)
        {
            return Err(Reason::NoAsk);
        }
    } else {
        return Err(Reason::NoAsk);
    }
    Ok(merged)
}

fn tail(places: &[usize], call: &Call<'_>, adjectives: &mut String) -> String {
    let mut given: Vec<&Given> = places.iter().map(|&at| &call.given[at]).collect();
    given.sort_by(|a, b| a.role.cmp(&b.role));
    let mut parts = Vec::new();
    for given in given {
        let values: Vec<Cow<'_, str>> =
            given.values.iter().map(|value| Cow::Borrowed(value.as_str())).collect();
        if given.role == Role::Adjective {
            let said: Vec<String> = values.iter().map(|value| say_value(value)).collect();
            adjectives.push_str(&join(&said));
            adjectives.push(' ');
        } else {
            let part = say(&given.role, &values);
            // `from May 1 until May 9` reads better as `from … to …`.
            let part = match part.strip_prefix("until ") {
                Some(end) if parts.last().is_some_and(|last: &String| last.starts_with("from ")) => {
                    format!("to {end}")
                }
                _ => part,
            };
            parts.push(part);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// Things that are the user, so that their identifier is the user's own.
const SELVES: &[&str] = &[
    "user",
    "customer",
    "account",
    "member",
    "client",
    "patient",
    "student",
    "employee",
    "subscriber",
    "profile",
    "loyalty",
    "login",
    "guest",
    "card",
    "policy",
];

fn subject(identity: &Given, values: &[String], call: &Call<'_>, material: &Material<'_, '_>) -> Subject {
    let Role::Identity { entity, label } = &identity.role else { return Subject::None };
    let value = values[0].clone();
    let object = &call.words.object;
    let head = object.rsplit(' ').next().unwrap_or(object);
    let said_label = user_label(&identity.source, material);
    let entity_words = entity.rsplit(' ').next().unwrap_or("");
    let in_object =
        !entity.is_empty() && object.split(' ').any(|word| singular(word) == singular(entity_words));
    let is_self = SELVES.contains(&entity_words) || entity.is_empty() && SELVES.contains(&head);
    if is_self && values.len() == 1 && user_says_own(&identity.source, material) {
        let place = if entity_words == "user" || entity_words == "profile" || entity.is_empty() {
            "profile"
        } else {
            "account"
        };
        let label = said_label
            .unwrap_or_else(|| if entity.is_empty() { format!("{head} {label}") } else { label.clone() });
        return Subject::Own { label, value, place };
    }
    let names_by_id = label.ends_with("ID") || label.ends_with("name") || label.ends_with("title");
    if !entity.is_empty() && (in_object || names_by_id) {
        return Subject::Named { entity: singular(entity), values: values.to_vec() };
    }
    if entity.is_empty() && label == "ID" {
        return Subject::Named { entity: singular(head), values: values.to_vec() };
    }
    if matches!(label.as_str(), "symbol" | "ticker") {
        return Subject::Of(value);
    }
    Subject::With { label: said_label.unwrap_or_else(|| label.clone()), value }
}

/// The user's text that a value was found in, and where.
fn said_in<'m>(source: &Source, material: &Material<'m, '_>) -> Option<(&'m str, usize)> {
    let Source::User { step, span } = *source else { return None };
    let text = match step {
        None => material.reading.run.original_prompt?,
        Some(step) => material.reading.steps[step as usize].step.user?,
    };
    Some((text, span.start as usize))
}

fn user_says_own(source: &Source, material: &Material<'_, '_>) -> bool {
    let Some((text, start)) = said_in(source, material) else { return false };
    let before = &text[..start];
    let sentence = before.rsplit(['.', '!', '?', '\n']).next().unwrap_or(before).to_lowercase();
    let is_bare = text.len() < 60;
    is_bare
        || sentence
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| matches!(word, "my" | "i" | "i'm" | "me"))
}

/// How the user called the value: the words between a determiner and it, as in `the tracking number is GHI789`.
fn user_label(source: &Source, material: &Material<'_, '_>) -> Option<String> {
    let (text, start) = said_in(source, material)?;
    let before = text[..start].trim_end_matches(|c: char| !c.is_alphanumeric());
    let mut words: Vec<&str> = before.rsplit([' ', '\n']).take(5).collect();
    while words
        .first()
        .is_some_and(|word| matches!(word.to_ascii_lowercase().as_str(), "is" | "are" | "number:" | "="))
    {
        words.remove(0);
    }
    let mut label: Vec<&str> = Vec::new();
    let mut closed = false;
    for word in words {
        let lower = word.to_ascii_lowercase();
        if matches!(
            lower.as_str(),
            "the"
                | "my"
                | "a"
                | "an"
                | "with"
                | "his"
                | "her"
                | "our"
                | "this"
                | "that"
                | "for"
                | "using"
                | "by"
                | "is"
        ) {
            closed = true;
            break;
        }
        if !word.chars().all(char::is_alphabetic) || label.len() == 3 {
            return None;
        }
        label.insert(0, word);
    }
    (closed && !label.is_empty()).then(|| label.join(" "))
}

/// The fields to ask for: those that the run used or the user spoke of, else all of a small record.
fn asked_fields(calls: &[&Call<'_>], subject: &Subject, material: &Material<'_, '_>) -> Vec<String> {
    let stated = |value: &Node| {
        value.text().is_some_and(|text| {
            calls
                .iter()
                .flat_map(|call| &call.given)
                .flat_map(|given| &given.values)
                .any(|stated| stated == text)
        })
    };
    let row_name = match calls[0].payload.node.rows() {
        [Node::Record(fields), ..] if calls[0].payload.node.is_list() => answer::name_key(fields),
        _ => None,
    };
    let is_own = matches!(subject, Subject::Own { .. });
    let mut keys: Vec<(&str, bool)> = Vec::new();
    for call in calls {
        for (key, value) in fields(&call.payload.node) {
            let is_known = stated(value)
                || Some(key) == row_name
                || is_own && is_personal(key)
                || names_an_id(key, value);
            if value.is_blank() || is_known || field_label(key).is_none() {
                continue;
            }
            if !keys.iter().any(|(known, _)| *known == key) {
                keys.push((key, false));
            }
        }
    }
    for (key, used) in &mut keys {
        *used = calls.iter().any(|call| material.usage.is_used(call.step, key, material.user_text));
    }
    let used: Vec<String> =
        keys.iter().filter(|(_, used)| *used).map(|(key, _)| key.to_string()).take(MAX_FIELDS).collect();
    if used.is_empty() && keys.len() <= MAX_FIELDS {
        return keys.into_iter().map(|(key, _)| key.to_string()).collect();
    }
    used
}

/// What people know of themselves.
fn is_personal(key: &str) -> bool {
    [
        "name",
        "first_name",
        "last_name",
        "full_name",
        "dob",
        "date_of_birth",
        "birthdate",
        "birthday",
        "email",
        "gender",
        "username",
    ]
    .iter()
    .any(|known| key.eq_ignore_ascii_case(known))
}

/// An identifier of something else, which only the system cares for.
fn names_an_id(key: &str, value: &Node) -> bool {
    let last = crate::signals::effect::words(key).last().unwrap_or("");
    matches!(last.to_ascii_lowercase().as_str(), "id" | "ids" | "uuid" | "key") && value.text().is_some()
}

struct Said<'s, 'a> {
    subject: &'s Subject,
    reference: Option<&'s str>,
    merged: &'s Merged,
    keys: &'s [String],
    call: &'s Call<'a>,
}

impl Said<'_, '_> {
    /// The clause as a command, and as a question where one reads well.
    fn request(&self) -> Result<(String, Option<String>), Reason> {
        let words = &self.call.words;
        if !is_sayable(&words.object) {
            return Err(Reason::NoAsk);
        }
        let is_list = self.call.payload.node.is_list();
        let labels: Vec<String> = self.keys.iter().filter_map(|key| field_label(key)).collect();
        let (thing, fields_in_thing) = self.thing(is_list, &labels);
        let manner = words.manner();
        let has_rows = matches!(self.call.payload.node.rows().first(), Some(Node::Record(_)));
        let with_fields = match (fields_in_thing || labels.is_empty() || !has_rows, is_list) {
            (true, _) => String::new(),
            (false, true) => format!(", with the {} of each", join(&labels)),
            (false, false) => format!(", including the {}", join(&labels)),
        };
        if manner == Manner::Act {
            return Ok((self.act(&thing, &labels), None));
        }
        let verb = match (manner, is_list) {
            (Manner::Search, _) if words.verb == "list" || self.merged.slots == 0 && is_list => "list",
            (Manner::Search, _) => "find",
            (_, true) => "show me",
            _ if thing.starts_with("the details") => "give me",
            _ => "tell me",
        };
        let imperative = format!("{verb} {thing}{with_fields}");
        let question =
            if is_list && *self.subject == Subject::None && self.reference.is_none() && self.merged.slots > 0
            {
                let objects = plural(&words.object);
                Some(format!(
                    "Which {}{objects} are there {}{with_fields}?",
                    self.merged.adjectives, self.merged.tail
                ))
            } else if thing.starts_with("the details of ") {
                Some(format!("What can you tell me about {}?", thing.trim_start_matches("the details of ")))
            } else {
                let many = is_list
                    || fields_in_thing
                        && (labels.len() > 1 || labels.iter().any(|label| is_plural_phrase(label)));
                let many = many || !fields_in_thing && is_plural_phrase(&words.object);
                with_fields.is_empty().then(|| format!("What {} {thing}?", if many { "are" } else { "is" }))
            };
        Ok((imperative, question))
    }

    /// The noun phrase asked for, and whether it names the fields.
    fn thing(&self, is_list: bool, labels: &[String]) -> (String, bool) {
        let object = &self.call.words.object;
        let adjectives = &self.merged.adjectives;
        let number = |noun: &str| if is_list { plural(noun) } else { noun.to_string() };
        let tail = if self.merged.tail.is_empty() { String::new() } else { format!(" {}", self.merged.tail) };
        let of = |owner: &str, part: &str| {
            if !part.is_empty() {
                (format!("the {adjectives}{} of {owner}{tail}", number(part)), false)
            } else if labels.is_empty() || is_list {
                (format!("the details of {owner}{tail}"), false)
            } else {
                (format!("the {} of {owner}{tail}", join(labels)), true)
            }
        };
        if let Some(reference) = self.reference {
            let entity = self.call.identity().and_then(|identity| match &identity.role {
                Role::Identity { entity, .. } => Some(singular(entity)),
                _ => None,
            });
            return of(reference, &attribute(object, &entity.unwrap_or_else(|| object.clone())));
        }
        match self.subject {
            Subject::Own { label, place, .. } => {
                let entity = label.split(' ').next().unwrap_or(label);
                let part = attribute(object, entity);
                if part.is_empty()
                    || part == *object
                        && !is_list
                        && self.call.payload.node.text().is_none()
                        && SELVES.contains(&object.as_str())
                {
                    return match labels {
                        [] => (format!("the details of my {place}{tail}"), false),
                        labels => (format!("the {} on my {place}{tail}", join(labels)), true),
                    };
                }
                (format!("my {adjectives}{}{tail}", number(&part)), false)
            }
            Subject::Named { entity, values } => {
                let noun = if values.len() > 1 { plural(entity) } else { entity.clone() };
                of(&format!("{noun} {}", join(values)), &attribute(object, entity))
            }
            Subject::Of(value) => (format!("the {adjectives}{} of {value}{tail}", number(object)), false),
            Subject::With { label, value } => {
                (format!("the {adjectives}{} with {label} {value}{tail}", number(object)), false)
            }
            Subject::None => (format!("the {adjectives}{}{tail}", number(object)), false),
        }
    }

    /// A clause whose verb is the request: `track package X`, `convert 100 USD to EUR`.
    fn act(&self, thing: &str, labels: &[String]) -> String {
        let verb = &self.call.words.verb;
        let find = |role: &Role| {
            self.call.given.iter().find(|given| given.role == *role).map(|given| given.values[0].as_str())
        };
        let amount = self
            .call
            .given
            .iter()
            .find(|given| matches!(given.name.as_str(), "amount" | "value" | "quantity"));
        if verb == "convert"
            && let (Some(amount), Some(from), Some(to)) = (amount, find(&Role::From), find(&Role::To))
        {
            return format!("convert {} {from} to {to}", amount.values[0]);
        }
        let what = match self.subject {
            Subject::Named { entity, values } if attribute(&self.call.words.object, entity).is_empty() => {
                format!(
                    "{entity} {}{}",
                    join(values),
                    if self.merged.tail.is_empty() {
                        String::new()
                    } else {
                        format!(" {}", self.merged.tail)
                    }
                )
            }
            _ => {
                // Fields in the noun phrase would make the verb act on them.
                let (bare, _) = Said { keys: &[], ..*self }.thing(false, &[]);
                bare
            }
        };
        let _ = thing;
        if labels.is_empty() || self.call.payload.node.is_list() {
            format!("{verb} {what}")
        } else {
            format!("{verb} {what} and tell me the {}", join(labels))
        }
    }
}

/// Whether a person would use the noun: letters only, no jargon of interfaces.
fn is_sayable(object: &str) -> bool {
    const JARGON: &[&str] = &[
        "api",
        "endpoint",
        "json",
        "id",
        "ids",
        "subfunction",
        "url",
        "urls",
        "xml",
        "payload",
        "function",
        "schema",
        "metadata",
        "params",
        "parameters",
        "query",
        "request",
        "response",
        "object",
        "string",
        "array",
        "token",
        "callback",
        "handler",
        "instance",
        "config",
        "expression",
        "thought",
        "code",
        "script",
        "sql",
        "python",
        "bash",
        "shell",
        "command",
    ];
    !object.is_empty()
        && object.split(' ').all(|word| !JARGON.iter().any(|jargon| word.eq_ignore_ascii_case(jargon)))
        && object.chars().all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '-' | '\''))
        && object.split(' ').count() <= 4
}

fn answer_of(
    calls: &[&Call<'_>],
    subject: &Subject,
    reference: Option<&str>,
    keys: &[String],
    merged: &Merged,
) -> Result<String, Reason> {
    let parts: Result<Vec<String>, Reason> = calls
        .iter()
        .enumerate()
        .map(|(at, call)| {
            let heading = heading(call, subject, reference, at, &merged.tails[at]);
            said_payload(call, keys, &heading).ok_or(Reason::AnswerUnreadable)
        })
        .collect();
    Ok(parts?.join("\n"))
}

fn heading(call: &Call<'_>, subject: &Subject, reference: Option<&str>, at: usize, tail: &str) -> String {
    let object =
        if call.payload.node.is_list() { plural(&call.words.object) } else { call.words.object.clone() };
    let tail = if tail.is_empty() { String::new() } else { format!(" {tail}") };
    match (subject, reference) {
        (_, Some(reference)) => capitalize(reference),
        (Subject::Own { place, .. }, _) if SELVES.contains(&object.as_str()) => format!("Your {place}"),
        (Subject::Own { .. }, _) => format!("Your {object}{tail}"),
        (Subject::Named { entity, values }, _) => {
            let part = attribute(&call.words.object, entity);
            let value = &values[at.min(values.len() - 1)];
            if part.is_empty() {
                format!("{} {value}{tail}", capitalize(entity))
            } else {
                format!(
                    "The {} of {entity} {value}{tail}",
                    if call.payload.node.is_list() { plural(&part) } else { part }
                )
            }
        }
        (Subject::Of(value), _) => format!("The {object} of {value}{tail}"),
        (Subject::With { label, value }, _) => format!("The {object} with {label} {value}{tail}"),
        (Subject::None, _) => format!("The {object}{tail}"),
    }
}

/// A result under its heading.
fn said_payload(call: &Call<'_>, keys: &[String], heading: &str) -> Option<String> {
    match &call.payload.node {
        Node::Record(_) => {
            let chosen: Vec<(&str, &Node)> = fields(&call.payload.node)
                .into_iter()
                .filter(|(key, value)| {
                    if keys.is_empty() {
                        !value.is_blank() && field_label(key).is_some()
                    } else {
                        keys.iter().any(|chosen| chosen == key)
                    }
                })
                .collect();
            let said = answer::record(&chosen)?;
            (!said.is_empty()).then(|| format!("{heading}: {said}."))
        }
        Node::List(rows) => {
            let said = answer::list(rows, keys)?;
            let gap = if said.starts_with("- ") { "\n" } else { " " };
            Some(format!("{heading}:{gap}{said}"))
        }
        Node::Scalar(text, _) if text.len() <= 60 && !text.trim().contains(' ') => {
            Some(format!("{heading}: {}.", say_value(text)))
        }
        Node::Scalar(text, _) => answer::prose(text),
    }
}

fn slots(call: &Call<'_>, material: &Material<'_, '_>) -> Vec<Slot> {
    let _ = material;
    call.given
        .iter()
        .filter(|given| given.role != Role::Manner)
        .flat_map(|given| {
            given.values.iter().map(|value| Slot {
                name: given.name.clone(),
                value: value.clone(),
                origin: origin(&given.source),
                step: call.step,
            })
        })
        .collect()
}

fn origin(source: &Source) -> Origin {
    match source {
        Source::User { .. } => Origin::User,
        Source::Observation { .. } => Origin::Observation,
        Source::Constant => Origin::Constant,
        Source::Invented => Origin::Invented,
    }
}

/// How often goals of this make were accepted on the judged prototypes, less for what raters marked down.
fn prior(calls: &[&Call<'_>], subject: &Subject, keys: &[String], merged: &Merged) -> f32 {
    let call = calls[0];
    let mut prior = 0.95_f32;
    if !call.words.from_description && call.words.verb.is_empty() {
        prior -= 0.1;
    }
    if keys.is_empty() && matches!(call.payload.node, Node::Record(_)) {
        prior -= 0.08;
    }
    if matches!(call.payload.node, Node::Scalar(..)) {
        prior -= 0.1;
    }
    if matches!(subject, Subject::With { .. }) {
        prior -= 0.05;
    }
    prior - 0.1 * merged.poorly_named as f32 - 0.08 * merged.invented as f32
}
