//! Shops that are searched and clicked through: what a search lists and what the page of an item shows, with prices
//! and options, as goals that end before anything is bought.
//!
//! A page is read where it has marks that no other text has: prices under titles in a list, `Price:` on the page of an
//! item. What a search was for is quoted, because that its hits are what the user meant nothing shows; a plain request
//! (`find a queen size quilt under $50`) is made only where the title says every word of it.

use std::collections::HashSet;

use super::{Candidate, Proposals};
use crate::hindsight::guards::content_words;
use crate::hindsight::provenance::Source;
use crate::hindsight::style::Style;
use crate::hindsight::wording::{is_function_word, join, plural};
use crate::hindsight::{Origin, Slot, Wording};
use crate::reading::{Reading, StepReading};
use crate::text::needles::find;

/// Items of a list that an answer names.
const MAX_ITEMS: usize = 3;

/// Items of a page; a shop shows ten.
const MAX_HITS: usize = 50;

/// Options of one kind: a longer list is not recited.
const MAX_OPTIONS: usize = 12;

/// Kinds of options that one goal asks for.
const MAX_KINDS: usize = 2;

/// Words of a title that a request may have.
const MAX_TOPIC: usize = 7;

const ORDINALS: [&str; MAX_ITEMS] = ["first", "second", "third"];

/// An item in a list.
struct Hit<'t> {
    key: &'t str,
    title: &'t str,
    price: &'t str,
}

/// The page of an item.
struct Item<'t> {
    title: &'t str,
    price: &'t str,
    /// `color`, and the colors.
    options: Vec<(&'t str, Vec<&'t str>)>,
}

/// Proposes goals for runs through a shop.
pub fn propose(reading: &Reading<'_>, proposals: &mut Proposals) {
    let style = Style::of(reading);
    let mut search: Option<(u32, &str, Vec<Hit<'_>>)> = None;
    for (step, read) in reading.steps.iter().enumerate() {
        let (Some(action), Some(input), Some(page)) =
            (read.step.action_name, read.step.action_input, read.step.observation)
        else {
            continue;
        };
        let lines = lines(page);
        let hits = hits(&lines);
        if action.eq_ignore_ascii_case("search") && hits.len() >= 2 && is_query(input) {
            propose_list(step as u32, input.trim(), &hits, reading, &style, proposals);
            search = Some((step as u32, input.trim(), hits));
            continue;
        }
        let opened = search
            .as_ref()
            .and_then(|(_, _, hits)| hits.iter().position(|hit| hit.key.eq_ignore_ascii_case(input.trim())));
        if action.eq_ignore_ascii_case("click")
            && let (Some(at), Some(item), Some((searched, query, hits))) = (opened, item(&lines), &search)
        {
            let steps = [*searched, step as u32];
            let slot = query_slot(reading, *searched, query);
            let opened = Opened { query, hits, at, item, steps, slot };
            opened.propose(reading, &style, proposals);
        }
    }
}

/// Whether a step only opens the page of an item.
pub fn only_shows(read: &StepReading<'_>) -> bool {
    let is_click = read.step.action_name.is_some_and(|action| action.eq_ignore_ascii_case("click"));
    is_click && read.step.observation.is_some_and(|page| item(&lines(page)).is_some())
}

/// The lines of a page; some logs put marks between them instead of breaks.
fn lines(page: &str) -> Vec<&str> {
    page.split('\n')
        .flat_map(|line| line.split("[SEP]"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

fn is_query(input: &str) -> bool {
    let words = input.split_whitespace().count();
    (2..=20).contains(&words) && !input.contains(['"', '{', '\n'])
}

/// `[B09QQKPZJR]`, the title, `$36.06`.
fn hits<'t>(lines: &[&'t str]) -> Vec<Hit<'t>> {
    lines
        .windows(3)
        .filter_map(|triple| {
            let key = triple[0].trim_start_matches('[').trim_end_matches(']');
            let is_key = key.len() >= 5 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let has_digit = key.bytes().any(|byte| byte.is_ascii_digit());
            let price = price(triple[2])?;
            (is_key && has_digit && is_title(triple[1])).then_some(Hit { key, title: triple[1], price })
        })
        .take(MAX_HITS)
        .collect()
}

/// A title with single blanks, without a mark at its end.
fn plain(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    words.join(" ").trim_end_matches(['.', '!', ',']).to_string()
}

fn is_title(line: &str) -> bool {
    line.contains(' ') && !line.starts_with(['[', '$']) && price(line).is_none()
}

/// `$36.06`, `$12.99 to $13.29`.
fn price(line: &str) -> Option<&str> {
    let is_amount = |text: &str| text.strip_prefix('$').is_some_and(|amount| amount.parse::<f64>().is_ok());
    let mut ends = line.split(" to ");
    let all = ends.by_ref().all(is_amount);
    (all && line.starts_with('$')).then_some(line)
}

/// The lowest and the highest price that a line names.
fn amounts(price: &str) -> Vec<f64> {
    price.split(" to ").filter_map(|amount| amount.trim_start_matches('$').parse().ok()).collect()
}

/// The page of an item: options in brackets after their kind, the title, `Price: $9.98`.
fn item<'t>(lines: &[&'t str]) -> Option<Item<'t>> {
    let at = lines.iter().position(|line| line.starts_with("Price: "))?;
    let title = lines.get(at.checked_sub(1)?).filter(|title| is_title(title))?;
    let price = price(lines[at].trim_start_matches("Price: ").trim())?;
    let options = lines[..at - 1]
        .iter()
        .filter_map(|line| {
            let (kind, values) = line.split_once(" [")?;
            // A page may offer a color twice.
            let mut values: Vec<&str> = values.trim_end_matches(']').split("][").map(str::trim).collect();
            let mut seen = HashSet::new();
            values.retain(|value| seen.insert(*value));
            let is_kind =
                !kind.is_empty() && kind.chars().all(|letter| letter.is_ascii_lowercase() || letter == ' ');
            (is_kind && values.len() >= 2).then_some((kind, values))
        })
        .collect();
    Some(Item { title, price, options })
}

