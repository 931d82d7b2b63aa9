//! Writes as achievements: what the run changed, where the result shows that it did.

use std::borrow::Cow;

use super::answer;
use super::ask::{Clause, slots};
use super::call::Call;
use super::fields::{field_label, is_identifier};
use super::given::Given;
use super::made::{gives_identifier, named_anew, table};
use super::noun_kinds::is_sayable;
use super::payload::Node;
use super::role_words::say;
use super::roles::Role;
use super::usage::fields;
use super::wanted::names_an_id;
use super::words::attribute;
use crate::hindsight::families::english::article;
use crate::hindsight::guards::is_said;
use crate::hindsight::provenance::Source;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{
    capitalize, humanize, is_opaque, is_plural_phrase, join, plural, say_value, singular,
};
use crate::signals::effect;

/// Verbs that give a thing a new value.
const CHANGES: &[&str] = &["update", "modify", "set", "change", "edit", "rename", "reschedule", "move"];

/// Verbs that make a thing.
const MAKES: &[&str] =
    &["create", "add", "book", "schedule", "register", "reserve", "order", "post", "open", "buy", "purchase"];

/// Parameters that say which of two ways something is done.
const DIRECTIONS: &[&str] = &["direction", "mode", "order", "condition", "operator", "comparison", "side"];

/// Longer wordings of the agent are texts, which nobody would dictate.
const MAX_WORDED: usize = 40;

/// New values that one request gives at most.
const MAX_CHANGES: usize = 2;

/// The clause of a write whose result shows that it worked. Consent is the guards' business.
pub fn clause(call: &Call<'_>, observation: &str) -> Result<Clause, Reason> {
    clause_of(call, None, observation)
}

/// The same of a thing that the goal calls `named`, as its identifier is none that a user knows.
pub fn clause_of(call: &Call<'_>, named: Option<&str>, observation: &str) -> Result<Clause, Reason> {
    // What the agent worded itself (a title, the date of a Friday) the goal states as it is.
    let is_worded = |value: &String| value.len() <= MAX_WORDED && !is_opaque(value);
    let is_meant =
        call.given.iter().all(|given| given.source != Source::Invented || given.values.iter().all(is_worded));
    // Which way an alert goes off is part of it, though of a list the direction is how it is sorted.
    let is_turn = |given: &Given| given.role == Role::Manner && DIRECTIONS.contains(&given.name.as_str());
    if call.given.iter().any(is_turn) {
        return Err(Reason::NoAsk);
    }
    if !is_meant || !is_verified(call, observation) {
        return Err(Reason::WriteUnverified);
    }
    if !is_sayable(&call.words.object) || call.given.is_empty() {
        return Err(Reason::NoAsk);
    }
    let said = comment(call).or_else(|| table(call)).or_else(|| request(call, named));
    let Some((imperative, about)) = said else {
        let call = anew(call).ok_or(Reason::NoAsk)?;
        let (imperative, about) = request(&call, named).ok_or(Reason::NoAsk)?;
        return Ok(done(&call, imperative, about));
    };
    Ok(done(call, imperative, about))
}

/// The clause of a write that was done.
fn done(call: &Call<'_>, imperative: String, about: String) -> Clause {
    Clause {
        tool: call.tool.to_string(),
        steps: call.steps().collect(),
        preamble: None,
        imperative,
        answer: answer_of(call, &about),
        about,
        question: None,
        slots: slots(call),
        prior: 0.85,
        is_trivial: false,
    }
}

/// The result says so, repeats every value that was given, or gives what was made its identifier.
fn is_verified(call: &Call<'_>, observation: &str) -> bool {
    // What an earlier call looked up, the result has in another form.
    let mut given = call.given.iter().filter(|given| given.told.is_none()).flat_map(|given| &given.values);
    !is_refused(&call.payload.node)
        && !is_undone(&call.payload.node, &call.words.verb)
        && (reports_success(observation)
            || given.all(|value| is_said(observation, value))
            || makes(call) && gives_identifier(call))
}

fn makes(call: &Call<'_>) -> bool {
    MAKES.contains(&call.words.verb.as_str())
}

/// What makes a thing that it names, with more to it than the name.
fn anew<'a>(call: &Call<'a>) -> Option<Call<'a>> {
    const ITSELF: &[&str] = &["create", "add", "register", "open"];
    named_anew(call).filter(|_| ITSELF.contains(&call.words.verb.as_str()))
}

