//! Queries that a whole sentence of the observation answers: `population of Brandon` and `The population was 25,138 as
//! of the 2020 census.` The sentence stands as the answer, since its value often has no clear bounds.
//!
//! A snippet found for a question is no answer yet. The sentence must have the names of the question (or follow a
//! sentence that has them), its other words, and a value of the kind asked for; and where a word is missing, the
//! agent's next words must have taken the value up.

use std::sync::LazyLock;

use super::attribute;
use super::demonyms::is_demonym;
use super::direct::{self, Wants};
use super::doubts;
use super::prose::{content_stems, dates, name_prefix, sentences, stem};
use crate::text::tables::FastMap;

/// Sentences in which a value is uncertain, past or denied.
const HEDGES: &[&str] =
    &[" not ", "n't", "formerly", "until", "rumor", "rumour", "reported", " may ", "might", "?", "allegedly"];

/// Words that say where, when or how many, which sentences say in many ways.
const LIGHT: &[&str] = &[
    "located",
    "situated",
    "currently",
    "current",
    "total",
    "number",
    "people",
    "person",
    "place",
    "year",
    "date",
    "day",
    "month",
    "time",
    "times",
    "take",
    "full",
    "real",
    "actual",
    "exact",
    "specific",
    "both",
];

/// Forms of verbs that no stem brings together.
const IRREGULAR: &[(&str, &str)] = &[
    ("won", "win"),
    ("wrote", "write"),
    ("written", "write"),
    ("sold", "sell"),
    ("sang", "sing"),
    ("sung", "sing"),
    ("made", "make"),
    ("held", "hold"),
    ("led", "lead"),
    ("built", "build"),
    ("began", "begin"),
    ("taught", "teach"),
    ("died", "death"),
    ("die", "death"),
    ("grew", "grow"),
    ("fought", "fight"),
    ("bought", "buy"),
    ("born", "birth"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("drew", "draw"),
    ("ran", "run"),
    ("flew", "fly"),
    ("gave", "give"),
    ("given", "give"),
    ("lay", "lie"),
    ("lost", "lose"),
    ("met", "meet"),
    ("paid", "pay"),
    ("shot", "shoot"),
];

/// The question that a query puts, and the sentence that answers it.
pub fn ask<'a>(query: &str, observation: &'a str, thought: Option<&str>) -> Option<(String, &'a str)> {
    let direct = direct::question(query);
    let is_direct = direct.is_some();
    let (question, wants) = direct.or_else(|| direct::loose_question(query))?;
    let asked = Asked::of(&question)?;
    let sentences = sentences(observation);
    let certain = thought.map_or("", before_doubt);
    let is_left = thought.is_some_and(|thought| doubts(thought) || !ends(thought));
    if let Some(date) = asked.dated(wants, observation, certain) {
        return Some((question, date));
    }
    let answer = (0..sentences.len()).find(|&at| {
        let repeats = asked.is_repeated(wants, sentences[at], certain);
        let is_taken_up = repeats && asked.is_spoken_of(certain);
        // A sentence that says all by itself needs no more than that the agent goes on with its value.
        is_taken_up && asked.is_answered(wants, &sentences, at, true)
            || (repeats && is_direct || !is_left) && asked.is_answered(wants, &sentences, at, false)
    })?;
    let sentence = sentences[answer];
    // What the sentence goes on about, other sentences name: the doer is the answer.
    let said = content_stems(sentence);
    let goes_on = !asked.names.iter().any(|name| has(&said, name));
    let doer = asked.doer(sentence, &said).filter(|_| goes_on && wants == Wants::Who);
    Some((question, doer.unwrap_or(sentence)))
}

/// What a thought says before it doubts something: what it took up before, it goes on from.
fn before_doubt(thought: &str) -> &str {
    let doubted = sentences(thought).into_iter().find(|sentence| doubts(sentence));
    match doubted {
        Some(doubted) => &thought[..doubted.as_ptr() as usize - thought.as_ptr() as usize],
        None if doubts(thought) => "",
        None => thought,
    }
}