fn query_slot(reading: &Reading<'_>, step: u32, query: &str) -> Slot {
    let source = reading.provenance().arguments(step as usize).first().map(|argument| argument.source);
    let origin = match source {
        Some(Source::User { .. }) => Origin::User,
        _ => Origin::Invented,
    };
    Slot { name: "query".to_string(), value: query.to_string(), origin, step }
}

/// `search the shop for "…" and tell me the names and prices of the first three results`
fn propose_list(
    step: u32,
    query: &str,
    hits: &[Hit<'_>],
    reading: &Reading<'_>,
    style: &Style,
    proposals: &mut Proposals,
) {
    let shown = &hits[..hits.len().min(MAX_ITEMS)];
    let count = if shown.len() == 2 { "two" } else { "three" };
    let imperative = format!(
        "search the shop for \"{query}\" and tell me the names and prices of the first {count} results"
    );
    let answer: Vec<String> =
        shown.iter().map(|hit| format!("- {}: {}", plain(hit.title), hit.price)).collect();
    let goal = style.request(&imperative, None, proposals.variant());
    proposals.push_derived(Candidate {
        goal,
        answer: answer.join("\n"),
        wording: Wording::Phrase,
        steps: vec![step],
        slots: vec![query_slot(reading, step, query)],
        evidence: Vec::new(),
        prior: 0.85,
        trivial: false,
    });
}

/// An item of a list that the run opened.
struct Opened<'o, 't> {
    query: &'t str,
    hits: &'o [Hit<'t>],
    at: usize,
    item: Item<'t>,
    steps: [u32; 2],
    slot: Slot,
}

impl Opened<'_, '_> {
    fn propose(&self, reading: &Reading<'_>, style: &Style, proposals: &mut Proposals) {
        let kinds = self.kinds();
        if kinds.is_empty() {
            return;
        }
        let prompt = reading.run.original_prompt.unwrap_or("");
        let (lead, slots, prior) = match self.plain(prompt) {
            Some((lead, slots)) => (lead, slots, 0.95),
            None => match self.place() {
                Some(place) => (
                    format!("search the shop for \"{}\", open {place}", self.query),
                    vec![self.slot.clone()],
                    0.9,
                ),
                None => return,
            },
        };
        let said = |kind: &str| plural(kind.trim_end_matches(" name"));
        let many: Vec<String> = kinds.iter().map(|(kind, _)| said(kind)).collect();
        let imperative =
            format!("{lead} and tell me its name, its price and which {} it comes in", join(&many));
        let options: Vec<String> =
            kinds.iter().map(|(kind, values)| format!("{}: {}", said(kind), values.join(", "))).collect();
        let goal = style.request(&imperative, None, proposals.variant());
        proposals.push_derived(Candidate {
            goal,
            answer: format!(
                "{}. Price: {}. It comes in these {}.",
                plain(self.item.title),
                self.item.price,
                options.join("; ")
            ),
            wording: Wording::Phrase,
            steps: self.steps.to_vec(),
            slots,
            evidence: Vec::new(),
            prior,
            trivial: false,
        });
    }

    /// The options that can be recited.
    fn kinds(&self) -> Vec<&(&str, Vec<&str>)> {
        self.item.options.iter().filter(|(_, values)| values.len() <= MAX_OPTIONS).take(MAX_KINDS).collect()
    }

