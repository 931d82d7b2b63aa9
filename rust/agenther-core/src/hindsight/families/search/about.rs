//! Pages by their titles: what the results of a search, and pages that were opened, say of what they are about, whatever the
//! query was. A page of a product says it in a table.

use super::ask;
use super::passage::{self, Fact, Relation};
use super::{Candidate, Found, Proposals, support};
use crate::hindsight::families::english::enumerate;
use crate::hindsight::{Origin, Slot, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;
use crate::text::cut;
use crate::text::document::{Kind, Value};
use crate::trajectory::Field;

/// So many pages of a run are asked about.
const MAX_ASKED: usize = 3;

/// Pages of a run that are read.
const MAX_PAGES: usize = 40;

const TITLES: &[&str] = &["title", "name", "heading", "page_title", "headline"];
const TEXTS: &[&str] =
    &["snippet", "content", "text", "description", "extract", "summary", "body", "page_content", "abstract"];

/// What stands between the title of a page and the name of its site.
const SITES: &[&str] = &[" - ", " | ", " — ", " – ", " · ", " :: "];

/// A longer title is a sentence.
const MAX_TITLE: usize = 90;

/// Longer cells are texts.
const MAX_CELL: usize = 60;

/// A page, or a part of it that a search shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Page<'a> {
    title: &'a str,
    text: &'a str,
}

/// Asks for what pages say of what they are about, other than the passages that queries found.
pub fn propose(reading: &Reading<'_>, found: &[Found<'_>], out: &mut Proposals) {
    let (mut read, mut topics) = (0, Vec::new());
    for (index, step) in reading.steps.iter().enumerate() {
        let Some(observation) = step.step.observation.filter(|_| step.status == Status::Ok) else { continue };
        for page in pages(step, observation) {
            if read == MAX_PAGES || topics.len() == MAX_ASKED {
                return;
            }
            read += 1;
            let place = Place { reading, index: index as u32, observation };
            let Some((topic, candidate)) = place.said(&page).or_else(|| place.listed(&page)) else {
                continue;
            };
            let is_known = found.iter().any(|one| one.passage.topic == topic) || topics.contains(&topic);
            if !is_known {
                topics.push(topic);
                out.push_rendered(candidate);
            }
        }
    }
}

/// Where a page was seen.
struct Place<'r, 'a> {
    reading: &'r Reading<'a>,
    index: u32,
    observation: &'a str,
}

impl<'a> Place<'_, 'a> {
    /// What the first sentences of a page say of what its title names.
    fn said(&self, page: &Page<'a>) -> Option<(String, Candidate)> {
        let passage = passage::read(page.title, page.text)?;
        let strong: Vec<&Fact<'_>> =
            passage.facts.iter().filter(|fact| fact.relation != Relation::Definition).collect();
        let seed =
            page.title.bytes().fold(7usize, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        let at = seed % strong.len().saturating_sub(1).max(1);
        let both = strong
            .get(at..at + 2)
            .and_then(|pair| Some((ask::two(&passage, pair[0], pair[1])?, pair.to_vec())));
        let (asked, facts) = match both {
            Some(both) => both,
            None => (ask::one(&passage, strong.first()?), vec![*strong.first()?]),
        };
        let spans = facts.iter().map(|fact| self.support(fact.value)).collect();
        let named = passage.name.strip_prefix("The ").unwrap_or(passage.name).to_string();
        let candidate = self.candidate(&format!("{}?", asked.question), asked.answer, &named, spans);
        Some((passage.topic, candidate))
    }

    /// What a table of a page lists of what its title names: `What are the weight and the noise level of the Lumora A7?`
    fn listed(&self, page: &Page<'a>) -> Option<(String, Candidate)> {
        let rows = rows(page.text)?;
        let told: Vec<&(&str, &str)> =
            rows.iter().filter(|(_, value)| value.contains(|c: char| c.is_ascii_digit())).collect();
        let at = page.title.len() % told.len().saturating_sub(1).max(1);
        let asked = told.get(at..at + 2)?;
        let named = page.title.strip_prefix("The ").unwrap_or(page.title);
        let keys: Vec<String> = asked.iter().map(|(key, _)| said_key(key)).collect();
        let values: Vec<String> = asked.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let goal = format!("What are the {} of the {named}?", enumerate(&keys, "and"));
        let spans = asked.iter().map(|(_, value)| self.support(value)).collect();
        Some((named.to_string(), self.candidate(&goal, values.join("; "), named, spans)))
    }

    fn support(&self, part: &'a str) -> super::Support {
        support(part, self.index, Field::Observation, super::span_of(self.observation, part))
    }

    /// A page that was opened is asked about at its address, which whoever asks must give.
    fn candidate(
        &self,
        question: &str,
        answer: String,
        named: &str,
        spans: Vec<super::Support>,
    ) -> Candidate {
        let slot = |name: &str, value: &str| Slot {
            name: name.to_string(),
            value: value.to_string(),
            origin: Origin::User,
            step: self.index,
        };
        let mut slots = vec![slot("title", named)];
        let goal = match address(&self.reading.steps[self.index as usize]) {
            Some(address) => {
                slots.push(slot("url", address));
                let (first, rest) = question.split_at(1);
                format!("According to {address}, {}{rest}", first.to_lowercase())
            }
            None => question.to_string(),
        };
        Candidate {
            goal,
            answer,
            wording: Wording::Phrase,
            steps: vec![self.index],
            slots,
            evidence: spans,
            prior: 0.8,
            trivial: false,
        }
    }
}

