//! What is legal in a pack but does not do what its author means.

use std::collections::HashMap;

use regex_syntax::hir::Hir;

use super::condition::{Condition, Order, Position, Sequence, Slice};
use super::diagnostic::{Diagnostic, Level};
use super::implication::{Fuel, always_holds, implies, never_holds};
use super::pack::{Pack, PackSource};
use super::rule::{Origin, Rule};
use crate::signals::SIGNALS;
use crate::trajectory::Field;
use crate::verdict::FailureType;

/// Patterns that may match more than this say nothing about a place.
const LONGEST_MATCH: usize = 4096;

/// The signals whose hits are of the run and name no step.
pub(super) const OF_THE_RUN: &[&str] = &[
    "answer_unobserved",
    "count_mismatch",
    "goal_unmentioned",
    "long_answer",
    "long_last_words",
    "no_call",
    "no_evidence",
    "no_successful_write",
    "ungrounded_answer_id",
    "ungrounded_answer_number",
    "yes_no_answer",
];

/// The warnings about rules that were read.
pub fn lint(sources: &[PackSource], packs: &[Pack], rules: &[Rule]) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<_> = rules.iter().flat_map(|rule| of_rule(sources, rule, rules)).collect();
    diagnostics.extend(duplicates(sources, rules));
    diagnostics.extend(shadowed(sources, rules));
    diagnostics.extend(unreachable_types(sources, rules));
    diagnostics.extend(unused_labels(sources, packs, rules));
    diagnostics
}

