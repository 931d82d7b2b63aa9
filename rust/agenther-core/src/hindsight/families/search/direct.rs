//! Queries that are questions, and observations that are their answers: a search engine's answer box,
//! or a sentence that says all the query asks and one thing more.

use super::attribute;
use super::demonyms::nationality_prefix;
use super::lead::names_people;
use super::prose::{content_stems, date_prefix, dates, name_prefix, names_prefix, sentences, stem};
use super::relative::{self, Place};

/// Longer observations are prose, not answers.
const MAX_BOX_WORDS: usize = 7;

/// What a question wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// A person.
    Who,
    /// A date or year.
    When,
    /// A place.
    Where,
    /// A number, with its unit.
    Number,
    /// An adjective of nationality.
    Nationality,
    /// What someone does.
    Occupation,
    /// Any name.
    Name,
    /// Something that only the sentence with it tells.
    Any,
    /// Whether something is so.
    Whether,
    /// The place of a named kind.
    Which(Place),
    /// The kind of something: `life insurance group`.
    Kind,
}

/// The question that a query puts and that the observation answers, with the answer as it stands there.
pub fn ask<'a>(query: &str, observation: &'a str) -> Option<(String, &'a str)> {
    let (question, wants) = question(query)?;
    let observation = observation.trim();
    let value =
        if observation.split_whitespace().count() <= MAX_BOX_WORDS && sentences(observation).is_empty() {
            let value = observation.trim_end_matches('.');
            bare(wants, value).filter(|value| fits(wants, value) && is_specific(&question))?
        } else {
            stated(&question, wants, observation)?
        };
    let stems = content_stems(&question);
    let new = content_stems(value).iter().any(|stem| !stems.contains(stem));
    new.then_some((question, value))
}

/// Whether a question names what it is about, by more than `M1`: an answer box tells not which one it means.
fn is_specific(question: &str) -> bool {
    let named =
        |word: &str| word.len() > 2 && word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    question.split(|c: char| !c.is_alphanumeric()).skip(1).any(named)
}

/// Whether an observation is a bare answer, not prose.
pub fn is_box(observation: &str) -> bool {
    observation.split_whitespace().count() <= MAX_BOX_WORDS && sentences(observation).is_empty()
}

/// The query as a question: it is one, or names an attribute of something.
pub fn question(query: &str) -> Option<(String, Wants)> {
    let query = query.trim().trim_end_matches(['?', '.', ' ']);
    let query = query.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(query);
    if query.matches('"').count() % 2 == 1 {
        return None;
    }
    let words: Vec<&str> = query.split_whitespace().collect();
    if has_several_answers(&words) {
        return None;
    }
    if !(2..=22).contains(&words.len()) || query.contains('\n') {
        return None;
    }
    if asks(&words) {
        let question = capitalized(&there_are(&words).unwrap_or_else(|| words.join(" ")));
        return wants(&question).map(|wants| (question, wants));
    }
    attribute::question(query)
        .or_else(|| relative::question(query))
        .or_else(|| relative::in_place(query))
        .or_else(|| in_place(&words))
}

/// Whether no short answer is the whole one: what is next is another thing every year, a label signs many artists, and
/// battles that take place do so on several days.
fn has_several_answers(words: &[&str]) -> bool {
    let is = |word: &&str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    words.iter().any(|word| is(word, &["next", "upcoming"]))
        || words.windows(2).any(|pair| is(&pair[0], &["signed"]) && is(&pair[1], &["with", "to", "by"]))
        || matches!(words, [.., event, "take", "place"] if event.ends_with('s') && !event.ends_with("ss"))
}

/// `how many languages in Veld` as `how many languages are there in Veld`.
fn there_are(words: &[&str]) -> Option<String> {
    let (["how", "many", rest @ ..] | ["How", "many", rest @ ..]) = words else { return None };
    let at = rest.iter().position(|word| *word == "in").filter(|at| (1..=3).contains(at))?;
    let plain = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
    let named = rest[at + 1..].iter().any(|word| word.starts_with(char::is_uppercase));
    let is_verbless = !rest.iter().any(|word| AUXILIARIES.contains(word) || word.ends_with("ed"));
    (rest[..at].iter().all(plain) && named && is_verbless)
        .then(|| format!("How many {} are there {}", rest[..at].join(" "), rest[at..].join(" ")))
}

