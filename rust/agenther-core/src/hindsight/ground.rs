//! Grounding: is every claim of a goal and its answer supported by the observations of the run?
//!
//! A set of known values is too weak a guard: most altered numbers stand somewhere in the log. So a
//! value must stand in the record of the thing that the sentence speaks of, and under the key that it
//! names. What goes beyond values must be computed: a superlative from a complete list, a negation from
//! an empty result. Where that cannot be done the claim is unsupported, however plausible.

mod clause;
mod cue;
mod evidence;
mod list;
mod support;

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::reading::Reading;
use crate::signals::effect::Effect;
use crate::signals::tool_status::Status;
use crate::text::facts::FactKind;
use crate::text::same::Meaning;
use crate::text::words::{self, stem_hash};
use clause::{Clause, clauses};
use cue::{Bound, Cue, End, Found, cues};
use evidence::{Evidence, Hint};
use list::{List, Told, lists, stem_set};
use support::{Checked, Side, Support, is_reference};

/// One claim of a goal or an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The words of the claim.
    pub text: String,
    /// What is claimed: a fact kind (`number`, `money`, `name`, …), `comparison`, `superlative`, `count`,
    /// `negation`, `completeness`, `topic` (what the goal is about), `wording` (the plain words of the
    /// answer) or `slot` (a value of the goal that is not the one the calls were made for).
    pub kind: &'static str,
    /// Whether something in the run supports it.
    pub supported: bool,
    /// The step whose observation supports it.
    pub step: Option<u32>,
}

/// The grounding of a goal and its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grounding {
    /// Whether every claim is supported.
    pub grounded: bool,
    /// Every claim, those of the goal first.
    pub claims: Vec<Claim>,
}

/// The share of the content words of a goal that the kept calls and observations must have.
const MIN_TOPIC: f64 = 0.5;

/// The share of the new content words of an answer that the observations must have.
const MIN_WORDING: f64 = 0.5;

/// Checks a goal and an answer against the run, or against `kept_steps` of it where given.
pub fn verify(
    goal: &str,
    answer: Option<&str>,
    reading: &Reading<'_>,
    kept_steps: Option<&[u32]>,
) -> Grounding {
    let all: Vec<u32>;
    let kept = match kept_steps {
        Some(kept) => kept,
        None => {
            all = (0..reading.steps.len() as u32).collect();
            &all
        }
    };
    let evidence = Evidence::new(reading, kept);
    let asked_text = words::folded(goal);
    let goal = clauses(goal, &evidence);
    let answered = answer.map(|answer| clauses(answer, &evidence)).unwrap_or_default();
    let bare =
        |clause: &&Clause<'_, '_>| clause.tokens.iter().all(|token| token.fact.is_some() || token.stop);
    let verifier = Verifier {
        asked: asked(&goal),
        literals: literals(&goal),
        asked_text,
        told_text: answer.map(words::folded).unwrap_or_default(),
        goal,
        items: answered.iter().filter(bare).map(|clause| words::folded(clause.text)).collect(),
        answer: answered,
        tools: tool_stems(reading, kept),
        evidence: &evidence,
        lists: OnceCell::new(),
    };
    verifier.run(answer.is_some())
}

/// The content words of the goal; names and numbers only where there are no others.
fn asked(goal: &[Clause<'_, '_>]) -> Vec<Hint> {
    const WEIGHT: f32 = 0.5;
    let content = || goal.iter().flat_map(|clause| &clause.tokens).filter(|token| !token.stop);
    let plain: Vec<Hint> =
        content().filter(|token| token.fact.is_none()).map(|token| (token.stem, WEIGHT)).collect();
    if plain.is_empty() { content().map(|token| (token.stem, WEIGHT)).collect() } else { plain }
}

