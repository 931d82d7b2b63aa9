//! The agent's own reading of what it found, turned into a question: after a search, `The first presenter
//! of "Tomorrow" was Ann Example.` is the answer to `Who was the first presenter of "Tomorrow"?`
//!
//! The agent may read wrongly, so the observation must have the value and, unless it is a bare answer to
//! the query, every content word of the question in the sentence with the value.

use super::attribute;
use super::claim::{Claim, claims, noun_phrase};
use super::direct::is_box;
use super::doubts;
use super::prose::{content_stems, name_prefix, sentences};
use super::stated::{are_kin, is_light};

/// Makers that answer boxes take for each other: the playwright for the composer, the designer for the builder.
const CONFUSED: &[&str] =
    &["composer", "inventor", "creator", "builder", "designer", "producer", "maker", "developer"];

/// The question, and its answer as it stands in the observation: the value, or else the sentence that has it.
pub fn ask<'a>(query: &str, observation: &'a str, thought: &str) -> Option<(String, &'a str)> {
    if thought.to_lowercase().contains("however") || is_unsure(query, thought) || observation.contains('·') {
        return None; // a page's list of links or names: one of them is not "the" one
    }
    sentences(thought).into_iter().filter(|sentence| !doubts(sentence)).find_map(|sentence| {
        let statement = statement(sentence);
        claims(query, statement).find_map(|claim| {
            let answer = borne_out(query, observation, &claim)?;
            Some((claim.question, answer))
        })
    })
}

/// Whether the agent wants to make sure of what it read, not of something further that the query does not name.
fn is_unsure(query: &str, thought: &str) -> bool {
    const UNSURE: &[&str] = &["verify", "confirm", "double-check"];
    let sentence = thought.split(['.', '\n']).find(|sentence| {
        let lower = sentence.to_lowercase();
        UNSURE.iter().any(|word| lower.contains(word))
    });
    sentence.is_some_and(|sentence| {
        let words = sentence.trim().split(' ').skip(1).filter(|word| *word != "I");
        let names = words.filter(|word| word.starts_with(char::is_uppercase)).flat_map(content_stems);
        let wanted = content_stems(query);
        names.filter(|name| !wanted.contains(name)).count() < 2
    })
}

/// A sentence without its mark, the words that draw it as a conclusion and what it goes on to say.
fn statement(sentence: &str) -> &str {
    const ON: &[&str] = &[
        ", which ",
        ", who ",
        ", where ",
        ", so ",
        ", but ",
        " and he ",
        " and she ",
        " and it ",
        " and was ",
    ];
    let statement = sentence.trim_end_matches('.');
    let statement = reported(statement).unwrap_or(statement);
    let statement = ["So, ", "So ", "Therefore, ", "Thus, "]
        .iter()
        .find_map(|so| statement.strip_prefix(so))
        .unwrap_or(statement);
    ON.iter()
        .filter_map(|on| statement.split_once(on))
        .map(|(said, _)| said)
        .min_by_key(|said| said.len())
        .unwrap_or(statement)
}

/// What a sentence reports of the result: `From the search result, we can see that X was …`.
fn reported(sentence: &str) -> Option<&str> {
    const OPENINGS: &[&str] = &[
        "From the ",
        "According to the ",
        "Based on the ",
        "The search result",
        "The observation",
        "I found ",
    ];
    const LINKS: &[&str] = &[" that ", ", "];
    let report = OPENINGS.iter().any(|opening| sentence.starts_with(opening)).then_some(sentence)?;
    LINKS.iter().find_map(|link| report.split_once(link).map(|(_, rest)| rest))
}

