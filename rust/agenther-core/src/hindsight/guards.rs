//! Checks that a candidate must pass before it is called a goal.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::families::{Candidate, only_reads};
use super::forms::is_said_otherwise;
use super::reason::Reason;
use super::topics::{Topics, topic_words, topics};
use super::wording::{is_function_word, say_value, singular_word};
use super::{Origin, Slot, Wording, slice};
use crate::reading::{Reading, StepReading};
use crate::signals::effect::Effect;
use crate::signals::tool_status::Status;
use crate::text::document::Kind;
use crate::text::needles::find;
use crate::text::words::word_hash;

/// Content words shared with the original goal from which on the goal counts as the same.
const SAME_GOAL: f32 = 0.85;

/// So many letters make the root of a word.
const ROOT: usize = 5;

/// Runs every guard that needs no verifier.
pub fn check(candidate: &Candidate, reading: &Reading<'_>) -> Result<(), Reason> {
    if candidate.answer.trim().is_empty() {
        return Err(Reason::AnswerUnreadable);
    }
    if !writes_are_confirmed(candidate, reading) {
        return Err(Reason::WriteUnverified);
    }
    let stated: Vec<&str> = candidate.slots.iter().map(|slot| slot.value.trim()).collect();
    if !slice::is_closed(reading, &candidate.steps, &stated) {
        return Err(Reason::OpaqueIdentifier);
    }
    if pursues_old_goal(candidate, reading) {
        return Err(Reason::OldGoalInArguments);
    }
    if quotes_statement(&candidate.goal) {
        return Err(Reason::NoAsk);
    }
    let original = reading.run.original_prompt.unwrap_or("");
    let moves_bound = candidate.wording == Wording::Relax && numbers(&candidate.goal) != numbers(original);
    if !moves_bound && !opens_dialogue(candidate, reading) && repeats_original(&candidate.goal, reading) {
        return Err(Reason::SameAsOriginal);
    }
    if leaks(candidate) {
        return Err(Reason::AnswerLeaked);
    }
    let missing = |slot: &Slot| slot.origin != Origin::Constant && !is_said(&candidate.goal, &slot.value);
    if candidate.slots.iter().any(missing) {
        return Err(Reason::NoRoundTrip);
    }
    Ok(())
}

/// Whether a goal is the first turn of several, in the user's words: it was answered before the run went on.
fn opens_dialogue(candidate: &Candidate, reading: &Reading<'_>) -> bool {
    let next = reading.steps.iter().position(|read| read.step.user.is_some());
    candidate.wording == Wording::Reuse
        && candidate.steps.last().zip(next).is_some_and(|(last, next)| (*last as usize) < next)
}

/// Whether a goal repeats a statement of a query language: a person asks for what it finds.
fn quotes_statement(goal: &str) -> bool {
    goal.split_once("SELECT ")
        .is_some_and(|(before, after)| before.ends_with('"') && after.contains(" FROM "))
}

/// Whether a text holds a value in any form in which people write it.
pub fn is_said(text: &str, value: &str) -> bool {
    if find(text, value).is_some() {
        return true;
    }
    let said = say_value(value);
    said != value && find(text, &said).is_some() || is_said_otherwise(text, value)
}

/// A write stands only where it worked; under a system prompt with rules only after the user's yes or, where none of them
/// forbids anything, with all that the user gave for it; and not at all where the prompt asks for confirmation, because a
/// hindsight demonstration leaves the user's turns out, the yes with them.
fn writes_are_confirmed(candidate: &Candidate, reading: &Reading<'_>) -> bool {
    let asks_first = |system: &str| {
        ["confirm", "confirmation", "consent", "approval"].iter().any(|word| find(system, word).is_some())
    };
    let has_rules = |system: &str| {
        ["must", "only", "never", "policy", "policies", "rules", "allowed", "unless", "not", "don't"]
            .iter()
            .any(|word| find(system, word).is_some())
    };
    let has_policy = |system: &str| {
        ["never", "policy", "policies", "rules", "allowed", "unless", "eligible"]
            .iter()
            .any(|word| find(system, word).is_some())
    };
    candidate.steps.iter().all(|&step| {
        let read = &reading.steps[step as usize];
        let is_allowed = || match reading.run.system {
            None => true,
            Some(system) => {
                !asks_first(system)
                    && (read.step.user.is_some_and(is_consent)
                        || !has_rules(system)
                        || !has_policy(system) && gives_all(reading, step as usize))
            }
        };
        read.effect != Effect::Write
            || only_shows(read)
            || only_reads(read)
            || read.status == Status::Ok && is_allowed()
    })
}

/// Whether the user gave all that a call was made with in the turn that it answers: no agent chose to write it.
fn gives_all(reading: &Reading<'_>, step: usize) -> bool {
    let arguments = reading.provenance().arguments(step);
    let turn = reading.steps[step].step.user;
    turn.is_some_and(|turn| {
        !arguments.is_empty() && arguments.iter().all(|argument| is_said(turn, &argument.value))
    })
}

