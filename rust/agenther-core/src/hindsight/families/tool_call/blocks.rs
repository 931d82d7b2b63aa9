//! Records in blocks of labelled lines whose values run on over several lines, as tools for papers and postings print them:
//!
//! ```text
//! Published: 2024-03-01
//! Title: Tides of
//! small harbours
//! ```

use super::payload::Node;
use crate::text::document::Kind;

/// Longer labels are sentences.
const MAX_LABEL: usize = 24;

/// Fields of a block at most.
const MAX_FIELDS: usize = 12;

/// The records of a text that is nothing but such blocks, two or more with the same labels in the same order. What
/// ends in the middle of a value is none.
pub fn blocks(text: &str) -> Option<Node> {
    let is_gap = |line: &str| line.chars().all(|c| c.is_whitespace() || "_-=".contains(c));
    let lines = || text.lines().skip_while(|line| is_gap(line));
    let first = lines().next().and_then(label)?;
    let starts = |line: &str| label(line) == Some(first);
    let mut parts: Vec<Vec<&str>> = Vec::new();
    let mut is_after_gap = true;
    for line in lines() {
        if is_after_gap && starts(line) {
            parts.push(Vec::new());
        }
        is_after_gap = is_gap(line);
        if !is_after_gap {
            parts.last_mut()?.push(line);
        }
    }
    let labels = shared(&parts);
    let ends =
        text.trim_end().ends_with(|last: char| !last.is_alphanumeric() && !matches!(last, ',' | '-' | '…'));
    if parts.len() < 2 || labels.len() < 2 || !ends {
        return None;
    }
    parts.iter().map(|part| record(part, &labels)).collect::<Option<_>>().map(Node::List)
}

/// `Title` of `Title: Tides`.
fn label(line: &str) -> Option<&str> {
    let (label, value) = line.split_once(": ")?;
    let is_label = (2..=MAX_LABEL).contains(&label.len())
        && label.starts_with(|first: char| first.is_uppercase())
        && label.split(' ').count() <= 2
        && label.chars().all(|c| c.is_alphabetic() || c == ' ')
        && !label.ends_with(' ');
    (is_label && !value.trim().is_empty()).then_some(label)
}

/// The labels of the first block that every block has. A colon in a value makes no label.
fn shared<'t>(parts: &[Vec<&'t str>]) -> Vec<&'t str> {
    let labels: Vec<&str> =
        parts.first().into_iter().flatten().filter_map(|line| label(line)).take(MAX_FIELDS).collect();
    let has = |part: &Vec<&str>, known: &str| part.iter().any(|line| label(line) == Some(known));
    let shared = labels.iter().enumerate().filter(|(at, known)| !labels[..*at].contains(*known));
    shared.map(|(_, known)| *known).filter(|known| parts.iter().all(|part| has(part, known))).collect()
}

/// The fields of a block; `None` where its labels stand in another order, or twice.
fn record(lines: &[&str], labels: &[&str]) -> Option<Node> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        match label(line).filter(|label| labels.contains(label)) {
            Some(found) if labels.get(fields.len()) == Some(&found) => {
                fields.push((found.to_string(), line[found.len() + 2..].trim().to_string()));
            }
            Some(_) => return None,
            None => {
                let (_, value) = fields.last_mut()?;
                value.push(' ');
                value.push_str(line.trim());
            }
        }
    }
    let is_whole = fields.len() == labels.len();
    let fields = fields.into_iter().map(|(label, value)| (label, Node::Scalar(value, Kind::String)));
    is_whole.then(|| Node::Record(fields.collect()))
}

/// A label in a sentence as a label: `price: 4.50` of `The price of the book is: 4.50`.
pub fn from_sentence(line: &str) -> Option<(&str, &str)> {
    const MAX_SENTENCE: usize = 60;
    let rest = line.strip_prefix("The ")?;
    let (said, value) = rest.split_once(':').filter(|(_, value)| value.starts_with(' '))?;
    let label = said.strip_suffix(" is").or_else(|| said.strip_suffix(" are"))?;
    let label = label.split(" of the ").next()?;
    let is_label = label.len() <= MAX_SENTENCE && label.chars().all(|c| c.is_alphanumeric() || c == ' ');
    (is_label && label.split(' ').count() <= 3).then_some((label, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_run_on_to_the_next_label() {
        let text = "Published: 2024-03-01\nTitle: Tides of\nsmall harbours\nSummary: We ask: why?\nNote: it is wet.\n\n\
                    Published: 2023-01-05\nTitle: Winds\nSummary: None\nknown.";
        let Some(Node::List(rows)) = blocks(text) else { panic!("{:?}", blocks(text)) };
        let said = |at: usize, key: &str| rows[at].get(key).and_then(Node::text).unwrap_or("-");
        assert_eq!((said(0, "Title"), said(1, "Summary")), ("Tides of small harbours", "None known."));
        assert_eq!(said(0, "Summary"), "We ask: why? Note: it is wet.");
        let ruled = "____\nTown: Bern\nNote: Nights.\n\nAnd days.\n____\nTown: Chur\nNote: None.\n____\n";
        let Some(Node::List(rows)) = blocks(ruled) else { panic!("{:?}", blocks(ruled)) };
        assert_eq!(rows[0].get("Note").and_then(Node::text), Some("Nights. And days."));
    }

    #[test]
    fn other_texts_are_no_blocks() {
        for text in [
            "",
            "Title: One\nBody: alone.",
            "Title: One\nBody: cut.\n\nTitle: Two\nBody: in the mid",
            "Title: One\nBody: a.\n\nBody: b.\nTitle: Two.",
            "Title: One\nTitle: Two\n\nTitle: Three.",
            "Dear Ann: come.\nSoon.\n\nDear Ann: stay.\nBye.",
        ] {
            assert_eq!(blocks(text), None, "{text}");
        }
    }

    #[test]
    fn sentences_have_labels() {
        assert_eq!(from_sentence("The price of the book is: 4.50"), Some(("price", " 4.50")));
        assert_eq!(from_sentence("The languages are: Irish, Welsh"), Some(("languages", " Irish, Welsh")));
        assert_eq!(from_sentence("The price is 4.50"), None);
        assert_eq!(from_sentence("The thing that I mean to say is: no"), None);
    }
}
