//! Whether a short answer stands in the sentence that says all that the question asks about.
//!
//! Sentences of one text tell of several things: that `Marsh Bridge is 96 metres long` is no answer to how long another
//! bridge is, where a sentence says that.

use super::clause::Clause;
use super::evidence::Leaf;
use super::step::goes_on;
use super::support::{MAX_CANDIDATES, family};
use super::{Claim, Verifier};
use crate::text::facts::FactKind;
use crate::text::tables::FastSet;
use crate::text::words::PhraseHash;

/// Questions of more words are seldom answered by one sentence.
const MAX_WORDS: usize = 16;

/// An answer of more values is no short one.
const MAX_TOLD: usize = 8;

const ASKS: &[&str] = &["who", "whom", "when", "where", "how", "which", "what"];

impl Verifier<'_, '_> {
    /// What the answer has from a sentence about a namesake of what the goal names (`Marsh Bridge`, of `Harlow Bridge`),
    /// where another sentence has every word of the question, and a value of the kind that is not told.
    pub(super) fn misplaced(&self) -> Vec<Claim> {
        let [answer] = &self.answer[..] else { return Vec::new() };
        if answer.facts.len() > MAX_TOLD {
            return Vec::new();
        }
        let Some(full) = self.sentences_asked_for() else { return Vec::new() };
        let told: FastSet<u64> = self
            .goal
            .iter()
            .chain([answer])
            .flat_map(|clause| clause.names.iter().filter(|name| !name.is_empty()))
            .map(|name| PhraseHash::of(name).get())
            .collect();
        let is_asked = |leaf: &u32| full.contains(leaf);
        let names_other = || {
            let mut names = self.evidence.all_names();
            names.any(|(name, place)| place.leaf.as_ref().is_some_and(is_asked) && !told.contains(&name))
        };
        let names = self.names_of_many_words();
        let is_of_namesake = |leaf: u32| {
            let stems = self.evidence.leaf(leaf).stems;
            let has = |word: &u64| stems.contains(word);
            names.iter().any(|name| name.iter().any(has) && !name.iter().all(has))
        };
        let mut out = Vec::new();
        for (fact, (meaning, name)) in answer.facts.iter().zip(answer.meanings.iter().zip(&answer.names)) {
            let is_value = meaning.is_measured();
            let is_new_name = fact.kind == FactKind::Name
                && !self.goal.iter().any(|clause| clause.folded.contains(name.as_str()));
            let leaves: Vec<u32> = if is_value {
                let found = self.evidence.amounts_of(meaning).take(MAX_CANDIDATES);
                found.map(|(_, amount)| amount.leaf).collect()
            } else {
                let places = self.evidence.entity(name).iter().take(MAX_CANDIDATES);
                places.filter_map(|place| place.leaf).filter(|_| is_new_name).collect()
            };
            let elsewhere =
                !leaves.is_empty() && leaves.iter().all(|leaf| !is_asked(leaf) && is_of_namesake(*leaf));
            let has_untold = || if is_value { self.has_untold(&full, meaning.kind) } else { names_other() };
            if elsewhere && has_untold() {
                out.push(Claim { text: fact.text.to_owned(), kind: "record", supported: false, step: None });
            }
        }
        out
    }

    /// The stems of the names in the goal that have several words.
    fn names_of_many_words(&self) -> Vec<Vec<u64>> {
        let of = |clause: &Clause<'_, '_>| -> Vec<Vec<u64>> {
            let names = clause.facts.iter().filter(|fact| fact.kind == FactKind::Name);
            let stems = names.map(|fact| {
                let (start, end) = clause.tokens_of(fact);
                clause.tokens[start..end].iter().map(|token| token.stem).collect()
            });
            stems.filter(|stems: &Vec<u64>| stems.len() > 1).collect()
        };
        self.goal.iter().flat_map(of).collect()
    }

    /// The sentences, by their leaves, that have all content words of a question; and what they go on about, which has
    /// some of them.
    fn sentences_asked_for(&self) -> Option<FastSet<u32>> {
        let tokens = || self.goal.iter().flat_map(|clause| &clause.tokens);
        if !tokens().any(|token| ASKS.contains(&token.lower)) {
            return None;
        }
        let content: Vec<u64> =
            tokens().filter(|token| !token.stop).map(|token| token.stem).take(MAX_WORDS + 1).collect();
        let says_more = tokens().any(|token| !token.stop && token.fact.is_none());
        if content.len() < 2 || content.len() > MAX_WORDS || !says_more {
            return None;
        }
        let is_full = |leaf: &Leaf<'_>| {
            !leaf.stems.is_empty()
                && !self.evidence.node(leaf.node).argument
                && content.iter().all(|word| leaf.stems.contains(word))
        };
        let mut full = FastSet::default();
        let mut subject = 0;
        for (at, leaf) in (0..).zip(self.evidence.all_leaves()) {
            if !goes_on(leaf.folded) {
                subject = at;
            }
            if is_full(&leaf) {
                full.extend([subject, at]);
            }
        }
        (!full.is_empty()).then_some(full)
    }

    /// Whether these sentences have a value of a kind that neither goal nor answer tells.
    fn has_untold(&self, full: &FastSet<u32>, kind: FactKind) -> bool {
        let told = || self.goal.iter().chain(&self.answer).flat_map(|clause| &clause.meanings);
        self.evidence.all_amounts().any(|amount| {
            full.contains(&amount.leaf)
                && family(amount.meaning.kind) == family(kind)
                && !told().any(|told| amount.meaning.agrees(told))
        })
    }
}
