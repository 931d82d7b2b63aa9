//! Queries that describe what they look for: `company that owns Brisk Tea`, `city where Grey Fox was formed`, `team Jon
//! Hale played for`. People put the same as a question, which asks for the noun.

use super::claim::{DID, is_subject, relative};
use super::demonyms::is_demonym;
use super::direct::Wants;
use super::lead::names_people;
use super::prose::name_prefix;
use super::{attribute, capitalized};
use crate::hindsight::families::english::{is_plural, singular};

/// A noun is described by so many words at most.
const MAX_HEAD: usize = 5;

/// Pasts and participles that do not end in `ed`.
const IRREGULAR: &[&str] =
    &["won", "wrote", "sang", "led", "made", "built", "held", "known", "written", "set", "spoken", "beat"];

/// Participles of what still holds.
const LASTING: &[&str] = &[
    "located",
    "based",
    "spoken",
    "used",
    "situated",
    "headquartered",
    "known",
    "called",
    "named",
    "considered",
    "assigned",
    "affiliated",
    "associated",
];

/// Pasts that take no object: what follows them does not say who did it.
const INTRANSITIVE: &[&str] = &[
    "appeared",
    "starred",
    "played",
    "died",
    "lived",
    "worked",
    "served",
    "competed",
    "participated",
    "originated",
    "succeeded",
    "graduated",
    "resided",
    "debuted",
];

const LINKS: &[&str] = &[
    "where", "that", "which", "who", "whose", "when", "of", "in", "on", "at", "for", "with", "from", "by",
    "to", "as", "about", "and",
];

/// The question that a description stands for, and what it wants to know.
pub fn question(query: &str) -> Option<(String, Wants)> {
    let (head, rest) = head(query)?;
    let noun = head.rsplit(' ').next()?;
    let asked = clause(head, rest)
        .or_else(|| doing(head, rest))
        .or_else(|| done_by_name(head, rest))
        .or_else(|| in_both(head, rest))
        .or_else(|| placed(head, rest))?;
    let named = rest.split(' ').any(|word| word.trim_start_matches('"').starts_with(char::is_uppercase));
    (named && asked.split(' ').count() <= 22).then(|| (with_articles(&asked), wants(noun)))
}

/// `in NBC series` as `in the NBC series`: queries leave articles out.
fn with_articles(question: &str) -> String {
    const WORKS: &[&str] = &["series", "film", "movie", "show", "sitcom", "game", "novel", "book"];
    let words: Vec<&str> = question.split(' ').collect();
    let mut said: Vec<&str> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let follows = at > 0 && matches!(words[at - 1], "in" | "on" | "of" | "about" | "from");
        let names = words[at..].iter().take_while(|word| word.starts_with(char::is_uppercase)).count();
        if follows && words.get(at + names).is_some_and(|noun| WORKS.contains(noun)) {
            said.push("the");
        }
        said.push(word);
    }
    said.join(" ")
}

/// What an answer to `which NOUN` is.
pub fn wants(noun: &str) -> Wants {
    match noun {
        "year" | "date" | "month" | "day" => Wants::When,
        "city" | "town" | "village" | "county" => Wants::Which(Place::Inside),
        "country" | "state" | "province" | "region" | "continent" => Wants::Which(Place::Whole),
        noun if is_person(noun) => Wants::Who,
        _ => Wants::Name,
    }
}

/// How a place is told: a town by what it lies in, a country by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `Port Amber, Veld`: an answer box with one name is as often the country.
    Inside,
    /// `Veld`
    Whole,
}

/// What the query looks for as a thing to speak of: `the company that owns Brisk Tea`.
pub fn description(query: &str) -> Option<String> {
    question(query)?;
    Some(format!("the {}", query.trim().trim_end_matches(['?', '.', ' '])))
}

fn is_person(noun: &str) -> bool {
    names_people(noun) || attribute::is_role(noun)
}

