//! Whether a number, date, name or identifier of a clause stands in the evidence, in the right record
//! and under the right key.

use std::collections::HashSet;

use super::clause::{Clause, Entity, Owner};
use super::evidence::{Amount, Evidence};
use super::hint::{FAR, Hint};
use super::record::{self, Home, is_of_another};
use super::step::{Place, Shape, is_reference};
use super::unit;
use super::value::bears_out;
use crate::text::facts::{Fact, FactKind};
use crate::text::same::Meaning;
use crate::text::tables::FastSet;
use crate::text::words;

/// At most this many occurrences of one value are tried: the cost stays linear.
pub(super) const MAX_CANDIDATES: usize = 256;

/// At most this many values compete for a key.
const MAX_RIVALS: usize = 512;

/// A value in more places tells no record from another.
pub(super) const MAX_PLACES: usize = 64;

/// What an amount of money is called where its key does not say the currency.
pub(super) const PRICE: &[&str] = &["price", "cost", "fare", "amount", "total", "rate", "fee", "charge"];

/// By how much another value must fit the words of the clause better to win.
const MARGIN: f32 = 0.05;

/// What the evidence says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Support {
    /// A node of a step bears it out.
    Node(u32),
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

/// A number, date or time that the text tells.
pub(super) struct Told<'c> {
    pub meaning: &'c Meaning,
    /// The stem of a plain word right before a small whole number: what it numbers.
    pub label: Option<u64>,
}

impl<'c> Told<'c> {
    /// The fact with this index.
    pub fn of(clause: &'c Clause<'_, '_>, fact: usize) -> Self {
        const SMALL: f64 = 100.0;
        let meaning = &clause.meanings[fact];
        let (start, _) = clause.tokens_of(&clause.facts[fact]);
        let before = start.checked_sub(1).and_then(|at| clause.tokens.get(at));
        let ordinal = meaning.kind == FactKind::Number
            && meaning.value.is_some_and(|value| value.fract() == 0.0 && value < SMALL);
        let label =
            before.filter(|token| ordinal && !token.stop && token.fact.is_none()).map(|token| token.stem);
        Told { meaning, label }
    }
}

/// A text that is checked, and what of it is known.
pub(super) struct Checked<'c> {
    pub evidence: &'c Evidence<'c>,
    pub side: Side,
    /// What the goal asks about: it stands in for the words that a bare answer lacks.
    pub asked: &'c [Hint],
    /// All numbers, dates and times of the text: values that are told as well compete for nothing.
    pub told: &'c [Told<'c>],
    /// Words of the names and references of the goal.
    pub literals: &'c FastSet<u64>,
    /// The records of what the goal names.
    pub named: &'c [Home<'c>],
    /// See [`untold`].
    pub untold: &'c [(FactKind, usize)],
    /// The answer, folded.
    pub answer: &'c str,
    /// Its clauses that are nothing but values, folded.
    pub items: &'c [&'c str],
}

