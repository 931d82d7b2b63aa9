//! The facts that the lead of an encyclopedic passage states about its topic.
//!
//! Only relations whose value has clear bounds: what readers of prototypes found safe. "Owned by",
//! cast lists and professions after "former" were not.

use super::demonyms::nationality_prefix;
use super::lead::{Lead, about, calls_a_person, is_person, split_disambiguator, title, topic, work};
use super::prose::{content_stems, date_prefix, names_prefix, sentences};

/// What a fact says of the topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Date of birth.
    Born,
    /// Date of death.
    Died,
    /// Place of birth.
    BornIn,
    /// Nationality.
    Nationality,
    /// What made them known.
    KnownFor,
    /// Year in which a work came out.
    CameOut,
    /// Date of release.
    Released,
    /// When it began: the verb is [`Fact::verb`].
    Began,
    /// When it opened, premiered: the verb is [`Fact::verb`].
    Did,
    /// Where it is: the verb is [`Fact::verb`].
    Where,
    /// Who did it: the verb is [`Fact::verb`].
    By,
    /// The name behind a stage name.
    RealName,
    /// What it is.
    Definition,
}

/// A fact of a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fact<'a> {
    /// What it says.
    pub relation: Relation,
    /// The past participle that states it, where the relation needs one (`founded`, `directed`).
    pub verb: &'a str,
    /// The value, as the passage has it.
    pub value: &'a str,
}

/// A passage about one topic.
#[derive(Debug, Clone)]
pub struct Passage<'a> {
    /// The topic, as a question names it: `the film Alien`.
    pub topic: String,
    /// The name of the topic alone.
    pub name: &'a str,
    /// Whether the topic is a person.
    pub person: bool,
    /// `he` or `she` where the passage says so; `it` of what is no person.
    pub pronoun: Option<&'static str>,
    /// Whether the topic takes a plural verb.
    pub plural: bool,
    /// Whether the passage speaks of it in the past.
    pub past: bool,
    /// The facts, each relation at most once.
    pub facts: Vec<Fact<'a>>,
}

/// Participles of `… by NAME` that name an agent, in a question `Who VERB the work?`.
const BY: &[&str] = &[
    "directed",
    "written",
    "created",
    "composed",
    "produced",
    "published",
    "developed",
    "designed",
    "hosted",
    "founded",
    "recorded",
    "painted",
    "illustrated",
    "invented",
    "discovered",
    "manufactured",
    "formed",
    "edited",
    "performed",
    "sculpted",
    "narrated",
    "co-founded",
];
const BEGAN: &[&str] =
    &["founded", "formed", "established", "created", "incorporated", "built", "launched", "opened"];
const WHERE: &[&str] = &["located", "based", "headquartered", "situated"];
/// A search returns no more pages than these.
const MAX_PAGES: usize = 20;

/// Reads what a passage found by `query` says about it; `None` if the passage is not about the query.
pub fn read<'a>(query: &'a str, text: &'a str) -> Option<Passage<'a>> {
    let first_word = query.split_whitespace().next()?.to_lowercase();
    if ["who", "what", "when", "where", "which", "how", "why", "did", "is", "was"]
        .contains(&first_word.as_str())
        && query.contains(' ')
    {
        return None; // a question asks for one thing of the topic, which may not be what the lead states
    }
    let text = titled(query, text)?;
    let sentences = sentences(text);
    let first = sentences.first()?;
    let lead = Lead::parse(first)?;
    let (name, disambiguator) = split_disambiguator(query);
    let by_alias = lead.alias.is_some_and(|alias| alias.eq_ignore_ascii_case(name));
    if !by_alias && !about(name, disambiguator, &lead) {
        return None;
    }
    let gender = gender(&sentences);
    let person = is_person(&lead, gender.is_some());
    let title = title(name, &lead)?;
    let mut passage = Passage {
        topic: topic(title, &lead, disambiguator, person)?,
        name: title,
        person,
        pronoun: if person { gender } else { Some("it") },
        plural: matches!(lead.copula, "are" | "were"),
        past: matches!(lead.copula, "was" | "were"),
        facts: Vec::new(),
    };
    if by_alias && person {
        passage.add(Relation::RealName, "", lead.subject);
    }
    passage.read_dates(&lead);
    passage.read_predicate(&lead);
    passage.read_sentences(&sentences, &lead);
    (!passage.facts.is_empty()).then_some(passage)
}

/// The summary under the page title that equals the query, where the text is a list of pages.
fn titled<'a>(query: &str, text: &'a str) -> Option<&'a str> {
    if !text.trim_start().starts_with("Page: ") {
        return Some(text);
    }
    let wanted = content_stems(query);
    text.split("Page: ").take(MAX_PAGES).find_map(|page| {
        let (title, rest) = page.split_once('\n')?;
        let summary = rest.trim_start().strip_prefix("Summary:")?.trim_start();
        (content_stems(title) == wanted).then_some(summary)
    })
}

