//! The calls of a run that may demonstrate something, with their arguments in their roles.

use std::cell::LazyCell;
use std::collections::HashSet;
use std::rc::Rc;

use super::asked_for::{
    by_argument, chooses, is_called, listed, names_all, selects_fields, the_one, without_echo, without_ranks,
};
use super::contradicted::{has_another_name, is_contradicted, is_of_another_one, is_of_several_days};
use super::given::{Given, given, is_coordinate, is_secret};
use super::located::{self, origin};
use super::nouns::{is_everyday, is_everyday_word, without_service};
use super::operation::operation;
use super::payload::{Node, Payload, payload};
use super::roles::Role;
use super::substance::{has_bare_rows, is_deep, is_not_found};
use super::told;
use super::unnamed::is_name_of_one;
use super::words::{Manner, ToolWords, attribute, texts_searched, tool_words};
use super::write::is_undone;
use crate::hindsight::families::{browser, code};
use crate::hindsight::provenance::{Argument, Source};
use crate::hindsight::reason::Reason;
use crate::hindsight::slice::backward;
use crate::hindsight::wording::{humanize, is_opaque, is_plural_phrase, plural, singular, singular_word};
use crate::reading::{Reading, StepReading};
use crate::signals::effect::{self, Effect};
use crate::signals::tool_status::Status;
use crate::text::document::Kind;
use crate::text::same::folded;
use crate::trajectory::Span;

/// Calls considered at the start and at the end of a run. A run of thousands of steps has its asks near
/// its ends; the limit keeps the work per run bounded by its text.
const FIRST_CALLS: usize = 16;
const LAST_CALLS: usize = 48;

/// A successful call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call<'a> {
    /// Index of the step.
    pub step: u32,
    /// Name of the tool.
    pub tool: &'a str,
    /// What the tool does, in words.
    pub words: ToolWords,
    /// What it was given, flags and page sizes left out.
    pub given: Vec<Given>,
    /// What it returned; shared, since variants of a call are built with other arguments.
    pub payload: Rc<Payload>,
    /// Whether it changes the world.
    pub is_write: bool,
    /// Earlier steps that it does not work without: they gave it its key, or looked its identifier up.
    pub via: Vec<u32>,
}

/// The calls that a goal may be made of, and why the others are not.
#[derive(Debug, Default)]
pub struct Calls<'a> {
    /// Usable calls, in order.
    pub calls: Vec<Call<'a>>,
    /// Why calls were passed over.
    pub passed_over: Vec<Reason>,
}

/// Collects the usable calls of a run.
pub fn calls<'a>(reading: &Reading<'a>) -> Calls<'a> {
    let live = live_steps(reading);
    let mut out = Calls::default();
    let skipped = live.len().saturating_sub(FIRST_CALLS + LAST_CALLS);
    let considered =
        live.iter().enumerate().filter(|(at, _)| *at < FIRST_CALLS || *at >= FIRST_CALLS + skipped);
    let mut written: HashSet<&str> = HashSet::new();
    let mut made: HashSet<(&str, Vec<String>)> = HashSet::new();
    for (_, &step) in considered {
        match call(reading, step) {
            Ok(call) if call.is_write => {
                let arguments = reading.provenance().arguments(step);
                written.extend(arguments.iter().filter(|a| is_opaque(&a.value)).map(|a| a.value.as_ref()));
                out.calls.push(call);
            }
            Ok(call) => {
                let touched = call
                    .given
                    .iter()
                    .flat_map(|given| &given.values)
                    .any(|value| written.contains(value.as_str()));
                let values = call.given.iter().flat_map(|given| given.values.clone()).collect();
                if !made.insert((call.tool, values)) {
                    continue;
                }
                if touched {
                    out.passed_over.push(Reason::StateChanged);
                } else {
                    out.calls.push(call);
                }
            }
            Err(reason) => {
                if reading.steps[step].effect == Effect::Write {
                    let arguments = reading.provenance().arguments(step);
                    written
                        .extend(arguments.iter().filter(|a| is_opaque(&a.value)).map(|a| a.value.as_ref()));
                }
                out.passed_over.push(reason);
            }
        }
    }
    told::resolve(&mut out.calls, reading);
    out
}

