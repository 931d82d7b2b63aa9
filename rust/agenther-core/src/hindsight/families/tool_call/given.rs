//! The parameters of a call in their roles, and which of them no person states.

use std::borrow::Cow;
use std::collections::HashMap;

use super::bounds::bounded;
use super::codes::{country, language};
use super::fitted::{fitted, is_lone_figure, names_query, repeats_object, with_rate};
use super::located::located;
use super::moments::{dated, with_clock};
use super::roles::{Role, flag, is_sayable, role};
use super::spelled::{place_of_zone, with_capitals};
use super::told::Told;
use super::unnamed::role_of_only;
use crate::hindsight::families::sql;
use crate::hindsight::provenance::{Argument, Bound, Source};
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{is_opaque, plural, singular, singular_word};
use crate::reading::Reading;
use crate::signals::effect;
use crate::text::document::Kind;
use crate::text::needles::find;
use crate::text::same::folded;
use crate::tools::Tool;

/// Longer values are code, documents or prompts: no request quotes them.
const MAX_VALUE: usize = 90;

/// A parameter of a call with the values it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Name of the parameter.
    pub name: String,
    /// How its values are said.
    pub role: Role,
    /// The values, in order.
    pub values: Vec<String>,
    /// Where the first value comes from.
    pub source: Source,
    /// Whether a value is an identifier that nobody knows unless told.
    pub opaque: bool,
    /// How the user told what an earlier call looked the value up by.
    pub told: Option<Told>,
}

/// The parameters of a call in their roles, or why no request states them. Flags and page sizes are left out.
pub fn given(reading: &Reading<'_>, step: usize, object: &str, is_write: bool) -> Result<Vec<Given>, Reason> {
    let mut out: Vec<Given> = Vec::new();
    let mut places: HashMap<(&str, Option<Bound>), usize> = HashMap::new();
    let arguments = reading.provenance().arguments(step);
    for argument in arguments {
        if let Some(reason) = unaskable(argument) {
            return Err(reason);
        }
        out.extend(set_flag(argument));
        // How many are made is no page size.
        if is_write && counts_things(argument) {
            let role = Role::Count(plural(&singular(object)));
            out.push(Given::new(argument.name, role, argument.value.to_string(), argument.source));
            continue;
        }
        if is_unsaid(argument) || is_secret(argument.name) {
            continue;
        }
        if is_coordinate(argument) {
            let place = located(reading, step, argument, object).ok_or(Reason::ArgumentsInvented)?;
            // The longitude is that of the same place.
            match out.iter().find(|given| given.name == place.name) {
                Some(known) if known.values != place.values => return Err(Reason::ArgumentsInvented),
                Some(_) => {}
                None => out.push(place),
            }
            continue;
        }
        if !is_quotable(argument) {
            return Err(Reason::NoAsk);
        }
        let value = as_said(argument, object);
        let is_opaque = is_unknown_key(argument, &value);
        // A key of the system prompt, no user has.
        if argument.source == Source::Constant && is_opaque && is_machine_key(&value) {
            if is_of_account(argument.name) {
                continue;
            }
            return Err(Reason::OpaqueIdentifier);
        }
        if argument.source == Source::Invented && (is_opaque || is_guess(argument.name, &value)) {
            return Err(Reason::ArgumentsInvented);
        }
        let tool = reading.called(step);
        let key = (argument.name, argument.bound);
        let place = match places.get(&key) {
            Some(&place) => place,
            None => {
                let role = role_of(argument, tool, &value).ok_or(Reason::NoAsk)?;
                let role = place_or_thing(role, argument, object, is_write);
                let role = match argument.bound {
                    Some(_) => role,
                    None => fitted(role, argument.name, &value, object, tool),
                };
                let is_zone = !is_write && place_of_zone(argument.name, &value, object).is_some();
                let role = if is_zone && role == Role::Manner { Role::In } else { role };
                let role = role_of_only(argument, arguments.len() - 1, object).unwrap_or(role);
                let given = Given::new(argument.name, role, String::new(), argument.source);
                out.push(Given { values: Vec::new(), ..given });
                places.insert(key, out.len() - 1);
                out.len() - 1
            }
        };
        if !is_askable(&out[place].role, argument, &value, is_opaque, is_write, tool) {
            return Err(Reason::NoAsk);
        }
        out[place].opaque |= is_opaque;
        out[place].values.push(value.into_owned());
        with_capitals(&mut out[place], argument, reading);
    }
    if out.iter().any(|given| is_lone_figure(given, reading, step) || repeats_object(given, object)) {
        return Err(Reason::NoAsk);
    }
    if out.iter().all(|given| given.role != Role::From) && is_stay(object) {
        let is_place = |given: &&mut Given| {
            given.role == Role::To
                && effect::words(&given.name)
                    .any(|word| matches!(word, "destination" | "dest" | "city" | "place"))
        };
        out.iter_mut().filter(is_place).for_each(|given| given.role = Role::In);
    }
    let given = with_ends(with_rate(out, object));
    // One end alone says nothing.
    if given.iter().any(|given| end_of(&given.name).is_some() && given.role != Role::Said("between")) {
        return Err(Reason::NoAsk);
    }
    Ok(with_period(with_clock(with_repository(given))))
}