/// What is wrong with a rule by itself.
fn of_rule(sources: &[PackSource], rule: &Rule, rules: &[Rule]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut warn = |code, key: &str, title: String, help: &str| {
        diagnostics.push(warning(sources, rule, code, key, title).help(help));
    };
    let says_nothing = rule.weight == 0.0 && rule.type_weight == 0.0 && rule.training_weight == 1.0;
    if says_nothing && rule.own_label().is_none() && rule.is_active() {
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
    if rule.failure_type.is_none() && rule.type_weight > 0.0 {
        let title = format!("`{}` belongs to no type, so that `type_weight` says nothing.", rule.label);
        warn("no-type", "type_weight", title, "Give the label a `type`, or set `type_weight = 0.0`.");
    }
    if always_holds(&rule.condition) {
        warn("always-fires", "match", "The condition holds on every run.".into(), "Ask for a hit.");
    }
    if never_holds(&rule.condition) {
        let title = "The condition holds on no run.".into();
        warn("never-fires", "match", title, "Ask for less: look for what contradicts the rest of it.");
    }
    if let Some(pattern) = pattern_in(&rule.condition, &matches_anything) {
        let title =
            format!("The pattern `{pattern}` matches an empty text, and so every text that there is.");
        warn(
            "empty-match",
            "regex",
            title,
            "Ask for a character at least: `+` for `*`, and no empty alternative.",
        );
    }
    if let Some(pattern) = pattern_in(&rule.condition, &is_unbounded) {
        let title = format!("The pattern `{pattern}` can match any length of text.");
        warn("unbounded-regex", "regex", title, "Bound its repetitions: `.{0,80}` for `.*`.");
    }
    for (code, key, title, help) in sequences(&rule.condition).into_iter().flat_map(misordered) {
        warn(code, key, title, help);
    }
    for related in rule.related.iter().filter(|id| !rules.iter().any(|other| other.id == **id)) {
        let title = format!("`related` names `{related}`, and there is no such rule.");
        warn("unknown-rule", "related", title, "Correct the identifier.");
    }
    diagnostics
}

fn duplicates(sources: &[PackSource], rules: &[Rule]) -> Vec<Diagnostic> {
    let mut conditions: HashMap<String, &Rule> = HashMap::new();
    let mut diagnostics = Vec::new();
    for rule in rules {
        let form = sorted(&rule.condition);
        match conditions.get(&form) {
            Some(earlier) => {
                let title = format!("The rule fires exactly when `{}` does.", earlier.id);
                let found = warning(sources, rule, "duplicate", "match", title);
                diagnostics.push(found.help("Merge the two; to change that rule, use `[[override]]`."));
            }
            None => {
                conditions.insert(form, rule);
            }
        }
    }
    diagnostics
}

/// A condition as a text that is the same in whatever order its parts stand.
fn sorted(condition: &Condition) -> String {
    let list = |conditions: &[Condition]| {
        let mut parts: Vec<_> = conditions.iter().map(sorted).collect();
        parts.sort_unstable();
        parts.join(", ")
    };
    match condition {
        Condition::All(conditions) => format!("all({})", list(conditions)),
        Condition::Any(conditions) => format!("any({})", list(conditions)),
        Condition::Count(conditions, threshold) => format!("count({}) {threshold:?}", list(conditions)),
        Condition::Not(condition) => format!("not({})", sorted(condition)),
        Condition::Literals { literals, ignore_case, slices, threshold } => {
            let mut literals = literals.clone();
            literals.sort_unstable();
            format!("{literals:?} {ignore_case} {} {threshold:?}", sorted_slices(slices))
        }
        Condition::Regex { pattern, slices, threshold } => {
            format!("{pattern:?} {} {threshold:?}", sorted_slices(slices))
        }
        Condition::Sequence(_) | Condition::Signal { .. } => format!("{condition:?}"),
    }
}

fn sorted_slices(slices: &[Slice]) -> String {
    let mut slices: Vec<_> = slices.iter().map(|slice| format!("{slice:?}")).collect();
    slices.sort_unstable();
    slices.join(", ")
}

/// Rules that fire only where a kindred one does that says as much.
fn shadowed(sources: &[PackSource], rules: &[Rule]) -> Vec<Diagnostic> {
    let mut kindred: HashMap<(&str, &str), Vec<&Rule>> = HashMap::new();
    for rule in rules.iter().filter(|rule| rule.is_active()) {
        kindred.entry((&rule.group, &rule.label)).or_default().push(rule);
    }
    let mut fuel = Fuel::default();
    let mut diagnostics = Vec::new();
    for rule in rules.iter().filter(|rule| rule.is_active()) {
        let others = &kindred[&(rule.group.as_str(), rule.label.as_str())];
        let mut is_shadowed_by = |rule: &Rule, other: &Rule| {
            says_as_much(other, rule) && implies(&rule.condition, &other.condition, &mut fuel)
        };
        let form = sorted(&rule.condition);
        let mut is_earlier = true;
        let shadow = others.iter().find(|other| {
            is_earlier &= other.id != rule.id;
            // Of two that shadow each other the later one is told of; of equals, `duplicates` tells.
            other.id != rule.id
                && is_shadowed_by(rule, other)
                && sorted(&other.condition) != form
                && (is_earlier || !is_shadowed_by(other, rule))
        });
        if let Some(other) = shadow {
            let title = format!("`{}` fires wherever this rule does, and says as much.", other.id);
            let found = warning(sources, rule, "shadowed", "match", title);
            diagnostics.push(found.help("Take the rule out, or give it another `group` or more weight."));
        }
    }
    diagnostics
}

fn says_as_much(rule: &Rule, other: &Rule) -> bool {
    other.weight >= 0.0
        && rule.weight >= other.weight
        && rule.type_weight >= other.type_weight
        && rule.severity >= other.severity
        && rule.training_weight <= other.training_weight
        && (other.recoverable || !rule.recoverable)
}

/// Types for which rules speak, and none loud enough to decide.
fn unreachable_types(sources: &[PackSource], rules: &[Rule]) -> Vec<Diagnostic> {
    let of_type = |failure_type: FailureType| {
        let plain = rules.iter().filter(|rule| rule.enabled && rule.own_label().is_none());
        plain.filter(move |rule| rule.failure_type == Some(failure_type) && rule.weight >= 0.0)
    };
    FailureType::ALL
        .into_iter()
        .filter_map(|failure_type| {
            let rule = of_type(failure_type).next()?;
            let says = |rule: &Rule| rule.type_weight > 0.0 && rule.is_active();
            let silent = !rules.iter().any(|rule| rule.failure_type == Some(failure_type) && says(rule));
            let name = failure_type.name();
            let title = format!("No rule gives `{name}` a `type_weight`: no run is ever given that type.");
            silent.then(|| {
                warning(sources, rule, "unreachable-label", "label", title).help("Give a rule of it one.")
            })
        })
        .collect()
}

/// Labels that packs declare and no rule gives a run.
fn unused_labels(sources: &[PackSource], packs: &[Pack], rules: &[Rule]) -> Vec<Diagnostic> {
    let is_given = |name: &str| {
        rules.iter().any(|rule| rule.own_label() == Some(name) && rule.is_active() && rule.speaks())
    };
    let labels = packs.iter().flat_map(|pack| &pack.labels).filter(|label| !is_given(&label.name));
    labels
        .map(|label| {
            let title = format!("No rule gives a run the label `{}`.", label.name);
            let found = at(sources, label.origin, label.name.len(), "unreachable-label", title);
            found.help("Write a rule with that `label` and a `weight` of 0 or more, or take the label out.")
        })
        .collect()
}

/// The first pattern of a condition that is so.
fn pattern_in<'c>(condition: &'c Condition, is_so: &impl Fn(&Hir) -> bool) -> Option<&'c str> {
    let mut found = None;
    condition.each_leaf(&mut |leaf| {
        if let (None, Condition::Regex { pattern, .. }) = (found, leaf)
            && regex_syntax::parse(pattern).is_ok_and(|hir| is_so(&hir))
        {
            found = Some(pattern.as_str());
        }
    });
    found
}

