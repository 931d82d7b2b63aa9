//! Claims that go beyond values: what a list, a call or an empty result must bear out.

use std::collections::{HashMap, HashSet};

use super::clause::Clause;
use super::cue::{self, Bound, End, Found};
use super::evidence::{Amount, Evidence, Leaf};
use super::list::{List, Telling, stem_set};
use super::record::{Home, is_of_another};
use super::support::{MAX_CANDIDATES, Side};
use super::{Ledger, Verifier};
use crate::signals::effect::Effect;
use crate::text::facts::{Fact, FactKind};
use crate::text::same::Meaning;
use crate::text::words::{self, stem_hash};

impl Verifier<'_, '_> {
    /// A bound is that of a value which stands in a call or an observation, and nothing told breaks it.
    pub(super) fn comparison(
        &self,
        clause: &Clause<'_, '_>,
        bound: Bound,
        fact: usize,
        side: Side,
    ) -> Option<Option<u32>> {
        let clauses = if side == Side::Goal { &self.goal } else { &self.answer };
        let step = self.fact(clause, fact, side, &mut Ledger::of(clauses))?;
        let limit = &clause.meanings[fact];
        let told = self.answer.iter().flat_map(|clause| &clause.meanings);
        let breaks = told
            .filter(|value| value.kind == limit.kind && value.unit == limit.unit && value.per == limit.per)
            .filter(|_| limit.kind != FactKind::Number)
            .any(|value| {
                value
                    .value
                    .zip(limit.value)
                    .is_some_and(|(value, limit)| !bound.holds(value, limit) && value != limit)
            });
        (!breaks).then_some(step)
    }

    /// A superlative stands as such in an observation, or a call asked for that order, or a complete list has it.
    pub(super) fn superlative(
        &self,
        clause: &Clause<'_, '_>,
        found: &Found,
        end: End,
        hints: &[&str],
        side: Side,
    ) -> Option<Option<u32>> {
        if let Some(step) = self.quoted(clause, found, side) {
            return Some(Some(step));
        }
        if let Some(step) = self.peak(clause, found, end) {
            return Some(Some(step));
        }
        let near: HashSet<u64> = match following(clause, found.end, 4) {
            _ if !hints.is_empty() => stem_set(hints),
            // `the day on which the wind is strongest`
            none if none.is_empty() => leading(clause, found.start, 4),
            near => near,
        };
        if let Some(step) = self.evidence.steps.iter().find(|step| is_ordered(step.asked, end, &near)) {
            return Some(Some(step.index));
        }
        let told =
            Telling::of(if side == Side::Answer { std::slice::from_ref(clause) } else { &self.answer });
        let whole = |end, near: &HashSet<u64>| {
            let kind = cue::kind_of(hints);
            let list = self.lists().iter().find(|list| list.bears_out_extreme(end, near, kind, &told));
            list.map(|list| list.step)
        };
        // The oldest was born first, and has the most years.
        let by_age = || {
            let is_of_age = matches!(clause.tokens[found.start].lower, "oldest" | "eldest" | "youngest");
            is_of_age.then(|| whole(end.other(), &stem_set(&["age"]))).flatten()
        };
        whole(end, &near).or_else(by_age).map(Some)
    }