/// Steps that returned something, each distinct call once.
fn live_steps(reading: &Reading<'_>) -> Vec<usize> {
    let mut seen = HashSet::new();
    let in_browser = LazyCell::new(|| reading.steps.iter().any(browser::acts));
    (0..reading.steps.len())
        .filter(|&step| {
            let read = &reading.steps[step];
            read.status == Status::Ok
                && matches!(read.effect, Effect::Read | Effect::Write)
                // A page is read by the family that knows its elements, and is no answer as it stands.
                && !browser::acts(read)
                && !browser::touches_by_place(read)
                && (!*in_browser || !browser::touches(read))
                && !code::is_of_code(read)
                && seen.insert((read.step.action_name, read.step.action_input))
        })
        .collect()
}

fn call<'a>(reading: &Reading<'a>, step: usize) -> Result<Call<'a>, Reason> {
    let read = &reading.steps[step];
    let tool = read.called_name().ok_or(Reason::NoSuccessfulStep)?;
    let has_named_arguments = match read.called_with() {
        Some(arguments) => arguments.kind() == Kind::Object,
        None => read.is_dispatched() || read.step.action_input.is_none_or(|input| input.trim().is_empty()),
    };
    // What a shell or an interpreter did, its name does not say.
    if !has_named_arguments || effect::runs_code(tool) || searches_files(tool) {
        return Err(Reason::NoAsk);
    }
    let operation = operation(reading, step);
    let tool = operation.unwrap_or(tool);
    let schema = reading.called(step).filter(|_| operation.is_none());
    let description = schema.and_then(|tool| tool.description.as_deref());
    let is_write = read.effect == Effect::Write;
    if operation.is_some() && (is_write || effect::effect(tool, None) != Effect::Read) {
        return Err(Reason::NoAsk);
    }
    let texts = texts_searched(tool).filter(|_| !is_write && asks_in_words(reading, step));
    let mut words = words_of(tool, description, is_write, texts).ok_or(Reason::NoAsk)?;
    if lists_tools(tool) || is_predicate(tool) || ends_run(tool) || readies(tool) {
        return Err(Reason::NoAsk);
    }
    let is_listing = || {
        words.object == "listing"
            && effect::words(tool).any(|word| matches!(word, "directory" | "dir" | "folder" | "files"))
    };
    if matches!(words.object.as_str(), "directory" | "folder" | "dir" | "directory contents") || is_listing()
    {
        words.object = "files".to_string();
    }
    // What is searched for in an inbox are its messages.
    if matches!(words.object.as_str(), "inbox" | "mailbox") && words.manner() == Manner::Search {
        words.object = "emails".to_string();
    }
    if !words.from_description {
        words.object = without_service(&words.object, reading, step).to_string();
    }
    // A `leave_request` is made, whatever it gives back.
    const MADE: &[&str] = &[
        "request",
        "booking",
        "reservation",
        "registration",
        "payment",
        "transfer",
        "application",
        "submission",
    ];
    let is_made =
        words.verb.is_empty() && words.object.rsplit(' ').next().is_some_and(|last| MADE.contains(&last));
    if !is_write && is_made && reading.provenance().arguments(step).len() >= 3 {
        return Err(Reason::NoAsk);
    }
    // A read that is named like an act: its words would ask for the act. `Charging docks in a zone` are not to be charged.
    if !is_write && effect::effect(&words.verb, None) == Effect::Write {
        match description.filter(|_| words.from_description).and_then(|text| text.split(' ').next()) {
            Some(first) if first.ends_with("ing") => words.verb = "get".to_string(),
            Some(_) => {}
            None => return Err(Reason::NoAsk),
        }
    }
    // Who confirms a price without a change asks for the price.
    if !is_write && words.verb == "confirm" {
        words.verb = "get".to_string();
    }
    // Where an address lies, only a map knows.
    let finds_coordinates = words.verb == "convert" && words.object.contains("address");
    if finds_coordinates || converts_moments(&words) {
        return Err(Reason::NoAsk);
    }
    let is_list =
        words.manner() == Manner::Search || words.manner() != Manner::Act && is_plural_phrase(&words.object);
    if let Some(things) = things_found(read, &words.object).filter(|_| is_list) {
        words.object = things;
    }
    // The quota of a resource is the quota: `kubectl_get` gives what it is asked for.
    let head = words.object.rsplit(' ').next().unwrap_or("");
    let names_nothing = is_general(head) || !is_everyday_word(head);
    let asks_kind = names_nothing && words.manner() != Manner::Act;
    let kind = asks_kind.then(|| kind_of_thing(reading, step)).flatten();
    if let Some((_, things)) = &kind {
        words.object = things.clone();
    }
    let mut given = given(reading, step, &words.object, is_write)?;
    given.retain(|given| kind.as_ref().is_none_or(|(name, _)| given.name != *name));
    given.retain(|given| operation.is_none_or(|operation| given.values != [operation]));
    let part = part_by_name(tool, &words, &given, reading, step);
    // Stations of the type station are stations.
    let object = singular(&words.object);
    given.retain(|given| {
        given.role != Role::Adjective || given.values.iter().any(|value| singular(value) != object)
    });
    let is_of_another =
        !is_write && description.is_some_and(|description| is_of_another(description, &words.object));
    if is_of_another || is_code_of(&words.object) {
        given
            .iter_mut()
            .filter(|given| given.role == Role::Called)
            .for_each(|given| given.role = Role::Said("of"));
    }
    // A text that is searched for is no text to work on.
    if words.manner() == Manner::Search {
        given.iter_mut().filter(|given| given.role == Role::Text).for_each(|given| given.role = Role::For);
    }
    given.extend(site(tool));
    if READ_FILES.contains(&words.object.as_str())
        && let Some(path) = given.iter_mut().find(|given| is_path(&given.name))
    {
        words.object = "contents".to_string();
        path.role = Role::Said("of");
    }
    if !is_write && holds_aside_only(read, &words.object) {
        return Err(Reason::NoSuccessfulStep);
    }
    if read.called_with().is_some_and(is_deep) {
        return Err(Reason::NoAsk);
    }
    let found = payload(read)?;
    if has_bare_rows(&found.node) {
        return Err(Reason::AnswerUnreadable);
    }
    if !is_write && is_not_found(&found.node) {
        return Err(Reason::NoSuccessfulStep);
    }
    words.object = shown_as_status(&found.node, &words.object).unwrap_or(words.object);
    let found = by_argument(found, &given, part.as_deref().unwrap_or(&words.object))?;
    let mut payload = the_one(without_echo(listed(found, &words.object), &given), &given);
    if texts.is_some() {
        payload = without_ranks(payload);
    }
    let payload = Rc::new(payload);
    if let Some(part) = part.filter(|part| is_shown(part, &payload.node)) {
        words.object = part;
    }
    // Which fields a result is to have, its answer says.
    given.retain(|given| !selects_fields(given, &payload.node));
    if payload.node.is_list() && given.iter().any(|given| chooses(given, &payload.node)) {
        return Err(Reason::NoAsk);
    }
    if given.iter().any(|given| is_of_several_days(given, &words.object, &payload.node)) {
        return Err(Reason::NoAsk);
    }
    let is_another = |given: &Given| {
        is_of_another_one(given, &payload.node) || !is_write && has_another_name(given, &payload.node)
    };
    if given.iter().any(is_another) || !is_write && is_contradicted(&given, &payload.node) {
        return Err(Reason::NoSuccessfulStep);
    }
    if words.manner() == Manner::Act && is_undone(&payload.node, &words.verb) {
        return Err(Reason::NoSuccessfulStep);
    }
    // What has the query for its name was looked for by name.
    let is_by_name =
        |given: &Given| given.role == Role::For && names_all(given, &payload.node, &words.object);
    given.iter_mut().filter(|given| is_by_name(given)).for_each(|given| given.role = Role::Called);
    if is_name_of_one(tool, &given, &payload.node) {
        given[0].role = Role::Called;
    }
    // A reservation is no Abernathy: the name shows whose it is.
    if given.iter().any(|given| matches!(given.role, Role::Identity { .. })) {
        let is_surname = |given: &Given| {
            let mut words = effect::words(&given.name).map(str::to_ascii_lowercase);
            let is_name = words
                .any(|word| matches!(word.as_str(), "last" | "surname" | "lastname" | "family" | "full"));
            given.role == Role::Called && is_name
        };
        given
            .iter_mut()
            .filter(|given| is_surname(given))
            .for_each(|given| given.role = Role::Said("under the name"));
    }
    // The sun rises in a place, not near it.
    if !payload.node.is_list() {
        let is_near = |given: &Given| given.name == located::PLACE && given.role == Role::Said("near");
        given.iter_mut().filter(|given| is_near(given)).for_each(|given| given.role = Role::In);
    }
    // `Skerryvore` is not called Skerry.
    let is_loose = |given: &Given| given.role == Role::Called && !is_called(given, &payload.node);
    given.iter_mut().filter(|given| is_loose(given)).for_each(|given| given.role = Role::Said("matching"));
    words.object = held(&words.object, payload.node.is_list());
    if !words.from_description && !is_everyday(&words.object, reading, step) {
        return Err(Reason::NoAsk);
    }
    let via = needed_by(reading, step);
    Ok(Call { step: step as u32, tool, words, given, payload, is_write, via })
}

