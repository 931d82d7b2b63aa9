//! What a tool does and is about, in words: from its description where that begins with a verb (79-94% do),
//! else from its name.

use super::noun_kinds::is_description;
use super::verbs::{ACT, ASPECTS, CONTAINERS, FETCH, NAME_STOPS, SEARCH, SYSTEMS, VAGUE, verb_of};
use crate::hindsight::compounds::unglued;
use crate::hindsight::wording::{humanize, is_plural_phrase, plural, singular, singular_word};
use crate::signals::effect;
use crate::text::memo::Memo;

/// The verb and the noun phrase of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolWords {
    /// The verb in its plain form; empty where the tool is named by a noun alone.
    pub verb: String,
    /// What it gets or acts on, without article or vague nouns: `direct flights`, `user`.
    pub object: String,
    /// Whether the verb came from the description.
    pub from_description: bool,
}

/// How a tool's verb asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Get, show, return: asks for a thing.
    Fetch,
    /// Search, find, list: asks for a selection.
    Search,
    /// Track, convert, check: the verb is the request.
    Act,
}

impl ToolWords {
    /// How the verb asks.
    pub fn manner(&self) -> Manner {
        if SEARCH.contains(&self.verb.as_str()) {
            Manner::Search
        } else if ACT.contains(&self.verb.as_str()) && !FETCH.contains(&self.verb.as_str()) {
            Manner::Act
        } else {
            Manner::Fetch
        }
    }
}

/// Where a tool looks that finds texts by what they are about: `search_knowledge_base`, `retrieve_from_docs`. It is empty where
/// the name does not say: `retrieve_context`, `rag_search`.
pub fn texts_searched(name: &str) -> Option<&'static str> {
    const PLACES: &[(&str, &str)] = &[
        ("knowledge", "knowledge base"),
        ("knowledgebase", "knowledge base"),
        ("docs", "documentation"),
        ("documentation", "documentation"),
        ("handbook", "handbook"),
        ("wiki", "wiki"),
    ];
    const RETRIEVES: &[&str] = &[
        "kb",
        "faq",
        "rag",
        "vector",
        "vectorstore",
        "semantic",
        "similarity",
        "retriever",
        "retrieval",
        "retrieve",
    ];
    const BESIDE: &[&str] = &[
        "search", "query", "lookup", "look", "find", "get", "ask", "tool", "base", "store", "db", "up", "in",
        "from", "the", "context", "contexts", "chunks", "passages", "relevant", "similar",
    ];
    let words: Vec<String> = effect::words(name).map(str::to_ascii_lowercase).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let place = |word: &String| PLACES.iter().find(|(known, _)| known == word).map(|(_, place)| *place);
    let is_known = |word: &String| {
        place(word).is_some() || BESIDE.contains(&word.as_str()) || RETRIEVES.contains(&word.as_str())
    };
    if !words.iter().all(is_known) {
        return None;
    }
    let looks = has(&["search", "query", "lookup", "look", "find", "ask"]) || has(RETRIEVES);
    let said = words.iter().find_map(place).filter(|_| looks);
    said.or_else(|| has(RETRIEVES).then_some(""))
}

/// The words of a tool; `None` where neither name nor description holds a noun.
pub fn tool_words(name: &str, description: Option<&str>) -> Option<ToolWords> {
    thread_local! {
        static WORDS: Memo<Option<ToolWords>> = Memo::default();
    }
    // The length tells where the name ends; no description says as much as an empty one.
    let text = format!("{} {name}{}", name.len(), description.unwrap_or(""));
    WORDS.with(|words| words.of(&text, |_| read_words(name, description)))
}

