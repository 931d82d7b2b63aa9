//! Searches that answer in running text: what they found, and how the things they listed compare.

use super::answer;
use super::call::Call;
use super::noun_kinds::is_sayable;
use super::payload::{Node, ends_in_cut};
use super::roles::Role;
use super::words::Manner;
use crate::hindsight::families::{Candidate, Proposals};
use crate::hindsight::style::Style;
use crate::hindsight::wording::{is_function_word, join, plural, singular};
use crate::hindsight::{Origin, Slot, Wording};
use crate::reading::Reading;
use crate::text::facts::{FactKind, facts};
use crate::text::needles::find;

/// Searches that one goal joins at most.
const MAX_SEARCHES: usize = 3;

/// Whether an answer to several searches can be read at once.
fn is_short(answer: &str) -> bool {
    const MAX_PAGES: usize = 12;
    const MAX_LETTERS: usize = 2_400;
    answer.lines().count() <= MAX_PAGES && answer.len() <= MAX_LETTERS
}

/// Where a search looks, as a parameter of it.
const PLACES: &[&str] = &[
    "web",
    "wiki",
    "wikipedia",
    "google",
    "bing",
    "internet",
    "news",
    "general",
    "basic",
    "advanced",
    "youtube",
];

/// A search with its query.
struct Search<'c, 'a> {
    call: &'c Call<'a>,
    query: &'c str,
}

