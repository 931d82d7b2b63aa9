//! The envelope of a result: how the call went, which page this is, and where in it the result lies.

use std::sync::LazyLock;

use super::payload::Node;
use super::tables::laid_out;
use crate::reading::StepReading;
use crate::signals::effect;
use crate::text::document::Kind;
use crate::text::same::{folded, same_letters};
use crate::text::tables::FastSet;

/// Whether the words before a result hold a status of HTTP that reports a failure.
pub fn has_failure_code(lead: &str) -> bool {
    lead.split(|c: char| !c.is_ascii_digit())
        .any(|code| code.len() == 3 && code.parse::<u16>().is_ok_and(|code| (400..600).contains(&code)))
}

/// Keys that say how the call went, or which page this is, and nothing of the result.
const ENVELOPE: &[&str] = &[
    "status",
    "code",
    "message",
    "success",
    "error",
    "errors",
    "ok",
    "request_id",
    "requestid",
    "timestamp",
    "ts",
    "meta",
    "metadata",
    "count",
    "total",
    "total_count",
    "total_results",
    "page",
    "per_page",
    "page_size",
    "limit",
    "offset",
    "next",
    "next_page",
    "next_cursor",
    "has_more",
    "cursor",
    "pagination",
    "msg",
    "statuscode",
    "status_code",
    "took",
    "links",
    "_links",
    "version",
    "copyright",
    "total_pages",
    "pages",
    "page_count",
    "page_info",
    "total_items",
    "total_hits",
    "has_next_page",
    "elapsed_ms",
    "generationtime_ms",
    "took_ms",
    "num_results",
    "operation",
    "params",
    "parameters",
    "filters",
    "request",
    "result_count",
    "query",
    "input",
    "api_name",
    "exception",
    "is_error",
    "kind",
    "etag",
    "help",
    "result_info",
    "response_metadata",
    "response_meta",
    "start_at",
    "max_results",
    "result_size_estimate",
    "total_size",
    "done",
    "expand",
    "previous_page",
    "previous",
    "prev",
    "next_page_token",
    "next_page_url",
    "next_link",
    "paging",
    "incomplete_results",
    "has_previous_page",
    "truncated",
    "has_next",
    "has_prev",
    "current_page",
    "last_page",
    "page_number",
    "next_start",
    "return_size",
    "num_found",
    "total_records",
    "total_rows",
    "row_count",
    "warnings",
    "notices",
    "trace_id",
    "server_time",
    "get",
    "endpoint",
    "dictionaries",
    "facets",
    "aggregations",
    // Of a server of MCP: what the content says as a text.
    "structured_content",
];

/// Keys that, beside a list under one of the [`CONTENT`] keys, say how it was made, in a record or a value of their own.
const BESIDE_LIST: &[&str] = &[
    "jsonapi",
    "sort",
    "pageable",
    "as_of",
    "generated_at",
    "fetched_at",
    "retrieved_at",
    "attribution",
    "disclaimer",
];

/// Records beside such a list that speak of its pages, where they do.
const ABOUT_LIST: &[&str] =
    &["header", "info", "search", "search_metadata", "search_information", "signature"];

/// What says of a record that it speaks of a page, or of who made the list.
const OF_PAGE: &[&str] =
    &["offset", "page", "pages", "count", "total", "limit", "per_page", "next", "version"];

/// Counts of a page by names that nothing else has.
const PAGE_COUNTS: &[&str] = &[
    "total_elements",
    "number_of_elements",
    "total_results",
    "max_results",
    "size",
    "number",
    "start_index",
    "items_per_page",
    "num_pages",
];

/// Keys that hold the result in an envelope.
const CONTENT: &[&str] = &[
    "data", "result", "results", "response", "items", "records", "output", "content", "payload", "body",
    "value", "rows", "entries", "entry", "hits", "list",
];