/// Whether a call of a tool that does several things (`str_replace_editor`) only shows something.
pub fn only_shows(read: &StepReading<'_>) -> bool {
    let command = read.arguments().and_then(|arguments| arguments.root().get("command"));
    command
        .is_some_and(|value| value.kind() == Kind::String && matches!(value.raw(), "view" | "show" | "read"))
}

fn is_consent(turn: &str) -> bool {
    const YES: &[&str] = &[
        "yes",
        "go ahead",
        "please proceed",
        "confirm",
        "i confirm",
        "proceed",
        "do it",
        "sounds good",
        "that works",
    ];
    const NO: &[&str] = &["no", "not", "don't", "wait", "instead", "stop"];
    YES.iter().any(|word| find(turn, word).is_some()) && !NO.iter().any(|word| find(turn, word).is_some())
}

/// The words of a text that carry a topic, in lower case and singular.
pub fn content_words(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .filter_map(|word| {
            let lower = word.to_lowercase();
            let word = singular_word(&lower);
            (!is_function_word(&word)).then(|| word.into_owned())
        })
        .collect()
}

/// The words of a text that hold digits: what a moved bound changes.
fn numbers(text: &str) -> HashSet<String> {
    content_words(text).into_iter().filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).collect()
}

/// Whether a goal is that of the run again: in the same words or, where both ask for a thing as a whole, for the same thing.
pub fn repeats_original(goal: &str, reading: &Reading<'_>) -> bool {
    let original = reading.prompt_topics();
    let goal_topics = topics(goal);
    is_same_goal(&goal_topics, original)
        || asks_for_whole(goal)
            && asks_for_whole(reading.run.original_prompt.unwrap_or(""))
            && is_same_goal(&things(&goal_topics), &things(original))
}

/// The details of the game called Dune are information about the game Dune.
fn asks_for_whole(text: &str) -> bool {
    ["details", "detail", "information", "info"].iter().any(|word| find(text, word).is_some())
}

/// The topics without those words.
fn things(topics: &Topics) -> Topics {
    let words = ["detail", "information", "info", "called"].map(word_hash);
    topics.iter().copied().filter(|topic| !words.contains(topic)).collect()
}

fn is_same_goal(goal: &Topics, original: &Topics) -> bool {
    let shared = goal.intersection(original).count();
    let all = goal.len() + original.len() - shared;
    all > 0 && shared as f32 / all as f32 >= SAME_GOAL
}

/// A short answer that stands in the goal.
fn leaks(candidate: &Candidate) -> bool {
    let answer = candidate.answer.trim().trim_end_matches('.');
    answer.len() <= 80 && find(&candidate.goal, answer).is_some()
}

/// Whether a query in plain words follows the original goal where the new goal does not. A bound (`under $5`) narrows
/// the same search and is left to the family's prior.
fn pursues_old_goal(candidate: &Candidate, reading: &Reading<'_>) -> bool {
    let original = reading.prompt_topics();
    let goal = LazyCell::new(|| content_words(&candidate.goal));
    candidate.steps.iter().any(|&step| {
        reading.provenance().arguments(step as usize).iter().any(|argument| {
            let is_statement =
                argument.value.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("select "));
            let is_query = argument.kind == Kind::String
                && !is_statement
                && !acts(&argument.value, reading.steps[step as usize].step.observation)
                && !lists_names(&argument.value, reading.steps[step as usize].step.observation)
                && !names_things(&argument.value)
                && argument.value.split_whitespace().count() >= 3
                && !argument.value.contains(['(', ')', '{', '}', ';', '=', '<', '>', '|', '\n', '/']);
            // Few queries have a word of the original goal: the words themselves are made for those alone.
            is_query
                && topic_words(&argument.value).any(|word| original.contains(&word.hash))
                && content_words(&argument.value).iter().any(|word| {
                    original.contains(&word_hash(word)) && !is_covered(word, &candidate.goal, &goal)
                })
        })
    })
}

/// Whether a call acts in a world that tells back what was done, in the same words: `take coin from chest`, `You take the
/// coin from the chest.`
fn acts(value: &str, told: Option<&str>) -> bool {
    let verb = value.split_whitespace().next().unwrap_or("");
    let action =
        told.and_then(|told| ["You ", "I "].iter().find_map(|actor| told.trim_start().strip_prefix(actor)));
    let repeats = action.and_then(|action| action.split_whitespace().next());
    verb.len() >= 3 && repeats.is_some_and(|word| word.eq_ignore_ascii_case(verb))
}

/// Whether an argument lists things by their names, and the tool shows them: the tables of `Artist, Album, Track`.
fn lists_names(value: &str, shown: Option<&str>) -> bool {
    let is_shown = |name: &str| !name.contains(' ') && shown.is_some_and(|shown| find(shown, name).is_some());
    value.contains(", ") && value.split(", ").all(is_shown)
}

