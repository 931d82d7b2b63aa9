//! What a parameter is to the ask: where, since when, called what. [`super::role_words`] says it.

use std::rc::Rc;

use super::merge::is_shouted;
use super::verbs::{FETCH, SEARCH};
use crate::hindsight::compounds::unglued;
use crate::hindsight::wording::{humanize, is_function_word, singular};
use crate::signals::effect;
use crate::text::memo::Memo;

/// The role that a parameter's name, else its description, gives to its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Stands before the noun: `pending orders`.
    Adjective,
    /// Names the thing: the noun of what it identifies, and how the identifier itself is called.
    Identity {
        /// `reservation`
        entity: String,
        /// `reservation ID`
        label: String,
    },
    /// `called "Dune"`
    Called,
    /// `in the category "history"`
    Category,
    /// `for "birthday ideas"`
    For,
    /// `about volcanoes`
    About,
    /// `assigned to Lee`: the words before the value.
    Said(&'static str),
    /// The text worked on: `the language of "bonjour"`, `translate "bonjour"`.
    Text,
    /// `of the payments service`
    Of(String),
    /// `by Ursula K. Le Guin`
    By,
    /// `from JFK`
    From,
    /// `to SEA`
    To,
    /// `in Oslo`
    In,
    /// `in the production environment`
    Within(String),
    /// `from 1995` of things, `for 1995` of a figure
    Year,
    /// `at Main Street 5`
    At,
    /// `priced at 10 or more`, `with at least 2 bedrooms`
    AtLeast(String),
    /// `priced at up to 50`, `with at most 2 stops`
    AtMost(String),
    /// `for 3 guests`
    Count(String),
    /// `with brand Acme`
    With(String),
    /// `on May 20, 2024`
    On,
    /// `since May 1, 2024`
    Since,
    /// `until May 9, 2024`
    Until,
    /// `before 10:00`
    Before,
    /// `over the last 24 hours`
    Over,
    /// So many units of time up to now: `from the last 7 days`.
    Last(String),
    /// Says how to answer, not what: sort order, format, language of the output.
    Manner,
}

/// The adjective of a flag that is set: `available` of `available_only`, `nonstop` of `nonstop`. `None` for flags that say
/// how to answer.
pub fn flag(name: &str) -> Option<String> {
    const MANNERS: &[&str] = &[
        "include",
        "with",
        "return",
        "verbose",
        "debug",
        "full",
        "raw",
        "details",
        "desc",
        "descending",
        "ascending",
        "asc",
        "sort",
        "strict",
        "recursive",
        "force",
        "dry",
        "expand",
        "use",
        "show",
        "show",
        "get",
        "fetch",
        "enable",
        "disable",
        "allow",
        "auto",
        "async",
        // Events of a series each by themselves.
        "single",
        "summary",
    ];
    let words: Vec<String> = effect::words(name).map(str::to_ascii_lowercase).collect();
    if words.iter().any(|word| MANNERS.contains(&word.as_str())) {
        return None;
    }
    if let [first, state] = &words[..]
        && (excludes(first) || matches!(first.as_str(), "hide" | "skip" | "not"))
    {
        return Some(format!("non-{state}"));
    }
    let said: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "only" | "is" | "now" | "has"))
        .collect();
    (!said.is_empty() && said.len() <= 2).then(|| said.join(" "))
}

/// Whether a role's label is one that people would say.
pub fn is_sayable(role: &Role) -> bool {
    let label = match role {
        Role::With(label) | Role::AtLeast(label) | Role::AtMost(label) | Role::Within(label) => label,
        Role::Identity { entity, .. } if is_function_word(entity) => return false,
        _ => return true,
    };
    label.split(' ').all(|word| {
        // `tld`: without a vowel it is no word.
        let has_vowel = word.chars().any(|letter| "aeiouyAEIOUY".contains(letter) || !letter.is_ascii());
        let is_capital = word.chars().all(char::is_uppercase);
        word.len() > 2 && word.chars().all(char::is_alphabetic) && (has_vowel || is_capital)
            || matches!(word, "ID" | "of" | "TV" | "IP")
    }) && label.split(' ').count() <= 3
}