/// The letters and digits of the keys, in small letters.
static ENVELOPE_LETTERS: LazyLock<FastSet<String>> = LazyLock::new(|| letters(ENVELOPE));
static CONTENT_LETTERS: LazyLock<FastSet<String>> = LazyLock::new(|| letters(CONTENT));
static BESIDE_LIST_LETTERS: LazyLock<FastSet<String>> = LazyLock::new(|| letters(BESIDE_LIST));
static PAGE_COUNT_LETTERS: LazyLock<FastSet<String>> = LazyLock::new(|| letters(PAGE_COUNTS));
static OF_PAGE_LETTERS: LazyLock<FastSet<String>> = LazyLock::new(|| letters(OF_PAGE));

/// The letters of keys, to find others in.
pub fn letters(keys: &[&str]) -> FastSet<String> {
    keys.iter().map(|key| folded(key).collect()).collect()
}

/// Whether a key is one of these, however it is written.
pub fn is_in(key: &str, letters: &FastSet<String>) -> bool {
    let mut buffer = [0; 32];
    let mut length = 0;
    let mut add = |letter: char| {
        let place = buffer.get_mut(length).filter(|_| letter.is_ascii());
        length += 1;
        place.map(|place| *place = letter as u8)
    };
    let fits = if key.is_ascii() {
        // Nearly all keys: that they need not be decoded is 3% of relabelling calls of tools.
        let mut letters = key.bytes().filter(u8::is_ascii_alphanumeric);
        letters.try_for_each(|letter| add(char::from(letter.to_ascii_lowercase())))
    } else {
        folded(key).try_for_each(add)
    };
    fits.is_some() && std::str::from_utf8(&buffer[..length]).is_ok_and(|key| letters.contains(key))
}

/// What an envelope says of how much there is.
#[derive(Default)]
pub struct Extent {
    /// Whether it announces more.
    goes_on: bool,
    /// How many there are in all.
    total: Option<usize>,
}

impl Extent {
    fn read(&mut self, fields: &[(String, Node)]) {
        const TOTALS: &[&str] =
            &["total_count", "total_results", "total_items", "total_hits", "total_size", "result_count"];
        const PAGES: &[&str] =
            &["page", "per_page", "page_size", "limit", "offset", "start_at", "max_results"];
        let is_in = |key: &str, names: &[&str]| names.iter().any(|name| same_letters(name, key));
        self.goes_on |= fields.iter().any(|(key, value)| announces_more(key, value)) || is_early_page(fields);
        // A bare total may be a sum of money: beside a page it counts.
        let is_paged = fields.iter().any(|(key, _)| is_in(key, PAGES));
        for (key, value) in fields {
            match value {
                Node::Record(inner)
                    if (is_in(
                        key,
                        &["result_info", "meta", "metadata", "page_info", "links", "paging", "_links"],
                    ) || key.to_ascii_lowercase().starts_with("pagination")) =>
                {
                    self.read(inner)
                }
                Node::Scalar(text, Kind::Number)
                    if is_in(key, TOTALS)
                        || key.eq_ignore_ascii_case("total") && (is_paged || counts_rows(fields))
                        || counts_lists(key, fields)
                        || is_paged && key.eq_ignore_ascii_case("count") && counts_more(text, fields) =>
                {
                    self.total = text.parse().ok().or(self.total);
                }
                _ => {}
            }
        }
    }

    /// Whether there are more than these, of which a page has so many.
    pub fn has_more(&self, node: &Node, page_size: Option<usize>) -> bool {
        let Some(rows) = only_list(node) else { return self.goes_on };
        let is_full = page_size == Some(rows.len()) && self.total.is_none();
        self.goes_on || is_full || self.total.is_some_and(|total| total > rows.len())
    }
}