    /// The step with a value of the clause that stands under a key of that end: the maximum of a day in `temp_max`.
    fn peak(&self, clause: &Clause<'_, '_>, found: &Found, end: End) -> Option<u32> {
        // `the highest temperature` is that of all days.
        let of_one = matches!(clause.tokens[found.start].lower, "maximum" | "minimum")
            && !self.homes(clause).is_empty();
        let stems = stem_set(end.words());
        let is_peak = |leaf: &Leaf<'_>| {
            leaf.key.iter().any(|stem| stems.contains(stem)) && !self.evidence.node(leaf.node).argument
        };
        let measured = clause.meanings.iter().filter(|meaning| of_one && meaning.is_measured());
        let mut leaves = measured.flat_map(|meaning| {
            let amounts = self.evidence.amounts_of(meaning).take(MAX_CANDIDATES);
            amounts.map(|(_, amount)| self.evidence.leaf(amount.leaf))
        });
        leaves.find(is_peak).map(|leaf| self.evidence.node(leaf.node).step)
    }

    /// A step that has the word of a cue and the one after it (or before it, at an end) as they stand.
    fn quoted(&self, clause: &Clause<'_, '_>, found: &Found, side: Side) -> Option<u32> {
        let tokens = &clause.tokens;
        let (start, end) = if found.end < tokens.len() {
            (found.start, found.end + 1)
        } else {
            (found.start.checked_sub(1)?, found.end)
        };
        let mut folded = String::from(" ");
        tokens[start..end].iter().for_each(|token| words::fold_into(&mut folded, token.lower));
        let has = |text: &str| memchr::memmem::find(text.as_bytes(), folded.as_bytes()).is_some();
        let step = self
            .evidence
            .steps
            .iter()
            .find(|step| has(step.seen) || (side == Side::Goal && has(step.asked)))?;
        Some(step.index)
    }

    /// A count is the length of a complete list, a value of the observation, or the number of calls kept.
    pub(super) fn count(
        &self,
        clause: &Clause<'_, '_>,
        found: &Found,
        value: f64,
        explicit: bool,
        side: Side,
        ledger: &mut Ledger<'_>,
    ) -> Option<Option<u32>> {
        let named = following(clause, found.end, 3);
        let homes = self.homes(clause);
        let of = self.told_of(clause, found.start, &homes);
        let head = following(clause, found.end, 1);
        // A bare `There are 3` counts what the last list has, `3 flights` what is called so.
        let last = self.lists().iter().rev().find(|list| list.is_outer()).map(|list| list.step);
        let is_of = |list: &List<'_>| {
            let step = self.evidence.steps.iter().find(|step| step.index == list.step);
            step.is_some_and(|step| words::words(step.asked).any(|word| head.contains(&stem_hash(word.text))))
        };
        let length = |list: &&List<'_>| {
            list.len() as f64 == value
                && (explicit && list.is_outer() && (Some(list.step) == last || is_of(list))
                    || list.is_named(&head))
        };
        if let Some(list) = self.lists().iter().find(length) {
            return Some(Some(list.step));
        }
        let fact = clause.tokens[found.start].fact.map(|fact| fact as usize);
        if let Some(fact) = fact
            && let Some(step) = self.fact(clause, fact, side, ledger)
            && (!explicit || self.counted(value, &named, &of).is_some())
        {
            return Some(step);
        }
        if let Some(step) = self.counted(value, &named, &of).filter(|_| fact.is_none()) {
            return Some(Some(step));
        }
        // `the first three reservations`: as many calls of one tool, or as many items told.
        if side == Side::Goal && !explicit {
            let mut calls = HashMap::new();
            self.evidence
                .steps
                .iter()
                .for_each(|step| *calls.entry(self.evidence.parent(step.node)).or_insert(0.0) += 1.0);
            let items = self.answer.len() as f64;
            return (calls.values().any(|calls| *calls == value) || (items == value && items > 1.0))
                .then_some(None);
        }
        None
    }

    /// The step whose observation has the number among words that name what is counted, or as a count: in no record
    /// beside those `of` which it is told.
    fn counted(&self, value: f64, named: &HashSet<u64>, of: &[&Home<'_>]) -> Option<u32> {
        let counters = stem_set(&["count", "total", "number", "num", "results", "size", "length"]);
        let claim = Meaning::number(value);
        let counts = |amount: &Amount<'_>| {
            let leaf = self.evidence.leaf(amount.leaf);
            let near = if leaf.key.is_empty() { amount.context } else { &[] };
            let mut stems = leaf.key.iter().chain(near.iter().map(|(stem, _)| stem));
            !self.evidence.node(leaf.node).argument
                && amount.meaning.kind == FactKind::Number
                && stems.any(|stem| named.contains(stem) || counters.contains(stem))
                && !of.iter().any(|home| is_of_another(self.evidence, amount.node, home))
        };
        let mut amounts = self.evidence.amounts_of(&claim).take(MAX_CANDIDATES).map(|(_, amount)| amount);
        amounts.find(counts).map(|amount| self.evidence.node(amount.node).step)
    }

    /// A negation rests on an empty result or on a value or sentence that denies the same.
    pub(super) fn negation(&self, clause: &Clause<'_, '_>, found: &Found, side: Side) -> Option<Option<u32>> {
        let tokens = &clause.tokens;
        let part = tokens[found.start].part;
        let word = tokens[found.start].lower;
        let next = tokens.get(found.end).map_or("", |token| token.lower);
        let mut focus = following(clause, found.end, 5);
        let before =
            tokens[..found.start].iter().rev().take(5).filter(|token| token.part == part && !token.stop);
        focus.extend(before.filter(|token| !cue::is_negation(token.lower)).map(|token| token.stem));
        // `No results were found`, `There are none`: only an empty result says so.
        let general = matches!(word, "none" | "nothing")
            || matches!(next, "result" | "results" | "match" | "matches" | "records" | "data" | "such");
        if focus.is_empty() {
            focus.extend(self.asked.iter().map(|(stem, _)| stem));
        }
        let last = self.evidence.steps.iter().rev().find(|step| step.effect != Effect::Reply);
        let empty = self.evidence.steps.iter().find(|step| {
            let about = || words::words(step.asked).any(|word| focus.contains(&stem_hash(word.text)));
            let is_last = last.is_some_and(|last| last.index == step.index);
            step.nothing && step.effect == Effect::Read && (about() || general && is_last)
        });
        if let Some(step) = empty.filter(|_| side == Side::Answer) {
            return Some(Some(step.index));
        }
        if general {
            return None;
        }
        // `Marsh Bridge was not damaged` is not what `X was not damaged by what destroyed Marsh Bridge` says.
        let names = clause.facts.iter().zip(&clause.names).filter(|(fact, _)| fact.kind == FactKind::Name);
        let before = |fact: &Fact<'_>| fact.span.end <= tokens[found.start].span.start;
        let of = names.rev().find(|(fact, _)| before(fact)).map(|(_, name)| name.as_str());
        let denies = |leaf: &Leaf<'_>| {
            denies(leaf, &focus, self.evidence)
                && of.is_none_or(|name| !stands_behind_denial(leaf.folded, name))
        };
        if let Some(leaf) = self.evidence.all_leaves().find(denies) {
            return Some(Some(self.evidence.node(leaf.node).step));
        }
        let denied = |text: &str| {
            words::words(text).any(|word| {
                cue::is_negation(word.text) || matches!(word.text, "null" | "false" | "except" | "v")
            })
        };
        let asked = self.evidence.steps.iter().find(|step| side == Side::Goal && denied(step.asked))?;
        Some(Some(asked.index))
    }

    /// Nothing is left out: the answer tells every element of a complete list, or a call was made for each.
    pub(super) fn completeness(
        &self,
        clause: &Clause<'_, '_>,
        found: &Found,
        only: bool,
        side: Side,
    ) -> Option<Option<u32>> {
        if only {
            let step = self.quoted(clause, found, side)?;
            return Some(Some(step));
        }
        if let Some(step) = self.quoted(clause, found, side) {
            return Some(Some(step));
        }
        let told = Telling::of(&self.answer);
        let asked: String = self.evidence.steps.iter().map(|step| step.asked).collect();
        let outer = || self.lists().iter().filter(|list| list.is_outer());
        let whole = |list: &&List<'_>| list.is_told_whole(&told) || list.is_asked_whole(&asked);
        if let Some(list) = outer().find(whole) {
            return Some(Some(list.step));
        }
        // All there is to know of one thing: no list, and nothing cut.
        let single = outer().next().is_none() && self.evidence.steps.iter().all(|step| !step.cut);
        (single && self.evidence.shows_something()).then_some(None)
    }
}

