//! The thoughts of kept steps, cleaned of the original goal.
//!
//! 88 of 94 failed QA runs restate the original goal in the first thought. A sentence that carries a word of the
//! original goal which neither the new goal nor the arguments of the kept steps have is dropped (that an observation
//! has it too excuses nothing: files and rooms hold what was hunted), and so is talk about failing, policies,
//! earlier attempts and what is to come, a call written out, and a sentence of which the goal and the arguments say no
//! more than half: what it is about is something else. Half of what blind readers rejected had such a thought. Where
//! nothing is left a short template stands, varied by the run. [`Thoughts`] says less of this, or none of it.

use std::sync::LazyLock;

use super::families::tool_phrase;
use super::language::is_foreign;
use super::style;
use super::topics::{Topic, Topics, topic_words};
use crate::reading::Reading;
use crate::signals::effect;
use crate::text::tables::FastSet;

/// Talk that belongs to the original run: failing, apologising, handing over, trying again.
const META: &[&str] = &[
    "unfortunately",
    "apologize",
    "apologies",
    "sorry",
    "unable",
    "cannot",
    "can't",
    "couldn't",
    "failed",
    "failure",
    "error",
    "errors",
    "policy",
    "transfer",
    "previous",
    "again",
    "retry",
    "wrong",
    "mistake",
    "instead",
    "attempt",
    "attempts",
    "chance",
    "chances",
    "propose",
    "approach",
    "step",
    "steps",
    "tries",
    "constraint",
    "constraints",
    "criteria",
    "budget",
    "requirement",
    "requirements",
    "doesn't",
    "didn't",
    "don't",
    "not",
    "none",
    "no",
    "another",
    "different",
    "alternative",
    "however",
    "user",
    "task",
    "question",
    "you",
    "your",
    "please",
    "wait",
    "hold",
    "oops",
    "function",
    "tool",
    "api",
    "second",
    "third",
    "fourth",
    "these",
    "those",
    "other",
    "others",
    "remaining",
    "further",
    "later",
    "tips",
    "fix",
    "fixing",
    "fixed",
    "bug",
    "install",
    "installing",
    "argument",
    "arguments",
    "parameter",
    "parameters",
];

/// Talk of what comes after: with the last kept step the run is over.
const AFTERWARDS: &[&str] =
    &["then", "next", "after", "afterwards", "before", "finally", "proceed", "once", "subsequently"];

/// Bytes of the sentences that are kept of a thought: what goes on longer plans for more than this goal.
const LONGEST: usize = 240;

/// What becomes of the thoughts of kept steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Thoughts {
    /// They stand as the agent had them, the old goal and all.
    Keep,
    /// Sentences that do not fit the goal go, and nothing is put in the place of a thought that loses all.
    Filter,
    /// As `Filter`, and a thought that loses all becomes a short one that says what the call does.
    #[default]
    Template,
    /// There are none.
    Drop,
}

impl Thoughts {
    /// Every choice.
    pub const ALL: [Thoughts; 4] = [Thoughts::Keep, Thoughts::Filter, Thoughts::Template, Thoughts::Drop];

    /// The name used in options.
    pub fn name(self) -> &'static str {
        match self {
            Thoughts::Keep => "keep",
            Thoughts::Filter => "filter",
            Thoughts::Template => "template",
            Thoughts::Drop => "drop",
        }
    }

    /// One thought per kept step; `None` where the step had none, or has none left.
    pub fn of(self, reading: &Reading<'_>, kept: &[u32], goal: &str, seed: u64) -> Vec<Option<String>> {
        let as_it_is = |&step: &u32| reading.steps[step as usize].step.thought.map(String::from);
        match self {
            Thoughts::Keep => kept.iter().map(as_it_is).collect(),
            Thoughts::Drop => vec![None; kept.len()],
            Thoughts::Filter => clean(reading, kept, goal, |_, _| None),
            Thoughts::Template => clean(reading, kept, goal, |at, step| {
                template(reading, step, style::variant(seed, reading.run.trajectory_id, at))
            }),
        }
    }
}

