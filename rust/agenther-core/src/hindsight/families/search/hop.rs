//! A second search for what the first passage named: the question describes it by that relation, or asks for both.

use super::ask::{self, Ask};
use super::passage::{Fact, Passage, Relation};
use super::{Answered, Found, candidate, fact_support, topic_slot};
use crate::hindsight::families::Proposals;

/// Questions over two passages of which the first names the topic of the second.
pub fn hop(first: &Found<'_>, second: &Found<'_>, out: &mut Proposals) {
    for link in first.passage.facts.iter().filter(|link| leads_to(link, &second.passage)) {
        for fact in second.passage.facts.iter().filter(|fact| is_asked_for(fact, first)) {
            let asks = [described(first, link, second, fact), both(first, link, second, fact)];
            for ask in asks.into_iter().flatten() {
                let mut candidate = candidate(second, ask, &[fact], 0.9);
                candidate.steps = steps(first, second);
                candidate.slots = vec![topic_slot(first)];
                candidate.evidence.insert(0, fact_support(first, link));
                out.push(candidate);
            }
        }
    }
}

/// The dates of two things, of which the first passage speaks of the second.
pub fn side_by_side(first: &Found<'_>, second: &Found<'_>, out: &mut Proposals) {
    let (one, other) = (&first.passage, &second.passage);
    if !first.observation.contains(other.name)
        || one.topic.contains(other.name)
        || other.topic.contains(one.name)
    {
        return;
    }
    let (Some(fact), Some(next)) = (dated(one), dated(other)) else { return };
    let (asked, then) = (ask::one(one, &fact), ask::one(other, &next));
    let question = format!("{}, and {}", asked.question, lowered(&then.question));
    let ask = Ask { question, answer: format!("{}; {}", fact.value, next.value) };
    let mut candidate = candidate(second, ask, &[&next], 0.8);
    candidate.steps = steps(first, second);
    candidate.slots.insert(0, topic_slot(first));
    candidate.evidence.insert(0, fact_support(first, &fact));
    out.push(candidate);
}

/// The first date that a passage gives for its topic.
fn dated<'a>(passage: &Passage<'a>) -> Option<Fact<'a>> {
    let is_date = |fact: &&Fact<'_>| {
        matches!(
            fact.relation,
            Relation::Born | Relation::CameOut | Relation::Released | Relation::Began | Relation::Did
        )
    };
    passage.facts.iter().find(is_date).copied()
}

/// What the first thing is to the second, and a fact of that: `At which university is Ann Lee a professor, and when was
/// it founded?`
pub fn relation(first: &Found<'_>, second: &Found<'_>, out: &mut Proposals) {
    let (one, other) = (&first.passage, &second.passage);
    let is = one.facts.iter().find(|fact| fact.relation == Relation::Definition);
    let (Some(is), Some(kind), false) = (is, other.kind, other.person) else { return };
    let Some(at) = is.value.find(other.name) else { return };
    let before = is.value[..at].trim_end().trim_end_matches(" the").trim_end();
    let Some((what, link)) = before.rsplit_once(' ') else { return };
    let (capital, kind, what) = match (link, what.rsplit_once(" in the ")) {
        // `a village in the district of Oberrieden`: in which district.
        ("of", Some((what, noun))) if !noun.contains(' ') => ("In", noun, what),
        ("of", _) if what.contains(" in ") => return,
        ("at", _) => ("At", kind, what),
        ("of", _) => ("Of", kind, what),
        ("for", _) => ("For", kind, what),
        ("in", _) => ("In", kind, what),
        _ => return,
    };
    let clause = [" that ", " which ", " who ", ", "].iter().any(|link| what.contains(link));
    if clause || what.split(' ').count() > 8 || one.topic.contains(other.name) {
        return;
    }
    let be = match (one.plural, one.past) {
        (false, false) => "is",
        (false, true) => "was",
        (true, false) => "are",
        (true, true) => "were",
    };
    let pronoun = if other.plural { "they" } else { "it" };
    for fact in other.facts.iter().filter(|fact| is_asked_for(fact, first)) {
        let follow_up = lowered(&ask::of_described(pronoun, other, fact).question);
        let question = format!("{capital} which {kind} {be} {} {what}, and {follow_up}", one.topic);
        let ask = Ask { question, answer: format!("{}; {}", other.name, fact.value) };
        let mut candidate = candidate(second, ask, &[fact], 0.9);
        candidate.steps = steps(first, second);
        candidate.slots = vec![topic_slot(first)];
        candidate.evidence.insert(0, fact_support(first, is));
        out.push(candidate);
    }
}

fn lowered(question: &str) -> String {
    let (initial, rest) = question.split_at(1);
    format!("{}{rest}", initial.to_lowercase())
}

