//! How what stands on a page is said: names of sites, places, labels.

use std::borrow::Cow;

use super::page::Page;

/// Characters of a name that a request quotes.
const MAX_NAME: usize = 70;

/// Words of a label.
const MAX_LABEL: usize = 4;

/// A name in quotes, as a request has it; `None` where nobody would say it.
pub fn quoted_name(name: &str) -> Option<String> {
    let name = plain_name(name)?;
    Some(format!("\"{name}\""))
}

/// A name as a person would write it: without its count, not in capitals only, and with its letters.
pub fn plain_name(name: &str) -> Option<String> {
    let name = without_count(name.trim()).trim_end_matches(['…', '»', '›', '>', ':', '▾', '▼', '→']).trim();
    let name = name.trim_start_matches(['«', '‹', '<', '←', '+']).trim();
    let is_sayable = name.chars().any(char::is_alphanumeric)
        && name.chars().count() <= MAX_NAME
        && !name.contains(['"', '\n'])
        && !name.ends_with("...")
        && !name.contains("://");
    is_sayable.then(|| without_capitals(name).into_owned())
}

/// `Issues 45`, `Cart (2)`: the name without the number that counts what is behind it.
fn without_count(name: &str) -> &str {
    let is_count = |text: &str| {
        let text = text.trim_start_matches('(').trim_end_matches(')').trim();
        !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
    };
    match name.rsplit_once(' ') {
        Some((head, tail)) if is_count(tail) && tail.starts_with('(') => head.trim_end(),
        _ => name,
    }
}

/// A text that is all in capitals in the usual ones; what is short may be an acronym.
fn without_capitals(name: &str) -> Cow<'_, str> {
    let is_shouted = |word: &str| {
        word.chars().filter(|c| c.is_alphabetic()).count() > 3
            && !word.chars().any(|c| c.is_lowercase() || c.is_ascii_digit())
    };
    if !name.split(' ').any(is_shouted) || name.chars().any(char::is_lowercase) {
        return Cow::Borrowed(name);
    }
    let small = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| format!("{first}{}", chars.as_str().to_lowercase()))
    };
    Cow::Owned(
        name.split(' ')
            .map(|word| if is_shouted(word) { small(word) } else { word.to_string() })
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// The words of a label inside a sentence: `Order Date:` as `order date`, `SKU` as it is. `None` for what is no label.
pub fn label(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches([':', '*', '?']).trim();
    let text =
        ["(required)", "(optional)"].iter().find_map(|mark| text.strip_suffix(mark)).unwrap_or(text).trim();
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word = |word: &&str| {
        word.chars()
            .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '/' | '&' | '.' | '(' | ')' | '#' | '%'))
            && word.chars().any(char::is_alphabetic)
    };
    const NO_NAMES: &[&str] = &[
        "from", "to", "by", "on", "at", "of", "for", "in", "with", "and", "or", "requires", "includes",
        "contains", "supports",
    ];
    let ends = words.last().map(|word| word.to_lowercase()).unwrap_or_default();
    let is_clause = NO_NAMES.contains(&ends.as_str()) || ends.ends_with("ed") && ends.len() > 4;
    if words.is_empty()
        || is_clause
        || words.len() > MAX_LABEL
        || !words.iter().all(is_word)
        || text.chars().count() > 32
    {
        return None;
    }
    let lower = |word: &&str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let is_acronym = letters <= 4 && !word.chars().any(char::is_lowercase);
        let is_mixed = word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
        if is_acronym || is_mixed { word.to_string() } else { word.to_lowercase() }
    };
    let said = words.iter().map(lower).collect::<Vec<_>>().join(" ");
    Some(if said == "due" { "due date".to_string() } else { said })
}

/// Whether a text is an amount of money and nothing else.
pub fn is_money(text: &str) -> bool {
    const SIGNS: &[char] = &['$', '€', '£', '¥', '₹', '₩', '₽', '₫', '₺', '₪'];
    const CODES: &[&str] =
        &["USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY", "INR", "SEK", "NOK", "DKK", "PLN", "CNY"];
    let text = text.trim();
    if text.len() > 20 {
        return false;
    }
    let without = CODES.iter().find_map(|code| text.strip_prefix(code).or_else(|| text.strip_suffix(code)));
    let has_sign = text.contains(SIGNS) || without.is_some();
    let amount = without.unwrap_or(text).trim().trim_start_matches(['-', '+', 'A', 'C', 'U', 'S']);
    let amount = amount.trim_matches(SIGNS).trim();
    has_sign
        && amount.starts_with(|c: char| c.is_ascii_digit())
        && amount.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{202f}' | '\''))
}

/// The host of an address, where it is one that people know.
pub fn public_host(url: &str) -> Option<&str> {
    let host = host(url)?;
    let name = host.strip_prefix("www.").unwrap_or(host);
    let is_number = name.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let is_machine = name.starts_with("ec2-") || name.starts_with("ip-") || name.contains("localhost");
    let last = name.rsplit('.').next().unwrap_or("");
    let is_private = matches!(last, "local" | "internal" | "lan" | "test" | "invalid");
    (name.contains('.') && !is_number && !is_machine && !is_private).then_some(name)
}

fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?;
    (!host.is_empty() && !host.contains(' ')).then_some(host)
}

/// The path of an address with what follows it, without the slashes around it.
pub fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    rest.split_once('/').map_or("", |(_, path)| path.trim_matches('/'))
}

/// The parts of a title.
pub fn parts(title: &str) -> Vec<&str> {
    const MARKS: &[&str] = &[" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " / ", " » ", " ‹ "];
    let mut parts = vec![title];
    for mark in MARKS {
        parts = parts.into_iter().flat_map(|part| part.split(mark)).collect();
    }
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The name of the site that pages belong to: the end of their titles, the title of its front page, or its host.
pub fn site(pages: &[&Page<'_>]) -> Option<String> {
    let squashed = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let is_name = |part: &str| {
        part.split_whitespace().count() <= 4 && part.chars().any(char::is_alphabetic) && part.len() <= 40
    };
    let last = pages.last()?;
    // Pages of several sites: the one where it ends.
    let pages: Vec<&&Page<'_>> = pages.iter().filter(|page| host(page.url) == host(last.url)).collect();
    let titles: Vec<Vec<&str>> = pages.iter().map(|page| parts(&page.title)).collect();
    let here = host(last.url).map(squashed).unwrap_or_default();
    let named = titles.iter().flatten().find(|part| {
        let name = squashed(part);
        is_name(part) && name.len() >= 3 && here.contains(&name)
    });
    if let Some(part) = named {
        return Some((*part).to_string());
    }
    let ends = titles.iter().filter(|parts| parts.len() >= 2).filter_map(|parts| parts.last().copied());
    let is_front = |end: &str| titles.iter().any(|parts| parts[..] == [end]);
    let shared = ends.clone().find(|end| {
        let others: std::collections::HashSet<&str> = titles
            .iter()
            .filter(|parts| parts.len() >= 2 && parts.last() == Some(end))
            .filter_map(|parts| parts.first().copied())
            .collect();
        is_name(end) && (others.len() >= 2 || is_front(end))
    });
    if let Some(end) = shared {
        return Some(end.to_string());
    }
    if let Some(host) = public_host(last.url) {
        return Some(host.to_string());
    }
    let front = pages
        .iter()
        .zip(&titles)
        .find(|(page, parts)| path(page.url).is_empty() && !page.url.is_empty() && parts.len() == 1);
    front.map(|(_, parts)| parts[0].to_string()).filter(|name| is_name(name))
}

/// What a page is called, without its site.
pub fn place(page: &Page<'_>, site: Option<&str>) -> Option<String> {
    let parts = parts(&page.title);
    let own = parts.iter().find(|part| Some(**part) != site)?;
    plain_name(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_are_said_as_people_say_them() {
        for (name, said) in [
            ("SALES", Some("Sales")),
            ("My Account", Some("My Account")),
            ("Cart (2)", Some("Cart")),
            ("Windows 11", Some("Windows 11")),
            ("FAQ", Some("FAQ")),
            ("Next »", Some("Next")),
            ("›", None),
            ("Read \"Dune\"", None),
        ] {
            assert_eq!(plain_name(name).as_deref(), said, "{name}");
        }
        for (text, said) in [
            ("Order Date:", Some("order date")),
            ("SKU", Some("SKU")),
            ("GitLab ID", Some("GitLab ID")),
            ("Please fill in all of the fields below", None),
            ("12", None),
            ("Purchased From", None),
            ("Posted:", None),
        ] {
            assert_eq!(label(text).as_deref(), said, "{text}");
        }
    }

    #[test]
    fn money_is_money() {
        for text in ["$19.00", "€ 1.200,50", "12 €", "USD 30", "1,299.00 SEK", "US$45", "-$3.10"] {
            assert!(is_money(text), "{text}");
        }
        for text in ["19.00", "$", "from $19", "$19 off", "12", "Cash $"] {
            assert!(!is_money(text), "{text}");
        }
    }

    #[test]
    fn sites_are_named_by_title_or_host() {
        let page = |url, title: &'static str| Page { url, title: Cow::Borrowed(title), nodes: Vec::new() };
        for (pages, said) in [
            (
                vec![
                    page("http://localhost:7780/admin", "Orders / Magento Admin"),
                    page("http://localhost:7780/x", "Dashboard / Magento Admin"),
                ],
                Some("Magento Admin"),
            ),
            (vec![page("https://en.wikipedia.org/wiki/Oslo", "Oslo - Wikipedia")], Some("Wikipedia")),
            (vec![page("https://www.lodge.example/a", "Rooms")], Some("lodge.example")),
            (
                vec![page("http://10.0.0.2:80/", "One Stop Market"), page("http://10.0.0.2:80/a", "Mug")],
                Some("One Stop Market"),
            ),
            (vec![page("http://10.0.0.2:80/x/y", "Mug")], None),
        ] {
            let pages: Vec<&Page<'_>> = pages.iter().collect();
            assert_eq!(site(&pages).as_deref(), said, "{pages:?}");
        }
    }
}
