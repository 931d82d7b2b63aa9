//! Search and question answering: a question whose answer a found passage states.
//!
//! [`passage`] reads the facts off a lead that is about the query, [`ask`] asks for them, [`direct`]
//! takes the query itself as the question, [`inverted`] what the agent made of the result, [`stated`] a whole sentence
//! of it, [`about`] what its title names, [`replied`] the whole of what a tool says to it. Two passages give comparisons and hops, two answers pairs and chains.

mod about;
mod ask;
mod attribute;
mod cast;
mod claim;
mod compare;
mod demonyms;
mod direct;
mod hop;
mod inverted;
mod lead;
mod named;
mod pages;
mod pairs;
mod papers;
mod passage;
mod prose;
mod relative;
mod replied;
mod said;
mod stated;

use std::borrow::Cow;

use super::{Candidate, Proposals, english};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::Reading;
use crate::signals::tool_status::Status;
use crate::text::cut;
use crate::trajectory::{Field, Span};
use ask::Ask;
use compare::compare;
use hop::{follow, hop, relation, side_by_side};
use passage::{Fact, Passage, Relation};

/// A run that searches on and on is not asked about every search.
const MAX_SEARCHES: usize = 16;

/// Of a longer page or thought only the start is read for an answer: reading compares each sentence with the others.
const MAX_READ: usize = 6_000;

/// A search that found a passage about its query.
struct Found<'a> {
    step: u32,
    query: &'a str,
    observation: &'a str,
    passage: Passage<'a>,
}

/// A search whose query put a question that the observation answers.
struct Answered<'a> {
    candidate: Candidate,
    /// The answer, where it is a name, date or number and not a sentence.
    value: Option<&'a str>,
}

/// Proposes questions that the searches of a run answer.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut answered: Vec<Answered<'_>> = Vec::new();
    for (index, step) in reading.steps.iter().enumerate() {
        if found.len() >= MAX_SEARCHES || answered.len() >= MAX_SEARCHES {
            break;
        }
        let (Some(observation), Status::Ok) = (step.step.observation, step.status) else { continue };
        let queries = pages::queries(step);
        if queries.is_empty() {
            continue;
        }
        let texts = pages::texts(step, observation);
        let is_new = |found: &[Found<'_>], passage: &Passage<'_>| {
            found.iter().all(|other| other.passage.topic != passage.topic)
        };
        for &query in &queries {
            let passage = texts.iter().find_map(|text| passage::read(query, text));
            if let Some(passage) = passage.filter(|passage| is_new(&found, passage)) {
                found.push(Found { step: index as u32, query, observation, passage });
                continue;
            }
            // The words after several queries at once may be about any of them.
            if queries.len() > 1 {
                continue;
            }
            let search = Search { reading, index, query, observation };
            if let Some(answer) = texts.iter().find_map(|text| search.answer(text)) {
                if answered.iter().all(|known| known.candidate.goal != answer.candidate.goal) {
                    answered.push(answer);
                }
            } else if let Some(answer) = texts.iter().find_map(|text| search.said(text)) {
                answered.push(answer);
            } else if let Some(answer) = texts.iter().find_map(|text| search.cast(text)) {
                answered.push(answer);
            } else if let Some(passage) = texts.iter().find_map(|text| attributed(query, text))
                && is_new(&found, &passage)
            {
                match passage.facts.as_slice() {
                    // "Who is …?" is not what the query asks.
                    [does] if does.relation == Relation::Definition => {
                        let question = occupation(query, &passage);
                        answered.push(search.answered(question, does.value, 0.78));
                    }
                    _ => found.push(Found { step: index as u32, query, observation, passage }),
                }
            } else if let Some(answer) = texts.iter().find_map(|text| search.read_by_agent(text)) {
                answered.push(answer);
            } else if let Some(passage) = texts.iter().find_map(|text| mentioned(query, text))
                && is_new(&found, &passage)
            {
                found.push(Found { step: index as u32, query, observation, passage });
            } else if let Some(answer) = search.replied() {
                answered.push(answer);
            }
        }
    }
    for (at, second) in found.iter().enumerate() {
        for first in &found[..at] {
            hop(first, second, out);
            relation(first, second, out);
            side_by_side(first, second, out);
            compare(first, second, out);
        }
    }
    for one in &found {
        answered.iter().for_each(|first| follow(first, one, out));
        single(one, out);
    }
    about::propose(reading, &found, out);
    pairs::propose(&answered, reading, out);
    papers::propose(reading, out);
    answered.into_iter().for_each(|answer| out.push(answer.candidate));
}

