//! The first sentence of a passage: what it is about, and whether that is a person, a work or something else.

use std::cell::LazyCell;
use std::ops::Deref;

use super::demonyms::is_demonym;
use super::named;
use super::prose::{content_stems, dates};

/// Nouns of works, which may stand before the title: "the film …".
const WORKS: &[&str] = &[
    "film",
    "song",
    "album",
    "novel",
    "book",
    "play",
    "opera",
    "single",
    "sitcom",
    "musical",
    "documentary",
    "miniseries",
    "series",
    "magazine",
    "game",
];

/// The first sentence taken apart: `SUBJECT (PARENTHESIS) COPULA PREDICATE`.
pub struct Lead<'a> {
    /// What the sentence is about.
    pub subject: &'a str,
    /// The name by which it is better known: `…, known professionally as Cashmere Lynx, is …`.
    pub alias: Option<&'a str>,
    /// What stands in parentheses right after it.
    pub parenthesis: Option<&'a str>,
    /// `is`, `was`, `are` or `were`.
    pub copula: &'a str,
    /// The rest, without its mark.
    pub predicate: &'a str,
}

impl<'a> Lead<'a> {
    /// Takes a sentence apart.
    pub fn parse(sentence: &'a str) -> Option<Self> {
        let (copula_at, copula) = [" is ", " was ", " are ", " were "]
            .iter()
            .filter_map(|copula| outside_parentheses(sentence, copula).map(|at| (at, copula.trim())))
            .min()?;
        let before = &sentence[..copula_at];
        let predicate = sentence[copula_at + copula.len() + 2..].trim_end_matches(['.', '!', '?']);
        let (subject, parenthesis) = match before.find(" (").or_else(|| before.find('(')) {
            Some(open) => {
                let inside = before[open..].trim_start().strip_prefix('(')?;
                let close = closing(inside)?;
                (before[..open].trim(), Some(&inside[..close]))
            }
            None => (before.trim(), None),
        };
        let subject = subject.split(", ").next().unwrap_or(subject);
        let subject = named::first_of(subject, parenthesis);
        (!subject.is_empty() && subject.len() < 80).then_some(Lead {
            subject,
            alias: alias(before),
            parenthesis,
            copula,
            predicate,
        })
    }
}

/// The other name that stands between the subject and the verb.
fn alias(before: &str) -> Option<&str> {
    const KNOWN_AS: &[&str] = &[
        "known professionally as ",
        "professionally known as ",
        "known by his stage name ",
        "known by her stage name ",
        "better known as ",
        "better known by his stage name ",
        "better known by her stage name ",
        "known mononymously as ",
    ];
    let at = KNOWN_AS.iter().find_map(|known| before.find(known).map(|at| at + known.len()))?;
    let name = before[at..].split([',', '(']).next()?.trim();
    let plain = !name.contains(" or ") && !name.contains(" and ") && !name.contains('"');
    (!name.is_empty() && plain).then_some(name)
}

fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn outside_parentheses(text: &str, needle: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && text[at..].starts_with(needle) => return Some(at),
            _ => {}
        }
    }
    None
}

/// `The Letter (1940 film)` → `The Letter`, `1940 film`.
pub fn split_disambiguator(query: &str) -> (&str, Option<&str>) {
    let query = query.trim().trim_matches('"').trim();
    match query.strip_suffix(')').and_then(|query| query.split_once(" (")) {
        Some((name, disambiguator)) => (name, Some(disambiguator)),
        // `Lantern band`
        None => match query.rsplit_once(' ') {
            Some((name, kind)) if kind == "band" || WORKS.contains(&kind) => (name, Some(kind)),
            _ => (query, None),
        },
    }
}

/// Whether the lead is about the query: its subject has every word of it, and little else.
pub fn about(name: &str, disambiguator: Option<&str>, lead: &Lead<'_>) -> bool {
    // `Discovery+` is not `Discovery`.
    if name.contains('+') != lead.subject.contains('+') {
        return false;
    }
    let wanted = content_stems(name);
    let subject = content_stems(lead.subject);
    let described = LazyCell::new(|| content_stems(lead.predicate));
    let covered = !wanted.is_empty() && wanted.iter().all(|stem| subject.contains(stem));
    // A person's full name has more words than the usual one; of other subjects, longer ones are others.
    let person = lead.parenthesis.is_some_and(|inside| inside.contains("born") || inside.contains('–'));
    let same = subject.len() <= wanted.len() + if person { 3 } else { 0 };
    let fits = disambiguator.is_none_or(|words| {
        let says = |stem: &String| {
            described.contains(stem) || stem == "tv" && described.iter().any(|said| said == "television")
        };
        content_stems(words).iter().all(says)
    });
    let is_same = covered && same
        || person && shortened(name, lead.subject)
        || named::is_name_of(name, lead)
        || narrowed(name, lead, &subject, &described);
    is_same && fits || named::is_spelt_out(name, disambiguator, lead)
}

