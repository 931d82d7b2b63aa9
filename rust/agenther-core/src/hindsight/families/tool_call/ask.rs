//! One clause of a request: a call, or several calls of one tool, said as a person would ask for them.

use super::answer;
use super::call::Call;
use super::field_label;
use super::merge::{Merged, merge};
use super::payload::Node;
use super::roles::Role;
use super::said::Said;
use super::subject::{Subject, subject};
use super::usage::{Usage, fields};
use crate::hindsight::provenance::Source;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{is_plural_phrase, say_value, singular};
use crate::hindsight::{Origin, Slot};
use crate::reading::Reading;
use crate::text::document::Kind;

/// Fields that one clause asks for at most.
const MAX_FIELDS: usize = 5;

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
}

/// What a clause is built from.
pub struct Material<'m, 'a> {
    /// The run.
    pub reading: &'m Reading<'a>,
    /// Which fields the run used.
    pub usage: &'m Usage,
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
    if matches!(subject, Subject::Own { .. } | Subject::With { .. }) && calls.len() > 1 {
        return Err(Reason::NoAsk);
    }
    let wanted = wanted(calls, &subject, material);
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
    let answer = answer_of(calls, &subject, reference, &wanted)?;
    let slots = calls.iter().flat_map(|call| slots(call)).collect();
    Ok(Clause {
        tool: first.tool.to_string(),
        steps: calls.iter().map(|call| call.step).collect(),
        preamble: match &subject {
            Subject::Own { label, value, .. } => Some(format!("My {label} is {value}.")),
            _ => None,
        },
        imperative,
        about,
        question,
        answer,
        slots,
        prior: prior(calls, &subject, &wanted.keys, &merged),
    })
}

/// The fields that a clause is about.
#[derive(Debug, Default)]
struct Wanted {
    /// Those that the goal asks for by name.
    asked: Vec<String>,
    /// Those that the answer gives: the same, or all of them where the goal names none.
    keys: Vec<String>,
    /// Whether the tool's object is itself the field: `balance` of an account balance.
    is_object: bool,
}

/// The fields to ask for: those that the run used or the user spoke of, else all of a small record.
fn wanted(calls: &[&Call<'_>], subject: &Subject, material: &Material<'_, '_>) -> Wanted {
    let is_list = calls[0].payload.node.is_list();
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
        *used = calls.iter().any(|call| material.usage.is_used(call.step, key));
    }
    let object = &calls[0].words.object;
    let head = object.rsplit(' ').next().unwrap_or(object);
    let names_object = |key: &str| {
        field_label(key).is_some_and(|label| label == *object || label == head || label == singular(head))
    };
    let is_flag = |key: &str| matches!(calls[0].payload.node.get(key), Some(Node::Scalar(_, Kind::Bool)));
    let is_value = |key: &str| {
        matches!(key, "value" | "reading" | "result") && keys.iter().all(|(key, _)| !is_measure(key))
    };
    let names_object = |key: &str| names_object(key) || is_value(key);
    if !is_list && let Some((key, _)) = keys.iter().find(|(key, _)| names_object(key) && !is_flag(key)) {
        let unit = keys.iter().find(|(key, _)| matches!(*key, "currency" | "unit" | "units"));
        let keys = std::iter::once(key).chain(unit.map(|(key, _)| key)).map(|key| key.to_string()).collect();
        return Wanted { asked: Vec::new(), keys, is_object: true };
    }
    // What is listed by date is wanted with its date.
    let dates = |key: &str| {
        is_list
            && ["date", "time", "start", "when"].iter().any(|word| key.to_ascii_lowercase().ends_with(word))
    };
    let any_used = keys.iter().any(|(_, used)| *used);
    let used: Vec<String> = keys
        .iter()
        .filter(|(key, used)| any_used && (*used || dates(key)))
        .map(|(key, _)| key.to_string())
        .take(MAX_FIELDS)
        .collect();
    let all = || keys.iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>();
    match (any_used, is_list) {
        (true, _) => Wanted { keys: used.clone(), asked: used, is_object: false },
        (false, true) => Wanted { asked: Vec::new(), keys: all(), is_object: false },
        (false, false) if keys.len() <= MAX_FIELDS => Wanted { asked: all(), keys: all(), is_object: false },
        (false, false) => Wanted::default(),
    }
}

/// Whether a key is neither the value itself nor its unit or time.
fn is_measure(key: &str) -> bool {
    !["value", "reading", "result", "unit", "units", "currency", "timestamp", "time", "date", "updated_at"]
        .contains(&key)
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
pub fn names_an_id(key: &str, value: &Node) -> bool {
    let last = crate::signals::effect::words(key).last().unwrap_or("");
    matches!(last.to_ascii_lowercase().as_str(), "id" | "ids" | "uuid" | "key") && value.text().is_some()
}

fn answer_of(
    calls: &[&Call<'_>],
    subject: &Subject,
    reference: Option<&str>,
    wanted: &Wanted,
) -> Result<String, Reason> {
    let parts: Result<Vec<String>, Reason> = calls
        .iter()
        .enumerate()
        .map(|(at, call)| {
            let subject = subject.nth(at);
            let merged = merge(&[call], reference.is_some())?;
            let said = Said {
                subject: &subject,
                reference,
                merged: &merged,
                keys: &[],
                call,
                is_object: wanted.is_object,
            };
            said_payload(call, wanted, &said.heading()).ok_or(Reason::AnswerUnreadable)
        })
        .collect();
    Ok(parts?.join("\n"))
}

/// The verb after a heading: that of its first noun phrase.
fn is_or_are(heading: &str) -> &'static str {
    let noun = heading.split([',']).next().unwrap_or(heading);
    let ends = [" of ", " in ", " for ", " with ", " from ", " on ", " at ", " called "];
    let end = ends.iter().filter_map(|stop| noun.find(stop)).min().unwrap_or(noun.len());
    if is_plural_phrase(&noun[..end]) { "are" } else { "is" }
}

/// A result under its heading.
fn said_payload(call: &Call<'_>, wanted: &Wanted, heading: &str) -> Option<String> {
    let keys = &wanted.keys;
    match &call.payload.node {
        Node::Record(_) if wanted.is_object => {
            let values: Option<Vec<&str>> =
                keys.iter().map(|key| call.payload.node.get(key)?.text()).collect();
            let values: Vec<String> = values?.into_iter().map(say_value).collect();
            Some(format!("{heading} {} {}.", is_or_are(heading), values.join(" ")))
        }
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
            Some(format!("{heading} {} {}.", is_or_are(heading), say_value(text)))
        }
        Node::Scalar(text, _) => answer::prose(text),
    }
}

/// The values that a call is given.
pub fn slots(call: &Call<'_>) -> Vec<Slot> {
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
