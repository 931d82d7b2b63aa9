//! Queries that name an attribute of something: `director of The Lantern`, `Ann Lee birth date`, `nationality of Ann
//! Lee`. People put the same as a question.

use std::borrow::Cow;

use super::direct::Wants;
use super::passage::{Fact, Relation};
use super::prose::name_prefix;
use crate::hindsight::families::english::is_plural;

/// Dates that people ask for with a verb: `birth date` as `When was … born`.
const DATED: &[(&str, &str, &str)] = &[
    ("birth date", "When was", "born"),
    ("birthdate", "When was", "born"),
    ("birthday", "When was", "born"),
    ("birth year", "When was", "born"),
    ("date of birth", "When was", "born"),
    ("death date", "When did", "die"),
    ("death year", "When did", "die"),
    ("release date", "When was", "released"),
    ("release year", "When was", "released"),
    ("founding date", "When was", "founded"),
    ("founding year", "When was", "founded"),
    ("foundation date", "When was", "founded"),
    ("formation date", "When was", "formed"),
    ("publication date", "When was", "published"),
    ("opening date", "When was", "opened"),
    ("opening year", "When was", "opened"),
    ("premiere date", "When did", "premiere"),
    ("creation year", "When was", "created"),
    ("repeal date", "When was", "repealed"),
    ("conviction date", "When was", "convicted"),
    ("conviction year", "When was", "convicted"),
    ("completion date", "When was", "completed"),
    ("discovery date", "When was", "discovered"),
    ("launch date", "When was", "launched"),
    ("formation", "When was", "formed"),
    ("founding", "When was", "founded"),
    ("foundation", "When was", "founded"),
];

/// Places that people ask for with a verb.
const PLACED: &[(&str, &str, &str)] = &[
    ("formation location", "Where was", "formed"),
    ("founding location", "Where was", "founded"),
    ("filming location", "Where was", "filmed"),
    ("recording location", "Where was", "recorded"),
    ("birth location", "Where was", "born"),
    ("birth place", "Where was", "born"),
    ("birthplace", "Where was", "born"),
    ("place of birth", "Where was", "born"),
    ("death place", "Where did", "die"),
    ("place of death", "Where did", "die"),
    ("location", "Where is", "located"),
];

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
    "brother",
    "sister",
    "son",
    "daughter",
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
    "mvp",
    "ceo",
];
const NAMES: &[&str] = &["publisher", "manufacturer", "developer", "distributor", "producer"];
const NUMBERS: &[&str] =
    &["population", "height", "elevation", "length", "area", "capacity", "number", "latitude", "longitude"];
const PLACES: &[&str] = &["birthplace", "headquarters"];
/// Nouns that tell which of several things of one name is meant.
const KINDS: &[&str] = &["film", "movie", "album", "song", "band", "novel", "book", "magazine", "series"];

/// The question that a query stands for, and what it wants to know.
pub fn question(query: &str) -> Option<(String, Wants)> {
    if let Some(question) = how_many(query) {
        return Some((question, Wants::Number));
    }
    let (head, of) = parts(query).or_else(|| dated(query))?;
    let acronym = head;
    let head = head.to_lowercase();
    let role = head.split(' ').next_back()?;
    let named =
        of.split_whitespace().any(|word| word.trim_start_matches('"').starts_with(char::is_uppercase));
    if !named || head.split(' ').count() > 3 || of.split_whitespace().count() > 9 {
        return None;
    }
    if let Some((_, before, after)) = DATED.iter().find(|(date, ..)| head.ends_with(date)) {
        let first = if head.starts_with("first ") { "first " } else { "" };
        return specific(&of).then(|| (format!("{before} {of} {first}{after}"), Wants::When));
    }
    if let Some((_, before, after)) = PLACED.iter().find(|(place, ..)| head == *place) {
        // An event is held, and what else begins with a year is one.
        let (before, after) = match *after {
            "located" if of.starts_with(|c: char| c.is_ascii_digit()) => {
                (if is_plural(&of) { "Where were the" } else { "Where was the" }, "held")
            }
            after => (*before, after),
        };
        return specific(&of).then(|| (format!("{before} {of} {after}"), Wants::Where));
    }
    let said = if acronym.chars().all(|c| c.is_ascii_uppercase()) { acronym } else { &head };
    let (be, wants) = match role {
        "team" | "club" if head.starts_with("current ") => ("What is", Wants::Name),
        "date" => ("What is", Wants::When),
        "nationality" => ("What is", Wants::Nationality),
        "occupation" | "profession" => ("What is", Wants::Occupation),
        "capital" => ("What is", Wants::Where),
        role if PEOPLE.contains(&role) => ("Who is", Wants::Who),
        role if PLACES.contains(&role) => ("Where is", Wants::Where),
        role if NUMBERS.contains(&role) => ("What is", Wants::Number),
        role if NAMES.contains(&role) => ("What is", Wants::Name),
        _ => return None,
    };
    Some((format!("{be} the {said} of {of}"), wants))
}