/// Whether a result says that something was done.
pub fn reports_success(observation: &str) -> bool {
    const DONE: &[&str] = &[
        "success",
        "successfully",
        "successful",
        "created",
        "updated",
        "cancelled",
        "canceled",
        "sent",
        "added",
        "done",
        "booked",
        "scheduled",
        "confirmed",
        "deleted",
        "removed",
        "saved",
        "completed",
        "closed",
        "moved",
        "renamed",
        "reserved",
        "placed",
        "renewed",
        "extended",
        "approved",
        "restarted",
        "activated",
        "deactivated",
        "enabled",
        "disabled",
        "refunded",
        "assigned",
        "upgraded",
        "submitted",
        "resumed",
        "paused",
        "reopened",
        "restored",
        "archived",
    ];
    DONE.iter().any(|word| is_said(observation, word))
}

/// Whether the result reports that what was asked for was not done.
fn is_refused(node: &Node) -> bool {
    const REFUSED: &[&str] = &[
        "rejected",
        "declined",
        "denied",
        "refused",
        "failed",
        "error",
        "blocked",
        "unauthorized",
        "not_found",
    ];
    states(node).any(|state| REFUSED.contains(&state.as_str()))
}

/// Whether the contrary of what was done is so: doors that were locked and are unlocked.
pub fn is_undone(node: &Node, verb: &str) -> bool {
    states(node).any(|state| state.strip_prefix("un").is_some_and(|done| done.starts_with(verb)))
}

/// The states that a result tells, in small letters.
fn states(node: &Node) -> impl Iterator<Item = String> {
    const STATES: &[&str] = &["status", "state", "result", "outcome", "decision"];
    let is_state = |key: &str| {
        let last = effect::words(key).last().unwrap_or("");
        STATES.iter().any(|state| last.eq_ignore_ascii_case(state))
    };
    let states = fields(node).into_iter().filter(move |(key, _)| is_state(key));
    states.filter_map(|(_, value)| value.text().map(str::to_ascii_lowercase))
}

/// `comment "Fixed" on issue 12 in acme/widgets`: what is said stands in the request as it is.
fn comment(call: &Call<'_>) -> Option<(String, String)> {
    let object = singular(&call.words.object);
    let is_comment = matches!(object.rsplit(' ').next()?, "comment" | "note" | "reply");
    let is_text = |given: &&Given| {
        let last = effect::words(&given.name).last().unwrap_or("").to_ascii_lowercase();
        matches!(last.as_str(), "body" | "text" | "content" | "comment" | "note" | "message" | "reply")
    };
    let identity = call.identity()?;
    let Role::Identity { entity, .. } = &identity.role else { return None };
    let text = call.given.iter().find(is_text).filter(|_| is_comment)?;
    let place: Vec<String> = call
        .given
        .iter()
        .filter(|given| !std::ptr::eq(*given, text) && !std::ptr::eq(*given, identity))
        .map(|given| (given.role == Role::In).then(|| say(&given.role, &cows(given))))
        .collect::<Option<_>>()?;
    let thing = format!("{} {} {}", singular(entity), join(&identity.values), place.join(" "));
    let thing = thing.trim();
    Some((format!("add the comment \"{}\" to {thing}", join(&text.values)), format!("{object} on {thing}")))
}