impl Checked<'_> {
    /// The support of a number, amount, date or time. An occurrence supports one claim of a clause: those that did are in `used`.
    pub fn amount(&self, clause: &Clause<'_, '_>, fact: usize, used: &mut FastSet<u32>) -> Support {
        let mut context = clause.context(fact);
        if context.is_empty() {
            context.extend(self.asked);
        }
        let claim = &clause.meanings[fact];
        if claim.kind == FactKind::Money {
            context.extend(PRICE.iter().map(|word| (words::stem_hash(word), FAR)));
        }
        let (start, end) = clause.tokens_of(&clause.facts[fact]);
        let owners = clause.owners(start, end);
        let homes = self.homes(clause, start, &owners);
        // `shelf 3`: where the observations number shelves, it is one of those.
        let label = Told::of(clause, fact).label.filter(|label| self.evidence.labels(*label));
        let mut elsewhere = false;
        for (at, amount) in self.evidence.amounts_of(claim).take(MAX_CANDIDATES) {
            let node = amount.node;
            if self.side == Side::Answer && self.evidence.node(node).argument {
                continue;
            }
            elsewhere = true;
            if !used.contains(&at)
                && label.is_none_or(|label| amount.labels().any(|own| own == label))
                && self.owned(&amount, &owners)
                && self.is_in_unit(&amount, claim)
                && !homes.iter().any(|home| is_of_another(self.evidence, node, home))
                && self.keyed(at, &amount, claim, &context, &owners)
                && self.at_home(&amount, &owners, &context)
            {
                used.insert(at);
                return Support::Node(node);
            }
        }
        let dated =
            matches!(claim.kind, FactKind::Date | FactKind::Time) && self.side == Side::Answer && elsewhere;
        if let Some(node) = dated.then(|| self.called_with(claim, &owners)).flatten() {
            return Support::Node(node);
        }
        if elsewhere { Support::Elsewhere } else { Support::Nowhere }
    }

    /// Whether the unit of a claim is that of an amount: of a bare one it must be said somewhere, and nothing beside it
    /// may say another.
    fn is_in_unit(&self, amount: &Amount<'_>, claim: &Meaning) -> bool {
        let Some(unit) = claim.unit.as_deref().filter(|_| amount.meaning.unit.is_none()) else { return true };
        let key = self.evidence.leaf(amount.leaf).key;
        if claim.kind == FactKind::Money {
            return !self.evidence.has_currency_beside(amount.node, unit);
        }
        unit::of_convention(unit, key)
            || !unit::is_other(unit, key)
                && unit::words(unit).any(|word| {
                    let stem = words::stem_hash(word);
                    self.evidence.knows(stem) || self.asked.iter().any(|(asked, _)| *asked == stem)
                })
    }

    /// The records that a value at a token is told of beside those of the entities: that of the day of the clause, or
    /// of what the goal names, where the clause names nothing.
    fn homes<'h>(&'h self, clause: &'h Clause<'_, '_>, at: usize, owners: &[Owner<'_>]) -> Vec<&'h Home<'h>> {
        let names_one = || owners.iter().any(|owner| record::has_home(self.evidence, owner.places));
        match clause.day.as_ref().filter(|day| day.start != at) {
            _ if self.side == Side::Goal => Vec::new(),
            Some(day) => vec![day],
            None if names_one() => Vec::new(),
            None => self.named.iter().collect(),
        }
    }

    /// The call that took the date or time together with something else that the clause names: `flights from OSL to BGO on May 2`.
    fn called_with(&self, claim: &Meaning, owners: &[Owner<'_>]) -> Option<u32> {
        let evidence = self.evidence;
        let mut calls =
            evidence.amounts_of(claim).take(MAX_CANDIDATES).map(|(_, amount)| evidence.node(amount.node));
        let call = calls.find(|call| {
            let joint = |place: &Place| {
                evidence.node(place.node).argument && evidence.node(place.node).step == call.step
            };
            call.argument
                && owners.iter().any(|owner| owner.close && owner.places.iter().take(MAX_PLACES).any(joint))
        })?;
        evidence.steps.iter().find(|step| step.index == call.step).map(|step| step.node)
    }

    /// Whether no entity of the clause says that the value belongs to another record.
    fn owned(&self, amount: &Amount<'_>, owners: &[Owner<'_>]) -> bool {
        let (evidence, node) = (self.evidence, amount.node);
        // `0 mm of rain` says its key, though some other day has `rain` for a value.
        let is_key =
            |owner: &Owner<'_>| owner.word.is_some_and(|word| amount.labels().any(|own| own == word));
        // The elements of lists that the value is in, from the inside.
        let elements: Vec<(u32, u32)> = evidence
            .ancestors(node)
            .map(|at| (at, evidence.parent(at)))
            .filter(|&(at, parent)| at != parent && evidence.shape(parent) == Shape::List)
            .collect();
        let within = |place: &Place, outer: u32| evidence.ancestors(place.node).any(|at| at == outer);
        let mut named = false;
        for owner in owners.iter().filter(|owner| owner.places.len() <= MAX_PLACES && !is_key(owner)) {
            // A segment that names the element by itself owes nothing to the segments around it.
            if named && !owner.close {
                return true;
            }
            for (depth, &(element, list)) in elements.iter().enumerate() {
                let here = owner.places.iter().any(|place| within(place, element));
                let beside = owner
                    .places
                    .iter()
                    .any(|place| place.node != list && within(place, list) && !within(place, element));
                if beside && !here {
                    return false;
                }
                named |= here && depth == 0;
                // An entity of this record alone settles it; others in the sentence may be of other records.
                if here && !beside && depth == 0 {
                    return true;
                }
            }
        }
        true
    }

    /// Whether the value stands in the record of the nearest thing that has one of its own; or outside it,
    /// where that record has no such value left untold, or around it under a key that the clause names.
    fn at_home(&self, amount: &Amount<'_>, owners: &[Owner<'_>], context: &[Hint]) -> bool {
        let (evidence, node) = (self.evidence, amount.node);
        let within = |place: &Place| {
            evidence
                .element(node)
                .is_some_and(|element| evidence.ancestors(place.node).any(|at| at == element))
        };
        if owners
            .iter()
            .any(|owner| owner.close && owner.places.len() <= MAX_PLACES && owner.places.iter().any(within))
        {
            return true;
        }
        let home = owners.iter().filter(|owner| owner.places.len() <= MAX_PLACES).find_map(|owner| {
            let mut elements = owner.places.iter().map(|place| evidence.element(place.node));
            let first = elements.next()??;
            elements.all(|element| element == Some(first)).then_some(first)
        });
        // What belongs to nothing in particular is what the last call returned.
        let Some(home) = home.or_else(|| evidence.sink()) else { return true };
        if evidence.ancestors(node).any(|at| at == home) {
            return true;
        }
        let around = evidence.ancestors(home).any(|at| at == node);
        if (around || Some(home) == evidence.sink()) && self.fit(amount, context) > 0.0 {
            return true;
        }
        let mut own = evidence.node(home).amounts.take(MAX_RIVALS).map(|at| evidence.amount(at));
        !own.any(|own| family(own.meaning.kind) == family(amount.meaning.kind) && !self.is_told(&own))
    }

    /// Whether no other value of the record stands under a key that fits the words of the clause better,
    /// or has the unit that this one lacks.
    fn keyed(
        &self,
        at: u32,
        amount: &Amount<'_>,
        claim: &Meaning,
        context: &[Hint],
        owners: &[Owner<'_>],
    ) -> bool {
        let evidence = self.evidence;
        let own = self.fit(amount, context);
        let unit = claim.unit.is_some() && amount.meaning.unit.is_none();
        // What the last call returned competes with what came before it.
        let node = amount.node;
        let last = evidence.sink().filter(|&sink| evidence.node(sink).step != evidence.node(node).step);
        let last = last.map(|sink| evidence.node(sink).amounts).unwrap_or_default();
        // Where the clause names nothing of the record, any value of the result may have been meant.
        let named = evidence.element(node).is_none_or(|element| {
            let within = |place: &Place| evidence.ancestors(place.node).any(|at| at == element);
            owners.iter().any(|owner| owner.places.len() <= MAX_PLACES && owner.places.iter().any(within))
        });
        let others = if named { 0..0 } else { evidence.node(evidence.step_node(node)).amounts };
        let mut rivals = evidence.rivals(node).chain(others).take(MAX_RIVALS).chain(last.take(MAX_RIVALS));
        !rivals.any(|rival| {
            if rival == at {
                return false;
            }
            let rival = &evidence.amount(rival);
            let fits_better = || self.fit(rival, context) > own + MARGIN;
            let has_unit = unit && rival.meaning.unit == claim.unit;
            let counts = || self.side == Side::Goal || !evidence.node(rival.node).argument;
            // `1 km` is no other way to say `184 m`.
            let is_other =
                claim.unit.is_some() && rival.meaning.unit.is_some() && rival.meaning.unit != claim.unit;
            family(rival.meaning.kind) == family(amount.meaning.kind)
                && !is_other
                && (has_unit || fits_better())
                && counts()
                && !bears_out(rival.meaning, amount.meaning)
                && !self.is_told(rival)
                && !self.is_of_relative(rival)
        })
    }

    /// Whether a value stands in a sentence about something else of the thing, which the goal does not speak of: `Its
    /// sequel came out in 2019`.
    fn is_of_relative(&self, amount: &Amount<'_>) -> bool {
        let sentence = self.evidence.leaf(amount.leaf).folded.trim_start();
        let relative =
            ["its ", "his ", "her ", "their "].iter().find_map(|whose| sentence.strip_prefix(whose));
        let noun =
            relative.and_then(|rest| words::words(rest).next()).map(|word| words::stem_hash(word.text));
        noun.is_some_and(|noun| self.asked.iter().all(|(asked, _)| *asked != noun))
    }

    /// Whether the text tells a value of the evidence: under its own name, where it has one (`cabinet 1`).
    fn is_told(&self, amount: &Amount<'_>) -> bool {
        let named = |label: u64| amount.context.iter().any(|(stem, _)| *stem == label);
        self.told.iter().any(|told| {
            bears_out(amount.meaning, told.meaning)
                && told.label.is_none_or(|label| amount.context.is_empty() || named(label))
        })
    }

    fn fit(&self, amount: &Amount<'_>, context: &[Hint]) -> f32 {
        let far = self.evidence.leaf(amount.leaf).stems;
        let one = |&(stem, weight): &Hint| {
            let near = amount
                .context
                .iter()
                .filter(|(other, _)| *other == stem)
                .map(|(_, weight)| *weight)
                .fold(0.0, f32::max);
            let in_sentence = if far.contains(&stem) { FAR } else { 0.0 };
            weight * f32::max(near, in_sentence)
        };
        context.iter().map(one).sum()
    }

    /// The support of a name, identifier, address, path or quotation: its words, one after another.
    pub fn text(&self, clause: &Clause<'_, '_>, fact: usize) -> Support {
        let folded = clause.names[fact].as_str();
        let fact = &clause.facts[fact];
        let Some(step) = (folded.len() > 1).then(|| self.step_with(fact, folded)).flatten() else {
            return Support::Nowhere;
        };
        if self.side == Side::Answer
            && is_reference(fact.kind)
            && !(self.labelled(clause, fact, folded)
                && self.has_company(clause, fact, folded)
                && self.is_told_once(clause, folded)
                && self.is_at_home(clause, fact, folded)
                && self.is_asked_for(fact.kind, folded))
        {
            return Support::Elsewhere;
        }
        Support::Node(self.evidence.steps[step].node)
    }

    fn step_with(&self, fact: &Fact<'_>, folded: &str) -> Option<usize> {
        let steps = &self.evidence.steps;
        let counts = |place: &&Place| self.side == Side::Goal || !self.evidence.node(place.node).argument;
        let mut places = self.evidence.entity(folded).iter().filter(counts);
        if let Some(step) =
            places.find_map(|place| self.evidence.position(self.evidence.node(place.node).step))
        {
            return Some(step);
        }
        if let Some(step) = (0..steps.len()).find(|&step| self.texts(step).any(|text| contains(text, folded)))
        {
            return Some(step);
        }
        // `Muller, Noah`: a name whose words one step has in another order.
        let parts: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let each = |text: &str| parts.iter().all(|word| contains(text, &format!(" {word} ")));
        if fact.kind == FactKind::Name && parts.len() > 1 {
            return (0..steps.len()).find(|&step| self.texts(step).any(each));
        }
        // `MD5` of `md5sum`.
        let short =
            matches!(fact.kind, FactKind::Name | FactKind::Id) && folded.len() <= 7 && parts.len() == 1;
        let begins = |step: &usize| contains(steps[*step].asked, folded.trim_end());
        (0..steps.len()).find(|step| short && self.side == Side::Goal && begins(step))
    }

    fn texts(&self, step: usize) -> impl Iterator<Item = &str> {
        let step = &self.evidence.steps[step];
        let asked = (self.side == Side::Goal).then_some(step.asked);
        [Some(step.seen), asked].into_iter().flatten()
    }

    /// Whether no other identifier of the record stands under a key that fits the words of the clause better.
    fn labelled(&self, clause: &Clause<'_, '_>, fact: &Fact<'_>, folded: &str) -> bool {
        let evidence = self.evidence;
        let places = evidence.entity(folded);
        let observed = || {
            places
                .iter()
                .filter(|place| !evidence.node(place.node).argument)
                .filter_map(|place| place.leaf.map(|leaf| (place.node, leaf)))
        };
        if observed().next().is_none() {
            return true;
        }
        let (start, _) = clause.tokens_of(fact);
        let before = clause.tokens[..start].iter().rev().take(3).take_while(|token| token.fact.is_none());
        let stems: Vec<u64> = before.filter(|token| !token.stop).map(|token| token.stem).collect();
        let fit = |leaf: u32| evidence.leaf(leaf).key.iter().filter(|stem| stems.contains(stem)).count();
        observed().take(MAX_PLACES).any(|(node, leaf)| {
            let own = fit(leaf);
            let record = evidence.node(evidence.record(node)).leaves.take(MAX_RIVALS);
            !record.filter(|&rival| rival != leaf && fit(rival) > own).any(|rival| {
                let value = evidence.leaf(rival).folded;
                value != folded
                    && !contains(clause.folded, value)
                    && value.bytes().any(|byte| byte.is_ascii_digit())
            })
        })
    }

    /// Whether a step that has the identifier has another fact of the clause too, where it has one.
    fn has_company(&self, clause: &Clause<'_, '_>, fact: &Fact<'_>, folded: &str) -> bool {
        let evidence = self.evidence;
        let steps_of = |text: &str| -> HashSet<u32> {
            evidence.entity(text).iter().map(|place| evidence.node(place.node).step).collect()
        };
        let own = steps_of(folded);
        let mut alone = true;
        for ((other, meaning), name) in clause.facts.iter().zip(&clause.meanings).zip(&clause.names) {
            if other.span == fact.span {
                continue;
            }
            if meaning.is_measured() {
                let mut found = evidence.amounts_of(meaning).take(MAX_CANDIDATES);
                if found.any(|(_, amount)| own.contains(&evidence.node(amount.node).step)) {
                    return true;
                }
            } else if is_reference(other.kind) || other.kind == FactKind::Name {
                if name == folded {
                    continue;
                }
                if !own.is_disjoint(&steps_of(name)) {
                    return true;
                }
            } else {
                continue;
            }
            alone = false;
        }
        // What stands in the midst of a text has no place of its own.
        alone || own.is_empty()
    }

    /// Whether an identifier right behind a thing with a record of its own stands in that record, where the record
    /// has one left untold.
    fn is_at_home(&self, clause: &Clause<'_, '_>, fact: &Fact<'_>, folded: &str) -> bool {
        const NEAR: usize = 4;
        let evidence = self.evidence;
        let (start, _) = clause.tokens_of(fact);
        let behind = |entity: &&Entity<'_>| {
            entity.end <= start && start - entity.end < NEAR && entity.places.len() <= MAX_PLACES
        };
        let home = clause.entities.iter().rev().filter(behind).find_map(|entity| {
            let mut elements = entity.places.iter().map(|place| evidence.element(place.node));
            let first = elements.next()??;
            elements.all(|element| element == Some(first)).then_some(first)
        });
        let Some(home) = home else { return true };
        let labels: Vec<u64> = clause.tokens[..start]
            .iter()
            .rev()
            .take(3)
            .filter(|token| !token.stop)
            .map(|token| token.stem)
            .collect();
        let places = evidence.entity(folded);
        let settled = places.iter().any(|place| {
            let keyed = place
                .leaf
                .is_some_and(|leaf| evidence.leaf(leaf).key.iter().any(|stem| labels.contains(stem)));
            keyed || evidence.ancestors(place.node).any(|at| at == home)
        });
        let mut untold = evidence
            .node(home)
            .leaves
            .map(|leaf| evidence.leaf(leaf))
            .filter(|leaf| leaf.reference == Some(fact.kind));
        settled || places.is_empty() || !untold.any(|leaf| !self.answer.contains(leaf.folded))
    }

    /// Whether no other reference of the observations, untold, has more of the words of the goal in it.
    fn is_asked_for(&self, kind: FactKind, folded: &str) -> bool {
        let own = fit(folded, self.literals);
        !self.untold.iter().any(|(other, best)| *other == kind && *best > own)
    }

    /// Whether the clause, or a list of bare values, tells an identifier no more often than the evidence has it.
    fn is_told_once(&self, clause: &Clause<'_, '_>, folded: &str) -> bool {
        // Neighbours share the blank between them.
        let count = |text: &str| {
            let starts = memchr::memmem::find_iter(text.as_bytes(), folded.trim_end().as_bytes());
            starts.filter(|at| text[at + folded.trim_end().len()..].starts_with(' ')).count()
        };
        let told = count(clause.folded).max(self.items.iter().filter(|item| count(item) > 0).count());
        told < 2 || self.evidence.steps.iter().any(|step| count(step.seen) >= told)
    }
}