fn gender(sentences: &[&str]) -> Option<&'static str> {
    let count = |words: &[&str]| {
        sentences
            .iter()
            .flat_map(|sentence| sentence.split(|c: char| !c.is_alphabetic()))
            .filter(|word| words.contains(word))
            .count()
    };
    let (he, she) = (count(&["He", "he", "his", "His"]), count(&["She", "she", "her", "Her"]));
    match (he, she) {
        (0, 0) => None,
        (he, she) if he > 2 * she => Some("he"),
        (he, she) if she > 2 * he => Some("she"),
        _ => None,
    }
}

impl<'a> Passage<'a> {
    fn add(&mut self, relation: Relation, verb: &'a str, value: &'a str) {
        let value = value.trim_end_matches([',', ' ']);
        let known = self.facts.iter().any(|fact| fact.relation == relation && fact.verb == verb);
        if !known && !value.is_empty() {
            self.facts.push(Fact { relation, verb, value });
        }
    }

    /// `(born May 2, 1990)`, `(29 July 1883 – 28 April 1945)`.
    fn read_dates(&mut self, lead: &Lead<'a>) {
        if !self.person {
            return;
        }
        let Some(inside) = lead.parenthesis else { return };
        if let Some(at) = inside.find("born ") {
            let after = inside[at + 5..].trim_start();
            let full_name = after.starts_with(|c: char| c.is_uppercase()) && date_prefix(after).is_none();
            let after = if full_name { after.split_once("; ").map_or("", |(_, rest)| rest) } else { after };
            if let Some(date) = date_prefix(after) {
                self.add(Relation::Born, "", date);
            }
            return;
        }
        for (at, _) in inside.char_indices() {
            let starts_word = at == 0 || inside[..at].ends_with([' ', '(']);
            let Some(born) = starts_word.then(|| date_prefix(&inside[at..])).flatten() else { continue };
            let rest = inside[at + born.len()..].trim_start();
            let Some(rest) = ["–", "-", "—"].iter().find_map(|dash| rest.strip_prefix(dash)) else {
                return;
            };
            if let Some(died) = date_prefix(rest.trim_start())
                && certain(&inside[..at])
            {
                self.add(Relation::Born, "", born);
                self.add(Relation::Died, "", died);
            }
            return;
        }
    }

    /// What the predicate of the first sentence says: nationality, year of a work, `VERBed by NAME`.
    fn read_predicate(&mut self, lead: &Lead<'a>) {
        let predicate = lead.predicate;
        let described = ["a ", "an ", "the "].iter().find_map(|article| predicate.strip_prefix(article));
        let former =
            ["former", "retired", "late", "defunct", "fictional"].iter().any(|word| predicate.contains(word));
        if let Some(described) = described {
            if self.person {
                if let Some(nationality) = nationality_prefix(described) {
                    self.add(Relation::Nationality, "", nationality);
                }
            } else if let Some(year) = date_prefix(described)
                && year.len() == 4
                && work(lead).is_some()
            {
                self.add(Relation::CameOut, "", year);
            }
        }
        if !self.person {
            self.read_participles(predicate, true);
        }
        let complete = predicate.split(' ').count();
        let takes_article =
            predicate.starts_with("a ") || predicate.starts_with("an ") || predicate.starts_with("the ");
        // A name whose bearer may be a person or not takes neither "who" nor "what".
        let who_or_what = self.person || !calls_a_person(lead);
        if takes_article && (3..=40).contains(&complete) && !former && who_or_what {
            self.add(Relation::Definition, "", predicate);
        }
    }

    /// `directed by NAME`, `founded in 1901`, `located in PLACE` where the participle modifies the topic.
    fn read_participles(&mut self, clause: &'a str, in_lead: bool) {
        for (at, word) in words(clause) {
            let rest = clause.get(at + word.len()..).unwrap_or("").trim_start();
            let before = clause[..at].trim_end();
            if !attaches(before, in_lead) {
                continue;
            }
            if BY.contains(&word)
                && let Some(names) = rest.strip_prefix("by ").and_then(names_prefix)
            {
                self.add(Relation::By, word, names);
            }
            if BEGAN.contains(&word) {
                let date =
                    rest.strip_prefix("in ").or_else(|| rest.strip_prefix("on ")).and_then(date_prefix);
                if let Some(date) = date {
                    self.add(Relation::Began, word, date);
                }
            }
            if WHERE.contains(&word)
                && let Some(place) = rest.strip_prefix("in ").and_then(place_prefix)
            {
                self.add(Relation::Where, word, place);
            }
            if word == "released"
                && let Some(date) = rest.strip_prefix("on ").and_then(date_prefix)
                && date.len() > 4
            {
                self.add(Relation::Released, "", date);
            }
        }
    }