/// Words that end the name of an identifier.
const IDENTIFIERS: &[&str] = &[
    "id",
    "ids",
    "code",
    "number",
    "no",
    "num",
    "key",
    "slug",
    "uuid",
    "sku",
    "isbn",
    "symbol",
    "ticker",
    "email",
    "username",
    "ref",
    "reference",
    "handle",
    "iban",
    "phone",
    "login",
    "nr",
    "identifier",
    "pk",
    "guid",
    "upc",
    "mrn",
    "asin",
];

/// The role of a parameter.
pub fn role(name: &str, description: Option<&str>, value: &str) -> Role {
    thread_local! {
        static WORDS: Memo<Rc<[String]>> = Memo::default();
    }
    let split = |name: &str| {
        effect::words(name).map(str::to_ascii_lowercase).flat_map(|word| unglued(&word)).collect()
    };
    let words = WORDS.with(|words| words.of(name, split));
    by_words(&words, value)
        .or_else(|| by_singular(&words, value))
        .or_else(|| by_description(description?, value))
        .unwrap_or_else(|| Role::With(humanize(unfiltered(name))))
}

/// The name without the word that it filters: `filter_route` is the route.
fn unfiltered(name: &str) -> &str {
    name.strip_prefix("filter_").or_else(|| name.strip_suffix("_filter")).unwrap_or(name)
}

/// The role of the singular of a plural: `travel_dates`, `hotel_names`.
fn by_singular(words: &[String], value: &str) -> Option<Role> {
    let (last, head) = words.split_last()?;
    let one = singular(last);
    // So many sources are none of them.
    if one == *last || is_count(value) {
        return None;
    }
    let words: Vec<String> = head.iter().cloned().chain([one]).collect();
    by_words(&words, value).filter(|role| *role != Role::Manner)
}