/// The words of the names and references of the goal.
fn literals(goal: &[Clause<'_, '_>]) -> HashSet<String> {
    let named = |kind: FactKind| is_reference(kind) || matches!(kind, FactKind::Name | FactKind::Quoted);
    let facts = goal.iter().flat_map(|clause| &clause.facts).filter(|fact| named(fact.kind));
    facts.flat_map(|fact| words::folded_words(fact.text)).map(|(_, word)| word).collect()
}

/// Stems of the descriptions of the tools of the kept steps: the words a request for them is made of.
fn tool_stems(reading: &Reading<'_>, kept: &[u32]) -> HashSet<u64> {
    let mut out = HashSet::new();
    let Some(tools) = reading.run.tools.and_then(crate::text::document::Document::parse) else { return out };
    let names: HashSet<&str> =
        kept.iter().filter_map(|&step| reading.steps.get(step as usize)?.step.action_name).collect();
    for tool in tools.root().children() {
        let schema = tool.get("function").unwrap_or(tool);
        if schema.get("name").is_some_and(|name| names.contains(name.raw())) {
            let texts = schema.leaves().filter(|leaf| leaf.key() == Some("description"));
            texts.for_each(|text| out.extend(words::words(&text.text()).map(|word| stem_hash(word.text))));
        }
    }
    out
}

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

struct Verifier<'v, 't> {
    evidence: &'v Evidence,
    goal: Vec<Clause<'t, 'v>>,
    answer: Vec<Clause<'t, 'v>>,
    tools: HashSet<u64>,
    /// The content words of the goal.
    asked: Vec<Hint>,
    /// The words of its names and references.
    literals: HashSet<String>,
    /// The goal, folded.
    asked_text: String,
    /// The answer, folded.
    told_text: String,
    /// Its clauses that are nothing but values, folded.
    items: Vec<String>,
    lists: OnceCell<Vec<List<'v>>>,
}

impl Verifier<'_, '_> {
    fn run(&self, answered: bool) -> Grounding {
        let mut claims = Vec::new();
        let (mut asked_of, mut told_of) = (Vec::new(), Vec::new());
        self.goal.iter().for_each(|clause| self.clause(clause, Side::Goal, &mut claims, &mut asked_of));
        claims.push(self.topic());
        let from_goal = claims.len();
        self.answer.iter().for_each(|clause| self.clause(clause, Side::Answer, &mut claims, &mut told_of));
        if answered {
            let observed = claims[from_goal..].iter().any(|claim| claim.supported && claim.step.is_some());
            claims.push(self.wording(observed && self.is_shown()));
        }
        claims.extend(self.slots(&told_of));
        Grounding { grounded: claims.iter().all(|claim| claim.supported), claims }
    }

