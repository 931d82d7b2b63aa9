//! How the nouns of tools stand in a sentence: what is one whole, what is always plural, what nobody says.

use super::verbs::ASPECTS;
use crate::hindsight::wording::{is_function_word, singular};

/// Things that hold what they list: a forecast of three days is one forecast.
pub fn is_whole(noun: &str) -> bool {
    const WHOLES: &[&str] = &[
        "weather",
        "availability",
        "traffic",
        "news",
        "equipment",
        "inventory",
        "stock",
        "forecast",
        "menu",
        "schedule",
        "agenda",
        "timetable",
        "history",
        "leaderboard",
        "catalog",
        "catalogue",
        "statement",
        "feed",
        "playlist",
        "roster",
        "queue",
        "breakdown",
        "calendar",
        "inbox",
        "itinerary",
        "timeline",
        "lineup",
        "table",
        "ranking",
        "watchlist",
        "portfolio",
        "cart",
        "backlog",
        "index",
        "log",
        "trend",
        "audit",
        "standing",
        "docket",
        "ledger",
        "transcript",
        "basket",
        "invoice",
        "receipt",
        "bill",
        "thread",
        "conversation",
        "report",
    ];
    noun.rsplit(' ').next().is_some_and(|last| WHOLES.contains(&last))
}

/// Where one searches for what is written there: a knowledge base, the documentation.
pub fn is_place_of_text(object: &str) -> bool {
    const PLACES: &[&str] = &[
        "knowledge base",
        "documentation",
        "docs",
        "wiki",
        "faq",
        "help center",
        "handbook",
        "manual",
        "guide",
    ];
    PLACES.iter().any(|place| object.ends_with(place))
}

/// Whether a noun is for a side of a thing, and is told by what it comes to.
pub fn is_side(object: &str) -> bool {
    const SIDES: &[&str] = &[
        "level",
        "levels",
        "price",
        "prices",
        "availability",
        "rate",
        "rates",
        "tariff",
        "map",
        "usage",
        "stock",
        "docket",
        "inventory",
        "schedule",
        "terms",
        "quota",
        "coverage",
        "limits",
        "threshold",
        "thresholds",
    ];
    object.rsplit(' ').next().is_some_and(|head| SIDES.contains(&head) || ASPECTS.contains(&head))
}

/// Whether things are what a system is set up with, which its users do not ask for: tables, users, bases.
pub fn is_set_up(object: &str) -> bool {
    const SET_UP: &[&str] = &[
        "account",
        "action",
        "agent",
        "base",
        "board",
        "branch",
        "bucket",
        "calendar",
        "capability",
        "card",
        "category",
        "channel",
        "class",
        "client",
        "collection",
        "column",
        "command",
        "configuration",
        "contact",
        "credential",
        "currency",
        "customer",
        "database",
        "dataset",
        "date",
        "device",
        "directory",
        "document",
        "employee",
        "entity",
        "environment",
        "exam",
        "fact",
        "field",
        "file",
        "folder",
        "function",
        "goal",
        "guest",
        "health",
        "help",
        "history",
        "index",
        "info",
        "instruction",
        "integration",
        "key",
        "label",
        "language",
        "lead",
        "list",
        "location",
        "log",
        "member",
        "memory",
        "model",
        "namespace",
        "option",
        "organization",
        "page",
        "password",
        "patient",
        "people",
        "permission",
        "person",
        "plan",
        "policy",
        "process",
        "profile",
        "project",
        "prompt",
        "question",
        "queue",
        "repository",
        "resource",
        "role",
        "rule",
        "schema",
        "secret",
        "server",
        "session",
        "setting",
        "site",
        "skill",
        "source",
        "space",
        "staff",
        "state",
        "stats",
        "status",
        "step",
        "student",
        "system",
        "table",
        "tag",
        "task",
        "team",
        "template",
        "test",
        "time",
        "token",
        "tool",
        "type",
        "unit",
        "user",
        "version",
        "weather",
        "webhook",
        "window",
        "workflow",
        "workspace",
        "zone",
    ];
    SET_UP.contains(&singular(object.rsplit(' ').next().unwrap_or(object)).as_str())
}

/// Whether a thing is all that is kept of something, of which a few fields are a part: the file of a claim.
pub fn holds_all(part: &str) -> bool {
    ["file", "text", "content", "contents", "record", "document", "dossier", "snapshot"]
        .iter()
        .any(|whole| part.rsplit(' ').next() == Some(whole))
}

/// Whether a thing is all that can be asked of something: its summary, its quote.
pub fn is_sum(part: &str) -> bool {
    const SUMS: &[&str] = &[
        "stats",
        "statistics",
        "summary",
        "overview",
        "info",
        "attributes",
        "metrics",
        "facts",
        "profile",
        "quote",
        "inventory",
        "fundamentals",
        "specifications",
        "specs",
        "metadata",
    ];
    part.rsplit(' ').next().is_some_and(|last| SUMS.contains(&last))
}

