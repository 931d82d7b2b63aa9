//! Statements taken apart: what a sentence claims, as a question and its answer.

use super::attribute;
use super::lead::names_people;
use super::prose::{content_stems, dates, name_prefix, names_prefix};
use crate::hindsight::families::english;

/// What a statement claims.
#[derive(Debug)]
pub struct Claim<'t> {
    /// The question, without its mark.
    pub question: String,
    /// The words of the claim but for the value.
    pub asked: String,
    /// The value, which the question asks for.
    pub value: &'t str,
}

/// Verbs that tell what someone or something did, with their base form.
pub const DID: &[(&str, &str)] = &[
    ("played", "play"),
    ("served", "serve"),
    ("worked", "work"),
    ("starred", "star"),
    ("studied", "study"),
    ("attended", "attend"),
    ("graduated", "graduate"),
    ("founded", "found"),
    ("created", "create"),
    ("wrote", "write"),
    ("directed", "direct"),
    ("produced", "produce"),
    ("won", "win"),
    ("married", "marry"),
    ("released", "release"),
    ("recorded", "record"),
    ("joined", "join"),
    ("lived", "live"),
    ("died", "die"),
    ("moved", "move"),
    ("competed", "compete"),
    ("coached", "coach"),
    ("hosted", "host"),
    ("owned", "own"),
    ("published", "publish"),
    ("developed", "develop"),
    ("designed", "design"),
    ("invented", "invent"),
    ("discovered", "discover"),
    ("opened", "open"),
    ("premiered", "premiere"),
    ("aired", "air"),
    ("began", "begin"),
    ("started", "start"),
    ("ended", "end"),
    ("originated", "originate"),
    ("taught", "teach"),
    ("led", "lead"),
    ("defeated", "defeat"),
    ("beat", "beat"),
    ("voiced", "voice"),
    ("portrayed", "portray"),
    ("spoke", "speak"),
    ("represented", "represent"),
    ("composed", "compose"),
    ("manufactured", "manufacture"),
    ("received", "receive"),
    ("drafted", "draft"),
    ("appeared", "appear"),
    ("visited", "visit"),
    ("interviewed", "interview"),
    ("succeeded", "succeed"),
    ("replaced", "replace"),
    ("sang", "sing"),
    ("built", "build"),
    ("signed", "sign"),
    ("managed", "manage"),
    ("conducted", "conduct"),
    ("acquired", "acquire"),
    ("bought", "buy"),
    ("sold", "sell"),
];

/// The claims of a statement found for `query`, most telling first.
pub fn claims<'t>(query: &str, statement: &'t str) -> impl Iterator<Item = Claim<'t>> {
    let claims = [
        invert(statement),
        named_first(statement),
        participle(query, statement),
        membership(statement),
        possession(statement),
        deed(query, statement),
    ];
    claims.into_iter().flatten()
}

/// `The first presenter of "Next Week" was Ann Example`: the value stands last.
fn invert(statement: &str) -> Option<Claim<'_>> {
    let subject = statement.strip_prefix("The ").or_else(|| statement.strip_prefix("the "))?;
    let (subject, verb, value) = [" is ", " was ", " are ", " were "]
        .iter()
        .filter_map(|verb| subject.rsplit_once(verb).map(|(subject, value)| (subject, verb.trim(), value)))
        .max_by_key(|(subject, ..)| subject.len())?;
    let (place, value) = match value.strip_prefix("in ").or_else(|| value.strip_prefix("located in ")) {
        Some(place) => (true, place),
        None => (false, bare(value)),
    };
    // "The Grey Fox is a dance" says what a thing is, and a lead says that better.
    if noun_phrase(subject).is_empty() {
        return None;
    }
    let question = question(subject, verb, value, place)?;
    Some(Claim { question, asked: subject.to_string(), value })
}

/// `Ann Example was the first presenter of "Next Week"`: what is asked for stands first.
fn named_first(statement: &str) -> Option<Claim<'_>> {
    let value = name_prefix(statement)?;
    let (verb, subject) = [" is the ", " was the "].iter().find_map(|copula| {
        Some((copula.trim().trim_end_matches(" the"), statement[value.len()..].strip_prefix(copula)?))
    })?;
    let question = question(subject, verb, value, false)?;
    Some(Claim { question, asked: subject.to_string(), value })
}

