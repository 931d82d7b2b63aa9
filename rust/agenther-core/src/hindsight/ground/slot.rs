//! Whether the goal names what the calls were made for, and the answer tells of what the goal names.

use super::step::{self, LONG_NUMBER, is_reference};
use super::support::MAX_PLACES;
use super::value::bears_out;
use super::{Claim, Verifier};
use crate::text::facts::FactKind;
use crate::text::same::Meaning;
use crate::text::words::stem_hash;

/// Keys whose values say how much is returned, not what.
const PAGING: &[&str] = &["limit", "page", "size", "offset", "top", "max", "count", "num", "per", "n", "k"];

/// A value in the calls that the goal does not ask for.
struct Unstated {
    kind: FactKind,
    /// Whether it is the whole of a named argument.
    whole: bool,
}

impl Unstated {
    /// Whether a fact of this kind could have been meant in its place.
    fn is_of(&self, kind: FactKind) -> bool {
        let alike = |kind: FactKind| match kind {
            FactKind::Date => 1,
            FactKind::Time => 2,
            FactKind::Number
            | FactKind::Money
            | FactKind::Percent
            | FactKind::Quantity
            | FactKind::Duration => 3,
            _ => 4,
        };
        alike(self.kind) == alike(kind)
    }
}

impl Verifier<'_, '_> {
    /// What the goal names must be what the calls were made for: an identifier or date that stands in no call,
    /// while one in the calls stands in no goal and no earlier observation, is another's. And what it names
    /// in an observation must be what the answer tells of.
    pub(super) fn slots(&self, told_of: &[u32]) -> Vec<Claim> {
        let mut out = Vec::new();
        let unstated = self.unstated();
        let references = || {
            self.goal.iter().flat_map(|clause| &clause.facts).filter(|fact| {
                is_reference(fact.kind) || fact.kind == FactKind::Number && fact.text.len() >= LONG_NUMBER
            })
        };
        if let (Some(first), Some(_)) = (references().next(), unstated.iter().find(|other| other.whole)) {
            out.push(Claim { text: first.text.to_owned(), kind: "slot", supported: false, step: None });
        }
        for clause in &self.goal {
            for ((fact, meaning), folded) in clause.facts.iter().zip(&clause.meanings).zip(&clause.names) {
                if !(is_reference(fact.kind) || meaning.is_measured()) || self.is_in_calls(folded, meaning) {
                    continue;
                }
                let rival = unstated.iter().any(|other| other.is_of(fact.kind));
                let apart = is_reference(fact.kind) && !self.is_told_of(folded, told_of);
                if rival || apart {
                    out.push(Claim {
                        text: fact.text.to_owned(),
                        kind: "slot",
                        supported: false,
                        step: None,
                    });
                }
            }
        }
        out
    }

    /// Whether the answer tells of what a reference stands for: it has it, or values of its record.
    fn is_told_of(&self, folded: &str, told_of: &[u32]) -> bool {
        let evidence = self.evidence;
        let places = evidence.entity(folded);
        let keyed = |place: &step::Place| place.leaf.is_some_and(|leaf| evidence.leaf(leaf).kind.is_some());
        let beside = |place: &step::Place, node: u32| {
            evidence.node(place.node).step == evidence.node(node).step
                && !evidence.are_apart(place.node, node)
        };
        let within = |place: &step::Place, node: u32| {
            evidence.element(place.node).is_some() && evidence.element(place.node) == evidence.element(node)
        };
        let joined =
            |node: u32| places.iter().any(|place| within(place, node) || keyed(place) && beside(place, node));
        let mut entities = self.answer.iter().flat_map(|clause| &clause.entities);
        let mut is_value =
            || entities.any(|entity| entity.places.iter().take(MAX_PLACES).any(|place| joined(place.node)));
        // A word of the line that has it: `root` of `-rw-r--r-- 1 root root 51200 backup.tar.gz`.
        let leaves = || places.iter().filter_map(|place| place.leaf).take(MAX_PLACES);
        let stands_by = |stem: &u64| leaves().any(|leaf| evidence.leaf(leaf).stems.contains(stem));
        let is_word = || {
            let tokens = self.answer.iter().flat_map(|clause| &clause.tokens);
            let mut plain = tokens.filter(|token| !token.stop && token.fact.is_none());
            plain.any(|token| !self.asks(token.stem) && stands_by(&token.stem))
        };
        match told_of {
            [] => self.told_text.contains(folded) || is_value() || is_word(),
            _ => told_of.iter().any(|&node| joined(node)),
        }
    }

    /// Whether the goal has a word of this stem.
    fn asks(&self, stem: u64) -> bool {
        self.goal.iter().flat_map(|clause| &clause.tokens).any(|token| token.stem == stem)
    }

    fn is_in_calls(&self, folded: &str, meaning: &Meaning) -> bool {
        if meaning.is_measured() {
            let mut found = self.evidence.amounts_of(meaning);
            return found.any(|(_, amount)| self.evidence.node(amount.node).argument);
        }
        self.evidence.steps.iter().any(|step| step.asked.contains(folded))
    }

    /// Values of arguments that neither the goal nor an earlier observation has.
    fn unstated(&self) -> Vec<Unstated> {
        let meanings = || self.goal.iter().flat_map(|clause| &clause.meanings);
        let seen_before = |step: u32, folded: &str| {
            let places = self.evidence.entity(folded).iter().map(|place| self.evidence.node(place.node));
            places.into_iter().any(|place| place.step < step && !place.argument)
        };
        let mut out = Vec::new();
        for (step, reference) in self.evidence.references() {
            let text = reference.text.as_str();
            let as_number = || {
                let number = text.trim().parse().ok();
                number.is_some() && meanings().any(|meaning| meaning.value == number)
            };
            if !self.asked_text.contains(text) && !seen_before(step, text) && !as_number() {
                out.push(Unstated { kind: reference.kind, whole: reference.whole });
            }
        }
        for amount in self.evidence.all_amounts() {
            let node = self.evidence.node(amount.node);
            if !node.argument {
                continue;
            }
            let leaf = self.evidence.leaf(amount.leaf);
            let paging = || leaf.key.iter().any(|stem| PAGING.iter().any(|word| stem_hash(word) == *stem));
            let earlier = || seen_before(node.step, leaf.folded);
            if !meanings().any(|goal| bears_out(goal, amount.meaning)) && !paging() && !earlier() {
                out.push(Unstated { kind: amount.meaning.kind, whole: false });
            }
        }
        out
    }
}
