//! Which numbers a run had seen when, and which of its own rest on nothing.
//!
//! Numbers are compared by value, read off the bytes in one pass; the typed facts of `text::facts` say
//! more (dates, identifiers, units) and cost several times as much, which only extraction needs.

use std::ops::Range;

use super::effect::Effect;
use super::tool_status::Status;
use super::{Hit, Signals, is_call};
use crate::reading::Reading;
use crate::text::bytes::find_digit;
use crate::text::number;
use crate::trajectory::{Field, Span};

/// The moment at which something is known: the user's words at a step before its call, the
/// observation after it.
type Moment = u32;

/// When the user's words before `step` are known, and what the agent writes in it must rest on.
fn before(step: usize) -> Moment {
    2 * step as u32 + 1
}

/// When the observation of `step` is known.
fn after(step: usize) -> Moment {
    2 * step as u32 + 2
}

/// A number in a text of the agent.
#[derive(Debug, Clone, Copy)]
struct Claim {
    place: Hit,
    value: f64,
    moment: Moment,
    /// Which text it is in: numbers of one text may follow from one another.
    text: usize,
}

/// The numbers of the agent that rest on nothing.
#[derive(Debug, Default)]
pub struct Grounded {
    ungrounded: Vec<Hit>,
}

/// The most claims of one text that are checked, and that take part in its arithmetic.
const MAX_CLAIMS: usize = 48;

/// An observation with more numbers is a table: of its numbers some combination always fits.
const FEW: usize = 12;

/// How many of the latest small observations take part in arithmetic.
const RECENT: usize = 12;

/// Smaller whole numbers count, list and rank; they are seldom claims.
const TRIVIAL: f64 = 12.0;

impl Grounded {
    /// Checks the numbers in replies, in the arguments of changes and in the final answer. A number is
    /// grounded if it stands in the prompt, the policy, a user turn or an observation known by then, or
    /// follows by one operation from two such numbers of the same text or of one small observation, or
    /// is the sum of all of them.
    pub fn new(signals: &Signals<'_, '_>) -> Self {
        let reading = signals.reading();
        let claims = claims(reading);
        if claims.is_empty() {
            return Grounded::default();
        }
        let known = Known::new(signals, &claims);
        let is_known = |claim: &&Claim| known.knows(claim.value, claim.moment);
        let ungrounded = claims.chunk_by(|a, b| a.text == b.text).flat_map(|text| {
            let base: Vec<f64> = text.iter().filter(is_known).map(|claim| claim.value).collect();
            let known = &known;
            text.iter()
                .filter(move |claim| !is_known(claim))
                .filter(move |claim| {
                    !follows(claim.value, &base) && !known.computes(claim.value, claim.moment)
                })
                .map(|claim| claim.place)
        });
        Grounded { ungrounded: ungrounded.collect() }
    }

    /// The hits in one field of the steps or of the run.
    pub fn ungrounded(&self, field: Field) -> Vec<Hit> {
        self.ungrounded.iter().filter(|hit| hit.field == Some(field)).copied().collect()
    }
}

fn claims(reading: &Reading<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut texts = 0;
    let mut claim = |text: &str, place: Hit, moment: Moment| {
        texts += 1;
        let of_text = numbers(text).filter(|number| number.is_claim(text)).take(MAX_CLAIMS);
        claims.extend(of_text.map(|number| Claim {
            place: place.at(Span::new(number.start, number.end)),
            value: number.value,
            moment,
            text: texts,
        }));
    };
    for (at, step) in reading.steps.iter().enumerate() {
        if let (Status::NoCall, Some(reply)) = (step.status, step.step.thought) {
            claim(reply, Hit::step(at, Field::Thought), before(at));
        }
        if let (true, Some(input)) = (is_call(step) && step.effect == Effect::Write, step.step.action_input) {
            claim(input, Hit::step(at, Field::ActionInput), before(at));
        }
    }
    if let Some(answer) = reading.run.final_answer {
        claim(answer, Hit::field(Field::FinalAnswer), Moment::MAX);
    }
    claims
}

