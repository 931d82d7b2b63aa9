//! Questions about the facts of passages.

use super::lead::names_people;
use super::passage::{Fact, Passage, Relation};

/// A question and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The question, without its mark.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// Asks for one fact.
pub fn one(passage: &Passage<'_>, fact: &Fact<'_>) -> Ask {
    Ask { question: clause(&passage.topic, passage, fact), answer: fact.value.to_string() }
}

/// Asks for two facts in one sentence; the second speaks of the topic by its pronoun.
pub fn two(passage: &Passage<'_>, first: &Fact<'_>, second: &Fact<'_>) -> Option<Ask> {
    let answer = format!("{}; {}", first.value, second.value);
    if (first.relation, second.relation) == (Relation::Born, Relation::Died) && passage.pronoun.is_none() {
        return Some(Ask {
            question: format!("What are the birth and death dates of {}", passage.topic),
            answer,
        });
    }
    let pronoun = if passage.plural { "they" } else { passage.pronoun? };
    let follow_up = clause(pronoun, passage, second);
    let (initial, rest) = follow_up.split_at(1);
    let question =
        format!("{}, and {}{rest}", clause(&passage.topic, passage, first), initial.to_lowercase());
    Some(Ask { question, answer })
}

/// Asks for a fact of something that is described, not named (`the director of the film X`).
pub fn of_described(description: &str, passage: &Passage<'_>, fact: &Fact<'_>) -> Ask {
    Ask { question: clause(description, passage, fact), answer: fact.value.to_string() }
}

fn clause(subject: &str, passage: &Passage<'_>, fact: &Fact<'_>) -> String {
    let be = match (passage.plural || subject == "they", passage.past) {
        (true, true) => "were",
        (true, false) => "are",
        (false, true) => "was",
        (false, false) => "is",
    };
    let was = if passage.plural || subject == "they" { "were" } else { "was" };
    match fact.relation {
        Relation::Born => format!("When was {subject} born"),
        Relation::Died => format!("When did {subject} die"),
        Relation::BornIn => format!("Where was {subject} born"),
        Relation::Nationality => match subject {
            "he" => format!("What {be} his nationality"),
            "she" => format!("What {be} her nationality"),
            _ => format!("What {be} the nationality of {subject}"),
        },
        Relation::RealName => match subject {
            "he" => format!("What {be} his real name"),
            "she" => format!("What {be} her real name"),
            _ => format!("What {be} the real name of {subject}"),
        },
        Relation::KnownFor => format!("What {be} {subject} best known for"),
        Relation::CameOut => format!("In what year did {subject} come out"),
        Relation::Released => format!("When {was} {subject} released"),
        Relation::Began => format!("When {was} {subject} {}", fact.verb),
        Relation::Did => format!("When did {subject} {}", fact.verb),
        Relation::Where => format!("Where {be} {subject} {}", fact.verb),
        Relation::By => format!("Who {} {}", past(fact.verb), object(subject)),
        Relation::Attribute => {
            let noun = fact.verb;
            let what = if names_people(noun) && noun != "number" { "Who" } else { "What" };
            match subject {
                "he" => format!("{what} {was} his {noun}"),
                "she" => format!("{what} {was} her {noun}"),
                "it" => format!("{what} {be} its {noun}"),
                _ => format!("{what} {be} the {noun} of {subject}"),
            }
        }
        Relation::Has => match (be, subject) {
            ("are" | "were", _) => format!("How many {} do {subject} have", fact.verb),
            _ => format!("How many {} does {subject} have", fact.verb),
        },
        Relation::AlsoKnown => format!("By what other name {be} {subject} known"),
        Relation::Stars => format!("Who stars in {subject}"),
        Relation::BasedOn => format!("What is {subject} based on"),
        Relation::DidIn => format!("Where did {subject} {}", fact.verb),
        Relation::Definition => format!("{} {be} {subject}", if passage.person { "Who" } else { "What" }),
    }
}

/// The simple past of the participles that differ from it.
pub fn past(participle: &str) -> &str {
    if participle == "written" { "wrote" } else { participle }
}

fn object(subject: &str) -> &str {
    match subject {
        "he" => "him",
        "she" => "her",
        "they" => "them",
        other => other,
    }
}