/// `The Lantern was directed by Anne Morel`, `Acme was founded in 1949`, `The squadron is assigned to Amber Base`.
fn participle<'t>(query: &str, statement: &'t str) -> Option<Claim<'t>> {
    let (subject, verb, rest) = [" was ", " is ", " were ", " are "].iter().find_map(|verb| {
        let (subject, rest) = statement.split_once(verb)?;
        Some((subject, verb.trim(), rest))
    })?;
    let (done, link, value) = [" by ", " in ", " on ", " at ", " to "].iter().find_map(|link| {
        let (done, value) = rest.split_once(link)?;
        Some((done, link.trim(), bare(value)))
    })?;
    let ends =
        ["ed", "born", "built", "written", "held", "made", "set", "shot", "won", "led", "sung", "known"];
    if done.contains(' ') || !ends.iter().any(|end| done.ends_with(end)) || !is_subject(subject) {
        return None;
    }
    // "… was adopted by the Empire in 1903": what follows the names is asked with the rest.
    let (value, rest) = match names_prefix(value) {
        Some(names) if link == "by" => (names, &value[names.len()..]),
        _ => (value, ""),
    };
    let asked = format!("{subject} {done}{rest}");
    let subject = lowered(subject);
    let kind = kind(query, &asked, value).filter(|_| link != "by");
    let question = match (link, kind) {
        ("by", _) if is_names(value) => format!("By whom {verb} {subject} {done}{rest}"),
        ("in" | "on", _) if is_date(value) => format!("When {verb} {subject} {done}"),
        ("in" | "at" | "to", Some(kind)) if is_place(value) => {
            format!("Which {kind} {verb} {subject} {done} {link}")
        }
        ("in" | "at", None) if is_place(value) => format!("Where {verb} {subject} {done}"),
        ("to", None) if is_place(value) => format!("What {verb} {subject} {done} to"),
        _ => return None,
    };
    Some(Claim { question, asked: format!("{asked} {}", kind.unwrap_or("")), value })
}

/// `Ann Lee was a member of the Harbour Council`.
fn membership(statement: &str) -> Option<Claim<'_>> {
    let (subject, verb, rest) = [" was a ", " is a ", " was an ", " is an "].iter().find_map(|verb| {
        let (subject, rest) = statement.split_once(verb)?;
        Some((subject, verb.trim(), rest))
    })?;
    let (noun, value) = rest.split_once(" of ")?;
    let role =
        ["member", "part", "subsidiary", "tributary", "suburb", "resident", "native", "citizen", "graduate"];
    let value = bare(value);
    (role.contains(&noun) && is_subject(subject) && is_place(value)).then(|| Claim {
        question: format!(
            "What {} {} {} of",
            verb.split(' ').next().unwrap_or("is"),
            lowered(subject),
            article(verb, noun)
        ),
        asked: format!("{subject} {noun}"),
        value,
    })
}

fn article(verb: &str, noun: &str) -> String {
    format!("{} {noun}", verb.rsplit(' ').next().unwrap_or("a"))
}

/// `The Veld Council has 42 members`, `Port Amber has a population of 9,000`.
fn possession(statement: &str) -> Option<Claim<'_>> {
    let (subject, rest) = statement.split_once(" has ")?;
    if !is_subject(subject) {
        return None;
    }
    if let Some((noun, value)) = rest.strip_prefix("a ").and_then(|rest| rest.split_once(" of ")) {
        let plain = noun.chars().all(|c| c.is_ascii_lowercase());
        let number = value.starts_with(|c: char| c.is_ascii_digit()) && value.split(' ').count() <= 3;
        return (plain && number).then(|| Claim {
            question: format!("What is the {noun} of {}", lowered(subject)),
            asked: format!("{noun} {subject}"),
            value,
        });
    }
    let (value, noun) = rest.split_once(' ')?;
    let number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    let plain = noun.split(' ').count() <= 3
        && noun.ends_with('s')
        && noun.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
    (number && plain).then(|| Claim {
        question: format!("How many {noun} does {} have", lowered(subject)),
        asked: format!("{noun} {subject}"),
        value,
    })
}

