//! What a pack changes of the rules before it: a fitted pack is a list of weights.

use std::ops::Range;

use toml::de::DeTable;

use super::diagnostic::nearest;
use super::rule::Rule;
use super::table::{Sink, Table};

/// The keys of an `[[override]]`.
pub const KEYS: &[&str] = &["rule", "weight", "type_weight"];

/// Changes the rule that an `[[override]]` names, of this pack or one before it.
pub fn apply(table: &DeTable<'_>, span: Range<usize>, rules: &mut [Rule], sink: &mut Sink<'_>) {
    let table = Table::new(table, span, "an override", KEYS, sink);
    let id = table.required("rule", sink);
    let weight = table.number("weight", -5.0..=5.0, sink);
    let type_weight = table.number("type_weight", 0.0..=5.0, sink);
    let Some(at) = rules.iter().position(|rule| rule.id == id) else {
        let title = format!("The override names `{id}`, and no rule before it has that id.");
        let near = nearest(&id, rules.iter().map(|rule| rule.id.as_str()));
        let help = match near {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "Load the pack of the rule before this one.".to_owned(),
        };
        return sink.error("unknown-rule", table.span_of("rule"), title, Some(help));
    };
    let rule = &mut rules[at];
    rule.weight = weight.map_or(rule.weight, |weight| weight as f32);
    rule.type_weight = type_weight.map_or(rule.type_weight, |weight| weight as f32);
}
