//! Alterations of a case: those that make it false, which must be rejected, and those that only write it
//! otherwise, which must be kept.

use agenther_core::text::facts::{Fact, FactKind, facts};
use agenther_core::text::same::same;

use crate::case::Case;

/// One altered case and what was done to it.
pub struct Altered {
    pub what: String,
    pub case: Case,
}

fn is_number(kind: FactKind) -> bool {
    use FactKind::{Duration, Money, Number, Percent, Quantity};
    matches!(kind, Number | Money | Percent | Quantity | Duration)
}

fn is_id(kind: FactKind) -> bool {
    use FactKind::{Email, Id, Path, Url};
    matches!(kind, Id | Email | Path | Url)
}

/// Every way to put another text in the place of one fact of the goal or the answer.
fn replaced(
    case: &Case,
    of: impl Fn(FactKind) -> bool,
    by: impl Fn(&Fact<'_>) -> Vec<String>,
) -> Vec<Altered> {
    let mut out = Vec::new();
    for in_goal in [true, false] {
        let text = if in_goal { &case.goal } else { &case.answer };
        for fact in facts(text).iter().filter(|fact| of(fact.kind)) {
            for new in by(fact) {
                let mut altered = text.clone();
                altered.replace_range(fact.span.start as usize..fact.span.end as usize, &new);
                let mut case = case.clone();
                let what = format!("{} {:?} to {new:?}", if in_goal { "goal" } else { "answer" }, fact.text);
                if in_goal {
                    case.goal = altered
                } else {
                    case.answer = altered
                }
                out.push(Altered { what, case });
            }
        }
    }
    out
}

/// Texts of the same kind in the observations that denote something else, a few of them spread over all.
fn others(case: &Case, fact: &Fact<'_>, most: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for step in &case.steps {
        for other in facts(&step.observation) {
            let fits =
                other.kind == fact.kind || (fact.kind == FactKind::Money && other.kind == FactKind::Number);
            if fits && !same(&other, fact) && !found.contains(&other.text.to_owned()) {
                found.push(other.text.to_owned());
            }
        }
    }
    let every = found.len().div_ceil(most).max(1);
    found.into_iter().step_by(every).collect()
}

/// The text with its n-th digit turned to the next one.
fn digit_turned(text: &str, nth: usize) -> Option<String> {
    let (at, digit) = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).nth(nth)?;
    let next = (digit as u8 - b'0' + 1) % 10;
    let mut out = text.to_owned();
    out.replace_range(at..=at, &next.to_string());
    Some(out)
}

/// The number of `new` written in the manner of `fact`, unit and all.
fn in_the_manner_of(fact: &Fact<'_>, new: &str) -> String {
    let first = fact.text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let last = fact.text.rfind(|c: char| c.is_ascii_digit()).map_or(fact.text.len(), |at| at + 1);
    let digits = new.trim_matches(|c: char| !c.is_ascii_digit());
    format!("{}{digits}{}", &fact.text[..first], &fact.text[last..])
}

pub fn swap_number(case: &Case) -> Vec<Altered> {
    replaced(case, is_number, |fact| {
        let mut new: Vec<String> = (0..2).filter_map(|nth| digit_turned(fact.text, nth)).collect();
        new.extend(others(case, fact, 3).iter().map(|other| in_the_manner_of(fact, other)));
        new.retain(|new| matches!(facts(new)[..], [other] if !same(&other, fact)));
        new
    })
}

pub fn swap_date(case: &Case) -> Vec<Altered> {
    replaced(
        case,
        |kind| matches!(kind, FactKind::Date | FactKind::Time),
        |fact| {
            let digits = fact.text.chars().filter(char::is_ascii_digit).count();
            let mut new: Vec<String> = (0..digits).filter_map(|nth| digit_turned(fact.text, nth)).collect();
            new.extend(others(case, fact, 3));
            new.retain(
                |new| matches!(facts(new)[..], [other] if other.kind == fact.kind && !same(&other, fact)),
            );
            new
        },
    )
}

pub fn swap_id(case: &Case) -> Vec<Altered> {
    replaced(case, is_id, |fact| {
        let mut new: Vec<String> =
            [0, 2].into_iter().filter_map(|nth| digit_turned(fact.text, nth)).collect();
        new.push(format!("{}x9", fact.text));
        // `/a/b.py` for `b.py` says the same.
        new.extend(
            others(case, fact, 3)
                .into_iter()
                .filter(|other| !other.contains(fact.text) && !fact.text.contains(other.as_str())),
        );
        new
    })
}

/// The goal, alone or with its answer, over the steps of another case.
pub fn move_goal(case: &Case, other: &Case) -> Vec<Altered> {
    let with = |goal: &str, answer: &str, what: &str| Altered {
        what: format!("{what} moved to {}", other.name),
        case: Case {
            name: case.name.clone(),
            goal: goal.to_owned(),
            answer: answer.to_owned(),
            steps: other.steps.clone(),
        },
    };
    vec![with(&case.goal, &other.answer, "goal"), with(&case.goal, &case.answer, "goal and answer")]
}

