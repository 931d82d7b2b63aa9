//! Search and question answering: a question whose answer a found passage states.
//!
//! [`passage`] reads the facts off a lead that is about the query, [`ask`] asks for them, [`direct`]
//! takes the query itself as the question. Two passages give comparisons and hops.

mod ask;
mod attribute;
mod compare;
mod demonyms;
mod direct;
mod inverted;
mod lead;
mod passage;
mod prose;

use std::borrow::Cow;

use super::{Candidate, Proposals};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::effect;
use crate::signals::tool_status::Status;
use crate::text::document::Kind;
use crate::trajectory::{Field, Span};
use ask::Ask;
use compare::{compare, of_both, which_first};
use passage::{Fact, Passage, Relation};

/// A run that searches on and on is not asked about every search.
const MAX_SEARCHES: usize = 16;

/// A search that found a passage about its query.
struct Found<'a> {
    step: u32,
    query: &'a str,
    observation: &'a str,
    passage: Passage<'a>,
}

/// Proposes questions that the searches of a run answer.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut answered: Vec<Candidate> = Vec::new();
    for (index, step) in reading.steps.iter().enumerate() {
        let Some(query) = query(step) else { continue };
        let (Some(observation), Status::Ok) = (step.step.observation, step.status) else { continue };
        if found.len() == MAX_SEARCHES {
            break;
        }
        if let Some(passage) = passage::read(query, observation)
            && found.iter().all(|other| other.passage.topic != passage.topic)
        {
            found.push(Found { step: index as u32, query, observation, passage });
        } else if let Some((question, value)) = direct::ask(query, observation)
            && !vetoed(reading, index)
        {
            answered.push(direct_candidate(index as u32, query, observation, question, value));
        } else if let Some(passage) = attributed(query, observation)
            && found.iter().all(|other| other.passage.topic != passage.topic)
        {
            match passage.facts.as_slice() {
                // "Who is …?" is not what the query asks.
                [does] if does.relation == Relation::Definition => {
                    let be = if passage.past { "was" } else { "is" };
                    let what = query.rsplit(' ').next().filter(|last| attribute::is_occupation(last));
                    let question =
                        format!("What {be} the {} of {}", what.unwrap_or("occupation"), passage.topic);
                    answered.push(direct_candidate(index as u32, query, observation, question, does.value));
                }
                _ => found.push(Found { step: index as u32, query, observation, passage }),
            }
        } else if let Some(thought) = reading.steps.get(index + 1).and_then(|next| next.step.thought)
            && let Some((question, value)) = inverted::ask(query, observation, thought)
        {
            let candidate = direct_candidate(index as u32, query, observation, question, value);
            out.push(Candidate { wording: Wording::Phrase, ..candidate });
        }
    }
    for (at, second) in found.iter().enumerate() {
        for first in &found[..at] {
            hop(first, second, out);
            compare(first, second, out);
        }
    }
    for one in &found {
        single(one, out);
    }
    for (at, second) in answered.iter().take(MAX_SEARCHES).enumerate() {
        let pairs = answered[..at]
            .iter()
            .filter_map(|first| which_first(first, second).or_else(|| of_both(first, second)));
        pairs.for_each(|ask| out.push(ask));
    }
    answered.into_iter().for_each(|candidate| out.push(candidate));
}

/// The passage that a query for an attribute of something found, with that attribute alone: what else the passage says,
/// the query did not look for.
fn attributed<'a>(query: &'a str, observation: &'a str) -> Option<Passage<'a>> {
    let (head, Cow::Borrowed(topic)) = attribute::parts(query)? else { return None };
    let mut passage = passage::read(topic, observation)?;
    passage.facts.retain(|fact| attribute::is_fact(head, fact));
    let does = passage.facts.iter().any(|fact| fact.relation == Relation::Definition);
    ((!does || passage.person) && !passage.facts.is_empty()).then_some(passage)
}

