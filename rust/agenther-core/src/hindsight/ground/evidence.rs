//! What the kept steps show: every value with the record it stands in, and indexes to find it by.
//!
//! All observations and arguments make one tree. Its containers are records, whose parts belong
//! together, and lists, whose elements are to be told apart: a price is no evidence for one supplier
//! when it stands in the record of another. Calls of one tool are a list too.

use std::collections::{HashMap, HashSet};

use super::cut::is_cut;
use super::hint::{Hint, KEY, KEY_ABOVE, window};
use crate::reading::Reading;
use crate::signals::effect::{self, Effect};
use crate::signals::tool_status::Status;
use crate::text::document::{Document, Kind, Value};
use crate::text::facts::{Fact, FactKind, facts};
use crate::text::records::{self, Layout};
use crate::text::same::Meaning;
use crate::text::words::{self, stem_hash, words};

/// Values of more words are texts: they are looked into, not looked up.
pub(super) const MAX_ENTITY_WORDS: usize = 6;

/// JSON in a string in JSON in a string: deeper wrapping is left as text.
const MAX_WRAPPING: usize = 3;

/// A number of so many digits names something, rather than counts it.
pub(super) const LONG_NUMBER: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Its parts belong together.
    Record,
    /// Its parts are alternatives.
    List,
}

#[derive(Debug)]
pub(super) struct Node {
    pub parent: u32,
    pub depth: u32,
    pub shape: Shape,
    pub step: u32,
    /// Containers and leaves directly in it.
    pub children: u32,
    /// The amounts in it, those of its containers included.
    pub amounts: std::ops::Range<u32>,
    pub leaves: std::ops::Range<u32>,
    /// Stems of the key it stands under.
    pub key: Vec<u64>,
    /// Whether it is, or is in, the arguments of a call.
    pub argument: bool,
}

/// A scalar, or a part of a line of text.
#[derive(Debug)]
pub(super) struct Leaf {
    pub node: u32,
    pub key: Vec<u64>,
    /// In small letters, words between single blanks.
    pub folded: String,
    pub kind: Option<Kind>,
    /// The kind, where it is an identifier, path or address.
    pub reference: Option<FactKind>,
    /// Stems of a sentence or line.
    pub stems: Vec<u64>,
}

/// A number, date or time in a leaf.
#[derive(Debug)]
pub(super) struct Amount {
    pub leaf: u32,
    pub meaning: Meaning,
    /// What says what it is: the keys above it, or the words around it.
    pub context: Vec<Hint>,
}

impl Amount {
    /// What stands right before it, or is its key.
    pub fn labels(&self) -> impl Iterator<Item = u64> + '_ {
        self.context.iter().filter(|(_, weight)| *weight >= KEY).map(|(stem, _)| *stem)
    }
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub node: u32,
    /// The leaf whose value it is or is in; none where it is a key.
    pub leaf: Option<u32>,
}

/// What is known of a kept step.
#[derive(Debug)]
pub(super) struct StepEvidence {
    pub index: u32,
    pub node: u32,
    pub status: Status,
    pub effect: Effect,
    /// The observation, folded.
    pub seen: String,
    /// The arguments and the name of the tool, folded.
    pub asked: String,
    /// Whether the observation says, or shows, that there is more.
    pub cut: bool,
    /// Whether there is no observation.
    pub blank: bool,
}

#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub nodes: Vec<Node>,
    pub leaves: Vec<Leaf>,
    pub amounts: Vec<Amount>,
    pub steps: Vec<StepEvidence>,
    by_value: HashMap<i64, Vec<u32>>,
    /// Where a folded value stands.
    entities: HashMap<String, Vec<Place>>,
    /// Identifiers, paths and addresses in the arguments, folded, with their steps and whether they are all of it.
    pub references: Vec<(FactKind, String, u32, bool)>,
    /// Those in the observations.
    pub shown: Vec<(FactKind, String)>,
    /// Stems that stand right before an observed amount, or are its key.
    pub labels: HashSet<u64>,
    /// The amounts directly in a node.
    direct: Vec<Vec<u32>>,
    /// Stems of the words of the observations, and of those and the calls.
    pub seen: HashSet<u64>,
    pub known: HashSet<u64>,
}