fn by_words(words: &[String], value: &str) -> Option<Role> {
    // What filters is what is wanted: `status_filter`, `filter_by_city`.
    let is_filter = |word: &&str| matches!(*word, "filter" | "filters" | "param");
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.len() > 1 && words.iter().any(is_filter) {
        words.retain(|word| !is_filter(word) && *word != "by");
    }
    // That it is written as text says nothing: `date_string`, `searchString`.
    if words.len() > 1 && matches!(words.last(), Some(&("string" | "str" | "text" | "input"))) {
        words.pop();
    }
    // What a name contains is what one looks for by it: `name_contains`.
    let is_negated = words.iter().any(|word| matches!(*word, "not" | "no" | "doesnt" | "without"));
    let is_text = value.contains(char::is_alphabetic) && !matches!(value, "true" | "false");
    if words.len() > 1
        && matches!(words.last(), Some(&("contains" | "contain" | "like" | "matches")))
        && !is_negated
        && is_text
    {
        return Some(Role::For);
    }
    let (last, head) = words.split_last()?;
    let first = words[0];
    if excludes(first) {
        return Some(Role::Said(if words[1..].iter().any(|word| is_part_of_thing(word)) {
            "without"
        } else {
            "excluding"
        }));
    }
    if let Some(said) = deed(&words).filter(|_| is_text && !is_date(value)) {
        return Some(Role::Said(said));
    }
    let rest = |from: usize| humanize(&words[from..].join("_"));
    match first {
        done if words.len() == 2
            && let Some(said) = dated_deed(done, last, value) =>
        {
            return Some(Role::Said(said));
        }
        "earliest" if words.len() > 1 && is_clock(value) => return Some(Role::Said("no earlier than")),
        "latest" if words.len() > 1 && is_clock(value) => return Some(Role::Said("no later than")),
        "min" | "minimum" | "earliest" if words.len() > 1 && is_date(value) => return Some(Role::Since),
        "max" | "maximum" | "latest" if words.len() > 1 && is_date(value) => return Some(Role::Until),
        "max" | "maximum" if words.last() == Some(&"old") && words.len() == 3 => {
            return Some(Role::Last(words[1].to_string()));
        }
        "min" | "minimum" | "lowest" if words.len() > 1 => return Some(Role::AtLeast(rest(1))),
        "max" | "maximum" | "highest" if words.len() > 1 => return Some(Role::AtMost(rest(1))),
        "origin" | "departure" | "src" | "pickup" if !is_time(value) && !is_clock(value) => {
            return Some(Role::From);
        }
        "destination" | "dest" | "arrival" | "dropoff" | "recipient" | "target" if !is_time(value) => {
            return Some(Role::To);
        }
        _ => {}
    }
    if let Some(at) = words.iter().position(|word| matches!(*word, "id" | "ids")).filter(|_| words.len() == 2)
    {
        return Some(Role::Identity {
            entity: humanize(words[1 - at]),
            label: format!("{} ID", humanize(words[1 - at])),
        });
    }
    // `{"method": "get"}` says what the tool does, as its name does.
    let is_read =
        || effect::words(value).next().is_some_and(|verb| FETCH.contains(&verb) || SEARCH.contains(&verb));
    if matches!(words[..], ["method" | "operation" | "action"]) && is_read() {
        return Some(Role::Manner);
    }
    // How far around was looked is no part of the ask.
    if words.contains(&"radius") {
        return Some(Role::Manner);
    }
    match words[..] {
        ["last"] if is_count(value) => return Some(Role::Manner),
        ["last"] if is_span(value) => return Some(Role::Over),
        ["last"] | ["last" | "family" | "full", "name"] if !is_time(value) => return Some(Role::Called),
        ["base" | "source" | "from", "currency"] => return Some(Role::From),
        ["quote" | "counter" | "to" | "target", "currency"] => return Some(Role::To),
        _ => {}
    }
    if words == ["from"] || words.first() == Some(&"from") && !is_time(value) {
        return Some(if is_time(value) { Role::Since } else { Role::From });
    }
    if words.first() == Some(&"to") {
        return Some(if is_time(value) { Role::Until } else { Role::To });
    }
    let before = humanize(&head.join("_"));
    const PEOPLE: &[&str] =
        &["guests", "people", "passengers", "adults", "persons", "travelers", "participants", "attendees"];
    if let Some(people) = words.iter().find(|word| PEOPLE.contains(word)) {
        return Some(if value.bytes().all(|byte| byte.is_ascii_digit()) {
            Role::Count(people.to_string())
        } else {
            Role::Said("with")
        });
    }
    if matches!(words[..], ["party", "size"] | ["group", "size"] | ["guest", "count"]) {
        return Some(Role::Count("people".to_string()));
    }
    let role = match *last {
        "min" | "minimum" | "gte" | "gt" if is_time(value) => Role::Since,
        "max" | "maximum" | "lte" | "lt" if is_time(value) => Role::Until,
        "min" | "minimum" | "gte" if !head.is_empty() => Role::AtLeast(before),
        "max" | "maximum" | "lte" if !head.is_empty() => Role::AtMost(before),
        "origin" | "source" | "sender" | "base" => Role::From,
        "destination" | "recipient" => Role::To,
        "start" | "since" | "after" | "begin" | "beginning" => Role::Since,
        "before" if is_clock(value) => Role::Before,
        "end" | "until" | "before" => Role::Until,
        "due" | "deadline" if is_date(value) => Role::Said("due"),
        "from" if !head.is_empty() => {
            if is_time(value) {
                Role::Since
            } else {
                Role::From
            }
        }
        "to" if !head.is_empty() => {
            if is_time(value) {
                Role::Until
            } else {
                Role::To
            }
        }
        "dob" | "birthdate" | "birthday" if is_date(value) => Role::Said("born on"),
        "date" if matches!(first, "birth" | "born") && is_date(value) => Role::Said("born on"),
        "birth" if first == "date" && is_date(value) => Role::Said("born on"),
        "date" | "day" | "datetime" | "when" | "time" | "at" => match first {
            "due" | "deadline" if is_date(value) => Role::Said("due"),
            "start" | "from" | "begin" | "since" | "after" | "min" => Role::Since,
            "end" | "until" | "before" => Role::Until,
            "checkin" | "departure" | "pickup" => Role::Since,
            "checkout" | "return" | "dropoff" => Role::Until,
            "check" if words.contains(&"in") => Role::Since,
            "check" if words.contains(&"out") => Role::Until,
            _ if is_clock(value) => Role::At,
            _ if is_time(value) && *last != "time" => Role::On,
            _ => Role::With(rest(0)),
        },
        "checkin" => Role::Since,
        "checkout" => Role::Until,
        "in" if first == "check" => Role::Since,
        "out" if first == "check" => Role::Until,
        // `open`, `CLOSED`; but `Ohio`, `TEXAS`.
        "state"
            if value.starts_with(|first: char| first.is_lowercase())
                || matches!(value, "OPEN" | "ACTIVE" | "PENDING" | "RUNNING")
                || is_shouted(value) && value.ends_with("ED") =>
        {
            Role::Adjective
        }
        "room" | "warehouse" | "building" if value.starts_with(|first: char| first.is_ascii_digit()) => {
            Role::Within(last.to_string())
        }
        "city" | "location" | "place" | "country" | "region" | "state" | "area" | "town" | "province"
        | "continent" | "county" | "district" | "neighborhood" | "room" | "building" | "warehouse"
        | "folder" | "league" | "market" => Role::In,
        "year" => Role::Year,
        "month" | "quarter" | "season" | "course" | "module" | "semester" | "jurisdiction" => Role::In,
        "assignee" | "assigned" => Role::Said("assigned to"),
        "reason" if head.is_empty() => Role::Said("with the reason"),
        "pnr" => Role::Identity { entity: String::new(), label: "booking reference".to_string() },
        "msisdn" => Role::Identity { entity: String::new(), label: "phone number".to_string() },
        "surname" | "lastname" | "family" if head.is_empty() => Role::Called,
        "reporter" => Role::Said("reported by"),
        // Dana Whitfield, but not `acme` of a repository.
        "owner" if head.is_empty() && value.contains(' ') => Role::Said("owned by"),
        "quantity" | "qty" if head.is_empty() && is_count(value) => Role::Said("for a quantity of"),
        "tag" | "tags" => Role::Said("tagged"),
        "label" | "labels" => Role::Said("labeled"),
        "platform" => Role::Said("for"),
        "provider" => Role::Said("with"),
        "weekday" => Role::On,
        "mode" if is_travel(value) => Role::Adjective,
        "amenity" | "amenities" | "feature" | "features" | "facilities" | "equipment" | "toppings"
        | "extras" => Role::Said("with"),
        "near" | "nearby" => Role::Said("near"),
        "what" if head.is_empty() => Role::For,
        "where" if head.is_empty() => Role::In,
        "branch" if is_branch(value) => Role::Said("on branch"),
        "ref" if head.is_empty() && !value.bytes().any(|byte| byte.is_ascii_digit()) => {
            Role::Said("on branch")
        }
        "content" | "body" | "mention" | "mentions" if head.is_empty() && !is_time(value) => Role::About,
        "window" | "timeframe" | "lookback" | "timerange" if is_span(value) => Role::Over,
        "service" | "app" | "application" | "deployment" | "pod" | "container" | "component" | "host"
        | "server" | "machine" | "device" | "pipeline" | "job" | "bucket" | "dataset" | "campaign"
        | "product" | "vehicle" | "car" | "team" | "player" | "company" | "customer" | "client"
        | "vendor" | "supplier" | "employee" | "person" | "model" | "plant" | "farm" | "facility"
        | "factory" | "site" | "vessel" | "ship" | "school" | "university" | "fund" | "drug"
        | "medication" | "coin" | "stock" | "airline" | "hotel" | "flight" | "table" | "metric"
            if head.is_empty()
                && (value.contains(' ') || !value.bytes().any(|byte| byte.is_ascii_digit())) =>
        {
            Role::Of(last.to_string())
        }
        "currency" => Role::In,
        "ingredient" | "ingredients" => Role::Said("with"),
        // Of a pair one asks what it was, not in it.
        "pair" => Role::Said("for"),
        "period" | "frequency" | "interval" if is_adjective(value) => Role::Adjective,
        "via" => Role::Said("via"),
        "doctor" | "dentist" | "therapist" | "stylist" | "barber" | "instructor" | "tutor"
            if head.is_empty() =>
        {
            Role::Said("with")
        }
        "text" | "sentence" | "word" | "paragraph" => Role::Text,
        "channel" if value.starts_with('#') => Role::In,
        "channel" => Role::Within(last.to_string()),
        "environment" | "env" | "namespace" | "cluster" | "queue" | "department" | "group" | "database"
        | "section" | "schema" | "division" | "workspace" | "sector" | "industry" | "ward" | "zone"
        | "organization" | "tenant" => {
            Role::Within(if *last == "env" { "environment".into() } else { last.to_string() })
        }
        "repo" | "repository" | "project" | "board" | "playlist" | "collection" => Role::In,
        "address" | "venue" | "restaurant" | "store" | "airport" | "station" | "hospital" | "clinic"
        | "branch" => Role::At,
        "query" | "q" | "search" | "keyword" | "keywords" | "term" | "terms" | "phrase" => Role::For,
        "topic" | "subject" | "about" => Role::About,
        "author" | "artist" | "creator" | "director" | "writer" | "composer" | "publisher"
        | "manufacturer" => Role::By,
        "category" => Role::Category,
        // How much is told of each is for the tool.
        "level" | "mode" if matches!(first, "detail" | "verbosity") => Role::Manner,
        // The issues of priority 1 are no 1 issues.
        "priority" | "severity" | "level" if is_count(value) => return None,
        // Large ones are no ones of size 9.
        "size" if head.is_empty() && value.chars().all(|c| c.is_lowercase() || c == ' ') => Role::Adjective,
        "specialty" | "speciality" | "specialization" => Role::Adjective,
        "status" | "stage" | "genre" | "cuisine" | "diet" | "brand" | "color" | "colour" | "priority"
        | "severity" | "type" | "kind" | "class" | "cabin" | "level" => Role::Adjective,
        "name" | "title" if head.is_empty() => Role::Called,
        "name" if matches!(head, ["first" | "given"]) => Role::With("first name".to_string()),
        "code" if matches!(head, ["language" | "lang" | "locale"]) => Role::Manner,
        // `city_name` is a city, `country_code` a country.
        "name" | "code" | "title"
            if !head.is_empty()
                && let Some(
                    role @ (Role::In | Role::At | Role::By | Role::Category | Role::From | Role::To),
                ) = by_words(&head.iter().map(|word| word.to_string()).collect::<Vec<_>>(), value) =>
        {
            role
        }
        "name" | "title" => Role::Identity { entity: humanize(&head.join("_")), label: rest(0) },
        "days" | "hours" | "weeks" | "months" | "minutes" | "years"
            if words
                .iter()
                .any(|word| matches!(*word, "within" | "last" | "past" | "lookback" | "recent")) =>
        {
            Role::Last(last.to_string())
        }
        "days" if matches!(head, ["inactive" | "idle" | "overdue" | "stale" | "unused"]) => {
            Role::With(rest(0))
        }
        "guests" | "adults" | "passengers" | "people" | "persons" | "nights" | "days" | "seats"
        | "travelers" | "rooms" | "hours" | "weeks" | "months" | "years" | "children" | "minutes" => {
            Role::Count(last.to_string())
        }
        "lines" | "limit" | "depth" | "offset" | "page" | "k" | "topk" | "n" | "count" if is_count(value) => {
            Role::Manner
        }
        "results" | "size" | "items" if !head.is_empty() && is_count(value) => Role::Manner,
        // How the result is written: `{"output": "json"}`.
        "output" if is_notation(value) => Role::Manner,
        // `flat 12B` is no unit of measurement.
        "unit" | "units" if value.bytes().any(|byte| byte.is_ascii_digit()) => return None,
        "sort" | "order" | "format" | "locale" | "sortby" | "direction" | "units" | "unit" | "verbose"
        | "fields" | "field" | "mask" | "fieldmask" | "part" | "retmode" | "rettype" | "expand"
        | "timezone" | "tz" | "view" | "mode" | "lang" | "language" => Role::Manner,
        last if words.contains(&"sort") || words.contains(&"order") && last == "by" => Role::Manner,
        last if IDENTIFIERS.contains(&last) => {
            let entity = if head.is_empty() { String::new() } else { humanize(&head.join("_")) };
            let label = if words == ["phone"] { "phone number".to_string() } else { rest(0) };
            Role::Identity { entity, label }
        }
        _ => return None,
    };
    Some(role)
}

