//! What a search lists: names of its results in their order, with prices where all have one.

use std::collections::{HashMap, HashSet};

use super::looked::{Ask, thing_of};
use super::page::{Page, Role};
use super::words::is_money;
use crate::hindsight::families::english::plural;

/// Results that an answer names.
const SHOWN: usize = 3;

/// Elements between a title and its price.
const NEAR: usize = 12;

struct Hit {
    name: String,
    price: Option<String>,
}

/// The first results on the page of a search for `query`.
pub fn results(page: &Page<'_>, queries: &[&str]) -> Option<Ask> {
    if !queries.iter().any(|query| shows_query(page, query)) {
        return None;
    }
    let (hits, priced) = match priced(page) {
        Some(hits) => (hits, true),
        None => (items(page)?, false),
    };
    let with = if priced { "names and prices" } else { "titles" };
    Some(Ask {
        ask: format!("tell me the {with} of the first three results"),
        answer: lines(&hits),
        prior: if priced { 0.95 } else { 0.9 },
    })
}

/// The first things on a page that lists things with prices, or whose heading says what they are: `Issues`.
pub fn things(page: &Page<'_>) -> Option<Ask> {
    let thing = page.heading().and_then(|at| thing_of(&page.words(at)));
    let (hits, with) = match priced(page) {
        Some(hits) => (hits, "names and prices"),
        None if thing.is_some() => (items(page)?, "titles"),
        None => return None,
    };
    let thing = thing.unwrap_or_else(|| "item".to_string());
    Some(Ask {
        ask: format!("tell me the {with} of the first three {} listed", plural(&thing)),
        answer: lines(&hits),
        prior: 0.9,
    })
}

fn lines(hits: &[Hit]) -> String {
    let said = |hit: &Hit| match &hit.price {
        Some(price) => format!("- {}: {price}", hit.name),
        None => format!("- {}", hit.name),
    };
    hits.iter().take(SHOWN).map(said).collect::<Vec<_>>().join("\n")
}

/// Whether a page lists what a search found, and is not itself the thing.
pub fn lists_results(page: &Page<'_>) -> bool {
    let heading = page.heading().map(|at| page.words(at).to_lowercase()).unwrap_or_default();
    let says = ["result", "search", "found", "matches"].iter().any(|word| heading.contains(word));
    says || page.title.to_lowercase().contains("search") || priced(page).is_some() || items(page).is_some()
}

/// Whether a page says that it is of that search: in its address, its title, its headings or its search field.
fn shows_query(page: &Page<'_>, query: &str) -> bool {
    let fold = |text: &str| -> String {
        let text = text.replace("%20", " ");
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        format!(" {} ", words.join(" "))
    };
    let wanted = fold(query);
    let told = page.nodes.iter().filter(|node| {
        matches!(
            node.role,
            Role::Heading | Role::Text | Role::SearchField | Role::Field | Role::Choice | Role::Root
        )
    });
    wanted.trim().len() >= 2
        && (fold(page.url).contains(&wanted)
            || fold(&page.title).contains(&wanted)
            || told.into_iter().any(|node| {
                let value = node.value.as_deref().unwrap_or("");
                let is_named = node.role != Role::Text || node.name.to_lowercase().contains("result");
                is_named && fold(&node.name).contains(&wanted) || fold(value).contains(&wanted)
            }))
}

fn is_title(name: &str) -> bool {
    let lower = name.to_lowercase();
    let starts = [
        "add to",
        "view ",
        "see ",
        "show ",
        "sort ",
        "filter",
        "next",
        "previous",
        "learn more",
        "read more",
        "page ",
        "skip ",
    ];
    name.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && name.split_whitespace().count() >= 2
        && name.chars().count() <= 200
        && !name.ends_with("...")
        && !name.ends_with('…')
        && !name.chars().any(|c| matches!(c, '$' | '€' | '£'))
        && !lower.contains("review")
        && !lower.contains("rating")
        && !starts.iter().any(|start| lower.starts_with(start))
}

/// Titles that a price follows, each before the next title.
fn priced(page: &Page<'_>) -> Option<Vec<Hit>> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    // A price above the first title: there each may stand above its own.
    let mut is_unclear = false;
    for at in page.content() {
        let node = &page.nodes[at];
        if matches!(node.role, Role::Link | Role::Heading) && is_title(&node.name) {
            let known = hits.last().is_some_and(|hit| hit.name == node.name);
            if !known {
                open = Some((at, node.name.to_string()));
            }
        } else if is_money(&node.name) {
            match open.take() {
                Some((title, name)) if at <= title + NEAR && page.item_of(title) == page.item_of(at) => {
                    hits.push(Hit { name, price: Some(node.name.to_string()) });
                }
                Some(_) => {}
                // A second amount of the same thing.
                None => is_unclear |= hits.len() <= SHOWN,
            }
        }
    }
    let mut seen = HashSet::new();
    let distinct = hits.iter().all(|hit| seen.insert(hit.name.as_str()));
    (hits.len() >= SHOWN && distinct && !is_unclear).then_some(hits)
}

/// The titles of the largest group of like elements.
fn items(page: &Page<'_>) -> Option<Vec<Hit>> {
    // Titles by where they stand: under which node, how deep.
    let (mut places, mut groups) = (HashMap::new(), Vec::<Vec<String>>::new());
    for at in page.content() {
        let node = &page.nodes[at];
        if node.role != Role::Item {
            continue;
        }
        let inner = || page.within(at).filter(|&inner| page.nodes[inner].role != Role::Item);
        let heading = inner().find(|&inner| page.nodes[inner].role == Role::Heading);
        let link =
            || inner().find(|&inner| page.nodes[inner].role == Role::Link && is_title(&page.words(inner)));
        let Some(title) = heading.or_else(link) else { continue };
        let name = page.words(title).into_owned();
        if !is_title(&name) {
            continue;
        }
        // Something is said of a result beside its title; the entries of a menu have nothing else.
        let is_rich = inner().count() >= 2;
        if !is_rich {
            continue;
        }
        let place = *places.entry((node.parent, node.depth)).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(name);
    }
    let names = groups.into_iter().max_by_key(Vec::len)?;
    let mut seen = HashSet::new();
    let distinct = names.iter().all(|name| seen.insert(name.clone()));
    let hits = names.into_iter().map(|name| Hit { name, price: None });
    (seen.len() >= SHOWN && distinct).then(|| hits.collect())
}