/// Whether a thought ends the search: it says nothing that could be of the value, as in `I have the answer.`
fn ends(thought: &str) -> bool {
    thought.split(' ').count() <= 12 && thought.contains("answer")
}

/// The words of a question.
struct Asked {
    names: Vec<String>,
    plain: Vec<String>,
    all: Vec<String>,
    /// Stem of the first and last name of two words that may be a person's.
    people: Vec<(String, String)>,
    /// Names of three words or more.
    long_names: Vec<String>,
    /// Whether it asks what something was named after.
    asks_namesake: bool,
}

impl Asked {
    fn of(question: &str) -> Option<Self> {
        let words = || question.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).skip(1);
        let is_name = |word: &str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let (names, plain): (Vec<&str>, Vec<&str>) = words().partition(|word| is_name(word));
        let stems = |words: Vec<&str>| content_stems(&words.join(" "));
        // `the band Grey Fox`: the name tells, the kind only which of that name.
        let kind = question.split(" the ").find_map(attribute::kind).map(stem);
        let plain =
            stems(plain).into_iter().filter(|stem| !is_light(stem) && kind != Some(stem.as_str())).collect();
        // Of `Port Amber, Veld` the part behind the comma only tells which.
        let further = question.split_once(", ").map_or(Vec::new(), |(_, further)| content_stems(further));
        let names: Vec<String> = stems(names).into_iter().filter(|name| !further.contains(name)).collect();
        let people = people(question);
        let asks_namesake = words().any(|word| word.starts_with("name"));
        // `a 1170 kHz AM station` is any of them.
        let is_specific =
            names.iter().any(|name| name.len() > 2 && name.bytes().any(|byte| byte.is_ascii_alphabetic()));
        is_specific.then(|| Asked {
            names,
            plain,
            all: content_stems(question),
            people,
            long_names: long_names(question),
            asks_namesake,
        })
    }

    /// Whether one of some sentences answers: with one plain word missing at most, and that only if the agent took
    /// the value up.
    fn is_answered(&self, wants: Wants, sentences: &[&str], at: usize, is_taken_up: bool) -> bool {
        let sentence = sentences[at];
        // What the agent took up, it read in the whole text.
        let others = if is_taken_up { sentences } else { &sentences[..at] };
        let lower = sentence.to_lowercase();
        if HEDGES.iter().any(|hedge| lower.contains(hedge))
            || sentence.split(' ').count() > 60
            || is_list(sentence)
        {
            return false;
        }
        let said = content_stems(sentence);
        let by_surname = |name: &String| {
            is_taken_up
                && self.people.iter().any(|(first, last)| first == name && stands_alone(sentence, last))
        };
        let short = if is_taken_up { self.left_out(sentence) } else { Vec::new() };
        let absent = self
            .names
            .iter()
            .filter(|name| !said.contains(name) && !by_surname(name) && !short.contains(name));
        let goes_on = || {
            let told: Vec<String> = others.iter().flat_map(|sentence| content_stems(sentence)).collect();
            let refers =
                ["He ", "She ", "It ", "They ", "The ", "Its ", "His ", "Her ", "Their ", "In ", "As of "];
            let in_other_words = |name: &String| is_taken_up && self.is_told_otherwise(name, others, &told);
            let is_told = |name: &String| said.contains(name) || told.contains(name) || in_other_words(name);
            let opens = is_taken_up && self.doer(sentence, &said).is_some();
            (opens || refers.iter().any(|start| sentence.starts_with(start)))
                && self.names.iter().all(is_told)
        };
        if absent.count() > 0 && !goes_on() || lower.contains("named after") && !self.asks_namesake {
            return false;
        }
        if wants == Wants::Whether && !is_taken_up {
            return false;
        }
        let is_said = |word: &String| said.iter().any(|said| are_kin(word, said)) || is_made(word, &lower);
        let missing = self.plain.iter().filter(|word| !is_said(word));
        let missing: Vec<&String> = missing.collect();
        // The first plain word is what is asked for (`which team`) or done (`who built`).
        let is_minor = |word: &&&String| !is_exact(word) && self.plain.first() != Some(word);
        let is_lenient = is_taken_up && self.plain.len() > 2 && missing.iter().all(|word| is_minor(&word));
        missing.len() <= usize::from(is_lenient) && self.has_value(wants, sentence)
    }

    /// What a sentence leaves out of a long name: `The Town Council` of the `Port Amber Town Council`.
    fn left_out(&self, sentence: &str) -> Vec<String> {
        let Some(subject) = sentence.strip_prefix("The ").and_then(name_prefix) else { return Vec::new() };
        let is_tail = |name: &&String| name.ends_with(&format!(" {subject}"));
        let full = self.long_names.iter().find(is_tail).filter(|_| subject.contains(' '));
        full.map_or(Vec::new(), |full| content_stems(&full[..full.len() - subject.len()]))
    }

    /// Whether a sentence has a value of the kind asked for that the question does not have.
    fn has_value(&self, wants: Wants, sentence: &str) -> bool {
        let is_new = |text: &str| content_stems(text).iter().any(|stem| !self.all.contains(stem));
        match wants {
            Wants::When => dates(sentence).into_iter().any(is_new),
            Wants::Number => words(sentence).any(|word| is_number(word) && is_new(word)),
            Wants::Whether => true,
            Wants::Nationality => super::demonyms::has_nationality(sentence),
            Wants::Occupation => super::lead::names_people(sentence),
            Wants::Kind => false,
            Wants::Where | Wants::Which(_) => self.places().iter().any(|link| {
                let place = |at: usize| sentence[at + link.len()..].trim_start_matches("the ");
                let mut places = sentence.match_indices(link).map(|(at, _)| place(at));
                places.any(|place| {
                    place.starts_with(char::is_uppercase)
                        && is_new(place.split([' ', ',', '.']).next().unwrap_or(""))
                })
            }),
            Wants::Who | Wants::Name | Wants::Any => {
                words(sentence).skip(1).any(|word| word.starts_with(char::is_uppercase) && is_new(word))
            }
        }
    }

    /// What stands before the place asked for: a band from Veld is not located there.
    fn places(&self) -> &'static [&'static str] {
        let is_located = self.all.iter().any(|stem| stem == "locat");
        if is_located { &[" in ", " at ", " near "] } else { &[" in ", " at ", " near ", " from "] }
    }

    /// Whether sentences have a name otherwise: `Canadian` for Canada, `155 mm` for 155mm, a last name alone.
    fn is_told_otherwise(&self, name: &str, sentences: &[&str], told: &[String]) -> bool {
        const ROOT: usize = 4;
        let text = || sentences.iter().flat_map(|sentence| words(sentence));
        let root = name.get(..ROOT);
        let by_demonym =
            root.is_some() && text().any(|word| is_demonym(word) && word.to_lowercase().get(..ROOT) == root);
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = name.split_at(digits);
        let in_units =
            !number.is_empty() && !unit.is_empty() && [number, unit].iter().all(|part| has(told, part));
        let by_surname = self.people.iter().any(|(first, last)| {
            first == name && sentences.iter().any(|sentence| stands_alone(sentence, last))
        });
        by_demonym || in_units || by_surname
    }

    /// The date right after what was done, in the rest of a snippet that is cut behind it, where the agent repeats it:
    /// `who was convicted in August 1979 of ...`
    fn dated<'a>(&self, wants: Wants, snippet: &'a str, thought: &str) -> Option<&'a str> {
        let rest =
            snippet.strip_suffix("...").filter(|_| wants == Wants::When && self.is_spoken_of(thought))?;
        let end = sentences(rest)
            .last()
            .map_or(0, |last| last.as_ptr() as usize + last.len() - rest.as_ptr() as usize);
        let rest = &rest[end..];
        let is_after_deed = |date: &&str| {
            let before = &rest[..date.as_ptr() as usize - rest.as_ptr() as usize];
            let near: Vec<String> = before.trim_end().rsplit(' ').take(2).flat_map(content_stems).collect();
            self.plain.iter().any(|word| near.iter().any(|said| are_kin(word, said)))
        };
        let said = content_stems(rest);
        let is_about = self.names.iter().all(|name| has(&said, name) || is_title(name));
        let mut found = dates(rest).into_iter().filter(|date| thought.contains(*date)).filter(is_after_deed);
        let date = found.next().filter(|_| found.next().is_none())?;
        (is_about && !HEDGES.iter().any(|hedge| rest.contains(hedge))).then_some(date)
    }

    /// The new name that a sentence begins with, if it says what that did: `Veld Rovers won the match …`.
    fn doer<'a>(&self, sentence: &'a str, said: &[String]) -> Option<&'a str> {
        const OPENINGS: &[&str] =
            &["After", "Before", "When", "While", "As", "Since", "In", "On", "At", "With"];
        let name = name_prefix(sentence).filter(|name| name.contains(' '))?;
        if OPENINGS.contains(&name.split(' ').next()?) {
            return None;
        }
        let is_new = content_stems(name).iter().all(|stem| !has(&self.all, stem));
        let does = self.plain.iter().any(|word| said.iter().any(|said| are_kin(word, said)));
        (is_new && does).then_some(name)
    }

    /// Whether a thought repeats what is new in a sentence.
    fn is_repeated(&self, wants: Wants, sentence: &str, thought: &str) -> bool {
        let told = content_stems(thought);
        let is_value = |word: &&str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let new = words(sentence).skip(1).filter(is_value).flat_map(content_stems);
        match wants {
            // An answer to a yes-or-no question has no value: the thought says the question again, as a statement.
            Wants::Whether => self.all.iter().all(|stem| told.contains(stem)),
            _ => new.filter(|stem| !self.all.contains(stem)).any(|stem| told.contains(&stem)),
        }
    }

    /// Whether a thought speaks of what was asked.
    fn is_spoken_of(&self, thought: &str) -> bool {
        let told = content_stems(thought);
        let is_told = |stem: &&String| told.iter().any(|said| are_kin(stem, said));
        self.all.iter().filter(is_told).count() * 2 >= self.all.len()
    }
}