/// Why nobody could ask for a call with this argument, whatever its role.
fn unaskable(argument: &Argument<'_>) -> Option<Reason> {
    // A query says what it asks for, and the family that reads it asks so.
    if argument.value.contains(' ') && sql::is_statement(&argument.value) {
        return Some(Reason::NoAsk);
    }
    // A password that the user gave is asked with, and is in no goal.
    if is_secret(argument.name) && matches!(argument.source, Source::User { .. }) {
        return Some(Reason::NoAsk);
    }
    // A session that no step of the run opened cannot be shown to be opened.
    if is_session(argument.name) && argument.source == Source::Invented {
        return Some(Reason::ArgumentsInvented);
    }
    skips_rows(argument).then_some(Reason::NoAsk)
}

/// What a flag that is set says. `hasImages` is no adjective.
fn set_flag(argument: &Argument<'_>) -> Option<Given> {
    if argument.kind != Kind::Bool || !argument.value.eq_ignore_ascii_case("true") {
        return None;
    }
    let has = effect::words(argument.name).next().is_some_and(|first| first.eq_ignore_ascii_case("has"));
    let role = if has { Role::Said("with") } else { Role::Adjective };
    Some(Given::new(argument.name, role, flag(argument.name)?, Source::Constant))
}

/// Whether a value can stand in a sentence: it is short, and in no language of queries that its user did not write.
fn is_quotable(argument: &Argument<'_>) -> bool {
    if argument.value.len() > MAX_VALUE || argument.value.contains(['\n', '=', '{', '<']) {
        return false;
    }
    let is_encoded = argument.value.contains("LIKE") || argument.value.contains(['^', '~']);
    matches!(argument.source, Source::User { .. }) || !(has_operators(&argument.value) || is_encoded)
}

/// A value as people write it: languages and countries by name, moments as dates.
fn as_said<'v>(argument: &'v Argument<'_>, object: &str) -> Cow<'v, str> {
    let code = argument.value.trim();
    if let Some(place) = place_of_zone(argument.name, code, object) {
        return if place.contains('_') { Cow::Owned(place.replace('_', " ")) } else { Cow::Borrowed(place) };
    }
    let is_name = matches!(argument.source, Source::User { .. }) || object.contains("countr");
    let named = language(argument.name, if is_name { code } else { country(argument.name, code) });
    dated(argument.name, named)
}

/// Whether a value is an identifier that nobody knows unless told. Figures are none.
fn is_unknown_key(argument: &Argument<'_>, value: &str) -> bool {
    let is_figure = argument.kind == Kind::Number
        && matches!(
            role(argument.name, None, value),
            Role::AtLeast(_) | Role::AtMost(_) | Role::Count(_) | Role::Last(_)
        );
    !is_figure && is_opaque(value) || is_unsaid_id(argument)
}