pub fn delete_evidence(case: &Case) -> Vec<Altered> {
    let without = |which: &dyn Fn(usize) -> bool, what: &str| {
        let mut case = case.clone();
        case.steps
            .iter_mut()
            .enumerate()
            .filter(|(at, _)| which(*at))
            .for_each(|(_, step)| step.observation.clear());
        Altered { what: what.to_owned(), case }
    };
    // Wherever something that the answer tells stands.
    let told: Vec<Fact<'_>> = facts(&case.answer);
    let shows = |at: usize| {
        let shown = facts(&case.steps[at].observation);
        let lower = case.steps[at].observation.to_lowercase();
        told.iter().any(|fact| {
            lower.contains(&fact.text.to_lowercase()) || shown.iter().any(|other| same(other, fact))
        })
    };
    let mut out = vec![without(&|_| true, "all observations gone")];
    if (0..case.steps.len()).any(shows) {
        out.push(without(&shows, "the supporting observations gone"));
    }
    out
}

pub fn append_superlative(case: &Case) -> Vec<Altered> {
    const TO_ANSWER: &[&str] = &[
        " This is the most popular choice.",
        " It has the highest rating of all.",
        " That makes it the oldest one.",
        " It is the largest of them.",
    ];
    const TO_GOAL: &[&str] = &[
        " Pick the most popular one.",
        " I want the best rated one.",
        " Which one is the newest?",
        " Give me the smallest.",
    ];
    let mut out = Vec::new();
    for more in TO_ANSWER {
        let answer = format!("{}{more}", ended(&case.answer));
        out.push(Altered { what: format!("answer with {more:?}"), case: Case { answer, ..case.clone() } });
    }
    for more in TO_GOAL {
        let goal = format!("{}{more}", ended(&case.goal));
        out.push(Altered { what: format!("goal with {more:?}"), case: Case { goal, ..case.clone() } });
    }
    out
}

fn ended(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

/// An empty result where something was found; something found where the result was empty; a denial of
/// what was found.
pub fn flip_empty(case: &Case) -> Vec<Altered> {
    let mut out = Vec::new();
    let is_empty = |text: &str| matches!(text.trim(), "" | "[]" | "{}" | "No results found.");
    let found = r#"[{"id": "Z7", "name": "Other", "status": "open"}]"#;
    let any_empty = case.steps.iter().any(|step| is_empty(&step.observation));
    let denies = case.answer.starts_with("No") || case.answer.contains(" no ");
    if any_empty && denies {
        let mut case = case.clone();
        case.steps
            .iter_mut()
            .filter(|step| is_empty(&step.observation))
            .for_each(|step| step.observation = found.to_owned());
        out.push(Altered { what: "something found".to_owned(), case });
    } else if !any_empty {
        let mut empty = case.clone();
        empty.steps.iter_mut().for_each(|step| step.observation = "[]".to_owned());
        out.push(Altered { what: "nothing found".to_owned(), case: empty });
        for answer in ["No results were found.", "There are none.", "There is no such thing available."] {
            out.push(Altered {
                what: format!("answer {answer:?}"),
                case: Case { answer: answer.to_owned(), ..case.clone() },
            });
        }
    }
    out
}

/// A constraint of the original goal, which no call or result knows, put into the goal.
pub fn restore_constraint(case: &Case) -> Vec<Altered> {
    const CONSTRAINTS: &[&str] = &[
        " It must cost less than $43.17.",
        " It has to be before March 3, 1987.",
        " Only ones with at least 97 reviews.",
        " It is for Quentin Abernathy.",
        " The reference is QX77ZP.",
        " No more than 83 km away, please.",
    ];
    CONSTRAINTS
        .iter()
        .map(|more| Altered {
            what: format!("goal with {more:?}"),
            case: Case { goal: format!("{}{more}", ended(&case.goal)), ..case.clone() },
        })
        .collect()
}

/// The same in other writing.
pub fn reformat(case: &Case) -> Vec<Altered> {
    replaced(
        case,
        |kind| is_number(kind) || matches!(kind, FactKind::Date | FactKind::Time),
        |fact| {
            let mut new = rewritten(fact);
            new.retain(|new| new != fact.text);
            new
        },
    )
}

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

fn rewritten(fact: &Fact<'_>) -> Vec<String> {
    let Some(value) = fact.value else { return Vec::new() };
    let number = fact.text.trim_matches(|c: char| !c.is_ascii_digit());
    match fact.kind {
        FactKind::Number
            if value >= 1000.0 && value.fract() == 0.0 && !is_year(fact) && number == fact.text =>
        {
            vec![grouped(value as u64), (value as u64).to_string()]
        }
        FactKind::Money if fact.unit == Some("$") && fact.per.is_none() && number == &fact.text[1..] => {
            vec![format!("{number} USD"), format!("USD {number}"), format!("{number} dollars")]
        }
        FactKind::Percent => vec![format!("{number} %"), format!("{number} percent"), format!("{number}%")],
        FactKind::Quantity if fact.unit == Some("kg") => {
            vec![format!("{number} kg"), format!("{number}kg"), format!("{number} kilograms")]
        }
        FactKind::Date => {
            let (year, month, day) = civil(value as i64);
            let name = MONTHS[month as usize - 1];
            vec![
                format!("{year:04}-{month:02}-{day:02}"),
                format!("{name} {day}, {year}"),
                format!("{day} {name} {year}"),
                format!("{} {day}, {year}", &name[..3]),
            ]
        }
        FactKind::Time if value % 60.0 == 0.0 => {
            let (hour, minute) = ((value / 3600.0) as u32, (value / 60.0) as u32 % 60);
            let half = if hour % 24 >= 12 { "pm" } else { "am" };
            let short = if hour % 12 == 0 { 12 } else { hour % 12 };
            vec![format!("{hour:02}:{minute:02}"), format!("{short}:{minute:02} {half}")]
        }
        _ => Vec::new(),
    }
}

fn is_year(fact: &Fact<'_>) -> bool {
    fact.text.len() == 4
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}
