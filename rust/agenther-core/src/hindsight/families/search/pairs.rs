//! Two questions that a run asked and had answered, as one request: the second about what the first found, or both the
//! same of two things.

use super::Answered;
use super::compare::{of_both, which_first};
use super::lead::names_people;
use super::relative;
use crate::hindsight::Wording;
use crate::hindsight::families::{Candidate, Proposals};
use crate::hindsight::guards::content_words;
use crate::reading::Reading;
use crate::text::needles::find;

/// Longer requests are no longer said in one sentence.
const MAX_WORDS: usize = 28;

/// A composed goal that has more of the original's words than this is the original goal, which the run failed.
const ORIGINAL: f32 = 0.6;

/// Proposes the requests over pairs of answered questions.
pub fn propose(answered: &[Answered<'_>], reading: &Reading<'_>, out: &mut Proposals) {
    for (at, second) in answered.iter().enumerate() {
        for first in &answered[..at] {
            let (one, other) = (&first.candidate, &second.candidate);
            let ordered = which_first(one, other).or_else(|| of_both(one, other));
            let chained = chain(first, second).filter(|ask| !is_original(ask, reading));
            [ordered, alike(one, other), chained].into_iter().flatten().for_each(|ask| out.push(ask));
        }
    }
}

/// Whether a request is what the run was asked and failed at.
fn is_original(ask: &Candidate, reading: &Reading<'_>) -> bool {
    let (goal, original) =
        (content_words(&ask.goal), content_words(reading.run.original_prompt.unwrap_or_default()));
    let shared = goal.intersection(&original).count() as f32;
    let claimed = reading.run.final_answer.is_some_and(|last| {
        let last = last.trim().trim_end_matches('.');
        !last.is_empty() && find(&ask.answer, last).is_some()
    });
    claimed && shared > ORIGINAL * goal.len() as f32
}

/// The same question about two things: `Where was Ann Lee born, and where was Jon Hale born?`
fn alike(first: &Candidate, second: &Candidate) -> Option<Candidate> {
    let (one, other) = (first.goal.trim_end_matches('?'), second.goal.trim_end_matches('?'));
    let (ones, others): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    let head = ones.iter().zip(&others).take_while(|(a, b)| a == b).count();
    let tail = ones.iter().rev().zip(others.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle =
        |words: &[&str]| words.get(head..words.len().checked_sub(tail)?).map(|middle| middle.join(" "));
    let (a, b) = (middle(&ones)?, middle(&others)?);
    let named = |name: &str| {
        name.trim_start_matches('"').starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
    };
    let same =
        head >= 2 && head + tail >= 3 && named(&a) && named(&b) && ones.len() + others.len() <= MAX_WORDS;
    let is_sentence = |answer: &str| answer.ends_with('.');
    let answer = match (is_sentence(&first.answer), is_sentence(&second.answer)) {
        (true, true) => format!("{} {}", first.answer, second.answer),
        (false, false) => format!("{a}: {}; {b}: {}", first.answer, second.answer),
        _ => return None,
    };
    same.then(|| Candidate { answer, ..joined(first, second, format!("{one}, and {}?", lowered(other))) })
}

/// A question about what another one found, which describes it: `When did the author of The Salt Road die?`
fn chain(first: &Answered<'_>, second: &Answered<'_>) -> Option<Candidate> {
    // The next search is for Port Amber, where the answer was Port Amber, Veld.
    let found = first.value.filter(|value| value.starts_with(char::is_uppercase))?;
    let found = found.split(", ").next().unwrap_or(found);
    let (one, other) = (&first.candidate, &second.candidate);
    let at = find(&other.goal, found)?;
    let (before, after) = (&other.goal[..at.start as usize], &other.goal[at.end as usize..]);
    // What the first search looked for describes it, at the end of a sentence.
    let query = || {
        one.evidence
            .first()
            .filter(|_| matches!(after, "" | "?"))
            .and_then(|query| relative::description(&query.text))
    };
    let description = description(one.goal.trim_end_matches('?')).or_else(query)?;
    let names_on = before.ends_with(['"', '\'']) || before.trim_end().ends_with(" the");
    let goal = format!("{before}{description}{after}");
    let fits = !names_on && ends_name(after) && goal.split(' ').count() <= MAX_WORDS;
    let new = find(&one.goal, found).is_none() && find(&description, &other.answer).is_none();
    (fits && new).then(|| Candidate { answer: other.answer.clone(), prior: 0.8, ..joined(one, other, goal) })
}

/// Whether what follows a name goes on with the sentence, not with the name.
fn ends_name(after: &str) -> bool {
    const NEXT: &[&str] = &[
        "born",
        "die",
        "died",
        "found",
        "founded",
        "located",
        "released",
        "based",
        "have",
        "has",
        "win",
        "won",
        "sell",
        "play",
        "played",
        "come",
        "write",
        "written",
        "in",
        "on",
        "at",
        "for",
        "from",
        "is",
        "was",
        "of",
        "and",
        "live",
        "headquartered",
        "formed",
        "established",
        "built",
        "set",
        "filmed",
        "recorded",
        "publish",
        "published",
        "open",
        "start",
        "begin",
        "end",
        "attend",
        "study",
        "make",
        "direct",
        "cover",
        "work",
        "join",
        "serve",
    ];
    match after.strip_prefix(' ') {
        Some(rest) => rest.split([' ', '?', ',']).next().is_some_and(|word| NEXT.contains(&word)),
        None => after == "?",
    }
}

/// The thing that a question asks for: `Who is the author of X` for the author of X, `Which company owns X` for the
/// company that owns X.
fn description(question: &str) -> Option<String> {
    let asked = ["Who is ", "Who was ", "What is ", "What was "]
        .iter()
        .find_map(|start| question.strip_prefix(start));
    if let Some(thing) = asked {
        return (thing.starts_with("the ") && thing.contains(" of ")).then(|| thing.to_string());
    }
    if let Some(did) = question.strip_prefix("Who ") {
        let verb = did.split(' ').next()?;
        return (verb.ends_with("ed") || verb == "wrote").then(|| format!("the person who {did}"));
    }
    let thing = question.strip_prefix("Which ").or_else(|| question.strip_prefix("What "))?;
    let mut words = thing.split(' ');
    let (noun, verb) = (words.next()?, words.next()?);
    let plain = noun.chars().all(|c| c.is_ascii_lowercase()) && !noun.ends_with('s');
    let active = verb.ends_with("ed")
        || verb.len() > 3 && verb.ends_with('s') && verb.chars().all(|c| c.is_ascii_lowercase());
    let link = if names_people(noun) { "who" } else { "that" };
    (plain && active).then(|| format!("the {noun} {link} {}", &thing[noun.len() + 1..]))
}

fn joined(first: &Candidate, second: &Candidate, goal: String) -> Candidate {
    let mut steps = vec![first.steps[0], second.steps[0]];
    steps.dedup();
    Candidate {
        goal,
        wording: Wording::Phrase,
        steps,
        evidence: first.evidence.iter().chain(&second.evidence).cloned().collect(),
        prior: 0.82,
        ..first.clone()
    }
}

fn lowered(question: &str) -> String {
    let (initial, rest) = question.split_at(question.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", initial.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_describe_what_they_ask_for() {
        for (question, expected) in [
            ("Who is the author of The Salt Road", Some("the author of The Salt Road")),
            ("Which company owns Brisk Tea", Some("the company that owns Brisk Tea")),
            ("Which singer recorded Low Tide", Some("the singer who recorded Low Tide")),
            ("Who founded Acme Tools", Some("the person who founded Acme Tools")),
            ("Where is Acme Tools", None),
            ("Which is it", None),
        ] {
            assert_eq!(description(question).as_deref(), expected, "{question}");
        }
    }
}