/// The rows of a result: of a record, those of its only list of records.
fn only_list(node: &Node) -> Option<&[Node]> {
    let Node::Record(fields) = node else { return node.is_list().then(|| node.rows()) };
    let is_rows =
        |value: &&Node| value.is_list() && value.rows().iter().any(|row| matches!(row, Node::Record(_)));
    let mut lists = fields.iter().map(|(_, value)| value).filter(is_rows);
    let list = lists.next()?;
    lists.next().is_none().then(|| list.rows())
}

/// Whether a count is of more than the lists beside it hold: on a page it may be that of the page.
fn counts_more(count: &str, fields: &[(String, Node)]) -> bool {
    let held = fields.iter().filter(|(_, value)| value.is_list()).map(|(_, value)| value.rows().len()).max();
    count.parse::<usize>().ok() > held
}

/// `total_transactions` beside `transactions`, unless it is the sum of a field of theirs: `total_expenses`.
fn counts_lists(key: &str, fields: &[(String, Node)]) -> bool {
    let things = key.strip_prefix("total_").or_else(|| key.strip_prefix("total"));
    things.is_some_and(|things| {
        let is_named = |(name, value): &&(String, Node)| value.is_list() && same_letters(name, things);
        let total = fields.iter().find(|(known, _)| known == key).and_then(|(_, value)| value.text());
        let is_counted =
            |(_, list): &(String, Node)| !total.is_some_and(|total| is_sum_of(total, list.rows()));
        !things.is_empty() && fields.iter().find(is_named).is_some_and(is_counted)
    })
}

/// Whether a number is the sum of a field of the rows.
fn is_sum_of(total: &str, rows: &[Node]) -> bool {
    let (Ok(total), Some(Node::Record(first))) = (total.parse::<f64>(), rows.first()) else { return false };
    first.iter().any(|(key, _)| {
        let values = rows.iter().map(|row| row.get(key).and_then(Node::text)?.parse::<f64>().ok());
        values.sum::<Option<f64>>().is_some_and(|sum| (sum - total).abs() < 0.005)
    })
}

/// How many things a call asked for at most.
pub fn page_size(reading: &StepReading<'_>) -> Option<usize> {
    const SIZES: &[&str] = &[
        "limit",
        "per_page",
        "page_size",
        "page_limit",
        "retmax",
        "max_results",
        "num_results",
        "max_items",
        "count",
        "size",
        "top",
        "top_k",
        "first",
        "n",
        "k",
        "max",
    ];
    // `{"options": {"count": 4}}` says so one object further in.
    const INSIDE: &[&str] = &["options", "pagination", "paging", "page"];
    let root = reading.called_with()?;
    let inside = INSIDE.iter().filter_map(|key| root.get(key)).flat_map(|inner| inner.children());
    root.children().chain(inside).find_map(|argument| {
        let key = argument.key()?;
        let is_size = SIZES.iter().any(|size| same_letters(size, key));
        argument.text().parse().ok().filter(|_| is_size)
    })
}

/// Fields of a thing beside its name and its state: with fewer it may be the envelope of a call.
const MIN_VALUES: usize = 3;

/// Whether a record is a thing that was looked up, whose state is its own: a job that failed.
fn is_thing(fields: &[(String, Node)]) -> bool {
    let filled = || fields.iter().filter(|(_, value)| !value.is_blank()).map(|(key, _)| key.as_str());
    let is_last = |key: &str, names: &[&str]| {
        let last = effect::words(key).last().unwrap_or("");
        names.iter().any(|name| last.eq_ignore_ascii_case(name))
    };
    let is_state = |key: &str| matches!(key, "status" | "state");
    let is_named = filled().any(|key| is_last(key, &["id", "name", "number", "key", "iid"]));
    is_named
        && !filled().any(|key| is_last(key, &["message", "msg", "detail", "details", "error", "errors"]))
        && filled().filter(|key| !is_state(key)).count() > MIN_VALUES
}

