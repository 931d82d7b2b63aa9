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
use crate::text::table::Words;
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
    /// What it is where marks are read the other way: 4.2 or 4,200 of `4.200`.
    other: Option<f64>,
    /// How far what it was rounded from may lie off.
    slack: f64,
    /// The unit of the last digit that is written, halved: says how many numbers of its size there are.
    grain: f64,
    /// Whether it is an amount of money, which is exact and in no other unit.
    is_money: bool,
    /// Whether it is a percentage.
    is_share: bool,
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

/// An observation with more numbers is a table: of its numbers some combination fits any number of two digits.
const FEW: usize = 12;

/// How many of the latest small observations take part in arithmetic.
const RECENT: usize = 12;

/// How many of the latest numbers that were seen take part in the arithmetic of a number of many digits.
const POOL: usize = 128;

/// How many of the latest numbers a claim may be a rounding of: keeps the time linear in the number of steps.
const ROUNDED: usize = 1024;

/// How many claims of a run are looked for in that pool, which takes some ten thousand steps each.
const MAX_SEARCHES: usize = 24;

/// What amounts that are equal to the cent may lie apart.
const CENT: f64 = 0.006;

/// Smaller whole numbers count, list and rank; they are seldom claims.
const TRIVIAL: f64 = 12.0;