/// The address that a call opens.
fn address<'a>(step: &StepReading<'a>) -> Option<&'a str> {
    let arguments = step.arguments()?;
    let text = arguments.leaves().find(|leaf| leaf.kind() == Kind::String && leaf.raw().contains("://"))?;
    Some(text.raw())
}

/// The pages that a step shows: the results of a search, or the one that it opens.
fn pages<'a>(step: &StepReading<'a>, observation: &'a str) -> Vec<Page<'a>> {
    if let Some(document) = step.observation() {
        let texts = document.leaves().filter(|leaf| leaf.key().is_some_and(|key| TEXTS.contains(&key)));
        return texts.filter_map(result).take(MAX_PAGES).collect();
    }
    if address(step).is_some() {
        return opened(observation).into_iter().collect();
    }
    labelled(observation)
}

/// Pages of which each has its title and its text on lines of their own: `Title: Ann Utz`, `Snippet: ..`.
fn labelled(observation: &str) -> Vec<Page<'_>> {
    // `[1] Title: Ann Utz`, `Search results: Title: Ann Utz`
    let is_heading =
        |before: &str| before.len() <= 20 && (before.ends_with(": ") || !before.contains(char::is_lowercase));
    let (mut found, mut title) = (Vec::new(), None);
    for line in observation.lines() {
        if let Some((_, name)) = line.split_once("Title: ").filter(|(before, _)| is_heading(before)) {
            title = Some(named(name.trim()));
        } else if let (Some(title), Some(text)) = (title, super::pages::after_label(line)) {
            found.push(Page { title, text });
        }
        if found.len() == MAX_PAGES {
            break;
        }
    }
    found
}

fn result<'a>(text: Value<'_, 'a>) -> Option<Page<'a>> {
    let object = text.parent()?;
    let title = TITLES.iter().find_map(|key| object.get(key))?;
    let is_plain = |value: Value<'_, 'a>| value.kind() == Kind::String && !value.raw().contains('\\');
    (is_plain(text) && is_plain(title)).then(|| Page { title: named(title.raw()), text: text.raw() })
}

/// A page whose first line is its title.
fn opened(observation: &str) -> Option<Page<'_>> {
    let text = observation.trim_start();
    let (head, body) = text.split_once('\n')?;
    let title = head.trim_start_matches(['#', ' ']).trim_end();
    let is_title = head.starts_with("# ") || body.starts_with('\n') && !title.ends_with(['.', ':', ',', '!']);
    let body = body.trim_start();
    (is_title && (3..=MAX_TITLE).contains(&title.len()))
        .then(|| Page { title: named(title), text: &body[..cut::floor(body, super::MAX_READ)] })
}

/// A title without the name of the site behind it.
fn named(title: &str) -> &str {
    let end = SITES.iter().filter_map(|mark| title.find(mark)).min().unwrap_or(title.len());
    title[..end].trim()
}

/// The rows of the first table of two columns, or the lines `Key: value` one after the other.
fn rows(text: &str) -> Option<Vec<(&str, &str)>> {
    const MIN_ROWS: usize = 3;
    let mut found = Vec::new();
    for line in text.lines() {
        match cells(line).or_else(|| keyed(line)) {
            Some(("", _)) => {}
            Some(row) => found.push(row),
            None if found.len() >= MIN_ROWS => break,
            None => found.clear(),
        }
    }
    (found.len() >= MIN_ROWS).then_some(found)
}

