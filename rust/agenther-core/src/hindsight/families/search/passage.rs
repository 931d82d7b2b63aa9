//! The facts that the lead of an encyclopedic passage states about its topic.
//!
//! Only relations whose value has clear bounds: what readers of prototypes found safe. "Owned by",
//! cast lists and professions after "former" were not.

use super::demonyms::nationality_prefix;
use super::lead::{Lead, about, calling, calls_a_person, is_person, split_disambiguator, title, topic, work};
use super::named;
use super::prose::{date_prefix, name_prefix, names_prefix, sentences};

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
    /// A noun that the passage gives a value for: the noun is [`Fact::verb`] (`county seat`).
    Attribute,
    /// How many of something it has: the noun is [`Fact::verb`].
    Has,
    /// Another name of it.
    AlsoKnown,
    /// Who stars in it.
    Stars,
    /// What a work is based on.
    BasedOn,
    /// Where someone did something: the verb is [`Fact::verb`] (`study`, `grow up`, `die`).
    DidIn,
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
    /// The noun for what it is: `company`, `city`.
    pub kind: Option<&'a str>,
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
    "led",
    "voiced",
    "portrayed",
    "trained",
    "released",
    "distributed",
    "organized",
    "operated",
    "sponsored",
    "presented",
    "conducted",
    "headed",
    "coached",
    "managed",
];
const BEGAN: &[&str] = &[
    "founded",
    "formed",
    "established",
    "created",
    "incorporated",
    "built",
    "launched",
    "opened",
    "held",
    "fought",
    "signed",
    "completed",
    "dissolved",
    "introduced",
    "commissioned",
    "published",
];
/// What stands so far from the start of a clause says nothing of its subject.
const MAX_CLAUSE: usize = 600;
const WHERE: &[&str] = &["located", "based", "headquartered", "situated"];
/// Reads what a passage found by `query` says about it; `None` if the passage is not about the query.
pub fn read<'a>(query: &'a str, text: &'a str) -> Option<Passage<'a>> {
    let first_word = query.split_whitespace().next()?.to_lowercase();
    if ["who", "what", "when", "where", "which", "how", "why", "did", "is", "was"]
        .contains(&first_word.as_str())
        && query.contains(' ')
    {
        return None; // a question asks for one thing of the topic, which may not be what the lead states
    }
    let text = super::pages::titled(query, text)?;
    let sentences = sentences(text);
    let first = sentences.first()?;
    let lead = Lead::parse(first)?;
    let (name, disambiguator) = split_disambiguator(bare(query));
    let by_alias = lead.alias.is_some_and(|alias| alias.eq_ignore_ascii_case(name));
    let by_other = other_name(first, &lead).is_some_and(|other| other.eq_ignore_ascii_case(name));
    let other = other_name(first, &lead).filter(|other| !lead.subject.contains(other));
    if !by_alias && !by_other && !about(name, disambiguator, &lead) {
        return None;
    }
    let (name, disambiguator) = named::as_told(name, disambiguator, &lead);
    let gender = gender(&sentences);
    let person = is_person(&lead, gender.is_some());
    let title = title(name, &lead)?;
    // A query that says what someone is means one of several of the name.
    let told = disambiguator.is_none() && title != name && name.starts_with(title);
    let disambiguator = disambiguator.or_else(|| calling(&lead).filter(|_| told && person));
    let mut passage = Passage {
        topic: topic(title, &lead, disambiguator, person)?,
        name: title,
        person,
        pronoun: if person { gender } else { Some("it") },
        // `The Lanterns are`, `the band Lantern is`.
        plural: matches!(lead.copula, "are" | "were") && disambiguator != Some("band"),
        past: matches!(lead.copula, "was" | "were"),
        kind: kind(lead.predicate),
        facts: Vec::new(),
    };
    if by_alias && person {
        passage.add(Relation::RealName, "", lead.subject);
    }
    if let Some(other) = other
        && !by_alias
        && !by_other
    {
        passage.add(Relation::AlsoKnown, "", other);
    }
    passage.read_dates(&lead);
    passage.read_predicate(&lead);
    passage.read_work(&lead);
    passage.read_population(lead.predicate);
    passage.read_sentences(&sentences, &lead);
    // "Who recorded the Ann Lee album Low Tide?" gives the answer away.
    let topic = &passage.topic;
    // `the song Low Tide` is "a song by …".
    let made = work(&lead).map(|kind| format!("a {kind} by ")).filter(|_| topic.starts_with("the "));
    let is_said = |fact: &Fact<'_>| {
        fact.relation == Relation::Definition
            && made.as_ref().is_some_and(|made| fact.value.starts_with(made.as_str()))
    };
    passage.facts.retain(|fact| !topic.contains(fact.value) && !is_said(fact));
    (!passage.facts.is_empty()).then_some(passage)
}

