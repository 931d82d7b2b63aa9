//! Whether what is told together stands together: values of one record, the ends of a way, the name under a parameter.

use std::collections::HashMap;

use super::clause::{Clause, Entity, Token};
use super::cue;
use super::evidence::{Amount, Evidence, Leaf};
use super::step::{Place, Shape, is_reference};
use super::support::{MAX_CANDIDATES, MAX_PLACES};
use super::{Claim, Ledger, MAX_INFERENCES, Verifier};
use crate::text::document::Kind;
use crate::text::facts::FactKind;
use crate::text::same::Meaning;
use crate::text::tables::{FastMap, FastSet};
use crate::text::words::stem_hash;

/// Records of more values are not looked through for what links them.
const MAX_LINKS: usize = 64;

/// A goal of one request names no more things.
const MAX_NAMED: usize = 8;

/// Words of what is not said to be so.
const DOUBTS: &[&str] = &["if", "whether", "when", "once", "until", "unless"];

/// Values of an answer beyond this many are held to no record.
const MAX_VALUES: usize = 2048;

/// A thing, or a day, with a record of its own in a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home<'e> {
    /// The first token that names it.
    pub start: usize,
    /// The record.
    element: u32,
    /// What it stands under there.
    key: &'e [u64],
}

/// The records of the things and days that the goal names.
pub(super) fn named<'e>(goal: &[Clause<'_, 'e>], evidence: &'e Evidence<'_>) -> Vec<Home<'e>> {
    let is_name = |clause: &Clause<'_, '_>, entity: &Entity<'_>| {
        let mut facts = clause.tokens[entity.start..entity.end].iter().map(|token| token.fact);
        facts.all(|fact| {
            fact.is_some_and(|fact| {
                let kind = clause.facts[fact as usize].kind;
                is_reference(kind) || matches!(kind, FactKind::Name | FactKind::Quoted)
            })
        })
    };
    let mut out = Vec::new();
    for clause in goal {
        let things = clause.entities.iter().filter(|entity| is_name(clause, entity));
        out.extend(things.filter_map(|entity| home(evidence, entity.places, entity.start)));
        out.extend(clause.day);
    }
    out.truncate(MAX_NAMED);
    out
}

/// The record of the day that a clause names, where it names one.
pub(super) fn only_day<'e>(
    evidence: &'e Evidence<'_>,
    tokens: &[Token<'_>],
    meanings: &[Meaning],
) -> Option<Home<'e>> {
    let is_day =
        |meaning: &Meaning| meaning.date.is_some_and(|date| date.month.is_some() && date.day.is_some());
    let mut days = meanings.iter().enumerate().filter(|(_, meaning)| is_day(meaning));
    let ((fact, day), None) = (days.next()?, days.next()) else { return None };
    let start = tokens.iter().position(|token| token.fact == Some(fact as u32))?;
    let place = |amount: Amount<'_>| Place { node: amount.node, leaf: Some(amount.leaf) };
    let places: Vec<Place> =
        evidence.amounts_of(day).take(MAX_PLACES + 1).map(|(_, amount)| place(amount)).collect();
    home(evidence, &places, start)
}

/// The record of a thing: the element of a list that has all places of it.
fn home<'e>(evidence: &'e Evidence<'_>, places: &[Place], start: usize) -> Option<Home<'e>> {
    if places.len() > MAX_PLACES {
        return None;
    }
    // That a call asked for it tells nothing of where it stands.
    let is_observed = |place: &&Place| !evidence.node(place.node).argument;
    let seen = places.iter().any(|place| is_observed(&place));
    let places = || places.iter().filter(|place| !seen || is_observed(place));
    let mut elements = places().map(|place| evidence.element(place.node));
    let element = elements.next()??;
    let key = places().find_map(|place| place.leaf).map_or(&[][..], |leaf| evidence.leaf(leaf).key);
    elements.all(|other| other == Some(element)).then_some(Home { start, element, key })
}

pub(super) fn has_home(evidence: &Evidence<'_>, places: &[Place]) -> bool {
    home(evidence, places, 0).is_some()
}

fn is_within(evidence: &Evidence<'_>, node: u32, outer: u32) -> bool {
    evidence.ancestors(node).any(|at| at == outer)
}

/// Whether a value stands in a record beside the one of a thing, and neither names anything of the other.
pub(super) fn is_of_another(evidence: &Evidence<'_>, node: u32, home: &Home<'_>) -> bool {
    let list = evidence.parent(home.element);
    let beside = evidence.ancestors(node).find(|&at| evidence.parent(at) == list);
    beside.is_some_and(|other| other != home.element && !are_linked(evidence, home.element, other))
}

