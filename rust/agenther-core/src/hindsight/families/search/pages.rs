//! What was searched for and what came back, whatever the tool: a call with a query, a line of code that calls one,
//! a list of pages, a JSON list of results, labelled lines.

use super::prose::content_stems;
use crate::reading::StepReading;
use crate::signals::effect;
use crate::text::document::Kind;

/// A search returns no more texts than these that are read.
const MAX_TEXTS: usize = 12;

/// Shorter leaves of a JSON result are titles and links.
const MIN_TEXT: usize = 40;

/// Labels that stand before the text of a result.
const LABELS: &[&str] =
    &["snippet: ", "content: ", "summary: ", "description: ", "text: ", "abstract: ", "extract: ", "body: "];

/// The words searched for, where a step is a search: the tool is called so and takes one short text, or the code is
/// nothing but calls of such functions on literals.
pub fn queries<'a>(step: &StepReading<'a>) -> Vec<&'a str> {
    let (Some(name), Some(input)) = (step.step.action_name, step.step.action_input) else {
        return Vec::new();
    };
    if is_search(name) {
        query(step, input.trim()).into_iter().collect()
    } else if let Some(question) = query(step, input.trim()).filter(|query| is_question(query)) {
        vec![question]
    } else {
        called(input).unwrap_or_default()
    }
}