/// A query without words at its end that only say what kind of page is looked for.
fn bare(query: &str) -> &str {
    let mut query = query.trim();
    while let Some((name, "wikipedia" | "Wikipedia" | "wiki" | "biography" | "bio" | "born")) =
        query.rsplit_once(' ')
        && name.contains(' ')
    {
        query = name;
    }
    query
}

fn gender(sentences: &[&str]) -> Option<&'static str> {
    let (mut he, mut she) = (0, 0);
    for word in sentences.iter().flat_map(|sentence| sentence.split(|c: char| !c.is_alphabetic())) {
        match word {
            "He" | "he" | "his" | "His" => he += 1,
            "She" | "she" | "her" | "Her" => she += 1,
            _ => {}
        }
    }
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
        if !known && !value.is_empty() && !value.contains('\\') {
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
            if let Some(date) = date_prefix(after).or_else(|| old_style(after)) {
                self.add(Relation::Born, "", date);
            }
            return;
        }
        for (at, _) in inside.char_indices() {
            let starts_word = at == 0 || inside[..at].ends_with([' ', '(']);
            let date = |at: usize| date_prefix(&inside[at..]).or_else(|| old_style(&inside[at..]));
            let Some(born) = starts_word.then(|| date(at)).flatten() else { continue };
            let rest = inside[at + born.len()..].trim_start();
            let Some(rest) = ["–", "-", "—"].iter().find_map(|dash| rest.strip_prefix(dash)) else {
                return;
            };
            let rest = rest.trim_start();
            if let Some(died) = date_prefix(rest).or_else(|| old_style(rest))
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
        if takes_article && (3..=40).contains(&complete) && who_or_what {
            // "an Iowa-class battleship, and was the second ship to be named after the state" is two answers.
            let further = [", and was ", ", and is "].iter().find_map(|more| predicate.split_once(more));
            self.add(Relation::Definition, "", further.map_or(predicate, |(first, _)| first));
        }
    }

    /// `directed by NAME`, `founded in 1901`, `located in PLACE` where the participle modifies the topic.
    fn read_participles(&mut self, clause: &'a str, in_lead: bool) {
        for (at, word) in words(clause).take_while(|(at, _)| *at < MAX_CLAUSE) {
            if !is_participle(word) && word != "released" {
                continue;
            }
            let rest = clause.get(at + word.len()..).unwrap_or("").trim_start();
            let before = clause[..at].trim_end();
            if !attaches(before, in_lead) {
                continue;
            }
            if BY.contains(&word)
                && let Some(names) = rest.strip_prefix("by ").and_then(described_names)
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

    /// What the lead says of a work: `… song by American singer NAME`, `starring A and B.`, `based on the novel X`.
    fn read_work(&mut self, lead: &Lead<'a>) {
        let Some(kind) = work(lead) else { return };
        let made = match kind {
            "song" | "album" | "single" => Some("recorded"),
            "novel" | "book" | "play" => Some("written"),
            "opera" => Some("composed"),
            _ => None,
        };
        if let Some(verb) = made
            && let Some(at) = lead.predicate.find(&format!("{kind} by "))
            && let Some(names) = described_names(&lead.predicate[at + kind.len() + " by ".len()..])
        {
            self.add(Relation::By, verb, names);
        }
        // A list that goes on behind its last "and" is cut.
        if let Some((_, cast)) = lead.predicate.split_once(" starring ")
            && let Some(names) = names_prefix(cast)
            && names.len() == cast.len()
        {
            self.add(Relation::Stars, "", names);
        }
        if let Some((_, basis)) = lead.predicate.split_once(" based on ") {
            let basis = basis.split([',', ';']).next().unwrap_or(basis);
            if (2..=14).contains(&basis.split(' ').count()) && !basis.contains(" and ") {
                self.add(Relation::BasedOn, "", basis);
            }
        }
    }

    /// `The population was 37,492`, `has a population of 1,200 as of 2020`.
    fn read_population(&mut self, sentence: &'a str) -> bool {
        const SAYS: &[&str] =
            &["population was ", "population is ", "population of ", "recorded a population of "];
        let value = SAYS.iter().find_map(|says| {
            let at = sentence.find(says)? + says.len();
            let rest = &sentence[at..];
            let rest = ["approximately ", "about ", "around ", "estimated at "]
                .iter()
                .find_map(|near| rest.strip_prefix(near))
                .unwrap_or(rest);
            counted(rest)
        });
        if let Some(value) = value.filter(|_| !self.person) {
            self.add(Relation::Attribute, "population", value);
        }
        value.is_some()
    }

    /// `Its county seat is Ada.`, after a sentence about the topic.
    fn read_possession(&mut self, sentence: &'a str) -> bool {
        let Some(rest) = ["Its ", "His ", "Her "].iter().find_map(|its| sentence.strip_prefix(its)) else {
            return false;
        };
        let split =
            [" is ", " was "].iter().filter_map(|is| rest.split_once(is)).min_by_key(|(noun, _)| noun.len());
        if let Some((noun, value)) = split {
            let plain = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            let singular = !noun.ends_with('s') && !noun.contains(" and ");
            if noun.split(' ').count() <= 3
                && noun.split(' ').all(plain)
                && singular
                && let Some(value) = whole_value(value)
            {
                self.add(Relation::Attribute, noun, value);
            }
        }
        true
    }

    /// Sentences after the first whose subject is the topic or its pronoun.
    fn read_sentences(&mut self, sentences: &[&'a str], lead: &Lead<'a>) {
        let mut about_topic = true;
        for sentence in &sentences[1..] {
            if about_topic && (self.read_possession(sentence) || self.read_population(sentence)) {
                continue;
            }
            let Some(rest) = after_subject(sentence, lead, about_topic) else {
                about_topic = false;
                continue;
            };
            about_topic = true;
            self.read_population(rest);
            if !self.person
                && let Some((number, noun)) = rest.strip_prefix("has ").and_then(has)
            {
                self.add(Relation::Has, noun, number);
            }
            if self.person {
                for (says, verb) in DID_IN {
                    if let Some(place) = rest.strip_prefix(says).and_then(place_prefix)
                        && date_prefix(place).is_none()
                        && !place.contains(" and ")
                    {
                        self.add(Relation::DidIn, verb, place);
                    }
                }
            }
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

/// What people do in places, as sentences about them say it.
const DID_IN: &[(&str, &str)] = &[
    ("studied at ", "study"),
    ("graduated from ", "study"),
    ("attended ", "study"),
    ("grew up in ", "grow up"),
    ("was raised in ", "grow up"),
    ("died in ", "die"),
];

fn is_participle(word: &str) -> bool {
    BY.contains(&word) || BEGAN.contains(&word) || WHERE.contains(&word)
}

/// The last noun before what narrows it: `company` of `a German car company based in Ulm`.
fn kind(predicate: &str) -> Option<&str> {
    let described = ["a ", "an ", "the "].iter().find_map(|article| predicate.strip_prefix(article))?;
    let stops = [
        " in ",
        " of ",
        " that ",
        " which ",
        " from ",
        " based ",
        " located ",
        " and ",
        " on ",
        " at ",
        " for ",
        ", ",
        " by ",
    ];
    let phrase = stops.iter().fold(described, |phrase, stop| phrase.split(stop).next().unwrap_or(phrase));
    let noun = phrase.split(' ').take_while(|word| !is_participle(word)).last()?;
    (noun.len() > 2 && noun.chars().all(|c| c.is_ascii_lowercase()) && !noun.ends_with("ed")).then_some(noun)
}

/// The other name that the lead gives: `Spynie Palace, also known as Spynie Castle, was …`.
fn other_name<'a>(sentence: &'a str, lead: &Lead<'a>) -> Option<&'a str> {
    let at = lead.predicate.as_ptr() as usize - sentence.as_ptr() as usize;
    let before = sentence.get(..at)?;
    let mut says = [", also known as ", ", commonly known as ", ", usually known as "].iter();
    let (_, name) = says.find_map(|says| before.split_once(says))?;
    let name =
        [",", " and ", " or ", " ("].iter().fold(name, |name, end| name.split(end).next().unwrap_or(name));
    let name = name.strip_prefix("the ").unwrap_or(name);
    name_prefix(name).is_some_and(|prefix| prefix.len() == name.len()).then_some(name)
}

/// `American singer Ann Lee, released …`: the names after what describes them.
fn described_names(text: &str) -> Option<&str> {
    let described = |word: &str| {
        word.chars().all(|c| c.is_ascii_lowercase() || c == '-') || super::demonyms::is_demonym(word)
    };
    let skipped: usize =
        text.split(' ').take(6).take_while(|word| described(word)).map(|word| word.len() + 1).sum();
    let before = text.get(..skipped)?;
    let relates = ["of", "for", "from", "in", "at", "with"]
        .iter()
        .any(|word| before.split(' ').any(|said| said == *word));
    if relates {
        return None;
    }
    names_prefix(text.get(skipped..)?)
}

/// A number with what dates it: `25,138 as of the 2020 census`.
fn counted(text: &str) -> Option<&str> {
    let number = text.split(' ').next()?.trim_end_matches(['.', ',', ';', ')']);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.'));
    let rest = &text[number.len()..];
    let scale = [" million", " billion"]
        .iter()
        .find(|scale| rest.starts_with(**scale))
        .map_or(0, |scale| scale.len());
    let dated = [" as of the ", " at the ", " in the ", " as of ", " in "].iter().find_map(|link| {
        let year = rest[scale..].strip_prefix(link)?;
        let year = date_prefix(year)?;
        let census = rest[scale + link.len() + year.len()..].starts_with(" census");
        Some(scale + link.len() + year.len() + if census { " census".len() } else { 0 })
    });
    is_number.then(|| &text[..number.len() + dated.unwrap_or(scale)])
}

/// `42 members, elected by …`: the number, and the noun that it counts.
fn has(rest: &str) -> Option<(&str, &str)> {
    let (number, rest) = rest.split_once(' ')?;
    let noun = rest.split([' ', ',', '.', ';']).next()?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
        && number.starts_with(|c: char| c != ',');
    let plain = noun.len() > 3 && noun.ends_with('s') && noun.chars().all(|c| c.is_ascii_lowercase());
    (is_number && plain && !matches!(noun, "years" | "times" | "hours" | "minutes")).then_some((number, noun))
}

/// A value that is all of its clause: names, a date or a number.
fn whole_value(text: &str) -> Option<&str> {
    let names = place_prefix(text).filter(|names| !names.contains(" and "));
    names.or_else(|| counted(text).filter(|value| text[value.len()..].starts_with(['.', ','])))
}

/// A date in two calendars: `18 May [O.S. 6 May] 1868`.
fn old_style(text: &str) -> Option<&str> {
    let (new, rest) = text.split_once(" [O.S. ")?;
    let (old, year) = rest.split_once("] ")?;
    let year = date_prefix(year).filter(|year| year.len() == 4)?;
    let is_day = |day: &str| date_prefix(&format!("{day} {year}")).is_some_and(|date| date.contains(day));
    (is_day(new) && is_day(old))
        .then(|| &text[..new.len() + " [O.S. ".len() + old.len() + "] ".len() + year.len()])
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
    // "a company founded in 1921 and based in Ulm"
    if let Some(first) = before.strip_suffix(" and")
        && let Some((at, _)) = words(first).filter(|(_, word)| is_participle(word)).last()
        && !first[at..].contains(',')
        && first[at..].split(' ').count() <= 6
    {
        return attaches(first[..at].trim_end(), in_lead);
    }
    if !in_lead {
        return false;
    }
    // "a party in Veld, led by …" goes on about the party, unless something else stands between.
    const BETWEEN: &[&str] = &[
        " that ",
        " which ",
        " who ",
        " whose ",
        " where ",
        " when ",
        " between ",
        " about ",
        " on ",
        " by ",
        " with ",
        " against ",
        " and ",
        " from ",
        " among ",
        " to ",
    ];
    if before.ends_with(',')
        && !BETWEEN.iter().any(|word| before.contains(word))
        && before.split(' ').count() <= 16
    {
        return true;
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
    // `The song was composed by …` of a song
    if let Some(work) = work(lead).filter(|_| about_topic)
        && let Some(rest) = sentence.strip_prefix("The ").and_then(|rest| rest.strip_prefix(work))
    {
        return rest.strip_prefix(' ');
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