/// Keys under which an amount is found; an amount and a claim that agree share one.
fn value_keys(meaning: &Meaning) -> Vec<i64> {
    let scaled = |value: f64| (value * 1e4).round() as i64;
    if let Some(date) = meaning.date {
        let part = |tag: i64, value: i64| i64::MIN / 2 + tag * 1_000_000 + value;
        let mut keys = Vec::new();
        if let (Some(month), Some(day)) = (date.month, date.day) {
            keys.push(part(1, i64::from(month) * 40 + i64::from(day)));
            if date.ambiguous {
                keys.push(part(1, i64::from(day) * 40 + i64::from(month)));
            }
        }
        keys.extend(date.month.map(|month| part(2, i64::from(month))));
        keys.extend(date.weekday.map(|day| part(3, i64::from(day))));
        // A bare year is written as a number.
        keys.extend(date.year.map(|year| scaled(f64::from(year))));
        return keys;
    }
    if meaning.kind == FactKind::Time {
        return meaning.value.map(|value| scaled((value / 60.0).floor() + 0.5)).into_iter().collect();
    }
    let mut keys: Vec<i64> = [meaning.value, meaning.written].into_iter().flatten().map(scaled).collect();
    keys.dedup();
    keys
}

/// Whether an amount of the evidence bears out a claimed one; a bare year is borne out by a date.
pub(super) fn bears_out(evidence: &Meaning, claim: &Meaning) -> bool {
    let year = |date: &Meaning, number: &Meaning| {
        let year = date.date.and_then(|date| date.year).map(f64::from);
        number.kind == FactKind::Number && year.is_some() && year == number.value
    };
    evidence.agrees(claim)
        || year(evidence, claim)
        || (year(claim, evidence) && claim.date.is_some_and(|date| date.month.is_none()))
}

/// The stems of the content words of a key or a tool's name.
pub(super) fn stems(text: &str) -> Vec<u64> {
    effect::words(text).filter(|word| !word.is_empty()).map(stem_hash).collect()
}

impl Evidence {
    /// Reads the kept steps.
    pub fn new(reading: &Reading<'_>, kept: &[u32]) -> Self {
        let mut evidence = Evidence::default();
        let root = evidence.open(None, Shape::Record, u32::MAX, Vec::new(), false);
        let mut tools: Vec<&str> = Vec::new();
        let mut by_tool: HashMap<&str, Vec<u32>> = HashMap::new();
        for &index in kept {
            let Some(step) = reading.steps.get(index as usize) else { continue };
            let tool = step.step.action_name.unwrap_or("");
            by_tool
                .entry(tool)
                .or_insert_with(|| {
                    tools.push(tool);
                    Vec::new()
                })
                .push(index);
        }
        for tool in tools {
            // Lookups with named parameters stand side by side; commands follow one another.
            let lookups = by_tool[tool].len() > 1
                && by_tool[tool].iter().all(|&index| {
                    reading.steps[index as usize]
                        .arguments()
                        .is_some_and(|arguments| is_lookup(arguments.root()))
                });
            let shape = if lookups { Shape::List } else { Shape::Record };
            let node = evidence.open(Some(root), shape, u32::MAX, Vec::new(), false);
            for &index in &by_tool[tool] {
                evidence.add_step(reading, index, node);
            }
            evidence.close(node);
        }
        evidence.close(root);
        evidence.steps.sort_by_key(|step| step.index);
        let observed = |amount: &&Amount| !evidence.node(evidence.node_of(amount)).argument;
        let labels = evidence.amounts.iter().filter(observed).flat_map(Amount::labels).collect();
        evidence.labels = labels;
        evidence
    }

    fn add_step(&mut self, reading: &Reading<'_>, index: u32, parent: u32) {
        let step = &reading.steps[index as usize];
        let node = self.open(Some(parent), Shape::Record, index, Vec::new(), false);
        let reply = step.effect == Effect::Reply;
        let tool = step.step.action_name.unwrap_or("");
        let mut asked = String::from(" ");
        effect::words(tool).for_each(|word| words::fold_into(&mut asked, word));
        // What the agent says at the end is what is to be checked, not what it is checked by.
        if !reply && let Some(input) = step.step.action_input {
            let inner = self.open(Some(node), Shape::Record, index, Vec::new(), true);
            self.add_text(input, inner, 0, &mut asked);
            self.close(inner);
        }
        for word in words(&asked) {
            self.known.insert(stem_hash(word.text));
        }
        let mut seen = String::from(" ");
        let mut cut = false;
        if let Some(observation) = step.step.observation.filter(|_| !reply) {
            cut = is_cut(observation);
            self.add_text(observation, node, 0, &mut seen);
            for word in words(&seen) {
                let stem = stem_hash(word.text);
                self.seen.insert(stem);
                self.known.insert(stem);
            }
        }
        self.close(node);
        self.steps.push(StepEvidence {
            index,
            node,
            status: step.status,
            effect: step.effect,
            seen,
            asked,
            cut,
            blank: step.step.observation.is_none_or(|observation| observation.trim().is_empty()),
        });
    }

