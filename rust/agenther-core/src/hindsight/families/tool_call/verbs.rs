//! The words that names of tools are made of: verbs, what ends a noun, what names no thing, and the systems that
//! tools are named after.

use std::sync::LazyLock;

use crate::signals::effect;
use crate::text::tables::FastSet;

/// Verbs that only fetch: any phrase that asks for the object will do.
pub const FETCH: &[&str] = &[
    "get", "retrieve", "fetch", "return", "read", "view", "show", "provide", "give", "obtain", "display",
    "access", "load", "describe", "pull", "extract", "query", "lookup", "look", "see", "explain", "inspect",
    "preview",
];

/// Verbs that search or list: the result is a selection.
pub const SEARCH: &[&str] =
    &["search", "find", "list", "browse", "discover", "filter", "explore", "enumerate", "locate"];

/// Verbs that say themselves what is wanted.
pub const ACT: &[&str] = &[
    "track",
    "convert",
    "translate",
    "calculate",
    "compute",
    "validate",
    "verify",
    "check",
    "detect",
    "compare",
    "count",
    "estimate",
    "predict",
    "analyze",
    "summarize",
    "identify",
    "generate",
    "monitor",
    "determine",
    "measure",
    "solve",
    "rank",
    "recommend",
    "suggest",
    "add",
    "update",
    "delete",
    "cancel",
    "book",
    "send",
    "set",
    "modify",
    "submit",
    "pay",
    "order",
    "exchange",
    "schedule",
    "create",
    "remove",
    "edit",
    "post",
    "purchase",
    "buy",
    "rename",
    "move",
    "register",
    "reserve",
    "assign",
    "approve",
    "close",
    "open",
    "enable",
    "disable",
    "turn",
    "start",
    "stop",
    "restart",
    "refund",
    "change",
    "save",
    "transfer",
    "return",
    "reschedule",
    "upload",
    "invite",
    "archive",
    "renew",
    "upgrade",
    "downgrade",
    "deploy",
    "merge",
    "notify",
    "apply",
    "confirm",
    "redeem",
    "withdraw",
    "deposit",
    "block",
    "unblock",
    "lock",
    "unlock",
    "charge",
    "ship",
    "make",
    "print",
    "extend",
    "reboot",
    "redeploy",
    "resume",
    "pause",
    "escalate",
    "attach",
    "detach",
    "dismiss",
    "acknowledge",
    "resize",
    "scale",
    "reopen",
    "reassign",
    "activate",
    "deactivate",
    "suspend",
    "mute",
    "unmute",
    "restore",
    "reset",
    "subscribe",
    "unsubscribe",
    "publish",
    "grant",
    "revoke",
];

/// Words in names that begin a qualification: `get_user_by_email`.
pub const NAME_STOPS: &[&str] =
    &["by", "for", "from", "with", "using", "via", "in", "on", "at", "to", "of", "and", "or", "into"];

/// Nouns for what holds the things searched for.
pub const CONTAINERS: &[&str] = &[
    "catalog",
    "catalogue",
    "database",
    "db",
    "index",
    "store",
    "directory",
    "collection",
    "engine",
    "mailbox",
    "inbox",
    "archive",
    "library",
    "address book",
];

/// Nouns that name no thing of their own.
pub const VAGUE: &[&str] = &[
    "details",
    "detail",
    "header",
    "info",
    "information",
    "data",
    "record",
    "records",
    "result",
    "results",
    "object",
    "list",
    "export",
    "dump",
];

/// Nouns for a side of a thing, which alone do not say what it is a side of.
pub const ASPECTS: &[&str] =
    &["status", "summary", "history", "balance", "stats", "statistics", "state", "settings"];

/// Systems that tools are named after: `zendesk_ticket_comments_list` lists the comments of a ticket.
pub const SYSTEMS: &[&str] = &[
    "zendesk",
    "slack",
    "gmail",
    "jira",
    "github",
    "gitlab",
    "spotify",
    "stripe",
    "shopify",
    "salesforce",
    "hubspot",
    "notion",
    "asana",
    "trello",
    "google",
    "outlook",
    "teams",
    "twilio",
    "aws",
    "azure",
    "gcp",
    "k8s",
    "kubernetes",
    "cloudwatch",
    "datadog",
    "twitter",
    "reddit",
    "youtube",
    "discord",
    "dropbox",
    "airtable",
    "quickbooks",
    "xero",
    "servicenow",
    "confluence",
    "bitbucket",
    "zoom",
    "calendly",
    "mailchimp",
    "sendgrid",
    "paypal",
    "amazon",
    "ebay",
    "yelp",
    "intercom",
    "freshdesk",
    "pagerduty",
    "sentry",
    "grafana",
    "docker",
    "jenkins",
    "figma",
    "telegram",
    "whatsapp",
    "instagram",
    "facebook",
    "linkedin",
    "pinterest",
    "tiktok",
    "chembl",
    "pubchem",
    "uniprot",
    "hass",
    "maps",
    "gmaps",
    "amadeus",
    "postgres",
    "mysql",
    "mongodb",
    "redis",
    "snowflake",
    "bigquery",
    "okta",
    "workday",
    "sap",
    "netsuite",
    "crm",
    "fhir",
    "erp",
    "tavily",
    "serper",
    "serpapi",
    "bing",
    "duckduckgo",
    "brave",
    "exa",
    "perplexity",
];

/// Nouns for who does it: `restaurant_finder`, `currency_converter`.
const DOERS: &[(&str, &str)] = &[
    ("finder", "find"),
    ("searcher", "search"),
    ("fetcher", "fetch"),
    ("getter", "get"),
    ("retriever", "retrieve"),
    ("checker", "check"),
    ("tracker", "track"),
    ("converter", "convert"),
    ("calculator", "calculate"),
    ("translator", "translate"),
    ("validator", "validate"),
    ("viewer", "view"),
    ("reader", "read"),
];

/// The plain form of a word that is a verb of tools.
pub fn verb_of(word: &str) -> Option<String> {
    effect::in_small_letters(word, plain_verb)?.map(str::to_string)
}

fn plain_verb(word: &str) -> Option<&'static str> {
    static VERBS: LazyLock<FastSet<&str>> =
        LazyLock::new(|| [FETCH, SEARCH, ACT].iter().flat_map(|verbs| verbs.iter().copied()).collect());
    let known = |word: &str| VERBS.get(word).copied();
    if let Some(verb) = known(word) {
        return Some(verb);
    }
    if word.ends_with('r') {
        return DOERS.iter().find(|(doer, _)| *doer == word).map(|(_, verb)| *verb);
    }
    let third = || known(&format!("{}y", word.strip_suffix("ies")?));
    let silent = || known(&format!("{}e", word.strip_suffix("ing")?));
    [word.strip_suffix("es"), word.strip_suffix('s'), word.strip_suffix("ing")]
        .into_iter()
        .flatten()
        .find_map(known)
        .or_else(third)
        .or_else(silent)
}