/// The words of a cue and a few after it.
pub(super) fn phrase<'t>(clause: &Clause<'t, '_>, found: &Found) -> &'t str {
    let start = clause.tokens[found.start].span.start as usize;
    let last = (found.end + 2).min(clause.tokens.len()) - 1;
    &clause.text[start..clause.tokens[last].span.end as usize]
}

/// Stems of the content words after a cue.
fn following(clause: &Clause<'_, '_>, from: usize, most: usize) -> HashSet<u64> {
    clause.tokens[from..].iter().filter(|token| !token.stop).take(most).map(|token| token.stem).collect()
}

/// Stems of the content words before a cue.
fn leading(clause: &Clause<'_, '_>, to: usize, most: usize) -> HashSet<u64> {
    let before = clause.tokens[..to].iter().rev().filter(|token| !token.stop && token.fact.is_none());
    before.take(most).map(|token| token.stem).collect()
}

/// Whether a call asks for an order that has the extreme first, by something that one of the stems names.
fn is_ordered(asked: &str, end: End, stems: &HashSet<u64>) -> bool {
    let has = |words: &[&str]| asked.split(' ').any(|word| words.contains(&word));
    let down = || has(&["desc", "descending", "reverse", "r", "rn", "nr"]);
    let sorted = || has(&["sort", "sortby", "order", "orderby", "sorted"]);
    let first = || has(&["limit", "head", "top", "first", "tail"]) || asked.contains("sort ");
    let ordered = || sorted() && first() && down() == (end == End::Most);
    let computed = || {
        has(if end == End::Least {
            &["min", "lowest", "cheapest", "minimum", "asc"]
        } else {
            &["max", "highest", "maximum", "top"]
        })
    };
    let about = || words::words(asked).any(|word| stems.contains(&stem_hash(word.text)));
    (ordered() || computed()) && (stems.is_empty() || about())
}

/// Whether a leaf says no to one of the stems: a key with a value of nothing, or a sentence with a negation.
fn denies(leaf: &Leaf<'_>, focus: &HashSet<u64>, evidence: &Evidence<'_>) -> bool {
    if evidence.node(leaf.node).argument {
        return false;
    }
    let nothing = matches!(
        leaf.folded.trim(),
        "no" | "false" | "none" | "null" | "0" | "nothing" | "n a" | "unavailable"
    );
    if nothing {
        let above = evidence.ancestors(leaf.node).take(2).flat_map(|at| evidence.node(at).key);
        return leaf.key.iter().chain(above).any(|stem| focus.contains(stem));
    }
    let mut negates = false;
    let mut about = false;
    for word in words::words(leaf.folded) {
        negates |= cue::is_negation(word.text);
        about |= focus.contains(&stem_hash(word.text));
    }
    negates && about
}

/// Whether a name stands in a sentence, but only behind its first negation.
fn stands_behind_denial(sentence: &str, name: &str) -> bool {
    let denial = words::words(sentence).find(|word| cue::is_negation(word.text));
    let at = memchr::memmem::find(sentence.as_bytes(), name.as_bytes());
    denial.zip(at).is_some_and(|(denial, at)| at >= denial.span.start as usize)
}