/// Whether a value is a number for an identifier, which no step gave: it was guessed.
fn is_guess(name: &str, value: &str) -> bool {
    let is_id = effect::words(name)
        .last()
        .is_some_and(|last| matches!(last.to_ascii_lowercase().as_str(), "id" | "ids"));
    is_id && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a person would state a value in its role.
fn is_askable(
    role: &Role,
    argument: &Argument<'_>,
    value: &str,
    is_opaque: bool,
    is_write: bool,
    tool: Option<&Tool<'_>>,
) -> bool {
    let is_user = matches!(argument.source, Source::User { .. });
    // `in 140`: the number of a league, which nobody knows.
    let is_place = matches!(role, Role::In | Role::At | Role::By | Role::From | Role::To | Role::Category);
    let is_year = value.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year));
    let is_number = !is_year && value.bytes().all(|byte| byte.is_ascii_digit());
    if is_place && is_number && !is_user {
        return false;
    }
    // A table called `sys_user_group`.
    let names = matches!(role, Role::Identity { .. } | Role::Of(_) | Role::Within(_));
    if names && value.contains('_') && !is_opaque && argument.source != Source::Constant && !is_user {
        return false;
    }
    // How an interface calls what its user never said, nobody says.
    let sorts = matches!(role, Role::Adjective | Role::Within(_) | Role::Category | Role::Said(_));
    if !is_write && !is_user && (matches!(role, Role::With(_)) || sorts && is_camel_case(value)) {
        return false;
    }
    // Hotels of class 4 are no 4 hotels.
    if *role == Role::Adjective && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    // `6` is nothing to search for.
    let letters = value.chars().filter(|letter| letter.is_alphabetic()).count();
    if matches!(role, Role::For | Role::About) && letters < 2 {
        return false;
    }
    if matches!(role, Role::For | Role::Called) && names_query(value) {
        return false;
    }
    let is_known = |label: &str| is_user || tool.is_none_or(|tool| speaks_of(tool, label));
    let is_unknown = matches!(role, Role::With(label) if is_formal(label) || !is_known(label));
    !is_unknown && is_sayable(role) || end_of(argument.name).is_some()
}

/// Whether the description of a tool or of a parameter of it has a word.
fn speaks_of(tool: &Tool<'_>, label: &str) -> bool {
    let described = tool.parameters.iter().filter_map(|parameter| parameter.description.as_deref());
    tool.description.as_deref().into_iter().chain(described).any(|text| find(text, label).is_some())
}

impl Given {
    /// A parameter with one value.
    pub fn new(name: &str, role: Role, value: String, source: Source) -> Self {
        Given { name: name.to_string(), role, values: vec![value], source, opaque: false, told: None }
    }
}

/// Where one stays or goes out, one does not travel: the hotels for a destination are in it.
fn is_stay(object: &str) -> bool {
    const STAYS: &[&str] = &[
        "hotel",
        "hostel",
        "accommodation",
        "apartment",
        "room",
        "attraction",
        "restaurant",
        "activity",
        "weather",
        "forecast",
        "availability",
        "rental",
        "stay",
    ];
    STAYS.contains(&&*singular_word(object.rsplit(' ').next().unwrap_or(object)))
}

/// Things that something lies between.
const ENDED: &[&str] = &[
    "city", "town", "place", "location", "point", "station", "airport", "stop", "country", "currency",
    "date", "team", "player", "person", "node", "version", "branch", "commit",
];

/// The thing that a parameter is the first or the second end of: `city` and 1 of `cityA`, `date` and 2 of `date2`.
fn end_of(name: &str) -> Option<(String, u8)> {
    let words: Vec<String> = effect::words(name).map(str::to_ascii_lowercase).collect();
    let (thing, mark) = match &words[..] {
        [glued] => glued.split_at_checked(glued.len().checked_sub(1)?)?,
        [.., thing, mark] => (thing.as_str(), mark.as_str()),
        [] => return None,
    };
    let which = match mark {
        "a" | "1" | "one" => 1,
        "b" | "2" | "two" => 2,
        _ => return None,
    };
    ENDED.contains(&thing).then(|| (thing.to_string(), which))
}