/// Whether a call asks in words, and not by a name or a key.
fn asks_in_words(reading: &Reading<'_>, step: usize) -> bool {
    const QUERIES: &[&str] =
        &["query", "question", "q", "text", "input", "search_query", "user_query", "prompt", "search"];
    reading.provenance().arguments(step).iter().any(|argument| QUERIES.contains(&argument.name))
}

/// Whether a result has a part by its name, or is no record of other things.
fn is_shown(part: &str, node: &Node) -> bool {
    let words: Vec<String> = part.split(' ').map(singular).collect();
    let names_part =
        |key: &str| effect::words(key).any(|word| words.contains(&singular(&word.to_ascii_lowercase())));
    match node {
        Node::Record(fields) => fields.len() == 1 || fields.iter().all(|(key, _)| names_part(key)),
        _ => true,
    }
}

/// What the tool's name gives of the thing that its description is about: the prices of `get_hotels_prices`, said to "get
/// all hotels" and given hotels.
fn part_by_name(
    tool: &str,
    words: &ToolWords,
    given: &[Given],
    reading: &Reading<'_>,
    step: usize,
) -> Option<String> {
    let entity = given.iter().find_map(|given| match &given.role {
        Role::Identity { entity, .. } if !entity.is_empty() => Some(entity),
        _ => None,
    })?;
    let is_thing_itself = words.from_description && attribute(&words.object, entity).is_empty();
    let named = tool_words(tool, None).filter(|_| is_thing_itself)?;
    let part = attribute(&named.object, entity);
    let is_part = words.manner() != Manner::Act && !part.is_empty() && part != named.object;
    (is_part && is_everyday(&part, reading, step)).then_some(part)
}