/// When each claimed number was first known.
struct Known {
    /// By the key of the number.
    since: Vec<(i64, Moment)>,
    /// Where the values of observations that have few stand: what simple arithmetic may combine.
    small: Vec<(Moment, Range<usize>)>,
    values: Vec<f64>,
}

impl Known {
    fn new(signals: &Signals<'_, '_>, claims: &[Claim]) -> Self {
        let reading = signals.reading();
        let mut since: Vec<_> = claims.iter().map(|claim| (key(claim.value), Moment::MAX)).collect();
        since.sort_unstable();
        since.dedup();
        let (mut small, mut values) = (Vec::new(), Vec::new());
        // Of the numbers of a run few are claimed: one bit tells most others apart before they are hashed.
        let mut claimed = [0u64; 16];
        claims.iter().map(|claim| slot(key(claim.value))).for_each(|(word, bit)| claimed[word] |= bit);
        // Gives how many numbers the text has, of which the first are kept where that is asked.
        let mut learn = |text: &str, moment: Moment, mut kept: Option<&mut Vec<f64>>| {
            let mut count = 0;
            for number in numbers(text) {
                let key = key(number.value);
                let (word, bit) = slot(key);
                if claimed[word] & bit != 0
                    && let Ok(at) = since.binary_search_by_key(&key, |(known, _)| *known)
                {
                    since[at].1 = moment.min(since[at].1);
                }
                count += 1;
                if let Some(kept) = kept.as_mut().filter(|_| count <= FEW) {
                    kept.push(number.value);
                }
            }
            count
        };
        if let Some(prompt) = reading.run.original_prompt {
            learn(prompt, 0, None);
        }
        for (at, step) in reading.steps.iter().enumerate() {
            if let Some(turn) = step.step.user {
                learn(turn, before(at), None);
            }
            if let Some(observation) = step.step.observation {
                let from = values.len();
                if (1..=FEW).contains(&learn(observation, after(at), Some(&mut values))) {
                    small.push((after(at), from..values.len()));
                } else {
                    values.truncate(from);
                }
            }
        }
        for key in signals.run().system.map_or(&[][..], |policy| signals.policy().numbers(policy)) {
            if let Ok(at) = since.binary_search_by_key(key, |(known, _)| *known) {
                since[at].1 = 0;
            }
        }
        Known { since, small, values }
    }

    fn knows(&self, value: f64, moment: Moment) -> bool {
        // A claim of the end has the latest moment, which is also that of what is never known.
        let found = self.since.binary_search_by_key(&key(value), |(known, _)| *known);
        found.is_ok_and(|at| self.since[at].1 <= moment && self.since[at].1 != Moment::MAX)
    }

    /// Whether simple arithmetic on the numbers of one earlier observation gives the value.
    fn computes(&self, value: f64, moment: Moment) -> bool {
        // They are in the order of their moments.
        let earlier = &self.small[..self.small.partition_point(|(known, _)| *known <= moment)];
        earlier.iter().rev().take(RECENT).any(|(_, values)| follows(value, &self.values[values.clone()]))
    }
}

/// Equal amounts have equal keys, whatever their writing: 5.30 is 5.3.
fn key(value: f64) -> i64 {
    // Up to here the product of a whole number is exact, and rounding, which is a call, changes nothing.
    const EXACT: f64 = 1e11;
    let whole = value as i64;
    if value.abs() < EXACT && whole as f64 == value { whole * 10_000 } else { (value * 1e4).round() as i64 }
}

fn slot(key: i64) -> (usize, u64) {
    let mixed = (key as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed >> 60) as usize, 1 << (mixed >> 54 & 63))
}

