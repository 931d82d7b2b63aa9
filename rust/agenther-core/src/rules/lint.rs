//! What is legal in a pack but does not do what its author means.

use std::collections::HashMap;

use super::condition::Condition;
use super::diagnostic::{Diagnostic, Level};
use super::pack::PackSource;
use super::rule::Rule;

/// Patterns that may match more than this say nothing about a place.
const LONGEST_MATCH: usize = 4096;

/// The warnings about rules that were read.
pub fn lint(sources: &[PackSource], rules: &[Rule]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut conditions: HashMap<String, &Rule> = HashMap::new();
    for rule in rules {
        let mut warn = |code, key: &str, title: String, help: &str| {
            diagnostics.push(warning(sources, rule, code, key, title).help(help));
        };
        if rule.weight == 0.0 && rule.type_weight == 0.0 && rule.training_weight == 1.0 && rule.is_active() {
            warn(
                "no-effect",
                "weight",
                "Neither `weight` nor `type_weight` nor `training_weight` says anything.".into(),
                "Give the rule a say or deprecate it.",
            );
        }
        if rule.weight < 0.0 && rule.type_weight > 0.0 {
            let title = "A good sign (negative `weight`) cannot speak for its label (`type_weight`).".into();
            warn("contradiction", "type_weight", title, "Set `type_weight = 0.0`.");
        }
        if always_holds(&rule.condition) {
            warn("always-fires", "match", "The condition holds on every run.".into(), "Ask for a hit.");
        }
        if let Some(pattern) = unbounded(&rule.condition) {
            let title = format!("The pattern `{pattern}` can match any length of text.");
            warn("unbounded-regex", "regex", title, "Bound its repetitions: `.{0,80}` for `.*`.");
        }
        match conditions.get(&format!("{:?}", rule.condition)) {
            Some(earlier) => {
                let title = format!("The rule fires exactly when `{}` does.", earlier.id);
                warn("shadowed", "match", title, "Merge the two.");
            }
            None => {
                conditions.insert(format!("{:?}", rule.condition), rule);
            }
        }
        for related in rule.related.iter().filter(|id| !rules.iter().any(|other| other.id == **id)) {
            let title = format!("`related` names `{related}`, and there is no such rule.");
            warn("unknown-rule", "related", title, "Correct the identifier.");
        }
    }
    diagnostics.extend(unreachable_labels(sources, rules));
    diagnostics
}

/// Labels for which rules speak, and none loud enough to decide.
fn unreachable_labels(sources: &[PackSource], rules: &[Rule]) -> Vec<Diagnostic> {
    let mut labels: Vec<_> = rules.iter().map(|rule| rule.label).collect();
    labels.sort();
    labels.dedup();
    labels
        .into_iter()
        .filter_map(|label| {
            let of_label = || rules.iter().filter(|rule| rule.label == label && rule.weight >= 0.0);
            let rule = of_label().next()?;
            let silent = of_label().all(|rule| rule.type_weight == 0.0 || !rule.is_active());
            let title =
                format!("No rule gives `{}` a `type_weight`: no run is ever given that type.", label.name());
            silent.then(|| warning(sources, rule, "unreachable-label", "label", title))
        })
        .collect()
}

/// Whether a condition holds whatever the run: it asks for no hit.
fn always_holds(condition: &Condition) -> bool {
    match condition {
        Condition::All(conditions) => conditions.iter().all(always_holds),
        Condition::Any(conditions) => conditions.iter().any(always_holds),
        Condition::Not(_) => false,
        Condition::Count(_, threshold)
        | Condition::Literals { threshold, .. }
        | Condition::Regex { threshold, .. }
        | Condition::Signal { threshold, .. } => threshold.at_least == 0 && threshold.at_most == u32::MAX,
    }
}

fn unbounded(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::All(conditions) | Condition::Any(conditions) | Condition::Count(conditions, _) => {
            conditions.iter().find_map(unbounded)
        }
        Condition::Not(condition) => unbounded(condition),
        Condition::Regex { pattern, .. } => {
            let hir = regex_syntax::parse(pattern).ok()?;
            let longest = hir.properties().maximum_len();
            longest.is_none_or(|bytes| bytes > LONGEST_MATCH).then_some(pattern)
        }
        Condition::Literals { .. } | Condition::Signal { .. } => None,
    }
}

/// A warning at the first line of the rule that begins with `key`.
fn warning(sources: &[PackSource], rule: &Rule, code: &'static str, key: &str, title: String) -> Diagnostic {
    let files = sources.iter().flat_map(|source| &source.files);
    let text =
        files.filter(|file| file.path == rule.file).map(|file| file.text.as_str()).next().unwrap_or("");
    let rule_at = text.find(&format!("\"{}\"", rule.id)).unwrap_or(0);
    let at = text[rule_at..].find(key).map_or(rule_at, |at| rule_at + at);
    Diagnostic::new(Level::Warning, code, title, &rule.file, text, at..at + key.len().min(text.len() - at))
}