/// The words of a tool. `Open viewing slots` opens nothing where the tool gets them, and an `Exchange rate` exchanges nothing.
fn words_of(
    tool: &str,
    description: Option<&str>,
    is_write: bool,
    texts: Option<&'static str>,
) -> Option<ToolWords> {
    const ADJECTIVES: &[&str] =
        &["open", "close", "order", "book", "schedule", "post", "set", "exchange", "charge"];
    // What a description says is found is asked for: products by meaning, articles.
    let described = || {
        description.and_then(|_| tool_words(tool, description)).is_some_and(|words| words.from_description)
    };
    if let Some(place) = texts.filter(|_| !described()) {
        return Some(ToolWords {
            verb: "search".to_string(),
            object: place.to_string(),
            from_description: true,
        });
    }
    let words = tool_words(tool, description)?;
    // `exchange_rate`: the verb that it begins with is a noun.
    if !is_write && !words.from_description && effect::names_a_side(tool) {
        let object = format!("{} {}", words.verb, words.object);
        return Some(ToolWords { verb: "get".to_string(), object, ..words });
    }
    let by_name =
        tool_words(tool, None).filter(|named| named.manner() != Manner::Act && !named.verb.is_empty());
    // `Reserve locations holding an article` reserves nothing where the tool is called `find_reserve_stock`.
    let reads_by_name = by_name.is_some() && effect::effect(&words.verb, None) == Effect::Write;
    let is_noun = words.from_description && (ADJECTIVES.contains(&words.verb.as_str()) || reads_by_name);
    if !is_noun || is_write {
        return Some(words);
    }
    let first = description.and_then(|text| text.split_whitespace().next()).unwrap_or("");
    // `Open a ticket` is no open ticket.
    let is_imperative = description.and_then(|text| text.split_whitespace().nth(1)).is_some_and(|second| {
        matches!(second.to_ascii_lowercase().as_str(), "a" | "an" | "the" | "all" | "your" | "new")
    });
    by_name.or_else(|| match is_imperative {
        true => Some(words),
        false => {
            let object = format!("{} {}", first.to_lowercase(), words.object);
            Some(ToolWords { verb: "get".to_string(), object, from_description: true })
        }
    })
}

