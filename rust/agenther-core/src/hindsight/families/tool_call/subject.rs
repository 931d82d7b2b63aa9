//! Who or what a clause is about: the user's own profile, a thing with an identifier, or neither.

use super::ask::Material;
use super::call::Call;
use super::given::{Given, is_secret};
use super::nouns::is_everyday_word;
use super::own::owns;
use super::payload::Node;
use super::role_words::is_name;
use super::roles::Role;
use crate::hindsight::provenance::{Argument, Source};
use crate::hindsight::wording::{join, plural, singular};
use crate::hindsight::{Origin, Slot};
use crate::signals::effect;
use crate::text::needles::find;

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
    /// What whoever asks has of their own, and no argument chose: `account`.
    Mine {
        /// `account`
        place: String,
        /// The name that the user logged in by.
        login: Option<Slot>,
    },
    /// `reservation M05KNL`, `reservations A and B`
    Named {
        /// `reservation`
        entity: String,
        /// The identifiers.
        values: Vec<String>,
    },
    /// The thing `of AAPL`, `of AAPL and MSFT`.
    Of(Vec<String>),
    /// The thing `with tracking number GHI789`.
    With {
        /// `tracking number`
        label: String,
        /// The identifier.
        value: String,
        /// Whether the label is the thing itself, not a kind of identifier: `parcel`.
        is_thing: bool,
    },
    /// A thing that its slots describe.
    None,
}

