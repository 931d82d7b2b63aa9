//! Whether a number, date, name or identifier of a clause stands in the evidence, in the right record
//! and under the right key.

use super::clause::{Clause, Entity};
use super::evidence::{Amount, Evidence, Shape, bears_out};
use crate::text::facts::{Fact, FactKind};
use crate::text::same::Meaning;
use crate::text::words;

/// At most this many occurrences of one value are tried: the cost stays linear.
const MAX_CANDIDATES: usize = 512;

/// At most this many values of one record compete for a key.
const MAX_RIVALS: usize = 256;

/// A value in more places tells no record from another.
const MAX_PLACES: usize = 64;

/// What the evidence says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Support {
    /// A step bears it out.
    Step(u32),
    /// The value stands in the evidence, but of another record or under another key.
    Elsewhere,
    /// It stands nowhere.
    Nowhere,
}

/// Which part of the evidence counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Observations and arguments.
    Goal,
    /// Observations.
    Answer,
}

/// The support of a number, amount, date or time. `asked` are the stems of the goal, which say what a
/// bare answer is about; `told` is what the rest of the text tells.
pub(super) fn of_amount(
    evidence: &Evidence,
    clause: &Clause<'_, '_>,
    fact: usize,
    side: Side,
    asked: &[u64],
    told: &[&Meaning],
) -> Support {
    let mut context = clause.context(fact);
    if context.is_empty() {
        context.extend(asked);
    }
    let (start, end) = clause.tokens_of(&clause.facts[fact]);
    let owners = clause.owners(start, end);
    let labelled = labels(clause, start, end);
    let mut elsewhere = false;
    for (at, amount) in evidence.amounts_of(&clause.meanings[fact]).take(MAX_CANDIDATES) {
        let node = evidence.node_of(amount);
        if side == Side::Answer && evidence.node(node).argument {
            continue;
        }
        elsewhere = true;
        let labelled =
            || labelled.iter().any(|label| contains(&evidence.leaves[amount.leaf as usize].folded, label));
        if owned(evidence, node, &owners) && (labelled() || keyed(evidence, at, amount, &context, told)) {
            return Support::Step(evidence.node(node).step);
        }
    }
    if elsewhere { Support::Elsewhere } else { Support::Nowhere }
}

/// Whether no entity of the clause says that the value belongs to another record.
fn owned(evidence: &Evidence, node: u32, owners: &[&Entity<'_>]) -> bool {
    for owner in owners.iter().filter(|owner| owner.nodes.len() <= MAX_PLACES) {
        if owner.nodes.iter().all(|&place| evidence.are_apart(place, node)) {
            return false;
        }
        let record = evidence.record(node);
        let list = evidence.node(record).parent;
        let within = |place: u32, outer: u32| evidence.ancestors(place).any(|at| at == outer);
        let here = owner.nodes.iter().any(|&place| within(place, record));
        let beside = owner.nodes.iter().any(|&place| within(place, list) && !within(place, record));
        // An entity of this record alone settles it; others in the sentence may be of other records.
        if here && !beside && evidence.node(list).shape == Shape::List {
            return true;
        }
    }
    true
}

/// A value with the word right before it, or after it: `cabinet 1`, `5 albums`. Standing so in the
/// evidence it needs no key.
fn labels(clause: &Clause<'_, '_>, start: usize, end: usize) -> Vec<String> {
    let tokens = &clause.tokens;
    let label = |from: usize, to: usize, word: usize| {
        let plain = tokens.get(word).is_some_and(|token| !token.stop && token.fact.is_none());
        plain.then(|| {
            let mut folded = String::from(" ");
            tokens[from..to].iter().for_each(|token| words::fold_into(&mut folded, &token.lower));
            folded
        })
    };
    let before = start.checked_sub(1).and_then(|before| label(before, end, before));
    before.into_iter().chain(label(start, end + 1, end)).collect()
}

fn contains(text: &str, folded: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), folded.as_bytes()).is_some()
}

/// Whether no other value of the record stands under a key that fits the words of the clause better.
/// Values that the answer tells as well compete for nothing.
fn keyed(evidence: &Evidence, at: u32, amount: &Amount, context: &[u64], told: &[&Meaning]) -> bool {
    let fit = |amount: &Amount| context.iter().filter(|stem| amount.context.contains(stem)).count();
    let own = fit(amount);
    if own == context.len() {
        return true;
    }
    let family = |kind: FactKind| match kind {
        FactKind::Date => 1,
        FactKind::Time => 2,
        _ => 0,
    };
    let record = evidence.node(evidence.record(evidence.node_of(amount)));
    let rivals = record.amounts.clone().take(MAX_RIVALS);
    !rivals.filter(|rival| *rival != at).any(|rival| {
        let rival = &evidence.amounts[rival as usize];
        family(rival.meaning.kind) == family(amount.meaning.kind)
            && !bears_out(&rival.meaning, &amount.meaning)
            && fit(rival) > own
            && !told.iter().any(|told| bears_out(&rival.meaning, told))
    })
}

/// The support of a name, identifier, address, path or quotation: its words, one after another.
pub(super) fn of_text(evidence: &Evidence, fact: &Fact<'_>, side: Side) -> Support {
    let folded = words::folded(fact.text);
    if folded.len() <= 1 {
        return Support::Nowhere;
    }
    let texts = |step: usize| {
        let step = &evidence.steps[step];
        let asked = (side == Side::Goal).then_some(step.asked.as_str());
        [Some(step.seen.as_str()), asked].into_iter().flatten()
    };
    let steps = 0..evidence.steps.len();
    let whole = |text: &str| contains(text, &folded);
    if let Some(step) = steps.clone().find(|&step| texts(step).any(whole)) {
        return Support::Step(evidence.steps[step].index);
    }
    // `Muller, Noah`: a name whose words one step has in another order.
    let parts: Vec<&str> = folded.split_inclusive(' ').filter(|word| *word != " ").collect();
    if fact.kind == FactKind::Name && parts.len() > 1 {
        let each = |text: &str| parts.iter().all(|word| text.contains(&format!(" {word}")));
        if let Some(step) = steps.clone().find(|&step| texts(step).any(each)) {
            return Support::Step(evidence.steps[step].index);
        }
    }
    // `MD5` of `md5sum`.
    let start = folded.trim_end();
    if side == Side::Goal
        && matches!(fact.kind, FactKind::Name | FactKind::Id)
        && start.len() <= 6
        && parts.len() == 1
    {
        if let Some(step) = steps.clone().find(|&step| contains(&evidence.steps[step].asked, start)) {
            return Support::Step(evidence.steps[step].index);
        }
    }
    Support::Nowhere
}