/// Whether a text is a question, which whatever tool takes it is to answer: `Who was the MVP of the 2023 season?`
fn is_question(text: &str) -> bool {
    const WORDS: &[&str] = &["who", "whom", "whose", "what", "which", "when", "where", "how"];
    let first = text.split(' ').next().unwrap_or("");
    text.ends_with('?') && text.contains(' ') && WORDS.iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// The text that a call searches for: its plain input, its only text, or the one under a name for it.
pub fn query<'a>(step: &StepReading<'a>, input: &'a str) -> Option<&'a str> {
    let query = match step.arguments() {
        Some(arguments) => {
            let mut texts = arguments.leaves().filter(|leaf| leaf.kind() == Kind::String);
            let text = texts.next()?;
            match texts.next() {
                None => text.raw(),
                Some(_) => {
                    let named =
                        ["query", "q", "search_query", "question", "keyword", "keywords", "title", "entity"];
                    let value = named.iter().find_map(|name| arguments.root().get(name))?;
                    Some(value).filter(|value| value.kind() == Kind::String)?.raw()
                }
            }
        }
        None => input,
    };
    let query = query.trim();
    (query.len() <= 200 && !query.contains(['\n', '\\']) && !query.is_empty()).then_some(query)
}

/// The literals of code that searches and shows what it found: `a = search('X')`, `print(a)`, `print(search("Y"))`.
fn called(code: &str) -> Option<Vec<&str>> {
    let mut queries = Vec::new();
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let value = match line.split_once(" = ") {
            Some((name, value)) if is_identifier(name) => value,
            _ => line,
        };
        let shown = value.strip_prefix("print(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(value);
        if is_identifier(shown) {
            continue; // what a line before found
        }
        queries.push(searched(shown)?);
    }
    (queries.len() <= 4).then_some(queries)
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The literal that a call of a search takes.
fn searched(call: &str) -> Option<&str> {
    let (function, rest) = call.split_once('(')?;
    let argument = rest.strip_suffix(')')?.trim();
    let quote = argument.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let literal = argument.strip_prefix(quote)?.strip_suffix(quote)?;
    let name = function.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    (name && is_search(function) && !literal.contains([quote, '\\', '\n']) && !literal.trim().is_empty())
        .then_some(literal)
}

/// Whether a tool of this name looks something up in pages.
pub fn is_search(tool: &str) -> bool {
    const SEARCHES: &[&str] = &[
        "search",
        "wikipedia",
        "wiki",
        "google",
        "bing",
        "duckduckgo",
        "ddg",
        "serp",
        "serper",
        "tavily",
        "browse",
        "retrieve",
        "retriever",
        "retrieval",
        "websearch",
        "brave",
        "exa",
        "searxng",
        "encyclopedia",
    ];
    effect::words(tool).any(|word| SEARCHES.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// The texts that a search returned: the leaves of a JSON result, the passages of a list, what stands after labels, else
/// all of it.
pub fn texts<'a>(step: &StepReading<'a>, observation: &'a str) -> Vec<&'a str> {
    let opens = observation.trim_start();
    if opens.starts_with(['{', '['])
        && let Some(document) = step.observation()
    {
        let leaves =
            document.leaves().filter(|leaf| leaf.kind() == Kind::String && leaf.raw().len() >= MIN_TEXT);
        let inside = |text: &&str| !text.contains('\\') && is_part(observation, text);
        return leaves.map(|leaf| leaf.raw()).filter(inside).take(MAX_TEXTS).collect();
    }
    let passages: Vec<&str> = passages(observation).map(|(_, text)| text).collect();
    if !passages.is_empty() {
        return passages.into_iter().chain([observation]).collect();
    }
    let labelled: Vec<&str> = observation.lines().filter_map(after_label).take(MAX_TEXTS).collect();
    if labelled.is_empty() || opens.starts_with("Page: ") {
        vec![without_chrome(observation)]
    } else {
        labelled
    }
}

/// A page without what it says around its text.
fn without_chrome(text: &str) -> &str {
    const CHROME: &[&str] =
        &["Pages for logged out editors learn more.", "From Wikipedia, the free encyclopedia"];
    let text = text.trim_start();
    CHROME.iter().find_map(|chrome| text.strip_prefix(chrome)).map_or(text, str::trim_start)
}

/// Whether one text is cut from the other, so that it has a place there.
fn is_part(text: &str, part: &str) -> bool {
    let (all, part) = (text.as_bytes().as_ptr_range(), part.as_bytes().as_ptr_range());
    all.start <= part.start && part.end <= all.end
}

/// What stands after the label of a text: `Snippet: ..`.
pub fn after_label(line: &str) -> Option<&str> {
    let line = line
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '.' | '-' | '*' | ' '));
    LABELS.iter().find_map(|label| {
        let start = line.get(..label.len())?;
        start.eq_ignore_ascii_case(label).then(|| line[label.len()..].trim())
    })
}

/// The summary of the page that a query means, where a text is a list of pages: the one of that title, else the only
/// one whose title without its kind is.
pub fn titled<'a>(query: &str, text: &'a str) -> Option<&'a str> {
    if !is_list(text) {
        return Some(text);
    }
    let pages: Vec<(&str, &str)> = listed(text).collect();
    let wanted = content_stems(query);
    let same = |title: &str| content_stems(title) == wanted;
    // Of several passages of one page the lead says what it is.
    let exact = pages.iter().find(|(title, text)| same(title) && is_lead(title, text));
    let exact = exact.or_else(|| pages.iter().find(|(title, _)| same(title)));
    let mut like = pages.iter().filter(|(title, _)| same(title.split([',', '(']).next().unwrap_or(title)));
    let only = || like.next().filter(|_| like.next().is_none());
    // A lead may give the query as another name of its topic.
    let named = || {
        pages
            .first()
            .filter(|(_, summary)| summary.split(". ").next().is_some_and(|lead| has_name(lead, query)))
    };
    exact.or_else(only).or_else(named).map(|(_, summary)| *summary)
}

/// The names of listed pages that a query holds beside other words, `Ann Lee` in `early paintings of Ann Lee`, but none
/// that several pages have. A word alone is as likely a part of another name.
pub fn mentioned<'a>(query: &str, text: &'a str) -> impl Iterator<Item = &'a str> {
    let query = folded_words(query);
    let mut titles: Vec<&str> =
        is_list(text).then(|| listed(text)).into_iter().flatten().map(|(title, _)| title).collect();
    titles.sort_unstable();
    titles.dedup();
    let name = |title: &'a str| title.split([',', '(']).next().unwrap_or(title).trim();
    let names: Vec<&str> = titles.into_iter().map(name).collect();
    let is_only = |name: &str| names.iter().filter(|other| **other == name).count() == 1;
    let found = |name: &&str| name.contains(' ') && is_only(name) && query.contains(&folded_words(name));
    names.iter().copied().filter(found).collect::<Vec<_>>().into_iter()
}