/// The words searched for, where a step is a search: the tool is called so and takes one short text, or the
/// code is one call of such a function on a literal.
fn query<'a>(step: &StepReading<'a>) -> Option<&'a str> {
    let input = step.step.action_input?.trim();
    if is_search(step.step.action_name?) {
        let query = match step.arguments() {
            Some(arguments) => {
                let mut texts = arguments.leaves().filter(|leaf| leaf.kind() == Kind::String);
                let text = texts.next()?;
                match texts.next() {
                    None => text.raw(),
                    Some(_) => {
                        arguments.root().get("query").filter(|value| value.kind() == Kind::String)?.raw()
                    }
                }
            }
            None => input,
        };
        let short = query.len() <= 200 && !query.contains('\n') && !query.trim().is_empty();
        return short.then(|| query.trim());
    }
    let call = input.strip_prefix("print(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(input);
    let (function, rest) = call.split_once('(')?;
    let argument = rest.strip_suffix(')')?.trim();
    let quote = argument.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let literal = argument.strip_prefix(quote)?.strip_suffix(quote)?;
    let name = function.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    (name && is_search(function) && !literal.contains([quote, '\\', '\n'])).then_some(literal)
}

fn is_search(tool: &str) -> bool {
    effect::words(tool).any(|word| {
        ["search", "wikipedia", "wiki", "google", "bing", "browse", "retrieve", "retriever"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    })
}

/// Whether the agent's next words doubt that the observation answers the query.
fn vetoed(reading: &Reading<'_>, index: usize) -> bool {
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
    let Some(thought) = reading.steps.get(index + 1).and_then(|step| step.step.thought) else { return false };
    let thought = thought.to_lowercase();
    DOUBTS.iter().any(|doubt| thought.contains(doubt))
}

fn direct_candidate(step: u32, query: &str, observation: &str, question: String, value: &str) -> Candidate {
    let is_query = query.trim_end_matches(['?', ' ']).eq_ignore_ascii_case(&question);
    Candidate {
        goal: format!("{question}?"),
        answer: value.to_string(),
        wording: if is_query { Wording::Reuse } else { Wording::Phrase },
        steps: vec![step],
        slots: Vec::new(),
        evidence: vec![
            support(query, step, Field::ActionInput, Span::new(0, query.len())),
            support(value, step, Field::Observation, span_of(observation, value)),
        ],
        prior: 0.78,
        trivial: false,
    }
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

/// A second search whose topic the first passage named: the question describes it by that relation.
fn hop(first: &Found<'_>, second: &Found<'_>, out: &mut Proposals) {
    for link in &first.passage.facts {
        if link.relation != Relation::By || link.value != second.passage.topic || !second.passage.person {
            continue;
        }
        let Some(role) = role(link.verb) else { continue };
        let description = format!("the {role} of {}", first.passage.topic);
        for fact in &second.passage.facts {
            let personal = matches!(
                fact.relation,
                Relation::Born | Relation::Died | Relation::Nationality | Relation::BornIn
            );
            if !personal {
                continue;
            }
            let ask = ask::of_described(&description, &second.passage, fact);
            let mut candidate = candidate(second, ask, &[fact], 0.9);
            candidate.steps = vec![first.step, second.step];
            candidate.slots = vec![topic_slot(first)];
            candidate.evidence.insert(0, fact_support(first, link));
            out.push(candidate);
        }
    }
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
        _ => return None,
    })
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
mod tests {
    use crate::hindsight::families::testing::proposals;

    const LANTERN: (&str, &str, &str) = (
        "search",
        "The Lantern",
        "The Lantern is a 1987 French drama film directed by Anne Morel and starring Luc Petit. It premiered on 3 May 1987.",
    );
    const MOREL: (&str, &str, &str) = (
        "search",
        "Anne Morel",
        "Anne Louise Morel (born 4 June 1950) is a French filmmaker. She is best known for her films about the sea.",
    );

    fn goals(calls: &[(&str, &str, &str)]) -> Vec<(String, String)> {
        let found = proposals(super::propose, "Something else?", calls);
        found.into_iter().map(|(goal, answer, _)| (goal, answer)).collect()
    }

    fn asks(calls: &[(&str, &str, &str)], goal: &str, answer: &str) -> bool {
        goals(calls).contains(&(goal.to_string(), answer.to_string()))
    }

    #[test]
    fn a_second_search_for_what_the_first_named_is_a_hop() {
        let calls = [LANTERN, MOREL];
        assert!(
            asks(&calls, "When was the director of the film The Lantern born?", "4 June 1950"),
            "{:?}",
            goals(&calls)
        );
    }

    #[test]
    fn two_passages_compare() {
        let other = (
            "search",
            "Jon Hale",
            "Jon Hale (2 May 1931 – 7 July 1999) was an English painter. He lived in Kent.",
        );
        let answer = "Jon Hale, born on 2 May 1931; Anne Morel was born on 4 June 1950";
        assert!(asks(&[MOREL, other], "Who was born first, Anne Morel or Jon Hale?", answer));
    }

    #[test]
    fn two_boxes_for_one_attribute_compare() {
        let calls =
            [("search", "Ann Lee birth date", "4 June 1950"), ("search", "Jon Hale birth date", "May 1931")];
        let answer = "Jon Hale, born in May 1931; Ann Lee was born on 4 June 1950";
        assert!(asks(&calls, "Who was born first, Ann Lee or Jon Hale?", answer), "{:?}", goals(&calls));
        let calls =
            [("search", "Ann Lee nationality", "Irish"), ("search", "Jon Hale nationality", "English")];
        let answer = "Ann Lee: Irish; Jon Hale: English";
        assert!(
            asks(&calls, "What are the nationalities of Ann Lee and Jon Hale?", answer),
            "{:?}",
            goals(&calls)
        );
    }

    #[test]
    fn a_query_for_an_attribute_is_answered_by_the_lead_of_its_topic() {
        let text = "Ann Lee (born 2 May 1931) is an Irish painter. She lives in Cork.";
        let found = goals(&[("search", "Ann Lee nationality", text)]);
        assert_eq!(found, [("What is the nationality of Ann Lee?".to_string(), "Irish".to_string())]);
        assert!(goals(&[("search", "Ann Lee paintings", text)]).is_empty());
    }

    #[test]
    fn what_tells_people_of_one_name_apart_stays_in_the_question() {
        let text = "Jon Hale (1793–1834) was an English engineer. He built canals.";
        let found = goals(&[("search", "Jon Hale (engineer)", text)]);
        assert!(found.iter().all(|(goal, _)| goal.contains("the engineer Jon Hale")), "{found:?}");
        assert!(!found.is_empty());
    }

    #[test]
    fn stage_names_lead_to_the_bearer() {
        let text = "Jon Peter Hale (born 2 May 1931), known professionally as Grey Fox, is an English singer. He lives.";
        assert!(
            asks(
                &[("search", "Grey Fox", text)],
                "When was Grey Fox born, and what is his nationality?",
                "2 May 1931; English"
            ) || asks(
                &[("search", "Grey Fox", text)],
                "What is the real name of Grey Fox, and when was he born?",
                "Jon Peter Hale; 2 May 1931"
            ),
            "{:?}",
            goals(&[("search", "Grey Fox", text)])
        );
    }

    #[test]
    fn pages_of_a_code_call_are_read() {
        let call = (
            "python",
            "print(wikipedia_search('Jon Hale'))",
            "Page: Jon Hale\nSummary: Jon Hale (born 2 May 1931) is an English painter.\n\nPage: Kent\nSummary: Kent is a county.",
        );
        assert!(goals(&[call]).iter().any(|(goal, _)| goal.contains("Jon Hale")));
    }

    #[test]
    fn passages_about_something_else_are_not_asked_about() {
        for (query, text) in [
            ("Jon Hale", "Jonathan Haley (born 2 May 1931) is an English painter."),
            ("Jon Hale paintings in Kent", "Jon Hale (born 2 May 1931) is an English painter."),
            ("Jon Hale", "Could not find [Jon Hale]. Similar: ['Jon Hall', 'John Hale']"),
            ("what did Jon Hale do", "Jon Hale (born 2 May 1931) is an English painter."),
            ("Jon Hale", "Jon Hale (bapt. 2 May 1531 – c. 1599) was a former farmer."),
        ] {
            assert!(goals(&[("search", query, text)]).is_empty(), "{text}");
        }
    }

    #[test]
    fn doubted_answers_are_not_taken() {
        use crate::hindsight::families::Proposals;
        use crate::reading::Reading;
        use crate::trajectory::{Step, Trajectory};
        let run = |thought| Trajectory {
            steps: vec![
                Step {
                    action_name: Some("search"),
                    action_input: Some("who founded Acme Tools"),
                    observation: Some("Jane Doe"),
                    ..Step::default()
                },
                Step { thought: Some(thought), ..Step::default() },
            ],
            ..Trajectory::default()
        };
        for (thought, count) in [("Jane Doe founded it.", 1), ("That is not specific enough.", 0)] {
            let run = run(thought);
            let mut out = Proposals::default();
            super::propose(&Reading::new(&run), &mut out);
            assert_eq!(out.candidates.len(), count, "{thought}");
        }
    }
}