/// Things that are the user, so that their identifier is the user's own.
pub const SELVES: &[&str] = &[
    "user",
    "customer",
    "account",
    "member",
    "client",
    "patient",
    "patron",
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

/// Whether a thing is called by its code or number: course CS101, order A12, but not tracking GH789.
fn is_thing_by_code(entity: &str, label: &str) -> bool {
    #[rustfmt::skip]
    const THINGS: &[&str] = &[
        "order", "invoice", "booking", "reservation", "ticket", "case", "flight", "policy", "claim", "issue", "contract",
        "shipment", "course", "class", "product", "part", "project", "team", "station", "store", "branch", "section",
        "department", "plant", "line", "batch", "lot", "job", "event", "plan", "item", "asset", "vehicle",
    ];
    THINGS.contains(&entity) && ["code", "number", "reference", "ref"].iter().any(|end| label.ends_with(end))
}

pub fn subject(identity: &Given, values: &[String], call: &Call<'_>, material: &Material<'_, '_>) -> Subject {
    let Role::Identity { entity, label } = &identity.role else { return Subject::None };
    let value = values[0].clone();
    let object = &call.words.object;
    let head = object.rsplit(' ').next().unwrap_or(object);
    let said_label = user_label(&identity.source, material);
    let entity_words = entity.rsplit(' ').next().unwrap_or("");
    let in_object =
        !entity.is_empty() && object.split(' ').any(|word| singular(word) == singular(entity_words));
    if identity.told.as_ref().is_some_and(|told| told.introduction.is_some()) {
        let place = if matches!(entity_words, "user" | "profile" | "") { "profile" } else { "account" };
        return Subject::Own { label: label.clone(), value, place };
    }
    let is_contact = matches!(entity.as_str(), "phone" | "email");
    let is_self =
        SELVES.contains(&entity_words) || (entity.is_empty() || is_contact) && SELVES.contains(&head);
    if is_self && values.len() == 1 && user_says_own(identity, material) {
        let place = match entity_words {
            "user" | "profile" | "" => "profile",
            "policy" => "policy",
            "card" => "card",
            _ => "account",
        };
        let is_mail = value.contains('@') && !label.contains("email");
        let label = if is_mail { &"email address".to_string() } else { label };
        // An address is the user's own, not the customer's.
        let is_address =
            matches!(label.as_str(), "email" | "email address" | "phone" | "phone number" | "username");
        let said_label = said_label.filter(|_| !is_contact);
        let label = said_label.unwrap_or_else(|| match entity.is_empty() && !is_address {
            true => format!("{head} {label}"),
            false => label.clone(),
        });
        // Nobody has a customer name of their own.
        let label = if is_name(&value) && label.ends_with(" name") { "name".to_string() } else { label };
        return Subject::Own { label, value, place };
    }
    let names_by_id = ["ID", "name", "title", "key", "slug"].iter().any(|end| label.ends_with(end))
        || is_thing_by_code(entity, label);
    if !entity.is_empty() && (in_object || names_by_id) {
        return Subject::Named { entity: singular(entity), values: values.to_vec() };
    }
    if entity.is_empty() && label == "ID" {
        return Subject::Named { entity: singular(head), values: values.to_vec() };
    }
    if matches!(label.as_str(), "symbol" | "ticker") {
        return Subject::Of(values.to_vec());
    }
    // `account jlindt`, by the user as by the tool.
    if said_label.as_deref().is_some_and(|label| singular(label) == singular(head)) {
        return Subject::Named { entity: singular(head), values: values.to_vec() };
    }
    // `my parcel 1Z999`: what the user calls the thing itself.
    let is_thing = said_label.as_deref().is_some_and(|label| {
        let last = label.rsplit(' ').next().unwrap_or(label).to_lowercase();
        !["number", "id", "code", "key", "reference", "email", "address", "zip", "isbn", "no", "vin"]
            .contains(&last.as_str())
    });
    Subject::With { label: said_label.unwrap_or_else(|| label.clone()), value, is_thing }
}

/// What whoever asks has of their own, where a call gives it without being told whose: the account of who is logged in, the
/// booking of who calls.
pub fn mine(call: &Call<'_>, material: &Material<'_, '_>) -> Option<Subject> {
    const OWN: &[&str] = &[
        "account",
        "profile",
        "booking",
        "reservation",
        "itinerary",
        "trip",
        "subscription",
        "membership",
        "enrollment",
        "cart",
        "basket",
        "wallet",
        "balance",
        "portfolio",
        "loan",
        "mortgage",
        "lease",
    ];
    let object = &call.words.object;
    let place = match object.split_once(' ') {
        Some((owner, place)) if SELVES.contains(&owner) => place,
        _ => object,
    };
    let arguments = material.reading.provenance().arguments(call.step as usize);
    let is_of_caller =
        !call.is_write && call.given.is_empty() && arguments.iter().all(|argument| is_secret(argument.name));
    let is_record = || {
        matches!(call.payload.node, Node::Record(_))
            && OWN.contains(&place.rsplit(' ').next().unwrap_or(place))
            && (!call.via.is_empty() || user_has(material))
    };
    (is_of_caller && (is_record() || owns(call, place, material)))
        .then(|| Subject::Mine { place: place.to_string(), login: login(call, material) })
}

/// Whether the user speaks of what is theirs.
fn user_has(material: &Material<'_, '_>) -> bool {
    let run = material.reading.run;
    let turns = run.steps.iter().filter_map(|step| step.user);
    run.original_prompt.into_iter().chain(turns).any(|text| find(text, "my").is_some())
}

/// The name that the user logged in by, for a call that needs the log-in.
fn login(call: &Call<'_>, material: &Material<'_, '_>) -> Option<Slot> {
    let provenance = material.reading.provenance();
    let is_name = |argument: &&Argument<'_>| {
        let last = effect::words(argument.name).last().unwrap_or("");
        ["username", "user", "login", "email", "id"].iter().any(|name| last.eq_ignore_ascii_case(name))
            && matches!(argument.source, Source::User { .. })
    };
    call.via.iter().find_map(|&step| {
        let arguments = provenance.arguments(step as usize);
        let has_secret = arguments.iter().any(|argument| is_secret(argument.name));
        let named = arguments.iter().find(is_name).filter(|_| has_secret)?;
        Some(Slot {
            name: named.name.to_string(),
            value: named.value.to_string(),
            origin: Origin::User,
            step,
        })
    })
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

/// Whether what stands before a value says that it is another's: `of customer`, `the user`, but not `my user ID`.
fn is_of_another(sentence: &str) -> bool {
    let mut entity = false;
    let mut words = sentence.split_whitespace().rev().take(5);
    while let Some(word) = words.next() {
        // `Submit my receipts, employee 12.`: who asks says who that is.
        if entity && word.ends_with(',') {
            return !sentence.split_whitespace().any(|word| matches!(word, "my" | "i" | "me"));
        }
        match word.trim_matches(|c: char| !c.is_alphanumeric()) {
            "" | "id" | "number" | "name" | "email" | "phone" | "username" | "no" | "code" | "named"
            | "called" => {}
            "of" | "for" | "about" => return true,
            "the" | "this" | "that" | "our" => return entity,
            word if SELVES.contains(&word) => entity = true,
            "my" | "i" | "i'm" | "im" | "am" | "is" | "it's" | "me" | "as" => return false,
            // `my checking account 12`
            _ => return entity && words.next() != Some("my"),
        }
    }
    false
}

/// Whether the words before a name introduce the one who speaks.
fn introduces(sentence: &str) -> bool {
    let sentence = sentence.trim_end_matches(|c: char| !c.is_alphanumeric());
    ["name is", "name's", "name", "i'm", "i am", "this is", "it's", "under"]
        .iter()
        .any(|words| sentence.ends_with(words))
        && !sentence.ends_with("customer name")
}

fn user_says_own(identity: &Given, material: &Material<'_, '_>) -> bool {
    let source = &identity.source;
    let Some((text, start)) = said_in(source, material) else { return false };
    let end = match source {
        Source::User { span, .. } => span.end as usize,
        _ => start,
    };
    let before = &text[..start];
    let sentence = before.rsplit(['.', '!', '?', '\n']).next().unwrap_or(before).to_lowercase();
    let after = text[end..].split(['.', '!', '?', '\n']).next().unwrap_or("");
    let is_alone = sentence.trim().is_empty() && !after.contains(char::is_alphanumeric);
    if is_of_another(&sentence) || after.starts_with("'s ") || after.starts_with("’s ") {
        return false;
    }
    // A person who is named is the one who speaks only where the words say so.
    if identity.values.iter().all(|value| value.contains(' ') && is_name(value)) {
        return is_alone || introduces(&sentence);
    }
    // `Account: ana@x.com`, or the value alone.
    let is_labelled = |sentence: &str| {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let is_label = |word: &&str| {
            let word = word.trim_end_matches(':');
            ["number", "is", "it's", "id", "email", "phone", "the", "it", "acct"].contains(&word)
                || SELVES.contains(&word)
        };
        is_alone
            || words.len() <= 2 && sentence.trim_end().ends_with(':')
            || words.len() == 1
            || (1..=3).contains(&words.len()) && words.iter().all(is_label)
    };
    let is_bare = text.len() < 60 || is_labelled(&sentence);
    is_bare
        || sentence
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| matches!(word, "my" | "i" | "i'm" | "me"))
}