/// Whether a stem is a title before a name.
fn is_title(stem: &str) -> bool {
    ["dr", "mr", "mrs", "ms", "sir", "prof"].contains(&stem)
}

fn has(stems: &[String], stem: &str) -> bool {
    stems.iter().any(|known| known == stem)
}

/// Names of three words or more.
fn long_names(question: &str) -> Vec<String> {
    let starts = question.match_indices(' ').map(|(at, _)| at + 1);
    let names = starts.filter_map(|at| name_prefix(&question[at..]));
    names.filter(|name| name.split(' ').count() >= 3).map(str::to_string).collect()
}

/// Names of just two words.
fn people(question: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = question.split(' ').collect();
    let bare = |word: &str| word.strip_suffix("'s").unwrap_or(word).trim_end_matches([',', '?']).to_string();
    let is_name = |at: usize| {
        words.get(at).is_some_and(|word| {
            word.starts_with(char::is_uppercase) && word.chars().skip(1).all(|c| !c.is_uppercase())
        })
    };
    (1..words.len())
        .filter(|&at| is_name(at) && (at == 1 || !is_name(at - 1)))
        .filter_map(|at| {
            // `Jon R. Hale`
            let is_initial = words.get(at + 1).is_some_and(|word| word.len() == 2 && word.ends_with('.'));
            let last = at + 1 + usize::from(is_initial);
            let whole = is_name(last) && !is_name(last + 1);
            whole.then(|| (stem(&bare(words[at]).to_lowercase()).to_string(), bare(words[last])))
        })
        .collect()
}

