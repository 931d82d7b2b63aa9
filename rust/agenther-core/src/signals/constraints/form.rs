//! The form that a prompt wants its answer in: JSON, one word, a number, yes or no, so many words.

use std::sync::LazyLock;

use super::super::phrases::Phrases;
use super::bound::{self, Bound};
use crate::text::document::{Document, Kind};
use crate::text::{cut, records, words};
use crate::trajectory::Span;

/// A form of the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// One JSON value.
    Json,
    /// One word.
    OneWord,
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// A bound on the words of it.
    Words(Bound, f64),
    /// A bound on its sentences.
    Sentences(Bound, f64),
    /// A bound on its characters.
    Characters(Bound, f64),
}

/// Verbs that say what the answer shall be.
const VERBS: &[&str] = &[
    "answer",
    "respond",
    "reply",
    "return",
    "output",
    "give",
    "provide",
    "write",
    "summarize",
    "summarise",
    "describe",
    "explain",
    "say",
    "format",
    "report",
];

/// How forms are asked for, in small letters. What is `only` after the verb of answering is the form.
const PHRASES: &[(&str, Form)] = &[
    ("only json", Form::Json),
    ("only valid json", Form::Json),
    ("in json", Form::Json),
    ("as json", Form::Json),
    ("as a json", Form::Json),
    ("as valid json", Form::Json),
    ("a json object", Form::Json),
    ("a json array", Form::Json),
    ("a single json", Form::Json),
    ("in one word", Form::OneWord),
    ("in a single word", Form::OneWord),
    ("with one word", Form::OneWord),
    ("with a single word", Form::OneWord),
    ("only one word", Form::OneWord),
    ("just one word", Form::OneWord),
    ("only a number", Form::Number),
    ("only the number", Form::Number),
    ("just a number", Form::Number),
    ("just the number", Form::Number),
    ("with a number", Form::Number),
    ("as a number", Form::Number),
    ("as an integer", Form::Number),
    ("a single number", Form::Number),
    ("yes or no", Form::YesNo),
    ("yes/no", Form::YesNo),
];

/// Prompts that are longer are documents, of which only the end says what to answer.
const TAIL: usize = 4000;

/// The forms that a prompt wants, each with where it says so.
pub fn forms(prompt: &str) -> Vec<(Form, Span)> {
    static WANTED: LazyLock<Phrases> = LazyLock::new(|| {
        let units = ["words", "sentence", "character"];
        let phrases: Vec<&str> = PHRASES.iter().map(|(phrase, _)| *phrase).chain(units).collect();
        Phrases::of(&phrases)
    });
    let tail = cut::tail(prompt, TAIL);
    // Most prompts want no form, which one pass tells.
    if !WANTED.are_in(tail) {
        return Vec::new();
    }
    let start = prompt.len() - tail.len();
    let mut found = Vec::new();
    for sentence in records::sentences(prompt, start, prompt.len()) {
        let text = sentence.of(prompt);
        let is_verb = |word: words::Word<'_>| VERBS.iter().any(|verb| word.text.eq_ignore_ascii_case(verb));
        let Some(verb) = words::words(text).find(|word| is_verb(*word)) else { continue };
        // What holds for a step of the work does not hold for its end.
        if super::clause::has_condition(text) {
            continue;
        }
        let from = verb.span.end as usize;
        let offset = sentence.start as usize;
        let stated = phrase(text, from).into_iter().chain(length(text, from));
        let wanted = stated.filter(|(_, span)| !super::clause::is_negated(text, span.start as usize));
        found.extend(wanted.map(|(form, span)| (form, shifted(span, offset))));
    }
    found
}

fn shifted(span: Span, by: usize) -> Span {
    Span::new(span.start as usize + by, span.end as usize + by)
}

fn phrase(sentence: &str, from: usize) -> Option<(Form, Span)> {
    let lower = sentence[from..].to_ascii_lowercase();
    PHRASES.iter().find_map(|(words, form)| {
        let at = lower.find(words)?;
        let ends = !lower[at + words.len()..].starts_with(char::is_alphanumeric);
        ends.then(|| (*form, Span::new(from + at, from + at + words.len())))
    })
}

/// "In at most 50 words", "in two sentences", "under 280 characters". A bare number of words is seldom meant to the word.
fn length(sentence: &str, from: usize) -> Option<(Form, Span)> {
    let mut previous: Option<words::Word<'_>> = None;
    for word in words::words(&sentence[from..]) {
        let number = previous.replace(word);
        let of: fn(Bound, f64) -> Form = match word.text.to_ascii_lowercase().as_str() {
            "word" | "words" => Form::Words,
            "sentence" | "sentences" => Form::Sentences,
            "character" | "characters" => Form::Characters,
            _ => continue,
        };
        let Some(number) = number else { continue };
        let value = match number.text {
            "one" | "One" => 1.0,
            text => match words::number(text).or_else(|| text.parse().ok()) {
                Some(value) => value,
                None => continue,
            },
        };
        let head = sentence[..from + number.span.start as usize].trim_end();
        let (bound, start) = match bound::ending(head) {
            Some(stated) => stated,
            None if head.ends_with(" in") && word.text.starts_with(['s', 'S']) => {
                (Bound::AtMost, head.len() - 2)
            }
            None => continue,
        };
        return Some((of(bound, value), Span::new(start, from + word.span.end as usize)));
    }
    None
}

impl Form {
    /// Whether an answer has the form.
    pub fn fits(self, answer: &str) -> bool {
        let answer = answer.trim();
        match self {
            Form::Json => holds_json(answer),
            Form::OneWord => answer.split_whitespace().count() <= 1,
            Form::Number => {
                answer.bytes().any(|byte| byte.is_ascii_digit())
                    || words::words(answer).any(|word| {
                        words::number(word.text).is_some() || word.text.eq_ignore_ascii_case("one")
                    })
            }
            Form::YesNo => words::words(answer)
                .any(|word| word.text.eq_ignore_ascii_case("yes") || word.text.eq_ignore_ascii_case("no")),
            Form::Words(bound, limit) => bound.allows(answer.split_whitespace().count() as f64, limit),
            Form::Sentences(bound, limit) => {
                bound.allows(records::sentences(answer, 0, answer.len()).count() as f64, limit)
            }
            Form::Characters(bound, limit) => bound.allows(answer.chars().count() as f64, limit),
        }
    }
}

/// Whether an answer is JSON, between fences or with words around it: what is asked for is the value.
fn holds_json(answer: &str) -> bool {
    let opens = answer.find(['{', '[']);
    let closes = answer.rfind(['}', ']']);
    let value = opens.zip(closes).and_then(|(from, to)| answer.get(from..=to));
    let parsed = |text: &str| {
        Document::parse(text)
            .is_some_and(|document| matches!(document.root().kind(), Kind::Object | Kind::Array))
    };
    value.is_some_and(|value| parsed(value) || value.contains("}\n"))
}