/// Two parameters that are the ends of one thing, said together: `between Rivermist and Stonebrook`.
fn with_ends(mut given: Vec<Given>) -> Vec<Given> {
    let ends = |given: &[Given], which: u8| {
        given.iter().position(|given| {
            given.values.len() == 1 && end_of(&given.name).is_some_and(|(_, found)| found == which)
        })
    };
    let (Some(start), Some(end)) = (ends(&given, 1), ends(&given, 2)) else { return given };
    if end_of(&given[start].name).map(|(thing, _)| thing) != end_of(&given[end].name).map(|(thing, _)| thing)
    {
        return given;
    }
    let other = given[end].clone();
    let first = &mut given[start];
    first.values.extend(other.values);
    first.opaque |= other.opaque;
    first.role = Role::Said("between");
    given.remove(end);
    given
}

/// Names of parameters that say nothing of their value.
fn is_formal(label: &str) -> bool {
    const FORMAL: &[&str] = &[
        "option",
        "options",
        "argument",
        "arguments",
        "args",
        "parameter",
        "params",
        "input",
        "data",
        "value",
        "flag",
        "body",
        "key",
        "index",
        "field",
        "pattern",
        "regex",
        "glob",
        "mask",
        "xpath",
        "selector",
        "operation",
        "action",
        "method",
        "scope",
    ];
    FORMAL.contains(&label)
}

/// What lets a call in, which no request states: `access_token`, `api_key`, `password`.
pub fn is_secret(name: &str) -> bool {
    const SECRETS: &[&str] = &[
        "token",
        "password",
        "passwd",
        "pwd",
        "secret",
        "apikey",
        "auth",
        "authorization",
        "session",
        "cookie",
        "credentials",
        "signature",
        "otp",
        "pin",
        "cvv",
        "jwt",
    ];
    let letters =
        || name.bytes().rev().filter(u8::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase());
    let ends_with = |word: &str| letters().take(word.len()).eq(word.bytes().rev());
    ends_with("apikey")
        || ends_with("accesskey")
        || letters().eq("sessionid".bytes().rev())
        || effect::words(name)
            .last()
            .is_some_and(|last| SECRETS.iter().any(|secret| last.eq_ignore_ascii_case(secret)))
}

/// Whether a parameter is the session in which a call is made: `session_token`, `session_id`.
fn is_session(name: &str) -> bool {
    effect::words(name).any(|word| word.eq_ignore_ascii_case("session"))
}

/// `52.379,4.9`, and `52.379` as a latitude, which only a map knows.
pub fn is_coordinate(argument: &Argument<'_>) -> bool {
    const NAMES: [&str; 5] = ["lat", "lng", "lon", "latitude", "longitude"];
    let is_degrees = |text: &str| text.trim().contains('.') && text.trim().parse::<f64>().is_ok();
    let is_named = effect::words(argument.name)
        .last()
        .is_some_and(|last| NAMES.iter().any(|name| last.eq_ignore_ascii_case(name)));
    !matches!(argument.source, Source::User { .. })
        && (is_named && is_degrees(&argument.value)
            || argument.value.split_once(',').is_some_and(|(a, b)| is_degrees(a) && is_degrees(b)))
}

/// Hosts of code name a repository by its owner and its name, people by both together: `acme/widgets`.
fn with_repository(mut given: Vec<Given>) -> Vec<Given> {
    let find = |given: &[Given], names: &[&str]| {
        given.iter().position(|given| names.contains(&given.name.as_str()) && given.values.len() == 1)
    };
    if let Some(repository) = find(&given, &["repo", "repository", "repo_name"])
        && let Some(owner) = find(&given, &["owner", "org", "organization"])
    {
        let name = format!("{}/{}", given[owner].values[0], given[repository].values[0]);
        given[repository].values = vec![name];
        given.remove(owner);
    }
    given
}

/// The role of an argument; `None` where no words say how it is compared.
fn role_of(argument: &Argument<'_>, tool: Option<&Tool<'_>>, value: &str) -> Option<Role> {
    if let Some(bound) = argument.bound {
        return bounded(bound, argument.name, value);
    }
    let parameter = tool.and_then(|tool| tool.parameter(argument.name));
    let description = parameter.and_then(|parameter| parameter.description.as_deref());
    Some(adjective_or_role(argument.name, description, value))
}