/// Whether a sentence calls someone by the last name alone: `Amundsen avoided …`, not `the Council`.
fn stands_alone(sentence: &str, last: &str) -> bool {
    let words: Vec<&str> = sentence.split(' ').collect();
    let capital = |word: Option<&&str>| word.is_some_and(|word| word.starts_with(char::is_uppercase));
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let free = before.is_none_or(|before| {
            !before.starts_with(char::is_uppercase) && *before != "the" || before.ends_with(['.', ','])
        });
        let same = word.strip_suffix("'s").unwrap_or(word).trim_end_matches([',', '.']) == last;
        same && free && !capital(words.get(at + 1))
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, ',' | '.')).filter(|word| !word.is_empty())
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || direct::is_number_word(word)
}

/// Whether a stem says only where, when or how many.
pub fn is_light(found: &str) -> bool {
    static STEMS: LazyLock<Vec<&str>> = LazyLock::new(|| LIGHT.iter().map(|light| stem(light)).collect());
    STEMS.contains(&found)
}

/// Whether two stems are of one root: `direct` and `director`.
pub fn are_kin(one: &str, other: &str) -> bool {
    const ROOT: usize = 5;
    static STEMS: LazyLock<FastMap<&str, &str>> =
        LazyLock::new(|| IRREGULAR.iter().rev().map(|(form, base)| (stem(form), stem(base))).collect());
    let base = |word| STEMS.get(word).copied().unwrap_or(word);
    let (one, other) = (base(one), base(other));
    one == other
        || one.get(..ROOT).is_some_and(|root| other.get(..ROOT) == Some(root))
        || stem(one) == stem(other)
}