fn request(call: &Call<'_>, named: Option<&str>) -> Option<(String, String)> {
    let verb = call.words.verb.as_str();
    let object = singular(&call.words.object);
    // The repository of an issue is where it is, and nothing of it that changes.
    let is_place = |given: &&Given| {
        given.role == Role::In
            && matches!(
                given.name.as_str(),
                "repo" | "repository" | "project" | "workspace" | "organization" | "board"
            )
    };
    let (places, others): (Vec<&Given>, Vec<&Given>) = call
        .given
        .iter()
        .filter(|given| !matches!(given.role, Role::Identity { .. } | Role::Manner))
        .partition(|given| CHANGES.contains(&verb) && is_place(given));
    let place: String = places.iter().map(|given| format!(" {}", say(&given.role, &cows(given)))).collect();
    let target = named.map(str::to_string).or_else(|| match &call.identity()?.role {
        Role::Identity { entity, .. } => {
            let entity = if entity.is_empty() { object.clone() } else { singular(entity) };
            let values = &call.identity()?.values;
            attribute(&object, &entity).is_empty().then(|| format!("{entity} {}{place}", join(values)))
        }
        _ => None,
    });
    let changed = target.as_ref().and_then(|target| changed_field(call, &others, target));
    match target {
        Some(target) if changed.is_some() => Some((changed?, target)),
        Some(target) if others.is_empty() => Some((format!("{verb} {target}"), target)),
        // An event is moved to a time, not changed in its start and its end.
        Some(target)
            if CHANGES.contains(&verb)
                && let Some((start, end)) = times(&others) =>
        {
            Some((format!("reschedule {target} to {start} until {end}"), target))
        }
        Some(target)
            if CHANGES.contains(&verb)
                && others.len() <= MAX_CHANGES
                && !others.iter().any(|given| given.opaque || is_identifier(&given.name))
                && !others.iter().any(|given| NEW_VALUES.contains(&given.name.as_str())) =>
        {
            let change = |(at, given): (usize, &&Given)| match at {
                0 => format!("the {} of {target} to {}", humanize(&given.name), join(&said(given))),
                _ => format!("its {} to {}", humanize(&given.name), join(&said(given))),
            };
            let changes: Vec<String> = others.iter().enumerate().map(change).collect();
            Some((format!("change {}", join(&changes)), target))
        }
        // `renew loan 12 until July 1, 2025`
        Some(target)
            if !MAKES.contains(&verb)
                && others.len() <= MAX_CHANGES
                && others.iter().all(|given| is_adverbial(given) && !given.opaque) =>
        {
            let tail: Vec<String> = others.iter().map(|given| say(&given.role, &cows(given))).collect();
            Some((format!("{verb} {target} {}", tail.join(" ")), target))
        }
        // `set the temperature in the bedroom to 18`
        None if CHANGES.contains(&verb) && call.identity().is_none() => {
            let last = |text: &str| text.rsplit([' ', '_']).next().map(str::to_lowercase);
            let (mut value, mut rest): (Vec<&Given>, Vec<&Given>) =
                others.into_iter().partition(|given| last(&given.name) == last(&object));
            // `set the thermostat in the bedroom to 19`: what is no place is the value.
            if value.is_empty() {
                (value, rest) = rest.into_iter().partition(|given| matches!(given.role, Role::With(_)));
            }
            let [value] = value[..] else { return None };
            let place: Vec<String> = rest
                .into_iter()
                .map(|given| match given.role {
                    Role::Called => format!("of {}", join(&said(given))),
                    _ => say(&given.role, &cows(given)),
                })
                .collect();
            // What is set is that of something.
            if place.is_empty() || place.len() > MAX_CHANGES {
                return None;
            }
            let about = format!("the {object} {}", place.join(" ")).trim_end().to_string();
            Some((format!("set {about} to {}", join(&said(value))), about))
        }
        None if MAKES.contains(&verb) && !others.iter().any(|given| given.opaque) => {
            let holder = call.identity().map(held).unwrap_or_default();
            let mut tail: Vec<&&Given> = others
                .iter()
                .filter(|given| given.role != Role::Adjective && !is_count_of(given, &object))
                .collect();
            tail.sort_by(|a, b| a.role.cmp(&b.role));
            let has = |role: &Role| tail.iter().any(|given| given.role == *role);
            let is_period = has(&Role::Since) && has(&Role::Until);
            let tail: Vec<String> = tail
                .into_iter()
                .map(|given| match given.role {
                    Role::Since if is_period => format!("from {}", join(&said(given))),
                    Role::Until if is_period => format!("to {}", join(&said(given))),
                    _ => said_of_new(verb, given),
                })
                .collect();
            let is_grade = |given: &Given| matches!(given.name.as_str(), "priority" | "severity");
            let adjectives: Vec<String> = others
                .iter()
                .filter(|given| given.role == Role::Adjective)
                .flat_map(|given| {
                    let values = said(given).into_iter();
                    let kind = if is_grade(given) { format!("-{}", given.name) } else { String::new() };
                    values.map(move |value| format!("{value}{kind}"))
                })
                .collect();
            let count = call.given.iter().find(|given| is_count_of(given, &object));
            let noun = adjectives.into_iter().chain([object]).collect::<Vec<_>>().join(" ");
            let things = match count.map(|given| given.values[0].as_str()) {
                Some(count) if count != "1" => format!("{count} {}", plural(&noun)),
                _ => format!("{} {noun}", article(&noun)),
            };
            let said = format!("{verb} {things} {} {holder}", tail.join(" "));
            Some((said.trim_end().replace("  ", " "), format!("the {noun}")))
        }
        _ => None,
    }
}

/// Names of a new value that do not say of what.
const NEW_VALUES: &[&str] = &["value", "new_value", "newValue", "to", "to_value", "data"];

