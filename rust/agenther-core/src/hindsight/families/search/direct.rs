//! Queries that are questions, and observations that are their answers: a search engine's answer box,
//! or a sentence that says all the query asks and one thing more.

use super::prose::{content_stems, date_prefix, dates, name_prefix, names_prefix, sentences, stem};

/// Longer observations are prose, not answers.
const MAX_BOX_WORDS: usize = 7;

/// What a question wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    Who,
    When,
    Where,
    Number,
    Name,
}

/// The question that a query puts and that the observation answers, with the answer as it stands there.
pub fn ask<'a>(query: &str, observation: &'a str) -> Option<(String, &'a str)> {
    let question = question(query)?;
    let wants = wants(&question)?;
    let observation = observation.trim();
    let value =
        if observation.split_whitespace().count() <= MAX_BOX_WORDS && sentences(observation).is_empty() {
            let value = observation.trim_end_matches('.');
            fits(wants, value).then_some(value)?
        } else {
            stated(&question, wants, observation)?
        };
    let stems = content_stems(&question);
    let new = content_stems(value).iter().any(|stem| !stems.contains(stem));
    new.then_some((question, value))
}

/// Whether an observation is a bare answer, not prose.
pub fn is_box(observation: &str) -> bool {
    observation.split_whitespace().count() <= MAX_BOX_WORDS && sentences(observation).is_empty()
}

/// `Date of X`, `the director of X`, `X director`: the attribute in lower case, and what it is of.
fn attribute(query: &str) -> Option<(&str, &str)> {
    let lower_case = |head: &str| head.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
    if let Some((head, of)) = query.split_once(" of ") {
        let head = head.strip_prefix("the ").or_else(|| head.strip_prefix("The ")).unwrap_or(head);
        // A query may begin with a capital as a sentence does.
        let initial = head.get(1..).is_some_and(lower_case) && lower_case(&head[..1].to_lowercase());
        return (lower_case(head) || initial).then_some((head, of));
    }
    let name = super::prose::name_prefix(query)?;
    let head = query[name.len()..].strip_prefix(' ')?;
    (name.contains(' ') && specific(name) && lower_case(head)).then_some((head, name))
}

/// Dates that people ask for with a verb: `birth date` as `When was … born`.
const DATED: &[(&str, &str, &str)] = &[
    ("birth date", "When was", "born"),
    ("date birth", "When was", "born"),
    ("birthday", "When was", "born"),
    ("death date", "When did", "die"),
    ("release date", "When was", "released"),
    ("founding date", "When was", "founded"),
    ("foundation date", "When was", "founded"),
    ("formation date", "When was", "formed"),
    ("publication date", "When was", "published"),
    ("opening date", "When was", "opened"),
];

fn dated(head: &str) -> Option<(&'static str, &'static str)> {
    DATED.iter().find(|(date, ..)| head.ends_with(date)).map(|(_, before, after)| (*before, *after))
}

/// What a question for a date asks of which topic: the verb, and the topic.
pub fn event(question: &str) -> Option<(&'static str, &str)> {
    DATED.iter().find_map(|(_, before, after)| {
        let topic = question.strip_prefix(before)?.strip_suffix(after)?.trim();
        (!topic.is_empty()).then_some((*after, topic))
    })
}

/// Whether a name is long enough to mean one thing: an answer box for `The Lady` may be about any.
fn specific(name: &str) -> bool {
    let bare = name.strip_prefix("The ").or_else(|| name.strip_prefix("the ")).unwrap_or(name);
    bare.contains(' ') || name == bare
}