/// A question whose answer the next search was for, with a fact of that: `Who voiced the Grey Fox, and when was she
/// born?`
pub fn follow(first: &Answered<'_>, second: &Found<'_>, out: &mut Proposals) {
    let (Some(value), Some(pronoun)) = (first.value, second.passage.pronoun) else { return };
    if value != second.passage.name || !second.passage.person || first.candidate.steps[0] >= second.step {
        return;
    }
    for fact in second
        .passage
        .facts
        .iter()
        .filter(|fact| !matches!(fact.relation, Relation::Definition | Relation::RealName))
    {
        let follow_up = ask::of_described(pronoun, &second.passage, fact).question;
        let asked = first.candidate.goal.trim_end_matches('?');
        let question = format!("{asked}, and {}", lowered(&follow_up));
        let mut candidate =
            candidate(second, Ask { question, answer: format!("{value}; {}", fact.value) }, &[fact], 0.84);
        candidate.steps.insert(0, first.candidate.steps[0]);
        candidate.slots.clear();
        candidate.evidence.splice(0..0, first.candidate.evidence.iter().cloned());
        out.push(candidate);
    }
}

/// The steps of two passages, of which one call may have found both.
pub fn steps(first: &Found<'_>, second: &Found<'_>) -> Vec<u32> {
    let mut steps = vec![first.step, second.step];
    steps.dedup();
    steps
}

fn leads_to(link: &Fact<'_>, second: &Passage<'_>) -> bool {
    let links = matches!(
        link.relation,
        Relation::By
            | Relation::Where
            | Relation::BornIn
            | Relation::Attribute
            | Relation::DidIn
            | Relation::Stars
    );
    // Of a place, the first part is what the second page is about.
    let named = |value: &str| {
        // "led by Prime Minister Ann Lee"
        let titled = value
            .strip_suffix(second.name)
            .is_some_and(|title| title.ends_with(' ') && !title.contains(" and "));
        value == second.topic || value == second.name || second.person && titled
    };
    links
        && (named(link.value)
            || link.relation != Relation::By && link.value.split(", ").next().is_some_and(named))
}

/// What it is, and what the first passage says itself, is no reason for a second search.
fn is_asked_for(fact: &Fact<'_>, first: &Found<'_>) -> bool {
    let told = fact.value.contains(first.passage.name) || first.observation.contains(fact.value);
    !matches!(fact.relation, Relation::Definition | Relation::RealName) && !told
}

/// `When was the director of the film X born?`
fn described(first: &Found<'_>, link: &Fact<'_>, second: &Found<'_>, fact: &Fact<'_>) -> Option<Ask> {
    let of = &first.passage.topic;
    let be = if first.passage.plural { "are" } else { "is" };
    let kind = second.passage.kind;
    let description = match link.relation {
        Relation::By if second.passage.person => match role(link.verb) {
            Some(role) => format!("the {role} of {of}"),
            None => format!("the person who {} {of}", ask::past(link.verb)),
        },
        Relation::By => format!("the {} that {} {of}", kind?, ask::past(link.verb)),
        Relation::Where => format!("the {} where {of} {be} {}", kind?, link.verb),
        Relation::BornIn => format!("the {} where {of} was born", kind?),
        Relation::DidIn => format!("the {} where {of} {}", kind?, did(link.verb)?),
        Relation::Attribute => format!("the {} of {of}", link.verb),
        _ => return None,
    };
    Some(ask::of_described(&description, &second.passage, fact))
}

/// `Who directed the film X, and when was she born?`
fn both(first: &Found<'_>, link: &Fact<'_>, second: &Found<'_>, fact: &Fact<'_>) -> Option<Ask> {
    if !second.passage.person || !matches!(link.relation, Relation::By | Relation::Stars) {
        return None;
    }
    let asked = ask::one(&first.passage, link).question;
    let follow_up = ask::of_described(second.passage.pronoun?, &second.passage, fact).question;
    let question = format!("{asked}, and {}", lowered(&follow_up));
    Some(Ask { question, answer: format!("{}; {}", link.value, fact.value) })
}

fn did(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "study" => "studied",
        "grow up" => "grew up",
        "die" => "died",
        _ => return None,
    })
}

fn role(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "directed" => "director",
        "written" => "writer",
        "created" => "creator",
        "composed" => "composer",
        "founded" => "founder",
        "designed" => "designer",
        "invented" => "inventor",
        "produced" => "producer",
        "hosted" => "host",
        "edited" => "editor",
        "illustrated" => "illustrator",
        "discovered" => "discoverer",
        "painted" => "painter",
        "recorded" => "singer",
        "developed" => "developer",
        "led" => "leader",
        "trained" => "trainer",
        "narrated" => "narrator",
        "coached" => "coach",
        "managed" => "manager",
        _ => return None,
    })
}