/// `Ann Lee played for Harbour Rovers`, `Jon Hale attended Veld University`.
fn deed<'t>(query: &str, statement: &'t str) -> Option<Claim<'t>> {
    let (subject, past, base, rest) = DID.iter().find_map(|(past, base)| {
        let (subject, rest) = statement.split_once(&format!(" {past} "))?;
        is_subject(subject).then_some((subject, *past, *base, rest))
    })?;
    let link = rest
        .split(' ')
        .next()
        .filter(|word| matches!(*word, "in" | "at" | "on" | "for" | "from" | "with" | "to"));
    let value = bare(link.map_or(rest, |link| rest[link.len()..].trim_start()));
    if !is_names(value) && !is_date(value) && !is_place(value) {
        return None;
    }
    let asked = format!("{subject} {past}");
    let kind = kind(query, &asked, value);
    let subject = lowered(subject);
    let question = match (link, kind) {
        (Some("in" | "on"), _) if is_date(value) => format!("When did {subject} {base}"),
        (_, _) if is_date(value) => return None,
        (Some(link), Some(kind)) => format!("Which {kind} did {subject} {base} {link}"),
        (None, Some(kind)) => format!("Which {kind} did {subject} {base}"),
        (Some("in" | "at" | "on"), None) => format!("Where did {subject} {base}"),
        (Some(link @ ("for" | "with")), None) => format!("Who did {subject} {base} {link}"),
        (Some(link @ ("from" | "to")), None) => format!("Where did {subject} {base} {link}"),
        (None, None) => format!("What did {subject} {base}"),
        _ => return None,
    };
    Some(Claim { question, asked: format!("{asked} {}", kind.unwrap_or("")), value })
}

/// The noun of the query that says what the value is: `airport` for Amber International Airport.
fn kind<'q>(query: &'q str, asked: &str, value: &str) -> Option<&'q str> {
    let (asked, value) = (content_stems(asked), content_stems(value));
    let is_kind = |word: &&str| {
        let stem = content_stems(word);
        word.len() > 3
            && !word.ends_with('s')
            && word.chars().all(|c| c.is_ascii_lowercase())
            && !stem.is_empty()
            && stem.iter().all(|stem| value.contains(stem) && !asked.contains(stem))
    };
    query.split(' ').find(is_kind)
}

/// A subject that stands for one thing: a name, with its article or without, and few words.
pub fn is_subject(subject: &str) -> bool {
    let subject = subject.strip_prefix("the ").or_else(|| subject.strip_prefix("The ")).unwrap_or(subject);
    let named =
        name_prefix(subject).is_some() || subject.starts_with(|c: char| c.is_ascii_digit() || c == '"');
    let clause = [" that ", " who ", " which ", ", "].iter().any(|link| subject.contains(link));
    let pronoun = ["He", "She", "It", "They", "This", "That", "I"].contains(&subject);
    named && subject.split(' ').count() <= 10 && !clause && !pronoun
}

fn is_names(value: &str) -> bool {
    value.split(" and ").flat_map(|part| part.split(", ")).all(|part| {
        let part = bare(part.strip_prefix("and ").unwrap_or(part));
        name_prefix(part).is_some_and(|name| name.len() == part.len())
    })
}

fn is_date(value: &str) -> bool {
    dates(value).first().is_some_and(|date| date.len() == value.len())
}

fn is_place(value: &str) -> bool {
    value.split(" in ").all(is_names)
}

fn bare(value: &str) -> &str {
    let value = value.strip_prefix("the ").unwrap_or(value);
    value
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .filter(|inner| !inner.contains('"'))
        .unwrap_or(value)
}