/// What a tool for things in general found, as the result calls them: the stations of `{"stations": […]}`, which the tool
/// calls locations.
fn things_found(read: &StepReading<'_>, object: &str) -> Option<String> {
    let root = read.observation()?.root();
    let mut lists = root.children().filter(|child| child.kind() == Kind::Array);
    let (list, None) = (lists.next()?, lists.next()) else { return None };
    let things = humanize(list.key()?);
    let is_thing = singular(&things) != things && !is_general(&things) && !is_aside(&things);
    (is_general(object) && root.kind() == Kind::Object && is_thing).then_some(things)
}

/// Whether a list stands in a result where nothing was found, or beside what was.
fn is_aside(key: &str) -> bool {
    const ASIDE: &[&str] = &[
        "warnings",
        "errors",
        "suggestions",
        "alternatives",
        "messages",
        "notices",
        "notes",
        "facets",
        "filters",
    ];
    ASIDE.iter().any(|aside| key.eq_ignore_ascii_case(aside))
}

/// Whether a result holds nothing but warnings or suggestions, which were not asked for.
fn holds_aside_only(read: &StepReading<'_>, object: &str) -> bool {
    const BESIDE: &[&str] =
        &["count", "total", "total_count", "query", "q", "status", "message", "success", "ok"];
    let Some(document) = read.observation() else { return false };
    let is_asked = |key: &str| object.split(' ').any(|word| singular(word) == singular(&key.to_lowercase()));
    let (lists, others): (Vec<_>, Vec<_>) = document
        .root()
        .children()
        .filter(|child| child.kind() != Kind::Array || !child.is_empty())
        .partition(|child| child.kind() == Kind::Array);
    !lists.is_empty()
        && lists.iter().all(|list| list.key().is_some_and(|key| is_aside(key) && !is_asked(key)))
        && others.iter().all(|other| other.key().is_some_and(|key| BESIDE.contains(&key)))
}

/// Whether a noun says nothing of what kind of thing it is.
fn is_general(object: &str) -> bool {
    const GENERAL: &[&str] = &[
        "location", "result", "item", "entry", "resource", "object", "record", "match", "hit", "value",
        "nearby", "thing",
    ];
    GENERAL.contains(&singular(object.rsplit(' ').next().unwrap_or(object)).as_str())
}

/// The parameter of a tool for things of any kind that says which are meant, and those things: `{"resource": "pods"}`.
fn kind_of_thing<'r>(reading: &'r Reading<'_>, step: usize) -> Option<(&'r str, String)> {
    const NAMES: &[&str] = &["resource", "resourcetype", "objecttype", "entitytype", "recordtype", "sobject"];
    let says_kind = |argument: &&Argument<'_>| {
        let name: String = folded(argument.name).collect();
        let is_word = argument.value.len() > 2 && argument.value.chars().all(char::is_alphabetic);
        NAMES.contains(&name.as_str()) && is_word
    };
    let argument = reading.provenance().arguments(step).iter().find(says_kind)?;
    Some((argument.name, humanize(&argument.value)))
}