/// One thought per kept step, without the sentences that do not fit; `stand_in` gives what stands where none is left.
fn clean(
    reading: &Reading<'_>,
    kept: &[u32],
    goal: &str,
    stand_in: impl Fn(usize, usize) -> Option<String>,
) -> Vec<Option<String>> {
    let old = reading.prompt_topics();
    // What is pursued, and what the observations before the thought in hand say; both are read when there is a
    // thought to judge.
    let (mut pursued, mut seen) = (Topics::default(), Topics::default());
    let (mut unread, mut unseen) = (vec![goal], Vec::new());
    let mut texts = vec![goal];
    kept.iter()
        .enumerate()
        .map(|(at, &step)| {
            let read = &reading.steps[step as usize];
            unread.extend(read.step.action_name);
            unread.extend(read.step.action_input);
            texts.extend(read.step.action_input);
            let is_last = at + 1 == kept.len();
            let cleaned = read.step.thought.map(|thought| {
                if is_foreign(thought) && !is_foreign(goal) {
                    return String::new();
                }
                pursued.extend(unread.drain(..).flat_map(topic_words).map(|word| word.hash));
                seen.extend(unseen.drain(..).flat_map(topic_words).map(|word| word.hash));
                let is_named = |code: &str| texts.iter().any(|text| text.contains(code));
                sentences(thought, |sentence| {
                    quoted_code(sentence).all(is_named)
                        && !is_call(sentence)
                        && !(is_last && has_word(sentence, AFTERWARDS))
                        && is_about(sentence, &pursued)
                        && !topic_words(sentence).any(|word| is_strange(word, old, &pursued, &seen))
                })
            });
            unseen.extend(read.step.observation);
            match cleaned {
                Some(text) if text.is_empty() => stand_in(at, step as usize),
                other => other,
            }
        })
        .collect()
}

/// The sentences of a thought that fit the goal and are no talk of the run, as far as they go.
fn sentences(thought: &str, fits: impl Fn(&str) -> bool) -> String {
    // An observation inside a thought is made up, and what follows it belongs to other steps.
    let thought = thought.split("Observation:").next().unwrap_or(thought);
    let keeps = |sentence: &&str| {
        let mut words = sentence.split(|c: char| !c.is_alphanumeric() && c != '\'');
        !is_fragment(sentence) && !words.any(is_meta) && fits(sentence)
    };
    let mut kept = String::new();
    for sentence in split_sentences(thought).filter(keeps) {
        if kept.len() + sentence.len() > LONGEST {
            break;
        }
        for line in sentence.lines() {
            kept.push_str(if kept.is_empty() { "" } else { " " });
            kept.push_str(line.trim());
        }
    }
    kept
}

/// Whether a sentence was cut out of a longer one: it opens a quotation that it does not close, or ends in a word that
/// more must follow, as where code stood below (`I can now use the`).
fn is_fragment(sentence: &str) -> bool {
    let sentence = sentence.trim();
    let is_open = sentence.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    let last = sentence.rsplit(' ').next().unwrap_or(sentence);
    is_open || ["a", "an", "the", "of", "to", "with", "for", "and", "or", "use", "is"].contains(&last)
}

