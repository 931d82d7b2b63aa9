//! The parameters of calls of one tool, said together: `from JFK, EWR and LGA to SEA on May 20, 2024`.

use std::borrow::Cow;

use super::call::Call;
use super::given::Given;
use super::payload::Node;
use super::role_words::say;
use super::roles::Role;
use crate::hindsight::provenance::Source;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{is_plural_phrase, join, say_value, singular};
use crate::text::needles::find;

/// Values of a row that are looked through for a word.
const MAX_SCALARS: usize = 24;

/// Parameters that one clause states at most: more read like a form.
const MAX_SLOTS: usize = 5;

/// Slots in words: those before the noun, the identifiers, and the rest after it.
#[derive(Debug, Default)]
pub struct Merged {
    /// `pending `, with the blank.
    pub adjectives: String,
    /// The identifiers of all calls.
    pub identity: Vec<String>,
    /// `from JFK to SEA`
    pub tail: String,
    /// Whether it names several things: `called Dune and Solaris`.
    pub is_several: bool,
    /// Parameters stated.
    pub slots: usize,
    /// Those whose role is unknown.
    pub poorly_named: usize,
    /// Those whose value the agent chose.
    pub invented: usize,
}

/// Joins the slots of calls of one tool: one phrase where they differ in one parameter, else a phrase each; more than
/// two phrases read as a list of trips that nobody plans at once.
pub fn merge(calls: &[&Call<'_>], by_reference: bool) -> Result<Merged, Reason> {
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
    // A second name for what the user never named reads like a form.
    let is_unsaid = |given: &Given| !matches!(given.source, Source::User { .. }) && given.told.is_none();
    let is_second = |(at, given): (usize, &Given)| {
        Some(at) != identity && is_identity(given) && is_unsaid(given) && !(by_reference && given.opaque)
    };
    if first.given.iter().enumerate().any(is_second) {
        return Err(Reason::NoAsk);
    }
    if let Some(at) = identity {
        for value in calls.iter().flat_map(|call| &call.given[at].values) {
            if !merged.identity.contains(value) {
                merged.identity.push(value.clone());
            }
        }
    }
    let rest: Vec<usize> = (0..first.given.len())
        .filter(|&at| Some(at) != identity && first.given[at].role != Role::Manner)
        .filter(|&at| !(by_reference && first.given[at].opaque))
        .collect();
    // The two ends of a period are one thing to say.
    let has = |role: &Role| rest.iter().any(|&at| first.given[at].role == *role);
    let is_period = has(&Role::Since) && has(&Role::Until);
    merged.slots = rest.len() + usize::from(identity.is_some()) - usize::from(is_period);
    if merged.slots > MAX_SLOTS {
        return Err(Reason::NoAsk);
    }
    merged.poorly_named = rest.iter().filter(|&&at| matches!(first.given[at].role, Role::With(_))).count();
    // Who the user is, nobody has to be told.
    let is_invented = |given: &Given| given.source == Source::Invented && given.values != ["me"];
    merged.invented = rest
        .iter()
        .filter(|&&at| !(is_period && first.given[at].role == Role::Until))
        .filter(|&&at| calls.iter().any(|call| is_invented(&call.given[at])))
        .count();
    let differing: Vec<usize> = rest
        .iter()
        .copied()
        .filter(|&at| calls.iter().any(|call| call.given[at].values != first.given[at].values))
        .collect();
    // Two stocks on two days are four prices, of which two were looked up.
    if merged.identity.len() > 1 && !differing.is_empty() {
        return Err(Reason::NoAsk);
    }
    merged.is_several = differing.iter().any(|&at| first.given[at].role == Role::Called);
    if differing.len() <= 1 {
        let mut joined = Cow::Borrowed(first);
        for &at in &differing {
            joined.to_mut().given[at].values =
                calls.iter().flat_map(|call| call.given[at].values.clone()).collect();
        }
        merged.tail = tail(&rest, &joined, &mut merged.adjectives);
    } else if identity.is_none() && calls.len() == 2 {
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

/// Whether a noun is for things of any kind.
fn is_any_thing(object: &str) -> bool {
    const THINGS: &[&str] = &[
        "object",
        "item",
        "result",
        "record",
        "entry",
        "thing",
        "customer",
        "client",
        "patient",
        "member",
        "user",
        "contact",
        "account",
        "employee",
        "student",
        "person",
        "people",
        "company",
        "supplier",
        "vendor",
        "driver",
        "guest",
        "organization",
        "team",
    ];
    let head = singular(object.rsplit(' ').next().unwrap_or(object));
    THINGS.contains(&head.as_str())
}

fn tail(places: &[usize], call: &Call<'_>, adjectives: &mut String) -> String {
    let mut given: Vec<&Given> = places.iter().map(|&at| &call.given[at]).collect();
    let has_topic = given
        .iter()
        .any(|given| given.role == Role::About || given.role == Role::For && is_topic(given, call));
    // Flags go first: `open pizza restaurants`, `available red shoes`.
    given.sort_by(|a, b| {
        let is_value = |given: &Given| given.source != Source::Constant;
        // What a thing is for stands next to it.
        let place = |given: &Given| match &given.role {
            Role::Said("on branch") => Role::In,
            Role::With(label) if !is_plural_phrase(label) => Role::Of(label.clone()),
            role => role.clone(),
        };
        place(a).cmp(&place(b)).then(is_value(a).cmp(&is_value(b)))
    });
    let mut parts: Vec<String> = Vec::new();
    for given in given {
        let values: Vec<Cow<'_, str>> =
            given.values.iter().map(|value| Cow::Borrowed(value.as_str())).collect();
        // Objects for a sword are none that are swords.
        let is_name = given.values.iter().all(|value| value.starts_with(char::is_uppercase));
        if given.role == Role::For
            && (is_any_thing(&call.words.object)
                || is_name && singular(&call.words.object).ends_with("product"))
        {
            parts.push(say(&Role::Said("matching"), &values));
            continue;
        }
        if given.role == Role::Adjective {
            let said: Vec<String> = values
                .iter()
                .map(|value| match given.name.as_str() {
                    // `high` alone is high in what?
                    "severity" | "priority" | "risk" | "difficulty" => {
                        format!("{}-{}", say_value(value), given.name)
                    }
                    _ if is_shouted(value) => value.to_lowercase(),
                    _ => say_value(value),
                })
                .collect();
            adjectives.push_str(&join(&said));
            adjectives.push(' ');
        } else {
            let part = say(&given.role, &values);
            let part = match given.role {
                // `movies from 1995`, but `the balance for 2025`.
                Role::Year if call.payload.node.is_list() && is_work(&call.words.object) => {
                    part.replacen("in ", "from ", 1)
                }
                Role::Year if !call.payload.node.is_list() => part.replacen("in ", "for ", 1),
                Role::Since if ["check", "depart", "pick"].iter().any(|part| given.name.contains(part)) => {
                    part.replacen("since ", "from ", 1)
                }
                // The nearest airport is the one to a place.
                Role::In if is_near(&call.words.object) => part.replacen("in ", "to ", 1),
                Role::At if is_near(&call.words.object) => part.replacen("at ", "to ", 1),
                Role::Text
                    if call.payload.node.is_list()
                        && (is_writing(&call.words.object) || call.words.object.ends_with("quotes")) =>
                {
                    part.replacen("of ", "about ", 1)
                }
                Role::Of(_) if is_writing(&call.words.object) && !has_topic => {
                    part.replacen("of ", "about ", 1)
                }
                Role::For if is_writing(&call.words.object) && is_topic(given, call) => {
                    part.replacen("for ", "about ", 1)
                }
                _ => part,
            };
            // `since May 1 until May 9` reads better as `from … to …`.
            let part = match (part.strip_prefix("until "), parts.last_mut()) {
                (Some(end), Some(last))
                    if given.role == Role::Until
                        && ["since ", "after ", "from "].iter().any(|from| last.starts_with(from)) =>
                {
                    *last = last.replacen("since ", "from ", 1).replacen("after ", "from ", 1);
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

/// Whether all that was found has a word of what was searched for: then it is about that.
fn is_topic(given: &Given, call: &Call<'_>) -> bool {
    let words: Vec<&str> = given.values.iter().flat_map(|value| value.split_whitespace()).collect();
    let has_one = |row: &Node| {
        let mut texts = Vec::new();
        row.scalars(MAX_SCALARS, &mut texts);
        texts.iter().any(|text| words.iter().any(|word| word.len() > 2 && find(text, word).is_some()))
    };
    !call.payload.node.is_list() || call.payload.node.rows().iter().all(has_one)
}

/// `PENDING`, but not `VIP`.
pub fn is_shouted(value: &str) -> bool {
    value.len() > 3 && value.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// What is made in a year is from it.
fn is_work(object: &str) -> bool {
    const WORKS: &[&str] =
        &["movie", "film", "song", "album", "game", "show", "series", "car", "wine", "model", "photo"];
    let head = singular(object.rsplit(' ').next().unwrap_or(object));
    WORKS.contains(&head.as_str()) || is_writing(object)
}

fn is_near(object: &str) -> bool {
    ["nearest", "closest"].iter().any(|word| object.starts_with(word))
}

/// Things that are written about something, and not for it.
pub fn is_writing(object: &str) -> bool {
    const WRITINGS: &[&str] = &[
        "news",
        "article",
        "paper",
        "post",
        "document",
        "page",
        "story",
        "video",
        "book",
        "headline",
        "publication",
        "tweet",
        "report",
        "podcast",
        "email",
        "mail",
        "message",
        "note",
        "thread",
        "conversation",
        "issue",
        "ticket",
    ];
    let is_writing =
        object.rsplit(' ').next().is_some_and(|head| WRITINGS.contains(&singular(head).as_str()));
    is_writing && object != "order book"
}