fn read_words(name: &str, description: Option<&str>) -> Option<ToolWords> {
    let description = description.filter(|text| !is_route(text));
    // What geocoding finds is places.
    let places = |words: ToolWords| match words.object.as_str() {
        "geocoding" => ToolWords { object: "place".to_string(), ..words },
        _ => words,
    };
    let by_name = from_name(name).map(places);
    let by_description = description.and_then(from_description);
    if by_description.is_none()
        && let Some(named) = by_name.as_ref().filter(|named| named.manner() != Manner::Act)
        && let Some(object) = description.and_then(|text| described_thing(text, &named.object))
    {
        let verb = if named.verb.is_empty() { "get".to_string() } else { named.verb.clone() };
        return Some(ToolWords { verb, object, from_description: true });
    }
    match (by_description, by_name) {
        (Some(words), Some(by_name)) if words.object.is_empty() => {
            Some(ToolWords { object: by_name.object, ..words }).filter(|words| !words.object.is_empty())
        }
        // The name says what the cost is of.
        (Some(words), Some(by_name)) if by_name.object.ends_with(&format!(" {}", words.object)) => {
            Some(ToolWords { object: by_name.object, ..words })
        }
        // Of `interesting facts about axolotls` only the name, `axolotl facts`, has what they are about.
        (Some(words), Some(by_name)) if names_more(&by_name.object, &words.object) => {
            Some(ToolWords { object: by_name.object, ..words })
        }
        // Who searches the mailbox finds the e-mails that the tool is named for.
        (Some(words), Some(by_name))
            if CONTAINERS.contains(&words.object.as_str())
                && !by_name.object.is_empty()
                && !CONTAINERS.contains(&by_name.object.as_str()) =>
        {
            Some(ToolWords { object: by_name.object, ..words })
        }
        (Some(words), _) if !words.object.is_empty() => Some(words),
        // A bare `search` says nothing of what it finds; its query does.
        (_, by_name) => by_name.filter(|words| !words.object.is_empty() || words.manner() == Manner::Search),
    }
}

/// Whether one phrase has the noun of another, and before it what that one does not tell.
fn names_more(named: &str, described: &str) -> bool {
    let words = |text: &str| text.split(' ').map(|word| singular_word(word).into_owned()).collect::<Vec<_>>();
    let (named, described) = (words(named), words(described));
    named.len() > 1
        && described.len() > 1
        && named.last() == described.last()
        && !named[..named.len() - 1]
            .iter()
            .any(|word| described.iter().any(|said| said.starts_with(word.as_str())))
}

