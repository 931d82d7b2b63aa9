//! Whether what is told together stands together: values of one record, the ends of a way, the name under a parameter.

use std::collections::{HashMap, HashSet};

use super::clause::{Clause, Entity};
use super::evidence::Evidence;
use super::step::{Place, Shape, is_reference};
use super::support::MAX_PLACES;
use super::{Claim, Verifier};
use crate::text::document::Kind;
use crate::text::facts::FactKind;
use crate::text::tables::FastMap;
use crate::text::words::stem_hash;

/// Records of more values are not looked through for what links them.
const MAX_LINKS: usize = 64;

/// Where the things stand that the goal calls by name.
pub(super) fn named<'e>(goal: &[Clause<'_, 'e>]) -> Vec<&'e [Place]> {
    let is_name = |clause: &Clause<'_, '_>, entity: &Entity<'_>| {
        let mut facts = clause.tokens[entity.start..entity.end].iter().map(|token| token.fact);
        facts.all(|fact| {
            fact.is_some_and(|fact| {
                let kind = clause.facts[fact as usize].kind;
                is_reference(kind) || matches!(kind, FactKind::Name | FactKind::Quoted)
            })
        })
    };
    let entities = goal.iter().flat_map(|clause| clause.entities.iter().map(move |entity| (clause, entity)));
    entities.filter(|(clause, entity)| is_name(clause, entity)).map(|(_, entity)| entity.places).collect()
}

/// The element of a list in an observation that has all places of a thing.
fn only_element(evidence: &Evidence<'_>, places: &[Place]) -> Option<u32> {
    if places.len() > MAX_PLACES {
        return None;
    }
    let mut elements = places.iter().map(|place| evidence.element(place.node));
    let first = elements.next()??;
    elements.all(|element| element == Some(first)).then_some(first)
}

fn is_within(evidence: &Evidence<'_>, node: u32, outer: u32) -> bool {
    evidence.ancestors(node).any(|at| at == outer)
}

/// Whether a value stands in a record beside the one of a thing, and neither names anything of the other.
pub(super) fn is_of_another(evidence: &Evidence<'_>, node: u32, places: &[Place]) -> bool {
    let Some(own) = only_element(evidence, places) else { return false };
    let list = evidence.parent(own);
    if is_within(evidence, node, own) || !is_within(evidence, node, list) {
        return false;
    }
    let other = evidence.ancestors(node).find(|&at| evidence.parent(at) == list);
    !other.is_some_and(|other| are_linked(evidence, own, other))
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

/// A thing with a record of its own.
struct Home<'e> {
    /// Its first token; none in the goal.
    start: Option<usize>,
    /// The record.
    element: u32,
    /// What it stands under there.
    key: &'e [u64],
}

fn home<'e>(evidence: &Evidence<'e>, places: &[Place], start: Option<usize>) -> Option<Home<'e>> {
    let element = only_element(evidence, places)?;
    let key = places.iter().find_map(|place| place.leaf).map_or(&[][..], |leaf| evidence.leaf(leaf).key);
    Some(Home { start, element, key })
}

impl<'v> Verifier<'v, '_> {
    /// Values that a clause tells of a thing, though they stand in records of others: `Ann Lee: role: user`, where the
    /// role of Ann Lee is `admin`. Only values whose key is asked for or said: any word may be the value of something.
    pub(super) fn records(&self, clause: &Clause<'_, '_>, claims: &mut Vec<Claim>) {
        let evidence = self.evidence;
        let homes: Vec<Home<'v>> = clause
            .entities
            .iter()
            .filter_map(|entity| home(evidence, entity.places, Some(entity.start)))
            .collect();
        if homes.is_empty() && self.named.is_empty() {
            return;
        }
        let asked: Vec<Home<'v>> =
            self.named.iter().filter_map(|places| home(evidence, places, None)).collect();
        let tokens = self.goal.iter().chain([clause]).flat_map(|clause| &clause.tokens);
        let said: HashSet<u64> = tokens.filter(|token| !token.stop).map(|token| token.stem).collect();
        for entity in &clause.entities {
            let others = || homes.iter().filter(|home| home.start != Some(entity.start));
            let part = clause.tokens[entity.start].part;
            let beside = others().filter(|home| home.start.is_some_and(|at| clause.tokens[at].part == part));
            // Where the clause names nothing, its values are told of what the goal names.
            let of: Vec<&Home<'v>> = match others().next() {
                Some(_) => beside.collect(),
                None => asked.iter().collect(),
            };
            let is_in = |home: &&&Home<'v>| {
                entity.places.iter().any(|place| is_within(evidence, place.node, home.element))
            };
            if of.iter().any(|home| self.is_elsewhere(entity, home, &said))
                && !of.iter().any(|home| is_in(&home))
            {
                let start = clause.tokens[entity.start].span.start as usize;
                let end = clause.tokens[entity.end - 1].span.end as usize;
                let text = clause.text[start..end].to_owned();
                claims.push(Claim { text, kind: "record", supported: false, step: None });
            }
        }
    }

    /// Whether a value stands, under a key that is said, in records beside the one of a thing, and under another key
    /// than that: `Ann Lee and Bob Ray` are two things.
    fn is_elsewhere(&self, entity: &Entity<'_>, home: &Home<'_>, said: &HashSet<u64>) -> bool {
        let evidence = self.evidence;
        let list = evidence.parent(home.element);
        let is_value = |place: &Place| {
            place.leaf.map(|leaf| evidence.leaf(leaf)).is_some_and(|leaf| {
                leaf.kind.is_some()
                    && leaf.key != home.key
                    && leaf.key.iter().any(|stem| said.contains(stem))
                    && !evidence.node(leaf.node).argument
            })
        };
        let beside = |place: &Place| {
            let other = evidence.ancestors(place.node).find(|&at| evidence.parent(at) == list);
            other.is_some_and(|other| other != home.element && !are_linked(evidence, home.element, other))
        };
        evidence.shape(list) == Shape::List
            && entity.places.len() <= MAX_PLACES
            && entity.places.iter().all(|place| is_value(place) && beside(place))
    }

    /// `SEA to JFK`, where the calls go from JFK to SEA.
    pub(super) fn turned_round(&self) -> Vec<Claim> {
        const FROM: &[&str] = &["from", "origin", "source", "departure", "start"];
        const TO: &[&str] = &["to", "destination", "target", "arrival", "end", "dest"];
        let evidence = self.evidence;
        let steps_with = |entity: &Entity<'_>, keys: &[&str]| -> Vec<u32> {
            let is_under = |place: &&Place| {
                let leaf = place.leaf.map(|leaf| evidence.leaf(leaf));
                let is_key = |stem: &u64| keys.iter().any(|key| stem_hash(key) == *stem);
                leaf.is_some_and(|leaf| leaf.key.iter().any(is_key))
            };
            entity.places.iter().take(MAX_PLACES).filter(is_under).map(|place| place.node).collect()
        };
        // A call, or a record in an observation, that has both.
        let together = |a: &[u32], b: &[u32]| {
            a.iter().any(|&a| b.iter().any(|&b| evidence.record(a) == evidence.record(b)))
        };
        let mut out = Vec::new();
        for clause in &self.goal {
            for pair in clause.entities.windows(2) {
                let [from, to] = pair else { continue };
                let is_way = to.start == from.end + 1 && clause.tokens[from.end].lower == "to";
                if !is_way {
                    continue;
                }
                let goes = together(&steps_with(from, FROM), &steps_with(to, TO));
                if !goes && together(&steps_with(from, TO), &steps_with(to, FROM)) {
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
