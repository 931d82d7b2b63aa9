//! What `extract` finds that a run did achieve.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use crate::reading::{Reading, StepReading};
use crate::signals::effect::{self, Effect};
use crate::signals::tool_status::{ErrorCause, Status};
use crate::text::document::{Document, Kind, Value};
use crate::text::facts::{Fact, FactKind};
use crate::text::hash::Seeded;
use crate::text::records;

/// A step that worked.
#[derive(Debug, Clone, PartialEq)]
pub struct Achievement<'a> {
    /// Index of the step.
    pub step: u32,
    /// Name of the tool; `None` for a reply.
    pub tool: Option<&'a str>,
    /// What it did to the world.
    pub effect: Effect,
    /// What was achieved, in words: `search direct flight: origin JFK, destination SEA`.
    pub text: String,
}

/// A fact in the observation of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedFact<'a> {
    /// Index of the step.
    pub step: u32,
    /// The fact; its span is in the observation.
    pub fact: Fact<'a>,
}

/// A step that did not work.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedAttempt<'a> {
    /// Index of the step.
    pub step: u32,
    /// Name of the tool.
    pub tool: Option<&'a str>,
    /// Why.
    pub cause: ErrorCause,
}

/// What one run achieved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome<'a> {
    /// Steps that worked, in order.
    pub achievements: Vec<Achievement<'a>>,
    /// Typed facts of the observations of steps that worked, in order; one that a step repeats stands once.
    pub facts: Vec<ObservedFact<'a>>,
    /// Steps that did not work, in order.
    pub failed_attempts: Vec<FailedAttempt<'a>>,
}

/// Stage 2: extracts what a run did achieve.
pub fn extract<'a>(reading: &Reading<'a>) -> Outcome<'a> {
    let mut outcome = Outcome::default();
    for (index, step) in reading.steps.iter().enumerate() {
        let index = index as u32;
        if let Status::Error(cause) = step.status {
            outcome.failed_attempts.push(FailedAttempt { step: index, tool: step.step.action_name, cause });
            continue;
        }
        if let Some(text) = achieved(step) {
            outcome.achievements.push(Achievement {
                step: index,
                tool: step.step.action_name,
                effect: step.effect,
                text,
            });
        }
        if step.status == Status::Ok && step.effect != Effect::Reply {
            add_distinct(&mut outcome.facts, index, step.facts());
        }
    }
    outcome
}

/// What facts are told apart by. They mostly differ in their texts, which are all that is hashed.
#[derive(PartialEq, Eq)]
struct Identity<'a>(FactKind, &'a str, Option<&'a str>);

impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write(self.1.as_bytes());
    }
}

/// So few facts are told apart by looking at each other; more of them by a set.
const FEW: usize = 16;

/// Adds the facts of a step, each kind, text and unit once.
fn add_distinct<'a>(out: &mut Vec<ObservedFact<'a>>, step: u32, facts: &[Fact<'a>]) {
    let identity = |fact: &Fact<'a>| Identity(fact.kind, fact.text, fact.unit);
    out.reserve(facts.len());
    if facts.len() <= FEW {
        let first = out.len();
        for fact in facts {
            if !out[first..].iter().any(|known| identity(&known.fact) == identity(fact)) {
                out.push(ObservedFact { step, fact: *fact });
            }
        }
        return;
    }
    let mut seen = HashSet::with_capacity_and_hasher(facts.len(), Seeded::default());
    let distinct = facts.iter().filter(|fact| seen.insert(identity(fact)));
    out.extend(distinct.map(|&fact| ObservedFact { step, fact }));
}

/// What a step achieved, in words; `None` where it achieved nothing. A write may answer with nothing, a read may not.
fn achieved(step: &StepReading<'_>) -> Option<String> {
    let worked = match step.status {
        Status::Ok => step.effect != Effect::Meta,
        Status::Empty => matches!(step.effect, Effect::Write | Effect::Reply),
        Status::NoCall => step.step.thought.is_some(),
        Status::Error(_) => false,
    };
    if !worked {
        return None;
    }
    let mut text = Phrase::default();
    match step.step.action_name {
        Some(tool) => call(&mut text, step, tool),
        None => text.first_sentence(step.step.thought?),
    }
    (!text.out.is_empty()).then_some(text.out)
}