/// The noun that the query begins with and what describes it before: `national team`, `Austrian football club`, `1986
/// film`.
fn head(query: &str) -> Option<(&str, &str)> {
    let query = query.trim();
    let mut end = 0;
    let mut count = 0;
    for word in query.split(' ') {
        let lower = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let is_year = count == 0 && word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
        let link = LINKS.contains(&word) && !(word == "and" && count > 0);
        let described = lower || is_year || count > 0 && is_acronym(word);
        if link || !(described || count == 0 && is_demonym(word)) || count > 0 && is_verb(word) {
            break;
        }
        end += word.len() + 1;
        count += 1;
    }
    let head = query.get(..end)?.trim_end();
    let last = head.rsplit(' ').next()?;
    let noun =
        last.len() > 2 && !is_plural(last) && singular(last) == last && last.starts_with(char::is_lowercase);
    ((1..=MAX_HEAD).contains(&count) && noun && !last.ends_with("ing") && !head.ends_with(" and"))
        .then(|| (head, query[end..].trim()))
        .filter(|(_, rest)| !rest.is_empty())
}

/// `MI6` of an `MI6 agent`.
fn is_acronym(word: &str) -> bool {
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    (2..=5).contains(&word.len())
        && capitals >= 2
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_verb(word: &str) -> bool {
    word.len() > 3 && word.ends_with("ed") || IRREGULAR.contains(&word)
}

fn is_present(word: &str) -> bool {
    word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end))
}

/// `that owns X`, `who was a member of X`, `where X is located`, `in X who won Y`.
fn clause(head: &str, rest: &str) -> Option<String> {
    if rest.starts_with("where ") {
        return relative(head, rest).or_else(|| done_there(head, rest.strip_prefix("where ")?));
    }
    let (before, clause) = ["that ", "who ", "which "].iter().find_map(|link| {
        let at = rest.find(link)?;
        (at == 0 || rest[..at].ends_with(' ')).then(|| (&rest[..at], &rest[at + link.len()..]))
    })?;
    let place = before.trim_end();
    // `actor in Grey Fox who starred in Low Tide`
    let is_place = place.is_empty()
        || place
            .split_once(' ')
            .is_some_and(|(link, name)| matches!(link, "in" | "of" | "on" | "from") && is_name(name));
    let verb = clause.split(' ').next()?;
    let finite = is_verb(verb) || is_present(verb) || matches!(verb, "is" | "was" | "has" | "had");
    if is_place && finite && !dangles(clause) {
        let place = if place.is_empty() { String::new() } else { format!(" {place}") };
        return Some(format!("Which {head}{place} {clause}"));
    }
    place.is_empty().then(|| relative(head, rest).or_else(|| done_by_name(head, clause)))?
}

/// `in the city of Amber associated with Grey Fox`: where it is, and what is said of it.
fn placed(head: &str, rest: &str) -> Option<String> {
    let place = rest.strip_prefix("in ")?;
    let at = LASTING.iter().find_map(|verb| place.find(&format!(" {verb} ")))?;
    let (place, said) = (&place[..at], &place[at + 1..]);
    let named = place.split(' ').any(|word| word.starts_with(char::is_uppercase));
    (named && place.split(' ').count() <= 8 && !dangles(said))
        .then(|| format!("Which {head} in {place} is {said}"))
}

/// `in "Low Tide" and "High Tide"`: of one work there are several.
fn in_both(head: &str, rest: &str) -> Option<String> {
    let (one, other) = rest.strip_prefix("in ")?.split_once(" and ")?;
    let is_title = |text: &str| {
        text.len() > 2 && text.starts_with('"') && text.ends_with('"') && text.matches('"').count() == 2
    };
    (is_person(head.rsplit(' ').next()?) && is_title(one) && is_title(other))
        .then(|| format!("Which {head} appears in both {one} and {other}"))
}

/// `founded by X`, `spoken in X`, `released "X"`.
fn doing(head: &str, rest: &str) -> Option<String> {
    let (verb, after) = rest.split_once(' ')?;
    if !is_verb(verb) || dangles(after) || has_second_verb(after) {
        return None;
    }
    let next = after.split(' ').next()?;
    let be = if LASTING.contains(&verb) { "is" } else { "was" };
    match next {
        "by" => Some(format!("Which {head} was {rest}")),
        "in" | "on" | "at" | "to" | "for" | "from" | "with" | "as" => {
            let is_active = INTRANSITIVE.contains(&verb) || verb == "won";
            Some(if is_active { format!("Which {head} {rest}") } else { format!("Which {head} {be} {rest}") })
        }
        next if next
            .trim_start_matches('"')
            .starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) =>
        {
            (!LASTING.contains(&verb)).then(|| format!("Which {head} {rest}"))
        }
        // `released song Low Tide`
        kind if attribute::kind(after) == Some(kind) && !LASTING.contains(&verb) => {
            Some(format!("Which {head} {verb} the {after}"))
        }
        // `won victories for X`
        several if is_plural(several) && several.starts_with(char::is_lowercase) => {
            (!LASTING.contains(&verb) && !INTRANSITIVE.contains(&verb))
                .then(|| format!("Which {head} {rest}"))
        }
        "the" | "all" | "both" | "a" | "an" => {
            (!LASTING.contains(&verb)).then(|| format!("Which {head} {rest}"))
        }
        _ => None,
    }
}