/// Whether a tool is named for what it finds out, and not for what it gives: `is_runnable`.
fn is_predicate(tool: &str) -> bool {
    effect::words(tool)
        .next()
        .is_some_and(|first| matches!(first, "is" | "has" | "can" | "does" | "should" | "are"))
}

/// Whether a tool tells the harness that the agent is done.
fn ends_run(tool: &str) -> bool {
    let words: Vec<String> = effect::words(tool).map(str::to_ascii_lowercase).collect();
    let ends = |last: &[&str]| words.len() >= last.len() && words[words.len() - last.len()..] == *last;
    [
        ["complete", "task"],
        ["finish", "task"],
        ["end", "task"],
        ["submit", "answer"],
        ["attempt", "completion"],
    ]
    .iter()
    .any(|last| ends(last))
}

/// Whether a tool lists the tools that the agent has.
fn lists_tools(tool: &str) -> bool {
    let words: Vec<String> = effect::words(tool).map(str::to_ascii_lowercase).collect();
    let last_two = words.len().checked_sub(2).map(|from| [words[from].as_str(), words[from + 1].as_str()]);
    matches!(last_two, Some(["search" | "list" | "find" | "get", "tools"] | ["tool", "search" | "searcher"]))
}

/// Whether a tool makes something ready for the calls that follow, which nobody asks for: `LoadDB`, `connect_database`.
fn readies(tool: &str) -> bool {
    effect::words(tool).next().is_some_and(|first| {
        ["load", "connect", "init", "initialize", "setup", "preload"]
            .iter()
            .any(|verb| first.eq_ignore_ascii_case(verb))
    })
}

/// Whether a tool is a command of a shell by its very name, whose words are no English: `Grep`, `Glob`, `LS`.
fn searches_files(tool: &str) -> bool {
    ["grep", "glob", "ls", "rg", "cat"].iter().any(|command| tool.eq_ignore_ascii_case(command))
}

/// What a tool for a holder of things gives: the playlists of a playlist library, the entry of a glossary. A directory
/// of a company has its people.
fn held(object: &str, is_list: bool) -> String {
    const HOLDERS: &[&str] = &["library", "catalog", "catalogue", "list"];
    const BOOKS: &[&str] = &["glossary", "dictionary", "thesaurus"];
    match object.rsplit_once(' ') {
        Some((things, holder)) if is_list && HOLDERS.contains(&holder) && !things.ends_with("ing") => {
            plural(things)
        }
        _ if !is_list && BOOKS.iter().any(|book| object.ends_with(book)) => format!("{object} entry"),
        _ => object.to_string(),
    }
}

/// Whether a tool converts moments: said as dates, they leave nothing to convert.
fn converts_moments(words: &ToolWords) -> bool {
    let is_moment = |word: &str| matches!(word, "timestamp" | "datetime" | "epoch");
    words.verb == "convert" && words.object.split(' ').any(is_moment)
}

/// What tools that read a file are said to read.
const READ_FILES: &[&str] = &["file", "file contents", "file content", "contents", "complete contents"];

fn is_path(name: &str) -> bool {
    let last = effect::words(name).last().unwrap_or("");
    ["path", "filepath", "filename", "file"].iter().any(|known| last.eq_ignore_ascii_case(known))
}

/// The site that a tool is for, where its name says one: `channel_details_for_kick_com_api` is about channels on kick.com.
/// The same name may be that of others elsewhere.
fn site(tool: &str) -> Option<Given> {
    let words: Vec<&str> = effect::words(tool).collect();
    let start = words.iter().position(|word| *word == "for")? + 1;
    let end = start + words[start..].iter().take(3).position(|word| *word == "com")?;
    let site = || format!("{}.com", words[start..end].concat());
    (end > start).then(|| Given::new("site", Role::Said("on"), site(), Source::Constant))
}