/// `| Weight | 13.2 lb |`; the line below the head has no key.
fn cells(line: &str) -> Option<(&str, &str)> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let (key, value) = inside.split_once('|').filter(|(_, value)| !value.contains('|'))?;
    let (key, value) = (key.trim(), value.trim());
    if key.starts_with(['-', ':']) {
        return Some(("", ""));
    }
    is_pair(key, value).then_some((key, value))
}

/// `**Weight:** 13.2 lb`, `- Weight: 13.2 lb`
fn keyed(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches(['-', '*', '•', ' ']);
    let (key, value) = line.split_once(':')?;
    let (key, value) = (key.trim_matches(['*', ' ']), value.trim_start_matches(['*', ' ']).trim_end());
    is_pair(key, value).then_some((key, value))
}

fn is_pair(key: &str, value: &str) -> bool {
    let is_name = key.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-'));
    (3..=32).contains(&key.len())
        && is_name
        && (1..=MAX_CELL).contains(&value.len())
        && !value.contains("://")
}

/// A key as it stands within a sentence: `Smoke CADR` is the smoke CADR.
fn said_key(key: &str) -> String {
    let is_short = |word: &str| word.chars().filter(|c| c.is_uppercase()).count() > 1;
    let words: Vec<String> = key
        .split(' ')
        .map(|word| if is_short(word) { word.to_string() } else { word.to_lowercase() })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goals(calls: &[(&str, &str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        proposals(super::super::propose, "Which architect won the prize the year before?", calls)
    }

    const RESULTS: &str = r#"[{"title": "Ann Utz - Wikipedia", "url": "https://w.example/Ann_Utz", "snippet": "Ann Utz (9 April 1918 – 29 November 2008) was a Danish architect. In 1957, she won a competition."}, {"title": "About the prize", "snippet": "The prize was set up in 1979."}]"#;

    #[test]
    fn results_are_asked_about_by_their_titles() {
        let found = goals(&[("web_search", r#"{"query": "opera house architect prize year"}"#, RESULTS)]);
        let expected = "When did Ann Utz die, and what was her nationality?";
        assert!(
            found.iter().any(|(goal, answer, steps)| goal == expected
                && answer == "29 November 2008; Danish"
                && steps == &[0]),
            "{found:?}"
        );
    }

    #[test]
    fn results_in_lines_are_asked_about_by_their_titles() {
        let lines = "Search results: Title: Ann Utz - Wikipedia\nLink: https://w.example\nSnippet: Ann Utz (9 April 1918 – 29 November 2008) was a Danish architect.\n---\nTitle: The prize\nLink: https://p.example\nSnippet: It was set up in 1979.";
        let found = goals(&[("Search the internet", r#"{"search_query": "opera architect prize"}"#, lines)]);
        assert!(found.iter().any(|(goal, ..)| goal.contains("Ann Utz")), "{found:?}");
    }

    #[test]
    fn a_page_is_asked_about_at_its_address() {
        let page = "# Ann Utz\n\nAnn Utz (9 April 1918 – 29 November 2008) was a Danish architect. She won a competition.";
        let found = goals(&[("fetch_page", r#"{"url": "https://w.example/Ann_Utz"}"#, page)]);
        let expected =
            "According to https://w.example/Ann_Utz, when did Ann Utz die, and what was her nationality?";
        assert!(found.iter().any(|(goal, ..)| goal == expected), "{found:?}");
    }

    #[test]
    fn the_table_of_a_product_is_asked_about() {
        let page = "# Lumora A7 Air Purifier\n\n**$229.99**\n\n| Spec | Value |\n|---|---|\n| Smoke CADR | 302 cfm |\n| Weight | 13.2 lb |\n| Filter | H13 |\n\nMore text.";
        let found = goals(&[("fetch_page", r#"{"url": "https://lumora.example/a7"}"#, page)]);
        let (goal, answer, _) = found.first().expect("a goal");
        assert!(goal.ends_with("of the Lumora A7 Air Purifier?"), "{goal}");
        assert!(answer.contains(": "), "{answer}");
        let prose = "# A walk\n\nWe walked.\nThen: we sat.\n";
        assert_eq!(goals(&[("fetch_page", r#"{"url": "https://w.example/a"}"#, prose)]), []);
    }
}