/// Whether another verb follows that no "and" joins: `nicknamed "Grey Fox" played for Veld`.
fn has_second_verb(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    words
        .windows(2)
        .any(|pair| base(pair[1]).is_some() && !matches!(pair[0], "and" | "who" | "that" | "which"))
}

/// `Jon Hale played for`, `Ann Lee is the president of`.
fn done_by_name(head: &str, rest: &str) -> Option<String> {
    if let Some(question) = relative(head, rest) {
        return Some(question);
    }
    let (subject, verb, after) = subject_verb(rest)?;
    let base = base(verb)?;
    let asks = after.is_empty() || after.split(' ').all(|word| LINKS.contains(&word) || is_year(word));
    let after = if after.is_empty() { String::new() } else { format!(" {after}") };
    asks.then(|| format!("Which {head} did {subject} {base}{after}"))
}

/// `where Jon Hale died`
fn done_there(head: &str, rest: &str) -> Option<String> {
    let (subject, verb, after) = subject_verb(rest)?;
    let base = base(verb)?;
    let preposition = if super::claim::is_area(head) { "In" } else { "At" };
    let after = if after.is_empty() { String::new() } else { format!(" {after}") };
    (!dangles(&after)).then(|| format!("{preposition} which {head} did {subject} {base}{after}"))
}

/// A name, the verb after it and the rest.
pub fn subject_verb(text: &str) -> Option<(&str, &str, &str)> {
    let bare = text.strip_prefix("the ").map_or(0, |_| "the ".len());
    let quoted = text[bare..].strip_prefix('"').and_then(|rest| Some(rest.find('"')? + 2));
    let length = bare + quoted.or_else(|| Some(name_prefix(&text[bare..])?.len()))?;
    let subject = text.get(..length)?;
    let rest = text.get(length..)?.strip_prefix(' ')?;
    let (verb, after) = rest.split_once(' ').unwrap_or((rest, ""));
    is_subject(subject).then_some((subject, verb, after))
}

/// The base form of a past.
pub fn base(past: &str) -> Option<&'static str> {
    DID.iter().find(|(known, _)| *known == past).map(|(_, base)| *base)
}

