//! Cast lists as pages of films give them: `Top cast ; Ann Lee · Mary Fox ; Jon Hale · Sam`, `Low Tide: Directed by Bo Kim.
//! With Ann Lee, Jon Hale.` They are cut somewhere, so that some of the cast is asked for. Who looked for the title alone
//! finds out who directed it.

use std::collections::BTreeSet;

use super::prose::{content_stems, date_prefix, name_prefix};

/// So many are some.
const MIN_NAMES: usize = 2;
const MAX_NAMES: usize = 4;

/// Words of a query that say nothing but that a cast is looked for.
const ASKS_CAST: &[&str] = &["cast of ", "full cast of ", "main cast of ", "actors in ", "cast list of "];

/// The question that a query for a cast puts, and the names that the text gives.
pub fn ask<'a>(query: &str, text: &'a str) -> Option<(String, Vec<&'a str>)> {
    let query = query.trim().trim_end_matches(['?', '.', ' ']);
    let title =
        ASKS_CAST.iter().find_map(|asks| query.strip_prefix(asks)).or_else(|| query.strip_suffix(" cast"))?;
    let named = title.split(' ').any(|word| word.trim_start_matches('"').starts_with(char::is_uppercase));
    let names: Vec<&str> = listed(text).or_else(|| told(title, text))?.into_iter().take(MAX_NAMES).collect();
    let plain = title.split(' ').count() <= 8 && names.iter().all(|name| !title.contains(name));
    (named && plain && names.len() >= MIN_NAMES)
        .then(|| (format!("Who are some {} {}", who(query), said(title)), names))
}

/// What the query calls them.
fn who(query: &str) -> &'static str {
    if query.contains("cast") { "members of the cast of" } else { "of the actors in" }
}

/// The question who directed what the query is the title of, and the name.
pub fn director<'a>(query: &str, text: &'a str) -> Option<(String, &'a str)> {
    let (work, rest) = text.split_once(": Directed by ")?;
    let name = rest.split_once(". With ")?.0;
    let same = content_stems(work) == content_stems(query) && query.starts_with(char::is_uppercase);
    (same && is_person(name)).then(|| (format!("Who directed {}", said(query.trim())), name))
}

/// A title within a question: `the 2004 film Low Tide` of `Low Tide 2004 film`, `"Low, High!"`.
fn said(title: &str) -> String {
    let (bare, kind) = ["film", "movie"]
        .iter()
        .find_map(|kind| Some((title.strip_suffix(kind)?.strip_suffix(' ')?, *kind)))
        .filter(|_| title.starts_with(char::is_uppercase))
        .unwrap_or((title, ""));
    let (name, year) = match bare.rsplit_once(' ') {
        Some((name, year)) if year.len() == 4 && date_prefix(year).is_some() => (name, year),
        _ => (bare, ""),
    };
    match (year, kind) {
        (_, "") if title.contains([',', '!', '?', ':']) && !title.contains('"') => format!("\"{title}\""),
        (_, "") => title.to_string(),
        ("", kind) => format!("the {kind} {name}"),
        (year, kind) => format!("the {year} {kind} {name}"),
    }
}

/// `Top cast ; NAME · ROLE ; NAME · ROLE`, `Cast Edit ; NAME as ROLE · NAME as ROLE`.
fn listed(text: &str) -> Option<Vec<&str>> {
    let (heading, rest) = text.split_once([';', '·'])?;
    let is_heading = ["Top cast", "Cast", "Cast Edit", "Main cast", "Main"].contains(&heading.trim());
    let (with_role, separators): (&str, &[char]) =
        if rest.contains(" as ") { (" as ", &[';', '·']) } else { (" · ", &[';']) };
    let name = |part: &'_ str| -> Option<usize> {
        let name = part.trim().split_once(with_role)?.0;
        is_person(name).then_some(name.len())
    };
    // The last is cut off.
    let parts: Vec<&str> = rest.split(separators).collect();
    let whole = &parts[..parts.len().saturating_sub(1)];
    let names: Vec<&str> = whole.iter().map_while(|part| Some(&part.trim()[..name(part)?])).collect();
    is_heading.then_some(names)
}

/// `Low Tide: Directed by Bo Kim. With NAME, NAME.`
fn told<'a>(title: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let (work, rest) = text.split_once(": Directed by ")?;
    let (_, cast) = rest.split_once(". With ")?;
    let (cast, is_cut) = match cast.split_once(" ...") {
        Some((cast, _)) => (cast, true),
        None => (cast.split_once(". ").map_or(cast, |(cast, _)| cast), false),
    };
    let mut names: Vec<&str> = cast.trim_end_matches('.').split(", ").collect();
    if is_cut && names.last().is_some_and(|last| !last.contains(' ')) {
        names.pop();
    }
    // `Alien` is not `Alien Resurrection`; a year or a `film` makes no other of it.
    let stems = |title: &str| -> BTreeSet<String> {
        let is_kind = |stem: &String| ["film", "movi", "movie"].contains(&stem.as_str());
        let is_year = |stem: &String| stem.bytes().all(|byte| byte.is_ascii_digit());
        content_stems(title)
            .into_iter()
            .map(|stem| stem.to_string())
            .filter(|stem| !is_kind(stem) && !is_year(stem))
            .collect()
    };
    let (asked, found) = (stems(title), stems(work));
    let same = !found.is_empty() && asked == found;
    (same && names.iter().all(|name| is_person(name))).then_some(names)
}

/// Whether all of a text is a name of two words or more.
fn is_person(text: &str) -> bool {
    text.contains(' ') && name_prefix(text).is_some_and(|name| name.len() == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_a_cast_are_named() {
        let page = "Top cast ; Ann Lee · Mary Fox ; Jon Hale · Sam ; Bo Kim · The Man ; Cy Bell · ...";
        let roles = "Cast Edit · Ann Lee as Mary Fox · Jon Hale as Sam · Bo Kim as ...";
        let line = "Low Tide: Directed by Di Ray. With Ann Lee, Jon Hale, Bo Kim. A sailor comes home.";
        for (query, text, expected) in [
            ("cast of Low Tide", page, Some("Ann Lee, Jon Hale, Bo Kim")),
            ("Low Tide cast", roles, Some("Ann Lee, Jon Hale")),
            ("Low Tide cast", line, Some("Ann Lee, Jon Hale, Bo Kim")),
            ("High Tide cast", line, None),
            ("Low Tide Rising cast", line, None),
            ("It cast", "It: Directed by Di Ray. With Ann Lee, Jon Hale.", None),
            ("2004 film Low Tide cast", line, Some("Ann Lee, Jon Hale, Bo Kim")),
            ("tallest actress of Low Tide", page, None),
            ("cast of Low Tide", "Low Tide ; Ruthless · Grey Fox · Ann Lee", None),
        ] {
            let found = ask(query, text).map(|(_, names)| names.join(", "));
            assert_eq!(found.as_deref(), expected, "{query}: {text}");
        }
        let asked = |query: &str| director(query, line).map(|(question, name)| format!("{question}? {name}"));
        assert_eq!(asked("Low Tide").as_deref(), Some("Who directed Low Tide? Di Ray"));
        assert_eq!(asked("Low Tide sailor"), None);
        for (title, expected) in [
            ("Low Tide", "Low Tide"),
            ("Low Tide 2004 film", "the 2004 film Low Tide"),
            ("Low Tide movie", "the movie Low Tide"),
            ("the 2015 movie Low Tide", "the 2015 movie Low Tide"),
            ("Low, It's High!", "\"Low, It's High!\""),
        ] {
            assert_eq!(said(title), expected);
        }
    }
}