/// Whether what the tool gives is that of another thing, which then bears the name: the reviews of a game.
fn is_of_another(description: &str, object: &str) -> bool {
    let description = description.to_lowercase();
    let after = description.split_once(&object.to_lowercase()).map_or("", |(_, after)| after);
    ["of a ", "of an ", "of the ", "for a ", "for an ", "for the "]
        .iter()
        .any(|link| after.trim_start_matches(|c: char| c.is_alphabetic()).trim_start().starts_with(link))
}

/// Whether what the tool gives is a code or an address of something, and not called as it is: the symbol of Danone.
fn is_code_of(object: &str) -> bool {
    const CODES: &[&str] =
        &["symbol", "ticker", "code", "cid", "address", "number", "identifier", "abbreviation", "synonym"];
    CODES.contains(&singular_word(object.rsplit(' ').next().unwrap_or("")).as_ref())
}

/// What a status shows, if it is a list of things: the lifts of `lift_status`, in `{"sector": "Vallon", "lifts": […]}`.
fn shown_as_status(node: &Node, object: &str) -> Option<String> {
    // Beside the place and the time it is of, a status that says more is more than its list.
    const MAX_BESIDE: usize = 2;
    let head = object.rsplit(' ').next()?;
    let Node::Record(fields) = node else { return None };
    let mut lists = fields.iter().filter(|(_, value)| !matches!(value, Node::Scalar(..)));
    let ((key, Node::List(rows)), None) = (lists.next()?, lists.next()) else { return None };
    let shows = matches!(singular_word(head).as_ref(), "status" | "board" | "overview")
        && fields.len() <= MAX_BESIDE + 1
        && rows.iter().all(|row| matches!(row, Node::Record(_)));
    let things = effect::words(key).map(str::to_ascii_lowercase).collect::<Vec<_>>().join(" ");
    (shows && singular(&things) != things).then_some(things)
}

/// The step before that got ready what a tool reads, and said so: `Loaded. You can now use read_reviews.`
fn made_ready_by(reading: &Reading<'_>, step: usize) -> Option<u32> {
    /// Longer results hold more than that.
    const MAX_NOTE: usize = 300;
    let tool = reading.steps[step].called_name().filter(|tool| tool.contains('_'))?;
    let says = |read: &StepReading<'_>| {
        let note = read.step.observation.filter(|text| text.len() <= MAX_NOTE && read.status == Status::Ok);
        note.is_some_and(|note| {
            note.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == tool)
        })
    };
    reading.steps[..step].iter().rposition(says).and_then(|at| u32::try_from(at).ok())
}

/// The steps that gave a call its keys and coordinates, with what they need themselves.
fn needed_by(reading: &Reading<'_>, step: usize) -> Vec<u32> {
    let arguments = reading.provenance().arguments(step).iter();
    let mut steps: Vec<u32> = arguments
        .filter_map(|argument| match argument.source {
            Source::Observation { step, .. } if is_secret(argument.name) => Some(step),
            _ if is_coordinate(argument) => Some(origin(reading, step, argument)?.0),
            _ => None,
        })
        .chain(made_ready_by(reading, step))
        .flat_map(|step| backward(reading, step))
        .collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

impl Call<'_> {
    /// The step of the call, after those that it does not work without.
    pub fn steps(&self) -> impl Iterator<Item = u32> {
        self.via.iter().copied().chain([self.step])
    }

    /// The identifier that names the thing asked about, if there is one.
    pub fn identity(&self) -> Option<&Given> {
        self.given.iter().find(|given| matches!(given.role, Role::Identity { .. }))
    }

    /// The step and place of the observation that the first opaque value comes from, where the user did not say it.
    pub fn hop(&self) -> Option<(&Given, u32, Span)> {
        self.given.iter().find_map(|given| match given.source {
            Source::Observation { step, span, .. } if given.opaque => Some((given, step, span)),
            _ => None,
        })
    }
}