/// The query as a question that only a whole sentence answers: it says not what kind of thing is wanted, or asks for
/// an attribute that answer boxes get wrong.
pub fn loose_question(query: &str) -> Option<(String, Wants)> {
    let query = query.trim().trim_end_matches(['?', '.', ' ']);
    let words: Vec<&str> = query.split_whitespace().collect();
    let is_bounded = (3..=22).contains(&words.len())
        && !query.contains('\n')
        && query.matches('"').count().is_multiple_of(2);
    if !is_bounded {
        return None;
    }
    if asks(&words) {
        return Some((capitalized(&words.join(" ")), Wants::Any));
    }
    let asks_whether = ["is", "are", "was", "were", "did", "does", "do", "has", "have"];
    if asks_whether.contains(&words[0].to_lowercase().as_str())
        && words.len() >= 4
        && words.last() != Some(&"not")
    {
        return Some((capitalized(&words.join(" ")), Wants::Whether));
    }
    attribute::loose(query)
}

/// Whether the words are a question.
fn asks(words: &[&str]) -> bool {
    let first = words[0].to_lowercase();
    let opens = ["who", "when", "where", "how", "which", "what", "in", "at", "on", "for", "from", "to", "by"];
    opens.contains(&first.as_str()) && words.len() > 2 && is_question(words)
}

/// `Las Vegas Valley is in what county`: what is asked for stands where the answer does.
fn in_place(words: &[&str]) -> Option<(String, Wants)> {
    let at = words.iter().position(|word| matches!(*word, "what" | "which")).filter(|at| *at >= 2)?;
    let verb = ["is", "was", "are", "were", "has", "had"].iter().any(|verb| words[..at].contains(verb))
        || words[..at].iter().any(|word| word.ends_with("ed"));
    let noun = words.get(at + 1..)?.last()?;
    let named = words[0].starts_with(char::is_uppercase);
    let last = words.len() - at <= 3
        && words[at + 1..].iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase()));
    let wants = match *noun {
        "year" => Wants::When,
        "city" | "country" | "county" | "state" | "region" | "town" | "province" => Wants::Where,
        noun if noun.chars().all(|c| c.is_ascii_lowercase()) && !noun.ends_with('s') => Wants::Name,
        _ => return None,
    };
    (named && verb && last).then(|| (words.join(" "), wants))
}

const AUXILIARIES: &[&str] =
    &["is", "was", "are", "were", "did", "does", "do", "has", "have", "had", "can", "will"];

/// Whether the words ask in the order of a question: an auxiliary or verb follows what is asked for.
fn is_question(words: &[&str]) -> bool {
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    match lower[0].as_str() {
        "who" => !matches!(lower[1].as_str(), "the" | "a" | "an"),
        // `where in Veld was …`
        "when" | "where" => {
            let at = if lower[1] == "in" { 2..5.min(lower.len()) } else { 1..2 };
            lower[at].iter().any(|word| AUXILIARIES.contains(&word.as_str()))
        }
        "how" => {
            matches!(lower[1].as_str(), "many" | "much" | "old" | "tall" | "long" | "big" | "large" | "far")
        }
        "in" | "at" | "on" | "for" | "from" | "to" | "by" => {
            matches!(lower[1].as_str(), "what" | "which")
                && lower.iter().any(|word| AUXILIARIES.contains(&word.as_str()))
        }
        _ => {
            // "which company owns …"
            let present = |word: &str| word.len() > 3 && word.ends_with('s') && !word.ends_with("ss");
            lower[1..].iter().take(5).any(|word| AUXILIARIES.contains(&word.as_str()) || word.ends_with("ed"))
                || lower.len() > 3 && !lower[1].ends_with('s') && present(&lower[2])
                // "which company in Veld owns …"
                || lower.len() > 5 && !lower[1].ends_with('s') && lower[2] == "in" && present(&lower[4])
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
            "type" | "kind" | "sort" if words.get(2) == Some(&"of") => Wants::Kind,
            "is" | "was" | "are" | "were" => {
                let number = ["population", "height", "elevation", "length", "area", "capacity", "number"];
                let place = ["capital", "birthplace", "headquarters"];
                let head =
                    words.iter().position(|word| *word == "of").and_then(|at| words.get(at.checked_sub(1)?));
                match head {
                    Some(head) if number.contains(head) => Wants::Number,
                    Some(head) if place.contains(head) => Wants::Where,
                    _ => return None,
                }
            }
            word if word.chars().all(char::is_alphabetic) && !word.ends_with('s') => Wants::Name,
            _ => return None,
        },
        _ => return None,
    })
}