/// `{"bagged/bagless": "bagged"}`: the value is one of the words of its parameter.
fn adjective_or_role(name: &str, description: Option<&str>, value: &str) -> Role {
    let is_choice = effect::words(name).count() > 1 && effect::words(name).any(|word| word == value);
    if is_choice { Role::Adjective } else { role(name, description, value) }
}

/// Whether a page begins after rows that it leaves out: `offset` 10, `page` 2, where nobody asks for what comes after.
fn skips_rows(argument: &Argument<'_>) -> bool {
    let name: String = folded(argument.name).collect();
    let first = match name.as_str() {
        "offset" | "skip" | "startindex" | "startat" | "pageindex" => 0,
        "page" | "pagenumber" | "pageno" | "pagenum" => 1,
        "cursor" | "nextcursor" | "pagetoken" | "nextpagetoken" | "nexttoken" => {
            return !matches!(argument.kind, Kind::Null)
                && !matches!(argument.value.trim(), "" | "null" | "None" | "0");
        }
        _ => return false,
    };
    argument.value.parse::<u64>().is_ok_and(|page| page > first)
}

/// `from:northwind is:unread`: the words of a query language.
fn has_operators(value: &str) -> bool {
    value.split_whitespace().any(|word| {
        word.split_once(':').is_some_and(|(field, rest)| {
            let is_field = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            field.len() > 1 && field.bytes().all(is_field) && !rest.is_empty()
        })
    })
}

/// Those who teach a subject, and where.
const TAUGHT: &[&str] =
    &["teacher", "tutor", "instructor", "professor", "class", "lesson", "exam", "student"];

/// A channel is a place for messages, but the thing itself where the tool gives the channel or its clips.
fn place_or_thing(role: Role, argument: &Argument<'_>, object: &str, is_write: bool) -> Role {
    if !matches!(
        role,
        Role::About | Role::In | Role::At | Role::By | Role::Within(_) | Role::Of(_) | Role::With(_)
    ) {
        return role;
    }
    let mut words: Vec<String> = effect::words(argument.name).map(str::to_ascii_lowercase).collect();
    if words.len() > 1 && words.last().is_some_and(|last| matches!(last.as_str(), "name" | "code" | "title"))
    {
        words.pop();
    }
    let last = words.pop().unwrap_or_default();
    let is_thing = object.split(' ').any(|word| singular_word(word) == last);
    match role {
        Role::In | Role::At | Role::By | Role::Within(_) | Role::Of(_) if is_thing => {
            Role::Identity { label: format!("{last} name"), entity: last }
        }
        Role::With(_) if matches!(last.as_str(), "path" | "filepath" | "filename" | "file" | "dir") => {
            if object == "file" {
                Role::Identity { entity: "file".into(), label: "file name".into() }
            } else {
                Role::Said("in")
            }
        }
        // Math teachers teach math, and are not about it.
        Role::About
            if TAUGHT
                .iter()
                .any(|taught| singular_word(object.rsplit(' ').next().unwrap_or("")) == *taught) =>
        {
            Role::Adjective
        }
        // What is set is no name of it: temperature 18.
        Role::With(_) if is_thing && last.len() > 2 && (argument.kind == Kind::String || !is_write) => {
            Role::Identity { label: format!("{last} name"), entity: last }
        }
        role => role,
    }
}

/// The period that two parameters name together: quarter Q4 and year 2024 are Q4 2024.
fn with_period(mut given: Vec<Given>) -> Vec<Given> {
    let find = |given: &[Given], names: &[&str]| {
        given.iter().position(|given| names.contains(&given.name.as_str()) && given.values.len() == 1)
    };
    // A whole day, from midnight to a minute before the next.
    let of_role = |given: &[Given], role: Role| {
        given.iter().position(|given| given.role == role && given.values.len() == 1)
    };
    if let (Some(since), Some(until)) = (of_role(&given, Role::Since), of_role(&given, Role::Until)) {
        let (start, end) = (&given[since].values[0], &given[until].values[0]);
        let is_day = start.get(..10) == end.get(..10)
            && start.get(10..16).is_some_and(|time| time.ends_with("00:00"))
            && end.get(10..16).is_some_and(|time| time.ends_with("23:59"));
        if is_day {
            let day = start[..10].to_string();
            given[since].values = vec![day];
            given[since].role = Role::On;
            given.remove(until);
        }
    }
    if let Some(part) = find(&given, &["quarter", "month", "season", "semester"])
        && let Some(year) = find(&given, &["year"])
        && given[part].values[0].bytes().any(|byte| byte.is_ascii_alphabetic())
    {
        given[part].values = vec![format!("{} {}", given[part].values[0], given[year].values[0])];
        given[part].role = Role::Year;
        given.remove(year);
    }
    given
}