fn from_name(name: &str) -> Option<ToolWords> {
    let words = local_words(name);
    let fetches = |word: &String| {
        verb_of(word).is_some_and(|verb| FETCH.contains(&verb.as_str()) || SEARCH.contains(&verb.as_str()))
    };
    if let [place, order, ..] = &words[..]
        && place == "place"
        && order == "order"
    {
        return Some(ToolWords {
            verb: "place".to_string(),
            object: "order".to_string(),
            from_description: false,
        });
    }
    // Work orders are no orders to work.
    let names_things = |at: usize| at + 1 == words.len() && words[at].ends_with('s') && !fetches(&words[at]);
    // `order_lookup`: a noun that could be a verb stands before the verb that is one.
    let at = match words.first() {
        Some(first) if !fetches(first) && words.last().is_some_and(fetches) => Some(words.len() - 1),
        _ => (0..words.len()).find(|&at| verb_of(&words[at]).is_some() && !names_things(at)),
    };
    let starts_noun = |at: usize| words.get(at + 1).is_some_and(|word| !NAME_STOPS.contains(&word.as_str()));
    let (verb, rest): (String, Vec<&String>) = match at {
        // `hr_get_employee`: a short prefix names the system.
        Some(at @ 1..=2) if fetches(&words[at]) && starts_noun(at) => {
            (verb_of(&words[at])?, words[at + 1..].iter().collect())
        }
        Some(at @ 1..=2) if !starts_noun(at) && at + 1 < words.len() => {
            (verb_of(&words[at])?, words[..at].iter().collect())
        }
        Some(0) => (verb_of(&words[0])?, words[1..].iter().collect()),
        // `order_lookup`, `weather_search`: the verb stands last.
        Some(at) if at + 1 == words.len() => (verb_of(&words[at])?, words[..at].iter().collect()),
        _ => (String::new(), words.iter().collect()),
    };
    let noun: Vec<&str> = rest
        .into_iter()
        .map(String::as_str)
        .take_while(|word| !NAME_STOPS.contains(word))
        .filter(|word| !matches!(*word, "api" | "all" | "the" | "up" | "tool" | "function" | "endpoint"))
        .collect();
    let mut noun = without_vague(&noun);
    // Locations globally are locations.
    if noun.len() > 1 && matches!(noun.last(), Some(&("globally" | "locally" | "nationally" | "worldwide"))) {
        noun.pop();
    }
    // Cars available are available cars.
    if noun.len() > 1 && noun.last() == Some(&"available") {
        noun.rotate_right(1);
    }
    // `PublicHolidayPublicHolidays` says so twice.
    let half = noun.len() / 2;
    let is_said_twice = half > 0
        && noun.len() == 2 * half
        && noun[..half].iter().zip(&noun[half..]).all(|(a, b)| singular_word(a) == singular_word(b));
    if is_said_twice {
        noun.drain(..half);
    }
    // Hotels prices are hotel prices.
    let is_of_things = |word: &str| {
        const WHOLE: &[&str] = &[
            "sports",
            "news",
            "goods",
            "sales",
            "savings",
            "earnings",
            "analytics",
            "stats",
            "series",
            "gas",
            "windows",
            "maps",
            "docs",
            "sheets",
            "slides",
            "teams",
            "forms",
            "photos",
        ];
        word.ends_with('s') && !WHOLE.contains(&word)
    };
    let singles: Vec<String> = match noun.split_last() {
        Some((last, inner)) if last.ends_with('s') => {
            let one = |word: &&str| match is_of_things(word) {
                true => singular_word(word).into_owned(),
                false => word.to_string(),
            };
            inner.iter().map(one).collect()
        }
        _ => Vec::new(),
    };
    for (word, one) in noun.iter_mut().zip(&singles) {
        *word = one;
    }
    // A search of the product catalog finds products.
    let searches = SEARCH.contains(&verb.as_str()) || matches!(verb.as_str(), "lookup" | "look" | "query");
    if searches && noun.len() > 1 && CONTAINERS.contains(&noun[noun.len() - 1]) {
        noun.pop();
    }
    // `RoomBooking.book` books a room.
    if noun.len() > 1 && noun.last().is_some_and(|last| last.strip_suffix("ing") == Some(verb.as_str())) {
        noun.pop();
    }
    // `forecast_weather`: what is forecast is asked for by its forecast.
    if noun.len() == 2 && noun[0] == "forecast" {
        noun.swap(0, 1);
    }
    Some(ToolWords { verb, object: humanize(&noun.join("_")), from_description: false })
}

/// The words of a name without its namespace, in lower case: those of `list_events` in `calendar.list_events`,
/// `mcp__calendar__list_events` and `calendar/list_events`. What names no thing by itself takes its namespace
/// along: `crm.contacts.search` searches contacts, `labResults.latest` are the latest lab results.
fn local_words(name: &str) -> Vec<String> {
    let split = |part: &str| -> Vec<String> {
        let mut words: Vec<String> = effect::words(part).map(str::to_ascii_lowercase).collect();
        // Of however many days.
        if let Some(at) =
            words.windows(2).position(|pair| pair[0] == "n" && matches!(pair[1].as_str(), "day" | "days"))
        {
            words.drain(at..at + 2);
        }
        words.retain(|word| !is_version(word));
        words
    };
    let parts: Vec<&str> = name
        .split(['.', '/', ':'])
        .flat_map(|part| part.split("__"))
        .filter(|part| !part.is_empty())
        .collect();
    let Some((last, spaces)) = parts.split_last() else { return Vec::new() };
    let mut words = split(last);
    let names_thing = words
        .iter()
        .skip(usize::from(words.first().is_some_and(|first| verb_of(first).is_some())))
        .take_while(|word| !NAME_STOPS.contains(&word.as_str()))
        .any(|word| {
            !is_description(word) && !VAGUE.contains(&word.as_str()) && !ASPECTS.contains(&word.as_str())
        });
    if let Some(space) = spaces.last().filter(|_| !names_thing) {
        let verbs = words.iter().take_while(|word| verb_of(word).is_some()).count();
        let described = words[verbs..].iter().take_while(|word| is_description(word)).count();
        // `ReserveMeeting.reserve` reserves once.
        let space = split(space);
        let again = usize::from(verbs > 0 && space.len() > 1 && space.first() == words.first());
        words.splice(verbs + described..verbs + described, space.into_iter().skip(again));
        // What is looked at is a thing, though it may sound like an act: the status of locks locks nothing.
        if verbs == 0 {
            words.insert(0, "get".to_string());
        }
    }
    // `hr_leave_balance`, `k8s_pods_list`, `tms_projects_list`: a short first word, or one that nobody can say, names the
    // system.
    let is_system = |word: &String| {
        word.len() <= 2 || word.bytes().any(|byte| byte.is_ascii_digit()) || is_initials(word)
    };
    if words.len() >= 3 && is_system(&words[0]) || words.len() >= 2 && SYSTEMS.contains(&words[0].as_str()) {
        words.remove(0);
    }
    // `search_ticketmaster`: what is searched is not asked for.
    if words.len() == 2 && SYSTEMS.contains(&words[1].as_str()) && verb_of(&words[0]).is_some() {
        words.pop();
    }
    // `GET_search_person`: how it is sent says nothing where the act follows.
    let is_method = ["GET_", "POST_", "GET-", "POST-"].iter().any(|method| last.starts_with(method));
    if is_method && words.get(1).is_some_and(|next| verb_of(next).is_some()) {
        words.remove(0);
    }
    // `places_searchText` searches places, by a text.
    if let [.., thing, search, text] = &words[..]
        && (search == "search" && text == "text")
        && verb_of(thing).is_none()
    {
        words.pop();
    }
    words
}