fn has_word(sentence: &str, words: &[&str]) -> bool {
    sentence
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// A call written out, in the markup or the JSON of the model: `<invoke name="…">`, `{"sort": "price"}`.
fn is_call(sentence: &str) -> bool {
    let is_tag = |at: usize| sentence[at + 1..].starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
    sentence.contains(['{', '}']) || sentence.match_indices('<').any(|(at, _)| is_tag(at))
}

/// Whether more than half of the words of a sentence are of the goal or the arguments so far, or all but one; figures
/// count for neither.
fn is_about(sentence: &str, pursued: &Topics) -> bool {
    let (shared, strange): (Vec<Topic>, Vec<Topic>) =
        topic_words(sentence).filter(|word| !word.has_digit).partition(|word| pursued.contains(&word.hash));
    strange.len() <= 1 || shared.len() > strange.len()
}

fn is_meta(word: &str) -> bool {
    static WORDS: LazyLock<FastSet<&str>> = LazyLock::new(|| META.iter().copied().collect());
    effect::in_small_letters(word, |lower| WORDS.contains(lower)).unwrap_or(false)
}

/// What stands between backquotes: files, functions, commands.
fn quoted_code(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split('`').skip(1).step_by(2)
}

/// Whether a word is of the old goal and not of the new one, or a figure out of nowhere.
fn is_strange(word: Topic, old: &Topics, pursued: &Topics, seen: &Topics) -> bool {
    let of_old = old.contains(&word.hash) || (word.has_digit && !seen.contains(&word.hash));
    of_old && !pursued.contains(&word.hash)
}

/// Sentences and lines; a period inside a number or a name does not end one, and neither does a line that the next
/// one goes on with, in a small letter.
fn split_sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let ends = |(at, mark): &(usize, char)| {
            let after = &rest[at + mark.len_utf8()..];
            match mark {
                '.' => after.starts_with([' ', '\n']) && !abbreviates(&rest[..*at]),
                '!' | '?' => after.starts_with([' ', '\n']),
                '\n' => !after.trim_start().starts_with(char::is_lowercase),
                _ => false,
            }
        };
        let end = rest.char_indices().find(ends).map_or(rest.len(), |(at, mark)| at + mark.len_utf8());
        let (sentence, tail) = rest.split_at(end);
        rest = tail.trim_start();
        Some(sentence.trim_end())
    })
}

/// Whether a text ends in an initial or a title, whose period ends no sentence.
fn abbreviates(text: &str) -> bool {
    const TITLES: &[&str] = &[
        "St", "Mr", "Mrs", "Ms", "Dr", "Lt", "Col", "Gen", "Sgt", "Capt", "Prof", "Rev", "Gov", "Sen", "v",
        "vs",
    ];
    let word = text.rsplit([' ', '\n', '(', '"']).next().unwrap_or("");
    TITLES.contains(&word) || word.len() == 1 && word.starts_with(char::is_uppercase)
}