/// Whether a value is a way to write results down.
fn is_notation(value: &str) -> bool {
    ["json", "yaml", "yml", "xml", "csv", "text", "table", "wide", "markdown", "plain"]
        .iter()
        .any(|known| value.eq_ignore_ascii_case(known))
}

/// Whether a parameter that begins so leaves out what it is given: `excludeIngredients`.
fn excludes(first: &str) -> bool {
    matches!(
        first,
        "exclude"
            | "excluded"
            | "excludes"
            | "excluding"
            | "without"
            | "except"
            | "omit"
            | "avoid"
            | "ignore"
    )
}

/// Whether things have it in them or with them.
fn is_part_of_thing(word: &str) -> bool {
    matches!(by_words(&[word.to_string()], "x"), Some(Role::Said("with")))
}

/// Who did something, or for whom: `assigned_to_email`, `created_by`.
fn deed(words: &[&str]) -> Option<&'static str> {
    #[rustfmt::skip]
    const DEEDS: &[(&str, &str, &str)] = &[
        ("assigned", "to", "assigned to"), ("created", "by", "created by"), ("owned", "by", "owned by"),
        ("sent", "by", "sent by"), ("written", "by", "written by"), ("reported", "by", "reported by"),
        ("requested", "by", "requested by"), ("posted", "by", "posted by"), ("updated", "by", "updated by"),
        ("managed", "by", "managed by"), ("hosted", "by", "hosted by"), ("approved", "by", "approved by"),
    ];
    let [done, link, rest @ ..] = words else { return None };
    let is_person = matches!(rest, [] | ["email" | "name" | "user" | "username"] | ["user", "name"]);
    DEEDS.iter().find(|(verb, by, _)| verb == done && by == link && is_person).map(|(.., said)| *said)
}

