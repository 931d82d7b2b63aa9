//! A rule as a page of Markdown, written from the rule itself.

use std::fmt::Write as _;

use super::condition::{Condition, FIELDS, Order, Position, Slice, Threshold};
use super::markdown::{block, code, code_in_cell, escaped};
use super::rule::RuleStatus;
use super::{Example, Rule, Rules};
use crate::signals::SIGNALS;

impl Rules {
    /// The page of a rule; `None` where there is no such rule.
    pub fn explain(&self, id: &str) -> Option<String> {
        self.get(id).map(page)
    }
}

/// The page of a rule.
pub(super) fn page(rule: &Rule) -> String {
    let mut page = format!("# {}\n\n{}\n\n", rule.id, escaped(&rule.summary));
    // Writing to a string cannot fail.
    let _ = writeln!(page, "To switch it off is to allow {}.\n\n| | |\n|---|---|", escaped(&rule.name));
    for (name, value) in table(rule) {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    page.push_str("\n## Fires when\n\n");
    describe(&rule.condition, 0, &mut page);
    let lines = |lines: &[String]| lines.iter().map(|line| escaped(line)).collect::<Vec<_>>();
    section(&mut page, "False positives", &lines(&rule.false_positives));
    section(&mut page, "Related", &rule.related.iter().map(|id| code(id)).collect::<Vec<_>>());
    section(&mut page, "References", &lines(&rule.references));
    examples(&mut page, "Runs on which it fires", &rule.invalid);
    examples(&mut page, "Runs on which it stays silent", &rule.valid);
    page
}

fn table(rule: &Rule) -> Vec<(&'static str, String)> {
    let label = match (rule.own_label(), rule.failure_type) {
        (Some(label), Some(failure_type)) => format!("{label}, a kind of {}", failure_type.name()),
        (Some(label), None) => format!("{label}, of no type"),
        (None, _) => rule.label.clone(),
    };
    let mut rows = vec![
        ("label", label),
        ("severity", rule.severity.to_string()),
        ("confidence", rule.confidence.name().to_owned()),
        ("status", status(rule)),
        ("pack", escaped(&rule.pack)),
        ("group", escaped(&rule.group)),
        ("log-odds of failure", format!("{:+}", rule.weight)),
        ("score for the label, given failure", format!("{:+}", rule.type_weight)),
    ];
    if rule.training_weight < 1.0 {
        rows.push(("training weight at most", rule.training_weight.to_string()));
    }
    if !rule.recoverable {
        rows.push(("recoverable", "no".to_owned()));
    }
    if !rule.changed_by.is_empty() {
        let packs: Vec<_> = rule.changed_by.iter().map(|pack| escaped(pack)).collect();
        rows.push(("changed by", packs.join(", ")));
    }
    if !rule.tags.is_empty() {
        rows.push(("tags", rule.tags.iter().map(|tag| code_in_cell(tag)).collect::<Vec<_>>().join(", ")));
    }
    if let Some(author) = &rule.author {
        rows.push(("author", escaped(author)));
    }
    rows
}

/// The status of a rule, and whether it fires at all.
pub(super) fn status(rule: &Rule) -> String {
    let off = match (rule.enabled, rule.status) {
        (false, _) => ", switched off",
        (true, RuleStatus::Deprecated) => ", does not fire",
        (true, _) => "",
    };
    format!("{} since {}{off}", rule.status.name(), escaped(&rule.since))
}

fn section(page: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(page, "\n## {title}\n\n");
        lines.iter().for_each(|line| _ = writeln!(page, "* {line}"));
    }
}

fn examples(page: &mut String, title: &str, examples: &[Example]) {
    let _ = write!(page, "\n## {title}\n");
    for example in examples {
        page.push('\n');
        if let Some(note) = &example.note {
            let _ = write!(page, "{}\n\n", escaped(note));
        }
        page.push_str(&block(&shown(example)));
    }
}

/// A run as lines: what the user asked, the steps, the answer.
fn shown(example: &Example) -> String {
    let run = example.trajectory();
    let mut lines = String::new();
    let mut line = |head: &str, text: Option<&str>| {
        if let Some(text) = text {
            let indent = " ".repeat(head.chars().count());
            let text = text.lines().collect::<Vec<_>>().join(&format!("\n{indent}"));
            let _ = writeln!(lines, "{head}{text}");
        }
    };
    line("prompt: ", run.original_prompt);
    line("system: ", run.system);
    line("tools: ", run.tools);
    for (at, step) in run.steps.iter().enumerate() {
        let call = step.action_name.map(|tool| [tool, step.action_input.unwrap_or_default()].join(" "));
        let arrow = if step.error == Some(true) { "  → (error) " } else { "  → " };
        line("", Some(&format!("step {at}")));
        line("  user: ", step.user);
        line("  thought: ", step.thought);
        line("  call: ", call.as_deref().or(step.action_input));
        line(arrow, step.observation);
    }
    line("answer: ", run.final_answer);
    lines
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
                literals.iter().map(|literal| code(literal)).collect::<Vec<_>>().join(", "),
                places(slices),
                times(*threshold)
            );
        }
        Condition::Regex { pattern, slices, threshold } => {
            let _ = writeln!(
                page,
                "{indent}* {} in {}, {}",
                code(&format!("/{pattern}/")),
                places(slices),
                times(*threshold)
            );
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
