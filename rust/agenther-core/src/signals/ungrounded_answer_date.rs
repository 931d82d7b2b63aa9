//! A date in the answer that the run had not seen.
//!
//! No hit on a labelled run: unmeasured.

use memchr::memmem;

use super::{Hit, Signals, is_call, shown};
use crate::text::date::{Date, MONTHS};
use crate::text::facts::{Fact, FactKind};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A date with day and month in the final answer stands, in no way of writing it, in an observation, policy or user turn.";

/// The most dates that are looked up.
const MAX_LOOKUPS: usize = 8;

/// One hit for each such date. A run without calls can quote nothing, and one with a cut
/// observation may have seen anything.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let may_have = signals.answer().is_some_and(|answer| answer.bytes().any(|byte| byte.is_ascii_digit()));
    if !may_have || !signals.steps().any(|(_, step)| is_call(step)) || signals.is_cut() {
        return Vec::new();
    }
    let dates = signals.reading().answer_facts().iter().filter(|fact| fact.kind == FactKind::Date);
    dates
        .filter_map(|fact| Some((fact, Day::of(fact)?)))
        .take(MAX_LOOKUPS)
        .filter(|(fact, day)| !shown::has(signals, fact.text) && !day.is_in(signals.shown()))
        .map(|(fact, _)| Hit::field(Field::FinalAnswer).at(fact.span))
        .collect()
}

/// Whether a date with day and month stands, in some way of writing it, where the agent looked, and its year too.
pub fn is_seen(signals: &Signals<'_, '_>, fact: &Fact<'_>) -> bool {
    let year = Date::parse(fact.text).and_then(|date| date.year);
    Day::of(fact).is_some_and(|day| day.is_in(signals.shown()))
        && year.is_none_or(|year| shown::has(signals, &year.to_string()))
}

/// Day and month, which are looked for in the ways of writing them, whatever the year that stands beside them.
struct Day {
    month: &'static str,
    /// The numbers of month and day, plain and with a leading zero.
    numbers: [[Digits; 2]; 2],
}

impl Day {
    fn of(fact: &Fact<'_>) -> Option<Day> {
        let date = Date::parse(fact.text)?;
        let (month, day) = (date.month?, date.day?);
        let numbers = [month, day].map(|number| [Digits::plain(number), Digits::two(number)]);
        Some(Day { month: MONTHS[usize::from(month) - 1], numbers })
    }

    fn is_in(&self, texts: &[u8]) -> bool {
        let named = memmem::find_iter(texts, &self.month[..3]);
        named.into_iter().any(|at| self.is_named(&texts[..at], &texts[at..]))
            || memchr::memchr3_iter(b'-', b'/', b'.', texts)
                .any(|at| self.is_numbered(&texts[..at], &texts[at + 1..]))
    }

    /// `May 20`, `May. 20`, `May 05`, `20 May`, `20 of May`, `20th May`, `20th of May`: whether the day stands before or
    /// after the month with whose name, or its first letters, `rest` begins.
    fn is_named(&self, before: &[u8], rest: &[u8]) -> bool {
        let [plain, two] = self.numbers[1].each_ref().map(Digits::bytes);
        let full = rest.starts_with(self.month.as_bytes());
        let follows = |after: &[u8]| {
            let spaced = after.strip_prefix(b" ");
            let dotted = after.strip_prefix(b". ");
            spaced.is_some_and(|after| after.starts_with(plain) || after.starts_with(two))
                || dotted.is_some_and(|after| after.starts_with(plain))
        };
        let before = before.strip_suffix(b" of ").or_else(|| before.strip_suffix(b" "));
        let precedes = before.is_some_and(|before| {
            let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| before.strip_suffix(end.as_bytes()));
            before.ends_with(plain) || full && ordinal.is_some_and(|before| before.ends_with(plain))
        });
        precedes || follows(&rest[3..]) || full && follows(&rest[self.month.len()..])
    }

    /// `05-20`, `20/05`, `5.20`, `20/5`: whether one of month and day stands before a mark and the other after it.
    fn is_numbered(&self, before: &[u8], after: &[u8]) -> bool {
        let [month, day] = &self.numbers;
        std::iter::zip(month, day).any(|(month, day)| {
            let (month, day) = (month.bytes(), day.bytes());
            before.ends_with(month) && after.starts_with(day)
                || before.ends_with(day) && after.starts_with(month)
        })
    }
}

/// One or two digits.
struct Digits([u8; 2], bool);

impl Digits {
    fn plain(number: u8) -> Digits {
        Digits([b'0' + number / 10, b'0' + number % 10], number >= 10)
    }

    fn two(number: u8) -> Digits {
        Digits(Digits::plain(number).0, true)
    }

    fn bytes(&self) -> &[u8] {
        &self.0[usize::from(!self.1)..]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};
    use super::*;

    /// Every way, written out.
    fn ways(day: &Day, number: u8, month: u8) -> Vec<String> {
        let mut ways = Vec::new();
        let (full, short, day) = (day.month, &day.month[..3], number);
        for name in [full, short] {
            ways.push(format!("{name} {day}"));
            ways.push(format!("{name}. {day}"));
            ways.push(format!("{name} {day:02}"));
            ways.push(format!("{day} {name}"));
            ways.push(format!("{day} of {name}"));
        }
        for suffix in ["st", "nd", "rd", "th"] {
            ways.push(format!("{day}{suffix} {full}"));
            ways.push(format!("{day}{suffix} of {full}"));
        }
        for mark in ['-', '/', '.'] {
            ways.push(format!("{month:02}{mark}{day:02}"));
            ways.push(format!("{day:02}{mark}{month:02}"));
            ways.push(format!("{month}{mark}{day}"));
            ways.push(format!("{day}{mark}{month}"));
        }
        ways
    }

    proptest::proptest! {
        #[test]
        fn a_day_is_found_where_one_of_its_ways_stands(
            number in 1u8..=31,
            month in 1u8..=12,
            parts in proptest::collection::vec("[0-3]?[0-9]|Jan|January|May|June|Jun|December| |of|th|st|nd|[.]|-|/|x", 0..12),
            written in 0usize..40,
        ) {
            let text = format!("2024-{month:02}-{number:02}");
            let fact = Fact { kind: FactKind::Date, span: Default::default(), text: &text, value: None, unit: None, per: None };
            let day = Day::of(&fact).unwrap();
            let ways = ways(&day, number, month);
            let with = parts.concat() + ways.get(written).map_or("", String::as_str) + &parts.concat();
            for text in [parts.concat(), with] {
                let expected = ways.iter().any(|way| text.contains(way));
                proptest::prop_assert_eq!(day.is_in(text.as_bytes()), expected, "{} {:?}", text, ways);
            }
        }
    }

    #[test]
    fn a_date_may_be_written_in_another_way() {
        let count = |answer| {
            let steps = vec![call("get_flight", "{}", r#"{"date": "2024-05-20", "back": "June 3rd"}"#)];
            hits("ungrounded_answer_date", &run("When?", steps, Some(answer))).len()
        };
        assert_eq!(count("It leaves on May 20, 2024 and is back on 3 June."), 0);
        assert_eq!(count("It leaves on May 21, 2024."), 1);
        assert_eq!(count("It leaves in May."), 0);
    }
}
