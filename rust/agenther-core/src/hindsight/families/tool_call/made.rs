//! Things that a write makes: by the name that it gives them, or by the identifier that they got.

use super::call::Call;
use super::given::Given;
use super::payload::Node;
use super::role_words::say;
use super::roles::Role;
use super::write::cows;
use crate::hindsight::provenance::Source;
use crate::hindsight::wording::{join, singular};
use crate::signals::effect;

/// Whether the result gives a new thing its identifier: `dashboardId` of a dashboard that was made.
pub fn gives_identifier(call: &Call<'_>) -> bool {
    let object = singular(&call.words.object);
    let noun = object.rsplit(' ').next().unwrap_or("");
    let is_new = |value: &str| {
        !value.trim().is_empty()
            && !call.given.iter().any(|given| given.values.iter().any(|known| known == value))
    };
    let Node::Record(fields) = &call.payload.node else { return false };
    fields.iter().any(|(key, value)| {
        let words: Vec<String> = effect::words(key).map(str::to_ascii_lowercase).collect();
        let is_of_thing = match &words[..] {
            [only] => matches!(only.as_str(), "id" | "uuid"),
            [thing, last] => *thing == noun && matches!(last.as_str(), "id" | "uuid" | "number"),
            _ => false,
        };
        is_of_thing && value.text().is_some_and(is_new)
    })
}

/// The call with the name of the new thing as what it is called, and without texts of the agent that say no more than that:
/// `{"projectName": "Comet", "description": "Comet project", "tags": […]}`.
pub fn named_anew<'a>(call: &Call<'a>) -> Option<Call<'a>> {
    let object = singular(&call.words.object);
    let noun = object.rsplit(' ').next().unwrap_or("").to_string();
    let is_its_name = |given: &Given| match &given.role {
        Role::Identity { entity, label } => {
            *entity == noun && ["name", "title"].iter().any(|end| label.ends_with(end))
        }
        _ => false,
    };
    let name = call.given.iter().find(|given| is_its_name(given))?.values.join(" ").to_lowercase();
    let says_no_more = |given: &Given| {
        given.source == Source::Invented
            && given.values.iter().all(|value| {
                let value = value.to_lowercase();
                value.split(' ').all(|word| word == noun || name.split(' ').any(|known| known == word))
            })
    };
    let mut call = call.clone();
    call.given.retain(|given| is_its_name(given) || !says_no_more(given));
    call.given.iter_mut().filter(|given| is_its_name(given)).for_each(|given| given.role = Role::Called);
    Some(call)
}

/// Who books a restaurant books a table there: `reserve a table at Lupo in Bern on May 2, 2025 at 19:00 for 2 people`.
pub fn table(call: &Call<'_>) -> Option<(String, String)> {
    const SEATED: &[&str] = &["restaurant", "cafe", "bistro", "diner"];
    const SEATS: &[&str] = &["seats", "people", "guests", "persons", "adults"];
    let object = singular(&call.words.object);
    let identity = call.identity().filter(|_| SEATED.contains(&object.as_str()))?;
    if !matches!(call.words.verb.as_str(), "book" | "reserve") || identity.opaque {
        return None;
    }
    let mut is_counted = false;
    let mut tail: Vec<(&Role, String)> = Vec::new();
    for given in
        call.given.iter().filter(|given| !std::ptr::eq(*given, identity) && given.role != Role::Manner)
    {
        let said = match &given.role {
            Role::In | Role::On | Role::At if !given.opaque => say(&given.role, &cows(given)),
            Role::Count(what) if SEATS.contains(&what.as_str()) && !is_counted => {
                is_counted = true;
                format!("for {}", people(given.values.first()?))
            }
            _ => return None,
        };
        tail.push((&given.role, said));
    }
    let rank = |role: &Role| match role {
        Role::In => 0,
        Role::On => 1,
        Role::At => 2,
        _ => 3,
    };
    tail.sort_by_key(|(role, _)| rank(role));
    let tail: Vec<String> = tail.into_iter().map(|(_, said)| said).collect();
    let place = join(&identity.values);
    Some((
        format!("{} a table at {place} {}", call.words.verb, tail.join(" ")).trim_end().to_string(),
        format!("the table at {place}"),
    ))
}

fn people(count: &str) -> String {
    if count == "1" { "one person".to_string() } else { format!("{count} people") }
}