/// Whether a query is the subject and a word or two that the predicate has: `Adair County, Oklahoma`, `Veld Rovers
/// football`.
fn narrowed(
    name: &str,
    lead: &Lead<'_>,
    subject: &[String],
    described: &impl Deref<Target = Vec<String>>,
) -> bool {
    let wanted = content_stems(name);
    let rest: Vec<&String> = wanted.iter().filter(|stem| !subject.contains(stem)).collect();
    let starts = wanted.first().is_some_and(|first| subject.contains(first));
    let whole = subject.iter().all(|stem| wanted.contains(stem)) && !subject.is_empty();
    let few = (1..=2).contains(&rest.len()) && rest.len() < subject.len().max(2);
    let told = || rest.iter().all(|stem| described.contains(stem));
    // What a query adds to the name of a person stands in small letters.
    let added =
        || name.split(' ').filter(|word| word.starts_with(char::is_lowercase)).all(|word| word.len() > 3);
    let bare = lead.parenthesis.is_none() || (calling(lead).is_some() && added());
    starts && whole && few && bare && told()
}

/// What a lead with dates of birth calls a person, in a word or two: `chess player`.
pub fn calling<'a>(lead: &Lead<'a>) -> Option<&'a str> {
    let inside = lead.parenthesis?;
    let described = ["a ", "an "].iter().find_map(|article| lead.predicate.strip_prefix(article))?;
    let mut rest = described;
    while let Some((word, after)) = rest.split_once(' ')
        && (is_demonym(word) || matches!(word, "former" | "retired" | "professional"))
    {
        rest = after;
    }
    let stop =
        [",", ";", ".", " who ", " and ", " of ", " from ", " in ", " for ", " with ", " best ", " known "];
    let calling = stop.iter().fold(rest, |text, stop| text.split(stop).next().unwrap_or(text)).trim();
    let plain = calling.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
    let is_born = inside.contains("born") || inside.contains('–');
    let words: Vec<&str> = calling.split(' ').collect();
    (is_born && plain && (1..=3).contains(&words.len()) && names_people(words.last()?)).then_some(calling)
}

/// Whether a name is another with its first name cut short: `Alex Hirsch` of `Alexander Robert Hirsch`.
fn shortened(name: &str, subject: &str) -> bool {
    let (mut name, mut subject) = (name.split(' '), subject.split(' '));
    let (Some(first), Some(mut last)) = (name.next(), name.next()) else { return false };
    // `Michael C. Hall` is `Michael Carlyle Hall`.
    if last.len() == 2 && last.ends_with('.') {
        let Some(family) = name.next() else { return false };
        last = family;
    }
    if name.next().is_some() {
        return false;
    }
    let (Some(full), Some(family)) = (subject.next(), subject.next_back()) else { return false };
    // `Jerry` is `Jerrald` and `Kate` is not `Katharina` alone: so many letters are enough beside the family name.
    let begins = first.get(..3).is_some_and(|start| full.starts_with(start));
    begins && last == family && subject.count() <= 2
}

/// Whether the lead describes a person: born, or a personal pronoun and a word for what people are.
pub fn is_person(lead: &Lead<'_>, gendered: bool) -> bool {
    let inside = lead.parenthesis.unwrap_or("");
    let born = inside.starts_with("born ") || inside.contains("; born ") || inside.contains(", born ");
    let beast = ["horse", "racehorse", "dog", "cat", "stallion", "mare"];
    if lead.predicate.split([' ', ',']).take(8).any(|word| beast.contains(&word)) {
        return false;
    }
    let lived = dates(inside).iter().filter(|date| date.len() > 4).count() == 2;
    // "… an author who has written two novels"
    let acts = lead.predicate.contains(" who ") && !lead.predicate.contains(" about ");
    born || ((gendered || lived || acts) && calls_a_person(lead) && work(lead).is_none())
}

/// Whether subject and predicate read as those of a person: a name, and a word for what people are.
pub fn calls_a_person(lead: &Lead<'_>) -> bool {
    let described = lead.predicate.split([',', ';']).next().unwrap_or("");
    let described = [" of ", " in ", " by ", " to ", " that ", " which "]
        .iter()
        .fold(described, |text, stop| text.split(stop).next().unwrap_or(text));
    let name = lead.subject.split(' ').all(|word| word.starts_with(|c: char| !c.is_lowercase()));
    name && !lead.subject.starts_with("The ") && names_people(described)
}

