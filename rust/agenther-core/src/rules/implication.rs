//! What follows from a condition by its form alone, whatever the run.

use super::condition::{Condition, Order, Position, Slice, Threshold};
use super::lint::OF_THE_RUN;
use crate::signals::SIGNALS;

/// Whether a condition holds whatever the run: it asks for no hit.
pub fn always_holds(condition: &Condition) -> bool {
    match condition {
        Condition::All(conditions) => conditions.iter().all(always_holds),
        Condition::Any(conditions) => conditions.iter().any(always_holds) || contradict(conditions),
        // Whatever the steps, nothing comes after the last. (Runs without a step are not worth a rule.)
        Condition::Sequence(sequence) => sequence.order == Order::Never && always_holds(&sequence.first),
        Condition::Not(condition) => never_holds(condition),
        Condition::Count(_, threshold)
        | Condition::Literals { threshold, .. }
        | Condition::Regex { threshold, .. }
        | Condition::Signal { threshold, .. } => threshold.at_least == 0 && threshold.at_most == u32::MAX,
    }
}

/// Whether a condition holds on no run: what it asks for contradicts itself.
pub fn never_holds(condition: &Condition) -> bool {
    match condition {
        Condition::All(conditions) => conditions.iter().any(never_holds) || contradict(conditions),
        Condition::Any(conditions) => conditions.iter().all(never_holds),
        Condition::Not(condition) => always_holds(condition),
        Condition::Count(conditions, threshold) => {
            let possible = conditions.iter().filter(|condition| !never_holds(condition)).count();
            let certain = conditions.iter().filter(|condition| always_holds(condition)).count();
            possible < threshold.at_least as usize || certain > threshold.at_most as usize
        }
        Condition::Sequence(sequence) => {
            never_holds(&sequence.first) || (sequence.order == Order::Then && never_holds(&sequence.second))
        }
        Condition::Literals { literals, slices, threshold, .. } => {
            let fits = |bytes: usize| literals.iter().any(|literal| literal.len() <= bytes);
            threshold.at_least > 0 && !slices.iter().any(|slice| fits(most_bytes(*slice)))
        }
        Condition::Regex { pattern, slices, threshold } => {
            let Ok(hir) = regex_syntax::parse(pattern) else { return false };
            // A pattern without a shortest match has none: `[^\s\S]`.
            let fits = |slice: &Slice| {
                hir.properties().minimum_len().is_some_and(|shortest| shortest <= most_bytes(*slice))
            };
            threshold.at_least > 0 && !slices.iter().any(fits)
        }
        Condition::Signal { signal, position, threshold } => {
            let at_no_call = OF_THE_RUN.contains(&SIGNALS[*signal].name);
            threshold.at_least > 0 && *position != Position::Any && at_no_call
        }
    }
}

/// Whether one of the conditions is the opposite of another.
fn contradict(conditions: &[Condition]) -> bool {
    let is_there = |wanted: &Condition| conditions.iter().any(|condition| condition == wanted);
    conditions.iter().any(|condition| matches!(condition, Condition::Not(inner) if is_there(inner)))
}

/// How long a text of a slice is at most.
fn most_bytes(slice: Slice) -> usize {
    slice.head.unwrap_or(u32::MAX).min(slice.tail.unwrap_or(u32::MAX)) as usize
}

/// How many comparisons are left: conditions may nest so that comparing all with all takes for ever.
pub struct Fuel(u32);

impl Default for Fuel {
    fn default() -> Self {
        Fuel(100_000)
    }
}

impl Fuel {
    fn burn(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// Whether `second` holds wherever `first` does, as far as their forms tell. The same with other
/// thresholds is not looked at: "once" beside "twice" is how rules say more the more there is.
pub fn implies(first: &Condition, second: &Condition, fuel: &mut Fuel) -> bool {
    if !fuel.burn() {
        return false;
    }
    first == second
        || match (first, second) {
            (_, Condition::All(parts)) => parts.iter().all(|part| implies(first, part, fuel)),
            (Condition::Any(parts), _) => parts.iter().all(|part| implies(part, second, fuel)),
            (_, Condition::Any(parts)) if parts.iter().any(|part| implies(first, part, fuel)) => true,
            (Condition::All(parts), _) => parts.iter().any(|part| implies(part, second, fuel)),
            _ => leaf_implies(first, second),
        }
}

const ONCE: Threshold = Threshold { at_least: 1, at_most: u32::MAX };

fn leaf_implies(first: &Condition, second: &Condition) -> bool {
    match (first, second) {
        (
            Condition::Literals { literals, ignore_case, slices, threshold: ONCE },
            Condition::Literals {
                literals: wider,
                ignore_case: any_case,
                slices: wider_slices,
                threshold: ONCE,
            },
        ) => {
            let has = |literal: &String| wider.iter().any(|part| contains(literal, part, *any_case));
            (*any_case || !ignore_case) && covered(slices, wider_slices) && literals.iter().all(has)
        }
        (
            Condition::Regex { pattern, slices, threshold: ONCE },
            Condition::Regex { pattern: same, slices: wider_slices, threshold: ONCE },
            // In a part of a text `^` and `$` match where they do not in the whole.
        ) => pattern == same && covered(slices, wider_slices) && slices.iter().all(|slice| is_whole(*slice)),
        (
            Condition::Signal { signal, threshold: ONCE, .. },
            Condition::Signal { signal: same, position: Position::Any, threshold: ONCE },
        ) => signal == same,
        _ => false,
    }
}

fn contains(text: &str, part: &str, any_case: bool) -> bool {
    if any_case {
        text.to_ascii_lowercase().contains(&part.to_ascii_lowercase())
    } else {
        text.contains(part)
    }
}

/// Whether every one of the slices lies in one of the wider ones.
fn covered(slices: &[Slice], wider: &[Slice]) -> bool {
    let lies_in = |slice: &Slice, wider: &Slice| {
        slice == wider
            || (slice.field == wider.field
                && is_whole(*wider)
                && (wider.position == Position::Any || wider.position == slice.position))
    };
    slices.iter().all(|slice| wider.iter().any(|wider| lies_in(slice, wider)))
}

fn is_whole(slice: Slice) -> bool {
    slice.head.is_none() && slice.tail.is_none()
}