/// What was done before or after a date, or is: `available_before`, `created_after`.
fn dated_deed(done: &str, link: &str, value: &str) -> Option<&'static str> {
    #[rustfmt::skip]
    const DEEDS: &[(&str, &str, &str)] = &[
        ("available", "available by", "available from"), ("created", "created before", "created after"),
        ("updated", "updated before", "updated after"), ("modified", "modified before", "modified after"),
        ("published", "published before", "published after"), ("released", "released before", "released after"),
        ("posted", "posted before", "posted after"), ("opened", "opened before", "opened after"),
        ("closed", "closed before", "closed after"), ("due", "due by", "due after"),
        ("starting", "starting before", "starting after"), ("ending", "ending before", "ending after"),
        ("placed", "placed before", "placed after"), ("received", "received before", "received after"),
        ("sent", "sent before", "sent after"), ("born", "born before", "born after"),
        ("built", "built before", "built after"),
    ];
    let (_, before, after) = DEEDS.iter().find(|(known, ..)| *known == done).filter(|_| is_time(value))?;
    match link {
        "before" | "until" => Some(before),
        "after" | "since" => Some(after),
        _ => None,
    }
}

/// A parameter called `p1` or `value` may be explained: the first known word of the description decides.
fn by_description(description: &str, value: &str) -> Option<Role> {
    const LINKS: &[&str] =
        &["for", "of", "which", "that", "required", "used", "needed", "whose", "with", "by"];
    let mut words: Vec<String> = effect::words(description).take(8).map(str::to_ascii_lowercase).collect();
    // `The shape for which to calculate the area` is a shape.
    if let Some(at) = words.iter().position(|word| LINKS.contains(&word.as_str())).filter(|at| *at > 0) {
        words.truncate(at);
    }
    // `The action to take` is no place to go.
    let is_link = |word: &String| matches!(word.as_str(), "to" | "from" | "in" | "what" | "where");
    let known = words
        .iter()
        .position(|word| !is_link(word) && by_words(std::slice::from_ref(word), value).is_some())?;
    let role = by_words(std::slice::from_ref(&words[known]), value)?;
    match role {
        // `The ID of …` says too little to call a value by.
        Role::Identity { .. } | Role::Manner | Role::Called | Role::Adjective => None,
        // A number is no place.
        Role::In | Role::At if !value.contains(char::is_alphabetic) => None,
        role => Some(role),
    }
}