/// A search whose query may be a question.
struct Search<'r, 'a> {
    reading: &'r Reading<'a>,
    index: usize,
    query: &'a str,
    observation: &'a str,
}

impl<'a> Search<'_, 'a> {
    /// What the agent said next.
    fn thought(&self) -> Option<&'a str> {
        let thought = self.reading.steps.get(self.index + 1)?.step.thought?;
        Some(&thought[..cut::floor(thought, MAX_READ)])
    }

    /// The query as a question, and a text as its answer.
    fn answer(&self, text: &'a str) -> Option<Answered<'a>> {
        let text = &text[..cut::floor(text, MAX_READ)];
        let (question, value) = direct::ask(self.query, text)?;
        let is_doubted = self.thought().is_some_and(|thought| doubts(thought) && !affirms(thought, value));
        if is_doubted {
            return None;
        }
        Some(self.answered(question, value, 0.78))
    }

    /// What a sentence says in the form of an answer, where the agent does not doubt it.
    fn said(&self, text: &'a str) -> Option<Answered<'a>> {
        let text = &text[..cut::floor(text, MAX_READ)];
        let (question, value) = said::ask(self.query, text)?;
        let is_doubted = self.thought().is_some_and(|thought| doubts(thought) && !affirms(thought, value));
        (!is_doubted).then(|| self.answered(question, value, 0.78))
    }

    /// The director or some of the cast as a page has them, which is so whatever the agent makes of it.
    fn cast(&self, text: &'a str) -> Option<Answered<'a>> {
        if let Some((question, name)) = cast::director(self.query, text) {
            return Some(self.answered(question, name, 0.78));
        }
        let (question, names) = cast::ask(self.query, text)?;
        let (first, last) = (names.first()?, names.last()?);
        let (from, to) = (span_of(text, first).start as usize, span_of(text, last).end as usize);
        let answered = self.answered(question, &text[from..to], 0.78);
        let answer = english::enumerate(&names.iter().map(ToString::to_string).collect::<Vec<_>>(), "and");
        Some(Answered { candidate: Candidate { answer, ..answered.candidate }, value: None })
    }

    /// The reply of a tool that was asked a question, where the agent does not doubt it.
    fn replied(&self) -> Option<Answered<'a>> {
        let engine = self.reading.steps[self.index].step.action_name.is_some_and(pages::is_search);
        let is_doubted = || self.thought().is_some_and(doubts);
        let (question, reply) = (!engine).then(|| replied::ask(self.query, self.observation)).flatten()?;
        (!is_doubted()).then(|| Answered { value: None, ..self.answered(question, reply, 0.78) })
    }

    /// What the agent's next words make of a text, else the sentence that they take up.
    fn read_by_agent(&self, text: &'a str) -> Option<Answered<'a>> {
        let text = &text[..cut::floor(text, MAX_READ)];
        let inverted = self.thought().and_then(|thought| inverted::ask(self.query, text, thought));
        if let Some((question, value)) = inverted {
            let answered = self.answered(question, value, 0.78);
            let candidate = Candidate { wording: Wording::Phrase, ..answered.candidate };
            let value = Some(value).filter(|value| !value.ends_with('.'));
            return Some(Answered { candidate, value });
        }
        let (question, sentence) = stated::ask(self.query, text, self.thought())?;
        Some(Answered { value: None, ..self.answered(question, sentence, 0.74) })
    }

    fn answered(&self, question: String, value: &'a str, prior: f32) -> Answered<'a> {
        let (step, query) = (self.index as u32, self.query);
        let is_query = query.trim_end_matches(['?', ' ']).eq_ignore_ascii_case(&question);
        let candidate = Candidate {
            goal: format!("{question}?"),
            answer: value.to_string(),
            wording: if is_query { Wording::Reuse } else { Wording::Phrase },
            steps: vec![step],
            slots: Vec::new(),
            evidence: vec![
                support(query, step, Field::ActionInput, Span::new(0, query.len())),
                support(value, step, Field::Observation, span_of(self.observation, value)),
            ],
            prior,
            trivial: false,
        };
        Answered { candidate, value: Some(value) }
    }
}

/// `What is the profession of Ann Lee`, in the word of the query.
fn occupation(query: &str, passage: &Passage<'_>) -> String {
    let be = if passage.past { "was" } else { "is" };
    let what = query.rsplit(' ').next().filter(|last| attribute::is_occupation(last));
    format!("What {be} the {} of {}", what.unwrap_or("occupation"), passage.topic)
}

/// The passage that a query for an attribute of something found, with that attribute alone: what else the passage says,
/// the query did not look for.
fn attributed<'a>(query: &'a str, observation: &'a str) -> Option<Passage<'a>> {
    let (head, Cow::Borrowed(topic)) = attribute::parts(query)? else { return None };
    let mut passage = passage::read(topic, observation)?;
    let former =
        |value: &str| ["former", "retired", "late ", "fictional"].iter().any(|word| value.contains(word));
    passage.facts.retain(|fact| {
        attribute::is_fact(head, fact) && !(fact.relation == Relation::Definition && former(fact.value))
    });
    let does = passage.facts.iter().any(|fact| fact.relation == Relation::Definition);
    ((!does || passage.person) && !passage.facts.is_empty()).then_some(passage)
}

/// The passage of a listed page whose title a longer query holds: `Ann Lee early paintings` finds the page on Ann Lee.
fn mentioned<'a>(query: &'a str, text: &'a str) -> Option<Passage<'a>> {
    // A passage may be any part of a page, and what its page is about is not what the query asks of it.
    let of_query = |mut passage: Passage<'a>| {
        passage.facts.retain(|fact| pages::has_summaries(text) || fact.relation != Relation::Definition);
        (!passage.facts.is_empty()).then_some(passage)
    };
    pages::mentioned(query, text).find_map(|title| passage::read(title, text).and_then(of_query))
}

/// Whether the agent's words doubt that an observation answers the query.
fn doubts(thought: &str) -> bool {
    const DOUBTS: &[&str] = &[
        "not ",
        "n't",
        "unable",
        "no information",
        "however",
        "try ",
        "again",
        "different",
        "instead",
        "unclear",
        "incorrect",
        "wrong",
        "more specific",
        "mistake",
        "sorry",
        "seems",
        "might",
        "may ",
        "but ",
        "unfortunately",
    ];
    let thought = thought.to_lowercase();
    DOUBTS.iter().any(|doubt| thought.contains(doubt))
}

/// Whether the agent's words take a value up before they doubt something: `Ann Lee is Irish, not English.`
fn affirms(thought: &str, value: &str) -> bool {
    let sentence = prose::sentences(thought).into_iter().find(|sentence| sentence.contains(value));
    sentence.is_some_and(|sentence| {
        let before = sentence.split(value).next().unwrap_or(sentence);
        before.starts_with(char::is_uppercase) && before.split(' ').count() <= 16 && !doubts(before)
    })
}

/// One passage: a question for two facts where it states two, and one for a single fact.
fn single(found: &Found<'_>, out: &mut Proposals) {
    let passage = &found.passage;
    let seed = found.query.bytes().fold(7usize, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let strong: Vec<&Fact<'_>> =
        passage.facts.iter().filter(|fact| fact.relation != Relation::Definition).collect();
    if strong.len() >= 2 {
        // Birth dates are everywhere: the seed spreads the asks over the relations.
        let first = strong[seed % (strong.len() - 1)];
        let second = strong[seed % (strong.len() - 1) + 1];
        if let Some(ask) = ask::two(passage, first, second) {
            out.push(candidate(found, ask, &[first, second], 0.88));
        }
    }
    if let Some(fact) = strong.get(seed % strong.len().max(1)).copied() {
        out.push(candidate(found, ask::one(passage, fact), &[fact], 0.82));
    }
    if let Some(fact) = passage.facts.iter().find(|fact| fact.relation == Relation::Definition)
        && strong.len() < 2
    {
        out.push(candidate(found, ask::one(passage, fact), &[fact], 0.72));
    }
}

fn candidate(found: &Found<'_>, ask: Ask, facts: &[&Fact<'_>], prior: f32) -> Candidate {
    Candidate {
        goal: format!("{}?", ask.question),
        answer: ask.answer,
        wording: Wording::Phrase,
        steps: vec![found.step],
        slots: vec![topic_slot(found)],
        evidence: facts.iter().map(|fact| fact_support(found, fact)).collect(),
        prior,
        trivial: false,
    }
}

fn topic_slot(found: &Found<'_>) -> Slot {
    Slot {
        name: "query".to_string(),
        value: found.passage.name.strip_prefix("The ").unwrap_or(found.passage.name).to_string(),
        origin: Origin::User,
        step: found.step,
    }
}

fn fact_support(found: &Found<'_>, fact: &Fact<'_>) -> Support {
    support(fact.value, found.step, Field::Observation, span_of(found.observation, fact.value))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", chars.as_str())
}

fn support(text: &str, step: u32, field: Field, span: Span) -> Support {
    Support { text: text.to_string(), step: Some(step), field, span }
}

/// Where a part stands in the text it was cut from.
fn span_of(text: &str, part: &str) -> Span {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    Span::new(start, start + part.len())
}

#[cfg(test)]
mod tests;
