//! A rule as a page of Markdown, written from the rule itself.

use std::fmt::Write as _;

use super::condition::{Condition, FIELDS, Order, Position, Slice, Threshold};
use super::{Rule, Rules};
use crate::signals::SIGNALS;

impl Rules {
    /// The page of a rule; `None` where there is no such rule.
    pub fn explain(&self, id: &str) -> Option<String> {
        self.get(id).map(page)
    }
}

fn page(rule: &Rule) -> String {
    let mut page = format!("# {}\n\n{}\n\n", rule.id, rule.summary);
    // Writing to a string cannot fail.
    let mut line = |text: std::fmt::Arguments<'_>| _ = writeln!(page, "{text}");
    line(format_args!("To switch it off is to allow {}.\n", rule.name));
    line(format_args!("| | |\n|---|---|"));
    line(format_args!("| label | {} |", rule.label.name()));
    line(format_args!("| severity | {} |", rule.severity));
    line(format_args!("| confidence | {} |", rule.confidence.name()));
    line(format_args!("| status | {} since {} |", rule.status.name(), rule.since));
    line(format_args!("| pack | {} |", rule.pack));
    line(format_args!("| group | {} |", rule.group));
    line(format_args!("| log-odds of failure | {:+} |", rule.weight));
    line(format_args!("| score for the label, given failure | {:+} |", rule.type_weight));
    if rule.training_weight < 1.0 {
        line(format_args!("| training weight at most | {} |", rule.training_weight));
    }
    line(format_args!("\n## Fires when\n"));
    describe(&rule.condition, 0, &mut page);
    section(&mut page, "False positives", &rule.false_positives);
    section(&mut page, "Related", &rule.related);
    section(&mut page, "References", &rule.references);
    page
}

fn section(page: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(page, "\n## {title}\n\n");
        lines.iter().for_each(|line| _ = writeln!(page, "* {line}"));
    }
}

fn describe(condition: &Condition, depth: usize, page: &mut String) {
    let indent = "  ".repeat(depth);
    let mut nest = |title: String, conditions: &[Condition]| {
        let _ = writeln!(page, "{indent}* {title}:");
        conditions.iter().for_each(|inner| describe(inner, depth + 1, page));
    };
    match condition {
        Condition::All(conditions) => nest("all of".into(), conditions),
        Condition::Any(conditions) => nest("any of".into(), conditions),
        Condition::Not(inner) => nest("not".into(), std::slice::from_ref(inner)),
        Condition::Count(conditions, threshold) => nest(format!("{} of", times(*threshold)), conditions),
        Condition::Sequence(sequence) => {
            let within = match sequence.within {
                u32::MAX => String::new(),
                1 => ", in the next step".to_owned(),
                steps => format!(", within {steps} steps"),
            };
            let second = match sequence.order {
                Order::Then => format!("and then{within}, at a step"),
                Order::Never => format!("and never after it{within}, at a step"),
            };
            for (title, inner) in [("at a step", &sequence.first), (second.as_str(), &sequence.second)] {
                nest(title.to_owned(), std::slice::from_ref(inner));
            }
        }
        Condition::Literals { literals, ignore_case, slices, threshold } => {
            let case = if *ignore_case { ", whatever the case," } else { "" };
            let _ = writeln!(
                page,
                "{indent}* {}{case} in {}, {}",
                literals.iter().map(|literal| format!("`{literal}`")).collect::<Vec<_>>().join(", "),
                places(slices),
                times(*threshold)
            );
        }
        Condition::Regex { pattern, slices, threshold } => {
            let _ = writeln!(page, "{indent}* `/{pattern}/` in {}, {}", places(slices), times(*threshold));
        }
        Condition::Signal { signal, position, threshold } => {
            let signal = &SIGNALS[*signal];
            let call = match position {
                Position::Any => "",
                Position::First => " at the first call",
                Position::Last => " at the last call",
            };
            let _ = writeln!(
                page,
                "{indent}* signal `{}`{call}, {}. {}",
                signal.name,
                times(*threshold),
                signal.summary
            );
        }
    }
}

fn times(threshold: Threshold) -> String {
    match (threshold.at_least, threshold.at_most) {
        (_, 0) => "never".to_owned(),
        (1, u32::MAX) => "at least once".to_owned(),
        (least, u32::MAX) => format!("at least {least} times"),
        (0, most) => format!("at most {most} times"),
        (least, most) => format!("{least} to {most} times"),
    }
}

fn places(slices: &[Slice]) -> String {
    let place = |slice: &Slice| {
        let field = FIELDS.iter().find(|(_, field)| *field == slice.field).map_or("", |(name, _)| *name);
        let which = match slice.position {
            Position::Any => "",
            Position::First => "the first ",
            Position::Last => "the last ",
        };
        let head = slice.head.map_or(String::new(), |bytes| format!(" (first {bytes} bytes)"));
        let tail = slice.tail.map_or(String::new(), |bytes| format!(" (last {bytes} bytes)"));
        format!("{which}{field}{head}{tail}")
    };
    slices.iter().map(place).collect::<Vec<_>>().join(" or ")
}