/// The subject inside a sentence; of a title in two words (`The Lanterns`) the article is a part.
fn lowered(subject: &str) -> String {
    match subject.strip_prefix("The ").filter(|rest| rest.contains(' ')) {
        Some(rest) => format!("the {rest}"),
        None => subject.to_string(),
    }
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
    if let Some(question) = relative(head, subject[head.len()..].trim_start()) {
        return Some(question);
    }
    // `The artist signed with Veld Music is Ann Lee`: there may be others.
    if let Some((question, _)) = super::relative::question(subject) {
        return Some(question);
    }
    let before_of = subject.split(" of ").next()?;
    let is_person = |noun: &str| {
        let noun = english::singular(&noun.to_lowercase());
        names_people(&noun) || attribute::is_role(&noun)
    };
    let last = |words: &str| words.rsplit(' ').next().is_some_and(is_person);
    let is_clause =
        [" where ", " that ", " who ", " which ", " whose "].iter().any(|link| before_of.contains(link));
    let person = (last(head) || (!head.is_empty() && !is_clause && last(before_of))) && value.contains(' ');
    Some(format!("{} {verb} the {subject}", if person { "Who" } else { "What" }))
}

/// `church Veld College is affiliated with`, `university where Ann Lee was a professor`: the clause says the question.
pub fn relative(head: &str, clause: &str) -> Option<String> {
    let link = ["that ", "where ", "which "].into_iter().find(|link| clause.starts_with(link)).unwrap_or("");
    let clause = &clause[link.len()..];
    let (be, name, rest) = [" is ", " was "].iter().find_map(|be| {
        let (name, rest) = clause.split_once(be)?;
        Some((be.trim(), name, rest))
    })?;
    let named = is_subject(name) && !head.is_empty() && !rest.contains([',', ';']);
    let dangles =
        [" of", " to", " in", " with", " from", " by", " at", " for"].iter().any(|end| rest.ends_with(end));
    match link {
        _ if !named => None,
        "where " if !dangles => {
            let at = if is_area(head) { "In" } else { "At" };
            Some(format!("{at} which {head} {be} {name} {rest}"))
        }
        "where " => None,
        _ => dangles.then(|| format!("Which {head} {be} {name} {rest}")),
    }
}

/// Whether a noun is of what one is in, not at.
pub fn is_area(head: &str) -> bool {
    let areas = ["city", "town", "village", "country", "county", "state", "district", "region", "province"];
    head.rsplit(' ').next().is_some_and(|noun| areas.contains(&noun))
}

/// The words up to the first name, preposition, participle or clause: `second album`.
pub fn noun_phrase(subject: &str) -> &str {
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
    fn statements_of_many_forms_are_questions() {
        for (query, statement, expected) in [
            ("Brellium discoverer", "Brellium was discovered by Ann Lee", "By whom was Brellium discovered"),
            (
                "harbour wing airport",
                "The Harbour Wing is based at Amber Airport",
                "Which airport is the Harbour Wing based at",
            ),
            ("Jon Hale club", "Jon Hale played for Veld Rovers", "Who did Jon Hale play for"),
            ("Ann Lee university", "Ann Lee attended Veld University", "Which university did Ann Lee attend"),
            (
                "Ann Lee council",
                "Ann Lee was a member of the Harbour Council",
                "What was Ann Lee a member of",
            ),
            (
                "Port Amber population",
                "Port Amber has a population of 9,000",
                "What is the population of Port Amber",
            ),
            (
                "Veld Rovers titles",
                "Veld Rovers has 12 league titles",
                "How many league titles does Veld Rovers have",
            ),
            (
                "company co-founded by Ann Lee",
                "The company co-founded by Ann Lee is Harbour Foods",
                "Which company was co-founded by Ann Lee",
            ),
            (
                "city where Grey Fox is based",
                "The city where Grey Fox is based is Port Amber",
                "In which city is Grey Fox based",
            ),
        ] {
            let asked = claims(query, statement).next().map(|claim| claim.question);
            assert_eq!(asked.as_deref(), Some(expected), "{statement}");
        }
        assert_eq!(claims("Grey Fox", "The Grey Fox is a dance").count(), 0);
    }

    proptest::proptest! {
        #[test]
        fn no_statement_makes_it_panic(
            query in "((Ann|Lee|airport|é|of|in|team) ?){0,5}",
            statement in "((The|the|Ann Lee|é|is|was|has|a|member|of|in|at|to|by|for|played|attended|based|where|that|1990|42|members|\"|,|\\.) ?){0,12}",
        ) {
            for claim in claims(&query, &statement) {
                proptest::prop_assert!(!claim.question.is_empty());
            }
        }
    }
}
