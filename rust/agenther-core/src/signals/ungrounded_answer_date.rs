//! A date in the answer that the run had not seen.
//!
//! No hit on a labelled run: unmeasured.

use super::{Hit, Signals, is_call, shown};
use crate::text::date::Date;
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
    if !may_have || !signals.steps().any(|(_, step)| is_call(step)) || shown::is_cut(signals) {
        return Vec::new();
    }
    let dates = signals.reading().answer_facts().iter().filter(|fact| fact.kind == FactKind::Date);
    dates
        .filter_map(|fact| Some((fact, ways(fact)?)))
        .take(MAX_LOOKUPS)
        .filter(|(_, ways)| !ways.iter().any(|way| shown::has(signals, way)))
        .map(|(fact, _)| Hit::field(Field::FinalAnswer).at(fact.span))
        .collect()
}

/// The ways in which day and month are written, whatever the year stands beside them.
fn ways(fact: &Fact<'_>) -> Option<Vec<String>> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let date = Date::parse(fact.text)?;
    let (month, day) = (date.month?, date.day?);
    let name = MONTHS[usize::from(month) - 1];
    let mut ways = vec![fact.text.to_owned()];
    for name in [name, &name[..3]] {
        ways.push(format!("{name} {day}"));
        ways.push(format!("{name}. {day}"));
        ways.push(format!("{name} {day:02}"));
        ways.push(format!("{day} {name}"));
        ways.push(format!("{day} of {name}"));
    }
    for suffix in ["st", "nd", "rd", "th"] {
        ways.push(format!("{day}{suffix} {name}"));
        ways.push(format!("{day}{suffix} of {name}"));
    }
    for mark in ['-', '/', '.'] {
        ways.push(format!("{month:02}{mark}{day:02}"));
        ways.push(format!("{day:02}{mark}{month:02}"));
        ways.push(format!("{month}{mark}{day}"));
        ways.push(format!("{day}{mark}{month}"));
    }
    Some(ways)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

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