/// A result without the name of the tool that gave it: `[{"name": "quotes", "results": {…}}]`.
pub fn without_call(node: Node, tool: &str) -> Node {
    const NAMES: &[&str] =
        &["name", "tool", "tool_name", "function", "function_name", "api", "api_name", "action"];
    let names_tool = |(key, value): &(String, Node)| {
        NAMES.contains(&key.as_str()) && value.text().is_some_and(|text| same_letters(text, tool))
    };
    let is_wrapper = |node: &Node| match node {
        Node::Record(fields) => {
            fields.iter().any(names_tool)
                && fields.iter().any(|(key, held)| is_in(key, &CONTENT_LETTERS) && !held.is_blank())
        }
        _ => false,
    };
    match node {
        Node::List(mut rows) if rows.len() == 1 && is_wrapper(&rows[0]) => without_call(rows.remove(0), tool),
        node if !is_wrapper(&node) => node,
        Node::Record(fields) => Node::Record(fields.into_iter().filter(|field| !names_tool(field)).collect()),
        node => node,
    }
}

/// Whether a record says that a call went well, and holds what it gave.
fn is_envelope(node: &Node) -> bool {
    let says_so = |key: &&str| matches!(node.get(key), Some(Node::Scalar(_, Kind::Bool)));
    let holds =
        ["data", "result", "results"].iter().any(|key| node.get(key).is_some_and(|held| !held.is_blank()));
    holds && ["status", "success", "ok"].iter().any(says_so) || is_wrapper(node)
}

/// Whether a record has a list or a record under a key for contents, and beside it nothing but how the call went.
fn is_wrapper(node: &Node) -> bool {
    let Node::Record(fields) = node else { return false };
    let holds =
        |(key, held): &(String, Node)| is_in(key, &CONTENT_LETTERS) && !matches!(held, Node::Scalar(..));
    let mut content = fields.iter().filter(|field| holds(field));
    content.next().is_some()
        && content.next().is_none()
        && fields.iter().all(|field| holds(field) || is_in(&field.0, &ENVELOPE_LETTERS))
}

