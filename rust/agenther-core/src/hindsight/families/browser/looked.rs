//! What a page tells: the first rows of a table, values beside their labels, the price of a thing.

use std::collections::HashSet;

use super::page::{Page, Role};
use super::words::{is_money, label};
use crate::hindsight::families::english::{plural, singular};
use crate::hindsight::wording::join;

/// Columns that an answer gives beside the first.
const MAX_COLUMNS: usize = 3;

/// Rows of an answer.
const MAX_ROWS: usize = 3;

/// Values that one request asks for.
const MAX_VALUES: usize = 3;

/// What the row of a sum is called.
const SUMS: &[&str] = &["total", "totals", "sum", "subtotal", "grand total", "average", "overall", "all"];

/// Words of a value in a sentence with its label; more is prose.
const MAX_TOLD: usize = 8;

/// Characters of a value.
const MAX_VALUE: usize = 90;

/// What is asked of a page, and the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// `tell me which product is listed first under "Bestsellers", with its price`.
    pub ask: String,
    pub answer: String,
    /// How sure it is, to be taken times what the route gives.
    pub prior: f32,
}

/// Everything that can be asked of a page; `opened` is what the run opened to come there.
pub fn asks(page: &Page<'_>, opened: Option<&str>) -> Vec<Ask> {
    let noun = page.heading().and_then(|at| thing_of(&page.words(at)));
    let mut out: Vec<Ask> = tables(page).iter().filter_map(|table| table.ask(noun.as_deref())).collect();
    out.extend(values(page, opened));
    out.extend(price(page, opened));
    out
}

