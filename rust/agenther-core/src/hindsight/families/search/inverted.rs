//! The agent's own reading of what it found, turned into a question: after a search, `The first presenter
//! of "Tomorrow" was Ann Example.` is the answer to `Who was the first presenter of "Tomorrow"?`
//!
//! The agent may read wrongly, so the observation must have the value and, unless it is a bare answer to
//! the query, every content word of the question in the sentence with the value.

use super::direct::is_box;
use super::lead::names_people;
use super::prose::{content_stems, dates, name_prefix, sentences};

/// Makers that answer boxes take for each other: the playwright for the composer, the designer for the builder.
const CONFUSED: &[&str] =
    &["composer", "inventor", "creator", "builder", "designer", "producer", "maker", "developer"];

/// The question, and the value as it stands in the observation.
pub fn ask<'a>(query: &str, observation: &'a str, thought: &str) -> Option<(String, &'a str)> {
    sentences(thought).into_iter().find_map(|sentence| {
        let statement = statement(sentence);
        invert(query, observation, statement)
            .or_else(|| named_first(query, observation, statement))
            .or_else(|| participle(query, observation, statement))
    })
}

/// A sentence without its mark and the word that draws it as a conclusion.
fn statement(sentence: &str) -> &str {
    let statement = sentence.trim_end_matches('.');
    ["So, ", "So ", "Therefore, ", "Thus, "]
        .iter()
        .find_map(|so| statement.strip_prefix(so))
        .unwrap_or(statement)
}

/// `Ann Example was the first presenter of "Next Week"`: what is asked for stands first.
fn named_first<'a>(query: &str, observation: &'a str, statement: &str) -> Option<(String, &'a str)> {
    let value = name_prefix(statement)?;
    let (verb, subject) = [" is the ", " was the "].iter().find_map(|copula| {
        Some((copula.trim().trim_end_matches(" the"), statement[value.len()..].strip_prefix(copula)?))
    })?;
    let at = borne_out(query, observation, subject, value)?;
    question(subject, verb, value, false).map(|question| (question, &observation[at..at + value.len()]))
}

/// `The Lantern was directed by Anne Morel`, `Acme was founded in 1949`, `Acme is based in Bern`.
fn participle<'a>(query: &str, observation: &'a str, statement: &str) -> Option<(String, &'a str)> {
    let (subject, verb, rest) = [" was ", " is ", " were ", " are "].iter().find_map(|verb| {
        let (subject, rest) = statement.split_once(verb)?;
        Some((subject, verb.trim(), rest))
    })?;
    let (done, link, value) = [" by ", " in ", " on "].iter().find_map(|link| {
        let (done, value) = rest.split_once(link)?;
        Some((done, link.trim(), value))
    })?;
    let ends =
        ["ed", "born", "built", "written", "held", "made", "set", "shot", "won", "led", "sung", "known"];
    if done.contains(' ') || !ends.iter().any(|end| done.ends_with(end)) {
        return None;
    }
    let named = name_prefix(subject.strip_prefix("the ").unwrap_or(subject)).is_some();
    let whole = subject.split(' ').count() <= 10 && !subject.contains(',') && !subject.contains(" that ");
    let at = borne_out(query, observation, &format!("{subject} {done}"), value).filter(|_| named && whole)?;
    let names =
        value.split(" and ").all(|part| name_prefix(part).is_some_and(|name| name.len() == part.len()));
    let date = dates(value).first().is_some_and(|date| date.len() == value.len());
    let subject = subject.strip_prefix("The ").map_or(subject.to_string(), |rest| format!("the {rest}"));
    let question = match link {
        "by" if names => format!("By whom {verb} {subject} {done}"),
        "in" | "on" if date => format!("When {verb} {subject} {done}"),
        "in" if value
            .split(", ")
            .all(|part| name_prefix(part).is_some_and(|name| name.len() == part.len())) =>
        {
            format!("Where {verb} {subject} {done}")
        }
        _ => return None,
    };
    Some((question, &observation[at..at + value.len()]))
}

/// Where the value stands in a sentence of the observation that has every content word of what is asked, provided that
/// this covers the query and the value is new.
fn borne_out(query: &str, observation: &str, subject: &str, value: &str) -> Option<usize> {
    let asked = content_stems(subject);
    let wanted = content_stems(query);
    let covers = wanted.iter().all(|stem| asked.contains(stem));
    let new = content_stems(value).iter().any(|stem| !asked.contains(stem) && !wanted.contains(stem));
    let named = subject.contains(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let short = (2..=14).contains(&asked.len()) && (1..=8).contains(&value.split_whitespace().count());
    if !covers || !new || !named || !short || observation.contains('·') {
        return None;
    }
    let hedged = |sentence: &str| {
        let lower = sentence.to_lowercase();
        [" not ", "n't", "formerly", "until", "rumor", "reported", "may ", "might"]
            .iter()
            .any(|word| lower.contains(word))
    };
    let sentence = sentences(observation).into_iter().find(|sentence| {
        let said = content_stems(sentence);
        sentence.contains(value) && asked.iter().all(|stem| said.contains(stem)) && !hedged(sentence)
    })?;
    let at = sentence.as_ptr() as usize - observation.as_ptr() as usize + sentence.find(value)?;
    stands_alone(observation, at, value).then_some(at)
}

fn invert<'a>(query: &str, observation: &'a str, statement: &str) -> Option<(String, &'a str)> {
    let subject = statement.strip_prefix("The ").or_else(|| statement.strip_prefix("the "))?;
    let (subject, verb, value) = [" is ", " was ", " are ", " were "]
        .iter()
        .filter_map(|verb| subject.rsplit_once(verb).map(|(subject, value)| (subject, verb.trim(), value)))
        .max_by_key(|(subject, ..)| subject.len())?;
    let (place, value) = match value.strip_prefix("in ").or_else(|| value.strip_prefix("located in ")) {
        Some(place) => (true, place),
        None => (false, value),
    };
    let at = observation.find(value)?;
    if observation.contains('·') {
        return None; // a page's list of links or names: one of them is not "the" one
    }
    let asked = content_stems(subject);
    let wanted = content_stems(query);
    let short = (1..=8).contains(&value.split_whitespace().count()) && asked.len() >= 2 && asked.len() <= 14;
    let covers_query = wanted.iter().all(|stem| asked.contains(stem));
    let value_is_new =
        content_stems(value).iter().any(|stem| !asked.contains(stem) && !wanted.contains(stem));
    let named = subject.contains(|c: char| c.is_uppercase() || c.is_ascii_digit());
    if !short || !covers_query || !value_is_new || !named || !stands_alone(observation, at, value) {
        return None;
    }
    let supported = if is_box(observation) {
        let role = noun_phrase(subject).rsplit(' ').next().unwrap_or("");
        !CONFUSED.contains(&role) && asked.iter().all(|stem| wanted.contains(stem))
    } else {
        sentences(observation).iter().any(|sentence| {
            let said = content_stems(sentence);
            sentence.contains(value) && asked.iter().all(|stem| said.contains(stem))
        })
    };
    let question = question(subject, verb, value, place)?;
    supported.then(|| (question, &observation[at..at + value.len()]))
}