    /// What the goal names must be what the calls were made for: an identifier or date that stands in no call,
    /// while one in the calls stands in no goal and no earlier observation, is another's. And what it names
    /// in an observation must be what the answer tells of.
    fn slots(&self, told_of: &[u32]) -> Vec<Claim> {
        let mut out = Vec::new();
        let unstated = self.unstated();
        let references = || {
            self.goal.iter().flat_map(|clause| &clause.facts).filter(|fact| {
                is_reference(fact.kind)
                    || fact.kind == FactKind::Number && fact.text.len() >= evidence::LONG_NUMBER
            })
        };
        if let (Some(first), Some(_)) = (references().next(), unstated.iter().find(|other| other.whole)) {
            out.push(Claim { text: first.text.to_owned(), kind: "slot", supported: false, step: None });
        }
        for clause in &self.goal {
            for (fact, meaning) in clause.facts.iter().zip(&clause.meanings) {
                let folded = words::folded(fact.text);
                if !(is_reference(fact.kind) || meaning.is_measured()) || self.is_in_calls(&folded, meaning) {
                    continue;
                }
                let rival = unstated.iter().any(|other| other.is_of(fact.kind));
                let apart = is_reference(fact.kind) && !self.is_told_of(&folded, told_of);
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
        let places = evidence.entity(folded.trim());
        let keyed = |place: &evidence::Place| {
            place.leaf.is_some_and(|leaf| evidence.leaves[leaf as usize].kind.is_some())
        };
        let beside = |place: &evidence::Place, node: u32| {
            evidence.node(place.node).step == evidence.node(node).step
                && !evidence.are_apart(place.node, node)
        };
        let within = |place: &evidence::Place, node: u32| {
            evidence.element(place.node).is_some() && evidence.element(place.node) == evidence.element(node)
        };
        let joined =
            |node: u32| places.iter().any(|place| within(place, node) || keyed(place) && beside(place, node));
        self.told_text.contains(folded) && told_of.is_empty() || told_of.iter().any(|&node| joined(node))
    }

    fn is_in_calls(&self, folded: &str, meaning: &Meaning) -> bool {
        if meaning.is_measured() {
            let mut found = self.evidence.amounts_of(meaning);
            return found.any(|(_, amount)| self.evidence.node(self.evidence.node_of(amount)).argument);
        }
        self.evidence.steps.iter().any(|step| step.asked.contains(folded))
    }

    /// Values of arguments that neither the goal nor an earlier observation has.
    fn unstated(&self) -> Vec<Unstated> {
        let meanings = || self.goal.iter().flat_map(|clause| &clause.meanings);
        let seen_before = |step: u32, folded: &str| {
            self.evidence.steps.iter().any(|earlier| earlier.index < step && earlier.seen.contains(folded))
        };
        let mut out = Vec::new();
        for (kind, text, step, whole) in &self.evidence.references {
            let as_number = || {
                meanings().any(|meaning| meaning.value.is_some() && meaning.value == text.trim().parse().ok())
            };
            if !self.asked_text.contains(text.as_str()) && !seen_before(*step, text) && !as_number() {
                out.push(Unstated { kind: *kind, whole: *whole });
            }
        }
        for amount in &self.evidence.amounts {
            let node = self.evidence.node(self.evidence.node_of(amount));
            let leaf = &self.evidence.leaves[amount.leaf as usize];
            let paging = leaf.key.iter().any(|stem| PAGING.iter().any(|word| stem_hash(word) == *stem));
            let earlier = || {
                self.evidence
                    .steps
                    .iter()
                    .any(|earlier| earlier.index < node.step && earlier.seen.contains(&leaf.folded))
            };
            if node.argument
                && !paging
                && !meanings().any(|goal| evidence::bears_out(goal, &amount.meaning))
                && !earlier()
            {
                out.push(Unstated { kind: amount.meaning.kind, whole: false });
            }
        }
        out
    }

    fn lists(&self) -> &[List<'_>] {
        self.lists.get_or_init(|| lists(self.evidence))
    }

    /// The claims of one clause, in order. The nodes that bear them out go to `nodes`.
    fn clause(&self, clause: &Clause<'_, '_>, side: Side, claims: &mut Vec<Claim>, nodes: &mut Vec<u32>) {
        let cues = cues(clause);
        let counted = |fact: usize| {
            let (start, _) = clause.tokens_of(&clause.facts[fact]);
            cues.iter().any(|found| found.start == start && matches!(found.cue, Cue::Count { .. }))
        };
        let mut used = HashSet::new();
        for fact in (0..clause.facts.len()).filter(|&fact| !counted(fact)) {
            let support = self.fact(clause, fact, side, &mut used, nodes);
            let fact = &clause.facts[fact];
            claims.push(claim(fact.text, fact.kind.name(), support));
        }
        for found in &cues {
            let text = phrase(clause, found);
            let (kind, support) = match found.cue {
                Cue::Comparison { bound, fact } => ("comparison", self.comparison(clause, bound, fact, side)),
                Cue::Superlative { end, hints } => {
                    ("superlative", self.superlative(clause, found, end, hints, side))
                }
                Cue::Count { value, explicit } => {
                    ("count", self.count(clause, found, value, explicit, side, &mut used, nodes))
                }
                Cue::Negation => ("negation", self.negation(clause, found, side)),
                Cue::Completeness { only } => ("completeness", self.completeness(clause, found, only, side)),
            };
            claims.push(claim(text, kind, support));
        }
    }

    /// Whether the goal asks when, and a bare number that is no year answers.
    fn is_untimely(&self, clause: &Clause<'_, '_>, fact: usize) -> bool {
        let tokens = || self.goal.iter().flat_map(|clause| &clause.tokens).map(|token| token.lower.as_str());
        let asks = tokens().find(|word| matches!(*word, "when" | "what" | "which" | "who" | "where" | "how"));
        let (number, text) = (clause.meanings[fact].value, clause.facts[fact].text);
        let year = text.len() == 4 && number.is_some_and(|value| (1000.0..2999.0).contains(&value));
        asks == Some("when")
            && clause.tokens.len() <= 2
            && clause.facts[fact].kind == FactKind::Number
            && !year
    }

    fn fact(
        &self,
        clause: &Clause<'_, '_>,
        fact: usize,
        side: Side,
        used: &mut HashSet<u32>,
        nodes: &mut Vec<u32>,
    ) -> Option<Option<u32>> {
        let checked = Checked {
            evidence: self.evidence,
            side,
            asked: &self.asked,
            told: &self.told(side),
            literals: &self.literals,
            goal: &self.asked_text,
            answer: &self.told_text,
            items: &self.items,
        };
        if side == Side::Answer && self.is_untimely(clause, fact) {
            return None;
        }
        let measured = clause.meanings[fact].is_measured();
        let support = if measured { checked.amount(clause, fact, used) } else { checked.text(clause, fact) };
        match support {
            Support::Node(node) => {
                if measured {
                    nodes.push(node);
                }
                Some(Some(self.evidence.node(node).step))
            }
            Support::Elsewhere => None,
            // The goal may say what the answer repeats.
            Support::Nowhere if side == Side::Answer && self.goal_says(clause, fact) => Some(None),
            Support::Nowhere => None,
        }
    }

    fn goal_says(&self, clause: &Clause<'_, '_>, fact: usize) -> bool {
        let meaning = &clause.meanings[fact];
        if meaning.is_measured() {
            return self.goal.iter().flat_map(|clause| &clause.meanings).any(|goal| goal.agrees(meaning));
        }
        let folded = words::folded(clause.facts[fact].text);
        self.goal.iter().any(|clause| words::folded(clause.text).contains(&folded))
    }

    /// What the goal or the answer tells in numbers, dates and times.
    fn told(&self, side: Side) -> Vec<support::Told<'_>> {
        let clauses = if side == Side::Goal { &self.goal } else { &self.answer };
        let measured = |clause: &&Clause<'_, '_>, fact: &usize| clause.meanings[*fact].is_measured();
        clauses
            .iter()
            .flat_map(|clause| {
                (0..clause.facts.len())
                    .filter(move |fact| measured(&clause, fact))
                    .map(move |fact| support::Told::of(clause, fact))
            })
            .collect()
    }

    /// A bound is that of a value which stands in a call or an observation, and nothing told breaks it.
    fn comparison(
        &self,
        clause: &Clause<'_, '_>,
        bound: Bound,
        fact: usize,
        side: Side,
    ) -> Option<Option<u32>> {
        let step = self.fact(clause, fact, side, &mut HashSet::new(), &mut Vec::new())?;
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
    fn superlative(
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
        let near: HashSet<u64> =
            if hints.is_empty() { following(clause, found.end, 4) } else { stem_set(hints) };
        if let Some(step) = self.evidence.steps.iter().find(|step| is_ordered(&step.asked, end, &near)) {
            return Some(Some(step.index));
        }
        let told = Told::of(if side == Side::Answer { std::slice::from_ref(clause) } else { &self.answer });
        let list = self.lists().iter().find(|list| list.bears_out_extreme(end, &near, &told))?;
        Some(Some(list.step))
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
        tokens[start..end].iter().for_each(|token| words::fold_into(&mut folded, &token.lower));
        let has = |text: &str| memchr::memmem::find(text.as_bytes(), folded.as_bytes()).is_some();
        let step = self
            .evidence
            .steps
            .iter()
            .find(|step| has(&step.seen) || (side == Side::Goal && has(&step.asked)))?;
        Some(step.index)
    }

    /// A count is the length of a complete list, a value of the observation, or the number of calls kept.
    fn count(
        &self,
        clause: &Clause<'_, '_>,
        found: &Found,
        value: f64,
        explicit: bool,
        side: Side,
        used: &mut HashSet<u32>,
        nodes: &mut Vec<u32>,
    ) -> Option<Option<u32>> {
        let named = following(clause, found.end, 3);
        let head = following(clause, found.end, 1);
        // A bare `There are 3` counts what the last list has, `3 flights` what is called so.
        let last = self.lists().iter().rev().find(|list| list.is_outer()).map(|list| list.step);
        let is_of = |list: &List<'_>| {
            let step = self.evidence.steps.iter().find(|step| step.index == list.step);
            step.is_some_and(|step| {
                words::words(&step.asked).any(|word| head.contains(&stem_hash(word.text)))
            })
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
            && let Some(step) = self.fact(clause, fact, side, used, nodes)
            && (!explicit || self.counts(value, &named))
        {
            return Some(step);
        }
        if fact.is_none() && self.counts(value, &named) {
            return Some(None);
        }
        // `the first three reservations`: as many calls of one tool, or as many items told.
        if side == Side::Goal && !explicit {
            let mut calls = std::collections::HashMap::new();
            self.evidence
                .steps
                .iter()
                .for_each(|step| *calls.entry(self.evidence.node(step.node).parent).or_insert(0.0) += 1.0);
            let items = self.answer.len() as f64;
            return (calls.values().any(|calls| *calls == value) || (items == value && items > 1.0))
                .then_some(None);
        }
        None
    }

    /// Whether an observation has the number among words that name what is counted, or as a count.
    fn counts(&self, value: f64, named: &HashSet<u64>) -> bool {
        let counters = stem_set(&["count", "total", "number", "num", "results", "size", "length"]);
        self.evidence.amounts.iter().any(|amount| {
            amount.meaning.kind == FactKind::Number
                && amount.meaning.value == Some(value)
                && !self.evidence.node(self.evidence.node_of(amount)).argument
                && {
                    let leaf = &self.evidence.leaves[amount.leaf as usize];
                    let near = amount.context.iter().map(|(stem, _)| stem).take(if leaf.key.is_empty() {
                        usize::MAX
                    } else {
                        0
                    });
                    leaf.key.iter().chain(near).any(|stem| named.contains(stem) || counters.contains(stem))
                }
        })
    }

    /// A negation rests on an empty result or on a value or sentence that denies the same.
    fn negation(&self, clause: &Clause<'_, '_>, found: &Found, side: Side) -> Option<Option<u32>> {
        let tokens = &clause.tokens;
        let part = tokens[found.start].part;
        let word = tokens[found.start].lower.as_str();
        let next = tokens.get(found.end).map_or("", |token| token.lower.as_str());
        let mut focus = following(clause, found.end, 5);
        let before =
            tokens[..found.start].iter().rev().take(5).filter(|token| token.part == part && !token.stop);
        focus.extend(before.filter(|token| !cue::is_negation(&token.lower)).map(|token| token.stem));
        // `No results were found`, `There are none`: only an empty result says so.
        let general = matches!(word, "none" | "nothing")
            || matches!(next, "result" | "results" | "match" | "matches" | "records" | "data" | "such");
        if focus.is_empty() {
            focus.extend(self.asked.iter().map(|(stem, _)| stem));
        }
        let last = self.evidence.steps.iter().rev().find(|step| step.effect != Effect::Reply);
        let empty = self.evidence.steps.iter().find(|step| {
            let about = || words::words(&step.asked).any(|word| focus.contains(&stem_hash(word.text)));
            let is_last = last.is_some_and(|last| last.index == step.index);
            step.status == Status::Empty
                && !step.blank
                && step.effect == Effect::Read
                && (about() || general && is_last)
        });
        if let Some(step) = empty.filter(|_| side == Side::Answer) {
            return Some(Some(step.index));
        }
        if general {
            return None;
        }
        if let Some(leaf) = self.evidence.leaves.iter().find(|leaf| denies(leaf, &focus, self.evidence)) {
            return Some(Some(self.evidence.node(leaf.node).step));
        }
        let denied = |text: &str| {
            words::words(text).any(|word| {
                cue::is_negation(word.text) || matches!(word.text, "null" | "false" | "except" | "v")
            })
        };
        let asked = self.evidence.steps.iter().find(|step| side == Side::Goal && denied(&step.asked))?;
        Some(Some(asked.index))
    }

    /// Nothing is left out: the answer tells every element of a complete list, or a call was made for each.
    fn completeness(
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
        let told = Told::of(&self.answer);
        let asked: String = self.evidence.steps.iter().map(|step| step.asked.as_str()).collect();
        let outer = || self.lists().iter().filter(|list| list.is_outer());
        let whole = |list: &&List<'_>| list.is_told_whole(&told) || list.is_asked_whole(&asked);
        if let Some(list) = outer().find(whole) {
            return Some(Some(list.step));
        }
        // All there is to know of one thing: no list, and nothing cut.
        let single = outer().next().is_none() && self.evidence.steps.iter().all(|step| !step.cut);
        (single && self.evidence.shows_something()).then_some(None)
    }

    /// Whether the goal is about what the kept steps did: its content words stand in their calls and observations.
    fn topic(&self) -> Claim {
        let content: Vec<&clause::Token> =
            self.goal.iter().flat_map(|clause| &clause.tokens).filter(|token| !token.stop).collect();
        let asked: Vec<&str> = self
            .evidence
            .steps
            .iter()
            .flat_map(|step| step.asked.split(' '))
            .filter(|word| word.len() > 2)
            .collect();
        // `md5` of `md5sum`, `desk lamp` of `desklamp`.
        let begins = |word: &str| {
            word.len() > 2
                && asked
                    .iter()
                    .any(|asked| asked.starts_with(word) || (asked.len() > 3 && word.starts_with(asked)))
        };
        let joined = |a: usize, b: usize| {
            let pair = content.get(a).zip(content.get(b));
            pair.is_some_and(|(a, b)| {
                self.evidence.known.contains(&stem_hash(&format!("{}{}", a.lower, b.lower)))
            })
        };
        let known = |at: usize| {
            let stem = content[at].stem;
            self.evidence.known.contains(&stem)
                || self.tools.contains(&stem)
                || begins(&content[at].lower)
                || joined(at, at + 1)
                || (at > 0 && joined(at - 1, at))
        };
        let unknown: Vec<usize> = (0..content.len()).filter(|&at| !known(at)).collect();
        let covered = content.is_empty() || 1.0 - unknown.len() as f64 / content.len() as f64 >= MIN_TOPIC;
        let supported = covered && self.evidence.shows_anything();
        let text = unknown.iter().map(|&at| content[at].lower.as_str()).collect::<Vec<_>>().join(" ");
        Claim { text, kind: "topic", supported, step: None }
    }

    /// Whether the last call shows something: what it was kept for.
    fn is_shown(&self) -> bool {
        let last = self
            .evidence
            .steps
            .iter()
            .rev()
            .find(|step| !matches!(step.effect, Effect::Reply | Effect::Meta));
        last.is_some_and(|step| !step.blank)
    }

    /// Whether the plain words of the answer come from the observations. `observed`: a claim of it does.
    fn wording(&self, observed: bool) -> Claim {
        let asked: HashSet<u64> =
            self.goal.iter().flat_map(|clause| &clause.tokens).map(|token| token.stem).collect();
        let new: Vec<&clause::Token> = self
            .answer
            .iter()
            .flat_map(|clause| &clause.tokens)
            .filter(|token| {
                !token.stop
                    && token.fact.is_none()
                    && !asked.contains(&token.stem)
                    && !cue::is_negation(&token.lower)
            })
            .collect();
        let unseen: Vec<&&clause::Token> = new
            .iter()
            .filter(|token| {
                !self.evidence.seen.contains(&token.stem) && !self.evidence.known.contains(&token.stem)
            })
            .collect();
        let seen = new.iter().any(|token| self.evidence.seen.contains(&token.stem));
        let covered = unseen.len() < 2 && observed
            || 1.0 - unseen.len() as f64 / new.len().max(1) as f64 >= MIN_WORDING;
        let text = unseen.iter().map(|token| token.lower.as_str()).collect::<Vec<_>>().join(" ");
        Claim {
            text,
            kind: "wording",
            supported: covered && (observed || seen && self.is_shown()),
            step: None,
        }
    }
}

fn claim(text: &str, kind: &'static str, support: Option<Option<u32>>) -> Claim {
    Claim { text: text.to_owned(), kind, supported: support.is_some(), step: support.flatten() }
}

/// The words of a cue and a few after it.
fn phrase<'t>(clause: &Clause<'t, '_>, found: &Found) -> &'t str {
    let start = clause.tokens[found.start].span.start as usize;
    let last = (found.end + 2).min(clause.tokens.len()) - 1;
    &clause.text[start..clause.tokens[last].span.end as usize]
}

/// Stems of the content words after a cue.
fn following(clause: &Clause<'_, '_>, from: usize, most: usize) -> HashSet<u64> {
    clause.tokens[from..].iter().filter(|token| !token.stop).take(most).map(|token| token.stem).collect()
}

/// Whether a call asks for an order that has the extreme first, by something that one of the stems names.
fn is_ordered(asked: &str, end: End, stems: &HashSet<u64>) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| asked.contains(&format!(" {word} ")));
    let down = has(&["desc", "descending", "reverse", "r", "rn", "nr"]);
    let sorted = asked.contains(" order by ") || has(&["sort", "sortby", "order", "orderby", "sorted"]);
    let first = has(&["limit", "head", "top", "first", "tail"]) || asked.contains("sort ");
    let ordered = sorted && first && down == (end == End::Most);
    let computed = has(if end == End::Least {
        &["min", "lowest", "cheapest", "minimum", "asc"]
    } else {
        &["max", "highest", "maximum", "top"]
    });
    let about = || words::words(asked).any(|word| stems.contains(&stem_hash(word.text)));
    (ordered || computed) && (stems.is_empty() || about())
}

/// Whether a leaf says no to one of the stems: a key with a value of nothing, or a sentence with a negation.
fn denies(leaf: &evidence::Leaf, focus: &HashSet<u64>, evidence: &Evidence) -> bool {
    if evidence.node(leaf.node).argument {
        return false;
    }
    let nothing = matches!(
        leaf.folded.trim(),
        "no" | "false" | "none" | "null" | "0" | "nothing" | "n a" | "unavailable"
    );
    if nothing {
        let above = evidence.ancestors(leaf.node).take(2).flat_map(|at| &evidence.node(at).key);
        return leaf.key.iter().chain(above).any(|stem| focus.contains(stem));
    }
    let mut negates = false;
    let mut about = false;
    for word in words::words(&leaf.folded) {
        negates |= cue::is_negation(word.text);
        about |= focus.contains(&stem_hash(word.text));
    }
    negates && about
}