/// `1h`, `30 days`: a number and a unit of time.
fn is_span(value: &str) -> bool {
    const UNITS: &[&str] =
        &["s", "sec", "second", "m", "min", "minute", "h", "hr", "hour", "d", "day", "w", "week", "month"];
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit()).trim().to_ascii_lowercase();
    let has_number = value.starts_with(|c: char| c.is_ascii_digit());
    has_number
        && (UNITS.contains(&unit.as_str()) || UNITS.iter().any(|known| unit.strip_suffix('s') == Some(known)))
}

/// How many rows a page has: no request says it.
pub fn is_count(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

/// How one gets from a place to another.
fn is_travel(value: &str) -> bool {
    [
        "driving",
        "walking",
        "bicycling",
        "cycling",
        "transit",
        "train",
        "bus",
        "car",
        "bike",
        "flight",
        "ferry",
    ]
    .contains(&value.to_ascii_lowercase().as_str())
}

/// `annual`, `daily`.
fn is_adjective(value: &str) -> bool {
    ["ly", "al"].iter().any(|end| value.ends_with(end))
        && value.chars().all(|letter| letter.is_ascii_lowercase())
}

pub fn is_date(value: &str) -> bool {
    crate::hindsight::forms::date(value).is_some()
}

fn is_time(value: &str) -> bool {
    is_date(value) || value.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year))
}