/// `Harbour Council number of members`
fn how_many(query: &str) -> Option<String> {
    let (name, noun) = query.split_once(" number of ")?;
    let plain = noun.chars().all(|c| c.is_ascii_lowercase() || c == ' ') && noun.ends_with('s');
    let whole = name_prefix(name).is_some_and(|prefix| prefix.len() == name.len());
    let name = name.strip_prefix("The ").unwrap_or(name);
    (plain && whole && name.contains(' ') && noun.split(' ').count() <= 2)
        .then(|| format!("How many {noun} does the {name} have"))
}

/// Attributes that answer boxes take for each other, or whose values have no clear bounds: only a sentence tells them.
const LOOSE_PEOPLE: &[&str] = &[
    "composer",
    "inventor",
    "creator",
    "designer",
    "producer",
    "builder",
    "actor",
    "actress",
    "drummer",
    "guitarist",
    "vocalist",
    "bassist",
    "star",
    "leader",
    "ceo",
    "principal",
    "chancellor",
    "successor",
    "predecessor",
    "spouse",
    "secretary",
    "commander",
    "conductor",
    "narrator",
    "translator",
    "illustrator",
    "sculptor",
    "painter",
    "singer",
    "sponsor",
    "uncle",
    "aunt",
    "cousin",
    "nephew",
    "niece",
    "grandfather",
    "grandmother",
    "grandson",
    "parent",
    "child",
];
const LOOSE_THINGS: &[&str] = &[
    "name",
    "language",
    "religion",
    "genre",
    "label",
    "team",
    "university",
    "college",
    "school",
    "county",
    "country",
    "city",
    "state",
    "industry",
    "currency",
    "motto",
    "nickname",
    "cause",
    "venue",
    "location",
    "origin",
    "meaning",
    "award",
    "formula",
    "symbol",
    "company",
    "subject",
    "instrument",
    "position",
    "party",
    "species",
    "family",
    "genus",
    "setting",
    "theme",
    "headquarters",
    "birthplace",
    "hometown",
    "size",
    "depth",
    "density",
    "weight",
    "price",
    "cost",
    "budget",
    "revenue",
    "purpose",
    "use",
    "seat",
    "office",
    "education",
    "version",
    "license",
    "licence",
    "platform",
    "habitat",
    "duration",
    "speed",
    "temperature",
    "stadium",
    "arena",
    "mascot",
    "division",
    "league",
    "conference",
];

/// The question that a query for such an attribute stands for.
pub fn loose(query: &str) -> Option<(String, Wants)> {
    // `University of Veld` is a name.
    let (head, of) = parts(query).filter(|(head, _)| !head.starts_with(char::is_uppercase))?;
    let head = head.to_lowercase();
    let role = head.split(' ').next_back()?;
    let named =
        of.split_whitespace().any(|word| word.trim_start_matches('"').starts_with(char::is_uppercase));
    if !named || head.split(' ').count() > 3 || of.split_whitespace().count() > 9 {
        return None;
    }
    // `husband president` is two attributes.
    let is_attribute = |word: &&str| {
        [PEOPLE, NAMES, NUMBERS, PLACES, LOOSE_PEOPLE, LOOSE_THINGS].iter().any(|known| known.contains(word))
    };
    if head.split(' ').filter(is_attribute).count() > 1 {
        return None;
    }
    let (be, wants) = match role {
        role if LOOSE_PEOPLE.contains(&role) => ("Who is", Wants::Who),
        role if LOOSE_THINGS.contains(&role) => ("What is", Wants::Any),
        _ => return None,
    };
    Some((format!("{be} the {head} of {of}"), wants))
}