impl Grounded {
    /// Checks the numbers in replies, in the arguments of changes and in the final answer. A number is
    /// grounded if it stands in the prompt, the policy, a user turn, an observation or the arguments of a call
    /// that worked, known by then; or follows, rounded, by one operation from two such numbers of the same text or of
    /// one small observation and the prompt, or is the sum of all of them.
    pub fn new(signals: &Signals<'_, '_>) -> Self {
        let reading = signals.reading();
        let claims = claims(reading);
        if claims.is_empty() {
            return Grounded::default();
        }
        let known = Known::new(signals, &claims);
        let mut searches = MAX_SEARCHES;
        let mut ungrounded = Vec::new();
        for text in claims.chunk_by(|a, b| a.text == b.text) {
            let (mut base, mut open) = (Vec::new(), Vec::new());
            for claim in text {
                if known.knows(claim) || known.computes(claim, &mut searches) {
                    base.push(claim.value);
                    base.extend(claim.other);
                } else {
                    open.push(claim);
                }
            }
            // What follows from what is known may be what others follow from, in a second round.
            for _ in 0..2 {
                let (follow, rest): (Vec<&Claim>, Vec<&Claim>) =
                    open.into_iter().partition(|claim| match claim.is_given() {
                        true => claim.follows_exactly(&base),
                        false => claim.follows(&base, &base),
                    });
                base.extend(follow.iter().map(|claim| claim.value));
                open = rest;
            }
            ungrounded.extend(open.into_iter().map(|claim| claim.place));
        }
        Grounded { ungrounded }
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
            other: number.other,
            slack: if number.is_money(text) { CENT } else { number.slack(text) },
            grain: number.slack(text),
            is_money: number.is_money(text),
            is_share: number.is_share(text),
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
    /// The numbers of the prompt, where they are few.
    asked: Vec<f64>,
    /// All numbers that were seen, in the order of their moments, as many as one text may add.
    seen: Vec<(Moment, f64)>,
}

impl Known {
    fn new(signals: &Signals<'_, '_>, claims: &[Claim]) -> Self {
        /// A longer table says no more here.
        const OF_A_TEXT: usize = 256;
        let reading = signals.reading();
        let readings = |claim: &Claim| [Some(claim.value), claim.other].into_iter().flatten();
        let mut since: Vec<_> =
            claims.iter().flat_map(readings).map(|value| (key(value), Moment::MAX)).collect();
        since.sort_unstable();
        since.dedup();
        let (mut small, mut values) = (Vec::new(), Vec::new());
        let mut seen: Vec<(Moment, f64)> = Vec::new();
        // Of the numbers of a run few are claimed: one bit tells most others apart before they are hashed.
        let mut claimed = [0u64; 16];
        since.iter().map(|(key, _)| slot(*key)).for_each(|(word, bit)| claimed[word] |= bit);
        // Gives how many numbers the text has, of which the first are kept where that is asked.
        let mut learn = |text: &str, moment: Moment, mut kept: Option<&mut Vec<f64>>| {
            let mut count = 0;
            for number in numbers(text) {
                for value in [Some(number.value), number.other].into_iter().flatten() {
                    let key = key(value);
                    let (word, bit) = slot(key);
                    if claimed[word] & bit != 0
                        && let Ok(at) = since.binary_search_by_key(&key, |(known, _)| *known)
                    {
                        since[at].1 = moment.min(since[at].1);
                    }
                }
                count += 1;
                if let Some(kept) = kept.as_mut().filter(|_| count <= FEW) {
                    kept.push(number.value);
                }
                if count <= OF_A_TEXT {
                    seen.push((moment, number.value));
                    seen.extend(number.other.map(|other| (moment, other)));
                }
            }
            count
        };
        let mut asked = Vec::new();
        if let Some(prompt) = reading.run.original_prompt {
            learn(prompt, 0, Some(&mut asked));
        }
        for (at, step) in reading.steps.iter().enumerate() {
            if let Some(turn) = step.step.user {
                learn(turn, before(at), None);
            }
            // What a call that worked was given is what was done.
            if let Some(input) = step.step.action_input.filter(|_| is_call(step) && !step.status.is_error()) {
                learn(input, after(at), None);
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
        Known { since, small, values, asked, seen }
    }

    fn knows(&self, claim: &Claim) -> bool {
        let has = |value: f64| {
            // A claim of the end has the latest moment, which is also that of what is never known.
            let found = self.since.binary_search_by_key(&key(value), |(known, _)| *known);
            found.is_ok_and(|at| self.since[at].1 <= claim.moment && self.since[at].1 != Moment::MAX)
        };
        has(claim.value) || claim.other.is_some_and(has)
    }

    /// Whether rounding, units or simple arithmetic on numbers known earlier give the value.
    fn computes(&self, claim: &Claim, searches: &mut usize) -> bool {
        // They are in the order of their moments.
        let earlier = &self.small[..self.small.partition_point(|(known, _)| *known <= claim.moment)];
        let recent = || earlier.iter().rev().take(RECENT).map(|(_, values)| &self.values[values.clone()]);
        if claim.is_given() {
            // "18 people plus 2 speakers" are 20 portions, and 70 °F are 21.1 °C.
            return claim.follows_exactly(&self.asked)
                || self.asked.iter().any(|value| claim.is_converted(*value))
                || recent().any(|values| claim.follows_exactly(values));
        }
        let seen = &self.seen[..self.seen.partition_point(|(known, _)| *known <= claim.moment)];
        let latest = || seen.iter().rev().take(ROUNDED);
        if !claim.is_money && latest().any(|(_, value)| claim.is_rounded(*value)) {
            return true;
        }
        let of_one = |values: &[f64]| {
            claim.follows(values, values)
                || claim.follows(values, &self.asked)
                || !claim.is_money && values.iter().any(|value| claim.is_converted(*value))
        };
        if recent().any(of_one) {
            return true;
        }
        if !claim.is_telling() || *searches == 0 {
            return false;
        }
        *searches -= 1;
        let mut pool: Vec<f64> = seen.iter().rev().take(POOL).map(|(_, value)| *value).collect();
        if claim.is_total(&pool) {
            return true;
        }
        // Results say the same numbers again and again, and each is held against each.
        pool.sort_unstable_by(f64::total_cmp);
        pool.dedup_by_key(|value| value.to_bits());
        claim.is_of_two(&pool, &pool)
    }
}

impl Claim {
    fn is(&self, result: f64) -> bool {
        (result - self.value).abs() <= self.slack
            || self.other.is_some_and(|other| (result - other).abs() <= self.slack)
    }

    /// Whether it was given to a change: it must be right to the cent, and nothing was said of it in words.
    fn is_given(&self) -> bool {
        self.place.field == Some(Field::ActionInput)
    }

    /// Whether it is one of so many possible numbers of its size that chance seldom gives it.
    fn is_telling(&self) -> bool {
        self.value.abs() >= 8_000.0 * self.grain
    }

    /// Whether it is a known number, rounded, or in other powers of its unit: percent, kilo, kibi.
    fn is_rounded(&self, known: f64) -> bool {
        const FACTORS: [f64; 8] = [1.0, 100.0, 1e3, 1e6, 1e9, 1024.0, 1_048_576.0, 1_073_741_824.0];
        FACTORS.iter().fold(false, |found, factor| found | self.is(known * factor) | self.is(known / factor))
    }

    /// Whether it is a known number in another unit: minutes, nautical and other miles, pounds, metres a second, Fahrenheit.
    fn is_converted(&self, known: f64) -> bool {
        const FACTORS: [f64; 6] = [60.0, 3600.0, 1.852, 1.609_344, 2.204_62, 3.6];
        FACTORS.iter().fold(false, |found, factor| found | self.is(known * factor) | self.is(known / factor))
            || self.is(known * 1.8 + 32.0)
            || self.is((known - 32.0) / 1.8)
    }

    /// Whether sums, differences and products give it to the cent.
    fn follows_exactly(&self, known: &[f64]) -> bool {
        let is = |result: f64| (result - self.value).abs() < CENT;
        is(known.iter().sum())
            || known.iter().enumerate().any(|(at, a)| {
                // Without a way out in the middle, which keeps vectors from it.
                known[at..]
                    .iter()
                    .fold(false, |found, b| found | is(a + b) | is(a - b) | is(b - a) | is(a * b))
                    || (2..=9).fold(false, |found, times| found | is(a * f64::from(times)))
            })
    }

    /// Whether simple arithmetic on a number of `left` and one of `right` gives it, or on all of `left`.
    fn follows(&self, left: &[f64], right: &[f64]) -> bool {
        self.is_total(left) || self.is_of_two(left, right)
    }

    /// Whether it is the sum of all of them, or their mean.
    fn is_total(&self, known: &[f64]) -> bool {
        let total: f64 = known.iter().sum();
        self.is(total) || self.is(total / known.len().max(1) as f64)
    }

    /// Whether simple arithmetic on a number of `left` and one of `right` gives it.
    fn is_of_two(&self, left: &[f64], right: &[f64]) -> bool {
        let pairs = |fits: &dyn Fn(f64, &[f64]) -> bool| left.iter().any(|a| fits(*a, right));
        if self.is_share {
            // Of the other, and how much more or less than it.
            return pairs(&|a, right| {
                right.iter().fold(false, |found, b| {
                    let share = 100.0 * a / b;
                    found
                        | self.is(share)
                        | self.is(share - 100.0)
                        | self.is(100.0 - share)
                        | self.is(a + b)
                        | self.is(a - b)
                })
            });
        }
        // Without a way out in the middle, which keeps vectors from it.
        pairs(&|a, right| {
            let sums = right.iter().fold(false, |found, b| {
                found | self.is(a + b) | self.is(a - b) | self.is(b - a) | self.is(a * b)
            });
            sums || (2..=9).fold(false, |found, times| found | self.is(a * f64::from(times)))
        }) || pairs(&|a, right| {
            right.iter().fold(false, |found, b| {
                let part = a * b / 100.0;
                found
                    | self.is(a / b)
                    | self.is(b / a)
                    | self.is(part)
                    | self.is(a - part)
                    | self.is(a + part)
            })
        })
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

/// A number as it stands in a text, without its sign.
#[derive(Debug, Clone, Copy)]
struct Number {
    start: usize,
    end: usize,
    value: f64,
    /// What it is where marks are read the other way: `94,90` is 94 and 90 or 94.9, `4.200` is 4.2 or 4,200.
    other: Option<f64>,
}

impl Number {
    /// Whether a sign of a currency stands beside it, and no word for a rough figure before.
    fn is_money(self, text: &str) -> bool {
        const SIGNS: &[char] = &['$', '€', '£', '¥'];
        const ROUGHLY: &[&str] = &[
            "about",
            "around",
            "roughly",
            "approximately",
            "some",
            "nearly",
            "almost",
            "circa",
            "rund",
            "etwa",
        ];
        let (left, right) = (&text[..self.start], &text[self.end..]);
        let before = left.trim_end_matches(['*', '-', '–']);
        let signed = before.ends_with(SIGNS) || right.trim_start().starts_with(SIGNS);
        let word = before.trim_end_matches(SIGNS).trim_end().rsplit(' ').next().unwrap_or("");
        signed && !ROUGHLY.iter().any(|roughly| word.eq_ignore_ascii_case(roughly))
    }

    fn is_share(self, text: &str) -> bool {
        let right = text[self.end..].trim_start_matches(['*', ' ']);
        right.starts_with('%') || right.starts_with("percent") || right.starts_with("Prozent")
    }

    /// Half a unit of the last digit that is written, or, of a round number, a hundredth of it at most.
    fn slack(self, text: &str) -> f64 {
        let written = &text.as_bytes()[self.start..self.end];
        let mark = written.iter().rposition(|byte| matches!(byte, b'.' | b','));
        let after = mark.map(|at| written.len() - at - 1);
        let decimals = if self.value.fract() != 0.0 {
            after.unwrap_or(0)
        } else {
            after.filter(|n| *n < 3).unwrap_or(0)
        };
        // Cents that are no cents are exact still.
        let exact = 0.5001 * 10f64.powi(-(decimals.min(9) as i32));
        let zeros = written.iter().rev().take_while(|byte| **byte == b'0').count();
        let round = if decimals == 0 && zeros > 0 { 0.5 * 10f64.powi(zeros.min(9) as i32) } else { 0.0 };
        exact.max(round.min(self.value.abs() / 100.0))
    }

    /// Whether it claims an amount: not a small count, a year, a length of time, or part of a code, a date or a time.
    fn is_claim(self, text: &str) -> bool {
        const CURRENCIES: &[&str] = &["$", "€", "£", "¥"];
        if self.is_moment(text) {
            return false;
        }
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

    /// Whether it is part of a written date, a length of time, the rest of a decimal fraction, or digits of a code.
    fn is_moment(self, text: &str) -> bool {
        #[rustfmt::skip]
        static TIMES: Words<44> = Words::of([
            "jan", "january", "januar", "feb", "february", "februar", "mar", "march", "april", "apr", "may", "mai", "june",
            "jun", "juni", "july", "jul", "juli", "aug", "august", "sep", "sept", "september", "oct", "october", "oktober",
            "nov", "november", "dec", "december", "dezember", "min", "minutes", "hours", "hour", "days", "weeks", "seconds",
            "stunden", "minuten", "tage", "tagen", "ms", "jours",
        ]);
        let bytes = text.as_bytes();
        let before = |back: usize| self.start.checked_sub(back).map(|at| bytes[at]);
        if bytes[self.start] == b'0' && self.value >= 1.0
            || before(2).is_some_and(|byte| byte.is_ascii_digit()) && matches!(before(1), Some(b',' | b'.'))
        {
            return true;
        }
        let rest = &text[self.end..];
        // 11.12. is a day and a month.
        if rest.starts_with('.')
            && self.value.fract() != 0.0
            && self.end - self.start <= 5
            && !rest[1..].trim_start().starts_with(char::is_uppercase)
            && rest.len() > 1
        {
            return true;
        }
        let rest = rest.trim_start_matches(['.', ' ', '*', '\u{a0}']);
        let word = rest.find(|c: char| !c.is_alphabetic()).map_or(rest, |end| &rest[..end]);
        TIMES.has(word)
    }

    /// Whether a number with nothing beside it claims an amount.
    fn is_telling(self) -> bool {
        let year = self.value.fract() == 0.0 && (1900.0..2100.0).contains(&self.value);
        !year && (self.value > TRIVIAL || self.value.fract() != 0.0 || self.other.is_some())
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
                    let other = read_otherwise(bytes, start, number.end, number.value);
                    return Some(Number { start, end: number.end, value: number.value, other });
                }
                // Part of a version or an address: its first digits stand for themselves.
                None => continue,
            }
        }
    })
}

/// The number where a comma is a decimal mark, or a lone point one of thousands.
fn read_otherwise(bytes: &[u8], start: usize, end: usize, value: f64) -> Option<f64> {
    let digits = |at: usize| {
        bytes[at.min(bytes.len())..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count()
    };
    if bytes.get(end) == Some(&b',') && (1..=2).contains(&digits(end + 1)) {
        return number::scan(bytes, start, true).map(|number| number.value).filter(|other| *other != value);
    }
    let point = end.checked_sub(4).filter(|point| bytes[*point] == b'.' && *point > start)?;
    let grouped = point - start <= 3 && value.fract() != 0.0 || value.fract() == 0.0;
    (grouped && bytes[start..point].iter().all(u8::is_ascii_digit) && bytes[start] != b'0')
        .then_some(value * 1000.0)
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
        assert_eq!(
            claimed("On 27 April, 63 Tagen, 45 minutes, 29.08.2025, account …0189"),
            Vec::<f64>::new()
        );
        assert_eq!(claimed("94,90 € and 4.200 €"), [94.0, 4.2]);
    }

    fn claim(text: &str) -> Claim {
        let number = numbers(text).next().unwrap();
        Claim {
            place: Hit::RUN,
            value: number.value,
            other: number.other,
            slack: number.slack(text),
            grain: number.slack(text),
            is_money: number.is_money(text),
            is_share: number.is_share(text),
            moment: 0,
            text: 0,
        }
    }

    #[test]
    fn arithmetic_is_simple() {
        let follows = |text, known: &[f64]| claim(text).follows(known, known);
        assert!(follows("30", &[10.0, 20.0, 7.0]));
        assert!(follows("37", &[10.0, 20.0, 7.0]));
        assert!(follows("60", &[20.0]));
        assert!(!follows("61", &[20.0]));
        assert!(follows("36.00", &[15.0, 240.0]));
        assert!(!follows("42.00", &[15.0, 240.0]));
        assert!(follows("16%", &[184.0, 1150.0]));
        assert!(follows("12.6%", &[126.0, 1000.0]));
        assert!(follows("19,000 km", &[18_930.0, 0.0]));
    }

    #[test]
    fn numbers_may_be_rounded_or_in_another_unit() {
        for (text, known) in [
            ("7.71 GB", 7_713_325_056.0),
            ("7.18 GiB", 7_713_325_056.0),
            ("190 ms", 0.19),
            ("28 °F", -2.0),
            ("94,90 €", 94.9),
            ("4.200 €", 4200.0),
            ("307 of them", 306.9),
        ] {
            let claim = claim(text);
            assert!(claim.is_rounded(known) || claim.is_converted(known), "{text}");
        }
        assert!(!claim("308 of them").is_rounded(306.9));
    }
}