/// Whether a value is a name, date or number of its own, not a part of a longer one.
fn stands_alone(observation: &str, at: usize, value: &str) -> bool {
    let before = observation[..at].chars().next_back();
    let after = observation[at + value.len()..].chars().next();
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '\'' && c != '’');
    let name = name_prefix(&observation[at..]).is_none_or(|name| name.len() <= value.len());
    let substantial = value.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    edge(before) && edge(after) && name && substantial
}

fn question(subject: &str, verb: &str, value: &str, place: bool) -> Option<String> {
    if place {
        return Some(format!("Where {verb} the {subject}"));
    }
    let date = dates(value).first().is_some_and(|date| date.len() == value.len());
    if date && !subject.contains("year") && !subject.contains("date") {
        return None;
    }
    let head = noun_phrase(subject);
    let clause =
        ["that ", "who "].iter().find_map(|link| subject[head.len()..].trim_start().strip_prefix(link));
    let next = clause.and_then(|clause| clause.split(' ').next()).unwrap_or("");
    let finite = ["was", "is", "are", "were", "has", "had", "won"].contains(&next)
        || next.ends_with("ed")
        || (next.len() > 3 && next.ends_with('s'));
    if let (Some(clause), true, false) = (clause, finite, head.is_empty()) {
        return Some(format!("Which {head} {clause}"));
    }
    let before_of = subject.split(" of ").next()?.rsplit(' ').next()?.to_lowercase();
    let person = (names_people(head.rsplit(' ').next()?) || (!head.is_empty() && names_people(&before_of)))
        && value.contains(' ');
    Some(format!("{} {verb} the {subject}", if person { "Who" } else { "What" }))
}

/// The words up to the first name, preposition, participle or clause: `second album`.
fn noun_phrase(subject: &str) -> &str {
    const STOPS: &[&str] = &[
        "of", "in", "on", "at", "for", "with", "from", "by", "to", "that", "who", "which", "where", "whose",
    ];
    let mut end = 0;
    for word in subject.split(' ') {
        let participle = end > 0 && (word.ends_with("ed") || word.ends_with("ing"));
        if STOPS.contains(&word)
            || participle
            || word.starts_with(|c: char| !c.is_lowercase() && !c.is_ascii_digit())
        {
            break;
        }
        end += word.len() + 1;
    }
    subject[..end.min(subject.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_that_the_observation_bears_out_is_inverted() {
        let found =
            "Loud and Clear is the second album by Irish boy band Fivesome. It was released in 1997 by Acme.";
        let bare = "Ann Example (1965–1971)";
        for (query, observation, thought, question) in [
            (
                "first presenter of \"Next Week\"",
                bare,
                "The first presenter of \"Next Week\" was Ann Example. Now I need more.",
                Some("Who was the first presenter of \"Next Week\""),
            ),
            ("Irish boy band \"Loud and Clear\" album", found, "The band is Fivesome.", None),
            (
                "second album Irish boy band Fivesome",
                found,
                "The second album by Irish boy band Fivesome is Loud and Clear.",
                Some("What is the second album by Irish boy band Fivesome"),
            ),
            (
                "first presenter of \"Next Week\"",
                bare,
                "The first presenter of \"Next Week\" was Bob Example.",
                None,
            ),
            (
                "Loud and Clear album release",
                found,
                "Loud and Clear was released in 1997.",
                None, // "album" is asked for and not said
            ),
            (
                "founder of the Harbour Museum",
                "The Harbour Museum was founded by Ann Example in 1903. It is in Bath.",
                "The Harbour Museum was founded by Ann Example.",
                None,
            ),
            (
                "Harbour Museum founded",
                "The Harbour Museum was founded by Ann Example in 1903. It is in Bath.",
                "The Harbour Museum was founded by Ann Example.",
                Some("By whom was the Harbour Museum founded"),
            ),
            (
                "first director of the Harbour Museum",
                "Ann Example was the first director of the Harbour Museum.",
                "Ann Example was the first director of the Harbour Museum.",
                Some("Who was the first director of the Harbour Museum"),
            ),
        ] {
            assert_eq!(
                ask(query, observation, thought).map(|(question, _)| question).as_deref(),
                question,
                "{thought}"
            );
        }
    }
}