/// A table with named columns.
struct Table {
    caption: Option<String>,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn tables(page: &Page<'_>) -> Vec<Table> {
    let tables = page.content().into_iter().filter(|&at| page.nodes[at].role == Role::Table);
    let mut out: Vec<Table> = tables.filter_map(|at| table(page, at)).collect();
    // Two with one name could not be told apart.
    let names: Vec<Option<String>> = out.iter().map(|table| table.caption.clone()).collect();
    out.retain(|table| names.iter().filter(|name| **name == table.caption).count() == 1);
    out
}

fn table(page: &Page<'_>, at: usize) -> Option<Table> {
    let rows: Vec<usize> = page.within(at).filter(|&row| page.nodes[row].role == Role::Row).collect();
    let nested = page.within(at).any(|inner| page.nodes[inner].role == Role::Table);
    let cells = |row: usize| -> Vec<usize> {
        let is_cell = |&cell: &usize| {
            matches!(page.nodes[cell].role, Role::Cell | Role::RowHeader | Role::ColumnHeader)
        };
        page.within(row).filter(is_cell).collect()
    };
    let is_head = |row: usize| {
        let cells = cells(row);
        cells.len() >= 2 && cells.iter().all(|&cell| page.nodes[cell].role == Role::ColumnHeader)
    };
    let heads: Vec<usize> = rows.iter().copied().filter(|&row| is_head(row)).collect();
    // The head stands directly before the first row: nothing of the list is out of sight above.
    let head = *heads.first().filter(|head| heads.len() == 1 && rows.first() == Some(head) && !nested)?;
    let said = |cell: usize| page.words(cell).trim().to_string();
    let headers: Vec<String> = cells(head).into_iter().map(said).collect();
    let body: Vec<Vec<String>> =
        rows[1..].iter().map(|&row| cells(row).into_iter().map(said).collect()).collect();
    let body: Vec<Vec<String>> = body.into_iter().filter(|row| !row.is_empty()).collect();
    let fits = body.first().is_some_and(|row| row.len() == headers.len());
    // A row of another length is a note (`No records found.`), a sum or a group.
    let even = body.iter().take(MAX_ROWS).all(|row| row.len() == headers.len());
    (fits && even).then(|| Table { caption: caption(page, at), headers, rows: body })
}

/// What a table is called: its name, the open tab, or the heading right before it.
fn caption(page: &Page<'_>, at: usize) -> Option<String> {
    let short = |name: &str| {
        let name = name.trim().trim_end_matches(':');
        let words = name.split_whitespace().count();
        let is_plain = !name.contains(['"', '.', '|']) && name.starts_with(|c: char| c.is_uppercase());
        ((1..=5).contains(&words) && is_plain && !name.bytes().any(|byte| byte.is_ascii_digit()))
            .then(|| name.to_string())
    };
    if let Some(name) = short(&page.nodes[at].name) {
        return Some(name);
    }
    let depth = page.nodes[at].depth;
    // The nearest element before it that is no part of anything else there.
    let before = (0..at).rev().find(|&before| page.nodes[before].depth <= depth)?;
    let node = &page.nodes[before];
    let is_label = matches!(node.role, Role::Heading | Role::Text) && node.depth == depth;
    if is_label && let Some(name) = short(&page.words(before)) {
        return Some(name);
    }
    let mut up = page.nodes[at].parent;
    while let Some(place) = up {
        if page.nodes[place].name.is_empty() || page.nodes[place].role != Role::Other {
            up = page.nodes[place].parent;
            continue;
        }
        // A panel is called as its tab is.
        let name = &page.nodes[place].name;
        let tab = (0..page.nodes.len())
            .find(|&tab| page.nodes[tab].role == Role::Tab && page.nodes[tab].name == *name);
        let tab = tab.filter(|&tab| page.nodes[tab].selected)?;
        let inner = page.within(tab).find(|&inner| page.nodes[inner].role == Role::Link);
        return short(&page.words(inner.unwrap_or(tab)));
    }
    None
}

/// Whether a cell can be told: short, of words or figures, and whole.
fn is_value(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= MAX_VALUE
        && text.chars().any(char::is_alphanumeric)
        && !text.ends_with(['…', ':'])
        && !text.ends_with("...")
        && !text.contains("://")
        && !matches!(
            text.to_lowercase().as_str(),
            "n/a" | "null" | "none" | "undefined" | "view" | "edit" | "select" | "delete" | "loading"
        )
}

/// Headers that name what tells a row apart without saying what it is.
fn is_key(header: &str) -> bool {
    let lower = header.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let keys = [
        "id", "no", "nr", "number", "date", "time", "created", "rank", "updated", "on", "age", "at", "order",
        "position", "sku", "code", "key",
    ];
    words.is_empty() || words.iter().any(|word| keys.contains(word))
}

impl Table {
    /// `tell me which product is listed first under "Bestsellers", with its price and quantity`.
    fn ask(&self, noun: Option<&str>) -> Option<Ask> {
        // What follows a sum is none of the things.
        let is_sum = |row: &Vec<String>| {
            row.iter().take(2).any(|cell| SUMS.contains(&cell.trim_end_matches(':').to_lowercase().as_str()))
        };
        let end = self.rows.iter().position(is_sum).unwrap_or(self.rows.len());
        let rows = &self.rows[..end.min(MAX_ROWS)];
        if rows.is_empty() {
            return None;
        }
        let can_say = |column: usize| {
            let header = &self.headers[column];
            let said = label(header)?;
            let is_act =
                ["action", "actions", "edit", "delete", "select", "view", "options"].contains(&said.as_str());
            (!is_act && rows.iter().all(|row| is_value(&row[column]))).then_some((column, said))
        };
        let columns: Vec<(usize, String)> = (0..self.headers.len()).filter_map(can_say).collect();
        let mut seen = HashSet::new();
        let columns: Vec<(usize, String)> =
            columns.into_iter().filter(|(_, said)| seen.insert(said.to_lowercase())).collect();
        let named = self.caption.as_deref().and_then(thing_of);
        let noun = named.as_deref().or(noun.filter(|_| self.caption.is_none()));
        let under = self.caption.as_ref().map(|name| format!(" under \"{name}\"")).unwrap_or_default();
        let thing = columns.iter().find(|(column, _)| {
            let mut known = HashSet::new();
            let is_word = |row: &Vec<String>| row[*column].chars().any(char::is_alphabetic);
            !is_key(&self.headers[*column])
                && rows.iter().all(|row| is_word(row) && known.insert(row[*column].as_str()))
                // What a row is about stands at its start.
                && *column <= 1
        });
        match thing {
            Some((key, name)) => {
                let others: Vec<&(usize, String)> =
                    columns.iter().filter(|(column, _)| column != key).take(MAX_COLUMNS).collect();
                if others.is_empty() && rows.len() < 2 {
                    return None;
                }
                // `the tickets listed, with their tickets` would say two things.
                let is_free = |noun: &&str| others.iter().all(|(_, label)| singular(label) != **noun);
                let thing = noun.filter(|_| is_naming(name)).filter(is_free).unwrap_or(name);
                Some(self.of_things(*key, thing, &others, rows, &under))
            }
            None => self.of_entry(&columns, noun, &under),
        }
    }