/// What an envelope holds, and through it its extent; nothing where it reports a failure.
pub fn unwrap(node: Node, extent: &mut Extent, depth: usize) -> Option<Node> {
    let fields = match node {
        Node::Record(fields) => with_columns(fields),
        Node::Scalar(text, kind) => {
            let node = laid_out(&text).unwrap_or(Node::Scalar(text, kind));
            return (!is_failure_text(&node)).then_some(node);
        }
        // ComplexFuncBench's services answer so.
        Node::List(mut rows) if rows.len() == 1 && is_envelope(&rows[0]) => {
            return unwrap(rows.remove(0), extent, depth);
        }
        list => return Some(list),
    };
    let is_thing = is_thing(&fields);
    let is_of_thing = |key: &str| is_thing && matches!(key, "status" | "state");
    if fields.iter().any(|(key, value)| is_failure(key, value) && !is_of_thing(key)) {
        return None;
    }
    extent.read(&fields);
    // `{"type": "function_result", "result": …}`
    let is_message = fields.iter().any(|(key, value)| {
        key == "type"
            && value.text().is_some_and(|text| text.ends_with("result") || text.ends_with("response"))
    });
    // The input beside an `output` of 18.46 holds nothing that 18 would count.
    let has_container = fields
        .iter()
        .any(|(key, value)| !matches!(value, Node::Scalar(..)) && !is_in(key, &ENVELOPE_LETTERS));
    let is_paged = fields.iter().any(|(key, _)| key == "pagination");
    let has_content =
        fields.iter().any(|(key, value)| is_in(key, &CONTENT_LETTERS) && !matches!(value, Node::Scalar(..)));
    let is_envelope = |(key, value): &(String, Node)| {
        is_in(key, &ENVELOPE_LETTERS)
            // `{"results": 2, "response": […]}`
            || has_container && matches!(value, Node::Scalar(_, Kind::Number)) && is_in(key, &CONTENT_LETTERS)
            || is_message && matches!(key.as_str(), "type" | "call_id" | "tool_call_id" | "id")
            // What a museum says of its licence and its settings, beside the data.
            || is_paged && has_content && matches!(key.as_str(), "info" | "config" | "preference")
            || key == "messages" && value.is_blank()
            // What JSON:API sends along is records; what a plan includes is words.
            || key == "included" && value.rows().iter().any(|row| row.get("type").is_some())
            // `{"object": "list", "results": […]}`
            || key == "object" && value.text() == Some("list")
    };
    let is_of_list = |field: &(String, Node)| {
        is_envelope(field)
            || effect::words(&field.0).any(is_of_page)
            || same_letters(&field.0, "resourcetype")
    };
    // What is empty beside the result is none of it: `"attributions": []`.
    let is_empty = |(key, value): &(String, Node)| {
        has_content && value.is_blank() && !matches!(value, Node::Scalar(..)) && !is_in(key, &CONTENT_LETTERS)
    };
    let is_content = |at: &usize| !is_envelope(&fields[*at]) && !is_empty(&fields[*at]);
    let mut content: Vec<usize> = (0..fields.len()).filter(is_content).collect();
    let lists: Vec<usize> =
        content.iter().copied().filter(|&at| is_list_of_content(&fields[at], &fields)).collect();
    if let [list] = lists[..]
        && content.iter().all(|&at| at == list || is_beside_list(&fields[at], fields[list].1.rows().len()))
    {
        content = vec![list];
    }
    // `{"resourceType": "Bundle", "total": 2, "entry": […]}`: the list that the rest counts.
    let containers: Vec<usize> =
        (0..fields.len()).filter(|&at| !matches!(fields[at].1, Node::Scalar(..))).collect();
    if let [list] = containers[..]
        && let Node::List(rows) = &fields[list].1
        && (0..fields.len()).all(|at| at == list || is_of_list(&fields[at]))
        && fields.iter().any(|(key, value)| {
            effect::words(key).any(is_of_page) && value.text() == Some(rows.len().to_string().as_str())
        })
    {
        return fields.into_iter().nth(list).map(|(_, list)| list);
    }
    if let [only] = content[..]
        && (is_in(&fields[only].0, &CONTENT_LETTERS) || !matches!(fields[only].1, Node::Scalar(..)))
        && depth < 4
    {
        let inner = fields.into_iter().nth(only)?.1;
        return unwrap(inner, extent, depth + 1);
    }
    Some(Node::Record(fields))
}

/// `"results": [{…}, …]`; a list of contents is one of a page that says how it is sorted, else of an article.
fn is_list_of_content((key, value): &(String, Node), fields: &[(String, Node)]) -> bool {
    let is_paged = || fields.iter().any(|(key, _)| matches!(key.as_str(), "sort" | "pageable"));
    is_in(key, &CONTENT_LETTERS)
        && matches!(value, Node::List(rows) if !rows.is_empty() && rows.iter().all(|row| matches!(row, Node::Record(_))))
        && (key != "content" || is_paged())
}

/// Whether a field beside a list of so many rows says how it was asked for or made, and nothing of its own.
fn is_beside_list((key, value): &(String, Node), rows: usize) -> bool {
    match value {
        Node::Scalar(text, Kind::Number) => {
            is_in(key, &PAGE_COUNT_LETTERS) || text.parse() == Ok(rows) || is_in(key, &BESIDE_LIST_LETTERS)
        }
        Node::Record(inner) if ABOUT_LIST.iter().any(|known| same_letters(known, key)) => {
            let is_of_page = |key: &str| is_in(key, &OF_PAGE_LETTERS) || is_in(key, &PAGE_COUNT_LETTERS);
            inner.iter().all(|(_, value)| matches!(value, Node::Scalar(..)))
                && inner.iter().any(|(key, _)| is_of_page(key))
        }
        _ => is_in(key, &BESIDE_LIST_LETTERS),
    }
}