/// Whether simple arithmetic on known numbers gives the value.
fn follows(value: f64, known: &[f64]) -> bool {
    let is = |result: f64| (result - value).abs() < 0.006;
    is(known.iter().sum())
        || known.iter().enumerate().any(|(at, a)| {
            // Without a way out in the middle, which keeps vectors from it.
            known[at..].iter().fold(false, |found, b| found | is(a + b) | is(a - b) | is(b - a) | is(a * b))
                || (2..=9).fold(false, |found, times| found | is(a * f64::from(times)))
        })
}

/// A number as it stands in a text, without its sign.
#[derive(Debug, Clone, Copy)]
struct Number {
    start: usize,
    end: usize,
    value: f64,
}

impl Number {
    /// Whether it claims an amount: not a small count, a year, or part of a code, a date or a time.
    fn is_claim(self, text: &str) -> bool {
        const CURRENCIES: &[&str] = &["$", "€", "£", "¥"];
        // Between signs of ASCII of no meaning, and most are, only the value decides.
        let bytes = text.as_bytes();
        let plain = |byte: Option<&u8>| {
            matches!(byte, None | Some(b' ' | b'\n' | b',' | b'.' | b'"' | b'(' | b')' | b'[' | b']'))
        };
        if plain(self.start.checked_sub(1).map(|before| &bytes[before])) && plain(bytes.get(self.end)) {
            return self.is_telling();
        }
        let (left, right) = (&text[..self.start], &text[self.end..]);
        let money = CURRENCIES.iter().any(|sign| left.ends_with(sign));
        let part = left.ends_with(char::is_alphanumeric) || joins(left.chars().rev()) || joins(right.chars());
        let word =
            right.starts_with(char::is_alphabetic) && !right.starts_with(['k', 'K', 'm', 'M', 'x', '%']);
        money && self.value != 0.0 || !part && !word && self.is_telling()
    }

    /// Whether a number with nothing beside it claims an amount.
    fn is_telling(self) -> bool {
        let year = self.value.fract() == 0.0 && (1900.0..2100.0).contains(&self.value);
        !year && (self.value > TRIVIAL || self.value.fract() != 0.0)
    }
}

/// Whether what is beside a number makes it part of a code, a date or a time. A sign does so only
/// between letters or digits: in `"amount":-250` it does not.
fn joins(mut beside: impl Iterator<Item = char>) -> bool {
    match beside.next() {
        Some('_' | '#') => true,
        Some('-' | '/' | ':') => beside.next().is_some_and(char::is_alphanumeric),
        _ => false,
    }
}

/// The keys of the numbers of a text.
pub fn keys(text: &str) -> impl Iterator<Item = i64> {
    numbers(text).map(|number| key(number.value))
}

/// The numbers of a text, those inside codes too: a claim may quote part of one.
fn numbers(text: &str) -> impl Iterator<Item = Number> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at = find_digit(bytes, at)?;
            let start = at;
            let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            at = start + digits;
            match number::scan(bytes, start, false) {
                Some(number) => {
                    at = number.end;
                    return Some(Number { start, end: number.end, value: number.value });
                }
                // Part of a version or an address: its first digits stand for themselves.
                None => continue,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(text: &str) -> Vec<f64> {
        numbers(text).filter(|number| number.is_claim(text)).map(|number| number.value).collect()
    }

    #[test]
    fn claims_are_amounts() {
        assert_eq!(claimed("It costs $5, or 1,234.50 for 3 of them."), [5.0, 1234.5]);
        assert_eq!(claimed("On 2024-05-20 at 15:30, order HAT045 in 2023"), Vec::<f64>::new());
        assert_eq!(claimed("45% of 300km"), [45.0, 300.0]);
        assert_eq!(claimed(r#"{"amount":250,"delta":-30}"#), [250.0, 30.0]);
    }

    #[test]
    fn arithmetic_is_simple() {
        assert!(follows(30.0, &[10.0, 20.0, 7.0]));
        assert!(follows(37.0, &[10.0, 20.0, 7.0]));
        assert!(follows(60.0, &[20.0]));
        assert!(!follows(61.0, &[20.0]));
    }
}