    /// Sentences after the first whose subject is the topic or its pronoun.
    fn read_sentences(&mut self, sentences: &[&'a str], lead: &Lead<'a>) {
        let mut about_topic = true;
        for sentence in &sentences[1..] {
            let Some(rest) = after_subject(sentence, lead, about_topic) else {
                about_topic = false;
                continue;
            };
            about_topic = true;
            let known = ["is best known for ", "was best known for ", "is known for ", "was known for "];
            if let Some(value) = known.iter().find_map(|start| rest.strip_prefix(start)) {
                let mut value = value.trim_end_matches(['.', '!']);
                for new_clause in [", and has ", ", and is ", ", and was ", ", and had ", ", and also "] {
                    value = value.split(new_clause).next().unwrap_or(value);
                }
                if value.split(' ').count() <= 40 {
                    self.add(Relation::KnownFor, "", value);
                }
            }
            if self.person {
                if let Some(place) = rest.strip_prefix("was born in ").and_then(place_prefix) {
                    self.add(Relation::BornIn, "", place);
                }
            } else if let Some((verb, date)) = did(rest) {
                self.add(Relation::Did, verb, date);
            } else if let Some(predicate) = rest.strip_prefix("was ").or_else(|| rest.strip_prefix("is ")) {
                self.read_participles(predicate, false);
            }
        }
    }
}

/// Whether nothing before a date says that it is another one: a baptism, an estimate, an alternative.
fn certain(before: &str) -> bool {
    !["c.", "ca.", "circa", "bapt", "or ", "?", "reign", "r. ", "fl."]
        .iter()
        .any(|mark| before.contains(mark))
}

/// Whether a participle after `before` modifies the topic itself: it opens the clause, or stands right after
/// the head noun of the first description, or continues such a participle after "and".
fn attaches(before: &str, in_lead: bool) -> bool {
    if before.is_empty() {
        return true;
    }
    if !in_lead {
        return false;
    }
    let parts: Vec<&str> = before.split(' ').collect();
    let head_reached = parts.len() <= 9 && !before.contains([',', ';', '(']) && !parts.contains(&"of");
    let noun_last = parts.last().is_some_and(|word| word.chars().all(|c| c.is_lowercase() || c == '-'));
    let no_clause =
        !parts.iter().any(|word| matches!(*word, "that" | "which" | "who" | "by" | "in" | "for" | "from"));
    let list_and = before.ends_with(" and") && head_reached;
    (head_reached && noun_last && no_clause) && !list_and
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len() + 1;
        Some((start, word))
    })
}

/// `opened on May 12, 2000`: the verb in its base form, and the date.
fn did(predicate: &str) -> Option<(&'static str, &str)> {
    const VERBS: &[(&str, &str)] = &[
        ("opened ", "open"),
        ("premiered ", "premiere"),
        ("debuted ", "debut"),
        ("closed ", "close"),
        ("launched ", "launch"),
        ("ended ", "end"),
    ];
    let (past, base) = VERBS.iter().find(|(past, _)| predicate.starts_with(past))?;
    let rest = predicate[past.len()..]
        .strip_prefix("on ")
        .or_else(|| predicate[past.len()..].strip_prefix("in "))?;
    date_prefix(rest).map(|date| (*base, date))
}

/// What follows the subject of a sentence, if that is the topic: by pronoun (when the sentence before was
/// about the topic) or by the last word of its name.
fn after_subject<'a>(sentence: &'a str, lead: &Lead<'_>, about_topic: bool) -> Option<&'a str> {
    if about_topic {
        for pronoun in ["He ", "She ", "It ", "They "] {
            if let Some(rest) = sentence.strip_prefix(pronoun) {
                return Some(rest);
            }
        }
    }
    let last = lead.subject.rsplit(' ').next()?;
    [lead.subject, last].iter().find_map(|name| sentence.strip_prefix(name)?.strip_prefix(' '))
}

/// A place: names joined by commas, articles allowed, ending at a clause boundary.
fn place_prefix(text: &str) -> Option<&str> {
    let articles = if text.starts_with("the ") { 4 } else { 0 };
    let names = names_prefix(&text[articles..])?;
    let end = articles + names.len();
    let rest = &text[end..];
    let bounded = rest.is_empty()
        || rest.starts_with(['.', ';', ','])
        || [" and ", " with ", ", and ", " on ", " to "].iter().any(|next| rest.starts_with(next))
        || rest.starts_with(", ");
    let and_more = rest.starts_with(" and ") && rest[5..].starts_with(char::is_uppercase);
    (bounded && !and_more).then(|| &text[..end])
}