/// Whether a match may be of any length. A pattern without a shortest match has none at all.
fn is_unbounded(pattern: &Hir) -> bool {
    let of = pattern.properties();
    of.minimum_len().is_some() && of.maximum_len().is_none_or(|bytes| bytes > LONGEST_MATCH)
}

/// Whether a pattern matches the empty text wherever it stands.
fn matches_anything(pattern: &Hir) -> bool {
    let of = pattern.properties();
    of.minimum_len() == Some(0) && of.look_set().is_empty()
}

fn sequences(condition: &Condition) -> Vec<&Sequence> {
    match condition {
        Condition::All(conditions) | Condition::Any(conditions) | Condition::Count(conditions, _) => {
            conditions.iter().flat_map(sequences).collect()
        }
        Condition::Not(condition) => sequences(condition),
        Condition::Sequence(sequence) => vec![&**sequence],
        Condition::Literals { .. } | Condition::Regex { .. } | Condition::Signal { .. } => Vec::new(),
    }
}

/// What is wrong with a sequence: code, key, title and help.
type Finding = (&'static str, &'static str, String, &'static str);

fn misordered(sequence: &Sequence) -> impl Iterator<Item = Finding> {
    [no_window(sequence), same_step(sequence), unreachable_step(sequence)].into_iter().flatten()
}

fn no_window(sequence: &Sequence) -> Option<Finding> {
    let title = format!("`within = 0` leaves no step to look at: {}.", without_second(sequence.order).1);
    (sequence.within == 0).then_some(("no-step", "within", title, "The next step is `within = 1`."))
}

fn same_step(sequence: &Sequence) -> Option<Finding> {
    if sequence.first != sequence.second {
        return None;
    }
    let (key, title, help) = match sequence.order {
        Order::Never => (
            "never",
            "`first` and `never` are the same, and the last step that has it has none after it: the sequence says no more than `first`.",
            "Ask for two different steps.",
        ),
        // "Twice within so many steps" is what only a sequence says; twice at all has a shorter form.
        Order::Then if sequence.within == u32::MAX => (
            "then",
            "`first` and `then` are the same: the sequence holds where two steps have it.",
            "Ask for two different steps, for `at_least = 2`, or say `within`.",
        ),
        Order::Then => return None,
    };
    Some(("same-step", key, title.to_owned(), help))
}

fn unreachable_step(sequence: &Sequence) -> Option<Finding> {
    let (key, outcome) = without_second(sequence.order);
    let (key, title, help) = if unreachable(&sequence.first) {
        let title = "`first` holds at no step: the sequence never holds.".to_owned();
        ("first", title, "Ask for a hit that is at a step.")
    } else if unreachable(&sequence.second) {
        (key, format!("`{key}` holds at no step: {outcome}."), "Ask for a hit that is at a step.")
    } else if out_of_order(&sequence.first, &sequence.second) {
        let title = format!("No step of `{key}` comes after one of `first`: {outcome}.");
        (key, title, "Correct the `position`s.")
    } else {
        return None;
    };
    Some(("unreachable", key, title, help))
}

/// The key of the second step, and what a sequence says where no step can be the second.
fn without_second(order: Order) -> (&'static str, &'static str) {
    match order {
        Order::Then => ("then", "the sequence never holds"),
        Order::Never => ("never", "the sequence says no more than `first`"),
    }
}

/// Whether a condition needs, at a step, what is only of the run.
fn unreachable(condition: &Condition) -> bool {
    match condition {
        Condition::All(conditions) => conditions.iter().any(unreachable),
        Condition::Any(conditions) => conditions.iter().all(unreachable),
        Condition::Not(condition) => always_holds(condition),
        Condition::Count(conditions, threshold) => {
            let reachable = conditions.iter().filter(|condition| !unreachable(condition)).count();
            reachable < threshold.at_least as usize
        }
        Condition::Signal { signal, threshold, .. } => {
            threshold.at_least > 0 && OF_THE_RUN.contains(&SIGNALS[*signal].name)
        }
        Condition::Literals { .. } | Condition::Regex { .. } | Condition::Sequence(_) => false,
    }
}

/// Whether the second condition looks at a call, or at a text of a field, that is never later than
/// that of the first.
fn out_of_order(first: &Condition, second: &Condition) -> bool {
    let (Some(first), Some(second)) = (looked_at(first), looked_at(second)) else { return false };
    let exhausted = first.position == Position::Last || second.position == Position::First;
    // A signal may hit at a reply, which is no call, and be before the first call or after the last.
    let of_calls = first.field.is_none() && ![first.position, second.position].contains(&Position::Any);
    first.field == second.field && exhausted && (first.field.is_some() || of_calls)
}

/// The one thing at which a condition must have a hit.
struct LookedAt {
    /// The field; `None` is the call.
    field: Option<Field>,
    position: Position,
}

fn looked_at(condition: &Condition) -> Option<LookedAt> {
    match condition {
        Condition::Literals { slices, threshold, .. } | Condition::Regex { slices, threshold, .. } => {
            let [slice] = slices.as_slice() else { return None };
            let field = Some(slice.field);
            (threshold.at_least > 0).then_some(LookedAt { field, position: slice.position })
        }
        Condition::Signal { position, threshold, .. } => {
            (threshold.at_least > 0).then_some(LookedAt { field: None, position: *position })
        }
        _ => None,
    }
}

/// A warning at the first line of the rule that begins with `key`.
fn warning(sources: &[PackSource], rule: &Rule, code: &'static str, key: &str, title: String) -> Diagnostic {
    let text = &sources[rule.origin.source].files[rule.origin.file].text;
    let after = text.get(rule.origin.at..).and_then(|rest| rest.find(key));
    let (start, bytes) = after.map_or((rule.origin.at, 0), |after| (rule.origin.at + after, key.len()));
    at(sources, Origin { at: start, ..rule.origin }, bytes, code, title)
}

fn at(sources: &[PackSource], origin: Origin, bytes: usize, code: &'static str, title: String) -> Diagnostic {
    let file = &sources[origin.source].files[origin.file];
    Diagnostic::new(Level::Warning, code, title, &file.path, &file.text, origin.at..origin.at + bytes)
}