/// `{"fields": ["des", "dist"], "data": [["2025 EO2", "0.002"], …]}`, with the rows as records.
fn with_columns(mut fields: Vec<(String, Node)>) -> Vec<(String, Node)> {
    const COLUMNS: &[&str] = &["fields", "columns", "headers", "column_names"];
    const ROWS: &[&str] = &["data", "rows", "records"];
    let at = |names: &[&str]| fields.iter().position(|(key, _)| names.contains(&key.as_str()));
    let (Some(columns), Some(rows)) = (at(COLUMNS), at(ROWS)) else { return fields };
    let (Node::List(names), Node::List(lines)) = (&fields[columns].1, &fields[rows].1) else { return fields };
    let Some(names) = names.iter().map(Node::text).collect::<Option<Vec<&str>>>() else { return fields };
    let different: FastSet<&str> = names.iter().copied().collect();
    // pandas says beside the columns what the rows are.
    if different.len() < names.len() || fields.iter().any(|(key, _)| key == "index") {
        return fields;
    }
    let as_record = |line: &Node| match line {
        Node::List(cells) if cells.len() == names.len() => Some(Node::Record(
            names.iter().map(|name| (*name).to_owned()).zip(cells.iter().cloned()).collect(),
        )),
        _ => None,
    };
    let Some(records) = lines.iter().map(as_record).collect::<Option<Vec<Node>>>() else { return fields };
    if records.is_empty() {
        return fields;
    }
    fields[rows].1 = Node::List(records);
    fields.remove(columns);
    fields
}

/// A page without hits: its lists are empty, and the rest are counts and times.
pub fn holds_empty_lists_only(node: &Node) -> bool {
    let Node::Record(fields) = node else { return false };
    fields.iter().any(|(_, value)| matches!(value, Node::List(items) if items.is_empty()))
        && fields.iter().all(|(key, value)| match value {
            // A distance of 750 km without stops on the way is a result.
            Node::Scalar(text, Kind::Number) => {
                text.parse::<f64>().is_ok_and(|number| number == 0.0)
                    || is_in(key, &ENVELOPE_LETTERS)
                    || effect::words(key).any(is_of_page)
            }
            Node::Scalar(text, kind) => *kind != Kind::String || text.trim().is_empty(),
            other => other.is_blank(),
        })
}