/// The answer without what boxes put around it: `actor Ann Lee` is Ann Lee, `May 1886, Bern` a date and a place.
fn bare(wants: Wants, value: &str) -> Option<&str> {
    match wants {
        Wants::When => match date_prefix(value) {
            Some(date) if value[date.len()..].starts_with(", ") => Some(date),
            _ => Some(value),
        },
        Wants::Name | Wants::Which(_) => Some(value.strip_prefix("the ").unwrap_or(value)),
        Wants::Who => {
            let lower_case = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
            let roles: usize =
                value.split(' ').take(2).take_while(lower_case).map(|word| word.len() + 1).sum();
            value.get(roles..)
        }
        _ => Some(value),
    }
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
        Wants::When => {
            dates(value).first().is_some_and(|date| date.len() + 8 >= value.len()) || is_era(value)
        }
        Wants::Where => {
            let bare = value.strip_prefix("the ").unwrap_or(value);
            bare.split(", ").all(|part| name_prefix(part).is_some_and(|name| name.len() == part.len()))
        }
        // `25 million records`, `9.48 billion USD`, `40.71° N, 74.01° W`
        Wants::Number => {
            digits && (words <= 2 || has_scale(value) || value.contains('°') && words <= 4)
                || is_number_word(first) && words <= 3
        }
        Wants::Which(Place::Inside) => {
            let parts = value.split(", ").count();
            (parts > 1 || value.ends_with(" County") || value.starts_with("County "))
                && value
                    .split(", ")
                    .all(|part| name_prefix(part).is_some_and(|name| name.len() == part.len()))
        }
        Wants::Which(Place::Whole) => whole_name,
        Wants::Kind => {
            let plain = |c: char| c.is_ascii_lowercase() || matches!(c, ' ' | '-');
            (1..=4).contains(&words) && value.chars().all(plain)
        }
        Wants::Nationality => {
            value.split(' ').count() <= 2 && nationality_prefix(&format!("{value} one")) == Some(value)
        }
        Wants::Occupation => {
            let lower = value.to_lowercase();
            words <= 3 && lower.chars().all(|c| c.is_alphabetic() || c == ' ') && names_people(&lower)
        }
        Wants::Name => words <= 6 && is_named(value),
        Wants::Any | Wants::Whether => false,
    }
}

/// Whether all of a value is a name, of which later words may begin with digits: `San Francisco 49ers`.
fn is_named(value: &str) -> bool {
    let mut words = value.split(' ');
    let begins = words.next().is_some_and(|word| word.starts_with(char::is_uppercase));
    let particle = |word: &str| ["of", "the", "and", "de", "van", "von", "la", "del"].contains(&word);
    let goes_on = |word: &str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    begins
        && words.all(|word| particle(word) || goes_on(word))
        && !value.contains([',', ';', ':', '|', '/', '?'])
        && dates(value).is_empty()
}

/// `79 CE`, `AD 616`
fn is_era(value: &str) -> bool {
    const ERAS: &[&str] = &["BC", "BCE", "AD", "CE"];
    let is_year =
        |word: &str| (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    value.split_once(' ').is_some_and(|(one, other)| {
        ERAS.contains(&one) && is_year(other) || ERAS.contains(&other) && is_year(one)
    })
}

/// Whether a word is a number.
pub fn is_number_word(word: &str) -> bool {
    const WORDS: &[&str] =
        &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.contains(&word)
}

/// `9.48 billion USD`: a number, its scale and at most two words for what is counted.
fn has_scale(value: &str) -> bool {
    let mut words = value.split_whitespace().skip(1);
    words.next().is_some_and(|scale| matches!(scale, "thousand" | "million" | "billion"))
        && words.count() <= 2
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
        Wants::Name
        | Wants::Nationality
        | Wants::Occupation
        | Wants::Any
        | Wants::Whether
        | Wants::Which(_)
        | Wants::Kind => None,
    }
}

/// The only place after "in" or "at" that the question does not name itself.
fn only_place<'a>(question: &str, sentence: &'a str) -> Option<&'a str> {
    let verb = question.rsplit(' ').next()?.to_lowercase();
    let verb = stem(&verb);
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
            ("When did the Seven Ford Battles take place?", "June 25, 1862", None),
            ("next generation of trains of Acme Rail", "Type 7", None),
            ("artist signed with Veld Music in 2011", "Ann Lee", None),
            ("who won the Acme Cup in 1999", "Ann Lee won the Acme Cup in 1999.", Some("Ann Lee")),
            ("who beat Ann Lee in the Acme Cup", "Ann Lee beat Bo Kim in the Acme Cup.", None),
            ("how many albums has Ann Lee released", "Ann Lee has released 12 albums.", Some("12")),
        ] {
            assert_eq!(ask(query, observation).map(|(_, value)| value), answer, "{query}");
        }
    }
}