pub fn is_weather(object: &str) -> bool {
    ["weather", "forecast", "conditions", "climate"].iter().any(|word| object.ends_with(word))
}

/// Whether a figure of the weather is told by its name alone.
pub fn is_measured(label: &str) -> bool {
    [
        "temperature",
        "humidity",
        "wind",
        "precipitation",
        "pressure",
        "rain",
        "uv",
        "visibility",
        "snow",
        "conditions",
    ]
    .iter()
    .any(|figure| label.contains(figure))
}

/// What is made for somebody: recommendations, tips.
pub fn link_to(part: &str) -> &'static str {
    let is_for = ["recommendations", "suggestions", "tips", "directions", "instructions", "options"];
    if part.rsplit(' ').next().is_some_and(|last| is_for.contains(&last)) { "for" } else { "of" }
}

/// `stats` of one player are stats.
pub fn is_always_plural(noun: &str) -> bool {
    const PLURALS: &[&str] = &[
        "stats",
        "statistics",
        "results",
        "settings",
        "directions",
        "preferences",
        "earnings",
        "news",
        "financials",
        "fundamentals",
        "terms",
    ];
    noun.rsplit(' ').next().is_some_and(|last| PLURALS.contains(&last))
}

/// Words that interfaces use and people do not.
const JARGON: &[&str] = &[
    "api",
    "endpoint",
    "json",
    "id",
    "ids",
    "subfunction",
    "url",
    "urls",
    "xml",
    "payload",
    "function",
    "schema",
    "metadata",
    "params",
    "parameters",
    "query",
    "request",
    "response",
    "object",
    "string",
    "array",
    "token",
    "callback",
    "handler",
    "instance",
    "config",
    "expression",
    "thought",
    "code",
    "script",
    "sql",
    "python",
    "bash",
    "shell",
    "command",
    "web",
    "internet",
    "google",
    "search",
    "linecount",
    "ping",
    "endpoints",
    "geocode",
    "coordinates",
    "coordinate",
    "latitude",
    "latitudes",
    "longitude",
    "longitudes",
    "resource",
    "resources",
    "subresource",
    "grep",
    "glob",
    "multiply",
    "divide",
    "subtract",
    "exponentiate",
    "modulo",
    "sqrt",
    "resolve",
    "append",
    "concatenate",
    "encode",
    "decode",
    "encrypt",
    "decrypt",
    "invoke",
    "dispatch",
];

/// Nouns that alone say nothing of what they are for.
pub const VAGUE_THINGS: &[&str] = &[
    "item",
    "record",
    "entry",
    "element",
    "row",
    "thing",
    "node",
    "value",
    "field",
    "data",
    "result",
    "finance",
    "info",
    "detail",
    "information",
    "list",
    "content",
    "number",
];

/// Words that describe a thing and are none.
const DESCRIPTIONS: &[&str] = &[
    "supported",
    "latest",
    "unknown",
    "weekly",
    "daily",
    "monthly",
    "related",
    "random",
    "current",
    "recent",
    "live",
    "top",
    "popular",
    "featured",
    "trending",
    "new",
    "best",
    "global",
    "available",
    "upcoming",
    "active",
    "public",
    "full",
    "present",
    "main",
    "general",
    "total",
    "basic",
    "advanced",
    "similar",
    "worldwide",
    "following",
    "specified",
    "different",
    "based",
    "given",
    "last",
    "next",
    "previous",
    "first",
];

/// Whether a word describes a thing and is none: `latest`, `related`.
pub fn is_description(word: &str) -> bool {
    DESCRIPTIONS.contains(&word)
}

/// Whether a person would use the noun: letters only, no jargon of interfaces, ending in a thing.
pub fn is_sayable(object: &str) -> bool {
    // `high and low tides` are of the length of `high low tides`.
    let words: Vec<String> = object.replacen(" and ", " ", 1).split(' ').map(str::to_lowercase).collect();
    let repeats = words.windows(2).any(|pair| pair[0] == pair[1]);
    let is_in = |word: &String, list: &[&str]| list.contains(&word.as_str());
    // `PractitionerRole`
    let letters: Vec<char> = object.chars().collect();
    if letters.windows(2).any(|pair| pair[0].is_lowercase() && pair[1].is_uppercase()) {
        return false;
    }
    let fits = |word: &String| {
        let is_determining = is_function_word(word) && !is_in(word, DESCRIPTIONS) && word != "search";
        // Of a service or of leave, a request is a thing.
        let is_asked_for = words.len() > 1 && matches!(word.as_str(), "request" | "requests");
        word.len() > 1 && !is_determining && (!is_in(word, JARGON) || is_asked_for)
    };
    words.iter().all(fits)
        && !repeats
        && words.last().is_some_and(|last| !is_in(last, DESCRIPTIONS) && last.len() > 2)
        && object.chars().all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '-' | '\''))
        && words.len() <= 4 + usize::from(object.contains(" and "))
}