/// Whether a word is the initials of something that is no thing by itself: `tms`, but not `dns`.
fn is_initials(word: &str) -> bool {
    const THINGS: &[&str] = &[
        "dns", "sms", "pdf", "csv", "vpn", "ssl", "tls", "rss", "ssh", "xml", "sql", "gps", "nft", "btc",
        "gdp", "html", "http", "css", "nhl", "nfl", "mlb", "lng",
    ];
    word.is_ascii()
        && word.len() <= 4
        && !word.contains(['a', 'e', 'i', 'o', 'u', 'y'])
        && !THINGS.contains(&word)
}

fn is_version(word: &str) -> bool {
    word.starts_with('v') && word.len() <= 3 && word[1..].bytes().all(|byte| byte.is_ascii_digit())
        || word.len() == 1
}

fn without_vague<'w>(noun: &[&'w str]) -> Vec<&'w str> {
    let mut end = noun.len();
    // `lab results` are a thing of their own, and so are `DNS records`.
    let is_finding = |noun: &[&str]| {
        matches!(
            noun,
            [
                ..,
                "lab" | "test" | "exam" | "blood" | "match" | "game" | "election" | "survey",
                "results" | "result"
            ] | [
                ..,
                "dns" | "DNS" | "medical" | "health" | "vaccination" | "attendance" | "payroll",
                "records" | "record"
            ]
        )
    };
    // What is historical is no thing: historical data are.
    let describes =
        |word: &str| ["ical", "onal", "ial", "ural", "ative", "ental"].iter().any(|end| word.ends_with(end));
    while end > 1 && !is_finding(&noun[..end]) && VAGUE.contains(&noun[end - 1]) && !describes(noun[end - 2])
    {
        end -= 1;
    }
    noun[..end].to_vec()
}

/// `GET geocoding-api.example.com/v1/search`: where a tool is called says nothing of what it does.
fn is_route(description: &str) -> bool {
    let mut words = description.split_whitespace();
    let is_method =
        words.next().is_some_and(|word| matches!(word, "GET" | "POST" | "PUT" | "PATCH" | "DELETE"));
    is_method && words.next().is_some_and(|path| path.contains('/'))
}

