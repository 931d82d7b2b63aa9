//! Identifiers that an earlier call looked up by what the user told: a customer by name and zip code, a playlist by its
//! title, an airport by its city. The goal tells the same; the call that looked it up stays with the one that needs it.

use super::answer::naming_key;
use super::ask::slots;
use super::call::Call;
use super::given::Given;
use super::payload::Node;
use super::roles::Role;
use super::subject::SELVES;
use crate::hindsight::guards::is_said;
use crate::hindsight::provenance::Source;
use crate::hindsight::wording::{humanize, is_opaque, join, singular};
use crate::hindsight::{Origin, Slot};
use crate::reading::Reading;
use crate::signals::effect;

/// What the user told in the place of an identifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// `I'm Yara Okafor and my zip code is 60614.`; `None` where the identifier is replaced by a name.
    pub introduction: Option<String>,
    /// The values that the goal states.
    pub slots: Vec<Slot>,
}

/// Names longer than this are sentences.
const MAX_NAME: usize = 60;

/// Puts what the user told in the place of identifiers that earlier calls returned.
pub fn resolve(calls: &mut [Call<'_>], reading: &Reading<'_>) {
    for at in 0..calls.len() {
        let (earlier, rest) = calls.split_at_mut(at);
        let call = &mut rest[0];
        for given in call.given.iter_mut().filter(|given| given.values.len() == 1) {
            let Source::Observation { step, .. } = given.source else { continue };
            let Some(parent) = earlier.iter().find(|parent| parent.step == step && parent.hop().is_none())
            else {
                continue;
            };
            let found = match given.opaque {
                true => introduced(parent, given).or_else(|| named(parent, given, reading)),
                false => placed(parent, given),
            };
            if let Some((value, told)) = found {
                given.values = vec![value];
                given.told = Some(told);
                given.opaque = false;
                call.via.extend(parent.steps());
            }
        }
        call.via.sort_unstable();
        call.via.dedup();
    }
}

/// A call that returned nothing but the identifier of the user, by what the user told of themselves.
fn introduced(parent: &Call<'_>, given: &Given) -> Option<(String, Told)> {
    let Role::Identity { entity, .. } = &given.role else { return None };
    let value = given.values[0].clone();
    let is_of_self =
        SELVES.contains(&singular(parent.words.object.rsplit(' ').next().unwrap_or("")).as_str());
    // One person was found by all that was told, whatever else the result says of them.
    let is_person = |fields: &[(String, Node)]| {
        is_of_self && is_known(&parent.given) && fields.iter().any(|(_, field)| field.text() == Some(&value))
    };
    let is_all = match &parent.payload.node {
        Node::Scalar(text, _) => text.trim() == value,
        Node::Record(fields) => {
            let mut shown = fields.iter().filter(|(_, value)| !value.is_blank());
            is_person(fields)
                || shown.all(|(key, field)| field.text() == Some(&value) || super::fields::is_identifier(key))
        }
        Node::List(rows) => match &rows[..] {
            [Node::Record(fields)] => parent.payload.complete && is_person(fields),
            _ => false,
        },
    };
    let is_self = entity.is_empty() || SELVES.contains(&entity.rsplit(' ').next().unwrap_or(""));
    let is_told = parent.given.iter().all(|given| matches!(given.source, Source::User { .. }));
    if !is_all || !is_self || parent.is_write || parent.given.is_empty() || !is_told {
        return None;
    }
    let introduction = introduction(&parent.given)?;
    Some((value, Told { introduction: Some(introduction), slots: slots(parent) }))
}

/// Whether what was told is told by people of themselves: a telephone number, or a name with something beside it.
fn is_known(given: &[Given]) -> bool {
    let is_own = |given: &Given| {
        let last = effect::words(&given.name).last().unwrap_or("").to_ascii_lowercase();
        matches!(last.as_str(), "phone" | "email" | "mobile") || given.name.contains("phone")
    };
    given.len() >= 2 || given.iter().any(is_own)
}

/// `I'm Yara Okafor and my zip code is 60614.`
fn introduction(given: &[Given]) -> Option<String> {
    let value = |names: &[&str]| {
        given.iter().find(|given| names.contains(&given.name.as_str())).map(|given| given.values[0].as_str())
    };
    let mut parts = Vec::new();
    let name = match (
        value(&["first_name", "firstname", "firstName"]),
        value(&["last_name", "lastname", "lastName", "surname"]),
    ) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (first, last) => value(&["name", "full_name", "fullname", "fullName", "customer_name"])
            .or(first)
            .or(last)
            .map(str::to_string),
    };
    parts.extend(name.map(|name| format!("I'm {name}")));
    for given in given {
        let words: Vec<String> = effect::words(&given.name).map(str::to_lowercase).collect();
        if words.iter().any(|word| matches!(word.as_str(), "name" | "firstname" | "lastname" | "surname")) {
            continue;
        }
        let label = match humanize(&given.name).as_str() {
            "zip" => "zip code".to_string(),
            "phone" => "phone number".to_string(),
            label if label.split(' ').count() <= 3 => label.to_string(),
            _ => return None,
        };
        let said: Vec<String> =
            given.values.iter().map(|value| crate::hindsight::wording::say_value(value)).collect();
        parts.push(format!("my {label} is {}", join(&said)));
    }
    (1..=3)
        .contains(&parts.len())
        .then(|| crate::hindsight::wording::capitalize(&format!("{}.", join(&parts))))
}