/// Whether a value of one record stands under another key in the other: `"manager_id": 700` and `"id": 700`.
fn are_linked(evidence: &Evidence<'_>, a: u32, b: u32) -> bool {
    let values = |node: u32| {
        let leaves = evidence.node(node).leaves.take(MAX_LINKS).map(|leaf| evidence.leaf(leaf));
        leaves.filter(|leaf| leaf.folded.trim().len() > 2 && leaf.kind != Some(Kind::Bool))
    };
    let own: HashMap<&str, &[u64]> = values(a).map(|leaf| (leaf.folded, leaf.key)).collect();
    values(b).any(|leaf| own.get(leaf.folded).is_some_and(|key| *key != leaf.key))
}

/// Whether what begins at a token is what a clause says: `It is clear`, `Ines Roy is in finance`.
fn is_predicate(clause: &Clause<'_, '_>, start: usize) -> bool {
    const IS: &[&str] = &["is", "are", "was", "were", "be", "been", "its"];
    let before = clause.tokens[..start].iter().rev();
    let mut function = before.take_while(|token| token.stop && token.fact.is_none());
    function.any(|token| IS.contains(&token.lower))
}

impl Verifier<'_, '_> {
    /// Values that a clause tells of a thing, though they stand in records of others: `Ann Lee: role: user`, where the
    /// role of Ann Lee is `admin`. Only values that are said of it, or whose key is: any word may be the value of
    /// something.
    pub(super) fn records(&self, clause: &Clause<'_, '_>, claims: &mut Vec<Claim>, ledger: &mut Ledger<'_>) {
        let evidence = self.evidence;
        let homes = self.homes(clause);
        if homes.is_empty() && self.named.is_empty() {
            return;
        }
        let tokens = self.goal.iter().chain([clause]).flat_map(|clause| &clause.tokens);
        let said: FastSet<u64> = tokens.filter(|token| !token.stop).map(|token| token.stem).collect();
        for entity in clause.entities.iter().take(MAX_VALUES - ledger.values.min(MAX_VALUES)) {
            ledger.values += 1;
            let of = self.told_of(clause, entity.start, &homes);
            let is_in = |home: &&Home<'_>| {
                entity.places.iter().any(|place| is_within(evidence, place.node, home.element))
            };
            let is_said = is_predicate(clause, entity.start);
            if of.iter().any(|home| self.is_elsewhere(entity, home, &said, is_said)) && !of.iter().any(is_in)
            {
                let start = clause.tokens[entity.start].span.start as usize;
                let end = clause.tokens[entity.end - 1].span.end as usize;
                let text = clause.text[start..end].to_owned();
                claims.push(Claim { text, kind: "record", supported: false, step: None });
            }
        }
    }

    /// What a clause says is so, though each record that it may be told of has it for `false`: `"open": false`.
    pub(super) fn denied(&self, clause: &Clause<'_, '_>, claims: &mut Vec<Claim>, ledger: &mut Ledger<'_>) {
        if clause.tokens.iter().any(|token| cue::is_negation(token.lower) || DOUBTS.contains(&token.lower)) {
            return;
        }
        let said = (0..clause.tokens.len()).filter(|&at| !clause.tokens[at].stop && is_predicate(clause, at));
        for at in said.take(MAX_INFERENCES - ledger.sayings.min(MAX_INFERENCES)) {
            ledger.sayings += 1;
            let homes = self.homes(clause);
            let of = self.told_of(clause, at, &homes);
            let key = [clause.tokens[at].stem];
            let is_told = |leaf: &Leaf<'_>| {
                leaf.kind == Some(Kind::Bool)
                    && leaf.key == key
                    && !self.evidence.node(leaf.node).argument
                    && !of.iter().any(|home| is_of_another(self.evidence, leaf.node, home))
            };
            let mut leaves = self.evidence.all_leaves().filter(is_told).peekable();
            if leaves.peek().is_some() && leaves.all(|leaf| leaf.folded.trim() == "false") {
                let text = clause.tokens[at].lower.to_owned();
                claims.push(Claim { text, kind: "record", supported: false, step: None });
            }
        }
    }

    /// The records of what a clause names.
    pub(super) fn homes<'h>(&'h self, clause: &Clause<'_, 'h>) -> Vec<Home<'h>> {
        let things =
            clause.entities.iter().filter_map(|entity| home(self.evidence, entity.places, entity.start));
        things.take(MAX_CANDIDATES).chain(clause.day).collect()
    }

    /// The things that a value at a token is told of: those of its part of the clause, or else the one thing that the
    /// clause names, or else, where it names none, what the goal names.
    pub(super) fn told_of<'h>(
        &'h self,
        clause: &Clause<'_, '_>,
        at: usize,
        homes: &'h [Home<'h>],
    ) -> Vec<&'h Home<'h>> {
        let others: Vec<&Home<'_>> = homes.iter().filter(|home| home.start != at).collect();
        let Some(first) = others.first() else { return self.named.iter().collect() };
        let part = |at: usize| clause.tokens[at].part;
        if others.iter().all(|home| home.element == first.element) {
            return vec![first];
        }
        others.into_iter().filter(|home| part(home.start) == part(at)).take(MAX_NAMED).collect()
    }

    /// Whether a value stands in records beside the one of a thing, and under another key than that: `Ann Lee and Bob
    /// Ray` are two things. `is_said`: it is told of the thing by its place; otherwise its key must be told.
    fn is_elsewhere(&self, entity: &Entity<'_>, home: &Home<'_>, said: &FastSet<u64>, is_said: bool) -> bool {
        let evidence = self.evidence;
        let is_value = |place: &Place| {
            place.leaf.map(|leaf| evidence.leaf(leaf)).is_some_and(|leaf| {
                leaf.kind.is_some()
                    && leaf.key != home.key
                    && (is_said || leaf.key.iter().any(|stem| said.contains(stem)))
                    && !evidence.node(leaf.node).argument
            })
        };
        evidence.shape(evidence.parent(home.element)) == Shape::List
            && entity.places.len() <= MAX_PLACES
            && entity.places.iter().all(|place| is_value(place) && is_of_another(evidence, place.node, home))
    }

    /// `SEA to JFK`, where the calls go from JFK to SEA.
    pub(super) fn turned_round(&self) -> Vec<Claim> {
        const FROM: &[&str] = &["from", "origin", "source", "departure", "start"];
        const TO: &[&str] = &["to", "destination", "target", "arrival", "end", "dest"];
        let evidence = self.evidence;
        let records_with = |entity: &Entity<'_>, keys: &[&str]| -> Vec<u32> {
            let is_under = |place: &&Place| {
                let leaf = place.leaf.map(|leaf| evidence.leaf(leaf));
                let is_key = |stem: &u64| keys.iter().any(|key| stem_hash(key) == *stem);
                leaf.is_some_and(|leaf| leaf.key.iter().any(is_key))
            };
            let places = entity.places.iter().take(MAX_PLACES).filter(is_under);
            places.map(|place| evidence.record(place.node)).collect()
        };
        // A call, or a record in an observation, that has both.
        let together = |a: &[u32], b: &[u32]| a.iter().any(|a| b.contains(a));
        let mut out = Vec::new();
        for clause in &self.goal {
            for pair in clause.entities.windows(2) {
                let [from, to] = pair else { continue };
                let is_way = to.start == from.end + 1 && clause.tokens[from.end].lower == "to";
                if !is_way {
                    continue;
                }
                let goes = together(&records_with(from, FROM), &records_with(to, TO));
                if !goes && together(&records_with(from, TO), &records_with(to, FROM)) {
                    let start = clause.tokens[from.start].span.start as usize;
                    let end = clause.tokens[to.end - 1].span.end as usize;
                    let text = clause.text[start..end].to_owned();
                    out.push(Claim { text, kind: "slot", supported: false, step: None });
                }
            }
        }
        out
    }

    /// `team support`, where the calls were made for another team: a word behind the name of a parameter that no call
    /// and no observation has, while the value of the parameter stands nowhere in the goal.
    pub(super) fn renamed(&self) -> Vec<Claim> {
        let evidence = self.evidence;
        let mut takes_other: FastMap<u64, bool> = FastMap::default();
        let arguments = evidence.all_leaves().filter(|leaf| evidence.node(leaf.node).argument);
        for (leaf, key) in arguments.filter_map(|leaf| Some((leaf, *leaf.key.last()?))) {
            let is_other = leaf.kind == Some(Kind::String) && !self.asked_text.contains(leaf.folded);
            *takes_other.entry(key).or_insert(true) &= is_other;
        }
        let mut out = Vec::new();
        for clause in &self.goal {
            for pair in clause.tokens.windows(2) {
                let [key, value] = pair else { continue };
                let is_unknown = !value.stop && value.fact.is_none() && !evidence.knows(value.stem);
                let may_be = is_unknown && key.part == value.part && !key.stop && key.fact.is_none();
                if may_be && takes_other.get(&key.stem) == Some(&true) {
                    out.push(Claim {
                        text: value.lower.to_owned(),
                        kind: "slot",
                        supported: false,
                        step: None,
                    });
                }
            }
        }
        out
    }
}