/// Proposes comparisons of listed things, and plain findings of a web search.
pub fn propose(calls: &[Call<'_>], reading: &Reading<'_>, style: &Style, proposals: &mut Proposals) {
    let searches: Vec<Search<'_, '_>> = calls.iter().filter_map(search).collect();
    if let Some(comparison) = comparison(&searches, reading, style, proposals.variant()) {
        proposals.push_rendered(comparison);
    }
    let web: Vec<&Search<'_, '_>> = searches.iter().filter(|search| is_web(search.call)).collect();
    for group in web.chunks(MAX_SEARCHES).chain(web.chunks(1)) {
        if let Some(finding) = finding(group, style, proposals.variant())
            && (group.len() == 1 || is_short(&finding.answer))
        {
            proposals.push_rendered(finding);
        }
    }
}

fn search<'c, 'a>(call: &'c Call<'a>) -> Option<Search<'c, 'a>> {
    // Where it looks is the tool's choice.
    let is_place = |value: &String| PLACES.contains(&value.to_ascii_lowercase().as_str());
    let mut told = call.given.iter().filter(|given| !given.values.iter().all(is_place));
    let (Some(given), None) = (told.next(), told.next()) else { return None };
    let is_query = matches!(given.role, Role::For | Role::About) && given.values.len() == 1;
    let query = given.values.first().filter(|query| query.contains(' '))?;
    is_query.then_some(Search { call, query })
}

/// Searches that are named by where they look, or not at all.
fn is_web(call: &Call<'_>) -> bool {
    let names_place = matches!(call.words.object.as_str(), "online" | "page" | "pages" | "engine");
    call.words.manner() == Manner::Search && (names_place || !is_sayable(&call.words.object))
}

/// `search the web for "…" and tell me what you find`
fn finding(searches: &[&Search<'_, '_>], style: &Style, variant: u64) -> Option<Candidate> {
    let queries: Vec<String> =
        searches.iter().map(|search| format!("\"{}\"", search.query.trim_matches('"'))).collect();
    let answers: Option<Vec<String>> =
        searches.iter().map(|search| found(&search.call.payload.node)).collect();
    let is_on_web = |search: &&Search<'_, '_>| {
        matches!(search.call.words.object.as_str(), "web" | "internet" | "google" | "online")
    };
    let place = if !searches.iter().all(is_on_web) { "search" } else { "search the web" };
    let imperative = format!("{place} for {} and tell me what you find", join(&queries));
    Some(Candidate {
        goal: style.request(&imperative, None, variant),
        answer: answers?.join("\n"),
        wording: Wording::Phrase,
        steps: searches.iter().map(|search| search.call.step).collect(),
        slots: searches.iter().map(|search| slot(search)).collect(),
        evidence: Vec::new(),
        prior: 0.72,
        trivial: false,
    })
}

fn slot(search: &Search<'_, '_>) -> Slot {
    Slot {
        name: "query".to_string(),
        value: search.query.to_string(),
        origin: Origin::Invented,
        step: search.call.step,
    }
}

/// What a search found, as text: the answer that an engine gives, else what each page says of itself.
fn found(node: &Node) -> Option<String> {
    const PAGES: &[&str] = &[
        "results",
        "organic",
        "organic_results",
        "web",
        "webPages",
        "items",
        "documents",
        "chunks",
        "passages",
        "matches",
        "value",
        "data",
    ];
    match node {
        Node::Scalar(text, _) if text.starts_with("[snippet: ") => snippets(text),
        // What has buttons is a page of a shop, and read as such.
        Node::Scalar(text, _) if has_buttons(text) => None,
        // The last of a page that was cut is left out.
        Node::Scalar(text, _) if text.len() > 40 => answer::prose(whole_sentences(text)?),
        Node::List(rows) => pages(rows),
        Node::Record(_) => {
            let answer = node.get("answer").and_then(Node::text).filter(|answer| answer::is_prose(answer));
            let pages = || PAGES.iter().filter_map(|key| node.get(key)).find_map(found);
            answer.and_then(answer::prose).or_else(pages)
        }
        Node::Scalar(..) => None,
    }
}

/// `[Back to Search]`, `[Next >]`, each on a line of its own.
fn has_buttons(text: &str) -> bool {
    let is_button = |line: &&str| line.starts_with('[') && line.ends_with(']') && !line.contains("](");
    text.lines().map(str::trim).filter(is_button).nth(1).is_some()
}

/// What pages say of themselves, each by its title.
fn pages(rows: &[Node]) -> Option<String> {
    const GIST: &[&str] =
        &["snippet", "description", "summary", "content", "text", "body", "page_content", "chunk", "passage"];
    let Node::Record(first) = rows.first()? else { return None };
    let is_gist = |key: &&String| GIST.iter().any(|gist| key.eq_ignore_ascii_case(gist));
    let key = first.iter().map(|(key, _)| key).find(is_gist)?;
    rows.iter().all(|row| row.get(key).is_some()).then_some(())?;
    let whole: Vec<Option<Node>> = rows.iter().map(|row| in_whole_sentences(row, key)).collect();
    // Engines cut what pages say of themselves: one that breaks off at once says something beside others.
    whole.iter().any(Option::is_some).then_some(())?;
    let rows: Vec<Node> =
        whole.into_iter().zip(rows).map(|(whole, row)| whole.unwrap_or(row.clone())).collect();
    answer::list(&rows, std::slice::from_ref(key))
}

/// A page whose gist ends with its last whole sentence; `None` where it has none.
fn in_whole_sentences(page: &Node, key: &str) -> Option<Node> {
    let is_cut = |text: &&str| ends_in_cut(text) || whole_sentences(text) != Some(text.trim_end());
    let Some(text) = page.get(key)?.text().filter(is_cut) else {
        return Some(page.clone());
    };
    let end = last_end(text)?;
    let Node::Record(fields) = page else { return None };
    let shortened = |(name, value): &(String, Node)| match value {
        Node::Scalar(text, kind) if name == key => {
            (name.clone(), Node::Scalar(text[..end].to_string(), *kind))
        }
        other => (name.clone(), other.clone()),
    };
    Some(Node::Record(fields.iter().map(shortened).collect()))
}

/// A text up to its last whole sentence, where its last line breaks off in one: lines of few words need no mark.
fn whole_sentences(text: &str) -> Option<&str> {
    const MIN_WORDS: usize = 12;
    let text = text.trim_end();
    let last = text.rsplit('\n').next().unwrap_or(text);
    let is_whole = text.ends_with(|c: char| !c.is_alphanumeric() && !matches!(c, ',' | ';' | '-'));
    if is_whole || last.split_whitespace().take(MIN_WORDS).count() < MIN_WORDS {
        return Some(text);
    }
    last_end(text).map(|end| &text[..end])
}

/// Where the last whole sentence ends of a text that breaks off.
fn last_end(text: &str) -> Option<usize> {
    const SHORT: &[&str] =
        &["Inc", "Ltd", "Corp", "Co", "Mr", "Mrs", "Ms", "Dr", "St", "No", "vs", "Jr", "Sr", ".."];
    let is_end = |at: &usize| {
        let before = &text[..*at];
        !SHORT.iter().any(|short| before.ends_with(short)) && !ends_with_item(before)
    };
    let ends = [". ", "! ", "? "].iter().flat_map(|end| text.match_indices(end).map(|(at, _)| at));
    ends.filter(is_end).max().map(|at| at + 1)
}

/// Whether a text ends with the number of an item, whose dot ends no sentence: `Read it. 2`.
fn ends_with_item(text: &str) -> bool {
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let before = rest.trim_end();
    (1..=2).contains(&(text.len() - rest.len()))
        && (before.is_empty() || before.ends_with(['.', ':', '?', '!', '·']))
}

/// `[snippet: …, title: …, link: …], [snippet: …]`, as LangChain prints what DuckDuckGo found.
fn snippets(text: &str) -> Option<String> {
    let said = |page: &str| {
        let (snippet, rest) = page.split_once(", title: ")?;
        let title = rest.split(", link: ").next()?;
        Some(format!("- {}: {}", title.trim(), snippet.trim()))
    };
    let pages = text.trim_start_matches("[snippet: ").trim_end_matches(']').split("], [snippet: ");
    let said: Option<Vec<String>> = pages.map(said).collect();
    said.map(|said| said.join("\n"))
}

/// A thing in a list of a text: its name, and what is said of it.
pub struct Item {
    /// Its name.
    pub name: String,
    /// What is said of it, by label.
    pub attributes: Vec<(String, String)>,
}

/// Things that several searches listed with the same attributes: `compare copper wire suppliers by price and MOQ`.
fn comparison(
    searches: &[Search<'_, '_>],
    reading: &Reading<'_>,
    style: &Style,
    variant: u64,
) -> Option<Candidate> {
    let prompt = reading.run.original_prompt?;
    let first = searches.first()?;
    let topic = topic(prompt, first.query)?;
    let on_topic = |search: &&Search<'_, '_>| {
        let words: Vec<&str> = topic.split(' ').collect();
        let shared = words.iter().filter(|word| {
            find(search.query, &singular(word)).is_some() || find(search.query, word).is_some()
        });
        shared.count() * 3 >= words.len() * 2 && search.call.tool == first.call.tool
    };
    let mut steps = Vec::new();
    let mut items: Vec<Item> = Vec::new();
    let mut slots = Vec::new();
    for search in searches.iter().filter(on_topic) {
        let Node::Scalar(text, _) = &search.call.payload.node else { continue };
        let listed = self::items(text);
        if listed.is_empty() {
            continue;
        }
        steps.push(search.call.step);
        slots.push(Slot {
            name: "query".to_string(),
            value: topic.clone(),
            origin: Origin::User,
            step: search.call.step,
        });
        items.extend(listed);
    }
    let shared: Vec<String> = items
        .first()?
        .attributes
        .iter()
        .map(|(label, _)| label.clone())
        .filter(|label| items.iter().all(|item| item.attributes.iter().any(|(known, _)| known == label)))
        .collect();
    if items.len() < 2 || shared.is_empty() {
        return None;
    }
    let said: Vec<String> = shared.iter().map(|label| in_users_words(label, prompt)).collect();
    let lines: Vec<String> = items
        .iter()
        .map(|item| {
            let values: Vec<String> = item
                .attributes
                .iter()
                .filter_map(|(label, value)| {
                    let at = shared.iter().position(|known| known == label)?;
                    Some(format!("{} {value}", said[at]))
                })
                .collect();
            format!("- {}: {}", item.name, values.join(", "))
        })
        .collect();
    let many: Vec<String> = said.iter().map(|label| plural(label)).collect();
    let topics = plural(&topic);
    let imperative = match variant % 3 {
        0 => format!("compare {topics} by {}", join(&said)),
        1 => format!("find {topics} and compare their {}", join(&many)),
        _ => format!("find out which {topics} there are and tell me their {}", join(&many)),
    };
    let question = format!("How do {topics} compare on {}?", join(&said));
    Some(Candidate {
        goal: style.request(&imperative, Some(&question), variant),
        answer: format!("These are the {topics} found:\n{}", lines.join("\n")),
        wording: Wording::Phrase,
        steps,
        slots,
        evidence: Vec::new(),
        prior: 0.85,
        trivial: false,
    })
}

/// The longest run of words of the user that the query has too, function words at its ends aside.
fn topic(prompt: &str, query: &str) -> Option<String> {
    let mut best: Vec<&str> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for chunk in prompt.split_whitespace() {
        let word = chunk.trim_matches(|c: char| !c.is_alphanumeric());
        let shared =
            !word.is_empty() && !is_function_word(&word.to_lowercase()) && find(query, word).is_some();
        if shared {
            run.push(word);
        }
        if run.len() > best.len() {
            best.clone_from(&run);
        }
        if !shared || chunk.ends_with([',', '.', ';', ':', '?']) {
            run.clear();
        }
    }
    (2..=5).contains(&best.len()).then(|| best.join(" "))
}

/// The numbered things of a text: `1) Name - copper wire at $6.20/kg, MOQ 50kg.`
pub fn items(text: &str) -> Vec<Item> {
    let mut starts = Vec::new();
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b')', bytes).chain(memchr::memchr_iter(b'.', bytes)) {
        let digits = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let is_free = at == digits || bytes[at - digits - 1].is_ascii_whitespace();
        if (1..=2).contains(&digits) && is_free && bytes.get(at + 1) == Some(&b' ') {
            starts.push((at - digits, at + 2));
        }
    }
    starts.sort_unstable();
    starts
        .iter()
        .enumerate()
        .filter_map(|(at, &(_, start))| {
            let end = starts.get(at + 1).map_or(text.len(), |&(next, _)| next);
            item(text.get(start..end)?.trim())
        })
        .collect()
}