/// The change of a field that a parameter names, to the value in another: `{"field": "name", "new_value": "Ada"}`.
fn changed_field(call: &Call<'_>, others: &[&Given], target: &str) -> Option<String> {
    const FIELDS: &[&str] =
        &["field", "field_name", "attribute", "attribute_name", "property", "property_name", "column", "key"];
    let is_field = |given: &&Given| FIELDS.contains(&given.name.as_str()) && given.values.len() == 1;
    let field = call.given.iter().find(is_field)?;
    let [value] = others.iter().filter(|given| !is_field(given)).collect::<Vec<_>>()[..] else { return None };
    let label = field_label(&field.values[0])?;
    let is_change = CHANGES.contains(&call.words.verb.as_str()) && NEW_VALUES.contains(&value.name.as_str());
    // The name of an event is its event name.
    let thing = target.trim_start_matches("the ").split(' ').next().unwrap_or(target);
    let label = label.strip_prefix(thing).and_then(|rest| rest.strip_prefix(' ')).unwrap_or(&label);
    is_change.then(|| format!("change the {label} of {target} to {}", join(&said(value))))
}

/// Whether a parameter says how many of the things are made.
fn is_count_of(given: &Given, object: &str) -> bool {
    given.role == Role::Count(plural(object))
}

/// How a new thing is told: a table is booked in somebody's name, and has its content as it is.
fn said_of_new(verb: &str, given: &Given) -> String {
    let last = effect::words(&given.name).last().unwrap_or("").to_ascii_lowercase();
    let values = join(&said(given));
    match (&given.role, last.as_str()) {
        (Role::Called, _) if matches!(verb, "book" | "reserve" | "order") => {
            format!("in the name of {values}")
        }
        // What a list is for is a part of the new thing: `with the charts Sales and Costs`.
        (Role::With(label), _) if given.values.len() > 1 && is_plural_phrase(label) => {
            format!("with the {label} {values}")
        }
        (Role::About, "content") => format!("with the content \"{values}\""),
        (Role::About, "body") => format!("with the text \"{values}\""),
        _ => say(&given.role, &cows(given)),
    }
}

/// The new start and the new end of a thing, where nothing else of it changes.
fn times(others: &[&Given]) -> Option<(String, String)> {
    let [first, second] = others else { return None };
    let (start, end) = if first.role == Role::Since { (first, second) } else { (second, first) };
    let is_moved = start.role == Role::Since && end.role == Role::Until;
    is_moved.then(|| (join(&said(start)), join(&said(end))))
}

/// What is said after the thing, and not of it: where to, how long, when.
fn is_adverbial(given: &&Given) -> bool {
    matches!(given.role, Role::To | Role::From | Role::On | Role::At | Role::Since | Role::Until | Role::In)
}

/// `in project Comet`, `for order A12`: what a new thing goes into or belongs to.
fn held(identity: &Given) -> String {
    const HOLDERS: &[&str] = &[
        "project",
        "board",
        "list",
        "playlist",
        "channel",
        "folder",
        "calendar",
        "team",
        "cart",
        "album",
        "group",
        "workspace",
        "room",
        "repository",
        "database",
        "collection",
        "section",
        "sprint",
        "notebook",
    ];
    let Role::Identity { entity, label } = &identity.role else { return String::new() };
    let entity = if entity.is_empty() { label.clone() } else { singular(entity) };
    let link = if HOLDERS.iter().any(|holder| entity.ends_with(holder)) { "in" } else { "for" };
    format!("{link} {entity} {}", join(&identity.values))
}

pub fn cows(given: &Given) -> Vec<Cow<'_, str>> {
    given.values.iter().map(|value| Cow::Borrowed(value.as_str())).collect()
}

fn said(given: &Given) -> Vec<String> {
    given.values.iter().map(|value| say_value(value)).collect()
}

/// `Done.`, and what the result says of the state of the thing.
fn answer_of(call: &Call<'_>, about: &str) -> String {
    const TELLING: &[&str] = &["status", "state", "confirmation", "number", "date", "time", "name", "title"];
    let telling = |key: &str| {
        effect::words(key).any(|word| TELLING.iter().any(|known| word.eq_ignore_ascii_case(known)))
            || call.given.iter().any(|given| given.name == key)
    };
    let state: Vec<(&str, &Node)> = fields(&call.payload.node)
        .into_iter()
        .filter(|(key, value)| {
            // What the request says, the answer need not.
            let is_said = value.text().is_some_and(|text| is_said(about, text));
            telling(key)
                && !is_said
                && !names_an_id(key, value)
                && field_label(key).is_some()
                && !value.is_blank()
        })
        .collect();
    let detail = match &call.payload.node {
        Node::Scalar(text, _) => answer::prose(text).unwrap_or_default(),
        // A state in a sentence needs no label.
        _ if let [(_, Node::Scalar(text, _))] = state[..]
            && answer::is_prose(text) =>
        {
            answer::prose(text).unwrap_or_default()
        }
        _ => match answer::record(&state) {
            Some(said) if !said.is_empty() => {
                format!("{}: {}.", capitalize(about), said.trim_end_matches('.'))
            }
            _ => String::new(),
        },
    };
    format!("Done. {detail}").trim_end().to_string()
}