fn call(text: &mut Phrase, step: &StepReading<'_>, tool: &str) {
    effect::words(tool).for_each(|word| text.word(word));
    let arguments = Arguments::of(step);
    let empty = match &arguments {
        Arguments::None => true,
        Arguments::Document(document) => document.root().is_empty() && !document.root().is_leaf(),
        Arguments::Text(text) => text.trim().is_empty(),
    };
    if empty {
        return;
    }
    text.out.push_str(": ");
    match arguments {
        Arguments::Document(document) => values(text, document.root()),
        Arguments::Text(plain) => text.clipped(plain, Phrase::VALUE),
        Arguments::None => {}
    }
}

enum Arguments<'d, 'a> {
    None,
    Document(&'d Document<'a>),
    Text(&'a str),
}

impl<'d, 'a> Arguments<'d, 'a> {
    fn of(step: &'d StepReading<'a>) -> Self {
        match (step.arguments(), step.step.action_input) {
            (Some(document), _) => Arguments::Document(document),
            (None, Some(text)) => Arguments::Text(text),
            (None, None) => Arguments::None,
        }
    }
}

/// The scalars of the arguments, each behind the words of its key, until the phrase is full.
fn values(text: &mut Phrase, root: Value<'_, '_>) {
    let mut first = true;
    for leaf in root.leaves().filter(|leaf| leaf.kind() != Kind::Null) {
        if !first {
            text.out.push_str(", ");
        }
        if !text.has_room() {
            text.out.push('…');
            return;
        }
        // The elements of a list stand behind one key.
        let again = leaf.key().is_none() && leaf.index() > 0;
        if let Some(key) = leaf.nearest_key().filter(|_| !again) {
            effect::words(key).for_each(|word| text.word(word));
            text.out.push(' ');
        }
        text.clipped(&leaf.text(), Phrase::VALUE);
        first = false;
    }
}

/// Words that are being put together, bounded in length.
#[derive(Default)]
struct Phrase {
    out: String,
}

impl Phrase {
    /// The most characters of one value.
    const VALUE: usize = 80;
    /// No value is begun behind this many bytes.
    const TOTAL: usize = 240;

    fn has_room(&self) -> bool {
        self.out.len() < Self::TOTAL
    }

    /// Adds a word in small letters.
    fn word(&mut self, word: &str) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        if !word.is_ascii() {
            self.out.push_str(&word.to_lowercase());
            return;
        }
        let start = self.out.len();
        self.out.push_str(word);
        self.out[start..].make_ascii_lowercase();
    }

    /// Adds a text on one line, cut after `most` characters.
    fn clipped(&mut self, text: &str, most: usize) {
        if text.len() + 1 < most && is_one_line(text) {
            self.out.push_str(text);
            return;
        }
        let mut left = most;
        for (index, word) in words(text).enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            let (taken, count) = beginning(word, left);
            self.visible(&word[..taken]);
            left = left.saturating_sub(count + 1);
            if taken < word.len() || (left == 0 && index + 1 < text.len()) {
                self.out.push('…');
                return;
            }
        }
    }

    fn visible(&mut self, text: &str) {
        if text.bytes().all(|byte| (b' '..0x7F).contains(&byte)) {
            self.out.push_str(text);
        } else {
            self.out.extend(text.chars().filter(|c| !c.is_control()));
        }
    }

    fn first_sentence(&mut self, text: &str) {
        let text = text.trim();
        let first = records::sentences(text, 0, text.len()).next();
        let sentence = first.map_or("", |span| span.of(text));
        self.clipped(sentence.trim_end_matches('.'), 2 * Self::VALUE);
    }
}

/// Whether a text is visible ASCII with single blanks between its words, as most values are.
fn is_one_line(text: &str) -> bool {
    let mut blank = true;
    text.bytes().all(|byte| {
        let doubled = blank && byte == b' ';
        blank = byte == b' ';
        (b' '..0x7F).contains(&byte) && !doubled
    }) && !blank
}