fn is_name(text: &str) -> bool {
    let text = text.trim_matches('"');
    name_prefix(text).is_some_and(|name| name.len() == text.len())
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn dangles(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(|last| LINKS.contains(&last))
}

/// A question whose word for what is asked stands where the answer does: `Jon Hale was sent to which team in 1951?`,
/// `Ann Lee named a lake after who?`
pub fn in_place(query: &str) -> Option<(String, Wants)> {
    let words: Vec<&str> = query.split(' ').collect();
    let at = words
        .iter()
        .position(|word| matches!(*word, "what" | "which" | "who" | "whom"))
        .filter(|at| *at >= 2)?;
    let (subject, verb, middle) = {
        let before = words[..at].join(" ");
        let at = query.get(..before.len())?;
        subject_and_verb(at)?
    };
    let (middle, preposition) = match middle.rsplit(' ').next() {
        Some(last) if LINKS.contains(&last) && last != "and" => {
            (middle[..middle.len() - last.len()].trim_end(), last)
        }
        _ => (middle, ""),
    };
    let is_link = |word: &&str| LINKS.contains(word);
    let length = words[at + 1..].iter().take_while(|word| !is_link(word)).count();
    let noun = words[at + 1..at + 1 + length].join(" ");
    let rest = words[at + 1 + length..].join(" ");
    let last = noun.rsplit(' ').next().unwrap_or("");
    let who = matches!(words[at], "who" | "whom");
    let plain = noun.is_empty() == who && length <= 4 && !is_plural(last);
    if !plain || dangles(&rest) {
        return None;
    }
    let wants = if who { Wants::Who } else { wants(last) };
    let which = if who {
        "who".to_string()
    } else {
        format!("{} {noun}", if wants == Wants::When { "what" } else { "which" })
    };
    let (be, did) = match verb {
        "is" | "was" | "are" | "were" => (Some(verb), ""),
        "named" if matches!(middle, "" | "after") => (Some("is"), "named"),
        "named" => (None, "name"),
        verb => (None, base(verb)?),
    };
    let fronted = matches!(preposition, "in" | "on" | "at") && !who;
    let (front, behind) =
        if fronted { (format!("{preposition} "), "") } else { (String::new(), preposition) };
    let auxiliary = be.unwrap_or("did");
    let parts = [did, middle, behind, &rest];
    let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let question = format!("{front}{which} {auxiliary} {subject} {}", said.join(" "));
    Some((capitalized(question.trim_end()), wants))
}

/// A name, with what stands between it and its verb, the verb and the rest.
fn subject_and_verb(text: &str) -> Option<(&str, &str, &str)> {
    let verb = |word: &str| matches!(word, "is" | "was" | "are" | "were" | "named") || base(word).is_some();
    let mut at = 0;
    for word in text.split(' ') {
        if at > 0 && verb(word) {
            let subject = text[..at].trim_end();
            return is_subject(subject).then(|| (subject, word, text[at + word.len()..].trim()));
        }
        at += word.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_asked_for_by_their_noun() {
        for (query, expected) in [
            ("company that owns Brisk Tea", Some("Which company owns Brisk Tea")),
            ("city where Grey Fox was formed", Some("In which city was Grey Fox formed")),
            ("town where Ann Lee died", Some("In which town did Ann Lee die")),
            ("team Jon Hale played for", Some("Which team did Jon Hale play for")),
            ("college Ann Lee is the president of", Some("Which college is Ann Lee the president of")),
            (
                "band supported by Grey Fox on Low Tide Tour",
                Some("Which band was supported by Grey Fox on Low Tide Tour"),
            ),
            ("Veldic language spoken in Amber", None),
            ("German language spoken in Amber", Some("Which German language is spoken in Amber")),
            (
                "actor in Low Tide who starred in High Tide",
                Some("Which actor in Low Tide starred in High Tide"),
            ),
            ("boy band released \"Said and Done\"", Some("Which boy band released \"Said and Done\"")),
            ("actress played Ann Lee in VBC series", Some("Which actress played Ann Lee in the VBC series")),
            ("player nicknamed \"Fox\" played for Veld", None),
            (
                "fictional MI6 agent created by Ann Lee in 1952",
                Some("Which fictional MI6 agent was created by Ann Lee in 1952"),
            ),
            ("Veldic rally driver won victories for Amber", None),
            (
                "German rally driver won victories for Amber",
                Some("Which German rally driver won victories for Amber"),
            ),
            (
                "actor in \"Low Tide\" and \"High Tide\"",
                Some("Which actor appears in both \"Low Tide\" and \"High Tide\""),
            ),
            ("actor in \"Low Tide\"", None),
            (
                "road in the city of Amber associated with Grey Fox",
                Some("Which road in the city of Amber is associated with Grey Fox"),
            ),
            ("singer released song Low Tide", Some("Which singer released the song Low Tide")),
            ("castles built by Ann Lee", None),
            ("film", None),
            ("distance between Amber and Veld", None),
            ("Ann Lee birth date", None),
        ] {
            assert_eq!(question(query).map(|(question, _)| question).as_deref(), expected, "{query}");
        }
    }

    #[test]
    fn what_is_asked_for_goes_to_the_front() {
        for (query, expected) in [
            ("Amber was destroyed in what year", Some("In what year was Amber destroyed")),
            ("Jon Hale was sent to which team in 1951", Some("Which team was Jon Hale sent to in 1951")),
            (
                "Jon Hale played which character in Low Tide",
                Some("Which character did Jon Hale play in Low Tide"),
            ),
            (
                "Veld Prize named after which English astronomer",
                Some("Which English astronomer is Veld Prize named after"),
            ),
            ("Ann Lee named a lake after who", Some("Who did Ann Lee name a lake after")),
            ("Ann Lee is known for what", None),
            ("what is Ann Lee known for", None),
        ] {
            assert_eq!(in_place(query).map(|(question, _)| question).as_deref(), expected, "{query}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_query_makes_it_panic(
            query in "((company|city|where|that|who|which|what|Ann Lee|é|is|was|played|for|by|in|named|after|\"|1990|German|the|owns) ?){0,10}",
        ) {
            let _ = (question(&query), in_place(&query), description(&query));
        }
    }
}
