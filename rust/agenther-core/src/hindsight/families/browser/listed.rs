//! What a search lists: names of its results in their order, with prices where all have one.

use std::collections::HashSet;

use super::looked::Ask;
use super::page::{Page, Role};
use super::words::is_money;

/// Results that an answer names.
const SHOWN: usize = 3;

/// Elements between a title and its price.
const NEAR: usize = 12;

struct Hit {
    name: String,
    price: Option<String>,
}

/// The first results on the page of a search for `query`.
pub fn results(page: &Page<'_>, query: &str) -> Option<Ask> {
    if !shows_query(page, query) {
        return None;
    }
    let (hits, priced) = match priced(page) {
        Some(hits) => (hits, true),
        None => (items(page)?, false),
    };
    let with = if priced { "names and prices" } else { "titles" };
    let lines: Vec<String> = hits
        .iter()
        .take(SHOWN)
        .map(|hit| match &hit.price {
            Some(price) => format!("- {}: {price}", hit.name),
            None => format!("- {}", hit.name),
        })
        .collect();
    Some(Ask {
        ask: format!("tell me the {with} of the first three results"),
        answer: lines.join("\n"),
        prior: if priced { 0.95 } else { 0.9 },
    })
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
    let mut two_prices = false;
    for at in page.content() {
        let node = &page.nodes[at];
        if matches!(node.role, Role::Link | Role::Heading) && is_title(&node.name) {
            let known = hits.last().is_some_and(|hit| hit.name == node.name);
            if !known {
                open = Some((at, node.name.to_string()));
            }
        } else if is_money(&node.name) {
            match open.take() {
                Some((title, name)) if at <= title + NEAR => {
                    hits.push(Hit { name, price: Some(node.name.to_string()) });
                }
                Some(_) => {}
                // A second amount of the same thing.
                None => two_prices |= hits.len() <= SHOWN && !hits.is_empty(),
            }
        }
    }
    let mut seen = HashSet::new();
    let distinct = hits.iter().all(|hit| seen.insert(hit.name.as_str()));
    (hits.len() >= SHOWN && distinct && !two_prices).then_some(hits)
}

/// The titles of the largest group of like elements.
fn items(page: &Page<'_>) -> Option<Vec<Hit>> {
    let mut groups: Vec<((Option<usize>, usize), Vec<String>)> = Vec::new();
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
        let key = (node.parent, node.depth);
        if !is_rich {
            continue;
        }
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, names)) => names.push(name),
            None => groups.push((key, vec![name])),
        }
    }
    let (_, names) = groups.into_iter().max_by_key(|(_, names)| names.len())?;
    let mut seen = HashSet::new();
    let distinct = names.iter().all(|name| seen.insert(name.clone()));
    let hits = names.into_iter().map(|name| Hit { name, price: None });
    (seen.len() >= SHOWN && distinct).then(|| hits.collect())
}