fn template(reading: &Reading<'_>, step: usize, variant: u64) -> Option<String> {
    let phrase = tool_phrase(reading, step)?;
    Some(match variant % 4 {
        0 => format!("I'll {phrase}."),
        1 => format!("Let me {phrase}."),
        2 => format!("I need to {phrase}."),
        _ => format!("I should {phrase}."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::{Step, Trajectory};

    #[test]
    fn drops_what_speaks_of_the_old_goal_and_keeps_the_rest() {
        let step = Step {
            thought: Some(
                "The customer wants a refund for the blender. I will look up order A12. Unfortunately that may fail.",
            ),
            action_name: Some("get_order"),
            action_input: Some("{\"order_id\": \"A12\"}"),
            observation: Some("{\"total\": 3}"),
            ..Step::default()
        };
        let run = Trajectory {
            original_prompt: Some("Refund my blender"),
            steps: vec![step],
            ..Trajectory::default()
        };
        let reading = Reading::new(&run);
        assert_eq!(
            Thoughts::Template.of(&reading, &[0], "What is the total of order A12?", 0),
            [Some("I will look up order A12.".to_string())]
        );
    }

    #[test]
    fn a_sentence_goes_on_over_the_end_of_a_line() {
        let text = "I join the tables and get\nthe names of all courses. Then 2.5 more!\n\n- a list\nEnd";
        let sentences: Vec<&str> = split_sentences(text).collect();
        let expected =
            ["I join the tables and get\nthe names of all courses.", "Then 2.5 more!", "- a list", "End"];
        assert_eq!(sentences, expected);
        assert_eq!(self::sentences("I go\non. Sorry\nfor that.", |_| true), "I go on.");
    }

    #[test]
    fn the_period_of_an_initial_or_a_title_ends_no_sentence() {
        let sentences: Vec<&str> = split_sentences("I look for J. Hale of St. Ives. Then I stop.").collect();
        assert_eq!(sentences, ["I look for J. Hale of St. Ives.", "Then I stop."]);
    }

    #[test]
    fn what_a_room_holds_excuses_no_hunt_for_it() {
        let look = |thought| Step {
            thought: Some(thought),
            action_name: Some("goto"),
            action_input: Some("shelf 1"),
            observation: Some("On the shelf 1, you see a mug 1, a cd 2."),
            ..Step::default()
        };
        let run = Trajectory {
            original_prompt: Some("Put a cool mug on a desk"),
            steps: vec![
                look("I go to the shelf."),
                look("I look for the mug. Observation: a mug. So I take it."),
            ],
            ..Trajectory::default()
        };
        let thoughts = Thoughts::Template.of(&Reading::new(&run), &[0, 1], "What is on shelf 1?", 0);
        assert_eq!(thoughts[0].as_deref(), Some("I go to the shelf."));
        assert!(!thoughts[1].as_deref().unwrap_or("").contains("mug"), "{thoughts:?}");
    }

    #[test]
    fn a_sentence_stays_whole_or_goes() {
        let kept = |thought| sentences(thought, |_| true);
        assert_eq!(kept("I can now use the\n`df -m` below."), "`df -m` below.");
        assert_eq!(kept("I read \"Roe v. Wade\". It is long."), "I read \"Roe v. Wade\". It is long.");
        assert_eq!(kept("He said \"Go. Then he left."), "Then he left.");
    }

    #[test]
    fn what_is_about_something_else_or_written_out_goes() {
        let look = |thought| Step {
            thought: Some(thought),
            action_name: Some("get_person"),
            action_input: Some("{\"name\": \"Ada Rossi\"}"),
            observation: Some("Ada Rossi (born 1961) is an author of thrillers."),
            ..Step::default()
        };
        let run = Trajectory {
            original_prompt: Some("Which job do Ada Rossi and Lee Marsh share?"),
            steps: vec![
                look("I look up Ada Rossi. <invoke name=\"get_person\">"),
                look(
                    "Ada Rossi is an author of thrillers. Ada Rossi was born in 1961. Then I finish with Ada Rossi.",
                ),
            ],
            ..Trajectory::default()
        };
        let thoughts = Thoughts::Template.of(&Reading::new(&run), &[0, 1], "When was Ada Rossi born?", 0);
        let kept: Vec<&str> = thoughts.iter().flatten().map(String::as_str).collect();
        assert_eq!(kept, ["I look up Ada Rossi.", "Ada Rossi was born in 1961."]);
    }

    #[test]
    fn a_thought_of_which_nothing_is_left_becomes_a_plain_one() {
        let step = Step {
            thought: Some("The blender must be refunded."),
            action_name: Some("get_order_details"),
            action_input: Some("{\"order_id\": \"A12\"}"),
            observation: Some("{\"total\": 3}"),
            ..Step::default()
        };
        let run = Trajectory {
            original_prompt: Some("Refund my blender"),
            steps: vec![step],
            ..Trajectory::default()
        };
        let thoughts = Thoughts::Template.of(&Reading::new(&run), &[0], "What is the total of order A12?", 0);
        assert!(
            thoughts[0].as_deref().is_some_and(|text| text.ends_with("look up the order.")),
            "{thoughts:?}"
        );
    }

    #[test]
    fn thoughts_are_kept_filtered_replaced_or_dropped() {
        let look = |thought| Step {
            thought,
            action_name: Some("get_order_details"),
            action_input: Some("{\"order_id\": \"A12\"}"),
            observation: Some("{\"total\": 3}"),
            ..Step::default()
        };
        let old = "The blender must be refunded.";
        let mixed = "The blender must be refunded. I will look up order A12.";
        let run = Trajectory {
            original_prompt: Some("Refund my blender"),
            steps: vec![look(Some(old)), look(Some(mixed)), look(None)],
            ..Trajectory::default()
        };
        let reading = Reading::new(&run);
        let of = |thoughts: Thoughts| thoughts.of(&reading, &[0, 1, 2], "What is the total of order A12?", 0);
        let fits = Some("I will look up order A12.".to_string());
        assert_eq!(of(Thoughts::Keep), [Some(old.to_string()), Some(mixed.to_string()), None]);
        assert_eq!(of(Thoughts::Filter), [None, fits.clone(), None]);
        let [Some(template), second, None] = &of(Thoughts::Template)[..] else {
            panic!("a thought for each")
        };
        assert!(template.ends_with("look up the order."), "{template}");
        assert_eq!(*second, fits);
        assert_eq!(of(Thoughts::Drop), [None, None, None]);
        assert_eq!(Thoughts::default(), Thoughts::Template);
    }
}