/// Whether a branch is one of code, and not of a bank.
fn is_branch(value: &str) -> bool {
    value.contains('/')
        || ["main", "master", "develop", "dev", "trunk", "staging", "release"].contains(&value)
}

pub fn is_clock(value: &str) -> bool {
    let (hour, minute) = value.split_once(':').unwrap_or(("", ""));
    (1..=2).contains(&hour.len()) && minute.len() >= 2 && hour.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_name_what_they_identify() {
        assert_eq!(
            role("reservation_id", None, "M05KNL"),
            Role::Identity { entity: "reservation".into(), label: "reservation ID".into() }
        );
        assert_eq!(role("isbn", None, "978"), Role::Identity { entity: String::new(), label: "ISBN".into() });
    }

    #[test]
    fn how_a_tool_works_is_not_said() {
        for (name, value) in
            [("method", "get"), ("operation", "list_all"), ("detailLevel", "full"), ("search_radius", "5")]
        {
            assert_eq!(role(name, Some("What to do"), value), Role::Manner, "{name}");
        }
        assert_ne!(role("method", None, "paypal"), Role::Manner);
    }

    #[test]
    fn states_stand_before_the_noun() {
        for value in ["open", "OPEN", "CLOSED"] {
            assert_eq!(role("state", None, value), Role::Adjective);
        }
    }

    #[test]
    fn a_description_explains_an_opaque_name() {
        assert_eq!(role("p1", Some("The city to search in"), "Oslo"), Role::In);
        assert_eq!(role("p1", None, "Oslo"), Role::With("p1".into()));
        assert_eq!(role("p1", Some("What to do"), "Oslo"), Role::With("p1".into()));
        assert_eq!(role("priority", None, "1"), Role::With("priority".into()));
    }
}