fn from_description(description: &str) -> Option<ToolWords> {
    let text = description.rsplit_once("is: \"").map_or(description, |(_, quoted)| quoted);
    let sentence = text.trim_start_matches(['*', '"', '#', ' ', '\n']);
    let sentence = sentence.split(['.', '\n', ';', ':', '(']).next()?;
    let words: Vec<&str> = sentence
        .split_whitespace()
        .map(|word| word.trim_matches(|mark: char| matches!(mark, '*' | '`' | '"' | '\'')))
        .filter(|word| !word.is_empty())
        .collect();
    let (at, verb) = words
        .iter()
        .take(9)
        .enumerate()
        .find_map(|(at, word)| verb_of(word).map(|verb| (at, verb)))
        .filter(|&(at, _)| words[..at].iter().all(|word| is_preamble(word)))?;
    // A search engine is a thing, however it is optimized.
    const ENGINES: &[&str] = &["engine", "tool", "api", "service", "function", "utility", "wrapper"];
    let next = words.get(at + 1).map(|word| word.trim_end_matches([',', '.']).to_ascii_lowercase());
    if verb == "search" && next.is_some_and(|next| ENGINES.contains(&next.as_str())) {
        return None;
    }
    let mut object = noun_after(&words[at + 1..]);
    // `Search the library catalogue for books`: the books are wanted.
    if verb == "search"
        && let Some(wanted) = words[at + 1..].iter().take(6).position(|word| word.eq_ignore_ascii_case("for"))
    {
        let wanted = noun_after(&words[at + 2 + wanted..]);
        if !wanted.is_empty() {
            object = wanted;
        }
    }
    // `Search the product catalog`: products are found.
    if SEARCH.contains(&verb.as_str())
        && let Some((things, _)) = object.rsplit_once(' ').filter(|(_, last)| CONTAINERS.contains(last))
    {
        object = plural(things);
    }
    Some(ToolWords { verb, object, from_description: true })
}

/// The thing that a description without a verb begins with: `Last price, in the currency of the symbol`. It is taken where
/// the name has a word of it, and does not say more.
fn described_thing(description: &str, named: &str) -> Option<String> {
    let sentence = description.split(['.', '\n', ';', ':', '(', ',']).next()?;
    let words: Vec<&str> = sentence.split_whitespace().collect();
    // `Resolve a company name`: a verb that is in no list.
    let is_article =
        |word: &&&str| matches!(word.to_ascii_lowercase().as_str(), "a" | "an" | "the" | "all" | "your");
    if words.get(1).filter(is_article).is_some() {
        return None;
    }
    let thing = match &words[..] {
        [number, of, rest @ ..] if number.eq_ignore_ascii_case("number") && *of == "of" => {
            format!("number of {}", Some(noun_after(rest)).filter(|thing| !thing.is_empty())?)
        }
        _ => noun_after(&words),
    };
    let stems = |text: &str| text.split(' ').map(|word| singular_word(word).into_owned()).collect::<Vec<_>>();
    let (said, known) = (stems(&thing), stems(named));
    let shares = known.iter().all(|word| said.contains(word));
    let says_more = said.iter().any(|word| !known.contains(word));
    let is_done =
        said.last().is_some_and(|last| last.len() > 3 && last.ends_with("ed") && !last.ends_with("eed"));
    // `All tracking numbers under a reference` is no act, whatever the tool is called.
    let is_all =
        words.first().is_some_and(|first| matches!(first.to_ascii_lowercase().as_str(), "all" | "every"));
    ((shares || is_all) && says_more && !is_done).then_some(thing)
}