/// Whether a passage begins with what it is about, as the first of a page does.
fn is_lead(title: &str, text: &str) -> bool {
    let text = text.strip_prefix("The ").or_else(|| text.strip_prefix('"')).unwrap_or(text);
    title.split([' ', ',']).next().is_some_and(|first| text.starts_with(first))
}

/// The words of a text between single spaces, and one before and after, so that none is found in a longer one.
fn folded_words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_string(), |all, word| all + &word.to_lowercase() + " ")
}

fn is_list(text: &str) -> bool {
    has_summaries(text) || passages(text.trim_start()).next().is_some_and(|(title, _)| !title.is_empty())
}

/// Whether a text is a list of pages with their summaries.
pub fn has_summaries(text: &str) -> bool {
    let opens = text.trim_start();
    opens.starts_with("Page: ")
        || opens.starts_with("Out[") && text.contains("Page: ") && text.contains("Summary:")
}

/// Title and summary of each listed page.
fn listed(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("Page: ").take(MAX_TEXTS).filter_map(page).chain(passages(text))
}

/// Title (or nothing) and text of each passage of a list, as retrievers over an encyclopedia give them:
/// `Doc 1(Title: "Old Bridge") The old bridge ..`. They are cut out of pages by the number of words, so that the sentence
/// that a passage breaks off in goes.
fn passages(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let parted = blocks(text);
    let starts: Vec<usize> = std::iter::once(0)
        .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1))
        .filter(|&at| heading(&text[at..]).is_some())
        .take(MAX_TEXTS)
        .collect();
    let opens = text.len() - text.trim_start().len();
    let is_list = starts.first().is_some_and(|&first| first <= opens);
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    let headed = starts.into_iter().zip(ends).filter(move |_| is_list);
    let headed = headed.filter_map(|(start, end)| heading(&text[start..end]));
    headed.chain(parted).filter_map(|(title, body)| {
        let body = body.trim();
        let body =
            body.strip_prefix(title).filter(|rest| is_again(title, rest)).map_or(body, str::trim_start);
        let whole = &body[..body.rfind(['.', '!', '?']).map_or(body.len(), |at| at + 1)];
        (!whole.is_empty()).then_some((title, whole))
    })
}

/// Title and text of passages that blank lines part, the title on a line of its own; none unless all are so.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    const MAX_TITLE: usize = 100;
    let is_title = |line: &str| {
        !line.is_empty()
            && line.len() <= MAX_TITLE
            && !line.ends_with(['.', ':', ','])
            && !line.starts_with(['{', '[', '-', '#', '|', '*'])
    };
    let is_passage = |part: &&str| {
        part.trim().split_once('\n').is_some_and(|(title, body)| {
            is_title(title.trim()) && body.len() > 2 * MAX_TITLE && !body.contains('\n')
        })
    };
    let parts: Vec<&str> = text.trim().split("\n\n").take(MAX_TEXTS + 1).collect();
    if parts.len() < 2 || parts.len() > MAX_TEXTS || !parts.iter().all(is_passage) {
        return Vec::new();
    }
    parts.into_iter().filter_map(|part| part.trim().split_once('\n')).collect()
}

/// Whether the first sentence speaks of a title: the first passage of a page begins with its title, `Lagoa Lagoa is a town.`
fn is_again(title: &str, rest: &str) -> bool {
    let name = title.split([',', '(']).next().unwrap_or(title).trim();
    let last = name.rsplit(' ').next().unwrap_or(name);
    let lead = rest.split(". ").next().unwrap_or(rest);
    rest.starts_with(' ')
        && !last.is_empty()
        && lead.trim_start().starts_with(char::is_uppercase)
        && lead.contains(last)
}