/// The name beside the identifier, where the user said it and no other thing has it.
fn named<'p>(parent: &'p Call<'_>, given: &mut Given, reading: &Reading<'_>) -> Option<(String, Told)> {
    let identifier = &given.values[0];
    let rows: Vec<&'p [(String, Node)]> = parent.payload.node.rows().iter().filter_map(fields).collect();
    let row = rows.iter().find(|row| row.iter().any(|(_, value)| value.text() == Some(identifier)))?;
    let key = naming_key(parent.payload.node.rows())?;
    let name_of = |row: &'p [(String, Node)]| row.iter().find(|(known, _)| known == key)?.1.text();
    let name = name_of(row)?;
    // What the list itself was asked for by, the goal would not say.
    let scopes = |given: &Given| match &given.role {
        Role::Identity { .. } | Role::With(_) | Role::Of(_) => {
            given.opaque || !given.values.iter().all(|value| is_said(name, value))
        }
        _ => false,
    };
    if parent.given.iter().any(scopes) {
        return None;
    }
    let is_name =
        (3..=MAX_NAME).contains(&name.len()) && !is_opaque(name) && name.contains(char::is_alphabetic);
    let is_one =
        rows.iter().filter(|row| name_of(row).is_some_and(|other| other.eq_ignore_ascii_case(name))).count()
            == 1;
    let user = reading.steps.iter().take(parent.step as usize + 1).filter_map(|step| step.step.user);
    let said = reading.run.original_prompt.into_iter().chain(user).any(|text| is_said(text, name));
    if !is_name || !is_one || !said {
        return None;
    }
    let entity = match &given.role {
        Role::Identity { entity, .. } if !entity.is_empty() => entity.clone(),
        Role::Identity { .. } => singular(parent.words.object.rsplit(' ').next()?),
        _ => return None,
    };
    given.role = Role::Identity { label: format!("{entity} name"), entity };
    let slot =
        Slot { name: given.name.clone(), value: name.to_string(), origin: Origin::User, step: parent.step };
    Some((name.to_string(), Told { introduction: None, slots: vec![slot] }))
}

/// A code that an earlier call found for a place the user named: flights from Rivermist, not from RMS.
fn placed(parent: &Call<'_>, given: &Given) -> Option<(String, Told)> {
    let [asked] = &parent.given[..] else { return None };
    let is_place = |role: &Role| matches!(role, Role::From | Role::To | Role::In | Role::At);
    let is_user = matches!(asked.source, Source::User { .. });
    let mut scalars = Vec::new();
    parent.payload.node.scalars(2, &mut scalars);
    let is_all = scalars == [given.values[0].as_str()];
    if !is_all || !is_user || !is_place(&asked.role) || !is_place(&given.role) || asked.values.len() != 1 {
        return None;
    }
    let value = asked.values[0].clone();
    let slot =
        Slot { name: given.name.clone(), value: value.clone(), origin: Origin::User, step: parent.step };
    Some((value, Told { introduction: None, slots: vec![slot] }))
}

fn fields(row: &Node) -> Option<&[(String, Node)]> {
    match row {
        Node::Record(fields) => Some(fields),
        _ => None,
    }
}
