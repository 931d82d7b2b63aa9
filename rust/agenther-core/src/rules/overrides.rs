//! What a pack changes in rules: its own, or those of packs before it.

use std::collections::HashMap;
use std::ops::Range;

use toml::de::DeTable;

use super::diagnostic::nearest;
use super::label::Labels;
use super::rule::Rule;
use super::table::{Sink, Table};

/// The keys of an override.
pub const KEYS: &[&str] =
    &["rule", "enabled", "label", "severity", "weight", "type_weight", "training_weight", "recoverable"];

/// The keys of an override that change something.
const CHANGES: &[&str] = KEYS.split_at(1).1;

/// Applies an override. `changed` has, by rule, the file in which the pack changes it.
pub fn apply(
    table: &DeTable<'_>,
    span: Range<usize>,
    pack: &str,
    labels: &Labels,
    rules: &mut [Rule],
    changed: &mut HashMap<String, String>,
    sink: &mut Sink<'_>,
) {
    let table = Table::new(table, span, "an override", KEYS, sink);
    let ids = table.strings("rule", sink);
    match table.get("rule") {
        None => table.missing("rule", sink),
        Some(rule) if ids.is_empty() && rule.get_ref().as_array().is_some_and(|list| list.is_empty()) => {
            sink.error("empty-value", rule.span(), "`rule` lists no rule.".to_owned(), None);
        }
        Some(_) => {}
    }
    if CHANGES.iter().all(|key| table.get(key).is_none()) {
        let help = format!("Give one of {}.", CHANGES.join(", "));
        sink.error("no-change", table.span(), "The override changes nothing.".to_owned(), Some(help));
    }
    let change = Change::read(&table, labels, sink);
    for id in &ids {
        if sink.is_full() {
            return;
        }
        let Some(rule) = rules.iter_mut().find(|rule| rule.id == *id) else {
            unknown(id, &table, rules, sink);
            continue;
        };
        if let Some(file) = changed.insert(id.clone(), sink.file.to_owned()) {
            let title = format!("The pack changes `{id}` twice, first in {file}.");
            sink.error("duplicate-override", table.span_of("rule"), title, Some("Join the two.".to_owned()));
            continue;
        }
        if change.is_idle(rule) {
            let title = format!("`{id}` is like this already.");
            sink.warning("no-change", table.span_of("rule"), title, "Take the override out.");
        }
        change.apply(rule);
        rule.changed_by.push(pack.to_owned());
    }
}

fn unknown(id: &str, table: &Table<'_, '_>, rules: &[Rule], sink: &mut Sink<'_>) {
    let title = format!("There is no rule `{id}` in this pack or one before it.");
    let help = match nearest(id, rules.iter().map(|rule| rule.id.as_str())) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => "`agenther rules list` gives the rules there are.".to_owned(),
    };
    sink.error("unknown-rule", table.span_of("rule"), title, Some(help));
}

/// What an override sets.
struct Change {
    enabled: Option<bool>,
    label: Option<(String, Option<crate::verdict::FailureType>)>,
    severity: Option<f32>,
    weight: Option<f32>,
    type_weight: Option<f32>,
    training_weight: Option<f32>,
    recoverable: Option<bool>,
}

impl Change {
    fn read(table: &Table<'_, '_>, labels: &Labels, sink: &mut Sink<'_>) -> Change {
        let mut number = |key, range| table.number(key, range, sink).map(|number| number as f32);
        Change {
            severity: number("severity", 0.0..=1.0),
            weight: number("weight", -5.0..=5.0),
            type_weight: number("type_weight", 0.0..=5.0),
            training_weight: number("training_weight", 0.0..=1.0),
            enabled: table.boolean("enabled", sink),
            recoverable: table.boolean("recoverable", sink),
            label: table.get("label").and_then(|_| labels.of_rule(table, sink)),
        }
    }

    /// Whether it says what a rule is already. (One of which nothing could be read says nothing.)
    fn is_idle(&self, rule: &Rule) -> bool {
        let Change { enabled, label, severity, weight, type_weight, training_weight, recoverable } = self;
        let same = [
            enabled.map(|enabled| enabled == rule.enabled),
            label.as_ref().map(|(label, _)| *label == rule.label),
            severity.map(|severity| severity == rule.severity),
            weight.map(|weight| weight == rule.weight),
            type_weight.map(|type_weight| type_weight == rule.type_weight),
            training_weight.map(|training_weight| training_weight == rule.training_weight),
            recoverable.map(|recoverable| recoverable == rule.recoverable),
        ];
        same.iter().any(Option::is_some) && same.iter().flatten().all(|same| *same)
    }

    fn apply(&self, rule: &mut Rule) {
        let Change { enabled, label, severity, weight, type_weight, training_weight, recoverable } = self;
        rule.enabled = enabled.unwrap_or(rule.enabled);
        rule.severity = severity.unwrap_or(rule.severity);
        rule.weight = weight.unwrap_or(rule.weight);
        rule.type_weight = type_weight.unwrap_or(rule.type_weight);
        rule.training_weight = training_weight.unwrap_or(rule.training_weight);
        rule.recoverable = recoverable.unwrap_or(rule.recoverable);
        if let Some((label, failure_type)) = label {
            rule.label.clone_from(label);
            rule.failure_type = *failure_type;
        }
    }
}