pub(super) fn family(kind: FactKind) -> u8 {
    match kind {
        FactKind::Date => 1,
        FactKind::Time => 2,
        _ => 0,
    }
}

/// How many words of the goal's names and references a text has.
fn fit(text: &str, literals: &FastSet<u64>) -> usize {
    text.split(' ').filter(|word| word.len() > 1 && literals.contains(&words::word_hash(word))).count()
}

/// For each kind of reference, how well the best of those fits the goal that stand in the observations, but
/// neither in the goal nor in the answer.
pub(super) fn untold(
    evidence: &Evidence<'_>,
    literals: &FastSet<u64>,
    goal: &str,
    answer: &str,
) -> Vec<(FactKind, usize)> {
    let mut best: Vec<(FactKind, usize)> = Vec::new();
    // What shares no word with the goal is no better than what is told.
    let shown = evidence.shown().take_while(|_| !literals.is_empty());
    for (kind, text) in shown {
        let fit = fit(text, literals);
        let known = best.iter_mut().find(|(other, _)| *other == kind);
        let better = fit > known.as_ref().map_or(0, |(_, best)| *best);
        if better && !goal.contains(text) && !answer.contains(text) {
            match known {
                Some((_, best)) => *best = fit,
                None => best.push((kind, fit)),
            }
        }
    }
    best
}

fn contains(text: &str, folded: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), folded.as_bytes()).is_some()
}
