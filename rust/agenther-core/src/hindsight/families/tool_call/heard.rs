//! Which values of a call a request says, by sense: `2026-06-15T17:00:00` is `June 15th at 5pm`, its end an hour later
//! `for 1 hour`, and `Find the Quill repository` is `can you find the quill repo`.

use std::borrow::Cow;

use crate::hindsight::forms::{date, other_forms};
use crate::hindsight::provenance::Argument;
use crate::hindsight::wording::{is_function_word, say_value, singular_word};
use crate::text::date::Date;
use crate::text::facts::{Fact, FactKind, facts};
use crate::text::needles::find;
use crate::trajectory::Span;

/// Longer texts of an argument are worded by the agent, whatever words they share with the request.
const MAX_WORDED: usize = 24;

/// Letters that two forms of one word share at least, and letters that each may have beside them.
const ROOT: usize = 5;
const ENDING: usize = 4;

/// A request, with its words and facts.
pub struct Heard<'r> {
    /// As the user wrote it.
    pub text: &'r str,
    words: Vec<Word<'r>>,
    facts: Vec<Fact<'r>>,
}

/// A word that carries a topic.
pub struct Word<'r> {
    /// In small letters and the singular.
    pub text: Cow<'r, str>,
    /// Where it stands.
    pub span: Span,
}

impl<'r> Heard<'r> {
    /// Reads a request.
    pub fn new(text: &'r str) -> Self {
        Heard { text, words: topic_words(text).collect(), facts: facts(text) }
    }

    /// Its topic words.
    pub fn words(&self) -> &[Word<'r>] {
        &self.words
    }

    /// Its numbers, dates, names and quotations. A capital at the start of a sentence names nothing.
    pub fn literals(&self) -> impl Iterator<Item = &Fact<'r>> {
        let opens = |fact: &Fact<'_>| {
            let before = self.text[..fact.span.start as usize].trim_end();
            before.is_empty() || before.ends_with(['.', '!', '?', ':'])
        };
        let is_word = move |fact: &Fact<'_>| fact.kind == FactKind::Name && opens(fact);
        self.facts.iter().filter(move |fact| !is_word(fact))
    }

    /// Where the request says an argument of a call, whose others are `beside` it; `None` where it does not.
    pub fn said(&self, argument: &Argument<'_>, beside: &[Argument<'_>]) -> Option<Vec<Span>> {
        let value = argument.value.trim();
        if value.is_empty() {
            return None;
        }
        if let Some(moment) = Moment::of(value) {
            return self.moment(&moment).or_else(|| self.lasts_until(&moment, beside));
        }
        self.literally(value)
            .map(|span| vec![span])
            .or_else(|| self.lasting(argument))
            .or_else(|| self.worded(value))
    }

    /// Whether the text says the value of an argument, or only the day or the hour of it.
    pub fn said_in_part(&self, argument: &Argument<'_>) -> bool {
        let value = argument.value.trim();
        match Moment::of(value) {
            Some(moment) => [moment.day, moment.time].iter().any(|part| self.literally(part).is_some()),
            None => !value.is_empty() && self.literally(value).is_some(),
        }
    }

    /// The value as it stands or as people write it.
    fn literally(&self, value: &str) -> Option<Span> {
        let forms = || other_forms(value);
        let said = find(self.text, value).or_else(|| find(self.text, &say_value(value)));
        said.or_else(|| forms().iter().find_map(|form| find(self.text, form)))
    }

    /// The day of a moment, and its hour unless it begins or ends the day.
    fn moment(&self, moment: &Moment<'_>) -> Option<Vec<Span>> {
        let day = other_forms(moment.day).iter().find_map(|form| find(self.text, form));
        let day = day.or_else(|| find(self.text, moment.day)).filter(|day| self.is_of_year(*day, moment))?;
        if moment.bounds_day() {
            return Some(vec![day]);
        }
        Some(vec![day, self.literally(moment.time)?])
    }

    /// Whether a day that the request says is that of the moment, its year too where one is said.
    fn is_of_year(&self, said: Span, moment: &Moment<'_>) -> bool {
        let dates = self.facts.iter().filter(|fact| fact.kind == FactKind::Date && overlap(fact.span, said));
        let mut read = dates.filter_map(|fact| Date::parse(fact.text));
        Date::parse(moment.day).is_none_or(|day| read.all(|date| date.agrees(day)))
    }

    /// The end of what begins at a moment that the request says and lasts as long as it says.
    fn lasts_until(&self, end: &Moment<'_>, beside: &[Argument<'_>]) -> Option<Vec<Span>> {
        let length = self.facts.iter().filter(|fact| fact.kind == FactKind::Duration);
        length.filter_map(|fact| Some((fact.value?, fact.span))).find_map(|(length, span)| {
            let begins = |argument: &&Argument<'_>| {
                Moment::of(argument.value.trim()).is_some_and(|start| {
                    start.seconds().zip(end.seconds()).is_some_and(|(start, end)| end - start == length)
                        && self.moment(&start).is_some()
                })
            };
            beside.iter().any(|argument| begins(&argument)).then(|| vec![span])
        })
    }

    /// A length of time in the unit of the parameter: `duration_minutes` 90 is `an hour and a half`, `for 90 minutes`.
    fn lasting(&self, argument: &Argument<'_>) -> Option<Vec<Span>> {
        let number: f64 = argument.value.trim().parse().ok()?;
        let names = |word: &str| find(argument.name, word).is_some() || argument.name.contains(word);
        let unit = [("second", 1.0), ("minute", 60.0), ("hour", 3_600.0), ("day", 86_400.0)];
        let (_, seconds) = unit.into_iter().find(|(unit, _)| names(unit))?;
        let length = self.facts.iter().find(|fact| {
            fact.kind == FactKind::Duration && fact.value.is_some_and(|value| value == number * seconds)
        })?;
        Some(vec![length.span])
    }

    /// A text whose every word the request has in some form.
    fn worded(&self, value: &str) -> Option<Vec<Span>> {
        // `number of seats` is asked for by `how many seats`.
        let is_number = |word: &Word<'_>| {
            matches!(word.text.as_ref(), "number" | "amount" | "count")
                && ["how many", "how much"].iter().any(|asked| find(self.text, asked).is_some())
        };
        let mut spans = Vec::new();
        for word in topic_words(value).filter(|word| !is_number(word)) {
            let same = self.words.iter().find(|said| is_same_word(&said.text, &word.text))?;
            spans.push(same.span);
            if spans.len() > MAX_WORDED {
                return None;
            }
        }
        (!spans.is_empty()).then_some(spans)
    }
}