fn item(text: &str) -> Option<Item> {
    let (name, rest) =
        text.split_once(" - ").or_else(|| text.split_once(": ")).or_else(|| text.split_once(" – "))?;
    if name.split(' ').count() > 6 || !name.starts_with(|first: char| first.is_uppercase()) {
        return None;
    }
    let attributes = facts(rest)
        .into_iter()
        .filter_map(|fact| {
            let label = match fact.kind {
                FactKind::Money => "price".to_string(),
                FactKind::Quantity => word_before(rest, fact.span.start as usize)?,
                _ => return None,
            };
            Some((label, fact.text.to_string()))
        })
        .collect();
    Some(Item { name: name.to_string(), attributes })
}

/// The word that a figure follows: `MOQ` in `MOQ 50kg`.
fn word_before(text: &str, at: usize) -> Option<String> {
    let before = text[..at].trim_end_matches([' ', ':', '=']);
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next()?;
    (word.len() > 1 && word.chars().all(char::is_alphabetic) && !is_function_word(&word.to_lowercase()))
        .then(|| word.to_string())
}

/// An abbreviation as the user wrote it out: `MOQ` is the `minimum order quantity` of a prompt that has these words.
pub fn in_users_words(label: &str, prompt: &str) -> String {
    if !label.chars().all(char::is_uppercase) {
        return label.to_string();
    }
    let words: Vec<&str> =
        prompt.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let initials: Vec<char> = label.chars().flat_map(char::to_lowercase).collect();
    words
        .windows(initials.len())
        .find(|run| {
            run.iter().zip(&initials).all(|(word, initial)| word.to_lowercase().starts_with(*initial))
        })
        .map_or_else(|| label.to_string(), |run| singular(&run.join(" ").to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbered_things_with_their_figures() {
        let items = items(
            "Found 2 results: 1) Nord Tea - loose leaf at $4.20/kg, MOQ 5kg. 2) Leaf & Co - $3.90/kg, MOQ 50kg.",
        );
        let read: Vec<_> = items.iter().map(|item| (item.name.as_str(), item.attributes.clone())).collect();
        let pair = |label: &str, value: &str| (label.to_string(), value.to_string());
        assert_eq!(read[0], ("Nord Tea", vec![pair("price", "$4.20/kg"), pair("MOQ", "5kg")]));
        assert_eq!(read[1], ("Leaf & Co", vec![pair("price", "$3.90/kg"), pair("MOQ", "50kg")]));
    }

    #[test]
    fn pages_end_with_a_whole_sentence() {
        let text = |text: &str| Node::Scalar(text.to_string(), crate::text::document::Kind::String);
        let page = |said: &str| {
            Node::Record(vec![("title".to_string(), text("Veld")), ("snippet".to_string(), text(said))])
        };
        let cut =
            "Veld is a town by the sea. Its old bridge was built by the monks of the abbey near the har";
        for (said, told) in [
            (cut, "- Veld: Veld is a town by the sea."),
            ("Veld is a town. Read it. 2. See the abbey of ...", "- Veld: Veld is a town. Read it."),
            ("The old town", "- Veld: The old town"),
        ] {
            assert_eq!(pages(&[page(said)]).as_deref(), Some(told));
        }
    }

    #[test]
    fn the_topic_and_the_labels_are_the_users() {
        let prompt = "Find green tea importers with minimum order quantities below 20kg.";
        assert_eq!(topic(prompt, "green tea importers bulk price").as_deref(), Some("green tea importers"));
        assert_eq!(in_users_words("MOQ", prompt), "minimum order quantity");
        assert_eq!(in_users_words("ABV", prompt), "ABV");
    }
}