/// `{"hotel_id": "H77"}`: short, but an identifier all the same, and the user did not say it. So is the `r311` that an
/// observation gave, whatever the parameter is called.
fn is_unsaid_id(argument: &Argument<'_>) -> bool {
    if matches!(argument.source, Source::Observation { .. }) && is_numbered(&argument.value) {
        return true;
    }
    let is_code = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b':' | b'/');
    !matches!(argument.source, Source::User { .. })
        && argument.value.bytes().any(is_code)
        && !argument.value.contains(' ')
        && effect::words(argument.name)
            .any(|word| matches!(word.to_ascii_lowercase().as_str(), "id" | "ids" | "uuid" | "key"))
}

/// `67264835d44feea700024a5b`, `6c1f8d0e-93b2-4a57-8e0c-2f7b19d5aa43`: letters and digits that only machines write.
fn is_machine_key(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    value.len() >= 16 && !value.contains(' ') && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// Whether a parameter is the account in which all is done, as `cloudId` or `AccountSid`.
fn is_of_account(name: &str) -> bool {
    const ACCOUNTS: &[&str] =
        &["cloud", "account", "tenant", "workspace", "organization", "org", "subscription", "site"];
    effect::words(name)
        .next()
        .is_some_and(|first| ACCOUNTS.iter().any(|known| first.eq_ignore_ascii_case(known)))
}

/// Letters with a number behind them: `r311`, but not `Q4`.
fn is_numbered(value: &str) -> bool {
    let digits = value.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let letters = value.len() - digits.len();
    (1..=3).contains(&letters) && digits.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `ConnectionTypes`, which a program calls so. Names have their second capital after a few letters too, but not twice.
fn is_camel_case(value: &str) -> bool {
    let letters: Vec<char> = value.chars().collect();
    let is_hump = |pair: &[char]| pair[0].is_lowercase() && pair[1].is_uppercase();
    value.len() > 5 && letters.iter().all(|c| c.is_ascii_alphabetic()) && letters.windows(2).any(is_hump)
}

/// `{"quantity": 3}`.
fn counts_things(argument: &Argument<'_>) -> bool {
    ["count", "quantity", "qty"].iter().any(|name| argument.name.eq_ignore_ascii_case(name))
        && argument.value.parse::<u32>().is_ok_and(|count| count > 0)
}

/// Flags, nulls and page sizes, which no request states.
pub fn is_unsaid(argument: &Argument<'_>) -> bool {
    // The calendar of the caller, whoever that is.
    let is_of_caller = role(argument.name, None, &argument.value) == Role::Said("assigned to");
    // All of them, of whatever kind.
    let is_any =
        ["all", "any", "both", "*"].iter().any(|any| argument.value.trim().eq_ignore_ascii_case(any));
    if is_any {
        return true;
    }
    let is_default = matches!(argument.value.trim(), "primary" | "default" | "me" | "self")
        && !is_of_caller
        && !matches!(argument.source, Source::User { .. });
    argument.value.trim().is_empty()
        || is_default
        || matches!(argument.kind, Kind::Bool | Kind::Null)
        || argument.source == Source::Constant
            && argument.value.parse::<f64>().is_ok()
            && (argument.kind == Kind::Number || role(argument.name, None, &argument.value) == Role::Manner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_those_of_things_that_something_lies_between() {
        for (name, end) in [
            ("cityA", Some(("city", 1))),
            ("date2", Some(("date", 2))),
            ("team_two", Some(("team", 2))),
            ("address_line_1", None),
            ("option_a", None),
            ("città", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(end_of(name), end.map(|(thing, which)| (thing.to_string(), which)), "{name}");
        }
    }
}