/// `Date of X`, `the director of X`, `X director`: the attribute in lower case, and what it is of.
pub fn parts(query: &str) -> Option<(&str, Cow<'_, str>)> {
    let lower_case =
        |head: &str| !head.is_empty() && head.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
    if let Some((head, of)) = query.split_once(" of ").filter(|(head, _)| !head.contains('"')) {
        let head = head.strip_prefix("the ").or_else(|| head.strip_prefix("The ")).unwrap_or(head);
        // A query may begin with a capital as a sentence does.
        let rest = head.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(head);
        if let Some(of) = of.strip_prefix("birth of ").filter(|_| head.eq_ignore_ascii_case("date")) {
            return Some(("date of birth", Cow::Borrowed(of)));
        }
        let acronym = head.len() <= 4 && head.chars().all(|c| c.is_ascii_uppercase());
        if lower_case(rest) || acronym {
            return Some((head, Cow::Borrowed(of)));
        }
    }
    // `current coach for Veld Rovers`
    if let Some((head, of)) = query.split_once(" for ").or_else(|| query.split_once(" at "))
        && lower_case(head)
        && head.rsplit(' ').next().is_some_and(|role| PEOPLE.contains(&role))
    {
        return Some((head, Cow::Borrowed(of)));
    }
    let quoted = query.strip_prefix('"').and_then(|rest| Some(rest.split_once('"')?.0.len() + 2));
    let name = match quoted {
        Some(length) => query.get(..length)?,
        // `2015 Veld Awards location`
        None => {
            let year = query
                .get(..5)
                .filter(|year| year.ends_with(' ') && year[..4].bytes().all(|b| b.is_ascii_digit()));
            let skipped = year.map_or(0, str::len);
            &query[..skipped + name_prefix(&query[skipped..])?.len()]
        }
    };
    let head = query[name.len()..].strip_prefix(' ').filter(|head| lower_case(head))?;
    let (kind, rest) = head.split_once(' ').unwrap_or((head, ""));
    if KINDS.contains(&kind) && !rest.is_empty() {
        return Some((rest, Cow::Owned(format!("the {kind} {name}"))));
    }
    // "Ann Lee's father profession" asks for something of someone else.
    let name = match name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")) {
        Some(owner) => Some(owner).filter(|_| !head.contains(' '))?,
        None => name,
    };
    (name.contains(' ') && specific(name)).then_some((head, Cow::Borrowed(name)))
}

/// `Sing Me, Swing Me premiere date`: what comes before an attribute that takes a date is a title, whatever marks it has.
fn dated(query: &str) -> Option<(&str, Cow<'_, str>)> {
    let (title, head) = DATED.iter().find_map(|(date, ..)| {
        let title = query.strip_suffix(date)?.strip_suffix(' ')?;
        Some((title, &query[query.len() - date.len()..]))
    })?;
    let particle = |word: &str| {
        ["of", "the", "and", "a", "an", "in", "on", "to", "for", "with", "at", "is", "from"].contains(&word)
    };
    let named =
        |word: &str| particle(word) || word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let words = title.split(' ').count();
    let marked = title.contains([',', '\'', '’', ':', '!', '&', '?']) && !title.contains('"');
    // What ends as a possessive owns what follows.
    let owner = title.ends_with("'s") || title.ends_with("’s");
    (marked && !owner && (2..=9).contains(&words) && title.split(' ').all(named) && named_first(title))
        .then_some((head, Cow::Borrowed(title)))
}