    fn open(&mut self, parent: Option<u32>, shape: Shape, step: u32, key: Vec<u64>, argument: bool) -> u32 {
        let node = self.nodes.len() as u32;
        let (depth, inherited) = parent.map_or((0, false), |parent| {
            let parent = &mut self.nodes[parent as usize];
            parent.children += 1;
            (parent.depth + 1, parent.argument)
        });
        let (amounts, leaves) = (self.amounts.len() as u32, self.leaves.len() as u32);
        self.direct.push(Vec::new());
        self.nodes.push(Node {
            parent: parent.unwrap_or(node),
            depth,
            shape,
            step,
            children: 0,
            amounts: amounts..amounts,
            leaves: leaves..leaves,
            key,
            argument: argument || inherited,
        });
        node
    }

    fn close(&mut self, node: u32) {
        let (amounts, leaves) = (self.amounts.len() as u32, self.leaves.len() as u32);
        let node = &mut self.nodes[node as usize];
        node.amounts.end = amounts;
        node.leaves.end = leaves;
    }

    /// Adds a text: a document as a tree, anything else as the records it is laid out in.
    fn add_text(&mut self, text: &str, node: u32, wrapping: usize, folded: &mut String) {
        match Document::parse(text.trim()) {
            Some(document) => self.add_value(document.root(), node, wrapping, folded),
            None => self.add_blocks(text, node, folded),
        }
    }

    fn add_value(&mut self, value: Value<'_, '_>, parent: u32, wrapping: usize, folded: &mut String) {
        if let Some(key) = value.key() {
            effect::words(key).for_each(|word| words::fold_into(folded, word));
        }
        if value.is_leaf() {
            let text = value.text();
            let wrapped = wrapping < MAX_WRAPPING
                && value.kind() == Kind::String
                && text.trim_start().starts_with(['{', '[']);
            let inner = wrapped.then(|| Document::parse(text.trim())).flatten();
            match inner {
                Some(document) => self.add_value(document.root(), parent, wrapping + 1, folded),
                None => self.add_scalar(value, &text, parent, folded),
            }
            return;
        }
        let step = self.nodes[parent as usize].step;
        let key = value.key().map(stems).unwrap_or_default();
        let node = self.open(Some(parent), shape(value), step, key, false);
        // `{"HAT069": {…}, "HAT083": {…}}`: the keys are names of what they hold.
        if let Some(key) = value.key() {
            self.name(key, Place { node, leaf: None });
        }
        for child in value.children() {
            self.add_value(child, node, wrapping, folded);
        }
        self.close(node);
    }

    fn add_scalar(&mut self, value: Value<'_, '_>, text: &str, parent: u32, folded: &mut String) {
        let key = value.key().map(stems).unwrap_or_default();
        let mut context: Vec<Hint> = key.iter().map(|&stem| (stem, KEY)).collect();
        context.extend(self.keys_above(parent).into_iter().map(|stem| (stem, KEY_ABOVE)));
        let long = words(text).nth(MAX_ENTITY_WORDS).is_some();
        if long && value.kind() == Kind::String {
            let node = self.open(Some(parent), Shape::Record, self.nodes[parent as usize].step, key, false);
            self.add_blocks(text, node, folded);
            self.close(node);
            return;
        }
        let start = self.amounts.len();
        self.add_leaf(text, parent, key, Some(value.kind()), folded);
        let single = self.amounts.len() == start + 1;
        for amount in &mut self.amounts[start..] {
            amount.context.extend(&context);
        }
        // The unit that a key gives: `"price_usd": 5`.
        if single && let Some(key) = value.key() {
            let fact = facts(text).into_iter().next();
            if let Some(fact) =
                fact.filter(|fact| fact.kind == FactKind::Number && fact.text.len() == text.len())
            {
                let with_unit = crate::text::facts::under_key(fact, key);
                self.replace_meaning(start, Meaning::of(&with_unit));
            }
        }
    }

    fn replace_meaning(&mut self, at: usize, meaning: Meaning) {
        for key in value_keys(&meaning) {
            let found = self.by_value.entry(key).or_default();
            if found.last() != Some(&(at as u32)) {
                found.push(at as u32);
            }
        }
        self.amounts[at].meaning = meaning;
    }

