//! Two topics with one attribute: which came first, and what both are.

use super::ask::{Ask, past};
use super::hop::steps;
use super::passage::{Fact, Relation};
use super::{Found, attribute, candidate, capitalized, fact_support, topic_slot};
use std::cmp::Ordering;

use crate::hindsight::Wording;
use crate::hindsight::families::{Candidate, Proposals, english};
use crate::text::date::MONTHS;

/// Two questions for the same date of two topics as one: which came first.
pub fn which_first(first: &Candidate, second: &Candidate) -> Option<Candidate> {
    let event = |candidate: &'_ Candidate| -> Option<(&'static str, String)> {
        let (verb, topic) = attribute::event(candidate.goal.trim_end_matches('?'))?;
        Some((verb, topic.to_string()))
    };
    let ((verb, one), (other_verb, other)) = (event(first)?, event(second)?);
    if verb != other_verb || matches!(verb, "die" | "premiere") || one == other {
        return None;
    }
    let pair = [(one.as_str(), &first.answer), (other.as_str(), &second.answer)];
    let [(early, date), (late, later)] =
        if earlier(&first.answer, &second.answer)? { pair } else { [pair[1], pair[0]] };
    let who = if verb == "born" { "Who" } else { "Which" };
    Some(Candidate {
        goal: format!("{who} was {verb} first, {one} or {other}?"),
        answer: format!("{}, {verb} {}; {late} was {verb} {}", capitalized(early), on(date), on(later)),
        wording: Wording::Phrase,
        steps: vec![first.steps[0], second.steps[0]],
        evidence: first.evidence.iter().chain(&second.evidence).cloned().collect(),
        prior: 0.84,
        ..first.clone()
    })
}

/// Two passages with the same attribute.
pub fn compare(first: &Found<'_>, second: &Found<'_>, out: &mut Proposals) {
    let (one, other) = (&first.passage, &second.passage);
    if one.topic == other.topic || one.topic.contains(&other.topic) || other.topic.contains(&one.topic) {
        return;
    }
    for fact in &one.facts {
        let same = |candidate: &&Fact<'_>| candidate.relation == fact.relation && candidate.verb == fact.verb;
        let Some(match_) = other.facts.iter().find(same) else { continue };
        let people = one.person && other.person;
        let first_is_earlier = earlier(fact.value, match_.value);
        // The dates make the answer more than one of the two names in the question.
        let ordered = |short: &str, long: &str| {
            let pair = [(&one.topic, fact.value), (&other.topic, match_.value)];
            let [(first, date), (last, later)] = if first_is_earlier? { pair } else { [pair[1], pair[0]] };
            Some(format!("{}, {short} {}; {last} {long} {}", capitalized(first), on(date), on(later)))
        };
        let one_each = || Some(format!("{}: {}; {}: {}", one.topic, fact.value, other.topic, match_.value));
        let (a, b) = (&one.topic, &other.topic);
        let (goal, answer) = match fact.relation {
            Relation::Born if people && first_is_earlier.is_some() => {
                (format!("Who was born first, {a} or {b}?"), ordered("born", "was born"))
            }
            Relation::Died if people && first_is_earlier.is_some() => {
                (format!("Who died first, {a} or {b}?"), ordered("who died", "died"))
            }
            Relation::BornIn if people && fact.value != match_.value => {
                (format!("Where were {a} and {b} born?"), one_each())
            }
            Relation::CameOut => {
                (format!("Which came out first, {a} or {b}?"), ordered("which came out", "came out"))
            }
            Relation::Began => {
                let long = format!("was {}", fact.verb);
                (format!("Which was {} first, {a} or {b}?", fact.verb), ordered(fact.verb, &long))
            }
            Relation::Nationality if people => {
                (format!("What are the nationalities of {a} and {b}?"), one_each())
            }
            Relation::KnownFor if people => (format!("What are {a} and {b} best known for?"), one_each()),
            Relation::Where if one.plural == other.plural => {
                (format!("Where are {a} and {b} {}?", fact.verb), one_each())
            }
            Relation::By if fact.value == match_.value => {
                (format!("Who {} both {a} and {b}?", past(fact.verb)), Some(fact.value.to_string()))
            }
            Relation::By => {
                let did = past(fact.verb);
                (format!("Who {did} {a}, and who {did} {b}?"), one_each())
            }
            Relation::Attribute if !fact.verb.contains(' ') => {
                (format!("What are the {} of {a} and {b}?", english::plural(fact.verb)), one_each())
            }
            Relation::Stars => (format!("Who stars in {a}, and who stars in {b}?"), one_each()),
            // "What are a song and its publisher?" is no question.
            Relation::Definition
                if one.person == other.person
                    && one.past == other.past
                    && (people || one.kind.is_some() && one.kind == other.kind) =>
            {
                let (a, b) = (one.name, other.name);
                let (who, are) = (if people { "Who" } else { "What" }, if one.past { "were" } else { "are" });
                (format!("{who} {are} {a} and {b}?"), one_each())
            }
            _ => continue,
        };
        let prior = if fact.relation == Relation::Definition { 0.78 } else { 0.9 };
        let Some(answer) = answer else { continue };
        let mut candidate = candidate(second, Ask { question: String::new(), answer }, &[match_], prior);
        candidate.goal = goal;
        candidate.steps = steps(first, second);
        candidate.slots.insert(0, topic_slot(first));
        candidate.evidence.insert(0, fact_support(first, fact));
        out.push(candidate);
    }
}

/// Two questions for the same attribute of two topics as one.
pub fn of_both(first: &Candidate, second: &Candidate) -> Option<Candidate> {
    let ((what, one), (other_what, other)) = (
        attribute::attribute(first.goal.trim_end_matches('?'))?,
        attribute::attribute(second.goal.trim_end_matches('?'))?,
    );
    (what == other_what && one != other && !what.contains(' ')).then(|| Candidate {
        goal: format!("What are the {} of {one} and {other}?", english::plural(what)),
        answer: format!("{one}: {}; {other}: {}", first.answer, second.answer),
        wording: Wording::Phrase,
        steps: vec![first.steps[0], second.steps[0]],
        evidence: first.evidence.iter().chain(&second.evidence).cloned().collect(),
        prior: 0.84,
        ..first.clone()
    })
}

/// `in 1962`, `in May 1934`, `on 4 May 1934`.
fn on(date: &str) -> String {
    format!("{} {date}", if date.split(' ').count() < 3 { "in" } else { "on" })
}

/// Whether the first date is earlier; `None` if that cannot be told, since days may be missing.
fn earlier(first: &str, second: &str) -> Option<bool> {
    let (first, second) = (parts(first)?, parts(second)?);
    match (first.0.cmp(&second.0), first.1.zip(second.1)) {
        (Ordering::Equal, Some((first, second))) => (first != second).then_some(first < second),
        (Ordering::Equal, None) => None,
        (order, _) => Some(order.is_lt()),
    }
}

/// Year, and month and day where they are given.
fn parts(date: &str) -> Option<(u32, Option<(usize, u32)>)> {
    let year = date.get(date.len().checked_sub(4)?..)?.parse().ok()?;
    let words = || date.split([' ', ',']);
    let month = words().find_map(|word| MONTHS.iter().position(|month| *month == word));
    let day = words().find_map(|word| word.parse::<u32>().ok().filter(|day| *day <= 31));
    Some((year, month.zip(day)))
}
