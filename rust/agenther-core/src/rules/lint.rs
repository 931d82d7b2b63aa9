//! What is legal in a pack but does not do what its author means.

use std::collections::HashMap;

use super::condition::{Condition, Order, Position, Sequence};
use super::diagnostic::{Diagnostic, Level};
use super::pack::PackSource;
use super::rule::Rule;
use crate::signals::SIGNALS;
use crate::trajectory::Field;

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
        for sequence in sequences(&rule.condition) {
            for (code, key, title, help) in misordered(sequence) {
                warn(code, key, title, help);
            }
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
        // Whatever the steps, nothing comes after the last. (Runs without a step are not worth a rule.)
        Condition::Sequence(sequence) => sequence.order == Order::Never && always_holds(&sequence.first),
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
        Condition::Sequence(sequence) => unbounded(&sequence.first).or_else(|| unbounded(&sequence.second)),
        Condition::Regex { pattern, .. } => {
            let hir = regex_syntax::parse(pattern).ok()?;
            let longest = hir.properties().maximum_len();
            longest.is_none_or(|bytes| bytes > LONGEST_MATCH).then_some(pattern)
        }
        Condition::Literals { .. } | Condition::Signal { .. } => None,
    }
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
    let files = sources.iter().flat_map(|source| &source.files);
    let text =
        files.filter(|file| file.path == rule.file).map(|file| file.text.as_str()).next().unwrap_or("");
    let rule_at = text.find(&format!("\"{}\"", rule.id)).unwrap_or(0);
    let at = text[rule_at..].find(key).map_or(rule_at, |at| rule_at + at);
    Diagnostic::new(Level::Warning, code, title, &rule.file, text, at..at + key.len().min(text.len() - at))
}