/// Whether an argument names numbered things and nothing else, or says what is done with them: `cloth 1 with sinkbasin 1`,
/// `take mug 2 from desk 1` act in a world, and look for nothing.
fn names_things(value: &str) -> bool {
    const ACTS: &[&str] = &[
        "go", "walk", "move", "open", "close", "take", "pick", "grab", "get", "put", "place", "drop", "turn",
        "toggle", "use", "clean", "heat", "cool", "slice", "examine",
    ];
    let value = value.trim_start();
    let verb = value.split_whitespace().next().filter(|verb| ACTS.contains(verb)).unwrap_or("");
    let words = || value[verb.len()..].split_whitespace().filter(|word| !is_function_word(word));
    let is_number = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    words().next().is_some()
        && words().zip(words().skip(1).chain(["?"])).all(|(word, next)| is_number(word) || is_number(next))
}

/// Whether a word of a query is in the goal, or says what the goal says otherwise.
fn is_covered(word: &str, goal: &str, words: &HashSet<String>) -> bool {
    // A question that begins with "when" asks for the date, whatever the query calls it.
    const DATED: &[&str] = &["date", "year", "birth", "birthdate", "birthday", "death", "release"];
    let root = word.get(..ROOT);
    // `named` of the query is `did … name` in the goal.
    let past = ["d", "ed"].iter().any(|end| word.strip_suffix(end).is_some_and(|base| words.contains(base)));
    words.contains(word)
        || past
        // `location` of the query is `located` in the goal.
        || root.is_some() && words.iter().any(|said| said.get(..ROOT) == root)
        || word.bytes().all(|byte| byte.is_ascii_digit())
        || DATED.contains(&word) && goal.starts_with("When")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::Trajectory;

    #[test]
    fn consent_is_a_yes_without_a_but() {
        assert!(is_consent("Yes, please go ahead."));
        assert!(!is_consent("Yes, but not today."));
        assert!(!is_consent("What would it cost?"));
    }

    #[test]
    fn a_word_is_covered_in_another_form() {
        let goal = "Who did Ann Lee name a lake after, and where is it located?";
        for (word, is_said) in [("named", true), ("location", true), ("river", false), ("bed", false)] {
            assert_eq!(is_covered(word, goal, &content_words(goal)), is_said, "{word}");
        }
    }

    #[test]
    fn numbered_things_are_no_query() {
        for value in
            ["cloth 1 with sinkbasin 1", "apple 3 from desk 12", "take mug 2 from desk 1", "go to shelf 3"]
        {
            assert!(names_things(value), "{value}");
        }
        for value in [
            "take me to the world cup",
            "use",
            "world cup 2018",
            "season 2 of the series",
            "red shoes size 9",
            "with the",
        ] {
            assert!(!names_things(value), "{value}");
        }
    }

    #[test]
    fn a_list_of_names_is_no_query() {
        let shown = Some("CREATE TABLE Artist (…)\nCREATE TABLE Track (…)");
        assert!(lists_names("Artist, Track", shown));
        assert!(!lists_names("Artist, Album", shown) && !lists_names("Artist", shown));
        assert!(!lists_names("artist track, CREATE", Some("an artist track to CREATE")));
    }

    #[test]
    fn what_a_world_tells_back_is_no_query() {
        assert!(acts("take coin from chest", Some("You take the coin from the chest.")));
        assert!(!acts("take coin from chest", Some("The chest is locked.")));
        assert!(!acts("best films of 1999", Some("You Can Count on Me is a film.")));
        assert!(!acts("take me home", None));
    }

    #[test]
    fn a_goal_that_repeats_a_statement_is_none() {
        assert!(quotes_statement("Show me the runs for \"SELECT a FROM b\"."));
        assert!(!quotes_statement("Which lines of dump.sql contain \"SELECT \"?"));
        assert!(!quotes_statement("How many shops are there?"));
    }

    #[test]
    fn a_goal_in_other_order_is_the_same_goal() {
        let is_same = |goal, original| is_same_goal(&topics(goal), &topics(original));
        let goal = "Find direct flights to Oslo from Rome.";
        assert!(is_same(goal, "Please find the direct flights from Rome to Oslo"));
        assert!(!is_same(goal, "Book a hotel in Oslo"));
        assert!(!is_same("", ""));
    }

    #[test]
    fn details_are_information() {
        let repeats = |goal, original| {
            let run = Trajectory { original_prompt: Some(original), ..Trajectory::default() };
            repeats_original(goal, &Reading::new(&run))
        };
        assert!(repeats(
            "Show me the details of the game called Dune.",
            "Show information about the game Dune"
        ));
        assert!(!repeats("Show me the details of order 5.", "Show me what is in order 5"));
    }

    #[test]
    fn values_are_said_in_any_form() {
        assert!(is_said("on May 20, 2024", "2024-05-20"));
        assert!(is_said("basic economy", "basic_economy"));
        assert!(!is_said("order 123", "12"));
    }
}