/// Whether a sentence says who made something in other words than the role: `a song by Ann Lee` of the singer.
fn is_made(role: &str, sentence: &str) -> bool {
    const MADE: &[(&str, &[&str])] = &[
        ("singer", &["song by", "single by", "sung by", "recorded by", "performed by"]),
        ("author", &["novel by", "book by", "written by", "wrote", "memoir by"]),
        ("writer", &["novel by", "book by", "written by", "wrote"]),
        ("director", &["film by", "movie by"]),
        ("owner", &["owned by"]),
        ("released", &["song by", "single by", "album by"]),
        ("founder", &["founded", "established by"]),
    ];
    MADE.iter().any(|(known, says)| stem(known) == role && says.iter().any(|says| sentence.contains(says)))
}

/// Whether a word narrows the question so that no sentence without it answers.
fn is_exact(word: &str) -> bool {
    const EXACT: &[&str] =
        &["first", "last", "only", "second", "third", "most", "least", "former", "original", "next"];
    EXACT.contains(&word) || word.len() > 4 && word.ends_with("est")
}

/// A page's list of links or names, cut into what looks like a sentence.
fn is_list(sentence: &str) -> bool {
    ['·', ';', '|', '›', '…', '\\'].iter().any(|mark| sentence.contains(*mark)) || sentence.contains("...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_with_a_shorter_name_and_the_agent_with_another_search() {
        let text = "The Town Council has 42 members, elected for four years.";
        let query = "Port Amber Town Council number of members";
        let found = |thought: &str| ask(query, text, Some(thought)).map(|(question, _)| question);
        let asked = Some("How many members does the Port Amber Town Council have".to_string());
        let thought = "The Port Amber Town Council has 42 members.";
        assert_eq!(found(thought), asked);
        assert_eq!(found(&format!("{thought} I should try another search for its leader.")), asked);
        assert_eq!(found("I should try another search for its leader."), None);
        let other = ask("Veld number of members", text, Some("Veld has 42 members."));
        assert!(other.is_none(), "another body");
    }

    #[test]
    fn a_cut_snippet_has_the_date_of_what_was_done() {
        let text = "Jon Hale (born May 2, 1943) is a Veldic pilot who was convicted in August 1979 of ...";
        let found = |thought: &str| ask("Dr. Jon Hale conviction year", text, Some(thought));
        let asked = "When was Dr. Jon Hale convicted".to_string();
        assert_eq!(found("Dr. Jon Hale was convicted in August 1979."), Some((asked, "August 1979")));
        assert_eq!(found("Dr. Jon Hale was convicted on May 2, 1943."), None);
        assert_eq!(found("I should search again."), None);
    }

    #[test]
    fn a_text_has_a_name_in_other_forms() {
        for (query, text, thought) in [
            (
                "where in Canada was Ann Lee mainly active?",
                "Ann Lee is the first Canadian painter of her kind. She was active mainly in the Province of Amber.",
                "Ann Lee was mainly active in the Province of Amber in Canada.",
            ),
            (
                "what does the M10 155mm Shell carry?",
                "The M10 155 mm shell was made in Amber. It carries the agent Brellium.",
                "The M10 155mm Shell carries Brellium.",
            ),
            (
                "who won the 9th Veld Cup",
                "The 1954 final decided the 9th Veld Cup. Amber Rovers won the match 1-0.",
                "Amber Rovers won the 9th Veld Cup.",
            ),
        ] {
            assert!(ask(query, text, Some(thought)).is_some(), "{query}");
            assert!(ask(query, text, Some("I should search again.")).is_none(), "{query}");
        }
        let text = "Amber Distillers makes spirits. The company is headquartered in Port Amber, Veld, where it was founded.";
        let thought = "Amber Distillers is the maker of Grey Fox. Its headquarters is in Port Amber, Veld.";
        assert!(ask("headquarters of Amber Distillers", text, Some(thought)).is_some());
        let text = "After Bo Kim recruited Hale, he led the Amber team.";
        let thought = "Bo Kim recruited Jon Hale for the team.";
        let found = ask("who recruited Jon Hale for the team?", text, Some(thought));
        assert_eq!(found.map(|(_, answer)| answer), Some(text));
        assert!(
            ask(
                "what format does a 1170 kHz AM station have?",
                "A 1170 kHz AM station has the Pop format.",
                None
            )
            .is_none()
        );
    }

    #[test]
    fn a_sentence_answers_if_it_says_what_is_asked() {
        let town = "Port Amber is a harbour town in the north of Veld. The population was 25,138 as of the 2020 census.";
        let found = |query: &str, text: &'static str, thought: Option<&str>| {
            ask(query, text, thought).map(|(question, answer)| format!("{question}? {answer}"))
        };
        let asked = "What is the population of Port Amber? The population was 25,138 as of the 2020 census.";
        assert_eq!(
            found("population of Port Amber", town, Some("The population of Port Amber is 25,138."))
                .as_deref(),
            Some(asked)
        );
        assert_eq!(found("population of Port Amber", town, Some("That is not what I need.")), None);
        assert_eq!(
            found("population of Port Green", town, Some("The population of Port Green is 25,138.")),
            None
        );
        let film = "Most of The Salt Road was filmed in Almeria and Malta in 2014. It won two awards.";
        assert_eq!(
            found(
                "where was The Salt Road filmed?",
                film,
                Some("The Salt Road was filmed in Almeria and Malta.")
            )
            .as_deref(),
            Some(
                "Where was The Salt Road filmed? Most of The Salt Road was filmed in Almeria and Malta in 2014."
            )
        );
        assert_eq!(found("who wrote The Salt Road?", film, Some("Almeria wrote The Salt Road.")), None);
        let song = "\"Low Tide\" is a song by Veldic singer Ann Lee. It sold well.";
        assert_eq!(
            found("author of the song Low Tide", song, Some("The author of Low Tide is Ann Lee.")),
            None
        );
        let club = "Hale wrote a book, and was the only one to have interviewed Ann Lee.";
        let asked = found("Jon Hale interviewed who?", club, Some("Jon Hale interviewed Ann Lee."));
        assert!(asked.is_some_and(|asked| asked.starts_with("Who did Jon Hale interview? Hale wrote")));
        let other = "The Hale was the only one to have interviewed Ann Lee.";
        assert_eq!(found("Jon Hale interviewed who?", other, Some("Jon Hale interviewed Ann Lee.")), None);
        let compound = "Brellium oxide was formerly used in paint. Brellium melts at 1,204 degrees.";
        assert_eq!(
            found("At what temperature does Brellium melt", compound, None),
            None,
            "no word for what is measured, and nobody took it up"
        );
    }
}