/// A day with a time: `2026-06-15T17:00:00`.
struct Moment<'v> {
    day: &'v str,
    time: &'v str,
}

impl<'v> Moment<'v> {
    fn of(value: &'v str) -> Option<Self> {
        date(value)?;
        let (day, time) = (value.get(..10)?, value.get(11..16)?);
        let is_time = time.bytes().enumerate().all(|(at, byte)| match at {
            2 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
        is_time.then_some(Moment { day, time })
    }

    fn bounds_day(&self) -> bool {
        matches!(self.time, "00:00" | "23:59")
    }

    /// Seconds since 1970.
    fn seconds(&self) -> Option<f64> {
        let (hours, minutes) = (self.time[..2].parse::<f64>().ok()?, self.time[3..].parse::<f64>().ok()?);
        Some(Date::parse(self.day)?.days()? as f64 * 86_400.0 + hours * 3_600.0 + minutes * 60.0)
    }
}

/// The topic words of a text, with their places.
pub fn topic_words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let spans = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    spans.filter_map(move |word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let lower = word.to_lowercase();
        let word_of = singular_word(&lower).into_owned();
        (!is_function_word(&word_of))
            .then(|| Word { text: Cow::Owned(word_of), span: Span::new(start, start + word.len()) })
    })
}

/// Whether two words are forms of one: `repo` and `repository`, `invite` and `invited`. Numbers have no forms.
pub fn is_same_word(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let is_spelt = |word: &str| word.bytes().all(|byte| !byte.is_ascii_digit());
    let shared = || short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    let is_inflected = || {
        let ending = long.strip_prefix(short.strip_suffix('e').unwrap_or(short));
        ending.is_some_and(|ending| matches!(ending, "s" | "es" | "d" | "ed" | "ing"))
    };
    a == b
        || is_spelt(long)
            && (short.len() >= 3 && is_inflected()
                || short.len() + 1 >= ROOT
                    && (long.starts_with(short) || shared() >= ROOT && long.len() - shared() <= ENDING))
}

/// Whether two spans have a byte in common.
pub fn overlap(a: Span, b: Span) -> bool {
    a.start < b.end && b.start < a.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::provenance::Source;
    use crate::text::document::Kind;

    fn argument<'a>(name: &'a str, value: &'a str) -> Argument<'a> {
        let span = Span::new(0, 0);
        Argument {
            name,
            value: value.into(),
            kind: Kind::String,
            span,
            source: Source::Invented,
            bound: None,
        }
    }

    fn is_said(text: &str, arguments: &[(&str, &str)]) -> bool {
        let all: Vec<Argument<'_>> = arguments.iter().map(|(name, value)| argument(name, value)).collect();
        let heard = Heard::new(text);
        all.iter().all(|argument| heard.said(argument, &all).is_some())
    }

    #[test]
    fn moments_are_said_by_day_and_hour_and_ends_by_how_long() {
        let text = "Book the hall for june 15th, 2026 at 5pm for 1 hour";
        let start = ("start", "2026-06-15T17:00:00");
        assert!(is_said(text, &[start, ("end", "2026-06-15T18:00:00")]));
        assert!(!is_said(text, &[start, ("end", "2026-06-15T19:00:00")]));
        assert!(!is_said(text, &[("start", "2026-06-15T16:00:00")]));
        assert!(!is_said(text, &[("start", "2025-06-15T17:00:00")]));
        assert!(!is_said(text, &[("start", "2026-06-16T17:00:00")]));
        assert!(is_said(
            "What is on June 15?",
            &[("from", "2026-06-15 00:00:00"), ("to", "2026-06-15 23:59:59")]
        ));
        assert!(is_said("Book it for 2 hours", &[("duration_minutes", "120")]));
        assert!(!is_said("Book it for 2 hours", &[("duration_minutes", "60")]));
    }

    #[test]
    fn texts_are_said_where_every_word_is() {
        let text = "Can you find the quillBot repo";
        assert!(is_said(text, &[("query", "Find the quillBot repository")]));
        assert!(!is_said(text, &[("query", "Find the quillBot issues")]));
        assert!(!is_said("Order 12 of 3", &[("id", "123")]));
    }
}