/// `This API endpoint allows you to …`, `Use this tool to …`.
fn is_preamble(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "this",
        "the",
        "a",
        "an",
        "api",
        "endpoint",
        "tool",
        "function",
        "method",
        "operation",
        "service",
        "call",
        "use",
        "used",
        "is",
        "can",
        "be",
        "will",
        "to",
        "allows",
        "allow",
        "lets",
        "let",
        "you",
        "users",
        "user",
        "enables",
        "for",
        "that",
        "which",
        "your",
        "it",
        "helps",
        "returns",
        "please",
        "agent",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The noun phrase at the start of `words`.
fn noun_after(words: &[&str]) -> String {
    const ARTICLES: &[&str] = &[
        "a",
        "an",
        "the",
        "all",
        "any",
        "some",
        "available",
        "relevant",
        "specific",
        "given",
        "up",
        "your",
        "user's",
        "every",
        "each",
        "one",
        "more",
        "full",
        "existing",
        "accessible",
        "detailed",
        "complete",
        "various",
        "multiple",
        "single",
        "particular",
        "certain",
        "me",
        "out",
    ];
    const STOPS: &[&str] = &[
        "for",
        "by",
        "from",
        "in",
        "on",
        "at",
        "with",
        "given",
        "based",
        "using",
        "between",
        "to",
        "that",
        "which",
        "via",
        "within",
        "globally",
        "worldwide",
        "when",
        "where",
        "and",
        "or",
        "as",
        "whose",
        "including",
        "includes",
        "containing",
        "contains",
        "matching",
        "per",
        "associated",
        "related",
        "inside",
        "into",
        "through",
        "if",
        "like",
        "such",
        "under",
        "over",
        "it",
        "has",
        "have",
        "is",
        "are",
        "belonging",
        "listed",
        "located",
    ];
    let mut noun: Vec<&str> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let bare = word.trim_end_matches([',', '.', ':']);
        let lower = bare.to_ascii_lowercase();
        let is_link = matches!(lower.as_str(), "of" | "about" | "for" | "on");
        // The name and product ID of all product types are those of the types.
        if matches!(lower.as_str(), "and" | "of")
            && noun.iter().all(|word| matches!(*word, "name" | "names" | "title" | "titles" | "id" | "ids"))
            && !noun.is_empty()
            && let Some(of) = words.iter().position(|word| *word == "of").filter(|of| *of < 6)
        {
            return noun_after(&words[of + 1..]);
        }
        // The explanation of a bill is asked for as the bill.
        if lower == "of" && noun.last().is_some_and(|last| matches!(*last, "explanation" | "copy" | "view")) {
            noun.clear();
            continue;
        }
        if is_link && !noun.is_empty() && noun.iter().all(|word| VAGUE.contains(word) || *word == "set") {
            noun.clear();
            continue;
        }
        // `high and low tides`: the adjectives share the noun behind the second.
        if let ([first], "and" | "or") = (&noun[..], lower.as_str())
            && singular(first) == *first
        {
            let second = noun_after(&words[at + 1..]);
            let is_shared = second.contains(' ') && is_plural_phrase(&second);
            let first = in_small_letters(first);
            return if is_shared { format!("{first} {lower} {second}") } else { first };
        }
        // `next connections leaving a station`, `documents received for a claim`
        let is_participle = lower.ends_with("ing") || lower.ends_with("ed") && !lower.ends_with("eed");
        let describes = is_participle && noun.last().is_some_and(|last| singular(last) != *last);
        if STOPS.contains(&lower.as_str())
            || describes
            || matches!(lower.as_str(), "of" | "about")
            || lower.starts_with('\'')
        {
            break;
        }
        if noun.is_empty() && ARTICLES.contains(&lower.as_str()) {
            continue;
        }
        // `issues/problems`: the first of two words for it.
        let bare = bare.split('/').next().unwrap_or(bare);
        if bare.is_empty() || !bare.chars().all(|letter| letter.is_alphabetic() || letter == '-') {
            break;
        }
        noun.push(bare);
        if word.ends_with([',', '.', ':']) {
            break;
        }
    }
    // Longer runs are sentences that the stops did not end.
    if noun.len() > 4 {
        return String::new();
    }
    if noun.iter().all(|word| VAGUE.contains(&word.to_ascii_lowercase().as_str())) {
        return String::new();
    }
    let mut noun = without_vague(&noun);
    // An N-day forecast is one, of however many days.
    if noun.first().is_some_and(|first| first.eq_ignore_ascii_case("n-day")) {
        noun.remove(0);
    }
    // Jira sprints are sprints.
    let is_system = |word: &str| SYSTEMS.contains(&word.to_ascii_lowercase().as_str());
    let kept: Vec<String> = noun
        .iter()
        .enumerate()
        .filter(|&(at, word)| at + 1 == noun.len() || !is_system(word))
        .map(|(_, word)| in_small_letters(word))
        .collect();
    kept.join(" ")
}