    /// Stems of the keys of the containers around, up to the first list.
    fn keys_above(&self, node: u32) -> Vec<u64> {
        let mut out = Vec::new();
        let mut at = node;
        while self.nodes[at as usize].shape == Shape::Record && at != 0 {
            out.extend(&self.nodes[at as usize].key);
            at = self.nodes[at as usize].parent;
        }
        if at != 0 {
            out.extend(&self.nodes[at as usize].key);
        }
        out
    }

    fn add_blocks(&mut self, text: &str, parent: u32, folded: &mut String) {
        let step = self.nodes[parent as usize].step;
        for block in records::blocks(text) {
            let apart = match block.layout {
                Layout::Prose => false,
                _ => block.records.len() > 1,
            };
            let node =
                if apart { self.open(Some(parent), Shape::List, step, Vec::new(), false) } else { parent };
            for record in &block.records {
                let item =
                    if apart { self.open(Some(node), Shape::Record, step, Vec::new(), false) } else { node };
                for field in &record.fields {
                    let key = field.key.map(stems).unwrap_or_default();
                    if let Some(key) = field.key {
                        effect::words(key).for_each(|word| words::fold_into(folded, word));
                        self.name(key, Place { node: item, leaf: None });
                    }
                    let start = self.amounts.len();
                    self.add_leaf(field.value, item, key.clone(), None, folded);
                    for amount in &mut self.amounts[start..] {
                        amount.context.extend(key.iter().map(|&stem| (stem, KEY)));
                    }
                }
                if apart {
                    self.close(item);
                }
            }
            if apart {
                self.close(node);
            }
        }
    }

    fn add_leaf(&mut self, text: &str, node: u32, key: Vec<u64>, kind: Option<Kind>, seen: &mut String) {
        let leaf = self.leaves.len() as u32;
        self.nodes[node as usize].children += 1;
        words::fold_into(seen, text);
        let folded = words::folded(text);
        let found = facts(text);
        if folded.split(' ').filter(|word| !word.is_empty()).count() <= MAX_ENTITY_WORDS {
            self.name_folded(folded.trim().to_owned(), Place { node, leaf: Some(leaf) });
        }
        let tokens: Vec<words::Word<'_>> = words(text).collect();
        for fact in &found {
            if matches!(fact.kind, FactKind::Id | FactKind::Path | FactKind::Url | FactKind::Email) {
                let folded = words::folded(fact.text);
                if self.nodes[node as usize].argument {
                    let whole = kind.is_some() && fact.text.len() == text.len();
                    self.references.push((fact.kind, folded, self.nodes[node as usize].step, whole));
                } else {
                    self.shown.push((fact.kind, folded));
                }
            }
            // Long numbers are names too: of orders, items, accounts.
            if self.nodes[node as usize].argument
                && fact.kind == FactKind::Number
                && fact.text.len() == text.len()
                && text.len() >= LONG_NUMBER
            {
                self.references.push((
                    FactKind::Id,
                    words::folded(text),
                    self.nodes[node as usize].step,
                    kind.is_some(),
                ));
            }
            let meaning = Meaning::of(fact);
            if meaning.is_measured() {
                self.add_amount(leaf, node, meaning, window(text, &tokens, fact, &found));
            } else if fact.text.len() < text.len() {
                self.name(fact.text, Place { node, leaf: Some(leaf) });
            }
        }
        for word in &tokens {
            if let Some(value) = words::number(word.text).filter(|value| *value > 1.0) {
                let fact = Fact {
                    kind: FactKind::Number,
                    span: word.span,
                    text: word.text,
                    value: Some(value),
                    unit: None,
                    per: None,
                };
                let meaning = Meaning { written: Some(value), ..Meaning::of(&fact) };
                self.add_amount(leaf, node, meaning, window(text, &tokens, &fact, &found));
            }
        }
        let text_like = key.is_empty() || tokens.len() > MAX_ENTITY_WORDS;
        let stems = if text_like && !found.is_empty() {
            tokens.iter().map(|word| stem_hash(word.text)).collect()
        } else {
            Vec::new()
        };
        let whole = found.first().filter(|fact| fact.text.len() == text.len());
        let reference = whole
            .map(|fact| fact.kind)
            .filter(|kind| matches!(kind, FactKind::Id | FactKind::Path | FactKind::Url | FactKind::Email));
        self.leaves.push(Leaf { node, key, folded, kind, reference, stems });
    }

    fn add_amount(&mut self, leaf: u32, node: u32, meaning: Meaning, context: Vec<Hint>) {
        let at = self.amounts.len() as u32;
        self.direct[node as usize].push(at);
        for key in value_keys(&meaning) {
            self.by_value.entry(key).or_default().push(at);
        }
        self.amounts.push(Amount { leaf, meaning, context });
    }