/// Words of keys that count what a page holds, or say how long it took.
fn is_of_page(word: &str) -> bool {
    ["count", "total", "page", "pages", "size", "limit", "offset", "time", "ms", "seconds", "number"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

fn is_failure(key: &str, value: &Node) -> bool {
    let Node::Scalar(text, kind) = value else {
        return matches!(key, "error" | "errors") && !value.is_blank();
    };
    let folded = || text.trim().to_ascii_lowercase();
    let is = |names: &[&str]| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    if is(&["error", "errors", "err", "error_message", "exception"]) {
        !matches!(folded().as_str(), "" | "null" | "none" | "false" | "0" | "ok" | "no error")
    } else if is(&["success", "ok", "found"]) {
        matches!(folded().as_str(), "false" | "0" | "no")
    } else if is(&["status", "code", "status_code", "statuscode"]) {
        let folded = folded();
        matches!(folded.as_str(), "error" | "failed" | "failure" | "fail" | "not_found")
            || (*kind == Kind::Number
                && folded.parse::<f64>().is_ok_and(|code| (400.0..600.0).contains(&code)))
    } else {
        is(&["message", "msg", "detail"]) && is_failure_words(&folded())
    }
}

fn is_failure_text(node: &Node) -> bool {
    let Node::Scalar(text, _) = node else { return false };
    let start: String = text.chars().take(400).flat_map(char::to_lowercase).collect();
    text.len() < 200 && is_failure_words(&start) || speaks_of_itself(&start) && !is_document(text)
}

/// Text about the interface instead of its result, as simulated tools give it.
fn speaks_of_itself(folded: &str) -> bool {
    const WORDS: &[&str] = &[
        "does not match the",
        "please ensure",
        "please provide",
        "please check",
        "not a valid",
        "is not valid",
        "api is designed",
        "api would",
        "would typically return",
        "' api ",
        "this api",
        "the api ",
    ];
    WORDS.iter().any(|words| folded.contains(words))
}

/// Whether a text has a title and parts, as what is written about an interface has.
fn is_document(text: &str) -> bool {
    text.starts_with("# ") && text.lines().any(|line| line.starts_with("## "))
}

/// Words that report a failure.
pub fn is_failure_words(folded: &str) -> bool {
    const WORDS: &[&str] = &[
        "not found",
        "no results",
        "no result",
        "no match",
        "could not",
        "couldn't",
        "cannot ",
        "unable to",
        "invalid",
        "does not exist",
        "doesn't exist",
        "not available",
        "unavailable",
        "failed",
        "exception",
        "traceback",
        "timed out",
        "timeout",
        "forbidden",
        "unauthorized",
        "denied",
        "too many requests",
        "rate limit",
        "not authorized",
        "no data",
        "nothing found",
        "not recognised",
        "not recognized",
        "not known",
        "not supported",
        "not allowed",
        "not permitted",
        "malformed",
        "try again",
        "exceeded",
        "quota",
    ];
    let words: Vec<&str> = folded.split_whitespace().collect();
    // `no issues found`, `no open issues found`
    let finds_none = words.iter().enumerate().any(|(at, word)| {
        *word == "no"
            && words[at + 1..].iter().take(3).any(|next| next.trim_end_matches(['.', ',']) == "found")
    });
    finds_none
        || folded.starts_with("error")
        || folded.starts_with("no ")
        || WORDS.iter().any(|word| folded.contains(word))
}

/// `"page": 1, "pages": 4`.
fn is_early_page(fields: &[(String, Node)]) -> bool {
    let number = |names: &[&str]| {
        let named = |(key, _): &&(String, Node)| names.iter().any(|name| same_letters(key, name));
        fields.iter().find(named)?.1.text()?.parse::<u32>().ok()
    };
    number(&["page", "currentpage", "pagenumber"])
        .zip(number(&["pages", "totalpages", "pagecount", "lastpage", "maxpage"]))
        .is_some_and(|(page, pages)| page < pages)
}

/// Whether a `total` beside a list is of its rows: they have no price that it could be the sum of.
fn counts_rows(fields: &[(String, Node)]) -> bool {
    const SUMMED: &[&str] = &[
        "price", "amount", "total", "cost", "value", "subtotal", "fee", "hours", "quantity", "qty", "points",
    ];
    let is_summed =
        |key: &str| effect::words(key).any(|word| SUMMED.iter().any(|sum| word.eq_ignore_ascii_case(sum)));
    let mut lists = fields.iter().filter(|(_, value)| value.is_list());
    let (Some((_, list)), None) = (lists.next(), lists.next()) else { return false };
    list.rows().iter().all(|row| match row {
        Node::Record(fields) => !fields.iter().any(|(key, _)| is_summed(key)),
        _ => false,
    })
}

fn announces_more(key: &str, value: &Node) -> bool {
    let Node::Scalar(text, _) = value else { return false };
    let text = text.trim();
    let is = |names: &[&str]| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    if is(&[
        "has_more",
        "hasmore",
        "has_next",
        "hasnext",
        "has_next_page",
        "hasnextpage",
        "truncated",
        "incomplete_results",
        "more",
    ]) {
        text.eq_ignore_ascii_case("true")
    } else {
        const NEXT: &[&str] = &[
            "next",
            "nextpage",
            "nextcursor",
            "nextpagetoken",
            "nextpageurl",
            "nextlink",
            "odatanextlink",
            "nexttoken",
        ];
        NEXT.iter().any(|next| same_letters(key, next))
            && !matches!(text, "" | "null" | "None" | "false" | "0")
    }
}