/// The answer to a claim: the value where it stands in words that have what is asked, else the sentence with its words.
/// What is asked must cover the query, and the value be new.
fn borne_out<'a>(query: &str, observation: &'a str, claim: &Claim<'_>) -> Option<&'a str> {
    let Claim { asked, value, .. } = claim;
    let stems = content_stems(asked);
    let wanted = content_stems(query);
    let covers = wanted.iter().all(|stem| is_light(stem) || stems.iter().any(|said| are_kin(said, stem)));
    let told = content_stems(value);
    let new = told.iter().any(|stem| !stems.contains(stem) && !wanted.contains(stem));
    let named = asked.contains(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let short = (2..=14).contains(&stems.len()) && (1..=12).contains(&value.split_whitespace().count());
    if !covers || !new || !named || !short {
        return None;
    }
    let exact = |at: usize| {
        let is_all = stands_alone(observation, at, value) && !is_one_of(&observation[at + value.len()..]);
        is_all.then(|| &observation[at..at + value.len()])
    };
    if is_box(observation) {
        let role = noun_phrase(asked).rsplit(' ').next().unwrap_or("");
        let same = stems.iter().all(|stem| wanted.iter().any(|asked| are_kin(asked, stem)));
        return observation.find(value).filter(|_| same && !CONFUSED.contains(&role)).and_then(exact);
    }
    let sentence =
        shown(observation, &told, asked, &stems).filter(|sentence| !ends_at_one(asked, sentence))?;
    let at = sentence.find(value).map(|at| at + (sentence.as_ptr() as usize - observation.as_ptr() as usize));
    let whole = !sentence.contains("...") && !sentence.contains([';', '…', '|', '\\']);
    let ends = sentence.ends_with(['.', '!', '"']) && sentence.split(' ').count() <= 50;
    let said = content_stems(sentence);
    let here = stems.iter().filter(|stem| said.contains(stem)).count();
    let says_all = whole && ends && here * 4 >= stems.len() * 3;
    at.filter(|_| value.split(' ').count() <= 8).and_then(exact).or(says_all.then_some(sentence))
}

/// Whether both ends of a distance are named at one end of the way that a sentence measures: `from Oslo to Amber (Amber
/// Airport)` is not from Amber to its airport.
fn ends_at_one(asked: &str, sentence: &str) -> bool {
    let Some((_, ends)) =
        asked.split_once("distance between ").or_else(|| asked.split_once("distance from "))
    else {
        return false;
    };
    let Some((one, other)) = ends.split_once(" and ").or_else(|| ends.split_once(" to ")) else {
        return false;
    };
    let (one, other) = (content_stems(one), content_stems(other));
    let mut sides = sentence.split(" and ").flat_map(|part| part.split(" to "));
    sides.any(|side| {
        let said = content_stems(side);
        one.iter().all(|stem| said.contains(stem)) && other.iter().all(|stem| said.contains(stem))
    })
}

/// The sentence that has the value and most of what is asked; the rest is in the other sentences. One plain word of many
/// may be missing: snippets say `sacked` of who was fired.
fn shown<'a>(observation: &'a str, value: &[String], asked: &str, stems: &[String]) -> Option<&'a str> {
    const HEDGES: &[&str] = &[" not ", "n't", "formerly", "until", "rumor", "reported", "may ", "might"];
    const EXACT: &[&str] = &["first", "second", "third", "last", "only", "former"];
    let says = |said: &[String], stem: &String| said.iter().any(|said| are_kin(said, stem));
    let all = content_stems(observation);
    // Of `Port Amber, Veld` the part behind the comma only tells which.
    let names = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()))
            .flat_map(content_stems)
            .collect()
    };
    let (names, further) = asked
        .split_once(", ")
        .map_or((names(asked), Vec::new()), |(name, further)| (names(name), names(further)));
    let exact =
        |stem: &&String| names.contains(stem) || EXACT.contains(&stem.as_str()) || stem.ends_with("est");
    let missing: Vec<&String> =
        stems.iter().filter(|stem| !says(&all, stem) && !further.contains(stem)).collect();
    // Who someone is to someone is what is claimed.
    let roles: Vec<String> =
        asked.split(' ').filter(|word| attribute::is_role(word)).flat_map(content_stems).collect();
    if missing.iter().any(|stem| roles.contains(stem))
        || missing.len() > usize::from(stems.len() >= 3)
        || missing.iter().any(exact)
    {
        return None;
    }
    let mut before: Vec<String> = Vec::new();
    fragments(observation).find(|sentence| {
        let own = content_stems(sentence);
        // A sentence that goes on about the one before says its words too.
        let goes_on = ["He ", "She ", "It ", "They ", "The "].iter().any(|start| sentence.starts_with(start));
        let about = if before.is_empty() { &all } else { &before };
        let said: Vec<String> = own.iter().chain(about.iter().filter(|_| goes_on)).cloned().collect();
        let has_value = value.iter().all(|stem| own.contains(stem));
        // `Who won the 9th Cup?`: the doer opens the sentence, which has the deed, and the text says what it was done to.
        let opens = content_stems(sentence).get(..value.len()) == Some(value);
        let does = opens && deed(asked).is_some_and(|verb| own.iter().any(|said| are_kin(said, &verb)));
        before = own;
        let here = stems.iter().filter(|stem| says(&said, stem) || further.contains(stem)).count();
        let lower = sentence.to_lowercase().replace("formerly called", "").replace("formerly known", "");
        has_value && (does || here * 2 >= stems.len()) && !HEDGES.iter().any(|hedge| lower.contains(hedge))
    })
}