    fn name(&mut self, text: &str, place: Place) {
        self.name_folded(words::folded(text).trim().to_owned(), place);
    }

    fn name_folded(&mut self, folded: String, place: Place) {
        if folded.len() > 1 && !words::is_stop(&folded) {
            let places = self.entities.entry(folded).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }

    /// Where a folded value stands.
    pub fn entity(&self, folded: &str) -> &[Place] {
        self.entities.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The amounts that bear out a claim.
    pub fn amounts_of<'e>(&'e self, claim: &'e Meaning) -> impl Iterator<Item = (u32, &'e Amount)> {
        // The first key is the most specific.
        let found = value_keys(claim).into_iter().find_map(|key| self.by_value.get(&key));
        found
            .into_iter()
            .flatten()
            .map(|&at| (at, &self.amounts[at as usize]))
            .filter(|(_, amount)| bears_out(&amount.meaning, claim))
    }

    pub fn node_of(&self, amount: &Amount) -> u32 {
        self.leaves[amount.leaf as usize].node
    }

    pub fn node(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// The node and all nodes around it, from the inside.
    pub fn ancestors(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = Some(node);
        std::iter::from_fn(move || {
            let at = next?;
            let parent = self.nodes[at as usize].parent;
            next = (parent != at).then_some(parent);
            Some(at)
        })
    }

    /// The nearest element of a list at or around a node.
    pub fn element(&self, node: u32) -> Option<u32> {
        self.ancestors(node).find(|&at| at != 0 && self.node(self.node(at).parent).shape == Shape::List)
    }

    /// What a node is a part of: the element of a list, or else all that its step shows or asks.
    pub fn record(&self, node: u32) -> u32 {
        self.element(node).unwrap_or_else(|| self.step_node(node))
    }

    /// The node of the step that a node is in.
    pub fn step_node(&self, node: u32) -> u32 {
        self.ancestors(node).find(|&at| self.node(self.node(at).parent).step == u32::MAX).unwrap_or(0)
    }

    /// The innermost node around both.
    pub fn common(&self, a: u32, b: u32) -> u32 {
        let (mut a, mut b) = (a, b);
        while a != b {
            if self.node(a).depth >= self.node(b).depth {
                a = self.node(a).parent;
            } else {
                b = self.node(b).parent;
            }
        }
        a
    }

    /// Amounts that may stand in for one at a node: those of its record, and those of the records around it.
    pub fn rivals(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let record = self.record(node);
        let step = self.node(record).step;
        let around = self.ancestors(record).skip(1).take_while(move |&at| self.node(at).step == step);
        self.node(record)
            .amounts
            .clone()
            .chain(around.flat_map(|at| self.direct[at as usize].iter().copied()))
    }

    /// Whether two nodes are, or are in, different elements of a list.
    pub fn are_apart(&self, a: u32, b: u32) -> bool {
        let common = self.common(a, b);
        common != a && common != b && self.node(common).shape == Shape::List
    }

    /// The node of the last step that shows something.
    pub fn sink(&self) -> Option<u32> {
        self.steps.iter().rev().find(|step| step.seen.len() > 1).map(|step| step.node)
    }

    /// Whether a kept step has an observation that says something.
    pub fn shows_something(&self) -> bool {
        self.steps.iter().any(|step| step.seen.len() > 1)
    }

    /// Whether a kept step has an observation, be it that there is nothing.
    pub fn shows_anything(&self) -> bool {
        self.steps.iter().any(|step| step.seen.len() > 1 || step.status == Status::Empty)
    }
}

/// Arguments of a lookup are named and short; code and commands are long or have no names.
fn is_lookup(arguments: Value<'_, '_>) -> bool {
    const LONGEST: usize = 80;
    arguments.kind() == Kind::Object && arguments.leaves().all(|leaf| leaf.raw().len() <= LONGEST)
}

/// Lists of containers, and objects whose members are objects of one make, hold alternatives.
fn shape(value: Value<'_, '_>) -> Shape {
    let containers = || value.children().filter(|child| !child.is_leaf());
    let all = containers().count() == value.len() && !value.is_empty();
    let alike = || {
        let mut keys = containers().map(|child| child.children().next().and_then(|first| first.key()));
        let first = keys.next().flatten();
        first.is_some() && keys.all(|key| key == first)
    };
    match value.kind() {
        Kind::Array if containers().next().is_some() => Shape::List,
        Kind::Object if all && value.len() > 1 && alike() => Shape::List,
        _ => Shape::Record,
    }
}