fn named_first(title: &str) -> bool {
    title.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// The kind of thing that a text begins with, before a name: `band Grey Fox`.
pub fn kind(text: &str) -> Option<&str> {
    let (kind, name) = text.split_once(' ')?;
    (KINDS.contains(&kind) && name.starts_with(|c: char| c.is_uppercase() || c == '"')).then_some(kind)
}

/// Whether a noun is what someone is to something.
pub fn is_role(noun: &str) -> bool {
    PEOPLE.contains(&noun) || LOOSE_PEOPLE.contains(&noun)
}

/// Whether the attribute is what someone does.
pub fn is_occupation(head: &str) -> bool {
    matches!(head, "occupation" | "profession")
}

/// Whether a fact of a passage is the attribute that `head` calls for.
pub fn is_fact(head: &str, fact: &Fact<'_>) -> bool {
    let head = &head.to_lowercase();
    let last = head.split(' ').next_back().unwrap_or("");
    let dated = matches!(last, "date" | "year");
    match fact.relation {
        Relation::Nationality => last == "nationality",
        Relation::Born => {
            dated && head.contains("birth") || matches!(last, "birthday" | "birthdate" | "birth")
        }
        Relation::Died => dated && head.contains("death"),
        Relation::BornIn => last == "birthplace",
        Relation::CameOut | Relation::Released => dated && head.contains("release"),
        Relation::Began | Relation::Did => {
            dated && ["found", "form", "establish", "open", "creat"].iter().any(|start| head.contains(start))
        }
        Relation::Where => matches!(last, "location" | "headquarters"),
        Relation::By => {
            const MAKERS: &[(&str, &str)] = &[
                ("director", "directed"),
                ("author", "written"),
                ("writer", "written"),
                ("founder", "founded"),
                ("creator", "created"),
                ("composer", "composed"),
                ("publisher", "published"),
                ("developer", "developed"),
                ("designer", "designed"),
                ("producer", "produced"),
            ];
            MAKERS.iter().any(|(maker, verb)| last == *maker && fact.verb == *verb)
        }
        Relation::Definition => is_occupation(head),
        Relation::Attribute => *head == fact.verb,
        Relation::Has => head.starts_with("number of ") && last == fact.verb,
        Relation::KnownFor
        | Relation::RealName
        | Relation::AlsoKnown
        | Relation::Stars
        | Relation::BasedOn
        | Relation::DidIn => false,
    }
}

/// Whether a name is long enough to mean one thing: an answer box for `The Lady` may be about any.
fn specific(name: &str) -> bool {
    let bare = name.strip_prefix("The ").or_else(|| name.strip_prefix("the ")).unwrap_or(name);
    bare.contains(' ') || name == bare
}

/// What a question for a date asks of which topic: the verb, and the topic.
pub fn event(question: &str) -> Option<(&'static str, &str)> {
    DATED.iter().find_map(|(_, before, after)| {
        let topic = question.strip_prefix(before)?.strip_suffix(after)?.trim();
        (!topic.is_empty()).then_some((*after, topic))
    })
}

/// What a question for an attribute asks for, and of what: `nationality`, `Ann Lee`.
pub fn attribute(question: &str) -> Option<(&str, &str)> {
    question.strip_prefix("What is the ")?.split_once(" of ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_asked_for_in_the_words_of_people() {
        for (query, expected) in [
            ("Ann Lee birth date", Some("When was Ann Lee born")),
            ("date of birth of Ann Lee", Some("When was Ann Lee born")),
            ("Lantern film release date", Some("When was the film Lantern released")),
            ("\"The Lantern\" release year", Some("When was \"The Lantern\" released")),
            ("the director of The Lantern", Some("Who is the director of The Lantern")),
            ("nationality of Ann Lee", Some("What is the nationality of Ann Lee")),
            ("Ann Lee's brother", Some("Who is the brother of Ann Lee")),
            ("Sing Me, Swing Me premiere date", Some("When did Sing Me, Swing Me premiere")),
            ("What's Up at the Mill? release date", Some("When was What's Up at the Mill? released")),
            ("Ann Lee's birth date", None),
            ("Ann Lee's father profession", None),
            ("Ann Lee paintings", None),
            ("The Lady release date", None),
            ("lee birth date", None),
        ] {
            assert_eq!(question(query).map(|(question, _)| question).as_deref(), expected, "{query}");
        }
    }
}