    fn of_things(
        &self,
        key: usize,
        name: &str,
        others: &[&(usize, String)],
        rows: &[Vec<String>],
        under: &str,
    ) -> Ask {
        let values = |row: &Vec<String>, glue: &str, mark: &str| {
            let said = |(column, said): &&(usize, String)| format!("{}{mark}{}", capital(said), row[*column]);
            others.iter().map(said).collect::<Vec<_>>().join(glue)
        };
        let labels: Vec<String> = others.iter().map(|(_, said)| said.clone()).collect();
        // A list of several where there is more than one, the first alone where there is not.
        if rows.len() >= 2 && !others.is_empty() && singular(name) != plural(name) {
            let count = if rows.len() == 2 { "two" } else { "three" };
            let their: Vec<String> = labels.iter().map(|label| plural_label(label)).collect();
            let lines: Vec<String> =
                rows.iter().map(|row| format!("- {}: {}", row[key], values(row, ", ", " "))).collect();
            return Ask {
                ask: format!(
                    "tell me the first {count} {} listed{under}, with their {}",
                    plural(&singular(name)),
                    join(&their)
                ),
                answer: lines.join("\n"),
                prior: 0.95,
            };
        }
        let its = if labels.is_empty() { String::new() } else { format!(", with its {}", join(&labels)) };
        let row = &rows[0];
        let told = values(row, ". ", ": ");
        let told = if told.is_empty() { String::new() } else { format!(" {told}.") };
        Ask {
            ask: format!("tell me which {} is listed first{under}{its}", singular(name)),
            answer: format!("{} is listed first.{told}", row[key]),
            prior: 0.95,
        }
    }

