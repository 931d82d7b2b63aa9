//! Two topics with one attribute: which came first, and what both are.

use super::ask::Ask;
use super::passage::{Fact, Relation};
use super::{Found, attribute, candidate, capitalized, fact_support, topic_slot};
use crate::hindsight::Wording;
use crate::hindsight::families::{Candidate, Proposals, english};

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
        let (goal, answer) = match fact.relation {
            Relation::Born if people => (
                format!("Who was born first, {} or {}?", one.topic, other.topic),
                ordered("born", "was born"),
            ),
            Relation::CameOut => (
                format!("Which came out first, {} or {}?", one.topic, other.topic),
                ordered("which came out", "came out"),
            ),
            Relation::Began => {
                let long = format!("was {}", fact.verb);
                (
                    format!("Which was {} first, {} or {}?", fact.verb, one.topic, other.topic),
                    ordered(fact.verb, &long),
                )
            }
            Relation::Nationality if people => (
                format!("What are the nationalities of {} and {}?", one.topic, other.topic),
                Some(format!("{}: {}; {}: {}", one.topic, fact.value, other.topic, match_.value)),
            ),
            _ => continue,
        };
        let Some(answer) = answer else { continue };
        let mut candidate = candidate(second, Ask { question: String::new(), answer }, &[match_], 0.9);
        candidate.goal = goal;
        candidate.steps = vec![first.step, second.step];
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

/// Whether the first date is earlier; `None` if the years are equal, since days may be missing.
fn earlier(first: &str, second: &str) -> Option<bool> {
    let year = |date: &str| date.get(date.len().checked_sub(4)?..)?.parse::<u32>().ok();
    let (first, second) = (year(first)?, year(second)?);
    (first != second).then_some(first < second)
}