/// The stem of the past that says what was done: `team won the 9th Cup`.
fn deed(asked: &str) -> Option<String> {
    let past = asked.split(' ').take(4).find(|word| super::relative::base(word).is_some())?;
    content_stems(past).into_iter().next()
}

/// The sentences of a text, and the rest behind the last, which may be cut.
fn fragments(text: &str) -> impl Iterator<Item = &str> {
    let whole = sentences(text);
    let end = whole.last().map_or(0, |last| last.as_ptr() as usize + last.len() - text.as_ptr() as usize);
    let rest = text.get(end..).unwrap_or("").trim();
    whole.into_iter().chain((!rest.is_empty() && !rest.contains('\n')).then_some(rest))
}

/// Whether a clause goes on with others who did the same: `Ann Lee in English and by Jon Hale in Veldic`.
fn is_one_of(after: &str) -> bool {
    let clause = after.split(['.', ';', ')', '\n']).next().unwrap_or(after);
    clause.contains(" and by ") || clause.contains(" or by ")
}

/// Whether a value is a name, date or number of its own, not a part of a longer one.
fn stands_alone(observation: &str, at: usize, value: &str) -> bool {
    let before = observation[..at].chars().next_back();
    let after = observation[at + value.len()..].chars().next();
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '\'' && c != '’');
    let name = name_prefix(&observation[at..]).is_none_or(|name| name.len() <= value.len());
    let substantial = value.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    edge(before) && edge(after) && name && substantial
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_who_did_it_is_not_the_one() {
        let thought = "Grey Fox is voiced by Ann Lee.";
        let text =
            "Grey Fox is a game. The Grey Fox is voiced by Ann Lee in English and by Jon Hale in Veldic.";
        let found = ask("Grey Fox voiced", text, thought).map(|(_, answer)| answer);
        assert!(found.is_none_or(|answer| answer.contains("Jon Hale")), "{found:?}");
    }

    #[test]
    fn both_ends_of_a_distance_are_not_at_one_end_of_the_way() {
        let asked = "distance between Amber Airport and Amber";
        assert!(ends_at_one(asked, "The way from Oslo (Oslo Airport) to Amber (Amber Airport) is 42 miles."));
        assert!(!ends_at_one(
            "distance between Amber Airport and Oslo",
            "From Amber Airport to Oslo it is 42 miles."
        ));
    }

    #[test]
    fn a_reading_that_the_observation_bears_out_is_inverted() {
        let found =
            "Loud and Clear is the second album by Irish boy band Fivesome. It was released in 1997 by Acme.";
        let bare = "Ann Example (1965–1971)";
        for (query, observation, thought, question) in [
            (
                "first presenter of \"Next Week\"",
                bare,
                "The first presenter of \"Next Week\" was Ann Example. Now I need more.",
                Some("Who was the first presenter of \"Next Week\""),
            ),
            ("Irish boy band \"Loud and Clear\" album", found, "The band is Fivesome.", None),
            (
                "second album Irish boy band Fivesome",
                found,
                "The second album by Irish boy band Fivesome is Loud and Clear.",
                Some("What is the second album by Irish boy band Fivesome"),
            ),
            (
                "first presenter of \"Next Week\"",
                bare,
                "The first presenter of \"Next Week\" was Bob Example.",
                None,
            ),
            (
                "Loud and Clear album release",
                found,
                "Loud and Clear was released in 1997.",
                None, // "album" is asked for and not said
            ),
            (
                "founder of the Harbour Museum",
                "The Harbour Museum was founded by Ann Example in 1903. It is in Bath.",
                "The Harbour Museum was founded by Ann Example.",
                Some("By whom was the Harbour Museum founded"),
            ),
            (
                "Harbour Museum founded",
                "The Harbour Museum was founded by Ann Example in 1903. It is in Bath.",
                "The Harbour Museum was founded by Ann Example.",
                Some("By whom was the Harbour Museum founded"),
            ),
            (
                "first director of the Harbour Museum",
                "Ann Example was the first director of the Harbour Museum.",
                "Ann Example was the first director of the Harbour Museum.",
                Some("Who was the first director of the Harbour Museum"),
            ),
        ] {
            assert_eq!(
                ask(query, observation, thought).map(|(question, _)| question).as_deref(),
                question,
                "{thought}"
            );
        }
    }
}