    /// `tell me the ID, status and grand total of the first entry listed`.
    fn of_entry(&self, columns: &[(usize, String)], noun: Option<&str>, under: &str) -> Option<Ask> {
        let columns = &columns[..columns.len().min(MAX_COLUMNS + 1)];
        if columns.len() < 2 {
            return None;
        }
        let noun = noun.unwrap_or("entry");
        let labels: Vec<String> = columns.iter().map(|(_, said)| said.clone()).collect();
        let row = &self.rows[0];
        let told: Vec<String> =
            columns.iter().map(|(column, said)| format!("{}: {}", capital(said), row[*column])).collect();
        Some(Ask {
            ask: format!("tell me the {} of the first {noun} listed{under}", join(&labels)),
            answer: format!("{}.", told.join(". ")),
            prior: 0.93,
        })
    }
}

/// Headers that say only that a thing has a name.
fn is_naming(header: &str) -> bool {
    ["name", "title", "subject", "display name", "description", "summary", "label", "headline", "full name"]
        .contains(&header)
}

/// What the things under a name are: `Orders` has orders, `Open tickets` tickets. Only names that sites give to lists of
/// just that: under `Women` a shop has no women, and under `books` a forum has no books.
pub fn thing_of(name: &str) -> Option<String> {
    const THINGS: &[&str] = &[
        "accounts",
        "applications",
        "appointments",
        "articles",
        "assets",
        "assignments",
        "bills",
        "bookings",
        "branches",
        "bugs",
        "campaigns",
        "claims",
        "clients",
        "commits",
        "companies",
        "contacts",
        "contracts",
        "courses",
        "customers",
        "deals",
        "devices",
        "documents",
        "employees",
        "events",
        "expenses",
        "files",
        "flights",
        "forums",
        "incidents",
        "invoices",
        "issues",
        "jobs",
        "leads",
        "listings",
        "meetings",
        "members",
        "messages",
        "milestones",
        "notifications",
        "opportunities",
        "orders",
        "packages",
        "patients",
        "payments",
        "pipelines",
        "plans",
        "policies",
        "posts",
        "products",
        "projects",
        "questions",
        "recipes",
        "refunds",
        "releases",
        "reports",
        "repositories",
        "requests",
        "reservations",
        "reviews",
        "servers",
        "shipments",
        "submissions",
        "subscriptions",
        "tasks",
        "tickets",
        "transactions",
        "transfers",
        "users",
        "vacancies",
        "vendors",
        "warehouses",
    ];
    let last = name.split_whitespace().last()?.to_lowercase();
    let is_known = name.split_whitespace().count() <= 3 && THINGS.contains(&last.as_str());
    is_known.then(|| singular(&last))
}

fn plural_label(label: &str) -> String {
    const MASS: &[&str] = &[
        "revenue",
        "stock",
        "availability",
        "rain",
        "snow",
        "wind",
        "humidity",
        "weather",
        "traffic",
        "distance",
        "progress",
    ];
    if label.contains(" of ") || label.contains(['(', '/', '&']) || label == "status" {
        return if label == "status" { "statuses".to_string() } else { label.to_string() };
    }
    if MASS.contains(&label) {
        return label.to_string();
    }
    plural(label)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Values beside their labels: terms and definitions, rows of a header and a cell, `Label: value`.
fn values(page: &Page<'_>, opened: Option<&str>) -> Option<Ask> {
    let mut found: Vec<(String, String)> = Vec::new();
    let content = page.content();
    for (place, &at) in content.iter().enumerate() {
        let node = &page.nodes[at];
        let next = content.get(place + 1).copied();
        let pair = match node.role {
            Role::Term => {
                let definition = content[place + 1..].iter().copied().find(|&next| next >= node.end);
                definition
                    .filter(|&next| page.nodes[next].role == Role::Definition)
                    .map(|next| (page.words(at).into_owned(), page.words(next).into_owned()))
            }
            Role::Row => pair_of_row(page, at),
            Role::Text | Role::Other if !node.name.is_empty() => {
                found.extend(of_sentence(&node.name));
                of_text(page, at, next)
            }
            _ => None,
        };
        found.extend(pair.and_then(|(name, value)| told(&name, &value)));
    }
    let mut counts: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    found.iter().for_each(|(name, _)| *counts.entry(name).or_default() += 1);
    // A label that stands there twice is one of a list.
    let once: Vec<&(String, String)> = found.iter().filter(|(name, _)| counts[name.as_str()] == 1).collect();
    if once.len() < found.len() - once.len() {
        return None;
    }
    let chosen: Vec<&(String, String)> =
        once.into_iter().filter(|(name, _)| !is_chrome(name)).take(MAX_VALUES).collect();
    if chosen.is_empty() {
        return None;
    }
    let labels: Vec<String> = chosen.iter().map(|(name, _)| name.clone()).collect();
    let of = of_what(page, opened);
    let answer: Vec<String> = chosen
        .iter()
        .map(|(name, value)| format!("{}: {}", capital(name), value.trim_end_matches('.')))
        .collect();
    Some(Ask {
        ask: match of {
            Of::It => format!("tell me its {}", join(&labels)),
            Of::Heading(name) => format!("tell me the {} of \"{name}\"", join(&labels)),
            Of::Page => format!("tell me the {} shown there", join(&labels)),
        },
        answer: format!("{}.", answer.join(". ")),
        prior: 0.93,
    })
}

/// A label as it is said, and its value; `None` where either is none.
fn told(name: &str, value: &str) -> Option<(String, String)> {
    let name = label(name)?;
    (is_value(value) && name.to_lowercase() != value.to_lowercase()).then(|| (name, value.to_string()))
}

/// `Distance: 29 km. Time: 0:26.`; nothing where a part of it is no value with its label.
fn of_sentence(text: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = text.split(". ").flat_map(|part| part.split(" | ")).collect();
    let pairs: Option<Vec<(String, String)>> = parts
        .iter()
        .map(|part| {
            let (name, value) = part.split_once(": ")?;
            let is_short = value.split_whitespace().count() <= MAX_TOLD && !value.contains(": ");
            told(name, value.trim().trim_end_matches('.')).filter(|_| is_short)
        })
        .collect();
    pairs.unwrap_or_default()
}

/// Labels that are no news of anything: what filters and pagers are called.
fn is_chrome(name: &str) -> bool {
    let lower = name.to_lowercase();
    [
        "sort by",
        "show",
        "page",
        "per page",
        "filter",
        "filter by",
        "view as",
        "search",
        "scope",
        "language",
        "note",
        "tip",
        "warning",
        "error",
        "result",
        "results",
        "items",
        "copyright",
        "store view",
        "default",
        "hint",
        "keywords",
        "tags",
        "you searched for",
        "share",
        "follow us",
        "contents",
    ]
    .contains(&lower.as_str())
}

/// What values on a page are of.
enum Of {
    It,
    Heading(String),
    Page,
}

fn of_what(page: &Page<'_>, opened: Option<&str>) -> Of {
    let heading = page.heading().map(|at| page.words(at).into_owned()).unwrap_or_default();
    match opened {
        Some(name)
            if same(name, &heading)
                || same(name, super::words::parts(&page.title).first().unwrap_or(&"")) =>
        {
            Of::It
        }
        _ if heading.split_whitespace().count() >= 2
            && heading.chars().count() <= 60
            && !heading.contains('"') =>
        {
            Of::Heading(heading)
        }
        _ => Of::Page,
    }
}

fn same(a: &str, b: &str) -> bool {
    let words = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (a, b) = (words(a), words(b));
    !a.is_empty() && !b.is_empty() && (a.contains(&b) || b.contains(&a))
}

/// A row of a header and one cell.
fn pair_of_row(page: &Page<'_>, row: usize) -> Option<(String, String)> {
    let cells: Vec<usize> = page
        .within(row)
        .filter(|&cell| matches!(page.nodes[cell].role, Role::Cell | Role::RowHeader | Role::ColumnHeader))
        .collect();
    let [header, cell] = cells[..] else { return None };
    let is_pair = page.nodes[header].role == Role::RowHeader && page.nodes[cell].role == Role::Cell;
    is_pair.then(|| (page.words(header).into_owned(), page.words(cell).into_owned()))
}

/// A text `Label:` before the one with the value.
fn of_text(page: &Page<'_>, at: usize, next: Option<usize>) -> Option<(String, String)> {
    let name = page.nodes[at].name.strip_suffix(':')?;
    let next = next.filter(|&next| next == at + 1 || next == page.nodes[at].end)?;
    let node = &page.nodes[next];
    let is_value = matches!(node.role, Role::Text | Role::Link | Role::Other) && !node.name.ends_with(':');
    (is_value && !node.name.is_empty()).then(|| (name.to_string(), node.name.to_string()))
}

/// The price of the thing that a page is about.
fn price(page: &Page<'_>, opened: Option<&str>) -> Option<Ask> {
    const NEAR: usize = 25;
    let heading = page.heading()?;
    let name = page.words(heading).into_owned();
    let near: Vec<String> = page
        .content()
        .into_iter()
        .filter(|&at| at > heading && at <= heading + NEAR)
        .map(|at| page.nodes[at].name.to_string())
        .filter(|text| is_money(text))
        .collect();
    // Two amounts are an old and a new price, or of two things.
    let [only] = &near[..] else { return None };
    opened.filter(|opened| same(opened, &name))?;
    Some(Ask {
        ask: "tell me its price".to_string(),
        answer: format!("{} is priced at {only}.", name.trim_end_matches('.')),
        prior: 0.9,
    })
}