/// The title of a passage and what follows its heading: `Doc 1(Title: "X") ..`, `Passage 2: ..`, `(3)"X"`.
fn heading(text: &str) -> Option<(&str, &str)> {
    const WORDS: &[&str] = &["Doc", "Document", "Passage", "Wiki"];
    let text = text.trim_start_matches([' ', '\t']);
    let word = WORDS.iter().rev().find_map(|word| text.strip_prefix(word));
    let numbered = word.unwrap_or(text).trim_start();
    let bare = numbered.strip_prefix(['[', '(']).unwrap_or(numbered);
    let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == bare.len() || bare.len() - rest.len() > 3 {
        return None;
    }
    let is_bracketed = bare.len() < numbered.len();
    let rest = if is_bracketed { rest.strip_prefix([']', ')'])? } else { rest };
    // Numbers begin many lines: without a word they stand in brackets.
    if word.is_none() && !is_bracketed {
        return None;
    }
    let rest = rest.trim_start_matches([':', ' ']);
    if let Some(titled) = rest.strip_prefix("(Title:") {
        let (title, body) = closed(titled)?;
        return Some((title.trim().trim_matches('"').trim(), body.trim_start_matches([':', ' '])));
    }
    // `(1)"Brno"`, the text on the next line.
    match rest.strip_prefix('"').and_then(|quoted| quoted.split_once("\"\n")) {
        Some((title, body)) if !title.contains('\n') => Some((title, body)),
        _ => Some(("", rest)),
    }
}

/// What stands before the bracket that closes, which a title may have more of, and what stands behind it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices().take(200) {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a lead has a name that is no part of a longer one: `Ann Lee`, but not in `Mary Ann Lee`.
fn has_name(lead: &str, name: &str) -> bool {
    let is_capital = |word: Option<&str>| word.is_some_and(|word| word.starts_with(char::is_uppercase));
    lead.match_indices(name).any(|(at, _)| {
        let before = lead[..at].rsplit(' ').find(|word| !word.is_empty());
        let before = before.filter(|word| word.chars().all(|c| c.is_alphabetic() || c == '.'));
        let after = lead[at + name.len()..].strip_prefix(' ').and_then(|after| after.split(' ').next());
        !is_capital(before) && !is_capital(after)
    })
}

/// Title and summary of a page; in the representation of a string, lines end at an escape.
fn page(page: &str) -> Option<(&str, &str)> {
    let at = page.find("Summary:")?;
    let title = page[..at].trim().trim_end_matches("\\n");
    let summary = page[at + "Summary:".len()..].trim_start();
    let summary = summary.split("\\n").next().unwrap_or(summary);
    (title.len() < 120).then_some((title, summary))
}

#[cfg(test)]
mod tests {
    use super::{has_name, passages};

    #[test]
    fn passages_of_retrievers_are_told_apart() {
        let found = |text| passages(text).collect::<Vec<_>>();
        let docs = "Doc 1(Title: \"Lagoa\") Lagoa Lagoa is a town. It has a\nDoc 2(Title: Old Bridge (Lagoa)) of stone. It is old.\n";
        assert_eq!(
            found(docs),
            [("Lagoa", "Lagoa is a town."), ("Old Bridge (Lagoa)", "of stone. It is old.")]
        );
        assert_eq!(
            found("(1)\"Brno\"\nBrno is a city.\n(2)\"Dyje\"\nA river."),
            [("Brno", "Brno is a city."), ("Dyje", "A river.")]
        );
        assert_eq!(found("Passage 1: One.\nPassage 2: Two."), [("", "One."), ("", "Two.")]);
        assert_eq!(found("12 people came.\nDoc 1(Title: \"X\") X."), []);
        assert_eq!(found("Document the call."), []);
    }

    #[test]
    fn a_part_of_a_longer_name_is_another_name() {
        for (lead, is_named) in [
            ("Mary Ann Lee (born 1950) is a painter", false),
            ("Ann Lee Brown (born 1950) is a painter", false),
            ("Anna Leeds, known as Ann Lee, is a painter", true),
            ("Ann Lee (born 1950) is a painter", true),
            ("The song was sung by Ann Lee", true),
        ] {
            assert_eq!(has_name(lead, "Ann Lee"), is_named, "{lead}");
        }
    }
}