/// Whether one of the words of a description says what people are: `actor`, `French painter`.
pub fn names_people(description: &str) -> bool {
    const ENDINGS: &[&str] = &["er", "or", "ist", "ian", "ess", "man", "woman", "ant", "eer", "ar"];
    const NOT_PEOPLE: &[&str] = &[
        "computer",
        "newspaper",
        "paper",
        "thriller",
        "center",
        "river",
        "number",
        "member",
        "chapter",
        "character",
        "theater",
        "tower",
        "order",
        "war",
        "sister",
        "power",
        "water",
        "winter",
        "summer",
        "horror",
        "major",
        "minor",
        "senior",
        "junior",
        "interior",
        "exterior",
        "superior",
        "inferior",
        "particular",
        "similar",
        "popular",
        "former",
        "other",
        "another",
        "her",
        "under",
        "over",
        "after",
        "for",
        "or",
        "her",
        "restaurant",
        "giant",
        "plant",
        "car",
        "star",
        "bar",
        "guitar",
        "calendar",
        "solar",
        "regular",
    ];
    const PEOPLE: &[&str] = &[
        "president",
        "attorney",
        "coach",
        "athlete",
        "king",
        "queen",
        "emperor",
        "poet",
        "chef",
        "model",
        "pilot",
        "host",
        "judge",
        "general",
        "architect",
        "saint",
        "duke",
        "prince",
        "princess",
        "bishop",
        "pope",
        "priest",
        "playwright",
        "scholar",
        "academic",
        "scientist",
        "executive",
        "politician",
        "musician",
    ];
    description.split(' ').filter(|word| !is_demonym(word)).any(|word| {
        let ending = word.len() > 4 && ENDINGS.iter().any(|ending| word.ends_with(ending));
        PEOPLE.contains(&word.to_lowercase().as_str())
            || (ending && !NOT_PEOPLE.contains(&word.to_lowercase().as_str()))
    })
}

/// The noun of a work, where the predicate begins by calling the topic one: `a 2004 horror film …`.
pub fn work(lead: &Lead<'_>) -> Option<&'static str> {
    let head = lead.predicate.split([',', ';', '(']).next().unwrap_or("");
    let mut words = head.split(' ').take(8).take_while(|word| {
        !matches!(*word, "of" | "that" | "which" | "from" | "by" | "in" | "about" | "who" | "for" | "on")
    });
    let work = words.find_map(|word| WORKS.iter().find(|work| **work == word)).copied();
    // A video game developer is no game.
    const MAKERS: &[&str] = &[
        "developer",
        "publisher",
        "company",
        "studio",
        "distributor",
        "festival",
        "magazine",
        "engine",
        "character",
        "label",
    ];
    if words.next().is_some_and(|next| MAKERS.contains(&next)) {
        return None;
    }
    // "an American film and stage actor" is no film.
    let ends = [" of ", " in ", " from ", " who ", " that ", " which ", " by ", " for "];
    let phrase = ends.iter().fold(head, |phrase, end| phrase.split(end).next().unwrap_or(phrase));
    let last = phrase.rsplit(' ').next().unwrap_or("");
    if names_people(last) && !WORKS.contains(&last) {
        return None;
    }
    work.filter(|work| *work != "series" || !head.contains("series of "))
}

/// The query if it is written as a name, else the subject.
pub fn title<'a>(name: &'a str, lead: &Lead<'a>) -> Option<&'a str> {
    let written_as_name = name.chars().next().is_some_and(char::is_uppercase)
        && name.split(' ').filter(|word| word.len() > 3).all(|word| !word.starts_with(char::is_lowercase));
    let title = if written_as_name { name } else { lead.subject.trim_matches('"') };
    let bare = title.strip_prefix("The ").unwrap_or(title);
    (!bare.starts_with(char::is_lowercase) && !bare.contains('"')).then_some(title)
}

/// The topic as a question names it.
pub fn topic(title: &str, lead: &Lead<'_>, disambiguator: Option<&str>, person: bool) -> Option<String> {
    let bare = title.strip_prefix("The ").unwrap_or(title);
    let takes_the = lead.subject.trim_matches('"').starts_with("The ") || title.starts_with("The ");
    match (disambiguator, work(lead).filter(|_| !person)) {
        (Some(words), _) if WORKS.iter().any(|work| words.ends_with(work)) => {
            Some(format!("the {words} {title}"))
        }
        // "the engineer William Howard": there are others of the name.
        (Some(words), _)
            if (person || words.split(' ').count() <= 2)
                && words.chars().all(|c| c.is_ascii_lowercase() || c == ' ') =>
        {
            Some(format!("the {words} {title}"))
        }
        (Some(_), _) => None,
        (_, Some(work)) => Some(format!("the {work} {title}")),
        _ if takes_the => Some(format!("the {bare}")),
        _ => Some(title.to_string()),
    }
}