/// The query as a question: it is one, or it is `the R of X`, `X R` for a role or attribute R.
fn question(query: &str) -> Option<String> {
    let query = query.trim().trim_end_matches(['?', '.', ' ']);
    let query = query.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(query);
    if query.matches('"').count() % 2 == 1 {
        return None;
    }
    let words: Vec<&str> = query.split_whitespace().collect();
    if !(3..=22).contains(&words.len()) || query.contains('\n') {
        return None;
    }
    let first = words[0].to_lowercase();
    let asks = ["who", "when", "where", "how", "which", "what", "in"].contains(&first.as_str());
    if asks && is_question(&words) {
        return Some(capitalized(&words.join(" ")));
    }
    let (head, of) = attribute(query)?;
    let named = of.split_whitespace().any(|word| word.starts_with(char::is_uppercase));
    let head = &head.to_lowercase();
    let role = head.split(' ').next_back()?;
    let simple = head.split(' ').count() <= 3;
    if !named || !simple || of.split_whitespace().count() > 9 {
        return None;
    }
    const PEOPLE: &[&str] = &[
        "director",
        "author",
        "writer",
        "founder",
        "president",
        "mayor",
        "owner",
        "coach",
        "manager",
        "captain",
        "king",
        "queen",
        "wife",
        "husband",
        "father",
        "mother",
        "editor",
        "officer",
        "governor",
        "chairman",
        "minister",
        "architect",
        "host",
        "lyricist",
        "winner",
        "singer",
    ];
    const DATES: &[&str] = &["date", "birthday"];
    const NAMES: &[&str] = &["publisher", "manufacturer", "developer", "distributor", "producer"];
    const NUMBERS: &[&str] = &["population", "height", "elevation", "length", "area", "capacity", "number"];
    const PLACES: &[&str] = &["birthplace", "headquarters"];
    if DATES.contains(&role)
        && let Some((before, after)) = dated(head)
    {
        return specific(of).then(|| format!("{before} {of} {after}"));
    }
    if PEOPLE.contains(&role) {
        Some(format!("Who is the {head} of {of}"))
    } else if PLACES.contains(&role) {
        Some(format!("Where is the {head} of {of}"))
    } else if NUMBERS.contains(&role) || DATES.contains(&role) || NAMES.contains(&role) || role == "capital" {
        Some(format!("What is the {head} of {of}"))
    } else {
        None
    }
}

/// Whether the words ask in the order of a question: an auxiliary or verb follows what is asked for.
fn is_question(words: &[&str]) -> bool {
    const AUXILIARIES: &[&str] =
        &["is", "was", "are", "were", "did", "does", "do", "has", "have", "had", "can", "will"];
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    match lower[0].as_str() {
        "who" => !matches!(lower[1].as_str(), "the" | "a" | "an"),
        "when" | "where" => AUXILIARIES.contains(&lower[1].as_str()),
        "how" => {
            matches!(lower[1].as_str(), "many" | "much" | "old" | "tall" | "long" | "big" | "large" | "far")
        }
        "in" => {
            matches!(lower[1].as_str(), "what" | "which")
                && lower.iter().any(|word| AUXILIARIES.contains(&word.as_str()))
        }
        _ => {
            lower[1..].iter().take(5).any(|word| AUXILIARIES.contains(&word.as_str()) || word.ends_with("ed"))
        }
    }
}

fn wants(question: &str) -> Option<Wants> {
    let lower = question.to_lowercase();
    let words: Vec<&str> = lower.split(' ').collect();
    Some(match words[0] {
        "who" => Wants::Who,
        "when" => Wants::When,
        "where" => Wants::Where,
        "how" => Wants::Number,
        "in" if matches!(words[2], "year" | "month" | "century" | "decade") => Wants::When,
        "in" if matches!(words[2], "city" | "country" | "state" | "county" | "town" | "place") => {
            Wants::Where
        }
        "which" | "what" => match words[1] {
            "year" | "date" => Wants::When,
            "city" | "country" | "state" | "county" | "town" => Wants::Where,
            "is" | "was" | "are" | "were" => {
                let date = ["date", "birthday"];
                let maker = ["publisher", "manufacturer", "developer", "distributor", "producer"];
                let number = ["population", "height", "elevation", "length", "area", "capacity", "number"];
                let place = ["capital", "birthplace", "headquarters"];
                let head =
                    words.iter().position(|word| *word == "of").and_then(|at| words.get(at.checked_sub(1)?));
                match head {
                    Some(head) if number.contains(head) => Wants::Number,
                    Some(head) if place.contains(head) => Wants::Where,
                    Some(head) if date.contains(head) => Wants::When,
                    Some(head) if maker.contains(head) => Wants::Name,
                    _ => return None,
                }
            }
            word if word.chars().all(char::is_alphabetic) && !word.ends_with('s') => Wants::Name,
            _ => return None,
        },
        _ => return None,
    })
}