/// What stands between white space. Most texts are ASCII, which is split by its bytes.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let (ascii, other) = if text.is_ascii() { (text, "") } else { ("", text) };
    let blank = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
    let mut at = 0;
    let ascii = std::iter::from_fn(move || {
        let bytes = ascii.as_bytes();
        at += bytes[at..].iter().take_while(|byte| blank(byte)).count();
        let start = at;
        at += bytes[at..].iter().take_while(|byte| !blank(byte)).count();
        (start < at).then(|| &ascii[start..at])
    });
    ascii.chain(other.split_whitespace())
}

/// The bytes and the characters of a text up to `most` characters.
fn beginning(text: &str, most: usize) -> (usize, usize) {
    let head = &text.as_bytes()[..text.len().min(most)];
    if head.is_ascii() {
        return (head.len(), head.len());
    }
    let bytes = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    (bytes, text[..bytes].chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::{Step, Trajectory};

    fn call<'a>(tool: &'a str, input: &'a str, observation: &'a str) -> Step<'a> {
        Step {
            action_name: Some(tool),
            action_input: Some(input),
            observation: Some(observation),
            ..Step::default()
        }
    }

    fn texts(steps: Vec<Step<'_>>) -> Vec<String> {
        let run = Trajectory { steps, ..Trajectory::default() };
        extract(&Reading::new(&run)).achievements.into_iter().map(|achievement| achievement.text).collect()
    }

    #[test]
    fn achievements_say_what_was_done() {
        assert_eq!(
            texts(vec![
                call("search_direct_flight", r#"{"origin": "JFK", "to": ["SEA", "LAX"]}"#, "[1]"),
                call("bash", "ls -l\n  /tmp", "a"),
                call("listFiles", "{}", "a"),
                call("think", r#"{"thought": "hm"}"#, "ok"),
                call("get_user", r#"{"id": "x"}"#, "Error: user not found"),
                call("get_user", r#"{"id": "y"}"#, "[]"),
                call("delete_user", r#"{"id": "y"}"#, ""),
                Step { thought: Some("Your flight is booked. Anything else?"), ..Step::default() },
            ]),
            [
                "search direct flight: origin JFK, to SEA, LAX",
                "bash: ls -l /tmp",
                "list files",
                "delete user: id y",
                "Your flight is booked"
            ]
        );
    }

    #[test]
    fn achievements_are_bounded() {
        let long = "word ".repeat(10_000);
        let many = format!("[{}]", vec!["\"abcdefgh\""; 10_000].join(","));
        let texts = texts(vec![
            call("post", &long, "ok"),
            call("post", &many, "ok"),
            Step { thought: Some(&long), ..Step::default() },
        ]);
        assert_eq!(texts.len(), 3);
        assert!(texts.iter().all(|text| text.chars().count() < 420 && text.ends_with('…')), "{texts:?}");
    }

    #[test]
    fn facts_stand_once_a_step_and_point_into_the_observation() {
        let observation = r#"{"a": 5, "b": 5, "c": {"price_usd": 5}}"#;
        let run = Trajectory {
            steps: vec![call("get_a", "{}", observation), call("get_a", "{}", observation)],
            ..Trajectory::default()
        };
        let outcome = extract(&Reading::new(&run));
        let found: Vec<_> =
            outcome.facts.iter().map(|fact| (fact.step, fact.fact.kind.name(), fact.fact.text)).collect();
        assert_eq!(found, [(0, "number", "5"), (0, "money", "5"), (1, "number", "5"), (1, "money", "5")]);
        assert!(outcome.facts.iter().all(|fact| fact.fact.span.of(observation) == fact.fact.text));
    }

    #[test]
    fn failures_have_a_cause() {
        let run = Trajectory {
            steps: vec![Step { error: Some(true), ..call("get_a", "{}", "Error: user not found") }],
            ..Trajectory::default()
        };
        let outcome = extract(&Reading::new(&run));
        assert_eq!(
            outcome.failed_attempts,
            [FailedAttempt { step: 0, tool: Some("get_a"), cause: ErrorCause::NotFound }]
        );
        assert!(outcome.achievements.is_empty() && outcome.facts.is_empty());
    }
}