/// How the user called the value: the words between a determiner and it, as in `the tracking number is GHI789`.
fn user_label(source: &Source, material: &Material<'_, '_>) -> Option<String> {
    let (text, start) = said_in(source, material)?;
    // The value may be a part of what the user wrote: of an address, of a path.
    if let Source::User { span, .. } = source
        && text[span.end as usize..].starts_with(['@', '/', '_', '-'])
    {
        return None;
    }
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
                | "of" // `the password of account jlindt`
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
    (closed && !label.is_empty() && label.iter().all(|word| is_everyday_word(word))).then(|| label.join(" "))
}

/// `reservations A and B`, `artist Adele`, `the payments service`.
pub fn named(entity: &str, values: &[String]) -> String {
    let is_word = |name: &String| name.chars().all(|c| c.is_lowercase() || c == '-');
    // `cabinet 1` says itself what it is.
    let is_numbered = |value: &String| {
        value.split_once(' ').is_some_and(|(thing, number)| {
            thing.bytes().all(|byte| byte.is_ascii_lowercase())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    match values {
        values if values.iter().all(is_numbered) => join(values),
        [name] if is_word(name) => format!("the {name} {entity}"),
        names if names.iter().all(is_word) => format!("the {} {}", join(names), plural(entity)),
        [value] if is_name(value) => format!("the {entity} {value}"),
        [value] => format!("{entity} {value}"),
        values => format!("{} {}", plural(entity), join(values)),
    }
}

impl Subject {
    /// The subject of the call at `at` alone, of several that it joins.
    pub fn nth(&self, at: usize) -> Subject {
        match self {
            Subject::Named { entity, values } => {
                let value = values.get(at).or(values.last()).cloned();
                Subject::Named { entity: entity.clone(), values: value.into_iter().collect() }
            }
            Subject::Of(values) => {
                Subject::Of(values.get(at).or(values.last()).cloned().into_iter().collect())
            }
            other => other.clone(),
        }
    }
}