/// A word in small letters, but for the capitals of a name: `CPU`.
fn in_small_letters(word: &str) -> String {
    let is_name = word.chars().skip(1).any(char::is_uppercase);
    if is_name { word.to_string() } else { unglued(&word.to_lowercase()).join(" ") }
}

/// What is left of the object after the entity that its identifier names: `order status` of an order is its
/// `status`. Empty where the object is the entity.
pub fn attribute(object: &str, entity: &str) -> String {
    let object_words: Vec<&str> = object.split(' ').collect();
    let entity_words: Vec<&str> = entity.split(' ').collect();
    let same = |object: &[&str]| {
        object.iter().zip(&entity_words).all(|(object, entity)| singular(object) == singular(entity))
    };
    let ends = object_words.len() > entity_words.len()
        && same(&object_words[object_words.len() - entity_words.len()..]);
    let starts = object_words.len() >= entity_words.len() && same(&object_words);
    // `calendar event` of an event is the event.
    if ends {
        return String::new();
    }
    let rest: Vec<&str> = if starts { object_words[entity_words.len()..].to_vec() } else { object_words };
    if rest.iter().all(|word| VAGUE.contains(word)) { String::new() } else { rest.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str, description: &str) -> (String, String) {
        let words = tool_words(name, Some(description).filter(|text| !text.is_empty())).unwrap();
        (words.verb, words.object)
    }

    #[test]
    fn reads_descriptions_first() {
        for (name, description, verb, object) in [
            (
                "sf",
                "Search direct flights between two cities on a specific date.",
                "search",
                "direct flights",
            ),
            ("x1", "Get the details of a reservation.", "get", "reservation"),
            ("q", "Returns a list of all open invoices for a customer", "return", "open invoices"),
            ("t", "Get high and low tides for a place", "get", "high and low tides"),
            ("o", "Get the status and details of an order.", "get", "status"),
            ("search_emails", "Search the mailbox", "search", "emails"),
            (
                "kw",
                "This API endpoint allows you to retrieve the main keywords for a given query",
                "retrieve",
                "main keywords",
            ),
            (
                "p",
                "This is the subfunction for tool \"k\", you can use this tool.The description of this function is: \"Get the **popular sites** for a given search query.\"",
                "get",
                "popular sites",
            ),
        ] {
            assert_eq!(words(name, description), (verb.to_string(), object.to_string()), "{description}");
        }
    }

    #[test]
    fn reads_names_where_there_is_no_verb() {
        for (name, verb, object) in [
            ("get_user_details_by_email", "get", "user"),
            ("calendar.listEvents", "list", "events"),
            ("mcp__crm__find_contact", "find", "contact"),
            ("order_lookup", "lookup", "order"),
            ("weather_forecast", "", "weather forecast"),
            ("work_orders", "", "work orders"),
            ("getHistoricalData", "get", "historical data"),
            ("packages_v2_track", "track", "packages"),
        ] {
            assert_eq!(words(name, ""), (verb.to_string(), object.to_string()), "{name}");
            assert_eq!(words(name, "."), (verb.to_string(), object.to_string()), "{name}");
        }
    }

    #[test]
    fn descriptions_may_begin_with_the_thing() {
        for (name, description, verb, object) in [
            ("last", "Last price, in the currency of the symbol", "get", "last price"),
            ("ViewingSlots", "Free viewing slots of a listing", "view", "free viewing slots"),
            ("getLeave", "Leave entitlement of an employee", "get", "leave entitlement"),
            ("label_values", "Values of a label", "", "label values"),
            ("data_usage", "Data used in the current billing cycle", "", "data usage"),
            ("symbol", "Resolve a company name to a symbol", "", "symbol"),
        ] {
            assert_eq!(words(name, description), (verb.to_string(), object.to_string()), "{name}");
        }
    }

    #[test]
    fn tells_the_attribute_from_its_entity() {
        assert_eq!(attribute("order status", "order"), "status");
        assert_eq!(attribute("channel clips", "channel"), "clips");
        assert_eq!(attribute("reservation", "reservation"), "");
        assert_eq!(attribute("appointments", "patient"), "appointments");
    }
}