    /// `the cheapest of the first three results`, `the first result`.
    fn place(&self) -> Option<String> {
        let price = |hit: &Hit<'_>| amounts(hit.price).first().copied().unwrap_or(f64::NAN);
        let shown = &self.hits[..self.hits.len().min(MAX_ITEMS)];
        let own = price(shown.get(self.at)?);
        let is_cheapest = (0..shown.len()).all(|at| at == self.at || price(&shown[at]) > own);
        Some(match (self.at, is_cheapest && shown.len() == MAX_ITEMS) {
            (1.., true) => "the cheapest of the first three results".to_string(),
            (at, _) => format!("the {} result", ORDINALS[at]),
        })
    }

    /// `find a queen size quilt for less than $50`, where the title says all that the search was for.
    fn plain(&self, prompt: &str) -> Option<(String, Vec<Slot>)> {
        let topic = topic(prompt, self.item.title)?;
        let words = content_words(&topic);
        if !content_words(self.query).iter().all(|word| words.contains(word)) {
            return None;
        }
        let highest = amounts(self.item.price).into_iter().fold(f64::NAN, f64::max);
        let step = 10_f64.powf(highest.log10().floor()).max(1.0) / 2.0;
        let bound = ((highest / step).floor() + 1.0) * step;
        let said = format!("${}", (bound * 100.0).round() / 100.0);
        let slots = [("item", topic.clone(), Origin::User), ("price", said.clone(), Origin::Observation)];
        let slot = |(name, value, origin): (&str, String, Origin)| Slot {
            name: name.to_string(),
            value,
            origin,
            step: self.steps[1],
        };
        let article = super::english::article(&topic);
        let lead = format!("find {article} {topic} for less than {said}");
        bound.is_finite().then(|| (lead, slots.map(slot).to_vec()))
    }
}

/// The longest run of the user's words that the title has too, up to the end of a noun phrase of theirs.
fn topic(prompt: &str, title: &str) -> Option<String> {
    let mut best: Vec<&str> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut words = prompt.split_whitespace().peekable();
    while let Some(chunk) = words.next() {
        let word = chunk.trim_matches(|c: char| !c.is_alphanumeric());
        let is_plain = !word.is_empty() && !is_function_word(&word.to_lowercase());
        if is_plain && find(title, word).is_some() {
            run.push(word);
        } else {
            run.clear();
        }
        let ends = chunk.ends_with([',', '.', ';', ':', '?'])
            || words.peek().is_none_or(|next| is_function_word(&next.trim_matches(',').to_lowercase()));
        if ends && run.len() > best.len() {
            best.clone_from(&run);
        }
        if ends {
            run.clear();
        }
    }
    (2..=MAX_TOPIC).contains(&best.len()).then(|| best.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::families::testing::proposals;

    const LIST: &str = "[Back to Search] \nPage 1 (Total results: 50) \n[Next >] \n[B0TEA11111] \nNord Loose Leaf Green Tea Tin \n$14.5 \n[B0TEA22222] \nHill Black Tea Bags \n$9.99 to $12.0 \n[B0TEA33333] \nCeramic Tea Pot Blue \n$31.0";
    const PAGE: &str = "[Back to Search] \n[< Prev] \nsize [100 g][250 g]\nNord Loose Leaf Green Tea Tin \nPrice: $14.5 \nRating: N.A. \n[Description] \n[Buy Now]";

    #[test]
    fn asks_for_what_the_pages_show_and_stops_before_buying() {
        let found = proposals(
            propose,
            "I need loose leaf green tea, organic, lower than 10 dollars",
            &[
                ("search", "loose leaf green tea organic", LIST),
                ("click", "B0TEA11111", PAGE),
                ("click", "Buy Now", "Thank you"),
            ],
        );
        let asked: Vec<&str> = found.iter().map(|(goal, ..)| goal.as_str()).collect();
        assert!(asked[0].contains("the names and prices of the first three results"), "{asked:?}");
        assert!(
            asked[1].contains("open the first result and tell me its name, its price and which sizes"),
            "{asked:?}"
        );
        assert_eq!(
            found[1].1,
            "Nord Loose Leaf Green Tea Tin. Price: $14.5. It comes in these sizes: 100 g, 250 g."
        );
        assert!(found.iter().all(|(_, _, steps)| !steps.contains(&2)));
    }

    #[test]
    fn a_plain_request_needs_a_title_that_says_it() {
        let found = proposals(
            propose,
            "I need loose leaf green tea, lower than 10 dollars",
            &[("search", "loose leaf green tea", LIST), ("click", "B0TEA11111", PAGE)],
        );
        assert!(
            found[1].0.to_lowercase().contains("find a loose leaf green tea for less than $15"),
            "{found:?}"
        );
        let marked = LIST.replace("\n", "[SEP]").replace("[B0TEA11111]", "B0TEA11111");
        let found = proposals(propose, "green tea", &[("search", "green tea", &marked)]);
        assert!(found[0].1.contains("Hill Black Tea Bags: $9.99 to $12.0"), "{found:?}");
    }
}