/// Whether a short observation is the kind of thing a question wants.
fn fits(wants: Wants, value: &str) -> bool {
    let whole_name =
        name_prefix(value).is_some_and(|name| name.len() == value.trim_end_matches(['.', ',']).len());
    let words = value.split_whitespace().count();
    let first = value.split_whitespace().next().unwrap_or("");
    let digits = first.trim_start_matches(['$', '£', '€', '~']).starts_with(|c: char| c.is_ascii_digit());
    match wants {
        Wants::Who => whole_name && words >= 2 && !value.contains(|c: char| c.is_ascii_digit()),
        Wants::When => dates(value).first().is_some_and(|date| date.len() + 8 >= value.len()),
        Wants::Where => {
            let bare = value.strip_prefix("the ").unwrap_or(value);
            bare.split(", ").all(|part| name_prefix(part).is_some_and(|name| name.len() == part.len()))
        }
        Wants::Number => digits && words <= 2,
        Wants::Name => whole_name && words <= 5,
    }
}

/// What the one sentence that has every content word of the question says beyond it.
fn stated<'a>(question: &str, wants: Wants, observation: &'a str) -> Option<&'a str> {
    let stems = content_stems(question);
    let mut covering = sentences(observation).into_iter().filter(|sentence| {
        let said = content_stems(sentence);
        stems.iter().all(|stem| said.contains(stem))
    });
    let sentence = covering.next()?;
    let hedged = ["not", "n't", "formerly", "until", "would", "could", "may", "might", "rumor", "reported"];
    let lower = sentence.to_lowercase();
    if covering.next().is_some() || hedged.iter().any(|word| lower.contains(word)) {
        return None;
    }
    match wants {
        Wants::When => {
            let dates = dates(sentence);
            let [date] = dates.as_slice() else { return None };
            Some(date)
        }
        // "who VERB …": the doer opens the sentence, and all that is asked follows.
        Wants::Who => {
            let name = name_prefix(sentence).filter(|name| name.contains(' '))?;
            let rest = content_stems(&sentence[name.len()..]);
            let subject = sentence[name.len()..].starts_with([' ', ',']);
            (subject && stems.iter().all(|stem| rest.contains(stem))).then_some(name)
        }
        Wants::Number => counted(question, sentence),
        Wants::Where => only_place(question, sentence),
        Wants::Name => None,
    }
}

/// The only place after "in" or "at" that the question does not name itself.
fn only_place<'a>(question: &str, sentence: &'a str) -> Option<&'a str> {
    let verb = stem(&question.rsplit(' ').next()?.to_lowercase());
    let mut places = [" in ", " at "]
        .iter()
        .flat_map(|link| sentence.match_indices(link).map(|(at, link)| at + link.len()))
        .filter(|start| sentence[..*start].rsplit(' ').take(3).any(|word| stem(&word.to_lowercase()) == verb))
        .filter_map(|start| names_prefix(&sentence[start..]))
        .filter(|place| !question.contains(place));
    let place = places.next()?;
    let full = place.split(", ").all(|part| name_prefix(part).is_some_and(|name| name.len() == part.len()));
    let month = dates(place).is_empty() && date_prefix(place).is_none();
    (places.next().is_none() && full && month).then_some(place)
}

/// The number before the counted noun: `how many albums …`, `… has sold 12 albums`.
fn counted<'a>(question: &str, sentence: &'a str) -> Option<&'a str> {
    let noun = question.strip_prefix("How many ")?.split(' ').next().map(stem)?;
    let words: Vec<&str> = sentence.split(' ').collect();
    let mut numbers = (0..words.len()).filter(|&at| words[at].starts_with(|c: char| c.is_ascii_digit()));
    let at = numbers.next()?;
    let next = words.get(at + 1)?.trim_end_matches(['.', ',', ';']);
    let plain = words[at].bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    (plain && numbers.next().is_none() && stem(&next.to_lowercase()) == noun).then(|| words[at])
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_answers_must_be_of_the_kind_asked_for() {
        for (query, observation, answer) in [
            ("who founded Acme Corporation", "Wile Coyote", Some("Wile Coyote")),
            ("who founded Acme Corporation", "1949", None),
            ("When did the Battle of Maldon take place?", "11 August 991", None),
            ("when was Acme Corporation founded", "September 17, 1949", Some("September 17, 1949")),
            ("population of Springfield according to the census", "30,720", Some("30,720")),
            ("builder bridge", "John Doe", None),
            ("who won the Acme Cup in 1999", "Ann Lee won the Acme Cup in 1999.", Some("Ann Lee")),
            ("who beat Ann Lee in the Acme Cup", "Ann Lee beat Bo Kim in the Acme Cup.", None),
            ("how many albums has Ann Lee released", "Ann Lee has released 12 albums.", Some("12")),
        ] {
            assert_eq!(ask(query, observation).map(|(_, value)| value), answer, "{query}");
        }
    }
}
